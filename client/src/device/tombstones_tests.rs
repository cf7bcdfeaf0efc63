#![allow(clippy::unwrap_used)]
use std::{collections::BTreeSet, fs, path::Path};

use bellrope_proto::{
    codec::Blob,
    envelope::Envelope,
    ids::{MailboxId, Sequence},
    signing::SecretKey,
};

use super::*;
use crate::{
    alert::{Fields, vocabulary::Vocabulary as _},
    device::{
        QueueEnd, QueuedEnvelope,
        cases::{Shelf, Word},
        copies::Copying,
        fixtures, recorded,
    },
    message::{KIND_ALERT, Message},
};

const NOW: Timestamp = Timestamp(1_795_000_000);

const ALERT: MessageId = MessageId([0xa1; 16]);
const UPDATE: MessageId = MessageId([0xa2; 16]);
const OTHER: MessageId = MessageId([0xb1; 16]);
const WORDS: [MessageId; 4] = [
    MessageId([0xc1; 16]),
    MessageId([0xc2; 16]),
    MessageId([0xc3; 16]),
    MessageId([0xc4; 16]),
];

/// Of an update, about which alert it is.
fn stored(id: MessageId, about: Option<MessageId>) -> StoredMessage {
    let mut stored = fixtures::stored(1, NOW, NOW);
    let sender = SecretKey::from_seed(&[5; 32]);
    let fields = Fields {
        original: about,
        summary: "Марфа".to_owned(),
        ..Fields::of_kind(Kind::Update)
    };
    let message = Message {
        id,
        kind: KIND_ALERT,
        body: Blob(codec::encode(&fields)),
        ..stored.sent.message.peek().unwrap()
    };
    stored.sent.message = sender.sign(&message);
    stored.case = "BY-2026-7KQ4".to_owned();
    stored.sequence = Sequence(u64::from(id.0[0]));
    stored
}

fn queued(alert: Option<MessageId>, word: Option<MessageId>) -> QueuedEnvelope {
    let envelope = Envelope::new(vec![1; 4096]).unwrap();
    QueuedEnvelope {
        alert,
        word,
        ..QueuedEnvelope::plain(MailboxId([1; 32]), envelope, NOW)
    }
}

/// A case with all that a device has of one, beside another.
fn fill(device: &Device) {
    for (id, about) in [(ALERT, None), (UPDATE, Some(ALERT)), (OTHER, None)] {
        inbox::store(device, id, &stored(id, about)).unwrap();
        reach::change(device, |reach| reach.wait(id, NOW)).unwrap();
        opened::note(device, id, NOW).unwrap();
        plans::note(device, id, NOW).unwrap();
        for folder in ["parts", "awaited"] {
            device.files().make_folder(folder).unwrap();
            let part = format!("{folder}/{id}-1");
            device.files().write(&part, b"a photograph").unwrap();
        }
        device.files().make_folder("untold").unwrap();
        device.files().write(&format!("untold/{id}"), &[]).unwrap();
    }
    inbox::shown(device, UPDATE).unwrap();
    let shelves = [Shelf::New, Shelf::Told, Shelf::Out, Shelf::Told];
    for (id, shelf) in WORDS.into_iter().zip(shelves) {
        for alert in [ALERT, OTHER] {
            let kept = stored(id, None);
            let word = Word {
                id,
                kept,
                shelf,
                waits: false,
            };
            cases::store(device, alert, &word).unwrap();
        }
    }
    copies::change(device, |all| {
        for alert in [ALERT, OTHER] {
            all.push(Copying {
                alert,
                act: MessageId([alert.0[0] + 8; 16]),
                mailbox: None,
                done: Vec::new(),
            });
        }
    })
    .unwrap();
    let [wish, rest @ ..] = WORDS;
    let mut all = vec![queued(None, None), queued(Some(OTHER), None)];
    all.extend([ALERT, UPDATE].map(|id| queued(Some(id), None)));
    all.push(queued(None, Some(wish)));
    all.extend(rest.map(|id| queued(None, Some(id))));
    QueueEnd::lock(device).unwrap().put(&all).unwrap();
    let lost = stored(WORDS[3], None);
    device.files().make_folder(DAMAGED).unwrap();
    let aside = format!("{DAMAGED}/cases-cur-{ALERT}-{}-00112233", WORDS[3]);
    device.files().write(&aside, &codec::encode(&lost)).unwrap();
    // Copies of all of them.
    assert!(inbox::all(device).unwrap().damaged.is_none());
    assert!(cases::all(device).unwrap().len() == 2);
    for room in COPIES {
        assert!(!device.files().names(room).unwrap().is_empty());
    }
    mark(device, ALERT).unwrap();
}

fn stone() -> Tombstone {
    Tombstone {
        alert: ALERT,
        hash: Hash([1; 32]),
        case: "BY-2026-7KQ4".to_owned(),
        figures: Figures {
            kind: Some(Kind::Flash),
            country: None,
            acts: vec![Act::from_key("threat").unwrap()],
            urgency: None,
            came: Quarter::of(NOW),
            closed: None,
            state: CaseState::New,
            closing: None,
        },
        at: NOW,
        by: Vec::new(),
        handle: None,
        words: vec![stored(WORDS[0], None)],
        had: Vec::new(),
        erased: BTreeMap::new(),
        say_at: NOW,
        said_in: None,
        left: None,
    }
}

/// The names of all files of a device, without what names the tombstone itself.
fn files(dir: &Path) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut dirs = vec![dir.to_owned()];
    while let Some(dir_in) = dirs.pop() {
        let Ok(entries) = fs::read_dir(&dir_in) else {
            continue;
        };
        for entry in entries {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => dirs.push(path),
                false => {
                    let name = path.strip_prefix(dir).unwrap();
                    found.insert(name.to_string_lossy().into_owned());
                }
            }
        }
    }
    found.remove(&path(ALERT));
    found
}

/// What there still is of the case.
fn left(device: &Device, dir: &Path) -> Vec<String> {
    let mut left: Vec<String> = files(dir)
        .into_iter()
        .filter(|name| {
            let is_of_other = name.contains(&OTHER.to_string());
            let of = [ALERT, UPDATE].into_iter().chain(WORDS);
            !is_of_other && of.into_iter().any(|id| name.contains(&id.to_string()))
        })
        .collect();
    let listed = inbox::all(device).unwrap().messages.into_iter();
    left.extend(
        listed
            .filter(|(id, ..)| *id != OTHER)
            .map(|(id, ..)| format!("listed {id}")),
    );
    let queue = outbox::all(device).unwrap().into_iter();
    let of_it = |queued: &QueuedEnvelope| {
        let of = queued.alert.or(queued.word);
        of.is_some_and(|id| ![OTHER, WORDS[0]].contains(&id))
    };
    left.extend(
        queue
            .filter(|file| of_it(&file.queued))
            .map(|file| format!("queued {}", file.name)),
    );
    if copies::read(device).iter().any(|it| it.alert == ALERT) {
        left.push("copies".to_owned());
    }
    let plans = plans::read(device).unwrap();
    if plans.contains_key(&ALERT) {
        left.push("a plan".to_owned());
    }
    if reach::read(device).due(NOW, true).contains(&ALERT) {
        left.push("to be passed on".to_owned());
    }
    if opened::due(device, Timestamp(u64::MAX)).contains(&ALERT) {
        left.push("to be said that it was opened".to_owned());
    }
    left
}

/// What belongs to another case is there as before.
fn is_other_whole(device: &Device) -> bool {
    inbox::has(device, OTHER).unwrap()
        && cases::of(device, OTHER).unwrap().len() == WORDS.len()
        && attached::names(device) == [format!("{OTHER}-1")]
        && copies::read(device).len() == 1
        && plans::read(device).unwrap().contains_key(&OTHER)
}

#[test]
fn everything_of_a_case_goes_and_nothing_of_another() {
    let dir = tempfile::tempdir().unwrap();
    let device = fixtures::device(dir.path(), Vec::new());
    fill(&device);
    assert!(left(&device, dir.path()).len() > 20);
    assert!(!has(&device, ALERT));
    forget(&device, &[stone()]).unwrap();
    assert_eq!(left(&device, dir.path()), Vec::<String>::new());
    assert!(is_other_whole(&device));
    // Whoever wishes it must still be heard by who was away.
    let queue = outbox::all(&device).unwrap();
    assert!(queue.iter().any(|it| it.queued.word == Some(WORDS[0])));
    assert_eq!(queue.len(), 3);
    let stone = read(&device, ALERT).unwrap().unwrap();
    assert_eq!((stone.left, stone.words.len()), (None, 1));
    assert!(marked(&device).is_empty());
    assert_eq!(
        stone.figures.came,
        Quarter {
            year: 2026,
            quarter: 4
        }
    );
    // The number is nobody else's.
    assert!(inbox::cases(&device).unwrap().contains("BY-2026-7KQ4"));
    // A part that another program was waiting for.
    finish(&device);
    assert_eq!(left(&device, dir.path()), Vec::<String>::new());
}

#[test]
fn a_loss_of_power_on_the_way_leaves_it_to_be_decided_again_or_is_gone_on_with() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().join("root");
    fs::create_dir(&root).unwrap();
    recorded::start(&root, None);
    let home = root.join("home");
    let device = fixtures::device(&home, Vec::new());
    fill(&device);
    let _ = recorded::states();
    forget(&device, &[stone()]).unwrap();
    let mut states = recorded::states();
    states.push(recorded::certain());
    let _ = recorded::stop();
    assert!(states.len() > 20, "{}", states.len());
    let mut went_on = 0;
    for state in states {
        let dir = tempfile::tempdir().unwrap();
        for (name, bytes) in &state {
            let path = dir.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
        let home = dir.path().join("home");
        let there = device.at(&home);
        if has(&there, ALERT) {
            went_on += 1;
            // As whoever unlocks the device does.
            finish(&there);
            assert_eq!(left(&there, &home), Vec::<String>::new());
            assert_eq!(read(&there, ALERT).unwrap().unwrap().left, None);
        } else {
            // The alert and the words by which it is decided are all there, and known to be looked for.
            assert_eq!(marked(&there), [ALERT]);
            assert!(inbox::has(&there, ALERT).unwrap());
            assert_eq!(cases::of(&there, ALERT).unwrap().len(), WORDS.len());
            forget(&there, &[stone()]).unwrap();
            assert_eq!(left(&there, &home), Vec::<String>::new());
        }
        assert!(is_other_whole(&there));
    }
    assert!(went_on > 10, "{went_on}");
}

#[test]
fn of_several_that_go_at_once_each_goes_with_what_is_its_own() {
    let dir = tempfile::tempdir().unwrap();
    let device = fixtures::device(dir.path(), Vec::new());
    fill(&device);
    mark(&device, OTHER).unwrap();
    let other = Tombstone {
        alert: OTHER,
        ..stone()
    };
    forget(&device, &[other, stone()]).unwrap();
    assert!(inbox::all(&device).unwrap().messages.is_empty());
    assert!(cases::all(&device).unwrap().is_empty());
    assert!(attached::names(&device).is_empty());
    assert!(marked(&device).is_empty());
    for alert in [ALERT, OTHER] {
        assert_eq!(read(&device, alert).unwrap().unwrap().left, None);
    }
}
