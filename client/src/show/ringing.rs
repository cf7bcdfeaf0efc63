//! Whose bell an alert rings: the rules of `duty` on what this device has, and the line that says it.

use std::collections::BTreeSet;

use bellrope_proto::{
    ids::{Hash, Timestamp},
    signing::{Device as DeviceKey, PublicKey},
};

use super::{inbox::Inbox, received::ReceivedAlert};
use crate::{
    alert::vocabulary::{Kind, Urgency},
    case::heard,
    device::{
        Device, DeviceError, Folded,
        heard::RelayClock,
        inbox::{self, Kept},
        shifts,
    },
    duty::{Bell, Call, Heard, Quiet, RINGS_SECONDS, Urgent, Whose, bell},
    group::Roster,
    ids::MessageId,
    message::{Message, meant},
    text::{Messages, escape},
};

type Key = PublicKey<DeviceKey>;

/// Something that rings somewhere, or will.
#[derive(Clone, Debug)]
pub struct Ringing {
    /// The number of its case.
    pub case: String,
    /// What kind of message it is, as in JSON.
    pub kind: String,
    bell: Bell<Key>,
    /// Seconds until it is to be looked again.
    wait: Option<u64>,
    /// Whose bell it is, by name.
    name: Option<String>,
    has_rota: bool,
}

impl Ringing {
    /// Of an alert that is in the inbox; `None` where it rings nobody any more, or is not there.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub fn of(
        device: &Device,
        id: MessageId,
        quiet: Option<Quiet>,
        now: Timestamp,
    ) -> Result<Option<Self>, DeviceError> {
        let Some(inbox) = Inbox::open(device)? else {
            return Ok(None);
        };
        let Some(Kept::Message(kept)) = inbox::find_kept(device, id)? else {
            return Ok(None);
        };
        let Some(received) = inbox.get(id)? else {
            return Ok(None);
        };
        let roster = &*inbox.roster;
        let message = kept.sent.message.peek().ok();
        let call = Call {
            urgent: received.urgent(),
            arrived: kept.arrived,
            heard: match &message {
                Some(message) => heard_of(device, id, message, Message::hash(&kept.sent.message))?,
                None => Heard::Nothing,
            },
        };
        let reads = message.as_ref().map(|message| readers(message, roster));
        let reads = |who: Key| reads.as_ref().is_none_or(|all| all.contains(&who));
        let what = (received.case.clone(), received.kind_key().into_owned());
        // Whose turn it is goes by the relay's clock, as everybody's does: this device's may be wrong.
        let then = RelayClock::of(device).at(now);
        Self::by(device, roster, what, (&call, reads), (quiet, then))
    }

    /// Of anything, at this moment by the relay's clock.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub(super) fn by(
        device: &Device,
        roster: &Roster,
        (case, kind): (String, String),
        (call, reads): (&Call<Key>, impl Fn(Key) -> bool),
        (quiet, then): (Option<Quiet>, Timestamp),
    ) -> Result<Option<Self>, DeviceError> {
        let rota = shifts::rota(device, roster, &reads)?;
        let own = device.signing().public();
        let me = roster.person_of(&own).unwrap_or(own);
        let bell = bell(call, (rota.as_ref(), reads), (me, quiet), then);
        Ok(bell.map(|bell| Self {
            case,
            kind,
            wait: bell.next.map(|next| next.0.saturating_sub(then.0)),
            name: match bell.whose {
                Whose::First(who) | Whose::Second(who) | Whose::Lead(who) => {
                    roster.whoever(&who).map(|it| it.name.clone())
                }
                Whose::All | Whose::Rest | Whose::Nobody => None,
            },
            has_rota: rota.is_some(),
            bell,
        }))
    }

    /// Whether it rings here, now.
    #[must_use]
    pub fn is_here(&self) -> bool {
        self.bell.is_here
    }

    /// Seconds after which to look again; none where nothing will be otherwise by time alone.
    #[must_use]
    pub fn wait(&self) -> Option<u64> {
        self.wait
    }

    /// What it rings for once: a second ring is another one.
    #[must_use]
    pub fn ring(&self) -> (String, Timestamp) {
        (self.key().to_owned(), self.bell.since)
    }

    fn key(&self) -> &'static str {
        match (self.bell.whose, self.bell.is_here, self.bell.is_quiet) {
            (_, _, true) => "quiet",
            (Whose::All, ..) => "all",
            (Whose::Rest, ..) => "rest",
            (Whose::First(_), true, _) => "first",
            (Whose::Second(_), true, _) => "second",
            (Whose::Lead(_), true, _) => "lead",
            (Whose::First(_), ..) => "first-there",
            (Whose::Second(_), ..) => "second-there",
            (Whose::Lead(_), ..) => "lead-there",
            (Whose::Nobody, ..) => "nobody",
        }
    }

    /// Whether it rings here, whose bell it is, and why; empty where it rings everybody's, as always in a group without a rota.
    #[must_use]
    pub fn line(&self, words: &Messages) -> String {
        if self.bell.whose == Whose::All && self.bell.is_here && !self.has_rota {
            return String::new();
        }
        let at = self.bell.next.map(|next| words.moment(next));
        let args = [
            ("case", self.case.as_str().into()),
            (
                "name",
                escape(self.name.as_deref().unwrap_or_default()).into(),
            ),
            ("at", at.unwrap_or_default().into()),
        ];
        words.say(&format!("ring-{}", self.key()), &args)
    }
}

/// What came so lately that it may ring still, and was shown: a program that begins looks at it, as nobody may have heard what rang before.
/// Nothing where there is no rota: it has rung then, and nobody's turn comes.
///
/// # Errors
/// [`DeviceError`], but not for single files that are damaged.
pub fn may_ring(device: &Device, now: Timestamp) -> Result<Vec<MessageId>, DeviceError> {
    if device
        .roster()?
        .is_none_or(|roster| roster.duty().is_none())
    {
        return Ok(Vec::new());
    }
    let all = inbox::all(device)?.messages.into_iter();
    let is_late = |at: Timestamp| at.plus(RINGS_SECONDS) > now;
    let lately = all.filter_map(|(id, kept, shown)| match kept {
        Kept::Message(kept) if shown && is_late(kept.arrived) => Some(id),
        Kept::Message(_) | Kept::Other(_) => None,
    });
    Ok(lately.collect())
}

impl ReceivedAlert {
    /// Whether it is as urgent as can be, or nobody can say that it is not.
    pub(super) fn is_critical(&self) -> bool {
        self.urgent() == Urgent::Critical
    }

    /// How urgent it is to wake somebody.
    fn urgent(&self) -> Urgent {
        if !self.rings() {
            return Urgent::No;
        }
        let fields = self.reading.fields();
        match fields.map(|fields| (fields.kind, fields.urgency)) {
            Some((Kind::Withdrawal, _) | (_, Urgency::High)) => Urgent::High,
            // Nobody can say that it can wait.
            _ => Urgent::Critical,
        }
    }
}

/// Whether this device's person is on duty at a moment by the relay's clock.
///
/// # Errors
/// [`DeviceError`].
pub(super) fn is_on_duty(device: &Device, then: Timestamp) -> Result<bool, DeviceError> {
    let Some(roster) = device.roster()? else {
        return Ok(false);
    };
    let own = device.signing().public();
    let me = roster.person_of(&own).unwrap_or(own);
    let rota = shifts::rota(device, &roster, |_| true)?;
    let line = rota.and_then(|rota| rota.at(then));
    Ok(line.is_some_and(|line| line.first == me))
}

/// What was said of it, or, where it is news of an alert, since it came.
fn heard_of(
    device: &Device,
    id: MessageId,
    message: &Message,
    hash: Hash,
) -> Result<Heard<Key>, DeviceError> {
    let about = message
        .reading()
        .fields()
        .and_then(|fields| fields.original);
    let folded = Folded::read(device, about.unwrap_or(id))?;
    Ok(folded.map_or(Heard::Nothing, |(_, _, folded)| {
        heard((&folded.said, &folded.case), about.map(|_| hash))
    }))
}

/// Who reads it, but not who sent it: they know.
fn readers(message: &Message, roster: &Roster) -> BTreeSet<Key> {
    let meant = meant(message, roster);
    let sender = roster.person_of(&message.sender);
    let people = roster.people().iter();
    let reads = people.filter(|person| match &meant {
        Some(meant) => meant.contains(&person.key),
        None => person.role.reads_by_default(),
    });
    let reads = reads.map(|person| person.person);
    reads.filter(|person| Some(*person) != sender).collect()
}
