//! Whose bell an alert rings, and when it is looked at again. The rules DU5 to DU9 of PROTOCOL.md, "Duty".
//!
//! Every member's device works it out by itself, from the same things: so nobody has to tell another that it is their turn, and what is lost on the
//! way makes more bells ring and never fewer.

use bellrope_proto::ids::Timestamp;

use super::rota::Rota;

/// Seconds after which it rings again, and after twice of which it is another's turn.
pub(crate) const AGAIN_SECONDS: u64 = 10 * 60;

/// Times that it rings for the one, and then for the other.
const TIMES: u64 = 2;

/// What came longer ago rings nobody: a device that was off for a week is not to ring for all of it. Longer than a weekend.
pub(crate) const RINGS_SECONDS: u64 = 3 * Timestamp::DAY_SECONDS;

/// How urgent something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Urgent {
    /// It can wait: it rings nobody.
    No,
    /// It rings who is on duty, outside of the hours in which they sleep.
    High,
    /// It rings who is on duty, whatever the hour, and then others.
    Critical,
}

/// What may ring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Call<W> {
    /// How urgent it is.
    pub(crate) urgent: Urgent,
    /// When it came to the relay.
    pub(crate) arrived: Timestamp,
    /// What was said of it.
    pub(crate) heard: Heard<W>,
}

/// What was said in a case, as far as it matters for ringing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Heard<W> {
    /// Nothing by any person.
    Nothing,
    /// Somebody leads who has to hear of this: it is news of an alert that came before.
    Leads(W),
    /// Somebody has read it, or leads, or it is over.
    Settled,
}

/// Whose turn it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Whose<W> {
    /// Everybody's who reads it: there is no rota, or it names nobody who does.
    All,
    /// Everybody's who reads it and is awake: nobody is on duty now.
    Rest,
    /// That of who is on duty.
    First(W),
    /// That of the second line.
    Second(W),
    /// That of who leads the case.
    Lead(W),
    /// Nobody's before somebody is on duty.
    Nobody,
}

/// What becomes of it on a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Bell<W> {
    /// Whose turn it is.
    pub(crate) whose: Whose<W>,
    /// Since when: it rings once more for each of these moments.
    pub(crate) since: Timestamp,
    /// Whether it rings here.
    pub(crate) is_here: bool,
    /// Whether it would ring here, and its person sleeps.
    pub(crate) is_quiet: bool,
    /// When to look again; none where nothing will be otherwise by time alone.
    pub(crate) next: Option<Timestamp>,
}

/// Hours of each day at which a person does not want to be woken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quiet {
    /// The minute of the day at which they begin,
    pub from: u16,
    /// how many minutes they last,
    pub minutes: u16,
    /// and by how many minutes the clocks here are ahead of UTC.
    pub ahead: i16,
}

impl Quiet {
    /// Whether it is one of these hours.
    #[must_use]
    pub fn is_now(self, now: Timestamp) -> bool {
        self.end(now).is_some()
    }

    /// When they end, if it is one of these hours.
    fn end(self, now: Timestamp) -> Option<Timestamp> {
        const DAY: u64 = 24 * 60;
        let minutes = (now.0 / 60).saturating_add(2 * DAY);
        let here = minutes.saturating_add_signed(i64::from(self.ahead)) % DAY;
        let since = (here + DAY - u64::from(self.from) % DAY) % DAY;
        let left = u64::from(self.minutes).checked_sub(since)?;
        (left > 0).then(|| Timestamp((now.0 / 60).saturating_add(left).saturating_mul(60)))
    }
}

/// Whose bell something rings now, and whether that is here; none where it will ring nobody's any more.
#[must_use]
pub(crate) fn bell<W: Copy + PartialEq>(
    call: &Call<W>,
    (rota, reads): (Option<&Rota<W>>, impl Fn(W) -> bool),
    (me, quiet): (W, Option<Quiet>),
    now: Timestamp,
) -> Option<Bell<W>> {
    // A clock here that is behind the relay's does not make it come in the future.
    let arrived = call.arrived.min(now);
    let age = now.0.saturating_sub(arrived.0);
    let is_over = call.urgent == Urgent::No || call.heard == Heard::Settled || age >= RINGS_SECONDS;
    if is_over {
        return None;
    }
    let rota = rota.map(|rota| rota.map(|who| reads(who).then_some(who)));
    let (whose, since, next) = turn(call, rota.as_ref(), arrived, now);
    let is_mine = match whose {
        Whose::All | Whose::Rest => true,
        Whose::First(who) | Whose::Second(who) | Whose::Lead(who) => who == me,
        Whose::Nobody => false,
    };
    let wakes = call.urgent == Urgent::Critical && whose != Whose::Rest;
    let sleeps_until = quiet
        .filter(|_| is_mine && !wakes)
        .and_then(|it| it.end(now));
    let next = [next, sleeps_until].into_iter().flatten().min();
    Some(Bell {
        whose,
        since,
        is_here: is_mine && sleeps_until.is_none(),
        is_quiet: sleeps_until.is_some(),
        next: next.filter(|next| next.0 < arrived.0.saturating_add(RINGS_SECONDS)),
    })
}

/// Whose turn it is, since when, and until when at most. The rota names only who reads it.
fn turn<W: Copy + PartialEq>(
    call: &Call<W>,
    rota: Option<&Rota<W>>,
    arrived: Timestamp,
    now: Timestamp,
) -> (Whose<W>, Timestamp, Option<Timestamp>) {
    if let Heard::Leads(who) = call.heard {
        return (Whose::Lead(who), arrived, None);
    }
    let Some(rota) = rota else {
        return (Whose::All, arrived, None);
    };
    let change = rota.change_after(now);
    let Some(line) = rota.at(now) else {
        return match (call.urgent, rota.next(now)) {
            (_, None) => (Whose::All, arrived, None),
            (Urgent::Critical, Some(next)) => (Whose::Rest, arrived, Some(next)),
            (_, Some(next)) => (Whose::Nobody, arrived, Some(next)),
        };
    };
    if call.urgent != Urgent::Critical {
        return (Whose::First(line.first), arrived, Some(change));
    }
    let times = now.0.saturating_sub(arrived.0) / AGAIN_SECONDS;
    let at = |times: u64| {
        Timestamp(
            arrived
                .0
                .saturating_add(times.saturating_mul(AGAIN_SECONDS)),
        )
    };
    let whose = match line.second {
        Some(second) if times % (2 * TIMES) >= TIMES => Whose::Second(second),
        _ => Whose::First(line.first),
    };
    let next = at(times.saturating_add(1)).min(change);
    (whose, at(times), Some(next))
}

#[cfg(test)]
#[path = "ringing_tests.rs"]
mod tests;
