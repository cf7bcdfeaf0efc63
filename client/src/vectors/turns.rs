//! Chains in which an epoch ends, and entries that do not count for what came with that.

use super::{
    encoded,
    entries::{Refused, after_everybody},
    rosters::{chain, moved, raw, unordered, withdraw},
    world::*,
};
use crate::group::{Admit, Approve, Change, Entry, Role, Turn};

/// Ivan, a member, is out: of what follows on everybody's chain.
pub(super) const PUT_OUT: &str = "an epoch that begins without a member";

/// And Nadia, a defender, and Olga, an observer.
pub(super) const TWICE: &str = "two epochs, one right after the other";

/// Another device has Ivan's name.
pub(super) const SAME_NAME: &str = "the name of somebody who is out, for another";

/// What Ivan's name is given to next is the stranger's invitation.
fn namesake() -> Admit {
    Admit {
        name: name(IVAN).to_owned(),
        ..admit(STRANGER, Role::Member)
    }
}

pub(super) fn chains() -> Vec<(&'static str, Chain)> {
    let all = everybody();
    let put_out = all.turned(turn_to(2, &[IVAN]));
    let with = |change: &dyn Fn(&mut Turn)| {
        let mut turn = turn_to(2, &[IVAN]);
        change(&mut turn);
        all.turned(turn)
    };
    let no_turn_key = Approve {
        turn: None,
        ..approve(7, PAVEL)
    };
    vec![
        (PUT_OUT, put_out.clone()),
        (
            "an epoch that begins with everybody",
            all.turned(turn_to(2, &[])),
        ),
        (TWICE, put_out.turned(turn_to(3, &[OLGA, NADIA]))),
        (
            SAME_NAME,
            put_out
                .then(Change::Admit(namesake()))
                .then(Change::Approve(approve(10, STRANGER))),
        ),
        (
            "an invitation of the epoch before, approved in the next",
            put_out.then(Change::Approve(approve(8, ROSA))),
        ),
        (
            "an epoch that begins, and a relay that has moved then",
            put_out.then(moved(vec![relay(2)])),
        ),
        (
            "an epoch with an extension that is ignored",
            with(&|turn| turn.extensions = extended(40_000)),
        ),
        (
            "an epoch with an extension that is critical",
            with(&|turn| turn.extensions = extended(1)),
        ),
        (
            "an epoch whose keys have an extension that is critical",
            with(&|turn| turn.epoch.extensions = extended(1)),
        ),
        (
            "a defender without a turn key",
            all.then(Change::Approve(no_turn_key)),
        ),
    ]
}

/// After everybody: that Ivan is put out, but for one thing.
fn no_turn(why: &'static str, change: impl FnOnce(&mut Turn)) -> Refused {
    no_turn_after("everybody", why, 2, change)
}

fn no_turn_after(
    after: &'static str,
    why: &'static str,
    number: u8,
    change: impl FnOnce(&mut Turn),
) -> Refused {
    let mut turn = turn_to(number, &[]);
    if after == "everybody" {
        turn.removed = vec![device(IVAN).public()];
    }
    change(&mut turn);
    Refused::after(after, "R14", why, Change::Turn(turn))
}

fn turns() -> Vec<Refused> {
    vec![
        no_turn("the number of the epoch in force", |it| {
            it.epoch.number = epoch_keys(1).number;
        }),
        no_turn("a number is left out", |it| {
            it.epoch.number = epoch_keys(3).number;
        }),
        no_turn_after(TWICE, "the number of an epoch before", 4, |it| {
            it.epoch.number = epoch_keys(2).number;
        }),
        no_turn("a recipient with a coefficient above 3,328", |it| {
            it.epoch.recipient.0[..2].fill(0xff);
        }),
        no_turn("a recipient of a byte more", |it| {
            it.epoch.recipient.0.push(0)
        }),
        no_turn("the recipient of the epoch in force", |it| {
            it.epoch.recipient = epoch_keys(1).recipient;
        }),
        no_turn_after(PUT_OUT, "the recipient of an epoch before", 3, |it| {
            it.epoch.recipient = epoch_keys(1).recipient;
        }),
        no_turn("the mailbox of the epoch in force", |it| {
            it.epoch.mailbox = epoch_keys(1).mailbox;
        }),
        no_turn_after(PUT_OUT, "the mailbox of an epoch before", 3, |it| {
            it.epoch.mailbox = epoch_keys(1).mailbox;
        }),
        no_turn("the mailbox of an admission that is open", |it| {
            it.epoch.mailbox = invitation(ROSA).mailbox();
        }),
        no_turn("the mailbox of an admission that was approved", |it| {
            it.epoch.mailbox = invitation(IVAN).mailbox();
        }),
        no_turn("no relay", |it| it.epoch.relays.clear()),
        no_turn("nine relays", |it| it.epoch.relays = vec![relay(1); 9]),
        no_turn("a device of nobody", |it| {
            it.removed.push(device(STRANGER).public());
        }),
        no_turn("the device of somebody who is invited", |it| {
            it.removed.push(device(PAVEL).public());
        }),
        no_turn("the author's device", |it| {
            it.removed.push(device(VERA).public());
        }),
        no_turn("a device twice", |it| it.removed.push(it.removed[0])),
        no_turn_after(PUT_OUT, "somebody who is out", 3, |it| {
            it.removed = vec![device(IVAN).public()];
        }),
    ]
}

fn forms() -> Vec<Refused> {
    let all = everybody();
    let turn = turn_to(2, &[IVAN]);
    let entry = all.entry(Change::Turn(turn.clone()));
    let no_host = with_host(VERA, &entry, NO_HOST);
    let by_ivan = Entry {
        author: device(IVAN).public(),
        ..all.entry(Change::Turn(turn_to(2, &[OLGA])))
    };
    let by_ivan = device(IVAN).sign(&by_ivan);
    let mut out = after_everybody(
        "R5",
        "by somebody who is out",
        encoded(&device(IVAN).sign(&Entry {
            author: device(IVAN).public(),
            ..chain(PUT_OUT).entry(withdraw(7))
        })),
    );
    out.after = Some(PUT_OUT);
    vec![
        after_everybody(
            "R1",
            "an epoch with a relay whose host is none",
            encoded(&no_host),
        ),
        after_everybody("R5", "a member begins an epoch", encoded(&by_ivan)).said("rogue"),
        out.said("rogue"),
        Refused::after(
            "everybody",
            "R12",
            "the turn's extensions descend",
            raw(5, &(turn.removed, turn.epoch, turn.consents, unordered())),
        ),
    ]
}

fn admissions_and_approvals() -> Vec<Refused> {
    let admission = |why, mailbox| {
        let admit = Admit {
            mailbox,
            ..admit(STRANGER, Role::Member)
        };
        Refused::after(PUT_OUT, "R8", why, Change::Admit(admit))
    };
    let approval = |after, why, at, who, change: &dyn Fn(&mut Approve)| {
        let mut approve = approve(at, who);
        change(&mut approve);
        Refused::after(after, "R11", why, Change::Approve(approve))
    };
    vec![
        admission("the mailbox of the epoch in force", epoch_keys(2).mailbox),
        admission("the mailbox of an epoch before", epoch_keys(1).mailbox),
        approval(
            PUT_OUT,
            "the device key of somebody who is out",
            8,
            ROSA,
            &|it| {
                it.device = device(IVAN).public();
            },
        ),
        approval(
            PUT_OUT,
            "the member key of somebody who is out",
            8,
            ROSA,
            &|it| it.key = member(IVAN),
        ),
        approval("everybody", "a reader without a turn key", 8, ROSA, &|it| {
            it.turn = None
        }),
        approval(
            "everybody",
            "a reader with a turn key that is none",
            8,
            ROSA,
            &|it| it.turn.as_mut().unwrap().0[..2].fill(0xff),
        ),
        approval(
            "everybody",
            "a defender with a turn key that is none",
            7,
            PAVEL,
            &|it| it.turn.as_mut().unwrap().0.clear(),
        ),
    ]
}

pub(super) fn refused() -> Vec<Refused> {
    let all = [turns(), forms(), admissions_and_approvals()];
    all.into_iter().flatten().collect()
}
