//! From an envelope to what a member is told. Stored first, then the cursor moves: a crash repeats
//! an alert to this file and never loses one, and the id keeps it from being shown twice.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use bellrope_proto::{
    address::RelayAddress,
    envelope::Envelope,
    ids::{MailboxId, Sequence, Timestamp},
    signing::{Device as DeviceKey, PublicKey, Relay, Signed},
};
use zeroize::Zeroizing;

use super::{
    added, agree, answers,
    cases::{self, Heard},
    check_in, contacts, erasing, reached_by, readers,
    receive_part::IsPart,
    receive_roster::WaitingTurn,
    recover,
    resend::{self, Done, Noted, Resends},
    seen, sensitive, shift, to_translate, vouch, weeks, wish,
};
use crate::{
    attachment::Place,
    case::case_number,
    clock::now,
    device::{
        Device, DeviceError, Follows, KnownHeads, LockName, Senders, StoredMessage, absence,
        attached::Awaited, cases::Counts, frozen, inbox, keep_other_log, out, reach, week_secrets,
        wishes::NotListed,
    },
    extensions::is_critical,
    group::{Claim, Entry, Roster, RosterError, Week},
    ids::MessageId,
    membership::take_custody,
    message::{
        CaseMessage, CheckIn, KIND_ALERT, KIND_ASK_FOR_DEVICE, KIND_CARRIED_ON, KIND_CASE,
        KIND_CHECK_IN, KIND_CONSENT, KIND_DEVICE_ASKS, KIND_HAND_OVER, KIND_HAND_OVER_ANSWER,
        KIND_REACHED_BY, KIND_RECOVERY, KIND_SEEN, KIND_SENSITIVE, KIND_SIGNED_FOR, KIND_SWAP,
        KIND_SWAP_ANSWER, KIND_TO_CARRY, KIND_TO_TRANSLATE, KIND_VOUCH, KIND_WEEK_KEYS, KIND_WISH,
        KIND_WISH_ANSWER, KIND_WORD_ON_DEVICE, Message, Out, PassedOn, Payload, Seen, Sender,
        SensitiveBlock, SignedMessage, VerifiedMessage, VerifyError, is_closed_to, passed_on,
        verify,
    },
    relay::Cursor,
    seal::{self, EpochIdentity, MemberIdentity, OpenError},
    secret::Seed,
    show::WishLine,
};

/// Another program of this device that has not let go of a lock for so long was suspended or hangs. What is stored
/// meanwhile is named by its id and stays right without the lock; at worst a note on what is missing is wrong.
pub(super) const LOCK_PATIENCE: Duration = Duration::from_secs(2);

/// After a relay has contradicted itself, be it that an old copy was put back, others may know the log as it was for as long as
/// they have receipts of it. People were told that there are two.
const CONTRADICTED_SECONDS: u64 = 14 * Timestamp::DAY_SECONDS;

/// A payload, and of which week the key is that opened it; none for the lasting key.
type Opened = (Zeroizing<Vec<u8>>, Option<Week>);

/// What a message came to, and whether it is noted that it came.
type HeardAndNoted = (Received, Result<(), DeviceError>);

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
    pub(super) epoch: EpochIdentity,
    /// Case numbers that are taken, read once: reading thousands of messages for each new one would
    /// make catching up slow.
    cases: Mutex<Option<BTreeSet<String>>>,
    /// Entries that could not be written down yet, as another program has the roster. Until they are, the cursor stays
    /// before them. Each with its place.
    pub(super) waiting: Mutex<Vec<(Sequence, Signed<Entry>)>>,
    /// Whether it was told that they cannot be written down.
    pub(super) waiting_told: AtomicBool,
    /// Messages that were shown and could not be stored: the cursor stays before them as well.
    not_kept: Mutex<BTreeMap<MessageId, StoredMessage>>,
    /// Other messages that could not be written down: they come again, as the cursor stays before them, too.
    not_written: Mutex<BTreeSet<MessageId>>,
    /// Parts of files that could not be stored, which come again: of what, and which.
    pub(super) parts_not_kept: Mutex<BTreeSet<(Place, u16)>>,
    /// How much is kept of each device in cases, once that was read.
    said: Mutex<Option<Counts>>,
    heads: Mutex<KnownHeads>,
    pub(super) relay: RelayAddress,
    pub(super) resends: Arc<Mutex<Resends>>,
    pub(super) part: Part,
    /// New epochs whose entries wait, for others before them or for the roster's lock.
    pub(super) turns: Mutex<Vec<WaitingTurn>>,
    /// Entries that came before those that they follow on. They are sent again, so the cursor does not wait for them.
    pub(super) ahead: Mutex<Vec<(Sequence, Signed<Entry>)>>,
    /// Photographs and papers of which parts are missing, once they were read, with what opens those.
    pub(super) awaited: Mutex<BTreeMap<String, (Awaited, MemberIdentity)>>,
    /// Whether an alert came that this device is the first to pass on.
    has_to_pass_on: AtomicBool,
    /// Whether the roster says otherwise than before who reads new alerts.
    pub(super) circle_has_changed: AtomicBool,
    pub(super) duty_has_changed: AtomicBool,
    pub(super) retention_has_changed: AtomicBool,
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

    fn message(
        &self,
        device: &Device,
        after: &Cursor,
        (arrived, week): (Timestamp, Option<Week>),
        sent: SignedMessage,
    ) -> Result<Received, DeviceError> {
        let lock = device.files().lock_within(LockName::Receive, LOCK_PATIENCE);
        if let Err(error) = &lock {
            // A home that can only be read. What comes is shown all the same.
            tracing::debug!(%error, "nothing could be locked to store a message");
        }
        let sequence = after.sequence;
        let roster = device.roster()?.ok_or(DeviceError::Nothing)?;
        let mut senders = Senders::read(device)?;
        let me = device.member().to_key();
        let first = |claim: &Claim| senders.first(claim);
        let not_listed = NotListed::read(device, &roster)?;
        let wished = |claim: &Claim| not_listed.of(claim);
        let stood = |said: &PassedOn| {
            let is_here = self.is_in_force() && said.relay == self.relay.key();
            is_here.then(|| reach::read(device).stood(said.place))?
        };
        let verified = verify(&sent, &roster, &me, arrived, (first, stood, wished));
        let verified = match verified {
            Ok(verified) => verified,
            Err(error) => return Ok(Received::Rejected(sequence, error)),
        };
        // Whoever opened it, or their program, looked at the group as it was.
        if verified.opened_by.is_some() && is_closed_to(&verified.message, &roster, &me) {
            return Ok(Received::Rejected(sequence, VerifyError::OtherReaders));
        }
        let own = device.signing().public();
        if verified.message.sender == own {
            catch_up_with_itself(device, &verified.message, &sent)?;
        }
        let body = &verified.message.body.0;
        let about = match verified.message.kind {
            KIND_CASE => CaseMessage::decode(body).map(|body| body.alert),
            KIND_SENSITIVE => SensitiveBlock::decode(body).map(|block| block.alert),
            _ => None,
        };
        let is_ignored = !is_critical(verified.message.kind) && about.is_none();
        if verified.message.kind != KIND_ALERT && is_ignored {
            self.resends().hear(device, &roster, &verified, now());
            let heard = hear(device, &roster, &verified, arrived).map(|received| {
                // It counts in its sender's row: the next one would seem to follow on a gap.
                follow(&mut senders, (&roster, &own), &verified, &sent);
                (received, senders.store(device))
            });
            return Ok(match heard {
                // It would be the same each time: to wait for that would stop the log until a person mends the file.
                Err(error @ DeviceError::Damaged(..)) => Received::NotWritten(error),
                heard => self.written(verified.message.id, heard),
            });
        }
        let id = verified.message.id;
        self.resends().saw_message(id);
        let hash = Message::hash(&sent.message);
        if let Some(stone) = erasing::forgotten(device, &verified, (&senders, hash))? {
            // It counts in its sender's row, as above.
            follow(&mut senders, (&roster, &own), &verified, &sent);
            senders.store(device)?;
            return erasing::hear(device, &roster, (&verified, &stone), (arrived, now()));
        }
        if let Some(alert) = about {
            let follows = follow(&mut senders, (&roster, &own), &verified, &sent);
            let kept = StoredMessage {
                epoch: roster
                    .epoch_of(after.mailbox)
                    .unwrap_or(verified.message.epoch),
                sequence,
                arrived,
                sent,
                case: String::new(),
                follows,
                week,
            };
            let received = self.in_case(device, &roster, (&verified, alert), kept);
            if !self.not_written().contains(&id) {
                senders.store(device)?;
            }
            return Ok(match received {
                Received::InCase(None) => {
                    Received::InCase(self.other_log(device, after, &verified))
                }
                received => received,
            });
        }
        let check_in = (verified.message.kind == KIND_CHECK_IN)
            .then(|| CheckIn::decode(&verified.message.body.0));
        if let Some(body) = check_in.flatten() {
            let follows = follow(&mut senders, (&roster, &own), &verified, &sent);
            let kept = StoredMessage {
                epoch: roster
                    .epoch_of(after.mailbox)
                    .unwrap_or(verified.message.epoch),
                sequence,
                arrived,
                sent,
                case: String::new(),
                follows,
                week,
            };
            let received = self.checked_in(device, &roster, (&verified, &body), kept);
            if !self.not_written().contains(&id) {
                senders.store(device)?;
            }
            return Ok(received);
        }
        if let Some(known) = inbox::find(device, id)? {
            let same = known.sent.message.bytes() == sent.message.bytes();
            // A crash may have come between the message and the note of it.
            let before = senders.clone();
            if same {
                follow(&mut senders, (&roster, &own), &verified, &sent);
            }
            if senders != before {
                senders.store(device)?;
            }
            if let Some(cases) = self.cases().as_mut() {
                cases.insert(known.case.clone());
            }
            if same {
                self.of_sender(device, &verified, &known)?;
                check_in::note_plan(device, &roster, &verified)?;
                note_freeze(device, &verified.message, known.arrived, &roster)?;
                let places = (known.sequence, sequence);
                self.see_to_others(device, &roster, &verified, &sent, places);
            }
            return Ok(if same {
                Received::Again
            } else {
                Received::SameId(sequence, id)
            });
        }
        let follows = follow(&mut senders, (&roster, &own), &verified, &sent);
        let case = self.case(device, &verified)?;
        let invitation = match &verified.sender {
            Sender::Invited { .. } => {
                let claim = sent.claim.as_ref().and_then(|claim| claim.peek().ok());
                claim.map(|claim| claim.mailbox)
            }
            _ => None,
        };
        let message = StoredMessage {
            epoch: roster
                .epoch_of(after.mailbox)
                .unwrap_or(verified.message.epoch),
            sequence,
            arrived,
            sent,
            case,
            follows,
            week,
        };
        self.await_papers(device, &verified);
        if let Err(error) = inbox::store(device, id, &message) {
            return Ok(self.not_kept(id, message, error));
        }
        if self.all_not_kept().remove(&id).is_some() {
            inbox::shown(device, id)?;
        }
        self.of_sender(device, &verified, &message)?;
        check_in::note_plan(device, &roster, &verified)?;
        // After the message: what is repeated after a crash is then known, and not a clone.
        senders.store(device)?;
        note_freeze(device, &verified.message, arrived, &roster)?;
        let places = (sequence, sequence);
        self.see_to_others(device, &roster, &verified, &message.sent, places);
        Ok(match self.other_log(device, after, &verified) {
            Some((name, evidence)) => Received::OtherLog {
                invitation,
                name,
                evidence,
            },
            None => Received::Message(invitation),
        })
    }

    /// Keeps what was said in a case. Where that cannot be done now, the alerts after it do not wait: the cursor stays before it.
    fn in_case(
        &self,
        device: &Device,
        roster: &Roster,
        said: (&VerifiedMessage, MessageId),
        kept: StoredMessage,
    ) -> Received {
        let (sequence, id) = (kept.sequence, said.0.message.id);
        self.await_files(device, said.0);
        let mut counts = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        let heard = cases::keep(device, roster, said, kept, &mut counts);
        let received = heard.map(|heard| match heard {
            Heard::New => Received::InCase(None),
            Heard::Again => Received::Again,
            Heard::SameId => Received::SameId(sequence, id),
        });
        self.written(id, received.map(|received| (received, Ok(()))))
    }

    /// The same of a check-in.
    fn checked_in(
        &self,
        device: &Device,
        roster: &Roster,
        said: (&VerifiedMessage, &CheckIn),
        kept: StoredMessage,
    ) -> Received {
        let id = said.0.message.id;
        let mut counts = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        let heard = check_in::keep(device, roster, said, kept, &mut counts);
        self.written(id, heard.map(|received| (received, Ok(()))))
    }

    /// What a message came to, and whether the note of that is on disk. Where it could not be written down now (the disk is full, another
    /// program has the files), it comes again, and the alerts after it do not wait; told once.
    fn written(&self, id: MessageId, heard: Result<HeardAndNoted, DeviceError>) -> Received {
        let mut not_written = self.not_written();
        match heard {
            Ok((received, Ok(()))) => {
                not_written.remove(&id);
                received
            }
            Ok((received, Err(error))) => {
                tracing::debug!(%error, "what was heard could not be noted; it comes again");
                not_written.insert(id);
                received
            }
            Err(error) => match not_written.insert(id) {
                true => Received::NotWritten(error),
                false => Received::Again,
            },
        }
    }

    fn not_written(&self) -> std::sync::MutexGuard<'_, BTreeSet<MessageId>> {
        self.not_written
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// What somebody says about an earlier alert is a part of its case, too.
    fn of_sender(
        &self,
        device: &Device,
        verified: &VerifiedMessage,
        kept: &StoredMessage,
    ) -> Result<(), DeviceError> {
        let Some(original) = original_of(verified) else {
            return Ok(());
        };
        let mut counts = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        cases::keep_of_sender(device, &verified.message, (original, kept), &mut counts)
    }

    /// A full disk must not keep an alert from the person in front of it.
    fn not_kept(&self, id: MessageId, message: StoredMessage, error: DeviceError) -> Received {
        match self.all_not_kept().insert(id, message.clone()) {
            Some(_) => Received::Again,
            None => Received::NotKept(Box::new(NotKept { id, message, error })),
        }
    }

    fn all_not_kept(&self) -> std::sync::MutexGuard<'_, BTreeMap<MessageId, StoredMessage>> {
        self.not_kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Stores what there was no room for, if there is room by now. It was shown.
    pub(super) fn keep_again(&self, device: &Device) {
        self.all_not_kept().retain(|id, message| {
            let kept = inbox::store(device, *id, message).and_then(|()| inbox::shown(device, *id));
            kept.is_err()
        });
    }

    /// Notes whether an alert is to be passed on to who was in when it came, of whom its author did not know; or that it is done.
    /// The alert that is here does not wait for it: others' devices have notes of their own.
    fn see_to_others(
        &self,
        device: &Device,
        roster: &Roster,
        verified: &VerifiedMessage,
        sent: &SignedMessage,
        places: (Sequence, Sequence),
    ) {
        if let Err(error) = self.note_for_others(device, roster, verified, sent, places) {
            tracing::warn!(%error, "it could not be noted whether an alert is to be passed on");
        }
    }

    /// `first` is where this device has it from, `here` where it came now.
    fn note_for_others(
        &self,
        device: &Device,
        roster: &Roster,
        verified: &VerifiedMessage,
        sent: &SignedMessage,
        (first, here): (Sequence, Sequence),
    ) -> Result<(), DeviceError> {
        let message = &verified.message;
        // Where the roster grew is noted of the mailbox in force, and of no other.
        if !self.is_in_force() || message.kind != KIND_ALERT || message.roster == roster.head() {
            return Ok(());
        }
        if let Some((said, _)) = passed_on(sent, message, roster) {
            // One that names another place is a lie, or of another log, and does not count as done.
            if said.relay == self.relay.key() && (said.place == first || first == here) {
                reach::change(device, |reach| reach.done(message.id))?;
            }
            return Ok(());
        }
        let is_verified = !matches!(verified.sender, Sender::Unverified(_));
        let is_meant = verified.passed_on.is_none() && verified.opened_by.is_none();
        let is_mine = is_meant && device.state()?.role.sends();
        if first != here || !is_verified || !is_mine || verified.late {
            return Ok(());
        }
        if Noted::read(device)
            .latecomers(roster, message, here)
            .is_empty()
        {
            return Ok(());
        }
        let turn = resend::turn_to_pass_on(device, roster, message);
        let due = resend::when_to_pass_on(now(), turn);
        reach::change(device, |reach| reach.wait(message.id, due))?;
        if turn == 0 {
            self.has_to_pass_on.store(true, Ordering::Relaxed);
        }
        Ok(())
    }

    /// Whether an alert came since this was asked that this device is the first to pass on.
    pub(super) fn has_to_pass_on(&self) -> bool {
        self.has_to_pass_on.swap(false, Ordering::Relaxed)
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

    /// Whether the sender says that they were shown another log than this device; who, and whether that is kept. Only of
    /// those who are known: anybody else could say anything. The message is stored, and nothing here may hold it up.
    fn other_log(
        &self,
        device: &Device,
        after: &Cursor,
        verified: &VerifiedMessage,
    ) -> Option<(String, bool)> {
        let (Sender::Known { name, .. } | Sender::Invited { name, .. }) = &verified.sender else {
            return None;
        };
        // Of another mailbox's log, or said of another than this.
        let is_here = verified.message.epoch == device.roster().ok()??.epoch().number;
        if !self.is_in_force() || !is_here {
            return None;
        }
        let heads = self.heads();
        let differs = |seen: &&Seen| {
            // They knew of the place before they spoke, and it is not before what they said.
            seen.sequence >= after.sequence
                || heads
                    .get(seen.sequence)
                    .is_some_and(|head| head != seen.head)
        };
        let relay = self.relay.key();
        let mut seen = verified.message.seen.iter();
        let seen = seen.find(|seen| seen.relay == relay && differs(seen))?;
        let is_mine = verified.message.sender == device.signing().public();
        let said = device.state().ok().and_then(|state| state.contradicted);
        if is_mine || said.is_some_and(|said| now() < said.plus(CONTRADICTED_SECONDS)) {
            return None;
        }
        match keep_other_log(device, &self.relay, seen, (after, now())) {
            Ok(true) => Some((name.clone(), true)),
            // It was told when it was kept.
            Ok(false) => None,
            Err(error) => {
                tracing::warn!(%error, "evidence could not be kept");
                Some((name.clone(), false))
            }
        }
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

    pub(super) fn resends(&self) -> std::sync::MutexGuard<'_, Resends> {
        self.resends.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// When all that waits has come: passes on alerts, asks for what this device missed, and sends again what others asked for.
    /// `ends` says that this program does not stay until it is its turn.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub(super) fn resend(&self, device: &Device, ends: bool) -> Result<Done, DeviceError> {
        // What is to go is not sealed once more before it does.
        let forgotten = erasing::tend(device, now())?;
        sensitive::finish(device, now())?;
        cases::say_again(device, now())?;
        readers::copy(device, now())?;
        shift::say_again(device, now())?;
        let passed_on = resend::pass_waiting_on(device, &self.relay, now(), ends)?;
        let asked = resend::ask(device, &self.relay, now())?;
        let due = self.resends().due(now(), ends);
        let resent = resend::answer(device, &self.relay, due, now())?;
        Ok(Done {
            forgotten,
            passed_on,
            asked,
            resent,
        })
    }

    fn heads(&self) -> std::sync::MutexGuard<'_, KnownHeads> {
        self.heads.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes down which heads are known, when the cursor moves.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub(crate) fn store_heads(&self, device: &Device) -> Result<(), DeviceError> {
        if !self.is_in_force() {
            return Ok(());
        }
        self.heads().store(device)
    }

    /// Whether entries of the roster, or messages, wait to be stored: the cursor must not move past them.
    pub(crate) fn has_waiting(&self) -> bool {
        !self.waiting().is_empty()
            || !self.turns().is_empty()
            || !self.all_not_kept().is_empty()
            || !self.not_written().is_empty()
            || !self.parts_not_kept().is_empty()
    }

    pub(super) fn waiting(&self) -> std::sync::MutexGuard<'_, Vec<(Sequence, Signed<Entry>)>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn cases(&self) -> std::sync::MutexGuard<'_, Option<BTreeSet<String>>> {
        self.cases.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn case(&self, device: &Device, verified: &VerifiedMessage) -> Result<String, DeviceError> {
        let message = &verified.message;
        // What is said about an earlier alert has that one's number, if that is here.
        if let Some(original) = original_of(verified)
            && let Some(known) = inbox::find(device, original)?
        {
            return Ok(known.case);
        }
        let country = verified.reading.country();
        let mut cases = self.cases();
        let taken = match &mut *cases {
            Some(taken) => taken,
            none => none.insert(inbox::cases(device)?),
        };
        let case = case_number(country, message.time, message.id, taken);
        taken.insert(case.clone());
        Ok(case)
    }
}

/// Which earlier alert an alert is about.
fn original_of(verified: &VerifiedMessage) -> Option<MessageId> {
    let fields = verified.reading.fields();
    let fields = fields.filter(|_| verified.message.kind == KIND_ALERT);
    fields.and_then(|fields| fields.original)
}

/// A device that was restored from an older copy goes on after what it has said since: else its next message would have the
/// number of another, as if two devices spoke.
fn catch_up_with_itself(
    device: &Device,
    said: &Message,
    sent: &SignedMessage,
) -> Result<(), DeviceError> {
    if said.number <= device.state()?.last_sent.number {
        return Ok(());
    }
    device.change_within(LOCK_PATIENCE, |state| {
        if said.number > state.last_sent.number {
            state.last_sent.number = said.number;
            state.last_sent.last = Message::hash(&sent.message);
        }
    })?;
    Ok(())
}

/// Moves the device's cursor, if another program has not moved it further. One that cannot be moved now is moved later.
///
/// # Errors
/// [`DeviceError`].
pub(crate) fn move_cursor(
    device: &Device,
    relay: &PublicKey<Relay>,
    cursor: &Cursor,
) -> Result<(), DeviceError> {
    device.change_within(LOCK_PATIENCE, |state| {
        // Another program of this device has gone on to another relay.
        if !state.place.is_log_of(relay) {
            return;
        }
        let Some(known) = state.cursor_of(cursor.mailbox) else {
            return;
        };
        // A newer date of the same head is nothing new.
        let is_same = cursor.sequence == known.sequence
            && cursor.head == known.head
            && cursor.signed_head.is_some() == known.signed_head.is_some();
        if cursor.sequence >= known.sequence && !is_same {
            *known = cursor.clone();
        }
    })?;
    Ok(())
}

/// Notes what a message says of a sender, if it does.
fn note_freeze(
    device: &Device,
    message: &Message,
    arrived: Timestamp,
    roster: &Roster,
) -> Result<(), DeviceError> {
    match frozen::said_by(message.id, message, arrived) {
        Some(said) => frozen::note(device, said, roster),
        None => Ok(()),
    }
}

/// Takes in what is said beside alerts and cases, by its kind.
fn hear(
    device: &Device,
    roster: &Roster,
    verified: &VerifiedMessage,
    arrived: Timestamp,
) -> Result<Received, DeviceError> {
    match verified.message.kind {
        KIND_VOUCH => vouch::hear(device, roster, verified),
        KIND_CONSENT | KIND_SIGNED_FOR => agree::hear(device, roster, verified),
        KIND_ASK_FOR_DEVICE | KIND_DEVICE_ASKS | KIND_WORD_ON_DEVICE => {
            added::hear(device, roster, verified, now())
        }
        KIND_RECOVERY => recover::hear(device, roster, verified),
        KIND_REACHED_BY => reached_by::hear(device, roster, verified),
        KIND_SEEN => seen::hear(device, roster, verified),
        KIND_WEEK_KEYS => weeks::hear(device, roster, verified, now()),
        KIND_WISH | KIND_WISH_ANSWER => wish::hear(device, roster, verified, arrived),
        KIND_TO_CARRY | KIND_CARRIED_ON => answers::hear(device, roster, verified, arrived),
        KIND_HAND_OVER | KIND_HAND_OVER_ANSWER | KIND_SWAP | KIND_SWAP_ANSWER => {
            shift::hear(device, verified, arrived)
        }
        KIND_TO_TRANSLATE => to_translate::hear(device, roster, verified, arrived),
        _ => contacts::hear(device, roster, verified),
    }
}

/// How a message follows on what its device said before. What counts is whose key it is: also what came late, or in sight of
/// another roster, was said by that device, and the next one follows on it.
fn follow(
    senders: &mut Senders,
    (roster, own): (&Roster, &PublicKey<DeviceKey>),
    verified: &VerifiedMessage,
    sent: &SignedMessage,
) -> Follows {
    let message = &verified.message;
    match &verified.sender {
        Sender::Unverified(_) if roster.person(&message.sender).is_none() => {
            return Follows::InOrder;
        }
        Sender::Invited { .. } => {
            if let Some(claim) = sent.claim.as_ref().and_then(|claim| claim.peek().ok()) {
                senders.used(&claim);
            }
        }
        Sender::Known { .. } | Sender::Unverified(_) => {}
    }
    let hash = Message::hash(&sent.message);
    let follows = senders.follow(message.sender, message.number, (message.previous, hash));
    match follows {
        // What this device said to chosen others alone, it knows of.
        Follows::AfterGap if message.sender == *own => Follows::InOrder,
        follows => follows,
    }
}
