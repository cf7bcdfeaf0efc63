//! Numbers that people compare.

use bellrope_proto::ids::Hash;
use serde_json::{Value, json};

use super::{
    hex,
    world::{IVAN, PAVEL, VERA, device, member, name},
};
use crate::{
    comparing::{both, half_of_device, half_of_reader, of_group},
    ids::{Epoch, GroupId},
};

const GROUP: GroupId = GroupId(Hash([0x77; 32]));

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
        "halves": halves,
        "both": both(&half(VERA), &half(IVAN)),
        "group_numbers": groups,
    })
}
