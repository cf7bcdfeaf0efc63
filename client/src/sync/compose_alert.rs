//! An alert, and what goes with it: the part for few, photographs and papers, and originals for those who keep them; a plan of check-ins, and each of
//! these.

use bellrope_proto::{codec, envelope::ENVELOPE_BYTES_MAX, ids::Timestamp};

use super::{
    attaching::{NotAttached, ReadyFile, WithAlert, attach, let_originals_go},
    compose::{
        ComposeError, Queued, Words, but_for_those_out, compose, everybody, sender, to_whom,
    },
    files::tidy_provenance,
};
use crate::{
    alert::{Alert, SensitiveWords, part::SensitivePart},
    attachment::Attachment,
    device::{Device, DeviceError},
    extensions::Extensions,
    ids::MessageId,
    message::{
        AlertOriginals, KEEPERS_MAX, KIND_ALERT, KIND_CHECK_IN, Keepers, Original, Originals,
        Provenance, View,
    },
    random::random,
    seal::{MemberKey, SealError, capacity},
    show::{Addressees, SensitiveReaders},
};

/// Bytes around an alert's body in what is sealed, at most.
const AROUND_ALERT: usize = 2_048;

/// Bytes of a key.
const KEY_BYTES: usize = 32;

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

impl From<Queued> for SealedAlert {
    /// Nothing goes with it, and nothing of it is for few.
    fn from(queued: Queued) -> Self {
        Self {
            id: queued.id,
            attached: Vec::new(),
            originals: Vec::new(),
            kept_by: None,
            unattached: Vec::new(),
            without_original: Vec::new(),
            to: queued.to,
            sensitive: None,
            uncounted: queued.uncounted,
            unkept: queued.unkept,
        }
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
    let queued = compose(device, words, chosen)?;
    Ok(SealedAlert {
        attached: with.attached,
        originals: with.originals,
        kept_by,
        unattached: with.unattached,
        without_original: with.without_original,
        sensitive: part.map(|(_, people)| people),
        ..SealedAlert::from(queued)
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
    compose(device, words, &chosen).map(SealedAlert::from)
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
    compose(device, words, &readers).map(SealedAlert::from)
}
