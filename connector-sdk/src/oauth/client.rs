//! A connector as its service knows it: who asks for tokens, and where.

use std::fmt;

use oauth2::basic::BasicClient;
use oauth2::{
    AuthType, AuthUrl, ClientId, ClientSecret, DeviceAuthorizationUrl, EndpointNotSet, EndpointSet,
    RefreshToken, Scope, TokenUrl,
};
use reqwest::Method;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};

use super::exchange::{Exchange, tokens};
use super::{InBrowser, OnDevice, Tokens, browser, device};
use crate::__private::Opening;
use crate::call::Redactor;
use crate::http::{Http, Values, address, form_text, origin};
use crate::manifest::{self, ClientAuth, Grant, Manifest};
use crate::{Error, Result, Secret, Settings};

/// More of an answer is no token.
const MOST_BYTES: u64 = 1024 * 1024;

/// Who asks a service for tokens, where, and for what.
#[derive(Clone)]
pub struct Client {
    pub(super) http: Http,
    id: String,
    secret: Option<Secret>,
    pub(super) authorize: Option<String>,
    pub(super) device: Option<String>,
    token: String,
    revoke: Option<String>,
    pub(super) scopes: Vec<String>,
    auth: ClientAuth,
    grant: Grant,
}

impl Client {
    /// The client of a connector, by its manifest and what is set.
    ///
    /// # Errors
    ///
    /// `setup` where the connector has no OAuth 2.0, a setting that its URLs or its client need is missing, or stored
    /// tokens or a stored client's secret would go elsewhere than they were given for.
    pub fn new(manifest: &Manifest, settings: &Settings) -> Result<Self> {
        Self::of(manifest, &Opening::new(manifest, settings))
    }

    pub(crate) fn of(manifest: &Manifest, values: &Opening<'_>) -> Result<Self> {
        let Some(oauth2) = manifest.auth.oauth2() else {
            return Err(Error::setup(format!("`{}` has no OAuth 2.0", manifest.id)));
        };
        let id = match &oauth2.client_id {
            manifest::ClientId::Literal(id) => id.clone(),
            manifest::ClientId::Setting(name) => values
                .setting(name)
                .filter(|id| !id.trim().is_empty())
                .ok_or_else(|| missing(manifest, name))?,
        };
        let mut from_setting = false;
        let mut filled = |url: &String| {
            let (url, from) = address(url, |name| values.setting(name))?;
            from_setting |= from;
            Ok::<_, Error>(url)
        };
        let token = filled(&oauth2.token)?;
        let authorize = oauth2.authorize.as_ref().map(&mut filled).transpose()?;
        let device = oauth2.device.as_ref().map(&mut filled).transpose()?;
        let revoke = oauth2.revoke.as_ref().map(&mut filled).transpose()?;
        let mut http = Http::builder(origin(&token)?)
            .user_agent(format!("{}/{}", manifest.id, manifest.version))
            .most_bytes(MOST_BYTES);
        if from_setting {
            http = http.public_only();
        }
        let client = Self {
            http: http.build()?,
            id,
            secret: oauth2.client_secret.as_ref().and_then(|name| values.secret(name)),
            authorize,
            device,
            token,
            revoke,
            scopes: manifest.scopes().into_iter().map(str::to_owned).collect(),
            auth: oauth2.client_auth,
            grant: oauth2.grant,
        };
        #[cfg(feature = "credentials")]
        values.settings().bound.check(&manifest.id, &client.origins(), |name| {
            name == manifest::OAuth2::TOKENS || oauth2.client_secret.as_deref() == Some(name)
        })?;
        Ok(client)
    }

    /// Where tokens and the client's secret go: the scheme, host and port of each address.
    pub fn origins(&self) -> Vec<String> {
        let urls = [Some(&self.token), self.device.as_ref(), self.revoke.as_ref()];
        urls.into_iter().flatten().filter_map(|url| origin(url).ok()).collect()
    }

    /// Who agrees.
    pub fn grant(&self) -> Grant {
        self.grant
    }

    /// Whether somebody can agree in a browser.
    pub fn has_browser(&self) -> bool {
        self.authorize.is_some()
    }

    /// Whether somebody can agree on another device.
    pub fn has_device(&self) -> bool {
        self.device.is_some()
    }

    /// Begins to listen for a browser that comes back after somebody has agreed.
    ///
    /// # Errors
    ///
    /// `setup` where the service has no place to agree at, or no port of the loopback can be listened on.
    pub async fn in_browser(&self) -> Result<InBrowser> {
        browser::begin(self).await
    }

    /// Gets a code that somebody enters on another device (RFC 8628).
    ///
    /// # Errors
    ///
    /// `setup` where the service has no codes, else as it answered.
    pub async fn on_device(&self) -> Result<OnDevice> {
        device::begin(self).await
    }

    /// Gets tokens for the client itself.
    pub(super) async fn for_itself(&self) -> Result<Tokens> {
        let (exchange, client) = (self.exchange([]), self.client()?);
        let request = client.exchange_client_credentials().add_scopes(self.wanted());
        let answer = request.request_async(&exchange).await.map_err(|error| exchange.failed(error))?;
        Ok(tokens(&answer, Some(&self.scopes), None))
    }

    /// Gets new tokens for old ones.
    pub(super) async fn renew(&self, refresh: &Secret, before: &Tokens) -> Result<Tokens> {
        let (exchange, client) = (self.exchange([refresh, &before.access]), self.client()?);
        let refresh = RefreshToken::new(refresh.expose().to_owned());
        let request = client.exchange_refresh_token(&refresh);
        let answer = request.request_async(&exchange).await.map_err(|error| exchange.failed(error))?;
        Ok(tokens(&answer, None, Some(before)))
    }

    /// Gives tokens back (RFC 7009): the refresh token, then the access token. Says whether there is a place to.
    ///
    /// # Errors
    ///
    /// What the service answered, once both were tried.
    pub async fn revoke(&self, tokens: &Tokens) -> Result<bool> {
        let Some(url) = &self.revoke else { return Ok(false) };
        let refresh = tokens.refresh.as_ref().map(|token| (token, "refresh_token"));
        let mut outcome = Ok(true);
        for (token, hint) in refresh.into_iter().chain([(&tokens.access, "access_token")]) {
            // The crate's own way refuses `http` on loopback, where tests are.
            let given = self.give_back(url, token, hint).await;
            outcome = outcome.and(given.map(|()| true));
        }
        outcome
    }

    async fn give_back(&self, url: &str, token: &Secret, hint: &str) -> Result<()> {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
        let mut form = vec![("token", token.expose()), ("token_type_hint", hint)];
        match (&self.secret, self.auth) {
            (Some(secret), ClientAuth::Basic) => {
                drop(headers.insert(AUTHORIZATION, basic(&self.id, secret)?));
            }
            (Some(secret), ClientAuth::Body) => {
                form.extend([("client_id", self.id.as_str()), ("client_secret", secret.expose())]);
            }
            (None, _) => form.push(("client_id", &self.id)),
        }
        let answer = self.http.plainly(Method::POST, url, headers, form_text(form).into_bytes()).await?;
        match answer.status().is_success() {
            true => Ok(()),
            false => Err(answer.refusal(&self.redactor([token])).await),
        }
    }

    /// A conversation in which these secrets are sent, besides the client's own.
    pub(super) fn exchange<'a>(&'a self, sent: impl IntoIterator<Item = &'a Secret>) -> Exchange {
        Exchange::new(&self.http, self.redactor(sent))
    }

    /// Takes these secrets and the client's own out of what a service says.
    pub(super) fn redactor<'a>(&'a self, sent: impl IntoIterator<Item = &'a Secret>) -> Redactor {
        Redactor::new(self.secret.iter().chain(sent))
    }

    pub(super) fn wanted(&self) -> impl Iterator<Item = Scope> + '_ {
        self.scopes.iter().cloned().map(Scope::new)
    }

    pub(super) fn client(
        &self,
    ) -> Result<BasicClient<EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointSet>>
    {
        let token = TokenUrl::new(self.token.clone()).map_err(|_| no_url("token"))?;
        let client = BasicClient::new(ClientId::new(self.id.clone())).set_token_uri(token);
        let client = match self.auth {
            ClientAuth::Body => client.set_auth_type(AuthType::RequestBody),
            ClientAuth::Basic => client,
        };
        Ok(match &self.secret {
            Some(secret) => client.set_client_secret(ClientSecret::new(secret.expose().to_owned())),
            None => client,
        })
    }

    pub(super) fn authorize_url(&self) -> Result<AuthUrl> {
        let Some(url) = &self.authorize else {
            return Err(Error::setup("this service has no place where somebody could agree in a browser"));
        };
        self.http.vet(url)?;
        AuthUrl::new(url.clone()).map_err(|_| no_url("authorize"))
    }

    pub(super) fn device_url(&self) -> Result<DeviceAuthorizationUrl> {
        let Some(url) = &self.device else {
            return Err(Error::setup("this service has no codes for other devices"));
        };
        DeviceAuthorizationUrl::new(url.clone()).map_err(|_| no_url("device"))
    }
}

#[cold]
fn missing(manifest: &Manifest, name: &str) -> Error {
    let env = manifest.setting(name).map(|setting| setting.env.clone()).unwrap_or_default();
    let other = manifest.auth.ways().iter().find_map(|way| manifest.credential(way.credential()?));
    let instead = match other {
        Some(other) => format!("; or go without OAuth 2.0 and set {}", other.env),
        None => String::new(),
    };
    Error::setup(format!("setting `{name}` is missing; set it, or the environment variable {env}{instead}"))
        .with_detail("missing_keys", vec![env])
}

#[cold]
fn no_url(what: &str) -> Error {
    Error::setup(format!("the `{what}` URL of OAuth 2.0 is no URL; check the settings that it is made of"))
}

/// RFC 6749, section 2.3.1: both parts are encoded as a form is, and then as HTTP Basic.
pub(super) fn basic(id: &str, secret: &Secret) -> Result<HeaderValue> {
    use base64::Engine as _;
    let text = |value: &str| form_text([("", value)]).trim_start_matches('=').to_owned();
    let pair = format!("{}:{}", text(id), text(secret.expose()));
    let pair = base64::prelude::BASE64_STANDARD.encode(pair);
    let mut value = HeaderValue::try_from(format!("Basic {pair}"))
        .map_err(|_| Error::setup("the client's secret can't be sent"))?;
    value.set_sensitive(true);
    Ok(value)
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("id", &self.id).field("token", &self.token).finish_non_exhaustive()
    }
}
