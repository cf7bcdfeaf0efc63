//! What people may call a thing, in every language at once: a parser does not know in which language somebody
//! types, and need not.

use std::sync::LazyLock;

use super::{
    CATALOGUES, Language,
    messages::{Bundle, bundle, pattern},
};

static SHIPPED: LazyLock<Lexicon> = LazyLock::new(|| Lexicon {
    bundles: Language::ALL
        .into_iter()
        .map(|language| bundle(language, &CATALOGUES))
        .collect(),
});

/// The labels of every language, and the other names that are listed with them.
pub(crate) struct Lexicon {
    bundles: Vec<Bundle>,
}

impl Lexicon {
    /// The words of all languages that the program speaks.
    pub(crate) fn shipped() -> &'static Self {
        &SHIPPED
    }

    /// What people may call this, folded as [`fold`] does.
    pub(crate) fn names_of(&self, id: &str) -> Vec<String> {
        let mut names = Vec::new();
        for bundle in &self.bundles {
            names.extend(pattern(bundle, id, None, &[]).map(|name| fold(&name)));
            if let Some(others) = pattern(bundle, id, Some("also"), &[]) {
                names.extend(others.split(';').map(fold));
            }
        }
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

    /// Whether the text is one of the names of this.
    pub(crate) fn is_name(&self, text: &str, id: &str) -> bool {
        self.names_of(id).contains(&fold(text))
    }
}

/// The form in which words are compared: case, ё, hyphens, underscores, spaces and the kind of an apostrophe do not matter.
pub(crate) fn fold(text: &str) -> String {
    let text = text
        .to_lowercase()
        .replace('ё', "е")
        .replace(['’', 'ʼ'], "'");
    let parts: Vec<&str> = text
        .split(|c: char| c.is_whitespace() || matches!(c, '_' | '-' | '–' | '—' | '"' | '«' | '»'))
        .filter(|part| !part.is_empty())
        .collect();
    parts.join(" ").trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

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
