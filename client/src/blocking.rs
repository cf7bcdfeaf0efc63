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
        // Nobody aborts it; so it panicked, and goes on doing so where it was asked for.
        Err(error) => resume_unwind(error.into_panic()),
    }
}
