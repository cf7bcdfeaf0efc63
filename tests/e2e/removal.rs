//! Somebody is put out of the group: what their own program gets from then on, and what everybody else has to do for it.

use std::fs;

use bellrope_tests::people::{Person, copy};

use crate::{FLASH, send, world};

fn summaries(person: &Person) -> String {
    person.run(&["inbox"]).done().out
}

#[test]
fn who_is_put_out_gets_nothing_more_and_the_others_go_on_by_themselves() {
    let world = world();
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    let boris = world.reader(&nina, "Boris", "member", "ru");
    let olga = world.reader(&nina, "Olga", "member", "en");
    let alena = world.defender(&nina, "Alena", "en");
    send(&alena, "before");
    let _ = nina.run(&["watch", "--once"]).done();
    let _ = anna.run(&["watch", "--once"]).done();
    let mut watching = anna.start(&["watch"]);
    watching.wait_for("Watching");
    let mut boris_watching = boris.start(&["watch"]);
    boris_watching.wait_for("На связи");
    let said = nina.run(&["members", "remove", "Boris", "--yes"]).done();
    assert!(
        said.out.contains("Put out of the group: Boris."),
        "{}",
        said.out
    );
    // Whoever is there goes on at once.
    watching.wait_for("Not in the group any more: Boris");
    watching.wait_for("Watching");
    // His program is told, and ends.
    let (code, seen) = boris_watching.end();
    assert_eq!(code, 1, "{seen}");
    assert!(
        seen.contains("этого устройства в группе больше нет"),
        "{seen}"
    );
    send(&nina, "after");
    watching.wait_for("Summary: after");
    let (_, seen) = watching.stop();
    assert!(!seen.contains("may read this too"), "{seen}");
    // A member who was not there, and a defender, who need do nothing.
    let said = olga.run(&["watch", "--once"]).done();
    for summary in ["before", "after"] {
        assert!(
            said.out.contains(&format!("Summary: {summary}")),
            "{}",
            said.out
        );
    }
    assert!(
        said.err.contains("Not in the group any more: Boris"),
        "{}",
        said.err
    );
    send(&alena, "by new keys");
    let said = anna.run(&["watch", "--once"]).done();
    assert!(said.out.contains("Summary: by new keys"), "{}", said.out);
    assert!(said.out.contains(" (defender), verified"), "{}", said.out);
    assert!(!said.out.contains("may read this too"), "{}", said.out);
    let said = boris.run(&["watch", "--once"]).ended(1);
    assert!(!said.out.contains("after"), "{}", said.out);
    let had = summaries(&boris);
    assert!(had.contains("before") && !had.contains("after"), "{had}");
    let said = boris.run(&[FLASH.as_slice(), &["from outside"]].concat());
    assert_ne!(said.code, 0, "{}", said.err);
    let said = anna.run(&["watch", "--once"]).done();
    assert!(!said.out.contains("from outside"), "{}", said.out);
}

#[test]
fn what_is_sent_by_somebody_who_has_not_heard_of_it_arrives_and_says_who_else_may_read_it() {
    let mut world = world();
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    let _ = world.reader(&nina, "Boris", "member", "en");
    let alena = world.defender(&nina, "Alena", "en");
    let _ = nina.run(&["watch", "--once"]).done();
    let _ = alena.run(&["watch", "--once"]).done();
    // Sealed without a network, to those whom she knew of.
    assert_eq!(world.stop_relay().0, 0);
    let said = alena.run(&[FLASH.as_slice(), &["from the road"]].concat());
    assert_eq!(said.code, 3, "{}", said.err);
    world.start_relay();
    let _ = nina.run(&["members", "remove", "Boris", "--yes"]).done();
    let _ = anna.run(&["watch", "--once"]).done();
    let _ = alena.run(&["outbox"]).done();
    let said = anna.run(&["watch", "--once"]).done();
    assert!(said.out.contains("Summary: from the road"), "{}", said.out);
    assert!(said.out.contains(" (defender), verified"), "{}", said.out);
    assert!(
        said.out.contains("NOTE: Boris may read this too"),
        "{}",
        said.out
    );
    let json = anna.run(&["inbox", "--json"]).done().json();
    assert_eq!(json[0]["open_to_removed"], serde_json::json!(["Boris"]));
    // By then her device has heard of it.
    send(&alena, "by new keys");
    let said = anna.run(&["watch", "--once"]).done();
    assert!(said.out.contains("Summary: by new keys"), "{}", said.out);
    assert!(!said.out.contains("may read this too"), "{}", said.out);
}

#[test]
fn without_a_network_it_is_said_that_the_relay_does_not_know_it_yet() {
    let mut world = world();
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "ru");
    let boris = world.reader(&nina, "Boris", "member", "en");
    assert_eq!(world.stop_relay().0, 0);
    let said = nina.run(&["members", "remove", "Boris", "--yes"]).ended(3);
    assert!(
        said.out.contains("The relay does NOT know it yet"),
        "{}",
        said.out
    );
    // Anything that she does is sealed to those who stay, and goes with it.
    let said = nina.run(&[FLASH.as_slice(), &["meanwhile"]].concat());
    assert_eq!(said.code, 3, "{}", said.err);
    world.start_relay();
    let _ = boris.run(&["watch", "--once"]).done();
    let _ = nina.run(&["members"]).done();
    let said = boris.run(&["watch", "--once"]).ended(1);
    assert!(
        said.err.contains("not in the group any more"),
        "{}",
        said.err
    );
    let said = anna.run(&["watch", "--once"]).done();
    assert!(said.out.contains("Кратко: meanwhile"), "{}", said.out);
    assert!(
        said.err.contains("Больше не в группе: Boris."),
        "{}",
        said.err
    );
    let said = anna.run(&["members"]).done();
    assert!(!said.out.contains("Boris"), "{}", said.out);
    // The name is free for another device of the same person.
    let again = world.person("Boris again", "en");
    let code = world.invite(&nina, "Boris", "member");
    let _ = again.run(&["join", &code]).done();
    let _ = nina.run(&["members", "approve", "Boris"]).done();
    send(&nina, "to the new device");
    let said = again.run(&["watch", "--once"]).done();
    assert!(
        said.out.contains("Summary: to the new device"),
        "{}",
        said.out
    );
}

#[test]
fn a_removal_that_was_killed_is_finished_by_the_next_command() {
    let world = world();
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    let boris = world.reader(&nina, "Boris", "member", "en");
    let mut killed = 0;
    for blocks in (0..16).chain((16..160).step_by(8)) {
        let remove = ["members", "remove", "Boris", "--yes"];
        match nina.killed_at(blocks).run(&remove).code {
            -1 => killed += 1,
            _ => break,
        }
    }
    assert!(killed > 2, "{killed}");
    // One that was killed late enough has done it.
    let said = nina.run(&["members", "remove", "Boris", "--yes"]);
    let is_done =
        said.out.contains("Put out of the group") || said.err.contains("nobody in the group");
    assert!(is_done, "{}\n{}", said.out, said.err);
    let said = nina.run(&["members"]).done();
    assert!(!said.out.contains("Boris"), "{}", said.out);
    send(&nina, "after");
    let said = anna.run(&["watch", "--once"]).done();
    assert!(said.out.contains("Summary: after"), "{}", said.out);
    let said = boris.run(&["watch", "--once"]).ended(1);
    assert!(!said.out.contains("after"), "{}", said.out);
}

#[test]
fn a_coordinator_restored_from_a_copy_of_before_goes_on_after_its_own_turn() {
    let world = world();
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    let _ = world.reader(&nina, "Boris", "member", "en");
    let backup = world.dir().join("copy of Nina");
    copy(nina.home(), &backup);
    let _ = nina.run(&["members", "remove", "Boris", "--yes"]).done();
    send(&nina, "since the copy");
    fs::remove_dir_all(nina.home()).unwrap();
    copy(&backup, nina.home());
    let said = nina.run(&["members"]).done();
    assert!(!said.out.contains("Boris"), "{}", said.out);
    let olga = world.reader(&nina, "Olga", "member", "en");
    send(&nina, "after all");
    for who in [&anna, &olga] {
        let said = who.run(&["watch", "--once"]).done();
        assert!(said.out.contains("Summary: after all"), "{}", said.out);
        assert!(!said.err.contains("WARNING"), "{}", said.err);
    }
}

#[test]
fn nobody_is_put_out_by_a_slip_of_the_hand() {
    let world = world();
    let nina = world.person("Nina", "ru");
    let (token, address) = (world.token(), world.address().to_owned());
    let create = [
        "create", "--relay", &address, "--token", &token, "--group", "Г", "--name", "Нина",
    ];
    let _ = nina.run(&create).done();
    let _ = world.reader(&nina, "Борис", "member", "ru");
    for answer in ["\r", "нет\r", "no\r"] {
        let mut terminal = nina.at_terminal(&["members", "remove", "Борис"], 40);
        let _ = terminal.sees("Исключить?");
        terminal.types(answer);
        let _ = terminal.sees("Борис остаётся в");
        assert_eq!(terminal.ends(), 0);
    }
    let said = nina.run(&["members", "remove", "Борис"]).ended(2);
    assert!(said.err.contains("--yes"), "{}", said.err);
    let said = nina.run(&["members", "remove", "Нина", "--yes"]).ended(2);
    assert!(said.err.contains("самого себя нельзя"), "{}", said.err);
    let said = nina.run(&["members", "remove", "Никто", "--yes"]);
    assert!(
        said.err.contains("нет человека с именем Никто"),
        "{}",
        said.err
    );
    let mut terminal = nina.at_terminal(&["members", "remove", "Борис"], 40);
    let _ = terminal.sees("Исключить?");
    terminal.types("да\r");
    let _ = terminal.sees("Больше не в группе:");
    assert_eq!(terminal.ends(), 0);
}

#[test]
fn the_keys_are_renewed_by_hand_and_nobody_goes() {
    let world = world();
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    let alena = world.defender(&nina, "Alena", "ru");
    let _ = nina.run(&["watch", "--once"]).done();
    for _ in 0..3 {
        let said = nina.run(&["members", "renew"]).done();
        assert!(
            said.out.contains("has new keys and another mailbox"),
            "{}",
            said.out
        );
    }
    send(&alena, "three epochs later");
    let said = anna.run(&["watch", "--once"]).done();
    assert!(said.err.contains("The group has new keys"), "{}", said.err);
    assert!(
        said.out.contains("Summary: three epochs later"),
        "{}",
        said.out
    );
    let said = anna.run(&["members", "renew"]);
    assert_ne!(said.code, 0);
    assert!(said.err.contains("coordinator"), "{}", said.err);
}
