//! A client whose base is made of settings. It is a stand-in, so that no HTTP client is compiled for it.
#![deny(warnings)]

use connector_sdk::__private::{ClientOptions, HttpField, Opening};
use connector_sdk::prelude::*;
use connector_sdk::{Factory as _, Settings, factory};

/// Knows what it was made with.
struct Http(&'static str, Option<&'static str>);

impl HttpField for Http {
    fn make(_: &Opening<'_>, base: &'static str, options: &ClientOptions) -> Result<Self> {
        Ok(Self(base, options.rate))
    }
}

/// A shop.
#[connector(id = "shop", auth = bearer(token), rate = "30/min")]
pub struct Shop {
    /// Which one.
    #[config(default = "mine")]
    shop: String,
    /// The token.
    #[secret]
    token: Secret,
    #[http(base = "https://{shop}.example.com/v1")]
    http: Http,
    #[cfg(any())]
    #[http(base = "https://elsewhere.example.com")]
    elsewhere: Nowhere,
}

#[connector]
impl Shop {
    /// Where it asks.
    #[action(read)]
    async fn base(&self) -> Result<String> {
        Ok(format!("{} {:?}", self.http.0, self.http.1))
    }
}

fn main() {
    let settings = Settings::new().secret("token", "t");
    factory::<Shop>().open(&settings).map(drop).expect("it opens");
}

