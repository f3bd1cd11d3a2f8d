//! Hostile settings: none may lead elsewhere, and none of their secrets is shown.

use serde_json::json;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::{TOKEN, call_with, file, open, received, server};
use crate::{ErrorKind, Settings};

fn shop() -> String {
    "auth:\n  method: bearer\n  credentials: [{ name: SHOP, required: true }, { name: API_TOKEN, required: true }]\n\
     actions:\n  - { name: a, description: A, url: 'https://{SHOP}/x' }\n  - { name: b, description: B, url: 'https://{SHOP}.desk.test/x' }\n"
        .to_owned()
}

#[test]
fn what_goes_into_a_host_is_a_bare_host() {
    let with = |value: &str| open(&shop(), &Settings::new().text("SHOP", value).secret("API_TOKEN", TOKEN));
    with("shop.example.com").expect("a host");
    for value in [
        "evil.com/#",
        "evil.com/",
        "evil.com?",
        "user@host",
        "user:s3cret@host",
        "host:8443",
        "host:port/path",
        "https://shop.example.com",
        "a b",
        "a\nb",
        "a\tb",
        "a\\b",
        "a%2Fb",
        ".a",
        "a.",
        "a..b",
        "-a",
        "h\u{f6}st",
        "[::1]",
        "0x7f.1",
        "2130706433",
    ] {
        let error = with(value).expect_err(value);
        assert_eq!(error.kind(), ErrorKind::Setup, "{value}");
        assert!(
            error.message().starts_with("setting `SHOP` must be a host and nothing else"),
            "{value}: {error}"
        );
        assert!(!error.message().contains("s3cret"), "{error}");
    }
    for inside in ["10.0.0.1", "169.254.169.254", "192.168.1.1"] {
        let error = with(inside).expect_err(inside);
        assert!(error.message().contains("private network"), "{inside}: {error}");
    }
}

#[tokio::test]
async fn a_host_that_leads_inside_is_refused_when_it_is_looked_up() {
    let Some(name) = crate::http::name_that_leads_inside() else { return };
    let settings = Settings::new().text("SHOP", &name).secret("API_TOKEN", TOKEN);
    let error = call_with(&shop(), &settings, "a", json!({})).await.expect_err("refused");
    assert_eq!(error.kind(), ErrorKind::Setup, "{error}");
    assert!(error.message().contains("private network"), "{error}");
}

#[test]
fn a_base_url_is_one_and_hides_nothing() {
    let yaml = file("  - { name: a, description: A, url: '{BASE_URL}/rest/x' }\n");
    let with = |value: &str| open(&yaml, &Settings::new().text("BASE_URL", value).secret("API_TOKEN", TOKEN));
    with("https://me.atlassian.test/").expect("a URL");
    for value in [
        "me.atlassian.test",
        "file:///etc/passwd",
        "http://me.atlassian.test",
        "https://me:s3cret@a.test",
        "https://a.test/#",
        "https://a.test/?x=s3cret",
        "https://a.test\n.evil.test",
        "https:\\\\a.test",
        "https://",
        "https://10.0.0.1",
        "https://[fd00::1]/",
        "https://0x0a000001/",
        " https://a.test",
    ] {
        let error = with(value).expect_err(value);
        assert_eq!(error.kind(), ErrorKind::Setup, "{value}");
        assert!(error.message().starts_with("setting `BASE_URL`"), "{value}: {error}");
        assert!(!error.message().contains("s3cret"), "{error}");
    }
}

#[test]
fn what_no_header_can_hold_is_named_and_not_shown() {
    let yaml = file("  - { name: a, description: A, url: '{BASE_URL}/x' }\n");
    let base = || Settings::new().text("BASE_URL", "https://a.test");
    let error = open(&yaml, &base().secret("API_TOKEN", "s3cret\r\nX-Evil: 1")).expect_err("refused");
    assert_eq!(error.kind(), ErrorKind::Setup);
    assert!(
        error.message().contains("credential `API_TOKEN`") && !error.message().contains("s3cret"),
        "{error}"
    );
    let pair = "auth:\n  credentials: [{ name: HEADER_NAME }, { name: HEADER_VALUE }]\n";
    for name in ["X-Evil: 1\r\nX", "Host", "content-length", "Transfer-Encoding", "X Y"] {
        let settings = Settings::new().text("HEADER_NAME", name).secret("HEADER_VALUE", "s3cret");
        let error = open(pair, &settings).expect_err(name);
        assert!(error.message().starts_with("setting `HEADER_NAME` must be the name of a header"), "{error}");
    }
    let basic = "auth:\n  method: basic\n  credentials: [{ name: EMAIL }, { name: API_TOKEN }]\n";
    let settings = Settings::new().text("EMAIL", "a:b").secret("API_TOKEN", "s3cret");
    assert!(open(basic, &settings).expect_err("a colon").message().contains("`EMAIL` has a colon"));
}

#[test]
fn missing_and_unknown_settings_are_all_named() {
    let error =
        open(&shop(), &Settings::new().text("SHOP", "").secret("API_TOKN", TOKEN)).expect_err("missing");
    assert_eq!(error.kind(), ErrorKind::Setup);
    for says in
        ["setting `SHOP` is missing", "credential `API_TOKEN` is missing", "did you mean `API_TOKEN`?"]
    {
        assert!(error.message().contains(says), "{says}: {error}");
    }
    assert_eq!(error.details()["missing_keys"], json!(["SHOP", "API_TOKEN"]));
}

#[tokio::test]
async fn what_need_not_be_set_is_missed_only_where_it_is_used() {
    let yaml = "auth:\n  credentials: [{ name: OTHER_URL }, { name: BASE_URL }, { name: TEAM_SITE }]\nactions:\n  \
                - { name: a, description: A, url: '{OTHER_URL}/x' }\n  - { name: b, description: B, url: '{BASE_URL}/{TEAM_SITE}' }\n  \
                - { name: c, description: C, url: '{BASE_URL}/c' }\n";
    let server = server().await;
    let settings = Settings::new().text("BASE_URL", server.uri());
    for (action, missing) in [("a", "`OTHER_URL` is missing"), ("b", "`TEAM_SITE` is missing")] {
        let error = call_with(yaml, &settings, action, json!({})).await.expect_err("missing");
        assert_eq!(error.kind(), ErrorKind::Setup);
        assert!(error.message().contains(missing), "{error}");
    }
    call_with(yaml, &settings, "c", json!({})).await.expect("sent");
    // What is set may be several parts of the path, as `owner/name` is, and leads nowhere else.
    for (team, path) in [("a//b", "/a%2F%2Fb"), ("owner/some name?x#%2F", "/owner/some%20name%3Fx%23%252F")] {
        server.reset().await;
        Mock::given(any()).respond_with(ResponseTemplate::new(200)).mount(&server).await;
        call_with(yaml, &settings.clone().text("TEAM_SITE", team), "b", json!({})).await.expect("sent");
        assert_eq!(received(&server).await[0].url.path(), path);
    }
    for team in ["..", "a/../b", "./a"] {
        let set = settings.clone().text("TEAM_SITE", team);
        let error = call_with(yaml, &set, "b", json!({})).await.expect_err("elsewhere");
        assert_eq!(error.kind(), ErrorKind::Usage, "{team}");
    }
}

#[test]
fn what_only_fills_a_path_is_a_setting_by_its_name() {
    let file = |credentials: &str, url: &str| {
        format!(
            "auth:\n  method: bearer\n  credentials: [{{ name: API_TOKEN }}, {credentials}]\nactions:\n  \
             - {{ name: a, description: A, url: 'https://a.test/{url}' }}\n"
        )
    };
    for (name, url, is_setting) in [
        ("HUB_REPOSITORY", "{HUB_REPOSITORY}", true),
        ("HUB_PROJECT_ID", "x?project={HUB_PROJECT_ID}", true),
        ("HUB_PROJECT_ID", "x", false),
        ("HUB_HOOK", "{HUB_HOOK}", false),
        ("HUB_SECRET_ID", "{HUB_SECRET_ID}", false),
    ] {
        let yaml = file(&format!("{{ name: {name} }}"), url);
        assert_eq!(super::read(&yaml).factory.manifest().setting(name).is_some(), is_setting, "{name} {url}");
    }
    // What is sent to authenticate stays a credential.
    let sent = "auth:\n  method: header\n  header: X-Account\n  credential: ACCOUNT\n  credentials: [{ name: ACCOUNT }]\n\
                actions:\n  - { name: a, description: A, url: 'https://a.test/{ACCOUNT}' }\n";
    assert!(super::read(sent).factory.manifest().credential("ACCOUNT").is_some());
}

#[tokio::test]
async fn a_secret_in_a_path_is_one_part_and_not_shown() {
    let server = MockServer::start().await;
    let echo = |request: &wiremock::Request| {
        let path = request.url.path().to_owned();
        ResponseTemplate::new(404).set_body_json(json!({ "message": format!("no such path: {path}") }))
    };
    Mock::given(any()).respond_with(echo).mount(&server).await;
    let yaml = "auth:\n  credentials: [{ name: BASE_URL }, { name: HOOK_SECRET }]\nactions:\n  \
                - { name: a, description: A, url: '{BASE_URL}/{HOOK_SECRET}' }\n";
    // Not a planted one: inside, the client's own errors are traced before the connection takes this out of them.
    let settings = Settings::new().text("BASE_URL", server.uri()).secret("HOOK_SECRET", "T0AB/B1CD/h00k");
    let error = call_with(yaml, &settings, "a", json!({})).await.expect_err("nothing there");
    assert_eq!(received(&server).await[0].url.path(), "/T0AB%2FB1CD%2Fh00k");
    assert!(!format!("{error:?}").contains("h00k"), "{error:?}");
}

#[tokio::test]
async fn secrets_are_in_no_error_and_no_result() {
    let server = MockServer::start().await;
    let answer = ResponseTemplate::new(401).set_body_json(json!({ "message": format!("bad token {TOKEN}") }));
    Mock::given(any()).respond_with(answer).up_to_n_times(1).mount(&server).await;
    let echo = ResponseTemplate::new(200).set_body_json(json!({ "token": TOKEN }));
    Mock::given(any()).respond_with(echo).mount(&server).await;
    let yaml = file("  - { name: a, description: A, url: '{BASE_URL}/x' }\n");
    let base = server.uri();
    let call = || super::call(&yaml, &base, "a", json!({}));
    let error = call().await.expect_err("refused");
    assert_eq!(error.kind(), ErrorKind::Auth);
    assert!(!format!("{error:?}").contains(TOKEN), "{error:?}");
    assert_eq!(call().await.expect("an answer"), json!({ "token": "[redacted]" }));
}
