//! `cargo demo`: the main job, with the real programs, told to somebody who sees it for the first time.
//! Ends with 0 only if all that it says held. One thing is not as people have it: their passphrases ask for more work.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

use std::{env, ffi::OsString, process::ExitCode, time::Instant};

use bellrope_client::internals::ease_passphrases;
use bellrope_tests::{
    people::Running,
    world::{Programs, World, contains},
};

const MARKER: &str = "the blue door on Lime Street";

fn main() -> ExitCode {
    // The demonstration starts itself again as the relay and as each person's client: one build,
    // and every one of them a process of its own.
    let mut args: Vec<OsString> = env::args_os().collect();
    match args.get(1).and_then(|first| first.to_str()) {
        Some("client") => {
            args.remove(1);
            ease_passphrases();
            bellrope_cli::run(args)
        }
        Some("relay") => {
            args.remove(1);
            bellrope_relay::run(args)
        }
        _ => {
            tell();
            ExitCode::SUCCESS
        }
    }
}

fn step(text: &str) {
    println!("\n== {text}");
}

fn quote(who: &str, text: &str) {
    for line in text.lines() {
        println!("   {who} | {line}");
    }
}

fn tell() {
    let began = Instant::now();
    println!("Bellrope in a minute. Everybody here is invented; every program is real.");
    let program = env::current_exe().unwrap();

    step("A host starts a relay. It will see sealed envelopes and nothing else.");
    let mut world = World::start(Programs::one(&program));
    println!("   relay  | {}", world.address());

    step("Nina, a coordinator, founds a group. Her keys never leave her device.");
    let nina = world.coordinator("Nina Vymyslova");
    quote("nina  ", &nina.run(&["members"]).done().out);

    step("She invites two members with single-use codes, and lets them in when they have joined.");
    let anna = world.reader(&nina, "Anna Example", "member", "en");
    let ivan = world.reader(&nina, "Ivan Primerov", "member", "ru");
    quote("ivan  ", &ivan.run(&["members"]).done().out);

    step("She gives Alena, a defender, an invitation in a file. Joining with it needs no network.");
    let file = world.dir().join("invitation.txt");
    let file = file.to_str().unwrap();
    let _ = nina
        .run(&["invite", "Alena", "--role", "defender", "--file", file])
        .done();
    // The roster has a handle for her. Anna will speak with her, and is told who that is.
    let told = nina.run(&["contact", "Alena", "--to", "Anna Example"]);
    quote("nina  ", &told.done().out);
    world.network().close_to_new(true);
    let alena = world.person("alena", "en");
    quote("alena ", &alena.run(&["join", file]).done().out);

    step("Anna and Ivan are watching.");
    world.network().close_to_new(false);
    let mut anna_watches = anna.start(&["watch"]);
    let mut ivan_watches = ivan.start(&["watch"]);
    anna_watches.wait_for("Watching");
    ivan_watches.wait_for("На связи");

    step(
        "Alena's network is cut. She pulls the rope anyway (this waits ten seconds for the network).",
    );
    world.network().close_to_new(true);
    let sent = alena.run(&[
        "alert",
        "--what",
        "search_or_seizure, detention",
        "--whom",
        "pseudonym: Swallow",
        "--where",
        "BY, Gomel",
        "--urgency",
        "critical",
        "--summary",
        "Flat searched, colleague taken away",
        "--text",
        &format!("Two cars waited at {MARKER}. He has no lawyer."),
        "--yes",
    ]);
    let sent = sent.ended(3);
    quote("alena ", &sent.err);
    quote("alena ", &sent.out);
    let disk = alena.disk();
    for secret in [MARKER, "Swallow", "Nina", "Anna", "Ivan", "Gomel"] {
        assert!(
            !contains(&disk, secret),
            "{secret} is on the defender's disk"
        );
    }
    println!(
        "   alena  | on her disk: {} bytes, and neither her words nor a member's name",
        disk.len()
    );

    step("The network is back. Her outbox sends what waits.");
    world.network().close_to_new(false);
    let before = world.network().bytes();
    let retried = Instant::now();
    let outbox = alena.run(&["outbox"]).done();
    quote("alena ", &outbox.out);

    step("The members see it, each in their language, with a sender whom the group vouches for.");
    let anna_saw = show(&mut anna_watches, "anna  ", "ALERT");
    let ivan_saw = show(&mut ivan_watches, "ivan  ", "СИГНАЛ");
    let network = world.network().bytes() - before;

    step(
        "They say who acts. Anna has read it, and Ivan takes the lead; each sees it of the other.",
    );
    let cases = anna.run(&["cases", "--json"]).done().json();
    let case = cases.first().and_then(|it| it.get("case")?.as_str());
    let case = case.unwrap().to_owned();
    quote("anna  ", &anna.run(&["ack", &case]).done().out);
    quote("ivan  ", &ivan.run(&["lead", &case]).done().out);
    let (_, line) = anna_watches.wait_for("Ivan Primerov: leads");
    quote("anna  ", &line);
    let (_, line) = ivan_watches.wait_for("Anna Example: ");
    quote("ivan  ", &line);

    step("Ivan's laptop is taken from him at a border, unlocked. Nina puts it out of the group.");
    let removed = nina.run(&["members", "remove", "Ivan Primerov", "--yes"]);
    quote("nina  ", &removed.done().out);
    let (_, gone) = anna_watches.wait_for("Not in the group any more");
    quote("anna  ", &gone);
    let (code, seen) = ivan_watches.end();
    assert_eq!(code, 1, "Ivan's program has nothing more to do");
    let said = seen.lines().rev().take(3).collect::<Vec<_>>();
    for line in said.iter().rev() {
        quote("ivan  ", line);
    }

    step(
        "Alena writes again. Her device hears of the new keys by itself; whoever has the laptop hears nothing.",
    );
    let again = [
        "alert",
        "--what",
        "threat",
        "--where",
        "BY",
        "--summary",
        "They asked who else was there",
        "--yes",
    ];
    let _ = alena.run(&again).done();
    let (_, line) = anna_watches.wait_for("They asked who else was there");
    quote("anna  ", &line);
    let laptop = ivan.run(&["watch", "--once"]).ended(1);
    assert!(!laptop.out.contains("They asked"), "{}", laptop.out);

    step("Who was put out leads no longer: Anna takes the first case, and closes it in the end.");
    let page = anna.run(&["case", &case]).done().out;
    assert!(page.contains("Leads: nobody"), "{page}");
    quote("anna  ", &anna.run(&["lead", &case]).done().out);
    let note = ["note", &case, "A lawyer is with him."];
    quote("anna  ", &anna.run(&note).done().out);
    let known = [
        "fact",
        "verification",
        &case,
        "one_source",
        "--ground",
        "his lawyer",
    ];
    quote("anna  ", &anna.run(&known).done().out);
    let held = [
        "fact",
        "custody",
        &case,
        "--stage",
        "police_hold",
        "--seen",
        "yesterday",
        "--seen-how",
        "lawyer",
    ];
    quote("anna  ", &anna.run(&held).done().out);
    let answer = ["answer", &case, "Stay where you are. We call at eight."];
    quote("anna  ", &anna.run(&answer).done().out);
    let _ = nina.run(&["watch", "--once"]).done();
    step(
        "Nina's program hands it on. Alena reads it once, and no name; nothing of it stays with her.",
    );
    let told = alena.run(&["watch", "--once"]).done();
    assert!(told.out.contains("We call at eight."), "{}", told.out);
    assert!(!told.out.contains("Anna"), "{}", told.out);
    quote("alena ", &told.out);
    let closed = [
        "close",
        &case,
        "--reason",
        "released",
        "home since the evening",
    ];
    quote("anna  ", &anna.run(&closed).done().out);
    let _ = nina.run(&["watch", "--once"]).done();
    let page = nina.run(&["case", &case]).done().out;
    assert!(page.contains("A lawyer is with him."), "{page}");
    quote("nina  ", &page);

    step("Now the relay's disk, as somebody who seized it would see it.");
    let _ = anna_watches.stop();
    // Nobody else is on the network now, so what passes is this one alert's.
    let alone = world.network().bytes();
    let drill = [
        "alert",
        "--drill",
        "--what",
        "threat",
        "--summary",
        "A rehearsal",
        "--yes",
    ];
    let _ = nina.run(&drill).done();
    let alone = world.network().bytes() - alone;
    let (code, log) = world.stop_relay();
    assert_eq!(code, 0, "the relay's end");
    let disk = world.relay_disk();
    let heard = world.network().heard();
    for secret in [
        MARKER,
        "Swallow",
        "Alena",
        "Anna",
        "Gomel",
        "lawyer",
        "Working group",
    ] {
        assert!(!contains(&disk, secret), "{secret} is on the relay's disk");
        assert!(!contains(&heard, secret), "{secret} was on the network");
        assert!(
            !contains(log.as_bytes(), secret),
            "{secret} is in the relay's log"
        );
    }
    quote("relay ", &world.relay_command(&["status"]).ended(3).out);
    hex(&world);
    println!(
        "   relay  | searched {} bytes of disk, {} bytes of network traffic and the log:",
        disk.len(),
        heard.len()
    );
    println!("   relay  | no word of the alert, no name, not even the group's.");

    step("How long it took");
    let ms = |at: Instant| at.duration_since(retried).as_millis();
    println!(
        "   from Enter to Anna's screen {} ms, to Ivan's {} ms",
        ms(anna_saw),
        ms(ivan_saw)
    );
    println!(
        "   (people's own devices take half a second longer: their passphrase is slow on purpose)"
    );
    println!("   bytes on the network for it, everybody together: {network}");
    println!("   bytes of one alert alone, from handshake to receipt and goodbye: {alone}");
    println!(
        "   the whole demonstration: {} s",
        began.elapsed().as_secs()
    );
    println!("\nAll of it held. Nothing is left behind.");
}

fn show(watch: &mut Running, who: &str, title: &str) -> Instant {
    let (at, _) = watch.wait_for(title);
    watch.wait_for(MARKER);
    let seen = watch.seen();
    let page = seen.find(title).and_then(|from| seen.get(from..));
    quote(who, page.unwrap_or_default());
    at
}

/// A piece of what is stored, as it lies there.
fn hex(world: &World) {
    let days = world.relay_dir().join("store").join("days");
    let day = std::fs::read_dir(days).unwrap().next().unwrap().unwrap();
    let bytes = std::fs::read(day.path().join("0").join("db")).unwrap();
    // The first bytes are the database's own; further on is what was stored.
    let from = bytes.len().min(8192) / 2;
    for row in bytes.get(from..).unwrap_or_default().chunks(24).take(4) {
        let hex: Vec<String> = row.iter().map(|byte| format!("{byte:02x}")).collect();
        println!("   disk   | {}", hex.join(" "));
    }
}
