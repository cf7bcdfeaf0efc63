//! Several coordinate, over months: one is away, one hands over, one is gone.

use bellrope_client::{
    Agreed, ConsentTo, Event, Role, agree, hand_pen,
    internals::roster,
    now,
    show::{Members, Standing},
    sign_for,
};
use bellrope_proto::signing::{Device, PublicKey};

use crate::group::{NOTHING, Person, World, is_told_elsewhere};

fn key_of(person: &Person) -> PublicKey<Device> {
    let members = Members::of(&person.device, now()).unwrap().unwrap();
    let mut people = members.people.iter();
    let me = people.find(|line| line.standing == Standing::Me);
    me.unwrap().key.unwrap()
}

fn is_in(of: &Person, person: &Person) -> bool {
    let known = roster(&of.device).unwrap().unwrap();
    known.person(&key_of(person)).is_some()
}

/// Nina, who has the pen; Anna, the other coordinator; Boris and Olga, members.
fn two(world: &World) -> [Person; 4] {
    let nina = world.coordinator("Nina", 3 * 366);
    let anna = world.reader(&nina, "Anna", Role::Member);
    let boris = world.reader(&nina, "Boris", Role::Member);
    let olga = world.reader(&nina, "Olga", Role::Member);
    let promoted = agree(&nina.device, (ConsentTo::Promote, &key_of(&anna)), now());
    assert_eq!(promoted.unwrap(), Agreed::Done);
    assert_eq!(world.look(&nina).failed, NOTHING);
    for person in [&anna, &boris, &olga] {
        assert_eq!(world.look(person).failed, NOTHING);
    }
    [nina, anna, boris, olga]
}

/// Anna takes the pen with two members.
fn take(world: &World, anna: &Person, members: [&Person; 2]) {
    sign_for(&anna.device, &key_of(anna), now()).unwrap();
    assert_eq!(world.look(anna).failed, NOTHING);
    for member in members {
        world.look(member);
        sign_for(&member.device, &key_of(anna), now()).unwrap();
        assert_eq!(world.look(member).failed, NOTHING);
    }
    world.look(anna);
    assert!(anna.device.has_pen().unwrap());
}

#[test]
fn a_coordinator_who_was_away_for_two_months_takes_the_pen_and_the_group_goes_on() {
    if is_told_elsewhere() {
        return;
    }
    let world = World::new();
    let [nina, anna, boris, olga] = two(&world);
    // While Anna is away, somebody comes, and the keys are renewed twice.
    let mut alena = None;
    for week in 0..9 {
        world.pass(7);
        if week == 3 {
            alena = Some(world.defender(&nina, "Alena"));
        }
        for person in [&nina, &boris, &olga] {
            assert_eq!(world.look(person).failed, NOTHING, "{week}");
        }
    }
    let alena = alena.unwrap();
    // Nina is not heard of any more. Anna is back.
    world.look(&anna);
    world.look(&anna);
    take(&world, &anna, [&boris, &olga]);
    // Nina comes back ten days later: she is a coordinator still, reads on, and nobody is accused.
    world.pass(10);
    world.look(&anna);
    world.look(&nina);
    let look = world.look(&nina);
    let accused = look.events.iter().any(|event| {
        matches!(
            event,
            Event::RosterRefused(..) | Event::Evidence | Event::Overtaken(_)
        )
    });
    assert!(!accused, "{:?}", look.events);
    assert!(!nina.device.has_pen().unwrap());
    assert!(is_in(&anna, &nina));
    world.alert(&boris, "for everybody");
    world.look(&nina);
    assert!(nina.has_verified("for everybody"));
    // What has to be renewed is renewed, for two months, and whoever comes is let in.
    let vera = world.reader(&anna, "Vera", Role::Member);
    for fortnight in 0..5 {
        world.pass(13);
        for person in [&anna, &boris, &vera] {
            assert_eq!(world.look(person).failed, NOTHING, "{fortnight}");
        }
    }
    world.look(&alena);
    world.alert(&alena, "two months later");
    for person in [&anna, &boris, &vera] {
        world.look(person);
        assert!(person.has_verified("two months later"));
    }
}

#[test]
fn a_founder_who_handed_the_pen_over_and_was_away_for_a_season_finds_the_new_keys() {
    let world = World::new();
    let [nina, anna, boris, _olga] = two(&world);
    hand_pen(&nina.device, &key_of(&anna), now()).unwrap();
    assert_eq!(world.look(&nina).failed, NOTHING);
    for fortnight in 0..6 {
        world.pass(13);
        for person in [&anna, &boris] {
            assert_eq!(world.look(person).failed, NOTHING, "{fortnight}");
        }
    }
    // The mailbox that she knows is over, and what was said of the new keys there has expired.
    world.look(&nina);
    world.alert(&boris, "for everybody");
    assert_eq!(world.look(&nina).failed, NOTHING);
    assert!(nina.has_verified("for everybody"));
    // Anna's device hears of it, and sends it no more.
    assert_eq!(world.look(&anna).failed, NOTHING);
}

#[test]
fn the_pen_goes_there_and_back() {
    if is_told_elsewhere() {
        return;
    }
    let world = World::new();
    let [nina, anna, boris, _olga] = two(&world);
    let alena = world.defender(&nina, "Alena");
    let (mut with, mut without) = (&nina, &anna);
    for quarter in 0..2 {
        for _ in 0..4 {
            world.pass(13);
            for person in [with, without, &boris] {
                assert_eq!(world.look(person).failed, NOTHING, "{quarter}");
            }
        }
        hand_pen(&with.device, &key_of(without), now()).unwrap();
        assert_eq!(world.look(with).failed, NOTHING, "{quarter}");
        assert_eq!(world.look(without).failed, NOTHING, "{quarter}");
        assert!(without.device.has_pen().unwrap(), "{quarter}");
        (with, without) = (without, with);
    }
    world.look(&alena);
    world.alert(&alena, "after all of it");
    for person in [&nina, &anna, &boris] {
        world.look(person);
        assert!(person.has_verified("after all of it"));
    }
}
