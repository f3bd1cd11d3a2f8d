//! The connectors that are files in a folder.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::{Entry, Failure};
use crate::platform::pocketpaw;
use crate::{Error, Result};

/// Adds the connectors of a folder to those that are there already, and what is wrong with the others.
pub(super) fn read(
    folder: &Path,
    must_be_there: bool,
    entries: &mut Vec<Entry>,
    failures: &mut Vec<Failure>,
) -> Result<()> {
    let linked = entries.len();
    let mut same: BTreeMap<String, Vec<PathBuf>> = BTreeMap::new();
    for path in files(folder, must_be_there)? {
        // Reading a pipe would wait for its other end.
        if path.metadata().is_ok_and(|metadata| !metadata.is_file()) {
            let message = format!("`{}` is not a file; move it away", path.display());
            failures.push(Failure { file: path, id: None, line: None, column: None, message });
            continue;
        }
        match pocketpaw::load(&path) {
            Ok(loaded) => {
                same.entry(loaded.factory.manifest().id.clone()).or_default().push(path.clone());
                entries.push(Entry { factory: loaded.factory, file: Some(path), notes: loaded.notes });
            }
            Err(error) => failures.push(faulty(path, &error)),
        }
    }
    // Which of several is meant is for nobody to guess: a credential may be for one of them only.
    for (id, files) in &same {
        let is_linked = entries.iter().take(linked).any(|entry| entry.id() == id);
        if is_linked || files.len() > 1 {
            failures.extend(files.iter().map(|file| twice(id, file, files, is_linked)));
        }
    }
    entries.retain(|entry| {
        entry.file.is_none() || !failures.iter().any(|other| Some(&other.file) == entry.file.as_ref())
    });
    failures.sort_by(|a, b| a.file.cmp(&b.file));
    Ok(())
}

/// The files that may be connectors, by their names.
fn files(folder: &Path, must_be_there: bool) -> Result<Vec<PathBuf>> {
    let wrong = |error: &io::Error| {
        Error::setup(format!("the folder of connectors `{}` can't be read: {error}", folder.display()))
    };
    let listing = match fs::read_dir(folder) {
        Ok(listing) => listing,
        Err(error) if error.kind() == io::ErrorKind::NotFound && !must_be_there => return Ok(Vec::new()),
        Err(error) => return Err(wrong(&error)),
    };
    let mut files = Vec::new();
    for entry in listing {
        let path = entry.map_err(|error| wrong(&error))?.path();
        let is_hidden = path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
        let is_yaml = path.extension().is_some_and(|end| end == "yaml" || end == "yml");
        if is_yaml && !is_hidden && !path.is_dir() {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn faulty(file: PathBuf, error: &Error) -> Failure {
    let number = |name: &str| error.details().get(name).and_then(Value::as_u64);
    let (line, column) = (number("line"), number("column"));
    Failure { file, id: None, line, column, message: error.message().to_owned() }
}

fn twice(id: &str, file: &Path, files: &[PathBuf], is_linked: bool) -> Failure {
    let others: Vec<String> = files.iter().map(|file| format!("`{}`", file.display())).collect();
    let message = match is_linked {
        true => format!(
            "`{}` is the connector `{id}`, which is linked into this program as well; give it another `name`",
            file.display()
        ),
        false => format!(
            "{} are {} the connector `{id}`; leave one, or give each another `name`",
            others.join(" and "),
            if files.len() == 2 { "both" } else { "all" },
        ),
    };
    Failure { file: file.to_owned(), id: Some(id.to_owned()), line: None, column: None, message }
}
