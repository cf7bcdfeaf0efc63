//! What lasts without anybody's doing, and what people are told of the rest. Years pass in `tests/time`.

use bellrope_client::{internals::set_lease, now};
use bellrope_proto::ids::Timestamp;

use bellrope_tests::people::until;

use crate::{hostile::unlocked, send, summaries, world};

const DAY: u64 = Timestamp::DAY_SECONDS;

#[test]
fn an_invitations_mailbox_that_a_relay_has_lost_is_opened_again_and_nothing_is_asked_of_anybody() {
    let mut world = world();
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    let alena = world.defender(&nina, "Alena", "en");
    let _ = nina.run(&["members"]).done();
    let _ = world.stop_relay();
    world.back_up("copy");
    world.start_relay();
    // Made, and in Irina's case used, after the copy.
    let boris = world.invite(&nina, "Boris", "member");
    let irina = world.defender(&nina, "Irina", "en");
    let _ = nina.run(&["members"]).done();
    let _ = world.stop_relay();
    world.restore("copy");
    let _ = world.relay_command(&["restored"]).done();
    world.start_relay();
    // Each mailbox that was set back is told once, as what it may be: a relay that hides something.
    let healed = || {
        until("the coordinator's program has healed it", || {
            let said = nina.run(&["members"]);
            assert!(!said.err.contains("no such mailbox"), "{}", said.err);
            said.code == 0
        });
    };
    healed();
    let person = world.person("Boris", "en");
    let _ = person.run(&["join", &boris]).done();
    healed();
    let _ = nina.run(&["members", "approve", "Boris"]);
    healed();
    let _ = person.run(&["watch", "--once"]).done();
    for who in [&alena, &irina] {
        let said = who.run(&["watch", "--once"]);
        assert!(!said.err.contains("no such mailbox"), "{}", said.err);
        send(who, "to everybody");
    }
    for who in [&nina, &anna, &person] {
        let _ = who.run(&["watch", "--once"]);
        assert_eq!(summaries(who), ["to everybody", "to everybody"]);
    }
}

#[test]
fn the_hosts_part_is_told_in_every_language_until_it_is_done() {
    let world = world();
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "ru");
    let boris = world.reader(&nina, "Boris", "observer", "en");
    let quiet = [
        nina.run(&["members"]).done().err,
        anna.run(&["watch", "--once"]).done().err,
        anna.run(&["inbox"]).done().err,
    ];
    for said in quiet {
        assert!(
            !said.contains("mailbox") && !said.contains("ящик"),
            "{said}"
        );
    }
    // It was opened ten months ago.
    let ends = now().plus(61 * DAY);
    set_lease(&unlocked(&nina), Timestamp(now().0 - 305 * DAY), ends).unwrap();
    let command = format!("bellrope create --relay {}", world.address());
    let said = nina.run(&["inbox"]).done().err;
    assert!(said.contains("in 61 days. The relay's host"), "{said}");
    assert!(said.contains(&command), "{said}");
    // Once there, and in the list of members as long as it is so.
    let said = nina.run(&["inbox"]).done().err;
    assert!(!said.contains("host"), "{said}");
    for _ in 0..2 {
        let said = nina.run(&["members"]).done().err;
        assert!(said.contains(&command), "{said}");
    }
    let said = anna.run(&["watch", "--once"]).done().err;
    assert!(
        said.contains("через 61 день.\n") || said.contains("через 61 день. "),
        "{said}"
    );
    assert!(said.contains("Спросите координатора"), "{said}");
    assert!(!said.contains("create"), "{said}");
    let mut watch = boris.start(&["watch"]);
    watch.wait_for("in 61 days, as far as this device has heard");
    let _ = watch.stop();
    // The host gives a token; everybody hears of that too.
    let token = world.token();
    let args = ["create", "--relay", world.address(), "--token", &token];
    let said = nina.run(&args).done();
    assert!(said.out.contains("takes alerts until"), "{}", said.out);
    for who in [&nina, &anna, &boris] {
        let said = who.run(&["watch", "--once"]).done().err
            + &who.run(&["members"]).done().err
            + &who.run(&["inbox"]).done().err;
        assert!(
            !said.contains("mailbox") && !said.contains("ящик"),
            "{said}"
        );
    }
}
