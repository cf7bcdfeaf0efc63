//! The part of an alert that few read, and what else becomes of the day: originals beside it, a form, somebody who is gone at the last look, and a new device.

use std::fs;

use bellrope_tests::{
    people::{Person, until},
    world::World,
};
use serde_json::{Value, json};

use crate::{
    few::{case_with, sent, with_part},
    originals::attachments,
    papers::{MARKER, photo, saved, text},
    sensitive::{MARK, everything_else, look, says_nothing, shown},
    world,
};

fn people(world: &World) -> [Person; 4] {
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    let ivan = world.reader(&nina, "Ivan", "member", "ru");
    let alena = world.defender(&nina, "Alena", "en");
    let _ = look(&anna);
    let _ = look(&ivan);
    let _ = nina.run(&["circle", "sensitive", "Anna", "--yes"]).done();
    [nina, anna, ivan, alena]
}

#[test]
fn one_alert_with_words_for_few_and_originals_for_others_mixes_nothing_up() {
    let world = world();
    let [nina, anna, ivan, alena] = people(&world);
    let door = photo(&world, "door.jpg");
    let mut args = with_part(&alena, "Men at the door", MARK);
    let with = ["--attach", text(&door), "--with-original"];
    args.extend(with.map(str::to_owned));
    let (outcome, told) = sent(alena.run(&args));
    assert_eq!(outcome["sensitive_readers"], 1);
    assert_eq!(outcome["attachments"][1]["original_of"], 1);
    for expected in [
        "sealed to 1 of these",
        "1 person can open what goes untouched",
    ] {
        assert!(told.contains(expected), "{expected}: {told}");
    }
    says_nothing(&told);
    let disk = alena.disk();
    for secret in [MARK, MARKER] {
        let is_there = disk.windows(secret.len()).any(|it| it == secret.as_bytes());
        assert!(!is_there, "{secret}");
    }
    for who in [&nina, &anna, &ivan] {
        let _ = look(who);
    }
    let case = case_with(&nina, "Men at the door");
    let words = |who: &Person| shown(who, &case)[0]["text"].clone();
    assert_eq!(words(&anna), MARK);
    assert_eq!((words(&nina), words(&ivan)), (Value::Null, Value::Null));
    assert_eq!(saved(&world, &nina, &case, "2"), fs::read(&door).unwrap());
    for who in [&anna, &ivan] {
        assert_eq!(attachments(who, &case)[1]["kept_by"], json!(["Nina"]));
        let _ = who.run(&["attachment", &case, "2"]).ended(1);
    }
    // Each is let in to the other's by a word of its own.
    let _ = anna
        .run(&["sensitive", &case, "--also-to", "Nina", "--yes"])
        .done();
    let _ = nina
        .run(&["fact", "part", &case, "evidence_keeper", "Anna"])
        .done();
    let _ = nina.run(&["attachment", &case, "--hand-on"]).done();
    for who in [&anna, &ivan, &nina] {
        let _ = look(who);
    }
    assert_eq!(words(&nina), MARK);
    assert_eq!(words(&ivan), Value::Null);
    assert_eq!(saved(&world, &anna, &case, "2"), fs::read(&door).unwrap());
    let _ = ivan.run(&["attachment", &case, "2"]).ended(1);
    says_nothing(&everything_else(&ivan, &case, &["ru"]));
    says_nothing(&everything_else(&anna, &case, &["en"]));
}

fn form(world: &World, summary: &str) -> String {
    let path = world.dir().join("form.toml");
    let filled = format!("kind = \"flash\"\nacts = [\"threat\"]\nsummary = \"{summary}\"\n");
    fs::write(&path, filled).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn it_is_added_to_a_form_at_the_last_look() {
    let world = world();
    let [_, anna, ivan, alena] = people(&world);
    let form = form(&world, "From a form");
    let mut at = alena.at_terminal(&["alert", "--from", &form], 200);
    at.sees("the form stays as it is");
    at.enters("+");
    at.sees("1 person whom the group has named");
    at.sees("goes back");
    at.enters("hiv");
    at.sees("only a dot");
    at.pastes(&format!("{MARK}\nat night"));
    at.enters("");
    at.enters(".");
    let page = at.sees("the form stays as it is");
    assert!(page.contains("not shown here"), "{page}");
    let (_, last) = page.rsplit_once("This will be sent").unwrap();
    assert!(!last.contains(MARK), "{page}");
    at.enters("");
    assert_eq!(at.ends(), 0, "{}", at.screen());
    for who in [&anna, &ivan] {
        let _ = look(who);
    }
    let case = case_with(&anna, "From a form");
    assert_eq!(shown(&anna, &case)[0]["text"], format!("{MARK}\nat night"));
    assert_eq!(shown(&anna, &case)[0]["kinds"], json!(["hiv"]));
    assert_eq!(shown(&ivan, &case)[0]["text"], Value::Null);
    assert!(!fs::read_to_string(&form).unwrap().contains(MARK));
}

#[test]
fn who_was_to_read_it_and_is_gone_at_the_last_look_has_it_asked_for_again() {
    let world = world();
    let [nina, anna, _, alena] = people(&world);
    let form = form(&world, "She is gone");
    let words = world.dir().join("words.txt");
    fs::write(&words, MARK).unwrap();
    let args = ["alert", "--from", &form, "--sensitive", "hiv"];
    let args = [args.as_slice(), &["--sensitive-from", text(&words)]].concat();
    let mut at = alena.at_terminal(&args, 200);
    let told = at.sees("the form stays as it is");
    assert!(told.contains("1 person whom the group has named"), "{told}");
    // A person may look for an hour.
    let _ = nina.run(&["members", "remove", "Anna", "--yes"]).done();
    until("her device knows", || {
        let _ = alena.run(&["outbox"]);
        let status = alena.run(&["status", "--json"]).json();
        status[0]["reader_count"] == 2
    });
    at.enters("");
    at.sees("Nothing was sent: nobody of those");
    at.sees("the form stays as it is");
    let outbox = alena.run(&["outbox", "--offline", "--json"]).json();
    assert!(outbox.is_empty(), "{outbox:?}");
    at.enters("+");
    at.sees("1 person who coordinates");
    at.sees("goes back");
    at.enters("");
    at.sees("only a dot");
    // What was there is there.
    at.enters(".");
    at.sees("the form stays as it is");
    at.enters("");
    assert_eq!(at.ends(), 0, "{}", at.screen());
    let _ = look(&nina);
    let case = case_with(&nina, "She is gone");
    assert_eq!(shown(&nina, &case)[0]["text"], MARK);
    let kept = anna.run(&["inbox", "--json"]);
    assert!(!kept.out.contains("She is gone"), "{}", kept.out);
}

/// Another device of somebody, let in.
fn second_device(world: &World, coordinator: &Person, who: &Person, name: &str) -> Person {
    let second = world.person(name, "en");
    let mut adding = who.start(&["device", "add"]);
    adding.wait_for("Asked for an invitation");
    let _ = coordinator.run(&["members"]).done();
    adding.wait_for("bellrope device approve CODE");
    let (_, said) = adding.end();
    let invitation = said
        .lines()
        .find(|line| line.len() > 100 && !line.contains(' '));
    let invitation = invitation.unwrap_or_else(|| panic!("{said}")).to_owned();
    until("the invitation is at the relay", || {
        second.run(&["join", &invitation]).code == 0
    });
    let _ = coordinator.run(&["members"]).done();
    let shown = who.run(&["device", "add"]).done();
    let shown = shown.out.lines().nth(1).unwrap().trim().to_owned();
    let _ = who.run(&["device", "approve", &shown]).done();
    let _ = coordinator.run(&["members"]).done();
    let _ = second.run(&["watch", "--once"]).done();
    second
}

#[test]
fn a_new_device_of_one_of_the_few_is_let_in_by_another_of_them_and_told_so() {
    let mut world = world();
    let [nina, anna, ivan, alena] = people(&world);
    let _ = nina
        .run(&["circle", "sensitive", "Anna", "Ivan", "--yes"])
        .done();
    let _ = look(&ivan);
    let _ = alena.run(&["outbox"]);
    let second = second_device(&world, &nina, &anna, "Anna 2");
    // Without a network her device does not know of it, and members pass the alert on to it.
    assert_eq!(world.stop_relay().0, 0);
    let said = alena.run(&with_part(&alena, "Men at the door", MARK));
    let _ = said.ended(3);
    world.start_relay();
    let _ = alena.run(&["outbox"]);
    for who in [&nina, &anna, &ivan, &second] {
        let _ = look(who);
    }
    let case = case_with(&second, "Men at the door");
    assert_eq!(shown(&anna, &case)[0]["text"], MARK);
    let seen = shown(&second, &case);
    assert_eq!(
        (&seen[0]["text"], &seen[0]["readers"]),
        (&Value::Null, &json!(["Anna", "Ivan"]))
    );
    let page = second.run(&["sensitive", &case, "--show"]).done().out;
    assert!(page.contains("was not sealed to this device"), "{page}");
    assert!(page.contains("--also-to"), "{page}");
    let also = ["sensitive", &case, "--also-to", "Anna", "--yes"];
    // She cannot by herself, on neither; nor can anybody who is none of the few.
    let _ = second.run(&also);
    let _ = anna.run(&also);
    let _ = nina.run(&also).ended(1);
    for who in [&anna, &ivan, &second] {
        let _ = look(who);
    }
    assert_eq!(shown(&second, &case)[0]["text"], Value::Null);
    let _ = ivan.run(&also).done();
    let _ = look(&second);
    assert_eq!(shown(&second, &case)[0]["text"], MARK);
    assert_eq!(shown(&nina, &case)[0]["text"], Value::Null);
}
