//! What comes to an invitation's mailbox, and to whom it is sealed. Envelopes are random: the file has payloads, and they
//! are sealed when they are run.

use bellrope_proto::{
    codec,
    envelope::Envelope,
    grant::{Grant, Rights},
    ids::Timestamp,
    signing::{Authority, SecretKey, Signed},
};
use serde_json::{Value, json};

use super::{bytes, hex, text, world::*};
use crate::{
    extensions::Extensions,
    group::{Role, Roster},
    message::{AtOnce, Bundle, Coordinator, LaneCredential, Payload, View},
    seal,
};

/// Whose key opens the inner layer.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum To {
    /// Whoever has the code.
    Code,
    /// The inviting coordinator.
    Coordinator,
    /// The newcomer's device.
    Device,
    /// Somebody else.
    Other,
}

const NAMES: [(To, &str); 4] = [
    (To::Code, "code"),
    (To::Coordinator, "coordinator"),
    (To::Device, "device"),
    (To::Other, "other"),
];

/// One thing that happens in the mailbox.
#[derive(Clone)]
pub(super) struct Step {
    pub(super) why: String,
    pub(super) arrived: Timestamp,
    pub(super) to: To,
    /// None for what has expired at the relay.
    pub(super) payload: Option<Vec<u8>>,
    /// The envelope that the newcomer posted, and not another of the same.
    pub(super) own: bool,
}

impl Step {
    pub(super) fn new(why: &str, to: To, payload: &Payload) -> Self {
        Self::of_bytes(why, to, payload.encode())
    }

    pub(super) fn of_bytes(why: &str, to: To, payload: Vec<u8>) -> Self {
        Self {
            why: why.to_owned(),
            arrived: TIME,
            to,
            payload: Some(payload),
            own: false,
        }
    }

    pub(super) fn expired() -> Self {
        Self {
            payload: None,
            ..Self::of_bytes("what came before has expired", To::Other, Vec::new())
        }
    }

    pub(super) fn at(mut self, arrived: Timestamp) -> Self {
        self.arrived = arrived;
        self
    }

    pub(super) fn read(value: &Value) -> Self {
        let to = NAMES.iter().find(|(_, name)| value["sealed_to"] == *name);
        let payload = &value["payload"];
        Self {
            why: text(&value["why"]).to_owned(),
            arrived: Timestamp(value["arrived"].as_u64().unwrap()),
            to: to.unwrap().0,
            payload: payload.is_string().then(|| bytes(payload)),
            own: value["own"] == true,
        }
    }

    pub(super) fn to_json(&self, verdict: &Value) -> Value {
        let name = NAMES.iter().find(|(to, _)| *to == self.to).unwrap().1;
        json!({
            "why": self.why,
            "arrived": self.arrived.0,
            "sealed_to": name,
            "payload": self.payload.as_ref().map(hex),
            "own": self.own,
            "verdict": verdict,
        })
    }

    /// In the mailbox of the invitation of `who`, who is the newcomer.
    pub(super) fn envelope(&self, who: u8) -> Option<Envelope> {
        let keys = invitation(who);
        let to = match self.to {
            To::Code => keys.inner().to_key(),
            To::Coordinator => member(VERA),
            To::Device => member(who),
            To::Other => member(STRANGER),
        };
        let payload = self.payload.as_ref()?;
        Some(seal::seal(payload, &[to], &keys.outer().to_recipient()).unwrap())
    }
}

pub(super) fn group() -> Roster {
    Roster::from_chain(everybody().0).unwrap()
}

/// The right at the group's mailbox, with a lane that is always the same.
pub(super) fn access(rights: Rights) -> LaneCredential {
    access_to(&authority(1), rights)
}

pub(super) fn access_to(authority: &SecretKey<Authority>, rights: Rights) -> LaneCredential {
    let lane = SecretKey::from_seed(&[0xb1; 32]);
    let grant = Grant {
        authority: authority.public(),
        lane: lane.public(),
        rights,
        expires: EXPIRES,
    };
    LaneCredential::new(&lane, authority.sign(&grant))
}

/// The same grant in the name of the mailbox's authority, signed by another.
pub(super) fn resigned(access: &LaneCredential) -> Signed<Grant> {
    let grant = access.grant.peek().unwrap();
    let other = SecretKey::<Authority>::from_seed(&[0xa9; 32]);
    codec::decode(&codec::encode(&other.sign(&grant))).unwrap()
}

/// Vera's, as she wrote it when everybody was there.
pub(super) fn bundle(who: u8, role: Role) -> Bundle {
    let at_once = (role == Role::Defender).then(|| AtOnce {
        view: View::of(&group()),
        credential: access(Rights::POST),
        extensions: Extensions::none(),
    });
    Bundle {
        invitation: invitation(who).invitation.public(),
        group: group().id(),
        role,
        expires: EXPIRES,
        coordinator: device(VERA).public(),
        delegation: None,
        coordinators: Coordinator::all(&group()),
        position: View::of(&group()).position,
        roster: group().head(),
        at_once,
        extensions: Extensions::none(),
    }
}

pub(super) fn signed(bundle: &Bundle, by: u8) -> Payload {
    Payload::Bundle(device(by).sign(bundle))
}
