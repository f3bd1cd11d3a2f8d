//! The rules that concern several items, one function each.

mod action;
mod connector;
mod methods;

use crate::kit::Errors;
use crate::model::{Connector, Methods};

pub(crate) fn connector(errors: &Errors, model: &Connector) {
    connector::auth_names_fields(errors, model);
    connector::environment_variables_are_told_apart(errors, model);
}

pub(crate) fn methods(errors: &Errors, model: &Methods) {
    for action in &model.actions {
        action::is_only_made_stricter(errors, action);
        action::has_a_name_that_hosts_accept(errors, action);
        action::has_a_command_of_its_own(errors, action);
        action::takes_context_once(errors, action);
        action::takes_one_input_or_plain_arguments(errors, action);
        action::describes_its_arguments(errors, action);
        action::leaves_reserved_names_alone(errors, action);
        action::names_options_sources(errors, action, &model.options);
    }
    methods::names_are_told_apart(errors, model);
    methods::commands_are_told_apart(errors, model);
    methods::health_is_checked_once(errors, model);
}
