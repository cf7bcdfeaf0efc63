//! Parts of photographs and papers, as they come: those that a known sender's alert announced are kept, and nothing is told of them.

use std::sync::PoisonError;

use bellrope_proto::{
    envelope::Envelope,
    signing::{Device as DeviceKey, PublicKey},
};

use super::receive::GroupReceiver;
use crate::{
    attachment::{self, Attachment, Place},
    clock::now,
    device::{
        Device, DeviceError,
        attached::{self, Awaited},
        cases::{self, Shelf},
    },
    message::{CaseAct, CaseMessage, KIND_ALERT, KIND_CASE, Payload, Sender, VerifiedMessage},
    seal::{self, MemberIdentity},
};

fn await_all(device: &Device, sender: PublicKey<DeviceKey>, papers: Vec<(Place, Attachment)>) {
    if let Err(error) = attached::announce(device, sender, papers, now()) {
        tracing::warn!(%error, "what goes with a message is not awaited");
    }
}

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
        let papers = (1..).zip(papers);
        let papers = papers.map(|(number, paper)| (Place::of_alert(message.id, number), paper));
        await_all(device, message.sender, papers.collect());
    }

    /// The same of files that somebody adds to a case who may speak in some: whether they may in this one can be known later.
    pub(super) fn await_files(&self, device: &Device, verified: &VerifiedMessage) {
        let message = &verified.message;
        let body = (message.kind == KIND_CASE).then(|| CaseMessage::decode(&message.body.0));
        let Some(body) = body.flatten() else {
            return;
        };
        let CaseAct::Files(words) = body.act() else {
            return;
        };
        let speaks = match &verified.sender {
            Sender::Known { role, .. } => role.reads() && role.sends(),
            Sender::Invited { .. } | Sender::Unverified(_) => false,
        };
        let is_new = match cases::find(device, body.alert, message.id) {
            Ok(known) => known.is_none_or(|known| known.shelf == Shelf::Out),
            Err(_) => true,
        };
        if !speaks || !is_new {
            return;
        }
        let files = words.for_device(&device.signing().public(), device.member());
        let files = files.into_iter().map(|(number, paper)| {
            let place = Place {
                case: body.alert,
                with: message.id,
                number,
            };
            (place, paper)
        });
        await_all(device, message.sender, files.collect());
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
            match attached::awaited(device, &name, now) {
                Ok(Some(awaited)) => {
                    let key = awaited.paper.identity();
                    known.insert(name, (awaited, key));
                }
                Ok(None) => {}
                // Everything else does not wait for it.
                Err(error) => tracing::warn!(%error, "a paper is not awaited"),
            }
        }
        let all: Vec<&(Awaited, MemberIdentity)> = known.values().collect();
        let keys = all.iter().map(|(_, key)| key);
        let Ok((payload, place)) = seal::open_by(envelope.bytes(), &self.epoch, keys) else {
            return Ok(false);
        };
        if let Some((of, _)) = all.get(place)
            && let Ok(Payload::Part(signed)) = Payload::decode(&payload)
            && let Some(part) = of
                .paper
                .part(&signed, &of.sender, (of.place.with, of.place.number))
            && let Err(error) = attached::keep(device, of, &part)
        {
            tracing::warn!(%error, "a part of a paper was not kept");
        }
        Ok(true)
    }
}
