//! A shift is handed over with a note, accepted, refused, or not answered; and swapped by two people of whom one has no network. Clocks are moved.

use std::fs;

use bellrope_client::text::moment_text;
use bellrope_proto::ids::Timestamp;
use bellrope_tests::{
    people::{Person, Said, until},
    world::World,
};
use serde_json::{Value, json};

use crate::{
    check_ins::{Hands, make_runnable},
    pages::compare,
    world,
};

/// Somebody who writes the roster, three members, and a defender.
fn group(world: &World) -> [Person; 5] {
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    let boris = world.reader(&nina, "Boris", "member", "ru");
    let vera = world.reader(&nina, "Vera", "member", "en");
    let alena = world.defender(&nina, "Alena", "en");
    [nina, anna, boris, vera, alena]
}

fn look(who: &Person) -> Said {
    who.run(&["watch", "--once"]).done()
}

fn at(hands: &Hands, minutes: u64) -> String {
    let text = moment_text(Timestamp(hands.start + minutes * 60));
    text.trim_end_matches(" UTC").to_owned()
}

/// Puts somebody on duty for a time, with Boris behind them.
fn on_duty(hands: &Hands, who: &Person, name: &str, (from, to): (u64, u64)) {
    let (from, to) = (at(hands, from), at(hands, to));
    let args = [
        "duty", "swap", name, "--from", &from, "--until", &to, "--second", "Boris", "--yes",
    ];
    let _ = who.run(&args).done();
}

fn duty(who: &Person) -> Value {
    let _ = look(who);
    who.run(&["duty", "--json"]).done().json().remove(0)
}

/// An alert, and the end of its case's number.
fn alert(sender: &Person, reader: &Person, more: &[&str], summary: &str) -> String {
    let args = [
        "alert",
        "--what",
        "threat",
        "--where",
        "BY",
        "--urgency",
        "critical",
        "--yes",
        "--summary",
        summary,
    ];
    let _ = sender.run(&[args.as_slice(), more].concat()).done();
    let _ = look(reader);
    let all = reader.run(&["inbox", "--json"]).done().json();
    let found = all.iter().find(|it| it["alert"]["summary"] == summary);
    found.unwrap()["case"].as_str().unwrap().to_owned()
}

#[test]
fn a_shift_is_handed_over_and_rings_the_second_line_where_nobody_takes_it() {
    let mut world = world();
    let people = group(&world);
    let hands = Hands::take(&mut world);
    let all: Vec<&Person> = people.iter().collect();
    let now = |minutes| hands.at(minutes, &all);
    let [nina, anna, boris, vera, alena] = &now(1)[..] else {
        panic!()
    };
    let always = ["duty", "set", "--place", "+00:00", "--yes", "--shift"];
    let shift = ["mon-sun 0-24 Nina / Boris"];
    let _ = nina.run(&[always.as_slice(), &shift].concat()).done();
    on_duty(&hands, nina, "Anna", (0, 120));
    on_duty(&hands, nina, "Vera", (120, 600));
    on_duty(&hands, nina, "Anna", (600, 700));
    for who in [anna, boris, vera] {
        let _ = look(who);
    }
    assert_eq!(duty(anna)["now"]["first"], "Anna");
    let case = alert(alena, anna, &[], "men at the door");
    let secret = alert(nina, anna, &["--to", "Anna"], "for Anna alone");
    let _ = anna.run(&["lead", &case]).done();
    // Nobody hands over what is not theirs, and there is nobody to ask.
    let said = vera.run(&["duty", "hand-over", "--yes"]).ended(1);
    assert!(said.err.contains("you are not on duty"), "{}", said.err);
    let said = anna.run(&["duty", "hand-over"]).ended(2);
    assert!(said.err.contains("--yes"), "{}", said.err);

    // Twenty minutes before: written, and accepted at once.
    let [nina, anna, boris, vera, alena] = &now(100)[..] else {
        panic!()
    };
    let text = "The lawyer calls at six.\nKeep the line free.";
    let hand_over = ["duty", "hand-over", "--yes", "--text"];
    let said = anna.run(&[hand_over.as_slice(), &[text]].concat()).done();
    assert!(said.out.contains("Handed over to Vera"), "{}", said.out);
    assert!(said.out.contains("second line, Boris"), "{}", said.out);
    assert!(
        said.err.contains(&case) && !said.err.contains(&secret),
        "{}",
        said.err
    );
    assert!(
        said.err.contains("Left out for Vera: one case"),
        "{}",
        said.err
    );
    let told = look(vera).err;
    for part in [
        &case,
        "Leads: Anna",
        "The lawyer calls at six",
        "Hand-over: Anna to Vera",
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
    assert!(!told.contains(&secret), "{told}");
    assert!(
        look(boris).err.contains("Записка от Anna"),
        "the second line has it"
    );
    let seen = duty(nina);
    compare("`duty`", std::slice::from_ref(&seen));
    let shift = &seen["shifts"][0];
    assert_eq!(
        (&shift["kind"], &shift["state"], &shift["note"]),
        (&json!("hand_over"), &json!("waits"), &json!("")),
        "who it does not concern has the hours alone"
    );
    assert_eq!(duty(anna)["now"]["first"], "Anna");
    let said = vera.run(&["duty", "accept"]).done();
    assert!(said.out.contains("You are on duty now"), "{}", said.out);
    for who in [nina, anna, boris] {
        let seen = duty(who);
        assert_eq!(seen["now"]["first"], "Vera", "before her hour");
        assert_eq!(seen["shifts"][0]["state"], "accepted");
    }
    let mut watches = vera.start(&["watch"]);
    watches.wait_for("Watching");
    let other = alert(alena, nina, &[], "and now in the yard");
    watches.wait_for(&format!("The bell rings for {other}: you are on duty."));
    let _ = watches.stop();
    let _ = vera.run(&["ack", &other]).done();

    // Refused: it rings the second line from the turn on, and says why to whom it falls back on.
    let [nina, anna, boris, vera, alena] = &now(590)[..] else {
        panic!()
    };
    let _ = vera
        .run(&["duty", "hand-over", "--yes", "--without-cases"])
        .done();
    assert!(look(anna).err.contains("Hand-over: Vera to Anna"));
    let said = anna
        .run(&["duty", "refuse", "--because", "I am ill"])
        .done();
    assert!(said.out.contains("Refused. Vera is told"), "{}", said.out);
    let told = look(vera).err;
    assert!(
        told.contains("I am ill") && told.contains("Boris"),
        "{told}"
    );
    assert_eq!(duty(nina)["shifts"][0]["because"], "");
    let _ = look(boris);
    let rung = world.dir().join("rung");
    let program = world.dir().join("ring.sh");
    fs::write(
        &program,
        format!("#!/bin/sh\necho rung \"$@\" >> {}\n", rung.display()),
    )
    .unwrap();
    make_runnable(&program);
    let [_, _, boris, ..] = &now(601)[..] else {
        panic!()
    };
    let mut watches = boris.start(&["watch", "--exec", program.to_str().unwrap()]);
    watches.wait_for("Это дежурство никто не принял: теперь оно ваше");
    until("it rings", || rung.is_file());
    watches.wait_for("На связи");
    let third = alert(alena, nina, &[], "they are back");
    watches.wait_for(&format!("Звонок по делу {third}: вы дежурите."));
    let _ = watches.stop();
    let _ = nina.run(&["ack", &third]).done();

    // Nobody answers for half an hour: the second line, until somebody does.
    let day = 24 * 60;
    let [nina, ..] = &now(day)[..] else { panic!() };
    on_duty(&hands, nina, "Anna", (day + 1, day + 120));
    on_duty(&hands, nina, "Vera", (day + 120, day + 600));
    let [_, anna, ..] = &now(day + 110)[..] else {
        panic!()
    };
    let _ = look(anna);
    let _ = anna.run(&["duty", "hand-over", "--yes"]).done();
    let first = |minutes: u64, who: usize| duty(&now(minutes)[who])["now"]["first"].clone();
    assert_eq!(first(day + 149, 0), "Anna");
    assert_eq!(first(day + 151, 0), "Boris");
    assert_eq!(first(day + 151, 2), "Boris");
    let told = look(&now(day + 151)[1]).err;
    assert!(
        told.contains("Vera has not answered Anna in time. It rings Boris"),
        "{told}"
    );
    let told = look(&now(day + 152)[2]).err;
    assert!(told.contains("теперь оно ваше"), "{told}");
    let _ = look(&now(day + 153)[3]);
    let _ = now(day + 154)[3].run(&["duty", "accept", "anna"]).done();
    assert_eq!(first(day + 155, 0), "Vera");
    assert_eq!(first(day + 155, 2), "Vera");
    // Nobody wrote anything when her time was over.
    let seen = &now(day + 610)[0];
    assert_eq!(duty(seen)["no_hand_over"], json!(true));
    let digest = seen.run(&["digest"]).done().out;
    assert!(
        digest.contains("No hand-over was written: Vera"),
        "{digest}"
    );
    compare("`digest`", &seen.run(&["digest", "--json"]).done().json());
    hands.end();
}

#[test]
fn two_members_swap_of_whom_one_has_no_network() {
    let mut world = world();
    let people = group(&world);
    let hands = Hands::take(&mut world);
    let all: Vec<&Person> = people.iter().collect();
    let [nina, anna, boris, vera, _] = &hands.at(1, &all)[..] else {
        panic!()
    };
    let always = ["duty", "set", "--place", "+00:00", "--yes", "--shift"];
    let shift = ["mon-sun 0-24 Boris / Anna"];
    let _ = nina.run(&[always.as_slice(), &shift].concat()).done();
    let day = 24 * 60;
    on_duty(&hands, nina, "Anna", (day, day + 300));
    for who in [anna, boris, vera] {
        let _ = look(who);
    }
    let said = vera
        .run(&["duty", "swap", "--with", "Anna", "--yes"])
        .ended(1);
    assert!(said.err.contains("you have no shift then"), "{}", said.err);
    let which = at(&hands, day);
    let swap = ["duty", "swap", "--with", "Vera", "--shift", &which, "--yes"];
    let said = anna.run(&swap).done();
    assert!(said.out.contains("Asked: Vera"), "{}", said.out);
    let told = look(vera).err;
    assert!(
        told.contains("Swap: Anna asks Vera") && told.contains("bellrope duty accept"),
        "{told}"
    );
    assert!(
        !look(boris).err.contains("Anna"),
        "nothing that others need to know yet"
    );
    // She says yes under way, and it goes out when there is a network again.
    hands.cut(&world);
    let said = vera.run(&["duty", "accept"]).ended(3);
    assert!(said.err.contains("do not have it yet"), "{}", said.err);
    assert_eq!(duty_of(vera)["shifts"][0]["state"], "accepted");
    hands.mend(&world);
    let later = hands.at(day + 10, &all);
    let [nina, anna, boris, vera, _] = &later[..] else {
        panic!()
    };
    let _ = vera.run(&["outbox"]).done();
    let _ = look(vera);
    assert!(
        look(nina).err.contains("Swap: Vera is on duty for Anna"),
        "coordinators see it"
    );
    for who in [nina, anna, boris, vera] {
        let seen = duty(who);
        assert_eq!(seen["now"]["first"], "Vera", "{seen}");
        assert_eq!(seen["now"]["second"], "Boris");
        assert_eq!(seen["days"][0]["first"], "Anna", "the rota is as it was");
    }
    let gone = vera.run(&["duty", "accept"]).ended(1);
    assert!(gone.err.contains("no shift waits for that"), "{}", gone.err);
    // What was asked can be taken back, and declined.
    let _ = vera
        .run(&["duty", "swap", "--with", "Nina", "--yes"])
        .done();
    let _ = vera.run(&["duty", "take-back"]).done();
    let _ = look(nina);
    let _ = nina.run(&["duty", "accept"]).ended(1);
    let _ = vera
        .run(&["duty", "swap", "--with", "Nina", "--yes"])
        .done();
    let _ = look(nina);
    let _ = nina.run(&["duty", "refuse"]).done();
    let told = look(vera).err;
    assert!(told.contains("Nina will not be on duty for Vera"), "{told}");
    assert_eq!(duty(anna)["now"]["first"], "Vera");
    // Who leaves is stood in for by who had it.
    let _ = nina.run(&["members", "remove", "Vera", "--yes"]).done();
    assert_eq!(duty(anna)["now"]["first"], "Anna");
    hands.end();
}

fn duty_of(who: &Person) -> Value {
    who.run(&["duty", "--json"]).done().json().remove(0)
}
