//! `bellrope recovery`: a key in parts for people whom one trusts, by which who loses every device comes back as the same person.

use std::{fs, path::PathBuf, sync::Arc};

use bellrope_client::{
    Device, EngineOptions, NewRecoveryKey, RecoveryError, Registered, Worth,
    alert::answers::parse_yes_no,
    assure_recovery, may_have_recovery, new_private_file, now,
    recovery::{Division, Part},
    register_recovery,
    show::{RecoveryStanding, RecoveryStatus},
    text::{day_text, escape},
    worth_of_key, worth_of_set,
};

use super::{
    events::say_ready,
    join::{claimed, invitation},
    parts::{Came, gather},
    status::read_first,
};
use crate::{
    args::{self, recovery::RecoveryAct},
    command_error::{CommandError, DONE, FAILED, QUEUED},
    qr,
    ui::{Background, Ui},
};

pub(super) fn recovery(ui: &mut Ui, act: &RecoveryAct) -> Result<u8, CommandError> {
    match act {
        RecoveryAct::Create(args) => create(ui, args),
        RecoveryAct::Check(args) => check(ui, args),
        RecoveryAct::Restore(args) => restore(ui, args),
        RecoveryAct::Status(args) => status(ui, args),
    }
}

fn create(ui: &mut Ui, args: &args::recovery::RecoveryCreate) -> Result<u8, CommandError> {
    let division = Division::new(args.needed, args.parts)
        .map_err(|_| CommandError::new("error-recovery-division").misuse())?;
    if args.names.len() > usize::from(args.parts) {
        return Err(RecoveryError::TooManyNames.into());
    }
    if !args.yes && !ui.is_attended() {
        return Err(CommandError::new("error-recovery-needs-yes").misuse());
    }
    let device = ui.unlock()?;
    may_have_recovery(&device)?;
    read_first(ui, &device)?;
    let before = RecoveryStatus::of(&device, now())?;
    let new = NewRecoveryKey::cut(division);
    let words = [
        ("needed", division.needed().into()),
        ("parts", division.parts().into()),
    ];
    ui.status("recovery-advice", &words);
    give(ui, args, &new)?;
    match before.map(|before| (before.standing, before.replaces())) {
        Some((_, Some(made))) => {
            ui.status("recovery-replaces", &[("made", day_text(made).into())]);
        }
        Some((RecoveryStanding::Elsewhere, _)) => ui.status("recovery-replaces-elsewhere", &[]),
        _ => {}
    }
    // Whoever has nothing in hand yet keeps what was given out before.
    if !args.yes && !agreed(ui)? {
        ui.status("recovery-not-made", &[]);
        return Ok(FAILED);
    }
    register(ui, &device, &new, &args.names)
}

fn register(
    ui: &mut Ui,
    device: &Arc<Device>,
    new: &NewRecoveryKey,
    names: &[String],
) -> Result<u8, CommandError> {
    let background = Background::start()?;
    let mut engine = background.engine(device, EngineOptions::default());
    let registered = register_recovery(device, new, names, now());
    if registered.is_err() {
        ui.status("recovery-see", &[]);
    }
    let registered = registered?;
    let report = background.wait(engine.send_outbox())?;
    say_ready(ui, &background, &mut engine)?;
    background.wait(engine.stop());
    if let Some(error) = report.failed.into_iter().next() {
        ui.failed(error);
        ui.status("recovery-queued", &[]);
        return Ok(QUEUED);
    }
    match registered {
        Registered::Done => ui.print("recovery-registered", &[])?,
        Registered::Sent => ui.print("recovery-sent", &[])?,
    }
    ui.status("recovery-check-yours", &[]);
    Ok(DONE)
}

/// Whether each part is where it is to be.
fn agreed(ui: &mut Ui) -> Result<bool, CommandError> {
    loop {
        let answer = ui.ask("ask-recovery-given")?;
        match parse_yes_no(&answer) {
            Some(answer) => return Ok(answer),
            None if answer.trim().is_empty() => return Ok(false),
            None => {}
        }
    }
}

/// Gives the parts out as asked for: on the screen, or each in a file.
fn give(
    ui: &mut Ui,
    args: &args::recovery::RecoveryCreate,
    new: &NewRecoveryKey,
) -> Result<(), CommandError> {
    if let Some(dir) = &args.dir {
        return write(ui, dir.meant(), new);
    }
    ui.status("recovery-advice-shown", &[]);
    for (part, name) in new.parts().iter().zip(names(&args.names)) {
        let words = [
            ("number", part.number().into()),
            ("parts", args.parts.into()),
            ("name", escape(name.unwrap_or_default()).into()),
        ];
        let id = match name {
            Some(_) => "recovery-part-title-for",
            None => "recovery-part-title",
        };
        ui.print(id, &words)?;
        ui.verbatim(&part.to_text())?;
        if args.qr {
            let drawn = qr::draw(&part.letters())?;
            ui.verbatim(&drawn)?;
        }
    }
    ui.status("recovery-screen", &[]);
    Ok(())
}

/// Whom each part is for, as far as that was said.
fn names(said: &[String]) -> impl Iterator<Item = Option<&str>> {
    let said = said.iter().map(|name| Some(name.as_str()));
    said.chain(std::iter::repeat(None))
}

/// All of them, or none.
fn write(ui: &mut Ui, dir: PathBuf, new: &NewRecoveryKey) -> Result<(), CommandError> {
    fs::create_dir_all(&dir).map_err(|error| CommandError::of_file(dir.display(), &error))?;
    let mut written = Vec::new();
    for part in new.parts() {
        let path = dir.join(format!("part-{}.txt", part.number()));
        let text = file_text(ui, part);
        if let Err(error) = new_private_file(&path, text.as_bytes()) {
            for path in written {
                let _ = fs::remove_file(path);
            }
            return Err(CommandError::of_file(path.display(), &error));
        }
        written.push(path);
    }
    for path in written {
        let file = escape(&path.display().to_string());
        ui.print("recovery-file", &[("file", file.into())])?;
    }
    ui.status("recovery-files", &[]);
    Ok(())
}

/// What whoever keeps it reads beside it. Nothing in it says of whom it is, of which group, or of which program.
fn file_text(ui: &Ui, part: &Part) -> zeroize::Zeroizing<String> {
    let note = ui.messages.plain("recovery-file-note");
    let text = part.to_text();
    let mut file = zeroize::Zeroizing::new(String::with_capacity(note.len() + text.len() + 4));
    file.push_str(&note);
    file.push_str("\n\n");
    file.push_str(&text);
    file.push('\n');
    file
}

fn check(ui: &mut Ui, args: &args::recovery::RecoveryCheck) -> Result<u8, CommandError> {
    let device = ui.unlock()?;
    may_have_recovery(&device)?;
    read_first(ui, &device)?;
    if args.asked {
        assure_recovery(&device, now())?;
        ui.print("recovery-assured-now", &[])?;
        return Ok(DONE);
    }
    let (worth, all) = match gather(ui, &args.part)? {
        Came::Key(key) => (worth_of_key(&device, &key)?, true),
        Came::Fewer(gathered) => match gathered.set() {
            Some(set) => (worth_of_set(&device, set)?, false),
            None => return Err(CommandError::new("error-no-part").misuse()),
        },
    };
    let made = match worth {
        Worth::Void(made) => day_text(made),
        _ => String::new(),
    };
    let made = [("made", made.into())];
    match (worth, all) {
        (Worth::InForce, true) => {
            // Made elsewhere, there is nothing to note here.
            match assure_recovery(&device, now()) {
                Ok(()) | Err(RecoveryError::NoParts) => {}
                Err(error) => return Err(error.into()),
            }
            ui.print("recovery-opens", &[])?;
        }
        (Worth::InForce, false) => ui.print("recovery-belongs", &[])?,
        (Worth::Waits, _) => ui.print("recovery-opens-later", &[])?,
        (Worth::Void(_), _) => ui.print("recovery-void", &made)?,
        (Worth::NotKnown, _) => ui.print("recovery-not-known", &[])?,
    }
    let opens = worth == Worth::InForce;
    Ok(if opens { DONE } else { FAILED })
}

fn status(ui: &mut Ui, args: &args::recovery::RecoveryStatus) -> Result<u8, CommandError> {
    let device = ui.unlock()?;
    read_first(ui, &device)?;
    let status = RecoveryStatus::of(&device, now())?.ok_or(RecoveryError::NotAsked)?;
    if args.json {
        ui.json(status.to_json())?;
    } else {
        let page = status.page(&ui.messages);
        ui.content(&page)?;
    }
    Ok(DONE)
}

/// The network first: nobody types parts in vain because of it.
fn restore(ui: &mut Ui, args: &args::recovery::RecoveryRestore) -> Result<u8, CommandError> {
    if Device::is_in(&ui.dir) {
        return Err(CommandError::new("error-home-taken"));
    }
    ui.status("restore-advice", &[]);
    let background = Background::start()?;
    let (code, bundle) = invitation(ui, &background, args.invitation.as_deref())?;
    if !bundle.is_for_device() {
        return Err(CommandError::new("error-restore-ordinary").misuse());
    }
    if !bundle.role.reads_by_default() {
        return Err(RecoveryError::NotAsked.into());
    }
    let key = match gather(ui, &args.part)? {
        Came::Key(key) => key,
        Came::Fewer(_) => return Err(CommandError::new("error-restore-stopped")),
    };
    let passphrase = ui.first_passphrase()?;
    let device = bellrope_client::restore(&ui.dir, &passphrase, (&code, bundle), &key, now())?;
    drop(key);
    ui.forget_when_told();
    let device_code = device.code();
    claimed(ui, &background, device)?;
    ui.print("restore-done", &[("code", device_code.into())])?;
    ui.status("restore-after", &[]);
    Ok(DONE)
}

impl From<RecoveryError> for CommandError {
    fn from(error: RecoveryError) -> Self {
        match error {
            RecoveryError::NotAsked => Self::new("error-recovery-not-asked"),
            RecoveryError::TooManyNames => Self::new("error-recovery-names").misuse(),
            RecoveryError::NoParts => Self::new("error-recovery-no-parts"),
            RecoveryError::Name(error) => Self::of_name("person", error),
            RecoveryError::Admission(error) => error.into(),
            RecoveryError::Compose(error) => error.into(),
            RecoveryError::Device(error) => error.into(),
        }
    }
}
