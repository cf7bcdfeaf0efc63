//! What `recovery` takes.

use clap::{Args, Subcommand};

use crate::paths::GivenPath;

/// `recovery`
#[derive(Debug, Args)]
pub(crate) struct Recovery {
    /// What to do.
    #[command(subcommand)]
    pub(crate) act: RecoveryAct,
}

/// What to do about the recovery key.
#[derive(Debug, Subcommand)]
pub(crate) enum RecoveryAct {
    /// Makes one, in the place of the one before.
    Create(RecoveryCreate),
    /// Whether parts open what is registered.
    Check(RecoveryCheck),
    /// Makes a new device of the person by it.
    Restore(RecoveryRestore),
    /// Whether there is one, since when, and for whom its parts are.
    Status(RecoveryStatus),
}

/// `recovery create`
#[derive(Debug, Args)]
pub(crate) struct RecoveryCreate {
    /// Whom a part is for, in their order.
    #[arg(long = "for")]
    pub(crate) names: Vec<String>,
    /// Into how many it is cut.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u8).range(2..=7))]
    pub(crate) parts: u8,
    /// How many of them are the key again.
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u8).range(2..=7))]
    pub(crate) needed: u8,
    /// Also as QR codes.
    #[arg(long, conflicts_with = "dir")]
    pub(crate) qr: bool,
    /// A file for each part, and nothing on the screen.
    #[arg(long)]
    pub(crate) dir: Option<GivenPath>,
    /// Without being asked.
    #[arg(long)]
    pub(crate) yes: bool,
}

/// `recovery check`
#[derive(Debug, Args)]
pub(crate) struct RecoveryCheck {
    /// Files with a part each; asked for when they are left out.
    pub(crate) part: Vec<GivenPath>,
    /// Nothing is typed: everybody was asked.
    #[arg(long, conflicts_with = "part")]
    pub(crate) asked: bool,
}

/// `recovery restore`
#[derive(Debug, Args)]
pub(crate) struct RecoveryRestore {
    /// Files with a part each; asked for when they are left out.
    pub(crate) part: Vec<GivenPath>,
    /// The coordinator's code, or a file that has it; asked for when it is left out.
    #[arg(long)]
    pub(crate) invitation: Option<String>,
}

/// `recovery status`
#[derive(Debug, Args)]
pub(crate) struct RecoveryStatus {
    /// One line of JSON.
    #[arg(long)]
    pub(crate) json: bool,
}
