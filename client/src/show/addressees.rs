//! To whom an alert goes, in words: how many people, or the names of those who were chosen.

use crate::{
    device::{Device, DeviceError},
    seal::MemberKey,
    text::{Messages, escape},
};

/// See the module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Addressees {
    /// How many people, besides whoever sends it.
    pub people: usize,
    /// Their names, if the sender chose them; a defender's device knows none.
    pub names: Vec<String>,
}

impl Addressees {
    /// Those with these keys.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub(crate) fn of(
        device: &Device,
        readers: &[MemberKey],
        chosen: &[MemberKey],
    ) -> Result<Self, DeviceError> {
        let me = device.member().to_key();
        let named = device.roster()?.filter(|_| !chosen.is_empty());
        let people = named.iter().flat_map(|roster| roster.people());
        let names = people
            .filter(|person| chosen.contains(&person.key))
            .map(|person| person.name.clone());
        Ok(Self {
            people: readers.iter().filter(|key| **key != me).count(),
            names: names.collect(),
        })
    }

    /// "to 5 people", "to Anna and Ivan".
    #[must_use]
    pub fn text(&self, messages: &Messages) -> String {
        let names: Vec<String> = self.names.iter().map(|name| escape(name)).collect();
        let Some((last, others)) = names.split_last() else {
            return messages.say("to-people", &[("count", self.people.into())]);
        };
        let words = [
            ("count", others.len().into()),
            ("names", others.join(", ").into()),
            ("last", last.as_str().into()),
        ];
        messages.say("to-names", &words)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Language;

    fn said(language: Language, people: usize, names: &[&str]) -> String {
        let to = Addressees {
            people,
            names: names.iter().map(|name| (*name).to_owned()).collect(),
        };
        to.text(&Messages::new(language, &[]))
    }

    #[test]
    fn people_are_counted_as_each_language_counts() {
        let counted = |language| [0, 1, 2, 5, 11, 21].map(|people| said(language, people, &[]));
        assert_eq!(
            counted(Language::En),
            [
                "to nobody but you",
                "to 1 person",
                "to 2 people",
                "to 5 people",
                "to 11 people",
                "to 21 people",
            ]
        );
        assert_eq!(
            counted(Language::Ru),
            [
                "получателей, кроме вас, пока нет",
                "получатели: 1 человек",
                "получатели: 2 человека",
                "получатели: 5 человек",
                "получатели: 11 человек",
                "получатели: 21 человек",
            ]
        );
    }

    #[test]
    fn who_was_chosen_is_named() {
        assert_eq!(said(Language::En, 1, &["Anna"]), "to Anna");
        let three = ["Anna", "Ivan", "Vera\u{202e}"];
        assert_eq!(said(Language::En, 2, &["Anna", "Ivan"]), "to Anna and Ivan");
        assert!(said(Language::En, 3, &three).starts_with("to Anna, Ivan and Vera"));
        assert!(!said(Language::En, 3, &three).contains('\u{202e}'));
        assert_eq!(
            said(Language::Ru, 2, &["Анна", "Иван"]),
            "получатели: Анна и Иван"
        );
    }
}
