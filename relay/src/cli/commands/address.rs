//! `address`: what clients need to find the relay, and to know it again.

use std::net::SocketAddr;

use bellrope_proto::address::RelayAddress;

use super::{error::CommandError, keys::online_keys, print};
use crate::{config::Config, data_dir::DataDir, online_keys::OnlineKeys};

pub(super) fn show_address(dir: &DataDir) -> Result<(), CommandError> {
    let config = Config::load(dir.path())?;
    let address = address(dir, &config, &online_keys(dir)?, None)?;
    print(&address.to_string())
}

/// The address that clients need. A port that only the running relay knows is read from it.
pub(super) fn address(
    dir: &DataDir,
    config: &Config,
    keys: &OnlineKeys,
    bound: Option<SocketAddr>,
) -> Result<RelayAddress, CommandError> {
    let known = [
        config.port,
        bound.map_or(0, |bound| bound.port()),
        config.listen.port(),
        dir.listening().map_or(0, |bound| bound.port()),
    ];
    let port = known.into_iter().find(|port| *port != 0);
    let port = port.ok_or(CommandError::NoPort)?;
    Ok(config.address(port, keys.relay())?)
}
