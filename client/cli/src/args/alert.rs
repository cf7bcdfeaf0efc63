//! What `alert` and `outbox` take: what is sent.

use clap::Args;

use crate::paths::GivenPath;

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
