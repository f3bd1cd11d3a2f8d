//! What README says to a newcomer: paste the connector into an empty crate, add one dependency, run it.

#![expect(clippy::expect_used, reason = "a test that can't go on says so by panicking")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the repository").to_owned()
}

/// The first block of Rust after the mark.
fn connector(readme: &str) -> &str {
    let (_, after) = readme.split_once("<!-- connector -->").expect("the mark");
    let (_, code) = after.split_once("```rust\n").expect("a block of Rust");
    code.split_once("```").expect("its end").0
}

/// Where cargo puts what it builds for these tests, beside where it put this test.
fn target() -> PathBuf {
    let test = std::env::current_exe().expect("this test");
    let target = test.ancestors().nth(3).expect("target/debug/deps");
    target.join("tests").join("readme")
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO"))
        .args(["run", "--quiet", "--"])
        .args(arguments)
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", target())
        .output()
        .expect("cargo runs")
}

#[test]
fn the_connector_of_the_readme_runs_in_an_empty_crate() {
    let repository = repository();
    let readme = fs::read_to_string(repository.join("README.md")).expect("README.md");
    let code = connector(&readme);
    assert!(code.lines().count() <= 30, "it is still short");

    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir(folder.path().join("src")).expect("a folder for the source");
    fs::write(folder.path().join("src/main.rs"), code).expect("the source");
    let dependency = repository.join("connector-sdk");
    let manifest = format!(
        "[package]\nname = \"greeter\"\nversion = \"1.2.3\"\nedition = \"2024\"\n\n\
         [dependencies]\nconnector-sdk = {{ path = {dependency:?} }}\n\n[workspace]\n"
    );
    fs::write(folder.path().join("Cargo.toml"), manifest).expect("the manifest");
    // The versions that all other tests ran with, which are here already.
    fs::copy(repository.join("Cargo.lock"), folder.path().join("Cargo.lock")).expect("the lock file");

    let greeting = run(folder.path(), &["greet", "Ada", "--times", "2"]);
    let text = String::from_utf8_lossy(&greeting.stdout);
    assert!(greeting.status.success(), "{}", String::from_utf8_lossy(&greeting.stderr));
    assert_eq!(text.matches("Hello, Ada!").count(), 2, "{text}");

    let refused = run(folder.path(), &["--json", "greet", "--name", "Ada", "--times", "20"]);
    let envelope: Value = serde_json::from_slice(&refused.stdout).expect("an envelope");
    assert_eq!(
        (refused.status.code(), &envelope["error"]["code"]),
        (Some(2), &"INVALID_USAGE".into()),
        "{envelope}"
    );

    let capabilities = run(folder.path(), &["--json", "capabilities"]);
    let envelope: Value = serde_json::from_slice(&capabilities.stdout).expect("an envelope");
    assert_eq!(envelope["data"]["version"], "1.2.3", "the version is the author's own");
    let help = run(folder.path(), &["--help"]);
    assert!(
        String::from_utf8_lossy(&help.stdout).contains("Greet somebody."),
        "and `--help` tells what there is"
    );
}
