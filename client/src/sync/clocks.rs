//! Whose clock is wrong: a relay's that differs from this device's, or this device's. Those who sent lately are the witnesses.
//! Pure.

use bellrope_proto::ids::Timestamp;

/// Clocks that differ by less are as good as equal: what is told here needs somebody to set one.
const DIFFER_SECONDS: u64 = 15 * 60;

/// Whose clock seems to be wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WrongClock {
    /// The relay's: senders agree with this device.
    Relays,
    /// This device's: senders agree with the relay.
    Ours,
    /// Nobody can say.
    Either,
}

/// How the relay's clock differs from this device's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClocksDiffer {
    /// By how much.
    pub seconds: u64,
    /// Whether the relay's is ahead of this device's.
    pub relay_is_ahead: bool,
    /// Which seems to be wrong.
    pub wrong: WrongClock,
}

/// Compares the clocks; `None` when they agree. A witness is a message of another device that came to the relay lately: when it was
/// signed, and when it arrived. One that waited on its device for long says nothing.
pub(super) fn compare(
    relay: Timestamp,
    ours: Timestamp,
    witnesses: impl IntoIterator<Item = (Timestamp, Timestamp)>,
) -> Option<ClocksDiffer> {
    let seconds = relay.0.abs_diff(ours.0);
    if seconds < DIFFER_SECONDS {
        return None;
    }
    let relay_is_ahead = relay > ours;
    let (mut with_relay, mut with_us) = (0_u32, 0_u32);
    for (signed, arrived) in witnesses {
        // What this device's clock said when the relay's said that it arrived.
        let here = if relay_is_ahead {
            arrived.0.saturating_sub(seconds)
        } else {
            arrived.0.saturating_add(seconds)
        };
        if arrived.0.abs_diff(signed.0) < DIFFER_SECONDS {
            with_relay += 1;
        } else if here.abs_diff(signed.0) < DIFFER_SECONDS {
            with_us += 1;
        }
    }
    let wrong = match with_relay.cmp(&with_us) {
        core::cmp::Ordering::Greater => WrongClock::Ours,
        core::cmp::Ordering::Less => WrongClock::Relays,
        core::cmp::Ordering::Equal => WrongClock::Either,
    };
    Some(ClocksDiffer {
        seconds,
        relay_is_ahead,
        wrong,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: u64 = 3_600;

    fn wrong(relay: u64, ours: u64, witnesses: &[(u64, u64)]) -> Option<WrongClock> {
        let witnesses = witnesses.iter();
        let witnesses =
            witnesses.map(|(signed, arrived)| (Timestamp(*signed), Timestamp(*arrived)));
        compare(Timestamp(relay), Timestamp(ours), witnesses).map(|differ| differ.wrong)
    }

    #[test]
    fn who_sent_lately_tells_whose_clock_is_wrong() {
        let day = 24 * HOUR;
        let now = 100 * day;
        assert_eq!(wrong(now, now + 600, &[]), None);
        assert_eq!(wrong(now, now + HOUR, &[]), Some(WrongClock::Either));
        // The relay is two days ahead: what came was signed, by its senders' clocks, two days before.
        let came = [
            (now - 100, now + 2 * day - 90),
            (now - 300, now + 2 * day - 200),
        ];
        assert_eq!(wrong(now + 2 * day, now, &came), Some(WrongClock::Relays));
        // This device is an hour behind, or ahead: senders and relay agree.
        let came = [(now - 100, now - 90), (now - 300, now - 200)];
        assert_eq!(wrong(now, now - HOUR, &came), Some(WrongClock::Ours));
        assert_eq!(wrong(now, now + HOUR, &came), Some(WrongClock::Ours));
        // One that waited for a week for a network says nothing, and two that disagree say nothing either.
        let waited = [(now - 7 * day, now - 90)];
        assert_eq!(wrong(now, now - HOUR, &waited), Some(WrongClock::Either));
        let two = [(now - 100, now - 90), (now - 100, now + HOUR - 90)];
        assert_eq!(wrong(now + HOUR, now, &two), Some(WrongClock::Either));
        assert_eq!(
            wrong(0, u64::MAX, &[(5, u64::MAX)]),
            Some(WrongClock::Either)
        );
    }
}
