//! That the canvas's fields are the commands' arguments.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::super::commands::actions;
use super::super::flag;
use super::{everything, json_file};

#[test]
fn every_argument_of_every_command_has_one_field_whose_id_is_its_option() {
    let manifest = everything();
    let connector = json_file(&manifest, "connector.json");
    let fields = connector["scope"]["fields"].as_array().expect("fields");
    for action in actions(&manifest) {
        for parameter in &action.parameters {
            let of: Vec<_> = fields
                .iter()
                .filter(|field| {
                    let option = field["id"].as_str().expect("an id").replace('_', "-");
                    let applies_to = field["applies_to"].as_array().expect("commands");
                    option == flag(&parameter.name) && applies_to.iter().any(|id| *id == action.command)
                })
                .collect();
            assert_eq!(of.len(), 1, "{} of {}", parameter.name, action.command);
            assert_eq!(of[0]["required"], json!(parameter.required));
        }
    }
    let ids: Vec<_> = fields.iter().map(|field| field["id"].as_str().expect("an id")).collect();
    for setting in &manifest.settings {
        assert!(!ids.contains(&setting.name.as_str()), "a setting is no argument: {}", setting.name);
    }
    let workers = connector["scope"]["workerFields"].as_array().expect("ids");
    assert_eq!(
        workers.iter().filter_map(Value::as_str).collect::<BTreeSet<_>>(),
        ids.iter().copied().collect()
    );
}

#[test]
fn a_field_is_typed_by_its_schema() {
    let connector = json_file(&everything(), "connector.json");
    let fields = connector["scope"]["fields"].as_array().expect("fields");
    let of = |id: &str, command: &str| {
        let field = fields.iter().find(|field| {
            field["id"] == id
                && field["applies_to"].as_array().is_some_and(|ids| ids.iter().any(|id| *id == command))
        });
        field.unwrap_or_else(|| panic!("{command} has no field {id}"))
    };
    for (id, command, kind, value_type) in [
        ("query", "notes.search", "text", "string"),
        ("limit", "notes.list", "number", "number"),
        ("page_size", "notes.search", "number", "number"),
        ("arg_mode", "notes.list", "select", "string"),
        ("folder", "notes.list", "select", "string"),
        ("since", "notes.list", "datetime", "datetime"),
        ("tags", "notes.create", "json", "json"),
        ("draft", "notes.create", "boolean", "boolean"),
        ("path", "notes.delete", "text", "string"),
        ("path", "orders.cancel", "json", "json"),
    ] {
        let field = of(id, command);
        assert_eq!((&field["type"], &field["renderAs"]), (&json!(kind), &json!(kind)), "{id} of {command}");
        assert_eq!(field["valueType"], json!(value_type), "{id} of {command}");
    }
    assert_eq!(of("limit", "notes.list")["applies_to"], json!(["notes.list", "notes.search"]));
    assert_eq!(of("limit", "notes.list")["default"], json!(30));
    assert_eq!(of("limit", "notes.list")["placeholder"], json!("1 to 100"));
    assert_eq!(of("query", "notes.search")["placeholder"], json!("connector"));
    assert_eq!(of("folder", "notes.list")["pickerHint"], json!("folders"));
    assert_eq!(of("since", "notes.list").get("default"), None, "nothing is no default");
    let mode = of("arg_mode", "notes.list");
    assert_eq!((&mode["label"], &mode["default"]), (&json!("Mode"), &json!("flat")));
    assert_eq!(
        mode["options"],
        json!([
            { "value": "deep", "label": "Deep", "description": "All of it" },
            { "value": "flat", "label": "Flat" },
        ])
    );
}
