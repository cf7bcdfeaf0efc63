//! The grammar of the command line; no effects. The words of its help are in `i18n/*/help.ftl`.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use crate::{roster::Role, words::Language};

mod help;
mod usage;

pub use help::command;
pub use usage::{language_asked, usage_error};

#[cfg(test)]
mod tests;

/// Everything that can be said to the program.
#[derive(Debug, Parser)]
#[command(name = "bellrope", version)]
pub struct Cli {
    /// The device's directory.
    #[arg(long, global = true)]
    pub home: Option<PathBuf>,
    /// The language.
    #[arg(long, global = true)]
    pub lang: Option<Language>,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Founds a group.
    Create(Create),
    /// Invites a person.
    Invite(Invite),
    /// Uses an invitation.
    Join(Join),
    /// Who is in, who asks.
    Members(Members),
    /// Sends an alert.
    Alert(Box<Alert>),
    /// Shows alerts as they come.
    Watch(Watch),
    /// Lists what came.
    Inbox(Listing),
    /// Shows one alert whole.
    Show(Show),
    /// Lists what was sent, and sends what waits.
    Outbox(Outbox),
    /// Gives out the keys that open envelopes.
    ExportIdentity(ExportIdentity),
    /// Writes a shell's completions.
    Completions(Completions),
    /// Writes the manual pages.
    Man(Man),
}

/// `create`
#[derive(Debug, Args)]
pub struct Create {
    /// The relay's address.
    #[arg(long)]
    pub relay: String,
    /// The host's token.
    #[arg(long)]
    pub token: String,
    /// The group's name.
    #[arg(long)]
    pub group: Option<String>,
    /// The founder's name.
    #[arg(long)]
    pub name: Option<String>,
}

/// `invite`
#[derive(Debug, Args)]
pub struct Invite {
    /// What the group will call the person.
    pub name: String,
    /// As what.
    #[arg(long, value_enum)]
    pub role: InviteRole,
    /// How long it can be used.
    #[arg(long, default_value_t = 7, value_parser = clap::value_parser!(u16).range(1..=14))]
    pub days: u16,
    /// Everything in one file.
    #[arg(long)]
    pub file: Option<PathBuf>,
    /// Also as a QR code.
    #[arg(long)]
    pub qr: bool,
}

/// What somebody can be invited as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum InviteRole {
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
pub struct Join {
    /// A code, or the path of a file; asked for when it is left out.
    pub invitation: Option<String>,
}

/// `members`
#[derive(Debug, Args)]
pub struct Members {
    /// One line of JSON for each.
    #[arg(long)]
    pub json: bool,
    /// What to do.
    #[command(subcommand)]
    pub act: Option<MembersAct>,
}

/// What to do about a request.
#[derive(Debug, Subcommand)]
pub enum MembersAct {
    /// Lets in.
    Approve(Named),
    /// Does not.
    Refuse(Named),
}

/// A person by the name in the invitation.
#[derive(Debug, Args)]
pub struct Named {
    /// The name.
    pub name: String,
}

/// `alert`
#[derive(Debug, Default, Args)]
pub struct Alert {
    /// Answer 1.
    #[arg(long)]
    pub what: Option<String>,
    /// Answer 2.
    #[arg(long)]
    pub whom: Option<String>,
    /// Answer 3.
    #[arg(long = "where")]
    pub place: Option<String>,
    /// Answer 4.
    #[arg(long)]
    pub when: Option<String>,
    /// Answer 5.
    #[arg(long)]
    pub urgency: Option<String>,
    /// Answer 6, the line.
    #[arg(long)]
    pub summary: Option<String>,
    /// Answer 6, the rest.
    #[arg(long)]
    pub text: Option<String>,
    /// Answer 7.
    #[arg(long)]
    pub share: Option<String>,
    /// A filled-in form.
    #[arg(long, conflicts_with_all = ["what", "whom", "place", "when", "urgency", "summary", "text", "share", "drill", "template"])]
    pub from: Option<PathBuf>,
    /// An empty form.
    #[arg(long)]
    pub template: bool,
    /// A rehearsal.
    #[arg(long)]
    pub drill: bool,
    /// Only to these people.
    #[arg(long, value_delimiter = ',')]
    pub to: Vec<String>,
    /// Without the last look.
    #[arg(long, short)]
    pub yes: bool,
    /// The outcome as one line of JSON.
    #[arg(long)]
    pub json: bool,
}

/// `watch`
#[derive(Debug, Args)]
pub struct Watch {
    /// Until everything that waits was shown.
    #[arg(long)]
    pub once: bool,
    /// One line of JSON for each.
    #[arg(long)]
    pub json: bool,
    /// Keeps the sealed envelopes too.
    #[arg(long)]
    pub envelopes: Option<PathBuf>,
}

/// `inbox`
#[derive(Debug, Args)]
pub struct Listing {
    /// One line of JSON for each.
    #[arg(long)]
    pub json: bool,
}

/// `show`
#[derive(Debug, Args)]
pub struct Show {
    /// A case number, or an alert's id or its beginning.
    pub id: String,
    /// One line of JSON.
    #[arg(long)]
    pub json: bool,
}

/// `outbox`
#[derive(Debug, Args)]
pub struct Outbox {
    /// Without trying to send.
    #[arg(long)]
    pub offline: bool,
    /// One line of JSON for each.
    #[arg(long)]
    pub json: bool,
}

/// `export-identity`
#[derive(Debug, Args)]
pub struct ExportIdentity {
    /// Where to; a new file.
    #[arg(long)]
    pub out: PathBuf,
}

/// `completions`
#[derive(Debug, Args)]
pub struct Completions {
    /// For which shell.
    #[arg(value_enum)]
    pub shell: Shell,
}

/// `man`
#[derive(Debug, Args)]
pub struct Man {
    /// Where to.
    #[arg(long)]
    pub dir: PathBuf,
}
