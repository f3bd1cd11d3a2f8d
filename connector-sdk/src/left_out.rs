//! What a test says that can't be made on this machine, so that `./test` tells it at its end.

use std::fs::OpenOptions;
use std::io::Write as _;

/// Says why the present test is left out, also in the file that `CONNECTOR_LEFT_OUT` names.
pub(crate) fn left_out(why: &str) {
    eprintln!("left out: {why}");
    let Some(file) = std::env::var_os("CONNECTOR_LEFT_OUT") else { return };
    // A test's thread has its name.
    let line = format!("{}: {why}\n", std::thread::current().name().unwrap_or("a test"));
    let file = OpenOptions::new().create(true).append(true).open(file);
    if let Err(error) = file.and_then(|mut file| file.write_all(line.as_bytes())) {
        eprintln!("what is left out can't be written down: {error}");
    }
}
