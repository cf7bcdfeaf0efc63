//! A device with alerts, as the tests of what is shown need it.
#![allow(clippy::unwrap_used)]

use bellrope_proto::{
    address::RelayAddress,
    codec::{self, Blob},
    ids::{Hash, Sequence, Timestamp},
    signing::{Device as DeviceKey, PublicKey, SecretKey},
};

use crate::{
    alert::{Alert, Fields},
    device::{Device, Follows, StoredMessage, inbox},
    extensions::Extensions,
    ids::{Epoch, MessageId},
    membership::{NewGroup, create},
    message::{Audience, KIND_ALERT, Message, SignedMessage},
};

/// 2026-11-18.
pub(super) const NOW: Timestamp = Timestamp(1_795_000_000);

/// Nina's, who has founded a group.
pub(super) fn device(dir: &std::path::Path) -> Device {
    let relay = RelayAddress::new("relay.example.org", 443, PublicKey::from_bytes([1; 32]));
    let group = NewGroup {
        group_name: "Working group",
        my_name: "Nina",
        relay: &relay.unwrap(),
    };
    let passphrase = "a long enough passphrase".into();
    create(&dir.join("nina"), &passphrase, &group, NOW).unwrap()
}

/// An alert of this number, by a device that saw another roster.
pub(super) fn message(
    device: &Device,
    (number, by): (u8, &SecretKey<DeviceKey>),
    fields: Fields,
) -> Message {
    Message {
        group: device.state().unwrap().group,
        epoch: Epoch(0),
        roster: Hash([2; 32]),
        audience: Audience {
            hash: Hash([3; 32]),
            chosen: Vec::new(),
        },
        sender: by.public(),
        id: MessageId([number; 16]),
        number: 1,
        previous: Hash([0; 32]),
        time: NOW,
        expires: Timestamp(NOW.0 + 1),
        seen: Vec::new(),
        kind: KIND_ALERT,
        body: Blob(codec::encode(&Alert::new(fields).unwrap())),
        extensions: Extensions::none(),
    }
}

/// It came, signed by this key.
pub(super) fn put(device: &Device, message: &Message, signs: &SecretKey<DeviceKey>) {
    let [number, ..] = message.id.0;
    let stored = StoredMessage {
        epoch: Epoch(0),
        sequence: Sequence(u64::from(number)),
        arrived: NOW,
        sent: SignedMessage {
            message: signs.sign(message),
            claim: None,
            extensions: Extensions::none(),
        },
        case: format!("BY-2026-{number:04}"),
        follows: Follows::InOrder,
        week: None,
    };
    inbox::store(device, message.id, &stored).unwrap();
}
