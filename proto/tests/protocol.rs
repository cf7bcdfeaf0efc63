//! PROTOCOL.md and the code say the same numbers; damage is refused. That frames keep their bytes, `shared_vectors` checks.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};

use bellrope_proto::{
    EXPORTER_LABEL,
    envelope::{BUCKETS, Envelope},
    grant::{Grant, HostToken, Opening, Proof, Revocation, Rights, Sponsorship, Succession},
    ids::{Leaf, MailboxId, Sequence, Timestamp},
    keys::RelayKeys,
    limits::{
        FRAME_BYTES_MAX, GREETING_BYTES_MAX, GREETING_SECONDS_MAX, POSTS_IN_FLIGHT_MAX,
        RECEIPT_BATCH_MAX, REVOKED_LANES_MAX, SILENCE_SECONDS, SKIPPED_LEAVES_MAX,
        SPONSORED_MAILBOXES_MAX, SUCCEEDED_MAILBOXES_MAX, SUCCEEDED_ROOM_BYTES_MAX,
    },
    message::{
        Deliver, FromRelay, Hello, Post, Prove, Reason, Refused, RequestId, Skipped, Stored,
        Subscribe, ToRelay,
    },
    receipt::{Batch, Fact, Head, Receipt, Restored, first_head, leaf, next_head},
    signing::{Authority, Lane, RelayLog, SecretKey, Statement},
};
use proptest::prelude::*;

const DOCUMENT: &str = include_str!("../PROTOCOL.md");

/// Rows `| number | name |` of the first table after `heading`.
fn table(heading: &str) -> Vec<(u16, String)> {
    let (_, after) = DOCUMENT.split_once(heading).unwrap();
    after
        .lines()
        .skip_while(|line| !line.starts_with('|'))
        .take_while(|line| line.starts_with('|'))
        .skip(2)
        .map(|row| {
            let cells: Vec<&str> = row.split('|').map(str::trim).collect();
            (cells[1].parse().unwrap(), cells[2].to_owned())
        })
        .collect()
}

fn owned(numbers: &[(u16, &str)]) -> Vec<(u16, String)> {
    let own = |(number, name): &(u16, &str)| (*number, (*name).to_owned());
    numbers.iter().map(own).collect()
}

#[test]
fn the_document_lists_every_message_and_no_other() {
    assert_eq!(table("Client to relay:"), owned(ToRelay::NUMBERS));
    assert_eq!(table("Relay to client:"), owned(FromRelay::NUMBERS));
}

#[test]
fn the_document_lists_every_reason_and_no_other() {
    let listed = table("Reasons of a refusal:");
    for (number, name) in &listed {
        assert_eq!(format!("{:?}", Reason::from(*number)), *name);
    }
    let next = u16::try_from(listed.len()).unwrap() + 1;
    assert_eq!(Reason::from(next), Reason::Other(next));
}

#[test]
fn the_document_states_the_limits() {
    let thousands = |n: usize| format!("{},{:03}", n / 1000, n % 1000);
    for limit in [FRAME_BYTES_MAX, GREETING_BYTES_MAX, RECEIPT_BATCH_MAX] {
        assert!(DOCUMENT.contains(&thousands(limit)), "{limit}");
    }
    let unwrapped = DOCUMENT.replace('\n', " ");
    for said in [
        format!("1 to {SKIPPED_LEAVES_MAX}, 32 each"),
        format!("lane after {GREETING_SECONDS_MAX} s"),
        format!("nothing came for {SILENCE_SECONDS} s"),
        format!("While {POSTS_IN_FLIGHT_MAX} requests"),
        format!("at most {SPONSORED_MAILBOXES_MAX} at a time"),
        format!("at most {SUCCEEDED_MAILBOXES_MAX} succeeded mailboxes"),
        format!("at most {} MiB", SUCCEEDED_ROOM_BYTES_MAX >> 20),
        format!("At most {REVOKED_LANES_MAX} lanes of a mailbox are revoked"),
        format!("`{}` and no context", EXPORTER_LABEL.escape_ascii()),
    ] {
        assert!(unwrapped.contains(&said), "{said}");
    }
    for bucket in BUCKETS {
        assert!(DOCUMENT.contains(&thousands(bucket)), "{bucket}");
    }
}

/// What the table of purposes says of a statement: its name, who signs it.
fn listed<T: Statement>() -> (String, String) {
    let signer = std::any::type_name::<T::Signer>();
    let (name, signer) = (
        format!("{:?}", T::PURPOSE),
        signer.rsplit("::").next().unwrap(),
    );
    (name.to_lowercase(), signer.to_lowercase())
}

#[test]
fn the_document_lists_every_purpose_with_its_signer() {
    let (_, after) = DOCUMENT.split_once("| purpose | signed by |").unwrap();
    let rows = after.lines().skip(2).take_while(|row| row.starts_with('|'));
    let mut names = BTreeSet::new();
    let mut signers = BTreeMap::new();
    for row in rows {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let purposes = cells[1].split(", ").map(|name| name.trim_matches('`'));
        for purpose in purposes {
            assert!(names.insert(purpose.to_owned()), "{purpose}");
            // "paying mailbox's authority": the kind of key stands last; "relay's log key" is the type `RelayLog`.
            let signer = match cells[2].strip_suffix(" key") {
                Some(kind) => kind.replace("'s ", ""),
                None => cells[2].rsplit(' ').next().unwrap().to_owned(),
            };
            if cells[2] != "devices, invitations and recovery keys" {
                signers.insert(purpose.to_owned(), signer);
            }
        }
    }
    // Which kinds of statements only clients have, the client's own tests know.
    let known = BTreeMap::from([
        listed::<Grant>(),
        listed::<Proof>(),
        listed::<Opening>(),
        listed::<Sponsorship>(),
        listed::<Succession>(),
        listed::<Revocation>(),
        listed::<RelayKeys>(),
        listed::<HostToken>(),
        listed::<Batch>(),
        listed::<Head>(),
        listed::<Restored>(),
    ]);
    assert_eq!(signers, known);
    // The one list of domain strings is in the source alone: nobody outside may ask for one.
    let source = include_str!("../src/signing.rs");
    let domains = source.lines().filter_map(|line| {
        let (variant, domain) = line.trim().split_once(" => b\"bellrope/")?;
        let name = domain.strip_suffix("/v1\",")?;
        let variant = variant.strip_prefix("Self::")?.to_lowercase();
        assert_eq!(variant, name);
        Some(variant)
    });
    assert_eq!(names, domains.collect());
}

fn relay_log() -> SecretKey<RelayLog> {
    SecretKey::from_seed(&[1; 32])
}

fn fact() -> Fact {
    let mailbox = MailboxId([2; 32]);
    let envelope = Envelope::new(vec![7; 4096]).unwrap().hash();
    let time = Timestamp(1_800_000_000);
    Fact {
        mailbox,
        sequence: Sequence(1),
        envelope,
        head: next_head(first_head(mailbox), leaf(envelope, time)),
        time,
    }
}

/// Frames of every kind of field: four that clients send, four that relays send.
fn samples() -> Vec<Vec<u8>> {
    let authority = SecretKey::<Authority>::from_seed(&[3; 32]);
    let lane = SecretKey::<Lane>::from_seed(&[4; 32]).public();
    let grant = authority.sign(&Grant {
        authority: authority.public(),
        lane,
        rights: Rights::BOTH,
        expires: Timestamp(1_800_000_000),
    });
    let proof = grant.detach();
    let request = RequestId(5);
    vec![
        ToRelay::from(Hello {
            version_min: 1,
            version_max: 1,
        })
        .to_frame(),
        ToRelay::from(Prove {
            request,
            grant,
            proof,
        })
        .to_frame(),
        ToRelay::from(Post {
            request,
            envelope: Envelope::new(vec![7; 4096]).unwrap(),
        })
        .to_frame(),
        ToRelay::from(Subscribe {
            request,
            after: Sequence(9),
        })
        .to_frame(),
        FromRelay::from(Stored {
            request,
            receipt: Receipt::issue(&relay_log(), &[fact()]).remove(0),
        })
        .to_frame(),
        FromRelay::from(Deliver {
            sequence: Sequence(1),
            time: Timestamp(2),
            envelope: Envelope::new(vec![7; 4096]).unwrap(),
        })
        .to_frame(),
        FromRelay::from(Skipped {
            first: Sequence(1),
            leaves: vec![Leaf([1; 32]), Leaf([2; 32])],
        })
        .to_frame(),
        FromRelay::from(Refused {
            request,
            reason: Reason::MailboxFull,
            retry_seconds: 60,
        })
        .to_frame(),
    ]
}

/// Reads a sample's body as the side that it is meant for.
fn read_own(sample: usize, body: &[u8]) -> bool {
    if sample < 4 {
        ToRelay::from_body(body).is_ok()
    } else {
        FromRelay::from_body(body).is_ok()
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn shortened_and_lengthened_frames_are_refused(at in 0usize..8, cut in 1usize..64) {
        let frame = &samples()[at];
        let body = &frame[4..];
        prop_assert!(read_own(at, body));
        prop_assert!(!read_own(at, &body[..body.len().saturating_sub(cut)]));
        prop_assert!(!read_own(at, &[body, &vec![0; cut]].concat()));
    }

    #[test]
    fn a_flipped_bit_never_panics_and_never_passes_a_signature(bit in 0usize..(1 << 20)) {
        for frame in samples() {
            let mut body = frame[4..].to_vec();
            let at = bit % (body.len() * 8);
            body[at / 8] ^= 1 << (at % 8);
            if let Ok(FromRelay::Stored(stored)) = FromRelay::from_body(&body) {
                let untouched = at / 8 < 6; // the message's and the request's number
                prop_assert_eq!(stored.receipt.verify(&relay_log().public()).is_ok(), untouched);
            }
            let _ = ToRelay::from_body(&body);
        }
    }

    #[test]
    fn noise_is_refused_without_a_panic(noise in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = (ToRelay::from_body(&noise), FromRelay::from_body(&noise));
    }
}
