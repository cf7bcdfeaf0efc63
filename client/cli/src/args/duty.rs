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
    /// What is left of one's own shift, to who goes on.
    HandOver(DutyHandOver),
    /// One takes what others hand over, or ask for.
    Accept(DutyAccept),
    /// One does not.
    Refuse(DutyRefuse),
    /// What was handed over, or asked, is not any more.
    TakeBack(DutyTakeBack),
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

/// `duty swap`: what a coordinator decides, or, with `--with`, what who is on duty asks another.
#[derive(Debug, Args)]
pub(crate) struct DutySwap {
    /// Who is on duty.
    #[arg(required_unless_present = "with", conflicts_with_all = ["with", "which"])]
    pub(crate) name: Option<String>,
    /// From when.
    #[arg(long = "from", required_unless_present = "with", conflicts_with_all = ["with", "which"])]
    pub(crate) begins: Option<String>,
    /// To when.
    #[arg(long, required_unless_present = "with", conflicts_with_all = ["with", "which"])]
    pub(crate) until: Option<String>,
    /// Who is behind them.
    #[arg(long, conflicts_with_all = ["with", "which"])]
    pub(crate) second: Option<String>,
    /// Who is asked to take a shift of one's own.
    #[arg(long)]
    pub(crate) with: Option<String>,
    /// Which; the next, where it is left out.
    #[arg(long = "shift", requires = "with")]
    pub(crate) which: Option<String>,
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

/// `duty hand-over`
#[derive(Debug, Args)]
pub(crate) struct DutyHandOver {
    /// To whom; to who is on duty next, where it is left out.
    #[arg(long = "to")]
    pub(crate) name: Option<String>,
    /// What they have to know besides; `-` or a file.
    #[arg(long)]
    pub(crate) text: Option<String>,
    /// Without what the program knows of the cases.
    #[arg(long)]
    pub(crate) without_cases: bool,
    /// Without being asked.
    #[arg(long)]
    pub(crate) yes: bool,
}

/// `duty accept`
#[derive(Debug, Args)]
pub(crate) struct DutyAccept {
    /// Whose shift; needed where several wait.
    pub(crate) name: Option<String>,
}

/// `duty refuse`
#[derive(Debug, Args)]
pub(crate) struct DutyRefuse {
    /// Whose shift; needed where several wait.
    pub(crate) name: Option<String>,
    /// Why.
    #[arg(long)]
    pub(crate) because: Option<String>,
}

/// `duty take-back`
#[derive(Debug, Args)]
pub(crate) struct DutyTakeBack {
    /// Who was to have it; needed where several wait.
    pub(crate) name: Option<String>,
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
