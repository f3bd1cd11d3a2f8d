//! A state folder that has no room or can't be written.

use super::mounted::Disk;
use super::*;

/// A program that tells of the event after its cursor, and of each one more once a file of its number is there.
const ON_DEMAND: &str = r#"
read -r line
case $line in *'"cursor":"'*) n=${line##*'"cursor":"'}; n=${n%%'"'*};; *) n=0;; esac
tell() {
    while :; do
        n=$((n + 1))
        until [ -e "$n" ]; do sleep 0.02; done
        printf '{"type":"event","id":"e%s","cursor":"%s","payload":{"n":%s}}\n' "$n" "$n" "$n"
    done
}
tell &
cat >/dev/null
kill $!
"#;

fn user() -> User {
    let user = User::new(&hosts(&[script("slow", ON_DEMAND)]));
    fs::create_dir(user.path("hosts.state")).expect("a folder");
    user
}

fn tell(user: &User, run: &mut Run, n: u32) {
    fs::write(user.path(&n.to_string()), "").expect("written");
    assert_eq!(run.event().expect("an event")["id"], format!("e{n}"));
}

#[test]
fn a_cursor_that_has_no_room_stays_what_it_was_and_nothing_is_lost() {
    let user = user();
    let Some(disk) = Disk::mount(&user.path("hosts.state"), "size=64k,mode=700") else { return };
    let mut run = user.start();
    tell(&user, &mut run, 1);
    wait(|| user.cursor("slow").as_deref() == Some("1"), || run.said());
    // Its last words about that, whose old ones make room once they are replaced.
    wait(|| user.status("slow").is_some_and(|(_, row)| row["events"] == 1), || run.said());
    disk.fill();
    tell(&user, &mut run, 2);
    let said = run.until("slow: failed: ");
    assert!(said.contains("No space left on device") && said.contains("slow.cursor.json"), "{said}");
    assert_eq!(user.cursor("slow").as_deref(), Some("1"), "whole, and the one before");
    run.signal("-KILL");
    run.end();

    // There is still no room, and what wasn't kept comes again.
    let mut run = user.start();
    tell(&user, &mut run, 2);
    tell(&user, &mut run, 3);
    run.until("No space left on device");
    assert_eq!(user.cursor("slow").as_deref(), Some("1"));
    disk.make_room();
    tell(&user, &mut run, 4);
    wait(|| user.cursor("slow").as_deref() == Some("4"), || run.said());
    wait(|| user.status("slow").is_some_and(|(_, row)| row["state"] == "running"), || run.said());
    run.signal("-TERM");
    assert!(run.end().success());
    disk.unmount();
}

#[test]
fn events_that_have_no_room_are_not_acknowledged() {
    let user = User::new(&hosts(&[ticker("tick", 3)]));
    let Ok(full) = fs::File::options().write(true).open("/dev/full") else {
        connector_tests::left_out("there is no /dev/full here");
        return;
    };
    let output = user.command("run --json").stdout(full).output().expect("it runs");
    let said = String::from_utf8(output.stderr).expect("UTF-8");
    leave(&said);
    assert_eq!(output.status.code(), Some(5), "{said}");
    let last: Value = serde_json::from_str(said.lines().last().expect("a line")).expect("JSON");
    let message = last["error"]["message"].as_str().expect("a message");
    assert!(message.contains("standard output can't be written: No space left on device"), "{said}");
    assert_eq!(user.cursor("tick"), None);
    // They come where there is room.
    let mut run = user.start();
    assert_eq!(run.event().expect("an event")["id"], "e1");
}

#[test]
fn a_folder_that_is_read_only_is_said_before_anything_runs() {
    let user = user();
    let Some(disk) = Disk::mount(&user.path("hosts.state"), "size=64k,mode=700") else { return };
    disk.remount("ro");
    let output = user.run("run");
    assert_eq!(output.status.code(), Some(4));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("hosts.state") && said.contains("Read-only file system"), "{said}");
    disk.remount("rw");
    let mut run = user.start();
    tell(&user, &mut run, 1);
    wait(|| user.cursor("slow").as_deref() == Some("1"), || run.said());
}
