//! Who reads what stands in a sensitive block. Pure, and the same in whatever order it was said and whatever is missing.
//!
//! Its author and those whom they chose read it, and whoever one of these lets in. Nobody else lets in anybody, and whoever was let in neither: so one
//! of the first answers for each reader, and what counts does not depend on itself. Whoever may not read the case, is kept out of it by the group or
//! stays out of it by their own word reads no block of it, whoever names them, by whatever program.

use bellrope_proto::{
    ids::{Hash, Timestamp},
    signing::{Device, PublicKey},
};

use super::judge::Said;
use crate::{ids::MessageId, message::CaseAct};

/// One block of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Block {
    /// The message of the case by which it is there: its id,
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

/// The blocks of a case, in the order of its story; `whom` says whose device one is, and whether that person may read any.
#[must_use]
pub(crate) fn blocks(
    said: &[Said],
    order: &[usize],
    whom: impl Fn(&PublicKey<Device>) -> (PublicKey<Device>, bool),
) -> Vec<Block> {
    let counting = || {
        let all = order.iter().filter_map(|at| said.get(*at));
        all.filter(|said| said.counts.is_ok())
    };
    let first = counting().filter_map(|said| match &said.act {
        CaseAct::Block(words) => Some((said, words)),
        _ => None,
    });
    let mut blocks: Vec<Block> = first
        .map(|(said, words)| {
            let mut block = Block {
                id: said.id,
                by: said.hash,
                block: words.block,
                author: said.author,
                at: said.at,
                readers: Vec::new(),
                not: Vec::new(),
            };
            block.name(&words.who, said.id, &whom);
            block
        })
        .collect();
    for said in counting() {
        let CaseAct::Widened(words) = &said.act else {
            continue;
        };
        for block in &mut blocks {
            let is_it = (block.by, block.block) == (words.by, words.block);
            if is_it && block.may_widen(&said.author) {
                block.name(&words.who, said.id, &whom);
            }
        }
    }
    blocks
}

impl Block {
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
