//! What a front end that goes on running has in its memory when a device was locked: nothing that opens it. A core
//! dump, a swap file and a machine that is seized while it runs show the same.
//!
//! Looked for are pieces of eight bytes: whatever frees memory writes over its beginning. As in the programs, what is freed
//! is wiped: without, age leaves the keys in the buffer through which it writes the locked file.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

use std::{
    alloc::System,
    collections::BTreeSet,
    fs::{self, File},
    os::unix::fs::FileExt as _,
    path::Path,
    sync::mpsc,
    thread,
};

use bellrope_client::{
    Device, NewGroup, Role, create,
    internals::{member_identity, signing_key, state},
    invite, join, now, open_bundle, read_file, read_limited, write_file,
};
use bellrope_proto::{address::RelayAddress, codec::Blob, signing::PublicKey};
use secrecy::{ExposeSecret as _, SecretString};
use zeroize::Zeroize as _;
use zeroizing_alloc::ZeroAlloc;

#[global_allocator]
static ALLOCATOR: ZeroAlloc<System> = ZeroAlloc(System);

/// Over what this test itself remembers of a secret, or it would find that.
const MASK: u8 = 0xa5;

const PIECE: usize = 8;

/// Memory is read in parts of so many bytes.
const PART: usize = 1 << 20;

/// One secret: a few pieces.
struct Masked {
    name: &'static str,
    bytes: Vec<u8>,
}

impl Masked {
    fn new(name: &'static str, secret: &[u8]) -> Self {
        // One by one: a piece at a time would be on the stack here.
        let bytes: Vec<u8> = secret.iter().map(|byte| byte ^ MASK).collect();
        assert!(bytes.len() >= PIECE);
        Self { name, bytes }
    }

    fn pieces(&self) -> impl Iterator<Item = &[u8]> {
        self.bytes.chunks_exact(PIECE)
    }

    fn is_at(&self, bytes: &[u8]) -> bool {
        let is_here = |piece: &[u8]| {
            let pairs = || piece.iter().zip(bytes);
            pairs().count() == PIECE && pairs().all(|(masked, byte)| masked ^ MASK == *byte)
        };
        self.pieces().any(is_here)
    }
}

/// The names of the secrets that are in this process's memory, heap and stacks, and where.
fn found(secrets: &[Masked]) -> BTreeSet<&'static str> {
    let mut found = BTreeSet::new();
    let memory = File::open("/proc/self/mem").unwrap();
    let mut part = vec![0_u8; PART + PIECE];
    let own = part.as_ptr_range();
    let own = own.start.addr() as u64..own.end.addr() as u64;
    let mut begins = [false; 256];
    for piece in secrets.iter().flat_map(Masked::pieces) {
        begins[usize::from(piece[0] ^ MASK)] = true;
    }
    for line in fs::read_to_string("/proc/self/maps").unwrap().lines() {
        let mut words = line.split_whitespace();
        let (range, rights) = (words.next().unwrap(), words.next().unwrap());
        if !rights.starts_with("rw") {
            continue;
        }
        let (from, to) = range.split_once('-').unwrap();
        let [from, to] = [from, to].map(|at| u64::from_str_radix(at, 16).unwrap());
        for at in (from..to).step_by(PART) {
            let length = usize::try_from((to - at).min(part.len() as u64)).unwrap();
            // A page that was given back since the list was made.
            if memory.read_exact_at(&mut part[..length], at).is_err() {
                continue;
            }
            let here = &part[..length];
            let begin = |offset: &usize| begins[usize::from(here[*offset])];
            for offset in (0..length.min(PART)).filter(begin) {
                if own.contains(&(at + offset as u64)) {
                    continue;
                }
                let there = secrets
                    .iter()
                    .filter(|secret| secret.is_at(&here[offset..]));
                found.extend(there.map(|secret| secret.name));
            }
        }
    }
    found
}

/// What a device's keys are.
fn keys_of(device: &Device) -> Vec<Masked> {
    let state = state(device).unwrap();
    let member = member_identity(device);
    let text = member.to_text();
    // Its first 16 letters are those of every such key.
    let letters = text.expose_secret().as_bytes().split_at(16).1;
    let lane = state
        .credential
        .as_ref()
        .map(|credential| credential.lane());
    let mut keys = vec![
        Masked::new("signing key", signing_key(device).seed()),
        Masked::new("reading key", member.seed().as_slice()),
        Masked::new("reading key, as text", letters),
        Masked::new("lane", lane.unwrap().seed()),
    ];
    if let Some(seed) = &state.epoch_seed {
        keys.push(Masked::new("epoch", seed.bytes()));
    }
    if let Some(seed) = &state.authority_seed {
        keys.push(Masked::new("authority", seed.bytes()));
    }
    keys
}

/// A coordinator's device is made, locked, unlocked, and invites; a defender's joins by a file.
fn live(dir: &Path, tell: &mpsc::Sender<Vec<Masked>>) {
    let written = read_limited(&dir.join("passphrase"), 100).unwrap().unwrap();
    let passphrase = SecretString::from(std::str::from_utf8(&written).unwrap());
    let mut secrets = vec![Masked::new("passphrase", &written)];
    drop(written);

    let relay = RelayAddress::new("relay.example.org", 443, PublicKey::from_bytes([1; 32]));
    let group = NewGroup {
        group_name: "Working group",
        my_name: "Nina",
        relay: &relay.unwrap(),
    };
    let home = dir.join("nina");
    drop(create(&home, &passphrase, &group, now()).unwrap());
    let nina = Device::unlock(&home, &passphrase).unwrap();
    tell.send(keys_of(&nina)).unwrap();
    let new = invite(&nina, Role::Defender, "Alena", now().plus(1000), now()).unwrap();
    drop(nina);

    let text = new.code.to_text();
    // After the version's character and half of another.
    secrets.push(Masked::new("invitation, as text", &text.as_bytes()[2..26]));
    secrets.push(Masked::new("invitation", new.code.secret.bytes()));
    fs::write(dir.join("file"), &*write_file(&new.code, &new.bundle)).unwrap();
    drop((text, new));
    let file = read_limited(&dir.join("file"), 100_000).unwrap().unwrap();
    let (code, bundle) = read_file(std::str::from_utf8(&file).unwrap()).unwrap();
    drop(file);
    let bundle = open_bundle(&code, &bundle, now()).unwrap();
    let alena = join(&dir.join("alena"), &passphrase, &code, bundle, now()).unwrap();
    secrets.extend(keys_of(&alena));
    drop((alena, code, passphrase));
    tell.send(secrets).unwrap();
}

#[test]
fn a_locked_device_leaves_no_key_in_memory() {
    let dir = tempfile::tempdir().unwrap();
    let home = dir.path().to_owned();
    fs::write(home.join("passphrase"), passphrase()).unwrap();
    let (tell, told) = mpsc::channel();
    let (end, ended) = mpsc::channel::<()>();
    // Its stack is looked through as well: it goes on living.
    let living = thread::spawn(move || {
        live(&home, &tell);
        drop(tell);
        ended.recv().unwrap();
    });
    let mut secrets: Vec<Masked> = told.recv().unwrap();
    secrets.extend(told.recv().unwrap());
    assert!(told.recv().is_err());
    assert_eq!(found(&secrets), BTreeSet::new());

    // What is looked for would be found.
    let shown: Vec<u8> = secrets[0].bytes.iter().map(|byte| byte ^ MASK).collect();
    assert_eq!(found(&secrets), BTreeSet::from([secrets[0].name]));
    drop(shown);
    end.send(()).unwrap();
    living.join().unwrap();
}

/// Bytes behind whatever they hold as well: what was longer before.
#[test]
fn bytes_that_are_let_go_are_gone_where_they_lay() {
    let mut secret = Blob(passphrase());
    secret.0.truncate(5);
    let (at, room) = (secret.0.as_ptr().addr(), secret.0.capacity());
    let lying = || -> Vec<u8> {
        let mut bytes = vec![MASK; room];
        let memory = File::open("/proc/self/mem").unwrap();
        memory.read_exact_at(&mut bytes, at as u64).unwrap();
        bytes
    };
    assert_ne!(
        lying()[5..24],
        [0; 19],
        "it is not looked for where it lies"
    );
    secret.zeroize();
    assert_eq!(lying(), vec![0; room]);
    assert!(secret.is_empty());
}

/// Another each time, and never in the program's own text.
fn passphrase() -> Vec<u8> {
    let random = bellrope_client::internals::random::<24>();
    random.map(|byte| b'a' + byte % 26).to_vec()
}
