//! A relay of which a newcomer knows no more than the host's name: they were told a code on the phone. Whoever sits in between can
//! show a relay of their own. So all that can be done with one is to open the mailbox of a slot, whose keys anybody can compute; the identity that
//! was shown goes into the exchange, which fails if the coordinator sees another. Everybody else pins an identity.

use bellrope_proto::{
    address::RelayAddress,
    signing::{PublicKey, Relay},
};

use super::{RelayError, Session, quic::identity_at};
use crate::invitation::{SlotKeys, Spoken};

/// See the module.
#[derive(Clone, Debug)]
pub(crate) struct UnprovenRelay {
    /// Nobody may take it out: it would pass for one that came with an invitation.
    address: RelayAddress,
    slot: SlotKeys,
}

impl UnprovenRelay {
    /// Asks who answers at the host that was spoken.
    ///
    /// # Errors
    /// [`RelayError`]; [`RelayError::NotTheRelay`] when no relay answers, or one that does not say who it is.
    pub(crate) async fn find(spoken: &Spoken) -> Result<Self, RelayError> {
        let place = spoken.place();
        let identity = identity_at(place.host(), place.port()).await?;
        Ok(Self {
            address: place.with_identity(identity),
            slot: spoken.keys(),
        })
    }

    /// Who it says it is.
    #[must_use]
    pub(crate) fn identity(&self) -> PublicKey<Relay> {
        self.address.key()
    }

    /// Connects, now to this identity alone, and proves the lane of the slot.
    ///
    /// # Errors
    /// [`RelayError`].
    pub(crate) async fn open_slot(&self) -> Result<Session, RelayError> {
        Session::open_as(&self.address, &self.slot.credential()).await
    }
}
