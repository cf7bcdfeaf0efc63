//! An alert's way to every member, once, in order, whatever else goes on.

use bellrope_tests::people::until;

use crate::{FLASH, send, summaries, world};

#[test]
fn everybody_who_reads_sees_it_at_once_and_once() {
    let world = world();
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    let boris = world.reader(&nina, "Boris", "member", "ru");
    let oleg = world.reader(&nina, "Oleg", "observer", "ru");
    let alena = world.defender(&nina, "Alena", "ru");
    let mut anna_watches = anna.start(&["watch"]);
    let mut boris_watches = boris.start(&["watch"]);
    anna_watches.wait_for("Watching");
    boris_watches.wait_for("На связи");
    let id = send(&alena, "Taken from the office");
    anna_watches.wait_for(&id);
    boris_watches.wait_for("Taken from the office");
    let seen = anna_watches.seen();
    assert!(seen.contains(" (defender), verified"), "{seen}");
    let (code, _) = anna_watches.stop();
    assert_eq!(code, 0);
    assert_eq!(anna.run(&["watch", "--once"]).done().out, "");
    assert_eq!(summaries(&anna), ["Taken from the office"]);
    // An observer reads what is sealed to them by name.
    let said = oleg.run(&["watch", "--once"]).done();
    assert!(!said.out.contains("Taken"), "{}", said.out);
    let to = ["to Oleg", "--to", "Oleg"];
    let _ = nina.run(&[FLASH.as_slice(), &to].concat()).done();
    let said = oleg.run(&["watch", "--once"]).done();
    assert!(said.out.contains("to Oleg"), "{}", said.out);
    let refused = oleg.run(&[FLASH.as_slice(), &["from an observer"]].concat());
    assert!(refused.ended(1).err.contains("не может отправлять"));
}

#[test]
fn whoever_was_away_gets_everything_in_order_and_nothing_twice() {
    let mut world = world();
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    let alena = world.defender(&nina, "Alena", "en");
    let mut expected = Vec::new();
    for round in 0..3 {
        for number in 0..4 {
            let summary = format!("alert {round}.{number}");
            send(if number % 2 == 0 { &alena } else { &nina }, &summary);
            expected.push(summary);
        }
        if round == 1 {
            let _ = anna.run(&["watch", "--once"]).done();
        }
        world.kill_relay();
        world.start_relay();
    }
    let first = anna.run(&["watch", "--once", "--json"]).done();
    assert_eq!(first.json().len(), 4, "eight were shown before");
    assert_eq!(summaries(&anna), expected);
    assert_eq!(anna.run(&["watch", "--once", "--json"]).done().out, "");
    let follows = anna.run(&["inbox", "--json"]).done().json();
    assert!(follows.iter().all(|alert| alert["follows"] == "in_order"));
}

#[test]
fn many_commands_at_once_on_one_home() {
    let world = world();
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    let mut one = anna.start(&["watch"]);
    let mut two = anna.start(&["watch"]);
    one.wait_for("Watching");
    two.wait_for("Watching");
    let senders: Vec<_> = (0..4)
        .map(|n| anna.start(&[FLASH.as_slice(), &[&format!("at once {n}")]].concat()))
        .collect();
    let listing = anna.start(&["inbox"]);
    let members = anna.start(&["members"]);
    for sender in senders {
        let (code, seen) = sender.end();
        assert_eq!(code, 0, "{seen}");
    }
    assert_eq!(listing.end().0, 0);
    assert_eq!(members.end().0, 0);
    send(&nina, "the last");
    until("the last is shown", || {
        (one.seen() + &two.seen()).contains("the last")
    });
    let shown = one.seen() + "\n" + &two.seen();
    for n in 0..4 {
        let line = format!("Summary: at once {n}");
        assert_eq!(shown.matches(&line).count(), 1, "{shown}");
    }
    assert!(!shown.contains("WARNING"), "{shown}");
    assert_eq!(summaries(&anna).len(), 5);
}

#[test]
fn chosen_readers_only() {
    let world = world();
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    let ivan = world.reader(&nina, "Ivan", "member", "en");
    let _ = anna.run(&["watch", "--once"]).done();
    let alert = [FLASH.as_slice(), &["only for Ivan", "--to", "ivan,nina"]].concat();
    let _ = anna.run(&alert).done();
    let _ = anna.run(&["watch", "--once"]).done();
    let shown = ivan.run(&["watch", "--once"]).done().out;
    assert!(shown.contains("Sent to 2 chosen readers only"), "{shown}");
    assert_eq!(summaries(&anna), [""; 0]);
    let unknown = [FLASH.as_slice(), &["x", "--to", "Nobody"]].concat();
    assert!(
        anna.run(&unknown)
            .ended(2)
            .err
            .contains("nobody called Nobody")
    );
}

#[test]
fn without_a_network_it_waits_and_then_goes_by_itself() {
    let world = world();
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    let file = world.dir().join("invitation");
    let file = file.to_str().unwrap();
    let args = ["invite", "Alena", "--role", "defender", "--file", file];
    let _ = nina.run(&args).done();
    world.network().close_to_new(true);
    let alena = world.person("alena", "en");
    let _ = alena.run(&["join", file]).done();
    let first = [FLASH.as_slice(), &["from the dark"]].concat();
    let said = alena.run(&first).ended(3);
    assert_eq!(said.json()[0]["state"], "queued");
    let waiting = alena.run(&["outbox", "--offline", "--json"]).ended(3);
    assert_eq!(waiting.json()[0]["state"], "queued");
    world.network().close_to_new(false);
    let mut watch = alena.start(&["watch"]);
    watch.wait_for("Stored at the relay");
    let _ = anna.run(&["watch", "--once"]).done();
    assert_eq!(summaries(&anna), ["from the dark"]);
    let stored = alena.run(&["outbox", "--json"]).done();
    assert_eq!(stored.json()[0]["state"], "stored");
}

#[test]
fn who_joins_later_is_reached_by_the_defenders_who_were_there() {
    let world = world();
    let nina = world.coordinator("Nina");
    let alena = world.defender(&nina, "Alena", "en");
    let _ = nina.run(&["members"]).done();
    let ivan = world.reader(&nina, "Ivan", "member", "en");
    let told = alena.run(&["watch", "--once"]).done();
    assert!(told.err.contains("keys are new"), "{}", told.err);
    send(&alena, "to the new one too");
    let _ = ivan.run(&["watch", "--once"]).done();
    assert_eq!(summaries(&ivan), ["to the new one too"]);
}

#[test]
fn a_form_and_answers_typed_at_a_pipe() {
    let world = world();
    let nina = world.coordinator("Nina");
    let form = nina.run(&["alert", "--template"]).done().out;
    let file = world.dir().join("form.toml");
    std::fs::write(&file, &form).unwrap();
    let file = file.to_str().unwrap();
    let empty = nina.run(&["alert", "--from", file, "--yes"]).ended(2);
    assert!(!empty.err.is_empty());
    let filled = form
        .replacen("acts = []", "acts = [\"threat\"]", 1)
        .replacen("summary = \"\"", "summary = \"Called at night\"", 1);
    assert_ne!(filled, form);
    std::fs::write(file, filled).unwrap();
    let unsure = nina.run(&["alert", "--from", file]).ended(2);
    assert!(unsure.err.contains("--yes"), "{}", unsure.err);
    let _ = nina.run(&["alert", "--from", file, "--yes"]).done();
    let _ = nina.run(&["watch", "--once"]).done();
    assert_eq!(summaries(&nina), ["Called at night"]);
}
