//! Chains in which people have several devices, lose one, and lose all, and entries that do not count for what came with that.

use bellrope_proto::{
    codec::Blob,
    signing::{Device, PublicKey, Recovery, SecretKey},
};

use super::{
    entries::Refused,
    pens::{At, ONE, hand, of, one, put_out, role, signed_by, take, three},
    world::*,
};
use crate::{
    extensions::Extensions,
    group::{
        Add, Another, Change, ConsentTo, DEVICES_MAX, NewDevice, Policy, Proof, SetRecovery,
        head_after,
    },
    ids::{GroupId, Position},
};

/// Ivan's second device, and one more.
pub(super) const IVANS: u8 = 7;
const IVANS_THIRD: u8 = 12;

/// Vera's second.
const VERAS: u8 = 8;

pub(super) const SECOND: &str = "a member has a second device";

const FIRST_OUT: &str = "the first of two devices is out and its person stays";

const FIVE: &str = "a member has five devices";

const LOST: &str = "a person's recovery key is registered";

const RESTORED: &str = "a person who has lost every device comes back by the recovery key";

const OF_THREE: &str = "two of three coordinators have a second device each";

/// An invitation for another device of somebody.
pub(super) fn another(of: u8, new: u8) -> Change {
    Change::Another(Another {
        invitation: invitation(new).invitation.public(),
        of: device(of).public(),
        mailbox: invitation(new).mailbox(),
        expires: EXPIRES,
        extensions: Extensions::none(),
    })
}

fn new_device(chain: &Chain, new: u8) -> NewDevice {
    NewDevice {
        group: GroupId(head_after(&chain.0[0])),
        invitation: invitation(new).invitation.public(),
        device: device(new).public(),
        key: member(new),
        turn: turn(new),
    }
}

/// Its device is that person's, as one of theirs says.
pub(super) fn add(chain: &Chain, admitted_at: u32, new: u8, by: u8) -> Change {
    let proof = new_device(chain, new).prove(&device(by));
    Change::Add(added(admitted_at, new, proof))
}

fn added(admitted_at: u32, new: u8, proof: Proof) -> Add {
    Add {
        admitted_at: Position(admitted_at),
        device: device(new).public(),
        key: member(new),
        turn: turn(new),
        proof,
        extensions: Extensions::none(),
    }
}

fn recovery(number: u8) -> SecretKey<Recovery> {
    SecretKey::from_seed(&[0x60 + number; 32])
}

fn restored(chain: &Chain, admitted_at: u32, new: u8, number: u8) -> Change {
    let proof = new_device(chain, new).prove_by_recovery(&recovery(number));
    Change::Add(added(admitted_at, new, proof))
}

/// A person's recovery key is this one, where it was that.
pub(super) fn register(chain: &Chain, by: u8, before: Option<u8>, key: Option<u8>) -> Change {
    let public = |number: Option<u8>| number.map(|number| recovery(number).public());
    let group = GroupId(head_after(&chain.0[0]));
    Change::Recovery(SetRecovery::sign(
        group,
        public(before),
        public(key),
        &device(by),
    ))
}

/// With another device of somebody.
fn with(chain: &Chain, of: u8, new: u8) -> Chain {
    let at = u32::try_from(chain.0.len()).unwrap();
    let invited = chain.then(another(of, new));
    invited.then(add(&invited, at, new, of))
}

fn five() -> Chain {
    let second = with(&one(), IVAN, IVANS);
    (IVANS_THIRD..)
        .take(DEVICES_MAX - 2)
        .fold(second, |chain, new| with(&chain, IVAN, new))
}

fn lost() -> Chain {
    let one = one();
    one.then(register(&one, IVAN, None, Some(1)))
}

fn of_three() -> Chain {
    with(&with(&three(), VERA, VERAS), IVAN, IVANS)
}

pub(super) fn chains() -> Vec<(&'static str, Chain)> {
    let second = with(&one(), IVAN, IVANS);
    let first_out = second.turned(turn_to(2, &[IVAN]));
    let lost = lost();
    let back = lost.then(another(IVAN, IVANS));
    let at_back = u32::try_from(lost.0.len()).unwrap();
    let restored = back.then(restored(&back, at_back, IVANS, 1));
    let of_three = of_three();
    let at = At::of(&of_three, 1);
    let consent = |by, to, about| at.consent(by, to, about);
    let duty = |who: &[u8]| {
        let circle = who.iter().map(|who| device(*who).public());
        Change::Policy(Policy {
            circle: Some(circle.collect()),
            ..Policy::default()
        })
    };
    let handed = of_three.then(hand(VERAS));
    let invited = one().then(another(IVAN, IVANS));
    let from_own = handed.with(&signed_by(&handed, VERAS, super::rosters::withdraw(7)));
    vec![
        (SECOND, second.clone()),
        (FIRST_OUT, first_out.clone()),
        ("the other vouches for a third, and coordinates with it", {
            let at = u32::try_from(first_out.0.len()).unwrap();
            let invited = first_out.then(another(IVANS, IVANS_THIRD));
            let third = invited.then(add(&invited, at, IVANS_THIRD, IVANS));
            third.then(Change::Promote(role(IVANS_THIRD, Vec::new())))
        }),
        (
            "both devices of a person are out",
            second.turned(turn_to(2, &[IVAN, IVANS])),
        ),
        (FIVE, five()),
        (
            "whoever is on duty is that by whichever device, and stays on duty when it is out",
            second.then(duty(&[IVANS])).turned(turn_to(2, &[IVANS])),
        ),
        (LOST, lost.clone()),
        ("a recovery key in the place of another, and none", {
            let next = lost.then(register(&lost, IVAN, Some(1), Some(2)));
            next.then(register(&next, IVAN, Some(2), None))
        }),
        (RESTORED, restored.clone()),
        (OF_THREE, of_three.clone()),
        (
            "a coordinator puts out a device of their own with the other",
            of_three.turned(put_out(
                &[IVAN],
                vec![consent(IVANS, ConsentTo::RemoveDevice, IVAN)],
            )),
        ),
        (
            "one device of a coordinator is put out by two others",
            of_three.turned(put_out(
                &[IVANS],
                vec![consent(ROSA, ConsentTo::RemoveDevice, IVANS)],
            )),
        ),
        (
            "a coordinator is put out with both devices, whichever was named",
            of_three.turned(put_out(
                &[IVAN, IVANS],
                vec![consent(ROSA, ConsentTo::Remove, IVANS)],
            )),
        ),
        (
            "a person agrees by a second device",
            of_three.turned(put_out(
                &[OLGA],
                vec![consent(IVANS, ConsentTo::Remove, OLGA)],
            )),
        ),
        (
            "who has the pen puts out the own second device",
            of_three.turned(put_out(&[VERAS], Vec::new())),
        ),
        (
            "the pen goes to the own second device, which writes",
            from_own,
        ),
        (
            "a second device takes the pen with another coordinator",
            of_three.with(&signed_by(
                &of_three,
                VERAS,
                take(&of_three, VERAS, &[ROSA]),
            )),
        ),
        (
            "an invitation for a device of somebody who is out",
            invited.turned(turn_to(2, &[IVAN])),
        ),
        ("an invitation for another device", invited),
        (
            "an invitation for a sixth device",
            five().then(another(IVAN, VERAS)),
        ),
        (
            "an invitation for a third device, by the second",
            first_out.then(another(IVANS, IVANS_THIRD)),
        ),
        ("an invitation for who has lost every device", back),
        (
            "an invitation for a second device, after the recovery key has spoken",
            restored.then(another(IVAN, IVANS_THIRD)),
        ),
        (
            "a recovery key in the place of another",
            lost.then(register(&lost, IVAN, Some(1), Some(2))),
        ),
        (
            "the other member has a second device",
            with(&one(), ROSA, IVANS),
        ),
        (
            "another is invited for a device, and the first invitation is replaced",
            one()
                .then(another(IVAN, IVANS))
                .then(another(IVAN, IVANS_THIRD)),
        ),
    ]
}

fn invitations() -> Vec<Refused> {
    let changed = |why, change: &dyn Fn(&mut Another)| {
        let Change::Another(mut another) = another(IVAN, IVANS) else {
            unreachable!()
        };
        change(&mut another);
        Refused::after(ONE, "R19", why, Change::Another(another))
    };
    vec![
        changed("another device of an observer", &|it| {
            it.of = device(OLGA).public()
        }),
        changed("another device of a defender", &|it| {
            it.of = device(NADIA).public()
        }),
        changed("another device of nobody", &|it| {
            it.of = device(STRANGER).public()
        }),
        changed("an invitation's key again", &|it| {
            it.invitation = invitation(ROSA).invitation.public();
        }),
        changed("an invitation's mailbox again", &|it| {
            it.mailbox = invitation(ROSA).mailbox();
        }),
        changed("the group's mailbox", &|it| {
            it.mailbox = epoch_keys(1).mailbox
        }),
        changed("it ends before it is made", &|it| it.expires = TIME),
    ]
}

fn additions() -> Vec<Refused> {
    let invited = one().then(another(IVAN, IVANS));
    let at = u32::try_from(one().0.len()).unwrap();
    let good = || new_device(&invited, IVANS).prove(&device(IVAN));
    let refused = |why, add: Add| of_chain(&invited, "R20", why, VERA, Change::Add(add));
    let with_proof = |why, proof| refused(why, added(at, IVANS, proof));
    let changed = |why, change: &dyn Fn(&mut Add)| {
        let mut add = added(at, IVANS, good());
        change(&mut add);
        refused(why, add)
    };
    let signature = match good() {
        Proof::Device(_, signature) | Proof::Recovery(_, signature) => signature,
    };
    let as_recovery = Proof::Recovery(PublicKey::from_bytes(device(IVAN).public().0), signature);
    let other_group = NewDevice {
        group: GroupId(invited.head()),
        ..new_device(&invited, IVANS)
    };
    let other_invitation = NewDevice {
        invitation: invitation(ROSA).invitation.public(),
        ..new_device(&invited, IVANS)
    };
    let lost = lost();
    let back = lost.then(another(IVAN, IVANS));
    let at_back = u32::try_from(lost.0.len()).unwrap();
    let five = five();
    let at_five = u32::try_from(five.0.len()).unwrap();
    let sixth = five.then(another(IVAN, VERAS));
    let first_out = with(&one(), IVAN, IVANS).turned(turn_to(2, &[IVAN]));
    let at_out = u32::try_from(first_out.0.len()).unwrap();
    let third = first_out.then(another(IVANS, IVANS_THIRD));
    let used = back.then(restored(&back, at_back, IVANS, 1));
    let at_used = u32::try_from(used.0.len()).unwrap();
    let twice = used.then(another(IVAN, IVANS_THIRD));
    vec![
        with_proof(
            "who has the pen vouches for another's device",
            new_device(&invited, IVANS).prove(&device(VERA)),
        ),
        with_proof(
            "the new device vouches for itself",
            new_device(&invited, IVANS).prove(&device(IVANS)),
        ),
        with_proof("a device vouches as a recovery key", as_recovery),
        with_proof(
            "a recovery key that nobody registered",
            new_device(&invited, IVANS).prove_by_recovery(&recovery(1)),
        ),
        with_proof(
            "vouched for in another group",
            other_group.prove(&device(IVAN)),
        ),
        with_proof(
            "vouched for by another invitation",
            other_invitation.prove(&device(IVAN)),
        ),
        changed("other keys than were vouched for", &|it| {
            it.key = member(STRANGER)
        }),
        changed("a turn key that is none", &|it| {
            it.turn = Blob(vec![0xff; 1_216])
        }),
        changed("an invitation for a person", &|it| {
            it.admitted_at = Position(7)
        }),
        changed("no invitation", &|it| it.admitted_at = Position(2)),
        of_chain(
            &invited,
            "R10",
            "a person by an invitation for a device",
            VERA,
            Change::Approve(approve(at, IVANS)),
        ),
        of_chain(
            &back,
            "R20",
            "another recovery key than is registered",
            VERA,
            restored(&back, at_back, IVANS, 2),
        ),
        of_chain(
            &twice,
            "R20",
            "a recovery key speaks again",
            VERA,
            restored(&twice, at_used, IVANS_THIRD, 1),
        ),
        of_chain(
            &sixth,
            "R20",
            "a sixth device",
            VERA,
            add(&sixth, at_five, VERAS, IVAN),
        ),
        of_chain(
            &third,
            "R20",
            "a device that is out vouches",
            VERA,
            add(&third, at_out, IVANS_THIRD, IVAN),
        ),
        {
            let gone = invited.turned(turn_to(2, &[IVAN]));
            of_chain(
                &gone,
                "R20",
                "a device of somebody who is out",
                VERA,
                add(&gone, at, IVANS, IVAN),
            )
        },
        {
            let keys = |new: u8, from: u8| {
                let new = NewDevice {
                    device: device(from).public(),
                    ..new_device(&invited, new)
                };
                let proof = new.prove(&device(IVAN));
                Add {
                    device: new.device,
                    ..added(at, IVANS, proof)
                }
            };
            refused("a device of somebody else's", keys(IVANS, ROSA))
        },
    ]
}

fn recoveries() -> Vec<Refused> {
    let lost = lost();
    let next = lost.then(register(&lost, IVAN, Some(1), Some(2)));
    let signed_by_another = match register(&lost, IVAN, Some(1), Some(2)) {
        Change::Recovery(set) => Change::Recovery(SetRecovery {
            by: device(ROSA).public(),
            ..set
        }),
        other => other,
    };
    let with_key = |key: [u8; 32]| {
        let key: PublicKey<Recovery> = PublicKey::from_bytes(key);
        let group = GroupId(head_after(&lost.0[0]));
        let before = Some(recovery(1).public());
        Change::Recovery(SetRecovery::sign(group, before, Some(key), &device(IVAN)))
    };
    let refused = |chain: &Chain, why, change| of_chain(chain, "R21", why, VERA, change);
    vec![
        refused(
            &lost,
            "the key before is another",
            register(&lost, IVAN, None, Some(2)),
        ),
        refused(
            &next,
            "played back",
            register(&lost, IVAN, Some(1), Some(2)),
        ),
        refused(
            &next,
            "a key that was replaced",
            register(&next, IVAN, Some(2), Some(1)),
        ),
        refused(
            &lost,
            "a key of another person's",
            register(&lost, ROSA, None, Some(1)),
        ),
        refused(
            &lost,
            "the same key",
            register(&lost, IVAN, Some(1), Some(1)),
        ),
        refused(
            &lost,
            "no key where there is none",
            register(&lost, ROSA, None, None),
        ),
        refused(
            &lost,
            "of an observer",
            register(&lost, OLGA, None, Some(2)),
        ),
        refused(&lost, "of nobody", register(&lost, STRANGER, None, Some(2))),
        refused(&lost, "signed by another", signed_by_another),
        refused(&lost, "a key that is none", with_key([0; 32])),
    ]
}

fn counted() -> Vec<Refused> {
    let of_three = of_three();
    let at = At::of(&of_three, 1);
    let turned = |rule, why, removed: &[u8], consents| {
        of(
            OF_THREE,
            VERA,
            rule,
            why,
            Change::Turn(put_out(removed, consents)),
        )
    };
    let consent = |by, to, about| at.consent(by, to, about);
    vec![
        turned(
            "R16",
            "the own second device agrees",
            &[OLGA],
            vec![consent(VERAS, ConsentTo::Remove, OLGA)],
        ),
        turned(
            "R16",
            "a coordinator agrees by a second device with being put out",
            &[IVAN, IVANS],
            vec![consent(IVANS, ConsentTo::Remove, IVAN)],
        ),
        turned(
            "R16",
            "one device of another's, alone",
            &[IVANS],
            Vec::new(),
        ),
        turned(
            "R16",
            "a device agrees with being put out itself",
            &[IVANS],
            vec![consent(IVANS, ConsentTo::RemoveDevice, IVANS)],
        ),
        turned(
            "R15",
            "consent that a person goes, for one device",
            &[IVANS],
            vec![consent(ROSA, ConsentTo::Remove, IVANS)],
        ),
        turned(
            "R15",
            "consent that one device goes, for a person",
            &[IVAN, IVANS],
            vec![consent(ROSA, ConsentTo::RemoveDevice, IVAN)],
        ),
        turned(
            "R15",
            "one consent about a person twice, by two devices' names",
            &[IVAN, IVANS],
            vec![
                consent(ROSA, ConsentTo::Remove, IVAN),
                consent(ROSA, ConsentTo::Remove, IVANS),
            ],
        ),
        of(
            OF_THREE,
            IVAN,
            "R17",
            "both devices of one of three",
            take(&of_three, IVAN, &[IVANS]),
        ),
        of(
            OF_THREE,
            VERAS,
            "R17",
            "the second device of who has the pen, alone",
            take(&of_three, VERAS, &[]),
        ),
        of_chain(
            &with(&one(), ROSA, IVANS),
            "R17",
            "two devices of one of two members",
            ROSA,
            {
                let chain = with(&one(), ROSA, IVANS);
                take(&chain, ROSA, &[IVANS])
            },
        ),
        of_chain(
            &five(),
            "R18",
            "one person twice in the circle, by two devices",
            VERA,
            Change::Policy(Policy {
                circle: Some(
                    [IVAN, IVANS]
                        .map(|who: u8| -> PublicKey<Device> { device(who).public() })
                        .to_vec(),
                ),
                ..Policy::default()
            }),
        ),
    ]
}

/// After a chain of the file.
fn of_chain(
    chain: &Chain,
    rule: &'static str,
    why: &'static str,
    who: u8,
    change: Change,
) -> Refused {
    of(super::rosters::name_of(chain), who, rule, why, change)
}

pub(super) fn refused() -> Vec<Refused> {
    let all = [invitations(), additions(), recoveries(), counted()];
    all.into_iter().flatten().collect()
}
