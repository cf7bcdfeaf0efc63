//! What a lane may post: pure, in memory, `now` an argument. The writer alone owns it.

use std::collections::HashMap;

use bellrope_proto::{
    ids::{MailboxId, Timestamp},
    message::Reason,
    signing::{Lane, PublicKey},
};

use super::jobs::Refusal;

/// A lane that holds more than this part of the quota yields to the others.
const LANE_PART: u64 = 8;
/// An hour: room comes back only when envelopes expire.
const FULL_RETRY_SECONDS: u32 = 3600;
/// Buckets kept; full ones are forgotten above this, so that strangers' lanes cannot fill memory.
const LANES_MAX: usize = 65_536;

/// How fast a lane may post.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rate {
    /// Posts that come back each minute.
    pub(crate) per_minute: u32,
    /// Posts at once.
    pub(crate) burst: u32,
}

#[derive(Debug, Default)]
struct LaneUse {
    /// Sixtieths of a post that are left.
    tokens: u64,
    at: Timestamp,
    bytes: u64,
    /// Since when `bytes` are counted.
    since: Timestamp,
}

/// Every lane's use since the relay started.
#[derive(Debug)]
pub(crate) struct Quota {
    rate: Rate,
    retention_seconds: u64,
    lanes: HashMap<(MailboxId, PublicKey<Lane>), LaneUse>,
}

impl Quota {
    /// Nothing used yet. What a lane posted counts against its share for as long as it is kept.
    pub(crate) fn new(rate: Rate, retention_seconds: u64) -> Self {
        Self {
            rate,
            retention_seconds,
            lanes: HashMap::new(),
        }
    }

    /// Whether a lane may post `bytes` to a mailbox that holds `used` of `quota`; counts them if so.
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
        let full = u64::from(self.rate.burst) * 60;
        let per_second = u64::from(self.rate.per_minute);
        if self.lanes.len() >= LANES_MAX {
            self.lanes
                .retain(|_, lane| now.0.saturating_sub(lane.at.0) < 3600);
        }
        let entry = self.lanes.entry((mailbox, lane));
        let lane = entry.or_insert(LaneUse {
            tokens: full,
            at: now,
            bytes: 0,
            since: now,
        });
        if now.0.saturating_sub(lane.since.0) > self.retention_seconds {
            lane.bytes = 0;
            lane.since = now;
        }
        let earned = now.0.saturating_sub(lane.at.0).saturating_mul(per_second);
        lane.tokens = lane.tokens.saturating_add(earned).min(full);
        lane.at = lane.at.max(now);
        if used.saturating_add(bytes) > quota {
            return Err(Refusal::retry(Reason::MailboxFull, FULL_RETRY_SECONDS));
        }
        if used > quota / 2 && lane.bytes.saturating_add(bytes) > quota / LANE_PART {
            return Err(Refusal::retry(Reason::LaneShare, FULL_RETRY_SECONDS));
        }
        let Some(left) = lane.tokens.checked_sub(60) else {
            let wait = (60 - lane.tokens).div_ceil(per_second.max(1));
            let wait = u32::try_from(wait).unwrap_or(u32::MAX);
            return Err(Refusal::retry(Reason::LaneRate, wait));
        };
        lane.tokens = left;
        lane.bytes = lane.bytes.saturating_add(bytes);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOX: MailboxId = MailboxId([1; 32]);

    fn lane(n: u8) -> (MailboxId, PublicKey<Lane>) {
        (BOX, PublicKey::from_bytes([n; 32]))
    }

    #[test]
    fn a_burst_is_followed_by_the_rate_and_other_lanes_pass() {
        let mut quota = Quota::new(
            Rate {
                per_minute: 6,
                burst: 2,
            },
            1_000_000,
        );
        let now = Timestamp(1000);
        for _ in 0..2 {
            assert_eq!(quota.take(lane(1), 1, (0, 800), now), Ok(()));
        }
        let refused = quota.take(lane(1), 1, (0, 800), now);
        assert_eq!(refused, Err(Refusal::retry(Reason::LaneRate, 10)));
        assert_eq!(quota.take(lane(2), 1, (0, 800), now), Ok(()));
        assert_eq!(quota.take(lane(1), 1, (0, 800), now.plus(10)), Ok(()));
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
