//! Bodies, what each of them says, and what is none.

use bellrope_proto::codec::Blob;
use serde_json::{Value, json};

use super::{
    facts, leading, notes, opened, originals,
    spoken::{Bodies, hash},
    states, translations,
};
use crate::{
    message::{CaseAct, CaseMessage},
    vectors::{encoded, world::*},
};

pub(in crate::vectors) fn act_name(act: &CaseAct) -> &'static str {
    match act {
        CaseAct::Receipt(_) => "receipt",
        CaseAct::State(_) => "state",
        CaseAct::Note(_) => "note",
        CaseAct::Answer(_) => "answer",
        CaseAct::OfSender(_) => "sender",
        CaseAct::Facts(_) => "facts",
        CaseAct::Readers(_) => "readers",
        CaseAct::Reach(_) => "reach",
        CaseAct::NoteTo(_) => "note_to",
        CaseAct::Translation(_) => "translation",
        CaseAct::Block(_) => "block",
        CaseAct::Widened(_) => "widened",
        CaseAct::Files(_) => "files",
        CaseAct::Saved(_) => "saved",
        CaseAct::HandedOn(_) => "handed_on",
        CaseAct::Forget(_) => "forget",
        CaseAct::Erased(_) => "erased",
        CaseAct::Keep(_) => "keep",
        CaseAct::Newer => "newer",
    }
}

/// The body that others differ from in one thing.
pub(super) fn good() -> CaseMessage {
    leading::lead(1, VERA, Some(7), "because").body
}

/// With an act and its words, as no program may have written them.
pub(super) fn inside(act: u16, words: Vec<u8>) -> CaseMessage {
    CaseMessage {
        act,
        words: Blob(words),
        ..good()
    }
}

/// What is around the words.
fn around() -> Bodies {
    let with = |change: &dyn Fn(&mut CaseMessage)| {
        let mut body = good();
        change(&mut body);
        body
    };
    vec![
        (
            "an extension that is ignored",
            with(&|body| body.extensions = extended(40_000)),
        ),
        (
            "an extension that is critical",
            with(&|body| body.extensions = extended(7)),
        ),
        (
            "16 that were seen",
            with(&|body| body.seen = vec![hash(3); 16]),
        ),
        ("17", with(&|body| body.seen = vec![hash(3); 17])),
    ]
}

pub(super) fn bodies() -> Value {
    let all = [
        opened::bodies(),
        leading::bodies(),
        states::bodies(),
        notes::bodies(),
        vec![("an act of a later version", inside(9, vec![1, 2, 3]))],
        originals::bodies(),
        around(),
        notes::bodies_for_some(),
        translations::bodies(),
        facts::bodies(),
    ];
    let mut all: Vec<(&str, String)> = all
        .into_iter()
        .flatten()
        .map(|(name, body)| (name, encoded(&body)))
        .collect();
    let cut = all[0].1.trim_end_matches('0').to_owned();
    let even = cut.len() - cut.len() % 2;
    all.push(("a body that ends too soon", cut[..even].to_owned()));
    all.into_iter()
        .map(|(name, body)| {
            let bytes = data_encoding::HEXLOWER.decode(body.as_bytes()).unwrap();
            let read = CaseMessage::decode(&bytes);
            let act = read.as_ref().map(CaseMessage::act);
            let known = act.as_ref().and_then(|act| match act {
                CaseAct::Facts(words) => Some(words.known().count()),
                _ => None,
            });
            let says = act.as_ref().map(act_name);
            json!({ "name": name, "body": body, "says": says, "facts": known })
        })
        .collect()
}
