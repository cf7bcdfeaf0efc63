//! Which files are followed.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::path::Path;

use bellrope_proto::{
    envelope::Envelope,
    signing::{PublicKey, SecretKey},
};

use super::*;
use crate::{
    Role,
    device::outbox,
    ids::Position,
    membership::{NewGroup, NewInvitation, create, invite, join, open_bundle},
};

const NOW: Timestamp = Timestamp(1_000_000);

fn relay(port: u16) -> RelayAddress {
    RelayAddress::new("relay.example.org", port, PublicKey::from_bytes([1; 32])).unwrap()
}

fn coordinator(dir: &Path) -> Device {
    let group = NewGroup {
        group_name: "Working group",
        my_name: "Nina",
        relay: &relay(1),
    };
    create(dir, &"a long enough passphrase".into(), &group, NOW).unwrap()
}

fn defender(nina: &Device, dir: &Path) -> Device {
    let new = invite(nina, Role::Defender, "Alena", NOW.plus(100), NOW).unwrap();
    let bundle = open_bundle(&new.code, &new.bundle, NOW).unwrap();
    let passphrase = "a long enough passphrase".into();
    join(dir, &passphrase, &new.code, bundle, NOW).unwrap()
}

fn moved_to(nina: &Device, to: &RelayAddress) -> String {
    move_relay(nina, to, NOW).unwrap();
    moved_file(nina).unwrap().unwrap()
}

#[test]
fn the_newest_file_counts_in_whichever_order_they_come() {
    let dir = tempfile::tempdir().unwrap();
    let nina = coordinator(&dir.path().join("nina"));
    assert_eq!(moved_file(&nina).unwrap(), None);
    let alena = defender(&nina, &dir.path().join("alena"));
    let [one, two, back] = [2, 3, 1].map(|port| moved_to(&nina, &relay(port)));
    assert_eq!(relay_address(&nina).unwrap(), Some(relay(1)));
    assert_eq!(relay_address(&alena).unwrap(), Some(relay(1)));
    let followed = |text: &str| follow_moved(&alena, text);
    assert_eq!(followed(&two).unwrap(), Followed::New(relay(3)));
    assert_eq!(followed(&two).unwrap(), Followed::Known(relay(3)));
    assert!(matches!(followed(&one), Err(FollowError::Older)));
    assert_eq!(relay_address(&alena).unwrap(), Some(relay(3)));
    // The same address as at first, and said later.
    assert_eq!(followed(&back).unwrap(), Followed::New(relay(1)));
    assert!(matches!(followed(&two), Err(FollowError::Older)));
    for line_end in ["\r\n", "\r", "\n\n"] {
        let other = back.replace('\n', line_end);
        assert_eq!(followed(&other).unwrap(), Followed::Known(relay(1)));
    }
}

/// Who will read has no roster yet, and nobody sends them a view.
#[test]
fn who_waits_or_has_not_come_is_told_by_a_bundle() {
    let dir = tempfile::tempdir().unwrap();
    let nina = coordinator(&dir.path().join("nina"));
    let new = |name| invite(&nina, Role::Member, name, NOW.plus(100), NOW).unwrap();
    let (ivans, olgas) = (new("Ivan"), new("Olga"));
    let open =
        |new: &NewInvitation, envelope: &Envelope| open_bundle(&new.code, envelope, NOW).unwrap();
    let joined = |name: &str, new: &NewInvitation, bundle| {
        let passphrase = "a long enough passphrase".into();
        join(&dir.path().join(name), &passphrase, &new.code, bundle, NOW).unwrap()
    };
    let ivan = joined("ivan", &ivans, open(&ivans, &ivans.bundle));
    let posted = |new: &NewInvitation| {
        let mailbox = new.code.secret.keys().mailbox();
        let all = outbox::all(&nina)
            .unwrap()
            .into_iter()
            .map(|file| file.queued);
        let to = all.filter(|queued| queued.to == mailbox);
        to.map(|queued| open(new, &queued.envelope))
            .collect::<Vec<_>>()
    };
    let first = &posted(&ivans)[0];
    assert!(first.extensions.is_empty());
    assert!(!follow_bundle(&ivan, first).unwrap());
    // Only the newest of what was not posted yet waits.
    let newest = |new| <[Bundle; 1]>::try_from(posted(new)).unwrap();
    moved_to(&nina, &relay(2));
    let [second] = newest(&ivans);
    moved_to(&nina, &relay(3));
    let [third] = newest(&ivans);
    assert!(follow_bundle(&ivan, &third).unwrap());
    assert_eq!(relay_address(&ivan).unwrap(), Some(relay(3)));
    // The same again, and one of before.
    assert!(!follow_bundle(&ivan, &third).unwrap());
    assert!(!follow_bundle(&ivan, &second).unwrap());
    assert_eq!(relay_address(&ivan).unwrap(), Some(relay(3)));
    let olga = joined("olga", &olgas, posted(&olgas).pop().unwrap());
    assert_eq!(relay_address(&olga).unwrap(), Some(relay(3)));
    // Who is invited now knows it, and nobody is told twice.
    let pavels = new("Pavel");
    let pavel = joined("pavel", &pavels, open(&pavels, &pavels.bundle));
    assert_eq!(relay_address(&pavel).unwrap(), Some(relay(3)));
    moved_to(&nina, &relay(4));
    for (new, device) in [(&ivans, &ivan), (&olgas, &olga), (&pavels, &pavel)] {
        let [fourth] = newest(new);
        assert!(follow_bundle(device, &fourth).unwrap());
        assert_eq!(relay_address(device).unwrap(), Some(relay(4)));
    }
    let all = || outbox::names(&nina).unwrap();
    let before = all();
    let _new = new("Vera");
    assert_eq!(all()[..before.len()], before, "nobody is told twice");
}

#[test]
fn only_a_coordinator_of_this_group_is_followed() {
    let dir = tempfile::tempdir().unwrap();
    let nina = coordinator(&dir.path().join("nina"));
    let other = coordinator(&dir.path().join("other"));
    let alena = defender(&nina, &dir.path().join("alena"));
    let before = alena.state().unwrap();
    let text = moved_to(&other, &relay(2));
    for device in [&alena, &nina] {
        let followed = follow_moved(device, &text);
        assert!(
            matches!(followed, Err(FollowError::NotOurs)),
            "{followed:?}"
        );
    }
    let good = read(&moved_to(&nina, &relay(2))).unwrap();
    let entry = good.peek().unwrap();
    // In the coordinator's name, by another; by another in their own; a change of another kind; parts of tomorrow.
    let mallory = SecretKey::from_seed(&[9; 32]);
    let followed = |entry: &Signed<Entry>| follow_moved(&alena, &write(entry));
    assert!(matches!(
        followed(&mallory.sign(&entry)),
        Err(FollowError::Form)
    ));
    let in_their_own = Entry {
        author: mallory.public(),
        ..entry.clone()
    };
    let in_their_own = followed(&mallory.sign(&in_their_own));
    assert!(matches!(in_their_own, Err(FollowError::NotOurs)));
    let roster = nina.roster().unwrap().unwrap();
    let founding = roster.entries().first().unwrap();
    assert!(matches!(followed(founding), Err(FollowError::Form)));
    let tomorrow = Entry {
        extensions: Extensions::new(vec![(7, vec![1])]).unwrap(),
        position: Position(99),
        ..entry
    };
    let tomorrow = followed(&nina.signing().sign(&tomorrow));
    assert!(matches!(tomorrow, Err(FollowError::Version)));
    for text in ["", "hello", "bellrope moved 1\nhello"] {
        assert!(matches!(follow_moved(&alena, text), Err(FollowError::Form)));
    }
    let newer = follow_moved(&alena, "bellrope moved 2\n");
    assert!(matches!(newer, Err(FollowError::Version)));
    assert_eq!(alena.state().unwrap(), before);
}

#[test]
fn at_another_address_all_goes_on_and_at_another_relay_it_begins_anew() {
    use crate::device::relay_now;
    let dir = tempfile::tempdir().unwrap();
    let nina = coordinator(&dir.path().join("nina"));
    let mailbox = nina.roster().unwrap().unwrap().epoch().mailbox;
    let read = crate::relay::Cursor {
        sequence: bellrope_proto::ids::Sequence(7),
        ..crate::relay::Cursor::start(mailbox)
    };
    nina.change(|state| state.cursor = Some(read.clone()))
        .unwrap();
    let cursor = || nina.state().unwrap().cursor;
    assert_eq!(relay_now(&nina).unwrap(), Some(relay(1)));
    move_relay(&nina, &relay(2), NOW).unwrap();
    assert_eq!(relay_now(&nina).unwrap(), Some(relay(2)));
    assert_eq!(cursor(), Some(read.clone()));
    let another =
        RelayAddress::new("there.example.org", 1, PublicKey::from_bytes([2; 32])).unwrap();
    // It is said where the group is still.
    let now = crate::clock::now();
    move_relay(&nina, &another, now).unwrap();
    assert_eq!(relay_now(&nina).unwrap(), Some(relay(2)));
    assert_eq!(relay_address(&nina).unwrap(), Some(another.clone()));
    arrive(&nina).unwrap();
    assert_eq!(relay_now(&nina).unwrap(), Some(another.clone()));
    assert_eq!(cursor(), Some(crate::relay::Cursor::start(mailbox)));
    let waits = outbox::all(&nina).unwrap();
    assert!(waits.iter().all(|file| file.queued.receipt.is_none()));
    assert!(!nina.state().unwrap().place.is_log_of(&relay(2).key()));
}
