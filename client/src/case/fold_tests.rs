#![allow(clippy::unwrap_used, clippy::indexing_slicing)]
use proptest::prelude::*;

use super::*;
use crate::{
    alert::vocabulary::{ClosingReason, Kind, NoteAudience, Translator},
    case::{
        Void,
        fixtures::{ANNA, BORIS, CLARA, DAVID, SENDER, device, hash, hashes, place, said},
    },
    extensions::Extensions,
    message::{
        AnswerWords, Letter, NoteWords, OfTranslation, ReceiptWords, SenderWords, StateWords,
        Translated,
    },
    seal::MemberIdentity,
};

fn receipt(number: u8, who: u8, receipt: Receipt, over: Option<u8>, reason: &str) -> Said {
    let words = ReceiptWords {
        receipt,
        to: None,
        over: over.map(hash),
        reason: reason.to_owned(),
        extensions: Extensions::none(),
    };
    said(number, who, CaseAct::Receipt(words))
}

fn lead(number: u8, who: u8, over: Option<u8>, reason: &str) -> Said {
    receipt(number, who, Receipt::TakingLead, over, reason)
}

fn hand(number: u8, (who, to): (u8, u8), over: Option<u8>, reason: &str) -> Said {
    let words = ReceiptWords {
        receipt: Receipt::HandedOver,
        to: Some(device(to)),
        over: over.map(hash),
        reason: reason.to_owned(),
        extensions: Extensions::none(),
    };
    Said {
        to: Some(place(to)),
        ..said(number, who, CaseAct::Receipt(words))
    }
}

fn close(number: u8, who: u8, over: Option<u8>, state: CaseState) -> Said {
    let words = StateWords {
        state,
        closing: (state == CaseState::Closed).then_some(ClosingReason::Released),
        over: over.map(hash),
        reason: String::new(),
        extensions: Extensions::none(),
    };
    said(number, who, CaseAct::State(words))
}

fn note(number: u8, who: u8, seen: &[u8]) -> Said {
    let words = NoteWords {
        text: "a note".to_owned(),
        extensions: Extensions::none(),
    };
    Said {
        seen: hashes(seen),
        ..said(number, who, CaseAct::Note(words))
    }
}

/// A note for David alone, as he leads or not; or handed on to him.
fn note_to(number: u8, who: u8, of: Option<u8>) -> Said {
    let letter = Letter::new(device(who), hash(200), [0; 16], "for David".to_owned());
    let keys = [MemberIdentity::from_seed(&[DAVID; 32]).to_key()];
    let to = (NoteAudience::Lead, of.map(hash));
    let words = letter.seal(to, vec![device(DAVID)], &keys).unwrap();
    said(number, who, CaseAct::NoteTo(words))
}

/// A person's or a machine's, or that one is right.
fn translation(number: u8, who: u8, over: Option<u8>, which: u8) -> Said {
    let of = over.map(hash);
    let said_of = match (which, of) {
        (2, Some(of)) => OfTranslation::Checked(of),
        _ => OfTranslation::Is(Translated {
            of: number.is_multiple_of(3).then_some(of).flatten(),
            language: "ru".to_owned(),
            by: [Translator::Person, Translator::Machine][usize::from(which) % 2],
            service: String::new(),
            text: "перевод".to_owned(),
            over: of.into_iter().collect(),
        }),
    };
    said(number, who, CaseAct::Translation(said_of))
}

fn answer(number: u8, who: u8) -> Said {
    let words = AnswerWords {
        text: "an answer".to_owned(),
        name: String::new(),
        extensions: Extensions::none(),
    };
    said(number, who, CaseAct::Answer(words))
}

/// By whoever sent the alert, who is nobody of those.
fn of_sender(number: u8, kind: Kind) -> Said {
    let words = SenderWords {
        kind,
        summary: "more of it".to_owned(),
        part: None,
    };
    said(number, SENDER, CaseAct::OfSender(words))
}

/// Who leads, in whatever order it came.
fn leads(said: &[Said]) -> Option<u8> {
    let of = |said: &[Said]| {
        let leader = fold(said).leader()?;
        (1..=9).find(|who| device(*who) == leader)
    };
    let mut turned = said.to_vec();
    let found = of(said);
    for _ in 0..said.len() {
        turned.rotate_left(1);
        assert_eq!(of(&turned), found);
    }
    turned.reverse();
    assert_eq!(of(&turned), found);
    found
}

fn rivals(all: &[Said]) -> Vec<u8> {
    let rivals = fold(all).rivals;
    rivals.iter().map(|at| all[*at].id.0[0]).collect()
}

#[test]
fn of_two_who_did_not_know_of_each_other_whoever_came_to_the_group_earlier_leads() {
    let both = [lead(1, BORIS, None, ""), lead(2, ANNA, None, "")];
    assert_eq!(leads(&both), Some(ANNA));
    assert_eq!(rivals(&both), [1]);
    // It is over with the next that Boris says about it.
    let settled = [
        both.as_slice(),
        &[receipt(3, BORIS, Receipt::Supporting, None, "")],
    ]
    .concat();
    assert_eq!(leads(&settled), Some(ANNA));
    assert_eq!(rivals(&settled), [] as [u8; 0]);
    // Or Anna hands it over.
    let handed = [both.as_slice(), &[hand(3, (ANNA, BORIS), Some(2), "")]].concat();
    assert_eq!(leads(&handed), Some(BORIS));
    assert_eq!(rivals(&handed), [] as [u8; 0]);
    // That Boris leads does not make him one who could lead from before.
    let further = [handed.as_slice(), &[hand(4, (BORIS, DAVID), Some(3), "")]].concat();
    assert_eq!(leads(&further), Some(DAVID));
}

#[test]
fn somebody_who_leads_is_followed_by_whom_they_say_or_by_who_says_why() {
    let first = lead(1, BORIS, None, "");
    let with = |next: Said| leads(&[first.clone(), next]);
    assert_eq!(
        with(lead(2, ANNA, Some(1), "")),
        Some(BORIS),
        "earlier in the roster, and no reason"
    );
    assert_eq!(with(lead(2, DAVID, Some(1), "Boris is away")), Some(DAVID));
    assert_eq!(with(hand(2, (BORIS, DAVID), Some(1), "")), Some(DAVID));
    assert_eq!(with(hand(2, (ANNA, DAVID), Some(1), "")), Some(BORIS));
    assert_eq!(
        with(hand(2, (ANNA, DAVID), Some(1), "Boris is away")),
        Some(DAVID)
    );
    // Support takes no lead, and nobody gives back what is another's.
    assert_eq!(
        with(receipt(2, ANNA, Receipt::Supporting, Some(1), "x")),
        Some(BORIS)
    );
    assert_eq!(
        with(receipt(2, ANNA, Receipt::ConflictOfInterest, Some(1), "x")),
        Some(BORIS)
    );
    // Who has to stay out leads no longer, and then nobody needs a reason.
    let out = receipt(2, BORIS, Receipt::ConflictOfInterest, Some(1), "");
    assert_eq!(with(out.clone()), None);
    assert_eq!(
        leads(&[first.clone(), out, lead(3, DAVID, Some(2), "")]),
        Some(DAVID)
    );
    // Nor of somebody who is in the group no longer.
    let gone = Said {
        counts: Ok(Place {
            is_in: false,
            ..place(BORIS)
        }),
        ..first.clone()
    };
    assert_eq!(leads(std::slice::from_ref(&gone)), None);
    assert!(
        fold(std::slice::from_ref(&gone)).lead.is_some(),
        "it is known who did"
    );
    assert_eq!(leads(&[gone, lead(2, DAVID, Some(1), "")]), Some(DAVID));
}

#[test]
fn saying_it_twice_or_to_two_gains_nothing() {
    let taken_over = [
        lead(1, BORIS, None, ""),
        lead(2, DAVID, Some(1), "Boris is away"),
    ];
    assert_eq!(leads(&taken_over), Some(DAVID));
    // He makes as many of his first statement as he likes, with whatever hash comes first.
    for twin in [0, 7, 255] {
        let again = [taken_over.as_slice(), &[lead(twin, BORIS, None, "")]].concat();
        assert_eq!(leads(&again), Some(DAVID), "{twin}");
    }
    // What he hands to two goes to the earlier one, whichever he said first.
    let two = [
        lead(1, BORIS, None, ""),
        hand(3, (BORIS, DAVID), Some(1), ""),
        hand(2, (BORIS, CLARA), Some(1), ""),
    ];
    assert_eq!(leads(&two), Some(CLARA));
}

#[test]
fn what_does_not_count_changes_nothing() {
    let all = [lead(1, BORIS, None, ""), lead(2, DAVID, Some(1), "why not")];
    for void in [
        Void::NotAMember,
        Void::Frozen,
        Void::OtherAlert,
        Void::NotForThem,
        Void::ToNobody,
    ] {
        let mut some = all.clone();
        some[1].counts = Err(void);
        assert_eq!(leads(&some), Some(BORIS));
        let case = fold(&some);
        assert_eq!(case.read_by.len(), 1);
        assert_eq!(case.order.len(), 2, "it is told all the same");
    }
    // What follows on it begins as if there were nothing.
    let mut some = [all.as_slice(), &[lead(3, CLARA, Some(2), "")]].concat();
    some[1].counts = Err(Void::Frozen);
    assert_eq!(leads(&some), Some(BORIS));
}

#[test]
fn what_is_missing_is_counted_and_stops_nothing() {
    let later = lead(3, DAVID, Some(2), "Boris is away");
    assert_eq!(leads(std::slice::from_ref(&later)), Some(DAVID));
    assert_eq!(fold(std::slice::from_ref(&later)).missing, 1);
    let all = [lead(2, BORIS, None, ""), later.clone()];
    assert_eq!(leads(&all), Some(DAVID));
    assert_eq!(fold(&all).missing, 0);
    let mut lies = note(4, ANNA, &[9, 10, 9]);
    assert_eq!(fold(&[later.clone(), lies.clone()]).missing, 3);
    lies.counts = Err(Void::NotForThem);
    assert_eq!(
        fold(&[later, lies]).missing,
        1,
        "of others it is not counted"
    );
}

#[test]
fn a_case_stands_where_it_was_put_last_and_two_who_did_not_know_go_by_the_roster() {
    let state = |all: &[Said]| fold(all).state(all);
    assert_eq!(state(&[note(1, ANNA, &[])]), CaseState::New);
    let closed = close(1, BORIS, None, CaseState::Closed);
    assert_eq!(state(std::slice::from_ref(&closed)), CaseState::Closed);
    let again = close(2, DAVID, Some(1), CaseState::Reopened);
    assert_eq!(state(&[closed.clone(), again.clone()]), CaseState::Reopened);
    assert_eq!(state(&[again.clone(), closed.clone()]), CaseState::Reopened);
    let other = close(3, ANNA, None, CaseState::Monitoring);
    assert_eq!(
        state(&[again, other, closed.clone()]),
        CaseState::Monitoring
    );
    // Of one's own the last.
    let changed = close(5, BORIS, None, CaseState::Active);
    assert_eq!(state(&[changed.clone(), closed.clone()]), CaseState::Active);
    assert_eq!(state(&[closed, changed]), CaseState::Active);
}

#[test]
fn the_story_has_nothing_before_what_its_author_had_seen() {
    // Clara's clock is years behind, and David's ahead.
    let mut behind = note(1, CLARA, &[5]);
    behind.at = Timestamp(0);
    let all = [
        behind,
        note(9, ANNA, &[1]),
        note(5, BORIS, &[]),
        note(7, DAVID, &[]),
    ];
    let order: Vec<u8> = fold(&all).order.iter().map(|at| all[*at].id.0[0]).collect();
    assert_eq!(order, [5, 1, 7, 9]);
    assert_eq!(fold(&all).heads, [hash(9), hash(7)]);
    let many: Vec<Said> = (1..=100).map(|number| note(number, ANNA, &[])).collect();
    let heads = fold(&many).heads;
    assert_eq!(heads.len(), SEEN_MAX);
    assert_eq!(heads[0], hash(100), "the newest of them");
    // Somebody who could find hashes that name each other stops nothing.
    let circle = [
        note(1, ANNA, &[2]),
        note(2, ANNA, &[1]),
        note(3, BORIS, &[2]),
    ];
    assert_eq!(fold(&circle).order.len(), 3);
    let circle = [lead(1, ANNA, Some(2), "a"), lead(2, BORIS, Some(1), "b")];
    assert_eq!(leads(&circle), None);
    assert_eq!(
        leads(&[circle.as_slice(), &[lead(3, CLARA, None, "")]].concat()),
        Some(CLARA)
    );
}

#[path = "facts_tests.rs"]
mod facts_tests;

#[path = "lead_model_tests.rs"]
mod lead_model_tests;

/// A note to whoever somebody calls the lead makes nobody lead and gives nothing back: who leads is said by receipts alone.
#[test]
fn a_note_to_the_lead_says_nothing_of_who_leads() {
    assert_eq!(leads(&[note_to(1, BORIS, None)]), None);
    let all = [
        lead(1, BORIS, None, ""),
        note_to(2, DAVID, None),
        note_to(3, DAVID, Some(2)),
    ];
    assert_eq!(leads(&all), Some(BORIS));
    // Handed on, and what is handed on is not here.
    assert_eq!(fold(&[note_to(3, ANNA, Some(2))]).missing, 1);
    assert_eq!(fold(&all).heads, [hash(3), hash(1)]);
}

/// A message of whatever kind by one of four, over whatever other.
fn any_said(number: u8) -> impl Strategy<Value = Said> {
    let acts = 0_u8..19;
    let over = proptest::option::of(0_u8..12);
    (
        1_u8..=4,
        acts,
        over,
        any::<bool>(),
        1_u8..=4,
        proptest::collection::vec(0_u8..14, 0..4),
    )
        .prop_map(move |(who, act, over, has_reason, to, seen)| {
            let reason = if has_reason { "why" } else { "" };
            let mut said = match act {
                0 | 1 => lead(number, who, over, reason),
                2 => hand(number, (who, to), over, reason),
                3 => receipt(number, who, Receipt::ConflictOfInterest, over, reason),
                4 => close(number, who, over, CaseState::Closed),
                5 => note(number, who, &[]),
                6 => receipt(number, who, Receipt::Opened, None, ""),
                7 => answer(number, who),
                8 => of_sender(
                    number,
                    [Kind::Update, Kind::Withdrawal][usize::from(to) % 2],
                ),
                15 => note_to(number, who, over),
                16..=18 => translation(number, who, over, act - 16),
                _ => facts_tests::any_of(number, who, over, act - 8),
            };
            said.seen = seen.into_iter().map(hash).collect();
            said
        })
}

fn any_case() -> impl Strategy<Value = Vec<Said>> {
    let all: Vec<_> = (0..12).map(any_said).collect();
    all.prop_flat_map(|all| proptest::sample::subsequence(all, 0..=12))
}

/// The same, whatever places things stand at.
fn told(said: &[Said], case: &Case) -> String {
    let at = |at: &At| said[*at].id;
    let all = |places: &[At]| places.iter().map(at).collect::<Vec<_>>();
    format!(
        "{:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {}",
        all(&case.order),
        case.lead,
        case.lead_by.as_ref().map(at),
        all(&case.rivals),
        case.state_by.as_ref().map(at),
        all(&case.read_by),
        all(&case.supporting),
        all(&case.apart),
        all(&case.opened_on),
        case.withdrawn_by.as_ref().map(at),
        case.facts
            .iter()
            .map(|(about, stands)| {
                let stands = stands.iter().map(|one| (at(&one.at), &one.fact));
                (about, stands.collect::<Vec<_>>())
            })
            .collect::<Vec<_>>(),
        case.translations
            .iter()
            .map(|(of, stands)| {
                let stands = stands.iter();
                let stands = stands.map(|it| (at(&it.at), all(&it.checked_by), it.is_of_earlier));
                (of, stands.collect::<Vec<_>>())
            })
            .collect::<Vec<_>>(),
        case.heads,
        case.missing,
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn it_comes_to_the_same_in_whatever_order(
        (all, other) in any_case().prop_flat_map(|all| (Just(all.clone()), Just(all).prop_shuffle()))
    ) {
        prop_assert_eq!(told(&all, &fold(&all)), told(&other, &fold(&other)));
    }

    /// Ids, hashes, clocks and what somebody says to have seen can be chosen. Who leads is another question.
    #[test]
    fn nothing_that_an_author_chooses_makes_them_lead(
        ids in proptest::collection::vec(any::<[u8; 32]>(), 3),
        times in proptest::collection::vec(any::<u64>(), 3),
        numbers in proptest::collection::vec(any::<u64>(), 3),
        seen in proptest::collection::vec(any::<u8>(), 0..16),
    ) {
        let mut all = vec![
            lead(1, CLARA, None, "x"), lead(2, DAVID, None, "y"), lead(3, BORIS, None, ""),
        ];
        for (at, said) in all.iter_mut().enumerate() {
            (said.hash, said.id) = (Hash(ids[at]), MessageId(ids[at][..16].try_into().unwrap()));
            (said.at, said.number) = (Timestamp(times[at]), numbers[at]);
            said.seen = seen.iter().copied().map(hash).collect();
        }
        prop_assert_eq!(fold(&all).leader(), Some(device(BORIS)));
    }

    /// What somebody else said with a reason after they had led is not undone by their saying it again as if they had not seen it, in the place
    /// of nothing or of their own.
    #[test]
    fn nobody_undoes_what_took_the_place_of_theirs_by_saying_it_again(
        twins in proptest::collection::vec((any::<[u8; 32]>(), any::<bool>(), any::<bool>()), 0..8)
    ) {
        let mut all = vec![lead(1, ANNA, None, ""), lead(2, DAVID, Some(1), "Anna is away")];
        for (number, (twin, beside, to_self)) in (10..).zip(twins) {
            let over = beside.then_some(1);
            let mut again = match to_self {
                true => hand(number, (ANNA, ANNA), over, "mine"),
                false => lead(number, ANNA, over, ""),
            };
            again.hash = Hash(twin);
            all.push(again);
        }
        prop_assert_eq!(fold(&all).leader(), Some(device(DAVID)));
    }
}
