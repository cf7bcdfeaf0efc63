//! Tests only: whatever is printed under `Debug`, by a log or by a test that fails, has no byte of a secret in it.
#![allow(clippy::unwrap_used)]

use core::fmt::Debug;

use bellrope_proto::{address::RelayAddress, ids::Timestamp, signing::PublicKey};
use data_encoding::{BASE64, BASE64URL, HEXLOWER};
use secrecy::{ExposeSecret as _, SecretString};

use crate::{
    device::{Device, issued, outbox},
    group::Role,
    membership::{NewGroup, approve, claim_heard, create, invite, join, open_bundle},
    message::Payload,
    seal,
};

const NOW: Timestamp = Timestamp(1_000_000);

/// Bytes that stand together by chance in nothing that is printed here.
const PIECE: usize = 6;

/// What was printed, and which secrets must not be in it.
#[derive(Default)]
struct Printed {
    texts: Vec<String>,
    secrets: Vec<Vec<u8>>,
    words: Vec<String>,
}

impl Printed {
    fn print(&mut self, value: &dyn Debug) {
        self.texts.push(format!("{value:?}"));
        let indented = format!("{value:#?}");
        self.texts
            .push(indented.split_whitespace().collect::<Vec<_>>().join(" "));
    }

    fn secret(&mut self, bytes: &[u8]) {
        self.secrets.push(bytes.to_vec());
    }

    fn check(&self) {
        for text in &self.texts {
            let lower = text.to_lowercase();
            for piece in self.secrets.iter().flat_map(|one| one.windows(PIECE)) {
                let decimal: Vec<String> = piece.iter().map(u8::to_string).collect();
                for form in [HEXLOWER.encode(piece), decimal.join(", ")] {
                    assert!(!lower.contains(&form), "{form} in {text}");
                }
                for form in [BASE64.encode(piece), BASE64URL.encode(piece)] {
                    assert!(!text.contains(&form), "{form} in {text}");
                }
            }
            for word in &self.words {
                assert!(!lower.contains(&word.to_lowercase()), "{word} in {text}");
            }
        }
    }
}

fn print_device(printed: &mut Printed, device: &Device) {
    let state = device.state().unwrap();
    printed.print(device);
    printed.print(&state);
    printed.print(device.member());
    printed.print(device.signing());
    printed.print(&state.authority());
    printed.secret(device.signing().seed());
    printed.secret(&*device.member().seed());
    for seed in [&state.epoch_seed, &state.authority_seed]
        .into_iter()
        .flatten()
    {
        printed.secret(seed.bytes());
    }
    if let Some(credential) = &state.credential {
        printed.print(&credential.lane());
        printed.secret(credential.lane().seed());
    }
    let exported = device.export_identities().unwrap();
    printed.print(&exported);
    if let Some(exported) = exported {
        for text in exported.outer.into_iter().chain(exported.inner) {
            printed.words.push(text.expose_secret().to_owned());
        }
    }
}

#[test]
fn no_secret_is_printed() {
    let mut printed = Printed::default();
    let dir = tempfile::tempdir().unwrap();
    let passphrase = SecretString::from("семь раз отмерь, один раз отрежь");
    printed.words.push(passphrase.expose_secret().to_owned());
    printed.print(&passphrase);
    let relay = RelayAddress::new("relay.example.org", 443, PublicKey::from_bytes([1; 32]));
    let group = NewGroup {
        group_name: "Working group",
        my_name: "Nina",
        relay: &relay.unwrap(),
    };
    let nina = create(&dir.path().join("nina"), &passphrase, &group, NOW).unwrap();
    for (name, role) in [("alena", Role::Defender), ("anna", Role::Member)] {
        let new = invite(&nina, role, name, NOW.plus(100), NOW).unwrap();
        let keys = new.code.secret.keys();
        printed.secret(new.code.secret.bytes());
        printed.words.push(new.code.to_text().to_string());
        for seed in [
            keys.authority.seed(),
            keys.lane.seed(),
            keys.invitation.seed(),
        ] {
            printed.secret(seed);
        }
        printed.secret(keys.outer().seed());
        printed.secret(&*keys.inner().seed());
        printed.print(&new);
        printed.print(&keys);
        printed.print(&keys.credential());
        printed.print(&keys.inner());

        let bundle = open_bundle(&new.code, &new.bundle, NOW).unwrap();
        printed.print(&bundle);
        let home = dir.path().join(name);
        let device = join(&home, &passphrase, &new.code, bundle, NOW).unwrap();
        let claim = device.state().unwrap().joined.unwrap().claim;
        claim_heard(&nina, &claim, None, NOW).unwrap();
        if role.reads() {
            let at = issued::all(&nina).unwrap().last().unwrap().admitted_at;
            approve(&nina, at, NOW).unwrap();
        }
        print_device(&mut printed, &device);

        let mut welcomes = 0;
        for file in outbox::all(&nina).unwrap() {
            printed.print(&file);
            for me in [&keys.inner(), device.member()] {
                let opened = seal::open(file.queued.envelope.bytes(), &keys.outer(), me);
                let Some(payload) = opened.ok().and_then(|bytes| Payload::decode(&bytes).ok())
                else {
                    continue;
                };
                printed.print(&payload);
                if let Payload::Welcome(welcome) = &payload {
                    let welcome = welcome.peek().unwrap();
                    printed.secret(welcome.credential.lane().seed());
                    printed.print(&welcome);
                    welcomes += 1;
                }
            }
        }
        assert_eq!(welcomes, usize::from(role.reads()));
    }
    print_device(&mut printed, &nina);
    printed.print(&issued::all(&nina).unwrap());
    printed.check();

    // What is looked for would be found.
    let shown = printed.secrets.last().cloned().unwrap();
    printed.print(&shown);
    assert!(std::panic::catch_unwind(|| printed.check()).is_err());
}
