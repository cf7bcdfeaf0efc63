//! What `create`, `invite` and `join` take: how a group begins and people come in.

use clap::{Args, ValueEnum};

use bellrope_client::Role;

use crate::paths::GivenPath;

/// `create`
#[derive(Debug, Args)]
pub(crate) struct Create {
    /// The relay's address; asked for when it is left out.
    #[arg(long)]
    pub(crate) relay: Option<String>,
    /// The host's token; asked for when it is left out.
    #[arg(long)]
    pub(crate) token: Option<String>,
    /// The group's name.
    #[arg(long)]
    pub(crate) group: Option<String>,
    /// The founder's name.
    #[arg(long)]
    pub(crate) name: Option<String>,
}

/// `invite`
#[derive(Debug, Args)]
pub(crate) struct Invite {
    /// What the group will call the person.
    pub(crate) name: String,
    /// As what.
    #[arg(long, value_enum, required_unless_present_any = ["show", "recovery"])]
    pub(crate) role: Option<InviteRole>,
    /// How long it can be used.
    #[arg(long, default_value_t = 7, value_parser = clap::value_parser!(u16).range(1..=14))]
    pub(crate) days: u16,
    /// The one that was made before.
    #[arg(long, conflicts_with_all = ["role", "days"])]
    pub(crate) show: bool,
    /// For somebody who is in and comes back by a recovery key.
    #[arg(long, conflicts_with_all = ["role", "show"])]
    pub(crate) recovery: bool,
    /// Everything in one file.
    #[arg(long)]
    pub(crate) file: Option<GivenPath>,
    /// Also as a QR code.
    #[arg(long)]
    pub(crate) qr: bool,
    /// To be read out on the phone.
    #[arg(long, conflicts_with_all = ["file", "qr"])]
    pub(crate) dictate: bool,
}

/// What somebody can be invited as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum InviteRole {
    /// Reads and sends.
    Member,
    /// Reads.
    Observer,
    /// Sends.
    Defender,
}

impl From<InviteRole> for Role {
    fn from(role: InviteRole) -> Self {
        match role {
            InviteRole::Member => Self::Member,
            InviteRole::Observer => Self::Observer,
            InviteRole::Defender => Self::Defender,
        }
    }
}

/// `join`
#[derive(Debug, Args)]
pub(crate) struct Join {
    /// A code, the path of a file, or what was read out, in several words; asked for when it is left out.
    pub(crate) invitation: Vec<String>,
}
