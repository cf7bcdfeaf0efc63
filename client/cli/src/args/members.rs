//! What `members` takes.

use clap::{Args, Subcommand};

/// `members`
#[derive(Debug, Args)]
pub(crate) struct Members {
    /// One line of JSON for each.
    #[arg(long)]
    pub(crate) json: bool,
    /// What to do.
    #[command(subcommand)]
    pub(crate) act: Option<MembersAct>,
}

/// What to do about a request.
#[derive(Debug, Subcommand)]
pub(crate) enum MembersAct {
    /// Lets in.
    Approve(Named),
    /// Does not.
    Refuse(Named),
    /// Puts somebody out.
    Remove(Remove),
    /// New keys for those who are in.
    Renew(WithToken),
    /// Makes a member a coordinator.
    Promote(Named),
    /// Makes a coordinator a member.
    Demote(Named),
    /// The same for oneself.
    Resign,
    /// Who writes the roster, or who is to from now on.
    Pen(Pen),
    /// Writes the roster in the place of who does.
    TakePen(WithToken),
    /// What waits for somebody's agreement.
    Pending,
    /// Agrees with that.
    Confirm(Named),
}

/// `members pen`
#[derive(Debug, Args)]
pub(crate) struct Pen {
    /// Whom it goes to.
    pub(crate) name: Option<String>,
}

/// `members renew`, `members take-pen`
#[derive(Debug, Args)]
pub(crate) struct WithToken {
    /// The host's token, for another mailbox.
    #[arg(long)]
    pub(crate) token: Option<String>,
}

/// `members remove`
#[derive(Debug, Args)]
pub(crate) struct Remove {
    /// The name.
    pub(crate) name: String,
    /// Of one device alone, whose code begins so.
    #[arg(long)]
    pub(crate) device: Option<String>,
    /// Without being asked.
    #[arg(long)]
    pub(crate) yes: bool,
}

/// A person by the name in the invitation.
#[derive(Debug, Args)]
pub(crate) struct Named {
    /// The name.
    pub(crate) name: String,
}
