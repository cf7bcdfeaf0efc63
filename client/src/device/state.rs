//! What a device remembers besides its keys: its place in the group, what it may do, where it has
//! read to. A few kilobytes, replaced as a whole. The roster has a file of its own.

use bellrope_proto::{
    address::RelayAddress,
    ids::{Hash, Timestamp},
    signing::{Authority, SecretKey, Signed},
};
use serde::{Deserialize, Serialize};

use super::{
    epochs::{FormerEpoch, RelayTask},
    place::Place,
};
use crate::{
    alert::country::Country,
    group::{Claim, Lease, LeaseLeft, Role},
    ids::GroupId,
    invitation::Secret,
    message::{Bundle, LaneCredential, View},
    numbered::numbered,
    relay::Cursor,
    secret::Seed,
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
    /// The founder's: the mailbox by which others reach a device that came by no invitation.
    pub founded: Option<Joined>,
    /// The right at the group's mailbox; none while the request to join waits.
    pub credential: Option<LaneCredential>,
    /// A defender's view of the group: keys, no names. Readers have the roster instead.
    pub view: Option<View>,
    /// The epoch's secret, for those who read.
    pub epoch_seed: Option<Seed>,
    /// A coordinator's: rules the group's mailbox.
    pub authority_seed: Option<Seed>,
    /// Epochs before this one, whose mailboxes are still read or posted to, the newest last.
    pub former: Vec<FormerEpoch>,
    /// A coordinator's: what the relay has still to be told of epochs, in this order.
    pub relay_tasks: Vec<RelayTask>,
    /// Where the group's mailbox was read to.
    pub cursor: Option<Cursor>,
    /// A coordinator's: how long the group's mailbox is there.
    pub lease: Option<Lease>,
    /// A coordinator's: when it renewed all mailboxes on the group's account last; none when the relay may have lost some.
    pub sponsored: Option<Timestamp>,
    /// A coordinator's: when it posted the whole roster last.
    pub roster_said: Option<Timestamp>,
    /// What was told of the time that the group's mailbox has left: of which end, and how much was left.
    pub lease_told: Option<(Timestamp, LeaseLeft)>,
    /// What this device said last.
    pub last_sent: LastSent,
    /// The country that was said last where a person was asked for the place: offered to them the next time.
    pub country: Option<Country>,
    /// When the relay last contradicted itself, and people were told.
    pub contradicted: Option<Timestamp>,
    /// Where the relay is.
    pub place: Place,
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
    pub claimed: ClaimStatus,
}

numbered! {
    /// What came of a claim.
    pub enum ClaimStatus: u8 {
        /// 0: not heard yet.
        Waiting = 0,
        /// 1: the device is in. A defender's is from the start, unless it turns out otherwise.
        In = 1,
        /// 2: another device was first. What this one sends is shown as unverified.
        Taken = 2,
        /// 3: the coordinator said no.
        Refused = 3,
    }
}

/// The last message of this device, which the next one names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastSent {
    /// How many so far.
    pub number: u64,
    /// The hash of the last.
    pub last: Hash,
}

impl Default for LastSent {
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
            founded: None,
            credential: None,
            view: None,
            epoch_seed: None,
            authority_seed: None,
            former: Vec::new(),
            relay_tasks: Vec::new(),
            cursor: None,
            lease: None,
            sponsored: None,
            roster_said: None,
            lease_told: None,
            last_sent: LastSent::default(),
            country: None,
            contradicted: None,
            place: Place::default(),
        }
    }

    /// The key that rules the group's mailbox: a coordinator's.
    #[must_use]
    pub fn authority(&self) -> Option<SecretKey<Authority>> {
        let seed = self.authority_seed.as_ref()?;
        Some(SecretKey::from_seed(seed.bytes()))
    }

    /// Where this device is told what it missed, if the group's mailbox does not say it any more.
    #[must_use]
    pub(crate) fn reply(&self) -> Option<&Joined> {
        self.joined.as_ref().or(self.founded.as_ref())
    }

    /// The claim that travels with what the device says while the roster may not name it yet.
    #[must_use]
    pub fn claim(&self) -> Option<&Signed<Claim>> {
        self.joined.as_ref().map(|joined| &joined.claim)
    }
}
