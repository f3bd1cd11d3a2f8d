//! Changes to a stored connection whose tokens another process may be renewing.
//!
//! A renewal takes as long as the service does, and stores what it has obtained at its end. Whoever stores or forgets
//! the connection meanwhile waits for that: it would be put over tokens that somebody has agreed to since, and what
//! is given back to the service would not be what it has given out last.

use crate::credentials::{Address, Change, FileStore, Store};
use crate::oauth::Tokens;
use crate::{ErrorKind, Result, Settings};

/// Waits until nobody renews the tokens of a stored connection; nobody does until what is returned is dropped. None
/// where it has no tokens, or where somebody doesn't come to an end: a process that hangs keeps nobody from
/// forgetting the connection, nor from storing what was agreed to.
///
/// # Errors
///
/// As [`Store::load`] and [`Store::turn`].
pub(super) fn take(store: &FileStore, address: &Address) -> Result<Option<Box<dyn Send>>> {
    let Some(saved) = store.load(address)? else { return Ok(None) };
    let has_tokens = saved.settings.secrets().any(|(_, secret)| Tokens::from_secret(secret).is_ok());
    match has_tokens.then(|| store.turn(address)).transpose() {
        Err(error) if error.kind() == ErrorKind::Unavailable => {
            tracing::warn!(error = error.message(), "a renewal of the connection's tokens isn't waited for");
            Ok(None)
        }
        turn => turn,
    }
}

/// Stores a connection. `shared` is the name of tokens that were stored already: others may have renewed them since they
/// were read, and then theirs stay.
///
/// # Errors
///
/// As [`take`] and [`Store::save`].
pub(super) fn save(
    store: &FileStore,
    address: &Address,
    mut settings: Settings,
    shared: Option<&str>,
) -> Result<Change> {
    let turn = take(store, address)?;
    if let Some(name) = shared
        && let Some(saved) = store.load(address)?
        && let Some(kept) = saved.settings.secrets.get(name)
    {
        settings.secrets.insert(name.to_owned(), kept.clone());
    }
    let change = store.save(address, &settings)?;
    drop(turn);
    Ok(change)
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::thread;
    use std::time::Duration;

    use super::*;
    use crate::Secret;
    use crate::manifest::OAuth2;
    use crate::traces::folder;

    fn work() -> Address {
        Address::new("default", "files", "work").expect("an address")
    }

    fn with(access: &str) -> Settings {
        Settings::new().secret(OAuth2::TOKENS, Tokens::new(access).to_secret())
    }

    fn stored(store: &FileStore) -> Secret {
        let saved = store.load(&work()).expect("readable").expect("stored");
        let kept = saved.settings.secrets.get(OAuth2::TOKENS).expect("kept");
        Tokens::from_secret(kept).expect("tokens").access
    }

    #[test]
    fn what_was_agreed_to_is_stored_after_a_renewal_that_is_under_way() {
        for (shared, outcome) in [(None, "agreed-s3cret"), (Some(OAuth2::TOKENS), "renewed-s3cret")] {
            let home = folder();
            let store = FileStore::at(home.path().join("store"));
            store.save(&work(), &with("old-s3cret")).expect("stored");
            let renewal = store.turn(&work()).expect("nobody else");
            let (tell, told) = mpsc::channel();
            let other = store.clone();
            let saving = thread::spawn(move || {
                let change = save(&other, &work(), with("agreed-s3cret"), shared);
                tell.send(()).expect("somebody listens");
                change
            });
            assert!(told.recv_timeout(Duration::from_millis(100)).is_err(), "it didn't wait");
            let renewed = Tokens::new("renewed-s3cret").to_secret();
            assert!(store.entrust(&work(), OAuth2::TOKENS, &renewed).expect("stored"));
            drop(renewal);
            saving.join().expect("no panic").expect("stored");
            assert_eq!(stored(&store).expose(), outcome);
        }
    }

    #[test]
    fn a_connection_without_tokens_waits_for_nobody() {
        let home = folder();
        let store = FileStore::at(home.path().join("store"));
        let settings = Settings::new().secret("token", "personal-s3cret");
        for _ in 0..2 {
            save(&store, &work(), settings.clone(), None).expect("stored");
        }
        assert!(take(&store, &work()).expect("readable").is_none());
    }
}
