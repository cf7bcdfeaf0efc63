//! A case is opened to others: by a person, to people, logged; and to some no longer. Nobody else reads it, and nobody whom the group keeps out.

use bellrope_tests::{
    people::{Person, Said},
    world::World,
};
use serde_json::{Value, json};

use crate::{pages::compare, summaries, world};

fn look(who: &Person) -> Said {
    who.run(&["watch", "--once"]).done()
}

fn case_of(who: &Person, case: &str) -> Value {
    who.run(&["case", case, "--json"]).done().json().remove(0)
}

/// Everybody's view of a case, but for what is of themselves.
fn same_for_all(people: &[&Person], case: &str) -> Value {
    let view = |who: &&Person| {
        let mut view = case_of(who, case);
        view.as_object_mut().unwrap().remove("lead_mine");
        for told in view["story"].as_array_mut().unwrap() {
            let told = told.as_object_mut().unwrap();
            // What its author said to others meanwhile has a number, too, and is a gap to whom it was not for.
            assert!(matches!(
                told.remove("follows").unwrap().as_str(),
                Some("in_order" | "after_gap")
            ));
            told.remove("mine");
        }
        view
    };
    let views: Vec<Value> = people.iter().map(view).collect();
    for (key, value) in views[0].as_object().unwrap() {
        for (who, other) in people.iter().zip(&views) {
            assert_eq!(&other[key], value, "{key} at {:?}", who.home());
        }
    }
    views[0].clone()
}

/// What was said in it, a note a word and anything else its name.
fn told(view: &Value) -> Vec<String> {
    let story = view["story"].as_array().unwrap().iter();
    let word = |told: &Value| match told["text"].as_str() {
        Some(text) => text.to_owned(),
        None => told["what"].as_str().unwrap().to_owned(),
    };
    let mut all: Vec<String> = story.map(word).collect();
    all.sort_unstable();
    all
}

fn alert<'a>(summary: &'a str, to: &[&'a str]) -> Vec<&'a str> {
    let mut args = vec![
        "alert", "--what", "threat", "--where", "BY", "--yes", "--json",
    ];
    for name in to {
        args.extend(["--to", name]);
    }
    args.extend(["--summary", summary]);
    args
}

struct Group {
    nina: Person,
    anna: Person,
    ivan: Person,
    boris: Person,
    olga: Person,
    alena: Person,
}

/// Nina and Anna are on duty, Ivan is not, Boris is kept out of what is about Belarus, Olga observes.
fn group(world: &World) -> Group {
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    let ivan = world.reader(&nina, "Ivan", "member", "ru");
    let boris = world.reader(&nina, "Boris", "member", "en");
    let olga = world.reader(&nina, "Olga", "observer", "en");
    let alena = world.defender(&nina, "Alena", "en");
    let _ = nina.run(&["circle", "set", "Nina", "Anna", "--yes"]).done();
    let keep_out = ["circle", "keep-out", "Boris", "--country", "BY", "--yes"];
    let _ = nina.run(&keep_out).done();
    for who in [&anna, &ivan, &boris, &olga] {
        let _ = look(who);
    }
    let _ = alena.run(&["outbox"]).done();
    Group {
        nina,
        anna,
        ivan,
        boris,
        olga,
        alena,
    }
}

/// Sends an alert, which those on duty have then; the number of its case.
fn sent(group: &Group, args: &[&str]) -> String {
    let _ = group.alena.run(args).done();
    for who in [&group.nina, &group.anna] {
        let _ = look(who);
    }
    let kept = group.anna.run(&["inbox", "--json"]).done().json();
    kept.last().unwrap()["case"].as_str().unwrap().to_owned()
}

#[test]
fn a_case_is_opened_by_one_offline_and_everybody_has_the_same_in_the_end() {
    let mut world = world();
    let group = group(&world);
    let Group {
        nina,
        anna,
        ivan,
        boris,
        olga,
        ..
    } = &group;
    let petr = world.reader(nina, "Petr", "member", "en");
    let case = sent(&group, &alert("Men at the door", &[]));
    let _ = anna.run(&["note", &case, "the first note"]).done();
    let _ = look(nina);
    for who in [ivan, boris, olga] {
        let _ = look(who);
        assert_eq!(summaries(who), [] as [&str; 0]);
    }

    // Who reads nothing, who is kept out, who is nobody, who reads anyhow.
    let members = anna.run(&["members", "--json"]).done().json();
    let alena = members.iter().find(|it| it["role"] == "defender").unwrap();
    for (name, code, words) in [
        (
            alena["name"].as_str().unwrap(),
            1,
            "reads nothing in this group",
        ),
        ("Boris", 1, "keeps Boris out of alerts like"),
        ("Nobody", 1, "Nobody"),
    ] {
        let said = anna.run(&["open", &case, "to", name]).ended(code);
        assert!(said.err.contains(words), "{}", said.err);
    }
    let said = anna.run(&["open", &case, "Nina"]).done();
    assert!(said.out.contains("Nothing was sent"), "{}", said.out);

    // Anna opens it without a network, while Nina says something who has not seen that; and the keys turn before any of it is posted.
    assert_eq!(world.stop_relay().0, 0);
    let open = [
        "open",
        &case,
        "to",
        "Ivan",
        "--reason",
        "he knows the lawyer",
    ];
    let said = anna.run(&open).ended(3);
    assert!(said.out.contains("opens it to Ivan"), "{}", said.out);
    assert!(said.out.contains("cannot be taken back"), "{}", said.out);
    let _ = nina.run(&["note", &case, "not seen"]).ended(3);
    world.start_relay();
    let _ = nina.run(&["members", "remove", "Petr", "--yes"]).done();
    drop(petr);
    for _ in 0..2 {
        for who in [anna, nina, ivan] {
            let _ = look(who);
        }
    }
    assert_eq!(summaries(ivan), ["Men at the door"]);
    for who in [boris, olga] {
        let _ = look(who);
        assert_eq!(summaries(who), [] as [&str; 0]);
    }
    let kept = ivan.run(&["inbox", "--json"]).done().json().remove(0);
    assert_eq!(kept["opened_by"], "Anna");
    assert!(kept["opened_at"].is_string() && kept["passed_on_by"].is_null());
    assert_eq!(kept["late"], false);
    assert!(summaries(anna).len() == 1 && case_of(anna, &case)["opened_to"] == json!(["Ivan"]));
    let page = ivan.run(&["show", &case]).done().out;
    assert!(page.contains("вам открывает это Anna"), "{page}");
    let view = same_for_all(&[nina, anna, ivan], &case);
    assert_eq!(told(&view), ["not seen", "opened_to", "the first note"]);
    let opened = view["story"].as_array().unwrap().iter();
    let opened: Vec<&Value> = opened.filter(|it| it["what"] == "opened_to").collect();
    assert_eq!(opened[0]["name"], "Anna");
    assert_eq!(opened[0]["people"], json!(["Ivan"]));
    assert_eq!(opened[0]["reason"], "he knows the lawyer");

    // What he says counts, and he can be handed work; but he lets in nobody.
    let _ = ivan.run(&["lead", &case]).done();
    let said = ivan.run(&["open", &case, "to", "Olga"]).ended(1);
    assert!(said.err.contains("вам открыли другие"), "{}", said.err);
    for who in [anna, nina] {
        let _ = look(who);
        assert_eq!(case_of(who, &case)["lead"], "Ivan");
    }
    let said = anna
        .run(&["open", &case, "--no-longer-to", "Ivan"])
        .ended(1);
    assert!(said.err.contains("led by Ivan"), "{}", said.err);

    // An observer reads, and says nothing.
    let _ = nina.run(&["open", &case, "to", "Olga"]).done();
    for who in [anna, ivan, olga] {
        let _ = look(who);
    }
    let view = same_for_all(&[nina, anna, ivan, olga], &case);
    assert_eq!(view["opened_to"], json!(["Ivan", "Olga"]));
    let _ = olga.run(&["note", &case, "words"]).ended(1);
    let readers = olga.run(&["open", &case, "--json"]).done().json();
    let by = |name: &str| {
        let reader = readers.iter().find(|it| it["name"] == name).unwrap();
        reader["opened_by"].clone()
    };
    assert_eq!(
        (by("Ivan"), by("Olga"), by("Anna")),
        ("Anna".into(), "Nina".into(), Value::Null)
    );
    let page = anna.run(&["open", &case]).done().out;
    assert!(page.contains("to them, by Nina"), "{page}");
    let page = nina.run(&["case", &case]).done().out;
    assert!(
        page.contains("Open besides to: Ivan. Anna opened it"),
        "{page}"
    );

    // No longer: he is told, and what is said later is not for him.
    let take = ["lead", &case, "--reason", "back again"];
    let _ = anna.run(&take).done();
    let said = anna.run(&["open", &case, "--no-longer-to", "Ivan"]).done();
    assert!(said.out.contains("stays with them"), "{}", said.out);
    let _ = nina.run(&["watch", "--once"]).done();
    let _ = nina.run(&["note", &case, "not for Ivan"]).done();
    for who in [anna, ivan, olga, nina] {
        let _ = look(who);
    }
    let view = same_for_all(&[nina, anna, olga], &case);
    assert_eq!(view["no_longer_open_to"], json!(["Ivan"]));
    let his = told(&case_of(ivan, &case));
    assert!(!his.contains(&"not for Ivan".to_owned()), "{his:?}");
    assert!(his.contains(&"no_longer_open_to".to_owned()), "{his:?}");
    let _ = ivan.run(&["note", &case, "words"]).ended(1);

    // And again, with all that was said.
    let _ = nina.run(&["open", &case, "to", "group"]).done();
    for who in [anna, ivan, olga, boris] {
        let _ = look(who);
    }
    let view = same_for_all(&[nina, anna, ivan, olga], &case);
    assert!(told(&view).contains(&"not for Ivan".to_owned()));
    assert_eq!(summaries(boris), [] as [&str; 0]);

    compare("`case`", &[case_of(anna, &case)]);
    let kept = ivan.run(&["inbox", "--json"]).done().json();
    compare("`watch`, `inbox`, `show`", &kept);
}

#[test]
fn what_its_sender_wrote_to_one_is_opened_after_a_question_and_nobody_reads_on_who_is_kept_out_since()
 {
    let world = world();
    let group = group(&world);
    let Group {
        nina, anna, ivan, ..
    } = &group;
    // A defender knows nobody to choose; a member does.
    let _ = nina.run(&alert("for Anna alone", &["Anna"])).done();
    let _ = look(anna);
    let kept = anna.run(&["inbox", "--json"]).done().json();
    let case = kept[0]["case"].as_str().unwrap().to_owned();
    // Nobody is there to be asked.
    let open = ["open", &case, "Ivan"];
    let said = anna.run(&open).ended(2);
    assert!(said.err.contains("chose who reads it"), "{}", said.err);
    let mut asked = anna.at_terminal(&open, 80);
    asked.sees("one chosen device only");
    asked.enters("n");
    asked.sees("nothing was opened");
    let _ = asked.ends();
    let _ = anna.run(&["note", &case, "before"]).done();
    let _ = anna.run(&[open.as_slice(), &["--yes"]].concat()).done();
    let _ = look(ivan);
    assert_eq!(summaries(ivan), ["for Anna alone"]);
    let view = same_for_all(&[anna, ivan], &case);
    assert_eq!(told(&view), ["before", "opened_to"]);

    // What his program says counts, until the group keeps him out of such alerts.
    let _ = ivan.run(&["lead", &case]).done();
    let _ = look(anna);
    assert_eq!(case_of(anna, &case)["lead"], "Ivan");
    let keep_out = ["circle", "keep-out", "Ivan", "--country", "BY", "--yes"];
    let _ = nina.run(&keep_out).done();
    let _ = look(anna);
    let view = case_of(anna, &case);
    assert_eq!(
        (&view["lead"], &view["opened_to"]),
        (&Value::Null, &json!([]))
    );
    let _ = anna.run(&["note", &case, "after"]).done();
    let _ = look(ivan);
    // What he has read stays with him.
    assert_eq!(summaries(ivan), ["for Anna alone"]);
    let his = told(&case_of(ivan, &case));
    assert!(!his.contains(&"after".to_owned()), "{his:?}");
    let said = anna.run(&[open.as_slice(), &["--yes"]].concat()).ended(1);
    assert!(said.err.contains("keeps Ivan out"), "{}", said.err);
}

#[test]
fn who_came_after_an_alert_is_let_in_by_name_and_goes_on_with_the_case() {
    let world = world();
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    let petr = world.reader(&nina, "Petr", "member", "en");
    let alena = world.defender(&nina, "Alena", "en");
    let _ = alena.run(&alert("Men at the door", &[])).done();
    for who in [&nina, &anna] {
        let _ = look(who);
    }
    let case = anna.run(&["inbox", "--json"]).done().json().remove(0);
    let case = case["case"].as_str().unwrap().to_owned();
    let _ = anna.run(&["note", &case, "the first note"]).done();

    // A group without a circle: any member is one for whom such an alert is now, and this one came before she did.
    let vera = world.reader(&nina, "Vera", "member", "ru");
    for who in [&nina, &anna, &vera] {
        let _ = look(who);
    }
    assert_eq!(summaries(&vera), [] as [&str; 0]);
    let parts = ["fact", "part", &case, "deputy", "Vera"];
    let to_her: [&[&str]; 3] = [
        &["hand-over", &case, "Vera"],
        &["note", &case, "--to", "Vera", "call the lawyer"],
        &parts,
    ];
    for said in to_her {
        let refused = anna.run(said).ended(1);
        assert!(
            refused.err.contains("do not include Vera"),
            "{}",
            refused.err
        );
        assert!(refused.err.contains(&format!("bellrope open {case} to")));
    }
    // Whoever has only the text of a translation needs no case.
    let ask = ["translate", &case, "--into", "ru", "--ask", "Vera", "--yes"];
    let asked = anna.run(&ask).done();
    assert!(asked.out.contains("Vera"), "{}", asked.out);
    let _ = look(&vera);
    let to_her = vera.run(&["translate", "--json"]).done().json().remove(0);
    let letters = to_her["asked"].as_str().unwrap();
    let words = vera.home().with_file_name("words");
    std::fs::write(&words, "Люди у двери").unwrap();
    let answer = [
        "translate",
        "--asked",
        letters,
        "--from",
        words.to_str().unwrap(),
    ];
    let _ = vera.run(&answer).done();
    let _ = look(&anna);
    let view = case_of(&anna, &case);
    // By a translation nobody has read an alert.
    assert_eq!(view["translations"][0]["name"], "Vera");
    assert_eq!(view["read_by"], json!(["Anna"]));

    let opened = anna.run(&["open", &case, "to", "group"]).done();
    assert!(opened.out.contains("opens it to"), "{}", opened.out);
    assert_eq!(case_of(&anna, &case)["opened_to"], json!(["Vera"]));
    for _ in 0..2 {
        for who in [&vera, &anna, &nina] {
            let _ = look(who);
        }
    }
    assert_eq!(summaries(&vera), ["Men at the door"]);
    let kept = vera.run(&["inbox", "--json"]).done().json().remove(0);
    assert_eq!(kept["opened_by"], "Anna");
    let again = anna.run(&["open", &case, "to", "Vera"]).done();
    assert!(again.out.contains("Nothing was sent"), "{}", again.out);

    // Whom the group keeps out since, though it was for him, it is opened to no more.
    let keep_out = ["circle", "keep-out", "Petr", "--country", "BY", "--yes"];
    let _ = nina.run(&keep_out).done();
    let _ = look(&anna);
    let refused = anna.run(&["open", &case, "to", "Petr"]).ended(1);
    assert!(refused.err.contains("keeps Petr out"), "{}", refused.err);

    // She leads it, and goes on doing so with other keys.
    let _ = anna.run(&["hand-over", &case, "Vera"]).done();
    let _ = look(&vera);
    let _ = vera.run(&["note", &case, "she is at the station"]).done();
    drop(petr);
    let _ = nina.run(&["members", "remove", "Petr", "--yes"]).done();
    for who in [&nina, &vera, &anna] {
        let _ = look(who);
    }
    let _ = nina.run(&["note", &case, "after the turn"]).done();
    for _ in 0..2 {
        for who in [&vera, &anna, &nina] {
            let _ = look(who);
        }
    }
    // All but what became of an answer before she came.
    for who in [&nina, &anna, &vera] {
        let view = case_of(who, &case);
        assert_eq!(view["lead"], "Vera");
        assert_eq!(
            told(&view),
            [
                "Men at the door",
                "after the turn",
                "handed_over",
                "opened_to",
                "she is at the station",
                "the first note",
                "Люди у двери",
            ]
        );
    }
}

#[test]
fn whom_an_alert_was_passed_on_to_reads_on_with_new_keys_if_they_have_said_something() {
    let mut world = world();
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    let petr = world.reader(&nina, "Petr", "member", "en");
    let alena = world.defender(&nina, "Alena", "en");
    assert_eq!(world.stop_relay().0, 0);
    let _ = alena.run(&alert("Men at the door", &[])).ended(3);
    world.start_relay();
    // Her device did not know of Boris when it sealed the alert.
    let boris = world.reader(&nina, "Boris", "member", "en");
    for who in [&nina, &anna, &boris] {
        let _ = look(who);
    }
    let _ = alena.run(&["outbox"]).done();
    for who in [&anna, &nina, &boris] {
        let _ = look(who);
    }
    let kept = boris.run(&["inbox", "--json"]).done().json().remove(0);
    assert!(kept["passed_on_by"].is_string(), "{kept}");
    let case = kept["case"].as_str().unwrap().to_owned();
    let _ = boris.run(&["ack", &case]).done();
    for who in [&anna, &nina] {
        let _ = look(who);
    }

    drop(petr);
    let _ = nina.run(&["members", "remove", "Petr", "--yes"]).done();
    for who in [&nina, &anna, &boris] {
        let _ = look(who);
    }
    let _ = anna.run(&["note", &case, "after the turn"]).done();
    let _ = look(&boris);
    assert_eq!(
        told(&case_of(&boris, &case)),
        ["acknowledged", "after the turn"]
    );
}
