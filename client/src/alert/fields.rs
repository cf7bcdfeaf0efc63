//! Everything an alert can say, before it is checked. The order of fields is their order on the wire, and that of the
//! table in `proto/PROTOCOL.md`. No field is ever added between them: what later versions say stands in the extensions.

use bellrope_proto::ids::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    country::Country,
    vocabulary::{
        Act, CoeInteraction, ConsentAnswer, ConsentGiver, CustodyStage, DesignationKind, IntakeVia,
        Kind, LawyerAccess, Naming, Need, PlacePrecision, Purpose, Sharing, Source, Subject,
        ThreatOrigin, TimePrecision, Timing, Translator, Urgency, Verification, Whereabouts, YesNo,
    },
};
use crate::{extensions::Extensions, ids::MessageId};

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
    /// What kind of custody it is by now.
    pub custody_stage: CustodyStage,
    /// What the authorities named somebody.
    pub designation_kind: DesignationKind,
    /// Present when somebody enters what another told them.
    pub intake: Option<Intake>,
    /// What later versions add. This one writes one, in a plan of check-ins (A14).
    pub extensions: Extensions,
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

/// How a report came in that somebody enters for another. What they were told, as they were told it, stands apart from
/// what they make of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Intake {
    /// How it came.
    pub via: IntakeVia,
    /// Who told it.
    pub from: String,
    /// When it came.
    pub at: Option<Timestamp>,
    /// How closely.
    pub precision: TimePrecision,
    /// What was said, as it was said, in lines.
    pub own_words: String,
    /// A way to reach whoever told it that puts nobody in danger.
    pub contact: String,
    /// When they can be called.
    pub call_hours: String,
    /// When they must not be called.
    pub no_call_hours: String,
    /// What they speak, in words.
    pub language: String,
    /// Who knows already.
    pub told_already: String,
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

    /// Whether somebody gave it in the place of the person.
    #[must_use]
    pub fn is_for_another(&self) -> bool {
        matches!(
            self.given_by,
            ConsentGiver::Family
                | ConsentGiver::Lawyer
                | ConsentGiver::Guardian
                | ConsentGiver::AuthorisedRepresentative
                | ConsentGiver::PartnerOrganisation
        )
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
            custody_stage: CustodyStage::default(),
            designation_kind: DesignationKind::default(),
            intake: None,
            extensions: Extensions::none(),
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
            // How the earlier alert came is no news.
            intake: None,
            // Whoever does not know what one says cannot say it again.
            extensions: Extensions::none(),
            ..said.clone()
        }
    }
}
