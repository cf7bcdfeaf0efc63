//! Envelopes exchanged with the npm package age-encryption, which shares no code with ours.
//!
//! Frozen ones from it are opened here on every run. The script `run` beside this file repeats the
//! exchange live: it names its own folders in the two variables below.
#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};
use std::{env, fs};

use bellrope_client::{
    MemberKey,
    internals::{EpochIdentity, EpochRecipient, MemberIdentity, capacity, open, seal},
};
use secrecy::ExposeSecret;
use serde::Deserialize;

/// Where the other implementation's envelopes are, if not the frozen ones.
const THEIRS: &str = "BELLROPE_INTEROP_THEIRS";
/// Where to put ours for the other implementation to open.
const OURS: &str = "BELLROPE_INTEROP_OURS";

#[derive(Deserialize)]
struct Keys {
    epoch: String,
    epoch_recipient: String,
    members: Vec<String>,
    member_keys: Vec<String>,
}

impl Keys {
    fn load() -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/interop/keys.json");
        serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
    }

    fn epoch(&self) -> EpochIdentity {
        EpochIdentity::from_text(&self.epoch.as_str().into()).unwrap()
    }

    fn members(&self) -> Vec<MemberIdentity> {
        let texts = self.members.iter();
        texts
            .map(|text| MemberIdentity::from_text(&text.as_str().into()).unwrap())
            .collect()
    }
}

fn folder(variable: &str, default: PathBuf) -> PathBuf {
    env::var_os(variable).map_or(default, PathBuf::from)
}

/// The same on both sides: every length is made of one sentence, repeated and cut.
fn payload(length: usize) -> Vec<u8> {
    let sentence = "Колокол звонит, the bell rings. ";
    sentence.bytes().cycle().take(length).collect()
}

/// Payload lengths: an empty one, a common one, and each that fills its bucket for three members.
fn lengths() -> Vec<usize> {
    let full = [4096, 8192, 16384, 65536].map(|bucket| capacity(bucket, 3).unwrap());
    [0, 700].into_iter().chain(full).collect()
}

#[test]
fn key_texts_are_the_ones_both_agree_on() {
    let keys = Keys::load();
    let epoch = EpochIdentity::from_seed(&[0xe0; 32]);
    assert_eq!(epoch.to_text().expose_secret(), keys.epoch);
    let recipient = EpochRecipient::from_text(&keys.epoch_recipient).unwrap();
    assert_eq!(epoch.to_recipient(), recipient);
    for (seed, (secret, public)) in (1..=3).zip(keys.members.iter().zip(&keys.member_keys)) {
        let member = MemberIdentity::from_seed(&[seed; 32]);
        assert_eq!(member.to_text().expose_secret(), secret);
        assert_eq!(MemberKey::from_text(public), Ok(member.to_key()));
    }
}

#[test]
fn theirs_open_here() {
    let keys = Keys::load();
    let frozen = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/interop/frozen");
    let theirs = folder(THEIRS, frozen);
    let mut opened = 0;
    for entry in fs::read_dir(theirs).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        let length: usize = name.strip_prefix("sealed-").unwrap().parse().unwrap();
        let envelope = fs::read(&path).unwrap();
        for me in keys.members() {
            let found = open(&envelope, &keys.epoch(), &me).unwrap();
            assert_eq!(*found, payload(length), "{name}");
        }
        opened += 1;
    }
    assert_eq!(opened, 4, "one for each bucket");
}

#[test]
fn ours_for_them_to_open() {
    let keys = Keys::load();
    let members: Vec<MemberKey> = keys.members().iter().map(MemberIdentity::to_key).collect();
    let temporary = Path::new(env!("CARGO_TARGET_TMPDIR")).join("interop");
    let ours = folder(OURS, temporary);
    fs::create_dir_all(&ours).unwrap();
    for length in lengths() {
        let recipient = keys.epoch().to_recipient();
        let sealed = seal(&payload(length), &members, &recipient).unwrap();
        let path = ours.join(format!("sealed-{length}.bin"));
        fs::write(&path, sealed.bytes()).unwrap();
        let stored = fs::read(&path).unwrap();
        for me in keys.members() {
            let found = open(&stored, &keys.epoch(), &me).unwrap();
            assert_eq!(*found, payload(length));
        }
    }
}
