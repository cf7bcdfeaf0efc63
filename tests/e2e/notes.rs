//! What only some of a case's readers read, and translations: whatever happens on the way, everybody has the same case.

use bellrope_tests::people::Person;
use serde_json::{Value, json};

use crate::{pages::compare, send, world};

fn look(people: &[&Person]) {
    for who in people {
        let _ = who.run(&["watch", "--once"]).done();
    }
}

fn stands(who: &Person, case: &str) -> Value {
    who.run(&["case", case, "--json"]).done().json()[0].clone()
}

fn page(who: &Person, case: &str) -> String {
    who.run(&["case", case]).done().out
}

/// What this person reads of notes for some, in order.
fn read(who: &Person, case: &str) -> Vec<Value> {
    let story = stands(who, case)["story"].clone();
    let told = story.as_array().unwrap().iter();
    let notes = told.filter(|it| {
        ["note_to_lead", "note_to_people"]
            .map(Value::from)
            .contains(&it["what"])
    });
    notes.map(|it| it["text"].clone()).collect()
}

/// A case without what is each reader's own.
fn same(who: &Person, case: &str) -> String {
    let mut view = stands(who, case);
    assert_eq!(view["missing"], 0, "{view}");
    assert_eq!(view["waiting"], 0, "{view}");
    view.as_object_mut().unwrap().remove("lead_mine");
    for told in view["story"].as_array_mut().unwrap() {
        let told = told.as_object_mut().unwrap();
        let _ = told.remove("mine");
        // What was killed before it went out is a gap to the others.
        let _ = told.remove("follows");
        if told["what"].as_str().unwrap().starts_with("note_to_") {
            let _ = told.remove("text");
        }
    }
    view.to_string()
}

/// Everybody has the same case, byte for byte.
fn all_same(all: &[&Person], case: &str) {
    let first = same(all[0], case);
    for who in all {
        let other = same(who, case);
        let apart = first.bytes().zip(other.bytes()).position(|(a, b)| a != b);
        let from = apart.unwrap_or(0).saturating_sub(200);
        let (one, two) = (first.get(from..), other.get(from..));
        assert_eq!(other, first, "{}: {one:?}\n{two:?}", who.home().display());
    }
}

#[test]
fn a_note_for_who_leads_is_read_by_them_and_by_whom_it_is_handed_on_to() {
    let mut world = world();
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    let boris = world.reader(&nina, "Boris", "member", "ru");
    let clara = world.reader(&nina, "Clara", "member", "en");
    let olga = world.reader(&nina, "Olga", "observer", "en");
    let all = [&nina, &anna, &boris, &clara, &olga];
    look(&all);
    let alena = world.defender(&nina, "Alena", "ru");
    send(&alena, "Men at the door");
    look(&all);
    let case = stands(&nina, "1")["case"].as_str().unwrap().to_owned();
    let said = anna.run(&["note", &case, "--to-lead", "x"]).ended(1);
    assert!(said.err.contains("nobody leads"), "{}", said.err);
    let _ = boris.run(&["lead", &case]).done();
    let said = boris.run(&["note", &case, "--to-lead", "x"]).ended(1);
    assert!(said.err.contains("ведёте вы"), "{}", said.err);

    // The longest there is, without a network; then the keys turn before it is posted. A disk that takes nothing takes none of it.
    look(&[&anna]);
    let long = "ж".repeat(8_000);
    assert_eq!(world.stop_relay().0, 0);
    let note = ["note", &case, "--to-lead", &long];
    let _ = anna.on_full_disk().run(&note).ended(1);
    assert_eq!(stands(&anna, &case)["waiting"], 0);
    let _ = anna.run(&note).ended(3);
    world.start_relay();
    let _ = nina.run(&["members", "renew"]).done();
    look(&[&anna]);
    look(&all);
    assert_eq!(read(&boris, &case), [json!(long)]);
    assert_eq!(read(&anna, &case), [json!(long)], "its author's own");
    for who in [&nina, &clara] {
        assert_eq!(read(who, &case), [Value::Null]);
        let page = page(who, &case);
        assert!(
            page.contains("Anna: writes to Boris alone, who leads"),
            "{page}"
        );
        assert!(page.contains("Its words are for them alone."), "{page}");
        assert!(!page.contains("жжж"), "{page}");
    }
    let shown = page(&boris, &case);
    assert!(
        shown.contains("пишет только тому, кто ведёт дело: Boris"),
        "{shown}"
    );
    assert!(shown.contains("жжж"), "{shown}");

    // Boris hands the case over, and the note with it.
    let said = boris.run(&["hand-over", &case, "Clara"]).done();
    assert!(said.out.contains("Передана и 1 заметка"), "{}", said.out);
    look(&all);
    assert_eq!(read(&clara, &case), [json!(long)]);
    assert_eq!(read(&nina, &case), [Value::Null]);
    // Who takes the lead reads nothing by that; a person hands it on.
    let take = ["lead", &case, "--reason", "Clara is on a plane"];
    let _ = nina.run(&take).done();
    look(&all);
    assert_eq!(read(&nina, &case), [Value::Null]);
    let said = nina.run(&["note", &case, "--hand-on"]).done();
    assert!(said.out.contains("there is no note"), "{}", said.out);
    // Killed in the middle, it is done when it is done again.
    for blocks in [2, 8] {
        let _ = anna.killed_at(blocks).run(&["note", &case, "--hand-on"]);
    }
    let _ = anna.run(&["note", &case, "--hand-on"]).done();
    look(&all);
    assert_eq!(read(&nina, &case), [json!(long)]);
    // To whom the case is opened, it tells the same as to the others.
    let said = nina.run(&["note", &case, "--to", "Olga", "x"]).ended(1);
    assert!(said.err.contains("do not include Olga"), "{}", said.err);
    let _ = nina.run(&["open", &case, "to", "Olga"]).done();
    look(&all);
    assert_eq!(read(&olga, &case), [Value::Null]);
    let told = page(&olga, &case);
    assert!(
        told.contains("Anna: hands on to Nina, who leads, what Anna wrote to who led before"),
        "{told}"
    );

    // For some by their names, one of whom only reads.
    let to = ["note", &case, "--to", "Olga", "--to", "Boris", "Call me"];
    let _ = clara.run(&to).done();
    look(&all);
    assert_eq!(read(&olga, &case), [Value::Null, json!("Call me")]);
    assert_eq!(read(&boris, &case)[1], "Call me");
    assert_eq!(read(&nina, &case)[1], Value::Null);
    all_same(&all, &case);
}

#[test]
fn a_translation_is_shown_first_with_whose_it_is_and_never_in_the_place_of_the_original() {
    let mut world = world();
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    let boris = world.reader(&nina, "Boris", "member", "ru");
    let all = [&nina, &anna, &boris];
    let alena = world.defender(&nina, "Alena", "en");
    let _ = nina
        .run(&["contact", "Alena", "--to", "Anna", "--to", "Boris"])
        .done();
    send(&alena, "Men at the door");
    look(&all);
    let case = stands(&nina, "1")["case"].as_str().unwrap().to_owned();
    let given = nina.run(&["translate", &case, "--text"]).done();
    assert_eq!(given.out.trim(), "Men at the door");
    assert!(
        given.err.contains("on-line translator tells its owner"),
        "{}",
        given.err
    );
    let file = world.dir().join("text.txt");
    let path = file.to_str().unwrap();
    let _ = nina
        .run(&["translate", &case, "--text", "--save", path])
        .done();
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "Men at the door\n");
    let _ = nina
        .run(&["translate", &case, "--text", "--save", path])
        .ended(2);
    let said = nina
        .run(&["translate", &case, "--into", "Russian", "x"])
        .ended(2);
    assert!(said.err.contains("tag of no language"), "{}", said.err);

    // A machine's, the longest there is, out of a file, and without a network.
    let long = "ж".repeat(8_000);
    std::fs::write(&file, &long).unwrap();
    let machine = [
        "translate",
        &case,
        "--into",
        "ru",
        "--from",
        path,
        "--by-machine",
        "Argos",
    ];
    assert_eq!(world.stop_relay().0, 0);
    let _ = nina.run(&machine).ended(3);
    world.start_relay();
    look(&all);
    look(&all);
    let shown = page(&boris, &case);
    assert!(
        shown.contains("МАШИННЫЙ ПЕРЕВОД (ru), сделан в Argos, кто внёс: Nina"),
        "{shown}"
    );
    assert!(shown.contains("его никто не сверял"), "{shown}");
    assert!(
        shown.contains("жжж") && shown.contains("Men at the door"),
        "{shown}"
    );
    let original = boris.run(&["case", &case, "--original"]).done().out;
    assert!(
        !original.contains("жжж") && original.contains("МАШИННЫЙ ПЕРЕВОД"),
        "{original}"
    );
    // Who reads English has the text, and is told that there is more.
    let english = page(&anna, &case);
    assert!(
        english.contains("MACHINE TRANSLATION (ru) by Argos"),
        "{english}"
    );
    assert!(!english.contains("жжж"), "{english}");

    let translation = |who: &Person| stands(who, &case)["translations"].clone();
    let id = translation(&boris)[0]["id"].as_str().unwrap().to_owned();
    let said = nina
        .run(&["translate", &case, "--check", &id[..6]])
        .ended(1);
    assert!(said.err.contains("nobody checks their own"), "{}", said.err);
    let _ = boris.run(&["translate", &case, "--check", &id[..6]]).done();
    let again = boris.run(&["translate", &case, "--check", &id]).done();
    assert!(again.out.contains("Ничего не отправлено"), "{}", again.out);
    // Anna translates it herself; then the sender corrects the alert.
    look(&all);
    let _ = anna
        .run(&["translate", &case, "--into", "ru", "Люди у двери"])
        .done();
    let _ = anna.run(&["note", &case, "Her sister called"]).done();
    let fix = [
        "alert",
        "--correct",
        &case,
        "--summary",
        "Men at the gate",
        "--yes",
    ];
    let _ = alena.run(&fix).done();
    look(&all);
    look(&all);
    let list = nina.run(&["translate", &case, "--json"]).done().json();
    compare("`translate`", &list);
    let texts: Vec<&str> = list.iter().map(|it| it["text"].as_str().unwrap()).collect();
    assert_eq!(texts.len(), 3, "{texts:?}");
    assert_eq!(texts[0], "Men at the door");
    let of = |text: &str| {
        let it = list.iter().find(|it| it["text"] == text).unwrap();
        it["id"].as_str().unwrap()[..6].to_owned()
    };
    let note = [
        "translate",
        &case,
        "--into",
        "ru",
        "--of",
        &of("Her sister called"),
        "Звонила её сестра",
    ];
    let _ = nina.run(&note).done();
    let later = [
        "translate",
        &case,
        "--into",
        "ru",
        "--of",
        &of("Men at the gate"),
        "Люди у ворот",
    ];
    let _ = nina.run(&later).done();
    look(&all);
    look(&all);
    compare("`case`", &[stands(&boris, &case)]);
    let those = translation(&boris);
    let those: Vec<(&str, bool, usize)> = those
        .as_array()
        .unwrap()
        .iter()
        .map(|it| {
            let checked = it["checked_by"].as_array().unwrap().len();
            (
                it["text"].as_str().unwrap(),
                it["of_earlier_text"].as_bool().unwrap(),
                checked,
            )
        })
        .collect();
    assert_eq!(those.len(), 3, "{those:?}");
    assert!(those.contains(&("Люди у двери", true, 0)), "{those:?}");
    assert!(
        those.contains(&("Звонила её сестра", false, 0)),
        "{those:?}"
    );
    assert!(those.contains(&("Люди у ворот", false, 0)), "{those:?}");
    let shown = page(&boris, &case);
    assert!(shown.contains("ПЕРЕВОД ПРЕЖНЕГО ТЕКСТА"), "{shown}");
    assert!(
        shown.contains("Звонила её сестра") && !shown.contains("Her sister called"),
        "{shown}"
    );
    let original = boris.run(&["case", &case, "--original"]).done().out;
    assert!(
        original.contains("Her sister called") && !original.contains("Звонила"),
        "{original}"
    );
    all_same(&all, &case);
}

#[test]
fn somebody_who_does_not_read_the_case_translates_a_text_without_names() {
    let mut world = world();
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    let olga = world.reader(&nina, "Olga", "member", "ru");
    let rosa = world.reader(&nina, "Rosa", "observer", "en");
    let all = [&nina, &anna, &olga, &rosa];
    look(&all);
    let flash = [
        "alert",
        "--where",
        "BY, Gomel",
        "--what",
        "threat",
        "--whom",
        "Alena Example",
        "--to",
        "Anna, Nina",
        "--summary",
        "Alena was taken from Gomel, call 375291234567",
        "--yes",
    ];
    let _ = nina.run(&flash).done();
    look(&all);
    let case = stands(&anna, "1")["case"].as_str().unwrap().to_owned();
    assert!(olga.run(&["cases", "--json"]).done().json().is_empty());
    let ask =
        |who: &str| ["translate", &case, "--into", "ru", "--ask", who, "--yes"].map(str::to_owned);
    let said = anna.run(&ask("Rosa")).ended(1);
    assert!(
        said.err.contains("an observer cannot answer"),
        "{}",
        said.err
    );
    let said = anna.run(&ask("Nina")).ended(1);
    assert!(said.err.contains("reads"), "{}", said.err);
    let said = anna.run(&ask("Olga")[..6]).ended(2);
    assert!(said.err.contains("--yes"), "{}", said.err);
    assert!(
        said.out.contains("[…] was taken from […], call […]"),
        "{}",
        said.out
    );
    // Without a network it waits like everything else.
    assert_eq!(world.stop_relay().0, 0);
    let _ = anna.run(&ask("Olga")).ended(3);
    world.start_relay();
    let _ = anna.run(&["outbox"]).done();
    let told = olga.run(&["watch", "--once"]).done();
    assert!(
        told.err.contains("Вас просят о переводе"),
        "{}{}",
        told.out,
        told.err
    );
    let texts = olga.run(&["translate", "--json"]).done().json();
    compare("`translate --asked`", &texts);
    assert_eq!(texts.len(), 1);
    assert_eq!(texts[0]["text"], "[…] was taken from […], call […]");
    let letters = &texts[0]["asked"].as_str().unwrap()[..6];
    for word in ["Alena", "Gomel", "3752"] {
        assert!(!texts[0].to_string().contains(word), "{word}");
    }
    let file = world.dir().join("answer.txt");
    std::fs::write(&file, "[…] увезли из […], телефон […]").unwrap();
    let answer = [
        "translate",
        "--asked",
        letters,
        "--from",
        file.to_str().unwrap(),
    ];
    // The keys turn before it is posted.
    assert_eq!(world.stop_relay().0, 0);
    let _ = olga.run(&answer).ended(3);
    world.start_relay();
    let _ = nina.run(&["members", "renew"]).done();
    for _ in 0..2 {
        look(&all);
    }
    assert!(olga.run(&["translate", "--json"]).done().json().is_empty());
    let view = stands(&nina, &case);
    let translation = &view["translations"][0];
    assert_eq!(translation["name"], "Olga", "{view}");
    assert_eq!(translation["by_request"], true);
    assert_eq!(translation["text"], "[…] увезли из […], телефон […]");
    assert_eq!(
        view["read_by"],
        json!(["Anna"]),
        "who translates has not read the alert"
    );
    assert_eq!(view["missing"], 0);
    assert!(
        olga.run(&["cases", "--all", "--json"])
            .done()
            .json()
            .is_empty()
    );
    let page = page(&anna, &case);
    assert!(page.contains("of a text without names"), "{page}");
    assert!(page.contains("asks Olga for a translation"), "{page}");
    all_same(&[&nina, &anna], &case);
}
