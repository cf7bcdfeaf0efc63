use super::*;
use crate::{
    alert::{
        EventTime,
        vocabulary::{
            ConsentAnswer, ConsentGiver, DateKind, DateStanding, Part, Publicity, Purpose, Step,
            TimePrecision, Verification, Vocabulary as _, YesNo,
        },
    },
    case::facts::{About, consent, publicity, verification, weight},
    message::{ConsentFact, DateFact, DateId, Fact, FactsWords, Review, StepName},
};

const LATE: Timestamp = Timestamp(1_000_000);

fn facts(number: u8, who: u8, all: &[(Fact, &[u8])]) -> Said {
    let facts = all.iter();
    let facts = facts.map(|(fact, over)| fact.write(hashes(over)));
    let words = FactsWords {
        facts: facts.collect(),
        ground: String::new(),
        extensions: Extensions::none(),
    };
    said(number, who, CaseAct::Facts(words))
}

fn permits(answer: ConsentAnswer, giver: ConsentGiver) -> Fact {
    Fact::Consent(ConsentFact {
        purpose: Purpose::Publish,
        answer,
        giver,
        given: EventTime::default(),
    })
}

fn until(days: u64) -> EventTime {
    EventTime {
        at: Some(Timestamp(days * 86_400)),
        precision: TimePrecision::Day,
        ..EventTime::default()
    }
}

fn hearing(id: u8, standing: DateStanding) -> Fact {
    Fact::Date(DateFact {
        id: DateId([id; 8]),
        kind: DateKind::Hearing,
        at: until(3),
        offset: 0,
        what: String::new(),
        source: String::new(),
        by_lawyer: YesNo::Unknown,
        who: None,
        standing,
    })
}

fn looked_back(harm: YesNo) -> Fact {
    Fact::Review(Review {
        closing: hash(1),
        harm,
        keep: YesNo::Unknown,
    })
}

/// Facts as anybody may say them, over whatever other.
pub(super) fn any_of(number: u8, who: u8, over: Option<u8>, which: u8) -> Said {
    let over: Vec<u8> = over.into_iter().collect();
    let fact = match which {
        1 => Fact::Verification(Verification::ALL[usize::from(number) % 6]),
        2 => Fact::Publicity(Publicity::ALL[usize::from(number) % 5], until(0)),
        3 => hearing(number % 2, DateStanding::ALL[usize::from(number) % 4]),
        4 => looked_back(YesNo::ALL[usize::from(number) % 3]),
        5 => Fact::Step(
            StepName::Listed(Step::ALL[usize::from(number) % 2]),
            DateStanding::Done,
        ),
        _ => permits(
            ConsentAnswer::ALL[usize::from(number) % 6],
            ConsentGiver::ALL[usize::from(who) + 1],
        ),
    };
    let other = Fact::Part(Part::Deputy, Some(device(who)));
    facts(number, who, &[(fact, &over), (other, &over)])
}

fn standing(all: &[Said], about: About) -> Vec<Fact> {
    let case = fold(all);
    let stands = case.facts.get(&about).into_iter().flatten();
    stands.map(|said| said.fact.clone()).collect()
}

fn rung(all: &[Said]) -> Option<Verification> {
    verification(&standing(all, About::Verification))
}

fn public(all: &[Said]) -> Publicity {
    publicity(&standing(all, About::Publicity), LATE)
}

fn publishes(all: &[Said]) -> Option<ConsentAnswer> {
    let stands = standing(all, About::Consent(Purpose::Publish.number()));
    consent(&stands, None).map(|said| said.answer)
}

#[test]
fn what_is_said_later_takes_the_place_of_what_its_author_had_seen_and_of_nothing_else() {
    use Verification::{Disputed, False, OneSource, PartnerConfirmed, TwoIndependent};
    let one =
        |number, who, rung, over: &[u8]| facts(number, who, &[(Fact::Verification(rung), over)]);
    let first = one(1, ANNA, OneSource, &[]);
    assert_eq!(rung(&[]), None);
    let second = one(2, BORIS, PartnerConfirmed, &[1]);
    assert_eq!(rung(&[first.clone(), second]), Some(PartnerConfirmed));
    let beside = one(3, CLARA, TwoIndependent, &[]);
    assert_eq!(rung(&[first.clone(), beside.clone()]), Some(OneSource));
    let doubt = one(4, DAVID, False, &[]);
    assert_eq!(rung(&[first.clone(), doubt.clone()]), Some(Disputed));
    assert_eq!(rung(&[doubt]), Some(False));
    let refuted = one(5, ANNA, False, &[1, 3]);
    assert_eq!(rung(&[first.clone(), beside, refuted]), Some(False));
    // What does not count takes the place of nothing.
    let mut void = one(6, BORIS, PartnerConfirmed, &[1]);
    void.counts = Err(Void::Frozen);
    assert_eq!(rung(&[first.clone(), void]), Some(OneSource));
    // Nor does what is about something else.
    let place = facts(7, BORIS, &[(Fact::HeldAt("a station".to_owned()), &[1])]);
    assert_eq!(rung(&[first, place]), Some(OneSource));
}

#[test]
fn a_date_is_one_when_it_is_moved_and_two_are_two() {
    let dates = |all: &[Said]| standing(all, About::Date(DateId([1; 8])));
    let open = DateStanding::Open;
    let first = facts(1, ANNA, &[(hearing(1, open), &[]), (hearing(2, open), &[])]);
    let done = facts(2, BORIS, &[(hearing(1, DateStanding::Done), &[1])]);
    let both = [first.clone(), done.clone()];
    assert_eq!(dates(&both), [hearing(1, DateStanding::Done)]);
    let other = standing(&both, About::Date(DateId([2; 8])));
    assert_eq!(other, [hearing(2, open)]);
    // Beside each other both are seen.
    let missed = facts(3, CLARA, &[(hearing(1, DateStanding::Missed), &[1])]);
    assert_eq!(dates(&[first, done, missed]).len(), 2);
}

#[test]
fn who_looks_back_takes_nothing_back_of_what_another_said_who_does() {
    let one = |number, who, harm, over: &[u8]| facts(number, who, &[(looked_back(harm), over)]);
    let reviews = |all: &[Said]| standing(all, About::Review);
    let (first, second) = (
        one(1, ANNA, YesNo::No, &[]),
        one(2, BORIS, YesNo::Yes, &[1]),
    );
    let both = [first.clone(), second.clone()];
    assert_eq!(
        reviews(&both),
        [looked_back(YesNo::No), looked_back(YesNo::Yes)]
    );
    // Their own they can.
    let again = one(3, ANNA, YesNo::Yes, &[1, 2]);
    assert_eq!(reviews(&[first, second, again]).len(), 2);
}

#[test]
fn a_step_is_one_whoever_ticks_it_off_and_its_words_say_which() {
    let step = |text: &str, standing| Fact::Step(StepName::Own(text.to_owned()), standing);
    let (open, done) = (DateStanding::Open, DateStanding::Done);
    let school = |standing| step("call the school", standing);
    let first = facts(
        1,
        ANNA,
        &[(school(open), &[]), (step("call the court", open), &[])],
    );
    let second = facts(2, BORIS, &[(school(done), &[1])]);
    let case = [first, second];
    let stands = |fact: &Fact| standing(&case, About::of(fact));
    assert_eq!(stands(&school(open)), [school(done)]);
    let court = step("call the court", open);
    assert_eq!(stands(&court), [court]);
}

#[test]
fn what_was_asked_for_until_a_day_is_nobodys_word_after_it() {
    let none = facts(
        1,
        ANNA,
        &[(Fact::Publicity(Publicity::None, until(20)), &[])],
    );
    assert_eq!(public(std::slice::from_ref(&none)), Publicity::None);
    let stands = standing(&[none], About::Publicity);
    let end = Timestamp(21 * 86_400);
    assert_eq!(publicity(&stands, Timestamp(end.0 - 1)), Publicity::None);
    assert_eq!(publicity(&stands, end), Publicity::Unknown);
    let wanted = facts(
        2,
        ANNA,
        &[(Fact::Publicity(Publicity::Wanted, until(1)), &[])],
    );
    assert_eq!(public(&[wanted]), Publicity::Unknown, "not for ever");
}

#[test]
fn who_speaks_for_somebody_takes_nothing_back_of_what_they_said() {
    use ConsentAnswer::{No, Unknown, Withdrawn, Yes};
    use ConsentGiver::{Defender, Family, StandingInstruction};
    let said =
        |number, answer, giver, over: &[u8]| facts(number, ANNA, &[(permits(answer, giver), over)]);
    let no = said(1, No, Defender, &[]);
    let by = |giver| [no.clone(), said(2, Yes, giver, &[1])];
    assert_eq!(publishes(&by(Family)), Some(No));
    assert_eq!(publishes(&by(Defender)), Some(Yes));
    // Not over two steps either.
    let family = [said(2, No, Family, &[1]), said(3, Yes, Family, &[1, 2])];
    assert_eq!(publishes(&[&[no], family.as_slice()].concat()), Some(No));
    // They can always stop it, and take that back.
    let yes = said(1, Yes, Defender, &[]);
    let stopped = said(2, Withdrawn, Family, &[1]);
    assert_eq!(publishes(&[yes.clone(), stopped.clone()]), Some(Withdrawn));
    let back = said(3, Yes, Family, &[1, 2]);
    assert_eq!(publishes(&[yes, stopped, back]), Some(Yes));
    // What the alert says counts until somebody speaks whose word weighs as much.
    let in_alert = |answer| match permits(answer, Defender) {
        Fact::Consent(said) => Some(said),
        _ => None,
    };
    let with = |all: &[Said], in_alert| {
        let stands = standing(all, About::Consent(Purpose::Publish.number()));
        consent(&stands, in_alert).map(|said| said.answer)
    };
    let no = in_alert(No);
    assert_eq!(with(&[], no), Some(No));
    assert_eq!(
        with(&[said(1, Yes, StandingInstruction, &[])], no),
        Some(No)
    );
    assert_eq!(with(&[said(1, Yes, Defender, &[])], no), Some(Yes));
    assert_eq!(with(&[], in_alert(Unknown)), None);
}

fn any_fact() -> impl Strategy<Value = Fact> {
    let publicity = (0_usize..5, 0_u64..20);
    let consents = (0_usize..6, 1_usize..9);
    prop_oneof![
        (0_usize..6).prop_map(|at| Fact::Verification(Verification::ALL[at])),
        publicity.prop_map(|(at, days)| Fact::Publicity(Publicity::ALL[at], until(days))),
        consents.prop_map(|(answer, giver)| {
            permits(ConsentAnswer::ALL[answer], ConsentGiver::ALL[giver])
        }),
    ]
}

proptest! {
    /// Whatever somebody says as if they had seen nothing: it makes nothing freer or surer than it was.
    #[test]
    fn hiding_what_one_has_seen_makes_nothing_freer(
        all in proptest::collection::vec((any_fact(), proptest::option::of(1_u8..8)), 1..8),
        more in any_fact(),
    ) {
        let mut case: Vec<Said> = (1..).zip(&all).map(|(number, (fact, over))| {
            let over: Vec<u8> = over.iter().copied().filter(|over| *over < number).collect();
            facts(number, BORIS, &[(fact.clone(), &over)])
        }).collect();
        let before = (rung(&case), public(&case), publishes(&case));
        let had_said = !standing(&case, About::Publicity).is_empty();
        case.push(facts(200, ANNA, &[(more, &[])]));
        let after = (rung(&case), public(&case), publishes(&case));
        let sure = [Verification::TwoIndependent, Verification::PartnerConfirmed];
        let is_sure = |rung: Option<Verification>| rung.is_some_and(|rung| sure.contains(&rung));
        prop_assert!(before.0.is_none() || !is_sure(after.0) || is_sure(before.0));
        let free = |publicity| matches!(publicity, Publicity::Allowed | Publicity::Wanted);
        prop_assert!(!had_said || !free(after.1) || free(before.1));
        let yes = Some(ConsentAnswer::Yes);
        prop_assert!(before.2.is_none() || after.2 != yes || before.2 == yes);
    }

    /// Whoever says whatever: a "no" of the person stands until the person, and nobody else, says another thing.
    #[test]
    fn a_no_of_the_person_stands(
        others in proptest::collection::vec((0_usize..6, 0_usize..9, 1_u8..8, any::<bool>()), 0..8),
    ) {
        let no = permits(ConsentAnswer::No, ConsentGiver::Defender);
        let mut case = vec![facts(1, ANNA, &[(no, &[])])];
        for (number, (answer, giver, over, both)) in (2..).zip(others) {
            let giver = ConsentGiver::ALL[giver];
            if weight(giver) == 3 {
                continue;
            }
            let over = if both { vec![1, over] } else { vec![over] };
            let said = permits(ConsentAnswer::ALL[answer], giver);
            case.push(facts(number, DAVID, &[(said, &over)]));
        }
        let answer = publishes(&case);
        prop_assert!(matches!(answer, Some(ConsentAnswer::No | ConsentAnswer::Withdrawn)));
    }
}
