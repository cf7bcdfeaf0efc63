//! What a device makes of the word that it is out (E9).

use bellrope_proto::{ids::Hash, signing::Signed};
use serde_json::{Value, json};

use super::{bytes, hex, items, read, rosters::chain, text, world::*};
use crate::{
    extensions::Extensions,
    group::{Roster, head_after},
    ids::GroupId,
    message::{Out, Payload},
};

/// Rosa has taken the pen from Vera, who coordinated alone.
const TAKEN: &str = "the only coordinator's pen is taken by all members";

struct Item {
    why: &'static str,
    device: u8,
    payload: Vec<u8>,
}

fn all_items() -> Vec<Item> {
    let entries = chain(TAKEN).0;
    let heads: Vec<Hash> = entries.iter().map(head_after).collect();
    let [.., before, head] = heads[..] else {
        unreachable!("a chain of one entry")
    };
    let group = GroupId(heads[0]);
    let item = |why, by: u8, of: u8, change: &dyn Fn(&mut Out)| {
        let mut said = Out {
            group,
            device: device(of).public(),
            head,
            extensions: Extensions::none(),
        };
        change(&mut said);
        Item {
            why,
            device: VERA,
            payload: Payload::Out(device(by).sign(&said)).encode(),
        }
    };
    let usual = |why, by| item(why, by, VERA, &|_| {});
    vec![
        usual("by who has the pen", ROSA),
        usual("by another member", IVAN),
        usual("by who has it no more", VERA),
        item("for another device", ROSA, IVAN, &|_| {}),
        item("of another group", ROSA, VERA, &|it| {
            it.group = GroupId(Hash([0x66; 32]));
        }),
        item(
            "after a head that the roster never had",
            ROSA,
            VERA,
            &|it| {
                it.head = Hash([0x66; 32]);
            },
        ),
        item(
            "after a head at which another had the pen",
            ROSA,
            VERA,
            &|it| {
                it.head = before;
            },
        ),
        Item {
            device: IVAN,
            ..item("by who had it after that head", VERA, IVAN, &|it| {
                it.head = before;
            })
        },
        item("with an extension, whatever that says", ROSA, VERA, &|it| {
            it.extensions = extended(7);
        }),
    ]
}

fn counts(item: &Item) -> bool {
    let roster = Roster::from_chain(chain(TAKEN).0).unwrap();
    let Ok(Payload::Out(said)) = Payload::decode(&item.payload) else {
        return false;
    };
    let said: Signed<Out> = said;
    Out::counts(&said, &roster, &device(item.device).public())
}

pub(super) fn all() -> Value {
    let of = |item: Item| {
        json!({
            "why": item.why,
            "roster": TAKEN,
            "device": hex(device(item.device).public().0),
            "payload": hex(&item.payload),
            "is_out": counts(&item),
        })
    };
    all_items().into_iter().map(of).collect()
}

#[test]
fn a_device_is_out_by_the_word_of_who_has_the_pen() {
    for one in items(&read("sequences.json")["outs"]) {
        assert_eq!(text(&one["roster"]), TAKEN);
        let named = |who: &u8| hex(device(*who).public().0) == text(&one["device"]);
        let item = Item {
            why: "",
            device: [VERA, IVAN].into_iter().find(named).unwrap(),
            payload: bytes(&one["payload"]),
        };
        assert_eq!(counts(&item), one["is_out"], "{}", one["why"]);
    }
}
