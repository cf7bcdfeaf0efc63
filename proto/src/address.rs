//! A relay's address: where it is, and the key that proves it. Written
//! `bellrope://HOST:PORT/KEY`, where KEY is the relay's 32-byte public key and four bytes of a hash
//! over all of it, in lower-case base32 without padding: a mistyped address is noticed before
//! anything is sent.

use core::{fmt, net::Ipv6Addr, str::FromStr};

use data_encoding::BASE32_NOPAD;
use serde::{Deserialize, Serialize};

use crate::{
    ids::Hash,
    limits::HOST_CHARS_MAX,
    pasted::{self, base32},
    signing::{PublicKey, Relay},
};

const SCHEME: &str = "bellrope://";
const CHECK_BYTES: usize = 4;

/// Where a relay is and which key it must prove. What is decoded has the one spelling of its place, as what is made here has: whoever
/// signs a roster or a view could name anything else, and every client would take it to a resolver.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Parts")]
pub struct RelayAddress {
    host: String,
    port: u16,
    key: PublicKey<Relay>,
}

/// An address as it travels.
#[derive(Deserialize)]
struct Parts {
    host: String,
    port: u16,
    key: PublicKey<Relay>,
}

impl TryFrom<Parts> for RelayAddress {
    type Error = NotAnAddress;

    fn try_from(parts: Parts) -> Result<Self, NotAnAddress> {
        let address = Self::new(&parts.host, parts.port, parts.key)?;
        if address.host == parts.host {
            Ok(address)
        } else {
            Err(NotAnAddress::Form)
        }
    }
}

/// Why a text is no relay address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum NotAnAddress {
    /// It has another form.
    #[error("a relay address looks like bellrope://HOST:PORT/KEY")]
    Form,
    /// It has the form but was changed on the way.
    #[error("the address has a typing error: its checksum does not match")]
    Checksum,
}

impl RelayAddress {
    /// An address from its parts. `host` is a name or an IP address, IPv6 in brackets or not.
    ///
    /// # Errors
    /// [`NotAnAddress::Form`] for a host that is empty, too long, or has characters no host has, and for one with a port.
    pub fn new(host: &str, port: u16, key: PublicKey<Relay>) -> Result<Self, NotAnAddress> {
        let inside = host
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'));
        let host = match inside {
            Some(number) => ipv6(number),
            None if host.contains(':') => ipv6(host),
            None => name(host),
        };
        let host = host.filter(|_| port != 0).ok_or(NotAnAddress::Form)?;
        Ok(Self { host, port, key })
    }

    /// An address from `HOST:PORT`, as [`Self::place`] writes it, and a key.
    ///
    /// # Errors
    /// [`NotAnAddress::Form`]: also for an IPv6 address without its brackets, of which nobody knows where the port begins.
    pub fn at(place: &str, key: PublicKey<Relay>) -> Result<Self, NotAnAddress> {
        let (host, port) = place.rsplit_once(':').ok_or(NotAnAddress::Form)?;
        // Not left to the number's own reading, which takes a sign.
        let digits = port.bytes().all(|digit| digit.is_ascii_digit());
        if !digits || (host.contains(':') && !host.starts_with('[')) {
            return Err(NotAnAddress::Form);
        }
        Self::new(host, port.parse().map_err(|_| NotAnAddress::Form)?, key)
    }

    /// Name or IP address, without brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// UDP port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The key that the relay must prove.
    #[must_use]
    pub fn key(&self) -> PublicKey<Relay> {
        self.key
    }

    fn check(&self) -> [u8; CHECK_BYTES] {
        let hash = Hash::tagged("address", &[self.place().as_bytes(), b"/", &self.key.0]);
        let [a, b, c, d, ..] = hash.0;
        [a, b, c, d]
    }

    /// `HOST:PORT`, with brackets where they are needed.
    #[must_use]
    pub fn place(&self) -> String {
        if self.host.contains(':') {
            format!("[{}]:{}", self.host, self.port)
        } else {
            format!("{}:{}", self.host, self.port)
        }
    }
}

impl fmt::Display for RelayAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = BASE32_NOPAD.encode(&[self.key.0.as_slice(), &self.check()].concat());
        write!(f, "{SCHEME}{}/{}", self.place(), key.to_ascii_lowercase())
    }
}

impl FromStr for RelayAddress {
    type Err = NotAnAddress;

    /// Reads an address, however it was handed on: see [`pasted`].
    fn from_str(text: &str) -> Result<Self, NotAnAddress> {
        let plain = pasted::plain(text).ok_or(NotAnAddress::Form)?;
        // The slash before the key is the first one behind a place; the scheme has two of its own.
        let slashes = plain.match_indices('/');
        let (place, key) = slashes
            .map(|(at, slash)| (&plain[..at], &plain[at + slash.len()..]))
            .find_map(|(before, key)| Some((place_in(before)?, key)))
            .ok_or(NotAnAddress::Form)?;
        // What is wrong with the place is known without the key.
        Self::at(&place, PublicKey::from_bytes([0; 32]))?;
        let read = |code: &str| {
            let bytes = base32(code).map_err(|_| NotAnAddress::Checksum)?;
            let (key, check) = bytes
                .split_first_chunk::<32>()
                .ok_or(NotAnAddress::Checksum)?;
            let address = Self::at(&place, PublicKey::from_bytes(*key))?;
            if address.check() == check {
                Ok(address)
            } else {
                Err(NotAnAddress::Checksum)
            }
        };
        pasted::find_in(key, read).map_err(|error| error.unwrap_or(NotAnAddress::Form))
    }
}

/// The one spelling of a host's name, or of an IPv4 address.
fn name(text: &str) -> Option<String> {
    let is_of_one = |c: char| c.is_ascii_alphanumeric() || "-._".contains(c);
    let fits = (1..=HOST_CHARS_MAX).contains(&text.len()) && text.chars().all(is_of_one);
    fits.then(|| text.to_ascii_lowercase())
}

/// The one spelling of an IPv6 address, of RFC 5952.
fn ipv6(text: &str) -> Option<String> {
    let number: Ipv6Addr = text.parse().ok()?;
    Some(number.to_string())
}

/// What stands behind the scheme, without what came between its characters.
fn place_in(before_key: &str) -> Option<String> {
    let joined = before_key.replace(' ', "").to_ascii_lowercase();
    let (_, place) = joined.rsplit_once(SCHEME)?;
    (!place.is_empty() && !place.starts_with('/')).then(|| place.to_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;
    use crate::codec;

    #[test]
    fn an_address_is_read_as_it_was_written() {
        for host in ["relay.example.org", "127.0.0.1", "2001:db8::1"] {
            let address = RelayAddress::new(host, 4433, PublicKey::from_bytes([5; 32])).unwrap();
            assert_eq!(address.to_string().parse(), Ok(address));
        }
    }

    #[test]
    fn a_place_is_refused_that_can_be_read_in_two_ways_or_in_none() {
        let key = PublicKey::from_bytes([5; 32]);
        for good in ["relay.example.org:443", "192.0.2.7:1", "[2001:db8::1]:443"] {
            assert_eq!(RelayAddress::at(good, key).unwrap().place(), good);
        }
        for bad in [
            "relay.example.org",
            "relay.example.org:",
            "relay.example.org:+443",
            "relay.example.org: 443",
            "relay.example.org:-1",
            "relay.example.org:443:443",
            "2001:db8::1:443",
            "[2001:db8::1]",
            "[2001:db8::1:443",
            "[relay.example.org]:443",
            "[]:443",
            ":443",
            "relay.example.org:0",
            "relay.example.org:65536",
            "https://relay.example.org:443",
            "a b:443",
        ] {
            assert_eq!(RelayAddress::at(bad, key), Err(NotAnAddress::Form), "{bad}");
        }
        for host in ["relay.example.org:443", "[::1", "::1]", "[a]", "1:2", ""] {
            assert!(RelayAddress::new(host, 443, key).is_err(), "{host}");
        }
    }

    #[test]
    fn what_is_decoded_has_one_spelling() {
        let key = PublicKey::<Relay>::from_bytes([5; 32]);
        let decode = |host: &str, port: u16| {
            codec::decode::<RelayAddress>(&codec::encode(&(host, port, key)))
        };
        let longest = "a".repeat(HOST_CHARS_MAX);
        for host in [
            "relay.example.org",
            "192.0.2.7",
            "2001:db8::1",
            "::ffff:192.0.2.7",
            &longest,
        ] {
            let address = RelayAddress::new(host, 443, key).unwrap();
            assert_eq!(decode(host, 443), Ok(address), "{host}");
            assert!(decode(host, 0).is_err(), "{host}");
        }
        let longer = "a".repeat(HOST_CHARS_MAX + 1);
        for host in [
            "",
            "Relay.example.org",
            "relay example.org",
            "relay.example.org:443",
            "ретранслятор.example.org",
            "relay\n.example.org",
            "[2001:db8::1]",
            "2001:DB8::1",
            "2001:db8:0::1",
            "2001:0db8::1",
            "::ffff:c000:207",
            "fe80::1%eth0",
            &longer,
        ] {
            assert!(decode(host, 443).is_err(), "{host}");
        }
    }

    #[test]
    fn one_place_has_one_address() {
        let key = PublicKey::from_bytes([5; 32]);
        let one = RelayAddress::new("2001:db8::1", 443, key);
        for spelling in ["2001:DB8::1", "[2001:0db8:0:0::1]", "2001:db8:0:0:0:0:0:1"] {
            assert_eq!(RelayAddress::new(spelling, 443, key), one, "{spelling}");
        }
    }

    #[test]
    fn an_address_is_read_out_of_what_was_pasted() {
        let key = PublicKey::from_bytes([5; 32]);
        for host in ["relay.example.org", "2001:db8::1"] {
            let address = RelayAddress::new(host, 4433, key).unwrap();
            let text = address.to_string();
            let (start, end) = text.split_at(text.len() - 20);
            let dashed = text.replace('-', "–");
            let wide = text
                .replace(':', "：")
                .replace('/', "／")
                .replace('.', "．");
            for pasted in [
                format!("Адрес: {text}."),
                format!("<{text}>"),
                format!("«{text}» и ещё https://example.org/help"),
                format!("see https://example.org/a first, then {text}\nThank you!"),
                format!("> {start}\n> {end}\n"),
                format!("\u{feff}{start}\u{200b}{end}\u{202c}"),
                text.to_uppercase(),
                text.replace('a', "а").replace('e', "е").replace('o', "о"),
                dashed,
                wide,
            ] {
                assert_eq!(pasted.parse(), Ok(address.clone()), "{pasted}");
            }
            for wrong in [format!("{start}{}", &end[1..]), format!("{start}ж{end}")] {
                assert!(wrong.parse::<RelayAddress>().is_err(), "{wrong}");
            }
        }
    }

    #[test]
    fn every_single_changed_character_is_noticed() {
        let address =
            RelayAddress::new("relay.example.org", 4433, PublicKey::from_bytes([5; 32])).unwrap();
        let text = address.to_string();
        for (at, was) in text.char_indices() {
            let now = if was == 'a' { 'b' } else { 'a' };
            let mut changed = text.clone();
            changed.replace_range(at..=at, &now.to_string());
            assert!(changed.parse::<RelayAddress>().is_err(), "{changed}");
        }
    }
}
