//! `bellrope join`: from a code or a file to a device of its own.

use std::{fs::File, io::Read as _, path::Path};

use secrecy::SecretString;
use zeroize::Zeroizing;

use super::desk::{Desk, wait_for};
use crate::{
    carry,
    cli::Join,
    clock::now,
    device::Device,
    failure::{DONE, Failure, link_message},
    invite::{Code, file},
    item::Bundle,
    joining::{self, JoinError, Word},
    roster::Role,
};

/// A file with an invitation is below 90 KiB.
const FILE_BYTES_MAX: u64 = 128 * 1024;

pub(super) fn join(desk: &mut Desk, args: Join) -> Result<u8, Failure> {
    if Device::is_in(&desk.dir) {
        return Err(Failure::new("error-home-taken"));
    }
    let given = match args.invitation {
        Some(given) => Zeroizing::new(given),
        None => Zeroizing::new(desk.ask("ask-invitation")?),
    };
    let (code, bundle) = understand(desk, &given)?;
    let role = bundle.role;
    let passphrase: SecretString = desk.new_passphrase()?;
    let device = joining::join(&desk.dir, &passphrase, &code, bundle, now())?;
    let word = wait_for(async {
        let carried = carry::flush(&device).await?;
        if let Some((_, error)) = carried.failed.into_iter().next() {
            return Ok(Err(error));
        }
        match joining::catch_up(&device).await {
            Ok(word) => Ok(Ok(word)),
            Err(JoinError::Link(error)) => Ok(Err(error)),
            Err(error) => Err(error.into()),
        }
    })?;
    match word {
        Ok(Word::Taken) => return Err(Failure::new("error-invitation-used-by-other")),
        Ok(_) => {}
        Err(error) => {
            desk.status(link_message(&error), &[]);
            desk.status("join-claim-waits", &[]);
        }
    }
    match role {
        Role::Defender => desk.print("join-done-defender", &[])?,
        _ => desk.print("join-done-reader", &[])?,
    }
    Ok(DONE)
}

/// A code whose bundle is fetched, or a file with both.
fn understand(desk: &mut Desk, given: &str) -> Result<(Code, Bundle), Failure> {
    let now = now();
    let text = match read(Path::new(given.trim()))? {
        Some(text) => text,
        None => Zeroizing::new(given.to_owned()),
    };
    if file::is_one(&text) {
        let (code, sealed) = file::read(&text)?;
        let bundle = joining::open_bundle(&code.secret.keys(), &sealed, now)?;
        return Ok((code, bundle));
    }
    let code: Code = text.parse()?;
    desk.status("join-fetching", &[]);
    let bundle = wait_for(async { Ok(joining::fetch_bundle(&code, now).await?) })?;
    Ok((code, bundle))
}

/// The text of a file; `None` when there is no such file, and a code was meant.
fn read(path: &Path) -> Result<Option<Zeroizing<String>>, Failure> {
    if !path.is_file() {
        return Ok(None);
    }
    let mut text = Zeroizing::new(String::new());
    File::open(path)?
        .take(FILE_BYTES_MAX)
        .read_to_string(&mut text)
        .map_err(|_| Failure::new("error-code-form").misuse())?;
    Ok(Some(text))
}
