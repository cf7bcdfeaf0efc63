//! Messages where the group has had more than one epoch (M2, E3, E4), and requests for what stood in an epoch's mailbox (E6).

use bellrope_proto::{
    codec,
    ids::{Hash, Sequence, Timestamp},
    signing::PublicKey,
};
use serde_json::{Value, json};

use super::{
    bytes, hex, items,
    messages::{Case, claim, sorted},
    stored,
    turns::{PUT_OUT, SAME_NAME, TWICE},
    world::*,
};
use crate::{
    extensions::Extensions,
    group::recipients_hash,
    ids::{Epoch, Position},
    message::{RANGES_MAX, ResendRequest},
};

/// Said in the first epoch, when everybody was there, to a reader who has this roster by now.
fn before(roster: &'static str, name: &'static str, by: u8) -> Case {
    let then = Case::new("", by).message;
    Case::of(roster, name, by).with(|case| {
        case.message.epoch = then.epoch;
        case.message.roster = then.roster;
        case.message.audience = then.audience;
    })
}

/// It arrives when the epoch that follows has begun.
fn after(roster: &'static str, name: &'static str, by: u8) -> Case {
    before(roster, name, by).with(|case| case.arrived = TURNED)
}

fn last_second(case: &mut Case) {
    case.arrived = Timestamp(TURNED.0 - 1);
}

pub(super) fn cases() -> Vec<Case> {
    let vera = member(VERA);
    let with_ivan = sorted(vec![vera, member(IVAN)]);
    let without = sorted(vec![vera, member(OLGA)]);
    let elsewhere = |case: &mut Case| case.message.roster = Hash([0x66; 32]);
    // Vera and Ivan alone were there.
    let of_two = |name, roster| {
        let first = Chain(everybody().0[..3].to_vec());
        let passed = Case::of(roster, name, VERA).passed_by(IVAN, 6);
        passed.with(|case| {
            case.message.epoch = Epoch(1);
            case.message.roster = first.head();
            case.message.audience.hash = recipients_hash(&[vera, member(IVAN)]);
            // An alert is for no observer.
            case.message.kind = 2;
            case.reader = OLGA;
        })
    };
    vec![
        Case::of(PUT_OUT, "in the second epoch", NADIA).with(|case| case.arrived = TURNED),
        before(PUT_OUT, "of the epoch before, in its last second", NADIA).with(last_second),
        after(PUT_OUT, "of the epoch before, when it is over", NADIA),
        after(
            TWICE,
            "of the first of three, when the second and the third began",
            VERA,
        ),
        after(
            "an epoch that begins with everybody",
            "of an epoch that is over, and nobody is out",
            IVAN,
        ),
        after(PUT_OUT, "chosen, and who is out is not among them", NADIA).chosen(without),
        after(
            PUT_OUT,
            "chosen at an unknown head, and who is out is among them",
            NADIA,
        )
        .chosen(with_ivan)
        .with(elsewhere),
        after(
            PUT_OUT,
            "at an unknown head, with the number of an epoch that is over",
            NADIA,
        )
        .with(elsewhere),
        Case::of(
            PUT_OUT,
            "at an unknown head, with a number that no epoch has",
            NADIA,
        )
        .with(elsewhere)
        .with(|case| case.message.epoch = Epoch(3)),
        after(
            PUT_OUT,
            "at a head of the epoch before, with the number of this one",
            NADIA,
        )
        .with(|case| case.message.epoch = Epoch(2)),
        Case::of(
            PUT_OUT,
            "at a head of this epoch, with the number of the one before",
            NADIA,
        )
        .with(|case| case.message.epoch = Epoch(1)),
        Case::of(
            PUT_OUT,
            "at a head of the second epoch, to those of the first",
            NADIA,
        )
        .with(|case| case.message.audience = Case::new("", NADIA).message.audience),
        before(
            PUT_OUT,
            "by who is out, in the last second before that",
            IVAN,
        )
        .with(last_second),
        after(PUT_OUT, "by who is out, in the very second of that", IVAN),
        Case::of(PUT_OUT, "by who is out, in the epoch after", IVAN)
            .with(|case| case.arrived = TURNED.plus(9)),
        before(TWICE, "by a defender who is out, before that", NADIA),
        after(TWICE, "by a defender who is out, after that", NADIA)
            .with(|case| case.claim = Some(claim(NADIA, NADIA))),
        after(
            TWICE,
            "by another device, with the invitation of who is out",
            STRANGER,
        )
        .with(|case| case.claim = Some(claim(NADIA, STRANGER))),
        before(TWICE, "by an observer who is out, before that", OLGA),
        after(TWICE, "by an observer who is out, after that", OLGA),
        Case::of(
            SAME_NAME,
            "by who has the name of somebody who is out",
            STRANGER,
        ),
        after(SAME_NAME, "by who is out, whose name another has", IVAN),
        of_two("passed on by a member", "everybody"),
        of_two("passed on by somebody who is out", PUT_OUT),
    ]
}

/// What is asked for in the mailbox of the second epoch.
fn request() -> ResendRequest {
    ResendRequest {
        position: Position(3),
        relay: PublicKey::from_bytes(relay(1).key().0),
        epoch: Epoch(2),
        missed: vec![(Sequence(2), Sequence(4)), (Sequence(9), Sequence(9))],
        extensions: Extensions::none(),
    }
}

/// Whether a body asks for what stood at a place of an epoch's mailbox; null for one that is not answered.
fn asks(body: &[u8], epoch: u32, place: u64) -> Value {
    let request = ResendRequest::decode(body);
    let asks = |it: &ResendRequest| it.names(Epoch(epoch), Sequence(place));
    request.as_ref().map(asks).into()
}

pub(super) fn requests() -> Value {
    let with = |change: &dyn Fn(&mut ResendRequest)| {
        let mut request = request();
        change(&mut request);
        codec::encode(&request)
    };
    let usual = || with(&|_| {});
    let places = |from: u64, count: usize| vec![(Sequence(from), Sequence(from)); count];
    let all = [
        ("a place in a range", usual(), 2, 4),
        ("a place in none", usual(), 2, 5),
        ("the same place of another epoch", usual(), 1, 4),
        ("and of a later one", usual(), 3, 9),
        (
            "an extension that is ignored",
            with(&|it| it.extensions = extended(40_000)),
            2,
            9,
        ),
        (
            "an extension that is critical",
            with(&|it| it.extensions = extended(7)),
            2,
            9,
        ),
        (
            "sixteen ranges",
            with(&|it| it.missed = places(9, RANGES_MAX)),
            2,
            9,
        ),
        (
            "seventeen",
            with(&|it| it.missed = places(9, RANGES_MAX + 1)),
            2,
            9,
        ),
        (
            "a range that ends before it begins",
            with(&|it| it.missed[0] = (Sequence(4), Sequence(2))),
            2,
            9,
        ),
        (
            "without an epoch",
            codec::encode(&(
                request().position,
                request().relay,
                request().missed,
                Extensions::none(),
            )),
            2,
            9,
        ),
    ];
    let of = |(why, body, epoch, place): (&str, Vec<u8>, u32, u64)| {
        json!({
            "why": why,
            "body": hex(&body),
            "epoch": epoch,
            "place": place,
            "asks": asks(&body, epoch, place),
        })
    };
    all.map(of).into_iter().collect()
}

#[test]
fn a_request_asks_for_places_of_one_epochs_mailbox() {
    for one in items(&stored()["resend_requests"]) {
        let epoch = u32::try_from(one["epoch"].as_u64().unwrap()).unwrap();
        let found = asks(&bytes(&one["body"]), epoch, one["place"].as_u64().unwrap());
        assert_eq!(found, one["asks"], "{}", one["why"]);
    }
}
