//! The closed lists of an alert: every value with the number it has on the wire.
//!
//! Numbers are assigned by hand and never reused; a retired value stays listed here with the version
//! that retired it. Keys are for flags, templates and JSON, and never change either. What people
//! read is in `i18n/*/vocabulary.ftl`.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// A number that this version does not know: an alert from a newer client is still shown. Made only
/// by reading, so that no known value has a second encoding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Unlisted(u16);

impl Unlisted {
    /// The number as it arrived.
    #[must_use]
    pub fn number(self) -> u16 {
        self.0
    }
}

/// This is not a key of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a value of the list `{list}`")]
pub struct NotInList {
    /// Which list, as in the ids of its labels.
    pub list: &'static str,
}

/// The key of what nobody said, in the lists that have it.
pub const NOT_SAID: &str = "not_said";

/// A closed list of values.
pub trait Vocabulary: Copy + Eq + Sized + 'static {
    /// The first part of the ids of its labels.
    const LIST: &'static str;
    /// Every value that this version knows, in the order in which it is shown.
    const ALL: &'static [Self];

    /// The number on the wire.
    fn number(self) -> u16;
    /// Reads a number; those from the future are kept.
    fn from_number(number: u16) -> Self;
    /// The key in flags, templates and JSON.
    fn key(self) -> Cow<'static, str>;
    /// Whether this version has a label for it.
    fn is_listed(self) -> bool;

    /// The value with this key.
    fn from_key(key: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|value| value.key() == key)
    }

    /// The id of its label.
    fn message_id(self) -> String {
        format!("{}-{}", Self::LIST, self.key().replace('_', "-"))
    }
}

macro_rules! vocabulary {
    ($($(#[$doc:meta])* $name:ident $list:literal $fallback:ident {
        $($(#[$vdoc:meta])* $variant:ident = $number:literal $key:literal,)+
    })+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(into = "u16", from = "u16")]
        pub enum $name {
            $($(#[$vdoc])* #[doc = concat!("`", $key, "`")] $variant,)+
            /// A value that a newer version knows.
            Unlisted(Unlisted),
        }

        impl Vocabulary for $name {
            const LIST: &'static str = $list;
            const ALL: &'static [Self] = &[$(Self::$variant,)+];

            fn number(self) -> u16 {
                match self {
                    $(Self::$variant => $number,)+
                    Self::Unlisted(other) => other.0,
                }
            }

            fn from_number(number: u16) -> Self {
                match number {
                    $($number => Self::$variant,)+
                    other => Self::Unlisted(Unlisted(other)),
                }
            }

            fn key(self) -> Cow<'static, str> {
                match self {
                    $(Self::$variant => Cow::Borrowed($key),)+
                    Self::Unlisted(other) => Cow::Owned(format!("unlisted_{}", other.0)),
                }
            }

            fn is_listed(self) -> bool {
                !matches!(self, Self::Unlisted(_))
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self::$fallback
            }
        }

        impl From<$name> for u16 {
            fn from(value: $name) -> Self {
                value.number()
            }
        }

        impl From<u16> for $name {
            fn from(number: u16) -> Self {
                Self::from_number(number)
            }
        }

        impl core::str::FromStr for $name {
            type Err = NotInList;
            fn from_str(key: &str) -> Result<Self, NotInList> {
                Self::from_key(key).ok_or(NotInList { list: $list })
            }
        }
    )+

    /// Lists and their values, for the test that every one has a label in every language.
    #[cfg(test)]
    pub(crate) fn every_label() -> Vec<String> {
        let mut labels = Vec::new();
        $(labels.extend($name::ALL.iter().map(|value| value.message_id()));)+
        labels
    }

    /// Every list with its numbers and keys.
    #[cfg(test)]
    pub(super) fn every_number() -> Vec<(&'static str, Vec<(u16, String)>)> {
        vec![$(($list, $name::ALL.iter().map(|v| {
            assert_eq!($name::from_number(v.number()), *v);
            assert_eq!(v.key().parse::<$name>(), Ok(*v));
            (v.number(), v.key().into_owned())
        }).collect()),)+]
    }
    };
}

vocabulary! {
    /// What sort of message this is.
    Kind "kind" Flash {
        Flash = 1 "flash",
        Full = 2 "full",
        Update = 3 "update",
        Correction = 4 "correction",
        Withdrawal = 5 "withdrawal",
        Closure = 6 "closure",
        CheckIn = 7 "check_in",
        Drill = 8 "drill",
    }
    /// Whom the attack is on.
    Subject "subject" NotSaid {
        Individual = 1 "individual",
        Organisation = 2 "organisation",
        Group = 3 "group",
        Systemic = 4 "systemic",
        NotSaid = 5 "not_said",
    }
    /// What was done.
    Act "act" Other {
        Killing = 1 "killing",
        EnforcedDisappearance = 2 "enforced_disappearance",
        Abduction = 3 "abduction",
        TortureOrIllTreatment = 4 "torture_or_ill_treatment",
        PhysicalAttack = 5 "physical_attack",
        Threat = 6 "threat",
        ArbitraryArrest = 7 "arbitrary_arrest",
        Detention = 8 "detention",
        SearchOrSeizure = 9 "search_or_seizure",
        JudicialHarassment = 10 "judicial_harassment",
        AdministrativeOrTaxHarassment = 11 "administrative_or_tax_harassment",
        TravelBan = 12 "travel_ban",
        Expulsion = 13 "expulsion",
        SmearOrHateSpeech = 14 "smear_or_hate_speech",
        Surveillance = 15 "surveillance",
        DigitalAttack = 16 "digital_attack",
        Confiscation = 17 "confiscation",
        Dismissal = 18 "dismissal",
        RegistrationDeniedOrLiquidation = 19 "registration_denied_or_liquidation",
        /// Named "foreign agent", "undesirable" or "extremist".
        Designation = 20 "designation",
        RestrictiveLaw = 21 "restrictive_law",
        Impunity = 22 "impunity",
        ReprisalAgainstFamily = 23 "reprisal_against_family",
        Other = 24 "other",
        SummonsOrInterrogation = 25 "summons_or_interrogation",
        AdministrativeArrest = 26 "administrative_arrest",
        PreTrialDetention = 27 "pre_trial_detention",
        RestrictionWithoutCustody = 28 "restriction_without_custody",
        ConvictionOrSentence = 29 "conviction_or_sentence",
        UnfairOrClosedTrial = 30 "unfair_or_closed_trial",
        IncommunicadoDetention = 31 "incommunicado_detention",
        DenialOfMedicalCare = 32 "denial_of_medical_care",
        PunitiveIsolation = 33 "punitive_isolation",
        DenialOfContact = 34 "denial_of_contact",
        SexualOrGenderBasedViolence = 35 "sexual_or_gender_based_violence",
        ForcedConfession = 36 "forced_confession",
        PsychiatricConfinement = 37 "psychiatric_confinement",
        BreakInOrAttackOnProperty = 38 "break_in_or_attack_on_property",
        Eviction = 39 "eviction",
        AssetFreeze = 40 "asset_freeze",
        FundingRestriction = 41 "funding_restriction",
        LicenceWithdrawnOrDisbarment = 42 "licence_withdrawn_or_disbarment",
        ListingOfPerson = 43 "listing_of_person",
        DocumentsRefused = 44 "documents_refused",
        CitizenshipDeprived = 45 "citizenship_deprived",
        EntryBan = 46 "entry_ban",
        ExtraditionOrWantedNotice = 47 "extradition_or_wanted_notice",
        TransnationalRepression = 48 "transnational_repression",
        ThreatToChildren = 49 "threat_to_children",
        ForcedExile = 50 "forced_exile",
        SiteOrMediaBlocked = 51 "site_or_media_blocked",
        ObstructionOfAssemblyOrAssociation = 52 "obstruction_of_assembly_or_association",
        ObstructionOfDefendersWork = 53 "obstruction_of_defenders_work",
        Slapp = 54 "slapp",
        DoxxingOrOuting = 55 "doxxing_or_outing",
        ConscriptionAsReprisal = 56 "conscription_as_reprisal",
        ReprisalForCooperation = 57 "reprisal_for_cooperation",
        PressureToCollaborate = 58 "pressure_to_collaborate",
        DeathInCustody = 59 "death_in_custody",
    }
    /// The first menu of what was done: too many acts for one. Opens [`ActGroup::acts`], and is not itself stored.
    ActGroup "act-group" SomethingElse {
        Taken = 1 "taken",
        Searched = 2 "searched",
        Summoned = 3 "summoned",
        Threatened = 4 "threatened",
        Attacked = 5 "attacked",
        Disappeared = 6 "disappeared",
        Court = 7 "court",
        Prison = 8 "prison",
        Digital = 9 "digital",
        Organisation = 10 "organisation",
        Relatives = 11 "relatives",
        Borders = 12 "borders",
        SomethingElse = 13 "something_else",
    }
    /// How the victim is referred to.
    Naming "naming" Withheld {
        Withheld = 1 "withheld",
        Name = 2 "name",
        Initials = 3 "initials",
        Pseudonym = 4 "pseudonym",
    }
    /// Whether anyone knows where the victim is.
    Whereabouts "whereabouts" Unknown {
        Unknown = 1 "unknown",
        Known = 2 "known",
        Moved = 3 "moved",
        /// They were asked and will not say.
        RefusedByAuthorities = 4 "refused_by_authorities",
        /// Safe. Where is written nowhere.
        InHiding = 5 "in_hiding",
        Abroad = 6 "abroad",
        Released = 7 "released",
    }
    /// Whether a lawyer can see the victim.
    LawyerAccess "lawyer-access" Unknown {
        Unknown = 1 "unknown",
        Yes = 2 "yes",
        No = 3 "no",
        Denied = 4 "denied",
        /// Only one whom the state appointed.
        AppointedOnly = 5 "appointed_only",
        /// The lawyer may not tell what they know.
        BoundByNonDisclosure = 6 "bound_by_non_disclosure",
        LawyerPersecuted = 7 "lawyer_persecuted",
        NotRequested = 8 "not_requested",
    }
    /// What kind of custody it is by now.
    CustodyStage "custody-stage" Unknown {
        TakenPlaceUnknown = 1 "taken_place_unknown",
        PoliceHold = 2 "police_hold",
        AdministrativeArrest = 3 "administrative_arrest",
        SuspectHold = 4 "suspect_hold",
        Remand = 5 "remand",
        HouseArrest = 6 "house_arrest",
        OpenSentence = 7 "open_sentence",
        Colony = 8 "colony",
        PrisonRegime = 9 "prison_regime",
        Psychiatric = 10 "psychiatric",
        Transit = 11 "transit",
        ReleasedWithConditions = 12 "released_with_conditions",
        Released = 13 "released",
        Unknown = 14 "unknown",
    }
    /// What the authorities named a person or an organisation: what follows differs with each.
    DesignationKind "designation-kind" NotSaid {
        ForeignAgent = 1 "foreign_agent",
        UndesirableOrganisation = 2 "undesirable_organisation",
        /// By a decision of the security service or the ministry.
        ExtremistFormation = 3 "extremist_formation",
        /// By a court.
        ExtremistOrganisation = 4 "extremist_organisation",
        TerroristOrganisation = 5 "terrorist_organisation",
        ExtremistMaterials = 6 "extremist_materials",
        PersonList = 7 "person_list",
        Other = 8 "other",
        NotSaid = 9 "not_said",
    }
    /// An answer to a plain question.
    YesNo "yes-no" Unknown {
        Unknown = 1 "unknown",
        Yes = 2 "yes",
        No = 3 "no",
    }
    /// How closely the place is given.
    PlacePrecision "place-precision" NotSaid {
        Withheld = 1 "withheld",
        Country = 2 "country",
        Region = 3 "region",
        City = 4 "city",
        Exact = 5 "exact",
        NotSaid = 6 "not_said",
    }
    /// How closely the time is given.
    TimePrecision "time-precision" Unknown {
        Unknown = 1 "unknown",
        Month = 2 "month",
        Day = 3 "day",
        Minute = 4 "minute",
        /// Within an hour or so of the moment.
        Hour = 5 "hour",
        /// At any time in the eight hours from the moment on.
        PartOfDay = 6 "part_of_day",
    }
    /// Whether it is still to come, happening, or over.
    Timing "timing" NotSaid {
        Ongoing = 1 "ongoing",
        Imminent = 2 "imminent",
        Occurred = 3 "occurred",
        NotSaid = 4 "not_said",
    }
    /// How soon somebody is asked to act.
    Urgency "urgency" NotSaid {
        Critical = 1 "critical",
        High = 2 "high",
        Normal = 3 "normal",
        Information = 4 "information",
        NotSaid = 5 "not_said",
    }
    /// Who is behind the threat.
    ThreatOrigin "threat-origin" Unknown {
        Unknown = 1 "unknown",
        State = 2 "state",
        NonState = 3 "non_state",
        Mixed = 4 "mixed",
    }
    /// Who made a translation.
    Translator "translator" Person {
        Person = 1 "person",
        Machine = 2 "machine",
    }
    /// Whose account this is.
    Source "source" Unknown {
        Unknown = 1 "unknown",
        Victim = 2 "victim",
        Family = 3 "family",
        Lawyer = 4 "lawyer",
        Colleague = 5 "colleague",
        Witness = 6 "witness",
        Organisation = 7 "organisation",
        Media = 8 "media",
        Other = 9 "other",
        AuthoritiesOrStateMedia = 10 "authorities_or_state_media",
        SocialMedia = 11 "social_media",
        FellowDetainee = 12 "fellow_detainee",
        /// A member entered it for somebody.
        RelayedByMember = 13 "relayed_by_member",
    }
    /// How well it is confirmed.
    Verification "verification" NotSaid {
        Unverified = 1 "unverified",
        OneSource = 2 "one_source",
        TwoIndependent = 3 "two_independent",
        PartnerConfirmed = 4 "partner_confirmed",
        Disputed = 5 "disputed",
        False = 6 "false",
        NotSaid = 7 "not_said",
    }
    /// One thing that consent is asked for.
    Purpose "purpose" ShareInGroup {
        ShareInGroup = 1 "share_in_group",
        ContactFamily = 2 "contact_family",
        SendToState = 3 "send_to_state",
        SendToInstitutions = 4 "send_to_institutions",
        UseName = 5 "use_name",
        Publish = 6 "publish",
        Media = 7 "media",
    }
    /// The answer for one purpose. Only "yes" permits anything.
    ConsentAnswer "consent-answer" Unknown {
        Unknown = 1 "unknown",
        Yes = 2 "yes",
        No = 3 "no",
        NotReachable = 4 "not_reachable",
        Withdrawn = 5 "withdrawn",
        AskEachTime = 7 "ask_each_time",
    }
    /// Who gave consent.
    ConsentGiver "consent-giver" Unknown {
        Unknown = 1 "unknown",
        Defender = 2 "defender",
        Family = 3 "family",
        Lawyer = 4 "lawyer",
        None = 5 "none",
        Guardian = 6 "guardian",
        /// Has a signed authority.
        AuthorisedRepresentative = 7 "authorised_representative",
        PartnerOrganisation = 8 "partner_organisation",
        /// The defender, in writing and beforehand.
        StandingInstruction = 9 "standing_instruction",
    }
    /// How far it may go: FIRST TLP 2.0. What nobody said goes no further than `red`.
    Sharing "sharing" NotSaid {
        Red = 1 "red",
        AmberStrict = 2 "amber_strict",
        Amber = 3 "amber",
        Green = 4 "green",
        Clear = 5 "clear",
        NotSaid = 6 "not_said",
    }
    /// A flash's answer about sharing: one of the first five, and any of the rest. Becomes consent and
    /// a TLP label, and is not itself stored.
    Share "share" GroupOnly {
        GroupOnly = 1 "group_only",
        Organisations = 2 "organisations",
        Institutions = 3 "institutions",
        State = 4 "state",
        Public = 5 "public",
        Name = 6 "name",
        ContactFamily = 7 "contact_family",
        Media = 8 "media",
    }
    /// Whether the victim works with the Council of Europe.
    CoeInteraction "coe-interaction" Unknown {
        Unknown = 1 "unknown",
        None = 2 "none",
        Intended = 3 "intended",
        Yes = 4 "yes",
    }
    /// What would help.
    Need "need" None {
        Lawyer = 1 "lawyer",
        Medical = 2 "medical",
        Relocation = 3 "relocation",
        Psychosocial = 4 "psychosocial",
        Money = 5 "money",
        Observers = 6 "observers",
        PublicStatement = 7 "public_statement",
        QuietDiplomacy = 8 "quiet_diplomacy",
        None = 9 "none",
        FamilySupport = 10 "family_support",
        VisaOrDocuments = 11 "visa_or_documents",
        DigitalSecurity = 12 "digital_security",
        Accompaniment = 13 "accompaniment",
        Interpreter = 14 "interpreter",
        SupportLetter = 15 "support_letter",
        Equipment = 16 "equipment",
        Evacuation = 17 "evacuation",
        ChildCare = 18 "child_care",
        NoPublicity = 19 "no_publicity",
    }
    /// How the report came to whoever enters it for somebody else.
    IntakeVia "intake-via" NotSaid {
        Call = 1 "call",
        Messenger = 2 "messenger",
        Email = 3 "email",
        InPerson = 4 "in_person",
        PublicPost = 5 "public_post",
        AuthoritiesChannel = 6 "authorities_channel",
        PartnerFeed = 7 "partner_feed",
        Bellrope = 8 "bellrope",
        Other = 9 "other",
        NotSaid = 10 "not_said",
    }
    /// What a member did with an alert.
    Receipt "receipt" Opened {
        Opened = 1 "opened",
        Acknowledged = 2 "acknowledged",
        TakingLead = 3 "taking_lead",
        Supporting = 4 "supporting",
        ConflictOfInterest = 5 "conflict_of_interest",
        HandedOver = 6 "handed_over",
    }
    /// Where the case stands.
    CaseState "case-state" New {
        New = 1 "new",
        Triage = 2 "triage",
        Verifying = 3 "verifying",
        Active = 4 "active",
        WaitingForStateReply = 5 "waiting_for_state_reply",
        WaitingForSource = 6 "waiting_for_source",
        Suspended = 7 "suspended",
        Closed = 8 "closed",
        Monitoring = 9 "monitoring",
        Reopened = 10 "reopened",
    }
    /// Why a case was closed.
    ClosingReason "closing-reason" Stale {
        Released = 1 "released",
        ChargesDropped = 2 "charges_dropped",
        ThreatEnded = 3 "threat_ended",
        Relocated = 4 "relocated",
        NoConsent = 5 "no_consent",
        Unfounded = 6 "unfounded",
        DuplicateOf = 7 "duplicate_of",
        Death = 8 "death",
        Stale = 9 "stale",
        SentenceServed = 10 "sentence_served",
        Pardoned = 11 "pardoned",
        ReleasedAndExpelled = 12 "released_and_expelled",
        Acquitted = 13 "acquitted",
        Transferred = 14 "transferred",
        WithdrawnByPerson = 15 "withdrawn_by_person",
        OutsideMandate = 16 "outside_mandate",
        LeftCountry = 17 "left_country",
    }
    /// What the state answered.
    StateReply "state-reply" NotSent {
        NotSent = 1 "not_sent",
        Sent = 2 "sent",
        None = 3 "none",
        Acknowledged = 4 "acknowledged",
        Partial = 5 "partial",
        Substantive = 6 "substantive",
        Refused = 7 "refused",
    }
    /// Whom a note is for.
    NoteAudience "note-audience" Group {
        Group = 1 "group",
        Defender = 2 "defender",
        /// For who leads the case.
        Lead = 3 "lead",
        NamedPeople = 5 "named_people",
    }
    /// How one alert relates to another.
    Link "link" Follows {
        DuplicateOf = 1 "duplicate_of",
        Follows = 2 "follows",
        PartOfPattern = 3 "part_of_pattern",
        SamePerson = 4 "same_person",
        SameTrial = 5 "same_trial",
    }
    /// Who may hear of a case outside the group.
    Publicity "publicity" Unknown {
        Unknown = 1 "unknown",
        /// Nothing goes out at all.
        None = 2 "none",
        /// Only what no public hears of.
        QuietOnly = 3 "quiet_only",
        Allowed = 4 "allowed",
        Wanted = 5 "wanted",
    }
    /// What is due.
    DateKind "date-kind" Other {
        CustodyEnd = 1 "custody_end",
        Hearing = 2 "hearing",
        Appeal = 3 "appeal",
        Cassation = 4 "cassation",
        /// An interim measure of the European Court of Human Rights.
        Rule39 = 5 "rule_39",
        CourtFourMonths = 6 "court_4_months",
        BodyReply = 7 "body_reply",
        ConsentEnd = 8 "consent_end",
        Embargo = 9 "embargo",
        FollowUp = 10 "follow_up",
        Other = 11 "other",
    }
    /// What became of something that is due.
    DateStanding "date-standing" Open {
        Open = 1 "open",
        Done = 2 "done",
        Missed = 3 "missed",
        Dropped = 4 "dropped",
    }
    /// Who does what in a case.
    Part "part" Deputy {
        /// Alone speaks with the person, the family and the lawyer.
        ContactOwner = 1 "contact_owner",
        Deputy = 2 "deputy",
        LawyerAdviser = 3 "lawyer_adviser",
        Translator = 4 "translator",
        EvidenceKeeper = 5 "evidence_keeper",
        Reviewer = 6 "reviewer",
        Media = 7 "media",
        SecurityAdviser = 8 "security_adviser",
    }
    /// How somebody who is held was last seen or heard for certain.
    ContactKind "contact-kind" Other {
        Lawyer = 1 "lawyer",
        Family = 2 "family",
        Letter = 3 "letter",
        Court = 4 "court",
        Phone = 5 "phone",
        Other = 6 "other",
    }
    /// What a sensitive block is about. It is said in the block alone.
    SensitiveKind "sensitive-kind" Other {
        Health = 1 "health",
        Hiv = 2 "hiv",
        OrientationOrIdentity = 3 "orientation_or_identity",
        Religion = 4 "religion",
        Ethnicity = 5 "ethnicity",
        SexualViolence = 6 "sexual_violence",
        Other = 7 "other",
    }
    /// What is done in the first hours. The lists that they stand in are in `case::checklist`.
    Step "step" CallBack {
        CallBack = 1 "call_back",
        OneContact = 2 "one_contact",
        PublicOrQuiet = 3 "public_or_quiet",
        WhereHeld = 4 "where_held",
        SinceWhen = 5 "since_when",
        FindLawyer = 6 "find_lawyer",
        Health = 7 "health",
        Dependants = 8 "dependants",
        DevicesTaken = 9 "devices_taken",
        WarnOthers = 10 "warn_others",
        WhatWasTaken = 11 "what_was_taken",
        Accounts = 12 "accounts",
        KeepTraces = 13 "keep_traces",
        SafePlace = 14 "safe_place",
        KeepThreat = 15 "keep_threat",
        PoliceReport = 16 "police_report",
        LastSeen = 17 "last_seen",
        AskWhereHeld = 18 "ask_where_held",
        ReportMissing = 19 "report_missing",
        TellFamily = 20 "tell_family",
        PublicAlready = 21 "public_already",
        NoAnswers = 22 "no_answers",
        OwnWishes = 23 "own_wishes",
    }
    /// What the first hours are for. Stands in no message.
    Checklist "checklist" Detention {
        Detention = 1 "detention",
        Search = 2 "search",
        Threat = 3 "threat",
        Disappearance = 4 "disappearance",
        Digital = 5 "digital",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_keys_are_each_used_once() {
        for (list, mut values) in every_number() {
            let count = values.len();
            values.sort();
            values.dedup_by_key(|(number, _)| *number);
            values.sort_by(|a, b| a.1.cmp(&b.1));
            values.dedup_by(|a, b| a.1 == b.1);
            assert_eq!(values.len(), count, "{list}");
        }
    }

    #[test]
    fn a_value_from_the_future_is_kept() {
        let act = Act::from_number(999);
        assert!(!act.is_listed());
        assert_eq!(act.key(), "unlisted_999");
        assert_eq!(
            bellrope_proto::codec::decode(&bellrope_proto::codec::encode(&act)),
            Ok(act)
        );
    }

    /// What alerts on disks and relays already say.
    #[test]
    fn numbers_are_frozen() {
        assert_eq!(Act::ArbitraryArrest.number(), 7);
        assert_eq!(Act::Other.number(), 24);
        assert_eq!(Sharing::Clear.number(), 5);
        assert_eq!(Kind::Drill.number(), 8);
    }
}
