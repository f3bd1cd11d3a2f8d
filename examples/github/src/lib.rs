//! Issues, pull requests and files of a GitHub repository.
//!
//! An action that is one request has no body: what it sends stands in its `#[http]`. The others have something to
//! do besides, such as leaving pull requests out of the issues.

use std::pin::pin;

use connector_sdk::http::{Page, Request};
use connector_sdk::prelude::*;
use futures_util::TryStreamExt as _;

mod comment;
mod file;
mod issue;
mod pull;
mod repository;

pub use comment::Comment;
pub use file::{Commit, Entry, EntryKind, Text, Written};
pub use issue::{Issue, IssueState, Label, Reason, StateFilter, User};
pub use pull::{Branch, Change, Merged, Method, Pull};
pub use repository::{Order, Repository};

/// Issues, pull requests and files of a GitHub repository.
// GitHub allows 5000 requests an hour:
// https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api
// In a browser it wants a client's secret besides, which a program that anybody runs can't keep; for a code it doesn't:
// https://docs.github.com/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps
#[connector(
    id = "github",
    title = "GitHub",
    category = "developer-tools",
    docs = "https://docs.github.com/rest",
    auth = any(
        bearer(token),
        oauth2(
            device = "{web_url}/login/device/code",
            token = "{web_url}/login/oauth/access_token",
            scopes = ["repo"],
            client_id = env("GITHUB_CLIENT_ID"),
        ),
    ),
    rate = "80/min",
)]
pub struct GitHub {
    /// Repository to work on, as `owner/name`; only what is of none can do without.
    #[config(
        placeholder = "rust-lang/rust",
        pattern = "^[A-Za-z0-9-]+/[A-Za-z0-9._-]+$",
        options = repositories,
    )]
    repository: Option<String>,
    /// Where the API is; of a GitHub Enterprise Server it is `https://HOST/api/v3`, and one that only a private network
    /// reaches is spoken to through a proxy (`HTTPS_PROXY`, by the proxy's address).
    #[config(default = "https://api.github.com", advanced)]
    api_url: String,
    /// Where people log in; of a GitHub Enterprise Server it is `https://HOST`.
    #[config(default = "https://github.com", advanced)]
    web_url: String,
    /// Personal access token. Without one, `connect` shows a code for somebody to enter.
    #[secret(help = "Made on GitHub under Settings, Developer settings, Personal access tokens")]
    token: Option<Secret>,
    // https://docs.github.com/rest/about-the-rest-api/api-versions
    #[http(base = "{api_url}", headers = [("X-GitHub-Api-Version", "2022-11-28")])]
    http: Http,
}

#[connector]
impl GitHub {
    /// List the repository's issues, the newest first, without its pull requests.
    #[action(read, resource = "issues")]
    async fn list_issues(
        &self,
        ctx: &Context,
        /// In which state they are.
        #[arg(default = StateFilter::Open)]
        state: StateFilter,
        /// Only those that have all of these labels.
        labels: Option<Vec<String>>,
        /// Only those that this user has to do.
        assignee: Option<String>,
        /// At most this many.
        #[arg(default = 30, range = 1..=1000)]
        limit: u32,
    ) -> Result<Vec<Issue>> {
        // GitHub lists pull requests among the issues, so how many have to be asked for isn't known.
        let request = self
            .of_repository(self.http.get("/repos/{+repository}/issues"), ctx)?
            .query("state", state)
            .query_if("labels", labels.map(|labels| labels.join(",")))
            .query_if("assignee", assignee)
            .query("per_page", limit.clamp(30, 100));
        let mut items = pin!(request.pages(Page::Link).items::<issue::Listed>(""));
        let mut issues = Vec::new();
        while let Some(item) = items.try_next().await? {
            issues.extend(item.into_issue());
            if issues.len() >= limit as usize {
                break;
            }
        }
        Ok(issues)
    }

    /// Show an issue.
    #[action(read, resource = "issues")]
    #[http(GET, "/repos/{+repository}/issues/{number}")]
    async fn show_issue(
        &self,
        /// Its number.
        number: u64,
    ) -> Result<Issue>;

    /// Open an issue.
    #[action(write, resource = "issues")]
    #[http(POST, "/repos/{+repository}/issues")]
    async fn create_issue(
        &self,
        /// What it is about, in a line.
        #[arg(length = 1..=256)]
        title: String,
        /// All of it, in Markdown.
        body: Option<String>,
        /// Names of labels; those that don't exist are made.
        labels: Option<Vec<String>>,
        /// Who has to do it, by login.
        assignees: Option<Vec<String>>,
    ) -> Result<Issue>;

    /// Change an issue. What is not given stays as it is.
    #[action(write, idempotent, resource = "issues")]
    #[http(PATCH, "/repos/{+repository}/issues/{number}")]
    async fn update_issue(
        &self,
        /// Its number.
        number: u64,
        /// What it is about, in a line.
        #[arg(length = 1..=256)]
        title: Option<String>,
        /// All of it, in Markdown.
        body: Option<String>,
        /// Names of labels, in place of those that it has.
        labels: Option<Vec<String>>,
        /// Who has to do it, by login, in place of those who had to.
        assignees: Option<Vec<String>>,
        /// Whether there is anything left to do.
        state: Option<IssueState>,
        /// Why its state changes; without a state it means nothing.
        #[arg(body = "state_reason")]
        reason: Option<Reason>,
    ) -> Result<Issue>;

    /// Close an issue.
    #[action(write, idempotent, resource = "issues")]
    async fn close_issue(
        &self,
        /// Its number.
        number: u64,
        /// Why nothing is left to do.
        #[arg(default = Reason::Completed)]
        reason: Reason,
    ) -> Result<Issue> {
        let closed = Some(IssueState::Closed);
        self.update_issue(number, None, None, None, None, closed, Some(reason)).await
    }

    /// List the comments of an issue or a pull request, the oldest first.
    #[action(read, resource = "comments")]
    #[http(GET, "/repos/{+repository}/issues/{number}/comments", page = link, most = limit)]
    async fn list_comments(
        &self,
        /// Number of the issue or pull request.
        number: u64,
        /// At most this many.
        #[arg(query = "per_page", default = 30, range = 1..=1000)]
        limit: u32,
    ) -> Result<Vec<Comment>>;

    /// Comment on an issue or a pull request.
    #[action(write, resource = "comments")]
    #[http(POST, "/repos/{+repository}/issues/{number}/comments")]
    async fn create_comment(
        &self,
        /// Number of the issue or pull request.
        number: u64,
        /// What it says, in Markdown.
        #[arg(length = 1..=65_536)]
        body: String,
    ) -> Result<Comment>;

    /// Delete a comment for good.
    #[action(destructive, resource = "comments")]
    #[http(DELETE, "/repos/{+repository}/issues/comments/{id}")]
    async fn delete_comment(
        &self,
        /// Its id, which lists show.
        id: u64,
    ) -> Result<()>;

    /// List the labels that issues can have.
    #[action(read, resource = "labels")]
    #[http(GET, "/repos/{+repository}/labels", page = link, most = limit)]
    async fn list_labels(
        &self,
        /// At most this many.
        #[arg(query = "per_page", default = 100, range = 1..=1000)]
        limit: u32,
    ) -> Result<Vec<Label>>;

    /// Add labels to an issue or a pull request, and tell which it has then.
    #[action(write, idempotent, resource = "labels")]
    #[http(POST, "/repos/{+repository}/issues/{number}/labels")]
    async fn add_labels(
        &self,
        /// Number of the issue or pull request.
        number: u64,
        /// Names of labels; those that don't exist are made.
        #[arg(length = 1..=100)]
        labels: Vec<String>,
    ) -> Result<Vec<Label>>;

    /// Take a label off an issue or a pull request, and tell which it has then.
    #[action(write, idempotent, resource = "labels")]
    #[http(DELETE, "/repos/{+repository}/issues/{number}/labels/{label}", reversible)]
    async fn remove_label(
        &self,
        /// Number of the issue or pull request.
        number: u64,
        /// Name of the label.
        label: String,
    ) -> Result<Vec<Label>>;

    /// List the repository's pull requests, the newest first.
    #[action(read, resource = "pulls")]
    #[http(GET, "/repos/{+repository}/pulls", page = link, most = limit)]
    async fn list_pulls(
        &self,
        /// In which state they are.
        #[arg(default = StateFilter::Open)]
        state: StateFilter,
        /// Only those that go into this branch.
        base: Option<String>,
        /// At most this many.
        #[arg(query = "per_page", default = 30, range = 1..=1000)]
        limit: u32,
    ) -> Result<Vec<Pull>>;

    /// Show a pull request.
    #[action(read, resource = "pulls")]
    #[http(GET, "/repos/{+repository}/pulls/{number}")]
    async fn show_pull(
        &self,
        /// Its number.
        number: u64,
    ) -> Result<Pull>;

    /// List the files that a pull request changes; GitHub tells 3000 at most.
    #[action(read, resource = "pulls", command = "pulls.files")]
    #[http(GET, "/repos/{+repository}/pulls/{number}/files", page = link, most = limit)]
    async fn list_pull_files(
        &self,
        /// Its number.
        number: u64,
        /// At most this many.
        #[arg(query = "per_page", default = 100, range = 1..=3000)]
        limit: u32,
    ) -> Result<Vec<Change>>;

    /// Merge a pull request.
    #[action(write, risk = business, resource = "pulls")]
    #[http(PUT, "/repos/{+repository}/pulls/{number}/merge")]
    async fn merge_pull(
        &self,
        /// Its number.
        number: u64,
        /// How its commits get into the branch.
        #[arg(body = "merge_method", default = Method::Merge)]
        method: Method,
        /// The commit that its head has to be at, so that nothing unseen is merged.
        sha: Option<String>,
    ) -> Result<Merged>;

    /// List what is in a folder; GitHub tells 1000 entries at most.
    #[action(read, resource = "files")]
    async fn list_files(
        &self,
        ctx: &Context,
        /// The folder; the whole repository's if it is empty.
        #[arg(default = "")]
        folder: &str,
        /// Branch, tag or commit; the default branch if nothing is said.
        at: Option<String>,
    ) -> Result<Vec<Entry>> {
        let request = match folder.trim_matches('/') {
            "" => self.http.get("/repos/{+repository}/contents"),
            folder => self.http.get("/repos/{+repository}/contents/{path}").path("path", folder),
        };
        let request = self.of_repository(request, ctx)?.query_if("ref", at);
        Ok(request.send().await?.json::<file::Found>().await?.into_entries())
    }

    /// Read a file of text.
    #[action(read, resource = "files")]
    async fn read_file(
        &self,
        ctx: &Context,
        /// Where the file is.
        #[arg(length = 1..)]
        path: &str,
        /// Branch, tag or commit; the default branch if nothing is said.
        at: Option<String>,
    ) -> Result<Text> {
        let request = self.http.get("/repos/{+repository}/contents/{path}").path("path", path);
        let request = self.of_repository(request, ctx)?.query_if("ref", at);
        request.send().await?.json::<file::Found>().await?.text(path)
    }

    /// Write a file, which makes a commit.
    #[action(write, resource = "files")]
    async fn write_file(
        &self,
        ctx: &Context,
        /// Where the file is.
        #[arg(length = 1..)]
        path: &str,
        /// All of its text.
        text: &str,
        /// What the commit says.
        #[arg(length = 1..)]
        message: String,
        /// What the file's `sha` was when it was read; a file that is there isn't written without.
        sha: Option<String>,
        /// Branch; the default branch if nothing is said.
        branch: Option<String>,
    ) -> Result<Written> {
        let request = self.http.put("/repos/{+repository}/contents/{path}").path("path", path);
        let request = self.of_repository(request, ctx)?;
        // Without its `sha` GitHub takes no second write, and with it no other than that of the same file.
        request.json(&file::Writing::new(text, message, sha, branch)).send().await?.json().await
    }

    /// Delete a file, which makes a commit.
    #[action(destructive, resource = "files")]
    #[http(DELETE, "/repos/{+repository}/contents/{path}")]
    async fn delete_file(
        &self,
        /// Where the file is.
        #[arg(length = 1..)]
        path: String,
        /// The file's `sha`, which `read` and `list` show.
        #[arg(body = "sha")]
        sha: String,
        /// What the commit says.
        #[arg(body = "message", length = 1..)]
        message: String,
        /// Branch; the default branch if nothing is said.
        #[arg(body = "branch")]
        branch: Option<String>,
    ) -> Result<Written>;

    /// Search the repository's issues, the best match first.
    #[action(read, resource = "issues")]
    async fn search_issues(
        &self,
        ctx: &Context,
        /// Words and GitHub's qualifiers, such as `label:bug is:open`.
        #[arg(length = 1..=200)]
        query: &str,
        /// At most this many.
        #[arg(default = 30, range = 1..=1000)]
        limit: u32,
    ) -> Result<Vec<Issue>> {
        let query = format!("{query} repo:{} is:issue", self.repository()?);
        let request = self.http.get("/search/issues").query("q", query).query("per_page", limit.min(100));
        let mut items = pin!(request.within(ctx).pages(Page::Link).items("items"));
        let mut issues = Vec::new();
        while let Some(issue) = items.try_next().await? {
            issues.push(issue);
            if issues.len() >= limit as usize {
                break;
            }
        }
        Ok(issues)
    }

    /// List the repositories that the token can see, the last pushed to first.
    #[action(read, resource = "repositories")]
    #[http(GET, "/user/repos", page = link, most = limit)]
    async fn list_repositories(
        &self,
        /// By what they are sorted.
        #[arg(default = Order::Pushed)]
        sort: Order,
        /// At most this many.
        #[arg(query = "per_page", default = 30, range = 1..=1000)]
        limit: u32,
    ) -> Result<Vec<Repository>>;

    /// Search all of GitHub's repositories, the best match first.
    #[action(read, resource = "repositories")]
    #[http(GET, "/search/repositories", select = "items", page = link, most = limit)]
    async fn search_repositories(
        &self,
        /// Words and GitHub's qualifiers, such as `language:rust`.
        #[arg(query = "q", length = 1..=256)]
        query: String,
        /// At most this many.
        #[arg(query = "per_page", default = 30, range = 1..=1000)]
        limit: u32,
    ) -> Result<Vec<Repository>>;

    /// Repositories that the token can see.
    #[options]
    async fn repositories(&self, query: &str) -> Result<Vec<Choice>> {
        let query = query.to_lowercase();
        let known = self.list_repositories(Order::Pushed, CHOICES).await?;
        let known = known.into_iter().map(|repository| repository.full_name);
        Ok(known
            .filter(|name| name.to_lowercase().contains(&query))
            .map(|id| Choice::new(&*id, &*id))
            .collect())
    }

    /// Is the token good? It counts against no limit.
    #[health]
    async fn health(&self, ctx: &Context) -> Result<()> {
        self.http.get("/rate_limit").within(ctx).send().await.map(drop)
    }
}

/// As many of a user's repositories are looked through for choices.
const CHOICES: u32 = 300;

impl GitHub {
    fn repository(&self) -> Result<&str> {
        self.repository.as_deref().ok_or_else(|| {
            Error::setup("setting `repository` is missing; it says which one is meant, as `owner/name`")
                .with_detail("setting", "repository")
        })
    }

    /// A request about the repository, for as long as a call lasts.
    fn of_repository(&self, request: Request, ctx: &Context) -> Result<Request> {
        Ok(request.path("repository", self.repository()?).within(ctx))
    }
}
