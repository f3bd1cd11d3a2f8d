//! The files by which ArgentOS finds a tool (contract 1.1 and 1.3).
//!
//! There is no `pyproject.toml`, on purpose: with one, ArgentOS's installer builds a Python
//! environment and fails when the tool doesn't appear in it; without one it takes the binary as it is.

use std::path::PathBuf;

use serde::Serialize;

use super::document::{document, permissions};
use super::readme::readme;
use super::tool;
use crate::indent::indent;
use crate::manifest::Manifest;
use crate::platform::File;

/// All files of a tool but the binary itself, which belongs at `aos-<id>/agent-harness/bin/aos-<id>`.
pub fn files(manifest: &Manifest) -> Vec<File> {
    let folder = PathBuf::from(tool(manifest));
    let file = |path: &str, contents| File { path: folder.join(path), contents, executable: false };
    vec![
        file("connector.json", pretty(&document(manifest))),
        file("README.md", readme(manifest).into_bytes()),
        file("agent-harness/permissions.json", pretty(&permissions(manifest))),
    ]
}

/// JSON for people and version control: indented, with a newline at the end.
fn pretty(document: &impl Serialize) -> Vec<u8> {
    // Plain data with text as keys can always be JSON.
    let mut json = indent(&serde_json::to_vec(document).unwrap_or_default());
    json.push(b'\n');
    json
}
