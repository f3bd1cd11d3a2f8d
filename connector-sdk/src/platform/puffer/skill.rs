//! `SKILL.md`: how an agent uses the connector (contract 1.10).

use std::fmt::{self, Write};

use super::send;
use super::template::described;
use crate::manifest::Manifest;

/// The text of `SKILL.md`.
pub(super) fn skill(manifest: &Manifest) -> String {
    let mut text = String::new();
    // Writing to a `String` can't fail.
    let _ = write(&mut text, manifest);
    text
}

fn write(out: &mut String, manifest: &Manifest) -> fmt::Result {
    let first = described(manifest).lines().next().unwrap_or_default();
    writeln!(out, "---")?;
    writeln!(out, "name: {}", manifest.id)?;
    // No `allowed-tools`, which may be left out: Puffer's own skills list `Bash` there and nothing else, for their command
    // lines. This one needs no shell.
    // A text of JSON is one of YAML.
    writeln!(out, "description: {}", serde_json::Value::from(first))?;
    writeln!(out, "argument-hint: <connection>")?;
    writeln!(out, "arguments: target")?;
    writeln!(out, "user-invocable: true")?;
    writeln!(out, "disable-model-invocation: false")?;
    writeln!(out, "---\n")?;
    writeln!(out, "# {}\n", manifest.title)?;
    writeln!(out, "{}\n", described(manifest))?;
    writeln!(
        out,
        "Use the connection `$target` of the connector `{}`: `ConnectorAct` for what only reads, \
         `ConnectorActionDraft` for what has an effect outside.",
        manifest.id
    )?;
    if !manifest.actions.is_empty() || send::is_ours(manifest) {
        writeln!(out, "\n## Actions\n")?;
    }
    for action in &manifest.actions {
        let effect = if action.permission.external_side_effect { " (needs a draft)" } else { "" };
        writeln!(out, "- `{}`{effect}: {}", action.name, action.summary())?;
        for parameter in &action.parameters {
            let required = if parameter.required { ", required" } else { "" };
            let about = parameter.description.lines().next().unwrap_or_default();
            writeln!(out, "  - `{}`{required}: {about}", parameter.name)?;
        }
    }
    if let (true, Some(delivery)) = (send::is_ours(manifest), &manifest.delivery) {
        let about = delivery.description.lines().next().unwrap_or_default();
        writeln!(out, "- `{}` (needs a draft): {about}", send::NAME)?;
        writeln!(out, "  - `to`, required: the conversation\n  - `message`, required: the text")?;
        writeln!(out, "  - `thread`: the thread inside the conversation")?;
    }
    if let Some(events) = &manifest.events {
        writeln!(out, "\n## Events\n\n{}", events.description)?;
    }
    Ok(())
}
