//! Who loses every device comes back as the same person, by parts that others kept.

use std::{fs, os::unix::fs::PermissionsExt as _};

use crate::{send, world};

/// The letters of the part in a file that was written for its keeper.
fn part(text: &str) -> String {
    let (_, rows) = text.trim_end().rsplit_once("\n\n").unwrap();
    rows.split_whitespace().collect()
}

/// The same with one letter that is another for certain.
fn with_a_slip(part: &str) -> String {
    let letter = if part[16..].starts_with('7') {
        '8'
    } else {
        '7'
    };
    format!("{}{letter}{}", &part[..16], &part[17..])
}

#[test]
fn who_loses_every_device_comes_back_by_two_parts_and_the_lost_one_is_put_out() {
    let world = world();
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    let boris = world.reader(&nina, "Boris", "member", "ru");
    for person in [&anna, &boris] {
        let _ = person.run(&["watch", "--once"]).done();
    }
    let create = [
        "recovery", "create", "--for", "Olga", "--dir", "parts", "--yes",
    ];
    let said = anna.run(&create).done();
    assert!(said.out.contains("on its way"), "{}", said.out);
    // What keepers have tells nobody anything.
    let dir = anna.home().parent().unwrap().join("parts");
    let texts = [1, 2, 3].map(|number| {
        let path = dir.join(format!("part-{number}.txt"));
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        fs::read_to_string(path).unwrap()
    });
    for text in &texts {
        let small = text.to_lowercase();
        for told in ["anna", "olga", "bellrope", "group", "example", "://"] {
            assert!(!small.contains(told), "{text}");
        }
        assert!(!bellrope_tests::world::contains(&anna.disk(), &part(text)));
    }
    let _ = nina.run(&["watch", "--once"]).done();
    let said = boris.run(&["watch", "--once"]).done();
    assert!(
        said.err.contains("Новый ключ восстановления: Anna"),
        "{}",
        said.err
    );
    let said = anna
        .run(&["recovery", "check", "parts/part-3.txt", "parts/part-1.txt"])
        .done();
    assert!(
        said.out
            .contains("open the recovery key that is registered"),
        "{}",
        said.out
    );

    // Somebody has it now.
    let lost = anna.cloned_to("Lost");
    let lost_code = anna.run(&["device", "--json"]).done().json()[0]["device"].clone();
    let lost_code = lost_code.as_str().unwrap();
    fs::remove_dir_all(anna.home()).unwrap();
    let code = nina.run(&["invite", "Anna", "--recovery"]).done().out;

    let mut at = anna.at_terminal(&["recovery", "restore"], 200);
    at.sees("invitation code");
    at.enters(code.trim());
    at.sees("A part,");
    let [first, _, third] = texts.map(|text| part(&text));
    at.enters(&with_a_slip(&first.to_lowercase()));
    at.sees("group 4, character 2");
    // It is all still there, to be put right; it is typed anew in three rows. Between two questions the terminal itself
    // reads, and would take the key for its own.
    at.sees(&format!("{} ", &first[..5]));
    at.types("\u{15}");
    let (one, rest) = first.split_at(25);
    at.enters(&one.to_lowercase());
    at.sees("the rest of it");
    at.enters(rest);
    at.sees("Part 1: in order.");
    at.enters(&first);
    at.sees("given twice");
    let on_another_keyboard = third.replace('C', "С").replace('H', "н").replace('0', "о");
    at.enters(&on_another_keyboard);
    at.sees("word of your recovery key");
    assert_eq!(at.ends(), 0);

    // Nobody is asked; everybody is told, loudly and once.
    let said = nina.run(&["watch", "--once"]).done();
    assert!(
        said.err.contains("COME BACK BY A RECOVERY KEY"),
        "{}",
        said.err
    );
    let _ = anna.run(&["watch", "--once"]).done();
    let told = "ВОЗВРАЩЕНИЕ ПО КЛЮЧУ ВОССТАНОВЛЕНИЯ";
    for is_told in [true, false] {
        let said = boris.run(&["watch", "--once"]).done();
        assert_eq!(said.err.contains(told), is_told, "{}", said.err);
    }
    let listed = boris.run(&["members", "--json"]).done().json();
    let came = |device: &serde_json::Value| device["restored"].is_string();
    let devices = listed.iter().find(|it| it["name"] == "Anna").unwrap()["devices"].clone();
    assert_eq!(
        devices
            .as_array()
            .unwrap()
            .iter()
            .map(came)
            .collect::<Vec<_>>(),
        [false, true]
    );
    send(&nina, "to both devices");
    let said = anna.run(&["watch", "--once"]).done();
    assert!(
        said.out.contains("Summary: to both devices"),
        "{}",
        said.out
    );

    let said = anna.run(&["device", "remove", lost_code, "--yes"]).done();
    assert!(said.out.contains("next time it is online"), "{}", said.out);
    let _ = nina.run(&["watch", "--once"]).done();
    let _ = anna.run(&["watch", "--once"]).done();
    send(&nina, "to one");
    let said = anna.run(&["watch", "--once"]).done();
    assert!(said.out.contains("Summary: to one"), "{}", said.out);
    let said = lost.run(&["watch", "--once"]).ended(1);
    assert!(!said.out.contains("to one"), "{}", said.out);
    // One key is for one device.
    let status = anna.run(&["recovery", "status", "--json"]).done().json();
    assert_eq!(status[0]["standing"], "none");
    assert_eq!(nina.run(&["invite", "Anna", "--recovery"]).code, 1);
}
