//! Who a message is from, as it is shown.
#![allow(clippy::unwrap_used)]

use bellrope_proto::{
    address::RelayAddress,
    codec::{self, Blob},
    ids::{Hash, Sequence, Timestamp},
    signing::{Device as DeviceKey, PublicKey, SecretKey},
};

use super::Inbox;
use crate::{
    alert::{Alert, tests::flash},
    device::{Device, Follows, StoredMessage, inbox},
    extensions::Extensions,
    group::recipients_hash,
    ids::{Epoch, MessageId},
    membership::{NewGroup, create},
    message::{Audience, KIND_ALERT, Message, Sender, SignedMessage, UnverifiedReason},
};

const NOW: Timestamp = Timestamp(1_795_000_000);

fn device(dir: &std::path::Path) -> Device {
    let relay = RelayAddress::new("relay.example.org", 443, PublicKey::from_bytes([1; 32]));
    let group = NewGroup {
        group_name: "Working group",
        my_name: "Nina",
        relay: &relay.unwrap(),
    };
    let passphrase = "a long enough passphrase".into();
    create(&dir.join("nina"), &passphrase, &group, NOW).unwrap()
}

/// An alert that names one device, and is signed by another.
fn put(device: &Device, number: u8, by: &SecretKey<DeviceKey>, signs: &SecretKey<DeviceKey>) {
    let state = device.state().unwrap();
    let roster = device.roster().unwrap().unwrap();
    let readers = vec![device.member().to_key()];
    let message = Message {
        group: state.group,
        epoch: Epoch(1),
        roster: roster.head(),
        audience: Audience {
            hash: recipients_hash(&readers),
            chosen: readers,
        },
        sender: by.public(),
        id: MessageId([number; 16]),
        number: 1,
        previous: Hash([0; 32]),
        time: NOW,
        expires: Timestamp(NOW.0 + 1),
        seen: Vec::new(),
        kind: KIND_ALERT,
        body: Blob(codec::encode(&Alert::new(flash()).unwrap())),
        extensions: Extensions::none(),
    };
    let stored = StoredMessage {
        epoch: Epoch(1),
        sequence: Sequence(u64::from(number)),
        arrived: NOW,
        sent: SignedMessage {
            message: signs.sign(&message),
            claim: None,
            extensions: Extensions::none(),
        },
        case: format!("BY-2026-{number:04}"),
        follows: Follows::InOrder,
        week: None,
    };
    inbox::store(device, message.id, &stored).unwrap();
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
