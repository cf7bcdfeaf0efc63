//! What is said in a case, or of somebody who is on their way: it is kept with what it is about, and no alert waits for it.

use std::sync::PoisonError;

use super::{GroupReceiver, Received, message::Came};
use crate::{
    alert::vocabulary::Receipt,
    device::{
        Device, DeviceError, Senders, StoredMessage,
        cases::{self, Counts, Shelf, Word},
        inbox, tombstones,
    },
    group::Roster,
    ids::MessageId,
    message::{
        CaseAct, CaseMessage, CheckIn, KIND_ALERT, KIND_CASE, Message, Sender, SignedMessage,
        UnverifiedReason, VerifiedMessage,
    },
    sync::check_in,
};

impl GroupReceiver {
    /// Keeps what was said in a case. Where that cannot be done now, the alerts after it do not wait: the cursor stays before it.
    pub(super) fn in_case(
        &self,
        came: &Came<'_>,
        mut senders: Senders,
        (alert, sent): (MessageId, SignedMessage),
    ) -> Result<Received, DeviceError> {
        let follows = came.follow(&mut senders, &sent);
        let kept = came.kept(sent, String::new(), follows);
        let id = came.verified.message.id;
        self.await_files(came.device, came.verified);
        let heard = {
            let mut counts = self.said.lock().unwrap_or_else(PoisonError::into_inner);
            let said = (came.verified, alert);
            let heard = keep(came.device, came.roster, said, kept, &mut counts);
            self.written(id, heard.map(|received| (received, Ok(()))))
        };
        if !self.not_written().contains(&id) {
            senders.store(came.device)?;
        }
        Ok(match heard {
            Received::InCase(None) => {
                Received::InCase(self.other_log(came.device, came.after, came.verified))
            }
            received => received,
        })
    }

    /// The same of a check-in.
    pub(super) fn checked_in(
        &self,
        came: &Came<'_>,
        mut senders: Senders,
        (body, sent): (&CheckIn, SignedMessage),
    ) -> Result<Received, DeviceError> {
        let follows = came.follow(&mut senders, &sent);
        let kept = came.kept(sent, String::new(), follows);
        let id = came.verified.message.id;
        let received = {
            let mut counts = self.said.lock().unwrap_or_else(PoisonError::into_inner);
            let said = (came.verified, body);
            let heard = check_in::keep(came.device, came.roster, said, kept, &mut counts);
            self.written(id, heard.map(|received| (received, Ok(()))))
        };
        if !self.not_written().contains(&id) {
            senders.store(came.device)?;
        }
        Ok(received)
    }

    /// What somebody says about an earlier alert is a part of its case, too.
    pub(super) fn of_sender(
        &self,
        device: &Device,
        verified: &VerifiedMessage,
        kept: &StoredMessage,
    ) -> Result<(), DeviceError> {
        let Some(original) = original_of(verified) else {
            return Ok(());
        };
        let mut counts = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        keep_of_sender(device, &verified.message, (original, kept), &mut counts)
    }
}

/// Which earlier alert an alert is about.
pub(super) fn original_of(verified: &VerifiedMessage) -> Option<MessageId> {
    let fields = verified.reading.fields();
    let fields = fields.filter(|_| verified.message.kind == KIND_ALERT);
    fields.and_then(|fields| fields.original)
}

/// Keeps what somebody says in a case: of those who read and send in the group, or may as far as this device knows, also of an alert that has not
/// come yet.
///
/// # Errors
/// [`DeviceError`]; it is not kept then.
fn keep(
    device: &Device,
    roster: &Roster,
    (verified, alert): (&VerifiedMessage, MessageId),
    kept: StoredMessage,
    counts: &mut Option<Counts>,
) -> Result<Received, DeviceError> {
    let (id, author) = (verified.message.id, verified.message.sender);
    let mut word = Word {
        id,
        kept,
        shelf: Shelf::New,
        waits: false,
    };
    if let Some(known) = cases::find(device, alert, id)? {
        if known.kept.sent.message.bytes() != word.kept.sent.message.bytes() {
            return Ok(Received::SameId(word.kept.sequence, id));
        }
        if known.shelf == Shelf::Out {
            word.shelf = Shelf::Told;
            cases::store(device, alert, &word)?;
        }
        return Ok(Received::Again);
    }
    let person = roster.person(&author);
    let person = person.or_else(|| roster.removed_person(&author).map(|it| &it.person));
    let is_behind = matches!(
        verified.sender,
        Sender::Unverified(UnverifiedReason::OtherRoster)
    );
    if !is_behind && !person.is_some_and(|person| person.role.reads() && person.role.sends()) {
        return Ok(Received::Again);
    }
    let counts = match counts {
        Some(counts) => counts,
        none => none.insert(Counts::read(device)?),
    };
    let is_here = |alert| matches!(inbox::has(device, alert), Ok(true));
    if !counts.has_room(author, alert, is_here) {
        tracing::warn!("a device says more in cases than is kept of one");
        return Ok(Received::Again);
    }
    // What this device said before it was restored from an older copy is no news to its person; that a device has shown it is none to anybody.
    let body =
        (verified.message.kind == KIND_CASE).then(|| CaseMessage::decode(&verified.message.body.0));
    let act = body.flatten().map(|body| body.act());
    let is_quiet = match &act {
        Some(CaseAct::Receipt(said)) => said.receipt == Receipt::Opened,
        Some(act) => matches!(act, CaseAct::Erased(_)),
        // Of a sensitive block its act is told, and it is shown to who asks for it.
        None => true,
    };
    if author == device.signing().public() || is_quiet {
        word.shelf = Shelf::Told;
    }
    if matches!(act, Some(CaseAct::Forget(_) | CaseAct::Erased(_))) {
        tombstones::mark(device, alert)?;
    }
    cases::store(device, alert, &word)?;
    counts.add(author, alert);
    Ok(Received::InCase(None))
}

/// Keeps what somebody says about an earlier alert of theirs with its case; whether they may is judged when it is shown. It is in the inbox besides.
///
/// # Errors
/// [`DeviceError`]; it is not kept then.
fn keep_of_sender(
    device: &Device,
    message: &Message,
    (alert, kept): (MessageId, &StoredMessage),
    counts: &mut Option<Counts>,
) -> Result<(), DeviceError> {
    if cases::find(device, alert, message.id)?.is_some() {
        return Ok(());
    }
    let counts = match counts {
        Some(counts) => counts,
        none => none.insert(Counts::read(device)?),
    };
    let is_here = |alert| matches!(inbox::has(device, alert), Ok(true));
    if !counts.has_room(message.sender, alert, is_here) {
        tracing::warn!("a device says more about its alerts than is kept of one");
        return Ok(());
    }
    let is_mine = message.sender == device.signing().public();
    let word = Word {
        id: message.id,
        kept: kept.clone(),
        shelf: if is_mine { Shelf::Told } else { Shelf::New },
        waits: false,
    };
    cases::store(device, alert, &word)?;
    counts.add(message.sender, alert);
    Ok(())
}
