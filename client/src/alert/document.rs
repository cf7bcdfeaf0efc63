//! PROTOCOL.md, "Alerts", and the code say the same: fields, limits, lists, rules.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use std::collections::{BTreeMap, BTreeSet};

use bellrope_proto::{codec, ids::Timestamp};

use super::{
    check::{bytes_max, chars_max, items_max},
    tests::full,
    vocabulary::*,
    *,
};
use crate::extensions::Extensions;

const DOCUMENT: &str = include_str!("../../../proto/PROTOCOL.md");

/// Lists whose values no alert says yet.
const NOT_IN_ALERTS: [&str; 4] = ["act-group", "share", "state-reply", "checklist"];

fn part() -> &'static str {
    let (_, after) = DOCUMENT.split_once("\n**Alerts.**").unwrap();
    after.split_once("\n## ").unwrap().0
}

/// The rows of the table whose first column has this head.
fn table(head: &str) -> Vec<Vec<&'static str>> {
    let mut lines = part().lines();
    let head = format!("| {head} |");
    assert!(lines.any(|line| line.starts_with(&head)), "no table {head}");
    let rows = lines.take_while(|line| line.starts_with('|')).skip(1);
    rows.map(|row| row.trim_matches('|').split('|').map(str::trim).collect())
        .collect()
}

/// A number as the document writes it.
fn number(text: &str) -> u64 {
    text.replace(',', "").parse().unwrap()
}

#[test]
fn lists_have_the_same_numbers_and_names() {
    let mut written: BTreeMap<&str, Vec<(u16, String)>> = BTreeMap::new();
    for row in table("list") {
        let values = row[1].split(", ").map(|value| {
            let (number, key) = value.split_once(' ').unwrap();
            (number.parse().unwrap(), key.to_owned())
        });
        assert!(
            written.insert(row[0], values.collect()).is_none(),
            "{row:?}"
        );
    }
    let mut known: BTreeMap<&str, Vec<(u16, String)>> = every_number().into_iter().collect();
    for list in NOT_IN_ALERTS {
        known.remove(list).unwrap();
    }
    assert_eq!(written, known);
}

/// Takes an alert apart by the document alone, as another implementer would.
struct Walk<'a> {
    rest: &'a [u8],
    found: BTreeMap<&'static str, String>,
}

impl Walk<'_> {
    fn take(&mut self, bytes: usize) -> u64 {
        let (taken, rest) = self.rest.split_at(bytes);
        self.rest = rest;
        taken
            .iter()
            .fold(0, |value, byte| (value << 8) | u64::from(*byte))
    }

    fn value(&mut self, encoding: &str) -> String {
        if let Some(inner) = encoding.strip_prefix("sequence of ") {
            let count = self.take(8);
            let items: Vec<String> = (0..count).map(|_| self.value(inner)).collect();
            return items.join(" ");
        }
        if let Some(inner) = encoding.strip_prefix("option of ") {
            assert_eq!(self.take(1), 1, "every option of the sample is there");
            if inner.starts_with("the next") {
                return String::new();
            }
            return self.value(inner);
        }
        if let Some(inner) = encoding.strip_prefix('(') {
            let parts = inner.trim_end_matches(')').split(", ");
            return parts.map(|part| self.value(part)).collect();
        }
        match encoding {
            "`u16`" => self.take(2).to_string(),
            "`u64`" => self.take(8).to_string(),
            "id (16)" => format!("{:016x}{:016x}", self.take(8), self.take(8)),
            "code (2)" => format!("{:04x}", self.take(2)),
            "text" | "bytes" => {
                let length = self.take(8);
                let (bytes, rest) = self.rest.split_at(usize::try_from(length).unwrap());
                self.rest = rest;
                String::from_utf8(bytes.to_vec()).unwrap()
            }
            other => panic!("an encoding that section 1 does not know: {other}"),
        }
    }
}

/// No two fields say the same, so that none can stand for another.
fn distinct() -> Fields {
    let mut fields = full();
    let mut next = 1_000;
    let mut unknown = || {
        next += 1;
        next
    };
    fields.kind = Kind::from_number(unknown());
    fields.subject = Subject::from_number(unknown());
    fields.acts = vec![Act::from_number(unknown())];
    fields.urgency = Urgency::from_number(unknown());
    fields.translation.as_mut().unwrap().by = Translator::from_number(unknown());
    fields.victim.naming = Naming::from_number(unknown());
    fields.victim.whereabouts = Whereabouts::from_number(unknown());
    fields.victim.lawyer_access = LawyerAccess::from_number(unknown());
    fields.victim.medication_needed = YesNo::from_number(unknown());
    fields.place.precision = PlacePrecision::from_number(unknown());
    fields.time.precision = TimePrecision::from_number(unknown());
    fields.time.timing = Timing::from_number(unknown());
    fields.time.at = Some(Timestamp(7));
    fields.threat.origin = ThreatOrigin::from_number(unknown());
    fields.source = Source::from_number(unknown());
    fields.firsthand = YesNo::from_number(unknown());
    fields.verification = Verification::from_number(unknown());
    let consent = &mut fields.consent;
    for answer in [
        &mut consent.share_in_group,
        &mut consent.contact_family,
        &mut consent.send_to_state,
        &mut consent.send_to_institutions,
        &mut consent.use_name,
        &mut consent.publish,
        &mut consent.media,
    ] {
        *answer = ConsentAnswer::from_number(unknown());
    }
    consent.given_by = ConsentGiver::from_number(unknown());
    fields.sharing = Sharing::from_number(unknown());
    fields.coe.interaction = CoeInteraction::from_number(unknown());
    fields.needs = vec![Need::from_number(unknown())];
    fields.custody_stage = CustodyStage::from_number(unknown());
    fields.designation_kind = DesignationKind::from_number(unknown());
    let came = fields.intake.as_mut().unwrap();
    came.via = IntakeVia::from_number(unknown());
    came.precision = TimePrecision::from_number(unknown());
    came.at = Some(Timestamp(8));
    fields.extensions = Extensions::new(vec![(5, b"later".to_vec())]).unwrap();
    fields
}

fn listed<V: Vocabulary>(value: V) -> (String, &'static str) {
    (value.number().to_string(), V::LIST)
}

fn said(text: &str) -> (String, &'static str) {
    (text.to_owned(), "")
}

/// What the sample says, by the names of the document, and the list of each value.
fn expected(f: &Fields) -> BTreeMap<&'static str, (String, &'static str)> {
    let translation = f.translation.as_ref().unwrap();
    let (victim, consent) = (&f.victim, &f.consent);
    let came = f.intake.as_ref().unwrap();
    let moment = |at: Option<Timestamp>| said(&at.unwrap().0.to_string());
    BTreeMap::from([
        ("kind", listed(f.kind)),
        ("original", said(&f.original.unwrap().to_string())),
        ("subject", listed(f.subject)),
        ("acts", listed(f.acts[0])),
        ("urgency", listed(f.urgency)),
        ("summary", said(&f.summary)),
        ("narrative", said(&f.narrative)),
        ("language", said(&f.language)),
        ("translation", said("")),
        (
            "translation.original",
            said(&translation.original.to_string()),
        ),
        ("translation.language", said(&translation.language)),
        ("translation.by", listed(translation.by)),
        ("victim.naming", listed(victim.naming)),
        ("victim.reference", said(&victim.reference)),
        ("victim.organisation", said(&victim.organisation)),
        ("victim.work", said(&victim.work)),
        (
            "victim.disability_or_medical_need",
            said(&victim.disability_or_medical_need),
        ),
        ("victim.whereabouts", listed(victim.whereabouts)),
        ("victim.lawyer_access", listed(victim.lawyer_access)),
        ("victim.medication_needed", listed(victim.medication_needed)),
        ("place.country", said("4259")),
        ("place.name", said(&f.place.name)),
        ("place.precision", listed(f.place.precision)),
        ("time.at", moment(f.time.at)),
        ("time.precision", listed(f.time.precision)),
        ("time.timing", listed(f.time.timing)),
        ("threat.origin", listed(f.threat.origin)),
        ("threat.actor", said(&f.threat.actor)),
        ("threat.legal_basis", said(&f.threat.legal_basis)),
        ("source", listed(f.source)),
        ("firsthand", listed(f.firsthand)),
        ("verification", listed(f.verification)),
        ("consent.share_in_group", listed(consent.share_in_group)),
        ("consent.contact_family", listed(consent.contact_family)),
        ("consent.send_to_state", listed(consent.send_to_state)),
        (
            "consent.send_to_institutions",
            listed(consent.send_to_institutions),
        ),
        ("consent.use_name", listed(consent.use_name)),
        ("consent.publish", listed(consent.publish)),
        ("consent.media", listed(consent.media)),
        ("consent.given_by", listed(consent.given_by)),
        ("consent.given_at", moment(consent.given_at)),
        ("sharing", listed(f.sharing)),
        ("coe.interaction", listed(f.coe.interaction)),
        ("coe.details", said(&f.coe.details)),
        ("needs", listed(f.needs[0])),
        ("requested_actions", said(&f.requested_actions.join(" "))),
        ("actions_taken", said(&f.actions_taken.join(" "))),
        ("custody_stage", listed(f.custody_stage)),
        ("designation_kind", listed(f.designation_kind)),
        ("intake", said("")),
        ("intake.via", listed(came.via)),
        ("intake.from", said(&came.from)),
        ("intake.at", moment(came.at)),
        ("intake.precision", listed(came.precision)),
        ("intake.own_words", said(&came.own_words)),
        ("intake.contact", said(&came.contact)),
        ("intake.call_hours", said(&came.call_hours)),
        ("intake.no_call_hours", said(&came.no_call_hours)),
        ("intake.language", said(&came.language)),
        ("intake.told_already", said(&came.told_already)),
        ("extensions", said("5later")),
    ])
}

#[test]
fn the_record_is_read_by_the_table_alone() {
    let fields = distinct();
    let body = codec::encode(&fields);
    let mut walk = Walk {
        rest: &body,
        found: BTreeMap::new(),
    };
    let rows = table("field");
    for row in &rows {
        let value = walk.value(row[1]);
        assert!(walk.found.insert(row[0], value).is_none(), "{row:?}");
    }
    assert!(walk.rest.is_empty(), "bytes that the table does not have");
    let expected = expected(&fields);
    let values = expected
        .iter()
        .map(|(name, (value, _))| (*name, value.clone()));
    assert_eq!(walk.found, values.collect());
    for row in &rows {
        let list = expected[row[0]].1;
        assert!(
            row[2].split(',').next() == Some(list) || list.is_empty(),
            "{row:?}"
        );
    }
    let named: BTreeSet<&str> = rows.iter().map(|row| row[0]).collect();
    let known = Field::ALL.iter().map(|field| field.key());
    let more = [
        "translation",
        "time.precision",
        "intake",
        "intake.precision",
        "extensions",
    ];
    assert_eq!(named, known.chain(more).collect());
}

#[test]
fn limits_are_the_documents() {
    for row in table("field") {
        let Some(field) = Field::ALL.iter().find(|field| field.key() == row[0]) else {
            continue;
        };
        let limit = row[2];
        if matches!(field, Field::Narrative | Field::IntakeOwnWords) {
            let small = format!("{FLASH_NARRATIVE_CHARS_MAX}");
            assert_eq!(
                limit.replace(',', ""),
                format!("{small} in kinds 1 7 and 8 else {NARRATIVE_CHARS_MAX}")
            );
            continue;
        }
        let (limit, items) = limit.split_once(", at most ").unwrap_or((limit, ""));
        let (chars, items) = (limit.parse().ok(), items.parse().ok());
        assert_eq!(
            (chars, items),
            (chars_max(*field, Kind::Full), items_max(*field)),
            "{row:?}"
        );
    }
    let small: Vec<u16> = Kind::ALL
        .iter()
        .filter(|kind| is_small(**kind))
        .map(|kind| kind.number())
        .collect();
    assert_eq!(small, [1, 7, 8]);
    let rule = table("rule")
        .into_iter()
        .find(|row| row[0] == "A12")
        .unwrap()[1];
    let sizes: Vec<u64> = rule
        .split(' ')
        .filter(|word| word.contains(','))
        .filter_map(|word| word.replace(',', "").parse().ok())
        .filter(|size| *size > 100)
        .collect();
    let max = |kind| bytes_max(kind) as u64;
    assert_eq!(sizes, [max(Kind::Drill), max(Kind::Full)]);
    let rule = table("rule")
        .into_iter()
        .find(|row| row[0] == "A15")
        .unwrap()[1];
    let last = number(rule.split(' ').find(|word| word.contains(',')).unwrap());
    assert!(times::is_in_calendar(Timestamp(last)));
    assert!(!times::is_in_calendar(Timestamp(last + 1)));
}

/// Rules are numbered without gaps, and the code names each.
#[test]
fn the_code_names_every_rule_and_no_other() {
    let written: Vec<String> = table("rule").iter().map(|row| row[0].to_owned()).collect();
    let counted: Vec<String> = (1..=written.len()).map(|rule| format!("A{rule}")).collect();
    assert_eq!(written, counted);
    let code = [
        include_str!("check.rs"),
        include_str!("tidy.rs"),
        include_str!("reading.rs"),
    ]
    .concat();
    let named: BTreeSet<String> = code
        .lines()
        .filter(|line| line.trim_start().starts_with("//"))
        .flat_map(|line| line.split(|c: char| !c.is_ascii_alphanumeric()))
        .filter(|word| word.len() > 1 && word.starts_with('A'))
        .filter(|word| word[1..].bytes().all(|byte| byte.is_ascii_digit()))
        .map(str::to_owned)
        .collect();
    assert_eq!(named, written.into_iter().collect());
}
