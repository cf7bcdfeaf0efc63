//! What a relay and the network have of a case: how many envelopes each thing takes that is said in it, of what size, and how much passes by,
//! beside five alerts that have nothing to do with each other.

use std::env;

use bellrope_tests::{
    people::{Person, until},
    world::{Programs, World},
};

use crate::report::{Figures, Report};

const NAME: &str = "A case at the relay";

/// A group of four that read, and a defender.
struct Group {
    world: World,
    nina: Person,
    anna: Person,
    boris: Person,
    alena: Person,
}

/// What a relay keeps, and what has passed by on the way to it.
#[derive(Clone, Copy)]
struct Kept {
    envelopes: f64,
    bytes: f64,
    passed: f64,
}

impl Group {
    fn begin() -> Self {
        let world = World::start(Programs::one(&env::current_exe().unwrap()));
        let nina = world.coordinator("Nina Vymyslova");
        let anna = world.reader(&nina, "Anna Example", "member", "en");
        let boris = world.reader(&nina, "Boris Example", "member", "ru");
        let _ = world.reader(&nina, "Clara Example", "member", "en");
        let alena = world.defender(&nina, "Alena Example", "en");
        // The roster names the sender from then on.
        let group = Self {
            world,
            nina,
            anna,
            boris,
            alena,
        };
        group.alert(0);
        group.look();
        group
    }

    fn alert(&self, number: usize) -> String {
        let summary = format!("Men at the door {number}");
        let alert = [
            "alert",
            "--yes",
            "--json",
            "--what",
            "detention",
            "--whom",
            "a teacher",
            "--where",
            "BY",
            "--when",
            "now",
            "--urgency",
            "2",
            "--share",
            "1",
            "--summary",
            &summary,
        ];
        let said = self.alena.run(&alert).done().json();
        said[0]["id"].as_str().unwrap().to_owned()
    }

    fn look(&self) {
        for who in [&self.nina, &self.anna, &self.boris] {
            let _ = who.run(&["watch", "--once"]).done();
        }
    }

    /// As the relay notes it, now and then.
    fn kept(&self) -> Kept {
        let status = || self.world.relay_command(&["status", "--json"]).json()[0].clone();
        let passed = self.world.network().bytes() as f64;
        let noted = status()["time"].clone();
        until("the relay notes how it does", || status()["time"] != noted);
        let now = status();
        Kept {
            envelopes: now["envelopes"].as_f64().unwrap(),
            bytes: now["bytes"].as_f64().unwrap(),
            passed,
        }
    }

    /// What comes of something.
    fn of(&self, does: impl FnOnce()) -> Figures {
        let before = self.kept();
        does();
        let after = self.kept();
        vec![
            ("envelopes", after.envelopes - before.envelopes),
            ("KiB kept", (after.bytes - before.bytes) / 1024.0),
            ("KiB on the way", (after.passed - before.passed) / 1024.0),
        ]
    }
}

/// Each thing in a case, all of it, and five alerts.
pub(crate) fn table(report: &mut Report) {
    let group = Group::begin();
    let short = "She is at the station in the centre; her sister waits outside.";
    let long = "ж".repeat(8_000);
    let begun = group.kept();
    let id = std::cell::RefCell::new(String::new());
    let mut row = |what: &str, does: &dyn Fn()| {
        let figures = group.of(does);
        report.row(NAME, what, &[figures]);
    };
    row("an alert", &|| *id.borrow_mut() = group.alert(1));
    let case = id.borrow().clone();
    row("three look", &|| group.look());
    let say = |who: &Person, what: &[&str]| {
        let _ = who.run(what).done();
    };
    row("ack, which also answers the sender", &|| {
        say(&group.anna, &["ack", &case])
    });
    row("lead, which also answers the sender", &|| {
        say(&group.boris, &["lead", &case])
    });
    row("a note of 62 characters", &|| {
        say(&group.anna, &["note", &case, short])
    });
    row("a note of 8,000 Cyrillic characters", &|| {
        say(&group.anna, &["note", &case, &long])
    });
    row("a fact", &|| {
        say(&group.boris, &["fact", "verification", &case, "one_source"])
    });
    row("a date", &|| {
        say(
            &group.boris,
            &[
                "due",
                &case,
                "2030-12-05 10:00",
                "hearing",
                "--zone",
                "+03:00",
            ],
        )
    });
    row("an answer", &|| {
        say(&group.boris, &["answer", &case, short])
    });
    row("hand-over", &|| {
        say(&group.boris, &["hand-over", &case, "Anna Example"])
    });
    row("close", &|| {
        say(&group.anna, &["close", &case, "--reason", "released"])
    });
    row("three look again", &|| group.look());
    let ended = group.kept();
    report.row(
        NAME,
        "all of it",
        &[vec![
            ("envelopes", ended.envelopes - begun.envelopes),
            ("KiB kept", (ended.bytes - begun.bytes) / 1024.0),
            ("KiB on the way", (ended.passed - begun.passed) / 1024.0),
        ]],
    );
    let five = group.of(|| {
        for number in 2..7 {
            let _ = group.alert(number);
            group.look();
        }
    });
    report.row(
        NAME,
        "five alerts that have nothing to do with each other, looked at",
        &[five],
    );
}
