#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]
use proptest::{prelude::*, sample::select};

use super::*;
use crate::{recovery::RecoveryKey, secret::Seed};

/// The same in every run.
fn part() -> Part {
    let value = Seed::make(|value| {
        for (at, byte) in value.iter_mut().enumerate() {
            *byte = u8::try_from(at * 37 % 251).unwrap();
        }
    });
    Part::of(RecoveryKey::new(&[0x5c; 32]).set(), (2, 2), value)
}

/// Letters of a part, and what people's hands and phones make of them.
const TYPED: [char; 40] = [
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'J',
    'K', 'M', 'N', 'P', 'Q', 'R', 'S', 'T', 'V', 'W', 'X', 'Y', 'Z', 'U', 'u', 'Ж', 'ё', 'ß', '٣',
    'é', 'ы',
];

fn with(text: &str, at: usize, c: char) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    letters[at] = c;
    letters.into_iter().collect()
}

/// The places of what is wrong, from 0.
fn places(text: &str) -> Vec<usize> {
    match text.parse::<Part>() {
        Err(NotAPart::Mistakes(mistakes)) => mistakes
            .iter()
            .map(|it| (it.group - 1) * GROUP + it.place - 1)
            .collect(),
        other => panic!("{text}: {other:?}"),
    }
}

#[test]
fn a_part_is_thirteen_groups_that_fit_a_narrow_screen_and_read_back() {
    let (part, text) = (part(), part().to_text());
    assert_eq!(part.letters().len(), LETTERS);
    let rows: Vec<&str> = text.lines().collect();
    assert!(rows.len() == 3 && rows.iter().all(|row| row.len() < 40));
    assert!(text.split_whitespace().all(|group| group.len() == GROUP));
    assert_eq!(text.parse::<Part>(), Ok(part.clone()));
    assert_eq!(part.letters().parse::<Part>(), Ok(part.clone()));
    assert!(part.letters().starts_with('R'));
    let begins = Part::begins(part.set(), part.needed(), part.number());
    assert!(text.starts_with(&format!("{begins} ")), "{begins}");
    let debug = format!("{part:?}");
    assert!(!debug.contains("value") && !debug.contains(&part.letters()[10..20]));
}

#[test]
fn what_a_chat_a_keyboard_and_a_hand_make_of_it_is_read() {
    let (part, text, letters) = (part(), part().to_text(), part().letters());
    let alike = letters.replace('0', "о").replace('1', "l");
    let cyrillic = letters
        .replace('C', "С")
        .replace('H', "н")
        .replace('K', "к");
    for typed in [
        text.to_lowercase(),
        text.replace(' ', "-").replace('\n', "–"),
        text.replace('\n', "\r\n> "),
        format!("Часть 2:\n{}\nспасибо!", *text),
        format!("[21:03] Olga: here it is {} see you", *text),
        format!("«{}»", letters.replace("4", "4\u{200b}")),
        alike,
        cyrillic,
        letters.chars().flat_map(|c| [c, ' ']).collect(),
    ] {
        assert_eq!(typed.parse::<Part>(), Ok(part.clone()), "{typed}");
    }
    let numbered = text
        .lines()
        .zip(1..)
        .map(|(row, at)| format!("{at}. {row}"));
    let numbered: Vec<String> = numbered.collect();
    assert_eq!(
        numbered.join("\n").parse::<Part>(),
        Ok(part),
        "rows that are numbered"
    );
}

/// Every place, and every letter that can be typed there.
#[test]
fn every_single_wrong_letter_is_found_and_named_by_its_place() {
    let letters = part().letters();
    for at in 0..LETTERS {
        for c in TYPED {
            let typed = with(&letters, at, c);
            if typed.parse::<Part>() == Ok(part()) {
                assert_eq!(typed, *letters, "it was no other letter");
                continue;
            }
            assert_eq!(places(&typed), [at], "{c} at {at}");
        }
    }
}

#[test]
fn one_left_out_and_one_too_many_are_named_by_their_place() {
    let letters = part().letters();
    for at in 0..LETTERS {
        let mut typed = letters.to_string();
        let lost = typed.remove(at);
        let said = typed.parse::<Part>();
        let Err(NotAPart::Mistakes(mistakes)) = said else {
            panic!("{said:?}")
        };
        let [Mistake { group, place, what }] = mistakes[..] else {
            panic!("{mistakes:?}")
        };
        assert_eq!(what, What::LeftOut);
        let named = (group - 1) * GROUP + place - 1;
        // Of letters that are alike it does not matter which.
        assert!(letters[named..=at].chars().all(|c| c == lost), "{at}");
        for c in ['7', 'Q', 'Ж'] {
            // Before all the others, what is no letter of ours is text around it.
            if at == 0 && c == 'Ж' {
                continue;
            }
            let mut typed = letters.to_string();
            typed.insert(at, c);
            let said = typed.parse::<Part>();
            let Err(NotAPart::Mistakes(mistakes)) = said else {
                panic!("{said:?}")
            };
            let [Mistake { group, place, what }] = mistakes[..] else {
                panic!("{mistakes:?}")
            };
            let typed = if c == 'Ж' { FOREIGN } else { c };
            assert_eq!(what, What::TooMany(typed));
            let named = (group - 1) * GROUP + place - 1;
            assert!(
                letters[named..at].chars().all(|it| it == c),
                "{c} before {at}"
            );
        }
    }
}

#[test]
fn what_is_no_part_is_said_to_be_something_else() {
    let letters = part().letters();
    let said = |text: &str| text.parse::<Part>().unwrap_err();
    assert_eq!(said(""), NotAPart::Form);
    assert_eq!(said("hello, world"), NotAPart::Form);
    assert_eq!(said(&letters[..20]), NotAPart::Form);
    assert_eq!(said(&letters[..50]), NotAPart::Count(50));
    assert_eq!(said(&" ".repeat(5000)), NotAPart::Form);
    let scrambled: String = letters.chars().rev().collect();
    assert_eq!(said(&scrambled), NotAPart::TooManyWrong(Vec::new()));
    let scrambled = with(&scrambled, 7, 'Ж');
    let place = Mistake {
        group: 2,
        place: 3,
        what: What::Wrong(FOREIGN),
    };
    assert_eq!(said(&scrambled), NotAPart::TooManyWrong(vec![place]));
    let newer = part().newer_text();
    assert_eq!(said(&newer), NotAPart::Newer);
}

#[test]
fn what_was_typed_is_given_back_in_groups_to_be_put_right() {
    let typed = Typed::new("r0123-45678 ab.c Ж").unwrap();
    assert_eq!(*typed.groups(), "R0123 45678 ABC?");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Two wrong letters, two that stand the other way round among them.
    #[test]
    fn every_two_wrong_letters_are_named(one in 0..LETTERS, other in 0..LETTERS, c in select(&TYPED[..]), d in select(&TYPED[..])) {
        let letters = part().letters();
        let typed = with(&with(&letters, one, c), other, d);
        let wrong = |at: &usize| {
            let [typed, right] = [&typed, &*letters].map(|text| text.chars().nth(*at).unwrap());
            !pasted::plain(&typed.to_string()).unwrap().starts_with(right)
        };
        let mut wrong: Vec<usize> = [one, other].into_iter().filter(wrong).collect();
        wrong.sort_unstable();
        wrong.dedup();
        if wrong.is_empty() {
            prop_assert_eq!(typed.parse::<Part>(), Ok(part()));
        } else {
            prop_assert_eq!(places(&typed), wrong);
        }
    }

    #[test]
    fn any_text_is_read_or_refused(text in ".{0,300}") {
        if let Ok(part) = text.parse::<Part>() {
            prop_assert_eq!(part.to_text().parse::<Part>(), Ok(part));
        }
    }

    /// However much was changed, it is never taken for another part.
    #[test]
    fn what_was_changed_is_no_other_part(changes in prop::collection::vec((0..LETTERS, select(&TYPED[..32])), 1..8)) {
        let letters = part().letters();
        let typed = changes.into_iter().fold(letters.to_string(), |text, (at, c)| with(&text, at, c));
        if let Ok(read) = typed.parse::<Part>() {
            prop_assert_eq!(read, part());
        }
    }
}
