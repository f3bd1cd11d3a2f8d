//! The commands of a host.

use serde_json::{Value, json};

use super::super::command::Builtin;
use crate::host::Event;
use crate::manifest::{Action, Effect, Manifest, Parameter, Permission};

/// A command of a host.
pub(super) struct HostCommand {
    pub(super) name: &'static str,
    /// What stands after its name.
    pub(super) takes: &'static str,
    pub(super) about: &'static str,
    pub(super) kind: Kind,
    /// Name, JSON type, and what for.
    options: &'static [(&'static str, &'static str, &'static str)],
}

/// Who runs a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// The host.
    Own(Own),
    /// A connector: one of its actions.
    Call,
    /// A connector, as in its own binary.
    Builtin(Builtin),
}

/// The commands that a host runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Own {
    List,
    Connections,
    Status,
    #[cfg(feature = "supervisor")]
    Run,
    Audit,
    Doctor,
}

impl Kind {
    pub(super) fn is_own(self) -> bool {
        matches!(self, Self::Own(_))
    }

    /// What the audit trail calls it; none: it leaves no trace.
    pub(super) fn event(self) -> Option<Event> {
        match self {
            Self::Call => Some(Event::Call),
            Self::Builtin(Builtin::Connect) => Some(Event::Connect),
            Self::Builtin(Builtin::Disconnect) => Some(Event::Disconnect),
            Self::Own(_) | Self::Builtin(_) => None,
        }
    }
}

const CONNECTOR: (&str, &str, &str) = ("connector", "string", "The id of a connector");

pub(super) const COMMANDS: &[HostCommand] = &[
    HostCommand {
        name: "list",
        takes: "[CONNECTOR]",
        about: "List the connectors, or what one of them can do",
        kind: Kind::Own(Own::List),
        options: &[CONNECTOR],
    },
    HostCommand {
        name: "connect",
        takes: "CONNECTOR [NAME] [--stdin]",
        about: "Check settings and credentials, and store them for later calls",
        kind: Kind::Builtin(Builtin::Connect),
        options: &[],
    },
    HostCommand {
        name: "disconnect",
        takes: "CONNECTOR [NAME]",
        about: "Forget what was stored of a connection",
        kind: Kind::Builtin(Builtin::Disconnect),
        options: &[],
    },
    HostCommand {
        name: "connections",
        takes: "[CONNECTOR]",
        about: "List the connections that are stored",
        kind: Kind::Own(Own::Connections),
        options: &[CONNECTOR],
    },
    #[cfg(not(feature = "supervisor"))]
    HostCommand {
        name: "status",
        takes: "[CONNECTOR]",
        about: "Tell of each stored connection whether it works",
        kind: Kind::Own(Own::Status),
        options: &[CONNECTOR],
    },
    #[cfg(feature = "supervisor")]
    HostCommand {
        name: "status",
        takes: "[CONNECTOR] [--run FILE]",
        about: "Tell of each stored connection whether it works, or how those of a `run` fare",
        kind: Kind::Own(Own::Status),
        options: &[CONNECTOR, ("run", "string", "What `run FILE` last said of its connectors")],
    },
    #[cfg(feature = "supervisor")]
    HostCommand {
        name: "run",
        takes: "[FILE]",
        about: "Subscribe to what a file names, and write events as lines of JSON until a signal ends it",
        kind: Kind::Own(Own::Run),
        options: &[("file", "string", "The file that names it [default: hosts.yml]")],
    },
    HostCommand {
        name: "call",
        takes: "CONNECTOR ACTION [--input JSON | ARGUMENTS ..]",
        about: "Call an action",
        kind: Kind::Call,
        options: &[],
    },
    HostCommand {
        name: "options",
        takes: "CONNECTOR SOURCE [QUERY]",
        about: "List the choices for a setting or an argument",
        kind: Kind::Builtin(Builtin::Options),
        options: &[],
    },
    HostCommand {
        name: "audit",
        takes: "[--limit N] [--connector ID] [--action NAME] [--outcome KIND]",
        about: "Show the last calls, those that were refused too",
        kind: Kind::Own(Own::Audit),
        options: &[
            ("limit", "integer", "At most so many, the last ones [default: 50]"),
            ("connector", "string", "Only those of a connector"),
            ("action", "string", "Only those of an action, by its name"),
            ("outcome", "string", "Only those that ended so: `ok`, `denied`, `usage`, `auth` .."),
        ],
    },
    HostCommand {
        name: "doctor",
        takes: "",
        about: "Fail where a connector file can't be used, and say why",
        kind: Kind::Own(Own::Doctor),
        options: &[],
    },
];

impl HostCommand {
    /// The command that a word names.
    pub(super) fn of(word: &str) -> Option<&'static Self> {
        COMMANDS.iter().find(|command| command.name == word)
    }

    pub(super) fn options(&self) -> &'static [(&'static str, &'static str, &'static str)] {
        self.options
    }
}

/// The commands as the actions of a connector, which is how a command line is read.
pub(super) fn manifest() -> Manifest {
    let mut manifest = Manifest::new("host", "Connectors", env!("CARGO_PKG_VERSION"));
    manifest.description = "Connectors that are linked into this program, or files in a folder.".to_owned();
    manifest.actions = COMMANDS.iter().map(action).collect();
    manifest
}

fn action(command: &HostCommand) -> Action {
    let mut action = Action::new(command.name, Permission::new(Effect::Read));
    action.description = command.about.to_owned();
    for (name, kind, about) in command.options {
        let mut parameter = Parameter::new(*name);
        parameter.description = (*about).to_owned();
        action.parameters.push(parameter);
        if let Some(Value::Object(properties)) = action.input_schema.get_mut("properties") {
            properties.insert((*name).to_owned(), json!({ "type": kind }));
        }
    }
    action
}
