//! Rules across the methods of a block.

use std::collections::HashMap;

use syn::Ident;

use crate::kit::Errors;
use crate::model::Methods;

/// Two options sources have two names. (Two methods of one name are rustc's affair.)
pub(super) fn names_are_told_apart(errors: &Errors, methods: &Methods) {
    let mut seen: HashMap<String, &Ident> = HashMap::new();
    for action in methods.actions.iter().filter(|action| action.cfgs.is_empty()) {
        if let Some(first) = seen.insert(action.name(), &action.ident) {
            for ident in [first, &action.ident] {
                errors.at(ident, format!("two actions are named `{ident}`\nhelp: rename one of the methods"));
            }
        }
    }
}

/// Two actions never map to one command id.
pub(super) fn commands_are_told_apart(errors: &Errors, methods: &Methods) {
    let mut seen: HashMap<String, &Ident> = HashMap::new();
    for action in methods.actions.iter().filter(|action| action.cfgs.is_empty()) {
        let command = action.command_id();
        if let Some(first) = seen.insert(command.clone(), &action.ident) {
            if *first == action.ident {
                continue;
            }
            for ident in [first, &action.ident] {
                errors.at(
                    ident,
                    format!("two actions have the command `{command}`\nhelp: name another one with `command = \"..\"`"),
                );
            }
        }
    }
}

/// A connector is healthy in one way.
pub(super) fn health_is_checked_once(errors: &Errors, methods: &Methods) {
    if let [first, second, ..] = methods.health.as_slice() {
        if first.cfgs.is_empty() && second.cfgs.is_empty() {
            for health in [first, second] {
                errors.at(
                    &health.ident,
                    "two methods are marked `#[health]`\nhelp: keep one, which may call the other",
                );
            }
        }
    }
}
