//! The relay's settings: the only file that reads them. Everything is checked when it is read.

use std::{
    fs, io,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use bellrope_proto::{
    address::{NotAnAddress, RelayAddress},
    signing::PublicKey,
};
use serde::Deserialize;

/// The file's name in the relay's directory.
pub(crate) const FILE: &str = "relay.toml";

/// Checked settings.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Name or address by which clients reach this machine.
    pub host: String,
    /// The port that clients are told; 0 for the one that is listened on.
    #[serde(default)]
    pub port: u16,
    /// Where to listen, UDP.
    #[serde(default = "default_listen")]
    pub listen: SocketAddr,
    /// Days until an envelope is erased.
    #[serde(default = "default_retention_days")]
    pub retention_days: u32,
    /// Connections with a proven lane at one time.
    #[serde(default = "default_connections_max")]
    pub connections_max: u32,
    /// Posts that each lane gets back every minute.
    #[serde(default = "default_posts_per_minute")]
    pub posts_per_minute: u32,
    /// Posts that each lane may make at once.
    #[serde(default = "default_posts_at_once")]
    pub posts_at_once: u32,
    /// What is logged: error, warn, info or debug.
    #[serde(default)]
    pub log: LogLevel,
}

/// What is logged: this, and what is worse.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogLevel {
    /// What is broken.
    Error,
    /// What will break.
    Warn,
    /// What happens.
    #[default]
    Info,
    /// More than a host needs.
    Debug,
}

impl core::fmt::Display for LogLevel {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::Error => "error",
            Self::Warn => "warn",
            Self::Info => "info",
            Self::Debug => "debug",
        })
    }
}

fn default_listen() -> SocketAddr {
    SocketAddr::from((std::net::Ipv6Addr::UNSPECIFIED, 443))
}

fn default_retention_days() -> u32 {
    14
}

fn default_connections_max() -> u32 {
    4096
}

fn default_posts_per_minute() -> u32 {
    60
}

fn default_posts_at_once() -> u32 {
    256
}

/// Why the settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// There are none.
    #[error("there is no {0}; run bellrope-relay init first, or name another directory with --dir")]
    Missing(PathBuf),
    /// The file cannot be read.
    #[error("{0}: {1}; check that the file is yours")]
    System(PathBuf, #[source] io::Error),
    /// It is no TOML, has an unknown key, or a value of another kind.
    #[error("{file}: {}", .error.to_string().trim_end())]
    Form {
        /// Which file.
        file: PathBuf,
        /// What and where.
        #[source]
        error: Box<toml::de::Error>,
    },
    /// A name that no machine has.
    #[error("host must be a name or an IP address")]
    Host(#[from] NotAnAddress),
    /// A number that cannot be.
    #[error("{key} must be 1 to {max}")]
    Range {
        /// Which.
        key: &'static str,
        /// The largest that can.
        max: u32,
    },
}

impl Config {
    /// The defaults, for a machine that is reached by this name.
    ///
    /// # Errors
    /// [`ConfigError::Host`] for a name that cannot be one.
    pub fn new(host: &str) -> Result<Self, ConfigError> {
        let config = Self {
            host: host.to_owned(),
            port: 0,
            listen: default_listen(),
            retention_days: default_retention_days(),
            connections_max: default_connections_max(),
            posts_per_minute: default_posts_per_minute(),
            posts_at_once: default_posts_at_once(),
            log: LogLevel::default(),
        };
        config.check()?;
        Ok(config)
    }

    /// Reads the file in a relay's directory.
    ///
    /// # Errors
    /// [`ConfigError`].
    pub(crate) fn load(dir: &Path) -> Result<Self, ConfigError> {
        let file = dir.join(FILE);
        let text = match fs::read_to_string(&file) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(ConfigError::Missing(file));
            }
            Err(error) => return Err(ConfigError::System(file, error)),
        };
        let config: Self = toml::from_str(&text).map_err(|error| ConfigError::Form {
            file,
            error: Box::new(error),
        })?;
        config.check()?;
        Ok(config)
    }

    fn check(&self) -> Result<(), ConfigError> {
        // Any port and key: the host's form is what is looked at.
        RelayAddress::new(&self.host, 1, PublicKey::from_bytes([0; 32]))?;
        for (key, value, max) in [
            ("retention_days", self.retention_days, 366),
            ("connections_max", self.connections_max, 1_000_000),
            ("posts_per_minute", self.posts_per_minute, 1_000_000),
            ("posts_at_once", self.posts_at_once, 1_000_000),
        ] {
            if !(1..=max).contains(&value) {
                return Err(ConfigError::Range { key, max });
            }
        }
        Ok(())
    }

    /// The file, with a comment on each key.
    pub(crate) fn to_file(&self) -> String {
        format!(
            "# Settings of this Bellrope relay. Changes count after a restart.\n\
             \n\
             # Name or IP address by which clients reach this machine. It is part of the relay's\n\
             # address: after a change, clients need the new address.\n\
             host = {:?}\n\
             \n\
             # UDP port that clients are told, if a router in front forwards another one to this\n\
             # machine. 0: the port below.\n\
             port = {}\n\
             \n\
             # Where to listen, UDP. [::] is every address, IPv4 and IPv6. 443 passes most networks;\n\
             # below 1024 the system must allow it, see the README.\n\
             listen = \"{}\"\n\
             \n\
             # Days until an envelope is erased, key first. Members who stay away longer miss it.\n\
             retention_days = {}\n\
             \n\
             # Connections of group members and defenders at one time. An idle one costs a few dozen KiB.\n\
             # Strangers have places of their own: 1024 in all, 128 from one network.\n\
             connections_max = {}\n\
             \n\
             # What one sender may post: so many each minute, and so many at once after a pause.\n\
             posts_per_minute = {}\n\
             posts_at_once = {}\n\
             \n\
             # error, warn, info or debug. Never has addresses of people, or keys.\n\
             log = \"{}\"\n",
            self.host,
            self.port,
            self.listen,
            self.retention_days,
            self.connections_max,
            self.posts_per_minute,
            self.posts_at_once,
            self.log,
        )
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn load(text: &str) -> Result<Config, ConfigError> {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join(FILE), text).unwrap();
        Config::load(dir.path())
    }

    #[test]
    fn what_init_writes_loads_and_is_the_defaults() {
        let config = Config::new("relay.example.org").unwrap();
        assert_eq!(load(&config.to_file()).unwrap(), config);
        assert_eq!(load("host = \"relay.example.org\"").unwrap(), config);
    }

    #[test]
    fn unknown_keys_and_impossible_values_are_named() {
        let said = |text: &str| load(text).unwrap_err().to_string();
        assert!(said("host = \"a\"\nretension_days = 3").contains("retension_days"));
        assert!(said("host = \"a\"\nretention_days = 0").contains("1 to 366"));
        assert!(said("host = \"a b\"").contains("host"));
        assert!(said("host = \"a\"\nlog = \"loud\"").contains("debug"));
        assert!(said("host = \"a\"\nlisten = \"nowhere\"").contains("listen"));
        assert!(said("host = ").contains(FILE));
        let empty = tempfile::tempdir().unwrap();
        let missing = Config::load(empty.path()).unwrap_err().to_string();
        assert!(missing.contains("init"));
    }
}
