//! The words of the grammar: every text of the help in the reader's language.
//!
//! clap says some words itself, always in English. What it lets us replace is replaced: templates,
//! usage lines, headings, its own flags. Its notes on defaults and possible values are switched off;
//! our texts name them, and a test compares.

use std::any::TypeId;

use clap::{
    Arg, ArgAction, ColorChoice, Command, CommandFactory, ValueEnum, ValueHint,
    builder::{
        PossibleValue, PossibleValuesParser, Resettable, StyledStr, Styles, TypedValueParser,
    },
};

use super::{Cli, joining::InviteRole};
use crate::paths::GivenPath;
use bellrope_client::text::{Language, Messages};

/// Lines wider than this are hard to follow, however wide the terminal is.
const COLUMNS_MAX: usize = 100;

/// What every command has, in this order and after what only this one has.
const GLOBALS: [&str; 4] = ["home", "lang", "verbose", "help"];
const GLOBALS_FROM: usize = 900;

/// What a reader may be looking for in a hurry comes first.
pub(super) const ORDER: [&str; 55] = [
    "alert",
    "check-in",
    "watch",
    "inbox",
    "show",
    "cases",
    "case",
    "attachment",
    "attach",
    "ack",
    "lead",
    "support",
    "hand-over",
    "conflict",
    "open",
    "note",
    "answer",
    "sensitive",
    "translate",
    "state",
    "fact",
    "due",
    "checklist",
    "calendar",
    "digest",
    "close",
    "review",
    "reopen",
    "keep",
    "forget",
    "outbox",
    "status",
    "join",
    "create",
    "invite",
    "members",
    "device",
    "circle",
    "duty",
    "retention",
    "contact",
    "freeze",
    "unfreeze",
    "opened",
    "verify",
    "relay",
    "evidence",
    "verify-evidence",
    "export-identity",
    "passphrase",
    "recovery",
    "lock",
    "erase",
    "completions",
    "man",
];

/// The whole grammar with its help in this language.
#[must_use]
pub(crate) fn command(words: &Messages) -> Command {
    let flag = |name: &'static str, short| Arg::new(name).long(name).short(short);
    let top = Cli::command()
        .bin_name("bellrope")
        .disable_help_flag(true)
        .disable_help_subcommand(true)
        .disable_version_flag(true)
        .color(ColorChoice::Never)
        .styles(Styles::plain())
        .max_term_width(COLUMNS_MAX)
        .arg(flag("help", 'h').action(ArgAction::Help).global(true))
        .arg(flag("version", 'V').action(ArgAction::Version))
        .mut_args(|arg| {
            let place = GLOBALS.iter().position(|id| arg.get_id() == *id);
            let place = place.unwrap_or(GLOBALS.len());
            arg.display_order(place.saturating_add(GLOBALS_FROM))
        });
    let start = format!("{}\n\n", words.plain("help-start"));
    let mut top = speak(top, "help", words)
        .help_template(template(&start, words))
        .after_help(words.plain("help-after"));
    // From here every command knows what it takes and how it is typed.
    top.build();
    with_usage(top, words)
}

/// Puts words to a command and all below it. `id` begins their messages.
fn speak(command: Command, id: &str, words: &Messages) -> Command {
    // The arguments of the program itself are those that every command has.
    let args_id = if id == "help" { "help-global" } else { id };
    command
        .about(words.plain(id))
        .long_about(optional(&format!("{id}-long"), words))
        .after_help(optional(&format!("{id}-examples"), words))
        .help_template(template("", words))
        .subcommand_help_heading(words.plain("help-heading-commands"))
        .subcommand_value_name(words.plain("help-value-command"))
        .mut_args(|arg| argument(arg, args_id, words))
        .mut_subcommands(|sub| {
            let id = format!("{id}-{}", sub.get_name());
            let place = ORDER.iter().position(|name| *name == sub.get_name());
            speak(sub, &id, words).display_order(place.unwrap_or(ORDER.len()))
        })
}

fn optional(id: &str, words: &Messages) -> Resettable<StyledStr> {
    let text = words.has(id).then(|| words.plain(id));
    text.map(StyledStr::from).into()
}

fn template(start: &str, words: &Messages) -> String {
    let usage = words.plain("help-heading-usage");
    format!("{{about-with-newline}}\n{start}{usage}: {{usage}}\n\n{{all-args}}{{after-help}}\n")
}

fn argument(arg: Arg, command_id: &str, words: &Messages) -> Arg {
    // Messages name an argument as people type it.
    let key = arg.get_long().unwrap_or(arg.get_id().as_str()).to_owned();
    let id = format!("{command_id}-{key}");
    let heading = match arg.is_positional() {
        true => "help-heading-arguments",
        false => "help-heading-options",
    };
    let arg = arg
        .help(words.plain(&id))
        .long_help(optional(&format!("{id}-long"), words))
        .help_heading(words.plain(heading));
    if !arg.get_action().takes_values() {
        return arg;
    }
    // Two commands may have an option of one name whose values are of two kinds.
    let own = format!("help-value-{}", arg.get_id());
    let value = if words.has(&own) {
        own
    } else {
        format!("help-value-{key}")
    };
    let is_path = arg.get_value_parser().type_id() == TypeId::of::<GivenPath>();
    let arg = match is_path {
        true => arg.value_hint(ValueHint::AnyPath),
        false => arg,
    };
    with_values(arg, &id, words)
        .value_name(words.plain(&value))
        .hide_default_value(true)
        .hide_possible_values(true)
}

/// Gives values their meaning, which shells show when they complete them.
fn with_values(arg: Arg, id: &str, words: &Messages) -> Arg {
    let explain = |value: PossibleValue| {
        let help = words.plain(&format!("{id}-{}", value.get_name()));
        value.help(help)
    };
    match arg.get_id().as_str() {
        "role" => {
            let roles = InviteRole::value_variants().iter();
            let roles = roles.filter_map(InviteRole::to_possible_value);
            let known = PossibleValuesParser::new(roles.map(explain));
            arg.value_parser(known.try_map(|name| InviteRole::from_str(&name, false)))
        }
        "lang" => {
            let tags = Language::ALL.map(|language| PossibleValue::new(language.tag()));
            let known = PossibleValuesParser::new(tags.map(explain));
            arg.ignore_case(true)
                .value_parser(known.try_map(|tag| tag.parse::<Language>()))
        }
        _ => arg,
    }
}

/// clap's own usage lines without their English words.
fn with_usage(mut command: Command, words: &Messages) -> Command {
    let usage = command.render_usage().to_string();
    let usage = usage.replace("[OPTIONS]", &words.plain("help-usage-options"));
    command
        .override_usage(usage.trim_start_matches("Usage: ").to_owned())
        .mut_subcommands(|sub| with_usage(sub, words))
}
