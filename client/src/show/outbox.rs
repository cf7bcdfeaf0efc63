//! What was sent from this device, and how far each alert got.

use std::collections::BTreeSet;

use bellrope_proto::ids::Timestamp;
use serde_json::{Value, json};

use super::attachments::name_of;
use crate::{
    case::{case_ending, case_letters},
    device::{
        Device, DeviceError, answers,
        attaching::{self, Progress},
        outbox, sent,
    },
    ids::MessageId,
    text::{Messages, rfc3339},
};

/// What came to the relay so long ago, somebody could have answered by now.
const UNANSWERED_SECONDS: u64 = 30 * 60;

/// Fewer letters of a number are a typing error.
const PART_CHARS_MIN: usize = 4;

/// The outbox of a device.
#[derive(Clone, Debug, Default)]
pub struct Outbox {
    /// Alerts of the last days, oldest first.
    pub alerts: Vec<SentAlert>,
    /// Files of the last days that were added to cases, oldest first.
    pub files: Vec<SentFiles>,
    /// What was said in cases and waits.
    pub words: usize,
    /// Messages of the program itself that wait.
    pub others: usize,
    /// Whether anything waits.
    pub waits: bool,
    /// Whether an alert has been at a relay for half an hour, and no answer has ever come to this device, which is told of none but by answers.
    pub is_unanswered: bool,
}

/// An alert of this device. What it says is not known here any more.
#[derive(Clone, Debug)]
pub struct SentAlert {
    /// Its id.
    pub id: MessageId,
    /// Since when it waits, or waited.
    pub queued: Timestamp,
    /// How far it got.
    pub delivery: Delivery,
    /// Which earlier alert it is about.
    about: Option<MessageId>,
    /// Whether this device could write it down, as it is now.
    pub kept: bool,
    /// How far each paper got that goes with it.
    pub papers: Vec<SentPaper>,
}

/// Files that were added to a case.
#[derive(Clone, Debug)]
pub struct SentFiles {
    /// The message with which they go.
    pub id: MessageId,
    /// The alert with which the case begins.
    case: MessageId,
    /// How far each got.
    pub papers: Vec<SentPaper>,
}

/// How far a photograph or a paper got. What it is, is not known here any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SentPaper {
    /// Its place among what goes with the alert, from 1.
    pub number: u16,
    /// How many parts it has,
    pub parts: u16,
    /// and how many of them a relay has on its disk.
    pub stored: u16,
}

/// How far an alert got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// It waits on this device.
    Queued,
    /// It waits on this device, and is shown as unverified by whoever gets it now.
    Late,
    /// A relay has signed that it is on its disk.
    Stored {
        /// When, by the relay's clock.
        time: Timestamp,
        /// Its place in the group's mailbox.
        sequence: u64,
    },
}

impl Delivery {
    /// Its name in JSON, and the end of its message's id.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Late => "late",
            Self::Stored { .. } => "stored",
        }
    }
}

/// What a text names of what was sent from here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FoundSent {
    /// This alert.
    One(MessageId),
    /// Several.
    Several,
    /// Nothing that this device knows of.
    Nothing,
}

/// The alert that somebody names by its number, the letters at its end, or the beginning of its id; of what is about an earlier one, that one.
///
/// # Errors
/// [`DeviceError`].
pub fn find_sent(device: &Device, typed: &str) -> Result<FoundSent, DeviceError> {
    let typed = typed.trim().to_ascii_uppercase();
    // The country was never written down here, nor the year.
    let wanted = typed.rsplit('-').next().unwrap_or_default();
    if wanted.len() < PART_CHARS_MIN {
        return Ok(FoundSent::Nothing);
    }
    let sent = sent::all(device)?;
    let is_meant = |id: &MessageId| {
        let number: String = case_letters(*id).collect();
        let is_id = wanted == typed && id.to_string().to_ascii_uppercase().starts_with(wanted);
        number.starts_with(wanted) || is_id
    };
    let found = sent.iter().filter(|(id, _)| is_meant(id));
    let found: BTreeSet<MessageId> = found.map(|(id, note)| note.about.unwrap_or(*id)).collect();
    let mut found = found.into_iter();
    Ok(match (found.next(), found.next()) {
        (Some(id), None) => FoundSent::One(id),
        (Some(_), Some(_)) => FoundSent::Several,
        (None, _) => FoundSent::Nothing,
    })
}

/// The letters by which a plan of this device is named.
#[must_use]
pub fn plan_letters(plan: MessageId) -> String {
    case_letters(plan).take(PART_CHARS_MIN).collect()
}

impl Outbox {
    /// What is there now. What was stored long ago is forgotten.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub fn of(device: &Device, now: Timestamp) -> Result<Self, DeviceError> {
        outbox::prune(device, now)?;
        let sent = sent::all(device)?;
        let mut papers = attaching::all(device);
        let mut outbox = Self::default();
        let mut said = BTreeSet::new();
        let hears_answers_alone = !device.reads()? && answers::none_came(device);
        for file in outbox::all(device)? {
            let kept = !outbox::is_held(device, &file.name);
            let queued = file.queued;
            let waits = queued.receipt.is_none();
            outbox.waits |= waits;
            said.extend(queued.word);
            let Some(id) = queued.alert else {
                let count = match queued.word {
                    Some(_) => &mut outbox.words,
                    None => &mut outbox.others,
                };
                *count = count.saturating_add(usize::from(waits));
                continue;
            };
            let stored = queued.receipt.as_ref().map(|receipt| receipt.fact.time);
            outbox.is_unanswered |=
                hears_answers_alone && stored.is_some_and(|at| at.plus(UNANSWERED_SECONDS) <= now);
            let delivery = match queued.receipt {
                Some(receipt) => Delivery::Stored {
                    time: receipt.fact.time,
                    sequence: receipt.fact.sequence.0,
                },
                None if queued.expires < now => Delivery::Late,
                None => Delivery::Queued,
            };
            outbox.alerts.push(SentAlert {
                id,
                queued: queued.queued,
                about: sent.get(&id).and_then(|note| note.about),
                delivery,
                kept,
                papers: (papers.remove(&id).iter().flatten())
                    .map(SentPaper::of)
                    .collect(),
            });
        }
        let added = papers
            .values()
            // Of what was written and never said, as something was ended in between, nothing is sent.
            .filter(|all| all.iter().any(|it| said.contains(&it.place.with)));
        let mut added: Vec<&Vec<Progress>> = added.collect();
        added.sort_by_key(|all| all.first().map(|it| it.queued));
        outbox.files.extend(added.into_iter().filter_map(|all| {
            let place = all.first()?.place;
            Some(SentFiles {
                id: place.with,
                case: place.case,
                papers: all.iter().map(SentPaper::of).collect(),
            })
        }));
        let papers = outbox.alerts.iter().flat_map(|alert| &alert.papers);
        let added = outbox.files.iter().flat_map(|files| &files.papers);
        outbox.waits |= papers.chain(added).any(SentPaper::waits);
        Ok(outbox)
    }

    /// One alert; `None` when it was never queued here, or is long stored.
    #[must_use]
    pub fn get(&self, id: MessageId) -> Option<&SentAlert> {
        self.alerts.iter().find(|sent| sent.id == id)
    }
}

impl SentFiles {
    /// Whether a relay has not all of it.
    #[must_use]
    pub fn waits(&self) -> bool {
        self.papers.iter().any(SentPaper::waits)
    }

    /// The letters at the end of the case's number, and for each file a line.
    #[must_use]
    pub fn lines(&self, words: &Messages) -> Vec<String> {
        let case = [("case", self.case().into())];
        let mut lines = vec![words.say("outbox-files", &case)];
        lines.extend(self.papers.iter().map(|paper| {
            let name = name_of(self.id, paper.number, false);
            paper.named_line(name, words)
        }));
        lines
    }

    fn case(&self) -> String {
        case_letters(self.case).take(PART_CHARS_MIN).collect()
    }

    /// The same for programs.
    #[must_use]
    pub fn to_json(&self) -> Value {
        json!({
            "id": self.id.to_string(),
            "state": "files",
            "case": self.case(),
            "queued": Value::Null,
            "stored": Value::Null,
            "sequence": Value::Null,
            "attachments": self.papers.iter().copied().map(SentPaper::to_json).collect::<Vec<_>>(),
        })
    }
}

impl SentPaper {
    fn of(paper: &Progress) -> Self {
        Self {
            number: paper.place.number,
            parts: paper.total,
            stored: paper.posted,
        }
    }

    fn to_json(self) -> Value {
        json!({
            "number": self.number,
            "parts": self.parts,
            "stored": self.stored,
        })
    }

    /// Whether a relay has not all of it.
    #[must_use]
    pub fn waits(&self) -> bool {
        self.stored < self.parts
    }

    /// One line.
    #[must_use]
    pub fn line(&self, words: &Messages) -> String {
        self.named_line(self.number.to_string(), words)
    }

    fn named_line(&self, name: String, words: &Messages) -> String {
        let args = [
            ("number", name.into()),
            ("stored", self.stored.into()),
            ("parts", self.parts.into()),
        ];
        let id = match self.waits() {
            true => "outbox-paper",
            false => "outbox-paper-stored",
        };
        words.say(id, &args)
    }
}

impl SentAlert {
    /// Whether it is not at a relay yet.
    #[must_use]
    pub fn waits(&self) -> bool {
        !matches!(self.delivery, Delivery::Stored { .. })
    }

    /// The number by which members call it, or the earlier alert that it is about, without the country: where it happened is not known here any
    /// more. The year is that in which it was sent.
    #[must_use]
    pub fn case(&self) -> String {
        case_ending(self.queued, self.about.unwrap_or(self.id))
    }

    /// The same for programs.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let (stored, sequence) = match self.delivery {
            Delivery::Stored { time, sequence } => (rfc3339(time), Some(sequence)),
            Delivery::Queued | Delivery::Late => (None, None),
        };
        json!({
            "id": self.id.to_string(),
            "state": self.delivery.key(),
            "case": self.case(),
            "queued": rfc3339(self.queued),
            "stored": stored,
            "sequence": sequence,
            "attachments": self.papers.iter().copied().map(SentPaper::to_json).collect::<Vec<_>>(),
        })
    }
}
