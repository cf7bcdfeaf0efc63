//! One case: where it stands and what was said in it, for a page, a list and JSON.

use std::sync::Arc;

use bellrope_proto::ids::Timestamp;
use serde_json::{Value, json};

use super::{
    case_files::AddedFiles, case_now::CaseNow, case_story::Told,
    case_translations::ShownTranslation, checklist::Checklists, drill::DrillReport,
    erasing::wish_lines, received::ReceivedAlert, sensitive::BlockNow,
};
use crate::{
    alert::vocabulary::{Kind, Vocabulary as _},
    text::Messages,
};

/// A case.
#[derive(Clone, Debug)]
pub struct CaseView {
    /// What it began with.
    pub alert: ReceivedAlert,
    /// Where it stands.
    pub now: Arc<CaseNow>,
    /// Numbers of cases that may be about the same, and are not linked with it; empty where it was not looked for.
    pub alike: Vec<String>,
    /// What it showed, if it is a drill's.
    pub drill: Option<DrillReport>,
    /// What was said, in order.
    pub story: Vec<Told>,
    /// How many messages others had seen that are not here.
    pub missing: usize,
    /// Which translations of it and of what was said in it stand.
    pub translations: Vec<ShownTranslation>,
    /// What its sender said since with which something goes.
    pub later: Vec<ReceivedAlert>,
    /// What members added.
    pub added: Vec<AddedFiles>,
}

impl CaseView {
    /// The whole case: where it stands, then what was said in order; in translation where there is one into the reader's language.
    #[must_use]
    pub fn page(&self, now: Timestamp, words: &Messages) -> String {
        self.page_of(now, words, false)
    }

    /// The same in the words in which everything was said.
    #[must_use]
    pub fn original_page(&self, now: Timestamp, words: &Messages) -> String {
        self.page_of(now, words, true)
    }

    fn page_of(&self, now: Timestamp, words: &Messages, original: bool) -> String {
        let case = self.alert.case.as_str();
        let kind = self.alert.reading.fields().map(|fields| fields.kind);
        let title = match kind {
            Some(Kind::Drill) => "case-title-drill",
            _ => "case-title",
        };
        let mut lines = vec![words.say(title, &[("case", case.into())])];
        lines.extend(self.now.withdrawn_line(words));
        lines.push(words.say("case-about", &[("about", self.alert.about(words).into())]));
        lines.extend(self.now.lines(case, now, words));
        lines.extend(Checklists::of(self).page_line(now, words));
        let waits = self.story.iter().filter(|told| told.waits).count();
        if waits > 0 {
            lines.push(words.say("case-waits", &[("count", waits.into())]));
        }
        if self.missing > 0 {
            lines.push(words.say("case-missing", &[("count", self.missing.into())]));
        }
        for other in &self.alike {
            let args = [("case", case.into()), ("other", other.as_str().into())];
            lines.push(words.say("case-alike", &args));
        }
        lines.extend(self.drill.iter().flat_map(|drill| drill.lines(words)));
        lines.push(words.say("case-alert", &[("case", case.into())]));
        lines.extend(self.translation_lines(case, words, original));
        lines.extend(self.attachment_lines(words));
        if !self.story.is_empty() {
            lines.push(words.plain("case-story"));
            lines.extend(self.story.iter().map(|told| told.text(words, original)));
        }
        lines.join("\n")
    }

    /// The translations of the alert, those that the reader reads in full; and where the originals are.
    fn translation_lines(&self, case: &str, words: &Messages, original: bool) -> Vec<String> {
        let is_shown = |it: &&ShownTranslation| it.is_for(words) && !original;
        let of_alert = self.translations.iter().filter(|it| it.of.is_none());
        let lines = of_alert.flat_map(|it| match is_shown(&it) {
            true => it.lines(words),
            false => it.head(words),
        });
        let mut lines: Vec<String> = lines.collect();
        let args = [("case", case.into())];
        if self.translations.iter().any(|it| is_shown(&it)) {
            lines.push(words.say("case-translated", &args));
        }
        if !self.translations.is_empty() {
            lines.push(words.say("case-translations", &args));
        }
        lines
    }

    /// Who wishes that it is forgotten, and what follows; empty when nobody does.
    #[must_use]
    pub fn forget_lines(&self, now: Timestamp, words: &Messages) -> String {
        let mut lines = wish_lines(&self.now.to_forget, &self.alert.case, words);
        lines.extend(self.now.wished_as_due(Some(now), words));
        lines.join("\n")
    }

    /// The numbers of cases that are linked with it: they stay, whatever becomes of it.
    #[must_use]
    pub fn linked(&self) -> Vec<String> {
        self.now.facts.linked()
    }

    /// A few lines for a list: which, what, where it stands, and what was said last.
    #[must_use]
    pub fn line(&self, words: &Messages) -> String {
        let mut lines = vec![self.alert.line(words)];
        if let Some(last) = self.story.last() {
            let said = words.say("case-line-newest", &[("said", last.short(words).into())]);
            lines.push(format!("    {said}"));
        }
        lines.join("\n")
    }

    /// For a list, for programs.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let fields = self.alert.reading.fields();
        let country = fields.and_then(|fields| fields.place.country);
        let mut value = self.now.to_json();
        if let Some(object) = value.as_object_mut() {
            let newest = self.story.last().map(Told::to_json);
            let waiting = self.story.iter().filter(|told| told.waits).count();
            let more = [
                ("id", json!(self.alert.id.to_string())),
                ("number", json!(self.alert.number)),
                ("case", json!(self.alert.case)),
                ("kind", json!(self.alert.kind_key())),
                (
                    "urgency",
                    json!(fields.map(|fields| fields.urgency.key().into_owned())),
                ),
                ("country", json!(country.map(|country| country.code()))),
                ("summary", json!(fields.map(|fields| &fields.summary))),
                ("missing", json!(self.missing)),
                ("waiting", json!(waiting)),
                ("newest", json!(newest)),
            ];
            for (key, value) in more {
                object.insert(key.to_owned(), value);
            }
        }
        value
    }

    /// The same with everything that was said.
    #[must_use]
    pub fn whole_json(&self) -> Value {
        let mut value = self.to_json();
        if let Some(object) = value.as_object_mut() {
            let story: Vec<Value> = self.story.iter().map(Told::to_json).collect();
            object.remove("newest");
            object.insert("facts".to_owned(), self.now.facts.all_json());
            let drill = self.drill.as_ref().map(DrillReport::to_json);
            object.insert("drill".to_owned(), json!(drill));
            object.insert("attachments".to_owned(), json!(self.attachments_json()));
            let blocks: Vec<Value> = self.now.blocks.iter().map(BlockNow::to_json).collect();
            object.insert("sensitive".to_owned(), json!(blocks));
            object.insert("alike".to_owned(), json!(self.alike));
            let translations = self.translations.iter();
            let translations: Vec<Value> = translations.map(ShownTranslation::to_json).collect();
            object.insert("translations".to_owned(), json!(translations));
            object.insert("story".to_owned(), json!(story));
        }
        value
    }
}
