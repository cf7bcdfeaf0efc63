#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use bellrope_proto::{ids::Timestamp, signing::SecretKey};
use proptest::prelude::*;
use serde_json::Value;

use super::{
    CaseTable, CaseView, Inbox, WantedCases,
    fixtures::{self, NOW, device, message},
};
use crate::{
    alert::{
        EventTime, Fields,
        country::Country,
        vocabulary::{Act, Kind, Subject, ThreatOrigin, TimePrecision, Vocabulary as _},
    },
    device::Device,
    group::About,
    text::{Language, Messages},
};

fn put(device: &Device, number: u8, fields: Fields) {
    let sender = SecretKey::from_seed(&[5; 32]);
    fixtures::put(device, &message(device, (number, &sender), fields), &sender);
}

fn fields(
    (country, acts): (Option<&'static str>, Vec<Act>),
    (subject, origin): (Subject, ThreatOrigin),
    (kind, month): (Kind, u64),
) -> Fields {
    let mut fields = Fields::of_kind(kind);
    fields.place.country = country.map(|code| Country::parse(code).unwrap());
    fields.acts = acts;
    fields.subject = subject;
    fields.threat.origin = origin;
    fields.summary = "Увели из ёлочного павильона".to_owned();
    if month > 0 {
        fields.time = EventTime {
            at: Some(Timestamp(NOW.0 - month * 31 * 24 * 3_600)),
            precision: TimePrecision::Day,
            ..EventTime::default()
        };
    }
    fields
}

fn any_fields() -> impl Strategy<Value = Fields> {
    let acts = [Act::Threat, Act::ArbitraryArrest, Act::RestrictiveLaw];
    let what = (
        prop::sample::select(vec![None, Some("BY"), Some("AM")]),
        prop::sample::subsequence(acts.to_vec(), 1..3),
    );
    let whom = (
        prop::sample::select(vec![
            Subject::Individual,
            Subject::Systemic,
            Subject::NotSaid,
        ]),
        prop::sample::select(vec![
            ThreatOrigin::Unknown,
            ThreatOrigin::State,
            ThreatOrigin::Mixed,
        ]),
    );
    let kind = prop::sample::select(vec![Kind::Full, Kind::Full, Kind::Drill]);
    (what, whom, (kind, 0..3_u64)).prop_map(|(what, whom, kind)| fields(what, whom, kind))
}

/// How many of the list are shown by a filter, and of them systemic ones. Drills are in the list alone.
fn shown(all: &[CaseView], wanted: &WantedCases, words: &Messages) -> (usize, usize) {
    let fields = |case: &&CaseView| case.alert.reading.fields().cloned().unwrap();
    let fits = all.iter().filter(|case| wanted.fits(case, words));
    let fits: Vec<Fields> = fits
        .map(|case| fields(&case))
        .filter(|fields| fields.kind != Kind::Drill)
        .collect();
    let systemic = fits.iter().filter(|it| it.subject == Subject::Systemic);
    (fits.len(), systemic.count())
}

fn counted(row: &Value) -> (usize, usize) {
    let count = |key: &str| usize::try_from(row[key].as_u64().unwrap()).unwrap();
    (count("count"), count("systemic"))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn what_is_counted_is_what_the_list_shows(all in prop::collection::vec(any_fields(), 0..16)) {
        let words = Messages::new(Language::En, &[]);
        let dir = tempfile::tempdir().unwrap();
        let device = device(dir.path());
        for (number, fields) in (1..).zip(all) {
            put(&device, number, fields);
        }
        let cases = Inbox::open(&device).unwrap().unwrap().cases().unwrap().cases;
        let table = CaseTable::of(&cases).to_json();
        prop_assert_eq!(counted(&table), shown(&cases, &WantedCases::default(), &words));
        let numbers = table["systemic_cases"].as_array().unwrap();
        prop_assert_eq!(numbers.len(), counted(&table).1);
        let of = |about: About| WantedCases { about, ..WantedCases::default() };
        for row in table["countries"].as_array().unwrap() {
            let Some(code) = row["country"].as_str() else {
                continue;
            };
            let about = About {
                countries: vec![Country::parse(code).unwrap()],
                ..About::default()
            };
            prop_assert_eq!(counted(row), shown(&cases, &of(about.clone()), &words));
            for row in row["acts"].as_array().unwrap() {
                let acts = vec![Act::from_key(row["act"].as_str().unwrap()).unwrap()];
                let about = About { acts, ..about.clone() };
                prop_assert_eq!(counted(row), shown(&cases, &of(about), &words));
            }
        }
        for row in table["months"].as_array().unwrap() {
            let month = row["month"].as_str().unwrap();
            let first: jiff::civil::Date = format!("{month}-01").parse().unwrap();
            let first = jiff::tz::TimeZone::UTC.to_timestamp(first.at(0, 0, 0, 0)).unwrap();
            let month = EventTime {
                at: Some(Timestamp(u64::try_from(first.as_second()).unwrap())),
                precision: TimePrecision::Month,
                ..EventTime::default()
            };
            let wanted = WantedCases {
                since: Some(month),
                until: Some(month),
                ..WantedCases::default()
            };
            prop_assert_eq!(counted(row), shown(&cases, &wanted, &words));
        }
        // What comes from both counts as such, and is found by either.
        let of_state = of(About { origins: vec![ThreatOrigin::State], ..About::default() });
        let sources = table["sources"].as_array().unwrap().iter();
        let of_state_or_both = sources
            .filter(|row| row["source"] == "state" || row["source"] == "mixed")
            .map(|row| counted(row).0);
        prop_assert_eq!(of_state_or_both.sum::<usize>(), shown(&cases, &of_state, &words).0);
    }
}

#[test]
fn a_case_is_found_by_what_it_says_and_what_was_done_about_it() {
    let words = Messages::new(Language::Ru, &[]);
    let dir = tempfile::tempdir().unwrap();
    let device = device(dir.path());
    let whom = (Subject::Systemic, ThreatOrigin::State);
    let what = (Some("BY"), vec![Act::RestrictiveLaw]);
    put(&device, 1, fields(what, whom, (Kind::Full, 2)));
    let cases = Inbox::open(&device)
        .unwrap()
        .unwrap()
        .cases()
        .unwrap()
        .cases;
    let fits = |wanted: &WantedCases| wanted.fits(&cases[0], &words);
    let search = |text: &str| WantedCases {
        search: text.to_owned(),
        ..WantedCases::default()
    };
    for (text, is_found) in [
        ("елочного", true),
        ("ЁЛОЧНОГО увели", true),
        ("Беларусь", true),
        ("bY-2026-0001", true),
        ("ёлочного нигде", false),
    ] {
        assert_eq!(fits(&search(text)), is_found, "{text}");
    }
    let day = |at| EventTime {
        at: Some(at),
        precision: TimePrecision::Day,
        ..EventTime::default()
    };
    let happened = Timestamp(NOW.0 - 2 * 31 * 24 * 3_600);
    let until = |at| WantedCases {
        until: Some(day(at)),
        ..WantedCases::default()
    };
    let day_begins = Timestamp(happened.0 / 86_400 * 86_400);
    assert!(fits(&until(day_begins)), "a day is meant whole");
    assert!(!fits(&until(Timestamp(day_begins.0 - 1))));
    let since = WantedCases {
        since: Some(day(Timestamp(happened.0 + 1))),
        ..WantedCases::default()
    };
    assert!(!fits(&since));
    for (wanted, is_found) in [
        (
            WantedCases {
                open: true,
                ..WantedCases::default()
            },
            true,
        ),
        (
            WantedCases {
                closed: true,
                ..WantedCases::default()
            },
            false,
        ),
        (
            WantedCases {
                mine: true,
                ..WantedCases::default()
            },
            false,
        ),
        (
            WantedCases {
                unled: true,
                ..WantedCases::default()
            },
            true,
        ),
    ] {
        assert_eq!(fits(&wanted), is_found, "{wanted:?}");
    }
    let text = CaseTable::of(&cases).text(&words);
    for line in [
        "1 дело, из них о системных проблемах: 1. Учебные не считаются.",
        "  Беларусь: 1, из них системных: 1",
        "  2026-09: 1, из них системных: 1",
        "  государство: 1, из них системных: 1",
        "  BY-2026-0001: ",
    ] {
        assert!(text.contains(line), "{text}");
    }
    let none = CaseTable::of(&[]).text(&words);
    assert_eq!(none, "Ни одно дело не подходит; учебные не считаются.");
}
