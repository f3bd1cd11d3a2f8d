//! What is known of a connection when ArgentOS asks, and what `config show` tells of it.

use serde_json::{Value, json};

use super::tool;
use crate::Error;
use crate::manifest::Manifest;

/// Where a setting or a credential comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Source {
    /// An option of the command line.
    Flag,
    /// The environment.
    Env,
    /// A file.
    File,
    /// What was stored of the connection.
    Stored,
    /// Standard input.
    Stdin,
    /// Somebody typed it when asked.
    Terminal,
    /// Nobody set it: it is what the manifest says.
    Default,
}

impl Source {
    /// The source in lower case: `flag`, `env`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Flag => "flag",
            Self::Env => "env",
            Self::File => "file",
            Self::Stored => "stored",
            Self::Stdin => "stdin",
            Self::Terminal => "terminal",
            Self::Default => "default",
        }
    }
}

/// What is known of a connection: what is set and by what, whether it opened, whether it works.
///
/// ```
/// use connector_sdk::platform::argentos::{Source, State};
///
/// let state = State::new().setting("root", "/srv/notes", Source::Env).credential("token", Source::Flag);
/// ```
#[derive(Clone, Debug, Default)]
pub struct State<'a> {
    set: Vec<(&'a str, Set)>,
    opening: Option<&'a Error>,
    check: Option<Result<(), &'a Error>>,
}

#[derive(Clone, Debug)]
struct Set {
    source: Source,
    /// What a setting is set to. A credential has none: it is not to be known here.
    value: Option<Value>,
}

impl<'a> State<'a> {
    /// Nothing is set, and nothing was tried.
    pub fn new() -> Self {
        Self::default()
    }

    /// A setting is set to that value (or text, where it came as text).
    #[must_use]
    pub fn setting(mut self, name: &'a str, value: impl Into<Value>, source: Source) -> Self {
        self.put(name, Set { source, value: Some(value.into()) });
        self
    }

    /// A credential is set; its value stays where it is.
    #[must_use]
    pub fn credential(mut self, name: &'a str, source: Source) -> Self {
        self.put(name, Set { source, value: None });
        self
    }

    /// The connection could not be opened.
    #[must_use]
    pub fn failed_to_open(mut self, error: &'a Error) -> Self {
        self.opening = Some(error);
        self
    }

    /// The connection was opened and the connector's own health check has run.
    #[must_use]
    pub fn checked(mut self, outcome: Result<(), &'a Error>) -> Self {
        self.check = Some(outcome);
        self
    }

    fn put(&mut self, name: &'a str, set: Set) {
        self.set.retain(|(known, _)| *known != name);
        self.set.push((name, set));
    }

    fn get(&self, name: &str) -> Option<&Set> {
        self.set.iter().find(|(known, _)| *known == name).map(|(_, set)| set)
    }

    pub(super) fn is_set(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    pub(super) fn opening_error(&self) -> Option<&'a Error> {
        self.opening
    }

    pub(super) fn check(&self) -> Option<Result<(), &'a Error>> {
        self.check
    }
}

/// What `config show` answers. A credential is shown only as set or not set.
pub fn config(manifest: &Manifest, state: &State<'_>) -> Value {
    let settings: Vec<Value> = manifest
        .settings
        .iter()
        .map(|setting| {
            let set = state.get(&setting.name);
            let default = setting.default_value();
            let source = set.map(|set| set.source).or(default.map(|_| Source::Default));
            json!({
                "name": setting.name,
                "env": setting.env,
                "required": setting.required,
                "set": set.is_some_and(|set| set.source != Source::Default),
                "source": source.map(Source::as_str),
                "value": set.and_then(|set| set.value.as_ref()).or(default),
            })
        })
        .collect();
    let credentials: Vec<Value> = manifest
        .credentials
        .iter()
        .map(|credential| {
            let set = state.get(&credential.name);
            json!({
                "name": credential.name,
                "env": credential.env,
                "required": credential.required,
                "set": set.is_some(),
                "source": set.map(|set| set.source.as_str()),
            })
        })
        .collect();
    json!({
        "tool": tool(manifest),
        "backend": manifest.id,
        "version": manifest.version,
        "settings": settings,
        "credentials": credentials,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::{Credential, Setting};

    #[test]
    fn settings_are_shown_with_their_source_and_credentials_are_not() {
        let mut manifest = Manifest::new("notes", "Notes", "0.1.0");
        let mut depth = Setting::new("depth", "NOTES_DEPTH");
        depth.schema = json!({ "type": "integer", "default": 3 });
        manifest.settings = vec![Setting::new("root", "NOTES_ROOT"), depth, Setting::new("x", "NOTES_X")];
        manifest.credentials = vec![Credential::new("token", "NOTES_TOKEN")];
        let state = State::new().setting("root", "/srv", Source::Env).credential("token", Source::File);
        let shown = config(&manifest, &state);
        let row = |of: &str, at: usize, key: &str| shown[of][at][key].clone();
        assert_eq!(row("settings", 0, "value"), json!("/srv"));
        assert_eq!(row("settings", 0, "source"), json!("env"));
        assert_eq!((row("settings", 1, "value"), row("settings", 1, "set")), (json!(3), json!(false)));
        assert_eq!(row("settings", 1, "source"), json!("default"));
        assert_eq!((row("settings", 2, "value"), row("settings", 2, "source")), (Value::Null, Value::Null));
        assert_eq!(row("credentials", 0, "set"), json!(true));
        assert_eq!(shown["credentials"][0].get("value"), None);
    }

    #[test]
    fn the_value_of_a_credential_is_not_shown_even_where_somebody_told_it() {
        let mut manifest = Manifest::new("notes", "Notes", "0.1.0");
        manifest.credentials = vec![Credential::new("token", "NOTES_TOKEN")];
        let state = State::new().setting("token", "t0p", Source::Flag);
        assert!(!config(&manifest, &state).to_string().contains("t0p"));
    }
}
