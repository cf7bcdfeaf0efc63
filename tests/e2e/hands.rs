//! What people type, paste and take back, at a real terminal.

use bellrope_tests::terminal::AtTerminal;
use rustix::process::Signal;

use crate::{somebody::everybody, world};

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
