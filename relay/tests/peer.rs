//! Every state of a peer against every message, with no socket and no clock.
#![allow(clippy::unwrap_used, clippy::panic)]

use bellrope_proto::{
    VERSION,
    envelope::Envelope,
    grant::{Grant, HostToken, Opening, Proof, Revocation, Rights, Sponsorship, Succession},
    ids::{MailboxId, Sequence, Timestamp, TokenId},
    message::{
        AskHead, Close, CreateSponsored, CreateWithToken, FromRelay, Hello, Post, Prove, Reason,
        RequestId, Revoke, Subscribe, Succeed, ToRelay,
    },
    receipt::Restored,
    signing::{Authority, Lane, PublicKey, Relay, RelayLog, RelayToken, SecretKey},
};
use bellrope_relay::{Action, Known, PeerState};

/// What a relay has of any mailbox.
#[derive(Clone, Copy)]
struct Has {
    exists: bool,
    revoked: bool,
}

const HERE: Has = Has {
    exists: true,
    revoked: false,
};

impl Known for Has {
    fn exists(&self, _: MailboxId) -> bool {
        self.exists
    }
    fn is_revoked(&self, _: MailboxId, _: PublicKey<Lane>) -> bool {
        self.revoked
    }
}

const NOW: Timestamp = Timestamp(1_000_000);
const EXPORTER: [u8; 32] = [7; 32];
const REQUEST: RequestId = RequestId(5);

fn relay() -> SecretKey<Relay> {
    SecretKey::from_seed(&[1; 32])
}

fn token_key() -> SecretKey<RelayToken> {
    SecretKey::from_seed(&[5; 32])
}

fn authority() -> SecretKey<Authority> {
    SecretKey::from_seed(&[2; 32])
}

fn lane() -> SecretKey<Lane> {
    SecretKey::from_seed(&[3; 32])
}

fn hello() -> ToRelay {
    Hello {
        version_min: VERSION,
        version_max: VERSION + 3,
    }
    .into()
}

fn prove(rights: Rights, expires: Timestamp, exporter: [u8; 32]) -> ToRelay {
    let mailbox = authority().public().mailbox();
    let grant = Grant {
        authority: authority().public(),
        lane: lane().public(),
        rights,
        expires,
    };
    let proof = Proof {
        exporter,
        relay: relay().public(),
        mailbox,
    };
    Prove {
        request: REQUEST,
        grant: authority().sign(&grant),
        proof: lane().sign(&proof).detach(),
    }
    .into()
}

fn post() -> ToRelay {
    Post {
        request: REQUEST,
        envelope: Envelope::new(vec![0; 4096]).unwrap(),
    }
    .into()
}

fn subscribe() -> ToRelay {
    Subscribe {
        request: REQUEST,
        after: Sequence(9),
    }
    .into()
}

fn ask_head() -> ToRelay {
    AskHead { request: REQUEST }.into()
}

fn with_token(expires: Timestamp) -> ToRelay {
    let opening = Opening {
        authority: authority().public(),
        relay: relay().public(),
    };
    let token = HostToken {
        relay: relay().public(),
        id: TokenId([4; 16]),
        quota_bytes: 1 << 20,
        expires,
        mailbox_ends: NOW.plus(100),
    };
    CreateWithToken {
        request: REQUEST,
        opening: authority().sign(&opening),
        token: token_key().sign(&token),
    }
    .into()
}

fn sponsored() -> ToRelay {
    sponsored_with(4096, NOW.plus(100))
}

fn sponsored_with(quota_bytes: u64, mailbox_ends: Timestamp) -> ToRelay {
    let small = small();
    let opening = Opening {
        authority: small.public(),
        relay: relay().public(),
    };
    let sponsorship = Sponsorship {
        authority: authority().public(),
        mailbox: small.public().mailbox(),
        quota_bytes,
        mailbox_ends,
    };
    CreateSponsored {
        request: REQUEST,
        opening: small.sign(&opening),
        sponsorship: authority().sign(&sponsorship),
    }
    .into()
}

fn small() -> SecretKey<Authority> {
    SecretKey::from_seed(&[9; 32])
}

/// A succession from one authority's mailbox to another's, at a relay, signed by a key, with an opening by the new one's.
fn succeed_with(signer: &SecretKey<Authority>, to: MailboxId, at: PublicKey<Relay>) -> ToRelay {
    let opening = Opening {
        authority: small().public(),
        relay: relay().public(),
    };
    let succession = Succession {
        authority: authority().public(),
        relay: at,
        mailbox: to,
    };
    Succeed {
        request: REQUEST,
        opening: small().sign(&opening),
        succession: signer.sign(&succession),
    }
    .into()
}

fn succeed() -> ToRelay {
    succeed_with(&authority(), small().public().mailbox(), relay().public())
}

fn revoke(signer: &SecretKey<Authority>) -> ToRelay {
    let revocation = Revocation {
        authority: authority().public(),
        lane: lane().public(),
    };
    Revoke {
        request: REQUEST,
        revocation: signer.sign(&revocation),
    }
    .into()
}

/// What a peer's answer comes to, in a word.
fn word(actions: &[Action]) -> &'static str {
    match actions {
        [Action::Send(FromRelay::Welcome(_))] => "welcome",
        [Action::Send(FromRelay::Proven(_))] => "proven",
        [Action::Send(FromRelay::Refused(refused))] => {
            assert_eq!(refused.request, REQUEST);
            match refused.reason {
                Reason::NoRight => "no right",
                Reason::GrantExpired => "expired",
                Reason::NotValid => "not valid",
                Reason::NoMailbox => "no mailbox",
                Reason::TokenSpent => "spent",
                Reason::Revoked => "revoked",
                other => panic!("{other:?}"),
            }
        }
        [Action::Create(_)] => "create",
        [Action::Succeed(_)] => "succeed",
        [Action::Revoke(_)] => "revoke",
        [Action::Append { .. }] => "append",
        [Action::Subscribe { .. }] => "subscribe",
        [Action::SendHead(..)] => "head",
        [Action::Close(Close::Violation)] => "violation",
        [
            Action::Send(FromRelay::Refused(refused)),
            Action::Close(Close::Done),
        ] => match refused.reason {
            Reason::Version => "no version, and the end",
            Reason::GrantExpired => "expired, and the end",
            Reason::NotValid => "not valid, and the end",
            Reason::NoMailbox => "no mailbox, and the end",
            Reason::Revoked => "revoked, and the end",
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}

fn peer(history: &[ToRelay]) -> PeerState {
    let mut peer = PeerState::new(relay().public(), token_key().public(), EXPORTER, 14);
    for message in history {
        let _ = peer.receive(message.clone(), NOW, &HERE);
    }
    peer
}

#[test]
fn every_state_times_every_message() {
    let far = NOW.plus(1000);
    let good = |rights| prove(rights, far, EXPORTER);
    let messages = [
        hello(),
        good(Rights::BOTH),
        post(),
        subscribe(),
        ask_head(),
        with_token(far),
        sponsored(),
        succeed(),
        revoke(&authority()),
    ];
    let proven = |rights| vec![hello(), good(rights)];
    let subscribed = [proven(Rights::BOTH), vec![subscribe()]].concat();
    let bad = "violation";
    let table: [(&str, Vec<ToRelay>, [&str; 7]); 6] = [
        (
            "connected",
            vec![],
            ["welcome", bad, bad, bad, bad, bad, bad],
        ),
        (
            "greeted",
            vec![hello()],
            [bad, "proven", bad, bad, bad, "create", "create"],
        ),
        (
            "proven to post and read",
            proven(Rights::BOTH),
            [bad, bad, "append", "subscribe", "head", "create", "create"],
        ),
        (
            "proven to post",
            proven(Rights::POST),
            [bad, bad, "append", "no right", "head", "create", "create"],
        ),
        (
            "proven to read",
            proven(Rights::READ),
            [
                bad,
                bad,
                "no right",
                "subscribe",
                "head",
                "create",
                "create",
            ],
        ),
        (
            "subscribed",
            subscribed,
            [bad, bad, "append", bad, "head", "create", "create"],
        ),
    ];
    for (state, history, expected) in table {
        // Neither needs a lane, nor minds one.
        let others = if state == "connected" {
            [bad; 2]
        } else {
            ["succeed", "revoke"]
        };
        let expected = expected.into_iter().chain(others);
        for (message, expected) in messages.iter().zip(expected) {
            let actions = peer(&history).receive(message.clone(), NOW, &HERE);
            assert_eq!(word(&actions), expected, "{state}: {message:?}");
        }
    }
}

/// Who is greeted learns how the relay works, and that an old copy of it was put back if it was.
#[test]
fn a_welcome_says_what_the_relay_is() {
    let log = SecretKey::<RelayLog>::from_seed(&[8; 32]);
    let said = log.sign(&Restored {
        relay: relay().public(),
        copied: Timestamp(1),
        restored: Timestamp(2),
    });
    for restored in [None, Some(said)] {
        let state = PeerState::new(relay().public(), token_key().public(), EXPORTER, 9);
        let mut state = state.with_restored(restored.clone());
        let actions = state.receive(hello(), NOW, &HERE);
        let [Action::Send(FromRelay::Welcome(welcome))] = actions.as_slice() else {
            panic!("{actions:?}");
        };
        assert_eq!((welcome.version, welcome.time), (VERSION, NOW));
        assert_eq!(welcome.retention_days, 9);
        assert_eq!(welcome.restored, restored);
    }
}

#[test]
fn what_is_shown_must_be_good_now_here_and_on_this_connection() {
    let far = NOW.plus(1000);
    let greeted = || peer(&[hello()]);
    let check = |message: ToRelay, exists: bool, expected: &str| {
        let actions = greeted().receive(message, NOW, &Has { exists, ..HERE });
        assert_eq!(word(&actions), expected);
    };
    // What came with the proof may need the lane: a reason that is followed by nothing else arrives.
    check(
        prove(Rights::BOTH, NOW, EXPORTER),
        true,
        "expired, and the end",
    );
    check(
        prove(Rights::BOTH, far, [8; 32]),
        true,
        "not valid, and the end",
    );
    check(
        prove(Rights::BOTH, far, EXPORTER),
        false,
        "no mailbox, and the end",
    );
    check(with_token(NOW), true, "spent");
    check(sponsored_with(0, NOW.plus(100)), true, "not valid");
    check(sponsored_with(4096, NOW), true, "not valid");
    check(sponsored(), false, "no mailbox");
    check(succeed(), false, "no mailbox");
    let to = small().public().mailbox();
    check(
        succeed_with(&small(), to, relay().public()),
        true,
        "not valid",
    );
    let elsewhere = SecretKey::from_seed(&[6; 32]).public();
    check(succeed_with(&authority(), to, elsewhere), true, "not valid");
    let other = authority().public().mailbox();
    check(
        succeed_with(&authority(), other, relay().public()),
        true,
        "not valid",
    );
    check(revoke(&authority()), false, "no mailbox");
    check(revoke(&small()), true, "not valid");
    // A proven lane stays the only one.
    let mut again = peer(&[hello(), prove(Rights::BOTH, far, EXPORTER)]);
    assert!(again.is_proven());
    let second = again.receive(prove(Rights::BOTH, far, EXPORTER), NOW, &HERE);
    assert_eq!(word(&second), "violation");
    let other: ToRelay = Hello {
        version_min: VERSION + 1,
        version_max: VERSION + 2,
    }
    .into();
    let actions = peer(&[]).receive(other, NOW, &HERE);
    assert_eq!(word(&actions), "no version, and the end");
    // A grant that ends in the middle of a connection ends every right.
    let mut proven = peer(&[hello(), prove(Rights::BOTH, NOW.plus(10), EXPORTER)]);
    assert!(proven.is_proven());
    assert_eq!(proven.expires(), Some(NOW.plus(10)));
    for message in [post(), subscribe(), ask_head()] {
        let actions = proven.receive(message, NOW.plus(10), &HERE);
        assert_eq!(word(&actions), "expired");
    }
}

#[test]
fn a_lane_that_was_revoked_is_neither_proven_nor_of_any_use_any_more() {
    let gone = Has {
        revoked: true,
        ..HERE
    };
    let prove = prove(Rights::BOTH, NOW.plus(1000), EXPORTER);
    let actions = peer(&[hello()]).receive(prove.clone(), NOW, &gone);
    assert_eq!(word(&actions), "revoked, and the end");
    let mut proven = peer(&[hello(), prove]);
    assert_eq!(proven.proven_by(), Some(REQUEST));
    for message in [post(), subscribe(), ask_head()] {
        assert_eq!(word(&proven.receive(message, NOW, &gone)), "revoked");
    }
    // It takes nothing away from who holds an authority.
    let again = proven.receive(revoke(&authority()), NOW, &gone);
    assert_eq!(word(&again), "revoke");
}
