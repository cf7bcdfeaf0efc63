//! What the writer is asked, and what it says no with.

use bellrope_proto::{
    envelope::Envelope,
    ids::{Day, Hash, MailboxId, Timestamp, TokenId},
    message::{FromRelay, Reason, Refused, RequestId},
    signing::{Lane, PublicKey},
};
use tokio::sync::{
    mpsc::{Sender, UnboundedSender},
    oneshot,
};

use super::quota::Whose;
use crate::store::{ExpiryReport, StoreError};

/// Seconds after which a post that the disk refused is worth another try.
const UNAVAILABLE_RETRY_SECONDS: u32 = 30;

/// A connection's queue of answers. Bounded by the posts it may have on their way.
pub(crate) type Answers = UnboundedSender<FromRelay>;

/// Where jobs go. The writer ends when the last one is dropped.
pub(crate) type JobSender = Sender<Job>;

/// What the writer is asked.
#[derive(Debug)]
pub(crate) enum Job {
    /// Store an envelope.
    Append(Posting),
    /// Open or renew a mailbox.
    Create(Creation, Answers),
    /// Hand an account over.
    Succeed(Handover, Answers),
    /// Take a lane's rights back.
    Revoke(LaneRevocation, Answers),
    /// Erase the days before the first, and forget mailboxes that ended before the second.
    Expire(Day, Day, oneshot::Sender<Result<ExpiryReport, StoreError>>),
}

/// An envelope to store.
#[derive(Debug)]
pub(crate) struct Posting {
    /// Where.
    pub(crate) mailbox: MailboxId,
    /// Whose share.
    pub(crate) lane: PublicKey<Lane>,
    /// What.
    pub(crate) envelope: Envelope,
    /// Its hash: computed by whoever received it, as the writer is one for all.
    pub(crate) hash: Hash,
    /// Repeated in the answer.
    pub(crate) request: RequestId,
    /// Where the answer goes.
    pub(crate) answers: Answers,
}

/// A mailbox to open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Creation {
    /// Repeated in the answer.
    pub request: RequestId,
    /// Which.
    pub mailbox: MailboxId,
    /// Bytes that it may hold.
    pub quota_bytes: u64,
    /// It takes posts until then.
    pub ends: Timestamp,
    /// The token to spend; none when sponsored.
    pub token: Option<TokenId>,
    /// Who pays; none with a token.
    pub sponsor: Option<MailboxId>,
}

impl Creation {
    /// Whose request it is: whoever pays.
    pub(crate) fn whose(&self) -> Whose {
        match (self.token, self.sponsor) {
            (Some(token), _) => Whose::Token(token),
            (None, by) => Whose::Owner(by.unwrap_or(self.mailbox)),
        }
    }
}

/// An account to hand over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Handover {
    /// Repeated in the answer.
    pub request: RequestId,
    /// Whose account.
    pub from: MailboxId,
    /// The mailbox that is opened for it.
    pub to: MailboxId,
}

/// Rights to take back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LaneRevocation {
    /// Repeated in the answer.
    pub request: RequestId,
    /// Rights at which mailbox.
    pub mailbox: MailboxId,
    /// Whose.
    pub lane: PublicKey<Lane>,
}

/// A no, and when to try again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) reason: Reason,
    /// 0 when trying again is of no use.
    pub(crate) retry_seconds: u32,
}

impl Refusal {
    pub(crate) fn new(reason: Reason) -> Self {
        Self::retry(reason, 0)
    }

    pub(crate) fn retry(reason: Reason, retry_seconds: u32) -> Self {
        Self {
            reason,
            retry_seconds,
        }
    }

    /// The store did not do it, now. Why is in the host's log.
    pub(crate) fn unavailable() -> Self {
        Self::retry(Reason::Unavailable, UNAVAILABLE_RETRY_SECONDS)
    }

    /// As the answer to a request.
    pub(crate) fn answer(self, request: RequestId) -> FromRelay {
        Refused {
            request,
            reason: self.reason,
            retry_seconds: self.retry_seconds,
        }
        .into()
    }
}
