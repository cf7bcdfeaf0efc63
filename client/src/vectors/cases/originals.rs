//! That an original was saved, which says as little of having read an alert as that it was opened.

use bellrope_proto::codec::{self, Blob};

use super::{
    bodies::inside,
    leading::{lead, receipt},
    notes::note,
    people::{ALERT, VERAS},
    spoken::{Bodies, Cases, Spoken, hash, spoken},
};
use crate::{
    alert::vocabulary::Receipt::{Opened, Supporting},
    attachment::PaperKind,
    extensions::Extensions,
    message::{CaseAct, HandedOnWords, Keepers, SavedWords, Saving},
    seal::MemberKey,
    vectors::world::*,
};

/// Whose key nobody in the group has.
const STRANGER: u8 = 9;

fn saved() -> CaseAct {
    CaseAct::Saved(SavedWords {
        saving: Saving::Done,
        with: ALERT,
        number: 2,
        hash: hash(60),
        extensions: Extensions::none(),
    })
}

fn handed_on(number: u8, to: &[u8]) -> Spoken {
    let mut keys: Vec<MemberKey> = to.iter().map(|who| member(*who)).collect();
    keys.sort_unstable();
    // Nothing in it opens; it is of the length that is due.
    let sealed = Keepers::seal(keys.clone(), &[]).unwrap().sealed.0.len();
    let words = HandedOnWords {
        with: ALERT,
        number: 2,
        kind: PaperKind::Jpeg,
        size: 70_000,
        hash: hash(60),
        keepers: Keepers {
            keys,
            sealed: Blob(vec![7; sealed]),
        },
        extensions: Extensions::none(),
    };
    spoken(number, VERA, &CaseAct::HandedOn(words))
}

pub(super) fn bodies() -> Bodies {
    let none = Extensions::none;
    let words = |saving: u16, extensions: Extensions| {
        codec::encode(&(saving, ALERT, 2_u16, hash(60), extensions))
    };
    vec![
        ("an original was saved", spoken(1, VERA, &saved()).body),
        (
            "how far that is, in a number that nobody knows",
            inside(10, words(4, none())),
        ),
        (
            "that, in words that go on",
            inside(10, [words(2, none()), vec![0]].concat()),
        ),
        (
            "that, with an extension that is critical",
            inside(10, words(2, extended(7))),
        ),
    ]
}

pub(super) fn cases() -> Cases {
    vec![
        (
            "an original was saved, and the alert is not read",
            vec![
                spoken(1, VERA, &saved()),
                note(2, ROSA, &[1]),
                spoken(3, ROSA, &saved()),
            ],
        ),
        (
            "an original is handed on to who reads the case, and to others",
            vec![
                handed_on(1, &[ROSA]),
                handed_on(2, &[OLGA, ROSA]),
                handed_on(3, &[PAVEL]),
                handed_on(4, &[ROSA, STRANGER]),
                handed_on(5, &[IVAN]),
            ],
        ),
        (
            "opened, and not read",
            vec![
                receipt(1, VERA, Opened, None),
                receipt(2, VERAS, Opened, None),
                receipt(3, IVAN, Supporting, None),
                receipt(4, IVAN, Opened, None),
                receipt(5, PAVEL, Opened, None),
                lead(6, ROSA, None, ""),
                receipt(7, ROSA, Opened, Some(6)),
            ],
        ),
    ]
}
