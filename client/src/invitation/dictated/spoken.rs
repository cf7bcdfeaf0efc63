//! What is said: `alert.example.org 4182 730956`. Read however it is typed, and never guessed at so far that another host is asked.

use core::str::FromStr;

use bellrope_proto::{
    address::RelayAddress,
    pasted::{self, FOREIGN},
    signing::{PublicKey, Relay},
};
use zeroize::Zeroizing;

use super::slot::SlotKeys;
use crate::{random::random, secret::SecretBytes};

/// Where relays listen unless their host chose otherwise. Another port is said with the name.
const PORT: u16 = 443;

const SLOT_DIGITS: usize = 4;
const CODE_DIGITS: usize = 6;
const DIGITS: usize = SLOT_DIGITS + CODE_DIGITS;

/// A host's name and port, in the one spelling that addresses have. Which relay answers there is not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    host: String,
    port: u16,
}

impl Place {
    /// That of an address.
    #[must_use]
    pub(crate) fn of(relay: &RelayAddress) -> Self {
        Self {
            host: relay.host().to_owned(),
            port: relay.port(),
        }
    }

    /// Name or IP address, without brackets.
    #[must_use]
    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    /// UDP port.
    #[must_use]
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// The address of the relay that says it is there.
    ///
    /// # Panics
    /// Never: the parts are those of an address.
    #[must_use]
    pub(crate) fn with_identity(&self, relay: PublicKey<Relay>) -> RelayAddress {
        RelayAddress::new(&self.host, self.port, relay).expect("the parts are those of an address")
    }

    /// `HOST:PORT`, with brackets where they are needed.
    pub(super) fn text(&self) -> String {
        self.with_identity(PublicKey::from_bytes([0; 32])).place()
    }

    /// As it is said: without the port that is everybody's.
    fn said(&self) -> String {
        let text = self.text();
        match text.strip_suffix(&format!(":{PORT}")) {
            Some(host) => host.to_owned(),
            None => text,
        }
    }

    fn read(word: &str) -> Option<Self> {
        let has_port = match word.rsplit_once(']') {
            Some((_, port)) => !port.is_empty(),
            None => word.contains(':'),
        };
        let word = if has_port {
            word.to_owned()
        } else {
            format!("{word}:{PORT}")
        };
        let address = RelayAddress::at(&word, PublicKey::from_bytes([0; 32])).ok()?;
        Some(Self::of(&address))
    }
}

/// What one person says to the other. Whoever hears it within its ten minutes can use it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spoken {
    place: Place,
    slot: [u8; SLOT_DIGITS],
    code: SecretBytes<CODE_DIGITS>,
}

/// Why a text is nothing that is said for an invitation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotSpoken {
    /// It has another form.
    #[error("there is no host's name with digits")]
    Form,
    /// The name is there, and not ten digits with it.
    #[error("it has {0} digits, and not 10")]
    Digits(usize),
}

impl Spoken {
    /// A new code at a place.
    #[must_use]
    pub(crate) fn random(place: Place) -> Self {
        Self {
            place,
            slot: digits(),
            code: SecretBytes::make(|code| *code = digits()),
        }
    }

    /// Where both sides meet.
    #[must_use]
    pub(crate) fn place(&self) -> &Place {
        &self.place
    }

    /// Its four digits.
    pub(super) fn slot(&self) -> &[u8] {
        &self.slot
    }

    /// Its six digits.
    pub(super) fn code(&self) -> &[u8] {
        self.code.bytes()
    }

    /// The keys of the slot's mailbox, which are no secret.
    #[must_use]
    pub(crate) fn keys(&self) -> SlotKeys {
        SlotKeys::of(&self.place.text(), &self.slot)
    }

    /// The host's name, with a port that is not everybody's.
    #[must_use]
    pub fn host_text(&self) -> String {
        self.place.said()
    }

    /// All of it, to be read out: `alert.example.org 4182 730956`.
    #[must_use]
    pub fn to_text(&self) -> Zeroizing<String> {
        let host = self.place.said();
        let mut text = String::with_capacity(host.len() + DIGITS + 2);
        text.push_str(&host);
        for part in [self.slot(), self.code()] {
            text.push(' ');
            text.extend(part.iter().map(|digit| char::from(*digit)));
        }
        Zeroizing::new(text)
    }
}

/// Decimal digits, each as likely as any other.
fn digits<const N: usize>() -> [u8; N] {
    let mut digits = [0; N];
    for digit in &mut digits {
        *digit = loop {
            // Of 256 values the first 250 are 25 for each digit.
            let [byte] = random::<1>();
            if byte < 250 {
                break b'0' + byte % 10;
            }
        };
    }
    digits
}

impl FromStr for Spoken {
    type Err = NotSpoken;

    /// Reads it as people type what they hear: the digits in any groups, with commas, hyphens or words between them, on another keyboard.
    fn from_str(text: &str) -> Result<Self, NotSpoken> {
        let plain = pasted::plain(text).ok_or(NotSpoken::Form)?;
        let words: Vec<&str> = plain
            .split([' ', '/'])
            .map(|word| word.trim_matches(['.', ',', '-', '_', ':']))
            .filter(|word| !word.is_empty())
            .collect();
        let (name, mut found) = name_and_digits(&words)?;
        let place = Place::read(&name.to_ascii_lowercase()).ok_or(NotSpoken::Form)?;
        if found.len() != DIGITS {
            let count = found.len();
            return Err(NotSpoken::Digits(count));
        }
        let code = found.split_off(SLOT_DIGITS);
        let slot = found.as_slice().try_into();
        let code: Result<[u8; CODE_DIGITS], _> = code.as_slice().try_into();
        match (slot, code) {
            (Ok(slot), Ok(code)) => Ok(Self {
                place,
                slot,
                code: SecretBytes::new(&code),
            }),
            _ => Err(NotSpoken::Form),
        }
    }
}

/// The host's name, and all digits behind it.
fn name_and_digits<'a>(words: &[&'a str]) -> Result<(&'a str, Zeroizing<Vec<u8>>), NotSpoken> {
    let looks_like_name = |word: &&&str| word.contains(['.', ':']) && !word.contains(FOREIGN);
    let mut names = words.iter().filter(looks_like_name);
    let (name, rest) = match (names.next(), names.next()) {
        (Some(name), None) => (*name, words),
        // A name without a dot stands first, and nothing that could be another stands with it.
        (None, _) => {
            let (first, rest) = words.split_first().ok_or(NotSpoken::Form)?;
            let is_alone = rest.iter().all(|word| digits_in(word).is_some());
            if first.contains(FOREIGN) || digits_in(first).is_some() || !is_alone {
                return Err(NotSpoken::Form);
            }
            (*first, rest)
        }
        (Some(_), Some(_)) => return Err(NotSpoken::Form),
    };
    let (name, attached) = attached(name);
    let mut found = Zeroizing::new(Vec::with_capacity(2 * DIGITS));
    found.extend(attached.iter().filter(|byte| byte.is_ascii_digit()));
    // What stands before the name is no part of it: "4182 is the slot at …" is asked for again.
    for word in rest {
        found.extend(digits_in(word).unwrap_or_default().iter());
    }
    match found.len() {
        0 => Err(NotSpoken::Form),
        _ => Ok((name, found)),
    }
}

/// A name and the digits that hang on it by hyphens, if they are a slot or all. Fewer may be the name's own.
fn attached(name: &str) -> (&str, &[u8]) {
    let all = (name, b"".as_slice());
    let last_label = name.rfind('.').map_or(name.len(), |at| at + 1);
    let Some(hyphen) = name.get(last_label..).and_then(|label| label.find('-')) else {
        return all;
    };
    let (host, hangs) = name.split_at(last_label + hyphen);
    let count = hangs.bytes().filter(u8::is_ascii_digit).count();
    let is_digits = hangs
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'-');
    if is_digits && [SLOT_DIGITS, DIGITS].contains(&count) {
        (host, hangs.as_bytes())
    } else {
        all
    }
}

/// The digits that a word is: with hyphens between them, and with letters that look like digits beside true ones.
fn digits_in(word: &str) -> Option<Zeroizing<Vec<u8>>> {
    let mut digits = Zeroizing::new(Vec::with_capacity(word.len()));
    for c in word.bytes() {
        match c {
            b'-' | b'_' => {}
            b'0'..=b'9' => digits.push(c),
            b'O' => digits.push(b'0'),
            b'I' | b'L' => digits.push(b'1'),
            _ => return None,
        }
    }
    word.contains(|c: char| c.is_ascii_digit())
        .then_some(digits)
}
