//! What members find out and settle in a case: on everybody's device the same, the more careful of two, and what was taken back before all else.

use std::fs;

use bellrope_tests::{
    people::{Person, Said},
    world::World,
};
use serde_json::{Value, json};

use crate::{pages::compare, send, world};

fn look(who: &Person) -> Said {
    who.run(&["watch", "--once"]).done()
}

fn case_of(who: &Person, case: &str) -> Value {
    who.run(&["case", case, "--json"]).done().json()[0].clone()
}

/// Everybody's view of a case, but for what is of themselves.
fn same_for_all(people: &[&Person], case: &str) -> Value {
    let view = |who: &&Person| {
        let mut view = case_of(who, case);
        view.as_object_mut().unwrap().remove("lead_mine");
        for told in view["story"].as_array_mut().unwrap() {
            told.as_object_mut().unwrap().remove("mine");
        }
        view
    };
    let views: Vec<Value> = people.iter().map(view).collect();
    for other in &views {
        assert_eq!(other, &views[0]);
    }
    views[0].clone()
}

/// A coordinator, two members, an alert that all have, and its number.
fn group(world: &World) -> (Person, Person, Person, String) {
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    let boris = world.reader(&nina, "Boris", "member", "ru");
    let alena = world.defender(&nina, "Alena", "en");
    send(&alena, "Men at the door");
    for who in [&nina, &anna, &boris] {
        let _ = look(who);
    }
    let case = nina.run(&["inbox", "--json"]).done().json()[0]["case"].clone();
    (nina, anna, boris, case.as_str().unwrap().to_owned())
}

#[test]
fn what_two_said_offline_is_the_same_everywhere_and_the_more_careful_counts() {
    let mut world = world();
    let (nina, anna, boris, case) = group(&world);
    let page = nina.run(&["case", &case]).done().out;
    assert!(page.contains("nobody has said how well yet"), "{page}");
    assert!(page.contains("Nothing goes out"), "{page}");

    assert_eq!(world.stop_relay().0, 0);
    let partner = [
        "fact",
        "verification",
        &case,
        "partner_confirmed",
        "--ground",
        "the committee in Minsk",
    ];
    let _ = anna.run(&partner).ended(3);
    // By its label, in his language.
    let said = boris.run(&["fact", "verification", &case, "один источник"]);
    let said = said.ended(3);
    assert!(
        said.out.contains("Подтверждение: один источник"),
        "{}",
        said.out
    );
    let _ = boris.run(&["fact", "publicity", &case, "none"]).ended(3);
    let _ = anna.run(&["fact", "publicity", &case, "wanted"]).ended(3);
    world.start_relay();
    for who in [&anna, &boris, &nina, &anna, &boris] {
        let _ = look(who);
    }
    let view = same_for_all(&[&nina, &anna, &boris], &case);
    assert_eq!(view["verification"], "one_source");
    assert_eq!(view["facts"].as_array().unwrap().len(), 4);
    let page = nina.run(&["case", &case]).done().out;
    assert!(page.contains("The lowest counts: one source"), "{page}");
    assert!(page.contains("“the committee in Minsk”"), "{page}");
    assert!(page.contains("the least publicity counts: none"), "{page}");
    assert!(page.contains("Nothing goes out"), "{page}");

    // Who has seen both settles it.
    let said = nina.run(&["fact", "verification", &case, "two_independent"]);
    assert!(said.done().out.contains("two independent sources"));
    let quiet = [
        "fact",
        "publicity",
        &case,
        "quiet_only",
        "--until",
        "2026-01-05",
    ];
    let _ = nina.run(&quiet).done();
    let again = nina.run(&["fact", "verification", &case, "two_independent"]);
    assert!(again.done().out.contains("Nothing was sent"));
    let _ = look(&boris);
    let view = case_of(&boris, &case);
    assert_eq!(view["verification"], "two_independent");
    let page = boris.run(&["case", &case]).done().out;
    assert!(!page.contains("Действует низшее"), "{page}");
    // Its time was over before it was said.
    assert!(page.contains("Наружу ничего не идёт"), "{page}");
}

#[test]
fn what_was_taken_back_comes_first_and_rings_and_the_family_takes_back_no_no() {
    let world = world();
    let (nina, anna, boris, case) = group(&world);
    let consent = |who: &Person, purpose: &str, answer: &str, by: &str| {
        who.run(&["fact", "consent", &case, purpose, answer, "--by", by])
            .done()
            .out
    };
    let said = consent(&nina, "publish", "yes", "defender");
    assert!(said.contains("cannot be taken back"), "{said}");
    let _ = look(&anna);
    let said = consent(&anna, "publish", "withdrawn", "family");
    assert!(said.contains("withdrawn"), "{said}");
    let told = look(&boris);
    let words = format!("СОГЛАСИЕ ОТОЗВАНО в {case}: опубликовать");
    assert!(told.out.contains(&words), "{}{}", told.out, told.err);
    for page in ["show", "case"] {
        let page = boris.run(&[page, &case]).done().out;
        let (first, lead) = (page.find("СОГЛАСИЕ ОТОЗВАНО"), page.find("Ведёт:"));
        assert!(first.is_some() && first < lead, "{page}");
    }
    let answer = |who: &Person, purpose: &str| {
        let view = case_of(who, &case);
        let all = view["consent"].as_array().unwrap().clone();
        all.into_iter().find(|said| said["purpose"] == purpose)
    };
    assert_eq!(answer(&boris, "publish").unwrap()["answer"], "withdrawn");
    // The family has second thoughts; the person says no, and then the family's yes is nothing.
    let _ = consent(&anna, "publish", "yes", "family");
    let _ = look(&boris);
    assert_eq!(answer(&boris, "publish").unwrap()["answer"], "yes");
    let _ = consent(&boris, "publish", "no", "defender");
    let _ = consent(&boris, "publish", "yes", "family");
    for who in [&nina, &anna, &boris] {
        let _ = look(who);
    }
    let _ = same_for_all(&[&nina, &anna, &boris], &case);
    let said = answer(&nina, "publish").unwrap();
    assert_eq!(
        (&said["answer"], &said["given_by"]),
        (&json!("no"), &json!("defender"))
    );
    // Nobody gives consent whom nobody knows.
    let refused = nina.run(&["fact", "consent", &case, "publish", "yes", "--by", "none"]);
    let refused = refused.ended(2);
    assert!(refused.err.contains("--by"), "{}", refused.err);
}

#[test]
fn one_speaks_with_the_family_and_everybody_else_reads_that_first() {
    let world = world();
    let (nina, anna, boris, case) = group(&world);
    let olga = world.reader(&nina, "Olga", "observer", "en");
    let _ = olga.home();
    let named = nina.run(&["fact", "part", &case, "contact", "anna"]).done();
    assert!(named.out.contains("contact: Anna"), "{}", named.out);
    let told = look(&anna).out;
    assert!(told.contains(&format!("YOU ARE NAMED in {case}")), "{told}");
    let page = anna.run(&["show", &case]).done().out;
    assert!(page.contains("You alone speak with the person"), "{page}");
    let told = look(&boris).out;
    assert!(!told.contains("ВАС НАЗВАЛИ"), "{told}");
    let page = boris.run(&["show", &case]).done().out;
    let (first, lead) = (page.find("НЕ ЗВОНИТЕ"), page.find("Ведёт:"));
    assert!(first.is_some() && first < lead, "{page}");
    assert_eq!(case_of(&boris, &case)["contact_owner"], json!(["Anna"]));
    // Nobody is named who cannot read it.
    let refused = nina
        .run(&["fact", "part", &case, "deputy", "Olga"])
        .ended(1);
    assert!(refused.err.contains("Olga"), "{}", refused.err);
    let refused = nina.run(&["fact", "part", &case, "cook", "Anna"]).ended(2);
    assert!(refused.err.contains("PART"), "{}", refused.err);
    // Who is put out speaks with nobody.
    let _ = nina.run(&["members", "remove", "Anna", "--yes"]).done();
    let _ = look(&boris);
    assert_eq!(case_of(&boris, &case)["contact_owner"], json!([]));
    let page = boris.run(&["show", &case]).done().out;
    assert!(!page.contains("НЕ ЗВОНИТЕ"), "{page}");
    let named = nina.run(&["fact", "part", &case, "contact", "Nina"]);
    let _ = named.done();
    let _ = look(&boris);
    assert_eq!(case_of(&boris, &case)["contact_owner"], json!(["Nina"]));
    // And nobody any more.
    let _ = boris.run(&["fact", "part", &case, "contact_owner"]).done();
    let _ = look(&nina);
    assert_eq!(case_of(&nina, &case)["contact_owner"], json!([]));
    let page = nina.run(&["case", &case]).done().out;
    assert!(!page.contains("You alone"), "{page}");
}

#[test]
fn what_is_due_is_told_once_moved_ticked_off_and_goes_out_without_names() {
    let world = world();
    let (nina, anna, boris, case) = group(&world);
    let hearing = [
        "due",
        &case,
        "2026-12-05 10:00",
        "Hearing of Alena, Lenin court",
        "--kind",
        "hearing",
        "--zone",
        "+03:00",
        "--source",
        "her lawyer",
        "--for",
        "Anna",
    ];
    let said = nina.run(&hearing).done().out;
    assert!(
        said.contains("2026-12-05 10:00 UTC+3 (07:00 UTC)"),
        "{said}"
    );
    assert!(said.contains("not confirmed by a lawyer"), "{said}");
    let _ = nina
        .run(&["due", &case, "2020-03-01", "--kind", "body_reply"])
        .done();
    let told = look(&anna).out;
    assert!(
        told.contains("YOU ARE NAMED") && told.contains("Lenin court"),
        "{told}"
    );
    let listed = anna.run(&["calendar"]).done().out;
    let rows: Vec<&str> = listed.lines().collect();
    assert!(
        rows[0].starts_with(&format!("OVERDUE {case}, Date [")),
        "{listed}"
    );
    assert!(listed.contains("seen to by Anna"), "{listed}");
    let dates = anna.run(&["calendar", "--json"]).done().json();
    compare("`calendar`", &dates);
    let letters = dates[1]["date"].as_str().unwrap().to_owned();
    assert_eq!(dates[1]["value"], "2026-12-05T07:00:00Z");
    assert_eq!(dates[1]["offset_minutes"], 180);

    // Who promised is reminded, and nobody else.
    let tomorrow = [
        "due",
        &case,
        "tomorrow",
        "Call her sister",
        "--for",
        "Boris",
    ];
    let _ = nina.run(&tomorrow).done();
    let _ = look(&boris);
    let mut watches = boris.start(&["watch"]);
    let (_, line) = watches.wait_for("СКОРО");
    assert!(line.contains("Call her sister"), "{line}");
    let (_, seen) = watches.stop();
    assert!(!seen.contains("ПРОСРОЧЕНО"), "{seen}");
    let listed = nina.run(&["calendar", "--json"]).done().json();
    let tomorrow = listed.iter().find(|due| due["what"] == "Call her sister");
    let tomorrow = tomorrow.unwrap()["date"].as_str().unwrap();
    let dropped = ["due", &case, "--date", tomorrow, "--standing", "dropped"];
    let _ = nina.run(&dropped).done();
    let _ = look(&anna);

    // For another program: no name, no country, nothing that anybody wrote.
    let file = anna.home().parent().unwrap().join("dates.ics");
    let path = file.to_str().unwrap();
    let _ = anna.run(&["calendar", "--file", path]).done();
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.contains("DTSTART:20261205T070000Z\r\n"), "{text}");
    assert!(
        text.contains("DTSTART;VALUE=DATE:20200301\r\nDTEND;VALUE=DATE:20200302\r\n"),
        "{text}"
    );
    assert!(text.starts_with("BEGIN:VCALENDAR\r\n") && text.ends_with("END:VCALENDAR\r\n"));
    for word in ["Alena", "Lenin", "Anna", "lawyer", "BY-"] {
        assert!(!text.contains(word), "{word}: {text}");
    }
    let taken = anna.run(&["calendar", "--file", path]).ended(1);
    assert!(taken.err.contains("dates.ics"), "{}", taken.err);

    // Moved, in Russian, by who advises the case, and done.
    let adviser = ["fact", "part", &case, "lawyer_adviser", "Boris"];
    let _ = anna.run(&adviser).done();
    let _ = look(&boris);
    let moved = boris.run(&[
        "due",
        &case,
        "2026-12-07",
        "--date",
        &letters.to_lowercase(),
        "--by-lawyer",
    ]);
    let moved = moved.done().out;
    assert!(
        moved.contains("2026-12-07") && moved.contains("юрист подтверждает"),
        "{moved}"
    );
    let _ = look(&anna);
    assert_eq!(anna.run(&["calendar"]).done().out.lines().count(), 2);
    // Of another time nobody has said who confirmed it.
    let again = ["due", &case, "2026-12-08", "--date", &letters];
    let said = boris.run(&again).done().out;
    assert!(said.contains("юрист не подтверждал"), "{said}");
    assert!(!said.contains("her lawyer"), "{said}");
    let _ = look(&anna);
    let done = ["due", &case, "--date", &letters, "--standing", "done"];
    let _ = anna.run(&done).done();
    assert_eq!(anna.run(&["calendar"]).done().out.lines().count(), 1);
    assert_eq!(
        anna.run(&["calendar", "--all"]).done().out.lines().count(),
        3
    );
    for (wrong, code) in [
        (["due", &case, "--date", "ZZZZ"].as_slice(), 1),
        (["due", &case].as_slice(), 2),
        (["due", &case, "whenever", "it is"].as_slice(), 2),
        (
            ["due", &case, "2026-12-07 10:00", "x", "--zone", "Moon"].as_slice(),
            2,
        ),
    ] {
        let said = anna.run(wrong).ended(code);
        assert!(!said.err.is_empty(), "{wrong:?}");
    }
}

#[test]
fn custody_and_links_stand_in_json_as_the_readme_has_it() {
    let world = world();
    let (nina, anna, _, case) = group(&world);
    let alena = world.defender(&nina, "Rosa", "en");
    send(&alena, "Her sister too");
    let _ = look(&nina);
    let listed = nina.run(&["inbox", "--json"]).done().json();
    let other = listed[1]["case"].as_str().unwrap().to_owned();
    let custody = [
        "fact",
        "custody",
        &case,
        "--stage",
        "police_hold",
        "--since",
        "2026-01-05",
        "--place",
        "  Okrestina,\n Minsk ",
        "--body",
        "police",
        "--articles",
        "24.23",
        "--lawyer",
        "denied",
        "--lawyer-name",
        "Pavel",
        "--lawyer-unnamed",
        "--seen",
        "2026-01-06 11:00 UTC",
        "--seen-how",
        "lawyer",
        "--seen-by",
        "Pavel",
        "--ground",
        "her lawyer",
    ];
    let said = nina.run(&custody).done().out;
    assert!(said.contains("Held at: Okrestina, Minsk"), "{said}");
    assert!(said.contains("must not be said"), "{said}");
    let nothing = nina.run(&["fact", "custody", &case]).ended(2);
    assert!(nothing.err.contains("--stage"), "{}", nothing.err);
    let _ = nina
        .run(&["fact", "link", &case, "same_person", &other])
        .done();
    let itself = nina
        .run(&["fact", "link", &case, "follows", &case])
        .ended(2);
    assert!(itself.err.contains("itself"), "{}", itself.err);
    let _ = nina
        .run(&["state", &case, "verifying", "calls", "since", "noon"])
        .done();
    let closed = nina.run(&["state", &case, "closed"]).ended(2);
    assert!(closed.err.contains("STATE"), "{}", closed.err);
    let long = "x".repeat(281);
    let long = nina
        .run(&["fact", "custody", &case, "--place", &long])
        .ended(2);
    assert!(long.err.contains("280"), "{}", long.err);

    let told = anna.run(&["watch", "--once", "--json"]).done().json();
    let news: Vec<Value> = told
        .into_iter()
        .filter(|it| it["news"].is_array())
        .collect();
    compare("`watch`: what was said in a case", &news);
    let whole = anna.run(&["case", &case, "--json"]).done().json();
    compare("`case`", &whole);
    assert_eq!(whole[0]["state"], "verifying");
    let facts = whole[0]["facts"].as_array().unwrap();
    let of = |about: &str| facts.iter().find(|fact| fact["about"] == about).unwrap();
    assert_eq!(of("custody_stage")["value"], "police_hold");
    assert_eq!(of("held_since")["value"], "2026-01-05");
    assert_eq!(of("lawyer")["may_be_named"], "no");
    assert_eq!(of("last_contact")["value"], "2026-01-06T11:00:00Z");
    assert_eq!(of("link")["case"], json!(other));
    let page = anna.run(&["case", &case]).done().out;
    assert!(
        page.contains(&format!("Linked: same person as in {other}")),
        "{page}"
    );
    compare("`cases`", &anna.run(&["cases", "--json"]).done().json());
}

#[test]
fn two_alerts_about_one_thing_are_told_until_somebody_links_them() {
    let world = world();
    let (nina, anna, boris, _) = group(&world);
    let rosa = world.defender(&nina, "Rosa", "en");
    send(&rosa, "Masked police in her flat, Grodno");
    send(&rosa, "Police with masks have come (Grodno)");
    send(&rosa, "A fine for a poster");
    for who in [&nina, &anna, &boris] {
        let _ = look(who);
    }
    let alike = |who: &Person, case: &str| case_of(who, case)["alike"].clone();
    let listed = nina.run(&["cases", "--json"]).done().json();
    let number = |at: usize| listed[at]["case"].as_str().unwrap().to_owned();
    let (case, other) = (number(1), number(2));
    assert_eq!(alike(&nina, &case), json!([other]));
    assert_eq!(alike(&anna, &other), json!([case]));
    let page = nina.run(&["case", &case]).done().out;
    let remedy = format!("bellrope fact link {case} duplicate_of {other}");
    assert!(page.contains(&remedy), "{page}");
    let page = boris.run(&["case", &case]).done().out;
    assert!(page.contains("возможно, это о том же"), "{page}");
    // On the terminal it is as it was said.
    let link = ["fact", "link", &case, "duplicate_of", &other];
    let _ = nina.run(&link).done();
    let _ = look(&anna);
    assert_eq!(alike(&nina, &case), json!([]));
    assert_eq!(alike(&anna, &other), json!([]), "from the other side too");
}

#[test]
fn who_looks_once_a_day_reads_what_waits_and_drills_are_left_out() {
    let world = world();
    let (nina, anna, boris, case) = group(&world);
    let rehearsal = [
        crate::FLASH.as_slice(),
        &["A rehearsal of the whole", "--drill"],
    ]
    .concat();
    let _ = nina.run(&rehearsal).done();
    let _ = look(&boris);
    let said = boris.run(&["digest"]).done().out;
    assert!(said.contains("НИКТО НЕ ВЕДЁТ 1 дело"), "{said}");
    assert!(!said.contains("rehearsal"), "{said}");
    let _ = anna.run(&["lead", &case]).done();
    let due = ["due", &case, "tomorrow", "Call her sister"];
    let _ = anna.run(&due).done();
    let _ = look(&boris);
    let said = boris.run(&["digest", "--days", "7"]).done().out;
    assert!(!said.contains("НИКТО"), "{said}");
    assert!(said.contains("Call her sister"), "{said}");
    let mine = anna.run(&["digest"]).done().out;
    assert!(mine.contains("You lead (1)"), "{mine}");
    let digest = boris.run(&["digest", "--json"]).done().json();
    compare("`digest`", &digest);
    assert_eq!(digest[0]["nobody_leads"], json!([]));
    assert_eq!(digest[0]["changed"][0]["said"], 2);
    assert_eq!(
        anna.run(&["digest", "--json"]).done().json()[0]["you_lead"],
        json!([case])
    );
    let wrong = anna.run(&["digest", "--days", "0"]).ended(2);
    assert!(!wrong.err.is_empty());
}
