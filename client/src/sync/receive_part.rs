//! Parts of photographs and papers, as they come: those that a known sender's alert announced are kept, and nothing is told of them.

use std::sync::PoisonError;

use bellrope_proto::envelope::Envelope;

use super::receive::GroupReceiver;
use crate::{
    attachment,
    clock::now,
    device::{
        Device, DeviceError,
        attached::{self, Awaited},
    },
    message::{KIND_ALERT, Payload, Sender, VerifiedMessage},
    seal::{self, MemberIdentity},
};

impl GroupReceiver {
    /// Awaits what goes with an alert, of a sender who is known. The alert does not wait for it: what could not be noted is fetched when
    /// somebody asks for it.
    pub(super) fn await_papers(&self, device: &Device, verified: &VerifiedMessage) {
        let is_known = !matches!(verified.sender, Sender::Unverified(_));
        let message = &verified.message;
        let fields = verified.reading.fields().filter(|_| is_known);
        let Some(fields) = fields.filter(|_| message.kind == KIND_ALERT) else {
            return;
        };
        let papers = attachment::said_in(&fields.extensions).unwrap_or_default();
        let of = (message.id, message.sender);
        if let Err(error) = attached::announce(device, of, papers, now()) {
            tracing::warn!(%error, "what goes with an alert is not awaited");
        }
    }

    /// Keeps an envelope that is a part of what is awaited; whether it is one. The alerts after it do not wait for a disk that takes nothing.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub(super) fn part(&self, device: &Device, envelope: &Envelope) -> Result<bool, DeviceError> {
        let names = attached::names(device);
        if names.is_empty() {
            return Ok(false);
        }
        let mut known = self.awaited.lock().unwrap_or_else(PoisonError::into_inner);
        let now = now();
        known.retain(|name, (it, _)| names.contains(name) && !it.is_over(now));
        for name in names {
            if known.contains_key(&name) {
                continue;
            }
            if let Some(awaited) = attached::awaited(device, &name, now)? {
                let key = awaited.paper.identity();
                known.insert(name, (awaited, key));
            }
        }
        let all: Vec<&(Awaited, MemberIdentity)> = known.values().collect();
        let keys = all.iter().map(|(_, key)| key);
        let Ok((payload, place)) = seal::open_by(envelope.bytes(), &self.epoch, keys) else {
            return Ok(false);
        };
        if let Some((of, _)) = all.get(place)
            && let Ok(Payload::Part(signed)) = Payload::decode(&payload)
            && let Some(part) = of.paper.part(&signed, &of.sender, (of.alert, of.number))
            && let Err(error) = attached::keep(device, of, &part)
        {
            tracing::warn!(%error, "a part of a paper was not kept");
        }
        Ok(true)
    }
}
