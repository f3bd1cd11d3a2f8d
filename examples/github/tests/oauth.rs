//! Somebody agrees by a code, with a service on loopback that answers as GitHub's documentation says: with scopes
//! parted by commas, tokens that don't run out, and errors with the status of success.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use connector_sdk::call::{Caller, Connection};
use connector_sdk::manifest::{Mode, OAuth2};
use connector_sdk::oauth::Client;
use connector_sdk::{ErrorKind, Factory as _, Result, Settings, factory};
use github::{GitHub, Label};
use serde_json::json;
use wiremock::matchers::{body_string_contains, header, method, path};
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate};

/// Pending at first, as for whoever is slower than the program.
struct Token(AtomicBool);

impl Respond for Token {
    fn respond(&self, _: &Request) -> ResponseTemplate {
        ResponseTemplate::new(200).set_body_json(match self.0.swap(true, Ordering::SeqCst) {
            false => json!({ "error": "authorization_pending", "error_description": "Not yet." }),
            true => json!({ "access_token": "gho_s3cret", "token_type": "bearer", "scope": "repo,gist" }),
        })
    }
}

#[tokio::test]
async fn somebody_agrees_by_a_code_and_actions_send_the_token() -> Result<()> {
    let server = MockServer::start().await;
    let code = json!({
        "device_code": "3584d8-s3cret", "user_code": "WDJB-MJHT", "expires_in": 899, "interval": 1,
        "verification_uri": "https://github.com/login/device",
    });
    Mock::given(method("POST"))
        .and(path("/login/device/code"))
        .and(body_string_contains("client_id=Iv1.0"))
        .and(body_string_contains("scope=repo"))
        .and(header("accept", "application/json"))
        .respond_with(ResponseTemplate::new(200).set_body_json(code))
        .mount(&server)
        .await;
    Mock::given(method("POST"))
        .and(path("/login/oauth/access_token"))
        .and(body_string_contains("device_code=3584d8-s3cret"))
        .respond_with(Token(AtomicBool::new(false)))
        .expect(2)
        .mount(&server)
        .await;
    Mock::given(path("/api/v3/repos/o/r/labels"))
        .and(header("authorization", "Bearer gho_s3cret"))
        .and(header("x-github-api-version", "2022-11-28"))
        .respond_with(
            ResponseTemplate::new(200).set_body_json(json!([{ "name": "bug", "description": null }])),
        )
        .expect(1)
        .mount(&server)
        .await;

    let github = factory::<GitHub>();
    let settings = Settings::new()
        .text("web_url", server.uri())
        .text("api_url", format!("{}/api/v3", server.uri()))
        .text("client_id", "Iv1.0")
        .text("repository", "o/r");
    let agreeing = Client::new(github.manifest(), &settings)?.on_device().await?;
    assert_eq!((agreeing.code(), agreeing.url()), ("WDJB-MJHT", "https://github.com/login/device"));
    let tokens = agreeing.finish(Duration::from_secs(60)).await?;
    let settings = settings.secret(OAuth2::TOKENS, tokens.to_secret());
    let connection = Connection::open("test", &github, &settings)?;
    let labels = connection.act("labels.list", &json!({}), &Caller::new("test", Mode::Readonly)).await?;
    assert_eq!(labels.parse::<Vec<Label>>()?.len(), 1);
    Ok(())
}

#[test]
fn without_a_token_and_a_client_both_ways_are_told() {
    let refused = Connection::open("test", &factory::<GitHub>(), &Settings::new()).expect_err("no way");
    assert_eq!(refused.kind(), ErrorKind::Setup);
    for variable in ["GITHUB_CLIENT_ID", "GITHUB_TOKEN"] {
        assert!(refused.message().contains(variable), "{refused}");
    }
}
