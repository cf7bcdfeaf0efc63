//! Bytes of a terminal as keys: letters in UTF-8, control characters, escape sequences, pasted text in its brackets. Pure.
//!
//! Bytes arrive in pieces that end anywhere, also within a letter or a sequence: the rest is waited for while it may come
//! ("quiet" says that it does not). What is no key of ours is let go as a whole, so that nothing of it is taken for text.

use zeroize::Zeroizing;

/// A terminal that pastes puts these around it when it was asked to.
const PASTE_BEGINS: &[u8] = b"\x1b[200~";
const PASTE_ENDS: &[u8] = b"\x1b[201~";

/// A sequence that is longer is none.
const SEQUENCE_BYTES_MAX: usize = 32;

const ESCAPE: u8 = 0x1b;
const INTERRUPT: u8 = 0x03;

/// What a person did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Key {
    /// Letters, without control characters.
    Text(String),
    /// Pasted: lines end with `\n`.
    Paste(String),
    /// Bytes that are no letter in UTF-8.
    Garbage,
    Enter,
    Backspace,
    Delete,
    Left,
    Right,
    WordLeft,
    WordRight,
    Up,
    Down,
    Home,
    End,
    EraseBefore,
    EraseAfter,
    EraseWord,
    /// Ctrl-D.
    Finish,
    /// Ctrl-C.
    Interrupt,
    /// Ctrl-Z.
    Suspend,
    /// Ctrl-L.
    Redraw,
}

/// The bytes that came and are no keys yet.
#[derive(Default)]
pub(super) struct Keys {
    bytes: Zeroizing<Vec<u8>>,
    is_pasting: bool,
    /// A line end of two bytes is one.
    after_return: bool,
}

impl Keys {
    /// Takes what was read.
    pub(super) fn feed(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// Whether bytes wait, be it for the rest of a letter.
    pub(super) fn is_empty(&self) -> bool {
        match self.bytes.as_slice() {
            // The second half of a line end.
            [b'\n'] => self.after_return,
            bytes => bytes.is_empty(),
        }
    }

    /// Whether a text is being pasted whose end has not come yet.
    pub(super) fn is_pasting(&self) -> bool {
        self.is_pasting
    }

    /// The next key; `None` when more bytes are needed.
    pub(super) fn next(&mut self, is_quiet: bool) -> Option<Key> {
        loop {
            if self.is_pasting {
                return self.pasted();
            }
            let first = *self.bytes.first()?;
            let after_return = std::mem::replace(&mut self.after_return, first == b'\r');
            let key = match first {
                ESCAPE => self.sequence(is_quiet)?,
                b'\n' if after_return => {
                    self.take(1);
                    None
                }
                0x20..=0x7e | 0x80.. => Some(self.letters(is_quiet)?),
                _ => {
                    self.take(1);
                    control(first)
                }
            };
            if key.is_some() {
                return key;
            }
        }
    }

    fn take(&mut self, count: usize) -> Zeroizing<Vec<u8>> {
        let count = count.min(self.bytes.len());
        Zeroizing::new(self.bytes.drain(..count).collect())
    }

    /// A pasted text whose end came. The end may be lost: Ctrl-C gets out.
    fn pasted(&mut self) -> Option<Key> {
        if let Some(at) = find(&self.bytes, PASTE_ENDS) {
            let text = self.take(at);
            self.take(PASTE_ENDS.len());
            self.is_pasting = false;
            return Some(Key::Paste(readable(&text)));
        }
        if self.bytes.last() == Some(&INTERRUPT) {
            self.bytes.clear();
            self.is_pasting = false;
            return Some(Key::Interrupt);
        }
        None
    }

    /// Letters up to what is none. Outer `None`: the rest of a letter is waited for.
    fn letters(&mut self, is_quiet: bool) -> Option<Key> {
        let is_letter = |byte: &u8| matches!(byte, 0x20..=0x7e | 0x80..);
        let count = self.bytes.iter().take_while(|byte| is_letter(byte)).count();
        let run = self.bytes.get(..count).unwrap_or_default();
        let (good, bad) = match std::str::from_utf8(run) {
            Ok(_) => (count, 0),
            Err(error) => {
                let rest = count.saturating_sub(error.valid_up_to());
                (error.valid_up_to(), error.error_len().unwrap_or(rest))
            }
        };
        if good > 0 {
            let text = self.take(good);
            return Some(Key::Text(readable(&text)));
        }
        // Cut in two: the other half is on its way.
        let is_cut = bad == count && bad < 4 && self.bytes.len() == count && !is_quiet;
        let is_cut = is_cut
            && std::str::from_utf8(&self.bytes).is_err_and(|error| error.error_len().is_none());
        if is_cut {
            return None;
        }
        self.take(bad);
        Some(Key::Garbage)
    }

    /// A key that terminals send as several bytes. Outer `None`: its rest is waited for; inner `None`: none of ours.
    fn sequence(&mut self, is_quiet: bool) -> Option<Option<Key>> {
        let second = match self.bytes.get(1) {
            Some(second) => *second,
            // The key itself.
            None if is_quiet => {
                self.take(1);
                return Some(None);
            }
            None => return None,
        };
        let length = match second {
            b'[' => self.csi_length(),
            b'O' => (self.bytes.len() > 2).then_some(3),
            0x20..=0x7f => Some(2),
            // Escape, and after it something of its own.
            _ => {
                self.take(1);
                return Some(None);
            }
        };
        let Some(length) = length else {
            if is_quiet || self.bytes.len() > SEQUENCE_BYTES_MAX {
                self.take(2);
                return Some(None);
            }
            return None;
        };
        let sequence = self.take(length);
        if sequence.as_slice() == PASTE_BEGINS {
            self.is_pasting = true;
            return Some(self.pasted()).filter(Option::is_some);
        }
        Some(meaning(&sequence))
    }

    /// ECMA-48, 5.4: parameters, intermediates, one final byte. The console of Linux sends `[[A` to `[[E`.
    fn csi_length(&self) -> Option<usize> {
        let body = self.bytes.get(2..)?;
        if body.first() == Some(&b'[') {
            return (body.len() > 1).then_some(4);
        }
        let end = body.iter().position(|byte| !(0x20..=0x3f).contains(byte))?;
        match body.get(end) {
            Some(0x40..=0x7e) => Some(end.saturating_add(3)),
            // Broken off by something of its own.
            _ => Some(2),
        }
    }
}

fn control(byte: u8) -> Option<Key> {
    Some(match byte {
        0x01 => Key::Home,
        0x02 => Key::Left,
        INTERRUPT => Key::Interrupt,
        0x04 => Key::Finish,
        0x05 => Key::End,
        0x06 => Key::Right,
        0x08 | 0x7f => Key::Backspace,
        b'\t' => Key::Text(" ".to_owned()),
        b'\n' | b'\r' => Key::Enter,
        0x0b => Key::EraseAfter,
        0x0c => Key::Redraw,
        0x0e => Key::Down,
        0x10 => Key::Up,
        0x15 => Key::EraseBefore,
        0x17 => Key::EraseWord,
        0x1a => Key::Suspend,
        _ => return None,
    })
}

fn meaning(sequence: &[u8]) -> Option<Key> {
    Some(match sequence.get(1..)? {
        b"[A" | b"OA" => Key::Up,
        b"[B" | b"OB" => Key::Down,
        b"[C" | b"OC" => Key::Right,
        b"[D" | b"OD" => Key::Left,
        b"[H" | b"OH" | b"[1~" | b"[7~" => Key::Home,
        b"[F" | b"OF" | b"[4~" | b"[8~" => Key::End,
        b"[3~" => Key::Delete,
        b"OM" => Key::Enter,
        b"b" | b"[1;5D" | b"[1;3D" | b"[5D" | b"Od" => Key::WordLeft,
        b"f" | b"[1;5C" | b"[1;3C" | b"[5C" | b"Oc" => Key::WordRight,
        b"\x7f" => Key::EraseWord,
        _ => return None,
    })
}

/// What was pasted or typed, as text: no control characters but line ends, and a mark where bytes are no letters.
fn readable(bytes: &[u8]) -> String {
    let text = Zeroizing::new(String::from_utf8_lossy(bytes).into_owned());
    let text = Zeroizing::new(text.replace("\r\n", "\n"));
    let mut readable = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => readable.push('\n'),
            '\t' => readable.push(' '),
            '\n' => readable.push('\n'),
            other if other.is_control() => {}
            other => readable.push(other),
        }
    }
    readable
}

fn find(bytes: &[u8], part: &[u8]) -> Option<usize> {
    bytes.windows(part.len()).position(|window| window == part)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(pieces: &[&[u8]]) -> Vec<Key> {
        let (mut keys, mut found) = (Keys::default(), Vec::new());
        for piece in pieces {
            keys.feed(piece);
            while let Some(key) = keys.next(false) {
                found.push(key);
            }
        }
        while let Some(key) = keys.next(true) {
            found.push(key);
        }
        assert!(keys.is_empty() || keys.is_pasting);
        found
    }

    /// Letters that were torn apart, put together.
    fn joined(keys: Vec<Key>) -> Vec<Key> {
        let mut joined = Vec::new();
        for key in keys {
            match (joined.last_mut(), key) {
                (Some(Key::Text(text)), Key::Text(more)) => text.push_str(&more),
                (_, key) => joined.push(key),
            }
        }
        joined
    }

    fn text(text: &str) -> Key {
        Key::Text(text.to_owned())
    }

    #[test]
    fn bytes_that_come_in_pieces_mean_what_they_mean_together() {
        let whole =
            "Минск\x1b[D\u{7f}\x1b[200~один\r\n\r\nдва\x1b[201~\x1bOA\x1b[1;5C\r\nё".as_bytes();
        let expected = [
            text("Минск"),
            Key::Left,
            Key::Backspace,
            Key::Paste("один\n\nдва".to_owned()),
            Key::Up,
            Key::WordRight,
            Key::Enter,
            text("ё"),
        ];
        assert_eq!(joined(all(&[whole])), expected);
        for at in 0..whole.len() {
            let (one, two) = whole.split_at(at);
            assert_eq!(joined(all(&[one, two])), expected, "{at}");
        }
        let single: Vec<&[u8]> = whole.chunks(1).collect();
        assert_eq!(joined(all(&single)), expected);
    }

    #[test]
    fn what_is_no_letter_is_marked_and_swallows_nothing() {
        // KOI8-R for "где", then Enter; one byte of a letter alone.
        let garbage = all(&[b"a\xc7\xc4\xc5\r"]);
        assert_eq!(garbage.first(), Some(&text("a")));
        assert_eq!(garbage.last(), Some(&Key::Enter));
        assert!(garbage.contains(&Key::Garbage));
        assert_eq!(all(&[b"\xd0"]), [Key::Garbage]);
        assert_eq!(all(&[b"\xd0", b"x"]), [Key::Garbage, text("x")]);
        // Keys that we have no use for, an escape alone, and one with a letter after it.
        assert_eq!(all(&[b"\x1b[15~\x1b[[A\x1bP\x1b]x\x1b"]), [text("x")]);
        assert_eq!(all(&[b"\x1b", "ы".as_bytes()]), [text("ы")]);
        assert_eq!(all(&[b"\x1b["]), []);
    }

    #[test]
    fn a_paste_holds_everything_up_to_its_end() {
        let long = "Текст.\r".repeat(20_000);
        let bytes = [PASTE_BEGINS, long.as_bytes(), PASTE_ENDS, b"\r"].concat();
        let pieces: Vec<&[u8]> = bytes.chunks(4095).collect();
        let expected = long.replace('\r', "\n");
        assert_eq!(all(&pieces), [Key::Paste(expected), Key::Enter]);
        // Commands inside it are no keys; an end that is lost does not lock anybody in.
        assert_eq!(
            all(&[PASTE_BEGINS, b"a\x04\x1ab", PASTE_ENDS]),
            [Key::Paste("ab".to_owned())]
        );
        assert_eq!(all(&[PASTE_BEGINS, b"a", b"\x03"]), [Key::Interrupt]);
    }
}
