//! Who is on duty when, and whose bell that rings. Pure: no clock, no disk, and no table of time zones, so that every reader comes to the same.

mod ringing;
mod rota;
mod shifts;
mod typed;

pub use ringing::Quiet;
pub(crate) use ringing::{Bell, Call, Heard, RINGS_SECONDS, Urgent, Whose, bell};
pub use rota::{Days, Line, Rota, Shift};
pub(crate) use rota::{Stretch, clock_of};
pub(crate) use shifts::{ANSWER_SECONDS, Offer, Stands, Want, shifted};
pub(crate) use typed::parse_local;
pub use typed::{BadTime, parse_days, parse_hours, parse_quiet};
