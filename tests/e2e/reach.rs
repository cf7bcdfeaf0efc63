//! An alert reaches everybody whom it says that it reaches, in whatever order people came.

use bellrope_tests::{people::Person, world::World};

use crate::{FLASH, send, summaries, world};

/// The file of a defender's invitation.
fn file_for(world: &World, coordinator: &Person, name: &str) -> String {
    let file = world.dir().join(format!("{name}.invitation"));
    let file = file.to_str().unwrap().to_owned();
    let args = ["invite", name, "--role", "defender", "--file", &file];
    let _ = coordinator.run(&args).done();
    file
}

/// As the guide has it: a file for the defender, then a member is let in, then the defender sends.
#[test]
fn a_defender_reaches_a_member_who_came_after_the_invitation() {
    let world = world();
    let nina = world.coordinator("Nina");
    let file = file_for(&world, &nina, "Alena");
    let anna = world.reader(&nina, "Anna", "member", "en");
    let alena = world.person("Alena", "en");
    let _ = alena.run(&["join", &file]).done();
    for summary in ["one", "two", "three"] {
        send(&alena, summary);
    }
    let _ = anna.run(&["watch", "--once"]).done();
    assert_eq!(summaries(&anna), ["one", "two", "three"]);
}

/// By a code, which the coordinator's program has not seen used.
#[test]
fn a_defender_who_joined_before_the_member_reaches_that_member() {
    let world = world();
    let nina = world.coordinator("Nina");
    let anna = world.person("Anna", "en");
    let code = world.invite(&nina, "Anna", "member");
    let _ = anna.run(&["join", &code]).done();
    let alena = world.defender(&nina, "Alena", "en");
    let _ = nina.run(&["members", "approve", "Anna"]).done();
    let _ = anna.run(&["watch", "--once"]).done();
    for summary in ["one", "two", "three"] {
        let said = alena.run(&[FLASH.as_slice(), &[summary]].concat()).done();
        assert_eq!(said.json()[0]["state"], "stored");
    }
    let _ = anna.run(&["watch", "--once"]).done();
    assert_eq!(summaries(&anna), ["one", "two", "three"]);
}
