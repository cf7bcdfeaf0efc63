//! Which cases a person looks for, and how many there are of which sort.

use std::collections::BTreeMap;

use bellrope_proto::ids::Timestamp;
use serde_json::{Value, json};

use super::{
    case_story::Told,
    case_view::CaseView,
    labels::{country_name, label},
    wanted::{has_words, words_of},
};
use crate::{
    alert::{
        EventTime, Fields,
        country::Country,
        vocabulary::{Act, Kind, Subject, ThreatOrigin, TimePrecision, Vocabulary},
    },
    case::facts::ends,
    group::About,
    parallel,
    text::{Messages, day_text, month_text},
};

/// Everything that is said here must hold.
#[derive(Clone, Debug, Default)]
pub struct WantedCases {
    /// Only those that are open.
    pub open: bool,
    /// Only those that are closed.
    pub closed: bool,
    /// Only those that this device's person leads.
    pub mine: bool,
    /// Only those that nobody leads.
    pub unled: bool,
    /// Only those that say that they are about this.
    pub about: About,
    /// Only what happened since then, or of which the alert came since, where it does not say when.
    pub since: Option<EventTime>,
    /// The same until then; a day or a month is meant whole.
    pub until: Option<EventTime>,
    /// Only those that have each of these words in what the alert says, or in what was said since: as in a list of alerts.
    pub search: String,
}

impl WantedCases {
    /// Those of these that are looked for.
    #[must_use]
    pub fn among(&self, all: Vec<CaseView>, words: &Messages) -> Vec<CaseView> {
        parallel::filter_map(all, |case| self.fits(&case, words).then_some(case))
    }

    /// Whether this case is looked for.
    #[must_use]
    pub fn fits(&self, case: &CaseView, words: &Messages) -> bool {
        let is_closed = case.now.is_closed();
        let fields = case.alert.reading.fields();
        let is_about = || fields.is_some_and(|fields| self.about.is_of(fields));
        // What nobody knows the time of is not left out: it may be what is looked for.
        let at = moment(case);
        let is_since = |since: &EventTime| at >= since.at || at.is_none();
        let is_until = |until: &EventTime| at.is_none_or(|at| is_until(at, until));
        (!self.open || !is_closed)
            && (!self.closed || is_closed)
            && (!self.mine || case.now.is_mine)
            && (!self.unled || case.now.lead.is_none())
            && (self.about.is_empty() || is_about())
            && self.since.as_ref().is_none_or(is_since)
            && self.until.as_ref().is_none_or(is_until)
            && self.is_found_in(case, words)
    }

    /// Whether it is every case that is open.
    #[must_use]
    pub fn is_any_open(&self) -> bool {
        let narrowed = self.mine || self.unled || self.since.is_some() || self.until.is_some();
        self.open && !narrowed && self.about.is_empty() && self.search.is_empty()
    }

    fn is_found_in(&self, case: &CaseView, words: &Messages) -> bool {
        let text = || {
            let said = case.story.iter().map(|told: &Told| told.what(words));
            let said: Vec<String> = said.chain([words_of(&case.alert, words)]).collect();
            said.join(" ")
        };
        has_words(&self.search, text)
    }
}

/// When it happened, as far as the alert says; else when that came.
fn moment(case: &CaseView) -> Option<Timestamp> {
    let said = case.alert.reading.fields().and_then(|it| it.time.at);
    said.or(case.alert.arrived)
}

fn is_until(at: Timestamp, until: &EventTime) -> bool {
    let Some(end) = until.at else {
        return true;
    };
    match until.precision {
        TimePrecision::Month => month_text(at) <= month_text(end),
        TimePrecision::Day => day_text(at) <= day_text(end),
        precision => Some(at) <= ends(Some(end), precision),
    }
}

/// How many cases of a sort there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Count {
    all: usize,
    /// Of them those about a systemic problem: beside those about people and organisations, which are the rest.
    systemic: usize,
}

impl Count {
    fn add(&mut self, is_systemic: bool) {
        self.all = self.all.saturating_add(1);
        self.systemic = self.systemic.saturating_add(usize::from(is_systemic));
    }

    fn line(self, id: &str, name: &str, words: &Messages) -> String {
        let args = [
            ("name", name.into()),
            ("count", self.all.into()),
            ("systemic", self.systemic.into()),
        ];
        words.say(id, &args)
    }

    fn json(self, key: &str, value: Value) -> Value {
        let mut object = json!({ "count": self.all, "systemic": self.systemic });
        if let Some(object) = object.as_object_mut() {
            object.insert(key.to_owned(), value);
        }
        object
    }
}

/// How many there are by country and what was done, by month, and by who threatens. Drills are left out.
#[derive(Clone, Debug, Default)]
pub struct CaseTable {
    all: Count,
    countries: BTreeMap<Option<Country>, (Count, BTreeMap<Act, Count>)>,
    months: BTreeMap<Option<String>, Count>,
    origins: BTreeMap<ThreatOrigin, Count>,
    systemic: Vec<CaseView>,
}

impl CaseTable {
    /// Of these cases.
    #[must_use]
    pub fn of(cases: &[CaseView]) -> Self {
        let mut table = Self::default();
        for case in cases {
            let fields = case.alert.reading.fields();
            if fields.map(|fields| fields.kind) != Some(Kind::Drill) {
                table.add(case, fields);
            }
        }
        table
    }

    fn add(&mut self, case: &CaseView, fields: Option<&Fields>) {
        let is_systemic = fields.is_some_and(|fields| fields.subject == Subject::Systemic);
        self.all.add(is_systemic);
        let country = fields.and_then(|fields| fields.place.country);
        let (count, by_act) = self.countries.entry(country).or_default();
        count.add(is_systemic);
        let mut acts: Vec<Act> = fields.map(|it| it.acts.clone()).unwrap_or_default();
        acts.sort_unstable();
        acts.dedup();
        for act in acts {
            by_act.entry(act).or_default().add(is_systemic);
        }
        let month = moment(case).map(month_text);
        self.months.entry(month).or_default().add(is_systemic);
        let origin = fields.map(|it| it.threat.origin).unwrap_or_default();
        self.origins.entry(origin).or_default().add(is_systemic);
        if is_systemic {
            self.systemic.push(case.clone());
        }
    }

    /// In words: a figure a line, the largest first, months in their order.
    #[must_use]
    pub fn text(&self, words: &Messages) -> String {
        let count = [
            ("count", self.all.all.into()),
            ("systemic", self.all.systemic.into()),
        ];
        let mut lines = vec![words.say("table-all", &count)];
        if self.all.all == 0 {
            return lines.concat();
        }
        lines.push(words.plain("table-note"));
        lines.push(words.plain("table-countries"));
        let mut countries: Vec<_> = self.countries.iter().collect();
        countries.sort_by_key(|(_, (count, _))| std::cmp::Reverse(count.all));
        for (country, (count, acts)) in countries {
            let name = country.map(|country| country_name(country, words));
            let name = name.unwrap_or_else(|| words.plain("table-not-said"));
            lines.push(count.line("table-line", &name, words));
            let mut acts: Vec<_> = acts.iter().collect();
            acts.sort_by_key(|(_, count)| std::cmp::Reverse(count.all));
            let acts = acts.into_iter();
            lines.extend(acts.map(|(act, it)| it.line("table-act", &label(*act, words), words)));
        }
        lines.push(words.plain("table-months"));
        for (month, count) in &self.months {
            let not_said = || words.plain("table-not-said");
            let name = month.clone().unwrap_or_else(not_said);
            lines.push(count.line("table-line", &name, words));
        }
        lines.push(words.plain("table-origins"));
        for (origin, count) in &self.origins {
            lines.push(count.line("table-line", &label(*origin, words), words));
        }
        if !self.systemic.is_empty() {
            lines.push(words.plain("table-systemic"));
        }
        for case in &self.systemic {
            let args = [
                ("case", case.alert.case.as_str().into()),
                ("about", case.alert.about(words).into()),
            ];
            lines.push(words.say("table-case", &args));
        }
        lines.join("\n")
    }

    /// For programs.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let countries = self.countries.iter().map(|(country, (count, acts))| {
            let mut value = count.json("country", json!(country.map(|it| it.code())));
            let acts: Vec<Value> = acts
                .iter()
                .map(|(act, it)| it.json("act", key(*act)))
                .collect();
            if let Some(object) = value.as_object_mut() {
                object.insert("acts".to_owned(), json!(acts));
            }
            value
        });
        let months = self.months.iter();
        let origins = self.origins.iter();
        json!({
            "count": self.all.all,
            "systemic": self.all.systemic,
            "countries": countries.collect::<Vec<_>>(),
            "months": months.map(|(it, count)| count.json("month", json!(it))).collect::<Vec<_>>(),
            "sources": origins.map(|(it, count)| count.json("source", key(*it))).collect::<Vec<_>>(),
            "systemic_cases": self.systemic.iter().map(|it| &it.alert.case).collect::<Vec<_>>(),
        })
    }
}

fn key<V: Vocabulary>(value: V) -> Value {
    json!(value.key().into_owned())
}
