//! What holds for whatever anybody sends: an answer and never a panic, one digest for one input, and no
//! secret in what leaves.

#![expect(clippy::expect_used, reason = "a test that can't go on says so by panicking")]

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, LazyLock, Mutex};

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use connector_sdk::call::{Caller, Connection, InputDigest};
use connector_sdk::manifest::Mode;
use connector_sdk::prelude::*;
use connector_sdk::{Observer, Settings};
use proptest::collection::{hash_map, vec};
use proptest::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime").block_on(future)
}

fn anybody() -> Caller {
    Caller::new("anybody", Mode::Admin).without_asking()
}

/// A shape that is told by a key.
#[derive(Debug, Deserialize, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Shape {
    Circle { radius: f32 },
    Polygon { points: Vec<(i8, i8)> },
    Group { shapes: Vec<Shape> },
    Nothing,
}

/// A text or a list of them.
#[derive(Deserialize, Serialize, JsonSchema)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(BTreeSet<String>),
}

/// A tree that is told by a key, with a set at its bottom.
#[derive(Debug, Deserialize, Serialize, JsonSchema)]
#[serde(tag = "kind")]
enum Node {
    A { child: Box<Node> },
    B { child: Box<Node> },
    Leaf { set: BTreeSet<u32> },
}

/// A number that isn't zero.
#[derive(Deserialize, Serialize, JsonSchema)]
#[serde(try_from = "u16")]
struct NotZero(u16);

impl TryFrom<u16> for NotZero {
    type Error = String;

    fn try_from(number: u16) -> Result<Self, String> {
        if number == 0 { Err("zero".to_owned()) } else { Ok(Self(number)) }
    }
}

/// Everything in one struct.
#[derive(Deserialize, Serialize, JsonSchema)]
struct Everything {
    /// A name.
    #[serde(alias = "title")]
    name: String,
    #[serde(flatten)]
    place: Place,
    #[serde(default, rename = "aShape")]
    shape: Option<Box<Shape>>,
    #[serde(flatten)]
    rest: HashMap<String, Value>,
}

/// Where.
#[derive(Deserialize, Serialize, JsonSchema)]
struct Place {
    x: i64,
    y: Option<u64>,
}

/// Only what is known.
#[derive(Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Strict {
    a: bool,
    b: Option<char>,
}

/// Arguments of every shape.
#[connector(id = "shapes")]
struct Shapes;

#[connector]
impl Shapes {
    /// Numbers.
    #[action(read)]
    async fn numbers(
        &self,
        /// A.
        a: u8,
        /// B.
        b: i64,
        /// C.
        #[arg(range = 0.0..=1.0)]
        c: f64,
        /// D.
        d: Option<u128>,
        /// E.
        #[arg(default = -7, range = i8::MIN..0)]
        e: i8,
        /// F.
        #[arg(default = NotZero(1))]
        f: NotZero,
    ) -> Result<String> {
        Ok(format!("{a}{b}{c}{d:?}{e}{}", f.0))
    }

    /// Texts.
    #[action(read)]
    async fn texts(
        &self,
        /// A.
        a: &str,
        /// B.
        #[arg(length = 1..=3, pattern = "^[^\u{0}]*$")]
        b: Option<String>,
        /// C.
        c: Cow<'static, str>,
        /// D.
        d: char,
        /// E.
        e: std::path::PathBuf,
        /// F.
        #[arg(default = "f")]
        f: Box<str>,
    ) -> Result<String> {
        Ok(format!("{a}{b:?}{c}{d}{}{f}", e.display()))
    }

    /// Collections.
    #[action(read)]
    async fn collections(
        &self,
        /// A.
        #[arg(length = ..=4)]
        a: Vec<Option<u8>>,
        /// B.
        b: BTreeMap<String, Vec<bool>>,
        /// C.
        c: (u8, String, ()),
        /// D.
        d: [i16; 2],
        /// E.
        e: OneOrMany,
        /// F.
        f: Option<Shape>,
        /// G.
        g: Value,
    ) -> Result<Value> {
        let e = matches!(e, OneOrMany::One(_));
        Ok(json!([a, b, c, d, e, format!("{f:?}"), g]))
    }

    /// A struct.
    #[action(write)]
    async fn everything(&self, #[input] input: Everything) -> Result<Everything> {
        Ok(input)
    }

    /// A strict struct.
    #[action(write)]
    async fn strict(&self, #[input] input: Strict) -> Result<Strict> {
        Ok(input)
    }

    /// A tree.
    #[action(read)]
    async fn tree(
        &self,
        /// Its root.
        root: Node,
    ) -> Result<String> {
        Ok(format!("{root:?}"))
    }

    /// Nothing.
    #[action(destructive)]
    async fn nothing(&self) -> Result<()> {
        Ok(())
    }
}

static SHAPES: LazyLock<Connection> = LazyLock::new(|| {
    Connection::open("shapes", &connector_sdk::factory::<Shapes>(), &Settings::new()).expect("a connection")
});

/// Any JSON value, of any depth up to some.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        (-3i8..3).prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        "[a-z]{0,3}".prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 48, 6, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..6).prop_map(Value::from),
            hash_map(key(), inner, 0..6).prop_map(|members| members.into_iter().collect()),
        ]
    })
}

/// The name of an argument, more often than not.
fn key() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => "[a-g]",
        1 => prop::sample::select(vec!["name", "title", "x", "y", "aShape", "kind", "radius", "shapes"]).prop_map(str::to_owned),
        1 => any::<String>(),
    ]
}

fn any_action() -> impl Strategy<Value = String> {
    let names: Vec<String> = SHAPES.manifest().actions.iter().map(|action| action.name.clone()).collect();
    prop_oneof![9 => prop::sample::select(names), 1 => any::<String>()]
}

fn is_answered(action: &str, input: &[u8]) -> Result<(), TestCaseError> {
    match block_on(SHAPES.call(action, input, &anybody(), Context::new())) {
        Ok(output) => {
            let read: Result<Value, _> = serde_json::from_slice(output.as_bytes());
            prop_assert!(read.is_ok(), "{}", String::from_utf8_lossy(output.as_bytes()));
        }
        Err(error) => {
            prop_assert_eq!(error.kind(), ErrorKind::Usage, "{}", error);
            prop_assert!(!error.message().is_empty());
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_json_is_answered(action in any_action(), input in any_json()) {
        is_answered(&action, input.to_string().as_bytes())?;
    }

    #[test]
    fn any_object_is_answered(action in any_action(), input in hash_map(key(), any_json(), 0..9)) {
        is_answered(&action, json!(input).to_string().as_bytes())?;
    }

    #[test]
    fn any_bytes_are_answered(action in any_action(), input in vec(any::<u8>(), 0..64)) {
        is_answered(&action, &input)?;
    }

    #[test]
    fn damaged_json_is_answered(
        action in any_action(),
        input in hash_map(key(), any_json(), 0..5),
        at in any::<prop::sample::Index>(),
        damage in vec(any::<u8>(), 0..4),
        cut in 0usize..4,
    ) {
        let mut input = json!(input).to_string().into_bytes();
        let at = at.index(input.len());
        let end = (at + cut).min(input.len());
        input.splice(at..end, damage);
        is_answered(&action, &input)?;
    }

    #[test]
    fn any_depth_is_answered(action in any_action(), depth in 0usize..5_000, closed in any::<bool>()) {
        let close = if closed { "]".repeat(depth) + "}" } else { String::new() };
        is_answered(&action, format!("{{\"g\":{}{close}", "[".repeat(depth)).as_bytes())?;
    }
}

/// A type that contains itself twice is no reason for a call without an end: as deep as JSON may be.
#[test]
fn a_deep_tree_is_answered_at_once() {
    for (set, is_right) in [("[1,2]", true), ("[1,1]", false)] {
        let leaf = format!(r#"{{"kind":"Leaf","set":{set}}}"#);
        let root = (0..100).fold(leaf, |child, _| format!(r#"{{"child":{child},"kind":"B"}}"#));
        let answer = block_on(SHAPES.call(
            "tree",
            format!(r#"{{"root":{root}}}"#).as_bytes(),
            &anybody(),
            Context::new(),
        ));
        match answer {
            Ok(_) => assert!(is_right),
            Err(error) => {
                assert!(!is_right, "{error}");
                assert_eq!(error.kind(), ErrorKind::Usage);
                assert!(error.message().contains("has the item 1 twice"), "{error}");
            }
        }
    }
}

/// A JSON value as text, with whatever order and white space `choices` say.
fn written(value: &Value, choices: &mut impl Iterator<Item = usize>) -> String {
    let space = |choices: &mut dyn Iterator<Item = usize>| {
        ["", "", " ", "\n", "\t ", "\r\n"][choices.next().unwrap_or(0) % 6]
    };
    let mut out = String::from(space(choices));
    match value {
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            for place in (1..members.len()).rev() {
                members.swap(place, choices.next().unwrap_or(0) % (place + 1));
            }
            out.push('{');
            for (place, (key, member)) in members.into_iter().enumerate() {
                let comma = if place > 0 { "," } else { "" };
                let (before, after) = (space(choices), space(choices));
                out += &format!(
                    "{comma}{before}{}{after}:{}",
                    Value::from(key.as_str()),
                    written(member, choices)
                );
            }
            out.push_str(space(choices));
            out.push('}');
        }
        Value::Array(items) => {
            out.push('[');
            for (place, item) in items.iter().enumerate() {
                out.push_str(if place > 0 { "," } else { "" });
                out += &written(item, choices);
            }
            out.push_str(space(choices));
            out.push(']');
        }
        leaf => out += &leaf.to_string(),
    }
    out.push_str(space(choices));
    out
}

fn digest(input: &str) -> InputDigest {
    InputDigest::of("connector", "connection", "action", input.as_bytes())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_input_has_one_digest_however_it_is_written(value in any_json(), choices in vec(any::<usize>(), 0..200)) {
        let other = written(&value, &mut choices.into_iter());
        prop_assert_eq!(serde_json::from_str::<Value>(&other).expect("JSON"), value.clone());
        prop_assert_eq!(digest(&value.to_string()), digest(&other), "{} and {}", value, other);
    }

    #[test]
    fn two_inputs_have_two_digests(one in any_json(), two in any_json()) {
        prop_assume!(one != two);
        prop_assert_ne!(digest(&one.to_string()), digest(&two.to_string()));
    }
}

/// How a secret gets out.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
enum Way {
    Text,
    Key,
    Nested,
    Debug,
    JsonInText,
    PercentUpper,
    PercentLower,
    Form,
    Base64,
    Base64Url,
    Error,
    Detail,
    Cause,
    Panic,
    LatePanic,
    Log,
}

const WAYS: [Way; 16] = [
    Way::Text,
    Way::Key,
    Way::Nested,
    Way::Debug,
    Way::JsonInText,
    Way::PercentUpper,
    Way::PercentLower,
    Way::Form,
    Way::Base64,
    Way::Base64Url,
    Way::Error,
    Way::Detail,
    Way::Cause,
    Way::Panic,
    Way::LatePanic,
    Way::Log,
];

/// A connector that can't keep a secret.
#[connector(id = "leaky", auth = bearer(token))]
struct Leaky {
    /// The secret.
    #[secret]
    token: Secret,
}

#[connector]
impl Leaky {
    /// Lets it out.
    #[action(read)]
    async fn leak(
        &self,
        /// How.
        way: u8,
        /// What stands before it.
        before: &str,
        /// What stands after it.
        after: &str,
        context: &Context,
    ) -> Result<Value> {
        let secret = self.token.expose();
        let whole = format!("{before}{secret}{after}");
        let percent = |hex: fn(u8) -> String| -> String {
            let encode = |byte: u8| match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                    char::from(byte).to_string()
                }
                other => hex(other),
            };
            whole.bytes().map(encode).collect()
        };
        Ok(match WAYS[usize::from(way)] {
            Way::Text => json!(whole),
            Way::Key => json!({ whole: 1 }),
            Way::Nested => json!({ "a": [{ "b": [[whole]] }, 1, null], "c": { "d": { "e": secret } } }),
            Way::Debug => json!(format!("{whole:?}")),
            Way::JsonInText => json!(json!({ "inner": whole }).to_string()),
            Way::PercentUpper => json!(percent(|byte| format!("%{byte:02X}"))),
            Way::PercentLower => json!(percent(|byte| format!("%{byte:02x}"))),
            Way::Form => {
                json!(percent(|byte| if byte == b' ' { "+".to_owned() } else { format!("%{byte:02X}") }))
            }
            Way::Base64 => json!(BASE64_STANDARD.encode(&whole)),
            Way::Base64Url => json!(BASE64_URL_SAFE_NO_PAD.encode(&whole)),
            Way::Error => return Err(Error::upstream(whole)),
            Way::Detail => return Err(Error::upstream("no").with_detail("token", json!([{ whole: secret }]))),
            Way::Cause => return Err(Error::upstream("no").with_source(std::io::Error::other(whole))),
            Way::Panic => panic!("{whole}"),
            Way::LatePanic => {
                tokio::task::yield_now().await;
                panic!("{whole}")
            }
            Way::Log => {
                context.log(Level::Warn, &whole);
                json!(null)
            }
        })
    }

    /// Lets it out.
    #[options]
    async fn choices(&self, query: &str) -> Result<Vec<Choice>> {
        Ok(vec![Choice::new(format!("{query}{}", self.token.expose()), self.token.expose())])
    }

    /// Lets it out.
    #[health]
    async fn health(&self) -> Result<()> {
        Err(Error::unavailable(format!("no {}", self.token.expose())))
    }
}

#[derive(Default)]
struct Logged(Mutex<String>);

impl Observer for Logged {
    fn log(&self, _: Level, message: &str) {
        self.0.lock().expect("the log").push_str(message);
    }
}

/// All texts, keys and other values of a JSON value.
fn texts(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => members.iter().for_each(|(key, member)| {
            found.push(key.clone());
            texts(member, found);
        }),
        Value::Array(items) => items.iter().for_each(|item| texts(item, found)),
        Value::String(text) => found.push(text.clone()),
        other => found.push(other.to_string()),
    }
}

/// All that anybody outside sees of a call.
fn seen(way: Way, secret: &str, before: &str, after: &str) -> Vec<String> {
    let factory = connector_sdk::factory::<Leaky>();
    let leaky =
        Connection::open("leaky", &factory, &Settings::new().secret("token", secret)).expect("a connection");
    let log = Arc::new(Logged::default());
    let input = json!({ "way": way as u8, "before": before, "after": after }).to_string();
    let context = Context::new().with_observer(log.clone());
    let mut found = Vec::new();
    match block_on(leaky.call("leak", input.as_bytes(), &anybody(), context)) {
        Ok(output) => texts(&output.parse().expect("JSON"), &mut found),
        Err(error) => {
            found.push(format!("{error} {error:?}"));
            texts(&json!(error.details()), &mut found);
            let mut cause = std::error::Error::source(&error);
            while let Some(next) = cause {
                found.push(format!("{next} {next:?}"));
                cause = next.source();
            }
        }
    }
    found.push(std::mem::take(&mut *log.0.lock().expect("the log")));
    for choice in block_on(leaky.options("choices", before, Context::new())).expect("choices") {
        found.extend([choice.id, choice.name]);
    }
    found.push(block_on(leaky.health(Context::new())).expect_err("no").to_string());
    found.push(format!("{leaky:?}"));
    found
}

/// Undoes what the ways do, as far as it can be undone.
fn decoded(text: &str) -> Vec<String> {
    let mut found = vec![text.to_owned()];
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, others @ ..] = rest {
        let hex = |digits: &[u8]| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok();
        match (first, others) {
            (b'%', [high, low, others @ ..]) if hex(&[*high, *low]).is_some() => {
                bytes.extend(hex(&[*high, *low]));
                rest = others;
            }
            (b'+', _) => {
                bytes.push(b' ');
                rest = others;
            }
            _ => {
                bytes.push(*first);
                rest = others;
            }
        }
    }
    found.push(String::from_utf8_lossy(&bytes).into_owned());
    for run in text.split(|letter: char| !letter.is_ascii_alphanumeric() && !"+/-_".contains(letter)) {
        for engine in [BASE64_STANDARD.decode(run), BASE64_URL_SAFE_NO_PAD.decode(run)].into_iter().flatten()
        {
            found.push(String::from_utf8_lossy(&engine).into_owned());
        }
    }
    found.extend(serde_json::from_str::<Value>(text).ok().into_iter().flat_map(|value| {
        let mut inner = Vec::new();
        texts(&value, &mut inner);
        inner
    }));
    found
}

/// Secrets as services make them, and worse ones.
fn any_secret() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => "[A-Za-z0-9_-]{6,40}",
        2 => "[ -~]{6,30}",
        2 => "[a-z\"\\\\\n\t%+/äß𝄞 ]{6,20}",
        1 => "[0-9]{6,12}",
    ]
    // Such a text stands in every redacted answer, and one that is all white space is no secret.
    .prop_filter("can be told", |secret| !"[redacted]".contains(secret.trim()))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_secret_never_leaves(
        way in prop::sample::select(&WAYS[..]),
        secret in any_secret(),
        before in "[a-zA-Z:/ ]{0,6}",
        after in "[a-zA-Z&= ]{0,6}",
    ) {
        prop_assume!(!before.contains(&secret) && !after.contains(&secret));
        for text in seen(way, &secret, &before, &after) {
            for text in decoded(&text) {
                prop_assert!(!text.contains(&secret), "{:?} let {:?} out: {:?}", way, secret, text);
            }
        }
    }
}
