//! What is said in cases: bodies, what of it counts, and what it comes to.

use bellrope_proto::{
    codec::{self, Blob},
    ids::{Hash, Timestamp},
};
use serde_json::{Value, json};

use super::{devices, encoded, hex, world::*};
use crate::{
    alert::{
        EventTime, Fields,
        vocabulary::{
            CaseState, ClosingReason, ConsentAnswer, ConsentGiver, ContactKind, CustodyStage,
            DateKind, DateStanding, Kind, LawyerAccess, Link, Part, Publicity, Purpose, Receipt,
            Step, TimePrecision, Translator, Verification, Vocabulary as _, YesNo,
        },
    },
    case::{
        Case, Opening, Said, Void,
        facts::{About, consent, publicity, verification},
        fold, judge, judge_sender,
    },
    extensions::Extensions,
    group::{About as AboutAlerts, Change, Policy, Role, Roster, Rule},
    ids::{Epoch, MessageId},
    message::{
        Audience, CaseAct, CaseMessage, ConsentFact, DateFact, DateId, Fact, FactsWords, Freeze,
        FreezeAct, KIND_ALERT, KIND_CASE, Letter, Message, NoteWords, OfTranslation, ReadersWords,
        ReceiptWords, Review, SaidOfSender, SavedWords, Saving, StateWords, StepName, Translated,
        WrittenFact, is_kept_from,
    },
};

const ALERT: MessageId = MessageId([0xa1; 16]);
const ALERT_HASH: Hash = Hash([0xa2; 32]);

/// Vera's second device.
pub(super) const VERAS: u8 = 8;

/// Vera, Ivan, Pavel, Rosa, and Olga, who observes; then Vera has a second device, and Ivan is put out; and Nadia, who is kept out of all alerts.
fn roster() -> Roster {
    let chain = Chain::new(found())
        .then(Change::Admit(admit(IVAN, Role::Member)))
        .then(Change::Approve(approve(1, IVAN)))
        .then(Change::Admit(admit(PAVEL, Role::Member)))
        .then(Change::Approve(approve(3, PAVEL)))
        .then(Change::Admit(admit(ROSA, Role::Member)))
        .then(Change::Approve(approve(5, ROSA)))
        .then(Change::Admit(admit(OLGA, Role::Observer)))
        .then(Change::Approve(approve(7, OLGA)))
        .then(devices::another(VERA, VERAS));
    let added = devices::add(&chain, 9, VERAS, VERA);
    let chain = chain.then(added).turned(turn_to(2, &[IVAN]));
    let at = u32::try_from(chain.0.len()).unwrap();
    let chain = chain
        .then(Change::Admit(admit(NADIA, Role::Member)))
        .then(Change::Approve(approve(at, NADIA)))
        .then(Change::Policy(Policy {
            kept_out: vec![Rule {
                who: device(NADIA).public(),
                about: AboutAlerts::default(),
            }],
            ..Policy::default()
        }));
    Roster::from_chain(chain.0).unwrap()
}

/// When it is asked who may hear of a case: a week after [`TIME`].
const PUBLICITY_AT: u64 = 604_800;

/// Rosa's device is in other hands, from then on.
pub(super) const FROZEN: u64 = 500;

fn frozen() -> Vec<SaidOfSender> {
    vec![SaidOfSender {
        id: MessageId([0xf0; 16]),
        arrived: TIME.plus(FROZEN),
        author: device(VERA).public(),
        freeze: Freeze {
            act: FreezeAct::Freeze,
            device: device(ROSA).public(),
            lifts: Vec::new(),
            reason: String::new(),
            extensions: Extensions::none(),
        },
        is_own_word: false,
    }]
}

/// For all but Pavel, whom its author did not choose.
fn alert() -> Message {
    Message {
        kind: KIND_ALERT,
        audience: Audience {
            hash: Hash([0; 32]),
            chosen: [VERA, IVAN, ROSA, OLGA].map(member).to_vec(),
        },
        ..message(VERA, 0, Vec::new())
    }
}

fn message(by: u8, number: u64, body: Vec<u8>) -> Message {
    let roster = roster();
    Message {
        group: roster.id(),
        epoch: Epoch(2),
        roster: roster.head(),
        audience: Audience {
            hash: Hash([0; 32]),
            chosen: Vec::new(),
        },
        sender: device(by).public(),
        id: ALERT,
        number,
        previous: Hash([0; 32]),
        time: TIME,
        expires: EXPIRES,
        seen: Vec::new(),
        kind: KIND_CASE,
        body: Blob(body),
        extensions: Extensions::none(),
    }
}

/// One message: its number is its id and its hash.
#[derive(Clone)]
pub(super) struct Spoken {
    pub(super) number: u8,
    pub(super) by: u8,
    /// Seconds after [`TIME`] at which it was signed, and came.
    pub(super) at: (u64, u64),
    pub(super) body: CaseMessage,
}

pub(super) fn hash(number: u8) -> Hash {
    Hash([number; 32])
}

pub(super) fn spoken(number: u8, by: u8, act: &CaseAct) -> Spoken {
    let at = u64::from(number);
    Spoken {
        number,
        by,
        at: (at, at),
        body: CaseMessage::new((ALERT, ALERT_HASH), Vec::new(), act).unwrap(),
    }
}

/// That it is open to some, or no longer.
fn readers(number: u8, by: u8, opens: bool, who: &[u8], over: &[u8]) -> Spoken {
    let who = who.iter().map(|who| device(*who).public()).collect();
    let over = over.iter().copied().map(hash).collect();
    let words = ReadersWords::new(opens, who, over, String::new());
    spoken(number, by, &CaseAct::Readers(words))
}

fn words(receipt: Receipt, to: Option<u8>, over: Option<u8>, reason: &str) -> CaseAct {
    CaseAct::Receipt(ReceiptWords {
        receipt,
        to: to.map(|who| device(who).public()),
        over: over.map(hash),
        reason: reason.to_owned(),
        extensions: Extensions::none(),
    })
}

fn lead(number: u8, by: u8, over: Option<u8>, reason: &str) -> Spoken {
    spoken(number, by, &words(Receipt::TakingLead, None, over, reason))
}

fn hand(number: u8, (by, to): (u8, u8), over: Option<u8>, reason: &str) -> Spoken {
    spoken(
        number,
        by,
        &words(Receipt::HandedOver, Some(to), over, reason),
    )
}

fn receipt(number: u8, by: u8, receipt: Receipt, over: Option<u8>) -> Spoken {
    spoken(number, by, &words(receipt, None, over, ""))
}

fn state(number: u8, by: u8, state: CaseState, over: Option<u8>) -> Spoken {
    let closed = state == CaseState::Closed;
    let act = CaseAct::State(StateWords {
        state,
        closing: closed.then_some(ClosingReason::Released),
        over: over.map(hash),
        reason: String::new(),
        extensions: Extensions::none(),
    });
    spoken(number, by, &act)
}

fn note(number: u8, by: u8, seen: &[u8]) -> Spoken {
    let act = CaseAct::Note(NoteWords {
        text: "заметка".to_owned(),
        extensions: Extensions::none(),
    });
    let mut note = spoken(number, by, &act);
    note.body.seen = seen.iter().copied().map(hash).collect();
    note
}

/// Words of a note for some. What is sealed in it is random, and nothing of the case depends on it.
fn note_to_words(audience: u16, of: Option<u8>, who: &[[u8; 32]], more: Extensions) -> Vec<u8> {
    let sealed = Blob(vec![7; 9]);
    codec::encode(&(audience, of.map(hash), who.to_vec(), hash(99), sealed, more))
}

/// A note for who leads, or handed on to them.
fn note_to(number: u8, by: u8, of: Option<u8>, to: &[u8]) -> Spoken {
    let mut who: Vec<[u8; 32]> = to.iter().map(|who| device(*who).public().0).collect();
    who.sort_unstable();
    let mut spoken = note(number, by, &[]);
    spoken.body.act = 7;
    spoken.body.words = Blob(note_to_words(3, of, &who, Extensions::none()));
    spoken
}

fn translated(of: Option<u8>, over: &[u8], by: Translator) -> Translated {
    Translated {
        of: of.map(hash),
        language: "ru".to_owned(),
        by,
        service: String::new(),
        text: "перевод".to_owned(),
        over: over.iter().copied().map(hash).collect(),
    }
}

/// A translation of a message or of the alert, in the place of others.
fn translation(number: u8, by: u8, of: Option<u8>, over: &[u8], who: Translator) -> Spoken {
    let it = OfTranslation::Is(translated(of, over, who));
    spoken(number, by, &CaseAct::Translation(it))
}

/// That somebody is asked for a translation into Russian.
fn asked(number: u8, by: u8, of: Option<u8>, whom: u8) -> Spoken {
    let it = OfTranslation::Asked {
        of: of.map(hash),
        language: "ru".to_owned(),
        whom: device(whom).public(),
        text: "the text".to_owned(),
    };
    spoken(number, by, &CaseAct::Translation(it))
}

fn checked(number: u8, by: u8, of: u8) -> Spoken {
    let it = OfTranslation::Checked(hash(of));
    spoken(number, by, &CaseAct::Translation(it))
}

/// Facts, each in the place of what these messages said.
fn facts(number: u8, by: u8, all: &[(Fact, &[u8])]) -> Spoken {
    let facts = all.iter();
    let facts = facts.map(|(fact, over)| fact.write(over.iter().copied().map(hash).collect()));
    of_facts(number, by, facts.collect(), "")
}

fn of_facts(number: u8, by: u8, facts: Vec<WrittenFact>, ground: &str) -> Spoken {
    let act = CaseAct::Facts(FactsWords {
        facts,
        ground: ground.to_owned(),
        extensions: Extensions::none(),
    });
    spoken(number, by, &act)
}

fn day(after: u64) -> EventTime {
    EventTime {
        at: Some(TIME.plus(after)),
        precision: TimePrecision::Day,
        ..EventTime::default()
    }
}

fn permits(answer: ConsentAnswer, giver: ConsentGiver) -> Fact {
    Fact::Consent(ConsentFact {
        purpose: Purpose::Publish,
        answer,
        giver,
        given: day(0),
    })
}

fn date(what: &str, who: Option<u8>) -> DateFact {
    DateFact {
        id: DateId([3; 8]),
        kind: DateKind::Hearing,
        at: EventTime {
            at: Some(TIME.plus(86_400)),
            precision: TimePrecision::Minute,
            ..EventTime::default()
        },
        offset: 180,
        what: what.to_owned(),
        source: "адвокат".to_owned(),
        by_lawyer: YesNo::Yes,
        who: who.map(|who| device(who).public()),
        standing: DateStanding::Open,
    }
}

fn step(text: &str, standing: DateStanding) -> Fact {
    Fact::Step(StepName::Own(text.to_owned()), standing)
}

fn looked_back(harm: YesNo) -> Fact {
    Fact::Review(Review {
        closing: hash(7),
        harm,
        keep: YesNo::Unknown,
    })
}

/// One of each.
fn every_fact() -> Vec<(&'static str, Fact)> {
    vec![
        ("a rung", Fact::Verification(Verification::OneSource)),
        (
            "a publicity",
            Fact::Publicity(Publicity::QuietOnly, day(86_400)),
        ),
        (
            "a consent",
            permits(ConsentAnswer::Yes, ConsentGiver::StandingInstruction),
        ),
        ("a stage", Fact::Stage(CustodyStage::PoliceHold)),
        ("since when", Fact::HeldSince(day(0))),
        ("where", Fact::HeldAt("отдел".to_owned())),
        ("by whom", Fact::HeldBy(String::new())),
        ("articles", Fact::Articles("24.23".to_owned())),
        (
            "a lawyer",
            Fact::Lawyer(LawyerAccess::Denied, "Pavel".to_owned(), YesNo::No),
        ),
        (
            "a sign of life",
            Fact::LastContact(day(0), ContactKind::Letter, "her sister".to_owned()),
        ),
        ("a date", Fact::Date(date("hearing", Some(ROSA)))),
        (
            "a part",
            Fact::Part(Part::ContactOwner, Some(device(ROSA).public())),
        ),
        (
            "a link",
            Fact::Link(MessageId([0xb1; 16]), Some(Link::SamePerson)),
        ),
        ("a look back", looked_back(YesNo::No)),
        (
            "a step",
            Fact::Step(StepName::Listed(Step::CallBack), DateStanding::Done),
        ),
        (
            "a step in words",
            Fact::Step(
                StepName::Own("позвонить в школу".to_owned()),
                DateStanding::Open,
            ),
        ),
    ]
}

/// Facts that no program of this version writes, or that it does.
fn odd_facts() -> Vec<(&'static str, WrittenFact)> {
    let good = Fact::Verification(Verification::OneSource).write(Vec::new());
    let valued = |about: u16, value: Vec<u8>| WrittenFact {
        about,
        value: Blob(value),
        over: Vec::new(),
    };
    let none = Extensions::none;
    vec![
        ("something of a later version", valued(99, vec![1])),
        (
            "a rung of a later version",
            valued(1, codec::encode(&(70_u16, none()))),
        ),
        (
            "a rung with an extension that is ignored",
            valued(1, codec::encode(&(2_u16, extended(40_000)))),
        ),
        (
            "a rung with one that is critical",
            valued(1, codec::encode(&(2_u16, extended(7)))),
        ),
        ("a value that ends too soon", valued(1, vec![0])),
        (
            "a place of 280 characters",
            Fact::HeldAt("ж".repeat(280)).write(Vec::new()),
        ),
        (
            "a place of 281",
            Fact::HeldAt("x".repeat(281)).write(Vec::new()),
        ),
        (
            "a date of 140 characters",
            Fact::Date(date(&"ж".repeat(140), None)).write(Vec::new()),
        ),
        (
            "a date of 141",
            Fact::Date(date(&"x".repeat(141), None)).write(Vec::new()),
        ),
        (
            "a date without a time",
            Fact::Date(DateFact {
                at: EventTime::default(),
                ..date("hearing", None)
            })
            .write(Vec::new()),
        ),
        (
            "a date on no clock of this earth",
            Fact::Date(DateFact {
                offset: -841,
                ..date("hearing", None)
            })
            .write(Vec::new()),
        ),
        (
            "a moment that is unknown",
            Fact::HeldSince(EventTime {
                precision: TimePrecision::Unknown,
                ..day(0)
            })
            .write(Vec::new()),
        ),
        (
            "a step of a later version",
            valued(15, codec::encode(&(24_u16, "", 2_u16, none()))),
        ),
        (
            "a step that is none",
            valued(15, codec::encode(&(0_u16, "", 2_u16, none()))),
        ),
        (
            "a step with words",
            valued(15, codec::encode(&(1_u16, "call", 2_u16, none()))),
        ),
        (
            "a step that somebody missed",
            valued(15, codec::encode(&(1_u16, "", 3_u16, none()))),
        ),
        (
            "a step of 140 characters",
            Fact::Step(StepName::Own("ж".repeat(140)), DateStanding::Open).write(Vec::new()),
        ),
        (
            "a step of 141 characters",
            Fact::Step(StepName::Own("x".repeat(141)), DateStanding::Open).write(Vec::new()),
        ),
        (
            "in the place of 16",
            WrittenFact {
                over: vec![hash(3); 16],
                ..good.clone()
            },
        ),
        (
            "in the place of 17",
            WrittenFact {
                over: vec![hash(3); 17],
                ..good
            },
        ),
    ]
}

pub(super) fn act_name(act: &CaseAct) -> &'static str {
    match act {
        CaseAct::Receipt(_) => "receipt",
        CaseAct::State(_) => "state",
        CaseAct::Note(_) => "note",
        CaseAct::Answer(_) => "answer",
        CaseAct::OfSender(_) => "sender",
        CaseAct::Facts(_) => "facts",
        CaseAct::Readers(_) => "readers",
        CaseAct::Reach(_) => "reach",
        CaseAct::NoteTo(_) => "note_to",
        CaseAct::Translation(_) => "translation",
        CaseAct::Block(_) => "block",
        CaseAct::Widened(_) => "widened",
        CaseAct::Files(_) => "files",
        CaseAct::Saved(_) => "saved",
        CaseAct::HandedOn(_) => "handed_on",
        CaseAct::Forget(_) => "forget",
        CaseAct::Erased(_) => "erased",
        CaseAct::Keep(_) => "keep",
        CaseAct::Newer => "newer",
    }
}

/// What Rosa says of an alert of hers, and others in her place; the last says that it is taken back while others may have her device.
fn of_sender() -> Value {
    let roster = roster();
    let alert = Message {
        sender: device(ROSA).public(),
        ..alert()
    };
    let opening = Opening::of(&alert, ALERT_HASH, &roster);
    let (other, frozen) = (MessageId([0xa9; 16]), frozen());
    let said = [
        (ROSA, Kind::Update, ALERT, 10),
        (IVAN, Kind::Withdrawal, ALERT, 20),
        (PAVEL, Kind::Closure, ALERT, 30),
        (ROSA, Kind::Withdrawal, other, 40),
        (ROSA, Kind::Withdrawal, ALERT, 100),
        (ROSA, Kind::Correction, ALERT, 200),
        (ROSA, Kind::Withdrawal, ALERT, FROZEN + 10),
    ];
    let judged: Vec<Option<Said>> = (1_u8..)
        .zip(said)
        .map(|(number, (by, kind, original, at))| {
            let mut fields = Fields::of_kind(kind);
            fields.original = Some(original);
            fields.summary = "слова".to_owned();
            let message = Message {
                kind: KIND_ALERT,
                id: MessageId([number; 16]),
                time: TIME.plus(at),
                ..message(by, u64::from(number), codec::encode(&fields))
            };
            let known = (&roster, frozen.as_slice());
            judge_sender((&message, hash(number)), TIME.plus(at), &opening, known)
        })
        .collect();
    let counting: Vec<Said> = judged.iter().flatten().cloned().collect();
    let withdrawn = |said: &[Said]| -> Option<String> {
        let at = fold(said).withdrawn_by;
        at.map(|at| hex(said[at].id.0))
    };
    let turned: Vec<Said> = counting.iter().rev().cloned().collect();
    assert_eq!(withdrawn(&counting), withdrawn(&turned));
    let case = fold(&counting);
    assert!(case.read_by.is_empty() && case.lead.is_none() && case.state_by.is_none());
    let rows: Vec<Value> = said
        .iter()
        .zip(&judged)
        .map(|((by, kind, original, at), judged)| {
            json!({
                "by": hex(device(*by).public().0),
                "kind": u16::from(*kind),
                "original": hex(original.0),
                "arrived": TIME.plus(*at).0,
                "of_case": judged.is_some(),
                "void": judged.as_ref().and_then(|said| said.counts.err()).map(Void::key),
            })
        })
        .collect();
    json!({
        "sender": hex(device(ROSA).public().0),
        "alert": hex(ALERT.0),
        "said": rows,
        "withdrawn_at": withdrawn(&counting).map(|_| TIME.0 + 100),
    })
}

/// Which translations are of an earlier text than what Rosa says by now, who sent the alert.
fn earlier() -> Value {
    let roster = roster();
    let alert = Message {
        sender: device(ROSA).public(),
        ..alert()
    };
    let opening = Opening::of(&alert, ALERT_HASH, &roster);
    let seeing = |mut spoken: Spoken, seen: &[u8]| {
        spoken.body.seen = seen.iter().copied().map(hash).collect();
        spoken
    };
    let of = |number, of: Option<u8>| translation(number, VERA, of, &[], Translator::Person);
    type Row<'a> = (&'a [(u8, Kind)], Vec<Spoken>);
    let rows: Vec<Row<'_>> = vec![
        (&[], vec![of(9, None)]),
        (&[(1, Kind::Correction)], vec![of(9, None)]),
        (&[(1, Kind::Update)], vec![of(9, None)]),
        (&[(1, Kind::Closure)], vec![of(9, None)]),
        (&[(1, Kind::Correction)], vec![seeing(of(9, None), &[1])]),
        (
            &[(1, Kind::Correction)],
            vec![note(2, IVAN, &[1]), seeing(of(9, None), &[2])],
        ),
        (&[(1, Kind::Correction)], vec![of(9, Some(1))]),
        (
            &[(1, Kind::Correction), (2, Kind::Correction)],
            vec![of(9, Some(1))],
        ),
        (
            &[(1, Kind::Correction)],
            vec![note(2, IVAN, &[]), of(9, Some(2))],
        ),
    ];
    rows.into_iter()
        .map(|(changes, spoken)| {
            let known = (&roster, [].as_slice());
            let of_sender = changes.iter().map(|(number, kind)| {
                let mut fields = Fields::of_kind(*kind);
                fields.original = Some(ALERT);
                let message = Message {
                    kind: KIND_ALERT,
                    id: MessageId([*number; 16]),
                    ..message(ROSA, u64::from(*number), codec::encode(&fields))
                };
                judge_sender((&message, hash(*number)), TIME, &opening, known).unwrap()
            });
            let others = spoken.iter().map(|one| {
                let mut message = message(one.by, u64::from(one.number), Vec::new());
                message.id = MessageId([one.number; 16]);
                let about = (&message, hash(one.number), &one.body);
                judge(about, TIME.plus(one.at.1), &opening, known)
            });
            let said: Vec<Said> = of_sender.chain(others).collect();
            assert!(said.iter().all(|it| it.counts.is_ok()));
            let case = fold(&said);
            let stands = case.translations.values().flatten();
            let is: Vec<bool> = stands.map(|it| it.is_of_earlier).collect();
            assert_eq!(is.len(), 1);
            let changes = changes.iter();
            let changes =
                changes.map(|(number, kind)| json!([hex(hash(*number).0), u16::from(*kind)]));
            let spoken = spoken.iter();
            let spoken = spoken.map(|it| json!([hex(hash(it.number).0), encoded(&it.body)]));
            json!({
                "sender": changes.collect::<Vec<_>>(),
                "said": spoken.collect::<Vec<_>>(),
                "earlier": is[0],
            })
        })
        .collect()
}

/// What is sealed in a note for some, and its hash.
fn letters() -> Value {
    let texts = ["Адвокат просит денег", "a"];
    texts
        .into_iter()
        .map(|text| {
            let author = device(VERA).public();
            let letter = Letter::new(author, ALERT_HASH, [0xa7; 16], text.to_owned());
            let (bytes, hash) = letter.written();
            json!({
                "author": hex(author.0),
                "alert_hash": hex(ALERT_HASH.0),
                "salt": hex([0xa7; 16]),
                "text": text,
                "letter": hex(&bytes),
                "hash": hex(hash.0),
            })
        })
        .collect()
}

fn bodies() -> Value {
    let good = lead(1, VERA, Some(7), "because").body;
    let of = |act: &CaseAct| spoken(1, VERA, act).body;
    let with = |change: &dyn Fn(&mut CaseMessage)| {
        let mut body = good.clone();
        change(&mut body);
        body
    };
    let inside = |act: u16, words: Vec<u8>| {
        with(&|body| {
            body.act = act;
            body.words = Blob(words.clone());
        })
    };
    let receipt_words = |receipt: u16, to: Option<u8>, reason: &str, extensions: Extensions| {
        let to = to.map(|who| device(who).public());
        codec::encode(&(receipt, to, Some(hash(7)), reason.to_owned(), extensions))
    };
    let none = Extensions::none;
    let state_words = |state: u16, closing: Option<u16>| {
        codec::encode(&(state, closing, None::<Hash>, String::new(), none()))
    };
    let note_words = |text: &str| codec::encode(&(text.to_owned(), none()));
    let answer_words =
        |text: &str, name: &str| codec::encode(&(text.to_owned(), name.to_owned(), none()));
    let reader_words = |way: u16, who: &[u8], over: usize| {
        let who: Vec<_> = who.iter().map(|who| [*who; 32]).collect();
        inside(
            6,
            codec::encode(&(way, who, vec![hash(7); over], String::new(), none())),
        )
    };
    let all: Vec<(&str, CaseMessage)> = vec![
        ("open to two", reader_words(1, &[1, 2], 64)),
        ("no longer open to one", reader_words(2, &[1], 0)),
        ("in a third way", reader_words(3, &[1], 0)),
        ("open to nobody", reader_words(1, &[], 0)),
        (
            "open to two in the other order",
            reader_words(1, &[2, 1], 0),
        ),
        ("open to one twice", reader_words(1, &[1, 1], 0)),
        ("over 65", reader_words(1, &[1], 65)),
        ("a lead", good.clone()),
        (
            "a hand-over",
            of(&words(Receipt::HandedOver, Some(IVAN), None, "")),
        ),
        (
            "a hand-over to nobody",
            inside(1, receipt_words(6, None, "", none())),
        ),
        (
            "a lead with somebody in it",
            inside(1, receipt_words(3, Some(IVAN), "", none())),
        ),
        (
            "a receipt of a later version",
            inside(1, receipt_words(77, None, "", none())),
        ),
        (
            "a reason of 280 characters",
            inside(1, receipt_words(3, None, &"ж".repeat(280), none())),
        ),
        (
            "a reason of 281",
            inside(1, receipt_words(3, None, &"x".repeat(281), none())),
        ),
        (
            "words with an extension that is ignored",
            inside(1, receipt_words(3, None, "", extended(40_000))),
        ),
        (
            "words with one that is critical",
            inside(1, receipt_words(3, None, "", extended(7))),
        ),
        ("words that end too soon", inside(1, vec![0, 3])),
        ("a closed case", inside(2, state_words(8, Some(1)))),
        ("a closed case without why", inside(2, state_words(8, None))),
        (
            "an open case with why it is closed",
            inside(2, state_words(4, Some(1))),
        ),
        (
            "a reason to close it of a later version",
            inside(2, state_words(8, Some(700))),
        ),
        (
            "a state of a later version",
            inside(2, state_words(70, None)),
        ),
        (
            "a note of 8,000 characters",
            inside(3, note_words(&"я".repeat(8_000))),
        ),
        ("a note of 8,001", inside(3, note_words(&"x".repeat(8_001)))),
        ("an empty note", inside(3, note_words(""))),
        (
            "an answer of 500 characters",
            inside(5, answer_words(&"я".repeat(500), "Вера")),
        ),
        (
            "an answer of 501",
            inside(5, answer_words(&"x".repeat(501), "")),
        ),
        ("an empty answer", inside(5, answer_words("", "Вера"))),
        (
            "an answer by a name of 65",
            inside(5, answer_words("a", &"x".repeat(65))),
        ),
        ("an act of a later version", inside(9, vec![1, 2, 3])),
        ("an original was saved", of(&saved())),
        (
            "how far that is, in a number that nobody knows",
            inside(10, codec::encode(&(4_u16, ALERT, 2_u16, hash(60), none()))),
        ),
        (
            "that, in words that go on",
            inside(
                10,
                [
                    codec::encode(&(2_u16, ALERT, 2_u16, hash(60), none())),
                    vec![0],
                ]
                .concat(),
            ),
        ),
        (
            "that, with an extension that is critical",
            inside(
                10,
                codec::encode(&(2_u16, ALERT, 2_u16, hash(60), extended(7))),
            ),
        ),
        (
            "an extension that is ignored",
            with(&|body| body.extensions = extended(40_000)),
        ),
        (
            "an extension that is critical",
            with(&|body| body.extensions = extended(7)),
        ),
        (
            "16 that were seen",
            with(&|body| body.seen = vec![hash(3); 16]),
        ),
        ("17", with(&|body| body.seen = vec![hash(3); 17])),
    ];
    let mut all = all;
    let none = Extensions::none;
    let keys = |count: u8| -> Vec<[u8; 32]> { (1..=count).map(|key| [key; 32]).collect() };
    for (name, words) in [
        (
            "a note for who leads",
            note_to_words(3, None, &keys(1), none()),
        ),
        ("a note for 16", note_to_words(5, None, &keys(16), none())),
        (
            "a note that is handed on",
            note_to_words(3, Some(7), &keys(1), none()),
        ),
        ("a note for 17", note_to_words(5, None, &keys(17), none())),
        ("a note for nobody", note_to_words(3, None, &[], none())),
        (
            "a note for the group, sealed",
            note_to_words(1, None, &keys(1), none()),
        ),
        (
            "a note for one twice",
            note_to_words(5, None, &[[1; 32], [1; 32]], none()),
        ),
        (
            "a note with an extension that is ignored",
            note_to_words(3, None, &keys(1), extended(40_000)),
        ),
        (
            "a note with one that is critical",
            note_to_words(3, None, &keys(1), extended(7)),
        ),
    ] {
        all.push((name, inside(7, words)));
    }
    type Parts<'a> = (
        u16,
        Option<u8>,
        &'a str,
        u16,
        &'a str,
        String,
        usize,
        Option<u8>,
    );
    let of_translation = |(what, of, language, by, service, text, over, whom): Parts<'_>| {
        let whom = whom.map(|who| device(who).public());
        let over = vec![hash(3); over];
        let words = (
            what,
            of.map(hash),
            language.to_owned(),
            by,
            service.to_owned(),
            text,
            over,
            whom,
            none(),
        );
        inside(8, codec::encode(&words))
    };
    let long = |chars: usize| "ж".repeat(chars);
    let rows: Vec<(&str, Parts<'_>)> = vec![
        (
            "a translation of the alert",
            (1, None, "ru", 1, "", long(8_000), 16, None),
        ),
        (
            "a machine's of a note",
            (1, Some(7), "be-tarask", 2, "Argos", long(1), 0, None),
        ),
        (
            "a translation that was compared",
            (2, Some(7), "", 1, "", String::new(), 0, None),
        ),
        (
            "somebody who is asked for one",
            (3, None, "en", 1, "", long(8_000), 0, Some(PAVEL)),
        ),
        (
            "a translation of 8,001 characters",
            (1, None, "ru", 1, "", long(8_001), 0, None),
        ),
        (
            "an empty translation",
            (1, None, "ru", 1, "", String::new(), 0, None),
        ),
        (
            "in the place of 17 translations",
            (1, None, "ru", 1, "", long(1), 17, None),
        ),
        (
            "into no language",
            (1, None, "Russian", 1, "", long(1), 0, None),
        ),
        (
            "by neither a person nor a machine",
            (1, None, "ru", 3, "", long(1), 0, None),
        ),
        (
            "by a person of a machine's name",
            (1, None, "ru", 1, "Argos", long(1), 0, None),
        ),
        (
            "a translation and somebody who is asked",
            (1, None, "ru", 1, "", long(1), 0, Some(PAVEL)),
        ),
        (
            "the alert that was compared",
            (2, None, "", 1, "", String::new(), 0, None),
        ),
        (
            "one that was compared, with words",
            (2, Some(7), "", 1, "", long(1), 0, None),
        ),
        (
            "nobody who is asked",
            (3, None, "en", 1, "", long(1), 0, None),
        ),
        (
            "something else about a translation",
            (4, None, "en", 1, "", long(1), 0, None),
        ),
    ];
    all.extend(
        rows.into_iter()
            .map(|(name, parts)| (name, of_translation(parts))),
    );
    let rung = || Fact::Verification(Verification::OneSource).write(Vec::new());
    let each = every_fact();
    let each = each
        .iter()
        .map(|(name, fact)| (*name, fact.write(vec![hash(7)])));
    all.extend(
        each.chain(odd_facts())
            .map(|(name, fact)| (name, of_facts(1, VERA, vec![fact], "because").body)),
    );
    for (name, count) in [("16 facts", 16), ("17 facts", 17), ("no fact", 0)] {
        all.push((name, of_facts(1, VERA, vec![rung(); count], "").body));
    }
    for (name, chars) in [
        ("a ground of 280 characters", 280),
        ("a ground of 281", 281),
    ] {
        let ground = "я".repeat(chars);
        all.push((name, of_facts(1, VERA, vec![rung()], &ground).body));
    }
    let mut all: Vec<(&str, String)> = all
        .into_iter()
        .map(|(name, body)| (name, encoded(&body)))
        .collect();
    let cut = all[0].1.trim_end_matches('0').to_owned();
    let even = cut.len() - cut.len() % 2;
    all.push(("a body that ends too soon", cut[..even].to_owned()));
    all.into_iter()
        .map(|(name, body)| {
            let bytes = data_encoding::HEXLOWER.decode(body.as_bytes()).unwrap();
            let read = CaseMessage::decode(&bytes);
            let act = read.as_ref().map(CaseMessage::act);
            let known = act.as_ref().and_then(|act| match act {
                CaseAct::Facts(words) => Some(words.known().count()),
                _ => None,
            });
            let says = act.as_ref().map(act_name);
            json!({ "name": name, "body": body, "says": says, "facts": known })
        })
        .collect()
}

fn saved() -> CaseAct {
    CaseAct::Saved(SavedWords {
        saving: Saving::Done,
        with: ALERT,
        number: 2,
        hash: hash(60),
        extensions: Extensions::none(),
    })
}

fn cases() -> Vec<(&'static str, Vec<Spoken>)> {
    use ConsentAnswer::{No, Withdrawn, Yes};
    use ConsentGiver::{Defender, Family};
    use Receipt::{Acknowledged, ConflictOfInterest, Opened, Supporting};
    use Verification::{OneSource, PartnerConfirmed};
    let rung = Fact::Verification;
    let out = TURNED.0 - TIME.0;
    let came = |mut spoken: Spoken, at: u64| {
        spoken.at = (at, at);
        spoken
    };
    let other_alert = {
        let mut lead = lead(1, VERA, None, "");
        lead.body.alert_hash = hash(9);
        lead
    };
    let ahead = {
        let mut note = note(1, VERA, &[]);
        note.at = (9_000_000, 40);
        note
    };
    let newer = {
        let mut newer = note(4, VERA, &[]);
        newer.body.act = 40;
        newer
    };
    vec![
        ("nobody leads", vec![receipt(1, VERA, Acknowledged, None)]),
        ("one leads", vec![lead(1, ROSA, None, "")]),
        (
            "two who did not know of each other",
            vec![lead(1, ROSA, None, ""), lead(2, VERA, None, "")],
        ),
        (
            "and the later one says that she helps",
            vec![
                lead(1, ROSA, None, ""),
                lead(2, VERA, None, ""),
                receipt(3, ROSA, Supporting, None),
            ],
        ),
        (
            "and the earlier one hands over",
            vec![
                lead(1, ROSA, None, ""),
                lead(2, VERA, None, ""),
                hand(3, (VERA, ROSA), Some(2), ""),
            ],
        ),
        (
            "taken over without a reason",
            vec![lead(1, ROSA, None, ""), lead(2, VERA, Some(1), "")],
        ),
        (
            "taken over with one",
            vec![lead(1, VERA, None, ""), lead(2, ROSA, Some(1), "away")],
        ),
        (
            "and the first says it again, to have it back",
            vec![
                lead(1, VERA, None, ""),
                lead(2, ROSA, Some(1), "away"),
                lead(3, VERA, None, ""),
                lead(4, VERA, Some(1), ""),
            ],
        ),
        (
            "handed over by somebody else",
            vec![lead(1, ROSA, None, ""), hand(2, (VERA, IVAN), Some(1), "")],
        ),
        (
            "to an observer",
            vec![lead(1, ROSA, None, ""), hand(2, (ROSA, OLGA), Some(1), "")],
        ),
        (
            "to somebody who has not the alert",
            vec![lead(1, ROSA, None, ""), hand(2, (ROSA, PAVEL), Some(1), "")],
        ),
        (
            "to two",
            vec![
                lead(1, VERA, None, ""),
                hand(2, (VERA, ROSA), Some(1), ""),
                hand(3, (VERA, IVAN), Some(1), ""),
            ],
        ),
        (
            "an original was saved, and the alert is not read",
            vec![
                spoken(1, VERA, &saved()),
                note(2, ROSA, &[1]),
                spoken(3, ROSA, &saved()),
            ],
        ),
        (
            "opened, and not read",
            vec![
                receipt(1, VERA, Opened, None),
                receipt(2, VERAS, Opened, None),
                receipt(3, IVAN, Supporting, None),
                receipt(4, IVAN, Opened, None),
                receipt(5, PAVEL, Opened, None),
                lead(6, ROSA, None, ""),
                receipt(7, ROSA, Opened, Some(6)),
            ],
        ),
        (
            "given up",
            vec![
                lead(1, ROSA, None, ""),
                receipt(2, ROSA, ConflictOfInterest, Some(1)),
            ],
        ),
        (
            "given up, and taken without a reason",
            vec![
                lead(1, ROSA, None, ""),
                receipt(2, ROSA, ConflictOfInterest, Some(1)),
                lead(3, VERA, Some(2), ""),
            ],
        ),
        (
            "given up by somebody else",
            vec![
                lead(1, ROSA, None, ""),
                receipt(2, VERA, ConflictOfInterest, Some(1)),
            ],
        ),
        (
            "by somebody who was put out since",
            vec![lead(1, IVAN, None, "")],
        ),
        (
            "and taken without a reason",
            vec![lead(1, IVAN, None, ""), lead(2, ROSA, Some(1), "")],
        ),
        (
            "after they were put out",
            vec![came(lead(1, IVAN, None, ""), out), lead(2, ROSA, None, "")],
        ),
        (
            "by an observer",
            vec![lead(1, OLGA, None, ""), lead(2, STRANGER, None, "")],
        ),
        (
            "by somebody who has not the alert",
            vec![lead(1, PAVEL, None, ""), note(2, PAVEL, &[99])],
        ),
        ("of another alert", vec![other_alert]),
        (
            "on one device, and read on another",
            vec![
                lead(1, VERAS, None, ""),
                receipt(2, VERA, Acknowledged, None),
            ],
        ),
        (
            "taken on one device and given up on another",
            vec![
                lead(1, VERAS, None, ""),
                receipt(2, VERA, ConflictOfInterest, Some(1)),
                note(3, VERAS, &[]),
            ],
        ),
        (
            "taken on both at once",
            vec![lead(1, VERA, None, ""), lead(2, VERAS, None, "")],
        ),
        (
            "two states of one person, on two devices, of which the second has said less",
            vec![
                state(9, VERA, CaseState::Closed, None),
                came(state(1, VERAS, CaseState::Monitoring, None), 60),
            ],
        ),
        (
            "two receipts of one person, on two devices",
            vec![
                receipt(9, VERA, Supporting, None),
                came(receipt(1, VERAS, ConflictOfInterest, None), 5),
            ],
        ),
        (
            "while others may write it",
            vec![
                came(lead(1, ROSA, None, ""), FROZEN),
                came(note(2, ROSA, &[]), FROZEN - 1),
            ],
        ),
        (
            "over what is not here",
            vec![lead(2, ROSA, Some(1), "away")],
        ),
        (
            "over what does not count",
            vec![lead(1, PAVEL, None, ""), lead(2, ROSA, Some(1), "")],
        ),
        (
            "in a circle",
            vec![lead(1, VERA, Some(2), "a"), lead(2, ROSA, Some(1), "b")],
        ),
        ("closed", vec![state(1, ROSA, CaseState::Closed, None)]),
        (
            "closed and opened",
            vec![
                state(1, ROSA, CaseState::Closed, None),
                state(2, ROSA, CaseState::Reopened, Some(1)),
            ],
        ),
        (
            "two states of one author over the same",
            vec![
                state(1, ROSA, CaseState::Closed, None),
                state(2, ROSA, CaseState::Monitoring, None),
            ],
        ),
        (
            "two states of two",
            vec![
                state(1, ROSA, CaseState::Closed, None),
                state(2, VERA, CaseState::Active, None),
            ],
        ),
        (
            "every fact",
            every_fact()
                .into_iter()
                .zip(1..)
                .map(|((_, fact), number)| facts(number, ROSA, &[(fact, &[])]))
                .collect(),
        ),
        (
            "one fact in the place of another",
            vec![
                facts(1, ROSA, &[(rung(OneSource), &[])]),
                facts(2, VERA, &[(rung(PartnerConfirmed), &[1])]),
            ],
        ),
        (
            "two who look back",
            vec![
                facts(1, ROSA, &[(looked_back(YesNo::No), &[])]),
                facts(2, VERA, &[(looked_back(YesNo::Yes), &[1])]),
                facts(3, ROSA, &[(looked_back(YesNo::Unknown), &[1, 2])]),
            ],
        ),
        (
            "steps that are done, and done again",
            vec![
                facts(
                    1,
                    ROSA,
                    &[
                        (step("call the school", DateStanding::Open), &[]),
                        (step("call the court", DateStanding::Open), &[]),
                    ],
                ),
                facts(
                    2,
                    VERA,
                    &[(step("call the school", DateStanding::Done), &[1])],
                ),
            ],
        ),
        (
            "two rungs beside each other",
            vec![
                facts(1, ROSA, &[(rung(OneSource), &[])]),
                facts(2, VERA, &[(rung(PartnerConfirmed), &[])]),
            ],
        ),
        (
            "one who doubts",
            vec![
                facts(1, ROSA, &[(rung(Verification::False), &[])]),
                facts(2, VERA, &[(rung(PartnerConfirmed), &[])]),
            ],
        ),
        (
            "in the place of itself, and of what is about something else",
            vec![
                facts(1, ROSA, &[(rung(OneSource), &[1])]),
                facts(2, VERA, &[(Fact::HeldAt("отдел".to_owned()), &[1])]),
            ],
        ),
        (
            "by somebody who has not the alert",
            vec![
                facts(1, ROSA, &[(rung(OneSource), &[])]),
                facts(2, PAVEL, &[(rung(PartnerConfirmed), &[1])]),
            ],
        ),
        (
            "a part for somebody who has not the alert",
            vec![facts(
                1,
                ROSA,
                &[
                    (Fact::Part(Part::Deputy, Some(device(PAVEL).public())), &[]),
                    (rung(OneSource), &[]),
                ],
            )],
        ),
        (
            "a part for a second device",
            vec![facts(
                1,
                ROSA,
                &[(Fact::Part(Part::Deputy, Some(device(VERAS).public())), &[])],
            )],
        ),
        (
            "the family does not take back what the person said",
            vec![
                facts(1, ROSA, &[(permits(No, Defender), &[])]),
                facts(2, VERA, &[(permits(Yes, Family), &[1])]),
            ],
        ),
        (
            "and the person does",
            vec![
                facts(1, ROSA, &[(permits(No, Family), &[])]),
                facts(2, VERA, &[(permits(Yes, Defender), &[1])]),
            ],
        ),
        (
            "the family says no beside a yes",
            vec![
                facts(1, ROSA, &[(permits(Yes, Defender), &[])]),
                facts(2, VERA, &[(permits(Withdrawn, Family), &[1])]),
            ],
        ),
        (
            "publicity beside less, which is over",
            vec![
                facts(1, ROSA, &[(Fact::Publicity(Publicity::None, day(1)), &[])]),
                facts(
                    2,
                    VERA,
                    &[(
                        Fact::Publicity(Publicity::Wanted, EventTime::default()),
                        &[],
                    )],
                ),
            ],
        ),
        (
            "publicity beside less",
            vec![
                facts(
                    1,
                    ROSA,
                    &[(
                        Fact::Publicity(Publicity::QuietOnly, EventTime::default()),
                        &[],
                    )],
                ),
                facts(
                    2,
                    VERA,
                    &[(
                        Fact::Publicity(Publicity::Wanted, EventTime::default()),
                        &[],
                    )],
                ),
            ],
        ),
        (
            "opened to one, who leads",
            vec![
                readers(1, ROSA, true, &[PAVEL], &[]),
                lead(2, PAVEL, None, ""),
            ],
        ),
        (
            "opened after they said so",
            vec![
                lead(1, PAVEL, None, ""),
                readers(2, ROSA, true, &[PAVEL], &[]),
            ],
        ),
        (
            "handed over to whom it was opened to",
            vec![
                readers(1, ROSA, true, &[PAVEL], &[]),
                lead(2, ROSA, None, ""),
                hand(3, (ROSA, PAVEL), Some(2), ""),
            ],
        ),
        (
            "opened further by whom it was opened to",
            vec![
                readers(1, ROSA, true, &[PAVEL], &[]),
                readers(2, PAVEL, true, &[NADIA, PAVEL], &[]),
            ],
        ),
        (
            "opened to who is kept out",
            vec![
                readers(1, VERA, true, &[NADIA], &[]),
                lead(2, NADIA, None, ""),
            ],
        ),
        (
            "to who is kept out, to nobody, and to one more",
            vec![
                readers(1, VERA, true, &[NADIA, STRANGER, PAVEL], &[]),
                lead(2, NADIA, None, ""),
                lead(3, PAVEL, None, ""),
            ],
        ),
        (
            "by an observer",
            vec![
                readers(1, OLGA, true, &[PAVEL], &[]),
                lead(2, PAVEL, None, ""),
            ],
        ),
        (
            "no longer open",
            vec![
                readers(1, ROSA, true, &[PAVEL], &[]),
                lead(2, PAVEL, None, ""),
                readers(3, VERA, false, &[PAVEL], &[1]),
                note(4, PAVEL, &[]),
            ],
        ),
        (
            "no longer, by who had not seen that it was opened again",
            vec![
                readers(1, ROSA, true, &[PAVEL], &[]),
                readers(2, ROSA, true, &[PAVEL], &[1]),
                readers(3, VERA, false, &[PAVEL], &[1]),
                note(4, PAVEL, &[]),
            ],
        ),
        (
            "open again",
            vec![
                readers(1, ROSA, true, &[PAVEL], &[]),
                readers(2, VERA, false, &[PAVEL], &[1]),
                note(3, PAVEL, &[]),
                readers(4, ROSA, true, &[PAVEL], &[1, 2]),
            ],
        ),
        (
            "no longer, of whom it never was open",
            vec![readers(1, VERA, false, &[PAVEL], &[9]), note(2, PAVEL, &[])],
        ),
        (
            "over what does not name them",
            vec![
                readers(1, ROSA, true, &[OLGA, PAVEL], &[]),
                readers(2, VERA, false, &[OLGA], &[1]),
                note(3, PAVEL, &[]),
            ],
        ),
        (
            "a note for who leads, which is handed on",
            vec![
                lead(1, ROSA, None, ""),
                note_to(2, VERA, None, &[ROSA]),
                hand(3, (ROSA, VERA), Some(1), ""),
                note_to(4, ROSA, Some(2), &[VERA]),
                note_to(5, ROSA, Some(50), &[VERA]),
            ],
        ),
        (
            "notes for an observer, and for somebody who has not the alert",
            vec![
                note_to(1, ROSA, None, &[OLGA]),
                note_to(2, ROSA, None, &[PAVEL]),
                note_to(3, ROSA, None, &[VERA, STRANGER]),
                note_to(4, PAVEL, None, &[ROSA]),
            ],
        ),
        (
            "a note for somebody to whom it is open no longer",
            vec![
                readers(1, ROSA, true, &[PAVEL], &[]),
                note_to(2, ROSA, None, &[PAVEL]),
                readers(3, VERA, false, &[PAVEL], &[1]),
                note_to(4, ROSA, None, &[PAVEL]),
            ],
        ),
        (
            "two translations beside each other, and one of a note",
            vec![
                translation(1, ROSA, None, &[], Translator::Person),
                translation(2, VERA, None, &[], Translator::Person),
                note(3, ROSA, &[]),
                translation(4, VERA, Some(3), &[1], Translator::Machine),
                checked(5, ROSA, 4),
                checked(6, VERA, 4),
                checked(7, ROSA, 2),
                checked(8, PAVEL, 4),
            ],
        ),
        (
            "a machine's in the place of a person's, and a person's in that of both",
            vec![
                translation(1, ROSA, None, &[], Translator::Person),
                translation(2, VERA, None, &[1], Translator::Machine),
                translation(3, IVAN, Some(60), &[], Translator::Person),
                checked(4, VERAS, 2),
                checked(5, ROSA, 2),
            ],
        ),
        (
            "and a person's in that of both",
            vec![
                translation(1, ROSA, None, &[], Translator::Person),
                translation(2, VERA, None, &[1], Translator::Machine),
                translation(3, VERAS, None, &[1, 2], Translator::Person),
                translation(4, OLGA, None, &[3], Translator::Person),
            ],
        ),
        (
            "a translation by somebody who was asked for it, and more of theirs",
            vec![
                asked(1, ROSA, None, PAVEL),
                translation(2, PAVEL, None, &[], Translator::Person),
                translation(3, PAVEL, Some(1), &[], Translator::Person),
                note(4, PAVEL, &[]),
                checked(5, PAVEL, 2),
                checked(6, ROSA, 2),
            ],
        ),
        (
            "asked by somebody who does not read it, by nobody, and of an observer",
            vec![
                asked(1, PAVEL, None, PAVEL),
                translation(2, PAVEL, None, &[], Translator::Person),
                asked(3, ROSA, None, STRANGER),
                translation(4, STRANGER, None, &[], Translator::Person),
                asked(5, ROSA, None, NADIA),
                translation(6, NADIA, None, &[], Translator::Machine),
            ],
        ),
        (
            "known and unknown facts in one message",
            vec![of_facts(
                1,
                ROSA,
                vec![
                    WrittenFact {
                        about: 99,
                        value: Blob(vec![1]),
                        over: Vec::new(),
                    },
                    rung(OneSource).write(vec![hash(50)]),
                ],
                "because",
            )],
        ),
        (
            "a story, with a clock that is ahead and one that is behind",
            vec![
                ahead,
                came(note(2, ROSA, &[1, 3]), 50),
                note(3, ROSA, &[]),
                newer,
                note(5, VERA, &[77, 3]),
            ],
        ),
    ]
}

/// What each counts for, by the roster.
pub(super) fn said_by(all: &[Spoken]) -> Vec<Said> {
    let roster = roster();
    let opening = Opening::of(&alert(), ALERT_HASH, &roster);
    let frozen = frozen();
    let judge = |one: &Spoken| {
        let mut message = message(one.by, u64::from(one.number), Vec::new());
        message.id = MessageId([one.number; 16]);
        message.time = TIME.plus(one.at.0);
        let about = (&message, hash(one.number), &one.body);
        judge(about, TIME.plus(one.at.1), &opening, (&roster, &frozen))
    };
    all.iter().map(judge).collect()
}

fn told(name: &str, all: &[Spoken]) -> Value {
    let roster = roster();
    let opening = Opening::of(&alert(), ALERT_HASH, &roster);
    let frozen = frozen();
    let judged = |opening: &Opening| -> Vec<Said> {
        let judge = |one: &Spoken| {
            let mut message = message(one.by, u64::from(one.number), Vec::new());
            message.id = MessageId([one.number; 16]);
            message.time = TIME.plus(one.at.0);
            let about = (&message, hash(one.number), &one.body);
            judge(about, TIME.plus(one.at.1), opening, (&roster, &frozen))
        };
        all.iter().map(judge).collect()
    };
    let opening = opening.clone().with(&judged(&opening), &roster);
    let opening = opening.clone().with_asked(&judged(&opening), &roster);
    let said = judged(&opening);
    let opened: Vec<Value> = opening
        .opened_to()
        .iter()
        .map(|(person, opened)| {
            let until = opened.until.map(|(at, _)| at.0);
            json!([hex(person.0), until])
        })
        .collect();
    let case: Case = fold(&said);
    let id = |at: &usize| hex(said[*at].id.0);
    let ids = |all: &[usize]| all.iter().map(id).collect::<Vec<_>>();
    let given: Vec<Value> = all
        .iter()
        .zip(&said)
        .map(|(one, said)| {
            json!({
                "id": hex(said.id.0),
                "hash": hex(said.hash.0),
                "author": hex(said.device.0),
                "number": said.number,
                "signed": TIME.0 + one.at.0,
                "arrived": TIME.0 + one.at.1,
                "body": encoded(&one.body),
                "void": said.counts.err().map(crate::case::Void::key),
            })
        })
        .collect();
    let facts = |about: About| {
        let stands = case.facts.get(&about).into_iter().flatten();
        stands.map(|said| &said.fact)
    };
    let mut stands: Vec<Value> = case
        .facts
        .values()
        .flatten()
        .map(|one| {
            let written = one.fact.write(Vec::new());
            json!([written.about, hex(&written.value.0), hex(said[one.at].id.0)])
        })
        .collect();
    stands.sort_by_key(Value::to_string);
    let mut translations: Vec<Value> = case
        .translations
        .iter()
        .flat_map(|((of, language), stands)| {
            let of = of.map(|of| hex(of.0));
            stands.iter().map(move |it| (of.clone(), language, it))
        })
        .map(|(of, language, it)| json!([of, language, id(&it.at), ids(&it.checked_by)]))
        .collect();
    translations.sort_by_key(Value::to_string);
    let publish = consent(facts(About::Consent(Purpose::Publish.number())), None);
    json!({
        "name": name,
        "stands": stands,
        "opened_to": opened,
        "translations": translations,
        "verification": verification(facts(About::Verification)).map(u16::from),
        "publish": publish.map(|said| u16::from(said.answer)),
        "publicity": u16::from(publicity(facts(About::Publicity), TIME.plus(PUBLICITY_AT))),
        "said": given,
        "leader": case.leader().map(|device| hex(device.0)),
        "led_by": ids(&case.leads),
        "rivals": ids(&case.rivals),
        "state": u16::from(case.state(&said)),
        "state_by": case.state_by.as_ref().map(id),
        "read_by": ids(&case.read_by),
        "opened_on": ids(&case.opened_on),
        "supporting": ids(&case.supporting),
        "apart": ids(&case.apart),
        "order": ids(&case.order),
        "heads": case.heads.iter().map(|hash| hex(hash.0)).collect::<Vec<_>>(),
        "missing": case.missing,
    })
}

pub(super) fn all() -> Value {
    let roster = roster();
    let removed = roster.removed().iter();
    let removed = removed.map(|removed| (&removed.person, Some(removed.time.0)));
    let people = roster.people().iter().map(|person| (person, None));
    let chosen = alert().audience.chosen;
    let people: Vec<Value> = people
        .chain(removed)
        .map(|(person, removed): (_, Option<u64>)| {
            let frozen = (person.device == device(ROSA).public()).then_some(TIME.0 + FROZEN);
            json!({
                "name": person.name,
                "device": hex(person.device.0),
                "person": hex(person.person.0),
                "since": person.came.0,
                "says": person.role.reads() && person.role.sends(),
                "reads": person.role.reads(),
                "kept_out": is_kept_from(&alert(), &roster, person.person),
                "removed": removed,
                "frozen": frozen,
                "has_alert": chosen.contains(&person.key),
            })
        })
        .collect();
    json!({
        "note": "Keys of tests, known to everyone. README.md says what the fields are.",
        "alert": hex(ALERT.0),
        "alert_hash": hex(ALERT_HASH.0),
        "publicity_at": TIME.0 + PUBLICITY_AT,
        "people": people,
        "bodies": bodies(),
        "of_sender": of_sender(),
        "letters": letters(),
        "earlier": earlier(),
        "cases": cases().iter().map(|(name, all)| told(name, all)).collect::<Vec<_>>(),
    })
}

/// What the file says is what the words of its cases mean.
#[test]
fn a_case_is_led_by_one() {
    let leader = |name: &str| {
        let cases = cases();
        let (_, all) = cases.iter().find(|(known, _)| *known == name).unwrap();
        let leader = told(name, all)["leader"].clone();
        let all = [VERA, IVAN, PAVEL, ROSA];
        all.into_iter()
            .find(|who| leader == hex(device(*who).public().0))
    };
    for (name, who) in [
        ("nobody leads", None),
        ("one leads", Some(ROSA)),
        ("two who did not know of each other", Some(VERA)),
        ("and the earlier one hands over", Some(ROSA)),
        ("taken over without a reason", Some(ROSA)),
        ("taken over with one", Some(ROSA)),
        ("and the first says it again, to have it back", Some(ROSA)),
        ("handed over by somebody else", Some(ROSA)),
        ("to an observer", Some(ROSA)),
        ("to somebody who has not the alert", Some(ROSA)),
        ("given up", None),
        ("given up, and taken without a reason", Some(VERA)),
        ("given up by somebody else", Some(ROSA)),
        ("by somebody who was put out since", None),
        ("and taken without a reason", Some(ROSA)),
        ("after they were put out", Some(ROSA)),
        ("by an observer", None),
        ("by somebody who has not the alert", None),
        ("of another alert", None),
        ("on one device, and read on another", Some(VERA)),
        ("taken on one device and given up on another", None),
        ("taken on both at once", Some(VERA)),
        ("while others may write it", None),
        ("over what is not here", Some(ROSA)),
        ("over what does not count", Some(ROSA)),
        ("in a circle", None),
    ] {
        assert_eq!(leader(name), who, "{name}");
    }
    assert!(TIME.plus(FROZEN) < TURNED && TIME > Timestamp(0));
}
