//! The network's side: accepts peers, decides what each may do, delivers, and puts a relay together from its
//! parts.

mod connection;
pub(crate) mod housekeeping;
pub(crate) mod listener;
mod places;
pub(crate) mod protocol;
pub(crate) mod serve;
pub(crate) mod shared;
mod subscribers;
