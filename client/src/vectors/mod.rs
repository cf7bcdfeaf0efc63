//! Runs `proto/vectors/groups.json`, from which other clients test what they make of codes, rosters, claims and messages,
//! and makes it again: its README says how. `document.rs` compares the tables of PROTOCOL.md that the client owns.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod codes;
mod document;
mod messages;
mod rosters;
mod world;

use std::fs;
use std::path::PathBuf;

use bellrope_proto::codec;
use data_encoding::HEXLOWER;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

fn path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../proto/vectors/groups.json")
}

fn stored() -> Value {
    serde_json::from_slice(&fs::read(path()).unwrap()).unwrap()
}

fn all() -> Value {
    json!({
        "note": "Keys of tests, known to everyone. README.md says what the fields are.",
        "codes": codes::codes(),
        "invitation_keys": codes::keys(),
        "coordinator_marks": codes::marks(),
        "devices": world::devices(),
        "rosters": rosters::good(),
        "refused_entries": rosters::refused(),
        "claims": messages::claims(),
        "messages": messages::messages(),
    })
}

/// The README beside the file says when.
#[test]
#[ignore = "writes the vectors anew"]
fn make_the_groups() {
    let text = serde_json::to_string_pretty(&all()).unwrap();
    fs::write(path(), text + "\n").unwrap();
}

/// All keys and numbers are fixed, so that nothing in the file changes but what a format changed.
#[test]
fn the_code_makes_what_the_file_says() {
    assert_eq!(stored(), all());
}

fn hex(bytes: impl AsRef<[u8]>) -> String {
    HEXLOWER.encode(bytes.as_ref())
}

fn encoded<T: Serialize>(value: &T) -> String {
    hex(codec::encode(value))
}

fn bytes(value: &Value) -> Vec<u8> {
    HEXLOWER.decode(value.as_str().unwrap().as_bytes()).unwrap()
}

fn decoded<T: Serialize + DeserializeOwned>(value: &Value) -> T {
    codec::decode(&bytes(value)).unwrap()
}

fn items(value: &Value) -> &Vec<Value> {
    value.as_array().unwrap()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}
