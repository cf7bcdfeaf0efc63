//! To whom a case is open whom its author did not choose, and to whom no longer.

use bellrope_proto::codec;

use super::{
    bodies::inside,
    leading::{hand, lead},
    notes::note,
    spoken::{Bodies, Cases, Spoken, hash, hashes, spoken},
};
use crate::{
    extensions::Extensions,
    message::{CaseAct, ReadersWords},
    vectors::world::*,
};

/// That it is open to some, or no longer.
pub(super) fn readers(number: u8, by: u8, opens: bool, who: &[u8], over: &[u8]) -> Spoken {
    let who = who.iter().map(|who| device(*who).public()).collect();
    let words = ReadersWords::new(opens, who, hashes(over), String::new());
    spoken(number, by, &CaseAct::Readers(words))
}

pub(super) fn bodies() -> Bodies {
    let of = |way: u16, who: &[u8], over: usize| {
        let who: Vec<_> = who.iter().map(|who| [*who; 32]).collect();
        let over = vec![hash(7); over];
        let words = (way, who, over, String::new(), Extensions::none());
        inside(6, codec::encode(&words))
    };
    vec![
        ("open to two", of(1, &[1, 2], 64)),
        ("no longer open to one", of(2, &[1], 0)),
        ("in a third way", of(3, &[1], 0)),
        ("open to nobody", of(1, &[], 0)),
        ("open to two in the other order", of(1, &[2, 1], 0)),
        ("open to one twice", of(1, &[1, 1], 0)),
        ("over 65", of(1, &[1], 65)),
    ]
}

pub(super) fn cases() -> Cases {
    vec![
        (
            "opened to one, who leads",
            vec![
                readers(1, ROSA, true, &[PAVEL], &[]),
                lead(2, PAVEL, None, ""),
            ],
        ),
        (
            "opened after they said so",
            vec![
                lead(1, PAVEL, None, ""),
                readers(2, ROSA, true, &[PAVEL], &[]),
            ],
        ),
        (
            "handed over to whom it was opened to",
            vec![
                readers(1, ROSA, true, &[PAVEL], &[]),
                lead(2, ROSA, None, ""),
                hand(3, (ROSA, PAVEL), Some(2), ""),
            ],
        ),
        (
            "opened further by whom it was opened to",
            vec![
                readers(1, ROSA, true, &[PAVEL], &[]),
                readers(2, PAVEL, true, &[NADIA, PAVEL], &[]),
            ],
        ),
        (
            "opened to who is kept out",
            vec![
                readers(1, VERA, true, &[NADIA], &[]),
                lead(2, NADIA, None, ""),
            ],
        ),
        (
            "to who is kept out, to nobody, and to one more",
            vec![
                readers(1, VERA, true, &[NADIA, STRANGER, PAVEL], &[]),
                lead(2, NADIA, None, ""),
                lead(3, PAVEL, None, ""),
            ],
        ),
        (
            "by an observer",
            vec![
                readers(1, OLGA, true, &[PAVEL], &[]),
                lead(2, PAVEL, None, ""),
            ],
        ),
        (
            "no longer open",
            vec![
                readers(1, ROSA, true, &[PAVEL], &[]),
                lead(2, PAVEL, None, ""),
                readers(3, VERA, false, &[PAVEL], &[1]),
                note(4, PAVEL, &[]),
            ],
        ),
        (
            "no longer, by who had not seen that it was opened again",
            vec![
                readers(1, ROSA, true, &[PAVEL], &[]),
                readers(2, ROSA, true, &[PAVEL], &[1]),
                readers(3, VERA, false, &[PAVEL], &[1]),
                note(4, PAVEL, &[]),
            ],
        ),
        (
            "open again",
            vec![
                readers(1, ROSA, true, &[PAVEL], &[]),
                readers(2, VERA, false, &[PAVEL], &[1]),
                note(3, PAVEL, &[]),
                readers(4, ROSA, true, &[PAVEL], &[1, 2]),
            ],
        ),
        (
            "no longer, of whom it never was open",
            vec![readers(1, VERA, false, &[PAVEL], &[9]), note(2, PAVEL, &[])],
        ),
        (
            "over what does not name them",
            vec![
                readers(1, ROSA, true, &[OLGA, PAVEL], &[]),
                readers(2, VERA, false, &[OLGA], &[1]),
                note(3, PAVEL, &[]),
            ],
        ),
    ]
}
