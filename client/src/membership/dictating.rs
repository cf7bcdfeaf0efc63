//! A coordinator's side of a dictated code: opens a slot's mailbox on the group's account, waits there, and hands the invitation over to the first
//! who answers, if they know the code. Nothing of it is on disk: who ends the program has voided the code.

use std::{sync::Arc, time::Duration};

use bellrope_proto::{
    address::RelayAddress,
    envelope::Envelope,
    grant::{Opening, Sponsorship},
    ids::{Sequence, Timestamp},
    message::Reason,
    signing::{Authority, SecretKey},
};
use tokio::time::{Instant, sleep, timeout_at};

use super::{inviting::NewInvitation, transaction::AdmissionError};
use crate::{
    blocking::blocking,
    connect::open_session,
    device::{Device, DeviceError},
    invitation::{CODE_SECONDS, Code, Inviter, Place, SlotKeys, Spoken, Step},
    relay::{Cursor, Delivery, RelayError},
    seal::SealError,
};

/// An exchange is three envelopes. The rest is room for whoever throws others in: full, the slot is of no use any more.
const SLOT_BYTES: u64 = 64 * 1024;

/// Somebody may have taken a slot, and even some; not so many of ten thousand.
const TRIES: usize = 12;

/// Between two connections, when one was lost.
const AGAIN: Duration = Duration::from_secs(2);

/// Why an invitation was not handed over.
#[derive(Debug, thiserror::Error)]
pub enum DictateError {
    /// Whoever answered has another code, or sits in between.
    #[error("somebody answered with a wrong code")]
    WrongCode,
    /// Its time is over.
    #[error("nobody answered in time")]
    TimeOver,
    /// Each slot that was tried is somebody's.
    #[error("no slot is free")]
    NoSlot,
    /// The group's mailbox is not open.
    #[error("the group has no account at the relay")]
    NoAccount,
    /// The device, or what it may do.
    #[error(transparent)]
    Admission(#[from] AdmissionError),
    /// The relay.
    #[error(transparent)]
    Relay(#[from] RelayError),
    /// The library's.
    #[error(transparent)]
    Seal(#[from] SealError),
}

impl From<DeviceError> for DictateError {
    fn from(error: DeviceError) -> Self {
        Self::Admission(error.into())
    }
}

/// A slot that is open, and its code. To be said to one person, and waited for.
#[derive(Debug)]
pub struct Dictation {
    device: Arc<Device>,
    relay: RelayAddress,
    spoken: Spoken,
    slot: SlotKeys,
    inviter: Inviter,
    invitation: Code,
    until: Instant,
}

/// What a slot's mailbox is opened on.
struct Account {
    group: SecretKey<Authority>,
    ends: Timestamp,
}

/// Opens a slot for an invitation, which the relay must know already.
///
/// # Errors
/// [`DictateError`].
pub async fn dictate(
    device: &Arc<Device>,
    invitation: &NewInvitation,
) -> Result<Dictation, DictateError> {
    let place = Place::of(&invitation.code.relay);
    let tries = (0..TRIES).map(|_| Spoken::random(place.clone()));
    dictate_one_of(device, invitation, tries, CODE_SECONDS).await
}

/// The same with the first of these that is free, for so long.
pub(crate) async fn dictate_one_of(
    device: &Arc<Device>,
    invitation: &NewInvitation,
    tries: impl Iterator<Item = Spoken>,
    seconds: u64,
) -> Result<Dictation, DictateError> {
    let account = blocking(device, account).await?;
    let relay = &invitation.code.relay;
    for spoken in tries {
        if let Some(inviter) = begin(device, relay, &account, &spoken).await? {
            return Ok(Dictation {
                device: Arc::clone(device),
                relay: relay.clone(),
                slot: spoken.keys(),
                spoken,
                inviter,
                invitation: invitation.code.clone(),
                until: Instant::now() + Duration::from_secs(seconds),
            });
        }
        tracing::debug!("a slot is taken");
    }
    Err(DictateError::NoSlot)
}

fn account(device: &Device) -> Result<Account, DictateError> {
    let state = device.state()?;
    let group = state.authority().ok_or(AdmissionError::NotACoordinator)?;
    let said = device.roster()?.and_then(|roster| roster.lease());
    let lease = state.lease.or(said).ok_or(DictateError::NoAccount)?;
    Ok(Account {
        group,
        ends: lease.ends,
    })
}

/// Opens the slot and makes the offer; `None` when it is somebody's: another group pays for it, something was there before, or who sits on it
/// has spoilt it.
async fn begin(
    device: &Arc<Device>,
    relay: &RelayAddress,
    account: &Account,
    spoken: &Spoken,
) -> Result<Option<Inviter>, DictateError> {
    let slot = spoken.keys();
    let mut session = open_session(device, relay, None).await?;
    // By the relay's clock: this device's may be wrong.
    let ends = session.time().await?.plus(CODE_SECONDS).min(account.ends);
    let opening = slot.authority().sign(&Opening {
        authority: slot.authority().public(),
        relay: relay.key(),
    });
    let sponsorship = account.group.sign(&Sponsorship {
        authority: account.group.public(),
        mailbox: slot.mailbox(),
        quota_bytes: SLOT_BYTES,
        mailbox_ends: ends,
    });
    let created = session.create_sponsored(opening, sponsorship).await;
    session.close().await;
    match created {
        Err(RelayError::Refused(Reason::NotValid, _)) => return Ok(None),
        other => other?,
    };
    let begun = Inviter::begin(spoken, &relay.key());
    let (inviter, offer) = begun.map_err(|_| SealError::Library)?;
    let envelope = slot.seal(&offer)?;
    let posted = post(device, relay, &slot, &envelope).await;
    match posted {
        Ok(sequence) => Ok((sequence == Sequence(1)).then_some(inviter)),
        Err(RelayError::Refused(
            Reason::Revoked | Reason::MailboxFull | Reason::LaneShare | Reason::LaneRate,
            _,
        )) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

impl Dictation {
    /// What is to be said.
    #[must_use]
    pub fn spoken(&self) -> &Spoken {
        &self.spoken
    }

    /// Waits until somebody answers, and hands the invitation over if they know the code. Whatever comes of it, the code is void then.
    ///
    /// # Errors
    /// [`DictateError`].
    pub async fn wait(self) -> Result<(), DictateError> {
        let until = self.until;
        let answered = timeout_at(until, self.first_answer()).await;
        let answered = answered.map_err(|_| DictateError::TimeOver)??;
        let (share, proof) = answered;
        let Self {
            device,
            relay,
            slot,
            inviter,
            invitation,
            ..
        } = self;
        let handed = inviter.hand_over(&share, &proof, &invitation);
        let is_right = handed.is_ok();
        let envelope = slot.seal(handed.as_ref().unwrap_or(&Step::Void))?;
        let posting = async {
            loop {
                let posted = post(&device, &relay, &slot, &envelope).await;
                match posted {
                    Err(error) if error.may_pass() => sleep(AGAIN).await,
                    other => return other,
                }
            }
        };
        let posted = timeout_at(until, posting).await;
        if !is_right {
            // Whether the other side hears of it or not.
            return Err(DictateError::WrongCode);
        }
        match posted {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(RelayError::Refused(Reason::MailboxEnded, _))) | Err(_) => {
                Err(DictateError::TimeOver)
            }
            Ok(Err(error)) => Err(error.into()),
        }
    }

    /// The first answer that stands in the slot's log. What else is there is nobody's guess.
    async fn first_answer(&self) -> Result<([u8; 33], [u8; 32]), DictateError> {
        loop {
            match self.read().await {
                Err(error) if error.may_pass() => sleep(AGAIN).await,
                Err(error) => return Err(error.into()),
                Ok(answer) => return Ok(answer),
            }
        }
    }

    async fn read(&self) -> Result<([u8; 33], [u8; 32]), RelayError> {
        let credential = self.slot.credential();
        let session = open_session(&self.device, &self.relay, Some(&credential)).await?;
        let cursor = Cursor::start(self.slot.mailbox());
        let mut subscription = session.subscribe(cursor, Vec::new()).await?;
        loop {
            if let Delivery::Envelope { envelope, .. } = subscription.next().await?
                && let Some(Step::Answer { share, proof }) = self.slot.open(&envelope)
            {
                subscription.close().await;
                return Ok((share, proof));
            }
        }
    }
}

/// Posts to the slot; gives the envelope's place.
async fn post(
    device: &Arc<Device>,
    relay: &RelayAddress,
    slot: &SlotKeys,
    envelope: &Envelope,
) -> Result<Sequence, RelayError> {
    let mut session = open_session(device, relay, Some(&slot.credential())).await?;
    session.post(envelope).await?;
    let (_, answer) = session.answer().await?;
    session.close().await;
    let posted = answer.map(|receipt| receipt.fact.sequence);
    posted.map_err(|(reason, retry)| RelayError::Refused(reason, retry))
}
