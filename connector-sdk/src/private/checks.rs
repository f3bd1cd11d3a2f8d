//! Constraints of parameters and settings. The expansion writes each once, as a fn over [`Limiting`];
//! called with [`Keywords`] it makes what is published, called with [`Check`] it does what was promised.

use std::borrow::Cow;
use std::fmt::Display;
use std::ops::{Bound, RangeBounds};
use std::sync::OnceLock;

use regex_lite::Regex;
use serde::Serialize;
use serde_json::Value;

use crate::{Error, Result};

/// What is done with the limits of a `T`.
pub trait Limiting<T>: Sized {
    /// Limits a number.
    #[must_use]
    fn range(self, range: impl RangeBounds<T::Number>) -> Self
    where
        T: Ranged;

    /// Limits the length of a text or list.
    #[must_use]
    fn length(self, range: impl RangeBounds<usize>) -> Self
    where
        T: Measured;

    /// Limits the form of a text.
    #[must_use]
    fn pattern(self, pattern: &'static Pattern) -> Self
    where
        T: Textual;
}

/// Keywords of JSON Schema with their values.
#[derive(Default)]
pub struct Keywords(pub(super) Vec<(&'static str, Value)>);

impl<T> Limiting<T> for Keywords {
    fn range(mut self, range: impl RangeBounds<T::Number>) -> Self
    where
        T: Ranged,
    {
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
            self.0.push((keyword, serde_json::to_value(limit).unwrap_or(Value::Null)));
        }
        self
    }

    fn length(mut self, range: impl RangeBounds<usize>) -> Self
    where
        T: Measured,
    {
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
        self.0.extend(least.map(|least| (minimum, least.into())));
        self.0.extend(most.map(|most| (maximum, most.into())));
        self
    }

    fn pattern(mut self, pattern: &'static Pattern) -> Self
    where
        T: Textual,
    {
        self.0.push(("pattern", pattern.source.into()));
        self
    }
}

/// A value that is held to its limits; the first that it doesn't keep is the error.
pub struct Check<'v, T> {
    name: &'static str,
    value: &'v T,
    result: Result<()>,
}

impl<T> Limiting<T> for Check<'_, T> {
    fn range(mut self, range: impl RangeBounds<T::Number>) -> Self
    where
        T: Ranged,
    {
        if let (Ok(()), Some(number)) = (&self.result, self.value.number())
            && !range.contains(number)
        {
            self.result = Err(out_of_bounds(self.name, "must be", bounds_in_words(&range), number, ""));
        }
        self
    }

    fn length(mut self, range: impl RangeBounds<usize>) -> Self
    where
        T: Measured,
    {
        if let (Ok(()), Some(length)) = (&self.result, self.value.length())
            && !range.contains(&length)
        {
            let bounds = bounds_in_words(&range);
            self.result = Err(out_of_bounds(self.name, "must have", bounds, &length, T::UNIT));
        }
        self
    }

    fn pattern(mut self, pattern: &'static Pattern) -> Self
    where
        T: Textual,
    {
        if let (Ok(()), Some(text)) = (&self.result, self.value.text()) {
            self.result = pattern.check(self.name, text);
        }
        self
    }
}

/// Holds a value to its limits.
pub fn check<'v, T>(
    name: &'static str,
    value: &'v T,
    limits: impl FnOnce(Check<'v, T>) -> Check<'v, T>,
) -> Result<()> {
    limits(Check { name, value, result: Ok(()) }).result
}

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

    fn check(&self, name: &'static str, text: &str) -> Result<()> {
        match self.regex.get_or_init(|| Regex::new(self.source).ok()) {
            Some(regex) if regex.is_match(text) => Ok(()),
            Some(_) => Err(Error::usage(format!("`{name}` must match the pattern `{}`", self.source))
                .with_detail("argument", name)),
            None => Err(Error::internal(format!(
                "the pattern `{}` of `{name}` is no regular expression",
                self.source
            ))),
        }
    }
}
