//! Which language people meet whose system speaks one that the program does not.

use std::process::Command;

use bellrope_tests::people::Said;

fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The client on a system with this locale.
fn said(locale: &str, args: &[&str]) -> Said {
    let nowhere = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_bellrope-under-test"))
        .env_clear()
        .env("LANG", locale)
        .env("BELLROPE_HOME", nowhere.path())
        .args(args)
        .stdin(std::process::Stdio::null())
        .output()
        .unwrap();
    Said {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8(output.stdout).unwrap(),
        // Broken into rows.
        err: words(&String::from_utf8(output.stderr).unwrap()),
    }
}

#[test]
fn who_speaks_another_language_is_told_once_which_there_are_and_gets_no_neighbours() {
    const TOLD: &str = "en: English; ru: Русский (Russian). To choose, for example: --lang ru";
    for locale in ["be_BY.UTF-8", "uk_UA.UTF-8", "fr_FR@euro"] {
        let help = said(locale, &["--help"]).done();
        assert!(help.out.contains("Usage: bellrope"), "{}", help.out);
        let language = format!("({})", &locale[..5].replace('_', "-"));
        assert!(
            help.err.contains(&language) && help.err.contains(TOLD),
            "{}",
            help.err
        );
        let join = said(locale, &["join", "no code"]).ended(2);
        assert_eq!(join.err.matches(TOLD).count(), 1, "{}", join.err);
        let wrong = said(locale, &["inbox", "--lang", "fr"]).ended(2);
        assert!(wrong.err.contains("Possible: en, ru"), "{}", wrong.err);
        assert!(wrong.err.contains(TOLD), "{}", wrong.err);
        // Not with every command, and not to somebody who has chosen.
        assert!(!said(locale, &["inbox"]).ended(1).err.contains(TOLD));
        assert_eq!(said(locale, &["--help", "--lang", "ru"]).done().err, "");
    }
    for (locale, usage) in [
        ("ru_KZ.UTF-8", "Использование:"),
        ("en_GB.UTF-8", "Usage:"),
        ("C", "Usage:"),
        ("", "Usage:"),
    ] {
        let help = said(locale, &["--help"]).done();
        assert!(
            help.out.contains(usage) && help.err.is_empty(),
            "{locale}: {}",
            help.err
        );
    }
}
