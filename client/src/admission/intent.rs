//! What a coordinator is about to write, in one file, until the roster and the queue both have it. Carried
//! out again after a crash: the relay knows an envelope that it has, so doing it twice does no harm.

use bellrope_proto::{
    codec,
    frame::{self, FrameReader},
    limits::FRAME_BYTES_MAX,
    signing::Signed,
};

use crate::{
    device::{Device, DeviceError},
    outbox::{self, Queued},
    roster::{Entry, Roster},
};

const INTENT: &str = "intent";

/// Writes it down.
pub(super) fn keep(device: &Device, roster: &Roster, queue: &[Queued]) -> Result<(), DeviceError> {
    let mut bytes = frame::frame(&codec::encode(&(queue.len() as u64)));
    for queued in queue {
        bytes.extend(frame::frame(&codec::encode(queued)));
    }
    for entry in roster.entries() {
        bytes.extend(frame::frame(&codec::encode(entry)));
    }
    device.write(INTENT, &bytes)
}

/// Does what is written down, if anything is.
pub(super) fn carry_out(device: &Device) -> Result<(), DeviceError> {
    let Some(bytes) = device.open_file(INTENT)? else {
        return Ok(());
    };
    let damaged = || DeviceError::Damaged(INTENT.to_owned());
    let mut reader = FrameReader::default();
    reader.push(&bytes);
    let mut next = || {
        let body = reader.next(FRAME_BYTES_MAX).map_err(|_| damaged())?;
        Ok::<_, DeviceError>(body.map(<[u8]>::to_vec))
    };
    let count = next()?.ok_or_else(damaged)?;
    let count: u64 = codec::decode(&count).map_err(|_| damaged())?;
    let mut queue = Vec::new();
    for _ in 0..count {
        let queued = next()?.ok_or_else(damaged)?;
        queue.push(codec::decode::<Queued>(&queued).map_err(|_| damaged())?);
    }
    let mut entries: Vec<Signed<Entry>> = Vec::new();
    while let Some(entry) = next()? {
        entries.push(codec::decode(&entry).map_err(|_| damaged())?);
    }
    let roster = Roster::from_chain(entries).map_err(|_| damaged())?;
    let known = device.roster()?;
    if known.is_none_or(|known| known.entries().len() < roster.entries().len()) {
        device.keep_roster(&roster)?;
    }
    outbox::put(device, &queue)?;
    device.remove(INTENT)
}
