//! What each command does, from top to bottom.

use std::{
    env,
    ffi::OsString,
    fs,
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
    signing::{Relay, SecretKey},
    token,
};
use clap::{Parser as _, error::ErrorKind};
use rand::{TryRng as _, rngs::SysRng};

use crate::{
    cli::{self, Cli, Command},
    clock::Clock,
    config::{self, Config, ConfigError},
    listener::{self, Buffers},
    place::Place,
    serve::{Parts, serve},
    service::Timing,
    status::Status,
    store::{Disk, OpenError, Store as _},
};

/// Why a command failed, with what to do.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error("{0} has a relay already; its key is what clients know, and is not replaced")]
    Taken(PathBuf),
    #[error(
        "the relay's key in {0} cannot be read ({1}); run bellrope-relay init, or restore the directory"
    )]
    Key(PathBuf, io::Error),
    #[error("{0}: {1}; check that the directory is yours and that the disk is not full")]
    System(PathBuf, io::Error),
    #[error(
        "cannot listen on {0} ({1}); choose another port in relay.toml, or allow this one: see the README"
    )]
    Listen(SocketAddr, io::Error),
    #[error("no relay runs here, so nobody knows its port; set port in relay.toml, or start it")]
    NoPort,
    #[error("the relay is running and has not written its status yet; try again in a few seconds")]
    NoStatus,
    #[error("the store is damaged; restore a backup")]
    Unsound,
    #[error("the system has no random numbers; nothing is safe without")]
    Random,
    #[error("the relay stopped: {0}")]
    Stopped(io::Error),
    #[error("the output could not be written: {0}")]
    Output(io::Error),
}

/// Runs the command that the arguments say: 0 done, 1 failed, 2 misuse.
#[must_use]
pub fn run(args: Vec<OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(error) => {
            // A closed pipe is no error here.
            let _ = error.print();
            return match error.kind() {
                ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => ExitCode::SUCCESS,
                _ => ExitCode::from(2),
            };
        }
    };
    match perform(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => {
            ExitCode::SUCCESS
        }
        Err(failure) => {
            let _ = writeln!(io::stderr(), "bellrope-relay: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn perform(cli: Cli) -> Result<(), Failure> {
    let dir = cli
        .dir
        .or_else(|| env::var_os("BELLROPE_RELAY_DIR").map(PathBuf::from))
        .unwrap_or_else(|| PathBuf::from("bellrope-relay"));
    let place = Place::new(&dir);
    match cli.command {
        Command::Init(args) => init(&place, &args),
        Command::Run => run_relay(&place),
        Command::Address => {
            let config = Config::load(&dir)?;
            let address = address(&place, &config, &key(&place)?, None)?;
            say(&address.to_string())
        }
        Command::Token(args) => make_token(&place, &args),
        Command::Status(args) => status(&place, &args),
        Command::Check => check(&place),
    }
}

fn say(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    writeln!(out, "{text}")
        .and_then(|()| out.flush())
        .map_err(Failure::Output)
}

fn key(place: &Place) -> Result<SecretKey<Relay>, Failure> {
    place
        .key()
        .map_err(|error| Failure::Key(place.dir().to_owned(), error))
}

fn system(path: &Path) -> impl FnOnce(io::Error) -> Failure {
    let path = path.to_owned();
    move |error| Failure::System(path, error)
}

fn init(place: &Place, args: &cli::Init) -> Result<(), Failure> {
    let dir = place.dir();
    let config = Config {
        listen: args.listen,
        ..Config::new(&args.host)?
    };
    let file = dir.join(config::FILE);
    if file.exists() || place.key().is_ok() {
        return Err(Failure::Taken(dir.to_owned()));
    }
    make_private(dir).map_err(system(dir))?;
    let key = place.make_key().map_err(system(dir))?;
    fs::write(&file, config.to_file()).map_err(system(&file))?;
    match address(place, &config, &key, None) {
        Ok(address) => say(&address.to_string()),
        // With a port of the system's choice, the address is known when the relay runs.
        Err(Failure::NoPort) => say("made; bellrope-relay run prints the address"),
        Err(failure) => Err(failure),
    }
}

fn make_private(dir: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(dir)
}

/// The address that clients need. A port that only the running relay knows is read from it.
fn address(
    place: &Place,
    config: &Config,
    key: &SecretKey<Relay>,
    bound: Option<SocketAddr>,
) -> Result<RelayAddress, Failure> {
    let known = [
        config.port,
        bound.map_or(0, |bound| bound.port()),
        config.listen.port(),
        place.listening().map_or(0, |bound| bound.port()),
    ];
    let port = known.into_iter().find(|port| *port != 0);
    let port = port.ok_or(Failure::NoPort)?;
    RelayAddress::new(&config.host, port, key.public()).map_err(|_| {
        Failure::Config(ConfigError::Value {
            key: "host",
            must: "a name or an IP address",
        })
    })
}

fn run_relay(place: &Place) -> Result<(), Failure> {
    let config = Config::load(place.dir())?;
    start_log(&config.log);
    let key = key(place)?;
    let (store, opened) = Disk::open(&place.store())?;
    for path in &opened.set_aside {
        let path = path.display();
        tracing::warn!(%path, "a damaged snapshot was set aside; nothing is lost with it");
    }
    if opened.erased > 0 {
        tracing::info!(
            days = opened.erased,
            "an erasure that was interrupted is finished"
        );
    }
    let listen = |error| Failure::Listen(config.listen, error);
    let (socket, buffers) = listener::bind(config.listen).map_err(listen)?;
    if let Buffers::Small(bytes) = buffers {
        tracing::warn!(
            bytes,
            "the system gave small socket buffers; for many members at once set net.core.rmem_max and net.core.wmem_max to 4194304"
        );
    }
    let bound = socket.local_addr().map_err(Failure::Stopped)?;
    let address = address(place, &config, &key, Some(bound))?;
    let parts = Parts {
        config,
        timing: Timing::default(),
        clock: Clock::system(),
        key,
        socket,
    };
    let runtime = tokio::runtime::Runtime::new().map_err(Failure::Stopped)?;
    let served = runtime.block_on(async {
        let stop = stop_signal()?;
        place.note_listening(bound)?;
        say(&format!("listening on {bound}\n{address}")).map_err(|_| io::ErrorKind::BrokenPipe)?;
        tracing::info!("the relay is ready");
        serve(parts, Arc::new(store), Some(place.clone()), stop).await
    });
    place.forget_listening();
    served.map_err(Failure::Stopped)?;
    tracing::info!("the relay has stopped; everything that was answered for is on disk");
    Ok(())
}

/// Ctrl-C, and what a system sends to stop a program. Listened for before the relay says that it is
/// ready.
fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

fn start_log(level: &str) {
    let level = match level {
        "error" => tracing::Level::ERROR,
        "warn" => tracing::Level::WARN,
        "debug" => tracing::Level::DEBUG,
        _ => tracing::Level::INFO,
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

fn make_token(place: &Place, args: &cli::Token) -> Result<(), Failure> {
    let key = key(place)?;
    let mut id = [0; TokenId::LEN];
    SysRng
        .try_fill_bytes(&mut id)
        .map_err(|_| Failure::Random)?;
    let now = Clock::system().now();
    let days = |days: u64| now.plus(days.saturating_mul(Timestamp::DAY_SECONDS));
    let signed = key.sign(&HostToken {
        id: TokenId(id),
        quota_bytes: args.quota_mib.saturating_mul(1024 * 1024),
        expires: days(args.use_within_days),
        mailbox_ends: days(args.days),
    });
    say(&token::to_text(&signed))
}

fn status(place: &Place, args: &cli::Status) -> Result<(), Failure> {
    Config::load(place.dir())?;
    let now = Clock::system().now();
    let status = match Disk::open(&place.store()) {
        Ok((store, _)) => {
            let soundness = store.check();
            let status = Status::of(&store, place.dir(), None, now);
            match soundness {
                Ok(soundness) => status.checked(soundness),
                Err(_) => return Err(Failure::Unsound),
            }
        }
        // A running relay has the store, and says itself how it does.
        Err(OpenError::Held { .. }) => {
            let json = place.status().map_err(|_| Failure::NoStatus)?;
            serde_json::from_str(&json).map_err(|_| Failure::NoStatus)?
        }
        Err(error) => return Err(error.into()),
    };
    if args.json {
        let json = serde_json::to_string(&status).map_err(|_| Failure::NoStatus)?;
        say(&json)
    } else {
        say(&status.to_text(now))
    }
}

fn check(place: &Place) -> Result<(), Failure> {
    Config::load(place.dir())?;
    let (store, _) = Disk::open(&place.store())?;
    let soundness = store.check().map_err(|_| Failure::Unsound)?;
    say(&format!(
        "{} mailboxes, {} envelopes, {} faults",
        soundness.mailboxes,
        soundness.envelopes,
        soundness.faults.len()
    ))?;
    for fault in &soundness.faults {
        say(fault)?;
    }
    if soundness.faults.is_empty() {
        Ok(())
    } else {
        Err(Failure::Unsound)
    }
}
