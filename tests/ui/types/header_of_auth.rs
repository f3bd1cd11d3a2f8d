use connector_sdk::__private::{ClientOptions, HttpField, Opening};
use connector_sdk::prelude::*;

struct Http;

impl HttpField for Http {
    fn make(_: &Opening<'_>, _: &'static str, _: &ClientOptions) -> Result<Self> {
        Ok(Self)
    }
}

/// A demo.
#[connector(id = "demo", auth = any(bearer(token), api_key(key, header = "X-Api-Key")))]
struct Demo {
    /// The token.
    #[secret]
    token: Option<Secret>,
    /// A key.
    #[secret]
    key: Option<Secret>,
    #[http(base = "https://api.example.com")]
    http: Http,
}

#[connector]
impl Demo {
    /// Ping.
    #[action(read)]
    #[http(GET, "/items")]
    async fn ping(
        &self,
        /// A key.
        #[arg(header = "x-api-key")]
        key: String,
        /// Another.
        #[arg(header = "X-Other")]
        other: String,
    ) -> Result<()>;
}

fn main() {}
