//! A command that was killed while it wrote leaves nothing that is in anybody's way: it is run again, as people do.

use std::{fs, path::Path};

use bellrope_tests::people::{Person, Said};

use crate::{send, summaries, world};

/// What a killed program is said to have ended with.
const KILLED: i32 = -1;

/// No file that is written here is larger.
const BLOCKS_MAX: usize = 40;

/// Runs a command again and again, killed each time a little later, until it comes to its end; gives how often it was
/// killed, and what it said at last.
fn until_done(mut run: impl FnMut(usize) -> Said, check: impl Fn()) -> (usize, Said) {
    // A large file is cut in some places only.
    for (killed, blocks) in (0..4).chain((4..BLOCKS_MAX).step_by(2)).enumerate() {
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
