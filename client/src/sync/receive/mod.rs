//! From an envelope to what a member is told. Stored first, then the cursor moves: a crash repeats
//! an alert to this folder and never loses one, and the id keeps it from being shown twice. Here an envelope is opened; each of the other
//! files has what becomes of one thing that can be in it.

mod call;
mod in_case;
pub(super) mod log;
mod message;
pub(super) mod part;
mod pass_on;
mod roster;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use bellrope_proto::{
    address::RelayAddress,
    envelope::Envelope,
    ids::{MailboxId, Sequence, Timestamp},
    signing::Signed,
};
use zeroize::Zeroizing;

use self::{part::IsPart, roster::WaitingTurn};
use super::{resend::Resends, weeks};
use crate::{
    attachment::Place,
    clock::now,
    device::{
        Device, DeviceError, KnownHeads, StoredMessage, absence, attached::Awaited, cases::Counts,
        out, week_secrets,
    },
    extensions::is_critical,
    group::{Entry, RosterError, Week},
    ids::MessageId,
    membership::take_custody,
    message::{Out, Payload, VerifyError},
    relay::Cursor,
    seal::{self, EpochIdentity, MemberIdentity, OpenError},
    secret::Seed,
    show::WishLine,
};

/// Another program of this device that has not let go of a lock for so long was suspended or hangs. What is stored
/// meanwhile is named by its id and stays right without the lock; at worst a note on what is missing is wrong.
pub(super) const LOCK_PATIENCE: Duration = Duration::from_secs(2);

/// A payload, and of which week the key is that opened it; none for the lasting key.
type Opened = (Zeroizing<Vec<u8>>, Option<Week>);

/// What an envelope turned out to be.
#[derive(Debug)]
pub(crate) enum Received {
    /// A message is now in the inbox. Its sender came in by the invitation of this mailbox, and the roster does not name them yet.
    Message(Option<MailboxId>),
    /// A message is now in the inbox, and its sender was shown another log than this device.
    OtherLog {
        /// As in [`Self::Message`].
        invitation: Option<MailboxId>,
        /// The sender's name.
        name: String,
        /// Whether what is known of it is kept.
        evidence: bool,
    },
    /// Something new was said in a case. Its sender may have been shown another log than this device: who, and whether that is kept.
    InCase(Option<(String, bool)>),
    /// That, or another word that no alert is, could not be written down.
    NotWritten(DeviceError),
    /// A message that this device has no room for: it is to be shown all the same, and comes again.
    NotKept(Box<NotKept>),
    /// A part of a file could not be written down. It comes again.
    PartNotKept(DeviceError),
    /// Somebody told this device who this handle is.
    Contact {
        /// What the roster calls the person.
        handle: String,
        /// The name of whoever told it.
        by: String,
    },
    /// Somebody asks this device's person to translate a text, of a case that they do not read.
    ToTranslate(String),
    /// Something that a later version says. What it is cannot be shown.
    Newer,
    /// It was there already.
    Again,
    /// Entries of the roster wait here, as this device cannot write them down.
    RosterNotKept(DeviceError),
    /// The roster says something new of who is in the group or invited.
    Roster,
    /// Entries of the roster that come after others which this device does not have: it was away.
    RosterBehind,
    /// This coordinator's device was restored from an older copy, and follows what it had written before that. What it wrote since about
    /// these people is undone.
    Undone(Vec<String>),
    /// A new epoch has begun, without these people: it is read in another mailbox.
    Turned(Vec<String>),
    /// The roster says that the relay is somewhere else than where this was read.
    Moved,
    /// The roster has grown in a way that this program must be updated for.
    RosterNewer,
    /// Somebody wants to compare on a call.
    CallWanted {
        /// Their name.
        name: String,
        /// When that arrived at the relay.
        at: Timestamp,
    },
    /// Somebody says of a comparison that they differ, of which this device's person said that they are the same.
    CallDiffers(String),
    /// Somebody says that three comparisons with one device failed in a day.
    ComparisonsFailed,
    /// Somebody agrees with something that nobody does alone, or wishes it.
    Agreed {
        /// Who.
        name: String,
        /// Whether that is not to wait: somebody, or a device of theirs, is to be put out, or the pen is taken.
        at_once: bool,
    },
    /// A coordinator wishes something of the device that has the pen; or what came of what this device's person wished.
    Wish(Box<WishLine>),
    /// Somebody asks for an invitation for another device of theirs, or says whether who has come is theirs: whoever has the pen sees to it.
    DeviceWanted,
    /// A device asks to be this one's person's.
    DeviceAsks,
    /// The roster has something new of a recovery key.
    Recovery,
    /// So many messages that are new here were shown on another device of this one's person.
    SeenElsewhere(usize),
    /// Something was said of a shift.
    Shift,
    /// The pen has passed to this person's device.
    Pen(String),
    /// Another history of the roster counts than this device followed: what was written about these people is undone.
    Overtaken(Vec<String>),
    /// Two keys came for one week of one person: somebody may have their device's keys.
    TwoKeysForAWeek,
    /// Sealed to others: not our business.
    NotForUs,
    /// It claims to be for us and is not shown as a message; the reason is for the screen.
    Rejected(Sequence, VerifyError),
    /// Another message with the id of one that is here: one of the two was forged by its sender.
    SameId(Sequence, MessageId),
    /// A roster entry that breaks the rules.
    RosterRefused(Sequence, RosterError),
    /// This device is out of the group.
    Out,
    /// It does not open or decode.
    Damaged(Sequence),
}

/// A message that could not be stored, and why.
#[derive(Debug)]
pub(crate) struct NotKept {
    pub(crate) id: MessageId,
    pub(crate) message: StoredMessage,
    pub(crate) error: DeviceError,
}

/// What a mailbox of the group is to the device that reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// That of the epoch in force: what is noted of the group's log is of this one.
    InForce,
    /// The one before, as the relay does not know the next yet.
    UntilSuccession,
    /// One that is over, beside that in force.
    Over,
}

/// A member's end of the group's mailbox.
#[derive(Debug)]
pub(crate) struct GroupReceiver {
    epoch: EpochIdentity,
    /// Case numbers that are taken, read once: reading thousands of messages for each new one would
    /// make catching up slow.
    cases: Mutex<Option<BTreeSet<String>>>,
    /// Entries that could not be written down yet, as another program has the roster. Until they are, the cursor stays
    /// before them. Each with its place.
    waiting: Mutex<Vec<(Sequence, Signed<Entry>)>>,
    /// Whether it was told that they cannot be written down.
    waiting_told: AtomicBool,
    /// Messages that were shown and could not be stored: the cursor stays before them as well.
    not_kept: Mutex<BTreeMap<MessageId, StoredMessage>>,
    /// Other messages that could not be written down: they come again, as the cursor stays before them, too.
    not_written: Mutex<BTreeSet<MessageId>>,
    /// Parts of files that could not be stored, which come again: of what, and which.
    parts_not_kept: Mutex<BTreeSet<(Place, u16)>>,
    /// How much is kept of each device in cases, once that was read.
    said: Mutex<Option<Counts>>,
    heads: Mutex<KnownHeads>,
    relay: RelayAddress,
    resends: Arc<Mutex<Resends>>,
    part: Part,
    /// New epochs whose entries wait, for others before them or for the roster's lock.
    turns: Mutex<Vec<WaitingTurn>>,
    /// Entries that came before those that they follow on. They are sent again, so the cursor does not wait for them.
    ahead: Mutex<Vec<(Sequence, Signed<Entry>)>>,
    /// Photographs and papers of which parts are missing, once they were read, with what opens those.
    awaited: Mutex<BTreeMap<String, (Awaited, MemberIdentity)>>,
    /// Whether an alert came that this device is the first to pass on.
    has_to_pass_on: AtomicBool,
    /// Whether the roster says otherwise than before who reads new alerts.
    circle_has_changed: AtomicBool,
    duty_has_changed: AtomicBool,
    retention_has_changed: AtomicBool,
}

impl GroupReceiver {
    /// For a device that reads.
    #[must_use]
    pub(super) fn new(
        device: &Device,
        (epoch_seed, part): (&Seed, Part),
        relay: RelayAddress,
        resends: Arc<Mutex<Resends>>,
    ) -> Self {
        let heads = (part == Part::InForce).then(|| KnownHeads::read(device));
        Self {
            heads: Mutex::new(heads.unwrap_or_default()),
            relay,
            resends,
            part,
            turns: Mutex::default(),
            ahead: Mutex::default(),
            epoch: EpochIdentity::from_seed(epoch_seed.bytes()),
            cases: Mutex::new(None),
            waiting: Mutex::new(Vec::new()),
            waiting_told: AtomicBool::new(false),
            not_kept: Mutex::default(),
            not_written: Mutex::default(),
            parts_not_kept: Mutex::default(),
            said: Mutex::default(),
            awaited: Mutex::default(),
            has_to_pass_on: AtomicBool::new(false),
            circle_has_changed: AtomicBool::new(false),
            duty_has_changed: AtomicBool::new(false),
            retention_has_changed: AtomicBool::new(false),
        }
    }

    /// One that answers no requests of others, for tests of what becomes of messages.
    #[cfg(test)]
    pub(crate) fn alone(device: &Device, epoch_seed: &Seed, relay: RelayAddress) -> Self {
        Self::new(device, (epoch_seed, Part::InForce), relay, Arc::default())
    }

    /// Opens, verifies and stores one envelope; the mailbox was read to `after` it.
    ///
    /// # Errors
    /// [`DeviceError`]; it is then not stored, and the cursor must not move.
    pub(crate) fn receive(
        &self,
        device: &Device,
        after: &Cursor,
        arrived: Timestamp,
        envelope: &Envelope,
    ) -> Result<Received, DeviceError> {
        let sequence = after.sequence;
        if self.is_in_force() {
            self.heads().note(sequence, after.head);
        }
        let mut opened = self.open(device, envelope, arrived)?;
        if matches!(opened, Err(OpenError::NotForThisEpoch)) {
            // What is for this device alone, and not for whoever has the epoch's key.
            let for_me = seal::open(envelope.bytes(), device.turn(), device.member());
            opened = for_me.map(|payload| (payload, None));
        }
        let (payload, week) = match opened {
            Ok(opened) => opened,
            Err(OpenError::NotForMe) => {
                match self.part(device, envelope)? {
                    IsPart::No => {}
                    IsPart::Yes => return Ok(Received::NotForUs),
                    IsPart::NotKept(error) => return Ok(Received::PartNotKept(error)),
                }
                if self.is_in_force() && weeks::has_lost(device, arrived, now())? {
                    self.miss(device, after)?;
                }
                return Ok(Received::NotForUs);
            }
            Err(OpenError::NotForThisEpoch) => return Ok(Received::NotForUs),
            Err(OpenError::Damaged) => return Ok(Received::Damaged(sequence)),
        };
        match Payload::decode(&payload) {
            Ok(Payload::Message(sent)) => self.message(device, after, (arrived, week), sent),
            Ok(Payload::Comparison(said)) => self.call(device, after, arrived, &said),
            Ok(Payload::Turn(said)) => self.turn(device, sequence, &said),
            Ok(Payload::Custody(said)) => {
                take_custody(device, &said)?;
                Ok(Received::NotForUs)
            }
            Ok(Payload::Roster(entries)) => Ok(self.roster(device, sequence, entries)),
            Ok(Payload::Out(said)) => {
                let roster = device.roster()?.ok_or(DeviceError::Nothing)?;
                Ok(
                    match Out::counts(&said, &roster, &device.signing().public()) {
                        true => {
                            out::note(device, &said)?;
                            Received::Out
                        }
                        false => Received::NotForUs,
                    },
                )
            }
            Ok(Payload::Unknown(number)) if is_critical(number) => Ok(Received::Newer),
            Ok(Payload::Unknown(_)) => Ok(Received::NotForUs),
            _ => Ok(Received::Damaged(sequence)),
        }
    }

    /// Opens an envelope with the key of the week in which it was probably sealed, or of another, or with the lasting one; tells of which week.
    /// There are some two dozen, so what a hostile sender can cost is bounded.
    fn open(
        &self,
        device: &Device,
        envelope: &Envelope,
        arrived: Timestamp,
    ) -> Result<Result<Opened, OpenError>, DeviceError> {
        let held = week_secrets::held(device, Week::of(arrived))?;
        let weeks = held.iter().map(|(_, identity)| identity);
        let mine = weeks.chain([device.member()]);
        Ok(
            seal::open_by(envelope.bytes(), &self.epoch, mine).map(|(payload, place)| {
                let week = held.get(place).map(|(week, _)| *week);
                (payload, week)
            }),
        )
    }

    /// What was sealed to a key whose secret is lost is asked for like what has expired: whoever was meant by its author gets it again.
    fn miss(&self, device: &Device, after: &Cursor) -> Result<(), DeviceError> {
        let roster = device.roster()?.ok_or(DeviceError::Nothing)?;
        let place = after.sequence;
        match roster.epoch_of(after.mailbox) {
            Some(epoch) => absence::change(device, |absence| absence.miss(epoch, (place, place))),
            None => Ok(()),
        }
    }

    /// Whether the roster has come to say otherwise who reads new alerts, since this was asked.
    pub(super) fn circle_has_changed(&self) -> bool {
        self.circle_has_changed.swap(false, Ordering::Relaxed)
    }

    /// The same of who is on duty.
    pub(super) fn duty_has_changed(&self) -> bool {
        self.duty_has_changed.swap(false, Ordering::Relaxed)
    }

    /// And of how long cases are kept.
    pub(super) fn retention_has_changed(&self) -> bool {
        self.retention_has_changed.swap(false, Ordering::Relaxed)
    }

    pub(super) fn is_in_force(&self) -> bool {
        self.part == Part::InForce
    }

    /// Whether it reads the mailbox of an epoch that is over, beside that in force.
    pub(super) fn is_over(&self) -> bool {
        self.part == Part::Over
    }

    /// Whose log it reads.
    pub(super) fn relay(&self) -> &RelayAddress {
        &self.relay
    }

    pub(super) fn resends(&self) -> MutexGuard<'_, Resends> {
        self.resends.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether entries of the roster, or messages, wait to be stored: the cursor must not move past them.
    pub(crate) fn has_waiting(&self) -> bool {
        !self.waiting().is_empty()
            || !self.turns().is_empty()
            || !self.all_not_kept().is_empty()
            || !self.not_written().is_empty()
            || !self.parts_not_kept().is_empty()
    }

    pub(super) fn waiting(&self) -> MutexGuard<'_, Vec<(Sequence, Signed<Entry>)>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
