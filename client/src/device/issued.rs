//! The invitations that a coordinator's device made, or was entrusted with. A file each, as each grows and there may be hundreds.

use bellrope_proto::{
    codec,
    ids::{MailboxId, Timestamp},
    signing::{Device as DeviceKey, PublicKey, Signed},
};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{directory::LockName, files::DeviceError, unlocked::Device};
use crate::{
    group::{Claim, Role, lifetimes::WELCOME_SECONDS},
    ids::Position,
    invitation::Secret,
    message::Delegation,
    relay::Cursor,
};

const ISSUED: &str = "issued";

/// An invitation that this device made, or was entrusted with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct IssuedInvitation {
    /// Its secret, which rules its mailbox.
    pub secret: Secret,
    /// Its mailbox.
    pub mailbox: MailboxId,
    /// Its entry in the roster.
    pub admitted_at: Position,
    /// Why this device may say what it is for: who made it let it. None for one that this device made.
    pub delegation: Option<Signed<Delegation>>,
    /// Until when its mailbox is open at the relay; none when it is not, as far as is known.
    pub open_until: Option<Timestamp>,
    /// Where its mailbox was read to.
    pub cursor: Cursor,
    /// The first valid claim in its mailbox.
    pub claim: Option<Signed<Claim>>,
    /// Whether the coordinator said no, to the claim or before there was one.
    pub refused: bool,
    /// Whether its time is over and nothing came by it: nothing is to be heard of it any more.
    pub ended: bool,
    /// The welcome or the view that the person was sent last.
    pub sent: Option<Sent>,
    /// How new a welcome or view the person's device has, as far as it was seen.
    pub has: Option<Position>,
    /// A reader's: from where on the group's mailbox was sealed to them, and since when.
    pub reads_after: Option<(Cursor, Timestamp)>,
}

/// A welcome or a view, which says everything up to a place of the roster.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Sent {
    /// The place.
    pub position: Position,
    /// When it was put into the outbox.
    pub at: Timestamp,
}

impl IssuedInvitation {
    /// One that nobody has used.
    #[must_use]
    pub(crate) fn new(secret: Secret, mailbox: MailboxId, admitted_at: Position) -> Self {
        Self {
            secret,
            mailbox,
            admitted_at,
            delegation: None,
            open_until: None,
            cursor: Cursor::start(mailbox),
            claim: None,
            refused: false,
            ended: false,
            sent: None,
            has: None,
            reads_after: None,
        }
    }

    /// Whether this device may say what it is for.
    #[must_use]
    pub(crate) fn speaks(&self, device: &Device) -> bool {
        let me = device.signing().public();
        let delegation = self.delegation.as_ref();
        delegation.is_none_or(|it| it.peek().is_ok_and(|it| it.to.contains(&me)))
    }

    /// The device whose code leads to it.
    #[must_use]
    pub(crate) fn made_by(&self, device: &Device) -> PublicKey<DeviceKey> {
        let delegation = self.delegation.as_ref().and_then(|it| it.peek().ok());
        delegation.map_or_else(|| device.signing().public(), |it| it.coordinator)
    }

    /// The device that used it first.
    #[must_use]
    pub(crate) fn device(&self) -> Option<Claim> {
        self.claim.as_ref().and_then(|claim| claim.peek().ok())
    }

    /// Whether the person, who is in the group, was sent something that their device was not seen to have.
    #[must_use]
    pub(crate) fn lacks(&self) -> bool {
        let sent = self.sent.map(|sent| sent.position);
        sent.is_some() && self.has < sent
    }

    /// Whether something is, or may still be, sent to a person who is in the group by this invitation's mailbox.
    #[must_use]
    pub(crate) fn waits_for_something(&self, role: Role, now: Timestamp) -> bool {
        if !role.reads() {
            return true;
        }
        let since = self.reads_after.as_ref().map(|(_, since)| *since);
        self.lacks() && since.is_some_and(|since| now < since.plus(WELCOME_SECONDS))
    }
}

/// Every invitation, in the order of their entries. Asked every second: reads only what is new.
///
/// # Errors
/// [`DeviceError`].
pub(crate) fn all(device: &Device) -> Result<Vec<IssuedInvitation>, DeviceError> {
    let files = device.files();
    let names = files.names(ISSUED)?;
    let paths: Vec<String> = names
        .iter()
        .map(|name| format!("{ISSUED}/{name}"))
        .collect();
    let mut known = device.known_issued();
    // In order, as a folder's names are.
    known.keep(|path| {
        paths
            .binary_search_by(|there| there.as_str().cmp(path))
            .is_ok()
    });
    let mut all = Vec::new();
    for path in &paths {
        all.extend(known.read(files, path, || files.read_one(path))?);
    }
    Ok(all)
}

/// Stores a new invitation.
///
/// # Errors
/// [`DeviceError::System`].
pub(crate) fn store(device: &Device, issued: &IssuedInvitation) -> Result<(), DeviceError> {
    device.files().make_folder(ISSUED)?;
    device.files().write(
        &path(issued.admitted_at),
        &Zeroizing::new(codec::encode(issued)),
    )
}

/// Changes an invitation: alone, and on disk before this returns. `None` when it is not there.
///
/// # Errors
/// [`DeviceError`]; nothing is changed then.
pub(crate) fn change<T>(
    device: &Device,
    at: Position,
    change: impl FnOnce(&mut IssuedInvitation) -> T,
) -> Result<Option<T>, DeviceError> {
    let _lock = device.files().lock(LockName::State)?;
    let Some(mut issued) = device.files().read_one::<IssuedInvitation>(&path(at))? else {
        return Ok(None);
    };
    let before = issued.clone();
    let done = change(&mut issued);
    if issued != before {
        store(device, &issued)?;
    }
    Ok(Some(done))
}

/// Forgets an invitation that nobody was told of.
///
/// # Errors
/// [`DeviceError::System`].
pub(crate) fn forget(device: &Device, at: Position) -> Result<(), DeviceError> {
    device.files().remove(&path(at))
}

fn path(at: Position) -> String {
    format!("{ISSUED}/{:08x}", at.0)
}
