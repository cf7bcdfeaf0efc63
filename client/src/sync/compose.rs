//! Saying something to the group: signed, sealed, queued. No network here, and for an alert no disk that it would depend on.

use std::time::Duration;

use bellrope_proto::{
    codec::{self, Blob},
    envelope::ENVELOPE_BYTES_MAX,
    ids::{Hash, MailboxId, Sequence, Timestamp},
    signing::{Device as DeviceKey, PublicKey, Signed},
};
use zeroize::Zeroizing;

use crate::{
    alert::{Alert, Fields, SensitiveWords, part::SensitivePart},
    attachment::Attachment,
    device::{
        Device, DeviceError, OwnPlan, QueueEnd, QueuedEnvelope, State, damaged, frozen, out,
        outbox, sent,
    },
    extensions::Extensions,
    group::{Person, Role, lifetimes::RETENTION_SECONDS, recipients_hash},
    ids::MessageId,
    message::{
        AlertOriginals, Audience, Freeze, FreezeAct, KEEPERS_MAX, KIND_ALERT, KIND_CASE,
        KIND_CHECK_IN, KIND_FREEZE, KIND_RESEND_REQUEST, KIND_SENSITIVE, Keepers, Message,
        Original, Originals, Payload, Provenance, REASON_CHARS_MAX, SaidOfSender, Seen,
        SignedMessage, UNCOUNTED, View,
    },
    random::random,
    seal::{EpochRecipient, MemberKey, SealError, capacity},
    show::{Addressees, SensitiveReaders},
    sync::{
        attaching::{NotAttached, ReadyFile, WithAlert, attach, let_originals_go},
        files::tidy_provenance,
        weeks::seal_in_week,
    },
};

/// A message that arrives later than this after it was signed is marked as late: as long as a relay keeps it, by default.
const ALERT_SECONDS: u64 = RETENTION_SECONDS;

/// What an alert waits for another program of this device, for each of two locks. One that does not let go was suspended, or hangs.
const LOCK_PATIENCE: Duration = Duration::from_secs(3);

/// Bytes around an alert's body in what is sealed, at most.
const AROUND_ALERT: usize = 2_048;

/// Bytes of a key.
const KEY_BYTES: usize = 32;

/// Why nothing was said.
#[derive(Debug, thiserror::Error)]
pub enum ComposeError {
    /// The device is not let in yet, or is an observer's.
    #[error("this device may not send")]
    MayNot,
    /// The device was told that it is out of the group.
    #[error("this device is not in the group any more")]
    Removed,
    /// One that was chosen does not read in this group.
    #[error("a chosen reader is not in the group")]
    NotAReader,
    /// Of those who were to read the sensitive part nobody reads the alert by now.
    #[error("nobody of those who were to read the sensitive part reads the alert")]
    NobodyForPart,
    /// A later version changed the group in a way that is not known here: whom to seal to is not known either.
    #[error("this program must be updated before it can send")]
    Newer,
    /// It does not fit.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The device's files.
    #[error(transparent)]
    Device(#[from] DeviceError),
}

/// The group as this device sees it, for sending.
///
/// # Errors
/// [`ComposeError::MayNot`] while it is not let in.
pub fn sender_view(device: &Device, state: &State) -> Result<View, ComposeError> {
    if let Some(view) = &state.view {
        return Ok(view.clone());
    }
    let roster = device.roster()?.ok_or(ComposeError::MayNot)?;
    Ok(View::of(&roster))
}

/// Whether this device may send to the group now: asked before a person is asked anything.
///
/// # Errors
/// [`ComposeError::MayNot`], [`ComposeError::Newer`].
pub fn may_send(device: &Device) -> Result<(), ComposeError> {
    sender(device).map(|_| ())
}

pub(super) fn sender(device: &Device) -> Result<(State, View), ComposeError> {
    let state = device.state()?;
    if !state.role.sends() || state.credential.is_none() {
        return Err(ComposeError::MayNot);
    }
    if out::is_out(device)? {
        return Err(ComposeError::Removed);
    }
    let view = sender_view(device, &state)?;
    if is_newer(device, &state, &view)? {
        return Err(ComposeError::Newer);
    }
    Ok((state, view))
}

/// To whom this alert of this device would go now: to those chosen, or to those for whom such an alert is.
///
/// # Errors
/// [`ComposeError`].
pub fn addressees(
    device: &Device,
    alert: &Alert,
    chosen: &[MemberKey],
) -> Result<Addressees, ComposeError> {
    let (_, view) = sender(device)?;
    let (_, to) = to_whom(device, &view, Some(alert.fields()), chosen)?;
    Ok(to)
}

/// Who would read the sensitive part of this alert now: whoever writes it is told that before they do.
///
/// # Errors
/// [`ComposeError`].
pub fn sensitive_readers(
    device: &Device,
    alert: &Alert,
    chosen: &[MemberKey],
) -> Result<SensitiveReaders, ComposeError> {
    let (_, view) = sender(device)?;
    few(device, &view, alert, chosen).map(|(few, _)| few)
}

/// The same, and all whom the alert goes to.
fn few(
    device: &Device,
    view: &View,
    alert: &Alert,
    chosen: &[MemberKey],
) -> Result<(SensitiveReaders, Vec<MemberKey>), ComposeError> {
    let (meant, _) = to_whom(device, view, Some(alert.fields()), chosen)?;
    let (meant, _) = but_for_those_out(device, meant)?;
    let few = view.few(&device.member().to_key(), &meant);
    Ok((SensitiveReaders::of(device, few, view)?, meant))
}

/// The part for few, sealed to those of whom its author was told, with whatever device, as far as they are still among the few; and to its author's own
/// devices, as far as the alert is.
fn seal_part(
    device: &Device,
    view: &View,
    (alert, id): (&Alert, MessageId),
    (words, told): (&SensitiveWords, &SensitiveReaders),
    chosen: &[MemberKey],
) -> Result<(SensitivePart, usize), ComposeError> {
    let (few, meant) = few(device, view, alert, chosen)?;
    let is_told = |key: &&MemberKey| {
        let theirs = view.keys_of(key);
        theirs.iter().any(|key| told.keys.contains(key))
    };
    let mut keys: Vec<MemberKey> = few.keys.iter().filter(is_told).copied().collect();
    if keys.is_empty() {
        return Err(ComposeError::NobodyForPart);
    }
    let people = view.count_people(&keys);
    let own = view.keys_of(&device.member().to_key());
    keys.extend(own.into_iter().filter(|key| meant.contains(key)));
    let author = (device.signing().public(), id, random());
    let part = SensitivePart::seal(words, author, &keys)?;
    Ok((part, people))
}

/// An alert that is in the outbox.
#[derive(Debug)]
pub struct SealedAlert {
    /// Its id.
    pub id: MessageId,
    /// What goes with it.
    pub(crate) attached: Vec<Attachment>,
    /// And of which of it the untouched original.
    pub(crate) originals: Vec<(Original, Attachment)>,
    /// Who can open those; nobody where there are none.
    pub kept_by: Option<KeptBy>,
    /// What does not go with it, by its place among what was given, from 0, and why. The alert does not speak of it.
    pub unattached: Vec<(usize, NotAttached)>,
    /// The same of what goes without its original.
    pub without_original: Vec<(usize, NotAttached)>,
    /// To whom it is sealed.
    pub to: Addressees,
    /// To how many people, besides whoever sends it, the part for few is; none where there is none.
    pub sensitive: Option<usize>,
    /// Why this device could not number it, if so: its readers are told.
    pub uncounted: Option<DeviceError>,
    /// Why this device could not write it down, if so: then it is in the memory of this program alone, and lost with it.
    pub unkept: Option<DeviceError>,
}

impl SealedAlert {
    /// How many photographs and papers follow it, and originals.
    #[must_use]
    pub fn following(&self) -> usize {
        self.attached.len().saturating_add(self.originals.len())
    }

    /// How many originals.
    #[must_use]
    pub fn originals(&self) -> usize {
        self.originals.len()
    }
}

/// Who can open the originals that go with an alert.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeptBy {
    /// How many people, besides whoever sends it.
    pub people: usize,
    /// Whether they are those who coordinate the group, of those who read it. Else none of those does.
    pub coordinate: bool,
}

/// Signs an alert, seals it to those for whom it is or to the chosen ones, and queues it. The words are
/// nowhere on this device when this returns; the sender cannot read them back either.
///
/// Neither a disk that takes nothing nor another program that does not let go keeps it back: see [`SealedAlert`].
///
/// # Errors
/// [`ComposeError`]; nothing is queued then.
pub fn compose_alert(
    device: &Device,
    alert: &Alert,
    chosen: &[MemberKey],
    now: Timestamp,
) -> Result<SealedAlert, ComposeError> {
    let nothing = (&[][..], &Provenance::default());
    compose_alert_with(device, alert, (nothing, None), chosen, now)
}

/// What few read of an alert, and who its author was told that these are.
type ForFew<'a> = (&'a SensitiveWords, &'a SensitiveReaders);

/// The same, with a part of it for few, and with photographs and papers, and untouched originals of these for few, with where those come from. Files are
/// sealed and on disk before the alert is queued, so that it speaks of nothing that will not come; what cannot be written down is left out of it, and
/// keeps it back no more than anything else. They are posted after it.
///
/// # Errors
/// As [`compose_alert`], and [`ComposeError::NobodyForPart`].
pub fn compose_alert_with(
    device: &Device,
    alert: &Alert,
    ((files, provenance), sensitive): ((&[ReadyFile], &Provenance), Option<ForFew<'_>>),
    chosen: &[MemberKey],
    now: Timestamp,
) -> Result<SealedAlert, ComposeError> {
    let (_, view) = sender(device)?;
    let (readers, _) = to_whom(device, &view, Some(alert.fields()), chosen)?;
    let (readers, _) = but_for_those_out(device, readers)?;
    let id = MessageId(random());
    let part = sensitive.map(|it| seal_part(device, &view, (alert, id), it, chosen));
    let part = part.transpose()?;
    let alert = match &part {
        Some((part, _)) => alert.clone().with_part(part),
        None => alert.clone(),
    };
    let mut with = attach(device, id, files, now);
    let me = device.member().to_key();
    let coordinators: Vec<MemberKey> = view.coordinators.iter().map(|it| it.key).collect();
    let (keys, coordinate) = keepers(&coordinators, &view.keys_of(&me), &readers);
    let originals = originals(&alert, (&mut with, provenance), (&keys, readers.len()));
    if originals.is_none() {
        let_originals_go(device, id, &mut with);
    }
    let kept_by = originals.as_ref().map(|_| {
        let mut others = keys;
        others.retain(|key| !view.keys_of(&me).contains(key));
        KeptBy {
            people: view.count_people(&others),
            coordinate,
        }
    });
    let alert = alert.with(&with.attached, originals.as_ref());
    let words = Words {
        id,
        alert: Some(alert.fields()),
        ..Words::of(KIND_ALERT, codec::encode(&alert), now)
    };
    let (sealed, _) = compose(device, words, chosen)?;
    Ok(SealedAlert {
        attached: with.attached,
        originals: with.originals,
        kept_by,
        unattached: with.unattached,
        without_original: with.without_original,
        sensitive: part.map(|(_, people)| people),
        ..sealed
    })
}

/// AT18: to which devices the originals of an alert for these readers are sealed, and whether those are of people who coordinate. Nobody has a part in
/// its case yet, so it is somebody whom the roster names: few, who answer for the group, and whom the sender's device knows already. Where none of them
/// reads the alert it is everybody who does: an original that nobody can open is lost.
#[must_use]
pub(crate) fn keepers(
    coordinators: &[MemberKey],
    mine: &[MemberKey],
    readers: &[MemberKey],
) -> (Vec<MemberKey>, bool) {
    let coordinate = coordinators.iter().copied();
    let coordinate: Vec<MemberKey> = coordinate.filter(|key| readers.contains(key)).collect();
    let is_coordinated = !coordinate.is_empty();
    let mut keys = match is_coordinated {
        true => coordinate,
        false => readers.to_vec(),
    };
    let others = |key: &MemberKey| !mine.contains(key);
    // Whoever sends it has it.
    if !is_coordinated && keys.iter().any(others) {
        keys.retain(others);
    }
    keys.sort_unstable();
    keys.dedup();
    keys.truncate(KEEPERS_MAX);
    (keys, is_coordinated)
}

/// What an alert says of its originals. None where they would keep it from being sealed: then they stay here, and why is said.
fn originals(
    alert: &Alert,
    (with, provenance): (&mut WithAlert, &Provenance),
    (keys, readers): (&[MemberKey], usize),
) -> Option<AlertOriginals> {
    if with.originals.is_empty() {
        return None;
    }
    let (all, papers): (Vec<Original>, Vec<Attachment>) = with.originals.iter().cloned().unzip();
    let said = Keepers::seal(keys.to_vec(), &papers).map(|keepers| AlertOriginals {
        originals: Originals { all, keepers },
        // Who typed it was told if it is too long.
        provenance: tidy_provenance(provenance).unwrap_or_default(),
        extensions: Extensions::none(),
    });
    let said = said.and_then(|said| {
        let bytes = codec::encode(&alert.with(&with.attached, Some(&said))).len();
        let bytes = bytes.saturating_add(AROUND_ALERT + KEY_BYTES.saturating_mul(readers));
        let max = capacity(ENVELOPE_BYTES_MAX, readers).unwrap_or(0);
        match bytes > max {
            true => Err(SealError::TooLong { bytes, max }),
            false => Ok(said),
        }
    });
    match said {
        Ok(said) => Some(said),
        Err(error) => {
            let without = (0..with.originals.len()).map(|at| (at, error.into()));
            with.without_original.extend(without);
            None
        }
    }
}

/// The same of a plan of check-ins. It goes to nobody's own devices, as the words are in it that were agreed; and what it takes to check in is on this
/// device's disk before it is queued.
///
/// # Errors
/// [`ComposeError`]; nothing is queued then.
pub(super) fn compose_plan(
    device: &Device,
    alert: &Alert,
    now: Timestamp,
) -> Result<SealedAlert, ComposeError> {
    let (_, view) = sender(device)?;
    let me = device.member().to_key();
    let mut meant = view.alert_readers(&me, alert.fields()).who;
    let others: Vec<MemberKey> = everybody(device, &view)?
        .into_iter()
        .filter(|key| !meant.contains(key))
        .collect();
    let own = view.keys_of(&me);
    meant.retain(|key| !own.contains(key));
    // A device that reads nothing says so to whoever it is for by the roster.
    let chosen = if own.is_empty() { Vec::new() } else { meant };
    if !own.is_empty() && chosen.is_empty() {
        return Err(ComposeError::NotAReader);
    }
    let words = Words {
        alert: Some(alert.fields()),
        plan_not_for: Some([others, own].concat()),
        ..Words::of(KIND_ALERT, codec::encode(alert), now)
    };
    compose(device, words, &chosen).map(|(sealed, _)| sealed)
}

/// Checks in by a plan: to all who read but those whom the plan was not for.
///
/// # Errors
/// [`ComposeError`]; nothing is queued then.
pub(super) fn compose_check_in(
    device: &Device,
    body: Vec<u8>,
    not_for: &[MemberKey],
    now: Timestamp,
) -> Result<SealedAlert, ComposeError> {
    let (_, view) = sender(device)?;
    let mut readers = everybody(device, &view)?;
    let count = readers.len();
    readers.retain(|key| !not_for.contains(key));
    if readers.is_empty() {
        return Err(ComposeError::NotAReader);
    }
    if readers.len() == count {
        readers.clear();
    }
    let words = Words::of(KIND_CHECK_IN, body, now);
    compose(device, words, &readers).map(|(sealed, _)| sealed)
}

/// Whom a message is sealed to: those chosen; an alert, those for whom it is; anything else, all who read.
fn to_whom(
    device: &Device,
    view: &View,
    alert: Option<&Fields>,
    chosen: &[MemberKey],
) -> Result<(Vec<MemberKey>, Addressees), ComposeError> {
    if let (Some(alert), []) = (alert, chosen) {
        let meant = view.alert_readers(&device.member().to_key(), alert);
        let to = Addressees::meant(device, &meant, view);
        return Ok((meant.who, to));
    }
    let everybody = everybody(device, view)?;
    // One set has one encoding.
    let mut readers = chosen.to_vec();
    readers.sort_unstable();
    readers.dedup();
    if readers.iter().any(|key| !everybody.contains(key)) {
        return Err(ComposeError::NotAReader);
    }
    if chosen.is_empty() {
        readers = everybody;
    }
    let to = Addressees::chosen(device, &readers, view)?;
    Ok((readers, to))
}

/// All who read, as far as this device knows.
fn everybody(device: &Device, view: &View) -> Result<Vec<MemberKey>, ComposeError> {
    let roster = device.roster()?;
    let at = roster.and_then(|roster| {
        let at = roster.position_of(&view.roster)?;
        Some(roster.readers_at(at))
    });
    Ok(at.unwrap_or_else(|| view.readers.clone()))
}

/// Asks the other readers' devices for something, by itself.
///
/// # Errors
/// [`ComposeError`]; nothing is queued then.
pub(super) fn compose_request(
    device: &Device,
    body: &[u8],
    now: Timestamp,
) -> Result<(), ComposeError> {
    compose_for_all(device, (KIND_RESEND_REQUEST, body.to_vec()), now)
}

/// Says something to chosen members, by itself.
///
/// # Errors
/// [`ComposeError`]; nothing is queued then.
pub(super) fn compose_for(
    device: &Device,
    (kind, body): (u16, Vec<u8>),
    chosen: &[MemberKey],
    now: Timestamp,
) -> Result<(), ComposeError> {
    // An empty choice would mean all who read.
    if chosen.is_empty() {
        return Err(ComposeError::NotAReader);
    }
    compose(device, Words::of(kind, body, now), chosen).map(drop)
}

/// Says something in a case, with this id, to those who read it; what was signed.
///
/// # Errors
/// [`ComposeError`]; nothing is queued then.
pub(super) fn compose_in_case(
    device: &Device,
    (id, body): (MessageId, Vec<u8>),
    readers: &[MemberKey],
    now: Timestamp,
) -> Result<SignedMessage, ComposeError> {
    let words = Words {
        id,
        ..Words::of(KIND_CASE, body, now)
    };
    compose(device, words, readers).map(|(_, sent)| sent)
}

/// Says something in a case, with this id, to those who were chosen for it; what was signed.
///
/// # Errors
/// [`ComposeError`]; nothing is queued then.
pub(super) fn compose_sensitive(
    device: &Device,
    (id, body): (MessageId, Vec<u8>),
    readers: &[MemberKey],
    now: Timestamp,
) -> Result<SignedMessage, ComposeError> {
    // An empty choice would mean all who read.
    if readers.is_empty() {
        return Err(ComposeError::NotAReader);
    }
    let words = Words {
        id,
        ..Words::of(KIND_SENSITIVE, body, now)
    };
    compose(device, words, readers).map(|(_, sent)| sent)
}

/// Says something to everybody who reads, by itself or for its person.
///
/// # Errors
/// [`ComposeError`]; nothing is queued then.
pub(super) fn compose_for_all(
    device: &Device,
    (kind, body): (u16, Vec<u8>),
    now: Timestamp,
) -> Result<(), ComposeError> {
    compose(device, Words::of(kind, body, now), &[]).map(drop)
}

/// The same, to those who are asked what the group does, coordinators and members, but for these devices.
///
/// # Errors
/// [`ComposeError`]; nothing is queued then.
pub(super) fn compose_for_asked(
    device: &Device,
    (kind, body): (u16, Vec<u8>),
    but_for: &[PublicKey<DeviceKey>],
    now: Timestamp,
) -> Result<(), ComposeError> {
    let (_, view) = sender(device)?;
    let roster = device.roster()?.ok_or(ComposeError::MayNot)?;
    let asked = roster.people().iter().filter(|it| {
        matches!(it.role, Role::Coordinator | Role::Member) && !but_for.contains(&it.device)
    });
    let asked: Vec<MemberKey> = asked.map(|it| it.key).collect();
    let mut readers = everybody(device, &view)?;
    let count = readers.len();
    readers.retain(|it| asked.contains(it));
    if readers.len() == count {
        return compose_for_all(device, (kind, body), now);
    }
    compose_for(device, (kind, body), &readers, now)
}

/// Everybody who reads but for these devices; nobody, which is everybody, where none of these reads.
fn but_for(
    device: &Device,
    view: &View,
    devices: &[&Person],
) -> Result<Vec<MemberKey>, ComposeError> {
    let reading = devices.iter().filter(|it| it.role.reads());
    let keys: Vec<MemberKey> = reading.map(|it| it.key).collect();
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let readers = everybody(device, view)?.into_iter();
    Ok(readers.filter(|it| !keys.contains(it)).collect())
}

/// Those of them who are not in by a history that overtook the one by which they were put out (B6); whether these are all.
fn but_for_those_out(
    device: &Device,
    readers: Vec<MemberKey>,
) -> Result<(Vec<MemberKey>, bool), DeviceError> {
    let Some(roster) = device.roster()? else {
        return Ok((readers, true));
    };
    let out = roster.out().filter_map(|key| roster.person(key));
    let out: Vec<MemberKey> = out.map(|person| person.key).collect();
    let count = readers.len();
    let mut left = readers;
    left.retain(|key| !out.contains(key));
    let is_all = left.len() == count;
    Ok((left, is_all))
}

/// Why nothing was said of a sender.
#[derive(Debug, thiserror::Error)]
pub enum FreezeError {
    /// The reason is too long: so many characters are possible.
    #[error("the reason is longer than {0} characters")]
    TooLong(usize),
    /// Nobody says it of their own device.
    #[error("nobody freezes their own device")]
    Oneself,
    /// There is nothing to lift.
    #[error("this sender is not frozen")]
    NotFrozen,
    /// It is nobody's device.
    #[error("nobody in the group has this device")]
    Nobody,
    /// As with an alert.
    #[error(transparent)]
    Compose(#[from] ComposeError),
}

impl From<DeviceError> for FreezeError {
    fn from(error: DeviceError) -> Self {
        Self::Compose(error.into())
    }
}

/// Says to the group that what a device says from now on may be written by others, or that this is over. It goes to everybody who reads, but not to
/// that device: whoever holds it need not know.
///
/// # Errors
/// [`FreezeError`]; nothing is queued then.
pub fn compose_freeze(
    device: &Device,
    (act, of): (FreezeAct, PublicKey<DeviceKey>),
    reason: &str,
    now: Timestamp,
) -> Result<(), FreezeError> {
    let reason = reason.split_whitespace().collect::<Vec<_>>().join(" ");
    if reason.chars().count() > REASON_CHARS_MAX {
        return Err(FreezeError::TooLong(REASON_CHARS_MAX));
    }
    let (state, view) = sender(device)?;
    let roster = device.roster()?.filter(|_| state.role.reads());
    let roster = roster.ok_or(ComposeError::MayNot)?;
    if roster.is_same_person(&of, &device.signing().public()) {
        return Err(FreezeError::Oneself);
    }
    let theirs: Vec<&Person> = roster.devices_of(&of).collect();
    if theirs.is_empty() {
        return Err(FreezeError::Nobody);
    }
    let lifts = match act {
        FreezeAct::Freeze => Vec::new(),
        FreezeAct::Lift => {
            let known = frozen::in_force(device, &of, &roster)?;
            if known.is_empty() {
                return Err(FreezeError::NotFrozen);
            }
            known.into_iter().map(|frozen| frozen.id).collect()
        }
    };
    let freeze = Freeze {
        act,
        device: of,
        lifts,
        reason,
        extensions: Extensions::none(),
    };
    let words = Words::of(KIND_FREEZE, codec::encode(&freeze), now);
    let others = but_for(device, &view, &theirs)?;
    let said = SaidOfSender {
        id: compose(device, words, &others)?.0.id,
        arrived: now,
        author: device.signing().public(),
        freeze,
        is_own_word: false,
    };
    // It counts here at once, and by the relay's clock when it comes back from there.
    Ok(frozen::note(device, said, &roster)?)
}

struct Words<'a> {
    id: MessageId,
    kind: u16,
    body: Vec<u8>,
    /// What it says, if it is an alert.
    alert: Option<&'a Fields>,
    /// Whom it is not for, of those who read, if it is a plan of check-ins.
    plan_not_for: Option<Vec<MemberKey>>,
    now: Timestamp,
}

impl Words<'_> {
    /// No alert.
    fn of(kind: u16, body: Vec<u8>, now: Timestamp) -> Self {
        Self {
            id: MessageId(random()),
            kind,
            body,
            alert: None,
            plan_not_for: None,
            now,
        }
    }
}

fn compose(
    device: &Device,
    words: Words<'_>,
    chosen: &[MemberKey],
) -> Result<(SealedAlert, SignedMessage), ComposeError> {
    let Words {
        id,
        kind,
        body,
        alert,
        plan_not_for,
        now,
    } = words;
    let (state, view) = sender(device)?;
    let (readers, to) = to_whom(device, &view, alert, chosen)?;
    let (readers, is_all) = but_for_those_out(device, readers)?;
    let epoch = EpochRecipient::from_bytes(&view.epoch.recipient.0)
        .map_err(|error| damaged("state", error))?;
    let mut message = Message {
        group: state.group,
        epoch: view.epoch.number,
        roster: view.roster,
        audience: Audience {
            hash: recipients_hash(&readers),
            chosen: if chosen.is_empty() && is_all {
                Vec::new()
            } else {
                readers.clone()
            },
        },
        sender: device.signing().public(),
        id,
        number: UNCOUNTED,
        previous: state.last_sent.last,
        time: now,
        expires: now.plus(ALERT_SECONDS),
        seen: known_log(device, &state, &view),
        kind,
        body: Blob(body),
        extensions: Extensions::none(),
    };
    // Nobody who is in a hurry makes a plan, and one of which nothing is known here would be missed by everybody.
    let must_go = (kind == KIND_ALERT && plan_not_for.is_none()) || kind == KIND_CHECK_IN;
    let (signed, queue, uncounted) = match number(device, &mut message) {
        Ok((signed, queue)) => (signed, Some(queue), None),
        Err(error) if must_go => {
            message.number = UNCOUNTED;
            (device.signing().sign(&message), None, Some(error))
        }
        Err(error) => return Err(error.into()),
    };
    let message = SignedMessage {
        message: signed,
        // A reader is in the roster: whoever reads it knows the device.
        claim: state.claim().filter(|_| !state.role.reads()).cloned(),
        extensions: Extensions::none(),
    };
    let payload = Zeroizing::new(Payload::Message(message.clone()).encode());
    let (view_of_weeks, to_whom) = (state.view.as_ref(), (readers.as_slice(), &epoch));
    let (envelope, lasting) = seal_in_week(device, view_of_weeks, &payload, to_whom, now)?;
    let queued = QueuedEnvelope {
        to: view.epoch.mailbox,
        alert: (kind == KIND_ALERT).then_some(id),
        word: matches!(kind, KIND_CASE | KIND_CHECK_IN | KIND_SENSITIVE).then_some(id),
        queued: now,
        expires: now.plus(ALERT_SECONDS),
        envelope,
        lasting,
        receipt: None,
    };
    if let Some(not_for) = plan_not_for {
        let plan = OwnPlan {
            hash: Message::hash(&message.message),
            not_for,
            is_ended: false,
        };
        sent::note_plan(device, id, plan)?;
    }
    let all = std::slice::from_ref(&queued);
    let kept = match queue {
        Some(queue) => queue.put(all),
        None => outbox::put_unordered(device, all),
    };
    let unkept = match kept {
        Ok(()) => None,
        Err(error) if must_go => {
            outbox::hold(device, queued);
            Some(error)
        }
        Err(error) => return Err(error.into()),
    };
    // Nothing of the alert depends on it.
    if let Some(alert) = alert
        && let Err(error) = sent::note(device, id, alert.original)
    {
        tracing::warn!(%error, "the alert's id was not noted");
    }
    let sealed = SealedAlert {
        id,
        attached: Vec::new(),
        originals: Vec::new(),
        kept_by: None,
        unattached: Vec::new(),
        without_original: Vec::new(),
        to,
        sensitive: None,
        uncounted,
        unkept,
    };
    Ok((sealed, message))
}

/// Gives a message its number, and signs it. The number is on disk before the message leaves this file: after a crash in between,
/// readers see a gap, and never two messages with one number, which would mean a copied device.
fn number<'a>(
    device: &'a Device,
    message: &mut Message,
) -> Result<(Signed<Message>, QueueEnd<'a>), DeviceError> {
    let queue = QueueEnd::lock_within(device, LOCK_PATIENCE)?;
    let signed = device.change_within(LOCK_PATIENCE, |state| {
        message.number = state.last_sent.number.saturating_add(1);
        message.previous = state.last_sent.last;
        let signed = device.signing().sign(message);
        state.last_sent.number = message.number;
        state.last_sent.last = Message::hash(&signed);
        signed
    })?;
    Ok((signed.ok_or(DeviceError::Busy)?, queue))
}

/// Whether what this device knows of the group has parts that this program must be updated for.
fn is_newer(device: &Device, state: &State, view: &View) -> Result<bool, DeviceError> {
    let credential = state.credential.as_ref();
    let roster = device.roster()?;
    Ok(view.is_newer()
        || credential.is_some_and(|credential| credential.extensions.has_critical())
        || roster.is_some_and(|roster| roster.is_newer()))
}

/// How far this device knows the group's mailbox: a reader's cursor; else the newest receipt, which is all that a
/// defender ever hears of it. Nothing is worth holding an alert up for.
fn known_log(device: &Device, state: &State, view: &View) -> Vec<Seen> {
    let known = state.place.log_of;
    let Some(relay) = known.or_else(|| view.epoch.relays.first().map(|relay| relay.key())) else {
        return Vec::new();
    };
    let cursor = state.cursor.as_ref();
    let known = match cursor.map(|cursor| (cursor.sequence, cursor.head)) {
        Some(known) => Some(known),
        None => newest_receipt(device, view.epoch.mailbox),
    };
    let known = known.filter(|(sequence, _)| *sequence > Sequence(0));
    let seen = known.map(|(sequence, head)| Seen {
        relay,
        sequence,
        head,
    });
    seen.into_iter().collect()
}

fn newest_receipt(device: &Device, mailbox: MailboxId) -> Option<(Sequence, Hash)> {
    let receipts = outbox::receipts(device).ok()?.into_iter();
    let facts = receipts.map(|receipt| receipt.fact);
    let newest = facts
        .filter(|fact| fact.mailbox == mailbox)
        .max_by_key(|fact| fact.sequence);
    newest.map(|fact| (fact.sequence, fact.head))
}

#[cfg(test)]
#[path = "compose_tests.rs"]
mod tests;
