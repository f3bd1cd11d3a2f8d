//! The rules that `connector-sdk/docs/rules.md` lists, the messages of the macro, and the cases in `ui/`
//! say the same: no rule without a case, no case without a rule, no message that nothing reaches.

#![expect(clippy::expect_used, reason = "a test that can't go on says so by panicking")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{TokenStream, TokenTree};
use syn::LitStr;

/// Cases that show how several mistakes are reported, and no rule of their own.
const NO_RULE: [&str; 4] = [
    "unknown/everything_at_once",
    "unknown/several_keys",
    "unknown/connector_key_like_no_other",
    "missing/effect_misspelt",
];

struct Rule {
    message: String,
    cases: Vec<String>,
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The rows of the table that name cases.
fn rules() -> Vec<Rule> {
    let table =
        fs::read_to_string(repository().join("connector-sdk/docs/rules.md")).expect("the table of rules");
    table
        .lines()
        .filter(|line| line.starts_with('|'))
        .filter_map(|line| {
            let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
            let [_, message, cases] = cells.as_slice() else { return None };
            let cases: Vec<String> = quoted(cases);
            (!cases.is_empty()).then(|| Rule { message: (*message).to_owned(), cases })
        })
        .collect()
}

fn quoted(text: &str) -> Vec<String> {
    text.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

fn stderr(case: &str) -> String {
    let path = repository().join("tests/ui").join(format!("{case}.stderr"));
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// All cases that are refused, as `folder/name`.
fn cases() -> BTreeSet<String> {
    let mut cases = BTreeSet::new();
    for folder in fs::read_dir(repository().join("tests/ui")).expect("the folder of cases").flatten() {
        let Ok(files) = fs::read_dir(folder.path()) else { continue };
        for file in files.flatten() {
            if file.path().extension().is_some_and(|extension| extension == "stderr") {
                let folder = folder.file_name().to_string_lossy().into_owned();
                let name = file.path().file_stem().expect("a name").to_string_lossy().into_owned();
                cases.insert(format!("{folder}/{name}"));
            }
        }
    }
    assert!(cases.len() > 110, "only {} cases were found", cases.len());
    cases
}

/// The messages of the errors in a case, one line each.
fn messages(stderr: &str) -> impl Iterator<Item = &str> {
    stderr.lines().filter(|line| line.starts_with("error")).filter_map(|line| Some(line.split_once(": ")?.1))
}

/// Whether a line holds the fragments in their order.
fn holds(line: &str, fragments: &[String]) -> bool {
    let mut rest = line;
    fragments.iter().all(|fragment| match rest.find(fragment.as_str()) {
        Some(at) => {
            rest = &rest[at + fragment.len()..];
            true
        }
        None => false,
    })
}

#[test]
fn every_rule_is_shown_by_its_cases() {
    for Rule { message, cases } in rules() {
        // What stands in backticks is a name, another one in each case.
        let fragments: Vec<String> =
            message.split('`').step_by(2).map(|text| text.trim().to_owned()).collect();
        assert!(
            messages(&stderr(&cases[0])).any(|line| holds(line, &fragments)),
            "`{}` doesn't say: {message}",
            cases[0]
        );
        cases
            .iter()
            .for_each(|case| assert!(messages(&stderr(case)).next().is_some(), "`{case}` has no error"));
    }
}

#[test]
fn every_case_shows_a_rule() {
    let listed: BTreeSet<String> = rules().into_iter().flat_map(|rule| rule.cases).collect();
    // What rustc words by itself is no rule of ours.
    let ours = cases().into_iter().filter(|case| !case.starts_with("rustc/"));
    let unlisted: Vec<String> =
        ours.filter(|case| !listed.contains(case) && !NO_RULE.contains(&case.as_str())).collect();
    assert!(unlisted.is_empty(), "not in the table of rules: {unlisted:?}");
}

#[test]
fn every_message_of_the_macro_is_reached() {
    let all: Vec<String> = cases().iter().map(|case| stderr(case)).collect();
    let lines: Vec<&str> = all.iter().flat_map(|stderr| messages(stderr)).collect();
    let mut templates = Vec::new();
    collect(&repository().join("connector-macros/src"), &mut templates);
    assert!(templates.len() > 60, "only {} messages were found in the macro", templates.len());
    let dead: Vec<&String> = templates
        .iter()
        .filter(|template| !lines.iter().any(|line| holds(line, &fragments(template))))
        .collect();
    assert!(dead.is_empty(), "no case in `ui/` reaches: {dead:#?}");
}

/// Every literal in the sources with a line of help or a note after its first, which is how all messages
/// are written.
fn collect(folder: &Path, templates: &mut Vec<String>) {
    for entry in fs::read_dir(folder).expect("a folder of sources").flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, templates);
        } else if path.extension().is_some_and(|extension| extension == "rs") && !path.ends_with("tests.rs") {
            let source = fs::read_to_string(&path).expect("a source file");
            literals(source.parse().expect("Rust"), templates);
        }
    }
}

fn literals(tokens: TokenStream, templates: &mut Vec<String>) {
    for token in tokens {
        match token {
            TokenTree::Group(group) => literals(group.stream(), templates),
            TokenTree::Literal(literal) => {
                let Ok(text) = syn::parse2::<LitStr>(TokenTree::from(literal).into()) else { continue };
                if let Some((message, rest)) = text.value().split_once('\n')
                    && (rest.starts_with("help:") || rest.starts_with("note:") || rest.starts_with('{'))
                {
                    templates.push(message.to_owned());
                }
            }
            TokenTree::Ident(_) | TokenTree::Punct(_) => {}
        }
    }
}

/// What stands between the placeholders of a format string.
fn fragments(template: &str) -> Vec<String> {
    let mut fragments = Vec::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        fragments.push(before.to_owned());
        rest = after.split_once('}').map_or("", |(_, after)| after);
    }
    fragments.push(rest.to_owned());
    fragments
}

#[test]
fn messages_keep_their_grammar() {
    for case in cases() {
        let stderr = stderr(&case);
        assert!(!stderr.contains("cannot find type `__"), "`{case}` shows what the expansion is made of");
        if case.starts_with("rustc/") {
            continue;
        }
        for message in messages(&stderr) {
            let first = message.chars().next().expect("a message");
            assert!(first.is_lowercase() || first == '`', "`{case}` begins with a capital: {message}");
            assert!(!message.ends_with('.'), "`{case}` ends with a full stop: {message}");
            assert!(!message.contains("__"), "`{case}` shows what the expansion is made of: {message}");
        }
        let lines: Vec<&str> = stderr.lines().collect();
        for pair in lines.windows(2).filter(|pair| pair[0].starts_with("error: ")) {
            let next = pair[1].trim_start();
            let said = next.starts_with("help: ") || next.starts_with("note: ");
            assert!(
                said || pair[0].contains("future cannot be sent"),
                "`{case}` doesn't say what to do: {}",
                pair[0]
            );
        }
    }
}
