//! What comes to the mailbox of an invitation when an epoch is over: new keys for a defender; for a reader's device that the
//! group's mailbox is closed to, a welcome to the next, or that it is out (E7).

use bellrope_proto::grant::Rights;

use super::{
    mailbox::{Step, access_to},
    newcomers::{Script, own, part, refusal, the_bundle, view, welcome, with_rosa},
    world::*,
};
use crate::{
    group::{Change, Role, Roster},
    ids::{Epoch, Position},
    message::{View, Welcome},
    secret::Seed,
};

/// With Rosa, in the epoch with this number, which begins without Ivan.
fn in_epoch(number: u8) -> Roster {
    let mut chain = everybody().then(Change::Approve(approve(8, ROSA)));
    for next in 2..=number {
        let removed: &[u8] = if next == 2 { &[IVAN] } else { &[] };
        chain = chain.turned(turn_to(next, removed));
    }
    Roster::from_chain(chain.0).unwrap()
}

fn whole(number: u8) -> Step {
    part("the whole roster", in_epoch(number).entries())
}

/// To the epoch with this number.
fn welcome_to(number: u8, why: &str, change: impl FnOnce(&mut Welcome)) -> Step {
    welcome(why, |it| {
        it.roster = in_epoch(number).head();
        it.epoch = Epoch(number.into());
        it.epoch_seed = Seed::new(&epoch_seed(number));
        it.credential = access_to(&authority(number), Rights::BOTH);
        change(it);
    })
}

/// What comes to Rosa until she is in.
fn let_in() -> Vec<Step> {
    vec![
        the_bundle(ROSA, Role::Member),
        own(ROSA),
        part("the whole roster", with_rosa().entries()),
        welcome("a welcome", |_| {}),
    ]
}

fn closed(name: &'static str, more: Vec<Step>) -> Script {
    // All of it once more, from the beginning.
    let again = let_in().into_iter().map(|step| Step {
        why: format!("again: {}", step.why),
        ..step
    });
    let steps: Vec<Step> = let_in().into_iter().chain(again).chain(more).collect();
    Script(name, ROSA, Role::Member, steps, Some(let_in().len()))
}

/// What follows when another epoch begins.
pub(super) fn scripts() -> Vec<Script> {
    let in_second = |why: &str, position: u32, change: &dyn Fn(&mut View)| {
        view(why, VERA, |it| {
            it.view = View::of(&in_epoch(2));
            it.view.position = Position(position);
            it.credential = access_to(&authority(2), Rights::POST);
            change(&mut it.view);
        })
    };
    let begin = vec![the_bundle(PAVEL, Role::Defender), own(PAVEL)];
    let views = vec![
        view("with the right of the epoch before", VERA, |it| {
            it.view = View::of(&in_epoch(2));
        }),
        in_second("the keys of the epoch after", 10, &|_| {}),
        view("those of the one before, at an older place", VERA, |it| {
            it.view.position = Position(9);
        }),
        in_second("a newer view of the same epoch", 11, &|_| {}),
    ];
    let in_still = vec![
        whole(2),
        welcome_to(2, "to the next epoch, to who is in", |_| {}),
    ];
    vec![
        Script(
            "views of the epoch after",
            PAVEL,
            Role::Defender,
            [begin, views].concat(),
            None,
        ),
        Script(
            "a welcome to the next epoch, and the group's mailbox is not closed",
            ROSA,
            Role::Member,
            [let_in(), in_still].concat(),
            None,
        ),
        closed(
            "the group's mailbox is closed, and a welcome to the next epoch came",
            vec![
                whole(1),
                welcome("a welcome to the same epoch", |_| {}),
                welcome_to(2, "the roster is used up", |_| {}),
                whole(2),
                welcome_to(2, "with the right of the epoch before", |it| {
                    it.credential = access_to(&authority(1), Rights::BOTH);
                }),
                whole(2),
                welcome_to(2, "with the number of the epoch before", |it| {
                    it.epoch = Epoch(1);
                }),
                whole(2),
                welcome_to(2, "something critical in its access", |it| {
                    it.credential.extensions = extended(7);
                }),
                welcome_to(2, "to the next epoch", |_| {}),
                whole(2),
                welcome_to(2, "to the next epoch, again", |_| {}),
                whole(3),
                welcome_to(3, "to the one after", |_| {}),
                whole(2),
                welcome_to(2, "to the one before", |_| {}),
            ],
        ),
        closed(
            "the group's mailbox is closed, and its person is out",
            vec![
                refusal("a refusal by another coordinator", ROSA, IVAN, &|_| {}),
                refusal("for another invitation", ROSA, VERA, &|it| {
                    it.invitation = invitation(PAVEL).invitation.public();
                }),
                refusal("a refusal", ROSA, VERA, &|_| {}),
            ],
        ),
    ]
}
