//! A connector that `#[connector]` made, as the object that hosts link.

use std::marker::PhantomData;

use serde_json::Value;

use super::build::Table;
use super::client::HttpField;
use super::open::Opening;
use super::spec::{AuthSpec, ImplSpec, Ready, StructSpec};
use crate::connector::unknown_options_source;
#[cfg(feature = "events")]
use crate::connector::{no_delivery, no_events};
use crate::manifest::Manifest;
use crate::{
    Ask, BoxFuture, Call, Choice, Connector, Context, Error, Factory, Obtained, Result, Run, Settings,
};

/// What `#[connector]` on the struct implements.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a connector",
    label = "this has no `#[connector(id = \"..\")]`",
    note = "put `#[connector(id = \"..\")]` on the struct, with the connector's id"
)]
pub trait Described: Sized + 'static {
    /// What the attribute says.
    const SPEC: StructSpec;

    /// Makes the fields.
    fn open(opening: Opening<'_>) -> Result<Self>;

    /// The HTTP client in a field.
    fn client(&self, field: &str) -> Option<&dyn HttpField> {
        let _ = field;
        None
    }
}

/// What `#[connector]` on the impl implements.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no actions",
    label = "no `impl` block of this has `#[connector]`",
    note = "put `#[connector]` on the `impl` block with its actions"
)]
pub trait Actions: Described {
    /// What the attribute says.
    const SPEC: ImplSpec<Self>;
    /// The names of the options sources, for those who name one.
    const OPTIONS: &'static [&'static str];
    /// Whether the attribute had mistakes, which then are the only ones to report.
    const BROKEN: bool = false;

    /// The manifest and what belongs to it, made once.
    fn table() -> &'static Table;
}

/// Checked where `#[connector]` stands on a struct: that there is an impl with `#[connector]` too.
pub fn assert_connector<T: Actions>() {}

/// Whether a connector has an options source of that name.
pub const fn has_options<T: Actions>(name: &str) -> bool {
    let mut rest = T::OPTIONS;
    while let [first, others @ ..] = rest {
        if same(first.as_bytes(), name.as_bytes()) {
            return true;
        }
        rest = others;
    }
    T::BROKEN
}

/// Whether a connector has an HTTP client in that field.
pub const fn has_client<T: Described>(field: &str) -> bool {
    let mut rest = T::SPEC.clients;
    while let [first, others @ ..] = rest {
        if same(first.name.as_bytes(), field.as_bytes()) {
            return true;
        }
        rest = others;
    }
    is_broken::<T>()
}

/// Whether a connector has one HTTP client and no other.
pub const fn has_one_client<T: Described>() -> bool {
    T::SPEC.clients.len() == 1 || is_broken::<T>()
}

/// Whether a connector has a setting of that name.
pub const fn has_setting<T: Described>(name: &str) -> bool {
    let mut rest = T::SPEC.settings;
    while let [first, others @ ..] = rest {
        if same(first.value.name.as_bytes(), name.as_bytes()) {
            return true;
        }
        rest = others;
    }
    is_broken::<T>()
}

/// Whether a connector has a credential of that name.
pub const fn has_credential<T: Described>(name: &str) -> bool {
    let mut rest = T::SPEC.secrets;
    while let [first, others @ ..] = rest {
        if same(first.name.as_bytes(), name.as_bytes()) {
            return true;
        }
        rest = others;
    }
    false
}

/// Whether a connector's calls are authenticated by that header, or may be.
pub const fn authenticates_by<T: Described>(header: &str) -> bool {
    let AuthSpec::Any(mut rest) = T::SPEC.auth else { return is_sent_as(&T::SPEC.auth, header) };
    while let [first, others @ ..] = rest {
        if is_sent_as(first, header) {
            return true;
        }
        rest = others;
    }
    false
}

const fn is_sent_as(auth: &AuthSpec, name: &str) -> bool {
    matches!(auth, AuthSpec::ApiKeyHeader { header, .. } if header.eq_ignore_ascii_case(name))
}

/// Whether the attribute on the struct had mistakes, which then are the only ones to report.
const fn is_broken<T: Described>() -> bool {
    T::SPEC.id.is_empty()
}

/// `==` of texts, which a const fn can't do yet.
const fn same(mut a: &[u8], mut b: &[u8]) -> bool {
    while let ([x, a_rest @ ..], [y, b_rest @ ..]) = (a, b) {
        if *x != *y {
            return false;
        }
        (a, b) = (a_rest, b_rest);
    }
    a.is_empty() && b.is_empty()
}

/// Makes connections of a connector that `#[connector]` made.
pub struct TypeFactory<T>(PhantomData<fn() -> T>);

impl<T> TypeFactory<T> {
    /// The factory.
    pub const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<T> Default for TypeFactory<T> {
    fn default() -> Self {
        Self::new()
    }
}

// Whether calls can share a connector is asked of its fields, which says more (see `Shared`).
impl<T: Actions + Send + Sync> Factory for TypeFactory<T> {
    fn manifest(&self) -> &Manifest {
        &T::table().manifest
    }

    fn open(&self, settings: &Settings) -> Result<Box<dyn Connector>> {
        let table = T::table();
        let connector = T::open(Opening::of(table, settings))?;
        Ok(Box::new(Linked { connector, table }))
    }
}

struct Linked<T> {
    connector: T,
    table: &'static Table,
}

impl<T: Actions + Send + Sync> Connector for Linked<T> {
    fn manifest(&self) -> &Manifest {
        &self.table.manifest
    }

    fn prepare<'a>(&'a self, call: Call<'a>) -> Result<Run<'a>> {
        let action = <T as Actions>::SPEC
            .actions
            .get(call.index)
            .ok_or_else(|| Error::internal(format!("there is no action at {}", call.index)))?;
        // Typed first: its errors say more. Nothing has happened before the run is polled.
        let run = (action.run)(Ready { connector: &self.connector, call })?;
        self.table.check(call)?;
        Ok(run)
    }

    fn origins(&self) -> Vec<String> {
        let clients = <T as Described>::SPEC.clients.iter();
        clients.filter_map(|client| self.connector.client(client.name)?.origin()).collect()
    }

    fn health<'a>(&'a self, context: &'a Context) -> BoxFuture<'a, Result<()>> {
        match <T as Actions>::SPEC.health.first() {
            Some(health) => health(&self.connector, context),
            None => Box::pin(async { Ok(()) }),
        }
    }

    fn login<'a>(&'a self, ask: &'a dyn Ask, context: &'a Context) -> BoxFuture<'a, Result<Obtained>> {
        match <T as Actions>::SPEC.login.first() {
            Some(login) => login(&self.connector, ask, context),
            None => Box::pin(async { Err(Error::usage("this connector has no login of its own")) }),
        }
    }

    #[cfg(feature = "events")]
    fn events<'a>(
        &'a self,
        since: Option<&'a str>,
        out: crate::event::Emitter,
        context: &'a Context,
    ) -> BoxFuture<'a, Result<()>> {
        match <T as Actions>::SPEC.events.first() {
            Some(events) => (events.run)(&self.connector, since, out, context),
            None => Box::pin(async { Err(no_events(&self.table.manifest.id)) }),
        }
    }

    #[cfg(feature = "events")]
    fn send<'a>(
        &'a self,
        message: &'a crate::message::OutgoingMessage,
        context: &'a Context,
    ) -> BoxFuture<'a, Result<crate::message::Receipt>> {
        match <T as Actions>::SPEC.send.first() {
            Some(send) => (send.run)(&self.connector, message, context),
            None => Box::pin(async { Err(no_delivery(&self.table.manifest.id)) }),
        }
    }

    fn options<'a>(
        &'a self,
        source: &'a str,
        query: &'a str,
        context: &'a Context,
    ) -> BoxFuture<'a, Result<Vec<Choice>>> {
        match <T as Actions>::SPEC.options.iter().find(|options| options.name == source) {
            Some(options) => (options.run)(&self.connector, query, context),
            None => Box::pin(async move { Err(unknown_options_source(source)) }),
        }
    }
}

/// A value for schemas that may be `true`.
pub(super) fn object_of(schema: schemars::Schema) -> serde_json::Map<String, Value> {
    match schema.to_value() {
        Value::Object(object) => object,
        Value::Bool(false) => {
            let mut nothing = serde_json::Map::new();
            nothing.insert("not".to_owned(), Value::Object(serde_json::Map::new()));
            nothing
        }
        _ => serde_json::Map::new(),
    }
}
