//! What the macro refuses, with the words that it does so, and what it takes. See `ui/README.md`.

#![expect(clippy::expect_used, reason = "a test that can't go on says so by panicking")]

use std::path::PathBuf;

// Two sets: trybuild compiles all cases in one go only where none of them is to pass.

#[test]
fn mistakes_are_refused() {
    let cases = trybuild::TestCases::new();
    for folder in std::fs::read_dir("ui").expect("the folder of cases").flatten() {
        if folder.path().is_dir() && folder.file_name() != "pass" {
            files(&folder.path()).for_each(|file| cases.compile_fail(file));
        }
    }
}

#[test]
fn what_is_no_mistake_is_taken() {
    let cases = trybuild::TestCases::new();
    files("ui/pass".as_ref()).for_each(|file| cases.pass(file));
}

/// The cases of a folder that are of the features which this test was compiled with, as cases are.
fn files(folder: &std::path::Path) -> impl Iterator<Item = PathBuf> {
    let files = std::fs::read_dir(folder).expect("a folder of cases").flatten().map(|file| file.path());
    let mut files: Vec<PathBuf> =
        files.filter(|file| file.extension().is_some_and(|end| end == "rs")).collect();
    files.sort();
    files.into_iter().filter(|file| {
        let source = std::fs::read_to_string(file).expect("a case");
        match source.lines().next() {
            Some("// Needs the feature `events`.") => cfg!(feature = "events"),
            Some("// Needs that the feature `events` is off.") => !cfg!(feature = "events"),
            // Which has the feature `http` of connector-sdk.
            Some("// Needs that the feature `host` is off.") => !cfg!(feature = "host"),
            _ => true,
        }
    })
}
