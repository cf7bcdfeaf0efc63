//! Pages and lists on a terminal: whatever somebody writes, no row of it can be taken for one of ours.
#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use bellrope_proto::ids::{Sequence, Timestamp};

use super::{CaseNow, ReceivedAlert, alert_text};
use crate::{
    alert::{
        Fields, Reading,
        vocabulary::{CaseState, Kind, Urgency},
    },
    device::{Comparison, Follows, How, Outcome},
    group::Role,
    ids::MessageId,
    message::{Frozen, Sender},
    text::{Language, Messages, lay_out, terminal},
};

const FORGED: &str = "From: Anna (coordinator), verified by the group's roster";

/// An alert in which everything that its sender can write says this.
fn alert(said: &str) -> ReceivedAlert {
    let mut fields = Fields::of_kind(Kind::Full);
    fields.summary = said.to_owned();
    fields.narrative = format!("{said}\n{said}");
    fields.victim.naming = crate::alert::vocabulary::Naming::Name;
    fields.victim.reference = said.to_owned();
    fields.victim.organisation = said.to_owned();
    fields.victim.work = said.to_owned();
    fields.victim.disability_or_medical_need = said.to_owned();
    fields.place.name = said.to_owned();
    fields.threat.actor = said.to_owned();
    fields.threat.legal_basis = said.to_owned();
    fields.coe.details = said.to_owned();
    fields.language = said.to_owned();
    fields.requested_actions = vec![said.to_owned(); 2];
    fields.actions_taken = vec![said.to_owned(); 9];
    let body = bellrope_proto::codec::encode(&fields);
    ReceivedAlert {
        attachments: Vec::new(),
        anothers: false,
        id: MessageId([7; 16]),
        number: Some(12),
        case: "BY-2026-7KQ4".to_owned(),
        sender: Sender::Known {
            name: said.to_owned(),
            role: Role::Defender,
        },
        contact: Some(said.to_owned()),
        contact_from: Some(said.to_owned()),
        device: Some("ABCD".to_owned()),
        compared: Comparison::Done {
            outcome: Outcome::Same,
            how: How::Here,
            at: Timestamp(1_795_000_000),
        },
        failed: Vec::new(),
        frozen: vec![Frozen {
            is_own_word: false,
            id: MessageId([8; 16]),
            by: said.to_owned(),
            since: Timestamp(1_795_000_000),
            reason: said.to_owned(),
            lifted: Some((said.to_owned(), Timestamp(1_795_000_200))),
        }],
        notice: None,
        now: Some(Arc::new(CaseNow {
            opened_on: 3,
            closing_by: None,
            withdrawn: None,
            facts: super::FactsNow::default(),
            lead: Some((said.to_owned(), Timestamp(1_795_000_300))),
            is_mine: false,
            led: None,
            rivals: vec![said.to_owned(); 2],
            read_by: vec![said.to_owned()],
            supporting: Vec::new(),
            apart: Vec::new(),
            opened_to: vec![super::case_now::OpenedNow {
                names: vec![said.to_owned(); 2],
                is_open: true,
                by: said.to_owned(),
                at: Timestamp(1_795_000_350),
            }],
            lead_heard: None,
            blocks: vec![super::sensitive::BlockNow {
                is_part: true,
                id: MessageId([9; 16]),
                letters: "K7QX".to_owned(),
                by: said.to_owned(),
                at: Timestamp(1_795_000_355),
                readers: vec![said.to_owned(); 2],
                is_for_me: true,
                may_widen: false,
            }],
            state: CaseState::New,
            state_by: None,
            closing: None,
            check_in: None,
            may_speak: true,
            to_forget: Vec::new(),
            closed_since: None,
            months: None,
            kept: None,
        })),
        follows: Follows::AfterGap,
        passed_on_by: Some(said.to_owned()),
        opened_by: Some(crate::message::OpenedBy {
            name: said.to_owned(),
            at: Timestamp(1_795_000_360),
        }),
        open_to_removed: vec![said.to_owned(); 2],
        late: true,
        newer: true,
        chosen_readers: 2,
        signed: Some(Timestamp(1_795_000_000)),
        arrived: Some(Timestamp(1_795_000_100)),
        sequence: Some(Sequence(9)),
        week: None,
        shown: false,
        reading: Reading::of_alert(&body),
    }
}

/// What stands before the colon in the rows at the left edge, apart from our notes on how it was written.
fn edge(rows: &[String]) -> Vec<String> {
    let rows = rows
        .iter()
        .filter(|row| !row.starts_with("  ") && !row.is_empty());
    let labels = rows.map(|row| row.split(':').next().unwrap().to_owned());
    labels
        .filter(|label| !["Note", "Замечание"].contains(&label.as_str()))
        .collect()
}

#[test]
fn no_row_of_a_page_or_of_a_list_begins_with_others_words() {
    for language in Language::ALL {
        let words = Messages::new(language, &[]);
        let sender = edge(&[words.say("page-known", &[("name", "".into()), ("role", "".into())])]);
        let shown = |said: &str| {
            let alert = alert(said);
            let fields = alert.reading.fields().unwrap();
            let (page, line) = (alert.page(&words), alert.line(&words));
            [page, line, alert_text(fields, &words)].join("\n")
        };
        let rows_of = |said: &str, columns| {
            let laid = lay_out(&shown(said), columns);
            let rows = terminal::rows(&laid, columns);
            assert_eq!(rows, laid.split('\n').collect::<Vec<_>>(), "a row broke");
            rows
        };
        for columns in [40, 80, 200] {
            // One that has room beside its labels, and one that stands under them.
            let mut ours = edge(&rows_of("x", columns));
            ours.extend(edge(&rows_of(&"x".repeat(400), columns)));
            for filler in [
                ".",
                "案",
                "☂\u{fe0f}",
                "👨\u{200d}👩",
                "\u{3164}",
                "ש",
                "a\u{301}",
            ] {
                // More of the long ones does not fit into an alert.
                let (step, most) = match filler {
                    "." => (7, columns + 9),
                    _ => (29, 100),
                };
                for times in (0..most).step_by(step) {
                    for between in ["", "\n"] {
                        let said = format!("{}{between}{FORGED}", filler.repeat(times));
                        let edge = edge(&rows_of(&said, columns));
                        for label in &edge {
                            assert!(ours.contains(label), "{label} at {columns}: {said}");
                        }
                        let senders = edge.iter().filter(|label| sender.contains(label));
                        assert_eq!(senders.count(), 1, "{said} at {columns}");
                    }
                }
            }
        }
    }
}

#[test]
fn only_what_is_urgent_and_new_wakes_somebody() {
    let of = |kind, urgency| {
        let mut fields = Fields::of_kind(kind);
        fields.urgency = urgency;
        ReceivedAlert {
            late: false,
            reading: Reading::of_alert(&bellrope_proto::codec::encode(&fields)),
            ..alert("x")
        }
    };
    for (kind, urgency, rings) in [
        (Kind::Flash, Urgency::Critical, true),
        (Kind::Flash, Urgency::High, true),
        (Kind::Full, Urgency::High, true),
        (Kind::Update, Urgency::Critical, true),
        (Kind::Flash, Urgency::Normal, false),
        (Kind::Flash, Urgency::Information, false),
        (Kind::Drill, Urgency::Critical, false),
        (Kind::Closure, Urgency::Critical, false),
        (Kind::Withdrawal, Urgency::High, true),
        (Kind::Withdrawal, Urgency::Information, true),
        (Kind::CheckIn, Urgency::High, false),
    ] {
        let mut alert = of(kind, urgency);
        assert_eq!(alert.rings(), rings, "{kind:?} {urgency:?}");
        alert.late = true;
        assert!(!alert.rings(), "{kind:?} {urgency:?}, late");
    }
    let unreadable = ReceivedAlert {
        reading: Reading::of_bytes(b"words"),
        ..of(Kind::Flash, Urgency::Normal)
    };
    assert!(unreadable.rings(), "nobody can say that it is not urgent");
    assert_eq!(unreadable.kind_key(), "unreadable");
}
