//! A constraint that is published and not enforced is found, whoever put it there; what a type enforces by
//! itself is not.

#![expect(clippy::expect_used, reason = "a test that can't go on says so by panicking")]
#![expect(dead_code, reason = "the types are read for their schemas and parsers")]

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::net::IpAddr;
use std::num::{NonZeroI16, NonZeroU32};
use std::time::Duration;

use connector_sdk::call::{Caller, Connection};
use connector_sdk::manifest::{Mode, Severity};
use connector_sdk::prelude::*;
use connector_sdk::{Factory, Settings};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

fn findings<T: connector_sdk::__private::Actions + Send + Sync>() -> Vec<(Severity, String)> {
    let factory = connector_sdk::factory::<T>();
    factory.manifest().findings().iter().map(|finding| (finding.severity, finding.to_string())).collect()
}

#[derive(Deserialize, JsonSchema)]
enum Unit {
    A,
    B,
}

/// With a text for each.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Described {
    /// The first.
    First,
    /// The second.
    TheSecond,
}

#[derive(Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
enum Inside {
    Circle { radius: f32 },
    Square { side: NonZeroU32, corner: Option<char> },
}

#[derive(Deserialize, JsonSchema)]
#[serde(tag = "t", content = "c")]
enum Beside {
    Nothing,
    Some(Unit),
    Both { one: u8, other: [i8; 2] },
}

#[derive(Deserialize, JsonSchema)]
enum Outside {
    Alone,
    One(NonZeroI16),
    Pair(u16, i16),
    Named { unit: Unit },
}

#[derive(Deserialize, JsonSchema)]
#[serde(untagged)]
enum Any {
    Letter(char),
    Text(String),
    Two([u8; 2]),
    Many(Vec<u8>),
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Strict {
    unit: Unit,
    inside: Option<Inside>,
    children: Vec<Strict>,
}

#[derive(Deserialize, JsonSchema)]
struct Flat {
    name: String,
    #[serde(flatten)]
    inside: Inside2,
}

#[derive(Deserialize, JsonSchema)]
#[serde(tag = "kind")]
enum Inside2 {
    A { x: Unit },
    B { y: char },
}

/// A type that contains itself in many ways, the endless ones first.
#[derive(Deserialize, JsonSchema)]
enum Term {
    Sum(Box<Term>, Box<Term>),
    Product { one: Box<Term>, other: Box<Term>, unit: Unit },
    Choice(Box<[Term; 3]>),
    Equal(Box<Equation>),
    Number(NonZeroU32),
}

#[derive(Deserialize, JsonSchema)]
struct Equation {
    left: Term,
    right: Term,
}

#[derive(Deserialize, JsonSchema)]
struct FlatMap {
    unit: Unit,
    #[serde(flatten)]
    more: BTreeMap<String, Unit>,
}

#[derive(Deserialize, JsonSchema)]
struct Input {
    /// All of them.
    beside: Beside,
    /// All of them.
    #[serde(default)]
    described: Option<Described>,
    /// All of them.
    strict: Strict,
    /// All of them.
    limits: (u8, i8, u16, i16, NonZeroU32),
    /// All of them.
    set: BTreeSet<Unit2>,
}

#[derive(Deserialize, JsonSchema, PartialEq, Eq, PartialOrd, Ord)]
enum Unit2 {
    A,
    B,
}

/// Honest.
#[connector(id = "honest")]
struct Honest {
    /// A setting.
    unit: Unit,
    /// A setting.
    pair: [bool; 2],
    /// A setting.
    #[config(default = 3, range = 1..=5)]
    depth: u8,
}

#[connector]
impl Honest {
    /// Take what derives make.
    #[action(read)]
    async fn derived(
        &self,
        /// One.
        unit: Unit,
        /// One.
        described: Option<Described>,
        /// One.
        inside: Inside,
        /// One.
        beside: Vec<Beside>,
        /// One.
        outside: BTreeMap<String, Outside>,
        /// One.
        any: Any,
        /// One.
        strict: Strict,
        /// One.
        flat: Flat,
        /// One.
        flat_map: FlatMap,
        /// One.
        equation: Equation,
    ) -> Result<()> {
        let _ = (unit, described, inside, beside, outside, any, strict, flat, flat_map, equation);
        Ok(())
    }

    /// Take what the standard library has.
    #[action(read)]
    async fn standard(
        &self,
        /// One.
        small: (u8, i8, u16, i16, u32, i64, f32, char),
        /// One.
        by_number: HashMap<u32, [bool; 2]>,
        /// One.
        at_least_one: Option<NonZeroU32>,
        /// One.
        once: HashSet<char>,
        /// One.
        time: Duration,
        /// One.
        place: IpAddr,
        /// One.
        result: std::result::Result<u8, Unit>,
        /// One.
        range: std::ops::Range<u8>,
        /// One.
        nothing: (),
        /// One.
        anything: serde_json::Value,
        /// One.
        #[arg(length = 2..=5, pattern = "^a")]
        text: String,
        /// One.
        #[arg(range = 1..=9)]
        number: u32,
        /// One.
        #[arg(length = 3..=3)]
        three: Vec<String>,
    ) -> Result<()> {
        let _ = (small, by_number, at_least_one, once, time, place, result, range);
        let _ = (nothing, anything, text, number, three);
        Ok(())
    }

    /// Take all at once.
    #[action(read)]
    async fn at_once(&self, #[input] input: Input) -> Result<()> {
        let _ = (input, &self.unit, &self.pair, self.depth);
        Ok(())
    }
}

#[test]
fn what_types_enforce_is_no_finding() {
    assert_eq!(findings::<Honest>(), []);
}

#[derive(Deserialize, JsonSchema)]
struct Wishes {
    /// One.
    #[schemars(length(equal = 3))]
    three: Vec<u8>,
    /// One.
    #[schemars(length(equal = 1))]
    letter: String,
    /// One.
    #[schemars(extend("enum" = ["a", "b"]))]
    one_of: String,
    /// One.
    #[schemars(extend("const" = 3))]
    fixed: u32,
    /// One.
    #[schemars(with = "Unit")]
    unit: String,
    /// One.
    #[schemars(required)]
    needed: Option<String>,
    /// One.
    #[schemars(extend("additionalProperties" = false))]
    closed: Open,
    /// One.
    #[schemars(range(min = 1))]
    positive: u32,
    /// One.
    #[schemars(range(min = 1))]
    truly_positive: NonZeroU32,
    /// One.
    #[schemars(extend("minContains" = 1, "maxContains" = 2, "contains" = {"const": 1}))]
    contains: Vec<u8>,
    /// One.
    #[schemars(extend("dependentRequired" = {"a": ["b"]}, "dependentSchemas" = {"a": false}))]
    dependent: Open,
    /// One.
    #[schemars(extend("unevaluatedProperties" = false))]
    unevaluated: Open,
    /// One.
    #[schemars(extend("minProperties" = 1, "maxProperties" = 2))]
    few: BTreeMap<String, u8>,
    /// One.
    #[schemars(regex(pattern = "^a+$"))]
    pattern: String,
    /// One.
    #[schemars(extend("multipleOf" = 5))]
    fives: i64,
}

#[derive(Deserialize, JsonSchema)]
struct Open {
    a: Option<u8>,
}

/// Wishful.
#[connector(id = "wishful")]
struct Wishful {
    /// A setting.
    wishes: Wishes,
}

#[connector]
impl Wishful {
    /// Take them.
    #[action(read)]
    async fn take(
        &self,
        /// One.
        wishes: Vec<Wishes>,
    ) -> Result<()> {
        let _ = (wishes, &self.wishes);
        Ok(())
    }

    /// Take them at once.
    #[action(read)]
    async fn take_at_once(&self, #[input] wishes: Wishes) -> Result<()> {
        let _ = wishes;
        Ok(())
    }
}

#[cfg(not(feature = "validate"))]
#[test]
fn what_only_the_schema_says_is_a_finding() {
    let wishes = [
        "closed/additionalProperties",
        "contains/contains",
        "contains/maxContains",
        "contains/minContains",
        "dependent/dependentRequired",
        "dependent/dependentSchemas",
        "few/maxProperties",
        "few/minProperties",
        "fives/multipleOf",
        "fixed/const",
        "letter/maxLength",
        "letter/minLength",
        "one_of/enum",
        "pattern/pattern",
        "positive/minimum",
        "three/maxItems",
        "three/minItems",
        "unevaluated/unevaluatedProperties",
        "unit/enum",
    ];
    let findings = findings::<Wishful>();
    for (subject, before) in [("wishes", ""), ("take", "/properties/wishes/items"), ("take_at_once", "")] {
        let mut found: Vec<_> = findings
            .iter()
            .filter(|(severity, text)| {
                *severity == Severity::Error && text.starts_with(&format!("`{subject}`"))
            })
            .map(|(_, text)| text.split('`').nth(3).unwrap_or_default())
            .collect();
        let mut expected: Vec<_> = wishes.iter().map(|wish| format!("{before}/properties/{wish}")).collect();
        let required = format!("{before}/required/");
        assert_eq!(found.iter().filter(|pointer| pointer.starts_with(&required)).count(), 1, "{found:#?}");
        found.retain(|pointer| !pointer.starts_with(&required));
        expected.sort();
        assert_eq!(found, expected, "{subject}");
    }
}

/// A name with a form of its own.
#[derive(JsonSchema)]
#[schemars(transparent)]
struct Form(String);

impl<'de> Deserialize<'de> for Form {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text.starts_with("id-") { Ok(Self(text)) } else { Err(serde::de::Error::custom("no id")) }
    }
}

#[derive(Deserialize, JsonSchema)]
struct Untold {
    /// One.
    form: Form,
    /// One.
    unit: Unit,
}

#[derive(Deserialize, JsonSchema)]
struct Told {
    /// One.
    #[schemars(example = "id-1")]
    form: Form,
    /// One.
    unit: Unit,
}

/// Particular.
#[connector(id = "particular")]
struct Particular;

#[connector]
impl Particular {
    /// Take what has no example.
    #[action(read)]
    async fn untold(&self, #[input] input: Untold) -> Result<()> {
        let _ = input;
        Ok(())
    }

    /// Take what has one.
    #[action(read)]
    async fn told(&self, #[input] input: Told) -> Result<()> {
        let _ = input;
        Ok(())
    }
}

#[cfg(not(feature = "validate"))]
#[test]
fn what_cannot_be_asked_is_a_warning_with_its_remedy() {
    let findings = findings::<Particular>();
    assert_eq!(findings.len(), 1, "{findings:#?}");
    assert_eq!(findings[0].0, Severity::Warning);
    assert!(findings[0].1.starts_with("`untold`: ") && findings[0].1.contains("example"), "{findings:?}");
}

fn act(connection: &Connection, action: &str, input: &Value) -> Result<()> {
    let caller = Caller::new("test", Mode::Admin);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    runtime.block_on(connection.act(action, input, &caller)).map(drop)
}

/// Tags.
#[connector(id = "tags")]
struct Tags {
    /// Those that there are.
    known: BTreeSet<String>,
}

#[connector]
impl Tags {
    /// Set tags.
    #[action(read)]
    async fn set(
        &self,
        /// The tags.
        tags: Option<HashSet<String>>,
        /// The same.
        more: Listed,
    ) -> Result<usize> {
        Ok(self.known.len() + tags.map_or(0, |tags| tags.len()) + more.0.len())
    }
}

#[derive(Deserialize, JsonSchema)]
struct Listed(#[schemars(extend("uniqueItems" = true))] Vec<u8>);

#[test]
fn an_item_that_stands_twice_is_refused_where_it_may_not() {
    assert_eq!(findings::<Tags>(), []);
    let factory = connector_sdk::factory::<Tags>();
    let open = |known: Value| Connection::open("tags", &factory, &Settings::new().value("known", known));
    let tags = open(json!(["a", "b"])).expect("a connection");
    assert!(act(&tags, "set", &json!({ "tags": ["a", "b"], "more": [1, 2] })).is_ok());
    for (input, place) in [
        (json!({ "tags": ["a", "a"], "more": [] }), "/tags"),
        (json!({ "tags": null, "more": [1, 2, 1] }), "/more"),
    ] {
        let error = act(&tags, "set", &input).expect_err("twice");
        assert_eq!(error.kind(), ErrorKind::Usage);
        assert!(error.to_string().contains(place), "{error}");
    }
    let error = open(json!(["a", "a"])).map(drop).expect_err("twice");
    assert!(error.to_string().contains("setting `known`: the value has the item \"a\" twice"), "{error}");
}

#[cfg(feature = "validate")]
#[test]
fn what_only_the_schema_says_is_enforced_by_a_validator() {
    let errors = |(severity, text)| (severity == Severity::Error).then_some(text);
    assert_eq!(findings::<Wishful>().into_iter().filter_map(errors).collect::<Vec<_>>(), [""; 0]);
    assert_eq!(findings::<Particular>(), []);
    let right = json!({
        "three": [1, 2, 3], "letter": "a", "one_of": "b", "fixed": 3, "unit": "A", "needed": "x", "closed": {},
        "positive": 1, "truly_positive": 1, "contains": [1], "dependent": {}, "unevaluated": {},
        "few": { "a": 1 }, "pattern": "aa", "fives": 5,
    });
    let factory = connector_sdk::factory::<Wishful>();
    let open = |wishes: &Value| {
        Connection::open("wishful", &factory, &Settings::new().value("wishes", wishes.clone()))
    };
    let wishful = open(&right).expect("a connection");
    assert!(act(&wishful, "take_at_once", &right).is_ok());
    for (name, value) in [
        ("three", json!([1])),
        ("letter", json!("aa")),
        ("one_of", json!("c")),
        ("fixed", json!(4)),
        ("unit", json!("C")),
        ("closed", json!({ "b": 1 })),
        ("positive", json!(0)),
        ("contains", json!([2])),
        ("dependent", json!({ "a": 1 })),
        ("unevaluated", json!({ "b": 1 })),
        ("few", json!({})),
        ("pattern", json!("b")),
        ("fives", json!(6)),
    ] {
        let mut wrong = right.clone();
        wrong[name] = value;
        for error in [
            act(&wishful, "take_at_once", &wrong).expect_err(name),
            act(&wishful, "take", &json!({ "wishes": [right, wrong] })).expect_err(name),
            open(&wrong).map(drop).expect_err(name),
        ] {
            assert!(error.to_string().contains(&format!("/{name}`")), "{error}");
        }
    }
}

fn least() -> u8 {
    1
}

/// Defaults that no literal gives away.
#[derive(Deserialize, JsonSchema)]
struct Paged {
    /// The page.
    #[serde(default = "least")]
    #[schemars(range(min = 2))]
    page: u8,
    /// The size.
    #[serde(default)]
    size: Option<u8>,
}

/// Has defaults.
#[connector(id = "defaults")]
struct Defaults {
    /// How deep.
    #[config(default = 30, range = 1..=1 + 1)]
    depth: u32,
    /// What.
    #[config(default = "x".to_owned(), pattern = "^y$")]
    letter: String,
    /// Right.
    #[config(default = 2, range = 1..=1 + 1)]
    right: u32,
    /// No JSON, so it can't be published.
    #[config(default = f64::NAN)]
    unsaid: f64,
}

#[connector]
impl Defaults {
    /// Takes arguments.
    #[action(read)]
    async fn take(
        &self,
        /// How many.
        #[arg(default = 30, range = 1..=1 + 1)]
        limit: u32,
        /// Which.
        #[arg(default = vec![1, 2], length = ..=1 + 1)]
        which: Vec<u8>,
    ) -> Result<()> {
        let _ = (limit, which);
        Ok(())
    }

    /// Takes a struct.
    #[action(read)]
    async fn page(&self, #[input] input: Paged) -> Result<()> {
        let _ = input;
        Ok(())
    }
}

#[test]
fn a_default_that_its_own_schema_refuses_is_found() {
    let change = "which its own schema refuses; change the default or the constraint";
    let set = "is one that its own schema refuses; change the default or the constraint";
    let found: Vec<_> = findings::<Defaults>()
        .into_iter()
        .filter(|(severity, message)| *severity == Severity::Error && message.contains("default"))
        .map(|(_, message)| message)
        .collect();
    assert_eq!(
        found,
        [
            format!("`depth`: its default 30 {set}"),
            format!("`letter`: its default \"x\" {set}"),
            format!("`take`: its argument `limit` has the default 30, {change}"),
            format!("`page`: its argument `page` has the default 1, {change}"),
        ]
    );
}
