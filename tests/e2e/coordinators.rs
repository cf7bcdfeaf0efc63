//! Several coordinate: one device at a time keeps the list of members, nobody puts anybody out alone, and the group goes on without any one of
//! them.

use bellrope_tests::people::Person;

use crate::{send, world};

/// What a person's program shows of who is in.
fn members(person: &Person) -> String {
    let _ = person.run(&["watch", "--once"]);
    person.run(&["members"]).done().out
}

fn inbox(person: &Person) -> String {
    let _ = person.run(&["watch", "--once"]);
    person.run(&["inbox"]).done().out
}

#[test]
fn a_second_coordinator_is_asked_and_the_pen_passes_and_everybody_goes_on() {
    let world = world();
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    let boris = world.reader(&nina, "Boris", "member", "ru");
    let alena = world.defender(&nina, "Alena", "en");
    let said = nina.run(&["members", "promote", "Anna"]).done();
    assert!(
        said.out.contains("Coordinates from now on, too: Anna"),
        "{}",
        said.out
    );
    let list = members(&anna);
    assert!(list.contains("Anna, coordinator (you)"), "{list}");
    assert!(
        list.contains("Nina, coordinator, keeps the list of members"),
        "{list}"
    );
    // She may not write it, and is told who does.
    let said = anna.run(&["members", "renew"]).ended(1);
    assert!(
        said.err.contains("the list of members is kept by Nina"),
        "{}",
        said.err
    );
    // Nobody is put out by one.
    let said = nina.run(&["members", "remove", "Boris", "--yes"]).done();
    assert!(
        said.out.contains("Still to agree: one more coordinator."),
        "{}",
        said.out
    );
    assert!(members(&nina).contains("Boris"));
    assert!(!boris.run(&["watch", "--once"]).done().err.contains("agree"));
    assert_eq!(
        boris
            .run(&["members", "--json", "pending"])
            .done()
            .json()
            .len(),
        0
    );
    let said = anna.run(&["members", "pending"]).done();
    assert!(
        said.out.contains("To be put out of the group: Boris"),
        "{}",
        said.out
    );
    assert!(
        said.out.contains("bellrope members confirm Boris"),
        "{}",
        said.out
    );
    let said = anna.run(&["members", "confirm", "Boris"]).done();
    assert!(
        said.out.contains("Nobody else has to agree"),
        "{}",
        said.out
    );
    let _ = nina.run(&["members"]).done();
    let list = members(&nina);
    assert!(!list.contains("Boris"), "{list}");
    let said = boris.run(&["watch", "--once"]).ended(1);
    assert!(
        said.err.contains("этого устройства в группе больше нет"),
        "{}",
        said.err
    );
    // She gets the pen, and lets somebody in, whom Nina had invited.
    let _ = anna.run(&["watch", "--once"]).done();
    let code = world.invite(&nina, "Vera", "member");
    let said = nina.run(&["members", "pen", "Anna"]).done();
    assert!(said.out.contains("kept by Anna"), "{}", said.out);
    let said = anna.run(&["watch", "--once"]).done();
    assert!(
        said.err.contains("The list of members is now kept by Anna"),
        "{}",
        said.err
    );
    let vera = world.person("Vera", "en");
    let said = vera.run(&["join", &code]);
    assert_eq!(said.code, 0, "{} {}", said.out, said.err);
    let said = anna.run(&["members", "approve", "Vera"]).done();
    assert!(said.out.contains("In the roster now: Vera"), "{}", said.out);
    let list = members(&vera);
    assert!(
        list.contains("Anna, coordinator, keeps the list of members"),
        "{list}"
    );
    // A defender whom Nina had let in hears of Vera from Anna.
    let _ = alena.run(&["outbox"]);
    send(&alena, "to all three");
    for person in [&nina, &anna, &vera] {
        let inbox = inbox(person);
        assert!(inbox.contains("to all three"), "{inbox}");
    }
    // And one whom Nina had only invited comes by Anna.
    let said = anna.run(&["invite", "Olga", "--role", "member"]).done();
    assert_eq!(said.code, 0);
}

/// A group of two coordinators, the first of whom has the pen, and two members.
pub(crate) fn two_coordinators(world: &bellrope_tests::world::World) -> [Person; 4] {
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    let boris = world.reader(&nina, "Boris", "member", "en");
    let olga = world.reader(&nina, "Olga", "member", "ru");
    let _ = nina.run(&["members", "promote", "Anna"]).done();
    for person in [&anna, &boris, &olga] {
        let _ = person.run(&["watch", "--once"]).done();
    }
    [nina, anna, boris, olga]
}

#[test]
fn when_who_has_the_pen_is_gone_the_other_takes_it_with_two_members_and_puts_them_out() {
    let world = world();
    let [nina, anna, boris, olga] = two_coordinators(&world);
    let alena = world.defender(&nina, "Alena", "en");
    let _ = nina.run(&["watch", "--once"]).done();
    let waits = world.invite(&nina, "Vera", "member");
    let _ = nina.run(&["watch", "--once"]).done();
    // Nina is arrested: her device says nothing any more.
    let _ = anna.run(&["watch", "--once"]).done();
    let said = anna.run(&["members", "take-pen"]).done();
    assert!(
        said.out.contains("Still to agree: 2 more members."),
        "{}",
        said.out
    );
    let said = boris.run(&["members", "pending"]).done();
    let asked = "To keep the list of members in the place of Nina: Anna";
    assert!(said.out.contains(asked), "{}", said.out);
    let _ = boris.run(&["members", "confirm", "Anna"]).done();
    let said = olga.run(&["members", "confirm", "Anna"]).done();
    assert!(
        said.out.contains("Больше ничьё согласие не нужно"),
        "{}",
        said.out
    );
    let said = anna.run(&["watch", "--once"]).done();
    let list = anna.run(&["members"]).done().out;
    assert!(
        list.contains("Anna, coordinator, keeps the list of members (you)"),
        "{} {list}",
        said.err
    );
    // Who was invited by Nina comes in by Anna.
    let vera = world.person("Vera", "en");
    let _ = vera.run(&["join", &waits]).done();
    let said = anna.run(&["members", "approve", "Vera"]).done();
    assert!(said.out.contains("In the roster now: Vera"), "{}", said.out);
    let _ = vera.run(&["watch", "--once"]).done();
    // Nina's device is put out, by Anna and two members.
    let said = anna.run(&["members", "remove", "Nina", "--yes"]).done();
    assert!(
        said.out.contains("Still to agree: 2 more members."),
        "{}",
        said.out
    );
    for person in [&boris, &vera] {
        let said = person.run(&["members", "confirm", "Nina"]);
        assert_eq!(said.code, 0, "{} {}", said.out, said.err);
    }
    let _ = anna.run(&["watch", "--once"]).done();
    let list = anna.run(&["members"]).done().out;
    assert!(!list.contains("Nina"), "{list}");
    assert_eq!(nina.run(&["watch", "--once"]).code, 1);
    // The defender whom she had let in has the new keys.
    let _ = alena.run(&["outbox"]);
    send(&alena, "after it");
    for person in [&anna, &boris, &olga, &vera] {
        let inbox = inbox(person);
        assert!(inbox.contains("after it"), "{inbox}");
    }
    let _ = nina.run(&["watch", "--once"]);
    let had = nina.run(&["inbox"]).out;
    assert!(!had.contains("after it"), "{had}");
}

#[test]
fn who_wrote_while_the_others_took_the_pen_hears_that_it_does_not_count() {
    let world = world();
    let [nina, anna, boris, olga] = two_coordinators(&world);
    // Nina has no network, and invites somebody all the same.
    world.network().close_to_new(true);
    let said = nina.run(&["invite", "Vera", "--role", "member"]);
    assert_ne!(said.code, 0, "{}", said.out);
    world.network().close_to_new(false);
    let _ = anna.run(&["members", "take-pen"]).done();
    for person in [&boris, &olga] {
        let _ = person.run(&["members", "confirm", "Anna"]).done();
    }
    let _ = anna.run(&["watch", "--once"]).done();
    let said = nina.run(&["watch", "--once"]).done();
    assert!(
        said.err
            .contains("Others have taken over the list of members"),
        "{}",
        said.err
    );
    assert!(said.err.contains("Vera"), "{}", said.err);
    let list = members(&nina);
    assert!(
        list.contains("Anna, coordinator, keeps the list of members"),
        "{list}"
    );
    // What she wanted her device asks for again, by itself.
    let waits = "Vera, member: invited by Nina, not in the list yet";
    assert!(list.contains(waits), "{list}");
    let said = anna.run(&["watch", "--once"]).done();
    let written = "as Nina asked: the invitation of Vera";
    assert!(said.err.contains(written), "{}", said.err);
    let list = members(&nina);
    assert!(
        list.contains("Vera, member: invited, not joined yet"),
        "{list}"
    );
    // And nobody is accused of anything.
    for person in [&anna, &boris, &olga, &nina] {
        let said = person.run(&["watch", "--once"]).done();
        for word in ["WARNING", "ВНИМАНИЕ", "two entries"] {
            assert!(!said.err.contains(word), "{}", said.err);
        }
    }
}

#[test]
fn who_resigns_needs_nobody_and_forgets_what_coordinators_have() {
    let world = world();
    let [nina, anna, boris, olga] = two_coordinators(&world);
    let code = world.invite(&nina, "Vera", "member");
    let _ = nina.run(&["watch", "--once"]).done();
    let said = nina.run(&["members", "resign"]).ended(1);
    assert!(said.err.contains("hands it over first"), "{}", said.err);
    let said = nina.run(&["members", "demote", "Anna"]).done();
    assert!(
        said.out.contains("Still to agree: 2 more members."),
        "{}",
        said.out
    );
    let said = anna.run(&["members", "resign"]).done();
    assert!(
        said.out.contains("Nobody else has to agree"),
        "{}",
        said.out
    );
    let _ = nina.run(&["watch", "--once"]).done();
    let list = members(&anna);
    assert!(list.contains("Anna, member (you)"), "{list}");
    for person in [&boris, &olga] {
        assert_eq!(person.run(&["watch", "--once"]).code, 0);
    }
    // Whoever knew its secret could have used it.
    let vera = world.person("Vera", "en");
    let said = vera.run(&["join", &code]);
    assert_ne!(said.code, 0, "{}", said.out);
    let said = anna.run(&["members", "take-pen"]).ended(1);
    // Like any member she would need another mailbox: she has nothing any more that rules this one.
    assert!(
        said.err
            .contains("is on the only coordinator’s device alone"),
        "{}",
        said.err
    );
    send(&anna, "as a member");
    assert!(inbox(&nina).contains("as a member"));
}

#[test]
fn who_has_not_the_pen_invites_and_the_other_device_writes_it_down_by_itself() {
    let world = world();
    let [nina, anna, boris, _olga] = two_coordinators(&world);
    // Nina's device is offline.
    let said = anna.run(&["invite", "Alena", "--role", "defender"]).done();
    assert!(
        said.err.contains("kept by Nina, whose device writes"),
        "{}",
        said.err
    );
    let alena = world.person("Alena", "en");
    let _ = alena.run(&["join", said.out.trim()]).done();
    send(&alena, "before the list has it");
    let code = world.invite(&anna, "Vera", "member");
    let vera = world.person("Vera", "ru");
    let _ = vera.run(&["join", &code]).done();
    let said = boris.run(&["watch", "--once"]).done();
    assert!(said.out.contains("Invited by Anna as D-"), "{}", said.out);
    let said = anna.run(&["members", "pending"]).done();
    assert!(said.out.contains("the invitation of Vera"), "{}", said.out);
    let said = anna.run(&["members"]).done();
    assert!(
        said.out
            .contains("Vera, member: invited by Anna, not in the list yet"),
        "{}",
        said.out
    );
    // She comes online, and does nothing herself.
    let said = nina.run(&["watch", "--once"]).done();
    assert!(
        said.err.contains("as Anna asked: the invitation of Vera"),
        "{}",
        said.err
    );
    let said = anna.run(&["watch", "--once"]).done();
    assert!(
        said.err.contains("as Anna asked: the invitation of Vera"),
        "{}",
        said.err
    );
    assert_eq!(
        anna.run(&["members", "--json", "pending"])
            .done()
            .json()
            .len(),
        0
    );
    let _ = nina.run(&["watch", "--once"]).done();
    let said = boris.run(&["inbox"]).done();
    assert!(!said.out.contains("unverified"), "{}", said.out);
    // And whom Anna lets in is in.
    let _ = anna.run(&["watch", "--once"]).done();
    let said = anna.run(&["members", "approve", "Vera"]).done();
    assert!(
        said.out
            .contains("Asked for. The list of members is kept by Nina"),
        "{}",
        said.out
    );
    let _ = nina.run(&["watch", "--once"]).done();
    assert!(members(&vera).contains("Vera"));
}
