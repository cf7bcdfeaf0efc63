//! What is done in the first hours of a case, what is asked after a release, and who looks back when it is closed.

use std::fs;

use bellrope_client::now;
use bellrope_tests::people::Person;
use serde_json::{Value, json};

use crate::{pages::compare, send, world};

fn look(who: &Person) {
    let _ = who.run(&["watch", "--once"]).done();
}

fn checklist(who: &Person, case: &str) -> Value {
    who.run(&["checklist", case, "--json"]).done().json()[0].clone()
}

fn standing(list: &Value, step: &str) -> Value {
    let steps = list["steps"].as_array().unwrap();
    let found = steps.iter().find(|one| one["step"] == step);
    found.map_or(Value::Null, |one| one["standing"].clone())
}

#[test]
fn the_first_hours_are_ticked_off_together_and_a_closed_case_is_looked_back_on_by_two() {
    let mut world = world();
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    let boris = world.reader(&nina, "Boris", "member", "ru");
    let alena = world.defender(&nina, "Alena", "en");
    send(&alena, "Taken by men in masks");
    for who in [&nina, &anna, &boris] {
        look(who);
    }
    let case = nina.run(&["inbox", "--json"]).done().json()[0]["case"].clone();
    let case = case.as_str().unwrap();

    // The list that fits what happened, on the case's own page and by itself.
    let page = boris.run(&["case", case]).done().out;
    assert!(
        page.contains("Первые часы (задержание), сделано 0 из"),
        "{page}"
    );
    let said = boris.run(&["checklist", case]).done().out;
    assert!(said.contains("  6, не сделано: Есть ли адвокат?"), "{said}");

    // Both on a train: each ticks off, and one brings the group's own list.
    assert_eq!(world.stop_relay().0, 0);
    let own = world.dir().join("our-list.txt");
    fs::write(
        &own,
        "Our steps\n\n— Позвонить в школу\n  * Ask the embassy \n",
    )
    .unwrap();
    let own = own.to_str().unwrap();
    let said = anna.run(&[
        "checklist",
        case,
        "--done",
        "1",
        "--dropped",
        "8",
        "--from",
        own,
    ]);
    assert!(said.ended(3).out.contains("Ask the embassy"));
    let _ = boris
        .run(&["checklist", case, "--done", "6", "--done", "1"])
        .ended(3);
    world.start_relay();
    for who in [&anna, &boris, &anna, &nina] {
        look(who);
    }
    let lists: Vec<Value> = [&nina, &anna, &boris]
        .map(|who| checklist(who, case))
        .into();
    compare("`checklist`", &lists);
    assert!(
        lists
            .iter()
            .all(|list| list["steps"].as_array().unwrap().len() == 15),
        "{}",
        lists[0]
    );
    for list in &lists {
        let words: Vec<&str> = list["steps"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|step| step["text"].as_str())
            .collect();
        assert!(
            words.contains(&"Позвонить в школу") && words.contains(&"Ask the embassy"),
            "{words:?}"
        );
        for (step, is) in [
            ("1", "done"),
            ("6", "done"),
            ("8", "dropped"),
            ("4", "open"),
        ] {
            assert_eq!(standing(list, step), is, "{step}");
        }
    }
    let page = nina.run(&["case", case]).done().out;
    assert!(page.contains("done 2 of 14"), "{page}");
    let school = lists[0]["steps"]
        .as_array()
        .unwrap()
        .iter()
        .find(|step| step["text"] == "Позвонить в школу");
    let letters = school.unwrap()["step"].as_str().unwrap().to_lowercase();
    let _ = nina.run(&["checklist", case, "--done", &letters]).done();
    let _ = nina.run(&["checklist", case, "--open", "6"]).done();
    assert_eq!(standing(&checklist(&nina, case), "6"), "open");
    let refused = nina.run(&["checklist", case, "--done", "99"]).ended(1);
    assert!(refused.err.contains("has no step 99"), "{}", refused.err);
    let refused = nina.run(&["checklist", case, "--list", "wedding"]).ended(2);
    assert!(refused.err.contains("--list"), "{}", refused.err);
    let written = nina.run(&["checklist", "--list", "search"]).done().out;
    assert!(
        written.lines().count() == 9 && written.contains("record of what was taken"),
        "{written}"
    );

    // Released: asked again later, and looked back on by two.
    let refused = nina
        .run(&["review", case, "--harm", "no", "--keep", "yes"])
        .ended(1);
    assert!(refused.err.contains("is not closed"), "{}", refused.err);
    let refused = nina.run(&["due", case, "--follow-ups"]).ended(2);
    assert!(refused.err.contains("after which day"), "{}", refused.err);
    let said = nina
        .run(&["due", case, "2027-01-31", "--follow-ups", "--for", "Anna"])
        .done();
    assert!(said.out.contains("A week after"), "{}", said.out);
    look(&anna);
    let due = anna.run(&["calendar", "--json"]).done().json();
    let days = due.iter().map(|one| one["value"].as_str().unwrap());
    let days: Vec<&str> = days.map(|day| day.get(..10).unwrap()).collect();
    // A month after the 31st of January is the end of February.
    assert_eq!(
        days,
        ["2027-02-07", "2027-02-28", "2027-04-30", "2027-07-31"]
    );

    let said = nina
        .run(&["close", case, "--reason", "released"])
        .done()
        .out;
    assert!(said.contains("Released is not the end"), "{said}");
    let said = nina.run(&[
        "review", case, "--harm", "no", "--keep", "yes", "Ask", "the", "school", "earlier",
    ]);
    let _ = said.done();
    let again = nina
        .run(&["review", case, "--harm", "no", "--keep", "yes"])
        .done();
    assert!(again.out.contains("Nothing was sent"), "{}", again.out);
    look(&boris);
    let page = boris.run(&["case", case]).done().out;
    assert!(
        page.contains("Разбор: Nina. Нужен второй человек"),
        "{page}"
    );
    let digest = boris.run(&["digest", "--json"]).done().json();
    assert_eq!(digest[0]["to_review"], json!([case]));
    let _ = boris
        .run(&["review", case, "--harm", "неизвестно", "--keep", "нет"])
        .done();
    for who in [&nina, &anna] {
        look(who);
        let view = who.run(&["case", case, "--json"]).done().json()[0].clone();
        assert_eq!(view["reviewed_by"], json!(["Nina", "Boris"]));
    }
    let page = anna.run(&["case", case]).done().out;
    assert!(page.contains("Looked back on it: Nina, Boris"), "{page}");
    assert!(page.contains("“Ask the school earlier”"), "{page}");
    let digest = anna.run(&["digest", "--json"]).done().json();
    assert_eq!(digest[0]["to_review"], json!([]));
    // Who does not agree that it is kept is heard.
    assert_eq!(digest[0]["due_to_forget"], json!([case]));
    let page = anna.run(&["case", case]).done().out;
    assert!(
        page.contains("does not agree that the group keeps"),
        "{page}"
    );

    // Closed again, it is looked back on again.
    let _ = nina.run(&["reopen", case, "taken again"]).done();
    let _ = nina.run(&["close", case, "--reason", "released"]).done();
    look(&anna);
    let view = anna.run(&["case", case, "--json"]).done().json()[0].clone();
    assert_eq!(view["reviewed_by"], json!([]));
    // Eighteen months later it is time as well, and nothing has gone by itself.
    for (days, due) in [(0, json!([])), (540, json!([])), (549, json!([case]))] {
        let then = anna.at_time(now().plus(days * 86_400).0);
        let digest = then.run(&["digest", "--json"]).done().json();
        assert_eq!(digest[0]["due_to_forget"], due, "{days}");
    }
}
