//! `auth = ..`: which fields authenticate the calls.

use quote::ToTokens;
use syn::{Expr, Ident, LitStr};

use crate::keys;
use crate::kit::{Entry, EntryValue, Errors, Value, did_you_mean, inner};

/// How calls are authenticated, by the names of the fields that do it.
pub(crate) enum Auth {
    None,
    Bearer {
        token: Ident,
    },
    ApiKeyHeader {
        key: Ident,
        header: LitStr,
    },
    ApiKeyQuery {
        key: Ident,
        query: LitStr,
    },
    Basic {
        user: Ident,
        password: Ident,
    },
    /// What it says was refused, so nothing is known of the fields that it may name.
    Unread,
}

impl Auth {
    pub(crate) fn read(errors: &Errors, entry: &Entry) -> Option<Self> {
        let EntryValue::Assign(expr) = &entry.value else {
            errors.at(entry, format!("`auth` needs a value\nhelp: {}", skeletons()));
            return None;
        };
        match inner(expr) {
            Expr::Path(_) => {
                let name = word(expr).map(|name| name.to_string()).unwrap_or_default();
                match name.as_str() {
                    keys::NONE => Some(Auth::None),
                    kind if keys::AUTH_KINDS.contains(&kind) => {
                        errors.at(
                            expr,
                            format!("`auth = {kind}` doesn't say which field\nhelp: {}", skeleton(kind)),
                        );
                        None
                    }
                    _ => unknown(errors, expr, &name),
                }
            }
            Expr::Call(call) => {
                let name = word(&call.func).map(|name| name.to_string()).unwrap_or_default();
                let arguments: Vec<&Expr> = call.args.iter().collect();
                match name.as_str() {
                    keys::BEARER | keys::API_KEY | keys::BASIC => {
                        read_call(&name, &arguments).or_else(|| {
                            errors.at(expr, format!("`{name}` can't be read\nhelp: {}", skeleton(&name)));
                            None
                        })
                    }
                    _ => unknown(errors, &*call.func, &name),
                }
            }
            other => {
                errors.at(
                    other,
                    format!("expected a kind of authentication for `auth`\nhelp: {}", skeletons()),
                );
                None
            }
        }
    }

    /// The fields that it names, and whether each has to be a credential.
    pub(crate) fn fields(&self) -> Vec<(&Ident, bool)> {
        match self {
            Auth::None | Auth::Unread => Vec::new(),
            Auth::Bearer { token } => vec![(token, true)],
            Auth::ApiKeyHeader { key, .. } | Auth::ApiKeyQuery { key, .. } => vec![(key, true)],
            Auth::Basic { user, password } => vec![(user, false), (password, true)],
        }
    }
}

fn word(expr: &Expr) -> Option<Ident> {
    Ident::from_expr(inner(expr))
}

fn read_call(kind: &str, arguments: &[&Expr]) -> Option<Auth> {
    match (kind, arguments) {
        (keys::BEARER, [token]) => Some(Auth::Bearer { token: word(token)? }),
        (keys::BASIC, [user, password]) => Some(Auth::Basic { user: word(user)?, password: word(password)? }),
        (keys::API_KEY, [key, place]) => {
            let Expr::Assign(place) = inner(place) else { return None };
            let key = word(key)?;
            let name = LitStr::from_expr(inner(&place.right))?;
            match word(&place.left)?.to_string().as_str() {
                keys::HEADER => Some(Auth::ApiKeyHeader { key, header: name }),
                keys::QUERY => Some(Auth::ApiKeyQuery { key, query: name }),
                _ => None,
            }
        }
        _ => None,
    }
}

fn unknown(errors: &Errors, tokens: impl ToTokens, name: &str) -> Option<Auth> {
    let help = did_you_mean(name, keys::AUTH_KINDS);
    errors.at(tokens, format!("unknown kind of authentication `{name}`\n{help}"));
    None
}

fn skeleton(kind: &str) -> &'static str {
    match kind {
        keys::BEARER => "write `auth = bearer(token)`, with the name of a `#[secret]` field",
        keys::API_KEY => "write `auth = api_key(key, header = \"X-Api-Key\")`, or `query = \"..\"`",
        _ => "write `auth = basic(user, password)`, with the names of two fields",
    }
}

fn skeletons() -> &'static str {
    "write `none`, `bearer(token)`, `api_key(key, header = \"..\")` or `basic(user, password)`"
}
