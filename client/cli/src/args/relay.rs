//! What `relay`, `evidence` and `verify-evidence` take.

use clap::{Args, Subcommand};

use crate::paths::GivenPath;

/// `relay`
#[derive(Debug, Args)]
pub(crate) struct Relay {
    /// One line of JSON.
    #[arg(long)]
    pub(crate) json: bool,
    /// What to do.
    #[command(subcommand)]
    pub(crate) act: Option<RelayAct>,
}

/// What to do about the relay.
#[derive(Debug, Subcommand)]
pub(crate) enum RelayAct {
    /// Tells the group that it has moved.
    Move(Move),
    /// Goes by a file that says so.
    Follow(Follow),
}

/// `relay move`
#[derive(Debug, Args)]
pub(crate) struct Move {
    /// The address from now on.
    pub(crate) relay: String,
    /// The host's token, when it is another relay.
    #[arg(long)]
    pub(crate) token: Option<String>,
    /// A file for those whom nothing reaches.
    #[arg(long)]
    pub(crate) file: Option<GivenPath>,
}

/// `relay follow`
#[derive(Debug, Args)]
pub(crate) struct Follow {
    /// The file.
    pub(crate) file: GivenPath,
}

/// `evidence`
#[derive(Debug, Args)]
pub(crate) struct Evidence {
    /// Where to write it for others; a directory.
    #[arg(long)]
    pub(crate) dir: Option<GivenPath>,
}

/// `verify-evidence`
#[derive(Debug, Args)]
pub(crate) struct VerifyEvidence {
    /// Files of one relay, checked together.
    #[arg(required = true)]
    pub(crate) files: Vec<GivenPath>,
    /// One line of JSON.
    #[arg(long)]
    pub(crate) json: bool,
}
