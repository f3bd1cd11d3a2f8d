//! Files that mean harm, or that are none.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use super::{fault, parse, read};
use crate::ErrorKind;
use crate::platform::pocketpaw::load;

/// A bound against hangs alone: what grows with a square of these texts, or worse, takes longer on any machine.
const HANGS: Duration = Duration::from_secs(60);

/// An error in little time, whatever the text is.
fn refused(text: &str) -> String {
    let began = Instant::now();
    let message = fault(text);
    assert!(began.elapsed() < HANGS, "{:?}: {message}", began.elapsed());
    assert!(message.len() < 2000, "{} bytes of message", message.len());
    message
}

#[test]
fn an_anchor_bomb_does_not_go_off() {
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..10 {
        let before = vec![format!("*a{}", level - 1); 10].join(", ");
        writeln!(bomb, "a{level}: &a{level} [{before}]").expect("a text");
    }
    let message = refused(&bomb);
    assert!(message.contains("grows too large"), "{message}");
    refused("a: &a [*a]\n");
    refused("a: *nothing\n");
    // An anchor that means no harm is filled in.
    let shared = "name: shop\nactions:\n  - name: a\n    description: A\n    url: https://a.test/\n    params: &page { page: { type: integer } }\n  \
                  - { name: b, description: B, url: https://a.test/, params: *page }\n";
    assert_eq!(read(shared).factory.manifest().actions[1].parameters[0].name, "page");
}

#[test]
fn deep_nesting_ends() {
    for (open, close) in [("[", "]"), ("{a: ", "}")] {
        let text = format!("x: {}{}", open.repeat(100_000), close.repeat(100_000));
        refused(&text);
        refused(&format!("x: {}", open.repeat(1000)));
    }
    let mut block = String::new();
    for level in 0..500 {
        writeln!(block, "{}a:", " ".repeat(level)).expect("a text");
    }
    refused(&block);
}

#[test]
fn a_large_file_is_not_read() {
    let path = std::env::temp_dir().join(format!("connector-sdk-large-{}.yaml", std::process::id()));
    let file = std::fs::File::create(&path).expect("a file");
    file.set_len(100 * 1024 * 1024).expect("100 MB");
    let began = Instant::now();
    let error = load(&path).expect_err("too large");
    assert!(began.elapsed() < HANGS);
    std::fs::remove_file(&path).expect("removed");
    assert_eq!(error.kind(), ErrorKind::Setup);
    assert!(error.message().ends_with("is larger than 1 MiB; only what is smaller is read"), "{error}");
    assert!(parse(&"#".repeat(1024 * 1024 + 1), "x").is_err());
    // As many keys as fit take no square of time.
    let many: String = (0..60_000).fold(String::new(), |text, at| text + &format!("k{at}: 1\n"));
    let began = Instant::now();
    drop(parse(&many, "x"));
    assert!(began.elapsed() < HANGS, "{:?}", began.elapsed());
}

#[test]
fn many_of_anything_take_little_time() {
    let lines = |most: usize, line: &dyn Fn(usize) -> String| {
        let mut text = String::new();
        for at in 0..most {
            text.push_str(&line(at));
        }
        text
    };
    let long = "x".repeat(90);
    let actions =
        lines(8_000, &|at| format!("  - {{ name: a{at}, description: A, url: 'https://a.test/' }}\n"));
    let message = refused(&format!("actions:\n{actions}"));
    assert!(message.starts_with("line 502, column 5: there are more than 500 actions; split"), "{message}");
    let parameters = lines(30_000, &|at| format!("      p{at}: {{}}\n"));
    let action = "actions:\n  - name: a\n    description: A\n    url: 'https://a.test/'\n";
    let message = refused(&format!("{action}    params:\n{parameters}"));
    let says = "line 206, column 7: there are more than 200 parameters of action `a`; split";
    assert!(message.starts_with(says), "{message}");
    let [some, others] = ["p", "q"].map(|begin| lines(150, &|at| format!("      {begin}{at}:\n")));
    let message = refused(&format!("{action}    params:\n{some}    body:\n{others}"));
    assert!(message.starts_with("line 207, column 7: there are more than 200 parameters"), "{message}");
    let credentials = lines(20_000, &|at| format!("    - {{ name: C{at} }}\n"));
    let message = refused(&format!("auth:\n  credentials:\n{credentials}"));
    assert!(message.starts_with("line 103, column 7: there are more than 100 credentials"), "{message}");
    // Each would be guessed at.
    let wrong = lines(100, &|at| format!("      p{at}: {{ type: {long} }}\n"));
    let wrong = lines(70, &|at| {
        format!("  - name: a{at}\n    url: 'https://a.test/{{{long}}}'\n    params:\n{wrong}")
    });
    let began = Instant::now();
    parse(&format!("actions:\n{wrong}"), "shop").expect_err("nothing is a type");
    assert!(began.elapsed() < HANGS, "{:?}", began.elapsed());
    for keys in [
        lines(40_000, &|at| format!("k{at}{}: 1\n", &long[..10])),
        lines(5_000, &|at| format!("{long}{at}: 1\n")),
    ] {
        let began = Instant::now();
        let notes = parse(&keys, "shop").expect("unknown keys are notes").notes;
        assert!(began.elapsed() < HANGS, "{:?}", began.elapsed());
        let last = notes.last().expect("a note").to_string();
        assert_eq!(notes.len(), 51);
        assert!(
            last.starts_with("line 51, column 1: from here on ") && last.ends_with("no effect"),
            "{last}"
        );
    }
}

#[test]
fn names_have_an_end() {
    let (long, longest) = ("a".repeat(101), "a".repeat(100));
    for (text, says) in [
        (format!("name: {long}\n"), "line 1, column 7: `name` must have 100 characters at most"),
        (
            format!("actions:\n  - {{ name: {long}, url: 'https://a.test/' }}\n"),
            "line 2, column 13: an action's name must have 100",
        ),
        (
            format!("auth: {{ credentials: [{{ name: {long} }}] }}\n"),
            "line 1, column 31: a credential's name must have 100",
        ),
    ] {
        let message = refused(&text);
        assert!(message.starts_with(says), "{message}");
        read(&text.replace(&long, &longest));
    }
}

#[test]
fn no_file_asks_for_what_is_the_hosts() {
    for name in ["CONNECTOR_KEY", "connector_home"] {
        let message = refused(&format!(
            "auth: {{ credentials: [{{ name: {name} }}] }}\nactions:\n  - {{ name: a, url: 'https://a.test/{{{name}}}' }}\n"
        ));
        let says = format!("line 1, column 31: `{name}` begins like the variables of this crate");
        assert!(message.starts_with(&says), "{message}");
    }
    read("auth: { credentials: [{ name: MY_CONNECTOR_KEY }] }\n");
}

#[test]
fn broken_text_is_refused_with_its_place() {
    for (text, says) in [
        ("name: shop\nname: shop2\n", "line 2, column 1: the key `name` stands here a second time; keep one"),
        (
            "auth:\n  method: none\n  method: none\n",
            "line 3, column 3: the key `method` stands here a second time; keep one",
        ),
        (
            "name: a\0b\n",
            "line 1, column 8: a control character stands here, which YAML can't have; remove it",
        ),
        ("name: shop\nicon: \u{1b}[2J\n", "line 2, column 7: a control character"),
        ("name: shop\n\tauth: x\n", "found a tab"),
        ("name: 'shop\n", "it is not YAML"),
        ("a: b: c\n", "line 1"),
        ("name: a\n---\nname: b\n", "second document"),
        ("- a\n", "the file is a list; write a map"),
        ("shop\n", "the file is a text; write a map"),
        ("name: !!python/name:os.system x\n", "line 1, column 31: a tag stands before this"),
        ("name: .nan\n", "not finite"),
    ] {
        let message = refused(text);
        assert!(message.contains(says), "{text:?}: {message}");
        assert!(message.contains("line "), "{text:?}: {message}");
    }
    assert!(parse("", "shop").is_err() && parse("# nothing\n", "shop").is_err());
    assert!(parse("1: 2\ntrue: 3\n? [a]\n: b\n", "shop").is_ok(), "keys that are noted");
    assert_eq!(read("\u{feff}name: marked\n").factory.manifest().id, "marked");
    assert_eq!(read("name:\tshop\r\nicon: x\r\n").factory.manifest().id, "shop");
}

#[test]
fn a_secret_in_a_broken_file_is_not_shown() {
    for text in [
        "name: 's3cret\n",
        "name: shop\nauth: { method: 's3cret: [ }\n",
        "- &s3cret s3cret: *x\n  - s3cret: [\n",
    ] {
        let error = parse(text, "shop").expect_err("broken");
        assert!(!format!("{error:?}").contains("s3cret"), "{error:?}");
    }
}

#[test]
fn a_file_that_can_not_be_read_is_named() {
    let error = load("/nowhere/shop.yaml").expect_err("no file");
    assert!(
        error.message().starts_with("the connector file `/nowhere/shop.yaml` can't be read: "),
        "{error}"
    );
    let path = std::env::temp_dir().join(format!("connector-sdk-latin-{}.yaml", std::process::id()));
    std::fs::write(&path, b"name: shop\nicon: h\xe9\n").expect("a file");
    let error = load(&path).expect_err("not UTF-8");
    std::fs::remove_file(&path).expect("removed");
    assert!(error.message().contains("line 2, column 8: this is not UTF-8"), "{error}");
}
