//! Keys of weeks: what is published of them, what is known then, who is sealed to what, and when a secret goes.

use bellrope_proto::ids::Timestamp;
use serde_json::{Value, json};

use super::{encoded, hex, world::*};
use crate::{
    device::{WeekBook, week_book::Heard, week_secrets::passed},
    extensions::Extensions,
    group::{Roster, Week},
    message::{View, WeekKeys},
    seal::{MemberIdentity, MemberKey},
    sync::later,
};

/// The week of the roster's entries, and the Monday on which it begins.
const WEEK: Week = Week(2_967);

/// A key of a week, by a number.
fn key(number: u8) -> MemberKey {
    MemberIdentity::from_seed(&[number; 32]).to_key()
}

fn said(first: u32, keys: &[Option<u8>]) -> WeekKeys {
    WeekKeys {
        first: Week(first),
        keys: keys.iter().map(|it| it.map(key)).collect(),
        extensions: Extensions::none(),
    }
}

fn weeks() -> Value {
    let monday = WEEK.begins().0;
    let moments = [0, 345_599, 345_600, monday - 1, monday, monday + 604_799];
    let weeks = moments.map(|at| json!({ "at": at, "week": Week::of(Timestamp(at)).0 }));
    weeks.into()
}

fn bodies() -> Value {
    let good = said(WEEK.0, &[Some(101), None, Some(103)]);
    let with = |change: &dyn Fn(&mut WeekKeys)| {
        let mut said = good.clone();
        change(&mut said);
        encoded(&said)
    };
    let low = "01".to_owned() + &"00".repeat(32);
    let canonical = "01".to_owned() + &hex(key(101).as_bytes());
    [
        ("three weeks", encoded(&good)),
        ("no week", with(&|said| said.keys.clear())),
        ("32 weeks", with(&|said| said.keys = vec![None; 32])),
        ("33 weeks", with(&|said| said.keys = vec![None; 33])),
        (
            "a key of low order",
            encoded(&good).replacen(&canonical, &low, 1),
        ),
        (
            "an extension that is ignored",
            with(&|said| said.extensions = extended(40_000)),
        ),
        (
            "an extension that is critical",
            with(&|said| said.extensions = extended(7)),
        ),
        (
            "weeks beyond the last",
            with(&|said| said.first = Week(u32::MAX - 1)),
        ),
    ]
    .map(|(name, body)| {
        let bytes = data_encoding::HEXLOWER.decode(body.as_bytes()).unwrap();
        let weeks = WeekKeys::decode(&bytes).map(|said| {
            let weeks = said.weeks();
            let weeks =
                weeks.map(|(week, key)| json!([week.0, key.map(|key| hex(key.as_bytes()))]));
            weeks.collect::<Vec<_>>()
        });
        json!({ "name": name, "body": body, "weeks": weeks })
    })
    .into()
}

/// What is known of Vera's weeks after these, one after the other.
fn books() -> Value {
    let week = WEEK.0;
    let first = said(week, &[Some(101), Some(102), Some(103)]);
    let next = said(week + 2, &[Some(103), Some(104)]);
    let other = said(week + 1, &[Some(199)]);
    let void = said(week + 1, &[None, None]);
    let cases = [
        ("a statement, and the next", vec![&first, &next]),
        ("the other way round", vec![&next, &first]),
        ("the older one played back", vec![&first, &next, &first]),
        ("another key for a week", vec![&first, &other]),
        ("another key, which came first", vec![&other, &first]),
        (
            "neither of the two comes back",
            vec![&first, &other, &first, &other],
        ),
        ("taken back", vec![&first, &void]),
        ("taken back, and played back", vec![&void, &first]),
    ];
    let cases = cases.map(|(name, all)| {
        let mut book = WeekBook::default();
        let reader = member(VERA);
        let heard = all.iter().map(|said| book.hear((reader, TIME), said, WEEK));
        let twice: Vec<bool> = heard.map(|heard| heard == Heard::Twice).collect();
        let known = WEEK.and_on(5).map(|week| match book.said(&reader, week) {
            None => json!(null),
            Some(None) => json!("void"),
            Some(Some(key)) => json!(hex(key.as_bytes())),
        });
        let known: Vec<Value> = known.collect();
        let bodies: Vec<String> = all.iter().map(|said| encoded(*said)).collect();
        json!({ "name": name, "bodies": bodies, "twice": twice, "known": known })
    });
    cases.into()
}

/// What each reader is sealed to in these weeks, by a device that reads and by a defender's.
fn sealed() -> Value {
    let view = View::of(&Roster::from_chain(everybody().0).unwrap());
    let readers = view.readers.clone();
    let mut book = WeekBook::default();
    let (first, second) = (*readers.first().unwrap(), *readers.last().unwrap());
    let of_first = said(WEEK.0, &[Some(101), Some(102)]);
    let of_second = said(WEEK.0 + 1, &[Some(112)]);
    book.hear((first, TIME), &of_first, WEEK);
    book.hear((second, TIME), &of_second, WEEK);
    let said = view
        .clone()
        .with_weeks((WEEK, 6), |reader, week| book.key(reader, week));
    // One who came first is out, another has come, and there was no room for keys of weeks.
    let mut next = view;
    next.readers = vec![key(200), second];
    let kept = next.clone().keeping_weeks_of(&said);
    let weeks = WEEK.and_on(3).map(|week| {
        let by_book = readers.iter().map(|it| book.key(it, week).unwrap_or(*it));
        let by = |view: &View| -> Vec<String> {
            let of_week = |reader: &MemberKey| {
                let mut weeks = view.weeks_of(reader).into_iter();
                weeks.find(|(of, _)| *of == week).map(|(_, key)| key)
            };
            let keys = view.readers.iter().map(|it| of_week(it).unwrap_or(*it));
            keys.map(|key| hex(key.as_bytes())).collect()
        };
        let by_book: Vec<String> = by_book.map(|key| hex(key.as_bytes())).collect();
        assert_eq!(by_book, by(&said), "both know the same");
        json!({ "week": week.0, "sealed_to": by_book, "after_the_next": by(&kept) })
    });
    let weeks: Vec<Value> = weeks.collect();
    let of = |reader: &MemberKey, said: &WeekKeys| json!({ "reader": hex(reader.as_bytes()), "body": encoded(said) });
    json!({
        "said": [of(&first, &of_first), of(&second, &of_second)],
        "view": encoded(&said),
        "next_view": encoded(&next),
        "weeks": weeks,
    })
}

/// In which week a device seals.
fn sealing() -> Value {
    let now = WEEK.begins().0;
    const DAY: u64 = Timestamp::DAY_SECONDS;
    let cases = [
        ("nothing was heard of a relay", now, None),
        ("clocks that agree", now, Some((now - DAY, now - DAY))),
        (
            "a relay that is a week ahead",
            now,
            Some((now - DAY, now + 6 * DAY)),
        ),
        (
            "a relay that is a week behind",
            now,
            Some((now - DAY, now - 8 * DAY)),
        ),
        (
            "a clock that was set back since",
            now - 100 * DAY,
            Some((now, now)),
        ),
    ];
    let cases = cases.map(|(name, clock, heard)| {
        let at = heard.map(|(at, time)| (Timestamp(at), Timestamp(time)));
        let week = Week::of(later(Timestamp(clock), at));
        let heard = heard.map(|(at, time)| json!({ "at": at, "time": time }));
        json!({ "name": name, "clock": clock, "heard": heard, "week": week.0,
            "posted_until": week.is_sealed_until().0 })
    });
    cases.into()
}

/// When the secret of a week goes.
fn deleted() -> Value {
    const DAY: u64 = Timestamp::DAY_SECONDS;
    let over = WEEK.is_over_at().0;
    // This device's clock, the relay's, and what others signed.
    let cases = [
        ("the last second", [over - 1, over - 1, over - DAY]),
        ("over", [over, over, over - DAY]),
        (
            "this clock is years ahead",
            [over + 1_000 * DAY, over - 1, over - DAY],
        ),
        ("the relay's is", [over - 1, over + 1_000 * DAY, over - DAY]),
        ("this clock was set back", [DAY, over + DAY, over]),
        ("the relay's was", [over, DAY, over]),
        ("others have said nothing", [over, over, 0]),
    ];
    let cases = cases.map(|(name, [clock, relay, others])| {
        let signed = Some(Timestamp(others)).filter(|it| it.0 > 0);
        let passed = passed(Timestamp(clock), Timestamp(relay), signed);
        json!({ "name": name, "clock": clock, "relay": relay, "others": signed.map(|it| it.0),
            "passed": passed.0, "deleted": WEEK.is_over_at() <= passed })
    });
    json!({ "week": WEEK.0, "over": over, "cases": cases })
}

pub(super) fn all() -> Value {
    json!({
        "note": "Keys of tests, known to everyone. README.md says what the fields are.",
        "weeks": weeks(),
        "bodies": bodies(),
        "books": books(),
        "sealed": sealed(),
        "sealing": sealing(),
        "deleted": deleted(),
    })
}

/// What the file says is what the words of its cases mean.
#[test]
fn keys_of_weeks_are_known_used_and_deleted_as_the_file_says() {
    let books = books();
    let known = |at: usize| -> Vec<&str> {
        let known = books[at]["known"].as_array().unwrap().iter();
        known
            .map(|it| match it.as_str() {
                None => "-",
                Some("void") => "void",
                Some(_) => "key",
            })
            .collect()
    };
    for at in [0, 1, 2] {
        assert_eq!(known(at), ["key", "key", "key", "key", "-"], "{at}");
    }
    for at in [3, 4, 5] {
        assert_eq!(known(at), ["key", "void", "key", "-", "-"], "{at}");
    }
    for at in [6, 7] {
        assert_eq!(known(at), ["key", "void", "void", "-", "-"], "{at}");
    }
    let twice = |at: usize| {
        books[at]["twice"]
            .as_array()
            .unwrap()
            .contains(&json!(true))
    };
    let all: Vec<bool> = (0..8).map(twice).collect();
    assert_eq!(all, [false, false, false, true, true, true, false, false]);
    let bodies = bodies();
    let bodies = bodies.as_array().unwrap().iter();
    let counts: Vec<bool> = bodies.map(|body| !body["weeks"].is_null()).collect();
    assert_eq!(counts, [true, true, true, false, false, true, false, true]);
    let deleted = deleted();
    let deleted = deleted["cases"].as_array().unwrap().iter();
    let deleted: Vec<bool> = deleted.map(|it| it["deleted"] == true).collect();
    assert_eq!(deleted, [false, true, false, false, true, true, true]);
    let sealing = sealing();
    let sealing = sealing.as_array().unwrap().iter();
    let sealing: Vec<u64> = sealing.map(|it| it["week"].as_u64().unwrap()).collect();
    let week = u64::from(WEEK.0);
    assert_eq!(sealing, [week, week, week + 1, week, week]);
}
