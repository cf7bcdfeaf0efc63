//! A command that was killed while it wrote leaves nothing that is in anybody's way: it is run again, as people do.

use std::{fs, path::Path};

use bellrope_tests::people::{Person, Said, until};

use crate::{send, summaries, world};

/// What a killed program is said to have ended with.
pub(crate) const KILLED: i32 = -1;

/// No file that is written here is larger.
const BLOCKS_MAX: usize = 400;

/// Runs a command again and again, killed each time a little later, until it comes to its end; gives how often it was
/// killed, and what it said at last.
pub(crate) fn until_done(mut run: impl FnMut(usize) -> Said, check: impl Fn()) -> (usize, Said) {
    // A large file is cut in some places only.
    let small = (0..4).chain((4..40).step_by(2));
    for (killed, blocks) in small.chain((40..BLOCKS_MAX).step_by(20)).enumerate() {
        let said = run(blocks);
        if said.code != KILLED {
            return (killed, said);
        }
        check();
    }
    panic!("it never came to its end");
}

fn until_person_done(person: &Person, args: &[&str]) -> usize {
    let no_device = || assert!(!person.home().join("identity").exists());
    let (killed, said) = until_done(|blocks| person.killed_at(blocks).run(args), no_device);
    let _ = said.done();
    killed
}

#[test]
fn a_group_is_founded_and_joined_by_commands_that_were_killed_before() {
    let world = world();
    let nina = world.person("Nina", "en");
    let (token, address) = (world.token(), world.address().to_owned());
    let create = [
        "create", "--relay", &address, "--token", &token, "--group", "G", "--name", "Nina",
    ];
    assert!(until_person_done(&nina, &create) > 1);

    let code = world.invite(&nina, "Anna", "member");
    let anna = world.person("Anna", "en");
    assert!(until_person_done(&anna, &["join", &code]) > 2);
    let _ = nina.run(&["watch", "--once"]).done();
    let _ = nina.run(&["members", "approve", "Anna"]).done();
    let _ = anna.run(&["watch", "--once"]).done();
    send(&nina, "words");
    let _ = anna.run(&["watch", "--once"]).done();
    assert_eq!(summaries(&anna), ["words"]);
}

/// The name of an invitation that was made, and whose code nobody saw, can be had again.
#[test]
fn an_invitation_is_made_by_a_command_that_was_killed_before() {
    let world = world();
    let nina = world.coordinator("Nina");
    let file = world.dir().join("alena.invitation");
    let path = file.to_str().unwrap();
    let invite = ["invite", "Alena", "--role", "defender", "--file", path];
    let once = |blocks| {
        let said = nina.killed_at(blocks).run(&invite);
        if said.err.contains("bellrope members refuse") {
            let _ = nina.run(&["members", "refuse", "Alena"]).done();
            return nina.killed_at(blocks).run(&invite);
        }
        // A file that was cut short is the person's to remove: it may be another's of this name.
        if said.code == 2 && said.err.contains("alena.invitation") {
            fs::remove_file(&file).unwrap();
            return nina.killed_at(blocks).run(&invite);
        }
        said
    };
    let (killed, said) = until_done(once, || ());
    let _ = said.done();
    assert!(killed > 2);
    let alena = world.person("Alena", "en");
    let _ = alena.run(&["join", path]).done();
    send(&alena, "words");
    let _ = nina.run(&["watch", "--once"]).done();
    assert_eq!(summaries(&nina), ["words"]);
}

#[test]
fn a_relay_is_made_by_a_command_that_was_killed_before() {
    let mut world = world();
    assert_eq!(world.stop_relay().0, 0);
    let dir = world.relay_dir();
    fs::remove_dir_all(&dir).unwrap();
    let init = ["init", "--host", "relay.example.org"];
    let identity = |dir: &Path| fs::read(dir.join("relay.key")).ok();
    let made = std::cell::RefCell::new(None);
    let check = || {
        assert!(!dir.join("relay.toml").exists());
        // Once it is there it stays.
        let mut made = made.borrow_mut();
        assert!(made.is_none() || *made == identity(&dir));
        *made = identity(&dir);
    };
    let run = |blocks| world.relay_command_killed_at(blocks, &init);
    let (killed, said) = until_done(run, check);
    assert!(killed > 1);
    let address = said.done().out;
    assert_eq!(
        *made.borrow(),
        identity(&dir),
        "it was made by one that was killed"
    );
    assert_eq!(world.relay_command(&["address"]).done().out, address);
    let _ = world.relay_command(&["token"]).done();
    let names = fs::read_dir(&dir)
        .unwrap()
        .map(|entry| entry.unwrap().file_name());
    let mut names: Vec<_> = names.collect();
    names.sort();
    assert_eq!(names, ["online.keys", "relay.key", "relay.toml"]);
}

/// The newest invitation that a command showed.
fn code_in(said: &str) -> String {
    let mut lines = said.lines();
    let code = lines.find(|line| line.len() > 100 && !line.contains(' '));
    code.unwrap_or_else(|| panic!("{said}")).to_owned()
}

fn devices(who: &Person, name: &str) -> usize {
    let lines = who.run(&["members", "--json"]).done().json();
    let theirs = lines.iter().find(|it| it["name"] == name).unwrap();
    theirs["devices"].as_array().unwrap().len()
}

/// On the device that has the pen, on another, and on the new one.
#[test]
fn a_device_is_added_by_commands_that_were_killed_before() {
    let world = world();
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    for (who, name) in [(&nina, "Nina"), (&anna, "Anna")] {
        let second = world.person(&format!("{name} 2"), "en");
        // Her program writes down what Anna's asks for.
        let watch = (name == "Anna").then(|| nina.start(&["watch"]));
        let add = |blocks| who.killed_at(blocks).run(&["device", "add"]);
        let (killed, said) = until_done(add, || assert_eq!(devices(who, name), 1));
        assert!(killed > 0, "{name}");
        let code = code_in(&said.done().out);
        let join = |blocks| {
            let mut said = None;
            // The invitation may be on its way.
            until("it joins, or is killed", || {
                let last = second.killed_at(blocks).run(&["join", &code]);
                let is_over = last.code == KILLED || last.code == 0;
                said = Some(last);
                is_over
            });
            said.unwrap()
        };
        let (killed, said) = until_done(join, || ());
        let _ = said.done();
        assert!(killed > 1, "{name}");
        if watch.is_none() {
            let _ = nina.run(&["watch", "--once"]).done();
        }
        let mut shown = String::new();
        until("the device asks", || {
            let said = who.run(&["device", "add"]).done();
            shown = said
                .out
                .lines()
                .nth(1)
                .unwrap_or_default()
                .trim()
                .to_owned();
            said.out.contains("A device asks")
        });
        let approve = |blocks| {
            let said = who.killed_at(blocks).run(&["device", "approve", &shown]);
            // It was said by one that was killed afterwards.
            match said.err.contains("no device asks to be yours") {
                true => who.run(&["device"]),
                false => said,
            }
        };
        let (killed, said) = until_done(approve, || ());
        let _ = said.done();
        assert!(killed > 0, "{name}");
        until("it is in", || {
            let _ = who.run(&["watch", "--once"]).done();
            devices(who, name) == 2
        });
        drop(watch);
        let _ = second.run(&["watch", "--once"]).done();
        send(&nina, name);
        let _ = second.run(&["watch", "--once"]).done();
        assert!(summaries(&second).contains(&name.to_owned()), "{name}");
    }
}

/// No part that was given out is of a key that nobody registered, and no key is registered whose parts are not there.
#[test]
fn a_recovery_key_is_made_by_commands_that_were_killed_before() {
    let world = world();
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    for who in [&nina, &anna] {
        let dir = who.home().parent().unwrap().join("parts");
        let create = |blocks| {
            // What is there is another set's, for all that the program knows: its person removes it.
            if dir.exists() {
                fs::remove_dir_all(&dir).unwrap();
            }
            let create = ["recovery", "create", "--dir", "parts", "--yes"];
            who.killed_at(blocks).run(&create)
        };
        let (killed, said) = until_done(create, || ());
        let _ = said.done();
        assert!(killed > 1);
        for person in [&nina, &anna, &nina] {
            let _ = person.run(&["watch", "--once"]).done();
        }
        let _ = who.run(&["watch", "--once"]).done();
        let check = ["recovery", "check", "parts/part-3.txt", "parts/part-1.txt"];
        let said = who.run(&check).done();
        assert!(said.out.contains("that is registered"), "{}", said.out);
        fs::remove_dir_all(&dir).unwrap();
    }
}

#[test]
fn an_invitation_is_wished_by_commands_that_were_killed_before() {
    let world = world();
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    let _ = nina.run(&["members", "promote", "Anna"]).done();
    let _ = anna.run(&["watch", "--once"]).done();
    let invite = |blocks| {
        let invite = ["invite", "Vera", "--role", "member"];
        anna.killed_at(blocks).run(&invite)
    };
    let (killed, said) = until_done(invite, || ());
    assert!(killed > 1);
    let code = said.done().out.lines().next().unwrap().to_owned();
    for person in [&nina, &anna] {
        let _ = person.run(&["watch", "--once"]).done();
    }
    let vera = world.person("Vera", "en");
    let _ = vera.run(&["join", &code]).done();
    for person in [&nina, &anna] {
        let _ = person.run(&["watch", "--once"]).done();
    }
    let approve = |blocks| anna.killed_at(blocks).run(&["members", "approve", "Vera"]);
    let (killed, said) = until_done(approve, || ());
    let _ = said.done();
    assert!(killed > 0);
    for person in [&anna, &nina, &vera] {
        let _ = person.run(&["watch", "--once"]).done();
    }
    send(&nina, "to Vera too");
    let _ = vera.run(&["watch", "--once"]).done();
    assert_eq!(summaries(&vera), ["to Vera too"]);
    let said = anna.run(&["members", "pending"]).done();
    assert!(!said.out.contains("Vera"), "{}", said.out);
}
