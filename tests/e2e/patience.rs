//! Nothing that is slow or stuck keeps the next alert from the screen.

use std::{
    fs::{self, File},
    io::Write as _,
    time::Duration,
};

use bellrope_tests::people::until;

use crate::{FLASH, hostile::say_past_the_network, send, world};

/// What a pipe holds, on Linux, until somebody reads from it.
const PIPE_BYTES: usize = 64 * 1024;

#[test]
fn a_relay_that_does_not_answer_what_is_sent() {
    let world = world();
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    let mut watch = anna.start(&["watch"]);
    watch.wait_for("Watching");
    world.network().close_to_new(true);
    // The command tries first, then the watch.
    let sender = anna.start(&[FLASH.as_slice(), &["waits for the relay"]].concat());
    until("both have tried", || world.network().turned_away() >= 2);
    say_past_the_network(&world, &nina, "meanwhile");
    watch.wait_for("meanwhile");
    // The watch's own try is given up only now.
    watch.wait_for("the relay cannot be reached");
    assert_eq!(sender.end().0, 3);
}

#[test]
fn a_command_that_is_suspended_while_it_sends() {
    let world = world();
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    let mut watch = anna.start(&["watch"]);
    watch.wait_for("Watching");
    world.network().close_to_new(true);
    let mut sender = anna.start(&[FLASH.as_slice(), &["from a suspended command"]].concat());
    // Before, it has tried to fetch newer keys.
    sender.wait_for("Sealed");
    let before = world.network().turned_away();
    until("it has tried", || world.network().turned_away() > before);
    sender.suspend();
    world.network().close_to_new(false);
    send(&nina, "while it is suspended");
    // In whatever order. What the command was to send is sent by the watch.
    for said in [
        "while it is suspended",
        "from a suspended command",
        "Stored at the relay",
    ] {
        watch.wait_for_times(said, 1);
    }
}

#[test]
fn a_program_that_was_suspended_with_a_lock() {
    let world = world();
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    // From here on every lock's file is there.
    send(&anna, "before");
    let mut watch = anna.start(&["watch"]);
    watch.wait_for("Watching");
    let held: Vec<File> = ["lock.receive", "lock.roster", "lock.state", "lock.queue"]
        .iter()
        .map(|name| {
            // There already: a lock of another name would hold up nobody.
            let file = File::open(anna.home().join(name)).unwrap();
            file.lock().unwrap();
            file
        })
        .collect();
    for number in 0..2 {
        let summary = format!("with a lock held {number}");
        send(&nina, &summary);
        watch.wait_for(&summary);
    }
    drop(held);
}

#[test]
fn no_command_waits_for_ever_for_a_program_that_was_suspended_with_a_lock() {
    let world = world();
    let nina = world.coordinator("Nina");
    let _ = world.invite(&nina, "Anna", "member");
    let held = File::open(nina.home().join("lock.roster")).unwrap();
    held.lock().unwrap();
    let said = nina.run(&["invite", "Zoya", "--role", "member"]).ended(1);
    assert!(
        said.err.contains("another bellrope works on this device"),
        "{}",
        said.err
    );
    drop(held);
    let _ = world.invite(&nina, "Zoya", "member");
}

#[test]
fn a_full_pipe_keeps_an_alert_from_nobody_else() {
    let world = world();
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    let (reader, mut writer) = std::io::pipe().unwrap();
    writer.write_all(&[b'\n'; PIPE_BYTES]).unwrap();
    let mut stuck = anna.start_into(&["watch"], writer);
    send(&nina, "behind a full pipe");
    // It has begun to show it when it has locked this file.
    let showing = anna.home().join("inbox/showing");
    until("it shows the alert", || {
        let mut files = fs::read_dir(&showing).into_iter().flatten().flatten();
        files.any(|file| File::open(file.path()).is_ok_and(|file| file.try_lock().is_err()))
    });
    let mut watch = anna.start(&["watch"]);
    watch.wait_for("behind a full pipe");
    send(&nina, "the next one");
    watch.wait_for("the next one");
    stuck.kill().unwrap();
    stuck.wait().unwrap();
    drop(reader);
}

#[test]
fn twelve_open_invitations_on_a_slow_network() {
    let world = world();
    let nina = world.coordinator("Nina");
    for number in 0..11 {
        let _ = world.invite(&nina, &format!("Guest {number}"), "member");
    }
    let code = world.invite(&nina, "Zoya", "member");
    let zoya = world.person("zoya", "en");
    let _ = zoya.run(&["join", &code]).done();
    world.network().slow_down(Duration::from_millis(150));
    let mut watch = nina.start(&["watch"]);
    watch.wait_for("Watching");
    say_past_the_network(&world, &nina, "while claims are read");
    watch.wait_for("while claims are read");
    // Hers is read last: twelve connections take longer than one alert.
    watch.wait_for("Asks to join: Zoya");
}
