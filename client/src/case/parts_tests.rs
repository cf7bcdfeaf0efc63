#![allow(clippy::unwrap_used, clippy::indexing_slicing)]
use proptest::prelude::*;

use super::*;
use crate::{
    alert::{
        EventTime,
        vocabulary::{ContactKind, DateKind, DateStanding},
    },
    case::{
        fixtures::{self, ANNA, BORIS, CLARA, device, hash, hashes},
        fold,
    },
    extensions::Extensions,
    message::{AnswerWords, DateFact, DateId, FactsWords, StateWords},
    text::{Language, Messages},
};

/// Not in the group any more.
const GONE: u8 = 9;

fn person(of: &PublicKey<Device>) -> (PublicKey<Device>, bool) {
    (*of, *of != device(GONE))
}

/// Each by which it names others.
fn said(number: u8, who: u8, act: CaseAct, seen: &[u8]) -> Said {
    Said {
        seen: hashes(seen),
        ..fixtures::said(number, who, act)
    }
}

fn facts(facts: &[(Fact, &[u8])]) -> CaseAct {
    let facts = facts.iter();
    let facts = facts.map(|(fact, over)| fact.write(hashes(over)));
    CaseAct::Facts(FactsWords {
        facts: facts.collect(),
        ground: String::new(),
        extensions: Extensions::none(),
    })
}

/// Somebody says who has a part, in the place of what these messages said.
fn part(number: u8, part: Part, who: Option<u8>, over: &[u8]) -> Said {
    let fact = Fact::Part(part, who.map(device));
    said(number, ANNA, facts(&[(fact, over)]), &[])
}

fn date() -> Fact {
    Fact::Date(DateFact {
        id: DateId([1; 8]),
        kind: DateKind::Hearing,
        at: EventTime {
            at: Some(Timestamp(5)),
            precision: crate::alert::vocabulary::TimePrecision::Minute,
            ..EventTime::default()
        },
        offset: 0,
        what: String::new(),
        source: String::new(),
        by_lawyer: YesNo::Yes,
        who: None,
        standing: DateStanding::Open,
    })
}

fn confirms(number: u8, who: u8, seen: &[u8]) -> Said {
    said(number, who, facts(&[(date(), &[])]), seen)
}

fn answers(number: u8, who: u8, seen: &[u8]) -> Said {
    let words = AnswerWords {
        text: "an answer".to_owned(),
        name: String::new(),
        extensions: Extensions::none(),
    };
    said(number, who, CaseAct::Answer(words), seen)
}

/// What is another's, by the messages' numbers, in whatever order they came.
fn others_of(all: &[Said]) -> (Vec<u8>, Vec<u8>) {
    let of = |all: &[Said]| {
        let found = others_parts(all, &fold(all).order, person);
        let number = |at: &usize| all[*at].hash.0[0];
        let mut lawyer: Vec<u8> = found.not_by_lawyer.iter().map(number).collect();
        let mut contact: Vec<u8> = found.past_contact.keys().map(number).collect();
        lawyer.sort_unstable();
        contact.sort_unstable();
        (lawyer, contact)
    };
    let mut turned = all.to_vec();
    let found = of(all);
    for _ in 0..all.len() {
        turned.rotate_left(1);
        assert_eq!(of(&turned), found);
    }
    turned.reverse();
    assert_eq!(of(&turned), found);
    found
}

/// The rows of a table that begins after this heading: the first cell, and that of what others have.
fn written(text: &str, heading: &str) -> Vec<(String, String)> {
    let (_, after) = text.split_once(heading).unwrap();
    let lines = after.lines().skip_while(|line| !line.starts_with("|---"));
    let rows = lines.skip(1).take_while(|line| line.starts_with('|'));
    rows.map(|row| {
        let mut cells = row.trim_matches('|').split('|').map(str::trim);
        let first = cells.next().unwrap().to_owned();
        (first, cells.nth(1).unwrap().to_owned())
    })
    .collect()
}

/// One table, in three places: here, for who writes another program, and for who works by it.
#[test]
fn the_documents_have_the_same_table() {
    let document = include_str!("../../../proto/PROTOCOL.md");
    let rows = written(document, "\n**Parts.**");
    let table = TABLE.map(|row| (row.part.key().into_owned(), row.others.key().to_owned()));
    assert_eq!(rows, table);
    for (language, text, heading, cells) in [
        (
            Language::En,
            include_str!("../../README.md"),
            "\n### What each part may see and do\n",
            [
                "asked first, and marked",
                "does not count",
                "with a reason",
                "free",
            ],
        ),
        (
            Language::Ru,
            include_str!("../../README.ru.md"),
            "\n### Что видит и делает каждая роль в деле\n",
            [
                "сначала вопрос, потом пометка",
                "не считается",
                "с причиной",
                "свободно",
            ],
        ),
    ] {
        let words = Messages::new(language, &[]);
        let rows = written(text, heading);
        assert_eq!(rows.len(), TABLE.len());
        for (row, (part, others)) in TABLE.iter().zip(rows) {
            assert_eq!(part, words.plain(&row.part.message_id()));
            let says = match row.others {
                Others::Asked => cells[0],
                Others::NotCounted => cells[1],
                Others::WithReason => cells[2],
                Others::Free => cells[3],
            };
            assert!(others.starts_with(says), "{part}: {others}");
        }
    }
}

#[test]
fn a_date_is_confirmed_by_who_advises_the_case_when_they_say_so() {
    let named = part(1, Part::LawyerAdviser, Some(BORIS), &[]);
    let nobody = |found: (Vec<u8>, Vec<u8>)| found.0;
    assert_eq!(nobody(others_of(&[confirms(2, BORIS, &[])])), [2]);
    let his = confirms(2, BORIS, &[1]);
    assert_eq!(nobody(others_of(&[named.clone(), his.clone()])), [0; 0]);
    let hers = confirms(3, CLARA, &[1]);
    assert_eq!(nobody(others_of(&[named.clone(), hers])), [3]);
    // At the same time: whoever named him had not seen it, nor he that.
    let unseen = confirms(2, BORIS, &[]);
    assert_eq!(nobody(others_of(&[named.clone(), unseen])), [0; 0]);
    // Named only when it was said.
    let mut late = part(4, Part::LawyerAdviser, Some(BORIS), &[]);
    late.seen = vec![hash(2)];
    assert_eq!(nobody(others_of(&[confirms(2, BORIS, &[]), late])), [2]);
    // By somebody else since, who had seen it: it stays so.
    let mut since = part(5, Part::LawyerAdviser, Some(CLARA), &[1]);
    since.seen = vec![hash(2)];
    let all = [named.clone(), his.clone(), since];
    assert_eq!(nobody(others_of(&all)), [0; 0]);
    // Taken away by who had not: it does not count, nor where he says that he has not seen that.
    let taken = part(5, Part::LawyerAdviser, None, &[1]);
    assert_eq!(nobody(others_of(&[named.clone(), his, taken.clone()])), [2]);
    let hides = confirms(6, BORIS, &[1]);
    assert_eq!(nobody(others_of(&[named, hides, taken])), [6]);
}

#[test]
fn what_goes_past_the_contact_is_known_by_whose_it_was() {
    let past = |found: (Vec<u8>, Vec<u8>)| found.1;
    assert_eq!(past(others_of(&[answers(2, BORIS, &[])])), [0; 0]);
    let named = part(1, Part::ContactOwner, Some(CLARA), &[]);
    let his = answers(2, BORIS, &[1]);
    assert_eq!(past(others_of(&[named.clone(), his.clone()])), [2]);
    let hers = answers(3, CLARA, &[1]);
    assert_eq!(past(others_of(&[named.clone(), hers])), [0; 0]);
    let seen = Fact::LastContact(EventTime::default(), ContactKind::Phone, String::new());
    let his_word = said(4, BORIS, facts(&[(seen, &[])]), &[1]);
    assert_eq!(past(others_of(&[named, his_word])), [4]);
    // Who is out of the group speaks with nobody.
    let gone = part(1, Part::ContactOwner, Some(GONE), &[]);
    assert_eq!(past(others_of(&[gone, his.clone()])), [0; 0]);
    // Two beside each other: either.
    let both = [
        part(1, Part::ContactOwner, Some(CLARA), &[]),
        part(3, Part::ContactOwner, Some(BORIS), &[]),
        his,
    ];
    assert_eq!(past(others_of(&both)), [0; 0]);
}

#[test]
fn who_leads_is_heard_by_whatever_they_say_and_not_waited_for_where_a_case_rests() {
    let words = crate::message::ReceiptWords {
        receipt: crate::alert::vocabulary::Receipt::TakingLead,
        to: None,
        over: None,
        reason: String::new(),
        extensions: Extensions::none(),
    };
    let heard = |all: &[Said]| lead_heard(all, &fold(all)).map(|at| at.0);
    assert_eq!(heard(&[answers(2, BORIS, &[])]), None);
    let leads = said(3, BORIS, CaseAct::Receipt(words.clone()), &[]);
    assert_eq!(heard(std::slice::from_ref(&leads)), Some(3));
    assert_eq!(heard(&[leads.clone(), answers(7, CLARA, &[3])]), Some(3));
    assert_eq!(heard(&[leads.clone(), answers(7, BORIS, &[3])]), Some(7));
    let opened = crate::message::ReceiptWords {
        receipt: crate::alert::vocabulary::Receipt::Opened,
        ..words
    };
    let opened = said(8, BORIS, CaseAct::Receipt(opened), &[3]);
    assert_eq!(heard(&[leads.clone(), opened]), Some(3));
    let rests = |state| {
        let act = CaseAct::State(StateWords {
            state,
            closing: None,
            over: None,
            reason: String::new(),
            extensions: Extensions::none(),
        });
        said(9, CLARA, act, &[3])
    };
    assert_eq!(heard(&[leads.clone(), rests(CaseState::Suspended)]), None);
    assert_eq!(heard(&[leads, rests(CaseState::Active)]), Some(3));
}

fn any_said(number: u8) -> impl Strategy<Value = Said> {
    let seen = proptest::collection::vec(0..number.max(1), 0..3);
    let over = proptest::collection::vec(0..number.max(1), 0..3);
    (
        0..4_u8,
        1..=CLARA,
        proptest::option::of(1..=CLARA),
        seen,
        over,
    )
        .prop_map(move |(what, who, named, seen, over)| {
            let mut one = match what {
                0 => confirms(number, who, &[]),
                1 => answers(number, who, &[]),
                2 => part(number, Part::LawyerAdviser, named, &over),
                _ => part(number, Part::ContactOwner, named, &over),
            };
            one.seen = seen.into_iter().map(hash).collect();
            one
        })
}

fn any_all() -> impl Strategy<Value = Vec<Said>> {
    let all: Vec<_> = (1..9).map(any_said).collect();
    all.prop_flat_map(|all| proptest::sample::subsequence(all, 0..=8))
}

proptest! {
    #[test]
    fn the_order_in_which_it_comes_changes_nothing(all in any_all(), turns in 0_usize..8) {
        let mut other = all.clone();
        other.rotate_left(turns.min(all.len()));
        prop_assert_eq!(others_of(&other), others_of(&all));
    }

    /// Whoever hides what they have seen gets no part by it that they had not.
    #[test]
    fn hiding_what_one_has_seen_confirms_nothing(all in any_all(), by in 1..=CLARA) {
        let after = |seen: Vec<u8>| {
            let with = [all.as_slice(), &[confirms(30, by, &seen)]].concat();
            others_of(&with).0.contains(&30)
        };
        let all_seen: Vec<u8> = all.iter().map(|it| it.hash.0[0]).collect();
        prop_assert_eq!(after(all_seen), after(Vec::new()));
    }
}
