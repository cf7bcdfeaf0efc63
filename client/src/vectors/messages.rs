//! Claims, and messages with what a reader makes of their senders.

use bellrope_proto::{
    codec::{self, Blob},
    ids::{Hash, Sequence, Timestamp},
    signing::{Device, PublicKey, SecretKey, Signed},
};
use serde_json::{Value, json};

use super::{
    bytes, decoded, encoded, epochs, hex, items, policies,
    rosters::{REPLACED, WITHDRAWN, chain, stored_roster},
    stored, text,
    world::*,
};
use crate::{
    extensions::Extensions,
    group::{Claim, Roster, recipients_hash, valid_claim},
    ids::{Epoch, GroupId, MessageId, Position},
    message::{
        Arrival, Audience, CaseAct, CaseMessage, KIND_ALERT, KIND_CASE, Message, NoteWords,
        PassedOn, Payload, ReadersWords, Seen, Sender, SignedMessage, VerifyError, around, meant,
        verify,
    },
    seal::{EpochIdentity, EpochRecipient, MemberIdentity, MemberKey},
};

pub(super) fn claim(of: u8, by: u8) -> Signed<Claim> {
    // Pavel and Nadia are defenders.
    let turn = EpochIdentity::from_seed(&[0x20 + by; 32]).to_recipient();
    let reads = ![PAVEL, NADIA].contains(&of);
    claim_with(of, by, reads.then_some(&turn))
}

pub(super) fn claim_with(of: u8, by: u8, turn: Option<&EpochRecipient>) -> Signed<Claim> {
    let keys = invitation(of);
    let its_keys = (&device(by), member(by), turn);
    Claim::sign((&keys.invitation, keys.mailbox()), its_keys, None, TIME)
}

/// With something else in it, signed anew by its invitation.
pub(super) fn changed(change: impl FnOnce(&mut Claim)) -> Signed<Claim> {
    let mut claim = claim(PAVEL, PAVEL).peek().unwrap();
    change(&mut claim);
    invitation(PAVEL).invitation.sign(&claim)
}

pub(super) fn claims() -> Value {
    let mut by_another = claim(PAVEL, PAVEL).peek().unwrap();
    by_another.extensions = Extensions::none();
    let by_another = invitation(ROSA).invitation.sign(&by_another);
    let good = [
        ("a defender's", claim(PAVEL, PAVEL)),
        ("a member's", claim(ROSA, ROSA)),
        (
            "by another device, which counts until C4",
            claim(PAVEL, STRANGER),
        ),
        (
            "with a critical extension",
            changed(|claim| claim.extensions = extended(1)),
        ),
    ]
    .map(|(name, claim)| json!({ "name": name, "claim": encoded(&claim) }));
    let bad = [
        ("C1", "signed by another invitation", by_another),
        ("C1", "no admission's invitation", claim(STRANGER, STRANGER)),
        (
            "C2",
            "another mailbox",
            changed(|claim| claim.mailbox = invitation(ROSA).mailbox()),
        ),
        (
            "C3",
            "another's device key",
            changed(|claim| claim.device = device(IVAN).public()),
        ),
        (
            "C3",
            "another's member key",
            changed(|claim| claim.key = member(IVAN)),
        ),
        (
            "C3",
            "a turn key that its device does not say it has",
            changed(|claim| claim.turn = Some(turn(PAVEL))),
        ),
        (
            "C3",
            "a possession for another invitation",
            changed(|claim| {
                claim.possession = super::messages::claim(ROSA, PAVEL)
                    .peek()
                    .unwrap()
                    .possession
            }),
        ),
    ]
    .map(|(rule, why, claim)| json!({ "rule": rule, "why": why, "claim": encoded(&claim) }));
    json!({ "roster": "everybody", "good": good, "bad": bad })
}

/// Of Pavel, who came in by his claim.
pub(super) fn arrivals() -> Value {
    let arrival = |of: u8, position: u32, extensions| Arrival {
        invitation: invitation(of).invitation.public(),
        position: Position(position),
        extensions,
    };
    let none = Extensions::none;
    let items = [
        ("Pavel's", PAVEL, arrival(PAVEL, 8, none())),
        ("of an earlier roster", PAVEL, arrival(PAVEL, 3, none())),
        (
            "with a critical extension",
            PAVEL,
            arrival(PAVEL, 9, extended(1)),
        ),
        ("for another invitation", PAVEL, arrival(ROSA, 8, none())),
        ("signed by another device", ROSA, arrival(PAVEL, 8, none())),
        ("signed by the coordinator", VERA, arrival(PAVEL, 8, none())),
    ];
    let pavels = claim(PAVEL, PAVEL);
    let items = items.map(|(why, by, arrival)| {
        let signed = device(by).sign(&arrival);
        json!({ "why": why, "arrival": encoded(&signed), "counts": counts(&signed, &pavels) })
    });
    json!({ "claim": encoded(&pavels), "items": items })
}

/// The position, if it counts.
fn counts(arrival: &Signed<Arrival>, claim: &Signed<Claim>) -> Option<u32> {
    Arrival::of(arrival, &claim.peek().unwrap()).map(|arrival| arrival.position.0)
}

#[test]
fn an_arrival_counts_for_the_device_that_signed_it_in_its_own_invitation() {
    let arrivals = &stored()["arrivals"];
    let claim = decoded(&arrivals["claim"]);
    for one in items(&arrivals["items"]) {
        let found = counts(&decoded(&one["arrival"]), &claim);
        assert_eq!(json!(found), one["counts"], "{}", one["why"]);
    }
}

#[test]
fn claims_count_or_do_not() {
    let claims = &stored()["claims"];
    let roster = stored_roster(&stored(), &claims["roster"]);
    for good in items(&claims["good"]) {
        let claim = decoded(&good["claim"]);
        assert!(valid_claim(&claim, &roster).is_some(), "{}", good["name"]);
    }
    for bad in items(&claims["bad"]) {
        let claim = decoded(&bad["claim"]);
        assert!(valid_claim(&claim, &roster).is_none(), "{}", bad["why"]);
    }
}

/// A message in the making, and how it comes to its reader.
pub(super) struct Case {
    name: &'static str,
    roster: &'static str,
    by: u8,
    pub(super) message: Message,
    pub(super) claim: Option<Signed<Claim>>,
    extensions: Extensions,
    pub(super) reader: u8,
    pub(super) arrived: Timestamp,
    first: Option<u8>,
    forged: bool,
    passed: Option<Passed>,
    opened: Option<Opened>,
}

/// How a message was opened to somebody.
#[derive(Clone, Copy)]
struct Opened {
    by: u8,
    signer: u8,
    to: u8,
    opens: bool,
    /// The case; none for that which begins with this message.
    about: Option<(MessageId, Hash)>,
}

/// How a message was passed on.
#[derive(Clone, Copy)]
struct Passed {
    by: u8,
    signer: u8,
    /// Whether it is said of this message.
    of_this: bool,
    /// How far the roster was in the reader's log before the place that is named.
    stood: Option<u32>,
}

impl Case {
    /// Ivan to all who read, when everybody is there.
    pub(super) fn new(name: &'static str, by: u8) -> Self {
        Self::of("everybody", name, by)
    }

    pub(super) fn of(roster: &'static str, name: &'static str, by: u8) -> Self {
        let all = chain(roster);
        let rebuilt = Roster::from_chain(all.0.clone()).unwrap();
        let message = Message {
            group: rebuilt.id(),
            epoch: rebuilt.epoch().number,
            roster: all.head(),
            audience: Audience {
                hash: Hash([0; 32]),
                chosen: Vec::new(),
            },
            sender: device(by).public(),
            id: MessageId([0xd0 + by; 16]),
            number: 1,
            previous: Hash([0; 32]),
            time: TIME,
            expires: EXPIRES,
            seen: Vec::new(),
            kind: KIND_ALERT,
            body: Blob(b"Two men came to the office at nine.".to_vec()),
            extensions: Extensions::none(),
        };
        Self {
            name,
            roster,
            by,
            message,
            claim: None,
            extensions: Extensions::none(),
            reader: VERA,
            arrived: TIME,
            first: None,
            forged: false,
            passed: None,
            opened: None,
        }
        .for_whom_it_is()
    }

    /// Sealed to whom it is for, as far as it can be read.
    pub(super) fn for_whom_it_is(self) -> Self {
        let roster = Roster::from_chain(chain(self.roster).0).unwrap();
        self.with(|case| {
            if let Some(readers) = meant(&case.message, &roster) {
                case.message.audience.hash = recipients_hash(&readers);
            }
        })
    }

    pub(super) fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    pub(super) fn chosen(self, keys: Vec<MemberKey>) -> Self {
        self.with(|case| {
            case.message.audience.hash = recipients_hash(&keys);
            case.message.audience.chosen = keys;
        })
    }

    /// By somebody, to Ivan, who came after the founder had said it in sight of a roster with the founder alone.
    fn passed(name: &'static str, by: u8, stood: Option<u32>) -> Self {
        let earlier = Self::of("only the founder", "", VERA).message;
        Self::new(name, VERA).with(|case| {
            case.message.roster = earlier.roster;
            case.message.audience = earlier.audience;
            case.reader = IVAN;
            case.passed = Some(Passed {
                by,
                signer: by,
                of_this: true,
                stood,
            });
        })
    }

    /// Passed on by somebody, where nothing is wrong but what the roster says of them.
    pub(super) fn passed_by(self, by: u8, stood: u32) -> Self {
        self.with(|case| {
            case.passed = Some(Passed {
                by,
                signer: by,
                of_this: true,
                stood: Some(stood),
            });
        })
    }

    /// Of a defender to the coordinator alone, opened by somebody to a reader.
    fn opened(name: &'static str, by: u8, to: u8) -> Self {
        let alert = Self::new(name, NADIA).chosen(vec![member(VERA)]);
        alert.with(|case| {
            case.reader = to;
            case.opened = Some(Opened {
                by,
                signer: by,
                to,
                opens: true,
                about: None,
            });
        })
    }

    /// What Vera says in the case that begins with an alert of such a hash.
    fn word(self, about: (MessageId, Hash)) -> Self {
        let note = CaseAct::Note(NoteWords {
            text: "слова".to_owned(),
            extensions: Extensions::none(),
        });
        let body = CaseMessage::new(about, Vec::new(), &note).unwrap();
        self.with(|case| {
            case.by = VERA;
            case.message.sender = device(VERA).public();
            case.message.kind = KIND_CASE;
            case.message.body = Blob(codec::encode(&body));
        })
    }

    fn opened_but(self, change: impl FnOnce(&mut Opened)) -> Self {
        self.with(|case| change(case.opened.as_mut().unwrap()))
    }

    /// The act by which it was opened.
    fn act(&self, opened: Opened, message: &Signed<Message>) -> Signed<Message> {
        let about = (self.message.id, Message::hash(message));
        let words = ReadersWords::new(
            opened.opens,
            vec![device(opened.to).public()],
            Vec::new(),
            String::new(),
        );
        let act = CaseAct::Readers(words);
        let body = CaseMessage::new(opened.about.unwrap_or(about), Vec::new(), &act).unwrap();
        device(opened.signer).sign(&Message {
            sender: device(opened.by).public(),
            id: MessageId([0xea; 16]),
            kind: KIND_CASE,
            body: Blob(codec::encode(&body)),
            ..self.message.clone()
        })
    }

    fn but(self, change: impl FnOnce(&mut Passed)) -> Self {
        self.with(|case| change(case.passed.as_mut().unwrap()))
    }

    /// As it travels.
    pub(super) fn sent(&self) -> SignedMessage {
        let by: SecretKey<Device> = device(if self.forged { STRANGER } else { self.by });
        let message = by.sign(&self.message);
        let extensions = self.passed.map(|passed| {
            let of_this = Message::hash(&message);
            let said = PassedOn {
                message: if passed.of_this {
                    of_this
                } else {
                    Hash([0x66; 32])
                },
                relay: PublicKey::from_bytes(relay(1).key().0),
                place: Sequence(12),
                by: device(passed.by).public(),
                extensions: Extensions::none(),
            };
            let signed = device(passed.signer).sign(&said);
            self.extensions.with(32_768, codec::encode(&signed))
        });
        let act = self.opened.map(|opened| self.act(opened, &message));
        let sent = SignedMessage {
            message,
            claim: self.claim.clone(),
            extensions: extensions.unwrap_or_else(|| self.extensions.clone()),
        };
        match act {
            Some(act) => around(&sent, &act),
            None => sent,
        }
    }

    fn to_json(&self) -> Value {
        let sent = self.sent();
        let chain = chain(self.roster);
        let roster = Roster::from_chain(chain.0).unwrap();
        let first = self.first.map(|who| device(who).public());
        let stood = self.passed.and_then(|passed| passed.stood);
        json!({
            "name": self.name,
            "roster": self.roster,
            "reader": hex(member(self.reader).as_bytes()),
            "arrived": self.arrived.0,
            "first_device": first.map(|device| hex(device.0)),
            "stood": stood,
            "payload": hex(Payload::Message(sent.clone()).encode()),
            "verdict": verdict(
                &sent,
                &roster,
                &member(self.reader),
                self.arrived,
                (first, stood.map(Position)),
            ),
        })
    }
}

pub(super) fn verdict(
    sent: &SignedMessage,
    roster: &Roster,
    reader: &MemberKey,
    arrived: Timestamp,
    (first, stood): (Option<PublicKey<Device>>, Option<Position>),
) -> Value {
    match verify(
        sent,
        roster,
        reader,
        arrived,
        (|_| first, |_| stood, |_| None),
    ) {
        Ok(verified) => {
            let mut value = match verified.sender {
                Sender::Known { name, role } => {
                    json!({ "sender": "known", "name": name, "role": u16::from(role) })
                }
                Sender::Invited { name, role } => {
                    json!({ "sender": "invited", "name": name, "role": u16::from(role) })
                }
                Sender::Unverified(reason) => {
                    json!({ "sender": "unverified", "reason": reason.key() })
                }
            };
            value["passed_on_by"] = verified.passed_on.into();
            value["opened_by"] = verified.opened_by.map(|by| by.name).into();
            value["open_to_removed"] = verified.open_to_removed.into();
            value["late"] = verified.late.into();
            value["update"] = verified.newer.into();
            value["kind"] = verified.message.kind.into();
            value["hash"] = hex(Message::hash(&sent.message).0).into();
            value
        }
        Err(VerifyError::NotSigned(_)) => json!({ "refused": "M1" }),
        Err(VerifyError::OtherGroup) => json!({ "refused": "M2", "said": "group" }),
        Err(VerifyError::OtherEpoch) => json!({ "refused": "M2", "said": "epoch" }),
        Err(VerifyError::OtherReaders) => json!({ "refused": "M3" }),
    }
}

pub(super) fn sorted(mut keys: Vec<MemberKey>) -> Vec<MemberKey> {
    keys.sort_by_key(|key| *key.as_bytes());
    keys
}

/// Said when everybody was there, to a reader who has a critical change after that.
fn before_the_unknown(name: &'static str) -> Case {
    let at_everybody = Case::new(name, IVAN);
    at_everybody.with(|case| case.roster = "an unknown change that is critical, and more after it")
}

fn known() -> Vec<Case> {
    let first = Case::new("a member's first", IVAN);
    let signed = device(IVAN).sign(&first.message);
    let second = Case::new("a member's second, which has seen the relay's log", IVAN);
    let second = second.with(|case| {
        case.message.number = 2;
        case.message.previous = Message::hash(&signed);
        case.message.id = MessageId([0xc2; 16]);
        case.message.seen = vec![Seen {
            relay: PublicKey::from_bytes(relay(1).key().0),
            sequence: Sequence(7),
            head: Hash([0x77; 32]),
        }];
    });
    let two = sorted(vec![member(VERA), member(IVAN)]);
    let earlier = Case::of("only the founder", "", VERA).message;
    vec![
        first,
        second,
        Case::new("the founder's", VERA),
        Case::new("a defender's who is in", NADIA),
        Case::new("to two that its sender chose", IVAN).chosen(two),
        Case::new("said at an earlier roster head", VERA).with(|case| {
            case.message.roster = earlier.roster;
            case.message.audience = earlier.audience;
        }),
        Case::new("it arrives in the last second", IVAN).with(|case| case.arrived = EXPIRES),
        Case::new("a kind that is ignored", IVAN)
            .with(|case| case.message.kind = 32_768)
            .for_whom_it_is(),
        Case::new("a kind that is critical", IVAN)
            .with(|case| case.message.kind = 2)
            .for_whom_it_is(),
        Case::new("an extension that is ignored", IVAN)
            .with(|case| case.message.extensions = extended(32_768)),
        Case::new("an extension that is critical", IVAN)
            .with(|case| case.message.extensions = extended(32_767)),
        Case::new("an extension around it that is ignored", IVAN)
            .with(|case| case.extensions = extended(40_000)),
        Case::new("an extension around it that is critical", IVAN)
            .with(|case| case.extensions = extended(1)),
        Case::of("a role that is ignored", "of an unknown role", STRANGER),
        Case::of(
            "a role that is critical",
            "at a head that is not wholly understood, to others",
            IVAN,
        )
        .with(|case| case.message.audience.hash = Hash([0x66; 32])),
        before_the_unknown("at a head before the critical part"),
        Case::of(
            "an unknown change that is critical, and more after it",
            "at an unknown head of a roster with critical parts",
            IVAN,
        )
        .with(|case| case.message.roster = Hash([0x66; 32])),
    ]
}

fn invited_and_unverified() -> Vec<Case> {
    let pavels = |case: &mut Case| case.claim = Some(claim(PAVEL, PAVEL));
    let nadias = claim(NADIA, STRANGER);
    vec![
        Case::new("a defender's who is not in yet", PAVEL).with(pavels),
        Case::new("the invitation's first device is this one", PAVEL)
            .with(pavels)
            .with(|case| case.first = Some(PAVEL)),
        Case::new("in the last second of the invitation", PAVEL)
            .with(pavels)
            .with(|case| case.arrived = EXPIRES),
        Case::new("the invitation's first device is another", PAVEL)
            .with(pavels)
            .with(|case| case.first = Some(STRANGER)),
        Case::new("the invitation let another device in", STRANGER)
            .with(|case| case.claim = Some(nadias)),
        Case::new("the invitation has ended", PAVEL)
            .with(pavels)
            .with(|case| {
                case.arrived = EXPIRES.plus(1);
                case.message.expires = EXPIRES.plus(1);
            }),
        Case::of(REPLACED, "the invitation was replaced since", STRANGER)
            .with(|case| case.claim = Some(claim(PAVEL, STRANGER))),
        Case::of(WITHDRAWN, "the invitation was taken back since", PAVEL).with(pavels),
        Case::new("the claim is another device's", STRANGER).with(pavels),
        Case::new("invited as a member, and not in yet", ROSA)
            .with(|case| case.claim = Some(claim(ROSA, ROSA))),
        Case::new("no claim", PAVEL),
        Case::new("a claim that does not count", PAVEL).with(|case| {
            case.claim = Some(changed(|claim| claim.mailbox = invitation(ROSA).mailbox()));
        }),
        Case::new("an observer's", OLGA),
        Case::new("it arrives after it expired", IVAN).with(|case| case.arrived = EXPIRES.plus(1)),
        Case::new("at a roster head that is not known", IVAN)
            .with(|case| case.message.roster = Hash([0x66; 32])),
    ]
}

fn passed_on() -> Vec<Case> {
    let chosen = vec![member(VERA)];
    vec![
        Case::passed("passed on to who was in when it came", VERA, Some(2)),
        Case::passed("passed on, and it had been to this reader", VERA, Some(2))
            .with(|case| case.reader = VERA),
        Case::passed("passed on to who came later", VERA, Some(1)),
        Case::passed("passed on, of a place that nobody knows", VERA, None),
        // To whom all is sealed but alerts.
        Case::passed(
            "passed on by somebody whom its author did not know",
            IVAN,
            Some(6),
        )
        .with(|case| {
            case.message.kind = 2;
            case.reader = OLGA;
        }),
        Case::passed("an alert that is passed on to an observer", VERA, Some(6))
            .with(|case| case.reader = OLGA),
        Case::passed("passed on by an observer", OLGA, Some(6)),
        Case::passed("passed on by a stranger", STRANGER, Some(6)),
        Case::passed("passed on in another's name", VERA, Some(6))
            .but(|passed| passed.signer = IVAN),
        Case::passed("passed on, with the word of another message", VERA, Some(6))
            .but(|passed| passed.of_this = false),
        Case::passed(
            "passed on, though its author chose the reader",
            VERA,
            Some(6),
        )
        .chosen(chosen),
        Case::passed("passed on to a defender", VERA, Some(6)).with(|case| case.reader = NADIA),
    ]
}

fn opened() -> Vec<Case> {
    let other = (MessageId([0xa8; 16]), Hash([0xa8; 32]));
    vec![
        Case::opened("opened to a member", VERA, IVAN),
        Case::opened("opened to an observer", VERA, OLGA),
        Case::opened("opened, and it came after it expired", VERA, IVAN)
            .with(|case| case.arrived = EXPIRES.plus(1)),
        Case::opened("opened to somebody else", VERA, OLGA).with(|case| case.reader = IVAN),
        Case::opened("opened to a defender", VERA, NADIA),
        Case::opened("opened by somebody whom it was not for", IVAN, OLGA),
        Case::opened("opened by an observer", OLGA, IVAN),
        Case::opened("opened by who sent it", NADIA, IVAN),
        Case::opened("opened by a stranger", STRANGER, IVAN),
        Case::opened("said to be open no longer", VERA, IVAN).opened_but(|it| it.opens = false),
        Case::opened("opened in another's name", VERA, IVAN).opened_but(|it| it.signer = IVAN),
        Case::opened("opened, with the word on another alert", VERA, IVAN)
            .opened_but(|it| it.about = Some(other)),
        Case::opened("said in a case that was opened", VERA, IVAN)
            .word(other)
            .opened_but(|it| it.about = Some(other)),
        Case::opened("said in another case", VERA, IVAN)
            .word(other)
            .opened_but(|it| it.about = Some((MessageId([0xa9; 16]), other.1))),
    ]
}

fn refused() -> Vec<Case> {
    vec![
        Case::new("signed by another than its sender", IVAN).with(|case| case.forged = true),
        Case::new("another group's", IVAN)
            .with(|case| case.message.group = GroupId(Hash([0x66; 32]))),
        Case::new("another epoch's", IVAN).with(|case| case.message.epoch = Epoch(2)),
        Case::new("to others than those who read then", IVAN).with(|case| {
            case.message.audience.hash = recipients_hash(&[member(VERA)]);
        }),
        before_the_unknown("to others, at a head before the critical part")
            .with(|case| case.message.audience.hash = recipients_hash(&[member(VERA)])),
        Case::new("the reader is a defender, to whom it was passed on", IVAN)
            .with(|case| case.reader = NADIA),
        Case::new("to two that its sender chose, and another has it", IVAN)
            .chosen(sorted(vec![member(OLGA), member(IVAN)])),
        Case::new(
            "to one that its sender chose, with the hash of another",
            IVAN,
        )
        .chosen(vec![member(VERA)])
        .with(|case| case.message.audience.hash = recipients_hash(&[member(IVAN)])),
        Case::new("chosen at an unknown head, and another has it", IVAN)
            .chosen(vec![member(OLGA)])
            .with(|case| case.message.roster = Hash([0x66; 32])),
    ]
}

/// Whether a reader takes a message that is sealed to this many whom its sender chose.
pub(super) fn takes_chosen(count: usize) -> bool {
    let key = |at: usize| {
        let mut seed = [0; 32];
        seed[..8].copy_from_slice(&at.to_be_bytes());
        MemberIdentity::from_seed(&seed).to_key()
    };
    let mut keys: Vec<_> = (1..count).map(key).collect();
    keys.push(member(VERA));
    let case = Case::new("", IVAN).chosen(sorted(keys));
    case.to_json()["verdict"]["sender"] == "known"
}

pub(super) fn messages() -> Value {
    let all = [
        known(),
        invited_and_unverified(),
        passed_on(),
        opened(),
        refused(),
        epochs::cases(),
        policies::cases(),
    ];
    all.iter().flatten().map(Case::to_json).collect()
}

#[test]
fn senders_are_called_what_the_file_says() {
    let vectors = stored();
    let mut verdicts = std::collections::BTreeSet::new();
    let mut is_late = false;
    let mut passed = false;
    let mut opened = false;
    let mut open = false;
    for one in items(&vectors["messages"]) {
        let payload = bytes(&one["payload"]);
        let Ok(Payload::Message(sent)) = Payload::decode(&payload) else {
            panic!("no message: {}", one["name"]);
        };
        let roster = stored_roster(&vectors, &one["roster"]);
        let reader = codec::decode(&bytes(&one["reader"])).unwrap();
        let first = &one["first_device"];
        let first = first.is_string().then(|| decoded(first));
        let arrived = Timestamp(one["arrived"].as_u64().unwrap());
        let stood = one["stood"]
            .as_u64()
            .map(|at| Position(u32::try_from(at).unwrap()));
        let found = verdict(&sent, &roster, &reader, arrived, (first, stood));
        passed |= found["passed_on_by"].is_string();
        opened |= found["opened_by"].is_string();
        assert_eq!(found, one["verdict"], "{}", one["name"]);
        is_late |= found["late"] == true;
        open |= found["open_to_removed"][0].is_string();
        for key in ["sender", "reason", "refused", "said"] {
            if found[key].is_string() {
                verdicts.insert(text(&found[key]).to_owned());
            }
        }
    }
    let all = [
        "M1",
        "M2",
        "M3",
        "epoch",
        "group",
        "invitation_ended",
        "invitation_replaced",
        "invitation_taken",
        "invitation_withdrawn",
        "invited",
        "known",
        "observer",
        "other_roster",
        "removed",
        "unknown",
        "unverified",
    ];
    assert_eq!(verdicts.into_iter().collect::<Vec<_>>(), all);
    assert!(is_late && passed && opened && open);
}
