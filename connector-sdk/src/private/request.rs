//! An action that is one request: what the expansion says of it, and the call of it. How the request is
//! made and sent is the client's affair.

use std::any::TypeId;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context as TaskContext, Poll};
use std::time::Duration;

use schemars::{Schema, SchemaGenerator};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::linked::{Actions, Described};
use super::result::{ActionOutput, ActionResult, MethodError, Parse};
use super::{Arguments, Ready};
use crate::manifest::{self, Content};
use crate::{BoxFuture, Context, Error, Output, Result, Run};

/// What `#[http(METHOD, "/path", ..)]` on a method says.
pub struct RequestSpec {
    pub method: &'static str,
    pub path: &'static str,
    /// The field of the client; empty: the only one.
    pub client: &'static str,
    pub form: bool,
    pub select: &'static str,
    pub page: Option<PageSpec>,
    pub most: MostSpec,
    /// The arguments in their order, and where each goes.
    pub arguments: &'static [(&'static str, At)],
}

/// Where an argument goes.
#[derive(Clone, Copy)]
pub enum At {
    Path,
    Query(&'static str),
    Header(&'static str),
    Member(&'static str),
    Body,
    /// The fields of an input struct: parameters of the query, or members of the body.
    Fields,
    /// Nowhere; it only counts.
    Unsent,
}

/// [`Paging`](manifest::Paging) with names known at compile time.
#[derive(Clone, Copy)]
pub enum PageSpec {
    Link,
    Cursor { at: &'static str, parameter: &'static str },
    Number { parameter: &'static str, first: u64 },
    Offset { parameter: &'static str },
}

/// How many items are collected.
#[derive(Clone, Copy)]
pub enum MostSpec {
    All,
    Items(u64),
    Argument(&'static str),
}

impl RequestSpec {
    /// A request without anything that need not be said.
    pub const fn new(
        method: &'static str,
        path: &'static str,
        arguments: &'static [(&'static str, At)],
    ) -> Self {
        let (client, select, page, most) = ("", "", None, MostSpec::All);
        Self { method, path, client, form: false, select, page, most, arguments }
    }

    /// By this client.
    pub const fn client(mut self, field: &'static str) -> Self {
        self.client = field;
        self
    }

    /// With a body as forms have it.
    pub const fn form(mut self) -> Self {
        self.form = true;
        self
    }

    /// With where the result stands.
    pub const fn select(mut self, path: &'static str) -> Self {
        self.select = path;
        self
    }

    /// In pages.
    pub const fn page(mut self, page: PageSpec) -> Self {
        self.page = Some(page);
        self
    }

    /// With how many items are collected.
    pub const fn most(mut self, most: MostSpec) -> Self {
        self.most = most;
        self
    }

    /// Whether what has no place of its own is a member of the body.
    pub(super) fn fills_body(&self) -> bool {
        matches!(self.method, "POST" | "PUT" | "PATCH")
    }

    /// As the manifest has it. `base` is that of its client where it is another than the connector's;
    /// `fields` are those of an input struct.
    pub(super) fn describe(&self, base: Option<&str>, fields: &[manifest::Parameter]) -> manifest::Request {
        use manifest::{Paging, Place, RequestParameter};
        let mut request = manifest::Request::new(self.method, self.path);
        request.base = base.map(str::to_owned);
        for (name, at) in self.arguments {
            let place = match *at {
                At::Path => Place::Path,
                At::Query(name) => Place::Query(name.to_owned()),
                At::Header(name) => Place::Header(name.to_owned()),
                At::Member(name) => Place::Member(name.to_owned()),
                At::Body => Place::Body,
                At::Fields => {
                    let place = if self.fills_body() { Place::Member } else { Place::Query };
                    request.parameters.extend(
                        fields
                            .iter()
                            .map(|field| RequestParameter::new(&field.name, place(field.name.clone()))),
                    );
                    continue;
                }
                At::Unsent => continue,
            };
            request.parameters.push(RequestParameter::new(*name, place));
        }
        request.content = if self.form { Content::Form } else { Content::Json };
        request.select = (!self.select.is_empty()).then(|| self.select.to_owned());
        request.page = self.page.map(|page| match page {
            PageSpec::Link => Paging::Link,
            PageSpec::Cursor { at, parameter } => {
                Paging::Cursor { at: at.to_owned(), parameter: parameter.to_owned() }
            }
            PageSpec::Number { parameter, first } => {
                Paging::Number { parameter: parameter.to_owned(), first }
            }
            PageSpec::Offset { parameter } => Paging::Offset { parameter: parameter.to_owned() },
        });
        request.most = match self.most {
            MostSpec::All => None,
            MostSpec::Items(items) => Some(manifest::Most::Items(items)),
            MostSpec::Argument(name) => Some(manifest::Most::Argument(name.to_owned())),
        };
        request
    }
}

/// An argument that is sent.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be sent to a service",
    label = "this type can't be written as JSON, so no request can have it",
    note = "derive or implement `serde::Serialize` for it"
)]
pub trait Sent {
    /// Writes it as JSON.
    fn write(&self, json: &mut Vec<u8>) -> serde_json::Result<()>;
}

#[diagnostic::do_not_recommend]
impl<T: Serialize> Sent for T {
    fn write(&self, json: &mut Vec<u8>) -> serde_json::Result<()> {
        serde_json::to_writer(json, self)
    }
}

/// An argument without its type.
pub const fn sent<T: Sent>(value: &T) -> &dyn Sent {
    value
}

/// What an action that is a request may return.
#[diagnostic::on_unimplemented(
    message = "an `#[http]` action can't return `{Self}`",
    label = "this is not a `Result`",
    note = "return `connector_sdk::Result<T>`, or a `Result<T, E>` whose `E` is made of a `connector_sdk::Error`"
)]
pub trait Answered: ActionResult {
    /// Makes the request that an action is. Its arguments are written at once, so that nothing keeps them.
    fn request<C: Actions>(
        connector: &C,
        action: &'static str,
        values: &[&dyn Sent],
        context: Option<&Context>,
    ) -> Answering<Self>;

    // These are those of `ActionResult`: a type that is no result is then one error.

    /// [`ActionResult::schema`]
    fn schema(generator: &mut SchemaGenerator) -> Schema {
        <Self as ActionResult>::schema(generator)
    }

    /// [`ActionResult::prepare`]
    fn prepare<'a, C, A, F>(call: Ready<'a, C>, request: F) -> Result<Run<'a>>
    where
        A: Arguments,
        F: FnOnce(&'a C, A, &'a Context) -> Answering<Self>,
        Self: 'static,
    {
        let Ready { connector, call } = call;
        let answering = request(connector, A::read(call.input)?, call.context);
        Ok(Box::pin(answering.output()))
    }

    /// [`ActionResult::prepare_input`]
    fn prepare_input<'a, C, T, F>(call: Ready<'a, C>, parse: Parse<T>, request: F) -> Result<Run<'a>>
    where
        F: FnOnce(&'a C, T, &'a Context) -> Answering<Self>,
        Self: 'static,
    {
        let Ready { connector, call } = call;
        let input = parse(call.input, &call.action.input_schema)?;
        Ok(Box::pin(request(connector, input, call.context).output()))
    }
}

impl<T: Answer + ActionOutput, E: Failed + MethodError> Answered for Result<T, E> {
    fn request<C: Actions>(
        connector: &C,
        action: &'static str,
        values: &[&dyn Sent],
        context: Option<&Context>,
    ) -> Answering<Self> {
        let ignored = T::is_nothing();
        let reply = send(connector, action, values, context, ignored);
        let read = |reply: Result<Reply>| match reply {
            Ok(reply) => (T::read(&reply).map_err(E::from), reply.json),
            Err(error) => (Err(error.into()), Vec::new()),
        };
        Answering { reply, read }
    }
}

/// A request under way, which becomes a result.
pub struct Answering<R> {
    reply: BoxFuture<'static, Result<Reply>>,
    /// The result, and a buffer that nobody needs any more.
    read: fn(Result<Reply>) -> (R, Vec<u8>),
}

impl<R: ActionResult> Answering<R> {
    async fn output(self) -> Result<Output> {
        /// Less than is worth keeping for a result that may be small.
        const MOST: usize = 64 * 1024;
        let (result, buffer) = (self.read)(self.reply.await);
        // A result is written much as it was read, so its answer's buffer has room for it.
        result.output(if buffer.capacity() <= MOST { buffer } else { Vec::new() })
    }
}

impl<R> Future for Answering<R> {
    type Output = R;

    fn poll(mut self: Pin<&mut Self>, task: &mut TaskContext<'_>) -> Poll<R> {
        let read = self.read;
        self.reply.as_mut().poll(task).map(|reply| read(reply).0)
    }
}

/// What can be read from the answer of a service.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be read from the answer of a service",
    label = "this type can't be read from JSON",
    note = "derive or implement `serde::Deserialize` for it, or write a body for the method"
)]
pub trait Answer: Sized {
    /// Whether there is nothing to read.
    fn is_nothing() -> bool;
    /// Reads it.
    fn read(reply: &Reply) -> Result<Self>;
}

#[diagnostic::do_not_recommend]
impl<T: DeserializeOwned + 'static> Answer for T {
    fn is_nothing() -> bool {
        TypeId::of::<T>() == TypeId::of::<()>()
    }

    fn read(reply: &Reply) -> Result<Self> {
        serde_json::from_slice(&reply.json).map_err(|error| reply.misread(error))
    }
}

/// What a request that failed can become.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be the error of an `#[http]` action",
    label = "this type isn't made of a `connector_sdk::Error`",
    note = "implement `From<connector_sdk::Error> for {Self}`, or return `connector_sdk::Result<..>`"
)]
pub trait Failed: From<Error> {}

#[diagnostic::do_not_recommend]
impl<E: From<Error>> Failed for E {}

/// Checked where an action has pages: that its result is a list.
pub fn assert_list<R: List>() {}

/// What comes in pages.
#[diagnostic::on_unimplemented(
    message = "only a list comes in pages, and this is `{Self}`",
    label = "this is not a list",
    note = "return `Result<Vec<..>>`, or remove `page`"
)]
pub trait List {}

impl<T, E> List for Result<Vec<T>, E> {}

/// Checked where an argument says how many items are collected.
pub fn assert_count<T: Count>() {}

/// What can say how many items are collected.
#[diagnostic::on_unimplemented(
    message = "`most` can't be a `{Self}`",
    label = "this is no whole number",
    note = "use an integer type such as `u32`, or an `Option` of one"
)]
pub trait Count {}

macro_rules! counts {
    ($($integer:ty)*) => {$(
        impl Count for $integer {}
        impl Count for Option<$integer> {}
    )*};
}

counts!(u8 u16 u32 u64 usize i8 i16 i32 i64 isize);

/// What a service answered: the JSON text of a result.
pub struct Reply {
    pub json: Vec<u8>,
    pub host: String,
    pub media_type: String,
    /// Whether it is the answer as it came, so that places in it mean something.
    pub whole: bool,
}

impl Reply {
    #[cold]
    fn misread(&self, error: serde_json::Error) -> Error {
        #[cfg(feature = "http")]
        if self.whole {
            return crate::http::misread(error, &self.host, &self.media_type);
        }
        let message = format!("`{}` answered JSON of another shape than expected", self.host);
        Error::upstream(message).with_source(error)
    }
}

/// One request, as it is given to a client.
pub struct Outgoing<'a> {
    pub spec: &'static RequestSpec,
    /// In the order of the spec's arguments.
    pub values: &'a [&'a dyn Sent],
    pub context: Option<&'a Context>,
    /// How long the author says that the action may take, instead of what the client says of a request.
    pub timeout: Option<Duration>,
    /// Whether the author says that doing it twice is doing it once.
    pub repeatable: bool,
    /// Whether nobody reads the answer's body.
    pub ignored: bool,
}

fn send<C: Actions>(
    connector: &C,
    action: &'static str,
    values: &[&dyn Sent],
    context: Option<&Context>,
    ignored: bool,
) -> BoxFuture<'static, Result<Reply>> {
    let mut actions = <C as Actions>::SPEC.actions.iter();
    let reply = actions.find(|known| known.name == action).and_then(|action| {
        let spec = action.request?;
        let client = match spec.client {
            "" => <C as Described>::SPEC.clients.first()?.name,
            named => named,
        };
        let repeatable = action.permission.idempotent;
        let timeout = action.timeout.map(Duration::from_millis);
        let outgoing = Outgoing { spec, values, context, timeout, repeatable, ignored };
        Some(connector.client(client)?.send(outgoing))
    });
    reply.unwrap_or_else(|| lost(action))
}

/// The macro checked that there is all of it.
#[cold]
fn lost(action: &'static str) -> BoxFuture<'static, Result<Reply>> {
    Box::pin(
        async move { Err(Error::internal(format!("action `{action}` has no client that could send it"))) },
    )
}
