//! Takes the outbox to the relay: one connection for each mailbox, the group's own first.

use std::{collections::BTreeMap, time::Duration};

use bellrope_proto::{
    address::RelayAddress,
    grant::{Opening, Sponsorship},
    ids::{MailboxId, Timestamp},
    limits::POSTS_IN_FLIGHT_MAX,
    message::{Reason, RequestId},
    signing::SecretKey,
};

use crate::{
    alert::AlertId,
    clock::now,
    device::{Device, DeviceError},
    home::Turn,
    item::Access,
    link::{LinkError, Session},
    outbox::{self, Waiting},
    roster::Role,
    speak::{self, SpeakError},
    state::{Issued, State},
};

/// An invitation's mailbox: a bundle, a roster in parts, and months of new keys fit.
const INVITATION_BYTES: u64 = 512 * 1024;

/// A reader's invitation is of no use after its welcome has expired at the relay.
const INVITATION_AFTERLIFE_SECONDS: u64 = 31 * Timestamp::DAY_SECONDS;

/// Between two looks whether another command is done sending.
const TURN_WAIT: Duration = Duration::from_millis(50);

/// What became of the queue.
#[derive(Debug, Default)]
pub struct Carried {
    /// Alerts that have their receipt now.
    pub stored: Vec<AlertId>,
    /// What went wrong, by mailbox.
    pub failed: Vec<(MailboxId, LinkError)>,
}

/// A place to post to.
struct Place {
    relay: RelayAddress,
    access: Access,
}

/// Sends everything that waits. Another command that is sending is waited for: what it sent is then
/// no longer in the queue.
///
/// # Errors
/// [`DeviceError`]. That the network failed is no error but part of the result.
pub async fn flush(device: &Device) -> Result<Carried, DeviceError> {
    let mut carried = Carried::default();
    if outbox::pending(device)?.is_empty() && unopened(device)?.is_empty() {
        return Ok(carried);
    }
    let _turn = wait_for_turn(device).await?;
    let state = device.state()?;
    let view = match speak::view(device, &state) {
        Ok(view) => Some(view),
        Err(SpeakError::Device(error)) => return Err(error),
        Err(_) => None,
    };
    let group = view.as_ref().map(|view| view.epoch.mailbox);
    let relay = view.and_then(|view| view.epoch.relays.first().cloned());
    // Alerts first: nothing that has to do with invitations may hold one up.
    let mut alerts = Vec::new();
    let mut others: BTreeMap<MailboxId, Vec<Waiting>> = BTreeMap::new();
    for waiting in outbox::pending(device)? {
        if Some(waiting.queued.to) == group {
            alerts.push(waiting);
        } else {
            others.entry(waiting.queued.to).or_default().push(waiting);
        }
    }
    if let Some(group) = group {
        post_to(
            device,
            &state,
            (group, alerts),
            relay.as_ref(),
            &mut carried,
        )
        .await?;
    }
    if let Some(relay) = &relay
        && let Err(error) = open_invitations(device, &state, relay).await?
    {
        carried.failed.extend(group.map(|group| (group, error)));
    }
    for queue in others {
        post_to(device, &state, queue, relay.as_ref(), &mut carried).await?;
    }
    Ok(carried)
}

async fn post_to(
    device: &Device,
    state: &State,
    (mailbox, queue): (MailboxId, Vec<Waiting>),
    relay: Option<&RelayAddress>,
    carried: &mut Carried,
) -> Result<(), DeviceError> {
    if queue.is_empty() {
        return Ok(());
    }
    if let Some(place) = place(device, state, mailbox, relay)?
        && let Err(error) = post_all(device, &place, queue, carried).await?
    {
        carried.failed.push((mailbox, error));
    }
    Ok(())
}

async fn wait_for_turn(device: &Device) -> Result<crate::home::Lock, DeviceError> {
    loop {
        if let Some(turn) = device.try_turn(Turn::Send)? {
            return Ok(turn);
        }
        tokio::time::sleep(TURN_WAIT).await;
    }
}

fn place(
    device: &Device,
    state: &State,
    mailbox: MailboxId,
    relay: Option<&RelayAddress>,
) -> Result<Option<Place>, DeviceError> {
    if let (Some(access), Some(relay)) = (&state.access, relay)
        && access
            .grant
            .peek()
            .is_ok_and(|grant| grant.authority.mailbox() == mailbox)
    {
        return Ok(Some(Place {
            relay: relay.clone(),
            access: access.clone(),
        }));
    }
    if let Some(joined) = &state.joined
        && joined.cursor.mailbox == mailbox
    {
        return Ok(Some(Place {
            relay: joined.relay.clone(),
            access: joined.secret.keys().access(),
        }));
    }
    let issued = device.issued()?;
    let found = issued.iter().find(|issued| issued.mailbox == mailbox);
    Ok(found.zip(relay).map(|(issued, relay)| Place {
        relay: relay.clone(),
        access: issued.secret.keys().access(),
    }))
}

/// Posts in order, with as many on their way as the relay takes, and keeps each receipt as it comes.
async fn post_all(
    device: &Device,
    place: &Place,
    queue: Vec<Waiting>,
    carried: &mut Carried,
) -> Result<Result<(), LinkError>, DeviceError> {
    let mut session = match Session::open_as(&place.relay, &place.access).await {
        Ok(session) => session,
        Err(error) => return Ok(Err(error)),
    };
    let mut flying: BTreeMap<RequestId, Waiting> = BTreeMap::new();
    let mut rest = queue.into_iter().peekable();
    let mut refused = None;
    while rest.peek().is_some() || !flying.is_empty() {
        if flying.len() < POSTS_IN_FLIGHT_MAX
            && refused.is_none()
            && let Some(waiting) = rest.next()
        {
            let Some(envelope) = &waiting.queued.envelope else {
                continue;
            };
            match session.post(envelope).await {
                Ok(request) => _ = flying.insert(request, waiting),
                Err(error) => return Ok(Err(error)),
            }
            continue;
        }
        if flying.is_empty() {
            break;
        }
        let (request, answer) = match session.answer().await {
            Ok(answer) => answer,
            Err(error) => return Ok(Err(error)),
        };
        let Some(waiting) = flying.remove(&request) else {
            return Ok(Err(LinkError::Protocol));
        };
        match answer {
            Ok(receipt) => {
                let posted = waiting.queued.envelope.as_ref();
                if posted.map(|envelope| envelope.hash()) != Some(receipt.fact.envelope) {
                    return Ok(Err(LinkError::Protocol));
                }
                outbox::stored(device, &waiting, receipt)?;
                carried.stored.extend(waiting.queued.alert);
            }
            Err((reason, retry)) => refused = Some(LinkError::Refused(reason, retry)),
        }
    }
    session.close().await;
    Ok(refused.map_or(Ok(()), Err))
}

fn unopened(device: &Device) -> Result<Vec<Issued>, DeviceError> {
    let mut issued = device.issued()?;
    issued.retain(|issued| !issued.open && !issued.refused);
    Ok(issued)
}

/// Opens the mailboxes of invitations that were made without a network.
async fn open_invitations(
    device: &Device,
    state: &State,
    relay: &RelayAddress,
) -> Result<Result<(), LinkError>, DeviceError> {
    let unopened = unopened(device)?;
    let (Some(seed), false) = (&state.authority_seed, unopened.is_empty()) else {
        return Ok(Ok(()));
    };
    let group = SecretKey::from_seed(seed);
    let roster = device.roster()?;
    let mut session = match Session::open(relay).await {
        Ok(session) => session,
        Err(error) => return Ok(Err(error)),
    };
    for issued in unopened {
        let admit = roster.as_ref().and_then(|roster| {
            let mut invited = roster.invited().iter();
            invited.find(|invited| invited.at == issued.admitted_at)
        });
        let Some(admit) = admit.map(|invited| &invited.admit) else {
            continue;
        };
        if admit.expires <= now() {
            // Nobody can use it any more: it never needs its mailbox.
            device.change_issued(issued.admitted_at, |issued| issued.refused = true)?;
            continue;
        }
        let group_ends = state.mailbox_ends.unwrap_or(admit.expires);
        let mailbox_ends = match admit.role {
            // Stays the defender's reply mailbox.
            Role::Defender => group_ends,
            _ => group_ends.min(admit.expires.plus(INVITATION_AFTERLIFE_SECONDS)),
        };
        let authority = issued.secret.keys().authority;
        let opening = authority.sign(&Opening {
            authority: authority.public(),
            relay: relay.key(),
        });
        let sponsorship = group.sign(&Sponsorship {
            authority: group.public(),
            mailbox: issued.mailbox,
            quota_bytes: INVITATION_BYTES,
            mailbox_ends,
        });
        match session.create_sponsored(opening, sponsorship).await {
            Ok(created) if created.mailbox == issued.mailbox => {
                device.change_issued(issued.admitted_at, |issued| issued.open = true)?;
            }
            Ok(_) => return Ok(Err(LinkError::Protocol)),
            Err(error) => return Ok(Err(error)),
        }
    }
    session.close().await;
    Ok(Ok(()))
}

/// Whether trying again by itself may help, or somebody has to do something.
#[must_use]
pub fn may_pass(error: &LinkError) -> bool {
    match error {
        LinkError::Refused(reason, retry) => {
            *retry > 0 || matches!(reason, Reason::Unavailable | Reason::LaneRate)
        }
        LinkError::NotTheRelay | LinkError::Broken(_) | LinkError::Protocol => false,
        _ => true,
    }
}
