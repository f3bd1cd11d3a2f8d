//! A service that gives tokens, with the faults that such services have.

mod flows;
mod renewal;

use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use serde_json::{Value, json};
use wiremock::matchers::{header, method, path};
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

use super::{Client, Session, Tokens};
use crate::http::{Credentials, Http};
use crate::manifest::{ClientAuth, ClientId, Grant, Manifest, OAuth2};
use crate::{Error, ErrorKind, Keeper, Result, Secret, Settings};

/// A manifest whose tokens come from a server.
fn manifest(server: &MockServer) -> Manifest {
    let mut oauth2 = OAuth2::new(
        format!("{}/authorize", server.uri()),
        format!("{}/token", server.uri()),
        ClientId::Literal("app".to_owned()),
    );
    oauth2.device = Some(format!("{}/device", server.uri()));
    oauth2.revoke = Some(format!("{}/revoke", server.uri()));
    oauth2.scopes = vec!["repo".to_owned()];
    let mut manifest = Manifest::new("files", "Files", "1.0.0");
    manifest.auth = crate::manifest::Auth::OAuth2(oauth2);
    manifest
}

fn client(server: &MockServer) -> Client {
    Client::new(&manifest(server), &Settings::new()).expect("a client")
}

/// Tokens that have run out.
fn old() -> Tokens {
    let mut tokens = Tokens::new("access-0ld");
    tokens.refresh = Some(Secret::new("refresh-0ld"));
    tokens.obtained_at = SystemTime::now() - Duration::from_secs(3600);
    tokens.expires_at = Some(SystemTime::now() - Duration::from_secs(60));
    tokens
}

/// Tokens that don't say when they run out.
fn lasting() -> Tokens {
    Tokens { expires_at: None, obtained_at: SystemTime::now() - Duration::from_secs(60), ..old() }
}

fn session(server: &MockServer, tokens: &Tokens) -> Session {
    kept(server, tokens, Arc::default())
}

fn kept(server: &MockServer, tokens: &Tokens, keeper: Arc<Memory>) -> Session {
    let settings = Settings::new().secret(OAuth2::TOKENS, tokens.to_secret()).kept_by(keeper);
    Session::new(client(server), &settings).expect("a session")
}

fn http(server: &MockServer, session: Session) -> Http {
    Http::builder(server.uri()).credentials(Credentials::OAuth2(session)).build().expect("a client")
}

/// What the token endpoint answers when all is well.
fn fresh() -> Value {
    json!({
        "access_token": "access-n3w", "token_type": "Bearer", "expires_in": 3600,
        "refresh_token": "refresh-n3w", "scope": "repo user:email",
    })
}

async fn answering(answer: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(path("/token")).respond_with(answer).mount(&server).await;
    server
}

/// A service behind the tokens, which takes the new one only.
async fn add_service(server: &MockServer) {
    let good = header("authorization", "Bearer access-n3w");
    Mock::given(path("/api")).and(good).respond_with(ResponseTemplate::new(200)).mount(server).await;
    let refused = ResponseTemplate::new(401).set_body_json(json!({ "message": "bad access-0ld" }));
    Mock::given(path("/api")).respond_with(refused).with_priority(9).mount(server).await;
}

async fn asked(server: &MockServer, wanted: &str) -> Vec<Request> {
    let requests = server.received_requests().await.unwrap_or_default();
    requests.into_iter().filter(|request| request.url.path() == wanted).collect()
}

fn form(request: &Request) -> Vec<(String, String)> {
    let body = String::from_utf8_lossy(&request.body);
    let url = reqwest::Url::parse(&format!("form:?{body}")).expect("a form");
    url.query_pairs().into_owned().collect()
}

fn field(request: &Request, name: &str) -> Option<String> {
    form(request).into_iter().find(|(known, _)| known == name).map(|(_, value)| value)
}

/// Keeps in memory, and can be made to fail.
#[derive(Default)]
struct Memory {
    kept: Mutex<Option<Secret>>,
    fails: bool,
    /// Can't be read the first time.
    unreadable: std::sync::atomic::AtomicBool,
    slow: bool,
    /// Why there is no turn.
    no_turn: Option<ErrorKind>,
}

impl Keeper for Memory {
    fn keep(&self, name: &str, secret: &Secret) -> Result<()> {
        assert_eq!(name, OAuth2::TOKENS);
        if self.fails {
            return Err(Error::setup("the disk is full"));
        }
        if self.slow {
            std::thread::sleep(Duration::from_millis(100));
        }
        *self.kept.lock().expect("unpoisoned") = Some(secret.clone());
        Ok(())
    }

    fn kept(&self, _: &str) -> Result<Option<Secret>> {
        if self.unreadable.swap(false, std::sync::atomic::Ordering::Relaxed) {
            return Err(Error::unavailable("somebody else holds the lock"));
        }
        Ok(self.kept.lock().expect("unpoisoned").clone())
    }

    fn turn(&self) -> Result<Box<dyn Send>> {
        match self.no_turn {
            Some(kind) => Err(Error::new(kind, "there is no turn")),
            None => Ok(Box::new(())),
        }
    }
}

impl Memory {
    fn tokens(&self) -> Tokens {
        let kept = self.kept.lock().expect("unpoisoned").clone().expect("something was kept");
        Tokens::from_secret(&kept).expect("tokens")
    }
}

#[tokio::test]
async fn clients_are_made_of_settings() {
    let server = answering(ResponseTemplate::new(200).set_body_json(fresh())).await;
    let mut manifest = manifest(&server);
    let crate::manifest::Auth::OAuth2(oauth2) = &mut manifest.auth else { panic!("OAuth") };
    oauth2.client_id = ClientId::Setting("client_id".to_owned());
    oauth2.client_secret = Some("client_secret".to_owned());
    oauth2.grant = Grant::ClientCredentials;
    manifest.settings.push(crate::manifest::Setting::new("client_id", "FILES_CLIENT_ID"));
    manifest.credentials.push(crate::manifest::Credential::new("client_secret", "FILES_CLIENT_SECRET"));
    let error = Client::new(&manifest, &Settings::new()).expect_err("no id");
    assert!(error.message().contains("FILES_CLIENT_ID"), "{error}");

    let settings = Settings::new().value("client_id", "my app").secret("client_secret", "s3:cret");
    let session = Session::new(Client::new(&manifest, &settings).expect("a client"), &settings);
    let tokens = session.expect("a session").token().await.expect("a token");
    assert_eq!(tokens.access.expose(), "access-n3w");
    let request = &asked(&server, "/token").await[0];
    assert_eq!(field(request, "grant_type").as_deref(), Some("client_credentials"));
    assert_eq!(field(request, "scope").as_deref(), Some("repo"));
    // `my+app:s3%3Acret`, RFC 6749, section 2.3.1.
    assert_eq!(request.headers["authorization"], "Basic bXkrYXBwOnMzJTNBY3JldA==");
    assert_eq!(
        super::client::basic("my app", &Secret::new("s3:cret")).expect("sent"),
        "Basic bXkrYXBwOnMzJTNBY3JldA=="
    );

    let crate::manifest::Auth::OAuth2(oauth2) = &mut manifest.auth else { panic!("OAuth") };
    oauth2.client_auth = ClientAuth::Body;
    let session = Session::new(Client::new(&manifest, &settings).expect("a client"), &settings);
    session.expect("a session").token().await.expect("a token");
    let request = &asked(&server, "/token").await[1];
    assert!(!request.headers.contains_key("authorization"));
    assert_eq!(field(request, "client_id").as_deref(), Some("my app"));
    assert_eq!(field(request, "client_secret").as_deref(), Some("s3:cret"));
}

#[tokio::test]
async fn addresses_are_held_to_the_rules_of_the_client() {
    let server = MockServer::start().await;
    for (url, fault) in [
        ("http://tokens.test/token", "in the clear"),
        ("https://me:s3cret@tokens.test/token", "credentials in it"),
        ("ftp://tokens.test", "no host"),
        ("tokens", "no URL"),
    ] {
        let mut manifest = manifest(&server);
        let crate::manifest::Auth::OAuth2(oauth2) = &mut manifest.auth else { panic!("OAuth") };
        oauth2.token = url.to_owned();
        let client = Client::new(&manifest, &Settings::new());
        let error = match client {
            Ok(client) => client.renew(&Secret::new("r"), &old()).await.expect_err(url),
            Err(error) => error,
        };
        assert!(!error.to_string().contains("s3cret"), "{error}");
        assert!(error.message().contains(fault) || error.message().contains("scheme"), "{url}: {error}");
    }
}

#[tokio::test]
async fn tokens_are_given_back_both() {
    let server = MockServer::start().await;
    let give = Mock::given(method("POST")).and(path("/revoke"));
    give.respond_with(ResponseTemplate::new(200)).mount(&server).await;
    assert!(client(&server).revoke(&old()).await.expect("given back"));
    let requests = asked(&server, "/revoke").await;
    let given: Vec<_> = requests.iter().map(|request| field(request, "token").unwrap_or_default()).collect();
    assert_eq!(given, ["refresh-0ld", "access-0ld"]);
    assert_eq!(field(&requests[0], "token_type_hint").as_deref(), Some("refresh_token"));
    assert_eq!(field(&requests[0], "client_id").as_deref(), Some("app"));

    server.reset().await;
    let broken = Mock::given(path("/revoke")).respond_with(ResponseTemplate::new(503));
    broken.mount(&server).await;
    let error = client(&server).revoke(&old()).await.expect_err("it failed");
    assert_eq!(error.kind(), crate::ErrorKind::Unavailable);
    assert_eq!(asked(&server, "/revoke").await.len(), 2, "the second is tried all the same");
}
