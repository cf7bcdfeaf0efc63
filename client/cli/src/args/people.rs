//! What the commands take that are about one person: `verify`, `contact`, `freeze` and `unfreeze`.

use clap::Args;

use bellrope_client::{SAID_DIGITS_MAX, digits_in};

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
