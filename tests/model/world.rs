//! What people, programs and the relay do, one step at a time.

use std::{collections::BTreeSet, sync::Arc};

use stateright::{Model, Property};

use super::{
    branches::{Choice, Step, choose},
    pen::{Act, Added, Agreed, Pen},
};

/// Two honest coordinators, the one in the wrong hands, and two members, who sign whatever they are asked to.
pub const A: u8 = 0;
const B: u8 = 1;
pub const M: u8 = 2;
const N: u8 = 3;
const O: u8 = 4;

/// The second device of the one in the wrong hands, where there is one, and a third that comes by it.
const M2: u8 = 5;
const M3: u8 = 6;

/// Who reads, and whose program decides by what it has read.
const READERS: [u8; 2] = [A, B];

/// A group, and how far it is looked at.
pub struct Group {
    pub holder: u8,
    /// The coordinators, in the order in which they became that.
    pub order: [u8; 3],
    /// Whether the one in the wrong hands has two devices.
    pub second: bool,
    /// Entries that are written.
    pub steps: usize,
    /// Of these, by the one in the wrong hands.
    pub malice: usize,
    /// Signatures for taking over that honest people give.
    pub signatures: usize,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct World {
    /// Every entry that was ever signed.
    steps: Vec<Step<u8>>,
    /// What each reader was given, in that order.
    given: [Vec<usize>; 2],
    /// Who is out, as each reader has ever seen it.
    seen_out: [bool; 2],
    /// Who agreed that M is put out.
    agreed: BTreeSet<u8>,
    /// What honest people signed for taking over: who, after which entry, for whom, in which term.
    signed: BTreeSet<(u8, usize, u8, usize)>,
    malice: usize,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Event {
    /// The relay gives an entry to a reader.
    Deliver(usize, usize),
    /// Somebody agrees that M is put out.
    Agree(u8),
    /// A reader signs that somebody takes the pen.
    Sign(usize, u8),
    /// An entry is written.
    Write(u8, usize, Act<u8>),
}

fn is_m(device: u8) -> bool {
    [M, M2, M3].contains(&device)
}

impl World {
    fn view(&self, reader: usize) -> (Choice<u8>, usize) {
        self.view_of(&self.given[reader])
    }

    /// What somebody who was given this makes of it; and the end of that, among all entries.
    fn view_of(&self, given: &[usize]) -> (Choice<u8>, usize) {
        let place = |at: usize| given.iter().position(|it| *it == at).unwrap();
        let steps = given.iter().map(|at| Step {
            parent: self.steps[*at].parent.map(place),
            ..self.steps[*at].clone()
        });
        let steps: Vec<_> = steps.collect();
        let mut choice = choose(&steps);
        for at in &mut choice.chain {
            *at = given[*at];
        }
        let end = *choice.chain.last().unwrap();
        (choice, end)
    }

    /// A reader to whom the rest is given as well.
    fn with_all(&self, reader: usize) -> Vec<usize> {
        let mut given = self.given[reader].clone();
        given.extend((0..self.steps.len()).filter(|at| !self.given[reader].contains(at)));
        given
    }

    fn add(&self, author: u8, parent: usize, act: Act<u8>) -> Option<Self> {
        let after = self.steps[parent].after.after(author, &act, |_| true);
        let step = Step {
            parent: Some(parent),
            author,
            act,
            after: Arc::new(after.ok()?),
        };
        if self.steps.contains(&step) {
            return None;
        }
        let mut world = self.clone();
        let at = world.steps.len();
        world.steps.push(step);
        // Whoever writes has it.
        if let Some(reader) = READERS.iter().position(|it| *it == author) {
            world.given[reader].push(at);
        }
        Some(world.looked())
    }

    fn looked(mut self) -> Self {
        for reader in 0..READERS.len() {
            self.seen_out[reader] |= self.view(reader).0.out.contains(&M);
        }
        self
    }

    /// The last entry by which the pen went to somebody.
    fn term(&self, chain: &[usize]) -> usize {
        let mut ends = chain.iter().rev();
        let begun = ends.find(|at| matches!(self.steps[**at].act, Act::Hand(_) | Act::Take(_)));
        *begun.unwrap_or(&0)
    }

    /// Those whose signatures for this somebody can put together. M's is always there, and so are the members'.
    fn signers(&self, head: usize, holder: u8) -> Vec<u8> {
        let signed = self.signed.iter();
        let signed = signed.filter(|it| it.1 == head && it.2 == holder);
        let own = self.of_m(head);
        let mut by: Vec<u8> = signed.map(|it| it.0).chain([N, O]).chain(own).collect();
        by.retain(|it| *it != holder);
        by
    }

    /// The devices of the one in the wrong hands, after an entry.
    fn of_m(&self, at: usize) -> Vec<u8> {
        let devices = self.steps[at].after.devices.iter();
        devices.filter(|it| it.1 == M).map(|it| it.0).collect()
    }

    /// After an entry: somebody is put out with all devices.
    fn removal(&self, at: usize, about: u8) -> Act<u8> {
        let (gone, by): (Vec<u8>, Vec<u8>) = if about == M {
            let by = self.agreed.iter().copied().chain([N, O]);
            (self.of_m(at), by.collect())
        } else {
            let by = self.of_m(at).into_iter().chain([N, O]);
            (vec![about], by.collect())
        };
        let gone = gone.into_iter();
        let agreed = gone.map(|about| Agreed {
            about,
            by: by.clone(),
        });
        Act::Remove(agreed.collect())
    }

    /// What M can sign now, with whatever device: on any entry, whatever it has seen.
    fn malicious(&self, second: bool) -> Vec<(u8, usize, Act<u8>)> {
        let mut all = Vec::new();
        for parent in 0..self.steps.len() {
            let acts = [
                Act::Write,
                Act::Hand(A),
                Act::Hand(B),
                self.removal(parent, A),
                self.removal(parent, B),
                self.removal(parent, N),
                Act::Promote(Agreed {
                    about: O,
                    by: vec![M],
                }),
                Act::Take(self.signers(parent, M)),
            ];
            all.extend(acts.into_iter().map(|act| (M, parent, act)));
            if second {
                let more = [
                    (M, Act::Hand(M2)),
                    (M2, Act::Write),
                    (M2, Act::Hand(M)),
                    (M2, self.removal(parent, A)),
                    (M2, Act::Take(self.signers(parent, M2))),
                    (
                        M,
                        Act::Add(Added {
                            person: M,
                            device: M3,
                            by: Some(M),
                        }),
                    ),
                    (
                        M,
                        Act::Remove(vec![Agreed {
                            about: M2,
                            by: Vec::new(),
                        }]),
                    ),
                    (M3, Act::Take(self.signers(parent, M3))),
                ];
                all.extend(more.into_iter().map(|(who, act)| (who, parent, act)));
            }
        }
        all
    }

    /// Whether M has signed two entries for one place.
    fn is_torn(&self) -> bool {
        let mut once = BTreeSet::new();
        let mut written = self.steps.iter().filter(|it| is_m(it.author));
        !written.all(|it| once.insert((it.author, it.parent)))
    }

    /// After everything has reached both, two honest coordinators who agree get M out.
    fn heals(&self) -> bool {
        let mut world = self.clone();
        for reader in 0..READERS.len() {
            world.given[reader] = world.with_all(reader);
        }
        let (mine, end) = world.view(0);
        let (theirs, _) = world.view(1);
        if mine.out.contains(&M) && theirs.out.contains(&M) {
            return true;
        }
        world.agreed = BTreeSet::from([A, B]);
        // Where M has given each another history, they go back to where these part.
        let common = mine.chain.iter().zip(&theirs.chain);
        let common = common.take_while(|(one, other)| one == other).last();
        let common = *common.unwrap().0;
        let is_one = common == end && theirs.chain.last() == Some(&common);
        let holder = world.steps[common].after.holder;
        let (by, at) = if is_one && !is_m(holder) {
            (holder, common)
        } else {
            let by = if holder == A { B } else { A };
            let signers = vec![A, B, N, O].into_iter().filter(|it| *it != by);
            let Some(with) = world.add(by, common, Act::Take(signers.collect())) else {
                return false;
            };
            world = with;
            (by, world.steps.len() - 1)
        };
        let Some(healed) = world.add(by, at, world.removal(at, M)) else {
            return false;
        };
        (0..READERS.len()).all(|reader| {
            let (choice, end) = healed.view_of(&healed.with_all(reader));
            choice.out.contains(&M) && end == healed.steps.len() - 1
        })
    }
}

impl Model for Group {
    type State = World;
    type Action = Event;

    fn init_states(&self) -> Vec<World> {
        let pen = Pen {
            holder: self.holder,
            coordinators: self.order.to_vec(),
            members: vec![N, O],
            devices: {
                let all = [A, B, M, N, O].map(|it| (it, it)).into_iter();
                all.chain(self.second.then_some((M2, M))).collect()
            },
        };
        let root = Step {
            parent: None,
            author: self.holder,
            act: Act::Write,
            after: Arc::new(pen),
        };
        vec![World {
            steps: vec![root],
            given: [vec![0], vec![0]],
            seen_out: [false; 2],
            agreed: BTreeSet::new(),
            signed: BTreeSet::new(),
            malice: self.malice,
        }]
    }

    fn actions(&self, world: &World, events: &mut Vec<Event>) {
        for (reader, who) in READERS.into_iter().enumerate() {
            for (at, step) in world.steps.iter().enumerate() {
                let given = &world.given[reader];
                if !given.contains(&at) && step.parent.is_some_and(|it| given.contains(&it)) {
                    events.push(Event::Deliver(reader, at));
                }
            }
            if !world.agreed.contains(&who) {
                events.push(Event::Agree(who));
            }
            let (choice, end) = world.view(reader);
            let pen = &world.steps[end].after;
            // One for each term, and never for whom they want out.
            let term = world.term(&choice.chain);
            for holder in [A, B, M].into_iter().filter(|it| *it != pen.holder) {
                let trusted =
                    holder != M || !(world.agreed.contains(&who) || choice.out.contains(&M));
                let mut before = world.signed.iter().filter(|it| it.0 == who && it.3 == term);
                let is_new = !world.signed.contains(&(who, end, holder, term));
                if world.signed.len() < self.signatures
                    && trusted
                    && is_new
                    && before.all(|it| it.2 == holder)
                {
                    events.push(Event::Sign(reader, holder));
                }
            }
            if world.steps.len() > self.steps {
                continue;
            }
            let mut write = |act| events.push(Event::Write(who, end, act));
            if pen.holder == who {
                write(Act::Write);
                write(world.removal(end, M));
                for to in [A, B, M] {
                    let trusted = to != M || !world.agreed.contains(&who);
                    if to != who && trusted && !choice.out.contains(&to) {
                        write(Act::Hand(to));
                    }
                }
            } else {
                write(Act::Take(world.signers(end, who)));
            }
        }
        if world.steps.len() <= self.steps && world.malice > 0 {
            let malicious = world.malicious(self.second).into_iter();
            events.extend(malicious.map(|(who, parent, act)| Event::Write(who, parent, act)));
        }
    }

    fn next_state(&self, world: &World, event: Event) -> Option<World> {
        let mut next = world.clone();
        match event {
            Event::Deliver(reader, at) => next.given[reader].push(at),
            Event::Agree(who) => _ = next.agreed.insert(who),
            Event::Sign(reader, holder) => {
                let (choice, end) = world.view(reader);
                let term = world.term(&choice.chain);
                next.signed.insert((READERS[reader], end, holder, term));
            }
            Event::Write(author, parent, act) => {
                next = world.add(author, parent, act)?;
                if is_m(author) {
                    next.malice = world.malice.checked_sub(1)?;
                }
            }
        }
        Some(next.looked())
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always("nobody honest is put out", |_, world: &World| {
                (0..READERS.len()).all(|reader| world.view(reader).0.out.iter().all(|it| is_m(*it)))
            }),
            Property::always("who is out stays out", |_, world: &World| {
                let views = (0..READERS.len()).map(|reader| world.view(reader).0.out.contains(&M));
                views.eq(world.seen_out)
            }),
            Property::always(
                "all who have everything follow one history",
                |_, world: &World| {
                    let views =
                        (0..READERS.len()).map(|reader| world.view_of(&world.with_all(reader)).0);
                    let views: Vec<_> = views.collect();
                    world.is_torn() || views.windows(2).all(|two| two[0] == two[1])
                },
            ),
            Property::always(
                "nothing that is signed by who is out changes anything",
                |group: &Group, world: &World| {
                    (0..READERS.len()).all(|reader| {
                        let (before, _) = world.view(reader);
                        !before.out.contains(&M)
                            || world.malicious(group.second).into_iter().all(
                                |(who, parent, act)| {
                                    let Some(more) = world.add(who, parent, act) else {
                                        return true;
                                    };
                                    let mut given = world.given[reader].clone();
                                    if !given.contains(&parent) {
                                        return true;
                                    }
                                    given.push(more.steps.len() - 1);
                                    // A device that they give themselves by it is out as they are.
                                    let after = more.view_of(&given).0;
                                    let known = after
                                        .out
                                        .iter()
                                        .filter(|it| !is_m(**it) || before.out.contains(it));
                                    after.chain == before.chain && known.eq(&before.out)
                                },
                            )
                    })
                },
            ),
            Property::always("two who agree put the third out", |_, world: &World| {
                world.heals()
            }),
            Property::sometimes("the pen is taken", |_, world: &World| {
                world
                    .steps
                    .iter()
                    .any(|it| matches!(it.act, Act::Take(_)) && !is_m(it.author))
            }),
            Property::sometimes("somebody is put out", |_, world: &World| {
                world.seen_out.contains(&true)
            }),
            Property::sometimes("a history is replaced by another", |_, world: &World| {
                (0..READERS.len()).any(|reader| {
                    let (choice, _) = world.view(reader);
                    world.given[reader]
                        .iter()
                        .any(|at| !choice.chain.contains(at))
                })
            }),
        ]
    }
}
