//! Who said of which sender that others may write in their name: a note beside the messages themselves, which are in the inbox, so that nobody
//! reads thousands of them to know it.

use bellrope_proto::{
    codec,
    ids::Timestamp,
    signing::{Device as DeviceKey, PublicKey},
};

use super::{
    cases,
    directory::LockName,
    files::DeviceError,
    inbox::{self, Kept},
    plans,
    unlocked::Device,
};
use crate::{
    alert::plan::CheckInPlan,
    case::{Opening, judge_check_in},
    extensions::Extensions,
    group::Roster,
    ids::MessageId,
    message::{
        CheckIn, Freeze, FreezeAct, Frozen, KIND_CHECK_IN, KIND_FREEZE, Message, SaidOfSender,
        freezes,
    },
};

const FROZEN: &str = "frozen";

/// What is kept of one author: somebody who says it all the time takes no room from others.
const OF_ONE_MAX: usize = 256;

/// What was said, in no order.
///
/// # Errors
/// [`DeviceError`].
pub(crate) fn read(device: &Device) -> Result<Vec<SaidOfSender>, DeviceError> {
    match device.files().read(FROZEN) {
        Ok(read) => Ok(read.unwrap_or_default()),
        Err(error @ DeviceError::Damaged(..)) => {
            tracing::warn!(%error, "who is frozen is read from the messages");
            let all = inbox::all(device)?.messages.into_iter();
            let said = all.filter_map(|(id, kept, _)| match kept {
                Kept::Message(kept) => {
                    let message = kept.sent.message.peek().ok()?;
                    said_by(id, &message, kept.arrived)
                }
                Kept::Other(_) => None,
            });
            let mut said: Vec<SaidOfSender> = said.collect();
            if let Some(roster) = device.roster()? {
                for plan in plans::read(device)?.into_keys() {
                    said.extend(forced(device, &roster, plan)?);
                }
            }
            Ok(said)
        }
        Err(error) => Err(error),
    }
}

/// What a message says of a sender, if it does.
#[must_use]
pub(crate) fn said_by(
    id: MessageId,
    message: &Message,
    arrived: Timestamp,
) -> Option<SaidOfSender> {
    let freeze = (message.kind == KIND_FREEZE).then(|| Freeze::decode(&message.body.0));
    Some(SaidOfSender {
        id,
        arrived,
        author: message.sender,
        freeze: freeze.flatten()?,
        is_own_word: false,
    })
}

/// Notes what was said of a sender. Of strangers nothing is noted: they could be as many as an attacker likes.
///
/// # Errors
/// [`DeviceError`].
pub(crate) fn note(
    device: &Device,
    said: SaidOfSender,
    roster: &Roster,
) -> Result<(), DeviceError> {
    let is_known =
        roster.person(&said.author).is_some() || roster.removed_person(&said.author).is_some();
    if !is_known && !said.is_own_word {
        return Ok(());
    }
    let _lock = device.files().lock(LockName::State)?;
    let mut all = read(device)?;
    let author = said.author;
    // What this device said itself, it noted by its own clock.
    all.retain(|known| known.id != said.id);
    all.push(said);
    let of_author = all.iter().filter(|known| known.author == author).count();
    let mut over = of_author.saturating_sub(OF_ONE_MAX);
    all.retain(|known| {
        let goes = over > 0 && known.author == author;
        over -= usize::from(goes);
        !goes
    });
    device.files().write(FROZEN, &codec::encode(&all))
}

/// The freezes of a device that nobody has lifted.
///
/// # Errors
/// [`DeviceError`].
pub(crate) fn in_force(
    device: &Device,
    of: &PublicKey<DeviceKey>,
    roster: &Roster,
) -> Result<Vec<Frozen>, DeviceError> {
    let mut all = freezes(&read(device)?, of, roster);
    all.retain(|frozen| frozen.lifted.is_none());
    Ok(all)
}

/// What was said of themselves by whoever checks in by this plan.
///
/// # Errors
/// [`DeviceError`].
pub(crate) fn forced(
    device: &Device,
    roster: &Roster,
    plan: MessageId,
) -> Result<Vec<SaidOfSender>, DeviceError> {
    let Some(kept) = inbox::find(device, plan)? else {
        return Ok(Vec::new());
    };
    let Some(alert) = kept.sent.message.peek().ok() else {
        return Ok(Vec::new());
    };
    let reading = alert.reading();
    let Some(terms) = reading.fields().and_then(CheckInPlan::of) else {
        return Ok(Vec::new());
    };
    let opening = Opening::of(&alert, Message::hash(&kept.sent.message), roster);
    let words = cases::of(device, plan)?.into_iter();
    let said = words.filter_map(|word| {
        let message = word.kept.sent.message.peek().ok()?;
        let body = CheckIn::decode(&message.body.0).filter(|_| message.kind == KIND_CHECK_IN)?;
        let arrived = word.kept.arrived;
        let known = (roster, [].as_slice());
        let heard = judge_check_in((&message, &body), arrived, (&opening, &terms), known)?;
        heard.is_forced().then(|| SaidOfSender {
            id: message.id,
            arrived,
            author: message.sender,
            freeze: Freeze {
                act: FreezeAct::Freeze,
                device: message.sender,
                lifts: Vec::new(),
                reason: String::new(),
                extensions: Extensions::none(),
            },
            is_own_word: true,
        })
    });
    Ok(said.collect())
}
