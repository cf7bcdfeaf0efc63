//! Arguments, exit code and exact output, from every file in `screens/`. How a case is written stands
//! at the head of those files.

use std::path::Path;

use bellrope_tests::people::Said;
use snapbox::{
    Assert, Data, Redactions,
    assert::{Action, DEFAULT_ACTION_ENV},
};

use crate::world;

/// The file anew: its remarks and cases, and what is said now.
fn play(file: &str, mut run: impl FnMut(&[String]) -> Said) -> String {
    let mut played = Vec::new();
    let said = |mark: &str, text: &str| match text {
        "" => mark.to_owned(),
        text => format!("{mark} {text}"),
    };
    for line in file.lines() {
        match line.chars().next() {
            None | Some('#') => played.push(line.to_owned()),
            Some('$') => {
                let Said { code, out, err } = run(&shlex::split(&line[1..]).unwrap());
                played.push(line.to_owned());
                played.extend((code != 0).then(|| format!("? {code}")));
                played.extend(out.lines().map(|line| said(">", line)));
                played.extend(err.lines().map(|line| said("!", line)));
            }
            // What was said when it was written.
            Some('?' | '>' | '!') => {}
            _ => panic!("neither a case nor what was said: {line}"),
        }
    }
    played.push(String::new());
    played.join("\n")
}

fn compare(dir: &Path) -> Assert {
    let mut stands_for = Redactions::new();
    stands_for.insert("[DIR]", dir.to_owned()).unwrap();
    Assert::new()
        .action_env(DEFAULT_ACTION_ENV)
        .normalize_paths(false)
        .redact_with(stands_for)
}

#[test]
fn screens_are_as_written() {
    let world = world();
    let nina = world.coordinator("Nina");
    let nobody = world.person("nobody", "en");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("e2e/screens");
    // Whatever lies there is played, or cannot be and fails.
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let file = std::fs::read_to_string(&path).unwrap();
        let mut ran = 0;
        let played = play(&file, |typed| {
            ran += 1;
            match typed.split_first() {
                Some((who, args)) if who == "nina" => nina.run(args),
                Some((who, args)) if who == "nobody" => nobody.run(args),
                _ => panic!("{}: nina or nobody? {typed:?}", path.display()),
            }
        });
        let written = file.lines().filter(|line| line.starts_with('$')).count();
        assert_eq!((ran, ran > 0), (written, true), "{}", path.display());
        compare(world.dir()).eq(played, Data::read_from(&path, None));
    }
}

#[test]
fn screens_that_differ_are_noticed() {
    let holds = |file: &str| {
        let played = play(file, |typed| {
            assert_eq!(typed, ["nina", "show", "two words"]);
            Said {
                code: 1,
                out: "in /homes/nina\n\nlast 7\n".into(),
                err: "a\\b\n".into(),
            }
        });
        let verify = compare(Path::new("/homes")).action(Action::Verify);
        verify.try_eq(None, played.into(), Data::text(file)).is_ok()
    };
    let right =
        "# Remark\n\n$ nina show \"two words\"\n? 1\n> in [DIR]/nina\n>\n> last [..]\n! a\\b\n";
    assert!(holds(right));
    for (part, other) in [
        ("? 1\n", ""),
        ("? 1", "? 2"),
        ("> in [DIR]/nina\n", ""),
        (">\n", ""),
        ("> last", "! last"),
        ("last", "lost"),
        ("[DIR]", "/tmp"),
        ("! a\\b\n", ""),
        ("a\\b", "a/b"),
        ("! a\\b\n", "! a\\b\n! c\n"),
        // One case without what it says.
        ("# Remark\n", "$ nina show \"two words\"\n"),
    ] {
        let wrong = right.replacen(part, other, 1);
        assert_ne!(wrong, right);
        assert!(!holds(&wrong), "{wrong}");
    }
}
