//! Shifts that are handed over and swapped (DU11 to DU15): what is said, and who is on duty by it.

use bellrope_proto::{
    codec::{self, Blob},
    ids::{Hash, Timestamp},
    signing::{Device, PublicKey},
};
use serde_json::{Value, json};

use super::{duties::usual, encoded, hex, world::*};
use crate::{
    device::shifts::{ShiftWord, can_be_on_duty, known, laid_over, says},
    duty::{Line, Offer, Rota, Shift},
    extensions::Extensions,
    group::{Change, Roster},
    ids::{Epoch, MessageId},
    message::{
        Freeze, FreezeAct, HandOver, KIND_HAND_OVER, KIND_HAND_OVER_ANSWER, KIND_SWAP,
        KIND_SWAP_ANSWER, SHIFT_NOTE_CHARS_MAX, SaidOfSender, ShiftAnswer, ShiftSaid, Swap,
    },
};

type Key = PublicKey<Device>;

/// 2026-11-30 8:00 where the rota is: Ivan is on duty until 14:00, then Vera until 20:00.
const BEGIN: u64 = 1_795_996_800 + 6 * 3_600;

/// Minutes after that at which it is asked who is on duty: before and after each at which it may be otherwise.
const MOMENTS: [u64; 32] = [
    0, 20, 60, 105, 295, 300, 325, 335, 340, 345, 355, 360, 365, 375, 380, 385, 390, 395, 400, 415,
    420, 500, 715, 720, 725, 1_435, 1_440, 1_465, 1_470, 1_475, 1_795, 1_800,
];

fn at(minutes: u64) -> Timestamp {
    Timestamp(BEGIN + minutes * 60)
}

fn key(who: u8) -> Key {
    device(who).public()
}

fn rota() -> Rota<Key> {
    let shift = |from: u16, first: u8| Shift {
        from: from * 60,
        minutes: 360,
        line: Line {
            first: key(first),
            second: Some(key(ROSA)),
        },
    };
    Rota {
        week: vec![shift(8, IVAN), shift(14, VERA), shift(32, IVAN)],
        days: Vec::new(),
        ..usual()
    }
}

fn hand_over(to: u8, turn: u64, until: u64) -> HandOver {
    HandOver {
        nonce: [to; 16],
        to: key(to),
        turn: at(turn),
        until: at(until),
        note: "The lawyer calls at six.".to_owned(),
        extensions: Extensions::none(),
    }
}

fn swap(to: u8, from: u64, until: u64) -> Swap {
    Swap {
        nonce: [to; 16],
        to: key(to),
        from: at(from),
        until: at(until),
        extensions: Extensions::none(),
    }
}

fn answer(of: Hash, said: ShiftSaid) -> Vec<u8> {
    codec::encode(&ShiftAnswer {
        of,
        said,
        because: String::new(),
        extensions: Extensions::none(),
    })
}

fn bodies() -> Vec<Value> {
    let good = hand_over(VERA, 360, 720);
    let with = |change: &dyn Fn(&mut HandOver)| {
        let mut body = good.clone();
        change(&mut body);
        codec::encode(&body)
    };
    let asked = swap(VERA, 60, 120);
    let hash = good.hash(&key(IVAN));
    let said = |because: String, extensions| {
        codec::encode(&ShiftAnswer {
            of: hash,
            said: ShiftSaid::Refused,
            because,
            extensions,
        })
    };
    let mut unknown = answer(hash, ShiftSaid::TakenBack);
    unknown[33] = 4;
    let rows = [
        ("a hand-over", KIND_HAND_OVER, codec::encode(&good)),
        (
            "without a note",
            KIND_HAND_OVER,
            with(&|it| it.note.clear()),
        ),
        (
            "a note of 8,001 letters",
            KIND_HAND_OVER,
            with(&|it| it.note = "ж".repeat(SHIFT_NOTE_CHARS_MAX + 1)),
        ),
        ("no time", KIND_HAND_OVER, with(&|it| it.until = it.turn)),
        (
            "longer than 31 days",
            KIND_HAND_OVER,
            with(&|it| it.until = it.turn.plus(31 * 86_400 + 1)),
        ),
        (
            "what is critical",
            KIND_HAND_OVER,
            with(&|it| it.extensions = extended(7)),
        ),
        ("a swap", KIND_SWAP, codec::encode(&asked)),
        (
            "a swap that ends before it begins",
            KIND_SWAP,
            codec::encode(&swap(VERA, 120, 60)),
        ),
        (
            "a yes",
            KIND_HAND_OVER_ANSWER,
            answer(hash, ShiftSaid::Accepted),
        ),
        (
            "a no, because",
            KIND_SWAP_ANSWER,
            said("x".repeat(500), Extensions::none()),
        ),
        (
            "because of 501 letters",
            KIND_SWAP_ANSWER,
            said("x".repeat(501), Extensions::none()),
        ),
        (
            "an answer with what is critical",
            KIND_SWAP_ANSWER,
            said(String::new(), extended(7)),
        ),
        ("an answer that nobody knows", KIND_SWAP_ANSWER, unknown),
    ];
    let rows = rows.into_iter().map(|(name, kind, body)| {
        let hash = match kind {
            KIND_HAND_OVER => HandOver::decode(&body).map(|it| it.hash(&key(IVAN))),
            KIND_SWAP => Swap::decode(&body).map(|it| it.hash(&key(IVAN))),
            _ => None,
        };
        json!({
            "name": name,
            "kind": kind,
            "by": hex(key(IVAN).0),
            "body": hex(&body),
            "counts": says(kind, &body).is_some(),
            "hash": hash.map(|it| hex(it.0)),
        })
    });
    rows.collect()
}

struct Story {
    name: &'static str,
    said: Vec<(u8, u16, Vec<u8>, u64)>,
    reads: Vec<u8>,
    frozen: Option<(u8, u64)>,
}

fn stories() -> Vec<Story> {
    let handed = hand_over(VERA, 360, 720);
    let hash = handed.hash(&key(IVAN));
    let offer = (IVAN, KIND_HAND_OVER, codec::encode(&handed), 330);
    let said = |by, what, minutes| (by, KIND_HAND_OVER_ANSWER, answer(hash, what), minutes);
    let swapped = swap(ROSA, 60, 300);
    let asks = (IVAN, KIND_SWAP, codec::encode(&swapped), 0);
    let of = swapped.hash(&key(IVAN));
    let yes = (ROSA, KIND_SWAP_ANSWER, answer(of, ShiftSaid::Accepted), 10);
    let other = swap(VERA, 60, 300);
    let asks_vera = (IVAN, KIND_SWAP, codec::encode(&other), 5);
    let of_vera = other.hash(&key(IVAN));
    let vera_too = (
        VERA,
        KIND_SWAP_ANSWER,
        answer(of_vera, ShiftSaid::Accepted),
        100,
    );
    let observer = swap(OLGA, 60, 300);
    let back = swap(IVAN, 60, 300);
    let back_yes = answer(back.hash(&key(ROSA)), ShiftSaid::Accepted);
    let all = || vec![IVAN, ROSA, VERA];
    let story = |name, said: Vec<_>| Story {
        name,
        said,
        reads: all(),
        frozen: None,
    };
    let accepted = said(VERA, ShiftSaid::Accepted, 340);
    vec![
        story("nothing was said", vec![]),
        story("handed over, and no answer", vec![offer.clone()]),
        story("accepted early", vec![offer.clone(), accepted.clone()]),
        story(
            "accepted late, and heard first",
            vec![said(VERA, ShiftSaid::Accepted, 400), offer.clone()],
        ),
        story(
            "refused",
            vec![offer.clone(), said(VERA, ShiftSaid::Refused, 340)],
        ),
        story(
            "refused, then accepted",
            vec![
                offer.clone(),
                said(VERA, ShiftSaid::Refused, 340),
                said(VERA, ShiftSaid::Accepted, 380),
            ],
        ),
        story(
            "taken back",
            vec![offer.clone(), said(IVAN, ShiftSaid::TakenBack, 350)],
        ),
        story(
            "accepted by somebody else",
            vec![offer.clone(), said(ROSA, ShiftSaid::Accepted, 340)],
        ),
        story(
            "accepted as a swap",
            vec![
                offer.clone(),
                (
                    VERA,
                    KIND_SWAP_ANSWER,
                    answer(hash, ShiftSaid::Accepted),
                    340,
                ),
            ],
        ),
        story(
            "said twice: the first counts",
            vec![
                (IVAN, KIND_HAND_OVER, codec::encode(&handed), 500),
                offer.clone(),
            ],
        ),
        story(
            "by who had no shift",
            vec![(ROSA, KIND_HAND_OVER, codec::encode(&handed), 330)],
        ),
        story(
            "half an hour too late",
            vec![(IVAN, KIND_HAND_OVER, codec::encode(&handed), 390)],
        ),
        story(
            "over the night",
            vec![(
                VERA,
                KIND_HAND_OVER,
                codec::encode(&hand_over(IVAN, 1_440, 1_800)),
                700,
            )],
        ),
        story("a swap without an answer", vec![asks.clone()]),
        story(
            "a swap with the second line",
            vec![asks.clone(), yes.clone()],
        ),
        story(
            "given back",
            vec![
                asks.clone(),
                yes.clone(),
                (ROSA, KIND_SWAP, codec::encode(&back), 20),
                (IVAN, KIND_SWAP_ANSWER, back_yes, 30),
            ],
        ),
        story(
            "two who both agreed",
            vec![
                asks.clone(),
                yes.clone(),
                asks_vera.clone(),
                vera_too.clone(),
            ],
        ),
        story(
            "with an observer",
            vec![
                (IVAN, KIND_SWAP, codec::encode(&observer), 0),
                (
                    OLGA,
                    KIND_SWAP_ANSWER,
                    answer(observer.hash(&key(IVAN)), ShiftSaid::Accepted),
                    10,
                ),
            ],
        ),
        Story {
            reads: vec![IVAN, VERA],
            ..story(
                "whoever took it does not read it",
                vec![asks.clone(), yes.clone()],
            )
        },
        Story {
            frozen: Some((ROSA, 5)),
            ..story("a yes that others may have written", vec![asks, yes])
        },
        Story {
            reads: vec![IVAN, VERA],
            ..story("the second line does not read it", vec![offer])
        },
    ]
}

pub(super) fn all() -> Value {
    let chain = everybody()
        .then(Change::Approve(approve(8, ROSA)))
        .then(Change::Duty(rota()));
    let roster = Roster::from_chain(chain.0).unwrap();
    let mut order: Vec<Key> = [IVAN, ROSA, VERA, OLGA].map(key).to_vec();
    order.retain(|who| can_be_on_duty(&roster, who).is_some());
    order.sort_by_key(|who| roster.person(who).unwrap().came);
    let stories = stories().into_iter().map(|story| {
        let words: Vec<ShiftWord> = story
            .said
            .iter()
            .map(|(by, kind, body, minutes)| ShiftWord {
                by: key(*by),
                arrived: at(*minutes),
                kind: *kind,
                body: Blob(body.clone()),
                epoch: Epoch(1),
                heard: true,
            })
            .collect();
        let frozen: Vec<SaidOfSender> = story.frozen.iter().map(|(who, minutes)| SaidOfSender {
            id: MessageId([1; 16]),
            arrived: at(*minutes),
            author: key(VERA),
            freeze: Freeze {
                act: FreezeAct::Freeze,
                device: key(*who),
                lifts: Vec::new(),
                reason: String::new(),
                extensions: Extensions::none(),
            },
            is_own_word: false,
        }).collect();
        let kept = crate::device::shifts::tests::taken(&words);
        let offers: Vec<Offer<Key>> = known(&kept, &roster, &frozen)
            .into_iter()
            .map(|it| it.offer)
            .collect();
        let reads: Vec<Key> = story.reads.iter().map(|who| key(*who)).collect();
        let rota = laid_over(&rota(), &offers, &roster, |who| reads.contains(&who));
        let lines = MOMENTS.iter().map(|minutes| {
            let minutes = *minutes;
            let line = rota.at(at(minutes));
            let line = line.map(|line| [Some(line.first), line.second].map(|who| who.map(|it| hex(it.0))));
            json!([at(minutes).0, line])
        });
        json!({
            "name": story.name,
            "said": words.iter().map(|it| json!([hex(it.by.0), it.kind, hex(&it.body.0), it.arrived.0])).collect::<Vec<_>>(),
            "frozen": story.frozen.map(|(who, minutes)| json!([hex(key(who).0), at(minutes).0])),
            "reads": reads.iter().map(|it| hex(it.0)).collect::<Vec<_>>(),
            "lines": lines.collect::<Vec<_>>(),
        })
    });
    json!({
        "bodies": bodies(),
        "rota": encoded(&rota()),
        "order": order.iter().map(|it| hex(it.0)).collect::<Vec<_>>(),
        "stories": stories.collect::<Vec<_>>(),
    })
}
