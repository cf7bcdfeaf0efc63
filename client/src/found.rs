//! Founding a group: the first coordinator's device, the first roster entry, the mailbox.

use std::path::Path;

use bellrope_proto::{
    address::RelayAddress,
    codec::Blob,
    grant::{Grant, HostToken, Opening, Rights},
    ids::{Hash, Timestamp},
    signing::{Authority, PublicKey, SecretKey, Signed},
};
use secrecy::SecretString;

use crate::{
    device::{Device, DeviceError},
    ids::{Epoch, GroupId, Position},
    item::Access,
    link::{LinkError, Session},
    roster::{Change, Entry, EpochKeys, Found, Refusal, Role, Roster, head_after},
    seal::EpochIdentity,
    state::{Cursor, State},
    vault::random,
};

/// A right at the group's mailbox lasts until the epoch has long ended.
pub const GRANT_SECONDS: u64 = 2 * 366 * Timestamp::DAY_SECONDS;

/// Why a group was not founded.
#[derive(Debug, thiserror::Error)]
pub enum FoundError {
    /// A name is empty, too long, or has control characters.
    #[error("a name does not fit")]
    Name,
    /// The device's files.
    #[error(transparent)]
    Device(#[from] DeviceError),
    /// The relay did not open the mailbox. The device is there: the same command tries again.
    #[error(transparent)]
    Link(#[from] LinkError),
}

/// What the founder chose.
#[derive(Debug)]
pub struct Plan<'a> {
    /// What members will call the group.
    pub group_name: &'a str,
    /// What members will call the founder.
    pub my_name: &'a str,
    /// Where.
    pub relay: &'a RelayAddress,
}

/// Makes the device and the group on this disk. The mailbox comes with [`open_mailbox`].
///
/// # Errors
/// [`FoundError`].
pub fn make(
    dir: &Path,
    passphrase: &SecretString,
    plan: &Plan<'_>,
    now: Timestamp,
) -> Result<Device, FoundError> {
    let authority = SecretKey::<Authority>::from_seed(&random());
    let epoch = EpochIdentity::generate();
    let mut found = Found {
        salt: random(),
        group_name: plan.group_name.to_owned(),
        founder_name: plan.my_name.to_owned(),
        founder_key: crate::seal::MemberIdentity::generate().to_key(),
        epoch: EpochKeys {
            number: Epoch(1),
            recipient: Blob(epoch.to_recipient().as_bytes().to_vec()),
            mailbox: authority.public().mailbox(),
            relays: vec![plan.relay.clone()],
        },
    };
    let first = |signing: &SecretKey<_>, found: Found| {
        signing.sign(&Entry {
            position: Position(0),
            previous: Hash([0; 32]),
            time: now,
            author: signing.public(),
            change: Change::Found(found),
        })
    };
    // Whether the names will do is the roster's to say, and must be known before anything is made.
    let trial = first(&SecretKey::from_seed(&random()), found.clone());
    Roster::found(trial).map_err(|_: Refusal| FoundError::Name)?;
    let device = Device::make(dir, passphrase, |signing, member| {
        found.founder_key = member.to_key();
        let entry = first(signing, found);
        let mut state = State::new(GroupId(head_after(&entry)), Role::Coordinator);
        state.access = Some(access(&authority, Rights::BOTH, now));
        state.epoch_seed = Some(*epoch.seed());
        state.authority_seed = Some(*authority.seed());
        (state, vec![entry])
    })?;
    Ok(device)
}

/// A right with a new lane, from the mailbox's authority.
#[must_use]
pub fn access(authority: &SecretKey<Authority>, rights: Rights, now: Timestamp) -> Access {
    let lane = SecretKey::from_seed(&random());
    let grant = Grant {
        authority: authority.public(),
        lane: lane.public(),
        rights,
        expires: now.plus(GRANT_SECONDS),
    };
    Access::new(&lane, authority.sign(&grant))
}

/// Whether a device founded a group whose mailbox is not open yet: the relay was not reached.
#[must_use]
pub fn is_unfinished(state: &State) -> bool {
    state.authority_seed.is_some() && state.cursor.is_none()
}

/// Opens the group's mailbox with a host's token, or renews it with another.
///
/// # Errors
/// [`FoundError`].
pub async fn open_mailbox(
    device: &Device,
    token: Signed<HostToken>,
) -> Result<Timestamp, FoundError> {
    let state = device.state()?;
    let seed = state.authority_seed.ok_or(DeviceError::Nothing)?;
    let roster = device.roster()?.ok_or(DeviceError::Nothing)?;
    let relay = roster.epoch().relays.first().ok_or(DeviceError::Nothing)?;
    let authority = SecretKey::<Authority>::from_seed(&seed);
    let opening = authority.sign(&Opening {
        authority: authority.public(),
        relay: relay.key(),
    });
    let mut session = Session::open(relay).await?;
    let created = session.create(opening, token).await?;
    session.close().await;
    let mailbox = PublicKey::mailbox(&authority.public());
    if created.mailbox != mailbox {
        return Err(LinkError::Protocol.into());
    }
    device.change(|state| {
        state.mailbox_ends = Some(created.ends);
        state.cursor.get_or_insert_with(|| Cursor::start(mailbox));
    })?;
    Ok(created.ends)
}
