//! The keychain of macOS and the credential manager of Windows.

#[cfg(target_os = "macos")]
use apple_native_keyring_store::keychain::Store;
use keyring_core::api::CredentialStoreApi as _;
use keyring_core::{Entry, Error as Fault};
#[cfg(windows)]
use windows_native_keyring_store::Store;

use super::Keyring;
use super::apart::apart;
use crate::{Error, Result, Secret};

const SERVICE: &str = "connector-sdk";

/// The keyring of whoever is logged in.
pub(super) struct Native;

impl Keyring for Native {
    fn get(&self, name: &str) -> Result<Option<Secret>> {
        let name = name.to_owned();
        apart(move || match entry(&name)?.get_password() {
            Ok(text) => Ok(Some(Secret::new(text))),
            Err(Fault::NoEntry) => Ok(None),
            Err(fault) => Err(wrong(&fault)),
        })
    }

    fn put(&self, name: &str, text: &Secret) -> Result<()> {
        let (name, text) = (name.to_owned(), text.clone());
        apart(move || entry(&name)?.set_password(text.expose()).map_err(|fault| wrong(&fault)))
    }

    fn remove(&self, name: &str) -> Result<()> {
        let name = name.to_owned();
        apart(move || match entry(&name)?.delete_credential() {
            Ok(()) | Err(Fault::NoEntry) => Ok(()),
            Err(fault) => Err(wrong(&fault)),
        })
    }
}

fn entry(name: &str) -> Result<Entry> {
    let store = Store::new().map_err(|fault| wrong(&fault))?;
    store.build(SERVICE, name, None).map_err(|fault| wrong(&fault))
}

#[cold]
fn wrong(fault: &Fault) -> Error {
    match fault {
        // The text of these two may show what is kept.
        Fault::BadEncoding(_) | Fault::BadDataFormat(..) => {
            Error::setup("the keyring holds something else in the place of the key; remove it there")
        }
        Fault::NoStorageAccess(why) => Error::setup(format!(
            "the keyring is locked or can't be reached ({why}); unlock it, or run this in the session of whoever is \
             logged in"
        )),
        fault => Error::setup(format!("the keyring refuses: {fault}")),
    }
}
