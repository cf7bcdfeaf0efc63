//! The only coordinator is lost, with all that rules the group's mailbox: a member goes on with the others, in a mailbox that the relay's host
//! allows. And the same mends what somebody left behind who wrote while the others took over.

use bellrope_client::{
    RelayError,
    internals::{Session, roster, state},
};
use bellrope_proto::{
    grant::{Grant, Rights},
    ids::Timestamp,
    message::Reason,
    signing::{Authority, SecretKey},
};
use bellrope_tests::{people::Person, world::World};

use crate::{
    coordinators::two_coordinators,
    hostile::unlocked,
    send, summaries,
    wire::{address, envelope, wait},
    world,
};

fn watch(person: &Person) -> String {
    person.run(&["watch", "--once"]).done().err
}

fn list(person: &Person) -> String {
    person.run(&["members"]).done().out
}

/// Nina, who coordinates alone, and four members.
fn group(world: &World) -> [Person; 5] {
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    let boris = world.reader(&nina, "Boris", "member", "en");
    let olga = world.reader(&nina, "Olga", "member", "ru");
    let vera = world.reader(&nina, "Vera", "member", "en");
    for person in [&anna, &boris, &olga, &vera] {
        let _ = watch(person);
    }
    [nina, anna, boris, olga, vera]
}

#[test]
fn a_group_whose_only_coordinator_is_lost_goes_on_with_a_member_and_a_token_of_the_host() {
    let mut world = world();
    let [nina, anna, boris, olga, vera] = group(&world);
    let alena = world.defender(&nina, "Alena", "en");
    let _ = nina.run(&["members"]).done();
    let handle = nina.run(&["members", "--json"]).done().json();
    let handle = handle.iter().find(|it| it["role"] == "defender").unwrap();
    let handle = handle["name"].as_str().unwrap().to_owned();
    let reach = ["contact", "Alena", "--reach", "Signal", "--to", "Anna"];
    let _ = nina.run(&reach).done();
    let waits = world.invite(&nina, "Marta", "member");
    let _ = watch(&anna);
    // What of her is left is in others' hands, and her own computer is gone.
    let lost = nina.cloned_to("lost");
    std::fs::remove_dir_all(nina.home()).unwrap();

    let said = anna.run(&["members", "pen"]).done();
    assert!(said.out.contains("is kept by Nina."), "{}", said.out);
    let said = anna.run(&["members", "take-pen"]).ended(1);
    assert!(
        said.err.contains("Ask the relay’s host for a token"),
        "{}",
        said.err
    );
    // One that another group has used.
    let spent = world.token();
    let other = world.person("Pavel", "en");
    let create = ["create", "--relay", world.address(), "--token", &spent];
    let names = ["--group", "Another", "--name", "Pavel"];
    let _ = other.run(&[create.as_slice(), &names].concat()).done();
    let said = anna
        .run(&["members", "take-pen", "--token", &spent])
        .ended(1);
    assert!(
        said.err.contains("the token was used before"),
        "{}",
        said.err
    );
    // The relay is gone when it is to be opened: the token is not lost.
    let token = world.token();
    assert_eq!(world.stop_relay().0, 0);
    let said = anna.run(&["members", "take-pen", "--token", &token]);
    assert_ne!(said.code, 0, "{}", said.out);
    assert!(
        said.err.contains("The token is kept on this device"),
        "{}",
        said.err
    );
    assert!(!said.out.contains("Still to agree"), "{}", said.out);
    world.start_relay();
    let said = anna.run(&["members", "take-pen"]).done();
    assert!(
        said.out.contains("The mailbox for it is open until"),
        "{}",
        said.out
    );
    assert!(
        said.out.contains("Still to agree: 2 more members."),
        "{}",
        said.out
    );
    assert!(
        said.out.contains("bellrope members confirm Anna"),
        "{}",
        said.out
    );

    let said = boris.run(&["members", "pending"]).done();
    let asked = "To coordinate in the place of Nina, who is put out of the group: Anna";
    assert!(said.out.contains(asked), "{}", said.out);
    assert_eq!(said.out.matches("Agreed:").count(), 1, "{}", said.out);
    assert_eq!(
        said.err.matches("Anna agrees with it").count(),
        1,
        "{}",
        said.err
    );
    let _ = boris.run(&["members", "confirm", "Anna"]).done();
    assert!(list(&anna).contains("Nina, coordinator"));
    // Whoever has Nina's device in their hands sees none of it before.
    let seen = watch(&lost);
    assert!(!seen.contains("agree") && !seen.contains("Anna"), "{seen}");
    let said = olga.run(&["members", "confirm", "Anna"]).done();
    assert!(
        said.out.contains("Больше ничьё согласие не нужно"),
        "{}",
        said.out
    );
    assert!(
        said.out
            .contains("программа, которая перенимает список (Anna)"),
        "{}",
        said.out
    );
    let said = watch(&anna);
    assert!(
        said.contains("This device keeps the list of members now"),
        "{said}"
    );
    let members = list(&anna);
    assert!(members.contains("Anna, coordinator (you)"), "{members}");
    assert!(!members.contains("Nina"), "{members}");
    // The invitation that nobody can look at any more is taken back.
    assert!(
        members.contains("Marta, member: the invitation was taken back"),
        "{members}"
    );
    let marta = world.person("Marta", "en");
    let _ = marta.run(&["join", &waits]);
    assert!(!list(&anna).contains("Marta, member: asks"));

    // Those who agreed go over, and one who was away.
    for person in [&boris, &vera] {
        let said = watch(person);
        assert!(said.contains("Not in the group any more: Nina"), "{said}");
    }
    assert!(watch(&olga).contains("Больше не в группе: Nina"));
    send(&vera, "after it");
    for person in [&anna, &boris, &olga] {
        let said = person.run(&["watch", "--once"]).done();
        assert!(said.out.contains("after it"), "{}", said.out);
    }
    // Each has told her by what they are reached when they were away for long.
    let known = std::fs::read_dir(anna.home().join("issued")).unwrap();
    assert_eq!(known.count(), 3);
    // She who was invited by Nina has no way to hear of it. What she sends arrives for now, and her new coordinator is told.
    send(&alena, "from the road");
    let said = boris.run(&["watch", "--once"]).done();
    assert!(said.out.contains("Summary: from the road"), "{}", said.out);
    assert!(
        said.out.contains("NOTE: Nina may read this too"),
        "{}",
        said.out
    );
    let members = list(&anna);
    let cut = format!("What leads Alena ({handle}) to the group is lost");
    assert!(members.contains(&cut), "{members}");
    assert!(members.contains("still arrives until"), "{members}");
    // Invited anew she is there as before, with another device or directory; then nothing is said of the one before.
    let code = world.invite(&anna, "Alena", "defender");
    let again = world.person("Alena again", "en");
    let _ = again.run(&["join", &code]).done();
    send(&again, "by the new keys");
    let said = boris.run(&["watch", "--once"]).done();
    assert!(
        said.out.contains("Summary: by the new keys"),
        "{}",
        said.out
    );
    assert!(!said.out.contains("may read this too"), "{}", said.out);
    let _ = anna.run(&["members", "remove", &handle, "--yes"]).done();
    let members = list(&anna);
    assert!(!members.contains("What leads"), "{members}");

    // The device that was lost comes back.
    let said = lost.run(&["watch", "--once"]).ended(1);
    assert!(
        said.err
            .contains("this device is not in the group any more"),
        "{}",
        said.err
    );
    assert!(!said.err.contains("WARNING"), "{}", said.err);
    // As often as it is asked.
    let _ = lost.run(&["watch", "--once"]).ended(1);
    let said = lost.run(&[crate::FLASH.as_slice(), &["from outside"]].concat());
    assert_eq!(said.code, 1, "{}", said.out);
    assert!(
        said.err.contains("not in the group any more"),
        "{}",
        said.err
    );
    assert!(!summaries(&lost).contains(&"after it".to_owned()));
    is_closed_to(&world, &lost, &anna);

    // Everything is as with any coordinator: she invites, and puts out, and the time of the new mailbox counts.
    let lidia = world.reader(&anna, "Lidia", "member", "en");
    send(&lidia, "by Lidia");
    let said = vera.run(&["watch", "--once"]).done();
    assert!(said.out.contains("Summary: by Lidia"), "{}", said.out);
    let _ = anna.run(&["members", "renew"]).done();
    let _ = watch(&boris);
    send(&boris, "in the third");
    let said = anna.run(&["watch", "--once"]).done();
    assert!(said.out.contains("Summary: in the third"), "{}", said.out);
    let token = world.token();
    let renewed = anna.run(&["create", "--relay", world.address(), "--token", &token]);
    assert_eq!(renewed.code, 0, "{} {}", renewed.out, renewed.err);
}

/// The relay takes nothing in the new mailbox by what the lost device has.
fn is_closed_to(world: &World, lost: &Person, anna: &Person) {
    let old = state(&unlocked(lost)).unwrap();
    let annas = unlocked(anna);
    let new = roster(&annas).unwrap().unwrap().epoch().mailbox;
    let credential = state(&annas).unwrap().credential.unwrap();
    let grant = credential.grant.peek().unwrap();
    assert_eq!(grant.authority.mailbox(), new);
    let mut credential = old.credential.unwrap();
    // By the authority of the mailbox before, in the name of the new one's.
    let ruled = SecretKey::<Authority>::from_seed(old.authority_seed.unwrap().bytes());
    credential.grant = ruled.sign(&Grant {
        authority: grant.authority,
        lane: credential.grant.peek().unwrap().lane,
        rights: Rights::BOTH,
        expires: Timestamp(u64::MAX),
    });
    wait(async {
        let mut session = Session::open_as(&address(world), &credential)
            .await
            .unwrap();
        let posted = match session.post(&envelope(1)).await {
            Ok(_) => session.answer().await.map(|_| ()),
            Err(error) => Err(error),
        };
        assert!(
            matches!(posted, Err(RelayError::Refused(Reason::NotValid, _))),
            "{posted:?}"
        );
    });
}

/// What Nina's device told the relay while the others took over cannot be undone there.
#[test]
fn where_the_account_went_to_a_mailbox_that_nobody_follows_a_token_opens_the_one_that_they_do() {
    let world = world();
    let [nina, anna, boris, olga] = two_coordinators(&world);
    let alena = world.defender(&nina, "Alena", "en");
    let _ = nina.run(&["members"]).done();
    let _ = anna.run(&["members", "take-pen"]).done();
    for person in [&boris, &olga] {
        let _ = person.run(&["members", "confirm", "Anna"]).done();
    }
    // Nina renews the keys where there is no network, and hears of nothing.
    world.network().close_to_new(true);
    let said = nina.run(&["members", "renew"]);
    assert_ne!(said.code, 0, "{}", said.out);
    world.network().close_to_new(false);
    let _ = watch(&anna);
    let _ = nina.run(&["outbox"]);
    let said = anna.run(&["members", "renew"]);
    assert_eq!(said.code, 3, "{} {}", said.out, said.err);
    assert!(
        said.err.contains("bellrope members renew --token TOKEN"),
        "{}",
        said.err
    );
    let said = anna
        .run(&["members", "renew", "--token", &world.token()])
        .done();
    assert!(
        said.out.contains("new mailbox is open until"),
        "{}",
        said.out
    );
    assert!(!said.err.contains("--token"), "{}", said.err);
    for person in [&boris, &olga] {
        let _ = watch(person);
    }
    send(&boris, "to all");
    for person in [&anna, &olga] {
        let said = person.run(&["watch", "--once"]).done();
        assert!(said.out.contains("to all"), "{}", said.out);
        assert!(
            !said.err.contains("WARNING") && !said.err.contains("ВНИМАНИЕ"),
            "{}",
            said.err
        );
    }
    // Mailboxes of who sends are on the account that is not the group's any more, and serve all the same.
    let _ = anna.run(&["members"]).done();
    let _ = alena.run(&["outbox"]);
    send(&alena, "by the new keys");
    let said = boris.run(&["watch", "--once"]).done();
    assert!(
        said.out.contains("Summary: by the new keys"),
        "{}",
        said.out
    );
    // Nina is in the group as she was.
    let said = watch(&nina);
    assert!(said.contains("The group has new keys"), "{said}");
    let members = list(&nina);
    assert!(
        members.contains("Anna, coordinator, keeps the list of members"),
        "{members}"
    );
    assert!(members.contains("Nina, coordinator (you)"), "{members}");
    let _ = watch(&nina);
    assert!(summaries(&nina).contains(&"to all".to_owned()));
    // There is no use of it twice.
    let said = anna
        .run(&["members", "renew", "--token", &world.token()])
        .ended(2);
    assert!(said.err.contains("the token was not used"), "{}", said.err);
    let _ = anna.run(&["members", "renew"]).done();
}

/// The rules say with whom the group goes on. Who was second has lost nothing but a mailbox that nobody uses.
#[test]
fn of_two_members_at_once_the_others_choose_one() {
    let world = world();
    let [_nina, anna, boris, olga, vera] = group(&world);
    let takes = |who: &Person| who.run(&["members", "take-pen", "--token", &world.token()]);
    let _ = takes(&anna).done();
    let _ = takes(&boris).done();
    let _ = olga.run(&["members", "confirm", "Anna"]).done();
    let said = olga.run(&["members", "confirm", "Boris"]).ended(1);
    assert!(said.err.contains("вы уже подписались"), "{}", said.err);
    // Who wants it for themselves signs for nobody else either.
    let said = boris.run(&["members", "confirm", "Anna"]).ended(1);
    assert!(
        said.err.contains("you have signed for somebody else"),
        "{}",
        said.err
    );
    let _ = vera.run(&["members", "confirm", "Anna"]).done();
    let _ = watch(&anna);
    for person in [&boris, &olga, &vera] {
        let _ = watch(person);
    }
    assert!(list(&boris).contains("Boris, member (you)"));
    let said = boris.run(&["members", "pending"]).done();
    assert!(!said.out.contains("Boris"), "{}", said.out);
    send(&boris, "with Anna");
    let said = anna.run(&["watch", "--once"]).done();
    assert!(said.out.contains("with Anna"), "{}", said.out);
    // Anna coordinates alone: another member could take over from her, by the mailbox that is there already.
    let said = boris.run(&["members", "take-pen"]).done();
    assert!(
        said.out.contains("Anna is put out of the group"),
        "{}",
        said.out
    );
}
