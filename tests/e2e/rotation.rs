//! A relay's host replaces the keys that the relay works with: people go on, and whoever has the old ones is no relay.

use std::fs;

use crate::{send, world};

#[test]
fn new_keys_change_nothing_for_people_and_old_ones_are_refused() {
    let mut world = world();
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    send(&nina, "the first");
    let seen = anna.run(&["watch", "--once"]);
    assert!(seen.out.contains("the first"), "{}", seen.out);
    let address = world.relay_command(&["address"]).out;
    let running = world.relay_command(&["rotate-keys"]);
    assert!(
        running.code == 1 && running.err.contains("is in use by"),
        "{}",
        running.err
    );

    assert_eq!(world.stop_relay().0, 0);
    let (online, identity) = (
        world.relay_dir().join("online.keys"),
        world.relay_dir().join("relay.key"),
    );
    let before = fs::read(&online).unwrap();
    let unused = world.relay_command(&["token"]).out;
    let rotated = world.relay_command(&["rotate-keys"]);
    assert!(
        rotated.code == 0 && rotated.out.contains("no longer work"),
        "{}",
        rotated.err
    );
    // From here on the identity is in a drawer.
    let drawer = tempfile::tempdir().unwrap();
    fs::rename(&identity, drawer.path().join("relay.key")).unwrap();
    let without = world.relay_command(&["rotate-keys"]);
    assert!(
        without.code == 1 && without.err.contains("put your copy of it there"),
        "{}",
        without.err
    );
    world.start_relay();
    assert_eq!(world.relay_command(&["address"]).out, address);
    send(&nina, "the second");
    let seen = anna.run(&["watch", "--once"]);
    assert_eq!(seen.code, 0, "{}", seen.err);
    assert!(seen.out.contains("the second"), "{}", seen.out);
    assert!(!seen.err.contains("contradicts"), "{}", seen.err);
    let create = [
        "create",
        "--relay",
        address.trim(),
        "--token",
        unused.trim(),
    ];
    let spent = nina.run(&create);
    assert!(
        spent.err.contains("does not take this token"),
        "{}",
        spent.err
    );
    let token = world.token();
    let create = ["create", "--relay", address.trim(), "--token", &token];
    assert_eq!(nina.run(&create).code, 0);

    // Somebody had copied the old keys.
    assert_eq!(world.stop_relay().0, 0);
    let after = fs::read(&online).unwrap();
    fs::write(&online, &before).unwrap();
    world.start_relay();
    let refused = anna.run(&["watch", "--once"]);
    assert!(
        refused.err.contains("keys that the relay gave up"),
        "{}",
        refused.err
    );
    let alert = nina.run(&[crate::FLASH.as_slice(), &["the third"]].concat());
    assert_eq!(alert.json()[0]["state"], "queued", "{}", alert.err);
    assert_eq!(world.stop_relay().0, 0);
    fs::write(&online, &after).unwrap();
    world.start_relay();
    assert_eq!(nina.run(&["outbox"]).code, 0);
    let seen = anna.run(&["watch", "--once"]);
    assert!(seen.out.contains("the third"), "{}", seen.out);
}

#[test]
fn a_start_makes_the_keys_that_an_interrupted_init_left_out() {
    let mut world = world();
    assert_eq!(world.stop_relay().0, 0);
    let online = world.relay_dir().join("online.keys");
    let address = world.relay_command(&["address"]).out;
    fs::remove_file(&online).unwrap();
    world.start_relay();
    assert_eq!(world.relay_command(&["address"]).out, address);
    let _ = world.coordinator("Nina");

    assert_eq!(world.stop_relay().0, 0);
    fs::write(&online, b"rubbish").unwrap();
    let damaged = world.relay_command(&["token"]);
    assert!(
        damaged.code == 1 && damaged.err.contains("rotate-keys"),
        "{}",
        damaged.err
    );
    assert_eq!(world.relay_command(&["rotate-keys"]).code, 0);
    world.start_relay();
}
