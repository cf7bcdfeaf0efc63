//! What anybody may ask of the writer, and how often: pure, in memory, `now` an argument. The writer alone owns it.

use std::collections::HashMap;

use bellrope_proto::{
    ids::{MailboxId, Timestamp, TokenId},
    message::Reason,
    signing::{Lane, PublicKey},
};

use super::jobs::Refusal;

/// A lane that holds more than this part of the quota yields to the others.
const LANE_PART: u64 = 8;
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

    /// Whether a lane may store `bytes` in a mailbox that holds `used` of `quota`; counts them if so.
    ///
    /// # Errors
    /// Which limit is reached, and when to retry.
    pub(crate) fn take(
        &mut self,
        (mailbox, lane): (MailboxId, PublicKey<Lane>),
        bytes: u64,
        (used, quota): (u64, u64),
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let lane = self.use_of(Whose::Lane(mailbox, lane), now);
        if used.saturating_add(bytes) > quota {
            return Err(Refusal::retry(Reason::MailboxFull, FULL_RETRY_SECONDS));
        }
        if used > quota / 2 && lane.bytes.saturating_add(bytes) > quota / LANE_PART {
            return Err(Refusal::retry(Reason::LaneShare, FULL_RETRY_SECONDS));
        }
        lane.bytes = lane.bytes.saturating_add(bytes);
        Ok(())
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

    #[test]
    fn what_says_nothing_any_more_is_forgotten_and_what_counts_is_not() {
        let rate = Rate {
            per_minute: 60,
            burst: 2,
        };
        let mut quota = Quota::new(rate, 1_000_000);
        let now = Timestamp(1000);
        assert_eq!(quota.take(lane(1), 401, (0, 800), now), Ok(()));
        for number in 0..3 * USES_MIN as u128 {
            let whose = Whose::Token(TokenId(number.to_be_bytes()));
            let later = now.plus(u64::try_from(number / 1000).unwrap());
            assert_eq!(quota.pace(whose, later), Ok(()));
        }
        assert!(quota.uses.len() <= USES_MIN, "{}", quota.uses.len());
        let refused = quota.take(lane(1), 1, (401, 800), now);
        assert_eq!(refused.map_err(|no| no.reason), Err(Reason::LaneShare));
    }

    #[test]
    fn a_share_is_free_again_when_what_filled_it_has_expired() {
        let rate = Rate {
            per_minute: 60,
            burst: 100,
        };
        let mut quota = Quota::new(rate, 1000);
        let now = Timestamp(5000);
        assert_eq!(quota.take(lane(1), 401, (0, 800), now), Ok(()));
        assert!(quota.take(lane(1), 1, (401, 800), now).is_err());
        let later = now.plus(1001);
        assert_eq!(quota.take(lane(1), 1, (401, 800), later), Ok(()));
    }

    #[test]
    fn a_flooding_lane_leaves_room_for_another() {
        let mut quota = Quota::new(
            Rate {
                per_minute: 60,
                burst: 100,
            },
            1_000_000,
        );
        let now = Timestamp(1000);
        assert_eq!(quota.take(lane(1), 401, (0, 800), now), Ok(()));
        let refused = quota.take(lane(1), 1, (401, 800), now);
        assert_eq!(refused.map_err(|no| no.reason), Err(Reason::LaneShare));
        assert_eq!(quota.take(lane(2), 100, (401, 800), now), Ok(()));
        let full = quota.take(lane(3), 1, (800, 800), now);
        assert_eq!(full.map_err(|no| no.reason), Err(Reason::MailboxFull));
    }
}
