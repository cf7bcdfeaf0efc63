//! An invitation in one file: the code and the sealed bundle, so that nothing has to be fetched.
//! Text, so that it survives any messenger. Whoever has it can use it once.

use bellrope_proto::envelope::{Envelope, NotABucket};
use data_encoding::{BASE64, DecodeError};
use zeroize::Zeroizing;

use super::{Code, NotACode};
use crate::text::hides;

const TITLE: &str = "bellrope invitation 1";
/// That of every version.
const TITLE_START: &str = "bellrope invitation ";
const LINE_CHARS: usize = 76;

/// Writes it.
#[must_use]
pub fn write_file(code: &Code, bundle: &Envelope) -> Zeroizing<String> {
    let code = code.to_text();
    let sealed = BASE64.encode(bundle.bytes());
    let lines = 2 + sealed.len().div_ceil(LINE_CHARS);
    // Of its whole size: one that grows leaves the code behind.
    let mut text = String::with_capacity(TITLE.len() + code.len() + sealed.len() + lines);
    for line in [TITLE, &code] {
        text.push_str(line);
        text.push('\n');
    }
    for line in sealed.as_bytes().chunks(LINE_CHARS) {
        text.extend(line.iter().map(|byte| char::from(*byte)));
        text.push('\n');
    }
    Zeroizing::new(text)
}

/// Whether a text is meant to be one.
#[must_use]
pub fn is_invitation_file(text: &str) -> bool {
    lines(text).any(|line| line.starts_with(TITLE_START))
}

/// Not `lines()`: some programs end lines with a carriage return alone.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    let lines = text.split(['\n', '\r']);
    let lines = lines.map(|line| line.trim_matches(|c: char| c.is_whitespace() || hides(c)));
    lines.filter(|line| !line.is_empty())
}

/// Reads it, whatever a messenger did to its line ends, and whatever somebody wrote above and below it.
///
/// # Errors
/// [`NotACode`].
pub fn read_file(text: &str) -> Result<(Code, Envelope), NotACode> {
    let mut lines = lines(text).skip_while(|line| !line.starts_with(TITLE_START));
    match lines.next() {
        Some(TITLE) => {}
        Some(_) => return Err(NotACode::Version),
        None => return Err(NotACode::Form),
    }
    let code = lines.next().ok_or(NotACode::Form)?.parse()?;
    let mut sealed = String::new();
    for line in lines {
        sealed.push_str(line);
        // An envelope's last line has padding, whichever its size: what stands below is somebody's.
        if line.ends_with('=') {
            break;
        }
    }
    let bytes = BASE64
        .decode(sealed.as_bytes())
        .map_err(|_: DecodeError| NotACode::Checksum)?;
    let bundle = Envelope::new(bytes).map_err(|NotABucket(_)| NotACode::Checksum)?;
    Ok((code, bundle))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use bellrope_proto::{address::RelayAddress, signing::PublicKey};

    use super::*;
    use crate::invitation::{CoordinatorMark, Secret};

    #[test]
    fn reads_back_also_with_other_line_ends_and_says_when_it_was_cut() {
        let code = Code {
            secret: Secret::new(&[7; 16]),
            coordinator: CoordinatorMark([4; 16]),
            relay: RelayAddress::new("relay.example.org", 443, PublicKey::from_bytes([1; 32]))
                .unwrap(),
        };
        let bundle = Envelope::new(vec![9; 4096]).unwrap();
        let text = write_file(&code, &bundle);
        for line_end in ["\r\n", "\r", "\n\n"] {
            let other = text.replace('\n', line_end);
            assert_eq!(read_file(&other), Ok((code.clone(), bundle.clone())));
        }
        let around = format!(
            "Здравствуйте! Вот приглашение.\n\u{feff}{}\n-- \nАнна\nthanks",
            *text
        );
        assert!(is_invitation_file(&around));
        assert_eq!(read_file(&around), Ok((code.clone(), bundle.clone())));
        let cut: String = text.chars().take(text.len() - 200).collect();
        assert_eq!(read_file(&cut), Err(NotACode::Checksum));
        let newer = text.replace("invitation 1", "invitation 2");
        assert_eq!(read_file(&newer), Err(NotACode::Version));
        assert_eq!(read_file("hello"), Err(NotACode::Form));
    }
}
