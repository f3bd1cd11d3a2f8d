//! ArgentOS: certified command-line tools, one `aos-<id>` a connector.
//!
//! ArgentOS finds a tool by files (`connector.json`, `agent-harness/permissions.json`), probes it
//! with `--json capabilities` and `--json health`, and runs its commands as processes whose one line
//! of output is an envelope. Everything it reads is derived here from the [`Manifest`]:
//! one list of commands (`commands.rs`) and one document (`document.rs`) feed the files and
//! `capabilities` alike, so that they can't disagree.
//!
//! No schema of these formats is published. What is written here is what ArgentOS's own readers take
//! a meaning from: `src/connectors/catalog.ts` (discovery, agents), `canvas-node-parser.ts` (canvas)
//! and `tools/aos/readiness-index.mjs` (certification), as told by the sections of the contract that
//! the modules cite.

mod codes;
mod commands;
mod document;
mod envelope;
mod fields;
mod files;
mod form;
mod readiness;
mod readme;
mod state;
#[cfg(test)]
mod tests;

pub use super::File;
pub use codes::{error_code, exit_code};
pub use commands::GLOBAL_OPTIONS;
pub use commands::flag;
pub use document::capabilities;
pub use envelope::{Meta, failure, success};
pub use files::files;
pub use readiness::{doctor, health};
pub use state::{Source, State, config};

use serde::Serialize;
use serde_json::Value;

use crate::manifest::Manifest;

/// The name of the tool, its folder and its binary: `aos-notes`.
pub fn tool(manifest: &Manifest) -> String {
    format!("aos-{}", manifest.id)
}

/// Plain data with text as keys, which can always be JSON.
fn value_of(data: &impl Serialize) -> Value {
    // By way of its text, for which there is a serializer already.
    serde_json::to_vec(data).and_then(|json| serde_json::from_slice(&json)).unwrap_or_default()
}
