//! The keys that the relay works with, certified by its identity. They are on the machine that is on the network; the
//! identity need not be.

use bellrope_proto::{
    codec,
    ids::{Hash, Timestamp},
    keys::RelayKeys,
    signing::{BadSignature, PublicKey, Relay, RelayLog, RelayTls, RelayToken, SecretKey, Signed},
};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// See the module.
#[derive(Clone, Debug)]
pub struct OnlineKeys {
    relay: PublicKey<Relay>,
    statement: Signed<RelayKeys>,
    issued: Timestamp,
    tls: SecretKey<RelayTls>,
    log: SecretKey<RelayLog>,
    token: SecretKey<RelayToken>,
}

/// The secrets as they are made and kept.
#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
pub(crate) struct Seeds {
    tls: [u8; 32],
    log: [u8; 32],
    token: [u8; 32],
}

impl Seeds {
    /// Secrets from a source of random bytes.
    ///
    /// # Errors
    /// The source's.
    pub(crate) fn make<E>(mut random: impl FnMut(&mut [u8]) -> Result<(), E>) -> Result<Self, E> {
        let mut seeds = Self {
            tls: [0; 32],
            log: [0; 32],
            token: [0; 32],
        };
        for seed in [&mut seeds.tls, &mut seeds.log, &mut seeds.token] {
            random(seed)?;
        }
        Ok(seeds)
    }
}

/// The file's form.
#[derive(Serialize, Deserialize)]
struct Stored {
    relay: PublicKey<Relay>,
    statement: Signed<RelayKeys>,
    seeds: Seeds,
}

impl OnlineKeys {
    /// Certifies keys. `issued` must be later than that of all before, or clients refuse the relay.
    #[must_use]
    pub(crate) fn certify(identity: &SecretKey<Relay>, seeds: &Seeds, issued: Timestamp) -> Self {
        let tls = SecretKey::from_seed(&seeds.tls);
        let log = SecretKey::from_seed(&seeds.log);
        let token = SecretKey::from_seed(&seeds.token);
        let statement = identity.sign(&RelayKeys {
            issued,
            tls: tls.public(),
            log: log.public(),
            token: token.public(),
        });
        Self {
            relay: identity.public(),
            statement,
            issued,
            tls,
            log,
            token,
        }
    }

    /// Keys that are the same for the same two seeds: for a relay inside a test.
    #[must_use]
    pub fn of_seeds(identity: &[u8; 32], online: &[u8; 32]) -> Self {
        let [mut tls, mut log, mut token] = [*online; 3];
        (tls[0], log[0], token[0]) = (b't', b'l', b'k');
        let seeds = Seeds { tls, log, token };
        Self::certify(&SecretKey::from_seed(identity), &seeds, Timestamp(1))
    }

    /// For the file.
    #[must_use]
    pub(crate) fn encode(&self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(codec::encode(&Stored {
            relay: self.relay,
            statement: self.statement.clone(),
            seeds: Seeds {
                tls: *self.tls.seed(),
                log: *self.log.seed(),
                token: *self.token.seed(),
            },
        }))
    }

    /// Reads the file `online.keys` of a relay's directory.
    ///
    /// # Errors
    /// [`BadSignature`] when it is something else, or when the statement is not of these keys.
    pub fn decode(bytes: &[u8]) -> Result<Self, BadSignature> {
        let stored: Stored = codec::decode(bytes).map_err(|_| BadSignature)?;
        let said = stored.statement.verify(&stored.relay)?;
        let seeds = &stored.seeds;
        let tls = SecretKey::from_seed(&seeds.tls);
        let log = SecretKey::from_seed(&seeds.log);
        let token = SecretKey::from_seed(&seeds.token);
        if (said.tls, said.log, said.token) != (tls.public(), log.public(), token.public()) {
            return Err(BadSignature);
        }
        Ok(Self {
            relay: stored.relay,
            issued: said.issued,
            statement: stored.statement,
            tls,
            log,
            token,
        })
    }

    /// The relay's identity, which its address names.
    #[must_use]
    pub fn relay(&self) -> PublicKey<Relay> {
        self.relay
    }

    /// The identity's word on these keys.
    #[must_use]
    pub(crate) fn statement(&self) -> &Signed<RelayKeys> {
        &self.statement
    }

    /// When the identity said so.
    #[must_use]
    pub(crate) fn issued(&self) -> Timestamp {
        self.issued
    }

    /// The certificate's key.
    #[must_use]
    pub(crate) fn tls(&self) -> &SecretKey<RelayTls> {
        &self.tls
    }

    /// What connection ids are known by, and what the tokens are made with by which a peer knows that the relay has lost their
    /// connection. Both last as long as the certificate's key does.
    #[must_use]
    pub(crate) fn reset_seeds(&self) -> (u64, Hash) {
        let seed = self.tls.seed();
        let [a, b, c, d, e, f, g, h, ..] = Hash::tagged("connection-id", &[seed.as_ref()]).0;
        let id_key = u64::from_be_bytes([a, b, c, d, e, f, g, h]);
        (id_key, Hash::tagged("reset", &[seed.as_ref()]))
    }

    /// What receipts and heads are signed with.
    #[must_use]
    pub fn log(&self) -> &SecretKey<RelayLog> {
        &self.log
    }

    /// What the host's tokens are signed with.
    #[must_use]
    pub fn token(&self) -> &SecretKey<RelayToken> {
        &self.token
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn keys_are_read_as_they_were_written_and_only_with_their_own_statement() {
        let keys = OnlineKeys::of_seeds(&[1; 32], &[2; 32]);
        let read = OnlineKeys::decode(&keys.encode()).unwrap();
        assert_eq!(read.relay(), keys.relay());
        assert_eq!(read.statement(), keys.statement());
        assert_eq!(read.log().public(), keys.log().public());
        assert_eq!(read.token().public(), keys.token().public());

        let mixed = OnlineKeys {
            statement: OnlineKeys::of_seeds(&[1; 32], &[3; 32]).statement,
            ..keys.clone()
        };
        assert!(OnlineKeys::decode(&mixed.encode()).is_err());
        let of_another = OnlineKeys {
            relay: OnlineKeys::of_seeds(&[9; 32], &[2; 32]).relay,
            ..keys
        };
        assert!(OnlineKeys::decode(&of_another.encode()).is_err());
        assert!(OnlineKeys::decode(b"rubbish").is_err());
    }
}
