//! What was said in a case, a message at a time.

use bellrope_proto::{
    ids::{Hash, Timestamp},
    signing::{Device as DeviceKey, PublicKey},
};
use serde_json::{Value, json};

use super::{
    alert::{bounded_block, cut, in_line},
    attachments::name_of,
    case_facts::{ShownFact, Whose},
    case_translations::ShownTranslation,
    labels::label,
    names::{Names, list},
};
use crate::{
    alert::vocabulary::{
        CaseState, ClosingReason, Kind, NoteAudience, Receipt, Translator, Vocabulary as _,
    },
    case::{Said, Void},
    device::{Folded, Follows},
    ids::MessageId,
    message::{
        AnswerFate, AnswerWords, CaseAct, HandedOnWords, NoteWords, OfTranslation, Reached,
        Reaches, SavedWords, Saving, Wishes,
    },
    sync::letter,
    text::{Messages, day_text, escape, rfc3339},
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
    /// To whom it opens the case, or no longer; whom a note is for.
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
    /// Who speaks with the person, where others did.
    past_contact: Vec<String>,
    /// What is so by it,
    facts: Vec<ShownFact>,
    /// and how much more it says that is not known here.
    newer: usize,
    /// Of a note for some, what it says, if this device can read it,
    letter: Option<String>,
    /// and whether it is for this device's person, or theirs.
    is_for_me: bool,
    /// The message that it hands on, translates or checks,
    of: Option<MessageId>,
    /// and who wrote that.
    of_name: Option<String>,
    /// The translations of it that stand.
    pub(super) translations: Vec<ShownTranslation>,
    /// The names of the files that it adds, or of the original that it is about.
    files: Vec<String>,
    /// The note that says why.
    why: String,
}

impl Told {
    /// Everything that was said, in order.
    pub(super) fn all(folded: &Folded, me: &PublicKey<DeviceKey>, names: &Names<'_>) -> Vec<Self> {
        let of = |at: &usize| Self::of(folded, *at, me, names);
        // It is counted, and tells nothing of what a person did.
        let is_told = |at: &&usize| folded.said.get(**at).is_some_and(|it| !it.is_of_device());
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
        let whose = Whose {
            others: &folded.others_parts,
            leader: folded.case.leader(),
        };
        let past = folded.others_parts.past_contact.get(&at);
        let to = match &said.act {
            CaseAct::Receipt(words) => words.to,
            _ => None,
        };
        let of = of(&said.act);
        let of = of.and_then(|hash| folded.said.iter().find(|it| it.hash == hash));
        let person = names.person(me);
        Some(Self {
            letter: letter(folded, said, (me, names.device.member()), names.roster)
                .map(|letter| letter.text().to_owned()),
            is_for_me: match &said.act {
                CaseAct::NoteTo(words) => {
                    let mut who = words.who.iter();
                    said.author == person || who.any(|who| names.person(who) == person)
                }
                _ => false,
            },
            of: of.map(|it| it.id),
            of_name: of.map(|it| names.of(&it.author)),
            translations: Vec::new(),
            id: said.id,
            at: said.at,
            name: names.of(&said.author),
            is_mine: said.author == names.person(me),
            waits: word.waits,
            act: without_ground(&said.act, names),
            why: why(folded, &said.act),
            to: to.map(|device| names.of(&device)),
            people: people(folded, said, names, true),
            not_to: people(folded, said, names, false),
            void: said.counts.err(),
            led: folded.case.leads.contains(&at),
            follows: word.kept.follows,
            answer: names.answers.fate(said.id),
            past_contact: past
                .into_iter()
                .flatten()
                .map(|who| names.of(who))
                .collect(),
            facts: match &said.act {
                CaseAct::Facts(words) => {
                    let known = words.known();
                    known
                        .filter(|(fact, _)| !names.is_of_forgotten(fact))
                        .map(|(fact, _)| ShownFact::of(fact, (said, at), me, (names, whose)))
                        .collect()
                }
                _ => Vec::new(),
            },
            newer: match &said.act {
                CaseAct::Facts(words) => words.newer(),
                _ => 0,
            },
            files: file_names(folded.opening.id, said),
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
            CaseAct::NoteTo(said) => {
                let args = [
                    ("to", list(&self.people).into()),
                    (
                        "text",
                        self.letter
                            .as_deref()
                            .map(in_line)
                            .unwrap_or_default()
                            .into(),
                    ),
                    (
                        "author",
                        escape(self.of_name.as_deref().unwrap_or_default()).into(),
                    ),
                ];
                let is_read = self.letter.is_some();
                let id = match (said.of, said.audience) {
                    (Some(_), _) if self.of.is_none() => "said-note-handed-missing",
                    (Some(_), _) => "said-note-handed",
                    (None, NoteAudience::Lead) if is_read => "said-note-lead-text",
                    (None, NoteAudience::Lead) => "said-note-lead",
                    (None, _) if is_read => "said-note-named-text",
                    (None, _) => "said-note-named",
                };
                return words.say(id, &args);
            }
            CaseAct::Translation(said) => {
                let language = match said {
                    OfTranslation::Is(it) => it.language.as_str(),
                    OfTranslation::Asked { language, .. } => language.as_str(),
                    OfTranslation::Checked(_) => "",
                };
                let args = [
                    ("language", language.into()),
                    (
                        "author",
                        escape(self.of_name.as_deref().unwrap_or_default()).into(),
                    ),
                    ("to", list(&self.people).into()),
                ];
                return words.say(translation_said(said), &args);
            }
            CaseAct::Reach(said) => {
                let id = match said.reached {
                    Reached::Yes => "said-reached",
                    Reached::No => "said-nobody-reached",
                };
                (plain(id), said.reason.as_str())
            }
            CaseAct::Block(_) | CaseAct::Widened(_) => {
                let (id, alone, reason) = match &self.act {
                    CaseAct::Widened(said) => {
                        ("said-widened", "said-widened-not", said.reason.as_str())
                    }
                    _ => ("said-block", "said-block-alone", ""),
                };
                let to = |names: &[String]| [("to", list(names).into())];
                let mut parts = vec![match self.people.is_empty() {
                    true => plain(alone),
                    false => words.say(id, &to(&self.people)),
                }];
                if !self.not_to.is_empty() {
                    parts.push(words.say("said-block-not", &to(&self.not_to)));
                }
                (parts.join(". "), reason)
            }
            CaseAct::Files(_) | CaseAct::Saved(_) | CaseAct::HandedOn(_) => {
                (self.of_files(words), "")
            }
            CaseAct::Forget(said) => {
                let id = match (said.wishes, said.reaches) {
                    (Wishes::No, _) => "said-forget-not",
                    (Wishes::Yes, Reaches::Case) => "said-forget",
                    (Wishes::Yes, Reaches::Sender) => "said-forget-sender",
                };
                (plain(id), self.why.as_str())
            }
            CaseAct::Erased(_) => (plain("said-erased"), ""),
            CaseAct::Keep(said) => {
                let what = match said.until {
                    Some(until) => words.say("said-keep", &[("until", day_text(until).into())]),
                    None => plain("said-keep-not"),
                };
                (what, said.reason.as_str())
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

    /// The same of files.
    fn of_files(&self, words: &Messages) -> String {
        let args = |count: usize| {
            let names = self.files.join(", ");
            [("count", count.into()), ("names", names.into())]
        };
        match &self.act {
            CaseAct::Files(said) => {
                let id = match said.originals.is_none() {
                    true => "said-files",
                    false => "said-files-originals",
                };
                let mut parts = vec![words.say(id, &args(said.files.len()))];
                if !said.provenance.caption.is_empty() {
                    let text = in_line(&said.provenance.caption);
                    parts.push(words.say("said-files-caption", &[("text", text.into())]));
                }
                parts.join(". ")
            }
            CaseAct::HandedOn(_) => {
                let args = [
                    ("names", self.files.join(", ").into()),
                    ("to", list(&self.people).into()),
                ];
                words.say("said-handed-on", &args)
            }
            CaseAct::Saved(said) => {
                let id = match said.saving {
                    Saving::Begins => "said-saving",
                    Saving::Done => "said-saved",
                    Saving::Failed => "said-saved-not",
                };
                words.say(id, &args(1))
            }
            _ => String::new(),
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
    pub(super) fn text(&self, words: &Messages, original: bool) -> String {
        let what = match &self.act {
            CaseAct::NoteTo(said) if said.of.is_none() && self.letter.is_some() => {
                let id = match said.audience {
                    NoteAudience::Lead => "said-note-lead",
                    _ => "said-note-named",
                };
                words.say(id, &[("to", list(&self.people).into())])
            }
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
        let first = self.translations.iter();
        let first: Vec<_> = first.filter(|it| it.is_for(words) && !original).collect();
        match (&self.act, &self.letter) {
            (CaseAct::Note(_), _) if !first.is_empty() => {}
            (
                CaseAct::Note(NoteWords { text, .. }) | CaseAct::Answer(AnswerWords { text, .. }),
                _,
            ) => lines.push(bounded_block(text)),
            // What somebody outside was given, word for word.
            (CaseAct::Translation(OfTranslation::Asked { text, .. }), _) => {
                lines.push(bounded_block(text));
            }
            (CaseAct::NoteTo(said), Some(text)) if said.of.is_none() => {
                lines.push(bounded_block(text));
            }
            (CaseAct::NoteTo(said), None) if said.of.is_none() => {
                let id = match self.is_for_me {
                    true => "story-note-unreadable",
                    false => "story-note-not-yours",
                };
                lines.push(words.plain(id));
            }
            _ => {}
        }
        for translation in &self.translations {
            lines.extend(match first.contains(&translation) {
                true => translation.lines(words),
                false => translation.head(words),
            });
        }
        if let Some(key) = self.answer_key().filter(|_| self.void.is_none()) {
            let what = match self.act {
                CaseAct::Answer(_) => "answer",
                _ => "told",
            };
            lines.push(words.plain(&format!("story-{what}-{}", key.replace('_', "-"))));
        }
        if !self.past_contact.is_empty() {
            let names = [("names", list(&self.past_contact).into())];
            lines.push(words.say("story-past-contact", &names));
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
            CaseAct::NoteTo(said) => {
                let what = match (said.of, said.audience) {
                    (Some(_), _) => "note_handed_on",
                    (None, NoteAudience::Lead) => "note_to_lead",
                    (None, _) => "note_to_people",
                };
                let text = self.letter.as_ref().filter(|_| said.of.is_none());
                (what.to_owned(), None, None, None, text)
            }
            CaseAct::Translation(said) => {
                let (what, text) = match said {
                    OfTranslation::Is(it) => ("translation", Some(&it.text)),
                    OfTranslation::Checked(_) => ("translation_checked", None),
                    OfTranslation::Asked { text, .. } => ("translation_asked", Some(text)),
                };
                (what.to_owned(), None, None, None, text)
            }
            CaseAct::Reach(said) => {
                let what = match said.reached {
                    Reached::Yes => "reached",
                    Reached::No => "nobody_reached",
                };
                (what.to_owned(), Some(&said.reason), None, None, None)
            }
            CaseAct::Block(_) => ("sensitive".to_owned(), None, None, None, None),
            CaseAct::Widened(said) => {
                let what = "sensitive_widened".to_owned();
                (what, Some(&said.reason), None, None, None)
            }
            CaseAct::Files(said) => {
                let caption = &said.provenance.caption;
                ("files".to_owned(), None, None, None, Some(caption))
            }
            CaseAct::Saved(said) => {
                let what = match said.saving {
                    Saving::Begins => "original_saving",
                    Saving::Done => "original_saved",
                    Saving::Failed => "original_not_saved",
                };
                (what.to_owned(), None, None, None, None)
            }
            CaseAct::HandedOn(_) => ("original_handed_on".to_owned(), None, None, None, None),
            CaseAct::Forget(said) => {
                let what = match said.wishes {
                    Wishes::Yes => "forget",
                    Wishes::No => "do_not_forget",
                };
                let why = (!self.why.is_empty()).then_some(&self.why);
                (what.to_owned(), why, None, None, None)
            }
            CaseAct::Erased(_) => ("erased".to_owned(), None, None, None, None),
            CaseAct::Keep(said) => {
                let what = match said.until {
                    Some(_) => "keep",
                    None => "do_not_keep",
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
            "of": self.of.map(|of| of.to_string()),
            "language": match &self.act {
                CaseAct::Translation(OfTranslation::Is(it)) => Some(&it.language),
                CaseAct::Translation(OfTranslation::Asked { language, .. }) => Some(language),
                _ => None,
            },
            "sender_told": self.answer_key(),
            "past_contact": self.past_contact,
            "files": self.files,
            "facts": self.facts.iter().map(ShownFact::to_json).collect::<Vec<_>>(),
            "counts": self.void.is_none(),
            "why_not": self.void.map(Void::key),
            "waiting": self.waits,
            "follows": self.follows.key(),
        })
    }
}

/// An act without the ground of what is about a case that was forgotten, where it says nothing else.
fn without_ground(act: &CaseAct, names: &Names<'_>) -> CaseAct {
    let mut act = act.clone();
    if let CaseAct::Facts(words) = &mut act
        && words.newer() == 0
        && words.known().all(|(fact, _)| names.is_of_forgotten(&fact))
    {
        words.ground.clear();
    }
    act
}

/// What the note says that gives the reason of a wish; empty where it is not here.
pub(super) fn why(folded: &Folded, act: &CaseAct) -> String {
    let CaseAct::Forget(words) = act else {
        return String::new();
    };
    let mut said = folded.said.iter();
    let note = said.find(|said| Some(said.hash) == words.why && said.counts.is_ok());
    match note.map(|said| &said.act) {
        Some(CaseAct::Note(note)) => note.text.clone(),
        _ => String::new(),
    }
}

/// Whom an act names who says who reads the case, or a block of it: those who can, or the others; and whom a note is for, and who is asked for a
/// translation.
fn people(folded: &Folded, said: &Said, names: &Names<'_>, can: bool) -> Vec<String> {
    let who = match &said.act {
        CaseAct::Readers(words) => &words.who,
        CaseAct::Block(words) => &words.who,
        CaseAct::Widened(words) => &words.who,
        CaseAct::NoteTo(words) if can => {
            let mut called: Vec<String> = words.who.iter().map(|it| names.of(it)).collect();
            called.sort_unstable();
            return called;
        }
        CaseAct::Translation(OfTranslation::Asked { whom, .. }) if can => {
            return vec![names.of(whom)];
        }
        CaseAct::HandedOn(words) if can => {
            let keys = words.keepers.keys.iter();
            let mut called: Vec<String> = keys.filter_map(|it| Some(names.of_key(it)?.0)).collect();
            called.sort_unstable();
            called.dedup();
            return called;
        }
        _ => return Vec::new(),
    };
    let can_be = |device: &PublicKey<DeviceKey>| {
        let removed = || names.roster.removed_person(device).map(|it| &it.person);
        let person = names.roster.person(device).or_else(removed);
        person.is_some_and(|it| folded.opening.may_be_opened_to(it, names.roster))
    };
    let reads_of = |by: &Hash, device: &PublicKey<DeviceKey>| {
        let block = folded.blocks.iter().find(|block| block.by == *by);
        block.is_some_and(|block| block.is_read_by(&names.person(device)))
    };
    let is_so = |device: &PublicKey<DeviceKey>| match &said.act {
        CaseAct::Block(_) => reads_of(&said.hash, device),
        CaseAct::Widened(words) => reads_of(&words.by, device),
        _ => can_be(device),
    };
    let those = who.iter().filter(|device| is_so(device) == can);
    let mut called: Vec<String> = those.map(|device| names.of(device)).collect();
    called.sort_unstable();
    called.dedup();
    called
}

/// The message that one hands on, translates or checks.
fn of(act: &CaseAct) -> Option<Hash> {
    match act {
        CaseAct::NoteTo(words) => words.of,
        CaseAct::Translation(OfTranslation::Is(it)) => it.of,
        CaseAct::Translation(OfTranslation::Checked(of)) => Some(*of),
        CaseAct::Translation(OfTranslation::Asked { of, .. }) => *of,
        _ => None,
    }
}

/// What somebody does about a translation.
fn translation_said(said: &OfTranslation) -> &'static str {
    match said {
        OfTranslation::Is(it) => match (it.by == Translator::Machine, it.of) {
            (false, None) => "said-translation-alert",
            (false, Some(_)) => "said-translation",
            (true, None) => "said-translation-machine-alert",
            (true, Some(_)) => "said-translation-machine",
        },
        OfTranslation::Checked(_) => "said-translation-checked",
        OfTranslation::Asked { .. } => "said-translation-asked",
    }
}

/// How people name the files that a message is about.
fn file_names(alert: MessageId, said: &Said) -> Vec<String> {
    match &said.act {
        CaseAct::Files(words) => {
            let count = words.files.len().saturating_add(words.originals().count());
            let numbers = (1..).take(count);
            numbers.map(|it| name_of(said.id, it, false)).collect()
        }
        CaseAct::Saved(SavedWords { with, number, .. })
        | CaseAct::HandedOn(HandedOnWords { with, number, .. }) => {
            vec![name_of(*with, *number, *with == alert)]
        }
        _ => Vec::new(),
    }
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
