//! Photographs, papers and files: what others announce and send of them, and pictures that a person chose, which anybody may have made.
#![no_main]

use bellrope_client::{
    attachment::{CASE_BYTES_MAX, keep, rewrite},
    internals::{announced, part_of_announced, said_in_case, said_of_originals},
};
use bellrope_proto::codec::Blob;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    // What an alert says goes with it, and which originals, and the words of a case in which files are added or originals handed on.
    if let Some(count) = announced(bytes) {
        assert!((1..=8).contains(&count));
    }
    said_in_case(bytes);
    said_of_originals(bytes);
    part_of_announced(bytes);
    if let Ok(paper) = rewrite(bytes) {
        assert!(paper.size() <= 2_000_000 && paper.told.is_empty());
    }
    let kept = keep(Blob(bytes.to_vec()), CASE_BYTES_MAX);
    assert_eq!(kept.is_ok(), !bytes.is_empty());
});
