#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use bellrope_proto::signing::SecretKey;

use super::*;
use crate::{device::fixtures, extensions::Extensions};

const NOW: u64 = 1_800_000_000;

/// What is kept of these, in this order.
pub(crate) fn taken(words: &[ShiftWord]) -> Vec<ShiftWord> {
    let mut all = Vec::new();
    for word in words {
        take(&mut all, word.clone());
    }
    all
}

fn key(byte: u8) -> Key {
    SecretKey::from_seed(&[byte; 32]).public()
}

fn offer(by: u8, nonce: u16, note: &str, arrived: u64) -> ShiftWord {
    let [high, low] = nonce.to_be_bytes();
    let mut random = [0; 16];
    (random[0], random[1]) = (high, low);
    let body = HandOver {
        nonce: random,
        to: key(9),
        turn: Timestamp(NOW),
        until: Timestamp(NOW + 3_600),
        note: note.to_owned(),
        extensions: Extensions::none(),
    };
    ShiftWord {
        by: key(by),
        arrived: Timestamp(arrived),
        kind: KIND_HAND_OVER,
        body: Blob(codec::encode(&body)),
        epoch: Epoch(1),
        heard: true,
    }
}

#[test]
fn the_same_again_is_no_other_and_comes_to_the_same_in_any_order() {
    let words = [
        offer(1, 1, "", NOW),
        offer(1, 1, "with a note", NOW + 5),
        offer(1, 1, "", NOW - 5),
    ];
    let mut reversed = words.clone();
    reversed.reverse();
    let all = taken(&words);
    assert_eq!(all, taken(&reversed));
    assert_eq!(all.len(), 1);
    assert_eq!(all[0].arrived, Timestamp(NOW - 5));
    let says = all[0].says();
    assert!(matches!(says, Some(ShiftSays::HandOver(it)) if it.note == "with a note"));
    // One's own is noted by one's own clock, until it comes back from the relay.
    let own = ShiftWord {
        heard: false,
        ..offer(1, 1, "", NOW - 500)
    };
    for words in [[own.clone(), words[0].clone()], [words[0].clone(), own]] {
        let all = taken(&words);
        assert_eq!((all[0].arrived, all[0].heard), (Timestamp(NOW), true));
    }
}

#[test]
fn who_says_it_all_the_time_takes_no_room_from_others_and_what_is_over_goes() {
    let mut all = taken(&[offer(2, 1, "", NOW)]);
    for number in 0..300 {
        take(&mut all, offer(1, number, "", NOW + u64::from(number)));
    }
    let of = |who: u8| all.iter().filter(|it| it.by == key(who)).count();
    assert_eq!((of(1), of(2)), (64, 1));
    let late = NOW + 3_600 + 15 * 86_400;
    take(&mut all, offer(3, 1, "", late));
    assert_eq!(all.len(), 1, "two weeks after they were over");
}

#[test]
fn what_cannot_be_read_is_as_if_nothing_was_said() {
    let dir = tempfile::tempdir().unwrap();
    let device = fixtures::device(dir.path(), Vec::new());
    assert!(note(&device, offer(1, 1, "a note", NOW)).unwrap());
    assert!(!note(&device, offer(1, 1, "a note", NOW)).unwrap());
    assert_eq!(read(&device).unwrap().len(), 1);
    std::fs::write(dir.path().join(SHIFTS), b"rubbish").unwrap();
    assert!(read(&device).unwrap().is_empty());
    assert!(note(&device, offer(1, 2, "", NOW)).unwrap());
    assert_eq!(read(&device).unwrap().len(), 1);
}
