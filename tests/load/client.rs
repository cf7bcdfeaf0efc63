//! The client, as somebody waits for it: real processes with real homes, the relay on this machine.

use std::{
    env, fs,
    time::{Duration, Instant},
};

use bellrope_client::{
    Device, MessageId,
    internals::{store_message, stored_messages},
};
use bellrope_tests::{
    people::Person,
    world::{Programs, World},
};

use crate::{
    Args,
    report::{Figures, Report},
    turn::growing,
};

const NAME: &str = "The client";

/// Messages of a busy year.
const ITEMS: u128 = 10_000;

/// Start, alert, inbox, watch.
pub(crate) fn light(args: &Args, report: &mut Report) {
    let world = World::start(Programs::one(&env::current_exe().unwrap()));
    let coordinator = world.coordinator("Nina Vymyslova");
    let member = world.reader(&coordinator, "Anna Example", "member", "en");
    let defender = world.defender(&coordinator, "alena", "en");
    let alert = [
        "alert",
        "--yes",
        "--what",
        "detention",
        "--whom",
        "a teacher",
        "--where",
        "BY",
        "--when",
        "now",
        "--urgency",
        "1",
        "--summary",
        "Taken from the bus stop",
        "--share",
        "1",
    ];
    let mut row = |case: &str, person: &Person, command: &[&str], code: i32| {
        let runs: Vec<Figures> = (0..args.runs).map(|_| run(person, command, code)).collect();
        report.row(NAME, case, &runs);
    };
    row("a page of help", &defender, &["--help"], 0);
    row(
        "start, with the passphrase, to the first question",
        &defender,
        &["alert"],
        2,
    );
    row(
        "an alert, from Enter to the receipt and goodbye",
        &defender,
        &alert,
        0,
    );
    // The roster names the sender, as it does after her first alert: until then her claim is verified with each.
    let _ = coordinator.run(&["watch", "--once"]).done();
    let _ = member.run(&["watch", "--once"]).done();
    row("inbox, a few items", &member, &["inbox"], 0);
    keep_many(&member, &world);
    row("inbox, 10,000 items", &member, &["inbox"], 0);
    let search = ["inbox", "--search", "no such word"];
    row(
        "inbox, words looked for in 10,000 items",
        &member,
        &search,
        0,
    );
    if args.large {
        large(args, report, &alert);
    }
    // The coordinator's inbox has no copies.
    let mut watching = coordinator.start(&["watch"]);
    watching.wait_for("Watching");
    let kib = peak_kib(watching.id()).unwrap_or_default();
    report.row(
        NAME,
        "watch, once it follows",
        &[vec![("MiB at most", kib / 1024.0)]],
    );
}

/// A full group, with a defender in it.
fn large(args: &Args, report: &mut Report, alert: &[&str]) {
    growing(report, |report, world, (coordinator, member)| {
        let _ = coordinator.run(alert).done();
        let _ = member.run(&["watch", "--once"]).done();
        keep_many(member, world);
        let mut row = |case: &str, command: &[&str]| {
            let runs: Vec<Figures> = (0..args.runs).map(|_| run(member, command, 0)).collect();
            report.row(NAME, case, &runs);
        };
        row("inbox, 10,000 items, 200 people", &["inbox"]);
        row("an alert to 200 people", alert);
    });
}

/// A program's whole life: how long, and how much memory at most.
fn run(person: &Person, command: &[&str], code: i32) -> Figures {
    let began = Instant::now();
    let running = person.start(command);
    let (sender, done) = std::sync::mpsc::channel();
    let id = running.id();
    let memory = std::thread::spawn(move || {
        let mut most = 0.0;
        while done.recv_timeout(Duration::from_millis(1)).is_err() {
            most = peak_kib(id).unwrap_or(most);
        }
        most
    });
    let (ended, said) = running.end();
    let took = began.elapsed();
    sender.send(()).unwrap();
    assert_eq!(ended, code, "{said}");
    vec![
        ("milliseconds", took.as_secs_f64() * 1e3),
        ("MiB at most", memory.join().unwrap() / 1024.0),
    ]
}

fn peak_kib(id: u32) -> Option<f64> {
    let status = fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

/// Fills an inbox with copies of what is in it.
fn keep_many(person: &Person, world: &World) {
    let passphrase = fs::read_to_string(world.dir().join("passphrase")).unwrap();
    let passphrase = passphrase.trim_end().to_owned().into();
    let device = Device::unlock(person.home(), &passphrase).unwrap();
    let (_, message) = stored_messages(&device).unwrap().remove(0);
    for number in 0..ITEMS {
        let id = MessageId(number.to_be_bytes());
        store_message(&device, id, &message).unwrap();
    }
}
