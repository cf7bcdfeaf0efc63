//! How long the group keeps cases: what is due to be forgotten, when, what is kept longer and why.
//!
//! A clock names what is due, and erases nothing: two people do that, each after a look at what is due by their own device. A device whose clock is
//! years ahead names too much, and the second person's does not; so does one on which somebody else has set the months.
//!
//! None of it is in the calendar: what is due there has its hour, and a calendar's file lies outside of Bellrope for as long as anybody keeps it.

use bellrope_proto::ids::Timestamp;
use serde_json::{Value, json};

use super::{
    alert::in_line,
    case_facts::ShownFact,
    case_now::CaseNow,
    case_view::CaseView,
    names::{Names, list},
};
use crate::{
    alert::vocabulary::YesNo,
    device::{Device, DeviceError, Folded},
    group::retention::months_after,
    ids::MessageId,
    message::{CaseAct, Fact},
    text::{Messages, day_text, escape, rfc3339},
};

/// Seconds before a case is due at which people are told: time to say that it is kept longer.
const SOON_SECONDS: u64 = 30 * Timestamp::DAY_SECONDS;

/// Clocks that differ by less make nothing due on another day than people would think.
const AHEAD_SECONDS: u64 = Timestamp::DAY_SECONDS;

/// Why a case is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DueBy {
    /// The person does not agree that it is kept.
    Person,
    /// It was closed so long ago.
    Time,
}

/// That a case is due to be forgotten, from when on, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct DueToGo {
    pub(super) at: Timestamp,
    pub(super) by: DueBy,
}

/// That a case is kept longer than others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct KeptLonger {
    /// Until when,
    until: Timestamp,
    /// by whose word,
    by: String,
    /// which they gave then,
    at: Timestamp,
    /// and why.
    why: String,
}

impl KeptLonger {
    pub(super) fn of(folded: &Folded, names: &Names<'_>) -> Option<Self> {
        let kept = folded.kept?;
        let said = folded.said.get(kept.at)?;
        let CaseAct::Keep(words) = &said.act else {
            return None;
        };
        Some(Self {
            until: kept.until,
            by: names.of(&said.author),
            at: said.at,
            why: words.reason.clone(),
        })
    }

    fn line(&self, case: &str, words: &Messages) -> String {
        let args = [
            ("case", case.into()),
            ("until", day_text(self.until).into()),
            ("name", escape(&self.by).into()),
            ("at", words.moment(self.at).into()),
            ("text", in_line(&self.why).into()),
        ];
        words.say("case-kept", &args)
    }
}

impl CaseNow {
    /// When it is due to be forgotten, if it is ever, as things stand.
    pub(super) fn due_to_go(&self) -> Option<DueToGo> {
        self.due_by(self.months)
    }

    /// The same if the group kept cases for so many months.
    fn due_by(&self, months: Option<u16>) -> Option<DueToGo> {
        let says_no =
            |shown: &&ShownFact| matches!(shown.fact, Fact::Review(it) if it.keep == YesNo::No);
        let reviews = self.closing_by.into_iter();
        let reviews = reviews.flat_map(|closing| self.facts.reviews(closing));
        let person = reviews.filter(says_no).map(|shown| shown.by().1).min();
        let person = person.map(|at| DueToGo {
            at,
            by: DueBy::Person,
        });
        let closed = self.closed_since?;
        let time = months.and_then(|months| months_after(closed, months));
        let time = time.map(|at| DueToGo {
            at,
            by: DueBy::Time,
        });
        let due = person.into_iter().chain(time).min_by_key(|due| due.at)?;
        let kept = self.kept.as_ref().map_or(Timestamp(0), |kept| kept.until);
        Some(DueToGo {
            at: due.at.max(kept),
            ..due
        })
    }

    /// Whether it is time.
    pub(super) fn is_due_to_go(&self, now: Timestamp) -> bool {
        self.due_to_go().is_some_and(|due| due.at <= now)
    }

    /// Whether it will be soon, and is not yet.
    pub(super) fn is_soon_to_go(&self, now: Timestamp) -> bool {
        let due = self.due_to_go().filter(|due| due.at > now);
        due.is_some_and(|due| due.at.0.saturating_sub(SOON_SECONDS) <= now.0)
    }

    /// Whether it is kept longer, by now.
    fn is_kept(&self, now: Timestamp) -> bool {
        self.kept.as_ref().is_some_and(|kept| kept.until > now)
    }

    /// That it is kept longer; that it is due, or soon, where nobody wishes it yet.
    pub(super) fn retention_lines(
        &self,
        case: &str,
        now: Timestamp,
        words: &Messages,
    ) -> Vec<String> {
        let kept = self.kept.as_ref().filter(|_| self.is_kept(now));
        let mut lines: Vec<String> = kept
            .map(|kept| kept.line(case, words))
            .into_iter()
            .collect();
        let Some(due) = self.due_to_go().filter(|_| self.to_forget.is_empty()) else {
            return lines;
        };
        let id = match due.by {
            _ if self.is_soon_to_go(now) => "forget-soon",
            _ if due.at > now => return lines,
            DueBy::Person => "forget-due-person",
            DueBy::Time => "forget-due-time",
        };
        let args = [("case", case.into()), ("at", day_text(due.at).into())];
        lines.push(words.say(id, &args));
        lines
    }

    /// Of a wish without a reason, what this device knows of it: whoever wished it may go by another clock.
    /// Where no moment is known that counts as now, the day is said and nothing of it.
    pub(super) fn wished_as_due(&self, now: Option<Timestamp>, words: &Messages) -> Option<String> {
        let mut wishes = self.to_forget.iter();
        wishes.find(|wish| wish.is_as_due)?;
        let Some(due) = self.due_to_go() else {
            return Some(words.plain("forget-as-due-not"));
        };
        let id = match now.is_some_and(|now| now < due.at) {
            true => "forget-as-due-later",
            false => "forget-as-due",
        };
        Some(words.say(id, &[("at", day_text(due.at).into())]))
    }

    /// Whether it was closed, by its author's clock or the relay's, at a moment that has not come.
    fn is_closed_ahead(&self, now: Timestamp) -> bool {
        let soonest = now.plus(AHEAD_SECONDS);
        self.closed_since.is_some_and(|closed| closed > soonest)
    }

    /// The same for programs.
    pub(super) fn retention_json(&self) -> Value {
        let kept = self.kept.as_ref();
        let due = self.due_to_go();
        json!({
            "kept_until": kept.and_then(|kept| rfc3339(kept.until)),
            "kept_by": kept.map(|kept| &kept.by),
            "kept_because": kept.map(|kept| &kept.why),
            "forget_due_at": due.and_then(|due| rfc3339(due.at)),
            "forget_due_by": due.map(|due| match due.by {
                DueBy::Person => "person",
                DueBy::Time => "time",
            }),
        })
    }
}

impl CaseView {
    /// That it is kept longer, by whom and why; empty where it is not.
    #[must_use]
    pub fn kept_line(&self, now: Timestamp, words: &Messages) -> String {
        let kept = self.now.kept.as_ref().filter(|_| self.now.is_kept(now));
        kept.map(|kept| kept.line(&self.alert.case, words))
            .unwrap_or_default()
    }
}

/// See the module.
#[derive(Clone, Debug)]
pub struct RetentionNow {
    /// For how many months; none: no case is due by time.
    months: Option<u16>,
    /// Who says so, and when by their clock; none while nobody has.
    set: Option<(String, Timestamp)>,
    now: Timestamp,
    /// What is due, the longest first.
    due: Vec<CaseView>,
    /// What will be within a month.
    soon: Vec<CaseView>,
    /// What is kept longer.
    kept: Vec<CaseView>,
    /// What will be due too late, as it was closed by a clock that is ahead.
    ahead: Vec<CaseView>,
}

impl RetentionNow {
    /// Of this device's cases; `None` for a device that has no roster.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub fn of(
        device: &Device,
        cases: &[CaseView],
        now: Timestamp,
    ) -> Result<Option<Self>, DeviceError> {
        let Some(roster) = device.roster()? else {
            return Ok(None);
        };
        let since = usize::try_from(roster.retention_since().0).unwrap_or(usize::MAX);
        let entry = roster.retention_said().and(roster.entries().get(since));
        let set = entry.and_then(|entry| entry.peek().ok()).map(|entry| {
            let gone = roster.removed_person(&entry.author);
            let gone = gone.map(|gone| &gone.person);
            let author = roster.person(&entry.author).or(gone);
            let name = author.map(|author| author.name.clone());
            (name.unwrap_or_default(), entry.time)
        });
        let all = |wanted: &dyn Fn(&CaseNow) -> bool| -> Vec<CaseView> {
            let all = cases.iter().filter(|case| wanted(&case.now));
            let mut all: Vec<CaseView> = all.cloned().collect();
            all.sort_by_key(|case| case.now.due_to_go().map(|due| due.at));
            all
        };
        Ok(Some(Self {
            months: roster.retention_months(),
            set,
            now,
            due: all(&|it| it.is_due_to_go(now)),
            soon: all(&|it| it.is_soon_to_go(now)),
            kept: all(&|it| it.is_kept(now)),
            ahead: all(&|it| it.is_closed_ahead(now)),
        }))
    }

    /// How long cases are kept, in a line.
    #[must_use]
    pub fn headline(&self, words: &Messages) -> String {
        months_line(self.months, words)
    }

    /// All of it, a fact a line.
    #[must_use]
    pub fn text(&self, words: &Messages) -> String {
        let mut lines = vec![self.headline(words)];
        lines.push(match &self.set {
            Some((by, at)) => {
                let args = [("by", escape(by).into()), ("at", words.moment(*at).into())];
                words.say("retention-set", &args)
            }
            None => words.plain("retention-founded"),
        });
        for (id, cases) in [
            ("retention-due", &self.due),
            ("retention-soon", &self.soon),
            ("retention-ahead", &self.ahead),
        ] {
            if !cases.is_empty() {
                lines.push(words.say(id, &[("count", cases.len().into())]));
                lines.extend(cases.iter().map(|case| row(case, words)));
            }
        }
        if !self.kept.is_empty() {
            lines.push(words.say("retention-kept", &[("count", self.kept.len().into())]));
        }
        let kept = self.kept.iter();
        lines.extend(kept.map(|case| format!("  {}", case.kept_line(self.now, words))));
        if self.due.is_empty() && self.soon.is_empty() {
            lines.push(words.plain("retention-nothing"));
        }
        lines.join("\n")
    }

    /// What is due and this device's person has not said so yet: the alerts, and how each is shown.
    #[must_use]
    pub fn to_forget(&self, words: &Messages) -> Vec<(MessageId, String)> {
        let is_left = |case: &&CaseView| {
            let mut wishes = case.now.to_forget.iter();
            case.now.may_speak && !wishes.any(|wish| wish.is_mine())
        };
        let left = self.due.iter().filter(is_left);
        left.map(|case| (case.alert.id, row(case, words))).collect()
    }

    /// That it was set since then, for a digest: whoever has a coordinator's device can set it, too.
    pub(super) fn news_since(&self, since: Timestamp) -> Option<&(String, Timestamp)> {
        self.set.as_ref().filter(|(_, at)| *at >= since)
    }

    /// For programs.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let rows = |cases: &[CaseView]| -> Vec<Value> {
            let row = |case: &CaseView| {
                let mut row = case.now.retention_json();
                if let Some(object) = row.as_object_mut() {
                    let wished = case.now.to_forget.iter().map(|wish| wish.name());
                    object.insert("case".to_owned(), json!(case.alert.case));
                    let wished: Vec<&str> = wished.collect();
                    object.insert("forget_wished_by".to_owned(), json!(wished));
                }
                row
            };
            cases.iter().map(row).collect()
        };
        let set = self.set.as_ref();
        json!({
            "months": self.months,
            "set_by": set.map(|(by, _)| by),
            "set_at": set.and_then(|(_, at)| rfc3339(*at)),
            "due": rows(&self.due),
            "soon": rows(&self.soon),
            "kept": rows(&self.kept),
            "closed_ahead": rows(&self.ahead),
        })
    }
}

/// What a change would come to: how long cases are kept by it, and how many of these are due by it that are not now.
#[must_use]
pub fn planned_retention(
    cases: &[CaseView],
    months: Option<u16>,
    now: Timestamp,
    words: &Messages,
) -> String {
    let is_new = |case: &&CaseView| {
        let due = case.now.due_by(months);
        due.is_some_and(|due| due.at <= now) && !case.now.is_due_to_go(now)
    };
    let count = cases.iter().filter(is_new).count();
    let line = months_line(months, words);
    match count {
        0 => line,
        count => format!(
            "{line}\n{}",
            words.say("retention-new-due", &[("count", count.into())])
        ),
    }
}

fn months_line(months: Option<u16>, words: &Messages) -> String {
    match months {
        Some(months) => words.say(
            "retention-months",
            &[("months", usize::from(months).into())],
        ),
        None => words.plain("retention-off"),
    }
}

/// A case in a list: when, what it is about, and whose agreement it goes by.
fn row(case: &CaseView, words: &Messages) -> String {
    let at = case.now.due_to_go().map(|due| day_text(due.at));
    let names: Vec<String> = case
        .now
        .to_forget
        .iter()
        .map(|it| it.name().to_owned())
        .collect();
    let args = [
        ("case", case.alert.case.as_str().into()),
        ("at", at.unwrap_or_default().into()),
        ("about", case.alert.about(words).into()),
        ("names", list(&names).into()),
    ];
    let id = match names.is_empty() {
        true => "retention-row",
        false if case.now.to_forget.iter().any(|it| it.is_sender) => "retention-row-sender",
        false => "retention-row-wished",
    };
    words.say(id, &args)
}
