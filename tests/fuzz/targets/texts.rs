//! What people paste: addresses, tokens, invitation codes and files, forms, answers.
#![no_main]

use bellrope_client::{
    alert::{
        answers, template,
        vocabulary::{Act, Vocabulary},
    },
    invite::{Code, file},
    screen,
    words::{Language, Words},
};
use bellrope_proto::{address::RelayAddress, ids::Timestamp, token};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(address) = text.parse::<RelayAddress>() {
        assert_eq!(
            address.to_string().parse::<RelayAddress>().as_ref(),
            Ok(&address)
        );
    }
    if let Ok(token) = token::parse(text) {
        assert_eq!(token::parse(&token::to_text(&token)), Ok(token));
    }
    if let Ok(code) = text.parse::<Code>() {
        assert_eq!(code.to_text().parse::<Code>(), Ok(code));
    }
    let _ = file::read(text);
    WORDS.with(|words| answer(text, words));
    assert!(!screen::escape(text).contains('\u{1b}'));
    assert!(
        screen::block(text)
            .lines()
            .all(|line| line.starts_with("  "))
    );
});

thread_local! {
    /// Reading the messages takes longer than all the rest.
    static WORDS: Words = Words::new(Language::Ru);
}

fn answer(text: &str, words: &Words) {
    let zone = jiff::tz::TimeZone::UTC;
    let now = Timestamp(1_795_000_000);
    let _ = template::read(text, now, &zone, words);
    let _ = answers::parse_when(text, now, &zone, words);
    let _ = answers::parse_victim(text, words);
    let _ = answers::parse_several(text, Act::ALL, words);
}
