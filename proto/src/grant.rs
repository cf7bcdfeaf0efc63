//! Who may do what at a relay: grants of lanes, openings of mailboxes, and what a host allows.
//! The relay keeps no list of people; it checks these when they are shown.

use serde::{Deserialize, Serialize};

use crate::{
    ids::{Hash, MailboxId, Timestamp, TokenId},
    signing::{Authority, Lane, PublicKey, Purpose, Relay, Statement},
};

impl PublicKey<Authority> {
    /// The mailbox that this key rules.
    #[must_use]
    pub fn mailbox(&self) -> MailboxId {
        MailboxId(Hash::tagged("mailbox", &[&self.0]).0)
    }
}

/// What a lane may do. Bits, so that a later right is an addition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rights(u16);

impl Rights {
    /// May post.
    pub const POST: Self = Self(1);
    /// May read.
    pub const READ: Self = Self(2);
    /// May post and read.
    pub const BOTH: Self = Self(3);

    /// Whether these include all of `other`.
    #[must_use]
    pub fn include(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

/// A mailbox authority lets the holder of a lane key post or read until a moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// Who grants; its hash names the mailbox.
    pub authority: PublicKey<Authority>,
    /// Who may.
    pub lane: PublicKey<Lane>,
    /// What.
    pub rights: Rights,
    /// Until when.
    pub expires: Timestamp,
}

impl Statement for Grant {
    type Signer = Authority;
    const PURPOSE: Purpose = Purpose::Grant;
}

/// What a lane signs to use its grant: it holds on one connection to one relay only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    /// 32 bytes of the connection's TLS exporter.
    pub exporter: [u8; 32],
    /// The relay spoken to.
    pub relay: PublicKey<Relay>,
    /// The mailbox.
    pub mailbox: MailboxId,
}

impl Statement for Proof {
    type Signer = Lane;
    const PURPOSE: Purpose = Purpose::Prove;
}

/// A mailbox authority opens its mailbox at one relay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opening {
    /// Whose mailbox.
    pub authority: PublicKey<Authority>,
    /// At which relay.
    pub relay: PublicKey<Relay>,
}

impl Statement for Opening {
    type Signer = Authority;
    const PURPOSE: Purpose = Purpose::Open;
}

/// A host allows one mailbox. Signed by the relay's own key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostToken {
    /// Single use is by this.
    pub id: TokenId,
    /// Bytes that the mailbox and those under it may hold.
    pub quota_bytes: u64,
    /// The token itself is good until then.
    pub expires: Timestamp,
    /// The mailbox takes posts until then.
    pub mailbox_ends: Timestamp,
}

impl Statement for HostToken {
    type Signer = Relay;
    const PURPOSE: Purpose = Purpose::Token;
}

/// A mailbox lets a smaller one be opened on its account: an invitation's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sponsorship {
    /// Whose account.
    pub authority: PublicKey<Authority>,
    /// For which mailbox.
    pub mailbox: MailboxId,
    /// Bytes, at most [`SPONSORED_BYTES_MAX`](crate::limits::SPONSORED_BYTES_MAX).
    pub quota_bytes: u64,
    /// It takes posts until then, and not longer than its sponsor.
    pub mailbox_ends: Timestamp,
}

impl Statement for Sponsorship {
    type Signer = Authority;
    const PURPOSE: Purpose = Purpose::Sponsor;
}
