//! `auth = ..`: which fields authenticate the calls.

use quote::ToTokens;
use syn::{Expr, Ident, LitStr, Path};

use super::{OAuth2, Source};
use crate::keys;
use crate::kit::{Entry, EntryValue, Errors, Value, did_you_mean, inner};

/// How calls are authenticated, by the names of the fields that do it.
pub(crate) enum Auth {
    None,
    Bearer {
        token: Ident,
        /// `renew = path`: what gets another token.
        renew: Option<Path>,
    },
    ApiKeyHeader {
        key: Ident,
        header: LitStr,
    },
    ApiKeyQuery {
        key: Ident,
        query: LitStr,
    },
    ApiKeyCookie {
        key: Ident,
        cookie: LitStr,
    },
    Basic {
        user: Ident,
        password: Ident,
    },
    OAuth2(Box<OAuth2>),
    /// The first of these whose credentials are there.
    Any {
        word: Ident,
        of: Vec<Auth>,
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
        Self::of(errors, expr)
    }

    fn of(errors: &Errors, expr: &Expr) -> Option<Self> {
        match inner(expr) {
            Expr::Path(_) => {
                let name = word(expr).map(|name| name.to_string()).unwrap_or_default();
                match name.as_str() {
                    keys::NONE => Some(Auth::None),
                    kind @ (keys::OAUTH2 | keys::ANY) => {
                        errors.at(expr, format!("`auth = {kind}` doesn't say how\nhelp: {}", skeleton(kind)));
                        None
                    }
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
                    keys::OAUTH2 => {
                        let word = word(&call.func)?;
                        Some(Auth::OAuth2(Box::new(OAuth2::read(errors, word, &arguments))))
                    }
                    keys::ANY => Some(Auth::Any { word: word(&call.func)?, of: ways(errors, &arguments) }),
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

    /// The ways among which one is gone; itself, where it is one way.
    pub(crate) fn ways(&self) -> &[Self] {
        match self {
            Auth::Any { of, .. } => of,
            one => std::slice::from_ref(one),
        }
    }

    /// What gets another token in the place of one that has run out.
    pub(crate) fn renew(&self) -> Option<&Path> {
        match self {
            Auth::Bearer { renew, .. } => renew.as_ref(),
            _ => None,
        }
    }

    pub(crate) fn oauth2(&self) -> Option<&OAuth2> {
        match self {
            Auth::OAuth2(oauth2) => Some(oauth2),
            _ => None,
        }
    }

    /// The fields that it names, and what each has to be.
    pub(crate) fn fields(&self) -> Vec<(&Ident, Role)> {
        match self {
            Auth::None | Auth::Unread => Vec::new(),
            Auth::Bearer { token, .. } => vec![(token, Role::Credential)],
            Auth::ApiKeyHeader { key, .. }
            | Auth::ApiKeyQuery { key, .. }
            | Auth::ApiKeyCookie { key, .. } => vec![(key, Role::Credential)],
            Auth::Basic { user, password } => vec![(user, Role::Either), (password, Role::Credential)],
            Auth::OAuth2(oauth2) => {
                let id = oauth2.client_id.get().and_then(Source::field);
                let secret = oauth2.client_secret.get().and_then(Source::field);
                let secret = secret.map(|field| (field, Role::Credential));
                id.map(|field| (field, Role::Setting)).into_iter().chain(secret).collect()
            }
            Auth::Any { of, .. } => of.iter().flat_map(Self::fields).collect(),
        }
    }
}

/// What a field has to be that `auth` names.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Credential,
    Setting,
    Either,
}

fn ways(errors: &Errors, arguments: &[&Expr]) -> Vec<Auth> {
    let read = arguments.iter().map(|argument| {
        let way = Auth::of(errors, argument).unwrap_or(Auth::Unread);
        if let Auth::Any { .. } | Auth::None = way {
            errors.at(
                argument,
                "`any` holds what is no single way to authenticate\nhelp: write ways as `bearer(token)` and `oauth2(..)` beside each other",
            );
            return Auth::Unread;
        }
        way
    });
    read.collect()
}

fn word(expr: &Expr) -> Option<Ident> {
    Ident::from_expr(inner(expr))
}

fn read_call(kind: &str, arguments: &[&Expr]) -> Option<Auth> {
    match (kind, arguments) {
        (keys::BEARER, [token]) => Some(Auth::Bearer { token: word(token)?, renew: None }),
        (keys::BEARER, [token, renew]) => {
            let Expr::Assign(renew) = inner(renew) else { return None };
            let is_renew = word(&renew.left)? == keys::RENEW;
            let path = Path::from_expr(inner(&renew.right)).filter(|_| is_renew)?;
            Some(Auth::Bearer { token: word(token)?, renew: Some(path) })
        }
        (keys::BASIC, [user, password]) => Some(Auth::Basic { user: word(user)?, password: word(password)? }),
        (keys::API_KEY, [key, place]) => {
            let Expr::Assign(place) = inner(place) else { return None };
            let key = word(key)?;
            let name = LitStr::from_expr(inner(&place.right))?;
            match word(&place.left)?.to_string().as_str() {
                keys::HEADER => Some(Auth::ApiKeyHeader { key, header: name }),
                keys::QUERY => Some(Auth::ApiKeyQuery { key, query: name }),
                keys::COOKIE => Some(Auth::ApiKeyCookie { key, cookie: name }),
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
        keys::BEARER => {
            "write `auth = bearer(token)`, with the name of a `#[secret]` field, or `bearer(token, renew = a_function)`"
        }
        keys::API_KEY => {
            "write `auth = api_key(key, header = \"X-Api-Key\")`, `query = \"..\"` or `cookie = \"..\"`"
        }
        keys::OAUTH2 => {
            "write `auth = oauth2(authorize = \"https://..\", token = \"https://..\", client_id = env(\"NAME\"))`"
        }
        keys::ANY => "write `auth = any(bearer(token), oauth2(..))`",
        _ => "write `auth = basic(user, password)`, with the names of two fields",
    }
}

fn skeletons() -> &'static str {
    "write `none`, `bearer(token)`, `api_key(key, header = \"..\")`, `basic(user, password)`, `oauth2(..)` or `any(..)`"
}
