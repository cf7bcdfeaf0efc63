//! What people answer, at a real terminal and on the command line, and what is made of it.

use serde_json::Value;

use crate::{
    somebody::{everybody, two_devices},
    world,
};

#[test]
fn an_answer_can_be_taken_back_at_any_question_and_at_the_last_look() {
    let world = world();
    for one in everybody(&world) {
        let mut at = one.alerts();
        one.is_led_to(&mut at, 3);
        at.enters("?");
        at.sees("Ctrl-C");
        at.sees("> ");
        at.enters(one.says("back", "назад"));
        one.is_asked(&mut at, 2);
        at.enters("<");
        one.is_asked(&mut at, 1);
        at.enters("4");
        at.sees(one.says("What exactly?", "Что именно?"));
        at.sees("> ");
        at.enters("1");
        one.is_asked(&mut at, 2);
        at.enters("Olga");
        one.is_asked(&mut at, 3);
        at.enters("BY, Minsk");
        one.answers(&mut at, 4..6);
        one.is_asked(&mut at, 6);
        // Too long: it is still there, and is made shorter.
        let long = format!("Taken {}", "very ".repeat(30));
        at.enters(&long);
        at.sees("155");
        at.sees("> Taken very");
        at.types("\u{7f}".repeat(30));
        at.enters("");
        one.is_asked_for_the_account(&mut at);
        at.enters("<");
        at.sees("> Taken very");
        at.enters("");
        one.is_asked_for_the_account(&mut at);
        at.enters("");
        one.is_led_on_from(&mut at, 7);
        at.enters("2");
        at.sees("Olga");
        at.sees("> ");
        at.enters("Alena Prykladnaya");
        assert!(one.looks(&mut at).contains("Alena Prykladnaya"));
        at.enters("3");
        at.sees("BY, Minsk");
        at.sees("> ");
        // As it was.
        at.enters("");
        one.looks(&mut at);
        let alert = one.sends(&mut at);
        assert_eq!(alert["victim"]["reference"], "Alena Prykladnaya");
        assert_eq!(alert["place"]["name"], "Minsk");
        assert_eq!(alert["acts"][0], "threat");
        assert!(alert["summary"].as_str().unwrap().len() <= 140);
    }
}

/// In the wrong layout, with a word for several things, a number of people in place of names, and nothing about the rest.
#[test]
fn answers_are_taken_as_people_give_them_and_nothing_is_added() {
    let world = world();
    for one in everybody(&world) {
        let mut at = one.alerts();
        one.is_asked_for_whom(&mut at);
        at.enters("");
        one.is_asked(&mut at, 1);
        at.enters(one.says("search and arrest", "обыск и арест"));
        at.sees("3. ");
        at.sees("> ");
        // A word that nobody knows ends nothing, and another stands for the part that was asked about.
        at.enters("zzzzzz");
        at.sees(one.says("“zzzzzz”", "«zzzzzz»"));
        at.sees("> ");
        at.enters(one.says("remand", "сутки"));
        one.is_asked(&mut at, 2);
        at.enters("<");
        at.sees(one.says("search, remand", "обыск, сутки"));
        at.sees("> ");
        at.enters("pflth;fkb b fhtcn");
        at.sees("3. ");
        at.sees("> ");
        at.enters("2");
        one.is_asked(&mut at, 2);
        at.enters("2 человека");
        at.sees("1. ");
        at.sees("> ");
        at.enters("Алена Прыкладная, Ян Пример");
        let page = one.is_led_on_from(&mut at, 3);
        let not_said = one.says("Consent: not said", "Согласие: не сказано");
        assert!(page.contains(not_said), "{page}");
        let alert = one.sends(&mut at);
        assert_eq!(
            alert["acts"].to_string(),
            r#"["arbitrary_arrest","administrative_arrest"]"#
        );
        assert_eq!(alert["victim"]["reference"], "Алена Прыкладная, Ян Пример");
        assert_eq!(alert["subject"], "group");
        for field in ["urgency", "verification", "sharing"] {
            assert_eq!(alert[field], "not_said", "{field}");
        }
        assert_eq!(alert["language"], "und");
        assert_eq!(alert["consent"]["share_in_group"], "unknown");
        assert_eq!(alert["consent"]["given_at"], Value::Null);
    }
}

#[test]
fn a_country_is_asked_for_once_and_offered_afterwards() {
    let world = world();
    for one in two_devices(&world) {
        let (minsk, belarus) = (one.says("Minsk", "Минск"), one.says("Belarus", "Беларусь"));
        let mut at = one.alerts();
        one.is_led_to(&mut at, 3);
        at.enters(minsk);
        // Asked, and not taken.
        at.sees(&format!("1. {belarus}, {minsk}"));
        at.sees("> ");
        at.enters("1");
        one.is_led_on_from(&mut at, 4);
        let alert = one.sends(&mut at);
        assert_eq!(alert["place"]["country"], "BY");
        assert_eq!(alert["place"]["name"], minsk);
        let mut at = one.alerts();
        one.is_led_to(&mut at, 3);
        assert!(at.screen().contains(belarus), "{}", at.screen());
    }
}

/// A call: what the person at the telephone types, and nothing more.
const CALL: [(&str, &str); 16] = [
    ("raid", "обыск"),
    ("Alena Prykladnaya", "Алёна Прикладная"),
    ("BY, Homiel", "BY, Гомель"),
    ("", ""),
    ("1", "1"),
    ("Taken from her office", "Забрали из офиса"),
    ("", ""),
    ("1", "1"),
    ("her sister", "сестра"),
    ("", ""),
    ("They took Alena!", "Алёну забрали!"),
    ("Signal, only text", "Signal, только текст"),
    ("", ""),
    ("", ""),
    ("", ""),
    ("", ""),
];

#[test]
fn a_call_becomes_an_alert_in_ninety_seconds() {
    let world = world();
    for one in everybody(&world) {
        let mut at = one.alerts();
        one.is_asked_for_whom(&mut at);
        at.enters("2");
        let mut keys = 2;
        for (asked, (english, russian)) in (1_usize..).zip(CALL) {
            one.is_asked(&mut at, asked);
            let answer = one.says(english, russian);
            at.enters(answer);
            keys += answer.chars().count() + 1;
            // The account; and where the caller's own words end.
            if asked == 6 {
                one.is_asked_for_the_account(&mut at);
                at.enters("");
                keys += 1;
            }
            if asked == 11 {
                at.enters(".");
                keys += 2;
            }
        }
        let shown = one.looks(&mut at);
        assert!(shown.contains(one.says("her sister", "сестра")), "{shown}");
        // An answer about the call is changed by its number, like the others.
        at.enters("9");
        one.is_asked(&mut at, 9);
        at.enters(one.says("a neighbour", "соседка"));
        one.looks(&mut at);
        let alert = one.sends(&mut at);
        // Somebody who types slowly: two and a half keys in a second.
        assert!(keys < 225, "{keys}");
        assert_eq!(alert["intake"]["from"], one.says("a neighbour", "соседка"));
        assert_eq!(
            alert["intake"]["own_words"],
            one.says("They took Alena!", "Алёну забрали!")
        );
        assert_eq!(
            alert["summary"],
            one.says("Taken from her office", "Забрали из офиса")
        );
    }
}

#[test]
fn without_a_command_one_is_asked_what_to_do() {
    let world = world();
    let everybody = two_devices(&world);
    for one in &everybody {
        let mut at = one.who.at_terminal::<&str>(&[], one.columns);
        at.sees(one.says("1. Send an alert", "1. Отправить сигнал"));
        at.sees("Ctrl-C");
        at.sees("): ");
        at.enters("99");
        at.sees("): ");
        at.enters("1");
        one.is_led_to(&mut at, 8);
        // Whoever sends it is not counted.
        let page = one.looks(&mut at);
        let words: Vec<&str> = page.split_whitespace().collect();
        let to = one.says("to 1 person", "получатели: 1 человек");
        assert!(words.join(" ").contains(to), "{page}");
        assert_eq!(one.sends(&mut at)["summary"], "Taken");

        // Without a terminal it is a page of help, as it was.
        let said = one.who.run::<&str>(&[]).ended(2);
        assert!(said.err.contains("bellrope alert") && said.out.is_empty());
    }
    let [nina, _] = everybody;
    let defender = world.defender(&nina.who, "Alena", "ru");
    let mut at = defender.at_terminal::<&str>(&[], 40);
    at.sees("1. Отправить сигнал");
    let offered = at.sees("Ctrl-C");
    assert!(!offered.contains("Пригласить") && !offered.contains("список полученных"));
    let nobody = world.person("nobody", "ru");
    let mut at = nobody.at_terminal::<&str>(&[], 80);
    at.sees("1. Воспользоваться приглашением");
    at.sees("): ");
    at.enters("1");
    at.sees("приглашения");
}

#[test]
fn names_with_commas_and_forms_in_files() {
    use std::os::unix::fs::PermissionsExt as _;
    let world = world();
    let nina = world.coordinator("Nina");
    let _ = world.reader(&nina, "Kim, Anna", "member", "en");
    let _ = world.reader(&nina, "Boris", "member", "ru");
    let to = |names: &[&str]| {
        let mut args = crate::FLASH.to_vec();
        args.push("for some");
        args.extend(names.iter().flat_map(|name| ["--to", name]));
        nina.run(&args)
    };
    for names in [
        ["Kim, Anna"].as_slice(),
        &["boris", "Kim, Anna"],
        &["Boris,Nina"],
    ] {
        let _ = to(names).done();
    }
    let unknown = to(&["Kim"]).ended(2);
    assert!(unknown.err.contains("Kim"), "{}", unknown.err);

    let file = world.dir().join("form.toml");
    let path = file.to_str().unwrap();
    let template = ["alert", "--template", "--out", path];
    let _ = nina.run(&template).done();
    let mode = std::fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let form = std::fs::read_to_string(&file).unwrap();
    let again = nina.run(&template).ended(2);
    assert!(again.err.contains(path), "{}", again.err);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), form);
    let filled = form
        .replacen("acts = []", "acts = [\"threat\"]", 1)
        .replacen("summary = \"\"", "summary = \"Called at night\"", 1);
    let _ = nina
        .run_with(&["alert", "--from", "-", "--yes"], &filled)
        .done();
    let _ = nina.run(&["watch", "--once"]).done();
    assert!(crate::summaries(&nina).contains(&"Called at night".to_owned()));
}

#[test]
fn a_wrong_answer_on_the_command_line_is_named_by_its_option() {
    let world = world();
    for one in everybody(&world) {
        for (option, answer) in [
            ("--when", "soonish"),
            ("--urgency", "zzzzzz"),
            ("--what", "zzzzzz"),
        ] {
            let said = one.who.run(&["alert", "--yes", option, answer]).ended(2);
            assert!(
                said.err.contains(option) && said.err.contains(answer),
                "{}",
                said.err
            );
        }
        one.has_sent_nothing();
    }
}
