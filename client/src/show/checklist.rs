//! What is done in the first hours of a case, and what of it is done: for its page, a list and JSON.

use bellrope_proto::ids::Timestamp;
use serde_json::{Value, json};

use super::{
    case_facts::{ShownFact, step_text},
    case_view::CaseView,
    labels::label,
};
use crate::{
    alert::vocabulary::{Checklist, DateStanding, Step, Vocabulary as _},
    case::{facts::own_step, letters},
    message::StepName,
    text::{Arg, Messages, escape, rfc3339},
};

/// Seconds after an alert came for which its case says by itself that there is a list.
const ASKED_FOR: u64 = 7 * 24 * 3_600;

/// Letters by which people name a step that somebody wrote.
const STEP_LETTERS: usize = 4;

/// Steps on a page: whoever writes thousands takes no room from the others.
const LINES_MAX: usize = 100;

/// See the module.
#[derive(Clone, Debug)]
pub struct Checklists {
    /// The number of the case.
    case: String,
    /// When its alert came.
    arrived: Option<Timestamp>,
    is_closed: bool,
    /// Which lists it has.
    lists: Vec<Checklist>,
    steps: Vec<ListedStep>,
}

/// Nobody misses a step: it is left to do.
pub(super) fn standing_text(standing: DateStanding, words: &Messages) -> String {
    words.plain(match standing {
        DateStanding::Done => "checklist-done",
        DateStanding::Dropped => "checklist-dropped",
        _ => "checklist-open",
    })
}

/// A step, and what became of it.
#[derive(Clone, Debug)]
struct ListedStep {
    name: StepName,
    standing: DateStanding,
    /// Who said so.
    by: Option<ShownFact>,
}

impl ListedStep {
    /// By which people name it: the number that it has in every list, or letters.
    fn called(&self) -> String {
        match &self.name {
            StepName::Listed(step) => step.number().to_string(),
            StepName::Own(text) => letters(&own_step(text)).take(STEP_LETTERS).collect(),
        }
    }

    fn line(&self, words: &Messages) -> String {
        let by = self.by.as_ref().map(ShownFact::by);
        let args = [
            ("step", self.called().into()),
            ("text", step_text(&self.name, words).into()),
            ("standing", standing_text(self.standing, words).into()),
            (
                "name",
                by.map(|(name, _)| escape(name)).unwrap_or_default().into(),
            ),
            (
                "at",
                by.map(|(_, at)| words.moment(at))
                    .unwrap_or_default()
                    .into(),
            ),
        ];
        let id = match by {
            Some(_) => "checklist-step-by",
            None => "checklist-step",
        };
        words.say(id, &args)
    }
}

impl Checklists {
    /// Of a case: the lists that what happened asks for, and what people added.
    #[must_use]
    pub fn of(view: &CaseView) -> Self {
        let fields = view.alert.reading.fields();
        let acts = fields.map(|fields| fields.acts.as_slice());
        Self::with(view, Checklist::of(acts.unwrap_or_default()))
    }

    /// The same with these lists.
    #[must_use]
    pub fn with(view: &CaseView, lists: Vec<Checklist>) -> Self {
        let mut names: Vec<StepName> = Vec::new();
        let listed = lists.iter().flat_map(|list| list.steps());
        let listed = listed.map(|step| StepName::Listed(*step));
        for name in listed.chain(view.now.facts.steps().into_iter().cloned()) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        let steps = names.into_iter().map(|name| {
            let said = view.now.facts.step(&name);
            ListedStep {
                standing: said.map_or(DateStanding::Open, |(standing, _)| standing),
                by: said.map(|(_, shown)| shown.clone()),
                name,
            }
        });
        Self {
            case: view.alert.case.clone(),
            arrived: view.alert.arrived,
            is_closed: view.now.is_closed(),
            steps: steps.collect(),
            lists,
        }
    }

    /// The step that a number or letters name.
    #[must_use]
    pub fn step(&self, named: &str) -> Option<StepName> {
        let named = named.trim().trim_matches(['[', ']']).to_uppercase();
        let here = self.steps.iter().find(|step| step.called() == named);
        // One of another list may be needed as well.
        let listed = || {
            let number = named.parse().ok()?;
            let step = Step::from_number(number);
            step.is_listed().then_some(StepName::Listed(step))
        };
        here.map(|step| step.name.clone()).or_else(listed)
    }

    fn count(&self, standing: DateStanding) -> usize {
        let all = self.steps.iter();
        all.filter(|step| step.standing == standing).count()
    }

    fn args(&self, words: &Messages) -> [(&'static str, Arg<'static>); 4] {
        let lists: Vec<String> = self.lists.iter().map(|list| label(*list, words)).collect();
        let dropped = self.count(DateStanding::Dropped);
        [
            ("case", self.case.clone().into()),
            ("lists", lists.join(", ").into()),
            ("done", self.count(DateStanding::Done).into()),
            ("count", self.steps.len().saturating_sub(dropped).into()),
        ]
    }

    /// On the page of a case: that there is a list, as long as something in it may be left to do.
    pub(super) fn page_line(&self, now: Timestamp, words: &Messages) -> Option<String> {
        let is_begun = self.steps.iter().any(|step| step.by.is_some());
        let is_fresh = self
            .arrived
            .is_some_and(|at| now.0 < at.0.saturating_add(ASKED_FOR));
        let is_over = self.is_closed || self.count(DateStanding::Open) == 0;
        let is_asked = !is_over && (is_begun || is_fresh);
        is_asked.then(|| words.say("checklist-page", &self.args(words)))
    }

    /// All of it.
    #[must_use]
    pub fn text(&self, words: &Messages) -> String {
        let id = match (self.steps.is_empty(), self.lists.is_empty()) {
            (true, _) => "checklist-none",
            (false, true) => "checklist-own",
            (false, false) => "checklist-title",
        };
        let mut lines = vec![words.say(id, &self.args(words))];
        lines.extend(
            self.steps
                .iter()
                .take(LINES_MAX)
                .map(|step| step.line(words)),
        );
        let more = self.steps.len().saturating_sub(LINES_MAX);
        if more > 0 {
            lines.push(words.say("checklist-more", &[("count", more.into())]));
        }
        lines.join("\n")
    }

    /// A list to begin one's own with: a step in a line.
    #[must_use]
    pub fn written(list: Checklist, words: &Messages) -> String {
        let steps = list.steps().iter().map(|step| label(*step, words));
        let steps: Vec<String> = steps.collect();
        steps.join("\n")
    }

    /// For programs.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let lists = self.lists.iter().map(|list| list.key().into_owned());
        let steps = self.steps.iter().map(|step| {
            let by = step.by.as_ref().map(ShownFact::by);
            let (key, text) = match &step.name {
                StepName::Listed(step) => (Some(step.key()), None),
                StepName::Own(text) => (None, Some(text)),
            };
            json!({
                "step": step.called(),
                "key": key,
                "text": text,
                "standing": step.standing.key(),
                "name": by.map(|(name, _)| name),
                "at": by.and_then(|(_, at)| rfc3339(at)),
            })
        });
        json!({
            "case": self.case,
            "lists": lists.collect::<Vec<_>>(),
            "steps": steps.collect::<Vec<_>>(),
        })
    }
}
