//! What a coordinator does about what comes to the mailbox of an invitation (C4).

use std::sync::Arc;

use bellrope_proto::ids::{Hash, Sequence};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{
    hex, items,
    mailbox::{Step, To, bundle, signed},
    messages::{changed, claim, claim_with},
    read,
    rosters::{REPLACED, chain},
    text,
    turns::PUT_OUT,
    world::*,
};
use crate::{
    device::{Device, DeviceError, FirstFiles, IssuedInvitation, State, issued},
    group::{Role, RosterError, head_after},
    ids::{GroupId, Position},
    invitation::Secret,
    membership::AdmissionError,
    message::Payload,
    relay::Cursor,
    secret::Seed,
    sync::{FirstClaim, open_in_mailbox, waits},
};

/// The entries in which Pavel, a defender, and Rosa, a member, are invited.
fn admitted_at(who: u8) -> Position {
    Position(if who == PAVEL { 7 } else { 8 })
}

/// Vera's device, which has one invitation to look after.
struct Coordinator {
    _dir: TempDir,
    device: Device,
    who: u8,
    /// What is in the mailbox.
    mailbox: Vec<Step>,
}

impl Coordinator {
    fn new(roster: &str, who: u8) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let entries = chain(roster).0;
        let group = GroupId(head_after(&entries[0]));
        let device = Device::of_seeds::<DeviceError>(
            &dir.path().join("home"),
            ([0x10 + VERA; 32], [0x20 + VERA; 32]),
            |_| {
                let mut state = State::new(group, Role::Coordinator);
                state.authority_seed = Some(Seed::new(&[0xa1; 32]));
                state.epoch_seed = Some(Seed::new(&epoch_seed(1)));
                Ok(FirstFiles {
                    state,
                    entries,
                    queue: Vec::new(),
                })
            },
        )
        .unwrap();
        let mailbox = invitation(who).mailbox();
        let invitation = IssuedInvitation {
            open_until: Some(EXPIRES),
            ..IssuedInvitation::new(Secret::new(&[0x30 + who; 16]), mailbox, admitted_at(who))
        };
        issued::store(&device, &invitation).unwrap();
        Self {
            _dir: dir,
            device,
            who,
            mailbox: Vec::new(),
        }
    }

    /// Looks after one more thing has come.
    fn look(&mut self, step: &Step) -> Value {
        self.mailbox.push(step.clone());
        let roster = self.device.roster().unwrap().unwrap();
        let issued = issued::all(&self.device).unwrap().remove(0);
        if !waits(&issued, &roster) {
            return Value::Null;
        }
        let mut first = FirstClaim::new(&issued, &Arc::clone(&roster));
        let read = usize::try_from(issued.cursor.sequence.0).unwrap();
        for step in &self.mailbox[read..] {
            if let Some(envelope) = step.envelope(self.who) {
                let opened = open_in_mailbox(&self.device, &issued.secret, &envelope);
                first.take(step.arrived, opened);
            }
        }
        let read_to = Cursor {
            sequence: Sequence(self.mailbox.len() as u64),
            head: Hash([0; 32]),
            ..issued.cursor
        };
        let at = issued.admitted_at;
        match first.carry_out(&self.device, at, (read_to, TIME), TIME) {
            Ok(claims) if claims.asking == [at] => "asks".into(),
            Ok(claims) if claims.admitted == [at] => {
                let roster = self.device.roster().unwrap().unwrap();
                let last = roster.people().last().unwrap();
                json!({ "admits": hex(last.device.0) })
            }
            Ok(claims) if claims.spoiled == [at] => "closes".into(),
            Ok(_) => Value::Null,
            Err(AdmissionError::Rule(RosterError::Newer)) => "update".into(),
            Err(error) => panic!("{error}"),
        }
    }
}

/// Of one invitation, when a roster is as the one of this name.
struct Script(&'static str, &'static str, u8, Vec<Step>);

fn of_pavel(name: &'static str, steps: Vec<Step>) -> Script {
    Script(name, "everybody", PAVEL, steps)
}

fn claims(why: &str, of: u8, by: u8) -> Step {
    Step::new(why, To::Coordinator, &Payload::Claim(claim(of, by)))
}

fn scripts() -> Vec<Script> {
    let own = signed(&bundle(PAVEL, Role::Defender), VERA);
    let own = || Step::new("the bundle", To::Code, &own);
    let pavels = |why| claims(why, PAVEL, PAVEL);
    let strangers = |why| claims(why, PAVEL, STRANGER);
    let mut theirs = bundle(PAVEL, Role::Defender);
    theirs.coordinator = device(STRANGER).public();
    let newer = changed(|claim| claim.extensions = extended(7));
    let elsewhere = changed(|claim| claim.mailbox = invitation(ROSA).mailbox());
    let counts_not = Step::new(
        "a claim for another mailbox",
        To::Coordinator,
        &Payload::Claim(elsewhere),
    );
    let unknown = |why, number| Step::new(why, To::Coordinator, &Payload::Unknown(number));
    vec![
        of_pavel(
            "a defender's claim",
            vec![own(), pavels("a claim"), strangers("another's")],
        ),
        Script(
            "a member's claim",
            "everybody",
            ROSA,
            vec![
                Step::new(
                    "the bundle",
                    To::Code,
                    &signed(&bundle(ROSA, Role::Member), VERA),
                ),
                claims("a claim", ROSA, ROSA),
                claims("another's", ROSA, STRANGER),
            ],
        ),
        of_pavel(
            "another device was faster",
            vec![own(), strangers("another's"), pavels("the newcomer's")],
        ),
        of_pavel(
            "the claim before the bundle",
            vec![pavels("a claim"), own()],
        ),
        of_pavel(
            "something else before the claim",
            vec![
                own(),
                Step::of_bytes(
                    "no payload, for whoever has the code",
                    To::Code,
                    b"anything".to_vec(),
                ),
                pavels("a claim"),
            ],
        ),
        of_pavel(
            "what the coordinator cannot open, before the claim",
            vec![
                own(),
                Step::new("a claim", To::Other, &Payload::Claim(claim(PAVEL, PAVEL))),
                pavels("again, to the coordinator"),
            ],
        ),
        of_pavel(
            "a bundle of somebody else",
            vec![
                Step::new(
                    "it is signed by whom it names",
                    To::Code,
                    &signed(&theirs, STRANGER),
                ),
                pavels("a claim"),
            ],
        ),
        of_pavel(
            "a bundle that nobody signed",
            vec![
                Step::new(
                    "it names another than its signer",
                    To::Code,
                    &signed(&theirs, VERA),
                ),
                pavels("a claim"),
            ],
        ),
        of_pavel(
            "a claim that does not count",
            vec![own(), counts_not, pavels("one that would")],
        ),
        of_pavel(
            "a claim with keys that are in the group",
            vec![
                own(),
                claims("Ivan's", PAVEL, IVAN),
                pavels("one with others"),
            ],
        ),
        of_pavel(
            "in the last second",
            vec![own(), pavels("a claim").at(EXPIRES)],
        ),
        of_pavel(
            "after the invitation ended",
            vec![
                own(),
                pavels("a claim").at(EXPIRES.plus(1)),
                strangers("another's").at(EXPIRES.plus(2)),
            ],
        ),
        of_pavel(
            "a claim for a newer program",
            vec![
                own(),
                Step::new(
                    "it has a critical extension",
                    To::Coordinator,
                    &Payload::Claim(newer),
                ),
                strangers("it waits, and is the first still"),
            ],
        ),
        of_pavel(
            "a payload for a newer program",
            vec![
                own(),
                unknown("a critical number", 77),
                pavels("it waits, and is the first still"),
            ],
        ),
        of_pavel(
            "a payload that is ignored",
            vec![
                own(),
                unknown("an ignored number", 40_000),
                pavels("a claim"),
            ],
        ),
        of_pavel(
            "what came before has expired",
            vec![Step::expired(), strangers("the first that is left")],
        ),
        Script(
            "a reader's claim without a turn key",
            "everybody",
            ROSA,
            vec![
                Step::new(
                    "it counts, and cannot be approved",
                    To::Coordinator,
                    &Payload::Claim(claim_with(ROSA, ROSA, None)),
                ),
                claims("one with a turn key", ROSA, ROSA),
            ],
        ),
        Script(
            "a claim with the keys of somebody who is out",
            PUT_OUT,
            ROSA,
            vec![claims("Ivan's", ROSA, IVAN), claims("others", ROSA, ROSA)],
        ),
        Script(
            "an invitation that was replaced",
            REPLACED,
            PAVEL,
            vec![own(), pavels("a claim")],
        ),
    ]
}

pub(super) fn all() -> Value {
    let of = |Script(name, roster, who, steps): Script| {
        let mut coordinator = Coordinator::new(roster, who);
        let items = steps
            .iter()
            .map(|step| step.to_json(&coordinator.look(step)));
        let items: Vec<Value> = items.collect();
        json!({
            "name": name,
            "roster": roster,
            "secret": hex([0x30 + who; 16]),
            "items": items,
        })
    };
    scripts().into_iter().map(of).collect()
}

#[test]
fn a_coordinator_carries_out_what_came_first_and_nothing_else() {
    let mut told = std::collections::BTreeSet::new();
    for one in items(&read("sequences.json")["coordinators"]) {
        let mut who = [PAVEL, ROSA].into_iter();
        let who = who
            .find(|who| one["secret"] == hex([0x30 + who; 16]))
            .unwrap();
        let mut coordinator = Coordinator::new(text(&one["roster"]), who);
        for item in items(&one["items"]) {
            let found = coordinator.look(&Step::read(item));
            assert_eq!(found, item["verdict"], "{}: {}", one["name"], item["why"]);
            told.insert(
                found["admits"]
                    .as_str()
                    .map_or(found.to_string(), |_| "admits".to_owned()),
            );
        }
    }
    assert_eq!(told.len(), 5, "{told:?}");
}
