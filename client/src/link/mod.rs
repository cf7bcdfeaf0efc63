//! Talking to a relay: [`quic`] moves frames over a pinned connection, [`session`] speaks the
//! protocol, [`chain`] checks that what a relay delivers fits what it promised.

pub mod chain;
pub mod quic;
pub mod session;

use bellrope_proto::message::{Close, Reason};

pub use chain::{Broken, Chain, Event};
pub use session::Session;

/// Why talking to a relay failed.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// The host's name leads nowhere from here.
    #[error("the relay's name was not found")]
    NoSuchHost,
    /// Nothing answers, or this network lets nothing through.
    #[error("the relay cannot be reached")]
    Unreachable,
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
    #[error("the relay broke the protocol")]
    Protocol,
    /// What it delivers contradicts what it signed, or itself.
    #[error("the relay contradicts itself")]
    Broken(Box<Broken>),
    /// This machine cannot open a socket.
    #[error("the system gave no socket")]
    System,
}

impl From<Broken> for LinkError {
    fn from(broken: Broken) -> Self {
        Self::Broken(Box::new(broken))
    }
}
