//! `sequences.json`: what a device makes of one thing after another.

use serde_json::{Value, json};

use super::{coordinators, new_epochs, newcomers, outs, readers};

pub(super) fn all() -> Value {
    json!({
        "note": "Keys of tests, known to everyone. README.md says what the fields are.",
        "bundles": newcomers::bundles(),
        "newcomers": newcomers::all(),
        "coordinators": coordinators::all(),
        "readers": readers::all(),
        "new_epochs": new_epochs::all(),
        "outs": outs::all(),
    })
}
