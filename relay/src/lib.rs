//! The Bellrope relay: stores and forwards sealed envelopes that it cannot read.
//!
//! A message's way: [`listener`] accepts, `connection` cuts frames, [`peer`] decides, [`writer`] commits
//! to the [`store`] and answers, [`subscribers`] wakes whoever follows. [`serve`](serve::serve) puts
//! the parts together.

pub mod cli;
pub mod clock;
pub mod commands;
pub mod config;
mod connection;
pub mod filer;
pub mod listener;
pub mod peer;
pub mod place;
pub mod quota;
pub mod serve;
mod service;
pub mod status;
pub mod store;
pub mod subscribers;
pub mod writer;

pub use service::Timing;
