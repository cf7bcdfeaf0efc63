//! The C2SP vectors for `mlkem768x25519`. Each names its outcome, and being refused for another
//! reason than the named one is a failure.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeSet;
use std::fs;
use std::io::Read;
use std::path::PathBuf;

use age::{DecryptError, Decryptor, Identity};
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use super::{EpochIdentity, MemberIdentity};

const NAMES: [&str; 18] = [
    "hybrid",
    "hybrid_and_x25519",
    "hybrid_bad_tag",
    "hybrid_currupted_enc_mlkem",
    "hybrid_currupted_enc_x25519",
    "hybrid_extra_argument",
    "hybrid_grease",
    "hybrid_identity",
    "hybrid_long_file_key",
    "hybrid_long_share",
    "hybrid_low_order",
    "hybrid_multiple_recipients",
    "hybrid_no_match",
    "hybrid_not_canonical_body",
    "hybrid_not_canonical_enc",
    "hybrid_short_share",
    "hybrid_uppercase",
    "hybrid_x25519_arg",
];

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/age")
}

fn identity(written: &str) -> Box<dyn Identity> {
    let secret = written.into();
    if written.starts_with("AGE-SECRET-KEY-PQ-") {
        Box::new(EpochIdentity::from_text(&secret).unwrap())
    } else {
        let member = MemberIdentity::from_text(&secret).unwrap();
        Box::new(member.as_age().clone())
    }
}

/// The outcome in the vectors' own words, and the hash of what was given out.
fn outcome(file: &[u8], identities: &[Box<dyn Identity>]) -> (&'static str, Option<String>) {
    let identities = identities.iter().map(AsRef::as_ref);
    let reader = Decryptor::new_buffered(file).and_then(|found| found.decrypt(identities));
    let mut reader = match reader {
        Ok(reader) => reader,
        // age tries the rest of a header that breaks the grammar of v1 as one of some later version.
        Err(DecryptError::InvalidHeader | DecryptError::UnknownFormat) => {
            return ("header failure", None);
        }
        Err(DecryptError::InvalidMac) => return ("HMAC failure", None),
        Err(DecryptError::NoMatchingKeys) => return ("no match", None),
        Err(error) => panic!("an outcome without a name: {error:?}"),
    };
    let mut payload = Vec::new();
    let name = match reader.read_to_end(&mut payload) {
        Ok(_) => "success",
        Err(_) => "payload failure",
    };
    (name, Some(HEXLOWER.encode(&Sha256::digest(&payload))))
}

#[test]
fn each_has_its_outcome() {
    for name in NAMES {
        let vector = fs::read(folder().join(name)).unwrap();
        let split = vector.windows(2).position(|pair| pair == b"\n\n").unwrap();
        let (head, file) = vector.split_at(split + 2);
        let (mut expected, mut hash, mut identities) = (None, None, Vec::new());
        for line in str::from_utf8(head).unwrap().lines() {
            match line.split_once(": ") {
                Some(("expect", value)) => expected = Some(value),
                Some(("payload", value)) => hash = Some(value.to_owned()),
                Some(("identity", value)) => identities.push(identity(value)),
                Some(("file key" | "comment", _)) | None => {}
                Some((key, _)) => panic!("{name}: {key} is a key we do not know"),
            }
        }
        let found = outcome(file, &identities);
        assert_eq!((Some(found.0), found.1), (expected, hash), "{name}");
    }
}

#[test]
fn none_is_forgotten() {
    let stored: BTreeSet<String> = fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name != "README.md")
        .collect();
    assert_eq!(stored, NAMES.map(str::to_owned).into());
}
