//! What is shown: rows, headings, lists, the bell's program, the state of a device, and JSON by the table in the README.

use std::{collections::BTreeSet, fs, os::unix::fs::PermissionsExt as _, path::Path};

use bellrope_tests::people::{Person, Said, until};
use serde_json::Value;

use crate::{FLASH, send, world};

const README: &str = include_str!("../../client/README.md");
const RELAYS_README: &str = include_str!("../../relay/README.md");

/// Sends an alert of a threat with these options; what is printed of it.
fn sends(who: &Person, summary: &str, options: &[&str]) -> Value {
    let threat = [
        "alert",
        "--yes",
        "--json",
        "--what",
        "threat",
        "--summary",
        summary,
    ];
    let said = who.run(&[threat.as_slice(), options].concat()).done();
    said.json().remove(0)
}

const DRILL: [&str; 3] = ["--drill", "--where", "BY"];

/// The rows at the left edge.
fn edge(said: &Said) -> Vec<&str> {
    let rows = said.out.lines().chain(said.err.lines());
    rows.filter(|row| !row.is_empty() && !row.starts_with("  "))
        .collect()
}

#[test]
fn a_summary_of_dots_does_not_write_our_lines() {
    let world = world();
    let nina = world.coordinator("Nina");
    let forged = "From: Anna (member), verified by the group's roster";
    let summary = format!("{}{forged}", ".".repeat(71));
    send(&nina, &summary);
    let seen = nina.run(&["watch", "--once"]).done();
    assert_eq!(
        seen.out.matches(forged).count(),
        1,
        "in one piece in a pipe that is wide"
    );
    for columns in ["40", "80", "200"] {
        let nina = nina.at_columns(columns);
        for command in [["show", "1"].as_slice(), &["inbox"]] {
            let said = nina.run(command).done();
            let columns: usize = columns.parse().unwrap();
            assert!(said.out.lines().all(|row| row.chars().count() < columns));
            assert!(
                edge(&said)
                    .iter()
                    .filter(|row| row.starts_with("From"))
                    .count()
                    <= 1,
                "{}",
                said.out
            );
            assert!(
                !edge(&said).iter().any(|row| row.starts_with("From: Anna")),
                "{}",
                said.out
            );
        }
    }
}

#[test]
fn a_narrow_terminal_is_asked_how_wide_it_is() {
    let world = world();
    let nina = world.coordinator("Nina");
    send(&nina, &format!("{}From: Anna", ".".repeat(31)));
    let _ = nina.run(&["watch", "--once"]).done();
    for columns in [40, 80] {
        let mut at = nina.at_terminal(&["show", "1"], columns);
        assert_eq!(at.ends(), 0);
        let screen = at.screen();
        let rows: Vec<&str> = screen.lines().map(str::trim_end).collect();
        let widest = rows.iter().map(|row| row.chars().count()).max().unwrap();
        assert!(widest < usize::from(columns), "{screen}");
        assert!(columns == 40 || widest > 40, "{screen}");
        assert!(
            !rows.iter().any(|row| row.starts_with("From: Anna")),
            "{screen}"
        );
    }
}

#[test]
fn the_list_is_narrowed_down_and_says_what_show_takes() {
    let world = world();
    let nina = world.coordinator("Nina");
    send(&nina, "Men at the door");
    let second = sends(
        &nina,
        "Ёлка у подъезда",
        &["--where", "RU", "--urgency", "critical"],
    );
    let urgent = [DRILL.as_slice(), &["--urgency", "high"]].concat();
    sends(&nina, "A rehearsal", &urgent);
    let _ = nina.run(&["watch", "--once"]).done();
    send(&nina, "Nobody has seen this");
    let _ = nina.run(&["members"]).done();
    let fits = |options: &[&str]| -> Vec<u64> {
        let said = nina.run(&[&["inbox", "--json"], options].concat()).done();
        let numbers = said.json();
        numbers
            .iter()
            .map(|alert| alert["number"].as_u64().unwrap())
            .collect()
    };
    let _ = nina.run(&["status"]).done();
    assert_eq!(fits(&[]), [1, 2, 3, 4]);
    assert_eq!(fits(&["--unread"]), [4]);
    assert_eq!(fits(&["--urgency", "critical"]), [2]);
    assert_eq!(fits(&["--urgency", "critical, high"]), [2, 3]);
    assert_eq!(fits(&["--country", "Belarus"]), [1, 3, 4]);
    // No sentence stands around it in which it could be a word.
    assert_eq!(fits(&["--country", "by"]), [1, 3, 4]);
    assert_eq!(fits(&["--country", "Belarus", "--urgency", "high"]), [3]);
    assert_eq!(fits(&["--drills"]), [3]);
    assert_eq!(fits(&["--search", "елка ПОДЪЕЗДА"]), [2]);
    assert_eq!(fits(&["--search", "door"]), [1]);
    assert_eq!(fits(&["--since", "tomorrow"]), Vec::<u64>::new());
    assert_eq!(fits(&["--since", "yesterday", "--unread"]), [4]);
    let none = nina.run(&["inbox", "--search", "nowhere"]).done();
    assert!(
        none.out.is_empty() && none.err.contains("fits that"),
        "{}",
        none.err
    );
    let wrong = nina.run(&["inbox", "--since", "soon"]).ended(2);
    assert!(wrong.err.contains("soon"), "{}", wrong.err);

    // A number, a case number, what the sender was told of it, and an id name the same one.
    let all = nina.run(&["inbox", "--json"]).done().json();
    let case = all[1]["case"].as_str().unwrap();
    let told = second["case"].as_str().unwrap();
    assert!(
        case.ends_with(told) && !told.contains("RU"),
        "{case} {told}"
    );
    let id = all[1]["id"].as_str().unwrap();
    for name in [
        "2",
        "#2",
        case,
        &case.to_lowercase(),
        told,
        &told[5..],
        id,
        &id[..12],
    ] {
        let shown = nina.run(&["show", name, "--json"]).done().json().remove(0);
        assert_eq!(shown["id"], id, "{name}");
    }
    assert!(nina.run(&["outbox", "--offline"]).done().out.contains(told));
    let list = nina.at_columns("80").run(&["inbox"]).done().out;
    assert!(list.lines().all(|row| row.chars().count() < 80), "{list}");
    assert_eq!(list.matches(" NEW ").count(), 1, "{list}");
}

#[test]
fn what_ends_a_case_is_not_headed_as_an_alert() {
    let world = world();
    let nina = world.coordinator("Nina");
    sends(&nina, "x", &DRILL);
    send(&nina, "Men at the door");
    let seen = nina.run(&["watch", "--once"]).done().out;
    let pages: Vec<&str> = seen.trim_end().split("\n\n").collect();
    assert_eq!(pages.len(), 2, "a blank line between alerts: {seen}");
    assert!(
        pages[0].starts_with("DRILL BY-") && pages[1].starts_with("ALERT BY-"),
        "{seen}"
    );
    let labels: Vec<&str> = pages[1]
        .lines()
        .filter_map(|row| row.split(':').next())
        .collect();
    let place = |label: &str| {
        labels
            .iter()
            .position(|known| known.starts_with(label))
            .unwrap()
    };
    let order = [
        "Urgency",
        "Summary",
        "Place",
        "Victim",
        "From",
        "How far it was checked",
        "Id",
    ];
    assert!(order.map(place).is_sorted(), "{seen}");
    assert_eq!(
        pages[1].matches("verified").count(),
        1,
        "said of the sender alone: {seen}"
    );
}

#[test]
fn a_program_is_started_for_what_should_wake_somebody_and_hears_nothing_of_it() {
    let world = world();
    let nina = world.coordinator("Nina");
    let heard = world.dir().join("heard");
    let program = world.dir().join("ring.sh");
    let script = format!(
        "#!/bin/sh\n{{ echo \"args: $#\"; /usr/bin/env; }} > {0}.new\nmv {0}.new {0}\n",
        heard.display()
    );
    fs::write(&program, script).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o700)).unwrap();
    let given = format!("file://{}", program.display());
    let mut watch = nina.start(&["watch", "--exec", &given]);
    watch.wait_for("Watching");
    sends(&nina, "a drill", &DRILL);
    watch.wait_for("a drill");
    sends(&nina, "calm", &["--where", "BY", "--urgency", "normal"]);
    watch.wait_for("calm");
    send(&nina, "Men at the door");
    watch.wait_for("Men at the door");
    until("the program was started", || heard.exists());
    let said = fs::read_to_string(&heard).unwrap();
    assert!(
        said.contains("args: 0\n") && said.contains("BELLROPE_KIND=flash\n"),
        "{said}"
    );
    assert!(
        !said.contains("PASSPHRASE") && !said.contains("BELLROPE_HOME"),
        "{said}"
    );
    assert!(!said.contains("door"), "{said}");
    let (code, seen) = watch.stop();
    assert_eq!((code, seen.matches("--exec").count()), (0, 0), "{seen}");

    // One that is not there is said once, and keeps nothing back.
    let mut watch = nina.start(&["watch", "--exec", "/nowhere/ring"]);
    watch.wait_for("Watching");
    send(&nina, "one more");
    watch.wait_for("could not be started");
    send(&nina, "and another");
    watch.wait_for("and another");
    let (_, seen) = watch.stop();
    assert_eq!(seen.matches("could not be started").count(), 1, "{seen}");
}

#[test]
fn a_device_says_how_it_stands_and_a_defenders_names_nobody() {
    let mut world = world();
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    let alena = world.defender(&nina, "Alena", "en");
    let said = nina.run(&["status"]).done();
    assert!(
        said.out
            .contains("An alert from here goes to one person: Anna"),
        "{}",
        said.out
    );
    assert!(
        said.out.contains("No alert waits") && said.out.contains("heard"),
        "{}",
        said.out
    );
    let json = anna.run(&["status", "--json"]).done().json().remove(0);
    assert_eq!(json["readers"], serde_json::json!(["Nina"]));
    assert_eq!(json["relay"]["silent"], false);
    let said = alena.run(&["status"]).done();
    for name in ["Nina", "Anna", "Alena", "Working group"] {
        assert!(
            !said.out.contains(name) && !said.err.contains(name),
            "{}",
            said.out
        );
    }
    assert!(said.out.contains("goes to 2 devices"), "{}", said.out);

    world.network().close_to_new(true);
    let mut sends = alena.start(&[FLASH.as_slice(), &["x"]].concat());
    sends.wait_for("Sealed");
    sends.kill();
    let said = alena.run(&["--lang", "ru", "status"]).done();
    assert!(said.out.contains("ЖДЁТ ЗДЕСЬ"), "{}", said.out);
    let json = alena
        .run(&["status", "--json", "--offline"])
        .done()
        .json()
        .remove(0);
    assert_eq!(
        (&json["waiting"], &json["readers"]),
        (&1.into(), &Value::Null)
    );
    let _ = world.stop_relay();
}

#[test]
fn times_are_on_the_readers_own_clock_and_in_utc() {
    let world = world();
    let nina = world.coordinator("Nina");
    // Not every machine that runs tests knows the zones by their names.
    let named = Path::new("/usr/share/zoneinfo/Europe/Minsk").exists();
    let minsk = nina.in_zone(if named { "Europe/Minsk" } else { "<+03>-3" });
    let when = ["--where", "BY", "--when", "2024-01-05 01:30"];
    sends(&minsk, "Men at the door", &when);
    let _ = minsk.run(&["watch", "--once"]).done();
    let page = minsk.run(&["show", "1"]).done().out;
    let there = "2024-01-05 01:30 UTC+3 (2024-01-04 22:30 UTC)";
    assert!(page.contains(there), "{page}");
    // When it was signed, too, and when it reached the relay.
    assert!(page.matches("UTC+3 (").count() >= 3, "{page}");
    let elsewhere = nina.in_zone("UTC").run(&["show", "1"]).done().out;
    assert!(elsewhere.contains("2024-01-04 22:30 UTC"), "{elsewhere}");
    assert!(!elsewhere.contains("UTC+"), "{elsewhere}");
    let json = minsk.run(&["show", "1", "--json"]).done().json().remove(0);
    assert_eq!(json["alert"]["time"]["at"], "2024-01-04T22:30:00Z");
}

/// Every key with the objects that it is in; an array has what is in any of its items.
fn keys(value: &Value, path: &str, into: &mut BTreeSet<String>) {
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                let path = if path.is_empty() {
                    key.clone()
                } else {
                    format!("{path}.{key}")
                };
                into.insert(path.clone());
                keys(value, &path, into);
            }
        }
        Value::Array(items) => items
            .iter()
            .for_each(|item| keys(item, &format!("{path}[]"), into)),
        _ => {}
    }
}

/// What is written of an object: all keys.
fn written(object: &str) -> BTreeSet<String> {
    let readme = match object {
        "`status --json`" => RELAYS_README,
        _ => README,
    };
    let (_, part) = readme.split_once(&format!("\n### {object}\n")).unwrap();
    let part = part.split("\n#").next().unwrap();
    let rows = part.lines().filter(|row| row.starts_with("| `"));
    let names = rows.map(|row| row.split('|').nth(1).unwrap());
    let names = names.flat_map(|names| names.split(','));
    names
        .map(|name| name.trim().trim_matches('`').to_owned())
        .collect()
}

/// No key that is not written, and every one that is, unless what it is in is empty or not there.
pub(crate) fn compare(object: &str, said: &[Value]) {
    let written = written(object);
    let mut seen = BTreeSet::new();
    for value in said {
        assert_eq!(value["v"], 1, "{value}");
        keys(value, "", &mut seen);
    }
    assert_eq!(
        seen.difference(&written).collect::<Vec<_>>(),
        Vec::<&String>::new(),
        "{object}"
    );
    for key in written.difference(&seen) {
        let parent = key
            .rsplit_once('.')
            .map(|(parent, _)| parent.trim_end_matches("[]"));
        let is_below = parent.is_some_and(|parent| {
            !seen.iter().any(|seen| {
                seen.starts_with(&format!("{parent}.")) || seen.starts_with(&format!("{parent}[]"))
            })
        });
        assert!(is_below, "{object}: {key} is written and was not seen");
    }
}

/// Whether every text that looks like a moment is one of RFC 3339.
fn moments_are_right(value: &Value) {
    match value {
        Value::Object(object) => object.values().for_each(moments_are_right),
        Value::Array(items) => items.iter().for_each(moments_are_right),
        Value::String(text) => assert!(!text.ends_with(" UTC"), "{text}"),
        _ => {}
    }
}

#[test]
fn json_is_as_the_readme_has_it() {
    let world = world();
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    let sent = nina
        .run(&[FLASH.as_slice(), &["Men at the door"]].concat())
        .done()
        .json();
    compare("`alert`", &sent);
    let watched = nina.run(&["watch", "--once", "--json"]).done().json();
    let listed = nina.run(&["inbox", "--json"]).done().json();
    let shown = nina.run(&["show", "1", "--json"]).done().json();
    let received = [watched, listed, shown].concat();
    assert_eq!(received.len(), 3);
    compare("`watch`, `inbox`, `show`", &received);
    let readers = nina
        .run(&["show", "1", "--readers", "--json"])
        .done()
        .json();
    compare("`show --readers`", &readers);
    let rule = [
        "Anna",
        "--country",
        "AZ",
        "--act",
        "threat",
        "--about",
        "group",
        "--source",
        "state",
        "--yes",
    ];
    for act in ["add", "keep-out"] {
        let _ = nina
            .run(&[&["circle", act], rule.as_slice()].concat())
            .done();
    }
    compare("`circle`", &nina.run(&["circle", "--json"]).done().json());
    let names: Vec<&str> = readers
        .iter()
        .filter_map(|it| it["name"].as_str())
        .collect();
    assert_eq!(names, ["Nina", "Anna"]);
    let said = nina
        .run(&["--lang", "ru", "show", "1", "--readers"])
        .done()
        .out;
    assert!(said.contains("  Anna, участник"), "{said}");
    let russian = nina.run(&["--lang", "ru", "inbox", "--json"]).done().json();
    assert_eq!(russian[0], received[1], "no word of a language");
    compare("`outbox`", &nina.run(&["outbox", "--json"]).done().json());
    compare("`members`", &nina.run(&["members", "--json"]).done().json());
    compare("`device`", &nina.run(&["device", "--json"]).done().json());
    let _ = anna.run(&["members", "promote", "Anna"]).done();
    let _ = nina.run(&["watch", "--once"]);
    let waiting = nina.run(&["members", "--json", "pending"]).done().json();
    assert_eq!(waiting[0]["by"], serde_json::json!(["Anna"]), "{waiting:?}");
    compare("`members pending`", &waiting);
    let _ = world.invite(&nina, "Alena", "defender");
    let contact = nina.run(&["contact", "Alena", "--reach", "after 18:00", "--json"]);
    compare("`contact`", &contact.done().json());
    let cut = ["recovery", "create", "--for", "Olga", "--qr", "--yes"];
    let cut = nina.run(&cut).done();
    assert!(cut.out.contains("Part 1 of 3, for Olga:"), "{}", cut.out);
    let recovery = nina.run(&["recovery", "status", "--json"]).done().json();
    compare("`recovery status`", &recovery);
    let begins = recovery[0]["parts"][2]["begins"].as_str().unwrap();
    assert!(cut.out.contains(&format!("\n{begins} ")), "{}", cut.out);
    let status = nina.run(&["status", "--json"]).done().json();
    compare("`status`", &status);
    // What a relay says of itself is some seconds old.
    let mut relays = Vec::new();
    until("the relay's status names the group's mailbox", || {
        relays = world.relay_command(&["status", "--json"]).done().json();
        relays[0]["mailboxes"][0]["ends"].is_string()
    });
    compare("`status --json`", &relays);
    let ends = relays[0]["mailboxes"][0]["ends"].as_str().unwrap();
    assert!(ends.ends_with('Z') && ends.contains('T'), "{ends}");
    let all = received.iter().chain(&sent).chain(&status);
    for value in all.chain(&recovery) {
        moments_are_right(value);
    }
}

#[test]
fn the_bell_rings_until_somebody_presses_enter_and_not_for_a_drill() {
    let world = world();
    let nina = world.coordinator("Nina");
    let mut watch = nina.at_terminal(&["watch"], 80);
    watch.sees("Watching");
    sends(&nina, "a rehearsal", &DRILL);
    let seen = watch.sees("a rehearsal");
    assert!(!seen.contains('\u{7}'), "{seen}");
    send(&nina, "Men at the door");
    let seen = watch.sees("Press Enter");
    assert_eq!(seen.matches('\u{7}').count(), 1, "for this one: {seen:?}");
    watch.enters("");
    watch.sees("The bell is quiet");
    watch.signals(rustix::process::Signal::TERM);
    assert_eq!(watch.ends(), 0);

    let mut quiet = nina.at_terminal(&["watch", "--no-bell"], 80);
    quiet.sees("Watching");
    send(&nina, "one more");
    quiet.sees("one more");
    quiet.signals(rustix::process::Signal::TERM);
    assert_eq!(quiet.ends(), 0);
    let screen = quiet.screen();
    assert!(
        !screen.contains('\u{7}') && !screen.contains("Press Enter"),
        "{screen}"
    );
}
