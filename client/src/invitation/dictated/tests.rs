//! What is typed, what an exchange comes to, and what whoever sits on the slot can do.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use bellrope_proto::{
    address::RelayAddress,
    signing::{PublicKey, Relay},
};

use super::{exchange::WrongCode, *};
use crate::invitation::{Code, CoordinatorMark, Secret};

const TEXT: &str = "alert.example.org 4182 730956";

fn spoken(text: &str) -> Spoken {
    text.parse()
        .unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[test]
fn it_is_read_however_it_is_typed() {
    let meant = spoken(TEXT);
    assert_eq!(meant.to_text().as_str(), TEXT);
    assert_eq!(meant.place().text(), "alert.example.org:443");
    for typed in [
        "alert.example.org, 4182, 730 956",
        "alert.example.org 4182-730-956",
        "alert.example.org-4182-730956",
        "alert.example.org-4182, 730956",
        "alert.example.org/4182/730956",
        "ALERT.EXAMPLE.ORG 41 82 73 09 56.",
        "  alert.example.org\n4182\n730956\n",
        "alert.example.org:443 4182 730956",
        "alert.example.org. 4182. 730956.",
        "host alert.example.org slot 4182 code 730956",
        "узел alert.example.org, слот 4182, код 730 956",
        "«alert.example.org» 4182 – 730956",
        // Look-alikes: Cyrillic letters, letters for digits, another width, what cannot be seen.
        "аlеrt.ехаmрlе.оrg 4182 7З0956",
        "alert.example.org 4I82 73O956",
        "alert.example.org 4l82 73О956",
        "ａｌｅｒｔ．ｅｘａｍｐｌｅ．ｏｒｇ　４１８２，７３０９５６",
        "\u{feff}alert.example.org\u{a0}4182\u{200b} 730956\u{202c}",
    ] {
        assert_eq!(spoken(typed), meant, "{typed}");
    }
    for (typed, place) in [
        (
            "relay-1.example.org:8443 4182 730956",
            "relay-1.example.org:8443",
        ),
        ("192.0.2.7 4182 730956", "192.0.2.7:443"),
        ("[2001:DB8::7]:8443 4182 730956", "[2001:db8::7]:8443"),
        ("[2001:db8::7] 4182 730956", "[2001:db8::7]:443"),
        ("localhost 4182 730956", "localhost:443"),
    ] {
        assert_eq!(spoken(typed).place().text(), place, "{typed}");
        assert_eq!(spoken(&spoken(typed).to_text()), spoken(typed));
    }
}

#[test]
fn what_is_not_whole_asks_no_other_host() {
    let read = |text: &str| text.parse::<Spoken>().unwrap_err();
    for (typed, digits) in [
        ("alert.example.org 4182 73095", 9),
        ("alert.example.org 4182 7309561", 11),
        ("alert.example.org 8443 4182 730956", 14),
        ("relay.io 418 730956", 9),
        ("srv.node-1 182 730956", 9),
        ("192.0.2.7 182 730956", 9),
    ] {
        assert_eq!(read(typed), NotSpoken::Digits(digits), "{typed}");
    }
    for typed in [
        "",
        "4182 730956",
        "192.0.2.7",
        "alert.example.org",
        "hello, world",
        "alert.example.org other.example.org 4182 730956",
        "алерт.пример.рф 4182 730956",
        "join with 4182 730956",
        "alert.example.org:0 4182 730956",
        "042V9RT47KASMCR7D4VTZ04XSJJXJ9N8H9JRS891G0Q8TPN094VJ7B93T6Q6RRNXF4AJJ7F077XPJAHH68VJWC1E60Q",
    ] {
        assert_eq!(read(typed), NotSpoken::Form, "{typed}");
    }
}

#[test]
fn codes_are_random_and_not_printed() {
    let place = spoken(TEXT).place().clone();
    let made: Vec<Spoken> = (0..64).map(|_| Spoken::random(place.clone())).collect();
    for (at, one) in made.iter().enumerate() {
        assert_eq!(spoken(&one.to_text()), *one);
        assert!(made.iter().skip(at + 1).all(|other| other != one));
    }
    let digits: Vec<u8> = made.iter().flat_map(|one| one.code().to_vec()).collect();
    for digit in b'0'..=b'9' {
        assert!(digits.contains(&digit), "{digit}");
    }
    let printed = format!("{:?}", spoken(TEXT));
    assert!(!printed.contains("730956") && !printed.contains("55, 51"));
}

#[test]
fn a_slots_keys_are_everybodys_who_knows_place_and_digits() {
    let mailbox = |text: &str| spoken(text).keys().mailbox();
    let own = mailbox(TEXT);
    assert_eq!(own, mailbox("alert.example.org:443 4182 000000"));
    for other in [
        "alert.example.org 4183 730956",
        "alert.example.org:444 4182 730956",
        "alert.example.net 4182 730956",
    ] {
        assert_ne!(mailbox(other), own);
    }
}

fn relay(number: u8) -> PublicKey<Relay> {
    PublicKey::from_bytes([number; 32])
}

fn invitation() -> Code {
    Code {
        secret: Secret::new(&[7; 16]),
        coordinator: CoordinatorMark([4; 16]),
        relay: RelayAddress::new("alert.example.org", 443, relay(1)).unwrap(),
    }
}

/// Plays an exchange; what each side says passes through `between`.
fn play(
    (inviter, seen): (&Spoken, u8),
    (newcomer, shown): (&Spoken, u8),
    between: impl Fn(Step) -> Step,
) -> Result<Code, (&'static str, WrongCode)> {
    // As it stands in the log: in an envelope, and out of it again.
    let keys = inviter.keys();
    let pass = |step: Step| {
        let envelope = keys.seal(&between(step)).unwrap();
        assert_eq!(
            envelope.bytes().len(),
            4096,
            "each step looks like the others"
        );
        keys.open(&envelope).unwrap()
    };
    let begun = Inviter::begin(inviter, &relay(seen));
    let (begun, offer) = begun.map_err(|error| ("offer", error))?;
    let Step::Offer(offer) = pass(offer) else {
        panic!("no offer")
    };
    let answered = Newcomer::answer(newcomer, &relay(shown), &offer);
    let (answered, answer) = answered.map_err(|error| ("offer", error))?;
    let Step::Answer { share, proof } = pass(answer) else {
        panic!("no answer")
    };
    let handed = begun.hand_over(&share, &proof, &invitation());
    let handed = handed.map_err(|error| ("answer", error))?;
    let Step::Handing { proof, sealed } = pass(handed) else {
        panic!("no handing")
    };
    let taken = answered.take(&proof, &sealed);
    taken.map_err(|error| ("handing", error))
}

fn honest(step: Step) -> Step {
    step
}

#[test]
fn who_has_the_code_gets_the_invitation() {
    let both = spoken(TEXT);
    assert_eq!(play((&both, 1), (&both, 1), honest), Ok(invitation()));
}

#[test]
fn another_code_or_another_relay_gets_nothing() {
    let told = spoken(TEXT);
    let misheard = spoken("alert.example.org 4182 730965");
    let refused = Err(("answer", WrongCode));
    assert_eq!(play((&told, 1), (&misheard, 1), honest), refused);
    // In between, with a relay of their own, and every message passed on as it is.
    assert_eq!(play((&told, 1), (&told, 2), honest), refused);
    // The same code at another slot.
    let elsewhere = spoken("alert.example.org 4183 730956");
    assert_eq!(play((&told, 1), (&elsewhere, 1), honest), refused);
}

#[test]
fn each_byte_counts() {
    let both = spoken(TEXT);
    let lengths = [33, 65, 32 + 16 + invitation().to_text().len()];
    for (which, length) in lengths.into_iter().enumerate() {
        // Points that do not decode are refused too; all bytes of the proofs are tried.
        for at in (0..length).step_by(if which == 2 { 7 } else { 5 }) {
            let flip = |step: Step| match (which, step) {
                (0, Step::Offer(mut share)) => {
                    share[at] ^= 1;
                    Step::Offer(share)
                }
                (1, Step::Answer { mut share, proof }) if at < 33 => {
                    share[at] ^= 1;
                    Step::Answer { share, proof }
                }
                (1, Step::Answer { share, mut proof }) => {
                    proof[at - 33] ^= 1;
                    Step::Answer { share, proof }
                }
                (2, Step::Handing { mut proof, sealed }) if at < 32 => {
                    proof[at] ^= 1;
                    Step::Handing { proof, sealed }
                }
                (2, Step::Handing { proof, mut sealed }) => {
                    sealed[at - 32] ^= 1;
                    Step::Handing { proof, sealed }
                }
                (_, other) => other,
            };
            assert!(play((&both, 1), (&both, 1), flip).is_err(), "{which} {at}");
        }
    }
}

/// The identity element, and points of order 2, 4 and 8, as the library takes them.
const SMALL_ORDER: [[u8; 32]; 4] = {
    let mut identity = [0; 32];
    identity[0] = 1;
    let mut two = [0xff; 32];
    (two[0], two[31]) = (0xec, 0x7f);
    let four = [0; 32];
    let eight = [
        0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98,
        0xf0, 0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53,
        0xfc, 0x05,
    ];
    [identity, two, four, eight]
};

/// Whoever puts in such a point knows no key that the other side comes to: no proof that they can compute fits, neither from no code at all
/// nor by giving back what they were shown.
#[test]
fn points_of_small_order_help_nobody() {
    let both = spoken(TEXT);
    let guessed = spoken("alert.example.org 4182 000000");
    for point in SMALL_ORDER {
        let share = |side: u8| {
            let mut share = [side; 33];
            share[1..].copy_from_slice(&point);
            share
        };
        let (inviter, offer) = Inviter::begin(&both, &relay(1)).unwrap();
        let Step::Offer(offer) = offer else { panic!() };
        let (_, shown) = Newcomer::answer(&guessed, &relay(1), &offer).unwrap();
        let Step::Answer { proof, .. } = shown else {
            panic!()
        };
        let handed = inviter.hand_over(&share(b'B'), &proof, &invitation());
        assert_eq!(handed, Err(WrongCode));
        // The other way round: an offer by nobody. The answer's proof given back is no proof of the inviter's.
        let (newcomer, answer) = Newcomer::answer(&both, &relay(1), &share(b'A')).unwrap();
        let Step::Answer { proof, .. } = answer else {
            panic!()
        };
        assert_eq!(newcomer.take(&proof, b""), Err(WrongCode));
    }
}

#[test]
fn what_was_said_in_another_exchange_is_worth_nothing_in_this_one() {
    let both = spoken(TEXT);
    let (first, offer) = Inviter::begin(&both, &relay(1)).unwrap();
    let Step::Offer(offer) = offer else { panic!() };
    let (newcomer, answer) = Newcomer::answer(&both, &relay(1), &offer).unwrap();
    let Step::Answer { share, proof } = answer else {
        panic!()
    };
    // The answer again, to another offer with the very same digits.
    let (second, _) = Inviter::begin(&both, &relay(1)).unwrap();
    assert_eq!(
        second.hand_over(&share, &proof, &invitation()),
        Err(WrongCode)
    );
    // What was handed over, to who answers anew.
    let handed = first.hand_over(&share, &proof, &invitation()).unwrap();
    let Step::Handing { proof, sealed } = handed else {
        panic!()
    };
    let (again, _) = Newcomer::answer(&both, &relay(1), &offer).unwrap();
    assert_eq!(again.take(&proof, &sealed), Err(WrongCode));
    assert_eq!(newcomer.take(&proof, &sealed), Ok(invitation()));
    // One's own share given back is of the wrong side.
    let (inviter, offer) = Inviter::begin(&both, &relay(1)).unwrap();
    let Step::Offer(offer) = offer else { panic!() };
    assert_eq!(
        inviter.hand_over(&offer, &[0; 32], &invitation()),
        Err(WrongCode)
    );
}

#[test]
fn what_somebody_throws_in_is_no_step() {
    let keys = spoken(TEXT).keys();
    for rubbish in [
        bellrope_proto::envelope::Envelope::new(vec![7; 4096]).unwrap(),
        spoken("alert.example.org 4183 730956")
            .keys()
            .seal(&Step::Void)
            .unwrap(),
    ] {
        assert_eq!(keys.open(&rubbish), None);
    }
    // Numbers and lengths that are none.
    let bytes = |step: &Step| {
        let envelope = keys.seal(step).unwrap();
        keys.open(&envelope)
    };
    assert_eq!(bytes(&Step::Void), Some(Step::Void));
    for short in [0, 31, 32] {
        let handing = Step::Handing {
            proof: [1; 32],
            sealed: vec![2; short],
        };
        assert_eq!(bytes(&handing), Some(handing));
    }
}
