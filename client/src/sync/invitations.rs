//! A coordinator's invitations at the relay: their mailboxes are opened, and the claims in them are read.

use bellrope_proto::{
    address::RelayAddress,
    envelope::Envelope,
    grant::{Opening, Sponsorship},
    ids::{MailboxId, Timestamp},
    signing::{Authority, SecretKey, Signed},
};
use tokio::{
    sync::{mpsc, oneshot},
    time::{Duration, Instant, sleep_until},
};

use super::{
    context::{Context, spread},
    contradiction::keep_proof,
    event::{EngineError, Event},
};
use crate::{
    clock::now,
    device::{Device, DeviceError, IssuedInvitation, State, issued, outbox},
    extensions::is_critical,
    group::{Claim, Role, Roster, RosterError, valid_claim},
    ids::Position,
    invitation::Secret,
    membership::{AdmissionError, Claims, claim_heard, finish_interrupted, spoiled},
    message::Payload,
    relay::{Contradiction, Cursor, Delivery, RelayError, Session},
    seal,
};

/// An invitation's mailbox: a bundle, a roster in parts, and months of new keys fit.
const INVITATION_BYTES: u64 = 512 * 1024;

/// A reader's invitation is of no use after its welcome has expired at the relay.
const INVITATION_AFTERLIFE_SECONDS: u64 = 31 * Timestamp::DAY_SECONDS;

/// Between two looks at who asks to join, and up to as much again: a look costs a connection for each open invitation, and
/// the coordinators of a relay that comes back do not all look at once.
const LOOK: Duration = Duration::from_secs(13);

/// The invitations whose mailboxes were not opened yet, in no order.
pub(super) fn unopened(device: &Device) -> Result<Vec<IssuedInvitation>, DeviceError> {
    let mut all = issued::all(device)?;
    all.retain(|issued| !issued.open && !issued.refused);
    Ok(all)
}

/// What is needed to open mailboxes on the group's account.
pub(super) struct Unopened {
    relay: RelayAddress,
    group: SecretKey<Authority>,
    group_ends: Option<Timestamp>,
    invitations: Vec<IssuedInvitation>,
}

impl Unopened {
    /// `None` when there are none, or when this device may not open any.
    pub(super) fn new(
        state: &State,
        relay: Option<&RelayAddress>,
        invitations: Vec<IssuedInvitation>,
    ) -> Option<Self> {
        (!invitations.is_empty()).then_some(())?;
        Some(Self {
            relay: relay?.clone(),
            group: state.authority()?,
            group_ends: state.mailbox_ends,
            invitations,
        })
    }
}

/// Opens the mailboxes of invitations that were made without a network.
pub(super) async fn open_mailboxes(
    context: &Context,
    unopened: Unopened,
) -> Result<Result<(), RelayError>, DeviceError> {
    let roster = context.with_device(Device::roster).await?;
    let mut session = match Session::open(&unopened.relay).await {
        Ok(session) => session,
        Err(error) => return Ok(Err(error)),
    };
    for issued in unopened.invitations {
        let at = issued.admitted_at;
        let admit = roster.as_ref().and_then(|roster| {
            let mut invited = roster.invited().iter();
            invited.find(|invited| invited.at == at)
        });
        let Some(admit) = admit.map(|invited| &invited.admit) else {
            continue;
        };
        if admit.expires <= now() {
            // Nobody can use it any more: it never needs its mailbox.
            context
                .with_device(move |device| {
                    issued::change(device, at, |issued| issued.refused = true)
                })
                .await?;
            continue;
        }
        let group_ends = unopened.group_ends.unwrap_or(admit.expires);
        let mailbox_ends = match admit.role {
            // Stays the defender's reply mailbox.
            Role::Defender => group_ends,
            _ => group_ends.min(admit.expires.plus(INVITATION_AFTERLIFE_SECONDS)),
        };
        let authority = issued.secret.keys().authority;
        let opening = authority.sign(&Opening {
            authority: authority.public(),
            relay: unopened.relay.key(),
        });
        let sponsorship = unopened.group.sign(&Sponsorship {
            authority: unopened.group.public(),
            mailbox: issued.mailbox,
            quota_bytes: INVITATION_BYTES,
            mailbox_ends,
        });
        match session.create_sponsored(opening, sponsorship).await {
            Ok(created) if created.mailbox == issued.mailbox => {
                context
                    .with_device(move |device| {
                        issued::change(device, at, |issued| issued.open = true)
                    })
                    .await?;
            }
            Ok(_) => return Ok(Err(RelayError::Protocol("another mailbox was opened"))),
            Err(error) => return Ok(Err(error)),
        }
    }
    session.close().await;
    Ok(Ok(()))
}

/// What was heard of invitations.
#[derive(Debug, Default)]
pub struct ClaimsReport {
    /// Who asks, and who was admitted.
    pub claims: Claims,
    /// The first failure. The other invitations were read.
    pub failed: Option<EngineError>,
}

/// What the task is asked.
pub(super) enum ClaimsRequest {
    /// Read the mailboxes of invitations that nobody has used yet.
    ReadAll(oneshot::Sender<ClaimsReport>),
    /// A defender whom the roster does not name has spoken: their claim is in this mailbox, and decided there (C4).
    Heard(MailboxId),
}

/// The task. It looks by itself when the engine follows a mailbox.
pub(super) async fn run(
    context: Context,
    mut requests: mpsc::UnboundedReceiver<ClaimsRequest>,
    looks: bool,
) {
    let mut look_at = Instant::now();
    let mut told = None;
    loop {
        let request = tokio::select! {
            () = context.stopped() => return,
            request = requests.recv() => match request {
                Some(request) => Some(request),
                None => return,
            },
            () = sleep_until(look_at), if looks => None,
        };
        let work = async {
            match request {
                Some(ClaimsRequest::ReadAll(answer)) => {
                    let report = read(&context, None).await;
                    tell(&context, &report.claims).await;
                    // Whoever asked may have gone.
                    let _ = answer.send(report);
                }
                Some(ClaimsRequest::Heard(mailbox)) => {
                    let report = read(&context, Some(mailbox)).await;
                    tell(&context, &report.claims).await;
                    tell_failure(&context, report.failed, &mut told);
                }
                None => {
                    let report = read(&context, None).await;
                    look_at = Instant::now() + spread(LOOK);
                    tell(&context, &report.claims).await;
                    tell_failure(&context, report.failed, &mut told);
                }
            }
        };
        tokio::select! {
            () = work => {}
            () = context.stopped() => return,
        }
    }
}

/// Tells a failure of a look, once in a row. That the relay is not there is told by whoever reads the mailbox.
fn tell_failure(context: &Context, failed: Option<EngineError>, told: &mut Option<String>) {
    let failed = failed.filter(|error| !matches!(error, EngineError::Relay(_)));
    let kind = failed.as_ref().map(EngineError::kind);
    if *told != kind
        && let Some(error) = failed
    {
        context.events.tell_failure(error);
    }
    *told = kind;
}

async fn tell(context: &Context, claims: &Claims) {
    let Ok(Some(roster)) = context.with_device(Device::roster).await else {
        return;
    };
    for at in &claims.asking {
        context.events.tell(Event::Asks(name_at(&roster, *at)));
    }
    for at in &claims.admitted {
        context.events.tell(Event::Admitted(name_at(&roster, *at)));
    }
    for at in &claims.spoiled {
        let mut invited = roster.invited().iter();
        let Some(invited) = invited.find(|invited| invited.at == *at) else {
            continue;
        };
        context.events.tell(Event::Spoiled {
            name: invited.admit.name.clone(),
            may_send: invited.admit.role == Role::Defender,
        });
    }
}

fn name_at(roster: &Roster, at: Position) -> String {
    let mut invited = roster.invited().iter();
    let found = invited.find(|invited| invited.at == at);
    found
        .map(|invited| invited.admit.name.clone())
        .unwrap_or_default()
}

/// An invitation that nobody has used yet.
struct Open {
    relay: RelayAddress,
    roster: std::sync::Arc<Roster>,
    issued: IssuedInvitation,
}

/// Reads the mailboxes of invitations that nobody has used yet, or one of them.
async fn read(context: &Context, only: Option<MailboxId>) -> ClaimsReport {
    let mut report = ClaimsReport::default();
    let open = match context.with_device(open_invitations).await {
        Ok(open) => open,
        Err(AdmissionError::NotACoordinator) => return report,
        Err(error) => {
            report.failed = Some(error.into());
            return report;
        }
    };
    let wanted = |open: &Open| only.is_none_or(|mailbox| open.issued.mailbox == mailbox);
    for open in open.into_iter().filter(wanted) {
        // One dead mailbox is one dead mailbox: the next is read all the same.
        if let Err(error) = read_one(context, &open, &mut report.claims).await {
            tracing::debug!(%error, "an invitation could not be looked at");
            if let EngineError::Relay(RelayError::Contradiction(what)) = &error {
                begin_again(context, &open, what).await;
            }
            report.failed.get_or_insert(error);
        }
    }
    report
}

/// The invitation's mailbox is read from its beginning the next time: whoever asks there must be heard.
async fn begin_again(context: &Context, open: &Open, what: &Contradiction) {
    let (at, mailbox) = (open.issued.admitted_at, open.issued.mailbox);
    if let Some(path) = keep_proof(context, open.relay.clone(), what).await {
        context.events.tell(Event::Evidence(path));
    }
    let begun = context
        .with_device(move |device| {
            issued::change(device, at, |issued| issued.cursor = Cursor::start(mailbox))?;
            outbox::post_again(device, mailbox, &[])
        })
        .await;
    if let Err(error) = begun {
        context.events.tell(Event::Failed(error));
    }
}

async fn read_one(context: &Context, open: &Open, claims: &mut Claims) -> Result<(), EngineError> {
    let at = open.issued.admitted_at;
    let heard = match &open.issued.claim {
        // Heard before, and not carried out: a crash, or a group that was full.
        Some(claim) => {
            let claim = claim.clone();
            context
                .with_device(move |device| claim_heard(device, &claim, None, now()))
                .await?
        }
        None => {
            let (cursor, first) = first_claim(context, open).await?;
            context
                .with_device(move |device| match first {
                    First::Claim(claim) => claim_heard(device, &claim, Some(cursor), now()),
                    First::Other => spoiled(device, at, cursor),
                    First::Newer => Err(RosterError::Newer.into()),
                    First::Nothing => {
                        issued::change(device, at, |issued| issued.cursor = cursor)?;
                        Ok(Claims::default())
                    }
                })
                .await?
        }
    };
    claims.asking.extend(heard.asking);
    claims.admitted.extend(heard.admitted);
    claims.spoiled.extend(heard.spoiled);
    Ok(())
}

fn open_invitations(device: &Device) -> Result<Vec<Open>, AdmissionError> {
    finish_interrupted(device)?;
    let state = device.state()?;
    let roster = device.roster()?.ok_or(AdmissionError::NotACoordinator)?;
    state.authority().ok_or(AdmissionError::NotACoordinator)?;
    let relay = roster.epoch().relays.first().cloned();
    let relay = relay.ok_or(AdmissionError::NotACoordinator)?;
    let mut all = issued::all(device)?;
    all.retain(|issued| issued.open && !issued.refused && waits(issued, &roster));
    Ok(all
        .into_iter()
        .map(|issued| Open {
            relay: relay.clone(),
            roster: std::sync::Arc::clone(&roster),
            issued,
        })
        .collect())
}

/// Whether nobody has used an invitation yet, or a defender has and is not in the roster.
fn waits(issued: &IssuedInvitation, roster: &Roster) -> bool {
    let mut invited = roster.invited().iter();
    let invited = invited.find(|invited| invited.at == issued.admitted_at);
    let Some(invited) = invited.filter(|invited| !invited.replaced) else {
        return false;
    };
    let Some(claim) = issued.device() else {
        return true;
    };
    invited.admit.role == Role::Defender && roster.person(&claim.device).is_none()
}

/// What came first to an invitation's mailbox after its bundle. What comes later counts for nothing: the newcomer's
/// device decides by the same rule (C4).
enum First {
    /// Nothing yet, or nothing in time.
    Nothing,
    /// A claim that counts.
    Claim(Signed<Claim>),
    /// Something that is no claim of this invitation.
    Other,
    /// Something that this program must be updated for.
    Newer,
}

async fn first_claim(context: &Context, open: &Open) -> Result<(Cursor, First), RelayError> {
    let keys = open.issued.secret.keys();
    let mailbox: MailboxId = open.issued.mailbox;
    let expires = open
        .roster
        .invitation(&keys.invitation.public())
        .map_or(Timestamp(0), |invited| invited.admit.expires);
    let session = Session::open_as(&open.relay, &keys.credential()).await?;
    let cursor = open.issued.cursor.clone();
    let mut subscription = session.subscribe(cursor, Vec::new()).await?;
    let mut first = First::Nothing;
    loop {
        match subscription.next().await? {
            Delivery::Envelope { time, envelope, .. }
                if matches!(first, First::Nothing) && time <= expires =>
            {
                let secret = open.issued.secret.clone();
                let payload = context
                    .with_device(move |device| open_claim(device, &secret, &envelope))
                    .await;
                first = match payload {
                    Opened::Bundle => First::Nothing,
                    Opened::Payload(Payload::Claim(claim)) => {
                        match valid_claim(&claim, &open.roster) {
                            Some(valid) if valid.mailbox == mailbox => First::Claim(claim),
                            _ => First::Other,
                        }
                    }
                    Opened::Payload(Payload::Unknown(number)) if is_critical(number) => {
                        First::Newer
                    }
                    _ => First::Other,
                };
            }
            Delivery::CaughtUp { .. } => break,
            _ => {}
        }
    }
    let cursor = subscription.cursor().clone();
    subscription.close().await;
    Ok((cursor, first))
}

/// What an envelope of an invitation's mailbox is.
enum Opened {
    /// The bundle, which this device put there itself.
    Bundle,
    Payload(Payload),
    Nothing,
}

fn open_claim(device: &Device, secret: &Secret, envelope: &Envelope) -> Opened {
    let keys = secret.keys();
    if keys.is_bundle(envelope) {
        return Opened::Bundle;
    }
    let opened = seal::open(envelope.bytes(), &keys.outer(), device.member());
    let payload = opened.ok().and_then(|bytes| Payload::decode(&bytes).ok());
    payload.map_or(Opened::Nothing, Opened::Payload)
}
