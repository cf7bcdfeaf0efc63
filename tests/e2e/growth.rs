//! A group grows fast, or somebody's mailbox is full: everybody else goes on, and what is said of it is what is so.

use bellrope_client::{
    Code, RelayError,
    internals::{Session, state},
};
use bellrope_proto::{
    address::RelayAddress,
    envelope::Envelope,
    grant::{Opening, Sponsorship},
    ids::Timestamp,
    limits::SPONSORED_BYTES_MAX,
    message::Reason,
};
use bellrope_tests::people::Person;

use crate::{
    hostile::unlocked,
    send, summaries,
    wire::{address, wait},
    world,
};

/// Whoever has the code fills the mailbox to the last byte.
async fn fill(address: &RelayAddress, code: &Code) {
    let credential = code.secret.keys().credential();
    for bytes in [64 * 1024, 16 * 1024, 8 * 1024, 4 * 1024] {
        for number in 0_u64.. {
            let mut session = Session::open_as(address, &credential).await.unwrap();
            let mut envelope = vec![7; bytes];
            envelope[..8].copy_from_slice(&number.to_be_bytes());
            let envelope = Envelope::new(envelope).unwrap();
            session.post(&envelope).await.unwrap();
            let (_, answer) = session.answer().await.unwrap();
            session.close().await;
            if let Err((reason, _)) = answer {
                assert_eq!(reason, Reason::MailboxFull);
                break;
            }
        }
    }
}

/// Gives it all the room that there may be.
async fn enlarge(
    address: &RelayAddress,
    code: &Code,
    coordinator: &Person,
) -> Result<(), RelayError> {
    let keys = code.secret.keys();
    let group = state(&unlocked(coordinator)).unwrap().authority().unwrap();
    let opening = keys.authority.sign(&Opening {
        authority: keys.authority.public(),
        relay: address.key(),
    });
    let sponsorship = group.sign(&Sponsorship {
        authority: group.public(),
        mailbox: keys.mailbox(),
        quota_bytes: SPONSORED_BYTES_MAX,
        mailbox_ends: Timestamp(bellrope_client::now().0 + 86_400),
    });
    let mut session = Session::open(address).await?;
    session.create_sponsored(opening, sponsorship).await?;
    session.close().await;
    Ok(())
}

#[test]
fn a_defender_whose_mailbox_is_full_holds_up_nobody_and_hears_the_newest_when_there_is_room() {
    const WAITS: &str = "New keys wait on this device for Alena";
    let world = world();
    let address = address(&world);
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    let alena = world.person("Alena", "en");
    let text = world.invite(&nina, "Alena", "defender");
    let code: Code = text.parse().unwrap();
    let _ = alena.run(&["join", &text]).done();
    let said = nina.run(&["members"]).done();
    assert!(said.out.contains("Alena"), "{}", said.out);
    wait(fill(&address, &code));

    let mut people = Vec::new();
    for name in ["Boris", "Vera", "Ivan"] {
        let said = nina.run(&["invite", name, "--role", "member"]).done();
        // It is at the relay, whatever else is not.
        assert!(!said.err.contains("does not know it"), "{}", said.err);
        assert_eq!(said.err.contains(WAITS), !people.is_empty(), "{}", said.err);
        let person = world.person(name, "en");
        let code = said.out.lines().next().unwrap();
        let _ = person.run(&["join", code]).done();
        let said = nina.run(&["members", "approve", name]).done();
        assert_eq!(said.err.matches(WAITS).count(), 1, "{}", said.err);
        people.push(person);
    }
    for (who, words) in [
        (&nina, WAITS),
        (&nina.speaking("ru"), "(для кого: Alena (D-"),
        (&nina.at_columns("40"), "device for Alena"),
    ] {
        for command in [&["members"] as &[&str], &["watch", "--once"]] {
            let said = who.run(command).done();
            assert_eq!(said.err.matches(words).count(), 1, "{}", said.err);
        }
    }
    // Whoever watches is told once, and others come in meanwhile.
    let mut watching = nina.start(&["watch"]);
    watching.wait_for(WAITS);
    let olga = world.defender(&nina, "Olga", "en");
    watching.wait_for("Has joined and can send: Olga");
    let (_, seen) = watching.stop();
    assert_eq!(seen.matches(WAITS).count(), 1, "{seen}");
    send(&olga, "by new keys");
    // Of what was to be said to her, the newest waits, and nothing else.
    let said = nina.run(&["outbox"]).ended(3);
    assert!(
        said.err.contains("One message of the program"),
        "{}",
        said.err
    );

    // Her own program is not troubled by it, and what she sends reaches those who came since.
    send(&alena, "by old keys");
    assert_eq!(alena.run(&["outbox"]).done().code, 0);
    let _ = anna.run(&["watch", "--once"]).done();
    for person in &people {
        let _ = person.run(&["watch", "--once"]).done();
        assert_eq!(summaries(person), ["by new keys", "by old keys"]);
    }
    // Who is put out is something that she has to hear.
    let said = nina.run(&["members", "remove", "Vera", "--yes"]).ended(3);
    assert!(
        said.out.contains("Put out of the group: Vera."),
        "{}",
        said.out
    );
    assert!(said.err.contains(WAITS), "{}", said.err);
    wait(enlarge(&address, &code, &nina)).unwrap();
    let said = nina.run(&["members"]).done();
    assert!(!said.err.contains(WAITS), "{}", said.err);
    let _ = nina.run(&["outbox"]).done();
    let said = alena.run(&["watch", "--once"]).done();
    assert_eq!(said.err.matches("keys are new").count(), 1, "{}", said.err);
    send(&alena, "without Vera");
    let said = people[0].run(&["watch", "--once"]).done();
    assert!(said.out.contains("Summary: without Vera"), "{}", said.out);
    assert!(!said.out.contains("may read this too"), "{}", said.out);
    let said = people[1].run(&["watch", "--once"]).ended(1);
    assert!(!said.out.contains("without Vera"), "{}", said.out);
}
