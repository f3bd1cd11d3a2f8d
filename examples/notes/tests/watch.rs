//! Changes of notes as a host gets them.
#![expect(clippy::unwrap_used, reason = "the helpers of tests may panic as tests may")]

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use connector_sdk::call::Connection;
use connector_sdk::event::{Health, Item, SubscribeOptions, Subscription};
use connector_sdk::serde_json::{Value, json};
use connector_sdk::{Settings, factory};
use notes::Notes;
use tempfile::TempDir;

/// Longer than anything takes on a busy machine.
const LONG: Duration = Duration::from_secs(60);

fn subscribe(root: &Path, since: Option<&str>) -> Subscription {
    let settings = Settings::new().value("root", root.to_str().unwrap());
    let connection = Connection::open("test", &factory::<Notes>(), &settings).unwrap();
    let mut options = SubscribeOptions::new("test");
    options.failed_wait = Duration::from_millis(10);
    Arc::new(connection).subscribe(since, options).unwrap()
}

async fn next(subscription: &mut Subscription) -> Item {
    tokio::time::timeout(LONG, subscription.next()).await.unwrap().unwrap()
}

/// The next change, which is acknowledged.
async fn change(subscription: &mut Subscription) -> Value {
    loop {
        if let Item::Event(event) = next(subscription).await {
            subscription.acknowledge(event.id());
            return event.parse().unwrap();
        }
    }
}

fn run<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(future)
}

#[test]
fn changes_are_told_now_and_later() {
    let dir = TempDir::new().unwrap();
    fs::create_dir(dir.path().join("in")).unwrap();
    fs::write(dir.path().join("old.md"), "old").unwrap();
    run(async {
        let mut subscription = subscribe(dir.path(), None);
        let begun = loop {
            if let Item::Checkpoint(cursor) = next(&mut subscription).await {
                break cursor;
            }
        };
        fs::write(dir.path().join("in/a.md"), "a").unwrap();
        assert_eq!(change(&mut subscription).await, json!({ "kind": "created", "path": "in/a.md" }));
        fs::write(dir.path().join("in/a.md"), "another").unwrap();
        assert_eq!(change(&mut subscription).await, json!({ "kind": "changed", "path": "in/a.md" }));
        fs::remove_file(dir.path().join("old.md")).unwrap();
        assert_eq!(change(&mut subscription).await, json!({ "kind": "removed", "path": "old.md" }));
        let stored = subscription.cursor().unwrap();
        assert_ne!(stored, begun);
        subscription.stop().await;
        fs::write(dir.path().join("b.md"), "b").unwrap();
        let mut subscription = subscribe(dir.path(), Some(&stored));
        assert_eq!(change(&mut subscription).await["path"], "b.md");
        subscription.stop().await;
    });
}

#[test]
fn a_folder_that_is_gone_is_no_folder_without_notes() {
    let dir = TempDir::new().unwrap();
    let root = dir.path().join("notes");
    fs::create_dir(&root).unwrap();
    fs::write(root.join("a.md"), "a").unwrap();
    run(async {
        let mut subscription = subscribe(&root, None);
        while !matches!(next(&mut subscription).await, Item::Checkpoint(_)) {}
        let away = dir.path().join("away");
        fs::rename(&root, &away).unwrap();
        loop {
            match next(&mut subscription).await {
                Item::Event(event) => panic!("nothing was removed: {event:?}"),
                Item::Health(Health::Failed { failure }) => {
                    assert!(failure.message.contains("the notes folder"), "{failure:?}");
                    break;
                }
                _ => {}
            }
        }
        // What is missing when it is back was removed.
        fs::remove_file(away.join("a.md")).unwrap();
        fs::rename(&away, &root).unwrap();
        assert_eq!(change(&mut subscription).await, json!({ "kind": "removed", "path": "a.md" }));
    });
}
