//! Repositories, as <https://docs.github.com/rest/repos/repos> has them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A repository.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct Repository {
    /// Its name with its owner's: `rust-lang/rust`.
    pub full_name: String,
    /// What it is.
    pub description: Option<String>,
    /// Whether only some can see it.
    pub private: bool,
    /// How many have starred it.
    pub stargazers_count: u64,
    /// When it was pushed to last, as in RFC 3339.
    pub pushed_at: Option<String>,
    /// Where people see it.
    pub html_url: String,
}

/// By what repositories are sorted.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// The last pushed to first.
    Pushed,
    /// The last changed first.
    Updated,
    /// The newest first.
    Created,
    /// By their names.
    FullName,
}
