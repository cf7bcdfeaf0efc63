//! What is sent, where, in which order, and what is left alone.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::path::Path;

use bellrope_proto::{
    ids::Sequence,
    receipt::Fact,
    signing::{PublicKey, RelayLog, SecretKey},
};

use super::*;
use crate::{
    alert::{
        Alert, Fields,
        vocabulary::{Act, Kind},
    },
    group::Role,
    membership::{NewGroup, create, invite, join, open_bundle},
    sync::compose_alert,
};

/// Long before any clock.
const LONG_AGO: Timestamp = Timestamp(1_000_000);

fn relay() -> RelayAddress {
    RelayAddress::new("relay.example.org", 443, PublicKey::from_bytes([1; 32])).unwrap()
}

fn coordinator(dir: &Path, now: Timestamp) -> Device {
    let group = NewGroup {
        group_name: "Working group",
        my_name: "Nina",
        relay: &relay(),
    };
    create(dir, &"a long enough passphrase".into(), &group, now).unwrap()
}

fn group_mailbox(device: &Device) -> MailboxId {
    device.roster().unwrap().unwrap().epoch().mailbox
}

/// The mailboxes to which it sends, each with the names of the files.
fn planned(plan: &Plan) -> Vec<(MailboxId, Vec<String>)> {
    let batch = |batch: &Batch| {
        assert_eq!(batch.destination.relay, relay());
        let grant = batch.destination.credential.grant.peek().unwrap();
        assert_eq!(grant.authority.mailbox(), batch.destination.mailbox);
        let names = batch.files.iter().map(|file| file.name.clone());
        (batch.destination.mailbox, names.collect())
    };
    plan.batches.iter().map(batch).collect()
}

#[test]
fn each_task_sends_its_own_in_the_order_of_the_queue() {
    let dir = tempfile::tempdir().unwrap();
    let nina = coordinator(dir.path(), LONG_AGO);
    let plan_of = |scope| plan(&nina, scope, (false, true), &mut Known::default()).unwrap();
    for scope in [Scope::Group, Scope::Invitations] {
        let nothing = plan_of(scope);
        assert!(nothing.batches.is_empty() && nothing.renewals.is_none());
    }
    let mut mailboxes = Vec::new();
    for name in ["Anna", "Ivan"] {
        let new = invite(&nina, Role::Member, name, LONG_AGO.plus(100), LONG_AGO).unwrap();
        mailboxes.push(new.code.secret.keys().mailbox());
    }
    let names = outbox::names(&nina).unwrap();
    // An entry for everybody and a bundle, twice.
    assert_eq!(names.len(), 4);
    let group = plan_of(Scope::Group);
    let entries = vec![names[0].clone(), names[2].clone()];
    assert_eq!(planned(&group), [(group_mailbox(&nina), entries)]);
    assert!(group.renewals.is_none(), "alerts wait for no invitation");

    let invitations = plan_of(Scope::Invitations);
    let mut bundles = vec![
        (mailboxes[0], vec![names[1].clone()]),
        (mailboxes[1], vec![names[3].clone()]),
    ];
    bundles.sort();
    assert_eq!(planned(&invitations), bundles);
    // What it wrote may have been written over: it reads first.
    let unread = plan(&nina, Scope::Group, (false, false), &mut Known::default()).unwrap();
    assert!(unread.batches.is_empty());
}

#[test]
fn what_has_its_receipt_or_is_damaged_holds_up_no_other() {
    let dir = tempfile::tempdir().unwrap();
    let nina = coordinator(dir.path(), LONG_AGO);
    for name in ["Anna", "Ivan", "Olga"] {
        invite(&nina, Role::Member, name, LONG_AGO.plus(100), LONG_AGO).unwrap();
    }
    let files = outbox::all(&nina).unwrap();
    let fact = Fact {
        mailbox: group_mailbox(&nina),
        sequence: Sequence(1),
        envelope: files[0].queued.envelope.hash(),
        head: Hash([1; 32]),
        time: LONG_AGO,
    };
    let receipt = Receipt::issue(&SecretKey::<RelayLog>::from_seed(&[3; 32]), &[fact]).remove(0);
    outbox::stored(&nina, &files[0], receipt).unwrap();
    std::fs::write(dir.path().join("outbox").join(&files[2].name), b"rubbish").unwrap();

    let mut known = Known::default();
    let first = plan(&nina, Scope::Group, (false, true), &mut known).unwrap();
    let left = vec![files[4].name.clone()];
    let expected = [(group_mailbox(&nina), left)];
    assert_eq!(planned(&first), expected);
    assert!(first.damaged.is_none());
    let aside = nina.take_set_aside();
    assert_eq!(aside, [format!("outbox/{}", files[2].name)]);
    let second = plan(&nina, Scope::Group, (false, true), &mut known).unwrap();
    assert_eq!(planned(&second), expected);
    assert!(second.damaged.is_none() && nina.take_set_aside().is_empty());
    assert_eq!(known.settled, BTreeSet::from([files[0].name.clone()]));
}

#[test]
fn a_look_leaves_what_was_queued_just_now_to_who_queued_it() {
    let dir = tempfile::tempdir().unwrap();
    let nina = coordinator(dir.path(), LONG_AGO);
    let queue = |name: &str, at: Timestamp| {
        invite(&nina, Role::Member, name, at.plus(100), at).unwrap();
    };
    let counted = |is_look| {
        let plan = plan(&nina, Scope::Group, (is_look, true), &mut Known::default()).unwrap();
        planned(&plan).first().map_or(0, |(_, files)| files.len())
    };
    queue("old", LONG_AGO);
    // Of a clock that was set back since, by an hour or so.
    queue("of tomorrow", now().plus(100_000));
    assert_eq!([counted(true), counted(false)], [2, 2]);
    for number in 0.. {
        let at = now();
        queue(&format!("new {number}"), at);
        queue(&format!("old, and behind it {number}"), LONG_AGO);
        let left = counted(true);
        assert_eq!(counted(false), 4 + 2 * number);
        // Unless this machine was too busy for it to be new still.
        if now() < at.plus(FRESH_SECONDS) {
            assert_eq!(left, 2 + 2 * number);
            break;
        }
    }
}

#[test]
fn a_newcomer_sends_the_claim_by_the_invitation_and_a_defender_alerts_by_the_right_to_post() {
    let dir = tempfile::tempdir().unwrap();
    let nina = coordinator(&dir.path().join("nina"), LONG_AGO);
    for (name, role) in [("anna", Role::Member), ("alena", Role::Defender)] {
        let new = invite(&nina, role, name, LONG_AGO.plus(100), LONG_AGO).unwrap();
        let bundle = open_bundle(&new.code, &new.bundle, LONG_AGO).unwrap();
        let passphrase = "a long enough passphrase".into();
        let home = dir.path().join(name);
        let device = join(&home, &passphrase, &new.code, bundle, LONG_AGO).unwrap();
        let claim = outbox::names(&device).unwrap();
        let mailbox = new.code.secret.keys().mailbox();
        let sent = plan(
            &device,
            Scope::Invitations,
            (false, true),
            &mut Known::default(),
        )
        .unwrap();
        assert_eq!(planned(&sent), [(mailbox, claim)]);
        let alerts = || plan(&device, Scope::Group, (false, true), &mut Known::default()).unwrap();
        assert!(alerts().batches.is_empty());
        if role == Role::Defender {
            let mut fields = Fields::of_kind(Kind::Flash);
            fields.acts = vec![Act::Threat];
            fields.summary = "words".to_owned();
            let alert = Alert::new(fields).unwrap();
            compose_alert(&device, &alert, &[], LONG_AGO).unwrap();
            let queued = outbox::names(&device).unwrap().split_off(1);
            assert_eq!(planned(&alerts()), [(group_mailbox(&nina), queued)]);
        }
    }
}
