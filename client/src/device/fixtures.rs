//! What tests of a device's files begin with.

use std::path::Path;

use bellrope_proto::{
    codec::Blob,
    ids::{Hash, Sequence, Timestamp},
    signing::SecretKey,
};

use super::{Device, DeviceError, FirstFiles, Follows, QueuedEnvelope, State, StoredMessage};
use crate::{
    extensions::Extensions,
    group::Role,
    ids::{Epoch, GroupId, MessageId},
    message::{Audience, KIND_ALERT, Message, SignedMessage},
};

const GROUP: GroupId = GroupId(Hash([1; 32]));

/// A member's device with this in its outbox. It has no passphrase.
pub(crate) fn device(dir: &Path, queue: Vec<QueuedEnvelope>) -> Device {
    let made = Device::of_seeds(dir, ([1; 32], [2; 32]), |_| {
        Ok::<_, DeviceError>(first(queue))
    });
    made.expect("a device")
}

/// What a member's device begins with.
pub(crate) fn first(queue: Vec<QueuedEnvelope>) -> FirstFiles {
    FirstFiles {
        state: State::new(GROUP, Role::Member),
        entries: Vec::new(),
        queue,
    }
}

/// Another device's alert, signed at a moment, that came at another.
pub(crate) fn stored(sequence: u64, signed: Timestamp, arrived: Timestamp) -> StoredMessage {
    let sender = SecretKey::from_seed(&[5; 32]);
    let message = Message {
        group: GROUP,
        epoch: Epoch(1),
        roster: Hash([2; 32]),
        audience: Audience {
            hash: Hash([3; 32]),
            chosen: Vec::new(),
        },
        sender: sender.public(),
        id: MessageId([5; 16]),
        number: sequence,
        previous: Hash([0; 32]),
        time: signed,
        expires: Timestamp(signed.0.saturating_add(1)),
        seen: Vec::new(),
        kind: KIND_ALERT,
        body: Blob(b"words".to_vec()),
        extensions: Extensions::none(),
    };
    StoredMessage {
        epoch: Epoch(1),
        sequence: Sequence(sequence),
        arrived,
        sent: SignedMessage {
            message: sender.sign(&message),
            claim: None,
            extensions: Extensions::none(),
        },
        case: String::new(),
        follows: Follows::InOrder,
        week: None,
    }
}

/// The same that says something else.
pub(crate) fn saying(stored: StoredMessage, body: Vec<u8>) -> StoredMessage {
    let message = stored.sent.message.peek().expect("a message");
    let message = Message {
        body: Blob(body),
        ..message
    };
    let sent = SignedMessage {
        message: SecretKey::from_seed(&[5; 32]).sign(&message),
        ..stored.sent
    };
    StoredMessage { sent, ..stored }
}
