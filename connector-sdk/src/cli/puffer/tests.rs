//! What would hold an answer up, in processes whose time is over.

use std::time::{Duration, Instant};

use tokio_util::sync::CancellationToken;

use super::super::fake::{Fake, Kept};
use super::super::process::Process;
use super::super::rules::Rules;
use super::super::scan::scan;
use super::*;
use crate::traces::leave;

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
