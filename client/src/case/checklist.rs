//! What is done in the first hours, by what happened: short lists of steps that most groups take. A group that does more, or other things, adds its own
//! to a case, from a file if it likes.

use crate::alert::vocabulary::{Act, Checklist, Step};

impl Checklist {
    /// Its steps, in the order in which they are taken.
    #[must_use]
    pub fn steps(self) -> &'static [Step] {
        use Step::{
            Accounts, AskWhereHeld, CallBack, Dependants, DevicesTaken, FindLawyer, Health,
            KeepThreat, KeepTraces, LastSeen, NoAnswers, OneContact, OwnWishes, PoliceReport,
            PublicAlready, PublicOrQuiet, ReportMissing, SafePlace, SinceWhen, TellFamily,
            WarnOthers, WhatWasTaken, WhereHeld,
        };
        match self {
            Self::Detention => &[
                CallBack,
                WhereHeld,
                SinceWhen,
                FindLawyer,
                Health,
                Dependants,
                OneContact,
                PublicOrQuiet,
                PublicAlready,
                DevicesTaken,
                WarnOthers,
                OwnWishes,
            ],
            Self::Search => &[
                CallBack,
                SafePlace,
                FindLawyer,
                WhatWasTaken,
                DevicesTaken,
                Accounts,
                WarnOthers,
                OneContact,
                PublicOrQuiet,
            ],
            Self::Threat => &[
                CallBack,
                SafePlace,
                KeepThreat,
                WarnOthers,
                PoliceReport,
                OneContact,
                PublicOrQuiet,
            ],
            Self::Disappearance => &[
                CallBack,
                LastSeen,
                TellFamily,
                AskWhereHeld,
                ReportMissing,
                FindLawyer,
                OneContact,
                PublicOrQuiet,
                PublicAlready,
                DevicesTaken,
                WarnOthers,
            ],
            Self::Digital => &[
                NoAnswers,
                CallBack,
                KeepTraces,
                Accounts,
                WarnOthers,
                DevicesTaken,
                PublicOrQuiet,
            ],
            Self::Unlisted(_) => &[],
        }
    }

    /// The lists that acts ask for, the gravest first; none for what is not done within hours.
    #[must_use]
    pub fn of(acts: &[Act]) -> Vec<Self> {
        let lists = [
            Self::Disappearance,
            Self::Detention,
            Self::Search,
            Self::Threat,
            Self::Digital,
        ];
        let is_asked = |list: &Self| acts.iter().any(|act| Self::of_act(*act) == Some(*list));
        lists.into_iter().filter(is_asked).collect()
    }

    fn of_act(act: Act) -> Option<Self> {
        match act {
            Act::EnforcedDisappearance | Act::Abduction | Act::IncommunicadoDetention => {
                Some(Self::Disappearance)
            }
            Act::ArbitraryArrest
            | Act::Detention
            | Act::AdministrativeArrest
            | Act::PreTrialDetention
            | Act::PsychiatricConfinement
            | Act::PunitiveIsolation
            | Act::TortureOrIllTreatment => Some(Self::Detention),
            Act::SearchOrSeizure | Act::BreakInOrAttackOnProperty | Act::Confiscation => {
                Some(Self::Search)
            }
            Act::Threat
            | Act::PhysicalAttack
            | Act::ThreatToChildren
            | Act::DoxxingOrOuting
            | Act::SexualOrGenderBasedViolence
            | Act::PressureToCollaborate => Some(Self::Threat),
            Act::DigitalAttack | Act::Surveillance => Some(Self::Digital),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alert::vocabulary::Vocabulary as _;

    #[test]
    fn every_step_is_in_a_list_and_in_none_twice() {
        for step in Step::ALL {
            let lists = Checklist::ALL.iter();
            let mut lists = lists.filter(|list| list.steps().contains(step));
            assert!(lists.next().is_some(), "{step:?}");
        }
        for list in Checklist::ALL {
            let mut steps = list.steps().to_vec();
            steps.sort_unstable();
            steps.dedup();
            assert_eq!(steps.len(), list.steps().len(), "{list:?}");
        }
    }

    #[test]
    fn what_happened_says_which_lists() {
        let lists = Checklist::of(&[Act::SearchOrSeizure, Act::ArbitraryArrest, Act::Detention]);
        assert_eq!(lists, [Checklist::Detention, Checklist::Search]);
        assert_eq!(Checklist::of(&[Act::RestrictiveLaw]), []);
    }
}
