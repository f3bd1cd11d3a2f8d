//! A connector with OAuth 2.0 from the attribute to the stored connection, against a service on loopback that
//! rotates its tokens; and a connector with a login of its own.

#![expect(clippy::expect_used, clippy::panic, reason = "a test that can't go on says so by panicking")]

#[path = "../../connector-sdk/src/traces.rs"]
mod traces;

use std::io::{self, Read as _, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use connector_sdk::call::{Caller, Connection};
use connector_sdk::cli::{Process, Terminal, run};
use connector_sdk::credentials::{Address, FileStore, Store as _};
#[cfg(feature = "seed-agent")]
use connector_sdk::event::Events;
use connector_sdk::manifest::{ClientId, Grant, Mode, OAuth2};
#[cfg(feature = "seed-agent")]
use connector_sdk::message::{Message, OutgoingMessage, Receipt};
use connector_sdk::oauth::Client;
use connector_sdk::prelude::*;
use connector_sdk::{Factory, Settings, factory};
use serde_json::{Value, json};
use tempfile::TempDir;
use traces::{folder, leave};
use wiremock::matchers::path;
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate};

/// Files of somebody.
#[connector(
    id = "files",
    auth = any(
        bearer(token),
        oauth2(
            authorize = "{url}/authorize",
            device = "{url}/device",
            token = "{url}/token",
            revoke = "{url}/revoke",
            scopes = ["files"],
            client_id = env("FILES_CLIENT_ID"),
            client_secret = env("FILES_CLIENT_SECRET"),
        ),
    ),
)]
struct Files {
    /// Where its service is.
    url: String,
    /// A personal token.
    #[secret]
    token: Option<Secret>,
    #[http(base = "{url}")]
    http: Http,
}

#[connector]
impl Files {
    /// Who it is.
    #[action(read)]
    async fn me(&self) -> Result<Value> {
        self.http.get("/me").send().await?.json().await
    }

    /// What others say of them. It gives up before a slow service has answered.
    #[cfg(feature = "seed-agent")]
    #[events]
    async fn remarks(&self, since: Option<u64>, out: &mut Events<Message>) -> Result<()> {
        let _ = (since, out);
        let asked = tokio::time::timeout(Duration::from_millis(300), self.http.get("/me").send());
        asked.await.map_err(|_| Error::auth("it is given up"))?.map(drop)
    }

    /// Say something of them.
    #[cfg(feature = "seed-agent")]
    #[send]
    async fn remark(&self, message: &OutgoingMessage) -> Result<Receipt> {
        Ok(Receipt::new(message.id.clone()))
    }

    /// Empty the bin.
    #[action(read, scopes = ["bin"])]
    async fn empty_bin(&self) -> Result<()> {
        self.http.post("/bin").send().await?.json().await
    }

    #[health]
    async fn health(&self) -> Result<()> {
        self.http.get("/me").send().await.map(drop)
    }
}

/// Numbers of a machine.
#[connector(
    id = "numbers",
    auth = oauth2(token = "{url}/token", client_id = client, client_secret = env("NUMBERS_SECRET"), client_auth = body, grant = client_credentials),
)]
struct Numbers {
    /// Where its service is.
    url: String,
    /// The client's id.
    client: String,
    #[http(base = "{url}")]
    http: Http,
}

#[connector]
impl Numbers {
    /// Who it is.
    #[action(read)]
    async fn me(&self) -> Result<Value> {
        self.http.get("/me").send().await?.json().await
    }
}

/// Chats by telephone.
#[connector(id = "phone", auth = api_key(session, cookie = "sid"))]
struct Phone {
    /// Where its service is.
    url: String,
    /// What a login leads to.
    #[secret]
    session: Option<Secret>,
    #[http(base = "{url}")]
    http: Http,
}

#[connector]
impl Phone {
    /// Who it is.
    #[action(read)]
    async fn me(&self) -> Result<Value> {
        self.http.get("/phone").send().await?.json().await
    }

    #[health]
    async fn health(&self) -> Result<()> {
        self.me().await.map(drop)
    }

    #[login]
    async fn log_in(&self, ask: &dyn Ask) -> Result<Obtained> {
        let number = ask.text("Phone number").await?;
        let ways = [Choice::new("sms", "Text message"), Choice::new("call", "Call")];
        let way = ask.choose("How do you want to get a code?", &ways).await?;
        ask.show(&format!("A code was sent to {number} by {way}."))?;
        let code = ask.hidden("Code").await?;
        Ok(Obtained::new().secret("session", format!("session-s3cret-{}", code.expose())))
    }
}

/// Gives out `access-N` and `refresh-N`, and takes the latest only.
#[derive(Default)]
struct Service {
    given: AtomicUsize,
    /// How long an access token lasts, in seconds.
    life: AtomicUsize,
    gone: AtomicUsize,
    delay: AtomicUsize,
}

impl Service {
    fn is_latest(&self, text: &str, kind: &str) -> bool {
        text.ends_with(&format!("{kind}-{}-s3cret", self.given.load(Ordering::SeqCst)))
    }
}

struct Tokens(Arc<Service>);

impl Respond for Tokens {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let form = String::from_utf8_lossy(&request.body).into_owned();
        let is_refused = form.contains("grant_type=refresh_token")
            && (self.0.gone.load(Ordering::SeqCst) > 0
                || !form.split('&').any(|pair| self.0.is_latest(pair, "refresh_token=refresh")));
        if is_refused {
            return ResponseTemplate::new(400).set_body_json(json!({ "error": "invalid_grant" }));
        }
        let number = self.0.given.fetch_add(1, Ordering::SeqCst) + 1;
        let tokens = json!({
            "access_token": format!("access-{number}-s3cret"), "token_type": "Bearer", "scope": "files bin",
            "refresh_token": format!("refresh-{number}-s3cret"), "expires_in": self.0.life.load(Ordering::SeqCst),
        });
        let delay = Duration::from_millis(self.0.delay.load(Ordering::SeqCst) as u64);
        ResponseTemplate::new(200).set_body_json(tokens).set_delay(delay)
    }
}

struct Me(Arc<Service>);

impl Respond for Me {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let sent =
            request.headers.get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default();
        match self.0.is_latest(sent, "Bearer access") || sent == "Bearer personal-s3cret" {
            true => ResponseTemplate::new(200).set_body_json(json!({ "you": sent })),
            false => ResponseTemplate::new(401).set_body_json(json!({ "message": format!("no {sent}") })),
        }
    }
}

/// The service, and a user with a store of their own.
struct World {
    server: MockServer,
    service: Arc<Service>,
    home: TempDir,
}

impl World {
    async fn new() -> Self {
        let service = Arc::new(Service::default());
        service.life.store(3600, Ordering::SeqCst);
        let server = MockServer::start().await;
        Mock::given(path("/token")).respond_with(Tokens(service.clone())).mount(&server).await;
        Mock::given(path("/me")).respond_with(Me(service.clone())).mount(&server).await;
        Mock::given(path("/revoke")).respond_with(ResponseTemplate::new(200)).mount(&server).await;
        let code = json!({
            "device_code": "d", "user_code": "AB-CD", "interval": 1, "expires_in": 60,
            "verification_uri": format!("{}/enter", server.uri()),
        });
        let device = ResponseTemplate::new(200).set_body_json(code);
        Mock::given(path("/device")).respond_with(device).mount(&server).await;
        Self { server, service, home: folder() }
    }

    /// Runs a command line, with somebody at a terminal who types, if anything is typed.
    async fn run_as<C: Factory + 'static>(&self, connector: C, line: &str, typed: Option<&str>) -> Outcome {
        let (process, kept) = self.process(line, typed);
        let code = tokio::task::spawn_blocking(move || run(&connector, process)).await.expect("no panic");
        kept.outcome(code)
    }

    async fn run(&self, line: &str) -> Outcome {
        self.run_as(factory::<Files>(), line, None).await
    }

    fn process(&self, line: &str, typed: Option<&str>) -> (Process, Kept) {
        let kept = Kept::default();
        let (home, url) = (self.home.path().join("store"), self.server.uri());
        let environment = move |name: &str| match name {
            "CONNECTOR_HOME" => Some(home.clone().into_os_string()),
            "CONNECTOR_KEYRING" => Some("off".into()),
            "FILES_URL" | "NUMBERS_URL" | "PHONE_URL" => Some(url.clone().into()),
            "PUFFER_SKILL_STATE_DIR" => Some(home.with_file_name("state").into_os_string()),
            "FILES_CLIENT_ID" => Some("app".into()),
            // So that a browser is taken; none is opened by a command line that isn't the process.
            "DISPLAY" => Some(":0".into()),
            "FILES_CLIENT_SECRET" | "NUMBERS_SECRET" => Some("cl1ent-s3cret".into()),
            "FILES_TOKEN" if line_has_token(&home) => Some("personal-s3cret".into()),
            _ => None,
        };
        let mut process = Process::new("files", line.split_whitespace())
            .environment(environment)
            .stdout(kept.stdout.clone())
            .stderr(kept.stderr.clone());
        if let Some(typed) = typed {
            process = process.terminal(Terminal::all()).stdin(io::Cursor::new(typed.to_owned()));
        }
        (process, kept)
    }

    /// Connects, with somebody who agrees in a browser.
    async fn agree(&self, line: &str, typed: Option<&str>) -> Outcome {
        let (process, kept) = self.process(line, typed);
        let running = tokio::task::spawn_blocking(move || run(&factory::<Files>(), process));
        let url = kept.wait_for("/authorize?").await;
        let url = reqwest::Url::parse(&url).expect("a URL");
        let of = |name: &str| {
            url.query_pairs().find(|(known, _)| known == name).expect("it is there").1.into_owned()
        };
        assert_eq!((of("client_id"), of("scope")), ("app".to_owned(), "files bin".to_owned()));
        let back = of("redirect_uri");
        let host = back.trim_start_matches("http://").trim_end_matches("/callback");
        let mut stream = TcpStream::connect(host).expect("somebody listens");
        let request =
            format!("GET /callback?code=code-s3cret&state={} HTTP/1.1\r\nHost: {host}\r\n\r\n", of("state"));
        stream.write_all(request.as_bytes()).expect("sent");
        let mut page = String::new();
        stream.read_to_string(&mut page).expect("a page");
        leave(&page);
        assert!(page.starts_with("HTTP/1.1 200"), "{page}");
        kept.outcome(running.await.expect("no panic"))
    }

    async fn asked(&self, wanted: &str) -> Vec<String> {
        let requests = self.server.received_requests().await.unwrap_or_default();
        let wanted = requests.into_iter().filter(|request| request.url.path() == wanted);
        wanted.map(|request| String::from_utf8_lossy(&request.body).into_owned()).collect()
    }
}

/// Whether the user has a personal token.
fn line_has_token(home: &std::path::Path) -> bool {
    home.with_file_name("has-token").exists()
}

#[derive(Clone, Default)]
struct Sink(Arc<Mutex<Vec<u8>>>);

impl Sink {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().expect("unpoisoned").clone()).expect("UTF-8")
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("unpoisoned").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[derive(Default)]
struct Kept {
    stdout: Sink,
    stderr: Sink,
}

#[derive(Debug)]
struct Outcome {
    code: u8,
    stdout: String,
    stderr: String,
}

impl Kept {
    /// What was written, in which no token may stand.
    fn outcome(&self, code: u8) -> Outcome {
        leave(self.stdout.text() + &self.stderr.text());
        let outcome = Outcome { code, stdout: self.stdout.text(), stderr: self.stderr.text() };
        assert!(!format!("{outcome:?}").contains("s3cret"), "{outcome:?}");
        outcome
    }

    /// Waits for a line that holds a text, and takes its word.
    async fn wait_for(&self, text: &str) -> String {
        for _ in 0..600 {
            let shown = self.stderr.text();
            if let Some(line) = shown.lines().find(|line| line.contains(text)) {
                return line.trim().to_owned();
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("no {text:?} in {:?} {:?}", self.stderr.text(), self.stdout.text());
    }
}

impl Outcome {
    fn data(&self) -> Value {
        let envelope: Value = serde_json::from_str(&self.stdout).unwrap_or_else(|_| panic!("{self:?}"));
        assert_eq!(self.code, 0, "{self:?}");
        envelope["data"].clone()
    }
}

#[test]
fn what_the_attribute_says_is_in_the_manifest() {
    let files = factory::<Files>();
    let manifest = files.manifest();
    assert_eq!(manifest.auth.kind(), "any");
    let oauth2 = manifest.auth.oauth2().expect("OAuth");
    assert_eq!((oauth2.token.as_str(), oauth2.grant), ("{url}/token", Grant::User));
    assert_eq!(oauth2.client_id, ClientId::Setting("client_id".to_owned()));
    assert_eq!(manifest.scopes(), ["files", "bin"]);
    let client = manifest.setting("client_id").expect("declared");
    assert_eq!((client.env.as_str(), client.required, client.advanced), ("FILES_CLIENT_ID", false, true));
    assert!(!manifest.credential("client_secret").expect("declared").required);
    assert!(manifest.credential(OAuth2::TOKENS).is_none(), "nobody sets them");
    let numbers = factory::<Numbers>();
    let oauth2 = numbers.manifest().auth.oauth2().expect("OAuth");
    assert_eq!(oauth2.grant, Grant::ClientCredentials);
    assert_eq!(oauth2.client_id, ClientId::Setting("client".to_owned()));
    let settings = Settings::new().value("url", "http://127.0.0.1:1").value("client", "app");
    let error = Connection::open("default", &numbers, &settings).expect_err("no secret");
    assert_eq!(error.details()["missing_keys"], json!(["NUMBERS_SECRET"]));
    let json = serde_json::to_value(manifest).expect("JSON");
    assert_eq!(json["auth"]["of"][1]["kind"], "oauth2");
    let again: connector_sdk::manifest::Manifest = serde_json::from_value(json).expect("a manifest");
    assert_eq!(again.auth, manifest.auth);
    assert!(manifest.findings().is_empty(), "{:?}", manifest.findings());
}

#[tokio::test]
async fn somebody_agrees_in_a_browser_and_later_runs_renew() {
    let world = World::new().await;
    world.service.life.store(1, Ordering::SeqCst);
    let connected = world.agree("--json connect --browser --yes", Some("")).await;
    assert_eq!(connected.data()["state"], "added");
    // The token has run out, and the one that follows is what the next run needs.
    for _ in 0..3 {
        tokio::time::sleep(Duration::from_millis(1100)).await;
        let me = world.run("--json me").await;
        assert_eq!(me.data()["you"], "Bearer [redacted]");
    }
    let asked = world.asked("/token").await;
    assert!(asked.len() >= 4 && asked.len() <= 5, "{asked:?}");
    assert!(asked.last().expect("some").contains("refresh_token=refresh-"), "{asked:?}");
    let removed = world.run("--json --mode write disconnect").await.data();
    assert_eq!((&removed["state"], &removed["revoked"]), (&json!("removed"), &json!(true)));
    assert_eq!(world.asked("/revoke").await.len(), 2);
    let gone = world.run("--json me").await;
    assert!(gone.code != 0 && gone.stdout.contains("nobody has agreed"), "{gone:?}");
}

#[tokio::test]
async fn connecting_again_keeps_what_works_and_renews_what_ended() {
    let world = World::new().await;
    assert_eq!(world.agree("--json connect --yes", Some("")).await.data()["state"], "added");
    let again = world.run_as(factory::<Files>(), "--json connect --yes", Some("")).await;
    assert_eq!(again.data()["state"], "unchanged");
    assert_eq!(world.asked("/token").await.len(), 1);
    // Taken back by the service: somebody is asked again, if somebody is there.
    world.service.gone.store(1, Ordering::SeqCst);
    world.service.given.fetch_add(1, Ordering::SeqCst);
    let nobody = world.run("--json --mode write connect").await;
    assert!(nobody.code != 0 && nobody.stdout.contains("connect again"), "{nobody:?}");
    assert_eq!(world.agree("--json connect --yes", Some("")).await.data()["state"], "replaced");
    assert_eq!(world.run("--json me").await.data()["you"], "Bearer [redacted]");
}

#[tokio::test]
async fn what_was_taken_back_is_not_healthy() {
    let world = World::new().await;
    assert_eq!(world.agree("--json connect --yes", Some("")).await.data()["state"], "added");
    assert_eq!(world.run("--json health").await.data()["status"], "healthy");
    world.service.gone.store(1, Ordering::SeqCst);
    world.service.given.fetch_add(1, Ordering::SeqCst);
    let health = world.run("--json health").await;
    assert!(!health.stdout.contains(r#""status":"healthy""#), "{health:?}");
    assert!(health.stdout.contains("connect again"), "{health:?}");
}

#[tokio::test]
async fn without_a_terminal_somebody_agrees_only_where_that_is_said() {
    let world = World::new().await;
    let nobody = world.run("--json --mode write connect").await;
    assert!(nobody.code != 0 && nobody.stdout.contains("run `files connect` on a terminal"), "{nobody:?}");
    let both = world.run("--json --mode write connect --browser --device").await;
    assert_eq!(both.code, 2, "{both:?}");
    let device = world.run("--json --mode write connect --device").await;
    assert_eq!(device.data()["state"], "added");
    assert!(device.stderr.contains("AB-CD") && device.stderr.contains("/enter"), "{device:?}");
    let other = world.run_as(factory::<Phone>(), "--json --mode write connect --device", None).await;
    assert!(other.code == 2 && other.stdout.contains("leave it out"), "{other:?}");
}

#[tokio::test]
async fn two_programs_renew_once() {
    let world = World::new().await;
    world.service.life.store(2, Ordering::SeqCst);
    assert_eq!(world.agree("--json connect --yes", Some("")).await.data()["state"], "added");
    let before = world.asked("/token").await.len();
    world.service.delay.store(400, Ordering::SeqCst);
    world.service.life.store(3600, Ordering::SeqCst);
    tokio::time::sleep(Duration::from_millis(2100)).await;
    let (one, two, three) =
        tokio::join!(world.run("--json me"), world.run("--json me"), world.run("--json me"));
    for outcome in [one, two, three] {
        assert_eq!(outcome.data()["you"], "Bearer [redacted]");
    }
    assert_eq!(world.asked("/token").await.len() - before, 1);
}

#[tokio::test]
async fn a_command_that_is_over_first_keeps_what_it_renewed() {
    let world = World::new().await;
    world.service.life.store(1, Ordering::SeqCst);
    assert_eq!(world.agree("--json connect --yes", Some("")).await.data()["state"], "added");
    world.service.delay.store(1500, Ordering::SeqCst);
    world.service.life.store(3600, Ordering::SeqCst);
    tokio::time::sleep(Duration::from_millis(1100)).await;
    let before = world.asked("/token").await.len();
    let given_up = world.run("--json --timeout 300ms me").await;
    assert!(given_up.code != 0, "{given_up:?}");
    // With the token that follows, and without another renewal.
    assert_eq!(world.run("--json me").await.data()["you"], "Bearer [redacted]");
    assert_eq!(world.asked("/token").await.len() - before, 1);
}

/// A connection whose token has run out, at a service that takes its time from now on.
#[cfg(feature = "seed-agent")]
async fn about_to_renew() -> World {
    let world = World::new().await;
    world.service.life.store(1, Ordering::SeqCst);
    let connect = format!("--json connect --yes --set url={}", world.server.uri());
    assert_eq!(world.agree(&connect, Some("")).await.data()["state"], "added");
    world.service.delay.store(1500, Ordering::SeqCst);
    world.service.life.store(3600, Ordering::SeqCst);
    tokio::time::sleep(Duration::from_millis(1100)).await;
    world
}

#[cfg(all(feature = "puffer", feature = "seed-agent"))]
#[tokio::test]
async fn a_stream_that_is_closed_keeps_what_it_renewed() {
    for line in ["subscribe", "subscriber"] {
        let world = about_to_renew().await;
        let before = world.asked("/token").await.len();
        let (process, kept) = world.process(line, None);
        let (input, mut host) = io::pipe().expect("a pipe");
        host.write_all(b"{\"op\":\"subscribe\",\"connection\":\"default\"}\n").expect("written");
        let process = process.stdin(input);
        let running = tokio::task::spawn_blocking(move || run(&factory::<Files>(), process));
        while world.asked("/token").await.len() == before {
            assert!(!running.is_finished(), "{:?}", kept.stderr.text());
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        drop(host);
        kept.outcome(running.await.expect("no panic"));
        assert_eq!(world.run("--json me").await.data()["you"], "Bearer [redacted]", "{line}");
        assert_eq!(world.asked("/token").await.len() - before, 1);
    }
}

#[cfg(feature = "seed-agent")]
#[tokio::test]
async fn a_mailbox_that_ends_keeps_what_it_renewed() {
    let world = about_to_renew().await;
    let before = world.asked("/token").await.len();
    let agent = world.home.path().join("agent");
    std::fs::create_dir(&agent).expect("a folder");
    let ended = world.run(&format!("mailbox --home {} --name default", agent.display())).await;
    assert!(ended.code == 2 && ended.stderr.contains("it is given up"), "{ended:?}");
    assert_eq!(world.run("--json me").await.data()["you"], "Bearer [redacted]");
    assert_eq!(world.asked("/token").await.len() - before, 1);
}

#[tokio::test]
async fn connecting_again_takes_its_turn_with_those_that_renew() {
    let world = World::new().await;
    world.service.life.store(2, Ordering::SeqCst);
    assert_eq!(world.agree("--json connect --yes", Some("")).await.data()["state"], "added");
    let before = world.asked("/token").await.len();
    world.service.delay.store(400, Ordering::SeqCst);
    world.service.life.store(3600, Ordering::SeqCst);
    tokio::time::sleep(Duration::from_millis(2100)).await;
    let connect = "--json --mode write connect";
    let (one, two, three) = tokio::join!(world.run(connect), world.run("--json me"), world.run(connect));
    one.data();
    two.data();
    three.data();
    assert_eq!(world.asked("/token").await.len() - before, 1);
    // None of them put back what another one had replaced.
    assert_eq!(world.run("--json me").await.data()["you"], "Bearer [redacted]");
    assert_eq!(world.asked("/token").await.len() - before, 1);
}

/// Has another program renew what is stored of a connection: it takes its turn, and stores what it has got once
/// `command` has done what it does without waiting.
async fn while_others_renew(
    world: &Arc<World>,
    tokens: &connector_sdk::oauth::Tokens,
    command: impl Future<Output = Outcome> + Send + 'static,
) -> Outcome {
    let store = FileStore::at(world.home.path().join("store"));
    let files = Address::new("default", "files", "default").expect("an address");
    let turn = store.turn(&files).expect("nobody else renews");
    let command = tokio::spawn(command);
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert!(store.entrust(&files, OAuth2::TOKENS, &tokens.to_secret()).expect("stored"));
    drop(turn);
    command.await.expect("no panic")
}

#[tokio::test]
async fn what_was_agreed_to_anew_outlasts_a_renewal_that_was_under_way() {
    let world = Arc::new(World::new().await);
    assert_eq!(world.agree("--json connect --yes", Some("")).await.data()["state"], "added");
    let (other, old) = (Arc::clone(&world), connector_sdk::oauth::Tokens::new("access-0-s3cret"));
    let again = async move { other.agree("--json connect --browser --yes", Some("")).await };
    assert_eq!(while_others_renew(&world, &old, again).await.data()["state"], "replaced");
    assert_eq!(world.run("--json me").await.data()["you"], "Bearer [redacted]");
}

#[tokio::test]
async fn what_is_given_back_is_what_was_given_out_last() {
    let world = Arc::new(World::new().await);
    assert_eq!(world.agree("--json connect --yes", Some("")).await.data()["state"], "added");
    let (other, mut last) = (Arc::clone(&world), connector_sdk::oauth::Tokens::new("access-7-s3cret"));
    last.refresh = Some(Secret::new("refresh-7-s3cret"));
    let disconnect = async move { other.run("--json --mode write disconnect").await };
    let removed = while_others_renew(&world, &last, disconnect).await.data();
    assert_eq!((&removed["state"], &removed["revoked"]), (&json!("removed"), &json!(true)));
    let given_back = world.asked("/revoke").await;
    assert!(given_back[0].contains("token=refresh-7-s3cret"), "{given_back:?}");
}

#[tokio::test]
async fn what_fails_at_the_service_does_not_keep_a_connection() {
    let world = World::new().await;
    assert_eq!(world.agree("--json connect --yes", Some("")).await.data()["state"], "added");
    let broken = ResponseTemplate::new(503).set_body_string("down, access-1-s3cret");
    Mock::given(path("/revoke")).respond_with(broken).with_priority(1).mount(&world.server).await;
    let removed = world.run("--json --mode write disconnect").await;
    assert_eq!(removed.data()["revoked"], false);
    assert!(removed.stderr.contains("warning: the service was not told"), "{removed:?}");
    assert_eq!(world.run("--json connections").await.data()["connections"], json!([]));
}

#[tokio::test]
async fn a_personal_token_comes_first() {
    let world = World::new().await;
    std::fs::write(world.home.path().join("has-token"), "").expect("written");
    assert_eq!(world.run("--json --mode write connect").await.data()["state"], "added");
    assert_eq!(world.run("--json me").await.data()["you"], "Bearer [redacted]");
    assert!(world.asked("/token").await.is_empty());
}

#[tokio::test]
async fn what_was_not_granted_is_not_tried() {
    let world = World::new().await;
    let mut tokens = connector_sdk::oauth::Tokens::new("access-0-s3cret");
    tokens.scopes = Some(vec!["files".to_owned()]);
    let settings = Settings::new()
        .value("url", world.server.uri())
        .value("client_id", "app")
        .secret(OAuth2::TOKENS, tokens.to_secret());
    let files = Connection::open("default", &factory::<Files>(), &settings).expect("a connection");
    let caller = Caller::new("me", Mode::Admin).without_asking();
    let error = files.act("empty_bin", &json!({}), &caller).await.expect_err("not granted");
    assert_eq!((error.kind(), &error.details()["missing_scopes"]), (ErrorKind::Auth, &json!(["bin"])));
    assert!(error.message().contains("`bin`") && error.message().contains("connect again"), "{error}");
    assert!(world.asked("/bin").await.is_empty());
    assert_eq!(
        files.act("me", &json!({}), &caller).await.expect("allowed").as_bytes(),
        br#"{"you":"Bearer [redacted]"}"#
    );
}

#[tokio::test]
async fn a_client_acts_for_itself() {
    let world = World::new().await;
    let line = "--json --set client=app me";
    let me = world.run_as(factory::<Numbers>(), line, None).await;
    assert_eq!(me.data()["you"], "Bearer [redacted]");
    let asked = &world.asked("/token").await[0];
    assert!(asked.contains("grant_type=client_credentials") && asked.contains("client_secret="), "{asked}");
}

#[tokio::test]
async fn a_login_asks_and_is_stored() {
    let world = World::new().await;
    let good = wiremock::matchers::header("cookie", "sid=session-s3cret-1234");
    let ok = ResponseTemplate::new(200).set_body_json(json!({ "ok": true }));
    Mock::given(path("/phone")).and(good).respond_with(ok).mount(&world.server).await;
    Mock::given(path("/phone"))
        .respond_with(ResponseTemplate::new(401))
        .with_priority(9)
        .mount(&world.server)
        .await;
    let nobody = world.run_as(factory::<Phone>(), "--json --mode write connect", None).await;
    assert!(nobody.code != 0 && nobody.stdout.contains("nobody is there"), "{nobody:?}");
    let wrong = world.run_as(factory::<Phone>(), "--json connect", Some("555\n1\n9999\n")).await;
    assert_eq!(wrong.code, 4, "{wrong:?}");
    let typed = Some("555\nno such way\n2\n1234\n");
    let connected = world.run_as(factory::<Phone>(), "--json connect", typed).await;
    assert_eq!(connected.data()["state"], "added");
    assert_eq!(connected.data()["credentials"], json!([{ "name": "session", "source": "login" }]));
    assert!(
        connected.stderr.contains("2) Call") && connected.stderr.contains("sent to 555 by call"),
        "{connected:?}"
    );
    let me = world.run_as(factory::<Phone>(), "--json me", None).await;
    assert_eq!(me.data(), json!({ "ok": true }));
    let again = world.run_as(factory::<Phone>(), "--json connect", Some("")).await;
    assert_eq!(again.data()["state"], "unchanged");
}

#[tokio::test]
async fn stored_tokens_go_only_where_they_were_given_for() {
    let (world, other) = (World::new().await, World::new().await);
    let there = format!("--set url={}", other.server.uri());
    assert_eq!(world.agree("--json connect --yes", Some("")).await.data()["state"], "added");
    for line in [format!("--json me {there}"), format!("--json --mode write connect {there}")] {
        let refused = world.run(&line).await;
        assert_eq!(refused.code, 4, "{refused:?}");
        for part in [world.server.uri(), other.server.uri(), "`files`".to_owned()] {
            assert!(refused.stdout.contains(&part), "no {part} in {refused:?}");
        }
    }
    assert!(other.server.received_requests().await.expect("recorded").is_empty());
    assert_eq!(world.run("--json me").await.data()["you"], "Bearer [redacted]");
    // Whoever agrees again agrees to the other place.
    let again = world.agree(&format!("--json connect --yes {there}"), Some("")).await;
    assert_eq!(again.data()["state"], "replaced");
    assert_eq!(world.run(&format!("--json me {there}")).await.data()["you"], "Bearer [redacted]");
    let before = world.server.received_requests().await.expect("recorded").len();
    assert_eq!(world.run("--json me").await.code, 4, "the environment says the first place");
    assert_eq!(world.server.received_requests().await.expect("recorded").len(), before);
}

#[tokio::test]
async fn tokens_of_another_place_do_not_replace_those_that_are_stored() {
    let (world, other) = (World::new().await, World::new().await);
    assert_eq!(world.agree("--json connect --yes", Some("")).await.data()["state"], "added");
    // They run out at once, so that the check renews them before it fails.
    other.service.life.store(0, Ordering::SeqCst);
    Mock::given(path("/me"))
        .respond_with(ResponseTemplate::new(403))
        .with_priority(1)
        .mount(&other.server)
        .await;
    let there = format!("--json connect --yes --browser --set url={}", other.server.uri());
    let refused = world.agree(&there, Some("")).await;
    assert!(refused.code != 0 && refused.stdout.contains("nothing was stored"), "{refused:?}");
    assert_eq!(other.asked("/token").await.len(), 2, "agreed to and renewed");
    assert_eq!(world.run("--json me").await.data()["you"], "Bearer [redacted]");
}

#[tokio::test]
async fn a_stored_client_secret_goes_only_where_it_was_given_for() {
    let files = factory::<Files>();
    let settings = |url: &str| Settings::new().value("url", url).value("client_id", "app");
    let (home, other) = ("http://127.0.0.1:1", "http://127.0.0.1:2");
    let stored = settings(other).secret("client_secret", "cl1ent-s3cret").bound_to([home]);
    let error = Client::new(files.manifest(), &stored).expect_err("elsewhere");
    assert_eq!((error.kind(), &error.details()["sent_to"]), (ErrorKind::Setup, &json!(other)));
    // The token is for the service itself, which this isn't.
    let stored = settings(other).secret("token", "personal-s3cret").bound_to([home]);
    let client = Client::new(files.manifest(), &stored).expect("nothing of it is sent");
    assert_eq!(client.origins(), [other, other, other]);
    let error = Connection::open("default", &files, &stored).expect_err("elsewhere");
    assert_eq!(error.kind(), ErrorKind::Setup, "{error}");
    let anew = stored.secret("token", "personal-s3cret");
    assert_eq!(Connection::open("default", &files, &anew).expect("given anew").origins(), [other]);
}
