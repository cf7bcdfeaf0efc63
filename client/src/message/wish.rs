//! What a coordinator wishes of the roster while another's device writes it, and what came of that. The wish is its author's word and no more:
//! the device that has the pen holds it against the roster as it is then.

use bellrope_proto::{
    codec::{self, Blob},
    signing::{Device, Invitation, PublicKey},
};
use serde::{Deserialize, Serialize};

use crate::{
    duty::Rota,
    extensions::Extensions,
    group::{Admit, Policy, Retention},
    ids::{Position, WishId},
    numbered::numbered,
};

/// The kind of a message whose body is a [`Wish`]. May be ignored: nothing changes by it alone.
pub(crate) const KIND_WISH: u16 = 32_785;

/// The kind of a message whose body is a [`WishAnswer`]. May be ignored: what came of it stands in the roster.
pub(crate) const KIND_WISH_ANSWER: u16 = 32_786;

/// What is wished.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum WishAct {
    /// 1: that this invitation is written down. Its author has given it to somebody.
    Invite(Admit),
    /// 2: that this invitation is taken back.
    Withdraw(PublicKey<Invitation>),
    /// 3: that this device, which asks by this invitation, is let in.
    Approve(PublicKey<Invitation>, PublicKey<Device>),
    /// 4: that this policy takes the place of that of this entry.
    Policy(Position, Policy<PublicKey<Device>>),
    /// 5: that this rota takes the place of that of this entry.
    Duty(Position, Rota<PublicKey<Device>>),
    /// 6: that cases are kept so long, in the place of what this entry says.
    Retention(Position, Retention),
}

/// A wish as it is sent. Its signature is that of the message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Wish {
    /// By which it is known, however often it is said.
    pub(crate) id: WishId,
    act: u16,
    said: Blob,
    extensions: Extensions,
}

impl Wish {
    /// A wish.
    #[must_use]
    pub(crate) fn new(id: WishId, act: &WishAct) -> Self {
        let (number, said) = match act {
            WishAct::Invite(admit) => (1, codec::encode(admit)),
            WishAct::Withdraw(invitation) => (2, codec::encode(invitation)),
            WishAct::Approve(invitation, device) => (3, codec::encode(&(invitation, device))),
            WishAct::Policy(before, policy) => (4, codec::encode(&(before, policy))),
            WishAct::Duty(before, rota) => (5, codec::encode(&(before, rota))),
            WishAct::Retention(before, kept) => (6, codec::encode(&(before, kept))),
        };
        Self {
            id,
            act: number,
            said: Blob(said),
            extensions: Extensions::none(),
        }
    }

    /// Reads a body. What must not be ignored and is not known says nothing.
    #[must_use]
    pub(crate) fn decode(body: &[u8]) -> Option<(Self, WishAct)> {
        let wish: Self = codec::decode(body).ok()?;
        let act = wish.act()?;
        Some((wish, act))
    }

    /// What it wishes; none for one that a later version made.
    #[must_use]
    pub(crate) fn act(&self) -> Option<WishAct> {
        let said = &self.said.0;
        if self.extensions.has_critical() {
            return None;
        }
        Some(match self.act {
            1 => {
                let admit: Admit = codec::decode(said).ok()?;
                (!admit.extensions.has_critical()).then_some(WishAct::Invite(admit))?
            }
            2 => WishAct::Withdraw(codec::decode(said).ok()?),
            3 => {
                let (invitation, device) = codec::decode(said).ok()?;
                WishAct::Approve(invitation, device)
            }
            4 => {
                let (before, policy): (_, Policy<_>) = codec::decode(said).ok()?;
                (!policy.extensions.has_critical()).then_some(WishAct::Policy(before, policy))?
            }
            5 => {
                let (before, rota): (_, Rota<_>) = codec::decode(said).ok()?;
                (!rota.extensions.has_critical()).then_some(WishAct::Duty(before, rota))?
            }
            6 => {
                let (before, kept): (_, Retention) = codec::decode(said).ok()?;
                kept.is_sound()
                    .then_some(WishAct::Retention(before, kept))?
            }
            _ => return None,
        })
    }
}

numbered! {
    /// What came of a wish.
    pub enum WishOutcome: u16 {
        /// 0: it is in the roster.
        Written = 0,
        /// 1: the name is somebody's, or people would take it for somebody's.
        Name = 1,
        /// 2: the invitation is used, over or taken back.
        Over = 2,
        /// 3: no such device asks by it.
        Nobody = 3,
        /// 4: it was changed by somebody else meanwhile, or somebody whom it names is not there any more.
        Changed = 4,
        /// 5: somebody who coordinated when it was wished does so no more, and knows what was to be kept.
        OtherCoordinators = 5,
        /// 6: the group is full.
        Full = 6,
        /// 7: the roster's rules are against it.
        Rules = 7,
    }
}

impl WishOutcome {
    /// Its name in JSON.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Written => "written",
            Self::Name => "name",
            Self::Over => "over",
            Self::Nobody => "nobody",
            Self::Changed => "changed",
            Self::OtherCoordinators => "other_coordinators",
            Self::Full => "full",
            Self::Rules => "rules",
        }
    }
}

/// What the device that has the pen says of a wish.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct WishAnswer {
    /// Of which.
    pub(crate) wish: WishId,
    outcome: u16,
    extensions: Extensions,
}

impl WishAnswer {
    /// An answer.
    #[must_use]
    pub(crate) fn new(wish: WishId, outcome: WishOutcome) -> Self {
        Self {
            wish,
            outcome: outcome.into(),
            extensions: Extensions::none(),
        }
    }

    /// Reads a body. An outcome that a later version knows is that the rules are against it.
    #[must_use]
    pub(crate) fn decode(body: &[u8]) -> Option<(WishId, WishOutcome)> {
        let said: Self = codec::decode(body).ok()?;
        if said.extensions.has_critical() {
            return None;
        }
        let outcome = WishOutcome::try_from(said.outcome);
        Some((said.wish, outcome.unwrap_or(WishOutcome::Rules)))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;

    #[test]
    fn a_wish_that_is_not_known_here_says_nothing() {
        let act = WishAct::Withdraw(PublicKey::from_bytes([7; 32]));
        let wish = Wish::new(WishId([1; 16]), &act);
        let good = codec::encode(&wish);
        assert_eq!(Wish::decode(&good).unwrap().1, act);
        for bytes in [&good[..good.len() - 1], &[good.as_slice(), &[0]].concat()] {
            assert!(Wish::decode(bytes).is_none());
        }
        for (act, said) in [(9, wish.said.clone()), (2, Blob(vec![0; 33]))] {
            let other = Wish {
                act,
                said,
                ..wish.clone()
            };
            assert!(Wish::decode(&codec::encode(&other)).is_none());
        }
        let answer = WishAnswer {
            outcome: 9_999,
            ..WishAnswer::new(wish.id, WishOutcome::Written)
        };
        let known = WishAnswer::decode(&codec::encode(&answer));
        assert_eq!(known, Some((wish.id, WishOutcome::Rules)));
    }
}
