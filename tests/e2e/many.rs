//! Many messages: lists are the same however the device keeps copies of them, and are narrowed down and counted.

use std::{fs, path::PathBuf};

use bellrope_client::{
    Device, MessageId,
    internals::{store_message, stored_messages},
};
use bellrope_tests::{
    people::{Person, copy},
    world::World,
};
use serde_json::{Value, json};

use crate::{FLASH, pages::compare, send, world};

/// More than a device opens one by one.
const MANY: u8 = 60;

/// Copies of what is in an inbox, as if they had been received.
fn keep_many(who: &Person, world: &World, numbers: std::ops::Range<u8>) {
    let passphrase = fs::read_to_string(world.dir().join("passphrase")).unwrap();
    let passphrase = passphrase.trim_end().to_owned().into();
    let device = Device::unlock(who.home(), &passphrase).unwrap();
    let (_, message) = stored_messages(&device).unwrap().remove(0);
    for number in numbers {
        store_message(&device, MessageId([number; 16]), &message).unwrap();
    }
}

fn index(who: &Person) -> PathBuf {
    who.home().join("index")
}

/// What each list says, which must not depend on how it was made.
fn listed(who: &Person) -> Vec<Vec<Value>> {
    let commands: [&[&str]; 4] = [
        &["inbox", "--json"],
        &["cases", "--json"],
        &["inbox", "--json", "--search", "marker"],
        &["cases", "--table", "--json"],
    ];
    let run = |command: &&[&str]| {
        let said = who.run(command).done();
        assert!(!said.err.contains("damaged"), "{}", said.err);
        said.json()
    };
    commands.iter().map(run).collect()
}

#[test]
fn lists_say_the_same_however_copies_are_kept() {
    let world = world();
    let nina = world.coordinator("Nina");
    send(&nina, "A marker of words: plum tarpaulin");
    let _ = nina.run(&["watch", "--once"]).done();
    keep_many(&nina, &world, 1..MANY);
    let first = listed(&nina);
    assert_eq!(first[0].len(), usize::from(MANY));
    assert_eq!(first[2].len(), usize::from(MANY));
    assert_eq!(first[3][0]["count"], json!(MANY));
    let segments = || -> Vec<PathBuf> {
        let names = fs::read_dir(index(&nina).join("inbox")).unwrap();
        names.map(|entry| entry.unwrap().path()).collect()
    };
    assert!(!segments().is_empty());
    assert_eq!(listed(&nina), first);
    let disk = nina.disk();
    assert!(!disk.windows(9).any(|bytes| bytes == b"tarpaulin"));

    // Cut, damaged, gone, or from before.
    let old = world.dir().join("old index");
    copy(&index(&nina), &old);
    for segment in segments() {
        let bytes = fs::read(&segment).unwrap();
        fs::write(&segment, &bytes[..bytes.len() / 2]).unwrap();
    }
    assert_eq!(listed(&nina), first);
    fs::write(&segments()[0], b"rubbish").unwrap();
    assert_eq!(listed(&nina), first);
    fs::remove_dir_all(index(&nina)).unwrap();
    assert_eq!(listed(&nina), first);
    let gone = nina
        .home()
        .join(format!("inbox/new/{}", MessageId([7; 16])));
    fs::remove_file(gone).unwrap();
    keep_many(&nina, &world, MANY..MANY + 4);
    let now = listed(&nina);
    assert_eq!(now[0].len(), usize::from(MANY) + 3);
    fs::remove_dir_all(index(&nina)).unwrap();
    copy(&old, &index(&nina));
    assert_eq!(listed(&nina), now);

    // A disk that takes nothing, a kill at any write, and several at once.
    fs::remove_dir_all(index(&nina)).unwrap();
    assert_eq!(listed(&nina.on_full_disk()), now);
    for blocks in [0, 1, 8, 40] {
        let _ = nina.killed_at(blocks).run(&["inbox", "--json"]);
        assert_eq!(listed(&nina), now);
        fs::remove_dir_all(index(&nina)).unwrap();
    }
    let at_once: Vec<_> = (0..4).map(|_| nina.start(&["cases", "--json"])).collect();
    for running in at_once {
        let (code, said) = running.end();
        assert_eq!(code, 0, "{said}");
    }
    assert_eq!(listed(&nina), now);

    let _ = nina.run(&["erase", "--yes"]);
    assert!(!index(&nina).exists());
}

#[test]
fn cases_are_narrowed_down_by_words_as_people_type_them_and_counted() {
    let world = world();
    let nina = world.coordinator("Nina");
    send(&nina, "Taken from the ёлка market");
    let elsewhere = [
        "alert",
        "--what",
        "threat",
        "--where",
        "AM",
        "--yes",
        "--summary",
    ];
    let _ = nina
        .run(&[elsewhere.as_slice(), &["Letters at night"]].concat())
        .done();
    let _ = nina
        .run(&[FLASH.as_slice(), &["A rehearsal", "--drill"]].concat())
        .done();
    let _ = nina.run(&["watch", "--once"]).done();
    let summaries = |options: &[&str]| -> Vec<String> {
        let said = nina.run(&[&["cases", "--json"], options].concat()).done();
        let said = said.json().into_iter();
        said.map(|case| case["summary"].as_str().unwrap().to_owned())
            .collect()
    };
    let taken = "Taken from the ёлка market";
    for (options, found) in [
        (&["--country", "belarus"][..], &[taken, "A rehearsal"][..]),
        (&["--country", "Беларусь", "--search", "ЕЛКА"], &[taken]),
        (
            &["--country", "by, am", "--act", "threats"],
            &["Letters at night"],
        ),
        (&["--act", "угроза"], &["Letters at night"]),
        (&["--about", "systemic"], &[]),
        (&["--source", "state"], &[]),
        (&["--until", "2020-01-01"], &[]),
        (
            &["--since", "yesterday", "--search", "letters"],
            &["Letters at night"],
        ),
        (&["--mine"], &[]),
        (&["--unled", "--act", "threat"], &["Letters at night"]),
        (&["--closed"], &[]),
    ] {
        assert_eq!(summaries(options), found, "{options:?}");
    }
    let nothing = nina.run(&["cases", "--mine"]).done();
    assert!(
        nothing.out.is_empty() && nothing.err.contains("No case fits"),
        "{}",
        nothing.err
    );
    let wrong = nina.run(&["cases", "--country", "Nowhereland"]).ended(2);
    assert!(wrong.err.contains("Nowhereland"), "{}", wrong.err);
    let wrong = nina
        .run(&["cases", "--since", "the day of the fair"])
        .ended(2);
    assert!(wrong.err.contains("fair"), "{}", wrong.err);

    // What was said since is looked through too.
    let case = nina
        .run(&["cases", "--json", "--search", "letters"])
        .done()
        .json()[0]["case"]
        .clone();
    let _ = nina
        .run(&["note", case.as_str().unwrap(), "The umbrella was green"])
        .done();
    let _ = nina.run(&["lead", case.as_str().unwrap()]).done();
    assert_eq!(summaries(&["--search", "umbrella"]), ["Letters at night"]);
    assert_eq!(summaries(&["--mine"]), ["Letters at night"]);
    let _ = nina
        .run(&["close", case.as_str().unwrap(), "--reason", "threat_ended"])
        .done();
    assert_eq!(summaries(&["--closed"]), ["Letters at night"]);

    let table = nina
        .run(&["cases", "--all", "--table", "--json"])
        .done()
        .json();
    compare("`cases --table`", &table);
    assert_eq!(table[0]["count"], 2, "drills are left out");
    assert_eq!(
        nina.run(&["cases", "--table", "--json"]).done().json()[0]["count"],
        1
    );
    let said = nina
        .at_columns("40")
        .run(&["cases", "--all", "--table"])
        .done()
        .out;
    assert!(said.contains("can point"), "{said}");
    assert!(
        said.contains("  Belarus: 1\n    taken into custody (arrest): 1\n"),
        "{said}"
    );
    let said = nina
        .run(&["--lang", "ru", "cases", "--all", "--table"])
        .done()
        .out;
    assert!(said.contains("2 дела. Учебные не считаются."), "{said}");
    assert!(said.contains("  Армения: 1\n    угроза"), "{said}");
}
