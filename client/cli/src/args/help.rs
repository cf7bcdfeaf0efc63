//! The words of the grammar: every text of the help in the reader's language.
//!
//! clap says some words itself, always in English. What it lets us replace is replaced: templates,
//! usage lines, headings, its own flags. The notes on defaults and possible values are switched off
//! and become part of our texts.

use clap::{
    Arg, ArgAction, ColorChoice, Command, CommandFactory, ValueEnum,
    builder::{
        PossibleValue, PossibleValuesParser, Resettable, StyledStr, Styles, TypedValueParser,
    },
};

use super::{Cli, InviteRole};
use bellrope_client::text::{Language, Messages};

/// Lines wider than this are hard to follow, however wide the terminal is.
const COLUMNS_MAX: usize = 100;

/// What every command has comes after what only this one has.
const GLOBALS_FROM: usize = 900;

/// What a reader may be looking for in a hurry comes first.
pub(super) const ORDER: [&str; 12] = [
    "alert",
    "watch",
    "inbox",
    "show",
    "outbox",
    "join",
    "create",
    "invite",
    "members",
    "export-identity",
    "completions",
    "man",
];

/// The whole grammar with its help in this language.
#[must_use]
pub(crate) fn command(words: &Messages) -> Command {
    let top = Cli::command()
        .disable_help_flag(true)
        .disable_help_subcommand(true)
        .disable_version_flag(true)
        .color(ColorChoice::Never)
        .styles(Styles::plain())
        .max_term_width(COLUMNS_MAX)
        .arg(
            Arg::new("help")
                .short('h')
                .long("help")
                .action(ArgAction::Help)
                .global(true),
        )
        .arg(
            Arg::new("version")
                .short('V')
                .long("version")
                .action(ArgAction::Version),
        )
        .mut_args(|arg| {
            let place = ["home", "lang", "verbose", "help"]
                .iter()
                .position(|id| arg.get_id() == *id);
            arg.display_order(place.unwrap_or(4).saturating_add(GLOBALS_FROM))
        });
    speak(top, "help", "bellrope", words)
        .help_template(template(Some(&words.plain("help-start")), words))
        .after_help(words.plain("help-after"))
}

/// Puts words to a command and all below it. `id` begins their messages; `typed` is how one says it.
fn speak(command: Command, id: &str, typed: &str, words: &Messages) -> Command {
    // The arguments of the program itself are those that every command has.
    let args_id = if id == "help" { "help-global" } else { id };
    let command = command
        .about(words.plain(id))
        .long_about(resettable(optional(&format!("{id}-long"), words)))
        .after_help(resettable(optional(&format!("{id}-examples"), words)))
        .help_template(template(None, words))
        .subcommand_help_heading(words.plain("help-heading-commands"))
        .subcommand_value_name(words.plain("help-value-command"))
        .mut_args(|arg| argument(arg, args_id, words))
        .mut_subcommands(|sub| {
            let (id, typed) = (
                format!("{id}-{}", sub.get_name()),
                format!("{typed} {}", sub.get_name()),
            );
            let place = ORDER.iter().position(|name| *name == sub.get_name());
            speak(sub, &id, &typed, words).display_order(place.unwrap_or(ORDER.len()))
        });
    let usage = usage(&command, typed, words);
    command.override_usage(usage)
}

fn optional(id: &str, words: &Messages) -> Option<String> {
    words.has(id).then(|| words.plain(id))
}

fn resettable(text: Option<String>) -> Resettable<StyledStr> {
    text.map(StyledStr::from).into()
}

fn template(start: Option<&str>, words: &Messages) -> String {
    let start = start.map_or_else(String::new, |start| format!("{start}\n\n"));
    let usage = words.plain("help-heading-usage");
    format!("{{about-with-newline}}\n{start}{usage}: {{usage}}\n\n{{all-args}}{{after-help}}\n")
}

fn argument(arg: Arg, command_id: &str, words: &Messages) -> Arg {
    let key = key(&arg).to_owned();
    let id = format!("{command_id}-{key}");
    let heading = if arg.is_positional() {
        "help-heading-arguments"
    } else {
        "help-heading-options"
    };
    let mut arg = arg.help_heading(words.plain(heading));
    let mut notes = String::new();
    let mut explained = String::new();
    if arg.get_action().takes_values() {
        arg = with_values(arg, &id, words)
            .value_name(words.plain(&value_name_id(&key)))
            .hide_default_value(true)
            .hide_possible_values(true);
        (notes, explained) = said_of_values(&arg, words);
    }
    let short = words.plain(&id);
    let long = optional(&format!("{id}-long"), words);
    let long_help = (long.is_some() || !explained.is_empty()).then(|| {
        let long = long.as_deref().unwrap_or(&short);
        format!("{long}{explained}")
    });
    arg.help(format!("{short}{notes}"))
        .long_help(resettable(long_help))
}

/// How messages name an argument: as people type it.
fn key(arg: &Arg) -> &str {
    arg.get_long().unwrap_or(arg.get_id().as_str())
}

fn value_name_id(key: &str) -> String {
    let name = match key {
        "home" | "envelopes" => "dir",
        "relay" => "address",
        "group" => "name",
        "from" | "out" => "file",
        other => other,
    };
    format!("help-value-{name}")
}

/// Gives values their meaning, which shells show when they complete them.
fn with_values(arg: Arg, id: &str, words: &Messages) -> Arg {
    let explain = |name: String| {
        let help = words.plain(&format!("{id}-{name}"));
        PossibleValue::new(name).help(help)
    };
    match arg.get_id().as_str() {
        "role" => {
            let names = InviteRole::value_variants()
                .iter()
                .filter_map(|role| Some(role.to_possible_value()?.get_name().to_owned()));
            arg.value_parser(
                PossibleValuesParser::new(names.map(explain))
                    .try_map(|name| InviteRole::from_str(&name, false)),
            )
        }
        "lang" => {
            let tags = Language::ALL.map(|language| language.tag().to_owned());
            arg.ignore_case(true).value_parser(
                PossibleValuesParser::new(tags.map(explain)).try_map(|tag| tag.parse::<Language>()),
            )
        }
        _ => arg,
    }
}

/// The notes after the short help, and what follows the long one.
fn said_of_values(arg: &Arg, words: &Messages) -> (String, String) {
    let mut notes = String::new();
    let mut explained = String::new();
    let defaults: Vec<_> = arg
        .get_default_values()
        .iter()
        .map(|value| value.to_string_lossy())
        .collect();
    if !defaults.is_empty() {
        let value = defaults.join(", ");
        notes.push(' ');
        notes.push_str(&words.say("help-note-default", &[("value", value.into())]));
    }
    let values: Vec<PossibleValue> = arg
        .get_value_parser()
        .possible_values()
        .into_iter()
        .flatten()
        .collect();
    if !values.is_empty() {
        let names: Vec<&str> = values.iter().map(PossibleValue::get_name).collect();
        let names = names.join(", ");
        notes.push(' ');
        notes.push_str(&words.say("help-note-values", &[("values", names.into())]));
    }
    for value in &values {
        if let Some(help) = value.get_help() {
            let meaning = help.to_string();
            let args = [
                ("value", value.get_name().into()),
                ("meaning", meaning.into()),
            ];
            explained.push('\n');
            explained.push_str(&words.say("help-note-value", &args));
        }
    }
    // Without meanings, or with a default, the long help needs the same notes.
    if explained.is_empty() {
        explained.clone_from(&notes);
    }
    (notes, explained)
}

/// What must be typed, then what may be.
fn usage(command: &Command, typed: &str, words: &Messages) -> String {
    let mut parts = vec![typed.to_owned()];
    let value = |arg: &Arg| words.plain(&value_name_id(key(arg)));
    for arg in command.get_opts().filter(|arg| arg.is_required_set()) {
        parts.push(format!("--{} <{}>", key(arg), value(arg)));
    }
    parts.push(words.plain("help-usage-options"));
    for arg in command.get_positionals() {
        parts.push(mark(&value(arg), arg.is_required_set()));
    }
    if command.has_subcommands() {
        let name = words.plain("help-value-command");
        parts.push(mark(&name, command.is_subcommand_required_set()));
    }
    parts.join(" ")
}

fn mark(name: &str, required: bool) -> String {
    if required {
        format!("<{name}>")
    } else {
        format!("[{name}]")
    }
}
