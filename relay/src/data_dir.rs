//! The relay's directory: its key, the address it is bound to, the newest status. Each file is replaced
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
    signing::{PublicKey, Relay, SecretKey, Signed},
};
use tempfile::NamedTempFile;
use zeroize::Zeroizing;

use crate::{durable, random};

const KEY: &str = "relay.key";
const LISTENING: &str = "listening";
const STATUS: &str = "status.json";
const RESTORED: &str = "restored";

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

    /// Makes the relay's key. It never replaces one: clients know it.
    ///
    /// # Errors
    /// `AlreadyExists`, and whatever else the system says.
    pub(crate) fn make_key(&self) -> io::Result<SecretKey<Relay>> {
        let mut seed = Zeroizing::new([0; 32]);
        random::fill(seed.as_mut())?;
        durable::create_file(&self.path, KEY, seed.as_ref())?;
        Ok(SecretKey::from_seed(&seed))
    }

    /// Reads the relay's key.
    ///
    /// # Errors
    /// Whatever the system says; `InvalidData` when the file is no key.
    pub(crate) fn key(&self) -> io::Result<SecretKey<Relay>> {
        let bytes = Zeroizing::new(fs::read(self.path.join(KEY))?);
        let Some((seed, [])) = bytes.split_first_chunk() else {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "not a relay's key",
            ));
        };
        Ok(SecretKey::from_seed(seed))
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

    /// Writes the newest status.
    ///
    /// # Errors
    /// Whatever the system says.
    pub(crate) fn note_status(&self, json: &str) -> io::Result<()> {
        self.replace(STATUS, json.as_bytes())
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
    pub(crate) fn note_restored(&self, said: &Signed<Restored>) -> io::Result<()> {
        self.replace(RESTORED, &codec::encode(said))?;
        durable::sync_dir(&self.path)
    }

    /// What clients are told of an old copy that was put back; `None` when none ever was.
    ///
    /// # Errors
    /// Whatever the system says; `InvalidData` when this key did not sign it.
    pub(crate) fn restored(&self, key: &PublicKey<Relay>) -> io::Result<Option<Signed<Restored>>> {
        let bytes = match fs::read(self.path.join(RESTORED)) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let said = codec::decode::<Signed<Restored>>(&bytes).ok();
        let said = said.filter(|said| said.verify(key).is_ok());
        said.map(Some)
            .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "not this relay's word"))
    }

    fn replace(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let mut file = NamedTempFile::with_prefix_in(".new-", &self.path)?;
        file.write_all(bytes)?;
        // Or a loss of power leaves the name and not what is in it.
        file.as_file().sync_all()?;
        file.persist(self.path.join(name))?;
        Ok(())
    }
}
