//! Who reads a new alert by default: what the roster says of it, and what comes of that for one alert. The rules P1 to P5 of
//! PROTOCOL.md, "Reading".
//!
//! One function for all who ask: the sender's program before it seals, the readers' when they look whom it was meant for, and whoever
//! passes it on. Were there two, somebody would be refused an alert that was sealed to them.

use bellrope_proto::codec;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{
    alert::{
        Fields,
        country::Country,
        vocabulary::{Act, Subject, ThreatOrigin},
    },
    extensions::Extensions,
};

use super::in_order_once;

/// What a policy may take: with everything around it, it fits into an envelope to the largest group.
pub(super) const POLICY_BYTES_MAX: usize = 16 * 1024;

/// The extension of a policy that names who reads the sensitive parts of alerts. May be ignored: who does not know it names nobody, and seals such a
/// part to nobody who could not read the alert.
const SENSITIVE: u16 = 32_781;

/// People who can be named for that: more are not few.
pub const SENSITIVE_READERS_MAX: usize = 8;

/// Who reads what. In the roster people are named by their devices' keys; in what a defender holds, by their places among the
/// readers there.
///
/// It does not say why somebody is kept out: who reads a reason learns of the conflict.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy<W> {
    /// Who reads every new alert; none for every member and coordinator, whoever comes later too.
    pub circle: Option<Vec<W>>,
    /// Who reads besides what fits.
    pub also: Vec<Rule<W>>,
    /// Who does not read what fits, or may.
    pub kept_out: Vec<Rule<W>>,
    /// What a later version adds.
    pub extensions: Extensions,
}

/// Somebody, and which alerts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule<W> {
    /// Whom it is about.
    pub who: W,
    /// Which alerts.
    pub about: About,
}

/// Which alerts: of each list one that is there is in the alert, too. An empty list says nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// Where.
    pub countries: Vec<Country>,
    /// What was done.
    pub acts: Vec<Act>,
    /// Whom the attack is on.
    pub subjects: Vec<Subject>,
    /// Who threatens: the state, or others.
    pub origins: Vec<ThreatOrigin>,
    /// What a later version adds.
    pub extensions: Extensions,
}

/// Whether an alert is of those that are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    /// It is not.
    No,
    /// It does not say enough.
    Unsaid,
    /// It is.
    Yes,
}

/// Whom an alert is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Meant<W> {
    /// They, in the order of the group.
    pub(crate) who: Vec<W>,
    /// Whether it goes to more than the policy names, as it would be read by nobody else.
    pub(crate) is_for_want_of_others: bool,
}

impl<W> Default for Policy<W> {
    /// As a group is founded: every member and coordinator reads everything.
    fn default() -> Self {
        Self {
            circle: None,
            also: Vec::new(),
            kept_out: Vec::new(),
            extensions: Extensions::none(),
        }
    }
}

impl<W: Copy + PartialEq> Policy<W> {
    /// For whom an alert is that says this, by the members and coordinators there are, its sender among them if they are one; `None`
    /// where it cannot be read and somebody's reading depends on what it says.
    #[must_use]
    pub(crate) fn meant(
        &self,
        all: &[W],
        sender: Option<W>,
        said: Option<&Fields>,
    ) -> Option<Meant<W>> {
        if said.is_none() && self.depends_on_words() {
            return None;
        }
        let of_those = |is_meant: &dyn Fn(W) -> bool| -> Vec<W> {
            all.iter().copied().filter(|who| is_meant(*who)).collect()
        };
        let may_read = |who| !self.keeps_out(who, said);
        let duty = self.on_duty(all);
        let named = of_those(&|who| {
            may_read(who) && (duty.who.contains(&who) || self.also_reads(who, said))
        });
        // An alert that nobody reads is worse than one that more people do.
        let (mut who, is_for_want_of_others) = match named.is_empty() {
            false => (named, duty.is_for_want_of_others),
            true => (of_those(&may_read), true),
        };
        if who.is_empty() {
            who = all.to_vec();
        }
        // Whoever wrote it knows it, and has to hear what becomes of it.
        let own = sender.filter(|own| all.contains(own) && !who.contains(own) && may_read(*own));
        who.extend(own);
        Some(Meant {
            who,
            is_for_want_of_others,
        })
    }

    /// Whether somebody's reading depends on what an alert says.
    #[must_use]
    pub(crate) fn depends_on_words(&self) -> bool {
        !self.also.is_empty() || !self.kept_out.is_empty()
    }

    /// Who reads every new alert of which nobody is kept out.
    #[must_use]
    pub(crate) fn on_duty(&self, all: &[W]) -> Meant<W> {
        let circle = self.circle.as_ref();
        let named = all.iter().copied();
        let named: Vec<W> = named
            .filter(|who| circle.is_some_and(|it| it.contains(who)))
            .collect();
        // Those who were named may all have left.
        let nobody = named.is_empty();
        Meant {
            who: if nobody { all.to_vec() } else { named },
            is_for_want_of_others: nobody && circle.is_some(),
        }
    }

    /// Whether somebody is kept out of an alert. What it does not say may be so: a conflict of interest is not undone by reading less.
    #[must_use]
    pub(crate) fn keeps_out(&self, who: W, said: Option<&Fields>) -> bool {
        let mut rules = self.kept_out.iter().filter(|rule| rule.who == who);
        rules.any(|rule| said.is_none_or(|said| rule.about.fit(said) >= Fit::Unsaid))
    }

    fn also_reads(&self, who: W, said: Option<&Fields>) -> bool {
        let mut rules = self.also.iter().filter(|rule| rule.who == who);
        rules.any(|rule| said.is_some_and(|said| rule.about.fit(said) == Fit::Yes))
    }

    /// Whether somebody whom an alert is sealed to by this one may not read it by the next.
    #[must_use]
    pub(crate) fn is_narrowed_by(&self, next: &Self) -> bool
    where
        W: Serialize + DeserializeOwned,
    {
        let fewer = match (&self.circle, &next.circle) {
            (_, None) => false,
            (None, Some(_)) => true,
            (Some(now), Some(next)) => now.iter().any(|who| !next.contains(who)),
        };
        // Where nobody is named others read the sensitive parts, whom a name shuts out.
        let (now, then) = (self.sensitive_readers(), next.sensitive_readers());
        let others = now != then && (now.is_empty() || now.iter().any(|who| !then.contains(who)));
        fewer
            || others
            || self.also.iter().any(|rule| !next.also.contains(rule))
            || next
                .kept_out
                .iter()
                .any(|rule| !self.kept_out.contains(rule))
    }

    /// Everybody whom it names, as often as it does.
    pub(crate) fn named(&self) -> impl Iterator<Item = W> + '_ {
        let rules = self.also.iter().chain(&self.kept_out);
        let circle = self.circle.iter().flatten().copied();
        circle.chain(rules.map(|rule| rule.who))
    }

    /// The same with other names for people; without those who have none.
    #[must_use]
    pub(crate) fn map<V>(&self, name: impl Fn(W) -> Option<V>) -> Policy<V>
    where
        W: Serialize + DeserializeOwned,
        V: Copy + PartialEq + Serialize,
    {
        let rules = |rules: &[Rule<W>]| {
            let rules = rules.iter().filter_map(|rule| {
                let about = rule.about.clone();
                Some(Rule {
                    who: name(rule.who)?,
                    about,
                })
            });
            rules.collect()
        };
        let circle = self.circle.as_ref();
        let sensitive = self.sensitive_readers().into_iter();
        Policy {
            circle: circle.map(|all| all.iter().filter_map(|who| name(*who)).collect()),
            also: rules(&self.also),
            kept_out: rules(&self.kept_out),
            extensions: self.extensions.clone(),
        }
        .with_sensitive_readers(&sensitive.filter_map(&name).collect::<Vec<_>>())
    }

    /// Whom the group names for the sensitive parts of alerts, each once (SB7): nobody, where it cannot be read.
    #[must_use]
    pub(crate) fn sensitive_readers(&self) -> Vec<W>
    where
        W: Serialize + DeserializeOwned,
    {
        let named = self.extensions.get(SENSITIVE);
        let named: Vec<W> = named
            .and_then(|bytes| codec::decode(bytes).ok())
            .unwrap_or_default();
        match named.len() <= SENSITIVE_READERS_MAX {
            true => in_order_once(named),
            false => Vec::new(),
        }
    }

    /// Whether this program must be updated to go by it.
    #[must_use]
    pub(crate) fn is_newer(&self) -> bool {
        let mut rules = self.also.iter().chain(&self.kept_out);
        self.extensions.has_critical() || rules.any(|rule| rule.about.extensions.has_critical())
    }
}

impl<W: Copy + PartialEq + Serialize> Policy<W> {
    /// The same with these in the place of whom it names for the sensitive parts of alerts.
    #[must_use]
    pub(crate) fn with_sensitive_readers(self, who: &[W]) -> Self {
        let extensions = match who {
            [] => self.extensions.without(SENSITIVE),
            who => self.extensions.with(SENSITIVE, codec::encode(&who)),
        };
        Self { extensions, ..self }
    }

    /// Whether it says each thing once, and little enough (R18). Who is in the group, the roster says.
    #[must_use]
    pub(crate) fn is_sound(&self) -> bool {
        let circle = self.circle.as_deref();
        let circle = circle.is_none_or(|circle| {
            let mut rest = circle;
            while let Some((first, others)) = rest.split_first() {
                if others.contains(first) {
                    return false;
                }
                rest = others;
            }
            !circle.is_empty()
        });
        // To read everything is to be in the circle.
        let also = self.also.iter().all(|rule| !rule.about.is_empty());
        circle && also && codec::encode(self).len() <= POLICY_BYTES_MAX
    }
}

impl About {
    /// Whether it means every alert.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether an alert says that it is of those that are meant.
    pub(crate) fn is_of(&self, said: &Fields) -> bool {
        self.fit(said) == Fit::Yes
    }

    fn fit(&self, said: &Fields) -> Fit {
        let subject = Some(said.subject).filter(|subject| *subject != Subject::NotSaid);
        let origins: &[ThreatOrigin] = match said.threat.origin {
            ThreatOrigin::State => &[ThreatOrigin::State],
            ThreatOrigin::NonState => &[ThreatOrigin::NonState],
            ThreatOrigin::Mixed => &[ThreatOrigin::State, ThreatOrigin::NonState],
            ThreatOrigin::Unknown | ThreatOrigin::Unlisted(_) => &[],
        };
        let all = [
            fit(&self.countries, said.place.country.as_slice()),
            fit(&self.acts, &said.acts),
            fit(&self.subjects, subject.as_slice()),
            fit(&self.origins, origins),
        ];
        all.into_iter().min().unwrap_or(Fit::Yes)
    }
}

fn fit<T: PartialEq>(wanted: &[T], said: &[T]) -> Fit {
    match said {
        _ if wanted.is_empty() => Fit::Yes,
        [] => Fit::Unsaid,
        said if said.iter().any(|it| wanted.contains(it)) => Fit::Yes,
        _ => Fit::No,
    }
}
