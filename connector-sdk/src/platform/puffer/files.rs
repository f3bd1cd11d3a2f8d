//! The files that `manifest --format puffer` writes.
//!
//! Puffer reads no template from a folder while it runs: `register.json` is the input of its tool
//! `ConnectorRegister`. The skill and the subscriber belong below a `.puffer` folder.

use serde_json::{Value, json};

use super::skill::skill;
use super::template::template;
use crate::manifest::Manifest;
use crate::platform::File;

/// All files of a connector whose binary is found on `PATH` as `program`.
pub fn files(manifest: &Manifest, program: &str) -> Vec<File> {
    let id = &manifest.id;
    let file = |path: String, contents: Vec<u8>| File { path: path.into(), contents, executable: false };
    let template = template(manifest, program);
    let mut files = vec![
        file(format!("connectors/{id}/register.json"), pretty(&json!({ "template": template }))),
        file(format!("connectors/{id}/template.json"), pretty(&template)),
        file(format!("skills/{id}/SKILL.md"), skill(manifest).into_bytes()),
    ];
    if manifest.events.is_some() {
        files.push(file(
            format!("subscribers/{id}/manifest.toml"),
            subscriber(manifest, program).into_bytes(),
        ));
    }
    files
}

/// The other way to be run: events on a topic, without acknowledgements (contract 1.8).
fn subscriber(manifest: &Manifest, program: &str) -> String {
    // A text of JSON is one of TOML, but for `\/`, which serde_json never writes.
    let text = |text: &str| Value::from(text).to_string();
    let (id, name, program) = (text(&manifest.id), text(&manifest.title), text(program));
    format!(
        "manifest_version = 1\nid = {id}\nkind = \"subscriber\"\ntopic = {id}\ndisplay_name = {name}\n\n\
         [run]\ncmd = [{program}, \"subscriber\"]\n\n[state]\ndir = \"state\"\n"
    )
}

/// JSON for people and version control: indented, with a newline at the end.
fn pretty(value: &Value) -> Vec<u8> {
    format!("{value:#}\n").into_bytes()
}
