//! Arguments, exit code and exact output, from the text files in `screens/`. A case is a line `$` with
//! arguments, then `=` the exit code, `>` lines of stdout and `!` lines of stderr; `…` stands for any
//! text in a line.

use bellrope_tests::people::Person;

use crate::world;

struct Case {
    at: String,
    args: Vec<String>,
    code: i32,
    out: Vec<String>,
    err: Vec<String>,
}

fn cases() -> Vec<Case> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("e2e/screens");
    let mut cases: Vec<Case> = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        for (number, line) in text.lines().enumerate() {
            let rest = line.get(2..).unwrap_or_default().to_owned();
            let last = cases.last_mut();
            match (line.chars().next(), last) {
                (Some('$'), _) => cases.push(Case {
                    at: format!("{}:{}", path.display(), number + 1),
                    args: words(&rest),
                    code: 0,
                    out: Vec::new(),
                    err: Vec::new(),
                }),
                (Some('='), Some(case)) => case.code = rest.parse().unwrap(),
                (Some('>'), Some(case)) => case.out.push(rest),
                (Some('!'), Some(case)) => case.err.push(rest),
                (None | Some('#'), _) => {}
                _ => panic!("{}:{}: {line}", path.display(), number + 1),
            }
        }
    }
    cases
}

/// Words, with double quotes around those that have spaces.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (at, part) in line.split('"').enumerate() {
        if at % 2 == 1 {
            words.push(part.to_owned());
        } else {
            words.extend(part.split_whitespace().map(str::to_owned));
        }
    }
    words
}

fn same(expected: &[String], found: &str) -> bool {
    let found: Vec<&str> = found.lines().collect();
    expected.len() == found.len()
        && expected.iter().zip(&found).all(|(expected, found)| {
            let mut parts = expected.split('…');
            let first = parts.next().unwrap_or_default();
            let Some(mut rest) = found.strip_prefix(first) else {
                return false;
            };
            let parts: Vec<&str> = parts.collect();
            for part in &parts {
                match rest.find(part) {
                    Some(at) => rest = &rest[at + part.len()..],
                    None => return false,
                }
            }
            rest.is_empty() || parts.last().is_some_and(|last| last.is_empty())
        })
}

#[test]
fn screens_are_as_written() {
    let world = world();
    let nina = world.coordinator("Nina");
    let nobody: Person = world.person("nobody", "en");
    let cases = cases();
    assert!(cases.len() >= 10);
    for case in cases {
        let (who, args) = match case.args.split_first() {
            Some((who, args)) if who == "nina" => (&nina, args),
            Some((who, args)) if who == "nobody" => (&nobody, args),
            _ => panic!("{}: nina or nobody?", case.at),
        };
        let said = who.run(args);
        assert!(
            said.code == case.code && same(&case.out, &said.out) && same(&case.err, &said.err),
            "{}\nexit {}\nstdout:\n{}\nstderr:\n{}",
            case.at,
            said.code,
            said.out,
            said.err
        );
    }
}
