//! `bellrope alert`: pulls the rope. Sealed and on disk before any network is tried; then said
//! honestly how far it got.

use std::io::Read as _;

use jiff::tz::TimeZone;
use serde_json::json;
use zeroize::Zeroizing;

use super::desk::{self, Desk, wait_for};
use crate::{
    alert::{
        Alert, AlertId, Fields,
        country::Country,
        flash::{FlashAnswers, Question},
        render, template,
        vocabulary::Kind,
    },
    carry, cli,
    clock::{moment_text, now},
    device::Device,
    failure::{DONE, Failure, QUEUED, link_message},
    joining::{self, Word},
    link::LinkError,
    outbox,
    seal::MemberKey,
    speak,
};

/// A filled-in form is a few pages.
const FORM_BYTES_MAX: u64 = 256 * 1024;

pub(super) fn alert(desk: &mut Desk, args: &cli::Alert) -> Result<u8, Failure> {
    if args.template {
        let form = template::write(&Fields::of_kind(Kind::Flash), &desk.words);
        desk.content(&form)?;
        return Ok(DONE);
    }
    // The passphrase first: nobody should lose seven answers to a typing error.
    let device = desk.unlock()?;
    let chosen = readers(&device, &args.to)?;
    let alert = match &args.from {
        Some(path) => read_form(desk, path)?,
        None => write_flash(desk, args)?,
    };
    if !args.yes && !last_look(desk, &alert)? {
        desk.status("alert-not-sent", &[]);
        return Ok(DONE);
    }
    let id = speak::alert(&device, &alert, &chosen, now())?;
    drop(alert);
    desk.status("alert-sealed", &[]);
    send(desk, &device, id, args.json)
}

/// The readers with these names; none means all.
fn readers(device: &Device, names: &[String]) -> Result<Vec<MemberKey>, Failure> {
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let roster = device
        .roster()?
        .ok_or_else(|| Failure::new("error-to-needs-names").misuse())?;
    let mut keys = Vec::new();
    for name in names {
        let wanted = name.trim().to_lowercase();
        let mut people = roster.people().iter();
        let person = people
            .find(|person| person.role.reads() && person.name.to_lowercase() == wanted)
            .ok_or_else(|| {
                let name = vec![("name", name.clone())];
                Failure::with("error-no-such-reader", name).misuse()
            })?;
        keys.push(person.key);
    }
    Ok(keys)
}

fn read_form(desk: &Desk, path: &std::path::Path) -> Result<Alert, Failure> {
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
        Failure::with("error-file-system", vec![file, ("what", error.to_string())])
    })?;
    Ok(template::read(
        &text,
        now(),
        &TimeZone::system(),
        &desk.words,
    )?)
}

fn write_flash(desk: &mut Desk, args: &cli::Alert) -> Result<Alert, Failure> {
    let home = desk::country();
    let language = desk.words.language();
    let mut answers = FlashAnswers::new(home, TimeZone::system(), now(), language);
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
            (_, Some(answer)) => answers.answer(question, answer, now(), &desk.words)?,
            (_, None) => {}
        }
    }
    let missing = given.iter().filter(|(_, answer)| answer.is_none());
    // A script gives what has no default, and is asked nothing.
    let is_script = args.yes && args.what.is_some() && args.summary.is_some();
    if is_script || !desk.is_attended() {
        return Ok(answers.finish()?);
    }
    for (question, _) in missing {
        ask(desk, *question, home, &mut answers)?;
    }
    Ok(answers.finish()?)
}

/// Asks until the answer is understood.
fn ask(
    desk: &mut Desk,
    question: Question,
    home: Option<Country>,
    answers: &mut FlashAnswers,
) -> Result<(), Failure> {
    desk.screen.status("");
    for line in question.prompt(home, &desk.words) {
        desk.screen.status(&line);
    }
    loop {
        desk.screen.ask("> ");
        let answer = read_answer(desk, question.takes_lines())?;
        match answers.answer(question, &answer, now(), &desk.words) {
            Ok(()) => return Ok(()),
            Err(error) => {
                let said = error.say(&desk.words);
                desk.screen.status(&said);
            }
        }
    }
}

/// One line, or several up to an empty one.
fn read_answer(desk: &mut Desk, lines: bool) -> Result<Zeroizing<String>, Failure> {
    let mut answer = Zeroizing::new(String::new());
    loop {
        let Some(line) = desk.line()?.map(Zeroizing::new) else {
            if answer.is_empty() {
                return Err(Failure::new("error-no-answer"));
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

fn last_look(desk: &mut Desk, alert: &Alert) -> Result<bool, Failure> {
    if !desk.is_attended() {
        return Err(Failure::new("error-needs-yes").misuse());
    }
    desk.status("alert-last-look", &[]);
    let page = Zeroizing::new(render(alert, &desk.words));
    desk.screen.status(&page);
    loop {
        let answer = desk.ask("ask-send")?;
        let answer = answer.trim().to_lowercase();
        let is = |id: &str, desk: &Desk| {
            let names = desk.words.names_of(id);
            names.iter().any(|name| name.to_lowercase() == answer)
        };
        if answer.is_empty() || is("answer-yes", desk) {
            return Ok(true);
        }
        if is("answer-no", desk) {
            return Ok(false);
        }
    }
}

/// Tries the network, and says what came of this alert.
fn send(desk: &mut Desk, device: &Device, id: AlertId, as_json: bool) -> Result<u8, Failure> {
    let (failed, word) = wait_for(async {
        let carried = carry::flush(device).await?;
        let failed = carried.failed.into_iter().next().map(|(_, error)| error);
        // New keys wait for a defender where nothing else brings them.
        let word = match failed {
            None => joining::catch_up(device).await.unwrap_or(Word::Nothing),
            Some(_) => Word::Nothing,
        };
        Ok((failed, word))
    })?;
    if word == Word::Taken {
        desk.status("watch-taken", &[]);
    }
    let all = outbox::all(device)?;
    let receipt = all
        .into_iter()
        .find(|waiting| waiting.queued.alert == Some(id))
        .and_then(|waiting| waiting.queued.receipt);
    if as_json {
        desk.json(&json!({
            "id": id.to_string(),
            "state": if receipt.is_some() { "stored" } else { "queued" },
            "stored": receipt.as_ref().map(|receipt| moment_text(receipt.fact.time)),
            "sequence": receipt.as_ref().map(|receipt| receipt.fact.sequence.0),
        }))?;
    }
    match receipt {
        Some(receipt) => {
            if !as_json {
                let words = [
                    ("time", moment_text(receipt.fact.time).into()),
                    ("id", id.to_string().into()),
                ];
                desk.print("alert-stored", &words)?;
            }
            Ok(DONE)
        }
        None => {
            let error = failed.as_ref().map_or("error-relay-ended", link_message);
            desk.status(error, &[]);
            let passes = failed.as_ref().is_none_or(carry::may_pass);
            if !as_json {
                desk.print("alert-queued", &[("id", id.to_string().into())])?;
            }
            if !passes || matches!(failed, Some(LinkError::NotTheRelay)) {
                desk.status("alert-needs-help", &[]);
            }
            Ok(QUEUED)
        }
    }
}
