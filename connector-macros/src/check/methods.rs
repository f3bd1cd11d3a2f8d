//! Rules across the methods of a block.

use std::collections::HashMap;

use crate::kit::Errors;
use crate::model::{Action, Methods};

/// Two actions never have one name. (Two methods of one name are rustc's affair.)
pub(super) fn names_are_told_apart(errors: &Errors, methods: &Methods) {
    let mut seen: HashMap<String, &Action> = HashMap::new();
    for action in methods.actions.iter().filter(|action| action.cfgs.is_empty()) {
        let name = action.name();
        let Some(first) = seen.insert(name.clone(), action) else { continue };
        if first.ident == action.ident {
            continue;
        }
        for action in [first, action] {
            let message = format!("two actions are named `{name}`\nhelp: give one of them another `name`");
            errors.at(action.name_tokens(), message);
        }
    }
}

/// Two actions never map to one command id, nor to two that are one tool on ArgentOS, whose names of tools
/// have `_` for all that is no letter or digit (its contract 1.5).
pub(super) fn commands_are_told_apart(errors: &Errors, methods: &Methods) {
    let mut seen: HashMap<String, &Action> = HashMap::new();
    for action in methods.actions.iter().filter(|action| action.cfgs.is_empty()) {
        let command = action.command_id();
        let Some(first) = seen.insert(command.replace(['-', '.'], "_"), action) else { continue };
        // Two of one name were reported as such.
        if first.ident == action.ident || first.name() == action.name() {
            continue;
        }
        let other = first.command_id();
        let message = if other == command {
            format!(
                "two actions have the command `{command}`\nhelp: name another one with `command = \"..\"`"
            )
        } else {
            format!(
                "the commands `{other}` and `{command}` are told apart by `-`, `_` and `.` alone\nhelp: name another one with `command = \"..\"`, since some hosts take them for the same"
            )
        };
        for action in [first, action] {
            errors.at(&action.ident, &message);
        }
    }
}

/// A connector is healthy in one way.
pub(super) fn health_is_checked_once(errors: &Errors, methods: &Methods) {
    if let [first, second, ..] = methods.health.as_slice()
        && first.cfgs.is_empty()
        && second.cfgs.is_empty()
    {
        for health in [first, second] {
            errors.at(
                &health.ident,
                "two methods are marked `#[health]`\nhelp: keep one, which may call the other",
            );
        }
    }
}

/// A connector gets its credentials in one way.
pub(super) fn login_is_one(errors: &Errors, methods: &Methods) {
    if let [first, second, ..] = methods.login.as_slice()
        && first.cfgs.is_empty()
        && second.cfgs.is_empty()
    {
        for login in [first, second] {
            errors.at(
                &login.ident,
                "two methods are marked `#[login]`\nhelp: keep one, which may let somebody choose",
            );
        }
    }
}

/// A host reads one stream with one cursor.
pub(super) fn events_are_one(errors: &Errors, methods: &Methods) {
    if let [first, second, ..] = methods.events.as_slice()
        && first.cfgs.is_empty()
        && second.cfgs.is_empty()
    {
        for events in [first, second] {
            errors.at(
                &events.ident,
                "two methods are marked `#[events]`\nhelp: keep one, whose payload is an enum of what happens",
            );
        }
    }
}

/// A message is delivered in one way.
pub(super) fn send_is_one(errors: &Errors, methods: &Methods) {
    if let [first, second, ..] = methods.send.as_slice()
        && first.cfgs.is_empty()
        && second.cfgs.is_empty()
    {
        for send in [first, second] {
            errors.at(
                &send.ident,
                "two methods are marked `#[send]`\nhelp: keep one, which looks at the message's conversation",
            );
        }
    }
}
