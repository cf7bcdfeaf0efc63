//! That a person opens a case to others, or to some no longer; and its alert and words, sealed again for whom it was opened to. Pure.
//!
//! What was sealed again has around it the message by which the case was opened, as its author signed it. So whoever seals it is
//! believed nothing: any reader's device can send it again, and no program shows it to whom nobody named, or as if its author had
//! written to them.

use bellrope_proto::{
    codec,
    ids::{Hash, Timestamp},
    signing::{Device, PublicKey, Signed},
};
use serde::{Deserialize, Serialize};

use super::{
    case::{CaseAct, CaseMessage, KIND_CASE, is_short},
    meant::{is_for, is_kept_from, meant},
    payload::{KIND_ALERT, Message, SignedMessage},
    sensitive::{KIND_SENSITIVE, SensitiveBlock},
    verify::{Sender, in_roster},
};
use crate::{
    extensions::Extensions,
    group::Roster,
    seal::{MEMBERS_MAX, MemberKey},
};

/// The extension around a message. May be ignored: those whom its author meant have the words without it.
const OPENED: u16 = 32_790;

/// Statements that one takes the place of.
pub(crate) const OVER_MAX: usize = 64;

const OPENS: u16 = 1;
const NARROWS: u16 = 2;

/// Who may read a case from now on, or no longer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ReadersWords {
    /// 1: it is open to them; 2: what is said later is not for them.
    way: u16,
    /// A device of each of them, ascending.
    pub(crate) who: Vec<PublicKey<Device>>,
    /// What was said of any of them before, as far as its author knew, by the hashes of the messages.
    pub(crate) over: Vec<Hash>,
    /// Why; may be empty.
    pub(crate) reason: String,
    /// What a later version adds.
    pub(crate) extensions: Extensions,
}

impl ReadersWords {
    /// What this program writes.
    #[must_use]
    pub(crate) fn new(
        opens: bool,
        mut who: Vec<PublicKey<Device>>,
        mut over: Vec<Hash>,
        reason: String,
    ) -> Self {
        who.sort_unstable();
        who.dedup();
        over.truncate(OVER_MAX);
        Self {
            way: if opens { OPENS } else { NARROWS },
            who,
            over,
            reason,
            extensions: Extensions::none(),
        }
    }

    /// Whether it makes the reading wider.
    #[must_use]
    pub(crate) fn opens(&self) -> bool {
        self.way == OPENS
    }

    pub(super) fn checked(self) -> Option<Self> {
        let is_known = matches!(self.way, OPENS | NARROWS) && !self.extensions.has_critical();
        let fits = (1..=MEMBERS_MAX).contains(&self.who.len()) && self.over.len() <= OVER_MAX;
        let ascends = self.who.is_sorted_by(|one, next| one < next);
        (is_known && fits && ascends && is_short(&self.reason)).then_some(self)
    }
}

/// Who opened something to its reader, and when by their clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenedBy {
    /// What the roster calls them.
    pub name: String,
    /// When.
    pub at: Timestamp,
}

/// The message with the act around it by which its case was opened.
#[must_use]
pub(crate) fn around(sent: &SignedMessage, act: &Signed<Message>) -> SignedMessage {
    SignedMessage {
        extensions: sent.extensions.with(OPENED, codec::encode(act)),
        ..sent.clone()
    }
}

/// Whether something came because somebody opened its case: by what it says of itself.
#[must_use]
pub(crate) fn has_act_around(sent: &SignedMessage) -> bool {
    sent.extensions.get(OPENED).is_some()
}

/// Who opened a message to the reader with this key, if somebody did who may: of an alert, whom its author meant. Of what was said in a case, the
/// alert says that: without it nothing of it is shown.
#[must_use]
pub(super) fn opened_by(
    sent: &SignedMessage,
    message: &Message,
    (roster, me): (&Roster, &MemberKey),
    arrived: Timestamp,
) -> Option<OpenedBy> {
    let act: Signed<Message> = codec::decode(sent.extensions.get(OPENED)?).ok()?;
    let act = act.verify_own(|act| act.sender).ok()?;
    let body = CaseMessage::decode(&act.body.0).filter(|_| act.kind == KIND_CASE)?;
    let (opens, who) = match (body.act(), message.kind) {
        (CaseAct::Readers(words), KIND_ALERT | KIND_CASE) => (words.opens(), words.who),
        // Of a sensitive block its act alone: that the case is open to somebody hands it on to nobody.
        (CaseAct::Widened(words), KIND_SENSITIVE) => {
            (words.block == Message::hash(&sent.message), words.who)
        }
        _ => return None,
    };
    let reader = roster.people().iter().find(|person| person.key == *me)?;
    let is_named = |who: &PublicKey<Device>| roster.is_same_person(who, &reader.device);
    if act.group != roster.id() || !opens || !reader.role.reads() || !who.iter().any(is_named) {
        return None;
    }
    // It was signed before it came with this.
    let Some(Sender::Known { name, role }) = in_roster(&act, roster, arrived) else {
        return None;
    };
    let is_of_case = match message.kind {
        KIND_ALERT => {
            let is_it = (body.alert, body.alert_hash) == (message.id, Message::hash(&sent.message));
            let fields = message
                .reading()
                .fields()
                .and_then(|fields| fields.original);
            let removed = || roster.removed_person(&act.sender).map(|it| &it.person);
            let author = roster.person(&act.sender).or_else(removed)?;
            let meant = meant(message, roster);
            (is_it || fields == Some(body.alert))
                && is_for((message, meant.as_deref()), author, roster)
        }
        KIND_CASE => CaseMessage::decode(&message.body.0)
            .is_some_and(|said| (said.alert, said.alert_hash) == (body.alert, body.alert_hash)),
        KIND_SENSITIVE => {
            SensitiveBlock::decode(&message.body.0).is_some_and(|block| block.alert == body.alert)
        }
        _ => false,
    };
    (is_of_case && role.reads() && role.sends()).then_some(OpenedBy { name, at: act.time })
}

/// Whether an alert is to be kept from its reader, whoever opens it: asked when it comes. What somebody has read is not taken from them by what
/// the group decides later.
#[must_use]
pub(crate) fn is_closed_to(message: &Message, roster: &Roster, me: &MemberKey) -> bool {
    let reader = roster.people().iter().find(|person| person.key == *me);
    message.kind == KIND_ALERT
        && reader.is_some_and(|reader| is_kept_from(message, roster, reader.person))
}

#[cfg(test)]
#[path = "opened_to_tests.rs"]
mod tests;
