//! What somebody says to the group of a comparison: that they compared keys with somebody, or that it failed again and again. It is theirs, and
//! never counts as compared by whoever reads it.

use bellrope_proto::{
    codec,
    ids::Timestamp,
    signing::{Device, PublicKey},
};
use serde::{Deserialize, Serialize};

use crate::{extensions::Extensions, seal::MemberKey};

/// The kind of a message whose body is a [`Vouch`]. May be ignored: nothing goes by it.
pub(crate) const KIND_VOUCH: u16 = 32_771;

/// See the module.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Vouch {
    /// Whose device it is about,
    pub(crate) about: PublicKey<Device>,
    /// and what is sealed to it.
    pub(crate) key: MemberKey,
    what: u16,
    /// When it was, by its author's clock.
    pub(crate) at: Timestamp,
    /// What a later version adds.
    extensions: Extensions,
}

/// What is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Vouched {
    /// 1: compared face to face.
    Here,
    /// 2: compared on a call.
    Call,
    /// 3: what was said before does not hold any more.
    TakenBack,
    /// 4: three comparisons have failed in a day.
    Failed,
}

impl Vouch {
    /// What this device says to its group.
    #[must_use]
    pub(crate) fn new(
        (about, key): (PublicKey<Device>, MemberKey),
        what: Vouched,
        at: Timestamp,
    ) -> Self {
        let what = match what {
            Vouched::Here => 1,
            Vouched::Call => 2,
            Vouched::TakenBack => 3,
            Vouched::Failed => 4,
        };
        Self {
            about,
            key,
            what,
            at,
            extensions: Extensions::none(),
        }
    }

    /// Reads a body. What a later version says otherwise is not taken for what this one knows.
    #[must_use]
    pub(crate) fn decode(body: &[u8]) -> Option<(Self, Vouched)> {
        let vouch: Self = codec::decode(body).ok()?;
        let what = match vouch.what {
            1 => Vouched::Here,
            2 => Vouched::Call,
            3 => Vouched::TakenBack,
            4 => Vouched::Failed,
            _ => return None,
        };
        (!vouch.extensions.has_critical()).then_some((vouch, what))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use bellrope_proto::signing::SecretKey;

    use super::*;
    use crate::seal::MemberIdentity;

    #[test]
    fn what_is_said_is_read_as_that_and_later_words_as_nothing() {
        let about = (
            SecretKey::from_seed(&[1; 32]).public(),
            MemberIdentity::from_seed(&[1; 32]).to_key(),
        );
        for what in [
            Vouched::Here,
            Vouched::Call,
            Vouched::TakenBack,
            Vouched::Failed,
        ] {
            let said = Vouch::new(about, what, Timestamp(5));
            let body = codec::encode(&said);
            assert_eq!(Vouch::decode(&body), Some((said.clone(), what)));
            assert_eq!(Vouch::decode(body.split_at(1).1), None);
            for later in [
                Vouch {
                    what: 5,
                    ..said.clone()
                },
                Vouch {
                    extensions: Extensions::new(vec![(7, vec![])]).unwrap(),
                    ..said.clone()
                },
            ] {
                assert_eq!(Vouch::decode(&codec::encode(&later)), None);
            }
        }
    }
}
