//! Whether two alerts may be about the same: a hint for a person, which decides nothing. Pure, and worked out on the device.

use std::collections::BTreeSet;

use bellrope_proto::ids::Timestamp;

use crate::alert::{Fields, vocabulary::Kind};

/// Seconds between two alerts about one thing: reports of an arrest come in over a weekend.
const APART_MAX: u64 = 4 * 24 * 3_600;

/// Characters of a word that say something, and of its beginning that two words must share: endings change with the case in Russian.
const WORD_CHARS_MIN: usize = 4;
const STEM_CHARS: usize = 5;

/// Words that two texts must share where the person is not named alike.
const SHARED_MIN: usize = 2;

/// Whether a person should look: the same country, within some days, one act in common, and the same person or near words.
#[must_use]
pub(crate) fn alike(
    (one, one_at): (&Fields, Timestamp),
    (other, other_at): (&Fields, Timestamp),
) -> bool {
    let country = one.place.country.is_some() && one.place.country == other.place.country;
    let when = |fields: &Fields, at: Timestamp| fields.time.at.unwrap_or(at).0;
    let near = when(one, one_at).abs_diff(when(other, other_at)) <= APART_MAX;
    let act = one.acts.iter().any(|act| other.acts.contains(act));
    // A rehearsal is about nothing that was.
    let is_drill = |fields: &Fields| fields.kind == Kind::Drill;
    if !(country && near && act) || is_drill(one) != is_drill(other) {
        return false;
    }
    let person = stems(&one.victim.reference);
    if !person.is_empty() && person == stems(&other.victim.reference) {
        return true;
    }
    let said = |fields: &Fields| {
        let victim = &fields.victim;
        let texts = [&victim.reference, &victim.organisation, &fields.summary];
        let mut all: BTreeSet<String> = BTreeSet::new();
        texts.into_iter().for_each(|text| all.extend(stems(text)));
        all.extend(stems(&fields.place.name));
        all
    };
    said(one).intersection(&said(other)).count() >= SHARED_MIN
}

/// How the words of a text begin that say something.
fn stems(text: &str) -> BTreeSet<String> {
    let words = text.split(|letter: char| !letter.is_alphanumeric());
    let words = words.filter(|word| word.chars().count() >= WORD_CHARS_MIN);
    words
        .map(|word| {
            let lower = word.to_lowercase().replace('ё', "е");
            lower.chars().take(STEM_CHARS).collect()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::alert::{country::Country, vocabulary::Act};

    fn fields(summary: &str, who: &str) -> Fields {
        let mut fields = Fields::of_kind(Kind::Flash);
        fields.acts = vec![Act::ArbitraryArrest];
        fields.place.country = Some(Country::parse("BY").unwrap());
        fields.summary = summary.to_owned();
        fields.victim.reference = who.to_owned();
        fields
    }

    const DAY: u64 = 24 * 3_600;

    #[test]
    fn two_reports_of_one_arrest_are_told_and_others_are_not() {
        let at = Timestamp(100 * DAY);
        let one = fields("Taken from her flat in Lenin street", "Alena Example");
        let is_alike = |other: &Fields, days: u64| {
            let other_at = Timestamp(at.0 + days * DAY);
            let both = alike((&one, at), (other, other_at));
            assert_eq!(
                both,
                alike((other, other_at), (&one, at)),
                "either way round"
            );
            both
        };
        assert!(is_alike(&fields("her sister writes", "ALENA EXAMPLE"), 3));
        assert!(
            !is_alike(&fields("her sister writes", "ALENA EXAMPLE"), 5),
            "days apart"
        );
        assert!(is_alike(&fields("Searched a flat, Lenin street", ""), 1));
        assert!(
            !is_alike(&fields("Men in a street", ""), 1),
            "one word in common"
        );
        let mut elsewhere = fields("x", "Alena Example");
        elsewhere.place.country = Some(Country::parse("AM").unwrap());
        assert!(!is_alike(&elsewhere, 0));
        elsewhere.place.country = None;
        assert!(!is_alike(&elsewhere, 0), "nobody knows where");
        let mut act = fields("x", "Alena Example");
        act.acts = vec![Act::Threat];
        assert!(!is_alike(&act, 0));
        let mut drill = fields("x", "Alena Example");
        drill.kind = Kind::Drill;
        assert!(!is_alike(&drill, 0), "a rehearsal");
        let mut full = fields("x", "Alena Example");
        full.kind = Kind::Full;
        assert!(is_alike(&full, 0));
    }

    #[test]
    fn russian_endings_do_not_keep_them_apart() {
        let one = fields("Задержана в Гродно, обыск в квартире", "Алёна Примерная");
        let other = fields("Обыскали квартиру Алены Примерной", "");
        let at = Timestamp(100 * DAY);
        assert!(alike((&one, at), (&other, at)));
        assert!(
            !alike((&one, at), (&fields("", ""), at)),
            "nothing said is nothing shared"
        );
    }
}
