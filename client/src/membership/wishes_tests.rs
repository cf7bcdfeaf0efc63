//! What a coordinator wishes whose device has not the pen, from the wish to what came of it, by what waits in the devices' outboxes.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::collections::BTreeMap;

use bellrope_proto::ids::{Hash, Sequence};

use super::*;
use crate::{
    alert::{
        Alert, Fields,
        vocabulary::{Act, Kind},
    },
    device::{agreed, outbox},
    group::ConsentTo,
    membership::{
        self, CircleChange, claim_heard,
        custody::tests::{knows, two},
        hand_pen, join, open_bundle, plan_circle, renew,
        turn::tests::{Group, newcomer},
    },
    message::{FreezeAct, Sender, UnverifiedReason},
    relay::Cursor,
    show::{Inbox, Members, WishLine},
    sync::{
        self, Asked, GroupReceiver, Received, agree, agree_again, carry_out_wishes, compose_alert,
        compose_freeze, set_circle, sign_for,
    },
};

const NOW: Timestamp = Timestamp(1_000_000);
const SOON: Timestamp = Timestamp(1_000_050);

/// Nina has the pen, Anna coordinates too, Boris is a member; and what was delivered of what each has posted.
struct World {
    group: Group,
    place: u64,
    delivered: BTreeMap<Hash, u64>,
}

impl World {
    fn new() -> Self {
        let group = two();
        knows(&group, &group.boris);
        let mut world = Self {
            group,
            place: 0,
            delivered: BTreeMap::new(),
        };
        world.exchange(NOW);
        world
    }

    /// Everything that anybody has posted to the group's mailbox comes to everybody, in one order; what was told.
    fn exchange(&mut self, arrived: Timestamp) -> Vec<(String, Received)> {
        self.exchange_of(&["Nina", "Anna", "Boris", "Alena"], arrived)
    }

    /// The same of what these have posted.
    fn exchange_of(&mut self, whose: &[&str], arrived: Timestamp) -> Vec<(String, Received)> {
        let Group {
            nina, anna, boris, ..
        } = &self.group;
        let all = [("Nina", nina), ("Anna", anna), ("Boris", boris)];
        let alena = &self.group.alena;
        let mut told = Vec::new();
        let from = all.into_iter().chain([("Alena", alena)]);
        for (_, from) in from.filter(|(name, _)| whose.contains(name)) {
            for file in outbox::all(from).unwrap() {
                let envelope = file.queued.envelope;
                if self.delivered.contains_key(&envelope.hash()) {
                    continue;
                }
                self.place += 1;
                self.delivered.insert(envelope.hash(), self.place);
                for (name, to) in all {
                    let state = to.state().unwrap();
                    let mut cursor = Cursor::start(file.queued.to);
                    cursor.sequence = Sequence(self.place);
                    let mut former = state.former.iter();
                    let former = former.find(|it| it.mailbox() == Some(file.queued.to));
                    let former = former.and_then(|it| it.reads.clone());
                    let seed = former.map(|(seed, _)| seed).or(state.epoch_seed).unwrap();
                    let relay = to.roster().unwrap().unwrap().epoch().relays[0].clone();
                    let receiver = GroupReceiver::alone(to, &seed, relay);
                    let received = receiver.receive(to, &cursor, arrived, &envelope);
                    told.push((name.to_owned(), received.unwrap()));
                }
            }
        }
        told
    }

    /// The device that has the pen does what it does by itself.
    fn nina_writes(&self) -> Vec<WishLine> {
        carry_out_wishes(&self.group.nina, NOW).unwrap()
    }

    fn invited(&self, new: &NewInvitation) -> bool {
        let key = new.code.secret.keys().invitation.public();
        self.group.roster().invitation(&key).is_some()
    }

    fn anna_invites(&self, role: Role, name: &str) -> NewInvitation {
        sync::invite(&self.group.anna, role, name, NOW.plus(100), NOW).unwrap()
    }

    fn joins(&self, name: &str, new: &NewInvitation) -> Device {
        let bundle = open_bundle(&new.code, &new.bundle, NOW).unwrap();
        let home = self.group.dir.path().join(name);
        join(
            &home,
            &"a long enough passphrase".into(),
            &new.code,
            bundle,
            NOW,
        )
        .unwrap()
    }
}

fn wishes_of(told: &[(String, Received)], name: &str) -> Vec<WishLine> {
    let of = told.iter().filter(|(to, _)| to == name);
    let lines = of.filter_map(|(_, received)| match received {
        Received::Wish(line) => Some((**line).clone()),
        _ => None,
    });
    lines.collect()
}

fn senders(device: &Device) -> Vec<Sender> {
    let inbox = Inbox::open(device).unwrap().unwrap();
    let listing = inbox.all().unwrap();
    let alerts = listing.alerts.into_iter();
    alerts.map(|it| it.sender).collect()
}

fn alert(device: &Device) {
    let mut fields = Fields::of_kind(Kind::Flash);
    fields.acts = vec![Act::Threat];
    fields.summary = "Men at the door".to_owned();
    compose_alert(device, &Alert::new(fields).unwrap(), &[], NOW).unwrap();
}

/// What this device posts to the group comes to the others.
fn speaks(world: &mut World, device: Device) -> Device {
    let before = std::mem::replace(&mut world.group.alena, device);
    world.exchange(SOON);
    std::mem::replace(&mut world.group.alena, before)
}

#[test]
fn an_invitation_of_who_has_not_the_pen_works_at_once_and_is_written_down_once() {
    let mut world = World::new();
    let new = world.anna_invites(Role::Defender, "Vera");
    assert_eq!(new.waits_for.as_deref(), Some("Nina"));
    assert!(!world.invited(&new));
    // Shown again it is the same.
    let again = sync::invitation(&world.group.anna, "Vera", NOW).unwrap();
    assert_eq!(again.code.to_text(), new.code.to_text());
    let told = world.exchange(NOW);
    let asked = wishes_of(&told, "Nina");
    assert_eq!((asked[0].act, asked[0].by.as_str()), ("invite", "Anna"));
    assert_eq!(
        asked[0].name.as_ref(),
        Some(&new.name),
        "a handle, and no name"
    );
    assert!(wishes_of(&told, "Boris").is_empty());
    let vera = world.joins("vera", &new);
    alert(&vera);
    let vera = speaks(&mut world, vera);
    let listed = |it: &Sender| matches!(it, Sender::Unverified(UnverifiedReason::NotListed { by, name }) if by == "Anna" && *name == new.name);
    for device in [&world.group.nina, &world.group.anna, &world.group.boris] {
        let senders = senders(device);
        assert!(senders.len() == 1 && listed(&senders[0]), "{senders:?}");
        let members = Members::of(device, NOW).unwrap().unwrap();
        let line = members.invited.iter().find(|it| it.name == new.name);
        assert_eq!(line.unwrap().invited_by.as_deref(), Some("Anna"));
    }
    // Nina's device writes it by itself, once, whoever says it again.
    let written = world.nina_writes();
    assert_eq!(written.len(), 1);
    assert_eq!(written[0].came, Some(WishOutcome::Written));
    assert!(world.invited(&new));
    let length = world.group.roster().entries().len();
    assert!(world.nina_writes().is_empty());
    let told = world.exchange(NOW);
    assert_eq!(wishes_of(&told, "Anna")[0].came, Some(WishOutcome::Written));
    assert!(WishLine::all(&world.group.anna).unwrap().is_empty());
    assert_eq!(world.group.roster().entries().len(), length);
    // She comes in by it as by any other, and is in the list.
    let claim = vera.state().unwrap().joined.unwrap().claim;
    let claims = claim_heard(&world.group.nina, &claim, None, NOW).unwrap();
    assert_eq!(claims.admitted.len(), 1);
    world.exchange(NOW);
    for device in [&world.group.nina, &world.group.boris] {
        assert!(matches!(&senders(device)[0], Sender::Known { name, .. } if *name == new.name));
    }
    // Who made it has it as their own, also where the pen comes to them.
    hand_pen(&world.group.nina, &world.group.anna.signing().public(), NOW).unwrap();
    world.exchange(NOW);
    let all = issued::all(&world.group.anna).unwrap();
    let key = new.code.secret.keys().mailbox();
    let mine: Vec<_> = all.iter().filter(|it| it.mailbox == key).collect();
    assert_eq!((mine.len(), mine[0].delegation.is_some()), (1, false));
}

#[test]
fn a_wish_that_was_cut_off_is_said_and_written_all_the_same() {
    let mut world = World::new();
    let new = world.anna_invites(Role::Member, "Vera");
    // A crash before anything of it was queued.
    outbox::let_go(&world.group.anna, |_| true).unwrap();
    let roster = world.group.anna.roster().unwrap().unwrap();
    wishes::change(&world.group.anna, &roster, |all| all.known[0].said = false).unwrap();
    carry_out_wishes(&world.group.anna, NOW).unwrap();
    world.exchange(NOW);
    // One after it was written, and before the answer.
    let nina = &world.group.nina;
    let known = wishes::read(nina, &world.group.roster());
    write_wish(nina, &known.known[0], NOW).unwrap();
    assert!(world.invited(&new));
    let length = world.group.roster().entries().len();
    assert_eq!(world.nina_writes()[0].came, Some(WishOutcome::Written));
    assert_eq!(world.group.roster().entries().len(), length);
    // The wish without its secret waits: nobody could be heard by it.
    let other = world.anna_invites(Role::Member, "Olga");
    world.exchange(NOW);
    let roster = world.group.roster();
    let kept = wishes::change(&world.group.nina, &roster, |all| {
        std::mem::take(&mut all.invitations)
    });
    assert!(world.nina_writes().is_empty() && !world.invited(&other));
    wishes::change(&world.group.nina, &roster, |all| {
        all.invitations = kept.unwrap()
    })
    .unwrap();
    world.nina_writes();
    assert!(world.invited(&other));
}

#[test]
fn what_is_no_longer_so_is_refused_and_who_wished_it_learns_why() {
    let mut world = World::new();
    let new = world.anna_invites(Role::Member, "Vera");
    let late = world.anna_invites(Role::Defender, "Zoe");
    // Nina has invited another Vera meanwhile.
    membership::invite(&world.group.nina, Role::Member, "Vera", NOW.plus(9), NOW).unwrap();
    world.exchange(NOW);
    let came = world.nina_writes();
    let came: Vec<_> = came.iter().map(|it| it.came).collect();
    assert_eq!(came, [Some(WishOutcome::Name), Some(WishOutcome::Written)]);
    assert!(!world.invited(&new) && world.invited(&late));
    let told = world.exchange(NOW);
    assert_eq!(wishes_of(&told, "Anna")[0].came, Some(WishOutcome::Name));
    let kept = WishLine::all(&world.group.anna).unwrap();
    assert_eq!((kept.len(), kept[0].came), (1, Some(WishOutcome::Name)));
    let boris = Members::of(&world.group.boris, NOW).unwrap().unwrap();
    assert!(boris.invited.iter().all(|it| it.invited_by.is_none()));
    // Whoever has the code is told.
    let keys = new.code.secret.keys();
    let coordinators = Coordinator::all(&world.group.roster());
    let queued = outbox::all(&world.group.anna).unwrap().into_iter();
    let mut queued = queued.filter(|it| it.queued.to == keys.mailbox());
    assert!(queued.any(|it| keys.is_refusal(&it.queued.envelope, &coordinators)));
    // One whose time is over, and a circle that another has changed.
    let over = world.anna_invites(Role::Member, "Olga");
    let planned = |device: &Device, who: &Device| {
        plan_circle(device, CircleChange::Duty(vec![who.signing().public()])).unwrap()
    };
    let asked = set_circle(
        &world.group.anna,
        planned(&world.group.anna, &world.group.boris),
        NOW,
    );
    assert_eq!(asked.unwrap(), Asked::Of("Nina".to_owned()));
    let hers = planned(&world.group.nina, &world.group.anna);
    set_circle(&world.group.nina, hers, NOW).unwrap();
    let told = world.exchange(NOW);
    // Who coordinates not is not told of what may come to nothing.
    assert!(wishes_of(&told, "Boris").is_empty());
    let came = carry_out_wishes(&world.group.nina, NOW.plus(200)).unwrap();
    let came: Vec<_> = came.iter().map(|it| it.came).collect();
    assert_eq!(came, [Some(WishOutcome::Over), Some(WishOutcome::Changed)]);
    assert!(!world.invited(&over));
}

#[test]
fn nothing_is_written_for_a_device_that_others_may_hold_and_it_is_not_told() {
    let mut world = World::new();
    let early = world.anna_invites(Role::Member, "Vera");
    world.exchange(NOW);
    let anna = world.group.anna.signing().public();
    compose_freeze(&world.group.boris, (FreezeAct::Freeze, anna), "taken", NOW).unwrap();
    let told = world.exchange(SOON);
    assert!(
        told.iter()
            .all(|(to, it)| to != "Anna" || !matches!(it, Received::Message(_)))
    );
    let frozen = world.anna_invites(Role::Defender, "Zoe");
    let told = world.exchange(SOON);
    assert!(wishes_of(&told, "Nina").is_empty());
    let zoe = world.joins("zoe", &frozen);
    alert(&zoe);
    speaks(&mut world, zoe);
    let from = senders(&world.group.boris);
    let unknown = Sender::Unverified(UnverifiedReason::Unknown);
    assert!(from.contains(&unknown), "{from:?}");
    assert!(world.nina_writes().is_empty());
    assert!(!world.invited(&early) && !world.invited(&frozen));
    // No answer: it would say what the others know.
    let told = world.exchange(SOON);
    assert!(wishes_of(&told, "Anna").is_empty());
    // What was wished before counts when that is over, and what was said meanwhile never does.
    compose_freeze(&world.group.boris, (FreezeAct::Lift, anna), "", SOON).unwrap();
    world.exchange(SOON.plus(10));
    world.nina_writes();
    assert!(world.invited(&early) && !world.invited(&frozen));
    // Nor for somebody whom the group is about to put out.
    let leaving = world.anna_invites(Role::Member, "Olga");
    agree(&world.group.nina, (ConsentTo::Remove, &anna), NOW).unwrap();
    world.exchange(SOON.plus(20));
    assert!(world.nina_writes().is_empty() && !world.invited(&leaving));
}

#[test]
fn who_asks_is_let_in_and_taken_back_as_another_coordinator_wishes() {
    let mut world = World::new();
    let new = world.anna_invites(Role::Member, "Vera");
    let other = world.anna_invites(Role::Member, "Olga");
    world.exchange(NOW);
    world.nina_writes();
    world.exchange(NOW);
    let vera = world.joins("vera", &new);
    let claim = vera.state().unwrap().joined.unwrap().claim;
    claim_heard(&world.group.nina, &claim, None, NOW).unwrap();
    // Anna learns who asks by what Nina's device entrusts hers with.
    membership::share_if_due(&world.group.nina, NOW).unwrap();
    world.exchange(NOW);
    let key = |new: &NewInvitation| new.code.secret.keys().invitation.public();
    let anna = &world.group.anna;
    let asked = Asked::Of("Nina".to_owned());
    assert_eq!(sync::approve(anna, &key(&new), NOW).unwrap(), asked);
    assert_eq!(sync::refuse(anna, &key(&other), NOW).unwrap(), asked);
    // Wished twice it is one wish.
    assert_eq!(sync::approve(anna, &key(&new), NOW).unwrap(), asked);
    assert_eq!(WishLine::all(anna).unwrap().len(), 2);
    world.exchange(NOW);
    let came = world.nina_writes();
    assert!(came.iter().all(|it| it.came == Some(WishOutcome::Written)) && came.len() == 2);
    let roster = world.group.roster();
    assert!(roster.person(&vera.signing().public()).is_some());
    assert!(!roster.invitation(&key(&other)).unwrap().is_open());
    // One that was never written down is taken back at once, and not written any more.
    world.exchange(NOW);
    let third = world.anna_invites(Role::Defender, "Zoe");
    world.exchange(NOW);
    let mut said = wishes::read(&world.group.nina, &world.group.roster()).known;
    let back = sync::refuse(&world.group.anna, &key(&third), NOW).unwrap();
    assert_eq!(back, Asked::Written);
    world.exchange(NOW);
    world.nina_writes();
    assert!(!world.invited(&third));
    world.exchange(NOW);
    // Somebody who has the old wish posts it again.
    let was_asked = said.pop().unwrap();
    for device in [&world.group.nina, &world.group.boris] {
        let roster = device.roster().unwrap().unwrap();
        let heard = KnownWish {
            arrived: SOON,
            ..was_asked.clone()
        };
        wishes::change(device, &roster, |all| all.note(heard)).unwrap();
        let members = Members::of(device, NOW).unwrap().unwrap();
        assert!(members.invited.iter().all(|it| it.invited_by.is_none()));
    }
    world.nina_writes();
    assert!(!world.invited(&third));
    for device in [&world.group.anna, &world.group.nina] {
        assert!(WishLine::all(device).unwrap().is_empty());
    }
}

#[test]
fn a_wish_outlives_new_keys() {
    let world = World::new();
    let new = world.anna_invites(Role::Member, "Vera");
    let old = world.group.anna.state().unwrap().epoch_seed.unwrap();
    // Nina's device has not heard of it when it begins a new epoch.
    renew(&world.group.nina, NOW).unwrap();
    let roster = world.group.roster();
    assert_eq!(roster.epoch().number.0, 2);
    // The mailbox before is read on, with its own key.
    let relay = roster.epoch().relays[0].clone();
    let receiver = GroupReceiver::alone(&world.group.nina, &old, relay);
    for file in outbox::all(&world.group.anna).unwrap() {
        let cursor = Cursor::start(file.queued.to);
        let envelope = &file.queued.envelope;
        let _ = receiver.receive(&world.group.nina, &cursor, NOW, envelope);
    }
    world.nina_writes();
    assert!(world.invited(&new));
}

#[test]
fn what_somebody_knows_who_coordinates_no_more_is_not_written() {
    let mut world = World::new();
    let boris = world.group.boris.signing().public();
    agree(&world.group.anna, (ConsentTo::Promote, &boris), NOW).unwrap();
    world.exchange(NOW);
    agree(&world.group.nina, (ConsentTo::Promote, &boris), NOW).unwrap();
    world.exchange(NOW);
    let new = world.anna_invites(Role::Member, "Vera");
    agree(&world.group.boris, (ConsentTo::Demote, &boris), NOW).unwrap();
    world.exchange(NOW);
    membership::carry_out_agreed(&world.group.nina, NOW).unwrap();
    let came = world.nina_writes();
    assert_eq!(came[0].came, Some(WishOutcome::OtherCoordinators));
    assert!(!world.invited(&new));
}

/// Anna takes the pen, with Boris, who has not heard what Nina has written last.
fn anna_takes(world: &mut World) {
    let anna = world.group.anna.signing().public();
    for device in [&world.group.anna, &world.group.boris] {
        sign_for(device, &anna, NOW).unwrap();
    }
    world.exchange_of(&["Anna", "Boris"], NOW);
    membership::carry_out_agreed(&world.group.anna, NOW).unwrap();
    world.exchange_of(&["Anna", "Boris"], NOW);
    let roster = world.group.roster();
    assert!(roster.holder() == anna && world.group.anna.has_pen().unwrap());
}

#[test]
fn what_was_written_in_a_history_that_others_overtook_is_asked_for_again_by_itself() {
    let mut world = World::new();
    let stays = membership::invite(&world.group.nina, Role::Member, "Olga", NOW.plus(9), NOW);
    world.exchange(NOW);
    let Group { nina, boris, .. } = &world.group;
    let lost = membership::invite(nina, Role::Member, "Vera", NOW.plus(100), NOW).unwrap();
    let key = stays.unwrap().code.secret.keys().invitation.public();
    let at = world.group.roster().invitation(&key).unwrap().at;
    membership::refuse(nina, at, NOW).unwrap();
    let duty = CircleChange::Duty(vec![boris.signing().public()]);
    set_circle(nina, plan_circle(nina, duty).unwrap(), NOW).unwrap();
    anna_takes(&mut world);
    assert!(!world.invited(&lost));
    let asked = WishLine::all(&world.group.nina).unwrap();
    let asked: Vec<_> = asked.iter().map(|it| it.act).collect();
    assert_eq!(asked, ["invite", "withdraw", "circle"]);
    // The code that she gave out is as good as it was.
    let again = sync::invitation(&world.group.nina, "Vera", NOW).unwrap();
    assert_eq!(again.code.to_text(), lost.code.to_text());
    carry_out_wishes(&world.group.nina, NOW).unwrap();
    world.exchange(NOW);
    let came = carry_out_wishes(&world.group.anna, NOW).unwrap();
    let written = came
        .iter()
        .filter(|it| it.came == Some(WishOutcome::Written));
    assert_eq!(written.count(), 3, "{came:?}");
    world.exchange(NOW);
    assert!(world.invited(&lost));
    let roster = world.group.roster();
    assert!(!roster.invitation(&key).unwrap().is_open());
    assert!(newest(&roster).1.circle.is_some());
    assert!(WishLine::all(&world.group.nina).unwrap().is_empty());
}

#[test]
fn who_is_out_by_a_lost_history_is_put_out_by_the_next_turn_and_nobody_is_asked_again() {
    for renews in [false, true] {
        let mut world = World::new();
        let home = world.group.dir.path();
        let vera = newcomer(&world.group.nina, home, ("Vera", Role::Member));
        let vera = vera.signing().public();
        let boris = world.group.boris.signing().public();
        world.exchange(NOW);
        let promote = (ConsentTo::Promote, &boris);
        agree(&world.group.anna, promote, NOW).unwrap();
        world.exchange(NOW);
        agree(&world.group.nina, promote, NOW).unwrap();
        world.exchange(NOW);
        for device in [&world.group.anna, &world.group.boris] {
            agree(device, (ConsentTo::Remove, &vera), NOW).unwrap();
        }
        world.exchange(NOW);
        membership::carry_out_agreed(&world.group.nina, NOW).unwrap();
        assert!(world.group.roster().person(&vera).is_none());
        // They know nothing of it any more but by what Nina wrote, which comes late.
        for device in [&world.group.anna, &world.group.boris] {
            let roster = device.roster().unwrap().unwrap();
            agreed::change(device, &roster, |all| all.consents.clear()).unwrap();
        }
        anna_takes(&mut world);
        world.exchange(NOW);
        let is_in = |device: &Device| {
            let roster = device.roster().unwrap().unwrap();
            let is_out = roster.out().any(|it| *it == vera);
            (roster.person(&vera).is_some(), is_out)
        };
        for device in [&world.group.anna, &world.group.boris, &world.group.nina] {
            assert_eq!(is_in(device), (true, true));
        }
        if renews {
            // In another epoch their devices give their word again, once.
            renew(&world.group.anna, NOW).unwrap();
            world.exchange(NOW);
            membership::carry_out_agreed(&world.group.anna, NOW).unwrap();
            assert_eq!(is_in(&world.group.anna), (true, true));
            let posted = |world: &World| outbox::all(&world.group.boris).unwrap().len();
            let before = posted(&world);
            let Group { anna, boris, .. } = &world.group;
            for device in [boris, boris, anna] {
                agree_again(device, NOW).unwrap();
            }
            assert_eq!(posted(&world), before + 1);
            world.exchange(NOW);
        }
        membership::carry_out_agreed(&world.group.anna, NOW).unwrap();
        assert_eq!(is_in(&world.group.anna), (false, false));
    }
}
