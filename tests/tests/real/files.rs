//! Connectors from YAML files, opened on a server of the tests.

use std::path::PathBuf;

use connector_sdk::Settings;
use connector_sdk::call::{Caller, Connection};
use connector_sdk::manifest::Mode;
use connector_sdk::platform::pocketpaw;

/// Whoever may do anything.
pub(crate) fn admin() -> Caller {
    Caller::new("test", Mode::Admin).without_asking()
}

pub(crate) fn open(text: &str, settings: &Settings) -> Connection {
    let loaded = pocketpaw::parse(text, "shop").expect("a connector");
    Connection::open("test", &*loaded.factory, settings).expect("a connection")
}

/// One of PocketPaw's own files, with its service's address replaced. None, and said so, where
/// `CONNECTOR_SHARED` doesn't say where they are.
pub(crate) fn shared(file: &str, service: &str, server: &str) -> Option<String> {
    let Some(folder) = std::env::var_os("CONNECTOR_SHARED") else {
        connector_tests::left_out("CONNECTOR_SHARED doesn't say where PocketPaw's files lie");
        return None;
    };
    let path = PathBuf::from(folder).join("data/pocketpaw").join(file);
    let text = std::fs::read_to_string(&path).expect("one of PocketPaw's files");
    assert!(text.contains(service), "{file} has another address");
    Some(text.replace(service, server))
}
