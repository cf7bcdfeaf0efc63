//! Somebody at a real terminal who is asked what has happened, for `hands.rs` and `answers.rs`.

use std::ops::Range;

use bellrope_tests::{people::Person, terminal::AtTerminal, world::World};
use serde_json::Value;

/// Somebody who sends and reads.
pub(crate) struct Somebody {
    pub(crate) who: Person,
    pub(crate) language: &'static str,
    pub(crate) columns: u16,
}

/// In both languages and both widths, at one device: what is typed comes to the same program.
pub(crate) fn everybody(world: &World) -> [Somebody; 2] {
    let nina = world.coordinator("Nina");
    let in_russian = nina.speaking("ru");
    at_terminals([(nina, "en", 80), (in_russian, "ru", 40)])
}

/// The same at two devices, one of them a member's: where a device remembers what was answered, or offers what one may.
pub(crate) fn two_devices(world: &World) -> [Somebody; 2] {
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
    pub(crate) fn says<'a>(&self, english: &'a str, russian: &'a str) -> &'a str {
        match self.language {
            "ru" => russian,
            _ => english,
        }
    }

    pub(crate) fn alerts(&self) -> AtTerminal {
        self.who.at_terminal(&["alert"], self.columns)
    }

    /// Waits for the question with this number.
    pub(crate) fn is_asked(&self, at: &mut AtTerminal, number: usize) {
        let title = format!("{} {number} ", self.says("Question", "Вопрос"));
        at.sees(&title);
        at.sees("> ");
    }

    /// A member is asked first for whom it is.
    pub(crate) fn is_asked_for_whom(&self, at: &mut AtTerminal) {
        at.sees(self.says("2. Somebody else", "2. Мне рассказал"));
        at.sees("> ");
    }

    /// Answers up to the question with this number, with as few letters as can be.
    pub(crate) fn is_led_to(&self, at: &mut AtTerminal, number: usize) {
        self.is_asked_for_whom(at);
        at.enters("");
        self.answers(at, 1..number);
        if number <= 7 {
            self.is_asked(at, number);
        }
    }

    /// Answers from this question on, up to the last look.
    pub(crate) fn is_led_on_from(&self, at: &mut AtTerminal, number: usize) -> String {
        self.answers(at, number..8);
        self.looks(at)
    }

    pub(crate) fn answers(&self, at: &mut AtTerminal, questions: Range<usize>) {
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

    pub(crate) fn is_asked_for_the_account(&self, at: &mut AtTerminal) {
        at.sees("Ctrl-D");
        at.sees("> ");
    }

    pub(crate) fn looks(&self, at: &mut AtTerminal) -> String {
        at.sees(self.says("Send it? ", "Отправить? "))
    }

    /// Sends what is shown; gives what the group received.
    pub(crate) fn sends(&self, at: &mut AtTerminal) -> Value {
        at.enters("");
        assert_eq!(at.ends(), 0, "{}", at.screen());
        assert!(at.is_as_before(), "{}", at.screen());
        let _ = self.who.run(&["watch", "--once"]).done();
        let mut came = self.who.run(&["inbox", "--json"]).done().json();
        came.pop().unwrap()["alert"].take()
    }

    /// Nothing was sent.
    pub(crate) fn has_sent_nothing(&self) {
        let outbox = self.who.run(&["outbox", "--offline", "--json"]).done();
        assert_eq!(outbox.out, "");
    }
}
