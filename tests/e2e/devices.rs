//! Somebody takes a second computer, is one person with two, and loses one of them.

use bellrope_tests::people::{Person, until};

use crate::{send, summaries, world};

/// The codes of somebody's devices, as somebody sees them.
fn codes(who: &Person, name: &str) -> Vec<String> {
    let lines = who.run(&["members", "--json"]).done().json();
    let theirs: Vec<_> = lines.iter().filter(|it| it["name"] == name).collect();
    assert_eq!(theirs.len(), 1, "one person, one line: {lines:?}");
    let devices = theirs[0]["devices"].as_array().unwrap();
    let codes = devices.iter().map(|it| it["device"].as_str().unwrap());
    codes.map(str::to_owned).collect()
}

#[test]
fn a_member_takes_a_second_computer_counts_once_and_loses_one() {
    let world = world();
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    let alena = world.defender(&nina, "Alena", "en");
    let second = world.person("Anna 2", "ru");
    // Her device asks; the program of who keeps the list makes the invitation, and nobody has to do anything there.
    let mut adding = anna.start(&["device", "add"]);
    adding.wait_for("Asked for an invitation");
    let _ = nina.run(&["members"]).done();
    adding.wait_for("bellrope device approve CODE");
    let (code, said) = adding.end();
    assert_eq!(code, 0, "{said}");
    let invitation = said
        .lines()
        .find(|line| line.len() > 100 && !line.contains(' '));
    let invitation = invitation.unwrap_or_else(|| panic!("{said}")).to_owned();
    until("the invitation is at the relay", || {
        let joined = second.run(&["join", &invitation]);
        joined.code == 0
    });
    // Nobody else lets it in, and a code that it does not show neither.
    let _ = nina.run(&["members"]).done();
    let said = nina.run(&["members", "approve", "Anna"]).ended(2);
    assert!(
        said.err.contains("only Anna says whether it is"),
        "{}",
        said.err
    );
    let wrong = anna
        .run(&["device", "approve", "0000 0000 0000 0000"])
        .ended(1);
    assert!(wrong.err.contains("another code"), "{}", wrong.err);
    let shown = anna.run(&["device", "add"]).done();
    let shown = shown.out.lines().nth(1).unwrap().trim().to_owned();
    let said = anna.run(&["device", "approve", &shown]).done();
    assert!(said.out.contains("Nina"), "{}", said.out);
    let _ = nina.run(&["members"]).done();
    let joined = second.run(&["watch", "--once"]).done();
    let mine = codes(&second, "Anna");
    assert_eq!(mine.len(), 2, "{} {}", joined.out, joined.err);
    assert_eq!(mine[1], shown);
    let _ = anna.run(&["watch", "--once"]).done();
    assert_eq!(codes(&nina, "Anna"), mine);

    // Two people, on three devices.
    let _ = alena.run(&["outbox"]);
    send(&alena, "read on both");
    let status = alena.run(&["status", "--json"]).done().json();
    assert_eq!(status[0]["reader_count"], 2, "{status:?}");
    for reader in [&nina, &anna, &second] {
        let _ = reader.run(&["watch", "--once"]).done();
        assert_eq!(summaries(reader), ["read on both"]);
    }
    let case = second.run(&["cases", "--json"]).done().json()[0]["case"].clone();
    let case = case.as_str().unwrap().to_owned();
    let _ = second.run(&["lead", &case]).done();
    let _ = anna.run(&["watch", "--once"]).done();
    let shown = anna.run(&["case", &case, "--json"]).done().json();
    assert_eq!(shown[0]["lead"], "Anna");
    assert_eq!(
        shown[0]["lead_mine"], true,
        "she leads, on whichever she says so"
    );
    assert_eq!(shown[0]["read_by"].as_array().unwrap().len(), 1);

    // One is lost. Her word is enough, and she goes on.
    let said = anna.run(&["device", "remove", &mine[1], "--yes"]).done();
    assert!(said.out.contains("Nina"), "{}", said.out);
    let _ = nina.run(&["members"]).done();
    let _ = anna.run(&["watch", "--once"]).done();
    assert_eq!(codes(&anna, "Anna"), mine[..1]);
    let _ = alena.run(&["outbox"]);
    send(&alena, "read on one");
    let _ = anna.run(&["watch", "--once"]).done();
    assert!(summaries(&anna).contains(&"read on one".to_owned()));
    let said = second.run(&["watch", "--once"]).ended(1);
    assert!(
        said.err.contains("этого устройства в группе больше нет"),
        "{}",
        said.err
    );
    assert_eq!(summaries(&second), ["read on both"]);
}
