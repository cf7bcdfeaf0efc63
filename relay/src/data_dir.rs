//! The relay's directory: its identity and the keys that it works with, the address it is bound to, the newest status. Each file is replaced
//! as a whole.

use std::{
    fs,
    io::{self, Write as _},
    net::SocketAddr,
    path::{Path, PathBuf},
};

use bellrope_proto::{
    codec,
    receipt::Restored,
    signing::{Relay, SecretKey},
};
use tempfile::NamedTempFile;
use zeroize::Zeroizing;

use crate::{config, durable, online_keys::OnlineKeys, random};

const IDENTITY: &str = "relay.key";
const ONLINE_KEYS: &str = "online.keys";
const LISTENING: &str = "listening";
const STATUS: &str = "status.json";
const RESTORED: &str = "restored";

/// What the names of files begin with that are being written.
const UNFINISHED: &str = ".new-";

/// See the module.
#[derive(Clone, Debug)]
pub(crate) struct DataDir {
    path: PathBuf,
}

impl DataDir {
    /// A directory, there or not.
    pub(crate) fn new(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
        }
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Where the store is.
    pub(crate) fn store_dir(&self) -> PathBuf {
        self.path.join("store")
    }

    /// Makes the relay's identity. It never replaces one: clients know it.
    ///
    /// # Errors
    /// `AlreadyExists`, and whatever else the system says.
    pub(crate) fn make_identity(&self) -> io::Result<SecretKey<Relay>> {
        let mut seed = Zeroizing::new([0; 32]);
        random::fill(seed.as_mut())?;
        // Whole or not at all: a key that was cut short by a crash would be in the way for ever.
        let file = self.written(seed.as_ref())?;
        file.persist_noclobber(self.path.join(IDENTITY))?;
        durable::sync_dir(&self.path)?;
        Ok(SecretKey::from_seed(&seed))
    }

    /// Reads the relay's identity; `None` when it is kept elsewhere, or was not made yet.
    ///
    /// # Errors
    /// Whatever the system says; `InvalidData` when the file is no key.
    pub(crate) fn identity(&self) -> io::Result<Option<SecretKey<Relay>>> {
        let Some(bytes) = self.read(IDENTITY)?.map(Zeroizing::new) else {
            return Ok(None);
        };
        let Some((seed, [])) = bytes.split_first_chunk() else {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "not a relay's key",
            ));
        };
        Ok(Some(SecretKey::from_seed(seed)))
    }

    /// Writes the settings, which makes the directory a relay's.
    ///
    /// # Errors
    /// Whatever the system says.
    pub(crate) fn store_config(&self, text: &str) -> io::Result<()> {
        self.replace(config::FILE, text.as_bytes())?;
        durable::sync_dir(&self.path)
    }

    /// Takes away what was being written when a program was killed: it may have keys in it that nobody uses.
    ///
    /// # Errors
    /// Whatever the system says.
    pub(crate) fn remove_unfinished(&self) -> io::Result<()> {
        for entry in fs::read_dir(&self.path)? {
            let entry = entry?;
            let name = entry.file_name();
            if name.to_string_lossy().starts_with(UNFINISHED) {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }

    /// Replaces the keys that the relay works with.
    ///
    /// # Errors
    /// Whatever the system says.
    pub(crate) fn store_online_keys(&self, keys: &OnlineKeys) -> io::Result<()> {
        self.replace(ONLINE_KEYS, &keys.encode())?;
        durable::sync_dir(&self.path)
    }

    /// Reads them; `None` when none were made yet.
    ///
    /// # Errors
    /// Whatever the system says; `InvalidData` when the file is damaged.
    pub(crate) fn online_keys(&self) -> io::Result<Option<OnlineKeys>> {
        let Some(bytes) = self.read(ONLINE_KEYS)?.map(Zeroizing::new) else {
            return Ok(None);
        };
        OnlineKeys::decode(&bytes)
            .map(Some)
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
    }

    /// Notes where the relay listens, for whoever started it on any free port.
    ///
    /// # Errors
    /// Whatever the system says.
    pub(crate) fn note_listening(&self, address: SocketAddr) -> io::Result<()> {
        self.replace(LISTENING, address.to_string().as_bytes())
    }

    /// Where a running relay listens; `None` when it has not said so.
    pub(crate) fn listening(&self) -> Option<SocketAddr> {
        fs::read_to_string(self.path.join(LISTENING))
            .ok()
            .and_then(|text| text.trim().parse().ok())
    }

    /// Nobody listens any more.
    pub(crate) fn forget_listening(&self) {
        // Not there is what is wanted.
        let _ = fs::remove_file(self.path.join(LISTENING));
    }

    /// Writes the newest status. Waits for no disk: it has to say of one that does not answer, and is written again in a moment.
    ///
    /// # Errors
    /// Whatever the system says.
    pub(crate) fn note_status(&self, json: &str) -> io::Result<()> {
        let mut file = NamedTempFile::with_prefix_in(UNFINISHED, &self.path)?;
        file.write_all(json.as_bytes())?;
        file.persist(self.path.join(STATUS))?;
        Ok(())
    }

    /// The status that a running relay wrote last.
    ///
    /// # Errors
    /// Whatever the system says.
    pub(crate) fn status(&self) -> io::Result<String> {
        fs::read_to_string(self.path.join(STATUS))
    }

    /// Keeps what clients are told from the next start on.
    ///
    /// # Errors
    /// Whatever the system says.
    pub(crate) fn note_restored(&self, restored: &Restored) -> io::Result<()> {
        self.replace(RESTORED, &codec::encode(restored))?;
        durable::sync_dir(&self.path)
    }

    /// What clients are told of an old copy that was put back; `None` when none ever was.
    ///
    /// # Errors
    /// Whatever the system says; `InvalidData` when the file is damaged.
    pub(crate) fn restored(&self) -> io::Result<Option<Restored>> {
        let Some(bytes) = self.read(RESTORED)? else {
            return Ok(None);
        };
        codec::decode(&bytes)
            .map(Some)
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
    }

    fn read(&self, name: &str) -> io::Result<Option<Vec<u8>>> {
        match fs::read(self.path.join(name)) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn replace(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        self.written(bytes)?.persist(self.path.join(name))?;
        Ok(())
    }

    /// A file that has no name of its own yet.
    fn written(&self, bytes: &[u8]) -> io::Result<NamedTempFile> {
        let mut file = NamedTempFile::with_prefix_in(UNFINISHED, &self.path)?;
        file.write_all(bytes)?;
        // Or a loss of power leaves the name and not what is in it.
        file.as_file().sync_all()?;
        Ok(file)
    }
}
