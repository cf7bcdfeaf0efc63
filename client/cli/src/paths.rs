//! Paths as people give them: typed at a question, dragged into a terminal, copied out of a file manager or a browser.

use std::{
    env,
    ffi::OsString,
    path::{Path, PathBuf},
};

use clap::builder::{
    MapValueParser, OsStringValueParser, TypedValueParser as _, ValueParserFactory,
};
use percent_encoding::percent_decode_str;

/// What stands around a path that was copied with its quotes.
const QUOTES: [(char, char); 7] = [
    ('"', '"'),
    ('\'', '\''),
    ('«', '»'),
    ('“', '”'),
    ('„', '“'),
    ('‘', '’'),
    ('`', '`'),
];

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
            Some(text) if !self.0.exists() => meant(text, env::home_dir().as_deref()),
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

fn meant(text: &str, home: Option<&Path>) -> PathBuf {
    let text = text.trim();
    let bare = QUOTES.iter().find_map(|(open, close)| {
        text.strip_prefix(*open)
            .and_then(|rest| rest.strip_suffix(*close))
    });
    let inside = bare.unwrap_or(text);
    if let Some(path) = of_url(inside) {
        return PathBuf::from(path);
    }
    let path = if bare.is_none() && cfg!(unix) {
        without_backslashes(inside)
    } else {
        inside.to_owned()
    };
    match (path.strip_prefix('~'), home) {
        (Some(""), Some(home)) => home.to_owned(),
        (Some(rest), Some(home)) if rest.starts_with(['/', '\\']) => home.join(&rest[1..]),
        _ => PathBuf::from(path),
    }
}

/// The path of a `file:` URL (RFC 8089) on this machine.
fn of_url(text: &str) -> Option<String> {
    const SCHEME: &str = "file://";
    let (scheme, rest) = text.split_at_checked(SCHEME.len())?;
    if !scheme.eq_ignore_ascii_case(SCHEME) {
        return None;
    }
    let path = rest.strip_prefix("localhost").unwrap_or(rest);
    let path = percent_decode_str(path).decode_utf8().ok()?.into_owned();
    // A drive's letter stands behind a slash of its own.
    let of_drive = cfg!(windows) && path.get(2..3) == Some(":");
    Some(path.get(usize::from(of_drive)..)?.to_owned())
}

/// What a shell would have taken away: a backslash before a space or a sign. No letter or digit is written with one.
fn without_backslashes(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(c) = letters.next() {
        match letters.peek() {
            Some(next) if c == '\\' && !next.is_alphanumeric() => plain.extend(letters.next()),
            _ => plain.push(c),
        }
    }
    plain
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

    #[cfg(unix)]
    #[test]
    fn a_path_is_understood_as_terminals_browsers_and_people_give_it() {
        let home = Some(Path::new("/home/anna"));
        for (given, path) in [
            ("anna.invitation", "anna.invitation"),
            ("  /tmp/a b ", "/tmp/a b"),
            ("'/tmp/a b'", "/tmp/a b"),
            ("\"/tmp/a b\"", "/tmp/a b"),
            ("«приглашение.txt»", "приглашение.txt"),
            (r"/tmp/a\ b\ \(1\)", "/tmp/a b (1)"),
            (r"'/tmp/a\ b'", r"/tmp/a\ b"),
            ("~", "/home/anna"),
            ("~/a b", "/home/anna/a b"),
            ("'~/a'", "/home/anna/a"),
            ("~boris/a", "~boris/a"),
            ("file:///tmp/a%20b", "/tmp/a b"),
            ("FILE://localhost/tmp/a", "/tmp/a"),
            ("file:///tmp/%D0%BF%D1%80%D0%B8%D0%B3.txt", "/tmp/приг.txt"),
            ("\"file:///tmp/a\"", "/tmp/a"),
            ("file", "file"),
            ("'", "'"),
        ] {
            assert_eq!(meant(given, home), Path::new(path), "{given}");
        }
        assert_eq!(meant("~/a", None), Path::new("~/a"));
    }

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
