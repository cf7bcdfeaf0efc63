//! Hashes, signed statements, a chain and receipts.

use bellrope_proto::{
    codec,
    grant::{Grant, Opening, Proof, Revocation, Rights, Sponsorship, Succession},
    ids::{Hash, MailboxId, Sequence},
    keys::RelayKeys,
    receipt::{Batch, Fact, Head, Receipt, Restored, first_head, leaf, next_head},
    signing::{
        Authority, KeyUse, Lane, PublicKey, Purpose, RelayLog, RelayTls, SecretKey, Signed,
        Statement,
    },
};
use serde_json::{Value, json};

use super::{LATER, TIME, bytes, hex, host_token, relay, relay_log, relay_token, stored};

pub(super) fn authority() -> SecretKey<Authority> {
    SecretKey::from_seed(&[0xa1; 32])
}

pub(super) fn lane() -> SecretKey<Lane> {
    SecretKey::from_seed(&[0xa2; 32])
}

fn relay_tls() -> SecretKey<RelayTls> {
    SecretKey::from_seed(&[0xa4; 32])
}

pub(super) fn mailbox() -> MailboxId {
    authority().public().mailbox()
}

pub(super) fn head() -> Head {
    Head {
        mailbox: mailbox(),
        sequence: Sequence(7),
        head: Hash([0xb3; 32]),
        time: TIME,
    }
}

pub(super) fn all() -> Value {
    let opening = Opening {
        authority: authority().public(),
        relay: relay().public(),
    };
    let grant = Grant {
        authority: authority().public(),
        lane: lane().public(),
        rights: Rights::BOTH,
        expires: TIME,
    };
    let proof = Proof {
        exporter: [0xb2; 32],
        relay: relay().public(),
        mailbox: mailbox(),
    };
    let sponsorship = Sponsorship {
        authority: authority().public(),
        mailbox: MailboxId([0xb4; 32]),
        quota_bytes: 1 << 20,
        mailbox_ends: LATER,
    };
    let succession = Succession {
        authority: authority().public(),
        relay: relay().public(),
        mailbox: MailboxId([0xb4; 32]),
    };
    let revocation = Revocation {
        authority: authority().public(),
        lane: lane().public(),
    };
    let batch = Batch {
        size: 1,
        root: Hash([0xb5; 32]),
    };
    let keys = RelayKeys {
        issued: TIME,
        tls: relay_tls().public(),
        log: relay_log().public(),
        token: relay_token().public(),
    };
    let restored = Restored {
        relay: relay().public(),
        copied: TIME,
        restored: LATER,
    };
    json!({
        "note": "Keys of tests, known to everyone. README.md says what the fields are.",
        "keys": {
            "authority": key(&authority()),
            "lane": key(&lane()),
            "relay": key(&relay()),
            "relay_log": key(&relay_log()),
            "relay_tls": key(&relay_tls()),
            "relay_token": key(&relay_token()),
        },
        "hashes": [
            hash("mailbox", &[&authority().public().0]),
            hash("envelope", &[&[7; 64]]),
            hash("roster", &[b""]),
            hash("head", &[&[1; 32], &[2; 32]]),
        ],
        "statements": [
            statement("grant", "authority", &authority(), &grant),
            statement("prove", "lane", &lane(), &proof),
            statement("open", "authority", &authority(), &opening),
            statement("sponsor", "authority", &authority(), &sponsorship),
            statement("succeed", "authority", &authority(), &succession),
            statement("revoke", "authority", &authority(), &revocation),
            statement("keys", "relay", &relay(), &keys),
            statement("token", "relay_token", &relay_token(), &host_token()),
            statement("receipt", "relay_log", &relay_log(), &batch),
            statement("head", "relay_log", &relay_log(), &head()),
            statement("restored", "relay_log", &relay_log(), &restored),
        ],
        "certificate_name": relay().sign(&keys).to_uri(),
        "certificate_identity": relay().public().to_uri(),
        "refused": refused_heads(),
        "receipts": receipts(),
    })
}

fn key<K: KeyUse>(secret: &SecretKey<K>) -> Value {
    json!({ "seed": hex(*secret.seed()), "public": hex(secret.public().0) })
}

fn hash(tag: &str, parts: &[&[u8]]) -> Value {
    let written: Vec<String> = parts.iter().map(hex).collect();
    json!({ "tag": tag, "parts": written, "hash": hex(Hash::tagged(tag, parts)) })
}

fn statement<T: Statement>(
    purpose: &str,
    signer: &str,
    secret: &SecretKey<T::Signer>,
    statement: &T,
) -> Value {
    let signed = secret.sign(statement);
    json!({
        "purpose": purpose,
        "signer": signer,
        "bytes": hex(signed.bytes()),
        "signature": hex(codec::encode(&signed.detach())),
        "signed_statement": hex(codec::encode(&signed)),
    })
}

/// The order of the curve's prime subgroup, little-endian (RFC 8032, section 5.1).
const ORDER: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

/// The same signature with a number that only a verifier who reduces it would take for the same.
fn not_canonical(signature: &[u8]) -> Vec<u8> {
    let (point, number) = signature.split_at(32);
    let mut carry = 0_u16;
    let sum = number.iter().zip(ORDER).map(|(one, other)| {
        let sum = u16::from(*one) + u16::from(other) + carry;
        carry = sum >> 8;
        sum.to_le_bytes()[0]
    });
    let sum: Vec<u8> = sum.collect();
    [point, &sum].concat()
}

fn refused_heads() -> Value {
    let refused = |why: &str, public: &[u8], bytes: &[u8], signature: &[u8]| {
        json!({
            "purpose": "head",
            "why": why,
            "public": hex(public),
            "bytes": hex(bytes),
            "signature": hex(signature),
        })
    };
    let public = relay_log().public().0;
    let signed = relay_log().sign(&head());
    let bytes = signed.bytes();
    let signature = codec::encode(&signed.detach());
    let token = codec::encode(&relay_token().sign(&host_token()).detach());
    let mut changed = bytes.to_vec();
    changed[39] ^= 1;
    let mut other_signature = signature.clone();
    other_signature[63] ^= 1;
    let mut identity = [0; 64];
    identity[0] = 1;
    let (small_order, _) = identity.split_at(32);
    let long: Signed<Head> = with_leftover();
    json!([
        refused("another sequence was signed", &public, &changed, &signature),
        refused("another signature", &public, bytes, &other_signature),
        refused("another key", &lane().public().0, bytes, &signature),
        refused("signed for the purpose token", &public, bytes, &token),
        refused(
            "S is not below the group's order",
            &public,
            bytes,
            &not_canonical(&signature)
        ),
        refused(
            "the key is of small order, and fits any bytes",
            small_order,
            bytes,
            &identity
        ),
        refused(
            "signed, but with a byte left over",
            &public,
            long.bytes(),
            &codec::encode(&long.detach()),
        ),
    ])
}

/// A relay's own signature over a head and one byte more: signed as a value of another type that
/// has the purpose of a head.
fn with_leftover() -> Signed<Head> {
    #[derive(serde::Serialize, serde::Deserialize)]
    struct Longer(Head, u8);
    impl Statement for Longer {
        type Signer = RelayLog;
        const PURPOSE: Purpose = Head::PURPOSE;
    }
    let signed = relay_log().sign(&Longer(head(), 0));
    codec::decode(&codec::encode(&signed)).unwrap()
}

#[test]
fn signed_statements_that_must_be_refused_are() {
    for refused in stored("statements.json")["refused"].as_array().unwrap() {
        let statement = bytes(&refused["bytes"]);
        let length = u64::try_from(statement.len()).unwrap().to_be_bytes();
        let signed = [&length[..], &statement, &bytes(&refused["signature"])].concat();
        let signed: Signed<Head> = codec::decode(&signed).unwrap();
        let public = bytes(&refused["public"]).try_into().unwrap();
        let verified = signed.verify(&PublicKey::from_bytes(public));
        assert!(verified.is_err(), "{}", refused["why"]);
    }
}

/// Three facts in one batch: the last leaf has no neighbour at the bottom.
fn receipts() -> Value {
    let envelopes = [1, 2, 3].map(|byte| Hash::tagged("envelope", &[&[byte; 64]]));
    let mut heads = vec![first_head(mailbox())];
    let mut facts = Vec::new();
    for (sequence, envelope) in (1..).zip(envelopes) {
        let head = next_head(heads[heads.len() - 1], leaf(envelope, TIME));
        heads.push(head);
        facts.push(Fact {
            mailbox: mailbox(),
            sequence: Sequence(sequence),
            envelope,
            head,
            time: TIME,
        });
    }
    let receipts = Receipt::issue(&relay_log(), &facts);
    let written: Vec<String> = receipts.iter().map(|one| hex(codec::encode(one))).collect();
    let mut longer = receipts[2].clone();
    longer.path.push(Hash([0; 32]));
    let mut moved = receipts[1].clone();
    moved.index = 0;
    let mut outside = receipts[0].clone();
    outside.index = 3;
    let mut later = receipts[0].clone();
    later.fact.time = LATER;
    let refused = [
        ("the path is longer than the tree is high", longer),
        ("the place in the batch is another's", moved),
        ("the place in the batch is none", outside),
        ("the fact is another", later),
    ]
    .map(|(why, receipt)| json!({ "why": why, "receipt": hex(codec::encode(&receipt)) }));
    json!({
        "signer": "relay_log",
        "mailbox": hex(mailbox()),
        "envelope_hashes": envelopes.map(hex),
        "leaves": envelopes.map(|envelope| hex(leaf(envelope, TIME).0)),
        "heads_from_0": heads.iter().map(hex).collect::<Vec<_>>(),
        "receipts": written,
        "refused": refused,
    })
}

#[test]
fn receipts_are_verified_or_refused() {
    let vectors = stored("statements.json");
    let read = |value: &Value| codec::decode::<Receipt>(&bytes(value)).unwrap();
    let good = vectors["receipts"]["receipts"].as_array().unwrap();
    assert_eq!(good.len(), 3);
    for receipt in good {
        assert!(read(receipt).verify(&relay_log().public()).is_ok());
    }
    for refused in vectors["receipts"]["refused"].as_array().unwrap() {
        let verified = read(&refused["receipt"]);
        let verified = verified.verify(&relay_log().public());
        assert!(verified.is_err(), "{}", refused["why"]);
    }
}
