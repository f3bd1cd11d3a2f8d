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
    #[http(base = "{url}/stock")]
    stock: Http,
}

#[connector]
impl Shop {
    /// Count what is in stock.
    #[action(read)]
    async fn count_stock(&self, context: &Context) -> Result<Value> {
        self.stock.get("/count").within(context).send().await?.json().await
    }

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
    // The clients of a connection keep to its rate together.
    for (action, input) in [("show_order", &br#"{"id":"9"}"#[..]), ("count_stock", b"{}")] {
        let context = Context::new().with_timeout(std::time::Duration::from_secs(5));
        let beyond = shop.call(action, input, &caller, context).await.expect_err("beyond the rate");
        traces::leave(format!("{beyond:?}"));
        assert_eq!(beyond.kind(), ErrorKind::RateLimited, "{action}");
    }
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

/// A depot of goods.
#[connector(id = "depot")]
struct Depot {
    /// Where its service is.
    url: String,
    #[http(base = "{url}", concurrency = 2, most_bytes = "1kB")]
    http: Http,
    #[http(base = "{url}", most_bytes = 2_000)]
    roomy: Http,
}

#[connector]
impl Depot {
    /// What becomes of a third request while two are under way.
    #[action(read)]
    async fn third(&self) -> Result<String> {
        let held = [self.http.get("/small").send().await?, self.http.get("/small").send().await?];
        let soon = Context::new().with_timeout(std::time::Duration::from_millis(50));
        let third = self.http.get("/small").within(&soon).send().await;
        drop(held);
        Ok(third.map_or_else(|error| error.message().to_owned(), |_| "it was sent".to_owned()))
    }

    /// How long an answer is.
    #[action(read)]
    async fn measure(
        &self,
        /// Of how many bytes.
        size: usize,
        /// By the client that takes more.
        #[arg(default = false)]
        roomy: bool,
    ) -> Result<usize> {
        let http = if roomy { &self.roomy } else { &self.http };
        Ok(http.get("/size/{size}").path("size", size.to_string()).send().await?.text().await?.len())
    }

    /// Ask whether goods are taken in.
    #[action(read)]
    #[http(GET, "/open", client = http)]
    async fn ask_whether_open(&self) -> Result<()>;

    #[health]
    async fn health(&self) -> Result<()> {
        self.ask_whether_open().await
    }
}

#[tokio::test]
async fn a_check_that_knows_no_context_is_over_soon() {
    let server = MockServer::start().await;
    let busy = |wait: &str| ResponseTemplate::new(503).insert_header("retry-after", wait);
    Mock::given(path("/open")).respond_with(busy("0")).up_to_n_times(4).mount(&server).await;
    Mock::given(path("/open")).respond_with(busy("6")).mount(&server).await;
    let settings = Settings::new().value("url", server.uri());
    let depot = Connection::open("default", &factory::<Depot>(), &settings).expect("a connection");
    let error = depot.health(Context::new()).await.expect_err("busy");
    assert_eq!((error.kind(), &error.details()["status"]), (ErrorKind::Unavailable, &json!(503)));
    assert_eq!(server.received_requests().await.expect("recorded").len(), 4, "four attempts");
    // A wait that the check's deadline cuts off is not begun, and what the service said is told.
    let soon = Context::new().with_timeout(std::time::Duration::from_secs(5));
    let error = depot.health(soon).await.expect_err("busy");
    assert_eq!((error.kind(), &error.details()["status"]), (ErrorKind::Unavailable, &json!(503)));
    assert_eq!(server.received_requests().await.expect("recorded").len(), 5);
    // Any other call is tried as often as ever.
    let caller = Caller::new("me", Mode::Readonly);
    server.reset().await;
    Mock::given(path("/open")).respond_with(busy("0")).mount(&server).await;
    depot.act("ask_whether_open", &json!({}), &caller).await.expect_err("busy");
    assert_eq!(server.received_requests().await.expect("recorded").len(), 6, "six attempts");
}

#[tokio::test]
async fn a_client_keeps_to_the_limits_of_its_field() {
    let server = MockServer::start().await;
    Mock::given(path("/small")).respond_with(ResponseTemplate::new(200)).mount(&server).await;
    for size in [1_000, 1_001, 2_000, 2_001] {
        Mock::given(path(format!("/size/{size}")))
            .respond_with(ResponseTemplate::new(200).set_body_string("x".repeat(size)))
            .mount(&server)
            .await;
    }
    let settings = Settings::new().value("url", server.uri());
    let depot = Connection::open("default", &factory::<Depot>(), &settings).expect("a connection");
    let caller = Caller::new("me", Mode::Readonly);
    let third = depot.act("third", &json!({}), &caller).await.expect("a text");
    let third = String::from_utf8_lossy(third.as_bytes()).into_owned();
    assert!(third.contains("while other requests of the client were under way"), "{third}");
    assert_eq!(server.received_requests().await.expect("recorded").len(), 2, "the third was not sent");
    for (size, roomy, fits) in
        [(1_000, false, true), (1_001, false, false), (2_000, true, true), (2_001, true, false)]
    {
        let measured = depot.act("measure", &json!({ "size": size, "roomy": roomy }), &caller).await;
        match measured {
            Ok(length) => assert!(fits && length.as_bytes() == size.to_string().as_bytes(), "{size}"),
            Err(error) => {
                assert!(!fits && error.message().contains("bytes that are taken"), "{size}: {error}")
            }
        }
    }
}
