#![allow(clippy::unwrap_used, clippy::indexing_slicing)]
use bellrope_proto::signing::SecretKey;
use proptest::prelude::*;

use super::*;
use crate::{
    case::{Void, fold, judge::Place},
    ids::Position,
    message::{BlockWords, WidenedWords},
};

const ANNA: u8 = 1;
const BORIS: u8 = 2;
const CLARA: u8 = 3;
const DAVID: u8 = 4;
/// Kept out, or staying out.
const EVE: u8 = 5;

fn device(who: u8) -> PublicKey<Device> {
    SecretKey::from_seed(&[who; 32]).public()
}

fn hash(number: u8) -> Hash {
    Hash([number; 32])
}

/// 12 is another device of 2.
fn whom(of: &PublicKey<Device>) -> (PublicKey<Device>, bool) {
    match (1..=12).find(|who| device(*who) == *of).unwrap() {
        12 => (device(BORIS), true),
        EVE => (device(EVE), false),
        who => (device(who), true),
    }
}

fn said(number: u8, who: u8, act: CaseAct) -> Said {
    let at = Timestamp(u64::from(number));
    Said {
        id: MessageId([number; 16]),
        hash: hash(number),
        author: device(who),
        device: device(who),
        number: u64::from(number),
        time: at,
        arrived: at,
        at,
        seen: Vec::new(),
        act,
        counts: Ok(Place {
            since: Position(u32::from(who)),
            is_in: true,
        }),
        to: None,
        is_asked: false,
    }
}

fn devices(who: &[u8]) -> Vec<PublicKey<Device>> {
    who.iter().map(|who| device(*who)).collect()
}

fn block(number: u8, by: u8, who: &[u8]) -> Said {
    let words = BlockWords::new(hash(100), devices(who));
    said(number, by, CaseAct::Block(words))
}

fn widened(number: u8, by: u8, of: u8, who: &[u8]) -> Said {
    let words = WidenedWords::new((hash(of), hash(100)), devices(who), String::new());
    said(number, by, CaseAct::Widened(words))
}

/// Who reads each block besides its author, in whatever order it was said.
fn readers(all: &[Said]) -> Vec<Vec<u8>> {
    let of = |all: &[Said]| -> Vec<Vec<u8>> {
        let blocks = blocks(all, &fold(all).order, whom);
        let names = blocks.iter().map(|block| {
            let who = block.readers.iter().map(|(who, _)| who);
            let mut who: Vec<u8> = who
                .map(|key| (1..=12).find(|it| device(*it) == *key).unwrap())
                .collect();
            who.sort_unstable();
            who
        });
        names.collect()
    };
    let mut turned = all.to_vec();
    let found = of(all);
    for _ in 0..all.len() {
        turned.rotate_left(1);
        assert_eq!(of(&turned), found);
    }
    turned.reverse();
    assert_eq!(of(&turned), found);
    found
}

#[test]
fn a_block_is_read_by_whom_its_author_chose_and_whom_these_let_in() {
    let first = block(1, ANNA, &[12]);
    assert_eq!(readers(std::slice::from_ref(&first)), [[BORIS]]);
    let by_author = widened(2, ANNA, 1, &[CLARA]);
    let all = [first.clone(), by_author.clone()];
    assert_eq!(readers(&all), [[BORIS, CLARA]]);
    let by_chosen = widened(3, BORIS, 1, &[CLARA]);
    assert_eq!(readers(&[first.clone(), by_chosen]), [[BORIS, CLARA]]);
    // Whoever was let in lets in nobody, and nor does who reads nothing of it.
    let by_let_in = widened(4, CLARA, 1, &[DAVID]);
    let all = [first.clone(), by_author.clone(), by_let_in.clone()];
    assert_eq!(readers(&all), [[BORIS, CLARA]]);
    assert_eq!(readers(&[first.clone(), by_let_in]), [[BORIS]]);
    // What does not count.
    let mut void = by_author;
    void.counts = Err(Void::Frozen);
    assert_eq!(readers(&[first.clone(), void]), [[BORIS]]);
    let mut void = first;
    void.counts = Err(Void::NotForThem);
    assert_eq!(readers(&[void]), [[0_u8; 0]; 0]);
}

#[test]
fn nobody_who_may_not_reads_it_whoever_names_them_and_they_let_in_nobody() {
    let first = block(1, ANNA, &[BORIS, EVE]);
    let all = [first.clone(), widened(2, ANNA, 1, &[EVE])];
    assert_eq!(readers(&all), [[BORIS]]);
    let found = blocks(&all, &fold(&all).order, whom);
    assert_eq!(found[0].not, [device(EVE)], "and everybody sees that");
    let by_eve = widened(3, EVE, 1, &[CLARA]);
    assert_eq!(readers(&[first, by_eve]), [[BORIS]]);
}

/// Somebody who says that another's block is theirs lets nobody read it: a program hands on only what the act's author wrote.
#[test]
fn who_names_anothers_block_has_one_of_their_own_that_is_nowhere() {
    let hers = block(1, ANNA, &[BORIS]);
    let his = block(2, DAVID, &[CLARA, DAVID]);
    let all = [hers.clone(), his.clone(), widened(3, DAVID, 1, &[CLARA])];
    assert_eq!(readers(&all), [vec![BORIS], vec![CLARA]]);
    // Nor does he by his own in the place of hers.
    assert_eq!(
        readers(&[hers, his, widened(4, DAVID, 2, &[BORIS])]),
        [vec![BORIS], vec![BORIS, CLARA]]
    );
}

fn any_said(number: u8) -> impl Strategy<Value = Said> {
    let who = proptest::collection::btree_set(1_u8..=EVE, 1..4);
    (any::<bool>(), 1_u8..=EVE, 0_u8..8, who).prop_map(move |(is_first, by, of, who)| {
        let who: Vec<u8> = who.into_iter().collect();
        match is_first {
            true => block(number, by, &who),
            false => widened(number, by, of, &who),
        }
    })
}

fn any_all() -> impl Strategy<Value = Vec<Said>> {
    let all: Vec<_> = (0..8).map(any_said).collect();
    all.prop_flat_map(|all| proptest::sample::subsequence(all, 0..=8))
}

fn found(all: &[Said]) -> Vec<Block> {
    blocks(all, &fold(all).order, whom)
}

proptest! {
    #[test]
    fn the_order_in_which_it_comes_changes_nothing(
        (all, other) in any_all().prop_flat_map(|all| (Just(all.clone()), Just(all).prop_shuffle()))
    ) {
        prop_assert_eq!(found(&other), found(&all));
    }

    /// Whatever is missing: somebody reads it only if its author named them, or one whom its author named.
    #[test]
    fn nobody_reads_it_whom_neither_its_author_nor_one_of_the_first_named(all in any_all()) {
        for block in found(&all) {
            let first = all.iter().find(|it| it.hash == block.by).unwrap();
            let CaseAct::Block(words) = &first.act else { unreachable!() };
            for (reader, by) in &block.readers {
                prop_assert!(*reader != device(EVE));
                let act = all.iter().find(|it| it.id == *by).unwrap();
                let answers = act.author == first.author || words.who.contains(&act.author);
                prop_assert!(act.id == first.id || answers);
            }
        }
    }

    /// What is said besides takes it from nobody.
    #[test]
    fn more_that_is_said_makes_it_no_narrower(all in any_all(), more in any_said(20)) {
        let before = found(&all);
        let with = [all.as_slice(), &[more]].concat();
        for (was, is) in before.iter().zip(found(&with).iter().filter(|it| it.by != hash(20))) {
            for (reader, _) in &was.readers {
                prop_assert!(is.is_read_by(reader));
            }
        }
    }
}
