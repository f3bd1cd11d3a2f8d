//! Asking a keyring on a thread of its own, for so long and no longer.

use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::thread;
use std::time::Duration;

use crate::{Error, Result};

/// Long enough for somebody to answer a question of the operating system's.
const PATIENCE: Duration = Duration::from_secs(60);

/// Asks a keyring. On a thread of its own a library may block, or have an async runtime, wherever the caller is; and one
/// that never comes back is left behind.
pub(super) fn apart<T: Send + 'static>(ask: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    within(PATIENCE, ask)
}

fn within<T: Send + 'static>(
    patience: Duration,
    ask: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    let (giver, taker) = sync_channel(1);
    // Nobody takes it where that took too long.
    thread::Builder::new()
        .name("keyring".into())
        .spawn(move || giver.send(ask()))
        .map_err(|error| Error::internal(format!("no thread can be started for the keyring: {error}")))?;
    taker.recv_timeout(patience).unwrap_or_else(|error| {
        Err(match error {
            RecvTimeoutError::Timeout => Error::setup(format!(
                "the keyring doesn't answer within {} seconds; see whether it asks something on the screen",
                patience.as_secs()
            )),
            RecvTimeoutError::Disconnected => Error::setup("asking the keyring failed within its library"),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_keyring_that_never_answers_is_given_up() {
        let (_open, closed) = std::sync::mpsc::channel::<()>();
        let error = within(Duration::ZERO, move || {
            let _ = closed.recv();
            Ok(())
        })
        .expect_err("nobody answered");
        assert!(error.message().contains("the keyring doesn't answer"), "{error}");
    }

    #[test]
    fn a_library_that_panics_is_an_error() {
        let error = apart(|| -> Result<()> { panic!("as a library does") }).expect_err("it panicked");
        assert_eq!(error.kind(), crate::ErrorKind::Setup);
    }

    #[tokio::test]
    async fn a_library_may_have_a_runtime_of_its_own() {
        let runtime = || tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        assert_eq!(apart(move || Ok(runtime().block_on(async { 3 }))).expect("an answer"), 3);
    }
}
