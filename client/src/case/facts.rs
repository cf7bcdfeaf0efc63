//! What the facts come to that members say about a case. Pure, and the same in whatever order they came and whichever are missing.
//!
//! A fact takes the place of those about the same that its author had seen. Several that nobody has put another in the place of are shown all,
//! and where one of them must count, the most careful does: the lowest rung, the least publicity, a "no" before a "yes". So nobody makes anything
//! freer by hiding what they have seen, or by being first at a relay.

use std::collections::{BTreeMap, HashMap, HashSet};

use bellrope_proto::{
    ids::{Hash, Timestamp},
    signing::{Device, PublicKey},
};

use super::judge::Said;
use crate::{
    alert::vocabulary::{
        ConsentAnswer, ConsentGiver, Publicity, TimePrecision, Verification, Vocabulary as _,
    },
    ids::MessageId,
    message::{CaseAct, ConsentFact, DateId, Fact, StepName},
};

/// What a fact is about: one that is said later takes the place of one about the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum About {
    /// How well the case is confirmed.
    Verification,
    /// Who may hear of it.
    Publicity,
    /// What is permitted for the purpose with this number.
    Consent(u16),
    /// The kind of custody,
    Stage,
    /// its beginning,
    HeldSince,
    /// place,
    HeldAt,
    /// body,
    HeldBy,
    /// articles,
    Articles,
    /// and the lawyer.
    Lawyer,
    /// The last sign of life.
    LastContact,
    /// One date.
    Date(DateId),
    /// The part with this number.
    Part(u16),
    /// How it relates to the case of this alert.
    Link(MessageId),
    /// What somebody says who looks back.
    Review,
    /// The step with this number,
    Step(u16),
    /// and one that somebody wrote, by the hash of its words.
    OwnStep(Hash),
}

impl About {
    /// Of a fact.
    #[must_use]
    pub(crate) fn of(fact: &Fact) -> Self {
        match fact {
            Fact::Verification(_) => Self::Verification,
            Fact::Publicity(..) => Self::Publicity,
            Fact::Consent(said) => Self::Consent(said.purpose.number()),
            Fact::Stage(_) => Self::Stage,
            Fact::HeldSince(_) => Self::HeldSince,
            Fact::HeldAt(_) => Self::HeldAt,
            Fact::HeldBy(_) => Self::HeldBy,
            Fact::Articles(_) => Self::Articles,
            Fact::Lawyer(..) => Self::Lawyer,
            Fact::LastContact(..) => Self::LastContact,
            Fact::Date(date) => Self::Date(date.id),
            Fact::Part(part, _) => Self::Part(part.number()),
            Fact::Link(to, _) => Self::Link(*to),
            Fact::Review(_) => Self::Review,
            Fact::Step(StepName::Listed(step), _) => Self::Step(step.number()),
            Fact::Step(StepName::Own(text), _) => Self::OwnStep(own_step(text)),
        }
    }
}

/// Tells apart what people wrote as steps.
#[must_use]
pub(crate) fn own_step(text: &str) -> Hash {
    Hash::tagged("case-step", &[text.as_bytes()])
}

/// A fact in a message of the case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FactSaid {
    /// What is so.
    pub(crate) fact: Fact,
    /// The message's place among those that were said.
    pub(crate) at: usize,
}

/// For each thing what is so: the facts about it that count and in whose place nobody has put another, in the order of the story.
pub(crate) type Facts = BTreeMap<About, Vec<FactSaid>>;

/// A fact with what it is said in the place of.
struct Candidate {
    hash: Hash,
    author: PublicKey<Device>,
    said: FactSaid,
    over: Vec<Hash>,
}

/// What was said of facts comes to this. `order` is that of the story.
#[must_use]
pub(crate) fn facts(said: &[Said], order: &[usize]) -> Facts {
    let mut all: BTreeMap<About, Vec<Candidate>> = BTreeMap::new();
    for at in order {
        let Some(said) = said.get(*at).filter(|said| said.counts.is_ok()) else {
            continue;
        };
        let CaseAct::Facts(words) = &said.act else {
            continue;
        };
        for (fact, over) in words.known() {
            let candidate = Candidate {
                hash: said.hash,
                author: said.author,
                said: FactSaid { fact, at: *at },
                over: over.clone(),
            };
            let about = About::of(&candidate.said.fact);
            all.entry(about).or_default().push(candidate);
        }
    }
    let mut facts = Facts::new();
    for (about, all) in all {
        let of_hash: HashMap<Hash, &Candidate> = all.iter().map(|one| (one.hash, one)).collect();
        let mut replaced: HashSet<Hash> = HashSet::new();
        for new in &all {
            let old = new.over.iter().filter(|over| **over != new.hash);
            let old = old.filter(|over| {
                let old = of_hash.get(over);
                old.is_some_and(|old| {
                    let new = (&new.said.fact, new.author);
                    may_replace(new, (&old.said.fact, old.author))
                })
            });
            replaced.extend(old);
        }
        let stands = all.into_iter();
        let stands = stands.filter(|one| !replaced.contains(&one.hash));
        facts.insert(about, stands.map(|one| one.said).collect());
    }
    facts
}

/// Whether one fact may take the place of another about the same, each with who says it. What somebody said for a person takes nothing back of what
/// that person said, but stands beside it; so does what one says who looks back beside what another does: two are wanted.
pub(crate) fn may_replace(
    (new, by): (&Fact, PublicKey<Device>),
    (old, before): (&Fact, PublicKey<Device>),
) -> bool {
    match (new, old) {
        (Fact::Consent(new), Fact::Consent(old)) => weight(new.giver) >= weight(old.giver),
        (Fact::Review(_), Fact::Review(_)) => by == before,
        _ => true,
    }
}

/// Whose word on consent weighs how much: the person's, that of who was named by them or the law, that of who is near.
#[must_use]
pub(crate) fn weight(giver: ConsentGiver) -> u8 {
    match giver {
        ConsentGiver::Defender => 3,
        ConsentGiver::StandingInstruction
        | ConsentGiver::AuthorisedRepresentative
        | ConsentGiver::Guardian => 2,
        ConsentGiver::Family | ConsentGiver::Lawyer | ConsentGiver::PartnerOrganisation => 1,
        ConsentGiver::Unknown | ConsentGiver::None | ConsentGiver::Unlisted(_) => 0,
    }
}

/// How well the case is confirmed: of several words beside each other the lowest; and where somebody doubts what others confirm, that it is
/// disputed.
#[must_use]
pub(crate) fn verification<'f>(stands: impl IntoIterator<Item = &'f Fact>) -> Option<Verification> {
    let rungs = stands.into_iter().filter_map(|fact| match fact {
        Fact::Verification(rung) => Some(*rung),
        _ => None,
    });
    let rungs: Vec<Verification> = rungs.collect();
    let first = *rungs.first()?;
    let doubts = |rung: &Verification| {
        matches!(
            rung,
            Verification::Disputed | Verification::False | Verification::Unlisted(_)
        )
    };
    if rungs.iter().all(|rung| *rung == first) {
        Some(first)
    } else if rungs.iter().any(doubts) {
        Some(Verification::Disputed)
    } else {
        rungs.into_iter().min_by_key(|rung| match rung {
            Verification::PartnerConfirmed => 3,
            Verification::TwoIndependent => 2,
            Verification::OneSource => 1,
            _ => 0,
        })
    }
}

/// Who may hear of the case: of several words the one by which the fewest may. When its time is over, nobody has said anything.
#[must_use]
pub(crate) fn publicity<'f>(
    stands: impl IntoIterator<Item = &'f Fact>,
    now: Timestamp,
) -> Publicity {
    let said = stands.into_iter().filter_map(|fact| match fact {
        Fact::Publicity(publicity, until) => {
            let is_over = ends(until.at, until.precision).is_some_and(|end| end <= now);
            Some(if is_over {
                Publicity::Unknown
            } else {
                *publicity
            })
        }
        _ => None,
    });
    let least = said.min_by_key(|publicity| match publicity {
        Publicity::None | Publicity::Unlisted(_) => 0,
        Publicity::QuietOnly => 1,
        Publicity::Unknown => 2,
        Publicity::Allowed => 3,
        Publicity::Wanted => 4,
    });
    least.unwrap_or(Publicity::Unknown)
}

/// The end of what is named by a day or a moment.
#[must_use]
pub(crate) fn ends(at: Option<Timestamp>, precision: TimePrecision) -> Option<Timestamp> {
    const DAY: u64 = 24 * 3600;
    let at = at?;
    let seconds = match precision {
        TimePrecision::Month => 31 * DAY,
        TimePrecision::Day => DAY,
        TimePrecision::PartOfDay => DAY / 3,
        TimePrecision::Hour => 3600,
        _ => 0,
    };
    Some(Timestamp(at.0.saturating_add(seconds)))
}

/// What is permitted for a purpose: of several words the most careful. Only a "yes" permits anything. What stands in the alert counts as long as
/// nobody has said anything about it whose word weighs as much.
#[must_use]
pub(crate) fn consent<'f>(
    stands: impl IntoIterator<Item = &'f Fact>,
    in_alert: Option<ConsentFact>,
) -> Option<ConsentFact> {
    let said = stands.into_iter().filter_map(|fact| match fact {
        Fact::Consent(said) => Some(*said),
        _ => None,
    });
    let mut all: Vec<ConsentFact> = said.collect();
    let is_heard = |said: &ConsentFact| {
        let weighs = |other: &ConsentFact| weight(other.giver) >= weight(said.giver);
        said.answer != ConsentAnswer::Unknown && !all.iter().any(weighs)
    };
    let in_alert = in_alert.filter(is_heard);
    all.extend(in_alert);
    let careful = |said: &&ConsentFact| match said.answer {
        ConsentAnswer::Withdrawn => 0,
        ConsentAnswer::No | ConsentAnswer::Unlisted(_) => 1,
        ConsentAnswer::AskEachTime => 2,
        ConsentAnswer::NotReachable => 3,
        ConsentAnswer::Unknown => 4,
        ConsentAnswer::Yes => 5,
    };
    let heaviest = |said: &&ConsentFact| u8::MAX.saturating_sub(weight(said.giver));
    all.iter()
        .min_by_key(|said| (careful(said), heaviest(said)))
        .copied()
}

/// Whose device a fact names, if it does.
#[must_use]
pub(crate) fn whom(fact: &Fact) -> Option<PublicKey<Device>> {
    match fact {
        Fact::Part(_, who) => *who,
        Fact::Date(date) => date.who,
        _ => None,
    }
}
