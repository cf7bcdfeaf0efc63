//! W4: somebody new reads 50,000 envelopes.

use std::time::Instant;

use bellrope_client::internals::{Cursor, Delivery, Session};
use bellrope_proto::ids::Sequence;

use crate::{
    Args,
    bare::Bare,
    group::Group,
    post::fill,
    relay::Relay,
    report::{Figures, Report},
};

/// How many.
pub(crate) const STORED: u64 = 50_000;

/// W4.
pub(crate) async fn read(args: &Args, report: &mut Report) {
    const NAME: &str = "W4 a backlog of 50,000";
    let relay = Relay::start();
    let group = Group::open(&relay).await;
    report.note("storing 50,000 envelopes");
    fill(&group, STORED).await;
    let (mut plain, mut checked, mut limit) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..args.runs {
        let began = Instant::now();
        let mut subscriber = group.subscriber(Sequence(0)).await;
        for _ in 0..STORED {
            let _ = subscriber.next().await;
        }
        plain.push(rate(began));
        subscriber.leave().await;

        let began = Instant::now();
        let credential = group.credential();
        let session = Session::open_as(&relay.address, &credential).await.unwrap();
        let cursor = Cursor::start(group.mailbox());
        let mut follow = session.subscribe(cursor, Vec::new()).await.unwrap();
        let mut seen = 0;
        while seen < STORED {
            if let Delivery::Envelope { .. } = follow.next().await.unwrap() {
                seen += 1;
            }
        }
        checked.push(rate(began));
        follow.close().await;

        let bare = Bare::start();
        let began = Instant::now();
        let mut frames = bare.all().await;
        for _ in 0..STORED {
            let _ = frames.read().await.unwrap();
        }
        limit.push(rate(began));
        frames.close().await;
    }
    report.row(NAME, "read, places checked", &plain);
    report.row(
        NAME,
        "read by the client: hashes and chain checked",
        &checked,
    );
    report.row(NAME, "bare QUIC, the same bytes from memory", &limit);
}

fn rate(began: Instant) -> Figures {
    let took = began.elapsed().as_secs_f64();
    vec![
        ("envelopes a second", STORED as f64 / took),
        ("MiB a second", STORED as f64 * 4096.0 / 1048576.0 / took),
    ]
}
