//! A relay that has moved: to another address, or the group to another relay.

use std::fs;

use bellrope_tests::{network::Network, people::Person, world::World};

use crate::{FLASH, send, summaries, world};

/// Another road to the same relay, and the address that it gives.
fn another_road(world: &World) -> (Network, String) {
    let road = Network::lay();
    road.lead_to(world.relay_port());
    world.set("port", &road.port().to_string());
    let address = world
        .relay_command(&["address"])
        .done()
        .out
        .trim()
        .to_owned();
    assert_ne!(address, world.address());
    (road, address)
}

fn file(world: &World, name: &str) -> String {
    world.dir().join(name).to_str().unwrap().to_owned()
}

fn relay_of(person: &Person) -> String {
    person.run(&["relay"]).done().out.trim().to_owned()
}

#[test]
fn who_is_connected_hears_of_a_new_address_and_goes_on_there_with_all_that_it_has() {
    let world = world();
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    let alena = world.defender(&nina, "Alena", "ru");
    send(&alena, "before");
    let _ = nina.run(&["watch", "--once"]).done();
    assert_eq!(relay_of(&anna), world.address());
    let mut watch = anna.start(&["watch"]);
    watch.wait_for("Watching");
    // One waits to be let in, and one has not come yet.
    let ivan = world.person("ivan", "en");
    let _ = ivan
        .run(&["join", &world.invite(&nina, "Ivan", "member")])
        .done();
    let mut waits = ivan.start(&["watch"]);
    waits.wait_for("Waiting for the coordinator");
    let (olga, olgas) = (
        world.person("olga", "en"),
        world.invite(&nina, "Olga", "member"),
    );
    let (road, address) = another_road(&world);
    let said = anna.run(&["relay", "move", &address]).ended(1);
    assert!(said.err.contains("only a coordinator"), "{}", said.err);
    let said = nina.run(&["relay", "move", &address]).done();
    assert!(said.out.contains(&address), "{}", said.out);
    watch.wait_for("has moved");
    watch.wait_for_times("Watching", 2);
    // She still goes by the old one, and hears of the new one there.
    let said = alena
        .run(&[FLASH.as_slice(), &["on the way"]].concat())
        .done();
    assert!(said.err.contains("переехал"), "{}", said.err);
    watch.wait_for("on the way");
    waits.wait_for("has moved");
    let _ = olga.run(&["join", &olgas]).done();
    world.network().close_to_new(true);
    let _ = nina.run(&["members", "approve", "Ivan"]).done();
    let _ = nina.run(&["members", "approve", "Olga"]).done();
    waits.wait_for("Watching");
    send(&alena, "after");
    waits.wait_for("Summary: after");
    let said = olga.run(&["watch", "--once"]).done();
    assert!(
        said.out.contains("Summary: after"),
        "{} {}",
        said.out,
        said.err
    );
    watch.wait_for("Summary: after");
    let (_, seen) = watch.stop();
    assert!(!seen.contains("WARNING"), "{seen}");
    assert!(road.flows() > 0);
    let (_, seen) = waits.stop();
    assert!(!seen.contains("WARNING"), "{seen}");
    for person in [&anna, &alena, &nina, &ivan, &olga] {
        assert_eq!(relay_of(person), address);
    }
    let said = nina.run(&["watch", "--once"]).done();
    assert!(!said.err.contains("WARNING"), "{}", said.err);
    assert_eq!(summaries(&nina), ["before", "on the way", "after"]);
    assert_eq!(summaries(&anna), ["before", "on the way", "after"]);
}

#[test]
fn where_the_old_address_is_dead_a_file_leads_on_and_no_old_or_foreign_one_leads_astray() {
    let world = world();
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    let alena = world.defender(&nina, "Alena", "en");
    let asks = world.person("asks", "en");
    let code = world.invite(&nina, "Ivan", "member");
    let _ = asks.run(&["join", &code]).done();
    let old = world.address().to_owned();
    world.network().close_to_new(true);
    let (first_road, first) = another_road(&world);
    let (one, two) = (file(&world, "one"), file(&world, "two"));
    let _ = nina.run(&["relay", "move", &first, "--file", &one]).done();
    // And once more: the first file is old now.
    let (_second_road, second) = another_road(&world);
    first_road.close_to_new(true);
    let quoted = format!("«{two}»");
    let args = ["relay", "move", &second, "--file", &quoted];
    let said = nina.run(&args).done();
    assert!(said.out.contains(&two), "{}", said.out);
    let waiting = alena.run(&[FLASH.as_slice(), &["from Alena"]].concat());
    let waiting = waiting.ended(3);
    assert!(waiting.err.contains("cannot be reached"), "{}", waiting.err);
    for person in [&anna, &alena, &asks] {
        let said = person.run(&["relay", "follow", &two]).done();
        assert!(said.out.contains(&second), "{}", said.out);
        let url = format!("file://{two}");
        let said = person.run(&["relay", "follow", &url]).done();
        assert!(said.out.contains("knows that already"), "{}", said.out);
        let said = person.run(&["relay", "follow", &one]).ended(1);
        assert!(said.err.contains("is older than"), "{}", said.err);
        assert_eq!(relay_of(person), second);
    }
    let _ = alena.run(&["outbox"]).done();
    let _ = nina.run(&["members", "approve", "Ivan"]).done();
    for person in [&anna, &nina, &asks] {
        let _ = person.run(&["watch", "--once"]).done();
    }
    assert_eq!(summaries(&anna), ["from Alena"]);
    assert_eq!(summaries(&nina), ["from Alena"]);
    send(&asks, "Ivan is in");
    let _ = anna.run(&["watch", "--once"]).done();
    assert_eq!(summaries(&anna), ["from Alena", "Ivan is in"]);
    // Another group's, one that was changed, and what is none.
    let other = world.person("other", "en");
    let token = world.token();
    let args = [
        "create", "--relay", &second, "--token", &token, "--group", "O", "--name", "O",
    ];
    let _ = other.run(&args).done();
    let foreign = file(&world, "foreign");
    world.network().close_to_new(false);
    let _ = other
        .run(&["relay", "move", &old, "--file", &foreign])
        .done();
    for person in [&anna, &alena, &nina] {
        let said = person.run(&["relay", "follow", &foreign]).ended(1);
        assert!(
            said.err.contains("no coordinator of this device's group"),
            "{}",
            said.err
        );
    }
    let text = fs::read_to_string(&two).unwrap();
    let changed = file(&world, "changed");
    for (rubbish, why) in [
        (text.replacen("AA", "AB", 1), "changed on the way"),
        ("hello".to_owned(), "not a file"),
        (text.replace("moved 1", "moved 2"), "newer version"),
    ] {
        fs::write(&changed, rubbish).unwrap();
        let said = anna.run(&["relay", "follow", &changed]).ended(2);
        assert!(said.err.contains(why), "{}", said.err);
    }
    assert_eq!(relay_of(&anna), second);
    // No names are in it, and it can be written again.
    for secret in ["Nina", "Anna", "Working group"] {
        assert!(!bellrope_tests::world::contains(text.as_bytes(), secret));
    }
    let again = file(&world, "again");
    let _ = nina
        .run(&["relay", "move", &second, "--file", &again])
        .done();
    assert_eq!(fs::read_to_string(&again).unwrap(), text);
}

#[test]
fn an_address_where_nothing_or_another_relay_answers_is_told_to_nobody() {
    let world = world();
    let nina = world.coordinator("Nina");
    let (road, address) = another_road(&world);
    road.lead_to(1);
    let said = nina.run(&["relay", "move", &address]).ended(1);
    assert!(
        said.err.contains("still answers at the old one"),
        "{}",
        said.err
    );
    let there = World::start(crate::programs());
    road.lead_to(there.relay_port());
    let said = nina.run(&["relay", "move", &address]).ended(1);
    assert!(
        said.err.contains("what answers is not the relay"),
        "{}",
        said.err
    );
    let said = nina.run(&["relay", "move", there.address()]).ended(2);
    assert!(said.err.contains("--token"), "{}", said.err);
    assert_eq!(relay_of(&nina), world.address());
}

#[test]
fn a_group_goes_to_another_relay_with_all_that_was_sent_lately() {
    let mut world = world();
    let there = World::start(crate::programs());
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    let boris = world.reader(&nina, "Boris", "member", "en");
    let alena = world.defender(&nina, "Alena", "en");
    let vera = world.defender(&nina, "Vera", "en");
    send(&alena, "read by Anna");
    let _ = anna.run(&["watch", "--once"]).done();
    send(&alena, "read by nobody");
    let _ = nina.run(&["watch", "--once"]).done();
    let mut watch = anna.start(&["watch"]);
    watch.wait_for("Watching");
    let ivan = world.person("ivan", "en");
    let code = world.invite(&nina, "Ivan", "member");
    let _ = ivan.run(&["join", &code]).done();
    let mut waits = ivan.start(&["watch"]);
    waits.wait_for("Waiting for the coordinator");
    let moved = file(&world, "moved");
    // In a file, as it need not stand in a shell's history.
    std::fs::write(world.dir().join("the token"), there.token()).unwrap();
    let args = [
        "relay",
        "move",
        there.address(),
        "--token",
        "~/the token",
        "--file",
        &moved,
    ];
    let said = nina.run(&args).done();
    assert!(!said.err.contains("WARNING"), "{}", said.err);
    watch.wait_for("has moved");
    watch.wait_for_times("Watching", 2);
    let said = alena
        .run(&[FLASH.as_slice(), &["on the way"]].concat())
        .done();
    assert!(said.err.contains("has moved"), "{}", said.err);
    watch.wait_for("on the way");
    // The old one is gone. Who has not heard of it goes by the file.
    assert_eq!(world.stop_relay().0, 0);
    let _ = vera
        .run(&[FLASH.as_slice(), &["from Vera"]].concat())
        .ended(3);
    for person in [&vera, &boris] {
        let _ = person.run(&["relay", "follow", &moved]).done();
    }
    let _ = vera.run(&["outbox"]).done();
    watch.wait_for("from Vera");
    let (_, seen) = watch.stop();
    assert!(!seen.contains("WARNING"), "{seen}");
    let said = boris.run(&["watch", "--once"]).done();
    assert!(!said.err.contains("WARNING"), "{}", said.err);
    let mut all = summaries(&boris);
    all.sort();
    assert_eq!(
        all,
        ["from Vera", "on the way", "read by Anna", "read by nobody"]
    );
    assert_eq!(seen.matches("read by Anna").count(), 0, "{seen}");
    // All that a group does goes on, also for who waits to be let in.
    waits.wait_for("has moved");
    let _ = nina.run(&["members", "approve", "Ivan"]).done();
    waits.wait_for("You are in");
    let (_, seen) = waits.stop();
    // It was there before the coordinator's program had opened his mailbox.
    assert!(
        !seen.contains("WARNING") && !seen.contains("no such mailbox"),
        "{seen}"
    );
    assert_eq!(relay_of(&ivan), there.address());
    let olga = there.reader(&nina, "Olga", "member", "en");
    let keys = vera.run(&["watch", "--once"]).done();
    assert!(keys.err.contains("keys are new"), "{}", keys.err);
    send(&vera, "to Olga too");
    let said = olga.run(&["watch", "--once"]).done();
    assert!(
        said.out.contains("to Olga too"),
        "{} {}",
        said.out,
        said.err
    );
    let listed = boris.run(&["inbox", "--json"]).done().json();
    assert!(listed.iter().all(|alert| alert["follows"] != "cloned"));
    let said = nina.run(&["watch", "--once"]).done();
    assert!(!said.err.contains("WARNING"), "{}", said.err);
    assert_eq!(relay_of(&vera), there.address());
}

/// Each of these programs reads where the relay is at another moment of the move.
#[test]
fn what_is_sent_while_the_coordinator_moves_arrives_once() {
    let mut world = world();
    let there = World::start(crate::programs());
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    let alena = world.defender(&nina, "Alena", "en");
    send(&alena, "before");
    let _ = nina.run(&["watch", "--once"]).done();
    let token = there.token();
    let mut sent = vec!["before".to_owned()];
    let args = ["relay", "move", there.address(), "--token", &token];
    let moving = nina.start(&args);
    for number in 0..3 {
        let all = [(&anna, "Anna"), (&alena, "Alena"), (&nina, "Nina")].map(|(person, name)| {
            let summary = format!("{name} {number}");
            let running = person.start(&[FLASH.as_slice(), &[summary.as_str()]].concat());
            sent.push(summary);
            running
        });
        for running in all {
            let (code, said) = running.end();
            assert!([0, 3].contains(&code), "{said}");
        }
    }
    let (code, said) = moving.end();
    assert_eq!(code, 0, "{said}");
    // What went to the old relay is told there; then it is gone.
    for person in [&anna, &alena, &nina] {
        let _ = person.run(&["outbox"]).done();
        let _ = person.run(&["watch", "--once"]).done();
        assert_eq!(relay_of(person), there.address());
    }
    assert_eq!(world.stop_relay().0, 0);
    sent.sort();
    for person in [&anna, &nina] {
        let said = person.run(&["watch", "--once"]).done();
        assert!(!said.err.contains("WARNING"), "{}", said.err);
        let mut came = summaries(person);
        came.sort();
        assert_eq!(came, sent);
    }
}
