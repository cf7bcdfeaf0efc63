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
