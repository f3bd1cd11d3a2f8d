//! Whatever a host sends to the notes example is answered, and nothing outside of its folder is touched;
//! whatever is piped into a connector's program is answered with an envelope.

#![expect(clippy::expect_used, reason = "a test that can't go on says so by panicking")]

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use connector_sdk::call::{Caller, Connection};
use connector_sdk::manifest::Mode;
use connector_sdk::prelude::*;
use connector_sdk::{Settings, factory};
use notes::Notes;
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use tempfile::TempDir;

const CANARY: &str = "nobody may change this";

/// A folder with notes, in a folder with something that is none of theirs.
struct Place {
    outside: TempDir,
    notes: Connection,
}

impl Place {
    fn new() -> Self {
        let outside = TempDir::new().expect("a folder");
        let root = outside.path().join("root");
        fs::create_dir_all(root.join("sub")).expect("a folder");
        for (path, text) in
            [("root/tea.md", "# Tea"), ("root/sub/a.md", "---\ntitle: A\n---\nb"), ("canary.md", CANARY)]
        {
            fs::write(outside.path().join(path), text).expect("a note");
        }
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(outside.path(), root.join("up")).expect("a link");
            std::os::unix::fs::symlink("../canary.md", root.join("link.md")).expect("a link");
        }
        let settings = Settings::new().value("root", root.to_str().expect("text"));
        let notes = Connection::open("notes", &factory::<Notes>(), &settings).expect("a connection");
        Self { outside, notes }
    }

    fn is_untouched(&self) -> bool {
        let mut names: Vec<_> = fs::read_dir(self.outside.path())
            .expect("the folder")
            .map(|entry| entry.expect("an entry").file_name())
            .collect();
        names.sort();
        names == ["canary.md", "root"]
            && fs::read_to_string(self.outside.path().join("canary.md")).is_ok_and(|text| text == CANARY)
    }
}

/// Paths that lead out, and some that don't.
fn any_path(canary: &Path) -> impl Strategy<Value = String> + use<> {
    let part = prop_oneof![
        3 => prop::sample::select(vec!["..", ".", "sub", "up", "link.md", "tea.md", "a.md", "canary.md", "", "~", "root"])
            .prop_map(str::to_owned),
        1 => any::<String>(),
    ];
    let parts = (vec(part, 0..5), any::<bool>())
        .prop_map(|(parts, absolute)| format!("{}{}", if absolute { "/" } else { "" }, parts.join("/")));
    prop_oneof![9 => parts, 1 => Just(canary.to_str().expect("text").to_owned())]
}

fn any_value(canary: &Path) -> impl Strategy<Value = Value> + use<> {
    prop_oneof![
        5 => any_path(canary).prop_map(Value::from),
        2 => any::<u16>().prop_map(Value::from),
        1 => any::<f64>().prop_map(Value::from),
        1 => Just(Value::Null),
        1 => vec(any::<String>(), 0..3).prop_map(Value::from),
        1 => Just(json!({ "path": "tea.md" })),
    ]
}

#[test]
fn whatever_is_sent_stays_in_the_folder() {
    let place = Place::new();
    let manifest = place.notes.manifest().clone();
    let canary = place.outside.path().join("canary.md");
    let caller = Caller::new("anybody", Mode::Admin).without_asking();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    let names: Vec<String> = manifest
        .actions
        .iter()
        .flat_map(|action| action.parameters.iter().map(|parameter| parameter.name.clone()))
        .collect();
    let actions: Vec<String> = manifest.actions.iter().map(|action| action.name.clone()).collect();
    let argument = (prop::sample::select(names), any_value(&canary));
    let call = (prop::sample::select(actions), vec(argument, 0..4), any::<bool>());
    let config = ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() };
    proptest!(config, |((action, arguments, only_known) in call)| {
        let known = |name: &str| manifest.action(&action).is_some_and(|action| action.property(name).is_some());
        let arguments = arguments.into_iter().filter(|(name, _)| !only_known || known(name));
        let input: Map<String, Value> = arguments.collect();
        match runtime.block_on(place.notes.act(&action, &input, &caller)) {
            Ok(output) => {
                let output = String::from_utf8_lossy(output.as_bytes()).into_owned();
                prop_assert!(!output.contains(CANARY), "{} {:?} read {}", action, input, output);
            }
            Err(error) => prop_assert!(
                !matches!(error.kind(), ErrorKind::Internal | ErrorKind::Cancelled),
                "{} {:?}: {:?}", action, input, error
            ),
        }
        prop_assert!(place.is_untouched(), "{} {:?}", action, input);
    });
}

#[test]
fn whatever_is_piped_in_is_answered_with_an_envelope() {
    let answer = |action: &str, input: &[u8]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_vault"));
        command.args(["--json", "--mode", "admin", "call", action, "--input", "-"]).env_clear();
        command.env("VAULT_PASSWORD", "password");
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut stdin = child.stdin.take().expect("a pipe");
        // The program may have had enough before all is written.
        let _ = stdin.write_all(input);
        drop(stdin);
        child.wait_with_output().expect("the program ends")
    };
    let is_an_envelope = |action: &str, input: &[u8]| -> Result<i32, TestCaseError> {
        let output = answer(action, input);
        let envelope: Result<Value, _> = serde_json::from_slice(&output.stdout);
        prop_assert!(envelope.is_ok(), "{}", String::from_utf8_lossy(&output.stdout));
        let envelope = envelope.unwrap_or_default();
        let code = output.status.code().unwrap_or(-1);
        prop_assert_eq!(&envelope["ok"], code == 0, "{}", envelope);
        prop_assert_eq!(&envelope["tool"], "aos-vault");
        prop_assert!([0, 2, 5, 10].contains(&code), "{}: {}", code, envelope);
        prop_assert!(code != 10 || action.starts_with("panic"), "{}", envelope);
        Ok(code)
    };
    let actions = prop::sample::select(vec!["show", "fail", "panic_early", "store"]);
    let input = prop_oneof![
        vec(any::<u8>(), 0..40),
        any::<String>().prop_map(|text| json!({ "text": text, "what": text }).to_string().into_bytes()),
        any::<String>().prop_map(|text| json!({ "text": text }).to_string().into_bytes()),
        Just(b"{}".to_vec()),
    ];
    let config = ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() };
    proptest!(config, |((action, input) in (actions, input))| {
        is_an_envelope(action, &input)?;
    });

    // More than it reads: it stops at its limit, and says so.
    let mut large = br#"{"text":""#.to_vec();
    large.resize(100 * 1024 * 1024, b'x');
    large.extend_from_slice(b"\"}");
    assert_eq!(is_an_envelope("show", &large).expect("an envelope"), 2);
    // As much as it reads is read.
    large.truncate(15 * 1024 * 1024);
    large.extend_from_slice(b"\"}");
    assert_eq!(is_an_envelope("show", &large).expect("an envelope"), 0);
}
