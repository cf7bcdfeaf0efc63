//! What a file is, by its first bytes and not by its name: a name says what somebody wanted.

use serde::{Deserialize, Serialize};

/// A kind of file. A number that a later version knows is kept as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "u16", into = "u16")]
pub enum PaperKind {
    /// 1
    Jpeg,
    /// 2
    Png,
    /// 3
    Webp,
    /// 4: what newer telephones make, and which nobody writes anew here.
    Heic,
    /// 5
    Pdf,
    /// 6: a word processor's, spreadsheet's or the like; all of them are ZIP files.
    Office,
    /// 7, and what a later version knows.
    Other(u16),
}

/// What was done with a file before it was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "u16", into = "u16")]
pub enum Treatment {
    /// 1: decoded and written anew. Nothing but pixels is left.
    Rewritten,
    /// 2: kept to the byte.
    AsItIs,
    /// What a later version does: nothing is promised of it.
    Other(u16),
}

const OTHER: u16 = 7;

impl From<u16> for PaperKind {
    fn from(number: u16) -> Self {
        match number {
            1 => Self::Jpeg,
            2 => Self::Png,
            3 => Self::Webp,
            4 => Self::Heic,
            5 => Self::Pdf,
            6 => Self::Office,
            number => Self::Other(number),
        }
    }
}

impl From<PaperKind> for u16 {
    fn from(kind: PaperKind) -> Self {
        match kind {
            PaperKind::Jpeg => 1,
            PaperKind::Png => 2,
            PaperKind::Webp => 3,
            PaperKind::Heic => 4,
            PaperKind::Pdf => 5,
            PaperKind::Office => 6,
            PaperKind::Other(number) => number,
        }
    }
}

impl From<u16> for Treatment {
    fn from(number: u16) -> Self {
        match number {
            1 => Self::Rewritten,
            2 => Self::AsItIs,
            number => Self::Other(number),
        }
    }
}

impl From<Treatment> for u16 {
    fn from(treatment: Treatment) -> Self {
        match treatment {
            Treatment::Rewritten => 1,
            Treatment::AsItIs => 2,
            Treatment::Other(number) => number,
        }
    }
}

impl PaperKind {
    /// What these bytes begin like.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        let brand = || bytes.get(4..12);
        match bytes {
            [0xff, 0xd8, 0xff, ..] => Self::Jpeg,
            [0x89, b'P', b'N', b'G', ..] => Self::Png,
            [
                b'R',
                b'I',
                b'F',
                b'F',
                _,
                _,
                _,
                _,
                b'W',
                b'E',
                b'B',
                b'P',
                ..,
            ] => Self::Webp,
            [b'%', b'P', b'D', b'F', ..] => Self::Pdf,
            [b'P', b'K', 3, 4, ..] | [0xd0, 0xcf, 0x11, 0xe0, ..] => Self::Office,
            _ if brand().is_some_and(is_heic) => Self::Heic,
            _ => Self::Other(OTHER),
        }
    }

    /// Whether it is a picture that can be written anew here.
    #[must_use]
    pub fn is_picture(self) -> bool {
        matches!(self, Self::Jpeg | Self::Png | Self::Webp)
    }

    /// The end of a file's name; of an office's file, nobody looked into it.
    #[must_use]
    pub fn ending(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::Webp => "webp",
            Self::Heic => "heic",
            Self::Pdf => "pdf",
            Self::Office | Self::Other(_) => "bin",
        }
    }

    /// Its name in JSON, and the end of its message's id.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Jpeg => "jpeg",
            Self::Png => "png",
            Self::Webp => "webp",
            Self::Heic => "heic",
            Self::Pdf => "pdf",
            Self::Office => "office",
            Self::Other(_) => "other",
        }
    }
}

/// The box that such a file begins with, and its brand; AVIF is told apart by nobody who chooses a photograph.
fn is_heic(start: &[u8]) -> bool {
    let brands: [&[u8]; 8] = [
        b"ftypheic",
        b"ftypheix",
        b"ftypheif",
        b"ftyphevc",
        b"ftyphevx",
        b"ftypmif1",
        b"ftypmsf1",
        b"ftypavif",
    ];
    brands.contains(&start)
}

impl Treatment {
    /// Its name in JSON, and the end of its message's id.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Rewritten => "rewritten",
            Self::AsItIs => "as-it-is",
            Self::Other(_) => "unknown",
        }
    }
}
