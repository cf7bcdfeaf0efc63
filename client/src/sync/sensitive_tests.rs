//! What a program that is ended between a block and its act leaves.
#![allow(clippy::unwrap_used)]
use bellrope_proto::{
    address::RelayAddress,
    codec::Blob,
    ids::{Hash, Sequence},
    receipt::Receipt,
    signing::{RelayLog, SecretKey},
};

use super::*;
use crate::{
    alert::{
        Alert, Fields,
        vocabulary::{Act, Kind},
    },
    device::{Follows, StoredMessage, inbox},
    group::recipients_hash,
    membership::{NewGroup, create},
    message::{Audience, KIND_ALERT, SignedMessage},
};

const NOW: Timestamp = Timestamp(1_000_000);
const ALERT: MessageId = MessageId([7; 16]);

/// Nina, alone in a group, with an alert of hers.
fn nina(dir: &std::path::Path) -> Device {
    let relay = RelayAddress::new("relay.example.org", 443, PublicKey::from_bytes([1; 32]));
    let group = NewGroup {
        group_name: "Working group",
        my_name: "Nina",
        relay: &relay.unwrap(),
    };
    let nina = create(dir, &"a long enough passphrase".into(), &group, NOW).unwrap();
    let roster = nina.roster().unwrap().unwrap();
    let mut fields = Fields::of_kind(Kind::Flash);
    fields.acts = vec![Act::Threat];
    fields.summary = "Men at the door".to_owned();
    let me = nina.member().to_key();
    let message = Message {
        group: roster.id(),
        epoch: roster.epoch().number,
        roster: roster.head(),
        audience: Audience {
            hash: recipients_hash(&[me]),
            chosen: vec![me],
        },
        sender: nina.signing().public(),
        id: ALERT,
        number: 1,
        previous: Hash([0; 32]),
        time: NOW,
        expires: NOW.plus(1),
        seen: Vec::new(),
        kind: KIND_ALERT,
        body: Blob(codec::encode(&Alert::new(fields).unwrap())),
        extensions: Extensions::none(),
    };
    let stored = StoredMessage {
        epoch: message.epoch,
        sequence: Sequence(1),
        arrived: NOW,
        sent: SignedMessage {
            message: nina.signing().sign(&message),
            claim: None,
            extensions: Extensions::none(),
        },
        case: "ZZ-1970-2222".to_owned(),
        follows: Follows::InOrder,
        week: None,
    };
    inbox::store(&nina, ALERT, &stored).unwrap();
    nina
}

/// What is on disk when a program was ended right after the block was queued.
fn ended_after_the_block(nina: &Device) -> Unsaid {
    let unsaid = Unsaid {
        alert: ALERT,
        block: MessageId([9; 16]),
        who: Vec::new(),
    };
    let block = SensitiveBlock {
        alert: ALERT,
        kind: SensitiveKind::Hiv,
        text: "words".to_owned(),
        extensions: Extensions::none(),
    };
    blocks::change(nina, |all| all.push(unsaid.clone())).unwrap();
    let body = codec::encode(&block);
    let keys = [nina.member().to_key()];
    let sent = compose_sensitive(nina, (unsaid.block, body), &keys, NOW).unwrap();
    note_said(nina, ALERT, sent, NOW).unwrap();
    unsaid
}

fn there(nina: &Device) -> (usize, usize, bool) {
    let (_, _, folded) = Folded::read(nina, ALERT).unwrap().unwrap();
    let queued = outbox::all(nina).unwrap();
    let is_queued = queued
        .iter()
        .any(|it| it.queued.word == Some(MessageId([9; 16])));
    (folded.blocks.len(), folded.sealed.len(), is_queued)
}

#[test]
fn what_was_not_said_of_a_block_is_said_by_the_next_program_once() {
    let dir = tempfile::tempdir().unwrap();
    let nina = nina(&dir.path().join("nina"));
    ended_after_the_block(&nina);
    assert_eq!(there(&nina), (0, 1, true), "nobody is shown it");
    for _ in 0..2 {
        finish(&nina, NOW).unwrap();
        assert_eq!(there(&nina), (1, 1, true));
        assert_eq!(blocks::read(&nina), []);
    }
}

#[test]
fn what_could_not_be_said_wholly_is_taken_back() {
    let dir = tempfile::tempdir().unwrap();
    let nina = nina(&dir.path().join("nina"));
    let unsaid = ended_after_the_block(&nina);
    assert!(take_back(&nina, &unsaid).unwrap());
    assert_eq!(there(&nina), (0, 0, false));
    finish(&nina, NOW).unwrap();
    assert_eq!(blocks::read(&nina), [], "and nothing of it is left to say");
    assert_eq!(there(&nina), (0, 0, false));
}

#[test]
fn one_is_written_whole() {
    let dir = tempfile::tempdir().unwrap();
    let nina = nina(&dir.path().join("nina"));
    let written = write_block(&nina, ALERT, (SensitiveKind::Hiv, "words"), &[], NOW).unwrap();
    assert!(matches!(written, Written::Wholly));
    assert_eq!(there(&nina), (1, 1, false));
    assert_eq!(blocks::read(&nina), []);
}

fn receipt(of: &QueuedEnvelope) -> Receipt {
    let fact = bellrope_proto::receipt::Fact {
        mailbox: of.to,
        sequence: Sequence(1),
        envelope: of.envelope.hash(),
        head: Hash([0; 32]),
        time: NOW,
    };
    Receipt::issue(&SecretKey::<RelayLog>::from_seed(&[6; 32]), &[fact]).remove(0)
}

#[test]
fn what_can_be_neither_said_nor_taken_back_is_told_later_and_is_no_error() {
    let dir = tempfile::tempdir().unwrap();
    let nina = nina(&dir.path().join("nina"));
    let unsaid = ended_after_the_block(&nina);
    let failed = settle(&nina, &unsaid, Err(CaseError::Behind));
    assert!(matches!(failed, Err(CaseError::Behind)), "it is taken back");
    assert!(!is_block_untold(&nina, ALERT));
    let unsaid = ended_after_the_block(&nina);
    // Another program of hers has posted it.
    for file in outbox::all(&nina).unwrap() {
        outbox::stored(&nina, &file, receipt(&file.queued)).unwrap();
    }
    let later = settle(&nina, &unsaid, Err(CaseError::Behind));
    assert!(matches!(later, Ok(Written::ToldLater(CaseError::Behind))));
    assert!(is_block_untold(&nina, ALERT));
    finish(&nina, NOW).unwrap();
    assert!(!is_block_untold(&nina, ALERT));
    assert_eq!(there(&nina).0, 1);
}
