//! A newcomer's side of an invitation: reading the bundle, claiming it, and what comes to its mailbox
//! afterwards. A defender can send at once; a reader waits to be let in.

use std::path::Path;

use bellrope_proto::{
    envelope::Envelope,
    ids::{Hash, MailboxId, Sequence, Timestamp},
    signing::Signed,
};
use secrecy::SecretString;

use crate::{
    device::{Device, DeviceError},
    invite::{Code, InvitationKeys},
    item::{Bundle, Item, View, Welcome},
    link::{Event, LinkError, Session},
    outbox::{self, Queued},
    roster::{Claim, Entry, Roster},
    seal::{self, SealError},
    state::{Claimed, Cursor, Joined, State},
};

/// Why nobody joined.
#[derive(Debug, thiserror::Error)]
pub enum JoinError {
    /// Its time is over.
    #[error("the invitation has ended")]
    Ended,
    /// Another device was first.
    #[error("the invitation was used before")]
    Used,
    /// There is no bundle: it expired at the relay, or was never there.
    #[error("nothing waits for this invitation")]
    NoBundle,
    /// The bundle does not belong to the code, or was made by a newer version.
    #[error("the invitation is damaged or made by a newer version")]
    Damaged,
    /// The relay.
    #[error(transparent)]
    Link(#[from] LinkError),
    /// The device's files.
    #[error(transparent)]
    Device(#[from] DeviceError),
    /// The claim did not fit, which cannot be.
    #[error(transparent)]
    Seal(#[from] SealError),
}

/// Fetches the bundle that waits for a code.
///
/// # Errors
/// [`JoinError`].
pub async fn fetch_bundle(code: &Code, now: Timestamp) -> Result<Bundle, JoinError> {
    let keys = code.secret.keys();
    let session = Session::open_as(&code.relay, &keys.access()).await?;
    let mut follow = session
        .follow(Cursor::start(keys.mailbox()), Vec::new())
        .await?;
    let mut bundle = None;
    loop {
        match follow.next().await? {
            Event::Envelope { envelope, .. } => {
                if bundle.is_some() {
                    return Err(JoinError::Used);
                }
                bundle = Some(open_bundle(&keys, &envelope, now)?);
            }
            Event::Missed { .. } => return Err(JoinError::NoBundle),
            Event::CaughtUp { .. } => break,
            Event::Ahead => {}
        }
    }
    follow.close().await;
    bundle.ok_or(JoinError::NoBundle)
}

/// Opens a bundle with what its code gives.
///
/// # Errors
/// [`JoinError::Damaged`], [`JoinError::Ended`].
pub fn open_bundle(
    keys: &InvitationKeys,
    envelope: &Envelope,
    now: Timestamp,
) -> Result<Bundle, JoinError> {
    let opened = seal::open(envelope.bytes(), &keys.outer(), &keys.inner());
    let item = opened.ok().and_then(|bytes| Item::decode(&bytes).ok());
    let Some(Item::Bundle(signed)) = item else {
        return Err(JoinError::Damaged);
    };
    let bundle = signed
        .verify_own(|bundle| bundle.coordinator)
        .map_err(|_| JoinError::Damaged)?;
    if bundle.expires <= now {
        return Err(JoinError::Ended);
    }
    Ok(bundle)
}

/// Makes the device, and queues its claim. No network.
///
/// # Errors
/// [`JoinError`].
pub fn join(
    dir: &Path,
    passphrase: &SecretString,
    code: &Code,
    bundle: Bundle,
    now: Timestamp,
) -> Result<Device, JoinError> {
    let keys = code.secret.keys();
    let outer = keys.outer().to_recipient();
    let mailbox = keys.mailbox();
    let coordinator_key = bundle.coordinator_key;
    let mut sealed = None;
    let device = Device::make(dir, passphrase, |signing, member| {
        let claim = keys.invitation.sign(&Claim {
            invitation: keys.invitation.public(),
            mailbox,
            device: signing.public(),
            key: member.to_key(),
            time: now,
        });
        let payload = Item::Claim(claim.clone()).encode();
        let envelope = seal::seal(&payload, &[coordinator_key], &outer);
        let claim_envelope = envelope
            .as_ref()
            .map_or(Hash([0; 32]), |envelope| envelope.hash());
        sealed = Some(envelope);
        let mut state = State::new(bundle.group, bundle.role);
        let claimed = match &bundle.at_once {
            Some(at_once) => {
                state.view = Some(at_once.view.clone());
                state.access = Some(at_once.access.clone());
                Claimed::In
            }
            None => Claimed::Waiting,
        };
        state.joined = Some(Joined {
            secret: code.secret.clone(),
            relay: code.relay.clone(),
            bundle,
            claim,
            claim_envelope,
            claim_seen: false,
            cursor: Cursor::start(mailbox),
            claimed,
        });
        (state, Vec::new())
    })?;
    let envelope = sealed.ok_or(JoinError::Damaged)??;
    outbox::put(&device, &[Queued::plain(mailbox, envelope, now)])?;
    Ok(device)
}

/// What came to an invitation's mailbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word {
    /// Nothing that changes anything.
    Nothing,
    /// The device is let in: it reads from now on.
    Welcome,
    /// The group's keys are new.
    View,
    /// Another device was first.
    Taken,
    /// The coordinator said no.
    Refused,
}

/// Reads what came to the invitation's mailbox, and takes it in.
///
/// # Errors
/// [`JoinError`].
pub async fn catch_up(device: &Device) -> Result<Word, JoinError> {
    let mut listening = match Listening::open(device).await? {
        Some(listening) => listening,
        None => return Ok(Word::Nothing),
    };
    let mut word = Word::Nothing;
    while let Heard::Word(heard) = listening.next().await? {
        word = heard;
    }
    listening.close().await;
    Ok(word)
}

/// An invitation's mailbox, followed.
#[derive(Debug)]
pub struct Listening<'a> {
    device: &'a Device,
    follow: crate::link::session::Follow,
    keys: InvitationKeys,
    joined: Joined,
    /// The roster comes in parts, and counts when the welcome has come.
    parts: Vec<Signed<Entry>>,
}

/// One step of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// Something was taken in.
    Word(Word),
    /// That is all for now.
    CaughtUp,
}

impl<'a> Listening<'a> {
    /// Follows the mailbox of the invitation that this device used; `None` for a founder's, which
    /// has none.
    ///
    /// # Errors
    /// [`JoinError`].
    pub async fn open(device: &'a Device) -> Result<Option<Self>, JoinError> {
        let Some(joined) = device.state()?.joined else {
            return Ok(None);
        };
        let keys = joined.secret.keys();
        // A reader's roster comes in parts: until the welcome, it is read from the start each time.
        let cursor = if joined.claimed == Claimed::Waiting {
            Cursor::start(keys.mailbox())
        } else {
            joined.cursor.clone()
        };
        let session = Session::open_as(&joined.relay, &keys.access()).await?;
        Ok(Some(Self {
            device,
            follow: session.follow(cursor, Vec::new()).await?,
            keys,
            joined,
            parts: Vec::new(),
        }))
    }

    /// What comes next.
    ///
    /// # Errors
    /// [`JoinError`].
    pub async fn next(&mut self) -> Result<Heard, JoinError> {
        loop {
            match self.follow.next().await? {
                Event::Envelope {
                    sequence, envelope, ..
                } => {
                    let word = self.take(sequence, &envelope)?;
                    if word != Word::Nothing {
                        return Ok(Heard::Word(word));
                    }
                }
                Event::CaughtUp { .. } => {
                    let cursor = self.follow.cursor().clone();
                    let seen = self.joined.claim_seen;
                    self.device.change(|state| {
                        if let Some(joined) = &mut state.joined {
                            joined.cursor = cursor;
                            joined.claim_seen = seen;
                        }
                    })?;
                    return Ok(Heard::CaughtUp);
                }
                Event::Missed { .. } | Event::Ahead => {}
            }
        }
    }

    /// Ends in good order.
    pub async fn close(self) {
        self.follow.close().await;
    }

    fn take(&mut self, sequence: Sequence, envelope: &Envelope) -> Result<Word, JoinError> {
        if sequence == Sequence(1) {
            return Ok(Word::Nothing);
        }
        // The first after the bundle is the first claim: ours, or another device was faster.
        if !self.joined.claim_seen {
            self.joined.claim_seen = true;
            if envelope.hash() != self.joined.claim_envelope {
                return self.end(Claimed::Taken, Word::Taken);
            }
            return Ok(Word::Nothing);
        }
        let opened = seal::open(envelope.bytes(), &self.keys.outer(), self.device.member());
        let coordinator = self.joined.bundle.coordinator;
        match opened.ok().and_then(|bytes| Item::decode(&bytes).ok()) {
            Some(Item::Roster(entries)) if self.joined.claimed == Claimed::Waiting => {
                self.parts.extend(entries);
                Ok(Word::Nothing)
            }
            Some(Item::Welcome(welcome)) if self.joined.claimed == Claimed::Waiting => {
                match welcome.verify(&coordinator) {
                    Ok(welcome) => self.welcome(&welcome),
                    Err(_) => Ok(Word::Nothing),
                }
            }
            Some(Item::View(view)) => match view.verify(&coordinator) {
                Ok(view) => self.view(view),
                Err(_) => Ok(Word::Nothing),
            },
            Some(Item::Refusal(refusal)) => match refusal.verify(&coordinator) {
                Ok(no) if no.device == self.device.signing().public() => {
                    self.end(Claimed::Refused, Word::Refused)
                }
                _ => Ok(Word::Nothing),
            },
            _ => Ok(Word::Nothing),
        }
    }

    fn end(&mut self, claimed: Claimed, word: Word) -> Result<Word, JoinError> {
        self.joined.claimed = claimed;
        self.device.change(|state| {
            if let Some(joined) = &mut state.joined {
                joined.claimed = claimed;
            }
        })?;
        Ok(word)
    }

    /// The roster must be the group's whose id was in the bundle, name this device, and be as long as
    /// the welcome says; then the device reads and sends.
    fn welcome(&mut self, welcome: &Welcome) -> Result<Word, JoinError> {
        let parts = std::mem::take(&mut self.parts);
        let Ok(roster) = Roster::from_chain(parts) else {
            return Ok(Word::Nothing);
        };
        let mailbox: MailboxId = roster.epoch().mailbox;
        let granted = welcome.access.grant.verify_own(|grant| grant.authority);
        let fits = roster.id() == self.joined.bundle.group
            && welcome.group == roster.id()
            && welcome.roster == roster.head()
            && welcome.device == self.device.signing().public()
            && welcome.epoch == roster.epoch().number
            && granted.is_ok_and(|grant| grant.authority.mailbox() == mailbox);
        let Some(me) = roster.person(&welcome.device).filter(|_| fits) else {
            return Ok(Word::Nothing);
        };
        let role = me.role;
        self.device.keep_roster(&roster)?;
        self.joined.claimed = Claimed::In;
        self.device.change(|state| {
            state.role = role;
            state.access = Some(welcome.access.clone());
            state.epoch_seed = Some(*welcome.epoch_seed());
            state.cursor = Some(Cursor {
                mailbox,
                sequence: welcome.after,
                head: welcome.head,
                word: None,
            });
            if let Some(joined) = &mut state.joined {
                joined.claimed = Claimed::In;
            }
        })?;
        Ok(Word::Welcome)
    }

    fn view(&mut self, view: View) -> Result<Word, JoinError> {
        let taken = self.device.change(|state| match &mut state.view {
            Some(known) if view.group == known.group && view.position > known.position => {
                *known = view;
                true
            }
            _ => false,
        })?;
        Ok(if taken { Word::View } else { Word::Nothing })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use bellrope_proto::signing::{Device as DeviceKey, SecretKey};

    use super::*;
    use crate::{ids::GroupId, invite::Secret, roster::Role, seal::MemberIdentity};

    const NOW: Timestamp = Timestamp(1_000_000);

    fn bundle(expires: Timestamp, sign: &SecretKey<DeviceKey>) -> Signed<Bundle> {
        sign.sign(&Bundle {
            group: GroupId(Hash([1; 32])),
            role: Role::Member,
            expires,
            coordinator: SecretKey::<DeviceKey>::from_seed(&[5; 32]).public(),
            coordinator_key: MemberIdentity::from_seed(&[6; 32]).to_key(),
            at_once: None,
        })
    }

    #[test]
    fn a_bundle_opens_with_its_code_in_its_time() {
        let keys = Secret([7; 16]).keys();
        let coordinator = SecretKey::from_seed(&[5; 32]);
        let seal = |item: &Item| {
            let to = [keys.inner().to_key()];
            seal::seal(&item.encode(), &to, &keys.outer().to_recipient()).unwrap()
        };
        let good = seal(&Item::Bundle(bundle(NOW.plus(1), &coordinator)));
        assert!(open_bundle(&keys, &good, NOW).is_ok());
        let ended = open_bundle(&keys, &good, NOW.plus(1));
        assert!(matches!(ended, Err(JoinError::Ended)));
        let other = Secret([8; 16]).keys();
        let other = open_bundle(&other, &good, NOW);
        assert!(matches!(other, Err(JoinError::Damaged)));
        let forged = SecretKey::from_seed(&[9; 32]);
        let forged = seal(&Item::Bundle(bundle(NOW.plus(1), &forged)));
        let forged = open_bundle(&keys, &forged, NOW);
        assert!(matches!(forged, Err(JoinError::Damaged)));
        let something = seal(&Item::Roster(Vec::new()));
        let something = open_bundle(&keys, &something, NOW);
        assert!(matches!(something, Err(JoinError::Damaged)));
    }
}
