//! What `circle` takes, and how it is said what alerts are about.

use clap::{Args, Subcommand};

/// `circle`
#[derive(Debug, Args)]
pub(crate) struct Circle {
    /// One line of JSON.
    #[arg(long)]
    pub(crate) json: bool,
    /// What to do.
    #[command(subcommand)]
    pub(crate) act: Option<CircleAct>,
}

/// What to change about who reads.
#[derive(Debug, Subcommand)]
pub(crate) enum CircleAct {
    /// These read every new alert.
    Set(CircleSet),
    /// Everybody does.
    All(CircleAll),
    /// These read some besides.
    Add(CircleRule),
    /// These do not read some.
    KeepOut(CircleRule),
    /// These read what is sensitive in alerts.
    Sensitive(CircleSensitive),
    /// Takes back what was added or kept out.
    Remove(CircleRemove),
}

/// `circle set`
#[derive(Debug, Args)]
pub(crate) struct CircleSet {
    /// The names.
    #[arg(required = true)]
    pub(crate) name: Vec<String>,
    /// Without being asked.
    #[arg(long)]
    pub(crate) yes: bool,
}

/// `circle all`
#[derive(Debug, Args)]
pub(crate) struct CircleAll {
    /// Without being asked.
    #[arg(long)]
    pub(crate) yes: bool,
}

/// Which alerts, by what they are about.
#[derive(Debug, Args)]
pub(crate) struct AboutArgs {
    /// Where.
    #[arg(long)]
    pub(crate) country: Vec<String>,
    /// What was done.
    #[arg(long)]
    pub(crate) act: Vec<String>,
    /// Whom it is about.
    #[arg(long)]
    pub(crate) about: Vec<String>,
    /// Who threatens.
    #[arg(long)]
    pub(crate) source: Vec<String>,
}

/// `circle add` and `circle keep-out`
#[derive(Debug, Args)]
pub(crate) struct CircleRule {
    /// The names.
    #[arg(required = true)]
    pub(crate) name: Vec<String>,
    /// Which alerts.
    #[command(flatten)]
    pub(crate) about: AboutArgs,
    /// Without being asked.
    #[arg(long)]
    pub(crate) yes: bool,
}

/// `circle sensitive`
#[derive(Debug, Args)]
pub(crate) struct CircleSensitive {
    /// The names.
    #[arg(required_unless_present = "nobody")]
    pub(crate) name: Vec<String>,
    /// Names nobody any more.
    #[arg(long, conflicts_with = "name")]
    pub(crate) nobody: bool,
    /// Without being asked.
    #[arg(long)]
    pub(crate) yes: bool,
}

/// `circle remove`
#[derive(Debug, Args)]
pub(crate) struct CircleRemove {
    /// The number in the list.
    pub(crate) number: usize,
    /// Without being asked.
    #[arg(long)]
    pub(crate) yes: bool,
}
