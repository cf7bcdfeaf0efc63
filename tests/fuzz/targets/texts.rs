//! What people paste: addresses, tokens, invitation codes and files, parts of recovery keys, forms, answers.
#![no_main]

use bellrope_client::{
    Code, Spoken,
    alert::{
        answers, form,
        vocabulary::{Act, Vocabulary},
    },
    read_file,
    recovery::Part,
    text::{block, escape, lay_out},
};
use bellrope_proto::{address::RelayAddress, ids::Timestamp, token};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(address) = text.parse::<RelayAddress>() {
        assert_eq!(
            address.to_string().parse::<RelayAddress>().as_ref(),
            Ok(&address)
        );
    }
    if let Ok(token) = token::parse(text) {
        assert_eq!(token::parse(&token::to_text(&token)), Ok(token));
    }
    if let Ok(code) = text.parse::<Code>() {
        assert_eq!(code.to_text().parse::<Code>(), Ok(code));
    }
    if let Ok(spoken) = text.parse::<Spoken>() {
        assert_eq!(spoken.to_text().parse::<Spoken>(), Ok(spoken));
    }
    if let Ok(part) = text.parse::<Part>() {
        assert_eq!(part.to_text().parse::<Part>(), Ok(part));
    }
    let _ = read_file(text);
    answer(text);
    assert!(!escape(text).contains('\u{1b}'));
    assert!(
        lay_out(&block(text), 40)
            .lines()
            .all(|row| row.is_empty() || row.starts_with("  "))
    );
});

fn answer(text: &str) {
    let zone = jiff::tz::TimeZone::UTC;
    let now = Timestamp(1_795_000_000);
    let _ = form::read(text, now, &zone);
    let _ = answers::parse_when(text, now, &zone);
    let _ = answers::parse_place(text, None);
    let _ = answers::parse_victim(text);
    let _ = answers::parse_several(text, Act::ALL);
}
