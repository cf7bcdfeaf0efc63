//! Texts that this device's person is asked to translate, of cases that they do not read.

use bellrope_proto::{
    codec,
    ids::Timestamp,
    signing::{Device as DeviceKey, PublicKey},
};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{directory::LockName, files::DeviceError, unlocked::Device};
use crate::{message::ToTranslate, seal::MemberKey};

const TO_TRANSLATE: &str = "to-translate";

/// Somebody who asks all the time takes no room from others.
const OF_ONE_MAX: usize = 16;

/// So many are kept, the newest.
const ALL_MAX: usize = 64;

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AskedHere {
    /// Who asks: as the roster tells people apart.
    pub(crate) by: PublicKey<DeviceKey>,
    /// When it came to the relay.
    pub(crate) arrived: Timestamp,
    /// For whom the translation is: the readers of the case.
    pub(crate) readers: Vec<MemberKey>,
    /// What.
    pub(crate) what: ToTranslate,
    /// Whether it was answered: then its text is here no longer.
    pub(crate) is_done: bool,
}

/// All, in the order in which they came. What cannot be read may be asked for again.
#[must_use]
pub(crate) fn read(device: &Device) -> Vec<AskedHere> {
    let read = device.files().read(TO_TRANSLATE);
    if let Err(error) = &read {
        tracing::warn!(%error, "it is not known any more what is to be translated");
    }
    read.ok().flatten().unwrap_or_default()
}

fn change<T>(
    device: &Device,
    change: impl FnOnce(&mut Vec<AskedHere>) -> T,
) -> Result<T, DeviceError> {
    let _lock = device.files().lock(LockName::Compared)?;
    let before = read(device);
    let mut all = before.clone();
    let done = change(&mut all);
    if all != before {
        let bytes = Zeroizing::new(codec::encode(&all));
        device.files().write(TO_TRANSLATE, &bytes)?;
    }
    Ok(done)
}

/// Takes one in; whether it is new. The oldest go, those first that are done.
///
/// # Errors
/// [`DeviceError`]; it is not kept then.
pub(crate) fn hear(device: &Device, new: AskedHere) -> Result<bool, DeviceError> {
    change(device, |all| {
        let is_known = all.iter().any(|it| it.what.asked == new.what.asked);
        let open = all.iter().filter(|it| it.by == new.by && !it.is_done);
        if is_known || open.count() >= OF_ONE_MAX {
            return false;
        }
        all.push(new);
        while all.len() > ALL_MAX {
            let done = all.iter().position(|it| it.is_done);
            all.remove(done.unwrap_or(0));
        }
        true
    })
}

/// Notes that one was answered.
///
/// # Errors
/// [`DeviceError`]; it is listed again then.
pub(crate) fn done(device: &Device, what: &ToTranslate) -> Result<(), DeviceError> {
    change(device, |all| {
        for it in all.iter_mut().filter(|it| it.what.asked == what.asked) {
            it.is_done = true;
            it.what.text.clear();
        }
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use bellrope_proto::{ids::Hash, signing::SecretKey};

    use super::*;
    use crate::{device::fixtures, extensions::Extensions, ids::MessageId};

    fn asked(by: u8, number: u8) -> AskedHere {
        let by: PublicKey<DeviceKey> = SecretKey::from_seed(&[by; 32]).public();
        AskedHere {
            by,
            arrived: Timestamp(1),
            readers: Vec::new(),
            what: ToTranslate {
                whom: by,
                alert: MessageId([1; 16]),
                alert_hash: Hash([2; 32]),
                asked: Hash([number; 32]),
                of: None,
                language: "ru".to_owned(),
                text: "text".to_owned(),
                extensions: Extensions::none(),
            },
            is_done: false,
        }
    }

    #[test]
    fn nobody_takes_room_from_others_and_what_was_answered_is_here_no_longer() {
        let dir = tempfile::tempdir().unwrap();
        let device = fixtures::device(dir.path(), Vec::new());
        for number in 0..20 {
            let is_new = hear(&device, asked(1, number)).unwrap();
            assert_eq!(is_new, usize::from(number) < OF_ONE_MAX);
        }
        assert!(hear(&device, asked(2, 100)).unwrap());
        assert!(!hear(&device, asked(2, 100)).unwrap(), "the same again");
        done(&device, &asked(2, 100).what).unwrap();
        let all = read(&device);
        assert_eq!(all.len(), OF_ONE_MAX + 1);
        let last = all.last().unwrap();
        assert!(last.is_done && last.what.text.is_empty());
        for by in 10..20 {
            for number in 0..10 {
                let _ = hear(&device, asked(by, by.wrapping_mul(11).wrapping_add(number)));
            }
        }
        assert_eq!(read(&device).len(), ALL_MAX);
    }
}
