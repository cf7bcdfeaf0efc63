//! What a coordinator wishes whose device does not write the roster, and what came of it: which bodies say what.

use bellrope_proto::{
    codec::{self, Blob},
    signing::PublicKey,
};
use serde_json::{Value, json};

use super::{bytes, encoded, hex, world::*};
use crate::{
    extensions::Extensions,
    group::{Admit, Policy, Retention, Role},
    ids::{Position, WishId},
    invitation::Secret,
    message::{Wish, WishAct, WishAnswer, WishOutcome},
};

const ID: WishId = WishId([9; 16]);

fn body(act: u16, said: Vec<u8>, extensions: Extensions) -> String {
    encoded(&(ID, act, Blob(said), extensions))
}

fn bodies() -> Value {
    let keys = Secret::new(&[5; 16]).keys();
    let admit = |extensions| Admit {
        invitation: keys.invitation.public(),
        role: Role::Member,
        name: "Vera".to_owned(),
        mailbox: keys.mailbox(),
        expires: bellrope_proto::ids::Timestamp(1_795_600_000),
        extensions,
    };
    let key = keys.invitation.public();
    let asks: PublicKey<_> = device(ROSA).public();
    let of = |act: WishAct| encoded(&Wish::new(ID, &act));
    let policy = Policy {
        circle: Some(vec![asks]),
        ..Policy::default()
    };
    let none = Extensions::none;
    let whole = of(WishAct::Withdraw(key));
    [
        ("invite", of(WishAct::Invite(admit(none())))),
        ("take back", whole.clone()),
        ("let in", of(WishAct::Approve(key, asks))),
        (
            "who reads",
            of(WishAct::Policy(Position(3), policy.clone())),
        ),
        ("an act that is not known", body(5, vec![0; 32], none())),
        ("too much", body(2, vec![0; 33], none())),
        ("too little", body(3, vec![0; 32], none())),
        ("a byte left over", whole.clone() + "00"),
        (
            "an extension that is ignored",
            body(2, codec::encode(&key), extended(40_000)),
        ),
        (
            "an extension that is critical",
            body(2, codec::encode(&key), extended(7)),
        ),
        (
            "an admission with a critical extension",
            body(1, codec::encode(&admit(extended(7))), none()),
        ),
        (
            "a policy with a critical extension",
            body(
                4,
                codec::encode(&(
                    3_u32,
                    Policy {
                        extensions: extended(7),
                        ..policy
                    },
                )),
                none(),
            ),
        ),
        (
            "how long cases are kept",
            of(WishAct::Retention(Position(3), Retention::of(Some(24)))),
        ),
        (
            "for fewer months than count",
            of(WishAct::Retention(Position(3), Retention::of(Some(2)))),
        ),
    ]
    .map(|(name, body)| {
        let act = Wish::decode(&bytes(&json!(body))).map(|(wish, act)| {
            assert_eq!(wish.id, ID);
            match act {
                WishAct::Invite(admit) => json!(["invite", hex(admit.invitation.0)]),
                WishAct::Withdraw(key) => json!(["withdraw", hex(key.0)]),
                WishAct::Approve(key, device) => json!(["approve", hex(key.0), hex(device.0)]),
                WishAct::Policy(before, _) => json!(["policy", before.0]),
                WishAct::Duty(before, _) => json!(["duty", before.0]),
                WishAct::Retention(before, kept) => json!(["retention", before.0, kept.months]),
            }
        });
        json!({ "name": name, "body": body, "act": act })
    })
    .into()
}

fn answers() -> Value {
    let answer = |outcome: u16, extensions: Extensions| encoded(&(ID, outcome, extensions));
    let written = encoded(&WishAnswer::new(ID, WishOutcome::Written));
    [
        ("written", written.clone()),
        ("the name", answer(1, Extensions::none())),
        ("one that is not known", answer(9_999, Extensions::none())),
        ("an extension that is ignored", answer(2, extended(40_000))),
        ("an extension that is critical", answer(2, extended(7))),
        ("a byte left over", written + "00"),
    ]
    .map(|(name, body)| {
        let said = WishAnswer::decode(&bytes(&json!(body)));
        let outcome = said.map(|(_, outcome)| u16::from(outcome));
        json!({ "name": name, "body": body, "outcome": outcome })
    })
    .into()
}

pub(super) fn all() -> Value {
    json!({ "bodies": bodies(), "answers": answers() })
}

#[test]
fn they_say_what_their_names_say() {
    let all = all();
    let says = |of: &str, key: &str| -> Vec<bool> {
        let rows = all[of].as_array().unwrap().iter();
        rows.map(|row| !row[key].is_null()).collect()
    };
    let (yes, no) = (true, false);
    let bodies = [yes, yes, yes, yes, no, no, no, no, yes, no, no, no, yes, no];
    assert_eq!(says("bodies", "act"), bodies);
    assert_eq!(says("answers", "outcome"), [yes, yes, yes, yes, no, no]);
    assert_eq!(all["answers"][2]["outcome"], 7);
}
