//! `bellrope outbox`: sends what waits, and says honestly how far each alert got.

use serde_json::json;

use super::desk::{Desk, wait_for};
use crate::{
    carry,
    cli::Outbox,
    clock::{moment_text, now},
    failure::{DONE, Failure, QUEUED, link_message},
    outbox::{self, Queued},
};

pub(super) fn outbox(desk: &mut Desk, args: &Outbox) -> Result<u8, Failure> {
    let device = desk.unlock()?;
    outbox::prune(&device, now())?;
    if !args.offline {
        let carried = wait_for(async { Ok(carry::flush(&device).await?) })?;
        for (_, error) in &carried.failed {
            desk.status(link_message(error), &[]);
        }
    }
    let all = outbox::all(&device)?;
    let mut code = DONE;
    let mut alerts = 0_usize;
    for waiting in &all {
        let queued = &waiting.queued;
        if queued.envelope.is_some() {
            code = QUEUED;
        }
        let Some(id) = queued.alert else {
            continue;
        };
        alerts = alerts.saturating_add(1);
        if args.json {
            desk.json(&json!({
                "id": id.to_string(),
                "state": state(queued),
                "queued": moment_text(queued.queued),
                "stored": queued.receipt.as_ref().map(|receipt| moment_text(receipt.fact.time)),
                "sequence": queued.receipt.as_ref().map(|receipt| receipt.fact.sequence.0),
            }))?;
            continue;
        }
        let stored = queued.receipt.as_ref().map(|receipt| receipt.fact.time);
        let words = [
            ("id", id.to_string().into()),
            ("queued", moment_text(queued.queued).into()),
            ("stored", stored.map(moment_text).unwrap_or_default().into()),
        ];
        desk.print(&format!("outbox-{}", state(queued)), &words)?;
    }
    let others = all.iter().filter(|waiting| waiting.queued.alert.is_none());
    let others = others.count();
    if !args.json {
        if others > 0 {
            desk.status("outbox-others", &[("count", others.into())]);
        }
        if alerts == 0 && others == 0 {
            desk.status("outbox-empty", &[]);
        }
    }
    Ok(code)
}

fn state(queued: &Queued) -> &'static str {
    if queued.receipt.is_some() {
        "stored"
    } else if queued.expires < now() {
        "late"
    } else {
        "queued"
    }
}
