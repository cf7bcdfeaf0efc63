//! Random histories of a few people, some of whom keep no rule, given in random orders.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::{collections::BTreeSet, sync::Arc};

use proptest::prelude::*;
use proptest::sample::Index;

use super::{
    branches::{Step, choose},
    pen::{Act, Added, Agreed, Pen},
};

/// What somebody tries: after which entry, who, what, about whom, and who signs.
type Tried = (Index, u8, u8, u8, BTreeSet<u8>);

fn act(kind: u8, about: u8, by: &BTreeSet<u8>) -> Act<u8> {
    let by: Vec<u8> = by.iter().copied().collect();
    let agreed = || Agreed {
        about,
        by: by.clone(),
    };
    match kind {
        0 => Act::Join(about),
        1 => Act::Remove(vec![agreed()]),
        2 => Act::Promote(agreed()),
        3 => Act::Demote(agreed()),
        4 => Act::Hand(about),
        5 | 6 => Act::Take(by),
        7 => Act::Write,
        // Another device of whoever comes first in the set, who vouches or whose recovery key does.
        8 | 9 => {
            let first = by.first().copied().unwrap_or(3);
            Act::Add(Added {
                person: match first {
                    6 => 1,
                    7 => 3,
                    other => other,
                },
                device: about,
                by: (kind == 8).then_some(first),
            })
        }
        // A person, with both devices.
        _ => {
            let both = if about == 1 { [1, 6] } else { [3, 7] };
            Act::Remove(
                both.map(|about| Agreed {
                    about,
                    by: by.clone(),
                })
                .to_vec(),
            )
        }
    }
}

/// Three coordinators and two members; one of each has two devices.
fn group() -> Pen<u8> {
    let mut devices: Vec<(u8, u8)> = (0..5).map(|it| (it, it)).collect();
    devices.extend([(6, 1), (7, 3)]);
    Pen {
        holder: 0,
        coordinators: vec![0, 1, 2],
        members: vec![3, 4],
        devices,
    }
}

/// The entries of these that count by their own history, but for second ones by one author.
fn history(tried: &[Tried]) -> Vec<Step<u8>> {
    let mut steps = vec![Step {
        parent: None,
        author: 0,
        act: Act::Write,
        after: Arc::new(group()),
    }];
    for (parent, author, kind, about, by) in tried {
        let parent = parent.index(steps.len());
        let act = act(*kind, *about, by);
        let before = &steps[parent].after;
        if matches!(act, Act::Join(_)) && before.person(*about).is_some() {
            continue;
        }
        let Ok(after) = before.after(*author, &act, |_| true) else {
            continue;
        };
        if steps
            .iter()
            .any(|it| it.parent == Some(parent) && it.author == *author)
        {
            continue;
        }
        steps.push(Step {
            parent: Some(parent),
            author: *author,
            act,
            after: Arc::new(after),
        });
    }
    steps
}

/// The same in another order, in which each still comes after what it continues; and where each was before.
fn reordered(steps: &[Step<u8>], keys: &[u64]) -> (Vec<Step<u8>>, Vec<usize>) {
    let mut left: Vec<usize> = (0..steps.len()).collect();
    let mut order: Vec<usize> = Vec::new();
    while !left.is_empty() {
        let ready = left.iter().copied();
        let ready = ready.filter(|at| steps[*at].parent.is_none_or(|it| order.contains(&it)));
        let next = ready.min_by_key(|at| keys.get(*at).copied().unwrap_or_default());
        let next = next.unwrap();
        left.retain(|at| *at != next);
        order.push(next);
    }
    let place = |at: usize| order.iter().position(|it| *it == at).unwrap();
    let moved = order.iter().map(|at| Step {
        parent: steps[*at].parent.map(place),
        ..steps[*at].clone()
    });
    (moved.collect(), order.clone())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_order_in_which_entries_come_decides_nothing(
        tried in prop::collection::vec(
            (any::<Index>(), 0u8..9, 0u8..11, 0u8..9, prop::collection::btree_set(0u8..9, 0..5)),
            1..40,
        ),
        keys in prop::collection::vec(any::<u64>(), 40),
    ) {
        let steps = history(&tried);
        let (other, order) = reordered(&steps, &keys);
        let one = choose(&steps);
        let mut same = choose(&other);
        for at in &mut same.chain {
            *at = order[*at];
        }
        prop_assert_eq!(&one.chain, &same.chain);
        prop_assert_eq!(&one.out, &same.out);
        // It is a history: each continues the one before, from the first on.
        prop_assert_eq!(one.chain[0], 0);
        for two in one.chain.windows(2) {
            prop_assert_eq!(steps[two[1]].parent, Some(two[0]));
        }
    }

    #[test]
    fn one_coordinator_alone_changes_neither_who_coordinates_nor_who_may_take_the_pen(
        tried in prop::collection::vec(
            (0u8..11, 0u8..9, prop::collection::btree_set(prop::sample::select(vec![3u8, 4, 5, 7]), 0..3)),
            1..20,
        ),
    ) {
        // With the pen, the members' leave, and no other coordinator's.
        let mut pen = group();
        for (kind, about, by) in tried {
            let act = act(kind, about, &by);
            if matches!(act, Act::Hand(_) | Act::Take(_)) {
                continue;
            }
            if let Ok(after) = pen.after(0, &act, |_| true) {
                pen = after;
            }
            prop_assert_eq!(&pen.coordinators, &vec![0, 1, 2]);
            prop_assert!(pen.is_quorum(&BTreeSet::from([1, 2])));
        }
    }
}
