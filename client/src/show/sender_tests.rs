//! Who a message is from, as it is shown.
#![allow(clippy::unwrap_used)]

use bellrope_proto::signing::{Device as DeviceKey, SecretKey};

use super::{
    Inbox,
    fixtures::{self, device, message},
};
use crate::{
    alert::tests::flash,
    device::Device,
    group::recipients_hash,
    ids::Epoch,
    message::{Audience, Message, Sender, UnverifiedReason},
};

/// An alert that names one device, and is signed by another.
fn put(device: &Device, number: u8, by: &SecretKey<DeviceKey>, signs: &SecretKey<DeviceKey>) {
    let readers = vec![device.member().to_key()];
    let alert = Message {
        epoch: Epoch(1),
        roster: device.roster().unwrap().unwrap().head(),
        audience: Audience {
            hash: recipients_hash(&readers),
            chosen: readers,
        },
        ..message(device, (number, by), flash())
    };
    fixtures::put(device, &alert, signs);
}

#[test]
fn what_its_sender_did_not_sign_is_from_nobody_and_its_words_are_shown() {
    let dir = tempfile::tempdir().unwrap();
    let device = device(dir.path());
    let (nina, other) = (device.signing().clone(), SecretKey::from_seed(&[5; 32]));
    // More than are opened one by one, so that of those that are signed copies are kept.
    for number in 0..8 {
        let signs = if number % 2 == 0 { &nina } else { &other };
        put(&device, number, &nina, signs);
    }
    let summary = flash().summary;
    // Read from the files, and once more where there are copies.
    for _ in 0..2 {
        let all = Inbox::open(&device).unwrap().unwrap().all().unwrap().alerts;
        assert_eq!(all.len(), 8);
        for (number, alert) in all.iter().enumerate() {
            let from = match number % 2 {
                0 => matches!(&alert.sender, Sender::Known { name, .. } if name == "Nina"),
                _ => alert.sender == Sender::Unverified(UnverifiedReason::OtherVersion),
            };
            assert!(from, "{number}: {:?}", alert.sender);
            assert_eq!(alert.reading.fields().unwrap().summary, summary);
        }
    }
}
