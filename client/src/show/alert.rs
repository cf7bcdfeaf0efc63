//! An alert as people and programs read it: labelled lines, one line for a list, JSON.

use bellrope_proto::ids::Timestamp;
use serde_json::{Map, Value, json};

use super::labels::{country_name, field_name, label, labels};
use crate::{
    alert::{
        EventTime, Field, Fields, ITEMS_MAX, PART_SECONDS, Place, REMARK_CHARS_MAX,
        SUMMARY_CHARS_MAX, UNKNOWN_LANGUAGE,
        country::Country,
        machine_when,
        part::{SENSITIVE_PART, SensitivePart},
        vocabulary::{
            ConsentAnswer, ConsentGiver, Kind, Naming, PlacePrecision, Purpose, TimePrecision,
            Vocabulary,
        },
    },
    attachment,
    message::{AlertOriginals, ORIGINALS},
    text::{Messages, block, escape, rfc3339},
};

/// Characters of a text that stands in the line of its label. A longer one stands under it, indented: broken by the
/// terminal, its rows would begin at the left edge, where our labels are.
const LINE_CHARS_MAX: usize = REMARK_CHARS_MAX;

/// Characters of another's text in a line with others: a summary, and room for a few that are shown as their codes.
const IN_LINE_CHARS_MAX: usize = SUMMARY_CHARS_MAX + 20;

/// Lines of a text that keeps its breaks.
const LINES_MAX: usize = 400;

/// The alert in lines of "label: value", one fact a line, what is unknown or empty left out. What the
/// sender wrote is escaped, and lines of it are indented, so that it cannot pass for our own labels.
#[must_use]
pub fn alert_text(fields: &Fields, words: &Messages) -> String {
    let mut page = Page::new(words);
    page.incident(fields);
    page.sources(fields);
    page.account(fields);
    page.value(Field::Kind, fields.kind);
    page.original(fields);
    page.text
}

/// What somebody must know first: how urgent it is and whether it is a drill, what, where, when, to whom.
pub(super) fn incident_text(fields: &Fields, words: &Messages) -> String {
    let mut page = Page::new(words);
    page.incident(fields);
    page.text
}

/// Who told it, and how sure it is.
pub(super) fn sources_text(fields: &Fields, words: &Messages) -> String {
    let mut page = Page::new(words);
    page.sources(fields);
    page.text
}

/// The account, and everything after it that nobody needs for the first decision; ids last.
pub(super) fn account_text(fields: &Fields, words: &Messages) -> String {
    let mut page = Page::new(words);
    page.account(fields);
    page.original(fields);
    page.text
}

/// One line for a list: urgency, where, what, to whom, and the summary.
#[must_use]
pub fn summary_line(fields: &Fields, words: &Messages) -> String {
    let acts = labels(&fields.acts, words);
    let parts = [
        if fields.kind == Kind::Flash {
            String::new()
        } else {
            label(fields.kind, words)
        },
        label(fields.urgency, words),
        fields
            .place
            .country
            .map(|country| country_name(country, words))
            .unwrap_or_default(),
        acts,
        match fields.victim.naming {
            Naming::Withheld => String::new(),
            _ => in_line(&fields.victim.reference),
        },
        // A check-in may have none, and so may what a careless program wrote.
        if fields.summary.is_empty() {
            in_line(fields.narrative.lines().next().unwrap_or_default())
        } else {
            in_line(&fields.summary)
        },
    ];
    let said: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    said.join("; ")
}

/// Another's text in a line with others: cut where it is longer than any maker may write a summary. Cut after it was
/// escaped, which makes one character into eight.
pub(super) fn in_line(text: &str) -> String {
    cut(text, IN_LINE_CHARS_MAX)
}

/// No more than so many characters of another's text.
pub(super) fn cut(text: &str, chars_max: usize) -> String {
    let text = escape(text);
    match text.char_indices().nth(chars_max) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

/// When, as closely as it is known, and whether it goes on.
fn when_text(time: &EventTime, words: &Messages) -> String {
    let at = at_text(time, words).unwrap_or_else(|| label(time.precision, words));
    format!("{at}; {}", label(time.timing, words))
}

/// When, as closely as it is known: a moment on the reader's clock. A day or a month is nowhere else than where it was.
pub(super) fn at_text(time: &EventTime, words: &Messages) -> Option<String> {
    let at = time.at?;
    let Some(as_written) = machine_when(time) else {
        // Beyond the calendar, said to be unknown, or as close as a newer program knows.
        let precision = label(time.precision, words);
        return Some(format!("{} ({precision})", words.moment(at)));
    };
    Some(match time.precision {
        TimePrecision::Minute => words.moment(at),
        TimePrecision::Hour => words.say("when-about", &[("time", words.moment(at).into())]),
        TimePrecision::PartOfDay => words.moments(at, PART_SECONDS),
        _ => as_written,
    })
}

/// Where. What a maker should have left out is shown all the same: it was said.
fn place_text(place: &Place, words: &Messages) -> String {
    let precision = label(place.precision, words);
    let country = place.country.map(|country| country_name(country, words));
    let name = (!place.name.is_empty()).then(|| escape(&place.name));
    if let (Some(country), None, PlacePrecision::Country) = (&country, &name, place.precision) {
        return country.clone();
    }
    let said: Vec<String> = country.into_iter().chain(name).collect();
    if said.is_empty() {
        return precision;
    }
    if place.precision == PlacePrecision::NotSaid {
        return said.join(", ");
    }
    format!("{} ({precision})", said.join(", "))
}

struct Page<'a> {
    text: String,
    words: &'a Messages,
}

impl<'a> Page<'a> {
    fn new(words: &'a Messages) -> Self {
        Self {
            text: String::new(),
            words,
        }
    }

    fn incident(&mut self, fields: &Fields) {
        if fields.kind == Kind::Drill {
            let drill = self.words.plain("show-drill");
            self.text.push_str(&drill);
            self.text.push('\n');
        }
        if !fields.kind.is_listed() {
            self.value(Field::Kind, fields.kind);
        }
        self.value(Field::Urgency, fields.urgency);
        self.said(Field::Summary, &fields.summary);
        self.values(Field::Acts, &fields.acts);
        self.known(Field::DesignationKind, fields.designation_kind);
        self.place(fields);
        let when = when_text(&fields.time, self.words);
        self.line("show-time", &when);
        self.value(Field::Subject, fields.subject);
        self.victim(fields);
    }

    fn sources(&mut self, fields: &Fields) {
        self.received(fields);
        self.known(Field::Source, fields.source);
        self.known(Field::Firsthand, fields.firsthand);
        self.value(Field::Verification, fields.verification);
    }

    fn account(&mut self, fields: &Fields) {
        self.block(Field::Narrative, &fields.narrative);
        self.contact(fields);
        self.texts(fields);
        self.known(Field::ThreatOrigin, fields.threat.origin);
        self.said(Field::Actor, &fields.threat.actor);
        self.said(Field::LegalBasis, &fields.threat.legal_basis);
        self.known(Field::CoeInteraction, fields.coe.interaction);
        self.said(Field::CoeDetails, &fields.coe.details);
        self.values(Field::Needs, &fields.needs);
        self.items(Field::RequestedActions, &fields.requested_actions);
        self.items(Field::ActionsTaken, &fields.actions_taken);
        self.value(Field::Sharing, fields.sharing);
        self.consent(fields);
    }

    fn original(&mut self, fields: &Fields) {
        let original = fields.original.map(|id| id.to_string());
        self.said(Field::Original, &original.unwrap_or_default());
    }

    fn line(&mut self, label_id: &str, value: &str) {
        let label = self.words.plain(label_id);
        self.text.push_str(&format!("{label}: {value}\n"));
    }

    fn value<V: Vocabulary>(&mut self, field: Field, value: V) {
        self.line(&field.message_id(), &label(value, self.words));
    }

    fn known<V: Vocabulary + Default>(&mut self, field: Field, value: V) {
        if value != V::default() {
            self.value(field, value);
        }
    }

    fn values<V: Vocabulary>(&mut self, field: Field, values: &[V]) {
        if !values.is_empty() {
            self.line(&field.message_id(), &labels(values, self.words));
        }
    }

    fn said(&mut self, field: Field, text: &str) {
        if text.chars().count() > LINE_CHARS_MAX {
            self.block(field, text);
        } else if !text.is_empty() {
            self.line(&field.message_id(), &escape(text));
        }
    }

    fn block(&mut self, field: Field, text: &str) {
        if !text.is_empty() {
            let label = field_name(field, self.words);
            let text = bounded_block(text);
            self.text.push_str(&format!("{label}:\n{text}\n"));
        }
    }

    fn items(&mut self, field: Field, items: &[String]) {
        if items.len() > ITEMS_MAX {
            self.block(field, &items.join("\n"));
            return;
        }
        for item in items {
            self.said(field, item);
        }
    }

    fn place(&mut self, fields: &Fields) {
        let mut place = fields.place.clone();
        let is_long = place.name.chars().count() > LINE_CHARS_MAX;
        let name = if is_long {
            core::mem::take(&mut place.name)
        } else {
            String::new()
        };
        self.line("show-place", &place_text(&place, self.words));
        self.said(Field::PlaceName, &name);
    }

    fn victim(&mut self, fields: &Fields) {
        let victim = &fields.victim;
        match victim.naming {
            Naming::Withheld => {
                self.line("show-victim", &label(victim.naming, self.words));
                // Against the rules, and said.
                self.said(Field::Reference, &victim.reference);
            }
            naming if victim.reference.chars().count() > LINE_CHARS_MAX => {
                self.line("show-victim", &label(naming, self.words));
                self.said(Field::Reference, &victim.reference);
            }
            naming => {
                let naming = label(naming, self.words);
                let said = format!("{} ({naming})", escape(&victim.reference));
                self.line("show-victim", said.trim());
            }
        }
        self.said(Field::Organisation, &victim.organisation);
        self.said(Field::Work, &victim.work);
        self.said(Field::MedicalNeed, &victim.disability_or_medical_need);
        self.known(Field::CustodyStage, fields.custody_stage);
        self.known(Field::Whereabouts, victim.whereabouts);
        self.known(Field::LawyerAccess, victim.lawyer_access);
        self.known(Field::MedicationNeeded, victim.medication_needed);
    }

    /// How it came to whoever entered it.
    fn received(&mut self, fields: &Fields) {
        let Some(came) = &fields.intake else { return };
        self.value(Field::IntakeVia, came.via);
        self.said(Field::IntakeFrom, &came.from);
        let (at, precision) = (came.at, came.precision);
        let came = EventTime {
            at,
            precision,
            ..EventTime::default()
        };
        self.said(
            Field::IntakeAt,
            &at_text(&came, self.words).unwrap_or_default(),
        );
    }

    /// What was said then, and how to answer.
    fn contact(&mut self, fields: &Fields) {
        let Some(came) = &fields.intake else { return };
        self.block(Field::IntakeOwnWords, &came.own_words);
        self.said(Field::IntakeContact, &came.contact);
        self.said(Field::IntakeNoCallHours, &came.no_call_hours);
        self.said(Field::IntakeCallHours, &came.call_hours);
        self.said(Field::IntakeLanguage, &came.language);
        self.said(Field::IntakeToldAlready, &came.told_already);
    }

    fn texts(&mut self, fields: &Fields) {
        if fields.language != UNKNOWN_LANGUAGE {
            self.said(Field::Language, &fields.language);
        }
        if let Some(from) = &fields.translation {
            self.said(Field::TranslationOriginal, &from.original.to_string());
            self.said(Field::TranslationLanguage, &from.language);
            self.value(Field::Translator, from.by);
        }
    }

    /// What is permitted, what is refused, and what was not answered, each on a line of its own.
    fn consent(&mut self, fields: &Fields) {
        let consent = &fields.consent;
        for (id, wanted) in [
            ("show-permitted", ConsentAnswer::Yes),
            ("show-refused", ConsentAnswer::No),
            ("show-withdrawn", ConsentAnswer::Withdrawn),
            ("show-ask-each-time", ConsentAnswer::AskEachTime),
            ("show-not-reachable", ConsentAnswer::NotReachable),
            ("show-consent-not-said", ConsentAnswer::Unknown),
        ] {
            let purposes: Vec<Purpose> = Purpose::ALL
                .iter()
                .copied()
                .filter(|purpose| consent.answer(*purpose) == wanted)
                .collect();
            if purposes.len() == Purpose::ALL.len() && wanted == ConsentAnswer::Unknown {
                let nothing = self.words.plain("show-nothing-said");
                self.line("show-consent", &nothing);
            } else if !purposes.is_empty() {
                self.line(id, &labels(&purposes, self.words));
            }
        }
        // Only "yes" permits anything: an answer from a newer program stands for itself.
        for purpose in Purpose::ALL {
            let answer = consent.answer(*purpose);
            if let (false, Some(field)) = (answer.is_listed(), Field::of_purpose(*purpose)) {
                self.value(field, answer);
            }
        }
        self.known(Field::ConsentGivenBy, consent.given_by);
        if consent.is_for_another() {
            let note = self.words.plain("show-consent-for-another");
            self.text.push_str(&format!("{note}\n"));
        }
        // A moment at which nobody is known to have said anything is none.
        let by = (consent.given_by != ConsentGiver::Unknown).then_some(consent.given_at);
        let given = by.flatten().map(|at| self.words.moment(at));
        self.said(Field::ConsentGivenAt, &given.unwrap_or_default());
    }
}

/// Several lines of another's text, indented. Of more than fit a few screens the breaks are shown as a stroke: every
/// word is there, and what was shown before it is not scrolled away by ten thousand empty rows.
pub(super) fn bounded_block(text: &str) -> String {
    if text.lines().count() <= LINES_MAX {
        return block(text);
    }
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    block(&lines.collect::<Vec<_>>().join(" / "))
}

/// A time in RFC 3339 with the precision that is given, never closer than it is known: a moment, a date, or a year and a month.
pub(super) fn when_json(at: Option<Timestamp>, precision: TimePrecision) -> Option<String> {
    let at = rfc3339(at?)?;
    let chars = match precision {
        TimePrecision::Month => "2026-11".len(),
        TimePrecision::Day => "2026-11-24".len(),
        _ => at.len(),
    };
    at.get(..chars).map(str::to_owned)
}

/// The alert with the keys of the template, in every language the same. Empty texts are there and
/// empty; times are strings as close as they are known.
#[must_use]
pub fn alert_json(fields: &Fields) -> Value {
    // What goes with it is shown beside it.
    let is_known = |number: &u16| match *number {
        attachment::EXTENSION => attachment::said_in(&fields.extensions).is_some(),
        ORIGINALS => AlertOriginals::of(fields).is_some(),
        number => number == SENSITIVE_PART && SensitivePart::of(fields).is_some(),
    };
    let more = fields.extensions.numbers().filter(|it| !is_known(it));
    let (victim, time, place) = (&fields.victim, &fields.time, &fields.place);
    let mut consent = Map::new();
    for purpose in Purpose::ALL {
        let answer = fields.consent.answer(*purpose).key();
        consent.insert(purpose.key().into_owned(), answer.into());
    }
    let given = fields.consent.given_at.and_then(rfc3339);
    consent.insert("given_by".into(), fields.consent.given_by.key().into());
    consent.insert("given_at".into(), given.into());
    json!({
        "kind": fields.kind.key(),
        "original": fields.original.map(|id| id.to_string()),
        "subject": fields.subject.key(),
        "custody_stage": fields.custody_stage.key(),
        "designation_kind": fields.designation_kind.key(),
        "intake": fields.intake.as_ref().map(|came| json!({
            "via": came.via.key(),
            "from": came.from,
            "at": when_json(came.at, came.precision),
            "precision": came.precision.key(),
            "own_words": came.own_words,
            "contact": came.contact,
            "call_hours": came.call_hours,
            "no_call_hours": came.no_call_hours,
            "language": came.language,
            "told_already": came.told_already,
        })),
        "acts": fields.acts.iter().map(|act| act.key()).collect::<Vec<_>>(),
        "urgency": fields.urgency.key(),
        "summary": fields.summary,
        "narrative": fields.narrative,
        "language": fields.language,
        "translation": fields.translation.as_ref().map(|from| json!({
            "original": from.original.to_string(),
            "language": from.language,
            "by": from.by.key(),
        })),
        "victim": {
            "naming": victim.naming.key(),
            "reference": victim.reference,
            "organisation": victim.organisation,
            "work": victim.work,
            "disability_or_medical_need": victim.disability_or_medical_need,
            "whereabouts": victim.whereabouts.key(),
            "lawyer_access": victim.lawyer_access.key(),
            "medication_needed": victim.medication_needed.key(),
        },
        "place": {
            "country": place.country.map(Country::code),
            "name": place.name,
            "precision": place.precision.key(),
        },
        "time": {
            "at": when_json(time.at, time.precision),
            "precision": time.precision.key(),
            "timing": time.timing.key(),
        },
        "threat": {
            "origin": fields.threat.origin.key(),
            "actor": fields.threat.actor,
            "legal_basis": fields.threat.legal_basis,
        },
        "source": fields.source.key(),
        "firsthand": fields.firsthand.key(),
        "verification": fields.verification.key(),
        "consent": consent,
        "sharing": fields.sharing.key(),
        "coe": {
            "interaction": fields.coe.interaction.key(),
            "details": fields.coe.details,
        },
        "needs": fields.needs.iter().map(|need| need.key()).collect::<Vec<_>>(),
        "requested_actions": fields.requested_actions,
        "actions_taken": fields.actions_taken,
        // What they say, only newer programs know.
        "extensions": more.collect::<Vec<_>>(),
    })
}
