//! Asking somebody for a translation who does not read the case: in the case, where its readers see what was given to whom; to them, with a text from
//! which marks of identity were taken; and their answer, which is theirs and counts as that alone.

use bellrope_proto::{
    codec,
    ids::{Hash, Timestamp},
    signing::{Device as DeviceKey, PublicKey},
};

use super::{
    case_error::CaseError,
    cases::{note_said, readers_of, say_act},
    compose::{compose_for, compose_in_case, sender},
    receive::Received,
    translations::{checked_text, original, service},
};
use crate::{
    alert::{is_language_tag, vocabulary::Translator},
    device::{
        Device, DeviceError, Folded,
        to_translate::{self, AskedHere},
    },
    extensions::Extensions,
    group::Roster,
    ids::MessageId,
    message::{
        CaseAct, CaseMessage, KIND_TO_TRANSLATE, OfTranslation, Sender, ToTranslate, Translated,
        VerifiedMessage,
    },
    random::random,
    seal::MemberKey,
};

/// What somebody is asked to translate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AskTranslation<'a> {
    /// Of which message of the case; none: of the alert.
    pub of: Option<MessageId>,
    /// Into which language: a tag (BCP 47).
    pub language: &'a str,
    /// Whom: a device of theirs.
    pub whom: PublicKey<DeviceKey>,
    /// What they are given: a person has read it.
    pub text: &'a str,
}

/// Asks somebody who does not read the case for a translation.
///
/// # Errors
/// [`CaseError`]; asked for again, nothing is lost.
pub fn ask_for_translation(
    device: &Device,
    alert: MessageId,
    ask: AskTranslation<'_>,
    now: Timestamp,
) -> Result<(), CaseError> {
    sender(device)?;
    let me = device.signing().public();
    let (kept, roster, folded) = Folded::read(device, alert)?.ok_or(CaseError::NoCase)?;
    if !folded.opening.may_speak(&roster, &me) {
        return Err(CaseError::NotForYou);
    }
    let language = ask.language.trim();
    if !is_language_tag(language) {
        return Err(CaseError::NotALanguage);
    }
    let text = checked_text(ask.text)?;
    let person = roster.person(&ask.whom);
    let person = person.ok_or(CaseError::NotAReader(ask.whom))?;
    // An observer's device may post nothing.
    if !person.role.reads() || !person.role.sends() {
        return Err(CaseError::CannotAnswer(ask.whom));
    }
    let mut to = readers_of(device, &kept, (&roster, &folded)).ok_or(CaseError::Behind)?;
    if roster.devices_of(&ask.whom).any(|it| to.contains(&it.key)) {
        return Err(CaseError::ReadsAlready(ask.whom));
    }
    let of = ask.of.map(|of| original(&folded, of)).transpose()?;
    let act = CaseAct::Translation(OfTranslation::Asked {
        of,
        language: language.to_owned(),
        whom: person.person,
        text: text.clone(),
    });
    let asked = say_act(device, (&kept, &roster, &folded), &act, now)?;
    let body = ToTranslate {
        whom: person.person,
        alert,
        alert_hash: folded.opening.hash,
        asked,
        of,
        language: language.to_owned(),
        text,
        extensions: Extensions::none(),
    };
    // To the case's readers too: what this device says next would else seem to them to follow on a gap.
    let theirs = roster.devices_of(&ask.whom).filter(|it| it.role.reads());
    to.extend(theirs.map(|it| it.key));
    let said = (KIND_TO_TRANSLATE, codec::encode(&body));
    Ok(compose_for(device, said, &to, now)?)
}

/// Takes in what this device's person is asked to translate.
///
/// # Errors
/// [`DeviceError`]; it is not kept then.
pub(super) fn hear(
    device: &Device,
    roster: &Roster,
    verified: &VerifiedMessage,
    arrived: Timestamp,
) -> Result<Received, DeviceError> {
    let message = &verified.message;
    let me = device.signing().public();
    let Sender::Known { name, role } = &verified.sender else {
        return Ok(Received::NotForUs);
    };
    let is_mine = roster.is_same_person(&message.sender, &me);
    let what = ToTranslate::decode(&message.body.0);
    let what = what.filter(|it| roster.is_same_person(&it.whom, &me));
    let Some(what) = what.filter(|_| role.reads() && role.sends() && !is_mine) else {
        return Ok(Received::NotForUs);
    };
    let of_me: Vec<MemberKey> = roster.devices_of(&me).map(|it| it.key).collect();
    let mut readers = message.audience.chosen.clone();
    readers.retain(|key| !of_me.contains(key));
    let new = AskedHere {
        by: roster.person_of(&message.sender).unwrap_or(message.sender),
        arrived,
        readers,
        what,
        is_done: false,
    };
    Ok(match to_translate::hear(device, new)? {
        true => Received::ToTranslate(name.clone()),
        false => Received::Again,
    })
}

/// Says the translation that this device's person was asked for, to the readers of the case, which they do not read.
///
/// # Errors
/// [`CaseError`]; nothing is queued then.
pub fn answer_with_translation(
    device: &Device,
    asked: Hash,
    (text, machine): (&str, Option<&str>),
    now: Timestamp,
) -> Result<(), CaseError> {
    sender(device)?;
    let mut all = to_translate::read(device).into_iter();
    let it = all.find(|it| it.what.asked == asked && !it.is_done);
    let it = it.ok_or(CaseError::NothingToTranslate)?;
    let what = it.what;
    let roster = device.roster()?.ok_or(DeviceError::Nothing)?;
    let act = CaseAct::Translation(OfTranslation::Is(Translated {
        of: what.of,
        language: what.language.clone(),
        by: match machine {
            Some(_) => Translator::Machine,
            None => Translator::Person,
        },
        service: service(machine)?,
        text: checked_text(text)?,
        over: Vec::new(),
    }));
    let about = (what.alert, what.alert_hash);
    let body = CaseMessage::new(about, vec![what.asked], &act).ok_or(CaseError::Empty)?;
    let mine = device.member().to_key();
    let people = roster.people().iter().filter(|it| it.role.reads());
    let keys = people.map(|it| it.key);
    let to: Vec<MemberKey> = keys
        .filter(|key| *key == mine || it.readers.contains(key))
        .collect();
    let id = MessageId(random());
    let sent = compose_in_case(device, (id, codec::encode(&body)), &to, now)?;
    // With new keys it is sealed again from there.
    note_said(device, what.alert, sent, now)?;
    if let Err(error) = to_translate::done(device, &what) {
        tracing::warn!(%error, "that something was translated could not be noted");
    }
    Ok(())
}
