//! Events that are written, cursors that are kept, and programs that fail.

use std::collections::BTreeSet;

use super::*;

#[test]
fn events_of_all_are_lines_and_a_restart_goes_on_after_them() {
    let chimes =
        format!("- {{ name: chimes, command: [{}], connection: work }}\n", env!("CARGO_BIN_EXE_chimes"));
    let user =
        User::new(&hosts(&["- { name: count, connector: counter }\n".to_owned(), ticker("tick", 5), chimes]));
    let mut run = user.start();
    let mut seen = BTreeSet::new();
    for _ in 0..10 + 5 + 12 {
        let event = run.event().expect("an event");
        seen.insert(format!(
            "{} {}",
            event["name"].as_str().expect("a name"),
            event["id"].as_str().expect("an id")
        ));
        if event["id"] == "n3" {
            let line = serde_json::json!({
                "name": "count", "connector": "counter", "workspace": "default", "connection": "default",
                "id": "n3", "cursor": "3", "payload": {"n": 3, "token": "[redacted]"}
            });
            assert_eq!(event, line);
        }
        if event["id"] == "hour-2" {
            assert_eq!((&event["cursor"], &event["connection"]), (&"{\"hour\":2}".into(), &"work".into()));
        }
    }
    assert_eq!(seen.len(), 27, "{seen:?}");
    let cursors = || ["count", "tick", "chimes"].map(|name| user.cursor(name).unwrap_or_default());
    wait(|| cursors() == ["10", "5", "{\"hour\":12}"], || format!("{:?}", cursors()));
    // What is told of one may be written before the other's last event is counted.
    for (name, events) in [("count", 10), ("tick", 5)] {
        let is_told = || user.status(name).is_some_and(|(_, row)| row["events"] == events);
        wait(is_told, || format!("no status of {name}"));
    }
    let (running, row) = user.status("tick").expect("a status");
    assert!(running && row["state"] == "running" && row["last_event"]["id"] == "e5", "{row}");
    assert_eq!(row["last_error"], Value::Null);
    run.signal("-TERM");
    assert!(run.end().success());
    assert_eq!(run.event(), None, "what a connector prints is no line");
    assert!(run.said().contains("the connector prints") && !run.said().contains(TOKEN), "{}", run.said());
    let (running, row) = user.status("tick").expect("a status");
    assert_eq!((running, row["state"].as_str()), (false, Some("stopped")));

    user.write(&hosts(&["- { name: count, connector: counter }\n".to_owned(), ticker("tick", 7)]));
    let mut run = user.start_with("run hosts.yml", &[("COUNTER_LAST", "11")]);
    let ids: BTreeSet<String> =
        (0..3).map(|_| run.event().expect("an event")["id"].as_str().expect("an id").to_owned()).collect();
    assert_eq!(ids, ["e6", "e7", "n11"].map(str::to_owned).into());
}

/// A variable of the environment would be the same for both.
#[test]
fn connections_that_are_named_are_what_is_stored_of_them() {
    let entry = |name: &str| format!("- {{ name: {name}, connector: counter, connection: {name} }}\n");
    let user = User::new(&hosts(&[entry("home"), entry("work")]));
    for (name, last) in [("home", "1"), ("work", "2")] {
        let output = user.run(&format!("connect counter {name} --set last={last} --mode write"));
        assert!(output.status.success(), "{output:?}");
    }
    let mut run = user.start_with("run", &[("COUNTER_LAST", "9")]);
    let mut told: Vec<String> = (0..3)
        .map(|_| run.event().expect("an event"))
        .map(|event| format!("{} {}", event["connection"], event["id"]))
        .collect();
    told.sort();
    assert_eq!(told, [r#""home" "n1""#, r#""work" "n1""#, r#""work" "n2""#]);
    run.signal("-TERM");
    assert!(run.end().success());
    assert_eq!(run.event(), None);
}

#[test]
fn a_program_that_crashes_is_started_again_and_disturbs_nobody() {
    let user = User::new(&hosts(&[
        script("crash", "read line; echo boom >&2; exit 3"),
        "- { name: missing, command: [/nowhere/at/all] }\n".to_owned(),
        ticker("tick", 3),
    ]));
    let mut run = user.start();
    for n in 1..=3 {
        assert_eq!(run.event().expect("an event")["id"], format!("e{n}"));
    }
    wait(|| user.status("crash").is_some_and(|(_, row)| row["failures"].as_u64() >= Some(5)), || run.said());
    let (running, row) = user.status("crash").expect("a status");
    assert!(running, "{row}");
    assert_eq!(
        (&row["state"], &row["last_error"]["kind"]),
        (&"retrying".into(), &"unavailable".into()),
        "{row}"
    );
    assert!(
        row["last_error"]["message"].as_str().expect("a text").contains("exit status: 3): boom"),
        "{row}"
    );
    let said = run.until("missing: failed: setup: `missing`: there is no program");
    assert!(said.contains("crash: retrying, again in 0."), "{said}");
    assert_eq!(user.status("tick").expect("a status").1["state"], "running");
    let table = String::from_utf8(user.run("status --run hosts.yml").stdout).expect("UTF-8");
    assert!(table.contains("retrying") && table.contains("boom"), "{table}");
    assert!(
        user.run("status tick --run hosts.yml").status.code() == Some(2),
        "there is no such connector here"
    );
}

#[test]
fn changes_are_json_where_that_is_wanted() {
    let user = User::new(&hosts(&[script("crash", "echo nonsense; exit 1")]));
    let run = user.start_with("run --json --verbose", &[]);
    let said = run.until("\"state\":\"retrying\"");
    wait(|| run.said().contains("nonsense"), || run.said());
    let whole = said.lines().take(said.matches('\n').count());
    let lines: Vec<Value> =
        whole.map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}"))).collect();
    assert_eq!((&lines[0]["name"], &lines[0]["state"]), (&"crash".into(), &"running".into()));
    let retrying = lines.iter().find(|line| line["state"] == "retrying").expect("a failure");
    assert!(retrying["retry_in_ms"].is_u64() && retrying["kind"] == "unavailable", "{retrying}");
}

#[test]
fn what_a_panic_says_is_told_without_its_secrets() {
    let user = User::new(&hosts(&["- { name: count, connector: counter }\n".to_owned()]));
    let run = user.start_with("run --verbose", &[("COUNTER_LAST", "0"), ("RUST_BACKTRACE", "full")]);
    let said = run.until("the connector panicked: with [redacted]");
    assert!(said.contains("connector panicked at tests/src/bin/steward.rs:"), "{said}");
    assert!(!said.contains("s3cret"), "{said}");
}

#[test]
fn a_supervisor_that_is_killed_twenty_times_loses_nothing() {
    const LAST: usize = 12_000;
    let user = User::new(&hosts(&[
        format!("- {{ name: tick, command: [env, TICKER_LAST={LAST}, {TICKER}] }}\n"),
        "- { name: count, connector: counter }\n".to_owned(),
    ]));
    let last = LAST.to_string();
    let mut seen = [BTreeSet::new(), BTreeSet::new()];
    for kill in 1..=21 {
        let mut run = user.start_with("run", &[("COUNTER_LAST", &last)]);
        let began = Instant::now();
        let mut is_killed = false;
        while let Some(event) = run.event() {
            let n = event["payload"]["n"].as_u64().expect("a number");
            seen[usize::from(event["name"] == "count")].insert(n);
            let all = seen.iter().map(BTreeSet::len).sum::<usize>();
            if kill == 21 && all == 2 * LAST {
                break;
            }
            if kill < 21 && !is_killed && all >= 2 * LAST * kill / 22 {
                run.signal("-KILL");
                is_killed = true;
            }
            assert!(began.elapsed() < LONG, "{} of {LAST} by run {kill}", seen[0].len());
        }
        if kill < 21 {
            assert!(!run.end().success() && is_killed, "it was killed");
        }
    }
    for seen in &seen {
        assert_eq!((seen.len(), seen.first(), seen.last()), (LAST, Some(&1), Some(&(LAST as u64))));
    }
}

/// Half a line that a killed run left in a file must not swallow the first of the next.
#[test]
fn a_file_is_continued_on_a_line_of_its_own() {
    let user = User::new(&hosts(&[ticker("tick", 2)]));
    let file = user.path("events.jsonl");
    fs::write(&file, "{\"name\":\"tick\",\"conn").expect("written");
    let append = fs::OpenOptions::new().append(true).open(&file).expect("opened");
    let mut child = user.command("run").stdout(append).stderr(Stdio::null()).spawn().expect("it starts");
    wait(|| user.cursor("tick").as_deref() == Some("2"), || "no cursor".to_owned());
    child.kill().and_then(|()| child.wait()).expect("killed");
    let text = fs::read_to_string(&file).expect("events");
    let whole = text.lines().filter(|line| serde_json::from_str::<Value>(line).is_ok());
    assert_eq!(whole.count(), 2, "{text}");
}

#[test]
fn without_a_reader_all_of_it_ends() {
    let user = User::new(&hosts(&[ticker("tick", 100_000)]));
    let mut run = user.start();
    run.event().expect("an event");
    run.lines = None;
    assert!(!run.end().success());
    assert!(run.said().contains("standard output can't be written"), "{}", run.said());
}
