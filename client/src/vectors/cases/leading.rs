//! Who leads a case: takes it, hands it over, gives it up; and who helps.

use bellrope_proto::{codec, ids::Timestamp};

use super::{
    bodies::{good, inside},
    notes::note,
    people::{FROZEN, VERAS},
    spoken::{Bodies, Cases, Spoken, hash, spoken},
    told::told,
};
use crate::{
    alert::vocabulary::Receipt::{
        self, Acknowledged, ConflictOfInterest, HandedOver, Supporting, TakingLead,
    },
    extensions::Extensions,
    message::{CaseAct, ReceiptWords},
    vectors::{hex, world::*},
};

fn words(receipt: Receipt, to: Option<u8>, over: Option<u8>, reason: &str) -> CaseAct {
    CaseAct::Receipt(ReceiptWords {
        receipt,
        to: to.map(|who| device(who).public()),
        over: over.map(hash),
        reason: reason.to_owned(),
        extensions: Extensions::none(),
    })
}

pub(super) fn lead(number: u8, by: u8, over: Option<u8>, reason: &str) -> Spoken {
    spoken(number, by, &words(TakingLead, None, over, reason))
}

pub(super) fn hand(number: u8, (by, to): (u8, u8), over: Option<u8>, reason: &str) -> Spoken {
    spoken(number, by, &words(HandedOver, Some(to), over, reason))
}

pub(super) fn receipt(number: u8, by: u8, receipt: Receipt, over: Option<u8>) -> Spoken {
    spoken(number, by, &words(receipt, None, over, ""))
}

pub(super) fn bodies() -> Bodies {
    let none = Extensions::none;
    let of = |receipt: u16, to: Option<u8>, reason: &str, extensions: Extensions| {
        let to = to.map(|who| device(who).public());
        let words = (receipt, to, Some(hash(7)), reason.to_owned(), extensions);
        inside(1, codec::encode(&words))
    };
    let hand_over = words(HandedOver, Some(IVAN), None, "");
    vec![
        ("a lead", good()),
        ("a hand-over", spoken(1, VERA, &hand_over).body),
        ("a hand-over to nobody", of(6, None, "", none())),
        ("a lead with somebody in it", of(3, Some(IVAN), "", none())),
        ("a receipt of a later version", of(77, None, "", none())),
        (
            "a reason of 280 characters",
            of(3, None, &"ж".repeat(280), none()),
        ),
        ("a reason of 281", of(3, None, &"x".repeat(281), none())),
        (
            "words with an extension that is ignored",
            of(3, None, "", extended(40_000)),
        ),
        (
            "words with one that is critical",
            of(3, None, "", extended(7)),
        ),
        ("words that end too soon", inside(1, vec![0, 3])),
    ]
}

/// By one, by two at once, over another, and by whom it is handed to.
pub(super) fn taken() -> Cases {
    vec![
        ("nobody leads", vec![receipt(1, VERA, Acknowledged, None)]),
        ("one leads", vec![lead(1, ROSA, None, "")]),
        (
            "two who did not know of each other",
            vec![lead(1, ROSA, None, ""), lead(2, VERA, None, "")],
        ),
        (
            "and the later one says that she helps",
            vec![
                lead(1, ROSA, None, ""),
                lead(2, VERA, None, ""),
                receipt(3, ROSA, Supporting, None),
            ],
        ),
        (
            "and the earlier one hands over",
            vec![
                lead(1, ROSA, None, ""),
                lead(2, VERA, None, ""),
                hand(3, (VERA, ROSA), Some(2), ""),
            ],
        ),
        (
            "taken over without a reason",
            vec![lead(1, ROSA, None, ""), lead(2, VERA, Some(1), "")],
        ),
        (
            "taken over with one",
            vec![lead(1, VERA, None, ""), lead(2, ROSA, Some(1), "away")],
        ),
        (
            "and the first says it again, to have it back",
            vec![
                lead(1, VERA, None, ""),
                lead(2, ROSA, Some(1), "away"),
                lead(3, VERA, None, ""),
                lead(4, VERA, Some(1), ""),
            ],
        ),
        (
            "handed over by somebody else",
            vec![lead(1, ROSA, None, ""), hand(2, (VERA, IVAN), Some(1), "")],
        ),
        (
            "to an observer",
            vec![lead(1, ROSA, None, ""), hand(2, (ROSA, OLGA), Some(1), "")],
        ),
        (
            "to somebody who has not the alert",
            vec![lead(1, ROSA, None, ""), hand(2, (ROSA, PAVEL), Some(1), "")],
        ),
        (
            "to two",
            vec![
                lead(1, VERA, None, ""),
                hand(2, (VERA, ROSA), Some(1), ""),
                hand(3, (VERA, IVAN), Some(1), ""),
            ],
        ),
    ]
}

/// Given up, and said by those who may not or may no longer; on several devices.
pub(super) fn given_up() -> Cases {
    let out = TURNED.0 - TIME.0;
    let of_another_alert = {
        let mut lead = lead(1, VERA, None, "");
        lead.body.alert_hash = hash(9);
        lead
    };
    vec![
        (
            "given up",
            vec![
                lead(1, ROSA, None, ""),
                receipt(2, ROSA, ConflictOfInterest, Some(1)),
            ],
        ),
        (
            "given up, and taken without a reason",
            vec![
                lead(1, ROSA, None, ""),
                receipt(2, ROSA, ConflictOfInterest, Some(1)),
                lead(3, VERA, Some(2), ""),
            ],
        ),
        (
            "given up by somebody else",
            vec![
                lead(1, ROSA, None, ""),
                receipt(2, VERA, ConflictOfInterest, Some(1)),
            ],
        ),
        (
            "by somebody who was put out since",
            vec![lead(1, IVAN, None, "")],
        ),
        (
            "and taken without a reason",
            vec![lead(1, IVAN, None, ""), lead(2, ROSA, Some(1), "")],
        ),
        (
            "after they were put out",
            vec![lead(1, IVAN, None, "").came(out), lead(2, ROSA, None, "")],
        ),
        (
            "by an observer",
            vec![lead(1, OLGA, None, ""), lead(2, STRANGER, None, "")],
        ),
        (
            "by somebody who has not the alert",
            vec![lead(1, PAVEL, None, ""), note(2, PAVEL, &[99])],
        ),
        ("of another alert", vec![of_another_alert]),
        (
            "on one device, and read on another",
            vec![
                lead(1, VERAS, None, ""),
                receipt(2, VERA, Acknowledged, None),
            ],
        ),
        (
            "taken on one device and given up on another",
            vec![
                lead(1, VERAS, None, ""),
                receipt(2, VERA, ConflictOfInterest, Some(1)),
                note(3, VERAS, &[]),
            ],
        ),
        (
            "taken on both at once",
            vec![lead(1, VERA, None, ""), lead(2, VERAS, None, "")],
        ),
    ]
}

/// By hands that may be those of others, and over what cannot be gone by.
pub(super) fn over_nothing() -> Cases {
    vec![
        (
            "while others may write it",
            vec![
                lead(1, ROSA, None, "").came(FROZEN),
                note(2, ROSA, &[]).came(FROZEN - 1),
            ],
        ),
        (
            "over what is not here",
            vec![lead(2, ROSA, Some(1), "away")],
        ),
        (
            "over what does not count",
            vec![lead(1, PAVEL, None, ""), lead(2, ROSA, Some(1), "")],
        ),
        (
            "in a circle",
            vec![lead(1, VERA, Some(2), "a"), lead(2, ROSA, Some(1), "b")],
        ),
    ]
}

/// What the file says is what the words of its cases mean.
#[test]
fn a_case_is_led_by_one() {
    let leader = |name: &str| {
        let cases = [taken(), given_up(), over_nothing()].concat();
        let (_, all) = cases.iter().find(|(known, _)| *known == name).unwrap();
        let leader = told(name, all)["leader"].clone();
        let all = [VERA, IVAN, PAVEL, ROSA];
        all.into_iter()
            .find(|who| leader == hex(device(*who).public().0))
    };
    for (name, who) in [
        ("nobody leads", None),
        ("one leads", Some(ROSA)),
        ("two who did not know of each other", Some(VERA)),
        ("and the earlier one hands over", Some(ROSA)),
        ("taken over without a reason", Some(ROSA)),
        ("taken over with one", Some(ROSA)),
        ("and the first says it again, to have it back", Some(ROSA)),
        ("handed over by somebody else", Some(ROSA)),
        ("to an observer", Some(ROSA)),
        ("to somebody who has not the alert", Some(ROSA)),
        ("given up", None),
        ("given up, and taken without a reason", Some(VERA)),
        ("given up by somebody else", Some(ROSA)),
        ("by somebody who was put out since", None),
        ("and taken without a reason", Some(ROSA)),
        ("after they were put out", Some(ROSA)),
        ("by an observer", None),
        ("by somebody who has not the alert", None),
        ("of another alert", None),
        ("on one device, and read on another", Some(VERA)),
        ("taken on one device and given up on another", None),
        ("taken on both at once", Some(VERA)),
        ("while others may write it", None),
        ("over what is not here", Some(ROSA)),
        ("over what does not count", Some(ROSA)),
        ("in a circle", None),
    ] {
        assert_eq!(leader(name), who, "{name}");
    }
    assert!(TIME.plus(FROZEN) < TURNED && TIME > Timestamp(0));
}
