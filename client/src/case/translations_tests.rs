#![allow(clippy::unwrap_used, clippy::indexing_slicing)]
use super::*;
use crate::{
    case::{
        fixtures::{self, ANNA, BORIS, CLARA, SENDER, hash, hashes},
        fold,
    },
    extensions::Extensions,
    message::{NoteWords, SenderWords},
};

fn said(number: u8, who: u8, seen: &[u8], act: CaseAct) -> Said {
    Said {
        seen: hashes(seen),
        ..fixtures::said(number, who, act)
    }
}

fn by(number: u8, who: u8, of: Option<u8>, over: &[u8], machine: bool) -> Said {
    let it = Translated {
        of: of.map(hash),
        language: "ru".to_owned(),
        by: [Translator::Person, Translator::Machine][usize::from(machine)],
        service: String::new(),
        text: "перевод".to_owned(),
        over: hashes(over),
    };
    said(
        number,
        who,
        &[],
        CaseAct::Translation(OfTranslation::Is(it)),
    )
}

fn person(number: u8, who: u8, over: &[u8]) -> Said {
    by(number, who, None, over, false)
}

fn machine(number: u8, who: u8, over: &[u8]) -> Said {
    by(number, who, None, over, true)
}

fn checked(number: u8, who: u8, of: u8) -> Said {
    let act = CaseAct::Translation(OfTranslation::Checked(hash(of)));
    said(number, who, &[], act)
}

fn of_sender(number: u8, kind: Kind, seen: &[u8]) -> Said {
    let words = SenderWords {
        kind,
        summary: "more".to_owned(),
        part: None,
    };
    said(number, SENDER, seen, CaseAct::OfSender(words))
}

fn note(number: u8, seen: &[u8]) -> Said {
    let words = NoteWords {
        text: "a note".to_owned(),
        extensions: Extensions::none(),
    };
    said(number, ANNA, seen, CaseAct::Note(words))
}

/// Which stand of the alert, with who has checked each, in whatever order they came.
fn stands(all: &[Said]) -> Vec<(u8, Vec<u8>)> {
    let of = |all: &[Said]| -> Vec<(u8, Vec<u8>)> {
        let case = fold(all);
        let number = |at: &usize| all[*at].id.0[0];
        let stand = case.translations.values().flatten();
        stand
            .map(|it| (number(&it.at), it.checked_by.iter().map(number).collect()))
            .collect()
    };
    let found = of(all);
    let mut turned = all.to_vec();
    for _ in 0..all.len() {
        turned.rotate_left(1);
        assert_eq!(of(&turned), found);
    }
    found
}

#[test]
fn the_newest_stands_and_two_who_did_not_know_of_each_other_stand_beside_each_other() {
    let both = [person(1, ANNA, &[]), person(2, BORIS, &[])];
    assert_eq!(stands(&both), [(1, vec![]), (2, vec![])]);
    let settled = [both.as_slice(), &[person(3, CLARA, &[1, 2])]].concat();
    assert_eq!(stands(&settled), [(3, vec![])]);
    // Of another text, or into another language, it takes the place of nothing.
    let other = by(4, CLARA, Some(8), &[1], false);
    let mut be = person(5, CLARA, &[1]);
    if let CaseAct::Translation(OfTranslation::Is(it)) = &mut be.act {
        it.language = "be".to_owned();
    }
    let all = [both.as_slice(), &[other, be]].concat();
    assert_eq!(stands(&all).len(), 4);
    // Nor does what does not count.
    let mut void = person(3, CLARA, &[1, 2]);
    void.counts = Err(crate::case::Void::Frozen);
    let all = [both.as_slice(), &[void]].concat();
    assert_eq!(stands(&all).len(), 2);
    // A circle, or itself.
    let circle = [person(1, ANNA, &[2]), person(2, BORIS, &[1])];
    assert_eq!(stands(&circle), []);
    assert_eq!(stands(&[person(1, ANNA, &[1])]), [(1, vec![])]);
}

#[test]
fn a_machine_takes_the_place_of_no_person() {
    let all = [person(1, ANNA, &[]), machine(2, BORIS, &[1])];
    assert_eq!(stands(&all), [(1, vec![]), (2, vec![])]);
    let all = [machine(1, ANNA, &[]), machine(2, BORIS, &[1])];
    assert_eq!(stands(&all), [(2, vec![])]);
    let all = [machine(1, ANNA, &[]), person(2, BORIS, &[1])];
    assert_eq!(stands(&all), [(2, vec![])]);
    // The same hash in a machine's and a person's.
    let all = [
        machine(1, ANNA, &[]),
        person(2, BORIS, &[1]),
        machine(3, CLARA, &[1, 2]),
    ];
    assert_eq!(stands(&all), [(2, vec![]), (3, vec![])]);
}

#[test]
fn a_second_person_checks_it_and_nobody_their_own() {
    let all = [machine(1, ANNA, &[]), checked(2, ANNA, 1)];
    assert_eq!(stands(&all), [(1, vec![])]);
    let all = [
        machine(1, ANNA, &[]),
        checked(2, BORIS, 1),
        checked(3, BORIS, 1),
        checked(4, CLARA, 1),
        checked(5, CLARA, 7),
    ];
    assert_eq!(stands(&all), [(1, vec![2, 4])]);
    assert_eq!(fold(&all).missing, 1, "what is checked and is not here");
    // Of one that another took the place of it is worth nothing.
    let all = [
        machine(1, ANNA, &[]),
        checked(2, BORIS, 1),
        machine(3, ANNA, &[1]),
    ];
    assert_eq!(stands(&all), [(3, vec![])]);
}

#[test]
fn a_translation_is_of_an_earlier_text_when_its_author_had_not_seen_the_correction() {
    let earlier = |all: &[Said]| -> Vec<bool> {
        let of = |all: &[Said]| {
            let case = fold(all);
            let stand = case.translations.values().flatten();
            stand.map(|it| it.is_of_earlier).collect::<Vec<_>>()
        };
        let turned: Vec<Said> = all.iter().rev().cloned().collect();
        assert_eq!(of(all), of(&turned));
        of(all)
    };
    let seeing = |seen: &[u8]| {
        let mut it = person(9, ANNA, &[]);
        it.seen = seen.iter().copied().map(hash).collect();
        it
    };
    assert_eq!(earlier(&[seeing(&[])]), [false]);
    for kind in [Kind::Correction, Kind::Update] {
        // Also where the correction has an earlier time: it came later to whoever translated.
        let correction = of_sender(1, kind, &[]);
        assert_eq!(earlier(&[seeing(&[]), correction.clone()]), [true]);
        assert_eq!(earlier(&[seeing(&[1]), correction.clone()]), [false]);
        // Seen by way of what somebody else had seen.
        let all = [seeing(&[2]), note(2, &[1]), correction.clone()];
        assert_eq!(earlier(&all), [false]);
        let mut void = correction;
        void.counts = Err(crate::case::Void::NotTheSender);
        assert_eq!(earlier(&[seeing(&[]), void]), [false]);
    }
    let closure = of_sender(1, Kind::Closure, &[]);
    assert_eq!(earlier(&[seeing(&[]), closure]), [false]);
    // One of the correction itself is of the newest; one of a note has nothing to do with it.
    let correction = of_sender(1, Kind::Correction, &[]);
    let of_it = by(9, ANNA, Some(1), &[], false);
    assert_eq!(earlier(&[correction.clone(), of_it.clone()]), [false]);
    let second = of_sender(3, Kind::Correction, &[]);
    assert_eq!(earlier(&[correction.clone(), second, of_it]), [true]);
    let of_note = by(9, ANNA, Some(2), &[], false);
    assert_eq!(earlier(&[correction, note(2, &[]), of_note]), [false]);
}
