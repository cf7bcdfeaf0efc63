//! Two people compare keys, and a group compares what it is: what both screens show, what is noted, and for whom.

use std::time::Duration;

use bellrope_tests::{
    people::{Person, Said, until},
    terminal::AtTerminal,
};

use crate::{send, world};

const SAME: &str = "1\n";
const DIFFER: &str = "2\n";

/// The digits on somebody's screen.
fn digits(said: &Said) -> Vec<String> {
    let lines = said.out.lines();
    let numbers =
        lines.filter(|line| line.starts_with("    ") && !line.contains(char::is_alphabetic));
    numbers.map(|line| line.replace(' ', "")).collect()
}

/// What a person's program says of somebody in the group, for programs.
fn member(who: &Person, name: &str) -> serde_json::Value {
    // Without a network a coordinator is told that, and sees the list.
    let all = who.run(&["members", "--json"]).json();
    let mut all = all.into_iter();
    all.find(|line| {
        [&line["name"], &line["contact"]].contains(&&name.into()) && line["standing"] == "in"
    })
    .unwrap()
}

fn reads(who: &Person) -> String {
    who.run(&["watch", "--once"]).done().out
}

#[test]
fn face_to_face_both_see_the_same_digits_without_a_network() {
    let mut world = world();
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    let boris = world.reader(&nina, "Boris", "observer", "ru");
    let _ = reads(&anna);
    let _ = world.stop_relay();
    // Enter is neither answer.
    let said = anna.run_with(&["verify", "Boris", "--here"], "\n\n3\n");
    let said = said.ended(1);
    assert!(said.err.contains("the input ended"), "{}", said.err);
    assert_eq!(member(&anna, "Boris")["compared"], serde_json::Value::Null);

    let by_anna = anna
        .run_with(&["verify", "boris", "--here"], "\n1\n")
        .done();
    let by_boris = boris
        .at_columns("40")
        .run_with(&["verify", "Anna", "--here"], SAME);
    let by_boris = by_boris.done();
    assert_eq!(digits(&by_anna).concat().len(), 60);
    assert_eq!(digits(&by_anna), digits(&by_boris));
    assert!(by_boris.out.contains("ОТМЕЧЕНО"), "{}", by_boris.out);
    assert!(by_boris.out.lines().all(|line| line.chars().count() <= 40));
    // With each pair others.
    let with_nina = anna.run_with(&["verify", "Nina", "--here"], SAME).done();
    assert_ne!(digits(&by_anna), digits(&with_nina));
    for (who, name) in [(&anna, "Boris"), (&boris, "Anna")] {
        let compared = &member(who, name)["compared"];
        assert_eq!(compared["result"], "same");
        assert_eq!(compared["how"], "here");
    }
    // What I compared is mine.
    assert!(member(&nina, "Boris")["compared"].is_null());
    let said = anna.run(&["members"]);
    assert!(
        said.out.contains("compared by you, face to face"),
        "{}",
        said.out
    );
    for (args, code) in [
        (["verify", "Anna", "--here"].as_slice(), 2),
        (&["verify", "Olga", "--here"], 1),
        (&["verify", "--here"], 2),
    ] {
        let _ = anna.run_with(args, SAME).ended(code);
    }
}

#[test]
fn a_mark_stands_on_the_page_and_no_other_device_inherits_it() {
    let world = world();
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    let boris = world.reader(&nina, "Boris", "member", "en");
    let _ = reads(&anna);
    send(&boris, "never compared");
    let page = reads(&anna);
    assert!(page.starts_with("ALERT"), "{page}");
    assert!(!page.contains("Keys:"), "{page}");
    let _ = anna.run_with(&["verify", "Boris", "--here"], SAME).done();
    send(&boris, "compared");
    let page = reads(&anna);
    assert!(page.starts_with("ALERT"), "{page}");
    assert!(
        page.contains("Keys: compared by you with Boris, face to face"),
        "{page}"
    );

    // Another device, in by a code, with the same name.
    let _ = nina.run(&["members", "remove", "Boris", "--yes"]).done();
    let again = world.person("boris-again", "en");
    let code = world.invite(&nina, "Boris", "member");
    let _ = again.run(&["join", &code]).done();
    let _ = nina.run(&["members", "approve", "Boris"]).done();
    let _ = again.run(&["watch", "--once"]).done();
    send(&again, "by another device");
    let page = reads(&anna);
    assert!(page.starts_with("WARNING: ANOTHER DEVICE."), "{page}");
    let warned = page.find("WARNING: ANOTHER").unwrap();
    assert!(warned < page.find("by another device").unwrap(), "{page}");
    assert!(!page.contains("Keys: compared"), "{page}");
    let list = anna.run(&["inbox"]).done().out;
    assert_eq!(list.matches("CHECK WHO: Boris").count(), 1, "{list}");
    assert_eq!(member(&anna, "Boris")["compared"]["result"], "other_device");
    // What the first device said stays its: what came in the second in which it was put out, nobody's (E4).
    for alert in anna.run(&["inbox", "--json"]).done().json() {
        let sender = &alert["sender"];
        let expected = match alert["alert"]["summary"].as_str().unwrap() {
            "by another device" => "other_device",
            _ if sender["status"] == "unverified" => continue,
            _ => "same",
        };
        assert_eq!(sender["compared"]["result"], expected, "{alert}");
    }

    let said = anna
        .run_with(&["verify", "Boris", "--here"], DIFFER)
        .ended(1);
    assert!(said.out.contains("THEY DIFFER"), "{}", said.out);
    send(&again, "after they differed");
    let page = reads(&anna);
    assert!(page.starts_with("WARNING: CHECK WHO SENT THIS."), "{page}");
    let said = anna.run(&["members"]).done();
    assert!(said.out.contains("they DIFFERED"), "{}", said.out);
    let _ = anna.run_with(&["verify", "Boris", "--here"], SAME).done();
    assert_eq!(member(&anna, "Boris")["compared"]["result"], "same");
}

#[test]
fn a_defender_compares_with_a_member_whose_name_is_not_on_the_device() {
    let world = world();
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    let alena = world.defender(&nina, "Alena", "ru");
    let _ = nina.run(&["watch", "--once"]).done();
    let _ = nina.run(&["contact", "Alena", "--to", "Anna"]).done();
    let _ = reads(&anna);
    let _ = alena.run_with(&["verify", "Anna", "--here"], "").ended(2);
    let said = alena.run_with(&["verify"], "").ended(2);
    assert!(said.err.contains("bellrope verify --here"), "{}", said.err);

    let by_anna = anna.run_with(&["verify", "Alena", "--here"], SAME).done();
    let shown = digits(&by_anna).concat();
    let (theirs, mine) = shown.split_at(30);
    let typed = format!("12345\n{} {}\n", &mine[..7], &mine[7..]);
    let said = alena.run_with(&["verify", "--here"], &typed).done();
    assert_eq!(digits(&said).concat(), theirs);
    assert!(said.err.contains("30 цифр"), "{}", said.err);
    assert!(said.out.contains("ЧИТАТЕЛЬ вашей группы"), "{}", said.out);
    let status = alena.run(&["status", "--offline", "--json"]).done().json();
    assert_eq!(status[0]["met"], 1);
    assert!(!bellrope_tests::world::contains(&alena.disk(), "Anna"));
    // Somebody whom nothing is sealed to.
    let said = alena
        .run_with(&["verify", "--here"], &format!("{theirs}\n"))
        .ended(1);
    assert!(said.out.contains("НИКТО"), "{}", said.out);
    let status = alena.run(&["status", "--offline", "--json"]).done().json();
    assert_eq!(status[0]["met"], 1);
    assert_eq!(member(&anna, "Alena")["compared"]["result"], "same");
    // The same name with another device has another handle, and begins without the mark.
    let _ = nina.run(&["members", "remove", "Alena", "--yes"]).done();
    let again = world.person("alena-again", "en");
    let code = world.invite(&nina, "Alena", "defender");
    let _ = again.run(&["join", &code]).done();
    let _ = nina.run(&["watch", "--once"]).done();
    let _ = nina.run(&["contact", "Alena", "--to", "Anna"]).done();
    let _ = reads(&anna);
    let about = member(&anna, "Alena");
    assert_eq!(about["compared"]["result"], "other_device", "{about}");
}

#[test]
fn the_group_has_one_number_as_long_as_all_see_one_roster() {
    let mut world = world();
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    let boris = world.reader(&nina, "Boris", "observer", "ru");
    let number = |who: &Person, args: &[&str]| {
        let said = who.run(&[&["verify", "--group"], args].concat()).done();
        digits(&said).concat()
    };
    let all = [&nina, &anna, &boris].map(|who| number(who, &[]));
    assert_eq!(all[0].len(), 12);
    assert!(all.iter().all(|one| *one == all[0]), "{all:?}");
    let said = [&nina, &anna, &boris].map(|who| number(who, &["--said", "48 21"]));
    assert_ne!(said[0], all[0]);
    assert!(said.iter().all(|one| *one == said[0]), "{said:?}");
    let _ = nina.run(&["verify", "--group", "--said", "12a"]).ended(2);
    let _ = nina.run(&["verify", "Anna", "--group"]).ended(2);

    let _ = world.reader(&nina, "Olga", "member", "en");
    let _ = world.stop_relay();
    let nina = nina.run(&["verify", "--group"]).done();
    let anna = anna.run(&["verify", "--group"]).done();
    assert_ne!(digits(&nina), digits(&anna));
    // Who is behind has fewer entries, and that is said.
    let entries = |said: &Said| {
        let (_, after) = said.out.split_once("It is of ").unwrap();
        after.split(' ').next().unwrap().parse::<u32>().unwrap()
    };
    assert!(entries(&anna) < entries(&nina));
    assert!(anna.err.contains("did not answer"), "{}", anna.err);
    let stranger = world.person("stranger", "en");
    let _ = stranger.run(&["verify", "--group"]).ended(1);
}

/// What a person at a terminal sees of the code, up to the question about it: the numbers, and the words.
fn code(at: &mut AtTerminal) -> (String, String) {
    let screen = at.sees("(Ctrl-C");
    let indented: Vec<&str> = screen
        .lines()
        .filter_map(|line| line.strip_prefix("    "))
        .map(str::trim)
        .collect();
    let [numbers, first, second, ..] = indented.as_slice() else {
        panic!("no code: {screen}");
    };
    assert_eq!(numbers.split_whitespace().count(), 3, "{screen}");
    (numbers.to_string(), format!("{first} {second}"))
}

#[test]
fn on_a_call_both_see_one_code_and_are_told_what_the_other_answered() {
    let world = world();
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    let boris = world.reader(&nina, "Boris", "member", "ru");
    let _ = world.reader(&nina, "Olga", "observer", "en");
    let _ = reads(&anna);
    let mut watch = boris.start(&["watch"]);
    watch.wait_for("На связи");
    // Whoever begins, and whose key is the lower.
    let pairs = [
        (&anna, "Boris", &boris, "Anna"),
        (&boris, "Anna", &anna, "Boris"),
    ];
    let mut codes = Vec::new();
    for (one, other, two, second) in pairs {
        // A relay that delays only delays.
        let millis = 300 * u64::try_from(codes.len()).unwrap();
        world.network().slow_down(Duration::from_millis(millis));
        let mut first_at = one.at_terminal(&["verify", other], 80);
        first_at.sees("Ctrl-C");
        if std::ptr::eq(one, &anna) {
            watch.wait_for("С вами хотели сверить ключи по телефону");
        }
        let mut second_at = two.at_terminal(&["verify", second], 40);
        second_at.sees("Ctrl-C");
        let seen = [code(&mut first_at), code(&mut second_at)];
        assert_eq!(seen[0].0, seen[1].0);
        assert_ne!(seen[0].1, seen[1].1, "in two languages");
        codes.push(seen[0].0.clone());
        // Enter is neither, and nothing is chosen beforehand.
        first_at.enters("");
        first_at.sees("2. ");
        first_at.enters("1");
        second_at.enters("1");
        // To tell the group is another question, and Enter tells nobody.
        for at in [&mut first_at, &mut second_at] {
            at.sees("Enter: ");
            at.enters("");
        }
        assert_eq!(first_at.ends(), 0, "{}", first_at.screen());
        assert_eq!(second_at.ends(), 0, "{}", second_at.screen());
    }
    assert_ne!(codes[0], codes[1]);
    for (who, name) in [(&anna, "Boris"), (&boris, "Anna")] {
        let compared = &member(who, name)["compared"];
        assert_eq!(
            (&compared["result"], &compared["how"]),
            (&"same".into(), &"call".into())
        );
    }
    assert_eq!(watch.stop().0, 0);
    send(&boris, "compared by now");
    let page = reads(&anna);
    assert!(
        page.contains("Keys: compared by you with Boris, on a call"),
        "{page}"
    );
    // With whom it goes face to face only, and with nobody.
    let said = anna.run(&["verify", "Olga"]).ended(2);
    assert!(said.err.contains("--here"), "{}", said.err);
    let _ = anna.run(&["verify", "Anna"]).ended(2);
    let said = world.person("stranger", "en").run(&["verify", "Anna"]);
    let _ = said.ended(1);
}

#[test]
fn where_one_says_that_they_differ_it_counts_for_both_however_late_it_comes() {
    let world = world();
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    let boris = world.reader(&nina, "Boris", "member", "en");
    let _ = reads(&anna);
    let begin = || {
        let mut both = [(&anna, "Boris"), (&boris, "Anna")]
            .map(|(who, name)| who.at_terminal(&["verify", name], 80));
        for at in &mut both {
            at.sees("(Ctrl-C");
            let _ = code(at);
        }
        both
    };
    let [mut by_anna, mut by_boris] = begin();
    by_anna.enters("1");
    by_anna.sees("Waiting for the answer");
    by_boris.enters("2");
    by_anna.sees("THE OTHER SIDE SAYS THAT THEY DIFFER");
    assert_eq!(by_anna.ends(), 1);
    by_boris.sees("The other side says that they are the same");
    assert_eq!(by_boris.ends(), 1);
    for (who, name) in [(&anna, "Boris"), (&boris, "Anna")] {
        assert_eq!(member(who, name)["compared"]["result"], "differ");
    }
    // Who has left the call hears of it by whatever program reads next.
    let [by_anna, mut by_boris] = begin();
    by_anna.enters("1");
    let noted = || member(&anna, "Boris")["compared"]["result"] == "same";
    until("Anna's answer is noted", noted);
    by_anna.signals(rustix::process::Signal::KILL);
    by_boris.enters("2");
    assert_eq!(by_boris.ends(), 1, "{}", by_boris.screen());
    let said = anna.run(&["watch", "--once"]).done();
    assert!(
        said.err.contains("that they DIFFERED: Boris"),
        "{}",
        said.err
    );
    assert_eq!(member(&anna, "Boris")["compared"]["result"], "differ");
    // Ctrl-C notes nothing, and both begin again.
    let [mut by_anna, mut by_boris] = begin();
    by_anna.types("\u{3}");
    assert_ne!(by_anna.ends(), 0);
    by_boris.types("\u{3}");
    assert_ne!(by_boris.ends(), 0);
    assert_eq!(member(&anna, "Boris")["compared"]["result"], "differ");
    let [mut by_anna, mut by_boris] = begin();
    by_anna.enters("1");
    by_boris.enters("1");
    for at in [&mut by_anna, &mut by_boris] {
        at.sees("Enter: no");
        at.enters("");
    }
    assert_eq!((by_anna.ends(), by_boris.ends()), (0, 0));
    assert_eq!(member(&anna, "Boris")["compared"]["result"], "same");
}

#[test]
fn what_others_compared_is_shown_as_their_word_until_it_does_not_hold() {
    let world = world();
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    let boris = world.reader(&nina, "Boris", "member", "ru");
    let olga = world.reader(&nina, "Olga", "observer", "en");
    let _ = reads(&anna);
    let by_olga = olga
        .run_with(&["verify", "Anna", "--here", "--tell"], SAME)
        .done();
    assert!(
        !by_olga.err.contains("told"),
        "an observer's device tells nothing: {}",
        by_olga.err
    );
    // Who is not asked, and does not say so, tells nobody.
    let _ = anna.run_with(&["verify", "Nina", "--here"], SAME).done();
    let said = anna
        .run_with(&["verify", "Boris", "--here", "--tell"], SAME)
        .done();
    assert!(said.err.contains("The group is told"), "{}", said.err);
    let _ = reads(&anna);
    for who in [&nina, &boris, &olga] {
        let _ = reads(who);
        let about = member(who, "Boris");
        assert!(about["compared"].is_null(), "{about}");
        let by = about["compared_by"].as_array().unwrap();
        assert_eq!(by.len(), 1, "{about}");
        assert_eq!(
            (&by[0]["name"], &by[0]["how"]),
            (&"Anna".into(), &"here".into())
        );
        assert_eq!(member(who, "Nina")["compared_by"], serde_json::json!([]));
    }
    let said = nina.run(&["members"]).done();
    assert!(
        said.out.contains("compared by Anna, face to face"),
        "{}",
        said.out
    );
    send(&boris, "no mark of mine");
    let page = reads(&nina);
    assert!(
        page.starts_with("ALERT") && !page.contains("Keys:"),
        "{page}"
    );
    // It is taken back by itself.
    let _ = anna
        .run_with(&["verify", "Boris", "--here"], DIFFER)
        .ended(1);
    let _ = reads(&anna);
    let _ = reads(&nina);
    assert_eq!(member(&nina, "Boris")["compared_by"], serde_json::json!([]));
    assert_eq!(member(&nina, "Boris")["failed"], serde_json::json!([]));
}

#[test]
fn three_failures_in_a_day_are_told_to_everybody_in_plain_words() {
    let world = world();
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    let boris = world.reader(&nina, "Boris", "member", "ru");
    let _ = reads(&anna);
    let mut watch = nina.start(&["watch"]);
    watch.wait_for("Watching");
    for time in 1..=3 {
        let said = anna
            .run_with(&["verify", "Boris", "--here"], DIFFER)
            .ended(1);
        assert_eq!(said.err.contains("ALARM"), time == 3, "{}", said.err);
    }
    let _ = reads(&anna);
    let (_, line) = watch.wait_for("ALARM");
    assert!(
        line.contains("the device of Boris") && line.contains("of Anna"),
        "{line}"
    );
    // Of whom it is hears it too, and nobody hears it twice.
    let said = boris.run(&["watch", "--once"]).done();
    assert!(
        said.err.contains("ОПАСНОСТЬ: за сутки трижды"),
        "{}",
        said.err
    );
    let said = boris.run(&["watch", "--once"]).done();
    assert!(!said.err.contains("ОПАСНОСТЬ"), "{}", said.err);
    let (_, seen) = watch.stop();
    assert_eq!(seen.matches("ALARM").count(), 1, "{seen}");
    send(&boris, "said by a device in doubt");
    let page = reads(&nina);
    assert!(
        page.starts_with("WARNING: CHECK WHO SENT THIS. Three comparisons"),
        "{page}"
    );
    let failed = &member(&nina, "Boris")["failed"];
    assert_eq!(failed[0]["name"], "Anna");
    assert_eq!(failed.as_array().unwrap().len(), 1);
    // Until she compares with that device, and says so.
    let _ = anna
        .run_with(&["verify", "Boris", "--here", "--tell"], SAME)
        .done();
    let _ = reads(&anna);
    let _ = reads(&nina);
    assert_eq!(member(&nina, "Boris")["failed"], serde_json::json!([]));
    send(&boris, "no more");
    assert!(reads(&nina).starts_with("ALERT"));
}
