//! What every command has in front of it: the words, the screen, the keyboard, the device's directory.

use std::{
    future::Future,
    io::{self, BufRead as _, IsTerminal as _},
    path::PathBuf,
};

use secrecy::SecretString;
use serde_json::Value;
use zeroize::Zeroizing;

use crate::{
    alert::country::Country,
    device::{Device, DeviceError},
    failure::Failure,
    home,
    screen::{Reader, Screen},
    words::{Arg, Words},
};

/// Fewer characters than this are guessed, also against the slow hash.
const PASSPHRASE_CHARS_MIN: usize = 10;

/// A typing error or two is nobody's fault.
const TRIES: usize = 3;

/// See the module.
#[derive(Debug)]
pub(super) struct Desk {
    /// The words.
    pub(super) words: Words,
    /// The screen.
    pub(super) screen: Screen,
    /// The device's directory.
    pub(super) dir: PathBuf,
    /// Where scripts keep the passphrase.
    pub(super) passphrase_file: Option<PathBuf>,
}

impl Desk {
    /// Says how it goes.
    pub(super) fn status(&mut self, id: &str, args: &[(&str, Arg<'_>)]) {
        let said = self.words.say(id, args);
        self.screen.status(&said);
    }

    /// Prints what was asked for.
    ///
    /// # Errors
    /// [`Failure`] when nobody reads it any more.
    pub(super) fn content(&mut self, text: &str) -> Result<(), Failure> {
        heard(self.screen.content(text))
    }

    /// Prints a message of ours as what was asked for.
    ///
    /// # Errors
    /// As [`Self::content`].
    pub(super) fn print(&mut self, id: &str, args: &[(&str, Arg<'_>)]) -> Result<(), Failure> {
        let said = self.words.say(id, args);
        self.content(&said)
    }

    /// Prints one line of JSON.
    ///
    /// # Errors
    /// As [`Self::content`].
    pub(super) fn json(&mut self, value: &Value) -> Result<(), Failure> {
        heard(self.screen.json(value))
    }

    /// Whether somebody sits at the keyboard.
    #[must_use]
    pub(super) fn is_attended(&self) -> bool {
        io::stdin().is_terminal()
    }

    /// Asks for one line.
    ///
    /// # Errors
    /// [`Failure`] when the keyboard has gone.
    pub(super) fn ask(&mut self, id: &str) -> Result<String, Failure> {
        let question = self.words.plain(id);
        self.screen.ask(&format!("{question} "));
        self.line()?.ok_or_else(|| Failure::new("error-no-answer"))
    }

    /// One line from the keyboard; `None` at its end.
    ///
    /// # Errors
    /// [`Failure`] when the keyboard fails.
    pub(super) fn line(&mut self) -> Result<Option<String>, Failure> {
        let mut line = String::new();
        if io::stdin().lock().read_line(&mut line)? == 0 {
            return Ok(None);
        }
        Ok(Some(line.trim_end_matches(['\n', '\r']).to_owned()))
    }

    /// Opens the device. Asks for its passphrase unless a file has it.
    ///
    /// # Errors
    /// [`Failure`].
    pub(super) fn unlock(&mut self) -> Result<Device, Failure> {
        if !Device::is_in(&self.dir) {
            let dir = self.dir.display().to_string();
            return Err(Failure::with("error-no-device", vec![("dir", dir)]));
        }
        if let Some(passphrase) = self.passphrase_from_file()? {
            return Ok(Device::unlock(&self.dir, &passphrase)?);
        }
        for _ in 1..TRIES {
            let passphrase = self.prompt("ask-passphrase")?;
            match Device::unlock(&self.dir, &passphrase) {
                Err(DeviceError::WrongPassphrase) => self.status("passphrase-again", &[]),
                other => return Ok(other?),
            }
        }
        let passphrase = self.prompt("ask-passphrase")?;
        Ok(Device::unlock(&self.dir, &passphrase)?)
    }

    /// A passphrase for a new device, asked for twice.
    ///
    /// # Errors
    /// [`Failure`].
    pub(super) fn new_passphrase(&mut self) -> Result<SecretString, Failure> {
        use secrecy::ExposeSecret as _;
        let passphrase = match self.passphrase_from_file()? {
            Some(passphrase) => passphrase,
            None => {
                self.status("passphrase-advice", &[]);
                let first = self.prompt("ask-new-passphrase")?;
                let second = self.prompt("ask-passphrase-again")?;
                if first.expose_secret() != second.expose_secret() {
                    return Err(Failure::new("error-passphrases-differ"));
                }
                first
            }
        };
        if passphrase.expose_secret().chars().count() < PASSPHRASE_CHARS_MIN {
            let min = PASSPHRASE_CHARS_MIN.to_string();
            return Err(Failure::with("error-passphrase-short", vec![("min", min)]));
        }
        Ok(passphrase)
    }

    fn passphrase_from_file(&self) -> Result<Option<SecretString>, Failure> {
        let Some(path) = &self.passphrase_file else {
            return Ok(None);
        };
        let file = || vec![("file", path.display().to_string())];
        let bytes = home::read(path).ok().flatten();
        let bytes =
            Zeroizing::new(bytes.ok_or_else(|| Failure::with("error-passphrase-file", file()))?);
        let text = std::str::from_utf8(&bytes)
            .map_err(|_| Failure::with("error-passphrase-file", file()))?;
        let text = text.lines().next().unwrap_or_default();
        Ok(Some(SecretString::from(text)))
    }

    fn prompt(&self, id: &str) -> Result<SecretString, Failure> {
        let question = self.words.plain(id);
        rpassword::prompt_password(format!("{question} "))
            .map(SecretString::from)
            .map_err(|_| Failure::new("error-no-terminal"))
    }
}

/// Runs what waits for the network.
///
/// # Errors
/// The story's own, or the system's when it has no room for another thread.
pub(super) fn wait_for<T>(story: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(story)
}

/// The country of the system's settings: the one that an empty answer to "where" means. Shown before
/// anything is sent.
#[must_use]
pub(super) fn country() -> Option<Country> {
    let locale = sys_locale::get_locale()?;
    let region = locale.split(['-', '_', '.']).nth(1)?.to_owned();
    let country = Country::from_code(&region).ok()?;
    country.is_named().then_some(country)
}

fn heard(result: io::Result<Reader>) -> Result<(), Failure> {
    match result? {
        Reader::Listening => Ok(()),
        Reader::Gone => Err(Failure::reader_gone()),
    }
}
