//! What is said when the command line cannot be understood, and in which language.

use core::iter;
use std::ffi::OsString;

use clap::{
    Command, Error,
    error::{ContextKind as Told, ContextValue, ErrorKind},
};

use bellrope_client::text::{Language, Messages, escape};

use super::help::command;

/// The language that the command line asks for. Found before it is parsed, since help and errors are
/// in that language already.
#[must_use]
pub(crate) fn language_asked(args: &[OsString]) -> Option<Language> {
    let args = args.iter().map(|arg| arg.to_string_lossy());
    let mut args = args.take_while(|arg| arg != "--");
    let asked = args.find(|arg| arg == "--lang" || arg.starts_with("--lang="))?;
    match asked.split_once('=') {
        Some((_, tag)) => tag.parse().ok(),
        None => args.next()?.parse().ok(),
    }
}

/// clap's refusal in the reader's language; help and version, which clap hands out as errors, as they
/// are. What people seldom do wrong has one sentence. The last line says where help is.
#[must_use]
pub(crate) fn usage_error(error: &Error, words: &Messages) -> String {
    let command = told(error, Told::InvalidSubcommand).concat();
    let arg = told(error, Told::InvalidArg).join("\n  ");
    let value = told(error, Told::InvalidValue).concat();
    let others = told(error, Told::PriorArg).join(", ");
    let message = match error.kind() {
        ErrorKind::DisplayHelp
        | ErrorKind::DisplayVersion
        | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => return error.to_string(),
        ErrorKind::UnknownArgument => "usage-unknown-argument",
        ErrorKind::InvalidSubcommand => "usage-unknown-command",
        ErrorKind::MissingRequiredArgument => "usage-missing",
        ErrorKind::InvalidValue if value.is_empty() => "usage-missing-value",
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => "usage-invalid-value",
        ErrorKind::ArgumentConflict if arg != others => "usage-conflict",
        _ => "usage-other",
    };
    let (place, help) = place(error, &arg, words);
    let possible = told(error, Told::ValidValue);
    let meant = [
        Told::SuggestedSubcommand,
        Told::SuggestedArg,
        Told::SuggestedValue,
    ];
    let mut meant = meant.map(|kind| told(error, kind)).concat();
    // clap puts the likeliest last.
    meant.reverse();
    let typed = format!("{place} {arg} {value}");
    let args = [
        ("typed", typed.trim_end().into()),
        ("command", command.into()),
        ("arg", arg.into()),
        ("value", value.into()),
        ("others", others.into()),
        ("values", possible.join(", ").into()),
        ("meant", meant.join(", ").into()),
        ("place", place.into()),
    ];
    let mut lines = vec![words.say(message, &args)];
    if !possible.is_empty() {
        lines.push(words.say("usage-values", &args));
    }
    // Values without a list keep to a rule that stands in the help.
    lines.extend(help.filter(|_| error.kind() == ErrorKind::ValueValidation));
    if !meant.is_empty() {
        lines.push(words.say("usage-suggest", &args));
    }
    lines.push(words.say("usage-see", &args));
    lines.join("\n")
}

/// What clap tells, among it what was typed.
fn told(error: &Error, kind: Told) -> Vec<String> {
    match error.get(kind) {
        Some(ContextValue::String(text)) => vec![escape(text)],
        Some(ContextValue::Strings(texts)) => texts.iter().map(|text| escape(text)).collect(),
        _ => Vec::new(),
    }
}

/// The command whose help will tell more, and that help's sentence on the argument.
fn place(error: &Error, arg: &str, words: &Messages) -> (String, Option<String>) {
    if let Some(usage) = error.get(Told::Usage).map(ToString::to_string) {
        // The words before the first option or value.
        let path = usage
            .split_whitespace()
            .skip_while(|word| *word != "bellrope");
        let path = path.take_while(|word| !word.starts_with(['-', '<', '[']));
        return (path.collect::<Vec<_>>().join(" "), None);
    }
    // With a wrong value clap tells the argument alone.
    let top = command(words);
    let commands = iter::once(&top).chain(top.get_subcommands());
    let below = top.get_subcommands().flat_map(Command::get_subcommands);
    let owner = commands.chain(below).find_map(|command| {
        let own = command.get_arguments().find(|own| own.to_string() == arg)?;
        Some((command.get_bin_name()?, own.get_help()?.to_string()))
    });
    let (path, help) = owner.unzip();
    (path.unwrap_or("bellrope").to_owned(), help)
}
