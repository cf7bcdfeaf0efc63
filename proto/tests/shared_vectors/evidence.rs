//! Evidence files: what they prove alone and together, and what is none.

use bellrope_proto::{
    address::RelayAddress,
    codec,
    evidence::{Evidence, check},
    ids::{Hash, MailboxId, Sequence, Timestamp},
    keys::RelayKeys,
    receipt::{Commitment, Fact, Head, Receipt, Restored, Word, leaf, next_head},
    signing::{PublicKey, Relay, RelayLog, SecretKey, Signed},
};
use data_encoding::BASE64;
use serde_json::{Value, json};

use super::{TIME, hex, relay, stored};

const ENVELOPE: Hash = Hash([0xe1; 32]);
const BEFORE: Hash = Hash([0xb1; 32]);

/// The relay replaced its first keys by its second; its identity never signed a third's.
fn log(number: u8) -> SecretKey<RelayLog> {
    SecretKey::from_seed(&[0xc0 + number; 32])
}

fn keys(number: u8, by: &SecretKey<Relay>) -> Signed<RelayKeys> {
    by.sign(&RelayKeys {
        issued: Timestamp(u64::from(number)),
        tls: PublicKey::from_bytes([1; 32]),
        log: log(number).public(),
        token: PublicKey::from_bytes([2; 32]),
    })
}

fn in_mailbox(mailbox: u8, by: u8, sequence: u64, head: Hash, time: Timestamp) -> Commitment {
    Commitment::Head(log(by).sign(&Head {
        mailbox: MailboxId([mailbox; 32]),
        sequence: Sequence(sequence),
        head,
        time,
    }))
}

fn head(by: u8, sequence: u64, head: Hash, time: Timestamp) -> Commitment {
    in_mailbox(7, by, sequence, head, time)
}

fn receipt(by: u8, sequence: u64, head: Hash, envelope: Hash, time: Timestamp) -> Commitment {
    let fact = Fact {
        mailbox: MailboxId([7; 32]),
        sequence: Sequence(sequence),
        envelope,
        head,
        time,
    };
    Commitment::Receipt(Receipt::issue(&log(by), &[fact]).remove(0))
}

fn file(said: Vec<Commitment>) -> Evidence {
    Evidence {
        relay: RelayAddress::new("relay.example.org", 443, relay().public()).unwrap(),
        found: "2026-11-28 10:00 UTC".to_owned(),
        keys: vec![keys(1, &relay()), keys(2, &relay())],
        said,
        restored: None,
        notes: Vec::new(),
    }
}

fn one(said: Vec<Commitment>) -> Vec<String> {
    vec![file(said).to_string()]
}

fn files() -> Vec<(&'static str, Vec<String>)> {
    let next = |envelope, time| next_head(BEFORE, leaf(envelope, time));
    let later = TIME.plus(10);
    let place_5 = || head(1, 5, BEFORE, TIME);
    let place_6 = || receipt(1, 6, next(ENVELOPE, later), ENVELOPE, later);
    let of_others = |host_says: &dyn Fn(&mut Restored), by: u8| {
        let mut said = Restored {
            relay: relay().public(),
            copied: TIME,
            restored: later,
        };
        host_says(&mut said);
        let mut file = file(vec![place_5()]);
        file.restored = Some(log(by).sign(&said));
        vec![file.to_string()]
    };
    let mut stranger = file(vec![head(3, 5, Hash([9; 32]), TIME), place_5()]);
    stranger
        .keys
        .push(keys(3, &SecretKey::from_seed(&[0xa4; 32])));
    let mut noted = file(vec![place_5()]);
    noted.notes = vec![
        format!("theirs 5 {}", Hash([9; 32])),
        "later version".to_owned(),
    ];
    let spaced = noted.to_string().replace('\n', " \r\n\n\t");
    vec![
        ("one head", one(vec![place_5()])),
        ("the same head twice", one(vec![place_5(), place_5()])),
        (
            "two heads of one place",
            one(vec![place_5(), head(1, 5, Hash([9; 32]), later)]),
        ),
        (
            "two heads of one place in two mailboxes",
            one(vec![place_5(), in_mailbox(8, 1, 5, Hash([9; 32]), TIME)]),
        ),
        (
            "a head, and a receipt of another under the next keys, in two files",
            [
                one(vec![place_5()]),
                one(vec![receipt(2, 5, Hash([9; 32]), ENVELOPE, later)]),
            ]
            .concat(),
        ),
        (
            "two receipts of one place and head for two entries",
            one(vec![
                receipt(1, 5, BEFORE, ENVELOPE, TIME),
                receipt(1, 5, BEFORE, ENVELOPE, later),
            ]),
        ),
        ("a receipt that follows", one(vec![place_5(), place_6()])),
        (
            "a receipt of the next place that does not follow",
            one(vec![
                receipt(1, 6, next(Hash([9; 32]), later), ENVELOPE, later),
                place_5(),
            ]),
        ),
        (
            "a receipt of the place after the next",
            one(vec![
                place_5(),
                receipt(1, 7, next(Hash([9; 32]), later), ENVELOPE, later),
            ]),
        ),
        (
            "a later head of an earlier place",
            one(vec![head(1, 3, Hash([9; 32]), later), place_5()]),
        ),
        (
            "an earlier head of an earlier place, and one of the same time",
            one(vec![
                head(1, 3, Hash([9; 32]), Timestamp(TIME.0 - 1)),
                head(1, 4, Hash([9; 32]), TIME),
                place_5(),
            ]),
        ),
        (
            "a later receipt of an earlier place",
            one(vec![
                place_5(),
                receipt(1, 3, Hash([9; 32]), ENVELOPE, later),
            ]),
        ),
        (
            "a head by a key of which the relay's identity says nothing",
            vec![stranger.to_string()],
        ),
        ("an old copy was put back", of_others(&|_| {}, 2)),
        (
            "a statement on another relay's old copy",
            of_others(&|said| said.relay = PublicKey::from_bytes([5; 32]), 2),
        ),
        (
            "a statement on an old copy by another key",
            of_others(&|_| {}, 3),
        ),
        ("notes, empty lines, spaces, CR and LF", vec![spaced]),
    ]
}

fn word(word: &Word) -> Value {
    json!({
        "mailbox": hex(word.mailbox.0),
        "place": word.sequence.0,
        "head": hex(word.head.0),
        "entry": word.entry.map(|leaf| hex(leaf.0)),
        "time": word.time.0,
    })
}

fn found(texts: &[String]) -> Value {
    let files = texts.iter().map(|text| Evidence::parse(text).unwrap());
    let found = check(&files.collect::<Vec<_>>());
    let pairs = |pairs: &[(Word, Word)]| -> Vec<Value> {
        let pairs = pairs.iter();
        pairs
            .map(|(one, other)| json!([word(one), word(other)]))
            .collect()
    };
    let restored = found.restored.iter();
    json!({
        "signed": found.signed.iter().map(word).collect::<Vec<_>>(),
        "unsigned": found.unsigned,
        "contradictions": pairs(&found.contradictions),
        "went_back": pairs(&found.went_back),
        "restored": restored.map(|it| json!([it.copied.0, it.restored.0])).collect::<Vec<_>>(),
    })
}

fn bad() -> Vec<(&'static str, String)> {
    let said = head(1, 5, BEFORE, TIME);
    let text = file(vec![said.clone()]).to_string();
    let Commitment::Head(signed) = &said else {
        unreachable!()
    };
    let encoded = BASE64.encode(&codec::encode(signed));
    let other = |to: &str| text.replace(&encoded, to);
    let longer = [codec::encode(signed), vec![0]].concat();
    vec![
        ("nothing", String::new()),
        ("another version", text.replace("evidence 1", "evidence 2")),
        ("no relay", text.replace("relay bellrope", "from bellrope")),
        (
            "an address with a typing error",
            text.replace("relay.example", "relax.example"),
        ),
        ("a line of one word", format!("{text}head\n")),
        ("characters that base64 does not have", other("-_-_")),
        ("no padding", other(encoded.trim_end_matches('='))),
        ("a byte too many", other(&BASE64.encode(&longer))),
        ("cut short", other(&encoded[..encoded.len() / 8 * 4])),
        (
            "a receipt that is a head",
            text.replace("\nhead ", "\nreceipt "),
        ),
        (
            "longer than 64 KiB",
            format!("{text}{}", "note x\n".repeat(9_400)),
        ),
    ]
}

pub(super) fn all() -> Value {
    let files = files().into_iter();
    let files =
        files.map(|(name, texts)| json!({ "name": name, "files": texts, "found": found(&texts) }));
    let bad = bad().into_iter();
    let bad = bad.map(|(why, text)| json!({ "why": why, "text": text }));
    json!({
        "note": "Keys of tests, known to everyone. README.md says what the fields are.",
        "together": files.collect::<Vec<_>>(),
        "bad": bad.collect::<Vec<_>>(),
    })
}

#[test]
fn evidence_proves_what_the_vectors_say_and_nothing_more() {
    let vectors = stored("evidence.json");
    for one in vectors["together"].as_array().unwrap() {
        let texts = one["files"].as_array().unwrap();
        let texts = texts.iter().map(|text| text.as_str().unwrap().to_owned());
        assert_eq!(
            found(&texts.collect::<Vec<_>>()),
            one["found"],
            "{}",
            one["name"]
        );
    }
    for one in vectors["bad"].as_array().unwrap() {
        let read = Evidence::parse(one["text"].as_str().unwrap());
        assert!(read.is_err(), "{}", one["why"]);
    }
}
