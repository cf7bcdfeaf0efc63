//! Untouched originals on a bad day: a relay without room, programs that are killed, parts that the relay has let go of, and nobody who coordinates.

use std::{fs, path::PathBuf, sync::Arc};

use bellrope_proto::ids::{Day, Timestamp};
use bellrope_relay::store::Store as _;
use bellrope_tests::{
    people::{Person, until},
    world::World,
};
use serde_json::json;

use crate::{
    files::{page, people},
    inside::{in_place_of, open_again, today},
    originals::{attachments, posted, said},
    papers::{look, paper, photo, saved, text, with},
    send, world,
};

/// What the system says of a program that it killed.
const KILLED: i32 = -1;

/// A photograph whose untouched file has so many bytes.
fn large_photo(world: &World, name: &str, bytes: usize) -> PathBuf {
    let path = photo(world, name);
    let mut whole = fs::read(&path).unwrap();
    whole.resize(bytes, 7);
    fs::write(&path, whole).unwrap();
    path
}

fn case_of(who: &Person, summary: &str) -> String {
    let kept = who.run(&["inbox", "--json"]).done().json();
    let found = kept.iter().find(|it| it["alert"]["summary"] == summary);
    found.unwrap()["case"].as_str().unwrap().to_owned()
}

#[test]
fn who_names_a_keeper_is_told_that_originals_wait_to_be_handed_on() {
    let world = world();
    let [nina, anna, ivan, alena] = people(&world);
    let door = photo(&world, "a.jpg");
    let args = ["--attach", text(&door), "--with-original"];
    let _ = alena.run(&with("Men at the door", &args)).done();
    for who in [&nina, &anna, &ivan] {
        let _ = look(who);
    }
    let case = case_of(&nina, "Men at the door");
    let name = |who: &Person, part: &str, name: &[&str]| {
        let args = [&["fact", "part", &case, part], name].concat();
        who.run(&args).done().out
    };
    let other = name(&nina, "deputy", &["Anna"]);
    assert!(!other.contains("untouched"), "{other}");
    // Who cannot open it is told where it says who can; who can, how.
    let told = name(&ivan, "evidence_keeper", &["Anna"]);
    assert!(told.contains("ждёт передачи"), "{told}");
    assert!(told.contains("который вы открыть не можете"), "{told}");
    assert!(!told.contains("--hand-on"), "{told}");
    let _ = look(&nina);
    let told = name(&nina, "evidence_keeper", &["Ivan"]);
    let how = format!("bellrope attachment {case} --hand-on");
    assert!(told.contains("1 untouched original"), "{told}");
    assert!(told.contains(&how), "{told}");
    assert!(!told.contains("cannot open"), "{told}");
    let _ = nina.run(&["attachment", &case, "--hand-on"]).done();
    let _ = look(&ivan);
    assert_eq!(
        saved(&world, &ivan.speaking("en"), &case, "2"),
        fs::read(&door).unwrap(),
        "it is done by that"
    );
    // Nobody lacks any, and nobody keeps it any more: nothing waits.
    for keeper in [&["Nina"] as &[&str], &[]] {
        let told = name(&nina, "evidence_keeper", keeper);
        assert!(!told.contains("untouched"), "{told}");
    }
}

#[test]
fn what_a_killed_program_was_about_to_add_takes_no_room_and_a_living_ones_does() {
    let world = world();
    let [nina, anna, _, alena] = people(&world);
    let id = send(&alena, "Men at the door");
    for who in [&nina, &anna] {
        let _ = look(who);
    }
    world.network().close_to_new(true);
    let large = [
        paper(&world, "one.pdf", 30_000_000),
        paper(&world, "two.pdf", 30_000_001),
    ];
    let add = |path: &PathBuf| {
        let args = ["attach", &id, text(path), "--as-it-is", "--yes"];
        args.map(str::to_owned)
    };
    let attaching = anna.home().join("attaching");
    let begun = || {
        let names = fs::read_dir(&attaching).into_iter().flatten();
        let mut names = names.map(|it| it.unwrap().file_name().into_string().unwrap());
        names.any(|name| name.ends_with(".parts"))
    };
    // It stands still in the middle, and may go on: its room is its own.
    let working = anna.start(&add(&large[0]));
    until("a part is sealed", begun);
    working.suspend();
    let refused = anna.run(&add(&large[1])).ended(1);
    assert!(refused.err.contains("leaves room"), "{}", refused.err);
    working.kill();
    assert!(begun(), "nobody has tidied up");
    // The same, killed where it wrote: the first file of parts has 2 MiB.
    let killed = anna.killed_at(1_000).run(&add(&large[1]));
    assert_eq!(killed.code, KILLED, "{}", killed.err);
    assert!(fs::read_dir(&attaching).unwrap().count() > 0);
    let _ = anna.run(&add(&large[1])).ended(3);
    let listed = anna.run(&["outbox", "--offline", "--json"]).json();
    let parts = listed
        .iter()
        .flat_map(|it| it["attachments"].as_array().unwrap());
    let parts: Vec<u64> = parts.map(|it| it["parts"].as_u64().unwrap()).collect();
    assert_eq!(parts, [477]);
    // What waits for the network is no orphan.
    let small = paper(&world, "three.pdf", 100_000);
    let _ = anna.run(&add(&small)).ended(3);
    world.network().close_to_new(false);
    let _ = look(&anna);
    let stored = anna.run(&["outbox", "--offline", "--json"]).json();
    assert_eq!(stored.iter().filter(|it| it["state"] == "files").count(), 2);
}

/// A relay whose clock says that it is three weeks ago, with a group whose mailbox may hold so much.
struct Before {
    then: Timestamp,
    runtime: tokio::runtime::Runtime,
    relay: crate::inside::Inside,
}

impl Before {
    fn begin(world: &mut World) -> Self {
        assert_eq!(world.stop_relay().0, 0);
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let then = Timestamp(today().0 - 21 * Timestamp::DAY_SECONDS);
        let relay = {
            let _inside = runtime.enter();
            in_place_of(world, |disk| Arc::new(disk), then)
        };
        Self {
            then,
            runtime,
            relay,
        }
    }

    /// The relay lets go of all of that, and it is today.
    fn pass(self, world: &mut World) {
        self.runtime.block_on(self.relay.end());
        let disk = open_again(&world.relay_dir().join("store"));
        let before = Day(self.then.day().0 + 14);
        let _ = disk.expire(before, before).unwrap();
        drop(disk);
        world.start_relay();
    }
}

#[test]
fn a_relay_without_room_for_an_original_is_told_of_and_the_rest_goes_when_there_is_some() {
    let mut world = world();
    let token = world.relay_command(&["token", "--quota-mib", "8"]).done();
    let before = Before::begin(&mut world);
    let nina = world.person("Nina", "en");
    let create = ["create", "--relay", world.address(), "--token"];
    let group = [token.out.trim(), "--group", "G", "--name", "Nina"];
    let _ = nina.run(&[create.as_slice(), &group].concat()).done();
    let anna = world.reader(&nina, "Anna", "member", "en");
    let _ = look(&anna);
    let door = large_photo(&world, "door.jpg", 6_000_000);
    let args = ["--attach", text(&door), "--with-original"];
    // The alert itself is there.
    let full = anna.run(&with("Men at the door", &args)).done();
    assert!(full.err.contains("no room for the rest"), "{}", full.err);
    let first = posted(&anna);
    let parts: u64 = full.json()[0]["attachments"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["parts"].as_u64().unwrap())
        .sum();
    assert!((10..parts).contains(&first), "{first} of {parts}");
    // What is small goes all the same, and it is told each time.
    let _ = send(&anna, "They are inside");
    let again = anna.speaking("ru").run(&["outbox"]).ended(3);
    assert!(
        again.err.contains("Отправка пройдёт, когда появится место"),
        "{}",
        again.err
    );
    assert_eq!(posted(&anna), first);
    let _ = look(&nina);
    let case = case_of(&nina, "Men at the door");
    let here = attachments(&nina, &case)[1]["here"].as_u64().unwrap();
    assert!(here > 0);
    let missing = nina.run(&["attachment", &case, "2"]).ended(1);
    assert!(missing.err.contains("missing"), "{}", missing.err);

    before.pass(&mut world);
    let _ = anna.run(&["outbox"]).done();
    assert_eq!(posted(&anna), parts);
    let _ = look(&nina);
    assert_eq!(saved(&world, &nina, &case, "2"), fs::read(&door).unwrap());
}

#[test]
fn a_saver_who_is_killed_leaves_no_half_and_the_case_says_that_nobody_knows() {
    let world = world();
    let [nina, anna, ivan, alena] = people(&world);
    let door = large_photo(&world, "door.jpg", 3_000_000);
    let args = ["--attach", text(&door), "--with-original"];
    let _ = alena.run(&with("Men at the door", &args)).done();
    for who in [&nina, &anna, &ivan] {
        let _ = look(who);
    }
    let case = case_of(&nina, "Men at the door");
    let folder = world.dir().join("saved");
    fs::create_dir(&folder).unwrap();
    let file = folder.join("original.jpg");
    let save = ["attachment", &case, "2", "--yes", "--save", text(&file)];
    let killed = nina.killed_at(1_000).run(&save);
    assert_eq!(killed.code, KILLED, "{}", killed.err);
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 0, "no half of it");
    // What her next program sends tells the others.
    let _ = nina.run(&["outbox"]).done();
    let _ = look(&ivan);
    let begun = ("original_saving".to_owned(), "Nina".to_owned());
    assert_eq!(said(&ivan, &case), std::slice::from_ref(&begun));
    let page = anna.run(&["watch", "--once"]).done();
    let page = format!("{}{}", page.out, anna.run(&["case", &case]).done().out);
    assert!(page.contains("nobody knows whether it was saved"), "{page}");
    let page = ivan.run(&["case", &case]).done().out;
    assert!(page.contains("ОРИГИНАЛ"), "{page}");
    // She does it again.
    let _ = nina.run(&save).done();
    assert_eq!(fs::read(&file).unwrap(), fs::read(&door).unwrap());
    let _ = look(&ivan);
    let saved = ("original_saved".to_owned(), "Nina".to_owned());
    assert_eq!(said(&ivan, &case), [saved, begun.clone(), begun]);
    use std::os::unix::fs::PermissionsExt as _;
    let mode = fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let again = nina.run(&save).ended(2);
    assert!(again.err.contains("original.jpg"), "{}", again.err);
}

#[test]
fn an_original_is_handed_on_when_the_relay_has_long_let_go_of_what_came_first() {
    let mut world = world();
    let before = Before::begin(&mut world);
    let [nina, anna, ivan, alena] = people(&world);
    let door = photo(&world, "door.jpg");
    let args = ["--attach", text(&door), "--with-original"];
    let _ = alena.run(&with("Men at the door", &args)).done();
    for who in [&nina, &anna, &ivan] {
        let _ = look(who);
    }
    let case = case_of(&nina, "Men at the door");
    before.pass(&mut world);
    let _ = nina
        .run(&["fact", "part", &case, "evidence_keeper", "Anna"])
        .done();
    let _ = look(&anna);
    // Nobody can have it from the relay any more.
    let refused = anna.run(&["attachment", &case, "2"]).ended(1);
    assert!(
        refused.err.contains("sealed for those alone"),
        "{}",
        refused.err
    );
    let _ = nina.run(&["attachment", &case, "--hand-on"]).done();
    for who in [&anna, &ivan] {
        let _ = look(who);
    }
    assert_eq!(saved(&world, &anna, &case, "2"), fs::read(&door).unwrap());
    assert_eq!(
        attachments(&ivan, &case)[1]["kept_by"],
        json!(["Anna", "Nina"])
    );
}

#[test]
fn where_nobody_who_coordinates_reads_an_alert_all_its_readers_open_its_original() {
    let world = world();
    let [nina, anna, ivan, _] = people(&world);
    let vera = world.reader(&nina, "Vera", "member", "en");
    for who in [&anna, &ivan, &vera] {
        let _ = look(who);
    }
    let door = photo(&world, "door.jpg");
    let args = ["--attach", text(&door), "--with-original"];
    let to = ["--to", "Anna", "--to", "Vera"];
    let words = with("For two", &[args.as_slice(), &to].concat());
    let sent = ivan.run(&words).done();
    let told = "НИКТО ИЗ КООРДИНАТОРОВ ГРУППЫ ЭТОТ СИГНАЛ НЕ ЧИТАЕТ";
    assert!(sent.err.contains(told), "{}", sent.err);
    assert!(sent.err.contains("2 человека"), "{}", sent.err);
    for who in [&nina, &anna, &vera, &ivan] {
        let _ = look(who);
    }
    let case = case_of(&anna, "For two");
    for who in [&anna, &vera] {
        assert_eq!(
            attachments(who, &case)[1]["kept_by"],
            json!(["Anna", "Vera"])
        );
        assert_eq!(saved(&world, who, &case, "2"), fs::read(&door).unwrap());
    }
    let _ = ivan.run(&["attachment", &case, "2"]).ended(1);
    // Who coordinates has not even the alert; to whom it is opened, sees that it is there.
    assert_eq!(crate::summaries(&nina), [] as [&str; 0]);
    let _ = anna.run(&["open", &case, "to", "Nina", "--yes"]).done();
    let _ = look(&nina);
    assert_eq!(
        page(&nina, &case)["attachments"][1]["kept_by"],
        json!(["Anna", "Vera"])
    );
    let _ = nina.run(&["attachment", &case, "2"]).ended(1);
}

/// Each who was handed it hands it on; in which order their messages lie on a disk decides nothing.
#[test]
fn an_original_goes_from_keeper_to_keeper() {
    let world = world();
    let [nina, anna, ivan, alena] = people(&world);
    let vera = world.reader(&nina, "Vera", "member", "en");
    let everybody = [&nina, &anna, &ivan, &vera];
    let door = photo(&world, "door.jpg");
    let _ = look(&vera);
    let _ = alena.run(&["outbox"]);
    let args = ["--attach", text(&door), "--with-original"];
    let _ = alena.run(&with("Men at the door", &args)).done();
    let _ = everybody.map(look);
    let case = case_of(&nina, "Men at the door");
    let name = |name: &str| nina.run(&["fact", "part", &case, "evidence_keeper", name]);
    for (who, next) in [(&nina, "Anna"), (&anna, "Ivan"), (&ivan, "Vera")] {
        let _ = name(next).done();
        let _ = look(who);
        let _ = who.run(&["attachment", &case, "2", "--hand-on"]).done();
        let _ = everybody.map(look);
    }
    for who in everybody {
        assert_eq!(
            attachments(who, &case)[1]["kept_by"],
            json!(["Anna", "Ivan", "Nina", "Vera"])
        );
        let whole = saved(&world, &who.speaking("en"), &case, "2");
        assert_eq!(whole, fs::read(&door).unwrap());
    }
}
