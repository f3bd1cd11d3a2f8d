//! A file that goes with a message.

use schemars::{JsonSchema, Schema};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

/// A file that goes with a message: where it is, and what is known of it. It lies at a URL or on this
/// machine, and never at both.
///
/// Its JSON always has the keys `name`, `mime_type` and `size`, and one of `url` and `path`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(transform = one_place)]
#[non_exhaustive]
pub struct Attachment {
    /// Where it can be fetched.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Where it lies on this machine.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// What it is called.
    pub name: Option<String>,
    /// What kind of file it is: `image/png`.
    pub mime_type: Option<String>,
    /// How large it is, in bytes.
    pub size: Option<u64>,
}

impl Attachment {
    const fn nowhere() -> Self {
        Self { url: None, path: None, name: None, mime_type: None, size: None }
    }

    /// A file that can be fetched.
    pub fn url(url: impl Into<String>) -> Self {
        Self { url: Some(url.into()), ..Self::nowhere() }
    }

    /// A file on this machine.
    pub fn path(path: impl Into<String>) -> Self {
        Self { path: Some(path.into()), ..Self::nowhere() }
    }

    /// With what it is called.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// With what kind of file it is.
    #[must_use]
    pub fn mime_type(mut self, mime_type: impl Into<String>) -> Self {
        self.mime_type = Some(mime_type.into());
        self
    }

    /// With how large it is, in bytes.
    #[must_use]
    pub fn size(mut self, bytes: u64) -> Self {
        self.size = Some(bytes);
        self
    }
}

/// What was read, which may lie nowhere.
#[derive(Deserialize)]
struct Parts {
    url: Option<String>,
    path: Option<String>,
    name: Option<String>,
    mime_type: Option<String>,
    size: Option<u64>,
}

impl<'de> Deserialize<'de> for Attachment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Parts { url, path, name, mime_type, size } = Parts::deserialize(deserializer)?;
        match (&url, &path) {
            (Some(_), Some(_)) => Err(D::Error::custom("an attachment has a `url` or a `path`, not both")),
            (None, None) => Err(D::Error::custom("an attachment needs a `url` or a `path`")),
            _ => Ok(Self { url, path, name, mime_type, size }),
        }
    }
}

/// Says of the schema what the two constructors say.
fn one_place(schema: &mut Schema) {
    schema.insert("oneOf".to_owned(), serde_json::json!([{ "required": ["url"] }, { "required": ["path"] }]));
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_file_lies_in_one_place() {
        let read = |value| serde_json::from_value::<Attachment>(value);
        let file = read(json!({"path": "/a", "size": 3, "more": 1})).expect("a file");
        assert_eq!(file, Attachment::path("/a").size(3));
        let written = serde_json::to_value(&file).expect("JSON");
        assert_eq!(written, json!({"path": "/a", "name": null, "mime_type": null, "size": 3}));
        for wrong in [json!({"name": "a"}), json!({"url": "u", "path": "p"})] {
            let error = read(wrong).expect_err("nowhere or twice").to_string();
            assert!(error.contains("`url` or a `path`"), "{error}");
        }
    }

    #[test]
    fn the_schema_says_so() {
        let schema = schemars::schema_for!(Attachment);
        assert_eq!(schema.get("oneOf"), Some(&json!([{"required": ["url"]}, {"required": ["path"]}])));
    }
}
