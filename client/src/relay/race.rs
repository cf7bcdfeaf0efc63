//! Several addresses of one host, tried as in RFC 8305 (Happy Eyeballs, version 2): families take turns, each begins when the one
//! before has failed or has had a quarter of a second, and the first that succeeds is taken. On a network where one family
//! leads nowhere, nobody waits until that is certain.

use std::{future::Future, io, net::SocketAddr, time::Duration};

use tokio::{task::JoinSet, time::sleep};

use super::RelayError;

/// RFC 8305, section 8.
const STAGGER: Duration = Duration::from_millis(250);

/// The first success, or the failure that says most.
pub(super) async fn race<T, F>(
    places: Vec<SocketAddr>,
    attempt: impl Fn(SocketAddr) -> F,
) -> Result<T, RelayError>
where
    T: Send + 'static,
    F: Future<Output = Result<T, RelayError>> + Send + 'static,
{
    let mut rest = in_turns(places).into_iter();
    // Dropped with what has not ended: the others are given up.
    let mut running = JoinSet::new();
    let mut failed = RelayError::NoSuchHost(io::ErrorKind::NotFound.into());
    loop {
        if let Some(place) = rest.next() {
            running.spawn(attempt(place));
        }
        let more = rest.len() > 0;
        tokio::select! {
            ended = running.join_next() => match ended {
                Some(Ok(Ok(first))) => return Ok(first),
                // That somebody is in between is not hidden by an address that leads nowhere.
                Some(Ok(Err(_))) if matches!(failed, RelayError::NotTheRelay) => {}
                Some(Ok(Err(error))) => failed = error,
                Some(Err(error)) => failed = RelayError::System(error.into()),
                None => return Err(failed),
            },
            () = sleep(STAGGER), if more => {}
        }
    }
}

/// One of each family after the other, beginning with the system's first.
fn in_turns(places: Vec<SocketAddr>) -> Vec<SocketAddr> {
    let first_is_ipv4 = places.first().is_some_and(SocketAddr::is_ipv4);
    let (mut first, mut second): (Vec<_>, Vec<_>) = places
        .into_iter()
        .partition(|place| place.is_ipv4() == first_is_ipv4);
    first.reverse();
    second.reverse();
    let mut turns = Vec::with_capacity(first.len() + second.len());
    while let Some(place) = first.pop() {
        turns.push(place);
        turns.extend(second.pop());
    }
    second.reverse();
    turns.extend(second);
    turns
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::{
        net::{Ipv4Addr, Ipv6Addr},
        sync::{Arc, Mutex},
        time::Instant,
    };

    use super::*;

    fn v4(n: u16) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, n).into()
    }

    fn v6(n: u16) -> SocketAddr {
        (Ipv6Addr::LOCALHOST, n).into()
    }

    #[test]
    fn families_take_turns() {
        let turns = in_turns(vec![v6(1), v6(2), v6(3), v4(4), v4(5)]);
        assert_eq!(turns, [v6(1), v4(4), v6(2), v4(5), v6(3)]);
        let turns = in_turns(vec![v4(1), v6(2), v6(3)]);
        assert_eq!(turns, [v4(1), v6(2), v6(3)]);
        assert!(in_turns(Vec::new()).is_empty());
    }

    /// What is tried, and what it gives: 1 is never answered, 2 fails at once, 3 is another, 4 answers.
    async fn try_all(places: &[u16]) -> (Result<u16, RelayError>, Vec<u16>) {
        let tried = Arc::new(Mutex::new(Vec::new()));
        let noted = Arc::clone(&tried);
        let attempt = move |place: SocketAddr| {
            noted.lock().unwrap().push(place.port());
            async move {
                match place.port() {
                    1 => std::future::pending().await,
                    2 => Err(RelayError::Unreachable("no route".into())),
                    3 => Err(RelayError::NotTheRelay),
                    port => Ok(port),
                }
            }
        };
        let first = race(places.iter().map(|port| v4(*port)).collect(), attempt).await;
        let tried = tried.lock().unwrap().clone();
        (first, tried)
    }

    #[tokio::test]
    async fn an_address_that_is_never_answered_holds_up_no_other() {
        let began = Instant::now();
        let (first, tried) = try_all(&[1, 2, 4, 5]).await;
        assert_eq!(first.unwrap(), 4);
        assert_eq!(tried, [1, 2, 4], "one that fails gives way at once");
        assert!(began.elapsed() >= STAGGER, "the first had its time");
        let (first, tried) = try_all(&[4, 5]).await;
        assert_eq!((first.unwrap(), tried), (4, vec![4]));
    }

    #[tokio::test]
    async fn the_failure_that_says_most_is_told() {
        let (failed, _) = try_all(&[3, 2]).await;
        assert!(matches!(failed, Err(RelayError::NotTheRelay)), "{failed:?}");
        let (failed, _) = try_all(&[2]).await;
        assert!(
            matches!(failed, Err(RelayError::Unreachable(_))),
            "{failed:?}"
        );
        let (failed, _) = try_all(&[]).await;
        assert!(
            matches!(failed, Err(RelayError::NoSuchHost(_))),
            "{failed:?}"
        );
    }
}
