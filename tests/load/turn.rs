//! A group of 200, from its first member on, with a defender in it; and how soon everybody who is there has gone on when somebody is
//! put out, on the way at 5 people, at 50 and at 200.

use std::{env, time::Instant};

use bellrope_tests::{
    people::{Person, Running, until},
    world::{Programs, World},
};

use crate::report::{Figures, Report};

const NAME: &str = "The group";

/// How many people there are, and how many of them watch, each with a program of their own on this machine.
const SIZES: [(usize, usize, &str); 3] = [
    (5, 3, "one of 5 is put out, 3 watch"),
    (50, 40, "one of 50 is put out, 40 watch"),
    (200, 40, "one of 200 is put out, 40 watch"),
];

/// How many of those who were away look afterwards.
const AWAY_MAX: usize = 10;

/// A group while it grows.
pub(crate) struct Growing {
    world: World,
    coordinator: Person,
    /// With their names, the newest last.
    members: Vec<(String, Person)>,
    came: usize,
}

impl Growing {
    /// A coordinator and a defender.
    fn begin() -> Self {
        let world = World::start(Programs::one(&env::current_exe().unwrap()));
        let coordinator = world.coordinator("Nina Vymyslova");
        let _ = world.defender(&coordinator, "Alena Example", "en");
        let _ = coordinator.run(&["members"]).done();
        Self {
            world,
            coordinator,
            members: Vec::new(),
            came: 2,
        }
    }

    fn people(&self) -> usize {
        self.members.len() + 2
    }

    fn grow_to(&mut self, people: usize) {
        while self.people() < people {
            self.came += 1;
            let name = format!("Member {}", self.came);
            let person = self.world.person(&name, "en");
            let code = self.world.invite(&self.coordinator, &name, "member");
            let _ = person.run(&["join", &code]).done();
            let approve = ["members", "approve", &name];
            let _ = self.coordinator.run(&approve).done();
            self.members.push((name, person));
        }
    }

    /// KiB of envelopes at the relay, which notes it now and then.
    fn stored(&self) -> f64 {
        let status = || {
            let said = self.world.relay_command(&["status", "--json"]).json();
            (said[0]["time"].clone(), said[0]["bytes"].as_u64().unwrap())
        };
        let (noted, _) = status();
        until("the relay notes how it does", || status().0 != noted);
        status().1 as f64 / 1024.0
    }

    /// The newest is put out, while as many of the others watch.
    fn put_one_out(&mut self, watching: usize) -> Figures {
        let (name, _) = self.members.pop().unwrap();
        let newest = self.members.len().saturating_sub(watching);
        let (away, here) = self.members.split_at(newest);
        let mut online: Vec<Running> = here
            .iter()
            .map(|(_, person)| {
                let mut running = person.start(&["watch"]);
                running.wait_for("Watching");
                running
            })
            .collect();
        let before = self.stored();
        let began = Instant::now();
        let remove = ["members", "remove", &name, "--yes"];
        let _ = self.coordinator.run(&remove).done();
        let told = began.elapsed();
        // The time is that at which a line came, whenever it is looked at.
        let moved = online.iter_mut().map(|running| {
            running.wait_for("Not in the group any more");
            running.wait_for("Watching").0 - began
        });
        let last = moved.max().unwrap();
        let bytes = self.stored() - before;
        for running in online {
            let _ = running.stop();
        }
        // Who was away meanwhile comes over with one look.
        let away = away.iter().take(AWAY_MAX);
        let mut slowest = 0.0_f64;
        for (_, person) in away {
            let began = Instant::now();
            let said = person.run(&["watch", "--once"]).done();
            slowest = slowest.max(began.elapsed().as_secs_f64());
            assert!(
                said.err.contains("Not in the group any more"),
                "{}",
                said.err
            );
        }
        vec![
            ("seconds that the slowest who was away takes", slowest),
            ("seconds until the last is there", last.as_secs_f64()),
            ("seconds that the command takes", told.as_secs_f64()),
            ("KiB that it posts", bytes),
        ]
    }
}

/// The rows; `full` is called with a full group, of which it gets its coordinator and a member.
pub(crate) fn growing(
    report: &mut Report,
    full: impl FnOnce(&mut Report, &World, (&Person, &Person)),
) {
    let mut group = Growing::begin();
    let mut full = Some(full);
    for (people, watching, case) in SIZES {
        report.note(&format!("letting people in, up to {people}"));
        group.grow_to(people);
        if people == SIZES[2].0
            && let Some(full) = full.take()
        {
            let people = (&group.coordinator, &group.members[0].1);
            full(report, &group.world, people);
        }
        let row = group.put_one_out(watching);
        report.row(NAME, case, &[row]);
    }
}
