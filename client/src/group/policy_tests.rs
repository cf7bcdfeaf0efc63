#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::sync::LazyLock;

use bellrope_proto::{
    codec::{self, Blob},
    ids::{Hash, Timestamp},
};
use proptest::{collection::vec, option, prelude::*, sample::select};

use super::{
    policy::POLICY_BYTES_MAX,
    roster::Key as Device,
    tests::{admit, approve, founding, key, member_key, turn, write},
    *,
};
use crate::{
    alert::{
        Alert, Fields,
        country::Country,
        vocabulary::{Act, Kind, Subject, ThreatOrigin},
    },
    extensions::Extensions,
    ids::{Epoch, MessageId},
    message::{Audience, KIND_ALERT, Message, View, meant},
    seal::MemberKey,
};

/// The founder; Anna (2), Ivan (3) and Nina (4) are members, Olga (5) is an observer, and Pavel (6) a defender.
const FOUNDER: u8 = 1;
const ANNA: u8 = 2;
const IVAN: u8 = 3;
const NINA: u8 = 4;
const OLGA: u8 = 5;
const PAVEL: u8 = 6;

fn roster() -> Roster {
    let mut roster = Roster::found(founding(7)).unwrap();
    let roles = [
        Role::Member,
        Role::Member,
        Role::Member,
        Role::Observer,
        Role::Defender,
    ];
    for (who, role) in (ANNA..).zip(roles) {
        let at = roster.next_position().0;
        write(&mut roster, admit(50 + who, role)).unwrap();
        write(&mut roster, approve(at, who)).unwrap();
    }
    roster
}

fn device(who: u8) -> Device {
    key(who).public()
}

fn country(code: &str) -> Country {
    Country::from_code(code).unwrap()
}

fn about(code: &str) -> About {
    About {
        countries: vec![country(code)],
        ..About::default()
    }
}

fn rule(who: u8, about: About) -> Rule<Device> {
    Rule {
        who: device(who),
        about,
    }
}

fn circle(who: &[u8]) -> Policy<Device> {
    Policy {
        circle: Some(who.iter().map(|who| device(*who)).collect()),
        ..Policy::default()
    }
}

fn set(roster: &mut Roster, policy: Policy<Device>) -> Result<Applied, RosterError> {
    write(roster, Change::Policy(policy))
}

fn says(change: impl FnOnce(&mut Fields)) -> Fields {
    let mut fields = Fields::of_kind(Kind::Flash);
    fields.acts = vec![Act::Threat];
    fields.summary = "Two men came to the office".to_owned();
    change(&mut fields);
    fields
}

fn from(code: &str) -> Fields {
    says(|fields| fields.place.country = Some(country(code)))
}

/// Who reads what a defender says now.
fn readers(roster: &Roster, said: &Fields) -> Vec<u8> {
    readers_of(roster, PAVEL, Some(said)).unwrap()
}

fn readers_of(roster: &Roster, sender: u8, said: Option<&Fields>) -> Option<Vec<u8>> {
    let newest = roster.position_of(&roster.head()).unwrap();
    let meant = roster.alert_readers_at(newest, &device(sender), said)?;
    Some(numbers(&meant.who))
}

fn numbers(keys: &[MemberKey]) -> Vec<u8> {
    let number = |key: &MemberKey| (0..=u8::MAX).find(|who| member_key(*who) == *key).unwrap();
    let mut numbers: Vec<u8> = keys.iter().map(number).collect();
    numbers.sort_unstable();
    numbers
}

#[test]
fn as_founded_every_member_reads_and_no_observer() {
    let roster = roster();
    assert_eq!(readers(&roster, &from("BY")), [FOUNDER, ANNA, IVAN, NINA]);
    // What is no alert goes to observers too: they have to follow the roster.
    let newest = roster.position_of(&roster.head()).unwrap();
    let all = numbers(&roster.readers_at(newest));
    assert_eq!(all, [FOUNDER, ANNA, IVAN, NINA, OLGA]);
}

#[test]
fn the_circle_reads_and_whoever_comes_later_does_not() {
    let mut roster = roster();
    let before = roster.position_of(&roster.head()).unwrap();
    set(&mut roster, circle(&[ANNA, IVAN])).unwrap();
    assert_eq!(readers(&roster, &from("BY")), [ANNA, IVAN]);
    let at = roster.next_position().0;
    write(&mut roster, admit(60, Role::Member)).unwrap();
    write(&mut roster, approve(at, 9)).unwrap();
    assert_eq!(readers(&roster, &from("BY")), [ANNA, IVAN]);
    // Who saw the roster before meant everybody.
    let then = roster
        .alert_readers_at(before, &device(PAVEL), None)
        .unwrap();
    assert_eq!(numbers(&then.who), [FOUNDER, ANNA, IVAN, NINA]);
    // Who sends it reads it, if they read alerts at all.
    assert_eq!(readers_of(&roster, NINA, None).unwrap(), [ANNA, IVAN, NINA]);
    assert_eq!(readers_of(&roster, OLGA, None).unwrap(), [ANNA, IVAN]);
    set(&mut roster, Policy::default()).unwrap();
    assert_eq!(
        readers(&roster, &from("BY")),
        [FOUNDER, ANNA, IVAN, NINA, 9]
    );
}

#[test]
fn whoever_is_put_out_leaves_the_circle_and_an_empty_one_is_everybody() {
    let mut roster = roster();
    set(&mut roster, circle(&[ANNA, IVAN])).unwrap();
    write(&mut roster, Change::Turn(turn(2, &[ANNA]))).unwrap();
    assert_eq!(readers(&roster, &from("BY")), [IVAN]);
    write(&mut roster, Change::Turn(turn(3, &[IVAN]))).unwrap();
    assert_eq!(readers(&roster, &from("BY")), [FOUNDER, NINA]);
    let newest = roster.position_of(&roster.head()).unwrap();
    let meant = roster
        .alert_readers_at(newest, &device(PAVEL), None)
        .unwrap();
    assert!(meant.is_for_want_of_others);
}

#[test]
fn somebody_reads_besides_what_surely_fits() {
    let mut roster = roster();
    let arrests = About {
        acts: vec![Act::ArbitraryArrest, Act::Detention],
        ..about("BY")
    };
    let policy = Policy {
        also: vec![rule(NINA, arrests), rule(NINA, about("GE"))],
        ..circle(&[ANNA])
    };
    set(&mut roster, policy).unwrap();
    let arrest = |code: Option<&str>| {
        says(|fields| {
            fields.acts = vec![Act::Threat, Act::Detention];
            fields.place.country = code.map(country);
        })
    };
    assert_eq!(readers(&roster, &arrest(Some("BY"))), [ANNA, NINA]);
    assert_eq!(readers(&roster, &from("GE")), [ANNA, NINA]);
    for not in [arrest(None), arrest(Some("RU")), from("BY"), says(|_| {})] {
        assert_eq!(readers(&roster, &not), [ANNA]);
    }
}

#[test]
fn somebody_is_kept_out_of_what_may_fit() {
    let mut roster = roster();
    let state = About {
        origins: vec![ThreatOrigin::State],
        ..about("AZ")
    };
    let policy = Policy {
        kept_out: vec![rule(NINA, state)],
        ..Policy::default()
    };
    set(&mut roster, policy).unwrap();
    let by = |code: Option<&str>, origin| {
        says(|fields| {
            fields.place.country = code.map(country);
            fields.threat.origin = origin;
        })
    };
    let newer = ThreatOrigin::from(77);
    for kept in [
        by(Some("AZ"), ThreatOrigin::State),
        by(Some("AZ"), ThreatOrigin::Mixed),
        // A flash alert does not ask by whom.
        by(Some("AZ"), ThreatOrigin::Unknown),
        by(Some("AZ"), newer),
        // Whoever withholds the country has a reason to.
        by(None, ThreatOrigin::State),
        by(None, ThreatOrigin::Unknown),
    ] {
        assert_eq!(readers(&roster, &kept), [FOUNDER, ANNA, IVAN], "{kept:?}");
    }
    for read in [
        by(Some("AZ"), ThreatOrigin::NonState),
        by(Some("BY"), ThreatOrigin::State),
        by(None, ThreatOrigin::NonState),
    ] {
        assert_eq!(
            readers(&roster, &read),
            [FOUNDER, ANNA, IVAN, NINA],
            "{read:?}"
        );
    }
    // Nor does she read what she says of it herself: what the others answer is not for her.
    let of_it = by(Some("AZ"), ThreatOrigin::State);
    assert_eq!(
        readers_of(&roster, NINA, Some(&of_it)).unwrap(),
        [FOUNDER, ANNA, IVAN]
    );
    // What nobody can read is for nobody who is known here.
    assert_eq!(readers_of(&roster, PAVEL, None), None);
}

#[test]
fn an_alert_for_nobody_is_for_more() {
    let mut roster = roster();
    let policy = Policy {
        kept_out: vec![rule(ANNA, about("AZ")), rule(IVAN, About::default())],
        ..circle(&[ANNA])
    };
    set(&mut roster, policy.clone()).unwrap();
    assert_eq!(readers(&roster, &from("BY")), [ANNA]);
    assert_eq!(readers(&roster, &from("AZ")), [FOUNDER, NINA]);
    let everybody = [FOUNDER, ANNA, IVAN, NINA];
    let kept_out = everybody.map(|who| rule(who, about("AZ")));
    let all = Policy {
        kept_out: kept_out.to_vec(),
        ..policy
    };
    set(&mut roster, all).unwrap();
    assert_eq!(readers(&roster, &from("AZ")), everybody);
}

#[test]
fn only_members_are_named_and_nobody_twice() {
    let mut roster = roster();
    let head = roster.head();
    let also = |who, about| Policy {
        also: vec![rule(who, about)],
        ..Policy::default()
    };
    let kept_out = |who| Policy {
        kept_out: vec![rule(who, about("BY"))],
        ..Policy::default()
    };
    let large = Policy {
        also: vec![rule(ANNA, about("BY")); POLICY_BYTES_MAX / 70],
        ..Policy::default()
    };
    for refused in [
        circle(&[]),
        circle(&[ANNA, IVAN, ANNA]),
        circle(&[OLGA]),
        circle(&[PAVEL]),
        circle(&[99]),
        also(OLGA, about("BY")),
        also(ANNA, About::default()),
        kept_out(OLGA),
        kept_out(99),
        large,
    ] {
        let found = set(&mut roster, refused);
        assert_eq!(found, Err(RosterError::Contradiction));
    }
    assert_eq!(roster.head(), head);
    // By a member, who has not the pen.
    let entry = key(ANNA).sign(&Entry {
        position: roster.next_position(),
        previous: head,
        time: Timestamp(1_000),
        author: device(ANNA),
        change: Change::Policy(circle(&[ANNA])),
        extensions: Extensions::none(),
    });
    assert_eq!(roster.apply(entry), Err(RosterError::NotEntitled));
}

#[test]
fn what_takes_reading_away_is_told_from_what_gives_it() {
    let with = |circle: Option<&[u8]>, also: &[&str], kept_out: &[&str]| Policy {
        circle: circle.map(|who| who.iter().map(|who| device(*who)).collect()),
        also: also.iter().map(|code| rule(NINA, about(code))).collect(),
        kept_out: kept_out
            .iter()
            .map(|code| rule(IVAN, about(code)))
            .collect(),
        extensions: Extensions::none(),
    };
    let all = with(None, &[], &[]);
    let two = with(Some(&[ANNA, IVAN]), &[], &[]);
    let one = with(Some(&[IVAN]), &[], &[]);
    let more = with(Some(&[IVAN]), &["BY"], &[]);
    let less = with(Some(&[IVAN]), &[], &["BY"]);
    let other = with(Some(&[IVAN]), &[], &["AZ"]);
    let few = |who: &[u8]| {
        let who: Vec<Device> = who.iter().map(|who| device(*who)).collect();
        all.clone().with_sensitive_readers(&who)
    };
    for (before, after, narrows) in [
        (&all, &all, false),
        (&all, &two, true),
        (&two, &one, true),
        (&one, &two, false),
        (&one, &all, false),
        (&one, &more, false),
        (&more, &one, true),
        (&one, &less, true),
        (&less, &one, false),
        (&less, &other, true),
        (&two, &two, false),
        (&all, &few(&[ANNA]), true),
        (&few(&[ANNA]), &few(&[ANNA, IVAN]), false),
        (&few(&[ANNA, IVAN]), &few(&[IVAN]), true),
        (&few(&[IVAN]), &all, true),
        (&few(&[IVAN]), &few(&[IVAN]), false),
    ] {
        assert_eq!(
            before.is_narrowed_by(after),
            narrows,
            "{before:?} {after:?}"
        );
    }
}

#[test]
fn a_view_names_nobody() {
    let mut roster = roster();
    let policy = Policy {
        kept_out: vec![rule(IVAN, about("AZ"))],
        ..circle(&[NINA, ANNA])
    };
    set(&mut roster, policy).unwrap();
    let view = View::of(&roster);
    assert_eq!(numbers(&view.readers), [FOUNDER, ANNA, IVAN, NINA]);
    assert_eq!(view.policy.circle, Some(vec![3, 1]));
    assert_eq!(view.policy.kept_out[0].who, 2);
    let bytes = codec::encode(&view);
    // But for who coordinates, whose word a defender's device takes: keys, and no names.
    for who in FOUNDER..=PAVEL {
        let key = device(who).0;
        let is_there = bytes.windows(32).any(|part| part == key);
        assert_eq!(is_there, who == FOUNDER, "{who}");
    }
}

fn countries() -> impl Strategy<Value = Vec<Country>> {
    vec(select(["BY", "AZ", "GE"].map(country).to_vec()), 0..2)
}

fn abouts() -> impl Strategy<Value = About> {
    let acts = vec(select(vec![Act::Threat, Act::Detention]), 0..2);
    let subjects = vec(select(vec![Subject::Individual, Subject::Systemic]), 0..2);
    let origins = vec(
        select(vec![ThreatOrigin::State, ThreatOrigin::NonState]),
        0..2,
    );
    (countries(), acts, subjects, origins).prop_map(|(countries, acts, subjects, origins)| About {
        countries,
        acts,
        subjects,
        origins,
        extensions: Extensions::none(),
    })
}

/// Members are 1 to 5.
fn policies() -> impl Strategy<Value = Policy<Device>> {
    let rules = || vec((1_u8..=5, abouts()), 0..4);
    let circle = option::of(proptest::collection::btree_set(1_u8..=5, 1..4));
    (circle, rules(), rules()).prop_map(|(circle, also, kept_out)| {
        let of = |(who, about): (u8, About)| rule(who, about);
        Policy {
            circle: circle.map(|all| all.into_iter().map(device).collect()),
            also: also
                .into_iter()
                .map(of)
                .filter(|rule| !rule.about.is_empty())
                .collect(),
            kept_out: kept_out.into_iter().map(of).collect(),
            extensions: Extensions::none(),
        }
    })
}

fn alerts() -> impl Strategy<Value = Fields> {
    let acts = vec(
        select(vec![Act::Threat, Act::Detention, Act::from(900)]),
        1..3,
    );
    let subject = select(vec![
        Subject::NotSaid,
        Subject::Individual,
        Subject::Systemic,
    ]);
    let origin = (1_u16..=5).prop_map(ThreatOrigin::from);
    (countries(), acts, subject, origin).prop_map(|(countries, acts, subject, origin)| {
        says(|fields| {
            fields.acts = acts;
            fields.subject = subject;
            fields.threat.origin = origin;
            fields.place.country = countries.first().copied();
        })
    })
}

/// What happens to a group: another policy, somebody comes (member or observer), somebody is put out.
#[derive(Clone, Debug)]
enum Happens {
    Policy(Policy<Device>),
    Comes(bool),
    Goes(u8),
}

fn histories() -> impl Strategy<Value = Vec<Happens>> {
    let one = prop_oneof![
        3 => policies().prop_map(Happens::Policy),
        2 => any::<bool>().prop_map(Happens::Comes),
        1 => (2_u8..=5).prop_map(Happens::Goes),
    ];
    vec(one, 1..8)
}

/// The founder and four members, whom policies name.
static FIVE: LazyLock<Roster> = LazyLock::new(|| {
    let mut roster = Roster::found(founding(7)).unwrap();
    for who in 2..=5 {
        comes(&mut roster, who, Role::Member);
    }
    roster
});

fn comes(roster: &mut Roster, who: u8, role: Role) {
    let at = roster.next_position().0;
    write(roster, admit(50 + who, role)).unwrap();
    write(roster, approve(at, who)).unwrap();
}

/// What counts by the rules; the rest does not happen.
fn lived(history: Vec<Happens>) -> Roster {
    let mut roster = FIVE.clone();
    let (mut who, mut epoch) = (5, 1);
    for happens in history {
        match happens {
            Happens::Policy(policy) => _ = set(&mut roster, policy),
            Happens::Comes(reads) => {
                who += 1;
                let role = if reads { Role::Member } else { Role::Observer };
                comes(&mut roster, who, role);
            }
            Happens::Goes(gone) => {
                let turn = Change::Turn(turn(epoch + 1, &[gone]));
                epoch += u8::from(write(&mut roster, turn).is_ok());
            }
        }
    }
    roster
}

/// The rules once more, by people and not by keys, as PROTOCOL.md has them.
fn by_the_document(roster: &Roster, sender: u8, said: &Fields) -> Vec<u8> {
    let newest = roster.position_of(&roster.head()).unwrap();
    let (_, policy) = roster.policy_at(newest);
    let may_read = |who: &u8| {
        let person = roster.person(&device(*who));
        person.is_some_and(|it| matches!(it.role, Role::Member | Role::Coordinator))
    };
    let all: Vec<u8> = (1..20).filter(may_read).collect();
    let fits = |about: &About, unsaid: bool| {
        let country = match (about.countries.as_slice(), said.place.country) {
            ([], _) => true,
            (_, None) => unsaid,
            (some, Some(it)) => some.contains(&it),
        };
        let acts = about.acts.is_empty() || about.acts.iter().any(|act| said.acts.contains(act));
        let subject = about.subjects.is_empty()
            || about.subjects.contains(&said.subject)
            || (unsaid && said.subject == Subject::NotSaid);
        let origin = match said.threat.origin {
            ThreatOrigin::State | ThreatOrigin::NonState => {
                about.origins.contains(&said.threat.origin)
            }
            ThreatOrigin::Mixed => true,
            _ => unsaid,
        };
        country && acts && subject && (about.origins.is_empty() || origin)
    };
    let has = |rules: &[Rule<Device>], who: u8, unsaid: bool| {
        rules
            .iter()
            .any(|rule| rule.who == device(who) && fits(&rule.about, unsaid))
    };
    let free: Vec<u8> = (all.iter().copied())
        .filter(|who| !has(&policy.kept_out, *who, true))
        .collect();
    let listed = |who: u8| {
        policy
            .circle
            .as_ref()
            .is_none_or(|it| it.contains(&device(who)))
    };
    let duty: Vec<u8> = all.iter().copied().filter(|who| listed(*who)).collect();
    let duty = if duty.is_empty() { all.clone() } else { duty };
    let named = |who: &u8| duty.contains(who) || has(&policy.also, *who, false);
    let mut readers: Vec<u8> = free.iter().copied().filter(named).collect();
    for more in [&free, &all] {
        if readers.is_empty() {
            readers.clone_from(more);
        }
    }
    if free.contains(&sender) && !readers.contains(&sender) {
        readers.push(sender);
    }
    readers.sort_unstable();
    readers
}

fn message(roster: &Roster, sender: u8, said: &Fields) -> Message {
    Message {
        group: roster.id(),
        epoch: Epoch(1),
        roster: roster.head(),
        audience: Audience {
            hash: Hash([0; 32]),
            chosen: Vec::new(),
        },
        sender: device(sender),
        id: MessageId([5; 16]),
        number: 1,
        previous: Hash([0; 32]),
        time: Timestamp(5_000),
        expires: Timestamp(9_000),
        seen: Vec::new(),
        kind: KIND_ALERT,
        body: Blob(codec::encode(&Alert::new(said.clone()).unwrap())),
        extensions: Extensions::none(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 96,
        // Each step of it is a group that lives again.
        max_shrink_iters: 200,
        ..ProptestConfig::default()
    })]

    /// Whoever seals by a view, or by the roster as it was, and whoever opens it by what the roster has come to since, name the same
    /// people; and those are the document's.
    #[test]
    fn sender_and_reader_mean_the_same(
        history in histories(),
        later in histories(),
        said in alerts(),
        sender in 1_u8..9,
    ) {
        let all = [history.clone(), later].concat();
        let then = lived(history);
        let now = lived(all);
        prop_assert!(now.entries().starts_with(then.entries()));
        let view = View::of(&then);
        // As it travels.
        let view: View = codec::decode(&codec::encode(&view)).unwrap();
        let by_view = view.alert_readers(&member_key(sender), &said).who;
        let by_reader = meant(&message(&then, sender, &said), &now).unwrap();
        prop_assert_eq!(numbers(&by_view), numbers(&by_reader));
        prop_assert_eq!(recipients_hash(&by_view), recipients_hash(&by_reader));
        prop_assert_eq!(numbers(&by_view), by_the_document(&then, sender, &said));
        prop_assert!(!by_view.is_empty());
    }
}

#[test]
fn whom_it_names_for_what_is_sensitive_is_named_where_people_have_other_names_too() {
    let who: Vec<Device> = [IVAN, ANNA].map(device).to_vec();
    let policy = Policy::default().with_sensitive_readers(&who);
    assert_eq!(policy.sensitive_readers(), who);
    let places = policy.map(|who| (1..=6_u8).find(|it| device(*it) == who).map(u16::from));
    assert_eq!(
        places.sensitive_readers(),
        [u16::from(IVAN), u16::from(ANNA)]
    );
    // Whoever has none is left out, and nobody's key stays in it.
    let one = policy.map(|who| (who == device(ANNA)).then_some(0_u16));
    assert_eq!(one.sensitive_readers(), [0]);
    assert!(policy.map(|_| None::<u16>).extensions.is_empty());
    assert!(policy.with_sensitive_readers(&[]).extensions.is_empty());
    let many: Vec<u16> = (0..9).collect();
    let many = Policy::default().with_sensitive_readers(&many);
    assert_eq!(many.sensitive_readers(), [0_u16; 0], "more are not few");
}
