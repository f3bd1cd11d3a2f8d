//! Issues, as <https://docs.github.com/rest/issues/issues> has them.

use std::fmt;

use schemars::JsonSchema;
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

/// An issue.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct Issue {
    /// Its number in the repository.
    pub number: u64,
    /// What it is about, in a line.
    pub title: String,
    /// Whether anything is left to do.
    pub state: IssueState,
    /// Who opened it; none: the account is gone.
    pub user: Option<User>,
    /// What it is filed under.
    pub labels: Vec<Label>,
    /// How many comments it has.
    pub comments: u64,
    /// When it was opened, as in RFC 3339.
    pub created_at: String,
    /// When it or one of its comments changed last.
    pub updated_at: String,
    /// Where people see it.
    pub html_url: String,
    /// All of it, in Markdown.
    pub body: Option<String>,
}

/// An item of the list of issues, which has pull requests as well.
#[derive(Deserialize)]
pub(crate) struct Listed {
    #[serde(flatten)]
    issue: Issue,
    pull_request: Option<IgnoredAny>,
}

impl Listed {
    pub(crate) fn into_issue(self) -> Option<Issue> {
        self.pull_request.is_none().then_some(self.issue)
    }
}

/// Whether anything is left to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum IssueState {
    /// There is.
    Open,
    /// There isn't.
    Closed,
}

/// Why an issue's state changes.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// It is done.
    Completed,
    /// It won't be done.
    NotPlanned,
    /// Another issue is about the same.
    Duplicate,
    /// It is to be done after all.
    Reopened,
}

/// Which issues or pull requests a list has.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum StateFilter {
    /// Those that are open.
    Open,
    /// Those that are closed.
    Closed,
    /// All of them.
    All,
}

impl fmt::Display for StateFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Open => "open",
            Self::Closed => "closed",
            Self::All => "all",
        })
    }
}

/// A label.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct Label {
    /// What it says.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
}

/// A person or a program.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct User {
    /// The name of the account.
    pub login: String,
}
