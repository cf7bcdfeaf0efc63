//! Four years of a group of every role.

use bellrope_client::{LeaseLeft, ReplyUpdate, Role, now, show::LeaseNotice};

use crate::group::{DAY, NOTHING, World, is_told_elsewhere};

/// Days for which the host allows the mailbox each time.
const YEAR: u64 = 366;

#[test]
fn four_years_of_a_group_in_which_nothing_ends_by_itself() {
    if is_told_elsewhere() {
        return;
    }
    let world = World::new();
    let nina = world.coordinator("Nina", YEAR);
    let anna = world.reader(&nina, "Anna", Role::Member);
    let olga = world.reader(&nina, "Olga", Role::Observer);
    let alenas = world.invite(&nina, "Alena", Role::Defender);
    let alena = world.join("Alena", &alenas);
    // Within the days for which the relay has what Alena's device has said.
    world.pass(10);
    assert_eq!(world.look(&nina).failed, NOTHING);
    let mut readers = vec![nina.clone(), anna.clone()];
    for year in 1..=4 {
        // Anna and Alena are away for most of the year; Nina looks in when she can.
        for _ in 0..6 {
            world.pass(52);
            assert_eq!(world.look(&nina).failed, NOTHING);
        }
        let code = world.invite(&nina, &format!("Late {year}"), Role::Defender);
        world.renew(&nina, YEAR);
        assert_eq!(world.look(&nina).failed, NOTHING);
        assert_eq!(world.ends(&alenas), now().plus(YEAR * DAY), "the group's");
        // Nobody has come in by this one yet: it is like any other, whatever its role.
        assert_eq!(world.ends(&code), now().plus((7 + 183) * DAY));
        let name = format!("Boris {year}");
        readers.push(world.reader(&nina, &name, Role::Member));
        // What was made before the renewal still works.
        world.pass(6);
        let late = world.join(&format!("Late {year}"), &code);
        for _ in 0..3 {
            world.pass(10);
            assert_eq!(world.look(&nina).failed, NOTHING);
        }
        for who in [&alena, &anna, &late] {
            assert_eq!(world.look(who).failed, NOTHING);
        }
        let said = [
            (&alena, format!("Alena in year {year}")),
            (&anna, format!("Anna in year {year}")),
            (&late, format!("Late in year {year}")),
        ];
        for (who, summary) in &said {
            world.alert(who, summary);
        }
        // An observer stays in the group, and reads no alert.
        assert_eq!(world.look(&olga).failed, NOTHING);
        assert!(said.iter().all(|(_, summary)| !olga.has_verified(summary)));
        for reader in &readers {
            world.look(reader);
            for (_, summary) in &said {
                assert!(reader.has_verified(summary), "{summary}");
            }
        }
    }
}

#[test]
fn whoever_comes_after_months_finds_what_was_sent_to_them_and_then_it_is_not_sent_again() {
    if is_told_elsewhere() {
        return;
    }
    let world = World::new();
    let nina = world.coordinator("Nina", YEAR);
    let defender = world.invite(&nina, "Alena", Role::Defender);
    let alena = world.join("Alena", &defender);
    world.look(&nina);
    let code = world.invite(&nina, "Anna", Role::Member);
    let anna = world.join("Anna", &code);
    world.approve(&nina, "Anna");
    // Whoever has a code cannot say for its person that something has come.
    for code in [&defender, &code] {
        world.forge_arrival(code, &nina);
    }
    // Neither is there when it comes, nor for as long as a relay keeps it.
    for _ in 0..9 {
        world.pass(10);
        assert_eq!(world.look(&nina).failed, NOTHING);
    }
    world.alert(&nina, "while Anna was away");
    // The keys were renewed since, more than once.
    let updates = world.look(&alena).updates;
    assert!(!updates.is_empty());
    assert!(
        updates.iter().all(|it| *it == ReplyUpdate::NewKeys),
        "{updates:?}"
    );
    assert_eq!(world.look(&anna).updates, [ReplyUpdate::Welcome]);
    assert!(anna.has_verified("while Anna was away"));
    world.alert(&alena, "to Anna too");
    world.look(&anna);
    assert!(anna.has_verified("to Anna too"));
    // That it came is told, and nobody is written to without need: not before the keys are renewed again.
    world.pass(10);
    world.look(&nina);
    let posted = [world.posted(&code), world.posted(&defender)];
    for _ in 0..3 {
        world.pass(6);
        assert_eq!(world.look(&nina).failed, NOTHING);
    }
    assert_eq!([world.posted(&code), world.posted(&defender)], posted);
}

#[test]
fn a_member_who_was_away_knows_who_is_in_and_nobody_is_accused() {
    if is_told_elsewhere() {
        return;
    }
    let world = World::new();
    let nina = world.coordinator("Nina", YEAR);
    let anna = world.reader(&nina, "Anna", Role::Member);
    let boris = world.reader(&nina, "Boris", Role::Member);
    for _ in 0..5 {
        world.pass(10);
        world.look(&nina);
    }
    world.look(&anna);
    assert_eq!(anna.standing("Boris"), "in");
    world.look(&boris);
    world.alert(&anna, "to both");
    for reader in [&nina, &boris] {
        world.look(reader);
        assert!(reader.has_verified("to both"));
    }
}

#[test]
fn people_are_told_in_time_what_only_a_host_can_give() {
    if is_told_elsewhere() {
        return;
    }
    let world = World::new();
    let nina = world.coordinator("Nina", 400);
    let anna = world.reader(&nina, "Anna", Role::Member);
    let alena = world.defender(&nina, "Alena");
    let said = |who: &crate::group::Person| {
        let notice = LeaseNotice::unsaid(&who.device, now()).unwrap();
        notice.map(|notice| (notice.left, notice.days, notice.can_renew))
    };
    let mut told = Vec::new();
    for day in (0..=410).step_by(10) {
        world.look(&nina);
        world.look(&anna);
        for (who, person) in [("Nina", &nina), ("Anna", &anna), ("Alena", &alena)] {
            told.extend(said(person).map(|said| (day, who, said)));
        }
        world.pass(10);
    }
    let (half, quarter, last, nothing) = (
        LeaseLeft::Half,
        LeaseLeft::Quarter,
        LeaseLeft::Last,
        LeaseLeft::Nothing,
    );
    assert_eq!(
        told,
        [
            (200, "Nina", (half, 200, true)),
            (300, "Nina", (quarter, 100, true)),
            (300, "Anna", (quarter, 100, false)),
            (390, "Nina", (last, 10, true)),
            (390, "Anna", (last, 10, false)),
            (400, "Nina", (nothing, 0, true)),
            (400, "Anna", (nothing, 0, false)),
            (410, "Nina", (nothing, 0, true)),
            (410, "Anna", (nothing, 0, false)),
        ]
    );
    world.renew(&nina, 400);
    world.look(&nina);
    world.look(&anna);
    assert_eq!((said(&nina), said(&anna)), (None, None));
    // What was over for a while has not ended.
    world.look(&alena);
    world.alert(&alena, "after all");
    world.look(&anna);
    assert!(anna.has_verified("after all"));
}

/// What a defender sealed and could not send is sealed with the keys of then; a month later it still arrives there, and then in an envelope of the keys
/// of now: its words are nowhere, and nobody could write it again.
#[test]
fn what_was_sealed_before_a_turn_arrives_for_a_month_and_after_that_with_the_keys_of_then_inside_those_of_now()
 {
    if is_told_elsewhere() {
        return;
    }
    let world = World::new();
    let nina = world.coordinator("Nina", YEAR);
    let anna = world.reader(&nina, "Anna", Role::Member);
    let alena = world.defender(&nina, "Alena");
    alena.write("late");
    world.pass(31);
    assert_eq!(world.look(&nina).failed, NOTHING);
    assert_eq!(world.look(&anna).failed, NOTHING);
    assert_eq!(world.look(&alena).failed, NOTHING);
    world.look(&anna);
    assert!(anna.has_verified("late"));
    alena.write("too late");
    world.pass(31);
    assert_eq!(world.look(&nina).failed, NOTHING);
    world.pass(20);
    world.look(&nina);
    world.pass(20);
    world.look(&nina);
    assert_eq!(world.look(&alena).failed, NOTHING);
    // And nothing else is kept waiting for it.
    world.alert(&alena, "in time");
    world.look(&anna);
    assert!(anna.has_verified("in time") && anna.has_verified("too late"));
}
