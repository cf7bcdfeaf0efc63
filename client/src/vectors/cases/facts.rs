//! What is so in a case: every fact that can be said, what is none, and which of them stand.

use bellrope_proto::codec::{self, Blob};

use super::{
    people::VERAS,
    spoken::{Bodies, Cases, Spoken, hash, hashes, spoken},
};
use crate::{
    alert::{
        EventTime,
        vocabulary::{
            ConsentAnswer::{self, No, Withdrawn, Yes},
            ConsentGiver::{self, Defender, Family},
            ContactKind, CustodyStage, DateKind, DateStanding, LawyerAccess, Link, Part, Publicity,
            Purpose, Step, TimePrecision, Verification,
            Verification::{OneSource, PartnerConfirmed},
            YesNo,
        },
    },
    extensions::Extensions,
    ids::MessageId,
    message::{
        CaseAct, ConsentFact, DateFact, DateId, Fact, FactsWords, Review, StepName, WrittenFact,
    },
    vectors::world::*,
};

/// Facts, each in the place of what these messages said.
fn facts(number: u8, by: u8, all: &[(Fact, &[u8])]) -> Spoken {
    let facts = all.iter();
    let facts = facts.map(|(fact, over)| fact.write(hashes(over)));
    of_facts(number, by, facts.collect(), "")
}

fn says(number: u8, by: u8, fact: Fact, over: &[u8]) -> Spoken {
    facts(number, by, &[(fact, over)])
}

fn of_facts(number: u8, by: u8, facts: Vec<WrittenFact>, ground: &str) -> Spoken {
    let act = CaseAct::Facts(FactsWords {
        facts,
        ground: ground.to_owned(),
        extensions: Extensions::none(),
    });
    spoken(number, by, &act)
}

fn day(after: u64) -> EventTime {
    EventTime {
        at: Some(TIME.plus(after)),
        precision: TimePrecision::Day,
        ..EventTime::default()
    }
}

fn permits(answer: ConsentAnswer, giver: ConsentGiver) -> Fact {
    Fact::Consent(ConsentFact {
        purpose: Purpose::Publish,
        answer,
        giver,
        given: day(0),
    })
}

fn date(what: &str, who: Option<u8>) -> DateFact {
    DateFact {
        id: DateId([3; 8]),
        kind: DateKind::Hearing,
        at: EventTime {
            at: Some(TIME.plus(86_400)),
            precision: TimePrecision::Minute,
            ..EventTime::default()
        },
        offset: 180,
        what: what.to_owned(),
        source: "адвокат".to_owned(),
        by_lawyer: YesNo::Yes,
        who: who.map(|who| device(who).public()),
        standing: DateStanding::Open,
    }
}

fn step(text: &str, standing: DateStanding) -> Fact {
    Fact::Step(StepName::Own(text.to_owned()), standing)
}

fn looked_back(harm: YesNo) -> Fact {
    Fact::Review(Review {
        closing: hash(7),
        harm,
        keep: YesNo::Unknown,
    })
}

/// One of each.
fn every_fact() -> Vec<(&'static str, Fact)> {
    vec![
        ("a rung", Fact::Verification(Verification::OneSource)),
        (
            "a publicity",
            Fact::Publicity(Publicity::QuietOnly, day(86_400)),
        ),
        (
            "a consent",
            permits(ConsentAnswer::Yes, ConsentGiver::StandingInstruction),
        ),
        ("a stage", Fact::Stage(CustodyStage::PoliceHold)),
        ("since when", Fact::HeldSince(day(0))),
        ("where", Fact::HeldAt("отдел".to_owned())),
        ("by whom", Fact::HeldBy(String::new())),
        ("articles", Fact::Articles("24.23".to_owned())),
        (
            "a lawyer",
            Fact::Lawyer(LawyerAccess::Denied, "Pavel".to_owned(), YesNo::No),
        ),
        (
            "a sign of life",
            Fact::LastContact(day(0), ContactKind::Letter, "her sister".to_owned()),
        ),
        ("a date", Fact::Date(date("hearing", Some(ROSA)))),
        (
            "a part",
            Fact::Part(Part::ContactOwner, Some(device(ROSA).public())),
        ),
        (
            "a link",
            Fact::Link(MessageId([0xb1; 16]), Some(Link::SamePerson)),
        ),
        ("a look back", looked_back(YesNo::No)),
        (
            "a step",
            Fact::Step(StepName::Listed(Step::CallBack), DateStanding::Done),
        ),
        (
            "a step in words",
            Fact::Step(
                StepName::Own("позвонить в школу".to_owned()),
                DateStanding::Open,
            ),
        ),
    ]
}

/// Facts that no program of this version writes, or that it does.
fn odd_facts() -> Vec<(&'static str, WrittenFact)> {
    let good = Fact::Verification(Verification::OneSource).write(Vec::new());
    let valued = |about: u16, value: Vec<u8>| WrittenFact {
        about,
        value: Blob(value),
        over: Vec::new(),
    };
    let none = Extensions::none;
    vec![
        ("something of a later version", valued(99, vec![1])),
        (
            "a rung of a later version",
            valued(1, codec::encode(&(70_u16, none()))),
        ),
        (
            "a rung with an extension that is ignored",
            valued(1, codec::encode(&(2_u16, extended(40_000)))),
        ),
        (
            "a rung with one that is critical",
            valued(1, codec::encode(&(2_u16, extended(7)))),
        ),
        ("a value that ends too soon", valued(1, vec![0])),
        (
            "a place of 280 characters",
            Fact::HeldAt("ж".repeat(280)).write(Vec::new()),
        ),
        (
            "a place of 281",
            Fact::HeldAt("x".repeat(281)).write(Vec::new()),
        ),
        (
            "a date of 140 characters",
            Fact::Date(date(&"ж".repeat(140), None)).write(Vec::new()),
        ),
        (
            "a date of 141",
            Fact::Date(date(&"x".repeat(141), None)).write(Vec::new()),
        ),
        (
            "a date without a time",
            Fact::Date(DateFact {
                at: EventTime::default(),
                ..date("hearing", None)
            })
            .write(Vec::new()),
        ),
        (
            "a date on no clock of this earth",
            Fact::Date(DateFact {
                offset: -841,
                ..date("hearing", None)
            })
            .write(Vec::new()),
        ),
        (
            "a moment that is unknown",
            Fact::HeldSince(EventTime {
                precision: TimePrecision::Unknown,
                ..day(0)
            })
            .write(Vec::new()),
        ),
        (
            "a step of a later version",
            valued(15, codec::encode(&(24_u16, "", 2_u16, none()))),
        ),
        (
            "a step that is none",
            valued(15, codec::encode(&(0_u16, "", 2_u16, none()))),
        ),
        (
            "a step with words",
            valued(15, codec::encode(&(1_u16, "call", 2_u16, none()))),
        ),
        (
            "a step that somebody missed",
            valued(15, codec::encode(&(1_u16, "", 3_u16, none()))),
        ),
        (
            "a step of 140 characters",
            Fact::Step(StepName::Own("ж".repeat(140)), DateStanding::Open).write(Vec::new()),
        ),
        (
            "a step of 141 characters",
            Fact::Step(StepName::Own("x".repeat(141)), DateStanding::Open).write(Vec::new()),
        ),
        (
            "in the place of 16",
            WrittenFact {
                over: vec![hash(3); 16],
                ..good.clone()
            },
        ),
        (
            "in the place of 17",
            WrittenFact {
                over: vec![hash(3); 17],
                ..good
            },
        ),
    ]
}

pub(super) fn bodies() -> Bodies {
    let rung = || Fact::Verification(OneSource).write(Vec::new());
    let of = |facts, ground: &str| of_facts(1, VERA, facts, ground).body;
    let each = every_fact().into_iter();
    let each = each.map(|(name, fact)| (name, fact.write(vec![hash(7)])));
    let alone = each.chain(odd_facts());
    let alone = alone.map(|(name, fact)| (name, of(vec![fact], "because")));
    let many = [("16 facts", 16), ("17 facts", 17), ("no fact", 0)];
    let many = many.map(|(name, count)| (name, of(vec![rung(); count], "")));
    let grounds = [
        ("a ground of 280 characters", 280),
        ("a ground of 281", 281),
    ];
    let grounds = grounds.map(|(name, chars)| (name, of(vec![rung()], &"я".repeat(chars))));
    alone.chain(many).chain(grounds).collect()
}

pub(super) fn cases() -> Cases {
    let rung = Fact::Verification;
    let always = EventTime::default;
    vec![
        (
            "every fact",
            every_fact()
                .into_iter()
                .zip(1..)
                .map(|((_, fact), number)| says(number, ROSA, fact, &[]))
                .collect(),
        ),
        (
            "one fact in the place of another",
            vec![
                says(1, ROSA, rung(OneSource), &[]),
                says(2, VERA, rung(PartnerConfirmed), &[1]),
            ],
        ),
        (
            "two who look back",
            vec![
                says(1, ROSA, looked_back(YesNo::No), &[]),
                says(2, VERA, looked_back(YesNo::Yes), &[1]),
                says(3, ROSA, looked_back(YesNo::Unknown), &[1, 2]),
            ],
        ),
        (
            "steps that are done, and done again",
            vec![
                facts(
                    1,
                    ROSA,
                    &[
                        (step("call the school", DateStanding::Open), &[]),
                        (step("call the court", DateStanding::Open), &[]),
                    ],
                ),
                says(2, VERA, step("call the school", DateStanding::Done), &[1]),
            ],
        ),
        (
            "two rungs beside each other",
            vec![
                says(1, ROSA, rung(OneSource), &[]),
                says(2, VERA, rung(PartnerConfirmed), &[]),
            ],
        ),
        (
            "one who doubts",
            vec![
                says(1, ROSA, rung(Verification::False), &[]),
                says(2, VERA, rung(PartnerConfirmed), &[]),
            ],
        ),
        (
            "in the place of itself, and of what is about something else",
            vec![
                says(1, ROSA, rung(OneSource), &[1]),
                says(2, VERA, Fact::HeldAt("отдел".to_owned()), &[1]),
            ],
        ),
        (
            "by somebody who has not the alert",
            vec![
                says(1, ROSA, rung(OneSource), &[]),
                says(2, PAVEL, rung(PartnerConfirmed), &[1]),
            ],
        ),
        (
            "a part for somebody who has not the alert",
            vec![facts(
                1,
                ROSA,
                &[
                    (Fact::Part(Part::Deputy, Some(device(PAVEL).public())), &[]),
                    (rung(OneSource), &[]),
                ],
            )],
        ),
        (
            "a part for a second device",
            vec![says(
                1,
                ROSA,
                Fact::Part(Part::Deputy, Some(device(VERAS).public())),
                &[],
            )],
        ),
        (
            "the family does not take back what the person said",
            vec![
                says(1, ROSA, permits(No, Defender), &[]),
                says(2, VERA, permits(Yes, Family), &[1]),
            ],
        ),
        (
            "and the person does",
            vec![
                says(1, ROSA, permits(No, Family), &[]),
                says(2, VERA, permits(Yes, Defender), &[1]),
            ],
        ),
        (
            "the family says no beside a yes",
            vec![
                says(1, ROSA, permits(Yes, Defender), &[]),
                says(2, VERA, permits(Withdrawn, Family), &[1]),
            ],
        ),
        (
            "publicity beside less, which is over",
            vec![
                says(1, ROSA, Fact::Publicity(Publicity::None, day(1)), &[]),
                says(2, VERA, Fact::Publicity(Publicity::Wanted, always()), &[]),
            ],
        ),
        (
            "publicity beside less",
            vec![
                says(
                    1,
                    ROSA,
                    Fact::Publicity(Publicity::QuietOnly, always()),
                    &[],
                ),
                says(2, VERA, Fact::Publicity(Publicity::Wanted, always()), &[]),
            ],
        ),
    ]
}

pub(super) fn of_a_later_version() -> Cases {
    let rung = Fact::Verification(OneSource);
    vec![(
        "known and unknown facts in one message",
        vec![of_facts(
            1,
            ROSA,
            vec![
                WrittenFact {
                    about: 99,
                    value: Blob(vec![1]),
                    over: Vec::new(),
                },
                rung.write(vec![hash(50)]),
            ],
            "because",
        )],
    )]
}
