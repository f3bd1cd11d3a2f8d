//! `connect`: gets settings and credentials, tries them, and stores them.

use std::fmt;
use std::time::{Duration, Instant};

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::{Value, json};

#[cfg(feature = "oauth")]
use super::agree;
use super::answer::{Answer, People};
use super::configuration::Configuration;
use super::data::Data;
use super::dialogue::{Dialogue, Silence};
use super::echo::Hidden;
use super::login;
use super::process::{Process, say};
use super::session::Session;
use super::setting::{self, Piped};
use super::show::clean_line;
use super::stored;
#[cfg(feature = "oauth")]
use super::turn;
use crate::call::Connection;
use crate::credentials::{Address, Change, FileStore, nowhere};
use crate::manifest::{Credential, Manifest, Setting};
use crate::platform::argentos::Source;
use crate::similar::{excerpt, listed, nearest};
use crate::{Error, ErrorKind, Result, Secret, Settings, json_from_text};

/// How long the check may take, unless `--timeout` says so.
const CHECK_TIMEOUT: Duration = Duration::from_secs(30);

/// What the command line says of `connect` itself.
pub(super) struct Request {
    pub(super) name: Option<String>,
    pub(super) is_piped: bool,
    /// Somebody is to agree in a browser, whether they have or not.
    #[cfg(feature = "oauth")]
    pub(super) browser: bool,
    /// The same, on another device.
    #[cfg(feature = "oauth")]
    pub(super) device: bool,
}

/// What works, and is to be stored.
struct Tried {
    settings: Settings,
    /// The name of its tokens, where they are those that were stored already.
    #[cfg(feature = "oauth")]
    shared: Option<String>,
}

impl Tried {
    fn save(self, store: &FileStore, address: &Address) -> Result<Change> {
        #[cfg(feature = "oauth")]
        return turn::save(store, address, self.settings, self.shared.as_deref());
        #[cfg(not(feature = "oauth"))]
        crate::credentials::Store::save(store, address, &self.settings)
    }
}

/// Runs `connect`.
pub(super) fn connect(session: &mut Session<'_>, request: Request) -> Result<Answer> {
    let (manifest, scan) = (session.manifest, session.scan);
    #[cfg(feature = "oauth")]
    let way = agree::Way::of_options(manifest, request.browser, request.device)?;
    let Request { name, is_piped, .. } = request;
    let address = stored::address_of(manifest, scan, name)?;
    // Before anybody is asked: answers that can't be stored are asked for in vain.
    let store = stored::store(session.process).ok_or_else(nowhere)?;
    let before = stored::load(&store, &address, session.process)?;
    let before = before.map(|saved| saved.settings).unwrap_or_default();
    let given = match is_piped {
        true => piped(manifest, &session.process.read_stdin()?)?,
        false => Piped::default(),
    };
    let given = Piped { takes_secrets: session.rules.secrets_by_set, ..given };
    given.secrets.iter().for_each(|(_, secret)| session.process.remember(secret));
    if given.takes_secrets {
        keep_out(session);
    }
    let mut configuration = setting::given(manifest, scan, session.process, given)?;
    if session.process.can_ask() && !is_piped && !scan.yes {
        ask_all(session, &mut configuration, &before)?;
    }
    configuration.add_stored(&before);
    let settings = configuration.to_store();
    let nothing = |error: Error| error.context("nothing was stored");
    let checked = |settings: Settings| {
        #[cfg(feature = "oauth")]
        return agreed(session, &store, &address, settings, way);
        #[cfg(not(feature = "oauth"))]
        check(session, address.connection(), &settings)
            .map(|origins| Tried { settings: settings.bound_to(origins) })
    };
    let tried = logged_in(session, &address, settings, checked).map_err(nothing)?;
    // What has no other source was obtained by the connector's login.
    let by_login: Vec<String> = match manifest.login {
        true => tried.settings.secrets.keys().chain(tried.settings.values.keys()).cloned().collect(),
        false => Vec::new(),
    };
    let wanted = address.clone();
    let change = session
        .process
        .in_time("the credential store", move || tried.save(&store, &wanted))?
        .map_err(nothing)?;
    let row = |name: &String| {
        let source = configuration.source(name).map(Source::as_str);
        let source = source.or_else(|| by_login.contains(name).then_some("login"));
        source.map(|source| json!({ "name": name, "source": source }))
    };
    let mut data = json!({
        "workspace": address.workspace(),
        "connector": address.connector(),
        "connection": address.connection(),
        "state": change.as_str(),
        "checked": manifest.health,
        "settings": manifest.settings.iter().filter_map(|known| row(&known.name)).collect::<Vec<_>>(),
        "credentials": manifest.credentials.iter().filter_map(|known| row(&known.name)).collect::<Vec<_>>(),
    });
    setting::redactor(manifest, session.process).value(&mut data);
    let people = Data::object(
        ["state", "connection", "workspace", "checked", "settings", "credentials"]
            .map(|member| (member, Data::of(&data[member]))),
    );
    Ok(Answer::of_value(&data).shown(People::Other(people)))
}

/// Keeps the credentials among what was set out of all that is written, and says who may have seen them.
fn keep_out(session: &Session<'_>) {
    for (name, value) in session.scan.set.iter().filter_map(|pair| pair.split_once('=')) {
        let Some(credential) = session.manifest.credential(name.trim()) else { continue };
        session.process.remember(&Secret::new(value));
        let (name, env) = (&credential.name, &credential.env);
        say(
            &session.process.stderr_sink(),
            &format!(
                "warning: others on this machine can see what `--set {name}=..` says while this runs, and a shell \
                 keeps it; the environment variable {env} and `--stdin` show it to nobody"
            ),
        );
    }
}

/// Checks the connection, once the connector has got the credentials that it gets by itself. Those that it got before
/// and that are refused now it gets anew.
fn logged_in(
    session: &Session<'_>,
    address: &Address,
    settings: Settings,
    checked: impl Fn(Settings) -> Result<Tried>,
) -> Result<Tried> {
    let (manifest, name) = (session.manifest, address.connection());
    if !manifest.login {
        return checked(settings);
    }
    if login::is_wanted(manifest, &settings) {
        return checked(login::ask(session, name, settings)?);
    }
    match checked(settings.clone()) {
        Err(error) if error.kind() == ErrorKind::Auth && session.process.can_ask() => {
            #[cfg(feature = "oauth")]
            let settings = agree::without_refused(manifest, settings);
            checked(login::ask(session, name, settings)?)
        }
        outcome => outcome,
    }
}

/// Checks the connection, once somebody has agreed to it where that is wanted. What is returned is to be stored.
#[cfg(feature = "oauth")]
fn agreed(
    session: &Session<'_>,
    store: &FileStore,
    address: &Address,
    settings: Settings,
    way: Option<agree::Way>,
) -> Result<Tried> {
    let manifest = session.manifest;
    let mut may_ask = way.is_some() || session.process.can_ask();
    let mut settings = settings;
    if way.is_some() || agree::is_wanted(manifest, &settings) {
        settings = agree::ask(session, settings, way)?;
        may_ask = false;
    }
    match try_out(session, store, address, &settings) {
        Err(error) if may_ask && agree::may_have_ended(manifest, &settings, &error) => {
            let settings = agree::ask(session, settings, way)?;
            try_out(session, store, address, &settings)
        }
        outcome => outcome,
    }
}

/// Checks the connection, and takes up the tokens that were renewed for it.
#[cfg(feature = "oauth")]
fn try_out(
    session: &Session<'_>,
    store: &FileStore,
    address: &Address,
    settings: &Settings,
) -> Result<Tried> {
    // Elsewhere than where they were given for, the connection can't be opened with them.
    let name = agree::kept_as(session.manifest, settings).to_owned();
    let is_shared = settings.bound.holds(&name);
    let held = std::sync::Arc::new(match is_shared {
        true => agree::Held::stored(session.process, store.clone(), address.clone()),
        false => agree::Held::default(),
    });
    let mut origins = check(session, address.connection(), &settings.clone().kept_by(held.clone()))?;
    // What the check could store is found where it is stored.
    let (settings, shared) = match held.unstored() {
        Some(renewed) => (settings.clone().secret(name, renewed), None),
        None => (settings.clone(), is_shared.then_some(name)),
    };
    origins.extend(agree::origins(session.manifest, &settings));
    Ok(Tried { settings: settings.bound_to(origins), shared })
}

/// Opens the connection and asks the service whether it works. Says where the credentials go.
fn check(session: &Session<'_>, name: &str, settings: &Settings) -> Result<Vec<String>> {
    let connection = Connection::open(name, session.factory, settings)?;
    let origins = connection.origins();
    if !session.manifest.health {
        return Ok(origins);
    }
    // The time begins now: nobody's typing is part of it.
    let deadline = session.deadline()?.or_else(|| Instant::now().checked_add(CHECK_TIMEOUT));
    let context = session.context(deadline);
    let token = context.cancellation().clone();
    let outcome = session.wait(token.clone(), deadline, connection.health(context))?;
    if token.is_cancelled() {
        return Err(Error::cancelled("the check was cancelled"));
    }
    outcome.map(|()| origins)
}

/// Asks for what is not set.
fn ask_all(session: &Session<'_>, configuration: &mut Configuration<'_>, before: &Settings) -> Result<()> {
    let deadline = session.deadline()?;
    let context = session.context(deadline);
    let dialogue = session.dialogue(&context);
    let process: &Process = session.process;
    let asking = async {
        let manifest = configuration.manifest;
        for setting in manifest.settings.iter().filter(|setting| setting.required || !setting.advanced) {
            if !configuration.has(&setting.name) {
                ask(&dialogue, configuration, setting, before).await?;
            }
        }
        // What a connector gets by itself isn't asked for.
        let is_asked = |credential: &&Credential| credential.required || !manifest.login;
        for credential in manifest.credentials.iter().filter(is_asked) {
            if !configuration.has(&credential.name) {
                let is_stored = before.secrets.contains_key(&credential.name);
                if let Some(secret) = ask_hidden(&dialogue, process, credential, is_stored).await? {
                    process.remember(&secret);
                    configuration.entrust(credential, secret, Source::Terminal);
                }
            }
        }
        Ok(())
    };
    session.wait(context.cancellation().clone(), deadline, asking)?
}

/// Asks for a setting, until the answer is one.
async fn ask<'m>(
    dialogue: &Dialogue,
    configuration: &mut Configuration<'m>,
    setting: &'m Setting,
    before: &Settings,
) -> Result<()> {
    let stored = before.values.get(&setting.name);
    let may_be_left = !setting.required || before.contains(&setting.name);
    let hint = match (stored, setting.default_value()) {
        (Some(value), _) | (None, Some(value)) if !value.is_null() => format!(" [{}]", plain(value)),
        _ if may_be_left => " (optional)".to_owned(),
        _ => String::new(),
    };
    let mut text = about(&setting.description, setting.help.as_deref());
    loop {
        text.push_str(&format!("{}{hint}: ", clean_line(&setting.name)));
        let line = hear(dialogue, &text).await?;
        let line = line.trim();
        if line.is_empty() && may_be_left {
            return Ok(());
        }
        match json_from_text(&setting.schema, &setting.schema, line) {
            Ok(_) if line.is_empty() => text = "it is required\n".to_owned(),
            Ok(value) => {
                configuration.set(setting, value, Source::Terminal);
                return Ok(());
            }
            Err(error) => text = format!("{}\n", clean_line(error.message())),
        }
    }
}

/// Asks for a credential, without showing it.
async fn ask_hidden(
    dialogue: &Dialogue,
    process: &Process,
    credential: &Credential,
    is_stored: bool,
) -> Result<Option<Secret>> {
    let hint = match (is_stored, credential.required) {
        (true, _) => ", nothing keeps what is stored",
        (false, false) => ", optional",
        (false, true) => "",
    };
    let mut text = about(&credential.description, credential.help.as_deref());
    loop {
        text.push_str(&format!("{} (not shown{hint}): ", clean_line(&credential.name)));
        let secret = hear_hidden(process, dialogue, &text).await?;
        if !secret.expose().is_empty() {
            return Ok(Some(secret));
        }
        if is_stored || !credential.required {
            return Ok(None);
        }
        text = "it is required\n".to_owned();
    }
}

/// Asks, and hears a line that isn't shown.
pub(super) async fn hear_hidden(process: &Process, dialogue: &Dialogue, text: &str) -> Result<Secret> {
    let hidden = Hidden::of(process)?;
    let line = hear(dialogue, text).await?;
    drop(hidden);
    // The end of the line was not shown either.
    let _ = dialogue.show("\n");
    Ok(Secret::new(line.trim_end_matches(['\r', '\n'])))
}

pub(super) async fn hear(dialogue: &Dialogue, text: &str) -> Result<String> {
    dialogue.show(text).map_err(|error| {
        Error::setup(format!("nobody can be asked, standard error can't be written: {error}"))
    })?;
    let line = dialogue.line().await.map_err(|silence| {
        Error::cancelled(match silence {
            Silence::Cancelled => "it was cancelled before all was answered; nothing was stored",
            Silence::TimeOver => "the time was over before all was answered; nothing was stored",
        })
    })?;
    match line.is_empty() {
        true => Err(Error::cancelled("standard input ended before all was answered; nothing was stored")),
        false => Ok(line),
    }
}

/// What a question is about.
fn about(description: &str, help: Option<&str>) -> String {
    let lines = [description.lines().next(), help].into_iter().flatten().filter(|line| !line.is_empty());
    lines.map(|line| format!("{}\n", clean_line(line))).collect()
}

fn plain(value: &Value) -> String {
    clean_line(&value.as_str().map_or_else(|| value.to_string(), str::to_owned))
}

/// Reads settings and credentials from a JSON object, by their names. `null` is the same
/// as not there, and so is a credential without text.
fn piped(manifest: &Manifest, text: &str) -> Result<Piped> {
    // The parser's own words may repeat what it found.
    let pairs: Pairs = serde_json::from_str(text).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        Error::usage(format!(
            "standard input must be one JSON object of settings and credentials; line {line}, column {column} is \
             something else"
        ))
    })?;
    let mut piped = Piped::default();
    let mut seen = Vec::new();
    for (name, value) in pairs.0 {
        if seen.contains(&name) {
            return Err(Error::usage(format!("standard input has `{}` twice; give it once", excerpt(&name))));
        }
        if manifest.credential(&name).is_some() {
            match value {
                Value::Null => {}
                Value::String(secret) if secret.is_empty() => {}
                Value::String(secret) => drop(piped.secrets.insert(name.clone(), Secret::new(secret))),
                _ => {
                    return Err(Error::usage(format!(
                        "credential `{name}` on standard input must be a text"
                    )));
                }
            }
        } else if manifest.setting(&name).is_some() {
            if !value.is_null() {
                piped.values.insert(name.clone(), value);
            }
        } else {
            return Err(unknown(manifest, &name));
        }
        seen.push(name);
    }
    Ok(piped)
}

#[cold]
fn unknown(manifest: &Manifest, name: &str) -> Error {
    let settings = manifest.settings.iter().map(|setting| setting.name.as_str());
    let known = settings.chain(manifest.credentials.iter().map(|known| known.name.as_str()));
    let advice = match nearest(name, known.clone()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("there is {}", listed(known)),
    };
    Error::usage(format!("standard input: there is no setting or credential `{}`; {advice}", excerpt(name)))
}

/// The members of a JSON object, with those that are there twice.
struct Pairs(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Pairs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;

        impl<'de> Visitor<'de> for Members {
            type Value = Pairs;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pairs, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Pairs(pairs))
            }
        }

        deserializer.deserialize_map(Members)
    }
}
