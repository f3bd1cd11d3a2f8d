//! Requests that a service's OpenAPI document allows, answered with its examples.

use std::collections::BTreeSet;

use connector_sdk::call::Connection;
use connector_sdk::http::{Credentials, Http};
use connector_sdk::{Context, ErrorKind, Secret, Settings, factory};
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

/// Every action of `examples/github`, with as much of its input as can be said at once.
const GITHUB: &[(&str, &str)] = &[
    ("list_issues", r#"{ "state": "all", "labels": ["bug", "a b"], "assignee": "octocat", "limit": 3 }"#),
    ("show_issue", r#"{ "number": 1347 }"#),
    ("create_issue", r#"{ "title": "T", "body": "B", "labels": ["bug"], "assignees": ["octocat"] }"#),
    (
        "update_issue",
        r#"{ "number": 1, "title": "T", "body": "", "labels": [], "assignees": ["octocat"], "state": "open",
             "reason": "reopened" }"#,
    ),
    ("close_issue", r#"{ "number": 1, "reason": "not_planned" }"#),
    ("search_issues", r#"{ "query": "label:bug", "limit": 2 }"#),
    ("list_comments", r#"{ "number": 1, "limit": 200 }"#),
    ("create_comment", r#"{ "number": 1, "body": "Me too" }"#),
    ("delete_comment", r#"{ "id": 1 }"#),
    ("list_labels", "{}"),
    ("add_labels", r#"{ "number": 1, "labels": ["bug"] }"#),
    ("remove_label", r#"{ "number": 1, "label": "good first/issue" }"#),
    ("list_pulls", r#"{ "state": "closed", "base": "main" }"#),
    ("show_pull", r#"{ "number": 1 }"#),
    ("list_pull_files", r#"{ "number": 1 }"#),
    (
        "merge_pull",
        r#"{ "number": 1, "method": "squash", "sha": "6dcb09b5b57875f334f61aebed695e2e4193db5e" }"#,
    ),
    ("list_files", r#"{ "folder": "src/bin", "at": "main" }"#),
    ("read_file", r#"{ "path": "src/a b.rs", "at": "main" }"#),
    (
        "write_file",
        r#"{ "path": "src/main.rs", "text": "ä", "message": "M", "branch": "main",
             "sha": "95b966ae1c166bd92f8ae7d1c313e738c731dfc3" }"#,
    ),
    (
        "delete_file",
        r#"{ "path": "src/main.rs", "message": "M", "branch": "main",
             "sha": "95b966ae1c166bd92f8ae7d1c313e738c731dfc3" }"#,
    ),
    ("list_repositories", r#"{ "sort": "full_name" }"#),
    ("search_repositories", r#"{ "query": "tetris language:assembly" }"#),
];

fn github(server: &servers::Server) -> Settings {
    Settings::new().text("api_url", server.url()).text("repository", "octocat/Hello-World")
}

#[tokio::test]
#[ignore = "needs prism: tests/servers/install"]
async fn all_requests_of_our_github_are_valid_and_all_answers_are_read() {
    let server = servers::github();
    let settings = github(&server).secret("token", "ghp_s3cret");
    let github = Connection::open("test", &factory::<github::GitHub>(), &settings).expect("a connection");
    let all: BTreeSet<&str> = github.manifest().actions.iter().map(|action| &*action.name).collect();
    assert_eq!(all, GITHUB.iter().map(|(action, _)| *action).collect(), "all of them are called");
    for (action, input) in GITHUB {
        let input: Value = serde_json::from_str(input).expect("an input");
        let answer = github.act(action, &input, &admin()).await;
        // The file that the document has for an example is no Base64; the answer was read up to there.
        if *action == "read_file" {
            let error = answer.expect_err("no Base64");
            assert!(error.to_string().ends_with("is no Base64"), "{error}");
            continue;
        }
        let answer: Value = answer
            .and_then(|answer| answer.parse())
            .unwrap_or_else(|error| panic!("{action}: {error} {:?}", error.details()));
        leave(answer.to_string());
        match &answer {
            // The document's only example of what is listed is a pull request.
            Value::Array(items) => {
                assert_eq!(items.is_empty(), *action == "list_issues", "{action}: {answer}")
            }
            Value::Object(members) => assert!(!members.is_empty(), "{action}"),
            other => assert_eq!((*action, other), ("delete_comment", &Value::Null)),
        }
    }
    let repositories = github.options("repositories", "HELLO", Context::new()).await.expect("choices");
    assert_eq!(repositories.len(), 1);
    github.health(Context::new()).await.expect("it is well");
}

#[tokio::test]
#[ignore = "needs prism: tests/servers/install"]
async fn github_takes_nothing_without_a_token() {
    let server = servers::github();
    let without = Http::builder(server.url()).build().expect("a client");
    let refused = without.get("/repos/a/b/issues").send().await.expect_err("refused");
    assert_eq!((refused.kind(), &refused.details()["status"]), (ErrorKind::Auth, &json!(401)), "{refused}");
    // The connector doesn't even ask.
    let settings = github(&server).text("client_id", "Iv1.0");
    let github = Connection::open("test", &factory::<github::GitHub>(), &settings).expect("a connection");
    let refused = github.act("list_labels", &json!({}), &admin()).await.expect_err("refused");
    assert_eq!((refused.kind(), refused.details().get("status")), (ErrorKind::Setup, None), "{refused}");
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
