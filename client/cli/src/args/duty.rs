//! What `duty` takes.

use clap::{Args, Subcommand};

/// `duty`
#[derive(Debug, Args)]
pub(crate) struct Duty {
    /// One line of JSON.
    #[arg(long)]
    pub(crate) json: bool,
    /// What to do.
    #[command(subcommand)]
    pub(crate) act: Option<DutyAct>,
}

/// What to change about who is on duty.
#[derive(Debug, Subcommand)]
pub(crate) enum DutyAct {
    /// The hours of each week.
    Set(DutySet),
    /// Somebody else, for a time.
    Swap(DutySwap),
    /// Nobody, for a time.
    Nobody(DutyNobody),
    /// No rota any more.
    Off(DutyOff),
    /// When its own person is not woken.
    Quiet(DutyQuiet),
}

/// `duty set`
#[derive(Debug, Args)]
pub(crate) struct DutySet {
    /// Whose clocks.
    #[arg(long)]
    pub(crate) place: String,
    /// Days, hours, who, and who behind them.
    #[arg(long, required = true)]
    pub(crate) shift: Vec<String>,
    /// Without being asked.
    #[arg(long)]
    pub(crate) yes: bool,
}

/// `duty swap`
#[derive(Debug, Args)]
pub(crate) struct DutySwap {
    /// Who is on duty.
    pub(crate) name: String,
    /// From when.
    #[arg(long = "from")]
    pub(crate) begins: String,
    /// To when.
    #[arg(long)]
    pub(crate) until: String,
    /// Who is behind them.
    #[arg(long)]
    pub(crate) second: Option<String>,
    /// Without being asked.
    #[arg(long)]
    pub(crate) yes: bool,
}

/// `duty nobody`
#[derive(Debug, Args)]
pub(crate) struct DutyNobody {
    /// From when.
    #[arg(long = "from")]
    pub(crate) begins: String,
    /// To when.
    #[arg(long)]
    pub(crate) until: String,
    /// Without being asked.
    #[arg(long)]
    pub(crate) yes: bool,
}

/// `duty off`
#[derive(Debug, Args)]
pub(crate) struct DutyOff {
    /// Without being asked.
    #[arg(long)]
    pub(crate) yes: bool,
}

/// `duty quiet`
#[derive(Debug, Args)]
pub(crate) struct DutyQuiet {
    /// The hours.
    #[arg(conflicts_with = "off")]
    pub(crate) hours: Option<String>,
    /// None any more.
    #[arg(long)]
    pub(crate) off: bool,
}
