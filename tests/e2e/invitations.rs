//! Codes and files in the wrong hands, and claims that cannot be.

use std::fs;

use bellrope_client::{
    Code, MemberKey,
    internals::{
        Claim, EpochIdentity, MemberIdentity, Payload, Session, member_identity, seal, signing_key,
    },
};
use bellrope_proto::{ids::Timestamp, signing::SecretKey};
use bellrope_tests::{people::Person, world::World};

use crate::{FLASH, hostile::unlocked, mistyped, send, summaries, world};

/// A file that a coordinator made for somebody.
fn file_for(world: &World, coordinator: &Person, name: &str, role: &str) -> String {
    let file = world.dir().join(format!("{name}.invitation"));
    let file = file.to_str().unwrap().to_owned();
    let args = ["invite", name, "--role", role, "--file", &file];
    let _ = coordinator.run(&args).done();
    file
}

#[test]
fn a_code_works_once_and_the_second_user_is_told() {
    let world = world();
    let nina = world.coordinator("Nina");
    for role in ["member", "defender"] {
        let code = world.invite(&nina, role, role);
        let (first, second) = (world.person("first", "en"), world.person("second", "ru"));
        let _ = first.run(&["join", &code]).done();
        let said = second.run(&["join", &code]).ended(1);
        assert!(said.err.contains("уже воспользовались"), "{}", said.err);
        assert!(!second.home().exists());
        std::fs::remove_dir_all(first.home()).unwrap();
    }
}

#[test]
fn of_two_who_used_one_file_the_first_to_be_heard_is_believed() {
    let world = world();
    let nina = world.coordinator("Nina");
    let file = world.dir().join("file");
    let file = file.to_str().unwrap();
    let _ = nina
        .run(&["invite", "Alena", "--role", "defender", "--file", file])
        .done();
    world.network().close_to_new(true);
    let (first, second) = (world.person("first", "en"), world.person("second", "en"));
    let _ = first.run(&["join", file]).done();
    let _ = second.run(&["join", file]).done();
    world.network().close_to_new(false);
    send(&first, "from the first");
    let _ = nina.run(&["watch", "--once"]).done();
    let said = second
        .run(&[FLASH.as_slice(), &["from the second"]].concat())
        .done();
    assert!(
        said.err.contains("another device used your invitation"),
        "{}",
        said.err
    );
    let shown = nina.run(&["watch", "--once"]).done().out;
    assert!(shown.contains("another device used before"), "{shown}");
    let kept = nina.run(&["inbox", "--json"]).done().json();
    assert_eq!(kept[0]["sender"]["status"], "known");
    assert_eq!(kept[1]["sender"]["status"], "unverified");
}

/// The coordinator reads the group's mailbox before the invitation's: a claim that comes with a message is not let in before
/// the one that was first.
#[test]
fn a_later_claim_is_not_let_in_because_its_alert_is_read_first() {
    let world = world();
    let nina = world.coordinator("Nina");
    let file = world.dir().join("file");
    let file = file.to_str().unwrap();
    let args = ["invite", "Alena", "--role", "defender", "--file", file];
    let _ = nina.run(&args).done();
    let (first, second) = (world.person("first", "en"), world.person("second", "en"));
    let _ = first.run(&["join", file]).done();
    let _ = second.run(&["join", file]);
    send(&second, "from the second");
    let said = nina.run(&["watch", "--once"]).done();
    assert!(said.err.contains("can send: Alena"), "{}", said.err);
    send(&first, "from the first");
    let _ = nina.run(&["watch", "--once"]).done();
    let kept = nina.run(&["inbox", "--json"]).done().json();
    let of = |summary| {
        let mut kept = kept.iter();
        let found = kept.find(|alert| alert["alert"]["summary"] == summary);
        found.unwrap()["sender"]["status"].clone()
    };
    assert_eq!(of("from the first"), "known");
    assert_eq!(of("from the second"), "unverified");
}

#[test]
fn a_mistyped_code_sends_nothing_at_all() {
    let world = world();
    let nina = world.coordinator("Nina");
    let code = world.invite(&nina, "Ivan", "member");
    let before = world.network().bytes();
    let said = world
        .person("ivan", "en")
        .run(&["join", &mistyped(&code)])
        .ended(2);
    assert!(said.err.contains("typing error"), "{}", said.err);
    assert_eq!(world.network().bytes(), before);
}

#[test]
fn a_refused_request_is_told_and_opens_nothing() {
    let world = world();
    let nina = world.coordinator("Nina");
    let code = world.invite(&nina, "Ivan", "member");
    let ivan = world.person("ivan", "en");
    let _ = ivan.run(&["join", &code]).done();
    let waiting = ivan
        .run(&[FLASH.as_slice(), &["too early"]].concat())
        .ended(1);
    assert!(waiting.err.contains("not let in yet"), "{}", waiting.err);
    let _ = nina.run(&["members", "refuse", "Ivan"]).done();
    let told = ivan.run(&["watch", "--once"]).ended(1);
    assert!(
        told.err.contains("did not let this device in"),
        "{}",
        told.err
    );
    let listed = nina.run(&["members"]).done().out;
    assert!(
        listed.contains("Ivan, member: the invitation was taken back 20"),
        "{listed}"
    );
}

/// Posts something to an invitation's mailbox, with what its code gives.
fn post_by_code(code: &Code, to: MemberKey, payload: &[u8]) {
    let keys = code.secret.keys();
    let envelope = seal(payload, &[to], &keys.outer().to_recipient()).unwrap();
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let mut session = Session::open_as(&code.relay, &keys.credential())
            .await
            .unwrap();
        session.post(&envelope).await.unwrap();
        session.answer().await.unwrap().1.unwrap();
        session.close().await;
    });
}

#[test]
fn a_claim_with_keys_that_cannot_be_is_said_and_burns_nothing_silently() {
    let world = world();
    let nina = world.coordinator("Nina");
    let ninas = unlocked(&nina);
    let (ninas_device, ninas_key) = (signing_key(&ninas), member_identity(&ninas).to_key());
    let mallory = SecretKey::from_seed(&[9; 32]);
    let mallorys_key = MemberIdentity::from_seed(&[9; 32]).to_key();
    type Forge<'a> = &'a dyn Fn(&Code) -> Vec<u8>;
    let claim = |code: &Code, device: &SecretKey<_>, key| {
        let keys = code.secret.keys();
        let turn = Some(EpochIdentity::generate().to_recipient());
        Claim::sign(
            (&keys.invitation, keys.mailbox()),
            (device, key, turn.as_ref()),
            None,
            Timestamp(1),
        )
    };
    // The coordinator's own device, which its owner never signed for; the coordinator's reading key; a reading key of
    // zeros; noise.
    let named = |code: &Code| {
        let claim = Claim {
            device: ninas_device.public(),
            ..claim(code, &mallory, mallorys_key).peek().unwrap()
        };
        Payload::Claim(code.secret.keys().invitation.sign(&claim)).encode()
    };
    let read = |code: &Code| Payload::Claim(claim(code, &mallory, ninas_key)).encode();
    let zero = |code: &Code| {
        let bytes = Payload::Claim(claim(code, &mallory, mallorys_key)).encode();
        let at = bytes
            .windows(32)
            .position(|window| window == mallorys_key.as_bytes())
            .unwrap();
        [&bytes[..at], [0; 32].as_slice(), &bytes[at + 32..]].concat()
    };
    let noise = |_: &Code| vec![7; 300];
    let forged: [Forge<'_>; 4] = [&named, &read, &zero, &noise];
    for (role, forge) in ["member", "defender"]
        .into_iter()
        .flat_map(|role| forged.iter().map(move |forge| (role, forge)))
    {
        let code: Code = world.invite(&nina, "Alena", role).parse().unwrap();
        post_by_code(&code, ninas_key, &forge(&code));
        let said = nina.run(&["watch", "--once"]).done().err;
        assert!(said.contains("the invitation of Alena"), "{role}: {said}");
        assert!(!said.contains("Has joined"), "{role}: {said}");
        let members = nina.run(&["members"]).done().out;
        assert!(!members.contains("asks to join"), "{role}: {members}");
        // Said once, and the name is free for a new invitation.
        let said = nina.run(&["watch", "--once"]).done().err;
        assert!(!said.contains("the invitation of Alena"), "{role}: {said}");
    }
    let alena = world.defender(&nina, "Alena", "en");
    send(&alena, "by a new invitation");
    let _ = nina.run(&["watch", "--once"]).done();
    assert_eq!(summaries(&nina), ["by a new invitation"]);
}

#[test]
fn whoever_still_has_an_old_code_is_not_the_person_of_the_new_one() {
    let world = world();
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "ru");
    // Alena's file is lost, and closed; whoever found it joins and sends all the same.
    let lost = file_for(&world, &nina, "Alena", "defender");
    let _ = nina.run(&["members", "refuse", "Alena"]).done();
    world.network().close_to_new(true);
    let mallory = world.person("Mallory", "en");
    let _ = mallory.run(&["join", &lost]).done();
    world.network().close_to_new(false);
    let alena = world.person("The real Alena", "en");
    let code = world.invite(&nina, "Alena", "defender");
    let _ = alena.run(&["join", &code]).done();
    send(&mallory, "not from Alena");
    send(&alena, "from Alena");
    let said = nina.run(&["watch", "--once"]).done();
    assert!(
        said.out.contains(
            "UNVERIFIED SENDER. It names an invitation that the coordinator took back on 20"
        ),
        "{}",
        said.out
    );
    assert!(said.err.contains("can send: Alena"), "{}", said.err);
    assert!(!said.err.contains("does not allow"), "{}", said.err);
    let shown = anna.run(&["watch", "--once"]).done().out;
    assert!(shown.contains("НЕ ПОДТВЕРЖДЁН"), "{shown}");
    assert!(shown.contains("которое координатор отозвал 20"), "{shown}");
    let listed = nina.run(&["inbox", "--json"]).done().json();
    let status = |alert: &serde_json::Value| alert["sender"]["status"].clone();
    assert_eq!(
        listed.iter().map(status).collect::<Vec<_>>(),
        ["unverified", "known"]
    );
    let members = nina.run(&["members"]).done().out;
    assert_eq!(members.matches("Alena").count(), 1, "{members}");
}

/// By code, by file with a network, by file without one, and in an alert that was written before.
#[test]
fn an_invitation_that_was_taken_back_is_of_no_use_in_any_form() {
    let world = world();
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    for role in ["member", "defender"] {
        let file = file_for(&world, &nina, role, role);
        let code = fs::read_to_string(&file).unwrap();
        let code = code.lines().nth(1).unwrap();
        // She has used the file, and written, and no network has heard of it yet.
        world.network().close_to_new(true);
        let early = world.person(&format!("early {role}"), "en");
        let _ = early.run(&["join", &file]).done();
        if role == "defender" {
            let _ = early
                .run(&[FLASH.as_slice(), &["an early alert"]].concat())
                .ended(3);
        }
        world.network().close_to_new(false);
        let _ = nina.run(&["members", "refuse", role]).done();
        let by_code = world.person(&format!("code {role}"), "en");
        let said = by_code.run(&["join", code]).ended(1);
        assert!(
            said.err.contains("taken this invitation back"),
            "{}",
            said.err
        );
        assert!(!by_code.home().exists());
        let by_file = world.person(&format!("file {role}"), "ru");
        let said = by_file.run(&["join", &file]).ended(1);
        assert!(said.err.contains("отозвал это приглашение"), "{}", said.err);
        let watched = early.run(&["watch", "--once"]);
        if role == "defender" {
            assert!(
                watched.err.contains("taken your invitation back"),
                "{}",
                watched.err
            );
            let said = by_file
                .run(&[FLASH.as_slice(), &["a late alert"]].concat())
                .done();
            assert_eq!(said.json()[0]["state"], "stored");
        } else {
            assert!(
                watched.err.contains("did not let this device in"),
                "{}",
                watched.err
            );
        }
    }
    // What came all the same is shown as what it is, to each.
    for reader in [&nina, &anna] {
        let shown = reader.run(&["watch", "--once"]).done();
        let reason =
            "UNVERIFIED SENDER. It names an invitation that the coordinator took back on 20";
        assert_eq!(shown.out.matches(reason).count(), 2, "{}", shown.out);
        let listed = reader.run(&["inbox", "--json"]).done().json();
        for alert in &listed {
            assert_eq!(alert["sender"]["status"], "unverified");
            assert_eq!(alert["sender"]["why"], "invitation_withdrawn");
        }
        assert_eq!(listed.len(), 2);
        let members = reader.run(&["members"]).done().out;
        assert!(!members.contains("asks to join"), "{members}");
        assert_eq!(members.matches("was taken back 20").count(), 2, "{members}");
    }
}

#[test]
fn an_invitation_is_shown_again_while_it_can_be_used_and_made_anew_at_any_time() {
    let world = world();
    let nina = world.coordinator("Nina");
    let first = world.invite(&nina, "Alena", "defender");
    let shown = nina.run(&["invite", "--show", "alena"]).done();
    assert_eq!(shown.out.trim(), first);
    assert!(
        shown.err.contains("Alena") || shown.err.contains("alena"),
        "{}",
        shown.err
    );
    let file = world.dir().join("again");
    let file = file.to_str().unwrap();
    let _ = nina
        .run(&["invite", "Alena", "--show", "--file", file])
        .done();
    assert_eq!(
        fs::read_to_string(file).unwrap().lines().nth(1),
        Some(first.as_str())
    );
    // Made anew, under another spelling of the name too.
    let said = nina.run(&["invite", "ALENA", "--role", "defender"]).done();
    assert!(said.err.contains("is taken back"), "{}", said.err);
    let stale = world.person("stale", "en").run(&["join", &first]).ended(1);
    assert!(
        stale.err.contains("taken this invitation back"),
        "{}",
        stale.err
    );
    // The file that was shown again is the old one too.
    let stale = world
        .person("stale file", "en")
        .run(&["join", file])
        .ended(1);
    assert!(
        stale.err.contains("taken this invitation back"),
        "{}",
        stale.err
    );
    let code = said.out.lines().next().unwrap();
    let alena = world.person("alena", "en");
    let _ = alena.run(&["join", code]).done();
    send(&alena, "from Alena");
    let _ = nina.run(&["watch", "--once"]).done();
    let kept = nina.run(&["inbox", "--json"]).done().json();
    assert_eq!(kept[0]["sender"]["status"], "known");
    // It was used: there is nothing to show, and the name is hers.
    let said = nina.run(&["invite", "--show", "Alena"]).ended(2);
    assert!(
        said.err.contains("somebody in the group has this name"),
        "{}",
        said.err
    );
    let said = nina.run(&["invite", "Boris", "--show"]).ended(2);
    assert!(
        said.err.contains("nobody is invited by this name"),
        "{}",
        said.err
    );
    // Who asks is answered first, and then the name is free.
    let code = world.invite(&nina, "Ivan", "member");
    let ivan = world.person("ivan", "en");
    let _ = ivan.run(&["join", &code]).done();
    for args in [
        ["invite", "Ivan", "--show"].as_slice(),
        &["invite", "Ivan", "--role", "member"],
    ] {
        let said = nina.run(args).ended(2);
        assert!(said.err.contains("somebody asks to join"), "{}", said.err);
    }
    let _ = nina.run(&["members", "refuse", "Ivan"]).done();
    let said = nina.run(&["invite", "Ivan", "--show"]).ended(2);
    assert!(
        said.err.contains("nobody is invited by this name"),
        "{}",
        said.err
    );
    let code = world.invite(&nina, "Ivan", "member");
    let ivan = world.person("ivan again", "en");
    let _ = ivan.run(&["join", &code]).done();
    let _ = nina.run(&["members", "approve", "Ivan"]).done();
    let said = ivan.run(&["watch", "--once"]).done();
    assert!(said.err.contains("You are in"), "{}", said.err);
}
