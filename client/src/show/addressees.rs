//! To whom an alert goes, in words: how many people, or the names of those who were chosen.

use crate::{
    device::{Device, DeviceError},
    group::{Meant, Person},
    message::{Few, FewBy, View},
    seal::MemberKey,
    text::{Messages, escape},
};

/// See the module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Addressees {
    /// How many people, besides whoever sends it.
    pub people: usize,
    /// Who they are.
    pub whom: Whom,
}

/// Who somebody's alert goes to. A defender's device knows no names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whom {
    /// Those whom the sender chose, by name.
    Chosen(Vec<String>),
    /// Every member.
    All {
        /// Whether the sender is one.
        others: bool,
    },
    /// Every member, but those who are kept out of such alerts.
    Members,
    /// Those whom the group named for such alerts.
    OnDuty,
    /// Members who are not on duty, as nobody who is may read it, or is left.
    ForWantOfOthers,
}

/// Who reads the sensitive part of an alert.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SensitiveReaders {
    /// How many people, besides whoever sends it. None: there is nobody to whom it could be sealed.
    pub people: usize,
    /// Their names, where this device knows any.
    pub names: Vec<String>,
    /// Whether the group named them for it. Else they coordinate.
    pub are_named: bool,
    /// Their keys.
    pub(crate) keys: Vec<MemberKey>,
}

impl SensitiveReaders {
    pub(crate) fn of(device: &Device, few: Few, view: &View) -> Result<Self, DeviceError> {
        let roster = device.roster()?;
        let people = roster.iter().flat_map(|roster| roster.persons());
        let is_one = |person: &&Person| {
            let mut theirs = roster.iter().flat_map(|it| it.devices_of(&person.device));
            theirs.any(|it| few.keys.contains(&it.key))
        };
        let names = people.filter(is_one).map(|person| person.name.clone());
        Ok(Self {
            people: view.count_people(&few.keys),
            names: names.collect(),
            are_named: few.by == FewBy::Name,
            keys: few.keys,
        })
    }

    /// Whether one of them is among those whom somebody was told of.
    #[must_use]
    pub fn has_one_of(&self, told: &Self) -> bool {
        self.keys.iter().any(|key| told.keys.contains(key))
    }

    /// Who it is, in words, for whoever is about to write.
    #[must_use]
    pub fn text(&self, messages: &Messages) -> String {
        let names: Vec<String> = self.names.iter().map(|name| escape(name)).collect();
        let words = [
            ("count", self.people.into()),
            ("names", names.join(", ").into()),
        ];
        let id = match (self.people, self.are_named, names.is_empty()) {
            (0, ..) => "few-nobody",
            (_, true, true) => "few-named",
            (_, true, false) => "few-named-names",
            (_, false, true) => "few-coordinating",
            (_, false, false) => "few-coordinating-names",
        };
        messages.say(id, &words)
    }
}

impl Addressees {
    /// Those for whom an alert is by default.
    pub(crate) fn meant(device: &Device, meant: &Meant<MemberKey>, view: &View) -> Self {
        let me = device.member().to_key();
        let whom = if meant.is_for_want_of_others {
            Whom::ForWantOfOthers
        } else if view.policy.circle.is_some() {
            Whom::OnDuty
        } else if meant.who.len() == view.readers.len() {
            Whom::All {
                others: meant.who.contains(&me),
            }
        } else {
            Whom::Members
        };
        Self {
            people: view.count_people(&others(&meant.who, &view.keys_of(&me))),
            whom,
        }
    }

    /// Those with these keys.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub(crate) fn chosen(
        device: &Device,
        chosen: &[MemberKey],
        view: &View,
    ) -> Result<Self, DeviceError> {
        let me = device.member().to_key();
        let roster = device.roster()?;
        let people = roster.iter().flat_map(|roster| roster.persons());
        let is_chosen = |person: &&Person| {
            let mut theirs = roster.iter().flat_map(|it| it.devices_of(&person.device));
            theirs.any(|it| chosen.contains(&it.key))
        };
        let names = people.filter(is_chosen).map(|person| person.name.clone());
        Ok(Self {
            people: view.count_people(&others(chosen, &view.keys_of(&me))),
            whom: Whom::Chosen(names.collect()),
        })
    }

    /// "to 3 people on duty", "to all 12 members", "to Anna and Ivan".
    #[must_use]
    pub fn text(&self, messages: &Messages) -> String {
        let count = ("count", self.people.into());
        match &self.whom {
            Whom::Chosen(names) => {
                let names: Vec<String> = names.iter().map(|name| escape(name)).collect();
                let (last, others) = names
                    .split_last()
                    .map_or(("", &[][..]), |(last, others)| (last.as_str(), others));
                let words = [
                    ("count", others.len().into()),
                    ("names", others.join(", ").into()),
                    ("last", last.into()),
                ];
                messages.say("to-names", &words)
            }
            Whom::All { others } => {
                let others = if *others { "yes" } else { "no" };
                messages.say("to-all", &[count, ("others", others.into())])
            }
            Whom::Members => messages.say("to-members", &[count]),
            Whom::OnDuty => messages.say("to-duty", &[count]),
            Whom::ForWantOfOthers => messages.say("to-members-for-want", &[count]),
        }
    }
}

/// Without those of whoever sends it.
fn others(keys: &[MemberKey], mine: &[MemberKey]) -> Vec<MemberKey> {
    let others = keys.iter().filter(|key| !mine.contains(key));
    others.copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Language;

    fn said(language: Language, people: usize, whom: Whom) -> String {
        Addressees { people, whom }.text(&Messages::new(language, &[]))
    }

    fn named(language: Language, names: &[&str]) -> String {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        said(language, names.len(), Whom::Chosen(names))
    }

    #[test]
    fn people_are_counted_as_each_language_counts() {
        let counted = |language, whom: &Whom| {
            [0, 1, 2, 5, 11, 21].map(|people| said(language, people, whom.clone()))
        };
        assert_eq!(
            counted(Language::En, &Whom::All { others: false }),
            [
                "to nobody but you",
                "to 1 person",
                "to all 2 members",
                "to all 5 members",
                "to all 11 members",
                "to all 21 members",
            ]
        );
        assert_eq!(
            said(Language::En, 5, Whom::All { others: true }),
            "to all 5 other members"
        );
        assert_eq!(
            counted(Language::En, &Whom::OnDuty),
            [
                "to nobody but you: nobody else is on duty",
                "to 1 person on duty",
                "to 2 people on duty",
                "to 5 people on duty",
                "to 11 people on duty",
                "to 21 people on duty",
            ]
        );
        assert_eq!(
            counted(Language::Ru, &Whom::All { others: false }),
            [
                "получателей, кроме вас, пока нет",
                "получатели: 1 человек",
                "получатели: 2 человека (все участники)",
                "получатели: 5 человек (все участники)",
                "получатели: 11 человек (все участники)",
                "получатели: 21 человек (все участники)",
            ]
        );
        assert_eq!(
            counted(Language::Ru, &Whom::OnDuty),
            [
                "получателей, кроме вас, нет: дежурите только вы",
                "получатели: 1 дежурный",
                "получатели: 2 дежурных",
                "получатели: 5 дежурных",
                "получатели: 11 дежурных",
                "получатели: 21 дежурный",
            ]
        );
        assert_eq!(
            said(Language::En, 7, Whom::ForWantOfOthers),
            "to 7 members, as nobody is on duty for it"
        );
        assert_eq!(
            said(Language::Ru, 2, Whom::ForWantOfOthers),
            "получатели: 2 участника, так как дежурных для этого нет"
        );
        assert_eq!(said(Language::En, 7, Whom::Members), "to 7 members");
        assert_eq!(
            said(Language::Ru, 1, Whom::Members),
            "получатели: 1 участник"
        );
    }

    #[test]
    fn who_was_chosen_is_named() {
        assert_eq!(named(Language::En, &["Anna"]), "to Anna");
        assert_eq!(named(Language::En, &["Anna", "Ivan"]), "to Anna and Ivan");
        let three = named(Language::En, &["Anna", "Ivan", "Vera\u{202e}"]);
        assert!(three.starts_with("to Anna, Ivan and Vera"));
        assert!(!three.contains('\u{202e}'));
        assert_eq!(
            named(Language::Ru, &["Анна", "Иван"]),
            "получатели: Анна и Иван"
        );
    }
}
