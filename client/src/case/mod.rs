//! A case: what the messages about one alert come to. So far its number; the rest comes with the work of the group.

mod number;

pub(crate) use number::{case_ending, case_number, letters};
