//! What an action of a YAML file costs beside bare reqwest with the same options, against a server on loopback
//! that answers 200 with 1 kB of JSON; and how long PocketPaw's own files take to load.
#![expect(clippy::expect_used, reason = "a benchmark that can't go on stops")]

#[path = "../http/floor.rs"]
mod floor;
#[path = "../measure/mod.rs"]
mod measure;
#[path = "../http/server.rs"]
mod server;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use connector_sdk::call::{Caller, Connection};
use connector_sdk::manifest::Mode;
use connector_sdk::platform::pocketpaw;
use connector_sdk::{Context, Settings};
use floor::TOKEN;
use measure::{Contender, compare};

fn main() {
    requests();
    match std::env::var_os("CONNECTOR_SHARED") {
        Some(shared) => loading(&PathBuf::from(shared).join("data/pocketpaw")),
        None => println!("CONNECTOR_SHARED is not set: the loading of PocketPaw's own files is not measured"),
    }
}

fn requests() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let base = server::start();
    let yaml = "
auth: { method: bearer, credentials: [{ name: BASE_URL, required: true }, { name: API_TOKEN, required: true }] }
actions: [{ name: item, description: An item, url: '{BASE_URL}/{id}', params: { id: { type: string, required: true } }, trust_level: auto }]
";
    let loaded = pocketpaw::parse(yaml, "bench").expect("a file");
    let settings = Settings::new().text("BASE_URL", &base).secret("API_TOKEN", TOKEN);
    let connection = Connection::open("bench", &*loaded.factory, &settings).expect("a connection");
    let caller = Caller::new("bench", Mode::Readonly);
    let bare = floor::client();

    let ours = || async {
        let output = connection.call("item", br#"{"id":"item"}"#, &caller, Context::new()).await;
        output.expect("an answer").into_bytes()
    };
    let theirs = || floor::fetch(&bare, &base);
    runtime.block_on(async { assert_eq!(*ours().await, *theirs().await) });

    for together in [1_usize, 64] {
        println!("{together} at once");
        let mut contenders = [
            Contender::new("floor: reqwest", |times| floor::send(&runtime, times, together, theirs)),
            Contender::new("an action of a YAML file", |times| floor::send(&runtime, times, together, ours)),
        ];
        compare(&mut contenders, Duration::from_millis(50), 40);
    }
}

/// The first time is what somebody waits for; the least tells what the work is.
fn loading(folder: &Path) {
    let files: Vec<PathBuf> =
        std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()).collect();
    let load = || {
        let start = Instant::now();
        for file in &files {
            pocketpaw::load(file).expect("a connector");
        }
        start.elapsed()
    };
    let first = load();
    let least = (0..50).map(|_| load()).min().unwrap_or_default();
    println!("loading {} files: {first:.2?} the first time, {least:.2?} at least", files.len());
}
