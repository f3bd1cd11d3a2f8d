//! What is sent so that the service knows who calls, and what is noted where it had to be inferred.

use serde_json::json;

use super::{TOKEN, call_with, fault, notes, open, read, received, server};
use crate::manifest::{ApiKeyPlace, Auth};
use crate::{ErrorKind, Secret, Settings};

/// A file with that `auth` and one action, and what it sends: the headers of the one request.
fn file(auth: &str) -> String {
    format!(
        "auth:\n{auth}\nactions:\n  - {{ name: a, description: A, url: '{{VENDOR_URL}}/x', trust_level: auto }}\n"
    )
}

async fn headers(yaml: &str, settings: Settings, url: &str) -> wiremock::http::HeaderMap {
    let server = server().await;
    let settings = settings.text(url, server.uri());
    call_with(yaml, &settings, "a", json!({})).await.unwrap_or_else(|error| panic!("{error}"));
    received(&server).await.remove(0).headers
}

fn basic(user: &str, password: &str) -> String {
    use base64::Engine as _;
    format!("Basic {}", base64::prelude::BASE64_STANDARD.encode(format!("{user}:{password}")))
}

#[tokio::test]
async fn basic_works_whatever_the_two_are_called() {
    for (names, is_noted) in [
        (["JIRA_EMAIL", "JIRA_API_TOKEN"], true),
        (["SNOW_USERNAME", "SNOW_PASSWORD"], true),
        (["username", "password"], false),
    ] {
        let [user, password] = names;
        let yaml = file(&format!(
            "  method: basic\n  credentials: [{{ name: VENDOR_URL }}, {{ name: {user} }}, {{ name: {password} }}]"
        ));
        let settings = Settings::new().text(user, "me@a.test").secret(password, TOKEN);
        let sent = headers(&yaml, settings, "VENDOR_URL").await;
        assert_eq!(sent["authorization"], basic("me@a.test", TOKEN), "{names:?}");
        assert_eq!(
            notes(&yaml).iter().any(|note| note.contains("is sent as the user")),
            is_noted,
            "{names:?}"
        );
    }
    let exact = file(
        "  method: basic\n  credentials: [{ name: VENDOR_URL }, { name: ADMIN_USERNAME }, { name: ADMIN_PASSWORD }, \
         { name: username }, { name: password }]",
    );
    let expected = Auth::Basic { user: "username".to_owned(), password: "password".to_owned() };
    assert_eq!(read(&exact).factory.manifest().auth, expected);
    assert!(!notes(&exact).iter().any(|note| note.contains("is sent as the user")), "{:?}", notes(&exact));
    let half =
        file("  method: basic\n  credentials: [{ name: VENDOR_URL }, { name: username }, { name: API_KEY }]");
    assert!(notes(&half).iter().any(|note| note.contains("PocketPaw would send no password")));
    // Whatever stands in the URL, and settings, are neither of the two.
    for (names, user, password) in [
        (&["CONSUMER", "PHRASE"][..], "CONSUMER", "PHRASE"),
        (&["VENDOR_APPKEY", "CONSUMER", "PHRASE"], "CONSUMER", "PHRASE"),
        (&["VENDOR_APPKEY", "VENDOR_BOARD", "VENDOR_REGION", "CONSUMER", "PHRASE"], "CONSUMER", "PHRASE"),
        (&["VENDOR_APPKEY", "PHRASE", "EMAIL"], "EMAIL", "PHRASE"),
        (&["VENDOR_APPKEY", "VENDOR_BOARD", "API_TOKEN"], "VENDOR_BOARD", "API_TOKEN"),
        (
            &["VENDOR_APPKEY", "CUSTOM_HEADER_NAME", "CUSTOM_HEADER_VALUE", "CONSUMER", "PHRASE"],
            "CONSUMER",
            "PHRASE",
        ),
    ] {
        let credentials: Vec<String> = names.iter().map(|name| format!("{{ name: {name} }}")).collect();
        let mut yaml = file(&format!("  method: basic\n  credentials: [{}]", credentials.join(", ")));
        let host = if names.contains(&"VENDOR_APPKEY") { "{VENDOR_APPKEY}" } else { "https://a.test" };
        let path = if names.contains(&"VENDOR_BOARD") { "{VENDOR_BOARD}" } else { "x" };
        yaml = yaml.replace("{VENDOR_URL}/x", &format!("{host}/{path}"));
        let expected = Auth::Basic { user: user.to_owned(), password: password.to_owned() };
        assert_eq!(read(&yaml).factory.manifest().auth, expected, "{names:?}");
    }
    for credentials in ["{ name: API_TOKEN }", "{ name: X_SID }, { name: API_TOKEN }, { name: X_FROM }"] {
        let text = format!(
            "auth:\n  method: basic\n  credentials: [{credentials}]\nactions:\n  - {{ name: a, method: GET, \
             url: 'https://a.test/{}' }}\n",
            if credentials.contains("X_SID") { "{X_SID}" } else { "x" }
        );
        assert!(fault(&text).contains("needs a user and a password"), "{credentials}");
    }
}

#[tokio::test]
async fn zendesk_wants_a_suffix_with_a_token() {
    let yaml = file("  method: basic\n  credentials: [{ name: VENDOR_URL }, { name: EMAIL }, { name: ZENDESK_API_TOKEN }]")
        .replace("VENDOR_URL", "ZENDESK_URL");
    for user in ["me@a.test", "me@a.test/token"] {
        let settings = Settings::new().text("EMAIL", user).secret("ZENDESK_API_TOKEN", TOKEN);
        let sent = headers(&yaml, settings, "ZENDESK_URL").await;
        assert_eq!(sent["authorization"], basic("me@a.test/token", TOKEN));
    }
    assert!(notes(&yaml).iter().any(|note| note.contains("`/token` is put behind `EMAIL`")));
}

#[tokio::test]
async fn keys_and_tokens_are_found_and_settings_never_sent_as_one() {
    // Freshdesk's built-in file has its domain first, which PocketPaw sends as the token.
    let yaml = file(
        "  method: api_key\n  credentials: [{ name: VENDOR_URL }, { name: VENDOR_DOMAIN }, { name: VENDOR_KEY }]",
    );
    let settings = || Settings::new().secret("VENDOR_KEY", TOKEN);
    let sent = headers(&yaml, settings().text("VENDOR_DOMAIN", "x"), "VENDOR_URL").await;
    assert_eq!(sent["authorization"], format!("Bearer {TOKEN}"));
    assert!(notes(&yaml)[0].contains("PocketPaw would send `VENDOR_URL`"), "{:?}", notes(&yaml));
    let yaml = file(
        "  method: bearer\n  credentials: [{ name: VENDOR_URL }, { name: CLIENT_PART }, { name: FIRST_TOKEN }, { name: VENDOR_KEY }]",
    );
    let sent = headers(&yaml, settings(), "VENDOR_URL").await;
    assert_eq!(sent["authorization"], format!("Bearer {TOKEN}"), "the first that is set");
    let sent = headers(&yaml, Settings::new(), "VENDOR_URL").await;
    assert!(!sent.contains_key("authorization"), "nothing is required and nothing set");
    let yaml = file("  method: bearer\n  credentials: [{ name: VENDOR_URL }, { name: VENDOR_PAT }]");
    assert!(notes(&yaml)[0].contains("`VENDOR_PAT` is sent as the bearer token, since"));
    assert!(
        fault("auth:\n  method: bearer\n  credentials: [{ name: A_URL }]\n")
            .contains("has no credential to send")
    );
}

#[tokio::test]
async fn what_stands_in_a_url_is_not_sent_as_the_token() {
    for (auth, header) in [
        ("method: api_key", "authorization"),
        ("method: bearer", "authorization"),
        ("method: header\n  header: X-Key", "x-key"),
        ("method: cookie", "cookie"),
    ] {
        // By their names alone the first two may be keys.
        let yaml = file(&format!(
            "  {auth}\n  credentials: [{{ name: ACME_APPKEY }}, {{ name: ACME_ACCOUNT }}, {{ name: ACME_KEY }}]"
        ))
        .replace("{VENDOR_URL}/x", "{ACME_APPKEY}/{ACME_ACCOUNT}");
        let settings = || Settings::new().text("ACME_ACCOUNT", "me");
        let sent = headers(&yaml, settings().secret("ACME_KEY", TOKEN), "ACME_APPKEY").await;
        let value = sent[header].to_str().expect("text");
        assert_eq!(value.strip_prefix("Bearer ").unwrap_or(value), TOKEN, "{auth}");
        let sent = headers(&yaml, settings(), "ACME_APPKEY").await;
        assert!(!sent.contains_key(header), "{auth}: nothing else is sent where there is no key");
        let alone = yaml.replace(", { name: ACME_KEY }", "").replace("/{ACME_ACCOUNT}", "/x");
        let alone = alone.replace(", { name: ACME_ACCOUNT }", "");
        assert!(fault(&alone).contains("has no credential to send"), "{auth}");
    }
    let host = file("  method: api_key\n  credentials: [{ name: ACME_ACCOUNT }, { name: ACME_KEY }]")
        .replace("{VENDOR_URL}/x", "https://{ACME_ACCOUNT}.acme.test/x");
    let loaded = read(&host);
    assert_eq!(loaded.factory.manifest().auth, Auth::Bearer { token: "ACME_KEY".to_owned() });
    assert!(loaded.factory.manifest().setting("ACME_ACCOUNT").is_some());
}

#[tokio::test]
async fn services_that_want_a_header_get_it() {
    let shopify =
        file("  method: bearer\n  credentials: [{ name: VENDOR_URL }, { name: SHOPIFY_ACCESS_TOKEN }]")
            .replace("VENDOR_URL", "SHOPIFY_STORE_URL");
    let sent =
        headers(&shopify, Settings::new().secret("SHOPIFY_ACCESS_TOKEN", TOKEN), "SHOPIFY_STORE_URL").await;
    assert_eq!(
        (&sent["x-shopify-access-token"], sent.contains_key("authorization")),
        (&TOKEN.parse().expect("a value"), false)
    );
    let place = ApiKeyPlace::Header("X-Shopify-Access-Token".to_owned());
    let expected = Auth::ApiKey { key: "SHOPIFY_ACCESS_TOKEN".to_owned(), place };
    assert_eq!(read(&shopify).factory.manifest().auth, expected);

    let datadog = file("  method: api_key\n  credentials: [{ name: VENDOR_URL }, { name: DATADOG_API_KEY }, { name: DATADOG_APP_KEY }]")
        .replace("VENDOR_URL", "DATADOG_URL");
    let settings = Settings::new().secret("DATADOG_API_KEY", TOKEN).secret("DATADOG_APP_KEY", "app_s3cret");
    let sent = headers(&datadog, settings, "DATADOG_URL").await;
    assert_eq!(
        (&sent["dd-api-key"], &sent["dd-application-key"]),
        (&TOKEN.parse().expect("a value"), &"app_s3cret".parse().expect("a value"))
    );

    let freshdesk = file("  method: api_key\n  credentials: [{ name: VENDOR_URL }, { name: API_KEY }]")
        .replace("VENDOR_URL", "FRESHDESK_URL");
    let sent = headers(&freshdesk, Settings::new().secret("API_KEY", TOKEN), "FRESHDESK_URL").await;
    assert_eq!(sent["authorization"], basic(TOKEN, "X"));
    let server = wiremock::MockServer::start().await;
    let refusal = json!({ "message": format!("`{TOKEN}` is EXPIRED") });
    let refusal = wiremock::ResponseTemplate::new(401).set_body_json(refusal);
    wiremock::Mock::given(wiremock::matchers::any()).respond_with(refusal).mount(&server).await;
    let settings = Settings::new().secret("API_KEY", TOKEN).text("FRESHDESK_URL", server.uri());
    let error = call_with(&freshdesk, &settings, "a", json!({})).await.expect_err("refused");
    assert!(error.message().ends_with("`[redacted]` is EXPIRED"), "the password is no secret: {error}");
    for yaml in [shopify, datadog, freshdesk] {
        assert!(notes(&yaml)[0].contains("is sent"), "each is noted");
    }
}

#[tokio::test]
async fn headers_cookies_and_pairs_are_sent() {
    let of = |auth: &str| {
        file(&format!(
            "{auth}\n  headers: {{ X-Version: '1.10', X-Place: Łódź }}\n  credentials: [{{ name: VENDOR_URL }}, {{ name: ONE }}, {{ name: TWO }}]"
        ))
    };
    let settings = || Settings::new().secret("ONE", "first").secret("TWO", TOKEN);
    let sent =
        headers(&of("  method: header\n  header: X-Api-Key\n  credential: TWO"), settings(), "VENDOR_URL")
            .await;
    assert_eq!(
        (&sent["x-api-key"], &sent["x-version"]),
        (&TOKEN.parse().expect("a value"), &"1.10".parse().expect("a value"))
    );
    assert_eq!(sent["x-place"].as_bytes(), "Łódź".as_bytes(), "as it stands");
    let sent = headers(&of("  method: cookie\n  credential: TWO"), settings(), "VENDOR_URL").await;
    assert_eq!(sent["cookie"], TOKEN);
    let sent = headers(&of("  method: none"), settings(), "VENDOR_URL").await;
    assert!(!sent.contains_key("authorization") && !sent.contains_key("cookie"));
    assert!(notes(&of("  method: cookie"))[0].contains("`ONE` is sent, the first secret"));
    assert!(fault(&of("  method: header")).contains("doesn't say which"));
    assert!(fault(&of("  method: header\n  header: X Y")).contains("must be the name of a header"));
    assert!(fault(&of("  method: cookie\n  credential: TOO")).contains("did you mean `TWO`?"));

    let pair = file(
        "  method: bearer\n  credentials: [{ name: VENDOR_URL }, { name: API_TOKEN }, { name: CUSTOM_HEADER_NAME }, { name: CUSTOM_HEADER_VALUE }]",
    );
    let both = Settings::new()
        .text("CUSTOM_HEADER_NAME", "X-Key")
        .secret("CUSTOM_HEADER_VALUE", TOKEN)
        .secret("API_TOKEN", "bearer_s3cret");
    let sent = headers(&pair, both, "VENDOR_URL").await;
    assert_eq!(
        (&sent["x-key"], &sent["authorization"]),
        (&TOKEN.parse().expect("a value"), &"Bearer bearer_s3cret".parse().expect("a value"))
    );
    let half = Settings::new().text("CUSTOM_HEADER_NAME", "X-Key");
    assert!(open(&pair, &half).expect_err("half").message().contains("`CUSTOM_HEADER_VALUE` is not"));
}

#[test]
fn oauth_loads_and_does_not_open() {
    let yaml = "auth:\n  method: oauth\n  auth_url: https://a.test/authorize\n  credentials: [{ name: CLIENT_SECRET }]\n";
    let error =
        open(yaml, &Settings::new().secret("CLIENT_SECRET", Secret::new(TOKEN))).expect_err("no login");
    assert_eq!(error.kind(), ErrorKind::Setup);
    assert!(error.message().contains("logs in with `oauth`"), "{error}");
    assert!(notes(yaml)[0].contains("`oauth` can't be logged in to"));
}
