//! A whole group at work: five who act, two who call for help, a network that comes and goes, a relay that is killed. At the end everybody has the
//! same cases, byte for byte; and a drill says who answered and when.

use bellrope_tests::people::Person;
use serde_json::Value;

use crate::{FLASH, send, world};

/// A case as programs read it, without what is each reader's own.
fn page(who: &Person, case: &str) -> String {
    let mut view = who.run(&["case", case, "--json"]).done().json()[0].clone();
    view.as_object_mut().unwrap().remove("lead_mine");
    for told in view["story"].as_array_mut().unwrap() {
        told.as_object_mut().unwrap().remove("mine");
    }
    view.to_string()
}

fn cases(who: &Person) -> Vec<Value> {
    who.run(&["cases", "--all", "--json"]).done().json()
}

fn look(people: &[&Person]) {
    for who in people {
        let _ = who.run(&["watch", "--once"]).done();
    }
}

#[test]
fn five_who_act_and_two_who_call_end_with_the_same_cases_whatever_happened_between() {
    let mut world = world();
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    let boris = world.reader(&nina, "Boris", "member", "ru");
    let clara = world.reader(&nina, "Clara", "member", "en");
    let ivan = world.reader(&nina, "Ivan", "member", "ru");
    let all = [&nina, &anna, &boris, &clara, &ivan];
    let alena = world.defender(&nina, "Alena", "ru");
    let rosa = world.defender(&nina, "Rosa", "en");
    // Who the defenders are, Nina tells the others; else each has a handle only.
    for who in ["Alena", "Rosa"] {
        let to = [
            "--to", "Anna", "--to", "Boris", "--to", "Clara", "--to", "Ivan",
        ];
        let _ = nina
            .run(&[["contact", who].as_slice(), &to].concat())
            .done();
    }
    look(&all);
    send(&alena, "Men at the door");
    // Clara and Ivan are on a train.
    look(&[&nina, &anna, &boris]);
    let first = cases(&nina)[0]["case"].as_str().unwrap().to_owned();
    let _ = anna.run(&["ack", &first]).done();
    let _ = boris.run(&["lead", &first]).done();
    look(&[&clara]);

    // The relay is killed, and everybody goes on.
    world.kill_relay();
    let alone = |who: &Person, args: &[&str]| drop(who.run(args).ended(3));
    // She has seen of Boris that he leads; Ivan has not even seen the alert.
    alone(&clara, &["lead", &first, "--reason", "Boris is on a plane"]);
    alone(&boris, &["fact", "verification", &first, "two_independent"]);
    alone(&anna, &["fact", "verification", &first, "one_source"]);
    alone(&anna, &["note", &first, "Her sister called"]);
    alone(
        &rosa,
        &[FLASH.as_slice(), &["Her flat is searched"]].concat(),
    );
    world.start_relay();
    for who in [&anna, &rosa, &clara, &boris, &nina] {
        let _ = who.run(&["outbox"]).done();
    }
    look(&[&ivan, &boris, &nina]);
    let second = cases(&nina)[1]["case"].as_str().unwrap().to_owned();
    let _ = ivan.run(&["lead", &second]).done();
    let _ = ivan
        .run(&["fact", "link", &second, "same_person", &first])
        .done();
    let due = ["due", &first, "2026-12-05", "Hearing", "--for", "Clara"];
    let _ = nina.run(&due).done();
    let no = [
        "fact", "consent", &first, "publish", "no", "--by", "defender",
    ];
    let _ = nina.run(&no).done();
    world.kill_relay();
    alone(&ivan, &["answer", &second, "Is anybody hurt?"]);
    world.start_relay();
    look(&[&nina, &ivan, &clara]);
    let update = [
        "alert",
        "--update",
        &first,
        "--summary",
        "She is at the station",
        "--yes",
    ];
    let _ = alena.run(&update).done();
    for _ in 0..2 {
        look(&all);
    }
    for case in [&first, &second] {
        let pages: Vec<String> = all.iter().map(|who| page(who, case)).collect();
        for (who, page) in all.iter().zip(&pages) {
            let apart = pages[0].bytes().zip(page.bytes()).position(|(a, b)| a != b);
            let from = apart.unwrap_or(0).saturating_sub(200);
            let (one, other) = (pages[0].get(from..), page.get(from..));
            assert_eq!(
                page,
                &pages[0],
                "{}: {one:?}\n{other:?}",
                who.home().display()
            );
        }
    }
    let view = nina.run(&["case", &first, "--json"]).done().json()[0].clone();
    assert_eq!(view["lead"], "Clara", "{view}");
    assert_eq!(view["verification"], "one_source");
    assert_eq!(view["missing"], 0);
    let told = rosa.run(&["watch", "--once"]).done().out;
    assert!(told.contains("Is anybody hurt?"), "{told}");
}

#[test]
fn a_drill_says_who_answered_and_of_whom_nothing_was_heard() {
    let world = world();
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    let boris = world.reader(&nina, "Boris", "member", "ru");
    let olga = world.reader(&nina, "Olga", "observer", "en");
    let _ = nina
        .run(&[FLASH.as_slice(), &["If this were real", "--drill"]].concat())
        .done();
    look(&[&nina, &anna, &boris, &olga]);
    let case = cases(&nina)[0]["case"].as_str().unwrap().to_owned();
    let _ = anna.run(&["ack", &case]).done();
    look(&[&nina, &boris]);
    let page = nina.run(&["case", &case]).done().out;
    assert!(page.contains("Anna: read within a minute"), "{page}");
    assert!(
        page.contains("Nothing was heard from one person: Boris"),
        "{page}"
    );
    let page = boris.run(&["case", &case]).done().out;
    assert!(page.contains("Anna: прочитано в первую минуту"), "{page}");
    let view = boris.run(&["case", &case, "--json"]).done().json()[0].clone();
    assert_eq!(view["drill"]["read"][0]["name"], "Anna");
    assert_eq!(view["drill"]["silent"], serde_json::json!(["Boris"]));
    let _ = boris.run(&["ack", &case]).done();
    look(&[&nina]);
    let page = nina.run(&["case", &case]).done().out;
    assert!(!page.contains("Nothing was heard"), "{page}");
    // A real one has no such report.
    send(&nina, "Men at the door");
    look(&[&nina]);
    let real = cases(&nina)[1]["case"].as_str().unwrap().to_owned();
    let view = nina.run(&["case", &real, "--json"]).done().json()[0].clone();
    assert!(view["drill"].is_null(), "{view}");
}
