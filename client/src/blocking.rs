//! Files, locks, passphrases and batches of signatures block: they are worked on by threads that may.

use std::{panic::resume_unwind, sync::Arc};

use tokio::task::spawn_blocking;

use crate::device::Device;

/// Does something with a device on a thread that may block.
pub(crate) async fn blocking<T: Send + 'static>(
    device: &Arc<Device>,
    work: impl FnOnce(&Device) -> T + Send + 'static,
) -> T {
    let device = Arc::clone(device);
    match spawn_blocking(move || work(&device)).await {
        Ok(done) => done,
        Err(error) => match error.try_into_panic() {
            // It goes on where it was asked for, and ends the task that asked.
            Ok(panic) => resume_unwind(panic),
            // Never begun: the runtime is being shut down, and this with it.
            Err(_) => std::future::pending().await,
        },
    }
}
