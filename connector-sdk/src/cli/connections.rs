//! `connections` and `disconnect`: what is stored, and what is to be forgotten.

use std::sync::atomic::Ordering;
use std::time::SystemTime;

use serde_json::{Value, json};

use super::answer::{Answer, People};
use super::data::Data;
use super::dialogue::Silence;
use super::session::Session;
use super::show::clean_line;
use super::{setting, stored};
use crate::credentials::{Address, Store as _};
use crate::{Error, Result};

/// Lists this connector's connections.
pub(super) fn list(session: &Session<'_>) -> Result<Answer> {
    list_of(session, Some(&session.manifest.id))
}

/// The connections that a command line asks for, of one connector or of all.
pub(super) fn wanted(session: &Session<'_>, connector: Option<&str>) -> Result<Vec<(Address, SystemTime)>> {
    // A name that can't be one is said so here as well.
    stored::address(session.manifest, session.scan)?;
    let mut listed = match stored::store(session.process) {
        Some(store) => session.process.in_time("the credential store", move || store.list())??,
        None => Vec::new(),
    };
    let is_wanted = |wanted: Option<&str>, name: &str| wanted.is_none_or(|wanted| wanted == name);
    listed.retain(|(address, _)| {
        is_wanted(connector, address.connector())
            && is_wanted(session.scan.workspace.as_deref(), address.workspace())
            && is_wanted(session.scan.connection.as_deref(), address.connection())
    });
    Ok(listed)
}

/// Lists connections of one connector or of all.
pub(super) fn list_of(session: &Session<'_>, connector: Option<&str>) -> Result<Answer> {
    let listed = wanted(session, connector)?;
    let rows: Vec<Value> = listed
        .iter()
        .map(|(address, saved_at)| {
            json!({
                "workspace": address.workspace(),
                "connector": address.connector(),
                "connection": address.connection(),
                "saved_at": humantime::format_rfc3339_seconds(*saved_at).to_string(),
            })
        })
        .collect();
    let mut data = json!({ "connections": rows });
    setting::redactor(session.manifest, session.process).value(&mut data);
    let people = Data::each(&data["connections"], &|row| {
        Data::object(
            ["workspace", "connector", "connection", "saved_at"]
                .map(|column| (column, Data::of(&row[column]))),
        )
    });
    Ok(Answer::of_value(&data).shown(People::Other(people)))
}

/// Forgets a connection.
///
/// # Errors
///
/// `not_found` where nothing is stored of it: the name may be mistyped, and the connection still be there.
pub(super) fn disconnect(session: &mut Session<'_>, name: Option<String>) -> Result<Answer> {
    let address = stored::address_of(session.manifest, session.scan, name)?;
    let missing = || Error::not_found(stored::none(&address));
    let store = stored::store(session.process).ok_or_else(missing)?;
    let saved = stored::load(&store, &address, session.process)?.ok_or_else(missing)?;
    if session.process.can_ask() && !session.scan.yes {
        agree(session, &address)?;
    }
    drop(saved);
    #[cfg(feature = "oauth")]
    let (turn, given_back) = {
        let (wanted, shared) = (address.clone(), store.clone());
        let turn = session
            .process
            .in_time("the credential store", move || super::turn::take(&shared, &wanted))??;
        // Read once more: somebody else may have renewed the tokens while a person was asked.
        let saved = stored::load(&store, &address, session.process)?.ok_or_else(missing)?;
        // Whatever comes of it, the connection is to be gone.
        (turn, super::agree::give_back(session, &saved.settings)?)
    };
    let wanted = address.clone();
    let removed = session.process.in_time("the credential store", move || store.remove(&wanted))??;
    if !removed {
        return Err(missing());
    }
    #[cfg(feature = "oauth")]
    drop(turn);
    let mut data = json!({
        "workspace": address.workspace(),
        "connector": address.connector(),
        "connection": address.connection(),
        "state": "removed",
    });
    #[cfg(feature = "oauth")]
    if let Some(given_back) = given_back {
        data["revoked"] = given_back.into();
    }
    setting::redactor(session.manifest, session.process).value(&mut data);
    Ok(Answer::of_value(&data).shown(People::Text("done\n".to_owned())))
}

fn agree(session: &Session<'_>, address: &Address) -> Result<()> {
    let deadline = session.deadline()?;
    let context = session.context(deadline);
    let dialogue = session.dialogue(&context);
    let question = format!(
        "{}: forget the settings and credentials of the connection `{}` in the workspace `{}`.\nProceed? [y/N] ",
        clean_line(&session.manifest.title),
        clean_line(address.connection()),
        clean_line(address.workspace()),
    );
    dialogue.show(&question).map_err(|error| {
        Error::denied(format!("nobody could be asked, standard error can't be written: {error}"))
    })?;
    let answer = session.wait(context.cancellation().clone(), deadline, dialogue.line())?;
    let answer = answer.map_err(|silence| {
        Error::cancelled(match silence {
            Silence::Cancelled => "it was cancelled before anybody agreed to it",
            Silence::TimeOver => "the time was over before anybody agreed to it",
        })
    })?;
    match answer.trim().to_ascii_lowercase().as_str() {
        "y" | "yes" => {
            session.rules.agreed.store(true, Ordering::Release);
            Ok(())
        }
        _ => Err(Error::denied("`disconnect` was not approved, and nothing was removed")),
    }
}
