//! `manifest`: the files by which a platform knows a connector, printed, written or compared.

use std::fs::{self, File as Disk, OpenOptions};
use std::io::{self, Read, Write as _};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::answer::{Answer, People};
use super::data::Data;
use crate::indent::indent;
use crate::manifest::{Manifest, Severity};
use crate::platform::{File, argentos};
use crate::similar::{excerpt, listed, nearest};
use crate::{Error, Result};

/// What was asked for.
pub(super) struct Request<'a> {
    pub(super) manifest: &'a Manifest,
    pub(super) program: &'a str,
    /// The file that holds this program.
    pub(super) executable: Option<&'a Path>,
    pub(super) format: Option<&'a str>,
    pub(super) out: Option<&'a Path>,
    pub(super) check: bool,
}

/// Whose files.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Format {
    Native,
    Argentos,
    #[cfg(feature = "pocketpaw")]
    PocketPaw,
    #[cfg(feature = "puffer")]
    Puffer,
    #[cfg(feature = "seed-agent")]
    SeedAgent,
}

impl Format {
    const ALL: &[Self] = &[
        Self::Native,
        Self::Argentos,
        #[cfg(feature = "pocketpaw")]
        Self::PocketPaw,
        #[cfg(feature = "puffer")]
        Self::Puffer,
        #[cfg(feature = "seed-agent")]
        Self::SeedAgent,
    ];

    const fn name(self) -> &'static str {
        match self {
            Self::Native => "native",
            Self::Argentos => "argentos",
            #[cfg(feature = "pocketpaw")]
            Self::PocketPaw => "pocketpaw",
            #[cfg(feature = "puffer")]
            Self::Puffer => "puffer",
            #[cfg(feature = "seed-agent")]
            Self::SeedAgent => "seed-agent",
        }
    }
}

/// The names of those that there are.
pub(super) fn formats() -> impl Iterator<Item = &'static str> + Clone {
    Format::ALL.iter().map(|format| format.name())
}

/// The files of a format, and what they can't say.
struct Files {
    all: Vec<File>,
    /// Actions, each with the reason.
    left_out: Vec<(String, String)>,
    /// What else they don't have.
    notes: Vec<String>,
}

impl From<Vec<File>> for Files {
    fn from(all: Vec<File>) -> Self {
        Self { all, left_out: Vec::new(), notes: Vec::new() }
    }
}

/// Does what was asked for.
pub(super) fn export(request: &Request<'_>) -> Result<Answer> {
    // The current folder, where nobody meant it: a variable of a script that isn't set.
    if request.out.is_some_and(|out| out.as_os_str().is_empty()) {
        return Err(Error::usage("`--out` is empty; give it a directory, `.` for the current one"));
    }
    let named = |name: &str| Format::ALL.iter().copied().find(|format| format.name() == name);
    let format = match request.format {
        None => Format::Native,
        Some(name) => named(name).ok_or_else(|| unknown_format(name))?,
    };
    let files: Files = match format {
        Format::Native => native(request.manifest)?.into(),
        Format::Argentos => argentos::files(request.manifest).into(),
        #[cfg(feature = "pocketpaw")]
        Format::PocketPaw => pocketpaw(request.manifest)?,
        #[cfg(feature = "puffer")]
        Format::Puffer => Files {
            all: crate::platform::puffer::files(request.manifest, request.program),
            left_out: Vec::new(),
            notes: request.manifest.undraftable().iter().map(ToString::to_string).collect(),
        },
        #[cfg(feature = "seed-agent")]
        Format::SeedAgent => crate::platform::seed_agent::files(request.manifest, request.program)?.into(),
    };
    // The tool is found by its files and run as a binary; the two belong to one another.
    let binary = (format == Format::Argentos).then(|| binary_path(request.manifest));
    match (request.check, request.out) {
        (true, out) => check(request, format, &files.all, binary.as_deref(), out),
        (false, Some(out)) => write(request, &files, binary.as_deref(), out),
        (false, None) => Ok(print(request.manifest, format, &files)),
    }
}

fn native(manifest: &Manifest) -> Result<Vec<File>> {
    let contents = serde_json::to_vec(manifest)
        .map_err(|error| Error::internal(format!("the manifest can't be written as JSON: {error}")))?;
    let mut contents = indent(&contents);
    contents.push(b'\n');
    Ok(vec![File { path: format!("{}.json", manifest.id).into(), contents, executable: false }])
}

#[cfg(feature = "pocketpaw")]
fn pocketpaw(manifest: &Manifest) -> Result<Files> {
    let written = crate::platform::pocketpaw::write(manifest)?;
    let file = File { path: written.name.into(), contents: written.text.into_bytes(), executable: false };
    let left_out = written.left_out.into_iter().map(|one| (one.action, one.why)).collect();
    Ok(Files { all: vec![file], left_out, notes: written.notes })
}

fn binary_path(manifest: &Manifest) -> PathBuf {
    let tool = argentos::tool(manifest);
    Path::new(&tool).join("agent-harness/bin").join(&tool)
}

#[cold]
fn unknown_format(format: &str) -> Error {
    let shown = excerpt(format);
    Error::usage(match nearest(format, formats()) {
        _ if ["pocketpaw", "puffer", "seed-agent"].contains(&format) => {
            format!("the format `{format}` is there when connector-sdk has the feature `{format}`")
        }
        Some(near) => format!("there is no format `{shown}`; did you mean `{near}`?"),
        None => format!("there is no format `{shown}`; there is {}", listed(formats())),
    })
}

fn print(manifest: &Manifest, format: Format, files: &Files) -> Answer {
    if format == Format::Native {
        let text = files.all.iter().map(|file| String::from_utf8_lossy(&file.contents)).collect();
        return Answer::of(manifest).shown(People::Text(text));
    }
    let told: Vec<Value> = files
        .all
        .iter()
        .map(|file| json!({ "path": shown(&file.path), "contents": String::from_utf8_lossy(&file.contents) }))
        .collect();
    let text = match files.all.as_slice() {
        // It can go on into a file.
        [file] => String::from_utf8_lossy(&file.contents).into_owned(),
        all => {
            let part = |name: &str, text: &str| format!("==> {name} <==\n{text}");
            let mut parts: Vec<String> = all
                .iter()
                .map(|file| part(&shown(&file.path), &String::from_utf8_lossy(&file.contents)))
                .collect();
            if !files.notes.is_empty() {
                parts.push(part("notes", &format!("{}\n", files.notes.join("\n"))));
            }
            parts.join("\n")
        }
    };
    Answer::of_value(&with(json!({ "files": told }), files)).shown(People::Text(text))
}

/// Adds what the files don't have.
fn with(mut data: Value, files: &Files) -> Value {
    if !files.left_out.is_empty() {
        let row = |(action, why): &(String, String)| json!({ "action": action, "why": why });
        data["left_out"] = files.left_out.iter().map(row).collect();
    }
    if !files.notes.is_empty() {
        data["notes"] = files.notes.as_slice().into();
    }
    data
}

fn write(request: &Request<'_>, files: &Files, binary: Option<&Path>, out: &Path) -> Result<Answer> {
    let mut told = Vec::new();
    let mut note = |path: &Path, changed: bool| {
        told.push(
            json!({ "path": shown(&out.join(path)), "state": if changed { "written" } else { "unchanged" } }),
        );
    };
    for file in &files.all {
        let path = out.join(&file.path);
        let same = fs::read(&path).is_ok_and(|found| found == file.contents);
        if !same {
            put(&path, &mut file.contents.as_slice(), file.executable)
                .map_err(|error| wrong("write", &path, &error))?;
        }
        note(&file.path, !same);
    }
    if let Some(binary) = binary {
        let program = this_program(request)?;
        let path = out.join(binary);
        let same = same_contents(program, &path).unwrap_or(false);
        if !same {
            let mut source = Disk::open(program).map_err(|error| wrong("read", program, &error))?;
            // A copy: the next build may write into the file that a link would share.
            put(&path, &mut source, true).map_err(|error| wrong("write", &path, &error))?;
        }
        note(binary, !same);
    }
    let data = with(json!({ "files": told }), files);
    let people = match (data.get("left_out"), data.get("notes")) {
        (None, None) => Data::of(&data["files"]),
        _ => Data::object(
            [("files", "files"), ("left out", "left_out"), ("notes", "notes")]
                .map(|(title, member)| (title, Data::of(&data[member]))),
        ),
    };
    Ok(Answer::of_value(&data).shown(People::Other(people)))
}

fn check(
    request: &Request<'_>,
    format: Format,
    files: &[File],
    binary: Option<&Path>,
    out: Option<&Path>,
) -> Result<Answer> {
    let mut problems: Vec<String> = Vec::new();
    let mut told = Vec::new();
    for file in out.into_iter().flat_map(|out| files.iter().map(move |file| (out, file))) {
        let (out, file) = file;
        let path = out.join(&file.path);
        let state = match fs::read(&path) {
            Ok(found) if found == file.contents => "same",
            Ok(_) => "differs",
            Err(error) if error.kind() == io::ErrorKind::NotFound => "missing",
            Err(error) => return Err(wrong("read", &path, &error)),
        };
        told.push((path, state));
    }
    if let (Some(out), Some(binary)) = (out, binary) {
        let path = out.join(binary);
        // Documents are often kept without the binary, which is built where it is used. One that is
        // there and is another build may disagree with its documents.
        let state = match same_contents(this_program(request)?, &path) {
            Ok(true) => "same",
            Ok(false) => "differs",
            Err(error) if error.kind() == io::ErrorKind::NotFound => "not installed",
            Err(error) => return Err(wrong("read", &path, &error)),
        };
        told.push((path, state));
    }
    let stale = told.iter().filter(|(_, state)| matches!(*state, "differs" | "missing"));
    problems.extend(stale.map(|(path, state)| match *state {
        "missing" => format!("`{}` is missing", shown(path)),
        _ => format!("`{}` differs from this program", shown(path)),
    }));
    if let (Some(out), false) = (out, problems.is_empty()) {
        let format = match format {
            Format::Native => String::new(),
            other => format!(" --format {}", other.name()),
        };
        problems.push(format!("run `{} manifest{format} --out {}`", request.program, shown(out)));
    }
    let findings = request.manifest.findings();
    let (errors, warnings): (Vec<_>, Vec<_>) =
        findings.iter().partition(|finding| finding.severity == Severity::Error);
    problems.extend(errors.iter().map(ToString::to_string));
    let files: Vec<Value> =
        told.iter().map(|(path, state)| json!({ "path": shown(path), "state": state })).collect();
    let found: Vec<Value> = findings
        .iter()
        .map(|finding| {
            json!({
                "severity": if finding.severity == Severity::Error { "error" } else { "warning" },
                "subject": finding.subject,
                "message": finding.message,
            })
        })
        .collect();
    if problems.is_empty() {
        let mut text: String = warnings.iter().map(|warning| format!("warning: {warning}\n")).collect();
        text.push_str(match files.is_empty() {
            true => "the manifest has no faults\n",
            false => "the files are those of this program, and the manifest has no faults\n",
        });
        let data = json!({ "files": files, "findings": found });
        return Ok(Answer::of_value(&data).shown(People::Text(text)));
    }
    Err(Error::conflict(problems.join("; ")).with_detail("files", files).with_detail("findings", found))
}

fn this_program<'a>(request: &Request<'a>) -> Result<&'a Path> {
    request.executable.ok_or_else(|| Error::internal("this program can't tell which file it is"))
}

/// Writes a file beside its place and moves it there, so that nobody ever sees half of it.
fn put(path: &Path, contents: &mut dyn io::Read, executable: bool) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new(""));
    fs::create_dir_all(folder)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let temporary = folder.join(format!(".{name}.{}.tmp", std::process::id()));
    let written = (|| {
        // `create_new` follows no link that somebody put there.
        let mut file = OpenOptions::new().write(true).create_new(true).open(&temporary)?;
        io::copy(contents, &mut file)?;
        file.flush()?;
        if executable {
            make_executable(&file)?;
        }
        file.sync_all()?;
        drop(file);
        fs::rename(&temporary, path)
    })();
    if written.is_err() {
        let _ = fs::remove_file(&temporary);
    }
    written
}

#[cfg(unix)]
fn make_executable(file: &Disk) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    file.set_permissions(fs::Permissions::from_mode(0o755))
}

#[cfg(not(unix))]
fn make_executable(_: &Disk) -> io::Result<()> {
    Ok(())
}

/// Whether two files hold the same, without holding either in memory.
fn same_contents(one: &Path, other: &Path) -> io::Result<bool> {
    let (mut one, mut other) = (Disk::open(one)?, Disk::open(other)?);
    if one.metadata()?.len() != other.metadata()?.len() {
        return Ok(false);
    }
    let (mut left, mut right) = (Vec::new(), Vec::new());
    const PIECE: u64 = 1024 * 1024;
    loop {
        left.clear();
        right.clear();
        Read::by_ref(&mut one).take(PIECE).read_to_end(&mut left)?;
        Read::by_ref(&mut other).take(PIECE).read_to_end(&mut right)?;
        if left != right {
            return Ok(false);
        }
        if left.is_empty() {
            return Ok(true);
        }
    }
}

#[cold]
fn wrong(doing: &str, path: &Path, error: &io::Error) -> Error {
    Error::setup(format!("can't {doing} `{}`: {error}", shown(path)))
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

#[cfg(test)]
mod tests {
    use super::super::fake::{Outcome, run_with};
    use super::*;

    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let path = std::env::temp_dir().join(format!("connector-sdk-{name}-{}", std::process::id()));
            let _ = fs::remove_dir_all(&path);
            fs::create_dir_all(&path).expect("a folder");
            fs::write(path.join("program"), "the program").expect("written");
            Self(path)
        }

        fn run(&self, arguments: &[&str]) -> Outcome {
            let out = self.0.to_str().expect("UTF-8");
            let arguments = [&["manifest", "--format", "argentos", "--out", out], arguments].concat();
            run_with(&arguments, |process| process.executable(self.0.join("program")))
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn what_is_written_passes_the_check_and_what_is_changed_does_not() {
        let folder = Folder::new("export");
        assert_eq!(folder.run(&["--check"]).code, 5, "nothing is there yet");
        let written = folder.run(&["--json"]);
        assert_eq!(written.code, 0, "{written:?}");
        assert_eq!(written.json()["data"]["files"].as_array().map(Vec::len), Some(4));
        assert_eq!(folder.run(&["--check"]).code, 0);
        let again = folder.run(&["--json"]).json();
        let states: Vec<_> =
            again["data"]["files"].as_array().expect("files").iter().map(|file| &file["state"]).collect();
        assert!(states.iter().all(|state| *state == "unchanged"), "{states:?}");

        let tool = folder.0.join("aos-notes");
        fs::write(tool.join("connector.json"), "{}").expect("written");
        fs::remove_file(tool.join("README.md")).expect("removed");
        let stale = folder.run(&["--check"]);
        assert_eq!(stale.code, 5);
        assert!(stale.stderr.contains("connector.json` differs from this program"), "{stale:?}");
        assert!(stale.stderr.contains("README.md` is missing"), "{stale:?}");
        assert!(stale.stderr.contains("run `notes manifest --format argentos --out "), "{stale:?}");
    }

    #[cfg(unix)]
    #[test]
    fn the_binary_is_a_copy_that_can_run_and_is_compared_where_it_is_there() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = Folder::new("binary");
        folder.run(&[]);
        let binary = folder.0.join("aos-notes/agent-harness/bin/aos-notes");
        assert_eq!(fs::read(&binary).expect("a copy"), b"the program");
        assert_eq!(fs::metadata(&binary).expect("there").permissions().mode() & 0o777, 0o755);
        let names: Vec<_> = fs::read_dir(binary.parent().expect("a folder")).expect("read").collect();
        assert_eq!(names.len(), 1, "nothing temporary is left: {names:?}");
        fs::write(folder.0.join("program"), "THE PROGRAM").expect("written");
        assert!(folder.run(&["--check"]).stderr.contains("bin/aos-notes` differs"));
        fs::remove_file(&binary).expect("removed");
        assert_eq!(folder.run(&["--check"]).code, 0, "documents may be kept without it");
    }

    #[cfg(feature = "pocketpaw")]
    #[test]
    fn a_file_for_pocketpaw_is_written_and_compared() {
        use super::super::fake::{Fake, Kept};
        use crate::manifest::Request as HttpRequest;
        let folder = Folder::new("pocketpaw");
        let out = folder.0.to_str().expect("UTF-8").to_owned();
        let mut fake = Fake::new();
        let run = |fake: &Fake, arguments: &[&str]| {
            let (stdout, stderr) = (Kept::default(), Kept::default());
            let arguments = [&["manifest", "--format", "pocketpaw"], arguments].concat();
            let process =
                super::super::Process::new("notes", arguments).stdout(stdout.clone()).stderr(stderr.clone());
            Outcome { code: super::super::run(fake, process), stdout: stdout.text(), stderr: stderr.text() }
        };
        let none = run(&fake, &[]);
        assert_eq!(none.code, 2, "{none:?}");
        assert!(none.stderr.contains("none of its actions"), "{none:?}");

        fake.0.base = Some("https://notes.test".to_owned());
        fake.0.actions[4].request = Some(HttpRequest::new("GET", "/batch"));
        fake.0.actions[4].parameters.clear();
        let printed = run(&fake, &[]);
        assert!(printed.stdout.contains("url: \"https://notes.test/batch\""), "{printed:?}");
        assert_eq!(run(&fake, &["--json"]).json()["data"]["left_out"].as_array().map(Vec::len), Some(5));
        assert_eq!(run(&fake, &["--check", "--out", &out]).code, 5);
        let written = run(&fake, &["--out", &out]);
        assert!(written.code == 0 && written.stdout.contains("it is Rust code"), "{written:?}");
        assert_eq!(run(&fake, &["--check", "--out", &out]).code, 0);
        fs::write(folder.0.join("notes.yaml"), "").expect("written");
        let stale = run(&fake, &["--check", "--out", &out]);
        assert!(stale.stderr.contains("run `notes manifest --format pocketpaw --out "), "{stale:?}");
    }

    #[cfg(feature = "puffer")]
    #[test]
    fn what_puffer_s_agents_can_not_run_is_a_note() {
        let folder = Folder::new("puffer");
        let out = folder.0.to_str().expect("UTF-8");
        let run = |line: &[&str]| {
            run_with(&[&["manifest", "--format", "puffer"], line].concat(), |process| process)
        };
        for line in [&["--json"][..], &["--json", "--out", out]] {
            let notes = run(line).json()["data"]["notes"].clone();
            let notes: Vec<&str> =
                notes.as_array().expect("notes").iter().filter_map(Value::as_str).collect();
            let [create, delete] = notes.as_slice() else { panic!("{notes:?}") };
            assert!(create.starts_with("`create_note`: Puffer's agents can't run it"), "{create}");
            assert!(delete.starts_with("`delete_note`: "), "{delete}");
        }
        for line in [&[][..], &["--out", out]] {
            let told = run(line).stdout;
            assert!(told.contains("`delete_note`: Puffer's agents can't run it"), "{told}");
        }
    }

    #[test]
    fn no_folder_is_not_the_current_one() {
        let folder = Folder::new("empty");
        for check in [&[][..], &["--check"]] {
            let arguments = [&["manifest", "--format", "argentos", "--out", ""], check].concat();
            let outcome = run_with(&arguments, |process| process.executable(folder.0.join("program")));
            assert_eq!(outcome.code, 2, "{outcome:?}");
            assert!(outcome.stderr.contains("`--out` is empty"), "{outcome:?}");
        }
    }

    #[test]
    fn findings_fail_the_check() {
        let outcome = run_with(&["manifest", "--check"], |process| process);
        assert_eq!(outcome.code, 0, "a warning is no failure: {outcome:?}");
        assert!(outcome.stdout.starts_with("warning: `"), "{outcome:?}");
        let mut fake = super::super::fake::Fake::new();
        fake.0.actions[0].unenforced.push("/properties/query/pattern".to_owned());
        let kept = super::super::fake::Kept::default();
        let process =
            super::super::Process::new("notes", ["manifest", "--check", "--json"]).stdout(kept.clone());
        assert_eq!(super::super::run(&fake, process), 5);
        assert!(kept.text().contains("/properties/query/pattern"), "{}", kept.text());
    }

    #[test]
    fn a_folder_that_can_not_be_written_is_named() {
        let folder = Folder::new("file");
        fs::write(folder.0.join("aos-notes"), "a file in the way").expect("written");
        let outcome = folder.run(&[]);
        assert_eq!(outcome.code, 4, "{outcome:?}");
        assert!(outcome.stderr.contains("can't write `"), "{outcome:?}");
    }

    #[test]
    fn the_native_manifest_can_be_read_back() {
        let outcome = run_with(&["manifest"], |process| process);
        let read: Manifest = serde_json::from_str(&outcome.stdout).expect("a manifest");
        assert_eq!(read, super::super::fake::manifest());
        let error = run_with(&["manifest", "--format", "argentoss"], |process| process);
        assert_eq!(error.code, 2);
        assert!(error.stderr.contains("did you mean `argentos`?"), "{error:?}");
    }
}
