//! `cargo load`: a real relay under load, and beside it, in the same run, what this machine could do
//! without any of it: a plain file, sled alone, bare QUIC. Durability cannot be switched off.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss
)]

mod backlog;
mod bare;
mod case;
mod client;
mod fan;
mod flood;
mod group;
mod idle;
mod machine;
mod mailboxes;
mod post;
mod relay;
mod report;
mod stored;
mod turn;

use std::{env, ffi::OsString, process::ExitCode};

use clap::{Parser, ValueEnum};

use crate::report::Report;

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Workload {
    /// Durable posts
    W1,
    /// One post to a hundred subscribers
    W2,
    /// Idle subscribers
    W3,
    /// A backlog read from its start
    W4,
    /// Starting with much stored; the disk over ten retention cycles
    W5,
    /// A kill during W1
    W6,
    /// Floods: half-open handshakes, garbage, silent connections, subscribers that read nothing, a lane at full speed
    W7,
    /// 10,000 mailboxes
    W8,
    /// The client: start, alert, inbox, watch
    Light,
    /// A case: envelopes, bytes kept and bytes on the way of each thing that is said in it
    Case,
}

/// Puts a relay under load and prints what it did, and what this machine could do without it.
#[derive(Debug, Parser)]
#[command(name = "load")]
struct Args {
    /// Only these
    #[arg(value_enum)]
    workloads: Vec<Workload>,
    /// How often each is repeated
    #[arg(long, default_value_t = 3)]
    runs: usize,
    /// Seconds that each repetition of W1 and W2 takes
    #[arg(long, default_value_t = 2)]
    seconds: u64,
    /// Posters at one time, in W1
    #[arg(long, value_delimiter = ',', default_values_t = [1, 16, 128])]
    posters: Vec<usize>,
    /// KiB of an envelope, in W1: 4, 8, 16 or 64
    #[arg(long, value_delimiter = ',', default_values_t = [4, 8])]
    kib: Vec<usize>,
    /// Also 10,000 idle subscribers, 500,000 stored envelopes and a group of 200: minutes more, and 5 GB of disk
    #[arg(long)]
    large: bool,
    /// A line of JSON for each row
    #[arg(long)]
    json: bool,
}

fn main() -> ExitCode {
    let mut args: Vec<OsString> = env::args_os().collect();
    match args.get(1).and_then(|first| first.to_str()) {
        // The relay and bare QUIC are processes of their own, as they are in life.
        Some("relay") => {
            args.remove(1);
            bellrope_relay::run(args)
        }
        Some("client") => {
            args.remove(1);
            bellrope_client::internals::ease_passphrases();
            bellrope_cli::run(args)
        }
        Some("bare") => bare::run(),
        _ => drive(&Args::parse()),
    }
}

fn drive(args: &Args) -> ExitCode {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let mut report = Report::new(args.json);
    let wanted = |workload| args.workloads.is_empty() || args.workloads.contains(&workload);
    runtime.block_on(async {
        if wanted(Workload::W1) {
            post::rates(args, &mut report).await;
        }
        if wanted(Workload::W2) {
            fan::out(args, &mut report).await;
        }
        if wanted(Workload::W3) {
            idle::subscribers(args, &mut report).await;
        }
        if wanted(Workload::W4) {
            backlog::read(args, &mut report).await;
        }
        if wanted(Workload::W5) {
            stored::start(args, &mut report).await;
            stored::cycles(&mut report);
        }
        if wanted(Workload::W6) {
            post::killed(args, &mut report).await;
        }
        if wanted(Workload::W7) {
            flood::all(args, &mut report).await;
        }
        if wanted(Workload::W8) {
            mailboxes::many(args, &mut report).await;
        }
    });
    if wanted(Workload::Light) {
        client::light(args, &mut report);
    }
    if wanted(Workload::Case) {
        case::table(&mut report);
    }
    ExitCode::SUCCESS
}
