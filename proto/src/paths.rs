//! Paths as people give them to a program: typed at a question, dragged into a terminal, copied out of a file manager or a browser.
//! What is on the disk is for whoever asks: a path that is there as it is written means itself.

use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER_PERMISSIVE;

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

/// The path that somebody means.
#[must_use]
pub fn meant(text: &str, home: Option<&Path>) -> PathBuf {
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
    let path = decoded(path)?;
    // A drive's letter stands behind a slash of its own.
    let of_drive = cfg!(windows) && path.get(2..3) == Some(":");
    Some(path.get(usize::from(of_drive)..)?.to_owned())
}

/// A text with percent signs for bytes (RFC 3986, section 2.1). What is none is left as it is.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let escaped = after.split_first_chunk::<2>().filter(|_| *first == b'%');
        let byte = escaped.and_then(|(digits, rest)| {
            let byte = HEXLOWER_PERMISSIVE.decode(digits).ok()?;
            Some((*byte.first()?, rest))
        });
        let (byte, left) = byte.unwrap_or((*first, after));
        bytes.push(byte);
        rest = left;
    }
    String::from_utf8(bytes).ok()
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

#[cfg(test)]
mod tests {
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
            ("file:///tmp/100%25%", "/tmp/100%%"),
            ("file:///tmp/%zz%2", "/tmp/%zz%2"),
            ("file:///tmp/%ff", "file:///tmp/%ff"),
            ("file", "file"),
            ("'", "'"),
        ] {
            assert_eq!(meant(given, home), Path::new(path), "{given}");
        }
        assert_eq!(meant("~/a", None), Path::new("~/a"));
    }
}
