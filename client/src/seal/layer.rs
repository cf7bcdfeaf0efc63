//! One age file, written around its padding or read within limits.

use std::cell::Cell;
use std::io::{self, Read, Write};
use std::iter;

use age::stream::StreamWriter;
use age::{DecryptError, Decryptor, EncryptError, Encryptor};
use zeroize::Zeroizing;

use super::header;

/// Counts what the writer below the cipher has received: age tells nobody how long a header is.
pub(super) struct Counted<'a> {
    bytes: Vec<u8>,
    count: &'a Cell<usize>,
}

impl Write for Counted<'_> {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        self.bytes.extend_from_slice(buffer);
        self.count.set(self.bytes.len());
        Ok(buffer.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// An age file whose header and nonce are written and whose payload is not.
pub(super) struct Started<'a>(StreamWriter<Counted<'a>>);

impl<'a> Started<'a> {
    /// Writes the header; its length, with the nonce, is in `count` afterwards.
    pub(super) fn new<'r>(
        recipients: impl Iterator<Item = &'r dyn age::Recipient>,
        count: &'a Cell<usize>,
    ) -> Result<Self, EncryptError> {
        let bytes = Vec::new();
        let encryptor = Encryptor::with_recipients(recipients)?;
        let writer = encryptor.wrap_output(Counted { bytes, count })?;
        Ok(Self(writer))
    }

    /// The whole file around `payload`.
    pub(super) fn finish(mut self, payload: &[u8]) -> io::Result<Vec<u8>> {
        self.0.write_all(payload)?;
        Ok(self.0.finish()?.bytes)
    }
}

/// Opens one layer. Allocates no more than a few times the file's own length.
pub(super) fn open(
    file: &[u8],
    limits: &header::Limits,
    identity: &dyn age::Identity,
) -> Result<Zeroizing<Vec<u8>>, DecryptError> {
    header::check(file, limits).ok_or(DecryptError::InvalidHeader)?;
    // The unbuffered constructor is quadratic in the header's length.
    let decryptor = Decryptor::new_buffered(file)?;
    let mut reader = decryptor.decrypt(iter::once(identity))?;
    // Reserved whole, because growing would leave unwiped copies behind.
    let mut payload = Zeroizing::new(Vec::with_capacity(file.len()));
    reader.read_to_end(&mut payload)?;
    Ok(payload)
}
