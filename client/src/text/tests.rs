#![allow(clippy::unwrap_used, clippy::indexing_slicing)]
use std::collections::BTreeSet;

use super::{
    catalogue_check::{check, messages},
    *,
};
use crate::alert::{country::CODES, country::Country, vocabulary};

#[test]
fn every_message_and_variable_is_in_every_language() {
    let ids = check(&CATALOGUES);
    for language in Language::ALL {
        let messages = Messages::new(language, &[]);
        assert!(
            ids.iter().all(|id| messages.has(id)),
            "a file did not parse"
        );
    }
}

#[test]
fn every_value_has_its_label_and_no_label_is_left_over() {
    let mut wanted: BTreeSet<String> = vocabulary::every_label().into_iter().collect();
    let countries = CODES.iter();
    wanted.extend(countries.map(|code| Country::from_code(code).unwrap().message_id()));
    let listed = CATALOGUES[..3]
        .iter()
        .flat_map(|file| messages(file.en).into_keys());
    let listed: BTreeSet<String> = listed.collect();
    assert_eq!(
        wanted.symmetric_difference(&listed).collect::<Vec<_>>(),
        Vec::<&String>::new()
    );
}

/// A word that stands with no message would be understood by nobody.
#[test]
fn typed_words_stand_with_messages_of_the_library() {
    let known: BTreeSet<String> = CATALOGUES
        .iter()
        .flat_map(|file| messages(file.en).into_keys())
        .collect();
    for (tag, source) in TYPED_ONLY {
        let typed: BTreeSet<String> = messages(source).into_keys().collect();
        assert!(typed.len() > 60, "{tag}");
        let unknown: Vec<&String> = typed.difference(&known).collect();
        assert!(unknown.is_empty(), "{tag}: {unknown:?}");
    }
    let lexicon = Lexicon::shipped();
    assert!(lexicon.is_name("Затрымалі", "act-arbitrary-arrest"));
    assert!(lexicon.is_name("так", "word-yes") && lexicon.is_name("lf", "word-yes"));
}

#[test]
fn russian_plurals_agree() {
    let messages = Messages::new(Language::Ru, &[]);
    let say = |count: usize| {
        messages.say(
            "error-too-many",
            &[("field", "x".into()), ("max", count.into())],
        )
    };
    assert!(say(1).contains("1 пункт"));
    assert!(say(3).contains("3 пункт"));
    assert_ne!(say(1).replace('1', ""), say(8).replace('8', ""));
}

#[test]
fn a_front_ends_own_messages_stand_beside_the_librarys() {
    let own = Catalogue {
        en: "hello = hello { $name }\nonly-english = here",
        ru: "hello = привет, { $name }",
    };
    let messages = Messages::new(Language::Ru, &[own]);
    assert_eq!(messages.say("hello", &[("name", "A".into())]), "привет, A");
    assert_eq!(messages.plain("only-english"), "here");
    assert!(messages.has("role-member"));
}
