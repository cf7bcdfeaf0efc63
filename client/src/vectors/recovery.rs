//! Parts of recovery keys: their texts, what is none, and what they come to together.

use blahaj::{Share, Sharks};
use serde_json::{Value, json};

use super::hex;
use crate::{
    recovery::{Gathered, NotAPart, Part, RecoveryKey, What},
    secret::Seed,
};

/// Parts whose bytes are whatever they are: a key of theirs there always is.
fn parts(needed: u8, numbers: &[u8]) -> (RecoveryKey, Vec<Part>) {
    let value = |number: u8| -> Vec<u8> {
        let bytes = (0..32_u8).map(|at| at.wrapping_mul(73) ^ number.wrapping_mul(91));
        bytes.map(|byte| byte.wrapping_add(needed)).collect()
    };
    let shares = numbers.iter().map(|number| {
        let bytes = [[*number].as_slice(), &value(*number)].concat();
        Share::try_from(bytes.as_slice()).unwrap()
    });
    let come_to = Sharks(needed)
        .recover(&shares.collect::<Vec<Share>>())
        .unwrap();
    let key = RecoveryKey::new(come_to.as_slice().try_into().unwrap());
    let parts = numbers.iter().map(|number| {
        let value = Seed::new(value(*number).as_slice().try_into().unwrap());
        Part::of(key.set(), (needed, *number), value)
    });
    let parts = parts.collect();
    (key, parts)
}

fn text(part: &Part) -> String {
    part.to_text().to_string()
}

fn with(letters: &str, changes: &[(usize, char)]) -> String {
    let mut letters: Vec<char> = letters.chars().collect();
    for (at, c) in changes {
        letters[*at] = *c;
    }
    letters.into_iter().collect()
}

fn bad(why: &str, text: &str) -> Value {
    let (reason, mistakes) = match text.parse::<Part>() {
        Ok(_) => panic!("{why}: it is a part"),
        Err(NotAPart::Form) => ("form", Vec::new()),
        Err(NotAPart::Newer) => ("version", Vec::new()),
        Err(NotAPart::Count(_)) => ("letters", Vec::new()),
        Err(NotAPart::Mistakes(mistakes) | NotAPart::TooManyWrong(mistakes)) => {
            ("letters", mistakes)
        }
    };
    let mistakes = mistakes.into_iter().map(|it| {
        let what = match it.what {
            What::Wrong(_) => "wrong",
            What::LeftOut => "left_out",
            What::TooMany(_) => "too_many",
        };
        json!({ "group": it.group, "place": it.place, "what": what })
    });
    let mistakes: Vec<Value> = mistakes.collect();
    json!({ "why": why, "text": text, "reason": reason, "mistakes": mistakes })
}

pub(super) fn all() -> Value {
    let sets = [
        (2, vec![1, 3]),
        (3, vec![7, 1, 4]),
        (7, vec![1, 2, 3, 4, 5, 6, 7]),
    ];
    let sets = sets.map(|(needed, numbers)| parts(needed, &numbers));
    let good = sets.iter().map(|(key, parts)| {
        let parts = parts.iter().map(|part| {
            json!({ "number": part.number(), "value": hex(part.value().bytes()), "text": text(part) })
        });
        json!({
            "needed": parts.len(),
            "parts": parts.collect::<Vec<Value>>(),
            "key": hex(key.bytes()),
            "set": key.set().number(),
            "signing_seed": hex(key.signing().seed()),
            "signing_key": hex(key.signing().public().0),
        })
    });
    let (one, other) = (&sets[0].1[0], &sets[0].1[1]);
    let letters = one.letters();
    let forged = Part::of(one.set(), (2, 3), Seed::new(&[7; 32]));
    let come_to = |parts: &[&Part]| {
        let mut gathered = Gathered::default();
        for part in parts {
            let _ = gathered.add((*part).clone());
        }
        let texts: Vec<String> = parts.iter().map(|part| text(part)).collect();
        json!({ "texts": texts, "key": gathered.key().ok().map(|key| hex(key.bytes())) })
    };
    json!({
        "note": "Keys of tests, known to everyone. README.md says what the fields are.",
        "sets": good.collect::<Vec<Value>>(),
        "read": [
            { "why": "in small letters, with what looks alike", "text": letters.to_lowercase().replace('0', "o").replace('1', "l"), "as": text(one) },
            { "why": "typed with Cyrillic letters", "text": letters.replace('C', "С").replace('H', "Н").replace('K', "к"), "as": text(one) },
            { "why": "out of a chat", "text": format!("[21:03] Olga: {}", text(one).replace('\n', "\n> ").replace(' ', "–")), "as": text(one) },
        ],
        "bad": [
            bad("one letter is another", &with(&letters, &[(17, 'Z')])),
            bad("two letters stand the other way round", &with(&letters, &[(40, letters.chars().nth(41).unwrap()), (41, letters.chars().nth(40).unwrap())])),
            bad("a letter that is none", &with(&letters, &[(5, 'U')])),
            bad("one left out", &[&letters[..30], &letters[31..]].concat()),
            bad("one too many", &[&letters[..30], "Q", &letters[30..]].concat()),
            bad("the other way round", &letters.chars().rev().collect::<String>()),
            bad("half of it", &letters[..33]),
            bad("of a later version", &Part::newer_text(one)),
            bad("no part", "hello, world"),
        ],
        "together": [
            come_to(&[one, other]),
            come_to(&[other, one]),
            come_to(&[one]),
            come_to(&[one, &sets[1].1[1]]),
            come_to(&[one, &forged]),
            come_to(&[one, &forged, other]),
        ],
    })
}
