//! Who may do what at a relay: grants of lanes, openings of mailboxes, and what a host allows.
//! The relay keeps no list of people; it checks these when they are shown.

use serde::{Deserialize, Serialize};

use crate::{
    ids::{Hash, MailboxId, Timestamp, TokenId},
    signing::{Authority, Lane, PublicKey, Purpose, Relay, RelayToken, Statement},
};

impl PublicKey<Authority> {
    /// The mailbox that this key rules.
    #[must_use]
    pub fn mailbox(&self) -> MailboxId {
        MailboxId(Hash::tagged("mailbox", &[&self.0]).0)
    }
}

/// What a lane may do: 1 post, 2 read, 3 both. Nothing else decodes, or one side would take a grant for more, or for
/// less, than another does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "u16", try_from = "u16")]
pub struct Rights(u16);

/// There are no such rights.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no rights have the number {0}")]
pub struct UnknownRights(pub u16);

impl TryFrom<u16> for Rights {
    type Error = UnknownRights;

    fn try_from(number: u16) -> Result<Self, UnknownRights> {
        match number {
            1..=3 => Ok(Self(number)),
            other => Err(UnknownRights(other)),
        }
    }
}

impl From<Rights> for u16 {
    fn from(rights: Rights) -> Self {
        rights.0
    }
}

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

/// A host allows one mailbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostToken {
    /// At which relay: whoever was given the token of another is told before anything is sent.
    pub relay: PublicKey<Relay>,
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
    type Signer = RelayToken;
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

/// A mailbox hands its account, all that a host's token gave it, over to another: a group's new one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Succession {
    /// Whose account.
    pub authority: PublicKey<Authority>,
    /// At which relay: shown to another, where the group has a mailbox too, it would take that one's account away.
    pub relay: PublicKey<Relay>,
    /// The mailbox that has it from then on.
    pub mailbox: MailboxId,
}

impl Statement for Succession {
    type Signer = Authority;
    const PURPOSE: Purpose = Purpose::Succeed;
}

/// A mailbox authority takes back, for ever, whatever it granted a lane. It names no relay: it holds wherever the mailbox is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revocation {
    /// Who granted; its hash names the mailbox.
    pub authority: PublicKey<Authority>,
    /// Who may not any more.
    pub lane: PublicKey<Lane>,
}

impl Statement for Revocation {
    type Signer = Authority;
    const PURPOSE: Purpose = Purpose::Revoke;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        codec::{self, Malformed},
        signing::{BadSignature, SecretKey},
    };

    #[test]
    fn only_three_rights_decode_also_in_a_grant_that_is_signed() {
        for number in [0_u16, 4, 5, 7, 0x8001, u16::MAX] {
            let bytes = number.to_be_bytes();
            assert_eq!(codec::decode::<Rights>(&bytes), Err(Malformed), "{number}");
        }
        for rights in [Rights::POST, Rights::READ, Rights::BOTH] {
            assert_eq!(codec::decode(&codec::encode(&rights)), Ok(rights));
        }
        let authority = SecretKey::<Authority>::from_seed(&[1; 32]);
        let grant = Grant {
            authority: authority.public(),
            lane: SecretKey::from_seed(&[2; 32]).public(),
            rights: Rights(7),
            expires: Timestamp(1),
        };
        let signed = authority.sign(&grant);
        assert_eq!(signed.verify(&authority.public()), Err(BadSignature));
    }
}
