//! What the commands take that say what is so in a case, and what is due: `fact`, `due`, `checklist`, `calendar` and `digest`.

use crate::paths::GivenPath;
use clap::{Args, Subcommand};

/// `fact`
#[derive(Debug, Args)]
pub(crate) struct Fact {
    /// About what.
    #[command(subcommand)]
    pub(crate) kind: FactKind,
}

/// What a fact is about.
#[derive(Debug, Subcommand)]
pub(crate) enum FactKind {
    /// How well it is confirmed.
    Verification(Verification),
    /// Who may hear of it.
    Publicity(Publicity),
    /// What is permitted.
    Consent(Consent),
    /// Where and how somebody is held.
    Custody(Box<Custody>),
    /// Who does what.
    Part(Part),
    /// How it relates to another case.
    Link(Link),
}

/// `fact verification`
#[derive(Debug, Args)]
pub(crate) struct Verification {
    /// As `show` takes it.
    pub(crate) case: String,
    /// How well, by the list.
    pub(crate) rung: String,
    /// On what ground.
    #[arg(long)]
    pub(crate) ground: Option<String>,
}

/// `fact publicity`
#[derive(Debug, Args)]
pub(crate) struct Publicity {
    /// As `show` takes it.
    pub(crate) case: String,
    /// Who may hear of it, by the list.
    pub(crate) publicity: String,
    /// For how long.
    #[arg(long)]
    pub(crate) until: Option<String>,
    /// Who asked for it, and why.
    #[arg(long)]
    pub(crate) ground: Option<String>,
}

/// `fact consent`
#[derive(Debug, Args)]
pub(crate) struct Consent {
    /// As `show` takes it.
    pub(crate) case: String,
    /// For what, by the list.
    pub(crate) purpose: String,
    /// Whether, by the list.
    pub(crate) answer: String,
    /// Who said so, by the list.
    #[arg(long = "by")]
    pub(crate) giver: String,
    /// When they did.
    #[arg(long)]
    pub(crate) when: Option<String>,
    /// How that is known.
    #[arg(long)]
    pub(crate) ground: Option<String>,
}

/// `fact custody`
#[derive(Debug, Args)]
pub(crate) struct Custody {
    /// As `show` takes it.
    pub(crate) case: String,
    /// Of what kind, by the list.
    #[arg(long)]
    pub(crate) stage: Option<String>,
    /// Since when.
    #[arg(long)]
    pub(crate) since: Option<String>,
    /// Where.
    #[arg(long)]
    pub(crate) place: Option<String>,
    /// By which body.
    #[arg(long)]
    pub(crate) body: Option<String>,
    /// Under which articles.
    #[arg(long)]
    pub(crate) articles: Option<String>,
    /// Whether a lawyer can see them, by the list.
    #[arg(long)]
    pub(crate) lawyer: Option<String>,
    /// Who that is.
    #[arg(long, requires = "lawyer")]
    pub(crate) lawyer_name: Option<String>,
    /// The name must not be said.
    #[arg(long, requires = "lawyer")]
    pub(crate) lawyer_unnamed: bool,
    /// When somebody last saw or heard them for certain.
    #[arg(long)]
    pub(crate) seen: Option<String>,
    /// How, by the list.
    #[arg(long, requires = "seen")]
    pub(crate) seen_how: Option<String>,
    /// By whom.
    #[arg(long, requires = "seen")]
    pub(crate) seen_by: Option<String>,
    /// How that is known.
    #[arg(long)]
    pub(crate) ground: Option<String>,
}

/// `fact part`
#[derive(Debug, Args)]
pub(crate) struct Part {
    /// As `show` takes it.
    pub(crate) case: String,
    /// Which, by the list.
    pub(crate) work: String,
    /// Who; nobody any more when it is left out.
    pub(crate) name: Option<String>,
}

/// `fact link`
#[derive(Debug, Args)]
pub(crate) struct Link {
    /// As `show` takes it.
    pub(crate) case: String,
    /// How, by the list, or not at all any more.
    pub(crate) link: String,
    /// The other case.
    pub(crate) other: String,
}

/// `due`
#[derive(Debug, Args)]
pub(crate) struct Due {
    /// As `show` takes it.
    pub(crate) case: String,
    /// When.
    pub(crate) when: Option<String>,
    /// What.
    pub(crate) what: Vec<String>,
    /// Of what kind, by the list.
    #[arg(long)]
    pub(crate) kind: Option<String>,
    /// Where the clock is that it goes by.
    #[arg(long)]
    pub(crate) zone: Option<String>,
    /// Who says so.
    #[arg(long)]
    pub(crate) source: Option<String>,
    /// A lawyer has confirmed it.
    #[arg(long)]
    pub(crate) by_lawyer: bool,
    /// Who sees to it.
    #[arg(long = "for")]
    pub(crate) who: Option<String>,
    /// Which one this is about: its letters.
    #[arg(long)]
    pub(crate) date: Option<String>,
    /// What became of it, by the list.
    #[arg(long, requires = "date")]
    pub(crate) standing: Option<String>,
    /// Four at once: a week, a month, three and six months after that day.
    #[arg(long, conflicts_with_all = ["what", "kind", "zone", "by_lawyer", "date"])]
    pub(crate) follow_ups: bool,
}

/// `checklist`
#[derive(Debug, Args)]
pub(crate) struct Checklist {
    /// As `show` takes it; none to write a list out.
    #[arg(required_unless_present = "list")]
    pub(crate) case: Option<String>,
    /// Which list.
    #[arg(long)]
    pub(crate) list: Option<String>,
    /// Steps that are done.
    #[arg(long)]
    pub(crate) done: Vec<String>,
    /// Steps that nobody needs here.
    #[arg(long)]
    pub(crate) dropped: Vec<String>,
    /// Steps that are to be done after all.
    #[arg(long)]
    pub(crate) open: Vec<String>,
    /// A step in their words.
    #[arg(long)]
    pub(crate) add: Vec<String>,
    /// A file with a step in each line.
    #[arg(long)]
    pub(crate) from: Option<GivenPath>,
    /// One line of JSON.
    #[arg(long, conflicts_with_all = ["done", "dropped", "open", "add", "from"])]
    pub(crate) json: bool,
}

/// `calendar`
#[derive(Debug, Args)]
pub(crate) struct Calendar {
    /// Also what is done, missed or dropped.
    #[arg(long)]
    pub(crate) all: bool,
    /// For a calendar program, without names.
    #[arg(long, conflicts_with = "json")]
    pub(crate) file: Option<GivenPath>,
    /// One line of JSON for each.
    #[arg(long)]
    pub(crate) json: bool,
}

/// `digest`
#[derive(Debug, Args)]
pub(crate) struct Digest {
    /// Of so many days.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=366))]
    pub(crate) days: u16,
    /// One line of JSON.
    #[arg(long)]
    pub(crate) json: bool,
}
