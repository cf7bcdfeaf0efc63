//! What is said in a case, or of somebody who is on their way: it is kept with what it is about, and no alert waits for it.

use std::sync::PoisonError;

use super::{GroupReceiver, Received, message::Came};
use crate::{
    device::{Device, DeviceError, Senders, StoredMessage},
    ids::MessageId,
    message::{CheckIn, KIND_ALERT, SignedMessage, VerifiedMessage},
    sync::{
        cases::{self, Heard},
        check_in,
    },
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
        let (sequence, id) = (kept.sequence, came.verified.message.id);
        self.await_files(came.device, came.verified);
        let heard = {
            let mut counts = self.said.lock().unwrap_or_else(PoisonError::into_inner);
            let said = (came.verified, alert);
            let heard = cases::keep(came.device, came.roster, said, kept, &mut counts);
            let received = heard.map(|heard| match heard {
                Heard::New => Received::InCase(None),
                Heard::Again => Received::Again,
                Heard::SameId => Received::SameId(sequence, id),
            });
            self.written(id, received.map(|received| (received, Ok(()))))
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
        cases::keep_of_sender(device, &verified.message, (original, kept), &mut counts)
    }
}

/// Which earlier alert an alert is about.
pub(super) fn original_of(verified: &VerifiedMessage) -> Option<MessageId> {
    let fields = verified.reading.fields();
    let fields = fields.filter(|_| verified.message.kind == KIND_ALERT);
    fields.and_then(|fields| fields.original)
}
