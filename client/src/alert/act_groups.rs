//! What each group of the first menu of acts opens.

use super::vocabulary::{Act, ActGroup};

impl ActGroup {
    /// What it opens: no more than a person reads at a glance. Every act is in one of them: not everybody finds the word for it.
    #[must_use]
    pub fn acts(self) -> &'static [Act] {
        match self {
            Self::Taken => &[
                Act::ArbitraryArrest,
                Act::AdministrativeArrest,
                Act::PreTrialDetention,
                Act::RestrictionWithoutCustody,
                Act::Detention,
                Act::IncommunicadoDetention,
            ],
            Self::Searched => &[
                Act::SearchOrSeizure,
                Act::Confiscation,
                Act::BreakInOrAttackOnProperty,
                Act::Eviction,
                Act::AssetFreeze,
            ],
            Self::Summoned => &[
                Act::SummonsOrInterrogation,
                Act::ForcedConfession,
                Act::PressureToCollaborate,
                Act::ConscriptionAsReprisal,
            ],
            Self::Threatened => &[
                Act::Threat,
                Act::SmearOrHateSpeech,
                Act::DoxxingOrOuting,
                Act::Surveillance,
                Act::TransnationalRepression,
                Act::ReprisalForCooperation,
            ],
            Self::Attacked => &[
                Act::PhysicalAttack,
                Act::TortureOrIllTreatment,
                Act::SexualOrGenderBasedViolence,
                Act::BreakInOrAttackOnProperty,
                Act::Killing,
                Act::DeathInCustody,
            ],
            Self::Disappeared => &[
                Act::EnforcedDisappearance,
                Act::Abduction,
                Act::IncommunicadoDetention,
                Act::ForcedExile,
            ],
            Self::Court => &[
                Act::JudicialHarassment,
                Act::UnfairOrClosedTrial,
                Act::ConvictionOrSentence,
                Act::AdministrativeOrTaxHarassment,
                Act::ExtraditionOrWantedNotice,
                Act::Slapp,
            ],
            Self::Prison => &[
                Act::DenialOfMedicalCare,
                Act::PunitiveIsolation,
                Act::DenialOfContact,
                Act::TortureOrIllTreatment,
                Act::PsychiatricConfinement,
                Act::IncommunicadoDetention,
            ],
            Self::Digital => &[
                Act::DigitalAttack,
                Act::SiteOrMediaBlocked,
                Act::Surveillance,
                Act::DoxxingOrOuting,
            ],
            Self::Organisation => &[
                Act::RegistrationDeniedOrLiquidation,
                Act::Designation,
                Act::AdministrativeOrTaxHarassment,
                Act::FundingRestriction,
                Act::ObstructionOfAssemblyOrAssociation,
                Act::ObstructionOfDefendersWork,
            ],
            Self::Relatives => &[Act::ReprisalAgainstFamily, Act::ThreatToChildren],
            Self::Borders => &[
                Act::TravelBan,
                Act::EntryBan,
                Act::Expulsion,
                Act::ForcedExile,
                Act::DocumentsRefused,
                Act::CitizenshipDeprived,
            ],
            Self::SomethingElse => &[
                Act::Other,
                Act::Dismissal,
                Act::LicenceWithdrawnOrDisbarment,
                Act::ListingOfPerson,
                Act::RestrictiveLaw,
                Act::Impunity,
            ],
            Self::Unlisted(_) => &[],
        }
    }
}
