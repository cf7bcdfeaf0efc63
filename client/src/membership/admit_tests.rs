//! What those who are let in are sent.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use bellrope_proto::{address::RelayAddress, ids::Sequence, signing::PublicKey};

use super::*;
use crate::{
    device::outbox,
    group::Entry,
    invitation::Secret,
    membership::{NewGroup, create, invite, join, open_bundle},
    seal,
};

const NOW: Timestamp = Timestamp(1_000_000);

/// A device that has used an invitation, and the keys of that.
struct Newcomer {
    device: Device,
    secret: Secret,
    at: Position,
}

fn coordinator(dir: &std::path::Path) -> Device {
    let relay = RelayAddress::new("relay.example.org", 443, PublicKey::from_bytes([1; 32]));
    let group = NewGroup {
        group_name: "Working group",
        my_name: "Nina",
        relay: &relay.unwrap(),
    };
    create(dir, &"a long enough passphrase".into(), &group, NOW).unwrap()
}

fn newcomer(nina: &Device, dir: &std::path::Path, role: Role) -> Newcomer {
    let name = format!("{role:?}");
    let new = invite(nina, role, &name, NOW.plus(100), NOW).unwrap();
    let at = issued::all(nina).unwrap().last().unwrap().admitted_at;
    let bundle = open_bundle(&new.code, &new.bundle, NOW).unwrap();
    let passphrase = "a long enough passphrase".into();
    let device = join(&dir.join(name), &passphrase, &new.code, bundle, NOW).unwrap();
    let claim = device.state().unwrap().joined.unwrap().claim;
    claim_heard(nina, &claim, None, NOW).unwrap();
    let secret = new.code.secret;
    Newcomer { device, secret, at }
}

impl Newcomer {
    /// What was sealed to its own key, in the order in which it comes.
    fn heard(&self, nina: &Device) -> Vec<Payload> {
        let outer = self.secret.keys().outer();
        let files = outbox::all(nina).unwrap().into_iter();
        let mailbox = self.secret.keys().mailbox();
        files
            .filter(|file| file.queued.to == mailbox)
            .filter_map(|file| {
                let opened = seal::open(file.queued.envelope.bytes(), &outer, self.device.member());
                Some(Payload::decode(&opened.ok()?).unwrap())
            })
            .collect()
    }
}

#[test]
fn who_reads_is_welcomed_with_the_roster_and_the_right_of_the_role_and_nobody_else_is() {
    let dir = tempfile::tempdir().unwrap();
    let nina = coordinator(&dir.path().join("nina"));
    let cursor = Cursor {
        sequence: Sequence(17),
        ..Cursor::start(nina.roster().unwrap().unwrap().epoch().mailbox)
    };
    nina.change(|state| state.cursor = Some(cursor.clone()))
        .unwrap();
    let alena = newcomer(&nina, dir.path(), Role::Defender);
    assert!(
        alena.heard(&nina).is_empty(),
        "the bundle was all she needs"
    );
    let roles = [(Role::Member, Rights::BOTH), (Role::Observer, Rights::READ)];
    for (role, rights) in roles {
        let person = newcomer(&nina, dir.path(), role);
        assert!(person.heard(&nina).is_empty(), "{role:?} asks");
        approve(&nina, person.at, NOW).unwrap();
        let mut heard = person.heard(&nina);
        let Some(Payload::Welcome(signed)) = heard.pop() else {
            unreachable!("{role:?} is told last of all");
        };
        let welcome = signed.verify(&nina.signing().public()).unwrap();
        let mut entries: Vec<Signed<Entry>> = Vec::new();
        for part in heard {
            let Payload::Roster(part) = part else {
                unreachable!("nothing else comes before");
            };
            entries.extend(part);
        }
        let roster = Roster::from_chain(entries).unwrap();
        let (state, public) = (nina.state().unwrap(), person.device.signing().public());
        assert_eq!(roster.head(), nina.roster().unwrap().unwrap().head());
        assert_eq!(welcome.roster, roster.head());
        assert_eq!((welcome.group, welcome.device), (state.group, public));
        assert_eq!(welcome.invitation, person.secret.keys().invitation.public());
        assert_eq!(Some(welcome.epoch_seed), state.epoch_seed);
        assert_eq!(
            (welcome.after, welcome.head),
            (cursor.sequence, cursor.head)
        );
        let authority = state.authority().unwrap().public();
        let grant = welcome.credential.grant.verify(&authority).unwrap();
        assert_eq!((grant.rights, grant.authority), (rights, authority));
        assert_eq!(grant.lane, welcome.credential.lane().public());
        assert!(grant.expires > NOW);
        // Once, however often somebody says yes.
        approve(&nina, person.at, NOW).unwrap();
        assert_eq!(person.heard(&nina).len(), roster_parts(&roster) + 1);
        // Whoever only sends is told the keys of all who have come whom alerts can be for, by what waits for her and nothing else.
        let views = alena.heard(&nina);
        let [Payload::View(signed)] = &views[..] else {
            unreachable!("a defender is sent nothing else");
        };
        let update = signed.verify(&nina.signing().public()).unwrap();
        assert_eq!(update.invitation, alena.secret.keys().invitation.public());
        assert_eq!(update.view.readers.len(), 2);
    }
}

fn roster_parts(roster: &Roster) -> usize {
    Payload::roster(roster.entries(), 1).len()
}
