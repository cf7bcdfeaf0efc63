//! What is due in all cases: a list, JSON, and a file for calendar programs.

use bellrope_proto::ids::Timestamp;
use data_encoding::HEXLOWER;
use serde_json::{Value, json};

use super::{
    alert::when_json,
    case_facts::{ShownFact, date_letters, is_overdue},
    case_view::CaseView,
    labels::label,
};
use crate::{
    alert::vocabulary::{DateStanding, TimePrecision},
    case::facts::ends,
    message::{DateFact, DateId},
    text::Messages,
};

/// Seconds before something is due at which somebody is reminded of it.
const REMINDED_BEFORE: u64 = 24 * 3_600;

/// Something that is due in a case.
#[derive(Clone, Debug)]
pub struct Due {
    /// The number of the case.
    pub case: String,
    date: DateFact,
    shown: ShownFact,
    /// Whether it is this device's person who sees to it: who was named, or, where nobody was who is in the group, who leads.
    is_mine: bool,
}

impl Due {
    /// Of all cases that are not closed, the first that is due first; with what is settled, if that is wanted, and then of closed ones too.
    #[must_use]
    pub fn of<'a>(cases: impl IntoIterator<Item = &'a CaseView>, settled_too: bool) -> Vec<Self> {
        let cases = cases.into_iter();
        let cases = cases.filter(|case| settled_too || !case.now.is_closed());
        let mut all: Vec<Self> = cases
            .flat_map(|case| {
                let dates = case.now.facts.dates();
                dates.map(|(date, shown)| Self {
                    case: case.alert.case.clone(),
                    date: date.clone(),
                    shown: shown.clone(),
                    is_mine: match shown.is_in() {
                        true => shown.is_mine(),
                        false => case.now.is_mine,
                    },
                })
            })
            .filter(|due| settled_too || due.date.standing == DateStanding::Open)
            .collect();
        all.sort_by(|one, other| one.place().cmp(&other.place()));
        all
    }

    fn place(&self) -> (Option<Timestamp>, &str, DateId) {
        (self.date.at.at, &self.case, self.date.id)
    }

    /// In a list.
    #[must_use]
    pub fn line(&self, now: Timestamp, words: &Messages) -> String {
        let text = self.shown.text(words);
        let id = match self.date.standing == DateStanding::Open && is_overdue(&self.date, now) {
            true => "calendar-overdue",
            false => "calendar-line",
        };
        let args = [("case", self.case.as_str().into()), ("date", text.into())];
        words.say(id, &args)
    }

    /// Whether it is due before then, or over.
    pub(super) fn is_before(&self, then: Timestamp) -> bool {
        self.date.at.at.is_some_and(|at| at <= then)
    }

    /// For programs that want the time alone.
    pub(super) fn short_json(&self) -> Value {
        json!({
            "case": self.case,
            "date": date_letters(self.date.id),
            "value": when_json(self.date.at.at, self.date.at.precision),
        })
    }

    /// What this device's person is reminded of, if it is theirs: that its time is over, or comes within a day.
    #[must_use]
    pub fn reminder(&self, now: Timestamp, words: &Messages) -> Option<String> {
        let is_near = self.date.at.at? <= Timestamp(now.0.saturating_add(REMINDED_BEFORE));
        let is_open = self.date.standing == DateStanding::Open;
        if !self.is_mine || !is_open || !is_near {
            return None;
        }
        if is_overdue(&self.date, now) {
            return Some(self.line(now, words));
        }
        let args = [
            ("case", self.case.as_str().into()),
            ("date", self.shown.text(words).into()),
        ];
        Some(words.say("calendar-soon", &args))
    }

    /// For programs.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mut value = self.shown.to_json();
        if let Some(object) = value.as_object_mut() {
            object.insert("case".to_owned(), self.case.as_str().into());
        }
        value
    }

    /// A file as calendar programs take it (RFC 5545). It goes to other programs and perhaps to others' servers: of each date it has the kind, the
    /// time and the letters of the case, and nothing that anybody wrote, neither a name nor a country.
    #[must_use]
    pub fn calendar_file(all: &[Self], now: Timestamp, words: &Messages) -> String {
        let mut rows = vec![
            "BEGIN:VCALENDAR".to_owned(),
            "VERSION:2.0".to_owned(),
            "PRODID:-//Bellrope//EN".to_owned(),
        ];
        let stamp = utc(now, "%Y%m%dT%H%M%SZ");
        for due in all {
            let Some(at) = due.date.at.at else { continue };
            let end = ends(Some(at), due.date.at.precision).unwrap_or(at);
            let letters = due.case.rsplit('-').next().unwrap_or_default();
            let what = format!("{}: {letters}", label(due.date.kind, words));
            rows.push("BEGIN:VEVENT".to_owned());
            rows.push(format!("UID:{}@bellrope", HEXLOWER.encode(&due.date.id.0)));
            rows.push(format!("DTSTAMP:{stamp}"));
            match due.date.at.precision {
                TimePrecision::Day | TimePrecision::Month => {
                    rows.push(format!("DTSTART;VALUE=DATE:{}", utc(at, "%Y%m%d")));
                    rows.push(format!("DTEND;VALUE=DATE:{}", utc(end, "%Y%m%d")));
                }
                _ => {
                    rows.push(format!("DTSTART:{}", utc(at, "%Y%m%dT%H%M%SZ")));
                    rows.push(format!("DTEND:{}", utc(end, "%Y%m%dT%H%M%SZ")));
                }
            }
            rows.push(format!("SUMMARY:{}", escaped(&what)));
            rows.push("END:VEVENT".to_owned());
        }
        rows.push("END:VCALENDAR".to_owned());
        let rows = rows.iter().map(|row| folded(row));
        rows.map(|row| format!("{row}\r\n")).collect()
    }
}

fn utc(at: Timestamp, format: &str) -> String {
    let at = i64::try_from(at.0).ok();
    let at = at.and_then(|at| jiff::Timestamp::from_second(at).ok());
    at.map(|at| at.strftime(format).to_string())
        .unwrap_or_default()
}

/// RFC 5545, 3.3.11.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for letter in text.chars() {
        if matches!(letter, '\\' | ';' | ',') {
            escaped.push('\\');
        }
        escaped.push(letter);
    }
    escaped
}

/// RFC 5545, 3.1: a row has at most 75 bytes, and goes on after a line end and a space.
fn folded(row: &str) -> String {
    let (mut folded, mut bytes) = (String::new(), 0);
    for letter in row.chars() {
        if bytes + letter.len_utf8() > 75 {
            folded.push_str("\r\n ");
            bytes = 1;
        }
        folded.push(letter);
        bytes += letter.len_utf8();
    }
    folded
}
