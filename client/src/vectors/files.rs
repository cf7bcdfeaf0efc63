//! Files of invitations: what they say, and texts that are none.

use bellrope_proto::{envelope::Envelope, ids::Hash};
use data_encoding::BASE64;
use serde_json::{Value, json};

use super::{
    codes::{checked, code_of},
    hex, items, stored, text,
    world::PAVEL,
};
use crate::invitation::{NotACode, read_file, write_file};

/// Bytes of this many, which no two lines have alike. What is in an envelope, a file does not say.
fn filled(length: usize) -> Vec<u8> {
    let blocks = (0_u64..).flat_map(|at| Hash::tagged("file", &[&at.to_be_bytes()]).0);
    blocks.take(length).collect()
}

fn file(code: &str, envelope: &[u8]) -> String {
    format!(
        "bellrope invitation 1\n{code}\n{}\n",
        BASE64.encode(envelope)
    )
}

pub(super) fn all() -> Value {
    let code = code_of(PAVEL).to_text().to_string();
    let envelope = filled(4096);
    let usual = write_file(&code_of(PAVEL), &Envelope::new(envelope.clone()).unwrap()).to_string();
    let (head, sealed) = usual.split_at(usual.match_indices('\n').nth(1).unwrap().0 + 1);
    let good = [
        ("as it is written", usual.clone()),
        ("lines end with CR and LF", usual.replace('\n', "\r\n")),
        ("lines end with CR", usual.replace('\n', "\r")),
        ("the envelope in one line", file(&code, &envelope)),
        (
            "spaces around lines, and empty lines",
            format!("\n  {}", usual.replace('\n', " \t\n \n  ")),
        ),
        (
            "the code in small letters",
            usual.replace(&code, &code.to_lowercase()),
        ),
        ("an envelope of 8,192 bytes", file(&code, &filled(8192))),
    ]
    .map(|(name, text)| {
        let (code, bundle) = read_file(&text).unwrap();
        json!({
            "name": name,
            "text": text,
            "code": code.to_text().as_str(),
            "envelope_hash": hex(bundle.hash()),
        })
    });
    let typo = code.replace(
        &code[40..44],
        if &code[40..44] == "7777" {
            "8888"
        } else {
            "7777"
        },
    );
    let bad = [
        ("another text", "form", "hello, world".to_owned()),
        (
            "no title",
            "form",
            usual.replace("bellrope invitation 1\n", ""),
        ),
        (
            "the title alone",
            "form",
            "bellrope invitation 1\n".to_owned(),
        ),
        (
            "no code",
            "form",
            format!("bellrope invitation 1\n{sealed}"),
        ),
        (
            "another version",
            "version",
            usual.replace("invitation 1", "invitation 2"),
        ),
        (
            "version 12",
            "version",
            usual.replace("invitation 1", "invitation 12"),
        ),
        (
            "a code of another version",
            "version",
            file(&checked(2, b"relay.example.org:4433"), &envelope),
        ),
        (
            "a typing error in the code",
            "checksum",
            file(&typo, &envelope),
        ),
        ("no envelope", "checksum", head.to_owned()),
        ("the last line is missing", "checksum", {
            let shorter = usual.trim_end().rsplit_once('\n').unwrap().0;
            format!("{shorter}\n")
        }),
        ("the padding is missing", "checksum", usual.replace('=', "")),
        (
            "a letter that base64 does not have",
            "checksum",
            usual.replacen('+', "-", 1),
        ),
        ("4,095 bytes", "checksum", file(&code, &filled(4095))),
    ]
    .map(|(why, reason, text)| json!({ "why": why, "reason": reason, "text": text }));
    json!({ "good": good, "bad": bad })
}

#[test]
fn files_are_read_or_refused() {
    let vectors = stored();
    for good in items(&vectors["files"]["good"]) {
        let (code, bundle) = read_file(text(&good["text"])).unwrap();
        assert_eq!(*code.to_text(), text(&good["code"]), "{}", good["name"]);
        assert_eq!(
            hex(bundle.hash()),
            good["envelope_hash"],
            "{}",
            good["name"]
        );
    }
    for bad in items(&vectors["files"]["bad"]) {
        let reason = match read_file(text(&bad["text"])).unwrap_err() {
            NotACode::Form => "form",
            NotACode::Checksum => "checksum",
            NotACode::Version => "version",
        };
        assert_eq!(reason, bad["reason"], "{}", bad["why"]);
    }
}
