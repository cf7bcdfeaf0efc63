//! What a relay signed that does not fit together, kept sealed: it says which relay this device uses. [`Evidence`] is the form in
//! which it is shown to others. One that proves nothing by itself is kept too: with what another person kept, it may.

use bellrope_proto::{
    address::RelayAddress,
    codec,
    evidence::Evidence,
    ids::{Hash, Timestamp},
    receipt::{Commitment, Head},
    signing::Signed,
};
use data_encoding::HEXLOWER;

use super::{
    files::{DeviceError, damaged},
    relays::known_relay,
    unlocked::Device,
};
use crate::{
    message::Seen,
    relay::{ChainFault, Contradiction, Cursor},
    text::moment_text,
};

const EVIDENCE: &str = "evidence";

/// Characters of a file's name.
const NAME_CHARS: usize = 16;

/// What this device has kept, by name.
///
/// # Errors
/// [`DeviceError`].
pub fn kept_evidence(device: &Device) -> Result<Vec<(String, Evidence)>, DeviceError> {
    let mut all = Vec::new();
    for name in device.files().names(EVIDENCE)? {
        let Some(bytes) = device.files().open_file(&path(&name))? else {
            continue;
        };
        let text = core::str::from_utf8(&bytes).map_err(|error| damaged(&path(&name), error))?;
        let evidence = Evidence::parse(text).map_err(|error| damaged(&path(&name), error))?;
        all.push((name, evidence));
    }
    // The oldest first.
    all.sort_by(|(_, one), (_, other)| one.found.cmp(&other.found));
    Ok(all)
}

/// Keeps the evidence; `false` when the relay signed nothing that could be shown to others, or when it is kept already.
///
/// # Errors
/// [`DeviceError::System`].
pub(crate) fn keep_evidence(
    device: &Device,
    relay: &RelayAddress,
    what: &Contradiction,
    now: Timestamp,
) -> Result<bool, DeviceError> {
    let fault = &what.fault;
    let head = |head: &Signed<Head>| Commitment::Head(head.clone());
    let said: Vec<Commitment> = match fault {
        ChainFault::OutOfOrder | ChainFault::NotSigned => return Ok(false),
        ChainFault::Mismatch { signed, before } => {
            let before = before.as_deref();
            let signed = [signed.as_ref()].into_iter();
            signed.chain(before).map(head).collect()
        }
        ChainFault::RolledBack { before, now } => vec![head(before), head(now)],
        ChainFault::Promise(receipt) => vec![Commitment::Receipt(receipt.as_ref().clone())],
        ChainFault::Commitments(said) => said.clone(),
    };
    let evidence = Evidence {
        relay: relay.clone(),
        found: moment_text(now),
        keys: Vec::new(),
        said,
        restored: what.restored.clone(),
        notes: Vec::new(),
    };
    keep(device, &place(fault), evidence)
}

/// Writes down that somebody was shown another log than this device, which was at `after`. No proof by itself, as the relay
/// signed nothing of what the other saw: with what is on the other's device, it is.
///
/// # Errors
/// [`DeviceError::System`].
pub(crate) fn keep_other_log(
    device: &Device,
    relay: &RelayAddress,
    seen: &Seen,
    (after, now): (&Cursor, Timestamp),
) -> Result<bool, DeviceError> {
    let evidence = Evidence {
        relay: relay.clone(),
        found: moment_text(now),
        keys: Vec::new(),
        said: after
            .signed_head
            .clone()
            .map(Commitment::Head)
            .into_iter()
            .collect(),
        restored: None,
        notes: vec![
            format!("mailbox {}", HEXLOWER.encode(&after.mailbox.0)),
            format!("theirs {} {}", seen.sequence.0, seen.head),
            format!("ours {} {}", after.sequence.0, after.head),
        ],
    };
    keep(device, &codec::encode(&(5_u8, seen)), evidence)
}

/// One fault has one file, however often it is met.
fn keep(device: &Device, fault: &[u8], mut evidence: Evidence) -> Result<bool, DeviceError> {
    let relay = evidence.relay.key();
    let name = Hash::tagged("evidence", &[&relay.0, fault]).to_string();
    let name = name.get(..NAME_CHARS).unwrap_or(&name);
    if device.files().has_file(&path(name)) {
        return Ok(false);
    }
    add_keys(device, &mut evidence);
    device.files().make_folder(EVIDENCE)?;
    device
        .files()
        .write(&path(name), evidence.to_string().as_bytes())?;
    Ok(true)
}

/// The identity's word on the keys that the rest is signed with: whoever has the address can then check all of it.
fn add_keys(device: &Device, evidence: &mut Evidence) {
    let known = known_relay(device, evidence.relay.clone());
    let keys = known.keys();
    let of_said = evidence.said.iter();
    let of_said = of_said.map(|said| keys.find(|log| said.verify(log).map(drop)));
    let restored = evidence.restored.iter();
    let of_restored = restored.map(|said| keys.find(|log| said.verify(log).map(drop)));
    for (_, statement) in of_said.chain(of_restored).filter_map(Result::ok) {
        if !evidence.keys.contains(statement) {
            evidence.keys.push(statement.clone());
        }
    }
}

fn path(name: &str) -> String {
    format!("{EVIDENCE}/{name}")
}

/// Where the relay contradicted itself: mailbox and sequence, and in which way.
fn place(fault: &ChainFault) -> Vec<u8> {
    let of_head = |head: &Signed<Head>| head.peek().ok().map(|head| (head.mailbox, head.sequence));
    let (kind, at) = match fault {
        ChainFault::OutOfOrder | ChainFault::NotSigned => (0_u8, None),
        ChainFault::Mismatch { signed, .. } => (1, of_head(signed)),
        ChainFault::RolledBack { before, .. } => (2, of_head(before)),
        ChainFault::Promise(receipt) => (3, Some((receipt.fact.mailbox, receipt.fact.sequence))),
        ChainFault::Commitments(said) => {
            let at = said.iter().find_map(|said| match said {
                Commitment::Receipt(receipt) => Some((receipt.fact.mailbox, receipt.fact.sequence)),
                Commitment::Head(head) => of_head(head),
            });
            (4, at)
        }
    };
    codec::encode(&(kind, at))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use bellrope_proto::{
        ids::{MailboxId, Sequence},
        keys::{KeyHistory, RelayKeys},
        receipt::{Fact, Receipt, Restored},
        signing::{PublicKey, Relay, RelayLog, SecretKey},
    };

    use data_encoding::BASE64;

    use super::*;
    use crate::{
        device::{fixtures, note_relay},
        relay::KnownRelay,
    };

    const BOX: MailboxId = MailboxId([7; 32]);
    const NOW: Timestamp = Timestamp(1_000_000);

    fn identity() -> SecretKey<Relay> {
        SecretKey::from_seed(&[1; 32])
    }

    fn log(number: u8) -> SecretKey<RelayLog> {
        SecretKey::from_seed(&[number; 32])
    }

    fn address() -> RelayAddress {
        RelayAddress::new("relay.example.org", 443, identity().public()).unwrap()
    }

    /// A device that has seen the relay with two keys, one after the other.
    fn device(dir: &std::path::Path) -> Device {
        let device = fixtures::device(dir, Vec::new());
        let mut keys = KeyHistory::new(identity().public());
        for number in [3, 4] {
            let statement = identity().sign(&RelayKeys {
                issued: Timestamp(u64::from(number)),
                tls: PublicKey::from_bytes([1; 32]),
                log: log(number).public(),
                token: PublicKey::from_bytes([2; 32]),
            });
            keys.learn(&statement).unwrap();
        }
        note_relay(&device, &KnownRelay::new(address(), Some(keys))).unwrap();
        device
    }

    fn head(by: u8, sequence: u64) -> Signed<Head> {
        log(by).sign(&Head {
            mailbox: BOX,
            sequence: Sequence(sequence),
            head: Hash([by; 32]),
            time: NOW,
        })
    }

    fn receipt(by: u8, sequence: u64) -> Receipt {
        let fact = Fact {
            mailbox: BOX,
            sequence: Sequence(sequence),
            envelope: Hash([8; 32]),
            head: Hash([9; 32]),
            time: NOW,
        };
        Receipt::issue(&log(by), &[fact]).remove(0)
    }

    fn contradiction(fault: ChainFault) -> Contradiction {
        Contradiction {
            fault,
            restored: None,
        }
    }

    /// The one that was not known yet, as it is shown to others.
    fn newest(device: &Device, known: &mut Vec<String>) -> String {
        let mut all = kept_evidence(device).unwrap().into_iter();
        let (name, evidence) = all.find(|(name, _)| !known.contains(name)).unwrap();
        known.push(name);
        evidence.to_string()
    }

    /// What somebody can check of a file who has the relay's address alone: the kinds of what the relay signed.
    fn checked(text: &str) -> Vec<String> {
        let mut lines = text.lines();
        assert_eq!(lines.next(), Some("bellrope evidence 1"));
        let relay = lines.next().unwrap().strip_prefix("relay ").unwrap();
        let relay: RelayAddress = relay.parse().unwrap();
        assert_eq!(lines.next(), Some("found 1970-01-12 13:46 UTC"));
        let mut logs = Vec::new();
        let mut kinds = Vec::new();
        for line in lines {
            let (kind, rest) = line.split_once(' ').unwrap();
            kinds.push(kind.to_owned());
            let bytes = || BASE64.decode(rest.as_bytes()).unwrap();
            let by_one = |is_by: &dyn Fn(&PublicKey<RelayLog>) -> bool| {
                assert!(logs.iter().any(is_by), "{line}");
            };
            match kind {
                "keys" => {
                    let said: Signed<RelayKeys> = codec::decode(&bytes()).unwrap();
                    logs.push(said.verify(&relay.key()).unwrap().log);
                }
                "head" => {
                    let said: Signed<Head> = codec::decode(&bytes()).unwrap();
                    by_one(&|log| said.verify(log).is_ok());
                }
                "receipt" => {
                    let said: Receipt = codec::decode(&bytes()).unwrap();
                    by_one(&|log| said.verify(log).is_ok());
                }
                "restored" => {
                    let said: Signed<Restored> = codec::decode(&bytes()).unwrap();
                    by_one(&|log| said.verify(log).is_ok());
                }
                _ => {}
            }
        }
        kinds
    }

    #[test]
    fn every_contradiction_is_kept_once_with_all_that_a_stranger_needs_to_check_it() {
        let dir = tempfile::tempdir().unwrap();
        let device = device(dir.path());
        let boxed = |by, sequence| Box::new(head(by, sequence));
        let said = |all: &[Commitment]| ChainFault::Commitments(all.to_vec());
        let one = Commitment::Receipt(receipt(3, 6));
        let mismatch = |before| ChainFault::Mismatch {
            signed: boxed(4, 1),
            before,
        };
        let rolled_back = |sequence| ChainFault::RolledBack {
            before: boxed(3, sequence),
            now: boxed(4, 1),
        };
        let faults: [(ChainFault, &[&str]); 7] = [
            (mismatch(None), &["keys", "head"]),
            (rolled_back(3), &["keys", "keys", "head", "head"]),
            // Another place is another contradiction.
            (rolled_back(4), &["keys", "keys", "head", "head"]),
            (
                ChainFault::Promise(Box::new(receipt(3, 5))),
                &["keys", "receipt"],
            ),
            (
                ChainFault::Promise(Box::new(receipt(4, 3))),
                &["keys", "receipt"],
            ),
            (
                said(&[one.clone(), Commitment::Head(head(4, 5))]),
                &["keys", "keys", "receipt", "head"],
            ),
            (
                said(&[one, Commitment::Receipt(receipt(3, 7))]),
                // The same place and kind as the one before: one file is enough.
                &[],
            ),
        ];
        let mut files = Vec::new();
        for (fault, kinds) in faults {
            let what = contradiction(fault);
            let kept = keep_evidence(&device, &address(), &what, NOW).unwrap();
            assert_eq!(kept, !kinds.is_empty());
            if !kept {
                continue;
            }
            assert_eq!(checked(&newest(&device, &mut files)), kinds, "{what:?}");
            assert!(!keep_evidence(&device, &address(), &what, NOW.plus(1)).unwrap());
        }
        assert_eq!(files.len(), 6);
        assert_eq!(kept_evidence(&device).unwrap().len(), 6);
    }

    #[test]
    fn what_the_relay_did_not_sign_is_no_evidence() {
        let dir = tempfile::tempdir().unwrap();
        let device = device(dir.path());
        for fault in [ChainFault::OutOfOrder, ChainFault::NotSigned] {
            let what = contradiction(fault);
            assert!(!keep_evidence(&device, &address(), &what, NOW).unwrap());
        }
    }

    #[test]
    fn a_hosts_word_on_an_old_copy_is_kept_with_the_rest() {
        let dir = tempfile::tempdir().unwrap();
        let device = device(dir.path());
        let what = Contradiction {
            fault: ChainFault::Promise(Box::new(receipt(3, 5))),
            restored: Some(log(4).sign(&Restored {
                relay: identity().public(),
                copied: Timestamp(1),
                restored: Timestamp(2),
            })),
        };
        assert!(keep_evidence(&device, &address(), &what, NOW).unwrap());
        let text = newest(&device, &mut Vec::new());
        assert_eq!(checked(&text), ["keys", "keys", "receipt", "restored"]);
    }

    #[test]
    fn another_log_that_somebody_was_shown_is_kept_with_what_was_signed_here() {
        let dir = tempfile::tempdir().unwrap();
        let device = device(dir.path());
        let seen = Seen {
            relay: identity().public(),
            sequence: Sequence(5),
            head: Hash([0xab; 32]),
        };
        let mut after = Cursor::start(BOX);
        let kept = |after: &Cursor, seen: &Seen| {
            keep_other_log(&device, &address(), seen, (after, NOW)).unwrap()
        };
        let mut files = Vec::new();
        assert!(kept(&after, &seen));
        let text = newest(&device, &mut files);
        assert_eq!(checked(&text), ["mailbox", "theirs", "ours"]);
        assert!(text.contains(&format!("mailbox {}\n", "07".repeat(32))));
        assert!(text.contains(&format!("theirs 5 {}\n", "ab".repeat(32))));
        assert!(!kept(&after, &seen));
        after.signed_head = Some(head(4, 9));
        let later = Seen {
            sequence: Sequence(6),
            ..seen
        };
        assert!(kept(&after, &later));
        let text = newest(&device, &mut files);
        assert_eq!(
            checked(&text),
            ["mailbox", "theirs", "ours", "keys", "head"]
        );
    }
}
