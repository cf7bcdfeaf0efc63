//! Somebody who is made to open their device, or fears it: another passphrase, forgetting, erasing.

use std::fs;

use bellrope_tests::{people::Person, terminal::AtTerminal};
use rustix::process::Signal;

use crate::{send, somebody::everybody, summaries, world};

const OLD: &str = "a long enough passphrase";
const NEW: &str = "семь ёлок и один йод";

/// Whether a person's device opens with this.
fn opens(who: &Person, passphrase: &str) -> bool {
    bellrope_client::Device::unlock(who.home(), &passphrase.into()).is_ok()
}

#[test]
fn a_passphrase_is_changed_by_files_while_a_watch_goes_on() {
    let world = world();
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    let mut watch = anna.start(&["watch"]);
    watch.wait_for("Watching");
    let file = world.dir().join("new.txt");
    let change = ["passphrase", "--new-file", file.to_str().unwrap()];

    let said = anna.run(&change).ended(1);
    assert!(said.err.contains("new.txt"), "{}", said.err);
    fs::write(&file, "short\n").unwrap();
    let said = anna.run(&change).ended(1);
    assert!(said.err.contains("at least 10"), "{}", said.err);
    fs::write(&file, format!("\u{feff}{NEW}\r\nnot this\r\n")).unwrap();
    let said = anna.on_full_disk().run(&change).ended(1);
    assert!(said.err.contains("identity"), "{}", said.err);
    assert!(opens(&anna, OLD) && !opens(&anna, NEW));

    let said = anna.run(&change).done();
    assert!(said.err.contains("backups"), "{}", said.err);
    let old_file = "still has the old passphrase";
    assert!(said.err.contains(old_file), "{}", said.err);
    assert!(!opens(&anna, OLD) && opens(&anna, NEW));
    send(&nina, "meanwhile");
    watch.wait_for("meanwhile");
    assert_eq!(watch.stop().0, 0);
    let said = anna.run(&["inbox"]).ended(1);
    assert!(said.err.contains("does not fit"), "{}", said.err);
    fs::copy(&file, world.dir().join("passphrase")).unwrap();
    assert_eq!(summaries(&anna), ["meanwhile"]);
}

#[test]
fn of_two_who_change_a_passphrase_at_once_one_does() {
    let world = world();
    let nina = world.coordinator("Nina");
    let passphrases = ["one new passphrase", "another new passphrase"];
    let started = passphrases.map(|passphrase| {
        let file = world.dir().join(passphrase);
        fs::write(&file, passphrase).unwrap();
        nina.start(&["passphrase", "--new-file", file.to_str().unwrap()])
    });
    let ended = started.map(|running| running.end());
    let mut codes = ended.clone().map(|(code, _)| code);
    for ((code, said), passphrase) in ended.iter().zip(passphrases) {
        assert_eq!(opens(&nina, passphrase), *code == 0, "{said}");
        assert!(*code == 0 || said.contains("does not fit"), "{said}");
    }
    codes.sort_unstable();
    assert_eq!(codes, [0, 1]);
    assert!(!opens(&nina, OLD));
}

#[test]
fn a_passphrase_is_changed_at_a_terminal() {
    let world = world();
    for (one, [old, new]) in everybody(&world).iter().zip([[OLD, NEW], [NEW, OLD]]) {
        let change = || {
            one.who
                .at_terminal_with_passphrase(&["passphrase"], one.columns)
        };
        let asked = [
            ": ",
            one.says("New passphrase: ", "Новая парольная фраза: "),
        ];
        // Whoever does not know the old one is not asked for a new one.
        let mut at = change();
        for _ in 0..3 {
            at.sees(asked[0]);
            at.enters("not the passphrase");
        }
        assert_eq!(at.ends(), 1, "{}", at.screen());
        assert!(!at.screen().contains(asked[1]), "{}", at.screen());

        let mut at = change();
        at.sees(asked[0]);
        at.enters(old);
        let rules = at.sees(asked[1]);
        assert!(rules.contains("10"), "the rules come first: {rules}");
        at.enters("short");
        at.sees(asked[1]);
        at.enters(new);
        at.sees(": ");
        at.enters("another long one");
        at.sees(asked[1]);
        assert!(opens(&one.who, old));
        at.enters(new);
        at.sees(": ");
        at.enters(new);
        assert_eq!(at.ends(), 0, "{}", at.screen());
        assert!(at.is_as_before());
        assert!(opens(&one.who, new) && !opens(&one.who, old));
        let screen = at.screen();
        assert!(!screen.contains(old) && !screen.contains(new), "{screen}");
        let copies = one.says("backups", "резервные копии");
        assert!(screen.contains(copies), "{screen}");
    }
}

/// What a person sees where there is no device.
fn has_none(who: &Person) {
    for command in ["status", "inbox", "erase", "lock", "passphrase"] {
        let said = who.run(&[command]).ended(1);
        assert!(said.err.contains("there is no device"), "{}", said.err);
    }
}

#[test]
fn what_is_erased_is_gone_with_all_that_runs_and_what_is_not_ours_stays() {
    let world = world();
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    send(&nina, "words");
    let _ = world.invite(&nina, "Alena", "defender");
    let mut watch = nina.start(&["watch"]);
    watch.wait_for("Watching");
    send(&anna, "to the watch");
    watch.wait_for("to the watch");
    let copy = nina.cloned_to("copy");

    let said = nina.run_with(&["erase"], "erase\n").ended(2);
    assert!(said.err.contains("--yes"), "{}", said.err);
    assert!(opens(&nina, OLD));
    let said = nina.run(&["erase", "--yes"]).done();
    assert!(said.err.contains("keys are destroyed"), "{}", said.err);
    let (code, seen) = watch.end();
    assert_eq!(code, 0, "{seen}");
    assert!(seen.contains("no longer in"), "{seen}");
    assert!(!nina.home().exists());
    has_none(&nina);

    // On a disk that takes no byte; and something in it is the person's own.
    fs::write(copy.home().join("notes.txt"), "mine").unwrap();
    let said = copy.on_full_disk().run(&["erase", "--yes"]).done();
    assert!(
        said.err.contains("before they were removed"),
        "{}",
        said.err
    );
    let left = fs::read_dir(copy.home()).unwrap();
    let left: Vec<_> = left.map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["notes.txt"]);
    has_none(&copy);
}

#[test]
fn to_erase_a_word_is_typed() {
    let world = world();
    for one in everybody(&world) {
        let erase = || one.who.at_terminal_with_passphrase(&["erase"], one.columns);
        let question = one.says("erases nothing:", "не стирается:");
        let word = one.says("erase", "стереть");
        let asked = |at: &mut AtTerminal| drop(at.sees(&format!("{question} ")));
        let mut at = erase();
        at.sees(one.says("against you.", "против вас."));
        asked(&mut at);
        at.enters("");
        assert_eq!(at.ends(), 1, "{}", at.screen());
        assert!(at.is_as_before());
        let mut at = erase();
        at.sees(one.says("against you.", "против вас."));
        asked(&mut at);
        at.types([3]);
        assert_eq!(at.ends(), 1, "{}", at.screen());
        assert!(opens(&one.who, OLD));

        let copy = one.who.cloned_to(one.language);
        let mut at = copy.at_terminal_with_passphrase(&["erase"], one.columns);
        at.sees(one.says("against you.", "против вас."));
        asked(&mut at);
        at.enters(one.says("yes", "да"));
        asked(&mut at);
        at.enters(&format!(" «{}» ", word.to_uppercase()));
        assert_eq!(at.ends(), 0, "{}", at.screen());
        assert!(at.is_as_before());
        assert!(!copy.home().exists());
        let screen = at
            .screen()
            .replace("\u{1b}[?2004h", "")
            .replace("\u{1b}[?2004l", "");
        // But where the answer stands.
        let mut lines = screen.lines().filter(|line| !line.contains(question));
        let wide = lines.any(|line| line.trim_end().chars().count() > one.columns.into());
        assert!(!wide, "{}", at.screen());
    }
}

#[test]
fn what_runs_is_locked_at_once_and_who_does_not_end_is_told_of() {
    let world = world();
    for one in everybody(&world) {
        let on = one.says("Watching", "На связи");
        let mut watch = one.who.start(&["watch"]);
        watch.wait_for(on);
        let mut typing = one.alerts();
        one.is_led_to(&mut typing, 6);
        typing.types("half a li");
        // The passphrase is not asked for.
        let mut lock = one.who.at_terminal_with_passphrase(&["lock"], one.columns);
        assert_eq!(lock.ends(), 0, "{}", lock.screen());
        let (code, seen) = watch.end();
        let locked = one.says("was locked", "заблокировано");
        assert!(code == 0 && seen.contains(locked), "{code}: {seen}");
        assert_eq!(typing.ends(), 1, "{}", typing.screen());
        assert!(typing.is_as_before(), "{}", typing.screen());
        assert!(typing.screen().contains(locked), "{}", typing.screen());

        // Who starts afterwards is not meant; who was suspended keeps the keys.
        let mut suspended = one.who.start(&["watch"]);
        suspended.wait_for(on);
        suspended.suspend();
        let said = one.who.run(&["lock"]).ended(1);
        assert!(said.err.contains("Ctrl-Z"), "{}", said.err);
        suspended.kill();
        let _ = one.who.run(&["lock"]).done();
    }
}

#[test]
fn a_watch_that_is_to_end_when_nobody_is_there_needs_somebody_there() {
    let world = world();
    for one in everybody(&world) {
        let said = one.who.run(&["watch", "--idle", "5"]).ended(2);
        assert!(said.err.contains("--idle"), "{}", said.err);
        let watch = ["watch", "--no-bell", "--idle", "5"];
        let mut at = one.who.at_terminal(&watch, one.columns);
        at.sees(one.says("5 minutes", "5 минут"));
        at.sees(one.says("Watching", "На связи"));
        at.enters("");
        at.signals(Signal::TERM);
        assert_eq!(at.ends(), 0, "{}", at.screen());
    }
}

#[test]
fn commands_that_were_killed_leave_the_old_or_do_the_new_the_next_time() {
    let world = world();
    let nina = world.coordinator("Nina");
    let file = world.dir().join("new.txt");
    fs::write(&file, NEW).unwrap();
    let change = ["passphrase", "--new-file", file.to_str().unwrap()];
    let _ = nina.killed_at(0).run(&change).ended(-1);
    assert!(opens(&nina, OLD));
    let _ = nina.run(&change).done();
    assert!(opens(&nina, NEW));
    let erase = ["erase", "--yes"];
    let _ = nina.killed_at(0).run(&erase).ended(-1);
    assert!(opens(&nina, NEW));
    let _ = nina.run(&erase).done();
    assert!(!nina.home().exists());
}
