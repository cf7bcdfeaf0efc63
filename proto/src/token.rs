//! A host's token as text, for handing to a coordinator: `brt1-` and base32 (RFC 4648, lower case, no padding) of the signed
//! token and four bytes of its hash, so that a typing error is noticed before anything is sent.

use data_encoding::{BASE32_NOPAD, DecodeKind};

use crate::{codec, grant::HostToken, ids::Hash, signing::Signed};

const PREFIX: &str = "brt1-";
const CHECK_BYTES: usize = 4;
/// A token is 148 bytes.
const TEXT_CHARS_MAX: usize = 600;

/// Why a text is no token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAToken {
    /// It does not begin with `brt1-`, or has characters that no token has.
    #[error("this is not a token: one begins with {PREFIX}")]
    Form,
    /// It was changed on the way.
    #[error("the token has a typing error")]
    Checksum,
}

/// The text of a token.
#[must_use]
pub fn to_text(token: &Signed<HostToken>) -> String {
    let mut bytes = codec::encode(token);
    let check = check(&bytes);
    bytes.extend_from_slice(&check);
    format!(
        "{PREFIX}{}",
        BASE32_NOPAD.encode(&bytes).to_ascii_lowercase()
    )
}

/// Reads a token's text. Its signature is not checked.
///
/// # Errors
/// [`NotAToken`].
pub fn parse(text: &str) -> Result<Signed<HostToken>, NotAToken> {
    let text: String = text.split_whitespace().collect();
    if text.len() > TEXT_CHARS_MAX {
        return Err(NotAToken::Form);
    }
    let body = text
        .to_ascii_lowercase()
        .strip_prefix(PREFIX)
        .ok_or(NotAToken::Form)?
        .to_ascii_uppercase();
    let bytes = BASE32_NOPAD.decode(body.as_bytes()).map_err(|error| {
        if error.kind == DecodeKind::Symbol {
            NotAToken::Form
        } else {
            NotAToken::Checksum
        }
    })?;
    let (body, sum) = bytes
        .split_last_chunk::<CHECK_BYTES>()
        .ok_or(NotAToken::Form)?;
    if check(body) != *sum {
        return Err(NotAToken::Checksum);
    }
    codec::decode(body).map_err(|_| NotAToken::Form)
}

fn check(body: &[u8]) -> [u8; CHECK_BYTES] {
    let [a, b, c, d, ..] = Hash::tagged("token", &[body]).0;
    [a, b, c, d]
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::{
        ids::{Timestamp, TokenId},
        signing::{PublicKey, RelayToken, SecretKey},
    };

    #[test]
    fn reads_back_and_notices_every_typing_error() {
        let key = SecretKey::<RelayToken>::from_seed(&[1; 32]);
        let token = key.sign(&HostToken {
            relay: PublicKey::from_bytes([3; 32]),
            id: TokenId([2; 16]),
            quota_bytes: 1 << 26,
            expires: Timestamp(1_800_000_000),
            mailbox_ends: Timestamp(1_900_000_000),
        });
        let text = to_text(&token);
        assert_eq!(parse(&format!(" {text}\n")), Ok(token.clone()));
        assert_eq!(parse(&text.to_uppercase()), Ok(token));
        for at in PREFIX.len()..text.len() {
            let mut wrong = text.clone();
            let other = if wrong.get(at..=at) == Some("a") {
                "b"
            } else {
                "a"
            };
            wrong.replace_range(at..=at, other);
            assert!(parse(&wrong).is_err(), "{at}");
        }
        assert_eq!(parse("hello"), Err(NotAToken::Form));
    }
}
