//! Every word that a person reads, in their language; the only file that names Fluent.
//!
//! Nothing here decides what to say. A message that is missing in one language is said in English,
//! and one that is missing everywhere is its own id, so that no alert is lost to a wording mistake.

use bellrope_proto::ids::Timestamp;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle};
use jiff::tz::TimeZone;
use unic_langid::LanguageIdentifier;

use super::{CATALOGUES, Language, moment::local_text};

pub(super) type Bundle = FluentBundle<FluentResource>;

/// One file of messages, in every language. A language that is added here is missing, by the compiler's word,
/// wherever it has not been added yet.
#[derive(Clone, Copy, Debug)]
pub struct Catalogue {
    /// English, in Fluent's syntax.
    pub en: &'static str,
    /// Russian.
    pub ru: &'static str,
}

impl Catalogue {
    pub(super) fn source(&self, language: Language) -> &'static str {
        match language {
            Language::En => self.en,
            Language::Ru => self.ru,
        }
    }
}

/// A value put into a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Arg<'a> {
    /// Words; the caller escapes what others wrote.
    Text(std::borrow::Cow<'a, str>),
    /// A count, for which messages choose the plural.
    Number(u64),
}

impl<'a> From<&'a str> for Arg<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text.into())
    }
}

impl From<String> for Arg<'_> {
    fn from(text: String) -> Self {
        Self::Text(text.into())
    }
}

impl<'a> From<&'a String> for Arg<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(text.into())
    }
}

macro_rules! number_arg {
    ($($number:ty),+) => {$(
        impl From<$number> for Arg<'_> {
            fn from(number: $number) -> Self {
                Self::Number(u64::try_from(number).unwrap_or(u64::MAX))
            }
        }
    )+};
}
number_arg!(u8, u16, u32, u64, usize);

/// The library's messages and a front end's own, in one language; and the times of one zone.
pub struct Messages {
    language: Language,
    zone: TimeZone,
    spoken: Bundle,
    /// Said where the language lacks a message; none when it is English itself.
    fallback: Option<Bundle>,
}

impl core::fmt::Debug for Messages {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Messages({})", self.language.tag())
    }
}

impl Messages {
    /// Speaks this language; `own` are the front end's messages, whose ids differ from the library's.
    #[must_use]
    pub fn new(language: Language, own: &[Catalogue]) -> Self {
        let all: Vec<Catalogue> = CATALOGUES.iter().chain(own).copied().collect();
        Self {
            language,
            zone: TimeZone::UTC,
            spoken: bundle(language, &all),
            fallback: (language != Language::En).then(|| bundle(Language::En, &all)),
        }
    }

    /// Tells times on the clock of this zone, and in UTC beside it; in UTC alone without this.
    #[must_use]
    pub fn in_zone(mut self, zone: TimeZone) -> Self {
        self.zone = zone;
        self
    }

    /// A moment on the reader's clock, with the zone, and in UTC beside it.
    #[must_use]
    pub fn moment(&self, at: Timestamp) -> String {
        local_text(at, 0, &self.zone)
    }

    /// How many minutes the reader's clock is ahead of UTC then.
    #[must_use]
    pub fn minutes_ahead(&self, at: Timestamp) -> i16 {
        let at = i64::try_from(at.0).ok();
        let at = at.and_then(|at| jiff::Timestamp::from_second(at).ok());
        let seconds = at.map_or(0, |at| self.zone.to_offset(at).seconds());
        i16::try_from(seconds / 60).unwrap_or(0)
    }

    /// The same on a clock that is so many minutes ahead of UTC.
    pub(crate) fn moment_there(&self, at: Timestamp, offset: i16) -> String {
        let seconds = i32::from(offset).saturating_mul(60);
        let there = jiff::tz::Offset::from_seconds(seconds).unwrap_or(jiff::tz::Offset::UTC);
        local_text(at, 0, &TimeZone::fixed(there))
    }

    /// The same of what was at some time in so many seconds from then on.
    pub(crate) fn moments(&self, from: Timestamp, seconds: u64) -> String {
        local_text(from, seconds, &self.zone)
    }

    /// The language spoken.
    #[must_use]
    pub fn language(&self) -> Language {
        self.language
    }

    /// A message with its values filled in.
    #[must_use]
    pub fn say(&self, id: &str, args: &[(&str, Arg<'_>)]) -> String {
        let said = pattern(&self.spoken, id, None, args).or_else(|| {
            let fallback = self.fallback.as_ref()?;
            pattern(fallback, id, None, args)
        });
        debug_assert!(said.is_some(), "no message `{id}`");
        said.unwrap_or_else(|| id.to_owned())
    }

    /// A message without values.
    #[must_use]
    pub fn plain(&self, id: &str) -> String {
        self.say(id, &[])
    }

    /// Whether this message exists in the language spoken.
    #[must_use]
    pub fn has(&self, id: &str) -> bool {
        self.spoken.has_message(id)
    }
}

/// A message's text, or that of one of its attributes.
pub(super) fn pattern(
    bundle: &Bundle,
    id: &str,
    attribute: Option<&str>,
    args: &[(&str, Arg<'_>)],
) -> Option<String> {
    let message = bundle.get_message(id)?;
    let pattern = match attribute {
        None => message.value()?,
        Some(name) => message.get_attribute(name)?.value(),
    };
    let mut values = FluentArgs::with_capacity(args.len());
    for (name, value) in args {
        let value = match value {
            Arg::Text(text) => FluentValue::String(text.clone()),
            Arg::Number(number) => FluentValue::from(*number),
        };
        values.set(*name, value);
    }
    let mut errors = Vec::new();
    let said = bundle.format_pattern(pattern, Some(&values), &mut errors);
    debug_assert!(errors.is_empty(), "message `{id}`: {errors:?}");
    Some(said.into_owned())
}

pub(super) fn bundle(language: Language, catalogues: &[Catalogue]) -> Bundle {
    let sources = catalogues
        .iter()
        .map(|catalogue| catalogue.source(language));
    bundle_of(language.tag(), sources)
}

/// Of a language in which words are typed and nothing is said.
pub(super) fn typed_bundle(tag: &str, source: &str) -> Bundle {
    bundle_of(tag, [source])
}

fn bundle_of<'a>(tag: &str, sources: impl IntoIterator<Item = &'a str>) -> Bundle {
    // Every tag is well formed; the default is a language without a name, which still formats.
    let identifier: LanguageIdentifier = tag.parse().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![identifier]);
    // The marks that isolate directions are read aloud, or shown as boxes, by some terminals.
    bundle.set_use_isolating(false);
    for source in sources {
        let resource =
            FluentResource::try_new(source.to_owned()).unwrap_or_else(|(rest, errors)| {
                debug_assert!(errors.is_empty(), "{tag}: {errors:?}");
                rest
            });
        let added = bundle.add_resource(resource);
        debug_assert!(added.is_ok(), "{tag}: {added:?}");
    }
    bundle
}
