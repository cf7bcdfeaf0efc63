//! What another coordinator's device is entrusted with, and what of it counts.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use bellrope_proto::signing::{Device as DeviceKey, PublicKey};

use super::*;
use crate::{
    device::outbox,
    group::{ConsentTo, lifetimes::RETENTION_SECONDS},
    ids::GroupId,
    invitation::Secret,
    membership::{
        hand_pen, invite, lacking, overtaken, renew, say_again,
        turn::tests::{Group, newcomer},
    },
    seal::{EpochIdentity, MemberIdentity},
    sync::{Agreed, agree},
};

const NOW: Timestamp = Timestamp(1_000_000);

/// Everything that waits in Nina's outbox for this device alone.
fn custodies(group: &Group, device: &Device) -> Vec<Signed<Custody>> {
    let mailbox = group.roster().epoch().mailbox;
    let opened = group.opened(mailbox, device.turn(), device.member());
    let custodies = opened.into_iter().filter_map(|payload| match payload {
        Payload::Custody(said) => Some(*said),
        _ => None,
    });
    custodies.collect()
}

/// The group, with Anna as a coordinator whose device knows that.
pub(in crate::membership) fn two() -> Group {
    let group = Group::new();
    let anna = group.anna.signing().public();
    let done = agree(&group.nina, (ConsentTo::Promote, &anna), NOW).unwrap();
    assert_eq!(done, Agreed::Done);
    knows(&group, &group.anna);
    group
}

/// A device that has read what Nina wrote.
pub(in crate::membership) fn knows(group: &Group, device: &Device) {
    let nina = group.nina.state().unwrap();
    device.store_roster(&group.roster()).unwrap();
    device
        .change(|state| {
            state.credential = state.credential.clone().or(nina.credential.clone());
            state.epoch_seed = nina.epoch_seed.clone();
            state.cursor = nina.cursor.clone();
        })
        .unwrap();
}

fn issued_at(device: &Device) -> Vec<(crate::ids::Position, bool)> {
    let all = issued::all(device).unwrap().into_iter();
    all.map(|it| (it.admitted_at, it.claim.is_some())).collect()
}

#[test]
fn another_coordinators_device_has_all_that_the_pen_takes_and_nobody_elses_has() {
    let group = two();
    let [said] = custodies(&group, &group.anna).try_into().unwrap();
    assert!(custodies(&group, &group.boris).is_empty());
    let epoch = group.nina.state().unwrap().epoch_seed.unwrap();
    let epoch = EpochIdentity::from_seed(epoch.bytes());
    for key in [group.boris.member(), group.anna.member()] {
        let opened = group.opened(group.roster().epoch().mailbox, &epoch, key);
        let is_custody = |it: &Payload| matches!(it, Payload::Custody(_));
        assert!(!opened.iter().any(is_custody), "the epoch's key is enough");
    }
    assert!(take_custody(&group.anna, &said).unwrap());
    let (nina, anna) = (group.nina.state().unwrap(), group.anna.state().unwrap());
    assert!(anna.authority_seed.is_some());
    assert_eq!(anna.authority_seed, nina.authority_seed);
    assert_eq!(issued_at(&group.anna), issued_at(&group.nina));
    assert_eq!(anna.role, Role::Coordinator);
    // Once more changes nothing.
    let before = issued::all(&group.anna).unwrap();
    assert!(take_custody(&group.anna, &said).unwrap());
    assert_eq!(issued::all(&group.anna).unwrap(), before);
    // She has the pen now, and lets somebody in.
    hand_pen(&group.nina, &group.anna.signing().public(), NOW).unwrap();
    knows(&group, &group.anna);
    assert!(group.anna.has_pen().unwrap() && !group.nina.has_pen().unwrap());
    let vera = newcomer(&group.anna, group.dir.path(), ("Vera", Role::Member));
    let roster = group.anna.roster().unwrap().unwrap();
    assert!(roster.person(&vera.signing().public()).is_some());
    assert!(matches!(
        invite(&group.nina, Role::Member, "Olga", NOW.plus(9), NOW),
        Err(AdmissionError::NotTheHolder(name)) if name == "Anna"
    ));
}

#[test]
fn what_is_new_is_said_at_once_and_all_of_it_now_and_then() {
    let group = two();
    let count = |group: &Group| custodies(group, &group.anna).len();
    assert_eq!(count(&group), 1);
    share_if_due(&group.nina, NOW).unwrap();
    assert_eq!(count(&group), 1, "nothing is new");
    invite(&group.nina, Role::Member, "Vera", NOW.plus(100), NOW).unwrap();
    share_if_due(&group.nina, NOW).unwrap();
    let newest = |group: &Group| {
        let said = custodies(group, &group.anna).pop().unwrap().peek().unwrap();
        said.invitations.len()
    };
    assert_eq!((count(&group), newest(&group)), (2, 1), "the new one");
    let later = NOW.plus(RETENTION_SECONDS / 2);
    share_if_due(&group.nina, later).unwrap();
    // The founder's mailbox is among them.
    assert_eq!((count(&group), newest(&group)), (3, 5));
    share_if_due(&group.nina, later).unwrap();
    assert_eq!(count(&group), 3);
    // A clock that was set back makes nobody wait for ever.
    share_if_due(&group.nina, Timestamp(1)).unwrap();
    assert_eq!(count(&group), 4);
    renew(&group.nina, later).unwrap();
    share_if_due(&group.nina, later).unwrap();
    assert_eq!(count(&group), 1, "in the new mailbox, all of it");
}

/// The same custody, with something else in it, signed by whom it names.
fn changed(
    said: &Signed<Custody>,
    by: &Device,
    change: impl FnOnce(&mut Custody),
) -> Signed<Custody> {
    let mut custody = said.peek().unwrap();
    custody.by = by.signing().public();
    change(&mut custody);
    by.signing().sign(&custody)
}

#[test]
fn what_is_not_this_groups_or_not_a_coordinators_is_nothing() {
    let group = two();
    let [said] = custodies(&group, &group.anna).try_into().unwrap();
    let boris: PublicKey<DeviceKey> = group.boris.signing().public();
    let nina = group.nina.signing().public();
    let wrong = [
        ("by a member", changed(&said, &group.boris, |_| {})),
        (
            "in the name of a coordinator",
            changed(&said, &group.boris, |it| it.by = nina),
        ),
        (
            "for another device",
            changed(&said, &group.nina, |it| it.device = boris),
        ),
        (
            "of another group",
            changed(&said, &group.nina, |it| {
                it.group = GroupId(Hash([9; 32]));
            }),
        ),
        (
            "with something critical",
            changed(&said, &group.nina, |it| {
                it.extensions = Extensions::new(vec![(7, vec![])]).unwrap();
            }),
        ),
    ];
    for (why, wrong) in wrong {
        assert!(!take_custody(&group.anna, &wrong).unwrap(), "{why}");
        assert!(issued_at(&group.anna).is_empty(), "{why}");
        assert_eq!(group.anna.state().unwrap().authority_seed, None, "{why}");
    }
    // Whoever coordinates can only give what is the group's.
    let foreign = changed(&said, &group.nina, |it| {
        it.authorities = vec![Seed::new(&[5; 32])];
        it.invitations.truncate(3);
        it.invitations[0].secret = Secret::new(&[9; 16]);
        it.invitations[1].admitted_at = crate::ids::Position(0);
        let delegation = it.invitations[2].delegation.peek().unwrap();
        it.invitations[2].delegation = group.boris.signing().sign(&delegation);
    });
    assert!(take_custody(&group.anna, &foreign).unwrap());
    assert!(issued_at(&group.anna).is_empty());
    assert_eq!(group.anna.state().unwrap().authority_seed, None);
    // A member's device takes none, whoever sends it.
    knows(&group, &group.boris);
    let to_boris = changed(&said, &group.nina, |it| it.device = boris);
    assert!(!take_custody(&group.boris, &to_boris).unwrap());
}

#[test]
fn who_coordinates_no_more_forgets_it() {
    let group = two();
    let [said] = custodies(&group, &group.anna).try_into().unwrap();
    take_custody(&group.anna, &said).unwrap();
    lay_down(&group.anna, &group.roster()).unwrap();
    assert_eq!(issued_at(&group.anna).len(), 4, "she coordinates");
    let anna = group.anna.signing().public();
    let mut roster = group.roster();
    let consent = group.anna.signing().sign(&crate::group::Consent {
        group: roster.id(),
        epoch: roster.epoch().number,
        by: anna,
        to: ConsentTo::Demote,
        about: anna,
        extensions: Extensions::none(),
    });
    let entry = group.nina.signing().sign(&crate::group::Entry {
        position: roster.next_position(),
        previous: roster.head(),
        time: NOW,
        author: group.nina.signing().public(),
        change: crate::group::Change::Demote(crate::group::RoleChange {
            device: anna,
            consents: vec![consent],
            extensions: Extensions::none(),
        }),
        extensions: Extensions::none(),
    });
    roster.apply(entry).unwrap();
    group.anna.store_roster(&roster).unwrap();
    lay_down(&group.anna, &roster).unwrap();
    assert!(issued_at(&group.anna).is_empty());
    let state = group.anna.state().unwrap();
    assert_eq!((state.authority_seed, state.role), (None, Role::Member));
}

#[test]
fn an_invitation_of_a_history_that_does_not_count_is_forgotten_and_named() {
    let group = two();
    let before = group.roster();
    invite(&group.nina, Role::Member, "Vera", NOW.plus(100), NOW).unwrap();
    let with_vera = group.roster();
    let names = overtaken(&group.nina, &with_vera, &before).unwrap();
    assert_eq!(names, ["Vera"]);
    assert_eq!(issued_at(&group.nina).len(), 4, "the founder's own stays");
    assert!(overtaken(&group.nina, &before, &before).unwrap().is_empty());
}

#[test]
fn the_founder_is_welcomed_to_new_keys_and_told_that_they_are_out_like_everybody() {
    let group = two();
    let [said] = custodies(&group, &group.anna).try_into().unwrap();
    // A claim of another's device is none of the founder's.
    let another = changed(&said, &group.nina, |it| {
        it.invitations.retain(|it| it.admitted_at == FIRST);
        it.invitations[0].claim = group.boris.state().unwrap().claim().cloned();
    });
    take_custody(&group.anna, &another).unwrap();
    assert!(issued_at(&group.anna).is_empty());
    take_custody(&group.anna, &said).unwrap();
    let anna = group.anna.signing().public();
    hand_pen(&group.nina, &anna, NOW).unwrap();
    knows(&group, &group.anna);
    let founded = group.nina.state().unwrap().founded.unwrap();
    let keys = founded.secret.keys();
    let told = |inner: &MemberIdentity| {
        let files = outbox::all(&group.anna).unwrap().into_iter();
        let queued = files.filter(|it| it.queued.to == keys.mailbox());
        let opened = queued
            .filter_map(|it| seal::open(it.queued.envelope.bytes(), &keys.outer(), inner).ok());
        opened
            .map(|bytes| Payload::decode(&bytes).unwrap())
            .collect::<Vec<_>>()
    };
    renew(&group.anna, NOW).unwrap();
    assert!(lacking(&group.anna, NOW).unwrap().is_empty());
    let later = NOW.plus(RETENTION_SECONDS / 2);
    outbox::let_go(&group.anna, |_| true).unwrap();
    let lacks = lacking(&group.anna, later).unwrap();
    assert!(lacks.iter().any(|it| it.admitted_at == FIRST));
    assert!(lacks.iter().all(|it| it.device().unwrap().device != anna));
    say_again(&group.anna, &lacks, later).unwrap();
    let welcomes = told(group.nina.member());
    let roster = group.anna.roster().unwrap().unwrap();
    let is_to_it = |it: &Payload| match it {
        Payload::Welcome(said) => said.peek().unwrap().roster == roster.head(),
        _ => false,
    };
    assert!(welcomes.iter().any(is_to_it), "{welcomes:?}");
    // Nobody else's key opens it, with the mailbox's.
    assert!(told(group.boris.member()).is_empty());
    remove_coordinator(&group, &roster);
    let told = told(&keys.inner());
    assert!(
        told.iter().any(|it| matches!(it, Payload::Refusal(_))),
        "{told:?}"
    );
}

const FIRST: crate::ids::Position = crate::ids::Position(0);

/// Nina is put out by Anna, with the only member.
fn remove_coordinator(group: &Group, roster: &Roster) {
    let about = group.nina.signing().public();
    let consent = group.boris.signing().sign(&crate::group::Consent {
        group: roster.id(),
        epoch: roster.epoch().number,
        by: group.boris.signing().public(),
        to: ConsentTo::Remove,
        about,
        extensions: Extensions::none(),
    });
    let change = RosterTransaction::begin(&group.anna, NOW).unwrap();
    crate::membership::turn::turn_in(change, &[about], vec![consent]).unwrap();
}
