//! What the messages of a case come to.

use serde_json::{Value, json};

use super::{
    people::{ALERT_HASH, alert, frozen, roster},
    spoken::Spoken,
};
use crate::{
    alert::vocabulary::{Purpose, Vocabulary as _},
    case::{
        Case, Opening, Said, Void,
        facts::{About, consent, publicity, verification},
        fold,
    },
    vectors::{encoded, hex, world::*},
};

/// When it is asked who may hear of a case: a week after [`TIME`].
pub(super) const PUBLICITY_AT: u64 = 604_800;

/// What each counts for, by the roster.
pub(in crate::vectors) fn said_by(all: &[Spoken]) -> Vec<Said> {
    judged(all, &Opening::of(&alert(), ALERT_HASH, &roster()))
}

fn judged(all: &[Spoken], opening: &Opening) -> Vec<Said> {
    let (roster, frozen) = (roster(), frozen());
    let said = all.iter();
    said.map(|one| one.judged(opening, (&roster, &frozen)))
        .collect()
}

pub(super) fn told(name: &str, all: &[Spoken]) -> Value {
    let roster = roster();
    let opening = Opening::of(&alert(), ALERT_HASH, &roster);
    let opening = opening.clone().with(&judged(all, &opening), &roster);
    let opening = opening.clone().with_asked(&judged(all, &opening), &roster);
    let said = judged(all, &opening);
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
                "void": said.counts.err().map(Void::key),
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
