//! What would hold an answer up, in processes whose time is over.

use std::ffi::OsString;
use std::fs::File;
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

use super::super::fake::{Fake, Kept, TOKEN, run_with};
use super::super::process::Process;
use super::super::rules::Rules;
use super::super::scan::scan;
use super::*;
use crate::traces::{folder, leave};

fn variable(home: &Path) -> impl Fn(&str) -> Option<OsString> + Send + Sync + 'static {
    let home = home.to_owned();
    move |name| match name {
        "CONNECTOR_HOME" => Some(home.clone().into()),
        "CONNECTOR_KEYRING" => Some("off".into()),
        "NOTES_TOKEN" => Some(TOKEN.into()),
        _ => None,
    }
}

/// Runs something in a process that Puffer started that long ago, and tells what it wrote.
fn later<T>(
    line: &str,
    process: Process,
    ago: Duration,
    run: impl FnOnce(&mut Session<'_>, Builtin) -> T,
) -> (T, String) {
    let fake = Fake::new();
    let arguments: Vec<&str> = line.split(' ').collect();
    let scan = scan(&fake.0, &arguments);
    let stdout = Kept::default();
    let mut process = process.stdout(stdout.clone());
    let started = Instant::now().checked_sub(ago).expect("the machine is on for longer than that");
    let rules = Rules::default();
    let mut session = Session {
        factory: &fake,
        manifest: &fake.0,
        scan: &scan,
        process: &mut process,
        rules: &rules,
        started,
        ending: None,
    };
    let result = run(&mut session, asked(&scan).expect("one of Puffer's"));
    leave(stdout.text());
    (result, stdout.text())
}

#[test]
fn a_store_that_is_held_is_given_up_in_time() {
    let home = folder();
    let home = home.path().join("home");
    let line = ["--json", "--mode", "write", "connect", "work", "--set", "root=/stored"];
    let stored = run_with(&line, |process| process.environment(variable(&home)));
    assert_eq!(stored.code, 0, "{stored:?}");
    let lock = File::options().write(true).open(home.join("credentials.lock")).expect("a lock");
    lock.lock().expect("locked");
    for line in ["act work echo", "auth-ok work"] {
        let process = Process::new("notes", [""; 0]).environment(variable(&home));
        let (code, answer) = later(line, process, puffer::PATIENCE, run);
        let answer: Value = serde_json::from_str(&answer).expect("JSON");
        assert_eq!(code, 0);
        assert_eq!(answer["error"], "the time was over before the credential store came to its end");
    }
}

#[cfg(feature = "oauth")]
#[test]
fn a_renewal_that_hangs_holds_no_answer_up() {
    let _hanging = crate::oauth::hanging();
    let (result, _) =
        later("act work echo", Process::new("notes", [""; 0]), puffer::LAST, |session, builtin| {
            session.ending = Some(ending(session, builtin));
            session.wait(CancellationToken::new(), None, async { 7 })
        });
    assert_eq!(result.expect("a result"), 7);
    assert!(crate::oauth::is_renewing(), "it was waited for");
}

#[test]
fn an_input_that_can_not_be_read_is_told_from_one_that_is_too_large() {
    struct Broken;
    impl io::Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("the cable is cut"))
        }
    }
    let outcome = run_with(&["act", "work", "echo"], |process| process.stdin(Broken));
    let said = "standard input can't be read: the cable is cut";
    assert_eq!(
        (outcome.code, outcome.json()),
        (0, json!({"success": false, "summary": said, "error": said, "retryable": false}))
    );
}
