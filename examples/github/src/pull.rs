//! Pull requests, as <https://docs.github.com/rest/pulls/pulls> has them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{IssueState, User};

/// A pull request.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct Pull {
    /// Its number in the repository.
    pub number: u64,
    /// What it is about, in a line.
    pub title: String,
    /// Whether it is open; one that was merged is closed.
    pub state: IssueState,
    /// Whether it is not ready to be merged.
    pub draft: Option<bool>,
    /// Who opened it; none: the account is gone.
    pub user: Option<User>,
    /// What is to be merged.
    pub head: Branch,
    /// What it is merged into.
    pub base: Branch,
    /// Whether it can be merged without conflicts; none: in a list, or GitHub hasn't found out yet.
    pub mergeable: Option<bool>,
    /// When it was merged, as in RFC 3339.
    pub merged_at: Option<String>,
    /// When it was opened.
    pub created_at: String,
    /// Where people see it.
    pub html_url: String,
    /// All of it, in Markdown.
    pub body: Option<String>,
}

/// A branch and where it is.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct Branch {
    /// Its name.
    #[serde(rename = "ref")]
    pub name: String,
    /// Its commit.
    pub sha: String,
}

/// What a pull request does to a file.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct Change {
    /// Where the file is.
    pub filename: String,
    /// What happens to it: `added`, `removed`, `modified`, `renamed`, `copied`, `changed` or `unchanged`.
    pub status: String,
    /// Lines that are new.
    pub additions: u64,
    /// Lines that go.
    pub deletions: u64,
    /// The difference, where it is of text and not too large.
    pub patch: Option<String>,
}

/// How the commits of a pull request get into its base.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// With a commit that merges.
    Merge,
    /// As one commit.
    Squash,
    /// One after the other, on top of the base.
    Rebase,
}

/// What came of a merge.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct Merged {
    /// Whether it is merged.
    pub merged: bool,
    /// The commit that it made.
    pub sha: String,
    /// What GitHub says of it.
    pub message: String,
}
