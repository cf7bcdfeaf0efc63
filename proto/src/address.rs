//! A relay's address: where it is, and the key that proves it. Written
//! `bellrope://HOST:PORT/KEY`, where KEY is the relay's 32-byte public key and four bytes of a hash
//! over all of it, in lower-case base32 without padding: a mistyped address is noticed before
//! anything is sent.

use core::{fmt, str::FromStr};

use data_encoding::BASE32_NOPAD;
use serde::{Deserialize, Serialize};

use crate::{
    ids::Hash,
    limits::HOST_CHARS_MAX,
    signing::{PublicKey, Relay},
};

const SCHEME: &str = "bellrope://";
const CHECK_BYTES: usize = 4;

/// Where a relay is and which key it must prove.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RelayAddress {
    host: String,
    port: u16,
    key: PublicKey<Relay>,
}

/// Why a text is no relay address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
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
    /// [`NotAnAddress::Form`] for a host that is empty, too long, or has characters no host has.
    pub fn new(host: &str, port: u16, key: PublicKey<Relay>) -> Result<Self, NotAnAddress> {
        let host = host
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'))
            .unwrap_or(host)
            .to_ascii_lowercase();
        let allowed = |c: char| c.is_ascii_alphanumeric() || "-._:".contains(c);
        if host.is_empty() || host.len() > HOST_CHARS_MAX || !host.chars().all(allowed) || port == 0
        {
            return Err(NotAnAddress::Form);
        }
        Ok(Self { host, port, key })
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

    fn from_str(text: &str) -> Result<Self, NotAnAddress> {
        let rest = text.trim().strip_prefix(SCHEME).ok_or(NotAnAddress::Form)?;
        let (place, key) = rest.split_once('/').ok_or(NotAnAddress::Form)?;
        let (host, port) = place.rsplit_once(':').ok_or(NotAnAddress::Form)?;
        let port = port.parse().map_err(|_| NotAnAddress::Form)?;
        let bytes = BASE32_NOPAD
            .decode(key.to_ascii_uppercase().as_bytes())
            .map_err(|_| NotAnAddress::Checksum)?;
        let (key, check) = bytes
            .split_first_chunk::<32>()
            .ok_or(NotAnAddress::Checksum)?;
        let address = Self::new(host, port, PublicKey::from_bytes(*key))?;
        if address.check() == check {
            Ok(address)
        } else {
            Err(NotAnAddress::Checksum)
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;

    #[test]
    fn an_address_is_read_as_it_was_written() {
        for host in ["relay.example.org", "127.0.0.1", "2001:db8::1"] {
            let address = RelayAddress::new(host, 4433, PublicKey::from_bytes([5; 32])).unwrap();
            assert_eq!(address.to_string().parse(), Ok(address));
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
