//! How the words of a time go together: the grammar, which is one for all languages. Each thing is said at most once, in
//! any order; whatever is left over makes it no time.

use bellrope_proto::ids::Timestamp;
use jiff::{
    ToSpan,
    civil::{Date, Time, Weekday},
    tz::TimeZone,
};

use super::{
    super::{
        answers::AnswerError,
        unclear::{Candidate, Label, Unclear, Why},
        vocabulary::TimePrecision,
    },
    ABOUT_SECONDS, MINUTE_SECONDS, about, hour_minute, local, of_date, of_moment, whole,
    words::{Figure, Part, Token, WORDS_MAX, Word, names, tokens},
};
use crate::text::{Lexicon, nearest};

/// A date without a year may be this far ahead before it is last year's.
const AHEAD_DAYS: i64 = 7;

/// Fewer minutes than this ago are counted by people as minutes.
const COUNTED_MINUTES: u16 = 30;

/// When the night begins.
const NIGHT: i8 = 22;

/// When, and how closely.
pub(super) type Moment = (Timestamp, TimePrecision);

/// A text that is to be a time.
pub(super) struct Reading<'a> {
    pub(super) now: Timestamp,
    pub(super) zone: &'a TimeZone,
    pub(super) text: &'a str,
}

/// What was said, each at most once.
#[derive(Default)]
struct Said {
    day: Option<Date>,
    from_today: Option<i8>,
    weekday: Option<(usize, i8)>,
    month: Option<i8>,
    whole_month: Option<Date>,
    clock: Option<Time>,
    hour: Option<u16>,
    noon: bool,
    window: Option<Time>,
    part: Option<(usize, Part)>,
    afternoon: Option<bool>,
    numbers: Vec<(u16, usize)>,
    counts: Vec<u16>,
    unit: Option<Word>,
    span: Option<u16>,
    last_night: bool,
    night_to: bool,
    night_from: bool,
    ago: bool,
    about: bool,
    at: bool,
    last: bool,
    utc: bool,
}

/// Keeps what is said once; a second time is no time at all.
fn once<T>(slot: &mut Option<T>, value: T) -> Option<()> {
    slot.replace(value).is_none().then_some(())
}

impl Reading<'_> {
    fn nothing(&self) -> AnswerError {
        let part = self.text.to_owned();
        AnswerError::NotATime { part }
    }

    /// Whether it is still to come.
    pub(super) fn is_ahead(&self, (at, precision): Moment) -> bool {
        match precision {
            // A date is ahead only when it is later than the date here.
            TimePrecision::Day => {
                Some(at) > local(self.now, self.zone).and_then(|here| of_date(here.date()))
            }
            TimePrecision::Hour => at.0 > self.now.0.saturating_add(ABOUT_SECONDS),
            TimePrecision::Minute | TimePrecision::PartOfDay => at > self.now,
            _ => false,
        }
    }

    /// What it says.
    ///
    /// # Errors
    /// As [`parse_when`](super::parse_when).
    pub(super) fn moment(&self) -> Result<Moment, AnswerError> {
        let mut tokens = tokens(self.text);
        // In Russian "дня" is a part of a day, and after a number it is days.
        for at in 1..tokens.len() {
            if let Some([(_, before), (_, Token::Word(Word::Ago))]) =
                tokens.get_mut(at.saturating_sub(1)..=at)
                && *before == Token::Word(Word::Part(Part::Afternoon))
            {
                *before = Token::Word(Word::Days);
            }
        }
        if tokens.is_empty() || tokens.len() > WORDS_MAX {
            return Err(self.nothing());
        }
        self.near(&tokens)?;
        let mut said = Said::default();
        let is_hour = hours_among(&tokens);
        for (at, (_, token)) in tokens.iter().enumerate() {
            match token {
                Token::Number(number, _) if is_hour.contains(&at) => {
                    once(&mut said.hour, *number).ok_or_else(|| self.nothing())?;
                }
                Token::Figures(figures) => self.figures(&tokens, at, figures, &mut said)?,
                other => said.take(at, other).ok_or_else(|| self.nothing())?,
            }
        }
        let zone = if said.utc {
            TimeZone::UTC
        } else {
            self.zone.clone()
        };
        let here = local(self.now, &zone).ok_or_else(|| self.nothing())?.date();
        if said.last_night {
            let evening = before(here, 1);
            let label = Label::About("unclear-time-evening", evening.to_string());
            return Err(self.which(&[
                (format!("{evening} {}", word("time-evening")), label),
                night_to(here),
            ]));
        }
        if said.ago {
            return self.ago(&said, here);
        }
        said.resolve(self, &zone, here, &tokens)
    }

    /// A word that is none is asked about where one is near.
    fn near(&self, tokens: &[(String, Token)]) -> Result<(), AnswerError> {
        let mut unknown = tokens
            .iter()
            .enumerate()
            .filter(|(_, (_, token))| *token == Token::Unknown);
        let Some((at, _)) = unknown.next() else {
            return Ok(());
        };
        if unknown.next().is_some() {
            return Err(self.nothing());
        }
        let word = tokens.get(at).map_or("", |(word, _)| word);
        let meant: Vec<(String, Label)> = nearest(word, names())
            .into_iter()
            .map(|name| (with(tokens, at, name), Label::Answer))
            .collect();
        if meant.is_empty() {
            return Err(self.nothing());
        }
        Err(self.unclear(Why::Nearest, &meant))
    }

    /// Figures that may be several things are what the rest leaves room for, or are asked about.
    fn figures(
        &self,
        tokens: &[(String, Token)],
        at: usize,
        figures: &[Figure],
        said: &mut Said,
    ) -> Result<(), AnswerError> {
        let others = || tokens.iter().enumerate().filter(|(other, _)| *other != at);
        let is_clock = |figure: &Figure| matches!(figure, Figure::Clock(_));
        let has_day = others().any(|(other, (_, token))| match token {
            Token::Word(Word::Day(_) | Word::Weekday(_) | Word::Month(_)) => true,
            Token::Figures(figures) => {
                !figures.iter().any(is_clock)
                    || (other < at && figures.iter().any(|one| !is_clock(one)))
            }
            _ => false,
        });
        let has_clock = others().any(|(_, (_, token))| {
            matches!(token, Token::Window(_))
                || matches!(token, Token::Figures(figures) if figures.iter().any(is_clock))
        });
        let follows_at = at.checked_sub(1).and_then(|before| tokens.get(before));
        let follows_at = matches!(follows_at, Some((_, Token::Word(Word::At | Word::About))));
        let fitting: Vec<Figure> = figures
            .iter()
            .copied()
            .filter(
                |figure| match (is_clock(figure), figures.iter().any(is_clock)) {
                    (true, _) => !(has_clock && !has_day && figures.len() > 1),
                    (false, true) => !has_day && !follows_at,
                    (false, false) => true,
                },
            )
            .collect();
        let here = local(self.now, self.zone)
            .ok_or_else(|| self.nothing())?
            .date();
        match fitting.as_slice() {
            [] => Err(self.nothing()),
            [one] => said.figure(*one, here).ok_or_else(|| self.nothing()),
            several => {
                let answers = several.iter().filter_map(|figure| match figure {
                    Figure::Clock(clock) => Some(hour_minute(*clock)),
                    Figure::Date(date) => Some(date.to_string()),
                    Figure::DayMonth { day, month } => {
                        latest(*day, *month, here).map(|date| date.to_string())
                    }
                    Figure::Month(date) => Some(format!("{:04}-{:02}", date.year(), date.month())),
                });
                let meant: Vec<(String, Label)> = answers
                    .map(|answer| (with(tokens, at, &answer), Label::Answer))
                    .collect();
                Err(self.which(&meant))
            }
        }
    }

    fn which(&self, meant: &[(String, Label)]) -> AnswerError {
        self.unclear(Why::Ambiguous, meant)
    }

    fn unclear(&self, why: Why, meant: &[(String, Label)]) -> AnswerError {
        let candidates = meant.iter().cloned();
        let candidates = candidates.map(|(answer, label)| Candidate { answer, label });
        Unclear::about(why, self.text, candidates.collect()).into()
    }

    /// "2 hours ago".
    fn ago(&self, said: &Said, here: Date) -> Result<Moment, AnswerError> {
        let nothing = || self.nothing();
        let numbers = said.numbers.iter().map(|(number, _)| *number);
        let counts: Vec<u16> = numbers.chain(said.counts.iter().copied()).collect();
        let count = match (counts.as_slice(), said.span) {
            ([], _) => 1,
            ([one], None) => *one,
            _ => return Err(nothing()),
        };
        let minutes = match (said.unit, said.span) {
            (None, Some(span)) => span,
            (Some(Word::Minutes), None) => count,
            (Some(Word::Hours), None) => count.checked_mul(60).ok_or_else(nothing)?,
            (Some(Word::Days), None) => {
                let date = here
                    .checked_sub(i64::from(count).days())
                    .map_err(|_| nothing())?;
                let said = Said {
                    day: Some(date),
                    clock: said.clock,
                    part: said.part,
                    about: said.about,
                    ..Said::default()
                };
                return said.resolve(self, self.zone, here, &[]);
            }
            (Some(Word::Weeks), None) => {
                let date = here
                    .checked_sub(i64::from(count).weeks())
                    .map_err(|_| nothing())?;
                // A week is said of six days and of nine.
                let month = format!("{:04}-{:02}", date.year(), date.month());
                return Err(
                    self.which(&[(date.to_string(), Label::Answer), (month, Label::Answer)])
                );
            }
            (Some(Word::Months), None) => {
                let date = here
                    .first_of_month()
                    .checked_sub(i64::from(count).months())
                    .map_err(|_| nothing())?;
                return Ok((of_date(date).ok_or_else(nothing)?, TimePrecision::Month));
            }
            _ => return Err(nothing()),
        };
        let at = self
            .now
            .0
            .checked_sub(u64::from(minutes) * MINUTE_SECONDS)
            .ok_or_else(nothing)?;
        let at = Timestamp(at);
        Ok(if minutes < COUNTED_MINUTES && !said.about {
            (whole(at, MINUTE_SECONDS), TimePrecision::Minute)
        } else {
            (about(at), TimePrecision::Hour)
        })
    }
}

/// Which numbers are hours by what follows them: "19 часов", and of several "2 pm" and "7 вечера".
fn hours_among(tokens: &[(String, Token)]) -> Vec<usize> {
    if tokens
        .iter()
        .any(|(_, token)| *token == Token::Word(Word::Ago))
    {
        return Vec::new();
    }
    let numbers = || {
        let tokens = tokens.iter().enumerate();
        tokens.filter(|(_, (_, token))| matches!(token, Token::Number(_, 1 | 2)))
    };
    let several = numbers().count() > 1;
    let hours = numbers().filter(|(at, _)| match tokens.get(at.saturating_add(1)) {
        Some((_, Token::Word(Word::Hours))) => true,
        Some((_, Token::Word(Word::Part(_) | Word::Am | Word::Pm))) => several,
        _ => false,
    });
    hours.map(|(at, _)| at).collect()
}

/// The text with another piece in place of this one.
fn with(tokens: &[(String, Token)], at: usize, piece: &str) -> String {
    let pieces = tokens.iter().enumerate();
    let pieces = pieces.map(|(other, (text, _))| if other == at { piece } else { text });
    pieces.collect::<Vec<_>>().join(" ")
}

fn before(date: Date, days: i64) -> Date {
    date.saturating_sub(days.days())
}

fn word(id: &str) -> String {
    Lexicon::shipped().first_name(id)
}

/// The night that ends on the morning of this day.
fn night_to(day: Date) -> (String, Label) {
    let answer = format!("{} {day}", word("time-night-to"));
    (answer, Label::About("unclear-time-night", day.to_string()))
}

fn precision(exact: bool) -> TimePrecision {
    if exact {
        TimePrecision::Minute
    } else {
        TimePrecision::Hour
    }
}

fn begins(part: Part) -> i8 {
    match part {
        Part::Morning => 4,
        Part::Afternoon => 10,
        Part::Evening => 16,
        Part::Night => NIGHT,
    }
}

/// The latest such date that is not more than a few days ahead.
fn latest(day: i8, month: i8, here: Date) -> Option<Date> {
    let soon = here.saturating_add(AHEAD_DAYS.days());
    // The 29th of February is in one of eight years.
    (0..=8_i16).find_map(|back| {
        let date = Date::new(soon.year().checked_sub(back)?, month, day).ok()?;
        (date <= soon).then_some(date)
    })
}

impl Said {
    fn take(&mut self, at: usize, token: &Token) -> Option<()> {
        match token {
            Token::Number(number, digits) => self.numbers.push((*number, *digits)),
            Token::Window(from) => once(&mut self.window, *from)?,
            Token::Word(word) => match word {
                Word::Filler => {}
                Word::At => self.at = true,
                Word::About => self.about = true,
                Word::Last => self.last = true,
                Word::Utc => self.utc = true,
                Word::Ago => self.ago = true,
                Word::LastNight => self.last_night = true,
                Word::NightTo => self.night_to = true,
                Word::NightFrom => self.night_from = true,
                Word::Noon => self.noon = true,
                Word::Am => once(&mut self.afternoon, false)?,
                Word::Pm => once(&mut self.afternoon, true)?,
                Word::Part(part) => once(&mut self.part, (at, *part))?,
                Word::Weekday(weekday) => once(&mut self.weekday, (at, *weekday))?,
                Word::Month(month) => once(&mut self.month, *month)?,
                Word::Count(count) => self.counts.push(*count),
                Word::Span(minutes) => once(&mut self.span, *minutes)?,
                Word::Minutes | Word::Hours | Word::Days | Word::Weeks | Word::Months => {
                    once(&mut self.unit, *word)?;
                }
                Word::Day(days) => once(&mut self.from_today, *days)?,
            },
            Token::Figures(_) | Token::Unknown => return None,
        }
        Some(())
    }

    fn figure(&mut self, figure: Figure, here: Date) -> Option<()> {
        match figure {
            Figure::Clock(clock) => once(&mut self.clock, clock),
            Figure::Date(date) => once(&mut self.day, date),
            Figure::DayMonth { day, month } => once(&mut self.day, latest(day, month, here)?),
            Figure::Month(month) => once(&mut self.whole_month, month),
        }
    }

    /// The moment that was said.
    fn resolve(
        mut self,
        reading: &Reading<'_>,
        zone: &TimeZone,
        here: Date,
        tokens: &[(String, Token)],
    ) -> Result<Moment, AnswerError> {
        let nothing = || reading.nothing();
        if let (true, Some(Word::Months)) = (self.last, self.unit) {
            let month = here.first_of_month().saturating_sub(1.month());
            return Ok((of_date(month).ok_or_else(nothing)?, TimePrecision::Month));
        }
        if self.span.is_some() || !matches!(self.unit, None | Some(Word::Hours)) {
            return Err(nothing());
        }
        let counts = self.counts.iter().map(|count| (*count, 1));
        self.numbers.extend(counts);
        self.by_month(here).ok_or_else(nothing)?;
        self.by_weekday(reading, here, tokens)?;
        if let Some(days) = self.from_today {
            let day = here
                .checked_add(i64::from(days).days())
                .map_err(|_| nothing())?;
            once(&mut self.day, day).ok_or_else(nothing)?;
        }
        let clock = self.clock().ok_or_else(nothing)?;
        let exact = self.clock.is_some() && !self.about;
        let is_night = self.night_to || matches!(self.part, Some((_, Part::Night)));
        if let Some(month) = self.whole_month {
            let alone = self.day.is_none()
                && clock.is_none()
                && self.window.is_none()
                && self.part.is_none()
                && !self.night_to;
            let at = of_date(month).filter(|_| alone).ok_or_else(nothing)?;
            return Ok((at, TimePrecision::Month));
        }
        let at =
            |date: Date, clock: Time| of_moment(date.to_datetime(clock), zone).ok_or_else(nothing);
        let hours = |hour: i8| Time::constant(hour, 0, 0, 0);
        match (self.day, clock, self.window) {
            (Some(day), Some(clock), None) if !self.night_to => {
                Ok((at(day, clock)?, precision(exact)))
            }
            (None, Some(clock), None) if !self.night_to => {
                let today = at(here, clock)?;
                let moment = (today, precision(exact));
                if !reading.is_ahead(moment) {
                    return Ok(moment);
                }
                // Half past two, said in the morning: of yesterday, or to come?
                let sign = if exact { "" } else { "~" };
                let utc = if self.utc { " UTC" } else { "" };
                let of = |date: Date| {
                    (
                        format!("{sign}{date} {}{utc}", hour_minute(clock)),
                        Label::Answer,
                    )
                };
                Err(reading.which(&[of(before(here, 1)), of(here)]))
            }
            (day, None, Some(window)) => {
                Ok((at(day.unwrap_or(here), window)?, TimePrecision::PartOfDay))
            }
            (Some(day), None, None) if self.night_to => {
                Ok((at(before(day, 1), hours(NIGHT))?, TimePrecision::PartOfDay))
            }
            (Some(day), None, None) if is_night => {
                // Of a day there are two nights.
                Err(reading.which(&[night_to(day), night_to(before(day, -1))]))
            }
            (Some(day), None, None) => match self.part {
                Some((_, part)) => Ok((at(day, hours(begins(part)))?, TimePrecision::PartOfDay)),
                None => Ok((of_date(day).ok_or_else(nothing)?, TimePrecision::Day)),
            },
            (None, None, None) => {
                let (_, part) = self.part.ok_or_else(nothing)?;
                // The last one that has begun.
                let today = at(here, hours(begins(part)))?;
                let begun = if today <= reading.now {
                    today
                } else {
                    at(before(here, 1), hours(begins(part)))?
                };
                Ok((begun, TimePrecision::PartOfDay))
            }
            _ => Err(nothing()),
        }
    }

    /// "24 November", "Nov 24 2026", "in November".
    fn by_month(&mut self, here: Date) -> Option<()> {
        let Some(month) = self.month else {
            return Some(());
        };
        let year = self.numbers.iter().position(|(_, digits)| *digits == 4);
        let year = year.map(|at| self.numbers.remove(at).0);
        let year = year.map(i16::try_from).transpose().ok()?;
        if self.night_from && self.numbers.len() > 1 {
            // "The night from 23 to 24 November".
            self.numbers.remove(0);
            self.night_to = true;
        }
        if self.numbers.is_empty() {
            let year = match year {
                Some(year) => year,
                None if month > here.month() => here.year().checked_sub(1)?,
                None => here.year(),
            };
            let first = Date::new(year, month, 1)
                .ok()
                .filter(|date| date.year() >= 1970)?;
            return once(&mut self.whole_month, first);
        }
        let day = i8::try_from(self.numbers.remove(0).0).ok()?;
        let date = match year {
            Some(year) => Date::new(year, month, day)
                .ok()
                .filter(|date| date.year() >= 1970)?,
            None => latest(day, month, here)?,
        };
        once(&mut self.day, date)
    }

    /// The latest such day. Of today's own weekday it is asked whether it is today.
    fn by_weekday(
        &mut self,
        reading: &Reading<'_>,
        here: Date,
        tokens: &[(String, Token)],
    ) -> Result<(), AnswerError> {
        let Some((at, weekday)) = self.weekday else {
            return Ok(());
        };
        let weekday = Weekday::from_monday_zero_offset(weekday).map_err(|_| reading.nothing())?;
        if here.weekday() == weekday && !self.last && self.day.is_none() {
            let of = |date: Date| (with(tokens, at, &date.to_string()), Label::Answer);
            return Err(reading.which(&[of(here), of(before(here, 7))]));
        }
        let back = i64::from(here.weekday().since(weekday));
        let date = before(here, if back == 0 { 7 } else { back });
        match self.day {
            // "Tuesday 24 November", where it is one.
            Some(day) if day.weekday() == weekday => Ok(()),
            Some(_) => Err(reading.nothing()),
            None => {
                self.day = Some(date);
                Ok(())
            }
        }
    }

    /// The clock time, none where none was said; nothing where it cannot be one.
    fn clock(&self) -> Option<Option<Time>> {
        let hour = match (self.hour, self.numbers.as_slice()) {
            (Some(hour), []) => Some(hour),
            (None, [(hour, _)]) => Some(*hour),
            (None, []) => None,
            _ => return None,
        };
        let clock = match (self.clock, self.noon, hour) {
            (Some(clock), false, None) => clock,
            (None, true, None) => Time::constant(12, 0, 0, 0),
            (None, false, None) => return self.unit.is_none().then_some(None),
            // A number alone could be anything.
            (None, false, Some(hour))
                if self.at
                    || self.about
                    || self.day.is_some()
                    || self.part.is_some()
                    || self.afternoon.is_some() =>
            {
                Time::new(i8::try_from(hour).ok()?, 0, 0, 0).ok()?
            }
            _ => return None,
        };
        let hour = clock.hour();
        let afternoon = match (self.afternoon, self.part) {
            (Some(afternoon), None) => Some(afternoon),
            (None, Some((_, Part::Morning))) => Some(false),
            (None, Some((_, Part::Afternoon | Part::Evening))) => Some(true),
            (None, Some((_, Part::Night))) => Some((6..12).contains(&hour)),
            (None, None) => None,
            (Some(_), Some(_)) => return None,
        };
        let hour = match (afternoon, hour) {
            (Some(true), 1..12) => hour.checked_add(12)?,
            (Some(false), 12) => 0,
            // "Half past seven in the morning" is no 19:30.
            (Some(false), 13..) => {
                return (matches!(self.part, Some((_, Part::Night)))).then_some(Some(clock));
            }
            _ => hour,
        };
        Time::new(hour, clock.minute(), 0, 0).ok().map(Some)
    }
}
