//! Who reads new alerts, as whoever writes the roster decides it: planned first, so that a person sees what it comes to, then
//! written as it was seen.

use bellrope_proto::{
    ids::Timestamp,
    signing::{Device as DeviceKey, PublicKey},
};

use super::{
    transaction::{AdmissionError, RosterTransaction, may_wish},
    views::send_views,
};
use crate::{
    device::{Device, DeviceError, issued},
    extensions::Extensions,
    group::{About, Change, Person, Policy, Roster, RosterError, Rule, SENSITIVE_READERS_MAX},
    ids::Position,
    show::ReadingCircle,
};

type Key = PublicKey<DeviceKey>;

/// What is to be different. Devices are those of members and coordinators.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CircleChange {
    /// Every member reads every new alert.
    Everybody,
    /// These do, and no others.
    Duty(Vec<Key>),
    /// These read such alerts besides.
    Besides(Vec<Key>, About),
    /// These do not read such alerts.
    KeepOut(Vec<Key>, About),
    /// These read the sensitive parts of alerts that they read; nobody is named for that where it is empty.
    Sensitive(Vec<Key>),
    /// What [`ReadingCircle::text`] says under this number is not so any more.
    Remove(usize),
}

/// Why nothing is different.
#[derive(Debug, thiserror::Error)]
pub enum CircleError {
    /// Somebody was named whom alerts are for by no policy: an observer, or a defender.
    #[error("new alerts are for members and coordinators")]
    NoMember,
    /// More are named for sensitive parts than there can be few.
    #[error("at most {0} people read the sensitive parts of alerts")]
    NotFew(usize),
    /// It has no such number.
    #[error("nothing has this number")]
    NoSuchNumber,
    /// Besides what? Who reads everything is on duty.
    #[error("it is not said which alerts")]
    NotSaidWhich,
    /// It is so already.
    #[error("that is so already")]
    Same,
    /// More than a policy can say.
    #[error("it is too much for one policy")]
    TooMuch,
    /// Another program of this person has changed it since it was planned.
    #[error("it was changed meanwhile")]
    Changed,
    /// As with every change of the roster.
    #[error(transparent)]
    Admission(#[from] AdmissionError),
}

impl From<DeviceError> for CircleError {
    fn from(error: DeviceError) -> Self {
        Self::Admission(error.into())
    }
}

/// What it will come to.
#[derive(Clone, Debug)]
pub struct PlannedCircle {
    pub(crate) policy: Policy<Key>,
    /// The entry that it takes the place of.
    pub(crate) before: Position,
    /// As people are told it.
    pub shown: ReadingCircle,
}

/// What a change would come to. Nothing is written.
///
/// # Errors
/// [`CircleError`].
pub fn plan_circle(device: &Device, change: CircleChange) -> Result<PlannedCircle, CircleError> {
    let roster = device.roster()?.ok_or(AdmissionError::NotACoordinator)?;
    may_wish(device, &roster)?;
    let (before, in_force) = newest(&roster);
    // Of people, whichever of their devices was named.
    let change = match change {
        CircleChange::Duty(who) => CircleChange::Duty(persons(&roster, who)?),
        CircleChange::Besides(who, about) => CircleChange::Besides(persons(&roster, who)?, about),
        CircleChange::KeepOut(who, about) => CircleChange::KeepOut(persons(&roster, who)?, about),
        CircleChange::Sensitive(who) => CircleChange::Sensitive(persons(&roster, who)?),
        other => other,
    };
    let policy = changed(remaining(&roster, in_force), change)?;
    if policy == *in_force {
        return Err(CircleError::Same);
    }
    can_be(&roster, &policy)?;
    let shown = ReadingCircle::by_policy(&roster, &policy);
    Ok(PlannedCircle {
        policy,
        before,
        shown,
    })
}

/// Whether a policy can be written.
pub(super) fn can_be(roster: &Roster, policy: &Policy<Key>) -> Result<(), CircleError> {
    let is_member = |who| {
        let person = whoever(roster, who);
        person.is_some_and(|person| person.role.reads_by_default())
    };
    let mut named = policy.named().chain(policy.sensitive_readers());
    if !named.all(is_member) {
        return Err(CircleError::NoMember);
    }
    if !policy.is_sound() {
        return Err(CircleError::TooMuch);
    }
    Ok(())
}

/// Writes it into the roster, and tells everybody who seals by it. No network; what follows from it waits in the outbox.
///
/// # Errors
/// [`CircleError`]; nothing is changed then.
pub(crate) fn set_circle(
    device: &Device,
    planned: PlannedCircle,
    now: Timestamp,
) -> Result<(), CircleError> {
    set_policy(device, (planned.policy, planned.before), now)
}

/// Writes a policy in the place of that of an entry.
pub(super) fn set_policy(
    device: &Device,
    (policy, before): (Policy<Key>, Position),
    now: Timestamp,
) -> Result<(), CircleError> {
    let mut change = RosterTransaction::begin(device, now)?;
    if newest(&change.roster).0 != before {
        return Err(CircleError::Changed);
    }
    let mut named = policy.named().chain(policy.sensitive_readers());
    if !named.all(|who| whoever(&change.roster, who).is_some()) {
        return Err(CircleError::Changed);
    }
    // An entry names them by a device that is in.
    let policy = policy.map(|who| whoever(&change.roster, who).map(|it| it.device));
    let written = change.append(Change::Policy(policy));
    let at = written.map_err(|error| match error {
        // Somebody has left meanwhile.
        AdmissionError::Rule(RosterError::Contradiction) => CircleError::Changed,
        other => other.into(),
    })?;
    send_views(&mut change, &issued::all(device)?, at)?;
    Ok(change.commit()?)
}

pub(super) fn newest(roster: &Roster) -> (Position, &Policy<Key>) {
    let newest = roster.position_of(&roster.head()).unwrap_or(Position(0));
    roster.policy_at(newest)
}

/// What is left of a policy without those who have left: of a circle of whom all have, everybody.
fn remaining(roster: &Roster, policy: &Policy<Key>) -> Policy<Key> {
    let mut left = policy.map(|who| roster.whoever(&who).map(|it| it.person));
    left.circle = left.circle.filter(|circle| !circle.is_empty());
    left
}

/// Somebody who is in, by who they are or by whichever device.
fn whoever(roster: &Roster, who: Key) -> Option<&Person> {
    roster.whoever(&roster.person_of(&who)?)
}

/// Whose devices these are.
fn persons(roster: &Roster, who: Vec<Key>) -> Result<Vec<Key>, CircleError> {
    let all = who.into_iter().map(|it| roster.person(&it));
    let all = all.map(|it| it.map(|it| it.person).ok_or(CircleError::NoMember));
    all.collect()
}

fn changed(mut policy: Policy<Key>, change: CircleChange) -> Result<Policy<Key>, CircleError> {
    match change {
        CircleChange::Everybody => policy.circle = None,
        CircleChange::Duty(who) => policy.circle = Some(once(who)),
        CircleChange::Besides(_, about) if about.is_empty() => {
            return Err(CircleError::NotSaidWhich);
        }
        CircleChange::Besides(who, about) => add(&mut policy.also, who, &about),
        CircleChange::KeepOut(who, about) => add(&mut policy.kept_out, who, &about),
        CircleChange::Sensitive(who) => {
            let who = once(who);
            if who.len() > SENSITIVE_READERS_MAX {
                return Err(CircleError::NotFew(SENSITIVE_READERS_MAX));
            }
            policy = policy.with_sensitive_readers(&who);
        }
        CircleChange::Remove(number) => {
            let at = number.checked_sub(1).ok_or(CircleError::NoSuchNumber)?;
            let besides = policy.also.len();
            if at < besides {
                policy.also.remove(at);
            } else if at - besides < policy.kept_out.len() {
                policy.kept_out.remove(at - besides);
            } else {
                return Err(CircleError::NoSuchNumber);
            }
        }
    }
    Ok(policy)
}

/// Who is named twice is meant once.
fn once(who: Vec<Key>) -> Vec<Key> {
    let mut all = Vec::new();
    for one in who {
        if !all.contains(&one) {
            all.push(one);
        }
    }
    all
}

fn add(rules: &mut Vec<Rule<Key>>, who: Vec<Key>, about: &About) {
    for who in once(who) {
        let rule = Rule {
            who,
            about: sorted(about),
        };
        if !rules.contains(&rule) {
            rules.push(rule);
        }
    }
}

/// The same in the order of the numbers, each once.
fn sorted(about: &About) -> About {
    fn each<T: Ord + Copy>(values: &[T]) -> Vec<T> {
        let mut values = values.to_vec();
        values.sort_unstable();
        values.dedup();
        values
    }
    About {
        countries: each(&about.countries),
        acts: each(&about.acts),
        subjects: each(&about.subjects),
        origins: each(&about.origins),
        extensions: Extensions::none(),
    }
}
