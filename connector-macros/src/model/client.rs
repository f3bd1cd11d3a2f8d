//! A field that is an HTTP client.

use syn::{Attribute, Expr, ExprLit, Ident, Lit, LitInt, LitStr};

use super::unknown_key;
use crate::keys;
use crate::kit::{Errors, Slot, Value, entries};

/// An HTTP client.
pub(crate) struct Client {
    /// None if it can't be read, which was reported.
    pub(crate) base: Option<LitStr>,
    /// What goes with each of its requests: names and values.
    pub(crate) headers: Vec<(LitStr, LitStr)>,
    /// How many of its requests may be under way at once.
    pub(crate) concurrency: Option<u16>,
    /// How large an answer may be, in bytes.
    pub(crate) most_bytes: Option<u64>,
}

impl Client {
    pub(super) fn read(errors: &Errors, attribute: &Attribute, ident: &Ident) -> Self {
        let mut base = Slot::<LitStr>::empty();
        let mut headers = Slot::<Vec<(LitStr, LitStr)>>::empty();
        let mut concurrency = Slot::<Requests>::empty();
        let mut most_bytes = Slot::<Size>::empty();
        let list = entries(errors, attribute);
        for entry in list.iter() {
            match entry.name().as_str() {
                keys::BASE => base.read(errors, entry),
                keys::HEADERS => headers.read(errors, entry),
                keys::CONCURRENCY => concurrency.read(errors, entry),
                keys::MOST_BYTES => most_bytes.read(errors, entry),
                _ => unknown_key(errors, entry, keys::HTTP, &keys::HTTP_KEYS),
            }
        }
        if list.lack(&[keys::BASE]) {
            let message = format!(
                "client `{ident}` has no base URL\nhelp: write `#[http(base = \"https://api.example.com\")]`"
            );
            errors.at(ident, message);
        }
        Self {
            base: base.take(),
            headers: headers.take().unwrap_or_default(),
            concurrency: concurrency.take().and_then(|requests| requests.number(errors)),
            most_bytes: most_bytes.take().and_then(|size| size.bytes(errors)),
        }
    }
}

/// A number of requests.
struct Requests(LitInt);

impl Value for Requests {
    const EXPECTED: &'static str = "a number";
    const EXAMPLE: &'static str = "4";

    fn from_expr(expr: &Expr) -> Option<Self> {
        match expr {
            Expr::Lit(ExprLit { lit: Lit::Int(number), .. }) => Some(Self(number.clone())),
            _ => None,
        }
    }

    fn meant(expr: &Expr) -> Option<String> {
        let text = LitStr::from_expr(expr)?.value();
        text.parse::<u16>().ok().map(|number| number.to_string())
    }
}

impl Requests {
    /// At least one, and no more than a machine has ports for.
    fn number(&self, errors: &Errors) -> Option<u16> {
        let Self(number) = self;
        let requests = number.base10_parse().ok().filter(|requests| *requests > 0);
        if requests.is_none() {
            let (key, most) = (keys::CONCURRENCY, u16::MAX);
            let message =
                format!("`{key}` is from 1 to {most} requests at once\nhelp: leave `{key}` out for no limit");
            errors.at(number, message);
        }
        requests
    }
}

/// A number of bytes, or a text such as `"64MiB"`.
enum Size {
    Bytes(LitInt),
    Text(LitStr),
}

impl Value for Size {
    const EXPECTED: &'static str = "a size";
    const EXAMPLE: &'static str = "\"64MiB\"";

    fn from_expr(expr: &Expr) -> Option<Self> {
        match expr {
            Expr::Lit(ExprLit { lit: Lit::Int(number), .. }) => Some(Self::Bytes(number.clone())),
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(Self::Text(text.clone())),
            _ => None,
        }
    }
}

impl Size {
    /// In bytes. What is no size above zero is reported.
    fn bytes(&self, errors: &Errors) -> Option<u64> {
        let bytes = match self {
            Self::Bytes(number) => number.base10_parse().ok(),
            Self::Text(text) => {
                let value = text.value();
                let digits = value.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
                let unit = match &value[digits.len()..] {
                    "B" => Some(1),
                    "kB" => Some(1_000),
                    "MB" => Some(1_000_000),
                    "GB" => Some(1_000_000_000),
                    "KiB" => Some(1 << 10),
                    "MiB" => Some(1 << 20),
                    "GiB" => Some(1 << 30),
                    _ => None,
                };
                let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
                let Some(unit) = unit.filter(|_| is_number) else {
                    let message = "a size is a number with a unit, or a number of bytes\n\
                                   help: write `\"512KiB\"`, `\"64MiB\"`, `\"1GiB\"` or `1_000_000`";
                    errors.at(text, message);
                    return None;
                };
                digits.parse::<u64>().ok().and_then(|number| number.checked_mul(unit))
            }
        };
        let help = format!("help: leave `{}` out for 64 MiB", keys::MOST_BYTES);
        match bytes {
            Some(0) => self.report(errors, format!("a size is more than nothing\n{help}")),
            None => self.report(errors, format!("the size is too large\n{help}")),
            Some(_) => {}
        }
        bytes.filter(|bytes| *bytes > 0)
    }

    fn report(&self, errors: &Errors, message: String) {
        match self {
            Self::Bytes(number) => errors.at(number, message),
            Self::Text(text) => errors.at(text, message),
        }
    }
}
