//! A loop that writes messages as files.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use connector_sdk::serde_json;

use crate::postman::message;

/// How long it takes to write that many messages straight to their names in a folder, each synced if `durable`.
pub(crate) fn write(folder: &Path, messages: u64, durable: bool) -> Duration {
    let began = Instant::now();
    for n in 1..=messages {
        let text = serde_json::to_string_pretty(&message(n)).expect("JSON");
        let mut file = File::create(folder.join(format!("work_{n:06}.json"))).expect("a file");
        file.write_all(text.as_bytes()).expect("written");
        if durable {
            file.sync_all().expect("synced");
        }
    }
    began.elapsed()
}
