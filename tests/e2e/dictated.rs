//! Invitations over the phone, and whoever sits on the slot.

use std::{sync::Arc, time::Duration};

use bellrope_client::{
    Device, DictateError, DictatedError, NewInvitation, Spoken,
    internals::{
        Cursor, Delivery, Session, SlotKeys, Step, dictate_one_of, hear_spoken_within, slot, state,
    },
    invitation, now,
};
use bellrope_proto::{
    address::RelayAddress,
    envelope::Envelope,
    grant::{Opening, Revocation, Sponsorship},
};
use bellrope_tests::{
    people::{Person, Running},
    world::World,
};
use rustix::process::{Pid, Signal, kill_process};
use tokio::runtime::Runtime;

use crate::{hostile::unlocked, send, summaries, world};

/// A coordinator who reads out an invitation; gives what is said, and the program that waits.
fn dictates(world: &World, coordinator: &Person, args: &[&str]) -> (String, Running) {
    let all = [&["invite"], args, &["--dictate"]].concat();
    let mut waiting = coordinator.start(&all);
    let host = format!("127.0.0.1:{} ", world.network().port());
    let (_, said) = waiting.wait_for(&host);
    waiting.wait_for_times("On the phone, read it out", 1);
    (said, waiting)
}

/// The same host and slot with another code.
fn misheard(said: &str) -> String {
    let last = said.chars().last().unwrap();
    let other = if last == '9' { '0' } else { '9' };
    format!("{}{other}", &said[..said.len() - 1])
}

fn wait<T>(story: impl Future<Output = T>) -> T {
    Runtime::new().unwrap().block_on(story)
}

/// The relay itself, past the network between.
fn relay_of(world: &World) -> RelayAddress {
    let known: RelayAddress = world.address().parse().unwrap();
    RelayAddress::new("127.0.0.1", world.relay_port(), known.key()).unwrap()
}

/// Posts to a slot, as anybody can.
fn throw_in(world: &World, keys: &SlotKeys, envelope: &Envelope) {
    wait(async {
        let session = Session::open_as(&relay_of(world), &keys.credential()).await;
        let mut session = session.unwrap();
        session.post(envelope).await.unwrap();
        session.answer().await.unwrap().1.unwrap();
        session.close().await;
    });
}

/// Reads a slot, as anybody can, until so many envelopes have come.
fn read_slot(world: &World, keys: &SlotKeys, count: usize) -> Vec<Envelope> {
    wait(async {
        let session = Session::open_as(&relay_of(world), &keys.credential()).await;
        let start = Cursor::start(keys.mailbox());
        let mut reading = session.unwrap().subscribe(start, Vec::new()).await.unwrap();
        let mut all = Vec::new();
        while all.len() < count {
            if let Delivery::Envelope { envelope, .. } = reading.next().await.unwrap() {
                all.push(envelope);
            }
        }
        all
    })
}

/// Opens a slot's mailbox on a coordinator's account.
fn open_slot(world: &World, coordinator: &Person, keys: &SlotKeys) {
    let group = state(&unlocked(coordinator)).unwrap().authority().unwrap();
    let relay = relay_of(world);
    let opening = keys.authority().sign(&Opening {
        authority: keys.authority().public(),
        relay: relay.key(),
    });
    let sponsorship = group.sign(&Sponsorship {
        authority: group.public(),
        mailbox: keys.mailbox(),
        quota_bytes: 64 * 1024,
        mailbox_ends: now().plus(600),
    });
    wait(async {
        let mut session = Session::open(&relay).await.unwrap();
        session
            .create_sponsored(opening, sponsorship)
            .await
            .unwrap();
        session.close().await;
    });
}

/// An answer by somebody who guesses.
fn guess(keys: &SlotKeys) -> Envelope {
    let mut share = [0; 33];
    (share[0], share[1]) = (b'B', 1);
    let step = Step::Answer {
        share,
        proof: [7; 32],
    };
    keys.seal(&step).unwrap()
}

#[test]
fn an_invitation_is_read_out_on_the_phone_and_typed_in_any_way() {
    let world = world();
    let nina = world.coordinator("Nina");
    let (said, waiting) = dictates(&world, &nina, &["Ivan", "--role", "member"]);
    let ivan = world.person("ivan", "ru");
    let [host, slot, code] = said.split(' ').collect::<Vec<_>>().try_into().unwrap();
    let typed = format!("{host}, слот {slot}; код {}-{}\n", &code[..3], &code[3..]);
    let joined = ivan.run_with(&["join"], &typed).done();
    assert!(
        joined.err.contains("Приглашение получено"),
        "{}",
        joined.err
    );
    let (ended, told) = waiting.end();
    assert_eq!(ended, 0, "{told}");
    assert!(told.contains("has gone to the first"), "{told}");
    assert!(told.contains("bellrope members approve Ivan"), "{told}");
    // It carries an invitation and nothing more: he is let in as everybody is.
    let members = nina.run(&["members"]).done().out;
    assert!(members.contains("Ivan, member: asks to join"), "{members}");
    let _ = nina.run(&["members", "approve", "Ivan"]).done();
    let _ = ivan.run(&["watch", "--once"]).done();
    // The code was for one person: it is of no use to another, who makes no device by it.
    let late = world.person("late", "en").run(&["join", &said]).ended(1);
    assert!(late.err.contains("SPOILT THIS CODE BEFORE"), "{}", late.err);
    assert!(!world.dir().join("late").exists());
    // One who can send at once, with the words as arguments.
    let (said, waiting) = dictates(&world, &nina, &["Alena", "--role", "defender"]);
    let alena = world.person("alena", "en");
    let args: Vec<&str> = ["join"].into_iter().chain(said.split(' ')).collect();
    let _ = alena.run(&args).done();
    assert_eq!(waiting.end().0, 0);
    send(&alena, "from Alena");
    let _ = ivan.run(&["watch", "--once"]).done();
    assert_eq!(summaries(&ivan), ["from Alena"]);
}

#[test]
fn it_goes_over_a_slow_network() {
    let world = world();
    let nina = world.coordinator("Nina");
    let (said, waiting) = dictates(&world, &nina, &["Ivan", "--role", "member"]);
    world.network().slow_down(Duration::from_millis(700));
    let _ = world.person("ivan", "en").run(&["join", &said]).done();
    assert_eq!(waiting.end().0, 0);
}

#[test]
fn a_wrong_code_voids_it_on_both_sides_and_a_new_one_is_for_the_same_invitation() {
    let world = world();
    let nina = world.coordinator("Nina");
    let (said, waiting) = dictates(&world, &nina, &["Ivan", "--role", "member"]);
    let ivan = world.person("ivan", "en");
    let wrong = ivan.run(&["join", &misheard(&said)]).ended(1);
    assert!(wrong.err.contains("THE CODE DOES NOT FIT"), "{}", wrong.err);
    let (ended, told) = waiting.end();
    assert_eq!(ended, 1, "{told}");
    assert!(told.contains("ANSWERED WITH A WRONG CODE"), "{told}");
    assert!(told.contains("--show --dictate"), "{told}");
    // The right code does not help any more.
    let right = ivan.run(&["join", &said]).ended(1);
    assert!(right.err.contains("it is void"), "{}", right.err);
    assert!(!ivan.home().exists());
    // A digit of the slot, or one too few, uses nothing up.
    let (said, waiting) = dictates(&world, &nina, &["Ivan", "--show"]);
    let [host, slot, code] = said.split(' ').collect::<Vec<_>>().try_into().unwrap();
    let other = format!(
        "{host} {:04} {code}",
        (slot.parse::<u16>().unwrap() + 1) % 10_000
    );
    let nothing = ivan.run(&["join", &other]).ended(1);
    assert!(
        nothing.err.contains("nothing waits there"),
        "{}",
        nothing.err
    );
    let short = ivan.run(&["join", &said[..said.len() - 1]]).ended(2);
    assert!(short.err.contains("and here are 9"), "{}", short.err);
    let _ = ivan.run(&["join", &said]).done();
    assert_eq!(waiting.end().0, 0);
}

#[test]
fn who_answers_first_on_a_slot_can_only_void_it() {
    let world = world();
    let nina = world.coordinator("Nina");
    let (said, waiting) = dictates(&world, &nina, &["Ivan", "--role", "member"]);
    let keys = slot(&said.parse().unwrap());
    // Noise is nobody's guess.
    throw_in(&world, &keys, &Envelope::new(vec![7; 4096]).unwrap());
    throw_in(&world, &keys, &guess(&keys));
    let (ended, told) = waiting.end();
    assert_eq!(ended, 1, "{told}");
    assert!(told.contains("WRONG CODE"), "{told}");
    let ivan = world.person("ivan", "ru");
    let late = ivan.run(&["join", &said]).ended(1);
    assert!(
        late.err.contains("УЖЕ ИСПОЛЬЗОВАЛИ ИЛИ ИСПОРТИЛИ"),
        "{}",
        late.err
    );
    // One who comes second changes nothing.
    let (said, waiting) = dictates(&world, &nina, &["Ivan", "--show"]);
    let keys = slot(&said.parse().unwrap());
    waiting.suspend();
    let joining = ivan.start(&["join", &said]);
    read_slot(&world, &keys, 2);
    throw_in(&world, &keys, &guess(&keys));
    go_on(&waiting);
    assert_eq!(waiting.end().0, 0);
    assert_eq!(joining.end().0, 0);
}

fn go_on(program: &Running) {
    let pid = Pid::from_raw(i32::try_from(program.id()).unwrap()).unwrap();
    kill_process(pid, Signal::CONT).unwrap();
}

#[test]
fn somebody_in_between_with_a_relay_of_their_own_gets_nothing() {
    let (world, evil) = (world(), world());
    let nina = world.coordinator("Nina");
    let mallory = evil.coordinator("Mallory");
    let (said, waiting) = dictates(&world, &nina, &["Ivan", "--role", "member"]);
    let keys = slot(&said.parse().unwrap());
    // The whole network leads to their relay, where they have opened the same slot and pass everything on.
    open_slot(&evil, &mallory, &keys);
    throw_in(&evil, &keys, &read_slot(&world, &keys, 1)[0]);
    world.network().lead_to(evil.relay_port());
    let joining = world.person("ivan", "en").start(&["join", &said]);
    let answer = read_slot(&evil, &keys, 2).remove(1);
    throw_in(&world, &keys, &answer);
    let (ended, told) = waiting.end();
    assert_eq!(ended, 1, "{told}");
    assert!(told.contains("sits in between"), "{told}");
    // What they hand over in her name is refused as well.
    let handing = Step::Handing {
        proof: [7; 32],
        sealed: vec![7; 150],
    };
    throw_in(&evil, &keys, &keys.seal(&handing).unwrap());
    let (ended, told) = joining.end();
    assert_eq!(ended, 1, "{told}");
    assert!(told.contains("THE CODE DOES NOT FIT"), "{told}");
    assert!(!world.dir().join("ivan").exists());
}

#[test]
fn what_was_interrupted_on_either_side_begins_anew() {
    let world = world();
    let nina = world.coordinator("Nina");
    let ivan = world.person("ivan", "en");
    // His program is killed when it has answered: she hands over what nobody takes.
    let (said, waiting) = dictates(&world, &nina, &["Ivan", "--role", "member"]);
    let keys = slot(&said.parse().unwrap());
    waiting.suspend();
    let joining = ivan.start(&["join", &said]);
    read_slot(&world, &keys, 2);
    joining.kill();
    go_on(&waiting);
    let (ended, told) = waiting.end();
    assert_eq!(ended, 0, "{told}");
    assert!(told.contains("If it does not, somebody else has"), "{told}");
    assert!(!ivan.home().exists());
    let again = ivan.run(&["join", &said]).ended(1);
    assert!(again.err.contains("it is void"), "{}", again.err);
    // Hers is killed while it waits: nobody answers him.
    let (said, waiting) = dictates(&world, &nina, &["Ivan", "--show"]);
    waiting.kill();
    let heard = wait(hear_spoken_within(
        &said.parse().unwrap(),
        Duration::from_millis(300),
    ));
    assert!(matches!(heard, Err(DictatedError::Silent)), "{heard:?}");
    // Neither spoils the invitation, nor another code for it.
    let (said, waiting) = dictates(&world, &nina, &["Ivan", "--show"]);
    let _ = ivan.run(&["join", &said]).done();
    assert_eq!(waiting.end().0, 0);
    let members = nina.run(&["members"]).done().out;
    assert!(members.contains("Ivan, member: asks to join"), "{members}");
}

fn shown(nina: &Arc<Device>, name: &str) -> NewInvitation {
    invitation(nina, name, now()).unwrap()
}

#[test]
fn another_slot_is_taken_where_somebody_sits_on_one() {
    let world = world();
    let nina = world.coordinator("Nina");
    let mallory = world.coordinator("Mallory");
    let _ = world.invite(&nina, "Ivan", "member");
    let device = Arc::new(unlocked(&nina));
    let at = |slot: u16| -> Spoken {
        let port = world.network().port();
        format!("127.0.0.1:{port} {slot:04} 123456")
            .parse()
            .unwrap()
    };
    // Another group pays for it; it was used before; its lane is revoked.
    open_slot(&world, &mallory, &slot(&at(1)));
    open_slot(&world, &nina, &slot(&at(2)));
    throw_in(&world, &slot(&at(2)), &guess(&slot(&at(2))));
    open_slot(&world, &nina, &slot(&at(3)));
    let keys = slot(&at(3));
    let revocation = keys.authority().sign(&Revocation {
        authority: keys.authority().public(),
        lane: keys.credential().lane().public(),
    });
    wait(async {
        let mut session = Session::open(&relay_of(&world)).await.unwrap();
        session.revoke(revocation).await.unwrap();
        session.close().await;
    });
    let invited = shown(&device, "Ivan");
    let tries = |slots: &[u16]| slots.iter().map(|slot| at(*slot)).collect::<Vec<_>>();
    let taken = wait(dictate_one_of(&device, &invited, tries(&[1, 2, 3]), 600));
    assert!(matches!(taken, Err(DictateError::NoSlot)), "{taken:?}");
    wait(async {
        let free = dictate_one_of(&device, &invited, tries(&[1, 2, 3, 4]), 600);
        let dictation = free.await.unwrap();
        assert_eq!(dictation.spoken(), &at(4));
        let spoken = at(4);
        let heard = hear_spoken_within(&spoken, Duration::from_secs(60));
        let (handed, heard) = tokio::join!(dictation.wait(), heard);
        handed.unwrap();
        assert_eq!(heard.unwrap(), invited.code);
    });
}

#[test]
fn a_late_answer_gets_nothing() {
    let world = world();
    let nina = world.coordinator("Nina");
    let _ = world.invite(&nina, "Ivan", "member");
    let device = Arc::new(unlocked(&nina));
    let port = world.network().port();
    let spoken: Spoken = format!("127.0.0.1:{port} 4182 730956").parse().unwrap();
    let invited = shown(&device, "Ivan");
    wait(async {
        let tries = vec![spoken.clone()];
        let dictation = dictate_one_of(&device, &invited, tries, 0).await.unwrap();
        let over = dictation.wait().await;
        assert!(matches!(over, Err(DictateError::TimeOver)), "{over:?}");
    });
    let heard = wait(hear_spoken_within(&spoken, Duration::from_millis(300)));
    assert!(matches!(heard, Err(DictatedError::Silent)), "{heard:?}");
    // A code that is used up is no new one's.
    let again = wait(dictate_one_of(&device, &invited, vec![spoken], 600));
    assert!(matches!(again, Err(DictateError::NoSlot)), "{again:?}");
}
