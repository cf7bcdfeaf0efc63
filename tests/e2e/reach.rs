//! An alert reaches everybody whom it says that it reaches, in whatever order people came.

use bellrope_client::internals::{member_identity, pass_on, sender_view, state, stored_messages};
use bellrope_proto::ids::Sequence;
use bellrope_tests::{people::Person, world::World};

use crate::{
    FLASH,
    hostile::{post, seal_for, unlocked},
    send, summaries, world,
};

/// The file of a defender's invitation.
fn file_for(world: &World, coordinator: &Person, name: &str) -> String {
    let file = world.dir().join(format!("{name}.invitation"));
    let file = file.to_str().unwrap().to_owned();
    let args = ["invite", name, "--role", "defender", "--file", &file];
    let _ = coordinator.run(&args).done();
    file
}

/// As the guide has it: a file for the defender, then a member is let in, then the defender sends.
#[test]
fn a_defender_reaches_a_member_who_came_after_the_invitation() {
    let world = world();
    let nina = world.coordinator("Nina");
    let file = file_for(&world, &nina, "Alena");
    let anna = world.reader(&nina, "Anna", "member", "en");
    let alena = world.person("Alena", "en");
    let _ = alena.run(&["join", &file]).done();
    for summary in ["one", "two", "three"] {
        send(&alena, summary);
    }
    let _ = anna.run(&["watch", "--once"]).done();
    assert_eq!(summaries(&anna), ["one", "two", "three"]);
}

/// By a code, which the coordinator's program has not seen used.
#[test]
fn a_defender_who_joined_before_the_member_reaches_that_member() {
    let world = world();
    let nina = world.coordinator("Nina");
    let anna = world.person("Anna", "en");
    let code = world.invite(&nina, "Anna", "member");
    let _ = anna.run(&["join", &code]).done();
    let alena = world.defender(&nina, "Alena", "en");
    let _ = nina.run(&["members", "approve", "Anna"]).done();
    let _ = anna.run(&["watch", "--once"]).done();
    for summary in ["one", "two", "three"] {
        let said = alena.run(&[FLASH.as_slice(), &[summary]].concat()).done();
        assert_eq!(said.json()[0]["state"], "stored");
    }
    let _ = anna.run(&["watch", "--once"]).done();
    assert_eq!(summaries(&anna), ["one", "two", "three"]);
}

/// Sealed without a network, by what the sender's device knows.
fn seal_alone(world: &World, who: &Person, args: &[&str]) {
    world.network().close_to_new(true);
    let _ = who.run(args).ended(3);
    world.network().close_to_new(false);
}

#[test]
fn a_member_who_has_not_looked_for_long_reaches_who_came_since() {
    let world = world();
    let nina = world.coordinator("Nina");
    let ivan = world.reader(&nina, "Ivan", "member", "ru");
    let anna = world.reader(&nina, "Anna", "member", "en");
    let said = ivan
        .run(&[FLASH.as_slice(), &["from Ivan"]].concat())
        .done();
    assert_eq!(said.json()[0]["readers"], 2);
    assert!(said.err.contains("получатели: 2 человека"), "{}", said.err);
    let said = ivan.run(&[FLASH.as_slice(), &["to one", "--to", "Anna"]].concat());
    let said = said.done();
    assert_eq!(said.json()[0]["readers"], 1);
    assert!(said.err.contains("получатель: Anna"), "{}", said.err);
    let shown = anna.run(&["watch", "--once"]).done();
    assert_eq!(summaries(&anna), ["from Ivan", "to one"]);
    assert!(!shown.out.contains("Passed on:"), "{}", shown.out);
}

/// Sealed before Anna came, and at the relay after her and before Boris: Anna was in when it came.
#[test]
fn what_was_sealed_by_an_old_view_is_passed_on_once_to_who_was_in_when_it_came() {
    let world = world();
    let nina = world.coordinator("Nina");
    let vera = world.reader(&nina, "Vera", "member", "en");
    let alena = world.defender(&nina, "Alena", "en");
    let _ = nina.run(&["watch", "--once"]).done();
    let _ = alena.run(&["watch", "--once"]).done();
    seal_alone(
        &world,
        &alena,
        &[FLASH.as_slice(), &["by an old view"]].concat(),
    );
    let anna = world.reader(&nina, "Anna", "member", "ru");
    let olga = world.reader(&nina, "Olga", "member", "en");
    let petr = world.reader(&nina, "Petr", "observer", "en");
    let mut watch = nina.start(&["watch"]);
    watch.wait_for("Watching");
    let _ = alena.run(&["outbox"]).done();
    watch.wait_for_times("by an old view", 1);
    watch.wait_for_times("being passed on", 1);
    let _ = nina.run(&["outbox"]).done();
    // Her device does not stay until its turn, and would do it now.
    let said = vera.run(&["watch", "--once"]).done();
    assert!(said.out.contains("by an old view"), "{}", said.out);
    assert!(!said.err.contains("being passed on"), "{}", said.err);
    let _ = watch.stop();
    let boris = world.reader(&nina, "Boris", "member", "en");

    let shown = anna.run(&["watch", "--once"]).done();
    assert!(shown.out.contains("by an old view"), "{}", shown.out);
    assert!(
        shown.out.contains("Передано: устройством участника Nina"),
        "{}",
        shown.out
    );
    let kept = anna.run(&["inbox", "--json"]).done().json();
    assert_eq!(kept[0]["passed_on_by"], "Nina");
    let handle = kept[0]["sender"]["name"].as_str().unwrap();
    assert!(handle.starts_with("D-"), "{handle}");
    assert_eq!(kept[0]["sender"]["status"], "known");
    let shown = olga.run(&["watch", "--once"]).done();
    assert!(
        shown.out.contains("Passed on: by the device of Nina"),
        "{}",
        shown.out
    );
    let shown = petr.run(&["watch", "--once"]).done();
    assert_eq!(shown.out, "", "an observer reads none");
    // Whom the sender meant is not told so, and who came later has nothing, and hears of nothing.
    let kept = vera.run(&["inbox", "--json"]).done().json();
    assert!(kept[0]["passed_on_by"].is_null());
    let said = boris.run(&["watch", "--once"]).done();
    assert!(!said.err.contains("other readers"), "{}", said.err);
    assert!(summaries(&boris).is_empty());
    let said = nina.run(&["watch", "--once"]).done();
    assert!(!said.err.contains("passed on"), "{}", said.err);
}

#[test]
fn what_was_for_chosen_people_is_never_passed_on() {
    let world = world();
    let nina = world.coordinator("Nina");
    let ivan = world.reader(&nina, "Ivan", "member", "en");
    let chosen = [FLASH.as_slice(), &["for Nina alone", "--to", "Nina"]].concat();
    seal_alone(&world, &ivan, &chosen);
    let anna = world.reader(&nina, "Anna", "member", "en");
    let _ = ivan.run(&["outbox"]).done();
    let said = nina.run(&["watch", "--once"]).done();
    assert!(said.out.contains("for Nina alone"), "{}", said.out);
    assert!(!said.err.contains("passed on"), "{}", said.err);
    let said = anna.run(&["watch", "--once"]).done();
    assert!(summaries(&anna).is_empty());
    assert!(!said.err.contains("other readers"), "{}", said.err);
}

/// Members who pass on what they may not, to Boris, who came after all of it, and to Anna, who was not chosen.
#[test]
fn words_that_may_not_be_passed_on_are_refused_and_said() {
    let world = world();
    let nina = world.coordinator("Nina");
    let ivan = world.reader(&nina, "Ivan", "member", "en");
    let anna = world.reader(&nina, "Anna", "member", "en");
    send(&nina, "to all, before Boris");
    let chosen = [FLASH.as_slice(), &["for Ivan alone", "--to", "Ivan"]].concat();
    let _ = nina.run(&chosen).done();
    let _ = ivan.run(&["watch", "--once"]).done();
    let boris = world.reader(&nina, "Boris", "member", "en");
    let _ = ivan.run(&["watch", "--once"]).done();
    let [ivans, annas, boriss] = [&ivan, &anna, &boris].map(unlocked);
    let [annas_key, boriss_key] = [&annas, &boriss].map(|it| member_identity(it).to_key());
    let kept = stored_messages(&ivans).unwrap();
    assert_eq!(kept.len(), 2);
    let relay = {
        let view = sender_view(&ivans, &state(&ivans).unwrap()).unwrap();
        view.epoch.relays[0].key()
    };
    for (_, message) in &kept {
        let is_chosen = !message
            .sent
            .message
            .peek()
            .unwrap()
            .audience
            .chosen
            .is_empty();
        let (who, key) = if is_chosen {
            (&anna, annas_key)
        } else {
            (&boris, boriss_key)
        };
        // With the true place; with a lie that Boris's own log does not bear out; without a word.
        let true_place = pass_on(&ivans, &message.sent, relay, message.sequence);
        let first = pass_on(&ivans, &message.sent, relay, Sequence(1));
        for sent in [true_place, first, message.sent.clone()] {
            post(&ivans, &seal_for(&ivans, sent, &[key]));
            let said = who.run(&["watch", "--once"]).done();
            assert!(
                said.err.contains("written for other readers"),
                "{}",
                said.err
            );
        }
        // By somebody who was not meant either.
        let by_boris = pass_on(&boriss, &message.sent, relay, Sequence(1_000));
        post(&boriss, &seal_for(&boriss, by_boris, &[key]));
        let said = who.run(&["watch", "--once"]).done();
        assert!(
            said.err.contains("written for other readers"),
            "{}",
            said.err
        );
    }
    assert!(summaries(&boris).is_empty());
    assert_eq!(summaries(&anna), ["to all, before Boris"]);
}
