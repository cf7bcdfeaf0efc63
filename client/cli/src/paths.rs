//! Paths as options and answers give them, and names as a shell is given them.

use std::{env, ffi::OsString, path::PathBuf};

use bellrope_proto::paths;
use clap::builder::{
    MapValueParser, OsStringValueParser, TypedValueParser as _, ValueParserFactory,
};

/// A path as it was given. Nothing is opened by it but the path that is meant.
#[derive(Clone, Debug)]
pub(crate) struct GivenPath(PathBuf);

impl GivenPath {
    /// Whether it stands for what is piped in.
    #[must_use]
    pub(crate) fn is_piped(&self) -> bool {
        self.0.as_os_str() == "-"
    }

    /// The path that somebody means. One that is there as it is written is that.
    #[must_use]
    pub(crate) fn meant(&self) -> PathBuf {
        match self.0.to_str() {
            Some(text) if !self.0.exists() => paths::meant(text, env::home_dir().as_deref()),
            _ => self.0.clone(),
        }
    }
}

impl<T: Into<OsString>> From<T> for GivenPath {
    fn from(given: T) -> Self {
        Self(PathBuf::from(given.into()))
    }
}

/// So an option that is a path is one by its type alone.
impl ValueParserFactory for GivenPath {
    type Parser = MapValueParser<OsStringValueParser, fn(OsString) -> Self>;

    fn value_parser() -> Self::Parser {
        OsStringValueParser::new().map(Self::from)
    }
}

/// A name as one word of a command that somebody copies into a shell: in double quotes, which every shell knows, unless
/// something in it means more inside them.
#[must_use]
pub(crate) fn shell_word(text: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_.,:/@+".contains(c);
    if !text.is_empty() && !text.starts_with('-') && text.chars().all(plain) {
        text.to_owned()
    } else if text.contains(['"', '$', '`', '\\', '!', '%']) {
        format!("'{}'", text.replace('\'', r"'\''"))
    } else {
        format!("\"{text}\"")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_file_that_is_there_is_meant_as_it_is_written() {
        let dir = tempfile::tempdir().unwrap();
        let odd = dir.path().join("'odd' ~");
        std::fs::write(&odd, b"").unwrap();
        assert_eq!(GivenPath::from(odd.as_os_str()).meant(), odd);
    }

    #[test]
    fn a_shell_reads_a_word_as_it_was() {
        for name in [
            "Anna",
            "Нина Примерная",
            "O’Example",
            "O'Example",
            "a\"b",
            "$HOME",
            "a`b`",
            "-x",
            "",
            "a!b",
            "[::1]",
        ] {
            let word = shell_word(name);
            assert_eq!(shlex::split(&word), Some(vec![name.to_owned()]), "{word}");
        }
        assert_eq!(shell_word("Нина Примерная"), "\"Нина Примерная\"");
        assert_eq!(shell_word("Anna"), "Anna");
    }
}
