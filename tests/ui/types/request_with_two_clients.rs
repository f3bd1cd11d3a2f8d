use connector_sdk::__private::{ClientOptions, HttpField, Opening};
use connector_sdk::prelude::*;

struct Http;

impl HttpField for Http {
    fn make(_: &Opening<'_>, _: &'static str, _: &ClientOptions) -> Result<Self> {
        Ok(Self)
    }
}

/// A demo.
#[connector(id = "demo")]
struct Demo {
    #[http(base = "https://api.example.com")]
    http: Http,
    #[http(base = "https://api.example.com")]
    other: Http,
}

#[connector]
impl Demo {
    /// Ping.
    #[action(read)]
    #[http(GET, "/items")]
    async fn ping(&self) -> Result<()>;
}

fn main() {}
