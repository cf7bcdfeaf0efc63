//! The roster names no defender: a handle stands there, and who that is know those who were told.

use bellrope_client::internals::roster;
use bellrope_proto::codec;
use bellrope_tests::{people::Person, world::World};
use serde_json::Value;

use crate::{hostile::unlocked, send, world};

/// What the roster calls whom the coordinator's device knows by this name.
fn handle(coordinator: &Person, name: &str) -> String {
    let listed = coordinator.run(&["members", "--json"]).done().json();
    let mut lines = listed.iter().filter(|line| line["contact"] == name);
    let line = lines.next().unwrap();
    assert!(lines.next().is_none(), "{listed:?}");
    let handle = line["name"].as_str().unwrap().to_owned();
    assert!(handle.starts_with("D-") && handle.len() == 7, "{handle}");
    handle
}

/// From whom the newest alert is: what the roster calls them, and the name.
fn sender(reader: &Person) -> (String, Value) {
    let _ = reader.run(&["watch", "--once"]).done();
    let alert = reader.run(&["inbox", "--json"]).done().json();
    let sender = &alert.last().unwrap()["sender"];
    assert_eq!(sender["status"], "known");
    let name = sender["name"].as_str().unwrap().to_owned();
    (name, sender["contact"].clone())
}

fn group(world: &World) -> (Person, Person, Person, Person) {
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    let boris = world.reader(&nina, "Boris", "member", "ru");
    let alena = world.defender(&nina, "Алена Прыкладная", "ru");
    let _ = nina.run(&["watch", "--once"]).done();
    (nina, anna, boris, alena)
}

#[test]
fn who_a_defender_is_know_those_who_were_told_and_nobody_else() {
    let world = world();
    let (nina, anna, boris, alena) = group(&world);
    let handle = handle(&nina, "Алена Прыкладная");
    send(&alena, "first");
    for reader in [&anna, &boris] {
        assert_eq!(sender(reader), (handle.clone(), Value::Null));
        let listed = reader.run(&["members"]).done();
        assert!(listed.out.contains(&handle), "{}", listed.out);
        assert!(!listed.out.contains("Алена"), "{}", listed.out);
        let err = reader.run(&["contact", &handle]).ended(1).err;
        assert!(err.contains("--call"), "{err}");
    }
    let name = "Алена".as_bytes();
    let chain = codec::encode(
        &roster(&unlocked(&boris))
            .unwrap()
            .unwrap()
            .entries()
            .to_vec(),
    );
    assert!(!chain.windows(name.len()).any(|bytes| bytes == name));

    let told = nina.run(&[
        "contact",
        "алена прыкладная",
        "--reach",
        "Signal, после 18:00",
        "--to",
        "Anna",
    ]);
    let told = told.done();
    assert!(told.out.contains("Anna"), "{}", told.out);
    send(&alena, "second");
    let mut shown = anna.start(&["watch"]);
    shown.wait_for(&format!("Who {handle} is, Nina has told"));
    shown.wait_for(&format!("Алена Прыкладная ({handle})"));
    shown.wait_for("as Nina told this device");
    let _ = shown.stop();
    assert_eq!(sender(&anna), (handle.clone(), "Алена Прыкладная".into()));
    assert_eq!(sender(&boris), (handle.clone(), Value::Null));
    let contact = anna.run(&["contact", &handle.to_lowercase()]).done().out;
    for part in ["Алена Прыкладная", "Signal, после 18:00", "Nina"] {
        assert!(contact.contains(part), "{part}: {contact}");
    }
    let found = anna.run(&["inbox", "--search", "алена", "--json"]).done();
    assert_eq!(found.json().len(), 2);
    // What was written down here stays against what others say.
    let own = ["contact", &handle, "--call", "Моя Алена", "--json"];
    assert_eq!(anna.run(&own).done().json()[0]["from"], Value::Null);
    let _ = nina.run(&["contact", &handle, "--to", "Anna"]).done();
    assert_eq!(sender(&anna), (handle.clone(), "Моя Алена".into()));
    let _ = anna.run(&["contact", &handle, "--forget"]).done();
    assert_eq!(sender(&anna), (handle.clone(), Value::Null));
    // What was for Anna alone has a number too: nobody says that it was lost, and Nina's own program knows where it is.
    let says = |reader: &Person| reader.run(&["watch", "--once"]).done().out;
    send(&nina, "third");
    assert!(!says(&boris).contains("оно было не для вас"));
    let _ = says(&nina);
    let _ = nina
        .run(&["contact", &handle, "--reach", "Signal", "--to", "Anna"])
        .done();
    send(&nina, "fourth");
    let (own, others) = (says(&nina), says(&boris));
    assert!(own.contains("fourth"), "{own}");
    assert!(!own.contains("not on this device"), "{own}");
    assert!(others.contains("оно было не для вас"), "{others}");
}

/// Of readers the roster has the name, and a defender's program knows nobody.
#[test]
fn what_is_no_defender_has_no_contact() {
    let world = world();
    let (nina, anna, _, alena) = group(&world);
    for (args, said) in [
        (vec!["Boris", "--call", "Eve"], "only of defenders"),
        (vec!["Nobody"], "no defender with the name Nobody"),
        (vec!["Алена Прыкладная", "--to", "Eve"], "Eve"),
    ] {
        let err = nina.run(&[vec!["contact"], args].concat()).ended(2).err;
        assert!(err.contains(said), "{err}");
    }
    let err = alena.run(&["contact"]).ended(1).err;
    assert!(err.contains("не знает, кто состоит в группе"), "{err}");
    let none = anna.run(&["contact"]).done();
    assert!(none.err.contains("knows of no defender"), "{}", none.err);
}

#[test]
fn whoever_is_invited_anew_is_who_they_were() {
    let world = world();
    let nina = world.coordinator("Nina");
    let first = world.invite(&nina, "Vera", "defender");
    let called = handle(&nina, "Vera");
    let second = world.invite(&nina, "  vera ", "defender");
    assert_eq!(handle(&nina, "vera"), called);
    let vera = world.person("vera", "en");
    let _ = vera.run(&["join", &first]).ended(1);
    let _ = vera.run(&["join", &second]).done();
    send(&vera, "here");
    assert_eq!(sender(&nina).0, called);
    let removed = nina.run(&["members", "remove", "vera", "--yes"]).done();
    let both = format!("vera ({called})");
    assert!(removed.out.contains(&both), "{}", removed.out);
    let _ = world.invite(&nina, "vera", "defender");
    assert_eq!(handle(&nina, "vera"), called);
    // Nobody takes the name of somebody whom only this device knows.
    let invited = nina.run(&["invite", "Vеra", "--role", "member"]);
    let err = invited.ended(2).err;
    assert!(err.contains("people would take this name"), "{err}");
}
