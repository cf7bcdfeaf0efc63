//! Invitations that are over: they stop nobody, cost nothing, and let nobody in.

use bellrope_client::{Role, now};

use crate::group::{DAY, NOTHING, START, World, is_told_elsewhere};

#[test]
fn an_invitation_that_is_over_stops_nobody_and_is_not_asked_any_more() {
    if is_told_elsewhere() {
        return;
    }
    let world = World::new();
    let nina = world.coordinator("Nina", 366);
    let _anna = world.reader(&nina, "Anna", Role::Member);
    world.look(&nina);
    let before = world.connections(|| _ = world.look(&nina));
    for (name, role) in [("Unused", Role::Member), ("Unopened", Role::Defender)] {
        world.invite(&nina, name, role);
    }
    assert_eq!(world.connections(|| _ = world.look(&nina)), before + 2);
    world.pass(8);
    assert_eq!(world.look(&nina).failed, NOTHING);
    world.look(&nina);
    assert_eq!(world.connections(|| _ = world.look(&nina)), before);
    // Their mailboxes are gone, also one that was still asked when it was gone.
    let asked = world.invite(&nina, "Not looked for", Role::Member);
    world.pass(60);
    for _ in 0..2 {
        assert_eq!(world.look(&nina).failed, NOTHING);
    }
    for name in ["Unused", "Unopened", "Not looked for"] {
        assert_eq!(nina.standing(name), "ended", "{name}");
    }
    world.reader(&nina, "Boris", Role::Member);
    assert_eq!(world.look(&nina).failed, NOTHING);
    drop(asked);
}

#[test]
fn whoever_asked_in_time_is_let_in_however_late_it_is_heard() {
    if is_told_elsewhere() {
        return;
    }
    let world = World::new();
    let nina = world.coordinator("Nina", 366);
    let codes = ["Alena", "Irina"].map(|name| world.invite(&nina, name, Role::Defender));
    world.pass(6);
    let alena = world.join("Alena", &codes[0]);
    world.pass(7);
    world.look(&nina);
    assert_eq!(nina.standing("Alena"), "in");
    world.alert(&alena, "from Alena");
    world.look(&nina);
    assert!(nina.has_verified("from Alena"));
    assert_eq!(nina.standing("Irina"), "ended");
}

#[test]
fn a_code_that_is_over_lets_nobody_in_whoever_sets_back_a_clock() {
    if is_told_elsewhere() {
        return;
    }
    let world = World::new();
    let nina = world.coordinator("Nina", 366);
    for relay_lies in [false, true] {
        for role in [Role::Defender, Role::Member] {
            let name = format!("{role:?} {relay_lies}");
            let code = world.invite(&nina, &name, role);
            let bundle = world.bundle(&code);
            let early = now().plus(DAY);
            world.pass(9);
            let late = now();
            if relay_lies {
                world.set_relay_clock(early.plus(10));
            }
            world.join_with(&name, &code, bundle, early);
            let look = world.look(&nina);
            assert_eq!(nina.standing(&name), "ended", "{:?}", look.events);
            world.set_relay_clock(late);
            // Nor later.
            world.look(&nina);
            assert_eq!(nina.standing(&name), "ended");
        }
    }
    assert!(now() > START);
}
