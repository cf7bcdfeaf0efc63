//! How a coordinator's device changes the roster: what it is about to write stands in one file, the intent, until the
//! roster and the queue both have it.

use std::sync::Arc;

use bellrope_proto::{
    address::RelayAddress,
    codec,
    envelope::Envelope,
    frame::{self, FrameReader},
    ids::{MailboxId, Timestamp},
    limits::FRAME_BYTES_MAX,
    signing::{Authority, SecretKey, Signed},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use zeroize::Zeroizing;

use crate::{
    clock::now,
    device::{
        ContactError, Device, DeviceError, IssuedInvitation, Lock, LockName, QueueEnd,
        QueuedEnvelope, Sent, State, damaged,
        epochs::{self, EpochAccess, RelayTask},
        issued, outbox,
    },
    extensions::Extensions,
    group::{Change, Entry, NameError, Role, Roster, RosterError},
    ids::Position,
    invitation::InvitationKeys,
    message::{Payload, View},
    relay::Cursor,
    seal::{self, EpochRecipient, MemberKey, SealError},
};

const INTENT: &str = "intent";
const ENDS_EARLY: &str = "it ends too early";

/// Why nobody was invited or let in.
#[derive(Debug, thiserror::Error)]
pub enum AdmissionError {
    /// Only coordinators do this.
    #[error("this device is not a coordinator's")]
    NotACoordinator,
    /// Another coordinator's device writes the roster: whose.
    #[error("another device has the pen")]
    NotTheHolder(String),
    /// The pen is this device's, and what it takes besides has not come.
    #[error("the keys that go with the pen are not here")]
    KeysMissing,
    /// The roster's rules: a name that does not fit, a group that is full.
    #[error(transparent)]
    Rule(#[from] RosterError),
    /// Nobody has asked with this invitation.
    #[error("nobody asks to join with this invitation")]
    NoClaim,
    /// The name is another's already.
    #[error("the name is taken")]
    NameTaken,
    /// People would take it for this one, which is another's.
    #[error("the name looks like another")]
    NameAlike(String),
    /// It is no name.
    #[error(transparent)]
    Name(#[from] NameError),
    /// Somebody has used the invitation of this name, and waits for an answer.
    #[error("somebody asks to join by this name")]
    Asks,
    /// It is to be another device of this person, who alone says whether it is.
    #[error("only this person lets a device of theirs in")]
    OnlyTheirs(String),
    /// There is no invitation of this name.
    #[error("nobody is invited by this name")]
    NotInvited,
    /// The invitation's time is over.
    #[error("the invitation has ended")]
    Ended,
    /// No recovery key speaks for this person.
    #[error("this person has no recovery key")]
    NoRecoveryKey,
    /// Who a defender is could not be written down.
    #[error(transparent)]
    Contact(#[from] ContactError),
    /// It does not fit an envelope.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The device's files.
    #[error(transparent)]
    Device(#[from] DeviceError),
}

/// What a coordinator's device has of an epoch that it begins, and what the relay is told for it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Begins {
    pub(super) access: EpochAccess,
    pub(super) tasks: Vec<RelayTask>,
}

/// A change of the roster, from reading its newest entry to the moment when roster and queue both have what follows
/// from it. One at a time.
pub(super) struct RosterTransaction<'a> {
    pub(super) device: &'a Device,
    pub(super) state: State,
    pub(super) roster: Roster,
    pub(super) authority: SecretKey<Authority>,
    pub(super) relay: RelayAddress,
    pub(super) queue: Vec<QueuedEnvelope>,
    /// Invitations that are made by it.
    pub(super) issued: Vec<IssuedInvitation>,
    /// Who is told the newest roster or keys by what is queued; of readers, from where on they read.
    pub(super) told: Vec<(Position, Option<Cursor>)>,
    /// The epoch that it begins.
    pub(super) begins: Option<Begins>,
    pub(super) now: Timestamp,
    _lock: Lock,
}

impl<'a> RosterTransaction<'a> {
    /// Begins one, after carrying out what a crash interrupted.
    pub(super) fn begin(device: &'a Device, now: Timestamp) -> Result<Self, AdmissionError> {
        let change = Self::begin_taking(device, now)?;
        may_write(device, &change.roster)?;
        Ok(change)
    }

    /// Begins one on a device that does not have the pen, to take it.
    pub(super) fn begin_taking(device: &'a Device, now: Timestamp) -> Result<Self, AdmissionError> {
        Self::begin_with(device, None, now)
    }

    /// Begins one on a device that takes the pen without what rules the group's mailbox, and goes on in one that it rules itself.
    pub(super) fn begin_anew(
        device: &'a Device,
        authority: SecretKey<Authority>,
        now: Timestamp,
    ) -> Result<Self, AdmissionError> {
        Self::begin_with(device, Some(authority), now)
    }

    fn begin_with(
        device: &'a Device,
        anew: Option<SecretKey<Authority>>,
        now: Timestamp,
    ) -> Result<Self, AdmissionError> {
        let lock = device.files().lock(LockName::Roster)?;
        carry_out(device)?;
        let state = device.state()?;
        let roster = device.roster()?.ok_or(AdmissionError::NotACoordinator)?;
        let authority = match anew.or(state.authority()) {
            Some(authority) => authority,
            None => {
                may_write(device, &roster)?;
                return Err(AdmissionError::KeysMissing);
            }
        };
        if roster.is_newer() {
            return Err(AdmissionError::Rule(RosterError::Newer));
        }
        let relay = roster.epoch().relays.first().cloned();
        Ok(Self {
            device,
            state,
            relay: relay.ok_or(AdmissionError::NotACoordinator)?,
            roster: Arc::unwrap_or_clone(roster),
            authority,
            queue: Vec::new(),
            issued: Vec::new(),
            told: Vec::new(),
            begins: None,
            now,
            _lock: lock,
        })
    }

    /// Appends an entry, and queues it for everyone who reads.
    pub(super) fn append(&mut self, change: Change) -> Result<Position, AdmissionError> {
        let entry = self.write(change)?;
        let position = self.roster.position_of(&self.roster.head());
        self.queue_for_readers(&Payload::Roster(vec![entry]))?;
        Ok(position.unwrap_or(Position(0)))
    }

    /// Appends an entry, and tells nobody.
    pub(super) fn write(&mut self, change: Change) -> Result<Signed<Entry>, AdmissionError> {
        let position = self.roster.next_position();
        let entry = self.device.signing().sign(&Entry {
            position,
            previous: self.roster.head(),
            time: self.now,
            author: self.device.signing().public(),
            change,
            extensions: Extensions::none(),
        });
        self.roster.apply(entry.clone())?;
        Ok(entry)
    }

    /// Queues the roster from its first entry for everyone who reads. Who has it passes it over.
    pub(super) fn queue_roster(&mut self) -> Result<(), AdmissionError> {
        let readers = self.roster.readers_at(self.roster.next_position()).len();
        for part in Payload::roster(self.roster.entries(), readers) {
            self.queue_for_readers(&part)?;
        }
        Ok(())
    }

    fn queue_for_readers(&mut self, payload: &Payload) -> Result<(), AdmissionError> {
        let readers = self.roster.readers_at(self.roster.next_position());
        let epoch = EpochRecipient::from_bytes(&self.roster.epoch().recipient.0)
            .map_err(|error| damaged("roster", error))?;
        let envelope = seal::seal(&payload.encode(), &readers, &epoch)?;
        self.queue_plain(self.roster.epoch().mailbox, envelope);
        Ok(())
    }

    /// Queues a payload for one invitation's mailbox.
    pub(super) fn queue_for(
        &mut self,
        keys: &InvitationKeys,
        to: MemberKey,
        payload: &Payload,
    ) -> Result<(), AdmissionError> {
        let envelope = sealed(keys, to, payload)?;
        self.queue_plain(keys.mailbox(), envelope);
        Ok(())
    }

    /// Queues an envelope.
    pub(super) fn queue_plain(&mut self, mailbox: MailboxId, envelope: Envelope) {
        self.queue
            .push(QueuedEnvelope::plain(mailbox, envelope, self.now));
    }

    /// What was written is put into the roster and the queue together: an entry that the others never
    /// get would leave a gap for ever, and one that this device forgets would be written twice.
    pub(super) fn commit(self) -> Result<(), AdmissionError> {
        let begins = self.begins.as_slice();
        write_down(
            self.device,
            &self.roster,
            (&self.queue, &self.issued, begins),
        )?;
        carry_out(self.device)?;
        let position = View::of(&self.roster).position;
        for (at, reads_after) in self.told {
            let sent = Some(Sent {
                position,
                at: self.now,
            });
            issued::change(self.device, at, |issued| {
                issued.sent = sent;
                if let Some(cursor) = reads_after {
                    let known = issued.reads_after.as_ref();
                    // Posted again, it leads to the same place of the same mailbox.
                    if known.is_none_or(|(known, _)| known.mailbox != cursor.mailbox) {
                        issued.reads_after = Some((cursor, self.now));
                    }
                }
            })?;
        }
        Ok(())
    }
}

/// Whether this device writes the roster: asked before a person is asked anything.
///
/// # Errors
/// [`AdmissionError`], which says why not.
pub fn may_write_roster(device: &Device) -> Result<(), AdmissionError> {
    let roster = device.roster()?.ok_or(AdmissionError::NotACoordinator)?;
    may_write(device, &roster)
}

/// Whether this device's person may wish what the device that has the pen writes: every coordinator may.
pub(super) fn may_wish(device: &Device, roster: &Roster) -> Result<(), AdmissionError> {
    match may_write(device, roster) {
        Err(AdmissionError::NotTheHolder(_)) => Ok(()),
        other => other,
    }
}

/// Whether a coordinator's device can be asked for what the roster is to say: asked before a person is asked anything.
///
/// # Errors
/// [`AdmissionError`], which says why not.
pub fn may_wish_roster(device: &Device) -> Result<(), AdmissionError> {
    let roster = device.roster()?.ok_or(AdmissionError::NotACoordinator)?;
    may_wish(device, &roster)
}

/// Whether this device writes the roster, and if not, why.
pub(super) fn may_write(device: &Device, roster: &Roster) -> Result<(), AdmissionError> {
    let me = device.signing().public();
    if roster.holder() == me {
        return Ok(());
    }
    let coordinates = roster.person(&me).map(|me| me.role) == Some(Role::Coordinator);
    let holder = roster.person(&roster.holder());
    Err(match holder.filter(|_| coordinates) {
        Some(holder) => AdmissionError::NotTheHolder(holder.name.clone()),
        None => AdmissionError::NotACoordinator,
    })
}

/// A payload sealed for one invitation's mailbox.
pub(super) fn sealed(
    keys: &InvitationKeys,
    to: MemberKey,
    payload: &Payload,
) -> Result<Envelope, SealError> {
    let bytes = Zeroizing::new(payload.encode());
    seal::seal(&bytes, &[to], &keys.outer().to_recipient())
}

/// Writes down what is about to be done. Carried out again after a crash: the relay knows an envelope that it has, so
/// doing it twice does no harm.
fn write_down(
    device: &Device,
    roster: &Roster,
    (queue, issued, begins): (&[QueuedEnvelope], &[IssuedInvitation], &[Begins]),
) -> Result<(), DeviceError> {
    let counts = [queue.len(), issued.len(), begins.len()].map(|count| count as u64);
    let mut bytes = Zeroizing::new(frame::frame(&codec::encode(&counts)));
    for queued in queue {
        bytes.extend(frame::frame(&codec::encode(queued)));
    }
    for issued in issued {
        let encoded = Zeroizing::new(codec::encode(issued));
        bytes.extend(Zeroizing::new(frame::frame(&encoded)).iter());
    }
    for begins in begins {
        let encoded = Zeroizing::new(codec::encode(begins));
        bytes.extend(Zeroizing::new(frame::frame(&encoded)).iter());
    }
    for entry in &roster.known() {
        bytes.extend(frame::frame(&codec::encode(entry)));
    }
    device.files().write(INTENT, &bytes)
}

/// Carries out what a crash interrupted, if anything.
///
/// # Errors
/// [`DeviceError`].
pub(crate) fn finish_interrupted(device: &Device) -> Result<(), DeviceError> {
    let _lock = device.files().lock(LockName::Roster)?;
    carry_out(device)
}

/// Forgets what was written down: its roster is not followed any more. The roster's lock is held.
pub(super) fn forget_intent(device: &Device) -> Result<(), DeviceError> {
    device.files().remove(INTENT)
}

/// Does what is written down, if anything is.
fn carry_out(device: &Device) -> Result<(), DeviceError> {
    let Some(bytes) = device.files().open_file(INTENT)? else {
        return Ok(());
    };
    let mut reader = FrameReader::default();
    reader.push(&bytes);
    let mut next = || {
        let body = reader
            .next(FRAME_BYTES_MAX)
            .map_err(|error| damaged(INTENT, error))?;
        Ok::<_, DeviceError>(body.map(<[u8]>::to_vec))
    };
    let counts = next()?.ok_or_else(|| damaged(INTENT, ENDS_EARLY))?;
    let counts: [u64; 3] = codec::decode(&counts).map_err(|error| damaged(INTENT, error))?;
    let queue: Vec<QueuedEnvelope> = counted(counts[0], &mut next)?;
    let made: Vec<IssuedInvitation> = counted(counts[1], &mut next)?;
    let begun: Vec<Begins> = counted(counts[2], &mut next)?;
    let mut entries: Vec<Signed<Entry>> = Vec::new();
    while let Some(entry) = next()? {
        entries.push(codec::decode(&entry).map_err(|error| damaged(INTENT, error))?);
    }
    let roster = Roster::from_known(entries).map_err(|error| damaged(INTENT, error))?;
    let known = device.roster()?;
    if known.is_none_or(|known| known.known_len() < roster.known_len()) {
        device.store_roster(&roster)?;
    }
    for begins in begun {
        // The relay's tasks first: after a crash in between it is told twice, and knows it.
        let mailbox = epochs::mailbox_of(&begins.access.credential);
        device.change(|state| {
            if mailbox.is_some_and(|mailbox| !state.is_groups(mailbox)) {
                for task in begins.tasks {
                    if !state.relay_tasks.contains(&task) {
                        state.relay_tasks.push(task);
                    }
                }
            }
        })?;
        epochs::begin(device, &begins.access, (roster.turned(), now()))?;
    }
    for issued in &made {
        issued::store(device, issued)?;
    }
    let end = QueueEnd::lock(device)?;
    let_go_of_older(device, &queue)?;
    end.put(&queue)?;
    drop(end);
    device.files().remove(INTENT)
}

/// What one change says to somebody's mailbox is all that there is to say there: a bundle, new keys, a welcome with what it needs, a no. What
/// was to be said there before, and has not been posted, is old news: it would only take the room of what is true.
fn let_go_of_older(device: &Device, queue: &[QueuedEnvelope]) -> Result<(), DeviceError> {
    let all = issued::all(device)?;
    let told = all.iter().map(|issued| issued.mailbox);
    let told: Vec<MailboxId> = told
        .filter(|mailbox| queue.iter().any(|queued| queued.to == *mailbox))
        .collect();
    if told.is_empty() {
        return Ok(());
    }
    outbox::let_go(device, |queued| told.contains(&queued.to))
}

fn counted<T: Serialize + DeserializeOwned>(
    count: u64,
    mut next: impl FnMut() -> Result<Option<Vec<u8>>, DeviceError>,
) -> Result<Vec<T>, DeviceError> {
    let mut all = Vec::new();
    for _ in 0..count {
        let encoded = next()?.ok_or_else(|| damaged(INTENT, ENDS_EARLY))?;
        let encoded = Zeroizing::new(encoded);
        all.push(codec::decode(&encoded).map_err(|error| damaged(INTENT, error))?);
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use bellrope_proto::signing::PublicKey;

    use super::*;
    use crate::{
        group::Role,
        membership::{NewGroup, create, invite},
    };

    const NOW: Timestamp = Timestamp(1_000_000);

    #[test]
    fn what_a_crash_interrupted_is_carried_out_before_anything_new_is_written() {
        let dir = tempfile::tempdir().unwrap();
        let relay = RelayAddress::new("relay.example.org", 443, PublicKey::from_bytes([1; 32]));
        let group = NewGroup {
            group_name: "Working group",
            my_name: "Nina",
            relay: &relay.unwrap(),
        };
        let (home, copy) = (dir.path().join("home"), dir.path().join("copy"));
        let passphrase = "a long enough passphrase".into();
        let device = create(&home, &passphrase, &group, NOW).unwrap();
        std::fs::create_dir(&copy).unwrap();
        for name in ["identity", "state", "roster", "format"] {
            std::fs::copy(home.join(name), copy.join(name)).unwrap();
        }
        // What the interrupted command had come to, from a twin that was not interrupted.
        let twin = Device::unlock(&copy, &passphrase).unwrap();
        invite(&twin, Role::Member, "Anna", NOW.plus(100), NOW).unwrap();
        let queue = outbox::all(&twin).unwrap().into_iter();
        let queue: Vec<QueuedEnvelope> = queue.map(|file| file.queued).collect();
        let made = issued::all(&twin).unwrap();
        let roster = twin.roster().unwrap().unwrap();
        write_down(&device, &roster, (&queue, &made, &[])).unwrap();

        invite(&device, Role::Member, "Ivan", NOW.plus(100), NOW).unwrap();
        let roster = device.roster().unwrap().unwrap();
        let names = roster.invited().iter();
        let names: Vec<_> = names.map(|invited| invited.admit.name.as_str()).collect();
        assert_eq!(names, ["Anna", "Ivan"]);
        let issued = issued::all(&device).unwrap();
        assert_eq!(issued.len(), 2, "and an invitation for each");
        assert_eq!(issued.first(), made.first());
        let queued = outbox::all(&device).unwrap();
        assert_eq!(queued.len(), 4, "an entry and a bundle for each");
        assert_eq!(queued.first().map(|file| &file.queued), queue.first());
    }
}
