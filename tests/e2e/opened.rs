//! That an alert was opened on a device: said some while later, counted, and never taken for a person's word.

use bellrope_client::{internals::say_opened, now};
use bellrope_tests::people::Person;
use serde_json::{Value, json};

use crate::{hostile::unlocked, send, world};

fn look(who: &Person) {
    let _ = who.run(&["watch", "--once"]).done();
}

fn stands(who: &Person) -> Value {
    who.run(&["case", "1", "--json"]).done().json()[0].clone()
}

/// What its program says by itself once that long has passed.
fn after_an_hour(who: &Person) {
    say_opened(&unlocked(who), now().plus(3_600)).unwrap();
    let _ = who.run(&["outbox"]).done();
}

#[test]
fn opened_is_said_later_and_is_not_read_by_a_person() {
    let world = world();
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    let ivan = world.reader(&nina, "Ivan", "member", "ru");
    let alena = world.defender(&nina, "Alena", "en");
    let off = ivan.run(&["opened", "--off"]).done();
    assert!(off.out.contains("bellrope opened --on"), "{}", off.out);
    send(&alena, "Men at the door");
    for who in [&nina, &anna, &ivan] {
        look(who);
    }
    // Not at once, whatever their programs do.
    for who in [&nina, &anna, &ivan] {
        look(who);
        assert_eq!(stands(who)["opened_on"], 0);
    }
    for who in [&anna, &ivan] {
        after_an_hour(who);
    }
    // It is no news.
    let told = nina.run(&["watch", "--once"]).done().out;
    assert!(told.is_empty(), "{told}");
    let now_stands = stands(&nina);
    assert_eq!(now_stands["opened_on"], 1);
    assert_eq!(now_stands["read_by"], json!([]));
    assert_eq!(now_stands["story"], json!([]));
    let page = nina.run(&["case", "1"]).done().out;
    assert!(page.contains("Opened on one device"), "{page}");
    assert!(page.contains("nobody has said so yet"), "{page}");
    let page = ivan.at_columns("40").run(&["case", "1"]).done().out;
    assert!(page.lines().all(|row| row.chars().count() < 40), "{page}");
    // A defender hears of it nothing, and of the person who read it, the first.
    look(&nina);
    assert!(!alena.run(&["outbox"]).done().out.contains("has read"));
    let _ = anna.run(&["ack", "1"]).done();
    look(&nina);
    assert_eq!(stands(&nina)["read_by"], json!(["Anna"]));
    assert_eq!(stands(&nina)["opened_on"], 1);
    assert!(alena.run(&["outbox"]).done().out.contains("has read"));
    // Whoever has said something has no more to say of it.
    let _ = nina.run(&["note", "1", "a word"]).done();
    after_an_hour(&nina);
    look(&anna);
    assert_eq!(stands(&anna)["opened_on"], 2);
    assert_eq!(stands(&anna)["missing"], 0);
}
