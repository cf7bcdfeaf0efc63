//! Somebody who is made to open their device, or fears it: another passphrase, forgetting, erasing.

use std::fs;

use bellrope_tests::people::Person;

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
