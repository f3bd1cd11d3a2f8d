//! The files that `manifest --format seed-agent` writes (contract 2.6, 2.7).
//!
//! The agent's manager knows modules of Python. Ours becomes the connector's program as soon as it runs, which
//! then has the process, its signals and its exit code.

use std::fmt::Write as _;

use serde_json::{Map, Value};

use crate::Result;
use crate::manifest::Manifest;
use crate::platform::File;

/// The module, and an entry for `connectors.yml`, of a connector whose binary is found on `PATH` as `program`.
///
/// # Errors
///
/// [`ErrorKind::Usage`](crate::ErrorKind::Usage) when the connector carries no messages.
pub fn files(manifest: &Manifest, program: &str) -> Result<Vec<File>> {
    if !manifest.is_messaging() {
        return Err(super::no_messages(manifest));
    }
    // Another word than the agent's own modules have.
    let module = format!("{}_connector", manifest.id.replace('-', "_"));
    let file = |name: String, contents: String| File {
        path: format!("connectors/{name}").into(),
        contents: contents.into_bytes(),
        executable: false,
    };
    Ok(vec![
        file(format!("{module}.py"), shim(manifest, program)),
        file(format!("{module}.yml"), entry(manifest, &module)),
    ])
}

fn shim(manifest: &Manifest, program: &str) -> String {
    let mut variables = Map::new();
    let settings = manifest.settings.iter().map(|setting| (&setting.name, &setting.env));
    let credentials = manifest.credentials.iter().map(|credential| (&credential.name, &credential.env));
    for (name, variable) in settings.chain(credentials) {
        variables.insert(name.clone(), variable.as_str().into());
    }
    // Texts and objects of JSON are those of Python.
    let text = |text: &str| Value::from(text).to_string();
    let plain: String =
        program.chars().filter(|letter| !matches!(letter, '"' | '\\' | '\n' | '\r')).collect();
    include_str!("shim.py")
        .replace("@PROGRAM@", &plain)
        .replace("@PROGRAM_TEXT@", &text(program))
        .replace("@VARIABLES@", &format!("{:#}", Value::Object(variables)).replace("\n  ", "\n    "))
        .replace("@CLASS@", &class(&manifest.id))
        .replace("@ID@", &text(&manifest.id))
}

/// `my-mail`: `MyMailConnector`.
fn class(id: &str) -> String {
    let mut name = String::new();
    for word in id.split(['-', '_']) {
        let mut letters = word.chars();
        name.extend(letters.next().map(|letter| letter.to_ascii_uppercase()));
        name.push_str(letters.as_str());
    }
    name + "Connector"
}

/// A whole `connectors.yml` of one entry. What has to be set is a variable of the environment; what may be is a
/// comment.
fn entry(manifest: &Manifest, module: &str) -> String {
    let mut text = format!("connectors:\n  - name: {}\n    type: connectors.{module}\n", manifest.id);
    let settings = manifest.settings.iter().map(|setting| (&setting.name, &setting.env, setting.required));
    let credentials = manifest
        .credentials
        .iter()
        .map(|credential| (&credential.name, &credential.env, credential.required));
    for (name, variable, required) in settings.chain(credentials) {
        let mark = if required { "" } else { "# " };
        let _ = writeln!(text, "    {mark}{name}: \"${{{variable}}}\"");
    }
    text
}
