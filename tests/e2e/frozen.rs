//! Senders who may be somebody else.

use bellrope_client::{
    Extensions, Freeze, FreezeAct,
    internals::{Audience, Message, recipients_hash, roster, signing_key, state},
    now,
};
use bellrope_proto::{
    codec::{self, Blob},
    signing::{Device as DeviceKey, PublicKey},
};
use bellrope_tests::people::{Person, until};
use serde_json::Value;

use crate::{
    hostile::{message, say, unlocked},
    send, world,
};

/// What arrives in one second with a freeze is marked, as nobody knows which was first.
pub(crate) fn another_second() {
    let was = now();
    until("another second", || now() > was);
}

/// What a reader's inbox says of the alert with this summary.
fn kept(reader: &Person, summary: &str) -> Value {
    let listed = reader.run(&["inbox", "--json"]).done().json();
    let mut found = listed.into_iter();
    let found = found.find(|alert| alert["alert"]["summary"] == summary);
    found.unwrap_or_else(|| panic!("{summary} is not there"))
}

/// What the roster calls who sent it.
fn handle_of(reader: &Person, summary: &str) -> String {
    let name = kept(reader, summary)["sender"]["name"].clone();
    name.as_str().unwrap().to_owned()
}

/// To all who read by somebody's roster: a defender's device does not know observers.
fn to_all(by: &Person, message: Message) -> Message {
    let roster = roster(&unlocked(by)).unwrap().unwrap();
    let readers = roster.readers_at(roster.position_of(&message.roster).unwrap());
    Message {
        audience: Audience {
            hash: recipients_hash(&readers),
            chosen: Vec::new(),
        },
        ..message
    }
}

fn device_of(person: &Person) -> PublicKey<DeviceKey> {
    signing_key(&unlocked(person)).public()
}

#[test]
fn what_a_frozen_sender_says_is_marked_for_everybody_until_a_person_lifts_it() {
    let world = world();
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    let boris = world.reader(&nina, "Boris", "member", "ru");
    let alena = world.defender(&nina, "Alena", "en");
    send(&alena, "before");
    let _ = nina.run(&["watch", "--once"]).done();
    let _ = anna.run(&["watch", "--once"]).done();
    // Members know a defender by a handle, and the coordinator by the name too.
    let handle = handle_of(&anna, "before");
    another_second();
    let reason = "detained, says her lawyer\u{1b}[2J";
    let said = anna
        .run(&["freeze", &handle.to_lowercase(), "--reason", reason])
        .done();
    assert!(
        said.out.contains(&format!("Frozen: {handle}")),
        "{}",
        said.out
    );
    assert!(said.err.contains("no new keys"), "{}", said.err);
    send(&alena, "meanwhile");
    let shown = nina.run(&["watch", "--once"]).done().out;
    let notice = shown.find("NOTICE: A SENDER MAY BE SOMEBODY ELSE").unwrap();
    let (_, after) = shown.split_at(notice);
    let warning = after.find("WARNING: MAY BE WRITTEN BY OTHERS").unwrap();
    let words = after.find("meanwhile").unwrap();
    assert!(warning < words, "{shown}");
    assert!(!shown.contains('\u{1b}'), "{shown}");
    let _ = boris.run(&["watch", "--once"]).done();
    for reader in [&nina, &anna, &boris] {
        let _ = reader.run(&["watch", "--once"]).done();
        assert_eq!(kept(reader, "before")["frozen"], serde_json::json!([]));
        let marked = &kept(reader, "meanwhile")["frozen"][0];
        assert_eq!(marked["by"], "Anna");
        assert_eq!(marked["lifted"], Value::Null);
        assert_eq!(kept(reader, "meanwhile")["sender"]["status"], "known");
    }
    let listed = boris.run(&["inbox"]).done().out;
    assert_eq!(
        listed
            .matches(&*format!("ВОЗМОЖНО, ДРУГИЕ: {handle}"))
            .count(),
        1,
        "{listed}"
    );
    assert!(
        listed.contains(&format!("дальше от имени {handle}")),
        "{listed}"
    );
    let frozen = nina.run(&["freeze"]).done().out;
    assert!(
        frozen.contains(&format!("Alena ({handle}), by Anna")),
        "{frozen}"
    );
    let frozen = nina.run(&["freeze", "--json"]).done().json();
    let named = format!("Alena ({handle})");
    assert_eq!(
        (&frozen[0]["name"], &frozen[0]["by"]),
        (&named.into(), &"Anna".into())
    );
    // Another person than the one who said it may lift it. What came meanwhile stays marked.
    another_second();
    let said = nina.run(&["unfreeze", "Alena"]).done().out;
    assert!(said.contains("stays marked"), "{said}");
    another_second();
    send(&alena, "afterwards");
    for reader in [&nina, &anna, &boris] {
        let _ = reader.run(&["watch", "--once"]).done();
        assert_eq!(kept(reader, "afterwards")["frozen"], serde_json::json!([]));
        assert_eq!(kept(reader, "meanwhile")["frozen"][0]["lifted_by"], "Nina");
    }
    let frozen = anna.run(&["freeze"]).done().out;
    assert!(frozen.contains("Nobody is frozen"), "{frozen}");
    let again = anna.run(&["unfreeze", &handle]).ended(2);
    assert!(again.err.contains("nobody has frozen"), "{}", again.err);
}

#[test]
fn who_may_not_say_it_changes_nothing() {
    let world = world();
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    let boris = world.reader(&nina, "Boris", "observer", "en");
    let alena = world.defender(&nina, "Alena", "en");
    send(&alena, "who is there");
    let _ = nina.run(&["watch", "--once"]).done();
    let _ = boris.run(&["watch", "--once"]).done();
    let _ = anna.run(&["watch", "--once"]).done();
    let handle = handle_of(&anna, "who is there");
    let said = boris.run(&["freeze", &handle]).ended(1);
    assert!(said.err.contains("cannot send"), "{}", said.err);
    let said = alena.run(&["freeze", "Nina"]).ended(1);
    assert!(
        said.err.contains("does not know who is in the group"),
        "{}",
        said.err
    );
    let said = nina.run(&["freeze", "Nina"]).ended(2);
    assert!(said.err.contains("their own device"), "{}", said.err);
    let long = "x".repeat(281);
    let said = nina.run(&["freeze", "Alena", "--reason", &long]).ended(2);
    assert!(said.err.contains("280"), "{}", said.err);
    // Her program is told to say it all the same.
    let devices = unlocked(&alena);
    let freeze = |act, device, lifts| {
        codec::encode(&Freeze {
            act,
            device,
            lifts,
            reason: "because".to_owned(),
            extensions: Extensions::none(),
        })
    };
    let before = message(&devices, Vec::new());
    let forged = Message {
        kind: 24,
        body: Blob(freeze(FreezeAct::Freeze, device_of(&nina), Vec::new())),
        number: before.number + 1,
        ..before
    };
    say(&devices, &to_all(&nina, forged));
    let shown = anna.run(&["watch", "--once"]).done().out;
    assert!(shown.contains("it has no effect"), "{shown}");
    send(&nina, "from Nina");
    let _ = anna.run(&["watch", "--once"]).done();
    assert_eq!(kept(&anna, "from Nina")["frozen"], serde_json::json!([]));
    assert!(
        anna.run(&["freeze"])
            .done()
            .out
            .contains("Nobody is frozen")
    );
    // A member who is frozen is not told, and whoever has her device cannot lift it.
    another_second();
    let said = nina.run(&["freeze", "Anna"]).done();
    assert!(said.err.contains("members remove Anna"), "{}", said.err);
    let shown = anna.run(&["watch", "--once"]).done().out;
    assert!(!shown.contains("NOTICE"), "{shown}");
    let _ = boris.run(&["watch", "--once"]).done();
    let notices = boris.run(&["inbox", "--json"]).done().json();
    let notice = notices
        .iter()
        .find(|it| it["notice"]["name"] == "Anna")
        .unwrap();
    assert_eq!(notice["notice"]["counts"], true);
    let id = notice["id"].as_str().unwrap();
    let lifts = vec![bellrope_client::MessageId::from_hex(id).unwrap()];
    let annas = unlocked(&anna);
    let lifted = Message {
        kind: 24,
        body: Blob(freeze(FreezeAct::Lift, device_of(&anna), lifts)),
        ..message(&annas, Vec::new())
    };
    say(&annas, &to_all(&anna, lifted));
    let shown = nina.run(&["watch", "--once"]).done().out;
    assert!(shown.contains("it has no effect"), "{shown}");
    assert!(nina.run(&["freeze"]).done().out.contains("Anna, by Nina"));
}

#[test]
fn a_frozen_defender_is_sent_no_new_keys_until_it_is_lifted() {
    let world = world();
    let nina = world.coordinator("Nina");
    let alena = world.defender(&nina, "Alena", "en");
    let vera = world.defender(&nina, "Vera", "en");
    send(&alena, "here");
    send(&vera, "here too");
    let _ = nina.run(&["watch", "--once"]).done();
    let _ = nina.run(&["freeze", "Alena"]).done();
    let _ = nina.run(&["members", "renew"]).done();
    let epoch = |who: &Person| {
        let _ = who.run(&["watch", "--once"]);
        let view = state(&unlocked(who)).unwrap().view;
        view.unwrap().epoch.number.0
    };
    assert_eq!((epoch(&alena), epoch(&vera)), (1, 2));
    let _ = nina.run(&["watch", "--once"]).done();
    assert_eq!(epoch(&alena), 1);
    // What she sends arrives all the same.
    send(&alena, "under the old keys");
    let _ = nina.run(&["watch", "--once"]).done();
    assert_eq!(kept(&nina, "under the old keys")["frozen"][0]["by"], "Nina");
    let _ = nina.run(&["unfreeze", "Alena"]).done();
    let _ = nina.run(&["watch", "--once"]).done();
    assert_eq!(epoch(&alena), 2);
}
