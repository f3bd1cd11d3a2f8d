//! Constraints of parameters and settings: the same words make the keyword that is published and the
//! check that is done.

use std::borrow::Cow;
use std::fmt::Display;
use std::ops::{Bound, RangeBounds};
use std::sync::OnceLock;

use regex_lite::Regex;
use serde::Serialize;
use serde_json::Value;

use crate::{Error, Result};

/// Keywords of JSON Schema with their values.
pub type Keywords = Vec<(&'static str, Value)>;

/// What a `range` can constrain.
#[diagnostic::on_unimplemented(
    message = "a `range` can't constrain `{Self}`",
    label = "this is not a number",
    note = "a range constrains numbers; use `length` for texts and lists"
)]
pub trait Ranged {
    /// The number's type.
    type Number: PartialOrd + Display + Serialize;
    /// The number, where there is one.
    fn number(&self) -> Option<&Self::Number>;
}

macro_rules! ranged {
    ($($number:ty)*) => {$(
        impl Ranged for $number {
            type Number = Self;
            fn number(&self) -> Option<&Self> {
                Some(self)
            }
        }
    )*};
}

ranged!(i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize f32 f64);

impl<T: Ranged> Ranged for Option<T> {
    type Number = T::Number;

    fn number(&self) -> Option<&T::Number> {
        self.as_ref()?.number()
    }
}

/// The keywords of a range.
pub fn range_keywords<T: Ranged>(range: impl RangeBounds<T::Number>) -> Keywords {
    let mut keywords = Keywords::new();
    let bounds = [
        (range.start_bound(), "minimum", "exclusiveMinimum"),
        (range.end_bound(), "maximum", "exclusiveMaximum"),
    ];
    for (bound, inclusive, exclusive) in bounds {
        let (keyword, limit) = match bound {
            Bound::Included(limit) => (inclusive, limit),
            Bound::Excluded(limit) => (exclusive, limit),
            Bound::Unbounded => continue,
        };
        keywords.push((keyword, serde_json::to_value(limit).unwrap_or(Value::Null)));
    }
    keywords
}

/// Checks a range.
pub fn check_range<T: Ranged>(
    name: &'static str,
    value: &T,
    range: impl RangeBounds<T::Number>,
) -> Result<()> {
    match value.number() {
        Some(number) if !range.contains(number) => {
            Err(out_of_bounds(name, "must be", bounds_in_words(&range), number, ""))
        }
        _ => Ok(()),
    }
}

/// What a `length` can constrain.
#[diagnostic::on_unimplemented(
    message = "a `length` can't constrain `{Self}`",
    label = "this is neither a text nor a list",
    note = "a length constrains texts (in characters) and lists (in items); use `range` for numbers"
)]
pub trait Measured {
    /// The keywords for the least and the greatest length.
    const KEYWORDS: [&'static str; 2];
    /// What is counted.
    const UNIT: &'static str;
    /// The length, where there is something to measure.
    fn length(&self) -> Option<usize>;
}

macro_rules! measured_text {
    ($($text:ty)*) => {$(
        impl Measured for $text {
            const KEYWORDS: [&'static str; 2] = ["minLength", "maxLength"];
            const UNIT: &'static str = "characters";
            fn length(&self) -> Option<usize> {
                Some(self.chars().count())
            }
        }
        impl Textual for $text {
            fn text(&self) -> Option<&str> {
                Some(self)
            }
        }
    )*};
}

impl<T> Measured for Vec<T> {
    const KEYWORDS: [&'static str; 2] = ["minItems", "maxItems"];
    const UNIT: &'static str = "items";

    fn length(&self) -> Option<usize> {
        Some(self.len())
    }
}

impl<T: Measured> Measured for Option<T> {
    const KEYWORDS: [&'static str; 2] = T::KEYWORDS;
    const UNIT: &'static str = T::UNIT;

    fn length(&self) -> Option<usize> {
        self.as_ref()?.length()
    }
}

/// The keywords of a length.
pub fn length_keywords<T: Measured>(range: impl RangeBounds<usize>) -> Keywords {
    let least = match range.start_bound() {
        Bound::Included(least) => Some(*least),
        Bound::Excluded(below) => Some(below.saturating_add(1)),
        Bound::Unbounded => None,
    };
    let most = match range.end_bound() {
        Bound::Included(most) => Some(*most),
        Bound::Excluded(above) => Some(above.saturating_sub(1)),
        Bound::Unbounded => None,
    };
    let [minimum, maximum] = T::KEYWORDS;
    [(minimum, least), (maximum, most)]
        .into_iter()
        .filter_map(|(keyword, length)| Some((keyword, length?.into())))
        .collect()
}

/// Checks a length.
pub fn check_length<T: Measured>(
    name: &'static str,
    value: &T,
    range: impl RangeBounds<usize>,
) -> Result<()> {
    match value.length() {
        Some(length) if !range.contains(&length) => {
            Err(out_of_bounds(name, "must have", bounds_in_words(&range), &length, T::UNIT))
        }
        _ => Ok(()),
    }
}

#[cold]
fn out_of_bounds(name: &'static str, must: &str, bounds: String, actual: &dyn Display, unit: &str) -> Error {
    let (space, has) = if unit.is_empty() { ("", "is") } else { (" ", "has") };
    Error::usage(format!("`{name}` {must} {bounds}{space}{unit}, and {has} {actual}"))
        .with_detail("argument", name)
}

fn bounds_in_words<N: Display>(range: &impl RangeBounds<N>) -> String {
    let low = match range.start_bound() {
        Bound::Included(low) => Some(format!("at least {low}")),
        Bound::Excluded(low) => Some(format!("more than {low}")),
        Bound::Unbounded => None,
    };
    let high = match range.end_bound() {
        Bound::Included(high) => Some(format!("at most {high}")),
        Bound::Excluded(high) => Some(format!("less than {high}")),
        Bound::Unbounded => None,
    };
    [low, high].into_iter().flatten().collect::<Vec<_>>().join(" and ")
}

/// What a `pattern` can constrain.
#[diagnostic::on_unimplemented(
    message = "a `pattern` can't constrain `{Self}`",
    label = "this is not a text",
    note = "a pattern constrains texts: `String`, `&str`, or an `Option` of one"
)]
pub trait Textual {
    /// The text, where there is one.
    fn text(&self) -> Option<&str>;
}

measured_text!(String Cow<'_, str> Box<str>);

impl<T: Textual> Textual for Option<T> {
    fn text(&self) -> Option<&str> {
        self.as_ref()?.text()
    }
}

/// A regular expression, compiled at its first use. It may match anywhere in a text, as JSON Schema
/// has it; `^` and `$` hold it to the whole.
pub struct Pattern {
    source: &'static str,
    regex: OnceLock<Option<Regex>>,
}

impl Pattern {
    /// A pattern.
    pub const fn new(source: &'static str) -> Self {
        Self { source, regex: OnceLock::new() }
    }

    fn regex(&self) -> Option<&Regex> {
        self.regex.get_or_init(|| Regex::new(self.source).ok()).as_ref()
    }
}

/// The keyword of a pattern.
pub fn pattern_keywords<T: Textual>(pattern: &'static str) -> Keywords {
    vec![("pattern", pattern.into())]
}

/// Checks a pattern.
pub fn check_pattern<T: Textual>(name: &'static str, value: &T, pattern: &Pattern) -> Result<()> {
    let Some(text) = value.text() else { return Ok(()) };
    match pattern.regex() {
        Some(regex) if regex.is_match(text) => Ok(()),
        Some(_) => Err(Error::usage(format!("`{name}` must match the pattern `{}`", pattern.source))
            .with_detail("argument", name)),
        None => Err(Error::internal(format!(
            "the pattern `{}` of `{name}` is no regular expression",
            pattern.source
        ))),
    }
}
