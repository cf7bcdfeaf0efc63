//! Numbers that people compare without a network between them: who has which keys, and which roster everybody sees. Pure.

use bellrope_proto::{
    ids::Hash,
    signing::{Device, PublicKey},
};

use crate::{
    ids::{Epoch, GroupId},
    seal::MemberKey,
};

/// Digits of one person's half: about 100 bits, which nobody finds other keys for.
pub(crate) const HALF_DIGITS: usize = 30;

/// Digits that a group may agree on before its number is read out.
pub const SAID_DIGITS_MAX: usize = 12;

/// The half of a person whose device signs and is sealed to.
#[must_use]
pub(crate) fn half_of_device(
    group: GroupId,
    device: &PublicKey<Device>,
    key: &MemberKey,
) -> String {
    let parts: [&[u8]; 3] = [&group.0.0, &device.0, key.as_bytes()];
    digits(&Hash::tagged("comparison-device", &parts))
}

/// The half of a reader as a defender's device knows them: by what it seals to, and by nothing else.
#[must_use]
pub(crate) fn half_of_reader(group: GroupId, key: &MemberKey) -> String {
    let parts: [&[u8]; 2] = [&group.0.0, key.as_bytes()];
    digits(&Hash::tagged("comparison-reader", &parts))
}

/// Six numbers of five digits, each of five bytes.
fn digits(hash: &Hash) -> String {
    let numbers = hash.0.chunks_exact(5).take(HALF_DIGITS / 5);
    let numbers = numbers.map(|bytes| {
        let number = bytes
            .iter()
            .fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte));
        format!("{:05}", number % 100_000)
    });
    numbers.collect()
}

/// Both halves, in an order that does not depend on who shows them.
#[must_use]
pub(crate) fn both(one: &str, other: &str) -> String {
    let mut halves = [one, other];
    halves.sort_unstable();
    halves.concat()
}

/// Twelve digits of what the group is to somebody. Who writes the roster could search for two rosters with one number, as both are
/// theirs to vary: what the people say just then, and not before, is in it for that.
#[must_use]
pub(crate) fn of_group(group: GroupId, epoch: Epoch, head: &Hash, said: &str) -> String {
    let parts: [&[u8]; 4] = [&group.0.0, &epoch.0.to_be_bytes(), &head.0, said.as_bytes()];
    let hash = Hash::tagged("group-number", &parts);
    let first = hash.0.first_chunk::<8>().copied().unwrap_or_default();
    format!("{:012}", u64::from_be_bytes(first) % 1_000_000_000_000)
}

/// Digits in groups of so many, as they are read out.
#[must_use]
pub fn in_groups(digits: &str, of: usize) -> Vec<String> {
    let all: Vec<char> = digits.chars().collect();
    all.chunks(of.max(1))
        .map(|group| group.iter().collect())
        .collect()
}

/// The digits of what somebody typed or pasted: white space and hyphens between them are nothing. `None` for anything else.
#[must_use]
pub fn digits_in(text: &str) -> Option<String> {
    let between = |letter: &char| letter.is_whitespace() || matches!(letter, '-' | '\u{2011}');
    let letters = text.chars().filter(|letter| !between(letter));
    letters
        .map(|letter| letter.is_ascii_digit().then_some(letter))
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use bellrope_proto::signing::SecretKey;

    use super::*;
    use crate::seal::MemberIdentity;

    fn device(byte: u8) -> PublicKey<Device> {
        SecretKey::from_seed(&[byte; 32]).public()
    }

    fn member(byte: u8) -> MemberKey {
        MemberIdentity::from_seed(&[byte; 32]).to_key()
    }

    #[test]
    fn a_half_has_thirty_digits_and_every_key_and_the_group_is_in_it() {
        let group = GroupId(Hash([1; 32]));
        let half = half_of_device(group, &device(1), &member(1));
        assert_eq!(half.len(), HALF_DIGITS);
        assert_eq!(digits_in(&half).as_ref(), Some(&half));
        let others = [
            half_of_device(GroupId(Hash([2; 32])), &device(1), &member(1)),
            half_of_device(group, &device(2), &member(1)),
            half_of_device(group, &device(1), &member(2)),
            half_of_reader(group, &member(1)),
        ];
        for other in &others {
            assert_ne!(*other, half);
            assert_eq!(both(&half, other), both(other, &half));
        }
        assert_ne!(both(&half, &others[0]), both(&half, &others[1]));
        assert_ne!(
            half_of_reader(group, &member(1)),
            half_of_reader(group, &member(2))
        );
        assert_eq!(digits(&Hash([0; 32])), "0".repeat(30));
    }

    #[test]
    fn the_groups_number_changes_with_everything_and_with_what_is_said() {
        let (group, head) = (GroupId(Hash([1; 32])), Hash([3; 32]));
        let number = of_group(group, Epoch(1), &head, "");
        assert_eq!(number.len(), 12);
        for other in [
            of_group(GroupId(Hash([2; 32])), Epoch(1), &head, ""),
            of_group(group, Epoch(2), &head, ""),
            of_group(group, Epoch(1), &Hash([4; 32]), ""),
            of_group(group, Epoch(1), &head, "0"),
            of_group(group, Epoch(1), &head, "00"),
        ] {
            assert_ne!(other, number);
        }
    }

    #[test]
    fn digits_are_read_as_people_write_them() {
        assert_eq!(in_groups("1234567", 5), ["12345", "67"]);
        assert_eq!(digits_in(" 12345 \n678-90 ").as_deref(), Some("1234567890"));
        assert_eq!(digits_in("").as_deref(), Some(""));
        for other in ["12 a", "１２", "12+3"] {
            assert_eq!(digits_in(other), None, "{other}");
        }
    }
}
