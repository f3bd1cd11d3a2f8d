//! `/sync`: what is asked for, and what is read of the answer (client-server API, section "Syncing").

use std::collections::BTreeMap;
use std::time::{SystemTime, UNIX_EPOCH};

use connector_sdk::Error;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::event::{self, RoomEvents};

pub(crate) const SYNC: &str = "/_matrix/client/v3/sync";

/// How many events of a room come at once; more are a gap.
pub(crate) const TIMELINE: u32 = 50;

/// A batch of news.
#[derive(Deserialize)]
pub(crate) struct Batch {
    /// Where the next one begins.
    pub(crate) next_batch: String,
    #[serde(default)]
    pub(crate) rooms: Rooms,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Rooms {
    pub(crate) join: BTreeMap<String, Joined>,
    /// Of whom nothing is read but that there are some.
    pub(crate) invite: BTreeMap<String, serde::de::IgnoredAny>,
    /// What was said until the user left.
    pub(crate) leave: BTreeMap<String, Joined>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Joined {
    pub(crate) timeline: Timeline,
    pub(crate) state: State,
    pub(crate) summary: Summary,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Timeline {
    pub(crate) events: RoomEvents,
    /// There is a gap before these.
    pub(crate) limited: bool,
    /// Where it begins.
    pub(crate) prev_batch: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct State {
    pub(crate) events: RoomEvents,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Summary {
    #[serde(rename = "m.joined_member_count")]
    pub(crate) members: Option<u64>,
}

/// Why an answer is no batch, without showing it.
pub(crate) fn unreadable(error: serde_json::Error) -> Error {
    let (line, column) = (error.line(), error.column());
    Error::upstream(format!(
        "the homeserver answered `/sync` with what is no batch, at line {line}, column {column}"
    ))
    .with_source(error)
}

/// Which events of rooms are asked for: what others say.
pub(crate) fn said_by_others(me: &str) -> Value {
    json!({ "types": event::TYPES, "not_senders": [me] })
}

/// No typing, no receipts, no presence and no state: messages, so many of each room.
pub(crate) fn messages(me: &str, limit: u32) -> Value {
    let mut timeline = said_by_others(me);
    timeline["limit"] = limit.into();
    let mut filter = nothing();
    filter["room"]["timeline"] = timeline;
    filter
}

/// What rooms are called, and how many are in them.
pub(crate) fn names() -> Value {
    let mut filter = nothing();
    // Synapse answers the same question for two minutes as it did the first time, so each is another.
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    filter["room"]["not_rooms"] = json!([format!("!{}:none.invalid", now.as_nanos())]);
    filter["room"]["state"] =
        json!({ "types": ["m.room.name", "m.room.canonical_alias"], "lazy_load_members": true });
    filter
}

fn nothing() -> Value {
    let none = || json!({ "types": [] });
    json!({
        "presence": none(),
        "account_data": none(),
        "room": { "account_data": none(), "ephemeral": none(), "state": none(), "timeline": { "types": [], "limit": 1 } },
    })
}
