//! What a search found.

use connector_sdk::Result;
use schemars::JsonSchema;
use serde::Serialize;

use crate::imap::{Session, quote};
use crate::mail::{Mail, Person};
use crate::message::Place;

/// As much as is read of a mail to list it, in bytes: the headers of most.
const MOST_OF_HEADERS: usize = 32 * 1024;

/// How many are read at once.
const TOGETHER: usize = 50;

/// A mail that a search found.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Found {
    /// Its number in the folder, to read it by.
    pub uid: u32,
    /// Who wrote it.
    pub from: Option<Person>,
    /// What it is about.
    pub subject: String,
    /// When it was written, RFC 3339 in UTC.
    pub date: Option<String>,
    /// How large it is, in bytes.
    pub size: u32,
}

/// The criteria of a search for a text anywhere in a mail.
pub(crate) fn text(query: &str) -> Result<String> {
    let charset = if query.is_ascii() { "" } else { "CHARSET UTF-8 " };
    Ok(format!("{charset}TEXT {}", quote(query)?))
}

/// The mails that a search finds, the latest first.
pub(crate) async fn find(
    session: &mut Session<'_>,
    place: &Place<'_>,
    criteria: &str,
    limit: usize,
) -> Result<Vec<Found>> {
    let state = session.examine(place.folder).await?;
    let mut uids = session.search(criteria).await?;
    uids.sort_unstable_by(|a, b| b.cmp(a));
    uids.dedup();
    uids.truncate(limit);
    let mut found = Vec::with_capacity(uids.len());
    for uids in uids.chunks(TOGETHER) {
        for (uid, raw) in session.fetch(uids, MOST_OF_HEADERS).await?.into_iter().rev() {
            let Mail { from, subject, date, size, .. } = Mail::read(place, state.validity, uid, &raw);
            found.push(Found { uid, from, subject, date, size });
        }
    }
    Ok(found)
}
