//! A recovery key from when it is made to when it has brought somebody back, on the devices of a group.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use bellrope_proto::{ids::Timestamp, signing::SecretKey};

use super::{
    added::{carry_out_added, waiting, write_down},
    admit::{claim_heard, refuse},
    custody::tests::{knows, two},
    join::{open_bundle, restore},
    pending::{carry_out_agreed, hand_pen},
    recover::invite_back,
    transaction::{AdmissionError, RosterTransaction},
    turn::tests::Group,
};
use crate::{
    device::{
        Device, RecoveryStep,
        added::{self, Ask, Word},
        agreed, frozen, unsaid_recoveries,
    },
    extensions::Extensions,
    group::{Add, Another, Change, NewDevice},
    ids::MessageId,
    invitation::Secret,
    message::{Delegation, Freeze, FreezeAct, SaidOfSender},
    recovery::{Division, Gathered, RecoveryKey},
    seal::{EpochIdentity, MemberIdentity},
    show::{RecoveryStanding, RecoveryStatus},
    sync::{
        NewRecoveryKey, RecoveryError, Registered, Worth, assure_recovery, may_have_recovery,
        register_recovery, worth_of_key, worth_of_set,
    },
};

const NOW: Timestamp = Timestamp(1_000_000);
const DAY: u64 = Timestamp::DAY_SECONDS;

fn new() -> NewRecoveryKey {
    NewRecoveryKey::cut(Division::new(2, 3).unwrap())
}

/// The key, as two of its keepers have it.
fn of_two_parts(new: &NewRecoveryKey) -> RecoveryKey {
    let mut gathered = Gathered::default();
    for part in [&new.parts()[2], &new.parts()[0]] {
        gathered.add(part.clone()).unwrap();
    }
    gathered.key().unwrap()
}

fn status(device: &Device, now: Timestamp) -> RecoveryStatus {
    RecoveryStatus::of(device, now).unwrap().unwrap()
}

fn standing(device: &Device) -> RecoveryStanding {
    status(device, NOW).standing
}

/// Nina's device, which has the pen, reads what somebody's has sent.
fn nina_hears(group: &Group, from: &Device) {
    let sent = agreed::read(from, &from.roster().unwrap().unwrap()).recoveries;
    assert_eq!(sent.len(), 1);
    let roster = group.roster();
    for set in sent {
        agreed::change(&group.nina, &roster, |all| all.recovery(set)).unwrap();
    }
    carry_out_agreed(&group.nina, NOW).unwrap();
}

fn told(device: &Device) -> Vec<(String, RecoveryStep, bool)> {
    let news = unsaid_recoveries(device).unwrap().into_iter();
    news.map(|it| (it.name, it.what, it.is_mine)).collect()
}

#[test]
fn who_has_the_pen_writes_their_own_down_at_once_and_others_ask_for_it() {
    let group = two();
    let names = ["Olga".to_owned(), "моя тётя".to_owned()];
    let mine = new();
    assert_eq!(
        register_recovery(&group.nina, &mine, &names, NOW).unwrap(),
        Registered::Done
    );
    let key = of_two_parts(&mine);
    assert_eq!(worth_of_key(&group.nina, &key).unwrap(), Worth::InForce);
    let shown = status(&group.nina, NOW).to_json();
    assert_eq!(shown["standing"], "in_force");
    assert_eq!(shown["parts"][1]["name"], "моя тётя");
    assert_eq!(shown["parts"][2]["name"], serde_json::Value::Null);
    for (part, shown) in mine.parts().iter().zip(shown["parts"].as_array().unwrap()) {
        let begins = shown["begins"].as_str().unwrap();
        assert!(part.letters().starts_with(begins), "{begins}");
    }

    knows(&group, &group.boris);
    let (first, second) = (new(), new());
    assert_eq!(
        register_recovery(&group.boris, &first, &[], NOW).unwrap(),
        Registered::Sent
    );
    assert_eq!(standing(&group.boris), RecoveryStanding::Waits);
    nina_hears(&group, &group.boris);
    knows(&group, &group.boris);
    assert_eq!(standing(&group.boris), RecoveryStanding::InForce);
    // Until the second is written down, the first is what counts.
    register_recovery(&group.boris, &second, &[], NOW).unwrap();
    let (first, second) = (of_two_parts(&first), of_two_parts(&second));
    let worth = |key| worth_of_key(&group.boris, key).unwrap();
    assert_eq!(
        (worth(&first), worth(&second)),
        (Worth::InForce, Worth::Waits)
    );
    assert_eq!(status(&group.boris, NOW).to_json()["before_counts"], true);
    nina_hears(&group, &group.boris);
    knows(&group, &group.boris);
    assert_eq!(
        (worth(&first), worth(&second)),
        (Worth::Void(NOW), Worth::InForce)
    );
    assert_eq!(
        worth_of_set(&group.boris, first.set()).unwrap(),
        Worth::Void(NOW)
    );
    assert_eq!(worth(&key), Worth::NotKnown, "Nina's, on Boris's device");
    // Another device of the group is told, once, and not of what it did itself.
    knows(&group, &group.anna);
    let registered = |name: &str| (name.to_owned(), RecoveryStep::Registered, false);
    assert_eq!(
        told(&group.anna),
        [registered("Nina"), registered("Boris"), registered("Boris")]
    );
    assert_eq!(told(&group.anna), []);
    assert_eq!(told(&group.boris), [registered("Nina")]);
}

/// Two programs, or a device that has not heard yet of what was written.
#[test]
fn of_two_that_were_made_without_knowing_of_each_other_the_first_stays_and_that_is_said() {
    let group = two();
    knows(&group, &group.boris);
    let (first, second) = (new(), new());
    register_recovery(&group.boris, &first, &["Olga".to_owned()], NOW).unwrap();
    nina_hears(&group, &group.boris);
    register_recovery(&group.boris, &second, &[], NOW.plus(1)).unwrap();
    nina_hears(&group, &group.boris);
    knows(&group, &group.boris);
    let worth = |new| worth_of_key(&group.boris, &of_two_parts(new)).unwrap();
    assert_eq!(worth(&first), Worth::InForce);
    assert_eq!(worth(&second), Worth::Void(NOW.plus(1)));
    let shown = status(&group.boris, NOW).to_json();
    assert_eq!(shown["standing"], "in_force");
    assert_eq!(shown["parts"][0]["name"], "Olga");
}

/// Whoever has a device in their hands could come back by a key that they made with it.
#[test]
fn of_a_frozen_device_no_recovery_key_is_written_down() {
    let group = two();
    knows(&group, &group.boris);
    register_recovery(&group.boris, &new(), &[], NOW).unwrap();
    let said = SaidOfSender {
        id: MessageId([1; 16]),
        arrived: NOW,
        author: group.anna.signing().public(),
        freeze: Freeze {
            act: FreezeAct::Freeze,
            device: group.boris.signing().public(),
            lifts: Vec::new(),
            reason: String::new(),
            extensions: Extensions::none(),
        },
        is_own_word: false,
    };
    frozen::note(&group.nina, said, &group.roster()).unwrap();
    nina_hears(&group, &group.boris);
    let boris = group.boris.signing().public();
    assert_eq!(group.roster().recovery_of(&boris), None);
    // Nor when it is lifted.
    let kept = agreed::read(&group.nina, &group.roster());
    assert!(kept.recoveries.is_empty());
}

#[test]
fn a_defender_has_none_and_names_are_checked() {
    let group = Group::new();
    let refused = may_have_recovery(&group.alena);
    assert!(matches!(refused, Err(RecoveryError::NotAsked)));
    assert!(RecoveryStatus::of(&group.alena, NOW).unwrap().is_none());
    let names = |count| vec!["Olga".to_owned(); count];
    let refused = register_recovery(&group.nina, &new(), &names(4), NOW);
    assert!(matches!(refused, Err(RecoveryError::TooManyNames)));
    let refused = register_recovery(&group.nina, &new(), &["\u{202e}".to_owned()], NOW);
    assert!(matches!(refused, Err(RecoveryError::Name(_))));
    assert_eq!(standing(&group.nina), RecoveryStanding::None);
}

#[test]
fn after_ninety_days_somebody_is_to_ask_and_by_no_clock_that_was_set_back() {
    let group = Group::new();
    assert!(matches!(
        assure_recovery(&group.nina, NOW),
        Err(RecoveryError::NoParts)
    ));
    register_recovery(&group.nina, &new(), &[], NOW).unwrap();
    let is_due = |days: u64| status(&group.nina, NOW.plus(days * DAY)).is_due;
    assert!(!is_due(89) && is_due(90) && is_due(1_000));
    assure_recovery(&group.nina, NOW.plus(100 * DAY)).unwrap();
    assert!(!is_due(0) && !is_due(189) && is_due(190));
}

/// Boris has lost his device and has a key by two parts: a new device of his asks with this one.
fn asks_back(group: &Group, key: &RecoveryKey, home: &str) {
    let boris = group.boris.signing().public();
    let back = invite_back(&group.nina, &boris, NOW.plus(DAY), NOW).unwrap();
    let invitation = back.code.secret.keys().invitation.public();
    // Who has the lost one in their hands has read of it, and says no.
    let no = Word {
        by: boris,
        invitation,
        proof: None,
    };
    added::change(&group.nina, (&group.roster(), NOW), |all| all.word(no)).unwrap();
    let bundle = open_bundle(&back.code, &back.bundle, NOW).unwrap();
    assert!(bundle.is_for_device());
    let (home, passphrase) = (group.dir.path().join(home), "a long enough passphrase");
    let new = restore(&home, &passphrase.into(), (&back.code, bundle), key, NOW).unwrap();
    let claim = new.state().unwrap().joined.unwrap().claim;
    claim_heard(&group.nina, &claim, None, NOW).unwrap();
}

/// How many devices Boris has when it has asked.
fn comes_back(group: &Group, key: &RecoveryKey, home: &str) -> usize {
    asks_back(group, key, home);
    carry_out_added(&group.nina, NOW).unwrap();
    let boris = group.boris.signing().public();
    group.roster().devices_of(&boris).count()
}

#[test]
fn the_slower_of_two_programs_fails_at_nothing_that_the_faster_did() {
    let group = two();
    knows(&group, &group.boris);
    let key = new();
    register_recovery(&group.boris, &key, &[], NOW).unwrap();
    nina_hears(&group, &group.boris);
    let nina = &group.nina;
    let read = || {
        let roster = group.roster();
        let known = added::read(nina, &roster, NOW);
        let waiting = waiting(nina, &roster).unwrap();
        assert_eq!(waiting.len(), 1);
        (roster, known, waiting)
    };
    // Refused by the other, or let in by it.
    asks_back(&group, &of_two_parts(&key), "refused");
    let (roster, known, waiting) = read();
    refuse(nina, waiting[0].at, NOW).unwrap();
    assert!(!write_down(nina, (&roster, &known), waiting, NOW).unwrap());
    asks_back(&group, &of_two_parts(&key), "kept");
    let (roster, known, waiting) = read();
    carry_out_added(nina, NOW).unwrap();
    let length = group.roster().entries().len();
    write_down(nina, (&roster, &known), waiting, NOW).unwrap();
    assert_eq!(group.roster().entries().len(), length);
    // Or the pen has gone to Anna's device, which hears the same; what was asked of this one is not forgotten.
    let (boris, secret) = (group.boris.signing(), Secret::random());
    let ask = Ask {
        by: boris.public(),
        delegation: boris.sign(&Delegation {
            group: roster.id(),
            invitation: secret.keys().invitation.public(),
            coordinator: boris.public(),
            to: Vec::new(),
        }),
        secret,
        expires: NOW.plus(DAY),
    };
    let roster = group.roster();
    added::change(nina, (&roster, NOW), |all| all.ask(ask)).unwrap();
    let known = added::read(nina, &roster, NOW);
    hand_pen(nina, &group.anna.signing().public(), NOW).unwrap();
    assert!(!write_down(nina, (&roster, &known), Vec::new(), NOW).unwrap());
    assert_eq!(added::read(nina, &group.roster(), NOW).asks, known.asks);
}

#[test]
fn the_word_of_the_key_is_heard_before_that_of_the_lost_device_and_of_no_other_key() {
    let group = two();
    knows(&group, &group.boris);
    let boris = group.boris.signing().public();
    let refused = invite_back(&group.nina, &boris, NOW.plus(DAY), NOW);
    assert!(matches!(refused, Err(AdmissionError::NoRecoveryKey)));
    let (old, newest) = (new(), new());
    for new in [&old, &newest] {
        register_recovery(&group.boris, new, &[], NOW).unwrap();
        nina_hears(&group, &group.boris);
        knows(&group, &group.boris);
    }
    assert_eq!(comes_back(&group, &of_two_parts(&old), "old parts"), 1);
    assert_eq!(comes_back(&group, &of_two_parts(&newest), "in hand"), 2);
    let refused = invite_back(&group.nina, &boris, NOW.plus(DAY), NOW);
    assert!(matches!(refused, Err(AdmissionError::NoRecoveryKey)));
}

#[test]
fn a_key_brings_one_device_back_and_everybody_is_told_loudly_and_once() {
    let group = two();
    knows(&group, &group.boris);
    let made = new();
    register_recovery(&group.boris, &made, &[], NOW).unwrap();
    nina_hears(&group, &group.boris);
    for device in [&group.anna, &group.boris] {
        knows(&group, device);
        let _ = told(device);
    }
    // On a new device, by two parts.
    let key = of_two_parts(&made).signing();
    let (signing, member) = (
        SecretKey::from_seed(&[41; 32]),
        MemberIdentity::from_seed(&[42; 32]),
    );
    let turn = EpochIdentity::from_seed(&[43; 32]).to_recipient();
    let invitation = SecretKey::from_seed(&[44; 32]);
    let comes = |group: &Group| {
        let mut change = RosterTransaction::begin(&group.nina, NOW).unwrap();
        let admitted_at = change.append(Change::Another(Another {
            invitation: invitation.public(),
            of: group.boris.signing().public(),
            mailbox: SecretKey::<bellrope_proto::signing::Authority>::from_seed(&[45; 32])
                .public()
                .mailbox(),
            expires: NOW.plus(DAY),
            extensions: Extensions::none(),
        }))?;
        let named = (group.roster().id(), invitation.public());
        let new = NewDevice::new(named, (signing.public(), member.to_key(), &turn));
        change.append(Change::Add(Add {
            admitted_at,
            device: new.device,
            key: new.key,
            turn: new.turn.clone(),
            proof: new.prove_by_recovery(&key),
            extensions: Extensions::none(),
        }))?;
        change.commit()
    };
    comes(&group).unwrap();
    let boris = group.boris.signing().public();
    assert_eq!(group.roster().devices_of(&boris).count(), 2);
    // Used once; whoever finds the parts later has nothing.
    assert!(comes(&group).is_err());
    for device in [&group.anna, &group.boris] {
        knows(&group, device);
        let is_mine = device.signing().public() == boris;
        assert_eq!(
            told(device),
            [("Boris".to_owned(), RecoveryStep::Restored, is_mine)]
        );
        assert_eq!(told(device), []);
    }
    assert_eq!(standing(&group.boris), RecoveryStanding::Lapsed);
    let worth = worth_of_key(&group.boris, &of_two_parts(&made)).unwrap();
    assert_eq!(worth, Worth::Void(NOW));
    assert_eq!(told(&group.nina).len(), 2, "who wrote it down is told too");
}
