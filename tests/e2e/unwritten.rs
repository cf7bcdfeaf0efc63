//! An alert goes where nothing can be written down: on a full disk, from a directory that is read-only, past a program that hangs.
//! Its sender is told the truth, and nobody takes them for a copy of their device.

use std::{fs::File, path::Path};

use bellrope_tests::{people::Person, world::World};
use serde_json::Value;

use crate::{FLASH, send, world};

/// What the system says where every write fails.
const FULL: &str = "File too large";
const NOT_KEPT: &str = "NOT KEPT ON THIS DEVICE";
const NOT_YET: &str = "NOT SENT YET, AND NOT KEPT";

fn flash(summary: &str) -> Vec<&str> {
    [FLASH.as_slice(), &[summary]].concat()
}

/// Sends one that must be stored, and that the device could not keep.
fn send_unkept(who: &Person, summary: &str, why: &str) {
    let said = who.run(&flash(summary)).done();
    let outcome = said.json().remove(0);
    assert_eq!(
        (&outcome["state"], &outcome["kept"]),
        (&"stored".into(), &false.into())
    );
    for part in [why, NOT_KEPT, "could not keep the relay's receipt"] {
        assert!(said.err.contains(part), "{part}: {}", said.err);
    }
}

/// What comes to somebody who looks: the summary, from whom it verifiably is, and how it follows on the one before.
fn seen(who: &Person) -> Vec<(String, String, String)> {
    let said = who.run(&["watch", "--once", "--json"]).done();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let all = said.json().into_iter().map(|alert| {
        let (sender, follows) = (&alert["sender"], &alert["follows"]);
        let name = match &sender["contact"] {
            Value::Null => &sender["name"],
            name => name,
        };
        (text(&alert["alert"]["summary"]), text(name), text(follows))
    });
    all.collect()
}

fn expect(who: &Person, expected: &[(&str, &str, &str)]) {
    let owned = expected.iter().map(|(summary, name, follows)| {
        (summary.to_string(), name.to_string(), follows.to_string())
    });
    assert_eq!(seen(who), owned.collect::<Vec<_>>());
}

/// A coordinator, a member, and a defender who has sent before.
fn group(world: &World) -> (Person, Person, Person) {
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    let alena = world.defender(&nina, "Alena", "en");
    send(&alena, "before");
    let _ = nina.run(&["contact", "Alena", "--to", "Anna"]).done();
    (nina, anna, alena)
}

fn hold_locks(home: &Path) -> Vec<File> {
    let names = ["lock.receive", "lock.roster", "lock.state", "lock.queue"];
    let held = names
        .iter()
        .filter_map(|name| File::open(home.join(name)).ok());
    let held: Vec<File> = held.collect();
    assert!(held.len() > 1);
    held.iter().for_each(|file| file.lock().unwrap());
    held
}

#[test]
fn on_a_full_disk() {
    let world = world();
    let (nina, anna, alena) = group(&world);
    send_unkept(&alena.on_full_disk(), "without room", FULL);
    send_unkept(&anna.on_full_disk(), "a member's", FULL);
    send(&alena, "with room again");
    send(&anna, "a member's, with room again");
    let expected = [
        ("before", "Alena", "in_order"),
        ("without room", "Alena", "uncounted"),
        ("a member's", "Anna", "uncounted"),
        ("with room again", "Alena", "in_order"),
        ("a member's, with room again", "Anna", "in_order"),
    ];
    expect(&nina, &expected);
    expect(&anna, &expected);
    let listed = alena.run(&["outbox", "--json"]).done().json();
    assert_eq!(listed.len(), 2, "what was not kept is not listed");
    let page = nina.run(&["show", "2"]).done().out;
    assert!(
        page.contains("could not write down that it sent it"),
        "{page}"
    );
}

#[test]
fn a_copy_of_a_device_is_told_with_and_without_a_number() {
    let world = world();
    let (nina, _, alena) = group(&world);
    send_unkept(&alena.on_full_disk(), "without room", FULL);
    let thief = alena.cloned_to("thief");
    send(&alena, "the second");
    send_unkept(
        &thief.on_full_disk(),
        "from the copy, without a number",
        FULL,
    );
    send(&thief, "from the copy");
    expect(
        &nina,
        &[
            ("before", "Alena", "in_order"),
            ("without room", "Alena", "uncounted"),
            ("the second", "Alena", "in_order"),
            (
                "from the copy, without a number",
                "Alena",
                "uncounted_apart",
            ),
            ("from the copy", "Alena", "cloned"),
        ],
    );
}

#[test]
fn while_the_relay_is_away_it_is_held_and_lost_only_when_the_program_is_ended() {
    let world = world();
    let (nina, _, alena) = group(&world);
    let full = alena.on_full_disk();
    world.network().close_to_new(true);
    let mut given_up = full.start(&flash("given up"));
    given_up.wait_for(NOT_YET);
    let (code, said) = given_up.stop();
    assert_eq!(code, 1, "{said}");
    assert!(said.contains(r#""state":"lost""#), "{said}");

    let mut held = full.start(&flash("held"));
    held.wait_for(NOT_YET);
    world.network().close_to_new(false);
    let (code, said) = held.end();
    assert_eq!(code, 0, "{said}");
    assert!(said.contains(r#""state":"stored""#), "{said}");
    expect(
        &nina,
        &[
            ("before", "Alena", "in_order"),
            ("held", "Alena", "uncounted"),
        ],
    );
}

#[test]
fn from_a_directory_that_can_only_be_read() {
    let world = world();
    let (nina, anna, alena) = group(&world);
    expect(&anna, &[("before", "Alena", "in_order")]);
    let reads = alena.who_may_only_read();
    send_unkept(&reads, "from what is read-only", "is yours");
    // It becomes writable while the relay is away.
    world.network().close_to_new(true);
    let mut held = reads.start(&flash("written down later"));
    held.wait_for(NOT_YET);
    alena.may_write();
    let (code, said) = held.end();
    assert_eq!(code, 3, "{said}");
    assert!(
        said.contains(r#""kept":true"#) && said.contains("queued"),
        "{said}"
    );
    world.network().close_to_new(false);
    send(&alena, "the next");
    expect(
        &nina,
        &[
            ("before", "Alena", "in_order"),
            ("from what is read-only", "Alena", "uncounted"),
            ("written down later", "Alena", "uncounted"),
            ("the next", "Alena", "in_order"),
        ],
    );

    let reads = anna.who_may_only_read();
    for args in [
        ["inbox"].as_slice(),
        &["show", "1"],
        &["members"],
        &["outbox", "--offline"],
        &["status"],
    ] {
        let said = reads.run(args).done();
        assert!(said.out.contains("before") || args.len() == 1 || args[0] == "outbox");
    }
    let said = reads.run(&["watch", "--once"]).ended(1);
    assert!(
        said.out.contains("from what is read-only"),
        "{} {}",
        said.out,
        said.err
    );
    anna.may_write();
}

#[test]
fn past_a_program_that_holds_the_directory() {
    let world = world();
    let (nina, anna, alena) = group(&world);
    send(&anna, "a member's");
    let held = [hold_locks(alena.home()), hold_locks(anna.home())];
    for (who, summary) in [
        (&alena, "past a program that hangs"),
        (&anna, "a member's, past it"),
    ] {
        let said = who.run(&flash(summary)).done();
        let outcome = said.json().remove(0);
        assert_eq!(
            (&outcome["state"], &outcome["kept"]),
            (&"stored".into(), &true.into())
        );
        for part in ["another bellrope works on this device", "NOT NUMBERED"] {
            assert!(said.err.contains(part), "{}", said.err);
        }
        assert!(!said.err.contains("NOT KEPT"), "{}", said.err);
    }
    drop(held);
    send(&alena, "the next");
    expect(
        &nina,
        &[
            ("before", "Alena", "in_order"),
            ("a member's", "Anna", "in_order"),
            ("past a program that hangs", "Alena", "uncounted"),
            ("a member's, past it", "Anna", "uncounted"),
            ("the next", "Alena", "in_order"),
        ],
    );
}

#[test]
fn what_is_said_of_it_fits_a_narrow_terminal_in_both_languages() {
    let world = world();
    let (nina, _, alena) = group(&world);
    let _ = nina;
    let narrow = alena.on_full_disk().at_columns("40");
    for (language, not_kept) in [("en", "NOT KEPT ON"), ("ru", "НЕ СОХРАНЕНО НА")] {
        let said = narrow.run(&[flash("narrow").as_slice(), &["--lang", language]].concat());
        let said = said.done().err;
        assert!(said.contains(not_kept), "{said}");
        // Paths and case numbers are not broken.
        let words = said.lines().filter(|line| !line.contains('/'));
        let widest = words.map(|line| line.chars().count()).max().unwrap();
        assert!(widest <= 40, "{widest}: {said}");
    }
}

#[test]
fn what_cannot_be_written_of_the_roster_keeps_back_no_alert_that_comes_after_it() {
    let world = world();
    let (nina, anna, _) = group(&world);
    expect(&anna, &[("before", "Alena", "in_order")]);
    let _ = world.invite(&nina, "Zoya", "member");
    send(&nina, "after an entry of the roster");
    let full = anna.on_full_disk();
    let said = full.run(&["watch", "--once"]).ended(1);
    assert!(
        said.out.contains("after an entry of the roster"),
        "{}",
        said.out
    );
    assert!(said.err.contains(FULL), "{}", said.err);
    // There is room again: nothing is left out.
    expect(
        &anna,
        &[("after an entry of the roster", "Nina", "in_order")],
    );
    assert!(anna.run(&["members"]).done().out.contains("Zoya"));
}

#[test]
fn what_is_said_beside_alerts_keeps_back_none_and_comes_again_when_there_is_room() {
    let world = world();
    let (nina, anna, _) = group(&world);
    let boris = world.reader(&nina, "Boris", "member", "en");
    let rota = ["duty", "set", "--place", "+00:00", "--yes", "--shift"];
    let shift = ["mon-sun 0-24 Nina / Boris"];
    let _ = nina.run(&[rota.as_slice(), &shift].concat()).done();
    for reader in [&anna, &boris] {
        let _ = reader.run(&["watch", "--once"]).done();
    }
    // A shift, a text to translate, who a defender is, and whom somebody compared.
    let note = ["duty", "hand-over", "--to", "Anna", "--yes", "--text"];
    let note = [note.as_slice(), &["The lawyer calls at six"]].concat();
    let _ = nina.run(&note).done();
    let for_two = [&flash("for two")[..], &["--to", "Boris, Nina"]].concat();
    let _ = nina.run(&for_two).done();
    let _ = nina.run(&["watch", "--once"]).done();
    let all = nina.run(&["inbox", "--json"]).done().json();
    let of_two = all.iter().find(|it| it["alert"]["summary"] == "for two");
    let case = of_two.unwrap()["case"].as_str().unwrap();
    let ask = ["translate", case, "--into", "ru", "--ask", "Anna", "--yes"];
    let _ = nina.run(&ask).done();
    let reach = [
        "contact",
        "Alena",
        "--reach",
        "Signal, after six",
        "--to",
        "Anna",
    ];
    let _ = nina.run(&reach).done();
    send(&nina, "after all of it");
    let full = anna.on_full_disk();
    for _ in 0..2 {
        let said = full.run(&["watch", "--once"]).ended(1);
        assert!(said.out.contains("after all of it"), "{}", said.out);
        assert!(said.err.contains(FULL), "{}", said.err);
    }
    // There is room again, but another program has one of the files: what is written elsewhere is there, and the place in the log is not passed.
    let lock = File::create(anna.home().join("lock.compared")).unwrap();
    lock.lock().unwrap();
    let said = anna.run(&["watch", "--once"]).done();
    assert!(said.out.contains("after all of it"), "{}", said.out);
    assert!(said.err.contains("another bellrope works"), "{}", said.err);
    drop(lock);
    // Nothing is left out.
    let _ = anna.run(&["watch", "--once"]).done();
    let duty = anna.run(&["duty"]).done();
    assert!(duty.out.contains("The lawyer calls at six"), "{}", duty.out);
    let _ = anna.run(&["duty", "accept"]).done();
    let texts = anna.run(&["translate", "--json"]).done().json();
    assert_eq!(texts.len(), 1);
    let contact = anna.run(&["contact", "Alena"]).done();
    assert!(contact.out.contains("after six"), "{}", contact.out);
}

#[test]
fn what_a_damaged_file_has_no_place_for_is_told_once_and_does_not_stop_the_log() {
    let world = world();
    let (nina, anna, _) = group(&world);
    expect(&anna, &[("before", "Alena", "in_order")]);
    std::fs::write(anna.home().join("contacts"), "no contacts").unwrap();
    let reach = ["contact", "Alena", "--reach", "Signal", "--to", "Anna"];
    let _ = nina.run(&reach).done();
    send(&nina, "after it");
    let said = anna.run(&["watch", "--once"]).done();
    assert!(said.out.contains("after it"), "{}", said.out);
    let told = "the file contacts is damaged";
    let count = |text: &str| text.matches(told).count();
    let first = count(&said.err);
    assert!(first > 0, "{}", said.err);
    // The place in the log has gone on: nothing of it is read again.
    send(&nina, "and later");
    let said = anna.run(&["watch", "--once"]).done();
    assert!(said.out.contains("and later"), "{}", said.out);
    assert!(count(&said.err) < first, "{}", said.err);
}

#[test]
fn where_the_system_has_no_thread_left_to_send_it() {
    let world = world();
    let (nina, _, alena) = group(&world);
    let narrow = alena.without_threads();
    let said = narrow.run(&flash("waits")).ended(3);
    let outcome = said.json().remove(0);
    assert_eq!(
        (&outcome["state"], &outcome["kept"]),
        (&"queued".into(), &true.into())
    );
    assert!(
        said.err.contains("the system said") && !said.err.contains("panicked"),
        "{}",
        said.err
    );
    let _ = alena.run(&["outbox"]).done();
    expect(
        &nina,
        &[
            ("before", "Alena", "in_order"),
            ("waits", "Alena", "in_order"),
        ],
    );
    // Nothing is left of it where the disk is full as well, and that is said.
    let said = narrow.on_full_disk().run(&flash("lost")).ended(1);
    assert_eq!(said.json().remove(0)["state"], "lost");
}

#[test]
fn names_are_looked_up_among_those_who_have_just_come_in() {
    let world = world();
    let (nina, anna, _) = group(&world);
    // Anna's device has not heard of her.
    let zoya = world.reader(&nina, "Zoya", "member", "en");
    let to_zoya = [flash("to a newcomer").as_slice(), &["--to", "zoya"]].concat();
    let said = anna.run(&to_zoya).done().json().remove(0);
    assert_eq!(
        (&said["state"], &said["readers"]),
        (&"stored".into(), &1.into())
    );
    expect(&zoya, &[("to a newcomer", "Anna", "in_order")]);
    let to_nobody = [flash("to nobody").as_slice(), &["--to", "Pavel"]].concat();
    let said = anna.run(&to_nobody).ended(2);
    assert!(said.err.contains("Pavel"), "{}", said.err);
}
