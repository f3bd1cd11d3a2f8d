//! The static data that the expansion writes down, and nothing that is done with it.

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::checks::Keywords;
#[cfg(feature = "events")]
use super::{EventsSpec, SendSpec};
use super::{Opening, RequestSpec, Shared, Slot, arguments, input};
use crate::manifest::{Effect, Mode, Permission, Takes, Trust};
use crate::{Ask, BoxFuture, Call, Choice, Context, Obtained, Result, Run};

/// What the attribute on the struct says.
pub struct StructSpec {
    pub id: &'static str,
    pub title: &'static str,
    pub description: &'static str,
    pub version: &'static str,
    pub category: &'static str,
    pub icon: Option<&'static str>,
    pub docs: Option<&'static str>,
    pub auth: AuthSpec,
    pub settings: &'static [SettingSpec],
    pub secrets: &'static [SecretSpec],
    pub clients: &'static [ClientSpec],
}

/// [`Auth`](crate::manifest::Auth) with names known at compile time.
pub enum AuthSpec {
    None,
    Bearer {
        token: &'static str,
        /// What gets other tokens.
        renew: Option<RenewFn>,
    },
    ApiKeyHeader {
        key: &'static str,
        header: &'static str,
    },
    ApiKeyQuery {
        key: &'static str,
        query: &'static str,
    },
    ApiKeyCookie {
        key: &'static str,
        cookie: &'static str,
    },
    Basic {
        user: &'static str,
        password: &'static str,
    },
    OAuth2(OAuth2Spec),
    Any(&'static [AuthSpec]),
}

/// [`OAuth2`](crate::manifest::OAuth2) with names known at compile time.
pub struct OAuth2Spec {
    pub authorize: Option<&'static str>,
    pub device: Option<&'static str>,
    pub token: &'static str,
    pub revoke: Option<&'static str>,
    pub scopes: &'static [&'static str],
    pub client_id: Option<Given>,
    pub client_secret: Option<Given>,
    /// Whether nobody is asked.
    pub for_itself: bool,
    /// Whether the client's secret goes in the body.
    pub in_body: bool,
}

/// Where a client's id or secret comes from.
#[derive(Clone, Copy)]
pub enum Given {
    Text(&'static str),
    /// From an environment variable, by a setting or a credential that no field holds.
    Env(&'static str),
    Field(&'static str),
}

/// A `#[config]` field.
pub struct SettingSpec {
    pub value: Param,
    pub env: Option<&'static str>,
    pub placeholder: Option<&'static str>,
    pub help: Option<&'static str>,
    pub depends_on: Option<&'static str>,
    pub advanced: bool,
}

/// A `#[secret]` field.
pub struct SecretSpec {
    pub name: &'static str,
    pub description: &'static str,
    pub required: bool,
    pub env: Option<&'static str>,
    pub help: Option<&'static str>,
}

/// A `#[http]` field.
pub struct ClientSpec {
    pub name: &'static str,
    pub base: &'static str,
    /// What goes with each of its requests: names and values.
    pub headers: &'static [(&'static str, &'static str)],
}

/// What the attribute on the impl says.
pub struct ImplSpec<C: 'static> {
    pub actions: &'static [ActionSpec<C>],
    pub options: &'static [OptionsSpec<C>],
    /// At most one; a list, so that those under different `#[cfg]`s can stand beside each other.
    pub health: &'static [HealthFn<C>],
    /// The same.
    pub login: &'static [LoginFn<C>],
    /// The same.
    pub events: &'static [EventsSpec<C>],
    /// The same.
    pub send: &'static [SendSpec<C>],
}

/// Without the feature there are none.
#[cfg(not(feature = "events"))]
pub type EventsSpec<C> = std::marker::PhantomData<C>;

/// The same.
#[cfg(not(feature = "events"))]
pub type SendSpec<C> = EventsSpec<C>;

/// What gets other tokens, by a client without credentials and the refresh token.
#[cfg(feature = "oauth")]
pub type RenewFn = crate::oauth::Renew;

/// Without the feature there are none.
#[cfg(not(feature = "oauth"))]
pub type RenewFn = fn((), ()) -> std::convert::Infallible;

/// A `#[health]` method.
pub type HealthFn<C> = for<'a> fn(&'a C, &'a Context) -> BoxFuture<'a, Result<()>>;

/// A `#[login]` method.
pub type LoginFn<C> = for<'a> fn(&'a C, &'a dyn Ask, &'a Context) -> BoxFuture<'a, Result<Obtained>>;

impl StructSpec {
    /// Stands where the attribute has mistakes; the program doesn't compile anyway.
    pub const BROKEN: Self = Self {
        id: "",
        title: "",
        description: "",
        version: "",
        category: "",
        icon: None,
        docs: None,
        auth: AuthSpec::None,
        settings: &[],
        secrets: &[],
        clients: &[],
    };
}

impl<C> ImplSpec<C> {
    /// Stands where the attribute has mistakes; the program doesn't compile anyway.
    pub const BROKEN: Self =
        Self { actions: &[], options: &[], health: &[], login: &[], events: &[], send: &[] };
}

/// An `#[action]` method.
pub struct ActionSpec<C: 'static> {
    pub name: &'static str,
    pub command: &'static str,
    pub resource: Option<&'static str>,
    pub description: &'static str,
    pub permission: Permission,
    pub scopes: &'static [&'static str],
    /// In milliseconds.
    pub timeout: Option<u64>,
    /// Where the method has no body.
    pub request: Option<&'static RequestSpec>,
    pub input: Input,
    pub output: fn(&mut SchemaGenerator) -> Schema,
    pub run: for<'a> fn(Ready<'a, C>) -> Result<Run<'a>>,
}

/// A call with the connector that it is for.
pub struct Ready<'a, C> {
    pub connector: &'a C,
    pub call: Call<'a>,
}

impl<C> ActionSpec<C> {
    /// An action that only reads, with what every action has.
    pub const fn read(
        name: &'static str,
        command: &'static str,
        description: &'static str,
        input: Input,
        output: fn(&mut SchemaGenerator) -> Schema,
        run: for<'a> fn(Ready<'a, C>) -> Result<Run<'a>>,
    ) -> Self {
        Self {
            name,
            command,
            resource: None,
            description,
            permission: Permission::new(Effect::Read),
            scopes: &[],
            timeout: None,
            request: None,
            input,
            output,
            run,
        }
    }

    /// An action that changes something.
    pub const fn write(
        name: &'static str,
        command: &'static str,
        description: &'static str,
        input: Input,
        output: fn(&mut SchemaGenerator) -> Schema,
        run: for<'a> fn(Ready<'a, C>) -> Result<Run<'a>>,
    ) -> Self {
        let permission = Permission::new(Effect::Write);
        Self { permission, ..Self::read(name, command, description, input, output, run) }
    }

    /// An action that removes something.
    pub const fn destructive(
        name: &'static str,
        command: &'static str,
        description: &'static str,
        input: Input,
        output: fn(&mut SchemaGenerator) -> Schema,
        run: for<'a> fn(Ready<'a, C>) -> Result<Run<'a>>,
    ) -> Self {
        let permission = Permission::new(Effect::Destructive);
        Self { permission, ..Self::read(name, command, description, input, output, run) }
    }

    /// With [`Permission::business`].
    pub const fn business(mut self) -> Self {
        self.permission = self.permission.business();
        self
    }

    /// With [`Permission::local`].
    pub const fn local(mut self) -> Self {
        self.permission = self.permission.local();
        self
    }

    /// With [`Permission::idempotent`].
    pub const fn idempotent(mut self) -> Self {
        self.permission = self.permission.idempotent();
        self
    }

    /// With [`Permission::trusted`].
    pub const fn trusted(mut self, trust: Trust) -> Self {
        self.permission = self.permission.trusted(trust);
        self
    }

    /// With [`Permission::at_least`].
    pub const fn at_least(mut self, mode: Mode) -> Self {
        self.permission = self.permission.at_least(mode);
        self
    }

    /// With what it acts on.
    pub const fn resource(mut self, resource: &'static str) -> Self {
        self.resource = Some(resource);
        self
    }

    /// With the scopes that it needs.
    pub const fn scopes(mut self, scopes: &'static [&'static str]) -> Self {
        self.scopes = scopes;
        self
    }

    /// With the request that it is.
    pub const fn request(mut self, request: &'static RequestSpec) -> Self {
        self.request = Some(request);
        self
    }

    /// With the milliseconds that it may take.
    pub const fn timeout(mut self, timeout: u64) -> Self {
        self.timeout = Some(timeout);
        self
    }
}

/// Where the arguments of an action are described.
pub enum Input {
    /// One by one, in the method's signature.
    Params(&'static [Param]),
    /// By a struct of the author's.
    Struct { schema: fn(&mut SchemaGenerator) -> Schema, takes: Takes },
}

/// An `#[options]` method.
pub struct OptionsSpec<C: 'static> {
    pub name: &'static str,
    pub description: &'static str,
    pub run: OptionsFn<C>,
}

/// An `#[options]` method as the runtime calls it.
pub type OptionsFn<C> = for<'a> fn(&'a C, &'a str, &'a Context) -> BoxFuture<'a, Result<Vec<Choice>>>;

/// What can be a parameter of an action or a setting of a connector.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be an argument or a setting",
    label = "this type can't be read from JSON or has no JSON Schema",
    note = "derive or implement `serde::Deserialize` and `schemars::JsonSchema` for it",
    note = "a credential is neither, but a field with `#[secret]`: a `Secret`, or an `Option<Secret>`"
)]
pub trait Argument: Sized {
    /// A parameter of this type that has no name yet.
    const PARAM: Param;

    /// What describes the type as an input.
    const INPUT: Input;

    /// The slot of an argument of this type.
    fn slot<'s>(name: &'static str, value: &'s mut Option<Self>) -> Slot<'s>;

    /// The slot's value, or what the type is when nothing is given: `None` for an `Option`, else an error.
    fn required(name: &'static str, slot: Option<Self>) -> Result<Self>;

    /// A setting's value.
    fn setting(
        opening: &mut Opening<'_>,
        name: &'static str,
        default: Option<fn() -> Self>,
        check: impl FnOnce(&Self) -> Result<()>,
    ) -> Option<Self>
    where
        Self: Shared;

    /// Reads an input struct, whose schema tells which arguments there are.
    fn parse(input: &[u8], schema: &Value) -> Result<Self>;
}

// All that is done with such a type goes by way of the one trait, so that a type without the two others
// is one error and not one for each thing that is done with it.
#[diagnostic::do_not_recommend]
impl<T: DeserializeOwned + JsonSchema> Argument for T {
    const PARAM: Param = Param {
        name: "",
        description: "",
        schema: SchemaGenerator::subschema_for::<Self>,
        required: arguments::is_required::<Self>,
        default: None,
        keywords: None,
        options: None,
        takes: arguments::takes::<Self>,
    };

    const INPUT: Input =
        Input::Struct { schema: SchemaGenerator::root_schema_for::<Self>, takes: input::takes::<Self> };

    fn slot<'s>(name: &'static str, value: &'s mut Option<Self>) -> Slot<'s> {
        Slot::new(name, value)
    }

    fn required(name: &'static str, slot: Option<Self>) -> Result<Self> {
        arguments::required(name, slot)
    }

    fn setting(
        opening: &mut Opening<'_>,
        name: &'static str,
        default: Option<fn() -> Self>,
        check: impl FnOnce(&Self) -> Result<()>,
    ) -> Option<Self>
    where
        Self: Shared,
    {
        opening.setting(name, default, check)
    }

    fn parse(input: &[u8], schema: &Value) -> Result<Self> {
        input::parse(input, schema)
    }
}

/// A parameter of an action, or the value of a setting.
#[derive(Clone, Copy)]
pub struct Param {
    pub name: &'static str,
    pub description: &'static str,
    pub schema: fn(&mut SchemaGenerator) -> Schema,
    pub required: fn() -> bool,
    pub default: Option<fn() -> Value>,
    pub keywords: Option<fn(Keywords) -> Keywords>,
    pub options: Option<&'static str>,
    pub takes: Takes,
}

impl Param {
    /// With its name and what it is for.
    pub const fn named(mut self, name: &'static str, description: &'static str) -> Self {
        self.name = name;
        self.description = description;
        self
    }

    /// With what it is when nobody gives it.
    pub const fn default(mut self, default: fn() -> Value) -> Self {
        self.default = Some(default);
        self
    }

    /// With constraints, as they are published.
    pub const fn keywords(mut self, keywords: fn(Keywords) -> Keywords) -> Self {
        self.keywords = Some(keywords);
        self
    }

    /// With the name of the method that lists its values.
    pub const fn options(mut self, source: &'static str) -> Self {
        self.options = Some(source);
        self
    }
}

/// What can be the default of a parameter or setting.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't have a default",
    label = "this type can't be written as JSON, so its default can't be published",
    note = "derive or implement `serde::Serialize` for it"
)]
pub trait Published: Serialize {}

#[diagnostic::do_not_recommend]
impl<T: Serialize> Published for T {}

/// A default as it is published. One that can't be JSON is published as nothing.
pub fn default_value<T: Published>(value: T) -> Value {
    serde_json::to_value(value).unwrap_or(Value::Null)
}

/// What a text in the source can be the default of.
#[diagnostic::on_unimplemented(
    message = "a text can't be the default of `{Self}`",
    label = "this is not made of text",
    note = "write a value of the type, or implement `From<&'static str>` for it"
)]
pub trait FromText: Sized {
    /// The text as the type.
    fn from_text(text: &'static str) -> Self;
}

#[diagnostic::do_not_recommend]
impl<T: From<&'static str>> FromText for T {
    fn from_text(text: &'static str) -> Self {
        text.into()
    }
}
