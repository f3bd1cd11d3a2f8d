use connector_sdk::__private::{ClientOptions, HttpField, Opening};
use connector_sdk::prelude::*;

/// A demo.
#[connector(id = "demo", auth = bearer(token, renew = renewed))]
struct Demo {
    /// Token.
    #[secret]
    token: Option<Secret>,
    #[http(base = "https://api.example.com")]
    http: Client,
}

#[connector]
impl Demo {
    /// Ping.
    #[action(read)]
    async fn ping(&self) -> Result<()> {
        self.http.ping()
    }
}

/// Stands for `Http`: cases are compiled without it.
struct Client;

impl Client {
    fn ping(&self) -> Result<()> {
        Ok(())
    }
}

impl HttpField for Client {
    fn make(_: &Opening<'_>, _: &'static str, _: &ClientOptions) -> Result<Self> {
        Ok(Self)
    }
}

fn main() {}
