//! Files, as <https://docs.github.com/rest/repos/contents> has them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use connector_sdk::{Error, Result};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What is in a folder.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct Entry {
    /// Where it is in the repository.
    pub path: String,
    /// What it is.
    #[serde(rename = "type")]
    pub kind: EntryKind,
    /// How many bytes it has; 0 for a folder.
    pub size: u64,
    /// What this version of it is called.
    pub sha: String,
}

/// What an entry of a folder is.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EntryKind {
    /// A file.
    File,
    /// A folder.
    Dir,
    /// A link to another place.
    Symlink,
    /// Another repository.
    Submodule,
}

/// A file of text.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct Text {
    /// Where it is in the repository.
    pub path: String,
    /// What this version of it is called; whoever writes or deletes the file names it.
    pub sha: String,
    /// All of it.
    pub text: String,
}

/// What GitHub answers for a path: the entries of a folder, or what is no folder.
#[derive(Deserialize)]
#[serde(untagged)]
pub(crate) enum Found {
    Folder(Vec<Entry>),
    One(One),
}

/// A file, link or other repository.
#[derive(Deserialize)]
pub(crate) struct One {
    #[serde(flatten)]
    entry: Entry,
    encoding: Option<String>,
    content: Option<String>,
}

impl Found {
    /// What is in the folder; what is none stands for itself.
    pub(crate) fn into_entries(self) -> Vec<Entry> {
        match self {
            Self::Folder(entries) => entries,
            Self::One(one) => vec![one.entry],
        }
    }

    /// What the file says.
    pub(crate) fn text(self, path: &str) -> Result<Text> {
        let file = match self {
            Self::One(file) if matches!(file.entry.kind, EntryKind::File) => file,
            Self::Folder(_) => return Err(Error::usage(format!("`{path}` is a folder; list it instead"))),
            Self::One(_) => return Err(Error::usage(format!("`{path}` is no file"))),
        };
        // GitHub leaves the content of files of more than 1 MB out.
        let Some(content) = file.content.filter(|_| file.encoding.as_deref() == Some("base64")) else {
            return Err(Error::usage(format!("`{path}` is too large to be read; it has more than 1 MB")));
        };
        // It comes in lines.
        let content: String = content.split_whitespace().collect();
        let bytes = STANDARD.decode(content).map_err(|error| {
            Error::upstream(format!("the content of `{path}` is no Base64")).with_source(error)
        })?;
        let text = String::from_utf8(bytes)
            .map_err(|_| Error::usage(format!("`{path}` is no text, at least none in UTF-8")))?;
        Ok(Text { path: file.entry.path, sha: file.entry.sha, text })
    }
}

/// What is to be written.
#[derive(Serialize)]
pub(crate) struct Writing {
    message: String,
    content: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    sha: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    branch: Option<String>,
}

impl Writing {
    pub(crate) fn new(text: &str, message: String, sha: Option<String>, branch: Option<String>) -> Self {
        Self { message, content: STANDARD.encode(text), sha, branch }
    }
}

/// What came of writing or deleting a file.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct Written {
    /// The file as it is now; none: it is deleted.
    pub content: Option<Entry>,
    /// The commit that was made.
    pub commit: Commit,
}

/// A commit.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct Commit {
    /// What it is called.
    pub sha: String,
    /// Where people see it.
    pub html_url: String,
}

#[cfg(test)]
mod tests {
    use connector_sdk::ErrorKind;

    use super::*;

    fn stored(kind: &str, encoding: &str, content: &str) -> Result<Text> {
        let one = serde_json::json!({
            "type": kind, "path": "a/b", "size": 1, "sha": "1", "encoding": encoding, "content": content,
        });
        serde_json::from_value::<Found>(one)?.text("a/b")
    }

    #[test]
    fn text_is_decoded_from_lines() -> Result<()> {
        let text = "ä long enough line, and\nanother\n";
        let content = STANDARD.encode(text);
        let (first, second) = content.split_at(20);
        assert_eq!(stored("file", "base64", &format!("{first}\n{second}\n"))?.text, text);
        Ok(())
    }

    #[test]
    fn what_is_no_text_is_refused() {
        for (kind, encoding, content, expected) in [
            ("symlink", "base64", "", "is no file"),
            ("file", "none", "", "too large"),
            ("file", "base64", "/w==", "is no text"),
            ("file", "base64", "*", "no Base64"),
        ] {
            let error = stored(kind, encoding, content).expect_err(expected);
            assert!(error.to_string().contains(expected), "{error}");
        }
        let folder: Found = serde_json::from_str("[]").expect("a folder");
        assert_eq!(folder.text("a").expect_err("no file").kind(), ErrorKind::Usage);
    }
}
