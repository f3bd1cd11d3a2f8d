//! What seed-agent's manager reads: an entry of `connectors.yml`, and the module that it names (its contract, 2.5 to
//! 2.7).

use std::fs;
use std::process::Command;

use serde_json::Value;

use crate::connectors::{Connector, Files, all};

fn each(check: impl Fn(&Connector, &Files)) {
    for connector in all() {
        if let Some(files) = &connector.seed_agent {
            check(&connector, files);
        }
    }
}

fn module(connector: &Connector) -> String {
    format!("{}_connector", connector.id().replace('-', "_"))
}

fn each_entry(check: impl Fn(&Connector, &Value, &str)) {
    each(|connector, files| {
        let text = &files[&format!("connectors/{}.yml", module(connector))];
        let file: Value = serde_saphyr::from_str(text).expect("YAML");
        let entries = file["connectors"].as_array().expect("a list");
        assert_eq!(entries.len(), 1);
        check(connector, &entries[0], text);
    });
}

#[test]
fn an_entry_names_a_module_that_is_there() {
    each(|connector, files| assert!(files.contains_key(&format!("connectors/{}.py", module(connector)))));
    each_entry(|connector, entry, _| {
        let expected = format!("connectors.{}", module(connector));
        assert_eq!(entry["type"], expected.as_str());
        let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        assert!(expected.split('.').all(|word| word.bytes().all(is_word)), "{expected}");
    });
}

/// It is a folder's name and the beginning of a file's (contract 2.2).
#[test]
fn the_name_of_an_instance_is_a_plain_word() {
    each_entry(|_, entry, _| {
        let name = entry["name"].as_str().expect("a text");
        assert!(!name.is_empty() && !name.contains(['/', '.', ' ']), "{name}");
    });
}

/// Placeholders are whole values there, and nothing else is ever expanded (contract 2.5).
#[test]
fn what_must_be_set_is_a_whole_placeholder_and_what_may_be_is_a_comment() {
    each_entry(|connector, entry, text| {
        let (settings, credentials) = (&connector.manifest["settings"], &connector.manifest["credentials"]);
        let lists = [settings, credentials];
        for one in lists.iter().flat_map(|list| list.as_array().into_iter().flatten()) {
            let (name, variable) = (one["name"].as_str().expect("a name"), one["env"].as_str().expect("one"));
            let placeholder = format!("${{{variable}}}");
            if one["required"] == true {
                assert_eq!(entry[name], placeholder.as_str(), "{name} of {}", connector.program);
            } else {
                assert!(entry.get(name).is_none(), "{name} of {}", connector.program);
                assert!(text.contains(&format!("# {name}: \"{placeholder}\"")), "{text}");
            }
        }
    });
}

/// What the manager does with a module, and what its class must have (contract 2.6).
const IMPORT: &str = r#"
import importlib, sys, types
from abc import ABC, abstractmethod

class Connector(ABC):
    connector_type = ""
    def __init__(self, name, seed_home, config=None):
        self.name, self.seed_home, self.config = name, seed_home, config or {}
    @abstractmethod
    def connect(self): ...
    @abstractmethod
    def disconnect(self): ...
    @abstractmethod
    def send_message(self, msg): ...
    @abstractmethod
    def run_loop(self): ...

base = types.ModuleType("connectors.base")
inner = types.ModuleType("connectors.base.connector")
inner.Connector = Connector
sys.modules["connectors.base"], sys.modules["connectors.base.connector"] = base, inner
module = importlib.import_module(sys.argv[1])
found = [value for value in (getattr(module, name) for name in sorted(dir(module)))
         if isinstance(value, type) and issubclass(value, Connector) and value.connector_type]
found[0]("work", "~/agent", {"a": 1})
print(found[0].connector_type)
"#;

#[test]
fn the_module_has_a_class_that_the_manager_finds_first() {
    each(|connector, files| {
        let folder = tempfile::tempdir().expect("a folder");
        fs::create_dir(folder.path().join("connectors")).expect("a folder");
        for (path, text) in files {
            fs::write(folder.path().join(path), text).expect("written");
        }
        fs::write(folder.path().join("connectors/__init__.py"), "").expect("written");
        let module = format!("connectors.{}", module(connector));
        let imported =
            Command::new("python3").args(["-c", IMPORT, &module]).current_dir(folder.path()).output();
        let Ok(output) = imported else {
            connector_tests::left_out("there is no python3 to import a module with");
            return;
        };
        assert!(output.status.success(), "{output:?}");
        let kind = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        assert_eq!(kind, connector.id(), "not empty, and its own");
    });
}

/// Everybody may read the arguments of a process.
#[test]
fn no_credential_is_an_argument() {
    each(|connector, files| {
        let text = &files[&format!("connectors/{}.py", module(connector))];
        let line = text.lines().find(|line| line.trim_start().starts_with("OPTIONS")).expect("a line");
        for credential in connector.manifest["credentials"].as_array().into_iter().flatten() {
            let name = credential["name"].as_str().expect("a name");
            assert!(!line.contains(&format!("{name:?}")), "{line}");
            let variable = credential["env"].as_str().expect("a text");
            assert!(text.contains(&format!("{name:?}: {variable:?}")), "{name} goes by the environment");
        }
    });
}
