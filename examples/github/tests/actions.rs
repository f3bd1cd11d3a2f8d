//! What the actions make of GitHub's answers, replayed from `cassettes/`: no network and no token. `pulls.json` and
//! `comment.json` are examples of GitHub's OpenAPI document as a mock of it answered, shortened; `issues.json` and
//! `file.json` are written after its documentation.

use connector_sdk::call::{Caller, Connection};
use connector_sdk::manifest::Mode;
use connector_sdk::testing::Cassette;
use connector_sdk::{Context, ErrorKind, Result, Settings, factory};
use github::{Comment, GitHub, Issue, Pull, Text};
use serde_json::{Value, json};

fn open(cassette: &Cassette) -> Result<Connection> {
    let settings = Settings::new()
        .secret("token", cassette.secret("GITHUB_TOKEN")?)
        .text("repository", "octocat/Hello-World");
    cassette.open("test", &factory::<GitHub>(), &settings)
}

fn cassette(name: &str) -> Result<Cassette> {
    Cassette::at(format!("{}/tests/cassettes/{name}.json", env!("CARGO_MANIFEST_DIR")))
}

fn caller() -> Caller {
    Caller::new("test", Mode::Write).without_asking()
}

#[tokio::test]
async fn pull_requests_are_listed_and_shown() -> Result<()> {
    let cassette = cassette("pulls")?;
    let github = open(&cassette)?;
    let pulls: Vec<Pull> = github.act("list_pulls", &json!({ "limit": 2 }), &caller()).await?.parse()?;
    assert_eq!((pulls.len(), &*pulls[0].head.name, pulls[0].mergeable), (1, "new-topic", None));
    let pull: Pull = github.act("pulls.show", &json!({ "number": 1347 }), &caller()).await?.parse()?;
    assert_eq!((pull.number, pull.mergeable), (1347, Some(true)));
    // What it has to be allowed before anything is sent.
    let refused = github.act("merge_pull", &json!({ "number": 1347 }), &caller()).await;
    assert_eq!(refused.expect_err("of the mode `full`").kind(), ErrorKind::Denied);
    cassette.finish()
}

#[tokio::test]
async fn a_comment_is_written() -> Result<()> {
    let cassette = cassette("comment")?;
    let github = open(&cassette)?;
    let input = json!({ "number": 1347, "body": "Me too" });
    let comment: Comment = github.act("create_comment", &input, &caller()).await?.parse()?;
    assert_eq!(comment.body.as_deref(), Some("Me too"));
    cassette.finish()
}

#[tokio::test]
async fn issues_are_counted_without_pull_requests_and_over_pages() -> Result<()> {
    let cassette = cassette("issues")?;
    let github = open(&cassette)?;
    let input = json!({ "labels": ["bug", "good first issue"], "limit": 3 });
    let issues: Vec<Issue> = github.act("list_issues", &input, &caller()).await?.parse()?;
    let numbers: Vec<u64> = issues.iter().map(|issue| issue.number).collect();
    assert_eq!(numbers, [9, 7, 6], "8 is a pull request, and 5 is one too many");
    assert_eq!((issues[1].user.is_none(), issues[1].body.as_deref()), (true, None));
    cassette.finish()
}

#[tokio::test]
async fn a_file_is_read_and_a_folder_is_none() -> Result<()> {
    let cassette = cassette("file")?;
    let github = open(&cassette)?;
    let input = json!({ "path": "docs/Grüße.md", "at": "v1.0" });
    let file: Text = github.act("read_file", &input, &caller()).await?.parse()?;
    assert_eq!(
        (&*file.path, &*file.text),
        ("docs/Grüße.md", "# Grüße\n\nIn zwei Zeilen, von denen eine lang ist.\n")
    );
    let refused = github.act("read_file", &json!({ "path": "docs" }), &caller()).await;
    assert_eq!(refused.expect_err("a folder").message(), "`docs` is a folder; list it instead");
    let entries: Value = github.act("list_files", &json!({}), &caller()).await?.parse()?;
    assert_eq!(entries, json!([{ "path": "docs", "type": "dir", "size": 0, "sha": "c1" }]));
    cassette.finish()
}

#[tokio::test]
async fn without_a_repository_what_is_of_none_works() -> Result<()> {
    let github = Connection::open("test", &factory::<GitHub>(), &Settings::new().secret("token", "s3cret"))?;
    for action in ["list_labels", "list_issues"] {
        let refused = github.act(action, &json!({}), &caller()).await.expect_err("which repository");
        assert_eq!((refused.kind(), &refused.details()["setting"]), (ErrorKind::Setup, &json!("repository")));
    }
    assert!(github.options("unknown", "", Context::new()).await.is_err());
    Ok(())
}
