//! Rules of actions that are one request.

use std::collections::HashMap;

use quote::ToTokens;
use syn::LitStr;
use syn::ext::IdentExt as _;

use super::{clients, values};
use crate::keys;
use crate::kit::{Errors, did_you_mean};
use crate::model::{Action, Effect, Most, Pages, Plain, Request, SentTo};

pub(super) fn are_sound(errors: &Errors, action: &Action) {
    let Some(request) = &action.request else {
        places_are_of_a_request(errors, action);
        return;
    };
    has_a_path(errors, action, request);
    does_what_its_method_means(errors, action, request);
    sends_each_argument_once(errors, action, request);
    sends_one_argument_by_a_name(errors, action, request);
    leaves_counted_pages_to_the_client(errors, action, request);
    has_one_body(errors, action, request);
    names_what_it_sends(errors, action);
    selects_by_names(errors, request);
    counts_by_an_argument(errors, action, request);
}

/// Only a request has places for arguments.
fn places_are_of_a_request(errors: &Errors, action: &Action) {
    for (key, _) in action.plain().flat_map(|plain| &plain.places) {
        errors.at(
            key,
            format!(
                "`{key}` means nothing on an action with a body of its own\n\
                 help: write `#[http(..)]` in place of the body, or remove `{key}`"
            ),
        );
    }
}

/// A path begins where the base URL ends, and is nothing but a path.
fn has_a_path(errors: &Errors, action: &Action, request: &Request) {
    let (path, ident) = (request.path.value(), &action.ident);
    if !path.starts_with('/') {
        let message = format!(
            "the path of action `{ident}` doesn't begin with `/`\n\
             help: write what comes after the client's `base`, such as `\"/items\"`"
        );
        errors.at(&request.path, message);
    } else if path.contains(['?', '#']) || path.contains(char::is_whitespace) {
        let message = format!(
            "the path of action `{ident}` has signs that no path has\n\
             help: a query is made of arguments: `#[arg(query = \"..\")]`"
        );
        errors.at(&request.path, message);
    } else if request.placeholders().is_none() {
        let message = format!(
            "a placeholder in the path of action `{ident}` can't be read\n\
             help: write `{{name}}`, with the name of an argument or a setting"
        );
        errors.at(&request.path, message);
    }
}

/// The methods of HTTP have a meaning (RFC 9110, section 9), which hosts and proxies count on.
fn does_what_its_method_means(errors: &Errors, action: &Action, request: &Request) {
    let (ident, method) = (&action.ident, &request.method);
    let message = if method == "GET" && action.effect != Effect::Read {
        format!(
            "action `{ident}` is a `GET` and isn't `read`\nhelp: write `read`, or the method that changes something"
        )
    } else if method == "DELETE" && action.effect == Effect::Destructive {
        return unless_reversible(errors, request);
    } else if method == "DELETE" && !(action.effect == Effect::Write && request.reversible.is_some()) {
        format!(
            "action `{ident}` is a `DELETE` and isn't `destructive`\n\
             help: write `destructive`, or `write` and `#[http(DELETE, .., reversible)]` if it can be undone"
        )
    } else if method != "DELETE" {
        return unless_reversible(errors, request);
    } else {
        return;
    };
    errors.at(method, &message);
    errors.at(&action.effect_key, &message);
}

/// `reversible` says why a `DELETE` is no more than `write`.
fn unless_reversible(errors: &Errors, request: &Request) {
    if let Some(key) = &request.reversible {
        let message = "`reversible` is said of a `DELETE` that is `write`\nhelp: remove it";
        errors.at(key, message);
    }
}

/// Every argument goes to one place.
fn sends_each_argument_once(errors: &Errors, action: &Action, request: &Request) {
    let placeholders = request.placeholders().unwrap_or_default();
    for plain in action.plain() {
        let name = plain.name();
        let in_path = placeholders.iter().filter(|known| **known == name).count();
        if plain.places.len() + in_path < 2 {
            continue;
        }
        let message = format!(
            "argument `{name}` of action `{}` is sent twice\nhelp: keep one place of it",
            action.ident
        );
        if in_path > 0 {
            errors.at(&request.path, &message);
        }
        for (key, _) in &plain.places {
            errors.at(key, &message);
        }
    }
}

/// What one name of a service is filled with is one argument.
fn sends_one_argument_by_a_name(errors: &Errors, action: &Action, request: &Request) {
    let mut seen: HashMap<(&str, String), (&Plain, &dyn ToTokens)> = HashMap::new();
    for plain in action.plain() {
        let Some((place, written, at)) = sent_as(request, plain) else { continue };
        // Headers are the same in capitals (RFC 9110, section 5.1).
        let folded = if place == keys::HEADER { written.to_ascii_lowercase() } else { written.clone() };
        let Some((other, first)) = seen.insert((place, folded), (plain, at)) else { continue };
        // Two of one name are rustc's affair.
        if other.ident == plain.ident {
            continue;
        }
        let message = format!(
            "arguments `{}` and `{}` of action `{}` are both sent as `{written}`\n\
             help: send one of them by another name",
            other.name(),
            plain.name(),
            action.ident
        );
        errors.at(first, &message);
        errors.at(at, &message);
    }
}

/// Where an argument goes by a name of the service's, and what says that name.
fn sent_as<'a>(request: &Request, plain: &'a Plain) -> Option<(&'static str, String, &'a dyn ToTokens)> {
    let name = plain.name();
    Some(match plain.places.as_slice() {
        [] if request.has_placeholder(&name) || is_counted(request, plain) => return None,
        [] if request.fills_body() => (keys::BODY, name, &plain.ident),
        [] => (keys::QUERY, name, &plain.ident),
        [(key, SentTo::Query(None))] => (keys::QUERY, name, key),
        [(_, SentTo::Query(Some(written)))] => (keys::QUERY, written.value(), written),
        [(_, SentTo::Member(written))] => (keys::BODY, written.value(), written),
        [(_, SentTo::Header(written))] => (keys::HEADER, written.value(), written),
        // The whole body has no name, and of two places it is said that there are two.
        _ => return None,
    })
}

/// Pages that are counted are counted from the first: an argument of the same name would never be sent. A cursor is
/// another matter, since it may begin somewhere.
fn leaves_counted_pages_to_the_client(errors: &Errors, action: &Action, request: &Request) {
    let Some(Pages::Number { parameter, .. } | Pages::Offset { parameter }) = &request.page else { return };
    for plain in action.plain() {
        let Some((keys::QUERY, written, at)) = sent_as(request, plain) else { continue };
        if written != parameter.value() {
            continue;
        }
        let message = format!(
            "argument `{}` of action `{}` is sent as `{written}`, which its pages are counted by\n\
             help: remove the argument, or `{} = ..`",
            plain.name(),
            action.ident,
            keys::PAGE
        );
        errors.at(parameter, &message);
        errors.at(at, &message);
    }
}

/// A body is one argument, or some that are its members; and a `GET` has none (RFC 9110, section 9.3.1).
fn has_one_body(errors: &Errors, action: &Action, request: &Request) {
    let ident = &action.ident;
    if request.method == "GET" {
        let in_body = action.plain().flat_map(|plain| &plain.places);
        let in_body = in_body.filter(|(_, place)| matches!(place, SentTo::Body | SentTo::Member(_)));
        let in_body = in_body.map(|(key, _)| key).chain(&request.content);
        for key in in_body {
            let message = format!(
                "action `{ident}` is a `GET`, which has no body\n\
                 help: remove it, or write the method that the service wants, such as `POST`"
            );
            errors.at(key, message);
        }
        return;
    }
    let is_whole = |plain: &&Plain| plain.places.iter().any(|(_, place)| matches!(place, SentTo::Body));
    let is_member = |plain: &&Plain| match plain.places.as_slice() {
        [] => request.fills_body() && !request.has_placeholder(&plain.name()) && !is_counted(request, plain),
        places => places.iter().any(|(_, place)| matches!(place, SentTo::Member(_))),
    };
    let bodies: Vec<&Plain> = action.plain().filter(is_whole).collect();
    let Some(first) = bodies.first() else { return };
    let others: Vec<&Plain> = bodies[1..].iter().copied().chain(action.plain().filter(is_member)).collect();
    if others.is_empty() {
        return;
    }
    let message = format!(
        "argument `{}` is the whole body of action `{ident}`, which can't have another\n\
         help: send the others elsewhere, or all as members: `#[arg(body = \"..\")]`",
        first.name()
    );
    for plain in std::iter::once(*first).chain(others) {
        errors.at(&plain.ident, &message);
    }
}

/// Whether an argument only says how many items are collected.
fn is_counted(request: &Request, plain: &Plain) -> bool {
    matches!(&request.most, Some(Most::Argument(name)) if name.unraw() == plain.ident.unraw())
}

/// Headers and parameters have names that can be sent.
fn names_what_it_sends(errors: &Errors, action: &Action) {
    for (_, place) in action.plain().flat_map(|plain| &plain.places) {
        match place {
            SentTo::Header(name) if clients::is_reserved(&name.value()) => errors.at(
                name,
                format!(
                    "header `{}` can't be an argument\n\
                     help: credentials are told by `auth`, and the others are the client's own; send it elsewhere",
                    name.value()
                ),
            ),
            SentTo::Header(name) => values::is_header(errors, name),
            SentTo::Query(Some(name)) => values::is_parameter(errors, name),
            SentTo::Query(None) | SentTo::Body | SentTo::Member(_) => {}
        }
    }
}

/// What stands in an answer stands below names.
fn selects_by_names(errors: &Errors, request: &Request) {
    let cursor = match &request.page {
        Some(Pages::Cursor { at, .. }) => Some((keys::CURSOR, at)),
        _ => None,
    };
    let select = request.select.as_ref().map(|select| (keys::SELECT, select));
    let is_path = |path: &LitStr| path.value().split('.').all(|name| !name.trim().is_empty());
    for (key, path) in select.into_iter().chain(cursor).filter(|(_, path)| !is_path(path)) {
        errors
            .at(path, format!("`{key}` must be names joined by dots\nhelp: write it like `\"data.items\"`"));
    }
}

/// `most` is of pages, and names an argument.
fn counts_by_an_argument(errors: &Errors, action: &Action, request: &Request) {
    match (&request.most, &request.page) {
        (Some(Most::Argument(name)), None) => no_pages(errors, name),
        (Some(Most::Items(items, _)), None) => no_pages(errors, items),
        (Some(Most::Argument(name)), Some(_)) => {
            let known: Vec<String> = action.plain().map(Plain::name).collect();
            let written = name.unraw().to_string();
            if !known.contains(&written) {
                let help = did_you_mean(&written, known.iter().map(String::as_str));
                let message =
                    format!("`most` names `{written}`, which is no argument of `{}`\n{help}", action.ident);
                errors.at(name, message);
            }
        }
        _ => {}
    }
}

fn no_pages(errors: &Errors, most: &dyn quote::ToTokens) {
    errors.at(most, "`most` means nothing without `page`\nhelp: say how the pages are found: `page = link`");
}
