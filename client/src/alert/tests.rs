#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use bellrope_proto::{codec, ids::Timestamp};
use jiff::tz::TimeZone;

use super::{
    answers::{AnswerError, parse_acts, parse_one, parse_place, parse_several, parse_victim},
    country::Country,
    form,
    questions::{FlashAnswers, Question},
    vocabulary::*,
    *,
};
use crate::{
    extensions::Extensions,
    ids::MessageId,
    show::{
        Explain as _, alert_json, alert_text, question_lines, summary_line, unclear_lines,
        write_form,
    },
    text::{Language, Messages},
};

pub(super) const NOW: Timestamp = Timestamp(1_795_560_031);

fn home() -> Option<Country> {
    Country::from_code("BY").ok()
}

pub(crate) fn flash() -> Fields {
    Fields {
        acts: vec![Act::ArbitraryArrest],
        summary: "Алену Прыкладную задержали".into(),
        ..Fields::of_kind(Kind::Flash)
    }
}

/// Every field says something.
pub(crate) fn full() -> Fields {
    Fields {
        kind: Kind::Update,
        original: Some(MessageId([5; 16])),
        subject: Subject::Organisation,
        acts: vec![Act::SearchOrSeizure, Act::Designation],
        urgency: Urgency::Critical,
        summary: "Обыск в «Примере»: \"всё\" \\ унесли".into(),
        narrative: "Утром пришли.\n\nUrgency: \"\"\"none\"\"\"\nУшли.".into(),
        language: "ru".into(),
        translation: Some(Translation {
            original: MessageId([6; 16]),
            language: "be".into(),
            by: Translator::Machine,
        }),
        victim: Victim {
            naming: Naming::Pseudonym,
            reference: "Ласточка".into(),
            organisation: "Пример".into(),
            work: "editor".into(),
            disability_or_medical_need: "диабет".into(),
            whereabouts: Whereabouts::Moved,
            lawyer_access: LawyerAccess::Denied,
            medication_needed: YesNo::Yes,
        },
        place: Place {
            country: home(),
            name: "Exampleville, Sample street 5".into(),
            precision: PlacePrecision::Exact,
        },
        time: EventTime {
            at: Some(Timestamp(NOW.0 - NOW.0 % 60)),
            precision: TimePrecision::Minute,
            timing: Timing::Occurred,
        },
        threat: Threat {
            origin: ThreatOrigin::Mixed,
            actor: "unknown men".into(),
            legal_basis: "art. 0".into(),
        },
        source: Source::Colleague,
        firsthand: YesNo::No,
        verification: Verification::TwoIndependent,
        consent: Consent {
            share_in_group: ConsentAnswer::Yes,
            publish: ConsentAnswer::No,
            use_name: ConsentAnswer::NotReachable,
            given_by: ConsentGiver::Lawyer,
            given_at: Some(Timestamp(NOW.0 - NOW.0 % 60)),
            ..Consent::default()
        },
        sharing: Sharing::AmberStrict,
        coe: CoeWork {
            interaction: CoeInteraction::Intended,
            details: "communication to the Commissioner".into(),
        },
        needs: vec![Need::Lawyer, Need::Observers],
        requested_actions: vec!["write".into(), "call\\ \"now\"".into()],
        actions_taken: vec!["lawyer called".into()],
        custody_stage: CustodyStage::PoliceHold,
        designation_kind: DesignationKind::ForeignAgent,
        intake: Some(Intake {
            via: IntakeVia::Messenger,
            from: "Ян, брат".into(),
            at: Some(Timestamp(NOW.0 - NOW.0 % 60)),
            precision: TimePrecision::Minute,
            own_words: "«Прыйшлі ў шэсць.\nУсё забралі».".into(),
            contact: "Signal, только текстом".into(),
            call_hours: "после 20:00".into(),
            no_call_hours: "с 9 до 18: рядом начальник".into(),
            language: "белорусский".into(),
            told_already: "адвокату".into(),
        }),
        extensions: Extensions::none(),
    }
}

#[test]
fn limits_count_characters() {
    let mut fields = flash();
    fields.summary = "я".repeat(SUMMARY_CHARS_MAX);
    assert!(Alert::new(fields.clone()).is_ok());
    fields.summary.push('я');
    assert_eq!(
        Alert::new(fields),
        Err(AlertError::TooLong {
            field: Field::Summary,
            max: 140,
            found: 141
        })
    );
    let mut fields = flash();
    fields.narrative = "я".repeat(FLASH_NARRATIVE_CHARS_MAX + 1);
    assert!(matches!(
        Alert::new(fields.clone()),
        Err(AlertError::TooLong { max: 1_500, .. })
    ));
    fields.kind = Kind::Full;
    assert!(Alert::new(fields).is_ok());
}

#[test]
fn a_flash_at_its_limits_in_cyrillic_is_small() {
    let mut fields = flash();
    fields.acts = Act::ALL[..ITEMS_MAX].to_vec();
    fields.summary = "я".repeat(SUMMARY_CHARS_MAX);
    fields.narrative = "я".repeat(FLASH_NARRATIVE_CHARS_MAX);
    fields.victim.naming = Naming::Name;
    fields.victim.reference = "я".repeat(REFERENCE_CHARS_MAX);
    fields.place = Place {
        country: home(),
        name: "я".repeat(NAME_CHARS_MAX),
        precision: PlacePrecision::Exact,
    };
    fields.time = full().time;
    fields.consent = full().consent;
    let alert = Alert::new(fields.clone()).unwrap();
    let bytes = codec::encode(&alert).len();
    assert!(bytes < FLASH_BYTES_MAX, "{bytes}");
    // Three bytes a letter: every field is within its characters, the whole is not within its bytes.
    fields.narrative = "ა".repeat(FLASH_NARRATIVE_CHARS_MAX);
    assert!(matches!(
        Alert::new(fields),
        Err(AlertError::TooLarge { .. })
    ));
}

#[test]
fn an_alert_survives_the_wire() {
    let alert = Alert::new(full()).unwrap();
    let reading = Reading::of_alert(&codec::encode(&alert));
    assert_eq!(reading.fields(), Some(alert.fields()));
    assert_eq!(reading.oddities(), []);
    let mut untidy = full();
    untidy.summary.push('\u{1b}');
    assert_eq!(Alert::new(untidy).unwrap().fields(), &full());
}

#[test]
fn text_is_tidied() {
    let mut fields = flash();
    fields.summary = " one\r\ntwo\t\u{7}three ".into();
    fields.narrative = "\none\r\n\r\ntwo\u{2028}three\u{1b}[2J\n".into();
    fields.needs = vec![Need::None, Need::Money, Need::Money];
    let alert = Alert::new(fields).unwrap();
    assert_eq!(alert.fields().summary, "one two three");
    assert_eq!(alert.fields().narrative, "one\n\ntwo\nthree[2J");
    assert_eq!(alert.fields().needs, [Need::Money]);
}

#[test]
fn what_contradicts_or_is_missing_is_named() {
    let broken = |change: fn(&mut Fields)| {
        let mut fields = flash();
        change(&mut fields);
        Alert::new(fields).unwrap_err()
    };
    assert_eq!(broken(|f| f.acts.clear()), AlertError::Missing(Field::Acts));
    assert_eq!(
        broken(|f| f.summary = "\u{7} ".into()),
        AlertError::Missing(Field::Summary)
    );
    assert_eq!(
        broken(|f| f.kind = Kind::Closure),
        AlertError::Missing(Field::Original)
    );
    assert_eq!(
        broken(|f| f.original = Some(MessageId([1; 16]))),
        AlertError::NotWith(Field::Original)
    );
    assert_eq!(
        broken(|f| f.victim.reference = "A".into()),
        AlertError::NotWith(Field::Reference)
    );
    assert_eq!(
        broken(|f| {
            f.place.name = "X".into();
            f.place.precision = PlacePrecision::Country;
        }),
        AlertError::NotWith(Field::PlaceName)
    );
    assert_eq!(
        broken(|f| f.language = "русский".into()),
        AlertError::NotALanguage(Field::Language)
    );
    assert!(Alert::new(Fields::of_kind(Kind::CheckIn)).is_ok());
    for language in Language::ALL {
        let words = Messages::new(language, &[]);
        let mut fields = flash();
        fields.summary = "a".repeat(143);
        let said = Alert::new(fields).unwrap_err().explain(&words);
        assert!(
            said.contains("143") && said.contains("140") && said.contains('3'),
            "{said}"
        );
    }
}

#[test]
fn every_question_has_its_default() {
    for language in Language::ALL {
        let words = Messages::new(language, &[]);
        let mut answers = FlashAnswers::new(home(), TimeZone::UTC);
        for question in Question::ALL {
            assert!(question_lines(question, home(), &words).len() >= 2);
            assert!(question_lines(question, None, &words).len() >= 2);
            let given = answers.answer(question, "", NOW);
            match question {
                Question::Acts | Question::Words => {
                    assert_eq!(given, Err(AnswerError::Required));
                }
                _ => assert_eq!(given, Ok(()), "{question:?}"),
            }
        }
        answers.answer(Question::Acts, "задержали", NOW).unwrap();
        answers
            .answer(Question::Words, "Арестован Ян Пример\nУтром.\nДома.", NOW)
            .unwrap();
        let alert = answers.finish().unwrap();
        let said = alert.fields();
        assert_eq!(said.acts, [Act::ArbitraryArrest]);
        assert_eq!(said.victim.naming, Naming::Withheld);
        assert_eq!(said.place.country, home());
        assert_eq!(said.time, EventTime::default());
        assert_eq!(said.urgency, Urgency::NotSaid);
        assert_eq!(said.narrative, "Утром.\nДома.");
        assert_eq!(
            (said.sharing, said.consent),
            (Sharing::NotSaid, Consent::default())
        );
        assert_eq!(
            (said.subject, said.language.as_str()),
            (Subject::NotSaid, "und")
        );
        let page = alert_text(alert.fields(), &words);
        assert!(
            page.lines()
                .all(|line| line.contains(':') || line.starts_with("  ")),
            "{page}"
        );
    }
}

#[test]
fn a_refused_answer_changes_nothing() {
    let words = Messages::new(Language::En, &[]);
    let mut answers = FlashAnswers::new(home(), TimeZone::UTC);
    let before = answers.fields().clone();
    for (question, text) in [
        (Question::Acts, "99"),
        (Question::Acts, "1"),
        (
            Question::Acts,
            "обыск, допрос, угрозы, сутки, шизо, розыск, пытки, слежка, штраф",
        ),
        (Question::Victim, "2 человека"),
        (Question::Urgency, "very"),
        (Question::Time, "soon"),
        (Question::Victim, "pseudonym:"),
        (Question::Sharing, "1, 5"),
    ] {
        let error = answers.answer(question, text, NOW).unwrap_err();
        assert!(!error.explain(&words).is_empty());
        assert_eq!(answers.fields(), &before, "{text}");
    }
    let long = "x".repeat(141);
    assert!(answers.answer(Question::Words, &long, NOW).is_err());
}

#[test]
fn answers_in_both_languages() {
    for text in [
        "7, 9",
        "7 9",
        "arbitrary_arrest; search_or_seizure",
        "Задержание, ОБЫСК",
        "detained,search",
    ] {
        let acts = parse_several(text, Act::ALL).unwrap();
        assert_eq!(acts, [Act::ArbitraryArrest, Act::SearchOrSeizure], "{text}");
    }
    assert_eq!(parse_one("срочно", Urgency::ALL), Ok(Urgency::High));
    for (text, naming, reference) in [
        ("", Naming::Withheld, ""),
        ("не указывать", Naming::Withheld, ""),
        ("Withheld", Naming::Withheld, ""),
        ("Алена Прыкладная", Naming::Name, "Алена Прыкладная"),
        ("А. П.", Naming::Initials, "А. П."),
        ("псевдоним: Ласточка", Naming::Pseudonym, "Ласточка"),
        ("4 Swallow", Naming::Pseudonym, "Swallow"),
        ("initials A B", Naming::Initials, "A B"),
    ] {
        let victim = parse_victim(text).unwrap().victim;
        assert_eq!(
            (victim.naming, victim.reference.as_str()),
            (naming, reference),
            "{text}"
        );
    }
    for (text, name, precision) in [
        ("", "", PlacePrecision::Country),
        ("Беларусь", "", PlacePrecision::Country),
        ("BY, Гомель", "Гомель", PlacePrecision::City),
        (
            "Belarus, Гомельская область",
            "Гомельская область",
            PlacePrecision::Region,
        ),
        (
            "Belarus, Exampleville, Sample street 5",
            "Exampleville, Sample street 5",
            PlacePrecision::Exact,
        ),
    ] {
        let place = parse_place(text, home()).unwrap();
        assert_eq!(
            (place.name.as_str(), place.precision),
            (name, precision),
            "{text}"
        );
        assert_eq!(place.country, home(), "{text}");
    }
    let hidden = parse_place("скрыть", home()).unwrap();
    assert_eq!(
        (hidden.country, hidden.precision),
        (None, PlacePrecision::Withheld)
    );
    for nowhere in ["Гомель", "Nowhere"] {
        let asked = parse_place(nowhere, home());
        assert!(matches!(asked, Err(AnswerError::Unclear(_))), "{nowhere}");
    }
}

#[test]
fn a_country_that_nobody_said_is_nowhere() {
    let mut answers = FlashAnswers::new(home(), TimeZone::UTC);
    answers.answer(Question::Acts, "обыск", NOW).unwrap();
    answers.write("Пришли утром", "").unwrap();
    let alert = answers.finish().unwrap();
    assert_eq!(alert.fields().place, Place::default());
    assert_eq!(alert.fields().place.precision, PlacePrecision::NotSaid);
}

#[test]
fn an_unclear_answer_reads_in_both_languages_and_is_labelled() {
    for (language, part) in [
        (Language::En, "Belarus, Минск"),
        (Language::Ru, "Беларусь, Минск"),
    ] {
        let words = Messages::new(language, &[]);
        let Err(error @ AnswerError::Unclear(_)) = parse_place("Минск", None) else {
            panic!("taken");
        };
        assert!(error.explain(&words).contains("Belarus, Минск"));
        let AnswerError::Unclear(unclear) = error else {
            panic!("just was");
        };
        let lines = unclear_lines(&unclear, &words);
        assert_eq!(lines.len(), 4, "{lines:?}");
        assert!(lines[1].ends_with(part), "{lines:?}");
    }
}

#[test]
fn sharing_answers_become_consent() {
    let mut answers = FlashAnswers::new(home(), TimeZone::UTC);
    answers
        .answer(
            Question::Sharing,
            "международные органы, власти, с именем",
            NOW,
        )
        .unwrap();
    let said = answers.fields().clone();
    assert_eq!(said.sharing, Sharing::Amber);
    assert!(said.consent.permits(Purpose::SendToState) && said.consent.permits(Purpose::UseName));
    assert!(!said.consent.permits(Purpose::Publish));
    answers.answer(Question::Sharing, "", NOW).unwrap();
    assert!(!answers.fields().consent.permits(Purpose::SendToState));
}

/// One yes is no yes to anything else.
#[test]
fn each_permission_is_given_by_its_own_word() {
    for (text, permitted) in [
        ("", vec![]),
        ("только внутри группы", vec![Purpose::ShareInGroup]),
        ("публикация", vec![Purpose::ShareInGroup, Purpose::Publish]),
        ("publish", vec![Purpose::ShareInGroup, Purpose::Publish]),
        ("media", vec![Purpose::Media]),
        ("с именем", vec![Purpose::UseName]),
        ("2", vec![Purpose::ShareInGroup]),
        (
            "institutions, family",
            vec![
                Purpose::ShareInGroup,
                Purpose::ContactFamily,
                Purpose::SendToInstitutions,
            ],
        ),
    ] {
        let mut answers = FlashAnswers::new(home(), TimeZone::UTC);
        answers.answer(Question::Sharing, text, NOW).unwrap();
        let consent = answers.fields().consent;
        let found: Vec<Purpose> = Purpose::ALL
            .iter()
            .copied()
            .filter(|purpose| consent.permits(*purpose))
            .collect();
        assert_eq!(found, permitted, "{text}");
        assert_eq!(consent.given_at, None, "nobody was asked who gave it");
    }
}

#[test]
fn what_was_not_said_is_shown_as_that() {
    for (language, urgency, consent) in [
        (Language::En, "Urgency: not said\n", "Consent: not said\n"),
        (
            Language::Ru,
            "Срочность: не сказано\n",
            "Согласие: не сказано\n",
        ),
    ] {
        let words = Messages::new(language, &[]);
        let mut fields = flash();
        // Nobody is named who said it, so nobody said it then.
        fields.consent.given_at = Some(NOW);
        let page = alert_text(&fields, &words);
        for part in [urgency, consent] {
            assert!(page.contains(part), "no {part} in\n{page}");
        }
        for field in [Field::ConsentGivenAt, Field::Language, Field::IntakeVia] {
            let label = words.plain(&field.message_id());
            assert!(!page.contains(&format!("{label}:")), "{label} in\n{page}");
        }
        fields.consent.publish = ConsentAnswer::Withdrawn;
        fields.consent.use_name = ConsentAnswer::AskEachTime;
        fields.consent.given_by = ConsentGiver::Family;
        let page = alert_text(&fields, &words);
        for part in [
            "show-withdrawn",
            "show-ask-each-time",
            "show-consent-not-said",
            "show-consent-for-another",
        ] {
            assert!(page.contains(&words.plain(part)), "no {part} in\n{page}");
        }
        assert!(page.contains("2026-11-24"), "{page}");
    }
}

#[test]
fn a_report_for_another_says_how_it_came() {
    let mut answers = FlashAnswers::new(home(), TimeZone::UTC).for_another();
    for (question, text) in [
        (Field::IntakeVia, "позвонили"),
        (Field::IntakeFrom, "Ян, брат"),
        (Field::IntakeAt, "2026-11-24 22:10"),
        (
            Field::IntakeOwnWords,
            "«Забралі Алену».\nБольше ничего не знаю.",
        ),
        (Field::IntakeContact, "Signal"),
        (Field::IntakeCallHours, "после 20"),
        (Field::IntakeNoCallHours, "утром"),
        (Field::IntakeLanguage, "белорусский"),
        (Field::IntakeToldAlready, "адвокату"),
    ] {
        answers.answer_intake(question, text, NOW).unwrap();
    }
    let before = answers.fields().clone();
    for (question, text) in [
        (Field::IntakeVia, "голубь"),
        (Field::IntakeAt, "soon"),
        (Field::IntakeFrom, "я".repeat(NAME_CHARS_MAX + 1).as_str()),
    ] {
        answers.answer_intake(question, text, NOW).unwrap_err();
        assert_eq!(answers.fields(), &before);
    }
    answers.answer(Question::Acts, "обыск", NOW).unwrap();
    answers.write("Забрали Алену", "").unwrap();
    let alert = answers.clone().finish().unwrap();
    assert_eq!(alert.fields().kind, Kind::Flash);
    let page = alert_text(alert.fields(), &Messages::new(Language::Ru, &[]));
    for part in [
        "телефонный звонок",
        "Ян, брат",
        "2026-11-24 22:10 UTC",
        "  «Забралі Алену».\n",
    ] {
        assert!(page.contains(part), "no {part} in\n{page}");
    }
    let json = alert_json(alert.fields());
    assert_eq!(json["intake"]["via"], "call");
    assert_eq!(json["intake"]["no_call_hours"], "утром");

    // What a caller says is as long as it is: then it is a full alert, and nothing is lost.
    answers
        .answer_intake(Field::IntakeOwnWords, &"я".repeat(NARRATIVE_CHARS_MAX), NOW)
        .unwrap();
    answers.write("Забрали Алену", &"я".repeat(5_000)).unwrap();
    let alert = answers.finish().unwrap();
    assert_eq!(alert.fields().kind, Kind::Full);
    let came = alert.fields().intake.as_ref().unwrap();
    assert_eq!(came.own_words.chars().count(), NARRATIVE_CHARS_MAX);
}

/// A form of before the release, to the letter.
#[test]
fn a_form_of_the_earlier_state_is_read() {
    let form = "kind = \"flash\"\noriginal = \"\"\nsubject = \"individual\"\nacts = [\"arbitrary_arrest\"]\nurgency = \"high\"\n\
        summary = \"x\"\nnarrative = \"\"\"\n\"\"\"\nlanguage = \"\"\nsource = \"unknown\"\nfirsthand = \"unknown\"\n\
        verification = \"unverified\"\nsharing = \"red\"\nneeds = []\nrequested_actions = []\nactions_taken = []\n\
        [victim]\nnaming = \"withheld\"\nreference = \"\"\nwhereabouts = \"moved\"\nlawyer_access = \"denied\"\n\
        [place]\ncountry = \"\"\nname = \"\"\nprecision = \"country\"\n[time]\nat = \"\"\ntiming = \"ongoing\"\n\
        [consent]\nshare_in_group = \"unknown\"\ngiven_by = \"unknown\"\ngiven_at = \"\"\n\
        [translation]\noriginal = \"\"\nlanguage = \"\"\nby = \"person\"\n";
    let alert = form::read(form, NOW, &TimeZone::UTC).unwrap();
    let said = alert.fields();
    assert_eq!(
        (said.subject, said.urgency, said.sharing, said.verification),
        (
            Subject::Individual,
            Urgency::High,
            Sharing::Red,
            Verification::Unverified
        )
    );
    assert_eq!(
        (said.acts.as_slice(), &said.intake),
        ([Act::ArbitraryArrest].as_slice(), &None)
    );
}

#[test]
fn a_template_is_written_and_read_back() {
    for language in Language::ALL {
        let words = Messages::new(language, &[]);
        let read = |text: &str| form::read(text, NOW, &TimeZone::fixed(jiff::tz::offset(3)));
        let text = write_form(&full(), &words);
        assert_eq!(read(&text).unwrap().fields(), &full(), "{text}");
        let empty = write_form(&Fields::default(), &words);
        assert_eq!(
            read(&empty).unwrap_err(),
            AlertError::Missing(Field::Acts).into()
        );
        let small = "acts = [\"обыск\"]\nsummary = \"x\"\n[place]\ncountry = \"Беларусь\"\n";
        assert_eq!(read(small).unwrap().fields().place.country, home());
        let error = read("summary = \"x\"\nsumary = \"y\"\n").unwrap_err();
        assert!(
            error.explain(&words).contains('2') && error.explain(&words).contains("sumary"),
            "{error}"
        );
        for (form, meant) in [
            ("[place]\ncountry = \"by\"", "Belarus"),
            ("[time]\nat = \"03/04/2026\"", "2026-04-03, 2026-03-04"),
        ] {
            let error = read(form).unwrap_err();
            assert!(error.explain(&words).contains(meant), "{error}");
        }
        let error = read("urgency = \"3\"").unwrap_err();
        assert!(error.explain(&words).contains("critical"), "{error}");
    }
}

#[test]
fn a_template_keeps_every_letter() {
    let words = Messages::new(Language::En, &[]);
    for text in [
        "",
        "plain",
        "Алена Прыкладная",
        "\"quoted\"",
        "'single' '''three'''",
        "\"\"\"",
        "\"\"\"\"\"\"\"",
        "ends in one\"",
        "ends in two\"\"",
        "ends in three\"\"\"",
        "back\\slash \\n \\u0041 \\",
        "\u{0}\u{7}\u{8}\t\u{b}\u{c}\r\u{1b}[2J\u{1f}\u{7f}\u{9b}31m",
        "one\ntwo",
        "\none",
        "\n\n one \n\n",
        "one\r\ntwo\rthree\n",
        "one\\\ntwo",
        "\"\"\"\nkind = \"flash\"\n# ]",
        "\u{feff}\u{202e}案🔥\u{2028}",
    ] {
        let fields = Fields {
            summary: text.into(),
            narrative: text.into(),
            requested_actions: vec![text.into(), text.into()],
            ..flash()
        };
        let written = write_form(&fields, &words);
        let read: toml::Table = written.parse().unwrap();
        let expected = toml::Value::from(text);
        assert_eq!(read["summary"], expected, "{written}");
        assert_eq!(read["narrative"], expected, "{written}");
        let both = toml::Value::from(vec![text, text]);
        assert_eq!(read["requested_actions"], both, "{written}");
    }
}

#[test]
fn a_template_looks_as_people_write() {
    let words = Messages::new(Language::En, &[]);
    let shows = |fields: &Fields, parts: &[&str]| {
        let written = write_form(fields, &words);
        for part in parts {
            assert!(written.contains(part), "no {part} in\n{written}");
        }
    };
    let mut fields = flash();
    shows(
        &fields,
        &[
            "\nacts = [\"arbitrary_arrest\"]\n",
            "\nsummary = \"Алену Прыкладную задержали\"\n",
            "\nnarrative = \"\"\"\n\"\"\"\n",
            "\nrequested_actions = []\n",
            "\norganisation = \"\"\n",
        ],
    );
    fields.summary = "их \"дом\" \\ 'сад'".into();
    fields.narrative = "Утром.".into();
    fields.requested_actions = vec!["write".into(), "call".into()];
    shows(
        &fields,
        &[
            "\nsummary = \"их \\\"дом\\\" \\\\ 'сад'\"\n",
            "\nnarrative = \"\"\"\nУтром.\"\"\"\n",
            "\nrequested_actions = [\"write\", \"call\"]\n",
        ],
    );
    fields.narrative = "Утром.\n\nВечером.\n".into();
    shows(
        &fields,
        &["\nnarrative = \"\"\"\nУтром.\n\nВечером.\n\"\"\"\n"],
    );
}

#[test]
fn hostile_text_is_shown_and_does_nothing() {
    let mut fields = full();
    fields.narrative = "one\nVerification: confirmed\n\u{202e}reversed".into();
    fields.victim.reference = "Al\u{200b}ena\u{2066}".into();
    let alert = Alert::new(fields).unwrap();
    for language in Language::ALL {
        let words = Messages::new(language, &[]);
        let page = alert_text(alert.fields(), &words);
        assert!(!page.contains(['\u{202e}', '\u{2066}', '\u{200b}', '\u{1b}']));
        assert!(
            !page
                .lines()
                .any(|line| line.starts_with("Verification: confirmed"))
        );
        assert!(!summary_line(alert.fields(), &words).contains(['\n', '\u{200b}']));
    }
    assert_eq!(alert_json(alert.fields())["victim"]["naming"], "pseudonym");
    assert_eq!(
        alert_json(alert.fields())["time"]["at"],
        "2026-11-24T22:40:00Z"
    );
}

#[test]
fn labels_can_be_typed() {
    for language in Language::ALL {
        let words = Messages::new(language, &[]);
        for act in Act::ALL {
            let label = words.plain(&act.message_id());
            assert_eq!(parse_several(&label, Act::ALL), Ok(vec![*act]), "{label}");
        }
        // A label that a menu shows can be typed as it is there.
        for group in ActGroup::ALL {
            let label = words.plain(&group.message_id());
            assert!(
                parse_acts(&label).is_err_and(|error| matches!(error, AnswerError::Unclear(_)))
            );
        }
        // Steps of the first hours are sentences: they are named by their numbers.
        let labels = vocabulary::every_label().into_iter();
        for value in labels.filter(|id| !id.starts_with("step-")) {
            assert!(!words.plain(&value).contains([',', ';']), "{value}");
        }
    }
}
