//! Signing keys, the domain strings, and verification; the only file that names ed25519-dalek.
//!
//! What is signed is `"bellrope/<purpose>/v1" || u64 length || bytes`, and what is verified is the
//! bytes that arrived, never a re-encoding. Verification is strict, so that a signature has one form and all
//! verifiers agree: `verify_strict` is cofactorless and refuses S ≥ L, small-order A and R, and an R that is
//! not canonical; it takes a key A that is not, which is refused here.

use core::{fmt, marker::PhantomData};

use data_encoding::HEXLOWER;
use ed25519_dalek::{Signer as _, SigningKey, VerifyingKey, pkcs8::EncodePrivateKey as _};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use zeroize::Zeroizing;

use crate::codec::{self, Blob};

/// Every use that a signature has, in one place so that no two can share a domain string. Uses
/// that only clients have are here too: one list is the defence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Purpose {
    /// A lane's proof, over one connection's TLS exporter.
    Prove,
    /// A mailbox authority grants a lane its rights.
    Grant,
    /// A mailbox authority opens its mailbox.
    Open,
    /// A mailbox authority lets another, smaller mailbox be opened on its account.
    Sponsor,
    /// A mailbox authority hands its account over to another mailbox.
    Succeed,
    /// A mailbox authority takes a lane's rights back.
    Revoke,
    /// A relay says with which keys it works.
    Keys,
    /// A relay's host allows one mailbox.
    Token,
    /// A relay has put a batch of envelopes on its disk.
    Receipt,
    /// A relay's newest head of a mailbox.
    Head,
    /// A relay's host put back an old copy of it.
    Restored,
    /// A device speaks to its group: an alert and all that follows.
    Message,
    /// A coordinator writes the roster.
    Roster,
    /// An invitation's key vouches for the device that used it.
    Claim,
    /// A device that uses an invitation has the keys that it names.
    Possession,
    /// A coordinator says what an invitation is for.
    Bundle,
    /// A coordinator lets a device in.
    Welcome,
    /// A coordinator tells a defender's device the keys in force.
    View,
    /// A coordinator does not let a device in.
    Refusal,
    /// A device has what a coordinator sent it.
    Arrival,
    /// A device is told that it is out, where its lane could not be taken back.
    Out,
    /// A device sealed a message again for who was in the group when it came.
    Passing,
    /// A coordinator tells a device what it needs of a new epoch.
    Turn,
    /// A device tells another what their people compare on a call.
    Comparison,
    /// A device agrees that somebody be put out, or made a coordinator, or not be one any more.
    Consent,
    /// A device signs for who takes the pen.
    Take,
    /// A coordinator says which others speak for an invitation that they made.
    Delegation,
    /// A coordinator entrusts another's device with what the pen needs.
    Custody,
    /// A device says that another is the same person's.
    Addition,
    /// A person's recovery key says that a device is theirs.
    Restoration,
    /// A device says which recovery key speaks for its person.
    Recovery,
    /// A member answers the sender of an alert.
    Answer,
    /// A coordinator hands an answer on, and says that whoever signed it is in the group.
    Carried,
    /// Whoever sent an alert says what is in one part of a photograph or a paper that goes with it.
    Part,
}

impl Purpose {
    fn domain(self) -> &'static [u8] {
        match self {
            Self::Prove => b"bellrope/prove/v1",
            Self::Grant => b"bellrope/grant/v1",
            Self::Open => b"bellrope/open/v1",
            Self::Sponsor => b"bellrope/sponsor/v1",
            Self::Succeed => b"bellrope/succeed/v1",
            Self::Revoke => b"bellrope/revoke/v1",
            Self::Keys => b"bellrope/keys/v1",
            Self::Token => b"bellrope/token/v1",
            Self::Receipt => b"bellrope/receipt/v1",
            Self::Head => b"bellrope/head/v1",
            Self::Restored => b"bellrope/restored/v1",
            Self::Message => b"bellrope/message/v1",
            Self::Roster => b"bellrope/roster/v1",
            Self::Claim => b"bellrope/claim/v1",
            Self::Possession => b"bellrope/possession/v1",
            Self::Bundle => b"bellrope/bundle/v1",
            Self::Welcome => b"bellrope/welcome/v1",
            Self::View => b"bellrope/view/v1",
            Self::Refusal => b"bellrope/refusal/v1",
            Self::Arrival => b"bellrope/arrival/v1",
            Self::Out => b"bellrope/out/v1",
            Self::Passing => b"bellrope/passing/v1",
            Self::Turn => b"bellrope/turn/v1",
            Self::Comparison => b"bellrope/comparison/v1",
            Self::Consent => b"bellrope/consent/v1",
            Self::Take => b"bellrope/take/v1",
            Self::Delegation => b"bellrope/delegation/v1",
            Self::Custody => b"bellrope/custody/v1",
            Self::Addition => b"bellrope/addition/v1",
            Self::Restoration => b"bellrope/restoration/v1",
            Self::Recovery => b"bellrope/recovery/v1",
            Self::Answer => b"bellrope/answer/v1",
            Self::Carried => b"bellrope/carried/v1",
            Self::Part => b"bellrope/part/v1",
        }
    }
}

/// What kind of key a key is, so that one cannot stand where another belongs.
pub trait KeyUse: Copy + Eq + Ord + core::hash::Hash + fmt::Debug + Send + Sync + 'static {}

macro_rules! key_uses {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name;
        impl KeyUse for $name {}
    )+};
}

key_uses!(
    /// Signs what a person's device says.
    Device,
    /// Proves a right to post to or read a mailbox; pseudonymous.
    Lane,
    /// Rules a mailbox; its hash is the mailbox's id.
    Authority,
    /// A relay's identity, which addresses name. Signs with which keys the relay works, and nothing else.
    Relay,
    /// A relay's TLS certificate's.
    RelayTls,
    /// Signs what a relay answers for: receipts, heads, that an old copy was put back.
    RelayLog,
    /// Signs the tokens of a relay's host.
    RelayToken,
    /// Vouches for the device that used an invitation.
    Invitation,
    /// Says for a person who has lost every device which new one is theirs, once.
    Recovery,
);

/// An Ed25519 public key (RFC 8032), 32 bytes. Not checked until it verifies something.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(bound = "")]
pub struct PublicKey<K: KeyUse>(
    #[serde(with = "codec::array")] pub [u8; 32],
    PhantomData<fn() -> K>,
);

impl<K: KeyUse> PublicKey<K> {
    /// A key from its 32 bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes, PhantomData)
    }

    /// Whether this is a key that a signature can be verified with: a point, in its one encoding, and not of small
    /// order. A key that is none must not be written down as somebody's.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        is_canonical(&self.0) && VerifyingKey::from_bytes(&self.0).is_ok_and(|key| !key.is_weak())
    }

    /// The first eight hex digits.
    #[must_use]
    pub fn short(&self) -> String {
        HEXLOWER.encode(self.0.split_at(4).0)
    }

    /// The SubjectPublicKeyInfo (RFC 8410) that a TLS certificate with this key carries.
    #[must_use]
    pub fn to_spki(&self) -> Vec<u8> {
        const PREFIX: [u8; 12] = [
            0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00,
        ];
        [PREFIX.as_slice(), &self.0].concat()
    }

    fn verify(
        &self,
        purpose: Purpose,
        bytes: &[u8],
        signature: &Signature,
    ) -> Result<(), BadSignature> {
        if !is_canonical(&self.0) {
            return Err(BadSignature);
        }
        VerifyingKey::from_bytes(&self.0)
            .and_then(|key| {
                key.verify_strict(
                    &signed_bytes(purpose, bytes),
                    &ed25519_dalek::Signature::from_bytes(&signature.to_bytes()),
                )
            })
            .map_err(|_| BadSignature)
    }
}

/// Whether a point's y is below the field's prime 2^255 - 19 (RFC 8032, section 5.1.3). The other condition, no
/// sign on an x of zero, concerns two points of small order only.
fn is_canonical(point: &[u8; 32]) -> bool {
    let [first, middle @ .., last] = point;
    *first < 0xed || last & 0x7f != 0x7f || middle.iter().any(|byte| *byte != 0xff)
}

impl<K: KeyUse> fmt::Debug for PublicKey<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({})", self.short())
    }
}

/// An Ed25519 secret key, wiped when dropped and never printed. Boxed: what is moved leaves a copy on the stack, and
/// nobody wipes that.
#[derive(Clone)]
pub struct SecretKey<K: KeyUse>(Box<SigningKey>, PhantomData<fn() -> K>);

impl<K: KeyUse> SecretKey<K> {
    /// The key of a 32-byte seed, which must come from the system's random source.
    #[must_use]
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(Box::new(SigningKey::from_bytes(seed)), PhantomData)
    }

    /// The seed, to be kept under a passphrase or in a private file.
    #[must_use]
    pub fn seed(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }

    /// The public half.
    #[must_use]
    pub fn public(&self) -> PublicKey<K> {
        PublicKey::from_bytes(self.0.verifying_key().to_bytes())
    }

    /// The key as PKCS #8 (RFC 5958), for a TLS library.
    ///
    /// # Errors
    /// [`BadSignature`] never in practice: encoding a key of fixed size does not fail.
    pub fn to_pkcs8(&self) -> Result<Zeroizing<Vec<u8>>, BadSignature> {
        let document = self.0.to_pkcs8_der().map_err(|_| BadSignature)?;
        Ok(Zeroizing::new(document.as_bytes().to_vec()))
    }

    /// Signs a statement of the kind that this key signs.
    #[must_use]
    pub fn sign<T: Statement<Signer = K>>(&self, statement: &T) -> Signed<T> {
        let bytes = codec::encode(statement);
        let signature = self.sign_bytes(T::PURPOSE, &bytes);
        Signed {
            bytes: Blob(bytes),
            signature,
            statement: PhantomData,
        }
    }

    fn sign_bytes(&self, purpose: Purpose, bytes: &[u8]) -> Signature {
        Signature::from_bytes(self.0.sign(&signed_bytes(purpose, bytes)).to_bytes())
    }
}

impl<K: KeyUse> fmt::Debug for SecretKey<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey(hidden)")
    }
}

/// Wiped, as what is signed may have a key in it.
fn signed_bytes(purpose: Purpose, bytes: &[u8]) -> Zeroizing<Vec<u8>> {
    let domain = purpose.domain();
    let length = bytes.len() as u64;
    Zeroizing::new([domain, &length.to_be_bytes(), bytes].concat())
}

/// An Ed25519 signature, 64 bytes.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature(
    #[serde(with = "codec::array")] [u8; 32],
    #[serde(with = "codec::array")] [u8; 32],
);

impl Signature {
    fn from_bytes(bytes: [u8; 64]) -> Self {
        let (mut r, mut s) = ([0; 32], [0; 32]);
        let (first, second) = bytes.split_at(32);
        r.copy_from_slice(first);
        s.copy_from_slice(second);
        Self(r, s)
    }

    fn to_bytes(self) -> [u8; 64] {
        let mut bytes = [0; 64];
        let (first, second) = bytes.split_at_mut(32);
        first.copy_from_slice(&self.0);
        second.copy_from_slice(&self.1);
        bytes
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Signature")
    }
}

/// A value that somebody signs: one purpose, one domain string, one type, one kind of key.
pub trait Statement: Serialize + DeserializeOwned {
    /// The kind of key that signs it.
    type Signer: KeyUse;
    /// Its domain.
    const PURPOSE: Purpose;
}

/// The signature does not belong to these bytes, this key and this purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the signature is not valid")]
pub struct BadSignature;

/// A statement as it was signed: the very bytes, and the signature over them.
#[derive(Serialize, Deserialize)]
#[serde(bound = "")]
pub struct Signed<T> {
    bytes: Blob,
    signature: Signature,
    statement: PhantomData<fn() -> T>,
}

impl<T: Statement> Signed<T> {
    /// The statement, if `key` signed it.
    ///
    /// # Errors
    /// [`BadSignature`] when it did not, or when the bytes are no such statement.
    pub fn verify(&self, key: &PublicKey<T::Signer>) -> Result<T, BadSignature> {
        key.verify(T::PURPOSE, &self.bytes.0, &self.signature)?;
        self.peek()
    }

    /// The statement if it was signed by the key that it names itself. Says nothing about who that
    /// is: the caller must know the key.
    ///
    /// # Errors
    /// [`BadSignature`] as in [`Self::verify`].
    pub fn verify_own(
        &self,
        key: impl FnOnce(&T) -> PublicKey<T::Signer>,
    ) -> Result<T, BadSignature> {
        let statement = self.peek()?;
        key(&statement).verify(T::PURPOSE, &self.bytes.0, &self.signature)?;
        Ok(statement)
    }

    /// The statement with nothing verified, to find out which key to ask.
    ///
    /// # Errors
    /// [`BadSignature`] when the bytes are no such statement.
    pub fn peek(&self) -> Result<T, BadSignature> {
        codec::decode(&self.bytes.0).map_err(|_| BadSignature)
    }

    /// The same once more, of a statement that was read before and kept since where nobody else writes.
    ///
    /// # Errors
    /// [`BadSignature`] when the bytes are no such statement.
    pub fn peek_again(&self) -> Result<T, BadSignature> {
        codec::decode_again(&self.bytes.0).map_err(|_| BadSignature)
    }

    /// The signature alone, for a statement that both sides can write down themselves.
    #[must_use]
    pub fn detach(&self) -> Signature {
        self.signature
    }

    /// A statement that this side wrote down, and the signature that the other sent.
    #[must_use]
    pub fn attach(statement: &T, signature: Signature) -> Self {
        Self {
            bytes: Blob(codec::encode(statement)),
            signature,
            statement: PhantomData,
        }
    }

    /// The signed bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes.0
    }
}

impl<T> Clone for Signed<T> {
    fn clone(&self) -> Self {
        Self {
            bytes: self.bytes.clone(),
            signature: self.signature,
            statement: PhantomData,
        }
    }
}

impl<T> PartialEq for Signed<T> {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes && self.signature == other.signature
    }
}

impl<T> Eq for Signed<T> {}

impl<T> fmt::Debug for Signed<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signed({} bytes)", self.bytes.0.len())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;

    #[derive(Serialize, Deserialize, Debug, PartialEq)]
    struct Said(u32);
    impl Statement for Said {
        type Signer = Device;
        const PURPOSE: Purpose = Purpose::Message;
    }

    #[derive(Serialize, Deserialize, Debug, PartialEq)]
    struct Elsewhere(u32);
    impl Statement for Elsewhere {
        type Signer = Device;
        const PURPOSE: Purpose = Purpose::Roster;
    }

    #[test]
    fn a_signature_holds_for_its_bytes_key_and_purpose_only() {
        let key = SecretKey::<Device>::from_seed(&[7; 32]);
        let signed = key.sign(&Said(1));
        assert_eq!(signed.verify(&key.public()), Ok(Said(1)));

        let other = SecretKey::<Device>::from_seed(&[8; 32]);
        assert_eq!(signed.verify(&other.public()), Err(BadSignature));
        let moved = Signed::attach(&Elsewhere(1), signed.detach());
        assert_eq!(moved.verify(&key.public()), Err(BadSignature));
        let changed = Signed::attach(&Said(2), signed.detach());
        assert_eq!(changed.verify(&key.public()), Err(BadSignature));
    }

    #[test]
    fn a_small_order_key_verifies_nothing() {
        let key = PublicKey::<Device>::from_bytes([0; 32]);
        let signed = SecretKey::<Device>::from_seed(&[7; 32]).sign(&Said(1));
        assert_eq!(signed.verify(&key), Err(BadSignature));
    }

    #[test]
    fn a_key_has_one_form() {
        let mut prime = [0xff; 32];
        (prime[0], prime[31]) = (0xed, 0x7f);
        assert!(!is_canonical(&prime));
        prime[31] = 0xff;
        assert!(!is_canonical(&prime), "whatever the sign of x");
        prime[0] = 0xec;
        assert!(is_canonical(&prime));
        (prime[0], prime[30]) = (0xff, 0xfe);
        assert!(is_canonical(&prime));
        // y = 3 is a point of large order, and 3 + p names it too.
        let mut other = [0xff; 32];
        (other[0], other[31]) = (0xf0, 0x7f);
        assert!(VerifyingKey::from_bytes(&other).is_ok_and(|key| !key.is_weak()));
        assert!(!is_canonical(&other));
    }

    #[test]
    fn secrets_are_not_printed() {
        let key = SecretKey::<Device>::from_seed(&[7; 32]);
        assert_eq!(format!("{key:?}"), "SecretKey(hidden)");
    }

    #[test]
    fn the_certificate_key_info_is_what_the_standard_says() {
        let key = SecretKey::<RelayTls>::from_seed(&[7; 32]).public();
        let info = key.to_spki();
        assert_eq!(info.len(), 44);
        assert!(info.ends_with(&key.0));
    }
}
