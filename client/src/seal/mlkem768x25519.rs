//! The outer layer's keys: the `mlkem768x25519` recipient of the C2SP age specification, which the
//! age crate does not have, over hpke's X-Wing (KEM 0x647a, HKDF-SHA256, ChaCha20Poly1305).

use std::array::TryFromSliceError;
use std::collections::HashSet;
use std::fmt;

use age::secrecy::{ExposeSecret, SecretString};
use age::{DecryptError, EncryptError};
use age_core::format::{FILE_KEY_BYTES, FileKey, Stanza};
use data_encoding::BASE64_NOPAD;
use hpke::aead::ChaCha20Poly1305;
use hpke::kdf::HkdfSha256;
use hpke::kem::XWing;
use hpke::{Deserializable, HpkeError, Kem, OpModeR, OpModeS, Serializable};
use zeroize::Zeroizing;

use super::{NotAKey, point, text};
use crate::secret::Seed;

const TAG: &str = "mlkem768x25519";
const INFO: &[u8] = b"age-encryption.org/mlkem768x25519";
/// age refuses to mix recipients whose labels differ: nobody can be added to the outer layer by
/// whom a quantum computer would get in.
const LABEL: &str = "postquantum";
const PUBLIC_PREFIX: &str = "age1pq";
const SECRET_PREFIX: &str = "age-secret-key-pq-";
const AEAD_TAG_BYTES: usize = 16;

type PublicKey = <XWing as Kem>::PublicKey;
type PrivateKey = <XWing as Kem>::PrivateKey;
type EncappedKey = <XWing as Kem>::EncappedKey;

/// The secret half of an epoch's key.
#[derive(Clone)]
pub struct EpochIdentity(Seed);

impl EpochIdentity {
    /// Makes a new key from the system's randomness.
    #[must_use]
    pub fn generate() -> Self {
        // As the library makes one (draft-connolly-cfrg-xwing-kem, section 5.2): any 32 random bytes.
        Self(Seed::random())
    }

    /// Takes a stored key: any 32 bytes are one.
    #[must_use]
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(Seed::new(seed))
    }

    /// The 32 bytes to store.
    #[must_use]
    pub fn seed(&self) -> &[u8; 32] {
        self.0.bytes()
    }

    /// Reads `AGE-SECRET-KEY-PQ-1...`.
    ///
    /// # Errors
    /// [`NotAKey`] for any other text.
    pub fn from_text(written: &SecretString) -> Result<Self, NotAKey> {
        let bytes = text::decode(SECRET_PREFIX, written.expose_secret()).ok_or(NotAKey)?;
        let seed = bytes.as_slice().try_into();
        seed.map(Self::from_seed)
            .map_err(|_: TryFromSliceError| NotAKey)
    }

    /// Writes `AGE-SECRET-KEY-PQ-1...`, which an age tool of the year 2025 or later reads.
    #[must_use]
    pub fn to_text(&self) -> SecretString {
        text::encode_secret(SECRET_PREFIX, self.seed()).into()
    }

    /// The public half.
    #[must_use]
    pub fn to_recipient(&self) -> EpochRecipient {
        EpochRecipient::new(XWing::sk_to_pk(&self.private()))
    }

    fn private(&self) -> PrivateKey {
        PrivateKey::from_bytes(self.seed()).expect("a private key is any 32 bytes")
    }

    /// `None`: this key does not fit. An error: the stanza breaks the specification.
    fn unwrap(&self, stanza: &Stanza) -> Option<Result<FileKey, DecryptError>> {
        let Some(enc) = parse(stanza) else {
            return Some(Err(DecryptError::InvalidHeader));
        };
        let opened = hpke::single_shot_open::<ChaCha20Poly1305, HkdfSha256, XWing>(
            &OpModeR::Base,
            &self.private(),
            &enc,
            INFO,
            &stanza.body,
            b"",
        );
        // X-Wing turns a wrong key into a random secret, so only the tag tells that it was wrong.
        let opened = Zeroizing::new(opened.ok()?);
        Some(
            FileKey::try_init_with_mut(|key| {
                let bytes = <&[u8; FILE_KEY_BYTES]>::try_from(opened.as_slice())?;
                key.copy_from_slice(bytes);
                Ok(())
            })
            .map_err(|_: TryFromSliceError| DecryptError::InvalidHeader),
        )
    }
}

/// The stanza's encapsulated key, if the stanza is as the specification says.
fn parse(stanza: &Stanza) -> Option<EncappedKey> {
    let [argument] = stanza.args.as_slice() else {
        return None;
    };
    // This decoder refuses padding and stray trailing bits, so each value has one spelling.
    let enc = BASE64_NOPAD.decode(argument.as_bytes()).ok()?;
    // X-Wing itself has no opinion on a zero X25519 secret; the C2SP vectors refuse it.
    if point::is_low_order(enc.last_chunk()?) {
        return None;
    }
    // Before decrypting: a longer body could be made to open under several keys and so tell,
    // by who reacts, which key somebody holds.
    if stanza.body.len() != FILE_KEY_BYTES + AEAD_TAG_BYTES {
        return None;
    }
    EncappedKey::from_bytes(&enc).ok()
}

impl age::Identity for EpochIdentity {
    fn unwrap_stanza(&self, stanza: &Stanza) -> Option<Result<FileKey, DecryptError>> {
        if stanza.tag == TAG {
            self.unwrap(stanza)
        } else {
            None
        }
    }
}

impl fmt::Debug for EpochIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EpochIdentity(..)")
    }
}

/// The public half of an epoch's key, as defenders get it.
#[derive(Clone, PartialEq, Eq)]
pub struct EpochRecipient {
    key: PublicKey,
    bytes: Box<[u8]>,
}

impl EpochRecipient {
    /// Length in bytes: 1184 of ML-KEM-768 and 32 of X25519.
    pub const LEN: usize = 1216;

    fn new(key: PublicKey) -> Self {
        let bytes = key.to_bytes().as_slice().into();
        Self { key, bytes }
    }

    /// Takes a received key.
    ///
    /// # Errors
    /// [`NotAKey`] for another length and for what FIPS 203 refuses as an encapsulation key.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, NotAKey> {
        let key = PublicKey::from_bytes(bytes).map_err(|_: HpkeError| NotAKey)?;
        let bytes = bytes.into();
        Ok(Self { key, bytes })
    }

    /// The [`Self::LEN`] bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Reads `age1pq1...`.
    ///
    /// # Errors
    /// [`NotAKey`] for any other text and for what [`Self::from_bytes`] refuses.
    pub fn from_text(written: &str) -> Result<Self, NotAKey> {
        let bytes = text::decode(PUBLIC_PREFIX, written).ok_or(NotAKey)?;
        Self::from_bytes(&bytes)
    }

    /// Writes `age1pq1...`: 1,959 characters.
    #[must_use]
    pub fn to_text(&self) -> String {
        text::encode(PUBLIC_PREFIX, &self.bytes)
    }
}

impl age::Recipient for EpochRecipient {
    fn wrap_file_key(
        &self,
        file_key: &FileKey,
    ) -> Result<(Vec<Stanza>, HashSet<String>), EncryptError> {
        let (enc, body) = hpke::single_shot_seal::<ChaCha20Poly1305, HkdfSha256, XWing>(
            &OpModeS::Base,
            &self.key,
            INFO,
            file_key.expose_secret(),
            b"",
        )
        .map_err(|error| EncryptError::Io(std::io::Error::other(error.to_string())))?;
        let stanza = Stanza {
            tag: TAG.to_owned(),
            args: vec![BASE64_NOPAD.encode(&enc.to_bytes())],
            body,
        };
        Ok((vec![stanza], HashSet::from([LABEL.to_owned()])))
    }
}

impl fmt::Debug for EpochRecipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let short: String = self.to_text().chars().take(20).collect();
        write!(f, "EpochRecipient({short}..)")
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    use age::{Identity as _, Recipient as _};

    #[test]
    fn the_specifications_example_has_its_recipient() {
        let written =
            "AGE-SECRET-KEY-PQ-1XX76JRALNLXDMEW0CRK45QMCCH4X06SE84UN3VPM33W6HWDX0H3SK3ZQFR";
        let identity = EpochIdentity::from_text(&written.into()).unwrap();
        assert_eq!(identity.to_text().expose_secret(), written);
        let recipient = identity.to_recipient().to_text();
        assert!(recipient.starts_with(
            "age1pq1x34nzsvr0rxjsgdn8zgyhfe8j7ceq5r9rdelkjuh3y235jzxshfg87pzf5zrqtzdxz95paef6caq5a"
        ));
        assert_eq!(recipient.len(), 1959);
    }

    #[test]
    fn seeds_bytes_and_texts_return() {
        let identity = EpochIdentity::generate();
        let recipient = identity.to_recipient();
        assert_eq!(recipient.as_bytes().len(), EpochRecipient::LEN);
        let again = EpochIdentity::from_seed(identity.seed());
        assert_eq!(again.to_recipient(), recipient);
        let read = EpochIdentity::from_text(&identity.to_text()).unwrap();
        assert_eq!(read.seed(), identity.seed());
        assert_eq!(
            EpochRecipient::from_bytes(recipient.as_bytes()),
            Ok(recipient.clone())
        );
        assert_eq!(
            EpochRecipient::from_text(&recipient.to_text()),
            Ok(recipient)
        );
        assert_eq!(format!("{identity:?}"), "EpochIdentity(..)");
    }

    #[test]
    fn bytes_that_are_no_key_are_refused() {
        for bytes in [vec![], vec![0; 1215], vec![0; 1217], vec![0xff; 1216]] {
            assert_eq!(EpochRecipient::from_bytes(&bytes), Err(NotAKey));
        }
    }

    #[test]
    fn a_stanza_is_as_the_specification_says() {
        let identity = EpochIdentity::generate();
        let file_key = FileKey::new(Box::new([7; FILE_KEY_BYTES]));
        let (stanzas, labels) = identity.to_recipient().wrap_file_key(&file_key).unwrap();
        assert_eq!(labels, HashSet::from(["postquantum".to_owned()]));
        let [stanza] = stanzas.as_slice() else {
            unreachable!("one recipient, one stanza")
        };
        assert_eq!(stanza.tag, "mlkem768x25519");
        assert_eq!(stanza.args.len(), 1);
        assert_eq!(stanza.args.first().unwrap().len(), 1494);
        assert_eq!(stanza.body.len(), 32);

        let opened = identity.unwrap_stanza(stanza).unwrap().unwrap();
        assert_eq!(opened.expose_secret(), file_key.expose_secret());
        assert!(EpochIdentity::generate().unwrap_stanza(stanza).is_none());
    }

    #[test]
    fn nobody_without_the_label_joins_the_outer_layer() {
        let epoch = EpochIdentity::generate().to_recipient();
        let classical = age::x25519::Identity::generate().to_public();
        let both: [&dyn age::Recipient; 2] = [&epoch, &classical];
        let refused = age::Encryptor::with_recipients(both.into_iter());
        assert!(matches!(
            refused,
            Err(EncryptError::IncompatibleRecipients { .. })
        ));
    }
}
