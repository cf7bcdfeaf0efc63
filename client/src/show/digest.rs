//! What somebody who looks once a day or a week has to know of the cases: what nobody leads, what they lead, what is new, what was said, what is due.

use bellrope_proto::ids::Timestamp;
use serde_json::{Value, json};

use super::{
    case_view::CaseView, check_in::MissedCheckIn, due::Due, retention::RetentionNow,
    shifts::ShiftsNow,
};
use crate::{
    alert::vocabulary::{Kind, Urgency},
    text::{Messages, escape, rfc3339},
};

/// Seconds before something is due at which a digest has it.
const AHEAD: u64 = 8 * 24 * 3_600;

/// Seconds after a case was closed for which a digest says that somebody is to look back on it.
const LATELY: u64 = 31 * 24 * 3_600;

/// Lines of one part: more is for `cases`.
const LINES_MAX: usize = 20;

/// See the module. Drills are left out.
#[derive(Clone, Debug)]
pub struct Digest<'a> {
    since: Timestamp,
    now: Timestamp,
    /// Open, and nobody leads: the most urgent first.
    nobody_leads: Vec<&'a CaseView>,
    /// Open, and this device's person leads.
    you_lead: Vec<&'a CaseView>,
    /// Open, and this device's person stands in for who leads, who is not heard.
    stand_in: Vec<&'a CaseView>,
    /// The alert came since.
    new: Vec<&'a CaseView>,
    /// How much others said since.
    changed: Vec<(&'a CaseView, usize)>,
    /// Closed not long ago, and fewer looked back on than should.
    to_review: Vec<&'a CaseView>,
    /// Somebody wishes that they are forgotten.
    to_forget: Vec<&'a CaseView>,
    /// It is time to forget them, and nobody wishes it yet.
    due_to_go: Vec<&'a CaseView>,
    /// It will be within a month.
    soon_to_go: Vec<&'a CaseView>,
    /// How long cases are kept, where that was set since, and by whom.
    retention: Option<(RetentionNow, String, Timestamp)>,
    /// Due soon, or over.
    due: Vec<Due>,
    /// Who did not check in.
    missed: Vec<MissedCheckIn>,
    /// How it stands with shifts, where there is a rota.
    shifts: Option<ShiftsNow>,
}

impl<'a> Digest<'a> {
    /// Of all cases, since then.
    #[must_use]
    pub fn of(
        cases: &'a [CaseView],
        missed: Vec<MissedCheckIn>,
        since: Timestamp,
        now: Timestamp,
    ) -> Self {
        let kind = |case: &&CaseView| case.alert.reading.fields().map(|fields| fields.kind);
        let cases: Vec<&CaseView> = cases
            .iter()
            .filter(|case| kind(case) != Some(Kind::Drill))
            .collect();
        let some = |wanted: &dyn Fn(&CaseView) -> bool| -> Vec<&'a CaseView> {
            let all = cases.iter().copied();
            all.filter(|case| wanted(case)).collect()
        };
        let is_new = |case: &CaseView| case.alert.arrived.is_some_and(|at| at >= since);
        let mut nobody_leads = some(&|case| case.now.lead.is_none() && !case.now.is_closed());
        nobody_leads.sort_by_key(|case| urgency(case));
        let changed = cases.iter().filter_map(|case| {
            let said = case.story.iter();
            let said = said.filter(|told| told.at >= since && !told.is_mine);
            let count = said.count();
            (count > 0).then_some((*case, count))
        });
        let near = Timestamp(now.0.saturating_add(AHEAD));
        Self {
            since,
            now,
            you_lead: some(&|case| case.now.is_mine && !case.now.is_closed()),
            stand_in: some(&|case| case.now.stands_in(now).is_some()),
            new: some(&is_new),
            to_review: some(&|case| {
                let closed = case.now.closed_at();
                let is_lately = closed.is_some_and(|at| at.0.saturating_add(LATELY) > now.0);
                is_lately && !case.now.is_reviewed()
            }),
            due_to_go: some(&|case| case.now.to_forget.is_empty() && case.now.is_due_to_go(now)),
            soon_to_go: some(&|case| case.now.to_forget.is_empty() && case.now.is_soon_to_go(now)),
            retention: None,
            to_forget: some(&|case| !case.now.to_forget.is_empty()),
            changed: changed.collect(),
            due: Due::of(cases.iter().copied(), false)
                .into_iter()
                .filter(|due| due.is_before(near))
                .collect(),
            nobody_leads,
            missed,
            shifts: None,
        }
    }

    /// The same with how it stands with shifts.
    #[must_use]
    pub fn with(self, shifts: Option<ShiftsNow>) -> Self {
        Self { shifts, ..self }
    }

    /// The same with how long cases are kept, where somebody has set that since.
    #[must_use]
    pub fn with_retention(self, now: Option<RetentionNow>) -> Self {
        let set = now.and_then(|now| {
            let (by, at) = now.news_since(self.since)?.clone();
            Some((now, by, at))
        });
        Self {
            retention: set,
            ..self
        }
    }

    /// In words; what there is none of is left out.
    #[must_use]
    pub fn text(&self, words: &Messages) -> String {
        let since = words.moment(self.since);
        let mut lines = vec![words.say("digest-since", &[("at", since.into())])];
        let mut part = |id: &str, (count, first): (usize, Vec<String>)| {
            if count == 0 {
                return;
            }
            lines.push(words.say(id, &[("count", count.into())]));
            lines.extend(first.iter().map(|line| format!("  {line}")));
            let more = count.saturating_sub(LINES_MAX);
            if more > 0 {
                lines.push(words.say("digest-more", &[("count", more.into())]));
            }
        };
        let of = |cases: &[&CaseView]| {
            first(cases, |case| {
                let args = [
                    ("case", case.alert.case.as_str().into()),
                    ("about", case.alert.about(words).into()),
                ];
                words.say("digest-case", &args)
            })
        };
        part("digest-missed", first(&self.missed, |it| it.line(words)));
        part("digest-forget", of(&self.to_forget));
        part("digest-nobody", of(&self.nobody_leads));
        part("digest-mine", of(&self.you_lead));
        part("digest-stand-in", of(&self.stand_in));
        part("digest-new", of(&self.new));
        let changed = first(&self.changed, |(case, count)| {
            let last = case.story.iter().rev().find(|told| !told.is_mine);
            let args = [
                ("case", case.alert.case.as_str().into()),
                ("count", (*count).into()),
                (
                    "said",
                    last.map(|told| told.short(words))
                        .unwrap_or_default()
                        .into(),
                ),
            ];
            words.say("digest-said", &args)
        });
        part("digest-changed", changed);
        part("digest-review", of(&self.to_review));
        part("digest-forget-due", of(&self.due_to_go));
        part("digest-forget-soon", of(&self.soon_to_go));
        part(
            "digest-due",
            first(&self.due, |it| it.line(self.now, words)),
        );
        let shifts = self.shifts.iter();
        lines.extend(shifts.filter_map(|it| it.missing_line(words)));
        if let Some((now, by, at)) = &self.retention {
            let args = [("by", escape(by).into()), ("at", words.moment(*at).into())];
            lines.push(words.say("digest-retention", &args));
            lines.push(format!("  {}", now.headline(words)));
        }
        if lines.len() == 1 {
            lines.push(words.plain("digest-nothing"));
        }
        lines.join("\n")
    }

    /// For programs.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let cases = |all: &[&CaseView]| -> Vec<String> {
            all.iter().map(|case| case.alert.case.clone()).collect()
        };
        let changed = self
            .changed
            .iter()
            .map(|(case, count)| json!({ "case": case.alert.case, "said": count }));
        let set = self.retention.as_ref();
        json!({
            "since": rfc3339(self.since),
            "nobody_leads": cases(&self.nobody_leads),
            "you_lead": cases(&self.you_lead),
            "stand_in": cases(&self.stand_in),
            "new": cases(&self.new),
            "changed": changed.collect::<Vec<_>>(),
            "to_forget": cases(&self.to_forget),
            "due_to_forget": cases(&self.due_to_go),
            "soon_to_forget": cases(&self.soon_to_go),
            "retention_set": set.map(|(_, by, at)| json!({ "by": by, "at": rfc3339(*at) })),
            "to_review": cases(&self.to_review),
            "due": self.due.iter().map(Due::short_json).collect::<Vec<_>>(),
            "no_hand_over": self.shifts.as_ref().is_some_and(ShiftsNow::is_missing),
            "check_ins_missed": self.missed.iter().map(MissedCheckIn::to_json).collect::<Vec<_>>(),
        })
    }
}

/// How many there are, and the lines of the first of them: of thousands only those are put into words that are shown.
fn first<T>(all: &[T], line: impl Fn(&T) -> String) -> (usize, Vec<String>) {
    (all.len(), all.iter().take(LINES_MAX).map(line).collect())
}

/// The most urgent first; what nobody said after what somebody did.
fn urgency(case: &CaseView) -> u8 {
    match case.alert.reading.fields().map(|fields| fields.urgency) {
        Some(Urgency::Critical) => 0,
        Some(Urgency::High) => 1,
        Some(Urgency::NotSaid | Urgency::Unlisted(_)) | None => 2,
        Some(Urgency::Normal) => 3,
        Some(Urgency::Information) => 4,
    }
}
