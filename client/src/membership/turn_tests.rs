//! Who gets what of a turn, by what waits in the outbox of the device that writes it.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::path::Path;

use bellrope_proto::{address::RelayAddress, ids::MailboxId};
use tempfile::TempDir;

use super::*;
use crate::{
    device::{QueuedEnvelope, outbox},
    group::Roster,
    membership::{NewGroup, approve, claim_heard, create, invite, join, open_bundle},
    message::{Coordinator, View},
    seal::{EpochRecipient, MemberIdentity},
};

const NOW: Timestamp = Timestamp(1_000_000);

/// Nina, who coordinates; Anna and Boris, members; Alena, a defender.
pub(in crate::membership) struct Group {
    pub(in crate::membership) dir: TempDir,
    pub(in crate::membership) nina: Device,
    pub(in crate::membership) anna: Device,
    pub(in crate::membership) boris: Device,
    pub(in crate::membership) alena: Device,
}

pub(in crate::membership) fn newcomer(
    nina: &Device,
    dir: &Path,
    (name, role): (&str, Role),
) -> Device {
    let new = invite(nina, role, name, NOW.plus(100), NOW).unwrap();
    let bundle = open_bundle(&new.code, &new.bundle, NOW).unwrap();
    let passphrase = "a long enough passphrase".into();
    let device = join(&dir.join(name), &passphrase, &new.code, bundle, NOW).unwrap();
    let claim = device.state().unwrap().joined.unwrap().claim;
    claim_heard(nina, &claim, None, NOW).unwrap();
    if role.reads() {
        let at = issued::all(nina).unwrap().last().unwrap().admitted_at;
        approve(nina, at, NOW).unwrap();
    }
    device
}

impl Group {
    pub(in crate::membership) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let relay = RelayAddress::new("relay.example.org", 443, PublicKey::from_bytes([1; 32]));
        let group = NewGroup {
            group_name: "Working group",
            my_name: "Nina",
            relay: &relay.unwrap(),
        };
        let home = dir.path().join("nina");
        let nina = create(&home, &"a long enough passphrase".into(), &group, NOW).unwrap();
        let mailbox = nina.roster().unwrap().unwrap().epoch().mailbox;
        nina.change(|state| state.cursor = Some(Cursor::start(mailbox)))
            .unwrap();
        let of = |who| newcomer(&nina, dir.path(), who);
        Self {
            anna: of(("Anna", Role::Member)),
            boris: of(("Boris", Role::Member)),
            alena: of(("Alena", Role::Defender)),
            nina,
            dir,
        }
    }

    pub(in crate::membership) fn roster(&self) -> Roster {
        (*self.nina.roster().unwrap().unwrap()).clone()
    }

    /// What is queued for a mailbox.
    fn queued(&self, mailbox: MailboxId) -> Vec<QueuedEnvelope> {
        let files = outbox::all(&self.nina).unwrap().into_iter();
        let queued = files.map(|file| file.queued);
        queued.filter(|queued| queued.to == mailbox).collect()
    }

    /// What somebody opens of that with these keys.
    pub(in crate::membership) fn opened(
        &self,
        mailbox: MailboxId,
        outer: &EpochIdentity,
        inner: &MemberIdentity,
    ) -> Vec<Payload> {
        let queued = self.queued(mailbox).into_iter();
        let opened = queued.filter_map(|it| seal::open(it.envelope.bytes(), outer, inner).ok());
        opened
            .map(|bytes| Payload::decode(&bytes).unwrap())
            .collect()
    }

    fn new_epochs(&self, mailbox: MailboxId, device: &Device) -> Vec<NewEpoch> {
        let state = self.nina.state().unwrap();
        let opened = self.opened(mailbox, device.turn(), device.member());
        let verified = opened.into_iter().map(|payload| {
            let Payload::Turn(said) = payload else {
                unreachable!("nothing else is sealed to one device");
            };
            NewEpoch::verified(&said, state.group, &device.signing().public()).unwrap()
        });
        verified.map(|(said, _)| said).collect()
    }
}

#[test]
fn who_stays_has_all_of_the_new_epoch_and_who_goes_has_no_byte_of_it() {
    let group = Group::new();
    let before = group.roster();
    let old = before.epoch().mailbox;
    let old_epoch = group.nina.state().unwrap().epoch_seed.unwrap();
    let old_epoch = EpochIdentity::from_seed(old_epoch.bytes());
    let read = group.opened(old, &old_epoch, group.boris.member()).len();
    remove(&group.nina, &[group.boris.signing().public()], NOW).unwrap();
    let roster = group.roster();
    let state = group.nina.state().unwrap();
    assert_eq!(roster.epoch().number, Epoch(2));
    assert_ne!(roster.epoch().mailbox, old);
    for (device, is_coordinator) in [(&group.nina, true), (&group.anna, false)] {
        let [said]: [NewEpoch; 1] = group.new_epochs(old, device).try_into().unwrap();
        assert_eq!(Some(&said.epoch_seed), state.epoch_seed.as_ref());
        assert_eq!(said.authority_seed.is_some(), is_coordinator);
        let mut before = before.clone();
        before.apply(said.entry.clone()).unwrap();
        assert_eq!(before.head(), roster.head());
    }
    assert!(group.new_epochs(old, &group.boris).is_empty());
    // With the key of the old epoch, which he has, and his own: the roster as it was, and nothing after.
    let opened = group.opened(old, &old_epoch, group.boris.member());
    let entries = opened.into_iter().skip(read).map(|payload| match payload {
        Payload::Roster(entries) => entries,
        _ => unreachable!("the roster and nothing else"),
    });
    let entries: Vec<Signed<Entry>> = entries.flatten().collect();
    assert_eq!(entries, before.entries());
    for queued in group.queued(old) {
        assert!(seal::open(queued.envelope.bytes(), &old_epoch, group.alena.member()).is_err());
    }
    // The relay hears that his lane goes, and only then of the new mailbox.
    let [RelayTask::Revoke { lane, .. }, RelayTask::Succeed { .. }] = &state.relay_tasks[..] else {
        unreachable!("{:?}", state.relay_tasks.len());
    };
    let invited = before.invited().iter().find(|it| it.admit.name == "Boris");
    let holder = Holder::Invited(invited.unwrap().admit.invitation);
    let authority = state.former[0].authority_seed.as_ref().unwrap();
    assert_eq!(
        *lane,
        lane_of(&epochs::authority(authority), &holder).public()
    );
    // He is told, where he came in.
    let secret = group.boris.state().unwrap().joined.unwrap().secret;
    let mailbox = group.queued(secret.keys().mailbox());
    let coordinators = Coordinator::all(&group.nina.roster().unwrap().unwrap());
    let told = mailbox
        .iter()
        .filter(|it| secret.keys().is_refusal(&it.envelope, &coordinators));
    assert_eq!(told.count(), 1);
}

#[test]
fn a_defender_gets_the_view_and_the_right_of_the_new_epoch() {
    let group = Group::new();
    remove(&group.nina, &[group.boris.signing().public()], NOW).unwrap();
    let roster = group.roster();
    let joined = group.alena.state().unwrap().joined.unwrap();
    let keys = joined.secret.keys();
    let opened = group.opened(keys.mailbox(), &keys.outer(), group.alena.member());
    let Some(Payload::View(said)) = opened.last() else {
        unreachable!("views");
    };
    let said = said.verify(&group.nina.signing().public()).unwrap();
    assert_eq!(said.view, View::of(&roster));
    assert_eq!(said.view.readers.len(), 2);
    let grant = said.credential.grant.verify_own(|grant| grant.authority);
    let grant = grant.unwrap();
    assert_eq!(grant.authority.mailbox(), roster.epoch().mailbox);
    assert_eq!(grant.rights, Rights::POST);
    // Whoever is put out is told no new keys, and not those any more that were not posted yet.
    remove(&group.nina, &[group.alena.signing().public()], NOW).unwrap();
    let opened = group.opened(keys.mailbox(), &keys.outer(), group.alena.member());
    assert!(opened.is_empty());
}

#[test]
fn two_turns_without_a_network_are_told_to_the_relay_in_their_order() {
    let group = Group::new();
    remove(&group.nina, &[group.boris.signing().public()], NOW).unwrap();
    remove(&group.nina, &[group.anna.signing().public()], NOW.plus(1)).unwrap();
    let state = group.nina.state().unwrap();
    let mailboxes: Vec<MailboxId> = state.former.iter().filter_map(|it| it.mailbox()).collect();
    let told: Vec<(bool, MailboxId)> = state
        .relay_tasks
        .iter()
        .map(|task| match task {
            RelayTask::Succeed { from, .. } => (true, epochs::authority(from).public().mailbox()),
            RelayTask::Revoke { authority, .. } => {
                (false, epochs::authority(authority).public().mailbox())
            }
        })
        .collect();
    // The second has a lane in both.
    let [first, second] = mailboxes[..] else {
        unreachable!("two epochs are over");
    };
    assert_eq!(
        told,
        [
            (false, first),
            (true, first),
            (false, first),
            (false, second),
            (true, second)
        ]
    );
    assert_eq!(group.roster().epoch().number, Epoch(3));
    assert!(waits_at_relay(&group.nina).unwrap());
}

#[test]
fn keys_are_renewed_after_thirty_days_and_by_no_clock_that_was_set_back() {
    let group = Group::new();
    let done = |state: &mut crate::device::State| state.relay_tasks.clear();
    assert!(!turn_if_due(&group.nina, NOW.plus(EPOCH_SECONDS - 1)).unwrap());
    assert!(!turn_if_due(&group.nina, Timestamp(0)).unwrap());
    assert!(turn_if_due(&group.nina, NOW.plus(EPOCH_SECONDS)).unwrap());
    assert_eq!(group.roster().people().len(), 4);
    // Not while the relay has not been told of the one before.
    let later = NOW.plus(3 * EPOCH_SECONDS);
    assert!(!turn_if_due(&group.nina, later).unwrap());
    group.nina.change(done).unwrap();
    assert!(turn_if_due(&group.nina, later).unwrap());
    assert_eq!(group.roster().epoch().number, Epoch(3));
    // Nobody else renews them.
    assert!(!turn_if_due(&group.anna, later).unwrap());
}

#[test]
fn a_device_goes_on_to_each_epoch_once_and_keeps_what_was_over_for_a_while() {
    let group = Group::new();
    let old = group.roster().epoch().mailbox;
    remove(&group.nina, &[group.boris.signing().public()], NOW).unwrap();
    let [said]: [NewEpoch; 1] = group.new_epochs(old, &group.anna).try_into().unwrap();
    let before = group.roster();
    let at = before.turned();
    let first = Cursor::start(old);
    let access = |state: &mut crate::device::State| {
        state.credential = group.nina.state().unwrap().former[0]
            .credential
            .clone()
            .into();
        state.epoch_seed = Some(Seed::random());
        state.cursor = Some(first.clone());
    };
    group.anna.change(access).unwrap();
    assert!(take(&group.anna, &said, at, NOW).unwrap());
    assert!(!take(&group.anna, &said, at, NOW).unwrap());
    let state = group.anna.state().unwrap();
    assert_eq!(state.former.len(), 1);
    assert_eq!(state.cursor, Some(Cursor::start(before.epoch().mailbox)));
    assert!(state.credential_for(old).is_some());
    assert!(state.credential_for(before.epoch().mailbox).is_some());
    // A month later nobody posts there any more.
    let mut later = state;
    let next = EpochAccess {
        credential: LaneCredential::issue(
            &epochs::authority(&Seed::random()),
            &Holder::Founder(group.nina.signing().public()),
            Rights::BOTH,
        ),
        seed: Some(Seed::random()),
        authority_seed: None,
    };
    assert!(later.begin_epoch(&next, NOW.plus(crate::group::lifetimes::FORMER_SECONDS)));
    assert_eq!(later.former.len(), 1);
    assert_ne!(later.former[0].mailbox(), Some(old));
    let recipient = EpochRecipient::from_bytes(&before.epoch().recipient.0);
    assert!(recipient.is_ok());
    drop(group.dir);
}
