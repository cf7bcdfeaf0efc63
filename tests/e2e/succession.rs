//! A group's mailbox is succeeded by another and a lane is revoked, at a real relay: on the wire, over restarts, kills and old copies.

use bellrope_client::{
    RelayError,
    internals::{Cursor, Delivery, Session, Subscription},
};
use bellrope_proto::{
    address::RelayAddress,
    grant::{Revocation, Rights, Sponsorship, Succession},
    ids::Timestamp,
    message::{Created, Reason},
    signing::{Lane, SecretKey, Signed},
    token,
};
use bellrope_tests::world::World;

use crate::{
    wire::{Owner, address, envelope, wait},
    world,
};

const KIB: u64 = 1024;

/// Another's lane at the same mailbox.
fn other_lane(owner: &Owner, seed: u8) -> Owner {
    Owner {
        authority: owner.authority.clone(),
        lane: SecretKey::from_seed(&[seed; 32]),
    }
}

fn revocation(owner: &Owner, lane: &SecretKey<Lane>) -> Signed<Revocation> {
    owner.authority.sign(&Revocation {
        authority: owner.authority.public(),
        lane: lane.public(),
    })
}

async fn revoke(address: &RelayAddress, owner: &Owner, lane: &SecretKey<Lane>) {
    let mut session = Session::open(address).await.unwrap();
    session.revoke(revocation(owner, lane)).await.unwrap();
    session.close().await;
}

fn succession(address: &RelayAddress, old: &Owner, new: &Owner) -> Signed<Succession> {
    old.authority.sign(&Succession {
        authority: old.authority.public(),
        relay: address.key(),
        mailbox: new.mailbox(),
    })
}

async fn succeed(address: &RelayAddress, old: &Owner, new: &Owner) -> Result<Created, RelayError> {
    let mut session = Session::open(address).await?;
    let succession = succession(address, old, new);
    session.succeed(new.opening(address), succession).await
}

async fn sponsor(
    address: &RelayAddress,
    by: &Owner,
    guest: &Owner,
    quota_bytes: u64,
    mailbox_ends: Timestamp,
) -> Result<Created, RelayError> {
    let sponsorship = by.authority.sign(&Sponsorship {
        authority: by.authority.public(),
        mailbox: guest.mailbox(),
        quota_bytes,
        mailbox_ends,
    });
    let mut session = Session::open(address).await?;
    session
        .create_sponsored(guest.opening(address), sponsorship)
        .await
}

/// Posts until it is refused; gives how many were stored, and why not more.
async fn fill(address: &RelayAddress, whose: &Owner, from: u8) -> (u8, Reason) {
    let credential = whose.credential(Rights::POST);
    let mut session = Session::open_as(address, &credential).await.unwrap();
    for byte in from..=u8::MAX {
        session.post(&envelope(byte)).await.unwrap();
        if let (_, Err((reason, _))) = session.answer().await.unwrap() {
            return (byte - from, reason);
        }
    }
    panic!("never refused");
}

async fn post(address: &RelayAddress, whose: &Owner, byte: u8) -> u64 {
    let credential = whose.credential(Rights::POST);
    let mut session = Session::open_as(address, &credential).await.unwrap();
    session.post(&envelope(byte)).await.unwrap();
    let receipt = session.answer().await.unwrap().1.unwrap();
    session.close().await;
    receipt.fact.sequence.0
}

async fn follow(address: &RelayAddress, whose: &Owner) -> Subscription {
    let credential = whose.credential(Rights::READ);
    let session = Session::open_as(address, &credential).await.unwrap();
    let cursor = Cursor::start(whose.mailbox());
    session.subscribe(cursor, Vec::new()).await.unwrap()
}

/// The envelopes that come until all that was there has come.
async fn caught_up(follow: &mut Subscription) -> usize {
    let mut delivered = 0;
    loop {
        match follow.next().await.unwrap() {
            Delivery::Envelope { .. } => delivered += 1,
            Delivery::CaughtUp { .. } => return delivered,
            _ => {}
        }
    }
}

fn is_refused<T: std::fmt::Debug>(done: &Result<T, RelayError>, reason: Reason) -> bool {
    matches!(done, Err(RelayError::Refused(why, 0)) if *why == reason)
}

fn token_of(world: &World, mib: &str) -> Signed<bellrope_proto::grant::HostToken> {
    let said = world.relay_command(&["token", "--quota-mib", mib]).done();
    token::parse(&said.out).unwrap()
}

#[test]
fn a_revoked_lane_hears_nothing_more_and_is_not_let_in_again() {
    let mut world = world();
    let address = address(&world);
    let owner = Owner::new(1);
    let removed = other_lane(&owner, 0x61);
    wait(async {
        owner.open(&world).await;
        assert_eq!(post(&address, &owner, 1).await, 1);
        let mut theirs = follow(&address, &removed).await;
        let mut own = follow(&address, &owner).await;
        assert_eq!(
            (caught_up(&mut theirs).await, caught_up(&mut own).await),
            (1, 1)
        );
        // One that only posts, and one that has done nothing yet.
        let mut posts = Session::open_as(&address, &removed.credential(Rights::POST))
            .await
            .unwrap();
        posts.post(&envelope(2)).await.unwrap();
        assert!(posts.answer().await.unwrap().1.is_ok());
        let mut idle = Session::open_as(&address, &removed.credential(Rights::BOTH))
            .await
            .unwrap();
        assert!(idle.ask_head().await.is_ok());
        assert_eq!(caught_up(&mut theirs).await, 1);

        revoke(&address, &owner, &removed.lane).await;
        assert_eq!(post(&address, &owner, 3).await, 3);
        let heard = theirs.next().await;
        assert!(is_refused(&heard, Reason::Revoked), "{heard:?}");
        let answer = match posts.post(&envelope(4)).await {
            Ok(_) => posts.answer().await.map(|_| ()),
            Err(error) => Err(error),
        };
        assert!(is_refused(&answer, Reason::Revoked), "{answer:?}");
        // Whoever asks for nothing is told as well.
        let told = idle.answer().await;
        assert!(is_refused(&told, Reason::Revoked), "{told:?}");
        // Others read on, and what they follow is whole.
        while own.cursor().sequence.0 < 3 {
            let _ = own.next().await.unwrap();
        }
        // Told twice it is the same, and nobody else can say it.
        revoke(&address, &owner, &removed.lane).await;
        let stranger = Owner::new(9);
        let mut session = Session::open(&address).await.unwrap();
        let forged = stranger.authority.sign(&Revocation {
            authority: owner.authority.public(),
            lane: owner.lane.public(),
        });
        let done = session.revoke(forged).await;
        assert!(is_refused(&done, Reason::NotValid), "{done:?}");
        let done = session.revoke(revocation(&stranger, &owner.lane)).await;
        assert!(is_refused(&done, Reason::NoMailbox), "{done:?}");
    });
    for kill in [false, true] {
        wait(async {
            for rights in [Rights::POST, Rights::READ, Rights::BOTH] {
                let credential = removed.credential(rights);
                let mut session = Session::open_as(&address, &credential).await.unwrap();
                let head = session.ask_head().await;
                assert!(is_refused(&head, Reason::Revoked), "{head:?}");
            }
            let mut own = follow(&address, &owner).await;
            assert_eq!(caught_up(&mut own).await, 3);
        });
        if kill {
            world.kill_relay();
        } else {
            assert_eq!(world.stop_relay().0, 0);
        }
        world.start_relay();
    }
}

#[test]
fn a_succeeded_mailbox_serves_and_what_the_host_allowed_holds_for_all_of_them() {
    let mut world = world();
    assert_eq!(world.stop_relay().0, 0);
    world.set("posts_at_once", "600");
    world.start_relay();
    let address = address(&world);
    let [old, new, other, guest] = [1, 2, 3, 4].map(Owner::new);
    let straggler = other_lane(&old, 0x62);
    let (first, held) = wait(async {
        let mut session = Session::open(&address).await.unwrap();
        let host_token = token_of(&world, "1");
        let opened = session
            .create(old.opening(&address), host_token)
            .await
            .unwrap();
        let soon = Timestamp(opened.ends.0 - 86_400);
        sponsor(&address, &old, &guest, 64 * KIB, soon)
            .await
            .unwrap();
        assert_eq!(post(&address, &guest, 1).await, 1);
        assert_eq!(post(&address, &old, 1).await, 1);
        let mut reader = follow(&address, &old).await;
        assert_eq!(caught_up(&mut reader).await, 1);

        let first = succeed(&address, &old, &new).await.unwrap();
        assert_eq!(
            (first.mailbox, first.quota_bytes),
            (new.mailbox(), 1024 * KIB)
        );
        assert_eq!(first.ends, opened.ends);
        let again = succeed(&address, &old, &new).await.unwrap();
        assert_eq!(
            (again.ends, again.quota_bytes),
            (first.ends, first.quota_bytes)
        );
        for (from, to, reason) in [
            (&old, &other, Reason::Succeeded),
            (&guest, &other, Reason::NotValid),
            (&other, &new, Reason::NoMailbox),
            (&new, &old, Reason::NotValid),
        ] {
            let done = succeed(&address, from, to).await;
            assert!(is_refused(&done, reason), "{done:?}");
        }
        let done = sponsor(&address, &old, &other, 4 * KIB, soon).await;
        assert!(is_refused(&done, Reason::Succeeded), "{done:?}");
        // Who has not heard posts on, who reads there reads it, and the guest is served.
        assert_eq!(post(&address, &straggler, 2).await, 2);
        assert!(matches!(
            reader.next().await.unwrap(),
            Delivery::Envelope { .. }
        ));
        assert_eq!(post(&address, &guest, 2).await, 2);
        // An eighth of what was free: 1 MiB less 4 KiB here and 64 KiB lent, 119 KiB.
        let (stragglers, why) = fill(&address, &straggler, 3).await;
        assert_eq!(why, Reason::LaneShare);
        let (rest, why) = fill(&address, &other_lane(&old, 0x63), 100).await;
        assert!(
            matches!(why, Reason::LaneShare | Reason::MailboxFull),
            "{why:?}"
        );
        assert!(u64::from(2 + stragglers + rest) * 4 <= 4 + 119);
        (first, 2 + stragglers + rest)
    });
    // Asked by many lanes at once, everything that is on the account stays within it, also over a kill.
    world.kill_relay();
    world.start_relay();
    wait(async {
        let again = succeed(&address, &old, &new).await.unwrap();
        assert_eq!(
            (again.ends, again.quota_bytes),
            (first.ends, first.quota_bytes)
        );
        for lane in 0..8 {
            let _ = fill(&address, &other_lane(&new, 0x70 + lane), 31 * lane).await;
        }
        let _ = fill(&address, &other_lane(&old, 0x64), 200).await;
        let kept = async |whose| caught_up(&mut follow(&address, whose).await).await;
        let (of_old, of_new) = (kept(&old).await, kept(&new).await);
        assert!(of_old >= usize::from(held));
        assert!(4 * (of_old + of_new) + 64 <= 1024, "{of_old} and {of_new}");
        assert!(of_new > 200, "the new one has the larger part: {of_new}");
        // A token renews the new one, and is not spent on the old one.
        let host_token = token_of(&world, "2");
        let mut session = Session::open(&address).await.unwrap();
        let done = session
            .create(old.opening(&address), host_token.clone())
            .await;
        assert!(is_refused(&done, Reason::Succeeded), "{done:?}");
        let renewed = session
            .create(new.opening(&address), host_token)
            .await
            .unwrap();
        assert_eq!(renewed.quota_bytes, 2048 * KIB);
        // The next one, and what was on the first account is on the third's.
        let third = succeed(&address, &new, &other).await.unwrap();
        assert_eq!(third.quota_bytes, 2048 * KIB);
        let longer = Timestamp(third.ends.0 - 1);
        let guests = sponsor(&address, &other, &guest, 64 * KIB, longer)
            .await
            .unwrap();
        assert_eq!(guests.ends, longer);
        assert_eq!(post(&address, &other, 1).await, 1);
    });
    assert_eq!(world.stop_relay().0, 0);
    let said = world.relay_command(&["check"]).done();
    assert!(said.out.contains(" 0 faults"), "{}", said.out);
}

/// Wherever the relay is killed on its way, asked again it comes to the same.
#[test]
fn a_succession_that_a_kill_cut_off_is_asked_for_again() {
    let mut world = world();
    let address = address(&world);
    wait(Owner::new(1).open(&world));
    for (number, turns) in (1..).zip([0_u32, 1, 3, 10, 30, 100]) {
        let (old, new) = (Owner::new(number), Owner::new(number + 1));
        wait(async {
            let mut session = Session::open(&address).await.unwrap();
            let asked = session.succeed(new.opening(&address), succession(&address, &old, &new));
            let a_moment = async {
                for _ in 0..turns {
                    tokio::task::yield_now().await;
                }
            };
            // Of a kill nobody hears by the network.
            tokio::select! {
                biased;
                _ = asked => {}
                () = a_moment => {}
            }
        });
        world.kill_relay();
        world.start_relay();
        wait(async {
            let again = succeed(&address, &old, &new).await.unwrap();
            assert_eq!(again.quota_bytes, 256 * KIB * KIB);
            assert_eq!(
                post(&address, &old, number).await,
                if number == 1 { 1 } else { 2 }
            );
            assert_eq!(post(&address, &new, number).await, 1);
        });
    }
}

/// An old copy knows neither of a succession nor of a revoked lane: both are said to it again, in the same words.
#[test]
fn what_an_old_copy_does_not_know_is_said_to_it_again() {
    let mut world = world();
    let address = address(&world);
    let (old, new) = (Owner::new(1), Owner::new(2));
    let removed = other_lane(&old, 0x61);
    wait(old.open(&world));
    assert_eq!(world.stop_relay().0, 0);
    world.back_up("before");
    world.start_relay();
    wait(async {
        succeed(&address, &old, &new).await.unwrap();
        revoke(&address, &old, &removed.lane).await;
    });
    world.kill_relay();
    world.restore("before");
    world.start_relay();
    wait(async {
        let credential = removed.credential(Rights::READ);
        let mut session = Session::open_as(&address, &credential).await.unwrap();
        assert!(session.ask_head().await.is_ok());
        succeed(&address, &old, &new).await.unwrap();
        revoke(&address, &old, &removed.lane).await;
        let head = session.ask_head().await;
        assert!(is_refused(&head, Reason::Revoked), "{head:?}");
        assert_eq!(post(&address, &new, 1).await, 1);
    });
}
