//! Comparisons on a call between devices with files and sealed envelopes: what reaches whom, and what somebody else can do about it. No vectors:
//! the numbers in them are random.

use bellrope_proto::{
    envelope::Envelope,
    ids::{Hash, Sequence},
};
use tempfile::TempDir;

use super::{rosters::chain, world::*};
use crate::{
    clock::now,
    comparing::{Call, CallError, CallNews},
    device::{Device, DeviceError, FirstFiles, Outcome, State, compared::Compared, outbox},
    group::{Role, Roster},
    ids::Epoch,
    message::{CallCode, Comparison, Payload, Step, Verdict},
    relay::Cursor,
    seal::{self, EpochIdentity},
    secret::Seed,
    sync::{GroupReceiver, Received},
};

const MANY: &str = "everybody";

/// What the relay has.
#[derive(Default)]
struct Log(Vec<Envelope>);

struct Member {
    _dir: TempDir,
    device: Device,
    receiver: GroupReceiver,
    posted: usize,
    read: usize,
}

impl Member {
    fn new(who: u8, role: Role) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let entries = chain(MANY).0;
        let group = Roster::from_chain(entries.clone()).unwrap().id();
        let seed = Seed::new(&epoch_seed(1));
        let keys = ([0x10 + who; 32], [0x20 + who; 32]);
        let device = Device::of_seeds::<DeviceError>(&dir.path().join("home"), keys, |_| {
            let mut state = State::new(group, role);
            state.epoch_seed = Some(seed.clone());
            Ok(FirstFiles {
                state,
                entries,
                queue: Vec::new(),
            })
        });
        let device = device.unwrap();
        let receiver = GroupReceiver::alone(&device, &seed, relay(4433));
        Self {
            _dir: dir,
            device,
            receiver,
            posted: 0,
            read: 0,
        }
    }

    /// Posts what waits.
    fn posts(&mut self, log: &mut Log) {
        let all = outbox::all(&self.device).unwrap();
        for file in &all[self.posted..] {
            assert_eq!(file.queued.envelope.bytes().len(), 4096);
            log.0.push(file.queued.envelope.clone());
        }
        self.posted = all.len();
    }

    /// Reads what is new.
    fn reads(&mut self, log: &Log) -> Vec<Received> {
        let fresh = (self.read..log.0.len())
            .map(|at| self.takes(&log.0[at], at))
            .collect();
        self.read = log.0.len();
        fresh
    }

    fn takes(&self, envelope: &Envelope, at: usize) -> Received {
        let place = u64::try_from(at).unwrap() + 1;
        let after = Cursor {
            mailbox: epoch_keys(1).mailbox,
            sequence: Sequence(place),
            head: Hash::tagged("head", &[&place.to_be_bytes()]),
            signed_head: None,
        };
        let received = self.receiver.receive(&self.device, &after, TIME, envelope);
        received.unwrap()
    }

    fn outcome(&self, with: u8) -> Option<Outcome> {
        let roster = self.device.roster().unwrap().unwrap();
        let person = roster.person(&device(with).public()).unwrap();
        match Compared::read(&self.device).with(person, None) {
            crate::device::Comparison::Done { outcome, .. } => Some(outcome),
            _ => None,
        }
    }
}

/// An envelope that somebody who has the epoch's keys makes by themselves.
fn made(by: u8, said: &Comparison, readers: &[u8]) -> Envelope {
    let payload = Payload::Comparison(device(by).sign(said)).encode();
    let outer = EpochIdentity::from_seed(&epoch_seed(1)).to_recipient();
    let readers: Vec<_> = readers.iter().map(|who| member(*who)).collect();
    seal::seal(&payload, &readers, &outer).unwrap()
}

fn said(from: u8, to: u8, step: &Step) -> Comparison {
    let roster = Roster::from_chain(chain(MANY).0).unwrap();
    let places = (roster.id(), Epoch(1), roster.head());
    Comparison::new(places, (device(from).public(), device(to).public()), step)
}

/// Both go on until both have a code.
fn until_both_see(log: &mut Log, ends: [(&mut Member, &mut Call); 2]) -> [CallCode; 2] {
    let [(one, first), (other, second)] = ends;
    let mut codes = [None, None];
    for _ in 0..8 {
        let both = [(&mut *one, &mut *first), (&mut *other, &mut *second)];
        for (at, (member, call)) in both.into_iter().enumerate() {
            let _ = member.reads(log);
            match call.look(&member.device).unwrap() {
                CallNews::Code(code) => codes[at] = Some(code),
                CallNews::Nothing | CallNews::Said => {}
                other => panic!("{other:?}"),
            }
            member.posts(log);
        }
    }
    codes.map(Option::unwrap)
}

#[test]
fn two_compare_and_nobody_else_can_read_or_stop_it() {
    let mut log = Log::default();
    let (mut vera, mut ivan) = (
        Member::new(VERA, Role::Coordinator),
        Member::new(IVAN, Role::Member),
    );
    let mut olga = Member::new(OLGA, Role::Observer);
    let mut by_vera = Call::begin(&vera.device, name(IVAN)).unwrap();
    let mut by_ivan = Call::begin(&ivan.device, name(VERA)).unwrap();
    assert!(matches!(by_vera.look(&vera.device), Ok(CallNews::Said)));
    vera.posts(&mut log);
    // Whoever is called is told, once.
    let told = ivan.reads(&log);
    assert!(
        matches!(told.as_slice(), [Received::CallWanted { name: by, .. }] if by == name(VERA)),
        "{told:?}"
    );
    // Somebody speaks for another: with their own signature, and in a step between others.
    let forged = [
        made(
            OLGA,
            &said(VERA, IVAN, &Step::Commit(Hash([9; 32]))),
            &[IVAN],
        ),
        made(OLGA, &said(OLGA, NADIA, &Step::Ready([9; 32])), &[IVAN]),
        made(OLGA, &said(IVAN, VERA, &Step::Ready([9; 32])), &[IVAN]),
    ];
    for (at, envelope) in forged.iter().enumerate() {
        let taken = ivan.takes(envelope, 100 + at);
        assert!(
            matches!(taken, Received::Damaged(_) | Received::NotForUs),
            "{taken:?}"
        );
    }
    let codes = until_both_see(
        &mut log,
        [(&mut vera, &mut by_vera), (&mut ivan, &mut by_ivan)],
    );
    assert_eq!(codes[0], codes[1]);
    assert_eq!(codes[0].numbers(), codes[1].numbers());
    // Others in the group open nothing of it.
    let by_others = olga.reads(&log);
    assert!(
        by_others.iter().all(|it| matches!(it, Received::NotForUs)),
        "{by_others:?}"
    );
    // All of it again, at other places: nothing is new, and nobody is told.
    for (at, envelope) in log.0.clone().iter().enumerate() {
        let again = ivan.takes(envelope, 200 + at);
        assert!(matches!(again, Received::Again), "{again:?}");
    }
}

#[test]
fn a_verdict_counts_however_late_and_only_of_this_call_and_from_the_other() {
    let mut log = Log::default();
    let (mut vera, mut ivan) = (
        Member::new(VERA, Role::Coordinator),
        Member::new(IVAN, Role::Member),
    );
    let mut by_vera = Call::begin(&vera.device, name(IVAN)).unwrap();
    let mut by_ivan = Call::begin(&ivan.device, name(VERA)).unwrap();
    let _ = until_both_see(
        &mut log,
        [(&mut vera, &mut by_vera), (&mut ivan, &mut by_ivan)],
    );
    by_vera.answer(&vera.device, Outcome::Same, now()).unwrap();
    vera.posts(&mut log);
    let _ = ivan.reads(&log);
    assert_eq!(vera.outcome(IVAN), Some(Outcome::Same));
    assert_eq!(ivan.outcome(VERA), None, "what another compared");
    assert_eq!(
        by_ivan.theirs(&ivan.device, now()).unwrap(),
        Some((Outcome::Same, false))
    );
    assert_eq!(ivan.outcome(VERA), None);
    // Of another call, and from somebody else.
    for (by, call) in [(IVAN, Hash([9; 32])), (OLGA, Hash([9; 32]))] {
        let wrong = said(by, VERA, &Step::Verdict(call, Verdict::Differ));
        let taken = vera.takes(&made(by, &wrong, &[VERA]), 300 + usize::from(by));
        assert!(matches!(taken, Received::NotForUs), "{taken:?}");
    }
    assert_eq!(vera.outcome(IVAN), Some(Outcome::Same));
    // The program that compared has ended; another one reads.
    drop(by_vera);
    by_ivan
        .answer(&ivan.device, Outcome::Differ, now())
        .unwrap();
    ivan.posts(&mut log);
    let taken = vera.reads(&log);
    assert!(
        taken
            .iter()
            .any(|it| matches!(it, Received::CallDiffers(_))),
        "{taken:?}"
    );
    assert_eq!(vera.outcome(IVAN), Some(Outcome::Differ));
}

#[test]
fn a_copy_of_a_device_that_is_put_back_begins_anew() {
    let mut log = Log::default();
    let (mut vera, mut ivan) = (
        Member::new(VERA, Role::Coordinator),
        Member::new(IVAN, Role::Member),
    );
    let mut by_vera = Call::begin(&vera.device, name(IVAN)).unwrap();
    let mut by_ivan = Call::begin(&ivan.device, name(VERA)).unwrap();
    for _ in 0..2 {
        let _ = by_ivan.look(&ivan.device).unwrap();
        ivan.posts(&mut log);
        let _ = vera.reads(&log);
        let _ = by_vera.look(&vera.device).unwrap();
        vera.posts(&mut log);
        let _ = ivan.reads(&log);
    }
    // With none of what came and was noted: the log is read again from its beginning.
    let mut back = Member::new(IVAN, Role::Member);
    let mut again = Call::begin(&back.device, name(VERA)).unwrap();
    let _ = back.reads(&log);
    assert!(matches!(again.look(&back.device), Ok(CallNews::Said)));
    back.posts(&mut log);
    let _ = back.reads(&log);
    assert!(
        matches!(again.look(&back.device), Ok(CallNews::Nothing)),
        "nothing of before"
    );
    let mut by_vera = Call::begin(&vera.device, name(IVAN)).unwrap();
    let codes = until_both_see(
        &mut log,
        [(&mut vera, &mut by_vera), (&mut back, &mut again)],
    );
    assert_eq!(codes[0], codes[1]);
}

#[test]
fn who_cannot_read_and_send_compares_face_to_face() {
    let vera = Member::new(VERA, Role::Coordinator);
    let handle = admit(NADIA, Role::Defender).name;
    for who in [name(OLGA), &handle] {
        let begun = Call::begin(&vera.device, who);
        assert!(matches!(begun, Err(CallError::HereOnly(_))), "{who}");
    }
    let olga = Member::new(OLGA, Role::Observer);
    let begun = Call::begin(&olga.device, name(VERA));
    assert!(matches!(begun, Err(CallError::HereOnly(_))));
}
