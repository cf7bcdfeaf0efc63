//! Texts that people copy: relay addresses and hosts' tokens.

use bellrope_proto::{
    address::{NotAnAddress, RelayAddress},
    codec,
    ids::Hash,
    token::{self, NotAToken},
};
use data_encoding::BASE32_NOPAD;
use serde_json::{Value, json};

use super::{hex, host_token, relay, relay_token, stored};

pub(super) fn all() -> Value {
    json!({
        "note": "Keys of tests, known to everyone. README.md says what the fields are.",
        "addresses": addresses(),
        "tokens": tokens(),
    })
}

fn addresses() -> Value {
    let key = relay().public();
    let of = |host: &str, port: u16| RelayAddress::new(host, port, key).unwrap();
    let good = |text: String, address: &RelayAddress| {
        json!({
            "text": text,
            "host": address.host(),
            "port": address.port(),
            "key": hex(address.key().0),
        })
    };
    let written = |address: RelayAddress| good(address.to_string(), &address);
    let number = |place: &str| {
        let check = Hash::tagged("address", &[place.as_bytes(), b"/", &key.0]).0;
        let code = BASE32_NOPAD.encode(&[&key.0[..], &check[..4]].concat());
        format!("bellrope://{place}/{}", code.to_ascii_lowercase())
    };
    assert_eq!(
        number("[2001:db8::7]:443"),
        of("2001:db8::7", 443).to_string()
    );
    let name = of("relay.example.org", 4433);
    let text = name.to_string();
    let (start, code) = text.rsplit_once('/').unwrap();
    let shouted = format!(
        "bellrope://RELAY.example.org:4433/{}",
        code.to_ascii_uppercase()
    );
    let last = code.chars().last().unwrap();
    // Two bits of the last character are left over. They are zero in what is written.
    let leftover = format!("{}{}", &text[..text.len() - 1], char::from(last as u8 + 1));
    let bad = |reason: &str, why: &str, text: String| json!({ "text": text, "reason": reason, "why": why });
    json!({
        "good": [
            good(text.clone(), &name),
            written(of("192.0.2.7", 443)),
            written(of("2001:db8::7", 65535)),
            written(of("::ffff:192.0.2.7", 443)),
            good(shouted, &name),
        ],
        "bad": [
            bad("form", "another scheme", text.replace("bellrope", "https")),
            bad("form", "no port", text.replace(":4433", "")),
            bad("form", "port 0", text.replace(":4433", ":0")),
            bad("form", "a port above 65,535", text.replace(":4433", ":69969")),
            bad("form", "no host", text.replace("relay.example.org", "")),
            bad("form", "a character that no host has", text.replace("relay.", "relay.ж")),
            bad("form", "no key", start.to_owned()),
            bad("checksum", "another host", text.replace("relay.", "relax.")),
            bad("checksum", "another port", text.replace("4433", "4434")),
            bad("checksum", "a character is missing", format!("{start}/{}", &code[1..])),
            bad("checksum", "a character too many", format!("{text}a")),
            bad("checksum", "bits left over that are not zero", leftover),
            bad("form", "an IPv6 host with a zone", number("[fe80::1%eth0]:443")),
            bad("checksum", "checked over another spelling of its IPv6 host", number("[2001:db8:0::7]:443")),
            bad("checksum", "the last four bytes are missing", text[..text.len() - 6].to_owned()),
        ],
    })
}

fn tokens() -> Value {
    let token = host_token();
    let signed = relay_token().sign(&token);
    let text = token::to_text(&signed);
    let bad = |reason: &str, why: &str, text: String| json!({ "text": text, "reason": reason, "why": why });
    json!({
        "good": [{
            "text": text,
            "relay": hex(token.relay.0),
            "signer": hex(relay_token().public().0),
            "id": hex(token.id),
            "bytes": token.quota_bytes,
            "token_expires": token.expires.0,
            "mailbox_ends": token.mailbox_ends.0,
            "signed_statement": hex(codec::encode(&signed)),
        }],
        "bad": [
            bad("form", "another beginning", text.replace("brt1-", "brt2-")),
            bad("form", "a character that base32 does not have", text.replacen('a', "1", 1)),
            bad("form", "nothing behind the beginning", "brt1-".to_owned()),
            bad("checksum", "a character is another", format!("brt1-b{}", &text[6..])),
            bad("checksum", "the end is missing", text[..text.len() - 8].to_owned()),
        ],
    })
}

#[test]
fn addresses_are_read_or_refused() {
    let vectors = stored("codes.json");
    for good in vectors["addresses"]["good"].as_array().unwrap() {
        let read: RelayAddress = good["text"].as_str().unwrap().parse().unwrap();
        assert_eq!(read.host(), good["host"]);
        assert_eq!(read.port(), good["port"]);
        assert_eq!(hex(read.key().0), good["key"]);
    }
    for bad in vectors["addresses"]["bad"].as_array().unwrap() {
        let read = bad["text"].as_str().unwrap().parse::<RelayAddress>();
        let reason = match read.unwrap_err() {
            NotAnAddress::Form => "form",
            NotAnAddress::Checksum => "checksum",
        };
        assert_eq!(reason, bad["reason"], "{}", bad["why"]);
    }
}

#[test]
fn tokens_are_read_or_refused() {
    let vectors = stored("codes.json");
    for good in vectors["tokens"]["good"].as_array().unwrap() {
        let read = token::parse(good["text"].as_str().unwrap()).unwrap();
        assert_eq!(read.verify(&relay_token().public()), Ok(host_token()));
    }
    for bad in vectors["tokens"]["bad"].as_array().unwrap() {
        let reason = match token::parse(bad["text"].as_str().unwrap()).unwrap_err() {
            NotAToken::Form => "form",
            NotAToken::Checksum => "checksum",
        };
        assert_eq!(reason, bad["reason"], "{}", bad["why"]);
    }
}
