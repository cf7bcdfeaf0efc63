//! What goes with an alert, or was added to its case: how much of each is here, and one of them whole. Nothing of it is ever drawn on a screen: it was
//! made by somebody else, and a viewer of pictures is a large program.

use bellrope_proto::{
    codec::Blob,
    ids::Hash,
    signing::{Device as DeviceKey, PublicKey},
};
use data_encoding::HEXLOWER;
use serde_json::{Value, json};

use super::{
    alert::{at_text, in_line},
    case_files::of_alert,
    inbox::Inbox,
    names::{Names, list},
    received::ReceivedAlert,
};
use crate::{
    alert::Reading,
    attachment::{self, Attachment, PaperKind, Place, Treatment, parts_of},
    case::case_letters,
    clock::now,
    device::{
        DeviceError, Incomplete,
        attached::{self, Here},
        cases, inbox,
    },
    group::Person,
    ids::MessageId,
    message::{AlertOriginals, HandedOnWords, Numbered, Provenance},
    seal::MemberKey,
    sync::SealedAlert,
    text::Messages,
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
    /// Of an untouched original, what else is known.
    original: Option<OfOriginal>,
    pub(super) place: Place,
    /// Where the parts lie of what this device can open: it may have been handed on.
    pub(super) from: Place,
    hash: Hash,
    paper: Option<Attachment>,
}

/// What is known of an untouched original.
#[derive(Clone, Debug, Default)]
pub(super) struct OfOriginal {
    /// The name of what was made of it.
    pub(super) of: String,
    /// The devices that can open it, as those say who sealed it,
    pub(super) keys: Vec<MemberKey>,
    /// and whose these are.
    pub(super) keepers: Vec<String>,
    /// Whether one of them is in the group.
    pub(super) is_kept: bool,
    /// Who keeps the evidence of the case and cannot open it.
    pub(super) lacking: Vec<String>,
    /// Where it comes from, of one that goes with an alert.
    pub(super) provenance: Provenance,
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
        let papers = papers.unwrap_or_default();
        let named = |number| {
            let name = name_of(alert, number, begins);
            (Place::of_alert(alert, number), name)
        };
        let files = papers.len();
        let mut all: Vec<AttachmentView> = (1..)
            .zip(papers)
            .map(|(number, paper)| AttachmentView::of(&paper, named(number)))
            .collect();
        if let Some(said) = fields.and_then(AlertOriginals::of) {
            let open = said.for_device(files, self.device.member());
            let names = self.names();
            all.extend(said.numbered(files).map(|it| {
                let mut of = OfOriginal {
                    of: name_of(alert, it.said.of, begins),
                    provenance: said.provenance.clone(),
                    ..OfOriginal::default()
                };
                of.is_for(&said.originals.keepers.keys, &names);
                AttachmentView::original(&it, (open.get(&it.number), of), named(it.number))
            }));
        }
        let all = all.into_iter();
        all.map(|view| view.with_parts(&self.parts)).collect()
    }

    /// Awaits one again: parts that went by before its message was here may still be at the relay.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub fn await_attachment(&self, view: &AttachmentView) -> Result<(), DeviceError> {
        let place = view.from;
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
    pub fn attachment(&self, view: &AttachmentView) -> Result<Blob, Incomplete> {
        let paper = view.paper.as_ref().ok_or(Incomplete::ForOthers)?;
        attached::whole(self.device, &view.from, paper)
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
            from: place,
            hash: paper.hash(),
            paper: Some(paper.clone()),
        }
    }

    /// The untouched original of something; what opens it, if this device can.
    pub(super) fn original(
        it: &Numbered<'_>,
        (paper, of): (Option<&Attachment>, OfOriginal),
        (place, name): (Place, String),
    ) -> Self {
        let (kind, size, hash) = (it.said.kind, it.said.size, it.said.hash);
        Self {
            name,
            number: place.number,
            kind,
            treatment: Treatment::AsItIs,
            size,
            parts: parts_of(size),
            here: 0,
            original: Some(of),
            place,
            from: place,
            hash,
            paper: paper.cloned(),
        }
    }

    /// With as many parts as are here.
    pub(super) fn with_parts(self, here: &Here) -> Self {
        let here = here.parts(&self.from).min(self.parts);
        Self { here, ..self }
    }

    /// With what a message of this person says that hands it on, which is at this place; nothing, if it is another's, or they could not open it.
    pub(super) fn take(
        &mut self,
        (words, from): (&HandedOnWords, Place),
        author: &PublicKey<DeviceKey>,
        (here, names): (&Here, &Names<'_>),
    ) {
        let removed = names.roster.removed().iter().map(|it| &it.person);
        let theirs = names.roster.people().iter().chain(removed);
        let theirs = theirs.filter(|it| it.person == *author).map(|it| it.key);
        let theirs: Vec<MemberKey> = theirs.collect();
        let place = (self.place.with, self.place.number);
        let is_it = words.hands_on(place, (self.size, self.hash), (self.keys(), &theirs));
        let Some(original) = self.original.as_mut().filter(|_| is_it) else {
            return;
        };
        original.is_for(&words.keepers.keys, names);
        // Of several copies that of which most is here.
        let there = here.parts(&from).min(self.parts);
        let paper = words.for_device(names.device.member());
        if paper.is_some() && (self.paper.is_none() || there > self.here) {
            (self.paper, self.from, self.here) = (paper, from, there);
        }
    }

    /// With who keeps the evidence of its case, by their devices: those who cannot open it are named.
    pub(super) fn is_to_be_kept_by(&mut self, keepers: &[&Person], names: &Names<'_>) {
        let Some(original) = self.original.as_mut() else {
            return;
        };
        let lacking = keepers.iter().filter(|it| !original.keys.contains(&it.key));
        let mut lacking: Vec<String> = lacking.map(|it| names.of(&it.device)).collect();
        lacking.sort_unstable();
        lacking.dedup();
        original.lacking = lacking;
    }

    /// Who keeps the evidence of its case and cannot open it.
    #[must_use]
    pub fn lacking(&self) -> &[String] {
        self.original.as_ref().map_or(&[], |it| &it.lacking)
    }

    /// Whether it is an untouched original.
    #[must_use]
    pub fn is_original(&self) -> bool {
        self.original.is_some()
    }

    /// Whose devices have it already, of an original.
    pub(crate) fn keys(&self) -> &[MemberKey] {
        self.original.as_ref().map_or(&[], |it| &it.keys)
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
            Some(it) => words.say("attachment-original", &[("of", it.of.as_str().into())]),
            None => words.plain(&format!("attachment-{}", self.treatment.key())),
        };
        let original = self.original.as_ref();
        let keepers = original.map(|it| list(&it.keepers)).unwrap_or_default();
        let args = [
            ("number", self.name.as_str().into()),
            ("kind", kind.into()),
            ("size", size_text(self.size, words).into()),
            ("treatment", treatment.into()),
            ("here", self.here.into()),
            ("parts", self.parts.into()),
            ("names", keepers.into()),
        ];
        let is_kept = original.is_none_or(|it| it.is_kept);
        let id = match self.is_whole() {
            _ if self.is_for_others() && is_kept => "attachment-for-others",
            _ if self.is_for_others() => "attachment-for-nobody",
            true => "attachment-whole",
            false => "attachment-missing",
        };
        let mut lines = vec![words.say(id, &args)];
        if let Some(original) = original {
            lines.extend(provenance_lines(&original.provenance, words));
        }
        if !self.lacking().is_empty() && !self.is_for_others() {
            let args = [
                ("names", list(self.lacking()).into()),
                ("number", self.name.as_str().into()),
            ];
            lines.push(words.say("attachment-lacking", &args));
        }
        lines.join("\n")
    }

    /// Where it comes from, of an original that goes with an alert.
    pub(super) fn provenance(&self) -> Option<&Provenance> {
        self.original.as_ref().map(|it| &it.provenance)
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
            "original_of": original.map(|it| &it.of),
            "kept_by": original.map(|it| &it.keepers),
            "to_hand_on_to": original.map(|it| &it.lacking),
        })
    }
}

impl OfOriginal {
    /// For these too.
    pub(super) fn is_for(&mut self, keys: &[MemberKey], names: &Names<'_>) {
        self.keys.extend(keys);
        for (name, is_in) in keys.iter().filter_map(|key| names.of_key(key)) {
            self.is_kept |= is_in;
            self.keepers.push(name);
        }
        self.keepers.sort_unstable();
        self.keepers.dedup();
    }
}

/// Where something comes from, as far as it was said.
pub(super) fn provenance_lines(said: &Provenance, words: &Messages) -> Vec<String> {
    let taken = at_text(&said.at, words).unwrap_or_default();
    let texts = [
        ("files-caption", in_line(&said.caption)),
        ("files-by", in_line(&said.by)),
        ("files-at", taken),
        ("files-how", in_line(&said.how)),
    ];
    let texts = texts.into_iter().filter(|(_, text)| !text.is_empty());
    texts
        .map(|(id, text)| words.say(id, &[("text", text.into())]))
        .collect()
}

/// What goes with an alert that was just sealed, for programs.
#[must_use]
pub fn sealed_json(sealed: &SealedAlert) -> Vec<Value> {
    let files = sealed.attached.iter().map(|paper| (paper, None));
    let originals = sealed.originals.iter();
    let originals = originals.map(|(said, paper)| (paper, Some(said.of)));
    let papers = (1_u16..).zip(files.chain(originals));
    papers
        .map(|(number, (paper, of))| {
            json!({
                "number": number,
                "kind": paper.kind.key(),
                "treatment": paper.treatment.key(),
                "size": paper.size(),
                "hash": HEXLOWER.encode(&paper.hash().0),
                "parts": paper.parts(),
                "original_of": of,
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
    use crate::{extensions::Extensions, message::Original};

    #[test]
    fn one_is_named_by_its_name_or_by_the_id_of_its_message() {
        let with = MessageId([0xab; 16]);
        let place = Place {
            case: MessageId([1; 16]),
            with,
            number: 2,
        };
        let name = name_of(with, 2, false);
        let original = Original {
            of: 1,
            kind: PaperKind::Pdf,
            size: 9,
            hash: Hash([0; 32]),
            extensions: Extensions::none(),
        };
        let it = Numbered {
            number: 2,
            said: &original,
        };
        let what = (None, OfOriginal::default());
        let view = AttachmentView::original(&it, what, (place, name.clone()));
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
