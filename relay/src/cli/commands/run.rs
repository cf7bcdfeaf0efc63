//! `run`: serves until it is told to stop.

use std::{io, sync::Arc};

use tokio::signal::unix::{Signal, SignalKind, signal};

use super::{
    address::address,
    error::{CommandError, system},
    keys::online_keys,
    write_out,
};
use crate::{
    clock::Clock,
    config::{Config, LogLevel},
    data_dir::DataDir,
    filesystem,
    running::Running,
    server::{
        housekeeping::write_status,
        listener::{self, Buffers},
        serve::Server,
        shared::Timing,
    },
    status::Now,
    store::disk::Disk,
};

pub(super) fn run_relay(dir: &DataDir) -> Result<(), CommandError> {
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
pub(super) fn open_store(dir: &DataDir) -> Result<Disk, CommandError> {
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
