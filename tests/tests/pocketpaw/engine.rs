//! PocketPaw's loader and engine as its contract tells them, with their faults: what a file that is written for
//! them has to get by. Made of the contract's tables (2.1 and 2.2), not of its code.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// A request as the engine would send it.
#[derive(Debug, PartialEq)]
pub(crate) struct Sent {
    pub(crate) method: String,
    /// As it stands, nothing in it encoded by the engine.
    pub(crate) url: String,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) body: Body,
    pub(crate) headers: BTreeMap<String, String>,
}

#[derive(Debug, PartialEq)]
pub(crate) enum Body {
    None,
    Json(Value),
    Form(Vec<(String, String)>),
}

/// A connector that was loaded and connected.
pub(crate) struct Engine {
    file: Value,
    credentials: Vec<(String, String)>,
}

impl Engine {
    /// Loads a file: no key is checked, an action's `name` has to be there, a trust level has to be one.
    pub(crate) fn connect(yaml: &str, config: &[(&str, &str)]) -> Result<Self, String> {
        let file: Value = serde_saphyr::from_str(yaml).map_err(|error| error.to_string())?;
        for action in file["actions"].as_array().ok_or("actions is no list")? {
            action["name"].as_str().ok_or("KeyError: name")?;
            let trust = action.get("trust_level").map_or(Some("confirm"), Value::as_str);
            if !trust.is_some_and(|trust| ["auto", "confirm", "restricted"].contains(&trust)) {
                return Err("ValueError: trust_level".to_owned());
            }
        }
        let mut credentials = Vec::new();
        for declared in file["auth"]["credentials"].as_array().into_iter().flatten() {
            let name = declared["name"].as_str().ok_or("KeyError: name")?;
            match config.iter().find(|(known, _)| *known == name) {
                Some((_, value)) => credentials.push((name.to_owned(), (*value).to_owned())),
                None if declared["required"] == true => {
                    return Err(format!("Missing required credential: {name}"));
                }
                None => {}
            }
        }
        Ok(Self { file, credentials })
    }

    pub(crate) fn execute(&self, name: &str, params: &Value) -> Result<Sent, String> {
        let mut actions = self.file["actions"].as_array().into_iter().flatten();
        let action = actions
            .rfind(|action| action["name"] == name)
            .ok_or_else(|| format!("Unknown action: {name}"))?;
        let mut params: Map<String, Value> = params.as_object().cloned().unwrap_or_default();
        let method = action["method"].as_str().unwrap_or("GET").to_owned();
        let template = action["url"].as_str().ok_or_else(|| format!("No URL defined for action: {name}"))?;
        // Credentials first; neither is encoded; what is missing stays in its braces.
        let mut url = template.to_owned();
        for (name, value) in &self.credentials {
            url = url.replace(&format!("{{{name}}}"), value);
        }
        for word in words(template) {
            let hole = format!("{{{word}}}");
            if url.contains(&hole)
                && let Some(value) = params.remove(&word)
            {
                url = url.replace(&hole, &python_str(&value));
            }
        }
        let has_body = !matches!(method.as_str(), "GET" | "DELETE");
        let (mut query, mut body) = (Vec::new(), Map::new());
        for (key, value) in params {
            let to_body =
                action["body"].get(&key).is_some() || (action["params"].get(&key).is_none() && has_body);
            if to_body {
                body.insert(key, value);
            } else {
                pairs(&key, &value, &mut query);
            }
        }
        let is_form = action["content_type"] == "form" || template.contains("stripe.com");
        let body = match (has_body, is_form) {
            (false, _) => Body::None,
            (true, false) => Body::Json(Value::Object(body)),
            (true, true) => {
                let mut fields = Vec::new();
                body.iter().for_each(|(key, value)| pairs(key, value, &mut fields));
                Body::Form(fields)
            }
        };
        Ok(Sent { method, url, query, body, headers: self.headers() })
    }

    fn headers(&self) -> BTreeMap<String, String> {
        let auth = &self.file["auth"];
        let value = |name: &str| {
            self.credentials.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
        };
        let first = |fits: &dyn Fn(&str) -> bool| {
            self.credentials.iter().find(|(name, _)| fits(name)).map(|(_, value)| value.clone())
        };
        let named = || auth["credential"].as_str().and_then(value).or_else(|| first(&|_| true));
        let header = match auth["method"].as_str().unwrap_or("none") {
            "api_key" => {
                first(&|_| true).map(|value| ("authorization".to_owned(), format!("Bearer {value}")))
            }
            "bearer" => first(&|name| name.ends_with("TOKEN") || name.ends_with("KEY"))
                .map(|value| ("authorization".to_owned(), format!("Bearer {value}"))),
            "basic" => {
                use base64::Engine as _;
                let pair = format!(
                    "{}:{}",
                    value("username").unwrap_or_default(),
                    value("password").unwrap_or_default()
                );
                let pair = base64::prelude::BASE64_STANDARD.encode(pair);
                Some(("authorization".to_owned(), format!("Basic {pair}")))
            }
            "header" => {
                named().zip(auth["header"].as_str()).map(|(value, name)| (name.to_lowercase(), value))
            }
            "cookie" => named().map(|value| ("cookie".to_owned(), value)),
            _ => None,
        };
        let constant = auth["headers"].as_object().into_iter().flatten();
        let constant =
            constant.filter_map(|(name, value)| Some((name.to_lowercase(), value.as_str()?.to_owned())));
        constant.chain(header).collect()
    }
}

/// The words of `{word}`.
fn words(template: &str) -> Vec<String> {
    let parts = template.split('{').skip(1).filter_map(|part| part.split_once('}'));
    parts.map(|(word, _)| word.to_owned()).collect()
}

/// `str()` of Python.
fn python_str(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::Null => "None".to_owned(),
        other => other.to_string(),
    }
}

/// What httpx makes of a member of `params` or `data`.
fn pairs(key: &str, value: &Value, all: &mut Vec<(String, String)>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| pairs(key, item, all)),
        Value::Null => all.push((key.to_owned(), String::new())),
        Value::Bool(is) => all.push((key.to_owned(), is.to_string())),
        other => all.push((key.to_owned(), python_str(other))),
    }
}
