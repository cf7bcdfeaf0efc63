//! Whose clock is wrong: a relay's that differs from this device's, or this device's. Those who sent lately are the witnesses.

use std::sync::{Mutex, MutexGuard, PoisonError};

use bellrope_proto::ids::Timestamp;

use super::context::Context;
use crate::device::{
    Device, DeviceError,
    inbox::{self, Kept},
};

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

/// Messages that are asked which clock is right: the newest ones.
const WITNESSES: usize = 8;

/// A message of another device that came to the relay lately: when it was signed, and when it arrived.
type Witness = (Timestamp, Timestamp);

/// What is known of the clocks while a mailbox is followed.
#[derive(Debug, Default)]
pub(super) struct Clocks(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    /// Until something new comes: a clock that is wrong is compared at each heartbeat, and the inbox may be long.
    witnesses: Option<Vec<Witness>>,
    /// Whose clock was said to seem wrong.
    told: Option<WrongClock>,
}

impl Clocks {
    /// There may be a new witness.
    pub(super) fn something_came(&self) {
        self.known().witnesses = None;
    }

    /// What is to be told: that the clocks differ, once, and again when it has come to be another clock that seems wrong.
    pub(super) async fn compare(
        &self,
        context: &Context,
        relay: Timestamp,
        ours: Timestamp,
    ) -> Option<ClocksDiffer> {
        let differ = match compare(relay, ours, []) {
            None => None,
            // Only now it is worth reading what came.
            Some(_) => compare(relay, ours, self.witnesses(context).await),
        };
        let wrong = differ.map(|differ| differ.wrong);
        let told = std::mem::replace(&mut self.known().told, wrong);
        differ.filter(|_| told != wrong)
    }

    async fn witnesses(&self, context: &Context) -> Vec<Witness> {
        let known = self.known().witnesses.clone();
        if let Some(witnesses) = known {
            return witnesses;
        }
        let read = context.with_device(witnesses).await;
        // What could not be read is tried again.
        self.known().witnesses = read.as_ref().ok().cloned();
        read.unwrap_or_default()
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How they differed when the relay's was heard last, for whoever asks how things stand.
///
/// # Errors
/// [`DeviceError`].
pub(crate) fn differed(
    device: &Device,
    relay: Timestamp,
    ours: Timestamp,
) -> Result<Option<ClocksDiffer>, DeviceError> {
    Ok(match compare(relay, ours, []) {
        None => None,
        Some(_) => compare(relay, ours, witnesses(device)?),
    })
}

/// Others' newest messages.
fn witnesses(device: &Device) -> Result<Vec<Witness>, DeviceError> {
    let me = device.signing().public();
    let kept = inbox::all(device)?.messages.into_iter().rev();
    let witnesses = kept.filter_map(|(_, kept, _)| match kept {
        Kept::Message(message) => {
            let said = message.sent.message.peek().ok()?;
            (said.sender != me).then_some((said.time, message.arrived))
        }
        Kept::Other(_) => None,
    });
    Ok(witnesses.take(WITNESSES).collect())
}

/// Compares the clocks; `None` when they agree. A message that waited on its device for long says nothing.
fn compare(
    relay: Timestamp,
    ours: Timestamp,
    witnesses: impl IntoIterator<Item = Witness>,
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
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::{device::fixtures, ids::MessageId};

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

    #[tokio::test]
    async fn the_inbox_is_read_when_something_came_and_not_at_each_heartbeat() {
        let day = 24 * HOUR;
        let (relay, ours) = (Timestamp(102 * day), Timestamp(100 * day));
        let dir = tempfile::tempdir().unwrap();
        let context = Context::of(fixtures::device(dir.path(), Vec::new()));
        let clocks = Clocks::default();
        let wrong = async || {
            let differ = clocks.compare(&context, relay, ours).await;
            differ.map(|differ| differ.wrong)
        };
        assert_eq!(wrong().await, Some(WrongClock::Either));
        let signed = Timestamp(ours.0 - 100);
        let witness = fixtures::stored(1, signed, Timestamp(relay.0 - 90));
        inbox::store(&context.device, MessageId([1; 16]), &witness).unwrap();
        // Told once, and nobody has looked at the inbox again.
        assert_eq!(wrong().await, None);
        clocks.something_came();
        assert_eq!(wrong().await, Some(WrongClock::Relays));
        assert_eq!(wrong().await, None);
    }
}
