//! Who is on duty, in words: now, next, and in the week to come, on the clocks of the rota's place.

use bellrope_proto::{
    ids::Timestamp,
    signing::{Device as DeviceKey, PublicKey},
};
use serde_json::{Value, json};

use crate::{
    device::{Device, DeviceError, shifts},
    duty::{Line, Rota, Stretch},
    group::Roster,
    text::{Messages, ahead_text, clock_there, escape, rfc3339},
};

/// For how long a rota is shown.
const SHOWN_SECONDS: u64 = 7 * Timestamp::DAY_SECONDS;

/// Somebody and who stands behind them, by name.
type Names = (String, Option<String>);

/// See the module. Those who have left the group are in none of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DutyRota {
    /// What people call the place whose clocks are meant, and how many minutes these are ahead of UTC now.
    place: (String, i16),
    /// Who is on duty, from now on, for a week; nobody is in between.
    stretches: Vec<(Timestamp, Timestamp, i16, Names)>,
    /// When it is otherwise than each week, as far as that is not over; none where nobody is on duty.
    days: Vec<(Timestamp, Timestamp, i16, Option<Names>)>,
    /// When somebody is on duty next, if nobody is now and somebody will be within two weeks.
    next: Option<(Timestamp, i16)>,
    /// Whether it names any hours.
    is_there: bool,
    /// Who said so, and when by their clock; none while it is not written yet, and where there is nothing.
    written: Option<(String, Timestamp)>,
    now: Timestamp,
}

impl DutyRota {
    /// By this device's roster; `None` for a device that has none.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub fn of(device: &Device, now: Timestamp) -> Result<Option<Self>, DeviceError> {
        let Some(roster) = device.roster()? else {
            return Ok(None);
        };
        let (Some(rota), Some(with)) = (roster.duty(), shifts::rota(device, &roster, |_| true)?)
        else {
            return Ok(Some(Self::none(now)));
        };
        let place = usize::try_from(roster.duty_since().0).unwrap_or(usize::MAX);
        let entry = roster.entries().get(place);
        let written = entry.and_then(|entry| entry.peek().ok()).map(|entry| {
            let gone = roster.removed_person(&entry.author);
            let gone = gone.map(|gone| &gone.person);
            let author = roster.person(&entry.author).or(gone);
            let name = author.map(|author| author.name.clone());
            (name.unwrap_or_default(), entry.time)
        });
        Ok(Some(Self {
            written,
            // Who agreed with whom is said beside it.
            days: Self::by(&roster, rota, now).days,
            ..Self::by(&roster, &with, now)
        }))
    }

    fn none(now: Timestamp) -> Self {
        Self {
            place: (String::new(), 0),
            stretches: Vec::new(),
            days: Vec::new(),
            next: None,
            is_there: false,
            written: None,
            now,
        }
    }

    /// By a rota that is in force, or may be soon.
    pub(crate) fn by(roster: &Roster, rota: &Rota<PublicKey<DeviceKey>>, now: Timestamp) -> Self {
        if rota.is_empty() {
            return Self::none(now);
        }
        let rota = rota.map(|who| roster.whoever(&who).map(|it| it.person));
        let name = |who| roster.whoever(&who).map(|it| it.name.clone());
        let names = |line: Line<_>| Some((name(line.first)?, line.second.and_then(name)));
        let ahead = |at| rota.minutes_ahead(at);
        let until = Timestamp(now.0.saturating_add(SHOWN_SECONDS));
        let stretches = rota.stretches(now, until).into_iter();
        let stretches = stretches.filter_map(|it| {
            let Stretch { from, until, line } = it;
            Some((from, until, ahead(from), names(line?)?))
        });
        let days = rota.days.iter().filter(|days| days.until > now);
        let days = days.map(|it| (it.from, it.until, ahead(it.from), it.line.and_then(names)));
        let next = rota.next(now).filter(|next| *next > now);
        Self {
            place: (rota.place.clone(), ahead(now)),
            stretches: stretches.collect(),
            days: days.collect(),
            next: next.map(|next| (next, ahead(next))),
            is_there: true,
            written: None,
            now,
        }
    }

    /// Who is on duty now, in one line.
    #[must_use]
    pub fn headline(&self, words: &Messages) -> String {
        if !self.is_there {
            return words.plain("duty-none");
        }
        let first = self.stretches.first();
        match first.filter(|(from, ..)| *from <= self.now) {
            Some((_, until, ahead, names)) => {
                let args = [
                    (
                        "until",
                        until_there(self.now, (*until, *ahead), words).into(),
                    ),
                    ("name", escape(&names.0).into()),
                    (
                        "second",
                        escape(names.1.as_deref().unwrap_or_default()).into(),
                    ),
                ];
                // What is after that is not looked at here, and is no end.
                let ends = *until < Timestamp(self.now.0.saturating_add(SHOWN_SECONDS));
                let id = match ends {
                    true => line_id(names, "duty-now", "duty-now-second"),
                    false => line_id(names, "duty-now-week", "duty-now-week-second"),
                };
                words.say(id, &args)
            }
            None => match self.next {
                Some((next, ahead)) => {
                    let args = [("at", day_there(next, ahead, words).into())];
                    words.say("duty-nobody-before", &args)
                }
                None => words.plain("duty-nobody"),
            },
        }
    }

    /// All of it, a fact a line.
    #[must_use]
    pub fn text(&self, words: &Messages) -> String {
        let mut lines = vec![self.headline(words)];
        if !self.is_there {
            return lines.concat();
        }
        let args = [
            ("place", escape(&self.place.0).into()),
            ("offset", ahead_text(self.place.1).into()),
        ];
        lines.push(words.say("duty-place", &args));
        for (from, until, ahead, names) in &self.stretches {
            lines.push(row(words, (*from, *until, *ahead), Some(names)));
        }
        if !self.days.is_empty() {
            lines.push(words.plain("duty-days"));
        }
        for (from, until, ahead, names) in &self.days {
            lines.push(row(words, (*from, *until, *ahead), names.as_ref()));
        }
        if let Some((by, at)) = &self.written {
            let args = [("by", escape(by).into()), ("at", words.moment(*at).into())];
            lines.push(words.say("duty-since", &args));
        }
        lines.join("\n")
    }

    /// The same for programs.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let row = |from: Timestamp, until: Timestamp, names: Option<&Names>| {
            json!({
                "from": rfc3339(from),
                "until": rfc3339(until),
                "first": names.map(|it| &it.0),
                "second": names.and_then(|it| it.1.as_ref()),
            })
        };
        let stretches = self.stretches.iter();
        let stretches = stretches.map(|(from, until, _, names)| row(*from, *until, Some(names)));
        let days = self.days.iter();
        let days = days.map(|(from, until, _, names)| row(*from, *until, names.as_ref()));
        let now = self.stretches.first().filter(|it| it.0 <= self.now);
        let written = self.written.as_ref();
        json!({
            "place": self.is_there.then_some(&self.place.0),
            "utc_offset_minutes": self.is_there.then_some(self.place.1),
            "now": now.map(|(from, until, _, names)| row(*from, *until, Some(names))),
            "next": self.next.and_then(|(next, _)| rfc3339(next)),
            "week": stretches.collect::<Vec<_>>(),
            "days": days.collect::<Vec<_>>(),
            "set_by": written.map(|(by, _)| by),
            "set_at": written.and_then(|(_, at)| rfc3339(*at)),
        })
    }
}

fn line_id(names: &Names, alone: &'static str, both: &'static str) -> &'static str {
    if names.1.is_some() { both } else { alone }
}

fn row(
    words: &Messages,
    (from, until, ahead): (Timestamp, Timestamp, i16),
    names: Option<&Names>,
) -> String {
    let second = names.and_then(|it| it.1.as_deref()).unwrap_or_default();
    let name = names.map(|it| it.0.as_str()).unwrap_or_default();
    let args = [
        ("from", day_there(from, ahead, words).into()),
        ("until", until_there(from, (until, ahead), words).into()),
        ("name", escape(name).into()),
        ("second", escape(second).into()),
    ];
    let id = names.map(|names| line_id(names, "duty-row", "duty-row-second"));
    words.say(id.unwrap_or("duty-row-nobody"), &args)
}

/// `Mon 2026-11-30 08:00`, on clocks that are so many minutes ahead of UTC.
pub(super) fn day_there(at: Timestamp, ahead: i16, words: &Messages) -> String {
    let (day, clock, weekday) = clock_there(at, ahead);
    let weekday = words.plain(&format!("weekday-{weekday}"));
    format!("{weekday} {day} {clock}")
}

/// The same without the day where it is that of another moment.
fn until_there(from: Timestamp, (at, ahead): (Timestamp, i16), words: &Messages) -> String {
    match (clock_there(from, ahead), clock_there(at, ahead)) {
        (from, at) if from.0 == at.0 => at.1,
        _ => day_there(at, ahead, words),
    }
}
