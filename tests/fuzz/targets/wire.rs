//! A stream's frames and every message in them: no panic, no allocation over the limit, and what decodes
//! encodes to the same bytes.
#![no_main]

use bellrope_proto::{
    frame::FrameReader,
    limits::FRAME_BYTES_MAX,
    message::{FromRelay, ToRelay},
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let mut reader = FrameReader::default();
    for chunk in bytes.chunks(7) {
        reader.push(chunk);
        while let Ok(Some(body)) = reader.next(FRAME_BYTES_MAX) {
            let body = body.to_vec();
            if let Ok(message) = ToRelay::from_body(&body) {
                assert_eq!(message.to_frame()[4..], body);
            }
            if let Ok(message) = FromRelay::from_body(&body) {
                assert_eq!(message.to_frame()[4..], body);
            }
        }
    }
});
