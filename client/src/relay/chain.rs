//! Checks a mailbox's chain as it is delivered. Pure: no socket, no clock, no disk.
//!
//! The relay signs heads and receipts, not deliveries. A delivery becomes certain when a signed head
//! at or after its place fits the chain that was computed here.

use bellrope_proto::{
    envelope::Envelope,
    ids::{Leaf, Sequence, Timestamp},
    message::{Deliver, FromRelay, Skipped},
    receipt::{Commitment, Head, Receipt, leaf, next_head},
    signing::{BadSignature, PublicKey, RelayLog, Signed},
};

use super::cursor::Cursor;

/// How a relay's deliveries do not fit together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChainFault {
    /// A place was left out, repeated, or is another mailbox's.
    OutOfOrder,
    /// A head that it did not sign.
    NotSigned,
    /// It signed a head for this place that is not what it delivered.
    Mismatch {
        /// What it signed.
        signed: Box<Signed<Head>>,
        /// Another that it signed for the same place, if we have one: then the two are proof.
        before: Option<Box<Signed<Head>>>,
    },
    /// It gave a receipt for this place, and then delivered something else there.
    Promise(Box<Receipt>),
    /// It signed a later place before, and now says that there is less.
    RolledBack {
        /// The later place, signed before.
        before: Box<Signed<Head>>,
        /// What it says now.
        now: Box<Signed<Head>>,
    },
    /// It signed these for a sender, and no chain is as they say.
    Commitments(Vec<Commitment>),
}

/// What came of one message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// An envelope; the cursor is now after it.
    Envelope {
        /// Its place.
        sequence: Sequence,
        /// When it arrived at the relay, by the relay's clock.
        time: Timestamp,
        /// The envelope.
        envelope: Envelope,
    },
    /// So many envelopes had expired before we came.
    Missed {
        /// How many.
        count: u64,
    },
    /// The relay's signed word that this is all there is.
    CaughtUp {
        /// When it said so, by its clock.
        time: Timestamp,
    },
    /// A signed head of places that are still to come.
    Ahead,
}

/// A mailbox as far as it was delivered.
#[derive(Clone, Debug)]
pub(crate) struct Chain {
    /// What the relay signs with.
    log: PublicKey<RelayLog>,
    cursor: Cursor,
    /// A signed head of a place that was not delivered yet.
    ahead: Option<Signed<Head>>,
    promises: Vec<Receipt>,
}

impl Chain {
    /// Goes on from a cursor. Receipts that the relay gave for places to come are held against it.
    #[must_use]
    pub(crate) fn new(log: PublicKey<RelayLog>, cursor: Cursor, promises: Vec<Receipt>) -> Self {
        Self {
            log,
            cursor,
            ahead: None,
            promises,
        }
    }

    /// How far it is.
    #[must_use]
    pub(crate) fn cursor(&self) -> &Cursor {
        &self.cursor
    }

    /// Takes one message of a subscription; `None` for a message that is no part of one.
    ///
    /// # Errors
    /// [`ChainFault`]; nothing more from this relay can then be believed on this connection.
    pub(crate) fn take(&mut self, message: FromRelay) -> Result<Option<Delivery>, ChainFault> {
        match message {
            FromRelay::Deliver(deliver) => self.deliver(deliver).map(Some),
            FromRelay::Skipped(skipped) => self.skipped(&skipped).map(Some),
            FromRelay::Heartbeat(beat) => self.heartbeat(beat.head).map(Some),
            _ => Ok(None),
        }
    }

    fn deliver(&mut self, deliver: Deliver) -> Result<Delivery, ChainFault> {
        if deliver.sequence != self.cursor.sequence.next() {
            return Err(ChainFault::OutOfOrder);
        }
        self.advance(leaf(deliver.envelope.hash(), deliver.time))?;
        Ok(Delivery::Envelope {
            sequence: deliver.sequence,
            time: deliver.time,
            envelope: deliver.envelope,
        })
    }

    fn skipped(&mut self, skipped: &Skipped) -> Result<Delivery, ChainFault> {
        let count = skipped.leaves.len();
        if skipped.first != self.cursor.sequence.next() {
            return Err(ChainFault::OutOfOrder);
        }
        for leaf in &skipped.leaves {
            self.advance(*leaf)?;
        }
        Ok(Delivery::Missed {
            count: count as u64,
        })
    }

    fn advance(&mut self, leaf: Leaf) -> Result<(), ChainFault> {
        let sequence = self.cursor.sequence.next();
        let head = next_head(self.cursor.head, leaf);
        let promise = self.promises.iter().find(|promise| {
            promise.fact.mailbox == self.cursor.mailbox && promise.fact.sequence == sequence
        });
        if let Some(promise) = promise
            && (promise.fact.head != head || promise.fact.entry() != leaf)
        {
            return Err(ChainFault::Promise(Box::new(promise.clone())));
        }
        if let Some(ahead) = self.ahead.take() {
            let word = ahead
                .verify(&self.log)
                .map_err(|BadSignature| ChainFault::NotSigned)?;
            if word.sequence == sequence {
                if word.head != head {
                    return Err(mismatch(ahead, None));
                }
                self.cursor.signed_head = Some(ahead);
            } else {
                self.ahead = Some(ahead);
            }
        }
        self.cursor.sequence = sequence;
        self.cursor.head = head;
        Ok(())
    }

    fn heartbeat(&mut self, signed: Signed<Head>) -> Result<Delivery, ChainFault> {
        let word = signed
            .verify(&self.log)
            .map_err(|BadSignature| ChainFault::NotSigned)?;
        if word.mailbox != self.cursor.mailbox {
            return Err(ChainFault::OutOfOrder);
        }
        let before = self.cursor.signed_head.clone();
        let said = before.as_ref().and_then(|before| before.peek().ok());
        if let (Some(before), Some(said)) = (before, said) {
            if word.sequence < said.sequence {
                return Err(ChainFault::RolledBack {
                    before: Box::new(before),
                    now: Box::new(signed),
                });
            }
            if word.sequence == said.sequence && word.head != said.head {
                return Err(mismatch(signed, Some(before)));
            }
        }
        if word.sequence > self.cursor.sequence {
            self.ahead = Some(signed);
            return Ok(Delivery::Ahead);
        }
        if word.sequence < self.cursor.sequence {
            return Err(ChainFault::OutOfOrder);
        }
        if word.head != self.cursor.head {
            return Err(mismatch(signed, None));
        }
        // All of them were given before this subscription began: it was rolled back, or hides something.
        let beyond = self.promises.iter().find(|promise| {
            promise.fact.mailbox == word.mailbox && promise.fact.sequence > word.sequence
        });
        if let Some(beyond) = beyond {
            let given = Commitment::Receipt(beyond.clone());
            return Err(ChainFault::Commitments(vec![
                given,
                Commitment::Head(signed),
            ]));
        }
        self.cursor.signed_head = Some(signed);
        Ok(Delivery::CaughtUp { time: word.time })
    }
}

fn mismatch(signed: Signed<Head>, before: Option<Signed<Head>>) -> ChainFault {
    ChainFault::Mismatch {
        signed: Box::new(signed),
        before: before.map(Box::new),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use bellrope_proto::{
        ids::{Hash, MailboxId},
        message::Heartbeat,
        receipt::{Fact, first_head},
        signing::SecretKey,
    };

    use super::*;

    const BOX: MailboxId = MailboxId([1; 32]);

    fn key() -> SecretKey<RelayLog> {
        SecretKey::from_seed(&[3; 32])
    }

    fn envelope(n: u8) -> Envelope {
        Envelope::new(vec![n; 4096]).unwrap()
    }

    fn deliver(n: u8) -> FromRelay {
        Deliver {
            sequence: Sequence(u64::from(n)),
            time: Timestamp(u64::from(n)),
            envelope: envelope(n),
        }
        .into()
    }

    fn entry(n: u8) -> Leaf {
        leaf(envelope(n).hash(), Timestamp(u64::from(n)))
    }

    fn head_at(n: u8) -> Hash {
        (1..=n).fold(first_head(BOX), |head, n| next_head(head, entry(n)))
    }

    fn beat(n: u8, head: Hash) -> FromRelay {
        let head = key().sign(&Head {
            mailbox: BOX,
            sequence: Sequence(u64::from(n)),
            head,
            time: Timestamp(50),
        });
        Heartbeat { head }.into()
    }

    fn chain() -> Chain {
        Chain::new(key().public(), Cursor::start(BOX), Vec::new())
    }

    #[test]
    fn an_honest_relay_is_followed_and_a_head_ahead_is_checked_when_reached() {
        let mut chain = chain();
        assert!(matches!(
            chain.take(beat(0, first_head(BOX))),
            Ok(Some(Delivery::CaughtUp { .. }))
        ));
        assert_eq!(chain.take(beat(2, head_at(2))), Ok(Some(Delivery::Ahead)));
        chain.take(deliver(1)).unwrap();
        chain.take(deliver(2)).unwrap();
        assert!(matches!(
            chain.take(beat(2, head_at(2))),
            Ok(Some(Delivery::CaughtUp { .. }))
        ));
        assert_eq!(chain.cursor().head, head_at(2));
    }

    #[test]
    fn a_receipt_for_more_than_there_is_contradicts() {
        let given = |n: u8, mailbox| {
            let fact = Fact {
                mailbox,
                sequence: Sequence(u64::from(n)),
                envelope: envelope(n).hash(),
                head: head_at(n),
                time: Timestamp(u64::from(n)),
            };
            Receipt::issue(&key(), &[fact]).remove(0)
        };
        let at_two = |receipt: Receipt| {
            let mut chain = Chain::new(key().public(), Cursor::start(BOX), vec![receipt]);
            chain.take(deliver(1)).unwrap();
            chain.take(deliver(2)).unwrap();
            chain.take(beat(2, head_at(2)))
        };
        let beyond = at_two(given(3, BOX));
        assert!(matches!(beyond, Err(ChainFault::Commitments(said)) if said.len() == 2));
        for fits in [given(2, BOX), given(3, MailboxId([8; 32]))] {
            assert!(matches!(at_two(fits), Ok(Some(Delivery::CaughtUp { .. }))));
        }
    }

    #[test]
    fn left_out_repeated_and_swapped_are_noticed() {
        let mut chain = chain();
        chain.take(deliver(1)).unwrap();
        assert_eq!(chain.take(deliver(1)), Err(ChainFault::OutOfOrder));
        assert_eq!(chain.take(deliver(3)), Err(ChainFault::OutOfOrder));
        let swapped = Deliver {
            sequence: Sequence(2),
            time: Timestamp(2),
            envelope: envelope(9),
        };
        chain.take(swapped.into()).unwrap();
        assert!(matches!(
            chain.take(beat(2, head_at(2))),
            Err(ChainFault::Mismatch { before: None, .. })
        ));
    }

    #[test]
    fn two_words_for_one_place_are_proof_and_less_than_before_is_a_rollback() {
        let mut chain = chain();
        chain.take(deliver(1)).unwrap();
        chain.take(beat(1, head_at(1))).unwrap();
        let Err(ChainFault::Mismatch {
            signed,
            before: Some(before),
        }) = chain.take(beat(1, Hash([9; 32])))
        else {
            unreachable!("a second word for one place was taken");
        };
        let [signed, before] = [signed, before].map(|head| {
            let said = Commitment::Head(*head);
            said.verify(&key().public()).unwrap()
        });
        assert!(signed.contradicts(&before));
        assert!(matches!(
            chain.take(beat(0, first_head(BOX))),
            Err(ChainFault::RolledBack { .. })
        ));
    }

    #[test]
    fn a_wrong_head_ahead_is_noticed_when_its_place_is_reached() {
        let mut chain = chain();
        chain.take(beat(1, Hash([9; 32]))).unwrap();
        assert!(matches!(
            chain.take(deliver(1)),
            Err(ChainFault::Mismatch { .. })
        ));
        assert_eq!(chain.cursor().sequence, Sequence(0));
    }

    #[test]
    fn a_receipt_is_held_against_what_is_delivered() {
        let fact = Fact {
            mailbox: BOX,
            sequence: Sequence(1),
            envelope: envelope(7).hash(),
            head: head_at(1),
            time: Timestamp(1),
        };
        let receipt = Receipt::issue(&key(), &[fact]).remove(0);
        let mut chain = Chain::new(key().public(), Cursor::start(BOX), vec![receipt]);
        assert!(matches!(
            chain.take(deliver(1)),
            Err(ChainFault::Promise(_))
        ));
    }

    #[test]
    fn another_time_than_the_signed_one_is_noticed_with_a_head_and_with_a_receipt() {
        let late = Deliver {
            sequence: Sequence(1),
            time: Timestamp(9_000),
            envelope: envelope(1),
        };
        let mut chain = chain();
        chain.take(late.clone().into()).unwrap();
        assert!(matches!(
            chain.take(beat(1, head_at(1))),
            Err(ChainFault::Mismatch { .. })
        ));
        let fact = Fact {
            mailbox: BOX,
            sequence: Sequence(1),
            envelope: envelope(1).hash(),
            head: head_at(1),
            time: Timestamp(1),
        };
        let receipt = Receipt::issue(&key(), &[fact]).remove(0);
        let mut chain = Chain::new(key().public(), Cursor::start(BOX), vec![receipt]);
        assert!(matches!(
            chain.take(late.into()),
            Err(ChainFault::Promise(_))
        ));
    }

    #[test]
    fn expired_places_carry_the_chain_on() {
        let mut chain = chain();
        let skipped = Skipped {
            first: Sequence(1),
            leaves: vec![entry(1), entry(2)],
        };
        assert_eq!(
            chain.take(skipped.into()),
            Ok(Some(Delivery::Missed { count: 2 }))
        );
        chain.take(deliver(3)).unwrap();
        assert!(chain.take(beat(3, head_at(3))).is_ok());
        let forged = Heartbeat {
            head: SecretKey::<RelayLog>::from_seed(&[4; 32]).sign(&Head {
                mailbox: BOX,
                sequence: Sequence(3),
                head: head_at(3),
                time: Timestamp(1),
            }),
        };
        assert_eq!(chain.take(forged.into()), Err(ChainFault::NotSigned));
    }
}
