//! One file a command, each to be read from top to bottom; [`run`] is the program.

mod alert;
mod answers;
mod attach;
mod attachment;
mod calendar;
mod case;
mod check_in;
mod checklist;
mod circle;
mod contact;
mod coordinate;
mod create;
mod device;
mod duty;
mod erase;
mod events;
mod evidence;
mod export;
mod facts;
mod forget;
mod freeze;
mod inbox;
mod invite;
mod join;
mod lock;
mod members;
mod menu;
mod missed;
mod open;
mod outbox;
mod papers;
mod parts;
mod passphrase;
mod planned;
mod recovery;
mod relay;
mod reminders;
mod retention;
mod ringing;
mod sending;
mod sensitive;
mod shift;
mod shifts;
mod status;
mod take_over;
mod translate;
mod verify;
mod watch;
mod whom;

use std::{env, ffi::OsString, path::PathBuf, process::ExitCode};

use bellrope_client::text::Messages;
use case::Saying;
use clap::{FromArgMatches as _, error::ErrorKind};
use facts::Stated;

use crate::{
    args::{self, Cli, Command},
    asking::Asking,
    command_error::{CommandError, DONE, FAILED, MISUSE},
    language, log,
    output::Output,
    paths::GivenPath,
    ui::Ui,
};

/// Runs the command that the arguments say, and tells how it ended: 0 done, 1 failed, 2 misuse,
/// 3 sealed and waiting on this device.
#[must_use]
pub fn run(args: Vec<OsString>) -> ExitCode {
    let asked = args::language_asked(&args);
    let messages = language::messages(language::choose(asked));
    let unspoken = language::unspoken(&messages).filter(|_| asked.is_none());
    let mut output = Output::default();
    let matches = args::command(&messages).try_get_matches_from(args);
    let cli = match matches.and_then(|mut matches| Cli::from_arg_matches_mut(&mut matches)) {
        Ok(cli) => cli,
        Err(error) => {
            let code = refuse(&error, &messages, &mut output);
            if error.kind() != ErrorKind::DisplayVersion {
                unspoken.inspect(|told| output.status(told));
            }
            return code;
        }
    };
    // Once in a device's life, and with every help.
    if matches!(
        cli.command,
        None | Some(Command::Join(_) | Command::Create(_))
    ) {
        unspoken.inspect(|told| output.status(told));
    }
    log::start(cli.verbose || env::var_os("BELLROPE_VERBOSE").is_some());
    let mut ui = Ui {
        dir: directory(cli.home),
        device: None,
        passphrase_file: env::var_os("BELLROPE_PASSPHRASE_FILE")
            .map(|given| GivenPath::from(given).meant()),
        messages,
        output,
        asking: Asking::default(),
    };
    let done = match cli.command {
        Some(command) => perform(&mut ui, command),
        None if ui.is_attended() => ask_what(&mut ui),
        None => {
            let help = args::command(&ui.messages).render_help().to_string();
            ui.output.status(&help);
            Ok(MISUSE)
        }
    };
    ui.set_aside();
    ui.without_locks();
    let code = match done {
        Ok(code) => code,
        Err(error) => {
            let said = error.say(&ui.messages);
            if !said.is_empty() {
                ui.output.status(&said);
            }
            error.code
        }
    };
    ExitCode::from(code)
}

/// Without a command, asks for one.
fn ask_what(ui: &mut Ui) -> Result<u8, CommandError> {
    let typed = menu::choose(ui)?;
    let typed = std::iter::once("bellrope".to_owned()).chain(typed);
    let matches = args::command(&ui.messages).try_get_matches_from(typed);
    let cli = matches.and_then(|mut matches| Cli::from_arg_matches_mut(&mut matches));
    match cli.map(|cli| cli.command) {
        Ok(Some(command)) => perform(ui, command),
        Ok(None) => Ok(DONE),
        Err(error) => {
            ui.output.status(&args::usage_error(&error, &ui.messages));
            Ok(MISUSE)
        }
    }
}

fn refuse(error: &clap::Error, messages: &Messages, output: &mut Output) -> ExitCode {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            match output.verbatim(&error.to_string()) {
                Ok(_) => ExitCode::from(DONE),
                Err(_) => ExitCode::from(FAILED),
            }
        }
        _ => {
            output.status(&args::usage_error(error, messages));
            ExitCode::from(MISUSE)
        }
    }
}

fn perform(ui: &mut Ui, command: Command) -> Result<u8, CommandError> {
    match command {
        Command::Create(args) => create::create(ui, &args),
        Command::Invite(args) => invite::invite(ui, &args),
        Command::Join(args) => join::join(ui, args),
        Command::Members(args) => members::members(ui, &args),
        Command::Device(args) => device::device(ui, &args),
        Command::Circle(args) => circle::circle(ui, &args),
        Command::Duty(args) => duty::duty(ui, &args),
        Command::Retention(args) => retention::retention(ui, &args),
        Command::Contact(args) => contact::contact(ui, &args),
        Command::Freeze(args) => freeze::freeze(ui, &args),
        Command::Unfreeze(args) => freeze::unfreeze(ui, &args),
        Command::Alert(args) => alert::alert(ui, &args),
        Command::Verify(args) => verify::verify(ui, &args),
        Command::Watch(args) => watch::watch(ui, args),
        Command::Inbox(args) => inbox::inbox(ui, &args),
        Command::Show(args) => inbox::show(ui, &args),
        Command::Cases(args) => case::cases(ui, &args),
        Command::Case(args) => case::case(ui, &args),
        Command::Attach(args) => attach::attach(ui, &args),
        Command::Attachment(args) => attachment::attachment(ui, &args),
        Command::Ack(args) => case::say(ui, &Saying::Ack(&args)),
        Command::Lead(args) => case::say(ui, &Saying::Lead(&args)),
        Command::Support(args) => case::say(ui, &Saying::Support(&args)),
        Command::HandOver(args) => case::say(ui, &Saying::HandOver(&args)),
        Command::Open(args) => open::open(ui, &args),
        Command::Sensitive(args) => sensitive::sensitive(ui, &args),
        Command::Conflict(args) => case::say(ui, &Saying::Conflict(&args)),
        Command::Note(args) if args.hand_on => case::hand_on(ui, &args.case),
        Command::Note(args) => case::say(ui, &Saying::Note(&args)),
        Command::Translate(args) => match &args.case {
            Some(case) => translate::translate(ui, &args, case),
            None => translate::asked(ui, &args),
        },
        Command::Answer(args) => case::say(ui, &Saying::Answer(&args)),
        Command::Opened(args) => case::opened(ui, &args),
        Command::Close(args) => case::say(ui, &Saying::Close(&args)),
        Command::Reopen(args) => case::say(ui, &Saying::Reopen(&args)),
        Command::State(args) => case::say(ui, &Saying::State(&args)),
        Command::Fact(args) => case::say(ui, &Saying::Facts(Stated::Fact(&args.kind))),
        Command::Due(args) => case::say(ui, &Saying::Facts(Stated::Due(&args))),
        Command::Checklist(args) => checklist::checklist(ui, &args),
        Command::Review(args) => case::say(ui, &Saying::Review(&args)),
        Command::Keep(args) => forget::keep(ui, &args),
        Command::Forget(args) => forget::forget(ui, &args),
        Command::CheckIn(args) => check_in::check_in(ui, &args),
        Command::Calendar(args) => calendar::calendar(ui, &args),
        Command::Digest(args) => calendar::digest(ui, &args),
        Command::Outbox(args) => outbox::outbox(ui, &args),
        Command::Status(args) => status::status(ui, &args),
        Command::Relay(args) => relay::relay(ui, &args),
        Command::Evidence(args) => evidence::evidence(ui, &args),
        Command::VerifyEvidence(args) => evidence::verify(ui, &args),
        Command::ExportIdentity(args) => export::identity(ui, &args),
        Command::Passphrase(args) => passphrase::passphrase(ui, &args),
        Command::Recovery(args) => recovery::recovery(ui, &args.act),
        Command::Lock => lock::lock(ui),
        Command::Erase(args) => erase::erase(ui, &args),
        Command::Completions(args) => export::completions(ui, &args),
        Command::Man(args) => export::man(ui, &args),
    }
}

/// The one named, else the one of `BELLROPE_HOME`, else `.bellrope` in the person's own directory.
fn directory(named: Option<GivenPath>) -> PathBuf {
    named
        .or_else(|| env::var_os("BELLROPE_HOME").map(GivenPath::from))
        .map(|given| given.meant())
        .or_else(|| env::home_dir().map(|home| home.join(".bellrope")))
        .unwrap_or_else(|| PathBuf::from(".bellrope"))
}
