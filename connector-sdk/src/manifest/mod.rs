//! What a connector **is**: pure data, made once, read by every platform.
//!
//! A [`Manifest`] comes from `#[connector]`, or from whatever else describes a connector (a file, a
//! subprocess); so it owns its text and assumes nothing known at compile time. All files that a
//! platform wants are derived from it, so none of them can disagree with another.

mod action;
mod auth;
mod bounds;
mod draft;
mod elements;
mod events;
mod findings;
mod millis;
mod oauth2;
mod permission;
mod probe;
mod request;
mod setting;

pub use action::{Action, Parameter};
pub use auth::{ApiKeyPlace, Auth};
pub(crate) use bounds::add_bounds;
#[cfg(feature = "cli")]
pub(crate) use bounds::limit;
#[cfg(feature = "puffer")]
pub(crate) use draft::{RECIPIENTS, TEXTS, can_be_drafted};
pub(crate) use elements::elements;
pub use events::{Delivery, Events};
#[cfg(feature = "puffer")]
pub(crate) use findings::INJECTED_BY_PUFFER;
#[cfg(all(test, feature = "seed-agent"))]
pub(crate) use findings::TAKEN_IN_SEED_AGENT;
#[cfg(feature = "seed-agent")]
pub(crate) use findings::taken_in_seed_agent;
pub(crate) use findings::unenforced_keywords;
pub use findings::{Finding, Severity};
pub use oauth2::{ClientAuth, ClientId, Grant, OAuth2};
pub use permission::{Effect, Mode, Permission, Trust};
#[cfg(feature = "validate")]
pub(crate) use probe::told;
pub(crate) use probe::{Fits, Probe, Probes, Takes, matches, repeated, target};
pub use request::{Content, Most, Paging, Place, Request, RequestParameter};
pub use setting::{Credential, OptionsSource, Setting};

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The version of the native format that [`Manifest`] serialises to.
pub const MANIFEST_VERSION: u32 = 1;

/// Everything that is known of a connector without opening it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Manifest {
    /// The version of this format, [`MANIFEST_VERSION`].
    pub manifest_version: u32,
    /// The connector's name to machines, kebab-case: `github`.
    pub id: String,
    /// Its name to people: `GitHub`.
    pub title: String,
    /// What it does, from the struct's doc comment.
    pub description: String,
    /// The version of the author's crate.
    pub version: String,
    /// What kind of service it reaches, kebab-case: `developer-tools`.
    pub category: String,
    /// The name or URL of an icon.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub icon: Option<String>,
    /// Where its documentation is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub docs: Option<String>,
    /// Where the service is: the base URL of its HTTP client (of the first, if there are several), with
    /// settings in braces.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<String>,
    /// What that client sends with every request besides: headers and their values.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// How calls to the service are authenticated.
    pub auth: Auth,
    /// What a user must or may set.
    pub settings: Vec<Setting>,
    /// What a user must or may entrust to it.
    pub credentials: Vec<Credential>,
    /// What it can do.
    pub actions: Vec<Action>,
    /// Where the choices for settings and arguments come from.
    pub options: Vec<OptionsSource>,
    /// Whether it can tell that the service is reachable and the credentials good.
    pub health: bool,
    /// Whether it gets credentials by a dance of its own, in which it asks somebody.
    #[serde(default)]
    pub login: bool,
    /// What it tells without being asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub events: Option<Events>,
    /// That it delivers messages. With events that are messages, it is a messaging connector.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivery: Option<Delivery>,
}

impl Manifest {
    /// A connector without settings, credentials or actions yet.
    pub fn new(id: impl Into<String>, title: impl Into<String>, version: impl Into<String>) -> Self {
        Self {
            manifest_version: MANIFEST_VERSION,
            id: id.into(),
            title: title.into(),
            description: String::new(),
            version: version.into(),
            category: "general".to_owned(),
            icon: None,
            docs: None,
            base: None,
            headers: BTreeMap::new(),
            auth: Auth::None,
            settings: Vec::new(),
            credentials: Vec::new(),
            actions: Vec::new(),
            options: Vec::new(),
            health: false,
            login: false,
            events: None,
            delivery: None,
        }
    }

    /// The action of that name (`list_issues`) or command id (`issues.list`).
    pub fn action(&self, name: &str) -> Option<&Action> {
        self.actions
            .iter()
            .find(|action| action.name == name)
            .or_else(|| self.actions.iter().find(|action| action.command == name))
    }

    /// The scopes that a connection asks for: those of `auth`, and those that any action needs.
    pub fn scopes(&self) -> Vec<&str> {
        let own = self.auth.oauth2().into_iter().flat_map(|oauth2| &oauth2.scopes);
        let mut scopes: Vec<&str> = Vec::new();
        for scope in own.chain(self.actions.iter().flat_map(|action| &action.scopes)) {
            if !scopes.contains(&scope.as_str()) {
                scopes.push(scope);
            }
        }
        scopes
    }

    /// Whether it carries messages both ways.
    pub fn is_messaging(&self) -> bool {
        self.delivery.is_some() && self.events.as_ref().is_some_and(|events| events.messages)
    }

    /// The setting of that name.
    pub fn setting(&self, name: &str) -> Option<&Setting> {
        self.settings.iter().find(|setting| setting.name == name)
    }

    /// The credential of that name.
    pub fn credential(&self, name: &str) -> Option<&Credential> {
        self.credentials.iter().find(|credential| credential.name == name)
    }
}
