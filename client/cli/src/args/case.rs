//! The grammar of what members do in cases.

use clap::Args;

use super::circle::AboutArgs;
use crate::paths::GivenPath;

/// `cases`
#[derive(Debug, Args)]
pub(crate) struct Cases {
    /// Those that are closed too.
    #[arg(long)]
    pub(crate) all: bool,
    /// Those that are closed.
    #[arg(long, conflicts_with = "all")]
    pub(crate) closed: bool,
    /// That this device's person leads.
    #[arg(long)]
    pub(crate) mine: bool,
    /// That nobody leads.
    #[arg(long, conflicts_with = "mine")]
    pub(crate) unled: bool,
    /// By what they are about.
    #[command(flatten)]
    pub(crate) about: AboutArgs,
    /// Since then.
    #[arg(long)]
    pub(crate) since: Option<String>,
    /// Until then.
    #[arg(long)]
    pub(crate) until: Option<String>,
    /// With these words.
    #[arg(long)]
    pub(crate) search: Option<String>,
    /// Counted, and not one by one.
    #[arg(long)]
    pub(crate) table: bool,
    /// One line of JSON for each.
    #[arg(long)]
    pub(crate) json: bool,
}

/// `case`
#[derive(Debug, Args)]
pub(crate) struct Case {
    /// As `show` takes it.
    pub(crate) case: String,
    /// In the words in which everything was said, and not in translation.
    #[arg(long, conflicts_with = "json")]
    pub(crate) original: bool,
    /// One line of JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

/// `attachment`
#[derive(Debug, Args)]
pub(crate) struct Attachment {
    /// As `show` takes it.
    pub(crate) case: String,
    /// Which; all are listed when it is left out.
    pub(crate) number: Option<String>,
    /// Where to write it; a new file.
    #[arg(long, requires = "number")]
    pub(crate) save: Option<GivenPath>,
    /// To who keeps the evidence; without a name, all that they lack.
    #[arg(long, conflicts_with = "save")]
    pub(crate) hand_on: bool,
    /// Without the network.
    #[arg(long)]
    pub(crate) offline: bool,
    /// Nobody is asked.
    #[arg(long)]
    pub(crate) yes: bool,
    /// One line of JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

/// `attach`
#[derive(Debug, Args)]
pub(crate) struct Attach {
    /// As `show` takes it.
    pub(crate) case: String,
    /// Pictures, or with `as_it_is` any files.
    #[arg(required = true)]
    pub(crate) files: Vec<GivenPath>,
    /// To the byte.
    #[arg(long)]
    pub(crate) as_it_is: bool,
    /// With each as it was, for those who keep the evidence.
    #[arg(long, conflicts_with = "as_it_is")]
    pub(crate) with_original: bool,
    /// What is to be seen.
    #[arg(long)]
    pub(crate) caption: Option<String>,
    /// Who took or wrote it.
    #[arg(long)]
    pub(crate) by: Option<String>,
    /// When.
    #[arg(long)]
    pub(crate) when: Option<String>,
    /// How.
    #[arg(long)]
    pub(crate) how: Option<String>,
    /// Nobody is asked.
    #[arg(long)]
    pub(crate) yes: bool,
    /// One line of JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

/// `ack` and `support`
#[derive(Debug, Args)]
pub(crate) struct InCase {
    /// As `show` takes it.
    pub(crate) case: String,
}

/// `lead` and `conflict`
#[derive(Debug, Args)]
pub(crate) struct WithReason {
    /// As `show` takes it.
    pub(crate) case: String,
    /// Why.
    #[arg(long)]
    pub(crate) reason: Option<String>,
}

/// `hand-over`
#[derive(Debug, Args)]
pub(crate) struct HandOver {
    /// As `show` takes it.
    pub(crate) case: String,
    /// To whom.
    pub(crate) name: String,
    /// Why.
    #[arg(long)]
    pub(crate) reason: Option<String>,
}

/// `open`
#[derive(Debug, Args)]
pub(crate) struct Open {
    /// As `show` takes it.
    pub(crate) case: String,
    /// To whom; `group`: every member and coordinator. Who reads it is shown when it is left out.
    pub(crate) people: Vec<String>,
    /// To whom it is open no longer.
    #[arg(long, conflicts_with = "people")]
    pub(crate) no_longer_to: Vec<String>,
    /// Why.
    #[arg(long)]
    pub(crate) reason: Option<String>,
    /// Nobody is asked.
    #[arg(long)]
    pub(crate) yes: bool,
    /// Who reads it, a line of JSON for each.
    #[arg(long, conflicts_with_all = ["people", "no_longer_to"])]
    pub(crate) json: bool,
}

/// `note`
#[derive(Debug, Args)]
pub(crate) struct Note {
    /// As `show` takes it.
    pub(crate) case: String,
    /// The note; asked for when it is left out.
    pub(crate) text: Vec<String>,
    /// Only for who leads.
    #[arg(long, conflicts_with = "to")]
    pub(crate) to_lead: bool,
    /// Only for these.
    #[arg(long)]
    pub(crate) to: Vec<String>,
    /// Hands on to who leads what was for who led.
    #[arg(long, conflicts_with_all = ["text", "to_lead", "to"])]
    pub(crate) hand_on: bool,
}

/// `translate`
#[derive(Debug, Args)]
pub(crate) struct Translate {
    /// As `show` takes it; none for what this device's person is asked for.
    pub(crate) case: Option<String>,
    /// The translation; asked for when it is left out.
    #[arg(requires = "into", conflicts_with = "from")]
    pub(crate) words: Vec<String>,
    /// The text, for whoever translates it.
    #[arg(long, conflicts_with_all = ["into", "check"])]
    pub(crate) text: bool,
    /// Of what was said, by its letters; of the alert when it is left out.
    #[arg(long)]
    pub(crate) of: Option<String>,
    /// Into which language.
    #[arg(long)]
    pub(crate) into: Option<String>,
    /// A file with the translation; with `whom` with what they are given.
    #[arg(long)]
    pub(crate) from: Option<GivenPath>,
    /// A machine made it: which.
    #[arg(long, conflicts_with = "whom")]
    pub(crate) by_machine: Option<String>,
    /// Who is asked for it, who does not read the case.
    #[arg(long = "ask", requires_all = ["into", "case"], conflicts_with_all = ["words", "text", "check"])]
    pub(crate) whom: Option<String>,
    /// Nobody is asked before that goes.
    #[arg(long)]
    pub(crate) yes: bool,
    /// What this device's person was asked for, by its letters.
    #[arg(long, conflicts_with_all = ["case", "into", "of", "check", "json"])]
    pub(crate) asked: Option<String>,
    /// This translation was compared with its original.
    #[arg(long, conflicts_with_all = ["into", "of"])]
    pub(crate) check: Option<String>,
    /// Where to write the text; a new file.
    #[arg(long, requires = "text")]
    pub(crate) save: Option<GivenPath>,
    /// One line of JSON for each text.
    #[arg(long, conflicts_with_all = ["text", "into", "check"])]
    pub(crate) json: bool,
}

/// `sensitive`
#[derive(Debug, Args)]
pub(crate) struct Sensitive {
    /// As `show` takes it.
    pub(crate) case: String,
    /// Shows what is there.
    #[arg(long, conflicts_with_all = ["kind", "to", "from", "also_to", "yes"])]
    pub(crate) show: bool,
    /// What it is about, by the list; asked for when it is left out.
    #[arg(long)]
    pub(crate) kind: Option<String>,
    /// Who reads it.
    #[arg(long)]
    pub(crate) to: Vec<String>,
    /// A file that has it; asked for when it is left out.
    #[arg(long)]
    pub(crate) from: Option<GivenPath>,
    /// Who is to read one that is there.
    #[arg(long, conflicts_with_all = ["kind", "to", "from"])]
    pub(crate) also_to: Vec<String>,
    /// Which of several.
    #[arg(long, requires = "also_to")]
    pub(crate) block: Option<String>,
    /// Why they are to read it.
    #[arg(long, requires = "also_to")]
    pub(crate) reason: Option<String>,
    /// Nobody is asked.
    #[arg(long)]
    pub(crate) yes: bool,
    /// What is there, a line of JSON for each.
    #[arg(long, requires = "show")]
    pub(crate) json: bool,
}

/// `answer`
#[derive(Debug, Args)]
pub(crate) struct Answer {
    /// As `show` takes it.
    pub(crate) case: String,
    /// The answer; asked for when it is left out.
    pub(crate) text: Vec<String>,
    /// The name that the sender is told; none for a member of the group.
    #[arg(long = "as")]
    pub(crate) name: Option<String>,
    /// Nobody is asked.
    #[arg(long)]
    pub(crate) yes: bool,
}

/// `opened`
#[derive(Debug, Args)]
pub(crate) struct Opened {
    /// They are.
    #[arg(long, conflicts_with = "off")]
    pub(crate) on: bool,
    /// They are not.
    #[arg(long)]
    pub(crate) off: bool,
}

/// `close`
#[derive(Debug, Args)]
pub(crate) struct Close {
    /// As `show` takes it.
    pub(crate) case: String,
    /// Why, by the list.
    #[arg(long = "reason")]
    pub(crate) closing: String,
    /// More about it.
    pub(crate) text: Vec<String>,
}

/// `reopen`
#[derive(Debug, Args)]
pub(crate) struct WithText {
    /// As `show` takes it.
    pub(crate) case: String,
    /// Why.
    pub(crate) text: Vec<String>,
}

/// `state`
#[derive(Debug, Args)]
pub(crate) struct State {
    /// As `show` takes it.
    pub(crate) case: String,
    /// Where it stands, by the list.
    pub(crate) state: String,
    /// More about it.
    pub(crate) text: Vec<String>,
}

/// `review`
#[derive(Debug, Args)]
pub(crate) struct Review {
    /// As `show` takes it.
    pub(crate) case: String,
    /// Whether what was done has harmed anybody, by the list.
    #[arg(long)]
    pub(crate) harm: String,
    /// Whether the person agrees that the case is kept, by the list.
    #[arg(long)]
    pub(crate) keep: String,
    /// What is to be learned.
    pub(crate) text: Vec<String>,
}

/// `keep`
#[derive(Debug, Args)]
pub(crate) struct Keep {
    /// As `show` takes it.
    pub(crate) case: String,
    /// Until when.
    #[arg(long, requires = "because")]
    pub(crate) until: Option<String>,
    /// Why.
    #[arg(long)]
    pub(crate) because: Option<String>,
    /// No longer than the others.
    #[arg(long, conflicts_with = "until")]
    pub(crate) not: bool,
    /// How it stands, as one line of JSON.
    #[arg(long, conflicts_with_all = ["until", "because", "not"])]
    pub(crate) json: bool,
}

/// `forget`
#[derive(Debug, Args)]
pub(crate) struct Forget {
    /// As `show` takes it; all are listed when it is left out.
    pub(crate) case: Option<String>,
    /// Wishes it of all that are due.
    #[arg(long, conflicts_with_all = ["case", "json"])]
    pub(crate) due: bool,
    /// Wishes it, and why.
    #[arg(long, requires = "case")]
    pub(crate) because: Option<String>,
    /// The sender's contact card too.
    #[arg(long, requires = "because")]
    pub(crate) with_sender: bool,
    /// Agrees with somebody who wishes it.
    #[arg(long, requires = "case", conflicts_with = "because")]
    pub(crate) agree: bool,
    /// Wishes it no longer.
    #[arg(long, requires = "case", conflicts_with_all = ["because", "agree"])]
    pub(crate) not: bool,
    /// Nobody is asked.
    #[arg(long)]
    pub(crate) yes: bool,
    /// What is left, a line of JSON for each.
    #[arg(long, conflicts_with_all = ["because", "agree", "not"])]
    pub(crate) json: bool,
}
