//! What stands inside an envelope, once it is open: written by a member who may be hostile.
#![no_main]

use bellrope_client::{
    alert::Reading,
    internals::{Payload, Roster},
    show::{reading_json, reading_line, reading_text},
    text::{Language, Messages},
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(payload) = Payload::decode(bytes) {
        assert_eq!(payload.encode(), bytes);
        if let Payload::Roster(entries) = payload {
            let _ = Roster::from_chain(entries);
        }
    }
    let reading = Reading::of_alert(bytes);
    MESSAGES.with(|messages| {
        let shown = reading_text(&reading, &[], messages) + &reading_line(&reading, messages);
        assert!(!shown.contains('\u{1b}'));
    });
    let _ = reading_json(&reading);
});

thread_local! {
    /// Reading the messages takes longer than all the rest.
    static MESSAGES: Messages = Messages::new(Language::Ru, &[]);
}
