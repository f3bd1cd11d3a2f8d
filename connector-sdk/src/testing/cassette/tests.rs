//! What is recorded from a server on loopback, and replayed when it is gone.

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use futures_util::TryStreamExt as _;
use serde_json::{Value, json};
use tempfile::TempDir;
use wiremock::matchers::{any, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::Cassette;
use crate::http::{Credentials, Http, Page, multipart};
use crate::testing::server;
use crate::traces::folder;
use crate::{ErrorKind, Result, Secret};

const TOKEN: &str = "s3cret/+token";

fn file() -> (TempDir, PathBuf) {
    let folder = folder();
    let path = folder.path().join("below/cassette.json");
    (folder, path)
}

fn client(url: &str, cassette: &Cassette) -> Http {
    let credentials = Credentials::Bearer(Secret::new(TOKEN));
    Http::builder(url).credentials(credentials).cassette(cassette).build().expect("a client")
}

/// A cassette's file as it was written by hand.
fn written(exchanges: &Value) -> (TempDir, PathBuf) {
    let (folder, path) = file();
    fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
    fs::write(&path, json!({ "version": 1, "exchanges": exchanges }).to_string()).expect("a file");
    (folder, path)
}

fn exchange(method: &str, url: &str, body: &Value, answer: &Value) -> Value {
    json!({
        "request": { "method": method, "url": url, "body": { "json": body } },
        "answer": { "status": 200, "body": { "json": answer } },
    })
}

async fn text(answer: Result<crate::http::Response>) -> Result<String> {
    answer?.text().await
}

#[tokio::test]
async fn what_was_recorded_is_replayed_without_the_service() {
    let server = MockServer::start().await;
    let url = server.uri();
    let png = ResponseTemplate::new(200).set_body_raw(b"\x89PNG\xff".to_vec(), "image/png");
    Mock::given(path("/image")).respond_with(png).mount(&server).await;
    let moved = ResponseTemplate::new(303).insert_header("location", "/image");
    Mock::given(path("/moved")).respond_with(moved).mount(&server).await;
    let form = ResponseTemplate::new(201).append_header("x-two", "a").append_header("x-two", "b");
    Mock::given(method("POST")).respond_with(form.set_body_string("made")).mount(&server).await;
    for (from, to) in [("/list", "<more>; rel=next"), ("/more", "<list>; rel=first")] {
        let page = ResponseTemplate::new(200).insert_header("link", to).set_body_json([from]);
        Mock::given(path(from)).respond_with(page).mount(&server).await;
    }
    let missing = ResponseTemplate::new(404).set_body_json(json!({ "message": "No such thing" }));
    Mock::given(path("/missing")).respond_with(missing).mount(&server).await;
    server::in_turn(&server, [1, 2].map(|n| ResponseTemplate::new(200).set_body_json(n))).await;

    let (_folder, path) = file();
    let conversation = async |cassette: &Cassette| {
        let http = client(&url, cassette);
        let image = http.get("/moved").send().await.expect("an answer");
        assert_eq!(image.header("content-type"), Some("image/png"));
        assert_eq!(&image.bytes().await.expect("bytes")[..], b"\x89PNG\xff");
        for n in ["1", "2", "2"] {
            assert_eq!(text(http.get("/n").query("q", "x & y").send().await).await.expect("a number"), n);
        }
        let made = http.post("/form").form([("a", "1 & 2")]).send().await.expect("made");
        assert_eq!(made.headers().get_all("x-two").iter().count(), 2);
        let part = multipart::Form::new().text("name", "a.md");
        assert_eq!(text(http.post("/file").multipart(part).send().await).await.expect("made"), "made");
        let pages: Vec<String> =
            http.get("/list").pages(Page::Link).items("").try_collect().await.expect("pages");
        assert_eq!(pages, ["/list", "/more"]);
        let error = http.get("/missing").send().await.expect_err("missing");
        assert_eq!(error.message(), "`127.0.0.1` answered 404 (Not Found): No such thing");
    };
    let recorder = Cassette::record(&path);
    conversation(&recorder).await;
    recorder.finish().expect("written");
    drop(server);
    let player = Cassette::replay(&path).expect("a cassette");
    conversation(&player).await;
    player.finish().expect("all of it was used");
}

#[tokio::test]
async fn the_same_request_is_answered_in_its_order_and_no_more_often() {
    let (one, two) = (json!({ "a": 1, "b": [2] }), json!({}));
    let url = "https://api.test/x?n=1";
    let (_folder, path) = written(&json!([
        exchange("POST", url, &one, &json!("first")),
        exchange("POST", url, &two, &json!("other")),
        exchange("POST", url, &one, &json!("second")),
    ]));
    let cassette = Cassette::replay(path).expect("a cassette");
    let http = client("https://api.test", &cassette);
    let ask = async |body: &str, n: u8| {
        text(http.post("/x").query("n", n).bytes("application/json", body.to_owned()).send().await).await
    };
    assert_eq!(ask("{}", 1).await.expect("an answer"), "\"other\"");
    assert_eq!(ask(r#"{"a":1,"b":[2]}"#, 1).await.expect("an answer"), "\"first\"");
    assert_eq!(ask(r#"{ "b": [2], "a": 1 }"#, 1).await.expect("an answer"), "\"second\"");
    for (body, n, says) in [
        ("{}", 1, "it was recorded 1 times, and is asked for once more"),
        ("[]", 1, "the nearest is `POST https://api.test/x?n=1`, which differs in its body"),
        ("{}", 2, "which differs in its query"),
    ] {
        let error = ask(body, n).await.expect_err("not recorded");
        assert_eq!(error.kind(), ErrorKind::Internal);
        assert!(error.message().contains(says), "{error}");
        assert!(
            error.message().contains(&format!("no answer to `POST https://api.test/x?n={n}`")),
            "{error}"
        );
    }
    let other = http.get("/y").send().await.expect_err("not recorded");
    assert!(other.message().contains("differs in its path"), "{other}");
}

#[tokio::test]
async fn what_was_not_asked_for_is_named_at_the_end() {
    let exchanges: Vec<Value> =
        (0..8).map(|n| exchange("GET", &format!("https://api.test/{n}"), &Value::Null, &json!(n))).collect();
    let (_folder, path) = written(&json!(exchanges));
    let error = Cassette::replay(path).expect("a cassette").finish().expect_err("unused");
    assert!(
        error.message().contains("8 exchanges, and 8 of them were not asked for: `GET https://api.test/0`")
    );
    assert!(error.message().contains("`GET https://api.test/4` and 3 more"), "{error}");
    let (_folder, path) = file();
    let error = Cassette::record(&path).finish().expect_err("nothing was sent");
    assert!(error.message().contains("nothing to record"), "{error}");
    assert!(!path.exists());
}

#[tokio::test]
async fn no_secret_is_written() {
    let server = MockServer::start().await;
    let base64 = BASE64_STANDARD.encode(format!("x{TOKEN}"));
    let echo = json!({
        "you": format!("Bearer {TOKEN}"), "b64": base64, TOKEN: 1,
        "access_token": "s3cret-access", "nested": [{ "password": "s3cret-pw" }], "code": "not_found",
    });
    let echo = ResponseTemplate::new(200).set_body_json(&echo);
    let echo = echo.insert_header("set-cookie", "sid=s3cret-cookie").insert_header("x-echo", TOKEN);
    Mock::given(path("/echo")).respond_with(echo).mount(&server).await;
    let raw = [b"\xff".as_slice(), TOKEN.as_bytes()].concat();
    Mock::given(path("/raw"))
        .respond_with(ResponseTemplate::new(200).set_body_bytes(raw))
        .mount(&server)
        .await;
    let url = server.uri();
    let agreed = server::redirect(&format!("{url}/agreed?code=s3cret-code&state=1"));
    Mock::given(wiremock::matchers::path("/agree")).respond_with(agreed).mount(&server).await;
    Mock::given(any()).respond_with(ResponseTemplate::new(200).set_body_string("ok")).mount(&server).await;
    let (_folder, path) = file();
    let conversation = async |cassette: &Cassette, token: &str| {
        cassette.hide("s3cret-extra");
        let credentials = Credentials::All(vec![
            Credentials::Bearer(Secret::new(token)),
            Credentials::Query { name: "key".to_owned(), value: Secret::new(token) },
        ]);
        let http = Http::builder(&url).credentials(credentials).cassette(cassette).build().expect("a client");
        http.get("/echo").header("Cookie", "sid=s3cret-cookie").send().await.expect("an answer");
        http.get("/raw").send().await.expect("an answer");
        let fields =
            [("code", "s3cret-code"), ("client_secret", "s3cret-cs"), ("t", token), ("scope", "all")];
        http.post("/form").form(fields).send().await.expect("an answer");
        http.post("/json").json(&json!({ "token": token, "x": "s3cret-extra" })).send().await.expect("sent");
        http.post("/text").bytes("text/plain", format!("in {token}")).send().await.expect("sent");
        http.get("/agree").send().await.expect("an answer");
        http.get("/after").query("access_token", "s3cret-access").send().await.expect("sent");
    };
    let recorder = Cassette::record(&path);
    conversation(&recorder, TOKEN).await;
    recorder.finish().expect("written");
    let text = fs::read_to_string(&path).expect("a file");
    for trace in ["s3cret", "czNjcmV0", "MzY3Jld", "zM2NyZX"] {
        assert!(!text.contains(trace), "{trace}: {text}");
    }
    for kept in [
        "\"scope\"",
        "not_found",
        "authorization: [redacted]",
        "x-echo: [redacted]",
        "set-cookie: [redacted]",
    ] {
        assert!(text.contains(kept), "{kept}: {text}");
    }
    // Whoever replays it has no credentials.
    let player = Cassette::replay(&path).expect("a cassette");
    conversation(&player, "replayed-TOKEN").await;
    player.finish().expect("all of it was used");
}

#[tokio::test]
async fn tokens_are_hidden_in_bodies_that_stay_as_they_are_written() {
    for (answer, kind) in [
        (r#"{"price":1.10,"access_token":"n3w-s3cret"}"#, "application/json"),
        (r#"{"refresh_token":"n3w-s3cret","n":1,"n":2,"refresh_token":"n3wer-s3cret"}"#, "application/json"),
        (r#"{"id":123456789012345678901234567890,"d":[{"id_token":"n3w\u002ds3cret"}]}"#, "text/plain"),
        ("access_token=n3w%2ds3cret&scope=a", "application/x-www-form-urlencoded"),
    ] {
        let server = MockServer::start().await;
        let given = ResponseTemplate::new(200).set_body_raw(answer, kind);
        Mock::given(any()).respond_with(given).mount(&server).await;
        let (_folder, path) = file();
        let cassette = Cassette::record(&path);
        let http = client(&server.uri(), &cassette);
        let asked = r#"{"n":3.60,"client_secret":"sent-s3cret","code_verifier":"sent-s3cr\u0065t"}"#;
        assert_eq!(
            text(http.post("/a").bytes("application/json", asked).send().await).await.expect("text"),
            answer
        );
        let form = "password=sent%2ds3cret&a=b c";
        http.post("/b").bytes("application/x-www-form-urlencoded", form).send().await.expect("an answer");
        http.get("/c").query("token", "n3w-s3cret").send().await.expect("an answer");
        cassette.finish().expect("written");
        let kept = fs::read_to_string(&path).expect("a file");
        assert!(!kept.contains("s3cr") && !kept.contains("002ds3"), "{kept}");
        assert!(kept.contains("3.60") && kept.contains("[redacted]"), "{kept}");
        // What is sent now is hidden as what was sent then, so it is found.
        let cassette = Cassette::replay(&path).expect("a cassette");
        let http = client(&server.uri(), &cassette);
        http.post("/a").bytes("application/json", asked).send().await.expect("an answer");
        http.post("/b").bytes("application/x-www-form-urlencoded", form).send().await.expect("an answer");
    }
}

#[tokio::test]
async fn a_file_is_the_same_every_time_and_easy_to_read() {
    let server = MockServer::start().await;
    let answer = ResponseTemplate::new(200).set_body_json(json!({ "login": "alice", "id": 1 }));
    Mock::given(any()).respond_with(answer).mount(&server).await;
    let (_folder, path) = file();
    let cassette = Cassette::record(&path);
    client(&server.uri(), &cassette).get("/user").query("a", "1").send().await.expect("an answer");
    cassette.finish().expect("written");
    let expected = format!(
        r#"{{
  "version": 1,
  "exchanges": [
    {{
      "request": {{
        "method": "GET",
        "url": "{}/user?a=1",
        "headers": [
          "accept: application/json",
          "authorization: [redacted]"
        ]
      }},
      "answer": {{
        "status": 200,
        "headers": [
          "content-type: application/json"
        ],
        "body": {{
          "json": {{
            "id": 1,
            "login": "alice"
          }}
        }}
      }}
    }}
  ]
}}
"#,
        server.uri()
    );
    assert_eq!(fs::read_to_string(&path).expect("a file"), expected);
}

#[test]
fn what_is_no_cassette_is_refused_and_says_why() {
    let (_folder, path) = written(&json!([]));
    for (text, says) in [
        (r#"{"version":2,"tapes":[]}"#, "has version 2 and this crate reads up to 1"),
        (r#"{"version":1,"exchanges":[{"request":{}}]}"#, "is broken: missing field"),
        (r#"{"version":1,"exchanges":[],"x":1}"#, "is broken: unknown field `x`"),
        ("{", "is broken"),
        ("\u{0}", "is broken"),
    ] {
        fs::write(&path, text).expect("a file");
        let error = Cassette::replay(&path).expect_err(says);
        assert_eq!(error.kind(), ErrorKind::Setup);
        assert!(error.message().contains(says), "{error}");
    }
    let error = Cassette::replay(path.with_extension("none")).expect_err("not there");
    assert!(error.message().contains("set CONNECTOR_RECORD=1"), "{error}");
}

#[tokio::test]
async fn nothing_is_waited_for_in_a_replay() {
    let refused = json!({
        "request": { "method": "GET", "url": "https://api.test/x" },
        "answer": { "status": 429, "headers": ["retry-after: 30"] },
    });
    let good = json!({
        "request": { "method": "GET", "url": "https://api.test/x" },
        "answer": { "status": 200, "body": { "json": 7 } },
    });
    let (_folder, path) = written(&json!([refused, good, good]));
    let cassette = Cassette::replay(path).expect("a cassette");
    let builder =
        Http::builder("https://api.test").cassette(&cassette).rate("1/min".parse().expect("a rate"));
    let http = builder.build().expect("a client");
    let began = Instant::now();
    for _ in 0..2 {
        assert_eq!(text(http.get("/x").send().await).await.expect("an answer"), "7");
    }
    assert!(began.elapsed() < Duration::from_secs(20), "it waited");
    cassette.finish().expect("all of it was used");
}

#[tokio::test]
async fn an_answer_that_is_too_large_is_no_recording() {
    let server = MockServer::start().await;
    server::in_turn(&server, [server::large(5 * 1024 * 1024)]).await;
    let (_folder, path) = file();
    let cassette = Cassette::record(&path);
    let error = client(&server.uri(), &cassette).get("/x").send().await.expect_err("too large");
    assert!(error.message().contains("more than the 4194304 bytes that a cassette takes"), "{error}");
}

#[tokio::test]
async fn many_ask_at_once() {
    let exchanges: Vec<Value> = (0..200)
        .map(|n| exchange("POST", &format!("https://api.test/{}", n % 2), &Value::Null, &json!(n)))
        .collect();
    let (_folder, path) = written(&json!(exchanges));
    let cassette = Cassette::replay(path).expect("a cassette");
    let http = client("https://api.test", &cassette);
    let asked = (0..200).map(|n| {
        let request = http.post("/{n}").path("n", n % 2).bytes("application/json", "null");
        tokio::spawn(async move { request.send().await?.json::<u32>().await })
    });
    let mut seen = Vec::new();
    for answer in asked.collect::<Vec<_>>() {
        seen.push(answer.await.expect("no panic").expect("an answer"));
    }
    seen.sort_unstable();
    assert_eq!(seen, (0..200).collect::<Vec<_>>());
    cassette.finish().expect("all of it was used");
}
