//! Where a case stands now: who leads it, who reads it, what is due; in lines for its page and for lists, and for programs.

use std::collections::BTreeMap;

use bellrope_proto::{
    ids::{Hash, Timestamp},
    signing::{Device as DeviceKey, PublicKey},
};
use serde_json::{Value, json};

use super::{
    alert::{cut, in_line},
    case_facts::{FactsNow, Whose},
    check_in::CheckInNow,
    erasing::{ForgetWish, wish_lines},
    labels::label,
    names::{Names, list},
    retention::KeptLonger,
    sensitive::BlockNow,
};
use crate::{
    alert::vocabulary::{CaseState, ClosingReason, Part, Vocabulary as _},
    case::{
        Lead,
        parts::{SILENT_SECONDS, lead_heard},
    },
    device::Folded,
    ids::MessageId,
    message::CaseAct,
    text::{Messages, escape, rfc3339},
};

/// How many people look back on a case that is closed.
const REVIEWS_WANTED: usize = 2;

/// Where a case stands now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseNow {
    /// Who leads, and since when.
    pub lead: Option<(String, Timestamp)>,
    /// Whether that is this device's person.
    pub is_mine: bool,
    /// Who led last, where nobody does any more.
    pub led: Option<String>,
    /// Who took the lead at the same time, without having seen it, and is later in the roster.
    pub rivals: Vec<String>,
    /// Who has said that they have read it, or anything else.
    pub read_by: Vec<String>,
    /// Who helps.
    pub supporting: Vec<String>,
    /// Who stays out of it.
    pub apart: Vec<String>,
    /// To whom people have opened it, each of whom it is decided by one message with who said it, when, and whether it is open.
    pub opened_to: Vec<OpenedNow>,
    /// Where it was put,
    pub state: CaseState,
    /// by whom and when, unless it is new,
    pub state_by: Option<(String, Timestamp)>,
    /// and why, of one that is closed.
    pub closing: Option<ClosingReason>,
    /// On how many devices it was shown, as far as they say. That is not read by a person.
    pub opened_on: usize,
    /// The message that closed it, if it is closed.
    pub(super) closing_by: Option<Hash>,
    /// When whoever sent the alert took it back, and what they wrote.
    pub withdrawn: Option<(Timestamp, String)>,
    /// When something was heard in it last from who leads, where somebody waits for that.
    pub(super) lead_heard: Option<Timestamp>,
    /// What sensitive was written down in it for few.
    pub blocks: Vec<BlockNow>,
    /// What is so in it.
    pub facts: FactsNow,
    /// How it stands with check-ins, if somebody means to check in.
    pub check_in: Option<CheckInNow>,
    /// Whether this device's person may say something in it.
    pub may_speak: bool,
    /// Who wishes that it is forgotten.
    pub to_forget: Vec<ForgetWish>,
    /// Since when it is closed, if it is, as far as that matters for how long it is kept: its author's clock can be put back, and a relay can say that it
    /// came long ago. The later of both counts.
    pub(super) closed_since: Option<Timestamp>,
    /// For how many months the group keeps it from then on; none where none is due by time.
    pub(super) months: Option<u16>,
    /// That it is kept longer.
    pub(super) kept: Option<KeptLonger>,
}

/// Those to whom one message opened a case that was not for them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenedNow {
    /// Their names.
    pub names: Vec<String>,
    /// Whether it is open to them; else no longer.
    pub is_open: bool,
    /// Who says so,
    pub by: String,
    /// and when.
    pub at: Timestamp,
}

impl CaseNow {
    pub(super) fn of(folded: &Folded, me: &PublicKey<DeviceKey>, names: &Names<'_>) -> Self {
        let Folded { case, said, .. } = folded;
        let whose = Whose {
            others: &folded.others_parts,
            leader: case.leader(),
        };
        let person = names.person(me);
        let who = |at: &usize| said.get(*at).map(|said| names.of(&said.author));
        let all = |places: &[usize]| -> Vec<String> { places.iter().filter_map(who).collect() };
        let when = |at: usize| said.get(at).map(|said| said.at);
        let led = |lead: Lead| names.of(&lead.device);
        let since = case.lead_by.and_then(when).unwrap_or(Timestamp(0));
        let leads = case.lead.filter(|lead| lead.is_in);
        let state = case.state_by.and_then(|at| said.get(at));
        let rivals = case.rivals.iter().filter_map(|at| said.get(*at));
        let rivals = rivals.map(|said| match &said.act {
            CaseAct::Receipt(words) => names.of(&words.to.unwrap_or(said.author)),
            _ => names.of(&said.author),
        });
        Self {
            lead: leads.map(|lead| (led(lead), since)),
            is_mine: case.leader() == Some(person),
            led: match (case.lead, case.lead_by) {
                (Some(lead), _) => (!lead.is_in).then(|| led(lead)),
                (None, Some(by)) => who(&by),
                (None, None) => None,
            },
            rivals: rivals.collect(),
            read_by: all(&case.read_by),
            supporting: all(&case.supporting),
            apart: all(&case.apart),
            opened_to: opened_now(folded, names),
            state: case.state(said),
            state_by: state.map(|said| (names.of(&said.author), said.at)),
            closing: state.and_then(|said| match &said.act {
                CaseAct::State(words) => words.closing,
                _ => None,
            }),
            opened_on: case.opened_on.len(),
            closing_by: state.and_then(|by| match case.state(said) {
                CaseState::Closed => Some(by.hash),
                _ => None,
            }),
            withdrawn: case.withdrawn_by.and_then(|at| {
                let said = said.get(at)?;
                match &said.act {
                    CaseAct::OfSender(words) => Some((said.at, words.summary.clone())),
                    _ => None,
                }
            }),
            lead_heard: lead_heard(said, case),
            blocks: folded
                .blocks
                .iter()
                .map(|it| BlockNow::of(it, me, names))
                .collect(),
            facts: FactsNow::of((said, &case.facts, folded.consent), me, (names, whose)),
            check_in: CheckInNow::of(folded, names),
            may_speak: folded.opening.may_speak(names.roster, me),
            to_forget: ForgetWish::all(folded, me, names),
            closed_since: state
                .filter(|_| case.state(said) == CaseState::Closed)
                .map(|said| said.time.max(said.arrived)),
            months: names.roster.retention_months(),
            kept: KeptLonger::of(folded, names),
        }
    }

    /// That this device's person, who stands in for who leads, is asked to: who leads has said nothing for so long. Their name.
    #[must_use]
    pub fn stands_in(&self, now: Timestamp) -> Option<&str> {
        let heard = self.lead_heard?;
        let is_silent = now.0 >= heard.0.saturating_add(SILENT_SECONDS);
        let is_asked = is_silent && !self.is_mine && self.facts.is_mine_to_do(Part::Deputy);
        let name = self.lead.as_ref().map(|(name, _)| name.as_str());
        name.filter(|_| is_asked)
    }

    /// The same in words.
    #[must_use]
    pub fn stand_in_line(&self, case: &str, now: Timestamp, words: &Messages) -> Option<String> {
        let name = escape(self.stands_in(now)?);
        let args = [("case", case.into()), ("name", name.into())];
        Some(words.say("case-stand-in", &args))
    }

    /// The reason that a deputy takes the lead with, who needs no other.
    #[must_use]
    pub fn stand_in_reason(&self, now: Timestamp, words: &Messages) -> Option<String> {
        self.stands_in(now).map(|_| words.plain("stand-in-reason"))
    }

    /// Whether there is nothing more to do.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.state == CaseState::Closed
    }

    /// When it was closed, if it is.
    #[must_use]
    pub(super) fn closed_at(&self) -> Option<Timestamp> {
        let at = self.state_by.as_ref().map(|(_, at)| *at);
        at.filter(|_| self.is_closed())
    }

    /// Who looked back on it since it was closed.
    #[must_use]
    pub(super) fn reviewed_by(&self) -> Vec<String> {
        let reviews = self.closing_by.into_iter();
        let reviews = reviews.flat_map(|closing| self.facts.reviews(closing));
        let mut names: Vec<String> = Vec::new();
        for shown in reviews {
            let name = shown.by().0;
            // Of somebody who said it on two devices at once both stand.
            if !names.iter().any(|known| known == name) {
                names.push(name.to_owned());
            }
        }
        names
    }

    /// Whether as many looked back on it as should.
    #[must_use]
    pub(super) fn is_reviewed(&self) -> bool {
        self.reviewed_by().len() >= REVIEWS_WANTED
    }

    fn review_lines(&self, case: &str, words: &Messages) -> Vec<String> {
        let Some(closing) = self.closing_by else {
            return Vec::new();
        };
        let names = self.reviewed_by();
        let id = match names.len() {
            0 => "case-review-nobody",
            1 => "case-review-one",
            _ => "case-review",
        };
        let args = [("case", case.into()), ("names", list(&names).into())];
        let mut lines = vec![words.say(id, &args)];
        lines.extend(self.facts.reviews(closing).map(|shown| shown.line(words)));
        lines
    }

    /// That whoever sent the alert has taken it back: before anything else.
    pub(super) fn withdrawn_line(&self, words: &Messages) -> Option<String> {
        self.withdrawn.as_ref().map(|(at, summary)| {
            let args = [
                ("at", words.moment(*at).into()),
                ("text", in_line(summary).into()),
            ];
            words.say("case-withdrawn", &args)
        })
    }

    /// Who leads, and who did at the same time.
    pub(super) fn lead_lines(
        &self,
        case: &str,
        now: Option<Timestamp>,
        words: &Messages,
    ) -> Vec<String> {
        let check_in = self.check_in.iter();
        let first = check_in.flat_map(|it| it.first_lines(words));
        let first = first.chain(wish_lines(&self.to_forget, case, words));
        let first = first.chain(self.wished_as_due(now, words));
        let mut lines: Vec<String> = first.chain(self.facts.first_lines(words)).collect();
        let name = self
            .lead
            .as_ref()
            .map(|(name, _)| name)
            .or(self.led.as_ref());
        let args = [
            ("case", case.into()),
            (
                "name",
                name.map(|name| escape(name)).unwrap_or_default().into(),
            ),
            (
                "at",
                self.lead
                    .as_ref()
                    .map(|(_, at)| words.moment(*at))
                    .unwrap_or_default()
                    .into(),
            ),
            ("names", list(&self.rivals).into()),
        ];
        let id = match (&self.lead, &self.led) {
            (Some(_), _) if self.is_mine => "case-lead-you",
            (Some(_), _) => "case-lead",
            (None, Some(_)) => "case-lead-gone",
            (None, None) => "case-lead-nobody",
        };
        lines.push(words.say(id, &args));
        if self.lead.is_none() && self.may_speak && !self.is_closed() {
            lines.push(words.say("case-lead-take", &args));
        }
        if !self.rivals.is_empty() && self.lead.is_some() {
            lines.push(words.say("case-rivals", &args));
        }
        lines
    }

    /// Who leads, for a list; and where it stands, if it is not new.
    pub(super) fn line(&self, words: &Messages) -> String {
        let id = match (&self.lead, self.is_mine) {
            (Some(_), true) => "case-line-you",
            (Some(_), false) => "case-line",
            (None, _) => "case-line-nobody",
        };
        let name = self.lead.as_ref().map(|(name, _)| cut(name, 24));
        let lead = words.say(id, &[("name", name.unwrap_or_default().into())]);
        let read = words.say("case-line-read", &[("count", self.read_by.len().into())]);
        let withdrawn = self.withdrawn.as_ref();
        let withdrawn = withdrawn.map(|_| words.plain("case-line-withdrawn"));
        let forced = self.check_in.as_ref().and_then(|it| it.mark(words));
        let first = forced.into_iter().chain(withdrawn);
        let mut parts: Vec<String> = first.chain([lead, read]).collect();
        if self.state != CaseState::New {
            parts.push(match self.closing {
                Some(closing) => format!("{}: {}", label(self.state, words), label(closing, words)),
                None => label(self.state, words),
            });
        }
        parts.join("; ")
    }

    pub(super) fn lines(&self, case: &str, now: Timestamp, words: &Messages) -> Vec<String> {
        let mut lines = self.lead_lines(case, Some(now), words);
        lines.extend(self.retention_lines(case, now, words));
        lines.extend(self.stand_in_line(case, now, words));
        if self.facts.is_mine_to_do(Part::Media) {
            lines.extend(self.facts.media_line(now, words));
        }
        lines.extend(self.blocks.iter().map(|block| block.line(case, words)));
        let people = |id: &str, names: &[String]| {
            let args = [("count", names.len().into()), ("names", list(names).into())];
            words.say(id, &args)
        };
        lines.push(people("case-read", &self.read_by));
        if self.opened_on > 0 {
            let args = [("count", self.opened_on.into())];
            lines.push(words.say("case-opened", &args));
        }
        if !self.supporting.is_empty() {
            lines.push(people("case-supporting", &self.supporting));
        }
        if !self.apart.is_empty() {
            lines.push(people("case-apart", &self.apart));
        }
        for opened in &self.opened_to {
            let args = [
                ("names", list(&opened.names).into()),
                ("by", escape(&opened.by).into()),
                ("at", words.moment(opened.at).into()),
            ];
            let id = match opened.is_open {
                true => "case-opened-to",
                false => "case-no-longer-open-to",
            };
            lines.push(words.say(id, &args));
        }
        let mut state = label(self.state, words);
        if let Some(closing) = self.closing {
            state = format!("{state}: {}", label(closing, words));
        }
        lines.push(match &self.state_by {
            None => words.say("case-stands", &[("state", state.into())]),
            Some((name, at)) => {
                let args = [
                    ("state", state.into()),
                    ("name", escape(name).into()),
                    ("at", words.moment(*at).into()),
                ];
                words.say("case-stands-by", &args)
            }
        });
        lines.extend(self.review_lines(case, words));
        let check_in = self.check_in.iter();
        lines.extend(check_in.flat_map(|it| it.lines(case, now, words)));
        lines.extend(self.facts.lines(now, words));
        lines
    }

    /// For programs.
    pub(super) fn to_json(&self) -> Value {
        let state_by = self.state_by.as_ref();
        let opened = |is_open: bool| -> Vec<&String> {
            let these = self.opened_to.iter().filter(|it| it.is_open == is_open);
            these.flat_map(|it| &it.names).collect()
        };
        let mut value = self.facts.to_json();
        let more = json!({
            "lead": self.lead.as_ref().map(|(name, _)| name),
            "lead_since": self.lead.as_ref().and_then(|(_, at)| rfc3339(*at)),
            "lead_mine": self.is_mine,
            "led_before": self.led,
            "rivals": self.rivals,
            "read_by": self.read_by,
            "opened_on": self.opened_on,
            "supporting": self.supporting,
            "staying_out": self.apart,
            "opened_to": opened(true),
            "no_longer_open_to": opened(false),
            "state": self.state.key(),
            "state_by": state_by.map(|(name, _)| name),
            "state_at": state_by.and_then(|(_, at)| rfc3339(*at)),
            "withdrawn_at": self.withdrawn.as_ref().and_then(|(at, _)| rfc3339(*at)),
            "closing": self.closing.map(|closing| closing.key().into_owned()),
            "reviewed_by": self.reviewed_by(),
            "check_in": self.check_in.as_ref().map(CheckInNow::to_json),
            "forget_wished_by": self.to_forget.iter().map(ForgetWish::name).collect::<Vec<_>>(),
        });
        for more in [more, self.retention_json()] {
            if let (Some(object), Value::Object(more)) = (value.as_object_mut(), more) {
                object.extend(more);
            }
        }
        value
    }
}

/// To whom people have opened a case, by the messages that decide it, in the order of the story.
fn opened_now(folded: &Folded, names: &Names<'_>) -> Vec<OpenedNow> {
    let mut by: BTreeMap<MessageId, Vec<String>> = BTreeMap::new();
    for (person, opened) in folded.opening.opened_to().iter() {
        let decides = opened.until.map_or(opened.by, |(_, until)| until);
        by.entry(decides).or_default().push(names.of(person));
    }
    let order = folded.case.order.iter();
    let said = order.filter_map(|at| folded.said.get(*at));
    said.filter_map(|said| {
        let mut called = by.remove(&said.id)?;
        called.sort_unstable();
        let CaseAct::Readers(words) = &said.act else {
            return None;
        };
        Some(OpenedNow {
            names: called,
            is_open: words.opens(),
            by: names.of(&said.author),
            at: said.at,
        })
    })
    .collect()
}
