//! What an unclear answer is asked about, as it is put to people; a script is told what it may write.

use super::labels::country_name;
use crate::{
    alert::unclear::{Candidate, Label, Unclear, Why},
    text::{Messages, escape},
};

/// The lines to show: the question, the candidates with their numbers, and how to answer.
#[must_use]
pub fn unclear_lines(unclear: &Unclear, messages: &Messages) -> Vec<String> {
    let mut lines = vec![head(unclear, messages)];
    let numbered = (1_usize..).zip(&unclear.candidates);
    lines.extend(
        numbered.map(|(number, one)| format!("  {number}. {}", candidate_text(one, messages))),
    );
    lines.push(messages.plain(match unclear.why {
        Why::Ambiguous | Why::Nearest | Why::Group => "unclear-help",
        Why::NoName => "unclear-help-name",
        Why::Country => "unclear-help-country",
    }));
    lines
}

/// The same where nobody can be asked.
pub(super) fn unclear_text(unclear: &Unclear, messages: &Messages) -> String {
    let candidates = unclear.candidates.iter();
    let allowed: Vec<String> = candidates
        .map(|one| format!("\"{}\"", escape(&one.answer)))
        .collect();
    let remedy = messages.say("unclear-write", &[("allowed", allowed.join(" ").into())]);
    format!("{} {remedy}", head(unclear, messages))
}

fn head(unclear: &Unclear, messages: &Messages) -> String {
    let id = match unclear.why {
        Why::Ambiguous => "unclear-ambiguous",
        Why::Nearest => "unclear-nearest",
        Why::Group => "unclear-group",
        Why::NoName => "unclear-no-name",
        Why::Country => "unclear-country",
    };
    messages.say(id, &[("part", escape(&unclear.part).into())])
}

fn candidate_text(candidate: &Candidate, messages: &Messages) -> String {
    match &candidate.label {
        Label::Answer => escape(&candidate.answer),
        Label::Message(id) => messages.plain(id),
        Label::About(id, what) => messages.say(id, &[("what", escape(what).into())]),
        Label::Place(place) => {
            let country = place.country.map(|country| country_name(country, messages));
            let name = Some(escape(&place.name)).filter(|name| !name.is_empty());
            let said: Vec<String> = country.into_iter().chain(name).collect();
            said.join(", ")
        }
    }
}
