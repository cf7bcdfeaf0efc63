//! Translations: whose stand, who is asked for one, and which are of an earlier text.

use bellrope_proto::codec;
use serde_json::{Value, json};

use super::{
    bodies::inside,
    notes::note,
    people::{ALERT, ALERT_HASH, VERAS, alert, message, roster},
    spoken::{Bodies, Cases, Spoken, hash, hashes, spoken},
};
use crate::{
    alert::{
        Fields,
        vocabulary::{
            Kind,
            Translator::{self, Machine, Person},
        },
    },
    case::{Opening, Said, fold, judge_sender},
    extensions::Extensions,
    ids::MessageId,
    message::{CaseAct, KIND_ALERT, Message, OfTranslation, Translated},
    vectors::{encoded, hex, world::*},
};

fn translated(of: Option<u8>, over: &[u8], by: Translator) -> Translated {
    Translated {
        of: of.map(hash),
        language: "ru".to_owned(),
        by,
        service: String::new(),
        text: "перевод".to_owned(),
        over: hashes(over),
    }
}

/// A translation of a message or of the alert, in the place of others.
fn translation(number: u8, by: u8, of: Option<u8>, over: &[u8], who: Translator) -> Spoken {
    let it = OfTranslation::Is(translated(of, over, who));
    spoken(number, by, &CaseAct::Translation(it))
}

/// That somebody is asked for a translation into Russian.
fn asked(number: u8, by: u8, of: Option<u8>, whom: u8) -> Spoken {
    let it = OfTranslation::Asked {
        of: of.map(hash),
        language: "ru".to_owned(),
        whom: device(whom).public(),
        text: "the text".to_owned(),
    };
    spoken(number, by, &CaseAct::Translation(it))
}

fn checked(number: u8, by: u8, of: u8) -> Spoken {
    let it = OfTranslation::Checked(hash(of));
    spoken(number, by, &CaseAct::Translation(it))
}

pub(super) fn bodies() -> Bodies {
    type Parts<'a> = (
        u16,
        Option<u8>,
        &'a str,
        u16,
        &'a str,
        String,
        usize,
        Option<u8>,
    );
    let of_translation = |(what, of, language, by, service, text, over, whom): Parts<'_>| {
        let whom = whom.map(|who| device(who).public());
        let over = vec![hash(3); over];
        let words = (
            what,
            of.map(hash),
            language.to_owned(),
            by,
            service.to_owned(),
            text,
            over,
            whom,
            Extensions::none(),
        );
        inside(8, codec::encode(&words))
    };
    let long = |chars: usize| "ж".repeat(chars);
    let rows: Vec<(&str, Parts<'_>)> = vec![
        (
            "a translation of the alert",
            (1, None, "ru", 1, "", long(8_000), 16, None),
        ),
        (
            "a machine's of a note",
            (1, Some(7), "be-tarask", 2, "Argos", long(1), 0, None),
        ),
        (
            "a translation that was compared",
            (2, Some(7), "", 1, "", String::new(), 0, None),
        ),
        (
            "somebody who is asked for one",
            (3, None, "en", 1, "", long(8_000), 0, Some(PAVEL)),
        ),
        (
            "a translation of 8,001 characters",
            (1, None, "ru", 1, "", long(8_001), 0, None),
        ),
        (
            "an empty translation",
            (1, None, "ru", 1, "", String::new(), 0, None),
        ),
        (
            "in the place of 17 translations",
            (1, None, "ru", 1, "", long(1), 17, None),
        ),
        (
            "into no language",
            (1, None, "Russian", 1, "", long(1), 0, None),
        ),
        (
            "by neither a person nor a machine",
            (1, None, "ru", 3, "", long(1), 0, None),
        ),
        (
            "by a person of a machine's name",
            (1, None, "ru", 1, "Argos", long(1), 0, None),
        ),
        (
            "a translation and somebody who is asked",
            (1, None, "ru", 1, "", long(1), 0, Some(PAVEL)),
        ),
        (
            "the alert that was compared",
            (2, None, "", 1, "", String::new(), 0, None),
        ),
        (
            "one that was compared, with words",
            (2, Some(7), "", 1, "", long(1), 0, None),
        ),
        (
            "nobody who is asked",
            (3, None, "en", 1, "", long(1), 0, None),
        ),
        (
            "something else about a translation",
            (4, None, "en", 1, "", long(1), 0, None),
        ),
    ];
    let rows = rows.into_iter();
    rows.map(|(name, parts)| (name, of_translation(parts)))
        .collect()
}

pub(super) fn cases() -> Cases {
    vec![
        (
            "two translations beside each other, and one of a note",
            vec![
                translation(1, ROSA, None, &[], Person),
                translation(2, VERA, None, &[], Person),
                note(3, ROSA, &[]),
                translation(4, VERA, Some(3), &[1], Machine),
                checked(5, ROSA, 4),
                checked(6, VERA, 4),
                checked(7, ROSA, 2),
                checked(8, PAVEL, 4),
            ],
        ),
        (
            "a machine's in the place of a person's, and a person's in that of both",
            vec![
                translation(1, ROSA, None, &[], Person),
                translation(2, VERA, None, &[1], Machine),
                translation(3, IVAN, Some(60), &[], Person),
                checked(4, VERAS, 2),
                checked(5, ROSA, 2),
            ],
        ),
        (
            "and a person's in that of both",
            vec![
                translation(1, ROSA, None, &[], Person),
                translation(2, VERA, None, &[1], Machine),
                translation(3, VERAS, None, &[1, 2], Person),
                translation(4, OLGA, None, &[3], Person),
            ],
        ),
        (
            "a translation by somebody who was asked for it, and more of theirs",
            vec![
                asked(1, ROSA, None, PAVEL),
                translation(2, PAVEL, None, &[], Person),
                translation(3, PAVEL, Some(1), &[], Person),
                note(4, PAVEL, &[]),
                checked(5, PAVEL, 2),
                checked(6, ROSA, 2),
            ],
        ),
        (
            "asked by somebody who does not read it, by nobody, and of an observer",
            vec![
                asked(1, PAVEL, None, PAVEL),
                translation(2, PAVEL, None, &[], Person),
                asked(3, ROSA, None, STRANGER),
                translation(4, STRANGER, None, &[], Person),
                asked(5, ROSA, None, NADIA),
                translation(6, NADIA, None, &[], Machine),
            ],
        ),
    ]
}

/// Which translations are of an earlier text than what Rosa says by now, who sent the alert.
pub(super) fn earlier() -> Value {
    let roster = roster();
    let alert = Message {
        sender: device(ROSA).public(),
        ..alert()
    };
    let opening = Opening::of(&alert, ALERT_HASH, &roster);
    let of = |number, of: Option<u8>| translation(number, VERA, of, &[], Person);
    type Row<'a> = (&'a [(u8, Kind)], Vec<Spoken>);
    let rows: Vec<Row<'_>> = vec![
        (&[], vec![of(9, None)]),
        (&[(1, Kind::Correction)], vec![of(9, None)]),
        (&[(1, Kind::Update)], vec![of(9, None)]),
        (&[(1, Kind::Closure)], vec![of(9, None)]),
        (&[(1, Kind::Correction)], vec![of(9, None).seeing(&[1])]),
        (
            &[(1, Kind::Correction)],
            vec![note(2, IVAN, &[1]), of(9, None).seeing(&[2])],
        ),
        (&[(1, Kind::Correction)], vec![of(9, Some(1))]),
        (
            &[(1, Kind::Correction), (2, Kind::Correction)],
            vec![of(9, Some(1))],
        ),
        (
            &[(1, Kind::Correction)],
            vec![note(2, IVAN, &[]), of(9, Some(2))],
        ),
    ];
    rows.into_iter()
        .map(|(changes, spoken)| {
            let known = (&roster, [].as_slice());
            let of_sender = changes.iter().map(|(number, kind)| {
                let mut fields = Fields::of_kind(*kind);
                fields.original = Some(ALERT);
                let message = Message {
                    kind: KIND_ALERT,
                    id: MessageId([*number; 16]),
                    ..message(ROSA, u64::from(*number), codec::encode(&fields))
                };
                judge_sender((&message, hash(*number)), TIME, &opening, known).unwrap()
            });
            let others = spoken.iter().map(|one| one.judged(&opening, known));
            let said: Vec<Said> = of_sender.chain(others).collect();
            assert!(said.iter().all(|it| it.counts.is_ok()));
            let case = fold(&said);
            let stands = case.translations.values().flatten();
            let is: Vec<bool> = stands.map(|it| it.is_of_earlier).collect();
            assert_eq!(is.len(), 1);
            let changes = changes.iter();
            let changes =
                changes.map(|(number, kind)| json!([hex(hash(*number).0), u16::from(*kind)]));
            let spoken = spoken.iter();
            let spoken = spoken.map(|it| json!([hex(hash(it.number).0), encoded(&it.body)]));
            json!({
                "sender": changes.collect::<Vec<_>>(),
                "said": spoken.collect::<Vec<_>>(),
                "earlier": is[0],
            })
        })
        .collect()
}
