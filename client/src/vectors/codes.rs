//! Codes of invitations, what their secrets become, and coordinators' marks.

use bellrope_proto::{address::RelayAddress, ids::Hash, signing::PublicKey};
use data_encoding::{Encoding, Specification};
use serde_json::{Value, json};

use super::{
    hex, items, stored, text,
    world::{IVAN, PAVEL, VERA, device, name, relay},
};
use crate::invitation::{Code, CoordinatorMark, NotACode, Secret};

/// Vera's invitation of somebody.
pub(super) fn code_of(who: u8) -> Code {
    Code {
        secret: Secret::new(&[0x30 + who; 16]),
        coordinator: CoordinatorMark::of(&device(VERA).public()),
        relay: relay(4433),
    }
}

fn code(relay: RelayAddress) -> Code {
    Code {
        relay,
        ..code_of(PAVEL)
    }
}

fn base32() -> Encoding {
    let mut crockford = Specification::new();
    crockford
        .symbols
        .push_str("0123456789ABCDEFGHJKMNPQRSTVWXYZ");
    crockford.encoding().unwrap()
}

/// A code of these bytes and a check that fits them.
pub(super) fn checked(version: u8, place: &[u8]) -> String {
    let code = code(relay(4433));
    let mut bytes = vec![version];
    bytes.extend(code.secret.bytes());
    bytes.extend(code.coordinator.0);
    bytes.extend(code.relay.key().0);
    bytes.extend(place);
    let check = Hash::tagged("code", &[&bytes]).0;
    bytes.extend(&check[..4]);
    base32().encode(&bytes)
}

pub(super) fn codes() -> Value {
    let usual = code(relay(4433)).to_text().to_string();
    let number = RelayAddress::new("[2001:db8::1]", 443, PublicKey::from_bytes([0xa4; 32]));
    let number = code(number.unwrap()).to_text().to_string();
    let groups: Vec<&str> = (0..usual.len())
        .step_by(5)
        .map(|at| &usual[at..usual.len().min(at + 5)])
        .collect();
    let copied = groups.join("-").to_lowercase();
    let alike = groups.join(" ").replace('0', "o").replace('1', "L");
    let good = [
        ("as it is written", usual.clone()),
        ("an IPv6 address", number),
        ("small letters, and hyphens", copied),
        ("O for 0, L for 1, and spaces", alike),
    ]
    .map(|(name, text)| {
        let code: Code = text.parse().unwrap();
        json!({
            "name": name,
            "text": text,
            "secret": hex(code.secret.bytes()),
            "coordinator": hex(code.coordinator.0),
            "relay": hex(code.relay.key().0),
            "place": code.relay.place(),
        })
    });
    let mut changed = usual.clone();
    changed.replace_range(40..41, if &usual[40..41] == "7" { "8" } else { "7" });
    let mut leftover = usual.clone();
    leftover.pop();
    let place = b"relay.example.org:4433";
    let bad = [
        ("another text", "form", "hello, world".to_owned()),
        ("U is no letter of a code", "form", usual.replace('0', "U")),
        ("no port", "form", checked(1, b"relay.example.org")),
        ("port 0", "form", checked(1, b"relay.example.org:0")),
        (
            "a space in the host",
            "form",
            checked(1, b"relay example:1"),
        ),
        (
            "the host is no UTF-8",
            "form",
            checked(1, b"relay\xff:4433"),
        ),
        ("another letter", "checksum", changed),
        ("a letter is missing", "checksum", leftover),
        ("version 2", "version", checked(2, place)),
        ("version 0", "version", checked(0, place)),
    ]
    .map(|(why, reason, text)| json!({ "why": why, "reason": reason, "text": text }));
    json!({ "good": good, "bad": bad })
}

pub(super) fn keys() -> Value {
    let of = |secret: Secret| {
        let keys = secret.keys();
        let (outer, inner) = (keys.outer(), keys.inner());
        let pair = |seed: &[u8], public: &[u8]| json!({ "seed": hex(seed), "public": hex(public) });
        json!({
            "secret": hex(secret.bytes()),
            "authority": pair(keys.authority.seed(), &keys.authority.public().0),
            "mailbox": hex(keys.mailbox().0),
            "lane": pair(keys.lane.seed(), &keys.lane.public().0),
            "claim": pair(keys.invitation.seed(), &keys.invitation.public().0),
            "outer": pair(outer.seed(), outer.to_recipient().as_bytes()),
            "inner": pair(&*inner.seed(), inner.to_key().as_bytes()),
        })
    };
    [
        Secret::new(&[0x30 + PAVEL; 16]),
        Secret::new(b"sixteen letters!"),
    ]
    .map(of)
    .to_vec()
    .into()
}

pub(super) fn marks() -> Value {
    let of = |who| {
        let device = device(who).public();
        let mark = CoordinatorMark::of(&device);
        json!({ "name": name(who), "device": hex(device.0), "mark": hex(mark.0) })
    };
    [VERA, IVAN].map(of).to_vec().into()
}

#[test]
fn bad_codes_are_refused_for_their_reasons() {
    let vectors = stored();
    for bad in items(&vectors["codes"]["bad"]) {
        let reason = match text(&bad["reason"]) {
            "form" => NotACode::Form,
            "checksum" => NotACode::Checksum,
            "version" => NotACode::Version,
            other => panic!("a reason that no code has: {other}"),
        };
        let read = text(&bad["text"]).parse::<Code>();
        assert_eq!(read, Err(reason), "{}", bad["why"]);
    }
}
