//! Connections that a connector's program stores: no secret in anything that it writes, nothing lost by
//! programs that write at once or are killed, and nothing shown of what is typed.

#![expect(clippy::expect_used, reason = "a test that can't go on says so by panicking")]

#[cfg(target_os = "linux")]
#[expect(dead_code, reason = "others need more of it")]
#[path = "shared/mounted.rs"]
mod mounted;
#[path = "../../connector-sdk/src/traces.rs"]
mod traces;

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD_NO_PAD;
use serde_json::{Value, json};
use tempfile::TempDir;

const PASSWORD: &str = "s3cret-P4ssw0rd/+\"\\";

struct Home(TempDir);

impl Home {
    fn new() -> Self {
        Self(traces::folder())
    }

    fn store(&self) -> PathBuf {
        self.0.path().join("connectors")
    }

    fn command(&self, line: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_strongbox"));
        command.args(line.split_whitespace()).env_clear().stdin(Stdio::null());
        command.env("CONNECTOR_HOME", self.store()).env("RUST_BACKTRACE", "full");
        // The keyring of whoever runs the tests is none of theirs.
        command.env("CONNECTOR_KEYRING", "off");
        command
    }

    fn run(&self, line: &str) -> Output {
        self.command(line).output().expect("the program runs")
    }

    /// Stores a connection with the password on standard input.
    fn connect(&self, line: &str, password: &str) -> Output {
        let mut command = self.command(&format!("--json --mode write connect --stdin {line}"));
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it starts");
        let mut stdin = child.stdin.take().expect("a pipe");
        let _ = stdin.write_all(json!({ "password": password }).to_string().as_bytes());
        drop(stdin);
        child.wait_with_output().expect("it ends")
    }
}

fn envelope(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).expect("JSON")
}

/// The forms that somebody could read a secret from.
fn forms(secret: &str) -> Vec<String> {
    let hex = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
    let escaped = json!(secret).to_string().trim_matches('"').to_owned();
    // In the midst of a longer text, base64 has three forms.
    let shifted = (0..3).map(|before| {
        let text = BASE64_STANDARD_NO_PAD.encode("x".repeat(before) + secret);
        text.get(4..text.len() - 4).unwrap_or_default().to_owned()
    });
    [secret.to_owned(), secret.chars().take(11).collect(), hex, escaped].into_iter().chain(shifted).collect()
}

#[track_caller]
fn has_no_secret(what: &str, bytes: &[u8]) {
    for form in forms(PASSWORD) {
        let found = bytes.windows(form.len()).any(|window| window == form.as_bytes());
        assert!(!found, "{what} shows {form}: {}", String::from_utf8_lossy(bytes));
    }
}

#[track_caller]
fn shows_nothing(what: &str, output: &Output) {
    traces::leave(&output.stdout);
    traces::leave(&output.stderr);
    has_no_secret(what, &output.stdout);
    has_no_secret(what, &output.stderr);
}

/// Every file below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.expect("an entry").path();
        match path.is_dir() {
            true => found.extend(files(&path)),
            false => found.push(path),
        }
    }
    found
}

#[track_caller]
fn keeps_secrets(home: &Home) {
    for path in files(home.0.path()) {
        has_no_secret(&path.display().to_string(), &fs::read(&path).expect("readable"));
    }
}

#[test]
fn nothing_shows_what_is_stored() {
    let home = Home::new();
    for (line, password) in
        [("--set user=down", PASSWORD), ("--set user=panic", PASSWORD), ("--verbose", "bad s3cret-P4ssw0rd")]
    {
        let refused = home.connect(line, password);
        assert_ne!(refused.status.code(), Some(0), "{refused:?}");
        shows_nothing(line, &refused);
        assert!(!home.store().exists(), "it was stored all the same");
    }
    let added = home.connect("", PASSWORD);
    assert_eq!(envelope(&added)["data"]["state"], "added", "{added:?}");
    shows_nothing("connect", &added);
    let measured = home.run("--json measure");
    assert_eq!(envelope(&measured)["data"], PASSWORD.len(), "{measured:?}");
    for line in [
        "show",
        "health",
        "doctor",
        "config show",
        "connections",
        "connect --mode write",
        "disconnect",
        "health --set user=down",
        "health --set user=panic",
        "connect --mode write --set user=down",
        "connect --mode write --set user=panic",
        "connect --mode write other",
    ] {
        for extra in ["", " --json", " --verbose", " --json --verbose"] {
            let line = format!("{line}{extra}");
            let output = home.run(&line);
            assert!(!(output.stdout.is_empty() && output.stderr.is_empty()), "{line}");
            shows_nothing(&line, &output);
            keeps_secrets(&home);
        }
    }
    assert_eq!(home.run("--mode write disconnect").status.code(), Some(0));
    assert_eq!(home.run("measure").status.code(), Some(4));
}

#[test]
fn a_store_that_is_damaged_shows_nothing_and_stays() {
    let home = Home::new();
    home.connect("", PASSWORD);
    let file = home.store().join("credentials");
    let whole = fs::read(&file).expect("the store");
    let half = &whole[..whole.len() / 2];
    fs::write(&file, half).expect("cut");
    for line in [
        "--json show",
        "doctor",
        "--mode write connect --set user=x",
        "connections",
        "--mode write disconnect",
    ] {
        let output = home.run(line);
        shows_nothing(line, &output);
        let all = [&output.stdout[..], &output.stderr].concat();
        assert!(String::from_utf8_lossy(&all).contains("credentials` is damaged"), "{line}: {output:?}");
    }
    assert_eq!(fs::read(&file).expect("the store"), half);
    fs::write(&file, whole).expect("put back");
    let mut other = home.command("--json measure");
    other.env("CONNECTOR_KEY", "ab".repeat(32));
    let other = other.output().expect("the program runs");
    assert_eq!(other.status.code(), Some(4));
    assert!(
        envelope(&other)["error"]["message"]
            .as_str()
            .is_some_and(|text| text.contains("is encrypted with the key"))
    );
    assert_eq!(home.run("measure").status.code(), Some(0));
}

#[test]
fn programs_that_write_at_once_lose_nothing() {
    let home = Home::new();
    std::thread::scope(|scope| {
        for writer in ["a", "b"] {
            let home = &home;
            scope.spawn(move || {
                for number in 0..50 {
                    let output = home.connect(&format!("{writer}{number}"), PASSWORD);
                    assert_eq!(output.status.code(), Some(0), "{output:?}");
                }
            });
        }
    });
    let listed = envelope(&home.run("--json connections"));
    assert_eq!(listed["data"]["connections"].as_array().map(Vec::len), Some(100), "{listed}");
    keeps_secrets(&home);
}

#[test]
fn a_program_that_is_killed_leaves_a_whole_store() {
    let home = Home::new();
    home.connect("first", PASSWORD);
    let mut stored = 0;
    for number in 0..60_u64 {
        let line = format!("--mode write connect {number}");
        let mut command = home.command(&line);
        command.env("STRONGBOX_PASSWORD", PASSWORD).stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn().expect("it starts");
        std::thread::sleep(Duration::from_micros(number * 150));
        let _ = child.kill();
        stored += usize::from(child.wait().expect("it ends").success());
        keeps_secrets(&home);
    }
    let listed = envelope(&home.run("--json connections"));
    let count = listed["data"]["connections"].as_array().map_or(0, Vec::len);
    assert!(count > stored, "{stored} said that they were stored, and {count} are, with the first");
    assert_eq!(envelope(&home.connect("last", PASSWORD))["data"]["state"], "added");
    assert_eq!(home.run("measure --connection first").status.code(), Some(0));
}

#[test]
fn the_store_is_where_the_users_data_is() {
    let home = Home::new();
    let mut command = home.command("--mode write connect");
    command.env_remove("CONNECTOR_HOME").env("HOME", home.0.path()).env("STRONGBOX_PASSWORD", PASSWORD);
    assert_eq!(command.output().expect("the program runs").status.code(), Some(0));
    let found = files(home.0.path());
    assert_eq!(found.len(), 3, "{found:?}");
    let below = match cfg!(target_os = "macos") {
        true => "Library/Application Support/connector-sdk",
        false => ".local/share/connector-sdk",
    };
    assert!(found.iter().all(|path| path.parent() == Some(&home.0.path().join(below))), "{found:?}");
}

/// On a real terminal, which `script` makes (util-linux, part of every Debian).
#[cfg(target_os = "linux")]
mod terminal {
    use std::io::Read as _;
    use std::process::{Child, ChildStdin};
    use std::sync::mpsc::{Receiver, channel};

    use super::*;

    /// What somebody sees of a program, and types.
    struct Screen {
        child: Child,
        typed: ChildStdin,
        pieces: Receiver<Vec<u8>>,
        seen: String,
    }

    impl Screen {
        fn new(home: &Home, line: &str) -> Self {
            // The shell lives on when the program is interrupted.
            let shell = format!(
                "trap : INT; '{}' {line}; echo ended with $?; stty -a",
                env!("CARGO_BIN_EXE_strongbox")
            );
            let mut command = Command::new("script");
            command.args(["--quiet", "--command", &shell, "/dev/null"]);
            command.env("CONNECTOR_HOME", home.store()).env("TERM", "dumb").env("SHELL", "/bin/sh");
            command.env("CONNECTOR_KEYRING", "off");
            let mut child =
                command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("script runs");
            let typed = child.stdin.take().expect("a pipe");
            let mut stdout = child.stdout.take().expect("a pipe");
            let (sender, pieces) = channel();
            std::thread::spawn(move || {
                let mut buffer = [0; 1024];
                while let Ok(length @ 1..) = stdout.read(&mut buffer) {
                    if sender.send(buffer[..length].to_vec()).is_err() {
                        return;
                    }
                }
            });
            Self { child, typed, pieces, seen: String::new() }
        }

        /// Waits until the screen says something.
        #[track_caller]
        fn says(&mut self, text: &str) {
            while !self.seen.contains(text) {
                match self.pieces.recv_timeout(Duration::from_secs(30)) {
                    Ok(piece) => self.seen.push_str(&String::from_utf8_lossy(&piece)),
                    Err(error) => panic!("{error} before `{text}`: {}", self.seen),
                }
            }
        }

        fn types(&mut self, text: &str) {
            self.typed.write_all(text.as_bytes()).expect("typed");
            self.typed.flush().expect("typed");
        }

        /// The number that the program ended with, and whether the terminal shows what is typed again.
        #[track_caller]
        fn ends_with(&mut self, code: u8) {
            self.says(&format!("ended with {code}\r\n"));
            self.says("echok");
            assert!(self.seen.contains(" echo ") && !self.seen.contains("-echo "), "{}", self.seen);
        }
    }

    impl Drop for Screen {
        fn drop(&mut self) {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }

    #[test]
    fn a_credential_that_is_typed_is_not_shown() {
        let home = Home::new();
        let mut screen = Screen::new(&home, "connect");
        screen.says("user [me]: ");
        screen.types("somebody\n");
        screen.says("password (not shown): ");
        screen.types(&format!("{PASSWORD}\n"));
        screen.says("state: added");
        screen.ends_with(0);
        assert!(screen.seen.contains("user [me]: somebody\r\n"), "a setting is shown: {}", screen.seen);
        has_no_secret("the screen", screen.seen.as_bytes());
        keeps_secrets(&home);
        let measured = home.run("--json measure");
        assert_eq!(envelope(&measured)["data"], PASSWORD.len(), "{measured:?}");
    }

    #[test]
    fn giving_up_brings_the_terminal_back_and_stores_nothing() {
        let home = Home::new();
        let mut screen = Screen::new(&home, "connect --set user=me");
        screen.says("password (not shown): ");
        screen.types("\u{3}");
        screen.ends_with(10);
        assert!(screen.seen.contains("it was cancelled before all was answered"), "{}", screen.seen);
        let mut screen = Screen::new(&home, "connect --set user=me --timeout 300ms");
        screen.says("password (not shown): ");
        screen.ends_with(10);
        assert!(!home.store().exists());
    }

    #[test]
    fn disconnect_asks() {
        let home = Home::new();
        home.connect("", PASSWORD);
        let mut screen = Screen::new(&home, "disconnect");
        screen.says("Proceed? [y/N] ");
        screen.types("y\n");
        screen.ends_with(0);
        assert_eq!(envelope(&home.run("--json connections"))["data"]["connections"], json!([]));
    }
}

/// A secret of a container's platform may be such a folder.
#[cfg(target_os = "linux")]
#[test]
fn a_store_that_can_only_be_read_has_turns_that_are_nothing() {
    use connector_sdk::credentials::{Address, FileStore, Store as _};
    let home = Home::new();
    let Some(disk) = mounted::Disk::mount(home.0.path(), "size=1m,mode=0700") else { return };
    let store = FileStore::at(home.store());
    let address = Address::new("default", "strongbox", "work").expect("an address");
    let settings = connector_sdk::Settings::new().secret("password", PASSWORD);
    store.save(&address, &settings).expect("stored");
    disk.remount("ro");
    drop(store.turn(&address).expect("nobody is waited for"));
    assert!(store.load(&address).expect("readable").is_some());
    disk.remount("rw");
    drop(store.turn(&address).expect("a turn"));
}
