//! Whatever becomes of the copies, what is listed is what the files say.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::{collections::BTreeSet, fs, path::Path, thread};

use bellrope_proto::{codec, frame, ids::Timestamp};
use proptest::prelude::*;
use secrecy::SecretString;

use super::{
    Device, DeviceError, StoredMessage,
    cases::{self, Shelf, Word},
    directory::LockName,
    fixtures,
    inbox::{self, Kept},
    index, recorded,
};
use crate::{
    alert::{Reading, tests},
    ids::MessageId,
};

fn id(number: u8) -> MessageId {
    MessageId([number; 16])
}

/// An alert that is in order, one of which something is remarked, or words that are none.
fn message(sequence: u64) -> StoredMessage {
    let stored = fixtures::stored(sequence, Timestamp(1), Timestamp(3));
    let mut fields = tests::flash();
    match sequence % 3 {
        0 => return stored,
        1 => {}
        _ => fields.summary = format!("  number {sequence}"),
    }
    fixtures::saying(stored, codec::encode(&fields))
}

fn word(number: u8, sequence: u64) -> Word {
    Word {
        id: id(number),
        kept: message(sequence),
        shelf: Shelf::New,
        waits: false,
    }
}

/// Everything that is listed, as bytes and as it is read.
type Listed = (
    Vec<(MessageId, (StoredMessage, Option<Reading>), bool)>,
    Vec<(MessageId, Word)>,
);

fn listed(device: &Device) -> Listed {
    let all = inbox::all(device).unwrap();
    assert!(all.damaged.is_none());
    let alerts = all.messages.into_iter().map(|(id, kept, shown)| {
        let Kept::Message(known) = kept else {
            unreachable!("another build's")
        };
        let reading = known.said().map(|said| said.reading.clone());
        assert_eq!(
            reading,
            known.stored.sent.message.peek().ok().map(|it| it.reading())
        );
        (id, (known.stored, reading), shown)
    });
    let words = cases::all(device).unwrap().into_iter();
    let words = words.flat_map(|(alert, words)| words.into_iter().map(move |it| (alert, it)));
    let mut words: Vec<_> = words.collect();
    words.sort_by_key(|(alert, word)| (*alert, word.id));
    (alerts.collect(), words)
}

fn segments(dir: &Path) -> Vec<std::path::PathBuf> {
    let of = |room: &str| {
        let names = fs::read_dir(dir.join("index").join(room));
        names
            .into_iter()
            .flatten()
            .map(|entry| entry.unwrap().path())
    };
    of("inbox").chain(of("cases")).collect()
}

/// What is listed where nothing was ever copied.
fn without(device: &Device, dir: &Path) -> Listed {
    let other = tempfile::tempdir().unwrap();
    copy(dir, other.path());
    let _ = fs::remove_dir_all(other.path().join("index"));
    listed(&device.at(other.path()))
}

/// With the times of its files, as whoever keeps copies of a directory does.
fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let (from, to) = {
            let name = entry.unwrap().file_name();
            (from.join(&name), to.join(&name))
        };
        if from.is_dir() {
            fs::create_dir_all(&to).unwrap();
            copy(&from, &to);
        } else {
            fs::copy(&from, &to).unwrap();
            let modified = fs::metadata(&from).unwrap().modified().unwrap();
            let file = fs::File::options().write(true).open(&to).unwrap();
            file.set_modified(modified).unwrap();
        }
    }
}

fn fill(device: &Device, numbers: std::ops::Range<u8>) {
    for number in numbers {
        inbox::store(device, id(number), &message(u64::from(number))).unwrap();
        cases::store(device, id(number % 3), &word(number, u64::from(number))).unwrap();
    }
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Store(u8, u64),
    Shown(u8),
    Remove(u8),
    Word(u8, u8),
    Told(u8, u8),
    Out(u8, u8),
    Read,
    Damage(u8),
    Cut(u8),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => (0..24_u8, 1..100_u64).prop_map(|(id, at)| Step::Store(id, at)),
        2 => (0..24_u8).prop_map(Step::Shown),
        2 => (0..24_u8).prop_map(Step::Remove),
        3 => (0..4_u8, 0..24_u8).prop_map(|(alert, id)| Step::Word(alert, id)),
        1 => (0..4_u8, 0..24_u8).prop_map(|(alert, id)| Step::Told(alert, id)),
        1 => (0..4_u8, 0..24_u8).prop_map(|(alert, id)| Step::Out(alert, id)),
        3 => Just(Step::Read),
        1 => any::<u8>().prop_map(Step::Damage),
        1 => any::<u8>().prop_map(Step::Cut),
    ];
    prop::collection::vec(step, 1..40)
}

fn take(device: &Device, dir: &Path, step: Step) {
    match step {
        Step::Store(number, at) => inbox::store(device, id(number), &message(at)).unwrap(),
        Step::Shown(number) => inbox::shown(device, id(number)).unwrap(),
        Step::Remove(number) => {
            for folder in ["new", "cur"] {
                let name = format!("inbox/{folder}/{}", id(number));
                device.files().remove(&name).unwrap();
            }
        }
        Step::Word(alert, number) => {
            cases::store(device, id(alert), &word(number, u64::from(number))).unwrap();
        }
        Step::Told(alert, number) => cases::told(device, id(alert), id(number)).unwrap(),
        Step::Out(alert, number) => {
            let out = Word {
                shelf: Shelf::Out,
                ..word(number, 0)
            };
            cases::store(device, id(alert), &out).unwrap();
        }
        Step::Read => assert_eq!(listed(device), without(device, dir)),
        Step::Damage(which) | Step::Cut(which) => {
            let all = segments(dir);
            let Some(path) = all.get(usize::from(which) % all.len().max(1)) else {
                return;
            };
            let mut bytes = fs::read(path).unwrap();
            let at = usize::from(which) % bytes.len().max(1);
            match step {
                Step::Cut(_) => bytes.truncate(bytes.len() / 2),
                // One that was cut before may have nothing left.
                _ => bytes
                    .iter_mut()
                    .skip(at)
                    .take(1)
                    .for_each(|byte| *byte ^= 1),
            }
            fs::write(path, bytes).unwrap();
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn what_grew_step_by_step_is_what_is_made_anew(steps in steps()) {
        let dir = tempfile::tempdir().unwrap();
        let device = fixtures::device(dir.path(), Vec::new());
        for step in steps {
            take(&device, dir.path(), step);
        }
        let grown = listed(&device);
        prop_assert_eq!(&grown, &without(&device, dir.path()));
        prop_assert_eq!(&grown, &listed(&device));
        prop_assert!(device.take_set_aside().is_empty(), "nobody is told of what is lost for nobody");
    }
}

#[test]
fn what_was_opened_once_is_not_opened_again_and_no_more_is_believed() {
    let dir = tempfile::tempdir().unwrap();
    let device = fixtures::device(dir.path(), Vec::new());
    fill(&device, 0..9);
    // Somebody's words in another's name.
    let mut forged = message(7);
    forged.sent.message = bellrope_proto::signing::Signed::attach(
        &forged.sent.message.peek().unwrap(),
        message(8).sent.message.detach(),
    );
    inbox::store(&device, id(200), &forged).unwrap();
    let first = listed(&device);
    assert!(!segments(dir.path()).is_empty());
    let known: BTreeSet<String> = index::names(device.files(), "index/inbox");
    assert_eq!(known.len(), 9, "what is not signed is not among what is");
    assert!(!known.contains(&id(200).to_string()));

    // Their bytes are rubbish by now, and to whoever only looks at them they are the same: nothing is opened.
    for number in 0..9 {
        let path = dir.path().join(format!("inbox/new/{}", id(number)));
        let modified = fs::metadata(&path).unwrap().modified().unwrap();
        let mut file = fs::File::options().write(true).open(&path).unwrap();
        std::io::Write::write_all(&mut file, b"rubbish").unwrap();
        file.set_modified(modified).unwrap();
    }
    assert_eq!(listed(&device), first);
    assert!(device.take_set_aside().is_empty());
}

#[test]
fn nothing_in_it_can_be_read_and_what_is_gone_is_gone_from_it() {
    let marker = b"a word that nobody else may read";
    let dir = tempfile::tempdir().unwrap();
    let device = fixtures::device(dir.path(), Vec::new());
    fill(&device, 0..9);
    let mut secret = message(50);
    secret.case = String::from_utf8(marker.to_vec()).unwrap();
    inbox::store(&device, id(50), &secret).unwrap();
    let _ = listed(&device);
    let has_it = || index::names(device.files(), "index/inbox").contains(&id(50).to_string());
    assert!(has_it());
    for path in segments(dir.path()) {
        let bytes = fs::read(path).unwrap();
        assert!(!bytes.windows(marker.len()).any(|bytes| bytes == marker));
    }
    let name = format!("inbox/new/{}", id(50));
    device.files().erase(&name).unwrap();
    let _ = listed(&device);
    assert!(!has_it(), "the next reading erases it");
    assert_eq!(index::names(device.files(), "index/inbox").len(), 9);
}

#[test]
fn where_it_cannot_be_written_everything_is_listed_all_the_same() {
    let dir = tempfile::tempdir().unwrap();
    let device = fixtures::device(dir.path(), Vec::new());
    // No folder can be made there, nor anything in it.
    fs::write(dir.path().join("index"), b"").unwrap();
    fill(&device, 0..9);
    let first = listed(&device);
    assert_eq!(first.0.len(), 9);
    fs::remove_file(dir.path().join("index")).unwrap();
    // Another program is at it.
    let lock = device.at(dir.path());
    let held = lock.files().lock(LockName::Index).unwrap();
    assert_eq!(listed(&device), first);
    assert!(segments(dir.path()).is_empty());
    drop(held);
    assert_eq!(listed(&device), first);
    assert!(!segments(dir.path()).is_empty());
}

#[test]
fn an_older_copy_of_any_part_changes_nothing_of_what_is_listed() {
    let dir = tempfile::tempdir().unwrap();
    let device = fixtures::device(dir.path(), Vec::new());
    fill(&device, 0..9);
    let _ = listed(&device);
    let old = tempfile::tempdir().unwrap();
    copy(dir.path(), old.path());
    // What came since, what was shown, and what came anew under the same name.
    fill(&device, 9..20);
    inbox::shown(&device, id(1)).unwrap();
    device
        .files()
        .remove(&format!("inbox/new/{}", id(2)))
        .unwrap();
    inbox::store(&device, id(3), &message(90)).unwrap();
    let now = listed(&device);
    for part in ["index", "inbox", "cases"] {
        let put_back = |from: &Path| {
            let there = dir.path().join(part);
            fs::remove_dir_all(&there).unwrap();
            fs::create_dir(&there).unwrap();
            copy(from, &there);
        };
        let newest = tempfile::tempdir().unwrap();
        copy(&dir.path().join(part), newest.path());
        put_back(&old.path().join(part));
        let read = listed(&device);
        assert_eq!(read, without(&device, dir.path()), "{part}");
        assert_eq!(read == now, part == "index");
        put_back(newest.path());
        assert_eq!(listed(&device), now);
    }
}

/// A loss of power at each sync of a reading that writes copies, puts some together and forgets others.
#[test]
fn a_loss_of_power_on_the_way_loses_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().join("root");
    fs::create_dir(&root).unwrap();
    let home = root.join("home");
    recorded::start(&root, None);
    let device = fixtures::device(&home, Vec::new());
    for numbers in [0..4, 4..9, 9..15] {
        fill(&device, numbers);
        let _ = listed(&device);
    }
    device
        .files()
        .remove(&format!("inbox/new/{}", id(2)))
        .unwrap();
    recorded::ignore(None);
    let whole = listed(&device);
    let mut states = recorded::states();
    states.push(recorded::certain());
    let _ = recorded::stop();
    assert!(states.len() > 2);
    for certain in states {
        let dir = tempfile::tempdir().unwrap();
        for (name, bytes) in &certain {
            let path = dir.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
        let home = dir.path().join("home");
        let there = device.at(&home);
        // That a message was removed need not have reached the disk.
        let mut read = listed(&there);
        assert_eq!(read, without(&there, &home));
        read.0.retain(|(at, _, _)| *at != id(2));
        assert_eq!(read, whole);
    }
}

#[test]
fn programs_that_read_while_others_write_see_what_is_there() {
    let dir = tempfile::tempdir().unwrap();
    let device = fixtures::device(dir.path(), Vec::new());
    fill(&device, 0..6);
    thread::scope(|scope| {
        for _ in 0..3 {
            let reader = device.at(dir.path());
            scope.spawn(move || {
                for _ in 0..30 {
                    let read = inbox::all(&reader).unwrap();
                    let ids: BTreeSet<_> = read.messages.iter().map(|(id, _, _)| *id).collect();
                    assert_eq!(ids.len(), read.messages.len());
                    // Whatever else comes and goes, these stay.
                    assert!((0..6).all(|number| ids.contains(&id(number))));
                    assert!(read.damaged.is_none());
                }
            });
        }
        for number in 6..40 {
            fill(&device, number..number + 1);
            inbox::shown(&device, id(number % 6)).unwrap();
            if number % 4 == 0 {
                let name = format!("inbox/new/{}", id(number));
                device.files().remove(&name).unwrap();
            }
        }
    });
    assert_eq!(listed(&device), without(&device, dir.path()));
    assert!(device.take_set_aside().is_empty());
}

/// Another version's copies would be read as something that they do not say, if at all.
#[test]
fn what_another_version_wrote_is_made_anew() {
    let dir = tempfile::tempdir().unwrap();
    let device = fixtures::device(dir.path(), Vec::new());
    fill(&device, 0..9);
    let first = listed(&device);
    let all = || device.files().names("index/inbox").unwrap();
    let number = frame::frame(&codec::encode(&index::LAYOUT));
    let other = frame::frame(&codec::encode(&(index::LAYOUT + 1)));
    // The same copies under another number, and without one, as they were once.
    for wrong in [other.as_slice(), &[]] {
        for name in all() {
            let name = format!("index/inbox/{name}");
            let bytes = device.files().open_file(&name).unwrap().unwrap();
            let copies = bytes.strip_prefix(number.as_slice()).unwrap();
            let bytes = [wrong, copies].concat();
            device.files().write(&name, &bytes).unwrap();
        }
        assert!(index::names(device.files(), "index/inbox").is_empty());
        assert!(all().is_empty(), "they are removed");
        assert_eq!(listed(&device), first);
        assert!(!all().is_empty());
    }
}

#[test]
fn it_goes_with_the_rest() {
    let passphrase = SecretString::from("a long enough passphrase");
    let dir = tempfile::tempdir().unwrap();
    let home = dir.path().join("home");
    let made = Device::make(&home, &passphrase, |_| {
        Ok::<_, DeviceError>(fixtures::first(Vec::new()))
    });
    let device = made.unwrap();
    fill(&device, 0..9);
    let _ = listed(&device);
    assert!(!segments(&home).is_empty());
    drop(device);
    let gone = Device::destroy_keys(&home).unwrap();
    let _ = gone.remove_rest().unwrap();
    assert!(!home.exists());
}
