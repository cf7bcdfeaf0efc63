//! What the disk alone can do: the same bytes in the same batches, to a plain file and to sled.

use std::{
    env,
    fs::File,
    os::unix::fs::FileExt as _,
    time::{Duration, Instant},
};

use rand::Rng as _;
use tempfile::TempDir;

use crate::report::Figures;

const PLAIN_BYTES: u64 = 256 * 1024 * 1024;

fn place() -> TempDir {
    let beside = env::current_exe().unwrap();
    TempDir::with_prefix_in("load-", beside.parent().unwrap()).unwrap()
}

fn noise(size: usize) -> Vec<u8> {
    let mut bytes = vec![0; size];
    rand::rng().fill_bytes(&mut bytes);
    bytes
}

/// A file whose blocks are there already, written at one end to the other, synced after each batch.
pub(crate) fn plain_file(batch: usize, size: usize, long: Duration) -> Figures {
    let dir = place();
    let file = File::create_new(dir.path().join("plain")).unwrap();
    let block = noise(1024 * 1024);
    for at in (0..PLAIN_BYTES).step_by(block.len()) {
        file.write_all_at(&block, at).unwrap();
    }
    file.sync_all().unwrap();
    let bytes = noise(batch * size);
    let (began, mut batches, mut at) = (Instant::now(), 0_u64, 0);
    while began.elapsed() < long {
        if at + bytes.len() as u64 > PLAIN_BYTES {
            at = 0;
        }
        file.write_all_at(&bytes, at).unwrap();
        file.sync_data().unwrap();
        at += bytes.len() as u64;
        batches += 1;
    }
    let rate = batches as f64 / began.elapsed().as_secs_f64();
    vec![
        ("records a second", rate * batch as f64),
        ("syncs a second", rate),
    ]
}

/// sled as the relay opens it, one row a record, flushed and synced after each batch.
pub(crate) fn sled_alone(batch: usize, size: usize, long: Duration) -> Figures {
    let dir = place();
    let config = sled::Config::new()
        .path(dir.path())
        .cache_capacity(32 * 1024 * 1024)
        .flush_every_ms(None);
    let db = config.open().unwrap();
    let log = File::open(dir.path().join("db")).unwrap();
    let mut bytes = noise(size);
    let (began, mut batches, mut number) = (Instant::now(), 0_u64, 0_u64);
    while began.elapsed() < long {
        let mut rows = sled::Batch::default();
        for _ in 0..batch {
            number += 1;
            bytes[..8].copy_from_slice(&number.to_be_bytes());
            rows.insert(&number.to_be_bytes(), bytes.as_slice());
        }
        db.apply_batch(rows).unwrap();
        db.flush().unwrap();
        log.sync_data().unwrap();
        batches += 1;
    }
    let rate = batches as f64 / began.elapsed().as_secs_f64();
    vec![
        ("records a second", rate * batch as f64),
        ("syncs a second", rate),
    ]
}
