//! A coordinator's device is restored from an older copy of itself.

use std::fs;

use bellrope_tests::people::copy;

use crate::{send, world};

#[test]
fn a_coordinator_restored_from_an_older_copy_parts_nobody() {
    let mut world = world();
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    let backup = world.dir().join("copy of Nina");
    let put_back = || {
        fs::remove_dir_all(nina.home()).unwrap();
        copy(&backup, nina.home());
    };
    copy(nina.home(), &backup);
    let boris = world.reader(&nina, "Boris", "member", "en");
    send(&nina, "since the copy");

    // With a network it reads what it said before it says anything.
    put_back();
    let ivan = world.reader(&nina, "Ivan", "member", "en");
    send(&nina, "with a network");

    // Without one it cannot know.
    put_back();
    assert_eq!(world.stop_relay().0, 0);
    let queued = nina.run(&["invite", "Vera", "--role", "member"]).ended(3);
    let lost = queued.out.lines().next().unwrap().to_owned();
    world.start_relay();
    let said = nina.run(&["members"]).done();
    assert!(
        said.err.contains("restored from an older copy"),
        "{}",
        said.err
    );
    assert!(said.err.contains("It was about: Vera"), "{}", said.err);
    for name in ["Anna", "Boris", "Ivan"] {
        assert!(said.out.contains(name), "{name}: {}", said.out);
    }
    assert!(!said.out.contains("Vera"), "{}", said.out);
    let vera = world.person("Vera", "en");
    assert_ne!(vera.run(&["join", &lost]).code, 0, "nobody was told of it");
    let vera = world.reader(&nina, "Vera", "member", "en");
    send(&nina, "without a network");

    for who in [&anna, &boris, &ivan, &vera] {
        let said = who.run(&["watch", "--once"]).done();
        assert!(!said.err.contains("WARNING"), "{}", said.err);
        assert!(!said.out.contains("WARNING"), "{}", said.out);
        assert!(!said.err.contains("rules"), "{}", said.err);
        assert!(said.out.contains("without a network"), "{}", said.out);
        let members = who.run(&["members"]).done();
        assert!(members.out.contains("Vera"), "{}", members.out);
    }
}
