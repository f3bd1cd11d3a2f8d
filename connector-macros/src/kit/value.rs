//! What may stand after `key =`.

use syn::{Expr, ExprLit, ExprRange, Ident, Lit, LitStr, Path};

use super::{Entry, EntryValue, Errors, inner};

/// A kind of value that a key may have.
pub(crate) trait Value: Sized {
    /// What is said to be expected.
    const EXPECTED: &'static str;
    /// How one is written.
    const EXAMPLE: &'static str;

    fn from_expr(expr: &Expr) -> Option<Self>;

    /// How a value of another kind is written as one of this, if it's clear what was meant.
    fn meant(_: &Expr) -> Option<String> {
        None
    }

    /// The value of an entry; what is no such value is reported.
    fn read(errors: &Errors, entry: &Entry) -> Option<Self> {
        let key = &entry.key;
        match &entry.value {
            EntryValue::Assign(expr) => {
                let value = Self::from_expr(inner(expr));
                if value.is_none() {
                    let help = match Self::meant(inner(expr)) {
                        Some(meant) => format!("help: write `{key} = {meant}`"),
                        None => Self::help(entry),
                    };
                    let message = format!("expected {} for `{key}`\n{help}", Self::EXPECTED);
                    errors.at(expr, message);
                }
                value
            }
            EntryValue::Flag | EntryValue::List(_) => {
                errors.at(entry, format!("`{key}` needs a value\n{}", Self::help(entry)));
                None
            }
        }
    }

    /// How the entry should have been written.
    fn help(entry: &Entry) -> String {
        format!("help: write `{} = {}`", entry.key, Self::EXAMPLE)
    }
}

/// Whether an entry is a bare key, as it should be; anything else is reported.
pub(crate) fn flag(errors: &Errors, entry: &Entry) -> bool {
    let bare = matches!(entry.value, EntryValue::Flag);
    if !bare {
        errors.at(entry, format!("`{0}` takes no value\nhelp: write `{0}` alone", entry.key));
    }
    bare
}

impl Value for LitStr {
    const EXPECTED: &'static str = "a string";
    const EXAMPLE: &'static str = "\"..\"";

    fn from_expr(expr: &Expr) -> Option<Self> {
        match expr {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.clone()),
            _ => None,
        }
    }

    fn meant(expr: &Expr) -> Option<String> {
        Ident::from_expr(expr).map(|name| format!("\"{name}\""))
    }
}

impl Value for Ident {
    const EXPECTED: &'static str = "a name";
    const EXAMPLE: &'static str = "name";

    fn from_expr(expr: &Expr) -> Option<Self> {
        match expr {
            Expr::Path(path) if path.qself.is_none() => path.path.get_ident().cloned(),
            _ => None,
        }
    }

    fn meant(expr: &Expr) -> Option<String> {
        let text = LitStr::from_expr(expr)?.value();
        syn::parse_str::<Self>(&text).is_ok().then_some(text)
    }
}

impl Value for Path {
    const EXPECTED: &'static str = "a path";
    const EXAMPLE: &'static str = "some::path";

    fn from_expr(expr: &Expr) -> Option<Self> {
        match expr {
            Expr::Path(path) if path.qself.is_none() => Some(path.path.clone()),
            _ => None,
        }
    }
}

impl Value for ExprRange {
    const EXPECTED: &'static str = "a range";
    const EXAMPLE: &'static str = "1..=100";

    fn from_expr(expr: &Expr) -> Option<Self> {
        match expr {
            Expr::Range(range) => Some(range.clone()),
            _ => None,
        }
    }

    fn meant(expr: &Expr) -> Option<String> {
        let text = LitStr::from_expr(expr)?.value();
        syn::parse_str::<Self>(&text).is_ok().then_some(text)
    }
}

impl Value for Expr {
    const EXPECTED: &'static str = "a value";
    const EXAMPLE: &'static str = "..";

    fn from_expr(expr: &Expr) -> Option<Self> {
        Some(expr.clone())
    }
}

impl Value for Vec<(LitStr, LitStr)> {
    const EXPECTED: &'static str = "a list of pairs";
    const EXAMPLE: &'static str = "[(\"name\", \"value\")]";

    fn from_expr(expr: &Expr) -> Option<Self> {
        let pair = |element: &Expr| match inner(element) {
            Expr::Tuple(pair) if pair.elems.len() == 2 => {
                Some((LitStr::from_expr(inner(&pair.elems[0]))?, LitStr::from_expr(inner(&pair.elems[1]))?))
            }
            _ => None,
        };
        match expr {
            Expr::Array(list) if !list.elems.is_empty() => list.elems.iter().map(pair).collect(),
            _ => None,
        }
    }

    fn meant(expr: &Expr) -> Option<String> {
        // One pair, without the list around it.
        let Expr::Tuple(pair) = expr else { return None };
        let text = |at: usize| Some(LitStr::from_expr(inner(pair.elems.get(at)?))?.value());
        (pair.elems.len() == 2).then_some(())?;
        Some(format!("[({:?}, {:?})]", text(0)?, text(1)?))
    }
}

impl Value for Vec<LitStr> {
    const EXPECTED: &'static str = "a list of strings";
    const EXAMPLE: &'static str = "[\"a\", \"b\"]";

    fn from_expr(expr: &Expr) -> Option<Self> {
        match expr {
            Expr::Array(list) if !list.elems.is_empty() => {
                list.elems.iter().map(|element| LitStr::from_expr(inner(element))).collect()
            }
            _ => None,
        }
    }

    fn meant(expr: &Expr) -> Option<String> {
        let text = LitStr::from_expr(expr)?.value();
        Some(format!("[{text:?}]"))
    }
}
