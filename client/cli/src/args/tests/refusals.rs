use clap::error::ContextKind;

use super::*;

/// A line, why it is refused, and what is said about it in each language.
type Refusal = (
    &'static [&'static str],
    ErrorKind,
    [&'static str; 2],
    &'static str,
);

const REFUSALS: [Refusal; 14] = [
    (
        &["alert", "--sumary", "x"],
        ErrorKind::UnknownArgument,
        ["There is no “--sumary”", "«--sumary»"],
        "bellrope alert",
    ),
    (
        &["alert", "--sumary", "x"],
        ErrorKind::UnknownArgument,
        [
            "Perhaps you meant: --summary",
            "Возможно, вы имели в виду: --summary",
        ],
        "bellrope alert",
    ),
    (
        &["alret"],
        ErrorKind::InvalidSubcommand,
        ["meant: alert", "в виду: alert"],
        "bellrope",
    ),
    (
        &["help"],
        ErrorKind::InvalidSubcommand,
        ["no command “help”", "Нет команды «help»"],
        "bellrope",
    ),
    (
        &["--once"],
        ErrorKind::UnknownArgument,
        ["no “--once”", "«--once»"],
        "bellrope",
    ),
    (
        &["show", "-x"],
        ErrorKind::UnknownArgument,
        ["There is no “-x”", "«-x»"],
        "bellrope show",
    ),
    (
        &["invite"],
        ErrorKind::MissingRequiredArgument,
        [
            "missing:\n  --role <ROLE>\n  <NAME>",
            "Не хватает:\n  --role <РОЛЬ>\n  <ИМЯ>",
        ],
        "bellrope invite",
    ),
    (
        &["invite", "A", "--role", "boss"],
        ErrorKind::InvalidValue,
        [
            "Possible: member, observer, defender",
            "Возможные значения: member, observer, defender",
        ],
        "bellrope invite",
    ),
    (
        &["invite", "A", "--role", "member", "--days", "20"],
        ErrorKind::ValueValidation,
        ["from 1 to 14", "от 1 до 14"],
        "bellrope invite",
    ),
    (
        &["completions", "csh"],
        ErrorKind::InvalidValue,
        [
            "“csh” does not fit “<SHELL>”",
            "«csh» не подходит для «<ОБОЛОЧКА>»",
        ],
        "bellrope completions",
    ),
    (
        &["export-identity", "--out"],
        ErrorKind::InvalidValue,
        ["“--out <FILE>” needs a value", "После «--out <ФАЙЛ>» нужно"],
        "bellrope export-identity",
    ),
    (
        &["alert", "--from", "f", "--drill"],
        ErrorKind::ArgumentConflict,
        ["cannot be used together with: --drill", "вместе с: --drill"],
        "bellrope alert",
    ),
    (
        &["watch", "--once", "--once"],
        ErrorKind::ArgumentConflict,
        [
            "understood: bellrope watch --once\n",
            "команду: bellrope watch --once\n",
        ],
        "bellrope watch",
    ),
    (
        &["members", "approve", "A", "--json=1"],
        ErrorKind::UnknownArgument,
        ["no “--json”", "«--json»"],
        "bellrope members approve",
    ),
];

#[test]
fn refusals_are_in_the_readers_language() {
    for (line, kind, expected, path) in REFUSALS {
        for (words, expected) in both().iter().zip(expected) {
            let said = refused(words, line, kind);
            assert!(said.contains(expected), "{line:?}:\n{said}");
            let last = said.lines().last().unwrap();
            assert!(
                last.ends_with(&format!(": {path} --help")),
                "{line:?}:\n{said}"
            );
            if words.language() == Language::Ru {
                for leftover in ["error", "tip", "similar", "required", "For more"] {
                    assert!(!said.contains(leftover), "{said}");
                }
            }
        }
    }
    for words in both() {
        let said = refused(&words, &["watch", "--json=1"], ErrorKind::TooManyValues);
        assert!(said.contains("bellrope watch --json 1\n"), "{said}");
        for kind in [ErrorKind::Format, ErrorKind::InvalidUtf8] {
            let said = usage_error(&clap::Error::new(kind), &words);
            let args = [("typed", "bellrope".into())];
            assert!(said.starts_with(&words.say("usage-other", &args)), "{said}");
            assert!(said.ends_with(": bellrope --help"), "{said}");
        }
    }
}

#[test]
fn what_was_typed_cannot_move_the_cursor() {
    for words in both() {
        for line in [
            &["\u{1b}[2J\u{202e}"][..],
            &["alert", "--\u{1b}[2J"],
            &["alert", "\u{9b}31m"],
            &["invite", "A", "--role", "\u{1b}c"],
            &["watch", "--json=\u{1b}c"],
            &["show", "-\u{1b}"],
        ] {
            let error = parse(&words, line).expect_err("must be refused");
            let said = usage_error(&error, &words);
            assert!(said.contains("\\u{"), "{said}");
            assert!(!said.contains(['\u{1b}', '\u{9b}', '\u{202e}']), "{said:?}");
        }
    }
}

#[test]
fn errors_of_the_bare_grammar_also_say_where_help_is() {
    let error = Cli::command()
        .try_get_matches_from(["bellrope", "watch", "--onse"])
        .expect_err("must be refused");
    assert!(error.get(ContextKind::Usage).is_some());
    let said = usage_error(&error, &crate::language::messages(Language::Ru));
    assert!(said.ends_with("bellrope watch --help"), "{said}");
}
