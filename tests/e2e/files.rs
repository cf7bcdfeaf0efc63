//! Files that members add to a case: they follow through whatever happens and hold nothing up, its readers have them, and originals those alone who
//! keep the evidence; who saves an original is told to everybody who reads the case.

use std::fs;

use bellrope_tests::{
    people::{Person, until},
    world::{World, contains},
};
use serde_json::Value;

use crate::{
    pages::compare,
    papers::{MARKER, look, paper, photo, saved, text},
    send, world,
};

/// How many parts of files of cases a relay has.
fn stored(who: &Person) -> u64 {
    let listed = who.run(&["outbox", "--offline", "--json"]).json();
    let files = listed.iter().filter(|it| it["state"] == "files");
    let papers = files.flat_map(|it| it["attachments"].as_array().unwrap());
    papers.map(|it| it["stored"].as_u64().unwrap()).sum()
}

pub(crate) fn page(who: &Person, case: &str) -> Value {
    let mut pages = who.run(&["case", case, "--json"]).done().json();
    pages.remove(0)
}

/// What stands in a file, as a whole number of bytes that nobody has seen sealed.
fn is_nowhere(disk: &[u8], bytes: &[u8]) -> bool {
    let middle = bytes.len() / 2;
    !disk.windows(24).any(|it| it == &bytes[middle..middle + 24])
}

/// The letters before the names of what was added by this person's only message that adds files.
fn letters(page: &Value, caption: &str) -> String {
    let added = page["attachments"].as_array().unwrap().iter();
    let mut of = added.filter(|it| it["caption"] == caption);
    let name = of.next().unwrap()["name"].as_str().unwrap().to_owned();
    name.split_once('-').unwrap().0.to_owned()
}

pub(crate) fn people(world: &World) -> [Person; 4] {
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    let ivan = world.reader(&nina, "Ivan", "member", "ru");
    let alena = world.defender(&nina, "Alena", "en");
    [nina, anna, ivan, alena]
}

#[test]
fn they_follow_over_a_dying_relay_and_new_keys_behind_every_alert_and_originals_are_for_their_keeper()
 {
    let mut world = world();
    let [nina, anna, ivan, alena] = people(&world);
    let olga = world.reader(&nina, "Olga", "observer", "en");
    let id = send(&alena, "Men at the door");
    for who in [&nina, &anna, &ivan, &olga] {
        let _ = look(who);
    }
    let case = page(&ivan, &id)["case"].as_str().unwrap().to_owned();
    let door = photo(&world, "дверь,\n вечером.jpg");
    let order = paper(&world, "order.pdf", 1_500_000);

    // Nobody keeps the evidence yet.
    let original = [
        "attach",
        &case,
        text(&door),
        "--with-original",
        "--by",
        "Пётр, сосед",
    ];
    let refused = ivan.run(&original).ended(1);
    assert!(refused.err.contains("evidence_keeper"), "{}", refused.err);
    let _ = nina
        .run(&["fact", "part", &case, "evidence_keeper", "Anna"])
        .done();

    // Sealed without a network. Who added what, where it comes from and its hash stand in the case at once.
    let _ = look(&ivan);
    world.kill_relay();
    let told = [
        "--caption",
        "the broken door",
        "--when",
        "01.11.2026 18:30",
        "--how",
        "his telephone",
    ];
    let _ = ivan.run(&[original.as_slice(), &told].concat()).ended(3);
    let files = [
        "attach",
        &case,
        text(&order),
        "--as-it-is",
        "--caption",
        "the order",
        "--json",
    ];
    let said = ivan.run(&files).ended(3);
    compare("`attach`", &said.json());
    assert!(!contains(&ivan.disk(), MARKER));
    assert_eq!(stored(&ivan), 0);
    compare(
        "`outbox`",
        &ivan.run(&["outbox", "--offline", "--json"]).ended(3).json(),
    );

    // The relay dies with some of them, so does the program that posts them; then the keys are new.
    world.start_relay();
    world
        .network()
        .slow_down(std::time::Duration::from_millis(30));
    let watching = ivan.start(&["watch"]);
    until("some parts are at the relay", || stored(&ivan) > 4);
    world.kill_relay();
    watching.kill();
    world.start_relay();
    world.network().slow_down(std::time::Duration::ZERO);
    let before = stored(&ivan);
    let _ = look(&nina);
    let _ = nina.run(&["members", "renew"]).done();
    // What he says now is there before the rest of them is.
    world
        .network()
        .slow_down(std::time::Duration::from_millis(30));
    let watching = ivan.start(&["watch"]);
    until("more parts are at the relay", || stored(&ivan) > before + 1);
    let _ = ivan.run(&["note", &case, "he is at the police"]).done();
    let between = stored(&ivan);
    world.network().slow_down(std::time::Duration::ZERO);
    // Two programs at once post each part once.
    let other = ivan.start(&["watch"]);
    until("all parts are at the relay", || {
        let listed = ivan.run(&["outbox", "--offline"]);
        listed.code == 0
    });
    assert!(
        between < stored(&ivan),
        "the note was there before: {between}"
    );
    watching.kill();
    other.kill();

    for who in [&nina, &anna, &ivan, &olga] {
        let _ = look(who);
    }
    let shown = page(&anna, &case);
    let (photos, orders) = (
        letters(&shown, "the broken door"),
        letters(&shown, "the order"),
    );
    let name = |letters: &str, number: u8| format!("{letters}-{number}");
    for who in [&nina, &anna] {
        let page = page(who, &case);
        let all = page["attachments"].as_array().unwrap();
        let names: Vec<&str> = all.iter().map(|it| it["name"].as_str().unwrap()).collect();
        let expected = [name(&photos, 1), name(&photos, 2), name(&orders, 1)];
        assert_eq!(names, expected, "on every device the same");
        assert_eq!(all[1]["kept_by"], serde_json::json!(["Anna"]));
        assert_eq!(all[1]["original_of"], name(&photos, 1));
        assert_eq!(all[0]["taken_by"], "Пётр, сосед");
        let here = who.home() == anna.home();
        assert_eq!(
            all[1]["here"] == all[1]["parts"],
            here,
            "for its keeper alone"
        );
    }
    let clean = saved(&world, &nina, &case, &name(&photos, 1));
    assert!(!contains(&clean, MARKER) && image::load_from_memory(&clean).is_ok());
    let refused = nina.run(&["attachment", &case, &name(&photos, 2)]).ended(1);
    assert!(
        refused.err.contains("sealed for those alone"),
        "{}",
        refused.err
    );
    // What was written anew is told to nobody.
    let saves = |who: &Person| -> Vec<(String, Value)> {
        let page = page(who, &case);
        let story = page["story"].as_array().unwrap().iter();
        let saves = story.filter(|it| it["what"] == "original_saved");
        saves
            .map(|it| (it["name"].as_str().unwrap().to_owned(), it["files"].clone()))
            .collect()
    };
    let _ = look(&anna);
    assert!(saves(&anna).is_empty());

    // An original: the case is told, or nothing is saved.
    let out = world.dir().join("original.jpg");
    let save = ["attachment", &case, &name(&photos, 2), "--save", text(&out)];
    let full = anna.on_full_disk().run(&save).ended(1);
    assert!(full.err.contains("nothing was saved"), "{}", full.err);
    assert!(!out.exists());
    let said = anna.run(&save).done();
    assert!(
        said.err.contains("is told that you are about to save it"),
        "{}",
        said.err
    );
    assert_eq!(fs::read(&out).unwrap(), fs::read(&door).unwrap());
    let _ = anna.run(&save).ended(2);
    let bytes = saved(&world, &nina, &case, &name(&orders, 1));
    assert_eq!(bytes, fs::read(&order).unwrap());
    let _ = look(&nina);
    let news = ivan.run(&["watch", "--once"]).done();
    assert!(news.out.contains("ОРИГИНАЛ СОХРАНЁН"), "{}", news.out);
    let expected = [
        ("Anna".to_owned(), serde_json::json!([name(&photos, 2)])),
        ("Nina".to_owned(), serde_json::json!([name(&orders, 1)])),
    ];
    for who in [&nina, &ivan] {
        let mut saves = saves(who);
        saves.sort_by(|one, next| one.0.cmp(&next.0));
        assert_eq!(saves, expected);
    }
    // That Anna saved something says nothing of who takes care of the case.
    let read_by = page(&ivan, &case)["read_by"].clone();
    assert_eq!(read_by, serde_json::json!(["Nina", "Ivan"]));

    let disks = [world.relay_disk(), ivan.disk(), anna.disk(), nina.disk()].concat();
    assert!(!contains(&disks, MARKER));
    assert!(is_nowhere(&disks, &bytes) && is_nowhere(&disks, &clean));
    compare("`case`", &[page(&anna, &case)]);
    let mut listed = anna.run(&["attachment", &case, "--json"]).done().json();
    fs::remove_file(&out).unwrap();
    let again = [save.as_slice(), &["--json", "--offline"]].concat();
    listed.extend(anna.run(&again).done().json());
    compare("`attachment`", &listed);

    // An observer for whom the case is opened later has what the relay still has, and saves no original, as nobody would be told.
    let _ = look(&nina);
    let _ = nina.run(&["open", &case, "to", "Olga", "--yes"]).done();
    for who in [&nina, &olga] {
        let _ = look(who);
    }
    assert_eq!(saved(&world, &olga, &case, &name(&photos, 1)), clean);
    fs::remove_file(&out).unwrap();
    let refused = olga
        .run(&["attachment", &case, &name(&orders, 1), "--save", text(&out)])
        .ended(1);
    assert!(refused.err.contains("Ask a member"), "{}", refused.err);
    assert!(!out.exists());
}

#[test]
fn what_cannot_be_added_is_said_before_anything_is_asked_and_nothing_is_left_of_it() {
    let world = world();
    let [nina, anna, ivan, alena] = people(&world);
    let olga = world.reader(&nina, "Olga", "observer", "en");
    let id = send(&alena, "Men at the door");
    for who in [&nina, &anna, &ivan, &olga] {
        let _ = look(who);
    }
    let door = photo(&world, "a.jpg");
    let order = paper(&world, "order.pdf", 300);
    let empty = world.dir().join("пусто.pdf");
    fs::write(&empty, b"").unwrap();
    let large = paper(&world, "large.pdf", 50_000_001);
    let half = paper(&world, "half.pdf", 26_000_000);
    let folder = world.dir().join("папка");
    fs::create_dir(&folder).unwrap();
    let linked = world.dir().join("link.pdf");
    std::os::unix::fs::symlink(&order, &linked).unwrap();
    let hanging = world.dir().join("hanging.pdf");
    std::os::unix::fs::symlink(world.dir().join("nothing"), &hanging).unwrap();
    let cases: [(&[&std::path::Path], &[&str], &str); 8] = [
        (&[&order], &[], "--as-it-is"),
        (&[&empty], &["--as-it-is"], "empty"),
        (&[&large], &["--as-it-is"], "at most 50000 kB"),
        (&[&half, &half], &["--as-it-is"], "at most 50000 kB"),
        (&[&folder], &["--as-it-is"], "no file: "),
        (&[&hanging], &["--as-it-is"], "hanging.pdf"),
        (&[door.as_path(); 9], &[], "more than 8 files"),
        (
            &[&order],
            &["--as-it-is", "--when", "перед обедом"],
            "--when",
        ),
    ];
    for (paths, more, expected) in cases {
        let paths: Vec<&str> = paths.iter().map(|path| text(path)).collect();
        let said = anna.run(&[["attach", &id].as_slice(), &paths, more].concat());
        assert!(said.code == 1 || said.code == 2, "{expected}: {}", said.err);
        assert!(said.err.contains(expected), "{expected}: {}", said.err);
    }
    // Whoever sits there reads what a file tells, and can leave it out.
    let mut at = anna.at_terminal(&["attach", &id, text(&order), "--as-it-is"], 40);
    at.sees("Send it as it is?");
    at.enters("");
    assert_eq!(at.ends(), 0);
    let refused = olga.run(&["attach", &id, text(&door)]).ended(1);
    assert!(!refused.err.is_empty());
    for who in [&anna, &olga] {
        assert!(!contains(&who.disk(), MARKER));
        assert_eq!(stored(who), 0);
    }

    assert_eq!(page(&anna, &id)["attachments"], serde_json::json!([]));

    // Killed while it is written, and on a full disk: all of it, or nothing.
    let order = paper(&world, "longer.pdf", 200_000);
    let whole = ["attach", &id, text(&order), "--as-it-is"];
    world.network().close_to_new(true);
    let mut killed = 0;
    for blocks in [20, 200, 520, 1_000] {
        let said = anna.killed_at(blocks).run(&whole);
        killed += usize::from(said.code == -1);
    }
    assert!((1..4).contains(&killed), "{killed}");
    let full = anna.on_full_disk().run(&whole).ended(1);
    assert!(!full.err.is_empty());
    world.network().close_to_new(false);
    let _ = anna.run(&["outbox"]).done();
    for who in [&anna, &ivan] {
        let _ = look(who);
    }
    let page = page(&ivan, &id);
    let all = page["attachments"].as_array().unwrap();
    assert_eq!(all.len(), 4 - killed, "of those that were said");
    assert!(all.iter().all(|it| it["here"] == 4), "{all:?}");

    // A link is what it leads to, and a file that changes afterwards is what it was.
    fs::write(&linked, b"%PDF-1.7 the first").unwrap();
    world.network().close_to_new(true);
    let _ = ivan
        .run(&["attach", &id, text(&linked), "--as-it-is"])
        .ended(3);
    fs::write(&linked, b"%PDF-1.7 the other").unwrap();
    world.network().close_to_new(false);
    let _ = ivan.run(&["outbox"]).done();
    let _ = look(&nina);
    let listed = nina.run(&["attachment", &id, "--json"]).done().json();
    let last = listed.last().unwrap()["name"].as_str().unwrap();
    assert_eq!(saved(&world, &nina, &id, last), b"%PDF-1.7 the first");
}
