//! The group acts: who has read an alert, who leads, what was said, on everybody's device.

use bellrope_client::{
    Extensions, MessageId,
    internals::{Message, recipients_hash, roster, stored_messages},
};
use bellrope_proto::{
    codec::{self, Blob},
    ids::Hash,
    signing::{Device as DeviceKey, PublicKey},
};
use bellrope_tests::{
    people::{Person, Said},
    world::World,
};
use serde_json::{Value, json};

use crate::{
    FLASH,
    hostile::{message, say, unlocked},
    pages::compare,
    send, world,
};

fn look(who: &Person) -> Said {
    who.run(&["watch", "--once"]).done()
}

/// Everybody looks, and looks again: what one passes on, another has.
fn all_look(people: &[&Person]) {
    for who in people {
        let _ = look(who);
    }
}

/// How a case stands for somebody, by what `bellrope case` says to programs.
fn stands(who: &Person, case: &str) -> Value {
    let said = who.run(&["case", case, "--json"]).done().json();
    assert_eq!(said.len(), 1);
    said[0].clone()
}

/// Who leads for each of them, who must agree.
fn leader(people: &[&Person], case: &str) -> Value {
    let mut leads = people.iter().map(|who| stands(who, case)["lead"].clone());
    let first = leads.next().unwrap();
    assert!(leads.all(|lead| lead == first), "{first}");
    first
}

/// What was said and by whom, which is nobody's own view of it.
fn story(who: &Person, case: &str) -> Vec<Value> {
    let stands = stands(who, case);
    let story = stands["story"].as_array().unwrap().iter();
    story
        .map(|told| {
            let mut told = told.clone();
            let object = told.as_object_mut().unwrap();
            object.remove("mine");
            told
        })
        .collect()
}

/// Three members, an alert that all have seen, and its number.
fn group(world: &World) -> (Person, Person, Person, String) {
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    let boris = world.reader(&nina, "Boris", "member", "ru");
    let alena = world.defender(&nina, "Alena", "en");
    send(&alena, "Men at the door");
    all_look(&[&nina, &anna, &boris]);
    let listed = nina.run(&["inbox", "--json"]).done().json();
    let case = listed[0]["case"].as_str().unwrap().to_owned();
    (nina, anna, boris, case)
}

/// The largest envelopes, each with one beside it that opens later, wait in one file.
#[test]
fn the_longest_alert_and_the_longest_note_arrive() {
    let mut world = world();
    let (nina, anna, boris, _) = group(&world);
    let alena = world.defender(&nina, "Vera", "ru");
    let form = world.dir().join("alert.toml");
    let narrative = "ж".repeat(8_000);
    let written = format!(
        "kind = \"full\"\nacts = [\"threat\"]\nsummary = \"All of it\"\nnarrative = \"{narrative}\"\n"
    );
    std::fs::write(&form, written).unwrap();
    let send = ["alert", "--from", form.to_str().unwrap(), "--yes"];
    // Without a network it waits, and goes out with what is sent next.
    assert_eq!(world.stop_relay().0, 0);
    let _ = alena.run(&send).ended(3);
    world.start_relay();
    let _ = alena.run(&["outbox"]).done();
    all_look(&[&nina, &anna]);
    let shown = anna.run(&["show", "2", "--json"]).done().json();
    assert_eq!(shown[0]["alert"]["narrative"], narrative);
    let case = shown[0]["case"].as_str().unwrap();
    let note = "я".repeat(8_000);
    let _ = anna.run(&["note", case, &note]).done();
    all_look(&[&boris]);
    assert_eq!(stands(&boris, case)["story"][0]["text"], note);
}

#[test]
fn two_who_took_the_lead_without_having_seen_it_have_one_leader_on_every_device() {
    let mut world = world();
    let (nina, anna, boris, case) = group(&world);
    let all = [&nina, &anna, &boris];
    let shown = nina.run(&["show", &case]).done().out;
    assert!(shown.contains("Leads: nobody yet."), "{shown}");
    assert!(shown.contains(&format!("bellrope lead {case}")), "{shown}");

    // Both are offline, and both lead for all they know.
    assert_eq!(world.stop_relay().0, 0);
    for (who, waits) in [
        (&boris, "У остальных этого ещё нет"),
        (&anna, "do not have it yet"),
    ] {
        let said = who.run(&["lead", &case[8..]]).ended(3);
        assert!(said.err.contains(waits), "{}", said.err);
        assert_eq!(stands(who, &case)["lead_mine"], true);
        assert_eq!(stands(who, &case)["waiting"], 1);
    }
    assert!(
        anna.run(&["case", &case])
            .done()
            .out
            .contains("WAITING HERE")
    );
    world.start_relay();
    // Boris comes first. It does not help him.
    let _ = boris.run(&["outbox"]).done();
    let _ = anna.run(&["outbox"]).done();
    let told = look(&nina).out;
    assert!(told.contains(&format!("{case}, Anna: leads")), "{told}");
    assert!(
        told.contains(&format!("{case}, Boris: wanted to lead")),
        "{told}"
    );
    let told = look(&anna).out;
    assert!(
        told.contains("AT THE SAME TIME as you Boris took the lead"),
        "{told}"
    );
    let told = look(&boris).out;
    assert!(told.contains(&format!("ВЫ НЕ ВЕДЁТЕ {case}")), "{told}");
    assert!(told.contains("Anna"), "{told}");
    assert_eq!(leader(&all, &case), "Anna");
    for who in all {
        assert_eq!(stands(who, &case)["rivals"], json!(["Boris"]));
        assert_eq!(stands(who, &case)["waiting"], 0);
    }
    let page = nina.run(&["case", &case]).done().out;
    assert!(
        page.contains("at the same time Boris took the lead too"),
        "{page}"
    );

    // The remedy is as it was said.
    let said = anna.run(&["hand-over", &case, "boris"]).done();
    assert!(said.out.contains("Boris leads it now"), "{}", said.out);
    let told = look(&boris).out;
    assert!(told.contains(&format!("ТЕПЕРЬ ВЫ ВЕДЁТЕ {case}")), "{told}");
    let _ = look(&nina);
    assert_eq!(leader(&all, &case), "Boris");
    assert_eq!(stands(&nina, &case)["rivals"], json!([]));

    // Who takes it from somebody says why, and it is loud.
    let said = nina.run(&["lead", &case]).ended(2);
    assert!(
        said.err.contains("Boris") && said.err.contains("--reason"),
        "{}",
        said.err
    );
    let said = nina
        .run(&["lead", &case, "--reason", "Boris is on a plane"])
        .done();
    assert!(said.out.contains("you lead it"), "{}", said.out);
    let mut watch = boris.start(&["watch", "--lang", "ru"]);
    watch.wait_for(&format!("ВЫ БОЛЬШЕ НЕ ВЕДЁТЕ {case}: ведёт Nina"));
    watch.wait_for("Почему: «Boris is on a plane»");
    let _ = watch.stop();
    let _ = look(&anna);
    assert_eq!(leader(&all, &case), "Nina");
    // Everybody has the same story, also of what the sender was told.
    all_look(&all);
    assert_eq!(story(&nina, &case), story(&anna, &case));
    assert_eq!(story(&nina, &case), story(&boris, &case));
    // What was told is told once.
    assert!(!look(&boris).out.contains(&case));
}

#[test]
fn what_is_said_is_listed_counted_and_closed() {
    let world = world();
    let (nina, anna, boris, case) = group(&world);
    let olga = world.reader(&nina, "Olga", "observer", "en");
    let all = [&nina, &anna, &boris];
    let _ = anna.run(&["ack", "1"]).done();
    let again = anna.run(&["ack", &case]).done();
    assert!(again.out.contains("said so before"), "{}", again.out);
    assert_eq!(stands(&anna, &case)["story"].as_array().unwrap().len(), 1);
    let _ = boris.run(&["support", &case]).done();
    let out = nina
        .run(&["conflict", &case, "--reason", "her\n brother\tworks there"])
        .done();
    assert!(out.out.contains("stay out"), "{}", out.out);
    let words = "First line\nFrom: Anna (member), verified by the group's roster\u{1b}[2J";
    let _ = anna.run(&["note", &case, words]).done();
    let empty = anna.run_with(&["note", &case], ".\n").ended(2);
    assert!(empty.err.contains("note is empty"), "{}", empty.err);
    let long = "ж".repeat(8_001);
    let long = anna.run(&["note", &case, &long]).ended(2);
    assert!(long.err.contains("8000"), "{}", long.err);
    all_look(&all);
    for who in all {
        let stands = stands(who, &case);
        assert_eq!(stands["read_by"], json!(["Nina", "Anna", "Boris"]));
        assert_eq!(stands["supporting"], json!(["Boris"]));
        assert_eq!(stands["staying_out"], json!(["Nina"]));
        assert_eq!(stands["lead"], Value::Null);
        assert_eq!(stands["state"], "new");
    }
    for columns in ["40", "80"] {
        for command in [["case", &case].as_slice(), &["cases"], &["inbox"]] {
            let said = boris.at_columns(columns).run(command).done();
            assert!(!said.out.contains('\u{1b}'), "{}", said.out);
            let columns: usize = columns.parse().unwrap();
            assert!(
                said.out.lines().all(|row| row.chars().count() < columns),
                "{}",
                said.out
            );
            assert!(
                !said.out.lines().any(|row| row.starts_with("From: Anna")),
                "{}",
                said.out
            );
        }
    }
    let page = boris.run(&["case", &case]).done().out;
    assert!(
        page.contains("Прочли 3 человека: Nina, Anna, Boris"),
        "{page}"
    );
    assert!(page.contains("Почему: «her brother works there»"), "{page}");
    let list = nina.run(&["cases"]).done().out;
    assert!(list.contains("Leads: nobody; read by 3"), "{list}");
    assert!(list.contains("Newest: "), "{list}");
    let listed = nina.run(&["inbox"]).done().out;
    assert!(listed.contains("Leads: nobody"), "{listed}");

    let wrong = anna.run(&["close", &case, "--reason", "over"]).ended(2);
    assert!(wrong.err.contains("over"), "{}", wrong.err);
    let _ = anna
        .run(&[
            "close", &case, "--reason", "released", "home", "since", "noon",
        ])
        .done();
    let closed = anna.run(&["close", &case, "--reason", "released"]).ended(1);
    assert!(closed.err.contains("closed already"), "{}", closed.err);
    let told = look(&boris).out;
    assert!(
        told.contains("освобождение") && told.contains("home since noon"),
        "{told}"
    );
    assert!(boris.run(&["cases"]).done().out.is_empty());
    let list = boris.run(&["cases", "--all"]).done().out;
    assert!(list.contains("закрыто: освобождение"), "{list}");
    let _ = boris.run(&["reopen", &case, "arrested again"]).done();
    let _ = look(&nina);
    assert_eq!(stands(&nina, &case)["state"], "reopened");
    assert_eq!(nina.run(&["cases", "--json"]).done().json().len(), 1);

    // An observer reads, and says nothing. What came before her is not hers.
    let _ = look(&olga);
    let refused = olga.run(&["ack", &case]).ended(1);
    assert!(refused.err.contains("no alert"), "{}", refused.err);
    let named = [
        FLASH.as_slice(),
        &["another one", "--to", "Olga", "--to", "Nina"],
    ]
    .concat();
    let _ = nina.run(&named).done();
    let _ = look(&olga);
    let refused = olga.run(&["ack", "1"]).ended(1);
    assert!(refused.err.contains("cannot send"), "{}", refused.err);
    let page = olga.run(&["case", "1"]).done().out;
    assert!(!page.contains("To take it"), "{page}");
}

#[test]
fn json_of_cases_is_as_the_readme_has_it() {
    let world = world();
    let (nina, anna, boris, case) = group(&world);
    let _ = anna.run(&["lead", &case]).done();
    let _ = anna.run(&["note", &case, "Позвонила сестра"]).done();
    let told = nina.run(&["watch", "--once", "--json"]).done().json();
    compare("`watch`: what was said in a case", &told);
    assert_eq!(told[0]["news"].as_array().unwrap().len(), 2);
    let list = nina.run(&["cases", "--json"]).done().json();
    compare("`cases`", &list);
    all_look(&[&nina, &boris]);
    let whole = nina.run(&["case", &case, "--json"]).done().json();
    compare("`case`", &whole);
    let russian = boris.run(&["case", &case, "--json"]).done().json();
    assert_eq!(russian, whole, "no word of a language");
    let list = nina.run(&["cases", "--json"]).done().json();
    assert_eq!(list[0]["newest"], whole[0]["story"][1]);
    let listed = nina.run(&["inbox", "--json"]).done().json();
    assert_eq!(listed[0]["now"]["lead"], "Anna");
}

#[test]
fn who_is_put_out_leads_no_longer_and_new_keys_lose_nothing() {
    let mut world = world();
    let (nina, anna, boris, case) = group(&world);
    let _ = boris.run(&["lead", &case]).done();
    let _ = look(&anna);
    assert_eq!(leader(&[&anna, &boris], &case), "Boris");
    // Anna says something offline, and before it is posted the keys turn.
    assert_eq!(world.stop_relay().0, 0);
    let _ = anna
        .run(&["note", &case, "said before the keys turned"])
        .ended(3);
    world.start_relay();
    let _ = nina.run(&["members", "remove", "Boris", "--yes"]).done();
    all_look(&[&anna, &nina, &anna, &nina]);
    for who in [&nina, &anna] {
        let stands = stands(who, &case);
        assert_eq!(stands["lead"], Value::Null);
        assert_eq!(stands["led_before"], "Boris");
        assert_eq!(stands["waiting"], 0);
        let story = stands["story"].as_array().unwrap();
        assert!(
            story
                .iter()
                .any(|told| told["text"] == "said before the keys turned")
        );
    }
    let page = nina.run(&["case", &case]).done().out;
    assert!(
        page.contains("Leads: nobody any more. Last it was Boris."),
        "{page}"
    );
    // Nobody has to say why.
    let _ = anna.run(&["lead", &case]).done();
    let _ = look(&nina);
    assert_eq!(leader(&[&nina, &anna], &case), "Anna");
    all_look(&[&nina, &anna]);
    assert_eq!(story(&nina, &case), story(&anna, &case));
}

/// The body of a message of kind 25 with a receipt, as PROTOCOL.md has it.
fn receipt(about: (MessageId, Hash), number: u16, over: Option<Hash>, reason: &str) -> Vec<u8> {
    let nobody: Option<PublicKey<DeviceKey>> = None;
    let words = (number, nobody, over, reason.to_owned(), Extensions::none());
    let seen: Vec<Hash> = vec![Hash([9; 32])];
    let words = Blob(codec::encode(&words));
    codec::encode(&(about.0, about.1, seen, 1_u16, words, Extensions::none()))
}

#[test]
fn an_alert_for_some_is_acted_on_by_those_alone() {
    let world = world();
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    let boris = world.reader(&nina, "Boris", "member", "en");
    let sent = nina
        .run(
            &[
                FLASH.as_slice(),
                &["For Anna alone", "--to", "Anna", "--to", "Nina"],
            ]
            .concat(),
        )
        .done();
    let id = sent.json()[0]["id"].as_str().unwrap().to_owned();
    all_look(&[&nina, &anna, &boris]);
    let _ = anna.run(&["lead", &id]).done();
    let _ = anna.run(&["note", &id, "a word for two"]).done();
    let nobody = anna.run(&["hand-over", &id, "Boris"]).ended(1);
    assert!(nobody.err.contains("--readers"), "{}", nobody.err);
    all_look(&[&nina, &boris]);
    assert_eq!(stands(&nina, &id)["lead"], "Anna");
    // Boris has neither the alert nor a word of it.
    assert!(boris.run(&["inbox"]).done().out.is_empty());
    let refused = boris.run(&["case", &id]).ended(1);
    assert!(refused.err.contains("no alert"), "{}", refused.err);
    let words = |who: &Person, folder: &str| {
        let folder = who.home().join("cases").join(folder);
        std::fs::read_dir(folder).map_or(0, Iterator::count)
    };
    assert_eq!((words(&boris, "new"), words(&boris, "cur")), (0, 0));
    assert_eq!(words(&nina, "new") + words(&nina, "cur"), 2);
    let disk = anna.disk();
    assert!(
        !bellrope_tests::world::contains(&disk, "a word for two"),
        "on the disk it is sealed"
    );

    // Somebody gave him the id, and then its hash. He names what nobody has seen, and a reason.
    let device = unlocked(&boris);
    let id = MessageId::from_hex(&id).unwrap();
    let nina_device = unlocked(&nina);
    let kept = stored_messages(&nina_device).unwrap().remove(0);
    let hash = Message::hash(&kept.1.sent.message);
    let everybody = roster(&device).unwrap().unwrap();
    let readers = everybody.readers_at(everybody.position_of(&everybody.head()).unwrap());
    for (number, about) in [(7, (id, Hash([1; 32]))), (8, (id, hash))] {
        let forged = Message {
            kind: 25,
            number,
            body: Blob(receipt(about, 3, None, "because")),
            ..message(&device, Vec::new())
        };
        assert_eq!(forged.audience.hash, recipients_hash(&readers));
        say(&device, &forged);
    }
    let _ = look(&nina);
    let stands = stands(&nina, &id.to_string());
    assert_eq!(stands["lead"], "Anna");
    assert_eq!(stands["missing"], 0, "what he names is not looked for");
    let story = stands["story"].as_array().unwrap();
    // What was said in one second without having been seen stands in no order of its own.
    let mut why: Vec<&Value> = story.iter().map(|told| &told["why_not"]).collect();
    why.sort_by_key(|why| why.is_string());
    assert_eq!(
        why,
        [
            &Value::Null,
            &Value::Null,
            &json!("not_for_them"),
            &json!("not_for_them")
        ]
    );
    let page = nina.run(&["case", &id.to_string()]).done().out;
    assert_eq!(page.matches("NO EFFECT").count(), 2, "{page}");
}
