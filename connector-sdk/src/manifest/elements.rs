//! Lists inside JSON.

use serde_json::Value;

/// The elements of a list; none where it is something else, or isn't there.
pub(crate) fn elements(list: Option<&Value>) -> &[Value] {
    match list {
        Some(Value::Array(elements)) => elements,
        _ => &[],
    }
}
