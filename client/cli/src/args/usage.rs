//! What is said when the command line cannot be understood, and in which language.

use std::ffi::OsString;

use clap::{
    Command, Error,
    error::{ContextKind, ContextValue, ErrorKind},
};

use super::help::{ORDER, command};
use bellrope_client::text::{Language, Messages, escape};

/// The language that the command line asks for. Found before it is parsed, since help and errors are
/// in that language already.
#[must_use]
pub(crate) fn language_asked(args: &[OsString]) -> Option<Language> {
    let mut args = args
        .iter()
        .map(|arg| arg.to_string_lossy())
        .take_while(|arg| arg != "--");
    while let Some(arg) = args.next() {
        let asked = match arg.strip_prefix("--lang") {
            Some("") => args.next()?.parse(),
            Some(rest) => match rest.strip_prefix('=') {
                Some(tag) => tag.parse(),
                None => continue,
            },
            None => continue,
        };
        return asked.ok();
    }
    None
}

/// clap's refusal in the reader's language; help and version, which clap hands out as errors, as they
/// are. The last line says where help is.
#[must_use]
pub(crate) fn usage_error(error: &Error, words: &Messages) -> String {
    if matches!(
        error.kind(),
        ErrorKind::DisplayHelp
            | ErrorKind::DisplayVersion
            | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
    ) {
        return error.to_string();
    }
    let said = Said { error, words };
    let mut lines = said.reason();
    lines.extend(said.suggestions());
    let asked = said.command_path();
    lines.push(words.say("usage-see", &[("command", asked.into())]));
    lines.join("\n")
}

struct Said<'a> {
    error: &'a Error,
    words: &'a Messages,
}

impl Said<'_> {
    fn reason(&self) -> Vec<String> {
        match self.error.kind() {
            ErrorKind::UnknownArgument => vec![self.about_arg("usage-unknown-argument")],
            ErrorKind::InvalidSubcommand => {
                vec![self.about_command("usage-unknown-command")]
            }
            ErrorKind::MissingRequiredArgument => {
                let missing = self.all(ContextKind::InvalidArg);
                core::iter::once(self.words.plain("usage-missing-arguments"))
                    .chain(missing.into_iter().map(|arg| format!("  {arg}")))
                    .collect()
            }
            ErrorKind::MissingSubcommand => {
                let mut lines = vec![self.about_command("usage-missing-command")];
                let mut commands = self.all(ContextKind::ValidSubcommand);
                commands.sort_by_key(|name| ORDER.iter().position(|known| known == name));
                lines.extend(self.list("usage-commands", commands));
                lines
            }
            ErrorKind::InvalidValue | ErrorKind::ValueValidation => self.invalid_value(),
            ErrorKind::TooManyValues => vec![self.about_value("usage-no-value")],
            ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues | ErrorKind::NoEquals => {
                vec![self.about_arg("usage-missing-value")]
            }
            ErrorKind::ArgumentConflict => self.conflict(),
            ErrorKind::InvalidUtf8 => vec![self.words.plain("usage-not-text")],
            _ => vec![self.words.plain("usage-other")],
        }
    }

    fn invalid_value(&self) -> Vec<String> {
        let id = if self.one(ContextKind::InvalidValue).is_empty() {
            "usage-missing-value"
        } else if self.one(ContextKind::InvalidArg).starts_with("--days ") {
            "usage-invalid-days"
        } else {
            "usage-invalid-value"
        };
        let line = match id {
            "usage-missing-value" => self.about_arg(id),
            _ => self.about_value(id),
        };
        core::iter::once(line)
            .chain(self.list("usage-values", self.all(ContextKind::ValidValue)))
            .collect()
    }

    fn conflict(&self) -> Vec<String> {
        let arg = self.one(ContextKind::InvalidArg);
        let others = self.all(ContextKind::PriorArg);
        if others.is_empty() {
            return vec![self.words.plain("usage-other")];
        }
        if others == [arg.as_str()] {
            return vec![self.about_arg("usage-twice")];
        }
        let args = [("arg", arg.into()), ("values", others.join(", ").into())];
        vec![self.words.say("usage-conflict", &args)]
    }

    fn suggestions(&self) -> Vec<String> {
        let mut meant = self.all(ContextKind::SuggestedSubcommand);
        // clap puts the likeliest last.
        meant.reverse();
        meant.extend(self.all(ContextKind::SuggestedArg));
        meant.extend(self.all(ContextKind::SuggestedValue));
        let mut as_value = false;
        // These come as English sentences only; the tests hold clap to them.
        if let Some(ContextValue::StyledStrs(hints)) = self.error.get(ContextKind::Suggested) {
            for hint in hints.iter().map(ToString::to_string) {
                let elsewhere = hint
                    .strip_prefix('\'')
                    .and_then(|rest| rest.strip_suffix("' exists"));
                meant.extend(elsewhere.map(escape));
                as_value |= hint.starts_with("to pass ");
            }
        }
        let mut lines: Vec<String> = self.list("usage-suggest", meant).into_iter().collect();
        if as_value && self.error.kind() == ErrorKind::UnknownArgument {
            lines.push(self.about_arg("usage-as-value"));
        }
        lines
    }

    /// The command whose help will tell more.
    fn command_path(&self) -> String {
        let usage = self.error.get(ContextKind::Usage).map(ToString::to_string);
        let path = match usage {
            Some(usage) => path_in(&usage),
            // clap gives no usage with a wrong value; then the argument tells whose it is.
            None => self.owner(),
        };
        path.unwrap_or_else(|| "bellrope".to_owned())
    }

    fn owner(&self) -> Option<String> {
        let arg = self.one(ContextKind::InvalidArg);
        let name = arg.split(' ').next()?;
        let mut owners = Vec::new();
        find_owners(&command(self.words), "bellrope", name, &mut owners);
        if owners.len() == 1 {
            owners.pop()
        } else {
            None
        }
    }

    fn about_arg(&self, id: &str) -> String {
        let arg = self.one(ContextKind::InvalidArg);
        self.words.say(id, &[("arg", arg.into())])
    }

    fn about_value(&self, id: &str) -> String {
        let arg = self.one(ContextKind::InvalidArg);
        let value = self.one(ContextKind::InvalidValue);
        self.words
            .say(id, &[("arg", arg.into()), ("value", value.into())])
    }

    fn about_command(&self, id: &str) -> String {
        let command = self.one(ContextKind::InvalidSubcommand);
        self.words.say(id, &[("command", command.into())])
    }

    fn list(&self, id: &str, values: Vec<String>) -> Option<String> {
        (!values.is_empty()).then(|| {
            let values = values.join(", ");
            self.words.say(id, &[("values", values.into())])
        })
    }

    fn one(&self, kind: ContextKind) -> String {
        self.all(kind).into_iter().next().unwrap_or_default()
    }

    fn all(&self, kind: ContextKind) -> Vec<String> {
        match self.error.get(kind) {
            Some(ContextValue::String(text)) => vec![escape(text)],
            Some(ContextValue::Strings(texts)) => texts.iter().map(|text| escape(text)).collect(),
            _ => Vec::new(),
        }
    }
}

/// The words of a usage line before its first option or value.
fn path_in(usage: &str) -> Option<String> {
    let path: Vec<&str> = usage
        .split_whitespace()
        .skip_while(|word| *word != "bellrope")
        .take_while(|word| word.starts_with(|first: char| first.is_ascii_lowercase()))
        .collect();
    (!path.is_empty()).then(|| path.join(" "))
}

fn find_owners(command: &Command, path: &str, name: &str, owners: &mut Vec<String>) {
    let is_named = |arg: &clap::Arg| match arg.get_long() {
        Some(long) => name.strip_prefix("--") == Some(long),
        None => arg
            .get_value_names()
            .into_iter()
            .flatten()
            .any(|value| name == format!("<{value}>")),
    };
    if command.get_arguments().any(is_named) {
        owners.push(path.to_owned());
    }
    for sub in command.get_subcommands() {
        find_owners(sub, &format!("{path} {}", sub.get_name()), name, owners);
    }
}
