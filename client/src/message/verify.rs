//! Who said it, and whether it counts: pure rules over a message, the roster and the time. Nothing
//! else decides what a screen calls a sender.

use bellrope_proto::{
    ids::Timestamp,
    signing::{BadSignature, Device, PublicKey, Signed},
};

use super::{
    meant::meant,
    opened_to::{OpenedBy, opened_by},
    passing::{PassedOn, meant_then, passed_on},
    payload::{Message, SignedMessage},
};
use crate::{
    alert::Reading,
    group::{Admit, Claim, Person, Removed, Role, Roster, recipients_hash, whole_claim},
    ids::Position,
    seal::{MEMBERS_MAX, MemberKey},
};

/// A message that counts, and from whom.
#[derive(Clone, Debug)]
pub struct VerifiedMessage {
    /// The message.
    pub message: Message,
    /// What its body says, as far as it can be read.
    pub reading: Reading,
    /// Who said it.
    pub sender: Sender,
    /// Whose device passed it on, when its author did not know of this reader.
    pub passed_on: Option<String>,
    /// Who opened its case to this reader, for whom its author did not write it.
    pub opened_by: Option<OpenedBy>,
    /// Who was not in the group any more when it came, and could read it all the same, as its author did not know.
    pub open_to_removed: Vec<String>,
    /// It arrived later than its sender allowed: an old message that somebody posted again, one that was passed on to a
    /// device that was away, or a sender whose clock is wrong. It says nothing of who signed.
    pub late: bool,
    /// It, or the roster that it was said in sight of, says something that this program must be updated for. The
    /// words are shown all the same.
    pub newer: bool,
}

/// Who said it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sender {
    /// The roster names this device.
    Known {
        /// What the group calls the person.
        name: String,
        /// What they are.
        role: Role,
    },
    /// The device holds an invitation that the roster names, and is its first user as far as is
    /// known here. A coordinator's client will write that down.
    Invited {
        /// What the group calls the person.
        name: String,
        /// What they will be.
        role: Role,
    },
    /// Nobody that the group knows. The words are shown, loudly marked.
    Unverified(UnverifiedReason),
}

/// Why a sender is not verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UnverifiedReason {
    /// The roster does not name the device, and no invitation vouches for it.
    Unknown,
    /// The invitation that vouches for it was used by another device first.
    InvitationTaken,
    /// The invitation had ended when this arrived.
    InvitationEnded,
    /// The invitation was made anew for the same person since: this is the old one.
    InvitationReplaced,
    /// A coordinator took the invitation that vouches for it back, at this time by their clock.
    InvitationWithdrawn(Timestamp),
    /// A coordinator says that they invited it, and the roster does not have the invitation yet.
    NotListed {
        /// The coordinator's name.
        by: String,
        /// What the roster is to call the person.
        name: String,
    },
    /// Observers do not send.
    Observer,
    /// The person was put out of the group before it arrived, at this time by the clock of the coordinator who did it.
    Removed(Timestamp),
    /// It was said in sight of a roster that this device does not have.
    OtherRoster,
    /// Another version of this program kept it, and this one cannot check any more who signed it.
    OtherVersion,
}

impl UnverifiedReason {
    /// Its name in JSON.
    #[must_use]
    pub fn key(&self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::InvitationTaken => "invitation_taken",
            Self::InvitationEnded => "invitation_ended",
            Self::InvitationReplaced => "invitation_replaced",
            Self::InvitationWithdrawn(_) => "invitation_withdrawn",
            Self::NotListed { .. } => "not_listed",
            Self::Observer => "observer",
            Self::Removed(_) => "removed",
            Self::OtherRoster => "other_roster",
            Self::OtherVersion => "other_version",
        }
    }
}

/// Why a message is not shown as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    /// Not signed by the device that it names.
    #[error("its signature is not valid")]
    NotSigned(#[source] BadSignature),
    /// For another group: replayed.
    #[error("it was written for another group")]
    OtherGroup,
    /// Said in a period of the group that this device has no keys of, or no longer.
    #[error("it was written in another period of the group")]
    OtherEpoch,
    /// For other readers: somebody who read it sealed it again for us.
    #[error("it was written for other readers and passed on")]
    OtherReaders,
}

/// Verifies a message that was opened with `me` and arrived at the relay at `arrived`, by M1 to M6 of PROTOCOL.md,
/// "Messages". `first` tells which device used an invitation first, as far as is known here, `stood` how far the roster was in
/// this reader's log before a message came that was passed on, and `wished` who invited somebody of whom the roster does not know yet.
///
/// # Errors
/// [`VerifyError`].
pub(crate) fn verify(
    sent: &SignedMessage,
    roster: &Roster,
    me: &MemberKey,
    arrived: Timestamp,
    (first, stood, wished): (
        impl FnOnce(&Claim) -> Option<PublicKey<Device>>,
        impl FnOnce(&PassedOn) -> Option<Position>,
        impl FnOnce(&Claim) -> Option<(String, Admit)>,
    ),
) -> Result<VerifiedMessage, VerifyError> {
    let message = sent
        .message
        .verify_own(|message| message.sender)
        .map_err(VerifyError::NotSigned)?;
    // Whatever it is: its words are shown, and it counts in its device's row.
    let reading = message.reading();
    verify_signed(
        sent,
        (message, reading),
        (roster, me, arrived),
        (first, stood, wished),
    )
}

/// The same of one of which this device has verified before that it is signed, and has read it: by M2 to M6.
///
/// # Errors
/// [`VerifyError`].
pub(crate) fn verify_signed(
    sent: &SignedMessage,
    (message, reading): (Message, Reading),
    (roster, me, arrived): (&Roster, &MemberKey, Timestamp),
    (first, stood, wished): (
        impl FnOnce(&Claim) -> Option<PublicKey<Device>>,
        impl FnOnce(&PassedOn) -> Option<Position>,
        impl FnOnce(&Claim) -> Option<(String, Admit)>,
    ),
) -> Result<VerifiedMessage, VerifyError> {
    if message.group != roster.id() {
        return Err(VerifyError::OtherGroup);
    }
    let seen = roster.position_of(&message.roster);
    // A message is judged by the epoch that it was said in. What is over is over by its mailbox, and by its keys.
    let is_of_its_epoch = match seen {
        Some(position) => roster.epoch_at(position) == message.epoch,
        None => roster.has_epoch(message.epoch),
    };
    if !is_of_its_epoch {
        return Err(VerifyError::OtherEpoch);
    }
    let understood = seen.filter(|position| !roster.is_newer_at(*position));
    if message.audience.chosen.len() > MEMBERS_MAX {
        return Err(VerifyError::OtherReaders);
    }
    let (mut passed, mut opened) = (None, None);
    let mut open_to_removed = Vec::new();
    // Without the roster that its sender saw, nobody can say who was meant.
    if let Some(readers) = meant(&message, roster) {
        if recipients_hash(&readers) != message.audience.hash {
            return Err(VerifyError::OtherReaders);
        }
        let removed = roster.removed().iter();
        let reads = removed.filter(|it| arrived >= it.time && readers.contains(&it.person.key));
        open_to_removed.extend(reads.map(|it| it.person.name.clone()));
        if !readers.contains(me) {
            passed = passed_on_to(sent, &message, roster, me, stood);
            if passed.is_none() {
                let by = opened_by(sent, &message, (roster, me), arrived);
                opened = Some(by.ok_or(VerifyError::OtherReaders)?);
            }
        }
    }
    let sender = match in_roster(&message, roster, arrived) {
        Some(sender) => sender,
        None => invited(
            &message,
            sent.claim.as_ref(),
            roster,
            arrived,
            (first, wished),
        ),
    };
    let newer = message.extensions.has_critical()
        || sent.extensions.has_critical()
        || (understood.is_none() && roster.is_newer());
    // What was opened later comes later.
    let late = arrived > message.expires && opened.is_none();
    Ok(VerifiedMessage {
        message,
        reading,
        sender,
        passed_on: passed,
        opened_by: opened,
        open_to_removed,
        late,
        newer,
    })
}

/// Who passed a message on to this reader, if it was so: one whom its author would have meant who had known the roster as it was before
/// it came.
fn passed_on_to(
    sent: &SignedMessage,
    message: &Message,
    roster: &Roster,
    me: &MemberKey,
    stood: impl FnOnce(&PassedOn) -> Option<Position>,
) -> Option<String> {
    let (said, by) = passed_on(sent, message, roster)?;
    let then = meant_then(message, roster, stood(&said)?)?;
    then.contains(me).then(|| by.name.clone())
}

fn in_group(person: &Person) -> Sender {
    if !person.role.sends() {
        return Sender::Unverified(UnverifiedReason::Observer);
    }
    Sender::Known {
        name: person.name.clone(),
        role: person.role,
    }
}

/// Who said it, of those whom the roster names or has named; `None` where it never named them.
#[must_use]
pub(crate) fn in_roster(message: &Message, roster: &Roster, arrived: Timestamp) -> Option<Sender> {
    // A roster that goes on in words of a later version has heads that are not known here: no reason to doubt who signed.
    if roster.position_of(&message.roster).is_none() && !roster.is_newer() {
        return Some(Sender::Unverified(UnverifiedReason::OtherRoster));
    }
    if let Some(person) = roster.person(&message.sender) {
        return Some(in_group(person));
    }
    let Removed { person, time, .. } = roster.removed_person(&message.sender)?;
    // What came before is theirs. When a letter was written says nothing: whoever has the key now can write any time on it.
    Some(match arrived < *time {
        true => in_group(person),
        false => Sender::Unverified(UnverifiedReason::Removed(*time)),
    })
}

fn invited(
    message: &Message,
    claim: Option<&Signed<Claim>>,
    roster: &Roster,
    arrived: Timestamp,
    (first, wished): (
        impl FnOnce(&Claim) -> Option<PublicKey<Device>>,
        impl FnOnce(&Claim) -> Option<(String, Admit)>,
    ),
) -> Sender {
    let Some(claim) = claim.and_then(whole_claim) else {
        return Sender::Unverified(UnverifiedReason::Unknown);
    };
    let Some(invited) = roster.invitation(&claim.invitation) else {
        return not_listed(message, &claim, arrived, wished(&claim));
    };
    if invited.admit.mailbox != claim.mailbox {
        return Sender::Unverified(UnverifiedReason::Unknown);
    }
    // Only a defender speaks before somebody has approved.
    if claim.device != message.sender || invited.admit.role != Role::Defender {
        return Sender::Unverified(UnverifiedReason::Unknown);
    }
    // Of several reasons the one that says most: what a coordinator did holds for every device.
    if let Some(at) = invited.withdrawn {
        return Sender::Unverified(UnverifiedReason::InvitationWithdrawn(at));
    }
    if invited.used || first(&claim).is_some_and(|device| device != claim.device) {
        return Sender::Unverified(UnverifiedReason::InvitationTaken);
    }
    if invited.replaced {
        return Sender::Unverified(UnverifiedReason::InvitationReplaced);
    }
    if arrived > invited.admit.expires {
        return Sender::Unverified(UnverifiedReason::InvitationEnded);
    }
    Sender::Invited {
        name: invited.admit.name.clone(),
        role: invited.admit.role,
    }
}

/// Who is not in the roster, and came by an invitation of a coordinator whose device does not write it (M5, Q4).
fn not_listed(
    message: &Message,
    claim: &Claim,
    arrived: Timestamp,
    wished: Option<(String, Admit)>,
) -> Sender {
    let fits = |admit: &Admit| {
        claim.device == message.sender
            && admit.role == Role::Defender
            && admit.invitation == claim.invitation
            && admit.mailbox == claim.mailbox
    };
    Sender::Unverified(match wished.filter(|(_, admit)| fits(admit)) {
        Some((_, admit)) if arrived > admit.expires => UnverifiedReason::InvitationEnded,
        Some((by, admit)) => UnverifiedReason::NotListed {
            by,
            name: admit.name,
        },
        None => UnverifiedReason::Unknown,
    })
}
