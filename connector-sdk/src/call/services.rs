//! What a connection does with clients that ask a service.

use serde_json::{Value, json};
use wiremock::matchers::{any, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::*;
use crate::http::Http;
use crate::manifest::Credential;
use crate::testing::Cassette;
use crate::traces::folder;
use crate::{BoxFuture, Run, Secret};

/// Opens connections to a service on loopback.
struct Phones {
    manifest: Manifest,
    url: String,
}

struct Phone {
    manifest: Manifest,
    http: Http,
}

impl Phones {
    fn new(url: &str) -> Self {
        let mut manifest = Manifest::new("phone", "Phone", "1.0.0");
        manifest.login = true;
        manifest.credentials = vec![Credential::new("session", "PHONE_SESSION")];
        Self { manifest, url: url.to_owned() }
    }
}

impl Factory for Phones {
    fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    fn open(&self, _: &Settings) -> Result<Box<dyn Connector>> {
        let http = Http::builder(&self.url).build()?;
        Ok(Box::new(Phone { manifest: self.manifest.clone(), http }))
    }
}

impl Connector for Phone {
    fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    fn prepare<'a>(&'a self, _: Call<'a>) -> Result<Run<'a>> {
        Err(Error::usage("it has no actions"))
    }

    fn health<'a>(&'a self, context: &'a Context) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move { self.http.get("/health").within(context).send().await.map(drop) })
    }

    fn login<'a>(&'a self, _: &'a dyn Ask, _: &'a Context) -> BoxFuture<'a, Result<Obtained>> {
        Box::pin(async move {
            let answer: Value = self.http.post("/login").send().await?.json().await?;
            let session = answer["data"]["session"].as_str().unwrap_or_default();
            let token = answer["data"]["tokens"][0]["access_token"].as_str().unwrap_or_default();
            self.http.get("/welcome").query("s", session).query("t", token).send().await?;
            Ok(Obtained::new().secret("session", session))
        })
    }
}

/// Nobody.
struct Nobody;

impl Ask for Nobody {
    fn text<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<String>> {
        Box::pin(async { Err(Error::setup("nobody is there")) })
    }

    fn hidden<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<Secret>> {
        Box::pin(async { Err(Error::setup("nobody is there")) })
    }

    fn choose<'a>(&'a self, _: &'a str, _: &'a [Choice]) -> BoxFuture<'a, Result<String>> {
        Box::pin(async { Err(Error::setup("nobody is there")) })
    }

    fn show(&self, _: &str) -> Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_check_that_fails_is_tried_four_times() {
    let server = MockServer::start().await;
    let busy = ResponseTemplate::new(503).insert_header("retry-after", "0");
    Mock::given(any()).respond_with(busy).mount(&server).await;
    let phone = Connection::open("test", &Phones::new(&server.uri()), &Settings::new()).expect("opened");
    phone.health(Context::new()).await.expect_err("busy");
    assert_eq!(server.received_requests().await.unwrap_or_default().len(), 4);
    // Work that nobody waits for is not so quick to give up.
    let http = Http::builder(server.uri()).build().expect("a client");
    http.get("/x").within(&Context::new()).send().await.expect_err("busy");
    assert_eq!(server.received_requests().await.unwrap_or_default().len(), 4 + 6);
}

#[tokio::test]
async fn what_a_login_obtains_is_not_recorded() {
    let server = MockServer::start().await;
    let session =
        json!({ "data": { "session": "s3cret-session", "tokens": [{ "access_token": "s3cret-access" }] } });
    let login = ResponseTemplate::new(200).set_body_json(session);
    Mock::given(path("/login")).respond_with(login).mount(&server).await;
    Mock::given(any()).respond_with(ResponseTemplate::new(200)).mount(&server).await;
    let folder = folder();
    let file = folder.path().join("login.json");
    let log_in = async |cassette: Cassette| {
        let phone = cassette.open("test", &Phones::new(&server.uri()), &Settings::new()).expect("opened");
        let obtained = phone.login(&Nobody, Context::new()).await.expect("a session");
        assert!(obtained.secrets.contains_key("session"));
        cassette.finish().expect("all of it was used");
    };
    log_in(Cassette::record(&file)).await;
    let text = std::fs::read_to_string(&file).expect("a file");
    assert!(text.contains("/welcome") && !text.contains("s3cret"), "{text}");
    log_in(Cassette::replay(&file).expect("a cassette")).await;
}
