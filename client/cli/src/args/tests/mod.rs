#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]
use std::{any::TypeId, collections::BTreeSet, ffi::OsString, path::PathBuf};

use clap::{Arg, CommandFactory, FromArgMatches, ValueHint, error::ErrorKind};
use textwrap::core::display_width;

mod refusals;

use super::{joining::InviteRole, *};
use bellrope_client::text::Messages;

const EN: &str = include_str!("../../../i18n/en/help.ftl");

fn both() -> [Messages; 2] {
    Language::ALL.map(crate::language::messages)
}

fn listed() -> BTreeSet<String> {
    EN.lines()
        .filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()))
        .map(|line| line.split_once(" =").unwrap().0.to_owned())
        .collect()
}

/// Messages that an argument must have.
fn of_argument(arg: &Arg, command_id: &str, wanted: &mut BTreeSet<String>) {
    let id = format!(
        "{command_id}-{}",
        arg.get_long().unwrap_or(arg.get_id().as_str())
    );
    if ["role", "lang"].contains(&arg.get_id().as_str()) {
        let values = arg.get_value_parser().possible_values();
        let names: Vec<String> = match values {
            Some(values) => values.map(|value| value.get_name().to_owned()).collect(),
            None => Language::ALL.map(|l| l.tag().to_owned()).to_vec(),
        };
        wanted.extend(names.into_iter().map(|name| format!("{id}-{name}")));
    }
    wanted.insert(id);
}

fn of_command(command: &clap::Command, id: &str, wanted: &mut BTreeSet<String>) {
    wanted.insert(id.to_owned());
    let args_id = if id == "help" { "help-global" } else { id };
    for arg in command.get_arguments() {
        of_argument(arg, args_id, wanted);
    }
    for sub in command.get_subcommands() {
        of_command(sub, &format!("{id}-{}", sub.get_name()), wanted);
    }
}

fn every_command(command: &clap::Command, path: &[&str], found: &mut Vec<Vec<String>>) {
    found.push(path.iter().map(|&name| name.to_owned()).collect());
    for sub in command.get_subcommands() {
        let mut deeper = path.to_vec();
        deeper.push(sub.get_name());
        every_command(sub, &deeper, found);
    }
}

fn paths() -> Vec<Vec<String>> {
    let mut found = Vec::new();
    every_command(&Cli::command(), &["bellrope"], &mut found);
    found
}

fn parse(words: &Messages, line: &[&str]) -> Result<Cli, clap::Error> {
    let line = core::iter::once("bellrope").chain(line.iter().copied());
    let matches = command(words).try_get_matches_from(line)?;
    Cli::from_arg_matches(&matches)
}

fn refused(words: &Messages, line: &[&str], kind: ErrorKind) -> String {
    let error = parse(words, line).expect_err("must be refused");
    assert_eq!(error.kind(), kind, "{line:?}");
    let said = usage_error(&error, words);
    assert!(!said.contains('\u{1b}'), "{said}");
    said
}

#[test]
fn every_text_has_its_message_and_no_message_is_left_over() {
    let mut wanted = BTreeSet::from(["help-global-help".into(), "help-global-version".into()]);
    of_command(&Cli::command(), "help", &mut wanted);
    let listed = listed();
    assert_eq!(
        wanted.difference(&listed).collect::<Vec<_>>(),
        Vec::<&String>::new()
    );
    let sources = [include_str!("../help.rs"), include_str!("../usage.rs")].concat();
    let mut values: BTreeSet<String> = BTreeSet::new();
    for words in both() {
        collect_value_names(&command(&words), &mut values);
        for id in listed.iter().filter(|id| id.starts_with("help-value-")) {
            let name = words.plain(id);
            assert!(
                values.contains(&name) || id == "help-value-command",
                "{id} names nothing"
            );
        }
    }
    for id in listed.iter().filter(|id| !id.starts_with("help-value-")) {
        let base = id
            .strip_suffix("-long")
            .or_else(|| id.strip_suffix("-examples"))
            .unwrap_or(id);
        assert!(
            wanted.contains(base) || sources.contains(&format!("\"{id}\"")),
            "{id} is left over"
        );
    }
}

fn collect_value_names(command: &clap::Command, names: &mut BTreeSet<String>) {
    for arg in command.get_arguments() {
        if arg.get_action().takes_values() {
            names.extend(
                arg.get_value_names()
                    .unwrap()
                    .iter()
                    .map(ToString::to_string),
            );
        }
    }
    for sub in command.get_subcommands() {
        collect_value_names(sub, names);
    }
}

#[test]
fn the_grammar_holds_together_in_both_languages() {
    for words in both() {
        command(&words).debug_assert();
        let cli = parse(&words, &["invite", "Alena", "--role", "defender"]).unwrap();
        let Some(Command::Invite(invite)) = cli.command else {
            panic!("not an invitation");
        };
        assert_eq!((invite.role, invite.days), (Some(InviteRole::Defender), 7));
        let cli = parse(&words, &["inbox", "--lang", "RU"]).unwrap();
        assert_eq!(cli.lang, Some(Language::Ru));
        let cli = parse(
            &words,
            &["alert", "--to", "A, B", "--to", "C", "--where", "BY"],
        )
        .unwrap();
        let Some(Command::Alert(alert)) = cli.command else {
            panic!("not an alert");
        };
        assert_eq!(alert.to, ["A, B", "C"]);
    }
}

#[test]
fn help_is_in_one_language() {
    let words = crate::language::messages(Language::Ru);
    for path in paths() {
        for flag in ["-h", "--help"] {
            let mut line: Vec<&str> = path.iter().skip(1).map(String::as_str).collect();
            line.push(flag);
            let text = refused(&words, &line, ErrorKind::DisplayHelp);
            for leftover in [
                "Usage",
                "Options",
                "OPTIONS",
                "Commands",
                "COMMAND",
                "Arguments",
                "Print",
                "default",
                "ossible values",
                "alias",
                "<NAME>",
                "Examples",
                "see more",
            ] {
                assert!(!text.contains(leftover), "{path:?}: {leftover} in\n{text}");
            }
            assert!(text.contains("Использование: bellrope"), "{text}");
            assert!(
                text.lines().all(|line| display_width(line) <= 100),
                "{text}"
            );
        }
    }
}

/// clap would say it, but in English only.
#[test]
fn help_names_what_is_possible_and_what_is_assumed() {
    for words in both() {
        for path in paths() {
            let mut command = &command(&words);
            for name in &path[1..] {
                command = command.find_subcommand(name).unwrap();
            }
            let takes = |arg: &&Arg| arg.get_action().takes_values();
            for arg in command.get_arguments().filter(takes) {
                let values = arg.get_value_parser().possible_values();
                let names: Vec<_> = values
                    .into_iter()
                    .flatten()
                    .map(|value| value.get_name().to_owned())
                    .collect();
                let assumed = arg.get_default_values().iter();
                let assumed: Vec<_> = assumed.map(|value| value.to_string_lossy()).collect();
                let help = arg.get_help().unwrap().to_string();
                for list in [names.join(", "), assumed.join(", ")] {
                    assert!(
                        list.is_empty() || help.contains(&format!(": {list}]")),
                        "{list} of {path:?} {arg}: {help}"
                    );
                }
                let long = arg.get_long_help().map(ToString::to_string);
                for name in names {
                    assert!(long.as_ref().is_none_or(|long| long.contains(&name)));
                }
            }
        }
    }
}

#[test]
fn every_command_has_its_place_on_the_first_page() {
    let command = command(&both()[0]);
    let names: BTreeSet<&str> = command.get_subcommands().map(|it| it.get_name()).collect();
    let ordered: BTreeSet<&str> = super::help::ORDER.into_iter().collect();
    assert_eq!(names, ordered);
}

#[test]
fn the_first_page_shows_the_way() {
    for words in both() {
        // Without a command, whoever sits there is asked.
        assert!(parse(&words, &[]).unwrap().command.is_none());
        let page = refused(&words, &["-h"], ErrorKind::DisplayHelp);
        let first: Vec<&str> = page.lines().take(8).collect();
        for needed in ["bellrope alert", "bellrope watch", "bellrope create"] {
            assert!(first.iter().any(|l| l.contains(needed)), "{page}");
        }
        for needed in [
            "BELLROPE_HOME",
            "BELLROPE_PASSPHRASE_FILE",
            "--version",
            "-h",
        ] {
            assert!(page.contains(needed), "{page}");
        }
        assert!(!refused(&words, &["alert", "-h"], ErrorKind::DisplayHelp).contains("--version"));
        let version = refused(&words, &["-V"], ErrorKind::DisplayVersion);
        assert_eq!(
            version.trim(),
            format!("bellrope {}", env!("CARGO_PKG_VERSION"))
        );
    }
    let page = refused(
        &crate::language::messages(Language::En),
        &["invite", "-h"],
        ErrorKind::DisplayHelp,
    );
    assert!(page.contains("[default: 7]") && page.contains("member, observer, defender"));
}

#[test]
fn the_language_is_found_before_parsing() {
    let asked = |line: &[&str]| {
        let args: Vec<_> = line.iter().map(Into::into).collect();
        language_asked(&args)
    };
    assert_eq!(
        asked(&["bellrope", "--lang", "ru", "alert"]),
        Some(Language::Ru)
    );
    assert_eq!(
        asked(&["bellrope", "alert", "--lang=EN"]),
        Some(Language::En)
    );
    assert_eq!(asked(&["bellrope", "--lang", "fr"]), None);
    assert_eq!(asked(&["bellrope", "alert", "--lang"]), None);
    assert_eq!(asked(&["bellrope", "--language", "ru"]), None);
    assert_eq!(asked(&["bellrope", "join", "--", "--lang", "ru"]), None);
}

#[test]
fn completions_and_manual_pages_can_be_made() {
    use clap::ValueEnum;
    for words in both() {
        for &shell in Shell::value_variants() {
            let mut out = Vec::new();
            clap_complete::generate(shell, &mut command(&words), "bellrope", &mut out);
            assert!(String::from_utf8(out).unwrap().contains("export-identity"));
        }
        let dir = tempfile::tempdir().unwrap();
        clap_mangen::generate_to(command(&words), dir.path()).unwrap();
        let page = std::fs::read_to_string(dir.path().join("bellrope-alert.1")).unwrap();
        assert!(page.contains(&words.plain("help-alert")), "{page}");
        assert_eq!(
            std::fs::read_dir(dir.path()).unwrap().count(),
            paths().len()
        );
    }
}

/// Every option that names a file or a directory, so that no command opens a path otherwise than people give it.
#[test]
fn a_path_is_one_in_whatever_form_it_is_given() {
    fn collect(command: &clap::Command, found: &mut BTreeSet<String>) {
        for arg in command.get_arguments() {
            let of = arg.get_value_parser().type_id();
            let id = format!("{} {}", command.get_name(), arg.get_id());
            assert!(
                of != TypeId::of::<PathBuf>() && of != TypeId::of::<OsString>(),
                "{id}"
            );
            let is_path = of == TypeId::of::<GivenPath>();
            assert_eq!(arg.get_value_hint() == ValueHint::AnyPath, is_path, "{id}");
            if is_path {
                found.insert(id);
            }
        }
        for sub in command.get_subcommands() {
            collect(sub, found);
        }
    }
    let mut found = BTreeSet::new();
    collect(&command(&both()[0]), &mut found);
    found.retain(|id| !id.ends_with(" home"));
    // Beside `--home`. Tests of the programs give each in one of the forms.
    let typed = [
        "alert attach",
        "alert attach_as_it_is",
        "alert form",
        "alert from",
        "alert sensitive_from",
        "attach files",
        "attachment save",
        "calendar file",
        "check part",
        "checklist from",
        "create dir",
        "evidence dir",
        "export-identity out",
        "follow file",
        "invite file",
        "man dir",
        "move file",
        "passphrase new_file",
        "plan words",
        "restore part",
        "sensitive from",
        "translate from",
        "translate save",
        "verify-evidence files",
        "watch envelopes",
        "watch exec",
    ];
    assert_eq!(found, typed.map(str::to_owned).into());
}
