//! Everything an alert can say, before it is checked. The order of fields is their order on the wire.
//!
//! There is no room for attachments yet: the format that holds these fields has a version.

use bellrope_proto::ids::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    country::Country,
    vocabulary::{
        Act, CoeInteraction, ConsentAnswer, ConsentGiver, Kind, LawyerAccess, Naming, Need,
        PlacePrecision, Purpose, Sharing, Source, Subject, ThreatOrigin, TimePrecision, Timing,
        Translator, Urgency, Verification, Whereabouts, YesNo,
    },
};
use crate::ids::MessageId;

/// The tag of a language that nobody named (RFC 5646).
pub const UNKNOWN_LANGUAGE: &str = "und";

/// What people fill in. Text left empty, and "unknown", are normal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fields {
    /// What sort of message.
    pub kind: Kind,
    /// The alert that an update, correction, withdrawal or closure is about.
    pub original: Option<MessageId>,
    /// Whom the attack is on.
    pub subject: Subject,
    /// What was done.
    pub acts: Vec<Act>,
    /// How soon somebody must act.
    pub urgency: Urgency,
    /// One line.
    pub summary: String,
    /// The account, in lines.
    pub narrative: String,
    /// BCP 47 tag of the language of the texts.
    pub language: String,
    /// Present when the texts are a translation.
    pub translation: Option<Translation>,
    /// To whom.
    pub victim: Victim,
    /// Where.
    pub place: Place,
    /// When.
    pub time: EventTime,
    /// By whom.
    pub threat: Threat,
    /// Whose account.
    pub source: Source,
    /// Whether they saw it themselves.
    pub firsthand: YesNo,
    /// How well it is confirmed.
    pub verification: Verification,
    /// What the victim, or who speaks for them, permits.
    pub consent: Consent,
    /// How far it may go.
    pub sharing: Sharing,
    /// Work with the Council of Europe.
    pub coe: CoeWork,
    /// What would help. Empty: unknown.
    pub needs: Vec<Need>,
    /// What the group is asked to do.
    pub requested_actions: Vec<String>,
    /// What was done already.
    pub actions_taken: Vec<String>,
}

/// To whom.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Victim {
    /// What the reference is.
    pub naming: Naming,
    /// Name, initials or pseudonym; empty when withheld.
    pub reference: String,
    /// Their organisation.
    pub organisation: String,
    /// What they do.
    pub work: String,
    /// Disability or medical need.
    pub disability_or_medical_need: String,
    /// Whether anyone knows where they are.
    pub whereabouts: Whereabouts,
    /// Whether a lawyer can see them.
    pub lawyer_access: LawyerAccess,
    /// Whether they need medication.
    pub medication_needed: YesNo,
}

/// Where.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Absent when withheld.
    pub country: Option<Country>,
    /// As closely as `precision` says.
    pub name: String,
    /// How closely.
    pub precision: PlacePrecision,
}

/// When.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventTime {
    /// A moment, if the precision is a minute. Otherwise the start, in UTC, of the day or month as it
    /// was called where it happened: a date, which no reader's time zone may shift.
    pub at: Option<Timestamp>,
    /// How closely.
    pub precision: TimePrecision,
    /// Still to come, happening, or over.
    pub timing: Timing,
}

/// By whom.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Threat {
    /// State or not.
    pub origin: ThreatOrigin,
    /// Who, in words.
    pub actor: String,
    /// The law or decision that was named.
    pub legal_basis: String,
}

/// Where a translation comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Translation {
    /// The alert in the first language.
    pub original: MessageId,
    /// BCP 47 tag of the first language.
    pub language: String,
    /// Who translated.
    pub by: Translator,
}

/// What is permitted: an answer for each purpose. Unknown permits nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// Members of the group may see it.
    pub share_in_group: ConsentAnswer,
    /// Members may contact the family.
    pub contact_family: ConsentAnswer,
    /// It may go to the authorities.
    pub send_to_state: ConsentAnswer,
    /// It may go to international institutions.
    pub send_to_institutions: ConsentAnswer,
    /// The name may be used.
    pub use_name: ConsentAnswer,
    /// It may be published.
    pub publish: ConsentAnswer,
    /// It may be given to journalists.
    pub media: ConsentAnswer,
    /// Who gave it.
    pub given_by: ConsentGiver,
    /// When.
    pub given_at: Option<Timestamp>,
}

/// Work with the Council of Europe.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CoeWork {
    /// Whether.
    pub interaction: CoeInteraction,
    /// What.
    pub details: String,
}

impl Consent {
    /// The answer for a purpose; one from the future is unknown here.
    #[must_use]
    pub fn answer(&self, purpose: Purpose) -> ConsentAnswer {
        match purpose {
            Purpose::ShareInGroup => self.share_in_group,
            Purpose::ContactFamily => self.contact_family,
            Purpose::SendToState => self.send_to_state,
            Purpose::SendToInstitutions => self.send_to_institutions,
            Purpose::UseName => self.use_name,
            Purpose::Publish => self.publish,
            Purpose::Media => self.media,
            Purpose::Unlisted(_) => ConsentAnswer::Unknown,
        }
    }

    /// Whether this use is permitted.
    #[must_use]
    pub fn permits(&self, purpose: Purpose) -> bool {
        self.answer(purpose) == ConsentAnswer::Yes
    }
}

impl Default for Fields {
    fn default() -> Self {
        Self::of_kind(Kind::Full)
    }
}

impl Fields {
    /// Everything unknown or withheld.
    #[must_use]
    pub fn of_kind(kind: Kind) -> Self {
        Self {
            kind,
            original: None,
            subject: Subject::default(),
            acts: Vec::new(),
            urgency: Urgency::default(),
            summary: String::new(),
            narrative: String::new(),
            language: UNKNOWN_LANGUAGE.to_owned(),
            translation: None,
            victim: Victim::default(),
            place: Place::default(),
            time: EventTime::default(),
            threat: Threat::default(),
            source: Source::default(),
            firsthand: YesNo::default(),
            verification: Verification::default(),
            consent: Consent::default(),
            sharing: Sharing::default(),
            coe: CoeWork::default(),
            needs: Vec::new(),
            requested_actions: Vec::new(),
            actions_taken: Vec::new(),
        }
    }

    /// An update, correction, withdrawal or closure of an earlier alert, starting from what that one
    /// said, so that what is not mentioned again is not lost. The texts are left to be written.
    #[must_use]
    pub fn about(kind: Kind, original: MessageId, said: &Self) -> Self {
        Self {
            kind,
            original: Some(original),
            summary: String::new(),
            narrative: String::new(),
            language: UNKNOWN_LANGUAGE.to_owned(),
            translation: None,
            ..said.clone()
        }
    }

    /// Removes what no reader should meet: control characters, spaces around text, repeated and empty
    /// items, "none" beside a need.
    pub(super) fn tidy(&mut self) {
        let victim = &mut self.victim;
        for text in [
            &mut self.summary,
            &mut self.language,
            &mut victim.reference,
            &mut victim.organisation,
            &mut victim.work,
            &mut victim.disability_or_medical_need,
            &mut self.place.name,
            &mut self.threat.actor,
            &mut self.threat.legal_basis,
            &mut self.coe.details,
        ]
        .into_iter()
        .chain(&mut self.requested_actions)
        .chain(&mut self.actions_taken)
        {
            *text = tidy_lines(text).replace('\n', " ");
        }
        self.narrative = tidy_lines(&self.narrative);
        if self.language.is_empty() {
            UNKNOWN_LANGUAGE.clone_into(&mut self.language);
        }
        self.requested_actions.retain(|text| !text.is_empty());
        self.actions_taken.retain(|text| !text.is_empty());
        keep_first(&mut self.acts);
        keep_first(&mut self.needs);
        if self.needs.len() > 1 {
            self.needs.retain(|need| *need != Need::None);
        }
        if self.time.at.is_none() {
            self.time.precision = TimePrecision::Unknown;
        }
        if self.place.precision == PlacePrecision::Withheld {
            self.place.country = None;
        }
    }
}

fn keep_first<T: Copy + PartialEq>(items: &mut Vec<T>) {
    let mut kept: Vec<T> = Vec::with_capacity(items.len());
    for item in items.drain(..) {
        if !kept.contains(&item) {
            kept.push(item);
        }
    }
    *items = kept;
}

/// Every kind of line break becomes `\n`, a tab becomes a space, and other control characters go.
fn tidy_lines(text: &str) -> String {
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
