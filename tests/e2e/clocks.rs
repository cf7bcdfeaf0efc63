//! A relay whose clock is wrong, and one that was killed.

use std::sync::Arc;

use bellrope_client::{
    RelayError,
    internals::{Cursor, Delivery, Session},
};
use bellrope_proto::{grant::Rights, ids::Timestamp};

use crate::{
    inside::{in_place_of, today},
    send,
    wire::Owner,
    world,
};

#[test]
fn people_are_told_that_the_relays_clock_is_wrong_and_by_whose_word() {
    let mut world = world();
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "ru");
    assert_eq!(world.stop_relay().0, 0);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let later = Timestamp(today().0 + 2 * 3_600);
    let relay = {
        let _inside = runtime.enter();
        in_place_of(&world, |disk| Arc::new(disk), later)
    };
    let said = anna.run(&["watch", "--once"]).done();
    assert!(
        said.err.contains("спешат") && said.err.contains("Какие из них"),
        "{}",
        said.err
    );
    send(&nina, "by Nina's clock");
    // The clock in the test's hand stands still.
    let _ = anna.run(&["watch", "--once"]).done();
    let said = anna.run(&["watch", "--once"]).done();
    assert!(
        said.err.contains("неверны часы ретранслятора"),
        "{}",
        said.err
    );
    let said = nina.run(&["watch", "--once"]).done();
    assert!(said.err.contains("ahead of this device's"), "{}", said.err);
    runtime.block_on(relay.end());
    world.start_relay();
    let said = anna.run(&["watch", "--once"]).done();
    assert!(!said.err.contains("Часы"), "{}", said.err);
}

#[test]
fn whoever_was_connected_to_a_killed_relay_hears_of_it_from_the_next_one() {
    let mut world = world();
    let address = world.address().parse().unwrap();
    let owner = Owner::new(1);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut follow = runtime.block_on(async {
        owner.open(&world).await;
        let session = Session::open_as(&address, &owner.credential(Rights::BOTH)).await;
        let follow = session
            .unwrap()
            .subscribe(Cursor::start(owner.mailbox()), Vec::new());
        let mut follow = follow.await.unwrap();
        assert!(matches!(follow.next().await, Ok(Delivery::CaughtUp { .. })));
        follow
    });
    // At the same place, as relays are.
    let listen = format!("\"127.0.0.1:{}\"", world.relay_port());
    world.set("listen", &listen);
    world.kill_relay();
    world.start_relay();
    // The next sign of life is answered by a stateless reset: not by silence, until it has been too long.
    let lost = runtime.block_on(async {
        loop {
            if let Err(lost) = follow.next().await {
                break lost;
            }
        }
    });
    assert!(matches!(lost, RelayError::Ended(None)), "{lost:?}");
}
