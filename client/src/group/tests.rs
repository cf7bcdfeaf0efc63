#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use bellrope_proto::{
    address::RelayAddress,
    codec::Blob,
    ids::{Hash, MailboxId, Timestamp},
    signing::{Device, PublicKey, SecretKey, Signed},
};

use super::*;
use crate::{
    extensions::Extensions,
    ids::{Epoch, Position},
    seal::{EpochIdentity, MemberKey},
};

pub(crate) type Key = SecretKey<Device>;

pub(crate) fn key(seed: u8) -> Key {
    Key::from_seed(&[seed; 32])
}

pub(crate) fn member_key(seed: u8) -> MemberKey {
    crate::seal::MemberIdentity::from_seed(&[seed; 32]).to_key()
}

pub(crate) fn turn_key(seed: u8) -> Blob {
    let turn = EpochIdentity::from_seed(&[seed; 32]).to_recipient();
    Blob(turn.as_bytes().to_vec())
}

fn sign(author: &Key, position: u32, previous: Hash, change: Change) -> Signed<Entry> {
    author.sign(&Entry {
        position: Position(position),
        previous,
        time: Timestamp(1_000),
        author: author.public(),
        change,
        extensions: Extensions::none(),
    })
}

pub(crate) fn founding(salt: u8) -> Signed<Entry> {
    let found = Found {
        salt: [salt; 16],
        group_name: "Test group".into(),
        founder_name: "Vera Lind".into(),
        founder_key: member_key(1),
        founder_turn: turn_key(1),
        epoch: EpochKeys {
            number: Epoch(1),
            recipient: Blob(
                EpochIdentity::from_seed(&[3; 32])
                    .to_recipient()
                    .as_bytes()
                    .to_vec(),
            ),
            mailbox: MailboxId([2; 32]),
            relays: vec![relay()],
            extensions: Extensions::none(),
        },
        extensions: Extensions::none(),
    };
    sign(&key(1), 0, Hash([0; 32]), Change::Found(found))
}

fn relay() -> RelayAddress {
    RelayAddress::new("relay.example.org", 443, PublicKey::from_bytes([1; 32])).unwrap()
}

pub(crate) fn admit(seed: u8, role: Role) -> Change {
    let invitation = SecretKey::from_seed(&[seed; 32]).public();
    Change::Admit(Admit {
        invitation,
        role,
        name: match role {
            Role::Defender => handle(&invitation),
            _ => format!("Person {seed}"),
        },
        mailbox: MailboxId([seed; 32]),
        expires: Timestamp(2_000),
        extensions: Extensions::none(),
    })
}

pub(crate) fn approve(admitted_at: u32, device: u8) -> Change {
    Change::Approve(Approve {
        admitted_at: Position(admitted_at),
        device: key(device).public(),
        key: member_key(device),
        turn: Some(turn_key(device)),
        extensions: Extensions::none(),
    })
}

/// Writes with the founder's key at the roster's end.
pub(crate) fn write(roster: &mut Roster, change: Change) -> Result<Applied, RosterError> {
    let entry = sign(&key(1), roster.next_position().0, roster.head(), change);
    roster.apply(entry)
}

fn with_member() -> Roster {
    let mut roster = Roster::found(founding(0)).unwrap();
    write(&mut roster, admit(50, Role::Member)).unwrap();
    write(&mut roster, approve(1, 5)).unwrap();
    roster
}

#[test]
fn a_group_grows_and_its_chain_rebuilds_it() {
    let mut roster = with_member();
    write(&mut roster, admit(60, Role::Defender)).unwrap();
    write(&mut roster, approve(3, 6)).unwrap();
    let rebuilt = Roster::from_chain(roster.entries().to_vec()).unwrap();
    assert_eq!(rebuilt.people(), roster.people());
    assert_eq!(rebuilt.id(), roster.id());
    assert_eq!(rebuilt.head(), roster.head());
    // Sealed to those who read and were in when the sender looked; never to a defender.
    assert_eq!(roster.readers_at(Position(1)), [member_key(1)]);
    assert_eq!(
        roster.readers_at(Position(4)),
        [member_key(1), member_key(5)]
    );
}

#[test]
fn an_entry_twice_is_known() {
    let mut roster = with_member();
    let again = roster.entries()[1].clone();
    assert_eq!(roster.apply(again), Ok(Applied::Known));
}

#[test]
fn only_a_coordinator_writes() {
    let mut roster = with_member();
    for seed in [5, 9] {
        let entry = sign(&key(seed), 3, roster.head(), admit(70, Role::Member));
        assert_eq!(roster.apply(entry), Err(RosterError::NotEntitled));
    }
    // Signed by a stranger in the coordinator's name.
    let forged = key(9).sign(&Entry {
        position: Position(3),
        previous: roster.head(),
        time: Timestamp(0),
        author: key(1).public(),
        change: admit(70, Role::Member),
        extensions: Extensions::none(),
    });
    assert_eq!(roster.apply(forged), Err(RosterError::NotValid));
}

#[test]
fn gaps_forks_and_other_groups_are_told_apart() {
    let mut roster = with_member();
    let head = roster.head();
    let ahead = sign(&key(1), 9, head, admit(70, Role::Member));
    assert_eq!(roster.apply(ahead), Err(RosterError::Gap));

    let fork = sign(&key(1), 1, roster.id().0, admit(71, Role::Member));
    assert_eq!(roster.apply(fork), Err(RosterError::Fork));

    let mut other = Roster::found(founding(1)).unwrap();
    write(&mut other, admit(50, Role::Member)).unwrap();
    write(&mut other, approve(1, 5)).unwrap();
    write(&mut other, admit(72, Role::Member)).unwrap();
    let replayed = other.entries()[3].clone();
    assert_eq!(roster.apply(replayed), Err(RosterError::Elsewhere));
    assert_eq!(roster.head(), head, "a refused entry changes nothing");
}

#[test]
fn an_invitation_lets_one_device_in() {
    let mut roster = with_member();
    assert_eq!(
        write(&mut roster, approve(1, 6)),
        Err(RosterError::Contradiction)
    );
    assert_eq!(
        write(&mut roster, admit(50, Role::Member)),
        Err(RosterError::Contradiction)
    );
    write(&mut roster, admit(51, Role::Member)).unwrap();
    // A device that is in already cannot come in under a second name.
    assert_eq!(
        write(&mut roster, approve(3, 5)),
        Err(RosterError::Contradiction)
    );
    assert_eq!(
        write(&mut roster, admit(52, Role::Coordinator)),
        Err(RosterError::Contradiction)
    );
}

#[test]
fn names_are_one_short_line() {
    let mut roster = with_member();
    for name in ["", "two\nlines", &"я".repeat(65), "\u{1b}[2J"] {
        let Change::Admit(mut change) = admit(80, Role::Member) else {
            unreachable!()
        };
        change.name = name.to_owned();
        assert_eq!(
            write(&mut roster, Change::Admit(change)),
            Err(RosterError::OverLimit)
        );
    }
}

#[test]
fn recipients_are_a_set() {
    let (a, b) = (member_key(1), member_key(2));
    assert_eq!(recipients_hash(&[a, b]), recipients_hash(&[b, a]));
    assert_ne!(recipients_hash(&[a]), recipients_hash(&[a, b]));
}

/// Breaks one thing of an admission or an approval that would count, and says what is made of it.
fn broken<T>(
    change: impl FnOnce() -> T,
    wrap: impl FnOnce(T) -> Change,
    break_it: impl FnOnce(&mut T),
) -> Result<Applied, RosterError> {
    let mut roster = with_member();
    write(&mut roster, admit(60, Role::Defender)).unwrap();
    let mut change = change();
    break_it(&mut change);
    write(&mut roster, wrap(change))
}

#[test]
fn what_can_never_be_used_is_not_written_down() {
    let admission = |break_it: &dyn Fn(&mut Admit)| {
        let change = || match admit(70, Role::Member) {
            Change::Admit(admit) => admit,
            _ => unreachable!(),
        };
        broken(change, Change::Admit, break_it)
    };
    let approval = |break_it: &dyn Fn(&mut Approve)| {
        let change = || match approve(3, 6) {
            Change::Approve(approve) => approve,
            _ => unreachable!(),
        };
        broken(change, Change::Approve, break_it)
    };
    let refused = Err(RosterError::Contradiction);
    assert_eq!(admission(&|_| {}), Ok(Applied::New));
    assert_eq!(approval(&|_| {}), Ok(Applied::New));
    // Not a point of the curve; of small order; another spelling of a point.
    let mut above_prime = [0xff; 32];
    above_prime[0] = 0xee;
    above_prime[31] = 0x7f;
    for bytes in [[0xff; 32], [0; 32], above_prime] {
        let invitation = PublicKey::from_bytes(bytes);
        assert_eq!(admission(&|admit| admit.invitation = invitation), refused);
        let device = PublicKey::from_bytes(bytes);
        assert_eq!(approval(&|approve| approve.device = device), refused);
    }
    assert_eq!(
        admission(&|admit| admit.expires = Timestamp(1_000)),
        refused
    );
    for mailbox in [2, 50, 60] {
        let mailbox = MailboxId([mailbox; 32]);
        assert_eq!(admission(&|admit| admit.mailbox = mailbox), refused);
    }
    assert_eq!(
        admission(&|admit| "Vera Lind".clone_into(&mut admit.name)),
        refused
    );
    assert_eq!(approval(&|approve| approve.key = member_key(1)), refused);
    assert_eq!(
        approval(&|approve| approve.device = key(1).public()),
        refused
    );
}

#[test]
fn a_newer_invitation_of_one_name_replaces_the_older() {
    let mut roster = with_member();
    for seed in [70, 71] {
        let Change::Admit(mut again) = admit(seed, Role::Member) else {
            unreachable!()
        };
        again.name = "Ivan".to_owned();
        write(&mut roster, Change::Admit(again)).unwrap();
    }
    // Whoever still has the older code does not come in by it, before or after.
    let older = |roster: &mut Roster| write(roster, approve(3, 6));
    assert_eq!(older(&mut roster), Err(RosterError::Contradiction));
    write(&mut roster, approve(4, 7)).unwrap();
    assert_eq!(older(&mut roster), Err(RosterError::Contradiction));
    // One that was used is nobody else's to replace.
    let Change::Admit(mut again) = admit(72, Role::Member) else {
        unreachable!()
    };
    again.name = "Ivan".to_owned();
    assert_eq!(
        write(&mut roster, Change::Admit(again)),
        Err(RosterError::Contradiction)
    );
}

/// A change of tomorrow.
fn unknown(number: u16) -> Change {
    Change::Unknown {
        number,
        body: Blob(b"tomorrow".to_vec()),
    }
}

fn extended(number: u16) -> Extensions {
    Extensions::new(vec![(number, b"tomorrow".to_vec())]).unwrap()
}

#[test]
fn what_tomorrow_writes_carries_the_chain_on() {
    let admission_of = |seed, extensions| match admit(seed, Role::Member) {
        Change::Admit(admit) => Change::Admit(Admit {
            extensions,
            ..admit
        }),
        _ => unreachable!(),
    };
    let admission = |extensions| admission_of(80, extensions);
    let other_admission = |extensions| admission_of(81, extensions);
    let approval = |extensions| match approve(1, 5) {
        Change::Approve(approve) => Change::Approve(Approve {
            extensions,
            ..approve
        }),
        _ => unreachable!(),
    };
    for (ignorable, critical) in [
        (unknown(32_768), unknown(99)),
        (admission(extended(40_000)), other_admission(extended(1))),
        (
            admit(80, Role::Unknown(32_768)),
            admit(81, Role::Unknown(5)),
        ),
    ] {
        let mut roster = with_member();
        assert_eq!(write(&mut roster, ignorable), Ok(Applied::New));
        assert!(!roster.is_newer());
        assert_eq!(write(&mut roster, critical), Ok(Applied::New), "advances");
        assert!(roster.is_newer());
        assert!(!roster.is_newer_at(Position(3)) && roster.is_newer_at(Position(4)));
        // And it goes on, also for whoever is handed the whole chain.
        write(&mut roster, admit(90, Role::Member)).unwrap();
        let rebuilt = Roster::from_chain(roster.entries().to_vec()).unwrap();
        assert_eq!(rebuilt.head(), roster.head());
        assert!(rebuilt.is_newer());
    }
    for (number, newer) in [(40_000, false), (1, true)] {
        let mut roster = Roster::found(founding(0)).unwrap();
        write(&mut roster, admit(50, Role::Member)).unwrap();
        write(&mut roster, approval(extended(number))).unwrap();
        assert_eq!(roster.is_newer(), newer);
        let entry = key(1).sign(&Entry {
            position: roster.next_position(),
            previous: roster.head(),
            time: Timestamp(1),
            author: key(1).public(),
            change: admit(51, Role::Member),
            extensions: extended(number),
        });
        assert_eq!(roster.apply(entry), Ok(Applied::New));
        assert_eq!(roster.is_newer(), newer);
    }
}

#[test]
fn who_may_write_by_tomorrows_words_is_not_called_a_rogue() {
    let mut roster = with_member();
    let by_another = |roster: &Roster| {
        sign(
            &key(5),
            roster.next_position().0,
            roster.head(),
            admit(70, Role::Member),
        )
    };
    let entry = by_another(&roster);
    assert_eq!(roster.apply(entry), Err(RosterError::NotEntitled));
    write(&mut roster, unknown(99)).unwrap();
    let entry = by_another(&roster);
    assert_eq!(roster.apply(entry), Err(RosterError::Newer));
}

#[test]
fn a_claim_shows_that_its_device_has_its_keys() {
    let roster = with_member();
    let invitation = SecretKey::from_seed(&[50; 32]);
    let mailbox = MailboxId([50; 32]);
    let good = Claim::sign(
        (&invitation, mailbox),
        (&key(6), member_key(6), None),
        None,
        Timestamp(1),
    );
    assert!(valid_claim(&good, &roster).is_some());
    let claim = good.peek().unwrap();
    // With another's keys in it, and that device's signature over something else.
    let stolen = Claim {
        device: key(5).public(),
        ..claim.clone()
    };
    assert_eq!(valid_claim(&invitation.sign(&stolen), &roster), None);
    let other_key = Claim {
        key: member_key(5),
        ..claim.clone()
    };
    assert_eq!(valid_claim(&invitation.sign(&other_key), &roster), None);
    // One of tomorrow's counts as far as it is understood.
    let newer = Claim {
        extensions: extended(1),
        ..claim
    };
    assert!(valid_claim(&invitation.sign(&newer), &roster).is_some());
}

#[test]
fn the_mailboxs_lease_parts_nobody_from_the_group_who_cannot_read_it() {
    let mut roster = with_member();
    let lease = Lease {
        since: Timestamp(1_000),
        ends: Timestamp(9_000),
    };
    let said = Change::Lease(LeaseChange {
        lease,
        extensions: Extensions::new(vec![(7, b"tomorrow".to_vec())]).unwrap(),
    });
    assert_eq!(write(&mut roster, said), Ok(Applied::New));
    assert_eq!(roster.lease(), Some(lease));
    // A body that does not decode is an unknown change: for who knows the number, and for who does not.
    let garbled = Change::Unknown {
        number: 32_769,
        body: Blob(b"tomorrow".to_vec()),
    };
    assert_eq!(write(&mut roster, garbled), Ok(Applied::New));
    assert_eq!((roster.lease(), roster.is_newer()), (Some(lease), false));
    let rebuilt = Roster::from_chain(roster.entries().to_vec()).unwrap();
    assert_eq!(
        (rebuilt.head(), rebuilt.lease()),
        (roster.head(), Some(lease))
    );
}

pub(crate) fn turn(epoch: u8, removed: &[u8]) -> Turn {
    let recipient = EpochIdentity::from_seed(&[100 + epoch; 32]).to_recipient();
    Turn {
        removed: removed.iter().map(|it| key(*it).public()).collect(),
        epoch: EpochKeys {
            number: Epoch(u32::from(epoch)),
            recipient: Blob(recipient.as_bytes().to_vec()),
            mailbox: MailboxId([200 + epoch; 32]),
            relays: vec![relay()],
            extensions: Extensions::none(),
        },
        consents: Vec::new(),
        extensions: Extensions::none(),
    }
}

/// The next epoch, without these devices.
pub(crate) fn turn_out(roster: &Roster, removed: &[u8]) -> Change {
    let number = u8::try_from(roster.epoch().number.0).unwrap() + 1;
    Change::Turn(turn(number, removed))
}

#[test]
fn a_turn_puts_people_out_and_what_was_said_before_stays_said_by_them() {
    let mut roster = with_member();
    write(&mut roster, admit(60, Role::Observer)).unwrap();
    write(&mut roster, approve(3, 6)).unwrap();
    let before = Position(4);
    write(&mut roster, Change::Turn(turn(2, &[5]))).unwrap();
    assert_eq!(roster.epoch().number, Epoch(2));
    assert_eq!(roster.turned(), Position(5));
    assert_eq!(roster.person(&key(5).public()), None);
    let gone = roster.removed_person(&key(5).public()).unwrap();
    assert_eq!((gone.at, gone.time), (Position(5), Timestamp(1_000)));
    // Whoever wrote before meant the person, who could read it; whoever writes after does not.
    let three = [member_key(1), member_key(5), member_key(6)];
    assert_eq!(roster.readers_at(before), three);
    assert_eq!(
        roster.readers_at(Position(5)),
        [member_key(1), member_key(6)]
    );
    let at = [0, 4, 5, 9].map(|it| roster.epoch_at(Position(it)));
    assert_eq!(at, [Epoch(1), Epoch(1), Epoch(2), Epoch(2)]);
    // The keys are renewed without anybody going, as often as one likes.
    write(&mut roster, Change::Turn(turn(3, &[]))).unwrap();
    assert_eq!(roster.people().len(), 2);
    assert!(roster.has_epoch(Epoch(1)) && !roster.has_epoch(Epoch(4)));
    // The name is free; the device and its key are not, and the mailbox of no epoch is.
    let mut again = admit(51, Role::Member);
    if let Change::Admit(admit) = &mut again {
        "Person 50".clone_into(&mut admit.name);
    }
    write(&mut roster, again).unwrap();
    let same = write(&mut roster, approve(7, 5));
    assert_eq!(same, Err(RosterError::Contradiction));
    write(&mut roster, approve(7, 8)).unwrap();
    for taken in [2, 202, 203] {
        let mut admit = admit(70, Role::Member);
        if let Change::Admit(admit) = &mut admit {
            admit.mailbox = MailboxId([taken; 32]);
        }
        let written = write(&mut roster, admit);
        assert_eq!(written, Err(RosterError::Contradiction), "{taken}");
    }
    let rebuilt = Roster::from_chain(roster.entries().to_vec()).unwrap();
    assert_eq!(rebuilt.people(), roster.people());
    assert_eq!(rebuilt.removed(), roster.removed());
    assert_eq!(rebuilt.epoch(), roster.epoch());
}

#[test]
fn a_turn_that_cannot_be_is_refused() {
    let mut roster = with_member();
    write(&mut roster, Change::Turn(turn(2, &[]))).unwrap();
    let with = |change: &dyn Fn(&mut Turn)| {
        let mut turn = turn(3, &[5]);
        change(&mut turn);
        Change::Turn(turn)
    };
    for (what, change) in [
        ("no new number", with(&|it| it.epoch.number = Epoch(2))),
        ("a number left out", with(&|it| it.epoch.number = Epoch(4))),
        (
            "no key",
            with(&|it| it.epoch.recipient = Blob(vec![0xff; 1_216])),
        ),
        (
            "an old key",
            with(&|it| it.epoch.recipient = turn(2, &[]).epoch.recipient),
        ),
        (
            "an old mailbox",
            with(&|it| it.epoch.mailbox = MailboxId([2; 32])),
        ),
        (
            "an invitation's mailbox",
            with(&|it| it.epoch.mailbox = MailboxId([50; 32])),
        ),
        ("no relay", with(&|it| it.epoch.relays.clear())),
        (
            "nine relays",
            with(&|it| it.epoch.relays = vec![relay(); 9]),
        ),
        ("a stranger", with(&|it| it.removed = vec![key(9).public()])),
        (
            "one twice",
            with(&|it| it.removed = vec![key(5).public(); 2]),
        ),
        ("its author", with(&|it| it.removed = vec![key(1).public()])),
    ] {
        let written = write(&mut roster, change);
        assert_eq!(written, Err(RosterError::Contradiction), "{what}");
        assert_eq!(roster.people().len(), 2, "{what}");
    }
    // By somebody who is out.
    write(&mut roster, with(&|_| {})).unwrap();
    let entry = sign(
        &key(5),
        roster.next_position().0,
        roster.head(),
        Change::Turn(turn(4, &[])),
    );
    assert_eq!(roster.apply(entry), Err(RosterError::NotEntitled));
}

#[test]
fn who_reads_is_let_in_with_a_key_that_a_turn_reaches() {
    let with = |turn: Option<Blob>| match approve(1, 5) {
        Change::Approve(approve) => Change::Approve(Approve { turn, ..approve }),
        _ => unreachable!(),
    };
    for (role, takes_none) in [
        (Role::Member, false),
        (Role::Observer, false),
        (Role::Defender, true),
    ] {
        let mut roster = Roster::found(founding(0)).unwrap();
        write(&mut roster, admit(50, role)).unwrap();
        let no_key = write(&mut roster, with(Some(Blob(vec![0; 7]))));
        assert_eq!(no_key, Err(RosterError::Contradiction));
        assert_eq!(write(&mut roster, with(None)).is_ok(), takes_none);
    }
}
