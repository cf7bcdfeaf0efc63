//! What a newcomer's device makes of a bundle (C5), and of what comes to the mailbox of its invitation (C4, C6).

use bellrope_proto::{
    address::RelayAddress,
    codec,
    grant::Rights,
    ids::{Hash, Sequence, Timestamp},
    signing::{SecretKey, Signed},
};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{
    bytes,
    codes::code_of,
    hex, items,
    mailbox::{Step, To, access, access_to, bundle, group, resigned, signed},
    messages::claim,
    next_epoch, read, text,
    world::*,
};
use crate::{
    device::{Device, outbox},
    extensions::Extensions,
    group::{Change, Entry, Role, RoleChange, Roster},
    ids::{Epoch, GroupId, Position},
    membership::{JoinError, claiming, open_bundle},
    message::{Bundle, Coordinator, Delegation, Payload, Refusal, View, ViewUpdate, Welcome},
    secret::Seed,
    sync::{ReplyMailbox, ReplyUpdate},
};

fn opened(step: &Step, now: Timestamp) -> Value {
    let envelope = step.envelope(PAVEL).unwrap();
    match open_bundle(&code_of(PAVEL), &envelope, now) {
        Ok(_) => "joins",
        Err(JoinError::Damaged) => "damaged",
        Err(JoinError::Newer) => "update",
        Err(JoinError::Ended) => "ended",
        Err(error) => panic!("{error}"),
    }
    .into()
}

fn bundle_steps() -> Vec<(Step, Timestamp)> {
    let usual = || bundle(PAVEL, Role::Defender);
    let to_code = |why: &str, payload: &Payload| (Step::new(why, To::Code, payload), TIME);
    let by_vera = |why: &str, bundle: &Bundle| to_code(why, &signed(bundle, VERA));
    let with = |why: &str, change: &dyn Fn(&mut Bundle)| {
        let mut bundle = usual();
        change(&mut bundle);
        by_vera(why, &bundle)
    };
    let ivans = |bundle: &mut Bundle| bundle.coordinator = device(IVAN).public();
    let mut by_ivan = usual();
    ivans(&mut by_ivan);
    vec![
        by_vera("a defender's", &usual()),
        by_vera("a member's", &bundle(PAVEL, Role::Member)),
        with("an extension that is ignored", &|it| {
            it.extensions = extended(40_000)
        }),
        (
            Step::new(
                "in the second before it ends",
                To::Code,
                &signed(&usual(), VERA),
            ),
            Timestamp(EXPIRES.0 - 1),
        ),
        (
            Step::new("it has ended", To::Code, &signed(&usual(), VERA)),
            EXPIRES.plus(1),
        ),
        to_code(
            "of another coordinator, who signed it",
            &signed(&by_ivan, IVAN),
        ),
        to_code(
            "of the code's coordinator, signed by another",
            &signed(&usual(), IVAN),
        ),
        to_code(
            "of another coordinator, signed by the code's",
            &signed(&by_ivan, VERA),
        ),
        to_code(
            "of another coordinator, for whom the code's speaks",
            &signed(&delegated(&|_| {}, VERA), IVAN),
        ),
        to_code(
            "of another coordinator, for whom somebody else speaks",
            &signed(
                &delegated(&|it| it.coordinator = device(STRANGER).public(), STRANGER),
                IVAN,
            ),
        ),
        to_code(
            "of another coordinator, for whom somebody else speaks in the name of the code's",
            &signed(&delegated(&|_| {}, STRANGER), IVAN),
        ),
        to_code(
            "of another coordinator, for whom the code's speaks in another invitation",
            &signed(
                &delegated(
                    &|it| it.invitation = invitation(ROSA).invitation.public(),
                    VERA,
                ),
                IVAN,
            ),
        ),
        to_code(
            "of another coordinator, for whom the code's speaks in another group",
            &signed(
                &delegated(&|it| it.group = GroupId(Hash([0x66; 32])), VERA),
                IVAN,
            ),
        ),
        to_code(
            "of another coordinator, and the code's speaks for a third",
            &signed(
                &delegated(&|it| it.to = vec![device(STRANGER).public()], VERA),
                IVAN,
            ),
        ),
        by_vera("for another invitation", &bundle(ROSA, Role::Defender)),
        to_code("another payload", &Payload::Roster(everybody().0)),
        (
            Step::new("sealed to another key", To::Other, &signed(&usual(), VERA)),
            TIME,
        ),
        with("an extension that is critical", &|it| {
            it.extensions = extended(7)
        }),
        with("a role that is critical", &|it| it.role = Role::Unknown(9)),
        with("something critical beside its view", &|it| {
            at_once(it).extensions = extended(7)
        }),
        with("something critical in its view", &|it| {
            at_once(it).view.extensions = extended(7)
        }),
        with("something critical in its epoch keys", &|it| {
            at_once(it).view.epoch.extensions = extended(7)
        }),
        with("something critical in its access", &|it| {
            at_once(it).credential.extensions = extended(7)
        }),
        to_code(
            "a relay whose host is none",
            &Payload::Bundle(with_host(VERA, &usual(), NO_HOST)),
        ),
        to_code("a payload that is critical", &Payload::Unknown(77)),
    ]
}

/// Ivan's bundle for Vera's code, with what one of them says of that.
fn delegated(change: &dyn Fn(&mut Delegation), by: u8) -> Bundle {
    let mut delegation = Delegation {
        group: group().id(),
        invitation: invitation(PAVEL).invitation.public(),
        coordinator: device(VERA).public(),
        to: vec![device(VERA).public(), device(IVAN).public()],
    };
    change(&mut delegation);
    Bundle {
        coordinator: device(IVAN).public(),
        delegation: Some(device(by).sign(&delegation)),
        ..bundle(PAVEL, Role::Defender)
    }
}

/// Vera, and Ivan with her.
fn both() -> Vec<Coordinator> {
    let both = [VERA, IVAN].map(|who| Coordinator {
        device: device(who).public(),
        key: member(who),
    });
    both.into()
}

fn at_once(bundle: &mut Bundle) -> &mut crate::message::AtOnce {
    bundle.at_once.as_mut().unwrap()
}

pub(super) fn bundles() -> Value {
    let of = |(step, now): (Step, Timestamp)| {
        let mut one = step.to_json(&opened(&step, now));
        one["now"] = now.0.into();
        one
    };
    let all: Vec<Value> = bundle_steps().into_iter().map(of).collect();
    json!({ "code": code_of(PAVEL).to_text().as_str(), "items": all })
}

#[test]
fn a_newcomer_joins_by_what_the_code_names_alone() {
    for one in items(&read("sequences.json")["bundles"]["items"]) {
        let now = Timestamp(one["now"].as_u64().unwrap());
        assert_eq!(
            opened(&Step::read(one), now),
            one["verdict"],
            "{}",
            one["why"]
        );
    }
}

/// A device that has just joined.
struct Newcomer {
    _dir: TempDir,
    device: Device,
    mailbox: ReplyMailbox,
    who: u8,
}

impl Newcomer {
    fn is_a_readers(&self) -> bool {
        self.device.state().unwrap().role.reads()
    }

    fn new(who: u8, bundle: &Bundle) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let seeds = ([0x10 + who; 32], [0x20 + who; 32]);
        let home = dir.path().join("home");
        let device = Device::of_seeds(&home, seeds, |keys| {
            claiming(&code_of(who), bundle.clone(), keys, None, TIME)
        })
        .unwrap();
        let joined = device.state().unwrap().joined.unwrap();
        Self {
            _dir: dir,
            device,
            mailbox: ReplyMailbox::new(joined),
            who,
        }
    }

    /// The group's mailbox is closed to it: its invitation's is read from the beginning.
    fn shut_out(&mut self) {
        let joined = self.device.state().unwrap().joined.unwrap();
        self.mailbox = ReplyMailbox::of_shut_out(joined);
    }

    fn take(&mut self, step: &Step) -> Value {
        let envelope = if step.own {
            let sent = outbox::all(&self.device).unwrap().remove(0);
            Some(sent.queued.envelope)
        } else {
            step.envelope(self.who)
        };
        let Some(envelope) = envelope else {
            self.mailbox.missed();
            return Value::Null;
        };
        match self.mailbox.receive(&self.device, &envelope).unwrap() {
            None => Value::Null,
            Some(ReplyUpdate::Welcome) => "let_in".into(),
            // A view says both.
            Some(ReplyUpdate::Moved) if self.is_a_readers() => "moved".into(),
            Some(ReplyUpdate::NewKeys | ReplyUpdate::Moved) => "new_keys".into(),
            Some(ReplyUpdate::Removed) => "removed".into(),
            Some(ReplyUpdate::Refused) => "refused".into(),
            Some(ReplyUpdate::TakenBack) => "taken_back".into(),
            Some(ReplyUpdate::Answer | ReplyUpdate::ForeignAnswer) => "answer".into(),
            Some(ReplyUpdate::Taken) => "taken".into(),
            Some(ReplyUpdate::Newer) => "update".into(),
        }
    }
}

/// A later bundle of a member's, that says where the relay is.
fn place(why: &str, by: u8, position: u32, port: u16, change: impl FnOnce(&mut Bundle)) -> Step {
    let mut bundle = bundle(ROSA, Role::Member);
    let place = codec::encode(&(Position(position), vec![relay(port)]));
    bundle.extensions = Extensions::none().with(32_768, place);
    change(&mut bundle);
    Step::new(why, To::Code, &signed(&bundle, by))
}

/// Of whom, as what; what comes, and from which of that on the group's mailbox is closed to the device.
pub(super) struct Script(
    pub(super) &'static str,
    pub(super) u8,
    pub(super) Role,
    pub(super) Vec<Step>,
    pub(super) Option<usize>,
);

pub(super) fn own(who: u8) -> Step {
    let claim = Payload::Claim(claim(who, who));
    Step {
        own: true,
        ..Step::new("the device's own claim", To::Coordinator, &claim)
    }
}

pub(super) fn the_bundle(who: u8, role: Role) -> Step {
    Step::new("the bundle", To::Code, &signed(&bundle(who, role), VERA))
}

pub(super) fn the_view(position: u32) -> ViewUpdate {
    let mut update = ViewUpdate {
        invitation: invitation(PAVEL).invitation.public(),
        view: View::of(&group()),
        credential: access(Rights::POST),
        extensions: Extensions::none(),
    };
    update.view.position = Position(position);
    update
}

pub(super) fn view(why: &str, by: u8, change: impl FnOnce(&mut ViewUpdate)) -> Step {
    let mut update = the_view(9);
    change(&mut update);
    Step::new(why, To::Device, &Payload::View(device(by).sign(&update)))
}

pub(super) fn refusal(why: &str, of: u8, by: u8, change: &dyn Fn(&mut Refusal)) -> Step {
    let mut refusal = Refusal {
        invitation: invitation(of).invitation.public(),
        group: group().id(),
        extensions: Extensions::none(),
    };
    change(&mut refusal);
    Step::new(why, To::Code, &Payload::Refusal(device(by).sign(&refusal)))
}

/// What comes to Pavel, a defender, whose bundle has a view of position 8.
fn defenders() -> Vec<Script> {
    let of = |name, steps| Script(name, PAVEL, Role::Defender, steps, None);
    let position = |why, position| view(why, VERA, |it| it.view.position = Position(position));
    let begun = |more: Vec<Step>| {
        let begin = vec![the_bundle(PAVEL, Role::Defender), own(PAVEL)];
        [begin, more].concat()
    };
    let another = Step::new(
        "another's claim",
        To::Coordinator,
        &Payload::Claim(claim(PAVEL, STRANGER)),
    );
    let mut theirs = bundle(PAVEL, Role::Defender);
    theirs.coordinator = device(STRANGER).public();
    let theirs = Step::new("another's bundle", To::Code, &signed(&theirs, STRANGER));
    let anything = Step::of_bytes(
        "no payload, for whoever has the code",
        To::Code,
        b"anything".to_vec(),
    );
    let refusal =
        |why: &str, by: u8, change: &dyn Fn(&mut Refusal)| refusal(why, PAVEL, by, change);
    let rosas = invitation(ROSA).invitation.public();
    let later = |why: &str, by: u8, change: &dyn Fn(&mut Bundle)| {
        let mut bundle = bundle(PAVEL, Role::Defender);
        at_once(&mut bundle).view.position = Position(9);
        change(&mut bundle);
        Step::new(why, To::Code, &signed(&bundle, by))
    };
    let no_host = Payload::View(with_host(VERA, &the_view(10), NO_HOST));
    vec![
        of(
            "views",
            begun(vec![
                position("the bundle's own again", 8),
                position("a newer one", 9),
                position("the same position", 9),
                position("an older one", 3),
                view("by another coordinator", IVAN, |it| {
                    it.view.position = Position(10)
                }),
                view("for another invitation", VERA, |it| {
                    it.invitation = rosas;
                    it.view.position = Position(10);
                }),
                view("of another group", VERA, |it| {
                    it.view.group = GroupId(Hash([0x66; 32]));
                    it.view.position = Position(10);
                }),
                Step::new("a relay whose host is none", To::Device, &no_host),
                view("an access to another mailbox", VERA, |it| {
                    it.credential = access_to(&authority(2), Rights::POST);
                    it.view.position = Position(10);
                }),
                view("something critical in its access", VERA, |it| {
                    it.credential.extensions = extended(7);
                    it.view.position = Position(10);
                }),
                view("something critical beside the view", VERA, |it| {
                    it.extensions = extended(7);
                    it.view.position = Position(11);
                }),
                view(
                    "it was not taken: an older one is newer than what is there",
                    VERA,
                    |it| {
                        it.view.position = Position(10);
                    },
                ),
                view("something critical in the view", VERA, |it| {
                    it.view.extensions = extended(7);
                    it.view.position = Position(12);
                }),
                position("it was taken: an older one is not newer", 11),
                position("a newer one", 13),
            ]),
        ),
        of(
            "another coordinates, too, and then alone",
            begun(vec![
                view("by Ivan, of whom nothing is known", IVAN, |it| {
                    it.view.coordinators = both();
                }),
                view("by Vera: he does, too", VERA, |it| {
                    it.view.coordinators = both()
                }),
                view("by him: he alone", IVAN, |it| {
                    it.view.position = Position(10);
                    it.view.coordinators = both().split_off(1);
                }),
                position("by Vera, who does no more", 11),
                view("by him", IVAN, |it| {
                    it.view.position = Position(11);
                    it.view.coordinators = both().split_off(1);
                }),
                refusal("by Vera", VERA, &|_| {}),
                later("a bundle by Vera", VERA, &|it| {
                    at_once(it).view.position = Position(12);
                }),
                later("a bundle by him", IVAN, &|it| {
                    it.coordinator = device(IVAN).public();
                    at_once(it).view.position = Position(12);
                    at_once(it).view.coordinators = both().split_off(1);
                }),
                refusal("by him", IVAN, &|_| {}),
            ]),
        ),
        of(
            "the claim before the bundle",
            vec![
                own(PAVEL),
                the_bundle(PAVEL, Role::Defender),
                position("a newer one", 9),
            ],
        ),
        of(
            "bundles that come later, with the keys of who came to read since",
            vec![
                later("before the claim", VERA, &|_| {}),
                later("the same again", VERA, &|_| {}),
                own(PAVEL),
                later("after the claim", VERA, &|it| {
                    at_once(it).view.position = Position(10)
                }),
                later("an older one", VERA, &|it| {
                    at_once(it).view.position = Position(9)
                }),
                later("by another coordinator, who signed it", IVAN, &|it| {
                    it.coordinator = device(IVAN).public();
                    at_once(it).view.position = Position(11);
                }),
                later("for another invitation", VERA, &|it| {
                    it.invitation = rosas;
                    at_once(it).view.position = Position(11);
                }),
                later("without keys", VERA, &|it| it.at_once = None),
                later("something critical in its view", VERA, &|it| {
                    at_once(it).view.extensions = extended(7);
                    at_once(it).view.position = Position(12);
                }),
                position("that was not taken: an older one is newer", 11),
            ],
        ),
        of(
            "another device was faster",
            vec![
                the_bundle(PAVEL, Role::Defender),
                another.clone(),
                own(PAVEL),
            ],
        ),
        of("another's bundle does not decide", vec![theirs, own(PAVEL)]),
        of(
            "something else before the claim",
            vec![anything, own(PAVEL)],
        ),
        of(
            "what came before has expired",
            vec![Step::expired(), another, position("a newer one", 9)],
        ),
        of(
            "refusals",
            begun(vec![
                refusal("by another coordinator", IVAN, &|_| {}),
                refusal("for another invitation", VERA, &|it| it.invitation = rosas),
                refusal("a no is a no, whatever more it says", VERA, &|it| {
                    it.extensions = extended(7)
                }),
            ]),
        ),
        of(
            "a refusal before the claim",
            vec![
                the_bundle(PAVEL, Role::Defender),
                refusal("a refusal", VERA, &|_| {}),
                own(PAVEL),
            ],
        ),
        of(
            "payloads of later versions",
            begun(vec![
                Step::new("an ignored number", To::Device, &Payload::Unknown(40_000)),
                Step::new("a critical number", To::Device, &Payload::Unknown(77)),
                Step::new(
                    "a critical number, for others",
                    To::Other,
                    &Payload::Unknown(77),
                ),
            ]),
        ),
    ]
}

/// Everybody, and Rosa after them.
pub(super) fn with_rosa() -> Roster {
    let chain = everybody().then(Change::Approve(approve(8, ROSA)));
    Roster::from_chain(chain.0).unwrap()
}

pub(super) fn welcome(why: &str, change: impl FnOnce(&mut Welcome)) -> Step {
    let mut welcome = Welcome {
        invitation: invitation(ROSA).invitation.public(),
        group: group().id(),
        device: device(ROSA).public(),
        roster: with_rosa().head(),
        epoch: Epoch(1),
        epoch_seed: Seed::new(&epoch_seed(1)),
        credential: access(Rights::BOTH),
        after: Sequence(3),
        head: Hash([0x77; 32]),
        extensions: Extensions::none(),
    };
    change(&mut welcome);
    Step::new(
        why,
        To::Device,
        &Payload::Welcome(device(VERA).sign(&welcome)),
    )
}

pub(super) fn part(why: &str, entries: &[Signed<Entry>]) -> Step {
    Step::new(why, To::Device, &Payload::Roster(entries.to_vec()))
}

/// What comes to Rosa, who is let in as a member.
fn members() -> Vec<Script> {
    let of = |name, more: Vec<Step>| {
        let begin = vec![the_bundle(ROSA, Role::Member), own(ROSA)];
        Script(name, ROSA, Role::Member, [begin, more].concat(), None)
    };
    let all = with_rosa();
    let (first, rest) = all.entries().split_at(4);
    let whole = || part("the whole roster", all.entries());
    let counts_not = |why: &str, change: &dyn Fn(&mut Welcome)| vec![whole(), welcome(why, change)];
    let elsewhere = |rights| access_to(&SecretKey::from_seed(&[0xa9; 32]), rights);
    let by = |who: u8, why: &str, change: &dyn Fn(&mut Welcome)| {
        let mut step = welcome(why, change);
        let Payload::Welcome(signed) = Payload::decode(step.payload.as_ref().unwrap()).unwrap()
        else {
            panic!("no welcome");
        };
        let signed = Payload::Welcome(device(who).sign(&signed.peek().unwrap()));
        step.payload = Some(signed.encode());
        step
    };
    let by_ivan = by(IVAN, "by another coordinator", &|_| {});
    let promoted = everybody().then(Change::Approve(approve(8, ROSA)));
    let promoted = promoted.then(Change::Promote(RoleChange {
        device: device(IVAN).public(),
        consents: Vec::new(),
        extensions: Extensions::none(),
    }));
    let promoted = Roster::from_chain(promoted.0).unwrap();
    let mut changed = access(Rights::BOTH);
    changed.grant = resigned(&changed);
    vec![
        of(
            "a welcome after the roster in two parts",
            vec![
                part("the first entries", first),
                part("the rest", rest),
                welcome("a welcome", |_| {}),
                welcome("again, to who is in", |_| {}),
            ],
        ),
        of(
            "what is not this device's",
            vec![
                whole(),
                by_ivan,
                welcome("for another invitation", |it| {
                    it.invitation = invitation(PAVEL).invitation.public()
                }),
                welcome("the roster before is there still", |_| {}),
            ],
        ),
        of(
            "a welcome for a newer program",
            vec![
                whole(),
                welcome("a critical extension", |it| it.extensions = extended(7)),
                welcome("something critical in its access", |it| {
                    it.credential.extensions = extended(7)
                }),
                welcome("an extension that is ignored", |it| {
                    it.extensions = extended(40_000)
                }),
            ],
        ),
        of(
            "where the relay is",
            vec![
                place("at the second entry's", VERA, 2, 2, |_| {}),
                place("the same again", VERA, 2, 2, |_| {}),
                place("an older one", VERA, 1, 3, |_| {}),
                place("a newer one that is the same place", VERA, 3, 2, |_| {}),
                place("in another's name, who signed it", IVAN, 9, 3, |it| {
                    it.coordinator = device(IVAN).public();
                }),
                place("for another invitation", VERA, 9, 3, |it| {
                    it.invitation = invitation(PAVEL).invitation.public();
                }),
                place("something critical beside it", VERA, 9, 3, |it| {
                    let place = it.extensions.get(32_768).unwrap().to_vec();
                    it.extensions = extended(7).with(32_768, place);
                }),
                place("none", VERA, 9, 3, |it| {
                    let nowhere = (Position(9), Vec::<RelayAddress>::new());
                    it.extensions = it.extensions.with(32_768, codec::encode(&nowhere));
                }),
                place("no place", VERA, 9, 3, |it| {
                    it.extensions = it.extensions.with(32_768, vec![1]);
                }),
                place("a newer one", VERA, 4, 3, |_| {}),
            ],
        ),
        of(
            "a later bundle names a head",
            vec![
                place("of another history", VERA, 9, 2, |it| {
                    it.position = Position(9);
                    it.roster = Hash([0x66; 32]);
                }),
                whole(),
                welcome("a welcome to a roster without it", |_| {}),
            ],
        ),
        of(
            "by a coordinator who is none in the bundle",
            vec![
                part("with Ivan's promotion", promoted.entries()),
                by(IVAN, "by him", &|it| it.roster = promoted.head()),
            ],
        ),
        of("no roster", vec![welcome("a welcome", |_| {})]),
        of(
            "a part is missing",
            vec![
                part("the first entries", first),
                welcome("a welcome", |_| {}),
            ],
        ),
        of(
            "a roster that does not name the device",
            vec![
                part("before the approval", group().entries()),
                welcome("at its head", |it| it.roster = group().head()),
            ],
        ),
        of(
            "welcomes that do not count use up the roster before them",
            [
                counts_not("at another head", &|it| it.roster = Hash([0x66; 32])),
                counts_not("for another device", &|it| {
                    it.device = device(IVAN).public();
                }),
                counts_not("to another group", &|it| {
                    it.group = GroupId(Hash([0x66; 32]));
                }),
                counts_not("of another epoch", &|it| it.epoch = Epoch(2)),
                counts_not("an access to another mailbox", &|it| {
                    it.credential = elsewhere(Rights::BOTH);
                }),
                counts_not("an access with a grant of another's", &|it| {
                    it.credential = changed.clone();
                }),
                vec![welcome("no roster is left", |_| {})],
                vec![whole(), welcome("with the roster anew", |_| {})],
            ]
            .concat(),
        ),
        of(
            "a refusal, and then nothing",
            vec![
                refusal("a refusal", ROSA, VERA, &|_| {}),
                whole(),
                welcome("a welcome", |_| {}),
            ],
        ),
    ]
}

pub(super) fn all() -> Value {
    let of = |Script(name, who, role, steps, closed): Script| {
        let bundle = bundle(who, role);
        let mut newcomer = Newcomer::new(who, &bundle);
        let items = steps.iter().enumerate().map(|(at, step)| {
            if closed == Some(at) {
                newcomer.shut_out();
            }
            step.to_json(&newcomer.take(step))
        });
        let items: Vec<Value> = items.collect();
        json!({
            "name": name,
            "secret": hex([0x30 + who; 16]),
            "device": hex(device(who).public().0),
            "bundle": hex(signed(&bundle, VERA).encode()),
            "closed_from": closed,
            "items": items,
        })
    };
    [defenders(), members(), next_epoch::scripts()]
        .into_iter()
        .flatten()
        .map(of)
        .collect()
}

#[test]
fn a_newcomer_goes_by_its_own_invitation_and_coordinator() {
    let mut told = std::collections::BTreeSet::new();
    for one in items(&read("sequences.json")["newcomers"]) {
        let mut who = [PAVEL, ROSA].into_iter();
        let who = who
            .find(|who| one["secret"] == hex([0x30 + who; 16]))
            .unwrap();
        let Payload::Bundle(bundle) = Payload::decode(&bytes(&one["bundle"])).unwrap() else {
            panic!("no bundle: {}", one["name"]);
        };
        let mut newcomer = Newcomer::new(who, &bundle.peek().unwrap());
        assert_eq!(text(&one["device"]), hex(device(who).public().0));
        for (at, item) in items(&one["items"]).iter().enumerate() {
            if one["closed_from"] == at {
                newcomer.shut_out();
            }
            let found = newcomer.take(&Step::read(item));
            assert_eq!(found, item["verdict"], "{}: {}", one["name"], item["why"]);
            told.insert(found.to_string());
        }
    }
    assert_eq!(told.len(), 9, "{told:?}");
}
