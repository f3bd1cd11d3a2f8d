//! The rules that `connector-sdk/docs/rules.md` lists, the messages of the macro, and the cases in `ui/`
//! say the same: no rule without a case, no case without a rule, no message that nothing reaches.

#![expect(clippy::expect_used, reason = "a test that can't go on says so by panicking")]

use std::collections::{BTreeMap, BTreeSet};
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
    let mut missing = Vec::new();
    for Rule { message, cases } in rules() {
        // What stands in backticks is a name, another one in each case.
        let fragments: Vec<String> =
            message.split('`').step_by(2).map(|text| text.trim().to_owned()).collect();
        let says = |case: &String| messages(&stderr(case)).any(|line| holds(line, &fragments));
        missing.extend(cases.iter().filter(|case| !says(case)).map(|case| format!("{case}: {message}")));
    }
    assert!(missing.is_empty(), "these don't say their rule: {missing:#?}");
}

/// The constants of the macro's `keys.rs`, by their names: the words of each.
fn constants() -> BTreeMap<String, Vec<String>> {
    let path = repository().join("connector-macros/src/keys.rs");
    let source = fs::read_to_string(path).expect("the keys");
    let tokens: Vec<TokenTree> = source.parse::<TokenStream>().expect("Rust").into_iter().collect();
    let mut constants: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (place, token) in tokens.iter().enumerate() {
        let (TokenTree::Ident(word), Some(TokenTree::Ident(name))) = (token, tokens.get(place + 1)) else {
            continue;
        };
        if word != "const" {
            continue;
        }
        let value =
            tokens[place..].iter().skip_while(|token| token.to_string() != "=").nth(1).expect("a value");
        let words = match value {
            TokenTree::Group(list) => list.stream().into_iter().collect(),
            value => vec![value.clone()],
        };
        let words = words.into_iter().filter_map(|word| match word {
            TokenTree::Ident(name) => Some(constants[&name.to_string()][0].clone()),
            TokenTree::Literal(_) => Some(word.to_string().trim_matches('"').to_owned()),
            _ => None,
        });
        let words = words.collect();
        constants.insert(name.to_string(), words);
    }
    constants
}

/// The keys that the cells of a column of `connector.md` name, in the rows that are of a kind.
fn documented(docs: &str, head: &str, column: usize, kinds: &[&str]) -> BTreeSet<String> {
    let table = docs.split_once(head).expect("the table").1;
    let rows = table.lines().skip(2).take_while(|line| line.starts_with('|'));
    let cells = rows.map(|row| row.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect());
    cells
        .filter(|cells: &Vec<String>| kinds.is_empty() || kinds.contains(&cells[0].trim_matches('`')))
        .flat_map(|cells| {
            let named = quoted(&cells[column]);
            let with_value = named.iter().any(|key| key.contains('='));
            // `full` in "`mode = write`, `full`" is another value.
            let keys = named.into_iter().filter(move |key| key.contains('=') == with_value);
            keys.map(|key| key.split('=').next().unwrap_or_default().trim().to_owned()).collect::<Vec<_>>()
        })
        .collect()
}

#[test]
fn every_key_is_documented_and_no_other() {
    let constants = constants();
    let keys = |name: &str| constants[name].iter().cloned().collect::<BTreeSet<String>>();
    let docs = fs::read_to_string(repository().join("connector-sdk/docs/connector.md")).expect("the docs");
    let fields = "| key of | key | default | what it becomes |";
    assert_eq!(
        keys("CONNECTOR_KEYS"),
        documented(&docs, "| key | required | default | what it becomes |", 0, &[])
    );
    assert_eq!(keys("CONFIG_KEYS"), documented(&docs, fields, 1, &["both", "config"]));
    assert_eq!(keys("SECRET_KEYS"), documented(&docs, fields, 1, &["both", "secret"]));
    assert_eq!(keys("HTTP_KEYS"), documented(&docs, fields, 1, &["http"]));
    assert_eq!(
        keys("ACTION_KEYS"),
        documented(&docs, "| key of `action` | default | what it becomes |", 0, &[])
    );
    assert_eq!(
        keys("REQUEST_KEYS"),
        documented(&docs, "| key of `http` | default | what it becomes |", 0, &[])
    );
    assert_eq!(
        keys("EVENTS_KEYS"),
        documented(&docs, "| key of `events` | default | what it becomes |", 0, &[])
    );
    assert_eq!(keys("SEND_KEYS"), documented(&docs, "| key of `send` | default | what it becomes |", 0, &[]));
    let arguments = docs.split_once("`#[arg(..)]` with the keys").expect("the keys of arguments").1;
    let arguments = quoted(arguments.split_once("as above").expect("their end").0);
    assert_eq!(keys("ARG_KEYS"), arguments.into_iter().collect());
    let reserved = docs.split_once("reserved for the connector's binary").expect("the reserved words").1;
    let reserved = quoted(reserved.split_once("\n\n").expect("their end").0);
    assert_eq!(keys("RESERVED_COMMANDS"), reserved.into_iter().collect());
}

#[test]
fn both_crates_know_the_options_of_every_command() {
    let runtime = fs::read_to_string(repository().join("connector-sdk/src/platform/argentos/commands.rs"));
    let runtime = runtime.expect("the commands of ArgentOS");
    let list = runtime.split_once("GLOBAL_OPTIONS: [&str; ").expect("the list").1;
    let list: Vec<&str> = list.split_once("];").expect("its end").0.split('"').skip(1).step_by(2).collect();
    assert_eq!(constants()["GLOBAL_OPTIONS"], list);
}

#[test]
fn no_command_of_the_binary_can_be_an_actions() {
    let runtime = fs::read_to_string(repository().join("connector-sdk/src/cli/command.rs"));
    let runtime = runtime.expect("the commands");
    let list = runtime.split_once("fn id(self) -> &'static str {").expect("the ids").1;
    let ids = list.split_once("\n    }\n").expect("their end").0.split("=> \"").skip(1);
    let ids: BTreeSet<&str> = ids.filter_map(|id| id.split('"').next()).collect();
    assert!(ids.contains("config.show") && ids.contains("act"), "{ids:?}");
    let constants = constants();
    let has = |list: &str, word: &str| constants[list].iter().any(|known| known == word);
    let is_free = |id: &&str| {
        let first = id.split('.').next().unwrap_or_default();
        !has("RESERVED_COMMANDS", first) && !has("RESERVED_WORDS", id)
    };
    let free: Vec<&str> = ids.into_iter().filter(is_free).collect();
    assert!(free.is_empty(), "an action of that command would never be reached: {free:?}");
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
fn the_mistakes_of_others_are_cases() {
    let readme = fs::read_to_string(repository().join("tests/ui/README.md")).expect("the readme");
    let table = readme.split_once("| mistake | with rmcp | here |").expect("the table").1;
    let rows: Vec<&str> = table.lines().skip(2).take_while(|line| line.starts_with('|')).collect();
    assert_eq!(rows.len(), 36);
    for row in rows {
        let ours = row.trim_matches('|').rsplit('|').next().expect("a cell");
        for case in quoted(ours).iter().filter(|case| case.contains('/')) {
            assert!(repository().join(format!("tests/ui/{case}.rs")).exists(), "there is no `{case}`: {row}");
        }
    }
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
        assert!(!shows_a_conversion(&stderr), "`{case}` shows a hidden trait that is named `Into..`");
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

/// Whether a word in a text begins with `Into`, as the names of hidden traits that convert do; rustc shows them
/// in its notes, where they read as if an author had to implement them.
fn shows_a_conversion(text: &str) -> bool {
    text.split(|sign: char| !sign.is_alphanumeric() && sign != '_')
        .filter_map(|word| word.strip_prefix("Into"))
        .any(|rest| rest.starts_with(|sign: char| sign.is_uppercase()))
}
