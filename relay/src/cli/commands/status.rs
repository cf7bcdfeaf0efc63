//! `status`: how the relay does, or did.

use std::io;

use super::{
    DONE, FAILED, NOT_RUNNING,
    error::{CommandError, system},
    print,
};
use crate::{
    cli::StatusArgs, clock::Clock, config::Config, data_dir::DataDir, running::Running,
    status::Status,
};

/// Gives the exit code: whether one runs, and is well.
pub(super) fn show_status(dir: &DataDir, args: &StatusArgs) -> Result<u8, CommandError> {
    Config::load(dir.path())?;
    let now = Clock::system().now();
    // The store is the relay's: whoever opened it to look would keep one from starting.
    let running = Running::is_there(dir.path()).map_err(system(dir.path()))?;
    let noted = dir
        .status()
        .and_then(|json| Ok(serde_json::from_str::<Status>(&json)?));
    let status = match noted {
        Ok(status) if running => status,
        Ok(status) => status.of_one_that_ended(),
        Err(error) if running => return Err(CommandError::NoStatus(error)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(CommandError::NeverRan(dir.path().to_owned()));
        }
        Err(error) => return Err(CommandError::NoLastStatus(error)),
    };
    if args.json {
        let json = status.to_json().map(|json| json.to_string());
        print(&json.map_err(|error| CommandError::Output(error.into()))?)?;
    } else {
        print(&status.to_text(now))?;
    }
    Ok(match (running, status.is_well(now)) {
        (true, true) => DONE,
        (true, false) => FAILED,
        (false, _) => NOT_RUNNING,
    })
}
