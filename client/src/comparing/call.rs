//! A comparison on a call: this device's end of it. Steps come by whatever program of the device reads the mailbox, and go by the outbox.

use bellrope_proto::ids::{Hash, Timestamp};
use zeroize::Zeroizing;

use super::{
    here::{CompareError, other, tell},
    talk::{Heard, Next, Talk},
    words::word,
};
use crate::{
    device::{
        Device, DeviceError, How, Outcome, QueueEnd, QueuedEnvelope, calls,
        compared::{self, Mark, Noted},
        damaged,
    },
    group::{Person, Role, Roster},
    ids::Epoch,
    message::{Bound, CallCode, Comparison, Payload, Step, Verdict, Vouched},
    seal::{self, EpochRecipient, SealError},
    sync::{ComposeError, follow_up},
    text::Language,
};

/// Why it does not go on.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// Whom it would be with.
    #[error(transparent)]
    Compare(#[from] CompareError),
    /// One of the two does not read and send: they meet.
    #[error("only devices that read and send compare on a call")]
    HereOnly(String),
    /// The group has parts that this program must be updated for: whom to seal to is not known.
    #[error("this program must be updated first")]
    Newer,
    /// The group has turned, or the other is not in it any more.
    #[error("the group has changed meanwhile")]
    Changed,
    /// The other began again and again.
    #[error("the other began again too often")]
    TooOften,
    /// It does not fit.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The device's files.
    #[error(transparent)]
    Device(#[from] DeviceError),
}

/// One run of this device's person with one other.
pub struct Call {
    person: Person,
    epoch: Epoch,
    talk: Talk,
}

/// What there is to do.
#[derive(Debug)]
pub enum CallNews {
    /// Nothing new.
    Nothing,
    /// Something is in the outbox for the other.
    Said,
    /// The other's device sees another roster, or this one has not everything yet.
    OtherRoster,
    /// Show this. Something may be in the outbox.
    Code(CallCode),
    /// What the other's device revealed is not what it had committed: noted as a failure. Whether it was the third in a day, of which
    /// everybody is told.
    NotCommitted(bool),
}

impl Call {
    /// Begins with whom this name names.
    ///
    /// # Errors
    /// [`CallError`].
    pub fn begin(device: &Device, name: &str) -> Result<Self, CallError> {
        let state = device.state()?;
        let (roster, person, called) = other(device, name)?;
        let me = device.signing().public();
        let calls = |role: Role| role.reads() && role.sends();
        if !calls(person.role) || !calls(state.role) {
            return Err(CallError::HereOnly(called.both));
        }
        if roster.is_newer() {
            return Err(CallError::Newer);
        }
        let leads = me < person.device;
        let my_key = device.member().to_key();
        let mut devices = [me, person.device];
        let mut keys = [my_key, person.key];
        if !leads {
            devices.reverse();
            keys.reverse();
        }
        let bound = Bound {
            group: roster.id(),
            devices,
            keys,
            roster: roster.head(),
        };
        Ok(Self {
            epoch: roster.epoch().number,
            talk: Talk::new(bound, leads),
            person,
        })
    }

    /// What the group calls the other.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.person.name
    }

    /// Looks at what came, and says what is next to be said.
    ///
    /// # Errors
    /// [`CallError`].
    pub fn look(&mut self, device: &Device) -> Result<CallNews, CallError> {
        let roster = self.roster(device)?;
        let heard = self.heard(device, Some(self.epoch));
        let head = roster.head();
        let knows = |head: &Hash| roster.position_of(head).is_some();
        let next = self.talk.next(&heard, head, knows);
        Ok(match next {
            Next::Wait => CallNews::Nothing,
            Next::Say(step) => {
                self.say(device, &roster, head, &step)?;
                CallNews::Said
            }
            Next::OtherRoster => CallNews::OtherRoster,
            Next::Code(code, step) => {
                if let Some(step) = step {
                    self.say(device, &roster, head, &step)?;
                }
                CallNews::Code(code)
            }
            Next::NotCommitted => {
                let now = crate::clock::now();
                let device_key = self.person.device;
                let failures =
                    compared::change(device, |compared| compared.fail(device_key, now, None))?;
                let noted = Noted {
                    was_told: false,
                    failures: failures.unwrap_or(0),
                };
                CallNews::NotCommitted(follow_up(device, &self.person, noted, now)?)
            }
            Next::TooOften => return Err(CallError::TooOften),
        })
    }

    /// Notes what this person said of the code, and tells the other. Whether it was the third failure in a day, of which everybody is told.
    ///
    /// # Errors
    /// [`CallError`].
    pub fn answer(
        &self,
        device: &Device,
        outcome: Outcome,
        now: Timestamp,
    ) -> Result<bool, CallError> {
        let Some(call) = self.talk.call() else {
            return Ok(false);
        };
        let is_alarm = self.note(device, outcome, now)?;
        // The group may have turned while they read: what they compared were keys, and these are the same.
        let roster = device.roster()?.ok_or(DeviceError::Nothing)?;
        let verdict = match outcome {
            Outcome::Same => Verdict::Same,
            Outcome::Differ => Verdict::Differ,
        };
        let verdict = Step::Verdict(call, verdict);
        self.say(device, &roster, roster.head(), &verdict)?;
        Ok(is_alarm)
    }

    /// What the other said of the code, once it has come. That they differ is noted, and it may be the third failure in a day.
    ///
    /// # Errors
    /// [`CallError`].
    pub fn theirs(
        &self,
        device: &Device,
        now: Timestamp,
    ) -> Result<Option<(Outcome, bool)>, CallError> {
        let verdict = self.talk.verdict(&self.heard(device, None));
        Ok(match verdict {
            None => None,
            Some(Verdict::Same) => Some((Outcome::Same, false)),
            Some(Verdict::Differ) => {
                let is_alarm = self.note(device, Outcome::Differ, now)?;
                Some((Outcome::Differ, is_alarm))
            }
        })
    }

    /// Tells the group that this person has compared, as their word.
    ///
    /// # Errors
    /// [`ComposeError`]; nothing is told then.
    pub fn tell(&self, device: &Device, now: Timestamp) -> Result<(), ComposeError> {
        tell(device, &self.person, Vouched::Call, now)
    }

    fn note(&self, device: &Device, outcome: Outcome, now: Timestamp) -> Result<bool, DeviceError> {
        let call = self.talk.call();
        let noted = compared::change(device, |compared| {
            compared.note(Mark {
                name: self.person.name.clone(),
                device: self.person.device,
                key: self.person.key,
                outcome,
                how: How::Call,
                at: now,
                call,
                told: false,
            })
        })?;
        follow_up(device, &self.person, noted, now)
    }

    fn heard(&self, device: &Device, epoch: Option<Epoch>) -> Vec<Heard> {
        let between = calls::between(device, epoch, self.person.device);
        let between = between.into_iter();
        between.map(|(place, said)| Heard { place, said }).collect()
    }

    /// The roster, if it is still of the epoch and the person whom this is about.
    fn roster(&self, device: &Device) -> Result<std::sync::Arc<Roster>, CallError> {
        let roster = device.roster()?.ok_or(DeviceError::Nothing)?;
        let person = roster.person(&self.person.device);
        let is_same = person.is_some_and(|person| person.key == self.person.key);
        if roster.epoch().number != self.epoch || !is_same {
            return Err(CallError::Changed);
        }
        Ok(roster)
    }

    fn say(
        &self,
        device: &Device,
        roster: &Roster,
        head: Hash,
        step: &Step,
    ) -> Result<(), CallError> {
        let me = device.signing().public();
        let places = (roster.id(), roster.epoch().number, head);
        let said = Comparison::new(places, (me, self.person.device), step);
        let payload = Payload::Comparison(device.signing().sign(&said));
        let payload = Zeroizing::new(payload.encode());
        let keys = roster.epoch();
        let epoch = EpochRecipient::from_bytes(&keys.recipient.0)
            .map_err(|error| damaged("roster", error))?;
        // One's own device gets it too: what both have said has one order.
        let readers = [device.member().to_key(), self.person.key];
        let envelope = seal::seal(&payload, &readers, &epoch)?;
        let queued = QueuedEnvelope::plain(keys.mailbox, envelope, crate::clock::now());
        QueueEnd::lock(device)?.put(&[queued])?;
        Ok(())
    }
}

impl CallCode {
    /// The same bits as words.
    #[must_use]
    pub fn in_words(&self, language: Language) -> [&'static str; 6] {
        self.words().map(|number| word(number, language))
    }
}
