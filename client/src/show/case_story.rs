//! What was said in a case, a message at a time.

use bellrope_proto::{
    ids::Timestamp,
    signing::{Device as DeviceKey, PublicKey},
};
use serde_json::{Value, json};

use super::{
    alert::{bounded_block, cut, in_line},
    case::{Names, list},
    case_facts::ShownFact,
    labels::label,
};
use crate::{
    alert::vocabulary::{CaseState, ClosingReason, Kind, Receipt, Vocabulary as _},
    case::{Said, Void},
    device::{Folded, Follows},
    ids::MessageId,
    message::{AnswerFate, AnswerWords, CaseAct, NoteWords, Reached},
    text::{Messages, escape, rfc3339},
};

/// Characters of a name in a list.
const NAME_CHARS_MAX: usize = 24;

/// One message of a case.
#[derive(Clone, Debug)]
pub struct Told {
    /// Its id.
    pub id: MessageId,
    /// When it was said.
    pub at: Timestamp,
    /// Who said it.
    pub name: String,
    /// Whether that is this device's person.
    pub is_mine: bool,
    /// Whether no relay has it yet, as far as this device knows.
    pub waits: bool,
    /// What.
    pub(super) act: CaseAct,
    /// To whom it hands over.
    pub(super) to: Option<String>,
    /// To whom it opens the case, or no longer.
    people: Vec<String>,
    /// Whom it names to whom the case cannot be opened.
    not_to: Vec<String>,
    /// Why it has no effect, if it has none.
    pub(super) void: Option<Void>,
    /// Of one that says who leads: whether somebody led by it.
    pub(super) led: bool,
    follows: Follows,
    /// What became of what the alert's sender was answered with it, as far as it was said.
    answer: Option<AnswerFate>,
    /// What is so by it,
    facts: Vec<ShownFact>,
    /// and how much more it says that is not known here.
    newer: usize,
}

impl Told {
    /// Everything that was said, in order.
    pub(super) fn all(folded: &Folded, me: &PublicKey<DeviceKey>, names: &Names<'_>) -> Vec<Self> {
        let of = |at: &usize| Self::of(folded, *at, me, names);
        // It is counted, and tells nothing of what a person did.
        let is_told = |at: &&usize| folded.said.get(**at).is_some_and(|it| !it.is_opening());
        folded
            .case
            .order
            .iter()
            .filter(is_told)
            .filter_map(of)
            .collect()
    }

    pub(super) fn of(
        folded: &Folded,
        at: usize,
        me: &PublicKey<DeviceKey>,
        names: &Names<'_>,
    ) -> Option<Self> {
        let said: &Said = folded.said.get(at)?;
        let word = folded.words.get(at)?;
        let to = match &said.act {
            CaseAct::Receipt(words) => words.to,
            _ => None,
        };
        Some(Self {
            id: said.id,
            at: said.at,
            name: names.of(&said.author),
            is_mine: said.author == names.person(me),
            waits: word.waits,
            act: said.act.clone(),
            to: to.map(|device| names.of(&device)),
            people: people(folded, &said.act, names, true),
            not_to: people(folded, &said.act, names, false),
            void: said.counts.err(),
            led: folded.case.leads.contains(&at),
            follows: word.kept.follows,
            answer: names.answers.fate(said.id),
            facts: match &said.act {
                CaseAct::Facts(words) => {
                    let known = words.known();
                    known
                        .map(|(fact, _)| ShownFact::of(fact, said, me, names))
                        .collect()
                }
                _ => Vec::new(),
            },
            newer: match &said.act {
                CaseAct::Facts(words) => words.newer(),
                _ => 0,
            },
        })
    }

    /// What it says, in a few words; of a note, how it begins.
    #[must_use]
    pub fn what(&self, words: &Messages) -> String {
        let plain = |id: &str| words.plain(id);
        let (what, reason) = match &self.act {
            CaseAct::Receipt(said) => {
                let what = match said.receipt {
                    Receipt::Opened => plain("said-opened"),
                    Receipt::Acknowledged => plain("said-acknowledged"),
                    Receipt::TakingLead if self.led || self.void.is_some() => plain("said-lead"),
                    Receipt::TakingLead => plain("said-lead-not"),
                    Receipt::Supporting => plain("said-supporting"),
                    Receipt::ConflictOfInterest => plain("said-apart"),
                    Receipt::HandedOver => {
                        let to = escape(self.to.as_deref().unwrap_or_default());
                        let id = match self.led || self.void.is_some() {
                            true => "said-hand",
                            false => "said-hand-not",
                        };
                        words.say(id, &[("to", to.into())])
                    }
                    Receipt::Unlisted(_) => plain("said-newer"),
                };
                (what, said.reason.as_str())
            }
            CaseAct::State(said) => (
                state_text(said.state, said.closing, words),
                said.reason.as_str(),
            ),
            CaseAct::Note(said) => {
                let text = in_line(&said.text);
                return words.say("said-note", &[("text", text.into())]);
            }
            CaseAct::Answer(said) => {
                let text = in_line(&said.text);
                return words.say("said-answer", &[("text", text.into())]);
            }
            CaseAct::OfSender(said) => {
                let args = [("text", in_line(&said.summary).into())];
                return words.say(sender_said(said.kind), &args);
            }
            CaseAct::Facts(said) => {
                let mut parts: Vec<String> = self.facts.iter().map(|it| it.text(words)).collect();
                if self.newer > 0 {
                    parts.push(plain("said-newer"));
                }
                (parts.join(". "), said.ground.as_str())
            }
            CaseAct::Readers(said) => {
                let to = |names: &[String]| [("to", list(names).into())];
                let id = match said.opens() {
                    true => "said-opened-to",
                    false => "said-narrowed",
                };
                let mut parts = Vec::new();
                if !self.people.is_empty() {
                    parts.push(words.say(id, &to(&self.people)));
                }
                if said.opens() && !self.not_to.is_empty() {
                    parts.push(words.say("said-opened-not-to", &to(&self.not_to)));
                }
                (parts.join(". "), said.reason.as_str())
            }
            CaseAct::Reach(said) => {
                let id = match said.reached {
                    Reached::Yes => "said-reached",
                    Reached::No => "said-nobody-reached",
                };
                (plain(id), said.reason.as_str())
            }
            CaseAct::Newer => (plain("said-newer"), ""),
        };
        match reason.is_empty() {
            true => what,
            false => {
                let why = words.say("said-why", &[("reason", in_line(reason).into())]);
                format!("{what}. {why}")
            }
        }
    }

    /// In a list.
    pub(super) fn short(&self, words: &Messages) -> String {
        let args = [
            ("name", cut(&self.name, NAME_CHARS_MAX).into()),
            ("what", self.what(words).into()),
            ("at", words.moment(self.at).into()),
        ];
        words.say("story-short", &args)
    }

    /// On the page of the case, with what has to be known beside it.
    pub(super) fn text(&self, words: &Messages) -> String {
        let what = match &self.act {
            CaseAct::Note(_) => words.plain("said-note-below"),
            CaseAct::Answer(said) if said.name.is_empty() => words.plain("said-answer-below"),
            CaseAct::Answer(said) => {
                words.say("said-answer-as", &[("name", escape(&said.name).into())])
            }
            _ => self.what(words),
        };
        let args = [
            ("name", escape(&self.name).into()),
            ("what", what.into()),
            ("at", words.moment(self.at).into()),
        ];
        let mut lines = vec![words.say("story-line", &args)];
        if let CaseAct::Note(NoteWords { text, .. }) | CaseAct::Answer(AnswerWords { text, .. }) =
            &self.act
        {
            lines.push(bounded_block(text));
        }
        if let Some(key) = self.answer_key().filter(|_| self.void.is_none()) {
            let what = match self.act {
                CaseAct::Answer(_) => "answer",
                _ => "told",
            };
            lines.push(words.plain(&format!("story-{what}-{}", key.replace('_', "-"))));
        }
        if let Some(void) = self.void {
            lines.push(words.plain(&format!("story-void-{}", void.key().replace('_', "-"))));
        }
        if self.follows == Follows::Cloned {
            lines.push(words.plain("story-cloned"));
        }
        if self.waits {
            lines.push(words.plain("story-waits"));
        }
        lines.join("\n")
    }

    /// What became of the answer with it; none where none went with it, as far as is known here.
    fn answer_key(&self) -> Option<&'static str> {
        let fate = self.answer.map(AnswerFate::key);
        let waits = matches!(self.act, CaseAct::Answer(_)).then_some("waiting");
        fate.or(waits)
    }

    /// For programs.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let (what, reason, state, closing, text) = match &self.act {
            CaseAct::Receipt(said) => (
                said.receipt.key().into_owned(),
                Some(&said.reason),
                None,
                None,
                None,
            ),
            CaseAct::State(said) => (
                "state".to_owned(),
                Some(&said.reason),
                Some(said.state.key()),
                said.closing.map(|closing| closing.key().into_owned()),
                None,
            ),
            CaseAct::Note(said) => ("note".to_owned(), None, None, None, Some(&said.text)),
            CaseAct::Answer(said) => ("answer".to_owned(), None, None, None, Some(&said.text)),
            CaseAct::OfSender(said) => {
                let what = format!("sender_{}", said.kind.key());
                (what, None, None, None, Some(&said.summary))
            }
            CaseAct::Facts(said) => ("facts".to_owned(), Some(&said.ground), None, None, None),
            CaseAct::Readers(said) => {
                let what = match said.opens() {
                    true => "opened_to",
                    false => "no_longer_open_to",
                };
                (what.to_owned(), Some(&said.reason), None, None, None)
            }
            CaseAct::Reach(said) => {
                let what = match said.reached {
                    Reached::Yes => "reached",
                    Reached::No => "nobody_reached",
                };
                (what.to_owned(), Some(&said.reason), None, None, None)
            }
            CaseAct::Newer => ("newer".to_owned(), None, None, None, None),
        };
        json!({
            "id": self.id.to_string(),
            "at": rfc3339(self.at),
            "name": self.name,
            "mine": self.is_mine,
            "what": what,
            "to": self.to,
            "people": self.people,
            "reason": reason,
            "state": state,
            "closing": closing,
            "text": text,
            "answered_as": match &self.act {
                CaseAct::Answer(said) if !said.name.is_empty() => Some(&said.name),
                _ => None,
            },
            "sender_told": self.answer_key(),
            "facts": self.facts.iter().map(ShownFact::to_json).collect::<Vec<_>>(),
            "counts": self.void.is_none(),
            "why_not": self.void.map(Void::key),
            "waiting": self.waits,
            "follows": self.follows.key(),
        })
    }
}

/// Whom an act names who says who reads the case: those to whom it can be opened, or the others.
fn people(folded: &Folded, act: &CaseAct, names: &Names<'_>, can: bool) -> Vec<String> {
    let CaseAct::Readers(words) = act else {
        return Vec::new();
    };
    let can_be = |device: &PublicKey<DeviceKey>| {
        let removed = || names.roster.removed_person(device).map(|it| &it.person);
        let person = names.roster.person(device).or_else(removed);
        person.is_some_and(|it| folded.opening.may_be_opened_to(it, names.roster))
    };
    let those = words.who.iter().filter(|device| can_be(device) == can);
    let mut called: Vec<String> = those.map(|device| names.of(device)).collect();
    called.sort_unstable();
    called.dedup();
    called
}

/// What the alert's sender does by a later one.
fn sender_said(kind: Kind) -> &'static str {
    match kind {
        Kind::Correction => "said-sender-correction",
        Kind::Withdrawal => "said-sender-withdrawal",
        Kind::Closure => "said-sender-closure",
        _ => "said-sender-update",
    }
}

fn state_text(state: CaseState, closing: Option<ClosingReason>, words: &Messages) -> String {
    let state = match closing {
        Some(closing) => format!("{}: {}", label(state, words), label(closing, words)),
        None => label(state, words),
    };
    words.say("said-state", &[("state", state.into())])
}
