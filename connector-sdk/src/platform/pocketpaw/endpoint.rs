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
                let place = url.place;
                let filling = Filling { part: &part, place, parameters: &mut parameters, names, reader };
                let endpoint = filling.endpoint(method, template);
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

/// The URL of an action, whose placeholders take their arguments away from query and body.
struct Filling<'a, 'n> {
    part: &'a ActionPart,
    place: Place,
    parameters: &'a mut [Parameter],
    names: &'a mut Names<'n>,
    reader: &'a mut Reader,
}

impl Filling<'_, '_> {
    /// None where something is wrong with it, which the reader knows.
    fn endpoint(mut self, method: &Method, template: Template) -> Option<Endpoint> {
        self.check_host(&template.base)?;
        let path_holes = self.path(template.path_holes)?;
        let query = self.query(template.query)?;
        let is_form = self.is_form(&template.base);
        let base = self.names.base(template.base);
        let mut path = template.path;
        for (name, _) in path_holes.iter().filter(|(_, filler)| matches!(filler, Filler::Value(_))) {
            // It comes encoded, with its slashes.
            path = path.replace(&format!("{{{name}}}"), &format!("{{+{name}}}"));
        }
        Some(Endpoint { method: method.clone(), base, path, path_holes, query, is_form })
    }

    /// Nobody who calls an action chooses where credentials go.
    fn check_host(&mut self, base: &Base) -> Option<()> {
        for name in base.holes() {
            self.names.used.entry(name.to_owned()).or_insert(self.place);
            if self.names.credentials.contains(&name) {
                continue;
            }
            let message = if self.parameters.iter().any(|one| one.name == name) {
                let action = &self.part.name;
                format!(
                    "`{{{name}}}` would let whoever calls `{action}` choose the host; make it a credential"
                )
            } else {
                unresolved(name, self.names.credentials.iter().copied(), self.reader)
            };
            self.reader.fault(self.place, message);
            return None;
        }
        Some(())
    }

    fn path(&mut self, names: Vec<String>) -> Option<Vec<(String, Filler)>> {
        let mut holes: Vec<(String, Filler)> = Vec::new();
        for name in names {
            let filler = self.filler(&name, true)?;
            if !holes.iter().any(|(known, _)| *known == name) {
                holes.push((name, filler));
            }
        }
        Some(holes)
    }

    fn query(&mut self, written: Vec<(String, Vec<Piece>)>) -> Option<Vec<(String, Vec<QueryPiece>)>> {
        let mut query = Vec::new();
        for (name, pieces) in written {
            let mut filled = Vec::new();
            for piece in pieces {
                filled.push(match piece {
                    Piece::Text(text) => QueryPiece::Text(text),
                    Piece::Hole(name) => QueryPiece::Filled(self.filler(&name, false)?),
                });
            }
            query.push((name, filled));
        }
        Some(query)
    }

    /// What fills a placeholder: an argument, or what is set of the connection.
    fn filler(&mut self, name: &str, in_path: bool) -> Option<Filler> {
        let position = self.parameters.iter().position(|one| one.name == name);
        let message = match (position, self.names.credentials.contains(&name)) {
            (None, true) => return Some(Filler::Value(name.to_owned())),
            (Some(at), false) => {
                fills_url(&mut self.parameters[at], &self.part.parameters[at], in_path, self.reader);
                return Some(Filler::Argument(at));
            }
            (Some(_), true) => {
                let action = &self.part.name;
                format!("`{{{name}}}` is a credential and a parameter of `{action}`; rename one of them")
            }
            (None, false) => {
                let known = self.parameters.iter().map(|one| one.name.as_str());
                unresolved(name, known.chain(self.names.credentials.iter().copied()), self.reader)
            }
        };
        self.reader.fault(self.place, message);
        None
    }

    /// Whether the body is a form: where the file says so, and for Stripe, as PocketPaw has it.
    fn is_form(&mut self, base: &Base) -> bool {
        if self.part.is_form {
            return true;
        }
        let is_stripe =
            base.literal_host().is_some_and(|host| host == "stripe.com" || host.ends_with(".stripe.com"));
        if is_stripe && self.parameters.iter().any(|one| one.place == Placement::Body) {
            let action = &self.part.name;
            self.reader
                .note(self.place, format!("action `{action}` sends a form, since Stripe reads nothing else"));
        }
        is_stripe
    }
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
