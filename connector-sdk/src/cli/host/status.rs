//! `status`: which of the stored connections work.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::super::answer::{Answer, People};
use super::super::connections;
use super::super::data::Data;
use super::super::scan::Scan;
use super::super::session::Session;
use super::super::setting;
use super::redact;
use crate::call::Connection;
use crate::credentials::Address;
use crate::host::Host;
use crate::{Error, Result};

/// How long all checks may take together, unless `--timeout` says so.
const TIMEOUT: Duration = Duration::from_secs(10);

/// What is known of a connection.
enum State {
    /// The service answered, and took the credentials.
    Healthy,
    /// It can be opened, and the connector has no way to ask more.
    Unchecked,
    /// It can't be opened, or the service doesn't take it.
    Failed(Error),
    /// Nothing here is its connector.
    NoConnector,
}

/// Asks all at once, each by its connector's health check.
pub(super) fn status(session: &mut Session<'_>, host: &Host, connector: Option<&str>) -> Result<Answer> {
    let wanted = connections::wanted(session, connector)?;
    let deadline = session.deadline()?.or_else(|| session.started.checked_add(TIMEOUT));
    let context = session.context(deadline);
    let token = context.cancellation().clone();
    let mut states: Vec<Option<State>> = Vec::with_capacity(wanted.len());
    let mut open = Vec::new();
    for (place, (address, _)) in wanted.iter().enumerate() {
        let Some(entry) = host.entries().iter().find(|entry| entry.id() == address.connector()) else {
            states.push(Some(State::NoConnector));
            continue;
        };
        let manifest = entry.factory().manifest();
        // As `call` would open it, with what the environment says as well.
        let scan = Scan {
            workspace: Some(address.workspace().to_owned()),
            connection: Some(address.connection().to_owned()),
            ..Scan::default()
        };
        let opened = setting::read(manifest, &scan, session.process).and_then(|configuration| {
            Connection::open(address.connection(), entry.factory(), configuration.settings()?)
                .map_err(|error| entry.named(error))
        });
        states.push(match opened {
            Err(error) => Some(State::Failed(error)),
            Ok(_) if !manifest.health => Some(State::Unchecked),
            Ok(connection) => {
                open.push((place, connection));
                None
            }
        });
    }
    if !open.is_empty() {
        let checks = async {
            let mut checks = JoinSet::new();
            for (place, connection) in open {
                let context = context.clone();
                checks.spawn(async move { (place, connection.health(context).await) });
            }
            checks.join_all().await
        };
        for (place, health) in session.wait(token.clone(), deadline, checks)? {
            if let Some(state) = states.get_mut(place) {
                *state = Some(health.map_or_else(State::Failed, |()| State::Healthy));
            }
        }
        if token.is_cancelled() {
            return Err(Error::cancelled("the check was cancelled"));
        }
    }
    let rows: Vec<Value> =
        wanted.iter().zip(&states).map(|((address, _), state)| row(address, state.as_ref())).collect();
    let mut data = json!({ "connections": rows });
    redact(session, &mut data);
    let people = match rows.is_empty() {
        true => People::Text("no connection is stored; `connect` stores one\n".to_owned()),
        false => People::Other(Data::each(&data["connections"], &|row| {
            let columns = ["workspace", "connector", "connection", "status", "message"];
            Data::object(columns.map(|column| (column, Data::of(&row[column]))))
        })),
    };
    Ok(Answer::of_value(&data).shown(people))
}

fn row(address: &Address, state: Option<&State>) -> Value {
    let (status, kind, message) = match state {
        Some(State::Healthy) => ("healthy", None, None),
        Some(State::Unchecked) => ("unchecked", None, Some("the connector has no health check".to_owned())),
        Some(State::NoConnector) => {
            ("no connector", None, Some("its connector is not among these".to_owned()))
        }
        Some(State::Failed(error)) => {
            ("failed", Some(error.kind().as_str()), Some(error.message().to_owned()))
        }
        None => ("failed", Some("internal"), Some("the check panicked".to_owned())),
    };
    json!({
        "workspace": address.workspace(),
        "connector": address.connector(),
        "connection": address.connection(),
        "status": status,
        "kind": kind,
        "message": message,
    })
}
