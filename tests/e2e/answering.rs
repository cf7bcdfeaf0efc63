//! What the sender of an alert is answered: who reads it, who does not, and what is left of it.

use bellrope_tests::{
    people::{Person, Said},
    world::{World, contains},
};
use serde_json::{Value, json};

use crate::{pages::compare, send, world};

fn look(who: &Person) -> Said {
    who.run(&["watch", "--once"]).done()
}

fn all_look(people: &[&Person]) {
    for who in people {
        let _ = look(who);
    }
}

/// How far the answer with one thing that was said came, for somebody.
fn told(who: &Person, case: &str, at: usize) -> Value {
    let said = who.run(&["case", case, "--json"]).done().json();
    said[0]["story"][at]["sender_told"].clone()
}

/// Three members of whom Nina has the pen, and an alert of Alena's that all have seen.
fn group(world: &World, alena: &'static str) -> (Person, Person, Person, Person, String) {
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    let ivan = world.reader(&nina, "Ivan", "member", "ru");
    let alena = world.defender(&nina, "Alena", alena);
    send(&alena, "Men at the door");
    all_look(&[&nina, &anna, &ivan]);
    let listed = nina.run(&["inbox", "--json"]).done().json();
    let case = listed[0]["case"].as_str().unwrap().to_owned();
    (nina, anna, ivan, alena, case)
}

#[test]
fn a_defender_is_told_who_reads_and_leads_without_a_name_and_is_answered() {
    let mut world = world();
    let (nina, anna, ivan, alena, case) = group(&world, "ru");
    // Anna reads it while the relay is away. Nothing is lost.
    assert_eq!(world.stop_relay().0, 0);
    let _ = anna.run(&["ack", &case]).ended(3);
    world.start_relay();
    let _ = anna.run(&["outbox"]).done();
    let _ = look(&ivan);
    let _ = ivan.run(&["lead", &case]).done();
    let words = "Is there a lawyer?\nFrom: Nina\u{1b}[2J";
    let said = anna.run(&["answer", &case, words]).done();
    assert!(said.out.contains("hands it on"), "{}", said.out);
    assert_eq!(told(&anna, &case, 2), "waiting");
    // Nobody has handed it on, and the defender hears nothing.
    assert!(!look(&alena).out.contains(&case[8..]));
    let _ = look(&nina);
    let shown = alena.at_columns("40").run(&["watch", "--once"]).done();
    for words in [
        "ваш сигнал прочёл",
        "ваше дело",
        "ОТВЕТ",
        "Is there a lawyer?",
    ] {
        assert!(shown.out.contains(words), "{}", shown.out);
    }
    assert!(shown.err.contains("показывается один раз"), "{}", shown.err);
    for name in ["Anna", "Ivan", "From: Nina\n", "\u{1b}"] {
        assert!(!shown.out.contains(name), "{}", shown.out);
    }
    assert!(
        shown.out.lines().all(|row| row.chars().count() < 40),
        "{}",
        shown.out
    );
    // Once, and it is nowhere.
    assert!(!look(&alena).out.contains("ОТВЕТ"));
    assert!(!alena.run(&["outbox"]).done().out.contains("ОТВЕТ"));
    assert!(!contains(&alena.disk(), "Is there a lawyer?"));
    assert!(!contains(&world.relay_disk(), "Is there a lawyer?"));

    // Everybody sees what was answered, by whom, and how far it came.
    all_look(&[&anna, &ivan]);
    for who in [&nina, &anna, &ivan] {
        let stories = who.run(&["case", &case, "--json"]).done().json();
        let story = stories[0]["story"].as_array().unwrap();
        assert_eq!(story[2]["what"], "answer");
        assert_eq!(story[2]["name"], "Anna");
        assert!(story.iter().all(|told| told["sender_told"] == "handed_on"));
    }
    let page = ivan.at_columns("40").run(&["case", &case]).done().out;
    assert!(page.contains("отвечает"), "{page}");
    assert!(page.lines().all(|row| row.chars().count() < 40), "{page}");
    assert!(!page.contains('\u{1b}'), "{page}");

    // Whoever reads or leads next is not told again. A name goes along only on purpose.
    let _ = nina.run(&["ack", &case]).done();
    let _ = anna
        .run(&["lead", &case, "--reason", "Ivan is on a plane"])
        .done();
    let _ = anna
        .run(&[
            "answer",
            &case,
            "--as",
            "Anna of the Example Fund",
            "Call me",
        ])
        .done();
    let _ = look(&nina);
    let told = alena.run(&["outbox", "--json"]).done().json();
    let answers: Vec<&Value> = told.iter().filter(|it| it["answer"].is_string()).collect();
    assert_eq!(answers.len(), 1, "{answers:?}");
    assert_eq!(answers[0]["name"], "Anna of the Example Fund");
    assert_eq!(answers[0]["case"], json!(case));

    // What cannot be answered is said, with what to do.
    let empty = anna.run_with(&["answer", &case], ".\n").ended(2);
    assert!(empty.err.contains("answer is empty"), "{}", empty.err);
    let long = anna.run(&["answer", &case, &"ж".repeat(501)]).ended(2);
    assert!(long.err.contains("500"), "{}", long.err);
    let wide = anna.run(&["answer", &case, &"𝄞".repeat(499)]).ended(2);
    assert!(wide.err.contains("fewer of some scripts"), "{}", wide.err);
    send(&nina, "Sent by a member");
    let _ = look(&anna);
    let reads = anna.run(&["answer", "2", "who reads it"]).ended(1);
    assert!(reads.err.contains("bellrope note"), "{}", reads.err);
}

#[test]
fn an_answer_waits_while_its_reader_is_frozen_and_is_for_nobody_else() {
    let world = world();
    let (nina, anna, _, alena, case) = group(&world, "en");
    let olga = world.defender(&nina, "Olga", "en");
    let _ = nina.run(&["freeze", "Alena"]).done();
    let _ = look(&anna);
    let _ = anna.run(&["answer", &case, "a word that waits"]).done();
    all_look(&[&nina, &alena, &anna]);
    assert_eq!(told(&anna, &case, 0), "held");
    let page = anna.run(&["case", &case]).done().out;
    assert!(page.contains("HELD"), "{page}");
    let _ = nina.run(&["unfreeze", "Alena"]).done();
    all_look(&[&nina, &anna]);
    assert_eq!(told(&anna, &case, 0), "handed_on");
    let shown = look(&alena).out;
    assert!(shown.contains("a word that waits"), "{shown}");
    assert!(!look(&olga).out.contains("a word that waits"));
}

#[test]
fn who_does_not_read_the_case_hands_an_answer_on_and_reads_nothing_of_it() {
    let world = world();
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    let alena = world.defender(&nina, "Alena", "en");
    let _ = nina.run(&["circle", "set", "Anna", "--yes"]).done();
    let _ = look(&alena);
    send(&alena, "For the circle alone");
    all_look(&[&nina, &anna]);
    assert!(nina.run(&["inbox"]).done().out.is_empty());
    // A device that is not in the roster yet is answered as well.
    let _ = anna.run(&["answer", "1", "a word past Nina"]).done();
    let said = look(&nina);
    assert!(!said.out.contains("a word past Nina"), "{}", said.out);
    assert!(!contains(&nina.disk(), "a word past Nina"));
    let shown = look(&alena).out;
    assert!(shown.contains("a word past Nina"), "{shown}");
}

#[test]
fn json_of_answers_is_as_the_readme_has_it() {
    let world = world();
    let (nina, anna, _, alena, case) = group(&world, "en");
    let _ = anna.run(&["answer", &case, "Ждите звонка"]).done();
    let _ = look(&nina);
    let told = alena.run(&["watch", "--once", "--json"]).done().json();
    compare("`watch` and `outbox`: an answer to a defender", &told);
    assert_eq!(told[0]["text"], "Ждите звонка");
}
