//! The flash: seven questions, under a minute. Decides what to ask and what an answer means; the
//! command reads the lines and prints.

use bellrope_proto::ids::Timestamp;
use jiff::tz::TimeZone;

use super::{
    Alert, AlertError, Field, Fields, ITEMS_MAX, REFERENCE_CHARS_MAX, SUMMARY_CHARS_MAX, Victim,
    answers::{
        AnswerError, Whom, parse_acts, parse_one, parse_place, parse_several, parse_victim,
        parse_when,
    },
    check::{at_most, chars_max, within},
    country::Country,
    vocabulary::{
        Act, ConsentAnswer, IntakeVia, Kind, Share, Sharing, TimePrecision, Urgency, Vocabulary,
    },
};
use crate::ids::MessageId;

/// One of the seven.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Question {
    /// What happened?
    Acts,
    /// To whom?
    Victim,
    /// Where?
    Place,
    /// When, and is it still happening?
    Time,
    /// How urgent?
    Urgency,
    /// In your words: the first line is the summary, the others are the account.
    Words,
    /// May the group share it?
    Sharing,
}

impl Question {
    /// The seven, in order.
    pub const ALL: [Self; 7] = [
        Self::Acts,
        Self::Victim,
        Self::Place,
        Self::Time,
        Self::Urgency,
        Self::Words,
        Self::Sharing,
    ];

    /// The middle of the ids of its messages.
    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::Acts => "acts",
            Self::Victim => "victim",
            Self::Place => "place",
            Self::Time => "time",
            Self::Urgency => "urgency",
            Self::Words => "words",
            Self::Sharing => "sharing",
        }
    }
}

/// What is asked besides of somebody who enters what another told them, in this order.
pub const INTAKE: [Field; 9] = [
    Field::IntakeVia,
    Field::IntakeFrom,
    Field::IntakeAt,
    Field::IntakeOwnWords,
    Field::IntakeContact,
    Field::IntakeCallHours,
    Field::IntakeNoCallHours,
    Field::IntakeLanguage,
    Field::IntakeToldAlready,
];

/// The answers so far. Made with the defaults; what happened and a summary must be given.
#[derive(Clone, Debug)]
pub struct FlashAnswers {
    fields: Fields,
    home: Option<Country>,
    zone: TimeZone,
}

impl FlashAnswers {
    /// Nothing said yet. `home` is the country that was said on this device before, if one was, and stands for an empty
    /// answer; `zone` is where clock times are meant.
    #[must_use]
    pub fn new(home: Option<Country>, zone: TimeZone) -> Self {
        let mut fields = Fields::of_kind(Kind::Flash);
        share(&mut fields, &[]);
        Self { fields, home, zone }
    }

    /// Makes it a drill, which is shown as one everywhere.
    #[must_use]
    pub fn as_drill(mut self) -> Self {
        self.fields.kind = Kind::Drill;
        self
    }

    /// Makes it an update, a correction, a withdrawal or a closure of an earlier alert. Of what is not said again, that one counts: here nothing stands
    /// for an answer that was not given.
    #[must_use]
    pub fn about(mut self, kind: Kind, original: MessageId) -> Self {
        self.fields = Fields::of_kind(kind);
        self.fields.original = Some(original);
        self
    }

    /// Makes it what another told whoever enters it.
    #[must_use]
    pub fn for_another(mut self) -> Self {
        self.fields.intake.get_or_insert_default();
        self
    }

    /// Takes that back, and with it what was said of it.
    #[must_use]
    pub fn for_oneself(mut self) -> Self {
        self.fields.intake = None;
        self
    }

    /// Takes the answer to a question of [`INTAKE`]; an empty one says nothing. A refused answer changes nothing.
    ///
    /// # Errors
    /// [`AnswerError`]: say it and ask again.
    pub fn answer_intake(
        &mut self,
        question: Field,
        text: &str,
        now: Timestamp,
    ) -> Result<(), AnswerError> {
        let text = text.trim();
        let max = chars_max(question, self.roomiest_kind());
        within(question, text, max.unwrap_or(usize::MAX))?;
        let came = self.fields.intake.get_or_insert_default();
        match question {
            Field::IntakeVia if text.is_empty() => came.via = IntakeVia::NotSaid,
            Field::IntakeVia => came.via = parse_one(text, IntakeVia::ALL)?,
            Field::IntakeAt if text.is_empty() => {
                (came.at, came.precision) = (None, TimePrecision::Unknown);
            }
            Field::IntakeAt => {
                let at = parse_when(text, now, &self.zone)?;
                (came.at, came.precision) = (at.at, at.precision);
            }
            Field::IntakeFrom => text.clone_into(&mut came.from),
            Field::IntakeOwnWords => text.clone_into(&mut came.own_words),
            Field::IntakeContact => text.clone_into(&mut came.contact),
            Field::IntakeCallHours => text.clone_into(&mut came.call_hours),
            Field::IntakeNoCallHours => text.clone_into(&mut came.no_call_hours),
            Field::IntakeLanguage => text.clone_into(&mut came.language),
            Field::IntakeToldAlready => text.clone_into(&mut came.told_already),
            _ => {}
        }
        Ok(())
    }

    /// The kind whose limits hold: a flash of what another told becomes a full alert where it must ([`Self::finish`]).
    fn roomiest_kind(&self) -> Kind {
        match (self.fields.kind, &self.fields.intake) {
            (Kind::Flash, Some(_)) => Kind::Full,
            (kind, _) => kind,
        }
    }

    /// Characters that the account may have.
    #[must_use]
    pub fn narrative_max(&self) -> usize {
        chars_max(Field::Narrative, self.roomiest_kind()).unwrap_or_default()
    }

    /// Takes the answer to a question; an empty one is its default. A refused answer changes nothing.
    ///
    /// # Errors
    /// [`AnswerError`]: say it and ask again.
    pub fn answer(
        &mut self,
        question: Question,
        text: &str,
        now: Timestamp,
    ) -> Result<(), AnswerError> {
        let text = text.trim();
        match question {
            Question::Acts => self.fields.acts = read_acts(text)?,
            Question::Victim => {
                let Whom { victim, subject } = parse_victim(text)?;
                within(Field::Reference, &victim.reference, REFERENCE_CHARS_MAX)?;
                self.fields.subject = subject;
                self.fields.victim = Victim {
                    naming: victim.naming,
                    reference: victim.reference,
                    ..self.fields.victim.clone()
                };
            }
            Question::Place => {
                let place = parse_place(text, self.home)?;
                within(Field::PlaceName, &place.name, super::NAME_CHARS_MAX)?;
                self.fields.place = place;
            }
            Question::Time => self.fields.time = parse_when(text, now, &self.zone)?,
            Question::Urgency => {
                self.fields.urgency = if text.is_empty() {
                    Urgency::NotSaid
                } else {
                    parse_one(text, Urgency::ALL)?
                };
            }
            Question::Words => {
                let (summary, narrative) = text.split_once('\n').unwrap_or((text, ""));
                self.write(summary, narrative)?;
            }
            Question::Sharing => {
                let chosen = read_share(text)?;
                share(&mut self.fields, &chosen);
            }
        }
        Ok(())
    }

    /// Sets the texts, which flags give apart from each other.
    ///
    /// # Errors
    /// [`AnswerError::Required`] for an empty summary; a limit that was passed.
    pub fn write(&mut self, summary: &str, narrative: &str) -> Result<(), AnswerError> {
        let (summary, narrative) = (summary.trim(), narrative.trim());
        if summary.is_empty() {
            return Err(AnswerError::Required);
        }
        within(Field::Summary, summary, SUMMARY_CHARS_MAX)?;
        within(Field::Narrative, narrative, self.narrative_max())?;
        summary.clone_into(&mut self.fields.summary);
        narrative.clone_into(&mut self.fields.narrative);
        Ok(())
    }

    #[cfg(test)]
    pub(crate) fn fields(&self) -> &Fields {
        &self.fields
    }

    /// The alert. Of what another told, a full one where a flash has no room for it: nobody who listens to a caller
    /// counts characters.
    ///
    /// # Errors
    /// The first rule that does not hold: a question without a default was not answered, or the whole
    /// is too large.
    pub fn finish(self) -> Result<Alert, AlertError> {
        let kind = self.roomiest_kind();
        if kind == self.fields.kind {
            return Alert::new(self.fields);
        }
        match Alert::new(self.fields.clone()) {
            Err(AlertError::TooLong { .. } | AlertError::TooLarge { .. }) => Alert::new(Fields {
                kind,
                ..self.fields
            }),
            other => other,
        }
    }
}

fn read_acts(text: &str) -> Result<Vec<Act>, AnswerError> {
    let acts = parse_acts(text)?;
    if acts.is_empty() {
        return Err(AnswerError::Required);
    }
    at_most(Field::Acts, acts.len(), ITEMS_MAX)?;
    Ok(acts)
}

fn read_share(text: &str) -> Result<Vec<Share>, AnswerError> {
    let chosen = parse_several(text, Share::ALL)?;
    let wider = |choice: &Share| width(*choice) > Some(Sharing::Red);
    if chosen.contains(&Share::GroupOnly) && chosen.iter().any(wider) {
        return Err(AnswerError::OnlyOne {
            part: text.to_owned(),
        });
    }
    Ok(chosen)
}

/// How far a choice lets the alert go; none for what only adds a permission.
fn width(choice: Share) -> Option<Sharing> {
    match choice {
        // TLP:RED is for the people who were addressed, which is what "only inside the group" says.
        Share::GroupOnly => Some(Sharing::Red),
        Share::Organisations => Some(Sharing::AmberStrict),
        Share::Institutions | Share::State => Some(Sharing::Amber),
        Share::Public => Some(Sharing::Clear),
        Share::Name | Share::ContactFamily | Share::Media | Share::Unlisted(_) => None,
    }
}

/// Writes a choice down as consent. What was not chosen stays unknown, which permits nothing: the
/// person was in a hurry and did not refuse it either. Who gave it, and so when, is not asked here.
fn share(fields: &mut Fields, chosen: &[Share]) {
    let answer = |choice: Share| {
        if chosen.contains(&choice) {
            ConsentAnswer::Yes
        } else {
            ConsentAnswer::Unknown
        }
    };
    let consent = &mut fields.consent;
    // Whoever lets it go somewhere lets the group have it.
    consent.share_in_group = if chosen.iter().any(|choice| width(*choice).is_some()) {
        ConsentAnswer::Yes
    } else {
        ConsentAnswer::Unknown
    };
    // One yes is no yes to another: what is public may still not be sent to a ministry or a newspaper as somebody's case.
    consent.send_to_institutions = answer(Share::Institutions);
    consent.send_to_state = answer(Share::State);
    consent.publish = answer(Share::Public);
    consent.media = answer(Share::Media);
    consent.use_name = answer(Share::Name);
    consent.contact_family = answer(Share::ContactFamily);
    fields.sharing = chosen
        .iter()
        .filter_map(|choice| width(*choice))
        .max()
        .unwrap_or_default();
}
