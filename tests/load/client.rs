//! The client, as somebody waits for it: real processes with real homes, the relay on this machine.

use std::{
    env, fs,
    time::{Duration, Instant},
};

use bellrope_client::{
    Device, MessageId,
    alert::{Alert, answers::parse_country, vocabulary::Act},
    internals::{
        Message, SignedMessage, StoredMessage, note_body, signing_key, store_message, store_word,
        stored_messages,
    },
};
use bellrope_proto::{
    codec::{self, Blob},
    ids::{Sequence, Timestamp},
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
const ITEMS: u64 = 10_000;

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
    keep_many(&member, (&defender, &coordinator), &world);
    row("inbox, 10,000 items", &member, &["inbox"], 0);
    let search = ["inbox", "--search", "no such word"];
    row(
        "inbox, words looked for in 10,000 items",
        &member,
        &search,
        0,
    );
    row("cases, 10,000", &member, &["cases"], 0);
    let search = ["cases", "--search", "no such word"];
    row("cases, words looked for in 10,000", &member, &search, 0);
    row("digest of 10,000", &member, &["digest"], 0);
    row("one case of 10,000", &member, &["case", "05000"], 0);
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
        keep_many(member, (coordinator, coordinator), world);
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

/// Fills an inbox with what a defender might have sent in a busy year, and every fifth case with what was said in it.
fn keep_many(member: &Person, (sender, speaker): (&Person, &Person), world: &World) {
    let passphrase = fs::read_to_string(world.dir().join("passphrase")).unwrap();
    let unlock = |person: &Person| {
        let passphrase = passphrase.trim_end().to_owned().into();
        Device::unlock(person.home(), &passphrase).unwrap()
    };
    let (device, sender, speaker) = (unlock(member), unlock(sender), unlock(speaker));
    let (_, like) = stored_messages(&device).unwrap().remove(0);
    let said = like.sent.message.peek().unwrap();
    let reading = said.reading();
    let fields = reading.fields().unwrap();
    for number in 0..ITEMS {
        let at = said.time.0 - number * 3_000;
        let mut fields = fields.clone();
        let which = |count: u64| usize::try_from(number % count).unwrap();
        fields.place.country = Some(parse_country(["BY", "RU", "PL", "LT"][which(4)]).unwrap());
        fields.acts = vec![[Act::ArbitraryArrest, Act::Threat, Act::SearchOrSeizure][which(3)]];
        fields.summary = format!("Taken from bus stop {number} and not heard of since");
        fields.narrative = "Two cars without plates, six people in black. ".repeat(8);
        let message = Message {
            id: MessageId(u128::from(number).to_be_bytes()),
            time: Timestamp(at),
            expires: Timestamp(at + 1_000_000),
            body: Blob(codec::encode(&Alert::new(fields).unwrap())),
            ..said.clone()
        };
        let alert = StoredMessage {
            sequence: Sequence(1_000 + ITEMS - number),
            arrived: Timestamp(at + 1),
            case: format!("BY-2025-{number:05}"),
            sent: SignedMessage {
                message: signing_key(&sender).sign(&message),
                ..like.sent.clone()
            },
            ..like.clone()
        };
        store_message(&device, message.id, &alert).unwrap();
        if number % 5 != 0 {
            continue;
        }
        for word in 0..5 {
            let id = MessageId(u128::from((1 + word) * 1_000_000 + number).to_be_bytes());
            let key = signing_key(&speaker);
            let note = note_body(&alert.sent.message, &format!("Called again, {word}"));
            let said = Message {
                id,
                sender: key.public(),
                kind: note.0,
                body: note.1,
                time: Timestamp(at + 10 + word),
                ..message.clone()
            };
            let kept = StoredMessage {
                case: String::new(),
                sent: SignedMessage {
                    message: key.sign(&said),
                    ..like.sent.clone()
                },
                ..alert.clone()
            };
            store_word(&device, message.id, id, kept).unwrap();
        }
    }
}
