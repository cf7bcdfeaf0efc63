//! Answers to who sent an alert: which bodies say what on the way, and what of what is handed on is shown.

use bellrope_proto::{
    codec::{self, Blob},
    ids::Hash,
    signing::Signed,
};
use serde_json::{Value, json};

use super::{encoded, hex, world::*};
use crate::{
    extensions::Extensions,
    ids::{GroupId, MessageId},
    invitation::Secret,
    message::{Answer, Answered, Carried, CarriedOn, NoAnswer, ToCarry},
};

const GROUP: GroupId = GroupId(Hash([0xb1; 32]));
const SAID: MessageId = MessageId([0xb2; 16]);

/// Whom it is for.
const DEFENDER: u8 = PAVEL;

/// As long as what is sealed is, whatever it says.
const SEALED: usize = 1_868;

fn answer() -> Answer {
    Answer {
        group: GROUP,
        author: device(VERA).public(),
        to: device(DEFENDER).public(),
        alert: MessageId([0xb3; 16]),
        case: "BY-2026-7KQ4".to_owned(),
        time: TIME,
        what: Answered::Words.into(),
        name: String::new(),
        text: "Есть ли адвокат?".to_owned(),
        extensions: Extensions::none(),
    }
}

fn carried() -> Carried {
    Carried {
        group: GROUP,
        invitation: Secret::new(&[5; 16]).keys().invitation.public(),
        author: device(VERA).public(),
        sealed: Blob(Vec::new()),
        extensions: Extensions::none(),
    }
}

fn shown() -> Value {
    let signed = |answer: Answer| codec::encode(&device(VERA).sign(&answer));
    let by = |who: u8| -> Vec<u8> { codec::encode::<Signed<Answer>>(&device(who).sign(&answer())) };
    let of = |name: &str, carried: Carried, opened: Vec<u8>| {
        let said = carried.says(&opened, GROUP, &device(DEFENDER).public());
        let shown = match &said {
            Ok(answer) => json!({ "what": answer.what, "text": answer.text, "name": answer.name }),
            Err(NoAnswer::Foreign) => json!("foreign"),
            Err(NoAnswer::Newer) => json!("newer"),
        };
        let carried: Signed<Carried> = device(ROSA).sign(&carried);
        json!({ "name": name, "carried": hex(carried.bytes()), "opened": hex(&opened), "shown": shown })
    };
    let a = answer;
    let words = |text: &str, what: u16| Answer {
        text: text.to_owned(),
        what,
        ..a()
    };
    json!([
        of("words", carried(), signed(a())),
        of("a person has read it", carried(), signed(words("", 1))),
        of("somebody leads", carried(), signed(words("", 2))),
        of(
            "by a name",
            carried(),
            signed(Answer {
                name: "Вера".to_owned(),
                ..a()
            })
        ),
        of("signed by another", carried(), by(IVAN)),
        of(
            "of another author",
            Carried {
                author: device(IVAN).public(),
                ..carried()
            },
            signed(a())
        ),
        of(
            "for another device",
            carried(),
            signed(Answer {
                to: device(IVAN).public(),
                ..a()
            })
        ),
        of(
            "of another group",
            carried(),
            signed(Answer {
                group: GroupId(Hash([1; 32])),
                ..a()
            })
        ),
        of(
            "handed on in another group",
            Carried {
                group: GroupId(Hash([1; 32])),
                ..carried()
            },
            signed(a())
        ),
        of(
            "its author is another than it says",
            carried(),
            signed(Answer {
                author: device(IVAN).public(),
                ..a()
            })
        ),
        of("rubbish", carried(), vec![7; 40]),
        of("nothing known", carried(), signed(words("", 4))),
        of("words without any", carried(), signed(words("", 3))),
        of(
            "words where there are none",
            carried(),
            signed(words("a", 1))
        ),
        of("too long", carried(), signed(words(&"ж".repeat(501), 3))),
        of(
            "as long as can be",
            carried(),
            signed(words(&"ж".repeat(500), 3))
        ),
        of(
            "an extension that is ignored",
            carried(),
            signed(Answer {
                extensions: extended(40_000),
                ..a()
            })
        ),
        of(
            "an extension that is critical",
            carried(),
            signed(Answer {
                extensions: extended(7),
                ..a()
            })
        ),
        of(
            "handed on with a critical one",
            Carried {
                extensions: extended(7),
                ..carried()
            },
            signed(a())
        ),
    ])
}

fn to_carry() -> Value {
    let body = |length: usize, extensions: Extensions| {
        encoded(&(
            SAID,
            device(DEFENDER).public(),
            Blob(vec![0; length]),
            extensions,
        ))
    };
    let whole = body(SEALED, Extensions::none());
    [
        ("an answer", whole.clone()),
        ("shorter", body(SEALED - 1, Extensions::none())),
        ("longer", body(SEALED + 1, Extensions::none())),
        (
            "an extension that is ignored",
            body(SEALED, extended(40_000)),
        ),
        ("an extension that is critical", body(SEALED, extended(7))),
        ("a byte left over", whole + "00"),
    ]
    .map(|(name, body)| {
        let says = ToCarry::decode(&super::bytes(&json!(body))).is_some();
        json!({ "name": name, "body": body, "says": says })
    })
    .into()
}

fn carried_on() -> Value {
    let body = |count: usize, extensions: Extensions| {
        encoded(&CarriedOn {
            answers: vec![(SAID, 1); count],
            extensions,
        })
    };
    [
        ("one", body(1, Extensions::none())),
        ("as many as can be", body(64, Extensions::none())),
        ("one more", body(65, Extensions::none())),
        ("an extension that is critical", body(1, extended(7))),
    ]
    .map(|(name, body)| {
        let says = CarriedOn::decode(&super::bytes(&json!(body))).map(|said| said.answers.len());
        json!({ "name": name, "body": body, "says": says })
    })
    .into()
}

pub(super) fn all() -> Value {
    let me = device(DEFENDER).public();
    json!({
        "group": hex(GROUP.0.0),
        "device": hex(me.0),
        "shown": shown(),
        "to_carry": to_carry(),
        "carried_on": carried_on(),
    })
}

#[test]
fn they_say_what_their_names_say() {
    let all = all();
    let shown = all["shown"].as_array().unwrap().iter();
    let how: Vec<&str> = shown
        .map(|it| it["shown"].as_str().unwrap_or("shown"))
        .collect();
    let (yes, no, newer) = ("shown", "foreign", "newer");
    assert_eq!(
        how,
        [
            yes, yes, yes, yes, no, no, no, no, no, no, no, newer, newer, newer, newer, yes, yes,
            newer, newer
        ]
    );
    let says = |of: &str| -> Vec<Value> {
        let rows = all[of].as_array().unwrap().iter();
        rows.map(|row| row["says"].clone()).collect()
    };
    assert_eq!(
        says("to_carry"),
        [true, false, false, true, false, false].map(Value::from)
    );
    assert_eq!(
        says("carried_on"),
        [json!(1), json!(64), Value::Null, Value::Null]
    );
}
