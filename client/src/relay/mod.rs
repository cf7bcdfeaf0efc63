//! Talking to a relay: `race` finds the address that answers, `certificate` says whose it is, `quic` moves frames over a pinned connection, `session`
//! speaks the protocol, `chain` checks that what a relay delivers fits what it promised, `receipts` that what it promised fits together. `unproven`
//! alone goes to a host of which nothing is known but the name.

mod certificate;
mod chain;
mod cursor;
mod known;
mod quic;
mod race;
mod receipts;
mod session;
mod unproven;

use std::io;

use bellrope_proto::{
    ids::Timestamp,
    keys::KeysRefused,
    message::{Close, Reason},
    receipt::{Commitment, Head, Restored},
    signing::Signed,
};

pub use chain::{ChainFault, Delivery};
pub use cursor::Cursor;
pub use known::KnownRelay;
pub use quic::Connection;
pub(crate) use receipts::compare;
pub use session::{Session, Subscription};
pub(crate) use unproven::UnprovenRelay;

/// Whatever a library or the system said.
type BoxedError = Box<dyn std::error::Error + Send + Sync>;

/// Why talking to a relay failed.
#[derive(Debug, thiserror::Error)]
pub enum RelayError {
    /// The host's name leads nowhere from here.
    #[error("the relay's name was not found")]
    NoSuchHost(#[source] io::Error),
    /// Nothing answers, or this network lets nothing through.
    #[error("the relay cannot be reached")]
    Unreachable(#[source] BoxedError),
    /// Whatever answers has no key of the relay's: another machine, or somebody in between.
    #[error("what answers is not the relay")]
    NotTheRelay,
    /// Whatever answers has keys that the relay has replaced: somebody who took them, or an old copy of the relay.
    #[error("what answers has keys that the relay gave up")]
    OldKeys,
    /// The connection ended.
    #[error("the connection ended")]
    Ended(Option<Close>),
    /// Nothing came for too long.
    #[error("the relay says nothing")]
    Silent,
    /// The relay said no, and when to try again (0: that does not help).
    #[error("the relay refused: {0:?}")]
    Refused(Reason, u32),
    /// The relay does not speak our protocol.
    #[error("the relay broke the protocol: {0}")]
    Protocol(&'static str),
    /// What it delivers contradicts what it signed, or itself.
    #[error("the relay contradicts itself")]
    Contradiction(Box<Contradiction>),
    /// This machine cannot open a socket.
    #[error("the system gave no socket")]
    System(#[source] BoxedError),
}

impl From<KeysRefused> for RelayError {
    fn from(why: KeysRefused) -> Self {
        match why {
            KeysRefused::NotSigned(_) => Self::NotTheRelay,
            KeysRefused::Replaced => Self::OldKeys,
        }
    }
}

/// What does not fit together, and what the relay says of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contradiction {
    /// What.
    pub fault: ChainFault,
    /// The relay's word that an old copy of it was put back, if that would explain it. It may be a lie as well, but one
    /// that people can ask the host about.
    pub restored: Option<Signed<Restored>>,
}

impl Contradiction {
    /// With the relay's word on an old copy, which explains nothing that was signed after it.
    fn new(fault: ChainFault, cursor: Option<&Cursor>, restored: Option<Signed<Restored>>) -> Self {
        let before = signed_before(&fault, cursor);
        let explains = |said: &Signed<Restored>| {
            let said = said.peek().ok();
            said.zip(before)
                .is_some_and(|(said, before)| before <= said.restored)
        };
        Self {
            fault,
            restored: restored.filter(explains),
        }
    }

    /// Of when the old copy is that is said to have been put back.
    #[must_use]
    pub fn restored_from(&self) -> Option<Timestamp> {
        let said = self.restored.as_ref()?.peek().ok()?;
        Some(said.copied)
    }
}

/// When the relay signed what it does not stand by any more.
fn signed_before(fault: &ChainFault, cursor: Option<&Cursor>) -> Option<Timestamp> {
    let of_head = |head: &Signed<Head>| head.peek().ok().map(|head| head.time);
    match fault {
        ChainFault::NotSigned => None,
        // A receipt of after the restore shows that the reader's log is that of before it.
        ChainFault::Promise(receipt) => {
            let head = cursor.and_then(|cursor| cursor.signed_head.as_ref());
            let head = head.and_then(of_head);
            Some(head.map_or(receipt.fact.time, |head| head.min(receipt.fact.time)))
        }
        ChainFault::RolledBack { before, .. } => of_head(before),
        ChainFault::Mismatch {
            before: Some(before),
            ..
        } => of_head(before),
        ChainFault::OutOfOrder | ChainFault::Mismatch { before: None, .. } => {
            cursor?.signed_head.as_ref().and_then(of_head)
        }
        ChainFault::Commitments(said) => {
            let times = said.iter().map(|said| match said {
                Commitment::Receipt(receipt) => Some(receipt.fact.time),
                Commitment::Head(head) => of_head(head),
            });
            times.flatten().min()
        }
    }
}

impl RelayError {
    /// Whether the relay was not reached at all: whatever else there is to say to it now would wait as long, and in vain.
    #[must_use]
    pub fn is_out_of_reach(&self) -> bool {
        matches!(
            self,
            Self::NoSuchHost(_) | Self::Unreachable(_) | Self::System(_)
        )
    }

    /// Whether trying again by itself may help, or somebody has to do something.
    #[must_use]
    pub fn may_pass(&self) -> bool {
        match self {
            // Whatever the relay says of when: somebody took the right away, or has to hear of the group's new mailbox.
            Self::Refused(Reason::Revoked | Reason::Succeeded, _) => false,
            Self::Refused(reason, retry) => {
                *retry > 0 || matches!(reason, Reason::Unavailable | Reason::LaneRate)
            }
            Self::NotTheRelay | Self::OldKeys | Self::Contradiction(_) | Self::Protocol(_) => false,
            _ => true,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use bellrope_proto::{
        ids::{Hash, MailboxId, Sequence},
        receipt::{Fact, Receipt, first_head},
        signing::{Relay, RelayLog, SecretKey},
    };

    use super::*;

    const BOX: MailboxId = MailboxId([1; 32]);

    #[test]
    fn what_was_taken_back_does_not_come_back_by_itself() {
        for reason in [Reason::Revoked, Reason::Succeeded] {
            for retry in [0, 60] {
                assert!(!RelayError::Refused(reason, retry).may_pass(), "{reason:?}");
            }
        }
        assert!(RelayError::Refused(Reason::MailboxFull, 60).may_pass());
    }

    #[test]
    fn an_old_copy_explains_only_what_was_signed_before_it_was_put_back() {
        let key = SecretKey::<RelayLog>::from_seed(&[3; 32]);
        let head = |time| {
            key.sign(&Head {
                mailbox: BOX,
                sequence: Sequence(1),
                head: Hash([4; 32]),
                time: Timestamp(time),
            })
        };
        let said = key.sign(&Restored {
            relay: SecretKey::<Relay>::from_seed(&[1; 32]).public(),
            copied: Timestamp(50),
            restored: Timestamp(100),
        });
        let from =
            |fault, cursor| Contradiction::new(fault, cursor, Some(said.clone())).restored_from();
        let rolled_back = |time| ChainFault::RolledBack {
            before: Box::new(head(time)),
            now: Box::new(head(200)),
        };
        assert_eq!(from(rolled_back(100), None), Some(Timestamp(50)));
        assert_eq!(from(rolled_back(101), None), None);
        let signed = |time| {
            ChainFault::Commitments(vec![
                Commitment::Head(head(200)),
                Commitment::Head(head(time)),
            ])
        };
        assert_eq!(from(signed(100), None), Some(Timestamp(50)));
        assert_eq!(from(signed(101), None), None);
        // What is known by the cursor alone is as old as the newest head that fitted.
        let cursor = |time| Cursor {
            mailbox: BOX,
            sequence: Sequence(2),
            head: first_head(BOX),
            signed_head: Some(head(time)),
        };
        let (old, new, none) = (cursor(100), cursor(101), Cursor::start(BOX));
        let order = || ChainFault::OutOfOrder;
        assert_eq!(from(order(), Some(&old)), Some(Timestamp(50)));
        assert_eq!(from(order(), Some(&new)), None);
        assert_eq!(from(order(), Some(&none)), None);
        assert_eq!(from(ChainFault::NotSigned, Some(&old)), None);
        // A receipt of after it, for a reader who still has the log of before it.
        let promise = |time| {
            let fact = Fact {
                mailbox: BOX,
                sequence: Sequence(3),
                envelope: Hash([5; 32]),
                head: Hash([4; 32]),
                time: Timestamp(time),
            };
            ChainFault::Promise(Box::new(Receipt::issue(&key, &[fact]).remove(0)))
        };
        assert_eq!(from(promise(101), Some(&old)), Some(Timestamp(50)));
        assert_eq!(from(promise(101), Some(&new)), None);
        assert_eq!(from(promise(101), Some(&none)), None);
        let silent = Contradiction::new(rolled_back(100), None, None);
        assert_eq!(silent.restored_from(), None);
    }
}
