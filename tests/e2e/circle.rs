//! Who reads a new alert: those on duty, who reads some besides, and who is kept out beforehand. Nobody else's device can open it.

use bellrope_client::internals::{
    EpochIdentity, MemberIdentity, Payload, open, sender_view, state,
};
use bellrope_proto::codec;
use bellrope_tests::{people::Person, world::World};

use crate::{hostile::unlocked, send, summaries, world};

/// What anybody at the relay can have: every envelope of the group's mailbox since this copy of a device was made.
fn envelopes(copy: &Person) -> Vec<Vec<u8>> {
    let dir = copy.home().with_extension("envelopes");
    let args = ["watch", "--once", "--envelopes", dir.to_str().unwrap()];
    let _ = copy.run(&args).done();
    let files = std::fs::read_dir(&dir).unwrap();
    files
        .map(|file| std::fs::read(file.unwrap().path()).unwrap())
        .collect()
}

/// Alerts among them that a person's keys open, by whatever is said in them.
fn opened(envelopes: &[Vec<u8>], who: &Person, summary: &str) -> usize {
    let device = unlocked(who);
    let seed = state(&device).unwrap().epoch_seed.unwrap();
    let epoch = EpochIdentity::from_seed(seed.bytes());
    let keys = device.export_identities().unwrap().unwrap().inner;
    let keys = keys.iter().map(MemberIdentity::from_text);
    let keys: Vec<MemberIdentity> = keys.map(Result::unwrap).collect();
    let found = envelopes.iter().filter(|bytes| {
        let payload = keys.iter().find_map(|me| open(bytes, &epoch, me).ok());
        let Some(Ok(Payload::Message(sent))) = payload.map(|bytes| Payload::decode(&bytes)) else {
            return false;
        };
        let bytes = codec::encode(&sent);
        bytes
            .windows(summary.len())
            .any(|part| part == summary.as_bytes())
    });
    found.count()
}

fn flash<'a>(place: &'a str, summary: &'a str) -> Vec<&'a str> {
    vec![
        "alert",
        "--what",
        "threat",
        "--where",
        place,
        "--yes",
        "--json",
        "--summary",
        summary,
    ]
}

fn circle(who: &Person) -> serde_json::Value {
    who.run(&["circle", "--json"]).done().json().remove(0)
}

#[test]
fn those_on_duty_read_a_new_alert_and_nobody_else_does() {
    let world = world();
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    let ivan = world.reader(&nina, "Ivan", "member", "ru");
    let olga = world.reader(&nina, "Olga", "member", "en");
    let boris = world.reader(&nina, "Boris", "member", "en");
    let petr = world.reader(&nina, "Petr", "observer", "en");
    let alena = world.defender(&nina, "Alena", "ru");
    // As the group was founded: the first is for every member, and for no observer.
    let said = alena.run(&flash("GE", "to every member")).done();
    assert_eq!(said.json()[0]["readers"], 5);
    assert!(
        said.err.contains("получатели: 5 человек (все участники)"),
        "{}",
        said.err
    );
    let copy = olga.cloned_to("copy");
    let before = circle(&olga);
    assert_eq!(
        (&before["by"], &before["set_by"]),
        (&"everybody".into(), &().into())
    );

    let mut watching = anna.start(&["watch"]);
    watching.wait_for("Watching");
    let said = nina.run(&["circle", "set", "Anna", "ivan", "--yes"]).done();
    assert!(
        said.out.contains("2 people on duty: Anna, Ivan"),
        "{}",
        said.out
    );
    watching.wait_for("Who reads new alerts has changed");
    watching.wait_for("2 people on duty: Anna, Ivan");
    watching.wait_for("Set by Nina");
    let said = alena.run(&flash("GE", "to two on duty")).done();
    assert_eq!(said.json()[0]["readers"], 2);
    assert!(said.err.contains("получатели: 2 дежурных"), "{}", said.err);
    watching.wait_for("to two on duty");
    let _ = watching.stop();
    for who in [&ivan, &nina, &olga, &boris, &petr] {
        let _ = who.run(&["watch", "--once"]).done();
    }
    for who in [&anna, &ivan] {
        assert_eq!(summaries(who), ["to every member", "to two on duty"]);
    }
    for who in [&nina, &olga, &boris] {
        assert_eq!(summaries(who), ["to every member"]);
    }
    assert_eq!(summaries(&petr), [] as [&str; 0]);
    let all = envelopes(&copy);
    for (who, count) in [
        (&anna, 1),
        (&ivan, 1),
        (&nina, 0),
        (&olga, 0),
        (&boris, 0),
        (&petr, 0),
    ] {
        assert_eq!(opened(&all, who, "to two on duty"), count);
    }

    // Everybody sees how it is, by whom and since when; a defender a number.
    let now = circle(&olga);
    assert_eq!(now["readers"], serde_json::json!(["Anna", "Ivan"]));
    assert_eq!(
        (&now["by"], &now["set_by"]),
        (&"name".into(), &"Nina".into())
    );
    assert!(now["set_at"].is_string());
    let status = olga
        .run(&["status", "--offline", "--json"])
        .done()
        .json()
        .remove(0);
    assert_eq!(
        (&status["duty"], &status["reader_count"]),
        (&true.into(), &2.into())
    );
    let status = alena.run(&["status", "--offline"]).done();
    assert!(
        status.out.contains("2 устройства дежурных"),
        "{}",
        status.out
    );
    let said = alena.run(&["circle"]).ended(1);
    assert!(!said.err.contains("Anna"), "{}", said.err);
    let shown = boris.run(&["show", "1", "--readers"]).done();
    assert!(
        shown.out.contains("Olga") && !shown.out.contains("Petr"),
        "{}",
        shown.out
    );

    // Whoever sends reads their own.
    let said = boris.run(&flash("GE", "by a member")).done();
    assert!(said.err.contains("to 2 people on duty"), "{}", said.err);
    let _ = boris.run(&["watch", "--once"]).done();
    assert_eq!(summaries(&boris), ["to every member", "by a member"]);

    // Nobody is on duty by having come.
    let code = world.invite(&nina, "Vera", "member");
    let vera = world.person("Vera", "en");
    let _ = vera.run(&["join", &code]).done();
    let said = nina.run(&["members", "approve", "Vera"]).done();
    assert!(said.err.contains("Vera is not one of them"), "{}", said.err);
    send(&alena, "Vera is new");
    let _ = vera.run(&["watch", "--once"]).done();
    assert_eq!(summaries(&vera), [] as [&str; 0]);

    // Of two on duty one goes, and then the other: then it is for everybody, and that is said.
    let _ = nina.run(&["members", "remove", "Anna", "--yes"]).done();
    let said = alena.run(&flash("GE", "to the one who is left")).done();
    assert!(said.err.contains("получатели: 1 дежурный"), "{}", said.err);
    let said = nina.run(&["members", "remove", "Ivan", "--yes"]).done();
    assert!(
        said.err
            .contains("nobody is left of those who were on duty"),
        "{}",
        said.err
    );
    let said = alena.run(&flash("GE", "to everybody again")).done();
    let to = "получатели: 4 участника, так как дежурных для этого нет";
    assert!(said.err.contains(to), "{}", said.err);
    for who in [&nina, &olga, &boris, &vera, &petr] {
        let _ = who.run(&["watch", "--once"]).done();
    }
    for who in [&nina, &olga, &boris, &vera] {
        assert_eq!(summaries(who).last().unwrap(), "to everybody again");
    }
    assert_eq!(summaries(&petr), [] as [&str; 0]);
    assert_eq!(circle(&olga)["by"], "nobody_left");
}

#[test]
fn whoever_is_kept_out_can_open_no_envelope_of_it() {
    let world = world();
    let nina = world.coordinator("Nina");
    let ivan = world.reader(&nina, "Ivan", "member", "en");
    let olga = world.reader(&nina, "Olga", "member", "en");
    let alena = world.defender(&nina, "Alena", "en");
    let copy = olga.cloned_to("copy");
    let args = [
        "circle",
        "keep-out",
        "Ivan",
        "--country",
        "Azerbaijan",
        "--source",
        "state",
    ];
    let _ = nina.run(&[args.as_slice(), &["--yes"]].concat()).done();
    let args = ["circle", "set", "Nina", "Ivan", "--yes"];
    let _ = nina.run(&args).done();
    let args = [
        "circle",
        "add",
        "Olga",
        "--country",
        "BY,RU",
        "--act",
        "threat",
        "--yes",
    ];
    let _ = nina.run(&args).done();
    // Who threatens is not asked in a flash alert; a country may be withheld.
    let said = alena.run(&flash("AZ", "the police of AZ")).done();
    assert!(said.err.contains("to 1 person on duty"), "{}", said.err);
    let _ = alena.run(&flash("withheld", "somewhere")).done();
    let said = alena.run(&flash("BY", "elsewhere")).done();
    assert!(said.err.contains("to 3 people on duty"), "{}", said.err);
    let _ = ivan.run(&["watch", "--once"]).done();
    assert_eq!(summaries(&ivan), ["elsewhere"]);
    let _ = nina.run(&["watch", "--once"]).done();
    assert_eq!(
        summaries(&nina),
        ["the police of AZ", "somewhere", "elsewhere"]
    );
    let _ = olga.run(&["watch", "--once"]).done();
    assert_eq!(summaries(&olga), ["elsewhere"]);
    let all = envelopes(&copy);
    for (summary, readers) in [
        ("the police of AZ", [1, 0, 0]),
        ("somewhere", [1, 0, 0]),
        ("elsewhere", [1, 1, 1]),
    ] {
        let opened = [&nina, &ivan, &olga].map(|who| opened(&all, who, summary));
        assert_eq!(opened, readers, "{summary}");
    }
    // By name it is a person's own act.
    let said = nina
        .run(&[flash("AZ", "to Ivan"), vec!["--to", "Ivan"]].concat())
        .done();
    assert!(said.err.contains("to Ivan"), "{}", said.err);
    let _ = ivan.run(&["watch", "--once"]).done();
    assert_eq!(summaries(&ivan), ["elsewhere", "to Ivan"]);
    // What a defender has names nobody.
    let view = sender_view(&unlocked(&alena), &state(&unlocked(&alena)).unwrap()).unwrap();
    assert_eq!((view.readers.len(), view.policy.kept_out.len()), (3, 1));
    // The people on duty who may read it may all be kept out of it: then it is for the others.
    let _ = nina.run(&["circle", "set", "Ivan", "--yes"]).done();
    let said = alena.run(&flash("AZ", "nobody on duty may")).done();
    assert!(
        said.err
            .contains("to 2 members, as nobody is on duty for it"),
        "{}",
        said.err
    );
    let _ = olga.run(&["watch", "--once"]).done();
    assert_eq!(summaries(&olga), ["elsewhere", "nobody on duty may"]);
    assert_eq!(opened(&envelopes(&copy), &ivan, "nobody on duty may"), 0);
}

/// Sealed without a network, by what the sender's device knows.
fn seal_alone(world: &World, who: &Person, args: &[&str]) {
    world.network().close_to_new(true);
    let _ = who.run(args).ended(3);
    world.network().close_to_new(false);
}

#[test]
fn an_alert_by_an_old_view_is_passed_on_to_who_is_on_duty_by_now() {
    let world = world();
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    let olga = world.reader(&nina, "Olga", "member", "en");
    let boris = world.reader(&nina, "Boris", "member", "en");
    let alena = world.defender(&nina, "Alena", "en");
    let copy = boris.cloned_to("copy");
    let _ = nina.run(&["circle", "set", "Anna", "Nina", "--yes"]).done();
    send(&alena, "heard of it");
    seal_alone(&world, &alena, &flash("GE", "by an old view"));
    // Nina is kept out of it since, and Olga is on duty.
    let _ = nina.run(&["circle", "set", "Olga", "Nina", "--yes"]).done();
    let _ = nina
        .run(&["circle", "keep-out", "Nina", "--country", "GE", "--yes"])
        .done();
    let _ = alena.run(&["outbox"]).done();
    // Whoever looks once does not wait for their turn.
    let said = anna.run(&["watch", "--once"]).done();
    assert!(said.out.contains("by an old view"), "{}", said.out);
    assert!(said.err.contains("being passed on"), "{}", said.err);
    let _ = anna.run(&["outbox"]).done();
    let shown = olga.run(&["watch", "--once"]).done();
    assert!(shown.out.contains("by an old view"), "{}", shown.out);
    assert!(
        shown.out.contains("Passed on: by the device of Anna"),
        "{}",
        shown.out
    );
    let _ = boris.run(&["watch", "--once"]).done();
    assert_eq!(summaries(&boris), [] as [&str; 0]);
    // Whom it was sealed to before can open that one, and is not sealed what is passed on.
    let all = envelopes(&copy);
    let opened = [&nina, &anna, &olga, &boris].map(|who| opened(&all, who, "by an old view"));
    assert_eq!(opened, [1, 2, 1, 0]);
    // It was all that she had to know, and she has it now.
    let said = alena.run(&flash("GE", "by the new one")).done();
    assert!(said.err.contains("to 1 person on duty"), "{}", said.err);
}

#[test]
fn it_is_shown_before_it_is_written_and_errors_say_what_to_do() {
    let world = world();
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "ru");
    let _petr = world.reader(&nina, "Petr", "observer", "en");
    let alena = world.defender(&nina, "Alena", "en");
    let narrow = nina.at_columns("40").speaking("ru");
    let args = [
        "circle",
        "keep-out",
        "Anna",
        "--country",
        "азербайджан",
        "--source",
        "государство",
    ];
    let mut asked = narrow.at_terminal(&args, 40);
    asked.sees("Отвод: Anna никогда не читает:");
    asked.sees("Азербайджан");
    asked.sees("Сделать так?");
    asked.enters("");
    assert_eq!(asked.ends(), 0);
    let screen = asked.screen();
    assert!(screen.contains("Ничего не изменено"), "{screen}");
    assert_eq!(circle(&nina)["by"], "everybody");
    assert_eq!(circle(&nina)["kept_out"], serde_json::json!([]));
    let mut asked = narrow.at_terminal(&args, 40);
    asked.sees("Сделать так?");
    asked.enters("да");
    assert_eq!(asked.ends(), 0);
    let now = circle(&nina);
    let kept_out = &now["kept_out"][0];
    assert_eq!(
        (&kept_out["name"], &kept_out["number"]),
        (&"Anna".into(), &1.into())
    );
    assert_eq!(kept_out["countries"], serde_json::json!(["AZ"]));
    assert_eq!(kept_out["sources"], serde_json::json!(["state"]));
    let _ = anna.run(&["watch", "--once"]).done();
    let shown = anna.at_columns("40").run(&["circle"]).done();
    assert!(
        shown.out.lines().all(|line| line.chars().count() <= 40),
        "{}",
        shown.out
    );
    assert!(shown.out.contains("1. Отвод: Anna"), "{}", shown.out);

    let fails = |args: &[&str], code: i32, part: &str| {
        let said = nina.run(&[&["circle"], args].concat()).ended(code);
        assert!(said.err.contains(part), "{args:?}: {}", said.err);
    };
    fails(
        &["set", "Petr", "--yes"],
        2,
        "members and coordinators only",
    );
    fails(
        &["set", "Nobody", "--yes"],
        2,
        "nobody in the group is called Nobody",
    );
    fails(&["set", "Anna"], 2, "add --yes");
    fails(&["set"], 2, "circle set");
    fails(&["add", "Anna", "--yes"], 2, "it is not said which alerts");
    fails(
        &["add", "Anna", "--country", "Ruritania", "--yes"],
        2,
        "--country",
    );
    fails(&["add", "Anna", "--act", "flying", "--yes"], 2, "--act");
    fails(
        &["remove", "7", "--yes"],
        2,
        "nothing in the list has this number",
    );
    fails(&["all", "--yes"], 2, "that is so already");
    for who in [&anna, &alena] {
        let said = who.run(&["circle", "all", "--yes"]).ended(1);
        assert!(!said.err.is_empty());
    }
    let said = nina.run(&["circle", "remove", "1", "--yes"]).done();
    assert!(said.out.contains("all members: Nina, Anna"), "{}", said.out);
    assert_eq!(circle(&nina)["kept_out"], serde_json::json!([]));
}
