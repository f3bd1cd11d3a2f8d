//! File systems without links, and a clock that jumps back.

use uuid::Uuid;

use super::*;
use crate::platform::seed_agent::inbox::Inbox;

#[test]
fn without_links_a_file_is_renamed_and_never_takes_anothers_place() {
    let agent = Agent::new();
    let mut inbox = Inbox::new(agent.home(), true, usize::MAX).without_links();
    let ids = [1, 2, 3].map(Uuid::from_u128);
    let mut pending: Vec<_> =
        ids.iter().map(|id| inbox.write(*id, id.to_string().as_bytes()).expect("written")).collect();
    assert!(names(&agent.path("inbox"), "").is_empty(), "nothing is seen before it is whole");
    // Another program has the name of the second.
    let second = names(&agent.path(".tmp/work"), ".tmp").swap_remove(1);
    let taken = format!("{}.json", second.split('.').next().expect("a name"));
    fs::write(agent.path("inbox").join(&taken), "another's").expect("written");
    inbox.publish(&mut pending).expect("they appear");
    assert!(pending.is_empty());
    let found = names(&agent.path("inbox"), "");
    assert_eq!(found.len(), 4, "{found:?}");
    assert!(found.iter().all(|name| name.ends_with(".json")), "no other file is left: {found:?}");
    let mut contents: Vec<String> =
        found.iter().map(|name| fs::read_to_string(agent.path("inbox").join(name)).expect("text")).collect();
    contents.sort();
    let mut expected: Vec<String> = ids.iter().map(Uuid::to_string).collect();
    expected.push("another's".to_owned());
    assert_eq!(contents, expected);
    assert!(names(&agent.path(".tmp/work"), "").is_empty(), "nor beside it");
}

#[test]
fn what_a_crash_left_of_a_renaming_is_no_second_file() {
    let agent = Agent::new();
    let mut inbox = Inbox::new(agent.home(), false, usize::MAX).without_links();
    let id = Uuid::from_u128(7);
    let mut pending = vec![inbox.write(id, b"whole").expect("written")];
    let temporary = names(&agent.path(".tmp/work"), ".tmp").swap_remove(0);
    let contents = fs::read(agent.path(".tmp/work").join(&temporary)).expect("there");
    inbox.publish(&mut pending).expect("it appears");
    // Killed after the renaming and before the removal; and another time in the midst of the copy.
    fs::write(agent.path(".tmp/work").join(&temporary), contents).expect("written");
    fs::write(agent.path("inbox/.work_2.tmp"), "wh").expect("written");
    drop(inbox);
    let mut inbox = Inbox::new(Arc::new(home_again(&agent)), false, usize::MAX).without_links();
    let mut left = inbox.left(|known| *known == id).expect("read");
    assert_eq!(left.len(), 1);
    inbox.publish(&mut left).expect("it is there already");
    assert_eq!(names(&agent.path("inbox"), "").len(), 1, "once, and whole");
    assert!(names(&agent.path(".tmp/work"), "").is_empty());
}

fn home_again(agent: &Agent) -> home::Home {
    home::Home::open(agent.0.path(), "work").expect("nobody else has it")
}

/// The agent may be another user.
#[cfg(unix)]
#[test]
fn what_is_private_hides_nothing_from_the_agent() {
    use std::os::unix::fs::PermissionsExt as _;
    let agent = Agent::new();
    // As the umask has it.
    let plain = agent.0.path().join("plain");
    fs::create_dir(&plain).expect("a folder");
    drop(agent.home());
    let mode = |path: &Path| fs::metadata(path).expect("a folder").permissions().mode() & 0o777;
    for path in ["", "inbox", "outbox", "outbox/work", "failed"] {
        assert_eq!(mode(&agent.path(path)), mode(&plain), "messages/{path}");
    }
    for path in [".connectors/work", ".connectors/work/claimed", ".connectors/work/sending"] {
        assert_eq!(mode(&agent.path(path)), 0o700, "messages/{path}");
    }
}

/// What is in the inbox was put there by a clock that was ahead.
#[test]
fn a_name_is_after_those_that_wait_in_the_inbox_whatever_the_clock_says() {
    let agent = Agent::new();
    let mut inbox = Inbox::new(agent.home(), false, usize::MAX);
    let before = "work_20991231_235959_999999_00000000.json";
    fs::write(agent.path("inbox").join(before), "{}").expect("written");
    // These are no names of ours.
    for other in
        ["work_99991231_235959_999999_0.json", "work_x.json", "work2_29991231_235959_999999_00000000.json"]
    {
        fs::write(agent.path("inbox").join(other), "{}").expect("written");
    }
    inbox.left(|_| false).expect("read");
    let mut pending = vec![inbox.write(Uuid::from_u128(1), b"{}").expect("written")];
    inbox.publish(&mut pending).expect("it appears");
    let found = names(&agent.path("inbox"), "_00000000.json");
    let ours: Vec<_> = found.iter().filter(|name| name.starts_with("work_2")).collect();
    assert_eq!(ours, [before, "work_21000101_000000_000000_00000000.json"]);
}
