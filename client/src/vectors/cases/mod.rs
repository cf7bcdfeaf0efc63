//! What is said in cases: bodies, what of it counts, and what it comes to. Rows stand with what they are about; here is the order in which
//! `cases.json` has them.

pub(super) mod bodies;
mod facts;
mod leading;
mod notes;
mod of_sender;
mod opened;
mod originals;
pub(super) mod people;
pub(super) mod spoken;
mod states;
pub(super) mod told;
mod translations;

use serde_json::{Value, json};

use self::people::{ALERT, ALERT_HASH};
use super::{hex, world::*};

fn cases() -> Vec<Value> {
    let all = [
        leading::taken(),
        originals::cases(),
        leading::given_up(),
        states::of_one_person(),
        leading::over_nothing(),
        states::cases(),
        facts::cases(),
        opened::cases(),
        notes::cases(),
        translations::cases(),
        facts::of_a_later_version(),
        notes::story(),
    ];
    let all = all.iter().flatten();
    all.map(|(name, said)| told::told(name, said)).collect()
}

pub(super) fn all() -> Value {
    json!({
        "note": "Keys of tests, known to everyone. README.md says what the fields are.",
        "alert": hex(ALERT.0),
        "alert_hash": hex(ALERT_HASH.0),
        "publicity_at": TIME.0 + told::PUBLICITY_AT,
        "people": people::people(),
        "bodies": bodies::bodies(),
        "of_sender": of_sender::of_sender(),
        "letters": notes::letters(),
        "earlier": translations::earlier(),
        "cases": cases(),
    })
}
