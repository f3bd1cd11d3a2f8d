//! `act` and `auth-ok`: how a program is asked, and what becomes of its answers.

use std::time::Duration;

use connector_sdk::call::Connection;
use connector_sdk::{Context, ErrorKind, Settings};
use tempfile::tempdir;

use super::*;

#[tokio::test]
async fn a_program_is_asked_as_puffer_asks_it() {
    let told = run(
        r#"read line; printf '{"asked":"%s %s %s","more":"%s"}' "$1" "$2" "$3" "$(wc -c)"; printf '%s' "$line" >&2"#,
    );
    assert_eq!(told.await.expect("an answer"), r#"{"asked":"act work run","more":"0"}"#);
    let echo = run("cat").await.expect("an answer");
    assert_eq!(echo, r#"{"connection_slug":"work","connector_slug":"script"}"#);
    // Nothing is a success, and so is a value that doesn't say whether it is one.
    assert_eq!(run("cat >/dev/null").await.expect("nothing"), "null");
    assert_eq!(run(r#"echo '{"success":"false"}'"#).await.expect("a value"), r#"{"success":"false"}"#);
    assert_eq!(run(r#"echo '{"done":1}'"#).await.expect("a value"), r#"{"done":1}"#);
    let success = run(r#"echo '{"success":true,"summary":"s","output":[1]}'"#).await;
    assert_eq!(success.expect("a success"), "[1]");
}

#[tokio::test]
async fn a_large_input_is_written_whole_whether_it_is_read_or_not() {
    let large = format!("{{\"text\":\"{}\"}}", "x".repeat(4 * 1024 * 1024));
    let counted = open(&script("wc -c"));
    let output = counted.call("run", large.as_bytes(), &caller(), Context::new()).await.expect("counted");
    let all = large.len() + r#","connection_slug":"work","connector_slug":"script""#.len() + 1;
    assert_eq!(String::from_utf8_lossy(output.as_bytes()).trim(), all.to_string());
    // One that writes before it reads, and one that never reads.
    let chatty = open(&script("head -c 900000 /dev/zero | tr '\\0' ' '; wc -c"));
    let output = chatty.call("run", large.as_bytes(), &caller(), Context::new()).await.expect("counted");
    assert_eq!(String::from_utf8_lossy(output.as_bytes()).trim(), all.to_string());
    let deaf = open(&script("echo 7"));
    let output =
        deaf.call("run", large.as_bytes(), &caller(), Context::new()).await.expect("its answer counts");
    assert_eq!(output.as_bytes(), b"7");
}

#[tokio::test]
async fn failures_have_kinds() {
    for (text, kind, said) in [
        (
            r#"echo '{"success":false,"error":"busy","retryable":true}'"#,
            ErrorKind::Unavailable,
            "`script`: busy",
        ),
        (r#"echo '{"success":false,"summary":"no"}'"#, ErrorKind::Upstream, "`script`: no"),
        ("echo a log line; echo '{}'", ErrorKind::Upstream, "not one JSON value"),
        (r#"printf '{"success":'"#, ErrorKind::Upstream, "not one JSON value"),
        (r"printf '\377\376'", ErrorKind::Upstream, "not UTF-8"),
        ("echo it broke >&2; exit 1", ErrorKind::Upstream, "exit status: 1): it broke"),
        ("echo '{\"success\":true}'; exit 3", ErrorKind::Upstream, "exit status: 3) and said nothing"),
        ("kill -9 $$", ErrorKind::Upstream, "signal: 9"),
        (
            "head -c 300000 /dev/zero | tr '\\0' x >&2; echo the end >&2; exit 1",
            ErrorKind::Upstream,
            "xthe end",
        ),
    ] {
        let error = run(text).await.expect_err(text);
        assert_eq!(error.kind(), kind, "{text}: {error}");
        assert!(error.message().contains(said), "{text}: {error}");
        assert!(error.message().len() < 4000, "{}", error.message().len());
    }
}

#[tokio::test]
async fn a_program_that_is_not_there_is_something_to_set_up() {
    let missing = CommandConnector::from_command("gone", ["/nowhere/at-all"]).expect("a command");
    let error = open(&missing).health(Context::new()).await.expect_err("no program");
    assert_eq!(error.kind(), ErrorKind::Setup);
    assert!(error.message().contains("there is no program `/nowhere/at-all`"), "{error}");
    let home = tempdir().expect("a folder");
    let file = home.path().join("plain");
    std::fs::write(&file, "").expect("written");
    let plain = CommandConnector::from_command("plain", [file.display().to_string()]).expect("a command");
    assert_eq!(open(&plain).health(Context::new()).await.expect_err("no program").kind(), ErrorKind::Setup);
}

#[tokio::test]
async fn only_a_slug_names_a_connection() {
    let connector = script("echo true");
    for name in ["--help", "Work", "my work", "", "a/b", "ä"] {
        let connection = Connection::open(name, &connector, &Settings::new()).expect("opened");
        let error = connection.health(Context::new()).await.expect_err(name);
        assert_eq!(error.kind(), ErrorKind::Setup, "{name}");
    }
    let unknown = Settings::new().text("root", "x");
    let error = Connection::open("work", &connector, &unknown).expect_err("a setting");
    assert_eq!(error.kind(), ErrorKind::Setup);
}

#[tokio::test]
async fn health_is_what_auth_ok_says() {
    let health = async |text: &str| open(&script(text)).health(Context::new()).await;
    health(r#"[ "$1 $2" = "auth-ok work" ] && [ -z "$(cat)" ] && echo '{"ok":true}'"#).await.expect("well");
    health("echo TRUE").await.expect("well");
    let no = health(r#"echo '{"ok":false,"error":"log in again"}'"#).await.expect_err("no");
    assert_eq!((no.kind(), no.message()), (ErrorKind::Auth, "`script`: log in again"));
    for text in ["exit 1", "echo maybe", "true", "echo '{}'"] {
        assert_eq!(health(text).await.expect_err(text).kind(), ErrorKind::Upstream, "{text}");
    }
}

#[tokio::test]
async fn standard_error_is_the_log() {
    let log = Arc::new(Log::default());
    let context = Context::new().with_observer(Arc::clone(&log) as Arc<dyn Observer>);
    call(&open(&script(r"echo one >&2; printf '\377two' >&2; cat")), context).await.expect("an answer");
    let text = log.until("two").await;
    assert!(text.contains("[info] one\n[info] \u{fffd}two\n"), "{text}");
}

#[tokio::test]
async fn an_action_is_bound_by_its_permission() {
    let template = json!({
        "slug": "rude", "description": "x", "skill": "x", "binary": "x", "command": ["touch", "/nowhere/at/all"],
        "actions": {"go": {"slug": "go", "permission": {"category": "unheard_of", "summary": ""}}}
    });
    let connector = CommandConnector::from_template(&template.to_string()).expect("a template");
    let error = open(&connector)
        .call("go", b"{}", &Caller::new("test", Mode::Full).without_asking(), Context::new())
        .await
        .expect_err("not allowed");
    assert_eq!(error.kind(), ErrorKind::Denied);
}

#[tokio::test]
async fn calls_at_once_are_processes_at_once() {
    let connection = open(&script("sleep 0.2; cat"));
    let calls = (0..20).map(|_| {
        let connection = Arc::clone(&connection);
        tokio::spawn(
            async move { call(&connection, Context::new().with_timeout(Duration::from_secs(50))).await },
        )
    });
    for call in calls.collect::<Vec<_>>() {
        call.await.expect("no panic").expect("an answer");
    }
}
