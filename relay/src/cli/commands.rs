//! What each command does, from top to bottom.

use std::{
    env,
    ffi::OsString,
    io::{self, Write as _},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
};

use bellrope_proto::{
    address::RelayAddress,
    grant::HostToken,
    ids::{Timestamp, TokenId},
    receipt::Restored,
    signing::{Relay, SecretKey},
    token,
};
use clap::{Parser as _, error::ErrorKind};
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::{Cli, Command, InitArgs, StatusArgs, TokenArgs};
use crate::{
    clock::Clock,
    config::{self, Config, ConfigError, LogLevel},
    data_dir::DataDir,
    durable, filesystem,
    lived_time::Noted,
    online_keys::{OnlineKeys, Seeds},
    random,
    running::Running,
    server::{
        housekeeping::write_status,
        listener::{self, Buffers},
        serve::Server,
        shared::Timing,
    },
    status::{self, Now, Status},
    store::{
        Store as _, StoreError,
        disk::{Disk, OpenError},
    },
};

/// Why a command failed, with what to do.
#[derive(Debug, thiserror::Error)]
enum CommandError {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error(
        "{0} has a relay already; its identity is what clients know, and is not replaced; bellrope-relay address prints its address"
    )]
    Taken(PathBuf),
    #[error(
        "relay.key in {0} cannot be read ({1}); if it is another user's, run this as the user that the relay runs as; if it is damaged, put your copy of it there. Without it the relay's address is lost: no other key can take its place"
    )]
    Identity(PathBuf, #[source] io::Error),
    #[error(
        "there is no relay.key in {0}; put your copy of it there for this. No other key can take its place: when there is no copy and no online.keys, the relay's address is lost, and another relay has to be made in an empty directory"
    )]
    NoIdentity(PathBuf),
    #[error(
        "relay.key in {0} is another relay's than online.keys beside it; put the right one there"
    )]
    OtherIdentity(PathBuf),
    #[error(
        "online.keys in {0} cannot be read ({1}); bellrope-relay rotate-keys makes new ones, with relay.key"
    )]
    OnlineKeys(PathBuf, #[source] io::Error),
    #[error("{0}: {1}; check that the directory is yours and that the disk is not full")]
    System(PathBuf, #[source] io::Error),
    #[error(
        "cannot listen on {0} ({1}); choose another port in relay.toml, or allow this one: see the README"
    )]
    Listen(SocketAddr, #[source] io::Error),
    #[error("no relay runs here, so nobody knows its port; set port in relay.toml, or start it")]
    NoPort,
    #[error(
        "the relay is running, and its status cannot be read ({0}); try again in a few seconds, as the user that it runs as"
    )]
    NoStatus(#[source] io::Error),
    #[error(
        "no relay runs here, and what the last one wrote of itself cannot be read ({0}); start it with bellrope-relay run"
    )]
    NoLastStatus(#[source] io::Error),
    #[error("no relay has run in {0} yet; start it with bellrope-relay run")]
    NeverRan(PathBuf),
    #[error(
        "the file named restored in {0} cannot be read ({1}); run bellrope-relay restored again if an old copy was put back, or remove the file"
    )]
    Restored(PathBuf, #[source] io::Error),
    #[error("the store could not be checked ({0}); restore a backup")]
    Check(#[source] StoreError),
    #[error("the store is damaged; restore a backup")]
    Unsound,
    #[error("the system has no random numbers ({0}); nothing is safe without")]
    Random(#[source] io::Error),
    #[error("the relay stopped: {0}")]
    Stopped(#[source] io::Error),
    #[error("the output could not be written: {0}")]
    Output(#[source] io::Error),
}

/// Done; of `status`, that the relay runs and is well.
const DONE: u8 = 0;
/// Failed; of `status`, that the relay is not well, or that nothing can be said.
const FAILED: u8 = 1;
/// Misuse.
const MISUSE: u8 = 2;
/// Of `status`: no relay runs. As service managers have it.
const NOT_RUNNING: u8 = 3;

/// Runs the command that the arguments say, and tells how it ended.
#[must_use]
pub fn run(args: Vec<OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(error) => {
            // A closed pipe is no error here.
            let _ = error.print();
            return match error.kind() {
                ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => ExitCode::SUCCESS,
                _ => ExitCode::from(MISUSE),
            };
        }
    };
    let code = match perform(cli) {
        Ok(code) => code,
        Err(CommandError::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => DONE,
        Err(error) => {
            let _ = writeln!(io::stderr(), "bellrope-relay: {error}");
            match error {
                CommandError::NeverRan(_) | CommandError::NoLastStatus(_) => NOT_RUNNING,
                _ => FAILED,
            }
        }
    };
    ExitCode::from(code)
}

fn perform(cli: Cli) -> Result<u8, CommandError> {
    let dir = cli
        .dir
        .or_else(|| env::var_os("BELLROPE_RELAY_DIR").map(PathBuf::from))
        .unwrap_or_else(|| PathBuf::from("bellrope-relay"));
    let dir = DataDir::new(&dir);
    match cli.command {
        Command::Status(args) => return show_status(&dir, &args),
        Command::Init(args) => init(&dir, &args),
        Command::Run => run_relay(&dir),
        Command::Address => show_address(&dir),
        Command::Token(args) => make_token(&dir, &args),
        Command::Check => check(&dir),
        Command::RotateKeys => rotate_keys(&dir),
        Command::Restored => note_restored(&dir),
        Command::ConfirmClock => confirm_clock(&dir),
    }?;
    Ok(DONE)
}

fn write_out(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{text}")?;
    out.flush()
}

fn print(text: &str) -> Result<(), CommandError> {
    write_out(text).map_err(CommandError::Output)
}

/// The identity of a relay that is here, or was.
fn identity(dir: &DataDir) -> Result<SecretKey<Relay>, CommandError> {
    find_identity(dir)?.ok_or_else(|| CommandError::NoIdentity(dir.path().to_owned()))
}

/// The relay's identity; `None` when it is not here.
fn find_identity(dir: &DataDir) -> Result<Option<SecretKey<Relay>>, CommandError> {
    dir.identity()
        .map_err(|error| CommandError::Identity(dir.path().to_owned(), error))
}

fn find_online_keys(dir: &DataDir) -> Result<Option<OnlineKeys>, CommandError> {
    dir.online_keys()
        .map_err(|error| CommandError::OnlineKeys(dir.path().to_owned(), error))
}

/// The keys that the relay works with. They are made when there are none, as in a copy that was made without them.
fn online_keys(dir: &DataDir) -> Result<OnlineKeys, CommandError> {
    match find_online_keys(dir)? {
        Some(keys) => Ok(keys),
        None => make_online_keys(dir, Timestamp(0)),
    }
}

/// Makes and keeps keys that were issued later than `replaced`, also when the clock went back.
fn make_online_keys(dir: &DataDir, replaced: Timestamp) -> Result<OnlineKeys, CommandError> {
    let identity = identity(dir)?;
    let seeds = Seeds::make(random::fill).map_err(CommandError::Random)?;
    let issued = Clock::system().now().max(replaced.plus(1));
    let keys = OnlineKeys::certify(&identity, &seeds, issued);
    dir.store_online_keys(&keys).map_err(system(dir.path()))?;
    Ok(keys)
}

/// Replaces the keys that the relay works with. Those that cannot be read are replaced like others.
fn replace_online_keys(dir: &DataDir) -> Result<OnlineKeys, CommandError> {
    let replaced = dir.online_keys().ok().flatten();
    let relay = identity(dir)?.public();
    if replaced.as_ref().is_some_and(|keys| keys.relay() != relay) {
        return Err(CommandError::OtherIdentity(dir.path().to_owned()));
    }
    make_online_keys(dir, replaced.map_or(Timestamp(0), |keys| keys.issued()))
}

fn system(path: &Path) -> impl FnOnce(io::Error) -> CommandError {
    let path = path.to_owned();
    move |error| CommandError::System(path, error)
}

fn init(dir: &DataDir, args: &InitArgs) -> Result<(), CommandError> {
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

fn show_address(dir: &DataDir) -> Result<(), CommandError> {
    let config = Config::load(dir.path())?;
    let address = address(dir, &config, &online_keys(dir)?, None)?;
    print(&address.to_string())
}

/// The address that clients need. A port that only the running relay knows is read from it.
fn address(
    dir: &DataDir,
    config: &Config,
    keys: &OnlineKeys,
    bound: Option<SocketAddr>,
) -> Result<RelayAddress, CommandError> {
    let known = [
        config.port,
        bound.map_or(0, |bound| bound.port()),
        config.listen.port(),
        dir.listening().map_or(0, |bound| bound.port()),
    ];
    let port = known.into_iter().find(|port| *port != 0);
    let port = port.ok_or(CommandError::NoPort)?;
    Ok(config.address(port, keys.relay())?)
}

fn run_relay(dir: &DataDir) -> Result<(), CommandError> {
    let config = Config::load(dir.path())?;
    start_log(config.log);
    let keys = online_keys(dir)?;
    let runtime = tokio::runtime::Runtime::new().map_err(CommandError::Stopped)?;
    let hangup = {
        let _entered = runtime.enter();
        signal(SignalKind::hangup()).map_err(CommandError::Stopped)?
    };
    let store = open_store(dir)?;
    let _running = Running::start(dir.path()).map_err(system(dir.path()))?;
    if let Some(kind) = filesystem::keeps_old_copies(dir.path()) {
        tracing::warn!(
            kind,
            "this file system keeps old copies of what is overwritten, the keys of expired days with it; move the relay's directory to ext4 or XFS, on an encrypted disk"
        );
    }
    let listen = |error| CommandError::Listen(config.listen, error);
    let (socket, buffers) = listener::bind(config.listen).map_err(listen)?;
    if let Buffers::Small(bytes) = buffers {
        tracing::warn!(
            bytes,
            "the system gave small socket buffers; for many members at once set net.core.rmem_max and net.core.wmem_max to 4194304"
        );
    }
    let bound = socket.local_addr().map_err(CommandError::Stopped)?;
    let address = address(dir, &config, &keys, Some(bound))?;
    let restored = dir
        .restored()
        .map_err(|error| CommandError::Restored(dir.path().to_owned(), error))?;
    let server = Server {
        restored: restored.map(|restored| keys.log().sign(&restored)),
        config,
        timing: Timing::default(),
        clock: Clock::system(),
        keys,
        socket,
    };
    let served = runtime.block_on(async {
        let stop = stop_signal(hangup)?;
        dir.note_listening(bound)?;
        // Before anybody is told that it runs: whoever asks for its status next finds one.
        let now = Now {
            time: Clock::system().now(),
            ..Now::default()
        };
        write_status(dir, &store, Some(0), now);
        // A relay that cannot say where it listens has failed, also when the pipe is closed.
        write_out(&format!("listening on {bound}\n{address}"))?;
        tracing::info!("the relay is ready");
        server
            .serve_with_status(Arc::new(store), Some(dir), stop)
            .await
    });
    dir.forget_listening();
    served.map_err(CommandError::Stopped)?;
    tracing::info!("the relay has stopped; everything that was answered for is on disk");
    Ok(())
}

/// Opens the store, and tells the host's log what that had to mend.
fn open_store(dir: &DataDir) -> Result<Disk, CommandError> {
    let (store, report) = Disk::open(&dir.store_dir())?;
    for path in &report.set_aside {
        let path = path.display();
        tracing::warn!(%path, "a damaged snapshot was set aside; nothing is lost with it");
    }
    if report.erased > 0 {
        tracing::info!(
            days = report.erased,
            "an erasure that was interrupted is finished"
        );
    }
    if let Some(why) = &report.waits {
        tracing::error!(%why, "what came last waits in the journal, and is not lost; posts are taken until that is full. Make room");
    }
    Ok(store)
}

/// Ctrl-C, and what a system sends to stop a program. Listened for before the relay says that it is
/// ready. A hangup stops nothing: it comes when a terminal is closed, and from who hopes that settings are read again.
fn stop_signal(mut hangup: Signal) -> io::Result<impl Future<Output = ()>> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        loop {
            tokio::select! {
                _ = interrupt.recv() => return,
                _ = terminate.recv() => return,
                _ = hangup.recv() => tracing::warn!(
                    "SIGHUP changes nothing: settings are read at the start only; to change them, restart the relay"
                ),
            }
        }
    })
}

fn start_log(level: LogLevel) {
    let level = match level {
        LogLevel::Error => tracing::Level::ERROR,
        LogLevel::Warn => tracing::Level::WARN,
        LogLevel::Info => tracing::Level::INFO,
        LogLevel::Debug => tracing::Level::DEBUG,
    };
    // Only our own words: a library's could have a peer's address in them.
    use tracing_subscriber::{Layer as _, layer::SubscriberExt as _, util::SubscriberInitExt as _};
    let ours = tracing_subscriber::filter::Targets::new().with_target("bellrope_relay", level);
    let lines = tracing_subscriber::fmt::layer()
        .with_ansi(false)
        .with_target(false)
        .with_writer(io::stderr)
        .with_filter(ours);
    // A second start in one process keeps the first one's log.
    let _ = tracing_subscriber::registry().with(lines).try_init();
}

fn make_token(dir: &DataDir, args: &TokenArgs) -> Result<(), CommandError> {
    Config::load(dir.path())?;
    let keys = online_keys(dir)?;
    let mut id = [0; TokenId::LEN];
    random::fill(&mut id).map_err(CommandError::Random)?;
    let now = Clock::system().now();
    let days = |days: u64| now.plus(days.saturating_mul(Timestamp::DAY_SECONDS));
    let signed = keys.token().sign(&HostToken {
        relay: keys.relay(),
        id: TokenId(id),
        quota_bytes: args.quota_mib.saturating_mul(1024 * 1024),
        expires: days(args.use_within_days),
        mailbox_ends: days(args.days),
    });
    print(&token::to_text(&signed))
}

/// Gives the exit code: whether one runs, and is well.
fn show_status(dir: &DataDir, args: &StatusArgs) -> Result<u8, CommandError> {
    Config::load(dir.path())?;
    let now = Clock::system().now();
    // The store is the relay's: whoever opened it to look would keep one from starting.
    let running = Running::is_there(dir.path()).map_err(system(dir.path()))?;
    let noted = dir
        .status()
        .and_then(|json| Ok(serde_json::from_str::<Status>(&json)?));
    let status = match noted {
        Ok(status) if running => status,
        Ok(status) => status.of_one_that_ended(),
        Err(error) if running => return Err(CommandError::NoStatus(error)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(CommandError::NeverRan(dir.path().to_owned()));
        }
        Err(error) => return Err(CommandError::NoLastStatus(error)),
    };
    if args.json {
        let json = status.to_json().map(|json| json.to_string());
        print(&json.map_err(|error| CommandError::Output(error.into()))?)?;
    } else {
        print(&status.to_text(now))?;
    }
    Ok(match (running, status.is_well(now)) {
        (true, true) => DONE,
        (true, false) => FAILED,
        (false, _) => NOT_RUNNING,
    })
}

fn rotate_keys(dir: &DataDir) -> Result<(), CommandError> {
    Config::load(dir.path())?;
    // Opened, so that no relay is running: it would go on with the old ones, and refuse the new tokens.
    Disk::open(&dir.store_dir())?;
    replace_online_keys(dir)?;
    print(
        "the relay has new keys, and the address that it had; tokens that were not used yet no longer work, so make new ones; start it now",
    )
}

fn note_restored(dir: &DataDir) -> Result<(), CommandError> {
    Config::load(dir.path())?;
    let now = Clock::system().now();
    // Opened, so that no relay is running: its clients would be told too late.
    let (store, _) = Disk::open(&dir.store_dir())?;
    let noted = dir
        .status()
        .ok()
        .and_then(|json| serde_json::from_str::<Status>(&json).ok());
    let newest = store.first_open_day().map_or(0, |day| u64::from(day.0));
    let newest = newest.saturating_mul(Timestamp::DAY_SECONDS);
    let copied = noted.map_or(newest, |status| status.time).min(now.0);
    // Tokens that were used after the copy was made are new to it; and clients that have seen later keys
    // take none of before.
    let keys = replace_online_keys(dir)?;
    dir.note_restored(&Restored {
        relay: keys.relay(),
        copied: Timestamp(copied),
        restored: now,
    })
    .map_err(system(dir.path()))?;
    let moment = i64::try_from(copied)
        .ok()
        .and_then(|seconds| jiff::Timestamp::from_second(seconds).ok());
    print(&format!(
        "clients will be told that this relay was restored from a copy of {}; tokens that were not used yet no longer work; start it now",
        moment.map_or_else(|| "long ago".to_owned(), |moment| moment.to_string())
    ))
}

fn confirm_clock(dir: &DataDir) -> Result<(), CommandError> {
    Config::load(dir.path())?;
    let clock = Clock::system();
    let right = Noted::right(&clock);
    right.confirm(dir.path()).map_err(system(dir.path()))?;
    print(&format!(
        "the clock says {}; a running relay takes that within half a minute, another one when it is started: what has expired by then is erased",
        status::moment(Some(clock.now().0))
    ))
}

fn check(dir: &DataDir) -> Result<(), CommandError> {
    Config::load(dir.path())?;
    let (store, _) = Disk::open(&dir.store_dir())?;
    let report = store.check().map_err(CommandError::Check)?;
    print(&format!(
        "{} mailboxes, {} envelopes, {} faults",
        report.mailboxes,
        report.envelopes,
        report.faults.len()
    ))?;
    for fault in &report.faults {
        print(fault)?;
    }
    if report.faults.is_empty() {
        Ok(())
    } else {
        Err(CommandError::Unsound)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use std::{fs, os::unix::fs::PermissionsExt as _};

    use super::*;

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
