//! Whether what a relay signed for a sender fits together: for those who may post and not read, and so never see the chain.

use std::collections::BTreeMap;

use bellrope_proto::{
    ids::{MailboxId, Sequence},
    keys::KeyHistory,
    receipt::{Commitment, Head, Receipt, Word},
    signing::{BadSignature, Signed},
};

use super::chain::ChainFault;

/// Holds the newest head against every receipt that the relay gave for this mailbox, and these against each other. Receipts
/// of other relays and mailboxes are left out.
///
/// # Errors
/// [`ChainFault::Commitments`].
pub(crate) fn compare(
    keys: &KeyHistory,
    mailbox: MailboxId,
    receipts: &[Receipt],
    newest: Signed<Head>,
) -> Result<(), ChainFault> {
    let newest = Commitment::Head(newest);
    let verify = |said: &Commitment| keys.find(|log| said.verify(log)).map(|found| found.0);
    let word = verify(&newest).map_err(|BadSignature| ChainFault::NotSigned)?;
    let mut places: BTreeMap<Sequence, (Word, Commitment)> = BTreeMap::new();
    for receipt in receipts {
        let said = Commitment::Receipt(receipt.clone());
        let Ok(word) = verify(&said) else {
            continue;
        };
        if word.mailbox != mailbox {
            continue;
        }
        match places.get(&word.sequence) {
            Some((known, before)) if word.contradicts(known) => {
                return Err(ChainFault::Commitments(vec![before.clone(), said]));
            }
            Some(_) => {}
            None => _ = places.insert(word.sequence, (word, said)),
        }
    }
    let mut before: Option<&(Word, Commitment)> = None;
    for place in places.values() {
        if let Some((known, said)) = before.filter(|(known, _)| place.0.contradicts(known)) {
            tracing::debug!(sequence = known.sequence.0, "two receipts do not fit");
            return Err(ChainFault::Commitments(vec![said.clone(), place.1.clone()]));
        }
        // What it signed is more than what it says there is: it was rolled back, or hides something.
        if place.0.sequence > word.sequence || place.0.contradicts(&word) {
            return Err(ChainFault::Commitments(vec![place.1.clone(), newest]));
        }
        before = Some(place);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing, clippy::unwrap_used)]
    use bellrope_proto::{
        ids::{Hash, Timestamp},
        keys::RelayKeys,
        receipt::{Fact, first_head, leaf, next_head},
        signing::{PublicKey, Relay, RelayLog, SecretKey},
    };

    use super::*;

    const BOX: MailboxId = MailboxId([1; 32]);

    fn key() -> SecretKey<RelayLog> {
        SecretKey::from_seed(&[3; 32])
    }

    /// Keys that were replaced since the first receipts.
    fn keys() -> KeyHistory {
        let identity = SecretKey::<Relay>::from_seed(&[1; 32]);
        let mut keys = KeyHistory::new(identity.public());
        for (issued, log) in [(1, [9; 32]), (2, [3; 32])] {
            let statement = identity.sign(&RelayKeys {
                issued: Timestamp(issued),
                tls: PublicKey::from_bytes([1; 32]),
                log: SecretKey::from_seed(&log).public(),
                token: PublicKey::from_bytes([2; 32]),
            });
            keys.learn(&statement).unwrap();
        }
        keys
    }

    /// The facts of an honest log, from its first place.
    fn facts(count: u64) -> Vec<Fact> {
        let mut head = first_head(BOX);
        (1..=count)
            .map(|n| {
                let envelope = Hash::tagged("test", &[&n.to_be_bytes()]);
                let time = Timestamp(1000 + n);
                head = next_head(head, leaf(envelope, time));
                Fact {
                    mailbox: BOX,
                    sequence: Sequence(n),
                    envelope,
                    head,
                    time,
                }
            })
            .collect()
    }

    fn receipts(facts: &[Fact]) -> Vec<Receipt> {
        Receipt::issue(&key(), facts)
    }

    fn head(sequence: u64, head: Hash) -> Signed<Head> {
        key().sign(&Head {
            mailbox: BOX,
            sequence: Sequence(sequence),
            head,
            time: Timestamp(2000),
        })
    }

    fn check(facts: &[Fact], newest: Signed<Head>) -> Result<(), ChainFault> {
        compare(&keys(), BOX, &receipts(facts), newest)
    }

    fn is_proof(result: Result<(), ChainFault>) -> bool {
        matches!(result, Err(ChainFault::Commitments(words)) if words.len() == 2)
    }

    #[test]
    fn an_honest_relay_fits_also_with_others_between_and_receipts_from_elsewhere() {
        let log = facts(5);
        let newest = || head(5, log[4].head);
        assert_eq!(check(&log, newest()), Ok(()));
        assert_eq!(check(&[log[4], log[1], log[1]], newest()), Ok(()));
        assert_eq!(check(&[], head(0, first_head(BOX))), Ok(()));
        let elsewhere = Fact {
            mailbox: MailboxId([9; 32]),
            sequence: Sequence(9),
            ..log[0]
        };
        assert_eq!(check(&[elsewhere], newest()), Ok(()));
        let other = SecretKey::<RelayLog>::from_seed(&[4; 32]);
        let of_another = Receipt::issue(
            &other,
            &[Fact {
                head: Hash([7; 32]),
                ..log[4]
            }],
        );
        assert_eq!(compare(&keys(), BOX, &of_another, newest()), Ok(()));
    }

    #[test]
    fn another_head_less_than_before_and_a_changed_place_are_noticed() {
        let log = facts(5);
        assert!(is_proof(check(&log[2..3], head(3, Hash([9; 32])))));
        assert!(is_proof(check(&log[2..3], head(2, log[1].head))));
        let another = Fact {
            head: Hash([9; 32]),
            ..log[2]
        };
        assert!(is_proof(check(&[log[2], another], head(5, log[4].head))));
        // The same head for another time, and a head that does not follow from the place before it.
        let retold = Fact {
            time: Timestamp(1),
            ..log[2]
        };
        assert!(is_proof(check(&[log[2], retold], head(5, log[4].head))));
        assert!(is_proof(check(&[log[1], retold], head(5, log[4].head))));
    }

    #[test]
    fn receipts_of_before_the_keys_were_replaced_still_bind_it() {
        let log = facts(5);
        let earlier = SecretKey::<RelayLog>::from_seed(&[9; 32]);
        let earlier = Receipt::issue(&earlier, &log[2..3]);
        let compared = |newest| compare(&keys(), BOX, &earlier, newest);
        assert_eq!(compared(head(5, log[4].head)), Ok(()));
        assert!(is_proof(compared(head(2, log[1].head))));
    }

    #[test]
    fn a_head_that_it_did_not_sign_says_nothing() {
        let other = SecretKey::<RelayLog>::from_seed(&[4; 32]);
        let forged = other.sign(&Head {
            mailbox: BOX,
            sequence: Sequence(0),
            head: first_head(BOX),
            time: Timestamp(1),
        });
        assert_eq!(check(&facts(1), forged), Err(ChainFault::NotSigned));
    }
}
