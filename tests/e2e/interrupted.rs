//! What has a life over time is cut off in the middle: a disk takes nothing, a program is killed, two do the same at once. Run again, as people do, it comes
//! to its end; nothing is there by half, and nobody is told that something is done which is not.

use std::fs;

use bellrope_client::{
    SayInCase, alert::vocabulary::ClosingReason, compose_alert, internals::stored_messages, now,
    say_in_case, text::moment_text,
};
use bellrope_proto::ids::Timestamp;
use bellrope_tests::{
    people::{Person, Said, until},
    world::World,
};
use serde_json::{Value, json};

use crate::{
    FLASH,
    hostile::{flash, unlocked},
    killed::{KILLED, until_done},
    send, summaries, world,
};

const DUE: [&str; 3] = ["forget", "--due", "--yes"];

fn look(who: &Person) -> Said {
    who.run(&["watch", "--once"]).done()
}

/// Whatever it says: something may wait that the next look sends.
fn all_look(people: &[&Person]) {
    for _ in 0..2 {
        for who in people {
            let _ = who.run(&["watch", "--once"]);
        }
    }
}

fn case_of(who: &Person, case: &str) -> Value {
    who.run(&["case", case, "--json"]).done().json().remove(0)
}

/// Two who coordinate, two members, and a defender.
fn group(world: &World) -> [Person; 5] {
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    let ivan = world.reader(&nina, "Ivan", "member", "en");
    let olga = world.reader(&nina, "Olga", "member", "en");
    let alena = world.defender(&nina, "Alena", "en");
    let _ = nina.run(&["members", "promote", "Anna"]).done();
    all_look(&[&nina, &anna, &ivan, &olga]);
    [nina, anna, ivan, olga, alena]
}

/// Cases that are closed, and whose person does not agree that they are kept: they are due by no clock.
fn due(world: &World, sender: &Person, closer: &Person, count: usize) -> Vec<String> {
    let names: Vec<String> = (0..count).map(|it| format!("due {it}")).collect();
    for name in &names {
        send(sender, name);
    }
    let _ = look(closer);
    let listed = closer.run(&["inbox", "--json"]).done().json();
    let is_of_them = |it: &&Value| names.iter().any(|name| it["alert"]["summary"] == *name);
    let cases = listed.iter().filter(is_of_them);
    let cases: Vec<String> = cases
        .map(|it| it["case"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(cases.len(), count, "{}", world.dir().display());
    for case in &cases {
        let _ = closer.run(&["close", case, "--reason", "released"]).done();
        let review = ["review", case, "--harm", "no", "--keep", "no"];
        let _ = closer.run(&review).done();
    }
    cases
}

/// Of these cases: how many this device has still, and how many are forgotten. Each is one or the other.
fn left(who: &Person, cases: &[String]) -> (usize, usize) {
    let mut left = (0, 0);
    for case in cases {
        let view = case_of(who, case);
        match view["figures"].is_object() {
            true => left.1 += 1,
            false => {
                assert!(view["story"].is_array(), "{view}");
                left.0 += 1;
            }
        }
    }
    assert_eq!(summaries(who).len(), left.0, "{}", who.home().display());
    left
}

/// How a device stands: everything of it can be read, and is one of these.
fn months(who: &Person) -> Value {
    let said = who.run(&["retention", "--json"]).done();
    said.json()[0]["months"].clone()
}

/// Runs a command on a full disk, killed at each of its writes, and to its end. Before that it is not so, or it is so already.
fn in_spite_of_all(who: &Person, args: &[&str], mut is_so: impl FnMut() -> bool) {
    let said = who.on_full_disk().run(args);
    assert!(
        [1, 3].contains(&said.code),
        "{args:?}: {} {}",
        said.out,
        said.err
    );
    let (_, said) = until_done(|blocks| who.killed_at(blocks).run(args), || ());
    // One that was killed after it had done it.
    assert!(
        said.code == 0 || is_so(),
        "{args:?}: {} {}",
        said.out,
        said.err
    );
    until("it is so", is_so);
}

#[test]
fn how_long_cases_are_kept_is_set_in_spite_of_full_disks_and_kills() {
    let world = world();
    let [nina, anna, ivan, ..] = group(&world);
    let set = |months: &'static str| ["retention", "set", months, "--yes"];
    let said = nina.on_full_disk().run(&set("24"));
    assert!([1, 3].contains(&said.code), "{} {}", said.out, said.err);
    assert!(!said.out.contains("24 months"), "{}", said.out);
    assert_eq!(months(&nina), 18);
    let check = || assert!([json!(18), json!(24)].contains(&months(&nina)));
    let (killed, said) = until_done(|blocks| nina.killed_at(blocks).run(&set("24")), check);
    assert!(killed > 1);
    assert!(
        said.code == 0 || said.err.contains("so already"),
        "{}",
        said.err
    );
    // Whoever has not the pen wishes it, and is cut off likewise.
    let said = anna.on_full_disk().run(&set("36"));
    assert!([1, 3].contains(&said.code), "{} {}", said.out, said.err);
    let (_, said) = until_done(|blocks| anna.killed_at(blocks).run(&set("36")), || ());
    assert!(said.code == 0 || said.code == 3, "{}", said.err);
    all_look(&[&anna, &nina, &anna, &ivan]);
    for who in [&nina, &anna, &ivan] {
        assert_eq!(months(who), 36);
    }
}

#[test]
fn what_is_due_goes_whole_and_everywhere_however_often_it_is_cut_off() {
    const COUNT: usize = 6;
    let world = world();
    let [nina, anna, ivan, olga, alena] = group(&world);
    let cases = due(&world, &alena, &nina, COUNT);
    all_look(&[&nina, &anna, &ivan, &olga]);
    let wished = |who: &Person| {
        let all = cases.iter().filter(|case| {
            let by = case_of(who, case)["forget_wished_by"].clone();
            assert!([json!([]), json!(["Anna"])].contains(&by), "{by}");
            by != json!([])
        });
        all.count()
    };
    let said = anna.on_full_disk().run(&DUE).ended(1);
    assert!(!said.out.contains("so many cases"), "{}", said.out);
    assert_eq!(wished(&anna), 0);
    // Killed between one case and the next.
    let outbox = || fs::read_dir(anna.home().join("outbox")).unwrap().count();
    let before = outbox();
    let running = anna.start(&DUE);
    until("two of them wait", || outbox() >= before + 2);
    running.kill();
    assert_eq!(left(&anna, &cases), (COUNT, 0));
    let (_, said) = until_done(
        |blocks| anna.killed_at(blocks).run(&DUE),
        || {
            let _ = wished(&anna);
        },
    );
    let _ = said.done();
    let _ = anna.run(&DUE).done();
    assert_eq!(wished(&anna), COUNT);
    all_look(&[&anna, &ivan, &olga]);
    assert_eq!(wished(&ivan), COUNT);

    // The second word: killed while it is said, and while it is carried out.
    let said = ivan.on_full_disk().run(&DUE).ended(1);
    assert!(!said.out.contains("so many cases"), "{}", said.out);
    assert_eq!(left(&ivan, &cases), (COUNT, 0));
    let running = ivan.start(&DUE);
    until("one of them is gone", || {
        let all = fs::read_dir(ivan.home().join("inbox/cur")).unwrap();
        let new = fs::read_dir(ivan.home().join("inbox/new")).unwrap();
        all.count() + new.count() < COUNT
    });
    running.kill();
    let (here, gone) = left(&ivan, &cases);
    assert_eq!(here + gone, COUNT);
    let check = || assert_eq!(left(&ivan, &cases).0 + left(&ivan, &cases).1, COUNT);
    let (_, said) = until_done(|blocks| ivan.killed_at(blocks).run(&DUE), check);
    let _ = said.done();
    all_look(&[&ivan]);
    assert_eq!(left(&ivan, &cases), (0, COUNT));
    // Who only follows: a full disk keeps all, and a kill leaves nothing by half.
    let _ = olga.on_full_disk().run(&["watch", "--once"]);
    assert_eq!(left(&olga, &cases), (COUNT, 0));
    let watch = ["watch", "--once"];
    let check = || assert_eq!(left(&olga, &cases).0 + left(&olga, &cases).1, COUNT);
    let _ = until_done(|blocks| olga.killed_at(blocks).run(&watch), check);
    all_look(&[&olga, &nina, &anna]);
    for who in [&nina, &anna, &ivan, &olga] {
        assert_eq!(left(who, &cases), (0, COUNT));
        assert!(who.run(&DUE).done().err.contains("Nothing is due"));
    }
}

#[test]
fn two_people_and_two_programs_of_one_forget_at_once() {
    const COUNT: usize = 4;
    let world = world();
    let [nina, anna, ivan, olga, alena] = group(&world);
    let cases = due(&world, &alena, &nina, COUNT);
    all_look(&[&nina, &anna, &ivan, &olga]);
    // One person, twice: that is one word, and nothing goes.
    let started = [anna.start(&DUE), anna.start(&DUE)];
    for running in started {
        let (code, said) = running.end();
        assert_eq!(code, 0, "{said}");
        assert!(!said.contains("WARNING"), "{said}");
    }
    all_look(&[&anna, &ivan, &olga]);
    for who in [&anna, &ivan, &olga] {
        assert_eq!(left(who, &cases), (COUNT, 0));
        for case in &cases {
            assert_eq!(case_of(who, case)["forget_wished_by"], json!(["Anna"]));
        }
    }
    // Two people: each looked before the other had said anything.
    let started = [ivan.start(&DUE), olga.start(&DUE)];
    for running in started {
        let (code, said) = running.end();
        assert_eq!(code, 0, "{said}");
        assert!(!said.contains("WARNING"), "{said}");
    }
    all_look(&[&ivan, &olga, &anna, &nina]);
    for who in [&nina, &anna, &ivan, &olga] {
        assert_eq!(left(who, &cases), (0, COUNT));
    }
    // And of one case, with a reason.
    send(&alena, "once more");
    all_look(&[&nina, &ivan, &olga]);
    let listed = ivan.run(&["inbox", "--json"]).done().json();
    let case = listed[0]["case"].as_str().unwrap().to_owned();
    let wish = ["forget", &case, "--because", "she asks for it", "--yes"];
    let started = [ivan.start(&wish), olga.start(&wish)];
    for running in started {
        let (code, said) = running.end();
        assert_eq!(code, 0, "{said}");
    }
    all_look(&[&ivan, &olga, &anna, &nina]);
    for who in [&nina, &anna, &ivan, &olga] {
        assert_eq!(left(who, std::slice::from_ref(&case)), (0, 1));
    }
}

#[test]
fn many_closed_cases_go_at_once() {
    const COUNT: usize = 50;
    let mut world = world();
    assert_eq!(world.stop_relay().0, 0);
    // As many at once are more than a relay takes of one, unless its host says so: the rest would go a little later.
    world.set("posts_at_once", "5000");
    world.start_relay();
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    let alena = world.defender(&nina, "Alena", "en");
    {
        let device = unlocked(&alena);
        for number in 0..COUNT {
            compose_alert(&device, &flash(&format!("case {number}")), &[], now()).unwrap();
        }
    }
    let _ = alena.run(&["outbox"]).done();
    let _ = look(&nina);
    {
        let device = unlocked(&nina);
        let all = stored_messages(&device).unwrap();
        assert_eq!(all.len(), COUNT);
        for (id, _) in all {
            let closing = SayInCase::Close(ClosingReason::Released, "");
            say_in_case(&device, id, closing, now()).unwrap();
        }
    }
    let _ = nina.run(&["outbox"]).done();
    let _ = look(&nina);
    let _ = look(&anna);
    let later = now().plus(19 * 31 * 86_400).0;
    let [then, other] = [&nina, &anna].map(|who| who.at_time(later));
    let stands = then.run(&["retention", "--json"]).done().json();
    assert_eq!(stands[0]["due"].as_array().unwrap().len(), COUNT);
    let all = format!("so many cases: {COUNT}");
    let said = then.run(&DUE).done();
    assert!(said.out.contains(&all), "{}", said.out);
    let _ = look(&other);
    let said = other.run(&DUE).done();
    assert!(said.out.contains(&all), "{}", said.out);
    all_look(&[&other, &then]);
    for who in [&then, &other] {
        assert!(summaries(who).is_empty(), "{}", who.home().display());
        let left = who.run(&["forget", "--json"]).done().json();
        assert_eq!(left.len(), COUNT);
        assert!(left.iter().all(|it| it["done_here"] == true));
    }
}

#[test]
fn a_rota_is_set_in_spite_of_full_disks_and_kills_and_two_who_set_it_at_once() {
    let mut world = world();
    let [nina, anna, ivan, olga, alena] = group(&world);
    let set = |who: &'static str| {
        let shift = format!("mon-sun 0-24 {who}");
        ["duty", "set", "--place", "+00:00", "--yes", "--shift"]
            .map(str::to_owned)
            .into_iter()
            .chain([shift])
            .collect::<Vec<String>>()
    };
    let rota = |who: &Person| who.run(&["duty", "--json"]).done().json().remove(0);
    let first = |who: &Person| rota(who)["now"]["first"].clone();
    let said = nina.on_full_disk().run(&set("Ivan"));
    assert!([1, 3].contains(&said.code), "{} {}", said.out, said.err);
    assert!(!said.out.contains("Now on duty"), "{}", said.out);
    assert_eq!(rota(&nina)["place"], json!(null));
    let check = || assert!([json!(null), json!("Ivan")].contains(&first(&nina)));
    let (killed, said) = until_done(|blocks| nina.killed_at(blocks).run(&set("Ivan")), check);
    assert!(killed > 1);
    assert!(
        said.code == 0 || said.err.contains("that is so already"),
        "{}",
        said.err
    );
    all_look(&[&nina, &anna, &ivan]);
    for who in [&nina, &anna, &ivan] {
        assert_eq!(first(who), "Ivan");
    }
    // Quiet hours are this device's alone.
    let quiet = ["duty", "quiet", "0:00-6:00"];
    let _ = ivan.on_full_disk().run(&quiet).ended(1);
    assert_eq!(rota(&ivan)["quiet"], json!(null));
    let check = || assert!([json!(null), json!("00:00–06:00")].contains(&rota(&ivan)["quiet"]));
    let (_, said) = until_done(|blocks| ivan.killed_at(blocks).run(&quiet), check);
    let _ = said.done();
    assert_eq!(rota(&ivan)["quiet"], "00:00–06:00");

    // Two at once, without a network: who has the pen was first, and the other is told.
    assert_eq!(world.stop_relay().0, 0);
    let _ = anna.run(&set("Anna")).ended(3);
    let _ = nina.run(&set("Olga")).ended(3);
    world.start_relay();
    all_look(&[&anna, &nina, &nina, &anna, &ivan, &olga]);
    for who in [&nina, &anna, &ivan, &olga] {
        assert_eq!(first(who), "Olga");
    }
    let waits = anna.run(&["members", "pending"]).done().out;
    assert!(waits.contains("changed it meanwhile"), "{waits}");
    // With one, at the same moment: one of the two stands, and it is the same everywhere.
    let started = [anna.start(&set("Anna")), nina.start(&set("Ivan"))];
    for running in started {
        let (code, said) = running.end();
        assert!([0, 1, 2, 3].contains(&code), "{code} {said}");
        assert!(!said.contains("WARNING"), "{said}");
    }
    all_look(&[&anna, &nina, &nina, &anna, &ivan, &olga]);
    let stands = first(&nina);
    assert!([json!("Anna"), json!("Ivan")].contains(&stands), "{stands}");
    for who in [&anna, &ivan, &olga] {
        assert_eq!(first(who), stands);
    }
    send(&alena, "whoever is on duty");
    let _ = look(&olga);
    assert_eq!(summaries(&olga), ["whoever is on duty"]);
}

#[test]
fn a_shift_changes_hands_in_spite_of_full_disks_and_kills() {
    let world = world();
    let [nina, anna, ivan, olga, _] = group(&world);
    let moment = |hours: i64| {
        let at = now().0.saturating_add_signed(hours * 3600);
        let text = moment_text(Timestamp(at));
        text.trim_end_matches(" UTC").to_owned()
    };
    let always = ["duty", "set", "--place", "+00:00", "--yes", "--shift"];
    let shift = ["mon-sun 0-24 Nina / Anna"];
    let _ = nina.run(&[always.as_slice(), &shift].concat()).done();
    let [from, between, to] = [moment(-1), moment(1), moment(9)];
    for (who, from, to) in [("Ivan", &from, &between), ("Olga", &between, &to)] {
        let swap = [
            "duty", "swap", who, "--from", from, "--until", to, "--second", "Anna", "--yes",
        ];
        let _ = nina.run(&swap).done();
    }
    all_look(&[&nina, &anna, &ivan, &olga]);
    let rota = |who: &Person| who.run(&["duty", "--json"]).done().json().remove(0);
    let states = |who: &Person| -> Vec<Value> {
        let all = rota(who)["shifts"].as_array().unwrap().clone();
        all.iter().map(|it| it["state"].clone()).collect()
    };
    let hand_over = ["duty", "hand-over", "--yes", "--text", "Keep the line free"];
    let said = ivan.on_full_disk().run(&hand_over).ended(1);
    assert!(!said.out.contains("Handed over"), "{}", said.out);
    assert!(states(&ivan).is_empty());
    in_spite_of_all(&ivan, &hand_over, || !states(&ivan).is_empty());
    all_look(&[&ivan, &olga]);
    assert!(states(&olga).contains(&json!("waits")), "{}", rota(&olga));
    let said = olga.on_full_disk().run(&["duty", "accept"]).ended(1);
    assert!(!said.out.contains("You are on duty"), "{}", said.out);
    assert!(states(&olga).contains(&json!("waits")), "{}", rota(&olga));
    in_spite_of_all(&olga, &["duty", "accept"], || {
        states(&olga).contains(&json!("accepted"))
    });
    all_look(&[&olga, &ivan, &nina, &anna]);
    for who in [&olga, &ivan, &nina, &anna] {
        assert_eq!(rota(who)["now"]["first"], "Olga", "{}", rota(who));
    }
}

#[test]
fn a_translation_is_asked_for_and_given_in_spite_of_full_disks_and_kills() {
    let world = world();
    let [nina, anna, ivan, olga, _] = group(&world);
    let said = nina
        .run(&[&FLASH[..], &["plum tarpaulin", "--to", "Anna, Nina"]].concat())
        .done();
    drop(said);
    all_look(&[&nina, &anna, &ivan, &olga]);
    let case = anna.run(&["inbox", "--json"]).done().json()[0]["case"].clone();
    let case = case.as_str().unwrap();
    let ask = ["translate", case, "--into", "ru", "--ask", "Olga", "--yes"];
    let asked = || {
        let view = case_of(&anna, case);
        let story = view["story"].as_array().unwrap().clone();
        story
            .iter()
            .any(|it| it["what"] == "asked_translation" || it.to_string().contains("Olga"))
    };
    let said = anna.on_full_disk().run(&ask).ended(1);
    assert!(
        said.out.is_empty() || !said.out.contains("Asked"),
        "{}",
        said.out
    );
    assert!(!asked());
    let (_, said) = until_done(|blocks| anna.killed_at(blocks).run(&ask), || ());
    let _ = said.done();
    all_look(&[&anna, &olga]);
    let texts = || olga.run(&["translate", "--json"]).done().json();
    let waiting = texts();
    assert!(!waiting.is_empty());
    let letters = waiting[0]["asked"].as_str().unwrap()[..6].to_owned();
    let file = world.dir().join("answer.txt");
    fs::write(&file, "сливовый брезент").unwrap();
    let answer = [
        "translate",
        "--asked",
        &letters,
        "--from",
        file.to_str().unwrap(),
    ];
    let _ = olga.on_full_disk().run(&answer).ended(1);
    assert_eq!(texts().len(), waiting.len());
    let run = |blocks| {
        let said = olga.killed_at(blocks).run(&answer);
        // Killed after it was said.
        match said.code != KILLED && texts().len() < waiting.len() {
            true => Said { code: 0, ..said },
            false => said,
        }
    };
    let (_, said) = until_done(run, || ());
    let _ = said.done();
    all_look(&[&olga, &anna, &nina]);
    for who in [&anna, &nina] {
        let view = case_of(who, case);
        let all = view["translations"].as_array().unwrap().clone();
        assert!(!all.is_empty(), "{view}");
        for one in all {
            assert_eq!(
                (&one["name"], &one["text"]),
                (&json!("Olga"), &json!("сливовый брезент"))
            );
        }
    }
}

#[test]
fn who_sends_reads_that_nobody_has_answered_until_somebody_has() {
    let world = world();
    let [nina, _, _, _, alena] = group(&world);
    send(&alena, "is anybody there");
    let outbox = |minutes: u64, language: &'static str| {
        let then = alena.at_time(now().plus(minutes * 60).0);
        then.speaking(language).run(&["outbox"]).done().err
    };
    assert!(!outbox(20, "en").contains("Nobody has answered yet."));
    for hours in [1, 5, 24] {
        let said = outbox(hours * 60, "en");
        assert!(said.contains("Nobody has answered yet."), "{said}");
        let said = outbox(hours * 60, "ru");
        assert!(said.contains("Пока никто не ответил."), "{said}");
    }
    // It reached devices, which is not that anybody has read it.
    let _ = look(&nina);
    assert!(outbox(60, "en").contains("Nobody has answered yet."));
    let case = nina.run(&["inbox", "--json"]).done().json()[0]["case"].clone();
    let _ = nina.run(&["ack", case.as_str().unwrap()]).done();
    let _ = look(&nina);
    let said = alena.run(&["watch", "--once"]).done();
    assert!(said.out.contains("has read"), "{} {}", said.out, said.err);
    assert!(!outbox(5 * 60, "en").contains("Nobody has answered yet."));
}

#[test]
fn facts_dates_answers_and_updates_are_said_whole_in_spite_of_full_disks_and_kills_and_stand_in_three_years()
 {
    let world = world();
    let [nina, anna, ivan, olga, alena] = group(&world);
    send(&alena, "Men at the door");
    all_look(&[&nina, &anna, &ivan, &olga]);
    let case = anna.run(&["inbox", "--json"]).done().json()[0]["case"].clone();
    let case = case.as_str().unwrap();
    let custody = ["fact", "custody", case, "--place", "Akrestsina"];
    let date = [
        "due",
        case,
        "2027-03-01",
        "Hearing in Minsk",
        "--kind",
        "hearing",
    ];
    let answer = ["answer", case, "A lawyer is on the way"];
    for (args, part) in [
        (custody.as_slice(), "Akrestsina"),
        (date.as_slice(), "Hearing in Minsk"),
        (answer.as_slice(), "A lawyer is on the way"),
    ] {
        let says = |who: &Person| who.run(&["case", case]).done().out.contains(part);
        let said = ivan.on_full_disk().run(args).ended(1);
        assert!(!said.err.is_empty() && !says(&ivan), "{args:?}");
        in_spite_of_all(&ivan, args, || says(&ivan));
        all_look(&[&ivan, &nina]);
        assert!(says(&nina), "{args:?}");
    }
    let heard = look(&alena).out;
    assert!(heard.contains("A lawyer is on the way"), "{heard}");
    // What its sender says of it goes out whatever the disk is like.
    let update = ["alert", "--update", &case[3..], "--yes", "--summary"];
    let update = [update.as_slice(), &["They took her phone"]].concat();
    let (_, said) = until_done(|blocks| alena.killed_at(blocks).run(&update), || ());
    let _ = said.done();
    let full = [&update[..update.len() - 1], &["And the computer"]].concat();
    let _ = alena.on_full_disk().run(&full);
    let _ = alena.run(&["outbox"]).done();
    all_look(&[&nina, &anna, &ivan, &olga]);
    for who in [&nina, &anna, &ivan, &olga] {
        let page = who.run(&["case", case]).done().out;
        for part in [
            "Akrestsina",
            "Hearing in Minsk",
            "A lawyer is on the way",
            "They took her phone",
            "And the computer",
        ] {
            assert!(page.contains(part), "{part}: {page}");
        }
    }
    // Three years later: nothing of it went by itself, and the date is told to be over.
    let later = now().plus(3 * 366 * 86_400).0;
    for who in [&nina, &olga] {
        let then = who.at_time(later);
        let page = then.run(&["case", case]).done().out;
        for part in ["Akrestsina", "Hearing in Minsk", "And the computer"] {
            assert!(page.contains(part), "{part}: {page}");
        }
        let dates = then.run(&["calendar"]).done().out;
        assert!(dates.contains("OVERDUE"), "{dates}");
        let retention = then.run(&["retention", "--json"]).done().json();
        assert_eq!(retention[0]["due"], json!([]), "it is open");
    }
}
