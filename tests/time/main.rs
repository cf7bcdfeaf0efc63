//! A group over years, in a minute: a real relay and real devices of every role, with the clocks of both in hand. What a person
//! did not end is still there, and what a program must renew is renewed.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod coordinators;
mod forgotten;
mod group;
mod invitations;
mod turns;
mod weeks;
mod withheld;
mod years;
