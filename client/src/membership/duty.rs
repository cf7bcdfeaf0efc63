//! Who is on duty when, as whoever writes the roster decides it: planned first, so that a person sees what it comes to, then written as it was
//! seen.

use bellrope_proto::{
    ids::Timestamp,
    signing::{Device as DeviceKey, PublicKey},
};
use jiff::tz::TimeZone;

use super::{
    transaction::{AdmissionError, RosterTransaction, may_wish},
    views::send_views,
};
use crate::{
    device::{Device, DeviceError, issued},
    duty::{Days, Line, Rota, Shift, clock_of, parse_local},
    extensions::Extensions,
    group::{Change, Person, Roster},
    ids::Position,
    show::DutyRota,
};

type Key = PublicKey<DeviceKey>;

/// What is to be different. Devices are those of members and coordinators.
#[derive(Clone, Debug)]
pub enum DutyChange {
    /// The hours of each week, on the clocks of this place.
    Week {
        /// What people call its zone.
        place: String,
        /// Its clocks.
        zone: TimeZone,
        /// The hours.
        week: Vec<Shift<Key>>,
    },
    /// At this time it is otherwise.
    Days(Days<Key>),
    /// There is no rota any more.
    Off,
}

/// Why nothing is different.
#[derive(Debug, thiserror::Error)]
pub enum DutyError {
    /// Somebody was named who does not read new alerts: an observer, or a defender.
    #[error("on duty are members and coordinators")]
    NoMember,
    /// There is no rota, of which a day could be otherwise.
    #[error("there is no rota")]
    NoRota,
    /// What is to be otherwise is over, ends before it begins, or lasts for more than a hundred days.
    #[error("that is no time to come")]
    NoTime,
    /// It is so already.
    #[error("that is so already")]
    Same,
    /// More than a rota can say.
    #[error("it is too much for one rota")]
    TooMuch,
    /// Somebody else has changed it since it was planned.
    #[error("it was changed meanwhile")]
    Changed,
    /// As with every change of the roster.
    #[error(transparent)]
    Admission(#[from] AdmissionError),
}

impl From<DeviceError> for DutyError {
    fn from(error: DeviceError) -> Self {
        Self::Admission(error.into())
    }
}

/// What it will come to.
#[derive(Clone, Debug)]
pub struct PlannedDuty {
    pub(crate) rota: Rota<Key>,
    /// The entry that it takes the place of.
    pub(crate) before: Position,
    /// As people are told it.
    pub shown: DutyRota,
}

/// What a change would come to. Nothing is written.
///
/// # Errors
/// [`DutyError`].
pub fn plan_duty(
    device: &Device,
    change: DutyChange,
    now: Timestamp,
) -> Result<PlannedDuty, DutyError> {
    let roster = device.roster()?.ok_or(AdmissionError::NotACoordinator)?;
    may_wish(device, &roster)?;
    let in_force = roster.duty();
    let person = |key: Key| roster.person(&key).map(|it| it.person);
    let rota = match change {
        DutyChange::Week { place, zone, week } => Rota {
            place,
            clock: clock_of(&zone, now),
            week: persons(week, person)?,
            days: in_force.map_or_else(Vec::new, |rota| left(&roster, rota, now)),
            extensions: Extensions::none(),
        },
        DutyChange::Days(days) => {
            let rota = in_force.ok_or(DutyError::NoRota)?;
            if days.until <= now || days.until <= days.from {
                return Err(DutyError::NoTime);
            }
            let line = days.line.map(|line| persons_of(line, person));
            let line = line.transpose()?;
            let mut days_left = left(&roster, rota, now);
            days_left.push(Days { line, ..days });
            let rota = rota.map(|who| roster.whoever(&who).map(|it| it.person));
            Rota {
                days: days_left,
                ..rota
            }
        }
        DutyChange::Off => Rota {
            week: Vec::new(),
            days: Vec::new(),
            ..in_force.ok_or(DutyError::NoRota)?.clone()
        },
    };
    let said = roster.duty_said();
    let is_same = |said: &Rota<Key>| {
        (&said.place, &said.week, &said.days) == (&rota.place, &rota.week, &rota.days)
    };
    if said.is_some_and(is_same) {
        return Err(DutyError::Same);
    }
    can_be(&roster, &rota)?;
    Ok(PlannedDuty {
        shown: DutyRota::by(&roster, &rota, now),
        rota,
        before: roster.duty_since(),
    })
}

/// A moment as people type it, on the clocks of the rota's place; `None` for what is no moment.
///
/// # Errors
/// [`DutyError::NoRota`], and as reading the roster.
pub fn duty_moment(device: &Device, text: &str) -> Result<Option<Timestamp>, DutyError> {
    let roster = device.roster()?.ok_or(AdmissionError::NotACoordinator)?;
    let rota = roster.duty().ok_or(DutyError::NoRota)?;
    Ok(parse_local(text, rota).ok())
}

/// The days of a rota that are not over, without those who have left.
fn left(roster: &Roster, rota: &Rota<Key>, now: Timestamp) -> Vec<Days<Key>> {
    let mut days = rota
        .map(|who| roster.whoever(&who).map(|it| it.person))
        .days;
    days.retain(|days| days.until > now);
    days
}

fn persons(
    week: Vec<Shift<Key>>,
    person: impl Fn(Key) -> Option<Key> + Copy,
) -> Result<Vec<Shift<Key>>, DutyError> {
    let each = week.into_iter().map(|shift| {
        Ok(Shift {
            line: persons_of(shift.line, person)?,
            ..shift
        })
    });
    each.collect()
}

fn persons_of(
    line: Line<Key>,
    person: impl Fn(Key) -> Option<Key>,
) -> Result<Line<Key>, DutyError> {
    let first = person(line.first).ok_or(DutyError::NoMember)?;
    let second = line
        .second
        .map(|who| person(who).ok_or(DutyError::NoMember));
    let second = second.transpose()?.filter(|second| *second != first);
    Ok(Line { first, second })
}

/// Whether a rota can be written.
pub(super) fn can_be(roster: &Roster, rota: &Rota<Key>) -> Result<(), DutyError> {
    let is_member = |who| {
        let person = whoever(roster, who);
        person.is_some_and(|person| person.role.reads_by_default())
    };
    if !rota.named().all(is_member) {
        return Err(DutyError::NoMember);
    }
    if !rota.days.iter().all(Days::can_be) {
        return Err(DutyError::NoTime);
    }
    if !rota.is_sound() {
        return Err(DutyError::TooMuch);
    }
    Ok(())
}

/// Writes it into the roster, and tells everybody who sends of the hours. No network; what follows from it waits in the outbox.
///
/// # Errors
/// [`DutyError`]; nothing is changed then.
pub(crate) fn set_duty(
    device: &Device,
    (rota, before): (Rota<Key>, Position),
    now: Timestamp,
) -> Result<(), DutyError> {
    let mut change = RosterTransaction::begin(device, now)?;
    if change.roster.duty_since() != before {
        return Err(DutyError::Changed);
    }
    let is_in = |who| whoever(&change.roster, who).is_some();
    if !rota.named().all(is_in) {
        return Err(DutyError::Changed);
    }
    // An entry names them by a device that is in.
    let rota = rota.map(|who| whoever(&change.roster, who).map(|it| it.device));
    let at = change.append(Change::Duty(rota))?;
    send_views(&mut change, &issued::all(device)?, at)?;
    Ok(change.commit()?)
}

/// Somebody who is in, by who they are or by whichever device.
fn whoever(roster: &Roster, who: Key) -> Option<&Person> {
    roster.whoever(&roster.person_of(&who)?)
}
