//! Sensitive blocks: bodies, and who reads one; and what in a case is another's part to say.

use bellrope_proto::{
    codec,
    ids::{Hash, Timestamp},
    signing::{Device, PublicKey},
};
use serde_json::{Value, json};

use super::{cases::bodies::act_name, encoded, hex, sensitive_parts, world::*};
use crate::{
    alert::{
        EventTime,
        part::{self, SensitivePart},
        vocabulary::{
            ContactKind, DateKind, DateStanding, Part, SensitiveKind, TimePrecision, YesNo,
        },
    },
    case::{
        AlertPart, Block, Said, Void, blocks, fold,
        parts::{OthersParts, others_parts},
    },
    extensions::Extensions,
    ids::{MessageId, Position},
    message::{
        AnswerWords, BlockWords, CaseAct, CaseMessage, DateFact, DateId, Fact, FactsWords,
        ReachWords, Reached, SensitiveBlock, WidenedWords,
    },
    seal::MemberKey,
};

const ALERT: MessageId = MessageId([0xa1; 16]);
const ALERT_HASH: Hash = Hash([0xa2; 32]);

/// Vera's second device.
const VERAS: u8 = 8;

/// The block that all of these cases mean.
const BLOCK: Hash = Hash([0xb1; 32]);

/// Each with who has the device, whether that one may read a block, and whether they are in the group: Nadia is kept out, Ivan was put out.
const PEOPLE: [(u8, u8, bool, bool); 6] = [
    (VERA, VERA, true, true),
    (VERAS, VERA, true, true),
    (ROSA, ROSA, true, true),
    (PAVEL, PAVEL, true, true),
    (NADIA, NADIA, false, true),
    (IVAN, IVAN, false, false),
];

fn hash(number: u8) -> Hash {
    Hash([number; 32])
}

fn find(key: &PublicKey<Device>) -> Option<(PublicKey<Device>, bool, bool)> {
    let mut people = PEOPLE.into_iter();
    let found = people.find(|(one, ..)| device(*one).public() == *key);
    found.map(|(_, person, may, is_in)| (device(person).public(), may, is_in))
}

/// One message: its number is its id and its hash.
struct Spoken {
    number: u8,
    by: u8,
    seen: Vec<u8>,
    act: CaseAct,
    void: bool,
}

fn spoken(number: u8, by: u8, act: CaseAct) -> Spoken {
    Spoken {
        number,
        by,
        seen: Vec::new(),
        act,
        void: false,
    }
}

impl Spoken {
    fn seen(self, seen: &[u8]) -> Self {
        Self {
            seen: seen.to_vec(),
            ..self
        }
    }

    fn void(self) -> Self {
        Self { void: true, ..self }
    }

    fn body(&self) -> CaseMessage {
        let seen = self.seen.iter().copied().map(hash).collect();
        CaseMessage::new((ALERT, ALERT_HASH), seen, &self.act).unwrap()
    }
}

fn keys(who: &[u8]) -> Vec<PublicKey<Device>> {
    who.iter().map(|who| device(*who).public()).collect()
}

fn block(number: u8, by: u8, who: &[u8]) -> Spoken {
    let words = BlockWords::new(BLOCK, keys(who));
    spoken(number, by, CaseAct::Block(words))
}

fn widened(number: u8, by: u8, of: (u8, Hash), who: &[u8]) -> Spoken {
    let words = WidenedWords::new((hash(of.0), of.1), keys(who), "врач".to_owned());
    spoken(number, by, CaseAct::Widened(words))
}

fn facts(number: u8, by: u8, all: &[(Fact, &[u8])]) -> Spoken {
    let facts = all.iter();
    let facts = facts.map(|(fact, over)| fact.write(over.iter().copied().map(hash).collect()));
    let words = FactsWords {
        facts: facts.collect(),
        ground: String::new(),
        extensions: Extensions::none(),
    };
    spoken(number, by, CaseAct::Facts(words))
}

fn part(number: u8, part: Part, who: Option<u8>, over: &[u8]) -> Spoken {
    let who = who.map(|who| device(who).public());
    facts(number, VERA, &[(Fact::Part(part, who), over)])
}

fn date(by_lawyer: YesNo) -> Fact {
    Fact::Date(DateFact {
        id: DateId([3; 8]),
        kind: DateKind::Hearing,
        at: EventTime {
            at: Some(TIME.plus(86_400)),
            precision: TimePrecision::Minute,
            ..EventTime::default()
        },
        offset: 180,
        what: String::new(),
        source: "адвокат".to_owned(),
        by_lawyer,
        who: None,
        standing: DateStanding::Open,
    })
}

fn answer(number: u8, by: u8) -> Spoken {
    let words = AnswerWords {
        text: "ответ".to_owned(),
        name: String::new(),
        extensions: Extensions::none(),
    };
    spoken(number, by, CaseAct::Answer(words))
}

fn reached(number: u8, by: u8, reached: Reached) -> Spoken {
    let words = ReachWords {
        reached,
        reason: String::new(),
        extensions: Extensions::none(),
    };
    spoken(number, by, CaseAct::Reach(words))
}

fn confirmed(number: u8, by: u8) -> Spoken {
    facts(number, by, &[(date(YesNo::Yes), &[])])
}

fn life(number: u8, by: u8) -> Spoken {
    let fact = Fact::LastContact(EventTime::default(), ContactKind::Phone, String::new());
    facts(number, by, &[(fact, &[])])
}

fn cases() -> Vec<(&'static str, Vec<Spoken>)> {
    let of = (1, BLOCK);
    let adviser = || part(1, Part::LawyerAdviser, Some(ROSA), &[]);
    let contact = || part(1, Part::ContactOwner, Some(ROSA), &[]);
    vec![
        ("nothing", vec![]),
        ("one, for nobody else", vec![block(1, VERA, &[])]),
        ("one, for two", vec![block(1, VERA, &[PAVEL, ROSA])]),
        (
            "for its author by another device",
            vec![block(1, ROSA, &[VERA, VERAS, ROSA])],
        ),
        ("for who is kept out", vec![block(1, VERA, &[NADIA, ROSA])]),
        (
            "for who was put out, and a stranger",
            vec![block(1, VERA, &[IVAN, STRANGER])],
        ),
        ("that does not count", vec![block(1, VERA, &[ROSA]).void()]),
        (
            "let in by its author",
            vec![block(1, VERA, &[ROSA]), widened(2, VERA, of, &[PAVEL])],
        ),
        (
            "let in by its author's other device",
            vec![block(1, VERA, &[]), widened(2, VERAS, of, &[PAVEL])],
        ),
        (
            "let in by whom its author chose",
            vec![block(1, VERA, &[ROSA]), widened(2, ROSA, of, &[PAVEL])],
        ),
        (
            "by whom these let in",
            vec![
                block(1, VERA, &[]),
                widened(2, VERA, of, &[ROSA]),
                widened(3, ROSA, of, &[PAVEL]),
            ],
        ),
        (
            "by somebody else",
            vec![block(1, VERA, &[]), widened(2, PAVEL, of, &[PAVEL, ROSA])],
        ),
        (
            "by who is kept out, whom its author chose",
            vec![block(1, VERA, &[NADIA]), widened(2, NADIA, of, &[PAVEL])],
        ),
        (
            "who is kept out",
            vec![block(1, VERA, &[ROSA]), widened(2, ROSA, of, &[NADIA])],
        ),
        (
            "by what does not count",
            vec![block(1, VERA, &[]), widened(2, VERA, of, &[ROSA]).void()],
        ),
        (
            "of another block",
            vec![
                block(1, VERA, &[]),
                widened(2, VERA, (1, hash(77)), &[ROSA]),
            ],
        ),
        (
            "by what is not here",
            vec![block(1, VERA, &[]), widened(2, VERA, (9, BLOCK), &[ROSA])],
        ),
        (
            "by who says that it is theirs",
            vec![
                block(1, VERA, &[ROSA]),
                block(2, PAVEL, &[]),
                widened(3, PAVEL, (2, BLOCK), &[ROSA]),
                widened(4, PAVEL, of, &[PAVEL]),
            ],
        ),
        ("confirmed, and nobody advises", vec![confirmed(1, ROSA)]),
        (
            "by who advises",
            vec![adviser(), confirmed(2, ROSA).seen(&[1])],
        ),
        (
            "by somebody else",
            vec![adviser(), confirmed(2, PAVEL).seen(&[1])],
        ),
        (
            "not confirmed at all",
            vec![
                adviser(),
                facts(2, PAVEL, &[(date(YesNo::No), &[])]).seen(&[1]),
            ],
        ),
        (
            "by who was named at the same time",
            vec![adviser(), confirmed(2, ROSA)],
        ),
        (
            "by who was named after that",
            vec![
                confirmed(1, ROSA),
                part(2, Part::LawyerAdviser, Some(ROSA), &[]).seen(&[1]),
            ],
        ),
        (
            "and somebody else is named after that",
            vec![
                adviser(),
                confirmed(2, ROSA).seen(&[1]),
                part(3, Part::LawyerAdviser, Some(PAVEL), &[1]).seen(&[2]),
            ],
        ),
        (
            "and it is taken away by who had not seen it",
            vec![
                adviser(),
                confirmed(2, ROSA).seen(&[1]),
                part(3, Part::LawyerAdviser, None, &[1]),
            ],
        ),
        (
            "by who hides that it was taken away",
            vec![
                adviser(),
                part(2, Part::LawyerAdviser, None, &[1]),
                confirmed(3, ROSA).seen(&[1]),
            ],
        ),
        (
            "by who was named by what does not count",
            vec![adviser().void(), confirmed(2, ROSA).seen(&[1])],
        ),
        ("answered, and nobody is named", vec![answer(1, PAVEL)]),
        (
            "by who is named",
            vec![contact(), answer(2, ROSA).seen(&[1])],
        ),
        (
            "past who is named",
            vec![contact(), answer(2, PAVEL).seen(&[1])],
        ),
        (
            "past one of two who were named",
            vec![
                contact(),
                part(2, Part::ContactOwner, Some(PAVEL), &[]),
                answer(3, PAVEL),
                answer(4, VERA),
            ],
        ),
        (
            "past who was put out",
            vec![
                part(1, Part::ContactOwner, Some(IVAN), &[]),
                answer(2, PAVEL).seen(&[1]),
            ],
        ),
        (
            "reached, and not",
            vec![
                contact(),
                reached(2, PAVEL, Reached::Yes).seen(&[1]),
                reached(3, PAVEL, Reached::No).seen(&[1]),
            ],
        ),
        (
            "a sign of life, and a date beside it",
            vec![
                contact(),
                life(2, PAVEL).seen(&[1]),
                facts(
                    3,
                    PAVEL,
                    &[
                        (date(YesNo::Yes), &[]),
                        (
                            Fact::LastContact(
                                EventTime::default(),
                                ContactKind::Family,
                                String::new(),
                            ),
                            &[],
                        ),
                    ],
                )
                .seen(&[1]),
            ],
        ),
    ]
}

/// Parts of the alert itself: the keys for which each is, and what is said besides.
fn of_alerts() -> Vec<(&'static str, Vec<u8>, Vec<Spoken>)> {
    let of = || (0xa2, BLOCK);
    let let_in = |number, by, who: &[u8]| {
        let words = WidenedWords::new((ALERT_HASH, BLOCK), keys(who), String::new());
        spoken(number, by, CaseAct::Widened(words.with_letter(vec![1])))
    };
    vec![
        ("for two", vec![ROSA, PAVEL], vec![]),
        ("for one by both devices", vec![VERA, VERAS], vec![]),
        (
            "for who is kept out, who was put out, and a stranger",
            vec![NADIA, IVAN, STRANGER],
            vec![],
        ),
        (
            "let in by one of the first",
            vec![ROSA],
            vec![let_in(1, ROSA, &[PAVEL])],
        ),
        (
            "by whom these let in",
            vec![ROSA],
            vec![let_in(1, ROSA, &[PAVEL]), let_in(2, PAVEL, &[VERA])],
        ),
        (
            "by somebody else",
            vec![ROSA],
            vec![let_in(1, VERA, &[VERA])],
        ),
        (
            "with nothing for them",
            vec![ROSA],
            vec![widened(1, ROSA, of(), &[PAVEL])],
        ),
        (
            "and a block beside it",
            vec![ROSA],
            vec![block(1, VERA, &[PAVEL])],
        ),
    ]
}

fn parts() -> Value {
    let cases = of_alerts().into_iter().map(|(name, keys, all)| {
        let mut readers: Vec<MemberKey> = keys.iter().map(|who| member(*who)).collect();
        readers.sort_unstable();
        let part = part::part(readers, BLOCK, Extensions::none());
        let mut told = told_with(name, Some(&part), &all);
        told["part"] = json!(hex(codec::encode(&part)));
        told
    });
    let mut parts = sensitive_parts::all();
    parts["sender"] = json!(hex(device(OLGA).public().0));
    parts["alert_hash"] = json!(hex(ALERT_HASH.0));
    parts["cases"] = json!(cases.collect::<Vec<_>>());
    parts
}

fn told(name: &str, all: &[Spoken]) -> Value {
    told_with(name, None, all)
}

/// The same of an alert with this part, which Olga's device sent.
fn told_with(name: &str, part: Option<&SensitivePart>, all: &[Spoken]) -> Value {
    let said: Vec<Said> = all
        .iter()
        .map(|one| {
            let author = device(one.by).public();
            let at = TIME.plus(u64::from(one.number));
            let since = Position(u32::from(one.by));
            Said {
                id: MessageId([one.number; 16]),
                hash: hash(one.number),
                author: find(&author).map_or(author, |(person, ..)| person),
                device: author,
                number: u64::from(one.number),
                time: at,
                arrived: at,
                at,
                seen: one.body().seen,
                act: one.body().act(),
                counts: match one.void {
                    true => Err(Void::Frozen),
                    false => Ok(crate::case::Place { since, is_in: true }),
                },
                to: None,
                is_asked: false,
            }
        })
        .collect();
    let case = fold(&said);
    let may = |key: &PublicKey<Device>| match find(key) {
        Some((person, may, _)) => (person, may),
        None => (*key, false),
    };
    let is_in = |key: &PublicKey<Device>| match find(key) {
        Some((person, _, is_in)) => (person, is_in),
        None => (*key, false),
    };
    let alert = part.map(|part| AlertPart {
        id: ALERT,
        hash: ALERT_HASH,
        author: device(OLGA).public(),
        at: TIME,
        part,
    });
    let whose = |key: &MemberKey| {
        let mut devices = PEOPLE.iter().map(|(one, ..)| *one);
        let found = devices.find(|one| member(*one) == *key);
        found.map(|one| device(one).public())
    };
    let found: Vec<Block> = blocks((alert, &said), &case.order, may, whose);
    let others: OthersParts = others_parts(&said, &case.order, is_in);
    let id = |at: &usize| hex(said[*at].id.0);
    let given = all.iter().zip(&said).map(|(one, said)| {
        json!({
            "id": hex(said.id.0),
            "hash": hex(said.hash.0),
            "author": hex(said.device.0),
            "body": encoded(&one.body()),
            "counts": said.counts.is_ok(),
        })
    });
    let shown = found.iter().map(|block| {
        let readers = block.readers.iter();
        json!({
            "id": hex(block.id.0),
            "author": hex(block.author.0),
            "readers": readers.map(|(who, by)| json!([hex(who.0), hex(by.0)])).collect::<Vec<_>>(),
            "not": block.not.iter().map(|who| hex(who.0)).collect::<Vec<_>>(),
        })
    });
    let past = others.past_contact.iter().map(|(at, who)| {
        let mut who: Vec<String> = who.iter().map(|who| hex(who.0)).collect();
        who.sort_unstable();
        json!([id(at), who])
    });
    json!({
        "name": name,
        "said": given.collect::<Vec<_>>(),
        "order": case.order.iter().map(id).collect::<Vec<_>>(),
        "blocks": shown.collect::<Vec<_>>(),
        "not_by_lawyer": others.not_by_lawyer.iter().map(id).collect::<Vec<_>>(),
        "past_contact": past.collect::<Vec<_>>(),
    })
}

/// Bodies of messages of kind 32,805.
fn written() -> Vec<(&'static str, Vec<u8>)> {
    let good = SensitiveBlock {
        alert: ALERT,
        kind: SensitiveKind::Health,
        text: "диабет, инсулин".to_owned(),
        extensions: Extensions::none(),
    };
    let of = |text: String| SensitiveBlock {
        text,
        ..good.clone()
    };
    let ends = codec::encode(&good);
    vec![
        ("one", codec::encode(&good)),
        ("without words", codec::encode(&of(String::new()))),
        ("2,000 characters", codec::encode(&of("я".repeat(2_000)))),
        ("2,001 characters", codec::encode(&of("я".repeat(2_001)))),
        (
            "a kind of a later version",
            codec::encode(&SensitiveBlock {
                kind: SensitiveKind::from(70),
                ..good.clone()
            }),
        ),
        (
            "kind 0",
            codec::encode(&SensitiveBlock {
                kind: SensitiveKind::from(0),
                ..good.clone()
            }),
        ),
        (
            "an extension that may be ignored",
            codec::encode(&SensitiveBlock {
                extensions: Extensions::none().with(40_000, vec![1]),
                ..good.clone()
            }),
        ),
        (
            "a critical extension",
            codec::encode(&SensitiveBlock {
                extensions: Extensions::none().with(9, vec![1]),
                ..good
            }),
        ),
        ("a byte too many", [ends.as_slice(), &[0]].concat()),
        ("a byte too few", ends[..ends.len() - 1].to_vec()),
    ]
}

/// Bodies of messages of kind 25 with acts 15 and 16.
fn bodies() -> Vec<(&'static str, CaseMessage)> {
    let many = |count: usize| -> Vec<PublicKey<Device>> {
        (0..count)
            .map(|one| {
                let seed = Hash::tagged("many", &[&u32::try_from(one).unwrap().to_be_bytes()]);
                PublicKey::from_bytes(seed.0)
            })
            .collect()
    };
    let block = |who: Vec<PublicKey<Device>>| CaseAct::Block(BlockWords::new(BLOCK, who));
    let widened = |who: Vec<PublicKey<Device>>, reason: String| {
        CaseAct::Widened(WidenedWords::new((hash(1), BLOCK), who, reason))
    };
    let descends = {
        let mut words = BlockWords::new(BLOCK, keys(&[VERA, ROSA]));
        words.who.reverse();
        CaseAct::Block(words)
    };
    let newer = {
        let mut words = BlockWords::new(BLOCK, keys(&[VERA]));
        words.extensions = Extensions::none().with(9, vec![1]);
        CaseAct::Block(words)
    };
    let acts = vec![
        ("for nobody else", block(Vec::new())),
        ("for two", block(keys(&[VERA, ROSA]))),
        ("for 256", block(many(256))),
        ("for 257", block(many(257))),
        ("not ascending", descends),
        ("a critical extension", newer),
        ("let in", widened(keys(&[VERA]), String::new())),
        ("nobody let in", widened(Vec::new(), String::new())),
        ("a reason of 280", widened(keys(&[VERA]), "я".repeat(280))),
        ("a reason of 281", widened(keys(&[VERA]), "я".repeat(281))),
    ];
    let of = |act: &CaseAct| CaseMessage::new((ALERT, ALERT_HASH), Vec::new(), act).unwrap();
    acts.iter().map(|(name, act)| (*name, of(act))).collect()
}

pub(super) fn all() -> Value {
    let people = PEOPLE.into_iter().map(|(one, person, may, is_in)| {
        json!({
            "device": hex(device(one).public().0),
            "person": hex(device(person).public().0),
            "key": hex(member(one).as_bytes()),
            "may": may,
            "is_in": is_in,
        })
    });
    let written = written().into_iter().map(|(name, body)| {
        let counts = SensitiveBlock::decode(&body).is_some();
        json!({ "name": name, "body": hex(body), "counts": counts })
    });
    let bodies = bodies().into_iter().map(|(name, body)| {
        let says = act_name(&body.act());
        json!({ "name": name, "body": encoded(&body), "says": says })
    });
    json!({
        "note": "Keys of tests, known to everyone. README.md says what the fields are.",
        "written": written.collect::<Vec<_>>(),
        "bodies": bodies.collect::<Vec<_>>(),
        "people": people.collect::<Vec<_>>(),
        "cases": cases().iter().map(|(name, all)| told(name, all)).collect::<Vec<_>>(),
        "parts": parts(),
    })
}

/// What the file says is what the words of its cases mean.
#[test]
fn a_block_is_read_by_few() {
    let count = |name: &str| {
        let cases = cases();
        let (_, all) = cases.iter().find(|(known, _)| *known == name).unwrap();
        let told = told(name, all);
        told["blocks"][0]["readers"].as_array().map(Vec::len)
    };
    for (name, readers) in [
        ("nothing", None),
        ("one, for nobody else", Some(0)),
        ("one, for two", Some(2)),
        ("for who is kept out", Some(1)),
        ("for who was put out, and a stranger", Some(0)),
        ("that does not count", None),
        ("let in by its author", Some(2)),
        ("let in by whom its author chose", Some(2)),
        ("by whom these let in", Some(1)),
        ("by who is kept out, whom its author chose", Some(0)),
        ("by who says that it is theirs", Some(1)),
    ] {
        assert_eq!(count(name), readers, "{name}");
    }
    assert!(TIME > Timestamp(0));
}
