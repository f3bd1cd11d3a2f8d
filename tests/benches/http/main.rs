//! What the HTTP client, and an action that is a request, cost beside bare reqwest with the same options, against
//! a server on loopback that answers 200 with 1 kB of JSON; and that 10,000 pages are followed in the memory of 1,000.
//! The action is called as hosts call it: its result is read into a type and written again.
#![expect(clippy::expect_used, reason = "a benchmark that can't go on stops")]

#[path = "../measure/mod.rs"]
mod measure;

mod floor;
mod server;

use std::time::Duration;

use connector_sdk::call::{Caller, Connection};
use connector_sdk::http::{Credentials, Page};
use connector_sdk::manifest::Mode;
use connector_sdk::prelude::*;
use connector_sdk::{Settings, factory};
use floor::TOKEN;
use futures_util::TryStreamExt as _;
use measure::{Contender, compare};
use serde_json::Value;

/// What the server has.
#[derive(serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
struct Item {
    /// A kilobyte of it.
    text: String,
}

/// A service of one item.
#[connector(id = "items", auth = bearer(token))]
struct Items {
    /// Where it is.
    url: String,
    /// The token.
    #[secret]
    token: Secret,
    #[http(base = "{url}")]
    http: Http,
}

#[connector]
impl Items {
    /// Show an item.
    #[action(read)]
    #[http(GET, "/{name}")]
    async fn show(
        &self,
        /// Which one.
        name: &str,
    ) -> Result<Item>;
}

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let base = server::start();
    let http =
        Http::builder(&base).credentials(Credentials::Bearer(Secret::new(TOKEN))).build().expect("a client");
    let bare = floor::client();

    let ours = || async { http.get("/item").send().await.expect("an answer").bytes().await.expect("a body") };
    let theirs = || floor::fetch(&bare, &base);
    let settings = Settings::new().value("url", base.as_str()).secret("token", TOKEN);
    let connection = Connection::open("bench", &factory::<Items>(), &settings).expect("a connection");
    let caller = Caller::new("bench", Mode::Readonly);
    let action = || async {
        let output = connection.call("show", br#"{"name":"item"}"#, &caller, Context::new()).await;
        output.expect("an item").into_bytes()
    };
    runtime.block_on(async {
        assert_eq!(*ours().await, *theirs().await);
        assert_eq!(*action().await, *theirs().await);
    });

    for together in [1_usize, 64] {
        println!("{together} at once");
        let mut contenders = [
            Contender::new("floor: reqwest", |times| floor::send(&runtime, times, together, theirs)),
            Contender::new("Http", |times| floor::send(&runtime, times, together, ours)),
            Contender::new("an action that is a request", |times| {
                floor::send(&runtime, times, together, action)
            }),
        ];
        compare(&mut contenders, Duration::from_millis(50), 40);
    }

    let resident = || {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or("0 kB");
        line.trim().trim_end_matches(" kB").parse::<u64>().unwrap_or_default()
    };
    // How many items came, and the most that was resident while they did: a page has two of them.
    let follow = |pages: u32| {
        let items = http.get("/pages").query("of", pages).pages(Page::Link).items::<Value>("");
        let counted = items.try_fold((0_u32, 0_u64), |(count, most), _| async move {
            let count = count + 1;
            Ok((count, if count % 2_000 == 0 { most.max(resident()) } else { most }))
        });
        runtime.block_on(counted).expect("pages")
    };
    let (_, before) = follow(1_000);
    let (items, most) = follow(10_000);
    println!(
        "10,000 pages: {items} items, at most {} kB more resident while they came than at the 1,000th",
        most.saturating_sub(before)
    );
}
