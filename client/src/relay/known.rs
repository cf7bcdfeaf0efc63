//! A relay as far as a client knows it: where it is, which identity it has, and the keys that it was seen to work with.

use bellrope_proto::{
    address::RelayAddress,
    keys::{KeyHistory, RelayKeys},
    signing::Signed,
};

use super::RelayError;

/// See the module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownRelay {
    address: RelayAddress,
    keys: KeyHistory,
}

impl KnownRelay {
    /// The relay of an address, with what is remembered of the relay that has this identity.
    #[must_use]
    pub(crate) fn new(address: RelayAddress, keys: Option<KeyHistory>) -> Self {
        let keys = keys.filter(|keys| keys.relay() == address.key());
        let keys = keys.unwrap_or_else(|| KeyHistory::new(address.key()));
        Self { address, keys }
    }

    /// Where it is.
    #[must_use]
    pub fn address(&self) -> &RelayAddress {
        &self.address
    }

    /// The keys that it was seen to work with.
    #[must_use]
    pub(crate) fn keys(&self) -> &KeyHistory {
        &self.keys
    }

    /// Takes the keys that it shows now.
    ///
    /// # Errors
    /// [`RelayError::NotTheRelay`], [`RelayError::OldKeys`].
    pub(super) fn learn(&mut self, shown: &Signed<RelayKeys>) -> Result<RelayKeys, RelayError> {
        Ok(self.keys.learn(shown)?)
    }
}

impl From<&RelayAddress> for KnownRelay {
    /// For whoever remembers nothing: a newcomer who has only an invitation.
    fn from(address: &RelayAddress) -> Self {
        Self::new(address.clone(), None)
    }
}
