//! What is written down of what people wish, and whose wish counts.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use super::*;
use crate::{
    group::lifetimes::EPOCH_SECONDS,
    ids::MessageId,
    membership::{
        custody::tests::{knows, two},
        turn::{tests::Group, turn_if_due},
    },
    message::{Freeze, FreezeAct, SaidOfSender},
    sync::{AgreeError, Agreed, agree, sign_for},
};

const NOW: Timestamp = Timestamp(1_000_000);

/// Nina's device hears that somebody agrees.
fn hears(group: &Group, by: &Device, (to, about): (ConsentTo, &Device)) {
    let roster = group.roster();
    let consent = by.signing().sign(&Consent {
        group: roster.id(),
        epoch: roster.epoch().number,
        by: by.signing().public(),
        to,
        about: about.signing().public(),
        extensions: Extensions::none(),
    });
    agreed::change(&group.nina, &roster, |all| all.consent(consent)).unwrap();
}

fn is_in(group: &Group, device: &Device) -> bool {
    group.roster().person(&device.signing().public()).is_some()
}

/// Nina's device hears that this one is frozen, or is not any more.
fn freeze(group: &Group, act: FreezeAct, of: &Device) {
    let ids = [MessageId([1; 16]), MessageId([2; 16])];
    let (id, lifts) = match act {
        FreezeAct::Freeze => (ids[0], Vec::new()),
        FreezeAct::Lift => (ids[1], vec![ids[0]]),
    };
    let said = SaidOfSender {
        id,
        arrived: NOW,
        author: group.boris.signing().public(),
        freeze: Freeze {
            act,
            device: of.signing().public(),
            lifts,
            reason: String::new(),
            extensions: Extensions::none(),
        },
        is_own_word: false,
    };
    frozen::note(&group.nina, said, &group.roster()).unwrap();
}

#[test]
fn nobody_is_put_out_at_one_persons_word_whoever_that_is() {
    let group = two();
    let remove = (ConsentTo::Remove, &group.boris);
    // The other's, though the rules of the chain would let Nina's device write it.
    hears(&group, &group.anna, remove);
    // Said again it is still one.
    hears(&group, &group.anna, remove);
    carry_out_agreed(&group.nina, NOW).unwrap();
    assert!(is_in(&group, &group.boris));
    let waiting = pending(&group.nina).unwrap();
    assert_eq!(waiting.len(), 1);
    assert_eq!(
        (waiting[0].by.as_slice(), waiting[0].lacking.coordinators),
        (&["Anna".to_owned()][..], 1)
    );
    let boris = group.boris.signing().public();
    assert_eq!(
        agree(&group.nina, (ConsentTo::Remove, &boris), NOW).unwrap(),
        Agreed::Done
    );
    assert!(!is_in(&group, &group.boris));
    assert!(pending(&group.nina).unwrap().is_empty());
}

#[test]
fn a_frozen_device_agrees_with_nothing_until_that_is_lifted() {
    let group = two();
    let boris = group.boris.signing().public();
    agree(&group.nina, (ConsentTo::Remove, &boris), NOW).unwrap();
    freeze(&group, FreezeAct::Freeze, &group.anna);
    hears(&group, &group.anna, (ConsentTo::Remove, &group.boris));
    carry_out_agreed(&group.nina, NOW).unwrap();
    assert!(is_in(&group, &group.boris));
    assert_eq!(pending(&group.nina).unwrap()[0].by, ["Nina"]);
    freeze(&group, FreezeAct::Lift, &group.anna);
    carry_out_agreed(&group.nina, NOW).unwrap();
    assert!(!is_in(&group, &group.boris));
}

#[test]
fn what_is_not_written_is_not_said_to_be_done() {
    let group = two();
    let boris = group.boris.signing().public();
    freeze(&group, FreezeAct::Freeze, &group.nina);
    // Her own word does not count, so nothing waits.
    let agreed = agree(&group.nina, (ConsentTo::Remove, &boris), NOW).unwrap();
    assert!(pending(&group.nina).unwrap().is_empty());
    assert!(
        matches!(agreed, Agreed::Waits(lacking) if lacking.coordinators == 2),
        "{agreed:?}"
    );
    assert!(is_in(&group, &group.boris));
}

#[test]
fn one_signs_for_one_taker_and_not_for_whom_one_asked_to_put_out() {
    let group = two();
    let (anna, boris) = (
        group.anna.signing().public(),
        group.boris.signing().public(),
    );
    knows(&group, &group.boris);
    let nina = group.nina.signing().public();
    // Boris has the pen's holder on the other side, and is no coordinator.
    for wrong in [&boris, &nina] {
        let refused = sign_for(&group.boris, wrong, NOW);
        assert!(matches!(refused, Err(AgreeError::Nobody)), "{refused:?}");
    }
    agree(&group.boris, (ConsentTo::Remove, &anna), NOW).unwrap();
    let refused = sign_for(&group.boris, &anna, NOW);
    assert!(matches!(refused, Err(AgreeError::Nobody)), "{refused:?}");
    // From whom a group has alone nobody takes it without another mailbox.
    let alone = Group::new();
    knows(&alone, &alone.anna);
    let refused = sign_for(&alone.anna, &alone.anna.signing().public(), NOW);
    assert!(
        matches!(refused, Err(AgreeError::MailboxNeeded)),
        "{refused:?}"
    );
}

/// What one program read before it had the lock is old when it has it: each wish is carried out once, in whatever epoch it is then, and no
/// program is told that the rules forbid what is done.
#[test]
fn several_programs_of_one_coordinator_at_once_do_all_that_was_wished() {
    let due = NOW.plus(EPOCH_SECONDS);
    for _ in 0..3 {
        let group = Group::new();
        let wished = [&group.anna, &group.boris].map(|who| who.signing().public());
        let start = std::sync::Barrier::new(6);
        let home = group.dir.path().join("nina");
        let program = || Device::unlock(&home, &"a long enough passphrase".into()).unwrap();
        std::thread::scope(|threads| {
            // Two that watch, two that wish, two that renew.
            let watching = [(), ()].map(|()| {
                let (device, start) = (program(), &start);
                threads.spawn(move || {
                    start.wait();
                    for _ in 0..20 {
                        carry_out_agreed(&device, due).unwrap();
                    }
                })
            });
            let wishing = wished.map(|about| {
                let (device, start) = (program(), &start);
                threads.spawn(move || {
                    start.wait();
                    agree(&device, (ConsentTo::Remove, &about), due).unwrap()
                })
            });
            let renewing = [(), ()].map(|()| {
                let (device, start) = (program(), &start);
                threads.spawn(move || {
                    start.wait();
                    turn_if_due(&device, due).unwrap()
                })
            });
            for it in wishing {
                assert_eq!(it.join().unwrap(), Agreed::Done);
            }
            for it in watching {
                it.join().unwrap();
            }
            let renewed = renewing.map(|it| it.join().unwrap());
            assert!(renewed.iter().filter(|it| **it).count() <= 1);
        });
        let roster = group.roster();
        assert!(wished.iter().all(|it| roster.person(it).is_none()));
    }
}
