//! Changes the key of the store by the environment, for `tests/real/keyring.rs` to run: `rekey`, or `rekey into-keyring`.

use connector_sdk::credentials::{FileStore, Key};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let into_keyring = std::env::args().nth(1).is_some_and(|word| word == "into-keyring");
    // As a host does it that is async: a keyring that had a runtime of its own would panic here.
    tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
        let mut store = FileStore::from_env()?;
        let key = Key::random()?;
        if into_keyring { store.rotate_into_keyring(key) } else { store.rotate(key) }
    })?;
    Ok(())
}
