//! What stands inside an envelope, once it is open: written by a member who may be hostile.
#![no_main]

use bellrope_client::{
    alert::Alert,
    internals::{Payload, Roster},
    show::{alert_json, alert_text, summary_line},
    text::{Language, Messages},
};
use bellrope_proto::codec;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(payload) = Payload::decode(bytes) {
        assert_eq!(payload.encode(), bytes);
        if let Payload::Roster(entries) = payload {
            let _ = Roster::from_chain(entries);
        }
    }
    if let Ok(alert) = codec::decode::<Alert>(bytes) {
        MESSAGES.with(|messages| {
            let shown = alert_text(&alert, messages) + &summary_line(&alert, messages);
            assert!(!shown.contains('\u{1b}'));
        });
        let _ = alert_json(&alert);
    }
});

thread_local! {
    /// Reading the messages takes longer than all the rest.
    static MESSAGES: Messages = Messages::new(Language::Ru, &[]);
}
