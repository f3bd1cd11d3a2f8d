//! What is stored of a connection, as the last source of its settings and credentials.
//!
//! Where no file is, nothing is read and nothing is made; and where everything is set otherwise, the store
//! isn't asked.

use super::configuration::Configuration;
use super::process::Process;
use super::scan::Scan;
use crate::credentials::{Address, FileStore, Saved, Store as _};
use crate::manifest::Manifest;
use crate::{Error, Result};

/// The connection that a command line is about.
pub(super) fn address(manifest: &Manifest, scan: &Scan<'_>) -> Result<Address> {
    let or_default = |name: &Option<String>| name.clone().unwrap_or_else(|| Address::DEFAULT.to_owned());
    Address::new(or_default(&scan.workspace), &*manifest.id, or_default(&scan.connection))
}

/// The connection that a command names by its own argument.
pub(super) fn address_of(manifest: &Manifest, scan: &Scan<'_>, name: Option<String>) -> Result<Address> {
    let address = address(manifest, scan)?;
    match name {
        None => Ok(address),
        Some(_) if scan.connection.is_some() => Err(Error::usage(
            "the connection's name is given twice, with `--connection` as well; give it once",
        )),
        Some(name) => Address::new(address.workspace(), address.connector(), name),
    }
}

/// The store of whoever runs this; none where the environment doesn't say where.
pub(super) fn store(process: &Process) -> Option<FileStore> {
    FileStore::of_environment(&|name| process.variable(name))
}

/// Reads a connection, and keeps its credentials out of all that is written from now on.
pub(super) fn load(store: &FileStore, address: &Address, process: &Process) -> Result<Option<Saved>> {
    let (store, wanted) = (store.clone(), address.clone());
    let saved = process.in_time("the credential store", move || store.load(&wanted))??;
    if let Some(saved) = &saved {
        saved.settings.secrets().for_each(|(_, secret)| process.remember(secret));
    }
    Ok(saved)
}

/// Adds what is stored to what is set.
pub(super) fn complete(
    configuration: &mut Configuration<'_>,
    scan: &Scan<'_>,
    process: &Process,
) -> Result<()> {
    let address = address(configuration.manifest, scan)?;
    let is_named = scan.connection.is_some();
    if configuration.is_complete() && !is_named {
        return Ok(());
    }
    let saved = match store(process) {
        Some(store) if store.is_there() => load(&store, &address, process),
        _ => Ok(None),
    };
    match saved {
        Ok(Some(saved)) => {
            configuration.add_stored(&saved.settings);
            #[cfg(feature = "oauth")]
            super::agree::keep(configuration, process, address);
        }
        Ok(None) if is_named => {
            return Err(Error::setup(format!(
                "{}; `{}` stores one, `{}` lists them",
                none(&address),
                process.spelled("connect"),
                process.spelled("connections"),
            )));
        }
        Ok(None) => {}
        Err(error) => configuration.unread(error),
    }
    Ok(())
}

/// The command line with the connection of that name, where one is stored and no other is named.
#[cfg(feature = "seed-agent")]
pub(super) fn preferring<'m>(
    manifest: &Manifest,
    mut scan: Scan<'m>,
    name: &str,
    process: &Process,
) -> Result<Scan<'m>> {
    let wanted = address_of(
        manifest,
        &Scan { workspace: scan.workspace.clone(), ..Scan::default() },
        Some(name.to_owned()),
    );
    if let (None, Ok(wanted), Some(store)) = (&scan.connection, wanted, store(process))
        && store.is_there()
        && load(&store, &wanted, process)?.is_some()
    {
        scan.connection = Some(name.to_owned());
    }
    Ok(scan)
}

/// What is stored of a connection, and nothing else. `connect` is the command line that stores it.
#[cfg(feature = "puffer")]
pub(super) fn only<'m>(
    manifest: &'m Manifest,
    scan: &Scan<'_>,
    process: &Process,
    connect: &str,
) -> Result<Configuration<'m>> {
    let address = address(manifest, scan)?;
    let saved = match store(process) {
        Some(store) if store.is_there() => load(&store, &address, process)?,
        _ => None,
    };
    let Some(saved) = saved else {
        return Err(Error::setup(format!("{}; `{connect}` stores it", none(&address))));
    };
    let mut configuration = Configuration::new(manifest);
    configuration.add_stored(&saved.settings);
    // What is renewed here has to be found by the next process.
    #[cfg(feature = "oauth")]
    super::agree::keep(&mut configuration, process, address);
    Ok(configuration)
}

/// That a connection is not there.
pub(super) fn none(address: &Address) -> String {
    let (connection, workspace) = (address.connection(), address.workspace());
    format!("nothing is stored of the connection `{connection}` in the workspace `{workspace}`")
}
