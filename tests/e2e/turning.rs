//! Somebody is put out while something else goes wrong: a full disk, a relay that does not tell everybody, another program of the same
//! coordinator that does the same at this moment.

use std::fs;

use bellrope_client::internals::roster;
use bellrope_tests::people::Person;

use crate::{
    FLASH,
    check_ins::{Hands, WORDS, plan_from},
    evidence,
    hostile::unlocked,
    send, summaries, world,
};

fn epoch(person: &Person) -> u32 {
    let known = roster(&unlocked(person)).unwrap().unwrap();
    known.epoch().number.0
}

#[test]
fn on_a_full_disk_nobody_is_put_out_by_half_and_who_has_no_room_for_new_keys_takes_them_later() {
    let world = world();
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    let boris = world.reader(&nina, "Boris", "member", "en");
    let remove = ["members", "remove", "Boris", "--yes"];
    let said = nina.on_full_disk().run(&remove);
    assert!(said.code == 1 || said.code == 3, "{}", said.err);
    assert!(!said.out.contains("Put out"), "{}", said.out);
    assert_eq!(epoch(&nina), 1);
    let said = nina.run(&["members"]).done();
    assert!(said.out.contains("Boris"), "{}", said.out);
    // All is as it was, for everybody.
    send(&nina, "to all three");
    for who in [&anna, &boris] {
        let said = who.run(&["watch", "--once"]).done();
        assert!(said.out.contains("Summary: to all three"), "{}", said.out);
    }
    let _ = nina.run(&remove).done();
    send(&nina, "to two");
    // Her disk takes nothing. What is in the mailbox before is shown, and she is not told that she is where she is not.
    let said = anna.on_full_disk().run(&["watch", "--once"]).ended(1);
    assert!(
        !said.err.contains("Not in the group any more"),
        "{}",
        said.err
    );
    assert_eq!(epoch(&anna), 1);
    let said = anna.run(&["watch", "--once"]).done();
    assert!(
        said.err.contains("Not in the group any more: Boris"),
        "{}",
        said.err
    );
    assert_eq!(summaries(&anna), ["to all three", "to two"]);
    assert_eq!(epoch(&anna), 2);
    let said = boris.run(&["watch", "--once"]).ended(1);
    assert!(!said.out.contains("to two"), "{}", said.out);
}

#[test]
fn two_programs_of_one_coordinator_put_people_out_at_once_and_there_is_one_history() {
    let world = world();
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    let gone = ["Boris", "Vera"].map(|name| world.reader(&nina, name, "member", "en"));
    let alena = world.defender(&nina, "Alena", "en");
    let mut watching = nina.start(&["watch"]);
    watching.wait_for("Watching");
    let started = ["Boris", "Vera"].map(|name| nina.start(&["members", "remove", name, "--yes"]));
    let renewing = nina.start(&["members", "renew"]);
    for running in started {
        let (code, said) = running.end();
        assert_eq!(code, 0, "{said}");
        assert!(said.contains("Put out of the group"), "{said}");
    }
    let (code, said) = renewing.end();
    assert_eq!(code, 0, "{said}");
    watching.wait_for("Watching");
    let (_, seen) = watching.stop();
    assert!(!seen.contains("WARNING"), "{seen}");
    assert_eq!(epoch(&nina), 4, "each is an epoch of its own");
    let said = nina.run(&["members"]).done();
    assert!(
        !said.out.contains("Boris") && !said.out.contains("Vera"),
        "{}",
        said.out
    );
    let said = anna.run(&["watch", "--once"]).done();
    assert!(!said.err.contains("WARNING"), "{}", said.err);
    let (ours, theirs) = (unlocked(&nina), unlocked(&anna));
    let head = |device| roster(device).unwrap().unwrap().head();
    assert_eq!(head(&ours), head(&theirs));
    send(&alena, "to two");
    for who in [&nina, &anna] {
        let said = who.run(&["watch", "--once"]).done();
        assert!(said.out.contains("Summary: to two"), "{}", said.out);
        assert!(!said.out.contains("may read this too"), "{}", said.out);
    }
    for who in gone {
        let said = who.run(&["watch", "--once"]).ended(1);
        assert!(!said.out.contains("to two"), "{}", said.out);
    }
}

/// The relay shows one member the log as it was before the turn, and takes what she sends, for as long as it likes.
#[test]
fn a_member_from_whom_the_relay_keeps_the_turn_goes_on_when_it_does_not_any_more_and_has_proof_of_it()
 {
    let mut world = world();
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    let boris = world.reader(&nina, "Boris", "member", "en");
    send(&nina, "before");
    let _ = anna.run(&["watch", "--once"]).done();
    assert_eq!(world.stop_relay().0, 0);
    world.back_up("as it was");
    world.start_relay();
    let _ = nina.run(&["members", "remove", "Boris", "--yes"]).done();
    send(&nina, "after");
    assert_eq!(world.stop_relay().0, 0);
    world.back_up("as it is");
    // For her, nothing has happened.
    world.restore("as it was");
    world.start_relay();
    let said = anna.run(&["watch", "--once"]).done();
    assert!(!said.out.contains("after"), "{}", said.out);
    let said = anna.run(&[FLASH.as_slice(), &["to whom I know"]].concat());
    assert_eq!(said.done().json()[0]["state"], "stored");
    assert_eq!(epoch(&anna), 1);
    assert_eq!(world.stop_relay().0, 0);
    fs::rename(world.relay_dir(), world.dir().join("her own")).unwrap();
    fs::create_dir(world.relay_dir()).unwrap();
    world.restore("as it is");
    world.start_relay();
    // It comes out with the first thing that she is shown, is kept, and what she said is said to the others.
    let said = anna.run(&["watch", "--once"]);
    assert!(
        said.err.contains("Not in the group any more: Boris"),
        "{}",
        said.err
    );
    assert!(said.out.contains("Summary: after"), "{}", said.out);
    assert_eq!(epoch(&anna), 2);
    assert!(
        said.err.contains("contradicts what it signed"),
        "{}",
        said.err
    );
    assert!(!evidence(&anna).is_empty());
    let _ = anna.run(&["outbox"]).done();
    let said = nina.run(&["watch", "--once"]);
    assert!(said.out.contains("Summary: to whom I know"), "{}", said.out);
    assert!(
        said.out.contains("NOTE: Boris may read this too"),
        "{}",
        said.out
    );
    // What is sent from now on goes past him, wherever the relay shows it.
    send(&anna, "to Nina");
    let said = nina.run(&["watch", "--once"]);
    assert!(said.out.contains("Summary: to Nina"), "{}", said.out);
    assert!(!said.out.contains("may read this too"), "{}", said.out);
    let said = boris.run(&["watch", "--once"]).ended(1);
    assert!(!said.out.contains("to Nina"), "{}", said.out);
}

/// Two wrote where there was no network, and came back when the mailbox for which it was sealed takes nothing any more. Nobody could say it again for
/// them: which word was typed is nowhere, nor what the alert says.
#[test]
fn what_people_said_before_a_turn_comes_however_late_they_are_back() {
    const DAY: u64 = 24 * 60;
    let mut world = world();
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    let boris = world.reader(&nina, "Boris", "member", "en");
    let olga = world.reader(&nina, "Olga", "member", "en");
    let alena = world.defender(&nina, "Alena", "en");
    let all = [&nina, &anna, &boris, &olga, &alena];
    let members = nina.run(&["members", "--json"]).done().json();
    let defender = members.iter().find(|it| it["role"] == "defender").unwrap();
    let handle = defender["name"].as_str().unwrap().to_owned();
    let hands = Hands::take(&mut world);
    let now = hands.at(1, &all);
    let plans = [&now[1], &now[4]].map(|who| plan_from(who, hands.start, WORDS));
    for who in &now {
        let _ = who.run(&["watch", "--once"]).done();
    }
    hands.cut(&world);
    let [_, anna, _, _, alena] = now.as_slice() else {
        panic!()
    };
    for who in [anna, alena] {
        let _ = who.run_with(&["check-in"], "чабрец").ended(3);
    }
    let sealed = [FLASH.as_slice(), &["nobody can write this again"]].concat();
    let _ = alena.run(&sealed).ended(3);
    let frozen = ["freeze", "Olga", "--reason", "her bag was stolen"];
    let _ = anna.run(&frozen).ended(3);
    let reach = [
        "contact",
        &handle,
        "--call",
        "Alena",
        "--reach",
        "through her sister",
        "--to",
        "Boris",
    ];
    let _ = anna.run(&reach);
    hands.mend(&world);
    // Olga is put out, and this goes to her no more.
    let _ = now[0].run(&["members", "remove", "Olga", "--yes"]).done();
    for days in [1, 8, 16, 24, 32] {
        for who in hands.at(days * DAY, &all[..1]) {
            let _ = who.run(&["watch", "--once"]).done();
        }
        for who in hands.at(days * DAY + 5, &all[2..3]) {
            let _ = who.run(&["watch", "--once"]);
        }
    }
    let late = hands.at(37 * DAY, &all);
    let [nina, anna, boris, olga, alena] = late.as_slice() else {
        panic!()
    };
    for who in [anna, alena, anna, alena] {
        let said = who.run(&["watch", "--once"]);
        assert!(!said.err.contains("has given up since"), "{}", said.err);
    }
    for who in [nina, boris] {
        let _ = who.run(&["watch", "--once"]);
        let all = who.run(&["inbox", "--json"]).done().out;
        assert!(all.contains("nobody can write this again"), "{all}");
        for plan in &plans {
            let case = plan["case"].as_str().unwrap().rsplit('-').next().unwrap();
            let page = who.run(&["case", case]).done().out;
            assert!(page.contains("FORCED: the word agreed"), "{page}");
        }
    }
    let known = boris.run(&["contact"]).done().out;
    assert!(known.contains("through her sister"), "{known}");
    for who in [anna, alena] {
        let waits = who.run(&["outbox", "--json"]).done().json();
        assert!(waits.iter().all(|it| it["state"] != "queued"), "{waits:?}");
    }
    let said = olga.run(&["watch", "--once"]);
    assert!(!said.out.contains("write this again"), "{}", said.out);
    hands.end();
}
