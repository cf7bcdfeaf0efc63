//! From a file's bytes to what goes with an alert, or why not.

use bellrope_proto::codec::Blob;
use core::fmt;

use super::{
    PaperKind, Told, Treatment, holds,
    picture::{self, PictureError},
};

/// Bytes of a file that is looked at: what a camera makes, before it is written anew.
pub const FILE_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// A photograph or paper that is ready to go with an alert. Its name does not go.
#[derive(Clone, PartialEq, Eq)]
pub struct Paper {
    /// What it is, as it goes.
    pub kind: PaperKind,
    /// What was done with it.
    pub treatment: Treatment,
    /// What it tells besides what is to be seen, as far as that was found.
    pub told: Vec<Told>,
    pub(super) bytes: Blob,
}

/// Why a file does not go with an alert.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotTaken {
    /// There is nothing in it.
    #[error("the file is empty")]
    Empty,
    /// Nobody writes this kind anew.
    #[error("a picture of this kind is not written anew")]
    Heic,
    /// It is no picture: there is nothing that could be taken out of it for sure.
    #[error("no picture")]
    NoPicture,
    /// It has more pixels than are decoded.
    #[error("too many pixels")]
    TooManyPixels,
    /// It cannot be decoded.
    #[error("the picture cannot be read")]
    Damaged,
    /// It is too large as it is: so many bytes are possible.
    #[error("the file has more than {0} bytes")]
    TooLarge(usize),
}

impl fmt::Debug for Paper {
    /// Says nothing of what it says.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Paper({}, {} bytes)", self.kind.key(), self.bytes.len())
    }
}

impl Paper {
    /// Bytes, as it goes.
    #[must_use]
    pub fn size(&self) -> usize {
        self.bytes.len()
    }
}

/// A picture, written anew: nothing but its pixels goes. Takes a second or two of a thread that may block.
///
/// # Errors
/// [`NotTaken`], of everything that is no picture as well.
pub fn rewrite(bytes: &[u8]) -> Result<Paper, NotTaken> {
    let kind = PaperKind::of(bytes);
    match kind {
        _ if bytes.is_empty() => return Err(NotTaken::Empty),
        PaperKind::Heic => return Err(NotTaken::Heic),
        kind if !kind.is_picture() => return Err(NotTaken::NoPicture),
        _ => {}
    }
    let (kind, bytes) = picture::rewrite(bytes, kind).map_err(|error| match error {
        PictureError::TooManyPixels => NotTaken::TooManyPixels,
        PictureError::Damaged => NotTaken::Damaged,
    })?;
    Ok(Paper {
        kind,
        treatment: Treatment::Rewritten,
        told: Vec::new(),
        bytes,
    })
}

/// Any file of so many bytes at most, to the byte: what it tells goes with it.
///
/// # Errors
/// [`NotTaken::Empty`], [`NotTaken::TooLarge`].
pub fn keep(bytes: Blob, max: usize) -> Result<Paper, NotTaken> {
    match bytes.len() {
        0 => return Err(NotTaken::Empty),
        size if size > max => return Err(NotTaken::TooLarge(max)),
        _ => {}
    }
    let kind = PaperKind::of(&bytes);
    let told = match kind {
        PaperKind::Jpeg | PaperKind::Png | PaperKind::Webp | PaperKind::Heic => {
            holds::told_by(&bytes)
        }
        _ => Vec::new(),
    };
    Ok(Paper {
        kind,
        treatment: Treatment::AsItIs,
        told,
        bytes,
    })
}
