//! What a relay signed, in a text for showing to others, and what it proves to whoever has the relay's address.
//!
//! A file often has one half only: a receipt of one person, the head that another was shown. So files are checked
//! together, and two people who compare theirs may have a proof where each alone has none.

use core::fmt;

use data_encoding::BASE64;

use crate::{
    address::RelayAddress,
    codec,
    keys::{KeyHistory, RelayKeys},
    receipt::{Commitment, Restored, Word},
    signing::Signed,
};

const TITLE: &str = "bellrope evidence 1";

/// A file is two commitments, a few statements of keys, and a note: some kilobytes.
pub const EVIDENCE_BYTES_MAX: usize = 64 * 1024;

/// One file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// Whose word it is.
    pub relay: RelayAddress,
    /// When it was found, for people.
    pub found: String,
    /// The statements of the keys that the rest is signed with.
    pub keys: Vec<Signed<RelayKeys>>,
    /// What the relay bound itself to.
    pub said: Vec<Commitment>,
    /// Its host's word that an old copy was put back.
    pub restored: Option<Signed<Restored>>,
    /// Lines of other words, as they stand: for people, and of later versions.
    pub notes: Vec<String>,
}

/// Why a text is no evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotEvidence {
    /// It is something else, or was changed.
    #[error("this is not an evidence file of Bellrope, or it was changed")]
    Form,
    /// It is longer than evidence is.
    #[error("the file is too long")]
    TooLong,
}

impl fmt::Display for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{TITLE}\nrelay {}\nfound {}", self.relay, self.found)?;
        for note in &self.notes {
            writeln!(f, "{note}")?;
        }
        let mut line = |word: &str, bytes: Vec<u8>| writeln!(f, "{word} {}", BASE64.encode(&bytes));
        for keys in &self.keys {
            line("keys", codec::encode(keys))?;
        }
        for said in &self.said {
            match said {
                Commitment::Receipt(receipt) => line("receipt", codec::encode(receipt))?,
                Commitment::Head(head) => line("head", codec::encode(head))?,
            }
        }
        match &self.restored {
            Some(restored) => line("restored", codec::encode(restored)),
            None => f.write_str(""),
        }
    }
}

impl Evidence {
    /// Reads a file. Nothing in it is verified.
    ///
    /// # Errors
    /// [`NotEvidence`].
    pub fn parse(text: &str) -> Result<Self, NotEvidence> {
        if text.len() > EVIDENCE_BYTES_MAX {
            return Err(NotEvidence::TooLong);
        }
        let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        if lines.next() != Some(TITLE) {
            return Err(NotEvidence::Form);
        }
        let relay = lines.next().and_then(|line| line.strip_prefix("relay "));
        let relay = relay.and_then(|address| address.parse().ok());
        let mut evidence = Self {
            relay: relay.ok_or(NotEvidence::Form)?,
            found: String::new(),
            keys: Vec::new(),
            said: Vec::new(),
            restored: None,
            notes: Vec::new(),
        };
        for line in lines {
            let (word, rest) = line.split_once(' ').ok_or(NotEvidence::Form)?;
            match word {
                "found" => rest.clone_into(&mut evidence.found),
                "keys" => evidence.keys.push(decoded(rest)?),
                "receipt" => evidence.said.push(Commitment::Receipt(decoded(rest)?)),
                "head" => evidence.said.push(Commitment::Head(decoded(rest)?)),
                "restored" => evidence.restored = Some(decoded(rest)?),
                _ => evidence.notes.push(line.to_owned()),
            }
        }
        Ok(evidence)
    }
}

fn decoded<T: serde::Serialize + serde::de::DeserializeOwned>(
    text: &str,
) -> Result<T, NotEvidence> {
    let bytes = BASE64
        .decode(text.as_bytes())
        .map_err(|_| NotEvidence::Form)?;
    codec::decode(&bytes).map_err(|_| NotEvidence::Form)
}

/// What files prove together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findings {
    /// What the relay signed, each once.
    pub signed: Vec<Word>,
    /// Pieces that no key of the relay signed, as far as the files have its keys. They prove nothing.
    pub unsigned: usize,
    /// Pairs that cannot both be true of one log.
    pub contradictions: Vec<(Word, Word)>,
    /// Pairs of which the second was said later, of an earlier place: the relay went back to an earlier state, or its
    /// clock did.
    pub went_back: Vec<(Word, Word)>,
    /// What its host said of old copies that were put back: what was signed before may be gone.
    pub restored: Vec<Restored>,
}

/// Checks files together. Those of another relay than the first are left out by the caller: they say nothing of this one.
#[must_use]
pub fn check(files: &[Evidence]) -> Findings {
    let mut findings = Findings::default();
    let Some(first) = files.first() else {
        return findings;
    };
    let mut statements: Vec<_> = files.iter().flat_map(|file| &file.keys).collect();
    statements.sort_by_key(|keys| keys.peek().map(|keys| keys.issued).ok());
    let mut keys = KeyHistory::new(first.relay.key());
    for statement in statements {
        // Whoever signs two statements at one time is judged by the first.
        let _ = keys.learn(statement);
    }
    for file in files {
        for said in &file.said {
            match keys.find(|log| said.verify(log)) {
                Ok((word, _)) if !findings.signed.contains(&word) => findings.signed.push(word),
                Ok(_) => {}
                Err(_) => findings.unsigned += 1,
            }
        }
        let Some(said) = &file.restored else {
            continue;
        };
        match keys.find(|log| said.verify(log)) {
            Ok((restored, _)) if findings.restored.contains(&restored) => {}
            Ok((restored, _)) if restored.relay == first.relay.key() => {
                findings.restored.push(restored);
            }
            _ => findings.unsigned += 1,
        }
    }
    for (at, one) in findings.signed.iter().enumerate() {
        for other in findings.signed.iter().skip(at + 1) {
            if one.contradicts(other) {
                findings.contradictions.push((*one, *other));
            } else if other.goes_back_from(one) {
                findings.went_back.push((*one, *other));
            } else if one.goes_back_from(other) {
                findings.went_back.push((*other, *one));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::{
        ids::{Hash, MailboxId, Sequence, Timestamp},
        receipt::{Fact, Head, Receipt},
        signing::{PublicKey, Relay, RelayLog, SecretKey},
    };

    fn log(number: u8) -> SecretKey<RelayLog> {
        SecretKey::from_seed(&[number; 32])
    }

    /// A relay that has replaced its keys: 2 by 3.
    fn file(said: Vec<Commitment>) -> Evidence {
        let identity = SecretKey::<Relay>::from_seed(&[1; 32]);
        let keys = [2, 3].map(|number| {
            identity.sign(&RelayKeys {
                issued: Timestamp(u64::from(number)),
                tls: PublicKey::from_bytes([1; 32]),
                log: log(number).public(),
                token: PublicKey::from_bytes([1; 32]),
            })
        });
        Evidence {
            relay: RelayAddress::new("relay.example.org", 443, identity.public()).unwrap(),
            found: "2026-11-28 10:00 UTC".to_owned(),
            keys: keys.to_vec(),
            said,
            restored: None,
            notes: vec!["theirs 5 abcd".to_owned()],
        }
    }

    fn head(by: u8, sequence: u64, head: u8, time: u64) -> Commitment {
        Commitment::Head(log(by).sign(&Head {
            mailbox: MailboxId([1; 32]),
            sequence: Sequence(sequence),
            head: Hash([head; 32]),
            time: Timestamp(time),
        }))
    }

    fn receipt(by: u8, sequence: u64, head: u8, time: u64) -> Commitment {
        let fact = Fact {
            mailbox: MailboxId([1; 32]),
            sequence: Sequence(sequence),
            envelope: Hash([9; 32]),
            head: Hash([head; 32]),
            time: Timestamp(time),
        };
        Commitment::Receipt(Receipt::issue(&log(by), &[fact]).remove(0))
    }

    #[test]
    fn a_file_is_read_as_it_was_written_and_anything_else_is_refused() {
        let written = file(vec![head(2, 5, 1, 10), receipt(3, 6, 2, 11)]);
        let text = written.to_string();
        assert_eq!(Evidence::parse(&text), Ok(written.clone()));
        assert_eq!(Evidence::parse(&text.replace('\n', "\r\n\n")), Ok(written));
        for wrong in [
            String::new(),
            text.replace("evidence 1", "evidence 2"),
            text.replace("head ", "head !"),
            text.replace("relay.example", "relax.example"),
            text.replace("keys ", "keys"),
        ] {
            assert!(Evidence::parse(&wrong).is_err(), "{wrong}");
        }
        let long = format!("{text}{}", "note x\n".repeat(EVIDENCE_BYTES_MAX));
        assert_eq!(Evidence::parse(&long), Err(NotEvidence::TooLong));
    }

    #[test]
    fn what_cannot_both_be_true_is_proof_also_from_two_files_and_two_keys() {
        let (one, other) = (head(2, 5, 1, 10), receipt(3, 5, 2, 11));
        let found = check(&[file(vec![one.clone(), other.clone()])]);
        assert_eq!(found.contradictions.len(), 1);
        let halves = [file(vec![one.clone()]), file(vec![other])];
        assert_eq!(check(&halves).contradictions, found.contradictions);
        let alone = check(&halves[..1]);
        assert_eq!((alone.signed.len(), alone.contradictions.len()), (1, 0));
        let forged = check(&[file(vec![one, head(4, 5, 2, 11)])]);
        assert_eq!((forged.unsigned, forged.contradictions.len()), (1, 0));
        assert_eq!(check(&[]), Findings::default());
    }

    #[test]
    fn going_back_is_told_from_a_contradiction() {
        let found = check(&[file(vec![head(2, 3, 7, 20), head(2, 5, 1, 10)])]);
        assert!(found.contradictions.is_empty());
        let [(before, after)] = found.went_back[..] else {
            unreachable!("{found:?}");
        };
        assert_eq!((before.sequence.0, after.sequence.0), (5, 3));
        // Earlier and less, at one moment, and a receipt that came in between: all honest.
        for honest in [head(2, 3, 7, 9), head(2, 3, 7, 10), receipt(2, 3, 7, 20)] {
            let found = check(&[file(vec![head(2, 5, 1, 10), honest])]);
            assert!(found.went_back.is_empty(), "{found:?}");
        }
    }
}
