//! What the engine tells a front end: typed, without words.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
};

use bellrope_proto::ids::{Sequence, Timestamp};
use tokio::sync::mpsc;

use super::{clocks::ClocksDiffer, full::is_full};
use crate::{
    device::{DeviceError, inbox::Showing},
    group::RosterError,
    ids::MessageId,
    membership::AdmissionError,
    message::VerifyError,
    relay::RelayError,
    show::{LeaseNotice, ReceivedAlert, WishLine},
};

/// Something that a person may want to know. Names are the roster's: of a defender a handle, see
/// [`Contacts`](crate::Contacts).
#[derive(Debug)]
pub enum Event {
    /// A message in the inbox was not shown yet.
    Unshown(Unshown),
    /// Something was said in a case: [`CaseNews`](crate::show::CaseNews) says what.
    InCase,
    /// The relay was reached, and everything that waited there has come.
    Online(Online),
    /// The relay cannot be reached, or ended the connection. It is tried again. Told once for each kind of failure
    /// in a row.
    Offline(RelayError),
    /// What the relay signed contradicts itself, and is kept on this device.
    Evidence,
    /// Because of that the mailbox is read from its beginning, and what this device sent is sent again.
    ReadingAgain,
    /// An alert of this device has its receipt.
    Stored {
        /// Which.
        id: MessageId,
        /// Since when, by the relay's clock.
        time: Timestamp,
    },
    /// So many messages had expired at the relay before this device came.
    Missed(u64),
    /// The relay's clock and this device's differ.
    ClocksDiffer(ClocksDiffer),
    /// The other members' devices were asked for what this one missed while it was away.
    AskedAgain,
    /// So many alerts are in the outbox for people who were in when they came, and of whom their senders did not know.
    PassedOn(usize),
    /// Two people wished that this case is forgotten: it is, on this device.
    Forgotten(String),
    /// Something is in the outbox to be sent again for a member's device that was away.
    SentAgain {
        /// The member's name.
        name: String,
        /// How many messages; the roster may have been with them.
        messages: usize,
    },
    /// A message claims to be for this device and is not shown.
    Rejected(Sequence, VerifyError),
    /// Another message with the id of one that is here: one of the two was forged by its sender.
    SameId(Sequence, MessageId),
    /// A message that does not open or decode.
    Damaged(Sequence),
    /// Somebody asks this device's person to translate a text, of a case that they do not read: their name.
    ToTranslate(String),
    /// A member has told this device who a defender is.
    Contact {
        /// The defender's handle.
        handle: String,
        /// The member's name.
        by: String,
    },
    /// Something that a later version says, and which may not be ignored: this program must be updated for it.
    Newer,
    /// A known sender's device says that it was shown another log by the relay than this one. Either the relay keeps
    /// something from one of the two, or that device is wrong.
    OtherLog {
        /// The sender's name.
        name: String,
        /// Whether what is known of it is kept on this device.
        evidence: bool,
    },
    /// Somebody wants to compare keys on a call.
    CallWanted {
        /// Their name.
        name: String,
        /// When that arrived at the relay.
        at: Timestamp,
    },
    /// Somebody says of a comparison that the numbers differ, of which this device's person said that they are the same. It counts as that.
    CallDiffers(String),
    /// Somebody says that three comparisons with one device failed in a day: [`unsaid_failures`](crate::unsaid_failures) says who, of whom.
    ComparisonsFailed,
    /// Two keys came for one week of one person: somebody may have their device's keys. [`unsaid_twice`](crate::unsaid_twice) says whose.
    TwoKeysForAWeek,
    /// Who is in the group has changed.
    RosterChanged,
    /// Who reads new alerts by default has changed.
    CircleChanged,
    /// Who is on duty when has changed.
    DutyChanged,
    /// How long cases are kept has changed.
    RetentionChanged,
    /// Something was said of a shift: [`ShiftsNow`](crate::show::ShiftsNow) says how it stands.
    Shifts,
    /// This person wishes something that nobody does alone, or agrees with it: [`pending`](crate::pending) says what waits.
    Agreed(String),
    /// A coordinator wishes something of the device that has the pen; or something came of it, here or of what this device's person wished.
    Wish(WishLine),
    /// A device asks to be this one's person's: [`coming`](crate::coming) has its code.
    DeviceAsks,
    /// Somebody has another recovery key, or came in by one: [`unsaid_recoveries`](crate::unsaid_recoveries) says who.
    Recovery,
    /// So many alerts that were new here were shown on another device of this person.
    SeenElsewhere(usize),
    /// The pen has passed to the device of this person, who is maybe this one's.
    Pen(String),
    /// Another history of the roster counts than this device followed, as others took the pen. What was written about these people is
    /// undone.
    Overtaken(Vec<String>),
    /// The group has new keys and another mailbox, without these people if there are any: they are not in it any more.
    Turned(Vec<String>),
    /// A coordinator has said that the relay is somewhere else now.
    Moved,
    /// This coordinator's device was restored from an older copy. What it wrote into the roster since, about these people, is
    /// undone: the group follows what it had written before.
    Undone(Vec<String>),
    /// This device was away, and lacks entries of the roster: some senders may be shown as unverified until it has them.
    RosterBehind,
    /// The roster has changed in a way that this program must be updated for. Until then it sends nothing to the group.
    RosterNewer,
    /// What is new of who is in the group, or new keys, that this device cannot write down. It comes again.
    RosterNotKept(DeviceError),
    /// A roster entry that is not followed.
    RosterRefused(Sequence, RosterError),
    /// Somebody asks to be let in.
    Asks(String),
    /// A defender has joined, and was written into the roster.
    Admitted(String),
    /// The invitation of this person is of no use any more: what came by it can be no request to join.
    Spoiled(String),
    /// This person's mailbox at the relay takes nothing more for now: new keys for them wait. Told once until there is room.
    Full(String),
    /// The time for which the host has allowed the group's mailbox runs out: a person must do something. Told once for each
    /// degree of urgency, and once a day when it is most urgent.
    Lease(LeaseNotice),
    /// Something came of this device's own invitation.
    Reply(ReplyUpdate),
    /// An alert waits that was sealed in an epoch that is over, and the relay does not take it any more.
    EpochOver,
    /// The relay does not open the mailbox of the epoch that this device has begun, as somebody was first to take over the account of the
    /// one before: [`open_instead`](crate::open_instead) does, with a host's token.
    AccountGone,
    /// This device has taken the pen, as a quorum signed for it.
    TookPen,
    /// This device's person was put out of the group: there is nothing more to read or to send.
    Removed,
    /// There is no mailbox to read yet: the group was founded here, and the relay has not opened it.
    NoMailbox,
    /// An alert that this device has no room for, for this reason. Show it: it is nowhere else here. It comes again when there is room.
    NotKept(Box<ReceivedAlert>, DeviceError),
    /// A part of a file that this device has no room for, for this reason. It comes again when there is room. Told once for as long as it is so.
    PartNotKept(DeviceError),
    /// Files of this device were damaged and are set aside: [`Device::take_set_aside`](crate::Device::take_set_aside) says which.
    SetAside,
    /// A file of this device could not be used. What was being done is tried again.
    Failed(DeviceError),
    /// Somebody could not be admitted.
    NotAdmitted(AdmissionError),
    /// A part of the engine has stopped, by a fault of the program: end, and be started again.
    Broken,
}

/// Why the engine did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The network or the relay.
    #[error(transparent)]
    Relay(#[from] RelayError),
    /// The device's files.
    #[error(transparent)]
    Device(#[from] DeviceError),
    /// Whoever was to be admitted.
    #[error(transparent)]
    Admission(#[from] AdmissionError),
    /// The group was founded here, and its mailbox is not open yet.
    #[error("there is no mailbox to read yet")]
    NoMailbox,
    /// This device's person was put out of the group.
    #[error("this device is not in the group any more")]
    Removed,
    /// What was sealed in an epoch that is over is not taken any more where it has to go.
    #[error("the mailbox that it was sealed for is over")]
    EpochOver,
    /// Whoever had the pen before gave the account of the group's mailbox to one that the group does not follow: it takes a host's token
    /// to open the one that it does.
    #[error("the account of the mailbox before is another's")]
    AccountGone,
    /// The task that would do it has stopped.
    #[error("the engine has stopped")]
    Stopped,
}

impl EngineError {
    /// Whether the relay has no room for it now.
    #[must_use]
    pub fn is_full(&self) -> bool {
        matches!(self, Self::Relay(error) if is_full(error))
    }

    /// Whether a relay does not stand by what it signed. What it has is read and shown all the same.
    #[must_use]
    pub fn is_contradiction(&self) -> bool {
        matches!(self, Self::Relay(RelayError::Contradiction(_)))
    }

    /// Whether the relay was not reached at all: whatever else there is to say to it now would wait as long, and in vain.
    #[must_use]
    pub fn is_out_of_reach(&self) -> bool {
        matches!(self, Self::Relay(error) if error.is_out_of_reach())
    }

    /// Whether that is because an old copy of it was put back, as its host says: nothing has failed then.
    #[must_use]
    pub fn is_announced(&self) -> bool {
        matches!(self, Self::Relay(RelayError::Contradiction(what)) if what.restored_from().is_some())
    }

    /// What tells one failure from another that was told already.
    pub(super) fn kind(&self) -> String {
        match self {
            // What the system says of a network changes, and the failure stays the same.
            Self::Relay(RelayError::NoSuchHost(_)) => "no such host".to_owned(),
            Self::Relay(RelayError::Unreachable(_)) => "unreachable".to_owned(),
            Self::Relay(RelayError::System(_)) => "system".to_owned(),
            other => format!("{other:?}"),
        }
    }
}

/// What a device does while it is online.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Online {
    /// It reads what the group says.
    Reading,
    /// A defender's: it sends, and hears of new keys.
    Sending,
    /// It waits to be let in.
    Waiting,
}

/// What came to an invitation's mailbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReplyUpdate {
    /// The device is let in: it reads from now on.
    Welcome,
    /// The group's keys are new.
    NewKeys,
    /// Somebody in the group answers: [`Answers`](crate::show::Answers) says what.
    Answer,
    /// A coordinator hands on as an answer what nobody in the group wrote for this device. It is not shown.
    ForeignAnswer,
    /// The relay is somewhere else now.
    Moved,
    /// Another device was first.
    Taken,
    /// This device's person was in the group, and is not any more.
    Removed,
    /// The coordinator said no.
    Refused,
    /// The coordinator took the invitation back of a device that could send at once: what it sends is shown as that.
    TakenBack,
    /// It is of a later version, and this program must be updated for it.
    Newer,
}

/// A message that this front end is to show, and no other one meanwhile. Let go without
/// [`Engine::shown`](super::Engine::shown), it stays unshown and is given again.
#[derive(Debug)]
pub struct Unshown {
    /// Which.
    pub id: MessageId,
    /// None when the program that had begun to show it is stuck: shown twice is better than never.
    pub(super) _showing: Option<Showing>,
    pub(super) given: Given,
}

/// Messages that a front end has and has not noted as shown yet.
pub(super) type Given = Arc<Mutex<HashSet<MessageId>>>;

impl Drop for Unshown {
    fn drop(&mut self) {
        let mut given = self.given.lock().unwrap_or_else(PoisonError::into_inner);
        given.remove(&self.id);
    }
}

/// Where tasks put events. Unbounded, so that no task waits for a front end whose pipe is full: what there is to tell is
/// bounded by what a mailbox holds.
#[derive(Clone, Debug)]
pub(super) struct Events(pub(super) mpsc::UnboundedSender<Event>);

impl Events {
    pub(super) fn tell(&self, event: Event) {
        // A front end that has gone hears nothing any more.
        let _ = self.0.send(event);
    }

    pub(super) fn tell_failure(&self, error: EngineError) {
        self.tell(match error {
            EngineError::Relay(error) => Event::Offline(error),
            EngineError::Device(error) => Event::Failed(error),
            EngineError::Admission(error) => Event::NotAdmitted(error),
            EngineError::NoMailbox => Event::NoMailbox,
            EngineError::Removed => Event::Removed,
            EngineError::EpochOver => Event::EpochOver,
            EngineError::AccountGone => Event::AccountGone,
            EngineError::Stopped => Event::Broken,
        });
    }
}
