//! From an envelope to what a member is told. Stored first, then the cursor moves: a crash repeats
//! an alert to this file and never loses one, and the id keeps it from being shown twice.

use std::{cell::RefCell, collections::BTreeSet};

use bellrope_proto::{
    envelope::Envelope,
    ids::{Sequence, Timestamp},
    signing::Signed,
};

use crate::{
    alert::{AlertId, country::Country},
    case_number::case_number,
    device::{Device, DeviceError},
    home::Turn,
    inbox::{self, Follows, Kept, Senders},
    item::{Item, Message, Spoken},
    judge::{self, Refused, Sender},
    roster::{Applied, Entry, Refusal},
    seal::{self, EpochIdentity, OpenError},
    state::Cursor,
};

/// What an envelope turned out to be.
#[derive(Debug)]
pub enum News {
    /// A message is now in the inbox.
    Message(AlertId),
    /// It was there already.
    Again,
    /// The roster has grown.
    Roster,
    /// Sealed to others: not our business.
    NotForUs,
    /// It claims to be for us and is not shown as a message; the reason is for the screen.
    Refused(Sequence, Refused),
    /// Another message with the id of one that is here: one of the two was forged by its sender.
    SameId(Sequence, AlertId),
    /// A roster entry that breaks the rules.
    Roguish(Sequence, Refusal),
    /// It does not open or decode.
    Damaged(Sequence),
}

/// A member's end of the group's mailbox.
#[derive(Debug)]
pub struct Receiver<'a> {
    device: &'a Device,
    epoch: EpochIdentity,
    /// Case numbers that are taken, read once: reading thousands of messages for each new one would
    /// make catching up slow.
    cases: RefCell<Option<BTreeSet<String>>>,
}

impl<'a> Receiver<'a> {
    /// For a device that reads.
    #[must_use]
    pub fn new(device: &'a Device, epoch_seed: [u8; 32]) -> Self {
        Self {
            device,
            epoch: EpochIdentity::from_seed(epoch_seed),
            cases: RefCell::new(None),
        }
    }

    /// Opens, judges and stores one envelope.
    ///
    /// # Errors
    /// [`DeviceError`]; it is then not stored, and the cursor must not move.
    pub fn take(
        &self,
        sequence: Sequence,
        arrived: Timestamp,
        envelope: &Envelope,
    ) -> Result<News, DeviceError> {
        let opened = seal::open(envelope.bytes(), &self.epoch, self.device.member());
        let payload = match opened {
            Ok(payload) => payload,
            Err(OpenError::NotForMe | OpenError::NotForThisEpoch) => return Ok(News::NotForUs),
            Err(OpenError::Damaged) => return Ok(News::Damaged(sequence)),
        };
        match Item::decode(&payload) {
            Ok(Item::Message(spoken)) => self.message(sequence, arrived, spoken),
            Ok(Item::Roster(entries)) => self.roster(sequence, entries),
            _ => Ok(News::Damaged(sequence)),
        }
    }

    /// Moves the device's cursor, if another command has not moved it further.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub fn move_to(&self, cursor: &Cursor) -> Result<(), DeviceError> {
        self.device.change(|state| {
            let known = state.cursor.get_or_insert_with(|| cursor.clone());
            if cursor.sequence >= known.sequence {
                *known = cursor.clone();
            }
        })
    }

    fn message(
        &self,
        sequence: Sequence,
        arrived: Timestamp,
        spoken: Spoken,
    ) -> Result<News, DeviceError> {
        let _turn = self.device.turn(Turn::Receive)?;
        let roster = self.device.roster()?.ok_or(DeviceError::Nothing)?;
        let mut senders = Senders::read(self.device)?;
        let me = self.device.member().to_key();
        let judged = judge::judge(&spoken, &roster, &me, arrived, |claim| senders.first(claim));
        let heard = match judged {
            Ok(heard) => heard,
            Err(refused) => return Ok(News::Refused(sequence, refused)),
        };
        let id = heard.message.id;
        if let Some(known) = inbox::find(self.device, id)? {
            let same = known.spoken.message.bytes() == spoken.message.bytes();
            self.cases
                .borrow_mut()
                .iter_mut()
                .for_each(|cases| _ = cases.insert(known.case.clone()));
            return Ok(if same {
                News::Again
            } else {
                News::SameId(sequence, id)
            });
        }
        let follows = follow(&mut senders, &heard.sender, &heard.message, &spoken);
        let country = heard.alert.fields().place.country;
        let case = self.case(country, &heard.message)?;
        let kept = Kept {
            sequence,
            arrived,
            spoken,
            case,
            follows,
        };
        inbox::keep(self.device, id, &kept)?;
        // After the message: what is repeated after a crash is then known, and not a clone.
        senders.keep(self.device)?;
        Ok(News::Message(id))
    }

    fn case(&self, country: Option<Country>, message: &Message) -> Result<String, DeviceError> {
        let mut cases = self.cases.borrow_mut();
        let taken = match &mut *cases {
            Some(taken) => taken,
            none => none.insert(inbox::cases(self.device)?),
        };
        let case = case_number(country, message.time, message.id, taken);
        taken.insert(case.clone());
        Ok(case)
    }

    fn roster(&self, sequence: Sequence, entries: Vec<Signed<Entry>>) -> Result<News, DeviceError> {
        let _turn = self.device.turn(Turn::Roster)?;
        let mut roster = self.device.roster()?.ok_or(DeviceError::Nothing)?;
        let mut news = News::Again;
        for entry in entries {
            match roster.apply(entry) {
                Ok(Applied::New) => news = News::Roster,
                Ok(Applied::Known) => {}
                Err(refusal) => {
                    news = News::Roguish(sequence, refusal);
                    break;
                }
            }
        }
        if matches!(news, News::Roster | News::Roguish(..)) {
            self.device.keep_roster(&roster)?;
        }
        Ok(news)
    }
}

fn follow(senders: &mut Senders, sender: &Sender, message: &Message, spoken: &Spoken) -> Follows {
    match sender {
        Sender::Unverified(_) => return Follows::InOrder,
        Sender::Invited { .. } => {
            if let Some(claim) = spoken.claim.as_ref().and_then(|claim| claim.peek().ok()) {
                senders.used(&claim);
            }
        }
        Sender::Known { .. } => {}
    }
    let hash = Message::hash(&spoken.message);
    senders.follow(message.sender, message.number, (message.previous, hash))
}
