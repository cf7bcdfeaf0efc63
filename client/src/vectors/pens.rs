//! Chains in which others coordinate and write, and entries that do not count for what came with that.

use bellrope_proto::signing::{Device, PublicKey, SecretKey, Signed};

use super::{
    encoded,
    entries::{Refused, after_everybody},
    rosters::{moved, withdraw},
    world::*,
};
use crate::{
    extensions::Extensions,
    group::{
        Change, Consent, ConsentTo, Entry, Hand, RoleChange, Take, TakeOver, Turn, head_after,
    },
    ids::{Epoch, GroupId},
};

/// Vera coordinates alone; Ivan and Rosa are members.
pub(super) const ONE: &str = "one coordinator and two members";

/// Ivan coordinates as well, and Rosa is the only member.
pub(super) const TWO: &str = "two coordinators and one member";

/// Rosa too, and another is a member.
pub(super) const THREE: &str = "three coordinators and one member";

/// What everything that is signed here is signed for.
#[derive(Clone)]
pub(super) struct At {
    group: GroupId,
    epoch: u32,
}

impl At {
    pub(super) fn of(chain: &Chain, epoch: u32) -> Self {
        Self {
            group: GroupId(head_after(&chain.0[0])),
            epoch,
        }
    }

    pub(super) fn consent(&self, by: u8, to: ConsentTo, about: u8) -> Signed<Consent> {
        device(by).sign(&self.said(by, to, about))
    }

    fn said(&self, by: u8, to: ConsentTo, about: u8) -> Consent {
        Consent {
            group: self.group,
            epoch: Epoch(self.epoch),
            by: device(by).public(),
            to,
            about: device(about).public(),
            extensions: Extensions::none(),
        }
    }
}

pub(super) fn role(about: u8, consents: Vec<Signed<Consent>>) -> RoleChange {
    RoleChange {
        device: device(about).public(),
        consents,
        extensions: Extensions::none(),
    }
}

pub(super) fn hand(to: u8) -> Change {
    Change::Hand(Hand {
        to: device(to).public(),
        extensions: Extensions::none(),
    })
}

/// Takes the pen at the end of a chain.
pub(super) fn take(chain: &Chain, holder: u8, by: &[u8]) -> Change {
    let at = (GroupId(head_after(&chain.0[0])), chain.head());
    let sign = |by: &u8| {
        let by: SecretKey<Device> = device(*by);
        let signature = TakeOver::sign(at, device(holder).public(), &by);
        (by.public(), signature)
    };
    Change::Take(Take {
        signatures: by.iter().map(sign).collect(),
        extensions: Extensions::none(),
    })
}

/// The next epoch, without these people, with these consents.
pub(super) fn put_out(removed: &[u8], consents: Vec<Signed<Consent>>) -> Turn {
    Turn {
        consents,
        ..turn_to(2, removed)
    }
}

fn by(chain: &Chain, who: u8, change: Change) -> Chain {
    chain.with(&signed_by(chain, who, change))
}

pub(super) fn signed_by(chain: &Chain, who: u8, change: Change) -> Signed<Entry> {
    device(who).sign(&Entry {
        author: device(who).public(),
        ..chain.entry(change)
    })
}

pub(super) fn one() -> Chain {
    everybody().then(Change::Approve(approve(8, ROSA)))
}

pub(super) fn two() -> Chain {
    one().then(Change::Promote(role(IVAN, Vec::new())))
}

pub(super) fn three() -> Chain {
    let two = two();
    let at = At::of(&two, 1);
    let agreed = at.consent(IVAN, ConsentTo::Promote, ROSA);
    let admit = Change::Admit(admit(STRANGER, crate::group::Role::Member));
    two.then(admit)
        .then(Change::Approve(approve(11, STRANGER)))
        .then(Change::Promote(role(ROSA, vec![agreed])))
}

/// Vera, Ivan, Rosa and another coordinate, from where Vera did alone.
pub(super) fn four() -> Vec<Signed<Entry>> {
    let one = one();
    let at = At::of(&one, 1);
    let agreed = |about| vec![at.consent(IVAN, ConsentTo::Promote, about)];
    let admit = Change::Admit(admit(STRANGER, crate::group::Role::Member));
    let four = one
        .then(admit)
        .then(Change::Approve(approve(10, STRANGER)))
        .then(Change::Promote(role(IVAN, Vec::new())))
        .then(Change::Promote(role(ROSA, agreed(ROSA))))
        .then(Change::Promote(role(STRANGER, agreed(STRANGER))));
    four.0[one.0.len()..].to_vec()
}

pub(super) fn chains() -> Vec<(&'static str, Chain)> {
    let (one, two, three) = (one(), two(), three());
    let at = At::of(&two, 1);
    let handed = two.then(hand(IVAN));
    let remove = |by, about| at.consent(by, ConsentTo::Remove, about);
    let demote = |by, about| at.consent(by, ConsentTo::Demote, about);
    vec![
        (ONE, one.clone()),
        (TWO, two.clone()),
        (THREE, three.clone()),
        (
            "the pen goes to another, and he writes",
            by(&handed, IVAN, moved(vec![relay(2)])),
        ),
        (
            "the pen goes there and back",
            by(&handed, IVAN, hand(VERA)).then(withdraw(7)),
        ),
        ("the founder resigns and is put out", {
            let resigned = role(VERA, vec![demote(VERA, VERA)]);
            let alone = by(&handed, IVAN, Change::Demote(resigned));
            by(&alone, IVAN, Change::Turn(turn_to(2, &[VERA])))
        }),
        (
            "one of two coordinators is put out with the only member's consent",
            two.turned(put_out(&[IVAN], vec![remove(ROSA, IVAN)])),
        ),
        (
            "one of two is no coordinator any more",
            two.then(Change::Demote(role(IVAN, vec![demote(ROSA, IVAN)]))),
        ),
        (
            "an observer is put out by two of three",
            three.turned(put_out(&[OLGA], vec![remove(ROSA, OLGA)])),
        ),
        (
            "two are put out at once, one of them a coordinator",
            three.turned(put_out(
                &[ROSA, OLGA],
                vec![remove(IVAN, ROSA), remove(IVAN, OLGA)],
            )),
        ),
        ("a consent with an extension that is critical", {
            let mut said = at.said(ROSA, ConsentTo::Remove, OLGA);
            said.extensions = extended(1);
            three.turned(put_out(&[OLGA], vec![device(ROSA).sign(&said)]))
        }),
        (
            "the only coordinator's pen is taken by all members",
            by(&one, ROSA, take(&one, ROSA, &[IVAN])),
        ),
        (
            "the pen is taken by the other of two with the only member",
            by(&two, IVAN, take(&two, IVAN, &[ROSA])),
        ),
        (
            "the pen is taken by two of three, and others sign as well",
            by(&three, ROSA, take(&three, ROSA, &[IVAN, STRANGER, OLGA])),
        ),
    ]
}

/// After a chain: an entry of somebody's.
pub(super) fn of(
    after: &'static str,
    who: u8,
    rule: &'static str,
    why: &'static str,
    change: Change,
) -> Refused {
    let entry = signed_by(&super::rosters::chain(after), who, change);
    let mut refused = after_everybody(rule, why, encoded(&entry));
    refused.after = Some(after);
    refused
}

fn holders() -> Vec<Refused> {
    vec![
        of(
            TWO,
            IVAN,
            "R5",
            "by a coordinator without the pen",
            withdraw(7),
        )
        .said("rogue"),
        of(
            "the pen goes to another, and he writes",
            VERA,
            "R5",
            "by who has handed the pen over",
            withdraw(7),
        )
        .said("rogue"),
        of(TWO, ROSA, "R5", "a member hands the pen over", hand(IVAN)).said("rogue"),
        of(TWO, VERA, "R17", "the pen for who has it", hand(VERA)),
        of(TWO, VERA, "R17", "the pen for a member", hand(ROSA)),
        of(TWO, VERA, "R17", "the pen for nobody", hand(PAVEL)),
    ]
}

fn consents() -> Vec<Refused> {
    let three = three();
    let at = At::of(&three, 1);
    let good = at.consent(ROSA, ConsentTo::Remove, OLGA);
    let refused = |rule, why, consents| {
        of(
            THREE,
            VERA,
            rule,
            why,
            Change::Turn(put_out(&[OLGA], consents)),
        )
    };
    let with = |change: &dyn Fn(&mut Consent)| {
        let mut said = at.said(ROSA, ConsentTo::Remove, OLGA);
        change(&mut said);
        vec![device(ROSA).sign(&said)]
    };
    let forged = device(STRANGER).sign(&at.said(ROSA, ConsentTo::Remove, OLGA));
    vec![
        refused("R15", "a consent that another signed", vec![forged]),
        refused(
            "R15",
            "a consent of another group",
            with(&|it| it.group = GroupId(three.head())),
        ),
        refused(
            "R15",
            "a consent of another epoch",
            with(&|it| it.epoch = Epoch(2)),
        ),
        refused(
            "R15",
            "a consent to another step",
            with(&|it| it.to = ConsentTo::Demote),
        ),
        refused(
            "R15",
            "a consent of a later version",
            with(&|it| it.to = ConsentTo::Unknown(9)),
        ),
        refused(
            "R15",
            "a consent about another",
            with(&|it| it.about = device(IVAN).public()),
        ),
        refused("R15", "one consent twice", vec![good.clone(), good]),
        refused("R16", "nobody else has agreed", Vec::new()),
        refused(
            "R16",
            "only who writes has agreed",
            vec![at.consent(VERA, ConsentTo::Remove, OLGA)],
        ),
        refused(
            "R16",
            "only a member has agreed",
            vec![at.consent(STRANGER, ConsentTo::Remove, OLGA)],
        ),
        of(
            THREE,
            VERA,
            "R16",
            "a coordinator agrees with being put out",
            Change::Turn(put_out(
                &[IVAN],
                vec![at.consent(IVAN, ConsentTo::Remove, IVAN)],
            )),
        ),
        of(
            THREE,
            VERA,
            "R16",
            "two agree with each other's being put out",
            Change::Turn(put_out(
                &[IVAN, ROSA],
                vec![
                    at.consent(IVAN, ConsentTo::Remove, ROSA),
                    at.consent(ROSA, ConsentTo::Remove, IVAN),
                ],
            )),
        ),
        of(
            TWO,
            VERA,
            "R16",
            "one of two puts the other out alone",
            Change::Turn(put_out(&[IVAN], Vec::new())),
        ),
    ]
}

fn roles() -> Vec<Refused> {
    let at = At::of(&three(), 1);
    let promote = |by, about| at.consent(by, ConsentTo::Promote, about);
    let demote = |by, about| at.consent(by, ConsentTo::Demote, about);
    vec![
        of(
            TWO,
            VERA,
            "R16",
            "a coordinator is made where nobody else has agreed",
            Change::Promote(role(ROSA, Vec::new())),
        ),
        of(
            TWO,
            VERA,
            "R16",
            "who becomes a coordinator has agreed alone",
            Change::Promote(role(ROSA, vec![promote(ROSA, ROSA)])),
        ),
        of(
            TWO,
            VERA,
            "R16",
            "an observer becomes a coordinator",
            Change::Promote(role(OLGA, vec![promote(IVAN, OLGA)])),
        ),
        of(
            TWO,
            VERA,
            "R16",
            "a coordinator becomes one again",
            Change::Promote(role(IVAN, vec![promote(IVAN, IVAN)])),
        ),
        of(
            TWO,
            VERA,
            "R16",
            "a member is none any more",
            Change::Demote(role(ROSA, vec![demote(IVAN, ROSA)])),
        ),
        of(
            TWO,
            VERA,
            "R16",
            "who has the pen resigns",
            Change::Demote(role(VERA, vec![demote(VERA, VERA)])),
        ),
        of(
            TWO,
            VERA,
            "R16",
            "one of two is demoted by the other alone",
            Change::Demote(role(IVAN, Vec::new())),
        ),
    ]
}

fn takes() -> Vec<Refused> {
    let (one, two, three) = (one(), two(), three());
    let refused = |after, who, why, change| of(after, who, "R17", why, change);
    let twice = match take(&three, ROSA, &[IVAN]) {
        Change::Take(take) => Change::Take(Take {
            signatures: [take.signatures.clone(), take.signatures].concat(),
            ..take
        }),
        other => other,
    };
    let unsigned = Change::Take(Take {
        signatures: vec![(
            device(IVAN).public() as PublicKey<Device>,
            device(ROSA).sign(&three.entry(withdraw(7))).detach(),
        )],
        extensions: Extensions::none(),
    });
    vec![
        refused(THREE, ROSA, "one of three alone", take(&three, ROSA, &[])),
        refused(
            THREE,
            ROSA,
            "one of three with a member",
            take(&three, ROSA, &[STRANGER]),
        ),
        refused(THREE, VERA, "by who has it", take(&three, VERA, &[IVAN])),
        refused(
            THREE,
            STRANGER,
            "by a member, where there are others",
            take(&three, STRANGER, &[IVAN, ROSA]),
        ),
        refused(
            THREE,
            ROSA,
            "signed for after another entry",
            take(&two, ROSA, &[IVAN]),
        ),
        refused(
            THREE,
            ROSA,
            "signed for another",
            take(&three, IVAN, &[IVAN]),
        ),
        refused(THREE, ROSA, "a signature twice", twice),
        refused(THREE, ROSA, "a signature of something else", unsigned),
        refused(TWO, IVAN, "one of two alone", take(&two, IVAN, &[])),
        refused(
            TWO,
            IVAN,
            "one of two with who has it",
            take(&two, IVAN, &[VERA]),
        ),
        refused(ONE, ROSA, "one of two members", take(&one, ROSA, &[])),
        refused(
            ONE,
            ROSA,
            "a member with an observer",
            take(&one, ROSA, &[OLGA]),
        ),
        refused(
            ONE,
            OLGA,
            "an observer with all members",
            take(&one, OLGA, &[IVAN, ROSA]),
        ),
    ]
}

pub(super) fn refused() -> Vec<Refused> {
    let all = [holders(), consents(), roles(), takes()];
    all.into_iter().flatten().collect()
}
