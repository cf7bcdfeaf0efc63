//! Files as they were read last: whoever looks every second decrypts what is new, not what is there.

use std::collections::BTreeMap;

use super::{
    directory::Stamp,
    files::{DeviceError, Files},
};

/// What was read, by file. Files are replaced as a whole, so a stamp tells whether one is still the same.
#[derive(Debug)]
pub(crate) struct KnownFiles<T>(BTreeMap<String, (Stamp, T)>);

impl<T> Default for KnownFiles<T> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<T: Clone> KnownFiles<T> {
    /// What a file has; it is read only when it is not the one that was read before. `None` when it is not there.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub(super) fn read(
        &mut self,
        files: &Files,
        path: &str,
        read: impl FnOnce() -> Result<Option<T>, DeviceError>,
    ) -> Result<Option<T>, DeviceError> {
        let stamp = files.stamp(path)?;
        if let (Some(stamp), Some((at, known))) = (stamp, self.0.get(path))
            && *at == stamp
        {
            return Ok(Some(known.clone()));
        }
        self.0.remove(path);
        let read = read()?;
        if let (Some(stamp), Some(read)) = (stamp, &read) {
            // What was read may be newer than the stamp: then the next look reads once more.
            self.0.insert(path.to_owned(), (stamp, read.clone()));
        }
        Ok(read)
    }

    /// Forgets what is not among these.
    pub(super) fn keep(&mut self, wanted: impl Fn(&str) -> bool) {
        self.0.retain(|path, _| wanted(path));
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use std::{fs, path::Path};

    use bellrope_proto::{
        envelope::Envelope,
        ids::{MailboxId, Timestamp},
    };

    use super::*;
    use crate::{
        device::{IssuedInvitation, QueueEnd, QueuedEnvelope, fixtures, issued, outbox},
        ids::Position,
        invitation::Secret,
    };

    const BOX: MailboxId = MailboxId([1; 32]);

    /// Makes a file's bytes unreadable and leaves it the same to whoever only looks at it.
    fn spoil(path: &Path) {
        let modified = fs::metadata(path).unwrap().modified().unwrap();
        let mut bytes = fs::read(path).unwrap();
        bytes[0] ^= 1;
        let mut file = fs::File::options().write(true).open(path).unwrap();
        std::io::Write::write_all(&mut file, &bytes).unwrap();
        file.set_modified(modified).unwrap();
    }

    #[test]
    fn invitations_are_read_when_they_are_new_and_not_again() {
        let dir = tempfile::tempdir().unwrap();
        let device = fixtures::device(dir.path(), Vec::new());
        let invitation = |at| IssuedInvitation::new(Secret::new(&[7; 16]), BOX, Position(at));
        issued::store(&device, &invitation(1)).unwrap();
        issued::store(&device, &invitation(2)).unwrap();
        assert_eq!(issued::all(&device).unwrap().len(), 2);
        spoil(&dir.path().join("issued/00000001"));
        assert_eq!(issued::all(&device).unwrap().len(), 2, "nothing was read");
        issued::change(&device, Position(2), |issued| issued.ended = true).unwrap();
        issued::store(&device, &invitation(3)).unwrap();
        let all = issued::all(&device).unwrap();
        let ended: Vec<bool> = all.iter().map(|issued| issued.ended).collect();
        assert_eq!(ended, [false, true, false]);
        fs::remove_file(dir.path().join("issued/00000001")).unwrap();
        assert_eq!(issued::all(&device).unwrap().len(), 2);
    }

    #[test]
    fn what_waits_in_the_outbox_is_read_once() {
        let dir = tempfile::tempdir().unwrap();
        let device = fixtures::device(dir.path(), Vec::new());
        let envelope = Envelope::new(vec![1; 4096]).unwrap();
        let queued = QueuedEnvelope::plain(BOX, envelope, Timestamp(1000));
        let end = QueueEnd::lock(&device).unwrap();
        end.put(&[queued]).unwrap();
        drop(end);
        let name = outbox::names(&device).unwrap().remove(0);
        let mut known = KnownFiles::default();
        let first = outbox::look(&device, &name, &mut known).unwrap();
        spoil(&dir.path().join("outbox").join(&name));
        assert_eq!(outbox::look(&device, &name, &mut known).unwrap(), first);
        outbox::forget_others(&mut known, |_| false);
        assert_eq!(outbox::look(&device, &name, &mut known).unwrap(), None);
        assert_eq!(device.take_set_aside(), [format!("outbox/{name}")]);
    }
}
