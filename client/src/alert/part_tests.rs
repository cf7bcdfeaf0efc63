#![allow(clippy::unwrap_used)]
use bellrope_proto::signing::SecretKey;

use super::*;
use crate::alert::{Reading, vocabulary::Kind};

const ALERT: MessageId = MessageId([5; 16]);

fn device(seed: u8) -> PublicKey<Device> {
    SecretKey::from_seed(&[seed; 32]).public()
}

fn member(seed: u8) -> MemberIdentity {
    MemberIdentity::from_seed(&[seed; 32])
}

fn words(text: &str) -> SensitiveWords {
    SensitiveWords::new(
        &[SensitiveKind::SexualViolence, SensitiveKind::Health],
        text,
    )
    .unwrap()
}

fn sealed(text: &str, to: &[u8]) -> SensitivePart {
    let keys: Vec<MemberKey> = to.iter().map(|who| member(*who).to_key()).collect();
    SensitivePart::seal(&words(text), (device(1), ALERT, [7; 16]), &keys).unwrap()
}

fn open(part: &SensitivePart, who: u8, by: u8, alert: MessageId) -> Option<String> {
    let opened = part.open([], (&device(by), alert), &member(who));
    opened.map(|it| it.words.text().to_owned())
}

#[test]
fn it_opens_for_the_few_and_as_its_authors_words_alone() {
    let part = sealed("ночью, трое", &[2, 3]);
    assert_eq!(open(&part, 2, 1, ALERT).as_deref(), Some("ночью, трое"));
    assert_eq!(open(&part, 4, 1, ALERT), None, "it was not for them");
    // Somebody puts it into an alert of their own, or into another of its author's.
    assert_eq!(open(&part, 2, 4, ALERT), None);
    assert_eq!(open(&part, 2, 1, MessageId([6; 16])), None);
    let opened = part.open([], (&device(1), ALERT), &member(2)).unwrap();
    assert_eq!(
        opened.words.kinds(),
        [SensitiveKind::Health, SensitiveKind::SexualViolence]
    );
    // Sealed to somebody else word for word, and in no other words.
    let by = (&device(1), ALERT);
    let more = opened.seal(&[member(4).to_key()]).unwrap();
    let read = part.open([more.as_slice()], by, &member(4)).unwrap();
    assert_eq!(read.words.text(), "ночью, трое");
    let forged = sealed("other words", &[4]);
    assert!(
        part.open([forged.sealed.0.as_slice()], by, &member(4))
            .is_none()
    );
}

#[test]
fn others_see_no_more_of_its_length_than_one_of_few() {
    let lengths = [
        "n".to_owned(),
        "ж".repeat(450),
        "ж".repeat(470),
        "ж".repeat(PART_CHARS_MAX),
        "ა".repeat(PART_CHARS_MAX),
        "\u{1d11e}".repeat(PART_CHARS_MAX),
    ]
    .map(|text| {
        let part = sealed(&text, &[1, 2]);
        assert_eq!(open(&part, 2, 1, ALERT), Some(text));
        part.sealed.0.len()
    });
    let rooms = [1_024, 1_024, 4_096, 4_096, 4_096, 4_096];
    assert_eq!(lengths, rooms.map(|room| room + 106 + 2 * 98));
}

#[test]
fn what_cannot_be_said_is_refused_and_what_can_is_tidied() {
    let new = |kinds: &[SensitiveKind], text: &str| SensitiveWords::new(kinds, text);
    let health = [SensitiveKind::Health];
    assert_eq!(new(&[], "a"), Err(PartError::NoKind));
    assert_eq!(new(&health, " \n\t"), Err(PartError::Empty));
    let long = "ж".repeat(PART_CHARS_MAX + 1);
    assert_eq!(new(&health, &long), Err(PartError::TooLong));
    let pasted = new(&health, "[12:01] Аня:\r\nтрое\u{7}\r\n").unwrap();
    assert_eq!(pasted.text(), "[12:01] Аня:\nтрое");
    assert_eq!(format!("{pasted:?}"), "SensitiveWords(..)");
}

#[test]
fn it_takes_nothing_of_an_alerts_room_and_what_breaks_a_rule_is_a_later_versions() {
    let mut fields = crate::alert::tests::full();
    fields.kind = Kind::Full;
    fields.original = None;
    let before = Reading::of_alert(&codec::encode(&fields));
    let part = sealed(&"ж".repeat(900), &[1, 2, 3]);
    fields.extensions = part.put(&fields.extensions);
    assert_eq!(SensitivePart::of(&fields).as_ref(), Some(&part));
    let after = Reading::of_alert(&codec::encode(&fields));
    assert_eq!(before.oddities(), after.oddities());
    let with = |change: &dyn Fn(&mut SensitivePart)| {
        let mut fields = fields.clone();
        let mut part = part.clone();
        change(&mut part);
        fields.extensions = part.put(&fields.extensions);
        let reading = Reading::of_alert(&codec::encode(&fields));
        let more = crate::alert::Oddity::More(vec![SENSITIVE_PART]);
        assert_eq!(
            reading.oddities().contains(&more),
            SensitivePart::of(&fields).is_none()
        );
        SensitivePart::of(&fields)
    };
    assert!(with(&|_| {}).is_some());
    assert!(with(&|it| it.readers.reverse()).is_none());
    assert!(with(&|it| it.readers.clear()).is_none());
    assert!(with(&|it| it.extensions = Extensions::none().with(3, Vec::new())).is_none());
    assert!(with(&|it| it.extensions = Extensions::none().with(40_000, Vec::new())).is_some());
}
