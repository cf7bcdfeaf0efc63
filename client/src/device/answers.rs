//! Answers to senders of alerts: those that a coordinator's device is to hand on, what became of each, and, on the device of whom they are for, those
//! that nobody was shown yet. What was shown is kept nowhere.

use bellrope_proto::{
    codec,
    ids::{Hash, MailboxId, Timestamp},
    signing::{Device as DeviceKey, PublicKey},
};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{directory::LockName, files::DeviceError, unlocked::Device};
use crate::{
    group::lifetimes::RETENTION_SECONDS,
    ids::MessageId,
    message::{Answer, AnswerFate, ToCarry},
    seal::MemberKey,
};

const ANSWERS: &str = "answers";

/// What one device may have waiting: somebody who answers all the time takes no room from others.
const OF_ONE_MAX: usize = 64;

/// Of so many it is known what became of them, the newest.
const CAME_MAX: usize = 4_096;

/// So many are kept for somebody who looks seldom, and so many that were shown are known again.
const FOR_ONE_MAX: usize = 64;

/// Answers that one mailbox is sent in the time that a relay keeps them: a quarter of what it may hold, which leaves room for new keys.
const OF_MAILBOX_MAX: usize = 48;

/// An answer that waits to be handed on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Waiting {
    /// Who answers.
    pub(crate) by: PublicKey<DeviceKey>,
    /// When it arrived at the relay.
    pub(crate) arrived: Timestamp,
    /// It.
    pub(crate) what: ToCarry,
}

/// An answer of this device's person that is not in the outbox yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Pending {
    /// It.
    pub(crate) what: ToCarry,
    /// The case in which it is said.
    pub(crate) alert: MessageId,
    /// Who reads that: to them it goes as well, or what its author says next would seem to follow on a gap.
    pub(crate) readers: Vec<MemberKey>,
}

/// An answer to this device's person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ForMe {
    /// It,
    pub(crate) answer: Answer,
    /// by which it is known again.
    pub(crate) hash: Hash,
}

/// See the module.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Answers {
    /// Of this device's person.
    pub(crate) pending: Vec<Pending>,
    /// Of others, in the order in which they came.
    pub(crate) waiting: Vec<Waiting>,
    /// Where answers were posted, and when: a mailbox takes so many and no more.
    handed: Vec<(MailboxId, Timestamp)>,
    /// What became of answers, by the messages with which they were said, the newest last.
    came: Vec<(MessageId, AnswerFate)>,
    /// Nobody was shown these yet.
    unshown: Vec<ForMe>,
    /// Somebody was shown these, the newest last.
    shown: Vec<Hash>,
}

/// What counts of two: whatever was handed on was, and what waits may still be.
fn rank(fate: AnswerFate) -> u8 {
    match fate {
        AnswerFate::Held => 0,
        AnswerFate::Dropped => 1,
        AnswerFate::Handed => 2,
    }
}

impl Answers {
    /// What became of one, as far as it was said.
    #[must_use]
    pub(crate) fn fate(&self, said: MessageId) -> Option<AnswerFate> {
        let mut all = self.came.iter().rev();
        all.find(|(of, _)| *of == said).map(|(_, fate)| *fate)
    }

    /// Takes one in that is to be handed on.
    pub(crate) fn wait(&mut self, new: Waiting) {
        let is_over = |fate| fate != AnswerFate::Held;
        let is_known = self.waiting.iter().any(|it| it.what.said == new.what.said)
            || self.fate(new.what.said).is_some_and(is_over);
        let of_one = self.waiting.iter().filter(|it| it.by == new.by);
        if !is_known && of_one.count() < OF_ONE_MAX {
            self.waiting.push(new);
        }
    }

    /// Notes what became of one.
    pub(crate) fn note(&mut self, said: MessageId, fate: AnswerFate) {
        let known = self.fate(said);
        if known.is_some_and(|known| rank(known) >= rank(fate)) {
            return;
        }
        self.came.retain(|(of, _)| *of != said);
        self.came.push((said, fate));
        let over = self.came.len().saturating_sub(CAME_MAX);
        self.came.drain(..over);
        if fate != AnswerFate::Held {
            self.waiting.retain(|it| it.what.said != said);
        }
    }

    /// Whether there is room for one more in a mailbox.
    #[must_use]
    pub(crate) fn has_room(&self, mailbox: MailboxId, now: Timestamp) -> bool {
        let of_it = self.handed.iter().filter(|(of, _)| *of == mailbox);
        // A clock that was set back must not make it full for ever.
        let newest = of_it.filter(|(_, at)| at.0.abs_diff(now.0) <= RETENTION_SECONDS);
        newest.count() < OF_MAILBOX_MAX
    }

    /// Notes that one was posted there.
    pub(crate) fn hand(&mut self, said: MessageId, mailbox: MailboxId, now: Timestamp) {
        self.handed
            .retain(|(_, at)| at.0.abs_diff(now.0) <= RETENTION_SECONDS);
        self.handed.push((mailbox, now));
        self.note(said, AnswerFate::Handed);
    }

    /// Forgets what is of a case, by the ids of its alert and messages.
    pub(super) fn forget(&mut self, alert: MessageId, said: &[MessageId]) {
        self.pending.retain(|it| it.alert != alert);
        self.waiting.retain(|it| !said.contains(&it.what.said));
        self.came.retain(|(of, _)| !said.contains(of));
        self.unshown.retain(|it| it.answer.alert != alert);
    }

    /// Takes in one for this device's person; whether it is new.
    pub(crate) fn hear(&mut self, new: ForMe) -> bool {
        let is_known = self.unshown.iter().any(|it| it.hash == new.hash)
            || self.shown.contains(&new.hash)
            // That the alert was read and that somebody leads may be said by several who do not know of each other.
            || (new.answer.text.is_empty() && self.unshown.iter().any(|it| says_same(it, &new)));
        if is_known || self.unshown.len() >= FOR_ONE_MAX {
            return false;
        }
        self.unshown.push(new);
        true
    }
}

fn says_same(one: &ForMe, other: &ForMe) -> bool {
    (one.answer.alert, one.answer.what) == (other.answer.alert, other.answer.what)
}

/// What is known. What cannot be read may as well not have come: it is said so in the log, and nothing waits for it.
#[must_use]
pub(crate) fn read(device: &Device) -> Answers {
    let read = device.files().read(ANSWERS);
    if let Err(error) = &read {
        tracing::warn!(%error, "it is not known any more who was answered what");
    }
    read.ok().flatten().unwrap_or_default()
}

/// Changes it: alone, and on disk before this returns.
///
/// # Errors
/// [`DeviceError`]; nothing is changed then.
pub(crate) fn change<T>(
    device: &Device,
    change: impl FnOnce(&mut Answers) -> T,
) -> Result<T, DeviceError> {
    let _lock = device.files().lock(LockName::Compared)?;
    let before = read(device);
    let mut all = before.clone();
    let done = change(&mut all);
    if all != before {
        let bytes = Zeroizing::new(codec::encode(&all));
        device.files().write(ANSWERS, &bytes)?;
    }
    Ok(done)
}

/// Whether nobody has ever been answered here, as far as that is known: what was shown is known by a hash alone, and not of which alert it was.
#[must_use]
pub(crate) fn none_came(device: &Device) -> bool {
    let all = read(device);
    all.unshown.is_empty() && all.shown.is_empty()
}

/// What nobody was shown yet, the oldest first.
#[must_use]
pub(crate) fn unshown(device: &Device) -> Vec<ForMe> {
    read(device).unshown
}

/// Notes that these were shown: their words are nowhere here after that.
///
/// # Errors
/// [`DeviceError`]; they are shown again then.
pub(crate) fn shown(device: &Device, hashes: &[Hash]) -> Result<(), DeviceError> {
    change(device, |all| {
        all.unshown.retain(|it| !hashes.contains(&it.hash));
        all.shown.extend_from_slice(hashes);
        let over = all.shown.len().saturating_sub(FOR_ONE_MAX);
        all.shown.drain(..over);
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use bellrope_proto::{codec::Blob, signing::SecretKey};

    use super::*;
    use crate::{device::fixtures, extensions::Extensions, ids::GroupId, message::Answered};

    const NOW: Timestamp = Timestamp(100_000_000);

    fn id(number: usize) -> MessageId {
        let mut id = [0; 16];
        id[..8].copy_from_slice(&u64::try_from(number).unwrap().to_be_bytes());
        MessageId(id)
    }

    fn key(seed: u8) -> PublicKey<DeviceKey> {
        SecretKey::from_seed(&[seed; 32]).public()
    }

    fn waiting(by: u8, number: usize) -> Waiting {
        Waiting {
            by: key(by),
            arrived: NOW,
            what: ToCarry {
                said: id(number),
                to: key(9),
                sealed: Blob(vec![0; 4]),
                extensions: Extensions::none(),
            },
        }
    }

    fn for_me(number: u8, what: Answered, text: &str) -> ForMe {
        ForMe {
            answer: Answer {
                group: GroupId(Hash([1; 32])),
                author: key(number),
                to: key(9),
                alert: id(1),
                case: String::new(),
                time: NOW,
                what: what.into(),
                name: String::new(),
                text: text.to_owned(),
                extensions: Extensions::none(),
            },
            hash: Hash([number; 32]),
        }
    }

    #[test]
    fn what_became_of_an_answer_does_not_depend_on_the_order_in_which_it_is_heard() {
        let fates = [AnswerFate::Held, AnswerFate::Dropped, AnswerFate::Handed];
        for first in 0..3 {
            for second in 0..3 {
                let mut all = Answers::default();
                all.wait(waiting(1, 1));
                for at in [first, second, first, 3 - first.max(1)] {
                    all.note(id(1), fates[at % 3]);
                    // Said once more, it does not wait again.
                    all.wait(waiting(1, 1));
                }
                let highest = [first, second, (3 - first.max(1)) % 3].into_iter().max();
                assert_eq!(all.fate(id(1)), Some(fates[highest.unwrap()]));
                assert_eq!(all.waiting.is_empty(), highest != Some(0));
                assert_eq!(all.came.len(), 1);
            }
        }
    }

    #[test]
    fn nobody_takes_room_from_others_and_no_mailbox_is_filled() {
        let mut all = Answers::default();
        for number in 0..OF_ONE_MAX + 5 {
            all.wait(waiting(1, number));
        }
        all.wait(waiting(2, 1_000));
        assert_eq!(all.waiting.len(), OF_ONE_MAX + 1);
        let mailbox = MailboxId([1; 32]);
        for number in 0..OF_MAILBOX_MAX {
            assert!(all.has_room(mailbox, NOW), "{number}");
            all.hand(id(number), mailbox, NOW);
        }
        assert!(!all.has_room(mailbox, NOW));
        assert!(all.has_room(MailboxId([2; 32]), NOW));
        assert!(all.has_room(mailbox, NOW.plus(RETENTION_SECONDS + 1)));
        // A clock that was a year ahead, and was set right.
        assert!(all.has_room(mailbox, Timestamp(NOW.0 - RETENTION_SECONDS - 1)));
        for number in 0..CAME_MAX + 7 {
            all.note(id(number), AnswerFate::Dropped);
        }
        assert_eq!(all.came.len(), CAME_MAX);
    }

    #[test]
    fn what_was_shown_is_nowhere_and_comes_once() {
        let dir = tempfile::tempdir().unwrap();
        let device = fixtures::device(dir.path(), Vec::new());
        let words = for_me(1, Answered::Words, "Ждите звонка");
        let hear = |it: &ForMe| change(&device, |all| all.hear(it.clone())).unwrap();
        assert!(hear(&words));
        assert!(!hear(&words));
        // Two who did not know of each other say that they have read it.
        assert!(hear(&for_me(2, Answered::Read, "")));
        assert!(!hear(&for_me(3, Answered::Read, "")));
        assert!(hear(&for_me(4, Answered::Led, "")));
        let all: Vec<Hash> = unshown(&device).iter().map(|it| it.hash).collect();
        assert_eq!(all, [1, 2, 4].map(|number| Hash([number; 32])));
        shown(&device, &all).unwrap();
        assert!(!hear(&words), "a relay that says it again");
        let left = read(&device);
        assert!(left.unshown.is_empty());
        let left = codec::encode(&left);
        let words = "Ждите".as_bytes();
        assert!(!left.windows(words.len()).any(|part| part == words));
        for number in 0..200 {
            let _ = hear(&for_me(number, Answered::Words, "a"));
        }
        assert_eq!(unshown(&device).len(), FOR_ONE_MAX);
    }
}
