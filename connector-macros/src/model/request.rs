//! `#[http(METHOD, "/path", ..)]`: an action that is one request.

use quote::ToTokens as _;
use syn::parse::{ParseStream, Parser as _};
use syn::{Attribute, Expr, ExprLit, Ident, Lit, LitInt, LitStr, Meta, Token};

use super::action::word;
use super::{bare, misspelt, strip, unknown_key};
use crate::keys;
use crate::kit::{Entry, EntryValue, Errors, Slot, Value, did_you_mean, entries_of, inner};
use crate::parse::{Body, Method};

pub(crate) struct Request {
    /// `GET`
    pub(crate) method: Ident,
    pub(crate) path: LitStr,
    pub(crate) content: Option<Ident>,
    /// Where the result stands in the answer.
    pub(crate) select: Option<LitStr>,
    pub(crate) page: Option<Pages>,
    pub(crate) most: Option<Most>,
    /// The field of the client, where it is said.
    pub(crate) client: Option<Ident>,
    /// The key that says that a `DELETE` can be undone.
    pub(crate) reversible: Option<Ident>,
}

/// How the next page is found.
pub(crate) enum Pages {
    Link,
    Cursor { at: LitStr, parameter: LitStr },
    Number { parameter: LitStr, first: Option<u64> },
    Offset { parameter: LitStr },
}

/// How many items are collected.
pub(crate) enum Most {
    Items(LitInt, u64),
    Argument(Ident),
}

impl Request {
    /// Takes the attributes off a method.
    pub(super) fn take(errors: &Errors, method: &mut Method) -> Vec<Attribute> {
        let mut taken = strip(&mut method.attributes, &[keys::HTTP]);
        if taken.is_empty() && matches!(method.body, Body::Missing(_)) {
            taken.extend(misspelt::take(errors, &mut method.attributes, &[keys::HTTP]));
        }
        taken
    }

    /// Reports one on what is no action.
    pub(super) fn refuse(errors: &Errors, attribute: &Attribute, method: &Method) {
        let message = format!(
            "`#[http]` stands on `{}`, which is no action\nhelp: write `#[action(..)]` before it, or remove it",
            method.signature.ident
        );
        errors.at(attribute, message);
    }

    /// Reads the one that an action has. The body that stands in its place was reported if there is none.
    pub(super) fn read(errors: &Errors, attributes: &[Attribute], method: &Method) -> Option<Self> {
        let ident = &method.signature.ident;
        let (attribute, others) = attributes.split_first()?;
        for other in others {
            let message = format!("a second `#[http]` on action `{ident}`\nhelp: an action is one request");
            errors.at(other, message);
        }
        if let Body::Braced(_) = &method.body {
            let message = format!(
                "action `{ident}` has a body and is a request\n\
                 help: write `;` in place of the body, or remove `#[http]`"
            );
            errors.at(attribute, &message);
            errors.at(ident, &message);
        }
        let parser = |input: ParseStream<'_>| {
            let method: Ident = input.parse()?;
            input.parse::<Token![,]>()?;
            let path: Expr = input.parse()?;
            input.parse::<Option<Token![,]>>()?;
            Ok((method, path, input.parse()?))
        };
        let tokens = match &attribute.meta {
            Meta::List(list) => list.tokens.clone(),
            other => other.to_token_stream(),
        };
        let read = parser.parse2(tokens).ok();
        let read =
            read.and_then(|(method, path, rest)| Some((method, LitStr::from_expr(inner(&path))?, rest)));
        let Some((method, path, rest)) = read else {
            let message = format!(
                "the request of action `{ident}` can't be read\n\
                 help: write a method and a path: `#[http(GET, \"/items/{{id}}\")]`"
            );
            errors.at(attribute, message);
            return None;
        };
        let name = method.to_string();
        if !keys::HTTP_METHODS.contains(&name.as_str()) {
            let help = did_you_mean(&name, keys::HTTP_METHODS);
            errors.at(&method, format!("unknown method `{name}`\n{help}"));
            return None;
        }
        let (mut content, mut select) = (Slot::empty(), Slot::<LitStr>::empty());
        let (mut page, mut most) = (Slot::empty(), Slot::<Most>::empty());
        let (mut client, mut reversible) = (Slot::<Ident>::empty(), None);
        for entry in entries_of(errors, rest).iter() {
            match entry.name().as_str() {
                keys::CONTENT => word(errors, entry, &mut content, &keys::CONTENTS),
                keys::SELECT => select.read(errors, entry),
                keys::PAGE => page.set(errors, &entry.key, Pages::read(errors, entry)),
                keys::MOST => most.read(errors, entry),
                keys::CLIENT => client.read(errors, entry),
                keys::REVERSIBLE => {
                    bare(errors, entry, &mut Slot::empty());
                    reversible = Some(entry.key.clone());
                }
                _ => unknown_key(errors, entry, keys::HTTP, &keys::REQUEST_KEYS),
            }
        }
        let (content, select, page) = (content.take(), select.take(), page.take());
        Some(Self {
            method,
            path,
            content,
            select,
            page,
            most: most.take(),
            client: client.take(),
            reversible,
        })
    }

    /// Whether what has no place of its own is a member of the body.
    pub(crate) fn fills_body(&self) -> bool {
        ["POST", "PUT", "PATCH"].iter().any(|method| self.method == method)
    }

    /// The placeholders of the path; none if they can't be told apart from the rest.
    pub(crate) fn placeholders(&self) -> Option<Vec<String>> {
        let path = self.path.value();
        let mut names = Vec::new();
        let mut parts = path.split('{');
        if parts.next()?.contains('}') {
            return None;
        }
        for part in parts {
            let (name, rest) = part.split_once('}')?;
            let name = name.strip_prefix('+').unwrap_or(name);
            let is_name = name.chars().all(|letter| letter.is_alphanumeric() || letter == '_');
            if name.is_empty() || !is_name || rest.contains('}') {
                return None;
            }
            names.push(name.to_owned());
        }
        Some(names)
    }

    /// Whether the path has a placeholder for an argument.
    pub(crate) fn has_placeholder(&self, name: &str) -> bool {
        self.placeholders().is_some_and(|names| names.iter().any(|known| known == name))
    }
}

impl Pages {
    fn read(errors: &Errors, entry: &Entry) -> Option<Self> {
        const HELP: &str = "help: write `page = link`, `page = cursor(\"meta.next\", \"cursor\")`, \
                            `page = number(\"page\")` or `page = offset(\"offset\")`";
        let EntryValue::Assign(expr) = &entry.value else {
            errors.at(entry, format!("`page` needs a value\n{HELP}"));
            return None;
        };
        let (kind, arguments) = match inner(expr) {
            Expr::Call(call) => (Ident::from_expr(inner(&call.func)), call.args.iter().map(inner).collect()),
            other => (Ident::from_expr(other), Vec::new()),
        };
        let name = kind.as_ref().map(Ident::to_string).unwrap_or_default();
        if let (Some(kind), false) = (&kind, keys::PAGE_KINDS.contains(&name.as_str())) {
            let help = did_you_mean(&name, keys::PAGE_KINDS);
            errors.at(kind, format!("unknown kind of pages `{name}`\n{help}"));
            return None;
        }
        let read = Self::of(&name, &arguments);
        if read.is_none() {
            errors.at(expr, format!("the pages can't be read\n{HELP}"));
        }
        read
    }

    fn of(kind: &str, arguments: &[&Expr]) -> Option<Self> {
        match (kind, arguments) {
            (keys::LINK, []) => Some(Self::Link),
            (keys::CURSOR, [at, parameter]) => {
                Some(Self::Cursor { at: LitStr::from_expr(at)?, parameter: LitStr::from_expr(parameter)? })
            }
            (keys::OFFSET, [parameter]) => Some(Self::Offset { parameter: LitStr::from_expr(parameter)? }),
            (keys::NUMBER, [parameter]) => {
                Some(Self::Number { parameter: LitStr::from_expr(parameter)?, first: None })
            }
            (keys::NUMBER, [parameter, Expr::Assign(first)]) => {
                let key = Ident::from_expr(inner(&first.left)).filter(|key| key == keys::FIRST);
                let first = key.and_then(|_| whole_number(inner(&first.right)))?;
                Some(Self::Number { parameter: LitStr::from_expr(parameter)?, first: Some(first) })
            }
            _ => None,
        }
    }
}

/// A number that stands in the source as such and that 64 bits hold.
fn whole_number(expr: &Expr) -> Option<u64> {
    match expr {
        Expr::Lit(ExprLit { lit: Lit::Int(number), .. }) => number.base10_parse().ok(),
        _ => None,
    }
}

impl Value for Most {
    const EXPECTED: &'static str = "an argument or a number";
    const EXAMPLE: &'static str = "limit";

    fn from_expr(expr: &Expr) -> Option<Self> {
        match expr {
            Expr::Lit(ExprLit { lit: Lit::Int(number), .. }) => {
                whole_number(expr).map(|items| Self::Items(number.clone(), items))
            }
            other => Ident::from_expr(other).map(Self::Argument),
        }
    }
}
