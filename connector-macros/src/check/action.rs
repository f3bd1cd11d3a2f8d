//! Rules of one action.

use crate::keys;
use crate::kit::{Errors, did_you_mean};
use crate::model::{Action, Effect, Options, ParameterKind, Plain};

/// What follows from the effect may be made stricter and never looser.
pub(super) fn is_only_made_stricter(errors: &Errors, action: &Action) {
    const BUSINESS: &str = "risk = business";
    // The least of each, and what it follows from.
    let (trust, mode) = match action.effect {
        Effect::Read => ((0, keys::READ), (0, keys::READ)),
        Effect::Write if action.risk.is_some() => ((1, keys::WRITE), (2, BUSINESS)),
        Effect::Write => ((1, keys::WRITE), (1, keys::WRITE)),
        Effect::Destructive => ((2, keys::DESTRUCTIVE), (3, keys::DESTRUCTIVE)),
    };
    let rows = [
        (keys::TRUST, &action.trust, &keys::TRUSTS[..], trust),
        (keys::MODE, &action.mode, &keys::MODES[..], mode),
    ];
    for (key, said, words, (least, from)) in rows {
        let Some(said) = said else { continue };
        let place = words.iter().position(|word| said == word);
        if place.is_some_and(|place| place < least) {
            errors.at(
                said,
                format!(
                    "`{key} = {said}` is looser than `{from}` allows\n\
                     help: leave `{key}` out, which means `{key} = {}`, or write a stricter one",
                    words[least]
                ),
            );
        }
    }
    if let (Some(risk), Effect::Read) = (&action.risk, action.effect) {
        let message = format!(
            "action `{}` only reads and has no business risk\nhelp: remove `risk = business`",
            action.ident
        );
        errors.at(&action.effect_key, &message);
        errors.at(risk, &message);
    }
}

/// Puffer takes small letters, digits, `_` and `-` (its contract 1.3), MCP clients 64 of them.
pub(super) fn has_a_name_that_hosts_accept(errors: &Errors, action: &Action) {
    const LONGEST: usize = 64;
    let name = action.name();
    if !is_word(&name) {
        errors.at(
            action.name_tokens(),
            format!("action `{name}` has a name that hosts refuse\nhelp: use small letters, digits, `_` and `-`, a letter first"),
        );
    } else if name.len() > LONGEST {
        errors.at(
            action.name_tokens(),
            format!(
                "action `{name}` has a name longer than {LONGEST} characters, which hosts refuse\nhelp: use a shorter name"
            ),
        );
    }
}

/// A command id is words joined by dots, and the first is none that is reserved for the connector's binary.
pub(super) fn has_a_command_of_its_own(errors: &Errors, action: &Action) {
    let resource = action.resource.as_ref().filter(|resource| !is_word(&resource.value()));
    if let Some(resource) = resource {
        errors.at(
            resource,
            "a resource is one word\nhelp: use small letters, digits, `-` and `_`, a letter first",
        );
    }
    let command = action.command.as_ref().filter(|command| !command.value().split('.').all(is_word));
    if let Some(command) = command {
        errors.at(
            command,
            "a command is words joined by dots\nhelp: write it like `\"issues.list\"`, in small letters, digits, `-` and `_`",
        );
    }
    if resource.is_some() || command.is_some() {
        return;
    }
    let command = action.command_id();
    let first = command.split('.').next().unwrap_or_default();
    if keys::RESERVED_COMMANDS.contains(&first) || keys::RESERVED_WORDS.contains(&&*command) {
        let message = format!(
            "the command `{command}` of action `{}` begins with `{first}`, which is reserved for the connector's binary\n\
             help: name another one with `command = \"..\"`",
            action.ident
        );
        match (&action.command, &action.resource) {
            (Some(command), _) => errors.at(command, message),
            (None, Some(resource)) => errors.at(resource, message),
            (None, None) => errors.at(&action.ident, message),
        }
    }
}

fn is_word(word: &str) -> bool {
    word.starts_with(|letter: char| letter.is_ascii_lowercase())
        && word
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(&byte))
}

/// There is one call, so there is one context.
pub(super) fn takes_context_once(errors: &Errors, action: &Action) {
    let contexts: Vec<_> = action
        .parameters
        .iter()
        .filter(|parameter| matches!(parameter.kind, ParameterKind::Context))
        .collect();
    if let [_, second, ..] = contexts.as_slice() {
        errors.at(
            &second.ty,
            format!("action `{}` takes two contexts\nhelp: remove one `&Context`", action.ident),
        );
    }
}

/// Arguments come one by one or in one struct, not both ways.
pub(super) fn takes_one_input_or_plain_arguments(errors: &Errors, action: &Action) {
    let inputs: Vec<_> =
        action.parameters.iter().filter(|parameter| matches!(parameter.kind, ParameterKind::Input)).collect();
    let plain = action.plain().next();
    match (inputs.as_slice(), plain) {
        ([_, second, ..], _) => errors.at(
            &second.ty,
            format!(
                "action `{}` takes two input structs\nhelp: put the fields of both into one",
                action.ident
            ),
        ),
        ([input], Some(plain)) => {
            let message = format!(
                "action `{}` takes an input struct and the argument `{}`\n\
                 help: make the argument a field of the struct, or write all fields as arguments",
                action.ident,
                plain.name()
            );
            errors.at(&input.ty, &message);
            errors.at(&plain.ident, &message);
        }
        _ => {}
    }
}

/// People and models choose arguments by their descriptions.
pub(super) fn describes_its_arguments(errors: &Errors, action: &Action) {
    for plain in action.plain().filter(|plain| plain.description.is_none()) {
        errors.at(
            &plain.ident,
            format!(
                "argument `{}` of action `{}` has no description\n\
                 help: say what it is for in a doc comment `/// ..` before the parameter",
                plain.name(),
                action.ident
            ),
        );
    }
}

/// Hosts put keys of their own into every input.
pub(super) fn leaves_reserved_names_alone(errors: &Errors, action: &Action) {
    for plain in action.plain().filter(|plain| keys::RESERVED_ARGUMENTS.contains(&plain.name().as_str())) {
        errors.at(
            &plain.ident,
            format!(
                "argument `{}` of action `{}` has a name that hosts use themselves\nhelp: give it another one",
                plain.name(),
                action.ident
            ),
        );
    }
}

/// `options = folders` names an `#[options]` method of the same block.
pub(super) fn names_options_sources(errors: &Errors, action: &Action, sources: &[Options]) {
    let known: Vec<String> = sources.iter().map(|source| source.ident.to_string()).collect();
    for source in action.plain().filter_map(|plain: &Plain| plain.limits.options.get()) {
        let name = source.to_string();
        if !known.contains(&name) {
            let help = match known.as_slice() {
                [] => format!(
                    "help: write `#[options] async fn {name}(&self, query: &str) -> Result<Vec<Choice>>`"
                ),
                known => did_you_mean(&name, known.iter().map(String::as_str)),
            };
            errors.at(source, format!("there is no `#[options]` method `{name}`\n{help}"));
        }
    }
}
