//! Facts that somebody says in a case, as a message has them.

use bellrope_proto::signing::{Device, PublicKey};

use super::case_error::{CaseError, one_line};
use crate::{
    alert::{tidy::tidy_lines, vocabulary::Part},
    case::{
        Said,
        facts::{About, may_replace, whom},
    },
    device::Folded,
    extensions::Extensions,
    group::Roster,
    message::{CaseAct, DateFact, FACTS_MAX, Fact, FactFault, FactsWords, StepName},
};

/// What is said, in the place of what this device knows to stand about the same. What stands already is not said again, unless on a new ground.
pub(super) fn act(
    folded: &Folded,
    roster: &Roster,
    me: PublicKey<Device>,
    (facts, ground): (&[Fact], &str),
) -> Result<CaseAct, CaseError> {
    let ground = one_line(ground)?;
    let mut written = Vec::new();
    for fact in facts {
        let fact = tidy(fact);
        match fact.fault() {
            Some(FactFault::TooLong(max)) => return Err(CaseError::TooLong(max)),
            Some(FactFault::NotPossible) => return Err(CaseError::NotPossible),
            None => {}
        }
        let is_reader = |device| folded.opening.may_speak(roster, &device);
        if !whom(&fact).is_none_or(is_reader) {
            return Err(CaseError::ToNobody);
        }
        // A second look is another person's.
        if let Fact::Part(Part::Reviewer, Some(who)) = &fact
            && folded.case.leader() == roster.person_of(who)
        {
            return Err(CaseError::ReviewerLeads(*who));
        }
        let stands = folded.case.facts.get(&About::of(&fact));
        let stands = stands.map(Vec::as_slice).unwrap_or_default();
        let stands = stands.iter().filter_map(|old| {
            let said = folded.said.get(old.at)?;
            may_replace((&fact, me), (&old.fact, said.author)).then_some((&old.fact, said))
        });
        let stands: Vec<(&Fact, &Said)> = stands.collect();
        let is_so = matches!(stands.as_slice(), [(one, _)] if **one == fact);
        if is_so && ground.is_empty() {
            continue;
        }
        let over = stands.into_iter().map(|(_, said)| said);
        written.push(fact.write(over.map(|said| said.hash).collect()));
    }
    if written.is_empty() {
        return Err(CaseError::Again);
    }
    if written.len() > FACTS_MAX {
        return Err(CaseError::NotPossible);
    }
    Ok(CaseAct::Facts(FactsWords {
        facts: written,
        ground,
        extensions: Extensions::none(),
    }))
}

/// The same with its texts in one line each, as they are compared and shown.
fn tidy(fact: &Fact) -> Fact {
    let line = |text: &String| {
        let words: Vec<&str> = text.split_whitespace().collect();
        tidy_lines(&words.join(" "))
    };
    match fact {
        Fact::HeldAt(text) => Fact::HeldAt(line(text)),
        Fact::HeldBy(text) => Fact::HeldBy(line(text)),
        Fact::Articles(text) => Fact::Articles(line(text)),
        Fact::Lawyer(access, who, named) => Fact::Lawyer(*access, line(who), *named),
        Fact::LastContact(at, kind, who) => Fact::LastContact(*at, *kind, line(who)),
        Fact::Date(date) => Fact::Date(DateFact {
            what: line(&date.what),
            source: line(&date.source),
            ..date.clone()
        }),
        Fact::Step(StepName::Own(text), standing) => {
            Fact::Step(StepName::Own(line(text)), *standing)
        }
        other => other.clone(),
    }
}
