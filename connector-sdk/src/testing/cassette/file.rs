//! A cassette's file: read with care, and written whole or not at all.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::exchange::Exchange;
use crate::{Error, Result};

/// The version of the format that this crate writes, and the newest that it reads.
const VERSION: u32 = 1;

/// Nobody reviews a recording of this size.
const MOST_BYTES: u64 = 64 * 1024 * 1024;

#[derive(Deserialize)]
struct Head {
    version: u32,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Contents {
    version: u32,
    exchanges: Vec<Exchange>,
}

pub(super) fn read(path: &Path) -> Result<Vec<Exchange>> {
    let wrong = |what: String| Error::setup(format!("the cassette `{}` {what}", path.display()));
    let mut text = String::new();
    let read = File::open(path).and_then(|file| file.take(MOST_BYTES + 1).read_to_string(&mut text));
    read.map_err(|error| {
        let hint = match error.kind() {
            io::ErrorKind::NotFound => "; set CONNECTOR_RECORD=1 and the service's credentials to record it",
            _ => "",
        };
        wrong(format!("can't be read: {error}{hint}"))
    })?;
    if text.len() as u64 > MOST_BYTES {
        return Err(wrong(format!("has more than {MOST_BYTES} bytes")));
    }
    let broken = |error: serde_json::Error| wrong(format!("is broken: {error}"));
    let head: Head = serde_json::from_str(&text).map_err(broken)?;
    if head.version > VERSION {
        return Err(wrong(format!(
            "has version {} and this crate reads up to {VERSION}; update connector-sdk, or record it again",
            head.version
        )));
    }
    let contents: Contents = serde_json::from_str(&text).map_err(broken)?;
    Ok(contents.exchanges)
}

pub(super) fn write(path: &Path, exchanges: Vec<Exchange>) -> Result<()> {
    let wrong = |error: io::Error| {
        Error::setup(format!("the cassette `{}` can't be written: {error}", path.display()))
    };
    let contents = Contents { version: VERSION, exchanges };
    let mut json = serde_json::to_vec_pretty(&contents).map_err(|error| wrong(error.into()))?;
    json.push(b'\n');
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(wrong)?;
    }
    // Beside it, so that it is moved and not copied.
    let mut beside = OsString::from(path);
    beside.push(format!(".{}.new", std::process::id()));
    let written = fs::write(&beside, json).and_then(|()| fs::rename(&beside, path));
    written.map_err(|error| {
        drop(fs::remove_file(&beside));
        wrong(error)
    })
}
