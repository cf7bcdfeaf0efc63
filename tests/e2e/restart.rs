//! Kills and restarts between any two steps.

use std::fs;

use crate::{FLASH, evidence, send, summaries, world};

#[test]
fn what_has_a_receipt_is_there_after_a_kill() {
    let mut world = world();
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    for number in 0..5 {
        send(&nina, &format!("kept {number}"));
        world.kill_relay();
        world.start_relay();
    }
    let _ = anna.run(&["watch", "--once"]).done();
    assert_eq!(summaries(&anna).len(), 5);
    let (code, log) = world.stop_relay();
    assert_eq!(code, 0, "{log}");
    let checked = world.relay_command(&["check"]).done();
    assert!(checked.out.contains(" 0 faults"), "{}", checked.out);
}

#[test]
fn a_watch_goes_on_when_the_relay_comes_back() {
    let mut world = world();
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    let mut watch = anna.start(&["watch"]);
    watch.wait_for("Watching");
    let (code, _) = world.stop_relay();
    assert_eq!(code, 0);
    watch.wait_for("being restarted");
    world.start_relay();
    watch.wait_for("Watching");
    send(&nina, "after the restart");
    watch.wait_for("after the restart");
}

#[test]
fn a_client_that_is_killed_shows_what_it_had_not_shown_and_sends_what_it_had_not_sent() {
    let world = world();
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    for round in 0..4 {
        let mut watch = anna.start(&["watch"]);
        watch.wait_for("Watching");
        let mut sender = anna.start(&[FLASH.as_slice(), &[&format!("round {round}")]].concat());
        sender.wait_for("Sealed");
        sender.kill();
        send(&nina, &format!("from Nina {round}"));
        watch.kill();
    }
    let _ = anna.run(&["outbox"]).done();
    let _ = anna.run(&["watch", "--once"]).done();
    let seen = summaries(&anna);
    let nina_said: Vec<_> = seen.iter().filter(|s| s.starts_with("from Nina")).collect();
    assert_eq!(
        nina_said,
        ["from Nina 0", "from Nina 1", "from Nina 2", "from Nina 3"]
    );
    let rounds: Vec<_> = seen.iter().filter(|s| s.starts_with("round")).collect();
    assert_eq!(rounds, ["round 0", "round 1", "round 2", "round 3"]);
    let all = anna.run(&["inbox", "--json"]).done().json();
    assert!(all.iter().all(|alert| alert["follows"] != "cloned"));
}

#[test]
fn a_relay_that_forgot_is_named_and_everybody_gets_what_there_was_once() {
    let mut world = world();
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    let alena = world.defender(&nina, "Alena", "en");
    send(&alena, "before the copy");
    assert_eq!(world.stop_relay().0, 0);
    world.back_up("backup");
    world.start_relay();
    let mut watch = anna.start(&["watch"]);
    watch.wait_for("Watching");
    send(&alena, "forgotten");
    watch.wait_for("forgotten");
    assert_eq!(world.stop_relay().0, 0);
    world.restore("backup");
    world.start_relay();
    watch.wait_for("contradicts what it signed");
    watch.wait_for("read again");
    watch.wait_for("Watching");
    // Who may only post notices it by the receipts, and sends again what the relay has lost.
    let said = alena
        .run(&[FLASH.as_slice(), &["after the old copy"]].concat())
        .done();
    assert_eq!(said.json()[0]["state"], "stored");
    assert!(
        said.err.contains("contradicts what it signed"),
        "{}",
        said.err
    );
    watch.wait_for("after the old copy");
    let text = evidence(&alena);
    assert_eq!(text.matches("bellrope evidence 1").count(), 1, "{text}");
    assert_eq!(text.matches("\nreceipt ").count(), 2, "{text}");
    assert_eq!(text.matches("\nkeys ").count(), 1, "{text}");
    // At rest it names no relay. Anybody can check it, who has no device here; half of it proves nothing.
    let kept = bellrope_tests::world::all_bytes(&alena.home().join("evidence"));
    assert!(!bellrope_tests::world::contains(&kept, "bellrope"));
    let stranger = world.person("a stranger", "en");
    let files = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = files.path().join(name);
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let whole = file("whole", &text);
    let proof = stranger.run(&["verify-evidence", &whole]).done();
    assert!(proof.out.contains("PROOF"), "{}", proof.out);
    let receipts: Vec<&str> = text
        .lines()
        .filter(|line| line.starts_with("receipt "))
        .collect();
    let halves =
        [0, 1].map(|at| file(&format!("half {at}"), &text.replace(receipts[at], "note x")));
    let half = stranger.run(&["verify-evidence", &halves[0]]).ended(1);
    assert!(
        half.out.contains("does not contradict itself"),
        "{}",
        half.out
    );
    let both = stranger
        .run(&["--lang", "ru", "verify-evidence", &halves[0], &halves[1]])
        .done();
    assert!(both.out.contains("ДОКАЗАТЕЛЬСТВО"), "{}", both.out);
    let rubbish = file("rubbish", "hello");
    let said = stranger.run(&["verify-evidence", &rubbish]).ended(1);
    assert!(said.err.contains("not an evidence file"), "{}", said.err);
    // After that all is quiet again.
    let said = alena
        .run(&[FLASH.as_slice(), &["quiet again"]].concat())
        .done();
    assert!(!said.err.contains("WARNING"), "{}", said.err);
    watch.wait_for("quiet again");
    let (_, seen) = watch.stop();
    let everything = [
        "before the copy",
        "forgotten",
        "after the old copy",
        "quiet again",
    ];
    for summary in everything {
        assert_eq!(seen.matches(summary).count(), 1, "{summary}: {seen}");
    }
    // Alena spoke in sight of the log that is gone. That there are two was told.
    assert!(!seen.contains("another record"), "{seen}");
    let said = nina.run(&["watch", "--once"]).done();
    for summary in everything {
        assert!(said.out.contains(summary), "{summary}: {}", said.out);
    }
    // What was lost came after what was said later: no sign of a copied device.
    let all = nina.run(&["inbox", "--json"]).done().json();
    assert!(all.iter().all(|alert| alert["follows"] != "cloned"));
    let said = anna.run(&["watch", "--once"]).done();
    assert_eq!(said.out, "", "nothing is shown twice");
}

#[test]
fn a_host_who_puts_back_an_old_copy_can_say_so() {
    let mut world = world();
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    let boris = world.reader(&nina, "Boris", "member", "en");
    let alena = world.defender(&nina, "Alena", "ru");
    let running = world.relay_command(&["restored"]).ended(1);
    assert!(running.err.contains("is in use by"), "{}", running.err);
    assert_eq!(world.stop_relay().0, 0);
    world.back_up("backup");
    world.start_relay();
    let mut watch = anna.start(&["watch"]);
    watch.wait_for("Watching");
    send(&alena, "forgotten");
    watch.wait_for("forgotten");
    let _ = boris.run(&["watch", "--once"]).done();
    send(&boris, "forgotten too");
    watch.wait_for("forgotten too");
    assert_eq!(world.stop_relay().0, 0);
    world.restore("backup");
    let said = world.relay_command(&["restored"]).done();
    assert!(
        said.out.contains("restored from a copy of 20"),
        "{}",
        said.out
    );
    world.start_relay();
    watch.wait_for("restored from a backup of 20");
    watch.wait_for("read again");
    watch.wait_for("Watching");
    let said = alena.run(&[FLASH.as_slice(), &["new"]].concat()).done();
    assert!(
        said.err.contains("из резервной копии от 20"),
        "{}",
        said.err
    );
    assert!(!said.err.contains("ВНИМАНИЕ"), "{}", said.err);
    watch.wait_for("new");
    let (_, seen) = watch.stop();
    assert!(!seen.contains("WARNING"), "{seen}");
    let text = evidence(&anna);
    assert!(text.contains("\nrestored "), "{text}");
    // What it signed before is signed with other keys than the announcement.
    assert_eq!(text.matches("\nkeys ").count(), 2, "{text}");
    // For who looks once, nothing has failed: it is said, and what is lost is sent again.
    let said = boris.run(&["watch", "--once"]).done();
    assert!(said.err.contains("restored from a backup"), "{}", said.err);
    assert!(said.out.contains("Summary: new"), "{}", said.out);
    let said = nina.run(&["watch", "--once"]).done();
    for summary in ["forgotten", "forgotten too", "new"] {
        assert!(said.out.contains(summary), "{summary}: {}", said.out);
    }
    // A damaged file is said, and nothing is started with it.
    assert_eq!(world.stop_relay().0, 0);
    fs::write(world.relay_dir().join("restored"), b"rubbish").unwrap();
    let refused = world.relay_command(&["run"]).ended(1);
    assert!(refused.err.contains("named restored"), "{}", refused.err);
}

#[test]
fn a_single_look_at_a_relay_that_forgot_shows_what_it_has() {
    let mut world = world();
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    let boris = world.reader(&nina, "Boris", "member", "en");
    assert_eq!(world.stop_relay().0, 0);
    world.back_up("backup");
    world.start_relay();
    send(&nina, "kept here only");
    let _ = anna.run(&["watch", "--once"]).done();
    assert_eq!(world.stop_relay().0, 0);
    world.restore("backup");
    world.start_relay();
    // At the place of what was forgotten: what Nina sends again could stand there within the same second, and nothing
    // would contradict.
    send(&boris, "new");
    // She has read when she let Anna in.
    let said = nina.run(&["watch", "--once"]).ended(1);
    assert!(
        said.err.contains("contradicts what it signed"),
        "{}",
        said.err
    );
    let said = anna.run(&["watch", "--once"]).ended(1);
    assert!(
        said.err.contains("contradicts what it signed"),
        "{}",
        said.err
    );
    assert!(said.out.contains("Summary: new"), "{}", said.out);
    assert!(!said.out.contains("kept here only"), "{}", said.out);
    let said = anna.run(&["watch", "--once"]).done();
    assert_eq!((said.out.as_str(), said.err.as_str()), ("", ""));
}

#[test]
fn one_relay_at_a_time_in_a_directory() {
    let mut world = world();
    let second = world.relay_command(&["run"]).ended(1);
    assert!(
        second
            .err
            .contains("is in use by the relay with process number")
    );
    let status = world.relay_command(&["status"]);
    assert_eq!(status.code, 0, "{}", status.err);
    assert_eq!(
        world.relay_command(&["init", "--host", "a"]).ended(1).out,
        ""
    );
    assert_eq!(world.relay_command(&["token", "--days", "0"]).code, 2);
    let address = world.relay_command(&["address"]).done();
    assert_eq!(address.out.trim(), world.address());
    let log = world.relay_log();
    // Its own address, which the host must know, and nobody else's.
    let mut others = log.lines();
    let other = others.find(|line| {
        line.contains("127.0.0.1:")
            && !line.contains("listening on")
            && !line.contains("bellrope://")
    });
    assert_eq!(other, None, "{log}");
    assert_eq!(world.stop_relay().0, 0);
    let status = world.relay_command(&["status", "--json"]).ended(3).json();
    assert_eq!(status[0]["running"], false);
    assert_eq!(status[0]["troubles"], serde_json::json!([]));
}

/// What a host's watchdog asks.
#[test]
fn a_status_says_by_its_exit_code_whether_the_relay_runs_and_is_well() {
    let mut world = world();
    let well = world.relay_command(&["status", "--json"]).done().json();
    assert_eq!(well[0]["running"], true);
    let time = &well[0]["time"].to_string();
    assert!(
        time.len() == 22 && time.ends_with("Z\""),
        "not RFC 3339: {time}"
    );
    // It stands still and writes nothing more; what it wrote is made older than it should be.
    world.relay().suspend();
    let file = world.relay_dir().join("status.json");
    let text = fs::read_to_string(&file).unwrap();
    let at = text.find("\"time\":\"20").unwrap();
    let old = format!("{}1999{}", &text[..at + 8], &text[at + 12..]);
    fs::write(&file, old).unwrap();
    let ill = world.relay_command(&["status"]).ended(1);
    assert!(ill.out.contains("THE RELAY IS SILENT"), "{}", ill.out);
    world.kill_relay();
    let gone = world.relay_command(&["status"]).ended(3);
    assert!(gone.out.starts_with("not running"), "{}", gone.out);
    // What an earlier program wrote, or a disk has damaged, is not what tells whether one runs.
    fs::write(&file, "{}").unwrap();
    let gone = world.relay_command(&["status"]).ended(3);
    assert!(gone.err.contains("no relay runs here"), "{}", gone.err);
    fs::remove_file(&file).unwrap();
    let never = world.relay_command(&["status"]).ended(3);
    assert!(never.err.contains("no relay has run"), "{}", never.err);
}

/// A terminal that is closed, or somebody who hopes that settings are read again.
#[test]
fn a_hangup_stops_no_relay_and_is_answered_in_its_log() {
    let mut world = world();
    world.relay().hang_up();
    let _ = world.relay().wait_for("SIGHUP changes nothing");
    world.relay().hang_up();
    let _ = world.relay().wait_for("restart the relay");
    let _ = world.relay_command(&["status"]).done();
    let (code, log) = world.stop_relay();
    assert_eq!(code, 0, "{log}");
}

#[test]
fn a_relay_that_has_lost_its_keys_says_that_a_copy_is_needed_and_becomes_no_other() {
    let mut world = world();
    assert_eq!(world.stop_relay().0, 0);
    let keys = ["online.keys", "relay.key"].map(|name| world.relay_dir().join(name));
    for key in &keys {
        fs::rename(key, key.with_extension("away")).unwrap();
    }
    let init = ["init", "--host", "127.0.0.1"];
    let config = world.relay_dir().join("relay.toml");
    for (command, without) in [(&["run"][..], false), (&["token"], false), (&init, true)] {
        if without {
            fs::remove_file(&config).unwrap();
        }
        let said = world.relay_command(command).ended(1);
        assert!(
            said.err.contains("put your copy of it there"),
            "{}",
            said.err
        );
        assert!(!said.err.contains("bellrope-relay init"), "{}", said.err);
    }
    // With the copy, everything is as it was.
    for key in &keys {
        fs::rename(key.with_extension("away"), key).unwrap();
    }
    let said = world.relay_command(&["init", "--host", "127.0.0.1", "--listen", "127.0.0.1:0"]);
    let _ = said.done();
    let key = |world: &bellrope_tests::world::World| {
        world.address().rsplit('/').next().unwrap()[..50].to_owned()
    };
    let before = key(&world);
    world.start_relay();
    assert_eq!(key(&world), before);
}

#[test]
fn founding_goes_on_where_it_stopped_and_a_token_opens_one_mailbox() {
    let mut world = world();
    let nina = world.person("nina", "en");
    let token = world.token();
    let address = world.address().to_owned();
    let create = [
        "create", "--relay", &address, "--token", &token, "--group", "G", "--name", "N",
    ];
    world.network().close_to_new(true);
    assert_eq!(nina.run(&create).code, 1);
    world.network().close_to_new(false);
    let said = nina.run(&create).done();
    assert!(said.err.contains("Going on from there"), "{}", said.err);
    let other = world.person("other", "en");
    let spent = other.run(&create).ended(1);
    assert!(spent.err.contains("token was used before"), "{}", spent.err);
    let renewed = world.token();
    let create = ["create", "--relay", &address, "--token", &renewed];
    let said = nina.run(&create).done();
    assert!(said.err.contains("Renewing"), "{}", said.err);
    assert_eq!(world.stop_relay().0, 0);
}

#[test]
fn a_relay_that_knows_no_mailbox_is_called_so_and_once() {
    let mut world = world();
    assert_eq!(world.stop_relay().0, 0);
    world.back_up("empty");
    world.start_relay();
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    assert_eq!(world.stop_relay().0, 0);
    world.restore("empty");
    world.start_relay();
    let said = anna.run(&["watch", "--once"]).ended(1);
    assert!(said.err.contains("no such mailbox"), "{}", said.err);
    let said = anna.run(&[FLASH.as_slice(), &["for nobody"]].concat());
    let said = said.ended(3);
    assert!(said.err.contains("no such mailbox"), "{}", said.err);
    let mut watch = anna.start(&["watch"]);
    watch.wait_for("no such mailbox");
    let (_, said) = watch.stop();
    assert_eq!(said.matches("no such mailbox").count(), 1, "{said}");
    assert!(
        !said.contains("the connection to the relay ended"),
        "{said}"
    );
}

/// The copy is older than the group itself: its mailbox is opened anew with another token, and nobody has to distrust the host.
#[test]
fn an_announced_copy_of_before_the_group_goes_on_with_a_new_token() {
    let mut world = world();
    assert_eq!(world.stop_relay().0, 0);
    world.back_up("empty");
    world.start_relay();
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    let alena = world.defender(&nina, "Alena", "en");
    send(&alena, "before");
    let _ = anna.run(&["watch", "--once"]).done();
    assert_eq!(world.stop_relay().0, 0);
    world.restore("empty");
    let _ = world.relay_command(&["restored"]).done();
    world.start_relay();
    let token = world.token();
    let address = world.address().to_owned();
    let renewed = nina.run(&["create", "--relay", &address, "--token", &token]);
    assert!(renewed.err.contains("Renewing"), "{}", renewed.err);
    for person in [&nina, &alena, &anna, &nina] {
        let said = person.run(&["watch", "--once"]).done();
        assert!(!said.err.contains("WARNING"), "{}", said.err);
    }
    send(&alena, "after");
    let said = nina.run(&["watch", "--once"]).done();
    assert_eq!(
        summaries(&nina),
        ["before", "after"],
        "{} {}",
        said.out,
        said.err
    );
    let said = anna.run(&["watch", "--once"]).done();
    assert_eq!(summaries(&anna), ["before", "after"], "{}", said.err);
}
