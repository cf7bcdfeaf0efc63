//! Entries that do not count: each breaks one rule.

use bellrope_proto::{
    codec::Blob,
    ids::Hash,
    signing::{Device, PublicKey},
};
use serde_json::{Value, json};

use super::{
    devices, encoded, pens, policies,
    rosters::{Loose, REPLACED, WITHDRAWN, chain, raw, unordered, withdraw},
    turns,
    world::*,
};
use crate::{
    extensions::Extensions,
    group::{Admit, Approve, Change, Entry, Found, Role},
    ids::Position,
};

pub(super) struct Refused {
    rule: &'static str,
    why: &'static str,
    pub(super) after: Option<&'static str>,
    entry: String,
    said: Option<&'static str>,
}

impl Refused {
    /// Vera's next entry after the chain of this name.
    pub(super) fn after(
        after: &'static str,
        rule: &'static str,
        why: &'static str,
        change: Change,
    ) -> Self {
        let entry = device(VERA).sign(&chain(after).entry(change));
        Self {
            after: Some(after),
            ..after_everybody(rule, why, encoded(&entry))
        }
    }

    pub(super) fn said(self, said: &'static str) -> Self {
        Self {
            said: Some(said),
            ..self
        }
    }
}

pub(super) fn after_everybody(rule: &'static str, why: &'static str, entry: String) -> Refused {
    Refused {
        rule,
        why,
        after: Some("everybody"),
        entry,
        said: None,
    }
}

pub(super) fn by_vera(rule: &'static str, why: &'static str, change: Change) -> Refused {
    Refused::after("everybody", rule, why, change)
}

fn admission(rule: &'static str, why: &'static str, change: &dyn Fn(&mut Admit)) -> Refused {
    let mut admit = admit(STRANGER, Role::Member);
    change(&mut admit);
    by_vera(rule, why, Change::Admit(admit))
}

fn approval(rule: &'static str, why: &'static str, change: &dyn Fn(&mut Approve)) -> Refused {
    let mut approve = approve(8, ROSA);
    change(&mut approve);
    by_vera(rule, why, Change::Approve(approve))
}

fn first(rule: &'static str, why: &'static str, change: &dyn Fn(&mut Found)) -> Refused {
    let mut found = found();
    change(&mut found);
    first_entry(rule, why, encoded(&Chain::new(found).0[0]))
}

fn first_entry(rule: &'static str, why: &'static str, entry: String) -> Refused {
    let after = None;
    Refused {
        after,
        ..after_everybody(rule, why, entry)
    }
}

/// Not a point; of small order; 3 + p, another spelling of a point of large order.
fn no_keys() -> [[u8; 32]; 3] {
    let mut spelling = [0xff; 32];
    (spelling[0], spelling[31]) = (0xf0, 0x7f);
    let mut no_point = [0; 32];
    no_point[0] = 2;
    [no_point, [0; 32], spelling]
}

fn signatures_and_places() -> Vec<Refused> {
    let all = everybody();
    let change = || Change::Approve(approve(8, ROSA));
    let next = all.entry(change());
    let by = |who: u8, entry: &Entry| encoded(&device(who).sign(entry));
    let placed = |position: u32, previous: Hash, author: u8| {
        let entry = Entry {
            position: Position(position),
            previous,
            author: device(author).public(),
            ..next.clone()
        };
        by(author, &entry)
    };
    let head = all.head();
    let before = Chain(all.0[..8].to_vec()).head();
    let longer = Loose((next.clone(), 0_u8));
    let fields = (
        next.position,
        next.previous,
        next.time,
        next.author,
        change(),
    );
    let unordered_entry = Loose((fields, unordered()));
    let not_admission = approve(8, ROSA);
    let unordered_approval = (
        not_admission.admitted_at,
        not_admission.device,
        not_admission.key,
        not_admission.turn.clone(),
        unordered(),
    );
    let low_order = (
        not_admission.admitted_at,
        not_admission.device,
        [0_u8; 32],
        not_admission.turn.clone(),
        Extensions::none(),
    );
    let stranger = admit(STRANGER, Role::Member);
    let no_text = (
        stranger.invitation,
        2_u16,
        Blob(b"\xff".to_vec()),
        stranger.mailbox,
        stranger.expires,
        Extensions::none(),
    );
    let second_found = by_vera("R2", "a second founding", Change::Found(found()));
    let other_group = Chain::new(Found {
        salt: [0x5b; 16],
        ..found()
    });
    let moved = Entry {
        position: Position(1),
        ..Chain(Vec::new()).entry(Change::Found(found()))
    };
    let continues = Entry {
        previous: Hash([1; 32]),
        ..Chain(Vec::new()).entry(Change::Found(found()))
    };
    let no_founding = Chain(Vec::new()).entry(Change::Admit(admit(IVAN, Role::Member)));
    let founding = Chain(Vec::new()).entry(Change::Found(found()));
    let at_host = |host| encoded(&with_host(VERA, &founding, host));
    let newer = chain("an unknown change that is critical, and more after it");
    let by_ivan = Entry {
        author: device(IVAN).public(),
        ..newer.entry(Change::Admit(stranger))
    };
    let mut promoted = after_everybody(
        "R5",
        "a member writes, after a critical change",
        by(IVAN, &by_ivan),
    );
    promoted.after = Some("an unknown change that is critical, and more after it");
    let every = |rule, why, entry| after_everybody(rule, why, entry);
    vec![
        every(
            "R1",
            "signed by another than its author",
            by(STRANGER, &next),
        ),
        every(
            "R1",
            "a byte is left over",
            encoded(&device(VERA).sign(&longer)),
        ),
        by_vera(
            "R1",
            "a change whose fields end early",
            raw(3, &Position(8)),
        ),
        by_vera("R1", "a member key of low order", raw(3, &low_order)),
        by_vera("R1", "a name that is no UTF-8", raw(2, &no_text)),
        first_entry("R1", "a relay whose host is none", at_host(NO_HOST)),
        first_entry(
            "R1",
            "a relay whose host is in capitals",
            at_host(SPELT_OTHERWISE),
        ),
        second_found,
        first_entry("R2", "the first has position 1", by(VERA, &moved)),
        first_entry("R2", "the first has a head before it", by(VERA, &continues)),
        first_entry("R2", "the first is an admission", by(VERA, &no_founding)),
        every("R3", "a place is missing", placed(10, head, VERA)).said("missing"),
        every("R3", "another entry for a place", placed(8, before, VERA)).said("fork"),
        every(
            "R4",
            "a place before that of its head",
            placed(8, head, VERA),
        ),
        every("R4", "another group's", placed(9, other_group.head(), VERA)),
        every("R5", "by a member", placed(9, head, IVAN)).said("rogue"),
        every("R5", "by a stranger", placed(9, head, STRANGER)).said("rogue"),
        every(
            "R5",
            "by a member, for a place before",
            placed(8, before, IVAN),
        )
        .said("rogue"),
        promoted.said("update"),
        every(
            "R12",
            "the entry's extensions descend",
            encoded(&device(VERA).sign(&unordered_entry)),
        ),
        by_vera(
            "R12",
            "the approval's extensions descend",
            raw(3, &unordered_approval),
        ),
    ]
}

fn changes() -> Vec<Refused> {
    let [no_point, small_order, spelling] = no_keys();
    let invitation = PublicKey::from_bytes;
    let device_key = PublicKey::<Device>::from_bytes;
    vec![
        first("R6", "a group without a name", &|found| {
            found.group_name.clear();
        }),
        admission("R6", "a name of 65 characters", &|admit| {
            admit.name = "я".repeat(65);
        }),
        admission("R6", "no name", &|admit| admit.name.clear()),
        admission("R6", "two lines", &|admit| {
            admit.name = "Rosa\nAalto".to_owned();
        }),
        admission("R6", "U+0085 is a control character", &|admit| {
            admit.name = "Rosa\u{85}".to_owned();
        }),
        first("R7", "no relay", &|found| found.epoch.relays.clear()),
        first("R7", "nine relays", &|found| {
            found.epoch.relays = vec![relay(1); 9];
        }),
        first(
            "R7",
            "a recipient with a coefficient above 3,328",
            &|found| {
                found.epoch.recipient.0[..2].fill(0xff);
            },
        ),
        first("R7", "a turn key of a byte less", &|found| {
            found.founder_turn.0.pop();
        }),
        admission("R8", "another coordinator", &|admit| {
            admit.role = Role::Coordinator;
        }),
        admission("R8", "an invitation key that is no point", &|admit| {
            admit.invitation = invitation(no_point);
        }),
        admission("R8", "an invitation key of small order", &|admit| {
            admit.invitation = invitation(small_order);
        }),
        admission("R8", "another spelling of an invitation key", &|admit| {
            admit.invitation = invitation(spelling);
        }),
        admission("R8", "another admission's key", &|admit| {
            admit.invitation = super::world::invitation(IVAN).invitation.public();
        }),
        admission("R8", "the group's mailbox", &|admit| {
            admit.mailbox = epoch_keys(1).mailbox;
        }),
        admission("R8", "another admission's mailbox", &|admit| {
            admit.mailbox = super::world::invitation(IVAN).mailbox();
        }),
        admission("R8", "it ends when it is written", &|admit| {
            admit.expires = TIME;
        }),
        admission("R9", "the name of somebody in the group", &|admit| {
            admit.name = name(IVAN).to_owned();
        }),
        admission("R9", "a defender by a name", &|admit| {
            admit.role = Role::Defender;
        }),
        admission("R9", "a defender by another's handle", &|admit| {
            admit.role = Role::Defender;
            admit.name = super::world::admit(IVAN, Role::Defender).name;
        }),
        admission("R9", "a member by a defender's handle", &|admit| {
            admit.name = super::world::admit(PAVEL, Role::Defender).name;
        }),
        approval("R10", "an admission that was approved", &|approve| {
            approve.admitted_at = Position(1);
        }),
        approval("R10", "the place of no admission", &|approve| {
            approve.admitted_at = Position(2);
        }),
        approval("R11", "a device key that is no point", &|approve| {
            approve.device = device_key(no_point);
        }),
        approval("R11", "another's device key", &|approve| {
            approve.device = device(IVAN).public();
        }),
        approval("R11", "another's member key", &|approve| {
            approve.key = member(IVAN);
        }),
    ]
}

/// Nobody comes in by an admission that was replaced, whether the new one was used or not.
fn replaced() -> Refused {
    Refused::after(
        REPLACED,
        "R10",
        "an admission that was replaced",
        Change::Approve(approve(7, ROSA)),
    )
}

/// Only an admission that is open is taken back, and nobody comes in by one that was.
fn withdrawn() -> Vec<Refused> {
    let refused = |rule, why, after, change| Refused::after(after, rule, why, change);
    vec![
        refused(
            "R10",
            "an admission that was taken back",
            WITHDRAWN,
            Change::Approve(approve(7, PAVEL)),
        ),
        refused(
            "R13",
            "an admission that was approved",
            "everybody",
            withdraw(1),
        ),
        refused("R13", "the place of no admission", "everybody", withdraw(2)),
        refused("R13", "taken back already", WITHDRAWN, withdraw(7)),
        refused(
            "R13",
            "an admission that was replaced",
            REPLACED,
            withdraw(7),
        ),
    ]
}

fn all_refused() -> Vec<Refused> {
    let mut all = signatures_and_places();
    all.extend(changes());
    all.push(replaced());
    all.extend(withdrawn());
    all.extend(turns::refused());
    all.extend(pens::refused());
    all.extend(policies::refused());
    all.extend(devices::refused());
    all
}

pub(super) fn refused() -> Value {
    let of = |one: Refused| {
        let mut value = json!({
            "rule": one.rule,
            "why": one.why,
            "after": one.after,
            "entry": one.entry,
        });
        if let Some(said) = one.said {
            value["said"] = said.into();
        }
        value
    };
    all_refused().into_iter().map(of).collect()
}
