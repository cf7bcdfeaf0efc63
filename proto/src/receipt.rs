//! What a relay answers for: receipts, heads, the hash chain, and the proof that it told two
//! people two things.
//!
//! A relay commits many envelopes at once and signs once: the signature is over the root of a hash
//! tree of the batch's facts, and each receipt carries the short path from its fact to that root
//! (as in Certificate Transparency, RFC 9162, and Roughtime). The path tells nothing of the others.

use serde::{Deserialize, Serialize};

use crate::{
    codec,
    ids::{Hash, Leaf, MailboxId, Sequence, Timestamp},
    limits::RECEIPT_BATCH_MAX,
    signing::{
        BadSignature, PublicKey, Purpose, Relay, RelayLog, SecretKey, Signature, Signed, Statement,
    },
};

/// The head of a mailbox that holds nothing yet.
#[must_use]
pub fn first_head(mailbox: MailboxId) -> Hash {
    Hash::tagged("chain", &[&mailbox.0])
}

/// An envelope's entry in the chain. The time is in it, or a relay could tell one reader that an alert came late.
#[must_use]
pub fn leaf(envelope: Hash, time: Timestamp) -> Leaf {
    let hash = Hash::tagged("entry", &[&envelope.0, &time.0.to_be_bytes()]);
    Leaf(hash.0)
}

/// The head after one more entry.
#[must_use]
pub fn next_head(head: Hash, leaf: Leaf) -> Hash {
    Hash::tagged("head", &[&head.0, &leaf.0])
}

/// What a receipt says: this envelope has this place, and is on disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    /// Where.
    pub mailbox: MailboxId,
    /// Its place, from 1, without gaps.
    pub sequence: Sequence,
    /// Which envelope.
    pub envelope: Hash,
    /// The chain's head after it.
    pub head: Hash,
    /// When, by the relay's clock.
    pub time: Timestamp,
}

impl Fact {
    /// The entry that it speaks of.
    #[must_use]
    pub fn entry(&self) -> Leaf {
        leaf(self.envelope, self.time)
    }

    fn leaf(&self) -> Hash {
        Hash::tagged("receipt-leaf", &[&codec::encode(self)])
    }
}

/// What the relay signs for a batch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Batch {
    /// How many facts.
    pub size: u32,
    /// The tree's root.
    pub root: Hash,
}

impl Statement for Batch {
    type Signer = RelayLog;
    const PURPOSE: Purpose = Purpose::Receipt;
}

/// A relay's signed word that an envelope is on its disk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// What it says.
    pub fact: Fact,
    /// The fact's place in its batch.
    pub index: u32,
    /// The batch's size.
    pub size: u32,
    /// Sibling hashes from the leaf up.
    pub path: Vec<Hash>,
    /// Over the batch.
    pub signature: Signature,
}

impl Receipt {
    /// Signs a batch of at most [`RECEIPT_BATCH_MAX`] facts at once; receipts in the same order.
    #[must_use]
    pub fn issue(key: &SecretKey<RelayLog>, facts: &[Fact]) -> Vec<Self> {
        let leaves: Vec<Hash> = facts.iter().map(Fact::leaf).collect();
        let (root, paths) = tree(leaves);
        let size = u32::try_from(facts.len()).expect("a batch is at most RECEIPT_BATCH_MAX");
        let signature = key.sign(&Batch { size, root }).detach();
        (0..size)
            .zip(facts.iter().zip(paths))
            .map(|(index, (fact, path))| Self {
                fact: *fact,
                index,
                size,
                path,
                signature,
            })
            .collect()
    }

    /// What the receipt says, if the relay with this key signed it.
    ///
    /// # Errors
    /// [`BadSignature`] when it did not.
    pub fn verify(&self, log: &PublicKey<RelayLog>) -> Result<&Fact, BadSignature> {
        let root = self.root().ok_or(BadSignature)?;
        let batch = Batch {
            size: self.size,
            root,
        };
        Signed::attach(&batch, self.signature).verify(log)?;
        Ok(&self.fact)
    }

    fn root(&self) -> Option<Hash> {
        let size_max = u32::try_from(RECEIPT_BATCH_MAX).ok()?;
        if self.index >= self.size || self.size > size_max {
            return None;
        }
        let (mut index, mut width) = (self.index, self.size);
        let mut hash = self.fact.leaf();
        let mut path = self.path.iter();
        while width > 1 {
            // An unpaired last node moves up as it is.
            if !(index == width - 1 && width % 2 == 1) {
                let sibling = path.next()?;
                hash = if index % 2 == 0 {
                    node(hash, *sibling)
                } else {
                    node(*sibling, hash)
                };
            }
            index /= 2;
            width = width.div_ceil(2);
        }
        path.next().is_none().then_some(hash)
    }
}

fn node(left: Hash, right: Hash) -> Hash {
    Hash::tagged("receipt-node", &[&left.0, &right.0])
}

/// The root over the leaves, and each leaf's siblings from the bottom up.
fn tree(leaves: Vec<Hash>) -> (Hash, Vec<Vec<Hash>>) {
    let mut paths = vec![Vec::new(); leaves.len()];
    let mut level = leaves;
    let mut shift = 0u32;
    while level.len() > 1 {
        for (index, path) in paths.iter_mut().enumerate() {
            if let Some(sibling) = level.get((index >> shift) ^ 1) {
                path.push(*sibling);
            }
        }
        level = level
            .chunks(2)
            .filter_map(|pair| match pair {
                [left, right] => Some(node(*left, *right)),
                [single] => Some(*single),
                _ => None,
            })
            .collect();
        shift += 1;
    }
    (level.first().copied().unwrap_or(Hash([0; 32])), paths)
}

/// The newest head of a mailbox, with the moment it was said: a heartbeat.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// Of which mailbox.
    pub mailbox: MailboxId,
    /// The newest place, 0 when empty.
    pub sequence: Sequence,
    /// The head after it.
    pub head: Hash,
    /// When it was said, by the relay's clock.
    pub time: Timestamp,
}

impl Statement for Head {
    type Signer = RelayLog;
    const PURPOSE: Purpose = Purpose::Head;
}

/// A relay's host says that an old copy of it was put back: what it signed between the two moments may be gone. Anybody
/// may ask the host whether that is so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Restored {
    /// Which relay.
    pub relay: PublicKey<Relay>,
    /// Of when the copy is.
    pub copied: Timestamp,
    /// When it was put back.
    pub restored: Timestamp,
}

impl Statement for Restored {
    type Signer = RelayLog;
    const PURPOSE: Purpose = Purpose::Restored;
}

/// Either form in which a relay has bound itself to a head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Commitment {
    /// A receipt's.
    Receipt(Receipt),
    /// A signed head.
    Head(Signed<Head>),
}

impl Commitment {
    /// What the relay signed.
    ///
    /// # Errors
    /// [`BadSignature`] when it did not sign that.
    pub fn verify(&self, log: &PublicKey<RelayLog>) -> Result<Word, BadSignature> {
        match self {
            Self::Receipt(receipt) => {
                let fact = receipt.verify(log)?;
                Ok(Word {
                    mailbox: fact.mailbox,
                    sequence: fact.sequence,
                    head: fact.head,
                    entry: Some(fact.entry()),
                    time: fact.time,
                })
            }
            Self::Head(head) => {
                let head = head.verify(log)?;
                Ok(Word {
                    mailbox: head.mailbox,
                    sequence: head.sequence,
                    head: head.head,
                    entry: None,
                    time: head.time,
                })
            }
        }
    }
}

/// What a commitment says of a mailbox's chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word {
    /// Whose chain.
    pub mailbox: MailboxId,
    /// At which place.
    pub sequence: Sequence,
    /// The head after it.
    pub head: Hash,
    /// The entry at it: receipts say that too.
    pub entry: Option<Leaf>,
    /// When it was signed, by the relay's clock.
    pub time: Timestamp,
}

impl Word {
    /// Whether no chain can be as both say: one place has two heads or entries, or a place's head does not
    /// follow from the one before it.
    #[must_use]
    pub fn contradicts(&self, other: &Self) -> bool {
        if self.mailbox != other.mailbox {
            return false;
        }
        if self.sequence == other.sequence {
            let entries = self.entry.zip(other.entry);
            return self.head != other.head || entries.is_some_and(|(one, two)| one != two);
        }
        self.is_broken_by(other) || other.is_broken_by(self)
    }

    /// Whether this is a newest head that was said later than `before` and of an earlier place: the relay has forgotten
    /// something, or its clock was ahead when it signed this.
    #[must_use]
    pub fn goes_back_from(&self, before: &Self) -> bool {
        self.mailbox == before.mailbox
            && self.entry.is_none()
            && self.sequence < before.sequence
            && self.time > before.time
    }

    fn is_broken_by(&self, next: &Self) -> bool {
        let entry = next.entry.filter(|_| next.sequence == self.sequence.next());
        entry.is_some_and(|entry| next_head(self.head, entry) != next.head)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;

    fn fact(n: u64) -> Fact {
        Fact {
            mailbox: MailboxId([1; 32]),
            sequence: Sequence(n),
            envelope: Hash::tagged("test", &[&n.to_be_bytes()]),
            head: Hash::tagged("test-head", &[&n.to_be_bytes()]),
            time: Timestamp(n),
        }
    }

    #[test]
    fn every_receipt_of_every_batch_size_verifies_and_only_for_its_fact() {
        let key = SecretKey::<RelayLog>::from_seed(&[3; 32]);
        for size in 1..=70 {
            let facts: Vec<Fact> = (0..size).map(fact).collect();
            let receipts = Receipt::issue(&key, &facts);
            assert_eq!(receipts.len(), facts.len());
            for (receipt, fact) in receipts.iter().zip(&facts) {
                assert_eq!(receipt.verify(&key.public()), Ok(fact));
                let mut forged = receipt.clone();
                forged.fact.time = Timestamp(999);
                assert!(forged.verify(&key.public()).is_err());
                let mut longer = receipt.clone();
                longer.path.push(Hash([0; 32]));
                assert!(longer.verify(&key.public()).is_err());
                let mut moved = receipt.clone();
                moved.index += 1;
                assert!(moved.verify(&key.public()).is_err());
            }
        }
    }

    /// A relay that signs for more at once makes every reader hash more.
    #[test]
    fn the_largest_batch_verifies_and_a_larger_one_does_not() {
        let key = SecretKey::<RelayLog>::from_seed(&[3; 32]);
        for (size, fits) in [(RECEIPT_BATCH_MAX, true), (RECEIPT_BATCH_MAX + 1, false)] {
            let facts: Vec<Fact> = (0..size as u64).map(fact).collect();
            let receipts = Receipt::issue(&key, &facts);
            for at in [0, 1, size / 2, size - 1] {
                let verified = receipts[at].verify(&key.public());
                assert_eq!(verified.is_ok(), fits, "{at} of {size}");
            }
        }
    }

    #[test]
    fn two_heads_for_one_place_are_proof() {
        let key = SecretKey::<RelayLog>::from_seed(&[3; 32]);
        let honest = Receipt::issue(&key, &[fact(1)]).remove(0);
        let forked = key.sign(&Head {
            mailbox: MailboxId([1; 32]),
            sequence: Sequence(1),
            head: Hash([9; 32]),
            time: Timestamp(5),
        });
        let one = Commitment::Receipt(honest.clone());
        let two = Commitment::Head(forked.clone());
        let word = |said: &Commitment| said.verify(&key.public()).unwrap();
        assert!(word(&one).contradicts(&word(&two)));
        assert!(!word(&one).contradicts(&word(&one)));
        let other = SecretKey::<RelayLog>::from_seed(&[4; 32]);
        assert!(two.verify(&other.public()).is_err());
    }
}
