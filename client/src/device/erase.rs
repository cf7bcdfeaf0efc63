//! Makes everything on a device unreadable at once, by destroying the one key over it, and then removes the rest.
//!
//! Nothing here needs the passphrase, waits for another program before the key is gone, or minds what a try before left.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use super::{
    Device,
    directory::{self, NEW, gone},
    files::{DeviceError, FILES, FOLDERS, system},
    format,
    presence::{Programs, await_end},
    unlocked::IDENTITY,
};
use crate::seal;

/// What is left of a device whose keys were destroyed.
#[derive(Debug)]
#[must_use = "the rest stays until it is removed"]
pub struct KeysGone {
    dir: PathBuf,
    overwritten: bool,
}

impl Device {
    /// Whether a directory has something of a device, also what is left of one that was erased in part.
    #[must_use]
    pub fn has_rest(dir: &Path) -> bool {
        // A directory that somebody named by mistake may have an inbox of its own.
        let locked = || directory::read(&dir.join(IDENTITY)).ok().flatten();
        format::is_there(dir) || locked().is_some_and(|bytes| seal::is_locked(&bytes))
    }

    /// Destroys the keys, in whatever file they are. From then on nobody opens what is in the directory, with the passphrase either.
    ///
    /// # Errors
    /// [`DeviceError::Nothing`], and [`DeviceError::System`]: what could be removed is.
    pub fn destroy_keys(dir: &Path) -> Result<KeysGone, DeviceError> {
        if !Self::has_rest(dir) {
            return Err(DeviceError::Nothing);
        }
        Ok(KeysGone {
            dir: dir.to_owned(),
            overwritten: destroy_all(dir)?,
        })
    }
}

impl KeysGone {
    /// Whether they were overwritten where they stood before they were removed; a disk may refuse that.
    #[must_use]
    pub fn is_overwritten(&self) -> bool {
        self.overwritten
    }

    /// Removes the rest, once the device's programs have seen that its keys are gone. What is not Bellrope's stays.
    ///
    /// # Errors
    /// [`DeviceError::System`]: what is left is still unreadable.
    pub fn remove_rest(&self) -> Result<Programs, DeviceError> {
        let dir = &self.dir;
        let programs = await_end(dir)?;
        // One of them may just have put the keys under another passphrase.
        destroy_all(dir)?;
        for folder in FOLDERS {
            remove_folder(&dir.join(folder))?;
        }
        for name in FILES {
            let path = dir.join(name);
            gone(fs::remove_file(&path)).map_err(|error| system(&path, error))?;
        }
        // One that has something else in it, or may not be removed, stays.
        if let Err(error) = fs::remove_dir(dir) {
            tracing::debug!(%error, "the directory itself stays");
        }
        Ok(programs)
    }
}

/// Tells whether each was overwritten.
fn destroy_all(dir: &Path) -> Result<bool, DeviceError> {
    let identity = destroy(dir, IDENTITY);
    // A change of the passphrase that was cut short leaves them under another name.
    let others = unfinished(dir).map_err(|error| system(dir, error))?;
    let others: Vec<_> = others.iter().map(|name| destroy(dir, name)).collect();
    directory::sync_dir(dir).map_err(|error| system(dir, error))?;
    let mut all = identity?;
    for overwritten in others {
        all &= overwritten?;
    }
    Ok(all)
}

fn destroy(dir: &Path, name: &str) -> Result<bool, DeviceError> {
    let path = dir.join(name);
    directory::destroy(&path).map_err(|error| system(&path, error))
}

/// Files that were to replace others.
fn unfinished(dir: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(dir)? {
        if let Ok(name) = entry?.file_name().into_string()
            && name.starts_with(NEW)
        {
            names.push(name);
        }
    }
    Ok(names)
}

/// The files in a folder of ours are ours; a folder in it that we did not make stays, and the folder with it.
fn remove_folder(folder: &Path) -> Result<(), DeviceError> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(system(folder, error)),
    };
    for entry in entries {
        let entry = entry.map_err(|error| system(folder, error))?;
        if !entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            let path = entry.path();
            gone(fs::remove_file(&path)).map_err(|error| system(&path, error))?;
        }
    }
    let _ = fs::remove_dir(folder);
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::time::{Duration, Instant};

    use secrecy::SecretString;

    use super::*;
    use crate::device::fixtures;

    fn home(dir: &Path) -> SecretString {
        let passphrase = SecretString::from("a long enough passphrase");
        let first =
            |_: &crate::device::OwnKeys<'_>| Ok::<_, DeviceError>(fixtures::first(Vec::new()));
        Device::make(dir, &passphrase, first).unwrap();
        passphrase
    }

    #[test]
    fn the_keys_go_at_once_and_what_is_not_ours_stays() {
        let dir = tempfile::tempdir().unwrap();
        let dir = dir.path();
        let passphrase = home(dir);
        // A copy under another name would show what is overwritten only.
        fs::hard_link(dir.join(IDENTITY), dir.join("a copy")).unwrap();
        fs::copy(dir.join(IDENTITY), dir.join(format!("{NEW}cut"))).unwrap();
        fs::write(dir.join("my notes.txt"), b"mine").unwrap();
        fs::create_dir_all(dir.join("inbox/new")).unwrap();
        for number in 0..10_000 {
            fs::write(dir.join(format!("inbox/new/{number:032x}")), b"sealed").unwrap();
        }
        fs::create_dir(dir.join("inbox/mine")).unwrap();
        let begun = Instant::now();
        let keys = Device::destroy_keys(dir).unwrap();
        let took = begun.elapsed();
        assert!(took < Duration::from_secs(1), "{took:?}");
        assert!(keys.is_overwritten());
        assert!(matches!(
            Device::unlock(dir, &passphrase),
            Err(DeviceError::Nothing)
        ));
        let copy = fs::read(dir.join("a copy")).unwrap();
        assert!(copy.len() > 100 && copy.iter().all(|byte| *byte == 0));

        assert!(Device::has_rest(dir));
        assert_eq!(keys.remove_rest().unwrap(), Programs::Ended);
        let mut left: Vec<_> = fs::read_dir(dir)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        left.sort();
        assert_eq!(left, ["a copy", "inbox", "my notes.txt"]);
        let inbox: Vec<_> = fs::read_dir(dir.join("inbox")).unwrap().collect();
        assert_eq!(inbox.len(), 1);
    }

    #[test]
    fn a_home_of_nothing_else_goes_with_it() {
        let dir = tempfile::tempdir().unwrap();
        let dir = dir.path().join("home");
        home(&dir);
        let keys = Device::destroy_keys(&dir).unwrap();
        keys.remove_rest().unwrap();
        assert!(!dir.exists());
    }

    #[test]
    fn keys_in_a_directory_of_no_known_format_are_keys() {
        let dir = tempfile::tempdir().unwrap();
        let dir = dir.path().join("home");
        home(&dir);
        fs::write(dir.join("format"), b"rubbish").unwrap();
        assert!(Device::has_rest(&dir));
        Device::destroy_keys(&dir).unwrap().remove_rest().unwrap();
        let left: Vec<_> = fs::read_dir(&dir).into_iter().flatten().collect();
        assert!(left.is_empty(), "{left:?}");
    }

    #[test]
    fn a_program_that_goes_on_is_told_of_and_keeps_nothing_from_being_erased() {
        let dir = tempfile::tempdir().unwrap();
        let dir = dir.path().join("home");
        home(&dir);
        let suspended = crate::device::Presence::enter(&dir);
        let keys = Device::destroy_keys(&dir).unwrap();
        assert_eq!(keys.remove_rest().unwrap(), Programs::Remain);
        assert!(!dir.exists());
        drop(suspended);
    }

    #[test]
    fn a_directory_of_somebody_elses_is_not_taken_for_a_device() {
        let dir = tempfile::tempdir().unwrap();
        let dir = dir.path();
        for folder in FOLDERS {
            fs::create_dir_all(dir.join(folder)).unwrap();
        }
        for file in FILES {
            fs::write(dir.join(file), b"mine").unwrap();
        }
        assert!(!Device::has_rest(dir) && Device::is_in(dir));
        assert!(matches!(
            Device::destroy_keys(dir),
            Err(DeviceError::Nothing)
        ));
    }
}
