//! Where what could not be delivered goes, each with the reason beside it (contract 2.3, 2.10).

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::home::{Home, sync_folder};
use super::inbox::fill;
use super::names::{Moments, kept_name};

/// A name in the folder of failures that no file has.
fn free(home: &Home, moments: &mut Moments, from: &Path) -> PathBuf {
    loop {
        let stem = format!("{}_{}", home.instance, kept_name(&moments.next(), from));
        let path = home.failed.join(format!("{stem}.json"));
        // Nobody else writes names that begin with this instance's.
        if fs::symlink_metadata(&path).is_err() {
            return path;
        }
    }
}

/// Moves a file there and says why. The agent's readers take `*.json`, so the reason is no such file.
pub(super) fn reject(home: &Home, moments: &mut Moments, path: &Path, why: &str) -> io::Result<PathBuf> {
    let to = free(home, moments, path);
    // First the reason, so that no file is there without one; where there is no room for it, without, and
    // the log alone has it.
    let reason = to.with_extension("error.txt");
    if fs::write(&reason, format!("{why}\n")).is_err() {
        let _ = fs::remove_file(&reason);
    }
    match fs::rename(path, &to) {
        Ok(()) => Ok(to),
        Err(error) => {
            let _ = fs::remove_file(&reason);
            Err(error)
        }
    }
}

/// Keeps what a connector told and what is no message, for good where it is durable: nobody tells it again.
pub(super) fn keep(
    home: &Home,
    moments: &mut Moments,
    contents: &[u8],
    why: &str,
    durable: bool,
) -> io::Result<PathBuf> {
    let temporary = home.state.join("incoming.tmp");
    let kept = fill(&temporary, contents, durable).and_then(|()| reject(home, moments, &temporary, why));
    if kept.is_err() {
        let _ = fs::remove_file(&temporary);
    }
    let to = kept?;
    if durable {
        sync_folder(&home.failed)?;
    }
    Ok(to)
}
