//! The sensitive parts of alerts: the extension, what is sealed in it, and who the few are.

use bellrope_proto::{
    codec::{self, Blob},
    ids::{Hash, MailboxId},
    signing::{Device, PublicKey},
};
use serde_json::{Value, json};

use super::{hex, world::*};
use crate::{
    alert::{
        Fields,
        part::{self, SENSITIVE_PART, SensitivePart},
        vocabulary::{SensitiveKind, Vocabulary as _},
    },
    extensions::Extensions,
    group::{EpochKeys, Policy},
    ids::{Epoch, GroupId, MessageId, Position},
    message::{Coordinator, View},
    seal::MemberKey,
};

const ALERT: MessageId = MessageId([0xa1; 16]);

fn author() -> PublicKey<Device> {
    device(PAVEL).public()
}

/// What is sealed, and what a reader shows who finds it in the alert `ALERT` of that author.
fn letters() -> Vec<Value> {
    let own = (author(), ALERT);
    let strange = (device(ROSA).public(), ALERT);
    let other = (author(), MessageId([0xa3; 16]));
    let none = Extensions::none;
    let of = |name: &str, by, kinds: &[u16], text: &str, extensions| {
        let kinds: Vec<_> = kinds.iter().map(|it| SensitiveKind::from(*it)).collect();
        let meant = (&author(), ALERT);
        let (bytes, hash, shown) = part::letter(by, (&kinds, text), extensions, meant);
        let shown = shown.map(|it| {
            let kinds: Vec<u16> = it.kinds().iter().map(|kind| kind.number()).collect();
            json!({ "kinds": kinds, "text": it.text() })
        });
        json!({ "name": name, "letter": hex(bytes), "hash": hex(hash.0), "shown": shown })
    };
    let nine = [1, 2, 3, 4, 5, 6, 7, 8, 9];
    vec![
        of("one", own, &[6], "ночью, трое", none()),
        of("of several kinds", own, &[1, 2, 70], "a", none()),
        of("of no kind", own, &[], "a", none()),
        of("of kind 0", own, &[0, 1], "a", none()),
        of("of one kind twice", own, &[1, 1], "a", none()),
        of("of nine kinds", own, &nine, "a", none()),
        of("without words", own, &[1], "", none()),
        of("1,000 characters", own, &[1], &"я".repeat(1_000), none()),
        of("1,001 characters", own, &[1], &"я".repeat(1_001), none()),
        of("by another device", strange, &[1], "a", none()),
        of("of another alert", other, &[1], "a", none()),
        of("a critical extension", own, &[1], "a", extended(9)),
        of("one that may be ignored", own, &[1], "a", extended(40_000)),
    ]
}

/// Extensions 19, and whether each is read.
fn written() -> Vec<Value> {
    let ascending = |count: u8| {
        let mut keys: Vec<MemberKey> = (1..=count).map(member).collect();
        keys.sort_unstable();
        keys
    };
    let none = Extensions::none;
    let of = |readers, extensions| part::part(readers, Hash([4; 32]), extensions);
    let turned: Vec<MemberKey> = ascending(2).into_iter().rev().collect();
    let twice = vec![member(1), member(1)];
    let all = [
        ("for two", of(ascending(2), none())),
        ("for 45", of(ascending(45), none())),
        ("for 46", of(ascending(46), none())),
        ("for nobody", of(Vec::new(), none())),
        ("not ascending", of(turned, none())),
        ("one twice", of(twice, none())),
        ("a critical extension", of(ascending(1), extended(9))),
        (
            "one that may be ignored",
            of(ascending(1), extended(40_000)),
        ),
    ];
    let encoded = all.map(|(name, part)| (name, codec::encode(&part)));
    let cut = encoded
        .first()
        .map(|(_, bytes)| bytes.split_at(40).0.to_vec());
    let cut = cut.into_iter().map(|bytes| ("cut", bytes));
    let all = encoded.into_iter().chain(cut).map(|(name, bytes)| {
        let fields = Fields {
            extensions: Extensions::none().with(SENSITIVE_PART, bytes.clone()),
            ..Fields::default()
        };
        let is_read = SensitivePart::of(&fields).is_some();
        json!({ "name": name, "extension": hex(bytes), "is_read": is_read })
    });
    all.collect()
}

/// Who the few are, by a view of these people: Vera with two devices, Ivan, Nadia, Olga and Rosa; Vera and Nadia coordinate.
fn few() -> Vec<Value> {
    const KEYS: [u8; 7] = [VERA, IVAN, NADIA, 12, OLGA, ROSA, 13];
    const PEOPLE: [u16; 7] = [0, 1, 2, 0, 4, 5, 6];
    let everybody = [VERA, IVAN, NADIA, 12, OLGA, ROSA, 13];
    let many: Vec<u16> = (0..9).collect();
    let of = |name: &str, me: u8, named: Option<Vec<u8>>, meant: &[u8]| {
        let mut policy = Policy::default();
        if let Some(bytes) = &named {
            policy.extensions = policy.extensions.with(32_781, bytes.clone());
        }
        let view = View {
            group: GroupId(Hash([1; 32])),
            position: Position(1),
            roster: Hash([2; 32]),
            epoch: EpochKeys {
                number: Epoch(1),
                recipient: Blob(vec![0; 1_216]),
                mailbox: MailboxId([3; 32]),
                relays: Vec::new(),
                extensions: Extensions::none(),
            },
            readers: KEYS.map(member).to_vec(),
            people: PEOPLE.to_vec(),
            policy,
            coordinators: [VERA, NADIA]
                .map(|who| Coordinator {
                    device: device(who).public(),
                    key: member(who),
                })
                .to_vec(),
            extensions: Extensions::none(),
        };
        let meant: Vec<MemberKey> = meant.iter().map(|who| member(*who)).collect();
        let few = view.few(&member(me), &meant);
        let keys = |keys: &[MemberKey]| -> Vec<String> {
            keys.iter().map(|key| hex(key.as_bytes())).collect()
        };
        json!({
            "name": name,
            "author": hex(member(me).as_bytes()),
            "readers": keys(&view.readers),
            "people": PEOPLE,
            "coordinators": keys(&[VERA, NADIA].map(member)),
            "named": named.map(hex),
            "for": keys(&meant),
            "few": keys(&few.keys),
        })
    };
    let named = |places: &[u16]| Some(codec::encode(&places.to_vec()));
    vec![
        of("nobody is named: who coordinates", PAVEL, None, &everybody),
        of("two are named", PAVEL, named(&[5, 1]), &everybody),
        of("with both devices", PAVEL, named(&[0]), &everybody),
        of(
            "one of two reads the alert",
            PAVEL,
            named(&[5, 1]),
            &[VERA, 12, IVAN],
        ),
        of("none of them does", PAVEL, named(&[5, 1]), &[NADIA, OLGA]),
        of("nor who coordinates", PAVEL, named(&[5, 1]), &[OLGA, 13]),
        of("its author is named", IVAN, named(&[1]), &everybody),
        of(
            "its author coordinates, by another device",
            12,
            None,
            &everybody,
        ),
        of("by a place that nobody has", PAVEL, named(&[9]), &everybody),
        of("nine are named", PAVEL, named(&many), &everybody),
        of("what does not decode", PAVEL, Some(vec![1]), &everybody),
    ]
}

pub(super) fn all() -> Value {
    json!({
        "author": hex(author().0),
        "alert": hex(ALERT.0),
        "letters": letters(),
        "extensions": written(),
        "few": few(),
    })
}
