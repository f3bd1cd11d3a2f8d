//! ArgentOS's contract (1.3 to 1.5 of its command-line specification), held by the built binary.

#![expect(clippy::expect_used, reason = "a helper of a test that can't go on says so by panicking")]

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use connector_sdk::serde_json::{Value, json};
use tempfile::TempDir;

/// A folder of notes, and the program that looks after it.
struct Notes(TempDir);

struct Answer {
    code: i32,
    stdout: String,
    stderr: String,
}

impl Notes {
    fn new() -> Self {
        let folder = TempDir::new().expect("a folder");
        fs::write(folder.path().join("tea.md"), "# Tea\n\nGreen tea at 80 degrees.\n").expect("a note");
        Self(folder)
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn command<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_notes"));
        command.args(arguments).env_clear().env("NOTES_ROOT", self.path()).stdin(Stdio::null());
        command
    }

    /// Runs a command line, its words parted by single spaces.
    fn run(&self, line: &str) -> Answer {
        finish(self.command(line.split(' ')))
    }

    fn run_with_input(&self, line: &str, input: &[u8]) -> Answer {
        let mut command = self.command(line.split(' '));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program starts");
        let mut stdin = child.stdin.take().expect("a pipe");
        // The program may stop reading, and say why, before all is written.
        let _ = stdin.write_all(input);
        drop(stdin);
        answer(child.wait_with_output().expect("the program ends"))
    }
}

fn finish(mut command: Command) -> Answer {
    answer(command.output().expect("the program runs"))
}

fn answer(output: Output) -> Answer {
    Answer {
        code: output.status.code().expect("an exit code"),
        stdout: String::from_utf8(output.stdout).expect("UTF-8"),
        stderr: String::from_utf8(output.stderr).expect("UTF-8"),
    }
}

impl Answer {
    /// The envelope, which is all that is on standard output.
    fn envelope(&self) -> Value {
        assert_eq!(self.stdout.matches('\n').count(), 1, "one line: {}{}", self.stdout, self.stderr);
        let envelope: Value = connector_sdk::serde_json::from_str(&self.stdout).expect("JSON");
        assert_eq!(envelope["ok"], self.code == 0, "{envelope}");
        assert_eq!(envelope["tool"], "aos-notes");
        assert!(envelope["command"].is_string() && envelope["meta"]["duration_ms"].is_u64(), "{envelope}");
        assert!(envelope["meta"]["timestamp"].is_string() && envelope["meta"]["version"].is_string());
        assert_eq!(envelope.get("data").is_some(), self.code == 0, "{envelope}");
        envelope
    }

    #[track_caller]
    fn is(&self, code: i32, error: &str) -> Value {
        let envelope = self.envelope();
        assert_eq!((self.code, envelope["error"]["code"].as_str()), (code, Some(error)), "{envelope}");
        assert!(!envelope["error"]["message"].as_str().expect("a message").is_empty());
        assert!(envelope["error"]["details"].is_object());
        envelope
    }
}

#[test]
fn every_command_answers_with_an_envelope() {
    let notes = Notes::new();
    for (line, command) in [
        ("--json capabilities", "capabilities"),
        ("--json health", "health"),
        ("health --json", "health"),
        ("--json config show", "config.show"),
        ("--json doctor", "doctor"),
        ("--json notes list", "notes.list"),
        ("--json --mode readonly notes read tea.md", "notes.read"),
        ("notes search --json --query tea", "notes.search"),
        ("notes search tea 5 --json", "notes.search"),
        ("--json --mode write notes create --title New --body text", "notes.create"),
        ("--json --mode admin notes delete New.md", "notes.delete"),
        ("--json options paths --query tea", "options.paths"),
        ("--json manifest", "manifest"),
        ("--json call read_note --input {\"path\":\"tea.md\"}", "notes.read"),
    ] {
        let answer = notes.run(line);
        let envelope = answer.envelope();
        assert_eq!((answer.code, envelope["command"].as_str()), (0, Some(command)), "{line}: {envelope}");
    }
}

#[test]
fn every_exit_code_has_its_case() {
    let notes = Notes::new();
    assert_eq!(notes.run("--json notes read tea.md").code, 0);
    notes.run("--json notes serch tea").is(2, "INVALID_USAGE");
    notes.run("--json notes list --limit many").is(2, "INVALID_USAGE");
    let denied = notes.run("--json notes create --title x --body y").is(3, "PERMISSION_DENIED");
    assert_eq!(denied["error"]["details"]["required_mode"], "write");
    assert_eq!(denied["error"]["details"]["actual_mode"], "readonly");
    assert_eq!(denied["meta"]["mode"], "readonly");

    let mut unset = notes.command(["--json", "notes", "list"]);
    unset.env_remove("NOTES_ROOT");
    let missing = finish(unset).is(4, "NOTES_SETUP_REQUIRED");
    assert_eq!(missing["error"]["details"]["missing_keys"], json!(["NOTES_ROOT"]));

    notes.run("--json --mode write notes create --title tea2 --body x").envelope();
    let again = notes.run("--json --mode write notes create --title tea2 --body x");
    assert_eq!((again.code, again.envelope()["error"]["code"].clone()), (5, json!("CONFLICT")));
    notes.run("--json notes read coffee.md").is(6, "NOT_FOUND");

    let mut full = notes.command(["--json", "notes", "list"]);
    full.stdout(File::options().write(true).open("/dev/full").expect("a full device"));
    let full = finish(full);
    assert_eq!(full.code, 10);
    assert!(
        full.stderr.starts_with("error: the answer can't be written to standard output"),
        "{}",
        full.stderr
    );
}

#[test]
fn the_mode_is_checked_before_the_arguments() {
    let notes = Notes::new();
    for line in [
        "--json --mode readonly notes create",
        "--json notes create --titel x",
        "--json --mode write notes delete --path ../../etc/passwd",
        "--json call create_note --input not-json",
    ] {
        notes.run(line).is(3, "PERMISSION_DENIED");
    }
    assert_eq!(notes.run("--json --mode root notes list").is(2, "INVALID_USAGE")["meta"]["mode"], "unknown");
    assert_eq!(fs::read_dir(notes.path()).expect("the folder").count(), 1, "nothing was made");
}

#[test]
fn hosts_write_their_arguments_in_many_ways() {
    let notes = Notes::new();
    let search = |line: &str| notes.run(line).envelope()["data"].clone();
    let expected = search("--json notes search tea");
    assert_eq!(expected.as_array().map(Vec::len), Some(1));
    for line in [
        "--json notes search --query tea",
        "--json notes search --query=tea --limit 3",
        "--json --mode readonly notes search tea --limit 3",
        "notes search --limit 3 tea --json",
        "--json call search_notes --input {\"query\":\"tea\"}",
    ] {
        assert_eq!(search(line), expected, "{line}");
    }
    let hyphen = notes.run("--json --mode write notes create --title -x --body --json");
    assert_eq!(hyphen.envelope()["ok"], true, "whatever follows an option is its value");
    let piped = notes.run_with_input("--json call search_notes --input -", b"{\"query\": \"tea\"}");
    assert_eq!(piped.envelope()["data"], expected);
    let body = notes.run_with_input("--json --mode write notes create --title Piped --body -", b"one\ntwo\n");
    assert_eq!(body.envelope()["ok"], true);
    let made = fs::read_to_string(notes.path().join("Piped.md")).expect("the note");
    assert!(made.contains("one\ntwo\n"), "{made}");
}

#[test]
fn health_satisfies_all_of_its_readers() {
    let notes = Notes::new();
    for line in ["--json health", "health --json", "doctor --json"] {
        let envelope = notes.run(line).envelope();
        assert_eq!(envelope["status"], "ready", "the canvas looks here: {envelope}");
        assert_eq!(envelope["runtime_ready"], true);
        assert_eq!(envelope["live_backend_available"], true);
        assert_eq!(envelope["data"]["status"], "healthy", "the catalogue looks here: {envelope}");
    }
    assert_eq!(notes.run("doctor --json").envelope()["runtime"]["command_readiness"]["notes.list"], true);

    let mut unset = notes.command(["--json", "health"]);
    unset.env_remove("NOTES_ROOT");
    let unset = finish(unset).envelope();
    assert_eq!((unset["ok"].clone(), unset["data"]["status"].clone()), (json!(true), json!("needs_setup")));
    let checks = unset["data"]["checks"].as_array().expect("checks");
    let required =
        checks.iter().find(|check| check["name"] == "required_env").expect("the check of variables");
    assert_eq!(required["details"]["missing_keys"], json!(["NOTES_ROOT"]));
}

#[test]
fn the_documents_never_disagree() {
    let notes = Notes::new();
    let out = TempDir::new().expect("a folder");
    let line = format!("--json manifest --format argentos --out {}", out.path().display());
    assert_eq!(notes.run(&line).envelope()["ok"], true);
    let root = out.path().join("aos-notes");
    let read = |path: &str| -> Value {
        let text = fs::read_to_string(root.join(path)).expect("a document");
        connector_sdk::serde_json::from_str(&text).expect("JSON")
    };
    let connector = read("connector.json");
    let permissions = read("agent-harness/permissions.json");
    let capabilities = notes.run("--json capabilities").envelope()["data"].clone();
    let modes = |document: &Value| -> BTreeMap<String, String> {
        let commands = document["commands"].as_array().expect("commands");
        let text = |command: &Value, key: &str| command[key].as_str().expect("a text").to_owned();
        commands.iter().map(|command| (text(command, "id"), text(command, "required_mode"))).collect()
    };
    let permitted: BTreeMap<String, String> =
        connector_sdk::serde_json::from_value(permissions["permissions"].clone()).expect("modes");
    assert_eq!(modes(&connector), permitted);
    assert_eq!(modes(&capabilities), permitted);
    assert_eq!(permitted["notes.delete"], "admin");
    assert!(root.join("README.md").is_file());

    let binary = root.join("agent-harness/bin/aos-notes");
    let mut probe = Command::new(binary);
    probe.args(["--json", "capabilities"]).env_clear();
    assert_eq!(finish(probe).envelope()["data"]["tool"], "aos-notes");

    let check = format!("--json manifest --format argentos --out {} --check", out.path().display());
    assert_eq!(notes.run(&check).code, 0, "nothing has changed since");
    fs::write(root.join("agent-harness/permissions.json"), "{}").expect("a change");
    let stale = notes.run(&check);
    assert!(stale.code != 0 && stale.stdout.contains("permissions.json"), "{}", stale.stdout);
}

#[test]
fn bad_input_is_refused_in_words() {
    let notes = Notes::new();
    let says = |answer: Answer, code: i32, words: &str| {
        let envelope = answer.envelope();
        let message = envelope["error"]["message"].as_str().unwrap_or_default().to_owned();
        assert!(answer.code == code && message.contains(words), "{code} {words}: {envelope}");
    };
    says(notes.run("--json nots list"), 2, "nots");
    says(notes.run("--json notes serch"), 2, "did you mean `notes search`");
    says(notes.run("--json notes list --limt 3"), 2, "did you mean `--limit`");
    says(notes.run("--json notes list --limit 0"), 2, "`limit` must be at least 1");
    says(notes.run("--json --set rot=/tmp notes list"), 2, "did you mean `root`");
    says(notes.run("--json call list_notes --input {\"limt\":1}"), 2, "did you mean `limit`");
    says(notes.run("--json call list_notes --input [1]"), 2, "must be a JSON object");
    says(notes.run("--json call lst_notes --input {}"), 2, "did you mean `list_notes`");
    says(notes.run("--json notes read ../../etc/passwd"), 2, "");
    says(notes.run("--json notes read /etc/passwd"), 2, "");
    says(notes.run("--json --set root=/no/such/folder notes list"), 4, "/no/such/folder");
    says(notes.run_with_input("--json call list_notes --input -", b"\xff\xfe"), 2, "UTF-8");
    let large = vec![b' '; 17 * 1024 * 1024];
    says(notes.run_with_input("--json call list_notes --input -", &large), 2, "16 MiB");
    let deep = "[".repeat(200_000);
    says(notes.run_with_input("--json call list_notes --input -", deep.as_bytes()), 2, "JSON object");
}

#[test]
#[cfg(unix)]
fn an_argument_that_is_no_text_is_refused() {
    use std::os::unix::ffi::OsStrExt as _;
    let notes = Notes::new();
    let mut command = notes.command(["--json", "notes", "search"]);
    command.arg(OsStr::from_bytes(b"\xff"));
    finish(command).is(2, "INVALID_USAGE");
}

#[test]
fn a_reader_that_goes_away_is_told_of() {
    let notes = Notes::new();
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    let mut command = notes.command(["--json", "notes", "list"]);
    command.stdout(writer);
    let gone = finish(command);
    assert_eq!(gone.code, 10);
    assert!(gone.stderr.starts_with("error: the answer can't be written"), "{}", gone.stderr);
}

#[test]
fn people_get_text_and_no_colour_in_a_pipe() {
    let notes = Notes::new();
    let list = notes.run("notes list");
    assert!(list.stdout.starts_with("PATH") && list.stdout.contains("tea.md"), "{}", list.stdout);
    assert!(!list.stdout.contains('\u{1b}'));
    let help = notes.run("notes search --help");
    assert!(
        help.stdout.contains("Words that must all occur") && help.stdout.contains("--limit"),
        "{}",
        help.stdout
    );
    let denied = notes.run("notes delete tea.md");
    assert!(
        denied.code == 3 && denied.stdout.is_empty() && denied.stderr.contains("--mode admin"),
        "{}",
        denied.stderr
    );
    assert!(notes.path().join("tea.md").exists());
}
