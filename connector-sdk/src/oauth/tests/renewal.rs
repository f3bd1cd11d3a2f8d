//! Renewing access tokens.

use super::*;

fn ok() -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(fresh())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_callers_renew_once() {
    let server = answering(ok().set_delay(Duration::from_millis(100))).await;
    add_service(&server).await;
    let keeper = Arc::new(Memory::default());
    let http = http(&server, kept(&server, &old(), keeper.clone()));
    let calls: Vec<_> = (0..50).map(|_| tokio::spawn(http.post("/api").send())).collect();
    for call in calls {
        call.await.expect("no panic").expect("an answer");
    }
    assert_eq!(asked(&server, "/token").await.len(), 1);
    assert_eq!(asked(&server, "/api").await.len(), 50, "none was sent with the old token");
    let tokens = keeper.tokens();
    assert_eq!(tokens.refresh.as_ref().map(Secret::expose), Some("refresh-n3w"));
    assert_eq!(tokens.scopes, Some(vec!["repo".to_owned(), "user:email".to_owned()]));
}

// On one thread, so that all have their token before the first answer is read.
#[tokio::test]
async fn many_callers_whose_token_was_taken_back_renew_once() {
    let server = answering(ok().set_delay(Duration::from_millis(100))).await;
    add_service(&server).await;
    let http = http(&server, session(&server, &lasting()));
    let calls: Vec<_> = (0..50).map(|_| tokio::spawn(http.post("/api").send())).collect();
    for call in calls {
        call.await.expect("no panic").expect("an answer");
    }
    assert_eq!(asked(&server, "/token").await.len(), 1);
    let requests = asked(&server, "/api").await;
    let sent = |token: &str| {
        requests
            .iter()
            .filter(|request| request.headers["authorization"] == format!("Bearer {token}"))
            .count()
    };
    assert!(sent("access-0ld") > 1, "several were refused");
    assert_eq!(sent("access-n3w"), 50);
}

#[tokio::test]
async fn a_refused_request_is_sent_once_more_with_a_new_token() {
    let server = answering(ok()).await;
    add_service(&server).await;
    let http = http(&server, session(&server, &lasting()));
    http.post("/api").json(&json!({ "a": 1 })).send().await.expect("an answer");
    let requests = asked(&server, "/api").await;
    assert_eq!(requests.len(), 2);
    assert_eq!(requests[0].body, requests[1].body);
    assert_eq!(asked(&server, "/token").await.len(), 1);
}

#[tokio::test]
async fn a_token_endpoint_on_a_bad_moment_is_asked_again() {
    for status in [429, 503] {
        let server = MockServer::start().await;
        let busy = ResponseTemplate::new(status).insert_header("retry-after", "0");
        Mock::given(path("/token")).respond_with(busy).up_to_n_times(2).mount(&server).await;
        Mock::given(path("/token")).respond_with(ok()).mount(&server).await;
        add_service(&server).await;
        let http = http(&server, session(&server, &lasting()));
        http.post("/api").send().await.unwrap_or_else(|error| panic!("{status}: {error}"));
        assert_eq!(asked(&server, "/token").await.len(), 3, "{status}");
        let requests = asked(&server, "/api").await;
        assert_eq!(requests.last().expect("sent").headers["authorization"], "Bearer access-n3w");
    }
}

#[tokio::test]
async fn how_long_a_token_endpoint_asks_to_be_left_alone_is_told() {
    let minutes = Duration::from_secs(300);
    let busy = ResponseTemplate::new(503).insert_header("retry-after", "300");
    let server = answering(busy.set_delay(Duration::from_millis(100))).await;
    let session = session(&server, &old());
    let (first, second) = tokio::join!(session.token(), session.token());
    for outcome in [first, second] {
        let error = outcome.expect_err("no token");
        assert_eq!((error.kind(), error.retry_after()), (ErrorKind::Unavailable, Some(minutes)));
    }
    assert_eq!(asked(&server, "/token").await.len(), 1, "the second shares the first one's outcome");
}

#[tokio::test]
async fn what_can_be_sent_once_is_sent_once_and_the_next_has_a_new_token() {
    let server = answering(ok()).await;
    add_service(&server).await;
    let http = http(&server, session(&server, &lasting()));
    let body = || crate::http::multipart::Form::new().text("a", "b");
    let error = http.post("/api").multipart(body()).send().await.expect_err("refused");
    assert_eq!(error.kind(), ErrorKind::Auth);
    assert_eq!(asked(&server, "/api").await.len(), 1);
    http.post("/api").multipart(body()).send().await.expect("an answer");
    assert_eq!(asked(&server, "/token").await.len(), 1);
}

#[tokio::test]
async fn what_is_refused_with_a_new_token_too_is_refused() {
    let server = answering(ok()).await;
    let refused = ResponseTemplate::new(401).set_body_json(json!({ "message": "no access-n3w refresh-n3w" }));
    Mock::given(path("/api")).respond_with(refused).mount(&server).await;
    let http = http(&server, session(&server, &lasting()));
    let error = http.get("/api").send().await.expect_err("refused");
    assert_eq!(error.kind(), ErrorKind::Auth);
    assert!(error.message().contains("[redacted]") && !error.message().contains("n3w"), "{error}");
    assert_eq!(asked(&server, "/token").await.len(), 1);
    assert_eq!(asked(&server, "/api").await.len(), 2);
}

#[tokio::test]
async fn tokens_go_home_only() {
    let other = answering(ok()).await;
    Mock::given(path("/elsewhere")).respond_with(ResponseTemplate::new(200)).mount(&other).await;
    let server = answering(ok()).await;
    let away = ResponseTemplate::new(302).insert_header("location", format!("{}/elsewhere", other.uri()));
    Mock::given(path("/api")).respond_with(away).mount(&server).await;
    http(&server, session(&server, &lasting())).get("/api").send().await.expect("an answer");
    assert!(!asked(&other, "/elsewhere").await[0].headers.contains_key("authorization"));
}

/// Takes requests once the tokens are kept.
struct OnceKept(Arc<Memory>);

impl wiremock::Respond for OnceKept {
    fn respond(&self, _: &Request) -> ResponseTemplate {
        let is_kept = self.0.kept.lock().expect("unpoisoned").is_some();
        ResponseTemplate::new(if is_kept { 200 } else { 500 })
    }
}

#[tokio::test]
async fn what_is_new_is_kept_before_it_is_used() {
    let server = answering(ok()).await;
    let keeper = Arc::new(Memory { slow: true, ..Memory::default() });
    Mock::given(path("/api")).respond_with(OnceKept(keeper.clone())).mount(&server).await;
    let http = http(&server, kept(&server, &old(), keeper));
    http.get("/api").send().await.expect("it was kept");
}

#[tokio::test]
async fn what_is_not_said_again_stays() {
    let answer = json!({ "access_token": "access-n3w", "token_type": "bearer" });
    let server = answering(ResponseTemplate::new(200).set_body_json(answer)).await;
    let mut tokens = old();
    tokens.scopes = Some(vec!["repo".to_owned()]);
    let renewed = session(&server, &tokens).token().await.expect("a token");
    assert_eq!(renewed.refresh.as_ref().map(Secret::expose), Some("refresh-0ld"));
    assert_eq!(renewed.scopes, tokens.scopes);
    assert_eq!(renewed.expires_at, None);
}

#[tokio::test]
async fn another_process_may_have_renewed() {
    let server = answering(ok()).await;
    let mut theirs = Tokens::new("access-the1rs");
    theirs.expires_at = Some(SystemTime::now() + Duration::from_secs(600));
    let keeper = Arc::new(Memory::default());
    *keeper.kept.lock().expect("unpoisoned") = Some(theirs.to_secret());
    let tokens = kept(&server, &old(), keeper).token().await.expect("a token");
    assert_eq!(tokens.access.expose(), "access-the1rs");
    assert!(asked(&server, "/token").await.is_empty());
}

#[tokio::test]
async fn what_somebody_agreed_to_anew_takes_the_place_of_what_was_obtained_later() {
    let server = answering(ok()).await;
    let mut theirs = Tokens::new("access-the1rs");
    theirs.obtained_at = SystemTime::now() - Duration::from_secs(20);
    theirs.expires_at = Some(SystemTime::now() + Duration::from_secs(600));
    let keeper = Arc::new(Memory::default());
    *keeper.kept.lock().expect("unpoisoned") = Some(theirs.to_secret());
    let ours = Tokens { obtained_at: SystemTime::now(), ..lasting() };
    let session = kept(&server, &ours, keeper);
    let instead = session.instead_of(session.token().await.expect("a token")).await.expect("another one");
    assert_eq!(instead.access.expose(), "access-the1rs");
    assert!(asked(&server, "/token").await.is_empty());
}

#[tokio::test]
async fn what_is_kept_still_is_not_taken_back() {
    // It runs out at once, so that it is renewed each time.
    let mut answer = fresh();
    answer["expires_in"] = json!(0);
    let server = answering(ResponseTemplate::new(200).set_body_json(answer)).await;
    let keeper = Arc::new(Memory { fails: true, ..Memory::default() });
    *keeper.kept.lock().expect("unpoisoned") = Some(old().to_secret());
    let session = kept(&server, &old(), Arc::clone(&keeper));
    for time in 0..4 {
        // What can't be read for once is there still.
        keeper.unreadable.store(time == 1, std::sync::atomic::Ordering::Relaxed);
        session.token().await.expect("a token");
    }
    let sent: Vec<_> =
        asked(&server, "/token").await.iter().map(|request| field(request, "refresh_token")).collect();
    let sent: Vec<_> = sent.iter().flatten().map(String::as_str).collect();
    assert_eq!(sent, ["refresh-0ld", "refresh-n3w", "refresh-n3w", "refresh-n3w"]);
}

#[tokio::test]
async fn what_can_not_be_kept_is_used() {
    let server = answering(ok()).await;
    let session = kept(&server, &old(), Arc::new(Memory { fails: true, ..Memory::default() }));
    for _ in 0..2 {
        assert_eq!(session.token().await.expect("a token").access.expose(), "access-n3w");
    }
    assert_eq!(asked(&server, "/token").await.len(), 1);
}

#[tokio::test]
async fn without_a_turn_no_refresh_token_is_spent() {
    let server = answering(ok()).await;
    for kind in [ErrorKind::Unavailable, ErrorKind::Setup, ErrorKind::Internal] {
        let taken = Memory { no_turn: Some(kind), ..Memory::default() };
        let session = kept(&server, &old(), Arc::new(taken));
        assert_eq!(session.token().await.expect_err("no turn").kind(), kind);
    }
    assert!(asked(&server, "/token").await.is_empty());
}

#[tokio::test]
async fn a_call_that_is_given_up_loses_no_token() {
    let server = answering(ok().set_delay(Duration::from_millis(100))).await;
    let keeper = Arc::new(Memory::default());
    let session = kept(&server, &old(), keeper.clone());
    let given_up = tokio::time::timeout(Duration::from_millis(20), session.token()).await;
    assert!(given_up.is_err());
    assert_eq!(session.token().await.expect("a token").access.expose(), "access-n3w");
    assert_eq!(asked(&server, "/token").await.len(), 1);
    assert_eq!(keeper.tokens().access.expose(), "access-n3w");
}

#[tokio::test]
async fn faults_are_told_apart_and_show_no_token() {
    let json = |status: u16, body: Value| ResponseTemplate::new(status).set_body_json(body);
    let text = |status: u16, kind: &str, body: &str| {
        ResponseTemplate::new(status).set_body_raw(body.as_bytes().to_vec(), kind)
    };
    let huge = format!("{{\"access_token\":\"{}\"}}", "x".repeat(2 << 20));
    let cases = [
        (json(400, json!({ "error": "invalid_grant" })), ErrorKind::Auth, "connect again"),
        (
            json(400, json!({ "error": "invalid_grant", "error_description": "bad\nrefresh-0ld" })),
            ErrorKind::Auth,
            "bad",
        ),
        (json(401, json!({ "error": "invalid_client" })), ErrorKind::Setup, "client's id and secret"),
        (json(400, json!({ "error": "invalid_scope" })), ErrorKind::Setup, "scopes"),
        (json(400, json!({ "error": "anything else" })), ErrorKind::Upstream, "anything else"),
        (json(500, json!({ "error": "server_error" })), ErrorKind::Upstream, "500"),
        (json(503, json!({})), ErrorKind::Unavailable, "503"),
        (json(429, json!({})), ErrorKind::RateLimited, "429"),
        (json(302, json!({})), ErrorKind::Upstream, "another place"),
        (text(200, "text/html", "<html>access-n3w"), ErrorKind::Upstream, "no JSON"),
        (text(403, "text/html", "<html>blocked"), ErrorKind::Upstream, "403"),
        (text(200, "application/json", "{\"access_token\":\"access-n3w"), ErrorKind::Upstream, "no JSON"),
        (json(200, json!({ "access_token": "access-n3w" })), ErrorKind::Upstream, "no token"),
        (
            json(200, json!({ "access_token": 7, "token_type": "bearer" })),
            ErrorKind::Upstream,
            "access_token",
        ),
        (json(200, json!(["access-n3w"])), ErrorKind::Upstream, "no JSON"),
        (json(400, json!({ "message": "no" })), ErrorKind::Upstream, "no token"),
        (text(200, "application/json", &huge), ErrorKind::Upstream, "more than"),
        (text(200, "application/json", ""), ErrorKind::Upstream, "no JSON"),
    ];
    for (answer, kind, said) in cases {
        let server = answering(answer).await;
        let http = http(&server, session(&server, &old()));
        let once = crate::http::Retry::never();
        let error = http.get("/api").retry(once).send().await.expect_err(said);
        assert_eq!(error.kind(), kind, "{error}");
        let shown = format!("{error:?}");
        assert!(shown.contains(said), "{said}: {shown}");
        assert!(!shown.contains("n3w") && !shown.contains("0ld"), "{shown}");
        assert!(asked(&server, "/api").await.is_empty(), "nothing is sent without a token");
    }
}

#[tokio::test]
async fn a_refused_refresh_token_is_not_sent_again() {
    let refused = json!({ "error": "invalid_grant" });
    let server = answering(ResponseTemplate::new(400).set_body_json(refused)).await;
    let session = session(&server, &old());
    for _ in 0..3 {
        let error = session.token().await.expect_err("refused");
        assert_eq!(error.kind(), ErrorKind::Auth);
        assert!(error.message().contains("connect again"), "{error}");
    }
    assert_eq!(asked(&server, "/token").await.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn those_who_wait_share_a_failure() {
    let server = answering(ResponseTemplate::new(503).set_delay(Duration::from_millis(200))).await;
    let session = session(&server, &old());
    let calls: Vec<_> = (0..50)
        .map(|_| {
            let session = session.clone();
            tokio::spawn(async move { session.token().await })
        })
        .collect();
    for call in calls {
        let error = call.await.expect("no panic").expect_err("no token");
        assert_eq!(error.kind(), ErrorKind::Unavailable);
    }
    assert_eq!(asked(&server, "/token").await.len(), 1);
}

#[tokio::test]
async fn without_tokens_somebody_has_to_agree() {
    let server = answering(ok()).await;
    let nobody = Session::new(client(&server), &Settings::new()).expect("a session");
    let error = nobody.token().await.expect_err("nobody agreed");
    assert_eq!(error.kind(), ErrorKind::Setup);
    let mut tokens = old();
    tokens.refresh = None;
    let error = session(&server, &tokens).token().await.expect_err("nothing to renew it with");
    assert_eq!(error.kind(), ErrorKind::Auth);
    assert!(asked(&server, "/token").await.is_empty());
}

/// Tokens that are due and good still.
fn ending(refresh: Option<Secret>) -> Tokens {
    let hour = Duration::from_secs(3600);
    let (obtained_at, end) = (SystemTime::now() - hour, SystemTime::now() + Duration::from_secs(20));
    Tokens { refresh, obtained_at, expires_at: Some(end), ..old() }
}

#[tokio::test]
async fn what_can_not_be_renewed_is_used_to_its_end() {
    let server = answering(ok()).await;
    let last = session(&server, &ending(None));
    let token = last.token().await.expect("it is good still");
    assert_eq!(token.access.expose(), "access-0ld");
    let error = last.instead_of(token).await.expect_err("the service refused it");
    assert_eq!(error.kind(), ErrorKind::Auth);
    assert!(asked(&server, "/token").await.is_empty());
    let renewed = session(&server, &ending(old().refresh)).token().await.expect("a token");
    assert_eq!(renewed.access.expose(), "access-n3w");
}

#[tokio::test]
async fn what_can_not_be_renewed_just_now_is_used_to_its_end() {
    let refused = json!({ "error": "invalid_grant" });
    for (answer, kind) in [
        (ResponseTemplate::new(500), ErrorKind::Upstream),
        (ResponseTemplate::new(503).insert_header("retry-after", "300"), ErrorKind::Unavailable),
        (ResponseTemplate::new(400).set_body_json(refused), ErrorKind::Auth),
    ] {
        let server = answering(answer.set_delay(Duration::from_millis(100))).await;
        let session = session(&server, &ending(old().refresh));
        let (first, second) = tokio::join!(session.token(), session.token());
        for token in [first, second, session.token().await] {
            assert_eq!(token.expect("it is good still").access.expose(), "access-0ld");
        }
        assert_eq!(asked(&server, "/token").await.len(), 1, "the endpoint is left alone for a while");
        let token = session.token().await.expect("it is good still");
        let error = session.instead_of(token).await.expect_err("the service refused it");
        assert_eq!(error.kind(), kind, "{error}");
    }
    let server = MockServer::start().await;
    let away = session(&server, &ending(old().refresh));
    drop(server);
    assert_eq!(away.token().await.expect("it is good still").access.expose(), "access-0ld");
}

#[tokio::test]
async fn a_token_that_is_good_still_is_renewed_once_the_service_can() {
    let server = MockServer::start().await;
    let busy = ResponseTemplate::new(503).insert_header("retry-after", "0");
    Mock::given(path("/token")).respond_with(busy).up_to_n_times(1).mount(&server).await;
    Mock::given(path("/token")).respond_with(ok()).mount(&server).await;
    let session = session(&server, &ending(old().refresh));
    for access in ["access-0ld", "access-n3w"] {
        assert_eq!(session.token().await.expect("a token").access.expose(), access);
    }
}

#[tokio::test]
async fn a_token_that_is_said_back_is_taken_out_before_the_text_is_cut() {
    // Its blanks are folded and the text is cut within it, so that nobody could find it afterwards.
    let token = "refresh  s3cret  of  many  words";
    let long = format!("{} {token}", "x".repeat(280));
    let tokens = Tokens { refresh: Some(Secret::new(token)), ..old() };
    for (status, answer) in [
        (400, json!({ "error": "invalid_grant", "error_description": long })),
        (400, json!({ "error": "invalid_grant", "error_description": token })),
        (400, json!({ "error": token, "error_description": "no" })),
        (503, json!({ "message": long })),
        (429, json!({ "message": token })),
    ] {
        let server = answering(ResponseTemplate::new(status).set_body_json(answer.clone())).await;
        let error = client(&server).renew(&Secret::new(token), &tokens).await.expect_err("refused");
        let shown = format!("{error:?}");
        assert!(shown.contains("[redacted]"), "{status}: {shown}");
        assert!(!shown.contains("s3cret"), "{status}: {shown}");
        Mock::given(path("/revoke"))
            .respond_with(ResponseTemplate::new(status).set_body_json(answer))
            .mount(&server)
            .await;
        let error = client(&server).revoke(&tokens).await.expect_err("refused");
        assert!(!format!("{error:?}").contains("s3cret"), "{status}: {error:?}");
    }
}
