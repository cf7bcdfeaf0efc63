//! Numbers that people compare.

use bellrope_proto::{codec, ids::Hash};
use serde_json::{Value, json};

use super::{
    hex,
    world::{IVAN, PAVEL, TIME, VERA, device, member, name},
};
use crate::{
    comparing::{both, half_of_device, half_of_reader, of_group},
    ids::{Epoch, GroupId},
    message::{
        Bound, CallCode, Comparison, Payload, Step, Verdict, Vouch, Vouched, call_of, commitment,
    },
    text::Language,
};

const GROUP: GroupId = GroupId(Hash([0x77; 32]));

/// What two say to each other, in order, and the code that both come to.
fn call(one: u8, other: u8, byte: u8) -> Value {
    let mut pair = [one, other];
    pair.sort_by_key(|who| device(*who).public());
    let [first, second] = pair;
    let (committed, added) = ([0x40 + byte; 32], [0x50 + byte; 32]);
    let (head, epoch) = (Hash([0x60 + byte; 32]), Epoch(byte.into()));
    let keys = pair.map(|who| device(who).public());
    let commitment = commitment(GROUP, (&keys[0], &keys[1]), &committed);
    let call = call_of(&commitment, &added);
    let reveal = Step::Reveal {
        commitment,
        added,
        committed,
    };
    let steps = [
        (second, Step::Ready([0x70 + byte; 32])),
        (first, Step::Commit(commitment)),
        (second, Step::Answer(commitment, added)),
        (first, reveal),
        (first, Step::Verdict(call, Verdict::Same)),
        (second, Step::Verdict(call, Verdict::Differ)),
    ];
    let steps = steps.map(|(from, step)| {
        let to = if from == first { second } else { first };
        let ways = (device(from).public(), device(to).public());
        let said = Comparison::new((GROUP, epoch, head), ways, &step);
        hex(Payload::Comparison(device(from).sign(&said)).encode())
    });
    let bound = Bound {
        group: GROUP,
        devices: keys,
        keys: pair.map(member),
        roster: head,
    };
    let code = CallCode::of(&bound, &committed, &added);
    let english: Vec<&str> = code.in_words(Language::En).to_vec();
    let russian: Vec<&str> = code.in_words(Language::Ru).to_vec();
    json!({
        "first": name(first),
        "second": name(second),
        "members": pair.map(|who| hex(member(who).as_bytes())),
        "payloads": steps,
        "call": hex(call.0),
        "numbers": code.numbers(),
        "words": { "en": english, "ru": russian },
    })
}

/// Bodies of messages of kind 32,771, and what they say.
fn vouches() -> Value {
    let about = (device(IVAN).public(), member(IVAN));
    let said = [
        (Vouched::Here, "here"),
        (Vouched::Call, "call"),
        (Vouched::TakenBack, "taken_back"),
        (Vouched::Failed, "failed"),
    ];
    let said = said.map(|(what, says)| {
        let body = codec::encode(&Vouch::new(about, what, TIME));
        json!({ "body": hex(&body), "says": says, "about": hex(about.0.0), "at": TIME.0 })
    });
    // A number that is not known, and one that ends too early.
    let mut later = codec::encode(&Vouch::new(about, Vouched::Here, TIME));
    let cut = later[..later.len() - 1].to_vec();
    later[65] = 5;
    let nothing = [later, cut].map(|body| json!({ "body": hex(body), "says": null }));
    said.into_iter().chain(nothing).collect()
}

pub(super) fn all() -> Value {
    let half = |who| half_of_device(GROUP, &device(who).public(), &member(who));
    let halves = [VERA, IVAN, PAVEL].map(|who| {
        json!({
            "name": name(who),
            "group": hex(GROUP.0.0),
            "device": hex(device(who).public().0),
            "member": hex(member(who).as_bytes()),
            "of_device": half(who),
            "of_reader": half_of_reader(GROUP, &member(who)),
        })
    });
    let groups = [
        (1, 0x21, ""),
        (2, 0x21, ""),
        (2, 0x22, ""),
        (2, 0x22, "0482"),
    ];
    let groups = groups.map(|(epoch, head, said)| {
        let head = Hash([head; 32]);
        json!({
            "group": hex(GROUP.0.0),
            "epoch": epoch,
            "head": hex(head.0),
            "said": said,
            "number": of_group(GROUP, Epoch(epoch), &head, said),
        })
    });
    json!({
        "calls": [call(VERA, IVAN, 1), call(PAVEL, IVAN, 2)],
        "halves": halves,
        "both": both(&half(VERA), &half(IVAN)),
        "group_numbers": groups,
        "vouches": vouches(),
    })
}
