//! How long cases are kept: as the group decides it, one longer where somebody says why, and gone when two people say so of all that is due. A clock
//! erases nothing.

use bellrope_client::now;
use bellrope_tests::people::{Person, Said};
use serde_json::{Value, json};

use crate::{FLASH, check_ins::Hands, pages::compare, summaries, world};

const KEEP: [&str; 4] = ["--until", "2029-12-31", "--because", "the appeal"];

fn look(who: &Person) -> Said {
    who.run(&["watch", "--once"]).done()
}

fn kept(who: &Person) -> Value {
    who.run(&["retention", "--json"]).done().json().remove(0)
}

fn case_of(who: &Person, case: &str) -> Value {
    who.run(&["case", case, "--json"]).done().json().remove(0)
}

/// The cases in one of its lists.
fn of(list: &Value) -> Vec<&str> {
    let all = list.as_array().unwrap().iter();
    all.map(|it| it["case"].as_str().unwrap()).collect()
}

/// Sends an alert, and has it closed; by its number.
fn closed(sender: &Person, closer: &Person, summary: &str) -> String {
    let _ = sender.run(&[FLASH.as_slice(), &[summary]].concat()).done();
    let _ = look(closer);
    let all = closer.run(&["inbox", "--json"]).done().json();
    let found = all.iter().find(|it| it["alert"]["summary"] == summary);
    let case = found.unwrap()["case"].as_str().unwrap().to_owned();
    let _ = closer.run(&["close", &case, "--reason", "released"]).done();
    case
}

#[test]
fn the_group_says_how_long_and_whoever_writes_the_list_writes_it_down() {
    let mut world = world();
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    let ivan = world.reader(&nina, "Ivan", "member", "ru");
    let alena = world.defender(&nina, "Alena", "en");
    let _ = nina.run(&["members", "promote", "Anna"]).done();
    for who in [&nina, &anna, &ivan] {
        let _ = look(who);
    }
    assert_eq!(kept(&ivan)["months"], 18);
    assert_eq!(kept(&ivan)["set_by"], json!(null));
    let case = closed(&alena, &nina, "Men at the door");
    let _ = look(&ivan);

    // Nobody is asked where there is nobody, and a group does not forget what it works on.
    let said = nina.run(&["retention", "set", "24"]).ended(2);
    assert!(said.err.contains("--yes"), "{}", said.err);
    for months in ["2", "121"] {
        let said = nina.run(&["retention", "set", months, "--yes"]).ended(2);
        assert!(said.err.contains("3 to 120"), "{}", said.err);
    }
    let _ = ivan.run(&["retention", "set", "24", "--yes"]).ended(1);
    let said = nina.run(&["retention", "set", "24", "--yes"]).done();
    assert!(
        said.out.contains("due to be forgotten 24 months"),
        "{}",
        said.out
    );
    let said = nina.run(&["retention", "set", "24", "--yes"]).ended(2);
    assert!(said.err.contains("so already"), "{}", said.err);
    // Whoever has a coordinator's device can do so, and everybody hears of it.
    let told = look(&ivan);
    assert!(told.err.contains("сколько группа хранит"), "{}", told.err);
    assert_eq!(
        (&kept(&ivan)["months"], &kept(&ivan)["set_by"]),
        (&json!(24), &json!("Nina"))
    );
    let digest = ivan.run(&["digest", "--json"]).done().json();
    assert_eq!(digest[0]["retention_set"]["by"], "Nina");
    compare("`digest`", &digest);
    let digest = ivan.run(&["digest"]).done().out;
    assert!(digest.contains("сколько хранятся дела: Nina"), "{digest}");

    // Two coordinators at once: who has the pen was first, and the other is told.
    let said = anna.run(&["retention", "off", "--yes"]).done();
    assert!(said.out.contains("Nina"), "{} {}", said.out, said.err);
    let _ = look(&nina);
    let _ = look(&anna);
    assert_eq!(kept(&anna)["months"], json!(null));
    assert_eq!(kept(&anna)["set_by"], "Nina", "who wrote it");
    assert_eq!(world.stop_relay().0, 0);
    let _ = anna.run(&["retention", "set", "36", "--yes"]).ended(3);
    let _ = nina.run(&["retention", "set", "12", "--yes"]).ended(3);
    world.start_relay();
    for who in [&anna, &nina, &nina, &anna, &ivan] {
        let _ = look(who);
    }
    for who in [&nina, &anna, &ivan] {
        assert_eq!(kept(who)["months"], 12);
    }
    let waits = anna.run(&["members", "pending"]).done().out;
    assert!(waits.contains("how long cases are kept"), "{waits}");
    assert!(waits.contains("changed it meanwhile"), "{waits}");

    // A month before it is due people are told, and then that it is; by whatever clock, it is there.
    for (days, soon, due) in [
        (330, false, false),
        (340, true, false),
        (367, false, true),
        (1_100, false, true),
    ] {
        let then = ivan.at_time(now().plus(days * 86_400).0);
        let stands = kept(&then);
        assert_eq!(
            (
                !of(&stands["soon"]).is_empty(),
                !of(&stands["due"]).is_empty()
            ),
            (soon, due),
            "{days}"
        );
        let digest = then.run(&["digest", "--json"]).done().json();
        let has = |key: &str| digest[0][key] == json!([case]);
        assert_eq!(
            (has("soon_to_forget"), has("due_to_forget")),
            (soon, due),
            "{days}"
        );
        let page = then.run(&["case", &case]).done().out;
        assert_eq!(
            (
                page.contains("СКОРО УДАЛЯТЬ"),
                page.contains("ПОРА УДАЛИТЬ")
            ),
            (soon, due),
            "{page}"
        );
        compare("`retention`", &[stands]);
    }
    let page = ivan.at_columns("40").run(&["retention"]).done().out;
    assert!(page.lines().all(|row| row.chars().count() < 40), "{page}");
}

#[test]
fn what_is_due_goes_when_two_people_say_so_and_what_somebody_keeps_stays() {
    let mut world = world();
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    let ivan = world.reader(&nina, "Ivan", "member", "en");
    let olga = world.reader(&nina, "Olga", "observer", "en");
    let alena = world.defender(&nina, "Alena", "en");
    let [gone, kept_case, open] = ["to go", "to be kept", "not due"];
    let gone = closed(&alena, &nina, gone);
    let kept_case = closed(&alena, &nina, kept_case);
    let open = closed(&alena, &nina, open);
    let _ = nina.run(&["open", &gone, "to", "Olga"]).done();
    // Of two the person does not agree that they are kept: they are due without any clock.
    for case in [&gone, &kept_case] {
        let _ = nina
            .run(&["review", case, "--harm", "no", "--keep", "no"])
            .done();
    }
    for who in [&anna, &ivan, &olga] {
        let _ = look(who);
    }
    assert_eq!(of(&kept(&anna)["due"]), [gone.as_str(), &kept_case]);

    // Kept longer: by whoever may act, with a reason, not for ever; the others see it.
    let keep = |who: &Person, more: &[&str]| who.run(&[&["keep", &kept_case], more].concat());
    let _ = olga
        .run(&[["keep", &gone].as_slice(), &KEEP].concat())
        .ended(1);
    let _ = keep(&ivan, &["--until", "2029-12-31"]).ended(2);
    let said = keep(&ivan, &["--because", "the appeal"]).ended(2);
    assert!(said.err.contains("--until"), "{}", said.err);
    for (until, why) in [("2020-01-01", "over"), ("2099-01-01", "five years")] {
        let said = keep(&ivan, &["--until", until, "--because", "x"]).ended(2);
        assert!(said.err.contains(why), "{}", said.err);
    }
    let said = keep(&ivan, &["--not"]).ended(1);
    assert!(said.err.contains("not kept longer"), "{}", said.err);
    let _ = ivan
        .on_full_disk()
        .run(&[["keep", &kept_case].as_slice(), &KEEP].concat())
        .ended(1);
    assert_eq!(case_of(&ivan, &kept_case)["kept_by"], json!(null));
    let _ = keep(&ivan, &KEEP).done();
    let told = look(&anna).out;
    assert!(told.contains("keeps this case until 2029-12-31"), "{told}");
    let page = anna.run(&["case", &kept_case]).done().out;
    assert!(
        page.contains("KEPT LONGER, until 2029-12-31: Ivan"),
        "{page}"
    );
    assert!(page.contains("the appeal"), "{page}");
    let view = case_of(&anna, &kept_case);
    assert_eq!(
        (&view["kept_by"], &view["kept_because"]),
        (&json!("Ivan"), &json!("the appeal"))
    );
    assert_eq!(of(&kept(&anna)["due"]), [gone.as_str()]);
    assert_eq!(of(&kept(&anna)["kept"]), [kept_case.as_str()]);
    assert!(keep(&anna, &[]).done().out.contains("KEPT LONGER"));
    assert!(
        anna.run(&["keep", &open])
            .done()
            .out
            .contains("nobody keeps it longer")
    );
    // Taken back by another, and said anew: the newest that saw the other counts.
    let _ = keep(&anna, &["--not"]).done();
    let _ = look(&nina);
    assert_eq!(of(&kept(&nina)["due"]), [gone.as_str(), &kept_case]);
    let _ = keep(&nina, &["--until", "2028-12-31", "--because", "again"]).done();
    let _ = look(&ivan);
    assert_eq!(case_of(&ivan, &kept_case)["kept_by"], "Nina");

    // One question for all that is due. One person, also with a clock that is years ahead, destroys nothing.
    let due = ["forget", "--due", "--yes"];
    let said = anna.run(&["forget", "--due"]).ended(2);
    assert!(
        said.err.contains("to go") && said.err.contains("--yes"),
        "{}",
        said.err
    );
    assert!(!said.err.contains("to be kept"), "{}", said.err);
    let said = olga.run(&due).done();
    assert!(said.err.contains("Nothing is due"), "{}", said.err);
    let said = anna.run(&due).done();
    assert!(said.out.contains("so many cases: 1"), "{}", said.out);
    let said = anna.run(&due).done();
    assert!(
        said.err.contains("that you have not said so of"),
        "{}",
        said.err
    );
    let ahead = anna.at_time(now().plus(3 * 366 * 86_400).0);
    let stands = kept(&ahead);
    assert_eq!(of(&stands["due"]).len(), 3);
    let _ = ahead.run(&due);
    for _ in 0..2 {
        let _ = look(&anna);
        let _ = look(&ivan);
    }
    assert_eq!(summaries(&ivan).len(), 3);
    let page = ivan.run(&["case", &gone]).done().out;
    assert!(
        page.contains("No reason was given but that it is due"),
        "{page}"
    );
    let page = ivan.run(&["case", &open]).done().out;
    assert!(
        !page.contains("TO BE FORGOTTEN?") || page.contains("IT IS NOT YET, but from 2028"),
        "{page}"
    );
    // Who agrees does so by their own clock: the second device is what a wrong one is held against.
    let said = ivan.run(&["forget", "--due"]).ended(2);
    assert!(
        said.err.contains("goes with your word: ") && said.err.contains("to go"),
        "{}",
        said.err
    );
    assert!(!said.err.contains("not due"), "{}", said.err);
    // Killed in the middle, it is run again.
    let _ = ivan.killed_at(8).run(&due);
    let _ = ivan.run(&due).done();
    let _ = look(&ivan);
    for who in [&nina, &anna, &olga] {
        let _ = look(who);
        let _ = look(who);
        let left = case_of(who, &gone);
        assert!(left["figures"].is_object(), "{left}");
    }
    let mut left = summaries(&ivan);
    left.sort();
    assert_eq!(left, ["not due", "to be kept"]);
    assert_eq!(of(&kept(&ivan)["kept"]), [kept_case.as_str()]);
    assert_eq!(world.stop_relay().0, 0);
}

#[test]
fn a_device_whose_only_case_was_forgotten_says_so() {
    let world = world();
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    let alena = world.defender(&nina, "Alena", "en");
    for list in ["inbox", "cases"] {
        let said = anna.run(&[list]).done();
        assert!(said.err.contains("Nothing has come yet"), "{}", said.err);
    }
    let case = closed(&alena, &nina, "alone");
    let _ = look(&anna);
    let _ = nina
        .run(&["forget", &case, "--because", "asked for", "--yes"])
        .done();
    let _ = anna.run(&["forget", &case, "--agree", "--yes"]).done();
    let _ = look(&anna);
    for list in ["inbox", "cases"] {
        let said = anna.run(&[list]).done();
        assert!(said.out.is_empty(), "{}", said.out);
        assert!(
            said.err.contains("what had come was forgotten"),
            "{}",
            said.err
        );
    }
}

/// A clock of somebody who closes or keeps a case, and what a relay says of when that came: either may be years off.
#[test]
fn no_clock_makes_anything_due_too_early_and_what_is_due_too_late_is_told() {
    const DAY: u64 = 24 * 60;
    const YEARS: i64 = 3 * 366;
    let mut world = world();
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    let ivan = world.reader(&nina, "Ivan", "member", "ru");
    let alena = world.defender(&nina, "Alena", "en");
    let people = [&nina, &anna, &ivan, &alena];
    let hands = Hands::take(&mut world);
    let now = hands.at(1, &people);
    let [right, _, _, sender] = now.as_slice() else {
        panic!()
    };
    let names = [
        "her clock behind",
        "her clock ahead",
        "kept",
        "the relay's clock behind",
        "the relay's clock ahead",
    ];
    for name in names {
        let _ = sender.run(&[FLASH.as_slice(), &[name]].concat()).done();
    }
    for who in &now {
        let _ = look(who);
    }
    let listed = right.run(&["inbox", "--json"]).done().json();
    let cases = names.map(|name| {
        let found = listed.iter().find(|it| it["alert"]["summary"] == name);
        found.unwrap()["case"].as_str().unwrap().to_owned()
    });
    let [behind, ahead, kept_case, early, late] = &cases;
    let close = |who: &Person, case: &str| {
        let _ = who.run(&["close", case, "--reason", "released"]).done();
    };
    let off = |days: i64| nina.at_time(hands.start.saturating_add_signed(days * 86_400));
    close(&off(-YEARS), behind);
    close(&off(YEARS), ahead);
    close(right, kept_case);
    // A relay that lies, or whose clock stood still.
    hands.relay_at(-YEARS);
    close(right, early);
    let four = bellrope_client::text::moment_text(bellrope_proto::ids::Timestamp(
        hands.start + 4 * 366 * 86_400,
    ));
    let four = &four[..10];
    let _ = right
        .run(&[
            "keep",
            kept_case,
            "--until",
            four,
            "--because",
            "the appeal",
        ])
        .done();
    // No further than until when the host allowed the mailbox.
    hands.relay_at(300);
    close(right, late);

    let soon = hands.at(DAY, &people);
    for who in soon[..3].iter().chain(&soon[..3]) {
        let _ = who.run(&["watch", "--once"]);
    }
    let sorted = |all: &[&String]| {
        let mut all: Vec<String> = all.iter().map(|it| (*it).clone()).collect();
        all.sort_unstable();
        all
    };
    let cases_in = |stands: &Value, list: &str| {
        let mut all: Vec<String> = of(&stands[list])
            .iter()
            .map(|it| (*it).to_owned())
            .collect();
        all.sort_unstable();
        all
    };
    for who in &soon[..3] {
        let stands = kept(who);
        assert_eq!(stands["due"], json!([]), "{stands}");
        assert_eq!(cases_in(&stands, "closed_ahead"), sorted(&[ahead, late]));
        assert_eq!(of(&stands["kept"]), [kept_case.as_str()]);
        assert_eq!(
            case_of(who, kept_case)["kept_until"].as_str().unwrap()[..10],
            *four
        );
        compare("`retention`", &[stands]);
    }
    let told = soon[1].run(&["retention"]).done().out;
    assert!(told.contains("Closed by a clock that was ahead"), "{told}");
    let told = soon[2].at_columns("40").run(&["retention"]).done().out;
    assert!(told.contains("Закрыты по спешащим"), "{told}");
    assert!(told.lines().all(|row| row.chars().count() < 40), "{told}");

    // Somebody's clock is years ahead when they say what is due: who agrees is told what their own device knows of it.
    let six = anna.at_time(hands.start + 6 * 366 * 86_400);
    let said = six.run(&["forget", "--due", "--yes"]);
    assert!(
        said.out.contains("so many cases: 5"),
        "{} {}",
        said.out,
        said.err
    );
    let _ = soon[1].run(&["outbox"]);
    let _ = soon[2].run(&["watch", "--once"]);
    for case in &cases {
        let page = soon[2].run(&["case", case]).done().out;
        assert!(page.contains("УДАЛИТЬ ДЕЛО?"), "{page}");
        assert!(page.contains("ОН ЕЩЁ НЕ ВЫШЕЛ"), "{page}");
        let asked = soon[2].speaking("en").run(&["forget", case, "--agree"]);
        assert!(asked.err.contains("--yes"), "{}", asked.err);
        let seen = soon[2].speaking("en").run(&["forget", case]).done().out;
        assert!(seen.contains("IT IS NOT YET, but from"), "{seen}");
    }
    let said = soon[2].run(&["forget", "--due", "--yes"]).done();
    assert!(
        said.err.contains("Удалять по сроку нечего"),
        "{} {}",
        said.out,
        said.err
    );
    assert_eq!(summaries(&soon[2]).len(), 5);

    // Two are due when their time is over, whatever was wrong; the rest is not.
    let over = hands.at(19 * 31 * DAY, &people);
    let stands = kept(&over[2]);
    assert_eq!(cases_in(&stands, "due"), sorted(&[behind, early]));
    let page = over[2].run(&["case", behind]).done().out;
    assert!(!page.contains("ОН ЕЩЁ НЕ ВЫШЕЛ"), "{page}");
    hands.end();
}
