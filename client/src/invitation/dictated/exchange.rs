//! The exchange: SPAKE2 as magic-wormhole's libraries speak it (not RFC 9382, whose transcript is another), each side's proof that the key is
//! the other's too, and the invitation under that key. The only file that names spake2.
//!
//! The library takes any point from the other side, also the identity element and those of small order. They help nobody to a
//! key, and without it no proof fits: so the proofs are what refuses them. Whoever answers has one guess: both values here are used up by judging
//! one answer.

use bellrope_proto::signing::{PublicKey, Relay};
use chacha20poly1305::{ChaCha20Poly1305, KeyInit as _, Nonce, aead::Aead as _};
use hkdf::Hkdf;
use sha2::Sha256;
use spake2::{Ed25519Group, Identity, Password, Spake2};
use zeroize::Zeroizing;

use super::{
    slot::{PROOF_BYTES, Step},
    spoken::Spoken,
};
use crate::{
    invitation::{Code, NotACode},
    secret::{SecretBytes, Seed},
};

/// The other side has another code, or there is somebody in between.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct WrongCode;

/// The side that invites.
#[derive(Debug)]
pub(crate) struct Inviter(Spake2<Ed25519Group>);

/// The side that was told the code, when it has answered.
#[derive(Debug)]
pub(crate) struct Newcomer(SharedKey);

impl Inviter {
    /// Begins, at a relay whose identity is known.
    pub(crate) fn begin(
        spoken: &Spoken,
        relay: &PublicKey<Relay>,
    ) -> Result<(Self, Step), WrongCode> {
        let (a, b) = identities(spoken, relay);
        let (state, share) = Spake2::start_a(&Password::new(spoken.code()), &a, &b);
        Ok((Self(state), Step::Offer(whole(&share)?)))
    }

    /// Judges the first answer; of the right one, gives what hands the invitation over. There is no second.
    pub(crate) fn hand_over(
        self,
        share: &[u8],
        proof: &[u8; PROOF_BYTES],
        code: &Code,
    ) -> Result<Step, WrongCode> {
        let key = SharedKey::of(self.0, share)?;
        if key.proof("b") != SecretBytes::new(proof) {
            return Err(WrongCode);
        }
        key.handing(code)
    }
}

impl Newcomer {
    /// Answers an offer, at a relay that says it has this identity.
    pub(crate) fn answer(
        spoken: &Spoken,
        relay: &PublicKey<Relay>,
        offer: &[u8],
    ) -> Result<(Self, Step), WrongCode> {
        let (a, b) = identities(spoken, relay);
        let (state, share) = Spake2::start_b(&Password::new(spoken.code()), &a, &b);
        let key = SharedKey::of(state, offer)?;
        let proof = *key.proof("b").bytes();
        let share = whole(&share)?;
        Ok((Self(key), Step::Answer { share, proof }))
    }

    /// The invitation that was handed over.
    pub(crate) fn take(self, proof: &[u8; PROOF_BYTES], sealed: &[u8]) -> Result<Code, WrongCode> {
        if self.0.proof("a") != SecretBytes::new(proof) {
            return Err(WrongCode);
        }
        let opened = self.0.cipher().decrypt(&Nonce::default(), sealed);
        let opened = opened.map_err(|_: chacha20poly1305::aead::Error| WrongCode)?;
        let opened = Zeroizing::new(opened);
        let text = core::str::from_utf8(&opened).map_err(|_| WrongCode)?;
        text.parse().map_err(|_: NotACode| WrongCode)
    }
}

/// For what an answer is good: this purpose, slot and relay, each side's own. Who shows a newcomer another relay has other identities, and comes
/// to another key.
fn identities(spoken: &Spoken, relay: &PublicKey<Relay>) -> (Identity, Identity) {
    let of = |side: &[u8]| {
        Identity::new(&[b"bellrope/dictate/v1/", side, spoken.slot(), &relay.0].concat())
    };
    (of(b"a"), of(b"b"))
}

/// A message of the library's has 33 bytes.
fn whole<const N: usize>(share: &[u8]) -> Result<[u8; N], WrongCode> {
    share.try_into().map_err(|_| WrongCode)
}

/// What both sides come to.
#[derive(Debug)]
struct SharedKey(Seed);

impl SharedKey {
    fn of(state: Spake2<Ed25519Group>, share: &[u8]) -> Result<Self, WrongCode> {
        let key = state.finish(share).map_err(|error| {
            tracing::debug!(%error, "no share of the exchange");
            WrongCode
        })?;
        let key = Zeroizing::new(key);
        let (key, _) = key.split_first_chunk().ok_or(WrongCode)?;
        Ok(Self(Seed::new(key)))
    }

    fn expand(&self, info: &str) -> Seed {
        Seed::make(|bytes| {
            Hkdf::<Sha256>::new(None, self.0.bytes())
                .expand_multi_info(&[b"bellrope/dictate/v1/", info.as_bytes()], bytes)
                .expect("32 bytes are within what HKDF-SHA256 gives");
        })
    }

    /// What hands an invitation over.
    fn handing(&self, code: &Code) -> Result<Step, WrongCode> {
        let sealed = self
            .cipher()
            .encrypt(&Nonce::default(), code.to_text().as_bytes())
            .map_err(|_: chacha20poly1305::aead::Error| WrongCode)?;
        let proof = *self.proof("a").bytes();
        Ok(Step::Handing { proof, sealed })
    }

    /// What shows that the side has the key. Compared once, with what came over a network: how long that takes tells nobody anything.
    fn proof(&self, side: &str) -> Seed {
        self.expand(side)
    }

    /// Its key seals one text only, so one nonce is enough.
    fn cipher(&self) -> ChaCha20Poly1305 {
        ChaCha20Poly1305::new(self.expand("code").bytes().into())
    }
}

/// For the vectors: the two identities, and the newcomer's proof and the inviter's handing under a key.
#[cfg(test)]
pub(crate) fn under(
    key: &[u8; 32],
    (spoken, relay): (&Spoken, &PublicKey<Relay>),
    code: &Code,
) -> ([Vec<u8>; 2], [u8; PROOF_BYTES], Step) {
    let (a, b) = identities(spoken, relay);
    let key = SharedKey(Seed::new(key));
    let proof = *key.proof("b").bytes();
    let handing = key.handing(code).map_err(|WrongCode| "a code fits");
    ([a.to_vec(), b.to_vec()], proof, handing.expect("it fits"))
}
