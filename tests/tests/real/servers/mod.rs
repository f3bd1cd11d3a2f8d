//! The servers: how each is started and what it needs before it can be used. Each has an address and a data
//! folder of its own, so tests that run beside each other share nothing.

mod post;
mod process;

use std::path::PathBuf;

pub(crate) use post::{PASSWORD, Post};
pub(crate) use process::Server;
use process::Start;
#[cfg(all(feature = "keyring", target_os = "linux"))]
pub(crate) use process::UNTIL_INPUT_ENDS;

/// An OpenID provider: `op.mjs` says which clients it knows. Its access tokens last that many seconds.
pub(crate) fn oidc_provider(access_token_seconds: u32) -> Server {
    Start::new("oidc_provider", "node")
        .env("SERVERS", installed(""))
        .env("ACCESS_TOKEN_TTL", access_token_seconds)
        .arguments(&[&ours("op.mjs"), "{port}"])
        .ready("/.well-known/openid-configuration")
}

/// Whatever GitHub's OpenAPI document allows, answered with its examples. It has the paths that `install`
/// keeps, and takes a request that the document refuses with 422 (or 401).
pub(crate) fn github() -> Server {
    prism("github.json", "/rate_limit")
}

/// Whatever Slack's OpenAPI document allows, answered with its examples.
pub(crate) fn slack() -> Server {
    prism("slack.json", "/api.test")
}

fn prism(document: &str, path: &str) -> Server {
    Start::new("prism", &installed("node_modules/.bin/prism"))
        .arguments(&[
            "mock",
            "--verboseLevel",
            "warn",
            "--host",
            "127.0.0.1",
            "--port",
            "{port}",
            &installed(document),
        ])
        .ready(path)
}

/// A Stripe that remembers. It takes any key that begins with `sk_`.
pub(crate) fn localstripe() -> Server {
    Start::new("localstripe", &installed("venv/bin/python"))
        .arguments(&[&ours("stripe.py"), "{port}"])
        .ready("/js.stripe.com/v3/")
}

/// Who may do anything in a [`pocketbase`]: a name and a password.
pub(crate) const SUPERUSER: (&str, &str) = ("admin@example.com", "s3cret-of-this-test");

/// A PocketBase without collections, with one [`SUPERUSER`]. It writes beside its data folder as well, so that is
/// one below the server's.
pub(crate) fn pocketbase() -> Server {
    Start::new("pocketbase", &installed("venv/bin/pocketbase"))
        .before(&["superuser", "upsert", SUPERUSER.0, SUPERUSER.1, "--dir", "{folder}/data"])
        .arguments(&["serve", "--http", "127.0.0.1:{port}", "--dir", "{folder}/data"])
        .ready("/api/health")
}

/// A Kinto without accounts or buckets, in memory. `PUT /v1/accounts/NAME` makes an account.
pub(crate) fn kinto() -> Server {
    let memory = ["--backend", "memory", "--cache-backend", "memory"];
    Start::new("kinto", &installed("venv/bin/kinto"))
        .before(&[&["init", "--ini", "{folder}/kinto.ini", "--host", "127.0.0.1"], &memory[..]].concat())
        .arguments(&["start", "--ini", "{folder}/kinto.ini", "--port", "{port}"])
        .ready("/v1/")
}

/// A Matrix homeserver where whoever asks is registered, and nobody is told to wait. `options`: what it is to have
/// otherwise in its configuration.
pub(crate) fn synapse(options: &serde_json::Value) -> Server {
    Start::new("synapse", &installed("synapse/bin/python"))
        .env("SYNAPSE", options)
        .arguments(&[&ours("synapse.py"), "{port}", "{folder}"])
        .ready("/_matrix/client/versions")
}

/// What `tests/servers/install` installed.
fn installed(path: &str) -> String {
    // Cargo's folder for such files is beside it.
    let mut folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    folder.pop();
    folder.join("servers").join(path).display().to_string()
}

/// A file of `tests/servers`.
fn ours(file: &str) -> String {
    format!("{}/servers/{file}", env!("CARGO_MANIFEST_DIR"))
}
