//! What each role may do: the READMEs' tables, tried with the real program.

use std::path::Path;

use bellrope_client::{now, text::moment_text};
use bellrope_tests::people::{Person, Said};

use crate::{FLASH, send, world};

/// What the cells of a table say.
struct Words {
    readme: &'static str,
    heading: &'static str,
    cells: [&'static str; 3],
}

const TABLES: [Words; 2] = [
    Words {
        readme: "README.md",
        heading: "## Who may do what",
        cells: ["yes", "asks", "no"],
    },
    Words {
        readme: "README.ru.md",
        heading: "## Кто что может",
        cells: ["да", "просит", "нет"],
    },
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum May {
    Yes,
    Asks,
    No,
}

/// The rows of a README's table: the command that a row names first, and what each role may.
fn table(words: &Words) -> Vec<(String, Vec<May>)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../client");
    let text = std::fs::read_to_string(path.join(words.readme)).unwrap();
    let (_, section) = text.split_once(words.heading).unwrap();
    let section = section.split("\n## ").next().unwrap();
    let rows = section.lines().filter(|line| line.starts_with("| "));
    let rows = rows.filter_map(|line| {
        let mut cells = line.trim_matches('|').split('|').map(str::trim);
        let command = cells.next()?.split('`').nth(1)?.to_owned();
        let said = [May::Yes, May::Asks, May::No];
        let cells = cells.map(|cell| {
            let at = words.cells.iter().position(|word| *word == cell);
            said[at.unwrap_or_else(|| panic!("{cell:?} in the row of {command}"))]
        });
        let cells = cells.collect();
        Some((command, cells))
    });
    rows.collect()
}

fn came(said: &Said) -> May {
    let waits = [
        "Still to agree",
        "Nobody else has to agree",
        "by itself the next time it is online",
    ];
    let says = |it: &&str| said.out.contains(*it) || said.err.contains(*it);
    match said.code {
        0 if waits.iter().any(says) => May::Asks,
        0 => May::Yes,
        1 => May::No,
        code => panic!("{code}: {} {}", said.out, said.err),
    }
}

#[test]
fn each_role_may_do_what_the_readmes_say_and_nothing_else() {
    let world = world();
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    let boris = world.reader(&nina, "Boris", "member", "en");
    let olga = world.reader(&nina, "Olga", "observer", "en");
    let _vera = world.reader(&nina, "Vera", "member", "en");
    let alena = world.defender(&nina, "Alena", "en");
    let _ = nina.run(&["members", "promote", "Anna"]).done();
    // Each of them has a shift of their own.
    let shifts = [
        "mon,thu 0-24 Nina / Vera",
        "tue,fri 0-24 Anna",
        "wed,sat,sun 0-24 Boris",
    ];
    let shifts = shifts.iter().flat_map(|shift| ["--shift", shift]);
    let rota = "duty set --place +00:00 --yes".split(' ').chain(shifts);
    let rota: Vec<&str> = rota.collect();
    let _ = nina.run(&rota).done();
    let readers = [&nina, &anna, &boris, &olga];
    let fetch = || readers.map(|who| who.run(&["watch", "--once"])).map(drop);
    let _ = fetch();
    let id = send(&alena, "who is there");
    let own = ["one", "two", "three", "four", "five"].map(|it| send(&alena, it));
    let _ = fetch();
    for case in &own {
        let _ = nina.run(&["open", case, "to", "Olga"]).done();
    }
    let _ = fetch();
    let flash = [FLASH.as_slice(), &["another"]].concat();
    let until = moment_text(now().plus(72 * 3_600));
    let plan = "check-in plan --every 12 --where BY --summary tried --text tried --words - --yes";
    let (set_duty, shift) = ("duty set --place +00:00 --yes --shift", "mon 8-9 NAME");
    // In this order: what is asked for about Vera is not done before all have tried.
    let file = nina.home().with_file_name("words");
    std::fs::write(&file, "insulin, twice a day").unwrap();
    let order = world.dir().join("order.pdf");
    std::fs::write(&order, b"%PDF-1.7 an order").unwrap();
    let (file, order) = (file.to_str().unwrap(), order.to_str().unwrap());
    let swap = ["duty", "swap", "--with", "Vera", "--yes"];
    let keep = "--until 2029-12-31 --because tried".split(' ');
    let rows: [(&str, Vec<&str>); 22] = [
        ("alert", flash),
        ("inbox", vec!["inbox"]),
        ("lead", vec!["lead", &id, "--reason", "tried"]),
        ("attach", vec!["attach", &id, order, "--as-it-is"]),
        ("answer", vec!["answer", &id, "tried"]),
        ("keep", ["keep", &id].into_iter().chain(keep).collect()),
        // Each of a case of their own: what two people wish is gone for those who try after them.
        (
            "forget",
            vec!["forget", "CASE", "--because", "tried", "--yes"],
        ),
        (
            "sensitive",
            vec![
                "sensitive",
                &id,
                "--kind",
                "health",
                "--yes",
                "--from",
                file,
            ],
        ),
        (
            "check-in",
            plan.split(' ').chain(["--until", &until]).collect(),
        ),
        ("freeze", vec!["freeze", "Vera", "--reason", "tried"]),
        ("members", vec!["members"]),
        ("verify --group", vec!["verify", "--group"]),
        ("circle", vec!["circle"]),
        ("circle set", vec!["circle", "set", "NAME", "--yes"]),
        ("duty", vec!["duty"]),
        ("duty swap --with", swap.to_vec()),
        ("duty set", set_duty.split(' ').chain([shift]).collect()),
        ("retention", vec!["retention"]),
        ("retention set", vec!["retention", "set", "MONTHS", "--yes"]),
        ("invite", vec!["invite", "NAME", "--role", "observer"]),
        ("recovery status", vec!["recovery", "status"]),
        ("members remove", vec!["members", "remove", "Vera", "--yes"]),
    ];
    // The same as asked of the others, so that each asks for something of their own.
    let roles: [(&Person, &str, &str); 5] = [
        (&nina, "Nina", "Marta"),
        (&anna, "Anna", "Pavel"),
        (&boris, "Boris", "Lidia"),
        (&olga, "Boris", "Roman"),
        (&alena, "Boris", "Denis"),
    ];
    let mut tried: Vec<(String, Vec<May>)> = Vec::new();
    for (name, args) in &rows {
        let mut own = own.iter();
        let mut months = 20..;
        let came = roles.map(|(person, duty, guest)| {
            let (case, months) = (own.next().unwrap(), months.next().unwrap().to_string());
            let named = if *name == "invite" { guest } else { duty };
            let args = args.iter().map(|it| match *it {
                "CASE" => case.clone(),
                "MONTHS" => months.clone(),
                it => it.replace("NAME", named),
            });
            let args: Vec<String> = args.collect();
            let said = person.run(&args);
            // Who is not asked is not told what somebody wishes.
            let is_asked = ![&olga.home(), &alena.home()].contains(&&person.home());
            assert!(is_asked || !said.err.contains("agree"), "{}", said.err);
            came(&said)
        });
        tried.push(((*name).to_owned(), came.to_vec()));
    }
    let renewed = roles.map(|(person, ..)| came(&person.run(&["members", "renew"])));
    tried.push(("members renew".to_owned(), renewed.to_vec()));
    let takes = roles.map(|(person, ..)| came(&person.run(&["members", "take-pen"])));
    tried.push(("members take-pen".to_owned(), takes.to_vec()));
    for words in &TABLES {
        assert_eq!(table(words), tried, "{}", words.readme);
    }
}
