//! The relay's directory: its key, the address it is bound to, the newest status. Each file is replaced
//! as a whole.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write as _},
    net::SocketAddr,
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use bellrope_proto::signing::{Relay, SecretKey};
use rand::{TryRng as _, rngs::SysRng};
use tempfile::NamedTempFile;
use zeroize::Zeroizing;

const KEY: &str = "relay.key";
const LISTENING: &str = "listening";
const STATUS: &str = "status.json";

/// See the module.
#[derive(Clone, Debug)]
pub struct Place {
    dir: PathBuf,
}

impl Place {
    /// A directory, there or not.
    #[must_use]
    pub fn new(dir: &Path) -> Self {
        Self {
            dir: dir.to_owned(),
        }
    }

    /// Where it is.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Where the store is.
    #[must_use]
    pub fn store(&self) -> PathBuf {
        self.dir.join("store")
    }

    /// Makes the relay's key. It never replaces one: clients know it.
    ///
    /// # Errors
    /// `AlreadyExists`, and whatever else the system says.
    pub fn make_key(&self) -> io::Result<SecretKey<Relay>> {
        let mut seed = Zeroizing::new([0; 32]);
        SysRng
            .try_fill_bytes(seed.as_mut())
            .map_err(io::Error::other)?;
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(self.dir.join(KEY))?;
        file.write_all(seed.as_ref())?;
        file.sync_all()?;
        fs::File::open(&self.dir)?.sync_all()?;
        Ok(SecretKey::from_seed(&seed))
    }

    /// Reads the relay's key.
    ///
    /// # Errors
    /// Whatever the system says; `InvalidData` when the file is no key.
    pub fn key(&self) -> io::Result<SecretKey<Relay>> {
        let bytes = Zeroizing::new(fs::read(self.dir.join(KEY))?);
        let seed = <[u8; 32]>::try_from(bytes.as_slice())
            .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "not a relay's key"))?;
        Ok(SecretKey::from_seed(&Zeroizing::new(seed)))
    }

    /// Notes where the relay listens, for whoever started it on any free port.
    ///
    /// # Errors
    /// Whatever the system says.
    pub fn note_listening(&self, address: SocketAddr) -> io::Result<()> {
        self.replace(LISTENING, address.to_string().as_bytes())
    }

    /// Where a running relay listens.
    #[must_use]
    pub fn listening(&self) -> Option<SocketAddr> {
        fs::read_to_string(self.dir.join(LISTENING))
            .ok()
            .and_then(|text| text.trim().parse().ok())
    }

    /// Nobody listens any more.
    pub fn forget_listening(&self) {
        // Not there is what is wanted.
        let _ = fs::remove_file(self.dir.join(LISTENING));
    }

    /// Writes the newest status.
    ///
    /// # Errors
    /// Whatever the system says.
    pub fn note_status(&self, json: &str) -> io::Result<()> {
        self.replace(STATUS, json.as_bytes())
    }

    /// The status that a running relay wrote last.
    ///
    /// # Errors
    /// Whatever the system says.
    pub fn status(&self) -> io::Result<String> {
        fs::read_to_string(self.dir.join(STATUS))
    }

    fn replace(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let mut file = NamedTempFile::with_prefix_in(".new-", &self.dir)?;
        file.write_all(bytes)?;
        file.persist(self.dir.join(name))?;
        Ok(())
    }
}
