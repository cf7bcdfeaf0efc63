//! Both layers together: round trips, exact sizes, refusals and damage.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::io::{Read, Write};
use std::iter;

use age::{Decryptor, Encryptor, Recipient};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::*;

fn members(count: u8) -> Vec<MemberIdentity> {
    let seeds = 1..=count;
    seeds
        .map(|seed| MemberIdentity::from_seed(&[seed; 32]))
        .collect()
}

fn keys(members: &[MemberIdentity]) -> Vec<MemberKey> {
    members.iter().map(MemberIdentity::to_key).collect()
}

fn epoch() -> EpochIdentity {
    EpochIdentity::from_seed(&[0xe0; 32])
}

/// An envelope from somebody who follows the format only as far as `inner` does.
fn around(inner: &[u8]) -> Vec<u8> {
    layer::seal(&OUTER, &[epoch().to_recipient()], inner).unwrap()
}

/// What any other age program makes of a file: no shape is asked for.
pub(super) fn open_with_age(
    file: &[u8],
    identity: &dyn age::Identity,
) -> Result<Vec<u8>, DecryptError> {
    let mut payload = Vec::new();
    let decryptor = Decryptor::new_buffered(file)?;
    let mut reader = decryptor.decrypt(iter::once(identity))?;
    reader.read_to_end(&mut payload)?;
    Ok(payload)
}

/// An age file as the age crate makes it, grease and all.
pub(super) fn greased(recipient: &dyn Recipient, payload: &[u8]) -> Vec<u8> {
    let encryptor = Encryptor::with_recipients(iter::once(recipient)).unwrap();
    let mut writer = encryptor.wrap_output(Vec::new()).unwrap();
    writer.write_all(payload).unwrap();
    writer.finish().unwrap()
}

/// An inner file that makes the envelope one bucket long, with `plain` before its padding.
fn hostile(plain: &[u8], fill: u8) -> Vec<u8> {
    let mut padded = plain.to_vec();
    padded.resize(capacity(4096, 1).unwrap() + 4, fill);
    let recipient = MemberIdentity::from_seed(&[1; 32]).to_key().to_age();
    around(&layer::seal(&INNER, &[recipient], &padded).unwrap())
}

#[test]
fn every_member_opens_and_nobody_else() {
    let epoch = epoch();
    for count in [1, 5, 12, 50] {
        let group = members(count);
        let payload = vec![count; 1000];
        let sealed = seal(&payload, &keys(&group), &epoch.to_recipient()).unwrap();
        for me in &group {
            assert_eq!(*open(sealed.bytes(), &epoch, me).unwrap(), payload);
        }
        let stranger = MemberIdentity::from_seed(&[200; 32]);
        let refused = open(sealed.bytes(), &epoch, &stranger);
        assert_eq!(refused, Err(OpenError::NotForMe));
        let other_epoch = EpochIdentity::from_seed(&[0xe1; 32]);
        let refused = open(sealed.bytes(), &other_epoch, &group[0]);
        assert_eq!(refused, Err(OpenError::NotForThisEpoch));
    }
}

#[test]
fn a_flash_alert_at_its_limits_fits_8_kib_to_12_members() {
    let sealed = seal(&[1; 4700], &keys(&members(12)), &epoch().to_recipient()).unwrap();
    assert_eq!(sealed.bytes().len(), 8192);
}

/// Some thousands draw the grease that age makes and that is cut out from its smallest to its
/// largest.
#[test]
fn every_seal_is_exactly_the_bucket_that_its_length_and_members_name() {
    let recipient = epoch().to_recipient();
    let all = keys(&members(12));
    for turn in 0..2_000_usize {
        // Mostly one and two members, as each costs time and none changes the arithmetic.
        let count = if turn % 100 == 0 { 12 } else { 1 + turn % 2 };
        let small = capacity(4096, count).unwrap();
        let (length, expected) = match turn % 4 {
            0 => (small, 4096),
            1 => (small + 1, 8192),
            2 => (turn % small, 4096),
            _ if turn % 50 == 3 => (capacity(65536, count).unwrap(), 65536),
            _ => (0, 4096),
        };
        let sealed = seal(&vec![0xaa; length], &all[..count], &recipient).unwrap();
        assert_eq!(sealed.bytes().len(), expected, "{length} bytes to {count}");
        assert!(OUTER.check(sealed.bytes()).is_some());
    }
}

/// What a relay sees of two envelopes differs only where it is random.
#[test]
fn no_program_is_known_by_the_outer_header() {
    let form = |turn: u8| {
        let sealed = seal(
            &[turn; 9],
            &keys(&members(1 + turn)),
            &epoch().to_recipient(),
        )
        .unwrap();
        let header = String::from_utf8(sealed.bytes()[..OUTER.bytes(1)].to_vec()).unwrap();
        let lines = header.lines().map(|line| match line.split_once(' ') {
            Some(("->", stanza)) => (&stanza[..14], line.len()),
            _ => (&line[..3], line.len()),
        });
        lines
            .map(|(start, length)| (start.to_owned(), length))
            .collect()
    };
    let expected: Vec<(String, usize)> = [
        ("age", 21),
        ("mlkem768x25519", 1512),
        ("kept", 43),
        ("---", 47),
    ]
    .map(|(start, length)| (start.to_owned(), length))
    .into();
    for turn in 0..10 {
        let mut found: Vec<(String, usize)> = form(turn);
        found[2].0 = "kept".to_owned();
        assert_eq!(found, expected);
    }
}

#[test]
fn a_stanza_too_many_is_refused() {
    let me = MemberIdentity::from_seed(&[1; 32]);
    let sealed = seal(b"bell", &[me.to_key()], &epoch().to_recipient()).unwrap();
    let inner = layer::open(sealed.bytes(), &OUTER, &epoch()).unwrap();
    // Of a length that only grease can spoil, and which turns up among a few dozen.
    let outer_greased = (0..2000)
        .map(|_| greased(&epoch().to_recipient(), &inner[..inner.len() - 100]))
        .find(|file| file.len() == 4096)
        .unwrap();
    let refused = open(&outer_greased, &epoch(), &me);
    assert_eq!(refused, Err(OpenError::Damaged));

    let padded = bucket::pad(b"bell", 1).unwrap();
    let inner_greased = greased(&me.to_key().to_age(), &padded);
    let refused = open_layer(&inner_greased, &INNER, me.as_age(), OpenError::NotForMe);
    assert_eq!(refused, Err(OpenError::Damaged));
}

#[test]
fn the_whole_capacity_can_be_used_and_no_more() {
    let epoch = epoch();
    for count in [1, 50] {
        let group = members(count);
        let max = capacity(ENVELOPE_BYTES_MAX, group.len()).unwrap();
        let payload = vec![7; max];
        let sealed = seal(&payload, &keys(&group), &epoch.to_recipient()).unwrap();
        assert_eq!(*open(sealed.bytes(), &epoch, &group[0]).unwrap(), payload);
        let bytes = max + 1;
        let refused = seal(&vec![7; bytes], &keys(&group), &epoch.to_recipient());
        assert_eq!(refused.unwrap_err(), SealError::TooLong { bytes, max });
    }
}

#[test]
fn the_number_of_members_has_limits() {
    let recipient = epoch().to_recipient();
    assert_eq!(seal(b"", &[], &recipient), Err(SealError::NoMembers));
    let mut many: Vec<_> = (0..MEMBERS_MAX)
        .map(|_| MemberIdentity::generate())
        .collect();
    let sealed = seal(b"all", &keys(&many), &recipient).unwrap();
    for me in [&many[0], &many[MEMBERS_MAX - 1]] {
        assert_eq!(*open(sealed.bytes(), &epoch(), me).unwrap(), b"all"[..]);
    }
    many.push(MemberIdentity::generate());
    let refused = seal(b"", &keys(&many), &recipient);
    assert_eq!(refused, Err(SealError::TooManyMembers(MEMBERS_MAX + 1)));
}

#[test]
fn a_member_named_twice_counts_once() {
    let group = members(2);
    let twice = [keys(&group), keys(&group)].concat();
    let sealed = seal(b"", &twice, &epoch().to_recipient()).unwrap();
    let inner = layer::open(sealed.bytes(), &OUTER, &epoch()).unwrap();
    let stanzas = inner.windows(11).filter(|text| text == b"\n-> X25519 ");
    assert_eq!(stanzas.count(), 2);
}

#[test]
fn the_order_of_members_is_not_the_callers() {
    let group = members(12);
    // Whose stanza is the first: open the inner layer with each, cut down to that one stanza.
    let first = || {
        let sealed = seal(b"", &keys(&group), &epoch().to_recipient()).unwrap();
        let inner = layer::open(sealed.bytes(), &OUTER, &epoch()).unwrap();
        let text = String::from_utf8_lossy(&inner).into_owned();
        let second = text.match_indices("\n-> ").nth(1).unwrap().0;
        let mac = text.find("\n--- ").unwrap();
        let one = [&inner[..second], &inner[mac..]].concat();
        let matched = |me: &MemberIdentity| {
            let refused = open_layer(&one, &INNER, me.as_age(), OpenError::NotForMe);
            refused.unwrap_err() == OpenError::Damaged
        };
        group.iter().position(matched).unwrap()
    };
    let seen: BTreeSet<usize> = (0..24).map(|_| first()).collect();
    assert!(
        seen.len() > 3,
        "the first stanza was only ever for {seen:?}"
    );
}

#[test]
fn padding_that_is_not_as_agreed_is_refused() {
    let me = MemberIdentity::from_seed(&[1; 32]);
    let accepted = hostile(b"\0\0\0\x02hi", 0);
    assert_eq!(*open(&accepted, &epoch(), &me).unwrap(), b"hi"[..]);
    for (plain, fill) in [
        (&b"\0\0\0\x02hi"[..], 1),
        (b"\0\0\0\x02hi\0\x01", 0),
        (b"\0\x01\0\0", 0),
        (b"\xff\xff\xff\xff", 0),
    ] {
        let refused = open(&hostile(plain, fill), &epoch(), &me);
        assert_eq!(refused, Err(OpenError::Damaged));
    }
}

#[test]
fn a_flood_of_stanzas_is_refused_before_any_is_tried() {
    let me = MemberIdentity::from_seed(&[1; 32]);
    let share = "A".repeat(43);
    let flood = |stanzas: usize| {
        let stanza = format!("-> X25519 {share}\n{share}\n");
        format!(
            "age-encryption.org/v1\n{}--- {share}\n",
            stanza.repeat(stanzas)
        )
        .into_bytes()
    };
    assert!(INNER.check(&flood(MEMBERS_MAX)).is_some());
    assert!(INNER.check(&flood(MEMBERS_MAX + 1)).is_none());

    // As the outer file, and within a good outer file.
    let mut outer = flood(600);
    outer.resize(65536, 0);
    assert_eq!(open(&outer, &epoch(), &me), Err(OpenError::Damaged));
    let mut inner = flood(600);
    inner.resize(65536 - layer::overhead(&OUTER, 1), 0);
    let refused = open(&around(&inner), &epoch(), &me);
    assert_eq!(refused, Err(OpenError::Damaged));
}

#[test]
fn a_passphrase_has_no_place_in_an_envelope() {
    let mut scrypt = age::scrypt::Recipient::new("x".into());
    scrypt.set_work_factor(1);
    let file = greased(&scrypt, b"");
    for shape in [&OUTER, &INNER] {
        let refused = open_layer(&file, shape, &epoch(), OpenError::NotForThisEpoch);
        assert_eq!(refused, Err(OpenError::Damaged));
    }
}

#[test]
fn every_kind_of_damage_is_an_error() {
    let seed = rand::random();
    let mut rng = StdRng::seed_from_u64(seed);
    let group = members(3);
    let good = seal(b"bell", &keys(&group), &epoch().to_recipient()).unwrap();
    let good = good.bytes();
    for turn in 0..600 {
        let at = rng.random_range(0..good.len());
        let mut bytes = good.to_vec();
        match turn % 4 {
            // The header is where the parsers are, so half of the flips go there.
            0 => bytes[at] ^= 1 << rng.random_range(0..8),
            1 => bytes[at % 1800] ^= 1 << rng.random_range(0..8),
            2 => bytes.truncate(at),
            _ => bytes.resize(if turn % 8 == 3 { 8192 } else { 4097 + at }, 0),
        }
        let refused = open(&bytes, &epoch(), &group[0]);
        assert!(refused.is_err(), "turn {turn} of seed {seed} at {at}");
    }
}

#[test]
fn damage_within_a_good_outer_layer_is_an_error() {
    let seed = rand::random();
    let mut rng = StdRng::seed_from_u64(seed);
    let group = members(3);
    let sealed = seal(b"bell", &keys(&group), &epoch().to_recipient()).unwrap();
    let inner = layer::open(sealed.bytes(), &OUTER, &epoch()).unwrap();
    for turn in 0..600 {
        let at = rng.random_range(0..inner.len());
        let mut bytes = inner.to_vec();
        match turn % 3 {
            0 => bytes[at] ^= 1 << rng.random_range(0..8),
            1 => bytes[at % 400] = rng.random(),
            _ => bytes.truncate(at),
        }
        let unchanged = bytes == **inner;
        let refused = open_layer(&bytes, &INNER, group[0].as_age(), OpenError::NotForMe);
        assert!(
            unchanged || refused.is_err(),
            "turn {turn} of seed {seed} at {at}"
        );
    }
}

#[test]
fn rubbish_of_every_bucket_size_is_damage() {
    let me = MemberIdentity::from_seed(&[1; 32]);
    for size in BUCKETS {
        for byte in [0, b'\n', b'-', 0xff] {
            let refused = open(&vec![byte; size], &epoch(), &me);
            assert_eq!(refused, Err(OpenError::Damaged));
        }
    }
}
