//! The key of a store in GNOME Keyring, on a session bus and in a home of the test's own.

use std::fs;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::servers::UNTIL_INPUT_ENDS;
use crate::traces;

const PASSWORD: &str = "s3cret-P4ssw0rd";
const LIMIT: Duration = Duration::from_secs(60);

/// Only what is started here is on this bus: nothing is started by its being asked for.
const BUS: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>{address}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default"><allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/></policy>
</busconfig>"#;

/// Somebody who is logged in: a home, a session bus, and a keyring where one was started.
struct Session {
    // Its path is short, as that of a socket has to be.
    home: TempDir,
    /// The folder of stores, which stays for the search for secrets.
    stores: TempDir,
    bus: Option<Group>,
    keyring: Option<Group>,
}

/// A process with all that it starts, gone when this is.
struct Group(Child);

impl Drop for Group {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        drop(self.0.wait());
    }
}

impl Session {
    fn new() -> Self {
        let home = tempfile::Builder::new().prefix("keyring").tempdir().expect("a folder");
        let mut this = Self { home, stores: traces::folder(), bus: None, keyring: None };
        let config = this.home.path().join("bus.conf");
        fs::write(&config, BUS.replace("{address}", &this.address())).expect("written");
        let config = format!("--config-file={}", config.display());
        this.bus = Some(this.start(&["dbus-daemon", "--nofork", "--nopidfile", &config]));
        until("the bus answers", || this.home.path().join("bus").exists());
        this
    }

    fn address(&self) -> String {
        format!("unix:path={}/bus", self.home.path().display())
    }

    /// A program as somebody starts it who is logged in.
    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.env("HOME", self.home.path()).env("DBUS_SESSION_BUS_ADDRESS", self.address());
        command.current_dir(self.home.path()).stdin(Stdio::null());
        command
    }

    fn start(&self, words: &[&str]) -> Group {
        let log = fs::File::options().create(true).append(true).open(self.home.path().join("log"));
        let log = log.expect("a log");
        let mut command = self.command("sh");
        command.args(["-c", UNTIL_INPUT_ENDS, "keyring"]).args(words);
        command.process_group(0).stdin(Stdio::piped());
        command.stderr(log.try_clone().expect("a log")).stdout(log);
        Group(command.spawn().expect("a shell"))
    }

    /// Starts the keyring: with the login's password, or locked.
    fn keyring(&mut self, is_unlocked: bool) {
        const START: &str = "exec gnome-keyring-daemon --foreground --components=secrets";
        self.keyring = None;
        until("the keyring is gone", || !self.has_keyring());
        let line = match is_unlocked {
            true => format!("printf s3cret-login | {START} --unlock"),
            false => START.to_owned(),
        };
        self.keyring = Some(self.start(&["sh", "-c", &line]));
        until("the keyring answers", || self.has_keyring());
    }

    fn has_keyring(&self) -> bool {
        let mut ask = self.command("dbus-send");
        ask.args(["--session", "--print-reply", "--dest=org.freedesktop.DBus", "/org/freedesktop/DBus"]);
        ask.args(["org.freedesktop.DBus.NameHasOwner", "string:org.freedesktop.secrets"]);
        let output = ask.output().expect("it runs");
        assert!(output.status.success(), "{output:?}");
        String::from_utf8_lossy(&output.stdout).contains("boolean true")
    }

    fn store(&self) -> PathBuf {
        self.stores.path().join("connectors")
    }

    fn program(&self, line: &str) -> Command {
        let mut command = self.command(env!("CARGO_BIN_EXE_strongbox"));
        command.args(line.split_whitespace()).env("CONNECTOR_HOME", self.store());
        command
    }

    /// What a program wrote, which shows no secret.
    fn run(&self, mut command: Command) -> Output {
        let output = command.output().expect("it runs");
        let all = [&output.stdout[..], &output.stderr].concat();
        let text = String::from_utf8_lossy(&all);
        assert!(!text.contains(PASSWORD), "{text}");
        traces::leave(&all);
        output
    }

    fn connect(&self, name: &str, variables: &[(&str, &str)]) -> Output {
        let given = self.home.path().join("given");
        fs::write(&given, json!({ "password": PASSWORD }).to_string()).expect("written");
        let mut command = self.program(&format!("--json --mode write connect --stdin {name}"));
        command.stdin(fs::File::open(given).expect("readable")).envs(variables.iter().copied());
        self.run(command)
    }

    /// That another process has the password.
    #[track_caller]
    fn reads(&self, name: &str) {
        let output = self.run(self.program(&format!("--json --connection {name} measure")));
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        let answer: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        assert_eq!(answer["data"], PASSWORD.len(), "{answer}");
    }

    /// That whoever reads or writes is told what is the matter, and changes nothing.
    #[track_caller]
    fn refuses(&self, words: &str) {
        let before = files(&self.store());
        for output in [
            self.run(self.program("--json --connection work measure")),
            self.run(self.program("--json connections")),
            self.run(self.program("--json --mode write disconnect work")),
            self.connect("another", &[]),
        ] {
            assert_eq!(output.status.code(), Some(4), "{output:?}");
            let text = String::from_utf8_lossy(&output.stdout);
            assert!(text.contains(words) && text.contains("or set CONNECTOR_KEY"), "{words}: {text}");
        }
        assert_eq!(files(&self.store()), before);
    }

    fn rekey(&self, how: &str) {
        let mut command = self.command(env!("CARGO_BIN_EXE_rekey"));
        command.arg(how).env("CONNECTOR_HOME", self.store());
        let output = self.run(command);
        assert!(output.status.success(), "{output:?}");
    }

    /// The ids of the keys that the keyring has.
    fn ids(&self) -> Vec<String> {
        let mut command = self.command("secret-tool");
        command.args(["search", "--all", "service", "connector-sdk"]);
        let output = command.output().expect("it runs");
        let text = [output.stdout, output.stderr].concat();
        let text = String::from_utf8_lossy(&text).into_owned();
        text.lines()
            .filter_map(|line| line.strip_prefix("attribute.username = "))
            .map(str::to_owned)
            .collect()
    }

    /// Which key the store says that it needs.
    fn id(&self) -> String {
        let bytes = fs::read(self.store().join("credentials")).expect("the store");
        let line = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
        String::from_utf8_lossy(line).split(' ').next_back().unwrap_or_default().to_owned()
    }
}

fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let entries = fs::read_dir(folder).expect("a folder");
    let mut files: Vec<_> = entries
        .map(|entry| entry.expect("an entry"))
        .map(|entry| {
            (entry.file_name().to_string_lossy().into_owned(), fs::read(entry.path()).expect("a file"))
        })
        .collect();
    files.sort();
    files
}

fn names(folder: &Path) -> Vec<String> {
    files(folder).into_iter().map(|(name, _)| name).collect()
}

#[track_caller]
fn until(what: &str, holds: impl Fn() -> bool) {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < LIMIT, "it never came to this: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
#[ignore = "needs dbus-daemon, dbus-send, gnome-keyring-daemon and secret-tool"]
fn the_key_of_a_store_is_in_the_keyring_alone() {
    let mut session = Session::new();
    session.keyring(true);
    let output = session.connect("work", &[]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert_eq!(names(&session.store()), ["credentials", "credentials.lock"]);
    assert_eq!(session.ids(), [session.id()]);
    for (name, bytes) in files(&session.store()) {
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains(PASSWORD) && !text.contains("work"), "{name}: {text}");
    }
    session.reads("work");

    // Nobody is there, then one that is locked: as it is when nobody is logged in.
    session.keyring = None;
    until("the keyring is gone", || !session.has_keyring());
    session.refuses("no keyring answers");
    session.keyring(false);
    session.refuses("the keyring is locked; unlock it");
    session.keyring(true);
    session.reads("work");
    assert_eq!(session.connect("another", &[]).status.code(), Some(0));
    session.reads("another");
    session.reads("work");
}

#[test]
#[ignore = "needs dbus-daemon, dbus-send, gnome-keyring-daemon and secret-tool"]
fn a_key_is_moved_into_the_keyring_and_rotated_there() {
    let mut session = Session::new();
    // Without one that answers the key is in a file, and stays there.
    assert_eq!(session.connect("work", &[]).status.code(), Some(0));
    assert_eq!(names(&session.store()), ["credentials", "credentials.key", "credentials.lock"]);
    session.keyring(true);
    session.reads("work");
    assert!(session.ids().is_empty());
    session.rekey("into-keyring");
    assert_eq!(names(&session.store()), ["credentials", "credentials.lock"]);
    let moved = session.id();
    assert_eq!(session.ids(), std::slice::from_ref(&moved));
    session.reads("work");
    session.rekey("in-place");
    assert_ne!(session.id(), moved);
    assert_eq!(session.ids(), [session.id()], "the old key is forgotten");
    session.reads("work");
}

#[test]
#[ignore = "needs dbus-daemon, dbus-send, gnome-keyring-daemon and secret-tool"]
fn a_keyring_that_is_turned_off_is_not_asked() {
    let mut session = Session::new();
    session.keyring(true);
    let output = session.connect("work", &[("CONNECTOR_KEYRING", "off")]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert_eq!(names(&session.store()), ["credentials", "credentials.key", "credentials.lock"]);
    assert!(session.ids().is_empty());
    session.reads("work");
}
