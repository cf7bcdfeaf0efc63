//! What is so in a case, as members say: for its page, what is said in its story, and JSON.

use std::collections::BTreeMap;

use bellrope_proto::{
    ids::{Hash, Timestamp},
    signing::{Device as DeviceKey, PublicKey},
};
use serde_json::{Value, json};

use super::{
    alert::{at_text, in_line, when_json},
    checklist::standing_text,
    fact_json::fact_json,
    labels::label,
    names::Names,
};
use crate::{
    alert::{
        Consent, EventTime,
        vocabulary::{
            ConsentAnswer, ConsentGiver, DateStanding, Part, Publicity, Purpose, TimePrecision,
            Verification, Vocabulary as _, YesNo,
        },
    },
    case::{
        Said,
        facts::{self, About, weight, whom},
        letters,
        parts::{self, Others, OthersParts},
    },
    ids::MessageId,
    message::{CaseAct, ConsentFact, DateFact, DateId, Fact, StepName},
    text::{Messages, escape, rfc3339},
};

/// Dates and links on a page: whoever writes thousands takes no room from what others say.
const LINES_MAX: usize = 40;

/// Letters by which people name a date.
const DATE_LETTERS: usize = 4;

/// A fact, with the names of whom and what it names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ShownFact {
    pub(super) fact: Fact,
    /// Whom it names,
    who: Option<String>,
    /// whether that one is in the group,
    is_in: bool,
    /// whether that is this device's person,
    is_mine: bool,
    /// and which case.
    case: Option<String>,
    /// Who says so,
    by: String,
    /// whether that is this device's person too,
    is_by_me: bool,
    /// when,
    at: Timestamp,
    /// and on what ground.
    ground: String,
    /// Whose word it is, if it is that of a part that its author had not, or names somebody for a part that they cannot have.
    others: Option<Part>,
}

/// Whose it was to say what was said.
#[derive(Clone, Copy)]
pub(super) struct Whose<'a> {
    /// What was others'.
    pub(super) others: &'a OthersParts,
    /// Who leads.
    pub(super) leader: Option<PublicKey<DeviceKey>>,
}

impl Whose<'_> {
    /// The part whose word a fact is, where its author had it not.
    fn others(&self, fact: &Fact, at: usize, names: &Names<'_>) -> Option<Part> {
        let part = match fact {
            Fact::Date(date) if date.by_lawyer == YesNo::Yes => {
                let is_said = self.others.not_by_lawyer.contains(&at);
                is_said.then_some(Part::LawyerAdviser)
            }
            Fact::LastContact(..) => {
                let is_past = self.others.past_contact.contains_key(&at);
                is_past.then_some(Part::ContactOwner)
            }
            Fact::Part(Part::Reviewer, Some(who)) => {
                let leads = self.leader == Some(names.person(who));
                leads.then_some(Part::Reviewer)
            }
            _ => None,
        };
        part.filter(|part| parts::others(*part) != Others::Free)
    }
}

/// What is so in a case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FactsNow {
    stands: BTreeMap<About, Vec<ShownFact>>,
    in_alert: Consent,
}

impl ShownFact {
    pub(super) fn of(
        fact: Fact,
        (said, at): (&Said, usize),
        me: &PublicKey<DeviceKey>,
        (names, whose): (&Names<'_>, Whose<'_>),
    ) -> Self {
        let ground = match &said.act {
            CaseAct::Facts(words) => words.ground.clone(),
            _ => String::new(),
        };
        let me = names.person(me);
        let who = whom(&fact);
        Self {
            who: who.map(|device| names.of(&device)),
            is_in: who.is_some_and(|device| names.is_in(&device)),
            is_mine: who.map(|device| names.person(&device)) == Some(me),
            case: match &fact {
                Fact::Link(to, _) => Some(names.case(*to)),
                _ => None,
            },
            others: whose.others(&fact, at, names),
            fact,
            by: names.of(&said.author),
            is_by_me: said.author == me,
            at: said.at,
            ground,
        }
    }

    /// Whether it names somebody who is in the group.
    pub(super) fn is_in(&self) -> bool {
        self.is_in
    }

    /// Whether it names this device's person.
    pub(super) fn is_mine(&self) -> bool {
        self.is_mine
    }

    /// Whether it says the same as another, whoever said it.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.fact == other.fact
    }

    /// In a few words.
    pub(super) fn text(&self, words: &Messages) -> String {
        let value = |id: &str, value: String| words.say(id, &[("value", value.into())]);
        let text = |id: &str, text: &str| match text.is_empty() {
            true => words.plain(&format!("{id}-none")),
            false => value(id, in_line(text)),
        };
        match &self.fact {
            Fact::Verification(rung) => value("fact-verification", label(*rung, words)),
            Fact::Publicity(publicity, until) => {
                let until = at_text(until, words).unwrap_or_default();
                let id = match until.is_empty() {
                    true => "fact-publicity",
                    false => "fact-publicity-until",
                };
                let value = label(*publicity, words);
                words.say(id, &[("value", value.into()), ("until", until.into())])
            }
            Fact::Consent(said) => consent_text(said, words),
            Fact::Stage(stage) => value("fact-stage", label(*stage, words)),
            Fact::HeldSince(since) => value("fact-held-since", time_text(since, words)),
            Fact::HeldAt(place) => text("fact-held-at", place),
            Fact::HeldBy(body) => text("fact-held-by", body),
            Fact::Articles(articles) => text("fact-articles", articles),
            Fact::Lawyer(access, who, may_be_named) => {
                let mut parts = vec![label(*access, words)];
                parts.extend((!who.is_empty()).then(|| in_line(who)));
                if *may_be_named == YesNo::No {
                    parts.push(words.plain("fact-lawyer-not-named"));
                }
                value("fact-lawyer", parts.join("; "))
            }
            Fact::LastContact(at, kind, who) => {
                let mut parts = vec![time_text(at, words), label(*kind, words)];
                parts.extend((!who.is_empty()).then(|| in_line(who)));
                if self.others.is_some() {
                    parts.push(words.plain("fact-past-contact"));
                }
                value("fact-last-contact", parts.join("; "))
            }
            Fact::Date(date) => self.date_text(date, words),
            Fact::Part(part, _) => {
                let name = self.who.as_deref().map(escape);
                let name = name.unwrap_or_else(|| words.plain("fact-nobody"));
                let args = [("part", label(*part, words).into()), ("name", name.into())];
                let said = words.say("fact-part", &args);
                match self.others {
                    Some(_) => format!("{said}. {}", words.plain("fact-reviewer-leads")),
                    None => said,
                }
            }
            Fact::Link(_, link) => {
                let case = self.case.as_deref().unwrap_or_default();
                match link {
                    Some(link) => {
                        let args = [("link", label(*link, words).into()), ("case", case.into())];
                        words.say("fact-link", &args)
                    }
                    None => words.say("fact-link-none", &[("case", case.into())]),
                }
            }
            Fact::Review(review) => {
                let harm = words.plain(match review.harm {
                    YesNo::Yes => "fact-review-harm",
                    YesNo::No => "fact-review-no-harm",
                    _ => "fact-review-harm-unknown",
                });
                let keep = words.plain(match review.keep {
                    YesNo::Yes => "fact-review-keep",
                    YesNo::No => "fact-review-no-keep",
                    _ => "fact-review-keep-unknown",
                });
                let args = [("harm", harm.into()), ("keep", keep.into())];
                words.say("fact-review", &args)
            }
            Fact::Step(step, standing) => {
                let args = [
                    ("step", step_text(step, words).into()),
                    ("standing", standing_text(*standing, words).into()),
                ];
                words.say("fact-step", &args)
            }
        }
    }

    fn date_text(&self, date: &DateFact, words: &Messages) -> String {
        let mut parts = vec![label(date.kind, words)];
        parts.extend((!date.what.is_empty()).then(|| in_line(&date.what)));
        if date.standing != DateStanding::Open {
            parts.push(label(date.standing, words));
        }
        if let Some(who) = &self.who {
            parts.push(words.say("fact-date-who", &[("name", escape(who).into())]));
        }
        if !date.source.is_empty() {
            let source = in_line(&date.source);
            parts.push(words.say("fact-date-source", &[("source", source.into())]));
        }
        parts.push(words.plain(match date.by_lawyer {
            YesNo::Yes if self.others.is_some() => "fact-date-lawyer-said",
            YesNo::Yes => "fact-date-lawyer",
            _ => "fact-date-no-lawyer",
        }));
        let args = [
            ("at", date_at(date, words).into()),
            ("what", parts.join("; ").into()),
            ("date", date_letters(date.id).into()),
        ];
        words.say("fact-date", &args)
    }

    /// Who says so, and when.
    pub(super) fn by(&self) -> (&str, Timestamp) {
        (&self.by, self.at)
    }

    /// The same with who says so, when, and on what ground.
    pub(super) fn line(&self, words: &Messages) -> String {
        let args = [
            ("what", self.text(words).into()),
            ("name", escape(&self.by).into()),
            ("at", words.moment(self.at).into()),
            ("ground", in_line(&self.ground).into()),
        ];
        words.say(
            match self.ground.is_empty() {
                true => "fact-line",
                false => "fact-line-ground",
            },
            &args,
        )
    }

    /// For programs.
    pub(super) fn to_json(&self) -> Value {
        let mut value = fact_json(&self.fact);
        let more = [
            ("who", json!(self.who)),
            ("case", json!(self.case)),
            ("name", json!(self.by)),
            ("at", json!(rfc3339(self.at))),
            ("ground", json!(self.ground)),
            ("others_part", json!(self.others.map(Part::key))),
        ];
        if let Some(object) = value.as_object_mut() {
            for (key, value) in more {
                object.insert(key.to_owned(), value);
            }
        }
        value
    }
}

impl FactsNow {
    /// Of what was said, what that comes to, and what the alert says is permitted.
    pub(super) fn of(
        (said, facts, in_alert): (&[Said], &facts::Facts, Option<Consent>),
        me: &PublicKey<DeviceKey>,
        (names, whose): (&Names<'_>, Whose<'_>),
    ) -> Self {
        let shown = |one: &facts::FactSaid| {
            let by = said
                .get(one.at)
                .filter(|_| !names.is_of_forgotten(&one.fact))?;
            let of = (by, one.at);
            Some(ShownFact::of(one.fact.clone(), of, me, (names, whose)))
        };
        let all = facts.iter();
        Self {
            stands: all
                .map(|(about, said)| (*about, said.iter().filter_map(shown).collect()))
                .collect(),
            in_alert: in_alert.unwrap_or_default(),
        }
    }

    /// What others named this device's person for, as far as it is still to do.
    pub(super) fn mine(&self) -> impl Iterator<Item = &ShownFact> {
        let all = self.stands.values().flatten();
        all.filter(|shown| {
            let is_settled = match &shown.fact {
                Fact::Date(date) => date.standing != DateStanding::Open,
                _ => false,
            };
            shown.is_mine && !shown.is_by_me && !is_settled
        })
    }

    fn stands(&self, about: About) -> &[ShownFact] {
        self.stands
            .get(&about)
            .map(Vec::as_slice)
            .unwrap_or_default()
    }

    fn facts(&self, about: About) -> impl Iterator<Item = &Fact> {
        self.stands(about).iter().map(|shown| &shown.fact)
    }

    /// The numbers of cases to which it is said to relate.
    pub(super) fn linked(&self) -> Vec<String> {
        let all = self.stands.values().flatten();
        let links = all.filter(|shown| matches!(shown.fact, Fact::Link(_, Some(_))));
        links.filter_map(|shown| shown.case.clone()).collect()
    }

    /// How well it is confirmed; `None` when nobody has said.
    pub(super) fn verification(&self) -> Option<Verification> {
        facts::verification(self.facts(About::Verification))
    }

    pub(super) fn publicity(&self, now: Timestamp) -> Publicity {
        facts::publicity(self.facts(About::Publicity), now)
    }

    /// What is permitted for a purpose, and who says so; `None` when nobody has said.
    pub(super) fn consent(&self, purpose: Purpose) -> Option<ConsentFact> {
        let in_alert = ConsentFact {
            purpose,
            answer: self.in_alert.answer(purpose),
            giver: self.in_alert.given_by,
            given: EventTime {
                at: self.in_alert.given_at,
                precision: match self.in_alert.given_at {
                    Some(_) => TimePrecision::Minute,
                    None => TimePrecision::Unknown,
                },
                ..EventTime::default()
            },
        };
        facts::consent(self.facts(About::Consent(purpose.number())), Some(in_alert))
    }

    /// For what something that was permitted, or might have been, is not any more.
    pub(super) fn withdrawn(&self) -> Vec<Purpose> {
        let is_withdrawn = |purpose: &Purpose| {
            let said = self.consent(*purpose);
            said.is_some_and(|said| said.answer == ConsentAnswer::Withdrawn)
        };
        Purpose::ALL.iter().copied().filter(is_withdrawn).collect()
    }

    /// Who has a part and is in the group; several, where they were named beside each other.
    pub(super) fn holders(&self, part: Part) -> Vec<&ShownFact> {
        let part = self.stands(About::Part(part.number()));
        part.iter().filter(|shown| shown.is_in).collect()
    }

    /// Whether this device's person has a part.
    pub(super) fn is_mine_to_do(&self, part: Part) -> bool {
        self.holders(part).iter().any(|shown| shown.is_mine)
    }

    /// Who alone speaks with the person, the family and the lawyer.
    fn contact_owners(&self) -> Vec<&ShownFact> {
        self.holders(Part::ContactOwner)
    }

    /// Whether somebody else alone speaks with the person, the family and the lawyer.
    pub(super) fn is_anothers_to_call(&self) -> bool {
        let owners = self.contact_owners();
        let is_mine = matches!(owners.as_slice(), [one] if one.is_mine);
        !owners.is_empty() && !is_mine
    }

    /// What somebody has to know who is about to speak with them, where that is another's.
    #[must_use]
    pub fn do_not_call(&self, words: &Messages) -> Option<String> {
        self.is_anothers_to_call()
            .then(|| self.contact_line(words))?
    }

    /// Who alone speaks with the person and the family; several, where they were named beside each other.
    pub(super) fn contact_names(&self) -> Vec<String> {
        let owners = self.contact_owners().into_iter();
        owners.filter_map(|it| it.who.clone()).collect()
    }

    /// All dates, whatever became of them.
    pub(super) fn dates(&self) -> impl Iterator<Item = (&DateFact, &ShownFact)> {
        let all = self.stands.values().flatten();
        all.filter_map(|shown| match &shown.fact {
            Fact::Date(date) => Some((date, shown)),
            _ => None,
        })
    }

    /// What is due, the first that is due first.
    fn due(&self) -> Vec<(&DateFact, &ShownFact)> {
        let dates = self.dates();
        let mut dates: Vec<_> = dates
            .filter(|(date, _)| date.standing == DateStanding::Open)
            .collect();
        dates.sort_by_key(|(date, _)| (date.at.at, date.id));
        dates
    }

    /// What those say who looked back on the case since a message closed it, each with who that is.
    pub(super) fn reviews(&self, closing: Hash) -> impl Iterator<Item = &ShownFact> {
        let all = self.stands(About::Review).iter();
        all.filter(
            move |shown| matches!(shown.fact, Fact::Review(review) if review.closing == closing),
        )
    }

    /// What became of a step of the first hours, and who says so.
    pub(super) fn step(&self, step: &StepName) -> Option<(DateStanding, &ShownFact)> {
        let about = About::of(&Fact::Step(step.clone(), DateStanding::Open));
        let all = self.stands(about).iter();
        // Of what was said beside each other what leaves most to do counts.
        let found = all.filter_map(|shown| match &shown.fact {
            Fact::Step(_, standing) => Some((*standing, shown)),
            _ => None,
        });
        found.min_by_key(|(standing, _)| match standing {
            DateStanding::Done => 1,
            DateStanding::Dropped => 2,
            _ => 0,
        })
    }

    /// The steps of the first hours of which somebody said anything; those that people wrote in the order of the story.
    pub(super) fn steps(&self) -> Vec<&StepName> {
        let all = self.stands.values().filter_map(|stands| stands.first());
        let mut steps: Vec<(&ShownFact, &StepName)> = all
            .filter_map(|shown| match &shown.fact {
                Fact::Step(step, _) => Some((shown, step)),
                _ => None,
            })
            .collect();
        steps.sort_by_key(|(shown, _)| shown.at);
        steps.into_iter().map(|(_, step)| step).collect()
    }

    /// Whether somebody has said how the case relates to that of an alert.
    pub(super) fn says_of(&self, alert: MessageId) -> bool {
        self.stands.contains_key(&About::Link(alert))
    }

    /// The date that letters name.
    #[must_use]
    pub fn date(&self, named: &str) -> Option<&DateFact> {
        let named = named.trim().trim_matches(['[', ']']).to_uppercase();
        let mut dates = self.dates().map(|(date, _)| date);
        dates.find(|date| date_letters(date.id) == named)
    }

    /// What must be known before anything is done: what was taken back, and who alone speaks with whom.
    pub(super) fn first_lines(&self, words: &Messages) -> Vec<String> {
        let mut lines = Vec::new();
        let withdrawn = self.withdrawn();
        if !withdrawn.is_empty() {
            let purposes: Vec<String> = withdrawn.iter().map(|it| label(*it, words)).collect();
            lines.push(words.say(
                "case-consent-back",
                &[("purposes", purposes.join("; ").into())],
            ));
        }
        lines.extend(self.contact_line(words));
        lines
    }

    fn contact_line(&self, words: &Messages) -> Option<String> {
        let owners = self.contact_owners();
        let names: Vec<String> = owners
            .iter()
            .filter_map(|it| it.who.as_deref())
            .map(escape)
            .collect();
        let id = match owners.as_slice() {
            [] => return None,
            [one] if one.is_mine => "case-contact-you",
            [_] => "case-contact",
            _ => "case-contact-several",
        };
        Some(words.say(id, &[("names", names.join(", ").into())]))
    }

    /// What whoever speaks outside has to know first, where something keeps them from it.
    pub(super) fn media_line(&self, now: Timestamp, words: &Messages) -> Option<String> {
        let id = match self.publicity(now) {
            Publicity::Allowed | Publicity::Wanted => return None,
            Publicity::QuietOnly => "case-media-quiet",
            _ => "case-media-nothing",
        };
        Some(words.plain(id))
    }

    /// The rest of what is so.
    pub(super) fn lines(&self, now: Timestamp, words: &Messages) -> Vec<String> {
        let mut lines = vec![words.plain("case-facts")];
        match self.verification() {
            None => lines.push(words.plain("case-unchecked")),
            Some(rung) => lines.extend(self.several(
                About::Verification,
                "case-rungs",
                &label(rung, words),
                words,
            )),
        }
        let publicity = self.publicity(now);
        lines.extend(self.several(
            About::Publicity,
            "case-publicities",
            &label(publicity, words),
            words,
        ));
        lines.push(words.plain(match publicity {
            Publicity::Allowed | Publicity::Wanted => "case-outward",
            Publicity::QuietOnly => "case-outward-quiet",
            Publicity::None => "case-outward-forbidden",
            _ => "case-outward-none",
        }));
        let purposes = Purpose::ALL
            .iter()
            .filter_map(|purpose| self.consent(*purpose));
        lines.extend(purposes.map(|said| format!("  {}", consent_text(&said, words))));
        for about in self.stands.keys() {
            if matches!(
                about,
                About::Stage
                    | About::HeldSince
                    | About::HeldAt
                    | About::HeldBy
                    | About::Articles
                    | About::Lawyer
                    | About::LastContact
            ) {
                lines.extend(self.stands(*about).iter().map(|shown| shown.line(words)));
            }
        }
        let contact = About::Part(Part::ContactOwner.number());
        let parts = |about: &&About| matches!(about, About::Part(_)) && **about != contact;
        for about in self.stands.keys().filter(parts) {
            let named = self
                .stands(*about)
                .iter()
                .filter(|shown| shown.who.is_some());
            lines.extend(named.map(|shown| shown.line(words)));
        }
        let is_link = |shown: &&ShownFact| matches!(shown.fact, Fact::Link(_, Some(_)));
        let links: Vec<_> = self.stands.values().flatten().filter(is_link).collect();
        lines.extend(links.iter().take(LINES_MAX).map(|shown| shown.line(words)));
        let due = self.due();
        for (date, shown) in due.iter().take(LINES_MAX) {
            let text = shown.text(words);
            lines.push(match is_overdue(date, now) {
                true => words.say("case-overdue", &[("date", text.into())]),
                false => words.say("case-due-line", &[("date", text.into())]),
            });
        }
        let more = due.len().saturating_sub(LINES_MAX) + links.len().saturating_sub(LINES_MAX);
        if more > 0 {
            lines.push(words.say("case-facts-more", &[("count", more.into())]));
        }
        lines
    }

    /// Each word about one thing; of several beside each other also which counts.
    fn several(&self, about: About, id: &str, value: &str, words: &Messages) -> Vec<String> {
        let stands = self.stands(about);
        let mut lines: Vec<String> = stands.iter().map(|shown| shown.line(words)).collect();
        if stands.len() > 1 {
            lines.push(words.say(id, &[("value", value.into())]));
        }
        lines
    }

    /// For programs: what must be known of a case in a list.
    pub(super) fn to_json(&self) -> Value {
        let said = Purpose::ALL
            .iter()
            .filter_map(|purpose| self.consent(*purpose));
        let consent = said.map(|said| {
            json!({
                "purpose": said.purpose.key(),
                "answer": said.answer.key(),
                "given_by": said.giver.key(),
                "given_at": when_json(said.given.at, said.given.precision),
            })
        });
        let owners = self.contact_owners().into_iter();
        json!({
            "verification": self.verification().unwrap_or(Verification::NotSaid).key(),
            "consent": consent.collect::<Vec<_>>(),
            "contact_owner": owners.filter_map(|it| it.who.as_deref()).collect::<Vec<_>>(),
        })
    }

    /// All that stands, for programs.
    pub(super) fn all_json(&self) -> Value {
        let said = self.stands.values().flatten();
        said.map(ShownFact::to_json).collect()
    }
}

/// The letters by which people name a date.
pub(super) fn date_letters(id: DateId) -> String {
    let hash = bellrope_proto::ids::Hash::tagged("case-date", &[&id.0]);
    letters(&hash).take(DATE_LETTERS).collect()
}

/// On the clock of where it is, and in UTC beside it.
pub(super) fn date_at(date: &DateFact, words: &Messages) -> String {
    match date.at.precision {
        TimePrecision::Minute => {
            let at = date.at.at.unwrap_or(Timestamp(0));
            words.moment_there(at, date.offset)
        }
        _ => time_text(&date.at, words),
    }
}

/// Whether the time of something that is due is over.
pub(super) fn is_overdue(date: &DateFact, now: Timestamp) -> bool {
    facts::ends(date.at.at, date.at.precision).is_some_and(|end| end <= now)
}

/// The words of a step of the first hours.
pub(super) fn step_text(step: &StepName, words: &Messages) -> String {
    match step {
        StepName::Listed(step) => label(*step, words),
        StepName::Own(text) => in_line(text),
    }
}

fn time_text(time: &EventTime, words: &Messages) -> String {
    at_text(time, words).unwrap_or_else(|| label(time.precision, words))
}

fn consent_text(said: &ConsentFact, words: &Messages) -> String {
    let given = at_text(&said.given, words).unwrap_or_default();
    let args = [
        ("purpose", label(said.purpose, words).into()),
        ("answer", label(said.answer, words).into()),
        ("giver", label(said.giver, words).into()),
        ("at", given.clone().into()),
    ];
    let mut text = words.say(
        match given.is_empty() {
            true => "fact-consent",
            false => "fact-consent-at",
        },
        &args,
    );
    // Who speaks for somebody does so as long as that one cannot be asked.
    let is_near = weight(said.giver) == 1 && said.giver != ConsentGiver::Unknown;
    if is_near && said.answer == ConsentAnswer::Yes {
        text = format!("{text}. {}", words.plain("fact-consent-near"));
    }
    text
}
