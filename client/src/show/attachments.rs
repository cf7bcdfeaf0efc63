//! What goes with an alert, or was added to its case: how much of each is here, and one of them whole. Nothing of it is ever drawn on a screen: it was
//! made by somebody else, and a viewer of pictures is a large program.

use bellrope_proto::ids::Hash;
use data_encoding::HEXLOWER;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::{
    case_files::of_alert,
    received::{Inbox, ReceivedAlert},
};
use crate::{
    alert::Reading,
    attachment::{self, Attachment, PaperKind, Place, Treatment, parts_of},
    case::case_letters,
    clock::now,
    device::{DeviceError, Incomplete, attached, cases, inbox},
    ids::MessageId,
    sync::SealedAlert,
    text::{Messages, escape},
};

/// Bytes that people call one kilobyte.
const KILOBYTE: u64 = 1_000;

/// Letters by which a message is told from others of its case with which something goes: one case has few such.
const LETTERS: usize = 4;

/// Fewer of an id could be letters.
const ID_CHARS_MIN: usize = 8;

/// A photograph or a paper that goes with an alert, or a file of its case.
#[derive(Clone, Debug)]
pub struct AttachmentView {
    /// How people name it among all that belongs to the case, on every device the same: of what goes with the alert itself the number; of the rest, the
    /// letters of its message before that.
    pub name: String,
    /// Its place among what goes with its message, from 1.
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
    /// Of an original for those who keep the evidence: the name of what was made of it, and who they are.
    original: Option<(String, Vec<String>)>,
    pub(super) place: Place,
    hash: Hash,
    paper: Option<Attachment>,
}

/// The name of something that goes with a message: of an alert that begins a case, the number alone.
pub(crate) fn name_of(with: MessageId, number: u16, begins: bool) -> String {
    let letters: String = case_letters(with).take(LETTERS).collect();
    match begins {
        true => number.to_string(),
        false => format!("{letters}-{number}"),
    }
}

impl Inbox<'_> {
    /// What goes with an alert that says this.
    pub(super) fn attachments(&self, alert: MessageId, reading: &Reading) -> Vec<AttachmentView> {
        let fields = reading.fields();
        let papers = fields.and_then(|fields| attachment::said_in(&fields.extensions));
        let begins = fields.is_some_and(|fields| fields.original.is_none());
        let papers = (1..).zip(papers.into_iter().flatten());
        papers
            .map(|(number, paper)| {
                let place = Place::of_alert(alert, number);
                let name = name_of(alert, number, begins);
                AttachmentView::of(&paper, (place, name)).here(self.parts.parts(&place))
            })
            .collect()
    }

    /// Awaits one again: parts that went by before its message was here may still be at the relay.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub fn await_attachment(&self, view: &AttachmentView) -> Result<(), DeviceError> {
        let place = view.place;
        let sent = match place.is_added() {
            true => cases::find(self.device, place.case, place.with)?.map(|word| word.kept.sent),
            false => inbox::find(self.device, place.with)?.map(|kept| kept.sent),
        };
        let message = sent.and_then(|it| it.message.verify_own(|message| message.sender).ok());
        if let Some((message, paper)) = message.zip(view.paper.clone()) {
            attached::announce(self.device, message.sender, vec![(place, paper)], now())?;
        }
        Ok(())
    }

    /// One that is here, whole and as it was announced.
    ///
    /// # Errors
    /// [`Incomplete`].
    pub fn attachment(&self, view: &AttachmentView) -> Result<Zeroizing<Vec<u8>>, Incomplete> {
        let paper = view.paper.as_ref().ok_or(Incomplete::ForOthers)?;
        attached::whole(self.device, &view.place, paper)
    }
}

impl ReceivedAlert {
    /// What goes with it, for programs, as its case has it.
    #[must_use]
    pub fn attachments_json(&self) -> Vec<Value> {
        self.attachments.iter().map(of_alert).collect()
    }
}

impl AttachmentView {
    /// Of what can be opened here.
    pub(super) fn of(paper: &Attachment, (place, name): (Place, String)) -> Self {
        Self {
            name,
            number: place.number,
            kind: paper.kind,
            treatment: paper.treatment,
            size: paper.size(),
            parts: paper.parts(),
            here: 0,
            original: None,
            place,
            hash: paper.hash(),
            paper: Some(paper.clone()),
        }
    }

    /// Of an original that is for others.
    pub(super) fn for_others(
        (kind, size, hash): (PaperKind, u64, Hash),
        (place, name): (Place, String),
    ) -> Self {
        Self {
            name,
            number: place.number,
            kind,
            treatment: Treatment::AsItIs,
            size,
            parts: parts_of(size),
            here: 0,
            original: None,
            place,
            hash,
            paper: None,
        }
    }

    /// The untouched original of something, for these.
    pub(super) fn original_of(self, of: String, keepers: &[String]) -> Self {
        let original = Some((of, keepers.to_vec()));
        Self { original, ..self }
    }

    /// With as many parts as are here.
    pub(super) fn here(self, here: u16) -> Self {
        let here = here.min(self.parts);
        Self { here, ..self }
    }

    /// Whether it is sealed for others.
    #[must_use]
    pub fn is_for_others(&self) -> bool {
        self.paper.is_none()
    }

    /// Whether those who read the case are told who saves it: it is as it was, so that it tells more than is to be seen.
    #[must_use]
    pub fn is_told(&self) -> bool {
        self.treatment != Treatment::Rewritten
    }

    /// Whether a text names it: by its name, in whatever case it is typed; or, as whoever sends it can try ids until its letters are those of somebody
    /// else's, by the beginning of its message's id and its number.
    #[must_use]
    pub fn is_called(&self, typed: &str) -> bool {
        let typed = typed.trim().trim_start_matches('#').to_ascii_uppercase();
        let id = self.place.with.to_string().to_ascii_uppercase();
        let by_id = typed.rsplit_once('-').is_some_and(|(of, number)| {
            of.len() >= ID_CHARS_MIN && id.starts_with(of) && number == self.number.to_string()
        });
        typed == self.name || by_id
    }

    /// With which message it goes, and its number there.
    #[must_use]
    pub fn place(&self) -> (MessageId, u16) {
        (self.place.with, self.place.number)
    }

    /// SHA-256 of the whole.
    #[must_use]
    pub fn hash(&self) -> Hash {
        self.hash
    }

    /// One line.
    #[must_use]
    pub fn line(&self, words: &Messages) -> String {
        let kind = words.plain(&format!("attachment-{}", self.kind.key()));
        let treatment = match &self.original {
            Some((of, _)) => words.say("attachment-original", &[("of", of.as_str().into())]),
            None => words.plain(&format!("attachment-{}", self.treatment.key())),
        };
        let keepers = self.original.iter().flat_map(|(_, keepers)| keepers);
        let keepers: Vec<String> = keepers.map(|name| escape(name)).collect();
        let args = [
            ("number", self.name.as_str().into()),
            ("kind", kind.into()),
            ("size", size_text(self.size, words).into()),
            ("treatment", treatment.into()),
            ("here", self.here.into()),
            ("parts", self.parts.into()),
            ("names", keepers.join(", ").into()),
        ];
        let id = match self.is_whole() {
            _ if self.is_for_others() => "attachment-for-others",
            true => "attachment-whole",
            false => "attachment-missing",
        };
        words.say(id, &args)
    }

    /// How to tell later whether a file is this one.
    #[must_use]
    pub fn hash_line(&self, words: &Messages) -> String {
        let hash = HEXLOWER.encode(&self.hash.0);
        words.say("attachment-hash", &[("hash", hash.into())])
    }

    /// Whether all parts are here.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.here >= self.parts
    }

    /// A name for a file of it: what the case is called, and neither who nor what it is about.
    #[must_use]
    pub fn file_name(&self, case: &str) -> String {
        format!("{case}-{}.{}", self.name, self.kind.ending())
    }

    /// For programs.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let original = self.original.as_ref();
        json!({
            "name": self.name,
            "id": self.place.with.to_string(),
            "number": self.number,
            "kind": self.kind.key(),
            "treatment": self.treatment.key(),
            "size": self.size,
            "hash": HEXLOWER.encode(&self.hash.0),
            "parts": self.parts,
            "here": self.here,
            "original_of": original.map(|(of, _)| of),
            "kept_by": original.map(|(_, keepers)| keepers),
        })
    }
}

/// What goes with an alert that was just sealed, for programs.
#[must_use]
pub fn sealed_json(sealed: &SealedAlert) -> Vec<Value> {
    let papers = (1_u16..).zip(&sealed.attached);
    papers
        .map(|(number, paper)| {
            json!({
                "number": number,
                "kind": paper.kind.key(),
                "treatment": paper.treatment.key(),
                "size": paper.size(),
                "hash": HEXLOWER.encode(&paper.hash().0),
                "parts": paper.parts(),
            })
        })
        .collect()
}

/// Kilobytes, at least one.
#[must_use]
pub fn size_text(bytes: u64, words: &Messages) -> String {
    let count = bytes.div_ceil(KILOBYTE).max(1);
    words.say("attachment-size", &[("count", count.into())])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_named_by_its_name_or_by_the_id_of_its_message() {
        let with = MessageId([0xab; 16]);
        let place = Place {
            case: MessageId([1; 16]),
            with,
            number: 2,
        };
        let name = name_of(with, 2, false);
        let what = (PaperKind::Pdf, 9, Hash([0; 32]));
        let view = AttachmentView::for_others(what, (place, name.clone()));
        let typed = [
            (name.as_str(), true),
            (&name.to_ascii_lowercase(), true),
            (" #abABabab-2 ", true),
            ("abababab-1", false),
            ("ababab-2", false),
            ("abababac-2", false),
            ("2", false),
            ("-2", false),
            ("", false),
        ];
        for (text, is_it) in typed {
            assert_eq!(view.is_called(text), is_it, "{text}");
        }
    }
}
