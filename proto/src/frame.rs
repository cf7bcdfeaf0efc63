//! Cuts a stream of bytes into frames: a `u32` big-endian length, then that many bytes. A frame
//! that is too long is refused when its length has arrived, before anything is kept for it.

/// The length prefix.
pub(crate) const PREFIX: usize = 4;

/// The peer announced a frame that is longer than it may send, or an empty one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a frame of {length} bytes; at most {max} and at least 1 are allowed")]
pub struct FrameRefused {
    /// What the prefix said.
    pub length: usize,
    /// What is allowed now.
    pub max: usize,
}

/// Puts the length in front of a body. A body is never longer than
/// [`FRAME_BYTES_MAX`](crate::limits::FRAME_BYTES_MAX).
#[must_use]
pub fn frame(body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len()).expect("bodies are below 4 GiB");
    let mut out = Vec::with_capacity(PREFIX + body.len());
    out.extend_from_slice(&length.to_be_bytes());
    out.extend_from_slice(body);
    out
}

/// The body of the frame that bytes begin with, and takes it from them; `None` when it is not whole.
///
/// # Errors
/// [`FrameRefused`] when its length is 0 or over `max`.
pub fn next<'a>(bytes: &mut &'a [u8], max: usize) -> Result<Option<&'a [u8]>, FrameRefused> {
    let Some((prefix, rest)) = bytes.split_first_chunk::<PREFIX>() else {
        return Ok(None);
    };
    let length = usize::try_from(u32::from_be_bytes(*prefix)).unwrap_or(usize::MAX);
    if length == 0 || length > max {
        return Err(FrameRefused { length, max });
    }
    let Some((body, rest)) = rest.split_at_checked(length) else {
        return Ok(None);
    };
    *bytes = rest;
    Ok(Some(body))
}

/// Collects bytes as they arrive and hands out whole frames.
#[derive(Debug, Default)]
pub struct FrameReader {
    buffer: Vec<u8>,
    /// Where the first byte not yet handed out lies.
    start: usize,
}

impl FrameReader {
    /// Adds bytes that arrived. The caller reads in chunks and drains frames after each, so the
    /// buffer stays below one frame and one chunk.
    pub fn push(&mut self, bytes: &[u8]) {
        if self.start == self.buffer.len() {
            self.buffer.clear();
            self.start = 0;
        } else if self.start > 0 {
            self.buffer.drain(..self.start);
            self.start = 0;
        }
        self.buffer.extend_from_slice(bytes);
    }

    /// The next whole frame's body, if it is here.
    ///
    /// # Errors
    /// [`FrameRefused`] when the next frame's length is 0 or over `max`; the stream is then useless.
    pub fn next(&mut self, max: usize) -> Result<Option<&[u8]>, FrameRefused> {
        let mut rest = self.buffer.get(self.start..).unwrap_or_default();
        let body = next(&mut rest, max)?;
        self.start = self.buffer.len() - rest.len();
        Ok(body)
    }

    /// Whether the stream ended between two frames.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.start == self.buffer.len()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn long_and_empty_frames_are_refused_at_their_length() {
        let mut reader = FrameReader::default();
        reader.push(&[0, 1, 0, 0]);
        assert_eq!(
            reader.next(100),
            Err(FrameRefused {
                length: 65536,
                max: 100
            })
        );
        let mut reader = FrameReader::default();
        reader.push(&[0, 0, 0, 0]);
        assert!(reader.next(100).is_err());
        // The longest that is allowed.
        let mut reader = FrameReader::default();
        reader.push(&frame(&[7; 100]));
        assert_eq!(reader.next(100), Ok(Some([7; 100].as_slice())));
        assert!(reader.is_empty());
    }

    #[test]
    fn a_stream_that_ends_within_a_frame_is_not_empty() {
        let whole = frame(b"body");
        for end in 1..whole.len() {
            let mut reader = FrameReader::default();
            reader.push(&whole[..end]);
            assert_eq!(reader.next(100), Ok(None));
            assert!(!reader.is_empty(), "{end}");
        }
    }

    #[test]
    fn a_stream_without_end_takes_the_memory_of_a_frame_and_a_chunk() {
        let stream = frame(&[7; 300]).repeat(100);
        let mut reader = FrameReader::default();
        // No chunk ends where a frame does.
        for chunk in stream.chunks(251) {
            reader.push(chunk);
            while reader.next(300).unwrap().is_some() {}
            assert!(reader.buffer.len() <= PREFIX + 300 + 251);
        }
    }

    proptest! {
        #[test]
        fn any_cut_gives_the_same_frames(
            bodies in prop::collection::vec(prop::collection::vec(any::<u8>(), 1..300), 0..8),
            cut in 1usize..64,
        ) {
            let stream: Vec<u8> = bodies.iter().flat_map(|body| frame(body)).collect();
            let mut reader = FrameReader::default();
            let mut seen = Vec::new();
            for chunk in stream.chunks(cut) {
                reader.push(chunk);
                while let Some(body) = reader.next(300).unwrap() {
                    seen.push(body.to_vec());
                }
            }
            prop_assert_eq!(seen, bodies);
            prop_assert!(reader.is_empty());
        }
    }
}
