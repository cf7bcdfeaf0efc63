//! What nobody but the members may learn is nowhere else.

use std::collections::BTreeSet;

use bellrope_tests::{people::until, world::contains};

use crate::{FLASH, send, world};

const MARKER: &str = "the-blue-door-on-Lime-Street";

#[test]
fn a_marker_is_in_no_byte_of_the_relays_disk_log_or_traffic() {
    let mut world = world();
    let nina = world.coordinator("Nina Vymyslova");
    let anna = world.reader(&nina, "Anna Example", "member", "en");
    let alena = world.defender(&nina, "Alena Prykladnaya", "ru");
    let alert = [FLASH.as_slice(), &[MARKER, "--text", MARKER]].concat();
    let _ = alena.run(&alert).done();
    let shown = anna.run(&["watch", "--once"]).done();
    assert!(
        shown.out.contains(MARKER),
        "else the test finds nothing for another reason"
    );
    let traffic = world.network().heard();
    let (code, log) = world.stop_relay();
    assert_eq!(code, 0);
    let disk = world.relay_disk();
    assert!(disk.len() > 20_000 && traffic.len() > 20_000 && !log.is_empty());
    for secret in [
        MARKER,
        "Vymyslova",
        "Anna",
        "Prykladnaya",
        "Working group",
        "arbitrary",
    ] {
        assert!(!contains(&disk, secret), "{secret} on the relay's disk");
        assert!(!contains(&traffic, secret), "{secret} in the traffic");
        assert!(
            !contains(log.as_bytes(), secret),
            "{secret} in the relay's log"
        );
    }
    // An observer of the network should not read the project's name there either.
    assert!(!contains(&traffic, "bellrope"));
    assert!(
        !log.contains("127.0.0.1:") || log.matches("127.0.0.1:").count() <= 2,
        "{log}"
    );
}

/// Two connections at one moment are one person's: the invitation's mailbox is read before the alert, and not once more after it.
#[test]
fn a_defenders_alert_makes_one_connection_to_read_and_one_to_post() {
    let world = world();
    let nina = world.coordinator("Nina");
    let alena = world.defender(&nina, "Alena", "en");
    // Let in, and with nothing more to tell.
    send(&alena, "the first");
    let _ = nina.run(&["watch", "--once"]).done();
    send(&alena, "the second");
    for summary in ["the third", "the fourth"] {
        let before = world.network().flows();
        send(&alena, summary);
        assert_eq!(world.network().flows() - before, 2, "{summary}");
    }
}

#[test]
fn a_defenders_device_answers_to_new_keys_while_the_alert_is_typed_and_not_beside_it() {
    let world = world();
    let nina = world.coordinator("Nina");
    let alena = world.defender(&nina, "Alena", "en");
    send(&alena, "the first");
    let _ = nina.run(&["watch", "--once"]).done();
    send(&alena, "the second");
    // New keys wait for her.
    let _ = world.reader(&nina, "Anna", "member", "en");
    let _ = nina.run(&["watch", "--once"]).done();
    let before = world.network().flows();
    let typing = alena.at_terminal(&["alert"], 80);
    until("it has read and answered", || {
        world.network().flows() - before == 2
    });
    let waits = || alena.run(&["outbox", "--offline"]).code == 3;
    until("the answer has its receipt", || !waits());
    drop(typing);
    let before = world.network().flows();
    send(&alena, "the third");
    assert_eq!(world.network().flows() - before, 2);
}

#[test]
fn nothing_readable_is_on_a_defenders_disk_and_no_members_name_ever_was() {
    let world = world();
    let nina = world.coordinator("Nina Vymyslova");
    let _anna = world.reader(&nina, "Anna Example", "member", "en");
    let alena = world.defender(&nina, "Alena Prykladnaya", "ru");
    send(&alena, MARKER);
    world.network().close_to_new(true);
    let queued = [FLASH.as_slice(), &[MARKER]].concat();
    let _ = alena.run(&queued).ended(3);
    let disk = alena.disk();
    assert!(disk.len() > 4096);
    for secret in [
        MARKER,
        "Vymyslova",
        "Anna",
        "Prykladnaya",
        "Working group",
        "127.0.0.1",
    ] {
        assert!(!contains(&disk, secret), "{secret} on the defender's disk");
    }
    // Also with the passphrase: what was sent cannot be opened, and names are not there.
    let members = alena.run(&["members"]).ended(1);
    assert_eq!(members.out, "");
    let inbox = alena.run(&["inbox"]).ended(1);
    assert_eq!(inbox.out, "");
    let export = world.dir().join("keys");
    let export = ["export-identity", "--out", export.to_str().unwrap()];
    assert_eq!(alena.run(&export).code, 1);
}

/// Whoever takes a machine on which a watch runs has its keys, but not what opens the device again, or others that have
/// the same passphrase.
#[cfg(target_os = "linux")]
#[test]
fn the_passphrase_is_not_in_a_running_programs_memory() {
    let world = world();
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    let mut watch = anna.start(&["watch"]);
    watch.wait_for("Watching");
    send(&nina, MARKER);
    watch.wait_for(MARKER);
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", watch.id())).unwrap();
    let core = limits.lines().find(|line| line.starts_with("Max core"));
    let core: Vec<&str> = core.unwrap().split_whitespace().collect();
    assert_eq!(core[4..6], ["0", "0"], "a crash writes it to a disk");
    let memory = watch.memory();
    let home = anna.home().to_str().unwrap();
    assert!(
        contains(&memory, home),
        "else the test finds nothing for another reason"
    );
    // What is freed loses its beginning to whatever frees it.
    let passphrase = std::fs::read_to_string(world.dir().join("passphrase")).unwrap();
    let (_, end) = passphrase.trim().split_at(8);
    assert!(!contains(&memory, end), "the passphrase, or its end");
}

#[test]
fn the_relay_cannot_even_link_what_opens_envelopes() {
    let lock = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.lock");
    let lock = std::fs::read_to_string(lock).unwrap();
    let linked = |program: &str| {
        let mut found = BTreeSet::from([program.to_owned()]);
        let mut waiting = vec![program.to_owned()];
        while let Some(name) = waiting.pop() {
            let of_it = format!("name = \"{name}\"\n");
            for package in lock.split("[[package]]").filter(|one| one.contains(&of_it)) {
                let Some((_, names)) = package.split_once("dependencies = [") else {
                    continue;
                };
                // `"name"`, or `"name version"` where there are several.
                for other in names.split('"').skip(1).step_by(2) {
                    let other = other.split(' ').next().unwrap().to_owned();
                    if found.insert(other.clone()) {
                        waiting.push(other);
                    }
                }
            }
        }
        found
    };
    let (relay, client) = (linked("bellrope-relay"), linked("bellrope"));
    for name in ["age", "age-core", "hpke", "bellrope-client"] {
        assert!(!relay.contains(name), "{name} in the relay");
        assert!(
            client.contains(name),
            "else the test finds nothing for another reason"
        );
    }
}

/// A directory that was there is its owner's to close: it is said, once, and everything goes on.
#[test]
fn a_home_that_others_can_look_into_is_said_and_left_as_it_is() {
    use std::{fs, os::unix::fs::PermissionsExt as _};
    let world = world();
    let nina = world.coordinator("Nina");
    let mode = || fs::metadata(nina.home()).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(), 0o700, "as it was made");
    let warned = |lang: &str| {
        let said = nina.run(&["--lang", lang, "members"]).done();
        said.err.matches("chmod 700").count()
    };
    assert_eq!([warned("en"), warned("ru")], [0, 0]);
    fs::set_permissions(nina.home(), fs::Permissions::from_mode(0o755)).unwrap();
    assert_eq!([warned("en"), warned("ru")], [1, 1]);
    assert_eq!(mode(), 0o755);
}
