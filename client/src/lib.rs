//! The Bellrope client: writes, seals, sends, opens, verifies and shows urgent alerts.

pub mod home;
pub mod ids;
pub mod invite;
pub mod roster;
pub mod seal;
pub mod vault;
