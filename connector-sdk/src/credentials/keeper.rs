//! A stored connection as the place where an open one puts what it obtains.

use std::fmt;
use std::sync::Arc;

use super::{Address, Store};
use crate::{Error, Keeper, Result, Secret};

/// Keeps what an open connection obtains with what is stored of it.
///
/// ```
/// use std::sync::Arc;
///
/// use connector_sdk::credentials::{Address, FileStore, Store, StoreKeeper};
///
/// # let folder = tempfile::tempdir()?;
/// # let folder = folder.path().join("connectors");
/// let store = Arc::new(FileStore::at(folder));
/// let work = Address::new("default", "github", "work")?;
/// # store.save(&work, &connector_sdk::Settings::new())?;
/// let saved = store.load(&work)?.ok_or("it was saved")?;
/// let settings = saved.settings.kept_by(Arc::new(StoreKeeper::new(store, work)));
/// # drop(settings);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct StoreKeeper {
    store: Arc<dyn Store>,
    address: Address,
}

impl StoreKeeper {
    /// The keeper of a stored connection.
    pub fn new(store: Arc<dyn Store>, address: Address) -> Self {
        Self { store, address }
    }
}

impl Keeper for StoreKeeper {
    fn keep(&self, name: &str, secret: &Secret) -> Result<()> {
        match self.store.entrust(&self.address, name, secret)? {
            true => Ok(()),
            false => Err(Error::not_found(format!(
                "the connection `{}` is not stored any more",
                self.address.connection()
            ))),
        }
    }

    fn kept(&self, name: &str) -> Result<Option<Secret>> {
        let saved = self.store.load(&self.address)?;
        Ok(saved.and_then(|saved| saved.settings.secrets.get(name).cloned()))
    }

    fn turn(&self) -> Result<Box<dyn Send>> {
        self.store.turn(&self.address)
    }
}

impl fmt::Debug for StoreKeeper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoreKeeper").field("address", &self.address).finish_non_exhaustive()
    }
}
