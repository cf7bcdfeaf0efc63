//! `token`: lets one coordinator open or renew one mailbox.

use bellrope_proto::{
    grant::HostToken,
    ids::{Timestamp, TokenId},
    token,
};

use super::{error::CommandError, keys::online_keys, print};
use crate::{cli::TokenArgs, clock::Clock, config::Config, data_dir::DataDir, random};

pub(super) fn make_token(dir: &DataDir, args: &TokenArgs) -> Result<(), CommandError> {
    Config::load(dir.path())?;
    let keys = online_keys(dir)?;
    let mut id = [0; TokenId::LEN];
    random::fill(&mut id).map_err(CommandError::Random)?;
    let now = Clock::system().now();
    let days = |days: u64| now.plus(days.saturating_mul(Timestamp::DAY_SECONDS));
    let signed = keys.token().sign(&HostToken {
        relay: keys.relay(),
        id: TokenId(id),
        quota_bytes: args.quota_mib.saturating_mul(1024 * 1024),
        expires: days(args.use_within_days),
        mailbox_ends: days(args.days),
    });
    print(&token::to_text(&signed))
}
