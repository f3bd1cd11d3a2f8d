//! What is published is what is enforced: the schemas of a connector, and what its actions accept.

#![expect(clippy::expect_used, reason = "a test that can't go on says so by panicking")]

use std::collections::BTreeMap;
use std::process::Command;

use connector_sdk::call::{Caller, Connection};
use connector_sdk::manifest::{Finding, Manifest, Mode, Severity};
use connector_sdk::prelude::*;
use connector_sdk::{Factory, Settings};
use proptest::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// A tree of words.
#[derive(Default, Deserialize, Serialize, JsonSchema)]
struct Tree {
    /// The word here.
    word: String,
    /// What grows from it.
    #[serde(default)]
    branches: Vec<Tree>,
}

mod other {
    use super::*;

    /// Another type of the same name, which contains itself as well.
    #[derive(Deserialize, Serialize, JsonSchema)]
    pub(super) struct Tree {
        /// Its number.
        pub(super) number: u32,
        /// What is below.
        pub(super) below: Option<Box<Tree>>,
    }
}

/// How to sort.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
enum Order {
    /// The newest at the top.
    NewestFirst,
    /// The oldest at the top.
    OldestFirst,
}

/// Where to look.
#[derive(Deserialize, Serialize, JsonSchema)]
struct Place {
    /// The room.
    #[schemars(length(min = 1, max = 3))]
    room: String,
    /// The shelf in it.
    #[serde(default)]
    shelf: Option<u8>,
}

/// What to store.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct NewBook {
    /// The title.
    book_title: String,
    /// How many copies.
    #[serde(default)]
    #[schemars(range(min = 0, max = 9))]
    copies: u32,
    /// Its tree.
    #[serde(default)]
    tree: Option<Tree>,
}

/// Books on shelves.
#[connector(id = "library")]
struct Library {
    /// How deep to look.
    #[config(default = 3, range = 1..=5)]
    depth: u8,
    /// The tree to begin with.
    #[config(default = Tree::default())]
    tree: Tree,
}

#[connector]
impl Library {
    const MOST: u32 = 100;

    /// Find books.
    #[action(read)]
    async fn find(
        &self,
        /// The words to look for.
        #[arg(length = 2..=5)]
        words: &str,
        /// At most this many.
        #[arg(default = 30, range = 1..=Self::MOST)]
        limit: u32,
        /// From here on.
        #[arg(range = -5..5)]
        offset: Option<i64>,
        /// How sure to be.
        #[arg(default = 0.5, range = 0.25..=1.0)]
        score: f64,
        /// The shelf mark.
        #[arg(default = "A1", pattern = "^[A-Z][0-9]+$")]
        mark: String,
        /// Of these kinds.
        #[arg(default = Vec::new(), length = ..=2)]
        kinds: Vec<String>,
        /// In this order.
        #[arg(default = Order::NewestFirst)]
        order: Order,
    ) -> Result<Vec<String>> {
        let _ = (offset, score, order, self.depth, &self.tree.word);
        Ok(vec![words.to_owned(), mark, kinds.concat(), limit.to_string()])
    }

    /// Count what hangs on two trees.
    #[action(read)]
    async fn count(
        &self,
        /// A tree.
        tree: Tree,
        /// A tree of the other kind.
        other: other::Tree,
    ) -> Result<BTreeMap<String, Tree>> {
        let _ = (other.number, other.below.is_some());
        Ok(BTreeMap::from([(tree.word.clone(), tree)]))
    }

    /// Put a book somewhere.
    #[action(write)]
    async fn put(
        &self,
        /// Where it goes.
        place: Place,
    ) -> Result<Place> {
        Ok(place)
    }

    /// Store a book.
    #[action(write)]
    async fn store(&self, #[input] book: NewBook) -> Result<u32> {
        let _ = (book.book_title, book.tree.is_some());
        Ok(book.copies)
    }
}

fn factory() -> impl Factory {
    connector_sdk::factory::<Library>()
}

fn library() -> Connection {
    Connection::open("library", &factory(), &Settings::new()).expect("a connection")
}

fn call(action: &str, input: &Value) -> Result<Value> {
    let caller = Caller::new("test", Mode::Admin).without_asking();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    let library = library();
    runtime.block_on(library.call(action, input.to_string().as_bytes(), &caller, Context::new()))?.parse()
}

/// All schemas of the manifest, with the name of each.
fn schemas(manifest: &Manifest) -> Vec<(String, Value)> {
    let actions = manifest.actions.iter().flat_map(|action| {
        let (input, output) = (action.input_schema.clone(), action.output_schema.clone());
        [(format!("{} in", action.name), input), (format!("{} out", action.name), output)]
    });
    let settings = manifest.settings.iter().map(|setting| (setting.name.clone(), setting.schema.clone()));
    actions.chain(settings).collect()
}

fn visit<'v>(value: &'v Value, look: &mut impl FnMut(&'v str, &'v Value)) {
    match value {
        Value::Object(members) => members.iter().for_each(|(key, member)| {
            look(key, member);
            visit(member, look);
        }),
        Value::Array(items) => items.iter().for_each(|item| visit(item, look)),
        _ => {}
    }
}

#[test]
fn schemas_are_valid_and_contain_all_that_they_refer_to() {
    let mut references = 0;
    for (name, schema) in schemas(factory().manifest()) {
        jsonschema::meta::validate(&schema).unwrap_or_else(|error| panic!("{name}: {error}"));
        visit(&schema, &mut |key, value| {
            assert_ne!(key, "$schema", "in {name}: {schema:#}");
            assert_ne!(key, "$id", "in {name}: {schema:#}");
            if key == "$ref" {
                references += 1;
                let target = value.as_str().and_then(|target| target.strip_prefix('#'));
                let target = target.unwrap_or_else(|| panic!("{name} refers to {value}"));
                assert!(schema.pointer(target).is_some(), "{name} refers to {target}, in {schema:#}");
            }
        });
    }
    assert!(references >= 5, "only {references} references");
}

#[test]
fn types_of_one_name_that_contain_themselves_are_told_apart() {
    let manifest = factory();
    let schema = &manifest.manifest().action("count").expect("the action").input_schema;
    let schema = jsonschema::draft202012::new(schema).expect("a schema");
    let tree = json!({ "word": "a", "branches": [{ "word": "b" }] });
    let other = json!({ "number": 1, "below": { "number": 2, "below": null } });
    assert!(schema.is_valid(&json!({ "tree": tree, "other": other })));
    assert!(!schema.is_valid(&json!({ "tree": other, "other": tree })));
    let deep = json!({ "word": "a", "branches": [{ "word": "b", "branches": [{ "word": 3 }] }] });
    assert!(!schema.is_valid(&json!({ "tree": deep, "other": other })));
}

#[test]
fn a_parameter_is_described_with_all_that_its_author_said() {
    let manifest = factory();
    let find = manifest.manifest().action("find").expect("the action");
    let keyword = |name: &str, keyword: &str| find.property(name).expect(name)[keyword].clone();
    assert_eq!(find.input_schema["required"], json!(["words"]));
    assert_eq!(find.input_schema["additionalProperties"], json!(false));
    for (name, description) in [
        ("words", "The words to look for."),
        ("limit", "At most this many."),
        ("order", "In this order."),
        ("kinds", "Of these kinds."),
    ] {
        assert_eq!(keyword(name, "description"), description);
    }
    for (name, default) in [
        ("limit", json!(30)),
        ("score", json!(0.5)),
        ("mark", json!("A1")),
        ("kinds", json!([])),
        ("order", json!("newest-first")),
        ("offset", Value::Null),
    ] {
        assert_eq!(keyword(name, "default"), default);
    }
    for (name, key, limit) in [
        ("words", "minLength", json!(2)),
        ("words", "maxLength", json!(5)),
        ("limit", "minimum", json!(1)),
        ("limit", "maximum", json!(100)),
        ("offset", "minimum", json!(-5)),
        ("offset", "exclusiveMaximum", json!(5)),
        ("score", "minimum", json!(0.25)),
        ("score", "maximum", json!(1.0)),
        ("mark", "pattern", json!("^[A-Z][0-9]+$")),
        ("kinds", "maxItems", json!(2)),
    ] {
        assert_eq!(keyword(name, key), limit, "{key} of {name}");
    }
    assert_eq!(keyword("kinds", "minItems"), Value::Null);

    let depth = manifest.manifest().setting("depth").expect("the setting");
    assert_eq!((&depth.schema["minimum"], &depth.schema["maximum"]), (&json!(1), &json!(5)));
    assert_eq!(depth.schema["default"], 3);
}

#[test]
fn a_struct_of_arguments_is_described_by_its_own_names() {
    let manifest = factory();
    let store = manifest.manifest().action("store").expect("the action");
    assert_eq!(store.input_schema["required"], json!(["bookTitle"]));
    assert_eq!(store.input_schema["additionalProperties"], json!(false));
    assert_eq!(store.property("bookTitle").expect("bookTitle")["description"], "The title.");
    let unknown = call("store", &json!({ "bookTitle": "a", "book_title": "a" })).expect_err("unknown");
    assert_eq!(unknown.kind(), ErrorKind::Usage);
    assert!(unknown.to_string().contains("did you mean `bookTitle`"), "{unknown}");
}

/// Prints the manifest, for the test below to compare between processes: whatever is not decided by the
/// source would differ between two of them.
#[test]
fn print_the_manifest() {
    if std::env::var_os("PRINT_THE_MANIFEST").is_some() {
        println!("manifest: {}", serde_json::to_string(factory().manifest()).expect("JSON"));
    }
}

#[test]
fn a_manifest_is_the_same_bytes_in_every_process() {
    let print = || {
        let this = std::env::current_exe().expect("this test");
        let output = Command::new(this)
            .args(["--exact", "print_the_manifest", "--nocapture"])
            .env("PRINT_THE_MANIFEST", "yes")
            .output()
            .expect("a run");
        let text = String::from_utf8(output.stdout).expect("text");
        text.lines()
            .find_map(|line| line.split_once("manifest: "))
            .map(|(_, json)| json.to_owned())
            .expect("a manifest")
    };
    let first = print();
    assert!(first.contains("\"find\""), "{first}");
    assert!((0..4).all(|_| print() == first));
}

#[test]
fn a_whole_number_may_be_written_with_a_fraction() {
    let find = |limit: &str| {
        let input: Value =
            serde_json::from_str(&format!(r#"{{"words":"abc","limit":{limit},"kinds":["1.0"]}}"#))
                .expect("JSON");
        call("find", &input)
    };
    assert_eq!(find("5.0").ok(), find("5").ok());
    assert_eq!(find("1e2").ok(), find("100").ok());
    assert!(find("5").is_ok());
    for (limit, expected) in [("1.5", "floating point `1.5`"), ("1e9", "at most 100"), ("\"1.0\"", "string")]
    {
        let error = find(limit).expect_err(limit).to_string();
        assert!(error.contains(expected), "{error}");
    }
    assert_eq!(call("store", &json!({ "bookTitle": "1.0", "copies": 3.0 })).ok(), Some(json!(3)));
    let wrong = call("store", &json!({ "bookTitle": 1.0, "copies": 3.0 })).expect_err("no text").to_string();
    assert!(wrong.contains("argument `bookTitle`") && wrong.contains("floating point"), "{wrong}");
    for settings in [Settings::new().value("depth", 2.0), Settings::new().text("depth", "2.0")] {
        assert!(Connection::open("library", &factory(), &settings).is_ok());
    }
    assert!(Connection::open("library", &factory(), &Settings::new().value("depth", 2.5)).is_err());
}

#[test]
fn integers_of_32_bits_have_bounds_like_smaller_ones() {
    let factory = factory();
    let other = &factory.manifest().action("count").expect("the action").input_schema["$defs"];
    let number =
        other.as_object().expect("definitions").values().find_map(|tree| tree["properties"].get("number"));
    let number = number.expect("a number");
    assert_eq!((&number["minimum"], &number["maximum"]), (&json!(0), &json!(u32::MAX)));
    let beyond =
        json!({ "tree": { "word": "a" }, "other": { "number": u64::from(u32::MAX) + 1, "below": null } });
    assert_eq!(call("count", &beyond).expect_err("too large").kind(), ErrorKind::Usage);
}

fn mistakes() -> Vec<Finding> {
    let findings = factory().manifest().findings();
    findings.into_iter().filter(|finding| finding.severity == Severity::Error).collect()
}

#[cfg(not(feature = "validate"))]
#[test]
fn a_constraint_that_nothing_checks_is_a_finding() {
    let found: Vec<String> = mistakes().iter().map(ToString::to_string).collect();
    for (subject, pointer) in [
        ("put", "/properties/place/properties/room/minLength"),
        ("put", "/properties/place/properties/room/maxLength"),
        ("store", "/properties/copies/maximum"),
    ] {
        let finding = |finding: &&String| finding.contains(subject) && finding.contains(pointer);
        assert_eq!(found.iter().filter(finding).count(), 1, "{subject} {pointer} in {found:#?}");
    }
    assert_eq!(found.len(), 3, "{found:#?}");
    // And indeed nothing checks it.
    assert!(call("put", &json!({ "place": { "room": "too long" } })).is_ok());
    assert!(call("store", &json!({ "bookTitle": "a", "copies": 10 })).is_ok());
}

#[cfg(feature = "validate")]
#[test]
fn a_nested_constraint_is_checked_and_no_finding() {
    assert_eq!(mistakes(), []);
    for (action, input, argument) in [
        ("put", json!({ "place": { "room": "too long" } }), "/place/room"),
        ("put", json!({ "place": { "room": "" } }), "/place/room"),
        ("store", json!({ "bookTitle": "a", "copies": 10 }), "/copies"),
    ] {
        let error = call(action, &input).expect_err("too long");
        assert_eq!(error.kind(), ErrorKind::Usage, "{error}");
        assert!(error.to_string().contains(argument), "{error}");
    }
    assert!(call("put", &json!({ "place": { "room": "abc" } })).is_ok());
    assert!(call("store", &json!({ "bookTitle": "a", "copies": 9 })).is_ok());
}

/// An input that `find` takes, but for at most two of its arguments, which lie on either side of their
/// limits or are of other types.
fn near_the_limits() -> impl Strategy<Value = Value> {
    let text = || prop_oneof![4 => "[a-zäß𝄞]{0,7}".prop_map(Value::from), 1 => Just(json!(1)), 1 => Just(Value::Null)];
    let whole = |low: i64, high: i64| {
        prop_oneof![
            4 => (low - 2..=low + 2).prop_map(Value::from),
            4 => (high - 2..=high + 2).prop_map(Value::from),
            1 => Just(Value::Null),
            1 => Just(json!("3")),
            1 => Just(json!(1.5)),
            1 => Just(json!(2.0)),
            1 => Just(json!(1e2)),
            1 => Just(json!([])),
        ]
    };
    let mark = prop_oneof!["[A-Z]?[0-9]{0,2}x?".prop_map(Value::from), Just(json!("xA1"))];
    let score = prop_oneof![(0.0..1.5).prop_map(Value::from), Just(json!(0.25)), Just(json!(1))];
    let order = prop_oneof![Just(json!("oldest-first")), Just(json!("newest_first")), Just(json!(0))];
    let argument = prop_oneof![
        3 => (Just("words"), text()),
        3 => (Just("limit"), whole(1, 100)),
        3 => (Just("offset"), whole(-5, 5)),
        3 => (Just("score"), score),
        3 => (Just("mark"), mark),
        3 => (Just("kinds"), proptest::collection::vec(text(), 0..4).prop_map(Value::from)),
        2 => (Just("order"), order),
        1 => (Just("unknown"), text()),
    ];
    (proptest::collection::vec(argument, 0..=2), proptest::bool::weighted(0.95)).prop_map(
        |(arguments, words)| {
            let mut input = if words { json!({ "words": "abc" }) } else { json!({}) };
            for (name, value) in arguments {
                input[name] = value;
            }
            input
        },
    )
}

proptest! {
    #[test]
    fn an_input_is_accepted_exactly_where_the_schema_accepts_it(input in near_the_limits()) {
        let manifest = factory();
        let schema = &manifest.manifest().action("find").expect("the action").input_schema;
        let valid = jsonschema::draft202012::is_valid(schema, &input);
        match call("find", &input) {
            Ok(_) => prop_assert!(valid, "accepted, and {input} is not valid"),
            Err(error) => {
                prop_assert_eq!(error.kind(), ErrorKind::Usage);
                prop_assert!(!valid, "{input} is valid: {error}");
            }
        }
    }

    #[test]
    fn a_setting_is_accepted_exactly_where_its_schema_accepts_it(depth in -2i64..=8) {
        let manifest = factory();
        let schema = &manifest.manifest().setting("depth").expect("the setting").schema;
        let valid = jsonschema::draft202012::is_valid(schema, &json!(depth));
        let opened = Connection::open("library", &manifest, &Settings::new().value("depth", depth));
        prop_assert_eq!(opened.is_ok(), valid);
        let opened = Connection::open("library", &manifest, &Settings::new().text("depth", depth.to_string()));
        prop_assert_eq!(opened.is_ok(), valid);
    }

    #[test]
    fn a_result_is_what_its_schema_says(words in "[a-z]{2,5}", room in "[a-z]{1,3}", shelf in any::<Option<u8>>()) {
        let manifest = factory();
        let inputs = [
            ("find", json!({ "words": words })),
            ("put", json!({ "place": { "room": room, "shelf": shelf } })),
            ("store", json!({ "bookTitle": words })),
            ("count", json!({ "tree": { "word": words }, "other": { "number": 1, "below": null } })),
        ];
        for (action, input) in inputs {
            let output = call(action, &input).unwrap_or_else(|error| panic!("{action}: {error}"));
            let schema = &manifest.manifest().action(action).expect("the action").output_schema;
            prop_assert!(jsonschema::draft202012::is_valid(schema, &output), "{action}: {output} against {schema:#}");
        }
    }
}
