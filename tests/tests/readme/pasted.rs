//! A block of Rust out of a document as the only source file of a crate that has nothing else.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// A crate of version 1.2.3, whose one source file is a block of a document.
pub(crate) struct Pasted {
    folder: TempDir,
    /// How many lines the block has.
    pub(crate) lines: usize,
}

impl Pasted {
    /// With the first block of Rust after the mark, and more `[dependencies]`; `features` are those of
    /// connector-sdk, as TOML has a list's items.
    pub(crate) fn new(document: &str, mark: &str, name: &str, features: &str, dependencies: &str) -> Self {
        let repository = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the repository");
        let text = fs::read_to_string(repository.join(document)).expect("the document");
        let (_, after) = text.split_once(mark).expect("the mark");
        let (_, block) = after.split_once("```rust").expect("a block of Rust");
        let (_, block) = block.split_once('\n').expect("its first line");
        let (code, _) = block.split_once("```").expect("its end");

        let folder = tempfile::tempdir().expect("a folder");
        fs::create_dir(folder.path().join("src")).expect("a folder for the source");
        fs::write(folder.path().join("src/main.rs"), code).expect("the source");
        let dependency = repository.join("connector-sdk");
        let manifest = format!(
            "[package]\nname = \"{name}\"\nversion = \"1.2.3\"\nedition = \"2024\"\n\n[dependencies]\n\
             connector-sdk = {{ path = {dependency:?}, features = [{features}] }}\n{dependencies}\n[workspace]\n"
        );
        fs::write(folder.path().join("Cargo.toml"), manifest).expect("the manifest");
        // The versions that all other tests ran with, which are here already.
        fs::copy(repository.join("Cargo.lock"), folder.path().join("Cargo.lock")).expect("the lock file");
        Self { folder, lines: code.lines().count() }
    }

    /// Its program as `cargo run` builds and starts it.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO"));
        command.args(["run", "--quiet", "--"]).args(arguments);
        command.current_dir(self.folder.path()).env("CARGO_TARGET_DIR", target());
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("cargo runs")
    }
}

/// Where cargo puts what it builds for these tests, beside where it put this test.
fn target() -> PathBuf {
    let test = std::env::current_exe().expect("this test");
    let target = test.ancestors().nth(3).expect("target/debug/deps");
    target.join("tests").join("readme")
}
