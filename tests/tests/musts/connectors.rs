//! The connectors, and the files that they are to these platforms.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use connector_sdk::manifest::Manifest;
use connector_sdk::platform::{File, puffer, seed_agent};
use connector_sdk::{Factory, factory};
use serde_json::Value;

/// The examples. A new one is a line.
fn examples() -> Vec<(&'static str, Manifest)> {
    let of = |factory: &dyn Factory| factory.manifest().clone();
    vec![
        ("github", of(&factory::<github::GitHub>())),
        ("mail", of(&factory::<mail::Mailbox>())),
        ("matrix", of(&factory::<matrix::Matrix>())),
        ("notes", of(&factory::<notes::Notes>())),
    ]
}

/// The tests' own programs, which have what an example may not.
const PROGRAMS: [&str; 3] =
    [env!("CARGO_BIN_EXE_chimes"), env!("CARGO_BIN_EXE_mailer"), env!("CARGO_BIN_EXE_ticker")];

/// A connector as a platform sees it.
pub(crate) struct Connector {
    /// What its binary is called.
    pub(crate) program: String,
    /// What `manifest` says.
    pub(crate) manifest: Value,
    /// What `manifest --check` finds, with whom it is about; none: it was not asked.
    pub(crate) findings: Option<Vec<(String, String)>>,
    /// What `manifest --format puffer` writes.
    pub(crate) puffer: Files,
    /// What `manifest --format seed-agent` writes; none: it carries no messages.
    pub(crate) seed_agent: Option<Files>,
}

/// Files by their paths.
pub(crate) type Files = BTreeMap<String, String>;

impl Connector {
    pub(crate) fn id(&self) -> &str {
        self.manifest["id"].as_str().expect("an id")
    }

    /// The `ConnectorTemplate`.
    pub(crate) fn template(&self) -> Value {
        let file = &self.puffer[&format!("connectors/{}/template.json", self.id())];
        serde_json::from_str(file).expect("JSON")
    }

    pub(crate) fn subscribes(&self) -> bool {
        !self.manifest["events"].is_null()
    }

    pub(crate) fn carries_messages(&self) -> bool {
        self.manifest["events"]["messages"] == true && !self.manifest["delivery"].is_null()
    }
}

/// All of them.
pub(crate) fn all() -> Vec<Connector> {
    let linked = examples().into_iter().map(|(program, manifest)| Connector {
        program: program.to_owned(),
        findings: Some(
            manifest.findings().into_iter().map(|finding| (finding.subject, finding.message)).collect(),
        ),
        puffer: by_path(puffer::files(&manifest, program)),
        seed_agent: seed_agent::files(&manifest, program).ok().map(by_path),
        manifest: serde_json::to_value(&manifest).expect("JSON"),
    });
    linked.chain(PROGRAMS.iter().map(|path| of_program(path))).collect()
}

fn by_path(files: Vec<File>) -> Files {
    files
        .into_iter()
        .map(|file| {
            let path = file.path.to_str().expect("text").to_owned();
            (path, String::from_utf8(file.contents).expect("text"))
        })
        .collect()
}

fn of_program(path: &str) -> Connector {
    let run = |arguments: &[&str]| Command::new(path).args(arguments).output().expect("it starts");
    let written = |format: &str| {
        let folder = tempfile::tempdir().expect("a folder");
        let out = folder.path().to_str().expect("text");
        let output = run(&["manifest", "--format", format, "--out", out]);
        output.status.success().then(|| {
            let mut files = Files::new();
            collect(folder.path(), folder.path(), &mut files);
            files
        })
    };
    Connector {
        program: Path::new(path).file_stem().expect("a name").to_str().expect("text").to_owned(),
        manifest: serde_json::from_slice(&run(&["manifest"]).stdout).expect("JSON"),
        findings: None,
        puffer: written("puffer").expect("each is one"),
        seed_agent: written("seed-agent"),
    }
}

fn collect(root: &Path, folder: &Path, files: &mut Files) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            collect(root, &path, files);
        } else {
            let name = path.strip_prefix(root).expect("below").to_str().expect("text").to_owned();
            files.insert(name, std::fs::read_to_string(&path).expect("text"));
        }
    }
}

/// `^[a-z0-9]+(-[a-z0-9]+)*$`, the strictest of Puffer's rules (contract 1.3).
pub(crate) fn is_slug(text: &str) -> bool {
    text.split('-').all(|word| {
        !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    })
}

#[test]
fn there_is_one_of_each_kind() {
    let all = all();
    assert!(all.iter().any(|one| one.subscribes() && one.carries_messages()));
    assert!(all.iter().any(|one| one.seed_agent.is_none()));
    for connector in all {
        assert_eq!(connector.seed_agent.is_some(), connector.carries_messages(), "{}", connector.program);
    }
}
