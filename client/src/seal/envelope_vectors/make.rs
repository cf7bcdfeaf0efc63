//! The envelopes of `seal.json`: good ones, and what careless and hostile makers could send.

use std::collections::HashSet;

use age::{EncryptError, Recipient};
use age_core::format::{FileKey, Stanza};
use data_encoding::BASE64;

use super::{Try, Vector, Verdict, epoch, member};
use crate::seal::tests::greased;
use crate::seal::*;

const SENTENCE: &str = "Two men came to the office at nine. ";

pub(super) fn all() -> Vec<Vector> {
    [good(), bad_outer(), bad_inner(), bad_padding()].concat()
}

fn good() -> Vec<Vector> {
    let full = SENTENCE.repeat(100)[..capacity(4096, 1).unwrap()].to_owned();
    let larger = outer(&inner_of(outer_room(8192)));
    vec![
        opens("one reader", SENTENCE, 1, &sealed(SENTENCE, 1)),
        opens("three readers", SENTENCE, 3, &sealed(SENTENCE, 3)),
        opens("nothing in it", "", 1, &sealed("", 1)),
        opens("filled to the last byte", &full, 1, &sealed(&full, 1)),
        opens("a larger bucket than the smallest", SENTENCE, 1, &larger),
    ]
}

fn sealed(payload: &str, readers: usize) -> Vec<u8> {
    let keys: Vec<_> = (0..readers).map(|at| member(at).to_key()).collect();
    let sealed = seal(payload.as_bytes(), &keys, &epoch(0).to_recipient());
    sealed.unwrap().bytes().to_vec()
}

/// Every reader's verdict, a stranger's, and that of another epoch.
fn opens(name: &str, payload: &str, readers: usize, envelope: &[u8]) -> Vector {
    let tried = |epoch, member, verdict| Try {
        epoch,
        member,
        verdict,
    };
    let of = |member| match member < readers {
        true => tried(0, member, Verdict::Opens),
        false => tried(0, member, Verdict::NotForMe),
    };
    let mut tries: Vec<Try> = (0..4).map(of).collect();
    tries.push(tried(1, 0, Verdict::NotForThisEpoch));
    Vector {
        name: name.to_owned(),
        age_opens: true,
        payload: Some(payload.to_owned()),
        tries,
        envelope: BASE64.encode(envelope),
    }
}

fn refused(name: &str, verdict: Verdict, age_opens: bool, envelope: &[u8]) -> Vector {
    Vector {
        name: name.to_owned(),
        age_opens,
        payload: None,
        tries: vec![Try {
            epoch: 0,
            member: 0,
            verdict,
        }],
        envelope: BASE64.encode(envelope),
    }
}

/// That age opens it too, so that only this protocol's rule refuses it.
fn by_our_rule(name: &str, envelope: &[u8]) -> Vector {
    refused(name, Verdict::Damaged, true, envelope)
}

fn by_age_too(name: &str, envelope: &[u8]) -> Vector {
    refused(name, Verdict::Damaged, false, envelope)
}

/// The sentence, padded to `total` bytes.
fn padded_to(total: usize) -> Vec<u8> {
    let length = u32::try_from(SENTENCE.len()).unwrap();
    let mut padded = [&length.to_be_bytes(), SENTENCE.as_bytes()].concat();
    padded.resize(total, 0);
    padded
}

fn inner(padded: &[u8]) -> Vec<u8> {
    layer::seal(&INNER, &[member(0).to_key().to_age()], padded).unwrap()
}

/// A good inner file of `total` bytes.
fn inner_of(total: usize) -> Vec<u8> {
    inner(&padded_to(total - layer::overhead(&INNER, 1)))
}

fn outer(inner: &[u8]) -> Vec<u8> {
    layer::seal(&OUTER, &[epoch(0).to_recipient()], inner).unwrap()
}

fn outer_room(size: usize) -> usize {
    size - layer::overhead(&OUTER, 1)
}

/// Another character of base64 at this place of a header, or another byte of a payload.
fn changed(mut file: Vec<u8>, at: usize) -> Vec<u8> {
    file[at] = if file[at] == b'A' { b'B' } else { b'A' };
    file
}

/// With grease of the one length that fits, which comes up among some hundreds.
fn greased_to(total: usize, recipient: &dyn Recipient, payload: &[u8]) -> Vec<u8> {
    let mut made = (0..20_000).map(|_| greased(recipient, payload));
    made.find(|file| file.len() == total).unwrap()
}

fn scrypt() -> age::scrypt::Recipient {
    let mut scrypt = age::scrypt::Recipient::new("x".into());
    scrypt.set_work_factor(1);
    scrypt
}

/// An epoch's recipient that writes one argument more, which the age specification refuses too.
struct OneArgumentMore(EpochRecipient);

impl Recipient for OneArgumentMore {
    fn wrap_file_key(&self, key: &FileKey) -> Result<(Vec<Stanza>, HashSet<String>), EncryptError> {
        let (mut stanzas, labels) = self.0.wrap_file_key(key)?;
        stanzas[0].args.push("x".to_owned());
        Ok((stanzas, labels))
    }
}

fn bad_outer() -> Vec<Vector> {
    let key = epoch(0).to_recipient();
    let grease = greased_to(4096, &key, &inner_of(outer_room(4096) - 100));

    let shape = Shape {
        stanzas: 2,
        ..OUTER
    };
    let room = 4096 - layer::overhead(&shape, 2);
    let both = [key.clone(), epoch(1).to_recipient()];
    let two = layer::seal(&shape, &both, &inner_of(room)).unwrap();

    let shape = Shape {
        end: b" x\n",
        ..OUTER
    };
    let inner = inner_of(4096 - layer::overhead(&shape, 1));
    let argument = layer::seal(&shape, &[OneArgumentMore(key)], &inner).unwrap();

    let inner = inner_of(4096 - layer::overhead(&INNER, 1));
    let classical = layer::seal(&INNER, &[member(0).to_key().to_age()], &inner).unwrap();
    let scrypt_overhead = greased(&scrypt(), b"").len();
    let passphrase = greased(&scrypt(), &inner_of(4096 - scrypt_overhead));

    let good = || outer(&inner_of(outer_room(4096)));
    let mut version = good();
    version[b"age-encryption.org/v".len()] = b'2';
    let mac = changed(good(), OUTER.mac_at(1) + 10);
    let wrapped = changed(good(), OUTER.mac_at(1) - 20);
    vec![
        by_our_rule("outer header: a grease stanza", &grease),
        by_our_rule("outer header: two stanzas, for two epochs", &two),
        by_age_too("outer header: a second argument", &argument),
        by_age_too("outer header: an X25519 stanza", &classical),
        by_age_too("outer header: a scrypt stanza", &passphrase),
        by_age_too("outer header: version 2", &version),
        by_age_too("outer header: another MAC", &mac),
        refused(
            "outer header: another wrapped key",
            Verdict::NotForThisEpoch,
            false,
            &wrapped,
        ),
        by_age_too("outer payload: another last byte", &changed(good(), 4095)),
        by_our_rule("4,095 bytes", &outer(&inner_of(outer_room(4095)))),
    ]
}

fn bad_inner() -> Vec<Vector> {
    let room = outer_room(4096);
    let key = member(0).to_key().to_age();
    let padded = padded_to(room - layer::overhead(&INNER, 1) - 100);
    let grease = greased_to(room, &key, &padded);
    let padded = padded_to(room - greased(&scrypt(), b"").len());
    let passphrase = greased(&scrypt(), &padded);

    let shape = Shape {
        stanzas: MEMBERS_MAX + 1,
        ..INNER
    };
    let others = (1..shape.stanzas).map(|_| MemberIdentity::generate().to_key().to_age());
    let keys: Vec<_> = others.chain([key]).collect();
    let padded = padded_to(outer_room(65536) - layer::overhead(&shape, keys.len()));
    let crowd = layer::seal(&shape, &keys, &padded).unwrap();

    let mac = changed(inner_of(room), INNER.mac_at(1) + 10);
    let payload = changed(inner_of(room), room - 1);
    vec![
        by_our_rule("inner header: a grease stanza", &outer(&grease)),
        by_our_rule("inner header: 257 stanzas", &outer(&crowd)),
        by_age_too("inner header: a scrypt stanza", &outer(&passphrase)),
        by_age_too("inner header: another MAC", &outer(&mac)),
        by_age_too("inner payload: another last byte", &outer(&payload)),
    ]
}

fn bad_padding() -> Vec<Vector> {
    let room = outer_room(4096) - layer::overhead(&INNER, 1);
    let mut not_zero = padded_to(room);
    *not_zero.last_mut().unwrap() = 1;
    let mut shorter = padded_to(room);
    shorter[3] -= 1;
    let mut longer = padded_to(room);
    longer[2] = 0x10;
    let with = |name: &str, padded: &[u8]| by_our_rule(name, &outer(&inner(padded)));
    vec![
        with("padding: the last byte is not zero", &not_zero),
        with("padding: the length ends within the payload", &shorter),
        with("padding: the length is longer than what follows", &longer),
    ]
}
