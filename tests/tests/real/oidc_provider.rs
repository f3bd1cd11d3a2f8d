//! OAuth 2.0 with an OpenID provider, whose pages a scripted browser fills in.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use connector_sdk::call::{Caller, Connection};
use connector_sdk::http::Http;
use connector_sdk::manifest::{Mode, OAuth2};
use connector_sdk::oauth::{Client, Tokens};
use connector_sdk::prelude::*;
use connector_sdk::{Factory as _, Keeper, Settings, factory};
use serde_json::{Value, json};

use crate::servers;
use crate::traces::leave;

const LIMIT: Duration = Duration::from_secs(60);

/// Documents behind an OpenID provider.
#[connector(
    id = "documents",
    auth = oauth2(
        authorize = "{server}/auth",
        device = "{server}/device/auth",
        token = "{server}/token",
        revoke = "{server}/token/revocation",
        scopes = ["openid", "offline_access"],
        client_id = client,
        client_secret = env("DOCUMENTS_SECRET"),
    ),
)]
struct Documents {
    /// Where the provider is.
    server: String,
    /// The client's id.
    client: String,
    #[http(base = "{server}")]
    http: Http,
}

#[connector]
impl Documents {
    /// Who agreed.
    #[action(read)]
    async fn who(&self) -> Result<Value> {
        self.http.get("/me").send().await?.json().await
    }
}

/// The same for a client that acts for itself.
#[connector(
    id = "service",
    auth = oauth2(
        token = "{server}/token",
        scopes = ["docs:read"],
        client_id = "service",
        client_secret = env("SERVICE_SECRET"),
        grant = client_credentials,
    ),
)]
struct Service {
    /// Where the provider is.
    server: String,
    #[http(base = "{server}")]
    http: Http,
}

#[connector]
impl Service {
    /// What the provider says to a token that is no user's.
    #[action(read)]
    async fn who(&self) -> Result<Value> {
        self.http.get("/me").send().await?.json().await
    }
}

/// Keeps in memory whatever is renewed.
#[derive(Default)]
struct Memory(Mutex<Vec<Secret>>);

impl Keeper for Memory {
    fn keep(&self, name: &str, secret: &Secret) -> Result<()> {
        assert_eq!(name, OAuth2::TOKENS);
        self.0.lock().expect("unpoisoned").push(secret.clone());
        Ok(())
    }

    fn kept(&self, _: &str) -> Result<Option<Secret>> {
        Ok(self.0.lock().expect("unpoisoned").last().cloned())
    }
}

impl Memory {
    fn times(&self) -> usize {
        self.0.lock().expect("unpoisoned").len()
    }
}

/// A browser: follows redirects, keeps cookies, and fills in every form that it meets.
struct Browser {
    client: reqwest::Client,
    cookies: BTreeMap<String, String>,
    server: String,
    code: String,
}

impl Browser {
    fn of(server: &str) -> Self {
        // Whoever makes an `Http` gives rustls what it needs.
        Http::builder(server).build().expect("a client");
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build();
        let client = client.expect("a browser");
        Self { client, cookies: BTreeMap::new(), server: server.to_owned(), code: String::new() }
    }

    /// Goes on until there is nothing left to fill in, or the way leads off the provider; says where that was and
    /// what stood there.
    async fn browse(&mut self, url: &str) -> (String, String) {
        let mut url = reqwest::Url::parse(url).expect("a URL");
        let mut form: Option<Vec<(String, String)>> = None;
        for _ in 0..40 {
            let cookies: Vec<String> =
                self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            let request = match form.take() {
                Some(fields) => {
                    let mut body = reqwest::Url::parse("form:").expect("a URL");
                    body.query_pairs_mut().extend_pairs(fields);
                    let request = self.client.post(url.clone());
                    let request = request.header("content-type", "application/x-www-form-urlencoded");
                    request.body(body.query().unwrap_or_default().to_owned())
                }
                None => self.client.get(url.clone()),
            };
            let at_home = url.as_str().starts_with(&self.server);
            let request = if at_home { request.header("cookie", cookies.join("; ")) } else { request };
            let answer = request.send().await.expect("an answer");
            for cookie in answer.headers().get_all("set-cookie") {
                let cookie = cookie.to_str().expect("text").split(';').next().unwrap_or_default().to_owned();
                let (name, value) = cookie.split_once('=').expect("a cookie");
                match value {
                    "" => drop(self.cookies.remove(name)),
                    value => drop(self.cookies.insert(name.to_owned(), value.to_owned())),
                }
            }
            if let Some(location) = answer.headers().get("location") {
                url = url.join(location.to_str().expect("text")).expect("a URL");
                continue;
            }
            let page = answer.text().await.expect("a page");
            let Some((action, fields)) = self.fill_in(&page).filter(|_| at_home) else {
                return (url.into(), page);
            };
            url = url.join(&action).expect("a URL");
            form = Some(fields);
        }
        panic!("the browser goes in circles at {url}");
    }

    /// The first form of a page, filled in.
    fn fill_in(&self, page: &str) -> Option<(String, Vec<(String, String)>)> {
        let form = page.split_once("<form")?.1.split_once("</form>")?.0;
        let attribute = |tag: &str, name: &str| {
            let value = tag.split_once(&format!("{name}=\""))?.1.split_once('"')?.0;
            Some(value.replace("&amp;", "&"))
        };
        let action = attribute(form.split_once('>')?.0, "action")?;
        let mut fields = Vec::new();
        for input in form.split("<input").skip(1) {
            let input = input.split_once('>').map_or(input, |(input, _)| input);
            let Some(name) = attribute(input, "name") else { continue };
            let value = match name.as_str() {
                "login" => "alice".to_owned(),
                "password" => "x".to_owned(),
                "user_code" => self.code.clone(),
                _ => attribute(input, "value").unwrap_or_default(),
            };
            fields.push((name, value));
        }
        Some((action, fields))
    }
}

fn settings(server: &str) -> Settings {
    Settings::new().value("server", server).value("client", "cli")
}

fn client(server: &str) -> Client {
    Client::new(factory::<Documents>().manifest(), &settings(server)).expect("a client")
}

/// Tokens that somebody agreed to in a browser.
async fn agreed(server: &str) -> Tokens {
    let agreeing = client(server).in_browser().await.expect("a port");
    let url = agreeing.url().to_owned();
    let finishing = tokio::spawn(agreeing.finish(LIMIT));
    let (_, page) = Browser::of(server).browse(&url).await;
    assert!(page.starts_with("Thank you."), "{page}");
    finishing.await.expect("no panic").expect("tokens")
}

fn connection(server: &str, tokens: &Tokens, keeper: &Arc<Memory>) -> Connection {
    let settings = settings(server).secret(OAuth2::TOKENS, tokens.to_secret()).kept_by(keeper.clone());
    Connection::open("default", &factory::<Documents>(), &settings).expect("a connection")
}

async fn who(connection: &Connection) -> Result<Value> {
    let caller = Caller::new("test", Mode::Readonly);
    let result = connection.act("who", &json!({}), &caller).await.and_then(|output| output.parse());
    leave(format!("{result:?}"));
    result
}

#[tokio::test]
#[ignore = "needs oidc-provider: tests/servers/install"]
async fn it_says_where_its_endpoints_are() {
    let server = servers::oidc_provider(5);
    let http = Http::builder(server.url()).build().expect("a client");
    let answer = http.get("/.well-known/openid-configuration").send().await.expect("an answer");
    let endpoints: Value = answer.json().await.expect("JSON");
    assert_eq!(endpoints["token_endpoint"], format!("{}/token", server.url()));
    assert_eq!(endpoints["device_authorization_endpoint"], format!("{}/device/auth", server.url()));
    assert_eq!(endpoints["revocation_endpoint"], format!("{}/token/revocation", server.url()));
}

#[tokio::test]
#[ignore = "needs oidc-provider: tests/servers/install"]
async fn somebody_agrees_in_a_browser() {
    let server = servers::oidc_provider(3600);
    let tokens = agreed(&server.url()).await;
    assert!(tokens.refresh.is_some() && tokens.expires_at.is_some());
    let granted = tokens.scopes.clone().unwrap_or_default();
    assert!(granted.contains(&"openid".to_owned()), "{granted:?}");
    let keeper = Arc::default();
    let connection = connection(&server.url(), &tokens, &keeper);
    assert_eq!(who(&connection).await.expect("somebody"), json!({ "sub": "alice" }));
    assert_eq!(keeper.times(), 0, "nothing was due");
}

#[tokio::test]
#[ignore = "needs oidc-provider: tests/servers/install"]
async fn a_wrong_verifier_is_refused() {
    let server = servers::oidc_provider(3600);
    // Two who are asked at once: the code of one is of no use to the other, who doesn't know its verifier.
    let (one, two) = (client(&server.url()), client(&server.url()));
    let (one, two) = (one.in_browser().await.expect("a port"), two.in_browser().await.expect("a port"));
    let pair = |url: &str, name: &str| {
        let url = reqwest::Url::parse(url).expect("a URL");
        url.query_pairs().find(|(known, _)| known == name).expect("it is there").1.into_owned()
    };
    let (state, back) = (pair(two.url(), "state"), pair(two.url(), "redirect_uri"));
    // The provider sends the first one's browser to the second one's port.
    let mut asked = reqwest::Url::parse(one.url()).expect("a URL");
    let pairs: Vec<(String, String)> = asked.query_pairs().into_owned().collect();
    asked.query_pairs_mut().clear().extend_pairs(pairs.into_iter().map(
        |(name, value)| match name.as_str() {
            "state" => (name, state.clone()),
            "redirect_uri" => (name, back.clone()),
            _ => (name, value),
        },
    ));
    let finishing = tokio::spawn(two.finish(LIMIT));
    Browser::of(&server.url()).browse(asked.as_str()).await;
    let error = finishing.await.expect("no panic").expect_err("the verifier is another's");
    assert_eq!(error.kind(), ErrorKind::Auth, "{error}");
    assert!(error.message().contains("invalid_grant"), "{error}");
    drop(one);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs oidc-provider: tests/servers/install"]
async fn fifty_calls_renew_once_and_the_old_refresh_token_is_dead() {
    let server = servers::oidc_provider(3600);
    let mut tokens = agreed(&server.url()).await;
    let first = tokens.clone();
    tokens.expires_at = Some(tokens.obtained_at);
    let keeper = Arc::new(Memory::default());
    let connection = Arc::new(connection(&server.url(), &tokens, &keeper));
    let calls: Vec<_> = (0..50)
        .map(|_| {
            let connection = connection.clone();
            tokio::spawn(async move { who(&connection).await })
        })
        .collect();
    for call in calls {
        assert_eq!(call.await.expect("no panic").expect("somebody")["sub"], "alice");
    }
    assert_eq!(keeper.times(), 1, "one refresh");
    let kept = Tokens::from_secret(&keeper.0.lock().expect("unpoisoned")[0]).expect("tokens");
    assert_ne!(
        kept.refresh.as_ref().map(Secret::expose),
        first.refresh.as_ref().map(Secret::expose),
        "it was rotated"
    );
    // Whoever uses the old one again may be a thief: the provider takes all of them back.
    let thief = self::connection(&server.url(), &tokens, &Arc::default());
    let error = who(&thief).await.expect_err("used twice");
    assert_eq!(error.kind(), ErrorKind::Auth, "{error}");
    assert!(error.message().contains("connect again"), "{error}");
    let error = who(&connection).await.expect_err("all were taken back");
    assert_eq!(error.kind(), ErrorKind::Auth, "{error}");
}

#[tokio::test]
#[ignore = "needs oidc-provider: tests/servers/install"]
async fn somebody_agrees_on_another_device() {
    let server = servers::oidc_provider(3600);
    let waiting = client(&server.url()).on_device().await.expect("a code");
    let (url, code) = (waiting.url().to_owned(), waiting.code().to_owned());
    let finishing = tokio::spawn(waiting.finish(LIMIT));
    let mut browser = Browser::of(&server.url());
    browser.code = code;
    let (at, page) = browser.browse(&url).await;
    let tokens = tokio::time::timeout(LIMIT, finishing).await;
    let tokens = tokens.unwrap_or_else(|_| panic!("nobody agreed at {at}: {page}"));
    let tokens = tokens.expect("no panic").expect("tokens");
    let connection = connection(&server.url(), &tokens, &Arc::default());
    assert_eq!(who(&connection).await.expect("somebody")["sub"], "alice");
}

#[tokio::test]
#[ignore = "needs oidc-provider: tests/servers/install"]
async fn a_client_acts_for_itself() {
    let server = servers::oidc_provider(3600);
    let open = |secret: &str| {
        let settings = Settings::new().value("server", server.url()).secret("client_secret", secret);
        Connection::open("default", &factory::<Service>(), &settings).expect("a connection")
    };
    // The token is good, and it is nobody's: the provider has nobody to tell of.
    let error = who(&open("service-s3cret")).await.expect_err("it is no user");
    assert!(matches!(error.kind(), ErrorKind::Auth), "{error}");
    assert!(error.message().contains("answered"), "the provider took the client: {error}");
    let error = who(&open("wrong-s3cret")).await.expect_err("the secret is wrong");
    assert_eq!(error.kind(), ErrorKind::Setup, "{error}");
    assert!(error.message().contains("invalid_client"), "{error}");
}

#[tokio::test]
#[ignore = "needs oidc-provider: tests/servers/install"]
async fn tokens_that_were_given_back_are_dead() {
    let server = servers::oidc_provider(3600);
    let tokens = agreed(&server.url()).await;
    let connection = connection(&server.url(), &tokens, &Arc::default());
    who(&connection).await.expect("somebody");
    assert!(client(&server.url()).revoke(&tokens).await.expect("given back"));
    let error = who(&connection).await.expect_err("given back");
    assert_eq!(error.kind(), ErrorKind::Auth, "{error}");
    assert!(error.message().contains("connect again"), "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs oidc-provider: tests/servers/install"]
async fn thirty_seconds_of_calls_outlive_tokens_of_five() {
    let server = servers::oidc_provider(5);
    let tokens = agreed(&server.url()).await;
    let keeper = Arc::new(Memory::default());
    let connection = Arc::new(connection(&server.url(), &tokens, &keeper));
    let end = Instant::now() + Duration::from_secs(30);
    let callers: Vec<_> = (0..4)
        .map(|_| {
            let connection = connection.clone();
            tokio::spawn(async move {
                let mut calls = 0;
                while Instant::now() < end {
                    who(&connection).await.expect("no call fails");
                    calls += 1;
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
                calls
            })
        })
        .collect();
    for caller in callers {
        assert!(caller.await.expect("no panic") > 10);
    }
    // A token lasts five seconds: six renewals, or one more or less.
    assert!((5..=8).contains(&keeper.times()), "{} renewals", keeper.times());
}
