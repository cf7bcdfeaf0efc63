//! Founding a group: the first coordinator's device, the first roster entry, the mailbox.

use std::{path::Path, sync::Arc};

use bellrope_proto::{
    address::RelayAddress,
    codec::Blob,
    grant::{HostToken, Opening, Rights},
    ids::{Hash, Timestamp},
    signing::{Authority, SecretKey, Signed},
};
use secrecy::SecretString;

use super::founder;
use crate::{
    blocking::blocking,
    clock::now,
    connect::open_session,
    device::{Device, DeviceError, FirstFiles, State, newest_place},
    extensions::Extensions,
    group::{Change, Entry, EpochKeys, Found, Lease, NameError, Role, check_name, head_after},
    ids::{Epoch, GroupId, Position},
    message::{Holder, LaneCredential},
    random::random,
    relay::{Cursor, RelayError},
    seal::{EpochIdentity, MemberIdentity},
    secret::Seed,
};

/// Why a group was not founded.
#[derive(Debug, thiserror::Error)]
pub enum CreateError {
    /// A name will not do.
    #[error(transparent)]
    Name(#[from] NameError),
    /// The device's files.
    #[error(transparent)]
    Device(#[from] DeviceError),
    /// The relay did not open the mailbox. The device is there: the same command tries again.
    #[error(transparent)]
    Relay(#[from] RelayError),
}

/// What the founder chose.
#[derive(Debug)]
pub struct NewGroup<'a> {
    /// What members will call the group.
    pub group_name: &'a str,
    /// What members will call the founder.
    pub my_name: &'a str,
    /// Where.
    pub relay: &'a RelayAddress,
}

/// Makes the device and the group on this disk. The mailbox comes with [`open_mailbox`]. Takes about half a second:
/// the passphrase is hashed slowly on purpose.
///
/// # Errors
/// [`CreateError`].
pub fn create(
    dir: &Path,
    passphrase: &SecretString,
    group: &NewGroup<'_>,
    now: Timestamp,
) -> Result<Device, CreateError> {
    let authority_seed = Seed::random();
    let authority = SecretKey::<Authority>::from_seed(authority_seed.bytes());
    let epoch = EpochIdentity::generate();
    let mut found = Found {
        salt: random(),
        group_name: check_name(group.group_name)?,
        founder_name: check_name(group.my_name)?,
        founder_key: MemberIdentity::generate().to_key(),
        founder_turn: Blob(Vec::new()),
        epoch: EpochKeys {
            number: Epoch(1),
            recipient: Blob(epoch.to_recipient().as_bytes().to_vec()),
            mailbox: authority.public().mailbox(),
            relays: vec![group.relay.clone()],
            extensions: Extensions::none(),
        },
        extensions: Extensions::none(),
    };
    let first = |signing: &SecretKey<_>, found: Found| {
        signing.sign(&Entry {
            position: Position(0),
            previous: Hash([0; 32]),
            time: now,
            author: signing.public(),
            change: Change::Found(found),
            extensions: Extensions::none(),
        })
    };
    let device = Device::make(dir, passphrase, |keys| {
        found.founder_key = keys.member.to_key();
        found.founder_turn = Blob(keys.turn.to_recipient().as_bytes().to_vec());
        let entry = first(keys.signing, found.clone());
        let mut state = State::new(GroupId(head_after(&entry)), Role::Coordinator);
        let holder = Holder::Founder(keys.signing.public());
        state.credential = Some(LaneCredential::issue(&authority, &holder, Rights::BOTH));
        state.epoch_seed = Some(Seed::new(epoch.seed()));
        state.roster_said = Some(now);
        state.authority_seed = Some(authority_seed.clone());
        state.founded = founder::found(keys, &found, &entry, now);
        Ok::<_, CreateError>(FirstFiles {
            state,
            entries: vec![entry],
            queue: Vec::new(),
        })
    })?;
    Ok(device)
}

/// What a device that is there already has to do with a relay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Founded {
    /// It founded a group at this relay whose mailbox was not opened yet.
    Unfinished,
    /// It founded a group at this relay whose mailbox is open.
    Open,
    /// It did not.
    No,
}

/// Whether a device founded a group at this relay.
///
/// # Errors
/// [`DeviceError`].
pub fn founded(device: &Device, relay: &RelayAddress) -> Result<Founded, DeviceError> {
    let state = device.state()?;
    let known = newest_place(device)?;
    let ours = known.is_some_and(|told| told.relay == *relay);
    Ok(match (state.authority_seed, state.cursor) {
        (Some(_), None) if ours => Founded::Unfinished,
        (Some(_), Some(_)) if ours => Founded::Open,
        _ => Founded::No,
    })
}

/// Opens the group's mailbox with a host's token, or renews it with another; gives its end.
///
/// # Errors
/// [`CreateError`].
pub async fn open_mailbox(
    device: &Arc<Device>,
    relay: &RelayAddress,
    token: Signed<HostToken>,
) -> Result<Timestamp, CreateError> {
    let authority = blocking(device, |device| {
        let authority = device.state()?.authority();
        authority.ok_or(DeviceError::Nothing)
    })
    .await?;
    let opening = authority.sign(&Opening {
        authority: authority.public(),
        relay: relay.key(),
    });
    let mut session = open_session(device, relay, None).await?;
    let created = session.create(opening, token).await?;
    session.close().await;
    let mailbox = authority.public().mailbox();
    if created.mailbox != mailbox {
        return Err(RelayError::Protocol("another mailbox was opened").into());
    }
    blocking(device, move |device| {
        device.change(|state| {
            // The same token shown again begins nothing anew.
            if state.lease.is_none_or(|lease| lease.ends != created.ends) {
                state.lease = Some(Lease {
                    since: now(),
                    ends: created.ends,
                });
            }
            state.cursor.get_or_insert_with(|| Cursor::start(mailbox));
        })
    })
    .await?;
    Ok(created.ends)
}
