//! How somebody at the command line agrees that a connection may be used (OAuth 2.0), and what becomes of its
//! tokens.

use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::configuration::Configuration;
use super::process::{Process, Secrets, Sink, lock, say};
use super::session::Session;
use super::show::clean_line;
use super::stored;
use crate::credentials::{Address, FileStore, StoreKeeper};
use crate::manifest::{Auth, Grant, Manifest, OAuth2};
use crate::oauth::{Client, Tokens, lacking};
use crate::{Error, Keeper, Result, Secret, Settings};

/// How long somebody may take to agree in a browser, unless `--timeout` says so.
const PATIENCE: Duration = Duration::from_secs(300);

/// How long giving tokens back may take, unless `--timeout` says so.
const REVOCATION: Duration = Duration::from_secs(10);

/// Where somebody agrees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    Browser,
    Device,
}

impl Way {
    /// What `--browser` and `--device` say.
    pub(super) fn of_options(manifest: &Manifest, browser: bool, device: bool) -> Result<Option<Self>> {
        let way = match (browser, device) {
            (false, false) => return Ok(None),
            (true, true) => {
                return Err(Error::usage(
                    "`--browser` and `--device` are two ways to agree; give one of them",
                ));
            }
            (true, false) => Self::Browser,
            (false, true) => Self::Device,
        };
        let oauth2 = manifest.auth.oauth2().filter(|oauth2| oauth2.grant == Grant::User);
        let (option, is_there) = match way {
            Self::Browser => ("--browser", oauth2.is_some_and(|oauth2| oauth2.authorize.is_some())),
            Self::Device => ("--device", oauth2.is_some_and(|oauth2| oauth2.device.is_some())),
        };
        match is_there {
            true => Ok(Some(way)),
            false => Err(Error::usage(format!(
                "`{}` has no way to agree with `{option}`; leave it out",
                manifest.id
            ))),
        }
    }
}

/// Whether what is set is used with tokens that somebody has to agree to, and there are none that are enough.
pub(super) fn is_wanted(manifest: &Manifest, settings: &Settings) -> bool {
    match manifest.auth.way(|name| settings.secrets.contains_key(name)) {
        Auth::OAuth2(oauth2) if oauth2.grant == Grant::User => match tokens(settings) {
            None => true,
            Some(tokens) => tokens.scopes.is_some_and(|granted| {
                let wanted: Vec<String> = manifest.scopes().into_iter().map(str::to_owned).collect();
                !lacking(&wanted, &granted).is_empty()
            }),
        },
        _ => false,
    }
}

/// Whether there are tokens that were agreed to, and that may have been taken back.
pub(super) fn may_have_ended(manifest: &Manifest, settings: &Settings, error: &Error) -> bool {
    let way = manifest.auth.way(|name| settings.secrets.contains_key(name));
    let kinds = [crate::ErrorKind::Auth, crate::ErrorKind::Setup];
    matches!(way, Auth::OAuth2(oauth2) if oauth2.grant == Grant::User)
        && tokens(settings).is_some()
        && kinds.contains(&error.kind())
}

/// Where the tokens of a connection go, besides the service itself.
pub(super) fn origins(manifest: &Manifest, settings: &Settings) -> Vec<String> {
    let way = manifest.auth.way(|name| settings.secrets.contains_key(name));
    let has_tokens = settings.secrets.contains_key(OAuth2::TOKENS);
    match matches!(way, Auth::OAuth2(_)) || has_tokens {
        true => Client::new(manifest, settings).map(|client| client.origins()).unwrap_or_default(),
        false => Vec::new(),
    }
}

fn tokens(settings: &Settings) -> Option<Tokens> {
    Tokens::from_secret(settings.secrets.get(OAuth2::TOKENS)?).ok()
}

/// Has somebody agree, and adds the tokens to what is set.
///
/// # Errors
///
/// `setup` where there is nobody to ask, else why there are no tokens.
pub(super) fn ask(session: &Session<'_>, settings: Settings, way: Option<Way>) -> Result<Settings> {
    if way.is_none() && !session.process.can_ask() {
        let connect = session.process.spelled("connect");
        return Err(Error::setup(format!(
            "somebody has to agree to this connection in a browser; run `{connect}` on a terminal, or with \
             `--browser` or `--device`"
        )));
    }
    // Those that were there may belong to another place than the one where somebody agrees now.
    let settings = settings.without(OAuth2::TOKENS);
    let client = Client::new(session.manifest, &settings)?;
    let way = way.unwrap_or_else(|| chosen(&client, session.process));
    let until = session.deadline()?;
    let left = until.map_or(PATIENCE, |until| until.saturating_duration_since(Instant::now()));
    let context = session.context(until);
    let token = context.cancellation().clone();
    let title = clean_line(&session.manifest.title);
    let (output, process) = (session.process.stderr_sink(), &*session.process);
    let agreeing = async {
        match way {
            Way::Browser => {
                let agreeing = client.in_browser().await?;
                let url = clean_line(agreeing.url());
                say(
                    &output,
                    &format!("Agree in a browser on this machine that {title} may be used:\n\n  {url}\n"),
                );
                open(agreeing.url(), process);
                agreeing.finish(left).await
            }
            Way::Device => {
                let agreeing = client.on_device().await?;
                let (url, code) = (clean_line(agreeing.url()), clean_line(agreeing.code()));
                say(
                    &output,
                    &format!("Agree that {title} may be used: open {url}\nand enter the code {code}\n"),
                );
                let left = until.map_or(agreeing.lasts(), |_| left);
                agreeing.finish(left).await
            }
        }
    };
    let outcome = session.wait(token.clone(), until, token.run_until_cancelled(agreeing))?;
    let tokens =
        outcome.unwrap_or_else(|| Err(Error::cancelled("it was cancelled before anybody agreed")))?;
    remember(&tokens, &session.process.memory());
    Ok(settings.secret(OAuth2::TOKENS, tokens.to_secret()))
}

/// Where somebody at this machine would agree.
fn chosen(client: &Client, process: &Process) -> Way {
    match (client.has_browser(), client.has_device()) {
        (true, true) if !has_screen(process) => Way::Device,
        (false, true) => Way::Device,
        _ => Way::Browser,
    }
}

fn has_screen(process: &Process) -> bool {
    let is_set = |name| process.variable(name).is_some();
    cfg!(any(target_os = "macos", windows)) || is_set("DISPLAY") || is_set("WAYLAND_DISPLAY")
}

/// Opens a URL in the browser, if there is one. Whoever sees none has the URL.
fn open(url: &str, process: &Process) {
    if !process.owns_process || !process.can_ask() || !has_screen(process) {
        return;
    }
    let mut opener = if cfg!(target_os = "macos") {
        Command::new("open")
    } else if cfg!(windows) {
        // Not `cmd /c start`, which would read `&` of the URL.
        let mut opener = Command::new("rundll32");
        opener.arg("url.dll,FileProtocolHandler");
        opener
    } else {
        Command::new("xdg-open")
    };
    let opener = opener.arg(url).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    drop(opener.spawn());
}

fn remember(tokens: &Tokens, memory: &Secrets) {
    let mut memory = lock(memory);
    memory.push(tokens.access.clone());
    memory.extend(tokens.refresh.clone());
}

/// The name under which the tokens of a connection are kept: their own, or that of the credential which a connector
/// renews by itself.
pub(super) fn kept_as<'m>(manifest: &'m Manifest, settings: &Settings) -> &'m str {
    match manifest.auth.way(|name| settings.secrets.contains_key(name)) {
        Auth::Bearer { token } => token,
        _ => OAuth2::TOKENS,
    }
}

/// Without tokens that can't be renewed any more, for the login that gets others: it would fail with them as all else.
pub(super) fn without_refused(manifest: &Manifest, settings: Settings) -> Settings {
    let name = kept_as(manifest, &settings);
    match settings.secrets.get(name).map(Tokens::from_secret) {
        Some(Ok(_)) => settings.without(name),
        _ => settings,
    }
}

/// Keeps the tokens that a command renews with what is stored, where they are those that are stored.
pub(super) fn keep(configuration: &mut Configuration<'_>, process: &Process, address: Address) {
    if !configuration.has_stored_tokens() {
        return;
    }
    let Some(store) = stored::store(process) else { return };
    configuration.keep_with(Arc::new(Told::new(process, store, address)));
}

/// Remembers what it keeps, and tells a person where that fails.
struct Told {
    keeper: StoreKeeper,
    memory: Secrets,
    stderr: Sink,
}

impl Told {
    fn new(process: &Process, store: FileStore, address: Address) -> Self {
        Self {
            keeper: StoreKeeper::new(Arc::new(store), address),
            memory: process.memory(),
            stderr: process.stderr_sink(),
        }
    }
}

impl Keeper for Told {
    fn keep(&self, name: &str, secret: &Secret) -> Result<()> {
        if let Ok(tokens) = Tokens::from_secret(secret) {
            remember(&tokens, &self.memory);
        }
        self.keeper.keep(name, secret).inspect_err(|error| {
            let why = clean_line(error.message());
            say(&self.stderr, &format!("warning: the renewed tokens were not stored ({why}); connect again"));
        })
    }

    fn kept(&self, name: &str) -> Result<Option<Secret>> {
        self.keeper.kept(name)
    }

    fn turn(&self) -> Result<Box<dyn Send>> {
        self.keeper.turn()
    }
}

/// Holds what a check renews until it is known where it goes. Tokens that are stored are renewed in turn with other
/// processes, and stored before they are used: what was stored can't be used any more.
#[derive(Default)]
pub(super) struct Held {
    stored: Option<Told>,
    renewed: Mutex<Option<Secret>>,
}

impl Held {
    /// For a connection whose tokens are stored.
    pub(super) fn stored(process: &Process, store: FileStore, address: Address) -> Self {
        Self { stored: Some(Told::new(process, store, address)), renewed: Mutex::default() }
    }

    /// The tokens that the check has renewed, where they are not stored yet.
    pub(super) fn unstored(&self) -> Option<Secret> {
        self.renewed().take()
    }

    fn renewed(&self) -> MutexGuard<'_, Option<Secret>> {
        self.renewed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Keeper for Held {
    fn keep(&self, name: &str, secret: &Secret) -> Result<()> {
        let is_stored = self.stored.as_ref().is_some_and(|stored| stored.keep(name, secret).is_ok());
        // Where it could not be stored, it is once the check is over.
        *self.renewed() = (!is_stored).then(|| secret.clone());
        Ok(())
    }

    fn kept(&self, name: &str) -> Result<Option<Secret>> {
        let renewed = self.renewed().clone();
        match (&self.stored, renewed) {
            (Some(stored), None) => stored.kept(name),
            (_, renewed) => Ok(renewed),
        }
    }

    fn turn(&self) -> Result<Box<dyn Send>> {
        self.stored.as_ref().map_or_else(|| Ok(Box::new(()) as Box<dyn Send>), Keeper::turn)
    }
}

/// Gives the tokens of a stored connection back. Says whether the service took them; none where there is nothing
/// to give back, or no place to.
pub(super) fn give_back(session: &Session<'_>, settings: &Settings) -> Result<Option<bool>> {
    let has_place = session.manifest.auth.oauth2().is_some_and(|oauth2| oauth2.revoke.is_some());
    let Some(tokens) = tokens(settings).filter(|_| has_place) else { return Ok(None) };
    remember(&tokens, &session.process.memory());
    let until = session.deadline()?.or_else(|| Instant::now().checked_add(REVOCATION));
    let context = session.context(until);
    let token = context.cancellation().clone();
    let giving = async {
        let client = Client::new(session.manifest, settings)?;
        let left = until.map_or(REVOCATION, |until| until.saturating_duration_since(Instant::now()));
        tokio::time::timeout(left, client.revoke(&tokens))
            .await
            .unwrap_or_else(|_| Err(Error::unavailable("the service didn't answer in time")))
    };
    let outcome = session.wait(token.clone(), until, token.run_until_cancelled(giving))?;
    let outcome = outcome.unwrap_or_else(|| Err(Error::cancelled("it was cancelled")));
    if let Err(error) = &outcome {
        let redactor = super::setting::redactor(session.manifest, session.process);
        let why = redactor.text(error.message()).unwrap_or_else(|| error.message().to_owned());
        say(
            &session.process.stderr_sink(),
            &format!(
                "warning: the service was not told that the tokens are given up ({}); take them back there",
                clean_line(&why)
            ),
        );
    }
    Ok(Some(outcome.is_ok()))
}
