#![allow(clippy::unwrap_used, clippy::indexing_slicing)]
use proptest::prelude::*;

use super::*;
use crate::{
    alert::{
        SensitiveWords,
        vocabulary::{Kind, SensitiveKind},
    },
    case::{
        Void,
        fixtures::{ANNA, BORIS, CLARA, DAVID, device, hash, said},
        fold,
    },
    message::{BlockWords, SenderWords, WidenedWords},
    seal::MemberIdentity,
};

/// Kept out, or staying out.
const EVE: u8 = 5;

/// 12 is another device of 2.
fn whom(of: &PublicKey<Device>) -> (PublicKey<Device>, bool) {
    match (1..=12).find(|who| device(*who) == *of).unwrap() {
        12 => (device(BORIS), true),
        EVE => (device(EVE), false),
        who => (device(who), true),
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
        let blocks = blocks((None, all), &fold(all).order, whom, |_| None);
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
    let found = blocks((None, &all), &fold(&all).order, whom, |_| None);
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
    blocks((None, all), &fold(all).order, whom, |_| None)
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

const SENDER: u8 = 11;

/// The part of an alert, which is the message 99, by somebody who is in no roster.
fn part(to: &[u8]) -> SensitivePart {
    let words = SensitiveWords::new(&[SensitiveKind::Hiv], "a").unwrap();
    let keys: Vec<MemberKey> = to.iter().map(|who| key_of(*who)).collect();
    let author = (device(SENDER), MessageId([99; 16]), [0; 16]);
    SensitivePart::seal(&words, author, &keys).unwrap()
}

fn key_of(who: u8) -> MemberKey {
    MemberIdentity::from_seed(&[who; 32]).to_key()
}

fn with_part(part: &SensitivePart, all: &[Said]) -> Vec<Block> {
    let alert = AlertPart {
        id: MessageId([99; 16]),
        hash: hash(99),
        author: device(SENDER),
        at: Timestamp(1),
        part,
    };
    let whose = |of: &MemberKey| (1..=12).find(|who| key_of(*who) == *of).map(device);
    blocks((Some(alert), all), &fold(all).order, whom, whose)
}

#[test]
fn the_part_of_an_alert_is_read_by_whose_keys_it_names_and_whom_these_let_in() {
    let readers = |part: &SensitivePart, all: &[Said]| -> Vec<u8> {
        let found = with_part(part, all);
        let read = found.iter().find(|block| block.is_part).unwrap();
        let who = |key: &PublicKey<Device>| (1..=12).find(|who| device(*who) == *key).unwrap();
        read.readers.iter().map(|(key, _)| who(key)).collect()
    };
    // 12 is another device of 2; of 40 nobody knows whose it is.
    let first = part(&[BORIS, 12, 40]);
    assert_eq!(readers(&first, &[]), [BORIS]);
    let out = part(&[EVE]);
    assert_eq!(readers(&out, &[]), [0_u8; 0], "who is kept out by now");
    assert_eq!(with_part(&out, &[])[0].not, [device(EVE)]);

    let widened = |number: u8, by: u8, of: (u8, Hash), who: &[u8], has_letter: bool| {
        let words = WidenedWords::new((hash(of.0), of.1), devices(who), String::new());
        let words = match has_letter {
            true => words.with_letter(vec![1]),
            false => words,
        };
        said(number, by, CaseAct::Widened(words))
    };
    let of = (99, first.hash);
    let by_first = widened(2, BORIS, of, &[CLARA], true);
    assert_eq!(
        readers(&first, std::slice::from_ref(&by_first)),
        [BORIS, CLARA]
    );
    // Whoever was let in lets in nobody, nor who reads nothing of it, nor an act that has nothing for them, or is about another.
    for (by, of, has_letter) in [
        (CLARA, of, true),
        (DAVID, of, true),
        (BORIS, of, false),
        (BORIS, (99, hash(98)), true),
        (BORIS, (98, first.hash), true),
    ] {
        let all = [by_first.clone(), widened(3, by, of, &[ANNA], has_letter)];
        assert_eq!(readers(&first, &all), [BORIS, CLARA]);
    }
    // It names what is in no story, and nothing is missing.
    assert_eq!(fold(&[by_first]).missing, 0);
    // What has the hash of a part in a message of its author's own gives out nothing.
    let own = said(
        4,
        DAVID,
        CaseAct::Block(BlockWords::new(first.hash, devices(&[CLARA]))),
    );
    let all = [own, widened(5, DAVID, (4, first.hash), &[ANNA], true)];
    assert_eq!(readers(&first, &all), [BORIS]);
}

#[test]
fn what_the_sender_says_later_has_a_part_of_its_own_if_it_counts() {
    let first = part(&[BORIS]);
    let mut later = part(&[CLARA]);
    later.readers = vec![key_of(CLARA)];
    let mut update = said(
        5,
        SENDER,
        CaseAct::OfSender(SenderWords {
            kind: Kind::Update,
            summary: "a".to_owned(),
            part: Some(Box::new(later)),
        }),
    );
    let found = with_part(&first, std::slice::from_ref(&update));
    let ids: Vec<MessageId> = found.iter().map(|it| it.id).collect();
    assert_eq!(ids, [MessageId([99; 16]), update.id]);
    assert_eq!(found[1].readers, [(device(CLARA), update.id)]);
    update.counts = Err(Void::Frozen);
    assert_eq!(with_part(&first, &[update]).len(), 1);
}
