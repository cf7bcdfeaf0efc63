//! Translations: what there is to translate in a case, and how one is said.

use bellrope_proto::ids::Hash;

use super::case_error::CaseError;
use crate::{
    alert::{is_language_tag, tidy::tidy_lines, vocabulary::Translator},
    case::translations::translated,
    device::Folded,
    group::Roster,
    ids::MessageId,
    message::{
        CaseAct, OfTranslation, SERVICE_CHARS_MAX, TRANSLATION_CHARS_MAX, TRANSLATIONS_OVER_MAX,
        Translated,
    },
};
use bellrope_proto::signing::{Device as DeviceKey, PublicKey};

/// A translation, as somebody says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewTranslation<'a> {
    /// Of which message of the case; none: of the alert.
    pub of: Option<MessageId>,
    /// Into which language: a tag (BCP 47).
    pub language: &'a str,
    /// What its author calls the machine that made it; none for a person's.
    pub machine: Option<&'a str>,
    /// It.
    pub text: &'a str,
}

/// The act by which one is said.
pub(super) fn act(folded: &Folded, new: &NewTranslation<'_>) -> Result<CaseAct, CaseError> {
    let language = new.language.trim();
    if !is_language_tag(language) {
        return Err(CaseError::NotALanguage);
    }
    let text = checked_text(new.text)?;
    let service = service(new.machine)?;
    let of = new.of.map(|of| original(folded, of)).transpose()?;
    let by = match new.machine {
        Some(_) => Translator::Machine,
        None => Translator::Person,
    };
    let key = (of, language.to_owned());
    let standing = folded.case.translations.get(&key).into_iter().flatten();
    let standing = standing.filter_map(|it| folded.said.get(it.at));
    let known: Vec<_> = standing
        .filter_map(|said| Some((said, translated(said)?)))
        // It takes the place of none that it may not.
        .filter(|(_, it)| by == Translator::Person || it.by == Translator::Machine)
        .collect();
    let is_same = |it: &Translated| (it.by, &it.service, &it.text) == (by, &service, &text);
    if let [(_, it)] = known.as_slice()
        && is_same(it)
    {
        return Err(CaseError::Again);
    }
    let newest = known.len().saturating_sub(TRANSLATIONS_OVER_MAX);
    let over = known.iter().skip(newest).map(|(said, _)| said.hash);
    Ok(CaseAct::Translation(OfTranslation::Is(Translated {
        of,
        language: key.1,
        by,
        service,
        text,
        over: over.collect(),
    })))
}

/// A text as it travels.
pub(super) fn checked_text(text: &str) -> Result<String, CaseError> {
    let text = tidy_lines(text);
    if text.is_empty() {
        return Err(CaseError::Empty);
    }
    match text.chars().count() > TRANSLATION_CHARS_MAX {
        true => Err(CaseError::TooLong(TRANSLATION_CHARS_MAX)),
        false => Ok(text),
    }
}

/// What somebody calls a machine, in one line.
pub(super) fn service(machine: Option<&str>) -> Result<String, CaseError> {
    let service: Vec<&str> = machine.unwrap_or_default().split_whitespace().collect();
    let service = tidy_lines(&service.join(" "));
    match service.chars().count() > SERVICE_CHARS_MAX {
        true => Err(CaseError::TooLong(SERVICE_CHARS_MAX)),
        false => Ok(service),
    }
}

/// The message that can be translated: a note for all, or what the alert's sender said later. What is for some is not: who reads the case would read
/// its translation.
pub(super) fn original(folded: &Folded, of: MessageId) -> Result<Hash, CaseError> {
    let mut said = folded.said.iter();
    let said = said.find(|said| said.id == of);
    let said = said.ok_or(CaseError::NothingToTranslate)?;
    match &said.act {
        CaseAct::Note(_) | CaseAct::OfSender(_) => Ok(said.hash),
        _ => Err(CaseError::NothingToTranslate),
    }
}

/// The act by which somebody says that they have compared a translation with its original.
pub(super) fn check(
    folded: &Folded,
    roster: &Roster,
    me: PublicKey<DeviceKey>,
    of: MessageId,
) -> Result<CaseAct, CaseError> {
    let stands = folded.case.translations.values().flatten();
    let mut stands = stands.filter_map(|it| Some((it, folded.said.get(it.at)?)));
    let found = stands.find(|(_, said)| said.id == of);
    let (standing, said) = found.ok_or(CaseError::NothingToCheck)?;
    if roster.is_same_person(&said.device, &me) || said.author == me {
        return Err(CaseError::OwnTranslation);
    }
    let checked = standing.checked_by.iter();
    let mut checked = checked.filter_map(|at| folded.said.get(*at));
    match checked.any(|it| it.author == me) {
        true => Err(CaseError::Again),
        false => Ok(CaseAct::Translation(OfTranslation::Checked(said.hash))),
    }
}
