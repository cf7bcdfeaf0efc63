//! The sender of an alert goes on in its case, by its number alone: adds, corrects, takes back, says that it is over. Nobody else does it for them.

use bellrope_client::{
    MessageId,
    alert::{
        Alert, Fields,
        vocabulary::{Kind, Urgency},
    },
    internals::Message,
};
use bellrope_proto::codec::{self, Blob};
use bellrope_tests::people::{Person, Said};
use serde_json::Value;

use crate::{
    hostile::{message, say, unlocked},
    send, world,
};

fn look(who: &Person) -> Said {
    who.run(&["watch", "--once"]).done()
}

fn stands(who: &Person, case: &str) -> Value {
    who.run(&["case", case, "--json"]).done().json()[0].clone()
}

#[test]
fn a_defender_goes_on_by_the_number_alone_and_takes_it_back() {
    let mut world = world();
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    let ivan = world.reader(&nina, "Ivan", "member", "ru");
    let alena = world.defender(&nina, "Alena", "ru");
    send(&alena, "Men at the door");
    for who in [&nina, &anna, &ivan] {
        let _ = look(who);
    }
    let case = nina.run(&["inbox", "--json"]).done().json()[0]["case"].clone();
    let case = case.as_str().unwrap();
    let _ = anna.run(&["lead", case]).done();

    // The relay is away, and the end of the number is all that she wrote down.
    assert_eq!(world.stop_relay().0, 0);
    let said = alena
        .run_with(
            &["alert", "--update", &case[8..], "--yes"],
            "They are inside\n.\n",
        )
        .ended(2);
    assert!(said.err.contains("Кратко"), "{}", said.err);
    let update = [
        "alert",
        "--update",
        &case[8..],
        "--summary",
        "They are inside",
        "--yes",
    ];
    let said = alena.run(&update).ended(3);
    assert!(said.out.contains(&case[3..]), "{}", said.out);
    world.start_relay();
    let _ = alena.run(&["outbox"]).done();
    let listed = alena.run(&["outbox", "--json"]).done().json();
    let cases: Vec<&Value> = listed
        .iter()
        .filter(|it| it["state"].is_string())
        .map(|it| &it["case"])
        .collect();
    assert_eq!(cases, [&case[3..], &case[3..]]);
    let told = look(&anna).out;
    assert!(told.contains(&format!("UPDATE {case}")), "{told}");
    assert!(
        told.contains("the sender adds: “They are inside”"),
        "{told}"
    );
    let lower = case[8..].to_lowercase();
    let wrong = [
        "alert",
        "--correct",
        &lower,
        "--summary",
        "It was two men",
        "--yes",
    ];
    let _ = alena.run(&wrong).done();
    let _ = look(&anna);
    let now = stands(&anna, case);
    assert_eq!(now["withdrawn_at"], Value::Null);
    assert_eq!(now["read_by"], serde_json::json!(["Anna"]));
    assert_eq!(now["lead"], "Anna");
    let story: Vec<&Value> = now["story"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["what"])
        .collect();
    assert_eq!(story, ["taking_lead", "sender_update", "sender_correction"]);
    // One case, and the number leads to it.
    assert_eq!(anna.run(&["cases", "--json"]).done().json().len(), 1);

    let back = [
        "alert",
        "--withdraw",
        case,
        "--summary",
        "He asks you to stop",
        "--yes",
    ];
    let _ = look(&ivan);
    let _ = alena.run(&back).done();
    let mut watch = ivan.start(&["watch", "--lang", "ru"]);
    watch.wait_for(&format!("ОТЗЫВ СИГНАЛА {case}"));
    watch.wait_for("ОТПРАВИТЕЛЬ ОТЗЫВАЕТ СИГНАЛ");
    let _ = watch.stop();
    let _ = look(&nina);
    for who in [&nina, &ivan] {
        let page = who.at_columns("40").run(&["case", case]).done().out;
        let second = page.lines().nth(1).unwrap();
        assert!(
            second.starts_with("WITHDRAWN") || second.starts_with("ОТОЗВАНО"),
            "{page}"
        );
        assert!(page.lines().all(|row| row.chars().count() < 40), "{page}");
        assert!(stands(who, case)["withdrawn_at"].is_string());
        let shown = who.run(&["show", case]).done().out;
        let second = shown.lines().nth(1).unwrap();
        assert!(
            second.starts_with("WITHDRAWN") || second.starts_with("ОТОЗВАНО"),
            "{shown}"
        );
    }
    let list = ivan.run(&["cases"]).done().out;
    assert!(list.contains("ОТОЗВАНО"), "{list}");
    // What comes after does not undo it.
    let _ = alena.run(&update).done();
    let _ = look(&nina);
    assert!(stands(&nina, case)["withdrawn_at"].is_string());
    let said = alena
        .run(&["alert", "--over", "2222", "--summary", "a", "--yes"])
        .ended(1);
    assert!(said.err.contains("2222"), "{}", said.err);
}

#[test]
fn nobody_takes_back_anothers_alert_nor_does_who_holds_a_frozen_device() {
    let world = world();
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    let alena = world.defender(&nina, "Alena", "en");
    let id = send(&alena, "Men at the door");
    for who in [&nina, &anna] {
        let _ = look(who);
    }
    let case = nina.run(&["inbox", "--json"]).done().json()[0]["case"].clone();
    let case = case.as_str().unwrap();
    // Anna's device says it in her own name.
    let anna_device = unlocked(&anna);
    let mut fields = Fields::of_kind(Kind::Withdrawal);
    fields.original = MessageId::from_hex(&id);
    fields.urgency = Urgency::Critical;
    fields.summary = "all is well".to_owned();
    let body = codec::encode(&Alert::new(fields).unwrap());
    let forged = Message {
        body: Blob(body),
        ..message(&anna_device, Vec::new())
    };
    say(&anna_device, &forged);
    let told = look(&nina);
    assert!(
        told.out.contains("NOT FROM WHOEVER SENT THAT ONE"),
        "{}",
        told.out
    );
    assert!(!told.err.contains("bell"), "{}", told.err);
    let now = stands(&nina, case);
    assert_eq!(now["withdrawn_at"], Value::Null);
    assert_eq!(now["story"][0]["why_not"], "not_the_sender");
    let page = nina.run(&["case", case]).done().out;
    assert!(page.contains("NO EFFECT"), "{page}");

    let _ = nina.run(&["freeze", "Alena"]).done();
    let back = [
        "alert",
        "--withdraw",
        case,
        "--summary",
        "all is well",
        "--yes",
    ];
    let _ = alena.run(&back).done();
    let _ = look(&nina);
    let now = stands(&nina, case);
    assert_eq!(now["withdrawn_at"], Value::Null);
    // Both may have been said in one second, and then neither comes first.
    let story = now["story"].as_array().unwrap();
    let mut why: Vec<&str> = story
        .iter()
        .filter_map(|told| told["why_not"].as_str())
        .collect();
    why.sort_unstable();
    assert_eq!(why, ["frozen", "not_the_sender"]);
}
