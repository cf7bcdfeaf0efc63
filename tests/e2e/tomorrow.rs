//! Today's programs and what tomorrow's write: what may be ignored is, and for the rest a person is told to update, while
//! everything that can be verified is still shown.

use bellrope_client::{
    Device, Extensions, MessageId, Role,
    internals::{
        Admit, Change, Entry, Message, Payload, SignedMessage, random, roster, signing_key, state,
    },
};
use bellrope_proto::{
    codec::{self, Blob},
    ids::{MailboxId, Timestamp},
    signing::SecretKey,
};
use bellrope_tests::people::Person;

use crate::{
    FLASH,
    hostile::{flash, message, publish, say, unlocked},
    send, summaries, world,
};

fn extended(number: u16) -> Extensions {
    Extensions::new(vec![(number, b"tomorrow".to_vec())]).unwrap()
}

/// What a member's program says on its screen and beside it.
fn look(who: &Person) -> (String, String) {
    let said = who.run(&["watch", "--once"]).done();
    (said.out, said.err)
}

/// Publishes an entry of the roster that no program of today writes.
fn write(coordinator: &Device, change: Change, extensions: Extensions) {
    let known = roster(coordinator).unwrap().unwrap();
    let entry = signing_key(coordinator).sign(&Entry {
        position: known.next_position(),
        previous: known.head(),
        time: Timestamp(1_795_000_000),
        author: signing_key(coordinator).public(),
        change,
        extensions,
    });
    publish(coordinator, &Payload::Roster(vec![entry]));
}

fn unknown(number: u16) -> Change {
    Change::Unknown {
        number,
        body: Blob(b"tomorrow".to_vec()),
    }
}

#[test]
fn a_change_of_the_roster_that_may_be_ignored_is() {
    let world = world();
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    let ninas = unlocked(&nina);
    write(&ninas, unknown(40_000), Extensions::none());
    let (_, said) = look(&nina);
    assert!(!said.contains("Update"), "{said}");
    let _ = look(&anna);
    // The chain has gone on, for the coordinator who admits by it too.
    write(
        &ninas,
        admission(70, Role::Unknown(50_000)),
        extended(50_000),
    );
    let _ = look(&nina);
    let ivan = world.reader(&nina, "Ivan", "member", "en");
    send(&nina, "to both");
    for who in [&anna, &ivan] {
        let (shown, said) = look(who);
        assert!(shown.contains("From: Nina (coordinator)"), "{shown}");
        assert!(
            !said.contains("Update") && !said.contains("rules"),
            "{said}"
        );
    }
    send(&anna, "Anna still sends");
}

fn admission(seed: u8, role: Role) -> Change {
    Change::Admit(Admit {
        invitation: SecretKey::from_seed(&[seed; 32]).public(),
        role,
        name: format!("Person {seed}"),
        mailbox: MailboxId([seed; 32]),
        expires: Timestamp(1_796_000_000),
        extensions: Extensions::none(),
    })
}

#[test]
fn a_change_that_may_not_be_ignored_stops_sending_and_not_reading() {
    let world = world();
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    let boris = world.reader(&nina, "Boris", "member", "ru");
    let alena = world.defender(&nina, "Alena", "en");
    let _ = (look(&anna), look(&boris));
    let ninas = unlocked(&nina);
    write(&ninas, unknown(99), Extensions::none());
    // The next one has a head before it that today's programs do not compute from words, but from bytes.
    let (_, said) = look(&anna);
    assert!(said.contains("Update Bellrope"), "{said}");
    assert!(!said.contains("rules"), "{said}");
    let (_, said) = look(&boris);
    assert!(said.contains("Обновите Bellrope"), "{said}");

    // Tomorrow's coordinator and a defender go on to speak, and are verified.
    let mut words = message(&ninas, codec::encode(&flash("after the change")));
    words.roster = roster(&unlocked(&anna)).unwrap().unwrap().head();
    say(&ninas, &words);
    send(&alena, "from Alena");
    let (shown, _) = look(&anna);
    assert!(shown.contains("From: Nina (coordinator)"), "{shown}");
    assert!(shown.contains(" (defender), verified"), "{shown}");
    assert!(!shown.contains("UNVERIFIED"), "{shown}");
    assert_eq!(summaries(&anna), ["after the change", "from Alena"]);

    // Nothing is sealed by what is not understood, and nobody is asked seven questions first.
    let refused = anna.run(&[FLASH.as_slice(), &["from Anna"]].concat());
    assert_ne!(refused.code, 0);
    assert!(refused.err.contains("update Bellrope"), "{}", refused.err);
    let refused = boris.run(&["alert"]);
    assert!(refused.err.contains("обновите Bellrope"), "{}", refused.err);
}

#[test]
fn what_tomorrows_device_adds_to_a_message_is_kept_and_counted() {
    let world = world();
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    let _ = look(&anna);
    let annas = unlocked(&anna);
    let before = state(&annas).unwrap().last_sent;
    let (mut number, mut previous) = (before.number, before.last);
    let mut tell = |change: &dyn Fn(&mut Message), around: Extensions| {
        number += 1;
        let mut words = Message {
            id: MessageId(random()),
            number,
            previous,
            ..message(&annas, codec::encode(&flash("said")))
        };
        change(&mut words);
        let signed = signing_key(&annas).sign(&words);
        previous = Message::hash(&signed);
        let sent = SignedMessage {
            message: signed,
            claim: None,
            extensions: around,
        };
        publish(&annas, &Payload::Message(sent));
        look(&nina)
    };
    let none = Extensions::none;
    let (shown, _) = tell(&|_| {}, none());
    assert!(shown.contains("Summary: said"), "{shown}");
    // Ignorable: nothing is said of it.
    for (change, around) in [
        (
            &(|m: &mut Message| m.extensions = extended(40_000)) as &dyn Fn(&mut Message),
            none(),
        ),
        (&|_: &mut Message| {}, extended(40_000)),
    ] {
        let (shown, said) = tell(change, around);
        assert!(shown.contains("Summary: said"), "{shown}");
        assert!(
            !shown.contains("pdate") && !said.contains("pdate"),
            "{shown}{said}"
        );
    }
    // Not to be ignored: the words are shown, and that there is more.
    for (change, around) in [
        (
            &(|m: &mut Message| m.extensions = extended(9)) as &dyn Fn(&mut Message),
            none(),
        ),
        (&|_: &mut Message| {}, extended(9)),
    ] {
        let (shown, _) = tell(change, around);
        assert!(shown.contains("Summary: said"), "{shown}");
        assert!(shown.contains("From: Anna (member)"), "{shown}");
        assert!(shown.contains("Update this program"), "{shown}");
    }
    // Kinds of message, in both ranges: each has its number in what Anna says, and leaves no gap.
    let (_, said) = tell(&|m| m.kind = 40_000, none());
    assert!(!said.contains("Update"), "{said}");
    let (shown, _) = tell(&|m| m.kind = 77, none());
    assert!(
        shown.contains("of a kind that this program does not know (77)"),
        "{shown}"
    );
    assert!(shown.contains("Update this program"), "{shown}");
    let (shown, _) = tell(&|_| {}, none());
    assert!(shown.contains("Summary: said"), "{shown}");
    assert!(!shown.contains("has not arrived"), "a false gap: {shown}");
    assert!(!shown.contains("two devices"), "{shown}");
    // Another period of the group is not another group.
    let (_, said) = tell(&|m| m.epoch.0 += 1, none());
    assert!(said.contains("another period"), "{said}");
}

#[test]
fn a_payload_of_tomorrow_is_no_damage() {
    let world = world();
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    let annas = unlocked(&anna);
    publish(&annas, &Payload::Unknown(40_000));
    let (_, said) = look(&nina);
    assert!(
        !said.contains("damaged") && !said.contains("Update"),
        "{said}"
    );
    publish(&annas, &Payload::Unknown(77));
    let (_, said) = look(&nina);
    assert!(said.contains("Update Bellrope"), "{said}");
}

#[test]
fn a_directory_of_another_version_is_told_before_the_passphrase_and_left_alone() {
    let world = world();
    let nina = world.coordinator("Nina");
    let boris = world.reader(&nina, "Boris", "member", "ru");
    let format = |who: &Person| who.home().join("format");
    let before = (nina.disk(), std::fs::read(format(&nina)).unwrap());
    let now = std::str::from_utf8(&before.1).unwrap().trim_end();
    let (title, number) = now.rsplit_once(' ').unwrap();
    let next = format!("{title} {}\n", number.parse::<u16>().unwrap() + 1);
    std::fs::write(format(&nina), &next).unwrap();
    std::fs::write(format(&boris), &next).unwrap();
    for command in [
        ["inbox"].as_slice(),
        &["watch", "--once"],
        &["alert", "--yes"],
    ] {
        let said = nina.run(command);
        assert_ne!(said.code, 0);
        assert!(said.err.contains("update Bellrope"), "{}", said.err);
        let said = boris.run(command);
        assert!(said.err.contains("обновите Bellrope"), "{}", said.err);
    }
    std::fs::write(format(&nina), &before.1).unwrap();
    assert!(nina.disk() == before.0, "nothing was touched");
    let _ = nina.run(&["inbox"]).done();
    std::fs::remove_file(format(&nina)).unwrap();
    let said = nina.run(&["inbox"]);
    assert!(said.err.contains("trial version"), "{}", said.err);
}
