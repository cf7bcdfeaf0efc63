//! What an age header looks like here, to the byte: a version line, stanzas of one kind, a MAC.
//!
//! The age specification leaves a maker free to add stanzas, and programs differ in what they add:
//! the age crate one of "grease", others none. A relay sees the outer header, and would tell by it
//! which program somebody uses. So each kind of header has one shape, which its length follows from.
//! It is checked before age parses anything: age limits neither the stanzas, each of which may cost
//! a public-key operation, nor the work that a scrypt stanza asks for.

const VERSION: &[u8] = b"age-encryption.org/v1\n";

/// In front of the MAC. What the MAC is over ends with the hyphens.
const MAC_START: &[u8] = b"--- ";

/// 32 bytes in base64 without padding: a MAC, and a file key wrapped with its tag.
const SHORT_BODY: usize = 43;

/// One kind of header.
pub(super) struct Shape {
    /// `-> `, the tag, and a space.
    pub(super) start: &'static [u8],
    /// Then so many characters of base64.
    pub(super) argument: usize,
    /// Then the end of the line. The stanza's body is [`SHORT_BODY`] and a line's end.
    pub(super) end: &'static [u8],
    /// There is at least one stanza, and at most this many.
    pub(super) stanzas: usize,
}

impl Shape {
    /// The length of one stanza.
    pub(super) const fn stanza_bytes(&self) -> usize {
        self.start.len() + self.argument + self.end.len() + SHORT_BODY + 1
    }

    /// Where the MAC's line starts in a header of so many stanzas.
    pub(super) const fn mac_at(&self, stanzas: usize) -> usize {
        VERSION.len() + stanzas * self.stanza_bytes()
    }

    /// The length of a header of so many stanzas.
    pub(super) const fn bytes(&self, stanzas: usize) -> usize {
        self.mac_at(stanzas) + MAC_START.len() + SHORT_BODY + 1
    }

    /// `Some` when `file` begins with a header of this shape. Says nothing on whether the stanzas
    /// and the MAC are any good: age does.
    pub(super) fn check(&self, file: &[u8]) -> Option<()> {
        let mut rest = file.strip_prefix(VERSION)?;
        for _ in 0..self.stanzas {
            rest = base64(rest.strip_prefix(self.start)?, self.argument)?;
            rest = line(rest.strip_prefix(self.end)?)?;
            if let Some(mac) = rest.strip_prefix(MAC_START) {
                return line(mac).map(|_| ());
            }
        }
        None
    }
}

/// What comes after so many characters of base64: nothing else, so that no space or line's end
/// among them can make one argument two, or one stanza two.
fn base64(text: &[u8], count: usize) -> Option<&[u8]> {
    let (run, rest) = text.split_at_checked(count)?;
    let allowed = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/".contains(byte);
    run.iter().all(allowed).then_some(rest)
}

fn line(text: &[u8]) -> Option<&[u8]> {
    base64(text, SHORT_BODY)?.strip_prefix(b"\n")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const SHAPE: Shape = Shape {
        start: b"-> tag ",
        argument: 4,
        end: b" 17\n",
        stanzas: 2,
    };

    const BODY: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n";

    fn header(stanzas: &[&str]) -> String {
        format!("age-encryption.org/v1\n{}--- {BODY}", stanzas.concat())
    }

    #[test]
    fn its_length_follows_from_the_number_of_stanzas() {
        let stanza = format!("-> tag Aa+/ 17\n{BODY}");
        for count in 1..=2 {
            let header = header(&vec![stanza.as_str(); count]);
            assert_eq!(SHAPE.bytes(count), header.len());
            assert!(
                header
                    .get(SHAPE.mac_at(count)..)
                    .unwrap()
                    .starts_with("---")
            );
            assert!(SHAPE.check(header.as_bytes()).is_some());
            assert!(SHAPE.check(format!("{header}payload").as_bytes()).is_some());
            for length in 0..header.len() {
                let cut = header.as_bytes().get(..length).unwrap();
                assert!(SHAPE.check(cut).is_none(), "{length}");
            }
        }
    }

    #[test]
    fn nothing_else_is_a_header() {
        let good = format!("-> tag AAAA 17\n{BODY}");
        let short = BODY.get(1..).unwrap();
        for stanzas in [
            vec![],
            vec![good.as_str(); 3],
            vec![good.as_str(), "-> x-grease\n\n"],
            vec!["-> x-grease\n\n", good.as_str()],
            vec![&format!("-> other AAAA 17\n{BODY}")],
            vec![&format!("-> tag AAA 17\n{BODY}")],
            vec![&format!("-> tag AAAAA 17\n{BODY}")],
            vec![&format!("-> tag A AA 17\n{BODY}")],
            vec![&format!("-> tag AAA= 17\n{BODY}")],
            vec![&format!("-> tag AAAA 18\n{BODY}")],
            vec![&format!("-> tag AAAA\n{BODY}")],
            vec![&format!("-> tag AAAA 17\r\n{BODY}")],
            vec![&format!("-> tag AAAA 17\n{short}")],
            vec![&format!("-> tag AAAA 17\nA{BODY}")],
            vec![&format!("-> tag AAAA 17\n\n{short}")],
        ] {
            let header = header(&stanzas);
            assert!(SHAPE.check(header.as_bytes()).is_none(), "{header}");
        }
        let later = header(&[&good]).replace("/v1", "/v2");
        assert!(SHAPE.check(later.as_bytes()).is_none());
    }
}
