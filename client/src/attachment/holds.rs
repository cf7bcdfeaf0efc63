//! What a picture that is kept as it is tells besides its pixels, for the question whether it should go. The only file that names exif.
//!
//! It lists what is found, and promises nothing of what is not: makers write notes of their own that nobody reads here.

use std::io::Cursor;

use exif::{Exif, In, Reader, Tag, Value};

/// Characters of a text that a file holds.
const CHARS_MAX: usize = 60;

/// Something that a file tells of itself. Texts are the file's: escape them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// Which camera or telephone.
    Camera(String),
    /// Where it was taken: the place is in it.
    Place,
    /// When it was taken, as it says.
    Time(String),
    /// Whose it is.
    Name(String),
    /// The number of the camera or lens: the same in every picture of it.
    Serial,
    /// A small picture of the whole, maybe as it was before it was cut.
    Preview,
}

impl Told {
    /// The end of its message's id, and its name in JSON.
    #[must_use]
    pub fn key(&self) -> &'static str {
        match self {
            Self::Camera(_) => "camera",
            Self::Place => "place",
            Self::Time(_) => "time",
            Self::Name(_) => "name",
            Self::Serial => "serial",
            Self::Preview => "preview",
        }
    }

    /// What it says, where that is a text.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Self::Camera(text) | Self::Time(text) | Self::Name(text) => text,
            Self::Place | Self::Serial | Self::Preview => "",
        }
    }
}

/// What is found in a picture.
pub(super) fn told_by(bytes: &[u8]) -> Vec<Told> {
    let read = Reader::new().read_from_container(&mut Cursor::new(bytes));
    let exif = match read {
        Ok(exif) => exif,
        Err(error) => {
            tracing::debug!(%error, "nothing is found in a picture");
            return Vec::new();
        }
    };
    let has = |tag: Tag| exif.fields().any(|field| field.tag == tag);
    let first = |tags: &[Tag]| tags.iter().find_map(|tag| text(&exif, *tag));
    let maker = [Tag::Make, Tag::Model].iter();
    let camera: Vec<String> = maker.filter_map(|tag| text(&exif, *tag)).collect();
    let mut told = Vec::new();
    if !camera.is_empty() {
        told.push(Told::Camera(camera.join(" ")));
    }
    if has(Tag::GPSLatitude) || has(Tag::GPSLongitude) || has(Tag::GPSDestLatitude) {
        told.push(Told::Place);
    }
    let times = [Tag::DateTimeOriginal, Tag::DateTimeDigitized, Tag::DateTime];
    told.extend(first(&times).map(Told::Time));
    let names = [Tag::CameraOwnerName, Tag::Artist, Tag::Copyright];
    told.extend(first(&names).map(Told::Name));
    if has(Tag::BodySerialNumber) || has(Tag::LensSerialNumber) || has(Tag::ImageUniqueID) {
        told.push(Told::Serial);
    }
    if exif.fields().any(|field| field.ifd_num == In::THUMBNAIL) {
        told.push(Told::Preview);
    }
    told
}

fn text(exif: &Exif, tag: Tag) -> Option<String> {
    let field = exif.fields().find(|field| field.tag == tag)?;
    let Value::Ascii(lines) = &field.value else {
        return None;
    };
    let bytes = lines.first()?;
    let text = String::from_utf8_lossy(bytes);
    let text: String = text.trim().chars().take(CHARS_MAX).collect();
    (!text.is_empty()).then_some(text)
}
