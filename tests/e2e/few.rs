//! The part of an alert that few read: written by a defender who is told who they are first, and read by these and nobody else.

use std::fs;

use bellrope_tests::people::{Person, Said};
use serde_json::{Value, json};

use crate::{
    FLASH,
    pages::compare,
    send,
    sensitive::{MARK, case_of, everything_else, look, says_nothing, shown},
    summaries, world,
};

/// As it is copied out of a chat.
const PASTED: &str = "[12:01] Аня: ZIMOROK\r\n[12:02] Аня:\tночью, трое\r\n\r\n7\r\n";
const READ: &str = "[12:01] Аня: ZIMOROK\n[12:02] Аня: ночью, трое\n\n7";

const PART: [&str; 3] = ["--sensitive", "sexual_violence, health", "--sensitive-from"];

/// A flash with a part for few, whose words stand in this file.
pub(crate) fn with_part(who: &Person, summary: &str, text: &str) -> Vec<String> {
    let file = who.home().with_extension("part.txt");
    fs::write(&file, text).unwrap();
    let path = file.to_str().unwrap();
    let all = FLASH.iter().chain([&summary]).chain(&PART).chain([&path]);
    all.map(|it| (*it).to_owned()).collect()
}

fn forget_file(who: &Person) {
    fs::remove_file(who.home().with_extension("part.txt")).unwrap();
}

pub(crate) fn case_with(who: &Person, summary: &str) -> String {
    let kept = who.run(&["inbox", "--json"]).done().json();
    let mut kept = kept.iter();
    let found = kept.find(|it| it["alert"]["summary"] == summary).unwrap();
    found["case"].as_str().unwrap().to_owned()
}

pub(crate) fn sent(said: Said) -> (Value, String) {
    let said = said.done();
    (said.json().remove(0), said.err)
}

#[test]
fn a_defender_writes_it_and_it_is_read_by_whom_the_group_named_and_by_nobody_else() {
    let world = world();
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    let ivan = world.reader(&nina, "Ivan", "member", "ru");
    let vera = world.reader(&nina, "Vera", "member", "en");
    let olga = world.reader(&nina, "Olga", "observer", "en");
    let alena = world.defender(&nina, "Alena", "ru");
    let all = [&nina, &anna, &ivan, &vera, &olga];
    let everybody = || all.map(look).map(drop);
    everybody();
    let name = |names: &[&str]| nina.run(&[&["circle", "sensitive", "--yes"], names].concat());
    assert!(
        name(&["Olga"])
            .ended(2)
            .err
            .contains("members and coordinators")
    );
    let _ = name(&["Anna", "Ivan"]).done();
    assert!(
        name(&["Anna", "Ivan"])
            .ended(2)
            .err
            .contains("is so already")
    );
    let circle = nina.run(&["circle", "--json"]).done().json();
    compare("`circle`", &circle);
    assert_eq!(circle[0]["sensitive"], json!(["Anna", "Ivan"]));
    everybody();

    let (outcome, told) = sent(alena.run(&with_part(&alena, "Men at the door", PASTED)));
    assert_eq!(outcome["sensitive_readers"], 2);
    compare("`alert`", &[outcome]);
    assert!(
        told.contains("это прочтут только 2 человека")
            || told.contains("Это прочтут только 2 человека"),
        "{told}"
    );
    says_nothing(&told);
    forget_file(&alena);
    let disk = String::from_utf8_lossy(&alena.disk()).into_owned();
    assert!(!disk.contains(MARK));
    everybody();

    let case = case_with(&anna, "Men at the door");
    for who in [&anna, &ivan] {
        let read = shown(who, &case);
        assert_eq!(read[0]["text"], READ);
        assert_eq!(read[0]["kinds"], json!(["health", "sexual_violence"]));
        assert_eq!(read[0]["readers"], json!(["Anna", "Ivan"]));
        assert_eq!(read[0]["of_alert"], true);
        compare("`sensitive`", &read);
    }
    let page = anna.run(&["sensitive", &case, "--show"]).done().out;
    assert!(
        page.contains("sexual violence") && page.contains("[12:01]"),
        "{page}"
    );
    let page = ivan
        .speaking("ru")
        .at_columns("40")
        .run(&["sensitive", &case, "--show"]);
    assert!(page.done().out.contains("сексуальное насилие"));
    for who in [&nina, &vera] {
        assert_eq!(shown(who, &case)[0]["text"], Value::Null);
        let page = who.run(&["show", &case]).done().out;
        assert!(page.contains("2 people read: Anna, Ivan"), "{page}");
        assert!(page.contains("not the person a second time"), "{page}");
        assert_eq!(case_of(who, &case)["sensitive"][0]["for_me"], false);
        let kept = who.run(&["show", &case, "--json"]).done().json();
        assert_eq!(kept[0]["sensitive_part"], true);
        assert_eq!(kept[0]["alert"]["extensions"], json!([]));
    }
    says_nothing(&everything_else(&anna, &case, &["en", "ru"]));
    says_nothing(&everything_else(&vera, &case, &["ru"]));

    // Open to others is the case, and none of it.
    let _ = anna.run(&["open", &case, "to", "Olga"]).done();
    everybody();
    let seen = shown(&olga, &case);
    assert_eq!(
        (&seen[0]["text"], &seen[0]["readers"]),
        (&Value::Null, &json!(["Anna", "Ivan"]))
    );
    says_nothing(&everything_else(&olga, &case, &[]));

    // One of the few lets the coordinator read it, by name, and she nobody further.
    let also =
        |who: &Person, name: &str| who.run(&["sensitive", &case, "--also-to", name, "--yes"]);
    assert!(
        also(&vera, "Vera")
            .ended(1)
            .err
            .contains("nothing sensitive that you")
    );
    let _ = also(&anna, "Nina").done();
    everybody();
    assert_eq!(shown(&nina, &case)[0]["text"], READ);
    assert_eq!(
        shown(&nina, &case)[0]["readers"],
        json!(["Anna", "Ivan", "Nina"])
    );
    assert_eq!(shown(&vera, &case)[0]["text"], Value::Null);
    assert!(
        also(&nina, "Vera")
            .ended(1)
            .err
            .contains("nothing sensitive that you")
    );
    assert!(
        also(&ivan, "Anna")
            .done()
            .out
            .contains("Ничего не отправлено")
    );
    assert_eq!(case_of(&vera, &case)["missing"], 0);
    says_nothing(&everything_else(&nina, &case, &[]));

    // More about the same, by the number alone.
    let mut update = with_part(&alena, "She is at home", "ZIMOROK, the second");
    update.splice(1..5, ["--update".to_owned(), case.clone()]);
    let _ = sent(alena.run(&update));
    everybody();
    let texts: Vec<Value> = shown(&anna, &case)
        .iter()
        .map(|it| it["text"].clone())
        .collect();
    assert_eq!(texts, [json!(READ), json!("ZIMOROK, the second")]);
    let later = shown(&nina, &case);
    assert_eq!(
        (&later[0]["text"], &later[1]["text"]),
        (&json!(READ), &Value::Null)
    );

    // Whom the group keeps out since reads it no more.
    let _ = nina
        .run(&["circle", "keep-out", "Anna", "--country", "BY", "--yes"])
        .done();
    everybody();
    assert_eq!(shown(&anna, &case)[0]["text"], Value::Null);

    // What is forgotten is forgotten with it.
    let _ = nina
        .run(&["forget", &case, "--because", "asked", "--yes"])
        .done();
    let _ = look(&ivan);
    let _ = ivan.run(&["forget", &case, "--agree", "--yes"]).done();
    for who in [&ivan, &ivan, &nina, &vera] {
        let _ = look(who);
    }
    for who in [&ivan, &nina] {
        let said = who.run(&["sensitive", &case, "--show"]);
        assert!(!format!("{}{}", said.out, said.err).contains(MARK));
    }
}

#[test]
fn where_nobody_is_named_it_goes_to_who_coordinates_and_else_to_nobody() {
    let mut world = world();
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    let vera = world.reader(&nina, "Vera", "member", "en");
    let alena = world.defender(&nina, "Alena", "en");
    let all = [&nina, &anna, &vera];
    let everybody = || all.map(look).map(drop);
    everybody();
    let (outcome, told) = sent(alena.run(&with_part(&alena, "nobody is named", MARK)));
    assert_eq!(outcome["sensitive_readers"], 1);
    assert!(told.contains("1 person who coordinates"), "{told}");
    everybody();
    let case = case_with(&nina, "nobody is named");
    assert_eq!(shown(&nina, &case)[0]["text"], MARK);
    assert_eq!(shown(&anna, &case)[0]["text"], Value::Null);

    // A member chooses who reads it, and none of these is one of the few: nothing goes, and nothing is kept.
    let mut chosen = with_part(&anna, "for Vera", MARK);
    chosen.extend(["--to".to_owned(), "Vera".to_owned()]);
    let said = anna.run(&chosen).ended(1);
    assert!(
        said.err.contains("nobody could read what is sensitive"),
        "{}",
        said.err
    );
    assert!(said.err.contains("--sensitive"), "{}", said.err);
    everybody();
    assert_eq!(summaries(&vera), ["nobody is named"]);
    // By a script that names no file, of a kind that is none, and too long.
    let mut without = with_part(&anna, "a", MARK);
    without.truncate(without.len() - 2);
    assert!(anna.run(&without).ended(2).err.contains("--sensitive-from"));
    let long = anna
        .run(&with_part(&anna, "a", &"я".repeat(1_001)))
        .ended(2);
    assert!(long.err.contains("1000"), "{}", long.err);

    // What its author writes who reads, they can read themselves.
    let _ = nina.run(&["circle", "sensitive", "Vera", "--yes"]).done();
    everybody();
    let (_, told) = sent(anna.run(&with_part(&anna, "a member's", MARK)));
    assert!(told.contains("nobody else but you: Vera"), "{told}");
    everybody();
    let case = case_with(&anna, "a member's");
    assert_eq!(shown(&anna, &case)[0]["text"], MARK);
    assert_eq!(shown(&vera, &case)[0]["readers"], json!(["Anna", "Vera"]));
    assert_eq!(shown(&nina, &case)[0]["text"], Value::Null);

    // An old view: it was sealed to somebody who is out by the time that it comes.
    let _ = send(&alena, "with the newest keys");
    assert_eq!(world.stop_relay().0, 0);
    let said = alena.run(&with_part(&alena, "an old view", MARK)).ended(3);
    assert!(
        said.err.contains("1 person whom the group has named"),
        "{}",
        said.err
    );
    world.start_relay();
    let _ = nina.run(&["members", "remove", "Vera", "--yes"]).done();
    let _ = alena.run(&["outbox"]);
    for who in [&nina, &anna, &nina] {
        let _ = look(who);
    }
    let case = case_with(&nina, "an old view");
    assert_eq!(shown(&nina, &case)[0]["readers"], json!([]));
    let page = nina.run(&["case", &case]).done().out;
    assert!(page.contains("nobody in the group reads"), "{page}");
    says_nothing(&page);
}

#[test]
fn it_is_asked_for_at_the_last_look_who_reads_it_comes_first() {
    let world = world();
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    let alena = world.defender(&nina, "Alena", "ru");
    let _ = look(&anna);
    let _ = nina.run(&["circle", "sensitive", "Anna", "--yes"]).done();
    let mut at = alena.at_terminal(&["alert"], 40);
    let answers = ["обыск", "", "BY", "", "", "Пришли", ""];
    for (number, answer) in (1..).zip(answers) {
        at.sees(&format!("Вопрос {number} "));
        at.sees("> ");
        at.enters(answer);
        if number == 6 {
            at.sees("Ctrl-D");
            at.sees("не здесь");
            at.sees("> ");
            at.enters("");
        }
    }
    at.sees("немногие: ");
    at.enters("+");
    let told = at.sees("О чём это (");
    assert!(told.contains("1 человек"), "{told}");
    // What was pasted too early is not lost.
    at.pastes(&PASTED.replace("\r\n", "\n"));
    at.enters("");
    at.sees("Он сохранён");
    at.sees("назад): ");
    at.enters("вич, сексуальное насилие");
    at.sees("из одной точки");
    at.sees("ночью, трое");
    at.enters("");
    at.enters(".");
    let page = at.sees("немногие: ");
    assert!(
        page.contains("здесь не показано") || page.contains("показано"),
        "{page}"
    );
    assert!(!page.contains(MARK), "{page}");
    at.enters("");
    assert_eq!(at.ends(), 0, "{}", at.screen());
    assert!(at.is_as_before());
    let _ = look(&anna);
    let case = case_with(&anna, "Пришли");
    let read = shown(&anna, &case);
    assert_eq!(read[0]["kinds"], json!(["hiv", "sexual_violence"]));
    assert_eq!(read[0]["text"], READ);
}

#[test]
fn a_full_disk_and_programs_that_are_killed_part_it_from_its_alert_nowhere() {
    let world = world();
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    let alena = world.defender(&nina, "Alena", "en");
    let _ = look(&anna);
    let _ = nina.run(&["circle", "sensitive", "Anna", "--yes"]).done();
    let _ = send(&alena, "before");
    let args = with_part(&alena, "a full disk", MARK);
    let (outcome, _) = sent(alena.on_full_disk().run(&args));
    assert_eq!(
        (&outcome["kept"], &outcome["sensitive_readers"]),
        (&json!(false), &json!(1))
    );
    let args = with_part(&alena, "killed", MARK);
    let ended = (2..60)
        .step_by(3)
        .find(|blocks| alena.killed_at(*blocks).run(&args).code == 0);
    assert!(ended.is_some());
    forget_file(&alena);
    assert!(!String::from_utf8_lossy(&alena.disk()).contains(MARK));
    let _ = alena.run(&["outbox"]);
    let _ = look(&anna);
    let kept = anna.run(&["inbox", "--json"]).done().json();
    let with: Vec<&Value> = kept
        .iter()
        .filter(|it| it["alert"]["summary"] != "before")
        .collect();
    assert!(with.len() > 1);
    for alert in with {
        let case = alert["case"].as_str().unwrap();
        assert_eq!(shown(&anna, case)[0]["text"], MARK);
    }
}

/// A member's block goes in two messages: whoever ends the program in between, or has no room, leaves nothing that nobody is shown.
#[test]
fn a_members_block_is_there_wholly_or_not_at_all() {
    let world = world();
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    let ivan = world.reader(&nina, "Ivan", "member", "en");
    let id = send(&nina, "Men at the door");
    for who in [&anna, &ivan] {
        let _ = look(who);
    }
    let args = ["sensitive", &id, "--kind", "hiv", "--to", "Anna", "--yes"];
    let typed = format!("{MARK}\n.\n");
    let said = ivan.on_full_disk().run_with(&args, &typed).ended(1);
    assert!(said.err.contains("File too large"), "{}", said.err);
    let _ = look(&ivan);
    assert_eq!(shown(&ivan, &id), [] as [Value; 0]);
    let mut killed = 0;
    for blocks in (2..80).step_by(2) {
        let said = ivan.killed_at(blocks).run_with(&args, &typed);
        if said.code == 0 {
            break;
        }
        killed += 1;
        let _ = look(&ivan);
    }
    assert!(killed > 1);
    for who in [&ivan, &anna, &nina] {
        let _ = look(who);
    }
    let mine = shown(&ivan, &id);
    let hers = shown(&anna, &id);
    assert_eq!(mine.len(), hers.len());
    assert!(hers.iter().all(|block| block["text"] == MARK), "{hers:?}");
    assert!(!ivan.home().join("blocks").exists());
    assert!(
        shown(&nina, &id)
            .iter()
            .all(|block| block["text"].is_null())
    );
}
