//! The client against real servers on loopback: wiremock, and a socket for what no proper server will do.

mod bodies;
mod log;
mod proxy;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use futures_util::{StreamExt as _, TryStreamExt as _};
use serde_json::{Value, json};
use wiremock::matchers::{any, body_json, body_string, header, header_exists, method, path, query_param};
use wiremock::{Mock, MockServer, Request as Received, ResponseTemplate};

use super::*;
use crate::testing::server::{self, Raw};
use crate::{Context, Error, ErrorKind, Secret};

const TOKEN: &str = "tok_s3cret";

/// Waits so short that a test doesn't notice.
fn quick(retry: Retry) -> Retry {
    retry.waits(Duration::from_millis(1), Duration::from_millis(2))
}

fn builder(base: &str) -> Builder {
    log::keep();
    Http::builder(base).credentials(Credentials::Bearer(Secret::new(TOKEN))).retry(quick(Retry::background()))
}

async fn server() -> (MockServer, Http) {
    let server = MockServer::start().await;
    let http = builder(&server.uri()).build().expect("a client");
    (server, http)
}

async fn received(server: &MockServer) -> Vec<Received> {
    server.received_requests().await.expect("recorded")
}

#[tokio::test]
async fn a_request_is_sent_as_it_was_put_together() {
    let (server, http) = server().await;
    Mock::given(method("POST"))
        .and(path("/repos/a%2Fb/issues"))
        .and(query_param("q", "x & y"))
        .and(header("authorization", format!("Bearer {TOKEN}")))
        .and(header("x-extra", "1"))
        .and(body_json(json!({"title": "T"})))
        .respond_with(ResponseTemplate::new(201).set_body_json(json!({"number": 7})))
        .expect(1)
        .mount(&server)
        .await;
    let request = http.post("/repos/{repo}/issues").path("repo", "a/b").query("q", "x & y");
    let answer =
        request.query_if("none", None::<u8>).header("X-Extra", 1).json(&json!({"title": "T"})).send().await;
    let answer: Value = answer.expect("an answer").json().await.expect("JSON");
    assert_eq!(answer["number"], 7);
}

#[tokio::test]
async fn forms_files_and_streams_are_sent() {
    let (server, http) = server().await;
    Mock::given(body_string("a=1+%26+2&b=%C3%A9"))
        .respond_with(ResponseTemplate::new(204))
        .mount(&server)
        .await;
    http.post("/form").form([("a", "1 & 2"), ("b", "é")]).send().await.expect("a form");
    Mock::given(body_string("onetwo")).respond_with(ResponseTemplate::new(204)).mount(&server).await;
    let chunks =
        futures_util::stream::iter(["one", "two"].map(|chunk| Ok::<_, std::io::Error>(chunk.into())));
    http.put("/stream").stream("text/plain", chunks).send().await.expect("a stream");
    Mock::given(path("/file")).respond_with(ResponseTemplate::new(204)).mount(&server).await;
    http.post("/file").multipart(multipart::Form::new().text("name", "a.md")).send().await.expect("a file");
    let file = received(&server).await.pop().expect("received");
    assert!(String::from_utf8_lossy(&file.body).contains("name=\"name\""), "{file:?}");
}

#[tokio::test]
async fn what_may_pass_is_tried_again_as_the_service_asks() {
    for (status, name, value) in
        [(429, "retry-after", "0"), (503, "x-none", ""), (403, "x-ratelimit-remaining", "0")]
    {
        let (server, http) = server().await;
        let failing = ResponseTemplate::new(status).insert_header(name, value);
        server::in_turn(&server, [failing.clone(), failing, ResponseTemplate::new(200)]).await;
        http.get("/x").send().await.unwrap_or_else(|error| panic!("{status}: {error}"));
        assert_eq!(received(&server).await.len(), 3, "{status}");
    }
}

#[tokio::test]
async fn what_changes_something_is_sent_once_unless_it_has_a_name() {
    let (server, http) = server().await;
    server::in_turn(&server, [server::unavailable()]).await;
    let error = http.post("/x").send().await.expect_err("refused");
    assert_eq!((error.kind(), error.details()["status"].clone()), (ErrorKind::Unavailable, json!(503)));
    assert_eq!(received(&server).await.len(), 1);
    let context = Context::new().with_idempotency_key("k-1");
    http.post("/x").within(&context).send().await.expect_err("refused");
    let all = received(&server).await;
    assert_eq!(all.len(), 1 + 6, "six attempts");
    assert!(all[1..].iter().all(|request| request.headers["idempotency-key"] == "k-1"));
    http.delete("/x").retry(quick(Retry::check())).send().await.expect_err("refused");
    assert_eq!(received(&server).await.len(), 7 + 4, "four attempts");
}

#[tokio::test]
async fn a_wait_beyond_the_deadline_is_not_begun() {
    let (server, http) = server().await;
    server::in_turn(&server, [server::too_many_requests(Duration::from_secs(60))]).await;
    let context = Context::new().with_timeout(Duration::from_secs(5));
    let began = Instant::now();
    let error = http.get("/x").within(&context).send().await.expect_err("refused");
    assert!(began.elapsed() < Duration::from_secs(5), "it waited");
    assert_eq!((error.kind(), error.retry_after()), (ErrorKind::RateLimited, Some(Duration::from_secs(60))));
}

#[tokio::test]
async fn errors_say_what_the_service_said_without_the_credentials() {
    let (server, http) = server().await;
    let refusal = json!({"message": format!("bad token {TOKEN}")});
    Mock::given(any()).respond_with(ResponseTemplate::new(401).set_body_json(refusal)).mount(&server).await;
    let error = http.get("/x").send().await.expect_err("refused");
    assert_eq!(error.kind(), ErrorKind::Auth);
    assert_eq!(error.message(), "`127.0.0.1` answered 401 (Unauthorized): bad token [redacted]");
    // What stands in a password's place is in many words.
    let key = Credentials::KeyAsUser { key: Secret::new(TOKEN), password: "o".to_owned() };
    let http = builder(&server.uri()).credentials(key).build().expect("a client");
    let error = http.get("/x").send().await.expect_err("refused");
    assert_eq!(error.message(), "`127.0.0.1` answered 401 (Unauthorized): bad token [redacted]");
}

#[tokio::test]
async fn credentials_stay_with_their_host() {
    let (other, _) = server().await;
    Mock::given(any()).respond_with(ResponseTemplate::new(200).set_body_string("there")).mount(&other).await;
    let (home, http) = server().await;
    let there = format!("{}/x", other.uri());
    for status in [301, 302, 307, 308] {
        let moved = ResponseTemplate::new(status).insert_header("location", there.as_str());
        Mock::given(path(format!("/{status}"))).respond_with(moved).mount(&home).await;
    }
    for path in ["/301", "/302", "/307", "/308"] {
        let answer = http.get(path).header("X-Other-Key", TOKEN).send().await.expect("followed");
        assert_eq!(answer.text().await.expect("text"), "there");
    }
    for request in received(&other).await {
        assert!(!format!("{:?} {}", request.headers, request.url).contains(TOKEN), "{request:?}");
    }
    assert!(received(&home).await.iter().all(|request| request.headers.contains_key("authorization")));
    let count = received(&other).await.len();
    let error = http.post("/307").json(&json!({"a": 1})).send().await.expect_err("not sent on");
    assert!(error.message().contains("not its own host"), "{error}");
    assert_eq!(received(&other).await.len(), count);
}

#[tokio::test]
async fn redirects_at_home_are_followed_with_credentials_and_end() {
    let (server, http) = server().await;
    Mock::given(path("/a"))
        .respond_with(ResponseTemplate::new(303).insert_header("location", "b"))
        .mount(&server)
        .await;
    Mock::given(path("/b"))
        .and(method("GET"))
        .and(header_exists("authorization"))
        .respond_with(ResponseTemplate::new(200))
        .mount(&server)
        .await;
    http.post("/a").json(&json!(1)).send().await.expect("followed");
    Mock::given(path("/c")).respond_with(server::redirect("/c")).mount(&server).await;
    let error = http.get("/c").send().await.expect_err("a circle");
    assert!(error.message().contains("circle"), "{error}");
}

#[tokio::test]
async fn a_service_that_leads_on_in_the_clear_is_at_fault() {
    let (server, http) = server().await;
    Mock::given(path("/moved")).respond_with(server::redirect("http://api.test/x")).mount(&server).await;
    let page =
        ResponseTemplate::new(200).set_body_json([1]).insert_header("link", "<http://api.test/2>; rel=next");
    Mock::given(path("/list")).respond_with(page).mount(&server).await;
    let moved = http.get("/moved").send().await.expect_err("in the clear");
    let pages = http.get("/list").pages(Page::Link).items::<u32>("").try_collect::<Vec<_>>().await;
    for error in [moved, pages.expect_err("in the clear")] {
        assert_eq!(error.kind(), ErrorKind::Upstream, "{error}");
        assert!(error.message().contains("leads on to `api.test` in the clear"), "{error}");
    }
}

#[tokio::test]
async fn what_is_sent_on_stays_what_it_is() {
    let (server, http) = server().await;
    for status in [301, 302, 308] {
        let moved = ResponseTemplate::new(status).insert_header("location", "/there");
        Mock::given(path(format!("/{status}"))).respond_with(moved).mount(&server).await;
    }
    Mock::given(path("/there")).respond_with(ResponseTemplate::new(200)).mount(&server).await;
    for (status, change) in [(301, Method::PUT), (302, Method::PATCH), (302, Method::DELETE)] {
        let request = http.request(change.clone(), format!("/{status}")).json(&json!({"a": 1}));
        request.send().await.expect("followed");
        let there = received(&server).await.pop().expect("received");
        assert_eq!((there.method, &*there.body), (change, &b"{\"a\":1}"[..]), "{status}");
    }
    http.post("/302").json(&json!(1)).send().await.expect("followed");
    let there = received(&server).await.pop().expect("received");
    assert_eq!((there.method, there.body.len()), (Method::GET, 0), "as browsers do");
    let once = http.post("/308").multipart(multipart::Form::new().text("a", "b")).send().await;
    assert!(once.expect_err("the body is gone").message().contains("sent once only"));
}

#[tokio::test]
async fn a_page_of_another_host_gets_nothing_of_the_request() {
    let (other, _) = server().await;
    Mock::given(any()).respond_with(ResponseTemplate::new(200).set_body_json([2])).mount(&other).await;
    let (home, http) = server().await;
    let link = format!("<{}/x>; rel=next", other.uri());
    let page = ResponseTemplate::new(200).set_body_json([1]).insert_header("link", link.as_str());
    Mock::given(any()).respond_with(page).mount(&home).await;
    let pages = http.get("/x").header("X-Other-Key", TOKEN).pages(Page::Link).items::<u32>("");
    assert_eq!(pages.try_collect::<Vec<_>>().await.expect("pages"), [1, 2]);
    let there = received(&other).await.pop().expect("received");
    assert!(!format!("{:?}", there.headers).contains(TOKEN), "{there:?}");
    let search = http.post("/x").json(&json!({"q": "private"})).pages(Page::Link).items::<u32>("");
    let error = search.try_collect::<Vec<_>>().await.expect_err("a body stays at home");
    assert!(error.message().contains("not its own host"), "{error}");
    assert_eq!(received(&other).await.len(), 1);
}

#[tokio::test]
async fn a_host_from_a_setting_has_to_be_public() {
    let error = Http::builder("https://169.254.169.254").public_only().build().expect_err("refused");
    assert_eq!(error.kind(), ErrorKind::Setup);
    assert!(Http::builder("http://api.test").build().is_err(), "in the clear");
}

#[tokio::test]
async fn a_name_from_a_setting_is_refused_where_it_leads_inside() {
    let Some(name) = name_that_leads_inside() else { return };
    let http = builder(&format!("https://{name}")).public_only().build().expect("a name tells nothing yet");
    let error = http.get("/x").retry(quick(Retry::check())).send().await.expect_err("refused");
    assert_eq!(error.kind(), ErrorKind::Setup, "{error}");
    assert!(error.message().contains("private network"), "{error}");
}

/// What a client that takes 1,000 bytes says to an answer.
async fn said_to(base: &str) -> Error {
    let http = builder(base).most_bytes(1000).retry(Retry::never()).build().expect("a client");
    match http.get("/x").timeout(Duration::from_secs(2)).send().await {
        Ok(response) => response.json::<Value>().await.expect_err("hostile"),
        Err(error) => error,
    }
}

#[tokio::test]
async fn whether_a_request_can_have_arrived_is_known() {
    let gone = std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address");
    let server = MockServer::start().await;
    let elsewhere = ResponseTemplate::new(303).insert_header("location", format!("http://{gone}/"));
    for (at, answer) in [
        ("/limited", ResponseTemplate::new(429)),
        ("/busy", ResponseTemplate::new(503)),
        ("/done", elsewhere),
    ] {
        Mock::given(path(at)).respond_with(answer).mount(&server).await;
    }
    let nowhere = builder(&format!("http://{gone}")).retry(Retry::never()).build().expect("a client");
    assert!(nowhere.post("/x").send().await.expect_err("nobody is there").is_unsent());
    let http = builder(&server.uri()).retry(Retry::never()).build().expect("a client");
    // What is answered by a look at something else was done.
    for (at, unsent) in [("/limited", true), ("/busy", false), ("/done", false)] {
        let error = http.post(at).send().await.expect_err(at);
        assert_eq!(error.is_unsent(), unsent, "{at}: {error:?}");
    }
}

#[tokio::test]
async fn hostile_answers_are_errors() {
    let nan = ResponseTemplate::new(200).set_body_raw("NaN", "application/json");
    let half = ResponseTemplate::new(200).set_body_raw("{\"a\":", "application/json");
    for (what, answer, says) in [
        ("not JSON", server::not_json(), "broken JSON"),
        ("wrong type", server::wrong_content_type(), "no JSON (`text/html`)"),
        ("NaN", nan, "broken JSON"),
        ("half JSON", half, "breaks off"),
        ("too large", server::large(1001), "more than the 1000 bytes"),
        ("not gzip", server::wrong_encoding(), "decoded"),
    ] {
        let server = server::start().await;
        server::in_turn(&server, [answer]).await;
        let error = said_to(&server.uri()).await;
        assert!(error.message().contains(says), "{what}: {error}");
        assert_eq!(error.kind(), ErrorKind::Upstream, "{what}: it would come again");
    }
    let promise = "HTTP/1.1 200 OK\r\ncontent-length: 99999999\r\n\r\n";
    let chunk = format!("258\r\n{}\r\n", " ".repeat(0x258));
    let chunks = format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{chunk}{chunk}0\r\n\r\n");
    for (what, server, says) in [
        ("cut", Raw::cut_body().await, "broke off"),
        ("slow", Raw::slow_body(Duration::from_millis(10)).await, "in time"),
        ("endless", Raw::endless_body().await, "more than the 1000 bytes"),
        ("promised", Raw::bytes(promise).await, "more than the 1000 bytes"),
        ("in chunks", Raw::bytes(chunks).await, "more than the 1000 bytes"),
    ] {
        let error = said_to(server.expect("a port").url()).await;
        assert!(error.message().contains(says), "{what}: {error}");
    }
}

#[tokio::test]
async fn a_large_answer_is_read_whole() {
    let (server, http) = server().await;
    server::in_turn(&server, [server::large(30_000_000)]).await;
    let text: String = http.get("/x").send().await.expect("a head").json().await.expect("a body");
    assert_eq!(text.len(), 29_999_998);
}

#[tokio::test]
async fn all_forms_of_a_wait_are_understood() {
    let (server, http) = server().await;
    let hour = Duration::from_secs(3600);
    server::in_turn(&server, [server::too_many_requests(hour), server::too_many_requests_by_date(hour)])
        .await;
    // And what GitHub says of a rate: when it begins anew, in seconds since 1970.
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970");
    let used_up = ResponseTemplate::new(403)
        .insert_header("x-ratelimit-remaining", "0")
        .insert_header("x-ratelimit-reset", (now + hour).as_secs().to_string());
    let (other, rated) = self::server().await;
    server::in_turn(&other, [used_up]).await;
    for http in [&http, &http, &rated] {
        let error = http.get("/x").retry(Retry::never()).send().await.expect_err("refused");
        assert_eq!(error.kind(), ErrorKind::RateLimited);
        let wait = error.retry_after().expect("a wait");
        assert!(wait <= hour && wait > hour - Duration::from_secs(120), "{wait:?}");
    }
}

#[tokio::test]
async fn a_connection_that_breaks_is_tried_again() {
    let server = Raw::bytes("").await.expect("a port");
    let http = builder(server.url()).build().expect("a client");
    let error = http.get("/x").retry(quick(Retry::check())).send().await.expect_err("closed");
    assert_eq!((error.kind(), server.connections()), (ErrorKind::Unavailable, 4));
    http.post("/x").retry(quick(Retry::check())).send().await.expect_err("closed");
    assert_eq!(server.connections(), 5, "what may have been done is not done again");
    let nobody = builder("http://127.0.0.1:1").build().expect("a client");
    let error = nobody.post("/x").retry(quick(Retry::check())).send().await.expect_err("nobody listens");
    assert!(error.message().starts_with("`127.0.0.1` can't be reached"), "{error}");
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_asked_for_again_where_it_is_read_whole() {
    let server = Raw::cut_body().await.expect("a port");
    let http = builder(server.url()).retry(quick(Retry::check())).build().expect("a client");
    let error = http.get("/x").whole().send().await.expect_err("half an answer");
    assert_eq!((error.kind(), server.connections()), (ErrorKind::Unavailable, 4), "{error}");
    let pages = http.get("/x").pages(Page::Link).items::<u32>("").try_collect::<Vec<_>>().await;
    assert_eq!((pages.expect_err("half a page").kind(), server.connections()), (ErrorKind::Unavailable, 8));
    http.post("/x").whole().send().await.expect_err("half an answer");
    assert_eq!(server.connections(), 9, "what was done is not done again");
    let (server, http) = self::server().await;
    Mock::given(any()).respond_with(ResponseTemplate::new(200).set_body_string("there")).mount(&server).await;
    let answer = http.get("/x").whole().send().await.expect("an answer");
    assert_eq!(answer.text().await.expect("text"), "there");
}

#[tokio::test]
async fn a_service_that_is_silent_is_given_up() {
    let (server, http) = server().await;
    Mock::given(any())
        .respond_with(ResponseTemplate::new(200).set_delay(Duration::from_secs(30)))
        .mount(&server)
        .await;
    let error = http.get("/x").timeout(Duration::from_millis(20)).retry(Retry::never()).send().await;
    assert!(error.expect_err("silent").message().contains("didn't answer in time"));
}

#[tokio::test]
async fn a_silent_service_has_no_longer_than_all_attempts_together() {
    let (server, http) = server().await;
    let late = ResponseTemplate::new(200).set_delay(Duration::from_secs(30));
    Mock::given(any()).respond_with(late).mount(&server).await;
    let request = http.get("/x").retry(quick(Retry::check()).within(Duration::from_millis(50))).send();
    let outcome = tokio::time::timeout(Duration::from_secs(20), request).await.expect("it goes on");
    let error = outcome.expect_err("silent");
    assert!(error.message().contains("didn't answer in time"), "{error}");
}

#[tokio::test]
async fn the_pages_of_a_check_have_its_time_together() {
    let (server, _) = server().await;
    Mock::given(any()).respond_with(ResponseTemplate::new(200)).mount(&server).await;
    let http = Http::builder(server.uri()).build().expect("a client");
    let mut first = check::during(None, async { http.get("/x") }).await;
    first.again().expect("a page").send().await.expect("in time");
    first.check = first.check.and_then(|began| began.checked_sub(Duration::from_secs(7)));
    let error = first.again().expect("a page").send().await.expect_err("its seven seconds are over");
    assert_eq!((error.kind(), error.is_unsent()), (ErrorKind::Cancelled, true), "{error}");
    assert_eq!(received(&server).await.len(), 1);
    first.retry(Retry::background()).send().await.expect("it says how it is retried");
}

#[tokio::test]
async fn only_so_many_are_under_way_at_once() {
    let server = MockServer::start().await;
    let http = builder(&server.uri()).concurrency(2).build().expect("a client");
    Mock::given(any())
        .respond_with(ResponseTemplate::new(200).set_delay(Duration::from_millis(30)))
        .mount(&server)
        .await;
    let first = http.get("/x").send().await.expect("an answer");
    let second = http.get("/x").send().await.expect("an answer");
    let third = tokio::spawn(http.get("/x").send());
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(received(&server).await.len(), 2, "until a body is read its request is under way");
    drop((first, second));
    third.await.expect("no panic").expect("its turn came");
}

#[tokio::test]
async fn who_waits_for_others_waits_no_longer_than_the_call_lasts() {
    let server = MockServer::start().await;
    let http = builder(&server.uri()).concurrency(1).build().expect("a client");
    Mock::given(any()).respond_with(ResponseTemplate::new(200)).mount(&server).await;
    let first = http.get("/x").send().await.expect("an answer");
    let context = Context::new().with_timeout(Duration::from_millis(20));
    let second = http.get("/x").within(&context).send();
    let second = tokio::time::timeout(Duration::from_secs(20), second).await.expect("it waits for ever");
    let error = second.expect_err("no slot was free");
    assert_eq!((error.kind(), error.is_unsent()), (ErrorKind::Cancelled, true), "{error}");
    drop(first);
    let over = Context::new().with_timeout(Duration::ZERO);
    let error = http.post("/x").within(&over).send().await.expect_err("no time is left");
    assert_eq!((error.kind(), error.is_unsent()), (ErrorKind::Cancelled, true), "{error}");
}

#[tokio::test]
async fn what_waits_to_be_sent_once_more_may_have_been_done() {
    let server = MockServer::start().await;
    let http = builder(&server.uri()).concurrency(1).build().expect("a client");
    Mock::given(path("/held")).respond_with(ResponseTemplate::new(200)).mount(&server).await;
    Mock::given(path("/x")).respond_with(server::unavailable()).mount(&server).await;
    let context = Context::new().with_timeout(Duration::from_secs(1));
    // The answer that is held came between two attempts, and keeps the only slot.
    let failing = http.post("/x").repeatable().within(&context).send();
    let (outcome, held) = tokio::join!(failing, http.get("/held").send());
    let error = outcome.expect_err("no slot was free");
    assert!(error.message().contains("while other requests") && !error.is_unsent(), "{error:?}");
    drop(held);
}

/// Looks every name up once more, and refuses it.
struct Refusing(Arc<AtomicUsize>);

impl reqwest::dns::Resolve for Refusing {
    fn resolve(&self, name: reqwest::dns::Name) -> reqwest::dns::Resolving {
        self.0.fetch_add(1, Ordering::Relaxed);
        Box::pin(async move { Err(guard::internal(name.as_str()).into()) })
    }
}

#[tokio::test]
async fn a_name_that_is_refused_is_looked_up_once() {
    let lookups = Arc::new(AtomicUsize::new(0));
    let mut http = builder("https://api.test").build().expect("a client");
    let client = reqwest::Client::builder().no_proxy().dns_resolver(Refusing(Arc::clone(&lookups)));
    Arc::get_mut(&mut http.inner).expect("one client").client = client.build().expect("a client");
    let error = http.get("/x").send().await.expect_err("refused");
    assert_eq!((error.kind(), lookups.load(Ordering::Relaxed)), (ErrorKind::Setup, 1), "{error}");
}

#[tokio::test]
async fn what_has_not_changed_is_not_sent_again() {
    let (server, http) = server().await;
    // Where the version is, is no place to go to.
    Mock::given(header("if-none-match", "\"v1\""))
        .respond_with(ResponseTemplate::new(304).insert_header("location", "/elsewhere"))
        .mount(&server)
        .await;
    let fresh = ResponseTemplate::new(200).insert_header("etag", "\"v1\"");
    Mock::given(any()).respond_with(fresh).mount(&server).await;
    let answer = http.get("/x").send().await.expect("an answer");
    let etag = answer.etag().expect("a tag").to_owned();
    assert!(!answer.not_modified());
    assert!(http.get("/x").unless(&etag).send().await.expect("an answer").not_modified());
    assert_eq!(received(&server).await.len(), 2);
}

#[tokio::test]
async fn pages_are_followed_to_the_end() {
    let (server, http) = server().await;
    let page = |items: &[u32]| ResponseTemplate::new(200).set_body_json(json!({"data": {"items": items}}));
    let next = format!("<{}/link?page=2>; rel=\"next\"", server.uri());
    Mock::given(path("/link")).and(query_param("page", "2")).respond_with(page(&[3])).mount(&server).await;
    Mock::given(path("/link"))
        .respond_with(page(&[1, 2]).insert_header("link", next.as_str()))
        .mount(&server)
        .await;
    for (at, numbers) in [("1", &[1_u32, 2][..]), ("2", &[3]), ("3", &[])] {
        Mock::given(path("/number"))
            .and(query_param("page", at))
            .respond_with(page(numbers))
            .mount(&server)
            .await;
    }
    for (at, numbers) in [("0", &[1_u32, 2][..]), ("2", &[3]), ("3", &[])] {
        Mock::given(path("/offset"))
            .and(query_param("skip", at))
            .respond_with(page(numbers))
            .mount(&server)
            .await;
    }
    let cursor = |items: &[u32], next: Option<&str>| {
        ResponseTemplate::new(200).set_body_json(json!({"data": {"items": items}, "next": next}))
    };
    Mock::given(path("/cursor"))
        .and(query_param("after", "c2"))
        .respond_with(cursor(&[3], None))
        .mount(&server)
        .await;
    Mock::given(path("/cursor")).respond_with(cursor(&[1, 2], Some("c2"))).mount(&server).await;
    for (path, kind) in [
        ("/link", Page::Link),
        ("/number", Page::Number { parameter: "page", first: 1 }),
        ("/offset", Page::Offset { parameter: "skip" }),
        ("/cursor", Page::Cursor { at: "next", parameter: "after" }),
    ] {
        let items: Vec<u32> =
            http.get(path).pages(kind).items::<u32>("data.items").try_collect().await.expect("pages");
        assert_eq!(items, [1, 2, 3], "{path}");
    }
}

#[tokio::test]
async fn pages_that_lead_to_themselves_end() {
    let (server, http) = server().await;
    let link = format!("<{}/x>; rel=next", server.uri());
    let page = ResponseTemplate::new(200).set_body_json(json!([1])).insert_header("link", link.as_str());
    Mock::given(any()).respond_with(page).mount(&server).await;
    let items: Result<Vec<u32>, Error> =
        http.get("/x").pages(Page::Link).items::<u32>("").try_collect().await;
    assert!(items.expect_err("a circle").message().contains("the page itself"));
    let items: Result<Vec<u32>, Error> =
        http.get("/x").pages(Page::Link).items::<u32>("data").try_collect().await;
    assert!(items.is_err());
}

#[tokio::test]
async fn a_key_names_the_first_page_only() {
    let (server, http) = server().await;
    let page = |next| ResponseTemplate::new(200).set_body_json(json!({"i": [1], "n": next}));
    server::in_turn(&server, [server::unavailable(), page(Some("b")), page(None)]).await;
    let context = Context::new().with_idempotency_key("k-1");
    let pages = http.post("/x").within(&context).pages(Page::Cursor { at: "n", parameter: "at" });
    pages.items::<u32>("i").try_collect::<Vec<_>>().await.expect("pages");
    let all = received(&server).await;
    let keys: Vec<_> = all.iter().map(|request| request.headers.contains_key("idempotency-key")).collect();
    assert_eq!(keys, [true, true, false]);
}

#[tokio::test]
async fn the_parameter_of_a_page_is_sent_once() {
    let (server, http) = server().await;
    let page = |items: &[u32], next| ResponseTemplate::new(200).set_body_json(json!({"i": items, "n": next}));
    server::in_turn(&server, [page(&[1], Some("b")), page(&[2], None), page(&[], None)]).await;
    let cursor = Page::Cursor { at: "n", parameter: "at" };
    for (kind, queries) in [
        (cursor, &["x=1&at=a", "x=1&at=b"][..]),
        (Page::Number { parameter: "at", first: 1 }, &["x=1&at=1"]),
        (Page::Offset { parameter: "at" }, &["x=1&at=0"]),
    ] {
        let before = received(&server).await.len();
        let pages = http.get("/x").query("x", 1).query("at", "a").pages(kind).items::<u32>("i");
        pages.try_collect::<Vec<_>>().await.expect("pages");
        let all = received(&server).await;
        let sent: Vec<_> = all[before..].iter().map(|request| request.url.query().unwrap_or("")).collect();
        assert_eq!(sent, queries, "{kind:?}");
    }
}

#[tokio::test]
async fn cursors_that_go_in_a_circle_or_nowhere_end() {
    let (server, http) = server().await;
    let answer = |next: &str| ResponseTemplate::new(200).set_body_json(json!({"i": [1], "n": next}));
    let cursor = Page::Cursor { at: "n", parameter: "at" };
    Mock::given(query_param("at", "a")).respond_with(answer("b")).mount(&server).await;
    Mock::given(path("/circle")).respond_with(answer("a")).mount(&server).await;
    let items = http.get("/circle").pages(cursor).items::<u32>("i").take(9);
    let error = items.try_collect::<Vec<_>>().await.expect_err("a circle");
    assert!(error.message().contains("named before"), "{error}");
    let count = AtomicUsize::new(0);
    let empty = move |_: &Received| {
        let next = count.fetch_add(1, Ordering::Relaxed).to_string();
        ResponseTemplate::new(200).set_body_json(json!({"i": [], "n": next}))
    };
    Mock::given(path("/empty")).respond_with(empty).mount(&server).await;
    let items = http.get("/empty").pages(cursor).items::<u32>("i").try_collect::<Vec<_>>();
    let items = tokio::time::timeout(Duration::from_secs(60), items).await.expect("it goes on for ever");
    let error = items.expect_err("nothing comes");
    assert!(error.message().contains("nothing on it"), "{error}");
}

#[tokio::test]
async fn a_mistake_in_a_request_is_said_when_it_is_sent() {
    let (server, http) = server().await;
    let newline = http.get("/x").header("X-Name", "a\r\nX-Evil: b").send().await.expect_err("refused");
    assert_eq!(newline.kind(), ErrorKind::Usage);
    assert!(http.get("/{id}").path("id", "..").send().await.is_err());
    assert!(http.get("/{id}").send().await.is_err());
    assert!(received(&server).await.is_empty(), "nothing was sent");
}
