//! Runs `proto/vectors/seal.json`, from which other clients test themselves, and makes it again:
//! its README says how.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod make;

use std::fs;
use std::path::PathBuf;

use age::secrecy::ExposeSecret;
use data_encoding::{BASE64, HEXLOWER};
use serde::{Deserialize, Serialize};

use super::tests::open_with_age;
use super::*;

#[derive(Serialize, Deserialize)]
struct Vectors {
    note: String,
    epochs: Vec<Key>,
    members: Vec<Key>,
    envelopes: Vec<Vector>,
}

#[derive(Serialize, Deserialize)]
struct Key {
    seed: String,
    identity: String,
    recipient: String,
}

#[derive(Clone, Serialize, Deserialize)]
struct Vector {
    name: String,
    /// What two age programs in a row make of it with the first epoch's and the first member's key: where they
    /// open it, it is this protocol alone that refuses.
    age_opens: bool,
    /// Only where somebody can open it.
    #[serde(skip_serializing_if = "Option::is_none")]
    payload: Option<String>,
    tries: Vec<Try>,
    envelope: String,
}

#[derive(Clone, Serialize, Deserialize)]
struct Try {
    epoch: usize,
    member: usize,
    verdict: Verdict,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
enum Verdict {
    #[serde(rename = "opens")]
    Opens,
    #[serde(rename = "not for this epoch")]
    NotForThisEpoch,
    #[serde(rename = "not for this member")]
    NotForMe,
    #[serde(rename = "damaged")]
    Damaged,
}

fn path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../proto/vectors/seal.json")
}

fn epoch(at: usize) -> EpochIdentity {
    EpochIdentity::from_seed(&[[0xe0; 32], [0xe1; 32]][at])
}

fn member(at: usize) -> MemberIdentity {
    MemberIdentity::from_seed(&[[1; 32], [2; 32], [3; 32], [4; 32]][at])
}

#[test]
fn each_has_its_verdict() {
    let vectors: Vectors = serde_json::from_slice(&fs::read(path()).unwrap()).unwrap();
    for (at, key) in vectors.epochs.iter().enumerate() {
        let identity = EpochIdentity::from_text(&key.identity.as_str().into()).unwrap();
        assert_eq!(HEXLOWER.encode(identity.seed()), key.seed);
        assert_eq!(identity.to_recipient().to_text(), key.recipient);
        assert_eq!(identity.seed(), epoch(at).seed());
    }
    for (at, key) in vectors.members.iter().enumerate() {
        let identity = MemberIdentity::from_text(&key.identity.as_str().into()).unwrap();
        assert_eq!(HEXLOWER.encode(&*identity.seed()), key.seed);
        assert_eq!(identity.to_key().to_text(), key.recipient);
        assert_eq!(identity.seed(), member(at).seed());
    }
    let mut refused = 0;
    for vector in &vectors.envelopes {
        let name = &vector.name;
        let envelope = BASE64.decode(vector.envelope.as_bytes()).unwrap();
        for attempt in &vector.tries {
            let opened = open(&envelope, &epoch(attempt.epoch), &member(attempt.member));
            let found = match &opened {
                Ok(payload) => {
                    let expected = vector.payload.as_ref().unwrap();
                    assert_eq!(**payload, expected.as_bytes(), "{name}");
                    Verdict::Opens
                }
                Err(OpenError::NotForThisEpoch) => Verdict::NotForThisEpoch,
                Err(OpenError::NotForMe) => Verdict::NotForMe,
                Err(OpenError::Damaged) => Verdict::Damaged,
            };
            assert_eq!(found, attempt.verdict, "{name}");
            refused += usize::from(found == Verdict::Damaged);
        }
        assert_eq!(age_opens(&envelope), vector.age_opens, "{name}");
    }
    assert!(refused >= 14, "only {refused} that must be refused");
}

fn age_opens(envelope: &[u8]) -> bool {
    let inner = open_with_age(envelope, &epoch(0));
    inner.is_ok_and(|inner| open_with_age(&inner, member(0).as_age()).is_ok())
}

/// The README beside the file says when.
#[test]
#[ignore = "writes the vectors anew, with other random numbers"]
fn make_the_envelopes() {
    let epochs = (0..2).map(|at| Key {
        seed: HEXLOWER.encode(epoch(at).seed()),
        identity: epoch(at).to_text().expose_secret().to_owned(),
        recipient: epoch(at).to_recipient().to_text(),
    });
    let members = (0..4).map(|at| Key {
        seed: HEXLOWER.encode(&*member(at).seed()),
        identity: member(at).to_text().expose_secret().to_owned(),
        recipient: member(at).to_key().to_text(),
    });
    let vectors = Vectors {
        note: "Keys of tests, known to everyone. README.md says what the fields are.".to_owned(),
        epochs: epochs.collect(),
        members: members.collect(),
        envelopes: make::all(),
    };
    let text = serde_json::to_string_pretty(&vectors).unwrap();
    fs::write(path(), text + "\n").unwrap();
}
