//! The Secret Service of freedesktop.org: what GNOME Keyring, KWallet and KeePassXC answer to on the session bus.
//!
//! Specification: <https://specifications.freedesktop.org/secret-service-spec/latest/>.

use std::collections::HashMap;
use std::ffi::OsString;
use std::path::PathBuf;

use secret_service::blocking::{Item, SecretService as Client};
use secret_service::{EncryptionType, Error as Fault};
use zbus::Address;
use zbus::address::Transport;
use zbus::address::transport::{Unix, UnixSocket};
use zbus::blocking::connection::Builder;

use super::Keyring;
use super::apart::apart;
use crate::{Error, Result, Secret};

/// What `service` an item is of, as the keyring crates name it.
const SERVICE: &str = "connector-sdk";

/// The service on the session bus of an environment.
#[derive(Clone)]
pub(super) struct SecretService {
    bus: Option<Bus>,
}

/// Where a session bus is.
#[derive(Clone)]
enum Bus {
    Address(String),
    Socket(PathBuf),
}

impl SecretService {
    /// By the variables that a session sets. Where there are none nobody is logged in, and none is guessed: a
    /// program without an environment, such as a service, is to work the same whoever is logged in.
    pub(super) fn of_environment(variable: &dyn Fn(&str) -> Option<OsString>) -> Self {
        let value = |name: &str| variable(name).filter(|value| !value.is_empty());
        let address = value("DBUS_SESSION_BUS_ADDRESS").and_then(|address| address.into_string().ok());
        let bus = address.map(Bus::Address).or_else(|| {
            value("XDG_RUNTIME_DIR").map(|folder| Bus::Socket(PathBuf::from(folder).join("bus")))
        });
        Self { bus }
    }

    fn client(&self) -> Result<Client<'static>> {
        let builder = match &self.bus {
            None => {
                return Err(Error::setup(
                    "no keyring answers here, where neither DBUS_SESSION_BUS_ADDRESS nor XDG_RUNTIME_DIR is set; run \
                     this in the session of whoever is logged in",
                ));
            }
            Some(Bus::Address(address)) => Builder::address(address.as_str()),
            Some(Bus::Socket(path)) => {
                let socket = Unix::new(UnixSocket::File(path.clone()));
                Builder::address(Address::from(Transport::Unix(socket)))
            }
        };
        let connection = builder.and_then(Builder::build).map_err(|error| absent(&error))?;
        // Whoever listens in on the session bus sees no key.
        Client::connect_with_existing(EncryptionType::Dh, connection).map_err(wrong)
    }
}

impl Keyring for SecretService {
    fn get(&self, name: &str) -> Result<Option<Secret>> {
        let (this, name) = (self.clone(), name.to_owned());
        apart(move || {
            let client = this.client()?;
            let Some(item) = find(&client, &name)? else { return Ok(None) };
            let bytes = secrecy::zeroize::Zeroizing::new(item.get_secret().map_err(wrong)?);
            Ok(Some(Secret::new(String::from_utf8_lossy(&bytes))))
        })
    }

    fn put(&self, name: &str, text: &Secret) -> Result<()> {
        let (this, name, text) = (self.clone(), name.to_owned(), text.clone());
        apart(move || {
            let client = this.client()?;
            let collection = client.get_default_collection().map_err(wrong)?;
            // Asked first: to unlock it would open a dialogue, which an agent's tool can't answer.
            collection.ensure_unlocked().map_err(wrong)?;
            let label = format!("Key of stored connections ({name})");
            collection
                .create_item(&label, attributes(&name), text.expose().as_bytes(), true, "text/plain")
                .map(drop)
                .map_err(wrong)
        })
    }

    fn remove(&self, name: &str) -> Result<()> {
        let (this, name) = (self.clone(), name.to_owned());
        apart(move || {
            let client = this.client()?;
            match find(&client, &name)? {
                Some(item) => item.delete().map_err(wrong),
                None => Ok(()),
            }
        })
    }
}

/// An item that can be read.
fn find<'c>(client: &'c Client<'_>, name: &str) -> Result<Option<Item<'c>>> {
    let found = client.search_items(attributes(name)).map_err(wrong)?;
    match (found.unlocked.into_iter().next(), found.locked.is_empty()) {
        (Some(item), _) => Ok(Some(item)),
        (None, true) => Ok(None),
        (None, false) => Err(wrong(Fault::Locked)),
    }
}

/// What an item is found by: `secret-tool lookup service connector-sdk username <id>` does as well.
fn attributes(name: &str) -> HashMap<&str, &str> {
    HashMap::from([("service", SERVICE), ("username", name)])
}

#[cold]
fn wrong(fault: Fault) -> Error {
    match fault {
        Fault::Locked => {
            Error::setup("the keyring is locked; unlock it, by logging in or in its own program")
        }
        Fault::NoResult => Error::setup(
            "the keyring has no default collection; make one in its own program, such as Seahorse",
        ),
        Fault::Prompt | Fault::PromptDisconnected => {
            Error::setup("the keyring asked on the screen, and nobody agreed; try again and agree")
        }
        Fault::Unavailable => absent(&"there is no session bus"),
        Fault::Zbus(zbus::Error::MethodError(name, _, _)) if name.ends_with(".ServiceUnknown") => {
            absent(&"no program on the session bus keeps secrets")
        }
        fault => Error::setup(format!("the keyring refuses: {fault}")),
    }
}

#[cold]
fn absent(why: &dyn std::fmt::Display) -> Error {
    Error::setup(format!(
        "no keyring answers ({why}); start one, such as GNOME Keyring, or run this in the session where it is"
    ))
}
