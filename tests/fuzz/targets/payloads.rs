//! What stands inside an envelope, once it is open: written by a member who may be hostile.
#![no_main]

use bellrope_client::{
    alert::{self, Alert},
    item::Item,
    roster::Roster,
    words::{Language, Words},
};
use bellrope_proto::codec;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(item) = Item::decode(bytes) {
        assert_eq!(item.encode(), bytes);
        if let Item::Roster(entries) = item {
            let _ = Roster::from_chain(entries);
        }
    }
    if let Ok(alert) = codec::decode::<Alert>(bytes) {
        WORDS.with(|words| {
            let shown = alert::render(&alert, words) + &alert::summary_line(&alert, words);
            assert!(!shown.contains('\u{1b}'));
        });
        let _ = alert::to_json(&alert);
    }
});

thread_local! {
    /// Reading the messages takes longer than all the rest.
    static WORDS: Words = Words::new(Language::Ru);
}
