//! Mails as they come: what came since the cursor, then what the server tells in IDLE.

use std::time::Duration;

use connector_sdk::event::{Event, Events};
use connector_sdk::message::Message;
use connector_sdk::{Context, ErrorKind, Level, Result};

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

async fn fetch(session: &mut Session<'_>, uids: &[u32]) -> Result<Vec<(u32, Raw)>> {
    match session.fetch(uids, MOST_OF_A_MAIL).await {
        // The server may have trouble with one of them, which must not hold up the others.
        Err(error) if error.kind() == ErrorKind::Upstream => {}
        fetched => return Ok(fetched?.into_iter().collect()),
    }
    let mut mails = Vec::with_capacity(uids.len());
    for uid in uids {
        match session.fetch(&[*uid], MOST_OF_A_MAIL).await {
            Ok(fetched) => mails.extend(fetched),
            Err(error) if error.kind() == ErrorKind::Upstream => mails.push((*uid, Raw::default())),
            Err(error) => return Err(error),
        }
    }
    Ok(mails)
}
