//! A member who was away for longer than the relay keeps envelopes.

use std::{fs::File, sync::Arc};

use bellrope_proto::ids::{Day, Timestamp};
use bellrope_relay::store::Store as _;

use crate::{
    FLASH,
    inside::{in_place_of, open_again, today},
    send, summaries, world,
};

#[test]
fn whoever_comes_back_gets_what_was_meant_for_them_and_is_not_told_of_rogues() {
    let mut world = world();
    // Three weeks ago.
    assert_eq!(world.stop_relay().0, 0);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let then = Timestamp(today().0 - 21 * Timestamp::DAY_SECONDS);
    let relay = {
        let _inside = runtime.enter();
        in_place_of(&world, |disk| Arc::new(disk), then)
    };
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    let ivan = world.reader(&nina, "Ivan", "member", "ru");
    let _ = anna.run(&["watch", "--once"]).done();
    // While Anna is away somebody comes in, and things are said: to all, and to Ivan alone.
    send(&nina, "for everybody");
    let to_ivan = [FLASH.as_slice(), &["for Ivan", "--to", "Ivan"]].concat();
    let _ = nina.run(&to_ivan).done();
    let boris = world.reader(&nina, "Boris", "member", "en");
    send(&boris, "from Boris");
    let _ = ivan.run(&["watch", "--once"]).done();
    assert_eq!(
        summaries(&ivan),
        ["for everybody", "for Ivan", "from Boris"]
    );
    runtime.block_on(relay.end());
    let disk = open_again(&world.relay_dir().join("store"));
    let before = Day(then.day().0 + 14);
    assert!(disk.expire(before, before).unwrap().envelopes > 5);
    drop(disk);
    world.start_relay();

    // Something comes of which Anna lacks what was before.
    let code = world.invite(&nina, "Vera", "member");
    send(&boris, "after that");
    // Another program of hers was suspended with the lock that the request is queued under: what is said meanwhile is shown.
    let held = File::open(anna.home().join("lock.queue")).unwrap();
    held.lock().unwrap();
    let mut watch = anna.start(&["watch"]);
    watch.wait_for("Watching");
    send(&boris, "while she cannot ask");
    watch.wait_for("while she cannot ask");
    drop(held);
    watch.wait_for("are asked for what it missed");
    let (_, said) = watch.stop();
    for part in [
        "expired at the relay",
        "does not know yet who came",
        "UNVERIFIED",
    ] {
        assert!(said.contains(part), "{said}");
    }
    assert!(!said.contains("against the rules"), "{said}");
    let again = anna.run(&["watch", "--once"]).done();
    assert!(
        !again.err.contains("are asked"),
        "asked once: {}",
        again.err
    );

    let said = ivan.run(&["watch", "--once"]).done();
    assert!(
        said.err.contains("Anna") && said.err.contains("отправляется ещё раз: 2 сообщения"),
        "{}",
        said.err
    );
    // Boris sees that it is done.
    let said = boris.run(&["watch", "--once"]).done();
    assert!(!said.err.contains("sent again"), "{}", said.err);
    let said = anna.run(&["watch", "--once"]).done();
    assert!(
        said.out.contains("for everybody") && said.out.contains("from Boris"),
        "{}",
        said.out
    );
    assert!(
        !said.out.contains("UNVERIFIED") && !said.out.contains("WARNING"),
        "{}",
        said.out
    );
    assert!(!said.err.contains("WARNING"), "{}", said.err);
    let mut read = summaries(&anna);
    read.sort();
    assert_eq!(
        read,
        [
            "after that",
            "for everybody",
            "from Boris",
            "while she cannot ask"
        ]
    );
    let shown = anna.run(&["inbox"]).done();
    assert!(!shown.out.contains("UNVERIFIED"), "{}", shown.out);

    // And she follows as before.
    let vera = world.person("Vera", "en");
    let _ = vera.run(&["join", &code]).done();
    let _ = nina.run(&["members", "approve", "Vera"]).done();
    let _ = anna.run(&["watch", "--once"]).done();
    let members = anna.run(&["members"]).done();
    assert!(
        members.out.contains("Vera") && members.out.contains("Boris"),
        "{}",
        members.out
    );
}
