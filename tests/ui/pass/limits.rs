//! Ranges, lengths and patterns in all forms, on all types that they are for.
#![deny(warnings)]

use connector_sdk::prelude::*;
use connector_sdk::{Factory, factory};

const MOST: u64 = 10;

/// A demo.
#[connector(id = "limits")]
pub struct Limits {
    /// A share.
    #[config(default = 0.5, range = 0.0..1.0)]
    share: f64,
    /// A name.
    #[config(length = ..=20, pattern = "^[a-z]")]
    name: Option<String>,
}

#[connector]
impl Limits {
    /// Measure.
    #[action(read)]
    #[allow(clippy::too_many_arguments, reason = "one of each")]
    async fn measure(
        &self,
        /// From a constant.
        #[arg(range = 1..=MOST)]
        constant: u64,
        /// Below zero.
        #[arg(default = -3, range = -5..=-1)]
        negative: i8,
        /// Without an end.
        #[arg(range = 1..)]
        endless: Option<u128>,
        /// A list.
        #[arg(length = 1..3)]
        list: Vec<u8>,
        /// A list that may be absent.
        #[arg(length = 1..)]
        maybe: Option<Vec<String>>,
        /// A text.
        #[arg(default = "abc", length = 1..=3, pattern = "^[a-c]+$")]
        text: &str,
    ) -> Result<f64> {
        let lengths = list.len() + maybe.map_or(0, |list| list.len()) + text.len();
        let name = self.name.as_deref().unwrap_or_default().len();
        Ok(self.share + constant as f64 + f64::from(negative) + endless.unwrap_or(0) as f64 + (lengths + name) as f64)
    }
}

fn main() {
    let factory = factory::<Limits>();
    let action = &factory.manifest().actions[0];
    let keyword = |property: &str, keyword: &str| {
        action.property(property).and_then(|schema| schema.get(keyword)).and_then(|value| value.as_i64())
    };
    assert_eq!(keyword("constant", "maximum"), Some(10));
    assert_eq!(keyword("negative", "minimum"), Some(-5));
    assert_eq!((keyword("endless", "minimum"), keyword("endless", "maximum")), (Some(1), None));
    assert_eq!((keyword("list", "minItems"), keyword("list", "maxItems")), (Some(1), Some(2)));
    assert_eq!(keyword("maybe", "minItems"), Some(1));
    assert_eq!(keyword("text", "maxLength"), Some(3));
    assert_eq!(factory.manifest().settings[0].schema["exclusiveMaximum"], 1.0);
}
