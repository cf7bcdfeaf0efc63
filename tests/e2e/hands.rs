//! What people type, paste and take back, at a real terminal.

use std::ops::Range;

use bellrope_tests::{people::Person, terminal::AtTerminal, world::World};
use rustix::process::Signal;
use serde_json::Value;

use crate::world;

/// Somebody who sends and reads.
struct Somebody {
    who: Person,
    language: &'static str,
    columns: u16,
}

/// In both languages and both widths, at one device: what is typed comes to the same program.
fn everybody(world: &World) -> [Somebody; 2] {
    let nina = world.coordinator("Nina");
    let in_russian = nina.speaking("ru");
    at_terminals([(nina, "en", 80), (in_russian, "ru", 40)])
}

/// The same at two devices, one of them a member's: where a device remembers what was answered, or offers what one may.
fn two_devices(world: &World) -> [Somebody; 2] {
    let nina = world.coordinator("Nina");
    let boris = world.reader(&nina, "Boris", "member", "ru");
    at_terminals([(nina, "en", 80), (boris, "ru", 40)])
}

fn at_terminals(all: [(Person, &'static str, u16); 2]) -> [Somebody; 2] {
    all.map(|(who, language, columns)| Somebody {
        who,
        language,
        columns,
    })
}

impl Somebody {
    fn says<'a>(&self, english: &'a str, russian: &'a str) -> &'a str {
        match self.language {
            "ru" => russian,
            _ => english,
        }
    }

    fn alerts(&self) -> AtTerminal {
        self.who.at_terminal(&["alert"], self.columns)
    }

    /// Waits for the question with this number.
    fn is_asked(&self, at: &mut AtTerminal, number: usize) {
        let title = format!("{} {number} ", self.says("Question", "Вопрос"));
        at.sees(&title);
        at.sees("> ");
    }

    /// A member is asked first for whom it is.
    fn is_asked_for_whom(&self, at: &mut AtTerminal) {
        at.sees(self.says("2. Somebody else", "2. Мне рассказал"));
        at.sees("> ");
    }

    /// Answers up to the question with this number, with as few letters as can be.
    fn is_led_to(&self, at: &mut AtTerminal, number: usize) {
        self.is_asked_for_whom(at);
        at.enters("");
        self.answers(at, 1..number);
        if number <= 7 {
            self.is_asked(at, number);
        }
    }

    /// Answers from this question on, up to the last look.
    fn is_led_on_from(&self, at: &mut AtTerminal, number: usize) -> String {
        self.answers(at, number..8);
        self.looks(at)
    }

    fn answers(&self, at: &mut AtTerminal, questions: Range<usize>) {
        let answers = (1..).zip(["raid", "", "BY", "", "", "Taken", ""]);
        for (asked, answer) in answers.filter(|(asked, _)| questions.contains(asked)) {
            self.is_asked(at, asked);
            at.enters(answer);
            if asked == 6 {
                self.is_asked_for_the_account(at);
                at.enters("");
            }
        }
    }

    fn is_asked_for_the_account(&self, at: &mut AtTerminal) {
        at.sees("Ctrl-D");
        at.sees("> ");
    }

    fn looks(&self, at: &mut AtTerminal) -> String {
        at.sees(self.says("Send it? ", "Отправить? "))
    }

    /// Sends what is shown; gives what the group received.
    fn sends(&self, at: &mut AtTerminal) -> Value {
        at.enters("");
        assert_eq!(at.ends(), 0, "{}", at.screen());
        assert!(at.is_as_before(), "{}", at.screen());
        let _ = self.who.run(&["watch", "--once"]).done();
        let mut came = self.who.run(&["inbox", "--json"]).done().json();
        came.pop().unwrap()["alert"].take()
    }

    /// Nothing was sent.
    fn has_sent_nothing(&self) {
        let outbox = self.who.run(&["outbox", "--offline", "--json"]).done();
        assert_eq!(outbox.out, "");
    }
}

#[test]
fn an_alert_is_typed_question_by_question() {
    let world = world();
    // English in the narrow one and Russian in the wide one: the other tests have it the other way round.
    for (one, columns) in everybody(&world).iter().zip([40, 80]) {
        let mut at = one.who.at_terminal(&["alert"], columns);
        one.is_led_to(&mut at, 8);
        one.looks(&mut at);
        let alert = one.sends(&mut at);
        assert_eq!(alert["summary"], "Taken");
        assert_eq!(alert["narrative"], "");
    }
}

/// Paragraphs with empty lines between them, and a line that looks like the end.
const PARAGRAPHS: &str = "They came at six.\n\nДвери сломали.\n\n7\n.\nyes\nThe last line.";

#[test]
fn a_pasted_account_stays_in_the_account() {
    let world = world();
    for one in everybody(&world) {
        let mut at = one.alerts();
        one.is_led_to(&mut at, 6);
        at.enters("Taken");
        one.is_asked_for_the_account(&mut at);
        at.pastes(PARAGRAPHS);
        at.enters("");
        at.enters(".");
        // Nobody has answered this one.
        let page = one.is_led_on_from(&mut at, 7);
        assert!(page.contains("The last line."));
        let alert = one.sends(&mut at);
        assert_eq!(alert["narrative"], PARAGRAPHS);

        // The whole at once: its first line is the summary.
        let mut at = one.alerts();
        one.is_led_to(&mut at, 6);
        at.pastes(PARAGRAPHS);
        at.sees("↵");
        at.enters("");
        one.is_asked_for_the_account(&mut at);
        at.types([4]);
        one.is_led_on_from(&mut at, 7);
        let alert = one.sends(&mut at);
        assert_eq!(alert["summary"], "They came at six.");
        let rest = PARAGRAPHS.split_once("\n\n").unwrap().1;
        assert_eq!(alert["narrative"], rest);
    }
}

#[test]
fn a_hundred_thousand_characters_are_lost_nowhere() {
    let world = world();
    for one in everybody(&world) {
        let mut at = one.alerts();
        one.is_led_to(&mut at, 6);
        at.enters("Taken");
        one.is_asked_for_the_account(&mut at);
        let text = "Слово и дело.\n\n".repeat(100_000 / 15);
        at.pastes(&text);
        at.types([4]);
        at.sees("99");
        at.sees(one.says("\"cut\"", "«сократить»"));
        at.sees(": ");
        at.enters(one.says("cut", "сократить"));
        one.is_led_on_from(&mut at, 7);
        let alert = one.sends(&mut at);
        let kept = text.chars().take(1500).collect::<String>();
        assert_eq!(alert["narrative"], kept.trim());
    }
}

#[test]
fn lines_that_come_together_answer_one_question_even_without_brackets() {
    let world = world();
    for one in everybody(&world) {
        let mut at = one.alerts();
        one.is_led_to(&mut at, 3);
        at.types("Belarus\rMinsk\r");
        at.sees("Ctrl-U");
        at.sees("Belarus↵Minsk");
        at.enters("");
        one.answers(&mut at, 4..6);
        one.is_asked(&mut at, 6);
        at.enters("Taken");
        one.is_asked_for_the_account(&mut at);
        at.types(format!("{}\r", PARAGRAPHS.replace('\n', "\r")));
        at.sees("The last line.");
        at.sees("> ");
        at.enters(".");
        one.is_led_on_from(&mut at, 7);
        let alert = one.sends(&mut at);
        assert_eq!(alert["place"]["name"], "Minsk");
        assert_eq!(alert["narrative"], PARAGRAPHS);
    }
}

#[test]
fn keys_edit_and_are_never_sent() {
    let world = world();
    for one in everybody(&world) {
        let mut at = one.alerts();
        one.is_led_to(&mut at, 2);
        // Left, Backspace over two bytes, Home, End, a key without a use, and a letter in two pieces.
        at.types("Олень\u{1b}[D\u{7f}\u{1b}[D\u{7f}\u{1b}OHПо\u{1b}[F\u{1b}[15~\u{7f}");
        let (one_half, other) = "а".as_bytes().split_at(1);
        at.types(one_half);
        at.types(other);
        at.enters("");
        one.answers(&mut at, 3..6);
        one.is_asked(&mut at, 6);
        // More than a line of the system's own editor, which cuts at 4095 bytes.
        let long = "слово ".repeat(1000);
        at.types(&long);
        at.enters("");
        at.sees("5999");
        at.sees("> ");
        at.enters("Taken");
        at.sees("Ctrl-D");
        at.sees("> ");
        at.types([4]);
        at.sees(one.says("\"cut\"", "«сократить»"));
        at.sees(": ");
        at.enters(one.says("cut", "сократить"));
        one.is_led_on_from(&mut at, 7);
        let alert = one.sends(&mut at);
        assert_eq!(alert["victim"]["reference"], "ПоОеа");
        assert!(
            alert["narrative"]
                .as_str()
                .unwrap()
                .starts_with("слово слово")
        );
    }
}

#[test]
fn another_encoding_is_asked_again() {
    let world = world();
    for one in everybody(&world) {
        let mut at = one.alerts();
        one.is_led_to(&mut at, 2);
        // "Анна" in KOI8-R.
        at.types(b"Anna \xe1\xce\xce\xc1\r");
        at.sees("UTF-8");
        at.sees("Anna \u{fffd}");
        at.types("\u{15}Anna");
        at.enters("");
        one.is_asked(&mut at, 3);
        at.types([3]);
        assert_ne!(at.ends(), 0);
    }
}

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
fn whatever_stops_it_nothing_is_sent_and_the_echo_is_back() {
    let world = world();
    for one in everybody(&world) {
        let mut at = one.alerts();
        one.is_led_to(&mut at, 6);
        at.types("Half a sent");
        at.sees("sent");
        at.types([3]);
        at.sees(one.says("Nothing was sent", "Ничего не отправлено"));
        assert_ne!(at.ends(), 0);
        assert!(at.is_as_before());

        for signal in [Signal::TERM, Signal::HUP, Signal::INT] {
            let mut at = one.alerts();
            one.is_led_to(&mut at, 3);
            at.signals(signal);
            at.sees(one.says("Nothing was sent", "Ничего не отправлено"));
            assert_ne!(at.ends(), 0);
            assert!(at.is_as_before(), "{signal:?}");
        }

        let mut at = one.alerts();
        one.is_led_to(&mut at, 2);
        at.types("Ольг");
        at.sees("Ольг");
        at.types([26]);
        at.is_suspended();
        assert!(at.is_as_before());
        at.signals(Signal::CONT);
        at.sees("> Ольг");
        at.enters("а");
        one.is_asked(&mut at, 3);
        at.resizes(30);
        at.sees("> ");
        assert_ne!(at.closes(), 0);
        one.has_sent_nothing();
    }
}

#[test]
fn the_passphrase_is_asked_for_without_being_shown() {
    let world = world();
    for one in everybody(&world) {
        let mut at = one.who.at_terminal_with_passphrase(&["inbox"], one.columns);
        at.sees(": ");
        at.types([3]);
        assert_ne!(at.ends(), 0);
        assert!(at.is_as_before());

        let mut at = one.who.at_terminal_with_passphrase(&["inbox"], one.columns);
        at.sees(": ");
        at.enters("not the passphrase");
        at.sees(": ");
        at.enters("a long enough passphrase");
        assert_eq!(at.ends(), 0, "{}", at.screen());
        assert!(at.is_as_before());
        assert!(!at.screen().contains("passphrase\r"), "{}", at.screen());
        assert!(!at.screen().contains("long enough"), "{}", at.screen());
    }
}

#[test]
fn a_dumb_terminal_is_sent_plain_lines() {
    let world = world();
    for one in everybody(&world) {
        let mut at = one.who.at_terminal_of(&["alert"], one.columns, "dumb");
        one.is_led_to(&mut at, 2);
        at.types("Ольгм\u{7f}\u{1b}[D");
        at.enters("а");
        one.answers(&mut at, 3..6);
        one.is_asked(&mut at, 6);
        at.enters("Taken");
        one.is_asked_for_the_account(&mut at);
        at.enters("One.\r\rTwo.");
        at.enters(".");
        one.is_led_on_from(&mut at, 7);
        let alert = one.sends(&mut at);
        assert!(!at.screen().contains('\u{1b}'), "{}", at.screen());
        assert_eq!(alert["narrative"], "One.\n\nTwo.");
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
fn nothing_that_was_typed_is_in_memory_while_it_is_sent() {
    let world = world();
    for one in everybody(&world) {
        let mut at = one.alerts();
        one.is_led_to(&mut at, 6);
        at.enters("Marker-one in the summary");
        one.is_asked_for_the_account(&mut at);
        at.pastes("Marker-two in\nthe account");
        at.types([4]);
        one.is_led_on_from(&mut at, 7);
        let holds = |at: &AtTerminal| {
            let memory = at.memory();
            [b"Marker-one", b"Marker-two"].map(|marker| {
                let mut windows = memory.windows(marker.len());
                windows.any(|window| window == marker)
            })
        };
        assert_eq!(holds(&at), [true, true]);
        // It waits for the relay, which does not answer.
        world.network().close_to_new(true);
        at.enters("");
        at.sees(one.says("Sealed", "Запечатано"));
        assert_eq!(holds(&at), [false, false]);
        world.network().close_to_new(false);
        assert_eq!(at.ends(), 0, "{}", at.screen());
    }
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
