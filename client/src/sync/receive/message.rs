//! What becomes of a message: checked by the roster, taken in by its kind, and kept once. What cannot be kept is shown all the same and comes
//! again.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{MutexGuard, PoisonError},
};

use bellrope_proto::{
    ids::Timestamp,
    signing::{Device as DeviceKey, PublicKey},
};

use super::{GroupReceiver, LOCK_PATIENCE, NotKept, Received, in_case::original_of};
use crate::{
    case::case_number,
    clock::now,
    device::{
        Device, DeviceError, Follows, LockName, Senders, StoredMessage, frozen, inbox, reach,
        wishes::NotListed,
    },
    extensions::is_critical,
    group::{Claim, Roster, Week},
    ids::MessageId,
    message::{
        CaseMessage, CheckIn, KIND_ALERT, KIND_ASK_FOR_DEVICE, KIND_CARRIED_ON, KIND_CASE,
        KIND_CHECK_IN, KIND_CONSENT, KIND_DEVICE_ASKS, KIND_HAND_OVER, KIND_HAND_OVER_ANSWER,
        KIND_REACHED_BY, KIND_RECOVERY, KIND_SEEN, KIND_SENSITIVE, KIND_SIGNED_FOR, KIND_SWAP,
        KIND_SWAP_ANSWER, KIND_TO_CARRY, KIND_TO_TRANSLATE, KIND_VOUCH, KIND_WEEK_KEYS, KIND_WISH,
        KIND_WISH_ANSWER, KIND_WORD_ON_DEVICE, Message, PassedOn, Sender, SensitiveBlock,
        SignedMessage, VerifiedMessage, VerifyError, is_closed_to, verify,
    },
    relay::Cursor,
    sync::{
        added, agree, answers, check_in, contacts, erasing, reached_by, recover, seen, shift,
        to_translate, vouch, weeks, wish,
    },
};

/// What a message came to, and whether it is noted that it came.
type HeardAndNoted = (Received, Result<(), DeviceError>);

/// A message that was checked, and how it came.
pub(super) struct Came<'a> {
    pub(super) device: &'a Device,
    pub(super) roster: &'a Roster,
    pub(super) verified: &'a VerifiedMessage,
    /// How far the mailbox is read with it.
    pub(super) after: &'a Cursor,
    arrived: Timestamp,
    week: Option<Week>,
}

impl Came<'_> {
    /// As it is kept.
    pub(super) fn kept(
        &self,
        sent: SignedMessage,
        case: String,
        follows: Follows,
    ) -> StoredMessage {
        StoredMessage {
            epoch: self
                .roster
                .epoch_of(self.after.mailbox)
                .unwrap_or(self.verified.message.epoch),
            sequence: self.after.sequence,
            arrived: self.arrived,
            sent,
            case,
            follows,
            week: self.week,
        }
    }

    /// How it follows on what its device said before, which goes on from it.
    pub(super) fn follow(&self, senders: &mut Senders, sent: &SignedMessage) -> Follows {
        let own = self.device.signing().public();
        follow(senders, (self.roster, &own), self.verified, sent)
    }
}

impl GroupReceiver {
    pub(super) fn message(
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
        let came = Came {
            device,
            roster: &roster,
            verified: &verified,
            after,
            arrived,
            week,
        };
        let id = verified.message.id;
        if verified.message.kind != KIND_ALERT && is_ignored {
            return Ok(self.beside(&came, &mut senders, &sent));
        }
        self.resends().saw_message(id);
        let hash = Message::hash(&sent.message);
        if let Some(stone) = erasing::forgotten(device, &verified, (&senders, hash))? {
            // It counts in its sender's row, as what is heard does.
            came.follow(&mut senders, &sent);
            senders.store(device)?;
            return erasing::hear(device, &roster, (&verified, &stone), (arrived, now()));
        }
        if let Some(alert) = about {
            return self.in_case(&came, senders, (alert, sent));
        }
        let check_in = (verified.message.kind == KIND_CHECK_IN)
            .then(|| CheckIn::decode(&verified.message.body.0));
        if let Some(body) = check_in.flatten() {
            return self.checked_in(&came, senders, (&body, sent));
        }
        match inbox::find(device, id)? {
            Some(known) => self.again(&came, senders, (&known, &sent)),
            None => self.keep(&came, senders, sent),
        }
    }

    /// What is neither an alert nor said in a case.
    fn beside(&self, came: &Came<'_>, senders: &mut Senders, sent: &SignedMessage) -> Received {
        let (device, roster, verified) = (came.device, came.roster, came.verified);
        self.resends().hear(device, roster, verified, now());
        let heard = hear(device, roster, verified, came.arrived).map(|received| {
            // It counts in its sender's row: the next one would seem to follow on a gap.
            came.follow(senders, sent);
            (received, senders.store(device))
        });
        match heard {
            // It would be the same each time: to wait for that would stop the log until a person mends the file.
            Err(error @ DeviceError::Damaged(..)) => Received::NotWritten(error),
            heard => self.written(verified.message.id, heard),
        }
    }

    /// A message with the id of one that is here.
    fn again(
        &self,
        came: &Came<'_>,
        mut senders: Senders,
        (known, sent): (&StoredMessage, &SignedMessage),
    ) -> Result<Received, DeviceError> {
        let (device, roster, verified) = (came.device, came.roster, came.verified);
        let sequence = came.after.sequence;
        let same = known.sent.message.bytes() == sent.message.bytes();
        // A crash may have come between the message and the note of it.
        let before = senders.clone();
        if same {
            came.follow(&mut senders, sent);
        }
        if senders != before {
            senders.store(device)?;
        }
        if let Some(cases) = self.cases().as_mut() {
            cases.insert(known.case.clone());
        }
        if !same {
            return Ok(Received::SameId(sequence, verified.message.id));
        }
        self.of_sender(device, verified, known)?;
        check_in::note_plan(device, roster, verified)?;
        note_freeze(device, &verified.message, known.arrived, roster)?;
        let places = (known.sequence, sequence);
        self.see_to_others(device, roster, verified, sent, places);
        Ok(Received::Again)
    }

    /// One that is new.
    fn keep(
        &self,
        came: &Came<'_>,
        mut senders: Senders,
        sent: SignedMessage,
    ) -> Result<Received, DeviceError> {
        let (device, roster, verified) = (came.device, came.roster, came.verified);
        let id = verified.message.id;
        let follows = came.follow(&mut senders, &sent);
        let case = self.case(device, verified)?;
        let invitation = match &verified.sender {
            Sender::Invited { .. } => {
                let claim = sent.claim.as_ref().and_then(|claim| claim.peek().ok());
                claim.map(|claim| claim.mailbox)
            }
            _ => None,
        };
        let message = came.kept(sent, case, follows);
        self.await_papers(device, verified);
        if let Err(error) = inbox::store(device, id, &message) {
            return Ok(self.not_kept(id, message, error));
        }
        if self.all_not_kept().remove(&id).is_some() {
            inbox::shown(device, id)?;
        }
        self.of_sender(device, verified, &message)?;
        check_in::note_plan(device, roster, verified)?;
        // After the message: what is repeated after a crash is then known, and not a clone.
        senders.store(device)?;
        note_freeze(device, &verified.message, came.arrived, roster)?;
        let places = (message.sequence, message.sequence);
        self.see_to_others(device, roster, verified, &message.sent, places);
        Ok(match self.other_log(device, came.after, verified) {
            Some((name, evidence)) => Received::OtherLog {
                invitation,
                name,
                evidence,
            },
            None => Received::Message(invitation),
        })
    }

    /// What a message came to, and whether the note of that is on disk. Where it could not be written down now (the disk is full, another
    /// program has the files), it comes again, and the alerts after it do not wait; told once.
    pub(super) fn written(
        &self,
        id: MessageId,
        heard: Result<HeardAndNoted, DeviceError>,
    ) -> Received {
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

    pub(super) fn not_written(&self) -> MutexGuard<'_, BTreeSet<MessageId>> {
        self.not_written
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// A full disk must not keep an alert from the person in front of it.
    fn not_kept(&self, id: MessageId, message: StoredMessage, error: DeviceError) -> Received {
        match self.all_not_kept().insert(id, message.clone()) {
            Some(_) => Received::Again,
            None => Received::NotKept(Box::new(NotKept { id, message, error })),
        }
    }

    pub(super) fn all_not_kept(&self) -> MutexGuard<'_, BTreeMap<MessageId, StoredMessage>> {
        self.not_kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Stores what there was no room for, if there is room by now. It was shown.
    pub(in crate::sync) fn keep_again(&self, device: &Device) {
        self.all_not_kept().retain(|id, message| {
            let kept = inbox::store(device, *id, message).and_then(|()| inbox::shown(device, *id));
            kept.is_err()
        });
    }

    fn cases(&self) -> MutexGuard<'_, Option<BTreeSet<String>>> {
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
