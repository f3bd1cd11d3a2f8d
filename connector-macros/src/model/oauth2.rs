//! `oauth2(..)`: where a service's tokens come from.

use syn::{Expr, Ident, LitStr};

use crate::keys;
use crate::kit::{Entry, EntryValue, Errors, Slot, Value, did_you_mean, inner};

/// What `oauth2(..)` says. What couldn't be read was reported.
pub(crate) struct OAuth2 {
    /// The word itself, where all of it is meant.
    pub(crate) word: Ident,
    pub(crate) authorize: Slot<LitStr>,
    pub(crate) device: Slot<LitStr>,
    pub(crate) token: Slot<LitStr>,
    pub(crate) revoke: Slot<LitStr>,
    pub(crate) scopes: Slot<Vec<LitStr>>,
    pub(crate) client_id: Slot<Source>,
    pub(crate) client_secret: Slot<Source>,
    /// `client_auth = body`.
    pub(crate) client_auth: Slot<Ident>,
    /// `grant = client_credentials`.
    pub(crate) grant: Slot<Ident>,
}

/// Where a client's id or secret comes from.
pub(crate) enum Source {
    Text(LitStr),
    /// A variable of the environment, for which there is no field.
    Env(LitStr),
    Field(Ident),
}

impl Source {
    pub(crate) fn field(&self) -> Option<&Ident> {
        match self {
            Self::Field(field) => Some(field),
            Self::Text(_) | Self::Env(_) => None,
        }
    }

    pub(crate) fn env(&self) -> Option<&LitStr> {
        match self {
            Self::Env(env) => Some(env),
            Self::Text(_) | Self::Field(_) => None,
        }
    }
}

impl Value for Source {
    const EXPECTED: &'static str = "a variable or a field";
    const EXAMPLE: &'static str = "env(\"NAME\")";

    fn from_expr(expr: &Expr) -> Option<Self> {
        if let Expr::Call(call) = expr {
            let is_env = Ident::from_expr(inner(&call.func)).is_some_and(|name| name == keys::ENV);
            let mut arguments = call.args.iter();
            return match (is_env, arguments.next(), arguments.next()) {
                (true, Some(name), None) => LitStr::from_expr(inner(name)).map(Self::Env),
                _ => None,
            };
        }
        LitStr::from_expr(expr).map(Self::Text).or_else(|| Ident::from_expr(expr).map(Self::Field))
    }
}

impl OAuth2 {
    /// Reads what stands in the parentheses.
    pub(super) fn read(errors: &Errors, word: Ident, arguments: &[&Expr]) -> Self {
        let mut oauth2 = Self {
            word,
            authorize: Slot::empty(),
            device: Slot::empty(),
            token: Slot::empty(),
            revoke: Slot::empty(),
            scopes: Slot::empty(),
            client_id: Slot::empty(),
            client_secret: Slot::empty(),
            client_auth: Slot::empty(),
            grant: Slot::empty(),
        };
        // A key that can't be read may be one that is missing.
        let mut whole = true;
        for argument in arguments {
            match entry(argument) {
                Some(entry) => whole &= oauth2.read_entry(errors, &entry),
                None => {
                    whole = false;
                    errors.at(
                        argument,
                        "expected a key in `oauth2`\nhelp: write `key = value`, as `token = \"https://..\"`",
                    );
                }
            }
        }
        if !whole {
            oauth2.excuse();
        }
        oauth2.refuse_what_is_missing(errors);
        oauth2
    }

    /// Reads a key; says whether there is one of that name.
    fn read_entry(&mut self, errors: &Errors, entry: &Entry) -> bool {
        match entry.name().as_str() {
            keys::AUTHORIZE => self.authorize.read(errors, entry),
            keys::DEVICE => self.device.read(errors, entry),
            keys::TOKEN => self.token.read(errors, entry),
            keys::REVOKE => self.revoke.read(errors, entry),
            keys::SCOPES => self.scopes.read(errors, entry),
            keys::CLIENT_ID => self.client_id.read(errors, entry),
            keys::CLIENT_SECRET => self.client_secret.read(errors, entry),
            keys::GRANT => word(errors, entry, &mut self.grant, keys::CLIENT_CREDENTIALS),
            keys::CLIENT_AUTH => word(errors, entry, &mut self.client_auth, keys::BODY),
            _ => {
                let name = entry.name();
                let help = did_you_mean(&name, keys::OAUTH2_KEYS);
                errors.at(&entry.key, format!("unknown key `{name}` in `oauth2`\n{help}"));
                return false;
            }
        }
        true
    }

    fn excuse(&mut self) {
        self.authorize.excuse(true);
        self.token.excuse(true);
        self.client_id.excuse(true);
        self.client_secret.excuse(true);
    }

    fn refuse_what_is_missing(&self, errors: &Errors) {
        let word = &self.word;
        if !self.token.is_given() {
            errors.at(
                word,
                "`oauth2` doesn't say where tokens come from\nhelp: write `token = \"https://..\"`, the token endpoint",
            );
        }
        if !self.client_id.is_given() {
            errors.at(
                word,
                "`oauth2` doesn't say who asks\n\
                 help: write `client_id = \"..\"`, `client_id = env(\"NAME\")`, or the name of a setting",
            );
        }
        if !(self.authorize.is_given()
            || self.device.is_given()
            || self.grant.is_given()
            || self.client_secret.is_given())
        {
            errors.at(
                word,
                "`oauth2` doesn't say how somebody agrees\n\
                 help: write `authorize = \"https://..\"`, `device = \"https://..\"`, or `grant = client_credentials`",
            );
        }
    }

    /// The URLs, with their keys.
    pub(crate) fn urls(&self) -> impl Iterator<Item = (&'static str, &LitStr)> {
        [
            (keys::AUTHORIZE, &self.authorize),
            (keys::DEVICE, &self.device),
            (keys::TOKEN, &self.token),
            (keys::REVOKE, &self.revoke),
        ]
        .into_iter()
        .filter_map(|(key, url)| Some((key, url.get()?)))
    }

    /// The names that things get which no field stands for.
    pub(crate) fn declared(&self) -> impl Iterator<Item = (&'static str, &LitStr)> {
        [(keys::CLIENT_ID, &self.client_id), (keys::CLIENT_SECRET, &self.client_secret)]
            .into_iter()
            .filter_map(|(key, source)| Some((key, source.get()?.env()?)))
    }

    /// Whether nobody is asked.
    pub(crate) fn is_for_itself(&self) -> bool {
        self.grant.is_given() || !(self.authorize.is_given() || self.device.is_given())
    }
}

/// Reads a key with the one value that there is.
fn word(errors: &Errors, entry: &Entry, slot: &mut Slot<Ident>, only: &str) {
    let word = Ident::read(errors, entry);
    if let Some(other) = word.as_ref().filter(|word| *word != only) {
        let help = did_you_mean(&other.to_string(), [only]);
        errors.at(other, format!("unknown {} `{other}`\n{help}", entry.key));
    }
    slot.set(errors, &entry.key, word);
}

/// `key = value`, or a key alone.
fn entry(argument: &Expr) -> Option<Entry> {
    match inner(argument) {
        Expr::Assign(pair) => {
            let key = Ident::from_expr(inner(&pair.left))?;
            Some(Entry { key, value: EntryValue::Assign((*pair.right).clone()) })
        }
        alone => Some(Entry { key: Ident::from_expr(alone)?, value: EntryValue::Flag }),
    }
}
