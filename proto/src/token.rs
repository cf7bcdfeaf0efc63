//! A host's token as text, for handing to a coordinator: `brt1-` and base32 (RFC 4648, lower case, no padding) of the signed
//! token and four bytes of its hash, so that a typing error is noticed before anything is sent.

use data_encoding::{BASE32_NOPAD, DecodeKind};

use crate::{
    codec,
    grant::HostToken,
    ids::Hash,
    pasted::{self, base32},
    signing::Signed,
};

const PREFIX: &str = "brt1-";
/// The same as it is read: in capitals, with what looks like its 1.
const PREFIXES: [&str; 3] = ["BRT1", "BRTI", "BRTL"];
const CHECK_BYTES: usize = 4;

/// Why a text is no token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
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

/// Reads a token, however it was handed on: see [`pasted`]. Its signature is not checked.
///
/// # Errors
/// [`NotAToken`].
pub fn parse(text: &str) -> Result<Signed<HostToken>, NotAToken> {
    pasted::find(text, read).map_err(|error| error.unwrap_or(NotAToken::Form))
}

fn read(code: &str) -> Result<Signed<HostToken>, NotAToken> {
    let mut prefixes = PREFIXES.iter();
    let body = prefixes.find_map(|prefix| code.strip_prefix(prefix));
    let bytes = base32(body.ok_or(NotAToken::Form)?).map_err(|error| {
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
    use proptest::prelude::*;

    use super::*;
    use crate::{
        ids::{Timestamp, TokenId},
        pasted::tests::handed_on,
        signing::{PublicKey, RelayToken, SecretKey},
    };

    fn token() -> Signed<HostToken> {
        let key = SecretKey::<RelayToken>::from_seed(&[1; 32]);
        key.sign(&HostToken {
            relay: PublicKey::from_bytes([3; 32]),
            id: TokenId([2; 16]),
            quota_bytes: 1 << 26,
            expires: Timestamp(1_800_000_000),
            mailbox_ends: Timestamp(1_900_000_000),
        })
    }

    fn wrong(at: usize, text: &str) -> String {
        let other = if text.get(at..=at) == Some("a") {
            "b"
        } else {
            "a"
        };
        let mut wrong = text.to_owned();
        wrong.replace_range(at..=at, other);
        wrong
    }

    proptest! {
        #[test]
        fn a_token_is_read_however_it_was_handed_on(text in handed_on(&to_text(&token()))) {
            prop_assert_eq!(parse(&text), Ok(token()));
        }

        #[test]
        fn no_way_of_handing_on_makes_a_wrong_token_right(
            text in handed_on(&wrong(100, &to_text(&token()))),
        ) {
            prop_assert_eq!(parse(&text), Err(NotAToken::Checksum));
        }
    }

    #[test]
    fn reads_back_and_notices_every_typing_error() {
        let token = token();
        let text = to_text(&token);
        assert_eq!(parse(&format!(" {text}\n")), Ok(token.clone()));
        assert_eq!(parse(&text.to_uppercase()), Ok(token));
        for at in PREFIX.len()..text.len() {
            assert!(parse(&wrong(at, &text)).is_err(), "{at}");
        }
        assert_eq!(parse("hello"), Err(NotAToken::Form));
    }
}
