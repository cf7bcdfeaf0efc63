//! The grammar of the command line; no effects. The words of its help are in `i18n/*/help.ftl`.

use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;

use bellrope_client::text::Language;

use crate::paths::GivenPath;

pub(crate) mod alert;
mod case;
mod check_in;
pub(crate) mod circle;
pub(crate) mod device;
pub(crate) mod duty;
pub(crate) mod facts;
mod help;
pub(crate) mod inbox;
pub(crate) mod joining;
pub(crate) mod members;
pub(crate) mod people;
pub(crate) mod recovery;
pub(crate) mod relay;
pub(crate) mod retention;
mod usage;

pub(crate) use case::{
    Answer, Attach, Attachment, Case, Cases, Close, Forget, HandOver, InCase, Keep, Note, Open,
    Opened, Review, Sensitive, State, Translate, WithReason, WithText,
};

pub(crate) use check_in::{CheckIn, CheckInCommand, CheckInPlanArgs, ReachedArgs};
pub(crate) use help::command;
pub(crate) use usage::{language_asked, usage_error};

#[cfg(test)]
mod tests;

/// Everything that can be said to the program.
#[derive(Debug, Parser)]
#[command(name = "bellrope", version)]
pub(crate) struct Cli {
    /// The device's directory.
    #[arg(long, global = true)]
    pub(crate) home: Option<GivenPath>,
    /// The language.
    #[arg(long, global = true)]
    pub(crate) lang: Option<Language>,
    /// What the program does, on stderr.
    #[arg(long, global = true)]
    pub(crate) verbose: bool,
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Founds a group.
    Create(joining::Create),
    /// Invites a person.
    Invite(joining::Invite),
    /// Uses an invitation.
    Join(joining::Join),
    /// Who is in, who asks.
    Members(members::Members),
    /// One's own devices.
    Device(device::Devices),
    /// Compares keys.
    Verify(people::Verify),
    /// Who reads new alerts.
    Circle(circle::Circle),
    /// Who is on duty when.
    Duty(duty::Duty),
    /// How long cases are kept.
    Retention(retention::Retention),
    /// Who a defender is.
    Contact(people::Contact),
    /// Sends an alert.
    Alert(Box<alert::Alert>),
    /// Shows alerts as they come.
    Watch(inbox::Watch),
    /// Lists what came.
    Inbox(inbox::Listing),
    /// Shows one alert whole.
    Show(inbox::Show),
    /// Who leads which case.
    Cases(Cases),
    /// One case, and what was said in it.
    Case(Case),
    /// What goes with an alert.
    Attachment(Attachment),
    /// Files, for everybody who reads a case.
    Attach(Attach),
    /// Says that somebody has read it.
    Ack(InCase),
    /// Takes the lead.
    Lead(WithReason),
    /// Says that somebody helps.
    Support(InCase),
    /// Gives the lead to somebody.
    HandOver(HandOver),
    /// Says that somebody stays out of it.
    Conflict(WithReason),
    /// Who reads it, and to whom it is opened.
    Open(Open),
    /// Says something in it.
    Note(Note),
    /// Translations of what is in it.
    Translate(Translate),
    /// Says something in it that few read.
    Sensitive(Sensitive),
    /// Answers whoever sent the alert.
    Answer(Answer),
    /// Ends it.
    Close(Close),
    /// Opens it again.
    Reopen(WithText),
    /// Says where it stands.
    State(State),
    /// Says what is so in it.
    Fact(facts::Fact),
    /// Says what is due in it.
    Due(facts::Due),
    /// What is done in the first hours.
    Checklist(Box<facts::Checklist>),
    /// Looks back on it when it is closed.
    Review(Review),
    /// That it is kept longer.
    Keep(Keep),
    /// That it is to be forgotten everywhere, and what is left.
    Forget(Forget),
    /// Somebody who is on their way says that they are well.
    CheckIn(CheckIn),
    /// What is due in all cases.
    Calendar(facts::Calendar),
    /// What is new, what waits, and what is due.
    Digest(facts::Digest),
    /// Whether others are told that an alert was opened here.
    Opened(Opened),
    /// Lists what was sent, and sends what waits.
    Outbox(alert::Outbox),
    /// How this device stands.
    Status(device::Status),
    /// Where the group's relay is, and that it has moved.
    Relay(relay::Relay),
    /// Lists what a relay signed that does not fit together.
    Evidence(relay::Evidence),
    /// Checks what others kept of that.
    VerifyEvidence(relay::VerifyEvidence),
    /// Marks what a sender says from now on.
    Freeze(people::Freeze),
    /// Takes that back.
    Unfreeze(people::Unfreeze),
    /// Gives out the keys that open envelopes.
    ExportIdentity(device::ExportIdentity),
    /// Changes the passphrase.
    Passphrase(device::Passphrase),
    /// A key in parts, for who loses every device.
    Recovery(recovery::Recovery),
    /// Has every program forget the keys.
    Lock,
    /// Makes everything unreadable for ever.
    Erase(device::Erase),
    /// Writes a shell's completions.
    Completions(Completions),
    /// Writes the manual pages.
    Man(Man),
}

/// `completions`
#[derive(Debug, Args)]
pub(crate) struct Completions {
    /// For which shell.
    #[arg(value_enum)]
    pub(crate) shell: Shell,
}

/// `man`
#[derive(Debug, Args)]
pub(crate) struct Man {
    /// Where to.
    #[arg(long)]
    pub(crate) dir: GivenPath,
}
