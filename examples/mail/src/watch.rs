//! Mails as they come: what came since the cursor, then what the server tells in IDLE.

use std::time::Duration;

use connector_sdk::event::{Event, Events};
use connector_sdk::message::Message;
use connector_sdk::{Context, Error, ErrorKind, Level, Result};

use crate::cursor::{Seen, Start};
use crate::imap::{MOST_OF_A_MAIL, Raw, Session};
use crate::message::{Place, message};

/// IDLE is begun anew after that. A server may end it after 29 minutes (RFC 2177), and what stands between may
/// forget a silent connection long before without a word to either end.
const IDLE: Duration = Duration::from_secs(5 * 60);

/// How many mails are read at once, each of which may take a megabyte.
const TOGETHER: usize = 8;

/// Tells the mails after a cursor, and goes on.
pub(crate) async fn watch(
    session: &mut Session<'_>,
    place: &Place<'_>,
    since: Option<Seen>,
    out: &mut Events<Message>,
    ctx: &Context,
) -> Result<()> {
    let state = session.examine(place.folder).await?;
    let mut seen = match Start::of(since, state) {
        Start::After(seen) => seen,
        Start::Now => {
            // Not all servers say it.
            let uid = match state.latest {
                Some(latest) => latest,
                None => session.last().await?,
            };
            let seen = Seen { validity: state.validity, uid };
            out.checkpoint(&seen)?;
            seen
        }
        Start::Anew(seen) => {
            ctx.log(Level::Warn, "the server numbered the folder anew: all mails in it are told once more");
            out.checkpoint(&seen)?;
            seen
        }
    };
    loop {
        let uids = session.after(seen.uid).await?;
        for uids in uids.chunks(TOGETHER) {
            // A mail that is gone since was taken by somebody, and one that can't be had is told without its text.
            for (uid, raw) in fetch(session, uids).await? {
                seen.uid = uid;
                let (id, payload) = message(place, seen, &raw);
                out.emit(Event { id, cursor: seen, payload }).await?;
            }
        }
        tokio::select! {
            waited = session.wait(IDLE) => waited?,
            () = ctx.cancellation().cancelled() => return Ok(()),
        }
    }
}

/// Reads mails. The server may have trouble with one of them, which must not hold up the others; where it refuses all, the
/// trouble is its own, and none is told without its text for that.
async fn fetch(session: &mut Session<'_>, uids: &[u32]) -> Result<Vec<(u32, Raw)>> {
    let refused = match session.fetch(uids, MOST_OF_A_MAIL).await {
        Err(error) if error.kind() == ErrorKind::Upstream => error,
        fetched => return Ok(fetched?.into_iter().collect()),
    };
    let mut mails = Vec::with_capacity(uids.len());
    let mut answered = false;
    for uid in uids {
        match session.fetch(&[*uid], MOST_OF_A_MAIL).await {
            Ok(fetched) => {
                answered = true;
                mails.extend(fetched);
            }
            Err(error) if error.kind() == ErrorKind::Upstream => mails.push((*uid, Raw::default())),
            Err(error) => return Err(error),
        }
    }
    // There is no other to compare one with.
    if let [uid] = uids
        && !answered
    {
        answered = session.tells_of(*uid).await;
    }
    if answered { Ok(mails) } else { Err(Error::unavailable(refused.message().to_owned())) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imap::tests::{IDLES, LOGIN, open, run};

    const BUSY: &str = "{} NO Server busy\r\n";
    const DONE: &str = "{} OK\r\n";

    /// What becomes of these mails at a server that answers so: which there are, and whether each has a text.
    fn fetched(
        uids: &[u32],
        answers: &[(&'static str, &'static str)],
    ) -> Result<Vec<(u32, bool)>, ErrorKind> {
        run(async {
            let script: Vec<_> = [LOGIN, IDLES].into_iter().chain(answers.iter().copied()).collect();
            let mut session = open(script.leak()).await.expect("a session");
            let mails = fetch(&mut session, uids).await.map_err(|error| error.kind())?;
            Ok(mails.into_iter().map(|(uid, raw)| (uid, raw.bytes.is_some())).collect())
        })
    }

    #[test]
    fn a_mail_that_alone_is_refused_is_told_without_its_text() {
        let five = ("UID FETCH 5 ", "* 1 FETCH (UID 5 BODY[]<0> {2}\r\nhi)\r\n{} OK\r\n");
        let told = fetched(&[5, 6], &[("UID FETCH 5,6", BUSY), five, ("UID FETCH 6", BUSY)]);
        assert_eq!(told, Ok(vec![(5, true), (6, false)]));
        let told =
            fetched(&[5, 6], &[("UID FETCH 5,6", BUSY), ("UID FETCH 5 ", DONE), ("UID FETCH 6", BUSY)]);
        assert_eq!(told, Ok(vec![(6, false)]), "that one is gone is an answer");
        let told =
            fetched(&[5], &[("UID FETCH 5", BUSY), ("UID FETCH 5", BUSY), ("UID FETCH 5 (UID)", DONE)]);
        assert_eq!(told, Ok(vec![(5, false)]));
        assert_eq!(fetched(&[5], &[("UID FETCH 5", BUSY), five]), Ok(vec![(5, true)]));
    }

    #[test]
    fn a_server_that_refuses_all_is_asked_again_later() {
        let told = fetched(&[5, 6], &[("UID FETCH 5,6", BUSY), ("UID FETCH 5", BUSY), ("UID FETCH 6", BUSY)]);
        assert_eq!(told, Err(ErrorKind::Unavailable));
        let told =
            fetched(&[5], &[("UID FETCH 5", BUSY), ("UID FETCH 5", BUSY), ("UID FETCH 5 (UID)", BUSY)]);
        assert_eq!(told, Err(ErrorKind::Unavailable));
    }
}
