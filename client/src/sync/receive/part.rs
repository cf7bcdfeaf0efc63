//! Parts of photographs and papers, as they come: those that a known sender's alert announced are kept, and nothing is told of them.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{MutexGuard, PoisonError},
};

use bellrope_proto::{
    envelope::Envelope,
    signing::{Device as DeviceKey, PublicKey},
};

use super::GroupReceiver;
use crate::{
    attachment::{self, Attachment, Place},
    clock::now,
    device::{
        Device, DeviceError,
        attached::{self, Awaited},
        cases::{self, Shelf},
    },
    message::{
        AlertOriginals, CaseAct, CaseMessage, HandedOnWords, KIND_ALERT, KIND_CASE, Payload,
        Sender, VerifiedMessage,
    },
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
        let originals = AlertOriginals::of(fields);
        let originals = originals.map(|it| it.for_device(papers.len(), device.member()));
        let papers = (1..).zip(papers).chain(originals.into_iter().flatten());
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
        let me = device.member();
        let files: BTreeMap<u16, Attachment> = match body.act() {
            CaseAct::Files(words) => words.for_device(me),
            CaseAct::HandedOn(words) => {
                let paper = words.for_device(me);
                paper
                    .into_iter()
                    .map(|it| (HandedOnWords::NUMBER, it))
                    .collect()
            }
            _ => return,
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

    /// Keeps an envelope that is a part of what is awaited; whether it is one. The alerts after it do not wait for a disk that takes nothing: the cursor
    /// stays before it, so that it comes again.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub(in crate::sync) fn part(
        &self,
        device: &Device,
        envelope: &Envelope,
    ) -> Result<IsPart, DeviceError> {
        let names = attached::names(device);
        // What is awaited no longer, as its case was forgotten, need not come.
        self.parts_not_kept()
            .retain(|(place, _)| names.contains(&place.name()));
        if names.is_empty() {
            return Ok(IsPart::No);
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
            return Ok(IsPart::No);
        };
        if let Some((of, _)) = all.get(place)
            && let Ok(Payload::Part(signed)) = Payload::decode(&payload)
            && let Some(part) = of
                .paper
                .part(&signed, &of.sender, (of.place.with, of.place.number))
        {
            let mut not_kept = self.parts_not_kept();
            let this = (of.place, part.index);
            match attached::keep(device, of, &part) {
                Ok(()) => _ = not_kept.remove(&this),
                Err(error) => {
                    tracing::warn!(%error, "a part of a paper was not kept");
                    let is_first = not_kept.is_empty();
                    not_kept.insert(this);
                    // Of a thousand parts it is told once.
                    if is_first {
                        return Ok(IsPart::NotKept(error));
                    }
                }
            }
        }
        Ok(IsPart::Yes)
    }

    pub(super) fn parts_not_kept(&self) -> MutexGuard<'_, BTreeSet<(Place, u16)>> {
        self.parts_not_kept
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether an envelope is a part of what is awaited.
#[derive(Debug)]
pub(in crate::sync) enum IsPart {
    /// It is not.
    No,
    /// It is.
    Yes,
    /// It is the first that could not be written down since that was asked.
    NotKept(DeviceError),
}
