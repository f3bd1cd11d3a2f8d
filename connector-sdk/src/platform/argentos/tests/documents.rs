//! That the documents agree, and say what each of their readers needs.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::{Value, json};

use super::super::*;
use super::{everything, file, json_file};

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

#[test]
fn the_readme_keeps_its_tables() {
    let readme = String::from_utf8(file(&everything(), "README.md")).expect("text");
    assert!(readme.starts_with("# My notes\n\nNotes in a folder.\n"), "{readme}");
    for line in [
        "| `MY_NOTES_ROOT` | yes | Folder of the notes. Any folder with Markdown files. |",
        "    aos-my-notes notes search --query TEXT",
        "| `--limit` | a number, 1 to 100 | no, `30` | What limit is \\| for. |",
        "| `--folder` | one of `options folders` | yes | What folder is \\| for. |",
        "| `--arg-mode` | `deep`, `flat` | no, `flat` | What mode is \\| for. |",
    ] {
        assert!(readme.lines().any(|found| found == line), "{line}\nis not in\n{readme}");
    }
}

/// Real manifests use every word that ours do. `./test` says by a variable where they lie.
#[test]
fn the_vocabulary_is_that_of_real_manifests() {
    let Some(shared) = std::env::var_os("CONNECTOR_SHARED") else {
        crate::left_out::left_out("CONNECTOR_SHARED doesn't say where real manifests lie");
        return;
    };
    let real = Path::new(&shared).join("data/argentos");
    let folders = std::fs::read_dir(&real)
        .unwrap_or_else(|error| panic!("CONNECTOR_SHARED: can't read `{}`: {error}", real.display()));
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
