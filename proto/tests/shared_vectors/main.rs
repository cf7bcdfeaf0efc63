//! `vectors/statements.json`, `vectors/codes.json`, `vectors/evidence.json` and `vectors/frames.json`, from which other clients and relays test
//! themselves: what the code makes is what they say, and what they call bad is refused.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod codes;
mod evidence;
mod frames;
mod statements;

use std::fs;
use std::path::PathBuf;

use bellrope_proto::{
    grant::HostToken,
    ids::{Timestamp, TokenId},
    signing::{Relay, RelayLog, RelayToken, SecretKey},
};
use data_encoding::HEXLOWER;
use serde_json::Value;

fn stored(name: &str) -> Value {
    serde_json::from_slice(&fs::read(path(name)).unwrap()).unwrap()
}

fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("vectors")
        .join(name)
}

/// The README beside the files says when.
#[test]
#[ignore = "writes the vectors anew"]
fn make_the_vectors() {
    for (name, value) in [
        ("statements.json", statements::all()),
        ("codes.json", codes::all()),
        ("evidence.json", evidence::all()),
        ("frames.json", frames::all()),
    ] {
        let text = serde_json::to_string_pretty(&value).unwrap();
        fs::write(path(name), text + "\n").unwrap();
    }
}

#[test]
fn the_code_makes_what_the_vectors_say() {
    assert_eq!(stored("statements.json"), statements::all());
    assert_eq!(stored("codes.json"), codes::all());
    assert_eq!(stored("evidence.json"), evidence::all());
    assert_eq!(stored("frames.json"), frames::all());
}

fn hex(bytes: impl AsRef<[u8]>) -> String {
    HEXLOWER.encode(bytes.as_ref())
}

fn bytes(value: &Value) -> Vec<u8> {
    HEXLOWER.decode(value.as_str().unwrap().as_bytes()).unwrap()
}

fn relay() -> SecretKey<Relay> {
    SecretKey::from_seed(&[0xa3; 32])
}

fn relay_log() -> SecretKey<RelayLog> {
    SecretKey::from_seed(&[0xa5; 32])
}

fn relay_token() -> SecretKey<RelayToken> {
    SecretKey::from_seed(&[0xa6; 32])
}

const TIME: Timestamp = Timestamp(1_800_000_000);
const LATER: Timestamp = Timestamp(1_900_000_000);

fn host_token() -> HostToken {
    HostToken {
        relay: relay().public(),
        id: TokenId([0xb1; 16]),
        quota_bytes: 1 << 28,
        expires: TIME,
        mailbox_ends: LATER,
    }
}
