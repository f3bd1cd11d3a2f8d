//! Acknowledgements: for what the host acknowledged and nothing else, and nothing lost whoever is killed.

use std::collections::BTreeSet;
use std::time::Duration;

use tempfile::tempdir;

use super::*;

/// Writes four events, and all that it hears to a file.
fn four(file: &Path) -> CommandConnector {
    script(&format!(
        "for n in 1 2 3 4; do echo '{{\"type\":\"event\",\"id\":\"e'$n'\",\"cursor\":\"c'$n'\",\"payload\":'$n'}}'; done\n\
         echo '{{\"type\":\"checkpoint\",\"cursor\":\"c9\"}}'\n\
         while read -r line; do echo \"$line\" >>'{}'; done",
        file.display()
    ))
}

#[tokio::test]
async fn a_program_hears_of_what_the_host_is_done_with_in_its_own_order() {
    let home = tempdir().expect("a folder");
    let file = home.path().join("heard");
    let heard = || {
        fs::read_to_string(&file).unwrap_or_default().lines().skip(1).map(str::to_owned).collect::<Vec<_>>()
    };
    let mut subscription = open(&four(&file)).subscribe(None, options()).expect("subscribed");
    for _ in 0..4 {
        event(&mut subscription).await;
    }
    // Two of them out of their order: a program may take one for all that came before.
    subscription.acknowledge("e3");
    subscription.acknowledge("e2");
    subscription.acknowledge("nobody's");
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(heard(), [""; 0], "the first is not acknowledged");
    assert_eq!(subscription.cursor(), None);
    subscription.acknowledge("e1");
    wait(|| heard().len() == 3).await;
    let ack = |n: u32| format!("{{\"op\":\"ack\",\"cursor\":\"c{n}\",\"event_id\":\"e{n}\"}}");
    assert_eq!(heard(), [1, 2, 3].map(ack));
    assert_eq!(
        subscription.cursor().as_deref(),
        Some("c3"),
        "and not the checkpoint's, which is past an event"
    );
    subscription.acknowledge("e4");
    wait(|| heard().len() == 4).await;
    assert_eq!(heard()[3], ack(4));
    wait(|| subscription.cursor().as_deref() == Some("c9")).await;
}

#[tokio::test]
async fn a_program_that_never_listens_misses_nothing() {
    let text = "i=0; while [ $i -lt 3000 ]; do i=$((i+1)); echo '{\"type\":\"event\",\"id\":\"'$i'\",\"cursor\":\"'$i'\",\"payload\":1}'; done; sleep 1000";
    let mut subscription = open(&script(text)).subscribe(None, options()).expect("subscribed");
    for n in 1..=3000 {
        let event = event(&mut subscription).await;
        assert_eq!(event.id(), n.to_string());
        subscription.acknowledge(event.id());
    }
}

/// Tells again what was acknowledged, and goes on when it hears so.
#[tokio::test]
async fn what_is_told_again_is_acknowledged_again() {
    let home = tempdir().expect("a folder");
    let file = home.path().join("heard");
    let text = format!(
        "[ -e '{0}' ] && exec sleep 1000\nread -r line\nfor n in 1 1 2; do echo '{{\"type\":\"event\",\"id\":\"e'$n'\",\"cursor\":\"'$n'\",\"payload\":1}}'\n\
         read -r ack; done; echo \"$ack\" >'{0}'",
        file.display()
    );
    let mut subscription = open(&script(&text)).subscribe(None, options()).expect("subscribed");
    for id in ["e1", "e2"] {
        let event = event(&mut subscription).await;
        assert_eq!(event.id(), id);
        subscription.acknowledge(id);
    }
    assert!(number_in(&file).await.contains("\"event_id\":\"e2\""));
}

#[tokio::test]
async fn a_program_that_is_killed_twenty_times_loses_nothing() {
    let home = tempdir().expect("a folder");
    let file = home.path().join("number");
    let ticker = env!("CARGO_BIN_EXE_ticker");
    // The shell becomes the connector, with the number that it wrote.
    let text = format!("echo $$ >'{}'; TICKER_LAST=4000 exec '{ticker}' \"$@\"", file.display());
    let mut subscription = open(&script(&text)).subscribe(None, options()).expect("subscribed");
    let (mut seen, mut kills) = (BTreeSet::new(), 0);
    let began = Instant::now();
    // What was acknowledged while nobody ran is brought once more before the cursor moves over it.
    while seen.len() < 4000 || subscription.cursor().as_deref() != Some("4000") {
        let item = tokio::time::timeout(Duration::from_millis(100), subscription.next()).await;
        assert!(began.elapsed() < LONG, "it never comes");
        let Ok(Some(Item::Event(event))) = item else { continue };
        seen.insert(json_of(&event)["n"].as_u64().expect("a number"));
        subscription.acknowledge(event.id());
        if kills < 20 && seen.len() > 4000 * (kills + 1) / 22 {
            kills += 1;
            let id = number_in(&file).await;
            fs::remove_file(&file).expect("removed");
            let killed = std::process::Command::new("kill").args(["-9", &id]).status().expect("kill");
            assert!(killed.success());
        }
    }
    assert_eq!((kills, seen.first(), seen.last()), (20, Some(&1), Some(&4000)));
}
