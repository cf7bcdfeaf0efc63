//! What few read of a case is read by these and by nobody else, and shown by one command; and what is another's part is marked as that.

use std::{fs, sync::Arc};

use bellrope_client::now;
use bellrope_proto::ids::{Day, Timestamp};
use bellrope_relay::store::Store as _;
use bellrope_tests::people::{Person, Said, until};
use serde_json::{Value, json};

use crate::{
    inside::{in_place_of, open_again, today},
    pages::compare,
    send, summaries, world,
};

/// What nobody else may see, in words that stand nowhere else.
pub(crate) const MARK: &str = "ZIMOROK";

pub(crate) fn look(who: &Person) -> Said {
    who.run(&["watch", "--once"]).done()
}

pub(crate) fn case_of(who: &Person, case: &str) -> Value {
    who.run(&["case", case, "--json"]).done().json().remove(0)
}

pub(crate) fn shown(who: &Person, case: &str) -> Vec<Value> {
    let said = who.run(&["sensitive", case, "--show", "--json"]).done();
    said.json()
}

fn write(who: &Person, case: &str, to: &[&str], text: &str) -> Said {
    let mut args = vec!["sensitive", case, "--kind", "sexual_violence", "--yes"];
    for name in to {
        args.extend(["--to", name]);
    }
    who.run_with(&args, &format!("{text}\n.\n"))
}

/// Everything that a reader's program says of a case but by the one command, in these languages and for programs.
pub(crate) fn everything_else(who: &Person, case: &str, languages: &[&'static str]) -> String {
    let commands = [
        "inbox",
        "show CASE",
        "cases",
        "cases --search ZIMOROK",
        "cases --table",
        "inbox --search ZIMOROK",
        "case CASE",
        "open CASE",
        "calendar",
        "digest --days 366",
        "outbox",
        "watch --once",
    ];
    let mut all = String::new();
    let mut hear = |who: &Person, args: &[&str]| {
        let said = who.run(args);
        all.push_str(&said.out);
        all.push_str(&said.err);
    };
    for command in commands {
        let command = command.replace("CASE", case);
        let args: Vec<&str> = command.split(' ').collect();
        hear(who, &[args.as_slice(), &["--json"]].concat());
        for language in languages {
            hear(&who.speaking(language), &args);
        }
    }
    all
}

/// Neither the words nor what it is about.
pub(crate) fn says_nothing(all: &str) {
    let lower = all.to_lowercase();
    for word in [&MARK.to_lowercase(), "sexual", "сексуальн"] {
        // Of a search the word is what was typed; none of these repeats it.
        let at = lower.find(word).map(|at| {
            let from = lower[..at].char_indices().rev().nth(200);
            let from = from.map_or(0, |(from, _)| from);
            lower[from..].chars().take(400).collect::<String>()
        });
        assert_eq!(at, None, "{word}");
    }
}

#[test]
fn a_block_is_read_by_its_readers_where_they_ask_for_it_and_nowhere_else() {
    let mut world = world();
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    let ivan = world.reader(&nina, "Ivan", "member", "ru");
    let vera = world.reader(&nina, "Vera", "member", "en");
    let boris = world.reader(&nina, "Boris", "member", "en");
    let olga = world.reader(&nina, "Olga", "observer", "en");
    let petr = world.reader(&nina, "Petr", "member", "en");
    let keep_out = ["circle", "keep-out", "Boris", "--country", "BY", "--yes"];
    let _ = nina.run(&keep_out).done();
    let all = [&nina, &anna, &ivan, &vera, &boris, &olga];
    let everybody = || all.map(look).map(drop);
    everybody();
    send(&nina, "Men at the door");
    everybody();
    let kept = anna.run(&["inbox", "--json"]).done().json();
    let case = kept[0]["case"].as_str().unwrap().to_owned();
    let _ = anna.run(&["lead", &case]).done();
    let _ = vera
        .run(&["conflict", &case, "--reason", "a cousin"])
        .done();
    everybody();

    // Who may not is not written to, and who is not asked says so in a script.
    for (name, words) in [
        ("Boris", "keeps Boris out"),
        ("Vera", "stays out of"),
        ("Olga", "does not read"),
        ("Nobody", "Nobody"),
    ] {
        let said = write(&nina, &case, &[name], MARK).ended(1);
        assert!(said.err.contains(words), "{}", said.err);
    }
    let said = nina.run(&["sensitive", &case, "--kind", "health"]).ended(2);
    assert!(
        said.err.contains("--yes") && said.err.contains("but: Anna"),
        "{}",
        said.err
    );
    let empty = write(&nina, &case, &[], "").ended(2);
    assert!(empty.err.contains("nothing in it"), "{}", empty.err);
    let long = write(&nina, &case, &[], &"я".repeat(2_001)).ended(2);
    assert!(long.err.contains("2000"), "{}", long.err);
    assert_eq!(shown(&nina, &case), [] as [Value; 0]);

    // Without a network; and the keys turn before any of it is posted.
    assert_eq!(world.stop_relay().0, 0);
    let words = format!("{MARK}: ночью, трое");
    let said = write(&ivan, &case, &["Anna"], &words).ended(3);
    assert!(
        said.err.contains("это прочтут только: Anna"),
        "{}",
        said.err
    );
    says_nothing(&format!("{}{}", said.out, said.err));
    assert_eq!(shown(&ivan, &case)[0]["text"], words);
    world.start_relay();
    let _ = nina.run(&["members", "remove", "Petr", "--yes"]).done();
    drop(petr);
    for _ in 0..2 {
        everybody();
        let _ = look(&ivan);
    }
    let read = shown(&anna, &case);
    assert_eq!(read[0]["text"], words);
    assert_eq!(read[0]["kinds"], json!(["sexual_violence"]));
    assert_eq!(read[0]["readers"], json!(["Ivan", "Anna"]));
    compare("`sensitive`", &read);
    let page = anna.run(&["sensitive", &case, "--show"]).done().out;
    assert!(
        page.contains(&words) && page.contains("sexual violence"),
        "{page}"
    );
    let page = anna.run(&["case", &case]).done().out;
    assert!(
        page.contains("that Ivan wrote down") && page.contains("--show"),
        "{page}"
    );

    // Everybody else knows that it is there, and of whom to ask.
    let _ = nina.run(&["open", &case, "to", "Olga"]).done();
    everybody();
    for who in [&nina, &vera, &olga] {
        let seen = shown(who, &case);
        assert_eq!(seen[0]["readers"], json!(["Ivan", "Anna"]));
        assert_eq!(
            (&seen[0]["text"], &seen[0]["kinds"]),
            (&Value::Null, &Value::Null)
        );
        let view = case_of(who, &case);
        assert_eq!(view["sensitive"][0]["name"], "Ivan");
        let page = who.run(&["case", &case]).done().out;
        assert!(page.contains("not the person a second time"), "{page}");
        says_nothing(&who.run(&["sensitive", &case, "--show"]).done().out);
    }
    assert_eq!(summaries(&boris), [] as [&str; 0]);
    says_nothing(&everything_else(&anna, &case, &["en", "ru"]));
    says_nothing(&everything_else(&nina, &case, &["ru"]));
    compare("`case`", &[case_of(&anna, &case)]);

    // Wider by one of the first, by name, seen by everybody, and no further.
    let also = |who: &Person, name: &str| {
        who.run(&[
            "sensitive",
            &case,
            "--also-to",
            name,
            "--reason",
            "the doctor",
            "--yes",
        ])
    };
    assert!(
        also(&nina, "Nina")
            .ended(1)
            .err
            .contains("nothing sensitive that you")
    );
    assert!(also(&anna, "Vera").ended(1).err.contains("stays out"));
    let _ = also(&anna, "Nina").done();
    everybody();
    assert_eq!(shown(&nina, &case)[0]["text"], words);
    assert_eq!(
        shown(&ivan, &case)[0]["readers"],
        json!(["Ivan", "Anna", "Nina"])
    );
    assert!(
        also(&nina, "Olga")
            .ended(1)
            .err
            .contains("nothing sensitive that you")
    );
    let told = case_of(&olga, &case);
    let told = told["story"].as_array().unwrap().iter();
    let told: Vec<&Value> = told
        .filter(|it| it["what"] == "sensitive_widened")
        .collect();
    assert_eq!(
        (&told[0]["name"], &told[0]["people"]),
        (&json!("Anna"), &json!(["Nina"]))
    );
    assert!(
        also(&ivan, "Anna")
            .done()
            .out
            .contains("Ничего не отправлено")
    );
    says_nothing(&everything_else(&nina, &case, &[]));

    // Whom the group keeps out since, and who stays out since, reads it no more, whatever was sealed to them.
    let _ = anna.run(&["conflict", &case]).done();
    let _ = nina
        .run(&["circle", "keep-out", "Nina", "--country", "BY", "--yes"])
        .done();
    everybody();
    for who in [&anna, &nina] {
        assert_eq!(shown(who, &case)[0]["text"], Value::Null);
        assert_eq!(shown(who, &case)[0]["readers"], json!(["Ivan"]));
    }
    assert_eq!(shown(&ivan, &case)[0]["text"], words);
}

#[test]
fn who_was_away_gets_a_block_only_if_they_read_it() {
    let mut world = world();
    assert_eq!(world.stop_relay().0, 0);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let then = Timestamp(today().0 - 21 * Timestamp::DAY_SECONDS);
    let relay = {
        let _inside = runtime.enter();
        in_place_of(&world, |disk| Arc::new(disk), then)
    };
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    let ivan = world.reader(&nina, "Ivan", "member", "en");
    let vera = world.reader(&nina, "Vera", "member", "en");
    let zina = world.reader(&nina, "Zina", "member", "en");
    for who in [&anna, &ivan, &vera, &zina] {
        let _ = look(who);
    }
    let id = send(&nina, "Men at the door");
    let _ = look(&ivan);
    let _ = write(&ivan, &id, &["Anna"], MARK).done();
    let also = ["sensitive", &id, "--also-to", "Zina", "--yes"];
    let _ = ivan.run(&also).done();
    let _ = look(&nina);
    runtime.block_on(relay.end());
    let disk = open_again(&world.relay_dir().join("store"));
    let before = Day(then.day().0 + 14);
    let _ = disk.expire(before, before).unwrap();
    drop(disk);
    world.start_relay();
    send(&nina, "after that");
    for who in [&anna, &vera, &zina] {
        let _ = look(who);
    }
    // Nina's device has the case, and no block; Ivan's has both.
    for who in [&nina, &ivan, &anna, &vera, &zina, &anna, &vera, &zina] {
        let _ = look(who);
    }
    for (who, text) in [
        (&anna, json!(MARK)),
        (&zina, json!(MARK)),
        (&vera, Value::Null),
    ] {
        let seen = shown(who, &id);
        assert_eq!(seen[0]["readers"], json!(["Ivan", "Anna", "Zina"]));
        assert_eq!(seen[0]["text"], text);
    }
}

#[test]
fn what_is_anothers_part_is_asked_about_and_marked_and_a_deputy_stands_in() {
    let world = world();
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    let ivan = world.reader(&nina, "Ivan", "member", "ru");
    let alena = world.defender(&nina, "Alena", "en");
    let members = nina.run(&["members", "--json"]).done().json();
    let hers = members.iter().find(|it| it["role"] == "defender").unwrap();
    let handle = hers["name"].as_str().unwrap().to_owned();
    let id = send(&alena, "Men at the door");
    let all = [&nina, &anna, &ivan];
    let everybody = || all.map(look).map(drop);
    everybody();
    let _ = nina.run(&["lead", &id]).done();
    let part = |who: &Person, part: &str, name: &str| who.run(&["fact", "part", &id, part, name]);
    let said = part(&nina, "reviewer", "Nina").ended(1);
    assert!(
        said.err.contains("nobody reviews what they lead"),
        "{}",
        said.err
    );
    for (name, whose) in [
        ("contact_owner", "Anna"),
        ("lawyer_adviser", "Anna"),
        ("deputy", "Ivan"),
        ("reviewer", "Ivan"),
        ("media", "Ivan"),
    ] {
        let _ = part(&nina, name, whose).done();
    }
    everybody();

    // Before a number stands whose it is to call.
    let called = [
        "contact",
        &handle,
        "--call",
        "Alena",
        "--reach",
        "+375 29 000",
    ];
    let page = nina.run(&called).done().out;
    let line = page.find("DO NOT CALL: Anna").unwrap();
    assert!(line < page.find("+375").unwrap(), "{page}");
    let told = nina.run(&["contact", "--json"]).done().json();
    compare("`contact`", &told);
    assert_eq!(told[0]["do_not_call"].as_array().unwrap().len(), 1);
    let page = anna.run(&called).done().out;
    assert!(!page.contains("DO NOT CALL"), "{page}");

    // Past the contact: asked, and then done.
    let said = nina.run(&["answer", &id, "Who is there?"]).ended(2);
    assert!(
        said.err.contains("DO NOT CALL: Anna") && said.err.contains("--yes"),
        "{}",
        said.err
    );
    let mut asked = nina.at_terminal(&["answer", &id, "Who is there?"], 80);
    asked.sees("DO NOT CALL");
    asked.enters("n");
    asked.sees("nothing was said");
    let _ = asked.ends();
    let _ = nina.run(&["answer", &id, "Who is there?", "--yes"]).done();
    let _ = anna.run(&["answer", &id, "It is Anna"]).done();
    let seen = [
        "fact",
        "custody",
        &id,
        "--seen",
        "today 11:00",
        "--seen-how",
        "phone",
    ];
    let _ = ivan.run(&seen).done();
    let due = ["due", &id, "2030-12-05 10:00", "Hearing", "--by-lawyer"];
    let _ = nina.run(&due).done();
    everybody();
    let view = case_of(&ivan, &id);
    let story = view["story"].as_array().unwrap();
    let past = |text: &str| {
        let told = story.iter().find(|it| it["text"] == text).unwrap();
        told["past_contact"].clone()
    };
    assert_eq!(past("Who is there?"), json!(["Anna"]));
    assert_eq!(past("It is Anna"), json!([]));
    let about = |view: &Value, about: &str| {
        let facts = view["facts"].as_array().unwrap().iter();
        let found: Vec<&Value> = facts.filter(|it| it["about"] == about).collect();
        found[0]["others_part"].clone()
    };
    assert_eq!(about(&view, "last_contact"), "contact_owner");
    assert_eq!(about(&view, "date"), "lawyer_adviser");
    let page = anna.run(&["case", &id]).done().out;
    for words in [
        "PAST THE CONTACT",
        "said to be confirmed by a lawyer, but not",
        "not from whoever speaks",
    ] {
        assert!(page.contains(words), "{page}");
    }
    let page = ivan.run(&["case", &id]).done().out;
    assert!(
        page.contains("СМИ здесь за вами: наружу не идёт ничего"),
        "{page}"
    );

    // Confirmed by who advises.
    let view = case_of(&anna, &id);
    let facts = view["facts"].as_array().unwrap();
    let date = facts.iter().find(|it| it["about"] == "date").unwrap();
    let letters = date["date"].as_str().unwrap();
    let _ = anna
        .run(&[
            "due",
            &id,
            "--date",
            letters,
            "--by-lawyer",
            "--source",
            "Anna",
        ])
        .done();
    everybody();
    assert_eq!(about(&case_of(&nina, &id), "date"), Value::Null);

    // Nothing is heard from who leads for three days: the deputy is asked, and needs no reason.
    let lead = ["lead", &id];
    let _ = ivan.run(&lead).ended(2);
    let later = now().0 + 73 * 3_600;
    let page = ivan.at_time(later).run(&["case", &id]).done().out;
    assert!(page.contains("ЗАМЕНА ЗА ВАМИ"), "{page}");
    let digest = ivan.at_time(later).run(&["digest", "--json"]).done().json();
    assert_eq!(digest[0]["stand_in"].as_array().unwrap().len(), 1);
    compare("`digest`", &digest);
    let page = anna.at_time(later).run(&["case", &id]).done().out;
    assert!(!page.contains("YOU STAND IN"), "{page}");
    let said = anna.at_time(later).run(&lead).ended(2);
    assert!(said.err.contains("WHY"), "{}", said.err);
    let _ = ivan.at_time(later).run(&lead).done();
    everybody();
    let view = case_of(&nina, &id);
    assert_eq!(view["lead"], "Ivan");
    // Who leads by now reviews nothing, though they were named before.
    let facts = view["facts"].as_array().unwrap().iter();
    let reviewer = facts.clone().find(|it| it["value"] == "reviewer").unwrap();
    assert_eq!(reviewer["others_part"], "reviewer");
}

/// Another program of hers posts the block, and the queue is not free when its act is due: it can be neither said nor taken back.
#[test]
fn a_block_that_is_on_its_way_before_the_case_can_know_of_it_is_said_to_be_told_later() {
    let world = world();
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    let ivan = world.reader(&nina, "Ivan", "member", "en");
    let id = send(&nina, "Men at the door");
    for who in [&anna, &ivan, &ivan] {
        let _ = look(who);
    }
    let outbox = ivan.home().join("outbox");
    let queued = || fs::read_dir(&outbox).unwrap().count();
    let args = ["sensitive", &id, "--kind", "hiv", "--to", "Anna", "--yes"];
    let typed = format!("{MARK}\n.\n");
    // Who is too slow for the moment between the two has written one more, and tries again.
    let mut written = 0;
    let said = loop {
        let before = queued();
        let said = std::thread::scope(|scope| {
            let writing = scope.spawn(|| ivan.run_with(&args, &typed));
            until("the block is queued", || queued() > before);
            let queue = fs::File::open(ivan.home().join("lock.queue")).unwrap();
            queue.lock().unwrap();
            let _ = ivan.run(&["outbox"]);
            writing.join().unwrap()
        });
        if said.code != 0 {
            break said;
        }
        written += 1;
        assert!(written < 20);
    };
    let said = said.ended(3);
    assert!(
        said.out.contains("Do not write it a second time"),
        "{}{}",
        said.out,
        said.err
    );
    assert!(
        !said.err.contains("Everybody in the case sees"),
        "{}",
        said.err
    );
    let _ = look(&anna);
    assert_eq!(shown(&anna, &id).len(), written, "nobody is shown it");
    for who in [&ivan, &anna] {
        let _ = look(who);
    }
    let hers = shown(&anna, &id);
    assert_eq!(hers.len(), written + 1);
    assert!(hers.iter().all(|block| block["text"] == MARK), "{hers:?}");
    assert!(!ivan.home().join("blocks").exists());
}
