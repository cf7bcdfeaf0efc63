//! What people may call a thing, in every language at once: a parser does not know in which language somebody
//! types, and need not.

use std::{
    collections::BTreeMap,
    sync::{Arc, LazyLock, Mutex, PoisonError},
};

use super::{
    CATALOGUES, Language, TYPED_ONLY,
    layout::other_layouts,
    messages::{Bundle, bundle, pattern, typed_bundle},
};

static SHIPPED: LazyLock<Lexicon> = LazyLock::new(|| Lexicon {
    bundles: Language::ALL
        .into_iter()
        .map(|language| bundle(language, &CATALOGUES))
        .collect(),
    typed_only: TYPED_ONLY
        .map(|(tag, source)| typed_bundle(tag, source))
        .into(),
    known: Mutex::default(),
});

/// The labels of every language, and the other names that are listed with them.
pub(crate) struct Lexicon {
    bundles: Vec<Bundle>,
    typed_only: Vec<Bundle>,
    /// What was asked for before: to put every name together anew for each word that is typed would take long.
    known: Mutex<BTreeMap<String, Arc<Names>>>,
}

/// What one thing is called, folded as [`fold`] does.
struct Names {
    labels: Vec<String>,
    others: Vec<String>,
}

impl Lexicon {
    /// The words of all languages that the program speaks.
    pub(crate) fn shipped() -> &'static Self {
        &SHIPPED
    }

    fn names(&self, id: &str) -> Arc<Names> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(names) = known.get(id) {
            return Arc::clone(names);
        }
        let label = |bundle| pattern(bundle, id, None, &[]);
        let also = |bundle| pattern(bundle, id, Some("also"), &[]);
        let labels = self.bundles.iter().filter_map(label);
        let lists = self.bundles.iter().filter_map(also);
        let lists = lists.chain(self.typed_only.iter().filter_map(label));
        let names = Arc::new(Names {
            labels: labels.map(|label| fold(&label)).collect(),
            others: lists
                .flat_map(|list| list.split(';').map(fold).collect::<Vec<_>>())
                .collect(),
        });
        known.insert(id.to_owned(), Arc::clone(&names));
        names
    }

    /// What the program itself writes where it writes an answer: the first of the names.
    pub(crate) fn first_name(&self, id: &str) -> String {
        let mut names = self
            .bundles
            .iter()
            .filter_map(|bundle| pattern(bundle, id, None, &[]));
        names.next().unwrap_or_default()
    }

    /// What people may call this, folded as [`fold`] does.
    pub(crate) fn names_of(&self, id: &str) -> Vec<String> {
        let names = self.names(id);
        names.labels.iter().chain(&names.others).cloned().collect()
    }

    /// Whether this text is what the thing is called on the screen.
    pub(crate) fn is_label(&self, text: &str, id: &str) -> bool {
        self.names(id).labels.contains(&fold(text))
    }

    /// Whether the text is one of the names of this, as it was typed.
    pub(crate) fn is_typed_name(&self, text: &str, id: &str) -> bool {
        let (names, text) = (self.names(id), fold(text));
        names.labels.contains(&text) || names.others.contains(&text)
    }

    /// Whether the text is one of the names of this, on whatever keyboard layout.
    pub(crate) fn is_name(&self, text: &str, id: &str) -> bool {
        let others = other_layouts(text);
        self.is_typed_name(text, id) || others.iter().any(|text| self.is_typed_name(text, id))
    }
}

/// The form in which words are compared: case, ё, hyphens, underscores, spaces and the kind of an apostrophe do not matter.
pub(crate) fn fold(text: &str) -> String {
    let text = text.to_lowercase();
    let mut folded = String::with_capacity(text.len());
    let mut is_apart = false;
    // In one go: a search folds thousands of alerts.
    for letter in text.chars() {
        let letter = match letter {
            '_' | '-' | '–' | '—' | '"' | '«' | '»' => None,
            other if other.is_whitespace() => None,
            'ё' => Some('е'),
            '’' | 'ʼ' => Some('\''),
            other => Some(other),
        };
        let Some(letter) = letter else {
            is_apart = !folded.is_empty();
            continue;
        };
        if is_apart {
            folded.push(' ');
            is_apart = false;
        }
        folded.push(letter);
    }
    folded.truncate(folded.trim_end_matches('.').len());
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_compared_however_they_are_spelt() {
        for (text, folded) in [
            ("", ""),
            ("  Ещё-не «ВСЁ» ", "еще не все"),
            ("Don’t\tknow...", "don't know"),
            ("one . ", "one "),
            ("- a_b—c -", "a b c"),
            ("ΣΑΣ", "σας"),
            ("...", ""),
        ] {
            assert_eq!(fold(text), folded, "{text}");
        }
    }

    #[test]
    fn names_of_every_language_are_one_list() {
        let lexicon = Lexicon::shipped();
        for text in ["unknown", "НЕИЗВЕСТНО", "не знаю", "Don't know."] {
            assert!(lexicon.is_name(text, "word-unknown"), "{text}");
        }
        assert!(!lexicon.is_name("soon", "word-unknown"));
        assert!(lexicon.names_of("no-such-message").is_empty());
    }
}
