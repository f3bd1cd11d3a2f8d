//! Programs that never end, say too much, or leave others behind.

use std::time::{Duration, Instant};

use connector_sdk::{CancellationToken, Context, ErrorKind};
use tempfile::tempdir;

use super::*;

/// Starts a grandchild that writes its number to a file, and then does what `then` says.
fn with_grandchild(file: &Path, then: &str) -> String {
    let file = file.display();
    format!("(echo $$ >'{file}.self'; exec sleep 1000) & echo $! >'{file}'; {then}")
}

#[tokio::test]
async fn what_never_ends_is_ended_with_all_that_it_started() {
    let home = tempdir().expect("a folder");
    let file = home.path().join("number");
    let connector = script(&with_grandchild(&file, "wait")).time_limit(Duration::from_millis(600));
    let error = call(&open(&connector), Context::new()).await.expect_err("no answer");
    assert_eq!(error.kind(), ErrorKind::Cancelled);
    assert!(error.message().contains("no answer in 0.6 s"), "{error}");
    is_gone(&number_in(&file).await).await;
}

#[tokio::test]
async fn a_deadline_that_is_shorter_counts() {
    let began = Instant::now();
    let context = Context::new().with_timeout(Duration::from_millis(200));
    let error = call(&open(&script("sleep 1000")), context).await.expect_err("no answer");
    assert_eq!((error.kind(), error.message()), (ErrorKind::Cancelled, "the call ran out of time"));
    assert!(began.elapsed() < Duration::from_secs(25));
}

#[tokio::test]
async fn a_call_that_is_given_up_leaves_nothing() {
    let home = tempdir().expect("a folder");
    for way in ["cancel", "drop"] {
        let file = home.path().join(way);
        let connection = open(&script(&with_grandchild(&file, "trap '' TERM INT HUP; wait; sleep 1000")));
        let token = CancellationToken::new();
        let context = Context::new().with_cancellation(token.clone());
        let task = tokio::spawn(async move { call(&connection, context).await });
        let number = number_in(&file).await;
        assert!(is_alive(&number));
        if way == "cancel" {
            token.cancel();
            let error = task.await.expect("no panic").expect_err("cancelled");
            assert_eq!(error.kind(), ErrorKind::Cancelled);
        } else {
            task.abort();
        }
        is_gone(&number).await;
    }
}

#[tokio::test]
async fn a_grandchild_that_holds_standard_output_holds_nobody_up() {
    let home = tempdir().expect("a folder");
    let file = home.path().join("number");
    let began = Instant::now();
    let answer = run(&with_grandchild(&file, "cat")).await.expect("an answer");
    assert!(answer.contains("connection_slug"), "{answer}");
    assert!(began.elapsed() < Duration::from_secs(25), "it waited for the grandchild");
    is_gone(&number_in(&file).await).await;
}

/// One that leaves the group is no longer ours to end; it must not hold anybody up either.
#[tokio::test]
async fn a_grandchild_that_flees_holds_nobody_up() {
    if std::process::Command::new("setsid").arg("true").status().is_err() {
        connector_tests::left_out("there is no `setsid`");
        return;
    }
    let began = Instant::now();
    let answer = run("setsid sleep 20 & cat").await.expect("an answer");
    assert!(answer.contains("connection_slug"), "{answer}");
    assert!(began.elapsed() < Duration::from_secs(15), "it waited for the grandchild");
    // It keeps its end of standard input unread, and writes for ever.
    let large = format!("{{\"text\":\"{}\"}}", "x".repeat(1024 * 1024));
    let connection = open(&script("setsid timeout 20 yes & sleep 0.2; exit 0"));
    let error =
        connection.call("run", large.as_bytes(), &caller(), Context::new()).await.expect_err("no answer");
    assert_eq!(error.kind(), ErrorKind::Upstream, "{error}");
    assert!(began.elapsed() < Duration::from_secs(30), "it waited for the grandchild");
}

#[tokio::test]
async fn an_answer_without_an_end_is_an_error() {
    for text in ["yes", "head -c 2097152 /dev/zero | tr '\\0' x", "exec cat /dev/zero"] {
        let error = run(text).await.expect_err(text);
        assert_eq!(error.kind(), ErrorKind::Upstream, "{text}: {error}");
        assert!(error.message().contains("more than 1 MiB"), "{text}: {error}");
    }
    // Standard error may be as long as it likes, as long as an answer comes.
    let answer = run("head -c 20000000 /dev/zero >&2; cat").await.expect("an answer");
    assert!(answer.contains("connection_slug"), "{answer}");
}

/// Whatever a call does with them, no pipe and no thread stays behind.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn calls_leave_no_pipes() {
    let open_files = || std::fs::read_dir("/proc/self/fd").expect("a folder").count();
    let connection = open(&script("cat"));
    call(&connection, Context::new()).await.expect("an answer");
    let before = open_files();
    for _ in 0..40 {
        call(&connection, Context::new()).await.expect("an answer");
    }
    // Other tests run at the same time, with a few pipes each.
    wait(|| open_files() < before + 60).await;
}
