//! Where a case stands: closed, opened again; and which of two words counts, of one person or of two.

use bellrope_proto::{codec, ids::Hash};

use super::{
    bodies::inside,
    leading::receipt,
    people::VERAS,
    spoken::{Bodies, Cases, Spoken, hash, spoken},
};
use crate::{
    alert::vocabulary::{
        CaseState::{self, Active, Closed, Monitoring, Reopened},
        ClosingReason,
        Receipt::{ConflictOfInterest, Supporting},
    },
    extensions::Extensions,
    message::{CaseAct, StateWords},
    vectors::world::*,
};

fn state(number: u8, by: u8, state: CaseState, over: Option<u8>) -> Spoken {
    let closed = state == Closed;
    let act = CaseAct::State(StateWords {
        state,
        closing: closed.then_some(ClosingReason::Released),
        over: over.map(hash),
        reason: String::new(),
        extensions: Extensions::none(),
    });
    spoken(number, by, &act)
}

pub(super) fn bodies() -> Bodies {
    let of = |state: u16, closing: Option<u16>| {
        let words = (
            state,
            closing,
            None::<Hash>,
            String::new(),
            Extensions::none(),
        );
        inside(2, codec::encode(&words))
    };
    vec![
        ("a closed case", of(8, Some(1))),
        ("a closed case without why", of(8, None)),
        ("an open case with why it is closed", of(4, Some(1))),
        ("a reason to close it of a later version", of(8, Some(700))),
        ("a state of a later version", of(70, None)),
    ]
}

/// On two devices, of which the one that numbers lower may say it later.
pub(super) fn of_one_person() -> Cases {
    vec![
        (
            "two states of one person, on two devices, of which the second has said less",
            vec![
                state(9, VERA, Closed, None),
                state(1, VERAS, Monitoring, None).came(60),
            ],
        ),
        (
            "two receipts of one person, on two devices",
            vec![
                receipt(9, VERA, Supporting, None),
                receipt(1, VERAS, ConflictOfInterest, None).came(5),
            ],
        ),
    ]
}

pub(super) fn cases() -> Cases {
    vec![
        ("closed", vec![state(1, ROSA, Closed, None)]),
        (
            "closed and opened",
            vec![
                state(1, ROSA, Closed, None),
                state(2, ROSA, Reopened, Some(1)),
            ],
        ),
        (
            "two states of one author over the same",
            vec![
                state(1, ROSA, Closed, None),
                state(2, ROSA, Monitoring, None),
            ],
        ),
        (
            "two states of two",
            vec![state(1, ROSA, Closed, None), state(2, VERA, Active, None)],
        ),
    ]
}
