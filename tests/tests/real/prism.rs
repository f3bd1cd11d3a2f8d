//! Requests that a service's OpenAPI document allows, answered with its examples.

use connector_sdk::http::{Credentials, Http};
use connector_sdk::{ErrorKind, Secret, Settings};
use serde_json::{Map, Value, json};

use crate::files::{admin, open, shared};
use crate::servers;
use crate::traces::leave;

#[tokio::test]
#[ignore = "needs prism: tests/servers/install"]
async fn all_requests_of_pocketpaws_slack_are_valid() {
    let server = servers::slack();
    let Some(text) = shared("slack_data.yaml", "https://slack.com/api", &server.url()) else { return };
    let slack = open(&text, &Settings::new().secret("SLACK_BOT_TOKEN", "xoxb-s3cret"));
    for action in &slack.manifest().actions {
        let required = action.parameters.iter().filter(|parameter| parameter.required);
        let input: Map<String, Value> = required.map(|one| (one.name.clone(), json!("C012"))).collect();
        let answer = slack.act(&action.name, &input, &admin()).await;
        leave(format!("{:?}", answer.as_ref().map(|answer| String::from_utf8_lossy(answer.as_bytes()))));
        // The document is older than it.
        if action.name == "list_bookmarks" {
            assert_eq!(answer.expect_err("unknown").kind(), ErrorKind::NotFound);
            continue;
        }
        let answer: Value = answer
            .and_then(|answer| answer.parse())
            .unwrap_or_else(|error| panic!("{}: {error}", action.name));
        assert_eq!(answer["ok"], true, "{}: {answer}", action.name);
    }
}

#[tokio::test]
#[ignore = "needs prism: tests/servers/install"]
async fn githubs_document_is_answered() {
    let server = servers::github();
    let token = Credentials::Bearer(Secret::new("ghp_s3cret"));
    let http = Http::builder(server.url()).credentials(token).build().expect("a client");
    let issues =
        http.get("/repos/{owner}/{repo}/issues").path("owner", "a").path("repo", "b").query("per_page", 5);
    let issues: Vec<Value> = issues.send().await.expect("an answer").json().await.expect("issues");
    assert!(issues[0]["number"].is_number(), "{issues:?}");
    let wrong = http.get("/repos/a/b/issues").query("per_page", "many").send().await.expect_err("refused");
    leave(format!("{wrong:?}"));
    assert_eq!(wrong.details()["status"], json!(422), "{wrong}");
}
