//! Little: this crate is its `tests/` and `benches/`.

use std::path::Path;

/// What a host or its own connectors do wrong, and where that is shown to be mended: files with the names of
/// the tests in them.
pub type Mended = &'static [(&'static str, &'static [(&'static str, &'static str)])];

/// Whether every test of such a table is where it says.
///
/// # Panics
///
/// When one isn't.
pub fn each_test_is_there(mended: Mended) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    for (weakness, tests) in mended {
        assert!(!tests.is_empty(), "nothing shows it: {weakness}");
        for (file, test) in *tests {
            let text = std::fs::read_to_string(root.join(file)).unwrap_or_default();
            assert!(text.contains(&format!("fn {test}(")), "`{test}` is not in `{file}`: {weakness}");
        }
    }
}
