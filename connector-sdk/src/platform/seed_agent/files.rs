//! The files that `manifest --format seed-agent` writes (contract 2.6, 2.7).
//!
//! The agent's manager knows modules of Python. Ours becomes the connector's program as soon as it runs, which
//! then has the process, its signals and its exit code.

use std::fmt::Write as _;

use serde_json::{Map, Value};

use crate::manifest::{Manifest, taken_in_seed_agent};
use crate::platform::File;
use crate::{Error, Result};

/// The module, and an entry for `connectors.yml`, of a connector whose binary is found on `PATH` as `program`.
///
/// # Errors
///
/// [`ErrorKind::Usage`](crate::ErrorKind::Usage) when the connector carries no messages, or when a setting or
/// credential of it has a name that an entry uses itself.
pub fn files(manifest: &Manifest, program: &str) -> Result<Vec<File>> {
    if !manifest.is_messaging() {
        return Err(super::no_messages(manifest));
    }
    if let Some(taken) = taken_in_seed_agent(manifest).next() {
        return Err(Error::usage(format!("`{}`: {}", taken.subject, taken.message)));
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::ErrorKind;
    use crate::manifest::{Credential, Delivery, Events, Setting, TAKEN_IN_SEED_AGENT};

    fn post() -> Manifest {
        let mut manifest = Manifest::new("post", "Post", "1.0.0");
        let mut events = Events::new("Messages.", json!({"type": "object"}));
        events.messages = true;
        manifest.events = Some(events);
        manifest.delivery = Some(Delivery::new("Deliver a message."));
        manifest.settings = vec![Setting::new("server", "POST_SERVER")];
        manifest
    }

    #[test]
    fn what_an_entry_uses_itself_is_no_name_of_a_setting() {
        assert!(files(&post(), "post").is_ok() && post().findings().is_empty());
        for name in TAKEN_IN_SEED_AGENT {
            let mut of_setting = post();
            of_setting.settings.push(Setting::new(name, "POST_IT"));
            let mut of_credential = post();
            of_credential.credentials = vec![Credential::new(name, "POST_IT")];
            for manifest in [of_setting, of_credential] {
                let error = files(&manifest, "post").expect_err(name);
                assert_eq!(error.kind(), ErrorKind::Usage);
                assert!(error.message().starts_with(&format!("`{name}`: ")), "{error}");
                assert!(error.message().ends_with("rename the field"), "{error}");
                let [finding] = &*manifest.findings() else { panic!("one finding of {name}") };
                assert_eq!(finding.to_string(), error.message());
                let mut silent = manifest.clone();
                silent.delivery = None;
                assert!(silent.findings().is_empty(), "an agent has no use for it");
            }
        }
    }

    /// The module knows them as well.
    #[test]
    fn what_the_module_takes_is_what_an_entry_uses() {
        let shim = include_str!("shim.py");
        let words = |beginning: &str| -> Vec<&str> {
            let line = shim.lines().find(|line| line.starts_with(beginning)).expect("a line");
            line.split('"').skip(1).step_by(2).collect()
        };
        let mut taken = [words("FLAGS"), words("OPTIONS"), vec!["program", "name", "type"]].concat();
        taken.sort_unstable();
        let mut expected = TAKEN_IN_SEED_AGENT.to_vec();
        expected.sort_unstable();
        assert_eq!(taken, expected);
    }
}
