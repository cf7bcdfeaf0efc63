//! `init`: makes a relay, or goes on with making one.

use bellrope_proto::ids::Timestamp;

use super::{
    address::address,
    error::{CommandError, system},
    keys::{find_identity, find_online_keys, make_online_keys},
    print,
};
use crate::{
    cli::InitArgs,
    config::{self, Config},
    data_dir::DataDir,
    durable,
    online_keys::OnlineKeys,
};

pub(super) fn init(dir: &DataDir, args: &InitArgs) -> Result<(), CommandError> {
    let (config, keys) = make_relay(dir, args)?;
    match address(dir, &config, &keys, None) {
        Ok(address) => print(&address.to_string()),
        // With a port of the system's choice, the address is known when the relay runs.
        Err(CommandError::NoPort) => print("made; bellrope-relay run prints the address"),
        Err(error) => Err(error),
    }
}

/// Makes a relay. The settings are written last, and make the directory a relay's: after a crash before that, the same
/// command goes on with what is there, as somebody may have copied the identity already.
fn make_relay(dir: &DataDir, args: &InitArgs) -> Result<(Config, OnlineKeys), CommandError> {
    let path = dir.path();
    let config = Config {
        listen: args.listen,
        ..Config::new(&args.host)?
    };
    if path.join(config::FILE).exists() {
        return Err(CommandError::Taken(path.to_owned()));
    }
    durable::make_dir(path).map_err(system(path))?;
    dir.remove_unfinished().map_err(system(path))?;
    let keys = match (find_online_keys(dir)?, find_identity(dir)?) {
        (Some(keys), Some(identity)) if keys.relay() != identity.public() => {
            return Err(CommandError::OtherIdentity(path.to_owned()));
        }
        (Some(keys), _) => keys,
        (None, identity) => {
            // What is stored here is a relay's that has lost its keys: it cannot become another one.
            if identity.is_none() && dir.store_dir().exists() {
                return Err(CommandError::NoIdentity(path.to_owned()));
            }
            if identity.is_none() {
                dir.make_identity().map_err(system(path))?;
            }
            make_online_keys(dir, Timestamp(0))?
        }
    };
    dir.store_config(&config.to_file()).map_err(system(path))?;
    Ok((config, keys))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use std::{fs, os::unix::fs::PermissionsExt as _, path::Path};

    use super::*;
    use crate::cli::commands::{
        address::show_address,
        keys::{identity, rotate_keys},
        restored::note_restored,
        run::{open_store, run_relay},
    };

    /// In the order in which `init` writes them.
    const FILES: [&str; 3] = ["relay.key", "online.keys", config::FILE];

    fn make(dir: &Path) -> Result<OnlineKeys, CommandError> {
        let args = InitArgs {
            host: "relay.example.org".to_owned(),
            listen: "[::]:4433".parse().unwrap(),
        };
        make_relay(&DataDir::new(dir), &args).map(|(_, keys)| keys)
    }

    #[test]
    fn init_finishes_what_a_crash_interrupted_with_the_identity_that_was_made() {
        for written in 0..FILES.len() {
            let temp = tempfile::tempdir().unwrap();
            let dir = temp.path();
            let first = make(dir).unwrap();
            for file in &FILES[written..] {
                fs::remove_file(dir.join(file)).unwrap();
            }
            fs::write(dir.join(".new-cut"), b"half a key").unwrap();
            assert!(Config::load(dir).is_err(), "no relay is there yet");
            let keys = make(dir).unwrap();
            assert_eq!(keys.relay() == first.relay(), written > 0, "{written}");
            let again = keys.statement() == first.statement();
            assert_eq!(again, written > 1, "{written}");
            let data = DataDir::new(dir);
            assert_eq!(identity(&data).unwrap().public(), keys.relay());
            let stored = data.online_keys().unwrap().unwrap();
            assert_eq!(stored.statement(), keys.statement());
            assert_eq!(Config::load(dir).unwrap().host, "relay.example.org");
            assert!(!dir.join(".new-cut").exists());
            assert!(matches!(make(dir), Err(CommandError::Taken(_))));
        }
    }

    #[test]
    fn init_takes_no_relays_identity_away() {
        let temp = tempfile::tempdir().unwrap();
        let (dir, other) = (temp.path().join("relay"), temp.path().join("other"));
        let first = make(&dir).unwrap();
        make(&other).unwrap();
        // The identity is kept elsewhere: what is here knows whose it is.
        fs::remove_file(dir.join(config::FILE)).unwrap();
        fs::rename(dir.join("relay.key"), temp.path().join("stick")).unwrap();
        assert_eq!(make(&dir).unwrap().relay(), first.relay());
        assert!(!dir.join("relay.key").exists());

        for (wrong, bytes) in [
            ("another's", fs::read(other.join("relay.key")).unwrap()),
            ("cut short", vec![7; 31]),
            ("empty", Vec::new()),
        ] {
            fs::remove_file(dir.join(config::FILE)).ok();
            fs::write(dir.join("relay.key"), &bytes).unwrap();
            assert!(make(&dir).is_err(), "{wrong}");
            assert_eq!(fs::read(dir.join("relay.key")).unwrap(), bytes, "{wrong}");
            assert!(!dir.join(config::FILE).exists(), "{wrong}");
        }
    }

    #[test]
    fn what_a_relay_stored_before_it_lost_its_keys_becomes_no_other_relays() {
        let temp = tempfile::tempdir().unwrap();
        let data = DataDir::new(temp.path());
        make(temp.path()).unwrap();
        drop(open_store(&data).unwrap());
        for file in ["online.keys", "relay.key"] {
            fs::remove_file(temp.path().join(file)).unwrap();
        }
        let lost = |error: CommandError| {
            assert!(matches!(error, CommandError::NoIdentity(_)), "{error}");
            let said = error.to_string();
            assert!(
                said.contains("put your copy of it there")
                    && !said.contains("run bellrope-relay init"),
                "{said}"
            );
        };
        lost(run_relay(&data).unwrap_err());
        lost(show_address(&data).unwrap_err());
        lost(rotate_keys(&data).unwrap_err());
        lost(note_restored(&data).unwrap_err());
        // Not even without the settings.
        fs::remove_file(temp.path().join(config::FILE)).unwrap();
        lost(make(temp.path()).unwrap_err());
        assert!(!temp.path().join("relay.key").exists());
    }

    #[test]
    fn a_directory_that_was_there_keeps_its_mode_and_what_is_made_in_it_is_private() {
        let temp = tempfile::tempdir().unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let there = temp.path().join("there");
        fs::create_dir(&there).unwrap();
        fs::set_permissions(&there, fs::Permissions::from_mode(0o755)).unwrap();
        for (dir, expected) in [(there, 0o755), (temp.path().join("new"), 0o700)] {
            make(&dir).unwrap();
            drop(open_store(&DataDir::new(&dir)).unwrap());
            assert_eq!(mode(&dir), expected);
            assert_eq!(mode(&dir.join("store")), 0o700);
            for file in FILES {
                assert_eq!(mode(&dir.join(file)), 0o600, "{file}");
            }
        }
    }
}
