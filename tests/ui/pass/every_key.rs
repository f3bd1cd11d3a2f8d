//! Every attribute and every key stands here once, and what it says is found in the manifest.
#![deny(warnings)]

use std::sync::Mutex;

use connector_sdk::manifest::{ApiKeyPlace, Auth, Manifest, Mode, Severity, Trust};
use connector_sdk::prelude::*;

/// Issues of a service.
///
/// With a second paragraph.
#[connector(
    id = "every-key",
    title = "Every Key",
    category = "developer-tools",
    icon = "key",
    docs = "https://example.org/docs",
    auth = api_key(token, header = "X-Api-Key"),
    crate = connector_sdk,
)]
pub struct EveryKey {
    /// Where the service is.
    #[config(
        default = "https://example.org",
        env = "EVERY_URL",
        placeholder = "https://..",
        help = "Ask your administrator",
        length = 1..=200,
        pattern = "^https://",
        options = servers,
        depends_on = team,
        advanced,
    )]
    url: String,
    /// How many at once.
    #[config(default = 10, range = 1..=100)]
    page: u32,
    /// A setting without an attribute.
    team: Option<String>,
    /// The key.
    #[secret(env = "EVERY_TOKEN", help = "Create one under Settings")]
    token: Secret,
    /// Another key, which the author sends.
    #[secret(unused_by_auth)]
    other: Option<Secret>,
    #[state]
    calls: Mutex<u32>,
}

#[connector(crate = connector_sdk)]
impl EveryKey {
    /// List issues.
    #[action(
        read,
        resource = "issues",
        command = "issues.all",
        scopes = ["read:issues", "read:users"],
        timeout = "1500ms",
        idempotent,
        local,
        trust = confirm,
        mode = full,
    )]
    async fn list_issues(
        &self,
        /// How many.
        #[arg(default = 30, range = 1..=100)]
        limit: u32,
        /// What to look for.
        #[arg(length = 1..=20, pattern = "^[a-z]+$", options = words)]
        word: &str,
        context: &Context,
    ) -> Result<Vec<String>> {
        context.check()?;
        if let Ok(mut calls) = self.calls.lock() {
            *calls += 1;
        }
        let team = self.team.as_deref().unwrap_or_default();
        let secrets = self.token.expose().len() + self.other.as_ref().map_or(0, |other| other.expose().len());
        Ok(vec![format!("{} {team} {word} {} {secrets}", self.url, self.page.min(limit))])
    }

    /// Close an issue.
    #[action(write, name = "close_issue", risk = business)]
    async fn close(&self, #[input] which: u32_in_a_struct::Which) -> Result<u32> {
        Ok(which.number)
    }

    /// Delete everything.
    #[action(destructive)]
    async fn wipe(&self) -> Result<()> {
        Ok(())
    }

    /// Servers.
    #[options]
    async fn servers(&self, query: &str) -> Result<Vec<Choice>> {
        Ok(vec![Choice::new(query, query)])
    }

    /// Words.
    #[options]
    async fn words(&self, _query: &str) -> Result<Vec<Choice>> {
        Ok(Vec::new())
    }

    /// Is it there?
    #[health]
    async fn health(&self) -> Result<()> {
        Ok(())
    }
}

mod u32_in_a_struct {
    /// Which issue.
    #[derive(serde::Deserialize, schemars::JsonSchema)]
    pub struct Which {
        /// Its number.
        pub number: u32,
    }
}

fn main() {
    let factory = connector_sdk::factory::<EveryKey>();
    let manifest: &Manifest = connector_sdk::Factory::manifest(&factory);
    assert_eq!((&*manifest.id, &*manifest.title, &*manifest.category), ("every-key", "Every Key", "developer-tools"));
    assert_eq!(manifest.description, "Issues of a service.\n\nWith a second paragraph.");
    assert_eq!(manifest.icon.as_deref(), Some("key"));
    assert_eq!(manifest.docs.as_deref(), Some("https://example.org/docs"));
    let place = ApiKeyPlace::Header("X-Api-Key".to_owned());
    assert_eq!(manifest.auth, Auth::ApiKey { key: "token".to_owned(), place });
    let names: Vec<&str> = manifest.settings.iter().map(|setting| &*setting.name).collect();
    assert_eq!(names, ["url", "page", "team"]);

    let url = &manifest.settings[0];
    assert_eq!((&*url.env, &*url.description), ("EVERY_URL", "Where the service is."));
    assert_eq!(url.placeholder.as_deref(), Some("https://.."));
    assert_eq!(url.help.as_deref(), Some("Ask your administrator"));
    assert_eq!(url.options.as_deref(), Some("servers"));
    assert_eq!(url.depends_on.as_deref(), Some("team"));
    assert!(url.advanced && !url.required);
    assert_eq!(url.default_value(), Some(&"https://example.org".into()));
    assert_eq!((&url.schema["minLength"], &url.schema["maxLength"]), (&1.into(), &200.into()));
    assert_eq!(url.schema["pattern"], "^https://");
    assert_eq!(manifest.settings[1].env, "EVERY_KEY_PAGE");
    assert_eq!((&manifest.credentials[0].env, manifest.credentials[0].required), (&"EVERY_TOKEN".to_owned(), true));

    let list = &manifest.actions[0];
    assert_eq!((&*list.name, &*list.command, list.resource.as_deref()), ("list_issues", "issues.all", Some("issues")));
    assert_eq!(list.scopes, ["read:issues", "read:users"]);
    assert_eq!(list.timeout.map(|timeout| timeout.as_millis()), Some(1500));
    assert_eq!((list.permission.mode, list.permission.trust), (Mode::Full, Trust::Confirm));
    assert!(list.permission.idempotent && list.permission.local);
    let names: Vec<_> = list.parameters.iter().map(|known| (&*known.name, known.required)).collect();
    assert_eq!(names, [("limit", false), ("word", true)]);
    assert_eq!(list.parameters[1].options.as_deref(), Some("words"));
    assert_eq!(list.input_schema["properties"]["limit"]["maximum"], 100);
    assert_eq!(list.input_schema["properties"]["limit"]["default"], 30);
    assert_eq!(list.input_schema["properties"]["word"]["pattern"], "^[a-z]+$");

    assert!(!manifest.credentials[1].required);

    assert_eq!(manifest.actions[1].name, "close_issue");
    assert_eq!((manifest.actions[1].permission.mode, manifest.actions[1].permission.risk_tier), (Mode::Full, 3));
    assert_eq!(manifest.actions[2].permission.mode, Mode::Admin);
    assert!(manifest.health && manifest.options.len() == 2);
    let mistakes = |finding: &connector_sdk::manifest::Finding| finding.severity == Severity::Error;
    assert_eq!(manifest.findings().into_iter().filter(mistakes).count(), 0);
}
