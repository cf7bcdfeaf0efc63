//! What the tests of cases are made of: people, in the roster's order, and what they say.

use bellrope_proto::{
    ids::{Hash, Timestamp},
    signing::{Device, PublicKey, SecretKey},
};

use super::{Place, Said};
use crate::{
    ids::{MessageId, Position},
    message::CaseAct,
};

pub(super) const ANNA: u8 = 1;
pub(super) const BORIS: u8 = 2;
pub(super) const CLARA: u8 = 3;
pub(super) const DAVID: u8 = 4;
/// Who sent the alert.
pub(super) const SENDER: u8 = 9;

pub(super) fn device(who: u8) -> PublicKey<Device> {
    SecretKey::from_seed(&[who; 32]).public()
}

pub(super) fn place(who: u8) -> Place {
    Place {
        since: Position(u32::from(who)),
        is_in: true,
    }
}

pub(super) fn hash(number: u8) -> Hash {
    Hash([number; 32])
}

pub(super) fn hashes(numbers: &[u8]) -> Vec<Hash> {
    numbers.iter().copied().map(hash).collect()
}

/// Its number is its id and hash, and when it was said.
pub(super) fn said(number: u8, who: u8, act: CaseAct) -> Said {
    said_at(Timestamp(u64::from(number)), number, who, act)
}

/// Said at another moment, at which it came.
pub(super) fn said_at(at: Timestamp, number: u8, who: u8, act: CaseAct) -> Said {
    Said {
        id: MessageId([number; 16]),
        hash: hash(number),
        author: device(who),
        device: device(who),
        number: u64::from(number),
        time: at,
        arrived: at,
        at,
        seen: Vec::new(),
        act,
        counts: Ok(place(who)),
        to: None,
        is_asked: false,
    }
}
