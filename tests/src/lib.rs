//! A small world for the real programs: a relay, a network that can be cut and listened to, people
//! with homes of their own. The demonstration and the tests live in it.
#![allow(clippy::unwrap_used, clippy::panic, clippy::missing_panics_doc)]

pub mod flood;
pub mod network;
pub mod people;
pub mod terminal;
pub mod world;
