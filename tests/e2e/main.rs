//! The real programs against each other. Every file beside this one is listed here, and a test says so.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod absence;
mod acting;
mod answering;
mod answers;
mod blindness;
mod cases;
mod check_ins;
mod circle;
mod clocks;
mod coercion;
mod comparing;
mod coordinators;
mod delivery;
mod devices;
mod dictated;
mod duty;
mod elsewhere;
mod facts;
mod faults;
mod few;
mod few_later;
mod files;
mod first_hours;
mod forget;
mod frozen;
mod going_on;
mod growth;
mod handed;
mod handles;
mod hands;
mod hostile;
mod inside;
mod interrupted;
mod invitations;
mod killed;
mod languages;
mod lifetimes;
mod many;
mod moved;
mod notes;
mod older_copy;
mod open;
mod opened;
mod originals;
mod pages;
mod papers;
mod patience;
mod pressure;
mod reach;
mod recovery;
mod removal;
mod restart;
mod retention;
mod roles;
mod rotation;
mod screens;
mod sensitive;
mod shifts;
mod somebody;
mod succession;
mod taken_over;
mod tomorrow;
mod turning;
mod unwritten;
mod weeks;
mod wire;

use bellrope_tests::world::{Programs, World};

fn programs() -> Programs {
    Programs::two(
        env!("CARGO_BIN_EXE_bellrope-under-test"),
        env!("CARGO_BIN_EXE_bellrope-relay-under-test"),
    )
}

fn world() -> World {
    World::start(programs())
}

/// A flash that needs no keyboard.
const FLASH: [&str; 8] = [
    "alert",
    "--what",
    "arbitrary_arrest",
    "--where",
    "BY",
    "--yes",
    "--json",
    "--summary",
];

/// Sends a flash with this summary, which must be stored.
fn send(who: &bellrope_tests::people::Person, summary: &str) -> String {
    let said = who.run(&[FLASH.as_slice(), &[summary]].concat()).done();
    let outcome = said.json().remove(0);
    assert_eq!(outcome["state"], "stored");
    outcome["id"].as_str().unwrap().to_owned()
}

/// A code with one letter that is another for certain, which a letter that the code may not have is not.
fn mistyped(code: &str) -> String {
    let (start, rest) = code.split_at(40);
    let letter = if rest.starts_with('7') { '8' } else { '7' };
    format!("{start}{letter}{}", &rest[1..])
}

/// What a member's inbox says, oldest first.
fn summaries(who: &bellrope_tests::people::Person) -> Vec<String> {
    let said = who.run(&["inbox", "--json"]).done();
    said.json()
        .iter()
        .map(|alert| alert["alert"]["summary"].as_str().unwrap().to_owned())
        .collect()
}

/// What a person's device has kept of what a relay signed, as it is written for others.
fn evidence(who: &bellrope_tests::people::Person) -> String {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().to_str().unwrap();
    // As a file manager copies it.
    let said = who.run(&["evidence", "--dir", &format!("'{out}'")]).done();
    assert!(!said.out.is_empty(), "{}", said.err);
    String::from_utf8(bellrope_tests::world::all_bytes(dir.path())).unwrap()
}

#[test]
fn every_file_is_listed() {
    let here = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("e2e");
    let listed = std::fs::read_to_string(here.join("main.rs")).unwrap();
    for entry in std::fs::read_dir(here).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        let is_rust = path.extension().is_some_and(|ending| ending == "rs");
        if is_rust && name != "main" {
            assert!(
                listed.contains(&format!("\nmod {name};")),
                "{name} never runs"
            );
        }
    }
}
