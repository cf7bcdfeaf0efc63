//! The relay's settings: the only file that reads them. Everything is checked when it is read.

use std::{
    fs, io,
    net::{IpAddr, SocketAddr},
    path::{Path, PathBuf},
};

use bellrope_proto::{
    address::{NotAnAddress, RelayAddress},
    limits::HOST_CHARS_MAX,
    signing::{PublicKey, Relay},
};
use serde::Deserialize;

/// The file's name in the relay's directory.
pub(crate) const FILE: &str = "relay.toml";

/// Of one part of a name between its dots, in DNS.
const LABEL_CHARS_MAX: usize = 63;

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
    /// It is no text that is known.
    #[error("{0} is not in UTF-8; save it as that in your editor")]
    Encoding(PathBuf),
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
    #[error(
        "{given:?} is no host: give a name or an IP address alone, without scheme, brackets, port or path{}; which port is listened on says listen, and clients are told it with the address",
        .meant.as_ref().map(|host| format!(", here: {host}")).unwrap_or_default()
    )]
    Host {
        /// What was given.
        given: String,
        /// What was probably meant.
        meant: Option<String>,
    },
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
        let bytes = match fs::read(&file) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(ConfigError::Missing(file));
            }
            Err(error) => return Err(ConfigError::System(file, error)),
        };
        let Some(text) = text_of(&bytes) else {
            return Err(ConfigError::Encoding(file));
        };
        let config: Self = toml::from_str(&text).map_err(|error| ConfigError::Form {
            file,
            error: Box::new(error),
        })?;
        config.check()?;
        Ok(config)
    }

    /// The relay's address for clients.
    ///
    /// # Errors
    /// [`ConfigError::Host`]: never for settings that were checked.
    pub(crate) fn address(
        &self,
        port: u16,
        key: PublicKey<Relay>,
    ) -> Result<RelayAddress, ConfigError> {
        RelayAddress::new(&self.host, port, key).map_err(|_: NotAnAddress| self.no_host())
    }

    fn no_host(&self) -> ConfigError {
        ConfigError::Host {
            given: self.host.clone(),
            meant: host_in(&self.host),
        }
    }

    fn check(&self) -> Result<(), ConfigError> {
        if !is_host(&self.host) {
            return Err(self.no_host());
        }
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

/// The text of a file that some editor wrote: in UTF-8, or in UTF-16 with a mark, as editors of Windows do.
fn text_of(bytes: &[u8]) -> Option<String> {
    let utf16 = |bytes: &[u8], order: fn([u8; 2]) -> u16| {
        let (pairs, rest) = bytes.as_chunks();
        let text = String::from_utf16(&pairs.iter().map(|pair| order(*pair)).collect::<Vec<_>>());
        text.ok().filter(|_| rest.is_empty())
    };
    match bytes {
        [0xef, 0xbb, 0xbf, text @ ..] => String::from_utf8(text.to_vec()).ok(),
        [0xff, 0xfe, text @ ..] => utf16(text, u16::from_le_bytes),
        [0xfe, 0xff, text @ ..] => utf16(text, u16::from_be_bytes),
        text => String::from_utf8(text.to_vec()).ok(),
    }
}

/// Whether clients can look for a machine under this: a name of DNS, or an address that one machine has.
fn is_host(host: &str) -> bool {
    if let Ok(address) = host.parse::<IpAddr>() {
        return !address.is_unspecified() && !address.is_multicast();
    }
    let name = host.strip_suffix('.').unwrap_or(host);
    let is_label = |label: &str| {
        let fits = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        (1..=LABEL_CHARS_MAX).contains(&label.len())
            && label.chars().all(fits)
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    // A last label of digits alone is a number with a typing error.
    let last = name.rsplit('.').next().unwrap_or_default();
    host.len() <= HOST_CHARS_MAX
        && name.split('.').all(is_label)
        && !last.bytes().all(|digit| digit.is_ascii_digit())
}

/// The host in what people give for one: a URL, a relay's address, a host with its port.
fn host_in(given: &str) -> Option<String> {
    const AROUND: [char; 12] = ['"', '\'', '<', '>', '(', ')', '«', '»', '“', '”', '`', ','];
    // What a chat leaves behind takes no room: a mark of order, a space of no width.
    let shown: String = given.chars().filter(|c| !is_unseen(*c)).collect();
    let given = shown.trim().trim_matches(AROUND);
    let behind = given.split_once("://").map_or(given, |(_, behind)| behind);
    let place = behind.split(['/', '?', '#']).next().unwrap_or_default();
    let place = place.rsplit('@').next().unwrap_or_default();
    let host = match place.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => place.split(':').next().unwrap_or_default(),
    };
    let host = host.to_ascii_lowercase();
    is_host(&host).then_some(host)
}

fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
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
    fn a_host_is_a_name_or_an_address_alone_and_what_was_meant_is_said() {
        for good in [
            "relay.example.org",
            "relay.example.org.",
            "a_b.example",
            "xn--e1afmkfd.example",
            "192.0.2.7",
            "2001:db8::7",
            "localhost",
        ] {
            assert!(Config::new(good).is_ok(), "{good}");
        }
        for (bad, meant) in [
            ("relay.example.org:443", Some("relay.example.org")),
            ("https://Relay.example.org/", Some("relay.example.org")),
            (
                "bellrope://relay.example.org:443/abc",
                Some("relay.example.org"),
            ),
            ("\"relay.example.org\"", Some("relay.example.org")),
            ("«relay.example.org»", Some("relay.example.org")),
            (" relay.example.org\u{200b}\n", Some("relay.example.org")),
            ("[2001:db8::7]", Some("2001:db8::7")),
            ("[2001:db8::7]:443", Some("2001:db8::7")),
            ("192.0.2.7:443", Some("192.0.2.7")),
            ("me@relay.example.org", Some("relay.example.org")),
            ("relay .example.org", None),
            ("ретранслятор.example", None),
            ("", None),
            ("-", None),
            ("a..b", None),
            ("-a.example", None),
            ("999.1.1.1", None),
            ("0.0.0.0", None),
            ("::", None),
            ("224.0.0.1", None),
        ] {
            let Err(ConfigError::Host { meant: said, .. }) = Config::new(bad) else {
                panic!("{bad} was taken");
            };
            assert_eq!(said.as_deref(), meant, "{bad}");
        }
        let said = Config::new("relay.example.org:443")
            .unwrap_err()
            .to_string();
        assert!(said.contains("here: relay.example.org;"), "{said}");
    }

    #[test]
    fn settings_are_read_as_editors_write_them() {
        let config = Config::new("relay.example.org").unwrap();
        let text = config.to_file().replace('\n', "\r\n");
        let utf16 = |order: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(order).collect();
        let little: Vec<u8> = utf16(u16::to_le_bytes);
        let big: Vec<u8> = utf16(u16::to_be_bytes);
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join(FILE);
        for bytes in [
            [b"\xef\xbb\xbf", text.as_bytes()].concat(),
            [b"\xff\xfe", little.as_slice()].concat(),
            [b"\xfe\xff", big.as_slice()].concat(),
        ] {
            fs::write(&file, bytes).unwrap();
            assert_eq!(Config::load(dir.path()).unwrap(), config);
        }
        for bytes in [b"host = \"\xe0\"".as_slice(), b"\xff\xfe\0", b"\xff\xfea"] {
            fs::write(&file, bytes).unwrap();
            let said = Config::load(dir.path()).unwrap_err().to_string();
            assert!(said.contains("UTF-8"), "{said}");
        }
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
