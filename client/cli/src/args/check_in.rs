//! The grammar of check-ins.

use clap::{Args, Subcommand};

use crate::paths::GivenPath;

/// `check-in`
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct CheckIn {
    /// By which plan; not needed where there is one.
    pub(crate) case: Option<String>,
    /// The plan is over.
    #[arg(long)]
    pub(crate) end: bool,
    /// The outcome as one line of JSON.
    #[arg(long)]
    pub(crate) json: bool,
    /// What else to do.
    #[command(subcommand)]
    pub(crate) act: Option<CheckInCommand>,
}

/// What to do about check-ins besides.
#[derive(Debug, Subcommand)]
pub(crate) enum CheckInCommand {
    /// Tells the group when to expect them.
    Plan(Box<CheckInPlanArgs>),
    /// Somebody was reached.
    Reached(ReachedArgs),
    /// Nobody was.
    NobodyReached(ReachedArgs),
}

/// `check-in plan`
#[derive(Debug, Args)]
pub(crate) struct CheckInPlanArgs {
    /// How often.
    #[arg(long)]
    pub(crate) every: Option<String>,
    /// For how long.
    #[arg(long)]
    pub(crate) until: Option<String>,
    /// When for the first time.
    #[arg(long)]
    pub(crate) first: Option<String>,
    /// How long members wait.
    #[arg(long)]
    pub(crate) grace: Option<String>,
    /// Where.
    #[arg(long = "where")]
    pub(crate) place: Option<String>,
    /// What for, in a line.
    #[arg(long)]
    pub(crate) summary: Option<String>,
    /// What to do when they are not heard.
    #[arg(long)]
    pub(crate) text: Option<String>,
    /// The two words, a line each.
    #[arg(long)]
    pub(crate) words: Option<GivenPath>,
    /// Without the last look.
    #[arg(long, short)]
    pub(crate) yes: bool,
    /// The outcome as one line of JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

/// `check-in reached` and `check-in nobody-reached`
#[derive(Debug, Args)]
pub(crate) struct ReachedArgs {
    /// As `show` takes it.
    pub(crate) case: String,
    /// How.
    pub(crate) text: Vec<String>,
    /// Nobody is asked.
    #[arg(long)]
    pub(crate) yes: bool,
}
