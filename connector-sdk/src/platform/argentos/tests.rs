//! That the documents agree with each other and with the rules of ArgentOS's readers, told on a
//! manifest with every kind of thing.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::{Map, Value, json};

use super::*;
use crate::manifest::{
    Action, Auth, Credential, Effect, Manifest, OptionsSource, Parameter, Permission, Setting,
};
use crate::{Error, ErrorKind};

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
        // ArgentOS means something else by this name, so no action can be called by it.
        action("health", Permission::new(Effect::Destructive), json!({})),
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

fn modes(commands: &Value) -> BTreeMap<String, Value> {
    let commands = commands.as_array().expect("a list of commands");
    let modes: BTreeMap<_, _> = commands
        .iter()
        .map(|command| (command["id"].as_str().expect("an id").to_owned(), command["required_mode"].clone()))
        .collect();
    assert_eq!(modes.len(), commands.len(), "each command once");
    modes
}

#[test]
fn the_documents_agree() {
    let manifest = everything();
    let connector = json_file(&manifest, "connector.json");
    let permissions = json_file(&manifest, "agent-harness/permissions.json");
    let mut capabilities = capabilities(&manifest);

    let modes = modes(&connector["commands"]);
    assert_eq!(json!(modes), permissions["permissions"]);
    assert_eq!(
        json!(modes),
        json!({
            "notes.list": "readonly", "notes.search": "readonly", "notes.create": "write",
            "notes.delete": "admin", "orders.cancel": "full", "tidy": "write", "options.folders": "readonly",
            "capabilities": "readonly", "config.show": "readonly", "health": "readonly", "doctor": "readonly",
        })
    );
    let more = capabilities.as_object_mut().expect("an object");
    assert_eq!(more.remove("version"), Some(json!("1.2.3")));
    assert_eq!(more.remove("modes"), Some(json!(["readonly", "write", "full", "admin"])));
    assert_eq!(capabilities, connector);
    assert_eq!(permissions["tool"], connector["tool"]);
    assert_eq!(permissions["backend"], connector["backend"]);
    let doctor = doctor(&manifest, &State::new()).0;
    let readiness = doctor["runtime"]["command_readiness"].as_object().expect("a readiness each");
    assert_eq!(readiness.keys().collect::<BTreeSet<_>>(), modes.keys().collect());
    let readme = String::from_utf8(file(&manifest, "README.md")).expect("text");
    for (command, mode) in &modes {
        assert!(readme.contains(&format!("### `{command}`")), "{command}");
        let mode = mode.as_str().expect("a mode");
        assert!(
            mode == "readonly" || readme.contains(&format!("--mode {mode} {}", command.replace('.', " "))),
            "{command} {mode}"
        );
    }
    assert_eq!(files(&manifest), files(&everything()), "the same manifest gives the same bytes");
}

#[test]
fn a_command_says_all_that_the_catalogue_reads() {
    let connector = json_file(&everything(), "connector.json");
    let commands = connector["commands"].as_array().expect("commands");
    for command in commands {
        for key in ["id", "summary", "required_mode", "resource", "action_class"] {
            assert!(command[key].as_str().is_some_and(|text| !text.is_empty()), "{key} of {command}");
        }
        assert_eq!(command["supports_json"], json!(true));
    }
    let of = |id: &str, key: &str| {
        commands.iter().find(|command| command["id"] == id).map(|command| command[key].clone())
    };
    assert_eq!(of("notes.list", "summary"), Some(json!("Does notes.list.")));
    assert_eq!(of("notes.delete", "action_class"), Some(json!("destructive")));
    assert_eq!(of("notes.create", "side_effect_level"), Some(json!("local_mutation")));
    assert_eq!(of("notes.delete", "side_effect_level"), Some(json!("external_mutation")));
    assert_eq!(of("notes.list", "side_effect_level"), Some(Value::Null));
    assert_eq!(of("tidy", "resource"), Some(json!("my-notes")));
    assert_eq!(of("options.folders", "resource"), Some(json!("options")));
    assert_eq!(of("options.folders", "action_class"), Some(json!("read")));
    assert_eq!(of("health", "resource"), Some(json!("connector")));
}

#[test]
fn the_canvas_finds_what_its_parser_wants() {
    let connector = json_file(&everything(), "connector.json");
    let scope = &connector["scope"];
    for (fact, holds) in [
        ("scaffold_only", false),
        ("live_backend_available", true),
        ("live_read_available", true),
        ("write_bridge_available", true),
    ] {
        assert_eq!(scope[fact], json!(holds), "{fact}");
    }
    let visible =
        json!(["notes.list", "notes.search", "notes.create", "notes.delete", "orders.cancel", "tidy"]);
    assert_eq!(scope["worker_visible_actions"], visible);
    assert_eq!(connector["connector"]["resources"], json!(["notes", "orders"]));
    assert_eq!(
        scope["pickerHints"]["folders"],
        json!({
            "kind": "folders", "selection_surface": "folders", "resource": "my-notes.folders",
            "source_command": "options.folders", "source_fields": ["id", "name"],
        })
    );
    let mut reader = everything();
    reader.actions.truncate(2);
    assert_eq!(json_file(&reader, "connector.json")["scope"]["write_bridge_available"], json!(false));
}

#[test]
fn every_argument_of_every_command_has_one_field_whose_id_is_its_option() {
    let manifest = everything();
    let connector = json_file(&manifest, "connector.json");
    let fields = connector["scope"]["fields"].as_array().expect("fields");
    for action in manifest.actions.iter().filter(|action| action.command != "health") {
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

#[test]
fn the_host_is_asked_for_all_that_a_connection_needs() {
    let auth = &capabilities(&everything())["auth"];
    assert_eq!(auth["kind"], json!("service-key"));
    assert_eq!(auth["required"], json!(true));
    assert_eq!(auth["service_keys"], json!(["MY_NOTES_TOKEN", "MY_NOTES_ROOT"]));
    assert_eq!(auth["optional_service_keys"], json!(["MY_NOTES_PROXY_PASSWORD", "MY_NOTES_DEPTH"]));
    assert_eq!(
        auth["interactive_setup"],
        json!([
            "Set MY_NOTES_TOKEN.",
            "Set MY_NOTES_ROOT: Folder of the notes. Any folder with Markdown files.",
            "Optionally set MY_NOTES_PROXY_PASSWORD.",
            "Optionally set MY_NOTES_DEPTH.",
        ])
    );
    let none = &capabilities(&Manifest::new("x", "X", "1.0.0"))["auth"];
    assert_eq!((&none["required"], &none["service_keys"]), (&json!(false), &json!([])));
}

/// What the catalogue and the canvas make of an answer, told in our own words.
fn verdicts(data: &Value, top: &Map<String, Value>) -> (bool, &'static str) {
    let catalogue = matches!(data["status"].as_str(), Some("healthy" | "ok"));
    let is = |fact: &str| top.get(fact) == Some(&json!(true));
    let canvas = match top.get("status").and_then(Value::as_str) {
        Some("ready") if is("runtime_ready") && is("write_bridge_available") => "write_ready",
        Some("ready") if is("runtime_ready") && is("live_read_available") => "read_ready",
        _ => "setup_required",
    };
    (catalogue, canvas)
}

#[test]
fn readiness_is_told_in_the_words_of_each_reader() {
    let manifest = everything();
    let set = || State::new().setting("root", "/srv", Source::Env).credential("token", Source::Env);
    let refused = Error::auth("the token was refused");
    let down = Error::unavailable("no route to the service");
    let broken = Error::setup("setting `root`: there is no folder");

    let ready = [set(), set().checked(Ok(()))];
    for state in ready {
        let (data, top) = health(&manifest, &state);
        assert_eq!(verdicts(&data, &top), (true, "write_ready"));
        assert_eq!(data["next_steps"], json!([]));
    }
    for (state, status, step) in [
        (State::new(), "needs_setup", "Set MY_NOTES_TOKEN."),
        (set().failed_to_open(&broken), "needs_setup", "setting `root`: there is no folder."),
        (set().checked(Err(&refused)), "needs_setup", "the token was refused. Check MY_NOTES_TOKEN."),
        (set().checked(Err(&down)), "degraded", "no route to the service."),
    ] {
        let (data, top) = health(&manifest, &state);
        assert_eq!(verdicts(&data, &top), (false, "setup_required"));
        assert_eq!((&data["status"], &top["status"]), (&json!(status), &json!(status)));
        assert_eq!(top["next_steps"][0], json!(step));
        assert_eq!(data["checks"], top["checks"]);
        let (data, top) = doctor(&manifest, &state);
        assert_eq!(data["runtime"], top["runtime"]);
        let ready = &top["runtime"]["command_readiness"];
        assert_eq!((&ready["notes.list"], &ready["health"]), (&json!(false), &json!(true)));
    }
}

#[test]
fn what_is_missing_is_named_by_its_variable() {
    let manifest = everything();
    // What opening found counts too: a variable that is set to nothing is as good as not set.
    let error =
        Error::setup("credential `token` is missing").with_detail("missing_keys", vec!["MY_NOTES_TOKEN"]);
    let state = State::new().credential("token", Source::Env).failed_to_open(&error);
    let (data, top) = health(&manifest, &state);
    let required = json!({
        "name": "required_env", "ok": false,
        "details": { "missing_keys": ["MY_NOTES_TOKEN", "MY_NOTES_ROOT"] },
    });
    assert_eq!(top["checks"][0], required);
    assert_eq!(data["summary"], json!("credential `token` is missing"));
    assert_eq!(data["auth"]["credentials_set"]["MY_NOTES_TOKEN"], json!(true));
    let nothing = Manifest::new("x", "X", "1.0.0");
    let (data, top) = health(&nothing, &State::new());
    assert_eq!(verdicts(&data, &top), (true, "read_ready"));
    assert_eq!(error_code(&nothing, ErrorKind::Setup), "X_SETUP_REQUIRED");
}

#[test]
fn the_readme_keeps_its_tables() {
    let readme = String::from_utf8(file(&everything(), "README.md")).expect("text");
    assert!(readme.starts_with("# My notes\n\nNotes in a folder.\n"), "{readme}");
    for line in [
        "| `MY_NOTES_ROOT` | yes | Folder of the notes. Any folder with Markdown files. |",
        "    aos-my-notes notes search --query TEXT",
        "| `--limit` | a number, 1 to 100 | no, `30` | What limit is \\| for. |",
        "| `--arg-mode` | `deep`, `flat` | no, `flat` | What mode is \\| for. |",
    ] {
        assert!(readme.lines().any(|found| found == line), "{line}\nis not in\n{readme}");
    }
}

/// Where real manifests lie, they use every word that ours do.
#[test]
fn the_vocabulary_is_that_of_real_manifests() {
    let real = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/argentos");
    let Ok(folders) = std::fs::read_dir(&real) else {
        println!("skipped: no real manifests to compare with");
        return;
    };
    let mut words = BTreeSet::new();
    for folder in folders.flatten() {
        let Ok(text) = std::fs::read(folder.path().join("connector.json")) else { continue };
        collect(&serde_json::from_slice(&text).expect("a real manifest"), "", &mut words);
    }
    // In the contract's census (1.2), and in none of the manifests at hand.
    words.extend(
        [
            "/auth/optional_service_keys",
            "/commands/side_effect_level",
            "/scope/fields/default",
            "/scope/fields/example",
            "/scope/fields/options",
            "/scope/fields/options/description",
            "/scope/fields/options/label",
            "/scope/fields/options/value",
            "/scope/fields/pickerHint",
        ]
        .map(str::to_owned),
    );
    let mut ours = BTreeSet::new();
    collect(&json_file(&everything(), "connector.json"), "", &mut ours);
    let strange: Vec<_> = ours.difference(&words).collect();
    assert_eq!(strange, Vec::<&String>::new());
}

/// The keys of a document with their places; what is named by its author counts as one place.
fn collect(value: &Value, at: &str, words: &mut BTreeSet<String>) {
    match value {
        Value::Object(map) => {
            for (key, child) in map {
                let named = at.ends_with("/pickerHints") || at.ends_with("/commandDefaults");
                let place = format!("{at}/{}", if named { "*" } else { key });
                collect(child, &place, words);
                words.insert(place);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, at, words)),
        _ => {}
    }
}
