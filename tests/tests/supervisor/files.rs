//! What can be wrong before anything runs.

use super::*;

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_file_that_is_wrong_runs_nothing() {
    let user = User::new("connectors:\n- { name: a, comand: [x] }\n- { name: a, connector: counter }\n");
    let output = user.run("run");
    assert_eq!(output.status.code(), Some(4));
    let said = said(&output);
    for part in [
        "`hosts.yml` has a fault: line 2, column 3: `a` has neither",
        "; line 2, column 14: unknown key `comand` of `a`; did you mean `command`?",
    ] {
        assert!(said.contains(part), "no {part} in {said}");
    }
    let output = user.run("run other.yml --json");
    assert_eq!(output.status.code(), Some(4));
    let answer: Value = serde_json::from_slice(&output.stdout).expect("an envelope");
    assert!(
        answer["error"]["message"].as_str().expect("a message").contains("`other.yml` can't be read"),
        "{answer}"
    );
    assert!(!user.path("hosts.state").exists());
}

#[test]
fn one_that_can_not_start_is_named_and_the_others_go_on() {
    let user = User::new(&hosts(&[
        "- { name: gone, connector: countr }\n".to_owned(),
        "- { name: unstored, connector: counter, connection: elsewhere }\n".to_owned(),
        "- { name: untold, template: none.json }\n".to_owned(),
        "- { name: well, connector: counter }\n".to_owned(),
    ]));
    let mut run = user.start();
    assert_eq!(run.event().expect("an event")["name"], "well");
    let said = run.until("well: running");
    for part in [
        "gone: unusable: usage: there is no connector `countr`; did you mean `counter`?",
        "unstored: unusable: setup: nothing is stored of the connection `elsewhere` in the workspace `default`; \
         `steward connect counter elsewhere` stores it",
        "untold: unusable: setup: the template `none.json` can't be read",
    ] {
        assert!(said.contains(part), "no {part} in {said}");
    }
    let (running, row) = user.status("gone").expect("a status");
    assert_eq!((running, row["state"].as_str()), (true, Some("unusable")), "{row}");
    run.signal("-TERM");
    assert!(run.end().success());

    user.write("connectors: [{ name: gone, connector: countr }]\n");
    let output = user.run("run");
    assert_eq!(output.status.code(), Some(4));
    assert!(
        super::files::said(&output).contains("none of what `hosts.yml` names can be started"),
        "{output:?}"
    );
}

/// Whoever reads the lines would take an envelope for one.
#[test]
fn what_fails_among_the_events_is_no_line_of_theirs() {
    let user = User::new("connectors: [{ name: gone, connector: countr }]\n");
    let output = user.run("run --json");
    assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(4), &b""[..]));
    let said = said(&output);
    let last: Value = serde_json::from_str(said.lines().last().expect("a line")).expect("JSON");
    let message = last["error"]["message"].as_str().expect("a message");
    assert!(message.contains("none of what `hosts.yml` names can be started"), "{said}");
}

#[test]
fn a_cursor_of_another_connection_is_not_gone_on_from() {
    let user = User::new(&hosts(&[ticker("a", 3)]));
    let mut run = user.start();
    (0..3).for_each(|_| drop(run.event().expect("an event")));
    wait(|| user.cursor("a").as_deref() == Some("3"), || "no cursor".to_owned());
    run.signal("-TERM");
    assert!(run.end().success());
    user.write("connectors: [{ name: a, connector: counter }]\n");
    let output = user.run("run");
    assert_eq!(output.status.code(), Some(4));
    assert!(said(&output).contains("is of the connection `work` of `a`"), "{output:?}");
}

#[test]
fn one_run_at_a_time_keeps_the_cursors() {
    let user = User::new(&hosts(&[ticker("a", 1)]));
    assert!(said(&user.run("status --run hosts.yml")).contains("was never run"));
    let mut run = user.start();
    run.event().expect("an event");
    let other = user.run("run");
    assert!(!other.status.success() && said(&other).contains("another `run` keeps its cursors"), "{other:?}");
}
