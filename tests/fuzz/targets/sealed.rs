//! Envelopes and locked identities from anybody.
#![no_main]

use bellrope_client::{
    MemberKey,
    internals::{EpochIdentity, EpochRecipient, MemberIdentity, open, unlock},
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let (epoch, me) = (
        EpochIdentity::from_seed(&[1; 32]),
        MemberIdentity::from_seed(&[2; 32]),
    );
    let _ = open(bytes, &epoch, &me);
    let mut padded = bytes.to_vec();
    padded.resize(4096, 0);
    let _ = open(&padded, &epoch, &me);
    let _ = unlock(&"x".into(), bytes);
    let _ = EpochRecipient::from_bytes(bytes);
    if let Ok(text) = core::str::from_utf8(bytes) {
        let _ = MemberKey::from_text(text);
        let _ = EpochRecipient::from_text(text);
    }
});
