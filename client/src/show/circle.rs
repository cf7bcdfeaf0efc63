//! Who reads new alerts, in words: who reads all of them, who reads some besides, and who is kept out of what.

use bellrope_proto::{
    ids::Timestamp,
    signing::{Device as DeviceKey, PublicKey},
};
use serde_json::{Value, json};

use super::labels::{country_name, labels};
use crate::{
    alert::vocabulary::Vocabulary,
    device::{Device, DeviceError},
    group::{About, Person, Policy, Roster, Rule, in_order_once},
    ids::Position,
    text::{Messages, escape, rfc3339},
};

/// See the module. Those who have left the group are in none of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadingCircle {
    /// Who reads every new alert of which they are not kept out, by name.
    pub people: Vec<String>,
    /// Why these.
    pub by: ReadBy,
    /// Who reads which besides.
    pub besides: Vec<(String, About)>,
    /// Who is kept out of which.
    pub kept_out: Vec<(String, About)>,
    /// Who reads the sensitive parts of alerts that they read, by name; nobody is named where it is empty.
    pub sensitive: Vec<String>,
    /// Who said so, and when by their clock; none as the group was founded, or while it is not written yet.
    pub written: Option<(String, Timestamp)>,
}

/// Why certain people read new alerts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadBy {
    /// They are all members there are.
    Everybody,
    /// They were named.
    Name,
    /// They are all members there are, as none of those who were named is left.
    NobodyLeft,
}

impl ReadingCircle {
    /// Who reads by this device's roster; `None` for a device that has none.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub fn of(device: &Device) -> Result<Option<Self>, DeviceError> {
        Ok(device.roster()?.map(|roster| Self::in_force(&roster)))
    }

    fn in_force(roster: &Roster) -> Self {
        let newest = roster.position_of(&roster.head()).unwrap_or(Position(0));
        let (at, policy) = roster.policy_at(newest);
        let place = usize::try_from(at.0).unwrap_or(usize::MAX);
        let entry = roster.entries().get(place).filter(|_| at > Position(0));
        let written = entry.and_then(|entry| entry.peek().ok()).map(|entry| {
            let gone = roster
                .removed_person(&entry.author)
                .map(|gone| &gone.person);
            let author = roster.person(&entry.author).or(gone);
            let name = author.map(|author| author.name.clone());
            (name.unwrap_or_default(), entry.time)
        });
        Self {
            written,
            ..Self::by_policy(roster, policy)
        }
    }

    /// Who reads by a policy that is in force, or may be soon.
    pub(crate) fn by_policy(roster: &Roster, policy: &Policy<PublicKey<DeviceKey>>) -> Self {
        let duty = Duty::by(roster, policy);
        let rules = |rules: &[Rule<PublicKey<DeviceKey>>]| {
            let rules = rules.iter().filter_map(|rule| {
                let person = roster.whoever(&rule.who)?;
                Some((person.name.clone(), rule.about.clone()))
            });
            rules.collect()
        };
        Self {
            people: duty.people.iter().map(|it| it.name.clone()).collect(),
            by: duty.by,
            besides: rules(&policy.also),
            kept_out: rules(&policy.kept_out),
            sensitive: {
                let named = policy.sensitive_readers().into_iter();
                let people = named.filter_map(|who| roster.whoever(&who));
                people.map(|person| person.name.clone()).collect()
            },
            written: None,
        }
    }

    /// Who reads every new alert, in one line.
    #[must_use]
    pub fn headline(&self, messages: &Messages) -> String {
        let names: Vec<String> = self.people.iter().map(|name| escape(name)).collect();
        let words = [
            ("count", names.len().into()),
            ("names", names.join(", ").into()),
        ];
        messages.say(self.by.message_id(), &words)
    }

    /// Who reads what is sensitive in an alert, in one line.
    #[must_use]
    pub fn sensitive_line(&self, messages: &Messages) -> String {
        let names: Vec<String> = self.sensitive.iter().map(|name| escape(name)).collect();
        let words = [
            ("count", names.len().into()),
            ("names", names.join(", ").into()),
        ];
        messages.say("circle-sensitive", &words)
    }

    /// All of it, a fact a line; each line that `circle remove` can take away with its number.
    #[must_use]
    pub fn text(&self, messages: &Messages) -> String {
        let mut lines = vec![self.headline(messages)];
        let besides = self.besides.iter().map(|rule| ("circle-besides", rule));
        let kept_out = self.kept_out.iter().map(|rule| ("circle-kept-out", rule));
        for (number, (id, (name, about))) in (1_usize..).zip(besides.chain(kept_out)) {
            let (id, about) = match about.is_empty() {
                true => ("circle-kept-out-of-all", String::new()),
                false => (id, about_text(about, messages)),
            };
            let words = [
                ("number", number.into()),
                ("name", escape(name).into()),
                ("about", about.into()),
            ];
            lines.push(messages.say(id, &words));
        }
        if self.kept_out.iter().any(|(_, about)| !about.is_empty()) {
            lines.push(messages.plain("circle-unsaid"));
        }
        let kept_out = |name: &String| self.kept_out.iter().any(|(other, _)| other == name);
        if self.by == ReadBy::Name && self.people.iter().all(kept_out) {
            lines.push(messages.plain("circle-all-kept-out"));
        }
        lines.push(self.sensitive_line(messages));
        if let Some((by, at)) = &self.written {
            let words = [
                ("by", escape(by).into()),
                ("at", messages.moment(*at).into()),
            ];
            lines.push(messages.say("circle-since", &words));
        }
        lines.join("\n")
    }

    /// The same for programs.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mut number = 0;
        let mut rules = |rules: &[(String, About)]| -> Vec<Value> {
            let rules = rules.iter().map(|(name, about)| {
                number += 1;
                json!({
                    "number": number,
                    "name": name,
                    "countries": about.countries.iter().map(|it| it.code()).collect::<Vec<_>>(),
                    "acts": keys(&about.acts),
                    "subjects": keys(&about.subjects),
                    "sources": keys(&about.origins),
                })
            });
            rules.collect()
        };
        let (besides, kept_out) = (rules(&self.besides), rules(&self.kept_out));
        let written = self.written.as_ref();
        json!({
            "by": self.by.key(),
            "readers": self.people,
            "besides": besides,
            "kept_out": kept_out,
            "sensitive": self.sensitive,
            "set_by": written.map(|(by, _)| by),
            "set_at": written.and_then(|(_, at)| rfc3339(*at)),
        })
    }
}

impl ReadBy {
    fn message_id(self) -> &'static str {
        match self {
            Self::Everybody => "circle-everybody",
            Self::Name => "circle-duty",
            Self::NobodyLeft => "circle-nobody-left",
        }
    }

    /// Its name in JSON.
    fn key(self) -> &'static str {
        match self {
            Self::Everybody => "everybody",
            Self::Name => "name",
            Self::NobodyLeft => "nobody_left",
        }
    }
}

fn keys<V: Vocabulary>(values: &[V]) -> Vec<String> {
    values.iter().map(|it| it.key().into_owned()).collect()
}

/// Which alerts: "Belarus; taken into custody (arrest), held in detention".
fn about_text(about: &About, messages: &Messages) -> String {
    let countries = about.countries.iter();
    let countries: Vec<String> = countries.map(|it| country_name(*it, messages)).collect();
    let labelled = |id, labels: String| {
        (!labels.is_empty()).then(|| messages.say(id, &[("labels", labels.into())]))
    };
    let parts = [
        Some(countries.join(", ")).filter(|text| !text.is_empty()),
        Some(labels(&about.acts, messages)).filter(|text| !text.is_empty()),
        labelled("circle-subjects", labels(&about.subjects, messages)),
        labelled("circle-sources", labels(&about.origins, messages)),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    parts.join("; ")
}

/// Who is on duty by a roster.
pub(super) struct Duty<'r> {
    /// They.
    pub(super) people: Vec<&'r Person>,
    /// Why these.
    pub(super) by: ReadBy,
}

impl<'r> Duty<'r> {
    /// By the newest policy.
    pub(super) fn of(roster: &'r Roster) -> Self {
        let newest = roster.position_of(&roster.head()).unwrap_or(Position(0));
        let (_, policy) = roster.policy_at(newest);
        Self::by(roster, policy)
    }

    fn by(roster: &'r Roster, policy: &Policy<PublicKey<DeviceKey>>) -> Self {
        let newest = roster.position_of(&roster.head()).unwrap_or(Position(0));
        let members = roster.members_at(newest);
        let all = in_order_once(members.iter().map(|person| person.person));
        let duty = policy.on_duty(&all);
        let people = roster.persons();
        Self {
            people: people.filter(|it| duty.who.contains(&it.person)).collect(),
            by: match (&policy.circle, duty.is_for_want_of_others) {
                (None, _) => ReadBy::Everybody,
                (Some(_), false) => ReadBy::Name,
                (Some(_), true) => ReadBy::NobodyLeft,
            },
        }
    }
}
