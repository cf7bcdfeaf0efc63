//! Runs `proto/vectors/groups.json`, from which other clients test what they make of codes, rosters, claims and messages,
//! `sequences.json`, of what comes one after another, `dictated.json`, `freezes.json`, `cases.json`, `check-ins.json`, `weeks.json`, `wishes.json`, `answers.json`, `attachments.json`, `recovery.json`, `duty.json`, `erasing.json` and `sensitive.json`; and makes them again: its README says how. `document.rs` compares the tables of PROTOCOL.md that the client owns.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod answers;
mod attachments;
mod branches;
mod calls;
mod cases;
mod check_ins;
mod codes;
mod comparisons;
mod coordinators;
mod devices;
mod dictated;
mod document;
mod duties;
mod entries;
mod epochs;
mod erasing;
mod files;
mod freezes;
mod mailbox;
mod messages;
mod new_epochs;
mod newcomers;
mod next_epoch;
mod outs;
mod pens;
mod policies;
mod readers;
mod recovery;
mod retention;
mod rosters;
mod sensitive;
mod sensitive_parts;
mod sequences;
mod shifts;
mod turns;
mod weeks;
mod wishes;
mod world;

use std::fs;
use std::path::PathBuf;

use bellrope_proto::codec;
use data_encoding::HEXLOWER;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

fn path(name: &str) -> PathBuf {
    let vectors = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../proto/vectors");
    vectors.join(name)
}

fn read(name: &str) -> Value {
    serde_json::from_slice(&fs::read(path(name)).unwrap()).unwrap()
}

fn write(name: &str, value: &Value) {
    let text = serde_json::to_string_pretty(value).unwrap();
    fs::write(path(name), text + "\n").unwrap();
}

fn stored() -> Value {
    read("groups.json")
}

fn all() -> Value {
    json!({
        "note": "Keys of tests, known to everyone. README.md says what the fields are.",
        "codes": codes::codes(),
        "files": files::all(),
        "invitation_keys": codes::keys(),
        "coordinator_marks": codes::marks(),
        "devices": world::devices(),
        "epochs": world::epochs(),
        "lanes": world::lanes(),
        "rosters": rosters::good(),
        "branches": branches::all(),
        "refused_entries": entries::refused(),
        "claims": messages::claims(),
        "arrivals": messages::arrivals(),
        "messages": messages::messages(),
        "resend_requests": epochs::requests(),
        "comparisons": comparisons::all(),
    })
}

/// The README beside the file says when.
#[test]
#[ignore = "writes the vectors anew"]
fn make_the_groups() {
    write("groups.json", &all());
    write("sequences.json", &sequences::all());
    write("dictated.json", &dictated::all());
    write("freezes.json", &freezes::all());
    write("cases.json", &cases::all());
    write("check-ins.json", &check_ins::all());
    write("weeks.json", &weeks::all());
    write("wishes.json", &wishes::all());
    write("answers.json", &answers::all());
    write("attachments.json", &attachments::all());
    write("recovery.json", &recovery::all());
    write("duty.json", &duties::all());
    write("sensitive.json", &sensitive::all());
    write("erasing.json", &erasing::all());
}

/// All keys and numbers are fixed, so that nothing in the files changes but what a format changed.
#[test]
fn the_code_makes_what_the_files_say() {
    assert_eq!(stored(), all());
    assert_eq!(read("sequences.json"), sequences::all());
    assert_eq!(read("dictated.json"), dictated::all());
    assert_eq!(read("freezes.json"), freezes::all());
    assert_eq!(read("cases.json"), cases::all());
    assert_eq!(read("check-ins.json"), check_ins::all());
    assert_eq!(read("weeks.json"), weeks::all());
    assert_eq!(read("wishes.json"), wishes::all());
    assert_eq!(read("answers.json"), answers::all());
    assert_eq!(read("attachments.json"), attachments::all());
    assert_eq!(read("recovery.json"), recovery::all());
    assert_eq!(read("duty.json"), duties::all());
    assert_eq!(read("sensitive.json"), sensitive::all());
    assert_eq!(read("erasing.json"), erasing::all());
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
