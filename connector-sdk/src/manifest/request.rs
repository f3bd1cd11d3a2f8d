//! The request that an action is, where it is nothing else.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The one request that an action makes (`#[http(..)]` on a method without a body).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Request {
    /// `GET`, `POST`, `PUT`, `PATCH` or `DELETE`.
    pub method: String,
    /// The base URL, where it is another than the [connector's](super::Manifest::base).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<String>,
    /// What goes with it besides, where it has a base URL of its own: headers and their values. Without one they
    /// are the [connector's](super::Manifest::headers).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// The path below the base URL. `{name}` stands for the parameter of that name whose place is the path,
    /// or for a setting; `{+name}` for one that may be several parts of the path.
    pub path: String,
    /// Where each argument goes. What is absent or null goes nowhere.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parameters: Vec<RequestParameter>,
    /// How the body is written, where there is one.
    #[serde(default, skip_serializing_if = "Content::is_json")]
    pub content: Content,
    /// Where the result stands in the answer: `data.items`; none: the answer is the result.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub select: Option<String>,
    /// How the next page of a list is found; none: there is one answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<Paging>,
    /// How many items are collected; none: as many as there are, up to 10,000.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub most: Option<Most>,
}

/// An argument of an action, and where a request has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RequestParameter {
    /// The argument's name.
    pub name: String,
    /// Where its value goes.
    pub place: Place,
}

/// A place in a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Place {
    /// The placeholders of its name in the path.
    Path,
    /// A parameter of the query. A list is sent as one parameter for each item.
    Query(String),
    /// A header.
    Header(String),
    /// A member of the body.
    Member(String),
    /// The whole body.
    Body,
}

/// How a body is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Content {
    /// `application/json`
    #[default]
    Json,
    /// `application/x-www-form-urlencoded`
    Form,
}

/// How a service tells where the next page is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Paging {
    /// In the header `Link`, as `rel="next"`.
    Link,
    /// In the answer.
    Cursor {
        /// Where it stands in the answer: `meta.next`.
        at: String,
        /// The parameter of the query that sends it back.
        parameter: String,
    },
    /// By counting pages.
    Number {
        /// The parameter of the query.
        parameter: String,
        /// The number of the first page.
        first: u64,
    },
    /// By counting items.
    Offset {
        /// The parameter of the query.
        parameter: String,
    },
}

/// How many items of a list are collected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Most {
    /// So many.
    Items(u64),
    /// As many as the argument of that name says.
    Argument(String),
}

impl Request {
    /// A request that sends nothing and whose answer is its result.
    pub fn new(method: impl Into<String>, path: impl Into<String>) -> Self {
        Self {
            method: method.into(),
            base: None,
            headers: BTreeMap::new(),
            path: path.into(),
            parameters: Vec::new(),
            content: Content::Json,
            select: None,
            page: None,
            most: None,
        }
    }
}

impl RequestParameter {
    /// An argument at a place.
    pub fn new(name: impl Into<String>, place: Place) -> Self {
        Self { name: name.into(), place }
    }
}

impl Content {
    /// Whether it is JSON.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
    fn is_json(&self) -> bool {
        *self == Self::Json
    }
}
