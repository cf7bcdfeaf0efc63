//! Frames: every message of both directions, and what ends a connection before anybody decides about it.

use std::marker::PhantomData;

use bellrope_proto::{
    codec,
    envelope::Envelope,
    frame::{FrameReader, frame},
    grant::{Grant, Opening, Proof, Revocation, Rights, Sponsorship, Succession},
    ids::{Leaf, MailboxId, Sequence},
    limits::{FRAME_BYTES_MAX, GREETING_BYTES_MAX},
    message::{
        AskHead, CreateSponsored, CreateWithToken, Created, Deliver, FromRelay, Heartbeat, Hello,
        NewestHead, Post, Prove, Proven, Reason, Refused, RequestId, Revoke, Revoked, Skipped,
        Stored, Subscribe, Succeed, ToRelay, Welcome,
    },
    receipt::{Fact, Receipt, Restored, first_head, leaf, next_head},
    signing::{Authority, PublicKey, Purpose, SecretKey, Signature, Signed, Statement},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

use super::{
    LATER, TIME, bytes, hex, host_token, relay, relay_log, relay_token,
    statements::{authority, head, lane, mailbox},
    stored,
};

const REQUEST: RequestId = RequestId(5);

pub(super) fn all() -> Value {
    json!({
        "note": "Keys of tests, known to everyone. README.md says what the fields are.",
        "to_relay": to_relay(),
        "from_relay": from_relay(),
        "refused": refused(),
        "refused_grants": refused_grants(),
        "refused_successions": refused_successions(),
        "refused_revocations": refused_revocations(),
    })
}

fn envelope() -> Envelope {
    Envelope::new(vec![7; 4096]).unwrap()
}

fn proof() -> Signature {
    let proof = Proof {
        exporter: [0xb2; 32],
        relay: relay().public(),
        mailbox: mailbox(),
    };
    lane().sign(&proof).detach()
}

fn grant() -> Signed<Grant> {
    authority().sign(&Grant {
        authority: authority().public(),
        lane: lane().public(),
        rights: Rights::BOTH,
        expires: TIME,
    })
}

fn receipt() -> Receipt {
    let envelope = envelope().hash();
    let fact = Fact {
        mailbox: mailbox(),
        sequence: Sequence(1),
        envelope,
        head: next_head(first_head(mailbox()), leaf(envelope, TIME)),
        time: TIME,
    };
    Receipt::issue(&relay_log(), &[fact]).remove(0)
}

/// The authority of a group's next mailbox.
fn next() -> SecretKey<Authority> {
    SecretKey::from_seed(&[0xa7; 32])
}

fn opening(whose: &SecretKey<Authority>) -> Signed<Opening> {
    whose.sign(&Opening {
        authority: whose.public(),
        relay: relay().public(),
    })
}

fn succession() -> Succession {
    Succession {
        authority: authority().public(),
        relay: relay().public(),
        mailbox: next().public().mailbox(),
    }
}

fn revocation() -> Revocation {
    Revocation {
        authority: authority().public(),
        lane: lane().public(),
    }
}

fn written<T: Serialize>(value: &T) -> String {
    hex(codec::encode(value))
}

/// A message's name, its fields by theirs, and its frame.
fn one(name: &str, fields: Value, frame: &[u8]) -> Value {
    let number = codec::decode::<u16>(&frame[4..6]).unwrap();
    json!({ "message": name, "number": number, "fields": fields, "frame": hex(frame) })
}

fn to_relay() -> Value {
    let of = |name, fields, message: ToRelay| one(name, fields, &message.to_frame());
    let hello = Hello {
        version_min: 1,
        version_max: 2,
    };
    let prove = Prove {
        request: REQUEST,
        grant: grant(),
        proof: proof(),
    };
    let post = Post {
        request: REQUEST,
        envelope: envelope(),
    };
    let subscribe = Subscribe {
        request: REQUEST,
        after: Sequence(9),
    };
    let opening_of_next = opening(&next());
    let opening = opening(&authority());
    let with_token = CreateWithToken {
        request: REQUEST,
        opening: opening.clone(),
        token: relay_token().sign(&host_token()),
    };
    let sponsored = CreateSponsored {
        request: REQUEST,
        opening,
        sponsorship: authority().sign(&Sponsorship {
            authority: authority().public(),
            mailbox: MailboxId([0xb4; 32]),
            quota_bytes: 1 << 20,
            mailbox_ends: LATER,
        }),
    };
    let succeed = Succeed {
        request: REQUEST,
        opening: opening_of_next,
        succession: authority().sign(&succession()),
    };
    let revoke = Revoke {
        request: REQUEST,
        revocation: authority().sign(&revocation()),
    };
    json!([
        of(
            "Hello",
            json!({ "version_min": 1, "version_max": 2 }),
            hello.into()
        ),
        of(
            "Prove",
            json!({ "request": 5, "grant": written(&prove.grant), "proof": written(&prove.proof) }),
            prove.into(),
        ),
        of(
            "Post",
            json!({ "request": 5, "envelope": hex(post.envelope.bytes()) }),
            post.into(),
        ),
        of(
            "Subscribe",
            json!({ "request": 5, "after": 9 }),
            subscribe.into()
        ),
        of(
            "AskHead",
            json!({ "request": 5 }),
            AskHead { request: REQUEST }.into()
        ),
        of(
            "CreateWithToken",
            json!({
                "request": 5,
                "opening": written(&with_token.opening),
                "token": written(&with_token.token),
            }),
            with_token.into(),
        ),
        of(
            "CreateSponsored",
            json!({
                "request": 5,
                "opening": written(&sponsored.opening),
                "sponsorship": written(&sponsored.sponsorship),
            }),
            sponsored.into(),
        ),
        of(
            "Succeed",
            json!({
                "request": 5,
                "opening": written(&succeed.opening),
                "succession": written(&succeed.succession),
            }),
            succeed.into(),
        ),
        of(
            "Revoke",
            json!({ "request": 5, "revocation": written(&revoke.revocation) }),
            revoke.into(),
        ),
    ])
}

fn welcome(restored: Option<Signed<Restored>>) -> Welcome {
    Welcome {
        version: 1,
        time: TIME,
        heartbeat_seconds: 20,
        retention_days: 30,
        restored,
    }
}

fn from_relay() -> Value {
    let of = |name, fields, message: FromRelay| one(name, fields, &message.to_frame());
    let greets = |restored: Option<Signed<Restored>>| {
        let fields = json!({
            "version": 1,
            "time": TIME.0,
            "heartbeat_seconds": 20,
            "retention_days": 30,
            "restored": restored.as_ref().map(written),
        });
        of("Welcome", fields, welcome(restored).into())
    };
    let refuses = |reason, retry_seconds| {
        let fields =
            json!({ "request": 5, "reason": u16::from(reason), "retry_seconds": retry_seconds });
        let refused = Refused {
            request: REQUEST,
            reason,
            retry_seconds,
        };
        of("Refused", fields, refused.into())
    };
    let restored = relay_log().sign(&Restored {
        relay: relay().public(),
        copied: TIME,
        restored: LATER,
    });
    let head = relay_log().sign(&head());
    let leaves = vec![Leaf([1; 32]), Leaf([2; 32])];
    json!([
        greets(None),
        greets(Some(restored)),
        of(
            "Proven",
            json!({ "request": 5, "mailbox": hex(mailbox()) }),
            Proven {
                request: REQUEST,
                mailbox: mailbox()
            }
            .into(),
        ),
        of(
            "Stored",
            json!({ "request": 5, "receipt": written(&receipt()) }),
            Stored {
                request: REQUEST,
                receipt: receipt()
            }
            .into(),
        ),
        of(
            "Deliver",
            json!({ "sequence": 1, "time": TIME.0, "envelope": hex(envelope().bytes()) }),
            Deliver {
                sequence: Sequence(1),
                time: TIME,
                envelope: envelope()
            }
            .into(),
        ),
        of(
            "Skipped",
            json!({ "first": 1, "leaves": leaves.iter().map(|leaf| hex(leaf.0)).collect::<Vec<_>>() }),
            Skipped {
                first: Sequence(1),
                leaves
            }
            .into(),
        ),
        of(
            "NewestHead",
            json!({ "request": 5, "head": written(&head) }),
            NewestHead {
                request: REQUEST,
                head: head.clone()
            }
            .into(),
        ),
        of(
            "Heartbeat",
            json!({ "head": written(&head) }),
            Heartbeat { head }.into()
        ),
        of(
            "Created",
            json!({ "request": 5, "mailbox": hex(mailbox()), "ends": LATER.0, "quota_bytes": 1 << 28 }),
            Created {
                request: REQUEST,
                mailbox: mailbox(),
                ends: LATER,
                quota_bytes: 1 << 28
            }
            .into(),
        ),
        refuses(Reason::MailboxFull, 60),
        refuses(Reason::Revoked, 0),
        refuses(Reason::Other(999), 0),
        of(
            "Revoked",
            json!({ "request": 5 }),
            Revoked { request: REQUEST }.into()
        ),
    ])
}

/// A frame of this number with fields that a program which keeps the rules cannot write.
fn raw<T: Serialize>(number: u16, fields: &T) -> Vec<u8> {
    let body = [&number.to_be_bytes()[..], &codec::encode(fields)].concat();
    frame(&body)
}

fn announced(length: usize) -> Vec<u8> {
    u32::try_from(length).unwrap().to_be_bytes().to_vec()
}

/// The same frame with a body that is longer or shorter at its end.
fn ending_in(whole: &[u8], change: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let mut body = whole[4..].to_vec();
    change(&mut body);
    frame(&body)
}

fn refused() -> Value {
    let of = |by: &str, proven: bool, why: &str, begins: Vec<u8>| json!({ "by": by, "proven": proven, "why": why, "bytes": hex(begins) });
    let relay = |why: &str, frame: Vec<u8>| of("relay", true, why, frame);
    let client = |why: &str, frame: Vec<u8>| of("client", true, why, frame);
    let subscribe = Subscribe {
        request: REQUEST,
        after: Sequence(9),
    };
    let subscribe = ToRelay::from(subscribe).to_frame();
    let sized = |length: usize| raw(3, &(REQUEST, codec::Blob(vec![7; length])));
    let greeting = FromRelay::from(welcome(None)).to_frame();
    let odd = ending_in(&greeting, |body| *body.last_mut().unwrap() = 2);
    let skipped = |count: usize| raw(5, &(Sequence(1), vec![Leaf([1; 32]); count]));
    json!([
        relay("no body", announced(0)),
        relay("half a number", frame(&[0])),
        of(
            "relay",
            false,
            "4,097 bytes, and no lane is proven",
            announced(GREETING_BYTES_MAX + 1)
        ),
        relay("69,633 bytes", announced(FRAME_BYTES_MAX + 1)),
        client("69,633 bytes, of a relay", announced(FRAME_BYTES_MAX + 1)),
        relay("number 0", frame(&[0, 0])),
        relay("number 10 to a relay", frame(&[0, 10])),
        client("number 11 to a client", frame(&[0, 11])),
        relay(
            "a byte is left over",
            ending_in(&subscribe, |body| body.push(0))
        ),
        relay(
            "a byte is missing",
            ending_in(&subscribe, |body| _ = body.pop())
        ),
        relay("an envelope of 4,095 bytes", sized(4095)),
        relay("an envelope of 4,097 bytes", sized(4097)),
        relay("an envelope without bytes", sized(0)),
        client("an option that begins with 2", odd),
        client("a place that is skipped without a leaf", skipped(0)),
        client("513 leaves", skipped(513)),
    ])
}

/// The frame decodes: a statement inside is bytes to it. So the answer is a refusal, and the connection goes on.
fn refused_grants() -> Value {
    let of = |why: &str, grant: Vec<u8>| {
        let grant = codec::decode::<Signed<Grant>>(&grant).unwrap();
        let prove = Prove {
            request: REQUEST,
            grant,
            proof: proof(),
        };
        json!({ "why": why, "reason": 2, "frame": hex(ToRelay::from(prove).to_frame()) })
    };
    let parts = (authority().public(), lane().public());
    let rights = |rights: u16| loose::<Grant>((parts, rights, TIME));
    let longer = loose::<Grant>((parts, 3_u16, TIME, 0_u8));
    let mut changed = codec::encode(&grant());
    changed[8 + 64 + 1] = 1;
    json!([
        of("rights 0", rights(0)),
        of("rights 4", rights(4)),
        of("a byte is left over in it", longer),
        of("other rights were signed", changed),
    ])
}

/// A statement of any fields, for the purpose of `P`.
#[derive(Serialize, Deserialize)]
#[serde(bound(serialize = "T: Serialize", deserialize = "T: DeserializeOwned"))]
struct Loose<T, P>(T, PhantomData<P>);

impl<T, P> Statement for Loose<T, P>
where
    T: Serialize + DeserializeOwned,
    P: Statement<Signer = Authority>,
{
    type Signer = Authority;
    const PURPOSE: Purpose = P::PURPOSE;
}

fn loose<P: Statement<Signer = Authority>>(fields: impl Serialize + DeserializeOwned) -> Vec<u8> {
    let said: Loose<_, P> = Loose(fields, PhantomData);
    codec::encode(&authority().sign(&said))
}

/// The frame decodes, and nobody's account is handed over by it.
fn refused_successions() -> Value {
    let of = |why: &str, opening: Signed<Opening>, succession: Vec<u8>| {
        let succeed = Succeed {
            request: REQUEST,
            opening,
            succession: codec::decode(&succession).unwrap(),
        };
        json!({ "why": why, "reason": 2, "frame": hex(ToRelay::from(succeed).to_frame()) })
    };
    let signed = |said: &Succession| codec::encode(&authority().sign(said));
    let said = succession();
    let elsewhere = Succession {
        relay: PublicKey::from_bytes([0xb7; 32]),
        ..said.clone()
    };
    let fields = (said.authority, said.relay, said.mailbox);
    let by_next = codec::encode(&next().sign(&said));
    json!([
        of(
            "signed by the new mailbox's authority",
            opening(&next()),
            by_next
        ),
        of(
            "signed for the purpose sponsor",
            opening(&next()),
            loose::<Sponsorship>(fields)
        ),
        of(
            "a byte is left over in it",
            opening(&next()),
            loose::<Succession>((fields, 0_u8))
        ),
        of(
            "it is for another relay",
            opening(&next()),
            signed(&elsewhere)
        ),
        of(
            "it names another mailbox than the opening",
            opening(&authority()),
            signed(&said)
        ),
    ])
}

/// The frame decodes, and no lane loses anything by it.
fn refused_revocations() -> Value {
    let of = |why: &str, revocation: Vec<u8>| {
        let revoke = Revoke {
            request: REQUEST,
            revocation: codec::decode(&revocation).unwrap(),
        };
        json!({ "why": why, "reason": 2, "frame": hex(ToRelay::from(revoke).to_frame()) })
    };
    let said = revocation();
    let fields = (said.authority, said.lane);
    // The lane's own seed, as an authority's: nobody resigns, or takes away, in another's name.
    let by_lane = SecretKey::<Authority>::from_seed(lane().seed());
    json!([
        of("signed by the lane", codec::encode(&by_lane.sign(&said))),
        of("signed for the purpose grant", loose::<Grant>(fields)),
        of(
            "a byte is left over in it",
            loose::<Revocation>((fields, 0_u8))
        ),
    ])
}

fn frames(direction: &str) -> Vec<Value> {
    stored("frames.json")[direction].as_array().unwrap().clone()
}

/// The one frame in these bytes.
fn body(bytes: &[u8]) -> Vec<u8> {
    let mut reader = FrameReader::default();
    reader.push(bytes);
    let body = reader.next(FRAME_BYTES_MAX).unwrap().unwrap().to_vec();
    assert!(reader.is_empty());
    body
}

#[test]
fn every_message_is_read_and_written_in_its_bytes() {
    let mut read = (Vec::new(), Vec::new());
    for one in frames("to_relay") {
        let frame = bytes(&one["frame"]);
        assert_eq!(ToRelay::from_body(&body(&frame)).unwrap().to_frame(), frame);
        read.0.push((one["number"].clone(), one["message"].clone()));
    }
    for one in frames("from_relay") {
        let frame = bytes(&one["frame"]);
        let message = FromRelay::from_body(&body(&frame)).unwrap();
        assert_eq!(message.to_frame(), frame);
        read.1.push((one["number"].clone(), one["message"].clone()));
    }
    for (read, known) in [(read.0, ToRelay::NUMBERS), (read.1, FromRelay::NUMBERS)] {
        for (number, name) in known {
            assert!(read.contains(&(json!(number), json!(name))), "{name}");
        }
    }
}

#[test]
fn what_ends_a_connection_is_refused_by_who_gets_it() {
    for refused in frames("refused") {
        let is_relay = refused["by"] == "relay";
        let max = if is_relay && refused["proven"] == false {
            GREETING_BYTES_MAX
        } else {
            FRAME_BYTES_MAX
        };
        let mut reader = FrameReader::default();
        reader.push(&bytes(&refused["bytes"]));
        let is_refused = match reader.next(max) {
            Err(_) => true,
            Ok(None) => false,
            Ok(Some(body)) if is_relay => ToRelay::from_body(body).is_err(),
            Ok(Some(body)) => FromRelay::from_body(body).is_err(),
        };
        assert!(is_refused, "{}", refused["why"]);
    }
}

#[test]
fn a_grant_that_does_not_decode_is_refused_and_its_frame_is_not() {
    for refused in frames("refused_grants") {
        let message = ToRelay::from_body(&body(&bytes(&refused["frame"])));
        let Ok(ToRelay::Prove(prove)) = message else {
            panic!("no Prove: {}", refused["why"]);
        };
        let grant = prove.grant.verify_own(|grant| grant.authority);
        assert!(grant.is_err(), "{}", refused["why"]);
        assert_eq!(refused["reason"], u16::from(Reason::NotValid));
    }
}

#[test]
fn what_nobody_could_sign_hands_no_account_over_and_revokes_no_lane() {
    let read = |refused: &Value| ToRelay::from_body(&body(&bytes(&refused["frame"])));
    for refused in frames("refused_successions") {
        let Ok(ToRelay::Succeed(succeed)) = read(&refused) else {
            panic!("no Succeed: {}", refused["why"]);
        };
        let opening = succeed
            .opening
            .verify_own(|opening| opening.authority)
            .unwrap();
        let said = succeed.succession.verify_own(|said| said.authority);
        let taken = said.is_ok_and(|said| {
            said.relay == relay().public() && said.mailbox == opening.authority.mailbox()
        });
        assert!(!taken, "{}", refused["why"]);
        assert_eq!(refused["reason"], u16::from(Reason::NotValid));
    }
    for refused in frames("refused_revocations") {
        let Ok(ToRelay::Revoke(revoke)) = read(&refused) else {
            panic!("no Revoke: {}", refused["why"]);
        };
        let said = revoke.revocation.verify_own(|said| said.authority);
        assert!(said.is_err(), "{}", refused["why"]);
        assert_eq!(refused["reason"], u16::from(Reason::NotValid));
    }
}

/// A relay may skip as many places in one message as PROTOCOL.md says.
#[test]
fn as_many_leaves_as_fit_are_read() {
    for count in [1, 512] {
        let skipped = raw(5, &(Sequence(1), vec![Leaf([1; 32]); count]));
        assert!(FromRelay::from_body(&body(&skipped)).is_ok(), "{count}");
    }
}
