//! PocketPaw: connectors that are YAML files, run here as they are.
//!
//! [`load`] makes of a file the same object that `#[connector]` makes of Rust: a manifest with schemas and
//! permissions, settings and credentials, and actions that are called through
//! [`Connection`](crate::call::Connection). Requests are sent by [`Http`](crate::http::Http), with its
//! retries, limits and guards.
//!
//! ```
//! use connector_sdk::Settings;
//! use connector_sdk::call::Connection;
//! use connector_sdk::platform::pocketpaw;
//!
//! let loaded = pocketpaw::parse(
//!     "
//! display_name: Desk
//! auth:
//!   method: basic
//!   credentials:
//!     - { name: DESK_DOMAIN, description: Like `acme.desk.example`, required: true }
//!     - { name: DESK_EMAIL, required: true }
//!     - { name: DESK_API_TOKEN, required: true }
//! actions:
//!   - name: get_ticket
//!     description: Read a ticket
//!     url: https://{DESK_DOMAIN}/api/tickets/{id}
//!     params: { id: { type: integer, required: true } }
//!     trust_level: auto
//! ",
//!     "desk",
//! )?;
//! assert_eq!(loaded.factory.manifest().id, "desk");
//! assert!(loaded.notes[0].message.starts_with("`DESK_EMAIL` is sent as the user"));
//!
//! let settings = Settings::new()
//!     .text("DESK_DOMAIN", "acme.desk.example")
//!     .text("DESK_EMAIL", "me@acme.example")
//!     .secret("DESK_API_TOKEN", "t0p");
//! let connection = Connection::open("default", &*loaded.factory, &settings)?;
//! # drop(connection);
//! # Ok::<(), connector_sdk::Error>(())
//! ```
//!
//! # What a key becomes
//!
//! | key | becomes |
//! |---|---|
//! | `name` (or the file's name) | the id, in kebab-case: `slack_data` is `slack-data` |
//! | `display_name`, `type`, `icon` | title, category, icon; the version is `0.0.0`, since a file has none |
//! | `auth.method` | how each call is authenticated, see below |
//! | `auth.credentials` | a setting or a credential of that name, which is its environment variable too |
//! | `auth.headers` | headers of every request, as they stand |
//! | `allowed_hosts` | hosts that a redirect may lead to, besides those of the actions' URLs |
//! | `actions[].name`, `description` | name and description of an action |
//! | `method`, `url`, `content_type` | the request; each `{placeholder}` is a credential or a parameter |
//! | `params`, `body` | the input's schema: `type`, `enum`, `default`, `required`, `description` |
//! | `trust_level` | `auto`: read for a GET, else write; `confirm`, or nothing: write; `restricted`: destructive |
//! | `method: LOCAL`, `execution_mode: local`, `sandbox` | an action that is refused when it is called |
//! | `sync`, `senses`, `surface_profile`, `requires_binary` | a [`Note`]: they have no effect here |
//!
//! A DELETE is always destructive, and what is not a GET needs a confirmation even where the file says
//! `auto`: an action is never less strict than the file has it, and a note says where it is stricter.
//!
//! A credential is a **setting**, which anybody may see, where it is a part of a URL's host, or where the last
//! word of its name says so (`URL`, `HOST`, `PORT`, `STORE`, `SITE`, `DOMAIN`, `SUBDOMAIN`, `INSTANCE`, `REGION`,
//! `EMAIL`, `USER`, `USERNAME`, `LOGIN`, `HEADER_NAME`) and no other word says that there is a secret in it
//! (`TOKEN`, `KEY`, `SECRET`, `PASSWORD`, `WEBHOOK`, `DATABASE` and the like). So it is where it stands in a URL, is
//! not sent to authenticate, and ends in `ID`, `ACCOUNT`, `REPOSITORY`, `PROJECT`, `WORKSPACE`, `TENANT`, `OWNER` or
//! `ORG`. In doubt it is a **credential**.
//!
//! # Where an argument goes
//!
//! Into the placeholder of its name, percent-encoded as one part of the path, and then nowhere else. (A *setting*
//! may be several parts, like `owner/name`, each encoded, unless one of them is empty; a credential is one.) Else by
//! the list that names it: `params` into the query, `body` into the body as JSON, or as a form with
//! `content_type: form` (nested values in Stripe's brackets). GET and DELETE have no body, so all of it is in the
//! query. A list in the query is the parameter several times; an object there is JSON. `type: object` takes lists
//! too, since PocketPaw's files have no other word for them. An action without `url` goes to the setting
//! `BASE_URL` and its argument `path` below it; there the members of an object `query` are the query, and `data`
//! is the body.
//!
//! An answer of JSON is the result as it is, any other text is a JSON text, no body is `null`.
//!
//! # What is sent to authenticate
//!
//! | `method` | what |
//! |---|---|
//! | `none` | nothing |
//! | `bearer` | the first credential that is set of those whose names end in `TOKEN` or `KEY`, as a bearer token |
//! | `api_key` | the first credential that is set, as a bearer token; settings are never sent as one |
//! | `basic` | user and password by their names (`EMAIL`, `USERNAME`; `PASSWORD`, `TOKEN`, `KEY`), or the only two left |
//! | `header` | `credential` in the header `header` |
//! | `cookie` | `credential` as the header `Cookie` |
//! | `oauth` | nothing: the file loads, and no connection is opened |
//!
//! What stands in a URL's host is no token; what stands behind it and ends in `ACCOUNT` or the like is one only where
//! nothing else can be. Of more than two for `basic`, settings and what stands in URLs are left out.
//!
//! Shopify, Datadog and Freshdesk want something else than their files say, and get it; Zendesk's user gets
//! the `/token` that it wants with an API token. A pair like `CUSTOM_HEADER_NAME` and `CUSTOM_HEADER_VALUE` is a
//! header whenever it is set. Each inference is a note.
//!
//! # What is refused
//!
//! When a file is read, with line and column: values of a wrong type, words that PocketPaw doesn't know,
//! names and keys that come twice, names longer than 100 characters, more than
//! 500 actions, 200 parameters of one or 100 credentials, a credential that is called like a variable of this
//! crate's (`CONNECTOR_..`), a default that isn't among its `enum`, a placeholder that nothing fills or
//! that would let a caller choose the host, `http://` to anything but loopback, a secret in a host, more than 1 MiB,
//! anchors that grow, deep nesting, control characters. Unknown keys are notes.
//!
//! When a connection is opened: a setting in a URL's host that is more than the name of a host; a base URL
//! that isn't `https` (or loopback), or that has credentials, a query or a fragment in it; hosts of private
//! networks that come from a setting, also after their names were looked up; what no header can hold.
//!
//! When an action is called: unknown or missing arguments, wrong types, values outside an `enum`, and a `path`
//! that would leave the base URL.
//!
//! # The other way round
//!
//! [`write()`] makes a file of a connector that was written in Rust; `manifest --format pocketpaw` is its command. Of
//! several ways to authenticate (`auth = any(..)`) the file has the first that PocketPaw knows, and a note says so.
//! OAuth 2.0 is none of them: PocketPaw has the word, and sends nothing where it stands.
mod action;
mod arguments;
mod auth;
mod connector;
#[cfg(feature = "cli")]
mod emit;
mod endpoint;
mod file;
mod host;
mod request;
mod resolve;
mod schema;
mod template;
#[cfg(test)]
mod tests;
mod values;
#[cfg(feature = "cli")]
mod write;

#[cfg(feature = "cli")]
pub use write::{LeftOut, Written, write};

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use crate::yaml::reader::Reader;
use crate::yaml::{self, Broken, Place};
use crate::{Error, Factory, Result};

/// A connector that was read from a file.
#[non_exhaustive]
pub struct Loaded {
    /// Makes its connections.
    pub factory: Box<dyn Factory>,
    /// What whoever wrote or uses the file should know, in the order of the file.
    pub notes: Vec<Note>,
}

/// Something about a file that doesn't keep it from being used: a key that has no effect, or what was
/// inferred where the file says what can't work.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Note {
    /// The line, from 1.
    pub line: u64,
    /// The column, from 1.
    pub column: u64,
    /// What there is to know.
    pub message: String,
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}: {}", self.line, self.column, self.message)
    }
}

impl fmt::Debug for Loaded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Loaded")
            .field("connector", &self.factory.manifest().id)
            .field("notes", &self.notes)
            .finish_non_exhaustive()
    }
}

/// Reads a connector file.
///
/// # Errors
///
/// `setup`, with every fault of the file, its line and its column. The details `file`, `line` and `column`
/// are those of the first.
pub fn load(path: impl AsRef<Path>) -> Result<Loaded> {
    fn inner(path: &Path) -> Result<Loaded> {
        let shown = path.display().to_string();
        let text = yaml::text_of(path).map_err(|broken| faulty(&shown, broken))?;
        let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        read_text(&text, &stem, &shown)
    }
    inner(path.as_ref())
}

/// Reads the text of a connector file; `file_stem` is its name without `.yaml`, which is the connector's
/// name where the file says none.
///
/// # Errors
///
/// As [`load`].
pub fn parse(text: &str, file_stem: &str) -> Result<Loaded> {
    read_text(text, file_stem, &format!("{file_stem}.yaml"))
}

fn read_text(text: &str, stem: &str, shown: &str) -> Result<Loaded> {
    let root = yaml::read(text).map_err(|broken| faulty(shown, broken))?;
    let mut reader = Reader::default();
    let file = file::read(&root, &mut reader);
    let definition = resolve::resolve(file, stem, &mut reader);
    let notes = reader.finish().map_err(|broken| faulty(shown, broken))?;
    let note = |(place, message): (Place, String)| Note { line: place.line, column: place.column, message };
    let notes = notes.into_iter().map(note).collect();
    Ok(Loaded { factory: Box::new(connector::YamlFactory(Arc::new(definition))), notes })
}

/// The error of a file.
fn faulty(file: &str, broken: Broken) -> Error {
    let Broken { place, message, source } = broken;
    let error = match place {
        Some(place) => Error::setup(format!("the connector file `{file}` has a fault: {message}"))
            .with_detail("file", file)
            .with_detail("line", place.line)
            .with_detail("column", place.column),
        None => Error::setup(format!("the connector file `{file}` {message}")).with_detail("file", file),
    };
    match source {
        Some(source) => error.with_source(source),
        None => error,
    }
}
