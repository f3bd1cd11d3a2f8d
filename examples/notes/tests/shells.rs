//! What real shells make of the completions. A shell that isn't installed is named and left out.

#![cfg(unix)]
#![expect(clippy::expect_used, reason = "a test that can't go on says so by panicking")]

#[path = "../../../connector-sdk/src/left_out.rs"]
mod left_out;

use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use std::process::{Command, Stdio};

/// What a shell says to a script that begins with what `completions` prints; none: there is no such shell.
fn shell(name: &str, options: &[&str], script: &str) -> Option<String> {
    let program = Path::new(env!("CARGO_BIN_EXE_notes"));
    let printed = Command::new(program).args(["completions", name]).output().expect("it runs");
    assert!(printed.status.success(), "{printed:?}");
    let place = tempfile::tempdir().expect("a folder");
    for file in ["Curry.toml", "Cake.toml", "a b.txt"] {
        fs::write(place.path().join(file), "").expect("written");
    }
    fs::create_dir(place.path().join("Crumbs")).expect("a folder");
    let whole = format!("{}\n{script}", String::from_utf8_lossy(&printed.stdout));
    let file = place.path().join(".script");
    fs::write(&file, whole).expect("written");
    let folders =
        [program.parent().expect("a folder").as_os_str(), &std::env::var_os("PATH").unwrap_or_default()]
            .join(":".as_ref());
    let mut command = Command::new(name);
    command.args(options).arg(&file).current_dir(place.path()).env("PATH", folders).env("HOME", place.path());
    let told = match command.stdin(Stdio::null()).output() {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            left_out::left_out(&format!("{name} is not installed"));
            return None;
        }
        told => told.expect("it runs"),
    };
    assert!(told.stderr.is_empty() && told.status.success(), "{name}: {told:?}");
    Some(String::from_utf8(told.stdout).expect("text"))
}

#[test]
fn bash_completes() {
    // Bash fills in these variables before it calls what completes.
    let script = r#"
try() {
    COMP_LINE=$1 COMP_POINT=${#1} COMP_CWORD=$(($# - 2))
    shift
    COMP_WORDS=("$@")
    "$(complete -p notes | sed 's/.*-F \([^ ]*\).*/\1/')"
    printf '[%s]' "${COMPREPLY[@]}"
    echo
}
try 'notes notes se' notes notes se
try 'notes notes search --query "a b" --l' notes notes search --query '"a b"' --l
try 'notes --mode ' notes --mode ''
try 'notes --mode=wr' notes --mode = wr
try 'notes --mode=' notes --mode =
try 'notes --set ' notes --set ''
try 'notes call se' notes call se
try 'notes completions f' notes completions f
try 'notes --config C' notes --config C
try 'notes --config=Ca' notes --config = Ca
try 'notes manifest --out C' notes manifest --out C
try 'notes bogus ' notes bogus ''
COMP_WORDBREAKS=${COMP_WORDBREAKS//=}
try 'notes --mode=wr' notes --mode=wr
"#;
    let Some(told) = shell("bash", &["--norc"], script) else { return };
    let mut lines: Vec<&str> = told.lines().collect();
    // The order of files is the folder's.
    let files = lines.remove(8);
    assert!(
        files.len() == "[Curry.toml][Cake.toml][Crumbs]".len() && files.contains("[Curry.toml]"),
        "{files}"
    );
    assert_eq!(
        lines,
        [
            "[search]",
            "[--limit]",
            "[readonly][write][full][admin]",
            "[write]",
            "[readonly][write][full][admin]",
            "[root=]",
            "[search_notes]",
            "[fish]",
            "[Cake.toml]",
            "[Crumbs]",
            "[]",
            "[--mode=write]",
        ]
    );
}

#[test]
fn zsh_completes() {
    // The parts of zsh's own completion that the script uses, told to say what they were given.
    let script = r#"
_describe() { shift 2; print -r -- "$1: ${(Pj:|:)1}" }
_files() { print -r -- "files $*" }
compset() { print -r -- "compset $*" }
try() {
    words=("$@") CURRENT=$#
    PREFIX=${words[-1]}
    __notes_complete
}
try notes notes se
try notes --mode=w
try notes --set ''
try notes --config=C
try notes manifest --out C
try notes bogus '' || print nothing
"#;
    let Some(told) = shell("zsh", &["-f"], script) else { return };
    assert_eq!(
        told.lines().collect::<Vec<_>>(),
        [
            "whole: search:Search the notes, the best hits first.",
            "whole: --mode=write:",
            "begun: root=:The folder that the notes are in.",
            "compset -P *=",
            "files ",
            "files -/",
            "nothing",
        ]
    );
}

#[test]
fn fish_completes() {
    let script = "
        for line in 'notes notes se' 'notes --mode=w' 'notes --set ' 'notes --config=Ca' 'notes manifest --out C'
            complete -C $line
        end
        complete -C 'notes bogus '
    ";
    let Some(told) = shell("fish", &["--no-config"], script) else { return };
    assert_eq!(
        told.lines().collect::<Vec<_>>(),
        [
            "search\tSearch the notes, the best hits first.",
            "--mode=write",
            "root=\tThe folder that the notes are in.",
            "--config=Cake.toml",
            "Crumbs/\tDirectory",
        ]
    );
}
