//! A device's way to a relay: with what it remembers of the relay's keys, and it remembers what is new.

use std::sync::Arc;

use bellrope_proto::{address::RelayAddress, receipt::Restored};

use crate::{
    blocking::blocking,
    device::{Device, heard_restored, known_relay, note_relay},
    message::LaneCredential,
    relay::{RelayError, Session},
};

/// Connects, and proves a lane if there is one to prove.
///
/// # Errors
/// [`RelayError`].
pub(crate) async fn open_session(
    device: &Arc<Device>,
    address: &RelayAddress,
    credential: Option<&LaneCredential>,
) -> Result<Session, RelayError> {
    let address = address.clone();
    let known = blocking(device, move |device| known_relay(device, address)).await;
    let session = match credential {
        Some(credential) => Session::open_as(known.clone(), credential).await?,
        None => Session::open(known.clone()).await?,
    };
    if *session.relay() != known {
        let seen = session.relay().clone();
        let noted = blocking(device, move |device| note_relay(device, &seen)).await;
        if let Err(error) = noted {
            // It is seen again with the next connection.
            tracing::warn!(%error, "the relay's keys could not be noted");
        }
    }
    Ok(session)
}

/// Takes in what the relay has said in its greeting, which came before its first answer.
pub(crate) async fn note_greeting(device: &Arc<Device>, restored: Option<Restored>) {
    let Some(said) = restored else { return };
    let heard = blocking(device, move |device| heard_restored(device, &said, false)).await;
    if let Err(error) = heard {
        // It is said again with the next connection.
        tracing::warn!(%error, "that an old copy of the relay was put back could not be noted");
    }
}
