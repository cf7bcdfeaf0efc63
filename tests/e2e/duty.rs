//! Who is on duty, and whose bell an alert rings: one person's and not everybody's, until somebody has it.

use bellrope_client::{internals::state, now, text::moment_text};
use bellrope_proto::ids::Timestamp;
use bellrope_tests::{
    people::{Person, Said},
    world::{World, contains},
};
use serde_json::{Value, json};

use crate::{hostile::unlocked, pages::compare, world};

/// Day and night.
const ALWAYS: &str = "mon-sun 0-24";

fn set(who: &Person, shifts: &[String]) -> Said {
    let mut args = vec!["duty", "set", "--place", "+00:00", "--yes"];
    for shift in shifts {
        args.extend(["--shift", shift]);
    }
    who.run(&args)
}

fn rota(who: &Person) -> Value {
    who.run(&["duty", "--json"]).done().json().remove(0)
}

fn look(who: &Person) -> Said {
    who.run(&["watch", "--once"]).done()
}

/// An alert of this urgency, and the number of its case as its readers have it.
fn alert(sender: &Person, reader: &Person, urgency: &str, summary: &str) -> String {
    let args = [
        "alert", "--what", "threat", "--where", "BY", "--yes", "--json",
    ];
    let more = ["--urgency", urgency, "--summary", summary];
    let said = sender.run(&[args.as_slice(), &more].concat()).done();
    assert_eq!(said.json()[0]["state"], "stored");
    let _ = look(reader);
    let all = reader.run(&["inbox", "--json"]).done().json();
    let found = all.iter().find(|it| it["alert"]["summary"] == summary);
    found.unwrap()["case"].as_str().unwrap().to_owned()
}

/// Somebody who writes the roster, two members who take turns, one who reads too, and a defender.
fn group(world: &World) -> [Person; 5] {
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    let ivan = world.reader(&nina, "Ivan", "member", "ru");
    let olga = world.reader(&nina, "Olga", "member", "en");
    let alena = world.defender(&nina, "Alena", "en");
    [nina, anna, ivan, olga, alena]
}

#[test]
fn an_alert_rings_who_is_on_duty_until_somebody_has_it() {
    let world = world();
    let [nina, anna, ivan, olga, alena] = group(&world);
    let said = set(&nina, &[format!("{ALWAYS} Anna / Ivan")]).done();
    assert!(said.out.contains("Now on duty: Anna"), "{}", said.out);
    // A week is looked at, and no further: its end is nobody's.
    let throughout = "Now on duty: Anna, also throughout the coming week; second line: Ivan";
    assert!(said.out.contains(throughout), "{}", said.out);
    let mut at_desk = anna.at_terminal(&["watch"], 200);
    at_desk.sees("Watching");
    let mut others = [&ivan, &olga].map(|who| who.start(&["watch"]));
    others[0].wait_for("График дежурств изменился");
    others[0].wait_for("Сейчас дежурит Anna");
    others[1].wait_for("The rota has changed");
    let case = alert(&alena, &nina, "critical", "at the door");
    at_desk.sees(&format!("The bell rings for {case}: you are on duty."));
    at_desk.sees("Press Enter");
    // The bell does not wait for the lines around it.
    assert!(at_desk.screen().contains('\u{7}'));
    others[0].wait_for(&format!("Здесь без звонка, дело {case}: дежурит Anna."));
    others[1].wait_for(&format!("No bell here for {case}: Anna is on duty."));

    // Whoever has it, it is quiet everywhere; also for who looks later.
    let _ = olga.run(&["ack", &case]).done();
    at_desk.sees("The bell stops");
    drop(at_desk);
    let mut again = anna.start(&["watch"]);
    again.wait_for("Watching");
    let other = alert(&alena, &nina, "high", "and now in the yard");
    again.wait_for(&format!("The bell rings for {other}: you are on duty."));
    let (_, seen) = again.stop();
    assert!(!seen.contains(&format!("rings for {case}")), "{seen}");
    // What nobody has acknowledged rings when their computer is there again.
    let mut again = anna.start(&["watch"]);
    again.wait_for(&format!("The bell rings for {other}: you are on duty."));
    let _ = again.stop();
    // What can wait rings nobody, and nor does a drill.
    let mut again = anna.start(&["watch"]);
    again.wait_for("Watching");
    let calm = alert(&alena, &nina, "information", "a court date");
    let drill = ["alert", "--drill", "--yes", "--summary", "only a drill"];
    let _ = alena.run(&drill).done();
    again.wait_for("only a drill");
    let (_, seen) = again.stop();
    assert!(!seen.contains(&format!("rings for {calm}")), "{seen}");
    assert_eq!(seen.matches("The bell rings").count(), 1, "{seen}");
    for other in others {
        let _ = other.stop();
    }
}

#[test]
fn where_nobody_is_on_duty_a_critical_alert_rings_all_who_are_awake() {
    let world = world();
    let [nina, anna, ivan, olga, alena] = group(&world);
    let _ = set(&nina, &[format!("{ALWAYS} Anna / Ivan")]).done();
    // Holidays from before now on: the minute is over that is named.
    let holidays = [
        "duty",
        "nobody",
        "--from",
        "2020-01-01",
        "--until",
        "2020-01-03",
        "--yes",
    ];
    let said = nina.run(&holidays).ended(2);
    assert!(said.err.contains("that time is over"), "{}", said.err);
    let moment = |hours: i64| {
        let at = now().0.saturating_add_signed(hours * 3600);
        moment_text(Timestamp(at))
            .trim_end_matches(" UTC")
            .to_owned()
    };
    let (from, until) = (moment(-1), moment(30));
    let holidays = [
        "duty", "nobody", "--from", &from, "--until", &until, "--yes",
    ];
    let said = nina.run(&holidays).done();
    assert!(
        said.out.contains("Nobody is on duty now; somebody is from"),
        "{}",
        said.out
    );
    let shown = nina.run(&["duty"]).done().out;
    assert!(
        shown.contains("Otherwise than each week:") && shown.contains(": nobody"),
        "{shown}"
    );

    let _ = look(&olga);
    let said = olga.run(&["duty", "quiet", "0:00-23:59"]).done();
    assert!(said.out.contains("00:00–23:59"), "{}", said.out);
    assert_eq!(rota(&olga)["quiet"], "00:00–23:59");
    let mut watching = [&anna, &ivan, &olga].map(|who| who.start(&["watch"]));
    for (watch, words) in watching
        .iter_mut()
        .zip(["Watching", "На связи", "Watching"])
    {
        watch.wait_for(words);
    }
    let waits = alert(&alena, &nina, "high", "it can wait for the morning");
    let case = alert(&alena, &nina, "critical", "it cannot");
    watching[0].wait_for(&format!(
        "No bell for {waits} now: nobody is on duty before"
    ));
    watching[0].wait_for(&format!(
        "The bell rings for {case}: nobody is on duty now."
    ));
    watching[1].wait_for(&format!("Звонок по делу {case}: сейчас никто не дежурит."));
    watching[2].wait_for(&format!(
        "No bell here for {case}: these are your quiet hours."
    ));
    for watch in watching {
        let _ = watch.stop();
    }
    // Somebody takes it over.
    let swap = [
        "duty", "swap", "Olga", "--from", &from, "--until", &until, "--second", "Anna", "--yes",
    ];
    let said = nina.run(&swap).done();
    assert!(said.out.contains("Now on duty: Olga"), "{}", said.out);
    // Who is on duty is rung in their quiet hours, too.
    let mut watching = olga.start(&["watch"]);
    watching.wait_for(&format!("The bell rings for {case}: you are on duty."));
    let _ = watching.stop();
    let _ = olga.run(&["duty", "quiet", "--off"]).done();
    assert_eq!(rota(&olga)["quiet"], json!(null));
}

#[test]
fn a_rota_is_seen_by_all_and_changed_by_coordinators() {
    let world = world();
    let [nina, anna, _, olga, alena] = group(&world);
    assert_eq!(rota(&nina)["place"], json!(null));
    assert!(nina.run(&["duty"]).done().out.contains("There is no rota"));
    let off = nina.run(&["duty", "off", "--yes"]).ended(2);
    assert!(off.err.contains("there is no rota"), "{}", off.err);
    let said = set(&anna, &[format!("{ALWAYS} Anna")]);
    assert_ne!(said.code, 0, "{}", said.out);
    for shift in [
        "mon-fri Anna",
        "mon-fry 8-20 Anna",
        "mon-fri 8-26 Anna",
        "mon-fri 8-20",
    ] {
        let said = set(&nina, &[shift.to_owned()]).ended(2);
        assert!(
            said.err.contains("these are no hours and no person"),
            "{}",
            said.err
        );
    }
    let said = set(&nina, &["mon-fri 8-20 Petr".to_owned()]).ended(2);
    assert!(said.err.contains("Petr"), "{}", said.err);
    let args = [
        "duty",
        "set",
        "--place",
        "Nowhere/Atall",
        "--shift",
        "mon 8-9 Anna",
        "--yes",
    ];
    let said = nina.run(&args).ended(2);
    assert!(said.err.contains("Nowhere/Atall"), "{}", said.err);
    let said = nina
        .run(&[
            "duty",
            "set",
            "--place",
            "+00:00",
            "--shift",
            "mon 8-9 Anna",
        ])
        .ended(2);
    assert!(said.err.contains("--yes"), "{}", said.err);

    let shifts = [
        "mon-fri 08:00-20:00 Anna / Olga".to_owned(),
        "сб,вс 22-6 Olga".to_owned(),
    ];
    let _ = set(&nina, &shifts).done();
    let same = set(&nina, &shifts).ended(2);
    assert!(same.err.contains("that is so already"), "{}", same.err);
    let _ = look(&anna);
    let here = rota(&anna);
    compare("`duty`", std::slice::from_ref(&here));
    assert_eq!(
        (&here["place"], &here["set_by"]),
        (&"+00:00".into(), &"Nina".into())
    );
    assert_eq!(here["utc_offset_minutes"], 0);
    let week = here["week"].as_array().unwrap();
    assert!((7..=8).contains(&week.len()), "{week:?}");
    // The night that follows on another is one of its own: nobody is there by day.
    assert!(
        week.iter()
            .any(|it| it["first"] == "Olga" && it["second"].is_null())
    );
    // A defender has none of it.
    let said = alena.run(&["duty"]);
    assert_ne!(said.code, 0);

    // Whoever leaves is stood in for.
    let _ = nina.run(&["members", "remove", "Anna", "--yes"]).done();
    let _ = look(&olga);
    let week = rota(&olga)["week"].clone();
    let week = week.as_array().unwrap();
    assert!(
        !week.is_empty() && week.iter().all(|it| it["first"] == "Olga"),
        "{week:?}"
    );
    let _ = nina.run(&["duty", "off", "--yes"]).done();
    let _ = look(&olga);
    assert_eq!(rota(&olga)["place"], json!(null));
}

#[test]
fn whoever_sends_is_told_the_hours_and_nothing_of_who() {
    let world = world();
    let [nina, _, _, _, alena] = group(&world);
    let send = |summary: &str| {
        let args = [
            "alert",
            "--what",
            "threat",
            "--where",
            "BY",
            "--yes",
            "--summary",
            summary,
        ];
        alena.run(&args).done().err
    };
    assert!(!send("no rota").contains("on duty now"));
    let _ = set(&nina, &[format!("{ALWAYS} Anna / Ivan")]).done();
    let said = send("by day and night");
    assert!(said.contains("Somebody is on duty now."), "{said}");
    let hours = |who: &Person| {
        let view = state(&unlocked(who)).unwrap().view.unwrap();
        (
            view.position,
            view.extensions.get(32_780).map(<[u8]>::to_vec),
        )
    };
    let (_, one) = hours(&alena);
    let one = one.unwrap();
    for text in ["Anna", "Ivan", "00:00"] {
        assert!(!contains(&one, text), "{text}");
    }
    // A swap is nothing that they are told of.
    let moment = |hours: i64| {
        let at = now().0.saturating_add_signed(hours * 3600);
        moment_text(Timestamp(at))
            .trim_end_matches(" UTC")
            .to_owned()
    };
    let (from, until) = (moment(-1), moment(30));
    let swap = [
        "duty", "swap", "Olga", "--from", &from, "--until", &until, "--yes",
    ];
    let _ = nina.run(&swap).done();
    let said = send("after a swap");
    assert!(said.contains("Somebody is on duty now."), "{said}");
    assert_eq!(hours(&alena).1, Some(one));
    // Holidays are.
    let holidays = [
        "duty", "nobody", "--from", &from, "--until", &until, "--yes",
    ];
    let _ = nina.run(&holidays).done();
    let said = send("on a holiday");
    assert!(
        said.contains("Nobody is on duty now. The next person looks at"),
        "{said}"
    );
    assert!(said.contains(&format!("{until} UTC")), "{said}");
    let said = alena.speaking("ru").run(&["outbox"]).done();
    assert!(!said.err.contains("Пока никто не ответил"), "{}", said.err);
    // And that there are no hours any more.
    let _ = nina.run(&["duty", "off", "--yes"]).done();
    assert!(!send("no rota again").contains("on duty"));
    assert_eq!(hours(&alena).1, None);
}
