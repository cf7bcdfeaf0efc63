//! `bellrope export-identity`, `completions` and `man`: what leaves the program for others to use.

use std::fs;

use bellrope_client::{new_private_file, text::escape};
use secrecy::ExposeSecret as _;
use zeroize::Zeroizing;

use crate::{
    args::{self, Completions, Man, device::ExportIdentity},
    command_error::{CommandError, DONE},
    ui::Ui,
};

pub(super) fn identity(ui: &mut Ui, args: &ExportIdentity) -> Result<u8, CommandError> {
    let device = ui.unlock()?;
    let keys = device
        .export_identities()?
        .ok_or_else(|| CommandError::new("error-no-inbox"))?;
    let mut text = Zeroizing::new(String::new());
    let outer = keys.outer.iter().map(|key| ("export-outer", key));
    let inner = keys.inner.iter().map(|key| ("export-inner", key));
    for (comment, key) in outer.chain(inner) {
        let comment = ui.messages.plain(comment);
        text.push_str(&format!("# {comment}\n{}\n", key.expose_secret()));
    }
    let out = args.out.meant();
    new_private_file(&out, text.as_bytes())
        .map_err(|error| CommandError::of_file(out.display(), &error))?;
    let path = escape(&out.display().to_string());
    ui.status("export-done", &[("file", path.into())]);
    Ok(DONE)
}

pub(super) fn completions(ui: &mut Ui, args: &Completions) -> Result<u8, CommandError> {
    let mut script = Vec::new();
    let mut command = args::command(&ui.messages);
    clap_complete::generate(args.shell, &mut command, "bellrope", &mut script);
    ui.verbatim(&String::from_utf8_lossy(&script))?;
    Ok(DONE)
}

pub(super) fn man(ui: &mut Ui, args: &Man) -> Result<u8, CommandError> {
    let dir = args.dir.meant();
    fs::create_dir_all(&dir)?;
    clap_mangen::generate_to(args::command(&ui.messages), &dir)?;
    let path = escape(&dir.display().to_string());
    ui.status("man-done", &[("dir", path.into())]);
    Ok(DONE)
}
