//! What tests leave behind for `./test` to search, where `CONNECTOR_TRACES` names a folder for it: results, errors,
//! logs, stores and recordings. Every secret of a test has the word `s3cret` in it, and none of this may show it.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::PathBuf;

use tempfile::TempDir;

fn traces() -> Option<PathBuf> {
    std::env::var_os("CONNECTOR_TRACES").map(PathBuf::from)
}

/// Leaves something that left a connector.
pub(crate) fn leave(what: impl AsRef<[u8]>) {
    let Some(folder) = traces() else { return };
    let file = folder.join(format!("{}.log", std::process::id()));
    let file = OpenOptions::new().create(true).append(true).open(file);
    // At once, so that what other threads leave doesn't come in between.
    file.and_then(|mut file| file.write_all(&[what.as_ref(), b"\n"].concat())).expect("a trace");
}

/// A folder that stays with the traces, or goes away with the test.
pub(crate) fn folder() -> TempDir {
    let Some(traces) = traces() else { return TempDir::new().expect("a folder") };
    let mut folder = TempDir::new_in(traces).expect("a folder");
    folder.disable_cleanup(true);
    folder
}
