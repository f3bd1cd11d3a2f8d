//! Agreeing, in a browser and on another device.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::*;
use crate::ErrorKind;
use crate::oauth::{InBrowser, OnDevice};

const SOON: Duration = Duration::from_secs(20);

fn query(url: &str, name: &str) -> String {
    let url = reqwest::Url::parse(url).expect("a URL");
    let pair = url.query_pairs().find(|(known, _)| known == name).expect("it is there");
    pair.1.into_owned()
}

/// Asks for something below the place that a browser comes back to.
async fn visit(url: &str, rest: &str) -> (u16, String) {
    let back = reqwest::Url::parse(&query(url, "redirect_uri")).expect("a URL");
    let port = back.port().expect("a port");
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.expect("somebody listens");
    let request = format!("GET {rest} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n");
    stream.write_all(request.as_bytes()).await.expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("an answer");
    (answer[9..12].parse().expect("a status"), answer)
}

async fn begin(answer: ResponseTemplate) -> (MockServer, InBrowser, String) {
    let server = answering(answer).await;
    let agreeing = client(&server).in_browser().await.expect("a port");
    let url = agreeing.url().to_owned();
    (server, agreeing, url)
}

#[tokio::test]
async fn a_browser_brings_a_code() {
    let (server, agreeing, url) = begin(ResponseTemplate::new(200).set_body_json(fresh())).await;
    assert_eq!(query(&url, "response_type"), "code");
    assert_eq!(query(&url, "scope"), "repo");
    assert_eq!(query(&url, "code_challenge_method"), "S256");
    let back = query(&url, "redirect_uri");
    assert!(back.starts_with("http://127.0.0.1:") && back.ends_with("/callback"), "{back}");
    let state = query(&url, "state");
    let finish = tokio::spawn(agreeing.finish(SOON));
    // What browsers do besides: they ask for icons, and connect in advance.
    let silent = TcpStream::connect(back.trim_start_matches("http://").trim_end_matches("/callback")).await;
    assert_eq!(visit(&url, "/favicon.ico").await.0, 404);
    assert_eq!(visit(&url, "/").await.0, 404);
    let (status, page) = visit(&url, &format!("/callback?code=c0de&state={state}&iss=x")).await;
    assert_eq!(status, 200);
    assert!(!page.contains("c0de") && page.contains("no-store"), "{page}");
    let tokens = finish.await.expect("no panic").expect("tokens");
    assert_eq!(tokens.access.expose(), "access-n3w");
    drop(silent);

    let request = &asked(&server, "/token").await[0];
    assert_eq!(field(request, "code").as_deref(), Some("c0de"));
    assert_eq!(field(request, "redirect_uri"), Some(back.clone()));
    let verifier = oauth2::PkceCodeVerifier::new(field(request, "code_verifier").expect("a verifier"));
    let challenge = oauth2::PkceCodeChallenge::from_code_verifier_sha256(&verifier);
    assert_eq!(challenge.as_str(), query(&url, "code_challenge"));
    let closed = TcpStream::connect(back.trim_start_matches("http://").trim_end_matches("/callback")).await;
    assert!(closed.is_err(), "the port is closed");
}

#[tokio::test]
async fn what_a_browser_brings_may_be_wrong() {
    for (rest, kind, said) in [
        ("error=access_denied&state=STATE", ErrorKind::Denied, "said no"),
        ("error=server_error&error_description=oh%0Adear&state=STATE", ErrorKind::Unavailable, "oh dear"),
        ("error=invalid_scope&state=STATE", ErrorKind::Setup, "invalid_scope"),
        ("state=STATE", ErrorKind::Upstream, "without a code"),
        ("code=&state=STATE", ErrorKind::Upstream, "without a code"),
    ] {
        let (server, agreeing, url) = begin(ResponseTemplate::new(200).set_body_json(fresh())).await;
        let finish = tokio::spawn(agreeing.finish(SOON));
        let rest = rest.replace("STATE", &query(&url, "state"));
        assert_eq!(visit(&url, &format!("/callback?{rest}")).await.0, 200);
        let error = finish.await.expect("no panic").expect_err(said);
        assert_eq!(error.kind(), kind, "{error}");
        assert!(error.message().contains(said), "{said}: {error}");
        assert!(asked(&server, "/token").await.is_empty(), "{rest}");
    }
}

#[tokio::test]
async fn an_answer_to_another_question_ends_nothing() {
    let (_server, agreeing, url) = begin(ResponseTemplate::new(200).set_body_json(fresh())).await;
    let finish = tokio::spawn(agreeing.finish(SOON));
    for rest in ["code=c0de&state=another", "code=c0de", "error=access_denied&state=another", ""] {
        let (status, page) = visit(&url, &format!("/callback?{rest}")).await;
        assert!(status == 400 && page.contains("`state`"), "{rest}: {page}");
    }
    let state = query(&url, "state");
    assert_eq!(visit(&url, &format!("/callback?code=c0de&state={state}")).await.0, 200);
    assert_eq!(finish.await.expect("no panic").expect("tokens").access.expose(), "access-n3w");
}

#[tokio::test]
async fn nobody_comes_back() {
    let (_server, agreeing, _) = begin(ResponseTemplate::new(200)).await;
    let error = agreeing.finish(Duration::from_millis(20)).await.expect_err("nobody came");
    assert_eq!(error.kind(), ErrorKind::Cancelled);
}

/// A code, and the answers of the token endpoint one after the other.
async fn on_device(interval: u64, answers: &[Value], status: u16) -> (MockServer, OnDevice) {
    let server = MockServer::start().await;
    let details = json!({
        "device_code": "d3vice", "user_code": "AB-CD", "verification_uri": format!("{}/enter", server.uri()),
        "expires_in": 900, "interval": interval,
    });
    let codes = ResponseTemplate::new(200).set_body_json(details);
    Mock::given(path("/device")).respond_with(codes).mount(&server).await;
    for answer in answers {
        let is = |key: &str| answer.get(key).is_some();
        let status = if is("access_token") {
            200
        } else if is("down") {
            503
        } else {
            status
        };
        let answer = ResponseTemplate::new(status).set_body_json(answer);
        Mock::given(path("/token")).respond_with(answer).up_to_n_times(1).mount(&server).await;
    }
    let waiting = client(&server).on_device().await.expect("a code");
    (server, waiting)
}

async fn poll(answers: &[Value], status: u16) -> (Result<Tokens>, Vec<u64>) {
    poll_each(5, answers, status).await
}

/// The outcome, and how long was waited each time.
async fn poll_each(interval: u64, answers: &[Value], status: u16) -> (Result<Tokens>, Vec<u64>) {
    let (_server, waiting) = on_device(interval, answers, status).await;
    assert_eq!(waiting.code(), "AB-CD");
    assert!(waiting.url().ends_with("/enter"));
    let waits = Mutex::new(Vec::new());
    let outcome = waiting
        .poll(Duration::from_secs(300), |time| {
            waits.lock().expect("unpoisoned").push(time.as_secs());
            std::future::ready(())
        })
        .await;
    (outcome, waits.into_inner().expect("unpoisoned"))
}

#[tokio::test]
async fn a_code_is_asked_for_as_often_as_the_service_likes() {
    let error = |code: &str| json!({ "error": code });
    let answers =
        [error("authorization_pending"), error("slow_down"), error("authorization_pending"), fresh()];
    // The second is what GitHub does.
    for status in [400, 200] {
        let (outcome, waits) = poll(&answers, status).await;
        assert_eq!(outcome.expect("tokens").access.expose(), "access-n3w");
        assert_eq!(waits, [5, 10, 10]);
    }
}

#[tokio::test]
async fn a_service_is_never_asked_more_often_than_it_likes() {
    let error = |code: &str| json!({ "error": code });
    // The service is out of order, wants to be asked less often, and is out of order again.
    for (interval, waited) in [(30, [60, 65, 65]), (5, [10, 15, 30]), (1, [2, 7, 14]), (0, [1, 5, 10])] {
        let answers = [json!({ "down": true }), error("slow_down"), json!({ "down": true }), fresh()];
        let (outcome, waits) = poll_each(interval, &answers, 400).await;
        assert_eq!(outcome.expect("tokens").access.expose(), "access-n3w");
        assert_eq!(waits, waited);
    }
}

#[tokio::test]
async fn a_code_may_come_to_nothing() {
    for (code, kind) in [
        ("access_denied", ErrorKind::Denied),
        ("expired_token", ErrorKind::Cancelled),
        ("invalid_client", ErrorKind::Setup),
        ("invalid_grant", ErrorKind::Auth),
        ("strange", ErrorKind::Upstream),
    ] {
        let answers = [json!({ "error": "authorization_pending" }), json!({ "error": code })];
        let error = poll(&answers, 400).await.0.expect_err(code);
        assert_eq!(error.kind(), kind, "{error}");
    }
}

#[tokio::test]
async fn a_page_instead_of_a_token_ends_the_asking() {
    let (server, waiting) = on_device(5, &[], 400).await;
    let page = ResponseTemplate::new(200).set_body_raw("<html>", "text/html");
    Mock::given(path("/token")).respond_with(page).mount(&server).await;
    let error = waiting.poll(SOON, |_| std::future::ready(())).await.expect_err("no token");
    assert_eq!(error.kind(), ErrorKind::Upstream);
    assert_eq!(asked(&server, "/token").await.len(), 1);
}

#[tokio::test]
async fn nobody_enters_the_code() {
    let (server, waiting) = on_device(5, &[], 400).await;
    let pending = ResponseTemplate::new(400).set_body_json(json!({ "error": "authorization_pending" }));
    Mock::given(path("/token")).respond_with(pending).mount(&server).await;
    let error = waiting.finish(Duration::from_millis(50)).await.expect_err("nobody");
    assert_eq!(error.kind(), ErrorKind::Cancelled);
}

#[tokio::test]
async fn a_place_that_is_not_safe_is_not_shown() {
    let server = MockServer::start().await;
    for place in ["http://evil.test/enter", "javascript:alert(1)", "https://a:b@evil.test/"] {
        server.reset().await;
        let details =
            json!({ "device_code": "d", "user_code": "A", "verification_uri": place, "expires_in": 9 });
        let codes = ResponseTemplate::new(200).set_body_json(details);
        Mock::given(path("/device")).respond_with(codes).mount(&server).await;
        let error = client(&server).on_device().await.expect_err(place);
        assert_eq!(error.kind(), ErrorKind::Upstream, "{error}");
    }
}

#[tokio::test]
async fn a_service_that_wants_to_be_asked_once_in_ages_is_refused() {
    for (interval, is_taken) in [(json!(3600), true), (json!(3601), false), (json!(u64::MAX), false)] {
        let server = MockServer::start().await;
        let details = json!({
            "device_code": "d3vice", "user_code": "AB-CD", "verification_uri": format!("{}/enter", server.uri()),
            "expires_in": 900, "interval": interval,
        });
        let codes = ResponseTemplate::new(200).set_body_json(details);
        Mock::given(path("/device")).respond_with(codes).mount(&server).await;
        match client(&server).on_device().await {
            Ok(_) => assert!(is_taken, "{interval}"),
            Err(error) => assert!(!is_taken && error.kind() == ErrorKind::Upstream, "{interval}: {error}"),
        }
    }
}
