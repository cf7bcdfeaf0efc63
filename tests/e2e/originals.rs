//! Untouched originals: with an alert for who coordinates, handed on to who keeps the evidence later, and every opening told as it went.

use std::fs;

use bellrope_tests::{
    people::{Person, Said, until},
    world::contains,
};
use serde_json::{Value, json};

use crate::{
    files::{page, people},
    pages::compare,
    papers::{MARKER, look, paper, photo, saved, text, with},
    send, world,
};

/// What is said of originals in the story of a case: what, by whom.
pub(crate) fn said(who: &Person, case: &str) -> Vec<(String, String)> {
    let page = page(who, case);
    let story = page["story"].as_array().unwrap().iter();
    let said = story.map(|it| (it["what"].as_str().unwrap(), it["name"].as_str().unwrap()));
    let said = said.filter(|(what, _)| what.starts_with("original"));
    let mut said: Vec<_> = said
        .map(|(what, who)| (what.to_owned(), who.to_owned()))
        .collect();
    // Two of them may be said in one second.
    said.sort();
    said
}

pub(crate) fn attachments(who: &Person, case: &str) -> Vec<Value> {
    page(who, case)["attachments"].as_array().unwrap().clone()
}

pub(crate) fn posted(who: &Person) -> u64 {
    let listed = who.run(&["outbox", "--offline", "--json"]).json();
    let papers = listed
        .iter()
        .flat_map(|it| it["attachments"].as_array().unwrap());
    papers.map(|it| it["stored"].as_u64().unwrap()).sum()
}

#[test]
fn an_alert_carries_its_original_and_a_later_keeper_is_handed_it() {
    let mut world = world();
    let [nina, anna, ivan, alena] = people(&world);
    let _ = send(&alena, "the first");
    for who in [&nina, &anna, &ivan] {
        let _ = look(who);
    }
    let _ = alena.run(&["outbox"]).done();
    let door = photo(&world, "дверь.jpg");
    let bytes = fs::read(&door).unwrap();

    // Sealed without a network: she reads what it tells, and who can open it; nothing of it is left here.
    world.kill_relay();
    let original = [
        "--attach",
        text(&door),
        "--with-original",
        "--taken-by",
        "Пётр, сосед",
        "--taken-when",
        "01.11.2026 18:30",
        "--taken-how",
        "его телефон",
    ];
    let sent = alena.run(&with("Men at the door", &original)).ended(3);
    compare("`alert`", &sent.json());
    let goes = sent.json()[0]["attachments"].clone();
    assert_eq!(
        (&goes[0]["original_of"], &goes[1]["original_of"]),
        (&Value::Null, &json!(1))
    );
    for expected in [
        "UNTOUCHED",
        "It may tell more",
        "1 person can open what goes untouched",
    ] {
        assert!(sent.err.contains(expected), "{expected}: {}", sent.err);
    }
    assert!(!contains(&alena.disk(), MARKER));

    // The relay dies with some of the parts; what is left follows, and another alert goes first.
    world.start_relay();
    world
        .network()
        .slow_down(std::time::Duration::from_millis(30));
    let watching = alena.start(&["watch"]);
    until("some parts are at the relay", || posted(&alena) > 1);
    world.kill_relay();
    watching.kill();
    world.start_relay();
    world.network().slow_down(std::time::Duration::ZERO);
    let _ = alena.run(&with("They are inside", &[])).done();
    let _ = alena.run(&["outbox"]).done();
    for who in [&nina, &anna, &ivan] {
        let _ = look(who);
    }

    let inbox = anna.run(&["inbox", "--json"]).done().json();
    let alert = inbox
        .iter()
        .find(|it| it["alert"]["summary"] == "Men at the door");
    let case = alert.unwrap()["case"].as_str().unwrap().to_owned();
    for who in [&nina, &anna, &ivan] {
        let all = attachments(who, &case);
        assert_eq!(all.len(), 2, "{all:?}");
        assert_eq!(
            (&all[1]["name"], &all[1]["original_of"]),
            (&json!("2"), &json!("1"))
        );
        assert_eq!(all[1]["kept_by"], json!(["Nina"]));
        assert_eq!(all[1]["taken_by"], "Пётр, сосед");
        assert_eq!(all[0]["here"], all[0]["parts"]);
        let is_here = all[1]["here"] == all[1]["parts"];
        assert_eq!(
            is_here,
            who.home() == nina.home(),
            "for who coordinates alone"
        );
    }
    let clean = saved(&world, &anna, &case, "1");
    assert!(!contains(&clean, MARKER));
    let refused = anna.run(&["attachment", &case, "2"]).ended(1);
    assert!(
        refused.err.contains("sealed for those alone"),
        "{}",
        refused.err
    );

    // Where it cannot be written, that is told as well; and half of it lies nowhere.
    let nowhere = world.dir().join("no such folder").join("original.jpg");
    let save = ["attachment", &case, "2", "--save", text(&nowhere)];
    let _ = nina.run(&save).ended(1);
    assert_eq!(saved(&world, &nina, &case, "2"), bytes);
    let small = world.dir().join("half.jpg");
    let save = ["attachment", &case, "2", "--save", text(&small)];
    let full = nina.on_disk_for_files_of(100).run(&save).ended(1);
    assert!(!small.exists(), "{}", full.err);
    let _ = nina.run(&["outbox"]).done();
    let _ = look(&ivan);
    let by_nina = |what: &str| (what.to_owned(), "Nina".to_owned());
    let expected = [
        by_nina("original_not_saved"),
        by_nina("original_not_saved"),
        by_nina("original_saved"),
        by_nina("original_saving"),
        by_nina("original_saving"),
        by_nina("original_saving"),
    ];
    assert_eq!(said(&ivan, &case), expected);
    assert_eq!(
        page(&ivan, &case)["read_by"],
        json!([]),
        "saving says nothing of that"
    );

    // Anna keeps the evidence by now. Who can open it is told so, and hands it on; nobody else does.
    let _ = nina
        .run(&["fact", "part", &case, "evidence_keeper", "Anna"])
        .done();
    for who in [&anna, &ivan] {
        let _ = look(who);
        let who = &who.speaking("en");
        let listed = who.run(&["attachment", &case]).done();
        assert!(!listed.out.contains("--hand-on"), "{}", listed.out);
        let said = who.run(&["attachment", &case, "--hand-on"]).done();
        assert!(said.err.contains("Nothing was handed on"), "{}", said.err);
        let refused = who.run(&["attachment", &case, "2", "--hand-on"]).ended(1);
        assert!(
            refused.err.contains("sealed for those alone"),
            "{}",
            refused.err
        );
        assert_eq!(attachments(who, &case)[1]["to_hand_on_to"], json!(["Anna"]));
    }
    let listed = nina.run(&["attachment", &case]).done();
    assert!(listed.out.contains("--hand-on"), "{}", listed.out);
    let refused = nina.run(&["attachment", &case, "1", "--hand-on"]).ended(2);
    assert!(
        refused.err.contains("no untouched original"),
        "{}",
        refused.err
    );
    let mut handed = nina
        .run(&["attachment", &case, "--hand-on", "--json"])
        .done()
        .json();
    for who in [&anna, &ivan] {
        let _ = look(who);
    }
    assert_eq!(saved(&world, &anna, &case, "2"), bytes);
    let _ = ivan.run(&["attachment", &case, "2"]).ended(1);
    let _ = look(&ivan);
    for who in [&anna, &ivan] {
        let all = attachments(who, &case);
        assert_eq!(all.len(), 2, "one more copy is none more in the list");
        assert_eq!(all[1]["kept_by"], json!(["Anna", "Nina"]));
        assert_eq!(all[1]["to_hand_on_to"], json!([]));
        let said = said(who, &case);
        assert!(said.contains(&by_nina("original_handed_on")), "{said:?}");
        assert!(
            said.contains(&("original_saved".to_owned(), "Anna".to_owned())),
            "{said:?}"
        );
    }
    let again = nina.run(&["attachment", &case, "2", "--hand-on"]).done();
    assert!(again.err.contains("Nothing was handed on"), "{}", again.err);
    handed.extend(anna.run(&["attachment", &case, "--json"]).done().json());
    let out = world.dir().join("clean.jpg");
    let save = ["attachment", &case, "1", "--json", "--save", text(&out)];
    handed.extend(anna.run(&save).done().json());
    compare("`attachment`", &handed);
    compare("`case`", &[page(&anna, &case)]);
    let disks = [
        world.relay_disk(),
        alena.disk(),
        nina.disk(),
        anna.disk(),
        ivan.disk(),
    ];
    assert!(!contains(&disks.concat(), MARKER));
}

#[test]
fn who_sits_there_reads_what_an_original_tells_and_can_keep_it() {
    let world = world();
    let [nina, _, _, alena] = people(&world);
    let door = photo(&world, "a.jpg");
    let large = paper(&world, "large.jpg", 8_000_001);
    let mut jpeg = fs::read(&door).unwrap();
    jpeg.extend(fs::read(&large).unwrap());
    fs::write(&large, jpeg).unwrap();
    let refused = alena.run(&with(
        "words",
        &["--attach", text(&large), "--with-original"],
    ));
    assert!(refused.ended(2).err.contains("at most 8000 kB"));
    let alone = alena.run(&with("words", &["--with-original"])).ended(2);
    assert!(alone.err.contains("--attach"), "{}", alone.err);
    let asked = [
        "alert",
        "--what",
        "arbitrary_arrest",
        "--where",
        "BY",
        "--summary",
        "Men at the door",
        "--attach",
        text(&door),
        "--with-original",
    ];
    let mut at = alena.speaking("ru").at_terminal(&asked, 40);
    at.sees("Отправить и нетронутый оригинал?");
    at.enters("");
    at.sees("Уходит без оригинала");
    // Nothing is asked of what does not go.
    at.sees("С кем");
    assert!(!at.screen().contains("Кто это снял"), "{}", at.screen());
    let _ = at.closes();
    let outbox = alena.run(&["outbox", "--offline", "--json"]).json();
    assert!(outbox.is_empty(), "{outbox:?}");
    let _ = nina;
}

/// Two commands at once.
fn both(one: impl FnOnce() -> Said + Send, other: impl FnOnce() -> Said + Send) -> [Said; 2] {
    std::thread::scope(|scope| {
        let one = scope.spawn(one);
        let other = scope.spawn(other);
        [one.join().unwrap(), other.join().unwrap()]
    })
}

#[test]
fn two_commands_at_once_take_no_more_room_than_there_is_and_none_loses_a_file() {
    let world = world();
    let [nina, anna, _, alena] = people(&world);
    let id = send(&alena, "Men at the door");
    for who in [&nina, &anna] {
        let _ = look(who);
    }
    world.network().close_to_new(true);
    let add = |path: &std::path::Path| {
        let command = ["attach", &id, text(path), "--as-it-is", "--yes"];
        anna.run(&command)
    };
    // Each fits by itself.
    let large = [
        paper(&world, "one.pdf", 30_000_000),
        paper(&world, "two.pdf", 30_000_001),
    ];
    let said = both(|| add(&large[0]), || add(&large[1]));
    let mut codes = said.iter().map(|it| it.code).collect::<Vec<_>>();
    codes.sort_unstable();
    assert_eq!(codes, [1, 3], "{}{}", said[0].err, said[1].err);
    let refused = said.iter().find(|it| it.code == 1).unwrap();
    assert!(refused.err.contains("leaves room"), "{}", refused.err);
    // Both of these do.
    let small = [
        paper(&world, "a.pdf", 200_000),
        paper(&world, "b.pdf", 200_001),
    ];
    for said in both(|| add(&small[0]), || add(&small[1])) {
        let _ = said.ended(3);
    }
    let listed = anna.run(&["outbox", "--offline", "--json"]).json();
    let parts = listed
        .iter()
        .flat_map(|it| it["attachments"].as_array().unwrap());
    let mut parts: Vec<u64> = parts.map(|it| it["parts"].as_u64().unwrap()).collect();
    parts.sort_unstable();
    assert_eq!(parts, [4, 4, 477]);
}

#[test]
fn a_part_for_which_a_disk_has_no_room_is_told_and_comes_again() {
    let world = world();
    let [nina, anna, ivan, alena] = people(&world);
    let id = send(&alena, "Men at the door");
    for who in [&nina, &anna, &ivan] {
        let _ = look(who);
    }
    let order = paper(&world, "order.pdf", 200_000);
    let _ = anna
        .run(&["attach", &id, text(&order), "--as-it-is"])
        .done();
    let _ = send(&alena, "They are inside");
    let said = ivan.on_disk_for_files_of(100).run(&["watch", "--once"]);
    assert!(
        said.out.contains("They are inside"),
        "{}\n{}",
        said.out,
        said.err
    );
    let told = "Часть одного из файлов дела не удалось сохранить";
    assert_eq!(said.err.matches(told).count(), 1, "{}", said.err);
    let listed = || attachments(&ivan, &id)[0]["here"].as_u64().unwrap();
    assert_eq!(listed(), 1, "the last part is small");
    // It is not told where there is room, and nobody has to ask for it.
    let said = look(&ivan);
    assert!(!said.err.contains(told), "{}", said.err);
    assert_eq!(listed(), 4);
}

#[test]
fn a_keeper_who_has_left_is_handed_nothing_and_what_nobody_can_open_is_said_to_be_so() {
    let world = world();
    let [nina, anna, ivan, alena] = people(&world);
    let id = send(&alena, "Men at the door");
    for who in [&nina, &anna, &ivan] {
        let _ = look(who);
    }
    let _ = nina
        .run(&["fact", "part", &id, "evidence_keeper", "Anna"])
        .done();
    let _ = look(&ivan);
    let door = photo(&world, "a.jpg");
    let add = ["attach", &id, text(&door), "--with-original"];
    let _ = ivan.run(&add).done();
    let _ = look(&nina);
    let listed = nina.run(&["attachment", &id]).done().out;
    assert!(listed.contains("sealed for Anna alone"), "{listed}");
    let _ = nina.run(&["members", "remove", "Anna", "--yes"]).done();
    let _ = look(&ivan);
    let listed = nina.run(&["attachment", &id]).done().out;
    assert!(listed.contains("nobody here can open it"), "{listed}");
    assert_eq!(attachments(&nina, &id)[1]["to_hand_on_to"], json!([]));
    let refused = ivan.run(&add).ended(1);
    assert!(refused.err.contains("evidence_keeper"), "{}", refused.err);
}
