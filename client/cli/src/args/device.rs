//! What the commands take that are about one's own devices: which there are, how this one stands, its keys, and its end.

use clap::{Args, Subcommand};

use crate::paths::GivenPath;

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

/// `erase`
#[derive(Debug, Args)]
pub(crate) struct Erase {
    /// Without the question.
    #[arg(long, short)]
    pub(crate) yes: bool,
}
