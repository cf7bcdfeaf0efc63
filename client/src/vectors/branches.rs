//! Entries of which not all can be the group's history, and which one is, in whatever order they come.

use bellrope_proto::signing::Signed;
use serde_json::{Value, json};

use super::{
    decoded, encoded, hex, items,
    pens::{At, ONE, THREE, four, put_out, signed_by, take},
    rosters::{chain, moved, stored_roster, withdraw},
    stored, text,
    world::*,
};
use crate::group::{Change, ConsentTo, Entry, Roster, RosterError, head_after};

/// Its name, the chain that it begins with, and the entries; whether two of them are a fork, so that their order counts.
struct Branches(&'static str, &'static str, Vec<Signed<Entry>>, bool);

fn all_cases() -> Vec<Branches> {
    let (one, three) = (chain(ONE), chain(THREE));
    let at = At::of(&three, 1);
    let lease = || moved(vec![relay(2)]);
    let out = |about, by| {
        let consents = vec![at.consent(by, ConsentTo::Remove, about)];
        signed_by(&three, VERA, Change::Turn(put_out(&[about], consents)))
    };
    let written = three.then(lease());
    let on = |chain: &Chain| chain.0.last().unwrap().clone();
    let ivans = signed_by(&three, IVAN, take(&three, IVAN, &[ROSA]));
    let rosas = signed_by(&three, ROSA, take(&three, ROSA, &[IVAN]));
    let after_ivans = three.with(&ivans);
    let second = three.then(withdraw(7));
    let on_second = signed_by(&second, IVAN, take(&second, IVAN, &[ROSA]));
    vec![
        Branches(
            "the pen is taken beside what its holder writes",
            THREE,
            vec![on(&written), on(&written.then(withdraw(7))), ivans.clone()],
            false,
        ),
        Branches(
            "what is written after the pen was taken",
            THREE,
            vec![
                on(&written),
                ivans.clone(),
                signed_by(&after_ivans, IVAN, withdraw(7)),
            ],
            false,
        ),
        Branches(
            "two take the pen at once: the one who coordinates longer",
            THREE,
            vec![on(&written), rosas.clone(), ivans.clone()],
            false,
        ),
        Branches(
            "who is put out takes the pen with what others signed before",
            THREE,
            vec![
                out(ROSA, IVAN),
                signed_by(&three, ROSA, take(&three, ROSA, &[IVAN, STRANGER])),
            ],
            false,
        ),
        Branches(
            "somebody is put out on the branch that is not followed",
            THREE,
            vec![out(STRANGER, IVAN), ivans.clone()],
            false,
        ),
        Branches(
            "a coordinator is put out by who has lost the pen, and the others are as many without them",
            THREE,
            vec![out(IVAN, ROSA), rosas],
            false,
        ),
        Branches(
            "members who were enough once are too few where the group has come to",
            ONE,
            vec![
                signed_by(&one, VERA, Change::Turn(turn_to(2, &[ROSA]))),
                signed_by(&one, IVAN, take(&one, IVAN, &[ROSA])),
            ],
            false,
        ),
        Branches(
            "all members of once are too few among the coordinators of today",
            ONE,
            [
                four(),
                vec![signed_by(&one, IVAN, take(&one, IVAN, &[ROSA]))],
            ]
            .concat(),
            false,
        ),
        Branches(
            "two entries by one author: the first that came",
            THREE,
            vec![on(&written), on(&second)],
            true,
        ),
        Branches(
            "and another who takes the pen after the second",
            THREE,
            vec![on(&written), on(&second), on_second],
            true,
        ),
    ]
}

/// What a roster is after these entries.
fn result(roster: &Roster) -> Value {
    let mut out: Vec<String> = roster.out().map(|key| hex(key.0)).collect();
    out.sort();
    json!({
        "head": hex(roster.head().0),
        "pen": hex(roster.holder().0),
        "out": out,
    })
}

fn given(mut roster: Roster, entries: &[Signed<Entry>]) -> Roster {
    for entry in entries {
        match roster.apply(entry.clone()) {
            Ok(_) | Err(RosterError::Fork) => {}
            Err(error) => panic!("{error}"),
        }
    }
    roster
}

pub(super) fn all() -> Value {
    let of = |Branches(name, after, entries, fork): Branches| {
        let roster = Roster::from_chain(chain(after).0).unwrap();
        let result = result(&given(roster, &entries));
        json!({
            "name": name,
            "after": after,
            "entries": entries.iter().map(encoded).collect::<Vec<_>>(),
            "fork": fork,
            "result": result,
        })
    };
    all_cases().into_iter().map(of).collect()
}

/// Every order in which each comes after what it continues.
fn orders(entries: &[Signed<Entry>]) -> Vec<Vec<Signed<Entry>>> {
    if entries.is_empty() {
        return vec![Vec::new()];
    }
    let mut all = Vec::new();
    for (at, entry) in entries.iter().enumerate() {
        let mut rest = entries.to_vec();
        rest.remove(at);
        let previous = entry.peek().unwrap().previous;
        if rest.iter().any(|it| head_after(it) == previous) {
            continue;
        }
        for mut order in orders(&rest) {
            order.insert(0, entry.clone());
            all.push(order);
        }
    }
    all
}

#[test]
fn the_groups_history_is_the_same_in_whatever_order_it_comes() {
    let vectors = stored();
    for one in items(&vectors["branches"]) {
        let entries: Vec<Signed<Entry>> = items(&one["entries"]).iter().map(decoded).collect();
        let ways = match one["fork"].as_bool().unwrap() {
            true => vec![entries],
            false => orders(&entries),
        };
        for way in ways {
            let roster = given(stored_roster(&vectors, &one["after"]), &way);
            assert_eq!(result(&roster), one["result"], "{}", text(&one["name"]));
            // And for the program that comes back to it.
            let again = Roster::from_known(roster.known()).unwrap();
            assert_eq!(result(&again), one["result"], "{}", text(&one["name"]));
        }
    }
}
