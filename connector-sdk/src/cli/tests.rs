//! Whole command lines, from the arguments to what is written and the number at the end.

#[cfg(feature = "credentials")]
mod store;

use std::io::{self, Write};

use serde_json::{Value, json};

use super::fake::{Fake, Outcome, TOKEN, environment, run, run_with};
use super::{Process, Terminal};

/// The envelope of a command line, and what every envelope has.
fn envelope(arguments: &[&str]) -> (u8, Value) {
    let outcome = run(arguments);
    assert_eq!(outcome.stderr, "", "{arguments:?}");
    let envelope = outcome.json();
    assert_eq!(envelope["ok"], json!(outcome.code == 0), "{envelope}");
    assert_eq!(envelope["tool"], "aos-notes");
    assert_eq!(envelope["meta"]["version"], "1.2.3");
    assert!(
        envelope["meta"]["duration_ms"].is_u64() && envelope["meta"]["timestamp"].is_string(),
        "{envelope}"
    );
    (outcome.code, envelope)
}

/// Exit code, command, error code and mode of a command line that fails with `--json`.
fn failure(line: &str) -> (u8, String, String, String) {
    let arguments: Vec<&str> = ["--json"].into_iter().chain(line.split_whitespace()).collect();
    let (code, envelope) = envelope(&arguments);
    let text = |pointer: &str| envelope.pointer(pointer).and_then(Value::as_str).unwrap_or("none").to_owned();
    (code, text("/command"), text("/error/code"), text("/meta/mode"))
}

fn same(found: (u8, String, String, String), code: u8, command: &str, error: &str, mode: &str) {
    assert_eq!((found.0, found.1.as_str(), found.2.as_str(), found.3.as_str()), (code, command, error, mode));
}

#[test]
fn an_action_answers_with_its_result() {
    let (code, envelope) = envelope(&["--json", "notes", "search", "--query", "x", "--limit", "3"]);
    assert_eq!(code, 0);
    assert_eq!(envelope["command"], "notes.search");
    assert_eq!(
        envelope["data"],
        json!({"action": "search_notes", "input": {"query": "x", "limit": 3}, "root": "/notes"})
    );
    assert_eq!(envelope["meta"]["mode"], "readonly");
}

#[test]
fn every_failure_has_its_code() {
    same(failure("bogus"), 2, "unknown", "INVALID_USAGE", "readonly");
    same(failure(""), 2, "unknown", "INVALID_USAGE", "readonly");
    same(failure("notes"), 2, "unknown", "INVALID_USAGE", "readonly");
    same(failure("notes search"), 2, "notes.search", "INVALID_USAGE", "readonly");
    same(failure("notes search x --limit many"), 2, "notes.search", "INVALID_USAGE", "readonly");
    same(failure("notes search x --bogus"), 2, "notes.search", "INVALID_USAGE", "readonly");
    same(failure("notes search x --set bogus=1"), 2, "notes.search", "INVALID_USAGE", "readonly");
    same(failure("notes search x --timeout soon"), 2, "notes.search", "INVALID_USAGE", "readonly");
    same(failure("health --mode root"), 2, "health", "INVALID_USAGE", "unknown");
    same(failure("health --mode"), 2, "health", "INVALID_USAGE", "unknown");
    same(failure("fail auth"), 4, "fail", "NOTES_AUTH_FAILED", "readonly");
    same(failure("fail unavailable"), 5, "fail", "NOTES_UNAVAILABLE", "readonly");
    same(failure("fail not_found"), 6, "fail", "NOT_FOUND", "readonly");
    same(failure("fail panic"), 10, "fail", "INTERNAL_ERROR", "readonly");
    same(failure("fail hang --timeout 20ms"), 10, "fail", "CANCELLED", "readonly");
    same(failure("options bogus"), 2, "options", "INVALID_USAGE", "readonly");
    same(failure("call bogus"), 2, "call", "INVALID_USAGE", "readonly");
    same(failure("call fail --input {"), 2, "fail", "INVALID_USAGE", "readonly");
    same(failure("completions tcsh"), 2, "completions", "INVALID_USAGE", "readonly");
    let outcome = run_with(&["--json", "notes", "search", "x"], |process| process.environment(|_| None));
    assert_eq!((outcome.code, &outcome.json()["error"]["code"]), (4, &json!("NOTES_SETUP_REQUIRED")));
    assert_eq!(outcome.json()["error"]["details"]["missing_keys"], json!(["NOTES_ROOT"]));
}

#[test]
fn the_mode_is_checked_before_anything_else() {
    for line in [
        "notes create",
        "notes create --bogus",
        "notes create a b c d --limit",
        "notes create --set bogus=1 --timeout soon",
        "call create_note --input {",
        "call notes.create --input -",
        "notes create a b --mode readonly --mode write",
    ] {
        same(failure(line), 3, "notes.create", "PERMISSION_DENIED", "readonly");
    }
    same(failure("notes delete --mode full"), 3, "notes.delete", "PERMISSION_DENIED", "full");
    let (_, denied) = envelope(&["--json", "notes", "create"]);
    assert_eq!(denied["error"]["details"], json!({"required_mode": "write", "actual_mode": "readonly"}));
    same(failure("notes create --mode write"), 2, "notes.create", "INVALID_USAGE", "write");
    assert_eq!(envelope(&["--json", "notes", "create", "a", "b", "--mode", "write"]).0, 0);
}

#[test]
fn call_takes_any_input() {
    let data = |arguments: &[&str], stdin: &'static str| {
        let outcome = run_with(arguments, |process| process.stdin(stdin.as_bytes()));
        outcome.json()["data"]["input"].clone()
    };
    assert_eq!(data(&["--json", "call", "echo", "--input", r#"{"what":[1]}"#], ""), json!({"what": [1]}));
    assert_eq!(data(&["--json", "call", "echo", "--input", "-"], "{\"what\":2}\n"), json!({"what": 2}));
    assert_eq!(data(&["--json", "call", "echo", r#"{"what":3}"#], ""), json!({"what": 3}));
    assert_eq!(data(&["--json", "call", "echo"], ""), json!({}));
}

#[test]
fn standard_input_that_is_too_much_or_no_text_is_a_usage_error() {
    let json = |stdin: Box<dyn io::Read + Send>| {
        let outcome = run_with(&["--json", "call", "echo", "--input", "-"], |process| process.stdin(stdin));
        (outcome.code, outcome.json()["error"]["message"].as_str().unwrap_or_default().to_owned())
    };
    let (code, message) = json(Box::new(io::repeat(b'[')));
    assert_eq!(code, 2);
    assert!(message.contains("16 MiB"), "{message}");
    let (code, message) = json(Box::new(&b"{\"what\":\"\xff\"}"[..]));
    assert_eq!(code, 2);
    assert!(message.contains("UTF-8"), "{message}");
}

#[test]
fn options_answer_for_pickers() {
    let (code, all) = envelope(&["options", "folders", "--json"]);
    assert_eq!((code, &all["command"]), (0, &json!("options.folders")));
    assert_eq!(
        all["data"],
        json!({"items": [{"id": "a", "name": "Apples"}, {"id": "b", "name": "Bananas"}]})
    );
    for arguments in
        [["options", "folders", "app", "--json"], ["options", "folders", "--query=app", "--json"]]
    {
        assert_eq!(envelope(&arguments).1["data"]["items"], json!([{"id": "a", "name": "Apples"}]));
    }
    assert_eq!(run(&["options", "folders"]).stdout, "ID  NAME\na   Apples\nb   Bananas\n");
}

#[test]
fn health_is_an_answer_whatever_it_says() {
    let (code, healthy) = envelope(&["health", "--json"]);
    assert_eq!(
        (code, &healthy["data"]["status"], &healthy["status"]),
        (0, &json!("healthy"), &json!("ready"))
    );
    let (code, down) = envelope(&["--json", "health", "--set", "root=down"]);
    assert_eq!((code, &down["data"]["status"]), (0, &json!("degraded")));
    let missing = run_with(&["--json", "doctor"], |process| process.environment(|_| None));
    assert_eq!((missing.code, &missing.json()["data"]["status"]), (0, &json!("needs_setup")));
    assert_eq!(missing.json()["runtime"]["command_readiness"]["notes.search"], json!(false));
    let person = run(&["health"]);
    assert!(person.stdout.starts_with("status: healthy\nsummary: Notes is ready\nchecks:\n"), "{person:?}");
    let person = run_with(&["doctor"], |process| process.environment(|_| None));
    assert!(person.stdout.contains("  required_env  false  missing: NOTES_ROOT\n"), "{person:?}");
    assert!(person.stdout.contains("\nnext steps: Set NOTES_ROOT."), "{person:?}");
}

#[test]
fn config_shows_settings_and_no_credential() {
    let (code, shown) = envelope(&["config", "show", "--json", "--set", &format!("root=/x/{TOKEN}")]);
    assert_eq!(code, 0);
    assert_eq!(shown["command"], "config.show");
    assert_eq!(shown["data"]["settings"][0]["value"], "/x/[redacted]");
    assert_eq!(shown["data"]["credentials"][0]["set"], json!(true));
}

#[test]
fn capabilities_and_version_need_no_settings() {
    let bare =
        |arguments: &[&str]| run_with(arguments, |process| process.environment(|_| panic!("it looked")));
    let outcome = bare(&["--json", "capabilities"]);
    assert_eq!(outcome.code, 0);
    let commands = outcome.json()["data"]["commands"].clone();
    let known = |id: &str| commands.as_array().into_iter().flatten().any(|command| command["id"] == id);
    assert!(known("notes.search") && known("options.folders") && known("config.show"), "{commands}");
    assert_eq!(bare(&["--version"]).stdout, "notes 1.2.3\n");
    assert_eq!(bare(&["-V", "--json"]).json()["data"]["version"], "1.2.3");
}

#[test]
fn no_output_shows_a_secret() {
    for line in [
        "echo t0p-s3cret-token",
        "fail auth",
        "fail panic",
        "bogus t0p-s3cret-token",
        "t0p-s3cret-token",
        "notes search --t0p-s3cret-token",
        "notes search a 1 true name {} m [] t0p-s3cret-token",
        "notes delete a t0p-s3cret-token --mode admin",
        "health --mode t0p-s3cret-token",
        "options t0p-s3cret-token",
        "call t0p-s3cret-token",
        "--set t0p-s3cret-token notes search x",
        "--set token=t0p-s3cret-token notes search x",
        "--config /t0p-s3cret-token notes search x",
        "--timeout t0p-s3cret-token notes search x",
        "manifest --format t0p-s3cret-token",
        "manifest --out /dev/null/t0p-s3cret-token",
    ] {
        for extra in [&["--json"][..], &["--verbose"], &[]] {
            let arguments: Vec<&str> = extra.iter().copied().chain(line.split(' ')).collect();
            let Outcome { stdout, stderr, .. } = run(&arguments);
            assert!(!stdout.contains(TOKEN), "{arguments:?}: {stdout}");
            assert!(!stderr.contains(TOKEN), "{arguments:?}: {stderr}");
            assert!(!(stdout.is_empty() && stderr.is_empty()), "{arguments:?}");
        }
    }
}

#[test]
fn verbose_tells_on_standard_error_what_was_done() {
    let outcome = run(&["--json", "-v", "notes", "search", "x"]);
    outcome.json();
    assert!(outcome.stderr.contains("[info] working with [redacted]\n"), "{outcome:?}");
    assert!(
        outcome.stderr.contains("action=search_notes")
            && outcome.stderr.contains("decision=allowed outcome=ok")
    );
    assert!(outcome.stderr.contains("[info] notes.search took "));
    let denied = run(&["--json", "-v", "notes", "create"]);
    assert!(denied.stderr.contains("decision=denied outcome=denied"), "{denied:?}");
}

#[test]
fn people_read_errors_on_standard_error() {
    let outcome = run(&["notes", "serach"]);
    assert_eq!((outcome.code, outcome.stdout.as_str()), (2, ""));
    assert_eq!(
        outcome.stderr,
        "error: there is no command `notes serach`; did you mean `notes search`?\n\
         hint: `notes --help` says what it takes\n"
    );
    assert_eq!(
        run(&["notes", "bogus"]).stderr.lines().next(),
        Some(
            "error: there is no command `notes bogus`; there is `search`, `create`, `delete` or `batch_send`"
        )
    );
    assert!(run(&["notes", "create"]).stderr.ends_with("hint: `--mode write` allows it\n"));
    let missing = run_with(&["notes", "search", "x"], |process| process.environment(|_| None));
    assert!(missing.stderr.ends_with("hint: `notes doctor` says what is missing\n"), "{missing:?}");
    for command in [&["doctor"][..], &["notes", "search", "x"]] {
        let outcome = run(&[command, &["--config", "/nowhere/x.toml"]].concat());
        assert_eq!((outcome.code, outcome.stderr.contains("hint")), (4, false), "{outcome:?}");
    }
    assert!(run(&["fail", "busy"]).stderr.ends_with("\nhint: try again in 1m 30s\n"));
}

#[test]
fn mistakes_of_a_command_line_say_what_was_meant() {
    let error = |arguments: &[&str], stdin: &'static str| {
        let outcome = run_with(arguments, |process| process.stdin(stdin.as_bytes()));
        assert_eq!(outcome.code, 2, "{outcome:?}");
        outcome.stderr.lines().next().unwrap_or_default().to_owned()
    };
    for (arguments, message) in [
        (&["search", "--query", "x"][..], "there is no command `search`; did you mean `notes search`?"),
        (&["batch-send"], "there is no command `batch-send`; did you mean `notes batch_send`?"),
        (
            &["notes", "search", "x", "--timeout", "5"],
            "`--timeout` takes a duration with its unit; did you mean `5s`?",
        ),
        (&["notes", "search", "x", "y"], "`y` was taken for `--limit`: expected a whole number"),
        (
            &["call", "echo", "--input", "-"],
            "standard input is empty; write the action's input to it, a JSON object such as `{}`",
        ),
        (&["--help=foo"], "`--help` takes no value"),
        (&["notes", "search", "x", "--version=1"], "`--version` takes no value"),
        (
            &["manifest", "native", "folder", "more"],
            "unexpected argument `more`; all that this command takes is given: `--format`, `--out` or `--check`",
        ),
    ] {
        assert_eq!(error(arguments, "\n"), format!("error: {message}"));
    }
    let marked =
        run_with(&["--json", "call", "echo", "-"], |process| process.stdin(&b"\xef\xbb\xbf{\"what\":1}"[..]));
    assert_eq!(marked.json()["data"]["input"], json!({ "what": 1 }));
}

#[cfg(unix)]
#[test]
fn a_command_that_is_no_text_is_told_by_its_place() {
    use std::os::unix::ffi::OsStringExt as _;
    let (word, stderr) = (std::ffi::OsString::from_vec(vec![b'a', 0xff]), super::fake::Kept::default());
    let process = Process::new("notes", [word]).stdout(Vec::new()).stderr(stderr.clone());
    assert_eq!(super::run(&Fake::new(), process), 2);
    assert!(stderr.text().starts_with("error: argument 1 of the command line is not UTF-8 text\n"));
}

#[test]
fn half_a_command_is_answered_with_help() {
    let nothing = run(&[]);
    assert_eq!((nothing.code, nothing.stdout.as_str()), (2, ""));
    assert!(nothing.stderr.starts_with("Notes in memory."), "{nothing:?}");
    let group = run(&["notes"]);
    assert_eq!(group.code, 2);
    assert!(group.stderr.contains("Usage: notes notes [OPTIONS] <COMMAND>"), "{group:?}");
    let asked = run(&["notes", "search", "--help", "--bogus"]);
    assert_eq!((asked.code, asked.stderr.as_str()), (0, ""));
    assert!(asked.stdout.contains("--query <QUERY>"));
    assert_eq!(run(&["help", "notes", "search"]).stdout, run(&["notes", "search", "-h"]).stdout);
    for line in [&["bogus", "--help"][..], &["help", "bogus"], &["notes", "bogus", "-h"]] {
        let unknown = run(line);
        assert_eq!((unknown.code, unknown.stdout.as_str()), (2, ""), "{line:?}");
        assert!(unknown.stderr.contains("bogus`"), "{unknown:?}");
    }
    assert!(
        envelope(&["--help", "--json"]).1["data"]["text"].as_str().is_some_and(|text| text.contains("Usage"))
    );
}

#[test]
fn colour_is_for_a_terminal_that_wants_it() {
    let terminal = |variables| {
        run_with(&["options", "folders"], |process| {
            process.terminal(Terminal::all()).environment(environment(variables))
        })
        .stdout
    };
    assert!(terminal(&[("NOTES_ROOT", "/")]).contains("\u{1b}[1m"));
    assert!(!terminal(&[("NOTES_ROOT", "/"), ("NO_COLOR", "1")]).contains('\u{1b}'));
    assert!(!run(&["options", "folders"]).stdout.contains('\u{1b}'));
}

#[test]
fn standard_output_that_is_closed_is_an_error_and_not_a_panic() {
    struct Closed;
    impl Write for Closed {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::BrokenPipe.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    for arguments in [&["--json", "capabilities"][..], &["notes", "search", "x"], &["--help"]] {
        let outcome = run_with(arguments, |process| process.stdout(Closed));
        assert_eq!(outcome.code, 10, "{outcome:?}");
        assert_eq!(outcome.stderr, "error: the answer can't be written to standard output: broken pipe\n");
    }
}

#[test]
fn an_answer_is_one_write_of_complete_bytes() {
    #[derive(Clone, Default)]
    struct Counted(std::sync::Arc<std::sync::Mutex<Vec<usize>>>);
    impl Write for Counted {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().expect("a lock").push(bytes.len());
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let counted = Counted::default();
    let process = Process::new("notes", ["--json", "capabilities"]).stdout(counted.clone());
    assert_eq!(super::run(&Fake::new(), process), 0);
    assert_eq!(counted.0.lock().expect("a lock").len(), 1);
}

#[test]
fn any_command_line_with_json_is_answered_with_an_envelope() {
    const WORDS: [&str; 52] = [
        "notes",
        "search",
        "create",
        "delete",
        "batch_send",
        "echo",
        "fail",
        "call",
        "options",
        "folders",
        "manifest",
        "capabilities",
        "health",
        "config",
        "show",
        "doctor",
        "completions",
        "__complete",
        "--word=n",
        "connect",
        "disconnect",
        "connections",
        "--stdin",
        "--workspace",
        "--connection=x",
        "bash",
        "help",
        "--query",
        "--query=x",
        "--limit",
        "--case-sensitive",
        "--tags",
        "--filter",
        "--arg-mode",
        "--input",
        "--mode",
        "--mode=admin",
        "--set",
        "--set=root=x",
        "--config",
        "--timeout=1s",
        "--yes",
        "-v",
        "--help",
        "--format",
        "--check",
        "--",
        "-",
        "-5",
        "{}",
        "tr\u{fc}e\u{0}",
        "",
    ];
    // Xorshift: the same lines every time, so that a failure can be looked at.
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % below as u64).unwrap_or_default()
    };
    for _ in 0..4000 {
        let mut line = vec!["--json"];
        line.extend((0..next(9)).map(|_| WORDS[next(WORDS.len())]));
        let outcome = run(&line);
        let envelope = outcome.json();
        assert_eq!(envelope["ok"], json!(outcome.code == 0), "{line:?}: {envelope}");
        assert!([0, 2, 3, 4, 5, 6, 10].contains(&outcome.code), "{line:?}: {envelope}");
        let message = envelope.pointer("/error/message").and_then(Value::as_str).unwrap_or_default();
        assert!(!message.contains("command line panicked"), "{line:?}: {envelope}");
        assert!(!message.contains('\n'), "{line:?}: {envelope}");
    }
}
