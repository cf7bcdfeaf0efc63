//! Careless, hostile, damaged and future makers, before today's reader; and the other way round.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use bellrope_proto::{codec, ids::Timestamp};
use proptest::prelude::*;
use serde::{Deserialize, Serialize};

use super::{
    country::Country,
    tests::{flash, full},
    vocabulary::*,
    *,
};
use crate::{
    extensions::Extensions,
    ids::MessageId,
    show::{reading_json, reading_line, reading_text},
    text::{Language, Messages, lay_out},
};

fn read(fields: &Fields) -> Reading {
    let body = codec::encode(fields);
    let reading = Reading::of_alert(&body);
    is_read_alike(&reading, &body);
    reading
}

/// Whatever is in order reads the same where it is not looked at again.
fn is_read_alike(reading: &Reading, body: &[u8]) {
    if reading.is_in_order(body) {
        assert_eq!(&Reading::of_alert_in_order(body), reading);
        assert!(reading.oddities().is_empty());
    }
}

fn words(language: Language) -> Messages {
    Messages::new(language, &[])
}

/// Shows it in every way, holds every way to be harmless, and gives the English page.
fn shown(reading: &Reading) -> String {
    for language in Language::ALL {
        let words = words(language);
        let page = lay_out(&reading_text(reading, &[], &words), 80);
        let line = reading_line(reading, &words);
        let hostile =
            |c: char| (c.is_control() && c != '\n') || ('\u{202a}'..='\u{202e}').contains(&c);
        assert!(!page.contains(hostile), "{page:?}");
        assert!(
            !line.contains(|c: char| hostile(c) || c == '\n'),
            "{line:?}"
        );
        assert!(page.lines().count() < 3_000 && line.chars().count() < 1_000);
        // Words of ours begin a row, words of others are indented or stand after a label.
        assert!(page.lines().all(|row| row.contains(':')
            || row.starts_with("  ")
            || row.ends_with('.')
            || row.is_empty()));
    }
    let (alert, oddities) = reading_json(reading);
    assert!(alert["kind"].is_string() && oddities.is_array());
    reading_text(reading, &[], &words(Language::En))
}

#[test]
fn what_has_to_be_tidied_or_remarked_on_is_not_in_order() {
    let in_order = |fields: &Fields| {
        let body = codec::encode(fields);
        Reading::of_alert(&body).is_in_order(&body)
    };
    assert!(in_order(&flash()) && in_order(&full()));
    type Change = fn(&mut Fields);
    let changes: [Change; 5] = [
        |f| f.summary = " one".into(),
        |f| f.summary.clear(),
        // Nothing is remarked on, and it is not what is shown.
        |f| f.language.clear(),
        |f| f.acts.push(f.acts[0]),
        |f| f.urgency = Urgency::from_number(900),
    ];
    for change in changes {
        let mut fields = flash();
        change(&mut fields);
        assert!(!in_order(&fields), "{fields:?}");
    }
    assert!(!Reading::of_alert(b"words").is_in_order(b"words"));
}

/// Every way that lost an alert once, the words that must be shown, and what is said of it.
#[test]
fn what_no_maker_may_send_is_shown_with_a_remark() {
    type Change = fn(&mut Fields);
    let cases: [(Change, &str, Oddity); 21] = [
        (
            |f| f.summary = "one\ttwo".into(),
            "one two",
            Oddity::Untidy(Field::Summary),
        ),
        (
            |f| f.summary = "one\ntwo".into(),
            "one two",
            Oddity::Untidy(Field::Summary),
        ),
        (
            |f| f.summary = "on\u{7}e\u{1b}[2J".into(),
            "one[2J",
            Oddity::Untidy(Field::Summary),
        ),
        (
            |f| f.summary = "  one ".into(),
            "Summary: one\n",
            Oddity::Untidy(Field::Summary),
        ),
        (
            |f| f.narrative = "a\r\nb\tc ".into(),
            "  a\n  b c\n",
            Oddity::Untidy(Field::Narrative),
        ),
        (
            |f| f.summary.clear(),
            "Account",
            Oddity::Breach(AlertError::Missing(Field::Summary)),
        ),
        (
            |f| f.summary = "я".repeat(160),
            "яяя",
            Oddity::Breach(AlertError::TooLong {
                field: Field::Summary,
                max: 140,
                found: 160,
            }),
        ),
        (
            |f| f.narrative = "я".repeat(2_000),
            "яяя",
            Oddity::Breach(AlertError::TooLong {
                field: Field::Narrative,
                max: 1_500,
                found: 2_000,
            }),
        ),
        (
            |f| {
                f.kind = Kind::Full;
                f.narrative = "я".repeat(8_192);
            },
            "яяя",
            Oddity::Breach(AlertError::TooLong {
                field: Field::Narrative,
                max: 8_000,
                found: 8_192,
            }),
        ),
        (
            |f| f.kind = Kind::Update,
            "About the earlier alert",
            Oddity::Breach(AlertError::Missing(Field::Original)),
        ),
        (
            |f| f.original = Some(MessageId([9; 16])),
            "0909",
            Oddity::Breach(AlertError::NotWith(Field::Original)),
        ),
        (
            |f| f.acts.clear(),
            "Summary",
            Oddity::Breach(AlertError::Missing(Field::Acts)),
        ),
        (
            |f| f.acts = vec![Act::Threat, Act::Threat],
            "What happened: threat\n",
            Oddity::Untidy(Field::Acts),
        ),
        (
            |f| f.victim.reference = "Ласточка".into(),
            "Ласточка",
            Oddity::Breach(AlertError::NotWith(Field::Reference)),
        ),
        (
            |f| {
                f.place.name = "Exampleville".into();
                f.place.precision = PlacePrecision::Country;
            },
            "Exampleville",
            Oddity::Breach(AlertError::NotWith(Field::PlaceName)),
        ),
        (
            |f| {
                f.place.precision = PlacePrecision::Withheld;
                f.place.country = Country::from_code("BY").ok();
            },
            "Belarus",
            Oddity::Breach(AlertError::NotWith(Field::Country)),
        ),
        (
            |f| f.needs = vec![Need::None, Need::Money],
            "nothing, money",
            Oddity::Breach(AlertError::NotWith(Field::Needs)),
        ),
        (
            |f| f.time.at = Some(Timestamp(1_795_560_000)),
            "2026-11-24 22:40",
            Oddity::Breach(AlertError::NotWith(Field::EventTime)),
        ),
        (
            |f| {
                f.time.at = Some(Timestamp(u64::MAX));
                f.time.precision = TimePrecision::Day;
            },
            "18446744073709551615",
            Oddity::Breach(AlertError::NotATime(Field::EventTime)),
        ),
        (
            |f| f.language = "русский".into(),
            "русский",
            Oddity::Breach(AlertError::NotALanguage(Field::Language)),
        ),
        (
            |f| f.requested_actions = vec!["x".into(); 9],
            "  x\n",
            Oddity::Breach(AlertError::TooMany {
                field: Field::RequestedActions,
                max: 8,
                found: 9,
            }),
        ),
    ];
    for (change, part, oddity) in cases {
        let mut fields = flash();
        fields.narrative = "the account".into();
        change(&mut fields);
        let reading = read(&fields);
        let page = shown(&reading);
        assert!(page.contains(part), "no {part} in\n{page}");
        assert!(
            reading.oddities().contains(&oddity),
            "{oddity:?}: {:?}",
            reading.oddities()
        );
        assert!(page.to_lowercase().contains("\nnote"), "{page}");
    }
}

#[test]
fn a_list_says_something_of_an_alert_without_a_summary() {
    let mut fields = flash();
    fields.summary.clear();
    fields.narrative = "Men at the door\nThree of them".into();
    assert!(reading_line(&read(&fields), &words(Language::En)).ends_with("; Men at the door"));
}

#[test]
fn a_country_that_is_none_loses_no_alert() {
    let body = |code: &[u8; 2]| {
        let mut fields = flash();
        fields.place.country = Country::from_code("BY").ok();
        let mut body = codec::encode(&fields);
        let at = body
            .windows(3)
            .position(|three| three == b"\x01BY")
            .unwrap();
        body[at + 1..at + 3].copy_from_slice(code);
        Reading::of_alert(&body)
    };
    let small = body(b"by");
    assert_eq!(small.country().unwrap().code(), "BY");
    assert_eq!(small.oddities(), [Oddity::Untidy(Field::Country)]);
    let unknown = body(b"zz");
    assert!(shown(&unknown).contains("Place: ZZ\n"));
    for code in [[0xff, 0xff], [0, 0x1b]] {
        let none = body(&code);
        assert_eq!(none.country(), None);
        let page = shown(&none);
        assert!(
            page.contains(&format!("0x{:02x}{:02x}", code[0], code[1])),
            "{page}"
        );
        assert!(page.contains("Алену Прыкладную задержали"), "{page}");
    }
}

#[test]
fn what_does_not_decode_shows_its_words() {
    let whole = codec::encode(&full());
    let damaged = [
        // Missing bytes, leftover bytes, an option that is none, a text that is no UTF-8.
        whole[..whole.len() - 30].to_vec(),
        [whole.as_slice(), b"\x01"].concat(),
        [&[0xff, 0xff, 7], &whole[2..]].concat(),
        {
            let mut bytes = whole.clone();
            let at = bytes
                .windows(4)
                .position(|part| part == &"унес".as_bytes()[..4])
                .unwrap();
            bytes[at] = 0xff;
            bytes
        },
        "Обыск в «Примере». Утром пришли.".as_bytes().to_vec(),
    ];
    for body in damaged {
        let reading = Reading::of_alert(&body);
        assert_eq!(reading.fields(), None);
        assert_eq!(reading.oddities(), [Oddity::Incomplete]);
        let page = shown(&reading);
        assert!(
            page.starts_with("NOTE: this alert could not be read completely"),
            "{page}"
        );
        for part in ["Обыск в «Примере»", "Утром пришли."] {
            assert!(page.contains(part), "no {part} in\n{page}");
        }
        let (json, _) = reading_json(&reading);
        assert_eq!(json["kind"], "unreadable");
        assert!(json["texts"].to_string().contains("Утром"));
        assert!(reading_line(&reading, &words(Language::Ru)).contains("Обыск"));
    }
    let page = shown(&Reading::of_alert(&[]));
    assert!(page.contains("No words were found"), "{page}");
    let other = Reading::of_other_kind(77, &whole);
    assert!(shown(&other).contains("(77)") && shown(&other).contains("Утром"));
}

/// States of this version before the release kept such bodies on disk: they ended before the extensions, or in none.
#[test]
fn bodies_of_before_the_release_are_whole() {
    let fields = Fields {
        custody_stage: CustodyStage::Unknown,
        designation_kind: DesignationKind::NotSaid,
        intake: None,
        ..full()
    };
    let body = codec::encode(&fields);
    let today = 2 + 2 + 1 + 8;
    let earliest = body[..body.len() - today].to_vec();
    let later = [earliest.as_slice(), &[0; 8]].concat();
    for body in [earliest, later] {
        let reading = Reading::of_alert(&body);
        assert_eq!(reading.fields(), Some(&fields));
        assert_eq!(reading.oddities(), []);
    }
}

#[test]
fn pathological_texts_stay_harmless() {
    let long = 60_000;
    for text in [
        "\n".repeat(long),
        "x\n".repeat(long / 2),
        "\u{202e}\u{200b}\u{2066}".repeat(long / 9),
        format!("{}Verification: confirmed", " x".repeat(long / 2)),
        "е\u{301}\u{20dd}".repeat(long / 7),
        "\u{1b}[2J".repeat(long / 4),
    ] {
        for fields in [
            Fields {
                summary: text.clone(),
                ..flash()
            },
            Fields {
                narrative: text.clone(),
                ..flash()
            },
            Fields {
                victim: Victim {
                    reference: text.clone(),
                    naming: Naming::Name,
                    ..Victim::default()
                },
                ..flash()
            },
            Fields {
                place: Place {
                    name: text.clone(),
                    ..Place::default()
                },
                ..flash()
            },
            Fields {
                language: text.clone(),
                ..flash()
            },
            Fields {
                requested_actions: text.split(' ').map(str::to_owned).collect(),
                ..flash()
            },
        ] {
            let page = shown(&read(&fields));
            assert!(
                !page
                    .lines()
                    .any(|row| row.starts_with("Verification: confirmed"))
            );
        }
        shown(&Reading::of_alert(text.as_bytes()));
    }
    let many = Fields {
        acts: (100..30_000).map(Act::from_number).collect(),
        ..flash()
    };
    let page = shown(&read(&many));
    assert!(
        page.contains("29892 more values") && page.len() < 4_000,
        "{page}"
    );
}

/// Each number of an alert, one after the other, as a newer program might write it.
#[test]
fn tomorrows_values_are_shown_as_numbers_in_every_field() {
    let field = |change: fn(&mut Fields, u16), label: &str| (change, label.to_owned());
    let cases = [
        field(|f, n| f.kind = Kind::from_number(n), "Message"),
        field(|f, n| f.subject = Subject::from_number(n), "Concerns"),
        field(|f, n| f.acts.push(Act::from_number(n)), "What happened"),
        field(|f, n| f.urgency = Urgency::from_number(n), "Urgency"),
        field(
            |f, n| f.translation.as_mut().unwrap().by = Translator::from_number(n),
            "Translated by",
        ),
        field(|f, n| f.victim.naming = Naming::from_number(n), "Victim"),
        field(
            |f, n| f.victim.whereabouts = Whereabouts::from_number(n),
            "Whereabouts",
        ),
        field(
            |f, n| f.victim.lawyer_access = LawyerAccess::from_number(n),
            "Access to a lawyer",
        ),
        field(
            |f, n| f.victim.medication_needed = YesNo::from_number(n),
            "Medication needed",
        ),
        field(
            |f, n| f.place.precision = PlacePrecision::from_number(n),
            "Place",
        ),
        field(
            |f, n| f.time.precision = TimePrecision::from_number(n),
            "Time",
        ),
        field(|f, n| f.time.timing = Timing::from_number(n), "Time"),
        field(
            |f, n| f.threat.origin = ThreatOrigin::from_number(n),
            "Who is behind it: state or not",
        ),
        field(|f, n| f.source = Source::from_number(n), "Source"),
        field(
            |f, n| f.firsthand = YesNo::from_number(n),
            "The source saw it themselves",
        ),
        field(
            |f, n| f.verification = Verification::from_number(n),
            "How far it was checked",
        ),
        field(|f, n| f.sharing = Sharing::from_number(n), "Sharing"),
        field(
            |f, n| f.coe.interaction = CoeInteraction::from_number(n),
            "Works with the Council of Europe",
        ),
        field(|f, n| f.needs.push(Need::from_number(n)), "Needed"),
        field(
            |f, n| f.custody_stage = CustodyStage::from_number(n),
            "Custody by now",
        ),
        field(
            |f, n| f.designation_kind = DesignationKind::from_number(n),
            "Named by the authorities as",
        ),
        field(
            |f, n| f.intake.as_mut().unwrap().via = IntakeVia::from_number(n),
            "Received by",
        ),
        field(
            |f, n| f.consent.given_by = ConsentGiver::from_number(n),
            "Consent given by",
        ),
        field(
            |f, n| f.consent.share_in_group = ConsentAnswer::from_number(n),
            "Consent: share inside the group",
        ),
        field(
            |f, n| f.consent.contact_family = ConsentAnswer::from_number(n),
            "Consent: contact the family",
        ),
        field(
            |f, n| f.consent.send_to_state = ConsentAnswer::from_number(n),
            "Consent: send to the authorities of the state",
        ),
        field(
            |f, n| f.consent.send_to_institutions = ConsentAnswer::from_number(n),
            "Consent: send to international institutions",
        ),
        field(
            |f, n| f.consent.use_name = ConsentAnswer::from_number(n),
            "Consent: use the name",
        ),
        field(
            |f, n| f.consent.publish = ConsentAnswer::from_number(n),
            "Consent: publish",
        ),
        field(
            |f, n| f.consent.media = ConsentAnswer::from_number(n),
            "Consent: give to the media",
        ),
    ];
    for (change, label) in cases {
        for number in [0, 999, u16::MAX] {
            let mut fields = full();
            change(&mut fields, number);
            let reading = read(&fields);
            assert_eq!(reading.fields(), Some(&fields), "kept as it came");
            assert!(
                matches!(reading.oddities(), [Oddity::Newer(_)]),
                "{:?}",
                reading.oddities()
            );
            let page = shown(&reading);
            let value = format!("value {number} (a newer program wrote it");
            let mut row = page
                .lines()
                .filter(|row| row.starts_with(&format!("{label}: ")));
            assert!(row.any(|row| row.contains(&value)), "{label}\n{page}");
            assert!(page.contains("Summary: Обыск"), "{page}");
            assert!(
                reading_json(&reading)
                    .0
                    .to_string()
                    .contains(&format!("unlisted_{number}"))
            );
        }
    }
}

#[test]
fn tomorrows_extensions_stand_beside_todays_words() {
    let with = |items: Vec<(u16, Vec<u8>)>| {
        read(&Fields {
            extensions: Extensions::new(items).unwrap(),
            ..full()
        })
    };
    let ignorable = with(vec![(40_000, b"one photograph".to_vec())]);
    assert_eq!(ignorable.oddities(), []);
    assert_eq!(shown(&ignorable), shown(&read(&full())));
    assert_eq!(
        reading_json(&ignorable).0["extensions"],
        serde_json::json!([40_000])
    );

    let critical = with(vec![(3, vec![1; 300]), (40_000, vec![])]);
    assert_eq!(critical.oddities(), [Oddity::More(vec![3])]);
    let page = shown(&critical);
    let (note, words): (Vec<&str>, Vec<&str>) =
        page.lines().partition(|line| line.starts_with("NOTE: "));
    assert!(note[0].starts_with("NOTE: this alert says something that this program cannot show."));
    assert_eq!(words.join("\n"), shown(&read(&full())), "beside the words");
    let (alert, oddities) = reading_json(&critical);
    assert_eq!(alert["extensions"], serde_json::json!([3, 40_000]));
    assert_eq!(
        oddities,
        serde_json::json!([{"what": "more", "extensions": [3]}])
    );

    // What an update is made from does not repeat what it does not know.
    let about = Fields::about(Kind::Update, MessageId([1; 16]), critical.fields().unwrap());
    assert!(about.extensions.is_empty());
}

/// What a later version may make of the record: the same fields, and an extension that it knows.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Tomorrow {
    today: Box<Fields>,
}

impl Tomorrow {
    const PLATE: u16 = 3;

    /// The number plate of a car, which this version cannot say.
    fn plate(&self) -> Option<&[u8]> {
        self.today.extensions.get(Self::PLATE)
    }
}

#[test]
fn tomorrows_reader_reads_todays_alerts() {
    let alert = Alert::new(full()).unwrap();
    let tomorrow: Tomorrow = codec::decode(&codec::encode(&alert)).unwrap();
    assert_eq!((&*tomorrow.today, tomorrow.plate()), (alert.fields(), None));
    let plated = Fields {
        extensions: Extensions::new(vec![(Tomorrow::PLATE, b"AB 1234".to_vec())]).unwrap(),
        ..full()
    };
    // Through today's reader, which keeps what it does not know.
    let kept = codec::encode(read(&plated).fields().unwrap());
    let tomorrow: Tomorrow = codec::decode(&kept).unwrap();
    assert_eq!(tomorrow.plate(), Some(b"AB 1234".as_slice()));
}

#[test]
fn makers_stay_strict() {
    for change in [
        |f: &mut Fields| f.summary = "я".repeat(141),
        |f: &mut Fields| f.summary.clear(),
        |f: &mut Fields| f.kind = Kind::Update,
        |f: &mut Fields| {
            f.time = EventTime {
                at: Some(Timestamp(u64::MAX)),
                precision: TimePrecision::Day,
                timing: Timing::Ongoing,
            }
        },
    ] {
        let mut fields = flash();
        change(&mut fields);
        for language in Language::ALL {
            use crate::show::Explain as _;
            assert!(
                !Alert::new(fields.clone())
                    .unwrap_err()
                    .explain(&words(language))
                    .is_empty()
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_damage_is_shown_and_harmless(
        at in 0_usize..2_000,
        with in any::<u8>(),
        cut in 0_usize..2_000,
        more in prop::collection::vec(any::<u8>(), 0..40),
    ) {
        let mut body = codec::encode(&full());
        let at = at % body.len();
        body[at] = with;
        body.truncate(body.len().saturating_sub(cut % 200));
        body.extend(more);
        let reading = Reading::of_alert(&body);
        is_read_alike(&reading, &body);
        shown(&reading);
    }
}
