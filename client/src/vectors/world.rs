//! The invented people of the vectors, and what they all have in common.

use std::marker::PhantomData;

use bellrope_proto::{
    address::RelayAddress,
    codec::{self, Blob},
    ids::{Hash, Timestamp},
    signing::{Authority, Device, PublicKey, Purpose, SecretKey, Signed, Statement},
};
use serde::{
    Deserialize, Deserializer, Serialize, Serializer, de::Error as _, ser::SerializeTuple as _,
};
use serde_json::{Value, json};

use super::hex;
use crate::{
    extensions::Extensions,
    group::{Admit, Approve, Change, Entry, EpochKeys, Found, Role, Turn, handle, head_after},
    ids::{Epoch, Position},
    invitation::{InvitationKeys, Secret},
    message::{Holder, lane_of},
    seal::{EpochIdentity, MemberIdentity, MemberKey},
};

pub(super) const TIME: Timestamp = Timestamp(1_795_000_000);
pub(super) const EXPIRES: Timestamp = Timestamp(1_796_000_000);

/// When the epochs after the first begin.
pub(super) const TURNED: Timestamp = Timestamp(1_795_001_000);

/// Each has one byte that their seeds and their invitation's secret are made of.
pub(super) const VERA: u8 = 1;
pub(super) const IVAN: u8 = 2;
pub(super) const NADIA: u8 = 3;
pub(super) const OLGA: u8 = 4;
pub(super) const PAVEL: u8 = 5;
pub(super) const ROSA: u8 = 6;
pub(super) const STRANGER: u8 = 9;

pub(super) fn name(who: u8) -> &'static str {
    match who {
        VERA => "Vera Lind",
        IVAN => "Иван Дуарте",
        NADIA => "Nadia Roos",
        OLGA => "Olga Marten",
        PAVEL => "Pavel Quist",
        ROSA => "Rosa Aalto",
        _ => "a stranger",
    }
}

pub(super) fn device(who: u8) -> SecretKey<Device> {
    SecretKey::from_seed(&[0x10 + who; 32])
}

pub(super) fn member(who: u8) -> MemberKey {
    MemberIdentity::from_seed(&[0x20 + who; 32]).to_key()
}

pub(super) fn invitation(who: u8) -> InvitationKeys {
    Secret::new(&[0x30 + who; 16]).keys()
}

/// The secret of the epoch with this number.
pub(super) fn epoch_seed(number: u8) -> [u8; 32] {
    [0xe1 + number; 32]
}

/// What rules its mailbox.
pub(super) fn authority_seed(number: u8) -> [u8; 32] {
    [0xa0 + number; 32]
}

pub(super) fn authority(number: u8) -> SecretKey<Authority> {
    SecretKey::from_seed(&authority_seed(number))
}

pub(super) fn epoch_keys(number: u8) -> EpochKeys {
    let recipient = EpochIdentity::from_seed(&epoch_seed(number)).to_recipient();
    EpochKeys {
        number: Epoch(number.into()),
        recipient: Blob(recipient.as_bytes().to_vec()),
        mailbox: authority(number).public().mailbox(),
        relays: vec![relay(4433)],
        extensions: Extensions::none(),
    }
}

pub(super) fn epochs() -> Value {
    let of = |number: u8| {
        let keys = epoch_keys(number);
        json!({
            "number": number,
            "seed": hex(epoch_seed(number)),
            "recipient": hex(&keys.recipient.0),
            "authority_seed": hex(authority_seed(number)),
            "mailbox": hex(keys.mailbox.0),
        })
    };
    [1, 2, 3].into_iter().map(of).collect()
}

/// Of every epoch, for one who was invited and for who founded the group.
pub(super) fn lanes() -> Value {
    let of = |number: u8| {
        let holders = [
            ("invited", invitation(IVAN).invitation.public().0),
            ("founder", device(VERA).public().0),
        ];
        holders.map(|(label, key)| {
            let holder = match label {
                "invited" => Holder::Invited(PublicKey::from_bytes(key)),
                _ => Holder::Founder(PublicKey::from_bytes(key)),
            };
            let lane = lane_of(&authority(number), &holder);
            json!({
                "authority_seed": hex(authority_seed(number)),
                "label": label,
                "key": hex(key),
                "seed": hex(lane.seed().as_slice()),
            })
        })
    };
    [1, 2].into_iter().flat_map(of).collect()
}

/// As long as the host of [`relay`], and none.
pub(super) const NO_HOST: &str = "relay example.org";

/// That host, in another spelling.
pub(super) const SPELT_OTHERWISE: &str = "Relay.example.org";

pub(super) fn relay(port: u16) -> RelayAddress {
    let key = PublicKey::from_bytes([0xa3; 32]);
    RelayAddress::new("relay.example.org", port, key).unwrap()
}

pub(super) fn devices() -> Value {
    let of = |who: u8| {
        json!({
            "name": name(who),
            "device_seed": hex(device(who).seed().as_slice()),
            "device": hex(device(who).public().0),
            "member_seed": hex([0x20 + who; 32]),
            "member": hex(member(who).as_bytes()),
            "turn_seed": hex([0x20 + who; 32]),
            "turn": hex(&turn(who).0),
        })
    };
    let all = [VERA, IVAN, NADIA, OLGA, PAVEL, ROSA, STRANGER];
    all.into_iter().map(of).collect()
}

pub(super) fn extended(number: u16) -> Extensions {
    Extensions::new(vec![(number, b"tomorrow".to_vec())]).unwrap()
}

pub(super) fn found() -> Found {
    Found {
        salt: [0x5a; 16],
        group_name: "Bell and rope".to_owned(),
        founder_name: name(VERA).to_owned(),
        founder_key: member(VERA),
        founder_turn: turn(VERA),
        epoch: epoch_keys(1),
        extensions: Extensions::none(),
    }
}

pub(super) fn admit(who: u8, role: Role) -> Admit {
    let invited = invitation(who).invitation.public();
    Admit {
        invitation: invited,
        role,
        name: match role {
            Role::Defender => handle(&invited),
            _ => name(who).to_owned(),
        },
        mailbox: invitation(who).mailbox(),
        expires: EXPIRES,
        extensions: Extensions::none(),
    }
}

pub(super) fn approve(admitted_at: u32, who: u8) -> Approve {
    Approve {
        admitted_at: Position(admitted_at),
        device: device(who).public(),
        key: member(who),
        turn: Some(turn(who)),
        extensions: Extensions::none(),
    }
}

/// The epoch with this number begins, without these people.
pub(super) fn turn_to(number: u8, removed: &[u8]) -> Turn {
    Turn {
        removed: removed.iter().map(|who| device(*who).public()).collect(),
        epoch: epoch_keys(number),
        consents: Vec::new(),
        extensions: Extensions::none(),
    }
}

/// What a device's part of a new epoch is sealed to.
pub(super) fn turn(who: u8) -> Blob {
    let turn = EpochIdentity::from_seed(&[0x20 + who; 32]).to_recipient();
    Blob(turn.as_bytes().to_vec())
}

/// A statement whose relays have another host, of as many characters: none that a program which keeps the rules can write.
pub(super) fn with_host<T: Statement<Signer = Device>>(
    by: u8,
    statement: &T,
    host: &str,
) -> Signed<T> {
    let was = relay(1);
    let was = was.host().as_bytes();
    assert_eq!(was.len(), host.len());
    let mut bytes = codec::encode(statement);
    let at = bytes.windows(was.len()).position(|part| part == was);
    bytes[at.unwrap()..][..was.len()].copy_from_slice(host.as_bytes());
    let signed = device(by).sign(&Bytes::<T>(bytes, PhantomData));
    codec::decode(&codec::encode(&signed)).unwrap()
}

/// Any bytes, signed as a statement of this kind.
struct Bytes<T>(Vec<u8>, PhantomData<fn() -> T>);

impl<T> Serialize for Bytes<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut bytes = serializer.serialize_tuple(self.0.len())?;
        for byte in &self.0 {
            bytes.serialize_element(byte)?;
        }
        bytes.end()
    }
}

impl<'de, T> Deserialize<'de> for Bytes<T> {
    fn deserialize<D: Deserializer<'de>>(_: D) -> Result<Self, D::Error> {
        Err(D::Error::custom("only written"))
    }
}

impl<T: Statement> Statement for Bytes<T> {
    type Signer = T::Signer;
    const PURPOSE: Purpose = T::PURPOSE;
}

/// A change of a later version.
pub(super) fn unknown(number: u16) -> Change {
    Change::Unknown {
        number,
        body: Blob(b"tomorrow".to_vec()),
    }
}

/// A chain as it is written, by no rule, so that bad ones can be made too.
#[derive(Clone)]
pub(super) struct Chain(pub Vec<Signed<Entry>>);

impl Chain {
    pub(super) fn new(found: Found) -> Self {
        let empty = Self(Vec::new());
        empty.then(Change::Found(found))
    }

    /// With Vera's entry for the next place.
    pub(super) fn then(&self, change: Change) -> Self {
        self.with(&device(VERA).sign(&self.entry(change)))
    }

    /// With Vera's entry by which another epoch begins.
    pub(super) fn turned(&self, turn: Turn) -> Self {
        let entry = Entry {
            time: TURNED,
            ..self.entry(Change::Turn(turn))
        };
        self.with(&device(VERA).sign(&entry))
    }

    pub(super) fn with(&self, entry: &Signed<Entry>) -> Self {
        let mut longer = self.clone();
        longer.0.push(entry.clone());
        longer
    }

    /// What would stand at the next place, unsigned.
    pub(super) fn entry(&self, change: Change) -> Entry {
        Entry {
            position: Position(u32::try_from(self.0.len()).unwrap()),
            previous: self.head(),
            time: TIME,
            author: device(VERA).public(),
            change,
            extensions: Extensions::none(),
        }
    }

    pub(super) fn head(&self) -> Hash {
        self.0.last().map_or(Hash([0; 32]), head_after)
    }
}

/// Everybody once: three who are in beside the founder, a defender and a member who are not yet.
pub(super) fn everybody() -> Chain {
    Chain::new(found())
        .then(Change::Admit(admit(IVAN, Role::Member)))
        .then(Change::Approve(approve(1, IVAN)))
        .then(Change::Admit(admit(NADIA, Role::Defender)))
        .then(Change::Approve(approve(3, NADIA)))
        .then(Change::Admit(admit(OLGA, Role::Observer)))
        .then(Change::Approve(approve(5, OLGA)))
        .then(Change::Admit(admit(PAVEL, Role::Defender)))
        .then(Change::Admit(admit(ROSA, Role::Member)))
}
