//! Mails as they come: what came since the cursor, then what the server tells in IDLE.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use connector_sdk::event::{Event, Events};
use connector_sdk::message::Message;
use connector_sdk::{Context, Error, Level, Result};

use crate::cursor::{Seen, Start};
use crate::imap::{MOST_OF_A_MAIL, Raw, Session};
use crate::message::{Place, message};

/// IDLE is begun anew after that. A server may end it after 29 minutes (RFC 2177), and what stands between may
/// forget a silent connection long before without a word to either end.
const IDLE: Duration = Duration::from_secs(5 * 60);

/// How many mails are read at once, each of which may take a megabyte.
const TOGETHER: usize = 8;

/// How many runs of the method wait for mails that are refused where there is no other to compare them with: several
/// minutes by the waits of a subscription.
const RUNS: u32 = 20;

/// Mails that are refused while there is no other in the folder, for a run of the method after another.
#[derive(Default)]
pub(crate) struct Refused(Mutex<Option<(Seen, u32)>>);

impl Refused {
    /// How many runs met it, with this one.
    fn runs(&self, first: Seen) -> u32 {
        let mut met = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let runs = match *met {
            Some((same, runs)) if same == first => runs.saturating_add(1),
            _ => 1,
        };
        *met = Some((first, runs));
        runs
    }
}

/// Tells the mails after a cursor, and goes on.
pub(crate) async fn watch(
    session: &mut Session<'_>,
    place: &Place<'_>,
    since: Option<Seen>,
    refused: &Refused,
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
            for (uid, raw) in fetch(session, seen, uids, refused, ctx).await? {
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

/// Reads mails. The server may have trouble with some of them, which must not hold up the others; where it gives no
/// mail at all, the trouble is its own, and none is told without its text for that.
async fn fetch(
    session: &mut Session<'_>,
    seen: Seen,
    uids: &[u32],
    refused: &Refused,
    ctx: &Context,
) -> Result<Vec<(u32, Raw)>> {
    let error = match session.fetch(uids, MOST_OF_A_MAIL).await {
        Err(error) if session.has_refused() => error,
        fetched => return Ok(fetched?.into_iter().collect()),
    };
    let mut mails = Vec::with_capacity(uids.len());
    let (mut gives, mut first) = (false, None);
    for uid in uids {
        match session.fetch(&[*uid], MOST_OF_A_MAIL).await {
            // That one is gone says nothing of the others' texts.
            Ok(fetched) => {
                gives |= fetched.values().any(|raw| raw.bytes.is_some());
                mails.extend(fetched);
            }
            Err(_) if session.has_refused() => {
                first.get_or_insert(*uid);
                mails.push((*uid, Raw::default()));
            }
            Err(error) => return Err(error),
        }
    }
    let Some(first) = first.filter(|_| !gives) else { return Ok(mails) };
    match gives_another(session, seen.uid, uids).await? {
        Some(true) => {}
        None if refused.runs(Seen { uid: first, ..seen }) >= RUNS => ctx.log(
            Level::Warn,
            format_args!("the only mails of the folder are told without their text: {}", error.message()),
        ),
        _ => return Err(Error::unavailable(error.message().to_owned())),
    }
    Ok(mails)
}

/// Whether the server gives the text of a mail that isn't one of these. None where there is no other.
async fn gives_another(session: &mut Session<'_>, told: u32, uids: &[u32]) -> Result<Option<bool>> {
    let mut others = session.search("ALL").await?;
    others.retain(|uid| !uids.contains(uid));
    others.sort_unstable();
    // Broken mails lie together, so those far away are asked for as well.
    let before = others.iter().rfind(|uid| **uid <= told);
    let mut asked: Vec<u32> =
        [before, others.first(), others.last()].into_iter().flatten().copied().collect();
    asked.dedup();
    let mut gives = None;
    for uid in asked {
        match session.fetch(&[uid], 1).await {
            Ok(fetched) if fetched.values().any(|raw| raw.bytes.is_some()) => return Ok(Some(true)),
            // It is gone since.
            Ok(_) => {}
            Err(_) if session.has_refused() => gives = Some(false),
            Err(error) => return Err(error),
        }
    }
    Ok(gives)
}

#[cfg(test)]
mod tests {
    use connector_sdk::ErrorKind;

    use super::*;
    use crate::imap::tests::{IDLES, LOGIN, open, run};

    const BUSY: &str = "{} NO Server busy\r\n";
    const BUG: &str = "{} NO [SERVERBUG] Internal error occurred\r\n";
    const DONE: &str = "{} OK\r\n";
    const FIVE: (&str, &str) = ("UID FETCH 5 ", "* 1 FETCH (UID 5 BODY[]<0> {2}\r\nhi)\r\n{} OK\r\n");

    /// What becomes of these mails, of which mail 3 was told last, at a server that answers so: which there are, and
    /// whether each has a text.
    fn fetched(
        uids: &[u32],
        answers: &[(&'static str, &'static str)],
        refused: &Refused,
    ) -> Result<Vec<(u32, bool)>, ErrorKind> {
        run(async {
            let script: Vec<_> = [LOGIN, IDLES].into_iter().chain(answers.iter().copied()).collect();
            let mut session = open(script.leak()).await.expect("a session");
            let seen = Seen { validity: 7, uid: 3 };
            let mails = fetch(&mut session, seen, uids, refused, &Context::new()).await;
            let mails = mails.map_err(|error| error.kind())?;
            Ok(mails.into_iter().map(|(uid, raw)| (uid, raw.bytes.is_some())).collect())
        })
    }

    fn once(uids: &[u32], answers: &[(&'static str, &'static str)]) -> Result<Vec<(u32, bool)>, ErrorKind> {
        fetched(uids, answers, &Refused::default())
    }

    #[test]
    fn a_mail_that_is_refused_while_another_comes_is_told_without_its_text() {
        let six = ("UID FETCH 6", BUSY);
        assert_eq!(once(&[5, 6], &[("UID FETCH 5,6", BUSY), FIVE, six]), Ok(vec![(5, true), (6, false)]));
        assert_eq!(once(&[5], &[("UID FETCH 5", BUSY), FIVE]), Ok(vec![(5, true)]));
        let there = ("UID SEARCH ALL", "* SEARCH 9 1 2 3 5\r\n{} OK\r\n");
        let three = ("UID FETCH 3 ", "* 1 FETCH (UID 3 BODY[]<0> {1}\r\nh)\r\n{} OK\r\n");
        for no in [BUSY, BUG] {
            let told = once(&[5], &[("UID FETCH 5", no), ("UID FETCH 5", no), there, three]);
            assert_eq!(told, Ok(vec![(5, false)]), "{no}");
        }
        // Those before it are gone or broken as well.
        let nine = ("UID FETCH 9 ", "* 1 FETCH (UID 9 BODY[]<0> {1}\r\nh)\r\n{} OK\r\n");
        let far = [there, ("UID FETCH 3 ", DONE), ("UID FETCH 1 ", BUG), nine];
        let all = [("UID FETCH 5", BUG), ("UID FETCH 5", BUG)];
        assert_eq!(once(&[5], &[&all[..], &far[..]].concat()), Ok(vec![(5, false)]));
        let gone = [("UID FETCH 5,6", BUG), ("UID FETCH 5", DONE), ("UID FETCH 6", DONE)];
        assert_eq!(once(&[5, 6], &gone), Ok(vec![]));
    }

    #[test]
    fn a_server_that_gives_no_mail_is_asked_again_later() {
        let there = ("UID SEARCH ALL", "* SEARCH 3 5 6\r\n{} OK\r\n");
        let refused = Refused::default();
        for five in [BUG, DONE] {
            for _ in 0..=RUNS {
                let all = [("UID FETCH 5,6", BUG), ("UID FETCH 5 ", five), ("UID FETCH 6 ", BUG)];
                let told = fetched(&[5, 6], &[&all[..], &[there, ("UID FETCH 3", BUG)]].concat(), &refused);
                assert_eq!(told, Err(ErrorKind::Unavailable), "that one is gone is no answer");
            }
        }
        let later = ("UID FETCH 5", "{} NO [UNAVAILABLE] later\r\n");
        assert_eq!(once(&[5], &[later]), Err(ErrorKind::Unavailable), "it says so itself");
        let lost = [("UID FETCH 5", BUG), ("UID FETCH 5", "* BYE\r\n")];
        assert_eq!(once(&[5], &lost), Err(ErrorKind::Unavailable));
    }

    #[test]
    fn a_mail_that_nothing_can_be_compared_with_is_not_waited_for_without_end() {
        let alone = ("UID SEARCH ALL", "* SEARCH 5\r\n{} OK\r\n");
        let all = [("UID FETCH 5", BUG), ("UID FETCH 5", BUG), alone];
        let refused = Refused::default();
        // Another one before it counts for itself.
        assert_eq!(refused.runs(Seen { validity: 7, uid: 4 }), 1);
        for _ in 1..RUNS {
            assert_eq!(fetched(&[5], &all, &refused), Err(ErrorKind::Unavailable));
        }
        assert_eq!(fetched(&[5], &all, &refused), Ok(vec![(5, false)]));
        assert_eq!(fetched(&[5], &all, &refused), Ok(vec![(5, false)]), "also where the host didn't get it");
    }
}
