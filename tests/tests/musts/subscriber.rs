//! `subscribers/<id>/manifest.toml`, the way without acknowledgements (contract 1.8).

use toml::Table;

use crate::connectors::{Connector, all, is_slug};

fn each(check: impl Fn(&Connector, &Table)) {
    for connector in all() {
        let path = format!("subscribers/{}/manifest.toml", connector.id());
        match connector.puffer.get(&path) {
            Some(text) => check(&connector, &toml::from_str(text).expect("TOML")),
            None => assert!(!connector.subscribes(), "{path} is missing"),
        }
    }
}

#[test]
fn it_is_of_the_first_version() {
    each(|_, manifest| assert_eq!(manifest["manifest_version"].as_integer(), Some(1)));
}

#[test]
fn it_has_the_id_of_its_folder() {
    each(|connector, manifest| {
        let id = manifest["id"].as_str().expect("a text");
        assert!(is_slug(id) && id == connector.id(), "{id}");
        assert_eq!(manifest["kind"].as_str(), Some("subscriber"));
    });
}

#[test]
fn it_has_a_command() {
    each(|connector, manifest| {
        let command = manifest["run"]["cmd"].as_array().expect("a list");
        let words: Vec<&str> = command.iter().filter_map(|word| word.as_str()).collect();
        assert_eq!(words, [connector.program.as_str(), "subscriber"]);
    });
}

#[test]
fn its_state_is_below_its_folder() {
    each(|_, manifest| {
        let folder = manifest["state"]["dir"].as_str().expect("a text");
        assert!(!folder.is_empty() && !folder.starts_with('/') && !folder.contains(".."), "{folder}");
    });
}

/// A variable there is a literal, so it could hold nothing but one person's value.
#[test]
fn it_sets_no_variable() {
    each(|_, manifest| assert!(manifest["run"].get("env").is_none()));
}
