//! How long each thing of a group lasts, and what makes it last longer. The one place that knows; `sync/renew.rs` does it. Pure.
//!
//! | what | lasts | is renewed by |
//! |---|---|---|
//! | the group's mailbox | as the host's token says ([`Lease`]) | a person: the host gives another token, and people are told in time |
//! | a grant at the group's mailbox | as long as the mailbox ([`GRANT_ENDS`]) | nobody: it has no end of its own |
//! | the reply mailbox of a defender who has come in | as long as the group's mailbox ([`mailbox_ends`]) | a coordinator's program |
//! | an invitation's mailbox | the invitation, and half a year for what follows from it; as the one before when a person came in by it | a coordinator's program |
//! | an invitation | as its maker said | nobody: another is made |
//! | a welcome, a view | a relay's retention ([`RETENTION_SECONDS`]) | a coordinator's program, until its addressee has it |
//! | an epoch | [`EPOCH_SECONDS`], or until somebody is put out | a coordinator's program |
//! | the mailbox of an epoch that is over | [`FORMER_SECONDS`], for whoever has not heard of the turn | nobody: they are in the next by then |
//! | the secret of a reader's key of a week | the week and [`SECRET_SECONDS`], and until all of that time was read | nobody: keys of the weeks to come are published ahead |
//! | a host's token | as its host said | nobody: another is made |
//!
//! Nothing of a person's standing in the group ends because nobody did anything: what is left to a person is the one
//! thing that only a host can give.

use bellrope_proto::ids::Timestamp;
use serde::{Deserialize, Serialize};

/// No end of its own. A grant ends with its mailbox: the relay takes no posts to a mailbox that has ended, and forgets it when it
/// is empty. An end of its own would protect nobody. Whoever is removed is cut off by the next epoch, whose mailbox,
/// authority and lanes are others, at once and not when two years are over; and if nobody is removed, all that it did was to kill
/// the group.
pub(crate) const GRANT_ENDS: Timestamp = Timestamp(u64::MAX);

/// How long relays keep envelopes, unless their host changed it.
pub(crate) const RETENTION_SECONDS: u64 = 14 * Timestamp::DAY_SECONDS;

/// What somebody has not been seen to have is posted again when half of the time that a relay keeps it is over.
const POST_AGAIN_SECONDS: u64 = RETENTION_SECONDS / 2;

/// Whether it is time to do again what was done `then`. A clock that was set back since must not make it wait for ever.
#[must_use]
pub(crate) fn is_due(then: Timestamp, now: Timestamp) -> bool {
    now.0.abs_diff(then.0) >= POST_AGAIN_SECONDS
}

/// Nobody has the keys of an epoch for much longer than this who was not meant to.
pub(crate) const EPOCH_SECONDS: u64 = 30 * Timestamp::DAY_SECONDS;

/// The mailbox of an epoch that is over is read for so long: what a relay still has of it by then was said before the turn, or by
/// somebody who has not asked for new keys in a month.
pub(crate) const FORMER_SECONDS: u64 = 30 * Timestamp::DAY_SECONDS;

/// Readers' keys change each week.
pub(crate) const WEEK_SECONDS: u64 = 7 * Timestamp::DAY_SECONDS;

/// What was sealed in the last second of a week comes while it is not late, or not at all: whoever posts it later posts what is sealed
/// to lasting keys. The days more are for clocks that differ.
pub(crate) const SECRET_SECONDS: u64 = RETENTION_SECONDS + 3 * Timestamp::DAY_SECONDS;

/// What was sealed to keys of a week is not posted later than this after the week's end.
pub(crate) const SEALED_SECONDS: u64 = RETENTION_SECONDS;

/// For so many weeks a reader's keys are published ahead: a defender who hears nothing for two months still seals to them. Whoever copies a
/// device has the secrets of as many.
pub(crate) const WEEKS_AHEAD: u32 = 10;

/// When fewer are left, the next are published: a group hears of it all month, and a defender's view has as many each time.
pub(crate) const WEEKS_LEAST: u32 = 6;

/// A welcome waits this long for its newcomer. The roster and the keys are in it: not for ever.
pub(crate) const WELCOME_SECONDS: u64 = 366 * Timestamp::DAY_SECONDS;

/// An invitation's mailbox outlives the invitation, for what follows from a claim in the last minute: an approval, a welcome, new keys for
/// a defender whose coordinator was away. Of those whose mailbox has ended all the same the first alert is heard, and opens it again.
const AFTERLIFE_SECONDS: u64 = 183 * Timestamp::DAY_SECONDS;

/// Until when an invitation's mailbox has to be there; it cannot outlast the group's. `came_in` says whether a person was let in by it
/// and still waits for something there. The role has no part in it: the relay would learn it before anybody has come.
#[must_use]
pub(crate) fn mailbox_ends(expires: Timestamp, came_in: bool, group_ends: Timestamp) -> Timestamp {
    if came_in {
        group_ends
    } else {
        group_ends.min(expires.plus(AFTERLIFE_SECONDS))
    }
}

/// The time for which a host has allowed the group's mailbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lease {
    /// Since when, by the clock of the coordinator who showed the token.
    pub since: Timestamp,
    /// Until then the mailbox takes posts.
    pub ends: Timestamp,
}

/// How much of a lease is left: what people are told of it changes with this and with nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum LeaseLeft {
    /// More than half: nothing to say.
    Most,
    /// Half or less: whoever can ask for a token is told, once.
    Half,
    /// A quarter or less: everybody who reads is told, once.
    Quarter,
    /// Two weeks or less of that: it is told each time.
    Last,
    /// It is over: the relay takes nothing.
    Nothing,
}

/// In a group whose messages wait for people for two weeks, nobody can be sure to hear of it in time any more.
const LAST_SECONDS: u64 = 14 * Timestamp::DAY_SECONDS;

impl Lease {
    /// How much is left.
    #[must_use]
    pub fn left(&self, now: Timestamp) -> LeaseLeft {
        let left = self.ends.0.saturating_sub(now.0);
        // With a clock that was set back since, there may be more left than there was.
        let whole = self.ends.0.saturating_sub(self.since.0).max(left);
        if left == 0 {
            LeaseLeft::Nothing
        } else if left > whole / 2 {
            LeaseLeft::Most
        } else if left > whole / 4 {
            LeaseLeft::Half
        } else if left > LAST_SECONDS {
            LeaseLeft::Quarter
        } else {
            LeaseLeft::Last
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: u64 = Timestamp::DAY_SECONDS;

    #[test]
    fn people_are_told_at_half_and_at_a_quarter_and_a_clock_set_back_ends_nothing() {
        let since = Timestamp(1_000 * DAY);
        let lease = Lease {
            since,
            ends: since.plus(400 * DAY),
        };
        let left = |days: u64| lease.left(since.plus(days * DAY));
        assert_eq!(left(0), LeaseLeft::Most);
        assert_eq!(left(199), LeaseLeft::Most);
        assert_eq!(left(200), LeaseLeft::Half);
        assert_eq!(left(299), LeaseLeft::Half);
        assert_eq!(left(300), LeaseLeft::Quarter);
        assert_eq!(left(386), LeaseLeft::Last);
        assert_eq!(left(400), LeaseLeft::Nothing);
        assert_eq!(left(4_000), LeaseLeft::Nothing);
        assert_eq!(lease.left(Timestamp(0)), LeaseLeft::Most);
        let endless = Lease {
            since,
            ends: Timestamp(u64::MAX),
        };
        assert_eq!(endless.left(since), LeaseLeft::Most);
    }

    #[test]
    fn no_invitations_mailbox_outlasts_the_groups_and_a_persons_lasts_as_long() {
        let (expires, group) = (Timestamp(10 * DAY), Timestamp(300 * DAY));
        let of = |came_in| mailbox_ends(expires, came_in, group);
        assert_eq!((of(false), of(true)), (Timestamp(193 * DAY), group));
        let soon = Timestamp(11 * DAY);
        assert_eq!(mailbox_ends(expires, false, soon), soon);
    }
}
