//! A time, as it stands in an attribute.

use syn::{Expr, LitStr};

use crate::keys;
use crate::kit::{Errors, Value};

/// The text of a duration: a whole number with a unit.
pub(super) struct Duration(LitStr);

impl Value for Duration {
    const EXPECTED: &'static str = LitStr::EXPECTED;
    const EXAMPLE: &'static str = "\"30s\"";

    fn from_expr(expr: &Expr) -> Option<Self> {
        LitStr::from_expr(expr).map(Self)
    }
}

impl Duration {
    /// `"30s"` in milliseconds. What is no time above zero is reported of the key.
    pub(super) fn milliseconds(&self, errors: &Errors, key: &str) -> Option<u64> {
        let Self(text) = self;
        let (a, noun) = if key == keys::TIMEOUT { ("a", "timeout") } else { ("an", "interval") };
        let value = text.value();
        let digits = value.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
        let unit = match &value[digits.len()..] {
            "ms" => Some(1),
            "s" => Some(1_000),
            "m" => Some(60_000),
            "h" => Some(3_600_000),
            _ => None,
        };
        let digits = Some(digits).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
        let Some((unit, digits)) = unit.zip(digits.filter(|digits| !digits.is_empty())) else {
            let message = format!(
                "{a} {noun} is a number with a unit\nhelp: write `\"500ms\"`, `\"30s\"`, `\"5m\"` or `\"1h\"`"
            );
            errors.at(text, message);
            return None;
        };
        let duration = digits.parse::<u64>().ok().and_then(|number| number.checked_mul(unit));
        match duration {
            Some(0) => {
                errors.at(text, format!("{a} {noun} is more than nothing\nhelp: leave `{key}` out for none"));
            }
            None => errors.at(text, format!("the {noun} is too long\nhelp: leave `{key}` out for none")),
            Some(_) => {}
        }
        duration.filter(|duration| *duration > 0)
    }
}
