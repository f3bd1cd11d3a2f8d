//! An `#[action]` method.

use quote::ToTokens;
use syn::ext::IdentExt as _;
use syn::{Attribute, Ident, LitStr, Type};

use super::methods::Parameters;
use super::{Duration, Parameter, ParameterKind, Plain, Request, bare, foreign, signature, unknown_key};
use crate::keys;
use crate::kit::{
    Description, Entries, Entry, Errors, Slot, Value, cfgs, did_you_mean, doc, entries, expected_one_of, flag,
};
use crate::parse::Method;

pub(crate) struct Action {
    pub(crate) ident: Ident,
    /// `name = ".."`, where the action's name is not the method's.
    pub(crate) renamed: Option<LitStr>,
    pub(crate) description: Description,
    pub(crate) effect: Effect,
    /// The key that says the effect.
    pub(crate) effect_key: Ident,
    pub(crate) resource: Option<LitStr>,
    pub(crate) command: Option<LitStr>,
    pub(crate) scopes: Vec<LitStr>,
    /// In milliseconds.
    pub(crate) timeout: Option<u64>,
    /// `business`, the one risk that can be named.
    pub(crate) risk: Option<Ident>,
    pub(crate) local: bool,
    pub(crate) idempotent: bool,
    pub(crate) trust: Option<Ident>,
    pub(crate) mode: Option<Ident>,
    /// The request that it is, where its method has no body.
    pub(crate) request: Option<Request>,
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) output: Type,
    pub(crate) cfgs: Vec<Attribute>,
}

/// What an action may do, from the least to the most.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effect {
    Read,
    Write,
    Destructive,
}

#[derive(Default)]
struct Keys {
    effects: Vec<(Ident, Effect)>,
}

impl Action {
    /// Reads a method with its `#[action]`. The parameters are read already. What can't be read is reported,
    /// and something stands in for it that breaks no rule.
    pub(super) fn read(
        errors: &Errors,
        attribute: &Attribute,
        request: Option<Request>,
        method: &Method,
        parameters: Parameters,
    ) -> Self {
        let ident = method.signature.ident.clone();
        let mut keys_read = Keys::default();
        let mut renamed = Slot::<LitStr>::empty();
        let (mut resource, mut command) = (Slot::<LitStr>::empty(), Slot::<LitStr>::empty());
        let mut scopes = Slot::<Vec<LitStr>>::empty();
        let mut timeout = Slot::<Duration>::empty();
        let (mut risk, mut trust, mut mode) = (Slot::empty(), Slot::empty(), Slot::empty());
        let (mut local, mut idempotent) = (Slot::empty(), Slot::empty());
        let list = entries(errors, attribute);
        for entry in list.iter() {
            match entry.name().as_str() {
                keys::READ => keys_read.effect(errors, entry, Effect::Read),
                keys::WRITE => keys_read.effect(errors, entry, Effect::Write),
                keys::DESTRUCTIVE => keys_read.effect(errors, entry, Effect::Destructive),
                keys::NAME => renamed.read(errors, entry),
                keys::RESOURCE => resource.read(errors, entry),
                keys::COMMAND => command.read(errors, entry),
                keys::SCOPES => scopes.read(errors, entry),
                keys::TIMEOUT => timeout.read(errors, entry),
                keys::RISK => word(errors, entry, &mut risk, &[keys::BUSINESS]),
                keys::TRUST => word(errors, entry, &mut trust, &keys::TRUSTS),
                keys::MODE => word(errors, entry, &mut mode, &keys::MODES),
                keys::LOCAL => bare(errors, entry, &mut local),
                keys::IDEMPOTENT => bare(errors, entry, &mut idempotent),
                _ => unknown_key(errors, entry, keys::ACTION, &keys::ACTION_KEYS),
            }
        }
        let effect_read = keys_read.one(errors, &ident, &list);
        if effect_read.is_none() {
            // How strict the others have to be depends on it.
            (risk, trust, mode) = (Slot::empty(), Slot::empty(), Slot::empty());
        }
        let (effect_key, effect) = effect_read.unwrap_or_else(|| (ident.clone(), Effect::Read));
        let description = doc(&method.attributes, &format!("action `{ident}`")).unwrap_or_else(|| {
            errors.at(
                &ident,
                format!(
                    "action `{ident}` has no description\nhelp: say what it does in a doc comment `/// ..`"
                ),
            );
            Description::missing()
        });
        let output = signature::output(errors, keys::ACTION, method);
        let timeout = timeout.take().and_then(|text| text.milliseconds(errors, "timeout"));
        Self {
            renamed: renamed.take(),
            effect,
            effect_key,
            description,
            resource: resource.take(),
            command: command.take(),
            scopes: scopes.take().unwrap_or_default(),
            timeout,
            risk: risk.take(),
            local: local.is_given(),
            idempotent: idempotent.is_given(),
            trust: trust.take(),
            mode: mode.take(),
            request,
            parameters: parameters.read,
            output,
            cfgs: cfgs(&method.attributes),
            ident,
        }
    }
}

impl Keys {
    fn effect(&mut self, errors: &Errors, entry: &Entry, effect: Effect) {
        // Reported or not, what was meant is clear.
        let _ = flag(errors, entry);
        self.effects.push((entry.key.clone(), effect));
    }

    /// The one effect; none and several are reported.
    fn one(&self, errors: &Errors, action: &Ident, list: &Entries) -> Option<(Ident, Effect)> {
        let mut different: Vec<&(Ident, Effect)> = Vec::new();
        for said in &self.effects {
            if different.iter().any(|(_, effect)| *effect == said.1) {
                let key = &said.0;
                errors.at(key, format!("duplicate key `{key}`\nhelp: remove one of the two"));
            } else {
                different.push(said);
            }
        }
        match different.as_slice() {
            [only] => Some((*only).clone()),
            [] => {
                let foreign = list.iter().any(|entry| foreign::is_effect(&entry.name()));
                if !foreign && list.lack(&[keys::READ, keys::WRITE, keys::DESTRUCTIVE]) {
                    let message = format!(
                        "action `{action}` doesn't say what it may do\n\
                         help: write `#[action(read)]`, `#[action(write)]` or `#[action(destructive)]`"
                    );
                    errors.at(action, message);
                }
                None
            }
            several => {
                for (key, _) in several {
                    errors.at(
                        key,
                        format!("action `{action}` has two effects\nhelp: keep the one that may do more"),
                    );
                }
                None
            }
        }
    }
}

/// A key whose value is one of some words.
pub(super) fn word(errors: &Errors, entry: &Entry, slot: &mut Slot<Ident>, known: &[&'static str]) {
    let value = Ident::read(errors, entry).filter(|value| {
        let name = value.to_string();
        let is_known = known.contains(&name.as_str());
        if !is_known {
            let key = &entry.key;
            let help = match known {
                [_] => format!("help: {}", expected_one_of(known.iter().copied())),
                _ => did_you_mean(&name, known.iter().copied()),
            };
            errors.at(value, format!("unknown `{key}` `{name}`\n{help}"));
        }
        is_known
    });
    slot.set(errors, &entry.key, value);
}

impl Action {
    /// The action's name: the method's without the `r#` of a raw identifier, unless it has one of its own.
    pub(crate) fn name(&self) -> String {
        self.renamed.as_ref().map_or_else(|| self.ident.unraw().to_string(), LitStr::value)
    }

    /// The tokens that an error about the name points at.
    pub(crate) fn name_tokens(&self) -> &dyn ToTokens {
        self.renamed.as_ref().map_or(&self.ident, |renamed| renamed as &dyn ToTokens)
    }

    /// The arguments that come one by one.
    pub(crate) fn plain(&self) -> impl Iterator<Item = &Plain> {
        self.parameters.iter().filter_map(|parameter| match &parameter.kind {
            ParameterKind::Plain(plain) => Some(&**plain),
            ParameterKind::Context | ParameterKind::Input => None,
        })
    }

    /// The command id: `issues.list` for `list_issues` on the resource `issues`.
    pub(crate) fn command_id(&self) -> String {
        match (&self.command, &self.resource) {
            (Some(command), _) => command.value(),
            (None, Some(resource)) => {
                let resource = resource.value();
                format!("{resource}.{}", verb(&self.name(), &resource))
            }
            (None, None) => self.name(),
        }
    }
}

/// The words of a name without those of the resource, in whatever number: `create` of `create_issue`.
fn verb(name: &str, resource: &str) -> String {
    let resource: Vec<&str> = resource.split(['-', '_']).collect();
    let words: Vec<&str> = name.split(['-', '_']).collect();
    let begin = words.windows(resource.len()).position(|window| {
        let last = resource.len() - 1;
        window[..last] == resource[..last] && singular(window[last]) == singular(resource[last])
    });
    let left: Vec<&str> = match begin {
        Some(begin) => words[..begin].iter().chain(&words[begin + resource.len()..]).copied().collect(),
        None => words.clone(),
    };
    if left.is_empty() { name.to_owned() } else { left.join("_") }
}

/// One form for singular and plural, not necessarily a word.
fn singular(word: &str) -> String {
    if let Some(stem) = word.strip_suffix("ies") {
        return format!("{stem}y");
    }
    for ending in ["ses", "xes", "ches", "shes"] {
        if word.ends_with(ending) {
            return word[..word.len() - 2].to_owned();
        }
    }
    match word.strip_suffix('s') {
        Some(stem) if !stem.ends_with('s') => stem.to_owned(),
        _ => word.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::verb;

    #[test]
    fn the_verb_is_the_name_without_the_resource() {
        for (name, resource, expected) in [
            ("list_issues", "issues", "list"),
            ("create_issue", "issues", "create"),
            ("search_notes", "notes", "search"),
            ("list_repositories", "repositories", "list"),
            ("get_repository", "repositories", "get"),
            ("open_inbox", "inboxes", "open"),
            ("merge_pull_request", "pull-requests", "merge"),
            ("batch_send_email", "email", "batch_send"),
            ("archive", "issues", "archive"),
            ("issues", "issues", "issues"),
            ("list_address", "address", "list"),
        ] {
            assert_eq!(verb(name, resource), expected, "{name} on {resource}");
        }
    }
}
