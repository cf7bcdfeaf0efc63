//! Somebody is put out, by a clock that is wrong, or where the clock of who stays is.

use bellrope_client::{
    ConsentTo, Event, Role, agree,
    internals::{roster, set_clock},
    now,
};
use bellrope_proto::ids::Timestamp;

use crate::group::{DAY, NOTHING, Person, World, is_told_elsewhere};

fn put_out(world: &World, coordinator: &Person, name: &str) {
    let known = roster(&coordinator.device).unwrap().unwrap();
    let mut people = known.people().iter();
    let device = people.find(|person| person.name == name).unwrap().device;
    agree(&coordinator.device, (ConsentTo::Remove, &device), now()).unwrap();
    assert_eq!(world.look(coordinator).failed, NOTHING);
}

fn epoch(person: &Person) -> u32 {
    let known = roster(&person.device).unwrap().unwrap();
    known.epoch().number.0
}

fn turned(events: &[Event]) -> usize {
    let turned = events.iter().filter(|it| matches!(it, Event::Turned(_)));
    turned.count()
}

/// The same moment by a clock that is so many days off.
fn off(days: i64) -> Timestamp {
    let seconds = days.unsigned_abs() * DAY;
    match days > 0 {
        true => Timestamp(now().0 + seconds),
        false => Timestamp(now().0 - seconds),
    }
}

#[test]
fn a_removal_by_a_wrong_clock_is_a_removal_and_the_keys_are_renewed_in_time_all_the_same() {
    if is_told_elsewhere() {
        return;
    }
    for days in [100, -100] {
        let world = World::new();
        let nina = world.coordinator("Nina", 366);
        let anna = world.reader(&nina, "Anna", Role::Member);
        let boris = world.reader(&nina, "Boris", Role::Member);
        let alena = world.defender(&nina, "Alena");
        let right = now();
        set_clock(off(days));
        put_out(&world, &nina, "Boris");
        set_clock(right);
        let look = world.look(&anna);
        assert_eq!((turned(&look.events), epoch(&anna)), (1, 2), "{days}");
        world.look(&alena);
        world.alert(&alena, "without Boris");
        world.look(&anna);
        assert!(anna.has_verified("without Boris"), "{days}");
        assert!(!world.look(&boris).failed.is_empty(), "{days}");
        assert!(!boris.has_verified("without Boris"), "{days}");
        // A wrong clock makes one epoch shorter, and none longer.
        world.pass(31);
        assert_eq!(world.look(&nina).failed, NOTHING);
        assert!(epoch(&nina) > 2, "{days}");
        let renewed = epoch(&nina);
        world.pass(20);
        assert_eq!(world.look(&nina).failed, NOTHING);
        assert_eq!(epoch(&nina), renewed, "{days}");
        world.look(&anna);
        assert_eq!(epoch(&anna), renewed, "{days}");
    }
}

#[test]
fn who_hears_of_a_turn_by_a_wrong_clock_reads_what_is_sent_to_the_mailbox_before() {
    if is_told_elsewhere() {
        return;
    }
    for days in [100, -100] {
        let world = World::new();
        let nina = world.coordinator("Nina", 366);
        let anna = world.reader(&nina, "Anna", Role::Member);
        let _boris = world.reader(&nina, "Boris", Role::Member);
        let alena = world.defender(&nina, "Alena");
        alena.write("on its way");
        put_out(&world, &nina, "Boris");
        let right = now();
        set_clock(off(days));
        world.look(&anna);
        assert_eq!(epoch(&anna), 2, "{days}");
        set_clock(right);
        world.pass(5);
        world.look(&alena);
        world.look(&anna);
        assert!(anna.has_verified("on its way"), "{days}");
    }
}

#[test]
fn twenty_people_move_to_new_keys_of_whom_four_were_away() {
    if is_told_elsewhere() {
        return;
    }
    let world = World::new();
    let nina = world.coordinator("Nina", 366);
    let names: Vec<String> = (1..20).map(|number| format!("Guest {number}")).collect();
    let all = world.readers(&nina, &names);
    let alena = world.defender(&nina, "Alena");
    let (away, here) = all.split_at(4);
    let gone = here.last().unwrap();
    world.look(&alena);
    world.alert(&alena, "before");
    put_out(&world, &nina, names.last().unwrap());
    let staying = &here[..here.len() - 1];
    for person in staying {
        let look = world.look(person);
        assert_eq!(
            (look.failed, turned(&look.events)),
            (NOTHING.to_vec(), 1),
            "who is here moves by themselves"
        );
    }
    world.look(&alena);
    world.alert(&alena, "after");
    let has_both = |person: &Person| {
        world.look(person);
        person.has_verified("before") && person.has_verified("after")
    };
    assert!(staying.iter().all(has_both));
    // Two come back while the relay still has what was said to them, two when it has nothing of it any more.
    for (people, days) in [(&away[..2], 3), (&away[2..], 20)] {
        world.pass(days);
        assert_eq!(world.look(&nina).failed, NOTHING);
        for person in people {
            world.look(person);
            assert_eq!(epoch(person), 2, "after {days} days more");
        }
    }
    assert!(away[..2].iter().all(has_both));
    // What the relay has no more those who were here send again, each as they look, of both epochs.
    for _ in 0..2 {
        staying.iter().for_each(|person| _ = world.look(person));
        away[2..].iter().for_each(|person| _ = world.look(person));
    }
    assert!(away[2..].iter().all(has_both));
    world.look(&alena);
    world.alert(&alena, "with all");
    for person in away.iter().chain(staying) {
        world.look(person);
        assert!(person.has_verified("with all"));
    }
    world.look(gone);
    assert!(!gone.has_verified("after"));
}

#[test]
fn who_was_away_for_three_epochs_is_sent_what_was_said_in_each() {
    if is_told_elsewhere() {
        return;
    }
    let world = World::new();
    let nina = world.coordinator("Nina", 366);
    let names = ["Anna", "Boris", "Olga"].map(str::to_owned);
    let all = world.readers(&nina, &names);
    let [anna, boris, olga] = all.as_slice() else {
        panic!("{}", all.len());
    };
    let alena = world.defender(&nina, "Alena");
    let said = ["first", "second", "third", "fourth"];
    for (number, summary) in (1..).zip(said) {
        world.look(&alena);
        world.alert(&alena, summary);
        for person in [&nina, anna, boris] {
            world.look(person);
            assert_eq!(epoch(person), number);
        }
        world.pass(31);
        assert_eq!(world.look(&nina).failed, NOTHING);
    }
    for person in [olga, anna, boris, olga] {
        assert_eq!(world.look(person).failed, NOTHING, "nobody is accused");
        assert_eq!(epoch(person), 5);
    }
    let missing: Vec<&str> = said
        .into_iter()
        .filter(|it| !olga.has_verified(it))
        .collect();
    assert_eq!(missing, [""; 0]);
}

#[test]
fn what_expired_in_the_mailbox_of_an_epoch_that_is_over_is_asked_for_too() {
    if is_told_elsewhere() {
        return;
    }
    let world = World::new();
    let nina = world.coordinator("Nina", 366);
    let names = ["Anna", "Boris", "Olga"].map(str::to_owned);
    let all = world.readers(&nina, &names);
    let (anna, boris) = (&all[0], &all[1]);
    let alena = world.defender(&nina, "Alena");
    alena.write("on its way");
    put_out(&world, &nina, "Olga");
    for person in [anna, boris] {
        world.look(person);
        assert_eq!(epoch(person), 2);
    }
    // Sealed before she heard of it, it comes to the mailbox of before, which Anna reads no more in time.
    world.look(&alena);
    world.look(boris);
    assert!(boris.has_verified("on its way") && !anna.has_verified("on its way"));
    world.pass(20);
    for person in [anna, boris, anna, boris, anna] {
        assert_eq!(world.look(person).failed, NOTHING);
    }
    assert!(anna.has_verified("on its way"));
}
