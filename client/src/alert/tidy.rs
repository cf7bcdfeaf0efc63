//! Texts and lists as readers meet them: on the maker's side before the checks, on the reader's side because a maker
//! may be careless or hostile.

use std::collections::BTreeSet;

use super::{
    Fields, UNKNOWN_LANGUAGE,
    rules::Field,
    vocabulary::{Need, PlacePrecision, TimePrecision},
};

/// For what people fill in. Beyond [`for_readers`], answers that another one rules out are taken back where nobody
/// can have meant both.
pub(super) fn for_makers(fields: &mut Fields) {
    for_readers(fields);
    // A4
    if fields.needs.len() > 1 {
        fields.needs.retain(|need| *need != Need::None);
    }
    // A10
    if fields.time.at.is_none() {
        fields.time.precision = TimePrecision::Unknown;
    }
    if let Some(came) = fields.intake.as_mut().filter(|came| came.at.is_none()) {
        came.precision = TimePrecision::Unknown;
    }
    // A9
    match (fields.place.precision, fields.place.country) {
        (PlacePrecision::Withheld, _) => fields.place.country = None,
        (PlacePrecision::NotSaid, Some(_)) if fields.place.name.is_empty() => {
            fields.place.precision = PlacePrecision::Country;
        }
        _ => {}
    }
}

/// For what arrived: takes away what is no word, and nothing that somebody said. Tells which fields had it.
pub(super) fn for_readers(fields: &mut Fields) -> Vec<Field> {
    let mut untidy = Vec::new();
    // A1
    for (field, text) in lines(fields) {
        let tidy = tidy_lines(text).replace('\n', " ");
        note(&mut untidy, field, &tidy != text);
        *text = tidy;
    }
    let own_words = fields.intake.as_mut().map(|came| &mut came.own_words);
    for (field, text) in own_words
        .map(|text| (Field::IntakeOwnWords, text))
        .into_iter()
        .chain([(Field::Narrative, &mut fields.narrative)])
    {
        let tidy = tidy_lines(text);
        note(&mut untidy, field, &tidy != text);
        *text = tidy;
    }
    // A11
    if fields.language.is_empty() {
        UNKNOWN_LANGUAGE.clone_into(&mut fields.language);
    }
    // A3
    for (field, items) in [
        (Field::RequestedActions, &mut fields.requested_actions),
        (Field::ActionsTaken, &mut fields.actions_taken),
    ] {
        let count = items.len();
        items.retain(|text| !text.is_empty());
        note(&mut untidy, field, items.len() != count);
    }
    note(&mut untidy, Field::Acts, keep_first(&mut fields.acts));
    note(&mut untidy, Field::Needs, keep_first(&mut fields.needs));
    // A13
    fields.place.country = fields.place.country.map(|country| {
        let capitals = country.in_capitals();
        note(&mut untidy, Field::Country, capitals != country);
        capitals
    });
    untidy
}

fn note(untidy: &mut Vec<Field>, field: Field, is_untidy: bool) {
    if is_untidy && !untidy.contains(&field) {
        untidy.push(field);
    }
}

/// The texts of one line.
fn lines(fields: &mut Fields) -> impl Iterator<Item = (Field, &mut String)> {
    let victim = &mut fields.victim;
    let actions = |field| move |text| (field, text);
    [
        (Field::Summary, &mut fields.summary),
        (Field::Language, &mut fields.language),
        (Field::Reference, &mut victim.reference),
        (Field::Organisation, &mut victim.organisation),
        (Field::Work, &mut victim.work),
        (Field::MedicalNeed, &mut victim.disability_or_medical_need),
        (Field::PlaceName, &mut fields.place.name),
        (Field::Actor, &mut fields.threat.actor),
        (Field::LegalBasis, &mut fields.threat.legal_basis),
        (Field::CoeDetails, &mut fields.coe.details),
    ]
    .into_iter()
    .chain(
        fields
            .translation
            .as_mut()
            .map(|from| (Field::TranslationLanguage, &mut from.language)),
    )
    .chain(fields.intake.as_mut().into_iter().flat_map(|came| {
        [
            (Field::IntakeFrom, &mut came.from),
            (Field::IntakeContact, &mut came.contact),
            (Field::IntakeCallHours, &mut came.call_hours),
            (Field::IntakeNoCallHours, &mut came.no_call_hours),
            (Field::IntakeLanguage, &mut came.language),
            (Field::IntakeToldAlready, &mut came.told_already),
        ]
    }))
    .chain(
        fields
            .requested_actions
            .iter_mut()
            .map(actions(Field::RequestedActions)),
    )
    .chain(
        fields
            .actions_taken
            .iter_mut()
            .map(actions(Field::ActionsTaken)),
    )
}

/// Whether something was there twice. Sorted, as a hostile maker may send thirty thousand.
fn keep_first<T: Copy + Ord>(items: &mut Vec<T>) -> bool {
    let count = items.len();
    let mut kept = BTreeSet::new();
    items.retain(|item| kept.insert(*item));
    items.len() != count
}

/// Every kind of line break becomes `\n`, a tab becomes a space, and other control characters go.
pub(crate) fn tidy_lines(text: &str) -> String {
    let mut tidy = String::with_capacity(text.len());
    for character in text.replace("\r\n", "\n").chars() {
        match character {
            '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => tidy.push('\n'),
            '\t' => tidy.push(' '),
            other if other.is_control() => {}
            other => tidy.push(other),
        }
    }
    tidy.trim().to_owned()
}
