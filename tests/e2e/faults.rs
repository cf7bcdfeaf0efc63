//! Files that are damaged or cannot be written, and what was refused: nothing is lost by it, and it is said every time.

use std::fs;

use bellrope_client::{
    Device, MessageId,
    internals::{store_message, store_other, stored_messages},
};
use bellrope_proto::codec::{self, Blob};
use bellrope_tests::people::Person;

use crate::{FLASH, send, summaries, world};

#[test]
fn an_alert_that_cannot_be_stored_comes_again() {
    let world = world();
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    let new = anna.home().join("inbox/new");
    fs::remove_dir_all(&new).unwrap();
    fs::write(&new, b"where a folder should be").unwrap();
    send(&nina, "not to be lost");
    assert_eq!(anna.run(&["watch", "--once"]).code, 1);
    fs::remove_file(&new).unwrap();
    let shown = anna.run(&["watch", "--once"]).done().out;
    assert!(shown.contains("not to be lost"), "{shown}");
}

#[test]
fn a_full_disk_keeps_no_alert_from_a_member_and_nobody_from_reading() {
    let world = world();
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    send(&nina, "before it was full");
    let _ = anna.run(&["watch", "--once"]).done();
    for summary in ["the first", "the second"] {
        send(&nina, summary);
    }
    let full = anna.on_full_disk();
    let said = full.run(&["watch", "--once"]).ended(1);
    for summary in ["the first", "the second"] {
        assert!(said.out.contains(summary), "{}", said.out);
    }
    assert_eq!(
        said.err.matches("could not be stored").count(),
        1,
        "{}",
        said.err
    );
    for args in [
        ["inbox"].as_slice(),
        &["show", "1"],
        &["members"],
        &["outbox", "--offline"],
    ] {
        let said = full.run(args).done();
        assert!(said.out.contains("before it was full") || args[0] != "inbox");
    }
    let mut watch = full.start(&["watch"]);
    watch.wait_for("the second");
    send(&nina, "while it is watched");
    watch.wait_for("while it is watched");
    let (_, seen) = watch.stop();
    assert_eq!(seen.matches("Summary: the first").count(), 1, "{seen}");
    // There is room again.
    let said = anna.run(&["watch", "--once"]).done();
    let expected = [
        "before it was full",
        "the first",
        "the second",
        "while it is watched",
    ];
    assert_eq!(summaries(&anna), expected);
    assert!(said.out.contains("the first"), "{}", said.out);
}

#[test]
fn a_copy_that_cannot_be_written_costs_no_alert() {
    let world = world();
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    let file = world.dir().join("file");
    fs::write(&file, b"no folder").unwrap();
    send(&nina, "shown all the same");
    let copies = file.join("copies");
    let args = ["watch", "--once", "--envelopes", copies.to_str().unwrap()];
    let said = anna.run(&args).done();
    assert!(said.out.contains("shown all the same"), "{}", said.out);
    assert!(said.err.contains("copies"), "{}", said.err);
}

#[test]
fn a_damaged_file_hides_no_other_alert() {
    let world = world();
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    send(&nina, "the old one");
    let _ = anna.run(&["watch", "--once"]).done();
    // Cut short, as a disk leaves it, and something that was never ours.
    let shown = anna.home().join("inbox/cur");
    let shown = fs::read_dir(shown).unwrap().next().unwrap().unwrap().path();
    let good = fs::read(&shown).unwrap();
    fs::write(&shown, &good[..40]).unwrap();
    let new = anna.home().join("inbox/new").join("0".repeat(32));
    fs::write(&new, b"rubbish").unwrap();
    let mut watch = anna.start(&["watch"]);
    watch.wait_for("Watching");
    for summary in ["the first new one", "the second new one"] {
        send(&nina, summary);
        watch.wait_for(summary);
    }
    let (_, seen) = watch.stop();
    // Of each it is told once, by who finds it: the old one is found when the number of a new one is looked for among all that there are.
    assert_eq!(seen.matches("is damaged").count(), 2, "{seen}");
    assert!(seen.contains("ask another member"), "{seen}");
    assert!(!new.exists());
    send(&nina, "and to a single look");
    let once = anna.run(&["watch", "--once"]).done();
    assert!(once.out.contains("and to a single look"), "{}", once.out);
    assert_eq!(once.err.matches("is damaged").count(), 0, "{}", once.err);
    // A list has all that there is.
    let listed = anna.run(&["inbox"]).done();
    assert!(listed.out.contains("the second new one"), "{}", listed.out);
    assert_eq!(
        listed.err.matches("is damaged").count(),
        0,
        "{}",
        listed.err
    );
    // Nothing is deleted, and what is mended counts again.
    let aside = fs::read_dir(anna.home().join("damaged")).unwrap();
    assert_eq!(aside.count(), 2);
    fs::write(&shown, &good).unwrap();
    let expected = [
        "the old one",
        "the first new one",
        "the second new one",
        "and to a single look",
    ];
    assert_eq!(summaries(&anna), expected);
}

#[test]
fn a_damaged_file_of_the_outbox_holds_up_no_alert_and_is_told_once() {
    let world = world();
    let nina = world.coordinator("Nina");
    let alena = world.defender(&nina, "Alena", "ru");
    world.network().close_to_new(true);
    for summary in ["the first", "the second"] {
        let _ = alena.run(&[FLASH.as_slice(), &[summary]].concat()).ended(3);
    }
    let outbox = alena.home().join("outbox");
    let mut files: Vec<_> = fs::read_dir(&outbox)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    // The second to last is the first alert; before it went the request to join.
    fs::write(&files[files.len() - 2], b"").unwrap();
    fs::write(outbox.join("notes.txt"), b"somebody's").unwrap();
    world.network().close_to_new(false);
    let said = alena.run(&["outbox"]).done();
    assert_eq!(said.err.matches("повреждён").count(), 2, "{}", said.err);
    assert!(
        said.err.contains("напишите недостающее заново"),
        "{}",
        said.err
    );
    let said = alena.run(&["outbox", "--offline"]).done();
    assert!(!said.err.contains("повреждён"), "{}", said.err);
    assert!(said.out.contains("сохранено"), "{}", said.out);
    assert_eq!(
        fs::read_dir(alena.home().join("damaged")).unwrap().count(),
        2
    );
    let _ = nina.run(&["watch", "--once"]).done();
    assert_eq!(summaries(&nina), ["the second"]);
}

#[test]
fn a_damaged_invitation_stops_no_other() {
    let world = world();
    let nina = world.coordinator("Nina");
    let _ = world.invite(&nina, "Zoya", "member");
    let code = world.invite(&nina, "Anna", "member");
    let issued = nina.home().join("issued");
    let mut files: Vec<_> = fs::read_dir(&issued)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    fs::write(&files[0], b"rubbish").unwrap();
    let anna = world.person("anna", "en");
    let _ = anna.run(&["join", &code]).done();
    let said = nina.run(&["members"]).done();
    assert!(
        said.out.contains("Anna, member: asks to join"),
        "{}",
        said.out
    );
    assert_eq!(said.err.matches("is damaged").count(), 1, "{}", said.err);
    assert!(
        said.err.contains("make a new one for the same name"),
        "{}",
        said.err
    );
    let said = nina.run(&["members", "approve", "Anna"]).done();
    assert!(!said.err.contains("is damaged"), "{}", said.err);
    let _ = anna.run(&["watch", "--once"]).done();
    send(&nina, "to both");
    let shown = anna.run(&["watch", "--once"]).done().out;
    assert!(shown.contains("to both"), "{shown}");
    let _ = nina.run(&["members", "refuse", "Zoya"]);
    let _ = world.invite(&nina, "Zoya N", "member");
}

/// An update or a step back of the program must not take an alert away.
#[test]
fn what_another_build_kept_is_shown() {
    let world = world();
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    send(&nina, "the ordinary one");
    let _ = anna.run(&["watch", "--once"]).done();
    let device = Device::unlock(anna.home(), &"a long enough passphrase".into()).unwrap();
    // One whose signature is made otherwise, one whose file is of another form, one whose signed message is.
    let (_, mut message) = stored_messages(&device).unwrap().remove(0);
    let signed = Blob(message.sent.message.bytes().to_vec());
    let signed = codec::encode(&(signed, [[0_u8; 32]; 2]));
    message.sent.message = codec::decode(&signed).unwrap();
    store_message(&device, MessageId([0xef; 16]), &message).unwrap();
    let wordy = codec::encode(&(7_u64, "Men at the door \u{1b}[2J", 9_u16));
    store_other(&device, MessageId([0xab; 16]), &wordy).unwrap();
    let signed = codec::encode(&(Blob(wordy), [[0_u8; 32]; 2]));
    message.sent.message = codec::decode(&signed).unwrap();
    store_message(&device, MessageId([0xcd; 16]), &message).unwrap();
    drop(device);

    let said = anna.run(&["watch", "--once"]).done();
    assert_eq!(
        said.out.matches("Men at the door").count(),
        2,
        "{}",
        said.out
    );
    assert_eq!(
        said.out
            .matches("Another version of this program kept it")
            .count(),
        3
    );
    assert!(
        said.out.contains("Summary: the ordinary one"),
        "{}",
        said.out
    );
    assert!(said.out.contains("Signed (time unknown)"), "{}", said.out);
    assert!(!said.out.contains('\u{1b}'));
    let page = anna.run(&["show", "abababab", "--lang", "ru"]).done().out;
    assert!(page.contains("сохранила другая версия программы"), "{page}");
    let all = anna.run(&["inbox", "--json"]).done().json();
    assert_eq!(all.len(), 4);
    let other = all.iter().filter(|one| one["signed"].is_null());
    assert_eq!(other.clone().count(), 2);
    for received in other {
        assert_eq!(received["sender"]["why"], "other_version");
        assert_eq!(received["alert"]["kind"], "unreadable");
        assert_eq!(received["shown"], true);
    }
}

#[test]
fn a_watch_sends_again_after_a_try_that_failed() {
    let world = world();
    let nina = world.coordinator("Nina");
    let mut watch = nina.start(&["watch"]);
    watch.wait_for("Watching");
    world.network().close_to_new(true);
    let queued = nina.run(&[FLASH.as_slice(), &["sent by the watch"]].concat());
    let _ = queued.ended(3);
    watch.wait_for("the relay cannot be reached");
    world.network().close_to_new(false);
    watch.wait_for("sent by the watch");
}

#[test]
fn a_refusal_is_said_every_time() {
    let world = world();
    let nina = world.coordinator("Nina");
    let code = world.invite(&nina, "Anna", "member");
    let anna = world.person("anna", "en");
    let _ = anna.run(&["join", &code]).done();
    let _ = nina.run(&["members", "refuse", "Anna"]).done();
    for _ in 0..2 {
        let said = anna.run(&["watch", "--once"]).ended(1);
        assert!(
            said.err.contains("did not let this device in"),
            "{}",
            said.err
        );
    }
    let (code, seen) = anna.start(&["watch"]).end();
    assert_eq!(code, 1, "{seen}");
}

#[test]
fn a_single_look_shows_alerts_before_it_does_anything_else() {
    let world = world();
    let nina = world.coordinator("Nina");
    let code = world.invite(&nina, "Zoya", "member");
    let _ = world.person("zoya", "en").run(&["join", &code]).done();
    send(&nina, "first of all");
    let mut watch = nina.start(&["watch", "--once"]);
    watch.wait_for("first of all");
    watch.wait_for("Asks to join: Zoya");
    assert_eq!(watch.end().0, 0);
}

#[test]
fn a_single_look_of_a_defender_says_what_was_sent_and_what_was_not() {
    let world = world();
    let nina = world.coordinator("Nina");
    let alena = world.defender(&nina, "Alena", "en");
    world.network().close_to_new(true);
    let queued = alena.run(&[FLASH.as_slice(), &["from the dark"]].concat());
    let _ = queued.ended(3);
    let failed = alena.run(&["watch", "--once"]).ended(1);
    assert!(failed.err.contains("cannot be reached"), "{}", failed.err);
    world.network().close_to_new(false);
    let said = alena.run(&["watch", "--once"]).done();
    assert!(said.err.contains("Stored at the relay"), "{}", said.err);
}

/// Nothing is half done by it: what could not be written is said, and is done when there is room.
#[test]
fn what_a_full_disk_has_no_room_for_is_said_and_done_when_there_is() {
    let world = world();
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    let _ = nina.run(&["members", "promote", "Anna"]).done();
    let _ = anna.run(&["watch", "--once"]).done();
    let parts = nina.home().parent().unwrap().join("parts");
    // As whoever cannot do it is told, and as who can.
    let tried = |who: &Person, args: &[&str]| {
        let said = who.on_full_disk().run(args).ended(1);
        assert!(said.out.is_empty(), "{args:?}: {}", said.out);
        assert!(
            said.err.contains("File too large"),
            "{args:?}: {}",
            said.err
        );
        who.run(args)
    };
    // Another device of who has the pen, with both sides on a full disk.
    let code = tried(&nina, &["device", "add"]).done().out;
    let code = code.lines().next().unwrap().to_owned();
    let second = world.person("Nina 2", "en");
    let _ = tried(&second, &["join", &code]).done();
    let said = nina.run(&["device", "add"]).done();
    let shown = said.out.lines().nth(1).unwrap().trim().to_owned();
    let _ = tried(&nina, &["device", "approve", &shown]).done();
    assert_eq!(second.on_full_disk().run(&["watch", "--once"]).code, 1);
    let _ = second.run(&["watch", "--once"]).done();
    send(&anna, "to both");
    let _ = second.run(&["watch", "--once"]).done();
    assert_eq!(summaries(&second), ["to both"]);

    // A recovery key: without its parts none is registered.
    let create = ["recovery", "create", "--dir", "parts", "--yes"];
    let said = nina.on_full_disk().run(&create).ended(1);
    assert!(said.err.contains("File too large"), "{}", said.err);
    let none = nina.run(&["recovery", "status", "--json"]).done().json();
    assert_eq!(none[0]["standing"], "none", "{none:?}");
    if parts.exists() {
        fs::remove_dir_all(&parts).unwrap();
    }
    let _ = nina.run(&create).done();
    let said = nina
        .run(&["recovery", "check", "parts/part-2.txt", "parts/part-3.txt"])
        .done();
    assert!(said.out.contains("that is registered"), "{}", said.out);

    // A wish: none is shown that nobody can carry out.
    let invite = ["invite", "Vera", "--role", "member"];
    let said = anna.on_full_disk().run(&invite).ended(1);
    assert!(said.out.is_empty(), "{}", said.out);
    let said = anna.run(&["members", "pending"]).done();
    assert!(!said.out.contains("Vera"), "{}", said.out);
    let code = anna.run(&invite).done().out;
    let code = code.lines().next().unwrap();
    let _ = nina.run(&["watch", "--once"]).done();
    let _ = world.person("Vera", "en").run(&["join", code]).done();
    let said = nina.run(&["members"]).done();
    assert!(
        said.out.contains("Vera, member: asks to join"),
        "{}",
        said.out
    );
}
