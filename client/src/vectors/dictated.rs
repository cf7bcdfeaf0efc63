//! Slots, and what is said in them under a key. The exchange that leads to the key has random numbers in it: its library has vectors of its own,
//! which are those of magic-wormhole.

use serde_json::{Value, json};

use super::{
    codes::code_of,
    hex,
    world::{PAVEL, relay},
};
use crate::invitation::{Spoken, Step, under};

/// What SPAKE2 came to.
const KEY: [u8; 32] = [0x5a; 32];

pub(super) fn all() -> Value {
    let spoken = |text: &str| -> Spoken { text.parse().unwrap() };
    let slots = [
        "relay.example.org:4433 4182 730956",
        "alert.example.org 0000 000000",
        "[2001:db8::1]:8443 9999 999999",
    ]
    .map(|text| {
        let spoken = spoken(text);
        let keys = spoken.keys();
        let place = spoken.place().with_identity(relay(4433).key()).place();
        let mut slot = json!({
            "text": spoken.to_text().as_str(),
            "place": place,
            "mailbox": hex(keys.mailbox().0),
        });
        for (of, seed) in keys.seeds() {
            slot[of] = json!(hex(seed));
        }
        slot
    });
    let (spoken, relay) = (spoken("relay.example.org:4433 4182 730956"), relay(4433));
    let code = code_of(PAVEL);
    let (identities, proof, handing) = under(&KEY, (&spoken, &relay.key()), &code);
    let share = |side: u8| {
        let mut share = [0x11; 33];
        share[0] = side;
        share
    };
    let steps = [
        ("offer", Step::Offer(share(b'A'))),
        (
            "answer",
            Step::Answer {
                share: share(b'B'),
                proof,
            },
        ),
        ("handing", handing),
        ("void", Step::Void),
    ]
    .map(|(step, said)| json!({ "step": step, "payload": hex(said.encode()) }));
    json!({
        "note": "Keys of tests, known to everyone. README.md says what the fields are.",
        "slots": slots,
        "exchange": {
            "text": spoken.to_text().as_str(),
            "relay": hex(relay.key().0),
            "identities": identities.map(hex),
            "key": hex(KEY),
            "invitation": code.to_text().as_str(),
            "steps": steps,
        },
    })
}
