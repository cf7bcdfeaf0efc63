//! What the guides tell a host to type is what the programs take, and one command goes on where the one before it ended.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use clap::Parser as _;

use super::{Cli, Command};
use crate::config::Config;

const GUIDES: [&str; 2] = [
    include_str!("../../README.md"),
    include_str!("../../README.ru.md"),
];
const PROGRAM: &str = "/usr/local/bin/bellrope-relay";
const DIR: &str = "/var/lib/bellrope";
const AS_THE_RELAY: &str = "sudo -u bellrope ";

/// The blocks of one kind.
fn blocks(guide: &str, kind: &str) -> Vec<String> {
    let opens = format!("```{kind}\n");
    let after = guide.split(&opens).skip(1);
    after
        .map(|rest| rest.split_once("```").unwrap().0.to_owned())
        .collect()
}

fn commands(guide: &str) -> Vec<String> {
    let blocks = blocks(guide, "sh").concat();
    blocks.lines().map(str::to_owned).collect()
}

/// The command line that follows the program's name, as a shell would pass it on.
fn parsed(command: &str) -> Cli {
    let args = command.split_whitespace().map(|arg| arg.replace('\'', ""));
    Cli::try_parse_from(args).unwrap_or_else(|error| panic!("{command}: {error}"))
}

#[test]
fn both_guides_say_to_type_the_same() {
    let [english, russian] = GUIDES;
    assert_eq!(commands(english), commands(russian));
    assert_eq!(blocks(english, "ini"), blocks(russian, "ini"));
    assert!(commands(english).len() > 20);
}

#[test]
fn every_command_is_one_and_is_run_as_the_relays_user_in_its_directory() {
    let mut of_a_service = 0;
    for command in commands(GUIDES[0]) {
        let Some((before, _)) = command.split_once("bellrope-relay ") else {
            continue;
        };
        // Copying it about, or somebody without `sudo`.
        if command.contains(" install ") || command.starts_with("~/.cargo/bin/") {
            let whole = command.strip_prefix("~/.cargo/bin/");
            whole.map(parsed);
            continue;
        }
        assert_eq!(
            before,
            format!("{AS_THE_RELAY}/usr/local/bin/"),
            "{command}"
        );
        let cli = parsed(&command[AS_THE_RELAY.len()..]);
        assert_eq!(cli.dir.unwrap().to_str(), Some(DIR), "{command}");
        of_a_service += 1;
    }
    assert!(of_a_service > 5, "{of_a_service}");
}

#[test]
fn the_unit_runs_what_was_installed_as_the_user_that_was_made_in_its_directory() {
    let guide = GUIDES[0];
    let commands = commands(guide);
    let typed = |part: &str| {
        let at = commands.iter().position(|command| command.contains(part));
        at.unwrap_or_else(|| panic!("nobody types {part}"))
    };
    let units = blocks(guide, "ini");
    let [unit] = units.as_slice() else {
        panic!("one unit: {units:?}");
    };
    let has = |line: &str| assert!(unit.lines().any(|own| own == line), "{line} in {unit}");
    let runs = unit
        .lines()
        .find_map(|line| line.strip_prefix("ExecStart="));
    let cli = parsed(runs.unwrap());
    assert!(matches!(cli.command, Command::Run));
    assert_eq!(cli.dir.unwrap().to_str(), Some(DIR));
    assert!(runs.unwrap().starts_with(&format!("{PROGRAM} ")));
    has("User=bellrope");
    has("Group=bellrope");
    // Under /var/lib, as systemd has it.
    has("StateDirectory=bellrope");
    has("StateDirectoryMode=0700");
    has("AmbientCapabilities=CAP_NET_BIND_SERVICE");
    let steps = [
        typed("cargo install --locked --path relay"),
        typed(&format!(
            "sudo install -m 755 ~/.cargo/bin/bellrope-relay {PROGRAM}"
        )),
        typed(" --shell /usr/sbin/nologin bellrope"),
        typed(&format!(
            "sudo install -d -o bellrope -g bellrope -m 700 {DIR}"
        )),
        typed(" init --host "),
        typed("systemctl enable --now bellrope-relay"),
    ];
    assert!(steps.is_sorted(), "{steps:?}");
    assert!(guide.contains("`/etc/systemd/system/bellrope-relay.service`"));
    let port = Config::new("relay.example.org").unwrap().listen.port();
    for opens in [
        format!("sudo ufw allow {port}/udp"),
        format!("--add-port={port}/udp"),
    ] {
        typed(&opens);
    }
}
