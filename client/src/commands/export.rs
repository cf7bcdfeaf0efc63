//! `bellrope export-identity`, `completions` and `man`: what leaves the program for others to use.

use std::{
    fs::{self, OpenOptions},
    io::Write as _,
};

use secrecy::ExposeSecret as _;
use zeroize::Zeroizing;

use super::desk::Desk;
use crate::{
    cli::{self, Completions, ExportIdentity, Man},
    failure::{DONE, Failure},
    home,
    screen::escape,
    seal::EpochIdentity,
};

pub(super) fn identity(desk: &mut Desk, args: &ExportIdentity) -> Result<u8, Failure> {
    let device = desk.unlock()?;
    let seed = device.state()?.epoch_seed;
    let seed = seed.ok_or_else(|| Failure::new("error-no-inbox"))?;
    let epoch = EpochIdentity::from_seed(seed).to_text();
    let member = device.member().to_text();
    let mut text = Zeroizing::new(String::new());
    for (comment, key) in [("export-outer", &epoch), ("export-inner", &member)] {
        let comment = desk.words.plain(comment);
        text.push_str(&format!("# {comment}\n{}\n", key.expose_secret()));
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    home::private_file(&mut options);
    let mut file = options.open(&args.out).map_err(|error| {
        let path = args.out.display().to_string();
        Failure::with(
            "error-file-system",
            vec![("file", path), ("what", error.to_string())],
        )
    })?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    let path = escape(&args.out.display().to_string());
    desk.status("export-done", &[("file", path.into())]);
    Ok(DONE)
}

pub(super) fn completions(desk: &mut Desk, args: &Completions) -> Result<u8, Failure> {
    let mut script = Vec::new();
    let mut command = cli::command(&desk.words);
    clap_complete::generate(args.shell, &mut command, "bellrope", &mut script);
    desk.content(&String::from_utf8_lossy(&script))?;
    Ok(DONE)
}

pub(super) fn man(desk: &mut Desk, args: &Man) -> Result<u8, Failure> {
    fs::create_dir_all(&args.dir)?;
    clap_mangen::generate_to(cli::command(&desk.words), &args.dir)?;
    let path = escape(&args.dir.display().to_string());
    desk.status("man-done", &[("dir", path.into())]);
    Ok(DONE)
}
