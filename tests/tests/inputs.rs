//! What only the schema of an `#[input]` type tells: findings, since no compiler sees it.

#![expect(dead_code, reason = "the types are read for their schemas")]

use connector_sdk::call::{Caller, Connection};
use connector_sdk::manifest::{Mode, Severity};
use connector_sdk::prelude::*;
use connector_sdk::{Factory, Settings};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize, JsonSchema)]
enum Either {
    One,
    Other,
}

#[derive(Deserialize, JsonSchema)]
#[serde(tag = "kind")]
enum Tagged {
    One {
        /// A number.
        number: u32,
    },
    Other,
}

#[derive(Deserialize, JsonSchema)]
struct Tuple(u8, u8);

#[derive(Deserialize, JsonSchema)]
struct Newtype(String);

#[derive(Deserialize, JsonSchema)]
struct Unit;

/// A struct after all.
#[derive(Deserialize, JsonSchema)]
struct Around(Plain);

#[derive(Deserialize, JsonSchema)]
struct Plain {
    /// A number.
    number: u32,
    #[serde(flatten)]
    more: More,
}

#[derive(Deserialize, JsonSchema)]
struct More {
    /// A text.
    text: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
struct Undescribed {
    number: u32,
    /// A text.
    text: String,
    #[serde(rename = "connection_slug")]
    /// Which connection.
    connection: String,
}

/// Inputs.
#[connector(id = "inputs")]
struct Inputs;

macro_rules! inputs {
    ($($name:ident: $ty:ty)*) => {
        #[connector]
        impl Inputs {
            $(
                /// Take it.
                #[action(read)]
                async fn $name(&self, #[input] input: $ty) -> Result<()> {
                    let _ = input;
                    Ok(())
                }
            )*
        }
    };
}

inputs! {
    either: Either
    tagged: Tagged
    tuple: Tuple
    newtype: Newtype
    unit: Unit
    around: Around
    plain: Plain
    boxed: Box<Plain>
    undescribed: Undescribed
}

#[test]
fn an_input_without_names_is_a_finding() {
    let factory = connector_sdk::factory::<Inputs>();
    let findings = factory.manifest().findings();
    let of = |action: &str| -> Vec<&str> {
        let mine = findings.iter().filter(|finding| finding.subject == action);
        mine.inspect(|finding| assert_eq!(finding.severity, Severity::Error, "{finding}"))
            .map(|finding| finding.message.as_str())
            .collect()
    };
    for action in ["either", "tagged", "tuple", "newtype", "unit"] {
        let found = of(action);
        assert_eq!(found.len(), 1, "{action}: {found:?}");
        assert!(found[0].contains("make the `#[input]` type a struct with named fields"), "{found:?}");
    }
    for action in ["around", "plain", "boxed"] {
        assert_eq!(of(action), [""; 0], "{action}");
    }
    let mut found = of("undescribed");
    found.sort_unstable();
    assert_eq!(
        found,
        [
            "its argument `connection_slug` has a name that hosts use themselves; rename the field",
            "its argument `number` has no description; write a doc comment on the field",
        ]
    );
}

#[test]
fn a_struct_is_a_struct_whatever_is_around_it() {
    let factory = connector_sdk::factory::<Inputs>();
    let inputs = Connection::open("inputs", &factory, &Settings::new()).expect("a connection");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    let caller = Caller::new("test", Mode::Readonly);
    for action in ["around", "plain", "boxed"] {
        let act = |input| runtime.block_on(inputs.act(action, &input, &caller));
        assert!(act(json!({ "number": 1, "text": "a" })).is_ok(), "{action}");
        let error = act(json!({ "number": "a" })).expect_err("no number").to_string();
        assert!(error.contains("argument `number`"), "{error}");
        let error = act(json!({ "number": 1, "txt": "a" })).expect_err("unknown").to_string();
        assert!(error.contains("did you mean `text`"), "{error}");
    }
}
