//! What comes to the mailbox of the invitation by which this device came in: a welcome or a no for who waits, new keys for
//! a defender.

use std::sync::Arc;

use bellrope_proto::{
    envelope::Envelope,
    ids::MailboxId,
    signing::{PublicKey, Relay, Signed},
};

use super::event::ReplyUpdate;
use crate::{
    clock::now,
    device::{
        ClaimStatus, Device, DeviceError, Joined, QueueEnd, QueuedEnvelope,
        epochs::{self, EpochAccess},
        newest_place,
    },
    extensions::{Extensions, is_critical},
    group::{Entry, Roster, RosterError},
    ids::Position,
    invitation::InvitationKeys,
    membership::follow_bundle,
    message::{Arrival, Bundle, LaneCredential, Payload, View, Welcome},
    relay::Cursor,
    seal,
};

/// See the module. Takes in one envelope after the other; knows no network.
pub(crate) struct ReplyMailbox {
    keys: InvitationKeys,
    joined: Joined,
    /// The roster comes in parts, and counts when the welcome has come.
    parts: Vec<Signed<Entry>>,
    /// Whether the group's mailbox is closed to this device, which reads: what it was sent since is looked for.
    shut_out: bool,
    /// Whether new keys have come, also such as are known: whoever sends them has not heard of it.
    heard: bool,
}

impl ReplyMailbox {
    /// Of a device that came in by this.
    pub(crate) fn new(joined: Joined) -> Self {
        Self {
            keys: joined.secret.keys(),
            joined,
            parts: Vec::new(),
            shut_out: false,
            heard: false,
        }
    }

    /// Of a reader's device that the group's mailbox is closed to: what was said to it since is looked for, from the beginning.
    pub(crate) fn of_shut_out(joined: Joined) -> Self {
        Self {
            shut_out: true,
            ..Self::new(joined)
        }
    }

    /// From where on it is read.
    pub(crate) fn start(&self) -> Cursor {
        // A reader's roster comes in parts: until the welcome, it is read from the start each time.
        if self.joined.claimed == ClaimStatus::Waiting || self.shut_out {
            Cursor::start(self.keys.mailbox())
        } else {
            self.joined.cursor.clone()
        }
    }

    /// Notes how far it was read, and tells the coordinator what has come.
    pub(crate) fn caught_up(
        &mut self,
        device: &Device,
        relay: &PublicKey<Relay>,
        cursor: Cursor,
    ) -> Result<(), DeviceError> {
        if std::mem::take(&mut self.heard)
            && let Some(view) = device.state()?.view
        {
            tell_arrival(device, &self.joined, view.position)?;
        }
        let seen = self.joined.claim_seen;
        device.change(|state| {
            // Another program of this device may have gone on to another relay.
            let is_there = state.place.is_log_of(relay);
            if let Some(joined) = state.joined.as_mut().filter(|_| is_there) {
                joined.cursor = cursor;
                joined.claim_seen = seen;
            }
        })
    }

    /// Something has expired. The claims are the oldest, so whose was first is not to be seen any more: what the coordinator
    /// sends decides.
    pub(crate) fn missed(&mut self) {
        self.joined.claim_seen = true;
    }

    /// Takes in an envelope; `None` when it changes nothing.
    pub(crate) fn receive(
        &mut self,
        device: &Device,
        envelope: &Envelope,
    ) -> Result<Option<ReplyUpdate>, DeviceError> {
        let coordinator = self.joined.bundle.coordinator;
        // Whenever it comes, and whoever was first.
        if self.keys.is_refusal(envelope, &coordinator) {
            if self.shut_out {
                return Ok(Some(ReplyUpdate::Removed));
            }
            let update = match self.joined.bundle.at_once {
                Some(_) => ReplyUpdate::TakenBack,
                None => ReplyUpdate::Refused,
            };
            return self.end(device, ClaimStatus::Refused, update);
        }
        // The first besides the bundle is the first claim: ours, or another device was faster (C4).
        if !self.joined.claim_seen {
            if let Some(bundle) = self.keys.open_bundle(envelope) {
                return self.renewed(device, bundle);
            }
            self.joined.claim_seen = true;
            let is_over = self.joined.claimed == ClaimStatus::Refused;
            if envelope.hash() != self.joined.claim_envelope && !is_over {
                return self.end(device, ClaimStatus::Taken, ReplyUpdate::Taken);
            }
            return Ok(None);
        }
        let opened = seal::open(envelope.bytes(), &self.keys.outer(), device.member());
        if opened.is_err()
            && let Some(bundle) = self.keys.open_bundle(envelope)
        {
            return self.renewed(device, bundle);
        }
        let invitation = self.joined.bundle.invitation;
        let waits = self.joined.claimed == ClaimStatus::Waiting || self.shut_out;
        match opened.ok().and_then(|bytes| Payload::decode(&bytes).ok()) {
            Some(Payload::Roster(entries)) if waits => {
                self.parts.extend(entries);
                Ok(None)
            }
            Some(Payload::Welcome(welcome)) if waits => match welcome.verify(&coordinator) {
                Ok(welcome) if welcome.invitation != invitation => Ok(None),
                Ok(welcome) if welcome.is_newer() => Ok(Some(ReplyUpdate::Newer)),
                Ok(welcome) => self.welcome(device, &welcome),
                Err(_) => Ok(None),
            },
            Some(Payload::View(view)) => match view.verify(&coordinator) {
                Ok(update) if update.invitation != invitation => Ok(None),
                Ok(update) if update.is_newer() => Ok(Some(ReplyUpdate::Newer)),
                Ok(update) => {
                    self.heard = true;
                    take_view(device, update.view, update.credential)
                }
                Err(_) => Ok(None),
            },
            Some(Payload::Unknown(number)) if is_critical(number) => Ok(Some(ReplyUpdate::Newer)),
            _ => Ok(None),
        }
    }

    /// The bundle once more: with the keys of who came to read since, for a device that the coordinator did not know of.
    fn renewed(&self, device: &Device, bundle: Bundle) -> Result<Option<ReplyUpdate>, DeviceError> {
        let known = &self.joined.bundle;
        if bundle.coordinator != known.coordinator || bundle.invitation != known.invitation {
            return Ok(None);
        }
        match bundle.at_once {
            _ if bundle.is_newer() => Ok(Some(ReplyUpdate::Newer)),
            Some(at_once) => take_view(device, at_once.view, at_once.credential),
            None => Ok(follow_bundle(device, &bundle)?.then_some(ReplyUpdate::Moved)),
        }
    }

    fn end(
        &mut self,
        device: &Device,
        claimed: ClaimStatus,
        update: ReplyUpdate,
    ) -> Result<Option<ReplyUpdate>, DeviceError> {
        self.joined.claimed = claimed;
        device.change(|state| {
            if let Some(joined) = &mut state.joined {
                joined.claimed = claimed;
            }
        })?;
        Ok(Some(update))
    }

    /// The roster must be the group's whose id was in the bundle, name this device, and be as long as
    /// the welcome says; then the device reads and sends.
    fn welcome(
        &mut self,
        device: &Device,
        welcome: &Welcome,
    ) -> Result<Option<ReplyUpdate>, DeviceError> {
        let parts = std::mem::take(&mut self.parts);
        let known = device.roster()?.filter(|_| self.shut_out);
        let roster = match &known {
            // Who is in has the entries before these.
            Some(known) => parts
                .into_iter()
                .try_fold((**known).clone(), |mut roster, entry| {
                    roster.apply(entry)?;
                    Ok::<_, RosterError>(roster)
                }),
            None => Roster::from_chain(parts),
        };
        let Ok(roster) = roster else {
            return Ok(None);
        };
        let mailbox: MailboxId = roster.epoch().mailbox;
        let granted = welcome.credential.grant.verify_own(|grant| grant.authority);
        let fits = roster.id() == self.joined.bundle.group
            && welcome.group == roster.id()
            && welcome.roster == roster.head()
            && welcome.device == device.signing().public()
            && welcome.epoch == roster.epoch().number
            && granted.is_ok_and(|grant| grant.authority.mailbox() == mailbox);
        let Some(me) = roster.person(&welcome.device).filter(|_| fits) else {
            return Ok(None);
        };
        let role = me.role;
        // One that it has had takes a device that is in back to where it was.
        if known.is_some_and(|known| known.epoch().number >= welcome.epoch) {
            return Ok(None);
        }
        device.store_roster(&roster)?;
        self.joined.claimed = ClaimStatus::In;
        let access = EpochAccess {
            credential: welcome.credential.clone(),
            seed: Some(welcome.epoch_seed.clone()),
            authority_seed: None,
        };
        epochs::begin(device, &access, (roster.turned(), now()))?;
        device.change(|state| {
            state.role = role;
            state.cursor = Some(Cursor {
                mailbox,
                sequence: welcome.after,
                head: welcome.head,
                signed_head: None,
            });
            if let Some(joined) = &mut state.joined {
                joined.claimed = ClaimStatus::In;
            }
        })?;
        let last = roster.position_of(&roster.head()).unwrap_or(Position(0));
        tell_arrival(device, &self.joined, last)?;
        Ok(Some(ReplyUpdate::Welcome))
    }
}

/// Queues for the coordinator what a device has that came in by this: or it would be posted again and again.
///
/// # Errors
/// [`DeviceError`].
pub(super) fn tell_arrival(
    device: &Device,
    joined: &Joined,
    position: Position,
) -> Result<(), DeviceError> {
    let keys = joined.secret.keys();
    let arrival = device.signing().sign(&Arrival {
        invitation: joined.bundle.invitation,
        position,
        extensions: Extensions::none(),
    });
    let payload = Payload::Arrival(arrival).encode();
    let to = [joined.bundle.coordinator_key];
    match seal::seal(&payload, &to, &keys.outer().to_recipient()) {
        Ok(envelope) => {
            let queued = QueuedEnvelope::plain(keys.mailbox(), envelope, now());
            QueueEnd::lock(device)?.put(&[queued])
        }
        // It is not worth what has come: it comes again, and is told again.
        Err(error) => {
            tracing::warn!(%error, "an arrival could not be told");
            Ok(())
        }
    }
}

fn take_view(
    device: &Device,
    view: View,
    credential: LaneCredential,
) -> Result<Option<ReplyUpdate>, DeviceError> {
    // A right at another mailbox is none to post there.
    let granted = credential.grant.verify_own(|grant| grant.authority);
    if !granted.is_ok_and(|grant| grant.authority.mailbox() == view.epoch.mailbox) {
        return Ok(None);
    }
    let newer = view.is_newer();
    let before = newest_place(device)?;
    let taken = device.change(|state| match &mut state.view {
        Some(known) if view.group == known.group && view.position > known.position => {
            *known = view;
            let access = EpochAccess {
                credential,
                seed: None,
                authority_seed: None,
            };
            // What waits for the mailbox before goes there still.
            state.begin_epoch(&access, now());
            true
        }
        _ => false,
    })?;
    // What this program cannot seal by is kept all the same: after its update it can.
    let has_moved = before.map(|told| told.relay) != newest_place(device)?.map(|told| told.relay);
    Ok(taken.then_some(if newer {
        ReplyUpdate::Newer
    } else if has_moved {
        ReplyUpdate::Moved
    } else {
        ReplyUpdate::NewKeys
    }))
}

/// What a mailbox's task holds while envelopes are taken in on threads that may block.
pub(super) type SharedReplyMailbox = Arc<std::sync::Mutex<ReplyMailbox>>;

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use bellrope_proto::{
        address::RelayAddress,
        codec::Blob,
        grant::Rights,
        ids::{Hash, Sequence, Timestamp},
        signing::{Device as DeviceKey, PublicKey, SecretKey},
    };
    use tempfile::TempDir;

    use super::*;
    use crate::{
        device::outbox,
        extensions::Extensions,
        group::{Admit, Approve, Change, EpochKeys, Found, Role, head_after},
        ids::{Epoch, GroupId, Position},
        invitation::{Code, CoordinatorMark, Secret},
        membership::join,
        message::{AtOnce, Bundle, Holder, LaneCredential, Refusal, ViewUpdate},
        seal::{EpochIdentity, MemberIdentity},
        secret::Seed,
    };

    const NOW: Timestamp = Timestamp(1_000_000);
    const EPOCH: [u8; 32] = [3; 32];

    fn turn_key(seed: u8) -> Blob {
        let turn = EpochIdentity::from_seed(&[seed; 32]).to_recipient();
        Blob(turn.as_bytes().to_vec())
    }

    fn coordinator() -> SecretKey<DeviceKey> {
        SecretKey::from_seed(&[5; 32])
    }

    fn adds(number: u16) -> Extensions {
        Extensions::new(vec![(number, b"tomorrow".to_vec())]).unwrap()
    }

    fn relay() -> RelayAddress {
        RelayAddress::new("relay.example.org", 443, PublicKey::from_bytes([1; 32])).unwrap()
    }

    fn authority() -> SecretKey<bellrope_proto::signing::Authority> {
        SecretKey::from_seed(&[9; 32])
    }

    fn epoch_keys() -> EpochKeys {
        let epoch = EpochIdentity::from_seed(&EPOCH);
        EpochKeys {
            number: Epoch(1),
            recipient: Blob(epoch.to_recipient().as_bytes().to_vec()),
            mailbox: authority().public().mailbox(),
            relays: vec![relay()],
            extensions: Extensions::none(),
        }
    }

    fn view(position: u32) -> View {
        View {
            group: group(),
            position: Position(position),
            roster: Hash([2; 32]),
            epoch: epoch_keys(),
            readers: vec![MemberIdentity::from_seed(&[6; 32]).to_key()],
            extensions: Extensions::none(),
        }
    }

    fn founding() -> Signed<Entry> {
        let coordinator = coordinator();
        coordinator.sign(&Entry {
            position: Position(0),
            previous: Hash([0; 32]),
            time: NOW,
            author: coordinator.public(),
            change: Change::Found(Found {
                salt: [7; 16],
                group_name: "Group".into(),
                founder_name: "Vera Lind".into(),
                founder_key: MemberIdentity::from_seed(&[6; 32]).to_key(),
                founder_turn: turn_key(6),
                epoch: epoch_keys(),
                extensions: Extensions::none(),
            }),
            extensions: Extensions::none(),
        })
    }

    fn group() -> GroupId {
        GroupId(head_after(&founding()))
    }

    fn bundle_for(role: Role) -> Bundle {
        let at_once = (role == Role::Defender).then(|| AtOnce {
            view: view(1),
            credential: credential(Extensions::none()),
            extensions: Extensions::none(),
        });
        Bundle {
            invitation: Secret::new(&[7; 16]).keys().invitation.public(),
            group: group(),
            role,
            expires: NOW.plus(100),
            coordinator: coordinator().public(),
            coordinator_key: MemberIdentity::from_seed(&[6; 32]).to_key(),
            at_once,
            extensions: Extensions::none(),
        }
    }

    /// A device that came in by an invitation, and has seen its own claim in the mailbox.
    struct Newcomer {
        _dir: TempDir,
        device: Device,
        mailbox: ReplyMailbox,
        next: u64,
    }

    impl Newcomer {
        fn new(role: Role) -> Self {
            let code = Code {
                secret: Secret::new(&[7; 16]),
                coordinator: CoordinatorMark::of(&coordinator().public()),
                relay: relay(),
            };
            let bundle = bundle_for(role);
            let dir = tempfile::tempdir().unwrap();
            let home = dir.path().join("home");
            let device = join(&home, &"a passphrase".into(), &code, bundle, NOW).unwrap();
            let joined = device.state().unwrap().joined.unwrap();
            let claim = outbox::all(&device).unwrap().remove(0).queued.envelope;
            let mut newcomer = Self {
                _dir: dir,
                device,
                mailbox: ReplyMailbox::new(joined),
                next: 2,
            };
            assert_eq!(newcomer.take(&claim), None);
            newcomer
        }

        fn take(&mut self, envelope: &Envelope) -> Option<ReplyUpdate> {
            self.next += 1;
            self.mailbox.receive(&self.device, envelope).unwrap()
        }

        fn hear(&mut self, payload: &Payload) -> Option<ReplyUpdate> {
            let keys = Secret::new(&[7; 16]).keys();
            let to = [self.device.member().to_key()];
            let outer = keys.outer().to_recipient();
            self.take(&seal::seal(&payload.encode(), &to, &outer).unwrap())
        }

        fn view_update(&mut self, change: impl FnOnce(&mut ViewUpdate)) -> Option<ReplyUpdate> {
            let position = u32::try_from(self.next).unwrap();
            let mut update = ViewUpdate {
                invitation: Secret::new(&[7; 16]).keys().invitation.public(),
                view: view(position),
                credential: credential(Extensions::none()),
                extensions: Extensions::none(),
            };
            change(&mut update);
            self.hear(&Payload::View(coordinator().sign(&update)))
        }

        /// The roster with this device in it, and a welcome to it.
        fn welcome(&mut self, change: impl FnOnce(&mut Welcome)) -> Option<ReplyUpdate> {
            let mut roster = Roster::found(founding()).unwrap();
            let invitation = Secret::new(&[7; 16]).keys().invitation.public();
            for change in [
                Change::Admit(Admit {
                    invitation,
                    role: Role::Member,
                    name: "Anna".into(),
                    mailbox: Secret::new(&[7; 16]).keys().mailbox(),
                    expires: NOW.plus(100),
                    extensions: Extensions::none(),
                }),
                Change::Approve(Approve {
                    admitted_at: Position(1),
                    device: self.device.signing().public(),
                    key: self.device.member().to_key(),
                    turn: Some(turn_key(7)),
                    extensions: Extensions::none(),
                }),
            ] {
                let entry = coordinator().sign(&Entry {
                    position: roster.next_position(),
                    previous: roster.head(),
                    time: NOW,
                    author: coordinator().public(),
                    change,
                    extensions: Extensions::none(),
                });
                roster.apply(entry).unwrap();
            }
            for part in Payload::roster(roster.entries(), 1) {
                assert_eq!(self.hear(&part), None);
            }
            let mut welcome = Welcome {
                invitation,
                group: group(),
                device: self.device.signing().public(),
                roster: roster.head(),
                epoch: Epoch(1),
                epoch_seed: Seed::new(&EPOCH),
                credential: credential(Extensions::none()),
                after: Sequence(0),
                head: Hash([0; 32]),
                extensions: Extensions::none(),
            };
            change(&mut welcome);
            self.hear(&Payload::Welcome(coordinator().sign(&welcome)))
        }
    }

    fn credential(extensions: Extensions) -> LaneCredential {
        let holder = Holder::Founder(coordinator().public());
        let mut credential = LaneCredential::issue(&authority(), &holder, Rights::BOTH);
        credential.extensions = extensions;
        credential
    }

    #[test]
    fn new_keys_of_tomorrow_are_kept_and_said_where_they_may_not_be_ignored() {
        let mut alena = Newcomer::new(Role::Defender);
        let position = |alena: &Newcomer| alena.device.state().unwrap().view.unwrap().position;
        let usual = Some(ReplyUpdate::NewKeys);
        assert_eq!(alena.view_update(|_| {}), usual);
        assert_eq!(alena.view_update(|it| it.extensions = adds(40_000)), usual);
        let ignorable = alena.view_update(|it| {
            it.view.extensions = adds(40_000);
            it.view.epoch.extensions = adds(40_000);
        });
        assert_eq!(ignorable, usual);
        let newest = position(&alena);
        let newer = Some(ReplyUpdate::Newer);
        // An update that is not wholly understood is not taken; its view would be.
        assert_eq!(alena.view_update(|it| it.extensions = adds(9)), newer);
        assert_eq!(position(&alena), newest);
        assert_eq!(alena.view_update(|it| it.view.extensions = adds(9)), newer);
        assert!(position(&alena) > newest);
        assert!(alena.device.state().unwrap().view.unwrap().is_newer());
        // Once it is followed by one in words of today, all is well again.
        assert_eq!(alena.view_update(|_| {}), usual);
        let epoch = alena.view_update(|it| it.view.epoch.extensions = adds(9));
        assert_eq!(epoch, newer);
        assert_eq!(alena.hear(&Payload::Unknown(77)), newer);
        assert_eq!(alena.hear(&Payload::Unknown(40_000)), None);
    }

    #[test]
    fn what_was_said_for_another_invitation_counts_for_nothing() {
        let other = Secret::new(&[8; 16]).keys().invitation.public();
        let mut alena = Newcomer::new(Role::Defender);
        assert_eq!(alena.view_update(|it| it.invitation = other), None);
        let mut anna = Newcomer::new(Role::Member);
        assert_eq!(anna.welcome(|it| it.invitation = other), None);
        let ours = Secret::new(&[7; 16]).keys().invitation.public();
        let refusal = |invitation, extensions| Refusal {
            invitation,
            group: group(),
            extensions,
        };
        let mut hear = |by: &SecretKey<DeviceKey>, refusal: &Refusal| {
            let keys = Secret::new(&[7; 16]).keys();
            let payload = Payload::Refusal(by.sign(refusal)).encode();
            let to = [keys.inner().to_key()];
            anna.take(&seal::seal(&payload, &to, &keys.outer().to_recipient()).unwrap())
        };
        let of_another = refusal(other, Extensions::none());
        assert_eq!(hear(&coordinator(), &of_another), None);
        // Whoever has the code can seal to it.
        let by_another = refusal(ours, Extensions::none());
        assert_eq!(hear(&SecretKey::from_seed(&[8; 32]), &by_another), None);
        // A no is a no, whatever more it says.
        let refused = refusal(ours, adds(9));
        assert_eq!(hear(&coordinator(), &refused), Some(ReplyUpdate::Refused));
    }

    #[test]
    fn a_welcome_of_tomorrow_waits_for_the_update() {
        let welcomed = Some(ReplyUpdate::Welcome);
        let mut anna = Newcomer::new(Role::Member);
        let ignorable = anna.welcome(|it| {
            it.extensions = adds(40_000);
            it.credential = credential(adds(40_000));
        });
        assert_eq!(ignorable, welcomed);
        for critical in [
            (&|it: &mut Welcome| it.extensions = adds(9)) as &dyn Fn(&mut Welcome),
            &|it: &mut Welcome| it.credential = credential(adds(9)),
        ] {
            let mut boris = Newcomer::new(Role::Member);
            assert_eq!(boris.welcome(critical), Some(ReplyUpdate::Newer));
            assert!(!boris.device.is_let_in().unwrap());
            // It is read from the mailbox's start until then.
            assert_eq!(boris.mailbox.start().sequence, Sequence(0));
        }
    }

    #[test]
    fn what_came_first_decides_wherever_the_bundle_is() {
        let keys = Secret::new(&[7; 16]).keys();
        let outer = keys.outer().to_recipient();
        let bundle = coordinator().sign(&bundle_for(Role::Defender));
        let bundle = Payload::Bundle(bundle).encode();
        let bundle = seal::seal(&bundle, &[keys.inner().to_key()], &outer).unwrap();
        let other = seal::seal(b"anything", &[keys.inner().to_key()], &outer).unwrap();
        let fresh = || {
            let mut alena = Newcomer::new(Role::Defender);
            alena.mailbox.joined.claim_seen = false;
            let claim = outbox::all(&alena.device)
                .unwrap()
                .remove(0)
                .queued
                .envelope;
            (alena, claim)
        };
        // A device that joined by a file may be faster than the bundle.
        let (mut alena, claim) = fresh();
        assert_eq!(alena.take(&claim), None);
        assert_eq!(alena.take(&bundle), None);
        assert_eq!(alena.view_update(|_| {}), Some(ReplyUpdate::NewKeys));
        let (mut alena, claim) = fresh();
        assert_eq!(alena.take(&bundle), None);
        assert_eq!(alena.take(&claim), None);
        let (mut alena, _) = fresh();
        assert_eq!(alena.take(&other), Some(ReplyUpdate::Taken));
        // An invitation that was taken back before it was used: nobody was faster.
        let refusal = Refusal {
            invitation: keys.invitation.public(),
            group: group(),
            extensions: Extensions::none(),
        };
        let refusal = Payload::Refusal(coordinator().sign(&refusal)).encode();
        let refusal = seal::seal(&refusal, &[keys.inner().to_key()], &outer).unwrap();
        let (mut alena, _) = fresh();
        assert_eq!(alena.take(&refusal), Some(ReplyUpdate::TakenBack));
        // After the claims have expired, new keys are not taken for one.
        let (mut alena, _) = fresh();
        alena.mailbox.missed();
        assert_eq!(alena.view_update(|_| {}), Some(ReplyUpdate::NewKeys));
    }
}
