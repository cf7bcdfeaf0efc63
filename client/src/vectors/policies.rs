//! Who reads new alerts: chains that say it, entries that cannot, and whom an alert is for (R18, P1 to P5).

use bellrope_proto::{
    codec,
    signing::{Device, PublicKey},
};

use super::{
    entries::{Refused, by_vera},
    messages::Case,
    rosters::chain,
    world::*,
};
use crate::{
    alert::{
        Alert, Fields,
        country::Country,
        vocabulary::{Act, Kind, Subject, ThreatOrigin},
    },
    extensions::Extensions,
    group::{About, Change, Policy, Rule, recipients_hash},
};

const CIRCLE: &str = "one reads everything, one reads besides, one is kept out";
const ALL_BUT_ONE: &str = "everybody reads, but one who reads nothing";
const ALL_KEPT_OUT: &str = "everybody is kept out of what is about one country";
const TWO_CIRCLES: &str = "one reads everything, and then another";
const ALL_GONE: &str = "the only one who reads everything is put out";

type Key = PublicKey<Device>;

fn country(code: &str) -> Country {
    Country::from_code(code).unwrap()
}

fn rule(who: u8, change: impl FnOnce(&mut About)) -> Rule<Key> {
    let mut about = About::default();
    change(&mut about);
    Rule {
        who: device(who).public(),
        about,
    }
}

fn circle(who: &[u8]) -> Policy<Key> {
    let keys = who.iter().map(|who| device(*who).public());
    Policy {
        circle: Some(keys.collect()),
        ..Policy::default()
    }
}

/// Ivan reads everything, but not what the state of AZ did; Rosa reads arrests in BY besides.
fn usual() -> Policy<Key> {
    Policy {
        also: vec![rule(ROSA, |about| {
            about.countries = vec![country("BY")];
            about.acts = vec![Act::ArbitraryArrest, Act::Detention];
        })],
        kept_out: vec![rule(IVAN, |about| {
            about.countries = vec![country("AZ")];
            about.origins = vec![ThreatOrigin::State];
        })],
        ..circle(&[IVAN])
    }
}

/// Vera, Ivan and Rosa, the last since place 9; a defender; an observer.
fn three() -> Chain {
    everybody().then(Change::Approve(approve(8, ROSA)))
}

pub(super) fn chains() -> Vec<(&'static str, Chain)> {
    let with = |policy: Policy<Key>| three().then(Change::Policy(policy));
    let nothing = Policy {
        kept_out: vec![rule(ROSA, |_| {})],
        ..Policy::default()
    };
    let about_ge = |who| rule(who, |about| about.countries = vec![country("GE")]);
    let nobody = Policy {
        kept_out: [VERA, IVAN, ROSA].map(about_ge).to_vec(),
        ..Policy::default()
    };
    let newer = |about: Extensions, around: Extensions| {
        let mut policy = usual();
        policy.also[0].about.extensions = about;
        policy.extensions = around;
        with(policy)
    };
    let none = Extensions::none;
    vec![
        ("three who can read", three()),
        (CIRCLE, with(usual())),
        (ALL_BUT_ONE, with(nothing)),
        (ALL_KEPT_OUT, with(nobody)),
        (
            TWO_CIRCLES,
            with(circle(&[ROSA])).then(Change::Policy(circle(&[IVAN]))),
        ),
        (
            "everybody reads again",
            with(usual()).then(Change::Policy(Policy::default())),
        ),
        (ALL_GONE, with(circle(&[IVAN])).turned(turn_to(2, &[IVAN]))),
        (
            "a policy with extensions that are ignored",
            newer(extended(40_000), extended(40_000)),
        ),
        (
            "a policy with a critical extension",
            newer(none(), extended(1)),
        ),
        (
            "a policy with a critical extension of what one reads",
            newer(extended(1), none()),
        ),
    ]
}

pub(super) fn refused() -> Vec<Refused> {
    let no = |why, policy| by_vera("R18", why, Change::Policy(policy));
    let also = |rules: Vec<Rule<Key>>| Policy {
        also: rules,
        ..Policy::default()
    };
    let about_by = |who| rule(who, |about| about.countries = vec![country("BY")]);
    let kept_out = |who| Policy {
        kept_out: vec![about_by(who)],
        ..Policy::default()
    };
    vec![
        no("a circle of nobody", circle(&[])),
        no("somebody twice", circle(&[IVAN, VERA, IVAN])),
        no("an observer in the circle", circle(&[OLGA])),
        no("an observer besides", also(vec![about_by(OLGA)])),
        no("an observer is kept out", kept_out(OLGA)),
        no("a defender", circle(&[NADIA])),
        no("somebody who is invited", circle(&[ROSA])),
        no("a stranger is kept out", kept_out(STRANGER)),
        no(
            "somebody reads everything besides",
            also(vec![rule(IVAN, |_| {})]),
        ),
        no("too much", also(vec![about_by(IVAN); 300])),
    ]
}

fn says(change: impl FnOnce(&mut Fields)) -> Vec<u8> {
    let mut fields = Fields::of_kind(Kind::Flash);
    fields.acts = vec![Act::Threat];
    fields.summary = "Two men came to the office at nine.".to_owned();
    change(&mut fields);
    codec::encode(&Alert::new(fields).unwrap())
}

impl Case {
    fn says(self, change: impl FnOnce(&mut Fields)) -> Self {
        self.with(|case| case.message.body.0 = says(change))
            .for_whom_it_is()
    }

    fn to(self, reader: u8) -> Self {
        self.with(|case| case.reader = reader)
    }

    /// Whoever it is for, this is what its sender sealed it to.
    fn sealed_to(self, who: &[u8]) -> Self {
        let keys: Vec<_> = who.iter().map(|who| member(*who)).collect();
        self.with(|case| case.message.audience.hash = recipients_hash(&keys))
    }
}

fn about(code: &'static str) -> impl FnOnce(&mut Fields) {
    move |fields| fields.place.country = Some(country(code))
}

fn by_state(code: &'static str) -> impl FnOnce(&mut Fields) {
    move |fields| {
        fields.place.country = Some(country(code));
        fields.threat.origin = ThreatOrigin::State;
    }
}

pub(super) fn cases() -> Vec<Case> {
    let circle = |name| Case::of(CIRCLE, name, NADIA);
    let arrest = |fields: &mut Fields| {
        fields.place.country = Some(country("BY"));
        fields.acts = vec![Act::Threat, Act::Detention];
    };
    let mixed = |fields: &mut Fields| {
        fields.place.country = Some(country("AZ"));
        fields.threat.origin = ThreatOrigin::Mixed;
    };
    let by_others = |fields: &mut Fields| {
        fields.place.country = Some(country("AZ"));
        fields.threat.origin = ThreatOrigin::NonState;
    };
    let systemic = |fields: &mut Fields| {
        fields.place.country = Some(country("GE"));
        fields.subject = Subject::Systemic;
    };
    vec![
        circle("to who reads everything").says(about("GE")).to(IVAN),
        circle("to somebody who does not").says(about("GE")),
        circle("to all, though one reads everything")
            .says(about("GE"))
            .sealed_to(&[VERA, IVAN, ROSA])
            .to(IVAN),
        circle("to who reads such besides").says(arrest).to(ROSA),
        circle("to who reads such besides, and was not thought of")
            .says(arrest)
            .sealed_to(&[IVAN])
            .to(IVAN),
        circle("in that country, and something else")
            .says(about("BY"))
            .to(ROSA),
        circle("who reads everything is kept out, so it is for the others")
            .says(by_state("AZ"))
            .to(ROSA),
        circle("to who is kept out")
            .says(by_state("AZ"))
            .sealed_to(&[IVAN])
            .to(IVAN),
        circle("by the state and by others").says(mixed).to(VERA),
        circle("it is not said by whom").says(about("AZ")).to(VERA),
        circle("by others").says(by_others).to(IVAN),
        circle("it is not said where, but by the state")
            .says(|fields| fields.threat.origin = ThreatOrigin::State)
            .to(ROSA),
        circle("to who may be meant, where it is not said where")
            .says(|fields| fields.threat.origin = ThreatOrigin::State)
            .sealed_to(&[IVAN])
            .to(IVAN),
        Case::of(CIRCLE, "by a member, who reads it too", ROSA)
            .says(about("GE"))
            .to(ROSA),
        Case::of(CIRCLE, "by who is kept out of it", IVAN)
            .says(by_state("AZ"))
            .sealed_to(&[VERA, IVAN, ROSA])
            .to(VERA),
        circle("at a head before that")
            .with(|case| {
                case.message.roster = three().head();
            })
            .says(about("GE"))
            .to(ROSA),
        circle("words that nobody can read, to whomever")
            .sealed_to(&[ROSA])
            .to(ROSA),
        circle("no alert, to all who read")
            .with(|case| case.message.kind = 2)
            .for_whom_it_is()
            .to(OLGA),
        circle("to an observer")
            .says(about("GE"))
            .sealed_to(&[IVAN, OLGA])
            .to(OLGA),
        circle("chosen, who is kept out")
            .says(by_state("AZ"))
            .chosen(vec![member(IVAN)])
            .to(IVAN),
        Case::of(
            ALL_BUT_ONE,
            "words that nobody can read, and one reads nothing",
            NADIA,
        )
        .sealed_to(&[VERA]),
        Case::of(ALL_BUT_ONE, "to all but who reads nothing", NADIA)
            .says(systemic)
            .to(IVAN),
        Case::of(ALL_BUT_ONE, "to who reads nothing", NADIA)
            .says(systemic)
            .to(ROSA),
        Case::of(ALL_KEPT_OUT, "everybody is kept out, so nobody is", NADIA)
            .says(systemic)
            .to(ROSA),
        Case::of(ALL_GONE, "nobody is left who reads everything", NADIA)
            .says(about("GE"))
            .to(ROSA),
        first_circle("passed on to who reads everything by now", 11).to(IVAN),
        first_circle("passed on to who did not read everything yet", 10).to(IVAN),
        first_circle("passed on to who reads nothing, before or after", 11),
        first_circle("passed on by somebody who was not meant", 11)
            .passed_by(VERA, 11)
            .to(IVAN),
    ]
}

/// Said when Rosa read everything, and passed on by her, to a reader who knows that Ivan does from place 11 on.
fn first_circle(name: &'static str, stood: u32) -> Case {
    let then = Chain(chain(TWO_CIRCLES).0[..11].to_vec());
    Case::of(TWO_CIRCLES, name, NADIA)
        .with(|case| case.message.roster = then.head())
        .says(about("GE"))
        .passed_by(ROSA, stood)
}
