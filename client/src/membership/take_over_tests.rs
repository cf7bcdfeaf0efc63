//! A member takes over from the only coordinator: what the others get of it, what the coordinator who is lost gets, and what a crash leaves.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use super::*;
use crate::{
    device::{agreed, issued, outbox},
    group::Lacking,
    ids::Epoch,
    membership::{
        PendingAct, carry_out_agreed,
        custody::tests::knows,
        invite, lacking, pending, renew, say_again,
        turn::tests::{Group, newcomer},
    },
    message::{NewEpoch, Payload},
    seal::{self, EpochIdentity, MemberIdentity},
    sync::{AgreeError, Agreed, sign_for},
};

const NOW: Timestamp = Timestamp(1_000_000);
const ENDS: Timestamp = Timestamp(9_000_000);

/// A group whose members know all that Nina wrote, and Vera, a third.
fn group() -> (Group, Device) {
    let group = Group::new();
    let vera = newcomer(&group.nina, group.dir.path(), ("Vera", Role::Member));
    for device in [&group.anna, &group.boris, &vera] {
        knows(&group, device);
    }
    (group, vera)
}

/// As if a relay had opened it.
fn opens(device: &Device) -> NextMailbox {
    let next = NextMailbox {
        authority: Seed::random(),
        relay: relay_now(device).unwrap().unwrap().key(),
        token: None,
        lease: Some(Lease {
            since: NOW,
            ends: ENDS,
        }),
    };
    next_mailbox::change(device, |it| *it = Some(next.clone())).unwrap();
    next
}

/// A device hears what this one agreed with and signed; or only the one of the two.
fn hears(device: &Device, from: &Device, (consents, signatures): (bool, bool)) {
    let roster = device.roster().unwrap().unwrap();
    let said = agreed::read(from, &roster);
    let heard = |all: &mut agreed::Agreements| {
        for it in said.consents.into_iter().filter(|_| consents) {
            all.consent(it);
        }
        for it in said.takers.into_iter().filter(|_| signatures) {
            all.taker(it);
        }
    };
    agreed::change(device, &roster, heard).unwrap();
}

/// What somebody opens, with these keys, of what this device has queued for a mailbox.
fn opened(
    device: &Device,
    to: MailboxId,
    (outer, inner): (&EpochIdentity, &MemberIdentity),
) -> Vec<Payload> {
    let files = outbox::all(device).unwrap().into_iter();
    let queued = files.map(|it| it.queued).filter(|it| it.to == to);
    let opened = queued.filter_map(|it| seal::open(it.envelope.bytes(), outer, inner).ok());
    opened
        .map(|bytes| Payload::decode(&bytes).unwrap())
        .collect()
}

fn lacks(members: usize) -> Agreed {
    Agreed::Waits(Lacking {
        members,
        ..Lacking::default()
    })
}

#[test]
fn with_a_mailbox_and_the_others_a_member_goes_on_without_the_only_coordinator() {
    let (group, vera) = group();
    let (nina, anna) = (&group.nina, &group.anna);
    let taker = anna.signing().public();
    let waits = invite(nina, Role::Member, "Olga", NOW.plus(100), NOW).unwrap();
    for device in [anna, &group.boris, &vera] {
        knows(&group, device);
    }
    let refused = sign_for(anna, &taker, NOW);
    assert!(
        matches!(refused, Err(AgreeError::MailboxNeeded)),
        "{refused:?}"
    );
    assert!(takes_a_mailbox(anna).unwrap() && !takes_a_mailbox(nina).unwrap());
    let next = opens(anna);
    let old = group.roster().epoch().clone();
    let old_seed = nina.state().unwrap().epoch_seed.unwrap();
    let old_epoch = EpochIdentity::from_seed(old_seed.bytes());
    // Of three members two others agree, as Nina is put out by it.
    assert_eq!(sign_for(anna, &taker, NOW).unwrap(), lacks(2));
    // Nina hears nothing of it before.
    assert!(opened(anna, old.mailbox, (&old_epoch, nina.member())).is_empty());
    hears(&group.boris, anna, (true, true));
    let waiting = pending(&group.boris).unwrap();
    assert_eq!(waiting.len(), 1, "{waiting:?}");
    assert_eq!(waiting[0].act, PendingAct::Take);
    assert_eq!(sign_for(&group.boris, &taker, NOW).unwrap(), lacks(1));
    assert!(pending(&group.boris).unwrap()[0].is_mine);
    hears(anna, &group.boris, (true, true));
    assert!(!carry_out_agreed(anna, NOW).unwrap());
    // Who signs and would not have her put out does not count.
    hears(&vera, anna, (true, true));
    sign_for(&vera, &taker, NOW).unwrap();
    hears(anna, &vera, (false, true));
    assert!(!carry_out_agreed(anna, NOW).unwrap());
    assert!(!anna.has_pen().unwrap());
    hears(anna, &vera, (true, true));
    assert!(carry_out_agreed(anna, NOW).unwrap());

    let roster = anna.roster().unwrap().unwrap();
    let state = anna.state().unwrap();
    assert!(anna.has_pen().unwrap());
    assert_eq!(state.role, Role::Coordinator);
    assert_eq!(roster.epoch().number, Epoch(2));
    assert_eq!(roster.epoch().mailbox, next.mailbox());
    assert!(roster.person(&nina.signing().public()).is_none());
    assert_eq!(state.lease, next.lease);
    assert_eq!(state.cursor.unwrap().mailbox, next.mailbox());
    assert!(state.relay_tasks.is_empty());
    assert!(next_mailbox::read(anna).unwrap().is_none());
    // Whose invitation nobody can look at is taken back.
    let invited = roster.invited().iter();
    let mut invited = invited.filter(|it| it.admit.name == waits.name);
    assert!(invited.next_back().unwrap().withdrawn.is_some());
    for device in [&group.boris, &vera] {
        let all = opened(anna, old.mailbox, (device.turn(), device.member()));
        let [Payload::Turn(said)] = &all[..] else {
            unreachable!("{} for one who stays", all.len());
        };
        let key = device.signing().public();
        let (said, epoch) = NewEpoch::verified(said, roster.id(), &key).unwrap();
        assert_eq!(epoch.mailbox, next.mailbox());
        assert!(said.authority_seed.is_none());
    }
    // The device that is lost learns who has the pen, and neither the new mailbox nor its key.
    let alone = opened(anna, old.mailbox, (nina.turn(), nina.member()));
    let [Payload::Out(said)] = &alone[..] else {
        unreachable!("{} for the one who is out", alone.len());
    };
    let read = opened(anna, old.mailbox, (&old_epoch, nina.member()));
    let mut hers = (*nina.roster().unwrap().unwrap()).clone();
    for payload in read {
        if let Payload::Roster(entries) = payload {
            for entry in entries {
                hers.apply(entry).unwrap();
            }
        }
    }
    assert_eq!(hers.holder(), taker);
    // She hears it by the roster as it is then, and from nobody else.
    let key = nina.signing().public();
    assert!(Out::counts(said, &hers, &key));
    assert!(!Out::counts(said, &nina.roster().unwrap().unwrap(), &key));
    assert!(!Out::counts(said, &hers, &vera.signing().public()));
    let forged = group.boris.signing().sign(&said.peek().unwrap());
    assert!(!Out::counts(&forged, &hers, &key));
    assert_eq!(hers.epoch().number, old.number);
    // And Anna coordinates: she lets somebody in.
    let olga = newcomer(anna, group.dir.path(), ("Olga B.", Role::Member));
    let roster = anna.roster().unwrap().unwrap();
    assert!(roster.person(&olga.signing().public()).is_some());
    assert_eq!(issued::all(anna).unwrap().len(), 1);
}

/// Anna's device with all that it takes.
fn about_to(group: &Group, vera: &Device) -> NextMailbox {
    let taker = group.anna.signing().public();
    let next = opens(&group.anna);
    sign_for(&group.anna, &taker, NOW).unwrap();
    for device in [&group.boris, vera] {
        sign_for(device, &taker, NOW).unwrap();
        hears(&group.anna, device, (true, true));
    }
    next
}

#[test]
fn how_long_the_mailbox_is_there_is_known_also_after_a_crash() {
    let (group, vera) = group();
    let next = about_to(&group, &vera);
    assert!(carry_out_agreed(&group.anna, NOW).unwrap());
    // As if it had come before that was noted.
    next_mailbox::change(&group.anna, |it| *it = Some(next.clone())).unwrap();
    group.anna.change(|state| state.lease = None).unwrap();
    assert!(!carry_out_agreed(&group.anna, NOW).unwrap());
    assert_eq!(group.anna.state().unwrap().lease, next.lease);
    assert!(next_mailbox::read(&group.anna).unwrap().is_none());
}

#[test]
fn where_the_coordinator_wrote_something_meanwhile_nobody_takes_over_by_what_was_signed_before() {
    let (group, vera) = group();
    about_to(&group, &vera);
    invite(&group.nina, Role::Member, "Olga", NOW.plus(100), NOW).unwrap();
    knows(&group, &group.anna);
    assert!(!carry_out_agreed(&group.anna, NOW).unwrap());
    assert!(next_mailbox::read(&group.anna).unwrap().is_some());
    assert!(!group.anna.has_pen().unwrap());
}

#[test]
fn a_mailbox_at_a_relay_where_the_group_is_no_more_is_none() {
    let (group, vera) = group();
    about_to(&group, &vera);
    let other = PublicKey::from_bytes([2; 32]);
    next_mailbox::change(&group.anna, |it| it.as_mut().unwrap().relay = other).unwrap();
    assert!(!carry_out_agreed(&group.anna, NOW).unwrap());
    assert!(!group.anna.has_pen().unwrap());
}

#[test]
fn one_member_alone_takes_nothing_over() {
    let group = Group::new();
    crate::membership::remove(&group.nina, &[group.boris.signing().public()], NOW).unwrap();
    knows(&group, &group.anna);
    let refused = sign_for(&group.anna, &group.anna.signing().public(), NOW);
    assert!(
        matches!(refused, Err(AgreeError::OnlyCoordinator)),
        "{refused:?}"
    );
}

#[test]
fn who_was_let_in_by_the_coordinator_who_is_lost_is_welcomed_to_later_keys_by_the_new_one() {
    let (group, vera) = group();
    about_to(&group, &vera);
    let anna = &group.anna;
    assert!(carry_out_agreed(anna, NOW).unwrap());
    let roster = anna.roster().unwrap().unwrap();
    let taken = roster.taken_over().unwrap();
    assert_eq!(roster.holder_at(taken), Some(anna.signing().public()));
    assert!(group.roster().taken_over().is_none());
    let reached = |device: &Device| {
        let joined = device.state().unwrap().joined.unwrap();
        ReachedBy {
            secret: joined.secret,
            claim: joined.claim,
            extensions: Extensions::none(),
        }
    };
    let (boris, veras) = (group.boris.signing().public(), vera.signing().public());
    let hear = |by: &PublicKey<DeviceKey>, said| {
        keep_reached_by(anna, &roster, (by, said)).unwrap();
        issued::all(anna).unwrap().len()
    };
    // Another's, or a stranger's.
    assert_eq!(hear(&boris, reached(&vera)), 0);
    let mut mixed = reached(&group.boris);
    mixed.claim = reached(&vera).claim;
    assert_eq!(hear(&boris, mixed), 0);
    assert_eq!(hear(&boris, reached(&group.boris)), 1);
    assert_eq!(hear(&boris, reached(&group.boris)), 1);
    assert_eq!(hear(&veras, reached(&vera)), 2);
    let later = NOW.plus(8 * Timestamp::DAY_SECONDS);
    assert!(lacking(anna, later).unwrap().is_empty());
    // Each new epoch, and nobody has said that they have it: the outbox was emptied meanwhile.
    renew(anna, NOW).unwrap();
    for file in outbox::all(anna).unwrap() {
        outbox::let_go(anna, |queued| queued.envelope == file.queued.envelope).unwrap();
    }
    let lacks = lacking(anna, later).unwrap();
    assert_eq!(lacks.len(), 2);
    say_again(anna, &lacks, later).unwrap();
    let keys = reached(&group.boris).secret.keys();
    let own = (&keys.outer(), group.boris.member());
    let said = opened(anna, keys.mailbox(), own);
    assert!(matches!(said.last(), Some(Payload::Welcome(_))));
    // A member keeps nobody's.
    keep_reached_by(
        &vera,
        &vera.roster().unwrap().unwrap(),
        (&boris, reached(&group.boris)),
    )
    .unwrap();
    assert!(issued::all(&vera).unwrap().is_empty());
}

#[test]
fn who_was_away_since_before_finds_the_turn_in_the_mailbox_before_as_long_as_that_is_read() {
    let (group, vera) = group();
    let next = about_to(&group, &vera);
    let anna = &group.anna;
    let old = group.roster().epoch().mailbox;
    assert!(carry_out_agreed(anna, NOW).unwrap());
    let said = |at: Timestamp| {
        for file in outbox::all(anna).unwrap() {
            outbox::let_go(anna, |queued| queued.envelope == file.queued.envelope).unwrap();
        }
        say_again(anna, &[], at).unwrap();
        let all = opened(anna, old, (vera.turn(), vera.member()));
        let turns = all.into_iter().filter_map(|it| match it {
            Payload::Turn(said) => Some(said),
            _ => None,
        });
        turns.collect::<Vec<_>>()
    };
    let week = 7 * Timestamp::DAY_SECONDS;
    // As by a clock that is that of this story.
    let until = NOW.plus(crate::group::lifetimes::FORMER_SECONDS);
    let set = |state: &mut crate::device::State| state.former[0].until = until;
    anna.change(set).unwrap();
    let roster = anna.roster().unwrap().unwrap();
    for at in [NOW.plus(week), NOW.plus(2 * week)] {
        let [turn] = &said(at)[..] else {
            unreachable!("once in a week")
        };
        let (_, epoch) = NewEpoch::verified(turn, roster.id(), &vera.signing().public()).unwrap();
        assert_eq!(epoch.mailbox, next.mailbox());
        assert!(said(at).is_empty());
    }
    // What leads there is nothing for who is out.
    let nina = &group.nina;
    assert!(opened(anna, old, (nina.turn(), nina.member())).is_empty());
    assert!(said(NOW.plus(5 * week)).is_empty());
    renew(anna, NOW.plus(3 * week)).unwrap();
    assert!(said(NOW.plus(4 * week)).is_empty());
}
