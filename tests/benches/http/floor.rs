//! The floor of what sends requests: bare reqwest with the same options.

use std::future::Future;
use std::ops::Deref;
use std::time::Duration;

use futures_util::StreamExt as _;
use tokio::runtime::Runtime;

pub(crate) const TOKEN: &str = "tok_0123456789abcdef";

/// What a client of ours sets as well: no redirects of its own, times, compression by the same features.
pub(crate) fn client() -> reqwest::Client {
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(Duration::from_secs(10))
        .timeout(Duration::from_secs(30))
        .build()
        .expect("a client")
}

/// Fetches the item.
pub(crate) async fn fetch(client: &reqwest::Client, base: &str) -> impl Deref<Target = [u8]> + use<> {
    let request = client.get(format!("{base}/item")).bearer_auth(TOKEN).header("accept", "application/json");
    request.send().await.expect("an answer").bytes().await.expect("a body")
}

/// Sends that many requests, with some of them under way at once.
pub(crate) fn send<F: Future>(runtime: &Runtime, times: u32, together: usize, request: impl Fn() -> F) {
    runtime.block_on(async {
        let all = futures_util::stream::iter(0..times).map(|_| request());
        all.buffer_unordered(together).for_each(|_| async {}).await;
    });
}
