//! A text without marks of who it is about, for somebody who translates it and does not read its case: whom the alert names, where, and by what they
//! are reached. What else tells who it is only a person sees, who reads it before it goes.

use super::Fields;

/// In the place of what was taken out.
const GAP: &str = "[…]";

/// Of words that are bent, as names are in Russian, what follows on this many letters fewer than there are may be another.
const ENDING_CHARS: usize = 2;

/// As many digits in a row, whatever stands between them, are a number by which somebody is found.
const DIGITS_MIN: usize = 6;

/// The text without what names somebody: what the alert has in its fields of that kind, these other words, and whatever looks like an address or a
/// number. What its author has put into double square brackets is taken out too.
#[must_use]
pub(crate) fn without_identity(text: &str, fields: Option<&Fields>, others: &[String]) -> String {
    let mut known: Vec<&str> = others.iter().map(String::as_str).collect();
    if let Some(fields) = fields {
        known.extend([
            fields.victim.reference.as_str(),
            &fields.victim.organisation,
            &fields.victim.work,
            &fields.place.name,
        ]);
        if let Some(intake) = &fields.intake {
            known.extend([intake.from.as_str(), &intake.contact]);
        }
    }
    let stems: Vec<String> = known.iter().flat_map(|text| stems(text)).collect();
    let mut out = String::new();
    for line in without_brackets(text).split('\n') {
        if !out.is_empty() || line.is_empty() {
            out.push('\n');
        }
        let words = line.split(' ').map(|word| match tells(word, &stems) {
            true => gap_in(word),
            false => word.to_owned(),
        });
        out.push_str(&joined(words));
    }
    without_numbers(out.trim())
}

/// What stands in double square brackets is a gap.
fn without_brackets(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("[[") {
        out.push_str(before);
        out.push_str(GAP);
        // One that nobody closed takes the rest with it.
        rest = after.split_once("]]").map_or("", |(_, after)| after);
    }
    out.push_str(rest);
    out
}

/// The beginnings of words by which a text tells somebody: of those that begin with a capital letter or have a digit.
fn stems(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_alphanumeric());
    let names = words.filter(|word| {
        let first = word.chars().next();
        first.is_some_and(char::is_uppercase) || word.chars().any(char::is_numeric)
    });
    names
        .map(|word| {
            let letters = word.chars().count();
            let kept = letters.saturating_sub(ENDING_CHARS).max(letters.min(3));
            word.to_lowercase().chars().take(kept).collect()
        })
        .filter(|stem: &String| stem.chars().count() > 1)
        .collect()
}

/// Whether a word, or a part of it, is one of those, bent or not; or an address.
fn tells(word: &str, stems: &[String]) -> bool {
    let is_address = word.contains('@') || word.contains("://") || word.contains("www.");
    let mut parts = word.split(|c: char| !c.is_alphanumeric());
    is_address
        || parts.any(|part| {
            let part = part.to_lowercase();
            let letters = part.chars().count();
            stems.iter().any(|stem| {
                let longer = letters.saturating_sub(stem.chars().count());
                part.starts_with(stem.as_str()) && longer <= ENDING_CHARS.saturating_mul(2)
            })
        })
}

/// The gap, with the signs around the word.
fn gap_in(word: &str) -> String {
    let is_sign = |c: char| !c.is_alphanumeric() && c != '@';
    let start = word
        .len()
        .saturating_sub(word.trim_start_matches(is_sign).len());
    let end = word.trim_end_matches(is_sign).len();
    let before = word.get(..start).unwrap_or_default();
    let after = word.get(end..).unwrap_or_default();
    format!("{before}{GAP}{after}")
}

/// Several gaps in a row are one: how many words a name has tells too.
fn joined(words: impl Iterator<Item = String>) -> String {
    let mut out: Vec<String> = Vec::new();
    for word in words {
        let is_again = word.starts_with(GAP) && out.last().is_some_and(|last| last.ends_with(GAP));
        match out.last_mut().filter(|_| is_again) {
            // With the signs before the first and behind the last.
            Some(last) => {
                let before = last.strip_suffix(GAP).unwrap_or_default();
                *last = format!("{before}{word}");
            }
            None => out.push(word),
        }
    }
    out.join(" ")
}

/// Numbers by which somebody is found are gaps.
fn without_numbers(text: &str) -> String {
    let is_part = |c: char| c.is_ascii_digit() || "+-() .".contains(c);
    let mut out = String::new();
    let mut run = String::new();
    let end = |run: &mut String, out: &mut String| {
        let digits = run.chars().filter(char::is_ascii_digit).count();
        let trimmed = run.trim_end_matches(|c: char| !c.is_ascii_digit());
        match digits >= DIGITS_MIN {
            true => {
                let lead = run.len().saturating_sub(run.trim_start_matches(' ').len());
                out.push_str(run.get(..lead).unwrap_or_default());
                out.push_str(GAP);
                out.push_str(run.get(trimmed.len()..).unwrap_or_default());
            }
            false => out.push_str(run),
        }
        run.clear();
    };
    for c in text.chars() {
        match is_part(c) {
            true => run.push(c),
            false => {
                end(&mut run, &mut out);
                out.push(c);
            }
        }
    }
    end(&mut run, &mut out);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alert::vocabulary::Kind;

    fn fields() -> Fields {
        let mut fields = Fields::of_kind(Kind::Flash);
        fields.victim.reference = "Алена Примерова".to_owned();
        fields.victim.organisation = "Дом Примеров".to_owned();
        fields.place.name = "Гомель, ул. Тихая 7".to_owned();
        fields
    }

    fn of(text: &str) -> String {
        without_identity(
            text,
            Some(&fields()),
            &["D-SCA3T".to_owned(), "Rosa Example".to_owned()],
        )
    }

    #[test]
    fn names_are_taken_out_however_they_are_bent() {
        assert_eq!(
            of("Алену Примерову увезли из Гомеля. Сестра Алены звонила."),
            "[…] увезли из […]. Сестра […] звонила."
        );
        assert_eq!(
            of("Rosa’s sister (Rosa Example) says: \"EXAMPLE!\""),
            "[…] sister ([…]) says: \"[…]!\""
        );
        assert_eq!(
            of("Алёна\nи Аленка"),
            "Алёна\nи […]",
            "ё is another letter: a person looks"
        );
        assert_eq!(of("the home of someone else"), "the home of someone else");
    }

    #[test]
    fn brackets_addresses_and_numbers_are_taken_out() {
        assert_eq!(
            of("She wrote [[to Pavel, at noon]] and left"),
            "She wrote […] and left"
        );
        assert_eq!(of("open [[for ever"), "open […]");
        assert_eq!(
            of("Call +375 29 123-45-67, or a@example.org."),
            "Call […], or […]."
        );
        assert_eq!(
            of("At 11:00 on 24 December 2026"),
            "At 11:00 on 24 December 2026"
        );
        assert_eq!(of("passport HB1234567"), "passport HB[…]");
        assert_eq!(of(""), "");
        assert_eq!(of("два\n\nабзаца"), "два\n\nабзаца");
    }
}
