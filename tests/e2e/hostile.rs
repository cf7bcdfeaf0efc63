//! Members, strangers and thieves with real keys, against real members' screens.

use bellrope_client::{
    Device, Extensions, MemberKey, MessageId,
    alert::{
        Alert, Fields,
        vocabulary::{Act, Kind},
    },
    internals::{
        Audience, EpochRecipient, GroupId, KIND_ALERT, Message, Payload, Seen, Session,
        SignedMessage, member_identity, random, recipients_hash, seal, sender_view, signing_key,
        state,
    },
};
use bellrope_proto::{
    address::RelayAddress,
    codec::{self, Blob},
    envelope::Envelope,
    ids::{Hash, Sequence, Timestamp},
    signing::SecretKey,
};
use bellrope_tests::{people::Person, world::World};

use crate::{FLASH, evidence, send, summaries, world};

/// A device opened from outside the program, to make it say what the program never would.
pub(crate) fn unlocked(person: &Person) -> Device {
    Device::unlock(person.home(), &"a long enough passphrase".into()).unwrap()
}

pub(crate) fn flash(summary: &str) -> Alert {
    let mut fields = Fields::of_kind(Kind::Flash);
    fields.acts = vec![Act::Threat];
    fields.summary = summary.to_owned();
    Alert::new(fields).unwrap()
}

/// A message as an honest device would write it.
pub(crate) fn message(device: &Device, body: Vec<u8>) -> Message {
    let state = state(device).unwrap();
    let view = sender_view(device, &state).unwrap();
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap();
    let now = Timestamp(now.as_secs());
    Message {
        group: state.group,
        epoch: view.epoch.number,
        roster: view.roster,
        audience: Audience {
            hash: recipients_hash(&view.readers),
            chosen: Vec::new(),
        },
        sender: signing_key(device).public(),
        id: MessageId(random()),
        // Its program has said which keys it has.
        number: state.last_sent.number + 1,
        previous: state.last_sent.last,
        time: now,
        expires: now.plus(1000),
        seen: Vec::new(),
        kind: KIND_ALERT,
        body: Blob(body),
        extensions: Extensions::none(),
    }
}

pub(crate) fn seal_for(device: &Device, sent: SignedMessage, readers: &[MemberKey]) -> Envelope {
    let view = sender_view(device, &state(device).unwrap()).unwrap();
    let epoch = EpochRecipient::from_bytes(&view.epoch.recipient.0).unwrap();
    seal(&Payload::Message(sent).encode(), readers, &epoch).unwrap()
}

/// Posts a payload to everybody who reads.
pub(crate) fn publish(device: &Device, payload: &Payload) {
    let view = sender_view(device, &state(device).unwrap()).unwrap();
    let epoch = EpochRecipient::from_bytes(&view.epoch.recipient.0).unwrap();
    let envelope = seal(&payload.encode(), &view.readers, &epoch).unwrap();
    post(device, &envelope);
}

/// Posts with the device's own lane.
pub(crate) fn post(device: &Device, envelope: &Envelope) {
    let view = sender_view(device, &state(device).unwrap()).unwrap();
    post_to(&view.epoch.relays[0], device, envelope);
}

fn post_to(relay: &RelayAddress, device: &Device, envelope: &Envelope) {
    let state = state(device).unwrap();
    let credential = state.credential.unwrap();
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let mut session = Session::open_as(relay, &credential).await.unwrap();
        session.post(envelope).await.unwrap();
        session.answer().await.unwrap().1.unwrap();
        session.close().await;
    });
}

/// Has a person's device say something past the network between, whatever that is like.
pub(crate) fn say_past_the_network(world: &World, person: &Person, summary: &str) {
    let device = unlocked(person);
    let message = SignedMessage {
        message: signing_key(&device).sign(&message(&device, codec::encode(&flash(summary)))),
        claim: state(&device).unwrap().claim().cloned(),
        extensions: Extensions::none(),
    };
    let view = sender_view(&device, &state(&device).unwrap()).unwrap();
    let known = &view.epoch.relays[0];
    let relay = RelayAddress::new("127.0.0.1", world.relay_port(), known.key()).unwrap();
    post_to(&relay, &device, &seal_for(&device, message, &view.readers));
}

pub(crate) fn say(device: &Device, message: &Message) {
    let sent = SignedMessage {
        message: signing_key(device).sign(message),
        claim: state(device).unwrap().claim().cloned(),
        extensions: Extensions::none(),
    };
    let readers = sender_view(device, &state(device).unwrap())
        .unwrap()
        .readers;
    post(device, &seal_for(device, sent, &readers));
}

#[test]
fn a_stranger_with_a_stolen_lane_is_shown_loudly_as_unverified() {
    let world = world();
    let nina = world.coordinator("Nina");
    let alena = world.defender(&nina, "Alena", "en");
    let device = unlocked(&alena);
    let stranger = SecretKey::from_seed(&[9; 32]);
    let forged = Message {
        sender: stranger.public(),
        ..message(&device, codec::encode(&flash("not from Alena")))
    };
    for claim in [None, state(&device).unwrap().claim().cloned()] {
        let forged = Message {
            id: MessageId(random()),
            ..forged.clone()
        };
        let sent = SignedMessage {
            message: stranger.sign(&forged),
            claim,
            extensions: Extensions::none(),
        };
        let readers = sender_view(&device, &state(&device).unwrap())
            .unwrap()
            .readers;
        post(&device, &seal_for(&device, sent, &readers));
        let shown = nina.run(&["watch", "--once"]).done().out;
        assert!(shown.contains("From: UNVERIFIED SENDER."), "{shown}");
        assert!(!shown.contains("Alena (D-"), "{shown}");
    }
    let listed = nina.run(&["inbox"]).done().out;
    assert!(listed.contains("UNVERIFIED"), "{listed}");
    let members = nina.run(&["members"]).done().out;
    assert_eq!(members.matches("defender").count(), 1, "{members}");
}

#[test]
fn replays_forgeries_and_passed_on_words_are_refused_and_said() {
    let world = world();
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    let ivan = world.reader(&nina, "Ivan", "member", "en");
    let _ = anna.run(&["watch", "--once"]).done();
    let (ninas, annas) = (unlocked(&nina), unlocked(&anna));
    let ivans = member_identity(&unlocked(&ivan)).to_key();

    // Anna says something to Nina alone; Nina seals it again for Ivan.
    let ninas_key = member_identity(&ninas).to_key();
    let private = Message {
        audience: Audience {
            hash: recipients_hash(&[ninas_key]),
            chosen: vec![ninas_key],
        },
        ..message(&annas, codec::encode(&flash("for Nina alone")))
    };
    let private = SignedMessage {
        message: signing_key(&annas).sign(&private),
        claim: None,
        extensions: Extensions::none(),
    };
    post(&ninas, &seal_for(&ninas, private.clone(), &[ivans]));
    let said = ivan.run(&["watch", "--once"]).done();
    assert!(
        said.err.contains("written for other readers"),
        "{}",
        said.err
    );

    // The same words twice, in other envelopes: shown once.
    let twice = message(&annas, codec::encode(&flash("said once")));
    say(&annas, &twice);
    say(&annas, &twice);
    let said = ivan.run(&["watch", "--once"]).done();
    assert_eq!(
        said.out.matches("Summary: said once").count(),
        1,
        "{}",
        said.out
    );

    // The same id with other words.
    let other = Message {
        body: Blob(codec::encode(&flash("something else"))),
        ..twice.clone()
    };
    say(&annas, &other);
    let said = ivan.run(&["watch", "--once"]).done();
    assert!(said.err.contains("says something else"), "{}", said.err);

    // Changed after signing; another group's; too late.
    let again = |change: &dyn Fn(&mut Message)| {
        let mut message = Message {
            id: MessageId(random()),
            number: 9,
            ..twice.clone()
        };
        change(&mut message);
        say(&annas, &message);
        ivan.run(&["watch", "--once"]).done().err
    };
    let group = GroupId(Hash([5; 32]));
    assert!(again(&|m| m.group = group).contains("another group"));
    let unsigned = Message {
        sender: signing_key(&ninas).public(),
        id: MessageId(random()),
        ..twice.clone()
    };
    let sent = SignedMessage {
        message: signing_key(&annas).sign(&unsigned),
        claim: None,
        extensions: Extensions::none(),
    };
    let readers = sender_view(&annas, &state(&annas).unwrap())
        .unwrap()
        .readers;
    post(&annas, &seal_for(&annas, sent, &readers));
    let said = ivan.run(&["watch", "--once"]).done().err;
    assert!(said.contains("signature is not valid"), "{said}");
    assert_eq!(summaries(&ivan), ["said once"]);

    // Too late: an old message posted again, or a laptop whose clock is wrong. Shown, and marked.
    let late = Message {
        id: MessageId(random()),
        number: twice.number + 1,
        time: Timestamp(1_000),
        expires: Timestamp(2_000),
        ..twice
    };
    say(&annas, &late);
    let shown = ivan.run(&["watch", "--once"]).done().out;
    assert!(shown.contains("Anna (member), verified"), "{shown}");
    assert!(shown.contains("later than its sender allowed"), "{shown}");
}

/// What a careless, newer or damaged program of a member signs is shown, in order, as from that member.
#[test]
fn no_signed_alert_is_lost_to_how_it_was_written() {
    let world = world();
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    let ivan = world.reader(&nina, "Ivan", "member", "ru");
    let _ = anna.run(&["watch", "--once"]).done();
    let annas = unlocked(&anna);
    let fields = |summary: &str| Fields {
        summary: summary.to_owned(),
        ..flash("x").into_fields()
    };
    let untidy = fields("red \u{1b}[31m\tdoor\r\n");
    let more = Fields {
        extensions: Extensions::new(vec![(9, vec![1; 20])]).unwrap(),
        ..fields("with a plate")
    };
    let mut damaged = codec::encode(&fields("broken off"));
    damaged.truncate(damaged.len() - 40);
    let before = state(&annas).unwrap().last_sent;
    let mut previous = before.last;
    for (number, (kind, body)) in [
        (KIND_ALERT, codec::encode(&untidy)),
        (KIND_ALERT, codec::encode(&more)),
        (KIND_ALERT, damaged),
        (77, codec::encode(&"a kind of tomorrow")),
        (KIND_ALERT, codec::encode(&flash("the last"))),
    ]
    .into_iter()
    .enumerate()
    {
        let signed = signing_key(&annas).sign(&Message {
            number: before.number + number as u64 + 1,
            previous,
            kind,
            ..message(&annas, body)
        });
        previous = Message::hash(&signed);
        let readers = sender_view(&annas, &state(&annas).unwrap())
            .unwrap()
            .readers;
        let sent = SignedMessage {
            message: signed,
            claim: None,
            extensions: Extensions::none(),
        };
        post(&annas, &seal_for(&annas, sent, &readers));
    }
    for (who, words) in [
        (
            &nina,
            [
                "NOTE: this alert says something that this program cannot show",
                "NOTE: this alert could not be read completely",
                "NOTE: this message is of a kind that this program does not know (77)",
                "tidied away in: Summary",
            ],
        ),
        (
            &ivan,
            [
                "ВНИМАНИЕ: в этом сигнале есть то, чего программа не может показать",
                "ВНИМАНИЕ: этот сигнал не удалось прочитать полностью",
                "ВНИМАНИЕ: вид этого сообщения программе неизвестен (77)",
                "в полях: Кратко",
            ],
        ),
    ] {
        let said = who.run(&["watch", "--once"]).done();
        for part in [
            "red [31m door",
            "with a plate",
            "broken off",
            "a kind of tomorrow",
            "the last",
        ]
        .iter()
        .chain(&words)
        {
            assert!(said.out.contains(part), "no {part} in\n{}", said.out);
        }
        assert!(!said.out.contains('\u{1b}'));
        assert_eq!(said.out.matches("Anna").count(), 5, "{}", said.out);
        assert!(!said.err.contains("does not open") && !said.err.contains("не показано"));
        let kept = who.run(&["inbox", "--json"]).done().json();
        assert_eq!(kept.len(), 5);
        for received in &kept {
            assert_eq!(received["sender"]["status"], "known");
            assert_eq!(received["follows"], "in_order");
        }
        assert_eq!(kept[0]["oddities"][0]["what"], "untidy");
        assert_eq!(kept[1]["alert"]["extensions"][0], 9);
        assert_eq!(kept[2]["alert"]["kind"], "unreadable");
        assert_eq!(kept[3]["oddities"][0]["number"], 77);
        assert_eq!(kept[4]["oddities"].as_array().unwrap().len(), 0);
    }
}

#[test]
fn escape_codes_do_not_reach_a_terminal() {
    let world = world();
    let nina = world.coordinator("Nina");
    // A name like that is not taken, and one that another program wrote is on the pages of `show`'s own tests.
    let alena = world.defender(&nina, "Alena", "en");
    let text = "one\u{1b}[2J\u{7}\u{202e}two\nUrgency: information";
    let alert = [
        FLASH.as_slice(),
        &["ordinary", "--text", text, "--whom", "A\u{9b}31m"],
    ]
    .concat();
    let _ = alena.run(&alert).done();
    let shown = nina.run(&["watch", "--once"]).done().out;
    for hostile in ['\u{1b}', '\u{7}', '\u{9b}', '\u{202e}'] {
        assert!(!shown.contains(hostile), "{shown:?}");
    }
    assert!(!shown.contains("\nUrgency: information"), "{shown}");
    let json = nina.run(&["inbox", "--json"]).done().out;
    assert!(
        !json.contains('\u{202e}') && json.lines().count() == 1,
        "{json:?}"
    );
}

#[test]
fn a_copied_device_is_noticed_by_everybody() {
    let world = world();
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "ru");
    let alena = world.defender(&nina, "Alena", "en");
    send(&alena, "the first");
    let thief = alena.cloned_to("thief");
    send(&alena, "the second");
    send(&thief, "from the copy");
    let shown = anna.run(&["watch", "--once"]).done().out;
    assert!(
        shown.contains("Возможно, устройство скопировали"),
        "{shown}"
    );
    let all = nina.run(&["watch", "--once", "--json"]).done().json();
    assert_eq!(all[2]["follows"], "cloned");
    assert_eq!(all[1]["follows"], "in_order");
}

#[test]
fn a_reader_from_whom_the_relay_hides_something_can_see_it_in_what_others_say() {
    let world = world();
    let nina = world.coordinator("Nina");
    let anna = world.reader(&nina, "Anna", "member", "en");
    let _ = (look(&nina), look(&anna));
    // Nobody is warned while all is well.
    send(&anna, "one");
    assert!(!look(&nina).contains("another record"));
    send(&nina, "two");
    assert!(!look(&anna).contains("another record"));
    send(&anna, "three");
    assert!(!look(&nina).contains("another record"));

    let annas = unlocked(&anna);
    let cursor = state(&annas).unwrap().cursor.unwrap();
    let view = sender_view(&annas, &state(&annas).unwrap()).unwrap();
    let relay = view.epoch.relays[0].key();
    let with = |sequence: Sequence, head: Hash, relay| {
        let words = Message {
            seen: vec![Seen {
                relay,
                sequence,
                head,
            }],
            ..message(&annas, codec::encode(&flash("secret words")))
        };
        say(&annas, &words);
        look(&nina)
    };
    let other = Hash([7; 32]);
    assert!(!with(cursor.sequence, cursor.head, relay).contains("another record"));
    // Another relay's log is another log.
    let elsewhere = SecretKey::from_seed(&[3; 32]).public();
    assert!(!with(cursor.sequence, other, elsewhere).contains("another record"));
    let warned = with(cursor.sequence, other, relay);
    assert!(warned.contains("the device of Anna"), "{warned}");
    // Anna knew of more than is here when she spoke.
    let ahead = Sequence(cursor.sequence.0 + 1_000);
    assert!(with(ahead, other, relay).contains("another record"));
    let text = evidence(&nina);
    assert!(
        text.contains(&format!("theirs {} {other}", cursor.sequence.0)),
        "{text}"
    );
    assert!(
        !text.contains("secret words") && !text.contains("Anna"),
        "{text}"
    );
}

fn look(who: &Person) -> String {
    who.run(&["watch", "--once"]).done().err
}
