//! What others said of their comparisons: kept apart from what this device's person compared, shown as theirs.

use bellrope_proto::{
    codec,
    ids::Timestamp,
    signing::{Device as DeviceKey, PublicKey},
};
use serde::{Deserialize, Serialize};

use super::{How, directory::LockName, files::DeviceError, unlocked::Device};
use crate::{
    group::{Person, Roster},
    message::{Message, Vouch, Vouched},
    seal::MemberKey,
};

const VOUCHED: &str = "vouched";

/// What is kept of one author, more than a group has people; and of all.
const BY_ONE_MAX: usize = 250;
const ALL_MAX: usize = 2_500;

/// The newest word of one device about another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Word {
    by: PublicKey<DeviceKey>,
    /// Of the message: what is played back is older.
    number: u64,
    about: PublicKey<DeviceKey>,
    key: MemberKey,
    what: u8,
    at: Timestamp,
    /// Whether this person was told, of what they must be told.
    told: bool,
}

const HERE: u8 = 1;
const CALL: u8 = 2;
const TAKEN_BACK: u8 = 3;
const FAILED: u8 = 4;

/// Everything that others said.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Vouches(Vec<Word>);

/// Somebody else says that they compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ComparedBy {
    /// Their name.
    pub name: String,
    /// How they did.
    pub how: How,
    /// When, by their clock.
    pub at: Timestamp,
}

/// Somebody says that three comparisons with one device failed in a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ComparisonsFailed {
    /// Who says so,
    pub by: String,
    /// of whose device,
    pub about: String,
    /// and when.
    pub at: Timestamp,
}

impl Vouches {
    /// What is known. What cannot be read was not said.
    #[must_use]
    pub(crate) fn read(device: &Device) -> Self {
        let read = device.files().read(VOUCHED);
        if let Err(error) = &read {
            tracing::warn!(%error, "what others compared is not known any more");
        }
        read.ok().flatten().unwrap_or_default()
    }

    /// Who says that they compared with this person's device, of those who are in the group now.
    #[must_use]
    pub(crate) fn compared_by(&self, person: &Person, roster: &Roster) -> Vec<ComparedBy> {
        let words = self.about(person).filter_map(|word| {
            let how = match word.what {
                HERE => How::Here,
                CALL => How::Call,
                _ => return None,
            };
            Some(ComparedBy {
                name: roster.person(&word.by)?.name.clone(),
                how,
                at: word.at,
            })
        });
        words.collect()
    }

    /// Who says that comparisons with this person's device failed again and again.
    #[must_use]
    pub(crate) fn failed(&self, person: &Person, roster: &Roster) -> Vec<ComparisonsFailed> {
        let words = self.about(person).filter(|word| word.what == FAILED);
        let words = words.filter_map(|word| {
            Some(ComparisonsFailed {
                by: roster.person(&word.by)?.name.clone(),
                about: person.name.clone(),
                at: word.at,
            })
        });
        words.collect()
    }

    fn about(&self, person: &Person) -> impl Iterator<Item = &Word> {
        let is_about = |word: &&Word| word.about == person.device && word.key == person.key;
        self.0.iter().filter(is_about)
    }

    /// Takes in one more word; whether people have to be told of it.
    fn hear(&mut self, message: &Message, (vouch, what): &(Vouch, Vouched)) -> bool {
        let what = match what {
            Vouched::Here => HERE,
            Vouched::Call => CALL,
            Vouched::TakenBack => TAKEN_BACK,
            Vouched::Failed => FAILED,
        };
        let word = Word {
            by: message.sender,
            number: message.number,
            about: vouch.about,
            key: vouch.key,
            what,
            at: vouch.at,
            told: what != FAILED,
        };
        let mut known = self.0.iter();
        let is_same = |it: &&Word| it.by == word.by && it.about == word.about;
        if known
            .find(is_same)
            .is_some_and(|it| it.number >= word.number)
        {
            return false;
        }
        self.0
            .retain(|it| !(it.by == word.by && it.about == word.about));
        let by = word.by;
        self.0.push(word);
        let count = self.0.iter().filter(|it| it.by == by).count();
        let mut over = count.saturating_sub(BY_ONE_MAX);
        self.0.retain(|it| {
            let goes = over > 0 && it.by == by;
            over = over.saturating_sub(usize::from(goes));
            !goes
        });
        let over = self.0.len().saturating_sub(ALL_MAX);
        self.0.drain(..over);
        what == FAILED
    }
}

/// Takes in what a member says of a comparison; whether people have to be told. Words of somebody else than a member, and about
/// nobody who is in the group, are nothing.
///
/// # Errors
/// [`DeviceError`]; nothing is kept then.
pub(crate) fn hear(
    device: &Device,
    roster: &Roster,
    message: &Message,
) -> Result<bool, DeviceError> {
    let Some(said) = Vouch::decode(&message.body.0) else {
        return Ok(false);
    };
    let by = roster.person(&message.sender);
    let about = roster.person(&said.0.about);
    let counts = by.is_some_and(|by| by.role.sends() && by.role.reads())
        && about.is_some_and(|about| about.key == said.0.key)
        && message.sender != said.0.about;
    if !counts {
        return Ok(false);
    }
    change(device, |vouches| vouches.hear(message, &said))
}

/// Alarms of which this person was not told yet. They are told now.
///
/// # Errors
/// [`DeviceError`]; they are told again then.
pub fn unsaid_failures(device: &Device) -> Result<Vec<ComparisonsFailed>, DeviceError> {
    let Some(roster) = device.roster()? else {
        return Ok(Vec::new());
    };
    if Vouches::read(device).0.iter().all(|word| word.told) {
        return Ok(Vec::new());
    }
    change(device, |vouches| {
        let unsaid = vouches.0.iter_mut().filter(|word| !word.told);
        let unsaid = unsaid.filter_map(|word| {
            word.told = true;
            let about = roster.person(&word.about)?;
            Some(ComparisonsFailed {
                by: roster.person(&word.by)?.name.clone(),
                about: about.name.clone(),
                at: word.at,
            })
        });
        unsaid.collect()
    })
}

fn change<T>(device: &Device, change: impl FnOnce(&mut Vouches) -> T) -> Result<T, DeviceError> {
    let _lock = device.files().lock(LockName::Compared)?;
    let before = Vouches::read(device);
    let mut vouches = before.clone();
    let done = change(&mut vouches);
    if vouches != before {
        device.files().write(VOUCHED, &codec::encode(&vouches))?;
    }
    Ok(done)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use bellrope_proto::{codec::Blob, ids::Hash, signing::SecretKey};

    use super::*;
    use crate::{
        extensions::Extensions,
        ids::{Epoch, GroupId, MessageId},
        message::{Audience, KIND_VOUCH},
        seal::MemberIdentity,
    };

    fn key(byte: u8) -> PublicKey<DeviceKey> {
        SecretKey::from_seed(&[byte; 32]).public()
    }

    fn says(vouches: &mut Vouches, by: u8, number: u64, about: u8, what: Vouched) -> bool {
        let keys = (key(about), MemberIdentity::from_seed(&[about; 32]).to_key());
        let vouch = Vouch::new(keys, what, Timestamp(number));
        let message = Message {
            group: GroupId(Hash([1; 32])),
            epoch: Epoch(1),
            roster: Hash([2; 32]),
            audience: Audience {
                hash: Hash([3; 32]),
                chosen: Vec::new(),
            },
            sender: key(by),
            id: MessageId([5; 16]),
            number,
            previous: Hash([0; 32]),
            time: Timestamp(1),
            expires: Timestamp(2),
            seen: Vec::new(),
            kind: KIND_VOUCH,
            body: Blob(codec::encode(&vouch)),
            extensions: Extensions::none(),
        };
        vouches.hear(&message, &(vouch, what))
    }

    #[test]
    fn the_newest_word_of_each_about_each_counts_and_nothing_that_is_played_back() {
        let mut vouches = Vouches::default();
        assert!(!says(&mut vouches, 1, 5, 2, Vouched::Here));
        assert!(says(&mut vouches, 1, 7, 2, Vouched::Failed));
        assert!(!says(&mut vouches, 1, 7, 2, Vouched::Failed), "again");
        assert!(!says(&mut vouches, 1, 5, 2, Vouched::Here), "played back");
        let what =
            |vouches: &Vouches| -> Vec<u8> { vouches.0.iter().map(|word| word.what).collect() };
        assert_eq!(what(&vouches), [FAILED]);
        assert!(!says(&mut vouches, 3, 1, 2, Vouched::Call));
        assert!(!says(&mut vouches, 1, 8, 2, Vouched::TakenBack));
        assert_eq!(what(&vouches), [CALL, TAKEN_BACK]);
    }

    #[test]
    fn who_says_much_forgets_their_own() {
        let mut vouches = Vouches::default();
        says(&mut vouches, 9, 1, 1, Vouched::Here);
        for number in 1..=300 {
            let about = u8::try_from(number % 251).unwrap();
            says(&mut vouches, 1, number, about, Vouched::Here);
        }
        let by = |byte: u8| vouches.0.iter().filter(|word| word.by == key(byte)).count();
        assert_eq!((by(1), by(9)), (BY_ONE_MAX, 1));
    }
}
