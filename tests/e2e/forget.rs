//! A case is forgotten on every device when two people wish it: nothing that identifies people is left in what the program says, nothing of it is kept that
//! comes again, and it is said on which devices it is gone.

use bellrope_client::now;
use bellrope_tests::people::{Person, Said};
use serde_json::{Value, json};

use crate::{FLASH, pages::compare, send, summaries, world};

/// A word of the case: it is in nothing that is shown once the case is forgotten.
const MARKER: &str = "Zimorodok";

fn look(who: &Person) -> Said {
    who.run(&["watch", "--once"]).done()
}

/// An hour later everything has been said that a program says by itself.
fn look_later(who: &Person) {
    let _ = who.at_time(now().plus(3_600).0).run(&["watch", "--once"]);
}

fn case_of(who: &Person, case: &str) -> Value {
    who.run(&["case", case, "--json"]).done().json().remove(0)
}

/// All that a person could look for it in.
fn everything(who: &Person, case: &str) -> String {
    let lists: [&[&str]; 4] = [
        &["inbox", "--json"],
        &["cases", "--all", "--search", MARKER],
        &["digest", "--json"],
        &["forget"],
    ];
    let mut all = String::new();
    for args in lists {
        let said = who.run(args);
        all.push_str(&said.out);
        all.push_str(&said.err);
    }
    for args in [["case", case], ["show", case]] {
        let said = who.run(&args);
        all.push_str(&said.out);
        all.push_str(&said.err);
    }
    all
}

fn names(of: &Value) -> Vec<String> {
    let all = of.as_array().unwrap().iter();
    let name = |it: &Value| it["name"].as_str().or(it.as_str()).unwrap().to_owned();
    let mut names: Vec<String> = all.map(name).collect();
    names.sort_unstable();
    names
}

#[test]
fn two_people_wish_it_and_it_is_gone_from_every_device_and_stays_gone() {
    let mut world = world();
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    let ivan = world.reader(&nina, "Ivan", "member", "ru");
    let olga = world.reader(&nina, "Olga", "observer", "en");
    let alena = world.defender(&nina, "Alena", "en");
    for who in [&nina, &anna, &ivan, &olga] {
        let _ = look(who);
    }
    let members = nina.run(&["members", "--json"]).done().json();
    let handle = members.iter().find(|it| it["role"] == "defender").unwrap();
    let handle = handle["name"].as_str().unwrap().to_owned();
    let reach = ["contact", &handle, "--reach", "Zimorodok street"];
    let _ = nina.run(&reach).done();
    let sent = [FLASH.as_slice(), &["Zimorodok was taken"]].concat();
    let _ = alena.run(&sent).done();
    send(&alena, "another case");
    for who in [&nina, &anna, &ivan] {
        let _ = look(who);
    }
    let kept = anna.run(&["inbox", "--json"]).done().json();
    let case_with = |part: &str| {
        let found = kept
            .iter()
            .find(|it| it["alert"]["summary"].as_str().unwrap().contains(part));
        found.unwrap()["case"].as_str().unwrap().to_owned()
    };
    let (case, other) = (case_with(MARKER), case_with("another"));
    let update = ["alert", "--update", &case[3..], "--yes", "--summary"];
    let _ = alena
        .run(&[update.as_slice(), &["Zimorodok is in the hospital"]].concat())
        .done();
    let _ = nina.run(&["note", &case, "Zimorodok has a sister"]).done();
    let _ = nina
        .run(&["fact", "custody", &case, "--place", "Zimorodok"])
        .done();
    let _ = nina.run(&["fact", "link", &other, "follows", &case]).done();
    let _ = nina.run(&["open", &case, "to", "Olga"]).done();
    for who in [&anna, &ivan, &olga] {
        let _ = look(who);
    }
    assert!(everything(&olga, &case).contains(MARKER));

    // Who may not say anything in it may not say this; and one person alone destroys nothing.
    let wish = [
        "forget",
        &case,
        "--because",
        "Zimorodok asks for it",
        "--with-sender",
    ];
    let said = olga.run(&[wish.as_slice(), &["--yes"]].concat()).ended(1);
    assert!(!said.err.is_empty());
    let said = nina.run(&wish).ended(2);
    assert!(said.err.contains("--yes"), "{}", said.err);
    let wish = [wish.as_slice(), &["--yes"]].concat();
    let said = nina.run(&wish).done();
    assert!(said.out.contains("--not"), "{}", said.out);
    let agree = ["forget", &case, "--agree", "--yes"];
    let said = nina.run(&agree).ended(1);
    assert!(said.err.contains("nobody else wishes"), "{}", said.err);
    let told = look(&anna).out;
    assert!(told.contains("wishes that this case"), "{told}");
    let page = anna.run(&["case", &case]).done().out;
    assert!(page.contains("TO BE FORGOTTEN?"), "{page}");
    assert!(page.contains("Zimorodok asks for it"), "{page}");
    assert!(page.contains("contact card is to go, too"), "{page}");
    assert!(anna.run(&["digest"]).done().out.contains("TO BE FORGOTTEN"));
    assert_eq!(case_of(&anna, &case)["forget_wished_by"], json!(["Nina"]));
    // It is taken back, and nobody agrees with what is not wished any more.
    let said = nina.run(&["forget", &case, "--not"]).done();
    assert!(said.out.contains("no longer"), "{}", said.out);
    let said = anna.run(&agree).ended(1);
    assert!(said.err.contains("nobody else wishes"), "{}", said.err);
    let said = anna.run(&["forget", &case, "--not"]).ended(1);
    assert!(said.err.contains("you have not"), "{}", said.err);
    assert_eq!(case_of(&anna, &case)["forget_wished_by"], json!([]));

    // Ivan knows none of it: he writes without a network.
    let _ = nina.run(&wish).done();
    let _ = look(&anna);
    assert_eq!(world.stop_relay().0, 0);
    let _ = ivan.run(&["note", &case, "Zimorodok, not seen"]).ended(3);
    // What is not at the relay is one person's word: nothing goes yet.
    let said = anna.run(&agree).ended(3);
    assert!(!said.out.contains("FORGOTTEN:"), "{}", said.out);
    assert!(everything(&anna, &case).contains(MARKER));
    world.start_relay();
    let before = nina.cloned_to("before");

    // It is sent, and comes back from the relay.
    for _ in 0..2 {
        let _ = look(&anna);
    }
    assert!(!everything(&anna, &case).contains(MARKER));
    // A disk that takes nothing more keeps it until there is room.
    let _ = nina.on_full_disk().run(&["watch", "--once"]).ended(1);
    assert!(nina.run(&["case", &case]).done().out.contains(MARKER));
    let told = look(&nina);
    assert!(
        told.err.contains("is forgotten on this device"),
        "{}",
        told.err
    );
    let _ = look(&olga);
    for who in [&nina, &olga] {
        let all = everything(who, &case);
        assert!(!all.contains(MARKER), "{all}");
        assert!(all.contains(&case), "{all}");
    }
    let said = nina.run(&["note", &case, "more"]).ended(1);
    assert!(said.err.contains("was forgotten"), "{}", said.err);
    assert_eq!(summaries(&nina), ["another case"]);
    let link = case_of(&nina, &other)["facts"].to_string();
    assert!(!link.contains("follows"), "{link}");
    let contact = nina.run(&["contact"]).done().out;
    assert!(!contact.contains(MARKER), "{contact}");

    // Ivan's device comes back, says what it had to say, and does the same; nobody keeps what he said.
    let _ = look(&ivan);
    let _ = look(&ivan);
    for who in [&nina, &anna, &ivan] {
        look_later(who);
    }
    for who in [&nina, &ivan] {
        let _ = look(who);
        let all = everything(who, &case);
        assert!(!all.contains(MARKER), "{all}");
    }
    let _ = look(&anna);
    let left = case_of(&nina, &case);
    assert_eq!(names(&left["erased"]), ["Anna", "Ivan", "Nina"]);
    assert_eq!(left["cannot_say"], json!(["Olga"]));
    assert_eq!(left["not_yet"], json!([]));
    assert_eq!(
        (&left["everywhere"], &left["done_here"]),
        (&json!(false), &json!(true))
    );
    assert_eq!(names(&left["wished_by"]), ["Anna", "Nina"]);
    assert_eq!(left["sender_forgotten"], json!(handle));
    assert_eq!(left["figures"]["country"], "BY");
    assert_eq!(left["figures"]["acts"], json!(["arbitrary_arrest"]));
    compare("`forget`", &nina.run(&["forget", "--json"]).done().json());
    for who in [&anna, &ivan] {
        let page = who.at_columns("40").run(&["case", &case]).done().out;
        assert!(page.lines().all(|row| row.chars().count() < 40), "{page}");
    }
    let page = anna.run(&["case", &case]).done().out;
    assert!(page.contains("Erased on 3 of 4 devices"), "{page}");
    assert!(page.contains("NOT KNOWN: Olga"), "{page}");
    assert!(!page.contains("These are all devices"), "{page}");

    // A copy of a device from before does what the device did.
    let _ = before.run(&["watch", "--once"]);
    assert!(!everything(&before, &case).contains(MARKER));

    // What she says from now on is heard, whatever it is about.
    let said = [update.as_slice(), &["there again"]].concat();
    let _ = alena.run(&said).done();
    let _ = look(&anna);
    assert!(summaries(&anna).contains(&"there again".to_owned()));
}
