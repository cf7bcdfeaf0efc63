//! A coordinator's side of letting people in: invitations, claims, approvals, new keys for defenders.
//! Everything goes through the outbox, so that it survives a bad network; only reading claims talks
//! to the relay here.

mod intent;

use bellrope_proto::{
    address::RelayAddress,
    grant::Rights,
    ids::Timestamp,
    signing::{Authority, SecretKey, Signed},
};

use crate::{
    device::{Device, DeviceError},
    found,
    home::Turn,
    ids::Position,
    invite::{Code, InvitationKeys, Secret},
    item::{Admission, AtOnce, Bundle, Item, Refusal as No, View, Welcome},
    judge,
    link::{Event, LinkError, Session},
    outbox::Queued,
    roster::{Admit, Approve, Change, Claim, Entry, Refusal, Role, Roster},
    seal::{self, EpochRecipient, MemberKey, SealError},
    state::{Cursor, Issued, State},
    vault::random,
};

/// Why nobody was invited or let in.
#[derive(Debug, thiserror::Error)]
pub enum AdmissionError {
    /// Only coordinators do this.
    #[error("this device is not a coordinator's")]
    NotACoordinator,
    /// The roster's rules: a name that does not fit, a group that is full.
    #[error(transparent)]
    Rule(#[from] Refusal),
    /// Nobody has asked with this invitation.
    #[error("nobody asks to join with this invitation")]
    NoClaim,
    /// The name is another's already.
    #[error("the name is taken")]
    NameTaken,
    /// It does not fit an envelope.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The device's files.
    #[error(transparent)]
    Device(#[from] DeviceError),
}

/// An invitation that was just made.
#[derive(Debug)]
pub struct Invitation {
    /// What the person is given.
    pub code: Code,
    /// The sealed bundle, for a file that needs no network.
    pub bundle: bellrope_proto::envelope::Envelope,
}

struct Office<'a> {
    device: &'a Device,
    state: State,
    roster: Roster,
    authority: SecretKey<Authority>,
    relay: RelayAddress,
    queue: Vec<Queued>,
    /// Defenders who are told the newest keys by what is queued.
    told: Vec<Position>,
    now: Timestamp,
}

impl<'a> Office<'a> {
    fn enter(device: &'a Device, now: Timestamp) -> Result<Self, AdmissionError> {
        let state = device.state()?;
        let seed = state
            .authority_seed
            .ok_or(AdmissionError::NotACoordinator)?;
        let roster = device.roster()?.ok_or(AdmissionError::NotACoordinator)?;
        let relay = roster.epoch().relays.first().cloned();
        Ok(Self {
            device,
            state,
            relay: relay.ok_or(AdmissionError::NotACoordinator)?,
            roster,
            authority: SecretKey::from_seed(&seed),
            queue: Vec::new(),
            told: Vec::new(),
            now,
        })
    }

    /// Writes an entry, and queues it for everyone who reads.
    fn write(&mut self, change: Change) -> Result<Position, AdmissionError> {
        let position = self.roster.next_position();
        let entry = self.device.signing().sign(&Entry {
            position,
            previous: self.roster.head(),
            time: self.now,
            author: self.device.signing().public(),
            change,
        });
        self.roster.apply(entry.clone())?;
        let readers = self.roster.readers_at(position);
        let epoch = EpochRecipient::from_bytes(&self.roster.epoch().recipient.0)
            .map_err(|_| AdmissionError::NotACoordinator)?;
        let envelope = seal::seal(&Item::Roster(vec![entry]).encode(), &readers, &epoch)?;
        let mailbox = self.roster.epoch().mailbox;
        self.queue.push(Queued::plain(mailbox, envelope, self.now));
        Ok(position)
    }

    /// Queues an item for one invitation's mailbox.
    fn tell(
        &mut self,
        keys: &InvitationKeys,
        to: MemberKey,
        item: &Item,
    ) -> Result<(), AdmissionError> {
        let payload = zeroize::Zeroizing::new(item.encode());
        let envelope = seal::seal(&payload, &[to], &keys.outer().to_recipient())?;
        self.queue
            .push(Queued::plain(keys.mailbox(), envelope, self.now));
        Ok(())
    }

    /// What was written is put into the roster and the queue together: an entry that the others never
    /// get would leave a gap for ever, and one that this device forgets would be written twice.
    fn leave(self) -> Result<(), AdmissionError> {
        intent::keep(self.device, &self.roster, &self.queue)?;
        intent::carry_out(self.device)?;
        let position = View::of(&self.roster).position;
        for at in self.told {
            self.device
                .change_issued(at, |issued| issued.view_sent = Some(position))?;
        }
        Ok(())
    }
}

/// Makes an invitation: its roster entry, its mailbox (opened when the queue is sent), its bundle.
///
/// # Errors
/// [`AdmissionError`].
pub fn invite(
    device: &Device,
    role: Role,
    name: &str,
    expires: Timestamp,
    now: Timestamp,
) -> Result<Invitation, AdmissionError> {
    let _turn = device.turn(Turn::Roster)?;
    intent::carry_out(device)?;
    let mut office = Office::enter(device, now)?;
    if is_name_taken(&office.roster, name, now) {
        return Err(AdmissionError::NameTaken);
    }
    let secret = Secret(random());
    let keys = secret.keys();
    let admitted_at = office.write(Change::Admit(Admit {
        invitation: keys.invitation.public(),
        role,
        name: name.to_owned(),
        mailbox: keys.mailbox(),
        expires,
    }))?;
    let view = View::of(&office.roster);
    let at_once = (role == Role::Defender).then(|| AtOnce {
        view: view.clone(),
        access: found::access(&office.authority, Rights::POST, now),
    });
    let bundle = device.signing().sign(&Bundle {
        group: office.state.group,
        role,
        expires,
        coordinator: device.signing().public(),
        coordinator_key: device.member().to_key(),
        at_once,
    });
    office.tell(&keys, keys.inner().to_key(), &Item::Bundle(bundle))?;
    let bundle = office.queue.last().and_then(|last| last.envelope.clone());
    let bundle = bundle.ok_or(AdmissionError::NoClaim)?;
    device.keep_issued(&Issued {
        mailbox: keys.mailbox(),
        cursor: Cursor::start(keys.mailbox()),
        secret: secret.clone(),
        admitted_at,
        open: false,
        claim: None,
        refused: false,
        view_sent: Some(view.position),
    })?;
    let relay = office.relay.clone();
    office.leave()?;
    Ok(Invitation {
        code: Code { secret, relay },
        bundle,
    })
}

/// Names are what commands and people tell others apart by.
fn is_name_taken(roster: &Roster, name: &str, now: Timestamp) -> bool {
    let same = |other: &str| other.to_lowercase() == name.to_lowercase();
    roster.people().iter().any(|person| same(&person.name))
        || roster.invited().iter().any(|invited| {
            !invited.used && invited.admit.expires > now && same(&invited.admit.name)
        })
}

/// What the claims that were read came to.
#[derive(Debug, Default)]
pub struct Settled {
    /// Readers who ask to be let in: their invitations' places.
    pub asking: Vec<Position>,
    /// Defenders who were written into the roster.
    pub admitted: Vec<Position>,
}

/// Reads the mailboxes of invitations that nobody has used yet.
///
/// # Errors
/// [`AdmissionError`]; a relay that cannot be reached is the inner one.
pub async fn read_claims(
    device: &Device,
    now: Timestamp,
) -> Result<Result<Settled, LinkError>, AdmissionError> {
    {
        let _turn = device.turn(Turn::Roster)?;
        intent::carry_out(device)?;
    }
    let office = Office::enter(device, now)?;
    let mut settled = Settled::default();
    for issued in device.issued()? {
        if !issued.open || issued.refused || issued.claim.is_some() {
            continue;
        }
        let (cursor, claim) = match first_claim(device, &office, &issued).await {
            Ok(found) => found,
            Err(error) => return Ok(Err(error)),
        };
        let at = issued.admitted_at;
        device.change_issued(at, |issued| issued.cursor = cursor)?;
        if let Some(claim) = claim {
            note_claim(device, &office.roster, at, claim, &mut settled)?;
        }
    }
    for at in &settled.admitted {
        approve(device, *at, now)?;
    }
    Ok(Ok(settled))
}

fn note_claim(
    device: &Device,
    roster: &Roster,
    at: Position,
    claim: Signed<Claim>,
    settled: &mut Settled,
) -> Result<(), AdmissionError> {
    let first = device.change_issued(at, |issued| {
        let first = issued.claim.is_none() && !issued.refused;
        if first {
            issued.claim = Some(claim);
        }
        first
    })?;
    let invited = roster.invited().iter().find(|invited| invited.at == at);
    match invited.map(|invited| invited.admit.role) {
        _ if first != Some(true) => {}
        Some(Role::Defender) => settled.admitted.push(at),
        Some(_) => settled.asking.push(at),
        None => {}
    }
    Ok(())
}

/// The first valid claim in an invitation's log that arrived in time. A later one counts for nothing.
async fn first_claim(
    device: &Device,
    office: &Office<'_>,
    issued: &Issued,
) -> Result<(Cursor, Option<Signed<Claim>>), LinkError> {
    let keys = issued.secret.keys();
    let expires = office
        .roster
        .invitation(&keys.invitation.public())
        .map_or(Timestamp(0), |invited| invited.admit.expires);
    let session = Session::open_as(&office.relay, &keys.access()).await?;
    let mut follow = session.follow(issued.cursor.clone(), Vec::new()).await?;
    let mut found = None;
    loop {
        match follow.next().await? {
            Event::Envelope { time, envelope, .. } if found.is_none() && time <= expires => {
                let opened = seal::open(envelope.bytes(), &keys.outer(), device.member());
                let item = opened.ok().and_then(|bytes| Item::decode(&bytes).ok());
                if let Some(Item::Claim(claim)) = item
                    && judge::valid_claim(&claim, &office.roster)
                        .is_some_and(|claim| claim.mailbox == issued.mailbox)
                {
                    found = Some(claim);
                }
            }
            Event::CaughtUp { .. } => break,
            _ => {}
        }
    }
    let cursor = follow.cursor().clone();
    follow.close().await;
    Ok((cursor, found))
}

/// A defender's claim came with an alert, before its own envelope was read: it counts as well, if it
/// is the first. Returns the place of the invitation if somebody was written into the roster.
///
/// # Errors
/// [`AdmissionError`].
pub fn claim_heard(
    device: &Device,
    claim: &Signed<Claim>,
    now: Timestamp,
) -> Result<Option<Position>, AdmissionError> {
    let office = Office::enter(device, now)?;
    let Some(valid) = judge::valid_claim(claim, &office.roster) else {
        return Ok(None);
    };
    let mut issued = device.issued()?.into_iter();
    let Some(issued) = issued.find(|issued| issued.mailbox == valid.mailbox) else {
        return Ok(None);
    };
    let mut settled = Settled::default();
    let at = issued.admitted_at;
    note_claim(device, &office.roster, at, claim.clone(), &mut settled)?;
    match settled.admitted.first() {
        Some(at) => approve(device, *at, now).map(|()| Some(*at)),
        None => Ok(None),
    }
}

/// Lets in the device that used an invitation, and tells it and every defender what they need.
///
/// # Errors
/// [`AdmissionError`].
pub fn approve(device: &Device, at: Position, now: Timestamp) -> Result<(), AdmissionError> {
    let _turn = device.turn(Turn::Roster)?;
    intent::carry_out(device)?;
    let mut office = Office::enter(device, now)?;
    let all = device.issued()?;
    let issued = all.iter().find(|issued| issued.admitted_at == at);
    let issued = issued
        .filter(|issued| !issued.refused)
        .ok_or(AdmissionError::NoClaim)?;
    let claim = issued.device().ok_or(AdmissionError::NoClaim)?;
    if office.roster.person(&claim.device).is_some() {
        return Ok(());
    }
    office.write(Change::Approve(Approve {
        admitted_at: at,
        device: claim.device,
        key: claim.key,
    }))?;
    let reads = office
        .roster
        .person(&claim.device)
        .is_some_and(|person| person.role.reads());
    if reads {
        welcome(&mut office, issued, &claim)?;
    }
    send_views(&mut office, &all)?;
    office.leave()
}

fn welcome(office: &mut Office<'_>, issued: &Issued, claim: &Claim) -> Result<(), AdmissionError> {
    let keys = issued.secret.keys();
    for part in Item::roster(office.roster.entries()) {
        office.tell(&keys, claim.key, &part)?;
    }
    let person = office.roster.person(&claim.device);
    let rights = match person.map(|person| person.role) {
        Some(Role::Observer) => Rights::READ,
        _ => Rights::BOTH,
    };
    let mailbox = office.roster.epoch().mailbox;
    let cursor = office
        .state
        .cursor
        .clone()
        .unwrap_or_else(|| Cursor::start(mailbox));
    let seed = office
        .state
        .epoch_seed
        .ok_or(AdmissionError::NotACoordinator)?;
    let admission = Admission {
        group: office.state.group,
        device: claim.device,
        roster: office.roster.head(),
        epoch: office.roster.epoch().number,
        access: found::access(&office.authority, rights, office.now),
        after: cursor.sequence,
        head: cursor.head,
    };
    let welcome = office.device.signing().sign(&Welcome::new(admission, seed));
    office.tell(&keys, claim.key, &Item::Welcome(welcome))
}

/// Defenders seal to the readers that they know: a new one must be told to each.
fn send_views(office: &mut Office<'_>, all: &[Issued]) -> Result<(), AdmissionError> {
    let view = View::of(&office.roster);
    let readers = office.roster.people().iter();
    let changed = readers
        .filter(|person| person.role.reads())
        .map(|person| person.since)
        .max();
    for issued in all {
        let Some(claim) = issued.device().filter(|_| !issued.refused) else {
            continue;
        };
        let invited = office.roster.invitation(&claim.invitation);
        let is_defender = invited.is_some_and(|invited| invited.admit.role == Role::Defender);
        if !is_defender || issued.view_sent >= changed {
            continue;
        }
        let signed = office.device.signing().sign(&view);
        office.tell(&issued.secret.keys(), claim.key, &Item::View(signed))?;
        office.told.push(issued.admitted_at);
    }
    Ok(())
}

/// Does not let in who used an invitation, or closes one that nobody used.
///
/// # Errors
/// [`AdmissionError`].
pub fn refuse(device: &Device, at: Position, now: Timestamp) -> Result<(), AdmissionError> {
    let _turn = device.turn(Turn::Roster)?;
    intent::carry_out(device)?;
    let mut office = Office::enter(device, now)?;
    let issued = device
        .issued()?
        .into_iter()
        .find(|issued| issued.admitted_at == at)
        .ok_or(AdmissionError::NoClaim)?;
    if let Some(claim) = issued.device() {
        if office.roster.person(&claim.device).is_some() {
            return Err(AdmissionError::NoClaim);
        }
        let no = office.device.signing().sign(&No {
            group: office.state.group,
            device: claim.device,
        });
        office.tell(&issued.secret.keys(), claim.key, &Item::Refusal(no))?;
    }
    device.change_issued(at, |issued| issued.refused = true)?;
    office.leave()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use bellrope_proto::signing::PublicKey;

    use super::*;
    use crate::{found::Plan, outbox};

    const NOW: Timestamp = Timestamp(1_000_000);

    #[test]
    fn what_a_crash_interrupted_is_carried_out_before_anything_new_is_written() {
        let dir = tempfile::tempdir().unwrap();
        let relay = RelayAddress::new("relay.example.org", 443, PublicKey::from_bytes([1; 32]));
        let plan = Plan {
            group_name: "Working group",
            my_name: "Nina",
            relay: &relay.unwrap(),
        };
        let (home, copy) = (dir.path().join("home"), dir.path().join("copy"));
        let passphrase = "a long enough passphrase".into();
        let device = found::make(&home, &passphrase, &plan, NOW).unwrap();
        std::fs::create_dir(&copy).unwrap();
        for name in ["identity", "state", "roster"] {
            std::fs::copy(home.join(name), copy.join(name)).unwrap();
        }
        // What the interrupted command had come to, from a twin that was not interrupted.
        let twin = Device::unlock(&copy, &passphrase).unwrap();
        invite(&twin, Role::Member, "Anna", NOW.plus(100), NOW).unwrap();
        let queue = outbox::all(&twin).unwrap().into_iter();
        let queue: Vec<Queued> = queue.map(|waiting| waiting.queued).collect();
        intent::keep(&device, &twin.roster().unwrap().unwrap(), &queue).unwrap();

        invite(&device, Role::Member, "Ivan", NOW.plus(100), NOW).unwrap();
        let roster = device.roster().unwrap().unwrap();
        let names = roster.invited().iter();
        let names: Vec<_> = names.map(|invited| invited.admit.name.as_str()).collect();
        assert_eq!(names, ["Anna", "Ivan"]);
        let queued = outbox::all(&device).unwrap();
        assert_eq!(queued.len(), 4, "an entry and a bundle for each");
        assert_eq!(queued.first().map(|waiting| &waiting.queued), queue.first());
    }
}
