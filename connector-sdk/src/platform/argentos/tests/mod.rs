//! That the documents agree with each other and with the rules of ArgentOS's readers, told on a
//! manifest with every kind of thing.

mod documents;
mod fields;
mod readiness;

use std::path::Path;

use serde_json::{Value, json};

use super::files;
use crate::manifest::{
    Action, Auth, Credential, Effect, Manifest, OptionsSource, Parameter, Permission, Setting,
};

fn action(command: &str, permission: Permission, properties: Value) -> Action {
    let (resource, verb) = command.split_once('.').unwrap_or(("", command));
    let mut action = Action::new(format!("{verb}_{resource}"), permission);
    command.clone_into(&mut action.command);
    action.resource = (!resource.is_empty()).then(|| resource.to_owned());
    action.description = format!("Does {command}.\n\nWith a second paragraph.");
    action.parameters = properties
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, schema)| {
            let mut parameter = Parameter::new(name);
            parameter.description = format!("What {name} is | for.");
            parameter.required = schema.get("default").is_none();
            parameter
        })
        .collect();
    action.input_schema = json!({ "type": "object", "properties": properties });
    action
}

/// A connector with every kind of thing that a manifest can tell.
fn everything() -> Manifest {
    let mut manifest = Manifest::new("my-notes", "My notes", "1.2.3");
    manifest.description = "Notes in a folder.\n\nAnd more of them.".to_owned();
    manifest.category = "document-storage".to_owned();
    manifest.docs = Some("https://example.com/notes".to_owned());
    manifest.auth = Auth::Bearer { token: "token".to_owned() };
    manifest.health = true;
    let mut root = Setting::new("root", "MY_NOTES_ROOT");
    root.required = true;
    root.description = "Folder of the notes".to_owned();
    root.help = Some("Any folder with Markdown files".to_owned());
    let mut depth = Setting::new("depth", "MY_NOTES_DEPTH");
    depth.schema = json!({ "type": "integer", "default": 3 });
    manifest.settings = vec![depth, root];
    let mut proxy = Credential::new("proxy_password", "MY_NOTES_PROXY_PASSWORD");
    proxy.required = false;
    manifest.credentials = vec![Credential::new("token", "MY_NOTES_TOKEN"), proxy];
    manifest.options = vec![OptionsSource::new("folders", "Folders below the root.")];
    let mut list = action(
        "notes.list",
        Permission::new(Effect::Read),
        json!({
            "folder": { "type": "string" },
            "limit": { "type": "integer", "minimum": 1, "maximum": 100, "default": 30 },
            "mode": { "oneOf": [{ "const": "deep", "description": "All of it" }, { "const": "flat" }], "default": "flat" },
            "since": { "type": ["string", "null"], "format": "date-time", "default": null },
        }),
    );
    for parameter in &mut list.parameters {
        if parameter.name == "folder" {
            parameter.options = Some("folders".to_owned());
        }
    }
    manifest.actions = vec![
        list,
        action(
            "notes.search",
            Permission::new(Effect::Read),
            json!({
                "query": { "type": "string", "examples": ["connector"] },
                "limit": { "type": "integer", "minimum": 1, "maximum": 100, "default": 30 },
                "pageSize": { "type": "integer", "default": 5 },
            }),
        ),
        action(
            "notes.create",
            Permission::new(Effect::Write).local(),
            json!({ "title": { "type": "string" }, "tags": { "type": "array" }, "draft": { "type": "boolean" } }),
        ),
        action("notes.delete", Permission::new(Effect::Destructive), json!({ "path": { "type": "string" } })),
        // The same name as above, and another type.
        action(
            "orders.cancel",
            Permission::new(Effect::Write).business(),
            json!({ "path": { "type": "array" } }),
        ),
        action("tidy", Permission::new(Effect::Write), json!({})),
        // Every tool has commands that are called like these, so nobody is told of the actions.
        action("health", Permission::new(Effect::Destructive), json!({})),
        action("call", Permission::new(Effect::Destructive), json!({})),
        action("options.folders", Permission::new(Effect::Destructive), json!({})),
    ];
    manifest
}

fn file(manifest: &Manifest, path: &str) -> Vec<u8> {
    let path = Path::new("aos-my-notes").join(path);
    files(manifest).into_iter().find(|file| file.path == path).expect("the file is there").contents
}

fn json_file(manifest: &Manifest, path: &str) -> Value {
    serde_json::from_slice(&file(manifest, path)).expect("a JSON file")
}
