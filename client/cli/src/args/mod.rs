//! The grammar of the command line; no effects. The words of its help are in `i18n/*/help.ftl`.

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use bellrope_client::{Role, SAID_DIGITS_MAX, digits_in, text::Language};

use crate::paths::GivenPath;

mod case;
mod check_in;
pub(crate) mod duty;
mod help;
pub(crate) mod retention;
mod usage;

pub(crate) use case::{
    Answer, Attach, Attachment, Calendar, Case, Cases, Checklist, Close, Consent, Custody, Digest,
    Due, Fact, FactKind, Forget, HandOver, InCase, Keep, Note, Open, Opened, Review, Sensitive,
    State, Translate, WithReason, WithText,
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
    Create(Create),
    /// Invites a person.
    Invite(Invite),
    /// Uses an invitation.
    Join(Join),
    /// Who is in, who asks.
    Members(Members),
    /// One's own devices.
    Device(Devices),
    /// Compares keys.
    Verify(Verify),
    /// Who reads new alerts.
    Circle(Circle),
    /// Who is on duty when.
    Duty(duty::Duty),
    /// How long cases are kept.
    Retention(retention::Retention),
    /// Who a defender is.
    Contact(Contact),
    /// Sends an alert.
    Alert(Box<Alert>),
    /// Shows alerts as they come.
    Watch(Watch),
    /// Lists what came.
    Inbox(Listing),
    /// Shows one alert whole.
    Show(Show),
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
    Fact(Fact),
    /// Says what is due in it.
    Due(Due),
    /// What is done in the first hours.
    Checklist(Box<Checklist>),
    /// Looks back on it when it is closed.
    Review(Review),
    /// That it is kept longer.
    Keep(Keep),
    /// That it is to be forgotten everywhere, and what is left.
    Forget(Forget),
    /// Somebody who is on their way says that they are well.
    CheckIn(CheckIn),
    /// What is due in all cases.
    Calendar(Calendar),
    /// What is new, what waits, and what is due.
    Digest(Digest),
    /// Whether others are told that an alert was opened here.
    Opened(Opened),
    /// Lists what was sent, and sends what waits.
    Outbox(Outbox),
    /// How this device stands.
    Status(Status),
    /// Where the group's relay is, and that it has moved.
    Relay(Relay),
    /// Lists what a relay signed that does not fit together.
    Evidence(Evidence),
    /// Checks what others kept of that.
    VerifyEvidence(VerifyEvidence),
    /// Marks what a sender says from now on.
    Freeze(Freeze),
    /// Takes that back.
    Unfreeze(Unfreeze),
    /// Gives out the keys that open envelopes.
    ExportIdentity(ExportIdentity),
    /// Changes the passphrase.
    Passphrase(Passphrase),
    /// A key in parts, for who loses every device.
    Recovery(Recovery),
    /// Has every program forget the keys.
    Lock,
    /// Makes everything unreadable for ever.
    Erase(Erase),
    /// Writes a shell's completions.
    Completions(Completions),
    /// Writes the manual pages.
    Man(Man),
}

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

/// `device`
#[derive(Debug, Args)]
pub(crate) struct Devices {
    /// One line of JSON for each.
    #[arg(long)]
    pub(crate) json: bool,
    /// What to do.
    #[command(subcommand)]
    pub(crate) act: Option<DeviceAct>,
}

/// What to do about one's own devices.
#[derive(Debug, Subcommand)]
pub(crate) enum DeviceAct {
    /// One more.
    Add(DeviceAdd),
    /// The one that asks is one's own.
    Approve(DeviceCode),
    /// It is not.
    Refuse,
    /// One less.
    Remove(DeviceRemove),
}

/// `device add`
#[derive(Debug, Args)]
pub(crate) struct DeviceAdd {
    /// Also as a QR code.
    #[arg(long)]
    pub(crate) qr: bool,
}

/// `device approve`
#[derive(Debug, Args)]
pub(crate) struct DeviceCode {
    /// What the new device shows.
    pub(crate) code: String,
}

/// `device remove`
#[derive(Debug, Args)]
pub(crate) struct DeviceRemove {
    /// How its code begins.
    pub(crate) code: String,
    /// Without being asked.
    #[arg(long)]
    pub(crate) yes: bool,
}

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

/// `verify`
#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// With whom.
    #[arg(conflicts_with = "group")]
    pub(crate) name: Option<String>,
    /// Face to face.
    #[arg(long, conflicts_with = "group")]
    pub(crate) here: bool,
    /// Also as a QR code.
    #[arg(long, requires = "here")]
    pub(crate) qr: bool,
    /// The whole group.
    #[arg(long)]
    pub(crate) group: bool,
    /// Tells the others that it was the same.
    #[arg(long, conflicts_with = "group")]
    pub(crate) tell: bool,
    /// What one of the people has just said.
    #[arg(long, requires = "group", value_parser = digits)]
    pub(crate) said: Option<String>,
}

/// Digits, with what people put between them.
fn digits(text: &str) -> Result<String, &'static str> {
    let digits = digits_in(text).filter(|digits| digits.len() <= SAID_DIGITS_MAX);
    digits.ok_or("not digits, or too many")
}

/// `contact`
#[derive(Debug, Args)]
pub(crate) struct Contact {
    /// The name or the handle; all of them when it is left out.
    pub(crate) name: Option<String>,
    /// What the person is called from now on.
    #[arg(long, requires = "name")]
    pub(crate) call: Option<String>,
    /// How to reach the person.
    #[arg(long, requires = "name")]
    pub(crate) reach: Option<String>,
    /// Tells these members.
    #[arg(long, requires = "name")]
    pub(crate) to: Vec<String>,
    /// Forgets it on this device.
    #[arg(long, requires = "name", conflicts_with_all = ["call", "reach", "to", "json"])]
    pub(crate) forget: bool,
    /// One line of JSON for each.
    #[arg(long, conflicts_with = "to")]
    pub(crate) json: bool,
}

/// `alert`
#[derive(Debug, Default, Args)]
pub(crate) struct Alert {
    /// Answer 1.
    #[arg(long)]
    pub(crate) what: Option<String>,
    /// Answer 2.
    #[arg(long)]
    pub(crate) whom: Option<String>,
    /// Answer 3.
    #[arg(long = "where")]
    pub(crate) place: Option<String>,
    /// Answer 4.
    #[arg(long)]
    pub(crate) when: Option<String>,
    /// Answer 5.
    #[arg(long)]
    pub(crate) urgency: Option<String>,
    /// Answer 6, the line.
    #[arg(long)]
    pub(crate) summary: Option<String>,
    /// Answer 6, the rest.
    #[arg(long)]
    pub(crate) text: Option<String>,
    /// Answer 7.
    #[arg(long)]
    pub(crate) share: Option<String>,
    /// A filled-in form.
    #[arg(long, conflicts_with_all = ["what", "whom", "place", "when", "urgency", "summary", "text", "share", "drill", "template"])]
    pub(crate) from: Option<GivenPath>,
    /// An empty form.
    #[arg(long)]
    pub(crate) template: bool,
    /// Where to write it; a new file.
    #[arg(long = "out", requires = "template")]
    pub(crate) form: Option<GivenPath>,
    /// Somebody else told it.
    #[arg(long = "for", conflicts_with = "from")]
    pub(crate) on_behalf: bool,
    /// A rehearsal.
    #[arg(long)]
    pub(crate) drill: bool,
    /// Something is new about an alert that was sent from here.
    #[arg(long, group = "about", conflicts_with_all = ["from", "template", "drill", "on_behalf", "to"])]
    pub(crate) update: Option<String>,
    /// Something in it was wrong.
    #[arg(long, group = "about", conflicts_with_all = ["from", "template", "drill", "on_behalf", "to"])]
    pub(crate) correct: Option<String>,
    /// It is taken back.
    #[arg(long, group = "about", conflicts_with_all = ["from", "template", "drill", "on_behalf", "to"])]
    pub(crate) withdraw: Option<String>,
    /// It is over.
    #[arg(long = "over", group = "about", conflicts_with_all = ["from", "template", "drill", "on_behalf", "to"])]
    pub(crate) over: Option<String>,
    /// Pictures, written anew.
    #[arg(long, conflicts_with = "template")]
    pub(crate) attach: Vec<GivenPath>,
    /// Files, as they are.
    #[arg(long, conflicts_with = "template")]
    pub(crate) attach_as_it_is: Vec<GivenPath>,
    /// With each picture as it was, for few.
    #[arg(long, requires = "attach")]
    pub(crate) with_original: bool,
    /// Who took them.
    #[arg(long, requires = "with_original")]
    pub(crate) taken_by: Option<String>,
    /// When.
    #[arg(long, requires = "with_original")]
    pub(crate) taken_when: Option<String>,
    /// How.
    #[arg(long, requires = "with_original")]
    pub(crate) taken_how: Option<String>,
    /// Few are to read something of it, which is about this.
    #[arg(long, conflicts_with = "template")]
    pub(crate) sensitive: Vec<String>,
    /// Where that stands.
    #[arg(long, requires = "sensitive", conflicts_with = "template")]
    pub(crate) sensitive_from: Option<GivenPath>,
    /// Only to these people.
    #[arg(long)]
    pub(crate) to: Vec<String>,
    /// Without the last look.
    #[arg(long, short)]
    pub(crate) yes: bool,
    /// The outcome as one line of JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

/// `watch`
#[derive(Debug, Args)]
pub(crate) struct Watch {
    /// Until everything that waits was shown.
    #[arg(long)]
    pub(crate) once: bool,
    /// One line of JSON for each.
    #[arg(long)]
    pub(crate) json: bool,
    /// Keeps the sealed envelopes too.
    #[arg(long)]
    pub(crate) envelopes: Option<GivenPath>,
    /// Makes no sound.
    #[arg(long)]
    pub(crate) no_bell: bool,
    /// Started for what should wake somebody.
    #[arg(long)]
    pub(crate) exec: Option<GivenPath>,
    /// Ends after so many minutes without a key.
    #[arg(long, conflicts_with = "once", value_parser = clap::value_parser!(u16).range(1..=1440))]
    pub(crate) idle: Option<u16>,
}

/// `inbox`
#[derive(Debug, Args)]
pub(crate) struct Listing {
    /// Not shown yet.
    #[arg(long)]
    pub(crate) unread: bool,
    /// So urgent.
    #[arg(long)]
    pub(crate) urgency: Option<String>,
    /// From there.
    #[arg(long)]
    pub(crate) country: Option<String>,
    /// Arrived since then.
    #[arg(long)]
    pub(crate) since: Option<String>,
    /// Rehearsals.
    #[arg(long)]
    pub(crate) drills: bool,
    /// With these words.
    #[arg(long)]
    pub(crate) search: Option<String>,
    /// One line of JSON for each.
    #[arg(long)]
    pub(crate) json: bool,
}

/// `show`
#[derive(Debug, Args)]
pub(crate) struct Show {
    /// A number in the list, a case number or its end, or an alert's id or its beginning.
    pub(crate) id: String,
    /// Who else could open it.
    #[arg(long)]
    pub(crate) readers: bool,
    /// One line of JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

/// `outbox`
#[derive(Debug, Args)]
pub(crate) struct Outbox {
    /// Without trying to send.
    #[arg(long)]
    pub(crate) offline: bool,
    /// One line of JSON for each.
    #[arg(long)]
    pub(crate) json: bool,
}

/// `status`
#[derive(Debug, Args)]
pub(crate) struct Status {
    /// Without asking the relay.
    #[arg(long)]
    pub(crate) offline: bool,
    /// One line of JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

/// `relay`
#[derive(Debug, Args)]
pub(crate) struct Relay {
    /// One line of JSON.
    #[arg(long)]
    pub(crate) json: bool,
    /// What to do.
    #[command(subcommand)]
    pub(crate) act: Option<RelayAct>,
}

/// What to do about the relay.
#[derive(Debug, Subcommand)]
pub(crate) enum RelayAct {
    /// Tells the group that it has moved.
    Move(Move),
    /// Goes by a file that says so.
    Follow(Follow),
}

/// `relay move`
#[derive(Debug, Args)]
pub(crate) struct Move {
    /// The address from now on.
    pub(crate) relay: String,
    /// The host's token, when it is another relay.
    #[arg(long)]
    pub(crate) token: Option<String>,
    /// A file for those whom nothing reaches.
    #[arg(long)]
    pub(crate) file: Option<GivenPath>,
}

/// `relay follow`
#[derive(Debug, Args)]
pub(crate) struct Follow {
    /// The file.
    pub(crate) file: GivenPath,
}

/// `evidence`
#[derive(Debug, Args)]
pub(crate) struct Evidence {
    /// Where to write it for others; a directory.
    #[arg(long)]
    pub(crate) dir: Option<GivenPath>,
}

/// `verify-evidence`
#[derive(Debug, Args)]
pub(crate) struct VerifyEvidence {
    /// Files of one relay, checked together.
    #[arg(required = true)]
    pub(crate) files: Vec<GivenPath>,
    /// One line of JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

/// `freeze`
#[derive(Debug, Args)]
pub(crate) struct Freeze {
    /// Who; who is frozen is listed when it is left out.
    pub(crate) name: Option<String>,
    /// Why.
    #[arg(long, requires = "name")]
    pub(crate) reason: Option<String>,
    /// The list, one line of JSON for each.
    #[arg(long, conflicts_with = "name")]
    pub(crate) json: bool,
}

/// `unfreeze`
#[derive(Debug, Args)]
pub(crate) struct Unfreeze {
    /// Who.
    pub(crate) name: String,
    /// Why.
    #[arg(long)]
    pub(crate) reason: Option<String>,
}

/// `export-identity`
#[derive(Debug, Args)]
pub(crate) struct ExportIdentity {
    /// Where to; a new file.
    #[arg(long)]
    pub(crate) out: GivenPath,
}

/// `passphrase`
#[derive(Debug, Args)]
pub(crate) struct Passphrase {
    /// Where a script keeps the new one; asked for when it is left out.
    #[arg(long)]
    pub(crate) new_file: Option<GivenPath>,
}

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

/// `erase`
#[derive(Debug, Args)]
pub(crate) struct Erase {
    /// Without the question.
    #[arg(long, short)]
    pub(crate) yes: bool,
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
