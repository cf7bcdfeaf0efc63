//! The seven questions of a flash, as they are put.

use super::labels::{country_name, field_name, label};
use crate::{
    alert::{
        FLASH_NARRATIVE_CHARS_MAX, Field, SUMMARY_CHARS_MAX,
        country::Country,
        questions::Question,
        vocabulary::{ActGroup, IntakeVia, NOT_SAID, Naming, Share, Timing, Urgency, Vocabulary},
    },
    text::Messages,
};

/// The lines to show: the question, the choices, how to answer, and what an empty answer means.
#[must_use]
pub fn question_lines(
    question: Question,
    home: Option<Country>,
    messages: &Messages,
) -> Vec<String> {
    let at = Question::ALL.iter().position(|other| *other == question);
    let text = messages.plain(&format!("ask-{}", question.key()));
    let mut lines = vec![messages.say(
        "ask-title",
        &[
            ("number", at.unwrap_or_default().saturating_add(1).into()),
            ("count", Question::ALL.len().into()),
            ("question", text.into()),
        ],
    )];
    match question {
        Question::Acts => lines.extend(choices(ActGroup::ALL, messages)),
        Question::Victim => lines.extend(choices(Naming::ALL, messages)),
        Question::Time => lines.extend(choices(Timing::ALL, messages)),
        Question::Urgency => lines.extend(choices(Urgency::ALL, messages)),
        Question::Sharing => lines.extend(choices(Share::ALL, messages)),
        Question::Place | Question::Words => {}
    }
    lines.push(match (question, home) {
        (Question::Place, Some(home)) => messages.say(
            "ask-place-help-home",
            &[("country", country_name(home, messages).into())],
        ),
        (Question::Words, _) => messages.say(
            "ask-words-help",
            &[
                ("summary", SUMMARY_CHARS_MAX.into()),
                ("narrative", FLASH_NARRATIVE_CHARS_MAX.into()),
            ],
        ),
        (other, _) => messages.plain(&format!("ask-{}-help", other.key())),
    });
    lines
}

/// The lines of a question on how it came to whoever enters it; an empty answer says nothing.
#[must_use]
pub fn intake_lines(field: Field, number: usize, count: usize, messages: &Messages) -> Vec<String> {
    let question = field_name(field, messages);
    let words = [
        ("number", number.into()),
        ("count", count.into()),
        ("question", question.into()),
    ];
    let mut lines = vec![messages.say("ask-title", &words)];
    if field == Field::IntakeVia {
        lines.extend(choices(IntakeVia::ALL, messages));
    }
    let help = match field {
        Field::IntakeOwnWords => "ask-intake-help-lines",
        _ => "ask-intake-help",
    };
    lines.push(messages.plain(help));
    lines
}

fn choices<V: Vocabulary>(values: &[V], messages: &Messages) -> Vec<String> {
    // What says nothing is the empty answer, and stands last in its list.
    let said = values.iter().filter(|value| value.key() != NOT_SAID);
    let numbered = (1_usize..).zip(said);
    numbered
        .map(|(number, value)| format!("  {number}. {}", label(*value, messages)))
        .collect()
}
