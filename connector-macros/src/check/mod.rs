//! The rules that concern several items, one function each.

mod action;
mod clients;
mod connector;
mod fields;
mod flags;
mod limits;
mod methods;
mod oauth2;
mod output;
mod requests;
mod values;

use crate::kit::Errors;
use crate::model::{Connector, FieldKind, Methods, ParameterKind};

pub(crate) fn connector(errors: &Errors, model: &Connector) {
    connector::auth_names_fields(errors, model);
    connector::environment_variables_are_told_apart(errors, model);
    values::environment_variables_have_names(errors, model);
    values::environment_variables_are_not_the_hosts(errors, model);
    values::api_keys_are_sent_somewhere(errors, &model.auth);
    values::basic_names_two_fields(errors, &model.auth);
    oauth2::is_sound(errors, model);
    oauth2::ways_are_several(errors, model);
    values::links_lead_somewhere(errors, model);
    clients::have_a_base(errors, model);
    clients::have_headers_of_their_own(errors, model);
    clients::keep_to_a_rate(errors, model);
    flags::settings_are_told_apart(errors, model);
    fields::auth_uses_the_secrets(errors, model);
    fields::dependencies_are_settings(errors, model);
    fields::dependencies_end(errors, model);
    for field in &model.fields {
        if let FieldKind::Setting(setting) = &field.kind {
            limits::can_be_met(errors, &field.ident.to_string(), &field.ty, &setting.limits);
        }
    }
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
        output::has_a_name(errors, action);
        requests::are_sound(errors, action);
        values::scopes_are_words(errors, action);
        flags::arguments_are_told_apart(errors, action);
        action::names_options_sources(errors, action, &model.options);
        for parameter in &action.parameters {
            if let ParameterKind::Plain(plain) = &parameter.kind {
                limits::can_be_met(errors, &plain.name(), &parameter.ty, &plain.limits);
            }
        }
    }
    methods::names_are_told_apart(errors, model);
    methods::commands_are_told_apart(errors, model);
    methods::health_is_checked_once(errors, model);
    methods::login_is_one(errors, model);
    methods::events_are_one(errors, model);
    methods::send_is_one(errors, model);
}
