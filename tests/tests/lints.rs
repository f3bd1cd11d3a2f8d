//! Connectors pass the strictest lints, whatever is generated for them. Clippy is what tests it; what runs
//! here only shows that the connector is one.

#![warn(clippy::pedantic, clippy::nursery, missing_docs, unreachable_pub)]
#![warn(clippy::shadow_reuse, clippy::shadow_same, clippy::shadow_unrelated, clippy::allow_attributes)]

use connector_sdk::manifest::Mode;
use connector_sdk::prelude::*;
use connector_sdk::{Factory as _, Settings};

/// All forms at once.
#[connector(id = "strict", auth = basic(user, password))]
pub struct Strict {
    /// User.
    #[config(default = "me", length = 1..=9, pattern = "^[a-z]+$", options = users)]
    user: String,
    /// Depth.
    #[config(default = 1, range = 1..=5)]
    depth: u32,
    /// Sure?
    sure: Option<bool>,
    /// Password.
    #[secret]
    password: Secret,
    #[state]
    seen: std::sync::Mutex<Vec<String>>,
}

#[connector]
impl Strict {
    /// Nothing is awaited, nothing can fail, `self` is not read, and a list is only looked at.
    #[action(read)]
    async fn look(
        &self,
        /// A list.
        #[arg(length = ..=3)]
        list: Vec<String>,
        /// A.
        #[arg(default = 1, range = 1..)]
        first: u8,
        /// B.
        #[arg(default = 1)]
        second: u8,
        /// C.
        #[arg(default = 1)]
        third: u8,
        /// D.
        #[arg(default = 1)]
        fourth: u8,
        /// E.
        #[arg(default = "e", pattern = "e")]
        fifth: &str,
        /// F.
        sixth: Option<bool>,
        context: &Context,
    ) -> Result<usize> {
        let _ = (first, second, third, fourth, fifth, sixth, context);
        Ok(list.len())
    }

    /// With a struct.
    #[action(write, resource = "notes", scopes = ["notes"], timeout = "1s", risk = business)]
    async fn create_note(&self, #[input] note: Note) -> Result<usize> {
        let seen = {
            let mut seen = self.seen.lock().map_err(|_| Error::internal("poisoned"))?;
            seen.push(note.title);
            seen.len()
        };
        Ok(seen
            + self.password.expose().len()
            + self.user.len()
            + self.depth as usize
            + usize::from(self.sure.is_some()))
    }

    /// Without anything.
    #[action(destructive, local)]
    async fn wipe(&self) -> Result<()> {
        Ok(())
    }

    /// Users.
    #[options]
    async fn users(&self, query: &str) -> Result<Vec<Choice>> {
        Ok(vec![Choice::new(query, query)])
    }

    /// Good?
    #[health]
    async fn health(&self) -> Result<()> {
        Ok(())
    }
}

/// A note.
#[derive(serde::Deserialize, schemars::JsonSchema)]
pub struct Note {
    /// Its title.
    title: String,
}

/// What clippy is told to allow, can't be allowed here.
#[forbid(
    clippy::needless_pass_by_value,
    clippy::too_many_arguments,
    clippy::unnecessary_wraps,
    clippy::unused_async,
    clippy::unused_self
)]
mod forbidden {
    use super::*;

    /// Methods that are as clippy would have them.
    #[connector(id = "forbidden")]
    struct Forbidden {
        /// Names.
        names: Vec<String>,
    }

    #[connector]
    impl Forbidden {
        /// The name at a place.
        #[action(read)]
        async fn name(
            &self,
            /// The place.
            place: u32,
            /// What is said if there is none.
            otherwise: &str,
            context: &Context,
        ) -> Result<String> {
            std::future::ready(()).await;
            context.check()?;
            Ok(self.names.get(place as usize).map_or(otherwise, String::as_str).to_owned())
        }
    }

    #[test]
    fn a_connector_that_needs_no_allowance_takes_none() {
        assert_eq!(connector_sdk::factory::<Forbidden>().manifest().actions.len(), 1);
    }
}

#[test]
fn a_connector_under_all_lints_is_one() {
    let factory = connector_sdk::factory::<Strict>();
    let settings = Settings::new().secret("password", "p");
    assert_eq!(factory.open(&settings).map(|strict| strict.manifest().actions.len()).ok(), Some(3));
    assert_eq!(factory.manifest().actions[2].permission.mode, Mode::Admin);
}

/// Actions that are one request.
#[connector(id = "strict-requests")]
pub struct StrictRequests {
    /// Which team.
    team: String,
    #[http(base = "https://api.example.com")]
    http: Http,
}

#[connector]
impl StrictRequests {
    /// More arguments than seven, all by value.
    #[action(write)]
    #[http(POST, "/teams/{team}/{first}", content = form)]
    async fn send(
        &self,
        /// A.
        first: String,
        /// B.
        #[arg(header = "X-B")]
        second: Option<String>,
        /// C.
        #[arg(query)]
        third: Vec<u8>,
        /// D.
        fourth: &str,
        /// E.
        fifth: bool,
        /// F.
        sixth: f64,
        /// G.
        seventh: char,
        context: &Context,
    ) -> Result<()>;

    /// Pages.
    #[action(read)]
    #[http(GET, "/teams", page = link, most = limit)]
    async fn list(
        &self,
        /// At most.
        #[arg(default = 3, range = 1..=5)]
        limit: u32,
    ) -> Result<Vec<String>>;
}

#[test]
fn requests_are_actions() {
    let factory = connector_sdk::factory::<StrictRequests>();
    let actions = &factory.manifest().actions;
    assert!(actions.len() == 2 && actions.iter().all(|action| action.request.is_some()));
}
