//! What a start of a connector's binary costs: `notes --json capabilities` from start to exit, beside an
//! otherwise empty Rust program that prints the same bytes. Both are release builds.

#![expect(clippy::expect_used, reason = "a benchmark that can't go on stops")]

#[path = "../measure/mod.rs"]
mod measure;

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use measure::{Contender, compare};

fn main() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let notes = notes();
    let printed = Command::new(&notes)
        .args(["--json", "capabilities"])
        .env("NOTES_ROOT", folder.path())
        .output()
        .expect("notes starts");
    assert!(
        printed.status.success() && !printed.stdout.is_empty(),
        "notes --json capabilities: {}",
        printed.status
    );
    let floor = floor(folder.path(), &printed.stdout);
    println!("{} bytes of capabilities", printed.stdout.len());

    let start = |program: &Path, times| {
        for _ in 0..times {
            let status = Command::new(program)
                .args(["--json", "capabilities"])
                .env("NOTES_ROOT", folder.path())
                .stdout(Stdio::null())
                .status()
                .expect("it starts");
            assert!(status.success(), "{status}");
        }
    };
    let mut contenders = [
        Contender::new("floor: prints the same bytes", |times| start(&floor, times)),
        Contender::new("notes --json capabilities", |times| start(&notes, times)),
    ];
    compare(&mut contenders, Duration::from_millis(2), 500);
}

/// The binary as its users have it: built for release.
fn notes() -> PathBuf {
    // Where this benchmark lies: `<target>/release/deps`, or `<target>/<triple>/release/deps`.
    let this = std::env::current_exe().expect("a path");
    let release = this.ancestors().nth(2).expect("a folder");
    let target =
        release.ancestors().find(|folder| folder.join("CACHEDIR.TAG").exists()).expect("a target folder");
    let mut build = Command::new(env!("CARGO"));
    build.args(["build", "--quiet", "--release", "--package", "notes", "--target-dir"]).arg(target);
    if let Some(triple) = release.parent().filter(|parent| *parent != target).and_then(Path::file_name) {
        build.arg("--target").arg(triple);
    }
    run(build.current_dir(env!("CARGO_MANIFEST_DIR")));
    release.join("notes").with_extension(std::env::consts::EXE_EXTENSION)
}

/// A program that does nothing but print, built as the workspace builds for release.
fn floor(folder: &Path, printed: &[u8]) -> PathBuf {
    let source = folder.join("floor.rs");
    let program = folder.join("floor").with_extension(std::env::consts::EXE_EXTENSION);
    std::fs::write(folder.join("printed"), printed).expect("a file");
    let text = r#"
        use std::io::Write;
        fn main() {
            std::io::stdout().write_all(include_bytes!("printed")).unwrap();
        }
    "#;
    std::fs::write(&source, text).expect("a file");
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| OsStr::new("rustc").to_owned());
    run(Command::new(rustc)
        .args(["--edition", "2024", "-C", "opt-level=3", "-C", "lto=thin", "-C", "strip=symbols", "-o"])
        .args([&program, &source]));
    program
}

fn run(command: &mut Command) {
    let status = command.status().expect("a compiler");
    assert!(status.success(), "{command:?}: {status}");
}
