//! The relay's state machine under any sequence of messages.
#![no_main]

use bellrope_proto::{
    ids::{MailboxId, Timestamp},
    message::ToRelay,
    signing::{Lane, PublicKey, Relay, RelayToken, SecretKey},
};
use bellrope_relay::{Known, PeerState};
use libfuzzer_sys::fuzz_target;

/// A relay that has every mailbox.
struct Here;

impl Known for Here {
    fn exists(&self, _: MailboxId) -> bool {
        true
    }
    fn is_revoked(&self, _: MailboxId, _: PublicKey<Lane>) -> bool {
        false
    }
}

fuzz_target!(|messages: Vec<Vec<u8>>| {
    let key = SecretKey::<Relay>::from_seed(&[1; 32]).public();
    let token_key = SecretKey::<RelayToken>::from_seed(&[2; 32]).public();
    let mut peer = PeerState::new(key, token_key, [7; 32], 14);
    for body in messages {
        if let Ok(message) = ToRelay::from_body(&body) {
            let _ = peer.receive(message, Timestamp(1_795_000_000), &Here);
        }
    }
    assert!(!peer.is_proven(), "nobody guesses a signature");
});
