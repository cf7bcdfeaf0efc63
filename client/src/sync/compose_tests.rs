//! What becomes of an alert where nothing can be written down, and of what its device says next.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::{
    fs::{self, File},
    path::Path,
};

use bellrope_proto::{
    address::RelayAddress,
    receipt::{Fact, Receipt},
    signing::{PublicKey, RelayLog, SecretKey},
};

use super::*;
use crate::{
    alert::{
        Alert, Fields,
        vocabulary::{Act, Kind},
    },
    membership::{NewGroup, create},
    seal::{self, EpochIdentity},
    sync::{SealedAlert, compose_alert},
};

const NOW: Timestamp = Timestamp(1_000_000);

fn coordinator(dir: &Path) -> Device {
    let group = NewGroup {
        group_name: "Working group",
        my_name: "Nina",
        relay: &RelayAddress::new("relay.example.org", 443, PublicKey::from_bytes([1; 32]))
            .unwrap(),
    };
    create(dir, &"a long enough passphrase".into(), &group, NOW).unwrap()
}

fn say(device: &Device) -> SealedAlert {
    let mut fields = Fields::of_kind(Kind::Flash);
    fields.acts = vec![Act::Detention];
    fields.summary = "two men at the office".to_owned();
    let alert = Alert::new(fields).unwrap();
    compose_alert(device, &alert, &[], NOW).unwrap()
}

/// What is in the outbox, by number; and whether it is in memory alone.
fn said(device: &Device) -> Vec<(Message, Hash, bool)> {
    let epoch = device.state().unwrap().epoch_seed.unwrap();
    let epoch = EpochIdentity::from_seed(epoch.bytes());
    let files = outbox::all(device).unwrap().into_iter();
    let messages = files.filter_map(|file| {
        let opened = seal::open(file.queued.envelope.bytes(), &epoch, device.member()).unwrap();
        let Ok(Payload::Message(sent)) = Payload::decode(&opened) else {
            return None;
        };
        let message = sent.message.peek().unwrap();
        let is_held = outbox::is_held(device, &file.name);
        Some((message, Message::hash(&sent.message), is_held))
    });
    messages.collect()
}

fn numbers(device: &Device) -> Vec<(u64, bool)> {
    let said = said(device).into_iter();
    said.map(|(message, _, is_held)| (message.number, is_held))
        .collect()
}

#[test]
fn an_alert_whose_number_cannot_be_written_down_is_not_counted_and_the_next_one_is() {
    let dir = tempfile::tempdir().unwrap();
    let device = coordinator(dir.path());
    let first = say(&device);
    assert!(first.uncounted.is_none() && first.unkept.is_none());
    let before = device.state().unwrap().last_sent;
    // No file can be locked where a folder is; and one that another program has is not to be had.
    let lock = dir.path().join("lock.queue");
    fs::remove_file(&lock).unwrap();
    fs::create_dir(&lock).unwrap();
    let second = say(&device);
    assert!(matches!(second.uncounted, Some(DeviceError::System(..))));
    fs::remove_dir(&lock).unwrap();
    let held = File::create(&lock).unwrap();
    held.lock().unwrap();
    let third = say(&device);
    assert!(matches!(third.uncounted, Some(DeviceError::Busy)));
    drop(held);
    assert!(second.unkept.is_none() && third.unkept.is_none());
    assert_eq!(device.state().unwrap().last_sent, before);

    assert!(say(&device).uncounted.is_none());
    assert_eq!(
        numbers(&device),
        [(1, false), (0, false), (0, false), (2, false)]
    );
    let said = said(&device);
    for (message, ..) in &said[1..] {
        assert_eq!(message.previous, said[0].1);
    }
}

#[test]
fn an_alert_whose_number_is_written_down_is_counted_wherever_it_waits() {
    let dir = tempfile::tempdir().unwrap();
    let device = coordinator(dir.path());
    let folder = dir.path().join("outbox");
    let aside = dir.path().join("aside");
    fs::rename(&folder, &aside).unwrap();
    fs::write(&folder, b"where a folder should be").unwrap();
    for number in [1, 2] {
        let said = say(&device);
        assert!(
            said.unkept.is_some() && said.uncounted.is_none(),
            "{number}"
        );
    }
    assert_eq!(numbers(&device), [(1, true), (2, true)]);
    // What the program says by itself is said another time.
    assert!(compose_request(&device, b"request", NOW).is_err());

    // With a receipt it is held as well, until there is room.
    let file = outbox::all(&device).unwrap().remove(0);
    let fact = Fact {
        mailbox: file.queued.to,
        sequence: Sequence(1),
        envelope: file.queued.envelope.hash(),
        head: Hash([1; 32]),
        time: NOW,
    };
    let receipt = Receipt::issue(&SecretKey::<RelayLog>::from_seed(&[3; 32]), &[fact]).remove(0);
    outbox::stored(&device, &file, receipt.clone()).unwrap();
    assert_eq!(outbox::receipts(&device).unwrap(), [receipt]);
    assert!(outbox::is_held(&device, &file.name));
    outbox::post_again(&device, file.queued.to, &[]).unwrap();
    assert_eq!(outbox::receipts(&device).unwrap(), []);
    assert_eq!(numbers(&device), [(1, true), (2, true)], "in its order");

    fs::remove_file(&folder).unwrap();
    fs::rename(&aside, &folder).unwrap();
    outbox::write_down(&device);
    assert_eq!(numbers(&device), [(1, false), (2, false)]);
}
