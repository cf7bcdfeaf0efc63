//! Talking to a relay: `quic` moves frames over a pinned connection, `session` speaks the protocol, `chain`
//! checks that what a relay delivers fits what it promised, `receipts` that what it promised fits together.

mod chain;
mod cursor;
mod quic;
mod receipts;
mod session;

use std::io;

use bellrope_proto::message::{Close, Reason};

pub use chain::{ChainFault, Delivery};
pub use cursor::Cursor;
pub use quic::Connection;
pub(crate) use receipts::compare;
pub use session::{Session, Subscription};

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
    /// Whatever answers does not have the relay's key: another machine, or somebody in between.
    #[error("what answers is not the relay")]
    NotTheRelay,
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
    Contradiction(Box<ChainFault>),
    /// This machine cannot open a socket.
    #[error("the system gave no socket")]
    System(#[source] BoxedError),
}

impl From<ChainFault> for RelayError {
    fn from(fault: ChainFault) -> Self {
        Self::Contradiction(Box::new(fault))
    }
}

impl RelayError {
    /// Whether trying again by itself may help, or somebody has to do something.
    #[must_use]
    pub fn may_pass(&self) -> bool {
        match self {
            Self::Refused(reason, retry) => {
                *retry > 0 || matches!(reason, Reason::Unavailable | Reason::LaneRate)
            }
            Self::NotTheRelay | Self::Contradiction(_) | Self::Protocol(_) => false,
            _ => true,
        }
    }
}
