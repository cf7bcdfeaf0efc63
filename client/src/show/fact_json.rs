//! What a fact says, for programs.

use serde_json::{Map, Value, json};

use super::{alert::when_json, case_facts::date_letters};
use crate::{
    alert::{EventTime, vocabulary::Vocabulary as _},
    message::{Fact, StepName},
};

/// What facts have beside whom they name, in which case, and who says so.
const FACT_KEYS: [&str; 17] = [
    "about",
    "value",
    "until",
    "purpose",
    "given_by",
    "given_at",
    "may_be_named",
    "kind",
    "date",
    "offset_minutes",
    "what",
    "source",
    "by_lawyer",
    "standing",
    "alert",
    "keep",
    "others_part",
];

/// What a fact says. What it does not have is `null`.
pub(super) fn fact_json(fact: &Fact) -> Value {
    let time = |time: &EventTime| when_json(time.at, time.precision);
    let mut all = Map::new();
    for key in FACT_KEYS {
        all.insert(key.to_owned(), Value::Null);
    }
    let said: Vec<(&str, Value)> = match fact {
        Fact::Verification(rung) => vec![
            ("about", json!("verification")),
            ("value", json!(rung.key())),
        ],
        Fact::Publicity(publicity, until) => vec![
            ("about", json!("publicity")),
            ("value", json!(publicity.key())),
            ("until", json!(time(until))),
        ],
        Fact::Consent(said) => vec![
            ("about", json!("consent")),
            ("value", json!(said.answer.key())),
            ("purpose", json!(said.purpose.key())),
            ("given_by", json!(said.giver.key())),
            ("given_at", json!(time(&said.given))),
        ],
        Fact::Stage(stage) => vec![
            ("about", json!("custody_stage")),
            ("value", json!(stage.key())),
        ],
        Fact::HeldSince(since) => vec![
            ("about", json!("held_since")),
            ("value", json!(time(since))),
        ],
        Fact::HeldAt(text) => vec![("about", json!("held_at")), ("value", json!(text))],
        Fact::HeldBy(text) => vec![("about", json!("held_by")), ("value", json!(text))],
        Fact::Articles(text) => vec![("about", json!("articles")), ("value", json!(text))],
        Fact::Lawyer(access, who, may_be_named) => vec![
            ("about", json!("lawyer")),
            ("value", json!(access.key())),
            ("what", json!(who)),
            ("may_be_named", json!(may_be_named.key())),
        ],
        Fact::LastContact(at, kind, who) => vec![
            ("about", json!("last_contact")),
            ("value", json!(time(at))),
            ("kind", json!(kind.key())),
            ("what", json!(who)),
        ],
        Fact::Date(date) => vec![
            ("about", json!("date")),
            ("value", json!(time(&date.at))),
            ("date", json!(date_letters(date.id))),
            ("kind", json!(date.kind.key())),
            ("offset_minutes", json!(date.offset)),
            ("what", json!(date.what)),
            ("source", json!(date.source)),
            ("by_lawyer", json!(date.by_lawyer.key())),
            ("standing", json!(date.standing.key())),
        ],
        Fact::Part(part, _) => vec![("about", json!("part")), ("value", json!(part.key()))],
        Fact::Link(to, link) => vec![
            ("about", json!("link")),
            ("value", json!(link.map(|link| link.key().into_owned()))),
            ("alert", json!(to.to_string())),
        ],
        Fact::Review(review) => vec![
            ("about", json!("review")),
            ("value", json!(review.harm.key())),
            ("keep", json!(review.keep.key())),
        ],
        Fact::Step(step, standing) => vec![
            ("about", json!("step")),
            (
                "value",
                match step {
                    StepName::Listed(step) => json!(step.key()),
                    StepName::Own(_) => Value::Null,
                },
            ),
            (
                "what",
                match step {
                    StepName::Listed(_) => Value::Null,
                    StepName::Own(text) => json!(text),
                },
            ),
            ("standing", json!(standing.key())),
        ],
    };
    all.extend(said.into_iter().map(|(key, value)| (key.to_owned(), value)));
    Value::Object(all)
}
