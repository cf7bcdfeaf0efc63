//! The Bellrope relay: stores and forwards sealed envelopes that it cannot read.
//!
//! Each imports only what is below it:
//!
//! | Room | What it knows |
//! |---|---|
//! | `cli` | arguments, and what each command does |
//! | `server` | accepts, cuts frames, decides what a peer may do next, delivers, wakes whoever follows |
//! | `status` | what a host may know |
//! | `commit` | the one thread that changes the store and signs receipts; the one that checkpoints |
//! | [`store`] | where envelopes are kept: the trait, a store on disk, one in memory |
//! | `config`, `data_dir`, `running` | the host's settings, the relay's directory, whether one runs in it |
//! | `online_keys` | the keys that it works with, and its identity's word on them |
//! | `health`, `lived_time` | what does not work, and since when; how far time has really come |
//! | `clock`, `moments`, `random`, `durable`, `filesystem` | the time, how it is written, randomness, files that outlive a loss of power, whether the disk forgets |
//!
//! A message's way: `server::listener` accepts, `server::connection` cuts frames, [`PeerState`] decides,
//! `commit::writer` commits to the store and answers, `server::subscribers` wakes whoever follows.
//!
//! Public is what a program needs that runs a relay inside itself, and what a test or a fuzzer needs
//! to hold one part in its hands.

mod cli;
mod clock;
mod commit;
mod config;
mod data_dir;
mod durable;
mod filesystem;
mod health;
mod lived_time;
mod moments;
mod online_keys;
mod random;
#[cfg(test)]
mod recorded;
mod running;
mod server;
mod status;
pub mod store;

pub use cli::commands::run;
pub use clock::{Clock, Uptime};
pub use commit::jobs::{Creation, Handover, LaneRevocation};
pub use config::{Config, ConfigError, LogLevel};
pub use online_keys::OnlineKeys;
pub use server::{
    listener::{Buffers, bind},
    protocol::{Action, Known, PeerState},
    serve::Server,
    shared::Timing,
};
pub use store::disk::{Disk, OpenError, OpenReport};
