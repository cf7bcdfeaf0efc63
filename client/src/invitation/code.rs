//! The code of an invitation: about a line of letters and digits, for pasting, typing or a QR code.
//!
//! `version (1) || secret (16) || coordinator (16) || relay key (32) || host:port || check (4)` in Crockford's base32. The check notices a typing
//! error before anything is sent.
//!
//! The coordinator's 16 bytes bind the code to who made it. Without them, whoever learns a code and also runs the relay
//! could put a bundle of their own before the newcomer, and be their "group".

use core::str::{FromStr, Utf8Error};

use bellrope_proto::{
    address::{NotAnAddress, RelayAddress},
    ids::Hash,
    pasted,
    signing::{Device, PublicKey},
};
use zeroize::Zeroizing;

use super::Secret;
use crate::crockford::BASE32;

const VERSION: u8 = 1;
const CHECK_BYTES: usize = 4;

/// The shortest code has a one-letter host. What is much shorter is something else.
const CODE_CHARS_MIN: usize = 60;

/// A code of a version below 8 begins with this, which is looked at first: everything that begins otherwise is other text.
const FIRST: [char; 2] = ['0', 'O'];

/// An invitation's secret and the relay where its bundle waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    /// The secret. Whoever has it can use the invitation.
    pub secret: Secret,
    /// Who made it.
    pub coordinator: CoordinatorMark,
    /// Where.
    pub relay: RelayAddress,
}

/// Tells a coordinator's device from any other: the first 16 bytes of `H("coordinator", device key)`. Enough, as a forger
/// must meet one mark and not find any two that are alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CoordinatorMark(pub(crate) [u8; 16]);

impl CoordinatorMark {
    /// The mark of a device.
    #[must_use]
    pub fn of(device: &PublicKey<Device>) -> Self {
        let mut mark = [0; 16];
        let hash = Hash::tagged("coordinator", &[&device.0]);
        mark.copy_from_slice(hash.0.split_at(16).0);
        Self(mark)
    }
}

/// Why a text is no invitation code. What says more about it is greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum NotACode {
    /// It is too short, too long, or has characters that no code has.
    #[error("this is not an invitation code")]
    Form,
    /// It was changed on the way.
    #[error("the invitation code has a typing error")]
    Checksum,
    /// It is in order, but for a newer program.
    #[error("the invitation code was made by a newer version")]
    Version,
}

impl Code {
    /// The code's text: capitals and digits, which a QR code holds compactly.
    #[must_use]
    pub fn to_text(&self) -> Zeroizing<String> {
        let place = self.relay.place();
        let fixed = 1 + 16 + 16 + 32 + CHECK_BYTES;
        // Of its whole size: one that grows leaves the secret behind.
        let mut bytes = Zeroizing::new(Vec::with_capacity(fixed + place.len()));
        bytes.push(VERSION);
        bytes.extend_from_slice(self.secret.bytes());
        bytes.extend_from_slice(&self.coordinator.0);
        bytes.extend_from_slice(&self.relay.key().0);
        bytes.extend_from_slice(place.as_bytes());
        let check = check(&bytes);
        bytes.extend_from_slice(&check);
        Zeroizing::new(BASE32.encode(&bytes))
    }
}

impl FromStr for Code {
    type Err = NotACode;

    /// Reads a code, however it was handed on: see [`pasted`].
    fn from_str(text: &str) -> Result<Self, NotACode> {
        pasted::find(text, Self::read).map_err(|error| error.unwrap_or(NotACode::Form))
    }
}

impl Code {
    fn read(code: &str) -> Result<Self, NotACode> {
        if code.len() < CODE_CHARS_MIN || !code.starts_with(FIRST) {
            return Err(NotACode::Form);
        }
        // A lost or added character can leave bits over; that is a typing error too.
        let bytes = BASE32.decode(code.as_bytes()).map_err(|error| {
            if error.kind == data_encoding::DecodeKind::Symbol {
                NotACode::Form
            } else {
                NotACode::Checksum
            }
        })?;
        let bytes = Zeroizing::new(bytes);
        let (body, sum) = bytes
            .split_last_chunk::<CHECK_BYTES>()
            .ok_or(NotACode::Form)?;
        if check(body) != *sum {
            return Err(NotACode::Checksum);
        }
        let (&version, rest) = body.split_first().ok_or(NotACode::Form)?;
        if version != VERSION {
            return Err(NotACode::Version);
        }
        let (secret, rest) = rest.split_first_chunk::<16>().ok_or(NotACode::Form)?;
        let (mark, rest) = rest.split_first_chunk::<16>().ok_or(NotACode::Form)?;
        let (key, place) = rest.split_first_chunk::<32>().ok_or(NotACode::Form)?;
        let place = core::str::from_utf8(place).map_err(|_: Utf8Error| NotACode::Form)?;
        let relay = RelayAddress::at(place, PublicKey::from_bytes(*key))
            .map_err(|_: NotAnAddress| NotACode::Form)?;
        Ok(Self {
            secret: Secret::new(secret),
            coordinator: CoordinatorMark(*mark),
            relay,
        })
    }
}

fn check(body: &[u8]) -> [u8; CHECK_BYTES] {
    let [a, b, c, d, ..] = Hash::tagged("code", &[body]).0;
    [a, b, c, d]
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn code() -> Code {
        Code {
            secret: Secret::new(&[0xa7; 16]),
            coordinator: CoordinatorMark([0x3c; 16]),
            relay: RelayAddress::new("relay.example.org", 4433, PublicKey::from_bytes([5; 32]))
                .unwrap(),
        }
    }

    #[test]
    fn a_code_is_about_a_line_and_reads_back_however_it_was_copied() {
        let text = code().to_text();
        assert!(text.len() <= 156, "{} characters", text.len());
        let spaced: String = text
            .char_indices()
            .flat_map(|(at, c)| [(at % 5 == 0).then_some('-'), Some(c)])
            .flatten()
            .collect();
        for form in [text.to_string(), text.to_lowercase(), spaced] {
            assert_eq!(form.parse::<Code>(), Ok(code()));
        }
        let looks_alike = text.replace('0', "O").replace('1', "l");
        assert_eq!(looks_alike.parse::<Code>(), Ok(code()));
    }

    /// Where it came out of a chat, was read from paper, or was typed on a Cyrillic keyboard. More of it is tested where
    /// such texts are read.
    #[test]
    fn a_code_is_read_out_of_what_people_paste() {
        let text = code().to_text();
        let (start, end) = text.split_at(70);
        let cyrillic = text.replace('C', "С").replace('H', "н").replace('K', "к");
        for pasted in [
            format!("Код: {}.", *text),
            format!("код приглашения:{start}\n{end}\nНина"),
            format!("> {start}\n> {end}"),
            format!("«{start}\u{200b}{end}»"),
            format!("\u{feff}{start}\u{ad}{end}\u{202c}"),
            format!("join with {start} {end} before Sunday"),
            cyrillic,
            text.chars()
                .map(|c| char::from_u32(u32::from(c) + 0xfee0).unwrap())
                .collect(),
        ] {
            assert_eq!(pasted.parse::<Code>(), Ok(code()), "{pasted}");
        }
        for wrong in [
            format!("{start}ж{end}"),
            format!("{start}\n{}", &end[1..]),
            format!("код: {end}{start}"),
        ] {
            assert!(wrong.parse::<Code>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn every_typing_error_is_noticed() {
        let text = code().to_text();
        for at in 0..text.len() {
            for now in ['7', 'Q'] {
                let mut wrong = text.to_string();
                wrong.replace_range(at..=at, &now.to_string());
                if *wrong != **text {
                    assert!(wrong.parse::<Code>().is_err(), "{at}");
                }
            }
            let mut lost = text.to_string();
            lost.remove(at);
            assert!(lost.parse::<Code>().is_err());
        }
        assert_eq!("".parse::<Code>(), Err(NotACode::Form));
        assert_eq!("hello, world".parse::<Code>(), Err(NotACode::Form));
    }
}
