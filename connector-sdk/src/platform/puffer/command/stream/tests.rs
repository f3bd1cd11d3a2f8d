//! What a program hears of its events, with shells for programs.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use serde_json::json;
use tempfile::tempdir;
use tokio::time::sleep;

use super::*;
use crate::call::{Connection, Redactor};
use crate::event::{Item, SubscribeOptions, Subscription};
use crate::manifest::{Events, Manifest};
use crate::{BoxFuture, Call, Connector, Run};

/// Longer than anything takes on a busy machine.
const LONG: Duration = Duration::from_secs(60);

/// Runs a script for as long as its subscription lasts.
struct Shell {
    manifest: Manifest,
    command: Vec<String>,
    /// Whether the script's context hears nothing of the subscription's end.
    deaf: bool,
}

impl Connector for Shell {
    fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    fn prepare<'a>(&'a self, _: Call<'a>) -> Result<Run<'a>> {
        Err(Error::usage("it has no actions"))
    }

    fn events<'a>(
        &'a self,
        since: Option<&'a str>,
        out: Emitter,
        context: &'a Context,
    ) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            let context = if self.deaf { Context::new() } else { context.clone() };
            run(&self.command, "work", since, out, LONG, &context).await
        })
    }
}

fn subscribe(script: &str, deaf: bool) -> Subscription {
    let mut manifest = Manifest::new("shell", "Shell", "1.0.0");
    manifest.events = Some(Events::new("Lines.", json!(true)));
    let command = ["sh", "-c", script].map(str::to_owned).into();
    let shell = Shell { manifest, command, deaf };
    let connection = Arc::new(Connection::over("work", Box::new(shell), Redactor::new(&[])));
    let mut options = SubscribeOptions::new("test");
    (options.grace, options.window) = (LONG, if deaf { 1 } else { 100_000 });
    connection.subscribe(None, options).expect("subscribed")
}

async fn next(subscription: &mut Subscription) -> Item {
    timeout(LONG, subscription.next()).await.expect("in time").expect("not its end")
}

async fn count(file: &Path) -> usize {
    let began = Instant::now();
    while !file.exists() {
        assert!(began.elapsed() < LONG, "it never comes");
        sleep(Duration::from_millis(10)).await;
    }
    fs::read_to_string(file).expect("a number").trim().parse().expect("a number")
}

/// Acknowledges all that comes until there is a file, and gives the number in it.
async fn until(subscription: &mut Subscription, file: &Path) -> usize {
    let acknowledge = async {
        loop {
            if let Item::Event(event) = next(subscription).await {
                subscription.acknowledge(event.id());
            }
        }
    };
    tokio::select! {
        count = count(file) => count,
        () = acknowledge => 0,
    }
}

/// Writes events with long cursors: so many from a number on.
fn events(from: usize, count: usize) -> String {
    format!(
        "awk 'BEGIN {{ c = sprintf(\"%04000d\", 0); for (n = {from}; n < {from} + {count}; n++) \
         printf \"{{\\\"type\\\":\\\"event\\\",\\\"id\\\":\\\"e%d\\\",\\\"cursor\\\":\\\"%s\\\",\\\"payload\\\":1}}\\n\", n, c }}'"
    )
}

#[tokio::test]
async fn a_program_that_reads_late_hears_of_every_event() {
    let home = tempdir().expect("a folder");
    let file = home.path().join("heard");
    // Of 4 MB of acknowledgements it reads nothing until it has told all.
    let script = format!(
        "read -r line; {}; sleep 1; head -n 1000 | grep -c event_id >'{1}.new'; mv '{1}.new' '{1}'; exec sleep 1000",
        events(0, 1000),
        file.display()
    );
    let mut subscription = subscribe(&script, false);
    assert_eq!(until(&mut subscription, &file).await, 1000);
}

#[tokio::test]
async fn a_program_that_never_reads_is_ended_in_the_end() {
    let script = format!("{}; exec sleep 1000", events(0, 6000));
    let mut subscription = subscribe(&script, false);
    loop {
        match next(&mut subscription).await {
            Item::Event(event) => subscription.acknowledge(event.id()),
            Item::Health(Health::Retrying { failure, .. }) => {
                assert!(failure.message.contains("doesn't read its acknowledgements"), "{failure:?}");
                break;
            }
            item => drop(item),
        }
    }
}

#[tokio::test]
async fn a_program_waits_for_a_host_that_acknowledges_late() {
    let mut subscription = subscribe(&format!("{}; exec sleep 1000", events(0, 6000)), false);
    let mut waiting = Vec::new();
    // Of 24 MB of cursors.
    while let Ok(Some(item)) = timeout(Duration::from_secs(1), subscription.next()).await {
        let Item::Event(event) = item else { panic!("{item:?}") };
        waiting.push(event.id().to_owned());
    }
    assert!((4000..4300).contains(&waiting.len()), "{}", waiting.len());
    let (mut seen, acknowledger) = (waiting.len(), subscription.acknowledger());
    // A program that is read no more may have no room for what it is told, and isn't ended for that.
    waiting.truncate(200);
    acknowledger.acknowledge_all(waiting.iter().map(String::as_str));
    while seen < 4100 + 150 {
        let Item::Event(_) = next(&mut subscription).await else { panic!("no event") };
        seen += 1;
    }
}

/// What a kind of frame doesn't need may be anything (contract 1.4).
#[tokio::test]
async fn what_a_frame_has_besides_is_nothing() {
    let lines = [
        r#"{"type":"event","id":"a","cursor":"1","payload":1,"status":200,"detail":{"x":1}}"#,
        r#"{"type":"event","id":7,"cursor":"2","payload":2}"#,
        r#"{"type":"event","id":"b","cursor":"3","payload":null,"status":null,"more":[]}"#,
        r#"{"type":"checkpoint","cursor":"4","id":9,"status":false}"#,
        r#"{"type":"health","status":"ill","detail":["a"],"id":4,"cursor":5}"#,
    ];
    let script = format!("printf '%s\\n' '{}'; cat >/dev/null", lines.join("' '"));
    let mut subscription = subscribe(&script, false);
    for expected in ["a", "b"] {
        let Item::Event(event) = next(&mut subscription).await else { panic!("no event") };
        assert_eq!(event.id(), expected);
        subscription.acknowledge(expected);
    }
    let (mut reached, mut ill) = (false, false);
    while !(reached && ill) {
        match next(&mut subscription).await {
            Item::Checkpoint(cursor) => reached = &*cursor == "4",
            Item::Health(Health::Retrying { failure, .. }) => {
                assert_eq!(failure.message, "the program says that it is `ill`");
                ill = true;
            }
            item => panic!("{item:?}"),
        }
    }
}

#[tokio::test]
async fn a_program_that_closes_its_input_may_tell_as_much() {
    let home = tempdir().expect("a folder");
    let file = home.path().join("told");
    let script = format!(
        "exec <&-; {}; echo 6000 >'{1}.new'; mv '{1}.new' '{1}'; exec sleep 1000",
        events(0, 6000),
        file.display()
    );
    let mut subscription = subscribe(&script, false);
    let mut seen = 0;
    while seen < 6000 {
        match next(&mut subscription).await {
            Item::Event(event) => subscription.acknowledge(event.id()),
            item => panic!("{item:?}"),
        }
        seen += 1;
    }
    assert_eq!(count(&file).await, 6000);
}

#[tokio::test]
async fn what_is_acknowledged_at_the_last_is_heard() {
    let home = tempdir().expect("a folder");
    for run in 0..12 {
        let file = home.path().join(format!("heard {run}"));
        let script = format!("read -r line; {}; grep -c event_id >'{}'", events(0, 2), file.display());
        let mut subscription = subscribe(&script, false);
        for _ in 0..2 {
            let Item::Event(event) = next(&mut subscription).await else { panic!("no event") };
            subscription.acknowledge(event.id());
        }
        subscription.stop().await;
        assert_eq!(count(&file).await, 2, "{run}");
    }
}

#[tokio::test]
async fn a_program_that_tells_on_at_the_end_has_its_grace() {
    let home = tempdir().expect("a folder");
    let file = home.path().join("done");
    let script = format!("{}; cat >/dev/null; sleep 0.2; echo 1 >'{}'", events(0, 2), file.display());
    // The second event waits for room, and the subscription's end is the first that is heard of it.
    let mut subscription = subscribe(&script, true);
    next(&mut subscription).await;
    subscription.stop().await;
    assert!(file.exists(), "it was let finish");
}

#[tokio::test]
async fn what_a_program_says_of_itself_is_cut() {
    let script = "awk 'BEGIN { printf \"{\\\"type\\\":\\\"health\\\",\\\"status\\\":\\\"ill\\\",\\\"detail\\\":\\\"%05000d\\\"}\\n\", 0 }'; exec cat >/dev/null";
    let mut subscription = subscribe(script, false);
    let Item::Health(Health::Retrying { failure, .. }) = next(&mut subscription).await else {
        panic!("well")
    };
    assert_eq!(failure.message.len(), 2000);
}
