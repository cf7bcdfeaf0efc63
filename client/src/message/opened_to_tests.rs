#![allow(clippy::unwrap_used)]
use bellrope_proto::{codec::Blob, ids::Timestamp};

use super::*;
use crate::{
    alert::Fields,
    alert::vocabulary::{Kind, SensitiveKind},
    group::{
        About, Change, Policy, Role, Rule, head_after,
        tests::{admit, approve, founding, key, member_key, turn, write},
    },
    ids::{Epoch, GroupId, MessageId},
    message::{Audience, KIND_SENSITIVE, NoteWords, SensitiveBlock, WidenedWords},
};

/// The founder's seed.
const VERA: u8 = 1;

/// The founder; then a member (2), an observer (3), a defender (4), members (5, 6).
fn roster() -> Roster {
    let mut roster = Roster::found(founding(7)).unwrap();
    let others = [
        Role::Member,
        Role::Observer,
        Role::Defender,
        Role::Member,
        Role::Member,
    ];
    for (who, role) in (2..).zip(others) {
        let at = roster.next_position().0;
        write(&mut roster, admit(50 + who, role)).unwrap();
        write(&mut roster, approve(at, who)).unwrap();
    }
    roster
}

fn message(roster: &Roster, by: u8, kind: u16, body: Vec<u8>, chosen: &[u8]) -> SignedMessage {
    let message = Message {
        group: roster.id(),
        epoch: Epoch(1),
        roster: head_after(roster.entries().last().unwrap()),
        audience: Audience {
            hash: Hash([0; 32]),
            chosen: chosen.iter().map(|who| member_key(*who)).collect(),
        },
        sender: key(by).public(),
        id: MessageId([by; 16]),
        number: 1,
        previous: Hash([0; 32]),
        time: Timestamp(5_000),
        expires: Timestamp(9_000),
        seen: Vec::new(),
        kind,
        body: Blob(body),
        extensions: Extensions::none(),
    };
    SignedMessage {
        message: key(by).sign(&message),
        claim: None,
        extensions: Extensions::none(),
    }
}

/// By the defender, for the founder and the member (2).
fn alert(roster: &Roster) -> SignedMessage {
    let mut fields = Fields::of_kind(Kind::Flash);
    fields.summary = "words".to_owned();
    message(roster, 4, KIND_ALERT, codec::encode(&fields), &[VERA, 2])
}

fn about(alert: &SignedMessage, act: &CaseAct) -> Vec<u8> {
    let id = alert.message.peek().unwrap().id;
    let about = (id, Message::hash(&alert.message));
    codec::encode(&CaseMessage::new(about, Vec::new(), act).unwrap())
}

fn act(roster: &Roster, by: u8, alert: &SignedMessage, opens: bool, who: &[u8]) -> SignedMessage {
    let who = who.iter().map(|who| key(*who).public()).collect();
    let words = ReadersWords::new(opens, who, Vec::new(), String::new());
    let body = about(alert, &CaseAct::Readers(words));
    message(roster, by, KIND_CASE, body, &[VERA, 2])
}

fn opened(sent: &SignedMessage, act: &SignedMessage, roster: &Roster, me: u8) -> Option<String> {
    opened_at(sent, act, roster, me, 6_000)
}

fn opened_at(
    sent: &SignedMessage,
    act: &SignedMessage,
    roster: &Roster,
    me: u8,
    arrived: u64,
) -> Option<String> {
    let around = around(sent, &act.message);
    let message = around.message.peek().unwrap();
    let by = opened_by(
        &around,
        &message,
        (roster, &member_key(me)),
        Timestamp(arrived),
    );
    by.map(|by| by.name)
}

#[test]
fn only_whom_its_author_meant_opens_an_alert_and_only_to_whom_they_name() {
    let roster = roster();
    let alert = alert(&roster);
    let by = |who, opens, to: &[u8]| act(&roster, who, &alert, opens, to);
    let vera = Some("Vera Lind".to_owned());
    assert_eq!(opened(&alert, &by(VERA, true, &[3, 5]), &roster, 5), vera);
    // An observer may read.
    assert_eq!(opened(&alert, &by(VERA, true, &[3, 5]), &roster, 3), vera);
    // Somebody else than who is named; a defender; one to whom it is open no longer.
    assert_eq!(opened(&alert, &by(VERA, true, &[5]), &roster, 6), None);
    assert_eq!(opened(&alert, &by(VERA, true, &[4]), &roster, 4), None);
    assert_eq!(opened(&alert, &by(VERA, false, &[5]), &roster, 5), None);
    // Whom it was not for, an observer, the defender, and a stranger.
    for who in [5, 3, 4, 9] {
        assert_eq!(
            opened(&alert, &by(who, true, &[6]), &roster, 6),
            None,
            "{who}"
        );
    }
    // An act about another alert, and another message around which it stands.
    let other = message(&roster, 4, KIND_ALERT, Vec::new(), &[VERA, 2]);
    let act = by(VERA, true, &[5]);
    assert_eq!(opened(&other, &act, &roster, 5), None);
    let rubbish = SignedMessage {
        extensions: Extensions::none().with(OPENED, b"rubbish".to_vec()),
        ..alert.clone()
    };
    let of = (&roster, &member_key(5));
    let words = alert.message.peek().unwrap();
    assert_eq!(opened_by(&rubbish, &words, of, Timestamp(6_000)), None);
    // Signed by somebody else than it names.
    let said = act.message.peek().unwrap();
    let forged = SignedMessage {
        message: key(2).sign(&said),
        ..act
    };
    assert_eq!(opened(&alert, &forged, &roster, 5), None);
    // Of another group.
    let mut said = said;
    said.group = GroupId(Hash([7; 32]));
    let foreign = SignedMessage {
        message: key(VERA).sign(&said),
        ..forged
    };
    assert_eq!(opened(&alert, &foreign, &roster, 5), None);
}

#[test]
fn words_of_the_same_case_follow_and_no_others() {
    let roster = roster();
    let alert = alert(&roster);
    let note = CaseAct::Note(NoteWords {
        text: "a note".to_owned(),
        extensions: Extensions::none(),
    });
    let word = message(&roster, 2, KIND_CASE, about(&alert, &note), &[VERA, 2]);
    let by = act(&roster, VERA, &alert, true, &[5]);
    let vera = Some("Vera Lind".to_owned());
    assert_eq!(opened(&word, &by, &roster, 5), vera);
    assert_eq!(opened(&word, &by, &roster, 6), None);
    let other = message(&roster, 4, KIND_ALERT, Vec::new(), &[VERA, 2]);
    let elsewhere = message(&roster, 2, KIND_CASE, about(&other, &note), &[VERA, 2]);
    assert_eq!(opened(&elsewhere, &by, &roster, 5), None);
    // What the alert's sender adds, if whoever opened it reads that, too.
    let mut fields = Fields::of_kind(Kind::Update);
    fields.original = Some(alert.message.peek().unwrap().id);
    let body = codec::encode(&fields);
    let update = |chosen| message(&roster, 4, KIND_ALERT, body.clone(), chosen);
    assert_eq!(opened(&update(&[VERA]), &by, &roster, 5), vera);
    assert_eq!(opened(&update(&[2]), &by, &roster, 5), None);
    // Another kind.
    let request = message(&roster, 2, 32_769, Vec::new(), &[VERA]);
    assert_eq!(opened(&request, &by, &roster, 5), None);
}

/// That the case is open to somebody hands no block on to them; an act about this very block does, and only to whom it names.
#[test]
fn a_block_is_handed_on_by_an_act_about_it_and_by_no_other() {
    let roster = roster();
    let alert = alert(&roster);
    let written = |id: MessageId, text: &str| {
        let block = SensitiveBlock {
            alert: id,
            kind: SensitiveKind::Health,
            text: text.to_owned(),
            extensions: Extensions::none(),
        };
        message(&roster, 2, KIND_SENSITIVE, codec::encode(&block), &[2])
    };
    let block = |id| written(id, "words");
    let id = alert.message.peek().unwrap().id;
    let sent = block(id);
    let widened = |of: &SignedMessage, who: &[u8]| {
        let who = who.iter().map(|who| key(*who).public()).collect();
        let of = (Hash([1; 32]), Message::hash(&of.message));
        let words = CaseAct::Widened(WidenedWords::new(of, who, String::new()));
        message(&roster, 2, KIND_CASE, about(&alert, &words), &[VERA, 2])
    };
    let by = widened(&sent, &[5]);
    assert_eq!(opened(&sent, &by, &roster, 5).as_deref(), Some("Person 52"));
    assert_eq!(opened(&sent, &by, &roster, 6), None);
    let opens = act(&roster, VERA, &alert, true, &[5]);
    assert_eq!(
        opened(&sent, &opens, &roster, 5),
        None,
        "the case is open to them"
    );
    assert_eq!(
        opened(&alert, &by, &roster, 5),
        None,
        "nor the case by a block"
    );
    let other = written(id, "other words");
    assert_eq!(opened(&other, &by, &roster, 5), None, "of the same case");
    let other = block(MessageId([77; 16]));
    assert_eq!(opened(&other, &by, &roster, 5), None, "another block");
    let foreign = widened(&other, &[5]);
    assert_eq!(
        opened(&other, &foreign, &roster, 5),
        None,
        "of another case"
    );
}

#[test]
fn what_came_before_its_author_was_put_out_stays_opened_and_nothing_opens_what_is_kept_out() {
    let mut roster = roster();
    let alert = alert(&roster);
    let by = act(&roster, 2, &alert, true, &[5]);
    write(&mut roster, Change::Turn(turn(2, &[2]))).unwrap();
    let put_out = roster.removed().first().unwrap().time.0;
    let at = |arrived| opened_at(&alert, &by, &roster, 5, arrived);
    assert_eq!(at(put_out - 1).as_deref(), Some("Person 52"));
    assert_eq!(at(put_out), None);

    let words = alert.message.peek().unwrap();
    let is_closed = |roster: &Roster| is_closed_to(&words, roster, &member_key(5));
    assert!(!is_closed(&roster));
    let policy = Policy {
        kept_out: vec![Rule {
            who: key(5).public(),
            about: About::default(),
        }],
        ..Policy::default()
    };
    write(&mut roster, Change::Policy(policy)).unwrap();
    // Its author chose who reads it: that is no obstacle, and no way round this.
    assert!(is_closed(&roster));
}
