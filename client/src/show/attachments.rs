//! What goes with an alert: how much of each is here, and one of them whole. Nothing of it is ever drawn on a screen: it was made by somebody else, and a
//! viewer of pictures is a large program.

use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::received::{Inbox, ReceivedAlert};
use crate::{
    alert::Reading,
    attachment::{self, Attachment, PaperKind, Treatment},
    clock::now,
    device::{DeviceError, Incomplete, attached, inbox},
    ids::MessageId,
    text::Messages,
};

/// Bytes that people call one kilobyte.
const KILOBYTE: u64 = 1_000;

/// A photograph or a paper that goes with an alert.
#[derive(Clone, Debug)]
pub struct AttachmentView {
    /// Its place among what goes with the alert, from 1.
    pub number: u16,
    /// What it is, as its sender's program says.
    pub kind: PaperKind,
    /// What was done with it before it was sent.
    pub treatment: Treatment,
    /// Bytes.
    pub size: u64,
    /// How many parts it has,
    pub parts: u16,
    /// and how many of them are here.
    pub here: u16,
    paper: Attachment,
}

impl Inbox<'_> {
    /// What goes with an alert that says this.
    pub(super) fn attachments(&self, alert: MessageId, reading: &Reading) -> Vec<AttachmentView> {
        let fields = reading.fields();
        let papers = fields.and_then(|fields| attachment::said_in(&fields.extensions));
        let views = papers.into_iter().flatten().zip(1..);
        let views = views.map(|(paper, number)| AttachmentView {
            number,
            kind: paper.kind,
            treatment: paper.treatment,
            size: paper.size(),
            parts: paper.parts(),
            here: self.parts.parts(alert, number).min(paper.parts()),
            paper,
        });
        views.collect()
    }

    /// Awaits again what goes with an alert: parts that went by before it was here may still be at the relay.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub fn await_attachments(&self, alert: &ReceivedAlert) -> Result<(), DeviceError> {
        let Some(kept) = inbox::find(self.device, alert.id)? else {
            return Ok(());
        };
        if let Ok(message) = kept.sent.message.verify_own(|message| message.sender) {
            let papers = alert.attachments.iter().map(|view| view.paper.clone());
            let of = (alert.id, message.sender);
            attached::announce(self.device, of, papers.collect(), now())?;
        }
        Ok(())
    }

    /// One that is here, whole and as it was announced.
    ///
    /// # Errors
    /// [`Incomplete`].
    pub fn attachment(
        &self,
        alert: &ReceivedAlert,
        view: &AttachmentView,
    ) -> Result<Zeroizing<Vec<u8>>, Incomplete> {
        attached::whole(self.device, (alert.id, view.number), &view.paper)
    }
}

impl AttachmentView {
    /// One line.
    #[must_use]
    pub fn line(&self, words: &Messages) -> String {
        let kind = words.plain(&format!("attachment-{}", self.kind.key()));
        let treatment = words.plain(&format!("attachment-{}", self.treatment.key()));
        let args = [
            ("number", self.number.into()),
            ("kind", kind.into()),
            ("size", size_text(self.size, words).into()),
            ("treatment", treatment.into()),
            ("here", self.here.into()),
            ("parts", self.parts.into()),
        ];
        let id = match self.is_whole() {
            true => "attachment-whole",
            false => "attachment-missing",
        };
        words.say(id, &args)
    }

    /// Whether all parts are here.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.here >= self.parts
    }

    /// A name for a file of it: what the case is called, and neither who nor what it is about.
    #[must_use]
    pub fn file_name(&self, alert: &ReceivedAlert) -> String {
        // What is said later about an alert has that one's number, and files of its own.
        let about = alert.reading.fields().and_then(|fields| fields.original);
        let id: String = alert.id.to_string().chars().take(4).collect();
        let later = about.map_or_else(String::new, |_| format!("-{id}"));
        let (case, number, ending) = (&alert.case, self.number, self.kind.ending());
        format!("{case}{later}-{number}.{ending}")
    }

    /// For programs.
    #[must_use]
    pub fn to_json(&self) -> Value {
        json!({
            "number": self.number,
            "kind": self.kind.key(),
            "treatment": self.treatment.key(),
            "size": self.size,
            "parts": self.parts,
            "here": self.here,
        })
    }
}

/// Kilobytes, at least one.
#[must_use]
pub fn size_text(bytes: u64, words: &Messages) -> String {
    let count = bytes.div_ceil(KILOBYTE).max(1);
    words.say("attachment-size", &[("count", count.into())])
}
