//! What `watch`, `inbox` and `show` take: what came.

use clap::Args;

use crate::paths::GivenPath;

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
