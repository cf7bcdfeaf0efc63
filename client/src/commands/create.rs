//! `bellrope create`: a group, its first coordinator, its mailbox at a relay.

use bellrope_proto::{address::RelayAddress, grant::HostToken, signing::Signed, token};

use super::desk::{Desk, wait_for};
use crate::{
    cli::Create,
    clock::{day_text, now},
    device::Device,
    failure::{DONE, Failure},
    found::{self, Plan},
    screen::escape,
};

pub(super) fn create(desk: &mut Desk, args: &Create) -> Result<u8, Failure> {
    let relay: RelayAddress = args
        .relay
        .parse()
        .map_err(|_| Failure::new("error-address").misuse())?;
    let token: Signed<HostToken> =
        token::parse(&args.token).map_err(|_| Failure::new("error-token").misuse())?;
    if token.verify(&relay.key()).is_err() {
        return Err(Failure::new("error-token-of-another").misuse());
    }
    let device = if Device::is_in(&desk.dir) {
        go_on(desk, &relay)?
    } else {
        make(desk, args, &relay)?
    };
    desk.status("create-asking", &[]);
    let ends = wait_for(async { Ok(found::open_mailbox(&device, token).await?) })?;
    desk.print("create-done", &[("ends", day_text(ends).into())])?;
    Ok(DONE)
}

/// A group whose mailbox the relay did not open the first time, or one whose mailbox is renewed.
fn go_on(desk: &mut Desk, relay: &RelayAddress) -> Result<Device, Failure> {
    let device = desk.unlock()?;
    let state = device.state()?;
    let roster = device.roster()?;
    let ours = roster.is_some_and(|roster| roster.epoch().relays.contains(relay));
    if state.authority_seed.is_none() || !ours {
        return Err(Failure::new("error-home-taken"));
    }
    let id = if found::is_unfinished(&state) {
        "create-going-on"
    } else {
        "create-renewing"
    };
    desk.status(id, &[]);
    Ok(device)
}

fn make(desk: &mut Desk, args: &Create, relay: &RelayAddress) -> Result<Device, Failure> {
    let group_name = match &args.group {
        Some(name) => name.clone(),
        None => desk.ask("ask-group-name")?,
    };
    let my_name = match &args.name {
        Some(name) => name.clone(),
        None => desk.ask("ask-my-name")?,
    };
    let plan = Plan {
        group_name: group_name.trim(),
        my_name: my_name.trim(),
        relay,
    };
    let passphrase = desk.new_passphrase()?;
    let device = found::make(&desk.dir, &passphrase, &plan, now())?;
    desk.status("create-made", &[("group", escape(plan.group_name).into())]);
    Ok(device)
}
