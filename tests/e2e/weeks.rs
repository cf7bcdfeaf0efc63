//! Readers' keys of weeks, as people meet them: what `status` and `show --readers` say, and what a copy of a device opens. What
//! becomes of it when weeks pass is tested with moved clocks.

use std::{collections::BTreeSet, fs, path::Path};

use bellrope_client::internals::{EpochIdentity, MemberIdentity, Payload, open};
use bellrope_tests::people::Person;

use crate::{FLASH, send, world};

/// The summaries of what opens of recorded envelopes with what a device exports: with its keys of weeks, and with its lasting key.
fn opened(who: &Person, recorded: &Path, keys: &Path) -> [BTreeSet<String>; 2] {
    let out = keys.to_str().unwrap();
    let _ = who.run(&["export-identity", "--out", out]).done();
    let exported = fs::read_to_string(keys).unwrap();
    let texts = |start: &str| -> Vec<secrecy::SecretString> {
        let lines = exported.lines().filter(|line| line.starts_with(start));
        lines.map(secrecy::SecretString::from).collect()
    };
    let outer = texts("AGE-SECRET-KEY-PQ-1");
    let outer: Vec<_> = outer.iter().map(EpochIdentity::from_text).collect();
    let mut weeks = texts("AGE-SECRET-KEY-1");
    let lasting = vec![weeks.pop().unwrap()];
    assert!(weeks.len() >= 10, "of each week ahead");
    [weeks, lasting].map(|inner| {
        let inner: Vec<_> = inner.iter().map(MemberIdentity::from_text).collect();
        let mut opened = BTreeSet::new();
        for file in fs::read_dir(recorded).unwrap() {
            let envelope = fs::read(file.unwrap().path()).unwrap();
            for (outer, inner) in outer
                .iter()
                .flat_map(|it| inner.iter().map(move |me| (it, me)))
            {
                let payload = open(&envelope, outer.as_ref().unwrap(), inner.as_ref().unwrap());
                let Ok(Payload::Message(sent)) =
                    payload.map_or(Ok(Payload::Unknown(0)), |it| Payload::decode(&it))
                else {
                    continue;
                };
                let reading = sent.message.peek().unwrap().reading();
                opened.extend(reading.fields().map(|fields| fields.summary.clone()));
            }
        }
        opened
    })
}

#[test]
fn what_people_say_is_sealed_to_keys_of_the_week_and_status_says_who_could_open_it() {
    let world = world();
    let nina = world.coordinator("Nina");
    let said = nina.run(&["status"]).done();
    assert!(
        said.out
            .contains("Others have weekly keys of this device until"),
        "{}",
        said.out
    );
    let anna = world.reader(&nina, "Anna", "member", "ru");
    let olga = world.reader(&nina, "Olga", "observer", "en");
    // Two programs of one device at once publish the same keys.
    let two = [(); 2].map(|()| anna.start(&["watch", "--once"]));
    for one in two {
        assert_eq!(one.end().0, 0);
    }
    let _ = nina.run(&["watch", "--once"]).done();
    let alena = world.defender(&nina, "Alena", "en");
    let (by_alena, by_anna) = (send(&alena, "by a defender"), send(&anna, "by a member"));
    let recorded = world.dir().join("recorded");
    let record = ["watch", "--once", "--envelopes", recorded.to_str().unwrap()];
    let _ = nina.run(&record).done();
    // An observer publishes nothing.
    let status = |who: &Person| who.run(&["status", "--json"]).done().json().remove(0);
    let of_nina = status(&nina);
    assert_eq!(of_nina["weeks"]["lacking"], serde_json::json!(["Olga"]));
    assert_eq!(of_nina["weeks"]["two_keys"], serde_json::json!([]));
    assert!(of_nina["weeks"]["published_until"].is_string());
    let of_alena = status(&alena);
    assert_eq!(of_alena["weeks"]["lacking"], serde_json::Value::Null);
    assert_eq!(of_alena["weeks"]["lacking_count"], 0);
    let both = BTreeSet::from(["by a defender".to_owned(), "by a member".to_owned()]);
    let [weeks, lasting] = opened(&nina, &recorded, &world.dir().join("keys"));
    assert_eq!((weeks, lasting), (both, BTreeSet::new()));
    for id in [&by_alena, &by_anna] {
        let said = nina.run(&["show", id, "--readers"]).done();
        assert!(
            said.out.contains("its key of the week from"),
            "{}",
            said.out
        );
        let shown = nina.run(&["show", id, "--json"]).done().json().remove(0);
        assert!(shown["week"].is_string(), "{shown}");
    }
    let chosen = [FLASH.as_slice(), &["for an observer", "--to", "Olga"]].concat();
    let _ = anna.run(&chosen).done();
    let _ = olga.run(&["watch", "--once"]).done();
    let said = olga.run(&["show", "1", "--readers"]).done();
    assert!(
        said.out.contains("its lasting key, which is never deleted"),
        "{}",
        said.out
    );
    let said = olga.run(&["status"]).done();
    assert!(
        said.out.contains("This device has no weekly keys"),
        "{}",
        said.out
    );
    let said = anna.run(&["--lang", "ru", "status"]).done();
    assert!(
        said.out.contains("чужие записи сигналов") && said.out.contains("Olga"),
        "{}",
        said.out
    );
    // A narrow window.
    let narrow = anna.at_columns("40").run(&["status"]).done();
    for line in narrow.out.lines() {
        let is_one_word = !line.trim().contains(' ');
        assert!(line.chars().count() <= 40 || is_one_word, "{line}");
    }
    // Keys that are not published are no reason not to send.
    let home = anna.home().join("weeks");
    fs::remove_dir_all(&home).unwrap();
    fs::write(&home, b"no folder").unwrap();
    let said = anna
        .run(&[FLASH.as_slice(), &["without keys"]].concat())
        .done();
    assert_eq!(said.json()[0]["state"], "stored", "{}", said.err);
}
