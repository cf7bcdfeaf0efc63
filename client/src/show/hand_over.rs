//! What a note says to whoever goes on, drafted from what this device has: urgent cases that are open, who leads them, what was promised by when, and
//! who must not be called. Nobody is told of a case that they do not read.

use bellrope_proto::{
    ids::Timestamp,
    signing::{Device as DeviceKey, PublicKey},
};

use super::{case_view::CaseView, due::Due, inbox::Inbox};
use crate::{
    alert::vocabulary::{Kind, Urgency},
    device::{Device, DeviceError, Folded},
    text::{Messages, escape},
};

/// What is due within so long after the shift has changed is in the note.
const DUE_SECONDS: u64 = 24 * 3_600;

/// Characters that a draft takes at most: who writes it has something to add.
const DRAFT_CHARS_MAX: usize = 5_000;

/// See the module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandOverDraft {
    /// The note; empty where there is nothing to say.
    pub text: String,
    /// How many cases that belong in it whoever gets it does not read.
    pub left_out: usize,
}

impl HandOverDraft {
    /// For somebody in the group, by a device of theirs, whose turn is from then on.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub fn of(
        device: &Device,
        to: PublicKey<DeviceKey>,
        turn: Timestamp,
        words: &Messages,
    ) -> Result<Self, DeviceError> {
        let (Some(inbox), Some(roster)) = (Inbox::open(device)?, device.roster()?) else {
            return Ok(Self {
                text: String::new(),
                left_out: 0,
            });
        };
        let near = turn.plus(DUE_SECONDS);
        let cases = inbox.cases()?.cases.into_iter();
        let cases = cases.filter(|case| !case.now.is_closed() && belongs(case, near));
        let mut left_out = 0_usize;
        let mut open: Vec<CaseView> = Vec::new();
        for case in cases {
            let folded = Folded::read(device, case.alert.id)?;
            let person = roster.person(&to);
            let reads = |(_, _, folded): &(_, _, Folded)| {
                person.is_some_and(|person| folded.opening.reads(&roster, person))
            };
            match folded.as_ref().is_some_and(reads) {
                true => open.push(case),
                false => left_out += 1,
            }
        }
        open.sort_by_key(|case| !is_critical(case));
        let mut text = String::new();
        let mut more = 0_usize;
        for case in &open {
            let lines = of_case(case, near, turn, words);
            let chars = text.chars().count() + lines.chars().count();
            if chars > DRAFT_CHARS_MAX {
                more += 1;
                continue;
            }
            text.push_str(&lines);
        }
        if more > 0 {
            text.push_str(&words.say("hand-over-more", &[("count", more.into())]));
        }
        Ok(Self {
            text: text.trim_end().to_owned(),
            left_out,
        })
    }
}

/// Whether a case is one of those that somebody has to know of who goes on: urgent, or with something that is due soon.
fn belongs(case: &CaseView, near: Timestamp) -> bool {
    let kind = case.alert.reading.fields().map(|fields| fields.kind);
    let is_urgent = match case.alert.reading.fields().map(|fields| fields.urgency) {
        Some(Urgency::Normal | Urgency::Information) => false,
        // What nobody said how urgent it is rings like a critical one.
        _ => true,
    };
    kind != Some(Kind::Drill) && (is_urgent || dues(case).any(|due| due.is_before(near)))
}

fn is_critical(case: &CaseView) -> bool {
    let urgency = case.alert.reading.fields().map(|fields| fields.urgency);
    urgency == Some(Urgency::Critical)
}

fn dues(case: &CaseView) -> impl Iterator<Item = Due> {
    Due::of([case], false).into_iter()
}

fn of_case(case: &CaseView, near: Timestamp, turn: Timestamp, words: &Messages) -> String {
    let args = [
        ("case", case.alert.case.as_str().into()),
        ("about", case.alert.about(words).into()),
    ];
    let mut lines = vec![words.say("hand-over-case", &args)];
    // Another reads it: nobody is "you".
    lines.push(match &case.now.lead {
        Some((name, _)) => words.say("hand-over-lead", &[("name", escape(name).into())]),
        None => words.plain("hand-over-nobody"),
    });
    let contact = case.now.facts.contact_names();
    if !contact.is_empty() {
        let names: Vec<String> = contact.iter().map(|name| escape(name)).collect();
        lines.push(words.say("hand-over-contact", &[("names", names.join(", ").into())]));
    }
    let due = dues(case).filter(|due| due.is_before(near));
    lines.extend(due.map(|due| format!("  {}", due.line(turn, words))));
    lines.push(String::new());
    lines.join("\n")
}
