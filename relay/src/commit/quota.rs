//! What anybody may ask of the writer, and how often: pure, in memory, `now` an argument. The writer alone owns it.

use std::collections::HashMap;

use bellrope_proto::{
    ids::{MailboxId, Timestamp, TokenId},
    message::Reason,
    signing::{Lane, PublicKey},
};

use super::jobs::Refusal;

/// An hour: room comes back only when envelopes expire.
const FULL_RETRY_SECONDS: u32 = 3600;
/// Uses kept before those are looked for that say nothing any more: strangers' lanes cannot fill memory, as a use that
/// counts has envelopes on the disk, or is forgotten when its bucket is full again.
const USES_MIN: usize = 65_536;

/// Whose requests are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Whose {
    /// A lane's posts.
    Lane(MailboxId, PublicKey<Lane>),
    /// What this mailbox's authority asks: mailboxes opened on its account or taking it over, lanes revoked.
    Owner(MailboxId),
    /// Mailboxes opened with this token: more than one only when it is shown again.
    Token(TokenId),
}

/// How fast anybody may ask for something that is written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rate {
    /// Requests that come back each minute.
    pub(crate) per_minute: u32,
    /// Requests at once.
    pub(crate) burst: u32,
}

/// How much room a mailbox has, before something is stored in it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Room {
    /// All that it may hold.
    pub(crate) quota: u64,
    /// What is promised to the mailboxes on its account. It is theirs, filled or not: nobody's lane here may take it.
    pub(crate) lent: u64,
    /// What it holds.
    pub(crate) held: u64,
    /// Whether it is one of several people, of whom none may fill it for the others. One that was opened on another's account is one
    /// person's: whoever posts there has its authority, and could give themselves as many lanes as they like.
    pub(crate) is_shared: bool,
}

impl Room {
    /// What is left when so many bytes have come; `None` when they do not fit.
    fn left_after(self, bytes: u64) -> Option<u64> {
        let taken = self.held.saturating_add(self.lent);
        self.quota.checked_sub(taken)?.checked_sub(bytes)
    }
}

#[derive(Debug)]
struct Use {
    /// Sixtieths of a request that are left.
    tokens: u64,
    at: Timestamp,
    /// What a lane has posted.
    bytes: u64,
    /// Since when `bytes` are counted.
    since: Timestamp,
}

/// Everybody's use since the relay started.
#[derive(Debug)]
pub(crate) struct Quota {
    rate: Rate,
    retention_seconds: u64,
    uses: HashMap<Whose, Use>,
    /// From so many on, those are looked for that say nothing any more.
    uses_max: usize,
}

impl Quota {
    /// Nothing used yet. What a lane posted counts against its share for as long as it is kept.
    pub(crate) fn new(rate: Rate, retention_seconds: u64) -> Self {
        Self {
            rate,
            retention_seconds,
            uses: HashMap::new(),
            uses_max: USES_MIN,
        }
    }

    /// For how long what is posted is kept.
    pub(super) fn retention_seconds(&self) -> u64 {
        self.retention_seconds
    }

    /// Counts a request, whatever comes of it: a post of what is there already costs a receipt as well.
    ///
    /// # Errors
    /// That it is too fast, and when to retry.
    pub(crate) fn pace(&mut self, whose: Whose, now: Timestamp) -> Result<(), Refusal> {
        let per_second = u64::from(self.rate.per_minute);
        let one = self.use_of(whose, now);
        let Some(left) = one.tokens.checked_sub(60) else {
            let wait = (60 - one.tokens).div_ceil(per_second.max(1));
            let wait = u32::try_from(wait).unwrap_or(u32::MAX);
            return Err(Refusal::retry(Reason::LaneRate, wait));
        };
        one.tokens = left;
        Ok(())
    }

    /// Whether a lane may store `bytes` in a mailbox; counts them if so.
    ///
    /// No lane may have put more into a mailbox than it leaves free for the others. What is lent is not among what is free, and is not
    /// what this lane has put there either: a group that invites many has less to share, and no less of it for each. One lane takes half
    /// of what there is at most, a second one half of the rest, and so on: however many there are, somebody who has
    /// posted little still can.
    ///
    /// # Errors
    /// Which limit is reached, and when to retry.
    pub(crate) fn take(
        &mut self,
        (mailbox, lane): (MailboxId, PublicKey<Lane>),
        bytes: u64,
        room: Room,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let lane = self.use_of(Whose::Lane(mailbox, lane), now);
        let Some(left) = room.left_after(bytes) else {
            return Err(Refusal::retry(Reason::MailboxFull, FULL_RETRY_SECONDS));
        };
        let has = lane.bytes.saturating_add(bytes);
        if room.is_shared && has > left {
            return Err(Refusal::retry(Reason::LaneShare, FULL_RETRY_SECONDS));
        }
        lane.bytes = has;
        Ok(())
    }

    /// Begins to count anew what lanes have put into a mailbox. The room that one is given whose account another has taken over is for
    /// those who have not heard: who has posted much before has as much of it as others.
    pub(crate) fn share_anew(&mut self, mailbox: MailboxId) {
        for (whose, one) in &mut self.uses {
            if matches!(whose, Whose::Lane(of, _) if *of == mailbox) {
                one.bytes = 0;
            }
        }
    }

    fn use_of(&mut self, whose: Whose, now: Timestamp) -> &mut Use {
        let (rate, retention_seconds) = (self.rate, self.retention_seconds);
        if self.uses.len() >= self.uses_max {
            self.uses.retain(|_, one| {
                one.bring_to(now, rate, retention_seconds);
                one.bytes > 0 || one.tokens < rate.full()
            });
            // A look goes through all: the next one is due when there are twice as many.
            self.uses_max = self.uses.len().saturating_mul(2).max(USES_MIN);
        }
        let one = self.uses.entry(whose).or_insert(Use {
            tokens: rate.full(),
            at: now,
            bytes: 0,
            since: now,
        });
        one.bring_to(now, rate, retention_seconds);
        one
    }
}

impl Rate {
    /// What a full bucket has.
    fn full(self) -> u64 {
        u64::from(self.burst) * 60
    }
}

impl Use {
    fn bring_to(&mut self, now: Timestamp, rate: Rate, retention_seconds: u64) {
        if now.0.saturating_sub(self.since.0) > retention_seconds {
            self.bytes = 0;
            self.since = now;
        }
        let seconds = now.0.saturating_sub(self.at.0);
        let earned = seconds.saturating_mul(u64::from(rate.per_minute));
        self.tokens = self.tokens.saturating_add(earned).min(rate.full());
        self.at = self.at.max(now);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const BOX: MailboxId = MailboxId([1; 32]);

    fn lane(n: u8) -> (MailboxId, PublicKey<Lane>) {
        (BOX, PublicKey::from_bytes([n; 32]))
    }

    #[test]
    fn a_burst_is_followed_by_the_rate_and_others_pass() {
        let mut quota = Quota::new(
            Rate {
                per_minute: 6,
                burst: 2,
            },
            1_000_000,
        );
        let now = Timestamp(1000);
        let one = |n| Whose::Lane(lane(n).0, lane(n).1);
        for whose in [one(1), Whose::Owner(BOX), Whose::Token(TokenId([1; 16]))] {
            for _ in 0..2 {
                assert_eq!(quota.pace(whose, now), Ok(()));
            }
            let refused = quota.pace(whose, now);
            assert_eq!(refused, Err(Refusal::retry(Reason::LaneRate, 10)));
            assert_eq!(quota.pace(whose, now.plus(10)), Ok(()));
        }
        assert_eq!(quota.pace(one(2), now), Ok(()));
    }

    fn quota_of(retention_seconds: u64) -> Quota {
        let rate = Rate {
            per_minute: 60,
            burst: 2,
        };
        Quota::new(rate, retention_seconds)
    }

    /// A group's mailbox.
    fn room(held: u64, lent: u64) -> Room {
        Room {
            quota: 800,
            lent,
            held,
            is_shared: true,
        }
    }

    /// What a lane gets in when it posts one byte after the other, into a mailbox that holds this.
    fn flood(quota: &mut Quota, n: u8, room: Room) -> (u64, Reason) {
        let mut held = room.held;
        loop {
            let now = Room { held, ..room };
            match quota.take(lane(n), 1, now, Timestamp(1000)) {
                Ok(()) => held += 1,
                Err(no) => return (held - room.held, no.reason),
            }
        }
    }

    #[test]
    fn what_says_nothing_any_more_is_forgotten_and_what_counts_is_not() {
        let mut quota = quota_of(1_000_000);
        let now = Timestamp(1000);
        assert_eq!(quota.take(lane(1), 400, room(0, 0), now), Ok(()));
        for number in 0..3 * USES_MIN as u128 {
            let whose = Whose::Token(TokenId(number.to_be_bytes()));
            let later = now.plus(u64::try_from(number / 1000).unwrap());
            assert_eq!(quota.pace(whose, later), Ok(()));
        }
        assert!(quota.uses.len() <= USES_MIN, "{}", quota.uses.len());
        let refused = quota.take(lane(1), 1, room(400, 0), now);
        assert_eq!(refused.map_err(|no| no.reason), Err(Reason::LaneShare));
    }

    #[test]
    fn a_share_is_free_again_when_what_filled_it_has_expired() {
        let mut quota = quota_of(1000);
        let now = Timestamp(5000);
        assert_eq!(quota.take(lane(1), 400, room(0, 0), now), Ok(()));
        assert!(quota.take(lane(1), 1, room(400, 0), now).is_err());
        let later = now.plus(1001);
        assert_eq!(quota.take(lane(1), 1, room(400, 0), later), Ok(()));
    }

    #[test]
    fn flooding_lanes_leave_room_for_another_however_many_they_are() {
        let mut quota = quota_of(1_000_000);
        let mut held = 0;
        for (n, expected) in [(1, 400), (2, 200), (3, 100), (4, 50), (5, 25)] {
            let (took, why) = flood(&mut quota, n, room(held, 0));
            assert_eq!((took, why), (expected, Reason::LaneShare), "{n}");
            held += took;
        }
        let now = Timestamp(1000);
        assert_eq!(quota.take(lane(9), 12, room(held, 0), now), Ok(()));
        let full = quota.take(lane(9), 1, room(800, 0), now);
        assert_eq!(full.map_err(|no| no.reason), Err(Reason::MailboxFull));
    }

    #[test]
    fn what_is_lent_is_nobodys_share_and_is_not_held_against_a_lane_either() {
        let now = Timestamp(1000);
        // Three quarters are lent: what is left is shared like a whole.
        let mut quota = quota_of(1_000_000);
        assert_eq!(flood(&mut quota, 1, room(0, 600)), (100, Reason::LaneShare));
        assert_eq!(quota.take(lane(2), 50, room(100, 600), now), Ok(()));
        // What was promised can be filled whatever is posted here.
        let over = quota.take(lane(3), 51, room(150, 600), now);
        assert_eq!(over.map_err(|no| no.reason), Err(Reason::MailboxFull));
        // Who lets people in posts an entry for each, and lends as much again: they are not stopped while there is room.
        let mut quota = quota_of(1_000_000);
        for person in 0..20 {
            let there = room(5 * person, 30 * (person + 1));
            assert_eq!(quota.take(lane(1), 5, there, now), Ok(()), "{person}");
        }
    }

    #[test]
    fn one_persons_mailbox_has_no_shares_and_no_more_than_its_quota() {
        let mut quota = quota_of(1_000_000);
        let own = Room {
            is_shared: false,
            ..room(0, 0)
        };
        assert_eq!(flood(&mut quota, 1, own), (800, Reason::MailboxFull));
    }

    #[test]
    fn the_room_for_who_has_not_heard_is_shared_anew() {
        let mut quota = quota_of(1_000_000);
        let now = Timestamp(1000);
        assert_eq!(quota.take(lane(1), 400, room(0, 0), now), Ok(()));
        let other = (MailboxId([2; 32]), lane(1).1);
        assert_eq!(quota.take(other, 400, room(0, 0), now), Ok(()));
        assert!(quota.take(lane(1), 1, room(700, 0), now).is_err());
        quota.share_anew(BOX);
        assert_eq!(flood(&mut quota, 1, room(700, 0)), (50, Reason::LaneShare));
        assert!(
            quota.take(other, 1, room(400, 0), now).is_err(),
            "of its own"
        );
    }
}
