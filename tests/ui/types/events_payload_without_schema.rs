// Needs the feature `events`.
use connector_sdk::prelude::*;

/// A demo.
#[connector(id = "demo")]
struct Demo;

#[derive(serde::Serialize)]
struct News {
    text: String,
}

#[connector]
impl Demo {
    /// News.
    #[events]
    async fn news(&self, since: Option<u64>, out: &mut Events<News>) -> Result<()> {
        let next = since.unwrap_or(0) + 1;
        out.emit(Event { id: next.to_string(), cursor: next, payload: News { text: String::new() } }).await
    }
}

fn main() {}
