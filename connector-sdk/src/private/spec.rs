//! The static data that the expansion writes down, and nothing that is done with it.

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::arguments::is_required;
use super::checks::Keywords;
use crate::manifest::Permission;
use crate::{BoxFuture, Call, Choice, Context, Result, Run};

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
}

/// [`Auth`](crate::manifest::Auth) with names known at compile time.
pub enum AuthSpec {
    None,
    Bearer { token: &'static str },
    ApiKeyHeader { key: &'static str, header: &'static str },
    ApiKeyQuery { key: &'static str, query: &'static str },
    Basic { user: &'static str, password: &'static str },
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

/// What the attribute on the impl says.
pub struct ImplSpec<C: 'static> {
    pub actions: &'static [ActionSpec<C>],
    pub options: &'static [OptionsSpec<C>],
    /// At most one; a list, so that those under different `#[cfg]`s can stand beside each other.
    pub health: &'static [HealthFn<C>],
}

/// A `#[health]` method.
pub type HealthFn<C> = for<'a> fn(&'a C, &'a Context) -> BoxFuture<'a, Result<()>>;

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
    };
}

impl<C> ImplSpec<C> {
    /// Stands where the attribute has mistakes; the program doesn't compile anyway.
    pub const BROKEN: Self = Self { actions: &[], options: &[], health: &[] };
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
    pub input: Input,
    pub output: fn(&mut SchemaGenerator) -> Schema,
    pub run: for<'a> fn(&'a C, Call<'a>) -> Result<Run<'a>>,
}

/// Where the arguments of an action are described.
pub enum Input {
    /// One by one, in the method's signature.
    Params(&'static [Param]),
    /// By a struct of the author's.
    Struct(fn(&mut SchemaGenerator) -> Schema),
}

impl Input {
    /// The struct of an `#[input]` parameter.
    pub const fn of<T: Argument>() -> Self {
        Self::Struct(SchemaGenerator::root_schema_for::<T>)
    }
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
    note = "derive or implement `serde::Deserialize` and `schemars::JsonSchema` for it"
)]
pub trait Argument: DeserializeOwned + JsonSchema {}

#[diagnostic::do_not_recommend]
impl<T: DeserializeOwned + JsonSchema> Argument for T {}

/// A parameter of an action, or the value of a setting.
#[derive(Clone, Copy)]
pub struct Param {
    pub name: &'static str,
    pub description: &'static str,
    pub schema: fn(&mut SchemaGenerator) -> Schema,
    pub required: fn() -> bool,
    pub default: Option<fn() -> Value>,
    pub keywords: &'static [fn() -> Keywords],
    pub options: Option<&'static str>,
}

impl Param {
    /// A parameter of that type.
    pub const fn new<T: Argument>(name: &'static str, description: &'static str) -> Self {
        Self {
            name,
            description,
            schema: SchemaGenerator::subschema_for::<T>,
            required: is_required::<T>,
            default: None,
            keywords: &[],
            options: None,
        }
    }

    /// With what it is when nobody gives it.
    pub const fn default(mut self, default: fn() -> Value) -> Self {
        self.default = Some(default);
        self
    }

    /// With constraints, as they are published.
    pub const fn keywords(mut self, keywords: &'static [fn() -> Keywords]) -> Self {
        self.keywords = keywords;
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
    label = "this is a text",
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

/// What a `#[state]` field can be.
#[diagnostic::on_unimplemented(
    message = "a `#[state]` field can't be `{Self}`",
    label = "this has no default to begin with",
    note = "derive or implement `Default` for it"
)]
pub trait State: Default {}

#[diagnostic::do_not_recommend]
impl<T: Default> State for T {}

/// A `#[state]` field at the beginning.
pub fn state<T: State>() -> T {
    T::default()
}
