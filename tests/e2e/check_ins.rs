//! Somebody means to check in: they do, they do not, they are made to, or a line is down. Clocks are moved, and nobody waits for days.

use std::{collections::BTreeSet, fs, sync::Arc};

use bellrope_client::text::moment_text;
use bellrope_proto::ids::Timestamp;
use bellrope_tests::{
    people::{Person, Said},
    world::{World, contains},
};
use serde_json::{Value, json};

use crate::{
    frozen::another_second,
    inside::{Inside, in_place_of, today},
    pages::compare,
    send, world,
};

const HOUR: u64 = 3_600;

/// A relay whose clock is in the hand of the test, and everybody's with it.
pub(crate) struct Hands {
    runtime: tokio::runtime::Runtime,
    relay: Inside,
    pub(crate) start: u64,
}

impl Hands {
    /// In the place of the world's.
    pub(crate) fn take(world: &mut World) -> Self {
        assert_eq!(world.stop_relay().0, 0);
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let start = today().0 + 60;
        let relay = {
            let _inside = runtime.enter();
            in_place_of(world, |disk| Arc::new(disk), Timestamp(start))
        };
        Self {
            runtime,
            relay,
            start,
        }
    }

    /// Nothing gets through.
    pub(crate) fn cut(&self, world: &World) {
        world.network().lead_to(9);
    }

    pub(crate) fn mend(&self, world: &World) {
        world.network().lead_to(self.relay.address.port());
    }

    /// The relay's clock alone is set, to so many days after the start.
    pub(crate) fn relay_at(&self, days: i64) {
        let time = self.start.saturating_add_signed(days * 86_400);
        self.relay.set_clock(Timestamp(time));
    }

    /// It is so many minutes later, for the relay and for whoever is given back.
    pub(crate) fn at(&self, minutes: u64, people: &[&Person]) -> Vec<Person> {
        let time = self.start + minutes * 60;
        self.relay.set_clock(Timestamp(time));
        people.iter().map(|who| who.at_time(time)).collect()
    }

    pub(crate) fn end(self) {
        self.runtime.block_on(self.relay.end());
    }
}

/// A coordinator, two members, and a defender.
fn group(world: &World) -> (Person, Person, Person, Person) {
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    let boris = world.reader(&nina, "Boris", "member", "ru");
    let alena = world.defender(&nina, "Alena", "en");
    send(&alena, "who is there");
    for who in [&nina, &anna, &boris] {
        let _ = look(who);
    }
    (nina, anna, boris, alena)
}

fn look(who: &Person) -> Said {
    who.run(&["watch", "--once"]).done()
}

/// Every twelve hours for three days, from then on.
pub(crate) fn plan_from(who: &Person, start: u64, words: &str) -> Value {
    let until = moment_text(Timestamp(start + 72 * HOUR));
    let args = [
        "check-in",
        "plan",
        "--every",
        "12",
        "--until",
        &until,
        "--where",
        "BY, Minsk",
        "--summary",
        "Hearing of a friend",
        "--text",
        "Call my lawyer first",
        "--words",
        "-",
        "--yes",
        "--json",
    ];
    who.run_with(&args, words).done().json()[0].clone()
}

fn plan_of(who: &Person, words: &str) -> Value {
    plan_from(who, today().0, words)
}

fn checks_in(who: &Person, word: &str) -> Said {
    who.run_with(&["check-in"], word)
}

fn case_of(who: &Person, case: &str) -> Value {
    who.run(&["case", case, "--json"]).done().json()[0].clone()
}

/// How the plan stands, which is the same for all.
fn standing(people: &[&Person], case: &str) -> Value {
    let views: Vec<Value> = people
        .iter()
        .map(|who| case_of(who, case)["check_in"].clone())
        .collect();
    assert!(views.iter().all(|view| *view == views[0]), "{views:?}");
    views[0].clone()
}

/// Who did not check in, by somebody's digest.
fn missed(who: &Person) -> Vec<Value> {
    let digest = who.run(&["digest", "--json"]).done().json();
    digest[0]["check_ins_missed"].as_array().unwrap().clone()
}

pub(crate) const WORDS: &str = "Мята\nчабрец\n";

#[test]
fn who_is_not_heard_is_looked_for_by_a_person_before_anything_rings() {
    let mut world = world();
    let (nina, anna, boris, alena) = group(&world);
    let hands = Hands::take(&mut world);
    let all = [&nina, &anna, &boris, &alena];
    let now = hands.at(0, &all);
    let [nina, anna, boris, alena] = now.as_slice() else {
        panic!()
    };
    let plan = plan_from(alena, hands.start, WORDS);
    compare("`check-in plan`", std::slice::from_ref(&plan));
    assert_eq!(
        (&plan["state"], &plan["readers"]),
        (&json!("stored"), &json!(3))
    );
    let letters = plan["case"]
        .as_str()
        .unwrap()
        .rsplit('-')
        .next()
        .unwrap()
        .to_owned();
    let case = letters.as_str();
    for who in [nina, anna, boris] {
        let shown = look(who).out;
        assert!(shown.contains("Call my lawyer first"), "{shown}");
    }
    let page = anna.run(&["case", case]).done().out;
    assert!(page.contains("at least once in 12 hours"), "{page}");
    assert!(page.contains("“мята” means that they are well"), "{page}");
    assert!(page.contains("Last check-in: none yet"), "{page}");
    let page = boris.run(&["show", case]).done().out;
    assert!(page.contains("не реже чем раз в 12 часов"), "{page}");
    // Of an alert of the same minute there is no more on her disk.
    assert!(!contains(&alena.disk(), "мята") && !contains(&alena.disk(), "чабрец"));

    let said = checks_in(alena, "МЯТА\n").done();
    assert!(said.out.contains("CHECKED IN"), "{}", said.out);
    for who in [nina, anna, boris] {
        let told = look(who).out;
        assert!(
            !told.contains(case),
            "all is well, and nobody is told: {told}"
        );
    }
    let stands = standing(&[nina, anna, boris], case);
    assert_eq!(
        (&stands["count"], &stands["over"]),
        (&json!(1), &json!(false))
    );

    // Twelve hours and a half later: nobody leads, and everybody is asked.
    let late = hands.at(12 * 60 + 20, &all);
    assert!(missed(&late[1]).is_empty(), "in the grace");
    let over = hands.at(12 * 60 + 31, &all);
    let [_, anna, boris, alena] = over.as_slice() else {
        panic!()
    };
    let _ = look(anna);
    let _ = look(boris);
    let asked = missed(anna);
    compare("`digest`", &anna.run(&["digest", "--json"]).done().json());
    compare("`case`", &[case_of(anna, case)]);
    assert_eq!(
        (&asked[0]["what"], &asked[0]["asked"]),
        (&json!("overdue"), &json!(true))
    );
    let mut watches = boris.start(&["watch"]);
    watches.wait_for("НЕ ВЫШЕЛ НА СВЯЗЬ");
    let (_, line) = watches.wait_for("ПРОСРОЧЕНО с");
    assert!(line.contains("bellrope check-in nobody-reached"), "{line}");
    let (_, seen) = watches.stop();
    assert!(!seen.contains("О чём человек просил"), "{seen}");
    // Somebody leads: the others are asked nothing.
    let _ = anna.run(&["lead", case]).done();
    let _ = look(boris);
    assert_eq!(missed(boris)[0]["asked"], json!(false));

    // In vain. What she asked for is told to everybody, and rings.
    let rung = world.dir().join("rung");
    let program = world.dir().join("ring.sh");
    fs::write(
        &program,
        format!("#!/bin/sh\necho rung \"$@\" >> {}\n", rung.display()),
    )
    .unwrap();
    make_runnable(&program);
    let said = anna.run(&["check-in", "nobody-reached", case, "phone", "is", "off"]);
    assert!(said.done().out.contains("nobody could reach"), "said");
    let mut watches = boris.start(&["watch", "--exec", program.to_str().unwrap()]);
    let (_, line) = watches.wait_for("СВЯЗИ НЕТ");
    assert!(line.contains("кто-то из группы сообщает"), "{line}");
    watches.wait_for("Call my lawyer first");
    bellrope_tests::people::until("it rings", || rung.is_file());
    let _ = watches.stop();

    // She was on a train. Her check-in was written now, and counts.
    let _ = checks_in(alena, "мята").done();
    for who in &over[..3] {
        let _ = look(who);
        assert!(missed(who).is_empty());
    }
    let people: Vec<&Person> = over[..3].iter().collect();
    let stands = standing(&people, case);
    assert_eq!(stands["count"], json!(2));
    // And nobody is waited for when she is back, however long.
    let ended = alena.run_with(&["check-in", "--end"], "мята").done();
    assert!(ended.out.contains("IT IS OVER"), "{}", ended.out);
    let again = checks_in(alena, "мята").ended(1);
    assert!(again.err.contains("nobody waits for you"), "{}", again.err);
    let told = look(anna).out;
    assert!(
        told.contains("says with the agreed word that it is over"),
        "{told}"
    );
    let later = hands.at(200 * 60, &all);
    let _ = look(&later[1]);
    assert!(missed(&later[1]).is_empty());
    hands.end();
}

pub(crate) fn make_runnable(program: &std::path::Path) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(program, fs::Permissions::from_mode(0o700)).unwrap();
}

#[test]
fn a_forced_word_looks_like_any_other_and_nothing_is_answered() {
    let world = world();
    let (nina, anna, boris, alena) = group(&world);
    let plan = plan_of(&alena, WORDS);
    let case = plan["case"].as_str().unwrap().rsplit('-').next().unwrap();
    for who in [&nina, &anna, &boris] {
        let _ = look(who);
    }
    // Without the word her device can take the plan back as often as it likes: it goes on.
    let back = [
        "alert",
        "--withdraw",
        case,
        "--summary",
        "never mind",
        "--yes",
    ];
    let _ = alena.run(&back).done();
    let _ = look(&anna);
    let page = anna.run(&["case", case]).done().out;
    assert!(
        page.contains("taken back without its agreed word"),
        "{page}"
    );
    assert!(page.contains("Next check-in: by"), "{page}");
    let files = || -> BTreeSet<String> {
        let outbox = fs::read_dir(alena.home().join("outbox")).unwrap();
        outbox
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect()
    };
    let mut screens = BTreeSet::new();
    let mut sizes = BTreeSet::new();
    for word in ["мята\n", "not it\n", "", &"long ".repeat(100), "Чабрец"] {
        let before = files();
        // What comes in the second of the forced one may be by others.
        another_second();
        let said = checks_in(&alena, word).done();
        let _ = screens.insert((said.out, said.err));
        let new: Vec<String> = files().difference(&before).cloned().collect();
        assert_eq!(new.len(), 1);
        let file = alena.home().join("outbox").join(&new[0]);
        let _ = sizes.insert(fs::metadata(file).unwrap().len());
    }
    assert_eq!(
        (screens.len(), sizes.len()),
        (1, 1),
        "{screens:?} {sizes:?}"
    );
    let told = look(&boris).out;
    assert!(told.contains("ПОД ПРИНУЖДЕНИЕМ"), "{told}");
    assert_eq!(
        told.matches("с другим словом или без слова").count(),
        3,
        "{told}"
    );
    let told = anna.run(&["watch", "--once", "--json"]).done().json();
    let news = told
        .iter()
        .find(|it| it["turns"] == json!(["forced"]))
        .unwrap();
    let whats: Vec<&str> = news["check_ins"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["what"].as_str().unwrap())
        .collect();
    assert_eq!(
        whats.iter().filter(|what| **what == "other_word").count(),
        3,
        "{whats:?}"
    );
    let _ = look(&nina);
    let stands = standing(&[&nina, &anna, &boris], case);
    assert_eq!(stands["count"], json!(1));
    assert!(stands["forced"].is_string(), "{stands}");
    let page = anna.run(&["case", case]).done().out;
    let (first, lead) = (page.find("FORCED: the word agreed"), page.find("Leads:"));
    assert!(first.is_some() && first < lead, "{page}");
    assert_eq!(missed(&anna)[0]["what"], json!("forced"));

    // What she sends may be written by others; nobody answers her, neither by hand nor by itself.
    send(&alena, "all is well, tell me who reads this");
    let shown = look(&nina).out;
    assert!(shown.contains("MAY BE WRITTEN BY OTHERS"), "{shown}");
    let _ = nina.run(&["ack", case]).done();
    let refused = nina.run(&["answer", case, "hold on"]).ended(1);
    assert!(refused.err.contains("they are forced"), "{}", refused.err);
    for who in [&anna, &nina, &boris, &nina] {
        let _ = look(who);
    }
    let heard = look(&alena);
    assert!(
        !heard.out.contains("a person of the group has read"),
        "{}",
        heard.out
    );
    let frozen = boris.run(&["freeze", "--json"]).done().json();
    assert_eq!(frozen[0]["own_word"], json!(true));
    // A person knows that she is free.
    another_second();
    let _ = nina.run(&["unfreeze", "Alena"]).done();
    another_second();
    let _ = checks_in(&alena, "мята").done();
    for who in [&anna, &nina] {
        let _ = look(who);
        assert!(missed(who).is_empty());
    }
    let stands = standing(&[&nina, &anna], case);
    assert_eq!(
        (&stands["count"], &stands["forced"]),
        (&json!(2), &Value::Null)
    );
}

#[test]
fn without_a_network_it_waits_and_counts_if_it_is_not_old_when_it_comes() {
    let mut world = world();
    let (nina, anna, boris, alena) = group(&world);
    let hands = Hands::take(&mut world);
    let all = [&nina, &anna, &boris, &alena];
    let now = hands.at(0, &all);
    let [nina, anna, _, alena] = now.as_slice() else {
        panic!()
    };
    let plan = plan_from(alena, hands.start, "");
    let case = plan["case"].as_str().unwrap().rsplit('-').next().unwrap();
    let _ = look(anna);
    let _ = look(nina);
    hands.cut(&world);
    let waits = checks_in(alena, "").ended(3);
    assert!(waits.out.contains("QUEUED"), "{}", waits.out);
    // A word where none was agreed is the same.
    let waits = alena
        .run_with(&["check-in", "--json"], "whatever")
        .ended(3)
        .json();
    compare("`check-in`", &waits);
    hands.mend(&world);
    let soon = hands.at(11 * 60, &all);
    let _ = soon[3].run(&["outbox"]).done();
    let _ = look(&soon[1]);
    let stands = standing(&[&soon[1]], case);
    assert_eq!(stands["count"], json!(2));
    assert_ne!(stands["last"], stands["last_signed"]);
    let page = soon[1].run(&["case", case]).done().out;
    assert!(page.contains("Next check-in: by"), "{page}");

    // Another waits for longer than one interval. It says how it was then.
    hands.cut(&world);
    let _ = checks_in(&soon[3], "").ended(3);
    hands.mend(&world);
    let late = hands.at(11 * 60 + 12 * 60 + 40, &all);
    let _ = late[3].run(&["outbox"]).done();
    let told = look(&late[1]).out;
    assert!(told.contains("longer ago than one interval"), "{told}");
    assert_eq!(missed(&late[1])[0]["what"], json!("overdue"));
    // A member's clock that is a day ahead makes nobody overdue, nor one that is behind nobody late.
    let ahead = late[0].at_time(hands.start + 11 * HOUR + 24 * HOUR);
    hands.at(11 * 60 + 60, &[]);
    let _ = look(&ahead);
    assert!(missed(&ahead).is_empty());
    hands.at(11 * 60 + 12 * 60 + 40, &[]);
    let behind = late[0].at_time(hands.start);
    let _ = look(&behind);
    assert_eq!(missed(&behind).len(), 1);

    // Nobody says anything for an hour: it is told as what it is, and not as long as the relay is silent.
    let silent = hands.at(11 * 60 + 14 * 60 + 10, &all);
    hands.cut(&world);
    let mut watches = silent[1].start(&["watch"]);
    let (_, line) = watches.wait_for("NOT HEARD");
    assert!(
        line.contains("nobody has said whether they were reached"),
        "{line}"
    );
    let (_, line) = watches.wait_for("has not been heard here since");
    assert!(line.contains("overdue may be the relay’s"), "{line}");
    let _ = watches.stop();
    hands.mend(&world);

    // Two months later: one line, and nothing rings.
    let back = hands.at(55 * 24 * 60, &all);
    let _ = look(&back[1]);
    let mut watches = back[1].start(&["watch"]);
    let (_, line) = watches.wait_for("While you were away");
    assert!(line.contains(case), "{line}");
    watches.wait_for("Watching");
    let (_, seen) = watches.stop();
    assert!(!seen.contains("CHECK-IN MISSED"), "{seen}");
    // Closed, nobody is told anything.
    let _ = back[1]
        .run(&["close", case, "--reason", "threat_ended"])
        .done();
    assert!(missed(&back[1]).is_empty());
    hands.end();
}

#[test]
fn killed_in_the_middle_it_is_said_once_or_not_at_all_and_the_next_one_counts() {
    let world = world();
    let (_, anna, _, alena) = group(&world);
    let plan = plan_of(&alena, WORDS);
    let case = plan["case"].as_str().unwrap().rsplit('-').next().unwrap();
    let _ = look(&anna);
    let mut died = 0;
    for blocks in [1, 2, 3, 4, 6, 8, 9, 10, 12] {
        let said = alena.killed_at(blocks).run_with(&["check-in"], "мята");
        died += u32::from(said.code != 0);
    }
    assert!(died > 0, "never killed");
    // A disk that takes nothing keeps no check-in back.
    let said = alena.on_full_disk().run_with(&["check-in"], "мята");
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    let before = standing_after(&anna, case);
    let _ = checks_in(&alena, "мята").done();
    assert!(standing_after(&anna, case) > before);
    let page = anna.run(&["case", case]).done().out;
    assert!(!page.contains("copied"), "{page}");
}

fn standing_after(who: &Person, case: &str) -> u64 {
    let _ = look(who);
    standing(&[who], case)["count"].as_u64().unwrap()
}

#[test]
fn whom_others_may_hold_does_not_check_in_and_who_is_on_a_mission_may_be_a_member() {
    let world = world();
    let (nina, anna, boris, alena) = group(&world);
    let plan = plan_of(&alena, WORDS);
    let case = plan["case"].as_str().unwrap().rsplit('-').next().unwrap();
    for who in [&nina, &anna, &boris] {
        let _ = look(who);
    }
    another_second();
    let _ = nina.run(&["freeze", "Alena"]).done();
    let _ = checks_in(&alena, "мята").done();
    let told = look(&anna).out;
    assert!(told.contains("others may have written it"), "{told}");
    let _ = look(&nina);
    assert_eq!(standing(&[&nina, &anna], case)["count"], json!(0));

    // Boris observes a trial. His own device has neither the plan nor the words.
    let made = plan_of(&boris, "ель\nсосна\n");
    assert_eq!(made["readers"], json!(2));
    let mine = made["case"].as_str().unwrap().rsplit('-').next().unwrap();
    let _ = look(&boris);
    let nothing = boris.run(&["case", mine]).ended(1);
    assert!(nothing.err.contains(mine), "{}", nothing.err);
    let _ = look(&anna);
    let _ = checks_in(&boris, "ель").done();
    let _ = checks_in(&boris, "сосна").done();
    let told = look(&anna).out;
    assert!(told.contains("FORCED"), "{told}");
    let said = look(&boris);
    assert!(
        !said.out.contains("ПРИНУЖД") && !said.err.contains("ПРИНУЖД"),
        "{}",
        said.out
    );
    // Several plans: which one is meant has to be said.
    let _ = plan_of(&alena, "");
    let several = checks_in(&alena, "").ended(2);
    assert!(several.err.contains(case), "{}", several.err);
    let _ = alena.run_with(&["check-in", case], "мята").done();
    let _ = alena.run_with(&["check-in", case, "--end"], "мята").done();
    let _ = checks_in(&alena, "").done();
    for (wrong, code) in [
        (["check-in", "ZZZZ"].as_slice(), 1),
        (["check-in", "plan", "--yes"].as_slice(), 2),
        (
            [
                "check-in", "plan", "--yes", "--every", "5m", "--until", "tomorrow",
            ]
            .as_slice(),
            2,
        ),
        (
            [
                "check-in",
                "plan",
                "--yes",
                "--every",
                "1",
                "--until",
                "yesterday",
            ]
            .as_slice(),
            2,
        ),
    ] {
        let said = alena.run(wrong).ended(code);
        assert!(!said.err.is_empty(), "{wrong:?}");
    }
    let none = anna.run(&["check-in", "reached", "1"]).ended(1);
    assert!(none.err.contains("check in"), "{}", none.err);
}

#[test]
fn a_plan_is_asked_for_and_a_word_is_not_shown_at_forty_columns_in_russian() {
    let world = world();
    let (_, anna, _, alena) = group(&world);
    let alena = alena.speaking("ru");
    let mut plans = alena.at_terminal(&["check-in", "plan"], 40);
    plans.sees("Не реже чем раз");
    plans.enters("пять минут");
    plans.sees("раз в 30 минут");
    plans.enters("90 минут");
    plans.sees("До какого времени");
    plans.enters("завтра 18:00");
    plans.sees("Где?");
    plans.enters("РБ, Минск");
    plans.sees("строкой");
    plans.enters("Суд");
    plans.sees("вестей");
    plans.enters("Звоните адвокату\u{1b}");
    plans.sees("(Enter: без слов)");
    plans.enters("Мята");
    plans.sees("принуждают»");
    plans.enters("чабрец");
    plans.sees("Выходит");
    plans.sees("Отправить?");
    plans.enters("");
    plans.sees("НОМЕР");
    plans.sees("Держите");
    assert_eq!(plans.ends(), 0);
    assert!(!contains(&alena.disk(), "чабрец"));
    let _ = look(&anna);

    let mut menu = alena.at_terminal::<&str>(&[], 80);
    menu.sees("2. Выйти на связь");
    menu.enters("2");
    menu.sees("Условное слово");
    menu.enters("мята");
    menu.sees("ВЫ ВЫШЛИ НА СВЯЗЬ");
    assert_eq!(menu.ends(), 0);
    assert!(!menu.screen().contains("мята"), "{}", menu.screen());
    let told = look(&anna).out;
    assert!(!told.contains("another word"), "{told}");
    let listed = anna.run(&["cases", "--json"]).done().json();
    let counts: Vec<&Value> = listed.iter().map(|it| &it["check_in"]["count"]).collect();
    assert!(counts.contains(&&json!(1)), "{counts:?}");
}

/// One person's bell, by the rota, and until somebody has seen to it: another alert that somebody acknowledges does not end it.
#[test]
fn a_missed_check_in_rings_by_the_rota_until_it_is_settled_and_not_because_something_else_is() {
    let mut world = world();
    let (nina, anna, boris, alena) = group(&world);
    let hands = Hands::take(&mut world);
    let all = [&nina, &anna, &boris, &alena];
    let now = hands.at(0, &all);
    let [nina, _, _, alena] = now.as_slice() else {
        panic!()
    };
    let rota = "duty set --place +00:00 --yes --shift";
    let shift = ["mon-sun 0-24 Anna / Nina"];
    let rota: Vec<&str> = rota.split(' ').chain(shift).collect();
    let _ = nina.run(&rota).done();
    // The alert of before rings nobody any more.
    let before = nina.run(&["inbox", "--json"]).done().json().remove(0);
    let _ = nina.run(&["ack", before["case"].as_str().unwrap()]).done();
    let plan = plan_from(alena, hands.start, WORDS);
    let case = plan["case"].as_str().unwrap().rsplit('-').next().unwrap();
    let over = hands.at(12 * 60 + 31, &all);
    let [nina, anna, boris, alena] = over.as_slice() else {
        panic!()
    };
    for who in [nina, anna, boris] {
        let _ = look(who);
    }
    let mut at_desk = anna.at_terminal(&["watch"], 200);
    at_desk.sees("Watching");
    let mut other = boris.start(&["watch"]);
    other.wait_for("На связи");
    let nobody = ["check-in", "nobody-reached", case, "phone", "is", "off"];
    let _ = nina.run(&nobody).done();
    at_desk.sees("NOT REACHED");
    at_desk.sees(": you are on duty.");
    at_desk.sees("Press Enter");
    assert!(at_desk.screen().contains('\u{7}'));
    other.wait_for("СВЯЗИ НЕТ");
    let (_, line) = other.wait_for("Здесь без звонка");
    assert!(line.contains("дежурит Anna"), "{line}");

    // Another alert rings at the same desk, and is acknowledged elsewhere.
    send(alena, "at the door");
    at_desk.sees("at the door");
    at_desk.sees("you are on duty");
    let _ = look(nina);
    let inbox = nina.run(&["inbox", "--json"]).done().json();
    let alert = inbox
        .iter()
        .find(|it| it["alert"]["summary"] == "at the door");
    let alert = alert.unwrap()["case"].as_str().unwrap().to_owned();
    let _ = nina.run(&["ack", &alert]).done();
    at_desk.sees("has read it");
    assert!(
        !at_desk.screen().contains("The bell stops"),
        "{}",
        at_desk.screen()
    );
    // Somebody has reached her: it is quiet everywhere.
    let _ = boris
        .run(&["check-in", "reached", case, "by", "phone"])
        .done();
    at_desk.sees("The bell stops");
    let _ = other.stop();
    hands.end();
}
