//! Photographs and papers with an alert: it goes first, they follow through whatever happens to the network and the relay, and who reads it has them.

use std::{fs, path::PathBuf};

use bellrope_tests::{
    people::{Person, Said, until},
    world::{World, contains},
};
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};

use crate::{FLASH, pages::compare, send, world};

/// In the file of a photograph, and in a paper.
pub(crate) const MARKER: &str = "the-blue-door-on-Lime-Street";

pub(crate) fn look(who: &Person) -> Said {
    who.run(&["watch", "--once"]).done()
}

/// A photograph with something in its file besides pixels.
pub(crate) fn photo(world: &World, name: &str) -> PathBuf {
    let pixels = RgbImage::from_fn(900, 700, |x, y| {
        let noise = x
            .wrapping_mul(2_654_435_761)
            .wrapping_add(y.wrapping_mul(40_503));
        Rgb([noise.to_be_bytes()[0], noise.to_be_bytes()[1], 9])
    });
    let mut made = std::io::Cursor::new(Vec::new());
    DynamicImage::ImageRgb8(pixels)
        .write_to(&mut made, ImageFormat::Jpeg)
        .unwrap();
    let made = made.into_inner();
    let comment = u16::try_from(MARKER.len() + 2).unwrap().to_be_bytes();
    let marked = [
        &made[..2],
        &[0xff, 0xfe],
        &comment,
        MARKER.as_bytes(),
        &made[2..],
        MARKER.as_bytes(),
    ];
    let path = world.dir().join(name);
    fs::write(&path, marked.concat()).unwrap();
    path
}

/// A paper of some parts.
pub(crate) fn paper(world: &World, name: &str, bytes: usize) -> PathBuf {
    let mut text = format!("%PDF-1.7 {MARKER} ").into_bytes();
    text.extend((0..=250_u8).cycle().take(bytes.saturating_sub(text.len())));
    let path = world.dir().join(name);
    fs::write(&path, text).unwrap();
    path
}

pub(crate) fn with(summary: &str, more: &[&str]) -> Vec<String> {
    let all = [FLASH.as_slice(), &[summary], more].concat();
    all.into_iter().map(str::to_owned).collect()
}

pub(crate) fn text(path: &std::path::Path) -> &str {
    path.to_str().unwrap()
}

/// Saves one, and gives its bytes.
pub(crate) fn saved(world: &World, who: &Person, case: &str, number: &str) -> Vec<u8> {
    let out = world.dir().join(format!(
        "{}-{number}",
        who.home().file_name().unwrap().display()
    ));
    let said = who.run(&["attachment", case, number, "--save", text(&out)]);
    assert!(said.done().err.contains("whoever has this disk"));
    let bytes = fs::read(&out).unwrap();
    fs::remove_file(&out).unwrap();
    bytes
}

#[test]
fn they_follow_the_alert_over_a_relay_that_dies_and_a_network_that_is_cut_and_its_readers_have_them()
 {
    let mut world = world();
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    let boris = world.reader(&nina, "Boris", "observer", "en");
    let alena = world.defender(&nina, "Alena", "en");
    send(&alena, "the first");
    let _ = look(&nina);
    let _ = alena.run(&["outbox"]).done();
    let photos = [photo(&world, "a.jpg"), photo(&world, "b.jpg")];
    let order = paper(&world, "order.pdf", 700_000);

    // Sealed while there is no network: nothing of them can be read on the disk.
    world.kill_relay();
    let attached = [
        "--attach",
        text(&photos[0]),
        "--attach",
        text(&photos[1]),
        "--attach-as-it-is",
        text(&order),
    ];
    let said = alena.run(&with("Men at the door", &attached)).ended(3);
    compare("`alert`", &said.json());
    assert_eq!(said.json()[0]["attachments"][2]["parts"], 12);
    assert!(
        said.err.contains("nothing but its pixels") || said.err.contains("Nothing but its pixels"),
        "{}",
        said.err
    );
    assert!(
        said.err.contains("It may tell who wrote it"),
        "{}",
        said.err
    );
    assert!(!contains(&alena.disk(), MARKER));
    let listed = alena
        .run(&["outbox", "--offline", "--json"])
        .ended(3)
        .json();
    let parts = |listed: &serde_json::Value| -> Vec<(u64, u64)> {
        let all = listed["attachments"].as_array().unwrap().iter();
        all.map(|it| {
            (
                it["stored"].as_u64().unwrap(),
                it["parts"].as_u64().unwrap(),
            )
        })
        .collect()
    };
    let before = parts(listed.last().unwrap());
    assert_eq!(before.len(), 3);
    assert!(before.iter().all(|(stored, _)| *stored == 0), "{before:?}");
    assert_eq!(before[2].1, 12);

    // The relay comes back, and dies when some parts are there; so does the network.
    for round in 0..2 {
        world.start_relay();
        world
            .network()
            .slow_down(std::time::Duration::from_millis(30));
        let watching = alena.start(&["watch"]);
        let stored = || {
            let listed = alena.run(&["outbox", "--offline", "--json"]).json();
            parts(listed.last().unwrap())
                .iter()
                .map(|(stored, _)| *stored)
                .sum::<u64>()
        };
        until("some parts are at the relay", || stored() > 3 * (round + 1));
        match round {
            0 => world.kill_relay(),
            _ => {
                world.network().close_to_new(true);
                world.kill_relay();
            }
        }
        watching.kill();
    }
    world.start_relay();
    world.network().close_to_new(false);
    world.network().slow_down(std::time::Duration::ZERO);
    // Another alert goes first.
    let _ = alena.run(&with("They are inside", &[])).done();
    let said = alena.run(&["outbox"]).done();
    assert!(
        said.out
            .contains("attachment 3: all 12 parts are at the relay"),
        "{}",
        said.out
    );

    let _ = look(&nina);
    let _ = look(&anna);
    let _ = look(&boris);
    let inbox = anna.run(&["inbox", "--json"]).done().json();
    let alert = inbox
        .iter()
        .find(|it| it["alert"]["summary"] == "Men at the door")
        .unwrap();
    let case = alert["case"].as_str().unwrap();
    let kinds: Vec<&str> = alert["attachments"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["kind"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["jpeg", "jpeg", "pdf"]);
    let page = anna.run(&["case", case]).done().out;
    assert!(page.contains("AS IT WAS"), "{page}");
    assert!(page.contains("nothing but pixels"), "{page}");
    assert!(
        !page.contains("order.pdf") && !page.contains("a.jpg"),
        "{page}"
    );

    let disk = [world.relay_disk(), alena.disk(), anna.disk()].concat();
    for number in ["1", "2", "3"] {
        let bytes = saved(&world, &anna, case, number);
        assert_eq!(bytes, saved(&world, &nina, case, number), "{number}");
        let middle = bytes.len() / 2;
        assert!(
            !disk.windows(24).any(|it| it == &bytes[middle..middle + 24]),
            "{number}"
        );
        match number {
            "3" => assert_eq!(bytes, fs::read(&order).unwrap()),
            _ => {
                assert!(!contains(&bytes, MARKER));
                let shown = image::load_from_memory(&bytes).unwrap();
                assert_eq!((shown.width(), shown.height()), (900, 700));
            }
        }
    }
    assert!(!contains(&disk, MARKER));

    compare(
        "`watch`, `inbox`, `show`",
        &anna.run(&["inbox", "--json"]).done().json(),
    );
    compare("`case`", &anna.run(&["case", case, "--json"]).done().json());
    compare("`outbox`", &alena.run(&["outbox", "--json"]).done().json());
    let mut listed = anna.run(&["attachment", case, "--json"]).done().json();
    let out = world.dir().join("one.jpg");
    let save = ["attachment", case, "1", "--json", "--save", text(&out)];
    listed.extend(anna.run(&save).done().json());
    compare("`attachment`", &listed);

    // Never over a file that is there, and by a name that says nothing.
    let there = paper(&world, "there", 20);
    let said = anna
        .run(&["attachment", case, "1", "--save", text(&there)])
        .ended(2);
    assert!(said.err.contains("is there already"), "{}", said.err);
    let _ = anna.run(&["attachment", case, "4"]).ended(2);

    // An observer was never meant, and who joins now was not there.
    let vera = world.reader(&nina, "Vera", "member", "en");
    for who in [&nina, &vera, &boris, &vera] {
        let _ = look(who);
    }
    for who in [&boris, &vera] {
        let _ = who.run(&["attachment", case, "1"]).ended(1);
    }
}

#[test]
fn what_cannot_go_is_said_before_anything_is_asked_and_nothing_is_sent() {
    let world = world();
    let nina = world.coordinator("Nina");
    let alena = world.defender(&nina, "Alena", "en");
    let photo = photo(&world, "a.jpg");
    let order = paper(&world, "order.pdf", 300);
    let large = paper(&world, "large.pdf", 2_000_001);
    let empty = world.dir().join("empty.jpg");
    fs::write(&empty, b"").unwrap();
    let heic = world.dir().join("IMG_0001.HEIC");
    fs::write(&heic, b"\0\0\0\x18ftypheic\0\0\0\0mif1heic").unwrap();
    let damaged = world.dir().join("half.jpg");
    fs::write(&damaged, &fs::read(&photo).unwrap()[..60]).unwrap();
    let folder = world.dir().join("folder");
    fs::create_dir(&folder).unwrap();
    let gone = world.dir().join("gone.jpg");
    for (option, path, expected) in [
        ("--attach", &order, "--attach-as-it-is"),
        ("--attach", &heic, "most compatible"),
        ("--attach", &damaged, "cannot be read"),
        ("--attach", &empty, "empty"),
        ("--attach", &folder, "no file: "),
        ("--attach", &gone, "gone.jpg"),
        ("--attach-as-it-is", &empty, "empty"),
        ("--attach-as-it-is", &large, "at most 2000 kB"),
    ] {
        let said = alena.run(&with("words", &[option, text(path)]));
        assert!(said.code == 1 || said.code == 2, "{}", said.err);
        assert!(said.err.contains(expected), "{expected}: {}", said.err);
    }
    let nine = ["--attach", text(&photo)].repeat(9);
    let said = alena.run(&with("words", &nine)).ended(2);
    assert!(said.err.contains("more than 8 files"), "{}", said.err);
    let outbox = alena.run(&["outbox", "--offline", "--json"]).json();
    assert!(outbox.is_empty(), "{outbox:?}");
}

/// An alert with one paper, sealed without a network.
fn waiting(world: &World, who: &Person, summary: &str, order: &std::path::Path) -> Said {
    world.network().close_to_new(true);
    let said = who.run(&with(summary, &["--attach-as-it-is", text(order)]));
    world.network().close_to_new(false);
    said
}

#[test]
fn who_gets_the_alert_later_than_its_parts_has_them_when_they_are_asked_for() {
    let world = world();
    let nina = world.coordinator("Nina");
    let alena = world.defender(&nina, "Alena", "en");
    send(&alena, "the first");
    let _ = look(&nina);
    let _ = alena.run(&["outbox"]).done();
    let order = paper(&world, "order.pdf", 200_000);
    let _ = waiting(&world, &alena, "Men at the door", &order).ended(3);
    // Her device does not know of him, and he has read past the parts when the alert is passed on.
    let boris = world.reader(&nina, "Boris", "member", "en");
    let _ = alena.run(&["outbox"]).done();
    for who in [&boris, &nina, &boris] {
        let _ = look(who);
    }
    let inbox = boris.run(&["inbox", "--json"]).done().json();
    let alert = inbox
        .iter()
        .find(|it| it["alert"]["summary"] == "Men at the door");
    let alert = alert.unwrap();
    assert_eq!(alert["passed_on_by"], "Nina");
    assert_eq!(alert["attachments"][0]["here"], 0);
    let case = alert["case"].as_str().unwrap();
    let said = boris.run(&["attachment", case, "1", "--offline"]).ended(1);
    assert!(said.err.contains("4 parts"), "{}", said.err);
    let bytes = fs::read(&order).unwrap();
    assert_eq!(saved(&world, &boris, case, "1"), bytes);
    // From then on it is here.
    let out = world.dir().join("again");
    let save = ["attachment", case, "1", "--offline", "--save", text(&out)];
    let _ = boris.run(&save).done();
    assert_eq!(fs::read(out).unwrap(), bytes);
}

#[test]
fn an_alert_never_speaks_of_what_will_not_come_and_never_waits_for_it() {
    let world = world();
    let nina = world.coordinator("Nina");
    let alena = world.defender(&nina, "Alena", "en");
    send(&alena, "the first");
    let order = paper(&world, "order.pdf", 200_000);
    let listed = || {
        let listed = alena.run(&["outbox", "--offline", "--json"]).json();
        let listed = listed.iter().skip(1);
        let counts = listed.map(|it| it["attachments"].as_array().unwrap().len());
        counts.collect::<Vec<usize>>()
    };
    // Killed while it is written: there is no alert then; or it was written, and the alert as well.
    let mut killed = 0;
    for blocks in [20, 200, 520, 1_000] {
        let said = waiting(&world, &alena.killed_at(blocks), "words", &order);
        killed += usize::from(said.code == -1);
        assert!(listed().iter().all(|count| *count == 1), "{blocks}");
    }
    assert!((1..4).contains(&killed), "{killed}");
    let before = listed().len();
    let full = alena.on_full_disk();
    let said = full.run(&with("no room", &["--attach-as-it-is", text(&order)]));
    let said = said.done();
    assert!(
        said.err.contains("1 file does not go with the alert"),
        "{}",
        said.err
    );
    assert_eq!(listed().len(), before);
    let _ = alena.run(&["outbox"]).done();
    let _ = look(&nina);
    let inbox = nina.run(&["inbox", "--json"]).done().json();
    let of = |summary: &str| {
        let mut all = inbox.iter().filter(|it| it["alert"]["summary"] == summary);
        all.next().unwrap()["attachments"]
            .as_array()
            .unwrap()
            .clone()
    };
    assert!(of("no room").is_empty());
    assert_eq!(of("words")[0]["here"], 4);
}
