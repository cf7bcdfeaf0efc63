//! Who was away for two months forgets what the others have forgotten, though the relay has nothing of it any more and who wished it is out of the group;
//! and what a relay keeps back delays it, and no more.

use bellrope_client::{
    ConsentTo, MessageId, OpenTo, Role, SayInCase, agree,
    alert::vocabulary::ClosingReason,
    internals::roster,
    now, plan_retention, say_in_case, set_retention,
    show::{Forgotten, Inbox, Members, RetentionNow},
};
use bellrope_proto::ids::Timestamp;
use serde_json::{Value, json};

use crate::group::{DAY, Person, World, is_told_elsewhere};

const MARKER: &str = "Zimorodok was taken";

fn alert_of(person: &Person) -> Option<MessageId> {
    let inbox = Inbox::open(&person.device).unwrap().unwrap();
    let all = inbox.all().unwrap().alerts;
    let mut found = all
        .iter()
        .filter(|it| it.to_json()["alert"]["summary"] == MARKER);
    found.next().map(|it| it.id)
}

fn say(world: &World, person: &Person, alert: MessageId, what: SayInCase<'_>) {
    say_in_case(&person.device, alert, what, now()).unwrap();
    // It is sent, and comes back from the relay.
    for _ in 0..2 {
        assert!(world.look(person).failed.is_empty());
    }
}

fn left(person: &Person) -> Value {
    let all = Forgotten::all(&person.device).unwrap();
    all.first().map_or(Value::Null, Forgotten::to_json)
}

/// How many files of a case a device has, but for what is left of one that was forgotten.
fn files_of(world: &World, name: &str, alert: MessageId) -> usize {
    let folders = [
        "inbox/new",
        "inbox/cur",
        "cases/new",
        "cases/cur",
        "cases/out",
    ];
    let names = folders.iter().flat_map(|folder| {
        let names = std::fs::read_dir(world.home(name).join(folder)).unwrap();
        names.map(|it| it.unwrap().file_name().into_string().unwrap())
    });
    names.filter(|it| it.contains(&alert.to_string())).count()
}

fn names(value: &Value) -> Vec<&str> {
    let all = value.as_array().unwrap().iter();
    let mut names: Vec<&str> = all.map(|it| it["name"].as_str().unwrap()).collect();
    names.sort_unstable();
    names
}

#[test]
fn who_was_away_for_two_months_forgets_what_the_others_have_forgotten() {
    if is_told_elsewhere() {
        return;
    }
    let world = World::new();
    let nina = world.coordinator("Nina", 366);
    let [anna, boris, ivan, vera] =
        ["Anna", "Boris", "Ivan", "Vera"].map(|name| world.reader(&nina, name, Role::Member));
    let olga = world.reader(&nina, "Olga", Role::Observer);
    let alena = world.defender(&nina, "Alena");
    for who in [&nina, &anna, &boris, &ivan, &vera, &olga] {
        world.look(who);
    }
    world.alert(&alena, MARKER);
    for who in [&nina, &anna, &boris, &ivan, &vera] {
        world.look(who);
    }
    let alert = alert_of(&ivan).unwrap();
    assert!(alert_of(&anna).is_some());
    // Vera has what was said, and has lost the alert.
    say(&world, &anna, alert, SayInCase::Note(MARKER));
    world.look(&vera);
    assert_eq!(files_of(&world, "Vera", alert), 2);
    let lost = world.home("Vera").join(format!("inbox/cur/{alert}"));
    std::fs::remove_file(lost).unwrap();
    // Ivan goes away. Boris and Anna wish it; a relay keeps Anna's word from Nina for a while.
    world.pass(1);
    say(
        &world,
        &boris,
        alert,
        SayInCase::Forget(false, "she asks for it"),
    );
    world.look(&nina);
    let mailbox = roster(&nina.device).unwrap().unwrap().epoch().mailbox;
    let end = world.tail(mailbox);
    world.look(&anna);
    say(&world, &anna, alert, SayInCase::AgreeToForget);
    assert_eq!(alert_of(&anna), None);
    world.look_without(&nina, (mailbox, end));
    assert!(alert_of(&nina).is_some(), "one wish alone");
    world.look(&nina);
    assert_eq!(alert_of(&nina), None);
    world.pass(1);
    for who in [&anna, &nina, &anna] {
        world.look(who);
    }
    assert_eq!(names(&left(&anna)["erased"]), ["Anna", "Nina"]);
    assert_eq!(left(&nina)["not_yet"], json!(["Boris", "Ivan", "Vera"]));
    world.look(&vera);
    world.look(&vera);
    assert_eq!(
        files_of(&world, "Vera", alert),
        0,
        "and what says so is told others"
    );
    assert_eq!(left(&nina)["everywhere"], json!(false));
    // Boris is put out: what he wished does not count any more for who looks now.
    let members = Members::of(&nina.device, now()).unwrap().unwrap();
    let key = members.find_person("Boris").unwrap().key.unwrap();
    agree(&nina.device, (ConsentTo::Remove, &key), now()).unwrap();
    world.look(&nina);
    for _ in 0..3 {
        world.pass(20);
        world.look(&nina);
        world.look(&anna);
    }
    assert_eq!(left(&nina)["out_of_group"], json!(["Boris"]));

    // Ivan is back: he asks for what he missed, the others send him why it is gone, and his device does the same and says so.
    let key = {
        let members = Members::of(&ivan.device, now()).unwrap().unwrap();
        members.find_person("Olga").unwrap().key.unwrap()
    };
    let open = SayInCase::Open(OpenTo::People(std::slice::from_ref(&key)), "");
    say_in_case(&ivan.device, alert, open, now()).unwrap();
    world.look(&ivan);
    assert_eq!(alert_of(&ivan), Some(alert));
    // To whom he opens it who knows of nothing.
    world.look(&olga);
    assert!(alert_of(&olga).is_some());
    for who in [&nina, &anna] {
        world.look(who);
    }
    world.look(&ivan);
    assert_eq!(alert_of(&ivan), None, "{:?}", left(&ivan));
    assert_eq!(left(&ivan)["done_here"], json!(true));
    world.pass(1);
    for who in [&ivan, &nina, &anna, &olga] {
        world.look(who);
    }
    assert_eq!(alert_of(&olga), None, "{:?}", left(&nina));
    // She hears as late that it was opened to one more, who is to be told by her, too.
    for who in [&vera, &nina, &anna, &vera] {
        world.look(who);
    }
    world.pass(1);
    world.look(&vera);
    for who in [&nina, &anna] {
        world.look(who);
        assert_eq!(left(who)["not_yet"], json!([]), "{:?}", left(&vera));
        assert_eq!(left(who)["cannot_say"], json!(["Olga"]));
        assert_eq!(left(who)["everywhere"], json!(false), "Boris may have it");
    }
    // Whoever has it told again keeps none of it.
    assert_eq!(alert_of(&nina), None);
}

fn summaries(person: &Person) -> Vec<String> {
    let inbox = Inbox::open(&person.device).unwrap().unwrap();
    let all = inbox.all().unwrap().alerts;
    let all = all.iter().map(|it| {
        it.to_json()["alert"]["summary"]
            .as_str()
            .unwrap()
            .to_owned()
    });
    all.collect()
}

fn of(person: &Person, summary: &str) -> MessageId {
    let inbox = Inbox::open(&person.device).unwrap().unwrap();
    let all = inbox.all().unwrap().alerts;
    let mut found = all
        .iter()
        .filter(|it| it.to_json()["alert"]["summary"] == summary);
    found.next().unwrap().id
}

/// How many cases are due, will be soon, and are kept longer, in so many days.
fn stands(person: &Person, days: u64) -> [usize; 3] {
    let inbox = Inbox::open(&person.device).unwrap().unwrap();
    let all = inbox.cases().unwrap().cases;
    let now = now().plus(days * DAY);
    let stands = RetentionNow::of(&person.device, &all, now)
        .unwrap()
        .unwrap();
    let stands = stands.to_json();
    ["due", "soon", "kept"].map(|list| stands[list].as_array().unwrap().len())
}

/// What `bellrope forget --due` says, but for the list.
fn forget_due(world: &World, person: &Person) -> usize {
    let inbox = Inbox::open(&person.device).unwrap().unwrap();
    let all = inbox.cases().unwrap().cases;
    let stands = RetentionNow::of(&person.device, &all, now())
        .unwrap()
        .unwrap();
    let words = bellrope_client::text::Messages::new(bellrope_client::text::Language::En, &[]);
    let due = stands.to_forget(&words);
    for (alert, _) in &due {
        say_in_case(&person.device, *alert, SayInCase::ForgetDue, now()).unwrap();
    }
    for _ in 0..2 {
        world.look(person);
    }
    due.len()
}

#[test]
fn three_years_with_a_policy_and_nothing_goes_by_a_clock() {
    if is_told_elsewhere() {
        return;
    }
    let world = World::new();
    let nina = world.coordinator("Nina", 3 * 366);
    let [anna, ivan] = ["Anna", "Ivan"].map(|name| world.reader(&nina, name, Role::Member));
    let alena = world.defender(&nina, "Alena");
    let all = [&nina, &anna, &ivan];
    let all_look = || {
        for who in all {
            world.look(who);
        }
    };
    let look = |days: u64| {
        for _ in 0..days / 10 {
            world.pass(10);
            all_look();
        }
    };
    all_look();
    for summary in ["the first", "the second", "the third"] {
        world.alert(&alena, summary);
    }
    all_look();
    let closing = SayInCase::Close(ClosingReason::Released, "");
    for summary in ["the first", "the second"] {
        say(&world, &nina, of(&nina, summary), closing);
    }
    // A closing that its author signed with an old date, or whose clock was wrong, was closed when it came.
    let long_ago = Timestamp(now().0 - 600 * DAY);
    world.alert(&alena, "closed long ago");
    all_look();
    let backdated = of(&nina, "closed long ago");
    say_in_case(&nina.device, backdated, closing, long_ago).unwrap();
    for _ in 0..2 {
        world.look(&nina);
    }
    all_look();
    assert_eq!(all.map(|who| stands(who, 0)), [[0, 0, 0]; 3]);
    say_in_case(&nina.device, backdated, SayInCase::Reopen("not so"), now()).unwrap();
    all_look();
    // One year: it is written by who has the pen, and everybody goes by it.
    let planned = plan_retention(&nina.device, Some(12)).unwrap();
    set_retention(&nina.device, planned, now()).unwrap();
    look(10);
    assert_eq!(all.map(|who| stands(who, 300)), [[0, 0, 0]; 3]);
    assert_eq!(all.map(|who| stands(who, 340)), [[0, 2, 0]; 3]);
    assert_eq!(all.map(|who| stands(who, 360)), [[2, 0, 0]; 3]);
    // The second is kept for two years.
    let until = now().plus(730 * DAY);
    let second = of(&ivan, "the second");
    say(&world, &ivan, second, SayInCase::Keep(until, "the court"));
    look(360);
    assert_eq!(all.map(|who| stands(who, 0)), [[1, 0, 1]; 3]);
    assert_eq!(all.map(|who| summaries(who).len()), [4; 3]);

    // Nina says so, and nothing goes; for two months nobody else looks, and nothing goes.
    assert_eq!(forget_due(&world, &nina), 1);
    assert_eq!(forget_due(&world, &nina), 0);
    for _ in 0..6 {
        world.pass(10);
        world.look(&nina);
    }
    assert_eq!(summaries(&nina).len(), 4);
    // Anna comes back after two months and says the same; Ivan later still.
    world.look(&anna);
    world.look(&nina);
    world.look(&anna);
    assert_eq!(forget_due(&world, &anna), 1);
    world.look(&nina);
    assert_eq!(
        summaries(&anna),
        ["the second", "the third", "closed long ago"]
    );
    assert_eq!(
        summaries(&nina),
        ["the second", "the third", "closed long ago"]
    );
    world.pass(1);
    all_look();
    all_look();
    assert_eq!(
        summaries(&ivan),
        ["the second", "the third", "closed long ago"]
    );
    world.pass(1);
    for _ in 0..2 {
        all_look();
    }
    assert_eq!(left(&nina)["everywhere"], json!(true), "{:?}", left(&nina));

    // What was kept is seen again, and what nobody closed is never due.
    look(300);
    assert_eq!(all.map(|who| stands(who, 0)[0]), [0; 3]);
    assert_eq!(stands(&ivan, 30), [1, 0, 0]);
    look(60);
    assert_eq!(all.map(|who| stands(who, 0)), [[1, 0, 0]; 3]);
    assert_eq!(forget_due(&world, &ivan), 1);
    world.look(&anna);
    assert_eq!(forget_due(&world, &anna), 1);
    all_look();
    assert_eq!(
        all.map(summaries),
        [["the third", "closed long ago"]; 3].map(|it| it.map(str::to_owned).to_vec())
    );
    look(300);
    assert_eq!(all.map(|who| stands(who, 0)), [[0, 0, 0]; 3]);
}
