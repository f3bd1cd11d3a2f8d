//! What the macro refuses, with the words that it does so, and what it takes. See `ui/README.md`.

// Two sets: trybuild compiles all cases in one go only where none of them is to pass.

#[test]
fn mistakes_are_refused() {
    let cases = trybuild::TestCases::new();
    for folder in std::fs::read_dir("ui").expect("the folder of cases").flatten() {
        let kind = folder.file_name();
        if folder.path().is_dir() && kind != "pass" {
            cases.compile_fail(format!("ui/{}/*.rs", kind.to_string_lossy()));
        }
    }
}

#[test]
fn what_is_no_mistake_is_taken() {
    trybuild::TestCases::new().pass("ui/pass/*.rs");
}
