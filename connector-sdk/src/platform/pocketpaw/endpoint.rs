//! What an action does when it runs: a request, and where each argument goes in it.

use reqwest::Method;
use serde_json::Value;

use super::action::{ActionPart, Execution, ParameterPart, ValueKind};
use super::resolve::{Operation, Used};
use super::template::{self, Base, Piece, Template};
use crate::similar::listed;
use crate::yaml::Place;
use crate::yaml::reader::Reader;

/// What an action does.
pub(super) enum Job {
    /// Nothing, for that reason.
    Refused(String),
    Request(Endpoint),
}

/// A request but for its values.
pub(super) struct Endpoint {
    pub(super) method: Method,
    /// The place in the definition's bases.
    pub(super) base: usize,
    pub(super) path: String,
    pub(super) path_holes: Vec<(String, Filler)>,
    pub(super) query: Vec<(String, Vec<QueryPiece>)>,
    pub(super) is_form: bool,
}

/// What fills a placeholder.
#[derive(Clone, Debug)]
pub(super) enum Filler {
    /// The argument at that place of the action's parameters.
    Argument(usize),
    /// The setting or credential of that name.
    Value(String),
}

pub(super) enum QueryPiece {
    Text(String),
    Filled(Filler),
}

pub(super) struct Parameter {
    pub(super) name: String,
    pub(super) description: String,
    pub(super) kind: ValueKind,
    pub(super) required: bool,
    pub(super) default: Option<Value>,
    pub(super) choices: Option<Vec<Value>>,
    pub(super) place: Placement,
}

/// Where an argument goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Placement {
    /// Into a placeholder of the URL, and nowhere else.
    Url,
    Query,
    Body,
    /// It is the path below the base URL.
    Path,
    /// Its members are parameters of the query.
    Members,
    /// It is the body.
    WholeBody,
}

/// What a file's URLs may name, and what they did.
pub(super) struct Names<'n> {
    pub(super) credentials: &'n [&'n str],
    pub(super) is_native: bool,
    pub(super) bases: Vec<Base>,
    pub(super) used: Used,
}

pub(super) fn resolve(part: ActionPart, names: &mut Names<'_>, reader: &mut Reader) -> Operation {
    let mut parameters: Vec<Parameter> = part.parameters.iter().map(parameter).collect();
    let name = &part.name;
    let refused = |reader: &mut Reader, place: Place, why: String| {
        reader.note(place, format!("action `{name}` is refused when it is called: {why}"));
        Job::Refused(format!("`{name}` can't run here: {why}; nothing was done"))
    };
    let job = match (&part.method, part.execution.value, &part.url) {
        (None, ..) => refused(
            reader,
            part.method_place,
            "it is `LOCAL`, which means a program inside PocketPaw that its file doesn't have".to_owned(),
        ),
        (_, Execution::Local, _) => refused(
            reader,
            part.execution.place,
            "its `execution_mode` is `local`, a machine of PocketPaw's".to_owned(),
        ),
        (_, Execution::Sandbox, _) => refused(
            reader,
            part.execution.place,
            "its `execution_mode` is `sandbox`, which PocketPaw never built".to_owned(),
        ),
        (Some(method), _, Some(url)) => match template::parse(&url.value) {
            Ok(template) => {
                let endpoint = with_url(&part, method, template, url.place, &mut parameters, names, reader);
                endpoint.map_or_else(|| Job::Refused(String::new()), Job::Request)
            }
            Err(message) => {
                reader.fault(url.place, message);
                Job::Refused(String::new())
            }
        },
        (Some(method), _, None) => match below_base(&part, method, &mut parameters, names) {
            Some(endpoint) => Job::Request(endpoint),
            None if names.is_native => refused(
                reader,
                part.place,
                "it has no `url`, because an adapter inside PocketPaw runs it".to_owned(),
            ),
            None => {
                let message = format!(
                    "action `{name}` has no `url`; write one, or declare a credential `BASE_URL` and a parameter `path`"
                );
                reader.fault(part.place, message);
                Job::Refused(String::new())
            }
        },
    };
    if matches!(job, Job::Request(_)) {
        without_body(&part, &mut parameters, reader);
    }
    Operation { parameters, job }
}

fn parameter(part: &ParameterPart) -> Parameter {
    Parameter {
        name: part.name.clone(),
        description: part.description.clone(),
        kind: part.kind,
        required: part.required,
        default: part.default.clone(),
        choices: part.choices.clone(),
        place: if part.in_body { Placement::Body } else { Placement::Query },
    }
}

/// An action with a URL: its placeholders take their arguments away from query and body.
fn with_url(
    part: &ActionPart,
    method: &Method,
    template: Template,
    place: Place,
    parameters: &mut [Parameter],
    names: &mut Names<'_>,
    reader: &mut Reader,
) -> Option<Endpoint> {
    for name in template.base.holes() {
        names.used.entry(name.to_owned()).or_insert(place);
        if names.credentials.contains(&name) {
            continue;
        }
        let is_argument = parameters.iter().any(|one| one.name == name);
        let message = if is_argument {
            format!(
                "`{{{name}}}` would let whoever calls `{}` choose the host; make it a credential",
                part.name
            )
        } else {
            unresolved(name, names.credentials.iter().copied(), reader)
        };
        reader.fault(place, message);
        return None;
    }
    let mut filler = |name: &str, in_path: bool| {
        let position = parameters.iter().position(|one| one.name == name);
        match (position, names.credentials.contains(&name)) {
            (Some(_), true) => {
                let message = format!(
                    "`{{{name}}}` is a credential and a parameter of `{}`; rename one of them",
                    part.name
                );
                reader.fault(place, message);
                None
            }
            (None, true) => Some(Filler::Value(name.to_owned())),
            (Some(at), false) => {
                fills_url(&mut parameters[at], &part.parameters[at], in_path, reader);
                Some(Filler::Argument(at))
            }
            (None, false) => {
                let known = parameters.iter().map(|one| one.name.as_str());
                let message = unresolved(name, known.chain(names.credentials.iter().copied()), reader);
                reader.fault(place, message);
                None
            }
        }
    };
    let mut path_holes: Vec<(String, Filler)> = Vec::new();
    for name in template.path_holes {
        let filler = filler(&name, true)?;
        if !path_holes.iter().any(|(known, _)| *known == name) {
            path_holes.push((name, filler));
        }
    }
    let mut query = Vec::new();
    for (name, pieces) in template.query {
        let mut filled = Vec::new();
        for piece in pieces {
            filled.push(match piece {
                Piece::Text(text) => QueryPiece::Text(text),
                Piece::Hole(name) => QueryPiece::Filled(filler(&name, false)?),
            });
        }
        query.push((name, filled));
    }
    let mut is_form = part.is_form;
    // As PocketPaw has it: Stripe reads nothing but forms.
    if !is_form
        && template
            .base
            .literal_host()
            .is_some_and(|host| host == "stripe.com" || host.ends_with(".stripe.com"))
    {
        is_form = true;
        if parameters.iter().any(|one| one.place == Placement::Body) {
            reader
                .note(place, format!("action `{}` sends a form, since Stripe reads nothing else", part.name));
        }
    }
    let base = names.base(template.base);
    let mut path = template.path;
    for (name, _) in path_holes.iter().filter(|(_, filler)| matches!(filler, Filler::Value(_))) {
        // It comes encoded, with its slashes.
        path = path.replace(&format!("{{{name}}}"), &format!("{{+{name}}}"));
    }
    Some(Endpoint { method: method.clone(), base, path, path_holes, query, is_form })
}

/// What fills a part of the URL has to be there, and to be one text.
fn fills_url(parameter: &mut Parameter, part: &ParameterPart, in_path: bool, reader: &mut Reader) {
    let name = &parameter.name;
    if parameter.kind.has_parts() {
        let message =
            format!("parameter `{name}` fills a part of the URL, so it can't be an object; make it a string");
        reader.fault(part.place, message);
    }
    if parameter.place != Placement::Url {
        if part.in_body {
            reader.note(
                part.place,
                format!("parameter `{name}` fills a part of the URL, so it isn't sent in the body"),
            );
        }
        if !parameter.required && parameter.default.is_none() {
            let what = if in_path { "path" } else { "query" };
            reader.note(
                part.place,
                format!("parameter `{name}` fills a part of the URL's {what}, so it is required"),
            );
            parameter.required = true;
        }
    }
    parameter.place = Placement::Url;
}

fn unresolved<'a>(name: &str, known: impl Iterator<Item = &'a str> + Clone, reader: &mut Reader) -> String {
    match reader.nearest(name, known.clone()) {
        Some(near) => format!("nothing fills `{{{name}}}` of the `url`; did you mean `{{{near}}}`?"),
        None => format!(
            "nothing fills `{{{name}}}` of the `url`: it is neither a credential nor a parameter; there is {}",
            listed(known)
        ),
    }
}

/// An action without a URL, to whatever path its caller says.
fn below_base(
    part: &ActionPart,
    method: &Method,
    parameters: &mut [Parameter],
    names: &mut Names<'_>,
) -> Option<Endpoint> {
    const BASE: &str = "BASE_URL";
    if !names.credentials.contains(&BASE) {
        return None;
    }
    let at = parameters.iter().position(|one| one.name == "path" && !one.kind.has_parts())?;
    parameters[at].place = Placement::Path;
    parameters[at].required = parameters[at].default.is_none();
    let in_body = parameters.iter().filter(|one| one.place == Placement::Body).count();
    for parameter in parameters.iter_mut() {
        match (parameter.name.as_str(), parameter.place) {
            ("query", Placement::Query) if parameter.kind == ValueKind::Object => {
                parameter.place = Placement::Members
            }
            ("data", Placement::Body) if in_body == 1 => parameter.place = Placement::WholeBody,
            _ => {}
        }
    }
    names.used.entry(BASE.to_owned()).or_insert(part.place);
    Some(Endpoint {
        method: method.clone(),
        base: names.base(Base::Whole(BASE.to_owned())),
        path: "/{+path}".to_owned(),
        path_holes: vec![("path".to_owned(), Filler::Argument(at))],
        query: Vec::new(),
        is_form: part.is_form,
    })
}

/// A request that can't have a body has its arguments in the query.
fn without_body(part: &ActionPart, parameters: &mut [Parameter], reader: &mut Reader) {
    let Some(method) = part.method.as_ref().filter(|method| !has_body(method)) else { return };
    for (parameter, part) in parameters.iter_mut().zip(&part.parameters) {
        if matches!(parameter.place, Placement::Body | Placement::WholeBody) {
            let message =
                format!("parameter `{}` is sent in the query, since a {method} has no body", parameter.name);
            reader.note(part.place, message);
            parameter.place = Placement::Query;
        }
    }
}

pub(super) fn has_body(method: &Method) -> bool {
    !matches!(*method, Method::GET | Method::DELETE)
}

impl Names<'_> {
    fn base(&mut self, base: Base) -> usize {
        match self.bases.iter().position(|known| *known == base) {
            Some(at) => at,
            None => {
                self.bases.push(base);
                self.bases.len() - 1
            }
        }
    }
}
