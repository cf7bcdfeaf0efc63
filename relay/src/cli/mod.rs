//! The grammar of the command line. No effects. English only: a host's tools and logs are.

pub(crate) mod commands;
#[cfg(test)]
mod guide_tests;

use std::{
    net::{Ipv6Addr, SocketAddr},
    path::PathBuf,
};

use clap::{Args, Parser, Subcommand};

/// Stores and forwards sealed messages that it cannot read.
///
/// First run: init, then run; then token for each coordinator who may open a mailbox.
/// Exit codes: 0 done, 1 failed, 2 misuse. Of status: 0 running and well, 1 not well, 3 not running.
#[derive(Debug, Parser)]
#[command(name = "bellrope-relay", version)]
pub(crate) struct Cli {
    /// The relay's directory [default: $BELLROPE_RELAY_DIR, else ./bellrope-relay]
    #[arg(long, global = true)]
    pub(crate) dir: Option<PathBuf>,
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make the directory, the settings and the relay's keys; print the address that clients need
    Init(InitArgs),
    /// Serve until Ctrl-C or SIGTERM
    Run,
    /// Print the relay's address
    Address,
    /// Make a token with which one coordinator opens or renews one mailbox
    Token(TokenArgs),
    /// Say how the relay does, or did: what does not work, mailboxes, envelopes, bytes, disk left. Exit code 0: it runs and
    /// is well; 1: it is not well; 3: it does not run
    Status(StatusArgs),
    /// Check every stored envelope; the relay must be stopped
    Check,
    /// Make new keys for everything that the relay does from day to day, after somebody may have had the old ones. Needs
    /// relay.key; the address stays. Tokens that were given out before no longer work
    RotateKeys,
    /// Say that an old copy of this directory was put back, before the relay is started on it: clients then tell
    /// their people that, and not that the relay lies. Makes new keys as well
    Restored,
    /// Say that this machine's clock is right, after status has said that it is ahead or behind: what has expired by it is then erased
    ConfirmClock,
}

/// `init`
#[derive(Debug, Args)]
pub(crate) struct InitArgs {
    /// Name or IP address by which clients reach this machine, without a port: relay.example.org
    #[arg(long)]
    pub(crate) host: String,
    /// Where to listen, UDP: an address and a port, or a port alone
    #[arg(long, default_value = "[::]:443", value_parser = listen)]
    pub(crate) listen: SocketAddr,
}

/// Where to listen. A port alone, also behind a colon or an asterisk, is that of every address.
fn listen(given: &str) -> Result<SocketAddr, &'static str> {
    let given = given.trim();
    let behind = given.strip_prefix('*').unwrap_or(given);
    let port = behind.strip_prefix(':').unwrap_or(behind);
    if let Ok(port) = port.parse::<u16>() {
        return Ok(SocketAddr::from((Ipv6Addr::UNSPECIFIED, port)));
    }
    given.parse().map_err(|_| {
        "give an address of this machine and a port, such as [::]:443, 0.0.0.0:443 or [2001:db8::7]:443, or a port alone; the name \
         by which clients reach it is --host"
    })
}

/// `token`
#[derive(Debug, Args)]
pub(crate) struct TokenArgs {
    /// MiB that the mailbox and its invitations may hold
    #[arg(long, default_value_t = 256, value_parser = clap::value_parser!(u64).range(1..=1_048_576))]
    pub(crate) quota_mib: u64,
    /// Days until the mailbox takes no more posts, unless it is renewed with another token
    #[arg(long, default_value_t = 366, value_parser = clap::value_parser!(u64).range(1..=3660))]
    pub(crate) days: u64,
    /// Days in which the token itself can be used
    #[arg(long, default_value_t = 14, value_parser = clap::value_parser!(u64).range(1..=366))]
    pub(crate) use_within_days: u64,
}

/// `status`
#[derive(Debug, Args)]
pub(crate) struct StatusArgs {
    /// As one line of JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[cfg(test)]
mod tests {
    use super::listen;

    #[test]
    fn where_to_listen_is_an_address_with_its_port_or_a_port() {
        for (given, meant) in [
            ("443", "[::]:443"),
            (":4433", "[::]:4433"),
            ("*:4433", "[::]:4433"),
            (" 0.0.0.0:443 ", "0.0.0.0:443"),
            ("[2001:db8::7]:443", "[2001:db8::7]:443"),
        ] {
            assert_eq!(listen(given).map(|at| at.to_string()), Ok(meant.to_owned()));
        }
        for bad in ["", "*", "0.0.0.0", "localhost:443", "70000", "::", "a:b"] {
            assert!(
                listen(bad).is_err_and(|why| why.contains("--host")),
                "{bad}"
            );
        }
    }
}
