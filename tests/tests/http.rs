//! A connector with an HTTP client, against a server on loopback.
#![expect(clippy::expect_used, reason = "a test that can't go on says so by panicking")]

#[path = "../../connector-sdk/src/traces.rs"]
#[expect(dead_code, reason = "nothing here needs a folder")]
mod traces;

use connector_sdk::call::{Caller, Connection};
use connector_sdk::manifest::Mode;
use connector_sdk::prelude::*;
use connector_sdk::{Settings, factory};
use serde_json::{Value, json};
use wiremock::matchers::{header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

const TOKEN: &str = "shop_s3cret_token";

/// A shop.
#[connector(id = "shop", auth = bearer(token), rate = "3/h")]
struct Shop {
    /// Where its service is.
    url: String,
    /// The token.
    #[secret]
    token: Secret,
    #[http(base = "{url}")]
    http: Http,
}

#[connector]
impl Shop {
    /// Show an order.
    #[action(read, resource = "orders")]
    async fn show_order(
        &self,
        context: &Context,
        /// Which one.
        id: &str,
    ) -> Result<Value> {
        self.http.get("/orders/{id}").path("id", id).within(context).send().await?.json().await
    }
}

async fn shop(url: &str) -> Result<Connection> {
    let settings = Settings::new().value("url", url).secret("token", TOKEN);
    Connection::open("default", &factory::<Shop>(), &settings)
}

#[tokio::test]
async fn a_client_is_made_of_settings_and_credentials() {
    let server = MockServer::start().await;
    Mock::given(method("GET"))
        .and(path("/orders/a%2F7"))
        .and(header("authorization", format!("Bearer {TOKEN}")))
        .and(header("user-agent", concat!("shop/", env!("CARGO_PKG_VERSION"))))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({ "token": TOKEN })))
        .mount(&server)
        .await;
    let shop = shop(&server.uri()).await.expect("a connection");
    let caller = Caller::new("me", Mode::Readonly);
    let order = shop.act("orders.show", &json!({ "id": "a/7" }), &caller).await.expect("an order");
    traces::leave(order.as_bytes());
    assert_eq!(order.as_bytes(), br#"{"token":"[redacted]"}"#);
    let missing = shop.act("show_order", &json!({ "id": "8" }), &caller).await.expect_err("no such order");
    traces::leave(format!("{missing:?}"));
    assert_eq!((missing.kind(), missing.details()["status"].clone()), (ErrorKind::NotFound, json!(404)));
    shop.act("show_order", &json!({ "id": "9" }), &caller).await.expect_err("no such order");
    let context = Context::new().with_timeout(std::time::Duration::from_secs(5));
    let input = br#"{"id":"9"}"#;
    let beyond = shop.call("show_order", input, &caller, context).await.expect_err("beyond the rate");
    traces::leave(format!("{beyond:?}"));
    assert_eq!(beyond.kind(), ErrorKind::RateLimited);
    assert_eq!(server.received_requests().await.expect("recorded").len(), 3);
}

#[tokio::test]
async fn an_address_that_leads_elsewhere_opens_no_connection() {
    for url in [
        "http://shop.example.com",
        "https://me:pw_s3cret@shop.example.com",
        "https://10.0.0.1",
        "ftp://x",
        "x",
    ] {
        let error = shop(url).await.err().unwrap_or_else(|| panic!("{url} is taken"));
        assert_eq!(error.kind(), ErrorKind::Setup, "{url}");
        traces::leave(format!("{error:?}"));
        assert!(!error.to_string().contains("pw"), "{error}");
    }
}
