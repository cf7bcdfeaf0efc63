//! What a device remembers besides its keys: its place in the group, what it may do, where it has
//! read to. A few kilobytes, replaced as a whole. The roster has a file of its own.

use bellrope_proto::{
    address::RelayAddress,
    ids::{Hash, MailboxId, Sequence, Timestamp},
    receipt::{Head, first_head},
    signing::Signed,
};
use serde::{Deserialize, Serialize};

use crate::{
    ids::{GroupId, Position},
    invite::Secret,
    item::{Access, Bundle, View},
    roster::{Claim, Role},
};

/// See the module.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// The group, whose id the first roster entry must hash to.
    pub group: GroupId,
    /// What this person is.
    pub role: Role,
    /// How the device came in; none for the founder.
    pub joined: Option<Joined>,
    /// The right at the group's mailbox; none while the request to join waits.
    pub access: Option<Access>,
    /// A defender's view of the group: keys, no names. Readers have the roster instead.
    pub view: Option<View>,
    /// The epoch's secret, for those who read.
    pub epoch_seed: Option<[u8; 32]>,
    /// A coordinator's: rules the group's mailbox.
    pub authority_seed: Option<[u8; 32]>,
    /// Where the group's mailbox was read to.
    pub cursor: Option<Cursor>,
    /// A coordinator's: when the group's mailbox ends.
    pub mailbox_ends: Option<Timestamp>,
    /// What this device said last.
    pub said: Said,
}

/// How a device came in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Joined {
    /// The invitation.
    pub secret: Secret,
    /// Where its mailbox is.
    pub relay: RelayAddress,
    /// What it was for, and who made it.
    pub bundle: Bundle,
    /// This device's claim.
    pub claim: Signed<Claim>,
    /// The envelope in which the claim travels: the first in the mailbox after the bundle, unless
    /// another device was faster.
    pub claim_envelope: Hash,
    /// Whether it was seen there.
    pub claim_seen: bool,
    /// Where its mailbox was read to.
    pub cursor: Cursor,
    /// What came of the claim.
    pub claimed: Claimed,
}

/// What came of a claim. Numbered by hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "u8", try_from = "u8")]
pub enum Claimed {
    /// 0: not heard yet.
    Waiting,
    /// 1: the device is in. A defender's is from the start, unless it turns out otherwise.
    In,
    /// 2: another device was first. What this one sends is shown as unverified.
    Taken,
    /// 3: the coordinator said no.
    Refused,
}

impl From<Claimed> for u8 {
    fn from(claimed: Claimed) -> Self {
        match claimed {
            Claimed::Waiting => 0,
            Claimed::In => 1,
            Claimed::Taken => 2,
            Claimed::Refused => 3,
        }
    }
}

impl TryFrom<u8> for Claimed {
    type Error = bellrope_proto::codec::Malformed;

    fn try_from(number: u8) -> Result<Self, Self::Error> {
        match number {
            0 => Ok(Self::Waiting),
            1 => Ok(Self::In),
            2 => Ok(Self::Taken),
            3 => Ok(Self::Refused),
            _ => Err(bellrope_proto::codec::Malformed),
        }
    }
}

/// An invitation that this device made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issued {
    /// Its secret, which rules its mailbox.
    pub secret: Secret,
    /// Its mailbox.
    pub mailbox: MailboxId,
    /// Its entry in the roster.
    pub admitted_at: Position,
    /// Whether its mailbox is open at the relay.
    pub open: bool,
    /// Where its mailbox was read to.
    pub cursor: Cursor,
    /// The first valid claim in its mailbox.
    pub claim: Option<Signed<Claim>>,
    /// Whether the coordinator said no, to the claim or before there was one.
    pub refused: bool,
    /// How new a view its defender was sent.
    pub view_sent: Option<Position>,
}

/// How far a mailbox was read, and the relay's newest word on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// Of which mailbox.
    pub mailbox: MailboxId,
    /// The last place that was stored here.
    pub sequence: Sequence,
    /// The chain's head after it, computed here.
    pub head: Hash,
    /// The newest head that the relay signed and that fits.
    pub word: Option<Signed<Head>>,
}

impl Cursor {
    /// Before the first place.
    #[must_use]
    pub fn start(mailbox: MailboxId) -> Self {
        Self {
            mailbox,
            sequence: Sequence(0),
            head: first_head(mailbox),
            word: None,
        }
    }
}

/// The last message of this device, which the next one names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// How many so far.
    pub number: u64,
    /// The hash of the last.
    pub last: Hash,
}

impl Default for Said {
    fn default() -> Self {
        Self {
            number: 0,
            last: Hash([0; 32]),
        }
    }
}

impl State {
    /// A device that is in no mailbox yet.
    #[must_use]
    pub fn new(group: GroupId, role: Role) -> Self {
        Self {
            group,
            role,
            joined: None,
            access: None,
            view: None,
            epoch_seed: None,
            authority_seed: None,
            cursor: None,
            mailbox_ends: None,
            said: Said::default(),
        }
    }

    /// The claim that travels with what the device says while the roster may not name it yet.
    #[must_use]
    pub fn claim(&self) -> Option<&Signed<Claim>> {
        self.joined.as_ref().map(|joined| &joined.claim)
    }
}

impl Issued {
    /// The device that used it first.
    #[must_use]
    pub fn device(&self) -> Option<Claim> {
        self.claim.as_ref().and_then(|claim| claim.peek().ok())
    }
}
