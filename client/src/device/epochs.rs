//! The epochs that a device has keys of: the one in force, and those before it whose mailboxes are not over yet. What was sealed
//! and not yet posted goes where it was meant to go, and what whoever does not know of the turn still sends there is read.

use bellrope_proto::{
    ids::{MailboxId, Timestamp},
    signing::{Authority, Lane, PublicKey, SecretKey},
};
use serde::{Deserialize, Serialize};

use super::{files::DeviceError, heads, reach, state::State, unlocked::Device};
use crate::{
    group::lifetimes::FORMER_SECONDS, ids::Position, message::LaneCredential, relay::Cursor,
    secret::Seed,
};

/// An epoch that is over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormerEpoch {
    /// The right at its mailbox.
    pub credential: LaneCredential,
    /// Its secret and how far its mailbox was read, for those who read.
    pub reads: Option<(Seed, Cursor)>,
    /// What ruled its mailbox: a coordinator's. Whoever is put out later has a lane there as well.
    pub authority_seed: Option<Seed>,
    /// Nobody looks for anything there from then on.
    pub until: Timestamp,
}

/// What a relay has to be told by whoever rules a mailbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RelayTask {
    /// The mailbox of one authority goes on as that of another.
    Succeed {
        /// Rules the mailbox that the host has allowed.
        from: Seed,
        /// Rules the one that takes its place.
        to: Seed,
    },
    /// A lane has no right any more.
    Revoke {
        /// Rules the mailbox.
        authority: Seed,
        /// The lane.
        lane: PublicKey<Lane>,
    },
}

/// What a device is given of a new epoch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct EpochAccess {
    pub(crate) credential: LaneCredential,
    /// For those who read.
    pub(crate) seed: Option<Seed>,
    /// For coordinators.
    pub(crate) authority_seed: Option<Seed>,
}

/// The mailbox that a right is of.
#[must_use]
pub(crate) fn mailbox_of(credential: &LaneCredential) -> Option<MailboxId> {
    let grant = credential.grant.peek().ok()?;
    Some(grant.authority.mailbox())
}

/// Begins an epoch on this device: `at` is its entry in the roster. Whether it is new to it. What was noted of the mailbox before is
/// forgotten last, so that what a crash interrupts is done again.
///
/// # Errors
/// [`DeviceError`].
pub(crate) fn begin(
    device: &Device,
    access: &EpochAccess,
    (at, now): (Position, Timestamp),
) -> Result<bool, DeviceError> {
    let is_new = device.change(|state| state.begin_epoch(access, now))?;
    if is_new {
        heads::forget(device)?;
        reach::change(device, |reach| reach.begin(at))?;
    }
    Ok(is_new)
}

impl FormerEpoch {
    /// Its mailbox.
    #[must_use]
    pub(crate) fn mailbox(&self) -> Option<MailboxId> {
        mailbox_of(&self.credential)
    }
}

impl State {
    /// The right at a mailbox of one of the group's epochs.
    #[must_use]
    pub(crate) fn credential_for(&self, mailbox: MailboxId) -> Option<&LaneCredential> {
        let former = self.former.iter().map(|former| &former.credential);
        let mut all = self.credential.iter().chain(former);
        all.find(|credential| mailbox_of(credential) == Some(mailbox))
    }

    /// Whether a mailbox is, or was, the group's.
    #[must_use]
    pub(crate) fn is_groups(&self, mailbox: MailboxId) -> bool {
        self.credential_for(mailbox).is_some()
    }

    /// Where a mailbox of one of the group's epochs was read to.
    pub(crate) fn cursor_of(&mut self, mailbox: MailboxId) -> Option<&mut Cursor> {
        let former = self.former.iter_mut();
        let former = former.filter_map(|former| former.reads.as_mut().map(|(_, cursor)| cursor));
        let mut all = self.cursor.iter_mut().chain(former);
        all.find(|cursor| cursor.mailbox == mailbox)
    }

    /// Begins an epoch; one that has begun already goes on. Whether it is new.
    pub(crate) fn begin_epoch(&mut self, access: &EpochAccess, now: Timestamp) -> bool {
        let Some(mailbox) = mailbox_of(&access.credential) else {
            return false;
        };
        if self.is_groups(mailbox) {
            return false;
        }
        self.former.retain(|former| now < former.until);
        let seed = std::mem::replace(&mut self.epoch_seed, access.seed.clone());
        let begun = access.seed.as_ref().map(|_| Cursor::start(mailbox));
        let cursor = std::mem::replace(&mut self.cursor, begun);
        let ruled = std::mem::replace(&mut self.authority_seed, access.authority_seed.clone());
        let before = self.credential.replace(access.credential.clone());
        self.former.extend(before.map(|credential| FormerEpoch {
            credential,
            reads: seed.zip(cursor),
            authority_seed: ruled,
            until: now.plus(FORMER_SECONDS),
        }));
        // Of the mailbox that is left: what hangs on it is looked at anew.
        self.sponsored = None;
        self.roster_said = None;
        true
    }

    /// Whether the relay does not know the mailbox of the epoch in force yet.
    #[must_use]
    pub(crate) fn waits_for_succession(&self) -> bool {
        self.succession().is_some()
    }

    /// What ruled, and what rules, the mailbox that the relay does not know yet.
    #[must_use]
    pub(crate) fn succession(&self) -> Option<(Seed, Seed)> {
        let mut tasks = self.relay_tasks.iter();
        tasks.find_map(|task| match task {
            RelayTask::Succeed { from, to } => Some((from.clone(), to.clone())),
            RelayTask::Revoke { .. } => None,
        })
    }
}

/// The key that rules a mailbox.
#[must_use]
pub(crate) fn authority(seed: &Seed) -> SecretKey<Authority> {
    SecretKey::from_seed(seed.bytes())
}
