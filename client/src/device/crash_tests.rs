//! A loss of power at every sync of a device's directory: what a command said was done is there afterwards.
#![allow(clippy::unwrap_used)]

use std::{collections::BTreeSet, fs, path::Path};

use bellrope_proto::{
    envelope::Envelope,
    ids::{MailboxId, Timestamp},
};
use secrecy::SecretString;

use super::{
    Device, DeviceError, IssuedInvitation, QueueEnd, QueuedEnvelope, StoredMessage, fixtures,
    inbox, issued, outbox, recorded,
    week_secrets::{self, Secrets},
};
use crate::{
    group::Week,
    ids::{Epoch, MessageId, Position},
    invitation::Secret,
};

const NOW: Timestamp = Timestamp(1_000_000);
const BOX: MailboxId = MailboxId([1; 32]);

fn queued(byte: u8) -> QueuedEnvelope {
    let envelope = Envelope::new(vec![byte; 4096]).unwrap();
    QueuedEnvelope::plain(BOX, envelope, NOW)
}

fn message() -> StoredMessage {
    StoredMessage {
        epoch: Epoch(1),
        case: "ZZ-2026-2222".to_owned(),
        ..fixtures::stored(1, NOW, NOW)
    }
}

fn invitation() -> IssuedInvitation {
    IssuedInvitation::new(Secret::new(&[7; 16]), BOX, Position(3))
}

type Promise = Box<dyn Fn(&Device) -> bool>;

/// Does one thing after another; after each the disk must have for certain what was promised until then. Gives the kinds of syncs that
/// there were, and what was broken first.
fn story(ignored: Option<&str>) -> (BTreeSet<String>, Option<String>) {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().join("root");
    fs::create_dir(&root).unwrap();
    let home = root.join("home");
    recorded::start(&root, ignored);
    let device = fixtures::device(&home, vec![queued(1)]);
    let _ = recorded::states();
    let mut promises: Vec<(&str, Promise)> = Vec::new();
    let mut broken = None;
    let mut done = |name: &'static str, act: &dyn Fn(&Device), promise: Promise| {
        act(&device);
        // At each sync on the way everything promised before is there; at the end this as well.
        for state in recorded::states() {
            broken = broken.take().or_else(|| kept(&device, &state, &promises));
        }
        promises.push((name, promise));
        let end = recorded::certain();
        broken = broken.take().or_else(|| kept(&device, &end, &promises));
    };
    done(
        "a first state",
        &|_| {},
        Box::new(|device| device.state().is_ok()),
    );
    done(
        "a first queue",
        &|_| {},
        Box::new(|device| has_queued(device, 1)),
    );
    done(
        "a first roster",
        &|_| {},
        Box::new(|device| device.roster().is_ok()),
    );
    done(
        "a changed state",
        &|device| device.change(|state| state.last_sent.number = 7).unwrap(),
        Box::new(|device| {
            device
                .state()
                .is_ok_and(|state| state.last_sent.number == 7)
        }),
    );
    done(
        "an alert in the queue",
        &|device| QueueEnd::lock(device).unwrap().put(&[queued(2)]).unwrap(),
        Box::new(|device| has_queued(device, 2)),
    );
    let id = MessageId([5; 16]);
    done(
        "a message in the inbox",
        &|device| inbox::store(device, id, &message()).unwrap(),
        Box::new(move |device| inbox::find(device, id).is_ok_and(|found| found.is_some())),
    );
    done(
        "a message that was shown",
        &|device| inbox::shown(device, id).unwrap(),
        Box::new(move |device| {
            let all = inbox::all(device);
            all.is_ok_and(|all| all.messages.iter().any(|(_, _, shown)| *shown))
        }),
    );
    done(
        "an invitation",
        &|device| issued::store(device, &invitation()).unwrap(),
        Box::new(|device| issued::all(device).is_ok_and(|all| all.len() == 1)),
    );
    done(
        "secrets of weeks",
        &|device| {
            let secrets = Secrets::lock(device).unwrap();
            secrets.make(Week(7).and_on(2)).unwrap();
        },
        Box::new(|device| {
            let held = week_secrets::keys(device);
            held.is_ok_and(|held| held.len() == 2)
        }),
    );
    (recorded::stop(), broken)
}

fn has_queued(device: &Device, byte: u8) -> bool {
    let all = outbox::all(device);
    all.is_ok_and(|all| {
        all.iter()
            .any(|file| file.queued.envelope == queued(byte).envelope)
    })
}

fn write_down(certain: &recorded::Certain, dir: &Path) {
    for (name, bytes) in certain {
        let path = dir.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
}

/// Which promise the disk does not keep, if its power goes now.
fn kept(
    device: &Device,
    certain: &recorded::Certain,
    promises: &[(&str, Promise)],
) -> Option<String> {
    if promises.is_empty() {
        return None;
    }
    let dir = tempfile::tempdir().unwrap();
    write_down(certain, dir.path());
    let there = device.at(&dir.path().join(Path::new("home")));
    let mut promises = promises.iter();
    let broken = promises.find(|(_, promise)| !promise(&there))?;
    Some(broken.0.to_owned())
}

#[test]
fn what_was_said_to_be_done_is_there_after_a_loss_of_power() {
    assert_eq!(story(None).1, None);
}

#[test]
fn each_sync_that_is_left_out_is_missed() {
    let (kinds, _) = story(None);
    assert!(kinds.len() >= 12, "{kinds:?}");
    for kind in kinds {
        // Not worth a promise: an older one than this program's is told of, and who shows a message is asked again.
        if kind == "the file home/format" || kind == "the names in home/inbox/showing" {
            continue;
        }
        let (_, broken) = story(Some(&kind));
        assert!(broken.is_some(), "nothing misses {kind}");
    }
}

/// Changes a passphrase; gives the kinds of syncs that there were, and whether some loss of power on the way leaves a device that neither
/// passphrase opens, or the end one that the new does not.
fn change(ignored: Option<&str>) -> (BTreeSet<String>, bool) {
    let [old, new] = ["the old passphrase", "the new passphrase"].map(SecretString::from);
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().join("root");
    fs::create_dir(&root).unwrap();
    recorded::start(&root, None);
    let home = root.join("home");
    let made = Device::make(&home, &old, |_| {
        Ok::<_, DeviceError>(fixtures::first(Vec::new()))
    });
    drop(made.unwrap());
    recorded::ignore(ignored);
    Device::change_passphrase(&home, &old, &new).unwrap();
    let opens = |state: &recorded::Certain, passphrase| {
        let dir = tempfile::tempdir().unwrap();
        write_down(state, dir.path());
        Device::unlock(&dir.path().join("home"), passphrase).is_ok()
    };
    let mut lost = !opens(&recorded::certain(), &new);
    for state in recorded::states() {
        lost |= !opens(&state, &old) && !opens(&state, &new);
    }
    (recorded::stop(), lost)
}

#[test]
fn a_loss_of_power_leaves_the_old_passphrase_or_the_new() {
    let (kinds, lost) = change(None);
    assert!(!lost);
    // Of the directory itself nothing has changed.
    for kind in kinds.into_iter().filter(|kind| kind != "the names in ") {
        let (_, lost) = change(Some(&kind));
        assert!(lost, "nothing misses {kind}");
    }
}

/// After the first sync the key is gone, whatever is lost; and what a loss of power leaves, the next erasing takes.
#[test]
fn a_loss_of_power_while_erasing_brings_no_key_back() {
    let passphrase = SecretString::from("a long enough passphrase");
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().join("root");
    fs::create_dir(&root).unwrap();
    recorded::start(&root, None);
    let home = root.join("home");
    let queue = vec![queued(1)];
    let made = Device::make(&home, &passphrase, |_| {
        Ok::<_, DeviceError>(fixtures::first(queue))
    });
    drop(made.unwrap());
    recorded::ignore(None);
    let _ = Device::destroy_keys(&home).unwrap();
    let mut states = recorded::states();
    states.push(recorded::certain());
    let opens: Vec<bool> = states
        .iter()
        .map(|state| {
            let dir = tempfile::tempdir().unwrap();
            write_down(state, dir.path());
            let home = dir.path().join("home");
            let opens = Device::unlock(&home, &passphrase).is_ok();
            let keys = Device::destroy_keys(&home).unwrap();
            keys.remove_rest().unwrap();
            assert!(!home.exists());
            opens
        })
        .collect();
    // Each state is that before a sync; the last is the end.
    assert_eq!(opens, [true, false, false]);
    let _ = recorded::stop();
    assert!(
        states
            .pop()
            .unwrap()
            .keys()
            .all(|path| !path.ends_with("identity"))
    );
}
