//! What a platform finds a connector by.

use std::path::PathBuf;

/// A file of a platform, by its place below the folder that a user names.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct File {
    /// Where it belongs, relative.
    pub path: PathBuf,
    /// Its bytes, the same for the same manifest.
    pub contents: Vec<u8>,
    /// Whether it has to be executable.
    pub executable: bool,
}
