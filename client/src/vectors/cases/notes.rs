//! What is written in a case: notes for all, notes sealed to some, answers to the sender, and the order in which all of it is told.

use bellrope_proto::codec::{self, Blob};
use serde_json::{Value, json};

use super::{
    bodies::inside,
    leading::{hand, lead},
    opened::readers,
    people::ALERT_HASH,
    spoken::{Bodies, Cases, Spoken, hash, spoken},
};
use crate::{
    extensions::Extensions,
    message::{CaseAct, Letter, NoteWords},
    vectors::{hex, world::*},
};

pub(super) fn note(number: u8, by: u8, seen: &[u8]) -> Spoken {
    let act = CaseAct::Note(NoteWords {
        text: "заметка".to_owned(),
        extensions: Extensions::none(),
    });
    spoken(number, by, &act).seeing(seen)
}

/// Words of a note for some. What is sealed in it is random, and nothing of the case depends on it.
fn note_to_words(audience: u16, of: Option<u8>, who: &[[u8; 32]], more: Extensions) -> Vec<u8> {
    let sealed = Blob(vec![7; 9]);
    codec::encode(&(audience, of.map(hash), who.to_vec(), hash(99), sealed, more))
}

/// A note for who leads, or handed on to them.
fn note_to(number: u8, by: u8, of: Option<u8>, to: &[u8]) -> Spoken {
    let mut who: Vec<[u8; 32]> = to.iter().map(|who| device(*who).public().0).collect();
    who.sort_unstable();
    let mut spoken = note(number, by, &[]);
    spoken.body.act = 7;
    spoken.body.words = Blob(note_to_words(3, of, &who, Extensions::none()));
    spoken
}

/// What is sealed in a note for some, and its hash.
pub(super) fn letters() -> Value {
    let texts = ["Адвокат просит денег", "a"];
    texts
        .into_iter()
        .map(|text| {
            let author = device(VERA).public();
            let letter = Letter::new(author, ALERT_HASH, [0xa7; 16], text.to_owned());
            let (bytes, hash) = letter.written();
            json!({
                "author": hex(author.0),
                "alert_hash": hex(ALERT_HASH.0),
                "salt": hex([0xa7; 16]),
                "text": text,
                "letter": hex(&bytes),
                "hash": hex(hash.0),
            })
        })
        .collect()
}

pub(super) fn bodies() -> Bodies {
    let none = Extensions::none;
    let note = |text: &str| inside(3, codec::encode(&(text.to_owned(), none())));
    let answer = |text: &str, name: &str| {
        inside(
            5,
            codec::encode(&(text.to_owned(), name.to_owned(), none())),
        )
    };
    vec![
        ("a note of 8,000 characters", note(&"я".repeat(8_000))),
        ("a note of 8,001", note(&"x".repeat(8_001))),
        ("an empty note", note("")),
        (
            "an answer of 500 characters",
            answer(&"я".repeat(500), "Вера"),
        ),
        ("an answer of 501", answer(&"x".repeat(501), "")),
        ("an empty answer", answer("", "Вера")),
        ("an answer by a name of 65", answer("a", &"x".repeat(65))),
    ]
}

/// Notes that only some can open.
pub(super) fn bodies_for_some() -> Bodies {
    let none = Extensions::none;
    let keys = |count: u8| -> Vec<[u8; 32]> { (1..=count).map(|key| [key; 32]).collect() };
    let all = [
        (
            "a note for who leads",
            note_to_words(3, None, &keys(1), none()),
        ),
        ("a note for 16", note_to_words(5, None, &keys(16), none())),
        (
            "a note that is handed on",
            note_to_words(3, Some(7), &keys(1), none()),
        ),
        ("a note for 17", note_to_words(5, None, &keys(17), none())),
        ("a note for nobody", note_to_words(3, None, &[], none())),
        (
            "a note for the group, sealed",
            note_to_words(1, None, &keys(1), none()),
        ),
        (
            "a note for one twice",
            note_to_words(5, None, &[[1; 32], [1; 32]], none()),
        ),
        (
            "a note with an extension that is ignored",
            note_to_words(3, None, &keys(1), extended(40_000)),
        ),
        (
            "a note with one that is critical",
            note_to_words(3, None, &keys(1), extended(7)),
        ),
    ];
    Vec::from(all.map(|(name, words)| (name, inside(7, words))))
}

pub(super) fn cases() -> Cases {
    vec![
        (
            "a note for who leads, which is handed on",
            vec![
                lead(1, ROSA, None, ""),
                note_to(2, VERA, None, &[ROSA]),
                hand(3, (ROSA, VERA), Some(1), ""),
                note_to(4, ROSA, Some(2), &[VERA]),
                note_to(5, ROSA, Some(50), &[VERA]),
            ],
        ),
        (
            "notes for an observer, and for somebody who has not the alert",
            vec![
                note_to(1, ROSA, None, &[OLGA]),
                note_to(2, ROSA, None, &[PAVEL]),
                note_to(3, ROSA, None, &[VERA, STRANGER]),
                note_to(4, PAVEL, None, &[ROSA]),
            ],
        ),
        (
            "a note for somebody to whom it is open no longer",
            vec![
                readers(1, ROSA, true, &[PAVEL], &[]),
                note_to(2, ROSA, None, &[PAVEL]),
                readers(3, VERA, false, &[PAVEL], &[1]),
                note_to(4, ROSA, None, &[PAVEL]),
            ],
        ),
    ]
}

/// What is told in which order, where clocks are wrong and some of it is of a later version.
pub(super) fn story() -> Cases {
    let ahead = {
        let mut note = note(1, VERA, &[]);
        note.at = (9_000_000, 40);
        note
    };
    let newer = {
        let mut newer = note(4, VERA, &[]);
        newer.body.act = 40;
        newer
    };
    vec![(
        "a story, with a clock that is ahead and one that is behind",
        vec![
            ahead,
            note(2, ROSA, &[1, 3]).came(50),
            note(3, ROSA, &[]),
            newer,
            note(5, VERA, &[77, 3]),
        ],
    )]
}
