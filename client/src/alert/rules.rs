//! What can be wrong with an alert, and the names of its fields.

use super::vocabulary::Purpose;

macro_rules! fields {
    ($($(#[$doc:meta])* $variant:ident $key:literal,)+) => {
        /// A field of an alert, as errors and templates name it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Field {
            $($(#[$doc])* #[doc = concat!("`", $key, "`")] $variant,)+
        }

        impl Field {
            /// Every field, in the order of a template.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// Its path in a template and in JSON.
            #[must_use]
            pub fn key(self) -> &'static str {
                match self { $(Self::$variant => $key,)+ }
            }
        }
    };
}

fields! {
    Kind "kind",
    Original "original",
    Subject "subject",
    Acts "acts",
    CustodyStage "custody_stage",
    DesignationKind "designation_kind",
    Urgency "urgency",
    Summary "summary",
    Narrative "narrative",
    Language "language",
    Source "source",
    Firsthand "firsthand",
    Verification "verification",
    Sharing "sharing",
    Needs "needs",
    RequestedActions "requested_actions",
    ActionsTaken "actions_taken",
    Naming "victim.naming",
    Reference "victim.reference",
    Organisation "victim.organisation",
    Work "victim.work",
    MedicalNeed "victim.disability_or_medical_need",
    Whereabouts "victim.whereabouts",
    LawyerAccess "victim.lawyer_access",
    MedicationNeeded "victim.medication_needed",
    Country "place.country",
    PlaceName "place.name",
    PlacePrecision "place.precision",
    EventTime "time.at",
    Timing "time.timing",
    ThreatOrigin "threat.origin",
    Actor "threat.actor",
    LegalBasis "threat.legal_basis",
    CoeInteraction "coe.interaction",
    CoeDetails "coe.details",
    ShareInGroup "consent.share_in_group",
    ContactFamily "consent.contact_family",
    SendToState "consent.send_to_state",
    SendToInstitutions "consent.send_to_institutions",
    UseName "consent.use_name",
    Publish "consent.publish",
    Media "consent.media",
    ConsentGivenBy "consent.given_by",
    ConsentGivenAt "consent.given_at",
    IntakeVia "intake.via",
    IntakeFrom "intake.from",
    IntakeAt "intake.at",
    IntakeOwnWords "intake.own_words",
    IntakeContact "intake.contact",
    IntakeCallHours "intake.call_hours",
    IntakeNoCallHours "intake.no_call_hours",
    IntakeLanguage "intake.language",
    IntakeToldAlready "intake.told_already",
    TranslationOriginal "translation.original",
    TranslationLanguage "translation.language",
    Translator "translation.by",
}

impl Field {
    /// The id of its name for people.
    #[must_use]
    pub fn message_id(self) -> String {
        format!("field-{}", self.key().replace(['.', '_'], "-"))
    }

    /// Where the answer for a purpose stands; `None` for one from the future.
    pub(crate) fn of_purpose(purpose: Purpose) -> Option<Self> {
        match purpose {
            Purpose::ShareInGroup => Some(Self::ShareInGroup),
            Purpose::ContactFamily => Some(Self::ContactFamily),
            Purpose::SendToState => Some(Self::SendToState),
            Purpose::SendToInstitutions => Some(Self::SendToInstitutions),
            Purpose::UseName => Some(Self::UseName),
            Purpose::Publish => Some(Self::Publish),
            Purpose::Media => Some(Self::Media),
            Purpose::Unlisted(_) => None,
        }
    }
}

/// A rule of an alert that does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AlertError {
    /// Nothing was said where something must be.
    #[error("`{}` must be given", .0.key())]
    Missing(Field),
    /// Something was said that another answer rules out.
    #[error("`{}` contradicts another answer", .0.key())]
    NotWith(Field),
    /// More characters than fit.
    #[error("`{}` has {found} characters; at most {max} fit", .field.key())]
    TooLong {
        /// Where.
        field: Field,
        /// The limit.
        max: usize,
        /// How many there are.
        found: usize,
    },
    /// More items than fit.
    #[error("`{}` has {found} items; at most {max} fit", .field.key())]
    TooMany {
        /// Where.
        field: Field,
        /// The limit.
        max: usize,
        /// How many there are.
        found: usize,
    },
    /// More bytes than the envelope holds, although each field is within its own limit.
    #[error("the alert takes {bytes} bytes; at most {max} fit")]
    TooLarge {
        /// What it takes.
        bytes: usize,
        /// The limit.
        max: usize,
    },
    /// Not shaped like a language tag.
    #[error("`{}` is not a language tag such as `ru` or `be`", .0.key())]
    NotALanguage(Field),
    /// Not two letters.
    #[error("`{}` is not a two-letter country code", Field::Country.key())]
    NotACountry,
    /// Beyond the calendar.
    #[error("`{}` is no moment of the calendar", .0.key())]
    NotATime(Field),
}
