#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]
use std::io::Cursor;

use bellrope_proto::codec::Blob;
use exif::{Field, In, Rational, Tag, Value, experimental::Writer};
use image::{
    DynamicImage, ExtendedColorType, ImageEncoder as _, ImageFormat, Rgb, RgbImage,
    codecs::webp::WebPEncoder,
};

use super::*;

/// Each place of a file that can hold something besides pixels holds one of these, with the place's name.
const MARKER: &str = "BLUE-DOOR";

fn marker(place: &str) -> Vec<u8> {
    format!("{MARKER}-{place}").into_bytes()
}

fn has(bytes: &[u8], what: &[u8]) -> bool {
    bytes.windows(what.len()).any(|window| window == what)
}

/// Wider than high: red above, blue below.
fn two_colours(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |_, y| match y < height / 2 {
        true => Rgb([250, 5, 5]),
        false => Rgb([5, 5, 250]),
    })
}

/// What a telephone writes: maker, place, time, a number, its owner, a preview, and that it was held upside down or sideways.
fn exif(orientation: u16) -> Vec<u8> {
    let text = |tag, place| (tag, Value::Ascii(vec![marker(place)]));
    let degrees = vec![Rational { num: 53, denom: 1 }; 3];
    let fields = [
        text(Tag::Make, "maker"),
        text(Tag::Model, "model"),
        text(Tag::DateTimeOriginal, "time"),
        text(Tag::CameraOwnerName, "owner"),
        text(Tag::BodySerialNumber, "serial"),
        text(Tag::GPSAreaInformation, "area"),
        (Tag::MakerNote, Value::Undefined(marker("makernote"), 0)),
        (Tag::GPSLatitude, Value::Rational(degrees)),
        (Tag::Orientation, Value::Short(vec![orientation])),
    ];
    let fields = fields.map(|(tag, value)| Field {
        tag,
        ifd_num: In::PRIMARY,
        value,
    });
    let thumbnail = [b"\xff\xd8\xff".to_vec(), marker("thumbnail")].concat();
    let mut writer = Writer::new();
    fields.iter().for_each(|field| writer.push_field(field));
    writer.set_jpeg(&thumbnail, In::THUMBNAIL);
    let mut written = Cursor::new(Vec::new());
    writer.write(&mut written, false).unwrap();
    written.into_inner()
}

fn encoded(picture: &RgbImage, format: ImageFormat) -> Vec<u8> {
    let mut written = Cursor::new(Vec::new());
    let picture = DynamicImage::ImageRgb8(picture.clone());
    picture.write_to(&mut written, format).unwrap();
    written.into_inner()
}

/// A JPEG with something in every place that programs are known to write to.
fn jpeg(picture: &RgbImage, orientation: u16) -> Vec<u8> {
    let plain = encoded(picture, ImageFormat::Jpeg);
    let segment = |number: u8, head: &[u8], rest: &[u8]| {
        let length = u16::try_from(head.len() + rest.len() + 2).unwrap();
        [&[0xff, number], &length.to_be_bytes()[..], head, rest].concat()
    };
    let segments = [
        segment(0xe1, b"Exif\0\0", &exif(orientation)),
        segment(0xe1, b"http://ns.adobe.com/xap/1.0/\0", &marker("xmp")),
        segment(0xe2, b"ICC_PROFILE\0\x01\x01", &marker("icc")),
        segment(0xe2, b"MPF\0", &marker("mpf")),
        segment(0xed, b"Photoshop 3.0\08BIM", &marker("iptc")),
        segment(0xeb, b"JP", &marker("jumbf")),
        segment(0xfe, b"", &marker("comment")),
    ];
    // After the first two bytes; and behind the end a second picture and a film.
    let behind = [encoded(picture, ImageFormat::Jpeg), marker("motion-photo")].concat();
    [&plain[..2], &segments.concat(), &plain[2..], &behind].concat()
}

fn png(picture: &RgbImage) -> Vec<u8> {
    let plain = encoded(picture, ImageFormat::Png);
    let chunk = |kind: &[u8; 4], data: &[u8]| {
        let crc = crc32(&[kind.as_slice(), data].concat());
        let length = u32::try_from(data.len()).unwrap().to_be_bytes();
        [&length, kind.as_slice(), data, &crc.to_be_bytes()].concat()
    };
    let chunks = [
        chunk(b"tEXt", &[b"Author\0".to_vec(), marker("author")].concat()),
        chunk(b"eXIf", &exif(1)),
        chunk(b"prVt", &marker("private")),
    ];
    // Behind the first chunk, which has 13 bytes.
    let head = 8 + 12 + 13;
    [
        &plain[..head],
        &chunks.concat(),
        &plain[head..],
        &marker("behind"),
    ]
    .concat()
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg())
        })
    })
}

fn webp(picture: &RgbImage) -> Vec<u8> {
    let mut written = Vec::new();
    let mut encoder = WebPEncoder::new_lossless(&mut written);
    encoder.set_exif_metadata(exif(1)).unwrap();
    encoder.set_icc_profile(marker("icc")).unwrap();
    let (width, height) = picture.dimensions();
    encoder
        .write_image(picture, width, height, ExtendedColorType::Rgb8)
        .unwrap();
    written
}

fn rewritten(bytes: Vec<u8>) -> Paper {
    rewrite(&bytes).unwrap()
}

fn decoded(paper: &Paper) -> RgbImage {
    image::load_from_memory(&paper.bytes).unwrap().to_rgb8()
}

#[test]
fn nothing_but_pixels_is_left_of_a_picture() {
    let picture = two_colours(64, 48);
    let made = [
        (jpeg(&picture, 1), PaperKind::Jpeg),
        (png(&picture), PaperKind::Png),
        (webp(&picture), PaperKind::Jpeg),
    ];
    for (bytes, kind) in made {
        assert!(has(&bytes, MARKER.as_bytes()), "else nothing is tried");
        let paper = rewritten(bytes);
        assert_eq!((paper.kind, paper.treatment), (kind, Treatment::Rewritten));
        assert!(!has(&paper.bytes, MARKER.as_bytes()), "{kind:?}");
        for part in [
            b"Exif".as_slice(),
            b"ICC",
            b"adobe",
            b"MPF",
            b"tEXt",
            b"eXIf",
        ] {
            assert!(!has(&paper.bytes, part), "{kind:?}");
        }
        assert_eq!(decoded(&paper).dimensions(), (64, 48));
        assert!(paper.told.is_empty());
    }
}

#[test]
fn a_picture_stands_as_its_camera_meant() {
    let picture = two_colours(64, 48);
    // Upside down, and a quarter to the right.
    for (orientation, size, red_at) in [(3, (64, 48), (32, 40)), (6, (48, 64), (40, 32))] {
        let turned = decoded(&rewritten(jpeg(&picture, orientation)));
        assert_eq!(turned.dimensions(), size, "{orientation}");
        let pixel = turned.get_pixel(red_at.0, red_at.1);
        assert!(
            pixel.0[0] > 200 && pixel.0[2] < 60,
            "{orientation}: {pixel:?}"
        );
    }
}

#[test]
fn a_large_picture_is_made_smaller_and_fits() {
    let large = rewritten(encoded(&two_colours(3_000, 1_500), ImageFormat::Jpeg));
    assert_eq!(decoded(&large).dimensions(), (2_048, 1_024));
    // Noise does not become smaller by itself.
    let mut state = 1_u32;
    let noise = RgbImage::from_fn(2_048, 2_048, |_, _| {
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state.to_be_bytes()[0]
        };
        Rgb([next(), next(), next()])
    });
    let paper = rewritten(encoded(&noise, ImageFormat::Png));
    assert!(paper.size() <= ATTACHMENT_BYTES_MAX);
    assert_eq!(paper.kind, PaperKind::Jpeg);
}

#[test]
fn what_is_behind_transparent_places_does_not_go() {
    let hidden = image::RgbaImage::from_pixel(8, 8, image::Rgba([11, 22, 33, 0]));
    let mut written = Cursor::new(Vec::new());
    hidden.write_to(&mut written, ImageFormat::Png).unwrap();
    let paper = rewritten(written.into_inner());
    let left = image::load_from_memory(&paper.bytes).unwrap().to_rgba8();
    assert!(left.pixels().all(|pixel| pixel.0 == [0; 4]));
}

#[test]
fn what_cannot_be_written_anew_is_told_apart() {
    let picture = encoded(&two_colours(64, 48), ImageFormat::Jpeg);
    let refused = |bytes: &[u8]| rewrite(bytes).unwrap_err();
    assert_eq!(refused(b""), NotTaken::Empty);
    assert_eq!(refused(b"\0\0\0\x18ftypheic\0\0\0\0"), NotTaken::Heic);
    for other in [
        b"%PDF-1.7".as_slice(),
        b"PK\x03\x04",
        b"words that somebody pasted",
        b"x",
    ] {
        assert_eq!(refused(other), NotTaken::NoPicture);
    }
    for damaged in [&picture[..3], &picture[..40], b"\x89PNG\r\n\x1a\n"] {
        assert_eq!(refused(damaged), NotTaken::Damaged);
    }
}

/// A small file that says it is large costs no memory.
#[test]
fn a_bomb_is_refused_before_it_is_decoded() {
    for (width, height) in [(8_192_u32, 8_192_u32), (60_000, 60_000), (9_000, 10)] {
        let mut bomb = encoded(&two_colours(1, 1), ImageFormat::Png);
        bomb[16..20].copy_from_slice(&width.to_be_bytes());
        bomb[20..24].copy_from_slice(&height.to_be_bytes());
        let crc = crc32(&bomb[12..29]).to_be_bytes();
        bomb[29..33].copy_from_slice(&crc);
        let refused = rewrite(&bomb).unwrap_err();
        assert_eq!(refused, NotTaken::TooManyPixels, "{width}x{height}");
    }
}

#[test]
fn what_is_kept_as_it_is_says_what_it_tells() {
    let bytes = jpeg(&two_colours(64, 48), 1);
    let paper = keep(Blob(bytes.clone()), ATTACHMENT_BYTES_MAX).unwrap();
    assert_eq!(
        (&*paper.bytes, paper.treatment),
        (bytes.as_slice(), Treatment::AsItIs)
    );
    let text = |place: &str| format!("{MARKER}-{place}");
    let camera = format!("{} {}", text("maker"), text("model"));
    let expected = [
        Told::Camera(camera),
        Told::Place,
        Told::Time(text("time")),
        Told::Name(text("owner")),
        Told::Serial,
        Told::Preview,
    ];
    assert_eq!(paper.told, expected);
    let pdf = keep(Blob(b"%PDF-1.7".to_vec()), 9).unwrap();
    assert_eq!((pdf.kind, pdf.told), (PaperKind::Pdf, Vec::new()));
    let large = vec![b'x'; ATTACHMENT_BYTES_MAX + 1];
    let refused = keep(Blob(large), ATTACHMENT_BYTES_MAX).unwrap_err();
    assert_eq!(refused, NotTaken::TooLarge(ATTACHMENT_BYTES_MAX));
    let empty = keep(Blob::default(), ATTACHMENT_BYTES_MAX).unwrap_err();
    assert_eq!(empty, NotTaken::Empty);
}

fn paper(size: usize) -> Paper {
    let bytes: Vec<u8> = (0..=250).cycle().take(size).collect();
    keep(Blob(bytes), ATTACHMENT_BYTES_MAX).unwrap()
}

#[test]
fn parts_have_one_place_and_one_length_each() {
    let alert = MessageId([7; 16]);
    for (size, lengths) in [
        (1, vec![1]),
        (PART_BYTES, vec![PART_BYTES]),
        (PART_BYTES + 1, vec![PART_BYTES, 1]),
        (2 * PART_BYTES, vec![PART_BYTES, PART_BYTES]),
    ] {
        let paper = paper(size);
        let said = Attachment::of(&paper);
        let parts: Vec<Part> = cut(&paper, alert, 1).collect();
        assert_eq!(usize::from(said.parts()), parts.len());
        let found: Vec<usize> = parts.iter().map(|part| part.bytes.0.len()).collect();
        assert_eq!(found, lengths);
        let whole: Vec<u8> = parts.iter().flat_map(|part| part.bytes.0.clone()).collect();
        assert!(said.is(&whole));
        assert!(!said.is(&[whole.as_slice(), b"x"].concat()));
        for part in &parts {
            assert!(said.takes(part));
            let short = Blob(part.bytes.0[1..].to_vec());
            let wrong = Part {
                bytes: short,
                ..part.clone()
            };
            assert!(!said.takes(&wrong));
        }
        let after = Part {
            index: said.parts(),
            ..parts[0].clone()
        };
        assert!(!said.takes(&after));
    }
    assert_eq!(Attachment::of(&paper(ATTACHMENT_BYTES_MAX)).parts(), 32);
}

#[test]
fn what_an_alert_says_of_it_is_all_understood_or_not_at_all() {
    let one = Attachment::of(&paper(9));
    let of = |all: &[Attachment]| said_in(&say_in(&Extensions::none(), all));
    assert_eq!(of(&[]), Some(Vec::new()));
    assert_eq!(of(std::slice::from_ref(&one)), Some(vec![one.clone()]));
    assert_eq!(of(&vec![one.clone(); 8]).map(|all| all.len()), Some(8));
    assert_eq!(of(&vec![one.clone(); 9]), None);
    for size in [0, ATTACHMENT_BYTES_MAX as u64 + 1, u64::MAX] {
        let wrong = Attachment {
            size,
            ..one.clone()
        };
        assert_eq!(of(&[one.clone(), wrong]), None, "{size}");
    }
    let newer = Extensions::new(vec![(3, vec![1])]).unwrap();
    let newer = Attachment {
        extensions: newer,
        ..one.clone()
    };
    assert_eq!(of(&[newer]), None);
    let empty = Extensions::new(vec![(EXTENSION, codec::encode(&Vec::<Attachment>::new()))]);
    assert_eq!(said_in(&empty.unwrap()), None);
    let junk = Extensions::new(vec![(EXTENSION, b"junk".to_vec())]);
    assert_eq!(said_in(&junk.unwrap()), None);
    assert!(!format!("{one:?}").contains("secret: ["), "{one:?}");
}
