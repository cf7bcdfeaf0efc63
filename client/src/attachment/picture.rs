//! Pictures are decoded and written anew: nothing but pixels survives. The only file that names image.
//!
//! Cutting out what is known to tell something leaves what is not known. What comes out here was never in the file: it is made of pixels. These
//! themselves are not changed but for their number: what is to be seen, and the noise of a lens and sensor, stay.
//!
//! The bytes may be anybody's. Pixels and memory are limited before anything is decoded, and a decoder that panics ends a thread of its own.

use std::{io::Cursor, thread};

use bellrope_proto::codec::Blob;
use image::{
    DynamicImage, ExtendedColorType, ImageDecoder as _, ImageEncoder as _, ImageFormat,
    ImageReader, Limits,
    codecs::{jpeg::JpegEncoder, png::PngEncoder},
    metadata::Orientation,
};

use super::{ATTACHMENT_BYTES_MAX, PaperKind};

/// Pixels of a side. A telephone's picture has half of that.
const SIDE_MAX: u32 = 8_192;

/// Bytes of pixels while a picture is decoded: 44 megapixels without transparency.
const DECODED_BYTES_MAX: u64 = 128 * 1024 * 1024;

/// Tried in this order until the file is small enough: pixels of the longer side, and quality. The first fits whatever a lens sees.
const WRITTEN: [(u32, u8); 3] = [(2_048, 80), (2_048, 60), (1_280, 50)];

/// Why a picture was not written anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PictureError {
    /// More pixels than are decoded here.
    TooManyPixels,
    /// It is no such picture, or damaged.
    Damaged,
}

/// Decodes a picture, turns it as its camera meant, and writes it anew: as PNG what was PNG and still fits, as JPEG what was anything else.
///
/// # Errors
/// [`PictureError`].
pub(super) fn rewrite(bytes: &[u8], kind: PaperKind) -> Result<(PaperKind, Blob), PictureError> {
    let format = match kind {
        PaperKind::Jpeg => ImageFormat::Jpeg,
        PaperKind::Png => ImageFormat::Png,
        PaperKind::Webp => ImageFormat::WebP,
        _ => return Err(PictureError::Damaged),
    };
    let work = || write(decode(bytes, format)?, format);
    thread::scope(|scope| {
        let thread = thread::Builder::new().spawn_scoped(scope, work);
        let done = thread.map(thread::ScopedJoinHandle::join);
        // No thread to be had, or a decoder that gave up on it.
        done.map_or(Err(PictureError::Damaged), |done| {
            done.unwrap_or(Err(PictureError::Damaged))
        })
    })
}

fn decode(bytes: &[u8], format: ImageFormat) -> Result<DynamicImage, PictureError> {
    let mut limits = Limits::no_limits();
    limits.max_image_width = Some(SIDE_MAX);
    limits.max_image_height = Some(SIDE_MAX);
    limits.max_alloc = Some(DECODED_BYTES_MAX);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(refused)?;
    if decoder.total_bytes() > DECODED_BYTES_MAX {
        return Err(PictureError::TooManyPixels);
    }
    // Before the pixels: what says it is not among them.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut picture = DynamicImage::from_decoder(decoder).map_err(refused)?;
    let (width, height) = (picture.width(), picture.height());
    let (side, _) = WRITTEN[0];
    // Smaller first: turning costs as much memory again.
    if width.max(height) > side {
        picture = picture.thumbnail(side, side);
    }
    picture.apply_orientation(orientation);
    Ok(picture)
}

fn refused(error: image::ImageError) -> PictureError {
    tracing::debug!(%error, "a picture");
    match error {
        image::ImageError::Limits(_) => PictureError::TooManyPixels,
        _ => PictureError::Damaged,
    }
}

fn write(picture: DynamicImage, format: ImageFormat) -> Result<(PaperKind, Blob), PictureError> {
    if format == ImageFormat::Png {
        let written = png(&picture)?;
        if written.len() <= ATTACHMENT_BYTES_MAX {
            return Ok((PaperKind::Png, written));
        }
    }
    let mut picture = DynamicImage::ImageRgb8(on_white(picture));
    for (side, quality) in WRITTEN {
        if picture.width().max(picture.height()) > side {
            picture = picture.thumbnail(side, side);
        }
        let mut written = Blob(Vec::new());
        let encoder = JpegEncoder::new_with_quality(&mut written.0, quality);
        picture.write_with_encoder(encoder).map_err(refused)?;
        if written.len() <= ATTACHMENT_BYTES_MAX {
            return Ok((PaperKind::Jpeg, written));
        }
    }
    Err(PictureError::TooManyPixels)
}

fn png(picture: &DynamicImage) -> Result<Blob, PictureError> {
    let mut written = Blob(Vec::new());
    let encoder = PngEncoder::new(&mut written.0);
    let (width, height) = (picture.width(), picture.height());
    // Without what is behind transparent places: an editor may have left there what somebody thinks is gone.
    let done = if picture.color().has_alpha() {
        let mut pixels = picture.to_rgba8();
        for pixel in pixels.pixels_mut() {
            if let [.., 0] = pixel.0 {
                pixel.0 = [0; 4];
            }
        }
        encoder.write_image(&pixels, width, height, ExtendedColorType::Rgba8)
    } else {
        let pixels = picture.to_rgb8();
        encoder.write_image(&pixels, width, height, ExtendedColorType::Rgb8)
    };
    done.map_err(refused)?;
    Ok(written)
}

/// JPEG knows no transparency: as on paper.
fn on_white(picture: DynamicImage) -> image::RgbImage {
    if !picture.color().has_alpha() {
        return picture.to_rgb8();
    }
    let pixels = picture.to_rgba8();
    let mut paper = image::RgbImage::new(pixels.width(), pixels.height());
    for (pixel, on) in pixels.pixels().zip(paper.pixels_mut()) {
        let [red, green, blue, alpha] = pixel.0.map(u16::from);
        let mix = |colour: u16| {
            let mixed = colour * alpha + 255 * (255 - alpha);
            u8::try_from(mixed / 255).unwrap_or(u8::MAX)
        };
        on.0 = [mix(red), mix(green), mix(blue)];
    }
    paper
}
