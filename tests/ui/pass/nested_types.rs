//! Types that contain themselves, maps, tuples, enums with fields: whatever serde and schemars take.
#![deny(warnings)]

use std::collections::{BTreeMap, HashSet};

use connector_sdk::prelude::*;
use connector_sdk::{Factory, factory};

#[derive(serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
struct Tree {
    name: String,
    children: Vec<Tree>,
}

#[derive(serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Shape {
    Circle { radius: f64 },
    Square { side: f64 },
}

/// A demo.
#[connector(id = "nested")]
pub struct Nested;

#[connector]
impl Nested {
    /// Grow.
    #[action(read)]
    async fn grow(
        &self,
        /// What to grow from.
        tree: Tree,
        /// Some shapes.
        shapes: Vec<Shape>,
        /// By name.
        by_name: BTreeMap<String, Option<u8>>,
        /// Each once.
        once: HashSet<char>,
        /// Three at a time.
        triple: (u8, String, [bool; 2]),
    ) -> Result<Tree> {
        let area: f64 = shapes
            .iter()
            .map(|shape| match shape {
                Shape::Circle { radius } => radius * radius,
                Shape::Square { side } => side * side,
            })
            .sum();
        let name = format!("{} {area} {} {} {}", tree.name, by_name.len(), once.len(), triple.1);
        Ok(Tree { name, children: tree.children })
    }
}

fn main() {
    let factory = factory::<Nested>();
    let action = &factory.manifest().actions[0];
    assert!(action.input_schema["$defs"]["Tree"].is_object(), "{}", action.input_schema);
    assert!(action.output_schema["$defs"]["Tree"].is_object() || action.output_schema["properties"].is_object());
    assert!(factory.manifest().findings().is_empty(), "{:?}", factory.manifest().findings());
}
