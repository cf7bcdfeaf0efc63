//! Check-ins: plans, bodies, words, and what a plan comes to.

use bellrope_proto::{
    codec::{self, Blob},
    ids::{Hash, Timestamp},
};
use serde_json::{Value, json};

use super::{encoded, hex, world::*};
use crate::{
    alert::{
        Fields,
        plan::{CheckInPlan, word, word_hash},
        vocabulary::Kind,
    },
    case::{CheckedIn, Heard, NotHeard, Opening, Said, Spoken, check_ins, judge, judge_check_in},
    extensions::Extensions,
    group::Roster,
    ids::{Epoch, MessageId},
    message::{
        Audience, CaseAct, CaseMessage, CheckIn, CheckInAct, Freeze, FreezeAct, KIND_ALERT,
        KIND_CASE, KIND_CHECK_IN, Message, NoteWords, ReachWords, Reached, SaidOfSender, freezes,
    },
};

const PLAN: MessageId = MessageId([0xc1; 16]);
const PLAN_HASH: Hash = Hash([0xc2; 32]);
const HOUR: u64 = 3_600;

fn roster() -> Roster {
    Roster::from_chain(everybody().0).unwrap()
}

fn plan() -> CheckInPlan {
    CheckInPlan {
        every: 43_200,
        grace: 1_800,
        first: TIME.plus(12 * HOUR),
        until: TIME.plus(96 * HOUR),
        well: "мед с мятой".to_owned(),
        forced: "чабрец".to_owned(),
        extensions: Extensions::none(),
    }
}

fn with(change: impl Fn(&mut CheckInPlan)) -> CheckInPlan {
    let mut plan = plan();
    change(&mut plan);
    plan
}

fn plans() -> Value {
    let words = |well: &str, forced: &str| {
        with(|it| {
            well.clone_into(&mut it.well);
            forced.clone_into(&mut it.forced);
        })
    };
    let all = [
        ("a plan", plan()),
        ("without words", words("", "")),
        ("one word", words("мята", "")),
        ("twice the same", words("мята", "мята")),
        ("not as words are", words("Мята", "чабрец")),
        ("64 characters", words(&"я".repeat(64), "чабрец")),
        ("65", words(&"я".repeat(65), "чабрец")),
        ("too often", with(|it| it.every = 1_799)),
        ("too seldom", with(|it| it.every = 604_801)),
        ("no grace", with(|it| it.grace = 1_799)),
        ("too much", with(|it| it.grace = 86_401)),
        ("one check-in", with(|it| it.until = it.first)),
        (
            "an end before it",
            with(|it| it.until = Timestamp(it.first.0 - 1)),
        ),
        ("60 days", with(|it| it.until = it.first.plus(5_184_000))),
        ("longer", with(|it| it.until = it.first.plus(5_184_001))),
        (
            "999 intervals",
            with(|it| (it.every, it.until) = (1_800, it.first.plus(1_799_999))),
        ),
        (
            "1,000",
            with(|it| (it.every, it.until) = (1_800, it.first.plus(1_800_000))),
        ),
        (
            "an extension that is ignored",
            with(|it| it.extensions = extended(40_000)),
        ),
        (
            "one that is critical",
            with(|it| it.extensions = extended(7)),
        ),
    ];
    let of = |(name, plan): (&str, CheckInPlan)| {
        let mut fields = Fields::of_kind(Kind::CheckIn);
        plan.put(&mut fields);
        let counts = CheckInPlan::of(&fields).is_some();
        json!({ "name": name, "extension": encoded(&plan), "counts": counts })
    };
    all.map(of).into()
}

fn body(act: CheckInAct, typed: &str) -> CheckIn {
    CheckIn {
        plan: PLAN,
        plan_hash: PLAN_HASH,
        act,
        word: word_hash(PLAN_HASH, &word(typed)),
        extensions: Extensions::none(),
    }
}

fn bodies() -> Value {
    let good = encoded(&body(CheckInAct::Here, "мята"));
    let extended_by = |number| {
        encoded(&CheckIn {
            extensions: extended(number),
            ..body(CheckInAct::Here, "")
        })
    };
    // After the plan's id and hash.
    let at = (16 + 32) * 2;
    let other = format!("{}0003{}", &good[..at], &good[at + 4..]);
    [
        ("a check-in", good.clone()),
        ("an end", encoded(&body(CheckInAct::End, ""))),
        ("another act", other),
        ("an extension that is ignored", extended_by(40_000)),
        ("one that is critical", extended_by(7)),
        (
            "a body that ends too soon",
            good[..good.len() - 2].to_owned(),
        ),
    ]
    .map(|(name, body)| {
        let bytes = data_encoding::HEXLOWER.decode(body.as_bytes()).unwrap();
        json!({ "name": name, "body": body, "counts": CheckIn::decode(&bytes).is_some() })
    })
    .into()
}

fn words() -> Value {
    let typed = ["мед с мятой", "  МЁД  с\tМятой\n", "", "Tea at five"];
    typed
        .map(|typed| {
            let word = word(typed);
            json!({
                "typed": typed,
                "word": word,
                "plan_hash": hex(PLAN_HASH.0),
                "hash": hex(word_hash(PLAN_HASH, &word).0),
            })
        })
        .into()
}

fn message(by: u8, number: u8, (kind, body): (u16, Vec<u8>), time: Timestamp) -> Message {
    let roster = roster();
    Message {
        group: roster.id(),
        epoch: Epoch(1),
        roster: roster.head(),
        audience: Audience {
            hash: Hash([0; 32]),
            chosen: Vec::new(),
        },
        sender: device(by).public(),
        id: MessageId([number; 16]),
        number: u64::from(number),
        previous: Hash([0; 32]),
        time,
        expires: EXPIRES,
        seen: Vec::new(),
        kind,
        body: Blob(body),
        extensions: Extensions::none(),
    }
}

/// What one message says, with the hours after [`TIME`] at which it was written and came.
#[derive(Clone)]
enum Step {
    CheckIn(u8, CheckIn),
    Act(u8, CaseAct),
    Freeze(u8),
    /// Of the steps of these numbers.
    Lift(u8, Vec<u8>),
}

fn here(typed: &str) -> Step {
    Step::CheckIn(NADIA, body(CheckInAct::Here, typed))
}

fn reach(reached: Reached) -> Step {
    let words = ReachWords {
        reached,
        reason: String::new(),
        extensions: Extensions::none(),
    };
    Step::Act(VERA, CaseAct::Reach(words))
}

fn note(by: u8) -> Step {
    let words = NoteWords {
        text: "звоню".to_owned(),
        extensions: Extensions::none(),
    };
    Step::Act(by, CaseAct::Note(words))
}

type Steps = Vec<(u64, u64, Step)>;

fn stories() -> Vec<(&'static str, CheckInPlan, u64, Steps)> {
    let well = "мед с мятой";
    let end = |typed| Step::CheckIn(NADIA, body(CheckInAct::End, typed));
    let other_plan = CheckIn {
        plan: MessageId([9; 16]),
        ..body(CheckInAct::Here, well)
    };
    let other_hash = CheckIn {
        plan_hash: Hash([9; 32]),
        word: word_hash(Hash([9; 32]), well),
        ..body(CheckInAct::Here, well)
    };
    let none = with(|it| {
        it.well.clear();
        it.forced.clear();
    });
    vec![
        ("nothing comes", plan(), 0, vec![]),
        ("one comes", plan(), 0, vec![(5, 5, here(well))]),
        (
            "two, the later one first",
            plan(),
            0,
            vec![(20, 20, here(well)), (5, 5, here(well))],
        ),
        ("one is late", plan(), 0, vec![(11, 23, here(well))]),
        ("one is old", plan(), 0, vec![(10, 23, here(well))]),
        (
            "another word, and none",
            plan(),
            0,
            vec![(5, 5, here("мята")), (6, 6, here(""))],
        ),
        (
            "any word, where none was agreed",
            none,
            0,
            vec![(5, 5, here("что угодно"))],
        ),
        (
            "for another plan, and with another hash",
            plan(),
            0,
            vec![
                (5, 5, Step::CheckIn(NADIA, other_plan)),
                (6, 6, Step::CheckIn(NADIA, other_hash)),
            ],
        ),
        (
            "by somebody else, the forced word too",
            plan(),
            0,
            vec![
                (5, 5, Step::CheckIn(VERA, body(CheckInAct::Here, well))),
                (6, 6, Step::CheckIn(VERA, body(CheckInAct::Here, "чабрец"))),
            ],
        ),
        ("it is over", plan(), 0, vec![(5, 5, end(well))]),
        (
            "over with another word",
            plan(),
            0,
            vec![(5, 5, end("конец"))],
        ),
        (
            "the last one, a little early",
            plan(),
            0,
            vec![(96, 95, here(well)), (84, 84, here(well))],
        ),
        ("a plan that waited", plan(), 13, vec![]),
        ("a plan that came after its end", plan(), 97, vec![]),
        (
            "somebody was reached",
            plan(),
            0,
            vec![(13, 13, reach(Reached::Yes))],
        ),
        (
            "nobody could",
            plan(),
            0,
            vec![(13, 13, reach(Reached::No))],
        ),
        (
            "so said before it was due",
            plan(),
            0,
            vec![(11, 11, reach(Reached::No))],
        ),
        (
            "nobody could, and then they came",
            plan(),
            0,
            vec![(13, 13, reach(Reached::No)), (14, 14, here(well))],
        ),
        (
            "a note",
            plan(),
            0,
            vec![(13, 13, note(VERA)), (14, 14, note(OLGA))],
        ),
        (
            "forced, and well again after that",
            plan(),
            0,
            vec![
                (5, 5, here("чабрец")),
                (6, 6, here(well)),
                (7, 7, end(well)),
            ],
        ),
        (
            "forced, and lifted",
            plan(),
            0,
            vec![
                (5, 5, here("чабрец")),
                (6, 6, here(well)),
                (10, 10, Step::Lift(VERA, vec![0])),
                (11, 11, here(well)),
            ],
        ),
        ("forced, and old", plan(), 0, vec![(1, 40, here("чабрец"))]),
        (
            "frozen",
            plan(),
            0,
            vec![
                (4, 4, Step::Freeze(VERA)),
                (5, 5, here(well)),
                (6, 6, here("чабрец")),
            ],
        ),
    ]
}

fn stands(heard: Heard) -> Value {
    let (what, at, since) = match heard {
        Heard::Forced(since) => ("forced", None, Some(since)),
        Heard::Over => ("over", None, None),
        Heard::Waiting(due) => ("waiting", Some(due), None),
        Heard::Late(due) => ("late", Some(due), None),
        Heard::Overdue(due) => ("overdue", Some(due), None),
        Heard::Unreached { due, since, .. } => ("unreached", Some(due), Some(since)),
    };
    json!({ "what": what, "due": at.map(|at| at.0), "since": since.map(|at| at.0) })
}

fn story((name, plan, came, steps): (&'static str, CheckInPlan, u64, Steps)) -> Value {
    let roster = roster();
    let mut fields = Fields::of_kind(Kind::CheckIn);
    plan.put(&mut fields);
    let body = (KIND_ALERT, codec::encode(&fields));
    let alert = Message {
        id: PLAN,
        ..message(NADIA, 0, body, TIME)
    };
    let opening = Opening::of(&alert, PLAN_HASH, &roster);
    let id = |at: u8| MessageId([at + 1; 16]);
    let mut frozen: Vec<SaidOfSender> = Vec::new();
    let mut rows: Vec<Value> = Vec::new();
    let steps: Vec<(u8, Timestamp, Timestamp, Step)> = (0_u8..)
        .zip(&steps)
        .map(|(at, (time, came, step))| {
            (
                at,
                TIME.plus(time * HOUR),
                TIME.plus(came * HOUR),
                step.clone(),
            )
        })
        .collect();
    let check_in = |at: u8, by: u8, time, body: &CheckIn| {
        message(by, at + 1, (KIND_CHECK_IN, codec::encode(body)), time)
    };
    for (at, time, arrived, step) in &steps {
        let mut said_of = |by: u8, freeze: Freeze, is_own_word| {
            frozen.push(SaidOfSender {
                id: id(*at),
                arrived: *arrived,
                author: device(by).public(),
                freeze,
                is_own_word,
            });
        };
        let freeze = |act, lifts| Freeze {
            act,
            device: device(NADIA).public(),
            lifts,
            reason: String::new(),
            extensions: Extensions::none(),
        };
        let (kind, by, body) = match step {
            Step::CheckIn(by, body) => {
                let message = check_in(*at, *by, *time, body);
                let known = (&roster, [].as_slice());
                let judged = judge_check_in((&message, body), *arrived, (&opening, &plan), known);
                if judged.is_some_and(|it| it.is_forced()) {
                    said_of(*by, freeze(FreezeAct::Freeze, Vec::new()), true);
                }
                (KIND_CHECK_IN, *by, encoded(body))
            }
            Step::Act(by, act) => {
                let body = CaseMessage::new((PLAN, PLAN_HASH), Vec::new(), act).unwrap();
                (KIND_CASE, *by, encoded(&body))
            }
            Step::Freeze(by) => {
                let freeze = freeze(FreezeAct::Freeze, Vec::new());
                let body = encoded(&freeze);
                said_of(*by, freeze, false);
                (24, *by, body)
            }
            Step::Lift(by, lifts) => {
                let lifts = lifts.iter().map(|at| id(*at)).collect();
                let freeze = freeze(FreezeAct::Lift, lifts);
                let body = encoded(&freeze);
                said_of(*by, freeze, false);
                (24, *by, body)
            }
        };
        rows.push(json!({
            "id": hex(id(*at).0),
            "kind": kind,
            "by": hex(device(by).public().0),
            "signed": time.0,
            "arrived": arrived.0,
            "body": body,
        }));
    }
    let known = (&roster, frozen.as_slice());
    let checked: Vec<Option<CheckedIn>> = steps
        .iter()
        .map(|(at, time, arrived, step)| match step {
            Step::CheckIn(by, body) => {
                let message = check_in(*at, *by, *time, body);
                judge_check_in((&message, body), *arrived, (&opening, &plan), known)
            }
            _ => None,
        })
        .collect();
    let said: Vec<Said> = steps
        .iter()
        .filter_map(|(at, time, arrived, step)| {
            let Step::Act(by, act) = step else {
                return None;
            };
            let body = CaseMessage::new((PLAN, PLAN_HASH), Vec::new(), act)?;
            let message = message(*by, at + 1, (KIND_CASE, codec::encode(&body)), *time);
            let hash = Hash([at + 1; 32]);
            Some(judge((&message, hash, &body), *arrived, &opening, known))
        })
        .collect();
    for (row, judged) in rows.iter_mut().zip(&checked) {
        let word = judged.as_ref().map(|it| match it.spoken {
            Spoken::Well => "well",
            Spoken::Forced => "forced",
            Spoken::Other => "another",
        });
        let void = judged.as_ref().and_then(|it| it.void.as_ref());
        let void = void.map(|void| match void {
            NotHeard::Void(void) => void.key(),
            NotHeard::Old => "old",
        });
        let object = row.as_object_mut().unwrap();
        object.insert("word".to_owned(), json!(word));
        object.insert("void".to_owned(), json!(void));
    }
    let of_plan: Vec<CheckedIn> = checked.into_iter().flatten().collect();
    let freezes = freezes(&frozen, &device(NADIA).public(), &roster);
    let came = TIME.plus(came * HOUR);
    let ins = check_ins((&plan, came), &of_plan, &said, &freezes);
    let turned: (Vec<CheckedIn>, Vec<Said>) = (
        of_plan.iter().rev().cloned().collect(),
        said.iter().rev().cloned().collect(),
    );
    assert_eq!(
        ins,
        check_ins((&plan, came), &turned.0, &turned.1, &freezes)
    );
    let looked = [0, 11, 12, 13, 14, 24, 36, 97, 98].map(|hours| {
        let now = TIME.plus(hours * HOUR + 1_800);
        json!({ "now": now.0, "stands": stands(ins.heard(now)) })
    });
    json!({
        "name": name,
        "plan": encoded(&plan),
        "came": came.0,
        "said": rows,
        "looked": looked,
    })
}

pub(super) fn all() -> Value {
    let roster = roster();
    let people = roster.people().iter().map(|person| {
        json!({
            "device": hex(person.device.0),
            "says": person.role.reads() && person.role.sends(),
        })
    });
    json!({
        "note": "Keys of tests, known to everyone. README.md says what the fields are.",
        "plan": hex(PLAN.0),
        "plan_hash": hex(PLAN_HASH.0),
        "sender": hex(device(NADIA).public().0),
        "people": people.collect::<Vec<_>>(),
        "plans": plans(),
        "bodies": bodies(),
        "words": words(),
        "stories": stories().into_iter().map(story).collect::<Vec<_>>(),
    })
}

/// What the file says is what the words of its stories mean.
#[test]
fn a_plan_comes_to_what_it_says() {
    let all = all();
    let stands = |name: &str, hours: u64| {
        let stories = all["stories"].as_array().unwrap().iter();
        let mut story = stories.filter(|story| story["name"] == name);
        let looked = story.next().unwrap()["looked"].as_array().unwrap();
        let now = TIME.plus(hours * HOUR + 1_800).0;
        let at = looked.iter().find(|it| it["now"] == now).unwrap();
        at["stands"]["what"].as_str().unwrap().to_owned()
    };
    for (name, hours, what) in [
        ("nothing comes", 11, "waiting"),
        ("nothing comes", 12, "overdue"),
        ("nothing comes", 13, "unreached"),
        ("one comes", 13, "waiting"),
        ("two, the later one first", 24, "waiting"),
        ("one is late", 24, "waiting"),
        ("one is old", 24, "unreached"),
        ("another word, and none", 12, "overdue"),
        ("any word, where none was agreed", 12, "waiting"),
        ("for another plan, and with another hash", 12, "overdue"),
        ("by somebody else, the forced word too", 12, "overdue"),
        ("it is over", 97, "over"),
        ("over with another word", 12, "overdue"),
        ("a plan that waited", 24, "waiting"),
        ("a plan that came after its end", 97, "over"),
        ("somebody was reached", 24, "waiting"),
        ("nobody could", 13, "unreached"),
        ("so said before it was due", 12, "overdue"),
        ("nobody could, and then they came", 24, "waiting"),
        ("a note", 13, "unreached"),
        ("forced, and well again after that", 97, "forced"),
        ("forced, and lifted", 14, "waiting"),
        ("forced, and old", 97, "forced"),
        ("frozen", 24, "forced"),
    ] {
        assert_eq!(stands(name, hours), what, "{name}, {hours}");
    }
}
