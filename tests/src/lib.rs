//! Little: this crate is its `tests/` and `benches/`.

#[path = "../../connector-sdk/src/left_out.rs"]
mod left_out;

use std::path::Path;

/// Says why the present test is left out.
pub fn left_out(why: &str) {
    left_out::left_out(why);
}

/// What a host or its own connectors do wrong, and where that is shown to be mended: files with the names of
/// the tests in them.
pub type Mended = &'static [(&'static str, &'static [(&'static str, &'static str)])];

/// Whether every test of such a table is where it says, and is run on every machine that has the means.
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
            match unlike_a_test(&text, test) {
                None => {}
                Some(why) => panic!("`{test}` in `{file}` {why}: {weakness}"),
            }
        }
    }
}

/// Why a function of a file is no test that is run.
fn unlike_a_test(text: &str, test: &str) -> Option<String> {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let begins = format!("fn {test}(");
    let Some(at) = lines.iter().position(|line| line.trim_start_matches("async ").starts_with(&begins))
    else {
        return Some("isn't there".to_owned());
    };
    let above = lines[..at].iter().rev().take_while(|line| line.starts_with("#[") || line.starts_with("//"));
    let attributes: Vec<&str> = above.copied().filter(|line| line.starts_with("#[")).collect();
    let is_test = |attribute: &&str| *attribute == "#[test]" || attribute.starts_with("#[tokio::test");
    if !attributes.iter().any(is_test) {
        return Some("is no test".to_owned());
    }
    let known = |attribute: &&str| {
        // `./test` turns all features on.
        let is_on = *attribute == "#[cfg(unix)]" || attribute.starts_with("#[cfg(feature = ");
        is_test(attribute) || is_on || attribute.starts_with("#[expect")
    };
    attributes.iter().find(|attribute| !known(attribute)).map(|attribute| format!("has `{attribute}`"))
}

#[cfg(test)]
mod tests {
    use super::unlike_a_test;

    #[test]
    fn only_what_is_run_is_a_test() {
        let of = |attributes: &str| unlike_a_test(&format!("mod a;\n\n{attributes}\n    fn b() {{\n"), "b");
        for run in [
            "#[test]",
            "/// Says why.\n#[cfg(unix)]\n#[test]",
            "#[cfg(feature = \"a\")]\n#[test]",
            "#[tokio::test(start_paused = true)]\nasync fn a() {}\n#[test]",
        ] {
            assert_eq!(of(run), None, "{run}");
        }
        for (other, why) in [
            ("#[test]\n#[ignore = \"slow\"]", "has `#[ignore = \"slow\"]`"),
            ("#[cfg(target_os = \"none\")]\n#[test]", "has `#[cfg(target_os = \"none\")]`"),
            ("#[test]\nfn a() {}\n", "is no test"),
            ("// #[test]", "is no test"),
        ] {
            assert_eq!(of(other).as_deref(), Some(why), "{other}");
        }
        assert_eq!(unlike_a_test("#[test]\nfn ab() {", "b").as_deref(), Some("isn't there"));
        assert_eq!(unlike_a_test("#[tokio::test]\nasync fn b() {", "b"), None);
    }
}
