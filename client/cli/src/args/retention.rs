//! What `retention` takes.

use clap::{Args, Subcommand};

/// `retention`
#[derive(Debug, Args)]
pub(crate) struct Retention {
    /// One line of JSON.
    #[arg(long)]
    pub(crate) json: bool,
    /// What to do.
    #[command(subcommand)]
    pub(crate) act: Option<RetentionAct>,
}

/// What to change about how long cases are kept.
#[derive(Debug, Subcommand)]
pub(crate) enum RetentionAct {
    /// For so many months.
    Set(RetentionSet),
    /// As long as nobody forgets them.
    Off(RetentionOff),
}

/// `retention set`
#[derive(Debug, Args)]
pub(crate) struct RetentionSet {
    /// After they were closed.
    pub(crate) months: u16,
    /// Without being asked.
    #[arg(long)]
    pub(crate) yes: bool,
}

/// `retention off`
#[derive(Debug, Args)]
pub(crate) struct RetentionOff {
    /// Without being asked.
    #[arg(long)]
    pub(crate) yes: bool,
}
