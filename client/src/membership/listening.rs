//! A newcomer's side of a dictated code: finds the slot, answers once, and takes what is handed over. There is no device yet, and nothing is on
//! disk: what was interrupted begins anew, with a new code.

use std::time::Duration;

use bellrope_proto::{envelope::Envelope, ids::Hash, message::Reason};
use tokio::time::{Instant, sleep, timeout_at};

use crate::{
    invitation::{Code, Newcomer, SlotKeys, Spoken, Step},
    relay::{Cursor, Delivery, RelayError, UnprovenRelay},
    seal::SealError,
};

/// A coordinator's program that is open answers at once; on the worst networks it has to connect again first.
const PATIENCE: Duration = Duration::from_secs(180);

/// Between two connections, when one was lost.
const AGAIN: Duration = Duration::from_secs(2);

/// Why no invitation came across.
#[derive(Debug, thiserror::Error)]
pub enum DictatedError {
    /// There is no such slot at this host. The code is as good as it was.
    #[error("nothing waits at this slot")]
    NoSlot,
    /// What answers there is no relay that codes are dictated for.
    #[error("no relay says there who it is")]
    NoRelay,
    /// Somebody has answered already: the code is void.
    #[error("somebody was first")]
    Forestalled,
    /// The code is another there, or somebody sits in between: it is void.
    #[error("the code does not fit")]
    WrongCode,
    /// Its ten minutes are over.
    #[error("the code's time is over")]
    TimeOver,
    /// The other program does not answer.
    #[error("nobody answers")]
    Silent,
    /// The relay.
    #[error(transparent)]
    Relay(RelayError),
    /// The library's.
    #[error(transparent)]
    Seal(#[from] SealError),
}

impl From<RelayError> for DictatedError {
    fn from(error: RelayError) -> Self {
        match error {
            RelayError::NotTheRelay => Self::NoRelay,
            RelayError::Refused(Reason::NoMailbox, _) => Self::NoSlot,
            RelayError::Refused(Reason::MailboxEnded, _) => Self::TimeOver,
            // Whoever sits on the slot has spoilt it.
            RelayError::Refused(
                Reason::Revoked | Reason::MailboxFull | Reason::LaneShare | Reason::LaneRate,
                _,
            ) => Self::Forestalled,
            other => Self::Relay(other),
        }
    }
}

/// Gets the invitation that a code on the phone is for. One guess: whatever comes of an answer, it is void then.
///
/// # Errors
/// [`DictatedError`].
pub async fn hear_spoken(spoken: &Spoken) -> Result<Code, DictatedError> {
    hear_spoken_within(spoken, PATIENCE).await
}

/// The same with another patience.
pub(crate) async fn hear_spoken_within(
    spoken: &Spoken,
    patience: Duration,
) -> Result<Code, DictatedError> {
    let relay = UnprovenRelay::find(spoken).await?;
    let slot = spoken.keys();
    let offer = match read(&relay, &slot, Read::default()).await? {
        Read { is_void: true, .. } => return Err(DictatedError::Forestalled),
        Read {
            answer: Some(_), ..
        } => return Err(DictatedError::Forestalled),
        Read {
            missed: true,
            offer: None,
            ..
        } => return Err(DictatedError::TimeOver),
        Read { offer, .. } => offer.ok_or(DictatedError::NoSlot)?,
    };
    let answered = Newcomer::answer(spoken, &relay.identity(), &offer);
    let (newcomer, answer) = answered.map_err(|_| DictatedError::WrongCode)?;
    let answer = slot.seal(&answer)?;
    let until = Instant::now() + patience;
    let handed = timeout_at(until, exchange(&relay, &slot, &answer)).await;
    let (proof, sealed) = handed.map_err(|_| DictatedError::Silent)??;
    let code = newcomer.take(&proof, &sealed);
    code.map_err(|_| DictatedError::WrongCode)
}

/// What stands in a slot's log, as far as it was read.
#[derive(Default)]
struct Read {
    /// The first: the mailbox was opened by who made it.
    offer: Option<[u8; 33]>,
    /// The first after it.
    answer: Option<Hash>,
    /// The first after that.
    handing: Option<([u8; 32], Vec<u8>)>,
    is_void: bool,
    missed: bool,
    /// Whether to go on reading until it is decided.
    waits: bool,
}

impl Read {
    fn take(&mut self, envelope: &Envelope, step: Option<Step>) {
        match step {
            Some(Step::Offer(share)) => {
                self.offer.get_or_insert(share);
            }
            Some(Step::Answer { .. }) if self.offer.is_some() => {
                self.answer.get_or_insert(envelope.hash());
            }
            Some(Step::Handing { proof, sealed }) if self.answer.is_some() => {
                self.handing.get_or_insert((proof, sealed));
            }
            Some(Step::Void) => self.is_void = true,
            _ => {}
        }
    }

    fn is_decided(&self) -> bool {
        self.handing.is_some() || self.is_void
    }
}

/// Reads the log from its beginning: to its end, or until it is decided.
async fn read(relay: &UnprovenRelay, slot: &SlotKeys, mut read: Read) -> Result<Read, RelayError> {
    let session = relay.open_slot().await?;
    let cursor = Cursor::start(slot.mailbox());
    let mut subscription = session.subscribe(cursor, Vec::new()).await?;
    loop {
        match subscription.next().await? {
            Delivery::Envelope { envelope, .. } => {
                read.take(&envelope, slot.open(&envelope));
                if read.waits && read.is_decided() {
                    break;
                }
            }
            Delivery::Missed { .. } => read.missed = true,
            Delivery::CaughtUp { .. } if !read.waits => break,
            Delivery::CaughtUp { .. } | Delivery::Ahead => {}
        }
    }
    subscription.close().await;
    Ok(read)
}

/// Posts the answer, and waits for what is handed over. Only the first answer of a slot counts: if it is another's, so is the code.
async fn exchange(
    relay: &UnprovenRelay,
    slot: &SlotKeys,
    answer: &Envelope,
) -> Result<([u8; 32], Vec<u8>), DictatedError> {
    // The same bytes have one place in the log, however often they are posted.
    while let Err(error) = post(relay, answer).await {
        if !error.may_pass() {
            return Err(error.into());
        }
        sleep(AGAIN).await;
    }
    loop {
        let waiting = Read {
            waits: true,
            ..Read::default()
        };
        match read(relay, slot, waiting).await {
            Err(error) if error.may_pass() => sleep(AGAIN).await,
            Err(error) => return Err(error.into()),
            Ok(read) if read.answer != Some(answer.hash()) => {
                return Err(DictatedError::Forestalled);
            }
            Ok(read) => return read.handing.ok_or(DictatedError::WrongCode),
        }
    }
}

async fn post(relay: &UnprovenRelay, answer: &Envelope) -> Result<(), RelayError> {
    let mut session = relay.open_slot().await?;
    session.post(answer).await?;
    let (_, answered) = session.answer().await?;
    session.close().await;
    let posted = answered.map(|_| ());
    posted.map_err(|(reason, retry)| RelayError::Refused(reason, retry))
}
