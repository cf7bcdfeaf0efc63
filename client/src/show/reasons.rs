//! Typed reasons of the library in the reader's language, each with what to do. Reasons that end in a command
//! to type are the front end's own.

use super::{labels::field_name, unclear::unclear_text};
use crate::{
    alert::{AlertError, Field, answers::AnswerError, form::FormError},
    message::{UnverifiedReason, verify::VerifyError},
    text::{Messages, escape},
};

/// Something that can be said to a person.
pub trait Explain {
    /// In the reader's language. What others typed in it is escaped.
    fn explain(&self, messages: &Messages) -> String;
}

impl Explain for AnswerError {
    fn explain(&self, messages: &Messages) -> String {
        let with = |id: &str, part: &str| messages.say(id, &[("part", escape(part).into())]);
        match self {
            Self::Required => messages.plain("answer-required"),
            Self::NotInList { part } => with("answer-not-in-list", part),
            Self::NotATime { part } => with("answer-not-a-time", part),
            Self::NoCountry { part } => with("answer-no-country", part),
            Self::NoName => messages.plain("answer-no-name"),
            Self::OnlyOne { part } => with("answer-only-one", part),
            Self::Unclear(unclear) => unclear_text(unclear, messages),
            Self::Rule(error) => error.explain(messages),
        }
    }
}

impl Explain for AlertError {
    fn explain(&self, messages: &Messages) -> String {
        let label = |field: Field| field_name(field, messages);
        match *self {
            Self::Missing(field) => {
                messages.say("error-missing", &[("field", label(field).into())])
            }
            Self::NotWith(field) => {
                let id = match field {
                    Field::Original => "error-not-with-original",
                    Field::Reference => "error-not-with-reference",
                    Field::PlaceName => "error-not-with-place",
                    _ => "error-not-with",
                };
                messages.say(id, &[("field", label(field).into())])
            }
            Self::TooLong { field, max, found } => messages.say(
                "error-too-long",
                &[
                    ("field", label(field).into()),
                    ("max", max.into()),
                    ("found", found.into()),
                    ("over", found.saturating_sub(max).into()),
                ],
            ),
            Self::TooMany { field, max, .. } => messages.say(
                "error-too-many",
                &[("field", label(field).into()), ("max", max.into())],
            ),
            Self::TooLarge { bytes, max } => messages.say(
                "error-too-large",
                &[("bytes", bytes.into()), ("max", max.into())],
            ),
            Self::NotALanguage(field) => {
                messages.say("error-not-a-language", &[("field", label(field).into())])
            }
            Self::NotACountry => messages.plain("error-not-a-country"),
            Self::NotATime(field) => {
                messages.say("error-not-a-time", &[("field", label(field).into())])
            }
        }
    }
}

impl Explain for FormError {
    fn explain(&self, messages: &Messages) -> String {
        match self {
            Self::Form { line, reason } => messages.say(
                "template-error-form",
                &[("line", (*line).into()), ("reason", escape(reason).into())],
            ),
            Self::Value {
                field,
                part,
                allowed,
            } => {
                let id = if allowed.is_empty() {
                    "template-error-value"
                } else {
                    "template-error-list"
                };
                let mut args = vec![
                    ("key", field.key().into()),
                    ("field", field_name(*field, messages).into()),
                    ("part", escape(part).into()),
                ];
                if !allowed.is_empty() {
                    args.push(("allowed", allowed.into()));
                }
                messages.say(id, &args)
            }
            Self::Rule(error) => error.explain(messages),
        }
    }
}

impl Explain for VerifyError {
    fn explain(&self, messages: &Messages) -> String {
        messages.plain(match self {
            Self::NotSigned(_) => "rejected-not-signed",
            Self::OtherGroup => "rejected-other-group",
            Self::OtherEpoch => "rejected-other-epoch",
            Self::OtherReaders => "rejected-other-readers",
        })
    }
}

impl Explain for UnverifiedReason {
    fn explain(&self, messages: &Messages) -> String {
        let id = format!("why-{}", self.key().replace('_', "-"));
        match self {
            Self::InvitationWithdrawn(at) | Self::Removed(at) => {
                messages.say(&id, &[("time", messages.moment(*at).into())])
            }
            Self::NotListed { by, name } => {
                let words = [("by", escape(by).into()), ("name", escape(name).into())];
                messages.say(&id, &words)
            }
            _ => messages.plain(&id),
        }
    }
}
