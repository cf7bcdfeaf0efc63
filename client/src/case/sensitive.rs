//! Who reads what stands in a sensitive block. Pure, and the same in whatever order it was said and whatever is missing.
//!
//! A block is a message of its own, or the part of an alert that was sealed to few (`alert/part.rs`).
//!
//! Its author and those whom they chose read it, and whoever one of these lets in. Nobody else lets in anybody, and whoever was let in neither: so one
//! of the first answers for each reader, and what counts does not depend on itself. Whoever may not read the case, is kept out of it by the group or
//! stays out of it by their own word reads no block of it, whoever names them, by whatever program.

use bellrope_proto::{
    ids::{Hash, Timestamp},
    signing::{Device, PublicKey},
};

use super::judge::Said;
use crate::{
    alert::part::SensitivePart,
    ids::MessageId,
    message::{CaseAct, WidenedWords},
    seal::MemberKey,
};

/// One block of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Block {
    /// Whether it is the part of an alert.
    pub(crate) is_part: bool,
    /// The message of the case by which it is there, which may be the alert: its id,
    pub(crate) id: MessageId,
    /// and hash.
    pub(crate) by: Hash,
    /// The block's hash.
    pub(crate) block: Hash,
    /// Who wrote it.
    pub(crate) author: PublicKey<Device>,
    /// When.
    pub(crate) at: Timestamp,
    /// Who else reads it, each once, and by which message.
    pub(crate) readers: Vec<(PublicKey<Device>, MessageId)>,
    /// Whom it names who may not.
    pub(crate) not: Vec<PublicKey<Device>>,
}

impl Block {
    /// Whether somebody reads it.
    #[must_use]
    pub(crate) fn is_read_by(&self, person: &PublicKey<Device>) -> bool {
        self.author == *person || self.by_which(person).is_some()
    }

    /// Whether somebody lets others read it: its author, and whom they chose.
    #[must_use]
    pub(crate) fn may_widen(&self, person: &PublicKey<Device>) -> bool {
        self.author == *person || self.by_which(person) == Some(self.id)
    }

    /// The message by which somebody reads it who did not write it.
    #[must_use]
    pub(crate) fn by_which(&self, person: &PublicKey<Device>) -> Option<MessageId> {
        let found = self.readers.iter().find(|(reader, _)| reader == person);
        found.map(|(_, by)| *by)
    }
}

/// An alert that begins a case, with the part of it that is for few.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AlertPart<'a> {
    /// The alert's id,
    pub(crate) id: MessageId,
    /// and hash.
    pub(crate) hash: Hash,
    /// Who wrote it, as the roster tells people apart.
    pub(crate) author: PublicKey<Device>,
    /// When.
    pub(crate) at: Timestamp,
    /// The part.
    pub(crate) part: &'a SensitivePart,
}

/// The blocks of a case, in the order of its story; `whom` says whose device one is, and whether that person may read any, and `whose` which device
/// has a key.
#[must_use]
pub(crate) fn blocks(
    (alert, said): (Option<AlertPart<'_>>, &[Said]),
    order: &[usize],
    whom: impl Fn(&PublicKey<Device>) -> (PublicKey<Device>, bool),
    whose: impl Fn(&MemberKey) -> Option<PublicKey<Device>>,
) -> Vec<Block> {
    let counting = || {
        let all = order.iter().filter_map(|at| said.get(*at));
        all.filter(|said| said.counts.is_ok())
    };
    let begun = |(id, by): (MessageId, Hash), author, at, block, is_part| Block {
        is_part,
        id,
        by,
        block,
        author,
        at,
        readers: Vec::new(),
        not: Vec::new(),
    };
    let devices = |part: &SensitivePart| -> Vec<PublicKey<Device>> {
        part.readers.iter().filter_map(&whose).collect()
    };
    let of_alert = alert.map(|it| {
        let block = begun((it.id, it.hash), it.author, it.at, it.part.hash, true);
        (block, devices(it.part))
    });
    let of_case = counting().filter_map(|said| {
        let (block, is_part, who) = match &said.act {
            CaseAct::Block(words) => (words.block, false, words.who.clone()),
            CaseAct::OfSender(words) => {
                let part = words.part.as_ref()?;
                (part.hash, true, devices(part))
            }
            _ => return None,
        };
        let by = (said.id, said.hash);
        Some((begun(by, said.author, said.at, block, is_part), who))
    });
    let mut blocks: Vec<Block> = of_alert
        .into_iter()
        .chain(of_case)
        .map(|(mut block, who)| {
            block.name(&who, block.id, &whom);
            block
        })
        .collect();
    for said in counting() {
        let CaseAct::Widened(words) = &said.act else {
            continue;
        };
        for block in &mut blocks {
            if block.is_widened_by(words) && block.may_widen(&said.author) {
                block.name(&words.who, said.id, &whom);
            }
        }
    }
    blocks
}

impl Block {
    /// Whether an act names it, and has what those whom it names need: a block goes to them for itself, a part with the act.
    #[must_use]
    pub(crate) fn is_widened_by(&self, words: &WidenedWords) -> bool {
        (self.by, self.block) == (words.by, words.block) && self.is_part == words.letter().is_some()
    }

    fn name(
        &mut self,
        who: &[PublicKey<Device>],
        by: MessageId,
        whom: impl Fn(&PublicKey<Device>) -> (PublicKey<Device>, bool),
    ) {
        for device in who {
            let (person, may) = whom(device);
            if person == self.author || self.by_which(&person).is_some() {
                continue;
            }
            match may {
                true => self.readers.push((person, by)),
                false if !self.not.contains(&person) => self.not.push(person),
                false => {}
            }
        }
    }
}

#[cfg(test)]
#[path = "sensitive_tests.rs"]
mod tests;
