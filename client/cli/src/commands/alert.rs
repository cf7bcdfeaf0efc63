//! `bellrope alert`: pulls the rope. Sealed and on disk before any network is tried; then said
//! honestly how far it got.

use std::{io::Read as _, path::Path, sync::Arc};

use bellrope_client::{
    Device, EngineError, EngineOptions, MemberKey, MessageId, RelayError, ReplyUpdate, SendReport,
    alert::{
        Alert, Fields,
        answers::{AnswerError, parse_yes_no},
        country::Country,
        form,
        questions::{FlashAnswers, Question},
        unclear::Unclear,
        vocabulary::Kind,
    },
    compose_alert, may_send, now,
    show::{
        Delivery, Explain as _, Members, Outbox, alert_text, question_lines, unclear_lines,
        write_form,
    },
    text::moment_text,
};
use jiff::tz::TimeZone;
use serde_json::json;
use zeroize::Zeroizing;

use crate::{
    args,
    command_error::{CommandError, DONE, QUEUED},
    ui::{self, Background, Ui},
};

/// A filled-in form is a few pages.
const FORM_BYTES_MAX: u64 = 256 * 1024;

pub(super) fn alert(ui: &mut Ui, args: &args::Alert) -> Result<u8, CommandError> {
    if args.template {
        let form = write_form(&Fields::of_kind(Kind::Flash), &ui.messages);
        ui.verbatim(&form)?;
        return Ok(DONE);
    }
    // The passphrase first: nobody should lose seven answers to a typing error.
    let device = ui.unlock()?;
    may_send(&device)?;
    let chosen = readers(&device, &args.to)?;
    let alert = match &args.from {
        Some(path) => read_form(path)?,
        None => write_flash(ui, args)?,
    };
    if !args.yes && !last_look(ui, &alert)? {
        ui.status("alert-not-sent", &[]);
        return Ok(DONE);
    }
    let id = compose_alert(&device, &alert, &chosen, now())?;
    drop(alert);
    ui.status(
        if device.reads()? {
            "alert-sealed"
        } else {
            "alert-sealed-for-ever"
        },
        &[],
    );
    send(ui, &device, id, args.json)
}

/// The readers with these names; none means all.
fn readers(device: &Device, names: &[String]) -> Result<Vec<MemberKey>, CommandError> {
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let members = Members::of(device, now())?
        .ok_or_else(|| CommandError::new("error-to-needs-names").misuse())?;
    let mut keys = Vec::new();
    for name in names {
        let key = members.reader(name).ok_or_else(|| {
            let name = vec![("name", name.clone())];
            CommandError::with("error-no-such-reader", name).misuse()
        })?;
        keys.push(key);
    }
    Ok(keys)
}

fn read_form(path: &Path) -> Result<Alert, CommandError> {
    let mut text = Zeroizing::new(String::new());
    let read = if path.as_os_str() == "-" {
        std::io::stdin()
            .take(FORM_BYTES_MAX)
            .read_to_string(&mut text)
    } else {
        std::fs::File::open(path)
            .and_then(|file| file.take(FORM_BYTES_MAX).read_to_string(&mut text))
    };
    read.map_err(|error| {
        let file = ("file", path.display().to_string());
        CommandError::with("error-file-system", vec![file, ("what", error.to_string())])
    })?;
    Ok(form::read(&text, now(), &TimeZone::system())?)
}

fn write_flash(ui: &mut Ui, args: &args::Alert) -> Result<Alert, CommandError> {
    let home = ui::country();
    let mut answers = FlashAnswers::new(home, TimeZone::system(), now());
    if args.drill {
        answers = answers.as_drill();
    }
    let given = [
        (Question::Acts, &args.what),
        (Question::Victim, &args.whom),
        (Question::Place, &args.place),
        (Question::Time, &args.when),
        (Question::Urgency, &args.urgency),
        (Question::Words, &args.summary),
        (Question::Sharing, &args.share),
    ];
    // Given answers are checked before anything is asked.
    for (question, answer) in given {
        match (question, answer) {
            (Question::Words, Some(summary)) => {
                answers.write(summary, args.text.as_deref().unwrap_or_default())?;
            }
            (_, Some(answer)) => answers.answer(question, answer, now())?,
            (_, None) => {}
        }
    }
    let missing = given.iter().filter(|(_, answer)| answer.is_none());
    // A script gives what has no default, and is asked nothing.
    let is_script = args.yes && args.what.is_some() && args.summary.is_some();
    if is_script || !ui.is_attended() {
        return Ok(answers.finish()?);
    }
    for (question, _) in missing {
        ask(ui, *question, home, &mut answers)?;
    }
    Ok(answers.finish()?)
}

/// Asks until the answer is understood.
fn ask(
    ui: &mut Ui,
    question: Question,
    home: Option<Country>,
    answers: &mut FlashAnswers,
) -> Result<(), CommandError> {
    ui.output.status("");
    for line in question_lines(question, home, &ui.messages) {
        ui.output.status(&line);
    }
    // An answer may raise a question of its own, to which what is typed next is the answer.
    let mut asked: Option<Box<Unclear>> = None;
    loop {
        ui.output.ask(">");
        let typed = read_answer(ui, question.takes_lines())?;
        let answer = match &asked {
            Some(unclear) => unclear.answer(&typed).map(Zeroizing::new),
            None => Some(typed),
        };
        let Some(answer) = answer else { continue };
        match answers.answer(question, &answer, now()) {
            Ok(()) => return Ok(()),
            Err(AnswerError::Unclear(unclear)) => {
                for line in unclear_lines(&unclear, &ui.messages) {
                    ui.output.status(&line);
                }
                asked = Some(unclear);
            }
            Err(error) => {
                asked = None;
                let said = error.explain(&ui.messages);
                ui.output.status(&said);
            }
        }
    }
}

/// One line, or several up to an empty one.
fn read_answer(ui: &mut Ui, lines: bool) -> Result<Zeroizing<String>, CommandError> {
    let mut answer = Zeroizing::new(String::new());
    loop {
        let Some(line) = ui.line()?.map(Zeroizing::new) else {
            if answer.is_empty() {
                return Err(CommandError::new("error-no-answer"));
            }
            return Ok(answer);
        };
        if !lines {
            return Ok(line);
        }
        if line.trim().is_empty() {
            return Ok(answer);
        }
        if !answer.is_empty() {
            answer.push('\n');
        }
        answer.push_str(&line);
    }
}

fn last_look(ui: &mut Ui, alert: &Alert) -> Result<bool, CommandError> {
    if !ui.is_attended() {
        return Err(CommandError::new("error-needs-yes").misuse());
    }
    ui.status("alert-last-look", &[]);
    let page = Zeroizing::new(alert_text(alert.fields(), &ui.messages));
    ui.output.status(&page);
    loop {
        let answer = ui.ask("ask-send")?;
        let answer = answer.trim();
        if answer.is_empty() {
            return Ok(true);
        }
        if let Some(answer) = parse_yes_no(answer) {
            return Ok(answer);
        }
    }
}

/// Tries the network, and says what came of this alert.
fn send(
    ui: &mut Ui,
    device: &Arc<Device>,
    id: MessageId,
    as_json: bool,
) -> Result<u8, CommandError> {
    let background = Background::start()?;
    let engine = background.engine(device, EngineOptions::default());
    let sent = background.wait(engine.send_alerts())?;
    let is_sent = sent.failed.is_empty();
    let code = say(ui, device, id, sent, as_json)?;
    if is_sent {
        // New keys wait for a defender where nothing else brings them. What fails here is done another time.
        let reads = device.reads()?;
        let updates = background.wait(async {
            let _ = engine.send_outbox().await;
            if reads {
                return Vec::new();
            }
            engine.catch_up().await.unwrap_or_default()
        });
        if updates.contains(&ReplyUpdate::Taken) {
            ui.status("watch-taken", &[]);
        }
    }
    background.wait(engine.stop());
    Ok(code)
}

/// The relay's word counts, also when it could not be written down: nobody should write an alert again that is stored.
fn say(
    ui: &mut Ui,
    device: &Device,
    id: MessageId,
    sent: SendReport,
    as_json: bool,
) -> Result<u8, CommandError> {
    let listed = Outbox::of(device, now()).ok();
    let (mut stored, mut sequence) = (None, None);
    if let Some(Delivery::Stored { time, sequence: at }) = listed
        .as_ref()
        .and_then(|outbox| outbox.get(id))
        .map(|sent| sent.delivery)
    {
        (stored, sequence) = (Some(time), Some(at));
    }
    let mut told = sent.stored.iter();
    stored = stored.or(told.find(|(of, _)| *of == id).map(|(_, time)| *time));
    if as_json {
        ui.json(&json!({
            "id": id.to_string(),
            "state": if stored.is_some() { "stored" } else { "queued" },
            "stored": stored.map(moment_text),
            "sequence": sequence,
        }))?;
    }
    if let Some(time) = stored {
        if !as_json {
            let words = [
                ("time", moment_text(time).into()),
                ("id", id.to_string().into()),
            ];
            ui.print("alert-stored", &words)?;
        }
        // It is stored. That a relay says what cannot be, or a file could not be used, is said all the same.
        let other = |error: &EngineError| !matches!(error, EngineError::Relay(error) if !matches!(error, RelayError::Contradiction(_)));
        if let Some(error) = sent.failed.into_iter().find(other) {
            ui.failed(error);
        }
        if sent.evidence {
            ui.status("watch-evidence", &[]);
        }
        return Ok(DONE);
    }
    let failed = sent.failed.into_iter().next();
    let may_pass = !matches!(&failed, Some(EngineError::Relay(error)) if !error.may_pass());
    match failed {
        Some(error) => ui.failed(error),
        None => ui.status("error-relay-ended", &[]),
    }
    if !as_json {
        ui.print("alert-queued", &[("id", id.to_string().into())])?;
    }
    if !may_pass {
        ui.status("alert-needs-help", &[]);
    }
    Ok(QUEUED)
}
