//! Comments, as <https://docs.github.com/rest/issues/comments> has them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::User;

/// A comment on an issue or a pull request.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct Comment {
    /// Its id, by which it is deleted.
    pub id: u64,
    /// Who wrote it; none: the account is gone.
    pub user: Option<User>,
    /// What it says, in Markdown.
    pub body: Option<String>,
    /// When it was written, as in RFC 3339.
    pub created_at: String,
    /// Where people see it.
    pub html_url: String,
}
